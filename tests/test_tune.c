/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tuning against closed forms: clients of a fixed interval behind timers that are drawn, with the cost and the losses that
 * arithmetic gives, so that the best value is known, and how often the named one misses the targets can be counted.
 */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

#include "kernel/dist.h"
#include "kernel/rng.h"
#include "long.h"
#include "run/lattice.h"
#include "run/tune.h"
#include "stats/tails.h"

/* ---- tails ------------------------------------------------------------------------------------------------------------------ */

static void test_tails(void)
{
	static const uint64_t trials[] = { 1, 2, 10, 300, 4000, 1000000 };
	static const double chances[] = { 0.001, 0.01, 0.3, 0.5, 0.99, 0.999 };

	for (size_t i = 0; i < G_N_ELEMENTS(trials); i++)
		for (size_t k = 0; k < G_N_ELEMENTS(chances); k++)
			for (int step = -3; step <= 3; step++) {
				double n = (double)trials[i], p = chances[k];
				double at = round(n * p + step * sqrt(n * p * (1.0 - p)));
				double exact;

				if (at < 1.0 || at > n)
					continue;
				exact = gsl_cdf_beta_P(p, at, n - at + 1.0);
				g_assert_cmpfloat_with_epsilon(
					nap_binomial_at_least(trials[i], (uint64_t)at, p), exact, 1e-8);
			}
	for (double freedom = 1.0; freedom < 2000.0; freedom *= 3.0)
		for (double t = -6.0; t < 7.0; t += 0.5)
			g_assert_cmpfloat_with_epsilon(
				nap_student_above(t, freedom), gsl_cdf_tdist_Q(t, freedom), 1e-10);
	for (double freedom = 1.0; freedom < 100000.0; freedom *= 1.7)
		for (double tail = 0.4; tail > 1e-4; tail /= 2.0)
			g_assert_cmpfloat(
				fabs(nap_student_quantile(tail, freedom) / gsl_cdf_tdist_Qinv(tail, freedom) -
					1.0),
				<, 1e-9);
	for (double a = 0.5; a < 40.0; a *= 1.13)
		for (double p = 0.01; p < 1.0; p += 0.05) {
			double exact = gsl_cdf_chisq_Pinv(p, 2.0 * a) / 2.0;

			g_assert_cmpfloat(fabs(nap_gamma_quantile(p, a) / exact - 1.0), <, 1e-10);
			g_assert_cmpfloat_with_epsilon(nap_gamma_share(a, exact), p, 1e-10);
		}
	g_assert_true(nap_beta_share(2.0, 3.0, 0.0) == 0.0 && nap_beta_share(2.0, 3.0, 1.0) == 1.0);
	g_assert_true(nap_binomial_at_least(5, 0, 0.1) == 1.0 && nap_binomial_at_least(5, 6, 0.9) == 0.0);
}

/* ---- the values of a search --------------------------------------------------------------------------------------------------- */

static void test_lattice(void)
{
	struct nap_lattice l;

	nap_lattice_init(&l, 10 * NAP_S, 2 * NAP_H, 0.01, true);
	g_assert_cmpint(l.value[0], ==, 10 * NAP_S);
	g_assert_cmpint(l.value[1], ==, 10100 * NAP_MS);
	g_assert_cmpint(l.value[l.n - 1], ==, 2 * NAP_H);
	for (uint32_t i = 1; i < l.n; i++) {
		g_assert_cmpint(l.value[i], >, l.value[i - 1]);
		g_assert_true((double)(l.value[i] - l.value[i - 1]) <= 0.01 * (double)l.value[i - 1]);
		g_assert_cmpuint(nap_lattice_at_most(l.value, l.n, (double)l.value[i]), ==, i);
		g_assert_cmpuint(nap_lattice_at_most(l.value, l.n, (double)l.value[i] - 1.0), ==, i - 1);
	}
	nap_lattice_clear(&l);
	nap_lattice_init(&l, 1, 40, 0.01, false);
	g_assert_cmpuint(l.n, ==, 40);
	nap_lattice_clear(&l);
	nap_lattice_init(&l, 7, 7, 0.01, false);
	g_assert_cmpuint(l.n, ==, 1);
	nap_lattice_clear(&l);
}

/* ---- a world of arithmetic ------------------------------------------------------------------------------------------------------ */

enum { SUBSCRIBERS = 20 };

