/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Discovery of boxes that nobody tuned it for: random trackers, timers, tables, quotas, ports, chains and paths. What it says is
 * compared with what the boxes themselves say, and no more of it may be wrong than its own bounds allow.
 */
#include <glib.h>

#include "discovery_draw.h"
#include "discovery_judge.h"
#include "kernel/fmath.h"
#include "long.h"
#include "report/discovery_report.h"

/* --- the comparison --- */

struct tally {
	uint32_t n[VERDICTS];
	double allowed; /* sum of the bounds of all that was said */
	double slowest; /* s of real time */
	GArray *ratio;  /* of double: until all timers were known, against the longest */
};

/* What was found of a story's timer by packets to a port of the server's, 0: to the usual one; true when that is not wrong. */
static bool compare(const struct nap_scenario *sc, const struct nap_discovery *d, uint64_t seed,
	const struct story *s, uint16_t port, struct tally *all)
{
	const struct nap_finding *f = nap_discovery_find(d, s->test, port);
	nap_time transit = nap_trials_transit(nap_discovery_trials(d));
	struct span t = truth(sc, seed, s);
	enum verdict v = judge(f, &t, age_limit(sc), transit);
	g_autofree char *value = nap_finding_value(f);

	all->n[v]++;
	all->allowed += f->error;
	if (v != RIGHT)
		g_test_message(
			"box %u %s port %u: %s: %s, alive at %.3f s, bound %.1e, truth %.3f to %.3f s (%s)",
			(unsigned)seed, s->test, port, verdict_words[v], value,
			nap_time_seconds(f->bracket.alive), f->error, nap_time_seconds(t.least),
			nap_time_seconds(t.most), f->detail);
	return v == RIGHT || v == UNSURE || v == UNTOLD;
}

/* All timers that the discovery found; true when none is wrong. No box treats ports of the server's apart. */
static bool compare_all(
	const struct nap_scenario *sc, const struct nap_discovery *d, uint64_t seed, struct tally *all)
{
	bool right = true;

	for (uint32_t i = 0; i < G_N_ELEMENTS(stories); i++) {
		right = compare(sc, d, seed, &stories[i], 0, all) && right;
		for (uint32_t k = 0; k < nap_n_test_ports; k++)
			if (nap_discovery_find(d, stories[i].test, nap_test_ports[k]))
				right = compare(sc, d, seed, &stories[i], nap_test_ports[k], all) && right;
	}
	return right;
}

/* The names of the stories' tests, NULL-terminated. */
static const char *const *story_tests(void)
{
	static const char *names[G_N_ELEMENTS(stories) + 1];

	for (uint32_t i = 0; i < G_N_ELEMENTS(stories); i++)
		names[i] = stories[i].test;
	return names;
}

static void one_box(uint64_t seed, struct tally *all)
{
	struct nap_rng r = nap_rng_stream(seed, 0, 0, NAP_RNG_SEARCH);
	g_autofree char *text = draw_discovery_scenario(&r);
	struct nap_scenario *sc = scenario_of_text(text);
	struct nap_prober *prober = nap_prober_sim_new(sc, seed);
	struct nap_discovery_options o = nap_discovery_defaults;
	gint64 begin = g_get_monotonic_time();
	struct nap_discovery_summary s;
	struct nap_discovery *d;
	double ratio, took;

	o.only = story_tests();
	o.seed = seed;
	if (seed % 3 == 0)
		draw_as_live(&o, prober);
	if (seed % 8) /* most of them without the tests of ports, which take longer than all others */
		prober->can &= ~(uint32_t)NAP_CAN_ANY_PORT;
	if (seed % 4 == 3 || g_getenv("NATNAP_SOCKETS")) /* some as nobody, without crafted segments */
		prober->can &= ~(uint32_t)NAP_CAN_RAW_TCP;
	d = nap_discovery_new(prober, &o);
	while (!nap_discovery_done(d))
		nap_discovery_turn(d, NAP_NEVER);
	took = (double)(g_get_monotonic_time() - begin) / 1e6;
	all->slowest = MAX(all->slowest, took);
	nap_discovery_summary(d, &s);
	ratio = s.longest ? (double)s.timers / (double)s.longest : 0;
	g_array_append_val(all->ratio, ratio);
	if (!compare_all(sc, d, seed, all))
		g_test_message("%s", text);
	if (g_getenv("NATNAP_EACH"))
		g_test_message("box %u: %.2f times the longest, %.1f s of real time\n%s", (unsigned)seed,
			ratio, took, text);
	nap_discovery_free(d);
	prober->ops->free(prober);
	nap_scenario_free(sc);
}

