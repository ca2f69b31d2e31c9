/* SPDX-License-Identifier: BSD-2-Clause */
/* The quantile sketch against exact quantiles, and occupancy against a count by hand. */
#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/dist.h"
#include "stats/occupancy.h"
#include "stats/sketch.h"

#define N 20000

static const double quantiles[] = { 0.0, 0.001, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0 };

static int by_value(const void *a, const void *b)
{
	const nap_time x = *(const nap_time *)a, y = *(const nap_time *)b;

	return (x > y) - (x < y);
}

/* The nearest-rank quantile of n sorted values. */
static nap_time exact(const nap_time *sorted, size_t n, double q)
{
	size_t rank = (size_t)ceil(q * (double)n);

	return sorted[rank > 0 ? rank - 1 : 0];
}

static void fill(nap_time *v, size_t n, const struct nap_dist *d, uint64_t stream)
{
	struct nap_rng r = nap_rng_stream(1, 0, stream, NAP_RNG_DELAY);

	for (size_t i = 0; i < n; i++)
		v[i] = nap_dist_draw_time(d, &r);
}

static void test_error_bound(void)
{
	static const struct nap_dist dists[] = {
		{ NAP_DIST_UNIFORM, 0, 0.0, 300.0, NULL }, /* small values have buckets of their own */
		{ NAP_DIST_EXPONENTIAL, 0, 40e6, 0.0, NULL }, { NAP_DIST_LOGNORMAL, 0, 1e9, 3.0, NULL },
		{ NAP_DIST_PARETO, 0, 1e6, 0.3, NULL }, /* over the whole range of times */
	};
	static nap_time v[N];
	g_autofree struct nap_sketch *s = g_new0(struct nap_sketch, 1);

	for (size_t k = 0; k < G_N_ELEMENTS(dists); k++) {
		fill(v, N, &dists[k], k);
		memset(s, 0, sizeof *s);
		for (int i = 0; i < N; i++)
			nap_sketch_add(s, v[i]);
		qsort(v, N, sizeof *v, by_value);
		g_assert_cmpuint(s->count, ==, N);
		for (size_t i = 0; i < G_N_ELEMENTS(quantiles); i++) {
			double want = (double)exact(v, N, quantiles[i]),
			       got = (double)nap_sketch_quantile(s, quantiles[i]);

			g_assert_cmpfloat(fabs(got - want), <=, 0.004 * want);
		}
	}
}

/* Every value alone: its bucket's middle is within the bound, exact below 256 ns. */
static void test_single_values(void)
{
	g_autofree struct nap_sketch *s = g_new0(struct nap_sketch, 1);
	struct nap_rng r = nap_rng_stream(1, 0, 7, NAP_RNG_DELAY);

	for (int i = 0; i < 3000; i++) {
		nap_time v = i < 300 ? i : (nap_time)(nap_rng_next(&r) >> 1 >> nap_rng_below(&r, 56)), got;

		memset(s, 0, sizeof *s);
		nap_sketch_add(s, v);
		got = nap_sketch_quantile(s, 0.5);
		if (v < 256)
			g_assert_cmpint(got, ==, v);
		g_assert_cmpfloat(fabs((double)got - (double)v), <=, 0.004 * (double)v);
		g_assert_cmpint(nap_sketch_quantile(s, 0.0), ==, got);
		g_assert_cmpint(nap_sketch_quantile(s, 1.0), ==, got);
	}
	memset(s, 0, sizeof *s);
	g_assert_cmpint(nap_sketch_quantile(s, 0.5), ==, -1);
	nap_sketch_add(s, NAP_NEVER);
	g_assert_cmpfloat((double)nap_sketch_quantile(s, 1.0), >, 0.99 * (double)NAP_NEVER);
	nap_sketch_add(s, -5); /* nothing is negative; it counts as zero */
	g_assert_cmpint(nap_sketch_quantile(s, 0.0), ==, 0);
}

/* Parts merged forwards, backwards and pairwise give the sketch of all values, to the last count. */
static void test_merge(void)
{
	enum { PARTS = 8 };
	static const struct nap_dist d = { NAP_DIST_LOGNORMAL, 0, 1e8, 1.0, NULL };
	static nap_time v[N];
	g_autofree struct nap_sketch *part = g_new0(struct nap_sketch, PARTS),
				     *all = g_new0(struct nap_sketch, 1);
	g_autofree struct nap_sketch *forth = g_new0(struct nap_sketch, 1),
				     *back = g_new0(struct nap_sketch, 1);

	fill(v, N, &d, 3);
	for (int i = 0; i < N; i++) {
		nap_sketch_add(all, v[i]);
		nap_sketch_add(&part[i % (PARTS - 1)], v[i]); /* the last part stays empty */
	}
	for (int i = 0; i < PARTS; i++) {
		nap_sketch_merge(forth, &part[i]);
		nap_sketch_merge(back, &part[PARTS - 1 - i]);
	}
	for (int step = 1; step < PARTS; step *= 2)
		for (int i = 0; i + step < PARTS; i += 2 * step)
			nap_sketch_merge(&part[i], &part[i + step]);
	g_assert_true(memcmp(forth, all, sizeof *all) == 0);
	g_assert_true(memcmp(back, all, sizeof *all) == 0);
	g_assert_true(memcmp(&part[0], all, sizeof *all) == 0);
}

/* ---- occupancy ---------------------------------------------------------------------------------------------------- */

struct life {
	nap_time born, died;
};

