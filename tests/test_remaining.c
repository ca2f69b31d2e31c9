/* SPDX-License-Identifier: BSD-2-Clause */
/* The time that a discovery says it will still take, against the time that it then takes, over all shipped profiles. */
#include <glib.h>

#include "discovery_scenario.h"
#include "long.h"

/* What is said of the remaining time. */
struct said {
	nap_time about, least, most;
	bool open; /* from the least to the most, instead of about so much */
	bool set;
};

#define LOOKS 4 /* at the start, and when a quarter, half and three quarters of the time are over */

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

/* Runs a discovery; what it said at these times after its start. Returns how long it took. */
static nap_time run(const struct nap_scenario *sc, const struct nap_discovery_options *o, const nap_time *at,
	struct said *said, uint32_t n)
{
	struct nap_prober *prober = nap_prober_sim_new(sc, 1);
	struct nap_discovery *d = nap_discovery_new(prober, o);
	nap_time start = prober->ops->now(prober), now = start;

	for (uint32_t k = 0; !nap_discovery_done(d); now = prober->ops->now(prober)) {
		for (; k < n && now - start >= at[k]; k++) {
			said[k].about = nap_discovery_remaining(d);
			said[k].open = nap_discovery_remaining_range(d, &said[k].least, &said[k].most);
			said[k].set = true;
		}
		nap_discovery_turn(d, k < n ? start + at[k] : NAP_NEVER);
	}
	nap_discovery_free(d);
	prober->ops->free(prober);
	return now - start;
}

/* Within a factor of two, or between what was said. */
static bool is_true(const struct said *s, nap_time left)
{
	if (s->open)
		return s->least <= left && left <= s->most;
	return s->about / 2 <= left && left / 2 <= s->about;
}

struct tally {
	uint32_t n, right, open;
};

static void look_at(const char *profile, bool of_live, struct tally tally[LOOKS])
{
	struct nap_scenario *sc = scenario_of_profile(profile, "delay = 20ms", "");
	struct nap_discovery_options o = options_of(of_live);
	struct said said[LOOKS] = { 0 };
	nap_time at[LOOKS], took;

	sc->middlebox[0].n_draws = 0;
	took = run(sc, &o, NULL, NULL, 0);
	for (uint32_t k = 0; k < LOOKS; k++)
		at[k] = took / LOOKS * k;
	run(sc, &o, at, said, LOOKS);
	for (uint32_t k = 0; k < LOOKS; k++) {
		bool right = said[k].set && is_true(&said[k], took - at[k]);

		tally[k].n++;
		tally[k].open += said[k].open;
		tally[k].right += right;
		if (!right)
			g_test_message("%s: %.2f h left of %.2f h, said %.2f h, %.2f to %.2f h", profile,
				nap_time_seconds(took - at[k]) / 3600, nap_time_seconds(took) / 3600,
				nap_time_seconds(said[k].about) / 3600,
				nap_time_seconds(said[k].least) / 3600,
				nap_time_seconds(said[k].most) / 3600);
	}
	nap_scenario_free(sc);
}

/* Every step-th, or all. most_open: share of profiles of which only a least and a most time are told by the half of it. */
static void test_profiles(bool of_live, uint32_t step, double most_open)
{
	g_auto(GStrv) names = nap_profile_names(NAP_MIDDLEBOX);
	struct tally tally[LOOKS] = { 0 };

	for (char **name = names; *name; name++)
		if (in_full() || (name - names) % step == 0) /* enough to see that nothing broke */
			look_at(*name, of_live, tally);
	for (uint32_t k = 0; k < LOOKS; k++) {
		g_test_message("after %u/%u: %u of %u true, %u of them from a least to a most time", k, LOOKS,
			tally[k].right, tally[k].n, tally[k].open);
		g_assert_cmpfloat(tally[k].right, >=, 0.95 * tally[k].n);
	}
	g_assert_cmpuint(tally[0].n, >=, in_full() ? 70 : 2);
	g_assert_cmpfloat(tally[LOOKS / 2].open, <=, most_open * tally[0].n);
}

/* The two days that a flow is kept busy are most of it. */
static void test_simulated(void)
{
	test_profiles(false, 36, 0.1);
}

/* From minutes to hours at the start; by half of it the timer is known, or what was outlived speaks for it. */
static void test_live(void)
{
	test_profiles(true, 3, in_full() ? 0.6 : 0.7);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/remaining/live", test_live);
	g_test_add_func("/remaining/simulated", test_simulated);
	return g_test_run();
}
