/* SPDX-License-Identifier: BSD-2-Clause */
/* Streams, arithmetic, distributions and arrivals, against libm and GSL. All seeds are fixed: no test is flaky. */
#include <glib.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "kernel/arrivals.h"
#include "kernel/dist.h"
#include "kernel/fmath.h"
#include "kernel/rng.h"
#include "kernel/wide.h"

#define N 40000

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

typedef double (*cdf_fn)(double x, double a, double b);

/* Kolmogorov-Smirnov: sqrt(n) times the largest distance between the values' distribution and cdf. Sorts v. */
static double ks(double *v, size_t n, cdf_fn cdf, double a, double b)
{
	double most = 0.0;

	qsort(v, n, sizeof *v, by_value);
	for (size_t i = 0; i < n; i++) {
		double f = cdf(v[i], a, b);

		most = fmax(most, fmax(f - (double)i / (double)n, (double)(i + 1) / (double)n - f));
	}
	return most * sqrt((double)n);
}

#define KS_LIMIT 1.95 /* a true distribution passes it once in a thousand samples */

static double cdf_unit(double x, double a, double b)
{
	return gsl_cdf_flat_P(x, a, b);
}

/* ---- streams ------------------------------------------------------------------------------------------------------ */

static void test_units(void)
{
	static double v[N];

	for (uint32_t stream = 0; stream < 8; stream++) {
		struct nap_rng r = nap_rng_stream(1, 0, stream, NAP_RNG_PUSH);
		double sum = 0.0;

		for (int i = 0; i < N; i++) {
			v[i] = nap_rng_unit(&r);
			g_assert_cmpfloat(v[i], >, 0.0);
			g_assert_cmpfloat(v[i], <, 1.0);
			sum += v[i];
		}
		g_assert_cmpuint(r.counter, ==, N);
		g_assert_cmpfloat(fabs(sum / N - 0.5), <, 4.0 * sqrt(1.0 / 12.0 / N));
		g_assert_cmpfloat(ks(v, N, cdf_unit, 0.0, 1.0), <, KS_LIMIT);
	}
}

/* Every bit of the output is one half of the time, and whatever bit of the name flips, half of the output's flip. */
static void test_bits(void)
{
	struct nap_rng r = nap_rng_stream(7, 3, 11, NAP_RNG_LOSS);
	uint32_t ones[64] = { 0 };

	for (int i = 0; i < N; i++) {
		uint64_t x = nap_rng_next(&r);

		for (int b = 0; b < 64; b++)
			ones[b] += (uint32_t)((x >> b) & 1);
	}
	for (int b = 0; b < 64; b++)
		g_assert_cmpfloat(fabs(ones[b] - N / 2.0), <, 4.5 * sqrt(N / 4.0));
	for (int bit = 0; bit < 64; bit++) {
		uint64_t flips = 0, n = 2000;

		for (uint64_t e = 0; e < n; e++) {
			struct nap_rng a = nap_rng_stream(1, 0, e, NAP_RNG_PUSH),
				       b = nap_rng_stream(1, 0, e ^ UINT64_C(1) << bit, NAP_RNG_PUSH);

			flips += (uint64_t)__builtin_popcountll(nap_rng_next(&a) ^ nap_rng_next(&b));
		}
		g_assert_cmpfloat(fabs((double)flips / (double)n - 32.0), <, 5.0 * 4.0 / sqrt((double)n));
	}
}

static double correlation(struct nap_rng a, struct nap_rng b, int lag)
{
	double sum = 0.0;

	for (int i = 0; i < lag; i++)
		nap_rng_next(&b);
	for (int i = 0; i < N; i++)
		sum += (nap_rng_unit(&a) - 0.5) * (nap_rng_unit(&b) - 0.5);
	return sum * 12.0 / N;
}

