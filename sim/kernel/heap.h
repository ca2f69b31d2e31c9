/* SPDX-License-Identifier: BSD-2-Clause */
/* One entry per subscriber, in order of time and then of number: a four-ary heap with the next event of each. */
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
	uint32_t *where; /* place of each subscriber's entry */
	uint32_t n;
};

/* Room for n entries, filled by nap_heap_add, then ordered by nap_heap_order. */
void nap_heap_init(struct nap_heap *q, uint32_t n);
void nap_heap_clear(struct nap_heap *q);
void nap_heap_add(struct nap_heap *q, nap_time at, uint32_t id);
void nap_heap_order(struct nap_heap *q);

/* The time of subscriber id's next event is at now, earlier or later than before. */
void nap_heap_move(struct nap_heap *q, uint32_t id, nap_time at);

#endif
