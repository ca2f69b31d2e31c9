/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Screening and Sobol's indices on functions whose indices are known, through the same driver that natnap run --sensitivity uses;
 * how often the intervals hold is counted.
 */
#include <math.h>
#include <string.h>

#include "kernel/time.h"
#include "long.h"
#include "run/sensitivity.h"
#include "stats/sobol_sequence.h"

/* ---- functions ---------------------------------------------------------------------------------------------------------------- */

enum { KEYS = 4 }; /* the last does nothing */

enum { ISHIGAMI, ADDITIVE, FLAT, METRICS };

static const double weight[KEYS] = { 4.0, 2.0, 1.0, 0.0 };

/* Ishigami and Homma 1990, a = 7 and b = 0.1, over -pi .. pi. */
static double ishigami(const double *u)
{
	double x[3];

	for (int i = 0; i < 3; i++)
		x[i] = G_PI * (2.0 * u[i] - 1.0);
	return sin(x[0]) + 7.0 * pow(sin(x[1]), 2.0) + 0.1 * pow(x[2], 4.0) * sin(x[0]);
}

/* Indices by the formulas of Saltelli et al. 2008, 4.8. */
static const double truth_first[METRICS][KEYS] = { { 0.3139, 0.4424, 0.0, 0.0 },
	{ 16.0 / 21.0, 4.0 / 21.0, 1.0 / 21.0, 0.0 } };
static const double truth_total[METRICS][KEYS] = { { 0.5576, 0.4424, 0.2437, 0.0 },
	{ 16.0 / 21.0, 4.0 / 21.0, 1.0 / 21.0, 0.0 } };

struct world {
	uint64_t asked, most; /* points; evaluation stops beyond most */
	uint64_t screening;   /* how many of them came before it was told what matters */
};

static bool evaluate(void *ctx, const double *point, uint32_t n, double *value)
{
	struct world *w = ctx;

	if (w->asked + n > w->most)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		const double *u = point + (size_t)i * KEYS;
		double *v = value + (size_t)i * METRICS, sum = 0.0;

		for (int k = 0; k < KEYS; k++) {
			g_assert_true(u[k] >= 0.0 && u[k] <= 1.0);
			sum += weight[k] * u[k];
		}
		v[ISHIGAMI] = ishigami(u);
		v[ADDITIVE] = 1e6 + sum; /* far from 0, as energies are */
		v[FLAT] = 0.3;
	}
	w->asked += n;
	return true;
}

static void screened(void *ctx)
{
	struct world *w = ctx;

	w->screening = w->asked;
}

static struct nap_sensitivity begin(struct world *w, uint64_t seed, uint32_t rows)
{
	*w = (struct world){ .most = UINT64_MAX };
	return (struct nap_sensitivity){ .seed = seed,
		.keys = KEYS,
		.metrics = METRICS,
		.trajectories = 32,
		.rows = rows,
		.together = 128,
		.evaluate = evaluate,
		.screened = screened,
		.ctx = w };
}

/* ---- tests ---------------------------------------------------------------------------------------------------------------------- */

static void test_known_indices(void)
{
	struct world w;
	struct nap_sensitivity s = begin(&w, 1, 16384);

	g_assert_true(nap_sensitivity_run(&s));
	g_assert_cmpuint(s.n_chosen, ==, 3); /* what does nothing is put aside */
	g_assert_cmpuint(s.rows_done, ==, s.rows);
	g_assert_cmpuint(w.screening, ==, nap_sensitivity_screening_points(&s));
	g_assert_cmpuint(w.asked, ==, w.screening + nap_sensitivity_sobol_points(&s, 3));
	for (int m = 0; m < FLAT; m++)
		for (int k = 0; k < 3; k++) {
			const struct nap_sobol *i = &s.sobol[k * METRICS + m];

			g_assert_cmpfloat_with_epsilon(i->first, truth_first[m][k], 0.01);
			g_assert_cmpfloat_with_epsilon(i->total, truth_total[m][k], 0.01);
			g_assert_true(i->first_low <= i->first && i->first <= i->first_high);
			g_assert_true(i->total_low <= i->total && i->total <= i->total_high);
		}
	g_assert_cmpfloat_with_epsilon(s.mean[ISHIGAMI], 3.5, 0.02); /* a / 2 */
	g_assert_cmpfloat_with_epsilon(s.deviation[ISHIGAMI], sqrt(13.8446), 0.02);
	g_assert_cmpfloat_with_epsilon(s.mean[ADDITIVE], 1e6 + 3.5, 0.001);
	g_assert_cmpfloat_with_epsilon(s.deviation[ADDITIVE], sqrt(21.0 / 12.0), 0.001);
	for (int k = 0; k < KEYS; k++) { /* what does not vary has no indices, and matters nowhere */
		const struct nap_morris *e = &s.morris[k * METRICS + FLAT];

		g_assert_true(e->star == 0.0 && e->mu == 0.0 && e->sigma == 0.0 && e->high == 0.0);
		g_assert_false(s.matters[k * METRICS + FLAT]);
		g_assert_true(isnan(s.sobol[k * METRICS + FLAT].first));
	}
	nap_sensitivity_clear(&s);
}