/* Streams whose names differ in one part only, by one, are uncorrelated, also when shifted against each other. */
static void test_streams_independent(void)
{
	const struct nap_rng a = nap_rng_stream(1, 0, 5, NAP_RNG_PUSH);
	const struct nap_rng others[] = {
		nap_rng_stream(2, 0, 5, NAP_RNG_PUSH),
		nap_rng_stream(1, 1, 5, NAP_RNG_PUSH),
		nap_rng_stream(1, 0, 6, NAP_RNG_PUSH),
		nap_rng_stream(1, 0, 5, NAP_RNG_POLICY),
		nap_rng_stream(0, 0, 5, NAP_RNG_PUSH),
	};

	for (size_t k = 0; k < G_N_ELEMENTS(others); k++)
		for (int lag = 0; lag < 3; lag++)
			g_assert_cmpfloat(fabs(correlation(a, others[k], lag)), <, 4.0 / sqrt(N));
	for (int lag = 1; lag < 4; lag++)
		g_assert_cmpfloat(fabs(correlation(a, a, lag)), <, 4.0 / sqrt(N));
}

/* The first draws of many neighbouring streams are a sample of the uniform distribution as well. */
static void test_across_streams(void)
{
	static double v[N];

	for (int purpose = NAP_RNG_PHASE; purpose <= NAP_RNG_SEARCH; purpose++) {
		for (uint32_t i = 0; i < N; i++) {
			struct nap_rng r = nap_rng_stream(1, i % 20, i / 20, (enum nap_purpose)purpose);

			v[i] = nap_rng_unit(&r);
		}
		g_assert_cmpfloat(ks(v, N, cdf_unit, 0.0, 1.0), <, KS_LIMIT);
	}
}

static void test_keys_differ(void)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	uint32_t made = 0;

	for (uint64_t seed = 0; seed < 4; seed++)
		for (uint32_t rep = 0; rep < 10; rep++)
			for (uint64_t entity = 0; entity < 500; entity++)
				for (int purpose = NAP_RNG_PHASE; purpose <= NAP_RNG_SEARCH;
					purpose++, made++) {
					uint64_t *key = g_new(uint64_t, 1);

					*key = nap_rng_stream(seed, rep, entity, (enum nap_purpose)purpose)
						       .key;
					g_hash_table_add(seen, key);
				}
	g_assert_cmpuint(g_hash_table_size(seen), ==, made);
}

/* A copied stream goes on as the one it was copied from; draws below n are even. */
static void test_copy_and_below(void)
{
	struct nap_rng a = nap_rng_stream(1, 2, 3, NAP_RNG_PORTS), b;
	uint32_t hits[7] = { 0 };
	double chi2 = 0.0;

	for (int i = 0; i < 10; i++)
		nap_rng_next(&a);
	b = a;
	for (int i = 0; i < 100; i++)
		g_assert_cmpuint(nap_rng_next(&a), ==, nap_rng_next(&b));
	for (int i = 0; i < 70000; i++) {
		uint32_t k = nap_rng_below(&a, 7);

		g_assert_cmpuint(k, <, 7);
		hits[k]++;
	}
	for (int k = 0; k < 7; k++)
		chi2 += (hits[k] - 10000.0) * (hits[k] - 10000.0) / 10000.0;
	g_assert_cmpfloat(gsl_cdf_chisq_Q(chi2, 6.0), >, 0.001);
	for (int i = 0; i < 100; i++)
		g_assert_cmpuint(nap_rng_below(&a, 1), ==, 0);
}

/* ---- arithmetic --------------------------------------------------------------------------------------------------- */

/* Distance from want, as a share of it. */
static double off(double got, double want)
{
	return want == 0.0 ? fabs(got) : fabs(got - want) / fabs(want);
}

