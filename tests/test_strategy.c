/* SPDX-License-Identifier: BSD-2-Clause */
/* Searches and loss bounds against plain models: no path, no packets. */
#include <math.h>

#include <glib.h>

#include "discovery/loss.h"
#include "discovery/strategy.h"
#include "discovery/timer_search.h"
#include "kernel/fmath.h"
#include "kernel/rng.h"

static struct nap_timer_goal goal = {
	.first = 8 * NAP_S, .most = 8 * NAP_DAY, .resolution = NAP_S, .width = 16
};

/*
 * Search a timer of exactly `timer` without any loss; returns the rounds it took and, in *elapsed, their time: candidates of a
 * round begin as the strategy says, and a death calls the longer ones off.
 */
static uint32_t search(const struct nap_strategy *s, nap_time timer, struct nap_bracket *b, nap_time *elapsed)
{
	nap_time out[NAP_STRATEGY_WIDTH];
	uint32_t rounds = 0;

	*b = (struct nap_bracket){ 0, NAP_NEVER };
	*elapsed = 0;
	while (!nap_bracket_done(&goal, b)) {
		uint32_t n = s->next(&goal, b, out);
		double late = b->dead == NAP_NEVER ? s->stagger : 0;
		nap_time longest = 0;

		g_assert_cmpuint(n, >=, 1);
		g_assert_cmpuint(n, <=, NAP_STRATEGY_WIDTH);
		for (uint32_t i = 0; i < n; i++) {
			g_assert_cmpint(out[i], >, b->alive - (i && out[i] == out[i - 1]));
			g_assert_cmpint(out[i], <=, goal.most);
			if (i)
				g_assert_cmpint(out[i], >=, out[i - 1]);
			longest = out[i] + (nap_time)(late * (double)(out[i] - out[0]));
			if (out[i] < timer) {
				g_assert_true(nap_bracket_alive(b, out[i]));
				continue;
			}
			g_assert_true(nap_bracket_dead(b, out[i]));
			break; /* longer ones are called off */
		}
		*elapsed += longest;
		rounds++;
		g_assert_cmpuint(rounds, <, 200);
	}
	return rounds;
}

/* The default strategy finds a usual timer in one wave, any other in two. */
static void test_waves(void)
{
	static const nap_time usual[] = { 30, 60, 120, 300, 3600, 7200, 7440, 86400 };
	struct nap_timer_goal saved = goal;
	struct nap_bracket b;
	nap_time elapsed;

	goal.width = 512;
	goal.repeats = 5;
	for (uint32_t i = 0; i < G_N_ELEMENTS(usual); i++) {
		g_assert_cmpuint(search(nap_strategies[0], usual[i] * NAP_S, &b, &elapsed), ==, 1);
		g_assert_cmpfloat(nap_time_seconds(elapsed), <, 1.13 * (double)usual[i] + 1);
	}
	for (nap_time timer = 11 * NAP_S + 1; timer < 2 * NAP_H; timer += timer / 17) {
		g_assert_cmpuint(search(nap_strategies[0], timer, &b, &elapsed), <=, 2);
		g_assert_cmpfloat(nap_time_seconds(elapsed), <, 2.16 * nap_time_seconds(timer) + 2);
	}
	goal = saved;
}

/* Where there are flows enough for steps of the resolution, any timer is found in one wave, with neighbours that repeat it. */
static void test_fine_wave(void)
{
	struct nap_timer_goal saved = goal;
	struct nap_bracket b;
	nap_time elapsed;

	goal.width = 1000;
	goal.repeats = 5;
	goal.resolution = 10 * NAP_S;
	goal.most = 3780 * NAP_S;
	for (nap_time timer = 9 * NAP_S; timer < goal.most; timer += 7 * NAP_S + 1) {
		g_assert_cmpuint(search(nap_strategies[0], timer, &b, &elapsed), ==, 1);
		g_assert_cmpfloat(nap_time_seconds(elapsed), <, 1.13 * (nap_time_seconds(timer) + 10));
	}
	goal = saved;
}

/*
 * Flows open at once, were all to live: the candidates that have begun and not ended, at any time, are about as many as the
 * width says.
 */
