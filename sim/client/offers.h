/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When the pushes that a server keeps for a client were offered. Most keep none: room is taken as they come. Those that come one
 * after another from an arrival process are drawn again when they are asked for, which takes the same room for all of them.
 */
#ifndef NAP_CLIENT_OFFERS_H
#define NAP_CLIENT_OFFERS_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/arrivals.h"

/* A push that is offered: when, and where the process that it came from stands then, if it has not been held up on the way. */
struct nap_push_offer {
	nap_time at;
	bool drawn;
	struct nap_arrivals_state state;
	struct nap_rng rng;
};

struct nap_offers_kept;

/* Zeroed: none. */
struct nap_offers {
	struct nap_offers_kept *kept;
	uint32_t
		ahead; /* arrivals of the process before these pushes: those that follow are looked at no further */
	bool drawn;
};

/* Push number n > taken is offered; those from taken + 1 to n - 1 are kept. process: what those that are drawn come from. */
void nap_offers_add(struct nap_offers *o, const struct nap_arrivals *process, uint32_t taken, uint32_t n,
	const struct nap_push_offer *offer);

/* When kept push number n > taken was. */
nap_time nap_offers_at(struct nap_offers *o, const struct nap_arrivals *process, uint32_t taken, uint32_t n);

void nap_offers_clear(struct nap_offers *o);

#endif
