/* SPDX-License-Identifier: BSD-2-Clause */
#include "stats/sketch.h"

#include <math.h>

#include "kernel/api.h"

/* Values below 2^7 have buckets of their own; above, the top seven bits below the leading one choose. */
static uint32_t bucket_of(uint64_t v)
{
	int shift;

	if (v < (1u << NAP_SKETCH_BITS))
		return (uint32_t)v;
	shift = 63 - __builtin_clzll(v) - NAP_SKETCH_BITS;
	return (uint32_t)(((uint64_t)(shift + 1) << NAP_SKETCH_BITS) +
			  ((v >> shift) - (1u << NAP_SKETCH_BITS)));
}

static nap_time middle_of(uint32_t b)
{
	uint32_t shift = b >> NAP_SKETCH_BITS, low = b & ((1u << NAP_SKETCH_BITS) - 1);

	if (shift == 0)
		return low;
	shift--;
	return (nap_time)((((uint64_t)low + (1u << NAP_SKETCH_BITS)) << shift) +
			  ((UINT64_C(1) << shift) >> 1));
}

NAP_HOT void nap_sketch_add(struct nap_sketch *s, nap_time value)
{
	s->bucket[bucket_of(value > 0 ? (uint64_t)value : 0)]++;
	s->count++;
}

void nap_sketch_merge(struct nap_sketch *into, const struct nap_sketch *from)
{
	if (from->count == 0)
		return;
	for (uint32_t i = 0; i < NAP_SKETCH_BUCKETS; i++)
		into->bucket[i] += from->bucket[i];
	into->count += from->count;
}

nap_time nap_sketch_quantile(const struct nap_sketch *s, double q)
{
	uint64_t rank = (uint64_t)ceil(q * (double)s->count), seen = 0;

	if (s->count == 0)
		return -1;
	if (rank == 0)
		rank = 1;
	for (uint32_t i = 0; i < NAP_SKETCH_BUCKETS; i++) {
		seen += s->bucket[i];
		if (seen >= rank)
			return middle_of(i);
	}
	return middle_of(NAP_SKETCH_BUCKETS - 1);
}
