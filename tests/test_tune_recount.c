/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parts of tuning counted again in the plainest way: what runs say of targets, which point is named, which are kept clear,
 * over points of few positions and few costs, so that ties, ends and equal values come up all the time.
 */
#include <glib.h>
#include <gsl/gsl_cdf.h>
#include <math.h>

#include "kernel/rng.h"
#include "kernel/time.h"
#include "run/lattice.h"
#include "run/tune.h"

enum { RUNS = 6, POINTS = 14, SIDE = 4 };

static bool same(double a, double b)
{
	return (isnan(a) && isnan(b)) || fabs(a - b) <= 1e-9 * fmax(1.0, fabs(b));
}

#define SAME(got, want)                                                                                      \
	do {                                                                                                 \
		double got_ = (got), want_ = (want);                                                         \
		if (!same(got_, want_))                                                                      \
			g_error("%s: %.12g, not %.12g", #got, got_, want_);                                  \
	} while (0)

/* ---- what runs say --------------------------------------------------------------------------------------------------- */

/* Chance of at least k of n, term by term. */
static double at_least(uint64_t n, uint64_t k, double p)
{
	double sum = 0.0;

	for (uint64_t i = k; i <= n; i++) {
		double term = 1.0;

		for (uint64_t j = 0; j < i; j++)
			term *= p * (double)(n - j) / (double)(j + 1);
		sum += term * pow(1.0 - p, (double)(n - i));
	}
	return fmin(sum, 1.0);
}

struct say {
	double estimate, good, bad,
		then;            /* chances of so good, so bad, and so good with all runs there will be */
	bool holds, hard, alike; /* hard: to be kept in every run; alike: all runs have the same slack */
	uint32_t runs;
};

static struct say count(
	const struct nap_tune_target *t, uint32_t k, const struct nap_tune_run *run, uint32_t n, double scale)
{
	struct say s = { .estimate = (double)NAN, .holds = true, .alike = true };
	double slack[RUNS], part = 0.0, whole = 0.0, mean = 0.0, squares = 0.0;

	for (uint32_t i = 0; i < n; i++) {
		double p = (double)run[i].seen[k].part, w = (double)run[i].seen[k].whole;

		if (w > 0.0) {
			slack[s.runs++] = t->at_least ? p - t->bound * w : t->bound * w - p;
			part += p;
			whole += w;
		}
	}
	if (s.runs == 0)
		return s;
	s.estimate = part / whole;
	s.holds = t->at_least ? s.estimate >= t->bound : s.estimate <= t->bound;
	s.hard = t->bound == (t->at_least ? 1.0 : 0.0);
	for (uint32_t i = 0; i < s.runs; i++) {
		mean += slack[i] / s.runs;
		s.alike &= slack[i] == slack[0];
	}
	for (uint32_t i = 0; i < s.runs; i++)
		squares += pow(slack[i] - mean, 2);
	if (t->kind == NAP_TUNE_UNITS) {
		double wrong = t->at_least ? whole - part : part, p = t->at_least ? t->bound : 1.0 - t->bound;
		uint64_t many = (uint64_t)round(whole), then = (uint64_t)round(whole * scale);
		uint64_t bad = (uint64_t)round(wrong), later = (uint64_t)round(wrong * scale);

		s.good = at_least(many, many - bad, p);
		s.bad = 1.0 - at_least(many, many - bad + 1, p);
		s.then = at_least(then, then - MIN(later, then), p);
	} else if (s.runs == 1) {
		s.good = s.bad = s.then = 1.0;
	} else if (s.alike) {
		s.good = mean >= 0.0 ? 1.0 / (s.runs + 2.0) : 1.0;
		s.bad = mean < 0.0 ? 1.0 / (s.runs + 2.0) : 1.0;
		s.then = mean >= 0.0 ? 1.0 / (s.runs * scale + 2.0) : 1.0;
	} else {
		double error = sqrt(squares / (s.runs - 1.0) / s.runs);

		s.good = gsl_cdf_tdist_Q(mean / error, s.runs - 1.0);
		s.bad = 1.0 - s.good;
		s.then = gsl_cdf_tdist_Q(mean / error * sqrt(scale), s.runs * scale - 1.0);
	}
	return s;
}

static double missed_by(const struct nap_tune_target *t, double estimate)
{
	double wrong = t->at_least ? t->bound - estimate : estimate - t->bound;
	double allowed = t->at_least ? 1.0 - t->bound : t->bound;

	return fmax(0.0, wrong) / (allowed > 0.0 ? allowed : t->at_least ? 0.001 : 10.0);
}

static void check_judged(
	const struct nap_tune_rule *rule, const struct nap_tune_run *run, uint32_t n, uint32_t planned)
{
	struct nap_tune_verdict v = nap_tune_judge(rule, run, n, planned);
	double doubt = 0.0, unseen = 0.0, most = 0.0;
	double by[NAP_TUNE_TARGETS] = { 0.0 };
	bool meets = true, sure = true, sure_not = false;
	uint32_t worst = rule->n_targets;

	for (uint32_t k = 0; k < rule->n_targets; k++) {
		const struct nap_tune_target *t = &rule->target[k];
		struct say s = count(t, k, run, n, (double)planned / n);
		bool never_else = s.hard || (t->kind == NAP_TUNE_RATIO && s.alike), ok = s.holds,
		     is_sure = true;

		SAME(v.estimate[k], s.estimate);
		if (s.runs == 0)
			continue;
		if (rule->certain) {
			doubt += ok ? 0.0 : 1.0;
		} else if (s.hard) {
			double own = ok ? 1.0 / (s.runs + 2.0) : 1.0;

			unseen = fmax(unseen, own);
			is_sure = !ok || n == planned || own <= rule->accept;
		} else {
			doubt += never_else ? 0.0 : s.good;
			unseen = fmax(unseen, never_else ? s.good : 0.0);
			is_sure = n == planned || fmin(s.good, s.bad) <= rule->accept;
			ok = ok && (rule->accept >= 1.0 || never_else || s.then <= rule->accept);
		}
		meets &= ok;
		sure &= is_sure;
		sure_not |= !ok && is_sure;
		by[k] = ok ? -1.0 : missed_by(t, s.estimate);
		if (!ok && (worst == rule->n_targets || by[k] > most + 1e-9)) {
			worst = k;
			most = by[k];
		}
	}
	g_assert_true(v.meets == meets && v.sure == (sure || sure_not));
	/* of two that are missed alike, but for the last digit, either */
	g_assert_true(v.worst == worst || (v.worst < rule->n_targets && same(by[v.worst], most)));
	SAME(v.shortfall, most);
	SAME(v.unseen, unseen);
	SAME(v.doubt, fmin(1.0, doubt + unseen));
}

static void test_judge(void)
{
	static const double bounds[] = { 0.0, 0.25, 0.5, 0.75, 0.9, 1.0 },
			    accepts[] = { 0.02, 0.2, 1.0 / 6.0, 1.0 };
	struct nap_rng r = nap_rng_stream(11, 0, 0, NAP_RNG_SEARCH);

	for (int i = 0; i < 60000; i++) {
		struct nap_tune_rule rule = { .n_targets = 1 + nap_rng_below(&r, 3),
			.accept = accepts[nap_rng_below(&r, 4)],
			.certain = nap_rng_below(&r, 12) == 0 };
		struct nap_tune_run run[RUNS] = { { .cost = 0.0 } };
		uint32_t n = rule.certain ? 1 : 1 + nap_rng_below(&r, RUNS), alike = nap_rng_below(&r, 3);

		for (uint32_t k = 0; k < rule.n_targets; k++) {
			rule.target[k] = (struct nap_tune_target){ "t", nap_rng_below(&r, 2),
				nap_rng_below(&r, 2), bounds[nap_rng_below(&r, 6)] };
			for (uint32_t j = 0; j < n; j++) {
				run[j].seen[k].whole = nap_rng_below(&r, 6) ? 4 : 4 * nap_rng_below(&r, 3);
				run[j].seen[k].part = nap_rng_below(&r, (uint32_t)run[j].seen[k].whole + 1);
				if (alike == 0)
					run[j] = run[0];
			}
		}
		check_judged(&rule, run, n, n * (1 + nap_rng_below(&r, 3)));
	}
}

/* ---- which is named ---------------------------------------------------------------------------------------------------- */

struct plane {
	struct nap_tune_space space;
	struct nap_tune_point point[POINTS];
	struct nap_tune_run run[POINTS][RUNS];
	uint32_t n;
};

static const int64_t values[SIDE] = { 100, 120, 150, 200 };

static void draw_point(struct plane *w, struct nap_tune_point *p, struct nap_rng *r, uint32_t i)
{
	*p = (struct nap_tune_point){ .n = 1 + nap_rng_below(r, 4), .run = w->run[i] };
	for (uint32_t k = 0; k < w->space.axes; k++)
		p->at[k] = nap_rng_below(r, SIDE);
	for (uint32_t j = 0; j < p->n; j++) {
		uint32_t spread = 1 + 2 * nap_rng_below(r, 2);

		w->run[i][j].cost = 1000.0 + 100.0 * nap_rng_below(r, 3) + nap_rng_below(r, spread);
		w->run[i][j].packets = 50.0 + 10.0 * nap_rng_below(r, 2);
	}
	p->verdict.meets = nap_rng_below(r, 4) != 0;
	p->verdict.shortfall = p->verdict.meets ? 0.0 : 0.5 * nap_rng_below(r, 3);
	p->refuted = nap_rng_below(r, 8) == 0 ? 1 + nap_rng_below(r, 2) : 0;
}

static void draw_plane(struct plane *w, struct nap_rng *r)
{
	static const double margins[] = { 0.0, 0.02, 0.2, 0.25 };

	w->space.axes = 1 + nap_rng_below(r, 2);
	for (uint32_t k = 0; k < w->space.axes; k++)
		w->space.axis[k] = (struct nap_tune_axis){ values, SIDE, margins[nap_rng_below(r, 4)],
			nap_rng_below(r, 2) };
	w->n = 1 + nap_rng_below(r, POINTS);
	for (uint32_t i = 0; i < w->n; i++)
		draw_point(w, &w->point[i], r, i);
}

static bool beside(
	const struct plane *w, const struct nap_tune_point *a, const struct nap_tune_point *b, uint32_t axis)
{
	return w->space.axes == 1 || a->at[!axis] == b->at[!axis];
}

static void check_clear(struct plane *w)
{
	nap_tune_keep_clear(&w->space, w->point, w->n);
	for (uint32_t i = 0; i < w->n; i++) {
		const struct nap_tune_point *p = &w->point[i];
		bool near = false;

		for (uint32_t k = 0; k < w->space.axes; k++) {
			const struct nap_tune_axis *a = &w->space.axis[k];
			uint32_t bad = SIDE, good = p->at[k], got_good, got_bad;

			for (uint32_t j = 0; j < w->n; j++) {
				const struct nap_tune_point *q = &w->point[j];
				int apart = abs((int)q->at[k] - (int)p->at[k]);

				if (!beside(w, p, q, k))
					continue;
				if (q->at[k] > p->at[k] && (!q->verdict.meets || q->refuted))
					bad = MIN(bad, q->at[k]);
				near |= q->refuted && apart < 1 << (q->refuted - 1);
			}
			for (uint32_t j = 0; j < w->n; j++)
				if (beside(w, p, &w->point[j], k) && w->point[j].at[k] < bad)
					good = MAX(good, w->point[j].at[k]);
			g_assert_true(nap_tune_cliff(&w->space, w->point, w->n, (int)i, k, &got_good,
					      &got_bad) == (bad < SIDE));
			g_assert_true(got_good == good && (bad == SIDE || got_bad == bad));
			if (bad < SIDE && a->margin > 0.0)
				near |= (double)values[p->at[k]] >
					(double)values[a->dense ? bad - 1 : bad] * (1.0 - a->margin);
		}
		g_assert_true(p->near_cliff == near);
	}
}

/* Costs of b less a share of a's, in pairs. */
static struct nap_tune_gap gap(const struct nap_tune_point *a, const struct nap_tune_point *b, double share)
{
	struct nap_tune_gap g = { 0.0, (double)NAN, 0.0, a->n < b->n ? a->n : b->n };
	double d[RUNS], squares = 0.0;

	for (uint32_t i = 0; i < g.n; i++) {
		d[i] = b->run[i].cost - share * a->run[i].cost;
		g.mean += d[i] / g.n;
		g.of += a->run[i].cost / g.n;
	}
	for (uint32_t i = 0; i < g.n; i++)
		squares += pow(d[i] - g.mean, 2);
	if (g.n >= 2)
		g.error = sqrt(squares / (g.n - 1.0)) / sqrt(g.n);
	return g;
}

static bool decided(const struct nap_tune_gap *g, double off)
{
	return isnan(g->error) || g->error == 0.0 ||
	       gsl_cdf_tdist_Q(fabs(off) / g->error, g->n - 1.0) < 0.02275;
}

static double packets(const struct nap_tune_point *p, uint32_t n)
{
	double sum = 0.0;

	for (uint32_t i = 0; i < n; i++)
		sum += p->run[i].packets / n;
	return sum;
}

/* Is b to be named rather than a? */
static bool rather(
	const struct nap_tune_rule *rule, const struct nap_tune_point *a, const struct nap_tune_point *b)
{
	struct nap_tune_gap g = gap(a, b, 1.0);
	double share = fabs(g.mean / g.of), pa = packets(a, g.n), pb = packets(b, g.n);

	if ((share > rule->tie && decided(&g, g.mean)) || share > rule->better)
		return g.mean < 0.0;
	return fabs(pa - pb) / pa > rule->tie ? pb < pa : b->at[0] > a->at[0];
}

static bool may(const struct nap_tune_point *p)
{
	return p->verdict.meets && !p->near_cliff && p->refuted == 0;
}

static void check_choice(const struct nap_tune_rule *rule, const struct plane *w)
{
	int best = -1;
	uint32_t nearest = 0;
	double chance = 0.0;

	for (uint32_t i = 0; i < w->n; i++) {
		const struct nap_tune_point *p = &w->point[i], *q = &w->point[nearest];

		if (may(p) && (best < 0 || rather(rule, &w->point[best], p)))
			best = (int)i;
		if (p->verdict.shortfall < q->verdict.shortfall ||
			(p->verdict.shortfall == q->verdict.shortfall &&
				p->verdict.meets > q->verdict.meets) ||
			(p->verdict.shortfall == q->verdict.shortfall &&
				p->verdict.meets == q->verdict.meets && p->at[0] < q->at[0]))
			nearest = i;
	}
	g_assert_cmpint(nap_tune_choose(rule, w->point, w->n), ==, best);
	g_assert_cmpint(nap_tune_nearest(w->point, w->n), ==, (int)nearest);
	if (best < 0)
		return;
	for (uint32_t i = 0; i < w->n; i++) {
		struct nap_tune_gap g = gap(&w->point[best], &w->point[i], 1.0 - rule->better);
		struct nap_tune_gap h = nap_tune_compare(&w->point[best], &w->point[i], 1.0 - rule->better);

		SAME(h.mean, g.mean);
		SAME(h.error, g.error);
		SAME(h.of, g.of);
		g_assert_true(h.n == g.n && nap_tune_decided(&h, 3.0) == decided(&g, 3.0));
		if ((int)i == best || !may(&w->point[i]))
			continue;
		chance = fmax(chance, g.error > 0.0  ? gsl_cdf_tdist_Q(g.mean / g.error, g.n - 1.0)
				      : g.mean < 0.0 ? 1.0
						     : 0.0);
	}
	SAME(nap_tune_better(rule, w->point, w->n, best), chance);
}

static void test_choice(void)
{
	const struct nap_tune_rule rule = { .tie = 0.001, .better = 0.05, .accept = 0.05 };
	struct nap_rng r = nap_rng_stream(12, 0, 0, NAP_RNG_SEARCH);

	for (int i = 0; i < 20000; i++) {
		static struct plane w;

		draw_plane(&w, &r);
		check_clear(&w);
		check_choice(&rule, &w);
	}
}

/* ---- the values of a search ---------------------------------------------------------------------------------------------- */

/* The largest step people write that is at most so much, looked up among all of them. */
static int64_t step_at_most(double most, bool time)
{
	static const int64_t seconds[] = { 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200 };
	int64_t step = 1;

	for (int64_t ten = 1; ten < INT64_C(100000000000000000); ten *= 10)
		for (int k = 0; k < 3; k++) {
			int64_t s = ten * (k == 0 ? 1 : k == 1 ? 2 : 5);

			if ((double)s <= most && !(time && s > 5 * NAP_S))
				step = s;
		}
	for (uint32_t k = 0; time && k < G_N_ELEMENTS(seconds); k++)
		if ((double)(seconds[k] * NAP_S) <= most)
			step = seconds[k] * NAP_S;
	return step;
}

static void check_lattice(int64_t lo, int64_t hi, double share, bool time)
{
	struct nap_lattice l;
	int64_t v = lo;

	nap_lattice_init(&l, lo, hi, share, time);
	for (uint32_t i = 0; i < l.n; i++) {
		int64_t step = step_at_most((double)(v > hi / 1000 ? v : hi / 1000) * share, time), next;

		g_assert_cmpint(l.value[i], ==, v);
		g_assert_true((v == hi) == (i + 1 == l.n));
		g_assert_cmpuint(nap_lattice_at_most(l.value, l.n, (double)v), ==, i);
		g_assert_cmpuint(nap_lattice_at_most(l.value, l.n, (double)v - 0.5), ==, i ? i - 1 : 0);
		for (next = v + 1; next < hi && next % step; next++)
			next += step - next % step - 1;
		v = next < hi ? next : hi;
	}
	nap_lattice_clear(&l);
}

static void test_lattice(void)
{
	static const int64_t lows[] = { 0, 1, 7, 10, 99, 1000 };
	static const int64_t highs[] = { 1000, 1001, 4999, 100000 };
	static const int64_t times[] = { NAP_S, 9 * NAP_S, 10 * NAP_S, 59 * NAP_S, 10 * NAP_MIN, 24 * NAP_H };

	for (size_t i = 0; i < G_N_ELEMENTS(lows); i++)
		for (size_t k = 0; k < G_N_ELEMENTS(highs); k++)
			for (int s = 1; s < 100; s *= 2)
				check_lattice(lows[i], highs[k], s / 100.0, false);
	for (size_t i = 0; i < G_N_ELEMENTS(times); i++)
		for (size_t k = i; k < G_N_ELEMENTS(times); k++)
			for (int s = 5; s <= 100; s += 5)
				check_lattice(times[i], times[k], s / 100.0, true);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tune/judged-again", test_judge);
	g_test_add_func("/tune/chosen-again", test_choice);
	g_test_add_func("/tune/lattice-again", test_lattice);
	return g_test_run();
}
