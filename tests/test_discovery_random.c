/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Discovery of boxes that nobody tuned it for: random trackers, timers, tables, quotas, ports, chains and paths. What it says is
 * compared with what the boxes themselves say, and no more of it may be wrong than its own bounds allow.
 */
#include <glib.h>

#include "discovery_scenario.h"
#include "discovery_truth.h"
#include "kernel/fmath.h"
#include "long.h"
#include "report/discovery_report.h"

/* --- a scenario --- */

static bool chance(struct nap_rng *r, double p)
{
	return nap_rng_unit(r) < p;
}

/* Log-uniform. */
static double between(struct nap_rng *r, double lo, double hi)
{
	return lo * nap_exp(nap_rng_unit(r) * nap_log(hi / lo));
}

static const char *one_of(struct nap_rng *r, const char *const *words, uint32_t n)
{
	return words[nap_rng_next(r) % n];
}

#define ONE_OF(r, ...)                                                                                       \
	one_of(r, (const char *const[]){ __VA_ARGS__ },                                                      \
		sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *))

static void add_timers(GString *s, struct nap_rng *r)
{
	static const char *const timers[] = { "udp", "udp-stream", "tcp-syn-sent", "tcp-syn-recv",
		"tcp-established", "tcp-fin-wait", "tcp-close-wait", "tcp-last-ack", "tcp-time-wait",
		"tcp-close", "tcp-unacknowledged", "tcp-max-retrans", "tcp-half-closed", "tcp-closing",
		"tcp-trans", "icmp" };

	for (uint32_t i = 0; i < G_N_ELEMENTS(timers); i++) {
		double t = between(r, 5, 3 * 3600);

		if (chance(r, 0.05))
			g_string_append_printf(s, "%s = uniform %.3fs %.3fs\n", timers[i], t, 1.5 * t);
		else
			g_string_append_printf(s, "%s = %.3fs\n", timers[i], t);
	}
	if (chance(r, 0.1))
		g_string_append_printf(s, "purge-interval = %.0fs\n", between(r, 2, 60));
	if (chance(r, 0.1))
		g_string_append_printf(s, "duration-limit = %.0fs\n", between(r, 120, 3 * 3600));
}

static void add_room(GString *s, struct nap_rng *r)
{
	if (chance(r, 0.4))
		g_string_append_printf(s, "capacity = %.0f\neviction = %s\n", between(r, 200, 8000),
			ONE_OF(r, "refuse", "lru", "random", "early-drop"));
	if (chance(r, 0.1))
		g_string_append_printf(s, "sessions-per-subscriber = %.0f\n", between(r, 64, 4000));
	if (chance(r, 0.1))
		g_string_append_printf(
			s, "ports = block 64\nblocks-per-subscriber = %.0f\n", between(r, 1, 16));
	else if (chance(r, 0.1))
		g_string_append_printf(s, "port-range = 2000-%.0f\n", 2000 + between(r, 100, 5000));
	else
		g_string_append_printf(s, "ports = %s\n", ONE_OF(r, "preserve", "random", "sequential"));
	if (chance(r, 0.05))
		g_string_append_printf(s, "port-hold-down = %.0fs\n", between(r, 5, 120));
}

static void add_box(GString *s, struct nap_rng *r, const char *name, bool behind)
{
	bool firewall = chance(r, 0.1);

	g_string_append_printf(s, "[middlebox %s]\n", name);
	if (behind)
		g_string_append(s, "addresses = 100.64.0.7\n");
	g_string_append_printf(s, "tracker = %s\n", ONE_OF(r, "linux", "simple", "rfc7857", "rfc6146"));
	g_string_append_printf(s, "refresh = %s\n", ONE_OF(r, "outbound", "inbound", "both"));
	g_string_append_printf(s, "filtered = %s\n", ONE_OF(r, "ignore", "refresh", "destroy"));
	g_string_append_printf(
		s, "on-expiry = %s\n", ONE_OF(r, "silent", "rst", "rst-inside", "rst-outside"));
	g_string_append_printf(s, "filtering = %s\n",
		ONE_OF(r, "endpoint-independent", "address-dependent", "address-and-port-dependent"));
	if (firewall)
		g_string_append(s, "kind = firewall\n");
	add_timers(s, r);
	add_room(s, r);
}