/* Peak at any moment, by looking at each birth. */
static uint64_t peak_by_hand(const struct life *life, size_t n)
{
	uint64_t most = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t live = 0;

		for (size_t k = 0; k < n; k++)
			live += life[k].born <= life[i].born && life[i].born < life[k].died;
		most = live > most ? live : most;
	}
	return most;
}

/* Occupancy at the moment of each bin's end. */
static uint64_t peak_at_ends(const struct life *life, size_t n, const struct nap_occupancy *o)
{
	uint64_t most = 0;

	for (uint32_t b = 0; b + 1 < o->n; b++) {
		nap_time end = (nap_time)(b + 1) * o->width - 1;
		uint64_t live = 0;

		for (size_t k = 0; k < n; k++)
			live += life[k].born <= end && end < life[k].died;
		most = live > most ? live : most;
	}
	return most;
}

static void test_occupancy(void)
{
	enum { LIVES = 600 };
	static struct life life[LIVES];
	static const struct nap_dist lifetime = { NAP_DIST_EXPONENTIAL, 0, 20e9, 0.0, NULL };

	for (uint64_t seed = 0; seed < 10; seed++) {
		struct nap_rng r = nap_rng_stream(seed, 0, 0, NAP_RNG_APP);
		struct nap_occupancy *o = nap_occupancy_new(600 * NAP_S, 1000),
				     *half = nap_occupancy_new(600 * NAP_S, 1000);
		uint64_t peak;

		for (int i = 0; i < LIVES; i++) {
			life[i].born = (nap_time)nap_rng_below(&r, 600000) * NAP_MS;
			life[i].died = life[i].born + nap_dist_draw_time(&lifetime, &r);
			nap_occupancy_add(i % 2 ? half : o, life[i].born, life[i].died);
		}
		nap_occupancy_move(o, half);
		g_assert_cmpuint(nap_occupancy_peak(half, 0), ==, 0);
		peak = peak_by_hand(life, LIVES);
		g_assert_cmpuint(nap_occupancy_peak(o, 0), ==, peak_at_ends(life, LIVES, o));
		g_assert_cmpuint(nap_occupancy_peak(o, 0), <=, peak);
		g_assert_cmpuint(
			nap_occupancy_peak(o, 0) + 2, >=, peak); /* bins of 0.6 s, a birth a second */
		nap_occupancy_free(o);
		nap_occupancy_free(half);
	}
}

/* Moved part by part, the bins are those of all lives counted in one place; a part is empty for the next. */
static void test_occupancy_parts(void)
{
	for (uint32_t bins = 1; bins < 3000; bins = bins * 3 + 1) {
		struct nap_occupancy *total = nap_occupancy_new(600 * NAP_S, bins),
				     *part = nap_occupancy_new(600 * NAP_S, bins),
				     *direct = nap_occupancy_new(600 * NAP_S, bins);
		struct nap_rng r = nap_rng_stream(bins, 0, 0, NAP_RNG_APP);

		for (int k = 0; k < 40; k++) {
			for (int i = 0; i < 3; i++) {
				nap_time born = (nap_time)nap_rng_below(&r, 700000) * NAP_MS,
					 died = born + (nap_time)nap_rng_below(&r, 90000) * NAP_MS;

				nap_occupancy_add(part, born, died);
				nap_occupancy_add(direct, born, died);
			}
			nap_occupancy_move(total, part);
		}
		for (uint32_t i = 0; i < bins; i++) {
			g_assert_cmpint(total->change[i], ==, direct->change[i]);
			g_assert_cmpuint(total->births[i], ==, direct->births[i]);
			g_assert_cmpint(part->change[i], ==, 0);
			g_assert_cmpuint(part->births[i], ==, 0);
		}
		g_assert_cmpuint(nap_occupancy_peak(total, 0), ==, nap_occupancy_peak(direct, 0));
		g_assert_true(!memcmp(total->change, direct->change, total->n * sizeof *total->change));
		g_assert_true(!memcmp(total->births, direct->births, total->n * sizeof *total->births));
		nap_occupancy_free(total);
		nap_occupancy_free(part);
		nap_occupancy_free(direct);
	}
}

static void test_occupancy_edges(void)
{
	struct nap_occupancy *o = nap_occupancy_new(10 * NAP_S, 10);

	g_assert_cmpuint(nap_occupancy_peak(o, 0), ==, 0);
	nap_occupancy_add(
		o, 1500 * NAP_MS, 1600 * NAP_MS); /* within one bin: the ends do not see it, its births do */
	g_assert_cmpuint(nap_occupancy_peak(o, 0), ==, 0);
	g_assert_cmpuint(o->births[1], ==, 1);
	nap_occupancy_add(o, 0, NAP_NEVER);
	g_assert_cmpuint(nap_occupancy_peak(o, 0), ==, 1);
	nap_occupancy_add(o, 20 * NAP_S, 30 * NAP_S); /* after the end: counted in the last bin */
	g_assert_cmpuint(nap_occupancy_peak(o, 0), ==, 2);
	nap_occupancy_free(o);
	nap_occupancy_free(NULL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/stats/sketch/error-bound", test_error_bound);
	g_test_add_func("/stats/sketch/single-values", test_single_values);
	g_test_add_func("/stats/sketch/merge", test_merge);
	g_test_add_func("/stats/occupancy/random", test_occupancy);
	g_test_add_func("/stats/occupancy/random-parts", test_occupancy_parts);
	g_test_add_func("/stats/occupancy/edges", test_occupancy_edges);
	return g_test_run();
}
