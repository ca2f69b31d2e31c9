/* SPDX-License-Identifier: BSD-2-Clause */
#include "stats/sketch.h"

#include <math.h>

#include "kernel/api.h"
#include "stats/bucket.h"

NAP_HOT void nap_sketch_add(struct nap_sketch *s, nap_time value)
{
	uint64_t v = value > 0 ? (uint64_t)value : 0;

	s->bucket[nap_bucket_of(v, NAP_SKETCH_BITS)]++;
	s->count++;
	s->sum += v;
}

void nap_sketch_merge(struct nap_sketch *into, const struct nap_sketch *from)
{
	if (from->count == 0)
		return;
	for (uint32_t i = 0; i < NAP_SKETCH_BUCKETS; i++)
		into->bucket[i] += from->bucket[i];
	into->count += from->count;
	into->sum += from->sum;
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
			return (nap_time)nap_bucket_middle(i, NAP_SKETCH_BITS);
	}
	return (nap_time)nap_bucket_middle(NAP_SKETCH_BUCKETS - 1, NAP_SKETCH_BITS);
}
