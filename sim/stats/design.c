/* SPDX-License-Identifier: BSD-2-Clause */
#include "stats/design.h"

#include "kernel/rng.h"

#define BITS 32

/* One row a dimension behind the first: degree and inner coefficients of its polynomial, then the first direction numbers. */
static const struct {
	uint8_t degree, inner;
	uint8_t m[7];
} joe_kuo[NAP_SOBOL_MAX - 1] = {
	{ 1, 0, { 1 } },
	{ 2, 1, { 1, 3 } },
	{ 3, 1, { 1, 3, 1 } },
	{ 3, 2, { 1, 1, 1 } },
	{ 4, 1, { 1, 1, 3, 3 } },
	{ 4, 4, { 1, 3, 5, 13 } },
	{ 5, 2, { 1, 1, 5, 5, 17 } },
	{ 5, 4, { 1, 1, 5, 5, 5 } },
	{ 5, 7, { 1, 1, 7, 11, 19 } },
	{ 5, 11, { 1, 1, 5, 1, 1 } },
	{ 5, 13, { 1, 1, 1, 3, 11 } },
	{ 5, 14, { 1, 3, 5, 5, 31 } },
	{ 6, 1, { 1, 3, 3, 9, 7, 49 } },
	{ 6, 13, { 1, 1, 1, 15, 21, 21 } },
	{ 6, 16, { 1, 3, 1, 13, 27, 49 } },
	{ 6, 19, { 1, 1, 1, 15, 7, 5 } },
	{ 6, 22, { 1, 3, 1, 15, 13, 25 } },
	{ 6, 25, { 1, 1, 5, 5, 19, 61 } },
	{ 7, 1, { 1, 3, 7, 11, 23, 15, 103 } },
	{ 7, 4, { 1, 3, 7, 13, 13, 15, 69 } },
};

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

/* v[b]: what bit b of the Gray code adds, by the recurrence of the dimension's polynomial. */
static void directions(uint32_t dim, uint32_t v[BITS])
{
	uint32_t degree = dim ? joe_kuo[dim - 1].degree : 0, inner = dim ? joe_kuo[dim - 1].inner : 0;

	for (uint32_t b = 0; b < BITS; b++) {
		if (dim == 0) {
			v[b] = UINT32_C(1) << (BITS - 1 - b);
		} else if (b < degree) {
			v[b] = (uint32_t)joe_kuo[dim - 1].m[b] << (BITS - 1 - b);
		} else {
			v[b] = v[b - degree] ^ (v[b - degree] >> degree);
			for (uint32_t k = 1; k < degree; k++)
				if (inner >> (degree - 1 - k) & 1)
					v[b] ^= v[b - k];
		}
	}
}

void nap_sobol(uint64_t seed, uint32_t dim, uint32_t n, double *out)
{
	struct nap_rng r = nap_rng_stream(seed, 1, dim, NAP_RNG_SEARCH);
	uint32_t v[BITS], x = (uint32_t)(nap_rng_next(&r) >> 32); /* the shift */

	directions(dim, v);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t bit = 0;

		out[i] = ((double)x + 0.5) * 0x1p-32;
		while (i >> bit & 1) /* the lowest zero: that of the Gray code's next change */
			bit++;
		x ^= v[bit];
	}
}
