/* SPDX-License-Identifier: BSD-2-Clause */
/* A warm-up: what results tell is the whole run less the run that ends with the warm-up, count by count, however it is run. */
#include <math.h>
#include <string.h>

#include "harness.h"
#include "run/replicate.h"
#include "text/embed.h"

#define HEAD "[scenario]\nduration = %s\nwarm-up = %s\nseed = 7\nsubscribers = %u\norder = %s\nskip = %s\n"
#define TAIL                                                                                                 \
	"[radio]\nprofile = lte-huang-2012\n[client]\napplication = udp\npolicy = fixed\ninterval = 90s\n"   \
	"[server]\npush = poisson 6/h\n"

/* What follows the head. */
static const struct {
	const char *name, *text;
	uint32_t subscribers;
	bool coupled; /* one queue only */
} scenarios[] = {
	{ "wire", "[client]\napplication = udp\npolicy = fixed\ninterval = 10s\n", 1, false },
	{ "loss",
		"[path]\nmiddleboxes = home\nloss = 2%\ndelay = lognormal 40ms 0.5\n[middlebox "
		"home]\nprofile = linux\n" TAIL,
		40, false },
	{ "two boxes",
		"[path]\nmiddleboxes = home; carrier\n[middlebox home]\nprofile = hatonen-2010\n"
		"[middlebox carrier]\nprofile = linux-firewall\nshared = yes\n" TAIL,
		40, false },
	{ "kinds",
		"[path]\nmiddleboxes = home\n[middlebox home]\nprofile = "
		"linux\n[mix]\nmiddlebox.home.udp-stream = 80s 50%; 3min 50%\n" TAIL,
		90, false },
	{ "one queue",
		"[path]\nmiddleboxes = carrier\n[middlebox carrier]\nprofile = linux\nshared = yes\ncapacity "
		"= 30\nudp = 60s\n" TAIL,
		40, true },
};

static struct nap_replication *run(
	size_t i, const char *duration, const char *warm_up, const char *order, const char *skip)
{
	g_autofree char *head =
		g_strdup_printf(HEAD, duration, warm_up, scenarios[i].subscribers, order, skip);
	g_autofree char *text = g_strconcat(head, scenarios[i].text, NULL);
	char *why = NULL;
	struct nap_scenario *sc = nap_scenario_parse(text, &why);
	struct nap_replication *r;

	g_assert_cmpstr(why, ==, NULL);
	r = nap_replicate(sc, 0, &why);
	g_assert_cmpstr(why, ==, NULL);
	nap_scenario_free(sc);
	return r;
}

/* Each count is the difference; only a push under way at the end of the warm-up may be set right, by its delay. */
static void test_difference(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(scenarios); i++) {
		struct nap_replication *whole = run(i, "6h", "0s", "auto", "yes"),
				       *before = run(i, "1h", "0s", "auto", "yes"),
				       *after = run(i, "6h", "1h", "auto", "yes");

		g_assert_cmpfloat(after->subscribers, ==, whole->subscribers);
		for (size_t k = 0; k < G_N_ELEMENTS(after->tally); k++) {
			double apart = fabs(after->tally[k] - (whole->tally[k] - before->tally[k]));
			bool reach = k == offsetof(struct nap_tally, reachable_ns) / sizeof(uint64_t);
			g_assert_cmpfloat(apart, <=, reach ? 1e9 * after->subscribers : 0.0);
		}
		for (uint32_t k = 0; k < NAP_HOPS_MAX; k++) {
			g_assert_cmpfloat(NAP_BOXED(after, k, created), ==,
				NAP_BOXED(whole, k, created) - NAP_BOXED(before, k, created));
			g_assert_cmpfloat(NAP_BOXED(after, k, expired), ==,
				NAP_BOXED(whole, k, expired) - NAP_BOXED(before, k, expired));
			g_assert_cmpfloat(NAP_BOXED(after, k, session_ns), ==,
				NAP_BOXED(whole, k, session_ns) - NAP_BOXED(before, k, session_ns));
		}
		g_assert_cmpfloat(after->promotions, ==, whole->promotions - before->promotions);
		g_assert_cmpfloat_with_epsilon(after->energy.total,
			whole->energy.total - before->energy.total, 1e-9 * whole->energy.total + 1e-9);
		nap_replication_free(whole);
		nap_replication_free(before);
		nap_replication_free(after);
	}
}

/* In any order, with cycles stepped over or not, the same bytes. */
static void test_orders(void)
{
	static const char *const ways[][2] = { { "global", "yes" }, { "global", "no" }, { "auto", "no" } };

	for (size_t i = 0; i < G_N_ELEMENTS(scenarios); i++) {
		struct nap_replication *first = run(i, "6h", "90min", "auto", "yes");

		for (size_t k = 0; k < G_N_ELEMENTS(ways); k++) {
			struct nap_replication *other = run(i, "6h", "90min", ways[k][0], ways[k][1]);

			g_test_message("%s: %s, skip %s", scenarios[i].name, ways[k][0], ways[k][1]);
			g_assert_true(memcmp(first, other, sizeof *first) == 0);
			nap_replication_free(other);
		}
		nap_replication_free(first);
	}
}

/* A keepalive every 10 s from 0 s on: those of the last half hour, that at 30 min among them, and no opening. */
static void test_known(void)
{
	struct nap_replication *r = run(0, "1h", "30min", "auto", "yes"),
			       *all = run(0, "1h", "0s", "auto", "yes");

	g_assert_cmpfloat(NAP_TALLIED(all, keepalives), ==, 360);
	g_assert_cmpfloat(NAP_TALLIED(r, keepalives), ==, 180);
	g_assert_cmpfloat(NAP_TALLIED(all, opened), ==, 1);
	g_assert_cmpfloat(NAP_TALLIED(r, opened), ==, 0);
	nap_replication_free(r);
	nap_replication_free(all);
}

/* Everybody opens at once and lets go: the table's peak is of the warm-up, and not told. */
static void test_peak(void)
{
	static const char text[] =
		"[scenario]\nduration = 2h\nwarm-up = %s\nsubscribers = 50\n[path]\nmiddleboxes = b\n"
		"[middlebox b]\nprofile = linux-firewall\nshared = yes\nudp = 1min\nudp-stream = 1min\n"
		"[client]\napplication = udp\npolicy = fixed\ninterval = 3h\n";
	static const char *const warm_up[] = { "0s", "10min" };
	static const double peak[] = { 50, 0 };

	for (int i = 0; i < 2; i++) {
		g_autofree char *own = g_strdup_printf(text, warm_up[i]);
		struct nap_scenario *sc = nap_scenario_parse(own, NULL);
		struct nap_replication *r = nap_replicate(sc, 0, NULL);

		g_assert_cmpfloat(r->shared_peak[0], ==, peak[i]);
		nap_replication_free(r);
		nap_scenario_free(sc);
	}
}

static void test_too_long(void)
{
	char *why = NULL;
	struct nap_scenario *sc = nap_scenario_parse(
		"[scenario]\nduration = 1h\nwarm-up = 1h\n[client]\napplication = udp\n", NULL);

	g_assert_null(nap_replicate(sc, 0, &why));
	g_assert_cmpstr(why, ==, "[scenario] warm-up: is not shorter than duration");
	g_free(why);
	nap_scenario_free(sc);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/warm-up/difference", test_difference);
	g_test_add_func("/warm-up/orders", test_orders);
	g_test_add_func("/warm-up/known", test_known);
	g_test_add_func("/warm-up/peak", test_peak);
	g_test_add_func("/warm-up/too-long", test_too_long);
	return g_test_run();
}
