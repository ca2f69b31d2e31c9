/* SPDX-License-Identifier: BSD-2-Clause */
/* What a middlebox profile says, as plain data; the rows of nap_box_params describe every field. */
#ifndef NAP_MIDDLEBOX_BOX_CONFIG_H
#define NAP_MIDDLEBOX_BOX_CONFIG_H

#include "kernel/param.h"
#include "kernel/time.h"

enum nap_box_kind { NAP_BOX_NAT, NAP_BOX_FIREWALL };
enum nap_dependence { /* RFC 4787 4.1 and 5; the same three words for mapping and filtering */
	NAP_ENDPOINT_INDEPENDENT,
	NAP_ADDRESS_DEPENDENT,
	NAP_ADDRESS_AND_PORT_DEPENDENT,
};

struct nap_box_config {
	const char *source, *note; /* where the profile's numbers are from; what is unsure about them */
	uint32_t kind;             /* enum nap_box_kind */
	uint32_t mapping, filtering; /* enum nap_dependence */
	uint32_t refresh;
	nap_time udp, udp_stream;
	nap_time tcp_syn_sent, tcp_established;
	/* ... */
};

extern const struct nap_param nap_box_params[]; /* the schema of [middlebox NAME] and of middlebox profiles */

#endif
