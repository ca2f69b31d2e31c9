/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/offers.h"

#include <glib.h>

static void grow(struct nap_offers *o, uint32_t taken, uint32_t n)
{
	struct nap_offers wider = { NULL, o->room ? 2 * o->room : 2 };

	wider.at = g_new(nap_time, wider.room);
	for (uint32_t k = taken + 1; k < n; k++)
		wider.at[k & (wider.room - 1)] = nap_offers_at(o, k);
	g_free(o->at);
	*o = wider;
}

void nap_offers_add(struct nap_offers *o, uint32_t taken, uint32_t n, nap_time at)
{
	if (n - taken > o->room)
		grow(o, taken, n);
	o->at[n & (o->room - 1)] = at;
}

void nap_offers_clear(struct nap_offers *o)
{
	g_clear_pointer(&o->at, g_free);
	o->room = 0;
}
