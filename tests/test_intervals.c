/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Timeouts follow what a client announces: whoever speaks less often, with any shipped application, sends fewer keepalives, is
 * reachable no longer and finds a lost flow no sooner, however its profile's other timeouts are.
 */
#include <math.h>

#include "harness.h"

enum { INTERVALS = 8 };
static const char *const intervals[INTERVALS] = { "20s", "45s", "90s", "170s", "280s", "450s", "700s",
	"1800s" };

/* What must not grow (-1), or fall (1), with the interval. */
static const struct {
	const char *metric;
	double sign;
} ways[] = { { "keepalives_sent", -1 }, { "reachable_fraction", -1 }, { "dead_detection_s", 1 } };

static const double CHANCE = 0.02; /* of a value: pushes meet a lost flow at random */

/* NULL: its policy has no interval. Free with h_free. */
static struct h_run *run(const char *application, const char *interval)
{
	g_autofree char *text =
		g_strdup_printf("[scenario]\nduration = 24h\nsubscribers = 4\nseed = 5\n"
				"[path]\nmiddleboxes = nat\n"
				"[middlebox nat]\ntcp-established = 10min\nudp = 60s\nudp-stream = 180s\n"
				"[radio]\nprofile = lte-two-state\n"
				"[client]\napplication = %s\ninterval = %s\n[server]\npush = poisson 1/h\n",
			application, interval);
	g_autoptr(GError) error = NULL;
	struct nap_document *doc = nap_document_new("test.ini", ".", text, strlen(text), &error);
	struct nap_scenario *sc = nap_scenario_new(doc, NULL, 0, &error);

	nap_document_free(doc);
	if (!sc) {
		g_assert_nonnull(strstr(error->message, "[client] interval: the policy is"));
		return NULL;
	}
	nap_scenario_free(sc);
	return h_run(text, 1);
}

/* Is it one whose policy has an interval? */
static bool check(const char *application)
{
	double before[G_N_ELEMENTS(ways)];

	for (size_t w = 0; w < G_N_ELEMENTS(ways); w++)
		before[w] = NAN;
	for (int i = 0; i < INTERVALS; i++) {
		struct h_run *h = run(application, intervals[i]);

		if (!h)
			return false;
		for (size_t w = 0; w < G_N_ELEMENTS(ways); w++) {
			double now = h_mean(h, ways[w].metric);

			if (ways[w].sign * (now - before[w]) < -CHANCE * fmax(now, before[w]))
				g_error("%s, interval %s: %s goes from %g to %g", application, intervals[i],
					ways[w].metric, before[w], now);
			before[w] = isnan(now) ? before[w] : now;
		}
		h_free(h);
	}
	return true;
}

static void test_monotone(void)
{
	g_autoptr(GDir) dir = g_dir_open("scenarios/profiles/application", 0, NULL);
	const char *name;
	int n = 0;

	while ((name = g_dir_read_name(dir)))
		n += !g_str_equal(name, "EXAMPLE") && check(name);
	g_test_message("%d applications whose keepalives have an interval", n);
	g_assert_cmpint(n, >, 25);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/intervals/monotone", test_monotone);
	return g_test_run();
}
