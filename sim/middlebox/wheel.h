/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Timing wheel over numbered items: a hierarchy of six rings of 256 slots, the finest of 2^22 ns (4.2 ms). An item
 * stands in one slot at most; its owner may be later than its slot says and is put back when its slot comes.
 * After Varghese and Lauck 1987; a level is the highest byte in which a time differs from the wheel's own.
 */
#ifndef NAP_MIDDLEBOX_WHEEL_H
#define NAP_MIDDLEBOX_WHEEL_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/time.h"

enum { NAP_WHEEL_LEVELS = 6, NAP_WHEEL_SHIFT = 22 };

#define NAP_WHEEL_NONE UINT32_MAX

struct nap_wheel_link {
	nap_time at;         /* where the item stands in the wheel */
	uint32_t prev, next; /* neighbours; prev of a first one: its slot, with the top bit set */
};

struct nap_wheel {
	uint64_t tick;                      /* all before it has been taken */
	struct nap_wheel_link *link;        /* one per item number */
	uint64_t used[NAP_WHEEL_LEVELS][4]; /* a bit for each slot that holds something */
	uint32_t head[NAP_WHEEL_LEVELS * 256];
	uint32_t items;
};

void nap_wheel_reset(struct nap_wheel *w);
void nap_wheel_add(struct nap_wheel *w, uint32_t item, nap_time at);
void nap_wheel_remove(struct nap_wheel *w, uint32_t item);

/*
 * Moves the wheel towards now and detaches the items of one due slot: a list through link.next, each with at in a
 * tick up to now's; NAP_WHEEL_NONE when all slots before now's tick, and at last that one, were handed out.
 * The caller adds back what is not due. *last: this was now's own tick; do not ask again for the same now.
 */
uint32_t nap_wheel_take(struct nap_wheel *w, nap_time now, bool *last);

/* A time not after any item's at; NAP_NEVER when empty. */
nap_time nap_wheel_earliest(const struct nap_wheel *w);

#endif
