/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a user asks of a value, as targets: which there are, in which order, with which bounds; what a replication counts for each, by
 * hand; and goals a little lower or higher.
 */
#include <math.h>
#include <string.h>

#include "harness.h"
#include "run/tune_goal.h"

#define PLAIN                                                                                                \
	"[scenario]\nduration = 12h\nwarm-up = 0s\nsubscribers = 4\n[path]\nmiddleboxes = nat\n[middlebox "  \
	"nat]\n"                                                                                             \
	"udp = 30s\n[battery]\nprofile = phone-1500mah\n"
#define NONE ((double)NAN)

static struct nap_tune_goal goal_of(
	double users, double bindings, double lost, double battery, double blocking)
{
	struct nap_tune_goal g = nap_tune_goal_usual();

	g.users = users;
	g.bindings_lost = bindings;
	g.lost_pushes = lost;
	g.battery = battery;
	g.blocking = blocking;
	return g;
}

static void test_usual(void)
{
	struct nap_tune_goal g = nap_tune_goal_usual();

	g_assert_true(g.reachable == 0.999 && g.bindings_lost == 0.0 && g.delay_quantile == 0);
	g_assert_true(isnan(g.users) && isnan(g.lost_pushes) && isnan(g.blocking) && isnan(g.battery));
	g_assert_true(g.weight[NAP_TUNE_ENERGY] == 1.0 && g.weight[NAP_TUNE_PACKETS] == 0.0 &&
		      g.weight[NAP_TUNE_SIGNALLING] == 0.0 && g.value == NAP_TUNE_FREE);
}

/* ---- the rule ---------------------------------------------------------------------------------------------------------- */

struct target {
	const char *name;
	enum nap_tune_kind kind;
	bool at_least;
	double bound;
};

static void check_rule(const struct nap_tune_goal *g, const char *text, const struct target *want, uint32_t n)
{
	struct nap_scenario *sc = h_scenario(text);
	struct nap_tune_rule rule = { .n_targets = 99 };

	nap_tune_goal_rule(g, sc, &rule);
	g_assert_cmpuint(rule.n_targets, ==, n);
	for (uint32_t i = 0; i < n; i++) {
		g_assert_cmpstr(rule.target[i].name, ==, want[i].name);
		g_assert_true(rule.target[i].kind == want[i].kind &&
			      rule.target[i].at_least == want[i].at_least &&
			      rule.target[i].bound == want[i].bound);
		g_assert_true(nap_tune_target_find(&rule, want[i].name) == &rule.target[i]);
	}
	g_assert_null(nap_tune_target_find(&rule, "none"));
	nap_scenario_free(sc);
}

static void test_rule(void)
{
	static const struct target usual[] = { { "reachable", NAP_TUNE_RATIO, true, 0.999 },
		{ "bindings-lost", NAP_TUNE_RATIO, false, 0.0 } };
	static const struct target users[] = { { "users", NAP_TUNE_UNITS, true, 0.95 },
		{ "lost-pushes", NAP_TUNE_RATIO, false, 0.01 }, { "push-delay", NAP_TUNE_RATIO, false, 2.5 },
		{ "battery", NAP_TUNE_RATIO, false, 0.1 }, { "blocking", NAP_TUNE_RATIO, false, 0.02 } };
	static const struct target joined[] = { { "users", NAP_TUNE_RATIO, true, 0.95 } };
	struct nap_tune_goal g = nap_tune_goal_usual();

	check_rule(&g, PLAIN, usual, 2);
	g.bindings_lost = INFINITY; /* any */
	check_rule(&g, PLAIN, usual, 1);
	g = goal_of(0.95, 3.0, 0.01, 0.1, 0.02);
	g.delay_quantile = 95;
	g.delay_s = 2.5;
	check_rule(&g, PLAIN, users, 5);
	g = goal_of(0.95, 0.0, NONE, NONE, NONE);
	check_rule(&g, PLAIN, users, 1);
	check_rule(&g,
		"[scenario]\nduration = 12h\nsubscribers = 4\n[path]\nmiddleboxes = nat\n[middlebox "
		"nat]\nshared = yes\n"
		"capacity = 3\n",
		joined, 1);
}

/* ---- counts ------------------------------------------------------------------------------------------------------------ */

/* Of four subscribers over half a day. */
static struct nap_replication *replication(void)
{
	struct nap_replication *r = g_new0(struct nap_replication, 1);

