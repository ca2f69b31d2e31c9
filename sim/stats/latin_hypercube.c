/* SPDX-License-Identifier: BSD-2-Clause */
#include "stats/latin_hypercube.h"

#include "kernel/rng.h"

void nap_latin_hypercube(uint64_t seed, uint32_t dim, uint32_t n, double *out)
{
	struct nap_rng r = nap_rng_stream(seed, 0, dim, NAP_RNG_SEARCH);

	for (uint32_t i = 0; i < n; i++)
		out[i] = i;
	for (uint32_t i = n; i > 1; i--) { /* which n-th each point gets */
		uint32_t k = nap_rng_below(&r, i);
		double swapped = out[i - 1];

		out[i - 1] = out[k];
		out[k] = swapped;
	}
	for (uint32_t i = 0; i < n; i++)
		out[i] = (out[i] + nap_rng_unit(&r)) / n;
}
