/* SPDX-License-Identifier: BSD-2-Clause */
/* Indices and screening counted again from their definitions, over few rows, where each digit can be told. */
#include <glib.h>
#include <math.h>
#include <stdlib.h>

#include "kernel/rng.h"
#include "run/morris.h"
#include "run/sobol_index.h"
#include "stats/tails.h"

enum { DRAWINGS = 999, BOOTSTRAP = 102, KEYS = 3, ROWS = 40, STRIDE = 2, ROW = STRIDE * (KEYS + 2) };

static void near(double got, double want)
{
	g_assert_cmpfloat(fabs(got - want), <=, 1e-9 * fmax(1.0, fabs(want)));
}

/* Both indices of a key over the rows that are listed, by the books' formulas; centre: the mean of all A and B there are. */
static void by_definition(const double *value, const uint32_t *listed, uint32_t n, uint32_t key,
	double centre, double *first, double *total)
{
	double mean = 0.0, variance = 0.0, moved = 0.0, jansen = 0.0;

	for (uint32_t i = 0; i < n; i++)
		mean += (value[listed[i] * ROW] + value[listed[i] * ROW + STRIDE]) / (2.0 * n);
	for (uint32_t i = 0; i < n; i++) {
		const double *v = value + listed[i] * ROW;
		double a = v[0], b = v[STRIDE], ab = v[(2 + key) * STRIDE];

		variance += (pow(a - mean, 2) + pow(b - mean, 2)) / (2.0 * n);
		moved += (b - centre) * (ab - a) / n;
		jansen += pow(a - ab, 2) / (2.0 * n);
	}
	*first = variance > 1e-9 ? moved / variance : (double)NAN;
	*total = variance > 1e-9 ? jansen / variance : (double)NAN;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static uint32_t only_numbers(double *v)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < DRAWINGS; i++)
		if (!isnan(v[i]))
			v[n++] = v[i];
	qsort(v, n, sizeof *v, ascending);
	return n;
}

/* The expanded tail: as much as leaves an interval as wide as Student's t. */
static double tail_of(uint32_t blocks)
{
	double freedom = blocks - 1.0;

	return nap_student_above(sqrt(blocks / freedom) * nap_student_quantile(0.025, freedom), 1e6);
}

static void check_ends(double *v, uint32_t blocks, double low, double high)
{
	uint32_t n = only_numbers(v);
	double rank = tail_of(blocks) * (n + 1.0), last = ceil(n + 1.0 - rank);

	if (n < DRAWINGS / 2) {
		g_assert_true(isnan(low) && isnan(high));
		return;
	}
	near(low, v[rank < 1.0 ? 0 : (int)rank - 1]);
	near(high, v[last > n ? n - 1 : (uint32_t)last - 1]);
}

static void check_key(const double *value, uint32_t rows, uint32_t block, uint32_t key, uint64_t seed,
	const struct nap_sobol *index)
{
	struct nap_rng r = nap_rng_stream(seed, 0, BOOTSTRAP, NAP_RNG_SEARCH);
	uint32_t blocks = (rows + block - 1) / block, all[ROWS];
	static uint32_t drawn[ROWS * ROWS];
	double first, total, firsts[DRAWINGS], totals[DRAWINGS], centre = 0.0;

	for (uint32_t i = 0; i < rows; i++) {
		all[i] = i;
		centre += (value[i * ROW] + value[i * ROW + STRIDE]) / (2.0 * rows);
	}
	by_definition(value, all, rows, key, centre, &first, &total);
	near(index->first, first);
	near(index->total, total);
	for (uint32_t d = 0; d < DRAWINGS; d++) {
		uint32_t n = 0;

		for (uint32_t k = 0; k < blocks; k++) {
			uint32_t begin = nap_rng_below(&r, blocks) * block;

			for (uint32_t i = begin; i < begin + block && i < rows; i++)
				drawn[n++] = i;
		}
		by_definition(value, drawn, n, key, centre, &firsts[d], &totals[d]);
	}
	check_ends(firsts, blocks, index->first_low, index->first_high);
	check_ends(totals, blocks, index->total_low, index->total_high);
}

/* spread: of so many rows the values vary; the others are all alike */
static void fill(double *value, uint64_t seed, uint32_t spread)
{
	struct nap_rng r = nap_rng_stream(seed, 1, 2, NAP_RNG_SEARCH);

	for (uint32_t i = 0; i < ROWS * ROW; i++)
		value[i] = i < spread * ROW ? 50.0 + nap_rng_below(&r, 1000) / 10.0 : 70.0;
}

static void test_indices(void)
{
	static const struct {
		uint32_t rows, block, spread;
	} cases[] = { { 40, 2, 40 }, { 37, 4, 37 }, { 5, 1, 5 }, { 2, 1, 2 }, { 33, 16, 33 }, { 40, 2, 8 },
		{ 20, 2, 1 }, { 10, 2, 1 } };
	double value[ROWS * ROW];

	for (uint32_t c = 0; c < G_N_ELEMENTS(cases); c++)
		for (uint64_t seed = 1; seed <= 4; seed++) {
			struct nap_sobol index[KEYS];

			fill(value, seed, cases[c].spread);
			nap_sobol_indices(value, STRIDE, cases[c].rows, cases[c].block, KEYS, seed, index);
			for (uint32_t k = 0; k < KEYS; k++)
				check_key(value, cases[c].rows, cases[c].block, k, seed, &index[k]);
		}
}

