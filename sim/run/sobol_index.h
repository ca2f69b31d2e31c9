/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sobol's indices: which share of a value's variance over the unit cube is due to each key. First order: by itself (the
 * estimator of Saltelli et al. 2010, Comput. Phys. Commun. 181:259, table 2 b); total: with all that it does together with
 * others (Jansen 1999, Comput. Phys. Commun. 117:35; the same table, f).
 */
#ifndef NAP_RUN_SOBOL_INDEX_H
#define NAP_RUN_SOBOL_INDEX_H

#include <stdint.h>

/* How many rows make a block: a power of two, so that there are 16 to 32 blocks of as many rows (or fewer, of one row). */
uint32_t nap_sobol_block(uint32_t rows);

/*
 * A row of that number: keys + 2 points of keys coordinates each: A and B, then for each key A with that key's coordinate from
 * B. A and B are a point of Sobol's sequence in twice as many dimensions, each block's scrambled by itself, so that blocks are
 * independent. Any number can be had by itself.
 */
void nap_sobol_row(uint64_t seed, uint32_t number, uint32_t block, uint32_t keys, double *point);

/* Shares of the variance, with 95 % intervals; estimates of 0 may be a little below it. NAN: the value does not vary. */
struct nap_sobol {
	double first, first_low, first_high;
	double total, total_low, total_high;
};

/*
 * The indices of all keys from the values at the points of rows: value[row * stride * (keys + 2) + point * stride]. Intervals
 * by the bootstrap over blocks; the same values and seed give the same ones.
 */
void nap_sobol_indices(const double *value, uint32_t stride, uint32_t rows, uint32_t block, uint32_t keys,
	uint64_t seed, struct nap_sobol *index);

#endif
