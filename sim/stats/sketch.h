/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A quantile sketch of times: integer counts in logarithmic buckets, 128 to a
 * power of two, so a quantile is within 0.4 % of the exact one; merging is
 * addition, hence the same in every order.
 */
#ifndef NAP_STATS_SKETCH_H
#define NAP_STATS_SKETCH_H

#include <stdint.h>

#include "kernel/time.h"

#define NAP_SKETCH_BITS    7
#define NAP_SKETCH_BUCKETS ((64 - NAP_SKETCH_BITS) << NAP_SKETCH_BITS)

/* Zero it before use. */
struct nap_sketch {
	uint64_t count, sum; /* sum: modulo 2^64, so that differences of it are exact */
	uint64_t bucket[NAP_SKETCH_BUCKETS];
};

/* Count a value (a negative one as 0); add what another sketch has counted. */
void nap_sketch_add(struct nap_sketch *s, nap_time value);
void nap_sketch_merge(struct nap_sketch *into, const struct nap_sketch *from);

/* The q-quantile (0 <= q <= 1) by the nearest-rank rule, as the middle of its bucket; -1 when empty. */
nap_time nap_sketch_quantile(const struct nap_sketch *s, double q);

#endif
