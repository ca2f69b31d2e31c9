/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios of one middlebox, made from text, and discoveries on them, for the tests of discovery and conformance. */
#ifndef TESTS_DISCOVERY_SCENARIO_H
#define TESTS_DISCOVERY_SCENARIO_H

#include <string.h>

#include <glib.h>

#include "discovery/discovery.h"
#include "probe/prober_sim.h"
#include "io/scenario.h"

/* The scenario of a text; fails the test when it is wrong. Free with nap_scenario_free. */
static inline struct nap_scenario *scenario_of_text(const char *text)
{
	g_autoptr(GError) error = NULL;
	struct nap_document *d = nap_document_new("test.ini", ".", text, strlen(text), &error);
	struct nap_scenario *sc;

	g_assert_no_error(error);
	sc = nap_scenario_new(d, NULL, 0, &error);
	g_assert_no_error(error);
	nap_document_free(d);
	return sc;
}

/* One box of a profile; path and box are further lines of [path] and [middlebox box]. */
static inline struct nap_scenario *scenario_of_profile(const char *profile, const char *path, const char *box)
{
	g_autofree char *text = g_strdup_printf("[scenario]\nduration = 1h\n[path]\nmiddleboxes = "
						"box\n%s\n[middlebox box]\nprofile = %s\n%s\n",
		path, profile, box);

	return scenario_of_text(text);
}

/* A whole discovery of sc's path, with the prober it was made by; the caller frees both. */
static inline struct nap_discovery *discover(const struct nap_scenario *sc,
	const struct nap_discovery_options *o, uint64_t seed, struct nap_prober **prober)
{
	struct nap_discovery *d;

	*prober = nap_prober_sim_new(sc, seed);
	d = nap_discovery_new(*prober, o);
	for (uint32_t turns = 0; !nap_discovery_done(d); turns++) {
		g_assert_cmpuint(turns, <, 20000000);
		nap_discovery_turn(d, NAP_NEVER);
	}
	return d;
}

#endif