	r->subscribers = 4;
	r->within_all = 3;
	r->tally[offsetof(struct nap_tally, reachable_ns) / 8] = 4.0 * 12 * 3600e9 - 1.5e9;
	r->tally[offsetof(struct nap_tally, bindings_expired) / 8] = 5;
	r->tally[offsetof(struct nap_tally, bindings_evicted) / 8] = 2;
	r->tally[offsetof(struct nap_tally, pushes_offered) / 8] = 40;
	r->tally[offsetof(struct nap_tally, pushes_delivered) / 8] = 37;
	r->tally[offsetof(struct nap_tally, packets_up) / 8] = 600;
	r->tally[offsetof(struct nap_tally, packets_down) / 8] = 500;
	r->push_delay_ns[0] = 1e6;
	r->push_delay_ns[1] = 2e6;
	r->push_delay_ns[2] = 3e6;
	r->energy.total = 7000; /* mJ */
	r->promotions = 11;
	r->battery_percent = 4 * 2.5;
	r->box[0][offsetof(struct nap_box_sums, refused) / 8] = 6;
	r->box[0][offsetof(struct nap_box_sums, evicted) / 8] = 1;
	r->box[0][offsetof(struct nap_box_sums, created) / 8] = 94;
	return r;
}

static void check_counted(const struct nap_tune_goal *g, const struct nap_scenario *sc,
	const struct nap_replication *r, uint32_t k, uint64_t part, uint64_t whole)
{
	struct nap_tune_run run;

	nap_tune_count(g, sc, r, &run);
	g_assert_cmpuint(run.seen[k].part, ==, part);
	g_assert_cmpuint(run.seen[k].whole, ==, whole);
}

static void test_counts(void)
{
	const uint64_t half_day = UINT64_C(4) * 12 * 3600 * 1000000;
	struct nap_scenario *sc = h_scenario(PLAIN);
	g_autofree struct nap_replication *r = replication();
	struct nap_tune_goal g = goal_of(NONE, 0.0, 0.1, 0.2, 0.1);

	g.delay_quantile = 95;
	g.delay_s = 1.0;
	check_counted(&g, sc, r, 0, half_day - 1500000, half_day);
	check_counted(
		&g, sc, r, 1, 7000000, 2000000); /* 7 of 4 subscribers in half a day: of two days of one */
	check_counted(&g, sc, r, 2, 3, 40);
	check_counted(&g, sc, r, 3, 2000, 1000000);
	check_counted(&g, sc, r, 4, 25000, 1000000);
	check_counted(&g, sc, r, 5, 7, 100);
	g.delay_quantile = 50;
	check_counted(&g, sc, r, 3, 1000, 1000000);
	g.delay_quantile = 99;
	check_counted(&g, sc, r, 3, 3000, 1000000);
	r->push_delay_ns[2] = (double)NAN;
	check_counted(&g, sc, r, 3, 0, 0);
	r->battery_percent = (double)NAN;
	check_counted(&g, sc, r, 4, 0, 0);
	g = goal_of(0.5, 0.0, NONE, NONE, NONE);
	check_counted(&g, sc, r, 0, 3, 4);
	nap_scenario_free(sc);
}

static void test_costs(void)
{
	struct nap_scenario *sc = h_scenario(PLAIN);
	g_autofree struct nap_replication *r = replication();
	struct nap_tune_goal g = nap_tune_goal_usual();
	struct nap_tune_run run;

	nap_tune_count(&g, sc, r, &run);
	g_assert_cmpfloat(run.cost, ==, 7.0);
	g_assert_cmpfloat(run.packets, ==, 1100.0);
	g.weight[NAP_TUNE_ENERGY] = 2.0;
	g.weight[NAP_TUNE_PACKETS] = 0.5;
	g.weight[NAP_TUNE_SIGNALLING] = 3.0;
	nap_tune_count(&g, sc, r, &run);
	g_assert_cmpfloat(run.cost, ==, 14.0 + 550.0 + 33.0);
	nap_scenario_free(sc);
}

/* ---- what scenarios are ------------------------------------------------------------------------------------------------ */

static void check_scenario(const char *more, bool price, bool certain)
{
	g_autofree char *text = g_strdup_printf("%s%s", PLAIN, more);
	struct nap_scenario *sc = h_scenario(text);
	struct nap_tune_goal g = nap_tune_goal_usual(), packets = g;

	g_test_message("%s", more);
	g_assert_cmpint(nap_tune_radio_has_price(sc), ==, price);
	g_assert_cmpint(nap_tune_is_certain(sc), ==, certain);
	nap_tune_goal_priced(&g, sc);
	g_assert_true(g.weight[NAP_TUNE_ENERGY] == (price ? 1.0 : 0.0));
	g_assert_true(g.weight[NAP_TUNE_PACKETS] == (price ? 0.0 : 1.0));
	packets.weight[NAP_TUNE_SIGNALLING] = 1.0; /* something beside energy is asked for */
	nap_tune_goal_priced(&packets, sc);
	g_assert_true(packets.weight[NAP_TUNE_ENERGY] == 1.0 && packets.weight[NAP_TUNE_PACKETS] == 0.0);
	nap_scenario_free(sc);
}