struct world {
	struct nap_dist timer; /* each subscriber's, ns */
	uint64_t seed;
	double noise; /* of the cost, a share of it, the same for all values of a replication but for a part in ten */
	struct nap_tune tune;
	struct nap_lattice lattice;
	uint64_t asked;
};

static struct nap_tune_run run_at(const struct world *w, nap_time interval, uint32_t replication)
{
	struct nap_tune_run run = { .cost = 0.0 };
	struct nap_rng own = nap_rng_stream(w->seed + (uint64_t)interval, replication, 0, NAP_RNG_PUSH);

	for (uint32_t s = 0; s < SUBSCRIBERS; s++) {
		struct nap_rng r = nap_rng_stream(w->seed, replication, s, NAP_RNG_APP);
		nap_time timer = nap_dist_draw_time(&w->timer, &r);
		bool dead = interval > timer;

		/* a keepalive costs 1, a reconnect 3; who is dead connects again at each keepalive */
		run.packets += (double)NAP_DAY / (double)interval;
		run.cost += (double)NAP_DAY / (double)interval * (dead ? 4.0 : 1.0);
		run.cost += 50.0 * w->noise * (nap_rng_unit(&r) + 0.1 * nap_rng_unit(&own));
		run.seen[0].part += dead ? 0 : 1;
		run.seen[0].whole++;
	}
	return run;
}

static bool evaluate(void *ctx, const struct nap_tune_ask *ask, uint32_t n)
{
	struct world *w = ctx;

	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < ask[i].count; k++, w->asked++)
			ask[i].run[k] = run_at(w, w->lattice.value[ask[i].at[0]], ask[i].first + k);
	return true;
}

static void begin(struct world *w, struct nap_dist timer, double users, uint64_t seed)
{
	*w = (struct world){ .timer = timer, .seed = seed, .noise = 0.1 };
	nap_lattice_init(&w->lattice, 5 * NAP_S, NAP_H, 0.01, true);
	w->tune = (struct nap_tune){
		.space = { .axis = { { w->lattice.value, w->lattice.n, 0.02, true } }, .axes = 1 },
		.rule = { .target = { { "users", NAP_TUNE_UNITS, true, users } },
			.n_targets = 1,
			.tie = 0.001,
			.better = 0.01 },
		.confidence = 0.95,
		.first = 10,
		.most = users < 1.0 ? (uint32_t)(40.0 / (1.0 - users) / SUBSCRIBERS) : 64,
		.confirm = true,
		.downward = true,
		.evaluate = evaluate,
		.ctx = w,
	};
	w->tune.first = MIN(w->tune.first, w->tune.most);
}

/* The named interval in seconds, 0 when none is. */
static double named(const struct world *w)
{
	return w->tune.named < 0 ? 0.0
				 : nap_time_seconds(w->lattice.value[w->tune.point[w->tune.named].at[0]]);
}

static void end(struct world *w)
{
	nap_tune_clear(&w->tune);
	nap_lattice_clear(&w->lattice);
}

static double named_of(struct nap_dist timer, double users, uint64_t seed)
{
	struct world w;
	double seconds;

	begin(&w, timer, users, seed);
	g_assert_true(nap_tune_run(&w.tune));
	seconds = named(&w);
	end(&w);
	return seconds;
}

/* One timer: two hundredths below it, to the next value of the lattice, and never above. */
static void test_one_timer(void)
{
	static const double timers[] = { 17.3, 30.0, 60.0, 65.0, 119.0, 300.0, 1799.0 };

	for (size_t i = 0; i < G_N_ELEMENTS(timers); i++)
		for (int all = 0; all < 2; all++) {
			double s = named_of(nap_dist_constant(timers[i] * 1e9), all ? 1.0 : 0.99, i + 1);

			g_test_message("timer %g s: %g s", timers[i], s);
			g_assert_cmpfloat(s, <=, 0.98 * timers[i]);
			g_assert_cmpfloat(s, >=, 0.95 * timers[i]);
		}
}

/* A timer beyond the range: the longest interval there is. One below it: none, and the nearest is the shortest. */
static void test_ends(void)
{
	struct world w;

	g_assert_cmpfloat(named_of(nap_dist_constant(7200e9), 1.0, 1), ==, 3600.0);
	begin(&w, nap_dist_constant(2e9), 0.99, 1);
	g_assert_true(nap_tune_run(&w.tune));
	g_assert_cmpint(w.tune.named, ==, -1);
	g_assert_cmpuint(w.tune.point[w.tune.nearest].at[0], ==, 0);
	g_assert_cmpfloat(w.tune.point[w.tune.nearest].verdict.estimate[0], ==, 0.0);
	end(&w);
}

