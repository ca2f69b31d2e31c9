/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A set of numbers below n that says, in time logarithmic in n / 64, how many numbers of a range are not in it and which
 * of them is the k-th: a uniform draw among what is free depends on what is free alone, not on how it came to be so.
 * Words of 64 bits and a tree of partial sums over them (Fenwick 1994).
 */
#ifndef NAP_MIDDLEBOX_RANK_SET_H
#define NAP_MIDDLEBOX_RANK_SET_H

#include <stdbool.h>
#include <stdint.h>

struct nap_rank_set {
	uint64_t *word; /* a bit a number */
	uint32_t *sum;  /* sum[i]: members in the i & -i words before word i */
	uint32_t words;
};

/* An empty set of numbers below n; its memory is touched only where members come. */
void nap_rank_set_init(struct nap_rank_set *s, uint32_t n);
void nap_rank_set_clear(struct nap_rank_set *s);

void nap_rank_set_add(struct nap_rank_set *s, uint32_t i);    /* that is not in it */
void nap_rank_set_remove(struct nap_rank_set *s, uint32_t i); /* that is */

static inline bool nap_rank_set_has(const struct nap_rank_set *s, uint32_t i)
{
	return s->word[i / 64] >> i % 64 & 1;
}

/* How many numbers from lo to below hi are not in the set. */
uint32_t nap_rank_set_absent(const struct nap_rank_set *s, uint32_t lo, uint32_t hi);

/* The k-th (from 0) number from lo on that is not in the set; there must be one. */
uint32_t nap_rank_set_find_absent(const struct nap_rank_set *s, uint32_t lo, uint32_t k);

#endif
