/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client's side of PCP and NAT-PMP: asks the first box on its path to keep the mapping of its flow, and again
 * before the lifetime is over. It does not know flows: packets and times in, packets and outcomes out.
 */
#ifndef NAP_CLIENT_PCP_H
#define NAP_CLIENT_PCP_H

#include <stdbool.h>

#include "client/outbox.h"
#include "kernel/rng.h"
#include "kernel/snapshot.h"

enum nap_pcp_version { NAP_PCP_V2, NAP_PCP_V0 }; /* PCP; NAT-PMP */

/* The config of a policy of wire NAP_WIRE_PCP starts with this. */
struct nap_pcp_config {
	nap_time request;             /* lifetime asked for */
	enum nap_pcp_version version; /* to begin with */
};

/* And its state with this. Zeroed: nothing asked for yet. */
struct nap_pcp {
	nap_time at;                 /* next request, NAP_NEVER: none */
	nap_time until;              /* the mapping ends, where there is one */
	nap_time asked;              /* when the latest request went */
	nap_time lifetime;           /* of the mapping; 0: there is none */
	nap_time wait;               /* without mapping: how long the latest request waits for its answer */
	struct nap_endpoint inside;  /* of the mapping */
	struct nap_endpoint outside; /* assigned latest, addr 0: none ever */
	uint8_t proto;
	uint8_t version;  /* enum nap_pcp_version */
	uint8_t renewals; /* requests for the next lifetime so far */
	uint8_t tries;    /* without mapping: requests so far */
};

/* What each field of it is, for the policy's table. */
#define NAP_PCP_ROWS(type, m)                                                                                \
	NAP_FIELD_SPAN(type, m.at, m.asked, NAP_AT), NAP_FIELD_SPAN(type, m.lifetime, m.wait, NAP_VALUE),    \
		NAP_FIELD_ENDPOINT(type, m.inside, NAP_VALUE),                                               \
		NAP_FIELD_ENDPOINT(type, m.outside, NAP_VALUE),                                              \
		NAP_FIELD_SPAN(type, m.proto, m.tries, NAP_VALUE)

/* Is a mapping granted that lasts beyond now? */
static inline bool nap_pcp_holds(const struct nap_pcp *p, nap_time now)
{
	return p->lifetime > 0 && p->until > now;
}

enum nap_pcp_outcome {
	NAP_PCP_NOTHING,
	NAP_PCP_KEPT,  /* there is a mapping, for a new lifetime */
	NAP_PCP_MOVED, /* the same, but the external endpoint is another one than before */
	NAP_PCP_LOST,  /* there is none any more */
};

/* A new internal endpoint wants a mapping: the first request goes out. */
void nap_pcp_begin(struct nap_pcp *p, const struct nap_pcp_config *c, nap_time now, uint8_t proto,
	struct nap_endpoint inside, struct nap_rng *rng, struct nap_outbox *out);

/* Is p an answer to it? */
bool nap_pcp_is_answer(const struct nap_packet *p);

/* An answer arrived (nap_pcp_is_answer): takes it, or sends what it asks for, such as the request in the older protocol. */
enum nap_pcp_outcome nap_pcp_input(struct nap_pcp *p, const struct nap_pcp_config *c, nap_time now,
	const struct nap_packet *answer, struct nap_rng *rng, struct nap_outbox *out);

/* Take what is due at p->at. */
enum nap_pcp_outcome nap_pcp_timer(struct nap_pcp *p, const struct nap_pcp_config *c, nap_time now,
	struct nap_rng *rng, struct nap_outbox *out);

#endif