/* No rows say nothing, one block has no interval, and what never varies has no indices. */
static void test_little(void)
{
	double value[ROWS * ROW];
	struct nap_sobol index[KEYS];

	fill(value, 1, ROWS);
	nap_sobol_indices(value, STRIDE, 0, 1, KEYS, 1, index);
	for (uint32_t k = 0; k < KEYS; k++)
		g_assert_true(isnan(index[k].first) && isnan(index[k].total) && isnan(index[k].first_low));
	nap_sobol_indices(value, STRIDE, 3, 4, KEYS, 1, index);
	for (uint32_t k = 0; k < KEYS; k++) {
		g_assert_true(!isnan(index[k].first) && !isnan(index[k].total));
		g_assert_true(isnan(index[k].first_low) && isnan(index[k].first_high));
		g_assert_true(isnan(index[k].total_low) && isnan(index[k].total_high));
	}
	fill(value, 1, 0);
	nap_sobol_indices(value, STRIDE, 20, 2, KEYS, 1, index);
	for (uint32_t k = 0; k < KEYS; k++)
		g_assert_true(isnan(index[k].first) && isnan(index[k].total) && isnan(index[k].total_high));
}

/* Blocks of a power of two, sixteen to thirty-two of them where there are as many rows. */
static void test_blocks(void)
{
	for (uint32_t rows = 1; rows < 3000; rows++) {
		uint32_t block = nap_sobol_block(rows);

		g_assert_cmpuint(block & (block - 1), ==, 0);
		g_assert_true(block == 1 || rows / block >= 16);
		g_assert_cmpuint(rows / block, <, 32);
	}
}

/* A row is a point of its block's own scrambling: A, B, and A with one of B's; whatever the number, by itself. */
static void test_rows(void)
{
	double row[(KEYS + 2) * KEYS], again[(KEYS + 2) * KEYS], seen[64];

	for (uint32_t n = 0; n < 64; n++) {
		nap_sobol_row(9, n, 8, KEYS, row);
		nap_sobol_row(9, n, 8, KEYS, again);
		for (uint32_t i = 0; i < KEYS; i++)
			for (uint32_t k = 0; k < KEYS; k++) {
				double want = row[(k == i ? KEYS : 0) + k];

				g_assert_true(row[(2 + i) * KEYS + k] == want);
			}
		for (uint32_t i = 0; i < (KEYS + 2) * KEYS; i++)
			g_assert_true(row[i] == again[i] && row[i] >= 0.0 && row[i] < 1.0);
		seen[n] = row[0];
		for (uint32_t i = 0; i < n; i++) /* no two of a block in one eighth, and blocks apart */
			g_assert_true(seen[i] != seen[n] &&
				      (i / 8 != n / 8 || (int)(8 * seen[i]) != (int)(8 * seen[n])));
	}
}

/* Means, deviations and t by hand. */
static void test_screening(void)
{
	static const double effect[] = { 3.0, -1.0, 2.0, 4.0 };
	struct nap_morris m = nap_morris_summary(effect, 4);
	double half = 3.182446305 * sqrt((0.25 + 2.25 + 0.25 + 2.25) / 3.0) / 2.0;

	near(m.mu, 2.0);
	near(m.star, 2.5);
	near(m.sigma, sqrt((1.0 + 9.0 + 0.0 + 4.0) / 3.0));
	g_assert_cmpfloat(fabs(m.high - (2.5 + half)), <, 1e-6);
	g_assert_cmpfloat(fabs(m.low - (2.5 - half)), <, 1e-6);
	m = nap_morris_summary(effect, 2); /* t of one degree of freedom: the lower end is below nothing */
	near(m.star, 2.0);
	near(m.low, 0.0);
	g_assert_cmpfloat(fabs(m.high - (2.0 + 12.70620474 * sqrt(2.0) / sqrt(2.0))), <, 1e-5);
	m = nap_morris_summary(effect, 1);
	g_assert_true(m.mu == 3.0 && m.star == 3.0 && isnan(m.sigma) && isnan(m.low) && isnan(m.high));
	m = nap_morris_summary(effect, 0);
	g_assert_true(isnan(m.mu) && isnan(m.star) && isnan(m.sigma));
}

/* Every order of moving and every level as often as another. */
static void test_draws(void)
{
	enum { N = 6000 };
	double point[(KEYS + 1) * KEYS];
	uint32_t moved[KEYS], level[8] = { 0 }, first[KEYS][KEYS] = { { 0 } };

	for (uint32_t t = 0; t < N; t++) {
		nap_morris_trajectory(4, t, KEYS, point, moved);
		for (uint32_t i = 0; i < KEYS; i++)
			first[i][moved[i]]++;
		for (uint32_t k = 0; k < KEYS; k++)
			level[(int)round(point[k] * 7.0)]++;
	}
	for (uint32_t i = 0; i < KEYS; i++)
		for (uint32_t k = 0; k < KEYS; k++)
			g_assert_cmpint(abs((int)first[i][k] - N / KEYS), <, 5 * 37);
	for (uint32_t l = 0; l < 8; l++)
		g_assert_cmpint(abs((int)level[l] - N * KEYS / 8), <, 5 * 45);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sensitivity/indices-by-definition", test_indices);
	g_test_add_func("/sensitivity/little-to-say", test_little);
	g_test_add_func("/sensitivity/blocks", test_blocks);
	g_test_add_func("/sensitivity/rows", test_rows);
	g_test_add_func("/sensitivity/screening-by-hand", test_screening);
	g_test_add_func("/sensitivity/draws", test_draws);
	return g_test_run();
}