static void test_room(void)
{
	static const uint32_t widths[] = { 4, 16, 70, 200, 512 };
	struct nap_timer_goal saved = goal;
	nap_time out[NAP_STRATEGY_WIDTH];

	for (uint32_t k = 0; k < G_N_ELEMENTS(widths); k++) {
		struct nap_bracket b = { 0, NAP_NEVER };
		double late = nap_strategies[0]->stagger;
		uint32_t n, most = 0;

		goal.width = widths[k];
		goal.repeats = 5;
		n = nap_strategies[0]->next(&goal, &b, out);
		for (uint32_t i = 0; i < n; i++) { /* when candidate i begins */
			double begin = late * (double)out[i];
			uint32_t open = 0;

			for (uint32_t j = 0; j <= i; j++)
				open += (1 + late) * (double)out[j] > begin;
			most = MAX(most, open);
		}
		g_test_message("width %u: %u candidates, at most %u at once", widths[k], n, most);
		g_assert_cmpuint(most, <=, widths[k] * 5 / 4 + 6);
	}
	goal = saved;
}

static void test_strategies(void)
{
	static const nap_time timers[] = { 3 * NAP_S, 30 * NAP_S, 31 * NAP_S + 7, 120 * NAP_S, 7440 * NAP_S,
		86400 * NAP_S, 432000 * NAP_S, 5 * NAP_DAY + 12345 };

	for (uint32_t s = 0; nap_strategies[s]; s++)
		for (uint32_t i = 0; i < G_N_ELEMENTS(timers); i++) {
			struct nap_bracket b;
			nap_time elapsed;

			search(nap_strategies[s], timers[i], &b, &elapsed);
			g_assert_cmpint(b.alive, <, timers[i]);
			g_assert_cmpint(b.dead, >=, timers[i]);
			g_assert_cmpint(b.dead - b.alive, <=, goal.resolution);
			/* even one flow at a time: doubling costs twice the timer, each halving about once, a wrong first guess its own length */
			g_assert_cmpint(elapsed, <, 40 * timers[i] + 300 * NAP_S);
			g_test_message("%s: %.0f s timer found in %.1f times its length",
				nap_strategies[s]->name, nap_time_seconds(timers[i]),
				(double)elapsed / (double)timers[i]);
		}
}

/* Doubling and bisection take as many trials as arithmetic says. */
static void test_bisect_steps(void)
{
	struct nap_bracket b;
	nap_time elapsed;
	uint32_t rounds = search(nap_strategy_find("bisect"), 1000 * NAP_S, &b, &elapsed);

	/* 8, 16 ... 1024: 8 trials; then 512 s halved to 1 s: 9 trials */
	g_assert_cmpuint(rounds, ==, 17);
}

static void test_beyond(void)
{
	for (uint32_t s = 0; nap_strategies[s]; s++) {
		struct nap_bracket b;
		nap_time elapsed;

		search(nap_strategies[s], NAP_NEVER, &b, &elapsed);
		g_assert_cmpint(b.alive, ==, goal.most);
		g_assert_cmpint(b.dead, ==, NAP_NEVER);
	}
}

static void test_round(void)
{
	static const struct {
		double alive, dead, round;
	} rows[] = { { 29.6, 30.4, 30 }, { 7439.2, 7440.1, 7440 }, { 65.149, 65.359, 65.3 },
		{ 86399, 86400, 86400 }, { 0, 1.2, 1 } };

	for (uint32_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct nap_bracket b = { (nap_time)(rows[i].alive * 1e9), (nap_time)(rows[i].dead * 1e9) };

		g_assert_cmpfloat_with_epsilon(nap_time_seconds(nap_bracket_round(&b)), rows[i].round, 1e-9);
	}
}

/* A timer that is uniform between 60 and 70 s is told from a fixed one, and its shortest life found. */
static void test_varying(void)
{
	struct nap_rng r = nap_rng_stream(1, 0, 0, NAP_RNG_SEARCH);
	uint32_t told = 0, n = 1000;

	for (uint32_t k = 0; k < n; k++) {
		struct nap_timer_search s;
		struct nap_finding f = { .bracket = { 0, NAP_NEVER } };
		nap_time out[NAP_ROUND];
		uint32_t got;

		goal.repeats = 5;
		nap_timer_search_init(&s, &goal, nap_strategies[0]);
		while ((got = nap_timer_search_next(&s, &f, out)) > 0) {
			nap_time useless = NAP_NEVER;

			for (uint32_t i = 0; i < got && out[i] < useless; i++) {
				nap_time life = 60 * NAP_S + (nap_time)(nap_rng_unit(&r) * 10e9);

				f.trials++;
				if (out[i] < life)
					nap_timer_search_alive(&s, &f, out[i]);
				else
					useless = nap_time_min(
						useless, nap_timer_search_dead(&s, &f, out[i], out[i], 0));
			}
		}
		told += f.state == NAP_FINDING_VARIES;
		if (f.state == NAP_FINDING_VARIES) {
			g_assert_cmpint(f.bracket.dead, >=, 60 * NAP_S);
			g_assert_cmpint(
				f.bracket.alive, <=, 66 * NAP_S); /* 12 lives in a row at 66 s: 0.4^12 */
		}
	}
	g_test_message("%u of %u told to vary", told, n);
	g_assert_cmpuint(told, >=, n * 99 / 100);
}