/* Two kinds of boxes: the short timer counts as soon as more subscribers have it than may fail. */
static void test_two_points(void)
{
	static const struct {
		double users;
		unsigned short_of; /* how many of a thousand have 30 s, the others 300 s */
		double timer;
	} rows[] = { { 0.99, 2, 300.0 }, { 0.99, 30, 30.0 }, { 0.95, 20, 300.0 }, { 0.95, 100, 30.0 },
		{ 0.80, 100, 300.0 }, { 1.0, 30, 30.0 } };
	double values[1000];

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct nap_dist d = { NAP_DIST_EMPIRICAL, 1000, 0.0, 0.0, values };
		double s;

		for (unsigned k = 0; k < 1000; k++)
			values[k] = k < rows[i].short_of ? 30e9 : 300e9;
		s = named_of(d, rows[i].users, 7);
		g_test_message("%u of 1000 with 30 s, %g %% asked for: %g s", rows[i].short_of,
			100.0 * rows[i].users, s);
		g_assert_cmpfloat(s, <=, 0.98 * rows[i].timer);
		g_assert_cmpfloat(s, >=, 0.94 * rows[i].timer);
	}
}

/* Lognormal timers: the quantile that as many as may fail are below, less what proof and margin take. */
static void test_lognormal(void)
{
	static const struct {
		double users, sigma;
	} rows[] = { { 0.90, 0.5 }, { 0.95, 0.3 }, { 0.99, 0.5 }, { 0.99, 0.1 } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		double q = 120.0 * exp(gsl_cdf_ugaussian_Pinv(1.0 - rows[i].users) * rows[i].sigma);
		struct nap_dist d = { NAP_DIST_LOGNORMAL, 0, 120e9, rows[i].sigma, NULL };
		double s = named_of(d, rows[i].users, 3);

		g_test_message("%g %% of lognormal 120 s %g: quantile %g s, named %g s",
			100.0 * rows[i].users, rows[i].sigma, q, s);
		g_assert_cmpfloat(s, <=, q);
		g_assert_cmpfloat(s, >=, q * (0.93 - 0.4 * rows[i].sigma));
	}
}

/*
 * Over many seeds: no more of the named values miss the target than is allowed, nor than they say of themselves. Timers of all
 * subscribers are drawn anew by each seed, so each is a search of its own; the truth is the distribution.
 */
static void check_confidence(
	struct nap_dist timer, double users, double margin, double (*below)(double seconds))
{
	uint32_t seeds = how_many(30, 1000), wrong = 0, none = 0;
	double said = 0.0, most;

	for (uint32_t seed = 1; seed <= seeds; seed++) {
		struct world w;

		begin(&w, timer, users, UINT64_C(1000003) * seed);
		w.tune.space.axis[0].margin = margin; /* without one, nothing but the proof keeps it below */
		g_assert_true(nap_tune_run(&w.tune));
		if (w.tune.named < 0)
			none++;
		else if (below(named(&w)) > 1.0 - users)
			wrong++;
		said += w.tune.named < 0 ? 0.0 : w.tune.violation;
		end(&w);
	}
	/* three standard errors of the count itself */
	most = said + 3.0 * sqrt(said + 1.0);
	g_test_message("%u seeds: %u miss the target, %.1f said so, %u named none", seeds, wrong, said, none);
	g_assert_cmpfloat(wrong, <=, most);
	g_assert_cmpfloat(wrong, <=, 0.05 * seeds + 3.0 * sqrt(0.05 * seeds));
	g_assert_cmpuint(none, <=, seeds / 50);
}

static double below_lognormal(double seconds)
{
	return gsl_cdf_ugaussian_P(log(seconds / 120.0) / 0.5);
}

/* Thirty-one of a thousand have 30 s: at 97 % they fail just so. */
static double below_two(double seconds)
{
	return seconds > 300.0 ? 1.0 : seconds > 30.0 ? 0.031 : 0.0;
}

static void test_confidence_lognormal(void)
{
	check_confidence(
		(struct nap_dist){ NAP_DIST_LOGNORMAL, 0, 120e9, 0.5, NULL }, 0.95, 0.0, below_lognormal);
}

static void test_confidence_two_points(void)
{
	double values[1000];

	for (unsigned k = 0; k < 1000; k++)
		values[k] = k < 31 ? 30e9 : 300e9;
	check_confidence(
		(struct nap_dist){ NAP_DIST_EMPIRICAL, 1000, 0.0, 0.0, values }, 0.97, 0.02, below_two);
}

