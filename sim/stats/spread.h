/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a whole number is spread over subscribers: counts in buckets 1/1024 wide, only those in use. Whole numbers all, so that the
 * order of adding and merging leaves no trace.
 */
#ifndef NAP_STATS_SPREAD_H
#define NAP_STATS_SPREAD_H

#include <stdint.h>

#define NAP_SPREAD_BITS 10

struct nap_spread_row {
	uint64_t count;
	uint32_t bucket;
};

/* Zero it before use; free what it holds with nap_spread_clear, which leaves it as new. */
struct nap_spread {
	uint64_t count, least, most; /* least, most: exact */
	struct nap_spread_row *row;  /* n of them, by bucket */
	uint32_t n, size;
	uint32_t last; /* the row of the value added last */
};

void nap_spread_add(struct nap_spread *s, uint64_t value);
void nap_spread_merge(struct nap_spread *into, const struct nap_spread *from);
void nap_spread_clear(struct nap_spread *s);

/* The value of that rank, 1 to count: exact for values below 1024 and where all are the same, else within 1/2048 of it. */
uint64_t nap_spread_at(const struct nap_spread *s, uint64_t rank);

/* The rank of the q-quantile among count values by the nearest-rank rule, 1 to count. */
uint64_t nap_spread_rank(double q, uint64_t count);

#endif
