/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parts that a radio is inferred by (radio/level.h, radio/border.h), each against its definition, worked out the long way: densities,
 * floors, borders, stretches of two levels. What is fitted to samples is compared with what was recorded, too.
 */
#include <glib.h>
#include <math.h>
#include <stdlib.h>

#include "kernel/fmath.h"
#include "radio/border.h"
#include "recorded.h"

enum { MOST = 240 };

static double between(struct nap_rng *r, double lo, double hi)
{
	return lo + nap_rng_unit(r) * (hi - lo);
}

static void same_bits(double a, double b)
{
	g_assert_cmpfloat_with_epsilon(a, b, 1e-11 * fmax(1.0, fabs(b)));
}

/* ---- one probe in a level ------------------------------------------------------------------------------------------- */

/* Of a spread of 2^-6 s and a cycle of 1 s, all numbers being exact: is a round trip covered, and how far is it from the sawtooth? */
static const struct {
	double idle, rtt, cycle;
	bool even, covered;
	double deviation;
} probes[] = {
	{ 1.0, 0.25, 0.0, false, true, 0.0 },
	{ 1.0, 0.25 + 4.0 / 64, 0.0, false, false, 4.0 / 64 },
	{ 1.0, 0.25 + 3.875 / 64, 0.0, false, true, 3.875 / 64 },
	{ 1.0, 0.25 - 4.0 / 64, 0.0, false, false, 4.0 / 64 },
	{ 1.0, 0.25 - 3.875 / 64, 0.0, false, true, 3.875 / 64 },
	{ 4.0, 0.5, 1.0, false, true, 0.0 },
	{ 4.25, 0.5, 1.0, false, true, 0.25 },
	{ 4.5, 0.5, 1.0, false, true, 0.5 },
	{ 4.625, 0.5, 1.0, false, true, 0.375 },
	{ 4.0, 1.25 + 4.0 / 64, 1.0, false, false, 0.25 - 4.0 / 64 },
	{ 4.0, 1.25 + 3.875 / 64, 1.0, false, true, 0.25 - 3.875 / 64 },
	{ 4.0, 0.25 - 4.0 / 64, 1.0, false, false, 0.25 + 4.0 / 64 },
	{ 4.0, 0.25 - 3.875 / 64, 1.0, false, true, 0.25 + 3.875 / 64 },
	{ 4.0, 0.75, 1.0, true, true, 0.25 },
	{ 4.0, 1.25 + 4.0 / 64, 1.0, true, false, 0.25 - 4.0 / 64 },
};

static struct level level_of(double cycle, bool even)
{
	return (struct level){ .cycle = cycle,
		.even = even,
		.anchor = cycle > 0.0 ? 0.5 : 0.0,
		.floor = 0.25,
		.spread = 1.0 / 64 };
}

/* 0.03 of outliers over 10 s, 0.75 on the sawtooth, 0.22 anywhere in the range and four spreads beyond it; evenly: 0.97 in it. */
static double density_of(const struct level *l, bool covered, double deviation)
{
	double range = l->cycle + 8 * l->spread, d = 0.03 / 10;

	if (covered && l->even)
		d += 0.97 / range;
	else if (covered)
		d += 0.75 / (2 * l->spread) * exp(-deviation / l->spread) + 0.22 / range;
	return log(d);
}

static void test_density(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(probes); i++) {
		struct level l = level_of(probes[i].cycle, probes[i].even);
		struct nap_rrc_probe p = { probes[i].idle, probes[i].rtt };

		g_assert_cmpint(level_covers(&l, &p), ==, probes[i].covered);
		g_assert_cmpfloat(level_deviation(&l, &p), ==, probes[i].deviation);
		same_bits(level_density(&l, &p), density_of(&l, probes[i].covered, probes[i].deviation));
	}
}

/* Of two cuts: share `before` as in the one before. */
static void test_cut_density(void)
{
	static const double shares[] = { 0.0, 0.25, 0.5, 0.75 };

	for (size_t i = 0; i < G_N_ELEMENTS(shares); i++)
		for (size_t k = 0; k < G_N_ELEMENTS(probes); k++) {
			struct cut c[2] = { { .level = level_of(0.0, false) },
				{ .level = level_of(1.0, probes[k].even), .before = shares[i] } };
			struct nap_rrc_probe p = { probes[k].idle, probes[k].rtt };
			double a = exp(level_density(&c[0].level, &p)),
			       b = exp(level_density(&c[1].level, &p));

			same_bits(cut_density(&c[1], &p), log(shares[i] * a + (1 - shares[i]) * b));
			same_bits(cut_density(&c[0], &p), log(a));
		}
}

