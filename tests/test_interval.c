/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Intervals of confidence hold what they say: 1,000 experiments of each kind, whose truth is known (and differs from experiment to
 * experiment where results are whole numbers, as single truths fall between two of them); NATNAP_LONG runs all of them through the
 * simulator too. Of 1,000 experiments at 95 %, 93.0 to 97.0 % is 2.9 standard deviations.
 */
#include <math.h>

#include "harness.h"
#include "kernel/dist.h"
#include "long.h"
#include "report/interval_each.h"

#define RUNS 1000

/* How often the truth was inside; beyond: how often it lay below, above. */
struct score {
	const char *name;
	uint32_t runs, covered, below, above;
	double width;
};

static void count(struct score *s, const struct nap_interval *i, double truth)
{
	s->runs++;
	s->below += truth < i->low;
	s->above += truth > i->high;
	s->covered += i->low <= truth && truth <= i->high;
	s->width += i->high - i->low;
	g_assert_cmpfloat(i->low, <=, i->mean);
	g_assert_cmpfloat(i->mean, <=, i->high);
}

static void report(const struct score *s, double low, double high)
{
	double covers = 100.0 * s->covered / s->runs;

	g_test_message("%s: covers %.1f %%, truth below %.1f, above %.1f %%, mean width %.4g", s->name,
		covers, 100.0 * s->below / s->runs, 100.0 * s->above / s->runs, s->width / s->runs);
	if (covers < low || covers > high)
		g_test_fail_printf("%s: covers %.1f %%", s->name, covers);
}

static double draw_normal(struct nap_rng *r)
{
	struct nap_dist d = { NAP_DIST_LOGNORMAL, 0, 1.0, 1.0, NULL };

	return log(nap_dist_draw(&d, r));
}

static uint32_t draw_poisson(struct nap_rng *r, double mean)
{
	uint32_t n = 0;

	for (double t = -log(nap_rng_unit(r)); t < mean; t -= log(nap_rng_unit(r)))
		n++;
	return n;
}

/* ---- means ------------------------------------------------------------------------------------------------------------------ */

enum shape { NORMAL, EXPONENTIAL, LOGNORMAL, SKEWED };

static double draw_shape(struct nap_rng *r, enum shape shape)
{
	double x = draw_normal(r);

	switch (shape) {
	case NORMAL:
		return 100 + x;
	case EXPONENTIAL:
		return -log(nap_rng_unit(r));
	case LOGNORMAL:
		return exp(0.5 * x);
	default:
		return x * x; /* chi-squared of one degree */
	}
}

static void test_means(void)
{
	static const struct {
		const char *name;
		enum shape shape;
		double truth;
		uint32_t n;
		double least;
	} rows[] = { { "normal, 2", NORMAL, 100, 2, 93 }, { "normal, 5", NORMAL, 100, 5, 93 },
		{ "normal, 10", NORMAL, 100, 10, 93 }, { "normal, 30", NORMAL, 100, 30, 93 },
		{ "lognormal, 10", LOGNORMAL, 1.1331484530668263, 10,
			92 }, /* ten do not show their shape for sure */
		{ "lognormal, 30", LOGNORMAL, 1.1331484530668263, 30, 93 },
		{ "exponential, 10", EXPONENTIAL, 1, 10,
			92 }, /* ten values do not show such a shape for sure */
		{ "exponential, 20", EXPONENTIAL, 1, 20, 93 }, { "exponential, 50", EXPONENTIAL, 1, 50, 93 },
		{ "chi-squared, 30", SKEWED, 1, 30, 93 }, { "chi-squared, 100", SKEWED, 1, 100, 93 } };
	struct nap_rng r = nap_rng_stream(11, 0, 0, NAP_RNG_APP);

	for (size_t k = 0; k < G_N_ELEMENTS(rows); k++) {
		struct score s = { .name = rows[k].name };

		for (uint32_t run = 0; run < RUNS; run++) {
			double v[100];
			struct nap_interval i;

			for (uint32_t j = 0; j < rows[k].n; j++)
				v[j] = draw_shape(&r, rows[k].shape);
			i = nap_interval95(v, rows[k].n, NAP_METRIC_AMOUNT, 1.0);
			count(&s, &i, rows[k].truth);
		}
		report(&s, rows[k].least, 97);
	}
}