/* Of a sum the effect of a key is its weight, whatever the trajectory. */
static void test_effects(void)
{
	struct world w;
	struct nap_sensitivity s = begin(&w, 7, 2);

	g_assert_true(nap_sensitivity_run(&s));
	for (int k = 0; k < KEYS; k++) {
		const struct nap_morris *e = &s.morris[k * METRICS + ADDITIVE];

		g_assert_cmpfloat_with_epsilon(e->star, weight[k], 1e-8);
		g_assert_cmpfloat_with_epsilon(e->mu, weight[k], 1e-8);
		g_assert_cmpfloat_with_epsilon(e->sigma, 0.0, 1e-8);
		g_assert_cmpfloat_with_epsilon(e->high, weight[k], 1e-7);
	}
	/* sin^2 returns to where it was: mu says little, mu* and sigma say that it moves */
	g_assert_cmpfloat(s.morris[1 * METRICS].star, >, 3.0);
	g_assert_cmpfloat(s.morris[1 * METRICS].sigma, >, 3.0);
	nap_sensitivity_clear(&s);
}

/* Trajectories begin and end on the grid, and each key moves once, up as often as down. */
static void test_trajectories(void)
{
	double point[(KEYS + 1) * KEYS];
	uint32_t moved[KEYS], up = 0, n = 1000;

	for (uint32_t t = 0; t < n; t++) {
		uint32_t seen = 0;

		nap_morris_trajectory(3, t, KEYS, point, moved);
		for (uint32_t i = 0; i < KEYS; i++)
			for (uint32_t k = 0; k < KEYS; k++) {
				double a = point[i * KEYS + k], b = point[(i + 1) * KEYS + k];

				g_assert_cmpfloat_with_epsilon(a * 7.0, round(a * 7.0), 1e-12);
				g_assert_true(b > -1e-12 && b < 1.0 + 1e-12);
				g_assert_cmpfloat_with_epsilon(
					fabs(b - a), k == moved[i] ? 4.0 / 7.0 : 0.0, 1e-12);
				seen |= k == moved[i] ? 1u << k : 0;
				up += k == moved[i] && b > a ? 1 : 0;
			}
		g_assert_cmpuint(seen, ==, (1u << KEYS) - 1);
	}
	g_assert_cmpuint(up, >, n * KEYS / 2 - 150);
	g_assert_cmpuint(up, <, n * KEYS / 2 + 150);
}

/* Intervals of 95 % hold in 93 to 97 of 100 experiments, each by a seed of its own, but for what so many leave to chance. */
static void test_intervals_hold(void)
{
	uint32_t experiments = how_many(200, 1000);
	uint32_t first[METRICS][KEYS] = { { 0 } }, total[METRICS][KEYS] = { { 0 } };

	for (uint32_t e = 0; e < experiments; e++) {
		struct world w;
		struct nap_sensitivity s = begin(&w, 1000 + e, 512);

		g_assert_true(nap_sensitivity_run(&s));
		for (int m = 0; m < FLAT; m++)
			for (int k = 0; k < 3; k++) {
				const struct nap_sobol *i = &s.sobol[k * METRICS + m];

				first[m][k] += i->first_low <= truth_first[m][k] &&
					       truth_first[m][k] <= i->first_high;
				total[m][k] += i->total_low <= truth_total[m][k] &&
					       truth_total[m][k] <= i->total_high;
			}
		nap_sensitivity_clear(&s);
	}
	for (int m = 0; m < FLAT; m++)
		for (int k = 0; k < 3; k++) {
			double f = 100.0 * first[m][k] / experiments, t = 100.0 * total[m][k] / experiments;

			g_test_message("function %d, key %d: first order %.1f %%, total %.1f %%", m, k, f, t);
			g_assert_cmpfloat(f, >=, in_full() ? 93.0 : 91.0);
			g_assert_cmpfloat(t, >=, in_full() ? 93.0 : 91.0);
			g_assert_cmpfloat(f, <=, in_full() ? 97.5 : 99.0);
			g_assert_cmpfloat(t, <=, in_full() ? 97.5 : 99.0);
		}
}

/* The same seed gives the same numbers; another one others. */
static void test_same_seed(void)
{
	struct world w;
	struct nap_sensitivity a = begin(&w, 5, 64), b = begin(&w, 5, 64), c = begin(&w, 6, 64);

	g_assert_true(nap_sensitivity_run(&a) && nap_sensitivity_run(&b) && nap_sensitivity_run(&c));
	g_assert_cmpint(memcmp(a.morris, b.morris, KEYS * METRICS * sizeof *a.morris), ==, 0);
	g_assert_cmpint(memcmp(a.sobol, b.sobol, 3 * METRICS * sizeof *a.sobol), ==, 0);
	g_assert_true(a.sobol[0].first != c.sobol[0].first);
	nap_sensitivity_clear(&a);
	nap_sensitivity_clear(&b);
	nap_sensitivity_clear(&c);
}

