/* SPDX-License-Identifier: BSD-2-Clause */
/* Buckets of whole numbers whose width grows with the number: a fixed share of it, so that sketches of any numbers can be merged. */
#ifndef NAP_STATS_BUCKET_H
#define NAP_STATS_BUCKET_H

#include <stdint.h>

/* Values below 2^bits have buckets of their own; above, the top bits below the leading one choose. */
static inline uint32_t nap_bucket_of(uint64_t v, int bits)
{
	int shift;

	if (v < (UINT64_C(1) << bits))
		return (uint32_t)v;
	shift = 63 - __builtin_clzll(v) - bits;
	return (uint32_t)(((uint64_t)(shift + 1) << bits) + ((v >> shift) - (UINT64_C(1) << bits)));
}

static inline uint64_t nap_bucket_middle(uint32_t b, int bits)
{
	uint32_t shift = b >> bits, low = b & ((1u << bits) - 1);

	if (shift == 0)
		return low;
	shift--;
	return (((uint64_t)low + (UINT64_C(1) << bits)) << shift) + ((UINT64_C(1) << shift) >> 1);
}

#endif