static void test_log(void)
{
	struct nap_rng r = nap_rng_stream(1, 0, 0, NAP_RNG_APP);

	for (int i = 0; i < 200000; i++) {
		double x = ldexp(nap_rng_unit(&r) + 0.5, (int)nap_rng_below(&r, 2000) - 1000);
		double near_one = 1.0 + (nap_rng_unit(&r) - 0.5) * ldexp(1.0, -(int)nap_rng_below(&r, 50));

		g_assert_cmpfloat(off(nap_log(x), log(x)), <, 1e-14);
		g_assert_cmpfloat(off(nap_log(near_one), log(near_one)), <, 1e-14);
	}
	g_assert_cmpfloat(nap_log(1.0), ==, 0.0);
	g_assert_cmpfloat(off(nap_log(0x1p-53), log(0x1p-53)), <, 1e-15);
}

static void test_exp(void)
{
	struct nap_rng r = nap_rng_stream(1, 0, 1, NAP_RNG_APP);

	for (int i = 0; i < 200000; i++) {
		double x = (nap_rng_unit(&r) - 0.5) * 1400.0, small = (nap_rng_unit(&r) - 0.5) * 2.0;

		g_assert_cmpfloat(off(nap_exp(x), exp(x)), <, 1e-13);
		g_assert_cmpfloat(off(nap_exp(small), exp(small)), <, 1e-14);
	}
	g_assert_cmpfloat(nap_exp(0.0), ==, 1.0);
	/* beyond the range of doubles it saturates, whatever a scenario's shape parameter asks for */
	g_assert_true(isinf(nap_exp(710.0)) && isinf(nap_exp(1e9)) && isinf(nap_exp((double)INFINITY)));
	g_assert_cmpfloat(nap_exp(-760.0), ==, 0.0);
	g_assert_cmpfloat(nap_exp(-1e9), ==, 0.0);
	g_assert_cmpfloat(nap_exp((double)-INFINITY), ==, 0.0);
}

static void test_pow_and_quantile(void)
{
	struct nap_rng r = nap_rng_stream(1, 0, 2, NAP_RNG_APP);

	for (int i = 0; i < 100000; i++) {
		double x = nap_rng_unit(&r) * 100.0, y = (nap_rng_unit(&r) - 0.5) * 40.0,
		       p = nap_rng_unit(&r);

		g_assert_cmpfloat(off(nap_pow(x, y), pow(x, y)), <, 1e-12);
		if (fabs(p - 0.5) > 1e-6)
			g_assert_cmpfloat(off(nap_normal_quantile(p), gsl_cdf_ugaussian_Pinv(p)), <, 1.2e-9);
	}
	for (int k = 2; k <= 52; k++) {
		double p = ldexp(1.0, -k);

		g_assert_cmpfloat(off(nap_normal_quantile(p), gsl_cdf_ugaussian_Pinv(p)), <, 1.2e-9);
		g_assert_cmpfloat(
			off(nap_normal_quantile(1.0 - p), gsl_cdf_ugaussian_Pinv(1.0 - p)), <, 1.2e-9);
	}
}

static void test_time(void)
{
	g_assert_cmpint(nap_time_after(5, 7), ==, 12);
	g_assert_cmpint(nap_time_after(5, NAP_NEVER), ==, NAP_NEVER);
	g_assert_cmpint(nap_time_after(NAP_NEVER, 0), ==, NAP_NEVER);
	g_assert_cmpint(nap_time_after(NAP_NEVER - 1, 1), ==, NAP_NEVER);
	g_assert_cmpint(nap_time_after(NAP_NEVER - 2, 1), ==, NAP_NEVER - 1);
	g_assert_cmpint(nap_time_min(-3, 4), ==, -3);
	g_assert_cmpint(nap_time_max(-3, 4), ==, 4);
}

/* ---- distributions ------------------------------------------------------------------------------------------------ */

static double cdf_exponential(double x, double a, double b)
{
	(void)b;
	return gsl_cdf_exponential_P(x, a);
}

static double cdf_normal(double x, double a, double b)
{
	return gsl_cdf_gaussian_P(x - a, b);
}

static double cdf_lognormal(double x, double a, double b)
{
	return gsl_cdf_lognormal_P(x, log(a), b);
}

