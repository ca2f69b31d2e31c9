/* SPDX-License-Identifier: BSD-2-Clause */
#include "stats/occupancy.h"

#include <glib.h>
#include <stdbool.h>

static uint32_t words(const struct nap_occupancy *o)
{
	return (o->n + 64 * NAP_OCCUPANCY_GROUP - 1) / (64 * NAP_OCCUPANCY_GROUP);
}

/* The next group from *group on that may hold something: its first bin and, in *end, the one after its last; false: none. */
static bool next_group(const struct nap_occupancy *o, uint32_t *group, uint32_t *bin, uint32_t *end)
{
	uint32_t w = *group / 64;
	uint64_t left = w < words(o) ? o->used[w] & UINT64_MAX << *group % 64 : 0;

	while (!left && ++w < words(o))
		left = o->used[w];
	if (!left)
		return false;
	*group = w * 64 + (uint32_t)__builtin_ctzll(left);
	*bin = *group * NAP_OCCUPANCY_GROUP;
	*end = *bin + NAP_OCCUPANCY_GROUP < o->n ? *bin + NAP_OCCUPANCY_GROUP : o->n;
	++*group;
	return true;
}

struct nap_occupancy *nap_occupancy_new(nap_time duration, uint32_t bins)
{
	struct nap_occupancy *o = g_new0(struct nap_occupancy, 1);

	o->width = duration / bins + 1;
	o->n = bins;
	o->change = g_new0(int64_t, bins);
	o->births = g_new0(uint64_t, bins);
	o->used = g_new0(uint64_t, words(o));
	return o;
}

void nap_occupancy_free(struct nap_occupancy *o)
{
	if (!o)
		return;
	g_free(o->change);
	g_free(o->births);
	g_free(o->used);
	g_free(o);
}

void nap_occupancy_move(struct nap_occupancy *into, struct nap_occupancy *from)
{
	uint32_t group = 0, bin, end;

	while (next_group(from, &group, &bin, &end))
		for (; bin < end; bin++) {
			into->change[bin] += from->change[bin];
			into->births[bin] += from->births[bin];
			from->change[bin] = 0;
			from->births[bin] = 0;
		}
	for (uint32_t w = 0; w < words(from); w++) {
		into->used[w] |= from->used[w];
		from->used[w] = 0;
	}
}

uint64_t nap_occupancy_peak(const struct nap_occupancy *o, nap_time from)
{
	uint32_t group = 0, bin, end;
	int64_t live = 0, peak = 0, first = from / o->width;

	while (next_group(o, &group, &bin, &end))
		for (; bin < end; bin++) {
			peak = bin > first && live > peak ? live : peak; /* at the end of the bin before */
			live += o->change[bin];
		}
	return (uint64_t)(live > peak ? live : peak);
}