/* ---- the cheapest, when costs are noisy ------------------------------------------------------------------------------------ */

struct noisy {
	struct nap_tune tune;
	struct nap_lattice lattice;
	uint64_t seed;
};

/* Least at 300. */
static double true_cost(double x)
{
	double off = log(x / 300.0);

	return 1000.0 * (1.0 + 0.2 * off * off);
}

/* Noise of a tenth of the cost, of which most is that of the replication, the same for all. */
static bool evaluate_noisy(void *ctx, const struct nap_tune_ask *ask, uint32_t n)
{
	struct noisy *w = ctx;

	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < ask[i].count; k++) {
			double x = (double)w->lattice.value[ask[i].at[0]];
			struct nap_rng r = nap_rng_stream(w->seed, ask[i].first + k, 0, NAP_RNG_APP);
			struct nap_rng own =
				nap_rng_stream(w->seed + (uint64_t)x, ask[i].first + k, 1, NAP_RNG_APP);
			double noise = nap_rng_unit(&r) - 0.5 + 0.5 * (nap_rng_unit(&own) - 0.5);

			ask[i].run[k] = (struct nap_tune_run){ .cost = true_cost(x) * (1.0 + 0.3 * noise) };
			ask[i].run[k].seen[0].part = ask[i].run[k].seen[0].whole = 1;
		}
	return true;
}

/*
 * The chance that n runs decide, at UNDECIDED = 2.275 % by Student's t, that the least is not cheaper than a value by a
 * hundredth, though it is by `excess`. Paired differences have a standard deviation of 0.15 sqrt(2 / 12) of the cost. Student's
 * noncentral distribution as the mean of the normal one over that of the error, which has n - 1 degrees of freedom.
 */
static double wrongly_decided(uint32_t n, double excess)
{
	enum { STEPS = 200 };
	double freedom = n - 1.0, critical = gsl_cdf_tdist_Qinv(0.02275, freedom);
	double off = (excess - 0.01) * sqrt(n) / (0.15 * sqrt(2.0 / 12.0)), sum = 0.0;

	for (unsigned i = 0; i < STEPS; i++) {
		double error = sqrt(gsl_cdf_chisq_Pinv((i + 0.5) / STEPS, freedom) / freedom);

		sum += gsl_cdf_ugaussian_Q(critical * error + off) / STEPS;
	}
	return sum;
}

/* Of all values tried that are dearer by three hundredths: that it stands against the least at one of the looks, 4 runs to 128. */
static double chance_of_far(const struct noisy *w)
{
	double sum = 0.0;

	for (uint32_t i = 0; i < w->tune.n_points; i++) {
		double excess = true_cost((double)w->lattice.value[w->tune.point[i].at[0]]) / 1000.0 - 1.0;

		for (uint32_t n = w->tune.first; excess > 0.03 && n <= w->tune.most; n *= 2)
			sum += wrongly_decided(n, excess);
	}
	return sum;
}

/* Is some other value that was tried cheaper in truth by a hundredth? Not more often than the search says. */
static void test_better(void)
{
	uint32_t seeds = how_many(200, 1000), beaten = 0, far = 0;
	double said = 0.0, far_most = 0.0;

	for (uint32_t seed = 1; seed <= seeds; seed++) {
		struct noisy w = { .seed = UINT64_C(7919) * seed };
		double cost, least = (double)INFINITY;

		nap_lattice_init(&w.lattice, 10, 10000, 0.01, false);
		w.tune = (struct nap_tune){
			.space = { .axis = { { w.lattice.value, w.lattice.n, 0.0, true } }, .axes = 1 },
			.rule = { .target = { { "reachable", NAP_TUNE_RATIO, true, 0.9 } },
				.n_targets = 1,
				.tie = 0.001,
				.better = 0.01 },
			.confidence = 0.95,
			.first = 4,
			.most = 128,
			.confirm = true,
			.evaluate = evaluate_noisy,
			.ctx = &w,
		};
		g_assert_true(nap_tune_run(&w.tune));
		g_assert_cmpint(w.tune.named, >=, 0);
		cost = true_cost((double)w.lattice.value[w.tune.point[w.tune.named].at[0]]);
		for (uint32_t i = 0; i < w.tune.n_points; i++)
			least = fmin(least, true_cost((double)w.lattice.value[w.tune.point[i].at[0]]));
		beaten += least < 0.99 * cost ? 1 : 0;
		far += cost > 1030.0 ? 1 : 0;
		far_most += chance_of_far(&w);
		said += w.tune.better;
		nap_tune_clear(&w.tune);
		nap_lattice_clear(&w.lattice);
	}
	g_test_message("%u seeds: %u beaten by a hundredth, %.1f said so; %u dearer than the least by three, "
		       "%.1f at most",
		seeds, beaten, said, far, far_most);
	g_assert_cmpfloat(beaten, <=, said + 3.0 * sqrt(said + 1.0));
	g_assert_cmpfloat(far, <=, far_most + 3.0 * sqrt(far_most + 1.0));
}