static double cdf_pareto(double x, double a, double b)
{
	return gsl_cdf_pareto_P(x, b, a);
}

static double cdf_weibull(double x, double a, double b)
{
	return gsl_cdf_weibull_P(x, a, b);
}

static const struct dist_row {
	const char *name;
	struct nap_dist dist;
	cdf_fn cdf;
	double mean, sd; /* by the textbook; sd 0: the mean of a sample says nothing */
} dists[] = {
	{ "uniform", { NAP_DIST_UNIFORM, 0, 20.0, 60.0, NULL }, cdf_unit, 40.0, 11.547005 },
	{ "exponential", { NAP_DIST_EXPONENTIAL, 0, 3e9, 0.0, NULL }, cdf_exponential, 3e9, 3e9 },
	{ "normal", { NAP_DIST_NORMAL, 0, 100.0, 5.0, NULL }, cdf_normal, 100.0, 5.0 },
	{ "lognormal 0.5", { NAP_DIST_LOGNORMAL, 0, 40.0, 0.5, NULL }, cdf_lognormal, 45.3259381, 24.156 },
	{ "lognormal 2", { NAP_DIST_LOGNORMAL, 0, 1.0, 2.0, NULL }, cdf_lognormal, 7.3890561, 54.0958 },
	{ "pareto 3", { NAP_DIST_PARETO, 0, 10.0, 3.0, NULL }, cdf_pareto, 15.0, 8.6602540 },
	{ "pareto 0.8", { NAP_DIST_PARETO, 0, 10.0, 0.8, NULL }, cdf_pareto, (double)INFINITY, 0.0 },
	{ "weibull 0.7", { NAP_DIST_WEIBULL, 0, 40.0, 0.7, NULL }, cdf_weibull, 50.6329402, 74.0469 },
	{ "weibull 1", { NAP_DIST_WEIBULL, 0, 40.0, 1.0, NULL }, cdf_weibull, 40.0, 40.0 },
	{ "weibull 3.5", { NAP_DIST_WEIBULL, 0, 40.0, 3.5, NULL }, cdf_weibull, 35.9898871, 11.3893 },
};

static void test_distributions(void)
{
	static double v[N];

	for (size_t k = 0; k < G_N_ELEMENTS(dists); k++) {
		const struct dist_row *d = &dists[k];
		struct nap_rng r = nap_rng_stream(3, 0, k, NAP_RNG_DELAY);
		double sum = 0.0, d_n;

		for (int i = 0; i < N; i++) {
			v[i] = nap_dist_draw(&d->dist, &r);
			sum += v[i];
		}
		d_n = ks(v, N, d->cdf, d->dist.a, d->dist.b);
		g_test_message("%s: mean %.6g, KS %.3f", d->name, sum / N, d_n);
		g_assert_cmpfloat(d_n, <, KS_LIMIT);
		if (isinf(d->mean)) {
			g_assert_true(isinf(nap_dist_mean(&d->dist)));
			continue;
		}
		g_assert_cmpfloat(off(nap_dist_mean(&d->dist), d->mean), <, 1e-6);
		g_assert_cmpfloat(fabs(sum / N - d->mean), <, 4.0 * d->sd / sqrt(N));
	}
}

