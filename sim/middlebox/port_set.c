/* SPDX-License-Identifier: BSD-2-Clause */
#include "middlebox/port_set.h"

#include <glib.h>

#include "middlebox/box_config.h"

static uint32_t size_of(const struct nap_port_range *r)
{
	return (uint32_t)r->hi - r->lo + 1;
}

uint32_t nap_box_ports(const struct nap_box_config *config)
{
	const struct nap_port_ranges *p = &config->port_range;
	uint32_t count = 0;

	for (uint32_t i = 0; i < p->n; i++)
		count += size_of(&p->range[i]);
	return p->n ? count : (uint32_t)p->hi - p->lo + 1;
}

void nap_port_set_init(struct port_set *set, const struct nap_port_ranges *ranges)
{
	*set = (struct port_set){
		.whole = { ranges->lo, ranges->hi }, .range = ranges->range, .n = ranges->n
	};
	set->count = size_of(&set->whole);
	if (set->n <= 1)
		return;
	set->below = g_new(uint32_t, set->n);
	set->count = 0;
	for (uint32_t i = 0; i < set->n; i++) {
		set->below[i] = set->count;
		set->count += size_of(&set->range[i]);
	}
}

void nap_port_set_clear(struct port_set *set)
{
	g_free(set->below);
}

uint32_t nap_port_set_seek(const struct port_set *set, uint32_t port)
{
	uint32_t lo = 0, hi = set->n;

	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		*(set->range[mid].lo <= port ? &lo : &hi) = mid;
	}
	return lo;
}

uint16_t nap_port_set_at_of_several(const struct port_set *set, uint32_t rank)
{
	uint32_t lo = 0, hi = set->n;

	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		*(set->below[mid] <= rank ? &lo : &hi) = mid;
	}
	return (uint16_t)(set->range[lo].lo + rank - set->below[lo]);
}
