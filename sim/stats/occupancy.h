/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Occupancy of a state table over time from births and deaths alone, in any
 * order: net changes in bins of equal width. The peak is that of the occupancy
 * at the bins' ends.
 */
#ifndef NAP_STATS_OCCUPANCY_H
#define NAP_STATS_OCCUPANCY_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/time.h"

struct nap_occupancy {
	nap_time width;   /* of a bin, ns */
	uint32_t n;       /* bins; the last one also takes what comes later */
	int64_t *change;  /* births minus deaths in each bin */
	uint64_t *births; /* births in each bin */
	uint64_t *
		used; /* a bit for each group of bins that may hold anything but zeros: others cost nothing */
};

enum { NAP_OCCUPANCY_GROUP = 8 }; /* bins: a cache line of changes, one of births */

/* Zeroed bins over a duration; free with nap_occupancy_free, which accepts NULL. */
struct nap_occupancy *nap_occupancy_new(nap_time duration, uint32_t bins);
void nap_occupancy_free(struct nap_occupancy *o);

static inline void nap_occupancy_touch(struct nap_occupancy *o, int64_t bin)
{
	o->used[bin / (64 * NAP_OCCUPANCY_GROUP)] |= UINT64_C(1) << bin / NAP_OCCUPANCY_GROUP % 64;
}

/* One session lived from born to died. */
static inline void nap_occupancy_add(struct nap_occupancy *o, nap_time born, nap_time died)
{
	int64_t b = born / o->width, d = died / o->width;

	if (b >= o->n)
		b = o->n - 1;
	o->change[b]++;
	o->births[b]++;
	nap_occupancy_touch(o, b);
	if (d >= o->n)
		return;
	o->change[d]--;
	nap_occupancy_touch(o, d);
}

/* Counts from's sessions in into, and empties from; they must have the same bins. Costs by what from holds. */
void nap_occupancy_move(struct nap_occupancy *into, struct nap_occupancy *from);

/* The largest occupancy at the end of any bin from that on in which `from` lies. */
uint64_t nap_occupancy_peak(const struct nap_occupancy *o, nap_time from);

#endif
