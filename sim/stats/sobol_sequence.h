/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sobol's sequence: points that fill the unit cube more evenly than random ones, each coordinate scrambled at random, so that
 * each point by itself is uniform and means over a sequence are unbiased (Owen 1995).
 */
#ifndef NAP_STATS_SOBOL_SEQUENCE_H
#define NAP_STATS_SOBOL_SEQUENCE_H

#include <stdint.h>

enum { NAP_SOBOL_DIMENSIONS = 32 };

/* A coordinate, in (0, 1), of the point of that number; every scramble is another sequence. Any number can be had by itself. */
double nap_sobol_coordinate(uint64_t scramble, uint32_t number, uint32_t dimension);

/* That of the first n points. Of any 2^k points in a row from a multiple of 2^k on, each 2^k-th of the axis has one. */
void nap_sobol_coordinates(uint64_t scramble, uint32_t dimension, uint32_t n, double *out);

#endif
