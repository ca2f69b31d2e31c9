/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Timing wheel over items of several kinds, each numbered from 0: a hierarchy of six rings of 256 slots, the finest of
 * 2^22 ns (4.2 ms). An item stands in one slot at most; its owner may be later than its slot says and is put back when
 * its slot comes. After Varghese and Lauck 1987; a level is the highest byte in which a time differs from the wheel's
 * own. One subscriber's box has a session or two: up to NAP_WHEEL_FEW items are a list without slots, and 6 kB less.
 */
#ifndef NAP_MIDDLEBOX_WHEEL_H
#define NAP_MIDDLEBOX_WHEEL_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/time.h"

enum {
	NAP_WHEEL_LEVELS = 6,
	NAP_WHEEL_SHIFT = 22,
	NAP_WHEEL_KINDS = 8,
	NAP_WHEEL_ID_BITS = 28,
	NAP_WHEEL_FEW = 8
};

#define NAP_WHEEL_NONE UINT32_MAX

struct nap_wheel_link {
	nap_time at;         /* where the item stands in the wheel, NAP_NEVER: not in it */
	uint32_t prev, next; /* neighbours; prev of a first one: its slot, with the top bit set */
};

struct nap_wheel_slots {
	uint64_t used[NAP_WHEEL_LEVELS * 4]; /* a bit for each slot that holds something */
	uint32_t words;                      /* a bit for each of these that is not 0 */
	uint32_t head[NAP_WHEEL_LEVELS * 256];
};

struct nap_wheel {
	uint64_t tick;                                /* all before it has been taken */
	nap_time due;                                 /* nothing lapses before; set anew by nap_wheel_rest */
	struct nap_wheel_link *link[NAP_WHEEL_KINDS]; /* one per number */
	uint32_t room[NAP_WHEEL_KINDS];
	uint32_t items;                /* that stand in it */
	struct nap_wheel_slots *slots; /* NULL as long as there have been few items, which are one list */
	uint32_t few;                  /* then: its first */
};

/* An item: a number of a kind. */
static inline uint32_t nap_wheel_item(uint32_t kind, uint32_t id)
{
	return kind << NAP_WHEEL_ID_BITS | id;
}

static inline uint32_t nap_wheel_kind(uint32_t item)
{
	return item >> NAP_WHEEL_ID_BITS;
}

static inline uint32_t nap_wheel_id(uint32_t item)
{
	return item & ((1u << NAP_WHEEL_ID_BITS) - 1);
}

static inline struct nap_wheel_link *nap_wheel_link(const struct nap_wheel *w, uint32_t item)
{
	return &w->link[nap_wheel_kind(item)][nap_wheel_id(item)];
}

static inline uint64_t nap_wheel_tick(nap_time at)
{
	return (uint64_t)at >> NAP_WHEEL_SHIFT;
}

/* Empties it (of zeroed memory: makes it) and sets it back to time 0; memory stays. nap_wheel_clear frees that. */
void nap_wheel_reset(struct nap_wheel *w);
void nap_wheel_clear(struct nap_wheel *w);

/* From now on the item stands at `at` or before: it stays where it is if that is earlier. NAP_NEVER: nothing changes. */
void nap_wheel_set(struct nap_wheel *w, uint32_t item, nap_time at);

/* Takes the item out, if it is in. */
void nap_wheel_drop(struct nap_wheel *w, uint32_t item);

/*
 * Moves the wheel towards now and takes the items of one due slot out: a list through link.next, whose times lie in a
 * tick up to now's; NAP_WHEEL_NONE when all slots before now's tick, and at last that one, were handed out.
 * The caller sets anew what is not due. *last: this was now's own tick; do not ask again for the same now.
 */
uint32_t nap_wheel_take(struct nap_wheel *w, nap_time now, bool *last);

/* Of a wheel with one item: which it is. */
static inline uint32_t nap_wheel_only(const struct nap_wheel *w)
{
	uint32_t word;

	if (!w->slots)
		return w->few;
	word = (uint32_t)__builtin_ctz(w->slots->words);
	return w->slots->head[word * 64 + (uint32_t)__builtin_ctzll(w->slots->used[word])];
}

/* All has been taken and set that is to be: sets due. */
void nap_wheel_rest(struct nap_wheel *w);

/* The wheel and all items move into the future by so much. */
void nap_wheel_shift(struct nap_wheel *w, nap_time by);

/* A time not after any item's, nearer than due; NAP_NEVER when empty. */
nap_time nap_wheel_earliest(const struct nap_wheel *w);

#endif
