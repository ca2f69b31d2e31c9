/* SPDX-License-Identifier: BSD-2-Clause */
/* Crafting: TCP segments and echo replies put on the wire as they are, by libnet (raw.c) or, built without it, not at all (no_raw.c). */
#ifndef NAP_LIVE_RAW_H
#define NAP_LIVE_RAW_H

#include "live/segment.h"

struct nap_raw;

/* NULL when this process may not, or the program was built without libnet. Free accepts NULL. */
struct nap_raw *nap_raw_open(void);
void nap_raw_free(struct nap_raw *r);

/* Sends s once. False when the kernel refuses. */
bool nap_raw_send(struct nap_raw *r, const struct nap_segment *s);

/* Sends one ICMP echo reply of either family; the ports are its identifier. Its sequence number is NAP_ECHO_SEQUENCE, as a prober's requests'. */
bool nap_raw_echo_reply(struct nap_raw *r, const struct nap_inet *src, const struct nap_inet *dst,
	const uint8_t *data, size_t n);

#endif