/* ---- floors --------------------------------------------------------------------------------------------------------- */

static int by_rtt(const void *a, const void *b)
{
	const struct weighted_rtt *x = a, *y = b;

	return (x->rtt > y->rtt) - (x->rtt < y->rtt);
}

/* Round trips of sixteenths of a second, so that windows begin and end at some. */
static size_t draw_weighted(struct nap_rng *r, struct weighted_rtt *w)
{
	size_t n = 1 + nap_rng_below(r, 60);

	for (size_t i = 0; i < n; i++)
		w[i] = (struct weighted_rtt){ nap_rng_below(r, 40) / 16.0, (1 + nap_rng_below(r, 4)) / 4.0 };
	qsort(w, n, sizeof *w, by_rtt);
	return n;
}

/* All that lies in [from, from + cycle], from number `first` on. */
static double cover(const struct weighted_rtt *w, size_t first, size_t n, double cycle, size_t *last)
{
	double sum = 0.0;

	for (size_t i = first; i < n && w[i].rtt <= w[first].rtt + cycle; i++) {
		sum += w[i].weight;
		*last = i;
	}
	return sum;
}

static void check_window(const struct weighted_rtt *w, size_t n, double cycle)
{
	struct level l = { .cycle = cycle, .spread = 0.01 };
	struct nap_estimate e = level_floor(&l, w, n);
	double most = -1.0, lo = 0.0;
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		size_t last = i;
		double sum = cover(w, i, n, cycle, &last);

		if (sum > most) {
			most = sum;
			at = i;
			lo = fmax(fmax(0.0, w[last].rtt - cycle), i ? w[i - 1].rtt : 0.0);
		}
	}
	g_assert_cmpfloat(e.value, ==, w[at].rtt);
	g_assert_cmpfloat(e.hi, ==, w[at].rtt);
	g_assert_cmpfloat(e.lo, ==, lo);
}

static void check_median(const struct weighted_rtt *w, size_t n)
{
	struct level l = { .spread = 0.01 }, even = { .even = true, .cycle = 1.0, .spread = 0.01 };
	struct nap_estimate e = level_floor(&l, w, n), f = level_floor(&even, w, n);
	double all = 0.0, sum = 0.0;
	size_t at = 0;

	for (size_t i = 0; i < n; i++)
		all += w[i].weight;
	for (; at < n && sum + w[at].weight < all / 2; at++)
		sum += w[at].weight;
	g_assert_true(e.value == w[at].rtt && e.lo == e.value && e.hi == e.value);
	g_assert_true(f.value == w[n / 50].rtt && f.lo == f.value && f.hi == f.value);
}

static void test_floor(void)
{
	struct nap_rng r = nap_rng_stream(81, 0, 0, NAP_RNG_PHASE);
	struct weighted_rtt w[MOST];

	for (int k = 0; k < 2000; k++) {
		size_t n = draw_weighted(&r, w);

		check_window(w, n, (1 + nap_rng_below(&r, 16)) / 16.0);
		check_median(w, n);
	}
}

/* ---- samples -------------------------------------------------------------------------------------------------------- */

/* What answers: a constant, a sawtooth, even waits, or the first two by turns. */
struct source {
	double floor, cycle, anchor, jitter;
	bool even;
};

static struct source draw_source(struct nap_rng *r)
{
	static const double cycles[] = { 0.04, 0.08, 0.1024, 0.16, 0.3072, 0.32, 0.64, 1.28, 2.56 };
	uint32_t kind = nap_rng_below(r, 3);
	struct source s = { .floor = between(r, 0.02, 1.0), .jitter = between(r, 0.0005, 0.03) };

	if (kind > 0)
		s.cycle = cycles[nap_rng_below(r, G_N_ELEMENTS(cycles))] * between(r, 0.997, 1.003);
	s.even = kind == 2;
	s.anchor = between(r, 0.0, 1.0) * s.cycle;
	return s;
}