static void test_scenarios(void)
{
	check_scenario("", false, true);
	check_scenario("[radio]\nprofile = lte-two-state\n", true, true);
	check_scenario("[server]\npush = periodic 1h\n", false, true);
	check_scenario("[server]\npush = poisson 1/h\n", false, false);
	check_scenario("[server]\npush = onoff 5min 1h 30/h\n", false, false);
	check_scenario("[mix]\nradio.profile = wired 50%; lte-two-state 50%\n", true, false);
	check_scenario("[client]\napplication = udp\npolicy = jittered\n", false, false);
}

/* ---- variants ---------------------------------------------------------------------------------------------------------- */

static const struct variant {
	const char *target;
	double users, reachable, bindings, lost, delay, battery, blocking;
} usual_variants[] = {
	{ "reachable", NONE, 0.99, 0, NONE, 0, NONE, NONE },
	{ "reachable", NONE, 0.9999, 0, NONE, 0, NONE, NONE },
	{ "bindings-lost", NONE, 0.999, 1, NONE, 0, NONE, NONE },
}, all_variants[] = {
	{ "users", 0.8, 0.999, 4, 0.0, 2, 0.1, 0.01 },
	{ "users", 0.99, 0.999, 4, 0.0, 2, 0.1, 0.01 },
	{ "reachable", 0.9, 0.99, 4, 0.0, 2, 0.1, 0.01 },
	{ "reachable", 0.9, 0.9999, 4, 0.0, 2, 0.1, 0.01 },
	{ "lost-pushes", 0.9, 0.999, 4, 0.001, 2, 0.1, 0.01 },
	{ "push-delay", 0.9, 0.999, 4, 0.0, 4, 0.1, 0.01 },
	{ "push-delay", 0.9, 0.999, 4, 0.0, 1, 0.1, 0.01 },
	{ "battery", 0.9, 0.999, 4, 0.0, 2, 0.2, 0.01 },
	{ "battery", 0.9, 0.999, 4, 0.0, 2, 0.05, 0.01 },
	{ "blocking", 0.9, 0.999, 4, 0.0, 2, 0.1, 0.02 },
	{ "blocking", 0.9, 0.999, 4, 0.0, 2, 0.1, 0.005 },
};

static void same(double a, double b)
{
	g_assert_true((isnan(a) && isnan(b)) || fabs(a - b) < 1e-12);
}

static void check_variants(const struct nap_tune_goal *g, const struct variant *v, uint32_t n)
{
	struct nap_tune_goal is;
	const char *target;

	for (uint32_t i = 0; i < n; i++) {
		g_assert_true(nap_tune_goal_variant(g, i, &is, &target));
		g_test_message("%u: %s", i, target);
		g_assert_cmpstr(target, ==, v[i].target);
		same(is.users, v[i].users);
		same(is.reachable, v[i].reachable);
		same(is.bindings_lost, v[i].bindings);
		same(is.lost_pushes, v[i].lost);
		same(is.delay_s, v[i].delay);
		same(is.battery, v[i].battery);
		same(is.blocking, v[i].blocking);
	}
	g_assert_false(nap_tune_goal_variant(g, n, &is, &target));
}

/* Ten times as much as a tenth would be all: twice. Where nothing may be wrong there is no stricter one. */
static void test_variants(void)
{
	struct nap_tune_goal g = nap_tune_goal_usual();

	check_variants(&g, usual_variants, G_N_ELEMENTS(usual_variants));
	g = goal_of(0.9, 4.0, 0.0, 0.1, 0.01);
	g.delay_quantile = 50;
	g.delay_s = 2.0;
	check_variants(&g, all_variants, G_N_ELEMENTS(all_variants));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tune-goal/usual", test_usual);
	g_test_add_func("/tune-goal/rule", test_rule);
	g_test_add_func("/tune-goal/counts", test_counts);
	g_test_add_func("/tune-goal/costs", test_costs);
	g_test_add_func("/tune-goal/scenarios", test_scenarios);
	g_test_add_func("/tune-goal/variants", test_variants);
	return g_test_run();
}
