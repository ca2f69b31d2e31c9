/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What discoveries of chosen boxes came to, with the packets and the time they took: how well a search goes about its work shows in no
 * single answer. Where a box' timer is plain, the recorded bracket must hold it, too.
 */
#include "discovery_draw.h"
#include "discovery_said.h"
#include "discovery_scenario.h"
#include "recorded.h"

enum { RECORDED = 12 };

static const struct row {
	const char *path, *box;
	const char *strategy;           /* NULL: the default */
	uint32_t flows, width, repeats; /* 0: the default */
	double resolution_s;
	const char *only;
	double timer_s; /* of the first test; 0: not known, or it varies */
} rows[] = {
	{ "delay = 20ms", "udp = 30s\nudp-stream = 180s", NULL, 0, 0, 0, 0, "udp-1 udp-3 udp-quick icmp",
		30 },
	{ "delay = 20ms", "udp = 17.3s", NULL, 8, 0, 0, 0, "udp-1", 17.3 },
	{ "delay = 20ms", "udp = 301s", NULL, 16, 4, 3, 5, "udp-1", 301 },
	{ "delay = 20ms", "udp = 301s", "bisect", 0, 0, 0, 0, "udp-1", 301 },
	{ "delay = 20ms", "udp = 301s", "adaptive", 0, 0, 0, 10, "udp-1", 301 },
	{ "delay = 40ms\nloss = 5%", "udp-stream = 120s", NULL, 0, 0, 0, 0, "udp-3", 120 },
	{ "delay = 40ms\nloss = 20%\nloss-burst = 2", "udp-stream = 65s", NULL, 0, 0, 0, 0, "udp-3", 65 },
	{ "delay = 20ms", "udp = uniform 20s 40s", NULL, 0, 0, 0, 0, "udp-1", 0 },
	{ "delay = 20ms", "capacity = 40", NULL, 0, 0, 0, 0, "udp-1 bindings", 0 },
	{ "delay = 20ms", "ports-per-subscriber = 20\nports = random", NULL, 0, 0, 0, 0, "udp-1 udp-3", 0 },
	{ "delay = 20ms", "port-range = 2000-2063\nports = sequential\nport-hold-down = 2min", NULL, 0, 0, 0,
		0, "udp-1 udp-3", 0 },
	{ "delay = 20ms", "mapping-hold = 30s", NULL, 0, 0, 0, 0, "udp-1 udp-3 mapping", 0 },
	{ "delay = 20ms", "reboots = poisson 4/h\nudp-stream = 5min", NULL, 0, 0, 0, 0, "udp-3", 0 },
	{ "delay = 20ms", "tcp-established = 5min\non-expiry = rst", NULL, 0, 0, 0, 0,
		"tcp-1 tcp-expiry tcp-syn tcp-fin-client tcp-fin-both tcp-rst-client", 540 },
	{ "delay = 20ms", "tcp-established = 10min\ntcp-syn-sent = 20s", NULL, 0, 0, 0, 0,
		"tcp-1 tcp-stray-rst tcp-stray-refresh tcp-duration", 840 },
	{ "delay = 20ms", "duration-limit = 10min\nudp-stream = 2min", NULL, 0, 0, 0, 0, "udp-3 udp-duration",
		120 },
	{ "delay = 20ms", "refresh = outbound\nudp-stream = 60s", NULL, 0, 0, 0, 0,
		"udp-3 refresh-outbound refresh-inbound", 60 },
	{ "delay = 20ms",
		"mapping = address-dependent\nfiltering = endpoint-independent\nports = random\n"
		"hairpin = yes",
		NULL, 0, 0, 0, 0, "mapping filtering ports hairpin tcp-mapping tcp-filtering path", 0 },
	{ "delay = normal 40ms 10ms\nloss = 2%", "udp-stream = 90s\nsession-rate = 5", NULL, 0, 0, 0, 0,
		"udp-3", 90 },
};

/* While it runs, what it says of the time that is left is part of what is recorded. */
static void say_left(GString *s, const struct nap_discovery *d, nap_time now)
{
	nap_time least, most;
	bool apart = nap_discovery_remaining_range(d, &least, &most);

	g_string_append_printf(s, "  after %.0f s: %u ended, %.0f s left, %.0f to %.0f s%s\n",
		nap_time_seconds(now), nap_discovery_ended(d), nap_time_seconds(nap_discovery_remaining(d)),
		nap_time_seconds(least), nap_time_seconds(most), apart ? ", apart" : "");
}

