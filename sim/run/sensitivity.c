/* SPDX-License-Identifier: BSD-2-Clause */
#include "run/sensitivity.h"

#include <math.h>
#include <string.h>

#include <glib.h>

#include "kernel/fmath.h"

int64_t nap_sensitivity_value(int64_t lo, int64_t hi, bool logarithm, bool whole, double at)
{
	double from = (double)lo, to = (double)hi + (whole ? 1.0 : 0.0);
	double v = logarithm ? from * nap_exp(at * nap_log(to / from)) : from + at * (to - from);
	int64_t n = whole ? (int64_t)floor(v) : (int64_t)llround(v);

	return CLAMP(n, lo, hi);
}

uint64_t nap_sensitivity_screening_points(const struct nap_sensitivity *s)
{
	return (uint64_t)s->trajectories * (s->keys + 1);
}

uint64_t nap_sensitivity_sobol_points(const struct nap_sensitivity *s, uint32_t keys)
{
	return keys > 0 ? (uint64_t)s->rows * (keys + 2) : 0;
}

/* How many groups of points, so many in each, are asked for in one call. */
static uint32_t together(const struct nap_sensitivity *s, uint32_t points, uint32_t left)
{
	return MIN(left, MAX(1, s->together / points));
}

/* ---- screening --------------------------------------------------------------------------------------------------------------- */

/* Effects of trajectories first .. first + n - 1 into effect[(key * metrics + metric) * trajectories + trajectory]. */
static bool screen_some(struct nap_sensitivity *s, uint32_t first, uint32_t n, double *effect)
{
	uint32_t points = s->keys + 1;
	g_autofree double *point = g_new(double, (size_t)n *points * s->keys);
	g_autofree uint32_t *moved = g_new(uint32_t, (size_t)n * s->keys);
	g_autofree double *value = g_new(double, (size_t)n *points * s->metrics);
	double one[NAP_SENSITIVITY_KEYS + 1], own[NAP_SENSITIVITY_KEYS];

	for (uint32_t t = 0; t < n; t++)
		nap_morris_trajectory(s->seed, first + t, s->keys, point + (size_t)t * points * s->keys,
			moved + (size_t)t * s->keys);
	if (!s->evaluate(s->ctx, point, n * points, value))
		return false;
	for (uint32_t t = 0; t < n; t++)
		for (uint32_t m = 0; m < s->metrics; m++) {
			for (uint32_t i = 0; i < points; i++)
				one[i] = value[((size_t)t * points + i) * s->metrics + m];
			nap_morris_effects(point + (size_t)t * points * s->keys, moved + (size_t)t * s->keys,
				s->keys, one, own);
			for (uint32_t k = 0; k < s->keys; k++)
				effect[((size_t)k * s->metrics + m) * s->trajectories + first + t] = own[k];
		}
	return true;
}

/* Which keys matter, for which metric and for any. */
static void choose(struct nap_sensitivity *s)
{
	bool any[NAP_SENSITIVITY_KEYS] = { false };

	for (uint32_t m = 0; m < s->metrics; m++) {
		double largest = 0.0;

		for (uint32_t k = 0; k < s->keys; k++)
			largest = fmax(largest, s->morris[k * s->metrics + m].star);
		for (uint32_t k = 0; k < s->keys; k++) {
			const struct nap_morris *e = &s->morris[k * s->metrics + m];
			double most = isnan(e->high) ? e->star : e->high;

			s->matters[k * s->metrics + m] =
				largest > 0.0 && most >= NAP_SENSITIVITY_MATTERS * largest;
			any[k] |= s->matters[k * s->metrics + m];
		}
	}
	for (uint32_t k = 0; k < s->keys; k++)
		if (any[k])
			s->chosen[s->n_chosen++] = k;
}

static bool screen(struct nap_sensitivity *s)
{
	uint32_t all = s->keys * s->metrics;
	g_autofree double *effect = g_new(double, (size_t)all * s->trajectories);

	while (s->trajectories_done < s->trajectories) {
		uint32_t n = together(s, s->keys + 1, s->trajectories - s->trajectories_done);

		if (!screen_some(s, s->trajectories_done, n, effect))
			break;
		s->trajectories_done += n;
	}
	for (uint32_t i = 0; i < all; i++)
		s->morris[i] = nap_morris_summary(effect + (size_t)i * s->trajectories, s->trajectories_done);
	if (s->trajectories_done < s->trajectories)
		return false;
	choose(s);
	return true;
}

