/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/heap.h"

#include <glib.h>
#include <stdbool.h>

#include "kernel/api.h"
#include "kernel/pages.h"
#include "kernel/wide.h"

void nap_heap_init(struct nap_heap *q, uint32_t n)
{
	q->entry = g_new(struct nap_heap_entry, n + 1);
	q->where = nap_pages_new((n + 1) * sizeof *q->where);
	q->n = 0;
	q->room = n + 1;
}

void nap_heap_clear(struct nap_heap *q)
{
	g_clear_pointer(&q->entry, g_free);
	g_clear_pointer(&q->where, g_free);
	q->n = q->room = 0;
}

static inline bool before(struct nap_heap_entry a, struct nap_heap_entry b)
{
	return nap_wide_less((uint64_t)a.at, a.id, (uint64_t)b.at, b.id);
}

/* The first of those below i, of which there is one at least; without a jump that nobody could foresee. */
static inline uint32_t least_below(const struct nap_heap *q, uint32_t i)
{
	uint32_t child = 4 * i + 1, least = 0, other;
	const struct nap_heap_entry *e = &q->entry[child];

	if (G_LIKELY(child + 3 < q->n)) {
		least = before(e[1], e[0]);
		other = 2u + before(e[3], e[2]);
		return child + least + ((other - least) & -(uint32_t)before(e[other], e[least]));
	}
	for (uint32_t k = 1; child + k < q->n; k++)
		least = before(e[k], e[least]) ? k : least;
	return child + least;
}

static inline void put(struct nap_heap *q, uint32_t i, struct nap_heap_entry e)
{
	q->entry[i] = e;
	q->where[e.id] = i;
}

NAP_HOT static void sift_down(struct nap_heap *q, uint32_t i)
{
	struct nap_heap_entry e = q->entry[i];

	while (4 * i + 1 < q->n) {
		uint32_t least = least_below(q, i);

		if (!before(q->entry[least], e))
			break;
		put(q, i, q->entry[least]);
		i = least;
	}
	put(q, i, e);
}

NAP_HOT static void sift_up(struct nap_heap *q, uint32_t i)
{
	struct nap_heap_entry e = q->entry[i];

	while (i > 0 && before(e, q->entry[(i - 1) / 4])) {
		put(q, i, q->entry[(i - 1) / 4]);
		i = (i - 1) / 4;
	}
	put(q, i, e);
}

NAP_HOT void nap_heap_push(struct nap_heap *q, nap_time at, uint32_t id)
{
	uint32_t need = MAX(q->n, id) + 1, had = q->room;

	if (need > had) {
		q->room = MAX(need, 2 * q->room);
		q->entry = g_renew(struct nap_heap_entry, q->entry, q->room);
		q->where = nap_pages_grow(q->where, had * sizeof *q->where, q->room * sizeof *q->where);
	}
	nap_heap_add(q, at, id);
	sift_up(q, q->n - 1);
}

NAP_HOT void nap_heap_remove(struct nap_heap *q, uint32_t id)
{
	uint32_t i = q->where[id];
	struct nap_heap_entry last = q->entry[--q->n];

	if (last.id == id)
		return;
	put(q, i, last);
	sift_up(q, i);
	sift_down(q, q->where[last.id]);
}

void nap_heap_order(struct nap_heap *q)
{
	for (uint32_t i = q->n; i-- > 0;)
		sift_down(q, i);
}

NAP_HOT void nap_heap_move(struct nap_heap *q, uint32_t id, nap_time at)
{
	uint32_t i = q->where[id];
	bool later = at >= q->entry[i].at;

	q->entry[i].at = at;
	if (later)
		sift_down(q, i);
	else
		sift_up(q, i);
}