/* ---- where replications go ---------------------------------------------------------------------------------------------------- */

/* A cliff is found with few points, and points that are far from it get few replications. */
static void test_effort(void)
{
	struct world w;
	uint32_t deep = 0;

	begin(&w, nap_dist_constant(61e9), 0.99, 1);
	g_assert_true(nap_tune_run(&w.tune));
	for (uint32_t i = 0; i < w.tune.n_points; i++)
		deep += w.tune.point[i].n > w.tune.first ? 1 : 0;
	g_test_message("%u points of %u, %u of them with more than %u replications, %" G_GUINT64_FORMAT
		       " in all",
		w.tune.n_points, w.lattice.n, deep, w.tune.first, w.asked);
	g_assert_cmpuint(w.tune.n_points, <, 40);
	g_assert_cmpuint(deep, <, w.tune.n_points / 2);
	g_assert_cmpuint(w.asked, ==, w.tune.runs);
	end(&w);
}

/* ---- several keys, ties, cheapest inside ---------------------------------------------------------------------------------------- */

struct bowl {
	struct nap_tune tune;
	struct nap_lattice x, y;
	int kind;
};

static bool evaluate_bowl(void *ctx, const struct nap_tune_ask *ask, uint32_t n)
{
	struct bowl *b = ctx;

	for (uint32_t i = 0; i < n; i++) {
		double x = (double)b->x.value[ask[i].at[0]],
		       y = b->y.n ? (double)b->y.value[ask[i].at[1]] : 0.0;
		struct nap_tune_run run = { .cost = 0.0 };

		if (b->kind == 0) { /* least at x = 300, y = 40, askew; only below x + y = 500 */
			run.cost = 1000.0 + (x - 300.0) * (x - 300.0) / 90.0 + (y - 40.0) * (y - 40.0) / 2.0 +
				   (x - 300.0) * (y - 40.0) / 20.0;
			run.seen[0].part = x + y <= 500.0 ? 1000 : 0;
		} else if (b->kind == 2) { /* a ridge: the larger x the better, and y must be larger still */
			run.cost = 2000.0 - x;
			run.seen[0].part = x <= 4.0 * y ? 1000 : 0;
		} else { /* all cost the same; fewest packets from 400 on */
			run.cost = 1000.0;
			run.packets = fmax(400.0, 1000.0 - x);
			run.seen[0].part = x <= 800.0 ? 1000 : 0;
		}
		run.seen[0].whole = 1000;
		for (uint32_t k = 0; k < ask[i].count; k++)
			ask[i].run[k] = run;
	}
	return true;
}

static void begin_bowl(struct bowl *b, int kind)
{
	*b = (struct bowl){ .kind = kind };
	nap_lattice_init(&b->x, 10, 1000, 0.01, false);
	if (kind != 1)
		nap_lattice_init(&b->y, 1, 200, 0.01, false);
	b->tune = (struct nap_tune){
		.space = { .axis = { { b->x.value, b->x.n, 0.0, true }, { b->y.value, b->y.n, 0.0, true } },
			.axes = kind == 1 ? 1 : 2 },
		.rule = { .target = { { "reachable", NAP_TUNE_RATIO, true, 0.99 } },
			.n_targets = 1,
			.tie = 0.001,
			.better = 0.01,
			.certain = true },
		.confidence = 0.95,
		.first = 1,
		.most = 1,
		.confirm = true,
		.evaluate = evaluate_bowl,
		.ctx = b
	};
}

