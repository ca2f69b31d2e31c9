/* SPDX-License-Identifier: BSD-2-Clause */
/* The library's one call for a replication gives, metric by metric and to the bit, what the program's threads give. */
#include <math.h>
#include <string.h>

#include "harness.h"
#include "run/replicate.h"
#include "text/embed.h"

#define HEAD "[scenario]\nduration = 6h\nseed = 7\nreplications = 1\nsubscribers = 40\n"
#define TAIL                                                                                                 \
	"[radio]\nprofile = lte-huang-2012\n[client]\napplication = udp\npolicy = fixed\ninterval = 90s\n"   \
	"[server]\npush = poisson 6/h\n"

static const char *const scenarios[] = {
	HEAD TAIL,
	HEAD "[path]\nmiddleboxes = home\nloss = 2%\n[middlebox home]\nprofile = linux\n" TAIL,
	HEAD "[path]\nmiddleboxes = home; carrier\n[middlebox home]\nprofile = hatonen-2010\n"
	     "[middlebox carrier]\nprofile = cgn-rfc6888\n" TAIL,
	/* too few ports for all: one queue */
	HEAD "[path]\nmiddleboxes = carrier\n[middlebox carrier]\nprofile = linux\nshared = yes\n"
	     "capacity = 30\nudp = 60s\n" TAIL,
};

static void test_same(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(scenarios); i++) {
		struct h_run *h = h_run(scenarios[i], 3);
		char *why = NULL;
		struct nap_scenario *sc = nap_scenario_parse(scenarios[i], &why);
		struct nap_replication *r = sc ? nap_replicate(sc, 0, &why) : NULL;

		g_assert_cmpstr(why, ==, NULL);
		g_assert_cmpuint(h->results->n_columns, >, 20);
		for (size_t c = 0; c < h->results->n_columns; c++) {
			const char *name = h->results->column[c].name;
			double value = -1, theirs = h->results->row[0].mean[c];

			g_test_message("%zu: %s %.17g", i, name, theirs);
			g_assert_true(nap_replication_metric(sc, r, name, &value));
			g_assert_true(isnan(value) ? isnan(theirs) : value == theirs);
		}
		nap_replication_free(r);
		nap_scenario_free(sc);
		h_free(h);
	}
}

/* Another number is another replication, the same one is the same again. */
static void test_numbers(void)
{
	struct nap_scenario *sc = nap_scenario_parse(scenarios[2], NULL);
	double energy[3];

	for (uint32_t i = 0; i < 3; i++) {
		struct nap_replication *r = nap_replicate(sc, i % 2, NULL);

		g_assert_true(nap_replication_metric(sc, r, "energy_j", &energy[i]));
		nap_replication_free(r);
	}
	g_assert_true(energy[0] == energy[2]);
	g_assert_true(energy[0] != energy[1]);
	nap_scenario_free(sc);
}

static void test_names(void)
{
	static const char *const unknown[] = { "energy", "", "home.energy_j", "office.sessions_peak",
		"hom.sessions_peak", "home.", "sessions_peak.home" };
	struct nap_scenario *sc = nap_scenario_parse(scenarios[2], NULL), *bare;
	struct nap_replication *r = nap_replicate(sc, 0, NULL);
	double outer, named, value = -1;

	g_assert_true(nap_replication_metric(sc, r, "sessions_peak", &outer));
	g_assert_true(nap_replication_metric(sc, r, "carrier.sessions_peak", &named));
	g_assert_true(outer == named && outer > 1);
	g_assert_true(nap_replication_metric(sc, r, "home.sessions_peak", &named));
	g_assert_true(outer != named);
	for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++)
		g_assert_false(nap_replication_metric(sc, r, unknown[i], &value));
	nap_replication_free(r);
	nap_scenario_free(sc);

	bare = nap_scenario_parse(scenarios[0], NULL);
	r = nap_replicate(bare, 0, NULL);
	g_assert_false(nap_replication_metric(bare, r, "sessions_peak", &value));
	g_assert_true(value == -1);
	nap_replication_free(r);
	nap_scenario_free(bare);
}

/* An order that the scenario forbids is refused, with the reason. */
static void test_refused(void)
{
	g_autofree char *text =
		g_strconcat("[scenario]\norder = subscriber\n", scenarios[3] + strlen("[scenario]\n"), NULL);
	struct nap_scenario *sc = nap_scenario_parse(text, NULL);
	char *why = NULL;

	g_assert_null(nap_replicate(sc, 0, &why));
	g_assert_nonnull(strstr(why, "carrier"));
	nap_free(why);
	g_assert_null(nap_replicate(sc, 0, NULL));
	nap_scenario_free(sc);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/replicate/same", test_same);
	g_test_add_func("/replicate/numbers", test_numbers);
	g_test_add_func("/replicate/names", test_names);
	g_test_add_func("/replicate/refused", test_refused);
	return g_test_run();
}
