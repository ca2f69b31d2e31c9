/* SPDX-License-Identifier: BSD-2-Clause */
/* Sessions of a proxy as its table sees them: two legs each, whose segments end in the box (struct nap_termination). Private to middlebox/. */
#ifndef NAP_MIDDLEBOX_LEGS_H
#define NAP_MIDDLEBOX_LEGS_H

#include "middlebox/state.h"

/* The legs of a session; NULL: it has none. */
static inline struct nap_legs *nap_legs_of(const struct nap_box *box, uint32_t id)
{
	return id < box->legs_size ? box->legs[id] : NULL;
}

/* A SYN has made session id: does the box end the connection? Then its legs are there, and the SYN has been taken. */
bool nap_legs_open(struct nap_box *box, uint32_t id, nap_time now, const struct nap_packet *syn);

/* Session id's segment, or an ICMP error about one, has come from side. False: the session is over, and the segment a new one's. */
bool nap_legs_input(
	struct nap_box *box, uint32_t id, nap_time now, enum nap_side side, const struct nap_packet *p);

/* What is due of them at when, their age's end (limit) among it; when that is. */
void nap_legs_lapse(struct nap_box *box, uint32_t id, nap_time when, nap_time limit);
nap_time nap_legs_due(const struct nap_box *box, uint32_t id, nap_time limit);

/* As nap_box_open_until for a packet of session id from side; *p becomes what the other leg sends. */
nap_time nap_legs_open_until(
	const struct nap_box *box, uint32_t id, enum nap_side side, struct nap_packet *p);

/* The session is gone; all are. */
void nap_legs_drop(struct nap_box *box, uint32_t id);
void nap_legs_clear(struct nap_box *box);

#endif
