/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Screening by elementary effects (Morris 1991, Technometrics 33:161): trajectories through a grid of the unit cube, on which
 * one key moves at a time, so that each key costs one more run a trajectory and those that do nothing are found cheaply. mu* is
 * the mean of the absolute effects (Campolongo, Cariboni, Saltelli 2007).
 */
#ifndef NAP_RUN_MORRIS_H
#define NAP_RUN_MORRIS_H

#include <stdint.h>

#define NAP_MORRIS_LEVELS 8 /* of the grid: 0, 1/7 .. 1; a key moves by half of them, 4/7 */

/*
 * A trajectory of that number: keys + 1 points of keys coordinates each; moved[i] (keys of them): which key moves from
 * point i to the next. Any number can be had by itself.
 */
void nap_morris_trajectory(uint64_t seed, uint32_t number, uint32_t keys, double *point, uint32_t *moved);

/* Effects of a trajectory from the values at its points: how much the value rises over the whole range of each key. */
void nap_morris_effects(
	const double *point, const uint32_t *moved, uint32_t keys, const double *value, double *effect);

/* What effects of a key, one a trajectory, say. All are NAN without any. */
struct nap_morris {
	double star, low,
		high; /* mu*: mean size of an effect, and its 95 % interval (Student's t, from 0 on) */
	double mu;    /* mean effect: its sign says which way */
	double sigma; /* standard deviation: of what is bent, or depends on other keys; NAN of a single one */
};
struct nap_morris nap_morris_summary(const double *effect, uint32_t n);

#endif