/* ---- counts and shares, also at their bounds ------------------------------------------------------------------------------------ */

/* Counts of events, from less than one in all runs together to many. */
static void test_counts(void)
{
	static const struct {
		const char *name;
		double from, to; /* events in all replications together */
		uint32_t n;
	} rows[] = { { "counts near 0", 0.2, 4, 5 }, { "few events, 5", 4, 40, 5 },
		{ "few events, 20", 4, 40, 20 }, { "many events", 40, 400, 10 } };
	struct nap_rng r = nap_rng_stream(12, 0, 0, NAP_RNG_APP);

	for (size_t k = 0; k < G_N_ELEMENTS(rows); k++) {
		struct score s = { .name = rows[k].name };

		for (uint32_t run = 0; run < RUNS; run++) {
			double v[20], all = rows[k].from + (rows[k].to - rows[k].from) * nap_rng_unit(&r);
			struct nap_interval i;

			for (uint32_t j = 0; j < rows[k].n; j++)
				v[j] = draw_poisson(&r, all / rows[k].n);
			i = nap_interval95(v, rows[k].n, NAP_METRIC_COUNT, 1.0);
			count(&s, &i, all / rows[k].n);
		}
		report(&s, 93, k == 0 ? 100 : 98.5);
	}
}

/* Counts far more uneven than Poisson's, of which hardly one event is seen: there is an interval all the same. */
static void test_uneven(void)
{
	for (double odd = 1; odd < 1e9; odd *= 10) {
		double v[32] = { 0 };
		struct nap_interval i;

		v[7] = odd;
		v[8] = 1e-9;
		for (int k = 9; k < 32; k++)
			v[k] = k % 2 ? -odd / 24 : 0; /* as differences of batches may be */
		for (int kind = NAP_METRIC_AMOUNT; kind <= NAP_METRIC_RATIO; kind++) {
			i = nap_interval95(v, 32, (enum nap_metric_kind)kind, 1.0);
			g_assert_cmpfloat(i.low, <=, i.mean);
			g_assert_cmpfloat(i.mean, <=, i.high);
		}
	}
}

static uint64_t draw_hits(struct nap_rng *r, uint64_t n, double p)
{
	uint64_t hits = 0;

	for (uint64_t i = 0; i < n; i++)
		hits += nap_rng_unit(r) < p;
	return hits;
}

static void test_shares(void)
{
	static const struct {
		const char *name;
		uint64_t n;
		double from, to;
	} rows[] = { { "share of 30", 30, 0.02, 0.98 }, { "share of 1000", 1000, 0.02, 0.98 },
		{ "share of 200 near 1", 200, 0.98, 1 }, { "share of 1000 near 0", 1000, 0, 0.005 },
		{ "share of 1000 near 1", 1000, 0.99, 1 } };
	struct nap_rng r = nap_rng_stream(13, 0, 0, NAP_RNG_APP);

	for (size_t k = 0; k < G_N_ELEMENTS(rows); k++) {
		struct score s = { .name = rows[k].name };

		for (uint32_t run = 0; run < RUNS; run++) {
			double p = rows[k].from + (rows[k].to - rows[k].from) * nap_rng_unit(&r);
			struct nap_interval i = nap_share_interval(draw_hits(&r, rows[k].n, p), rows[k].n);

			count(&s, &i, p);
			g_assert_cmpfloat(i.high - i.low, >, 0);
			g_assert_cmpfloat(i.low, >=, 0);
			g_assert_cmpfloat(i.high, <=, 1);
		}
		report(&s, 93, 97);
	}
}

