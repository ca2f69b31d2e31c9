/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mappings that a client asked for by PCP or NAT-PMP: independent of the remote end both in mapping and in filtering
 * (RFC 6887 11), for a granted lifetime, whatever the timers of the sessions through them. Private to middlebox/.
 */
#ifndef NAP_MIDDLEBOX_PCP_H
#define NAP_MIDDLEBOX_PCP_H

#include "middlebox/state.h"

struct grant {
	struct nap_endpoint inside, outside; /* firewall: the same */
	nap_time expires;
	uint32_t next_free;
	uint32_t extport; /* NAT: the external port's record, held by it */
	uint8_t proto;
	bool live;
};

/* Is p, from inside, a request that this box takes? */
bool nap_pcp_takes(const struct nap_box *box, const struct nap_packet *p);

/* Carries the request out; *answer is to be sent back. False: it is dropped. */
bool nap_pcp_request(
	struct nap_box *box, nap_time now, const struct nap_packet *request, struct nap_packet *answer);

/* The live grant by its outside, or inside, endpoint; NULL when there is none. */
const struct grant *nap_grant_on(
	const struct nap_box *box, nap_time now, enum nap_side side, uint8_t proto, struct nap_endpoint at);

/*
 * A pinhole that a gateway opens, or prolongs, for an inside endpoint: at the external endpoint *at, or NULL: at any.
 * False when there is no port for it.
 */
bool nap_grant_pinhole(struct nap_box *box, nap_time now, uint8_t proto, struct nap_endpoint inside,
	const struct nap_endpoint *at, nap_time lifetime, struct nap_endpoint *outside);

/* Ends all grants before their time. */
void nap_grant_end_all(struct nap_box *box, nap_time now);

/* All grants forgotten; freed. */
void nap_grant_reset(struct nap_box *box);
void nap_grant_clear(struct nap_box *box);

#endif
