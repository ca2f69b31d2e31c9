/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Index: open addressing from 32-bit hashes to 32-bit references. It stores no keys: the caller compares what a
 * reference means. The hash stays beside the reference, so growing and deleting never touch the things indexed.
 */
#ifndef NAP_MIDDLEBOX_INDEX_H
#define NAP_MIDDLEBOX_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/wide.h"
#include "net/packet.h"

#define NAP_INDEX_NONE UINT32_MAX

struct nap_index_slot {
	uint32_t hash;
	uint32_t ref; /* reference + 1; 0: empty */
};

struct nap_index {
	struct nap_index_slot *slot;
	uint32_t mask; /* slots - 1, a power of two less one */
	uint32_t used;
};

/* Without memory, and so without references: what it begins with takes none until something is added. */
void nap_index_none(struct nap_index *ix);

/* Room for n references before it has to grow. */
void nap_index_init(struct nap_index *ix, uint64_t n);
void nap_index_clear(struct nap_index *ix); /* frees its memory; it is to be made again */
void nap_index_reset(struct nap_index *ix); /* forgets all, keeps the memory */
void nap_index_add(struct nap_index *ix, uint32_t hash, uint32_t ref);
void nap_index_remove(struct nap_index *ix, uint32_t hash, uint32_t ref);

/* Start of a search, then one reference of that hash after another until NAP_INDEX_NONE. */
static inline uint32_t nap_index_first(const struct nap_index *ix, uint32_t hash)
{
	return hash & ix->mask;
}

static inline uint32_t nap_index_next(const struct nap_index *ix, uint32_t hash, uint32_t *at)
{
	for (;; *at = (*at + 1) & ix->mask) {
		const struct nap_index_slot *s = &ix->slot[*at];

		if (s->ref == 0)
			return NAP_INDEX_NONE;
		if (s->hash == hash) {
			*at = (*at + 1) & ix->mask;
			return s->ref - 1;
		}
	}
}

/* Is there a reference of that hash? */
static inline bool nap_index_has(const struct nap_index *ix, uint32_t hash)
{
	uint32_t at = nap_index_first(ix, hash);

	return nap_index_next(ix, hash, &at) != NAP_INDEX_NONE;
}

/* Where a search begins: to have that memory fetched. */
static inline const struct nap_index_slot *nap_index_slot(const struct nap_index *ix, uint32_t hash)
{
	return &ix->slot[nap_index_first(ix, hash)];
}

/* A hash of two words. */
static inline uint32_t nap_index_hash(uint64_t a, uint64_t b)
{
	uint64_t h = nap_wide_fold(a ^ UINT64_C(0xa0761d6478bd642f), b ^ UINT64_C(0xe7037ed1a0b428db));

	return (uint32_t)(h ^ (h >> 32));
}

#endif
