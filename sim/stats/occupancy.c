/* SPDX-License-Identifier: BSD-2-Clause */
#include "stats/occupancy.h"

#include <glib.h>

struct nap_occupancy *nap_occupancy_new(nap_time duration, uint32_t bins)
{
	struct nap_occupancy *o = g_new0(struct nap_occupancy, 1);

	o->width = duration / bins + 1;
	o->n = bins;
	o->change = g_new0(int64_t, bins);
	o->births = g_new0(uint64_t, bins);
	return o;
}

void nap_occupancy_free(struct nap_occupancy *o)
{
	if (!o)
		return;
	g_free(o->change);
	g_free(o->births);
	g_free(o);
}

void nap_occupancy_merge(struct nap_occupancy *into, const struct nap_occupancy *from)
{
	for (uint32_t i = 0; i < into->n; i++) {
		into->change[i] += from->change[i];
		into->births[i] += from->births[i];
	}
}

uint64_t nap_occupancy_peak(const struct nap_occupancy *o)
{
	int64_t live = 0, peak = 0;

	for (uint32_t i = 0; i < o->n; i++) {
		live += o->change[i];
		peak = live > peak ? live : peak;
	}
	return (uint64_t)peak;
}

uint64_t nap_occupancy_bound(const struct nap_occupancy *o)
{
	int64_t live = 0, bound = 0;

	for (uint32_t i = 0; i < o->n; i++) {
		int64_t most = live + (int64_t)o->births[i];

		bound = most > bound ? most : bound;
		live += o->change[i];
	}
	return (uint64_t)bound;
}
