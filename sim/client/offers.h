/* SPDX-License-Identifier: BSD-2-Clause */
/* When the pushes that a server keeps for a client were offered. Most keep none: room is taken as they come. */
#ifndef NAP_CLIENT_OFFERS_H
#define NAP_CLIENT_OFFERS_H

#include <stdint.h>

#include "kernel/time.h"

/* Zeroed: none. Push number n stands at n modulo room, a power of two. */
struct nap_offers {
	nap_time *at;
	uint32_t room;
};

/* Push number n > taken is offered; those from taken + 1 to n - 1 are kept. */
void nap_offers_add(struct nap_offers *o, uint32_t taken, uint32_t n, nap_time at);

/* When kept push number n was. */
static inline nap_time nap_offers_at(const struct nap_offers *o, uint32_t n)
{
	return o->at[n & (o->room - 1)];
}

void nap_offers_clear(struct nap_offers *o);

#endif