/* A search for a timer between lo and hi s, where the first flow that is idle for `stray` s or longer dies of something else. */
static void search_with_stray(double lo, double hi, double stray, struct nap_rng *r, struct nap_finding *f)
{
	struct nap_timer_search s;
	nap_time out[NAP_ROUND];
	bool met = false;
	uint32_t got;

	*f = (struct nap_finding){ .bracket = { 0, NAP_NEVER } };
	goal.repeats = 5;
	nap_timer_search_init(&s, &goal, nap_strategies[0]);
	while ((got = nap_timer_search_next(&s, f, out)) > 0) {
		nap_time useless = NAP_NEVER;

		for (uint32_t i = 0; i < got && out[i] < useless; i++) {
			double life = lo + nap_rng_unit(r) * (hi - lo), idle = nap_time_seconds(out[i]);

			f->trials++;
			if (!met && idle >= stray) {
				met = true;
				nap_timer_search_dead(&s, f, out[i], out[i], 0);
			} else if (idle < life) {
				nap_timer_search_alive(&s, f, out[i]);
			} else {
				useless = nap_time_min(
					useless, nap_timer_search_dead(&s, f, out[i], out[i], 0));
			}
		}
	}
}

/* A flow that something else has ended, a restart or a full table, makes no timer vary, and not one that does shorter. */
static void test_stray_death(void)
{
	struct nap_rng r = nap_rng_stream(1, 0, 0, NAP_RNG_SEARCH);

	for (uint32_t k = 0; k < 100; k++) {
		struct nap_finding f;

		search_with_stray(60, 60, 20 + k / 5.0, &r, &f);
		g_assert_cmpint(f.state, ==, NAP_FINDING_DONE);
		g_assert_cmpint(f.bracket.alive, <=, 60 * NAP_S);
		g_assert_cmpint(f.bracket.dead, >=, 60 * NAP_S);
		search_with_stray(60, 70, 20 + k / 5.0, &r, &f);
		g_assert_cmpint(f.bracket.dead, >=, 60 * NAP_S);
	}
}

/* A timer that varies by less than the resolution does not vary, as far as anybody asked. */
static void test_small_variation(void)
{
	struct nap_rng r = nap_rng_stream(3, 0, 0, NAP_RNG_SEARCH);
	uint32_t done = 0, n = 200;

	for (uint32_t k = 0; k < n; k++) {
		struct nap_finding f;

		search_with_stray(60 + k / 100.0, 60.25 + k / 100.0, HUGE_VAL, &r, &f);
		done += f.state == NAP_FINDING_DONE;
		g_assert_cmpfloat(nap_time_seconds(f.bracket.alive), <=, 60.25 + k / 100.0);
		g_assert_cmpfloat(nap_time_seconds(f.bracket.dead), >=, 60 + k / 100.0);
	}
	g_test_message("%u of %u found", done, n);
	g_assert_cmpuint(done, >=, n * 95 / 100);
}

/* The bound of loss holds, at its stated rate, over many measurements of a known loss. */
static void test_loss_bound(void)
{
	struct nap_rng r = nap_rng_stream(7, 0, 0, NAP_RNG_LOSS);
	static const double losses[] = { 0.001, 0.05, 0.3 };

	for (uint32_t i = 0; i < G_N_ELEMENTS(losses); i++) {
		uint32_t low = 0, n = 4000;

		for (uint32_t k = 0; k < n; k++) {
			struct nap_loss l = { 0 };
			nap_time took[200];

			for (uint32_t j = 0; j < 200; j++)
				took[j] = nap_rng_unit(&r) >= losses[i] ? NAP_MS : NAP_NEVER;
			nap_loss_add(&l, took, 200);
			low += nap_loss_bound(&l, NAP_MS, 0.01) < losses[i];
		}
		g_assert_cmpuint(low, <=, n / 100); /* Chernoff's bound is on the safe side */
	}
}