/* ---- quantiles ------------------------------------------------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Numbers of subscribers that differ, as each has ranks of its own. */
static void test_quantiles(void)
{
	static const double q[] = { 0.01, 0.05, 0.5, 0.95, 0.99 };
	struct nap_rng r = nap_rng_stream(14, 0, 0, NAP_RNG_APP);

	for (size_t k = 0; k < G_N_ELEMENTS(q); k++) {
		g_autofree char *name = g_strdup_printf("quantile %g", q[k]);
		struct score s = { .name = name };

		for (uint32_t run = 0; run < RUNS; run++) {
			uint32_t n = 200 + nap_rng_below(&r, 800);
			g_autofree double *v = g_new(double, n);
			uint64_t low, high;
			struct nap_interval i;

			for (uint32_t j = 0; j < n; j++)
				v[j] = -log(nap_rng_unit(&r));
			qsort(v, n, sizeof *v, by_value);
			nap_quantile_ranks(n, q[k], &low, &high);
			i = (struct nap_interval){ v[(uint32_t)ceil(q[k] * n) - 1],
				low < 1 ? 0.0 : v[low - 1], high > n ? (double)INFINITY : v[high - 1] };
			count(&s, &i, -log(1 - q[k]));
		}
		report(&s, 93, 97);
	}
}

/* ---- ratios ---------------------------------------------------------------------------------------------------------------------- */

/* Times to detection: a sum over a number of them that is itself random, in each of n replications. */
static void test_ratios(void)
{
	static const struct {
		const char *name;
		uint32_t n;
		double mean;
	} rows[] = { { "ratio, 10 of 20", 10, 20 }, { "ratio, 30 of 3", 30, 3 },
		{ "ratio, 100 of 1", 100, 1 } };
	struct nap_rng r = nap_rng_stream(15, 0, 0, NAP_RNG_APP);

	for (size_t k = 0; k < G_N_ELEMENTS(rows); k++) {
		struct score s = { .name = rows[k].name };

		for (uint32_t run = 0; run < RUNS; run++) {
			double v[100], w[100];
			struct nap_interval i;

			for (uint32_t j = 0; j < rows[k].n; j++) {
				double sum = 0;

				w[j] = draw_poisson(&r, rows[k].mean);
				for (uint32_t m = 0; m < (uint32_t)w[j]; m++)
					sum += -log(nap_rng_unit(&r));
				v[j] = w[j] > 0 ? sum / w[j] : (double)NAN;
			}
			i = nap_ratio_interval95(v, w, rows[k].n);
			count(&s, &i, 1.0);
		}
		report(&s, 93, 97);
	}
}

static void test_ratio_of_few(void)
{
	const double v[] = { (double)NAN, 3, (double)NAN }, w[] = { 0, 2, 0 }, none[] = { 0, 0, 0 };
	struct nap_interval i = nap_ratio_interval95(v, w, 3);

	g_assert_cmpfloat(
		i.mean, ==, 3); /* seen in one replication alone: nothing can be said of its spread */
	g_assert_true(isnan(i.low) && isnan(i.high));
	i = nap_ratio_interval95(v, none, 3);
	g_assert_true(isnan(i.mean) && isnan(i.low));
}

/* ---- through the simulator ------------------------------------------------------------------------------------------------------- */

/* A population whose box timers are drawn: each subscriber is dead with a known chance, once for all, and Poisson pushes are lost. */
struct truth {
	const char *column;
	double value;
	struct score score;
};

static void run_experiments(const char *scale, struct truth *truths, size_t n, uint32_t runs)
{
	for (uint32_t run = 0; run < runs; run++) {
		g_autofree char *text = g_strdup_printf(
			"[scenario]\n%s\nseed = %u\nbounds = reachable >= 90%%\n[path]\nmiddleboxes = nat\n"
			"[middlebox nat]\nudp = empirical 30s 90s 90s 90s\nudp-stream = 90s\ninput = drop\n"
			"refresh = outbound\n[radio]\nprofile = lte-two-state\n[client]\napplication = udp\n"
			"policy = fixed\ninterval = 60s\nanswer = no\n[server]\npush = poisson 3/h\n",
			scale, run + 1);
		struct h_run *h = h_run(text, 1);
		const struct nap_row *row = &h->results->row[0];

		for (size_t k = 0; k < n; k++) {
			int col = nap_results_column(h->results, truths[k].column);
			struct nap_interval i;

			g_assert_cmpint(col, >=, 0);
			i = (struct nap_interval){ row->mean[col], row->low[col], row->high[col] };
			count(&truths[k].score, &i, truths[k].value);
		}
		h_free(h);
	}
}