static void test_two_keys(void)
{
	struct bowl b;

	begin_bowl(&b, 0);
	g_assert_true(nap_tune_run(&b.tune));
	g_assert_cmpint(b.tune.named, >=, 0);
	g_test_message("%u points: %g", b.tune.n_points, b.tune.point[b.tune.named].run[0].cost);
	g_assert_cmpfloat(b.tune.point[b.tune.named].run[0].cost, <=, 1000.0 * 1.003);
	g_assert_true(b.tune.violation == 0.0);
	g_assert_cmpuint(b.tune.n_points, <, 200);
	nap_tune_clear(&b.tune);
	nap_lattice_clear(&b.x);
	nap_lattice_clear(&b.y);
}

static void test_ridge(void)
{
	struct bowl b;

	begin_bowl(&b, 2);
	g_assert_true(nap_tune_run(&b.tune));
	g_test_message("%u points: %g", b.tune.n_points, b.tune.point[b.tune.named].run[0].cost);
	g_assert_cmpfloat(b.tune.point[b.tune.named].run[0].cost, <=, (2000.0 - 800.0) * 1.01);
	g_assert_cmpuint(b.tune.n_points, <, 300);
	nap_tune_clear(&b.tune);
	nap_lattice_clear(&b.x);
	nap_lattice_clear(&b.y);
}

static void test_ties(void)
{
	struct bowl b;

	begin_bowl(&b, 1);
	g_assert_true(nap_tune_run(&b.tune));
	g_assert_cmpint(b.x.value[b.tune.point[b.tune.named].at[0]], ==, 800);
	nap_tune_clear(&b.tune);
	nap_lattice_clear(&b.x);
}

/* ---- the rule alone -------------------------------------------------------------------------------------------------------------- */

static struct nap_tune_verdict judge(struct nap_tune_target target, uint64_t part, uint64_t whole, uint32_t n)
{
	struct nap_tune_rule rule = { .target = { target }, .n_targets = 1, .accept = 0.05 };
	g_autofree struct nap_tune_run *run = g_new0(struct nap_tune_run, n);

	for (uint32_t i = 0; i < n; i++) {
		run[i].seen[0].part = part / n + (i < part % n ? 1 : 0);
		run[i].seen[0].whole = whole / n;
	}
	return nap_tune_judge(&rule, run, n, n);
}

static void test_judge(void)
{
	const struct nap_tune_target users = { "users", NAP_TUNE_UNITS, true, 0.99 };
	const struct nap_tune_target never = { "bindings-lost", NAP_TUNE_RATIO, false, 0.0 };
	struct nap_tune_verdict v;

	/* 0.99^298 = 5.003 %, 0.99^299 = 4.95 % */
	v = judge(users, 298, 298, 298);
	g_assert_false(v.meets);
	v = judge(users, 299, 299, 299);
	g_assert_true(v.meets);
	g_assert_cmpfloat_with_epsilon(v.doubt, pow(0.99, 299), 1e-12);
	v = judge(users, 990, 1000, 100);
	g_assert_false(v.meets); /* as good as asked for, which proves nothing */
	g_assert_cmpuint(v.worst, ==, 0);
	g_assert_cmpfloat(v.shortfall, ==, 0.0);
	v = judge(users, 980, 1000, 100);
	g_assert_true(v.sure);
	g_assert_cmpfloat_with_epsilon(v.shortfall, 1.0, 1e-9); /* twice as many fail as may */
	v = judge(never, 0, 100, 18);
	g_assert_true(v.meets);
	g_assert_cmpfloat(v.doubt, ==, 1.0 / 20.0);
	v = judge(never, 1, 100, 18);
	g_assert_false(v.meets);
	g_assert_true(v.sure);
	v = judge(never, 0, 0, 18); /* nothing to judge */
	g_assert_true(v.meets && isnan(v.estimate[0]) && v.doubt == 0.0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tune/tails", test_tails);
	g_test_add_func("/tune/lattice", test_lattice);
	g_test_add_func("/tune/judge", test_judge);
	g_test_add_func("/tune/one-timer", test_one_timer);
	g_test_add_func("/tune/ends", test_ends);
	g_test_add_func("/tune/two-points", test_two_points);
	g_test_add_func("/tune/lognormal", test_lognormal);
	g_test_add_func("/tune/confidence/lognormal", test_confidence_lognormal);
	g_test_add_func("/tune/confidence/two-points", test_confidence_two_points);
	g_test_add_func("/tune/better", test_better);
	g_test_add_func("/tune/effort", test_effort);
	g_test_add_func("/tune/two-keys", test_two_keys);
	g_test_add_func("/tune/ridge", test_ridge);
	g_test_add_func("/tune/ties", test_ties);
	return g_test_run();
}
