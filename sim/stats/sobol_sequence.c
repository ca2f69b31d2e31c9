/* SPDX-License-Identifier: BSD-2-Clause */
#include "stats/sobol_sequence.h"

#include <stddef.h>

#include "kernel/rng.h"

#define BITS  32
#define TERMS 7

/* A primitive polynomial: its degree, its inner coefficients as bits, and the first direction numbers. */
struct direction {
	uint32_t degree, inner, m[TERMS];
};

/* source=Joe and Kuo 2008, SIAM J. Sci. Comput. 30:2635, new-joe-kuo-6; the first dimension is van der Corput's sequence */
static const struct direction directions[NAP_SOBOL_DIMENSIONS - 1] = {
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
	{ 7, 7, { 1, 1, 3, 13, 7, 35, 63 } },
	{ 7, 8, { 1, 3, 5, 9, 1, 25, 53 } },
	{ 7, 14, { 1, 3, 1, 13, 9, 35, 107 } },
	{ 7, 19, { 1, 3, 1, 5, 27, 61, 31 } },
	{ 7, 21, { 1, 1, 5, 11, 19, 41, 61 } },
	{ 7, 28, { 1, 3, 5, 3, 3, 13, 69 } },
	{ 7, 31, { 1, 1, 7, 13, 1, 19, 1 } },
	{ 7, 32, { 1, 3, 7, 5, 13, 19, 59 } },
	{ 7, 37, { 1, 1, 3, 9, 25, 29, 41 } },
	{ 7, 41, { 1, 3, 5, 13, 23, 1, 55 } },
	{ 7, 42, { 1, 3, 7, 3, 13, 59, 17 } },
};

/* The direction numbers of a dimension, each as a binary fraction. */
static void expand(uint32_t dimension, uint32_t *v)
{
	const struct direction *d = dimension > 0 ? &directions[dimension - 1] : NULL;
	uint32_t given = d ? d->degree : BITS;

	for (uint32_t i = 0; i < given; i++)
		v[i] = (d ? d->m[i] : UINT32_C(1)) << (BITS - 1 - i);
	for (uint32_t i = given; i < BITS; i++) {
		v[i] = v[i - d->degree] ^ v[i - d->degree] >> d->degree;
		for (uint32_t k = 1; k < d->degree; k++)
			if (d->inner >> (d->degree - 1 - k) & 1)
				v[i] ^= v[i - k];
	}
}

/* Flip each bit, or not, by a draw that the bits above it name. */
static uint32_t scrambled(uint32_t x, uint64_t scramble, uint32_t dimension)
{
	uint32_t out = 0;

	for (uint32_t bit = 0; bit < BITS; bit++) {
		uint64_t above = bit > 0 ? x >> (BITS - bit) : 0;
		struct nap_rng r = nap_rng_stream(scramble, bit, above << 8 | dimension, NAP_RNG_SEARCH);

		out |= (x ^ (uint32_t)(nap_rng_next(&r) >> 32 & 1) << (BITS - 1 - bit)) &
		       UINT32_C(1) << (BITS - 1 - bit);
	}
	return out;
}

static double coordinate(const uint32_t *v, uint64_t scramble, uint32_t number, uint32_t dimension)
{
	uint32_t x = 0;

	for (uint32_t bit = 0; bit < BITS && number >> bit != 0; bit++)
		if (number >> bit & 1)
			x ^= v[bit];
	return ((double)scrambled(x, scramble, dimension) + 0.5) * 0x1p-32;
}

double nap_sobol_coordinate(uint64_t scramble, uint32_t number, uint32_t dimension)
{
	uint32_t v[BITS] = { 0 };

	expand(dimension, v);
	return coordinate(v, scramble, number, dimension);
}

void nap_sobol_coordinates(uint64_t scramble, uint32_t dimension, uint32_t n, double *out)
{
	uint32_t v[BITS] = { 0 };

	expand(dimension, v);
	for (uint32_t i = 0; i < n; i++)
		out[i] = coordinate(v, scramble, i, dimension);
}
