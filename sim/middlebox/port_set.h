/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The external ports of an address, counted through from the lowest on, also where they lie in several ranges (the port sets of MAP-E,
 * RFC 7597 5.1): who chooses a port chooses its rank. Private to middlebox/.
 */
#ifndef NAP_MIDDLEBOX_PORT_SET_H
#define NAP_MIDDLEBOX_PORT_SET_H

#include "kernel/param.h"

struct port_set {
	struct nap_port_range whole;        /* from the lowest to the highest */
	const struct nap_port_range *range; /* the several, upwards; not looked at when there is one */
	uint32_t *below;                    /* ports in the ranges before each */
	uint32_t n, count;                  /* ranges; ports */
};

/* ranges stays the caller's. */
void nap_port_set_init(struct port_set *set, const struct nap_port_ranges *ranges);
void nap_port_set_clear(struct port_set *set);

/* The range that holds a port or is the last before it; of several. */
uint32_t nap_port_set_seek(const struct port_set *set, uint32_t port);

/* How many ports of the set are below `port` (at most 65536). */
static inline uint32_t nap_port_set_rank(const struct port_set *set, uint32_t port)
{
	const struct nap_port_range *r = &set->whole;
	uint32_t i = 0, below = 0;

	if (set->n > 1) {
		i = nap_port_set_seek(set, port);
		r = &set->range[i];
		below = set->below[i];
	}
	if (port <= r->lo)
		return below;
	return below + (port <= r->hi ? port - r->lo : (uint32_t)r->hi + 1 - r->lo);
}

static inline bool nap_port_set_has(const struct port_set *set, uint32_t port)
{
	const struct nap_port_range *r = set->n > 1 ? &set->range[nap_port_set_seek(set, port)] : &set->whole;

	return port >= r->lo && port <= r->hi;
}

/* Its port of that rank, which must be below count. */
uint16_t nap_port_set_at_of_several(const struct port_set *set, uint32_t rank);

static inline uint16_t nap_port_set_at(const struct port_set *set, uint32_t rank)
{
	return set->n > 1 ? nap_port_set_at_of_several(set, rank) : (uint16_t)(set->whole.lo + rank);
}

#endif
