/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/rng.h"

NAP_HOT static uint64_t mix(uint64_t h, uint64_t v)
{
	struct nap_rng r = { h ^ v, 0 };

	return nap_rng_next(&r) ^ (nap_rng_next(&r) << 1);
}

struct nap_rng nap_rng_stream(uint64_t seed, uint32_t replication, uint64_t entity, enum nap_purpose purpose)
{
	uint64_t h = mix(UINT64_C(0x6e61746e61700001), seed);

	h = mix(h, ((uint64_t)replication << 32) | (uint64_t)purpose);
	return (struct nap_rng){ mix(h, entity), 0 };
}
