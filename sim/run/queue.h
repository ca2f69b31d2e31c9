/* SPDX-License-Identifier: BSD-2-Clause */
/* One entry per subscriber, in order of time and then of number: a four-ary heap with the next event of each. */
#ifndef NAP_RUN_QUEUE_H
#define NAP_RUN_QUEUE_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/time.h"

struct nap_queue_entry {
	nap_time at;
	uint32_t id;
};

struct nap_queue {
	struct nap_queue_entry *entry;
	uint32_t *where; /* place of each subscriber's entry */
	uint32_t n;
};

/* Room for n entries, filled by nap_queue_add, then ordered by nap_queue_order. */
void nap_queue_init(struct nap_queue *q, uint32_t n);
void nap_queue_clear(struct nap_queue *q);
void nap_queue_add(struct nap_queue *q, nap_time at, uint32_t id);
void nap_queue_order(struct nap_queue *q);

/* The time of subscriber id's next event is at now, earlier or later than before. */
void nap_queue_move(struct nap_queue *q, uint32_t id, nap_time at);

#endif