static double answer(const struct source *s, struct nap_rng *r, double idle)
{
	double x = s->anchor - s->floor - idle;

	if (nap_rng_below(r, 25) == 0) /* astray */
		return between(r, 0.0, 4.0);
	return s->floor + s->jitter * -nap_log(nap_rng_unit(r) + 1e-6) +
	       (s->cycle <= 0.0  ? 0.0
		       : s->even ? between(r, 0.0, s->cycle)
				 : x - floor(x / s->cycle) * s->cycle);
}

/* n probes from idle time *at on, in steps; some times several at once. */
static void draw_probes(
	struct nap_rng *r, const struct source *s, struct nap_rrc_probe *p, size_t n, double *at, double step)
{
	for (size_t i = 0; i < n; i++) {
		*at += nap_rng_below(r, 3) ? step : 0.0;
		p[i] = (struct nap_rrc_probe){ *at, answer(s, r, *at) };
	}
}

static void say_level(GString *s, const char *what, const struct level *l)
{
	g_string_append_printf(s, "  %s: cycle %.10g%s anchor %.10g floor %.10g spread %.10g: %.11g\n", what,
		l->cycle, l->even ? " even" : "", l->anchor, l->floor, l->spread, l->log_likelihood);
}

/* A level fitted to a stretch is that of a scan which grew to it, and as likely as its probes' densities say. */
static void fit(GString *s, const struct nap_rrc_probe *p, size_t n)
{
	struct weighted_rtt w[MOST];
	struct level_scan *scan = level_scan_new(p, n);
	struct level l = level_fit(p, n), grown;
	double ll = 0.0;

	level_scan_begin(scan, 0);
	for (size_t i = 0; i < n; i++) {
		level_scan_take(scan);
		w[i] = (struct weighted_rtt){ p[i].rtt, 1.0 };
	}
	grown = level_scan_fit(scan);
	g_assert_cmpint(memcmp(&grown.log_likelihood, &l.log_likelihood, sizeof(double)), ==, 0);
	level_scan_free(scan);
	say_level(s, "fitted", &l);
	qsort(w, n, sizeof *w, by_rtt);
	level_refine(&l, p, w, n);
	say_level(s, "refined", &l);
	for (size_t i = 0; i < n; i++)
		ll += level_density(&l, &p[i]);
	g_assert_cmpfloat_with_epsilon(ll, l.log_likelihood, 1e-9 * fabs(ll) + 1e-9);
}

static void test_fitted(void)
{
	g_autoptr(GString) now = g_string_new(NULL);

	for (uint32_t k = 0; k < 240; k++) {
		struct nap_rng r = nap_rng_stream(82, k, 0, NAP_RNG_PHASE);
		struct source s = draw_source(&r), t = nap_rng_below(&r, 3) ? s : draw_source(&r);
		size_t n = 1 + nap_rng_below(&r, k % 3 ? 100 : 20), m = nap_rng_below(&r, (uint32_t)n + 1);
		struct nap_rrc_probe p[MOST];
		double at = 0.0, step = between(&r, 0.02, 0.3);

		draw_probes(&r, &s, p, m, &at, step);
		draw_probes(&r, &t, p + m, n - m, &at, step);
		g_string_append_printf(now, "%u: %zu probes, cycle %.4g%s floor %.4g jitter %.4g\n", k, n,
			s.cycle, s.even ? " even" : "", s.floor, s.jitter);
		fit(now, p, n);
	}
	recorded_check("levels", now->str);
}

/* ---- borders -------------------------------------------------------------------------------------------------------- */

/* Two levels with a stretch between them; levels as they are, or fitted. */
struct pair {
	struct nap_rrc_probe p[MOST];
	size_t n;
	struct cut c[2];
};

static struct level exactly(const struct source *s)
{
	return (struct level){ .cycle = s->cycle,
		.even = s->even,
		.anchor = s->cycle > 0.0 ? s->anchor : 0.0,
		.floor = s->floor,
		.spread = fmax(0.001, s->jitter) };
}