/* ---- Sobol's indices ----------------------------------------------------------------------------------------------------------- */

/* Values of rows first .. first + n - 1, of the keys that matter, the others in the middle. */
static bool sample_some(struct nap_sensitivity *s, uint32_t first, uint32_t n, double *value)
{
	uint32_t points = s->n_chosen + 2;
	g_autofree double *row = g_new(double, (size_t)points * s->n_chosen);
	g_autofree double *point = g_new(double, (size_t)n *points * s->keys);

	for (size_t i = 0; i < (size_t)n * points * s->keys; i++)
		point[i] = NAP_SENSITIVITY_MIDDLE;
	for (uint32_t r = 0; r < n; r++) {
		nap_sobol_row(s->seed, first + r, nap_sobol_block(s->rows), s->n_chosen, row);
		for (uint32_t i = 0; i < points; i++)
			for (uint32_t k = 0; k < s->n_chosen; k++)
				point[((size_t)r * points + i) * s->keys + s->chosen[k]] =
					row[i * s->n_chosen + k];
	}
	return s->evaluate(s->ctx, point, n * points, value + (size_t)first * points * s->metrics);
}

/* Mean and standard deviation of a metric over the points that are drawn freely, A and B. */
static void describe(struct nap_sensitivity *s, uint32_t metric, const double *value)
{
	size_t row = (size_t)(s->n_chosen + 2) * s->metrics;
	double n = 2.0 * s->rows_done, sum = 0.0, squares = 0.0, reference = value[metric];

	for (uint32_t r = 0; r < s->rows_done; r++)
		for (uint32_t i = 0; i < 2; i++) {
			double d = value[r * row + i * s->metrics + metric] - reference;

			sum += d;
			squares += d * d;
		}
	if (s->rows_done == 0)
		return;
	s->mean[metric] = reference + sum / n;
	s->deviation[metric] = sqrt(fmax(0.0, squares - sum * sum / n) / (n - 1.0));
}

static bool sample(struct nap_sensitivity *s)
{
	uint32_t points = s->n_chosen + 2;
	g_autofree double *value = g_new(double, (size_t)s->rows *points * s->metrics);
	struct nap_sobol index[NAP_SENSITIVITY_KEYS];

	while (s->rows_done < s->rows) {
		uint32_t n = together(s, points, s->rows - s->rows_done);

		if (!sample_some(s, s->rows_done, n, value))
			break;
		s->rows_done += n;
	}
	for (uint32_t m = 0; m < s->metrics; m++) {
		describe(s, m, value);
		nap_sobol_indices(value + m, s->metrics, s->rows_done, nap_sobol_block(s->rows), s->n_chosen,
			s->seed, index);
		for (uint32_t k = 0; k < s->n_chosen; k++)
			s->sobol[s->chosen[k] * s->metrics + m] = index[k];
	}
	return s->rows_done == s->rows;
}

/* ---- both ------------------------------------------------------------------------------------------------------------------------ */

bool nap_sensitivity_run(struct nap_sensitivity *s)
{
	uint32_t all = s->keys * s->metrics;
	double nan = (double)NAN;

	s->morris = g_new0(struct nap_morris, all);
	s->sobol = g_new(struct nap_sobol, all);
	s->matters = g_new0(bool, all);
	s->mean = g_new(double, s->metrics);
	s->deviation = g_new(double, s->metrics);
	for (uint32_t m = 0; m < s->metrics; m++)
		s->mean[m] = s->deviation[m] = nan;
	s->n_chosen = s->trajectories_done = s->rows_done = 0;
	for (uint32_t i = 0; i < all; i++)
		s->sobol[i] = (struct nap_sobol){ nan, nan, nan, nan, nan, nan };
	if (!screen(s))
		return false;
	if (s->screened)
		s->screened(s->ctx);
	return s->n_chosen == 0 || sample(s);
}

void nap_sensitivity_clear(struct nap_sensitivity *s)
{
	g_clear_pointer(&s->morris, g_free);
	g_clear_pointer(&s->sobol, g_free);
	g_clear_pointer(&s->mean, g_free);
	g_clear_pointer(&s->deviation, g_free);
	g_clear_pointer(&s->matters, g_free);
}
