/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Points that fill a unit cube of many dimensions more evenly than chance, or a grid of as many, would: for sweeps of many
 * keys.
 */
#ifndef NAP_STATS_DESIGN_H
#define NAP_STATS_DESIGN_H

#include <stdint.h>

#define NAP_SOBOL_MAX 21u /* dimensions */

/*
 * Latin hypercube (McKay, Beckman, Conover 1979): in each dimension each n-th of the axis has one of the n points, at random
 * inside it. out: n values of dimension dim, in (0, 1); each dimension has a stream of its own.
 */
void nap_latin_hypercube(uint64_t seed, uint32_t dim, uint32_t n, double *out);

/*
 * Sobol's sequence with the direction numbers of Joe and Kuo (2008, new-joe-kuo-6), shifted digit by digit at random by the
 * seed: of any 2^k of its points in a row from a multiple of 2^k on, each 2^k-th of an axis has one. out: the first n values of
 * dimension dim < NAP_SOBOL_MAX, in (0, 1); n up to 2^31.
 */
void nap_sobol(uint64_t seed, uint32_t dim, uint32_t n, double *out);

#endif
