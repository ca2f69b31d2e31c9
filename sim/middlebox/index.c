/* SPDX-License-Identifier: BSD-2-Clause */
#include "middlebox/index.h"

#include <glib.h>
#include <string.h>

#include "kernel/api.h"
#include "kernel/pages.h"

static const struct nap_index_slot empty; /* stands for a table that is full with nothing */

void nap_index_none(struct nap_index *ix)
{
	*ix = (struct nap_index){ .slot = (struct nap_index_slot *)&empty };
}

void nap_index_init(struct nap_index *ix, uint64_t n)
{
	uint64_t size = 16;

	while (size < n * 2)
		size *= 2;
	g_assert(size <= UINT32_MAX);
	ix->slot = nap_pages_new((size_t)size * sizeof *ix->slot);
	memset(ix->slot, 0, (size_t)size * sizeof *ix->slot);
	ix->mask = (uint32_t)size - 1;
	ix->used = 0;
}

void nap_index_clear(struct nap_index *ix)
{
	if (ix->slot != &empty)
		g_free(ix->slot);
	ix->slot = NULL;
}

void nap_index_reset(struct nap_index *ix)
{
	if (ix->used)
		memset(ix->slot, 0, ((size_t)ix->mask + 1) * sizeof *ix->slot);
	ix->used = 0;
}

static void put(struct nap_index *ix, struct nap_index_slot s)
{
	uint32_t i = s.hash & ix->mask;

	while (ix->slot[i].ref)
		i = (i + 1) & ix->mask;
	ix->slot[i] = s;
}

static void grow(struct nap_index *ix)
{
	struct nap_index old = *ix;
	uint32_t first = 0;

	nap_index_init(ix, (uint64_t)old.mask + 1);
	ix->used = old.used;
	while (old.slot[first].ref) /* from between two runs on: what has one hash keeps its order */
		first++;
	for (uint64_t i = 0; i <= old.mask; i++) {
		struct nap_index_slot s = old.slot[(first + i) & old.mask];

		if (s.ref)
			put(ix, s);
	}
	nap_index_clear(&old);
}

NAP_HOT void nap_index_add(struct nap_index *ix, uint32_t hash, uint32_t ref)
{
	if ((uint64_t)ix->used * 8 + 8 > ((uint64_t)ix->mask + 1) * 5) /* at most 5/8 full */
		grow(ix);
	ix->used++;
	put(ix, (struct nap_index_slot){ hash, ref + 1 });
}

NAP_HOT void nap_index_remove(struct nap_index *ix, uint32_t hash, uint32_t ref)
{
	uint32_t i = hash & ix->mask, j;

	while (ix->slot[i].ref != ref + 1 || ix->slot[i].hash != hash) {
		g_assert(ix->slot[i].ref);
		i = (i + 1) & ix->mask;
	}
	/* close the gap: move back every later entry of the run whose home lies at or before the gap */
	for (j = (i + 1) & ix->mask; ix->slot[j].ref; j = (j + 1) & ix->mask) {
		uint32_t home = ix->slot[j].hash & ix->mask;

		if (((j - home) & ix->mask) >= ((j - i) & ix->mask)) {
			ix->slot[i] = ix->slot[j];
			i = j;
		}
	}
	ix->slot[i].ref = 0;
	ix->used--;
}