/* Stopped in either step: what is done counts. */
static void test_interrupted(void)
{
	struct world w;
	struct nap_sensitivity s = begin(&w, 1, 1000);

	w.most = 130; /* 25 trajectories are asked for at once, 7 more are not */
	g_assert_false(nap_sensitivity_run(&s));
	g_assert_cmpuint(s.trajectories_done, ==, 25);
	g_assert_cmpuint(s.rows_done, ==, 0);
	g_assert_cmpuint(w.screening, ==, 0);
	g_assert_cmpfloat_with_epsilon(s.morris[ADDITIVE].star, 4.0, 1e-8);
	g_assert_true(isnan(s.sobol[0].first));
	nap_sensitivity_clear(&s);

	s = begin(&w, 1, 1000);
	w.most = 2000;
	g_assert_false(nap_sensitivity_run(&s));
	g_assert_cmpuint(s.trajectories_done, ==, 32);
	g_assert_cmpuint(s.rows_done, >=, 300);
	g_assert_cmpuint(s.rows_done, <, 1000);
	g_assert_cmpfloat_with_epsilon(s.sobol[ADDITIVE].total, 16.0 / 21.0, 0.15);
	nap_sensitivity_clear(&s);

	s = begin(&w, 1, 1000);
	w.most = 0;
	g_assert_false(nap_sensitivity_run(&s));
	g_assert_true(isnan(s.morris[0].star) && isnan(s.sobol[0].total));
	nap_sensitivity_clear(&s);
}

/* Of 2^n points each 2^n-th of the unit interval has one, in every dimension; in the first two also each box of that size. */
static void test_sequence(void)
{
	enum { POINTS = 64 };

	for (uint32_t d = 0; d < NAP_SOBOL_DIMENSIONS; d++) {
		bool seen[POINTS] = { false };

		for (uint32_t i = 0; i < POINTS; i++)
			seen[(int)(nap_sobol_coordinate(9, POINTS + i, d) * POINTS)] = true;
		for (uint32_t i = 0; i < POINTS; i++)
			g_assert_true(seen[i]);
	}
	for (int wide = 1; wide < POINTS; wide *= 2) {
		bool seen[POINTS] = { false };

		for (uint32_t i = 0; i < POINTS; i++) {
			int x = (int)(nap_sobol_coordinate(9, i, 0) * wide);
			int y = (int)(nap_sobol_coordinate(9, i, 1) * (POINTS / wide));

			seen[x * (POINTS / wide) + y] = true;
		}
		for (uint32_t i = 0; i < POINTS; i++)
			g_assert_true(seen[i]);
	}
	g_assert_cmpuint(nap_sobol_block(5), ==, 1);
	g_assert_cmpuint(nap_sobol_block(31), ==, 1);
	g_assert_cmpuint(nap_sobol_block(512), ==, 32);
	g_assert_cmpuint(nap_sobol_block(1000), ==, 32);
}

static void test_values(void)
{
	uint32_t seen[5] = { 0 };

	g_assert_false(nap_sensitivity_is_wide(0, NAP_H));
	g_assert_false(nap_sensitivity_is_wide(30 * NAP_S, 300 * NAP_S));
	g_assert_true(nap_sensitivity_is_wide(30 * NAP_S, 301 * NAP_S));
	g_assert_true(nap_sensitivity_is_wide(1, INT64_MAX / 2));
	g_assert_cmpint(nap_sensitivity_value(NAP_S, 100 * NAP_S, false, false, 0.5), ==, 50500 * NAP_MS);
	g_assert_cmpint(nap_sensitivity_value(NAP_S, 100 * NAP_S, true, false, 0.0), ==, NAP_S);
	g_assert_cmpint(nap_sensitivity_value(NAP_S, 100 * NAP_S, true, false, 1.0), ==, 100 * NAP_S);
	g_assert_cmpint(
		llabs(nap_sensitivity_value(NAP_S, 100 * NAP_S, true, false, 0.5) - 10 * NAP_S), <, 10);
	for (int i = 0; i < 1000; i++) /* each whole number as often as another */
		seen[nap_sensitivity_value(0, 4, false, true, (i + 0.5) / 1000.0)]++;
	for (int i = 0; i < 5; i++)
		g_assert_cmpuint(seen[i], ==, 200);
	g_assert_cmpint(nap_sensitivity_value(1, 1000, true, true, 1.0), ==, 1000);
	g_assert_cmpint(nap_sensitivity_value(1, 1000, true, true, 0.0), ==, 1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sensitivity/values", test_values);
	g_test_add_func("/sensitivity/sequence", test_sequence);
	g_test_add_func("/sensitivity/trajectories", test_trajectories);
	g_test_add_func("/sensitivity/effects", test_effects);
	g_test_add_func("/sensitivity/known-indices", test_known_indices);
	g_test_add_func("/sensitivity/intervals-hold", test_intervals_hold);
	g_test_add_func("/sensitivity/same-seed", test_same_seed);
	g_test_add_func("/sensitivity/interrupted", test_interrupted);
	return g_test_run();
}
