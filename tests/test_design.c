/* SPDX-License-Identifier: BSD-2-Clause */
/* Points that fill a cube: strata of both designs, known values of Sobol's sequence, seeds, and an integral. */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include <glib.h>

#include "stats/latin_hypercube.h"
#include "stats/sobol_sequence.h"

#define N 256

typedef void (*design_fn)(uint64_t seed, uint32_t dim, uint32_t n, double *out);

/* Each n-th of the axis has exactly one of the n points. */
static void expect_strata(const double *x, uint32_t n)
{
	g_autofree bool *seen = g_new0(bool, n);

	for (uint32_t i = 0; i < n; i++) {
		g_assert_true(x[i] > 0.0 && x[i] < 1.0);
		g_assert_false(seen[(uint32_t)(x[i] * n)]);
		seen[(uint32_t)(x[i] * n)] = true;
	}
}

static void test_strata(void)
{
	double x[N];

	for (uint64_t seed = 1; seed < 20; seed++)
		for (uint32_t dim = 0; dim < NAP_SOBOL_DIMENSIONS; dim++) {
			nap_latin_hypercube(seed, dim, 200, x);
			expect_strata(x, 200);
			nap_sobol_coordinates(seed, dim, N, x);
			expect_strata(x, N);
			expect_strata(x, 64); /* also the first 2^k of them, and the next */
			expect_strata(x + 64, 64);
		}
}

/*
 * Scrambling flips a digit the same way for all points that agree in the digits above it, so the first digit in which two points
 * differ is that of the sequence itself: its first points are 0, 0.5, 0.75, 0.25, 0.375, 0.875, 0.625, 0.125 in the first
 * dimension (here in the order of their numbers, not of the Gray code), and in the second as Joe and Kuo's sobol.cc has them.
 */
static void test_known(void)
{
	static const double known[2][8] = { { 0, 0.5, 0.25, 0.75, 0.125, 0.625, 0.375, 0.875 },
		{ 0, 0.5, 0.75, 0.25, 0.625, 0.125, 0.375, 0.875 } };
	double x[8];

	for (uint32_t dim = 0; dim < 2; dim++) {
		nap_sobol_coordinates(7, dim, 8, x);
		for (int i = 0; i < 8; i++)
			for (int k = 0; k < i; k++)
				g_assert_cmpint(
					__builtin_clz((uint32_t)(x[i] * 0x1p32) ^ (uint32_t)(x[k] * 0x1p32)),
					==,
					__builtin_clz((uint32_t)(known[dim][i] * 0x1p32) ^
						      (uint32_t)(known[dim][k] * 0x1p32)));
	}
}

/* No two dimensions of Sobol's go along with one another. */
static void test_pairs(void)
{
	static double x[NAP_SOBOL_DIMENSIONS][N];

	for (uint32_t dim = 0; dim < NAP_SOBOL_DIMENSIONS; dim++)
		nap_sobol_coordinates(3, dim, N, x[dim]);
	for (uint32_t a = 0; a < NAP_SOBOL_DIMENSIONS; a++)
		for (uint32_t b = 0; b < a; b++) {
			double sum = 0.0;

			for (int i = 0; i < N; i++)
				sum += (x[a][i] - 0.5) * (x[b][i] - 0.5);
			g_assert_cmpfloat(
				fabs(sum / N), <, 1.0 / 12.0 / 4.0); /* correlation below a quarter */
		}
}

/* The mean of a product over five dimensions, 1: both designs come nearer than chance does. */
static void test_integral(const void *which)
{
	design_fn design = *(const design_fn *)which;
	static double x[5][N];
	double squares = 0.0;

	for (uint64_t seed = 0; seed < 50; seed++) {
		double sum = 0.0;

		for (uint32_t dim = 0; dim < 5; dim++)
			design(seed, dim, N, x[dim]);
		for (int i = 0; i < N; i++) {
			double product = 1.0;

			for (uint32_t dim = 0; dim < 5; dim++)
				product *= 0.5 + x[dim][i];
			sum += product;
		}
		squares += (sum / N - 1.0) * (sum / N - 1.0);
	}
	/* one draw has variance (13/12)^5 - 1 = 0.492 */
	g_assert_cmpfloat(squares / 50, <, 0.492 / N / 3.0);
}

static void test_seeds(void)
{
	double x[N], same[N], other[N];
	static const design_fn designs[] = { nap_latin_hypercube, nap_sobol_coordinates };

	for (int k = 0; k < 2; k++) {
		designs[k](1, 2, N, x);
		designs[k](1, 2, N, same);
		designs[k](2, 2, N, other);
		g_assert_true(memcmp(x, same, sizeof x) == 0);
		g_assert_true(memcmp(x, other, sizeof x) != 0);
		designs[k](1, 3, N, other);
		g_assert_true(memcmp(x, other, sizeof x) != 0);
	}
}

int main(int argc, char **argv)
{
	static const design_fn latin = nap_latin_hypercube, sobol = nap_sobol_coordinates;

	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/design/strata", test_strata);
	g_test_add_func("/design/known", test_known);
	g_test_add_func("/design/pairs", test_pairs);
	g_test_add_data_func("/design/integral/latin", &latin, test_integral);
	g_test_add_data_func("/design/integral/sobol", &sobol, test_integral);
	g_test_add_func("/design/seeds", test_seeds);
	return g_test_run();
}