/* The chance of at least n events where `mean` are expected (Poisson). */
static double chance_of(uint32_t n, double mean)
{
	double term = nap_exp(-mean), below = 0;

	for (uint32_t i = 0; i < n; i++) {
		below += term;
		term *= mean / (i + 1);
	}
	return 1 - below;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static uint32_t number_from(const char *variable, uint32_t usual)
{
	const char *text = g_getenv(variable);

	return text ? (uint32_t)g_ascii_strtoull(text, NULL, 10) : usual;
}

/* NATNAP_BOX: the first box' number; NATNAP_BOXES: how many; NATNAP_EACH: tells of each; NATNAP_SOCKETS: none by crafted
 * segments. */
static void test_random_boxes(void)
{
	uint32_t n = number_from("NATNAP_BOXES", how_many(100, 1000)),
		 first = number_from("NATNAP_BOX", (uint32_t)g_test_rand_int() >> 2), wrong;
	struct tally all = { .ratio = g_array_new(FALSE, FALSE, sizeof(double)) };

	for (uint32_t i = 0; i < n; i++)
		one_box((uint64_t)first + i, &all);
	qsort(all.ratio->data, all.ratio->len, sizeof(double), by_size);
	wrong = all.n[WRONG] + all.n[FALSE_VARIES];
	g_test_message("%u boxes from %u on: right %u, wrong %u, said to vary %u, unsure %u, without a "
		       "reason %u, not compared %u; the bounds "
		       "allow %.2f; slowest %.1f s; all timers known after %.2f times the longest (median), "
		       "three quarters within %.2f",
		n, first, all.n[RIGHT], all.n[WRONG], all.n[FALSE_VARIES], all.n[UNSURE], all.n[SILENT],
		all.n[UNTOLD], all.allowed, all.slowest, g_array_index(all.ratio, double, n / 2),
		g_array_index(all.ratio, double, n * 3 / 4));
	g_assert_cmpuint(all.n[SILENT], ==, 0);
	g_assert_cmpuint(all.n[UNTOLD] * 100, <=, all.n[RIGHT]);
	g_assert_cmpfloat(chance_of(wrong, all.allowed), >, 1e-4);
	g_array_free(all.ratio, TRUE);
}

/*
 * Boxes whose timers were once said to vary, or to be shorter than they are, as what ended flows was not their age: a table that the
 * survey's flows and those of trials filled together, dropped early or with an outer box whose timers are longer; restarts after which
 * flows in use opened themselves anew; what an outer box knew of ports that other flows had had; limits of age. One never ended.
 */
static void test_once_misjudged(void)
{
	static const uint32_t number[] = { 83530232, 83530282, 83530436, 83530778, 83530788, 83530897,
		97700421, 6420527, 6420867, 8420511 };
	struct tally all = { .ratio = g_array_new(FALSE, FALSE, sizeof(double)) };

	for (uint32_t i = 0; i < G_N_ELEMENTS(number); i++)
		one_box(number[i], &all);
	g_assert_cmpuint(all.n[WRONG] + all.n[FALSE_VARIES] + all.n[SILENT], ==, 0);
	g_array_free(all.ratio, TRUE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	if (!g_getenv("NATNAP_BOX"))
		g_test_add_func("/discovery/once-misjudged", test_once_misjudged);
	g_test_add_func("/discovery/random-boxes", test_random_boxes);
	return g_test_run();
}
