/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets that a box makes itself: RSTs, ICMP errors, keepalive probes. Private to middlebox/. */
#ifndef NAP_MIDDLEBOX_REPLY_H
#define NAP_MIDDLEBOX_REPLY_H

#include "middlebox/state.h"

/* The RST that a host without that connection answers to p (RFC 9293 3.10.7.1). */
struct nap_packet nap_reply_rst(const struct nap_packet *p);

/* What the end of a connection answers to a keepalive of the other one (RFC 9293 3.8.4). */
struct nap_packet nap_reply_keepalive(const struct nap_packet *p);

/* The ICMP error that the box answers to p, which arrived on side. */
struct nap_packet nap_reply_icmp(const struct nap_box *box, enum nap_side side, const struct nap_packet *p,
	uint8_t type, uint8_t code);

/* Puts a packet that leaves on side into the outbox; about: whose it is, or NULL. */
void nap_reply_emit(struct nap_box *box, enum nap_side side, const struct nap_packet *p, nap_time now,
	const struct nap_box_flow *about);

/* The same for RSTs that tell the ends of s that it ran out (on-expiry). */
void nap_reply_expiry(struct nap_box *box, const struct session *s, nap_time now);

/* The same for keepalives to both ends of s (RFC 9293 3.8.4). */
void nap_reply_probe(struct nap_box *box, const struct session *s, nap_time now);

#endif
