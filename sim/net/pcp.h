/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PCP (RFC 6887) and NAT-PMP (RFC 6886): a client asks the box before it for a mapping and its lifetime. Both are UDP
 * to port 5351; of a request or answer the model keeps
 *   message     enum nap_pcp_message
 *   tag         the lifetime in seconds: wanted, granted, or for how long a refusal holds
 *   quote.proto the mapping's protocol
 *   quote.src   the internal endpoint, as the client knows it
 *   quote.dst   the external one: suggested, assigned
 */
#ifndef NAP_NET_PCP_H
#define NAP_NET_PCP_H

#include "net/packet.h"

enum {
	NAP_PCP_PORT = 5351,        /* the box' */
	NAP_PCP_CLIENT_PORT = 5350, /* the client's, where it would hear announcements too */
	NAP_PCP_BYTES = 60, /* a PCP header and the MAP opcode's part, both ways (RFC 6887 7.1, 11.1) */
	NAP_PMP_REQUEST_BYTES = 12, /* RFC 6886 3.3 */
	NAP_PMP_ANSWER_BYTES = 16,
};

/* Whoever does PCP first on the path takes it as its own (RFC 7723): the client need not know the box' address. */
#define NAP_PCP_ANYCAST NAP_ADDR(192, 0, 0, 9)

/* Values of nap_packet.message, apart from what the two ends say to each other. */
enum nap_pcp_message {
	NAP_PCP_MAP = 64,      /* PCP request */
	NAP_PMP_MAP,           /* NAT-PMP request */
	NAP_PCP_GRANTED,       /* success */
	NAP_PCP_OTHER_VERSION, /* UNSUPP_VERSION: the box speaks NAT-PMP only (RFC 6887 9) */
	NAP_PCP_NO_RESOURCES,  /* no port, or none for this client */
	NAP_PCP_WRONG_ADDRESS, /* ADDRESS_MISMATCH: there is a NAT between the client and the box */
};

#endif