/* One draw takes one number from the stream, whatever it gives: common random numbers stay in step. */
static void test_draws_counted(void)
{
	static const double values[] = { 1.0, 2.0, 4.0 };
	struct nap_dist constant = nap_dist_constant(5.0),
			empirical = { NAP_DIST_EMPIRICAL, 3, 0.0, 0.0, values };
	struct nap_rng r = nap_rng_stream(1, 0, 0, NAP_RNG_DELAY);
	uint32_t hits[5] = { 0 };

	for (size_t k = 0; k < G_N_ELEMENTS(dists); k++) {
		uint64_t before = r.counter;

		nap_dist_draw(&dists[k].dist, &r);
		g_assert_cmpuint(r.counter, ==, before + 1);
	}
	r.counter = 0;
	g_assert_cmpfloat(nap_dist_draw(&constant, &r), ==, 5.0);
	g_assert_cmpuint(r.counter, ==, 0);
	g_assert_cmpfloat(nap_dist_mean(&constant), ==, 5.0);
	for (int i = 0; i < 30000; i++)
		hits[(int)nap_dist_draw(&empirical, &r)]++;
	for (int i = 0; i < 3; i++)
		g_assert_cmpfloat(fabs(hits[(int)values[i]] - 10000.0), <, 4.0 * sqrt(30000.0 * 2.0 / 9.0));
	g_assert_cmpfloat(off(nap_dist_mean(&empirical), 7.0 / 3.0), <, 1e-15);
}

/* A normal below zero counts as zero; times are rounded to the nearest and never overflow, however odd the parameters. */
static void test_draw_time(void)
{
	const struct nap_dist wide = { NAP_DIST_NORMAL, 0, 1e9, 1e9, NULL };
	const struct nap_dist odd[] = {
		{ NAP_DIST_LOGNORMAL, 0, 4e7, 500.0, NULL },
		{ NAP_DIST_PARETO, 0, 4e7, 0.001, NULL },
		{ NAP_DIST_WEIBULL, 0, 4e7, 0.001, NULL },
		{ NAP_DIST_EXPONENTIAL, 0, 9e18, 0.0, NULL },
		{ NAP_DIST_LOGNORMAL, 0, 0.0, 500.0, NULL },
		{ NAP_DIST_PARETO, 0, 0.0, 0.001, NULL },
		{ NAP_DIST_WEIBULL, 0, 0.0, 0.001, NULL },
		{ NAP_DIST_NORMAL, 0, 9e18, 9e18, NULL },
	};
	struct nap_rng r = nap_rng_stream(1, 0, 9, NAP_RNG_DELAY);
	struct nap_dist d = nap_dist_constant(2.4);
	uint32_t zero = 0;

	g_assert_cmpint(nap_dist_draw_time(&d, &r), ==, 2);
	d.a = 2.6;
	g_assert_cmpint(nap_dist_draw_time(&d, &r), ==, 3);
	d.a = -7.0;
	g_assert_cmpint(nap_dist_draw_time(&d, &r), ==, 0);
	d.a = 1e300;
	g_assert_cmpint(nap_dist_draw_time(&d, &r), ==, NAP_NEVER - 1);
	for (int i = 0; i < N; i++)
		zero += nap_dist_draw_time(&wide, &r) == 0;
	g_assert_cmpfloat(fabs(zero - N * gsl_cdf_ugaussian_P(-1.0)), <, 4.0 * sqrt(N * 0.1587 * 0.8413));
	for (size_t k = 0; k < G_N_ELEMENTS(odd); k++)
		for (int i = 0; i < 2000; i++) {
			nap_time t = nap_dist_draw_time(&odd[k], &r);

			g_assert_true(t >= 0 && t < NAP_NEVER);
		}
}

/* ---- arrivals ----------------------------------------------------------------------------------------------------- */

static void test_poisson(void)
{
	static double v[N];
	const struct nap_arrivals a = { .kind = NAP_ARRIVALS_POISSON, .gap = 900e9 };
	struct nap_arrivals_state s = { 0 };
	struct nap_rng r = nap_rng_stream(1, 0, 1, NAP_RNG_PUSH);
	nap_time last = 0;

	for (int i = 0; i < N; i++) {
		nap_time t = nap_arrivals_next(&a, &s, &r);

		g_assert_cmpint(t, >, last);
		v[i] = (double)(t - last);
		last = t;
	}
	g_assert_cmpfloat(fabs((double)last / N - 900e9), <, 4.0 * 900e9 / sqrt(N));
	g_assert_cmpfloat(ks(v, N, cdf_exponential, 900e9, 0.0), <, KS_LIMIT);
}

