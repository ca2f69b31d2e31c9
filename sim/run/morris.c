/* SPDX-License-Identifier: BSD-2-Clause */
#include "run/morris.h"

#include <math.h>

#include "kernel/rng.h"
#include "stats/tails.h"

enum { HALF = NAP_MORRIS_LEVELS / 2 };

#define STEP ((double)HALF / (NAP_MORRIS_LEVELS - 1))
#define TAIL 0.025 /* beyond each end of an interval */

void nap_morris_trajectory(uint64_t seed, uint32_t number, uint32_t keys, double *point, uint32_t *moved)
{
	struct nap_rng r = nap_rng_stream(seed, number, NAP_MORRIS_LEVELS, NAP_RNG_SEARCH);

	for (uint32_t k = 0; k < keys; k++) {
		uint32_t low = nap_rng_below(&r, HALF), down = nap_rng_below(&r, 2);

		point[k] = (double)(low + down * HALF) / (NAP_MORRIS_LEVELS - 1);
		moved[k] = k;
	}
	for (uint32_t k = keys; k > 1; k--) {
		uint32_t other = nap_rng_below(&r, k), last = moved[k - 1];

		moved[k - 1] = moved[other];
		moved[other] = last;
	}
	for (uint32_t i = 0; i < keys; i++) {
		double *next = point + (i + 1) * keys;

		for (uint32_t k = 0; k < keys; k++)
			next[k] = point[i * keys + k];
		next[moved[i]] += next[moved[i]] < 0.5 ? STEP : -STEP;
	}
}

void nap_morris_effects(
	const double *point, const uint32_t *moved, uint32_t keys, const double *value, double *effect)
{
	for (uint32_t i = 0; i < keys; i++) {
		uint32_t k = moved[i];

		effect[k] = (value[i + 1] - value[i]) / (point[(i + 1) * keys + k] - point[i * keys + k]);
	}
}

/* Root of the mean square about the mean, of values or of their sizes. */
static double deviation(const double *v, uint32_t n, double mean, int sizes)
{
	double sum = 0.0;

	for (uint32_t i = 0; i < n; i++) {
		double d = (sizes ? fabs(v[i]) : v[i]) - mean;

		sum += d * d;
	}
	return sqrt(sum / (n - 1.0));
}

struct nap_morris nap_morris_summary(const double *effect, uint32_t n)
{
	struct nap_morris m = { (double)NAN, (double)NAN, (double)NAN, (double)NAN, (double)NAN };
	double sum = 0.0, sizes = 0.0, half;

	if (n == 0)
		return m;
	for (uint32_t i = 0; i < n; i++) {
		sum += effect[i];
		sizes += fabs(effect[i]);
	}
	m.mu = sum / n;
	m.star = sizes / n;
	if (n == 1)
		return m;
	m.sigma = deviation(effect, n, m.mu, 0);
	half = nap_student_quantile(TAIL, n - 1.0) * deviation(effect, n, m.star, 1) / sqrt(n);
	m.low = fmax(0.0, m.star - half);
	m.high = m.star + half;
	return m;
}
