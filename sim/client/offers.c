/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/offers.h"

#include <glib.h>

struct nap_offers_kept {
	/* of push number from, which is not behind the first that is kept; those behind it are drawn where room is 0 */
	struct nap_arrivals_state state;
	struct nap_rng rng;
	nap_time at;
	uint32_t from;
	uint32_t room;   /* a power of two */
	nap_time each[]; /* number n stands at n modulo room */
};

static struct nap_offers_kept *kept_new(uint32_t room)
{
	struct nap_offers_kept *k = g_malloc(sizeof(struct nap_offers_kept) + room * sizeof(nap_time));

	k->room = room;
	return k;
}

static void step(struct nap_offers_kept *k, const struct nap_arrivals *process)
{
	k->at = nap_arrivals_next(process, &k->state, &k->rng);
	k->from++;
}

nap_time nap_offers_at(struct nap_offers *o, const struct nap_arrivals *process, uint32_t taken, uint32_t n)
{
	struct nap_offers_kept *k = o->kept, ahead;

	if (k->room > 0)
		return k->each[n & (k->room - 1)];
	while (k->from <= taken)
		step(k, process);
	for (ahead = *k; ahead.from < n;)
		step(&ahead, process);
	return ahead.at;
}

/* Each is written down, with room for so many. */
static void write_down(
	struct nap_offers *o, const struct nap_arrivals *process, uint32_t taken, uint32_t n, uint32_t room)
{
	struct nap_offers_kept *k = kept_new(room);

	for (uint32_t i = taken + 1; i < n; i++)
		k->each[i & (room - 1)] = nap_offers_at(o, process, i - 1, i);
	g_free(o->kept);
	o->kept = k;
}

static void begin(struct nap_offers *o, uint32_t n, const struct nap_push_offer *offer)
{
	if (!o->kept || o->kept->room > 0) {
		g_free(o->kept);
		o->kept = kept_new(0);
	}
	o->kept->state = offer->state;
	o->kept->rng = offer->rng;
	o->kept->at = offer->at;
	o->kept->from = n;
	o->ahead = offer->state.index - n;
	o->drawn = true;
}

static uint32_t room_for(uint32_t n)
{
	uint32_t room = 2;

	while (room < n)
		room *= 2;
	return room;
}

void nap_offers_add(struct nap_offers *o, const struct nap_arrivals *process, uint32_t taken, uint32_t n,
	const struct nap_push_offer *offer)
{
	if (offer->drawn && n == taken + 1) {
		begin(o, n, offer);
		return;
	}
	if (offer->drawn && o->drawn && offer->state.index - n == o->ahead)
		return;
	o->drawn = false;
	if (!o->kept || o->kept->room < n - taken)
		write_down(o, process, taken, n, room_for(n - taken));
	o->kept->each[n & (o->kept->room - 1)] = offer->at;
}

void nap_offers_clear(struct nap_offers *o)
{
	g_clear_pointer(&o->kept, g_free);
	o->drawn = false;
}
