/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/bootstrap.h"

#include <math.h>
#include <stdlib.h>

#include <glib.h>

#include "kernel/rng.h"

#define DRAWINGS                                                                                             \
	999 /* as usual for quantiles of 2.5 %; fewer of many values, whose own number makes up for it */
#define WORK   200000 /* values drawn in all */
#define FEWEST 199
#define TAIL   0.025

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double mean_of(const double *values, uint32_t n)
{
	double sum = 0.0;

	for (uint32_t i = 0; i < n; i++)
		sum += values[i];
	return sum / n;
}

/* t of one drawing about the values' own mean; NAN: all that was drawn is one value. */
static double draw_t(const double *values, uint32_t n, double mean, struct nap_rng *r)
{
	double sum = 0.0, squares = 0.0, own, variance;

	for (uint32_t i = 0; i < n; i++) {
		double d = values[nap_rng_below(r, n)] -
			   mean; /* about the mean, so that squares are exact enough */

		sum += d;
		squares += d * d;
	}
	own = sum / n;
	variance = (squares - sum * own) / (n - 1.0);
	return variance > 1e-12 * squares ? own / sqrt(variance / n) : (double)NAN;
}

bool nap_bootstrap_t(const double *values, uint32_t n, double *low, double *high)
{
	uint32_t drawings = CLAMP(WORK / n, FEWEST, DRAWINGS), kept = 0;
	g_autofree double *t = g_new(double, drawings);
	struct nap_rng r = nap_rng_stream(1, n, 0, NAP_RNG_SEARCH);
	double mean = mean_of(values, n);

	for (uint32_t i = 0; i < drawings; i++) {
		t[kept] = draw_t(values, n, mean, &r);
		kept += isnan(t[kept]) ? 0 : 1;
	}
	if (kept < drawings * (1.0 - TAIL / 5.0))
		return false;
	qsort(t, kept, sizeof *t, compare);
	*low = t[(uint32_t)(TAIL * (kept + 1.0)) - 1];
	*high = t[(uint32_t)((1.0 - TAIL) * (kept + 1.0)) - 1];
	return true;
}
