/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sensitivity of metrics to keys, in two steps: Morris' screening of all keys, then Sobol's indices of those that matter by
 * it. Keys are coordinates of the unit cube here; the caller evaluates points, which share their random numbers.
 */
#ifndef NAP_RUN_SENSITIVITY_H
#define NAP_RUN_SENSITIVITY_H

#include <stdbool.h>
#include <stdint.h>

#include "run/morris.h"
#include "run/sobol_index.h"

enum { NAP_SENSITIVITY_KEYS = 16 };

/*
 * A key matters when, for some metric, the upper end of its mu*'s interval is at least this share of the metric's largest
 * mu*. As shares of variance go by the square, what is put aside is below some 1 % of it.
 */
#define NAP_SENSITIVITY_MATTERS 0.1

#define NAP_SENSITIVITY_MIDDLE 0.5 /* where keys that do not matter stay */

/* The metrics (NAN: none) of n points of all keys, point after point. False: interrupted. */
typedef bool (*nap_sensitivity_fn)(void *ctx, const double *point, uint32_t n, double *value);

struct nap_sensitivity {
	uint64_t seed;
	uint32_t keys, metrics;
	uint32_t trajectories, rows; /* of the screening, and of Sobol's indices */
	uint32_t
		together; /* points that are asked for in one call, or a little fewer: so much an interruption loses */
	nap_sensitivity_fn evaluate;
	void (*screened)(void *ctx); /* told between the two steps, when it is known what matters; or NULL */
	void *ctx;
	/* found: element [key * metrics + metric] of each; free with nap_sensitivity_clear */
	struct nap_morris *morris;
	struct nap_sobol *sobol; /* NAN for keys that do not matter */
	double *mean,
		*deviation; /* of each metric over the ranges of the keys that matter; NAN without rows */
	bool *matters;      /* of the metric */
	uint32_t chosen[NAP_SENSITIVITY_KEYS], n_chosen; /* keys that matter for some metric */
	uint32_t trajectories_done, rows_done;           /* fewer: interrupted */
};

/* False: interrupted. What is found then rests on the trajectories and rows that are done; without all trajectories there are no rows. */
bool nap_sensitivity_run(struct nap_sensitivity *s);
void nap_sensitivity_clear(struct nap_sensitivity *s);

/* Points of the screening, and of the second step when so many keys matter. */
uint64_t nap_sensitivity_screening_points(const struct nap_sensitivity *s);
uint64_t nap_sensitivity_sobol_points(const struct nap_sensitivity *s, uint32_t keys);

/*
 * The value of a key, from lo to hi, at a coordinate from 0 to 1. Whole numbers have the same share of the coordinates each (by
 * logarithm: as much as their logarithms are apart).
 */
int64_t nap_sensitivity_value(int64_t lo, int64_t hi, bool logarithm, bool whole, double at);

/* Is the range sampled by its logarithm: over more than a factor of ten, from above 0? */
static inline bool nap_sensitivity_is_wide(int64_t lo, int64_t hi)
{
	return lo > 0 && hi / 10 >= lo && hi > 10 * lo;
}

#endif