/* Many questions that an outage has met, each answered when it was over, leave what is known of the path as it is. */
static void test_loss_outage(void)
{
	struct nap_loss l = { 0 };
	nap_time took[200];
	uint64_t before, failed, after;

	for (uint32_t i = 0; i < 200; i++)
		took[i] = i % 20 ? NAP_MS : NAP_NEVER;
	nap_loss_add(&l, took, 200);
	nap_loss_after(&l, NAP_MS, &before, &failed);
	for (uint32_t i = 0; i < 35; i++)
		took[i] = NAP_NEVER;
	took[35] = NAP_MS;
	for (uint32_t k = 0; k < 100; k++)
		nap_loss_add(&l, took, 36);
	nap_loss_after(&l, NAP_MS, &after, &failed);
	g_assert_cmpuint(after, ==, before);
	g_assert_cmpuint(failed, ==, 9); /* the tenth came first */
}

static void test_loss_bursts(void)
{
	static const int fates[] = { 1, 1, 0, 0, 0, 1, 0, 1, 1, 1 };
	struct nap_loss l = { 0 };
	nap_time took[G_N_ELEMENTS(fates)];
	uint64_t after, failed;

	for (uint32_t i = 0; i < G_N_ELEMENTS(fates); i++)
		took[i] = fates[i] ? NAP_MS : NAP_NEVER;
	nap_loss_add(&l, took, G_N_ELEMENTS(fates));
	nap_loss_after(&l, NAP_MS, &after, &failed);
	g_assert_cmpuint(l.sent, ==, 10);
	g_assert_cmpuint(l.lost, ==, 4);
	g_assert_cmpuint(after, ==, 5); /* only packets whose predecessor arrived count */
	g_assert_cmpuint(failed, ==, 2);
	g_assert_cmpuint(nap_loss_copies(0.1, 1.01e-3), ==, 3);
	g_assert_cmpuint(nap_loss_copies(0.5, 1e-3), ==, 10);
	g_assert_cmpuint(nap_loss_copies(1, 1e-3), ==, 0);
	g_assert_cmpfloat(nap_loss_bound(&(struct nap_loss){ 0 }, NAP_S, 1e-3), ==, 1);
	g_assert_cmpint(nap_loss_in_time(&(struct nap_loss){ 0 }), ==, 0);
}

/* One packet of 300 takes two seconds: what is in time does not change, and that one counts as lost. */
static void test_late(void)
{
	struct nap_loss l = { 0 };
	nap_time took[300];
	uint64_t after, failed;
	double before;

	for (uint32_t i = 0; i < 300; i++)
		took[i] = 40 * NAP_MS + i % 10 * NAP_MS;
	nap_loss_add(&l, took, 300);
	g_assert_cmpint(nap_loss_in_time(&l), ==, 49 * NAP_MS);
	before = nap_loss_bound(&l, 49 * NAP_MS, 1e-3);
	took[150] = 2 * NAP_S;
	l = (struct nap_loss){ 0 };
	nap_loss_add(&l, took, 300);
	g_assert_cmpint(nap_loss_in_time(&l), ==, 49 * NAP_MS);
	nap_loss_after(&l, 49 * NAP_MS, &after, &failed);
	g_assert_cmpuint(failed, ==, 1);
	g_assert_cmpuint(l.lost, ==, 0);
	g_assert_cmpfloat(nap_loss_bound(&l, 49 * NAP_MS, 1e-3), >, before);
	for (uint32_t k = 0; k < 20; k++) { /* the way has become longer: the old fates are forgotten */
		for (uint32_t i = 0; i < 300; i++)
			took[i] = 100 * NAP_MS;
		nap_loss_add(&l, took, 300);
	}
	g_assert_cmpint(nap_loss_in_time(&l), ==, 100 * NAP_MS);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/strategy/strategies", test_strategies);
	g_test_add_func("/strategy/waves", test_waves);
	g_test_add_func("/strategy/fine-wave", test_fine_wave);
	g_test_add_func("/strategy/room", test_room);
	g_test_add_func("/strategy/bisect-steps", test_bisect_steps);
	g_test_add_func("/strategy/beyond", test_beyond);
	g_test_add_func("/strategy/round", test_round);
	g_test_add_func("/strategy/varying", test_varying);
	g_test_add_func("/strategy/stray-death", test_stray_death);
	g_test_add_func("/strategy/small-variation", test_small_variation);
	g_test_add_func("/strategy/loss-bound", test_loss_bound);
	g_test_add_func("/strategy/loss-bursts", test_loss_bursts);
	g_test_add_func("/strategy/loss-outage", test_loss_outage);
	g_test_add_func("/strategy/late", test_late);
	return g_test_run();
}
