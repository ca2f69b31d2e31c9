/* SPDX-License-Identifier: BSD-2-Clause */
#include "middlebox/wheel.h"

#include <string.h>

#define SLOT 0x80000000u /* in prev: the rest is a slot number */

static uint64_t tick_of(nap_time at)
{
	return (uint64_t)at >> NAP_WHEEL_SHIFT;
}

void nap_wheel_reset(struct nap_wheel *w)
{
	memset(w->used, 0, sizeof w->used); /* heads count only where a bit is set */
	w->tick = 0;
	w->items = 0;
}

static uint32_t slot_of(const struct nap_wheel *w, uint64_t tick)
{
	uint64_t differ = tick ^ w->tick;
	unsigned level = differ ? (unsigned)(63 - __builtin_clzll(differ)) / 8 : 0;

	return level * 256 + (uint32_t)((tick >> (8 * level)) & 255);
}

void nap_wheel_add(struct nap_wheel *w, uint32_t item, nap_time at)
{
	uint64_t tick = tick_of(at) < w->tick ? w->tick : tick_of(at);
	uint32_t slot = slot_of(w, tick), level = slot / 256, bit = slot % 256;
	uint64_t *word = &w->used[level][bit / 64], mask = UINT64_C(1) << (bit % 64);
	struct nap_wheel_link *l = &w->link[item];

	l->at = at;
	l->prev = SLOT | slot;
	l->next = *word & mask ? w->head[slot] : NAP_WHEEL_NONE;
	if (l->next != NAP_WHEEL_NONE)
		w->link[l->next].prev = item;
	*word |= mask;
	w->head[slot] = item;
	w->items++;
}

void nap_wheel_remove(struct nap_wheel *w, uint32_t item)
{
	const struct nap_wheel_link *l = &w->link[item];

	if (l->next != NAP_WHEEL_NONE)
		w->link[l->next].prev = l->prev;
	if (!(l->prev & SLOT)) {
		w->link[l->prev].next = l->next;
	} else {
		uint32_t slot = l->prev & ~SLOT;

		w->head[slot] = l->next;
		if (l->next == NAP_WHEEL_NONE)
			w->used[slot / 256][slot % 256 / 64] &= ~(UINT64_C(1) << (slot % 64));
	}
	w->items--;
}

/* The lowest used slot of a level from bit on, -1 when there is none. */
static int first_used(const struct nap_wheel *w, unsigned level, unsigned bit)
{
	for (unsigned i = bit / 64; i < 4; i++) {
		uint64_t word = w->used[level][i];

		if (i == bit / 64)
			word &= ~UINT64_C(0) << (bit % 64);
		if (word)
			return (int)(i * 64) + __builtin_ctzll(word);
	}
	return -1;
}

/* The earliest used slot and the first tick it stands for. A lower level is always earlier than a higher one. */
static bool next_slot(const struct nap_wheel *w, uint32_t *slot, uint64_t *tick)
{
	for (unsigned level = 0; level < NAP_WHEEL_LEVELS; level++) {
		int bit = first_used(w, level, (unsigned)(w->tick >> (8 * level)) & 255);

		if (bit < 0)
			continue;
		*slot = level * 256 + (uint32_t)bit;
		*tick = (w->tick >> (8 * level) >> 8 << 8 | (uint64_t)bit) << (8 * level);
		return true;
	}
	return false;
}

static uint32_t detach(struct nap_wheel *w, uint32_t slot)
{
	uint32_t first = w->head[slot];

	w->used[slot / 256][slot % 256 / 64] &= ~(UINT64_C(1) << (slot % 64));
	for (uint32_t i = first; i != NAP_WHEEL_NONE; i = w->link[i].next)
		w->items--;
	return first;
}

uint32_t nap_wheel_take(struct nap_wheel *w, nap_time now, bool *last)
{
	uint64_t target = tick_of(now), tick;
	uint32_t slot, item, next;

	*last = true;
	while (next_slot(w, &slot, &tick) && tick <= target) {
		if (tick > w->tick)
			w->tick = tick;
		item = detach(w, slot);
		if (slot < 256) {
			*last = tick == target;
			return item;
		}
		for (; item != NAP_WHEEL_NONE; item = next) {
			next = w->link[item].next;
			nap_wheel_add(w, item, w->link[item].at);
		}
	}
	if (target > w->tick)
		w->tick = target;
	return NAP_WHEEL_NONE;
}

nap_time nap_wheel_earliest(const struct nap_wheel *w)
{
	nap_time best = NAP_NEVER;
	uint32_t slot;
	uint64_t tick;

	if (!next_slot(w, &slot, &tick))
		return NAP_NEVER;
	for (uint32_t i = w->head[slot]; i != NAP_WHEEL_NONE; i = w->link[i].next)
		best = nap_time_min(best, w->link[i].at);
	return best;
}
