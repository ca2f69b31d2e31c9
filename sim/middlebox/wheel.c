/* SPDX-License-Identifier: BSD-2-Clause */
#include "middlebox/wheel.h"

#include <glib.h>

#include "kernel/api.h"
#include "kernel/pages.h"

#define SLOT 0x80000000u /* in prev: the rest is a slot number */

/* All items of the wheel as a list through link.next; it is empty then. */
NAP_HOT static uint32_t take_all(struct nap_wheel *w)
{
	uint32_t all = w->few, item, next;

	w->few = NAP_WHEEL_NONE;
	for (; w->slots && w->slots->words; w->slots->words &= w->slots->words - 1) {
		uint32_t word = (uint32_t)__builtin_ctz(w->slots->words);

		for (uint64_t *bits = &w->slots->used[word]; *bits; *bits &= *bits - 1)
			for (item = w->slots->head[word * 64 + (uint32_t)__builtin_ctzll(*bits)];
				item != NAP_WHEEL_NONE; item = next) {
				next = nap_wheel_link(w, item)->next;
				nap_wheel_link(w, item)->next = all;
				all = item;
			}
	}
	w->items = 0;
	return all;
}

void nap_wheel_reset(struct nap_wheel *w)
{
	if (!w->slots && !w->items)
		w->few = NAP_WHEEL_NONE;
	for (uint32_t item = take_all(w); item != NAP_WHEEL_NONE; item = nap_wheel_link(w, item)->next)
		nap_wheel_link(w, item)->at = NAP_NEVER;
	w->tick = 0;
	w->due = NAP_NEVER;
}

void nap_wheel_clear(struct nap_wheel *w)
{
	for (int kind = 0; kind < NAP_WHEEL_KINDS; kind++)
		g_free(w->link[kind]);
	g_free(w->slots);
}

static uint32_t slot_of(const struct nap_wheel *w, uint64_t tick)
{
	uint64_t differ = tick ^ w->tick;
	unsigned level = differ ? (unsigned)(63 - __builtin_clzll(differ)) / 8 : 0;

	return level * 256 + (uint32_t)((tick >> (8 * level)) & 255);
}

static void grow(struct nap_wheel *w, uint32_t kind, uint32_t id)
{
	uint32_t room = w->room[kind] ? w->room[kind] : 4;

	while (room <= id)
		room *= 2;
	g_assert(id >> NAP_WHEEL_ID_BITS == 0);
	w->link[kind] = nap_pages_grow(w->link[kind], w->room[kind] * sizeof(struct nap_wheel_link),
		room * sizeof(struct nap_wheel_link));
	for (uint32_t i = w->room[kind]; i < room; i++)
		w->link[kind][i].at = NAP_NEVER;
	w->room[kind] = room;
}

static void put_few(struct nap_wheel *w, uint32_t item)
{
	struct nap_wheel_link *l = nap_wheel_link(w, item);

	l->prev = SLOT;
	l->next = w->few;
	if (l->next != NAP_WHEEL_NONE)
		nap_wheel_link(w, l->next)->prev = item;
	w->few = item;
	w->items++;
}

NAP_HOT static void put_in_slot(struct nap_wheel *w, uint32_t item, nap_time at)
{
	uint64_t tick = nap_wheel_tick(at) < w->tick ? w->tick : nap_wheel_tick(at);
	uint32_t slot = slot_of(w, tick);
	uint64_t *word = &w->slots->used[slot / 64], mask = UINT64_C(1) << (slot % 64);
	struct nap_wheel_link *l = nap_wheel_link(w, item);

	l->prev = SLOT | slot;
	l->next = *word & mask ? w->slots->head[slot] : NAP_WHEEL_NONE;
	if (l->next != NAP_WHEEL_NONE)
		nap_wheel_link(w, l->next)->prev = item;
	*word |= mask;
	w->slots->words |= 1u << slot / 64;
	w->items++;
	w->slots->head[slot] = item;
}

/* They are too many for one list. */
NAP_COLD static void spread(struct nap_wheel *w)
{
	uint32_t item = take_all(w), next;

	w->slots = g_new0(struct nap_wheel_slots, 1);
	for (; item != NAP_WHEEL_NONE; item = next) {
		next = nap_wheel_link(w, item)->next;
		put_in_slot(w, item, nap_wheel_link(w, item)->at);
	}
}

NAP_HOT static void put(struct nap_wheel *w, uint32_t item, nap_time at)
{
	nap_wheel_link(w, item)->at = at;
	if (!w->slots && w->items == NAP_WHEEL_FEW)
		spread(w);
	if (w->slots)
		put_in_slot(w, item, at);
	else
		put_few(w, item);
}

/* A slot holds nothing any more. */
static void empty(struct nap_wheel *w, uint32_t slot)
{
	uint64_t *word = &w->slots->used[slot / 64];

	*word &= ~(UINT64_C(1) << (slot % 64));
	if (!*word)
		w->slots->words &= ~(1u << slot / 64);
}

NAP_HOT void nap_wheel_drop(struct nap_wheel *w, uint32_t item)
{
	struct nap_wheel_link *l;

	if (nap_wheel_id(item) >= w->room[nap_wheel_kind(item)])
		return;
	l = nap_wheel_link(w, item);
	if (l->at == NAP_NEVER)
		return;
	l->at = NAP_NEVER;
	w->items--;
	if (l->next != NAP_WHEEL_NONE)
		nap_wheel_link(w, l->next)->prev = l->prev;
	if (!(l->prev & SLOT)) {
		nap_wheel_link(w, l->prev)->next = l->next;
	} else if (!w->slots) {
		w->few = l->next;
	} else {
		uint32_t slot = l->prev & ~SLOT;

		w->slots->head[slot] = l->next;
		if (l->next == NAP_WHEEL_NONE)
			empty(w, slot);
	}
}

