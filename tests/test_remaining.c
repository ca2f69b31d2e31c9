/* SPDX-License-Identifier: BSD-2-Clause */
/* The time that a discovery says it will still take, against the time that it then takes, over all shipped profiles. */
#include <glib.h>

#include "discovery_scenario.h"
#include "long.h"

/* What was said at the start, and when half of the time was over: times the truth. */
struct said {
	double start, half;
};

/* Of a live path: no timer beyond RFC 5382's is looked for, and no flow kept busy. */
static const char *const live[] = { "udp-1", "udp-2", "udp-3", "tcp-1", "tcp-syn", "tcp-fin-client",
	"tcp-fin-both", "tcp-rst-client", "icmp", "mapping", "filtering", "refresh-outbound",
	"tcp-stray-refresh", "tcp-expiry", NULL };

static struct nap_discovery_options options_of(bool of_live)
{
	struct nap_discovery_options o = nap_discovery_defaults;

	if (!of_live)
		return o;
	o.only = live;
	o.most_udp = 10 * NAP_MIN;
	o.most_tcp = 2 * NAP_H + 5 * NAP_MIN;
	o.phase = 10 * NAP_S;
	o.flows = 512;
	return o;
}

/* Runs a discovery; when it has come so far, *said is set. Returns how long it took. */
static nap_time run(
	const struct nap_scenario *sc, const struct nap_discovery_options *o, nap_time at, nap_time *said)
{
	struct nap_prober *prober = nap_prober_sim_new(sc, 1);
	struct nap_discovery *d = nap_discovery_new(prober, o);
	nap_time start = prober->ops->now(prober), now = start;

	*said = -1;
	while (!nap_discovery_done(d)) {
		if (*said < 0 && now - start >= at)
			*said = nap_discovery_remaining(d);
		nap_discovery_turn(d, *said < 0 ? start + at : NAP_NEVER);
		now = prober->ops->now(prober);
	}
	nap_discovery_free(d);
	prober->ops->free(prober);
	return now - start;
}

static struct said say(const char *profile, bool of_live)
{
	struct nap_scenario *sc = scenario_of_profile(profile, "delay = 20ms", "");
	struct nap_discovery_options o = options_of(of_live);
	nap_time said, half, took;

	sc->middlebox[0].n_draws = 0;
	took = run(sc, &o, 0, &said);
	run(sc, &o, took / 2, &half);
	nap_scenario_free(sc);
	g_test_message("%s: took %.2f h, said %.2f h, at half %.2f h", profile, nap_time_seconds(took) / 3600,
		nap_time_seconds(said) / 3600, nap_time_seconds(half) / 3600);
	return (struct said){ (double)said / (double)took,
		(double)half / ((double)took - (double)(took / 2)) };
}

static bool within(double ratio)
{
	return ratio >= 0.5 && ratio <= 2;
}

static void test_profiles(bool of_live, double least_start, double least_half)
{
	g_auto(GStrv) names = nap_profile_names(NAP_MIDDLEBOX);
	uint32_t n = 0, start = 0, half = 0;

	for (char **name = names; *name; name++) {
		struct said s;

		if (!in_full() && (name - names) % 6) /* every sixth is enough to see that nothing broke */
			continue;
		n++;
		s = say(*name, of_live);

		start += within(s.start);
		half += within(s.half);
	}
	g_test_message("within a factor of two: at the start %u, at half %u of %u profiles", start, half, n);
	g_assert_cmpuint(n, >, in_full() ? 70 : 10);
	g_assert_cmpfloat(start, >=, least_start * n);
	g_assert_cmpfloat(half, >=, least_half * n);
}

/* At the start nobody knows the longest timer, and the two days that a flow is kept busy are most of it. */
static void test_simulated(void)
{
	test_profiles(false, 0.8, 0.95);
}

/* From minutes to hours at the start; by half of it the timer is known, or what was outlived speaks for it. */
static void test_live(void)
{
	test_profiles(true, 0.6, 0.9);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/remaining/live", test_live);
	g_test_add_func("/remaining/simulated", test_simulated);
	return g_test_run();
}
