/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/sim_links.h"

#include <glib.h>

struct entry {
	nap_time at;
	uint64_t order;
	uint32_t slot;
};

/* A heap of entries, each for one of the slots. */
struct nap_sim_links {
	struct entry *heap;
	struct nap_sim_packet *slot;
	uint32_t *spare; /* slots that are free: room - n of them */
	uint32_t n, room;
	uint64_t order; /* of the next one */
};

struct nap_sim_links *nap_sim_links_new(void)
{
	return g_new0(struct nap_sim_links, 1);
}

void nap_sim_links_free(struct nap_sim_links *f)
{
	g_free(f->heap);
	g_free(f->slot);
	g_free(f->spare);
	g_free(f);
}

nap_time nap_sim_links_next(const struct nap_sim_links *f)
{
	return f->n ? f->heap[0].at : NAP_NEVER;
}

static bool before(const struct entry *a, const struct entry *b)
{
	return a->at != b->at ? a->at < b->at : a->order < b->order;
}

static void widen(struct nap_sim_links *f)
{
	uint32_t room = f->room ? 2 * f->room : 16;

	f->heap = g_renew(struct entry, f->heap, room);
	f->slot = g_renew(struct nap_sim_packet, f->slot, room);
	f->spare = g_renew(uint32_t, f->spare, room);
	for (uint32_t i = f->room; i < room; i++)
		f->spare[i - f->room] = i;
	f->room = room;
}

struct nap_sim_packet *nap_sim_links_add(struct nap_sim_links *f, nap_time at)
{
	struct entry e;
	uint32_t i;

	if (f->n == f->room)
		widen(f);
	e = (struct entry){ at, f->order++, f->spare[f->room - f->n - 1] };
	for (i = f->n++; i > 0 && before(&e, &f->heap[(i - 1) / 4]); i = (i - 1) / 4)
		f->heap[i] = f->heap[(i - 1) / 4];
	f->heap[i] = e;
	f->slot[e.slot].at = at;
	return &f->slot[e.slot];
}

/* The first of those below i, 0 when there is none. */
static uint32_t least_below(const struct nap_sim_links *f, uint32_t i)
{
	uint32_t child = 4 * i + 1, least = child;

	for (uint32_t k = child + 1; k < f->n && k < child + 4; k++)
		if (before(&f->heap[k], &f->heap[least]))
			least = k;
	return child < f->n ? least : 0;
}

void nap_sim_links_take(struct nap_sim_links *f, struct nap_sim_packet *out)
{
	struct entry last = f->heap[f->n - 1];
	uint32_t i = 0, below;

	*out = f->slot[f->heap[0].slot];
	f->spare[f->room - f->n] = f->heap[0].slot;
	f->n--;
	while ((below = least_below(f, i)) && before(&f->heap[below], &last)) {
		f->heap[i] = f->heap[below];
		i = below;
	}
	f->heap[i] = last;
}