NAP_HOT void nap_wheel_set(struct nap_wheel *w, uint32_t item, nap_time at)
{
	if (at == NAP_NEVER)
		return;
	if (nap_wheel_id(item) >= w->room[nap_wheel_kind(item)])
		grow(w, nap_wheel_kind(item), nap_wheel_id(item));
	if (at < w->due)
		w->due = at;
	if (at >= nap_wheel_link(w, item)->at)
		return;
	nap_wheel_drop(w, item);
	put(w, item, at);
}

/*
 * The earliest used slot and the first tick it stands for. A lower level is always earlier than a higher one, and none holds
 * anything before where the wheel stands.
 */
static bool next_slot(const struct nap_wheel *w, uint32_t *slot, uint64_t *tick)
{
	uint32_t word, level;

	if (!w->slots->words)
		return false;
	word = (uint32_t)__builtin_ctz(w->slots->words);
	level = word / 4;
	*slot = word * 64 + (uint32_t)__builtin_ctzll(w->slots->used[word]);
	*tick = (w->tick >> (8 * level) >> 8 << 8 | *slot % 256) << (8 * level);
	return true;
}

/* When an item of few is due: no earlier than where the wheel stands. */
static uint64_t tick_of(const struct nap_wheel *w, uint32_t item)
{
	uint64_t tick = nap_wheel_tick(nap_wheel_link(w, item)->at);

	return tick < w->tick ? w->tick : tick;
}

/* nap_wheel_take from a list. */
NAP_HOT static uint32_t take_few(struct nap_wheel *w, uint64_t target, bool *last)
{
	uint32_t taken = NAP_WHEEL_NONE, item, next;
	uint64_t first = UINT64_MAX;

	for (item = w->few; item != NAP_WHEEL_NONE; item = nap_wheel_link(w, item)->next)
		first = tick_of(w, item) < first ? tick_of(w, item) : first;
	*last = first >= target;
	if (first > target) {
		w->tick = target > w->tick ? target : w->tick;
		return NAP_WHEEL_NONE;
	}
	for (item = w->few; item != NAP_WHEEL_NONE; item = next) {
		next = nap_wheel_link(w, item)->next;
		if (tick_of(w, item) != first)
			continue;
		nap_wheel_drop(w, item);
		nap_wheel_link(w, item)->next = taken;
		taken = item;
	}
	w->tick = first;
	return taken;
}

NAP_HOT uint32_t nap_wheel_take(struct nap_wheel *w, nap_time now, bool *last)
{
	uint64_t target = nap_wheel_tick(now), tick;
	uint32_t slot, first, item, next;

	if (!w->slots)
		return take_few(w, target, last);
	*last = true;
	while (next_slot(w, &slot, &tick) && tick <= target) {
		if (tick > w->tick)
			w->tick = tick;
		first = w->slots->head[slot];
		empty(w, slot);
		if (slot < 256) {
			for (item = first; item != NAP_WHEEL_NONE;
				item = nap_wheel_link(w, item)->next, w->items--)
				nap_wheel_link(w, item)->at = NAP_NEVER;
			*last = tick == target;
			return first;
		}
		for (item = first; item != NAP_WHEEL_NONE; item = next, w->items--) {
			next = nap_wheel_link(w, item)->next;
			put_in_slot(w, item, nap_wheel_link(w, item)->at);
		}
	}
	if (target > w->tick)
		w->tick = target;
	return NAP_WHEEL_NONE;
}

/* Of the list that begins with item i. */
static nap_time earliest_of(const struct nap_wheel *w, uint32_t i)
{
	nap_time best = NAP_NEVER;

	for (; i != NAP_WHEEL_NONE; i = nap_wheel_link(w, i)->next)
		best = nap_time_min(best, nap_wheel_link(w, i)->at);
	return best;
}

/* Of a coarse slot, which may hold all there is, the beginning will do: then it is spread over finer ones. */
void nap_wheel_rest(struct nap_wheel *w)
{
	uint32_t slot;
	uint64_t tick;

	if (!w->slots)
		w->due = earliest_of(w, w->few);
	else if (!next_slot(w, &slot, &tick))
		w->due = NAP_NEVER;
	else
		w->due = slot < 256 ? earliest_of(w, w->slots->head[slot])
				    : (nap_time)(tick << NAP_WHEEL_SHIFT);
}

NAP_HOT void nap_wheel_shift(struct nap_wheel *w, nap_time by)
{
	uint32_t item = take_all(w), next;
	nap_time now = nap_time_after((nap_time)(w->tick << NAP_WHEEL_SHIFT), by), at;

	w->tick = nap_wheel_tick(now);
	w->due = nap_time_after(w->due, by);
	for (; item != NAP_WHEEL_NONE; item = next) {
		next = nap_wheel_link(w, item)->next;
		at = nap_time_after(nap_wheel_link(w, item)->at, by);
		nap_wheel_link(w, item)->at = NAP_NEVER;
		nap_wheel_set(w, item, at);
	}
}

nap_time nap_wheel_earliest(const struct nap_wheel *w)
{
	uint32_t slot;
	uint64_t tick;

	if (!w->slots)
		return earliest_of(w, w->few);
	return next_slot(w, &slot, &tick) ? earliest_of(w, w->slots->head[slot]) : NAP_NEVER;
}
