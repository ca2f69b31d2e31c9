/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Latin hypercube: points that fill a unit cube of many dimensions more evenly than chance, or a grid of as many, would,
 * for sweeps of many keys. Sobol's sequence (sobol_sequence.h) is another.
 */
#ifndef NAP_STATS_LATIN_HYPERCUBE_H
#define NAP_STATS_LATIN_HYPERCUBE_H

#include <stdint.h>

/*
 * Latin hypercube (McKay, Beckman, Conover 1979): in each dimension each n-th of the axis has one of the n points, at random
 * inside it. out: n values of dimension dim, in (0, 1); each dimension has a stream of its own.
 */
void nap_latin_hypercube(uint64_t seed, uint32_t dim, uint32_t n, double *out);

#endif
