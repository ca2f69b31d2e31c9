/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Early drop as in the Linux kernel (nf_conntrack_core.c, early_drop): a session stands in two buckets of a hash
 * table, under the tuple that opened it and under that of its answers. A newcomer to a full table looks from its own
 * bucket on through eight; the first that holds sessions not assured loses all of these. None: it is dropped. The
 * buckets are built when the table is full for the first time, as nothing else needs them.
 */
#include "middlebox/early_drop.h"

enum { RANGE = 8 }; /* NF_CT_EVICTION_RANGE */

/* One of a session's two names in a chain: 2 * session + side. */
static uint32_t bucket_of(const struct nap_box *box, const struct key *k)
{
	uint64_t ends = (uint64_t)k->local.port << 32 | (uint64_t)k->remote.port << 16 |
			(uint64_t)k->proto << 1 | k->side;
	uint32_t hash =
		nap_index_hash(((uint64_t)k->local.addr << 32 | k->remote.addr) ^ box->bucket_seed, ends);

	return (uint32_t)((uint64_t)hash * box->n_buckets >> 32);
}

static uint32_t *chain_on(const struct nap_box *box, uint32_t id, enum nap_side side)
{
	struct key k = nap_session_key(&box->session[id], side);

	return &box->bucket[bucket_of(box, &k)];
}

void nap_buckets_add(struct nap_box *box, uint32_t id)
{
	for (int side = NAP_INSIDE; side <= NAP_OUTSIDE; side++) {
		uint32_t *first = chain_on(box, id, (enum nap_side)side), name = 2 * id + (uint32_t)side;

		box->chain[name] = *first;
		*first = name;
	}
}

void nap_buckets_remove(struct nap_box *box, uint32_t id)
{
	for (int side = NAP_INSIDE; side <= NAP_OUTSIDE; side++) {
		uint32_t *link = chain_on(box, id, (enum nap_side)side), name = 2 * id + (uint32_t)side;

		while (*link != name)
			link = &box->chain[*link];
		*link = box->chain[name];
	}
}

void nap_buckets_clear(struct nap_box *box)
{
	g_free(box->bucket);
	g_free(box->chain);
	box->bucket = box->chain = NULL;
}

static void build(struct nap_box *box)
{
	struct nap_rng draw = box->rng; /* a copy: what else is drawn stays as it is */
	uint64_t n = box->config->hash_buckets ? box->config->hash_buckets : box->config->capacity;

	box->n_buckets = (uint32_t)n;
	box->bucket_seed = nap_rng_next(&draw);
	box->bucket = g_new(uint32_t, n);
	box->chain = g_new(uint32_t, (size_t)box->size * 2);
	for (uint64_t b = 0; b < n; b++)
		box->bucket[b] = NONE;
	for (uint32_t id = 0; id < box->high; id++)
		if (box->session[id].flags & SF_LIVE)
			nap_buckets_add(box, id);
}

/* Ends all sessions of a bucket that are not assured; false when there are none. */
static bool empty_bucket(struct nap_box *box, uint32_t b, nap_time now)
{
	uint32_t name = box->bucket[b];
	bool any = false;

	while (name != NONE) {
		uint32_t id = name / 2;

		if (box->session[id].flags & SF_ASSURED) {
			name = box->chain[name];
			continue;
		}
		nap_table_end(box, id, now, END_EVICTED);
		any = true;
		name = box->bucket[b]; /* it may have stood in this chain twice */
	}
	return any;
}

bool nap_early_drop(struct nap_box *box, const struct key *newcomer, nap_time now)
{
	uint32_t b;

	if (!box->bucket)
		build(box);
	b = bucket_of(box, newcomer);
	for (int i = 0; i < RANGE; i++, b = (b + 1) % box->n_buckets)
		if (empty_bucket(box, b, now))
			return true;
	return false;
}