static void add_path(GString *s, struct nap_rng *r)
{
	double ms = between(r, 5, 100);

	switch (nap_rng_next(r) % 3) {
	case 0:
		g_string_append_printf(s, "delay = %.3fms\n", ms);
		break;
	case 1:
		g_string_append_printf(s, "delay = normal %.3fms %.3fms\n", ms, ms / 4);
		break;
	default:
		g_string_append_printf(s, "delay = lognormal %.3fms 0.4\n", ms);
		break;
	}
	if (chance(r, 0.5))
		g_string_append_printf(s, "loss = %.3f%%\n", between(r, 0.1, 5));
	if (chance(r, 0.3))
		g_string_append(s, "loss-burst = 3\n");
	if (chance(r, 0.2))
		g_string_append_printf(
			s, "outages = poisson %.2f/h\noutage-length = uniform 5s 40s\n", between(r, 0.2, 5));
}

static char *random_scenario(struct nap_rng *r)
{
	GString *s = g_string_new("[scenario]\nduration = 1h\n[path]\n");
	bool two = chance(r, 0.25);

	g_string_append_printf(s, "middleboxes = %s\n", two ? "one; two" : "one");
	add_path(s, r);
	add_box(s, r, "one", two);
	if (two)
		add_box(s, r, "two", false);
	return g_string_free(s, FALSE);
}

/* --- the truth --- */

struct span {
	nap_time least, most; /* over the phases of what the boxes do by the clock */
	bool passes;
};

#define PHASES 24

static struct span truth(const struct nap_scenario *sc, uint64_t seed, const struct story *s)
{
	struct span t = { NAP_NEVER, 0, true };
	uint32_t n = sc->n_path_middleboxes;
	struct nap_chain_plan plan;
	nap_time purge = 0;

	nap_chain_plan_init(&plan, sc->middlebox, sc->n_middleboxes, n, 1, seed);
	for (uint32_t k = 0; k < n; k++)
		purge = nap_time_max(purge, sc->middlebox[k].box.purge_interval);
	for (uint32_t i = 0; i < (purge ? PHASES : 1); i++) {
		struct nap_box *box[NAP_HOPS_MAX];
		nap_time one;

		for (uint32_t k = 0; k < n; k++)
			box[k] = nap_chain_box(&plan, 0, k, 0, 4);
		one = truth_of(box, n, nap_chain_device(&plan, 0, 0, false), s, NAP_H + purge / PHASES * i);
		for (uint32_t k = 0; k < n; k++)
			nap_box_free(box[k]);
		t.passes = t.passes && one >= 0;
		t.least = nap_time_min(t.least, one);
		t.most = nap_time_max(t.most, one);
	}
	if (t.least != NAP_NEVER) { /* between the phases looked at */
		t.least = nap_time_max(0, t.least - purge / PHASES);
		t.most = nap_time_after(t.most, purge / PHASES);
	}
	return t;
}

/* --- the comparison --- */

enum verdict { RIGHT, WRONG, FALSE_VARIES, UNSURE, SILENT, VERDICTS };

static const char *const verdict_words[VERDICTS] = { "right", "wrong", "does not vary", "unsure",
	"unsure without a reason" };

struct tally {
	uint32_t n[VERDICTS];
	double allowed; /* sum of the bounds of all that was said */
	double slowest; /* s of real time */
	GArray *ratio;  /* of double: until all timers were known, against the longest */
};

/* slack: between a trial's packets, other than between the story's, lie round trips. */
static enum verdict judge(const struct nap_finding *f, const struct span *t, nap_time age, nap_time slack)
{
	nap_time least = nap_time_max(0, t->least - slack), most = nap_time_after(t->most, NAP_MS);