static void play(GString *s, const struct row *row, uint64_t seed)
{
	g_autofree char *box = g_strdup_printf("%s\n", row->box);
	struct nap_scenario *sc = scenario_of_profile("rfc-minimum", row->path, box);
	struct nap_discovery_options o = nap_discovery_defaults;
	g_auto(GStrv) only = g_strsplit(row->only, " ", -1);
	struct nap_prober *prober = nap_prober_sim_new(sc, seed);
	struct nap_discovery_summary sum;
	struct nap_discovery *d;
	const struct nap_finding *f;
	nap_time next = 7 * NAP_S;

	o.only = (const char *const *)only;
	o.strategy = row->strategy ? nap_strategy_find(row->strategy) : o.strategy;
	o.flows = row->flows ? row->flows : o.flows;
	o.width = row->width ? row->width : o.width;
	o.repeats = row->repeats ? row->repeats : o.repeats;
	o.resolution = row->resolution_s > 0.0 ? (nap_time)(row->resolution_s * NAP_S) : o.resolution;
	g_assert_true(!row->strategy || o.strategy);
	d = nap_discovery_new(prober, &o);
	for (uint32_t turns = 0; !nap_discovery_done(d); turns++) {
		g_assert_cmpuint(turns, <, 2000000);
		nap_discovery_turn(d, NAP_NEVER);
		if (prober->ops->now(prober) >= next) {
			say_left(s, d, next);
			next = 2 * prober->ops->now(prober);
		}
	}
	for (uint32_t i = 0; i < nap_discovery_count(d); i++)
		if (nap_discovery_finding(d, i)->trials > 0 &&
			(row == rows || nap_discovery_finding(d, i)->port == 0))
			discovery_say(s, nap_discovery_finding(d, i));
	nap_discovery_summary(d, &sum);
	g_string_append_printf(s, "  in all %.3f s, timers %.3f s, longest %.3f s, error %.3g\n",
		nap_time_seconds(sum.elapsed), nap_time_seconds(sum.timers), nap_time_seconds(sum.longest),
		sum.error);
	f = nap_discovery_find(d, only[0], 0);
	if (row->timer_s > 0.0) {
		g_assert_cmpfloat(nap_time_seconds(f->bracket.alive), <=, row->timer_s);
		g_assert_cmpfloat(nap_time_seconds(f->bracket.dead), >=, row->timer_s);
	}
	nap_discovery_free(d);
	prober->ops->free(prober);
	nap_scenario_free(sc);
}

static void test_recorded(void)
{
	g_autoptr(GString) now = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *name =
			g_strdelimit(g_strdup_printf("%s; %s; %s %s", rows[i].path, rows[i].box, rows[i].only,
					     rows[i].strategy ? rows[i].strategy : ""),
				"\n", ';');

		g_string_append_printf(now, "%zu %s\n", i, name);
		g_test_message("%s", name);
		play(now, &rows[i], i);
	}
	recorded_check("discovery", now->str);
}

/* All that is found of random boxes, with what it took, beside what was recorded. */
static void test_random(void)
{
	g_autoptr(GString) now = g_string_new(NULL);

	for (uint64_t seed = 1; seed <= RECORDED; seed++) {
		struct nap_rng r = nap_rng_stream(seed, 0, 0, NAP_RNG_SEARCH);
		g_autofree char *text = draw_discovery_scenario(&r);
		struct nap_scenario *sc = scenario_of_text(text);
		struct nap_discovery_options o = nap_discovery_defaults;
		struct nap_prober *prober = nap_prober_sim_new(sc, seed);
		struct nap_discovery *d;

		o.seed = seed;
		if (seed % 3 == 0)
			draw_as_live(&o, prober);
		o.flows = 32 << seed % 3;
		if (seed > 2)
			prober->can &= ~(uint32_t)NAP_CAN_ANY_PORT;
		if (seed % 4 == 3)
			prober->can &= ~(uint32_t)NAP_CAN_RAW_TCP;
		d = nap_discovery_new(prober, &o);
		while (!nap_discovery_done(d))
			nap_discovery_turn(d, NAP_NEVER);
		g_string_append_printf(now, "box %u\n", (unsigned)seed);
		for (uint32_t i = 0; i < nap_discovery_count(d); i++)
			discovery_say(now, nap_discovery_finding(d, i));
		nap_discovery_free(d);
		prober->ops->free(prober);
		nap_scenario_free(sc);
	}
	recorded_check("discovery-random", now->str);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/discovery/recorded", test_recorded);
	g_test_add_func("/discovery/random-recorded", test_random);
	return g_test_run();
}