/* Of the probes between two steps a share is answered as before, which stays or falls; or there is one step alone. */
static void draw_pair(struct pair *q, uint32_t k)
{
	struct nap_rng r = nap_rng_stream(83, k, 0, NAP_RNG_PHASE);
	struct source a = draw_source(&r), b = draw_source(&r);
	size_t first = 10 + nap_rng_below(&r, 50), between_them = nap_rng_below(&r, 100),
	       last = nap_rng_below(&r, 4) ? 10 + nap_rng_below(&r, 50) : 0;
	double at = 0.0, step = between(&r, 0.05, 0.4), share = between(&r, 0.1, 0.9);
	bool falls = nap_rng_below(&r, 3) == 0;

	if (nap_rng_below(&r, 3) == 0)
		b = a, b.floor += between(&r, 0.01, 0.1);
	draw_probes(&r, &a, q->p, first, &at, step);
	for (size_t i = first; i < first + between_them; i++) {
		double old = falls ? 1.0 - (double)(i - first) / (double)between_them : share;

		draw_probes(&r, nap_rng_unit(&r) < old ? &a : &b, q->p + i, 1, &at, step);
	}
	draw_probes(&r, &b, q->p + first + between_them, last, &at, step);
	q->n = first + between_them + last;
	q->c[0] = (struct cut){ .first = 0, .end = first, .level = exactly(&a) };
	q->c[1] = (struct cut){ .first = first, .end = q->n, .level = exactly(&b) };
	if (between_them == 0 && last == 0)
		draw_pair(q, k + 100000);
}

/* The likelihood of each place, and what lies within e^9.2 of the best. */
static void check_border(const struct pair *q)
{
	struct nap_estimate e = border_find(q->p, q->c);
	double ll[MOST] = { 0.0 }, best = -INFINITY, lo = -1.0, hi = -1.0, value = -1.0,
	       previous = q->p[0].idle;

	for (size_t i = 0; i < q->n; i++) { /* of a border before probe i */
		for (size_t k = 0; k < q->n; k++)
			ll[i] += cut_density(&q->c[k < i ? 0 : 1], &q->p[k]);
		if (i > 0 && q->p[i].idle > q->p[i - 1].idle + 1e-9 && ll[i] > best + 1e-9) {
			best = ll[i];
			value = q->p[i].idle;
		}
	}
	for (size_t i = 1; i < q->n; i++)
		if (q->p[i].idle > q->p[i - 1].idle + 1e-9) {
			previous = q->p[i - 1].idle;
			if (ll[i] > best - 9.2) {
				lo = lo < 0.0 ? previous : lo;
				hi = q->p[i].idle;
			}
		}
	g_assert_cmpfloat(e.value, ==, value);
	g_assert_cmpfloat(e.lo, ==, lo);
	g_assert_cmpfloat(e.hi, ==, hi);
}

/* The same where the timer is known to be smeared. */
static void say_smeared(GString *s, struct pair *q, const struct mixed *m)
{
	struct nap_estimate e;

	q->c[1].smeared = true;
	q->c[1].smear_from = q->p[m->first].idle;
	q->c[1].smear_to = q->p[MIN(m->end, q->n - 1)].idle;
	e = border_find(q->p, q->c);
	q->c[1].smeared = false;
	g_assert_cmpfloat(e.lo, <=, q->c[1].smear_from);
	g_assert_cmpfloat(e.hi, >=, q->c[1].smear_to);
	g_string_append_printf(s, "; smeared %.10g [%.10g, %.10g]", e.value, e.lo, e.hi);
}

static void test_borders(void)
{
	static const char *const kinds[] = { "none", "smear", "state" };
	g_autoptr(GString) now = g_string_new(NULL);
	uint32_t seen[3] = { 0 };

	for (uint32_t k = 0; k < 600; k++) {
		struct pair q;
		struct mixed m;

		draw_pair(&q, k);
		check_border(&q);
		m = border_mixed(q.p, q.c);
		seen[m.kind]++;
		g_string_append_printf(
			now, "%u: %s %zu to %zu, before %.10g", k, kinds[m.kind], m.first, m.end, m.before);
		say_smeared(now, &q, &m);
		g_string_append(now, "\n");
	}
	for (size_t i = 0; i < G_N_ELEMENTS(seen); i++)
		g_assert_cmpuint(seen[i], >, 20);
	recorded_check("borders", now->str);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/levels/density", test_density);
	g_test_add_func("/levels/cut-density", test_cut_density);
	g_test_add_func("/levels/floor", test_floor);
	g_test_add_func("/levels/fitted", test_fitted);
	g_test_add_func("/levels/borders", test_borders);
	return g_test_run();
}