static void test_periodic_and_times(void)
{
	static const nap_time times[] = { 0, 5, 5, 17 };
	const struct nap_arrivals none = { 0 }, periodic = { .kind = NAP_ARRIVALS_PERIODIC, .gap = 600e9 };
	const struct nap_arrivals listed = { .kind = NAP_ARRIVALS_TIMES, .n = 4, .times = times };
	struct nap_arrivals_state s = { 0 };
	struct nap_rng r = nap_rng_stream(1, 0, 1, NAP_RNG_PUSH);

	g_assert_cmpint(nap_arrivals_next(&none, &s, &r), ==, NAP_NEVER);
	for (int i = 1; i <= 1000; i++)
		g_assert_cmpint(nap_arrivals_next(&periodic, &s, &r), ==, i * 600 * NAP_S);
	s = (struct nap_arrivals_state){ 0 };
	for (int i = 0; i < 4; i++)
		g_assert_cmpint(nap_arrivals_next(&listed, &s, &r), ==, times[i]);
	g_assert_cmpint(nap_arrivals_next(&listed, &s, &r), ==, NAP_NEVER);
	g_assert_cmpint(nap_arrivals_next(&listed, &s, &r), ==, NAP_NEVER);
	g_assert_cmpuint(r.counter, ==, 0);
}

/* Gaps of a distribution are what it draws, one after another; none is shorter than a nanosecond. */
static void test_gaps(void)
{
	const struct nap_arrivals a = { .kind = NAP_ARRIVALS_GAPS,
		.gaps = { NAP_DIST_WEIBULL, 0, 3600e9, 0.7, NULL } };
	const struct nap_arrivals none = { .kind = NAP_ARRIVALS_GAPS,
		.gaps = { NAP_DIST_CONSTANT, 0, 0.0, 0.0, NULL } };
	struct nap_arrivals_state s = { 0 };
	struct nap_rng r = nap_rng_stream(1, 0, 3, NAP_RNG_PUSH), same = r;
	nap_time last = 0;

	for (int i = 0; i < 1000; i++) {
		nap_time t = nap_arrivals_next(&a, &s, &r);

		g_assert_cmpint(t - last, ==, nap_time_max(nap_dist_draw_time(&a.gaps, &same), 1));
		last = t;
	}
	s = (struct nap_arrivals_state){ 0 };
	for (int i = 1; i <= 10; i++)
		g_assert_cmpint(nap_arrivals_next(&none, &s, &r), ==, i);
}

/* On 5 min, off 1 h, 30/h while on: in the long run 30/h x 5/65; within an on span gaps are those of the rate. */
static void test_onoff(void)
{
	const double on = 300e9, away = 3600e9, gap = 120e9;
	const struct nap_arrivals a = { .kind = NAP_ARRIVALS_ONOFF, .gap = gap, .on = on, .off = away };
	struct nap_arrivals_state s = { 0 };
	struct nap_rng r = nap_rng_stream(1, 0, 2, NAP_RNG_PUSH);
	const uint32_t n = 200000;
	double rate, expected = on / (on + away) / gap, long_gaps = 0.0, chance;
	nap_time last = 0;

	for (uint32_t i = 0; i < n; i++) {
		nap_time t = nap_arrivals_next(&a, &s, &r);

		g_assert_cmpint(t, >, last);
		if (i > 0 &&
			t - last >
				1200 * NAP_S) /* 20 min without one: an off span lies between, but for e^-10 */
			long_gaps++;
		last = t;
	}
	rate = n / (double)last;
	g_test_message("onoff rate %.6g/h, expected %.6g/h", rate * 3600e9, expected * 3600e9);
	/* arrivals come in batches of 2.5 on average (geometric): counts vary about six times as much as Poisson's */
	g_assert_cmpfloat(fabs(rate / expected - 1.0), <, 4.0 * sqrt(8.0 / n));
	/* an on span ends before the next arrival with probability gap / (gap + on); a gap then holds off spans */
	chance = gap / (gap + on);
	g_assert_cmpfloat(long_gaps / n, >, chance * exp(-1200.0 / 3600.0) * 0.95);
	g_assert_cmpfloat(long_gaps / n, <, chance * 1.0);
}