	if (f->state == NAP_FINDING_FAILED || f->state == NAP_FINDING_UNSURE ||
		f->state == NAP_FINDING_SKIPPED || f->state == NAP_FINDING_OPEN)
		return *f->detail ? UNSURE : SILENT;
	if (!t->passes)
		return RIGHT; /* there is no truth to compare with */
	if (age != NAP_NEVER &&
		most >= age - 30 * NAP_S) /* cut for its age: what the opening took is missing */
		least = nap_time_max(0, nap_time_min(least, age) - 30 * NAP_S);
	if (f->state == NAP_FINDING_VARIES && t->most - t->least < NAP_S / 2)
		return FALSE_VARIES;
	return f->bracket.alive <= most && f->bracket.dead >= least ? RIGHT : WRONG;
}

static nap_time age_limit(const struct nap_scenario *sc)
{
	nap_time age = NAP_NEVER;

	for (uint32_t k = 0; k < sc->n_path_middleboxes; k++)
		age = nap_time_min(age, sc->middlebox[k].box.duration_limit);
	return age;
}

/* What was found of a story's timer by packets to a port of the server's, 0: to the usual one; true when that is not wrong. */
static bool compare(const struct nap_scenario *sc, const struct nap_discovery *d, uint64_t seed,
	const struct story *s, uint16_t port, struct tally *all)
{
	const struct nap_finding *f = nap_discovery_find(d, s->test, port);
	nap_time slack = 2 * nap_trials_transit(nap_discovery_trials(d));
	struct span t = truth(sc, seed, s);
	enum verdict v = judge(f, &t, age_limit(sc), slack);
	g_autofree char *value = nap_finding_value(f);

	all->n[v]++;
	all->allowed += f->error;
	if (v != RIGHT)
		g_test_message(
			"box %u %s port %u: %s: %s, alive at %.3f s, bound %.1e, truth %.3f to %.3f s (%s)",
			(unsigned)seed, s->test, port, verdict_words[v], value,
			nap_time_seconds(f->bracket.alive), f->error, nap_time_seconds(t.least),
			nap_time_seconds(t.most), f->detail);
	return v == RIGHT || v == UNSURE;
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
	g_autofree char *text = random_scenario(&r);
	struct nap_scenario *sc = scenario_of_text(text);
	struct nap_prober *prober = nap_prober_sim_new(sc, seed);
	struct nap_discovery_options o = nap_discovery_defaults;
	gint64 begin = g_get_monotonic_time();
	struct nap_discovery_summary s;
	struct nap_discovery *d;
	double ratio;

	o.only = story_tests();
	o.seed = seed;
	if (seed % 8) /* most of them without the tests of ports, which take longer than all others */
		prober->can &= ~(uint32_t)NAP_CAN_ANY_PORT;
	d = nap_discovery_new(prober, &o);
	while (!nap_discovery_done(d))
		nap_discovery_turn(d, NAP_NEVER);
	all->slowest = MAX(all->slowest, (double)(g_get_monotonic_time() - begin) / 1e6);
	nap_discovery_summary(d, &s);
	ratio = s.longest ? (double)s.timers / (double)s.longest : 0;
	g_array_append_val(all->ratio, ratio);
	if (!compare_all(sc, d, seed, all))
		g_test_message("%s", text);
	if (g_getenv("NATNAP_EACH"))
		g_test_message("box %u: %.2f times the longest", (unsigned)seed, ratio);
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

/* NATNAP_BOX: the first box' number; NATNAP_BOXES: how many. */
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
		       "reason %u; the bounds "
		       "allow %.2f; slowest %.1f s; all timers known after %.2f times the longest (median), "
		       "three quarters within %.2f",
		n, first, all.n[RIGHT], all.n[WRONG], all.n[FALSE_VARIES], all.n[UNSURE], all.n[SILENT],
		all.allowed, all.slowest, g_array_index(all.ratio, double, n / 2),
		g_array_index(all.ratio, double, n * 3 / 4));
	g_assert_cmpuint(all.n[SILENT], ==, 0);
	g_assert_cmpfloat(chance_of(wrong, all.allowed), >, 1e-4);
	g_array_free(all.ratio, TRUE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/discovery/random-boxes", test_random_boxes);
	return g_test_run();
}