static void test_simulated(void)
{
	static const struct {
		const char *name, *scale;
		struct truth truths[2];
		size_t n;
	} rows[] = { { "20 replications of 10", "duration = 2h\nsubscribers = 10\nreplications = 20",
			     { { .column = "pushes_offered", .value = 6 },
				     { .column = "subscribers_with_reachable>=90%", .value = 0.75 } },
			     2 },
		{ "one replication of 200", "duration = 2h\nsubscribers = 200\nreplications = 1",
			{ { .column = "pushes_offered", .value = 6 },
				{ .column = "subscribers_with_reachable>=90%", .value = 0.75 } },
			2 },
		{ "two days of one", "duration = 2d\nreplications = 1",
			{ { .column = "pushes_offered", .value = 144 } }, 1 } };
	uint32_t runs = how_many(200, RUNS);

	for (size_t k = 0; k < G_N_ELEMENTS(rows); k++) {
		struct truth truths[2] = { rows[k].truths[0], rows[k].truths[1] };

		run_experiments(rows[k].scale, truths, rows[k].n, runs);
		for (size_t j = 0; j < rows[k].n; j++) {
			/* of fewer experiments so much less is known: 3 standard deviations */
			double off = in_full() ? 2.0 : 300 * sqrt(0.95 * 0.05 / runs);

			truths[j].score.name = rows[k].name;
			g_test_message("%s", truths[j].column);
			report(&truths[j].score, 95 - off, fmin(95 + off, 99.5));
		}
	}
}

/* Batches of time are read from a run that is not changed by it: together they are what it counted, whole cycles stepped over or not. */
static void test_batches(void)
{
	g_autofree struct nap_replication *first = NULL;

	for (int skip = 0; skip < 2; skip++) {
		g_autofree char *text =
			g_strdup_printf("[scenario]\nduration = 2d\nskip = %s\n[path]\nmiddleboxes = "
					"nat\n[middlebox nat]\nudp = 90s\n"
					"udp-stream = 90s\n[radio]\nprofile = "
					"lte-huang-2012\n[client]\napplication = udp\npolicy = fixed\n"
					"interval = 60s\n[server]\npush = poisson 1/h\n",
				skip ? "yes" : "no");
		struct h_run *h = h_run(text, 1), *other;
		GString *more = g_string_new(text);
		const struct nap_replication *r = &h->point.replication[0];
		double energy = 0, packets = 0, reachable = 0;

		g_string_replace(more, "duration", "replications = 2\nduration", 1);
		other = h_run(more->str, 1);
		g_assert_cmpuint(h->point.n_batches, ==, 32);
		if (first)
			g_assert_true(memcmp(first, h->point.batch, 32 * sizeof *first) == 0);
		else
			first = g_memdup2(h->point.batch, 32 * sizeof *first);
		for (uint32_t i = 0; i < 32; i++) {
			energy += h->point.batch[i].energy.total / 32;
			packets += NAP_TALLIED(&h->point.batch[i], packets_up) / 32;
			reachable += NAP_TALLIED(&h->point.batch[i], reachable_ns) / 32;
		}
		g_assert_cmpfloat(fabs(energy / r->energy.total - 1), <, 1e-3);
		g_assert_cmpfloat(fabs(packets - NAP_TALLIED(r, packets_up)), <=, 2);
		g_assert_cmpfloat(fabs(reachable / NAP_TALLIED(r, reachable_ns) - 1), <, 1e-6);
		g_assert_true(memcmp(r->tally, other->point.replication[0].tally, sizeof r->tally) == 0);
		g_assert_cmpuint(other->point.n_batches, ==, 0);
		g_string_free(more, TRUE);
		h_free(h);
		h_free(other);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/interval/means", test_means);
	g_test_add_func("/interval/counts", test_counts);
	g_test_add_func("/interval/uneven", test_uneven);
	g_test_add_func("/interval/shares", test_shares);
	g_test_add_func("/interval/quantiles", test_quantiles);
	g_test_add_func("/interval/ratios", test_ratios);
	g_test_add_func("/interval/ratio_of_few", test_ratio_of_few);
	g_test_add_func("/interval/batches", test_batches);
	g_test_add_func("/interval/simulated", test_simulated);
	return g_test_run();
}
