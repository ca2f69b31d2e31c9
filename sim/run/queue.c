/* SPDX-License-Identifier: BSD-2-Clause */
#include "run/queue.h"

#include <glib.h>
#include <stdbool.h>

void nap_queue_init(struct nap_queue *q, uint32_t n)
{
	q->entry = g_new(struct nap_queue_entry, n + 1);
	q->n = 0;
}

void nap_queue_clear(struct nap_queue *q)
{
	g_free(q->entry);
	q->entry = NULL;
	q->n = 0;
}

void nap_queue_add(struct nap_queue *q, nap_time at, uint32_t id)
{
	q->entry[q->n++] = (struct nap_queue_entry){ at, id };
}

static bool before(struct nap_queue_entry a, struct nap_queue_entry b)
{
	return a.at < b.at || (a.at == b.at && a.id < b.id);
}

static void sift_down(struct nap_queue *q, uint32_t i)
{
	struct nap_queue_entry e = q->entry[i];

	for (;;) {
		uint32_t child = 4 * i + 1, end = child + 4 < q->n ? child + 4 : q->n, least = child;

		if (child >= q->n)
			break;
		for (uint32_t c = child + 1; c < end; c++)
			if (before(q->entry[c], q->entry[least]))
				least = c;
		if (!before(q->entry[least], e))
			break;
		q->entry[i] = q->entry[least];
		i = least;
	}
	q->entry[i] = e;
}

void nap_queue_order(struct nap_queue *q)
{
	for (uint32_t i = q->n; i-- > 0;)
		sift_down(q, i);
}

void nap_queue_delay_first(struct nap_queue *q, nap_time at)
{
	q->entry[0].at = at;
	sift_down(q, 0);
}
