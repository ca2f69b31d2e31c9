/* SPDX-License-Identifier: BSD-2-Clause */
/* One entry per number (of a subscriber, of a trial), in order of time and then of number: a four-ary heap. */
#ifndef NAP_KERNEL_HEAP_H
#define NAP_KERNEL_HEAP_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/time.h"

struct nap_heap_entry {
	nap_time at;
	uint32_t id;
};

struct nap_heap {
	struct nap_heap_entry *entry;
	uint32_t *where; /* place of each number's entry */
	uint32_t n;
	uint32_t room; /* for entries, and for numbers below it */
};

/* Room for n entries, filled by nap_heap_add, then ordered by nap_heap_order. */
void nap_heap_init(struct nap_heap *q, uint32_t n);
void nap_heap_clear(struct nap_heap *q);

static inline void nap_heap_add(struct nap_heap *q, nap_time at, uint32_t id)
{
	q->where[id] = q->n;
	q->entry[q->n++] = (struct nap_heap_entry){ at, id };
}

void nap_heap_order(struct nap_heap *q);

/* In its place at once, with room made where there is none. A number that is in the heap must not come again. */
void nap_heap_push(struct nap_heap *q, nap_time at, uint32_t id);
/* Only of a number that is in the heap. */
void nap_heap_remove(struct nap_heap *q, uint32_t id);

/* The time of number id is at now, earlier or later than before. */
void nap_heap_move(struct nap_heap *q, uint32_t id, nap_time at);

#endif