/* A rate so small that the next arrival lies beyond the end of time: never, and at once. */
static void test_arrivals_beyond_time(void)
{
	const struct nap_arrivals rows[] = {
		{ .kind = NAP_ARRIVALS_POISSON, .gap = 1e22 },
		{ .kind = NAP_ARRIVALS_ONOFF, .gap = 1e22, .on = 1e18, .off = 1e18 },
		{ .kind = NAP_ARRIVALS_ONOFF, .gap = 1e9, .on = 1e9, .off = 1e22 },
	};

	for (size_t k = 0; k < G_N_ELEMENTS(rows); k++) {
		struct nap_arrivals_state s = { 0 };
		struct nap_rng r = nap_rng_stream(1, 0, 2, NAP_RNG_PUSH);
		nap_time t = 0, last = 0;

		for (int i = 0; i < 1000; i++) {
			t = nap_arrivals_next(&rows[k], &s, &r);
			g_assert_cmpint(t, >=, last);
			last = t;
		}
		g_assert_cmpint(t, ==, NAP_NEVER);
	}
}

/* What a machine without 128 bits does is what others do, for numbers of all lengths. */
static void test_wide(void)
{
	struct nap_rng rng = nap_rng_stream(1, 2, 3, NAP_RNG_APP);

	for (int i = 0; i < 100000; i++) {
		uint64_t a = nap_rng_next(&rng) >> nap_rng_below(&rng, 64),
			 b = nap_rng_next(&rng) >> nap_rng_below(&rng, 64),
			 by = 1 + (nap_rng_next(&rng) >> nap_rng_below(&rng, 64) >> 1);
		struct nap_wide one = nap_wide_by_halves(a, b), other = nap_wide_product(a, b);

		g_assert_true(one.high == other.high && one.low == other.low);
		g_assert_true(one.low == a * b);
		if (one.high < by)
			g_assert_true(nap_wide_over(one, by) == nap_wide_share(a, b, by));
		g_assert_true(nap_wide_over(nap_wide_by_halves(a, by), by) == a);
	}
	g_assert_true(nap_wide_fold(UINT64_MAX, UINT64_MAX) == UINT64_MAX);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/kernel/rng/units", test_units);
	g_test_add_func("/kernel/rng/bits", test_bits);
	g_test_add_func("/kernel/rng/streams-independent", test_streams_independent);
	g_test_add_func("/kernel/rng/across-streams", test_across_streams);
	g_test_add_func("/kernel/rng/keys-differ", test_keys_differ);
	g_test_add_func("/kernel/rng/copy-and-below", test_copy_and_below);
	g_test_add_func("/kernel/fmath/log", test_log);
	g_test_add_func("/kernel/fmath/exp", test_exp);
	g_test_add_func("/kernel/fmath/pow-and-quantile", test_pow_and_quantile);
	g_test_add_func("/kernel/time", test_time);
	g_test_add_func("/kernel/dist/against-gsl", test_distributions);
	g_test_add_func("/kernel/dist/draws-counted", test_draws_counted);
	g_test_add_func("/kernel/dist/times", test_draw_time);
	g_test_add_func("/kernel/arrivals/poisson", test_poisson);
	g_test_add_func("/kernel/arrivals/periodic-and-times", test_periodic_and_times);
	g_test_add_func("/kernel/arrivals/onoff", test_onoff);
	g_test_add_func("/kernel/arrivals/gaps", test_gaps);
	g_test_add_func("/kernel/arrivals/beyond-time", test_arrivals_beyond_time);
	g_test_add_func("/kernel/wide", test_wide);
	return g_test_run();
}
