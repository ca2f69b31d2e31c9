/* SPDX-License-Identifier: BSD-2-Clause */
/* Who answered, and how far a keepalive must go: on simulated paths of two boxes, whose truth is known. */
#include <string.h>

#include <glib.h>

#include "discovery/discovery.h"
#include "discovery/hops.h"
#include "probe/prober_sim.h"
#include "discovery_scenario.h"

static void test_away(void)
{
	static const struct {
		uint8_t ttl;
		uint32_t away;
	} rows[] = { { 0, 0 }, { 64, 1 }, { 63, 2 }, { 33, 32 }, { 32, 1 }, { 30, 3 }, { 255, 1 }, { 250, 6 },
		{ 128, 1 }, { 120, 9 }, { 129, 127 }, { 1, 32 } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpuint(nap_hops_away(rows[i].ttl), ==, rows[i].away);
}

/* A path of two boxes, explored by the named tests. */
struct walk {
	struct nap_scenario *sc;
	struct nap_prober *prober;
	struct nap_discovery *d;
};

static void walk(struct walk *w, const char *home, const char *carrier, const char *const *only)
{
	g_autofree char *text =
		g_strdup_printf("[scenario]\nduration = 1h\n[path]\nmiddleboxes = home; carrier\ndelay "
				"= 5ms\n[middlebox home]\n%s\n[middlebox carrier]\n%s\n",
			home, carrier);
	struct nap_discovery_options o = nap_discovery_defaults;

	o.only = only;
	w->sc = scenario_of_text(text);
	w->prober = nap_prober_sim_new(w->sc, 1);
	w->d = nap_discovery_new(w->prober, &o);
	while (!nap_discovery_done(w->d))
		nap_discovery_turn(w->d, NAP_NEVER);
}

static void walk_clear(struct walk *w)
{
	nap_discovery_free(w->d);
	w->prober->ops->free(w->prober);
	nap_scenario_free(w->sc);
}

/* One box sends an RST at expiry: which is it? Both write the server's address into it. */
static void test_rst_from_hop(void)
{
	static const char *const only[] = { "path", "tcp-1", "tcp-expiry", NULL };
	static const char *const loud = "profile = rfc-minimum\non-expiry = rst\ntcp-established = 5min",
				 *const quiet = "profile = rfc-minimum\ntcp-established = 24h";

	for (uint32_t hop = 1; hop <= 2; hop++) {
		struct walk w;
		const struct nap_finding *f;
		g_autofree char *from = g_strdup_printf("RST to the client from hop %u of 3", hop);

		walk(&w, hop == 1 ? loud : quiet, hop == 2 ? loud : quiet, only);
		f = nap_discovery_find(w.d, "tcp-expiry", 0);
		g_assert_cmpstr(f->word, ==, "rst");
		g_assert_cmpuint(f->rst_hop, ==, hop);
		g_assert_cmpuint(f->hops, ==, 3);
		g_assert_nonnull(strstr(f->detail, from));
		walk_clear(&w);
	}
}

/* A box that answers what it has no state for: each packet's answerer is named by its hop and address. */
static void test_answer_from_hop(void)
{
	static const char *const only[] = { "path", "tcp-1", "tcp-expiry", NULL };
	struct walk w;
	const struct nap_finding *f;

	walk(&w, "profile = rfc-minimum\ntcp-established = 5min\non-miss = rst\ninside-address = 10.0.0.1",
		"profile = rfc-minimum\ntcp-established = 24h\ninside-address = 100.64.0.1", only);
	f = nap_discovery_find(w.d, "path", 0);
	g_assert_cmpstr(f->detail, ==, "1 10.0.0.1, 2 100.64.0.1, 3 the server");
	f = nap_discovery_find(w.d, "tcp-expiry", 0);
	g_assert_cmpuint(f->client_answer_hop, ==, 1);
	g_assert_nonnull(strstr(f->detail, "client's: RST from hop 1 of 3 (10.0.0.1)"));
	walk_clear(&w);
}

/* The least TTL that keeps the flow is the hop of the farthest binding that would die. */
static void test_least_ttl(void)
{
	static const char *const only[] = { "path", "udp-3", "refresh-ttl", NULL };
	static const struct {
		const char *home, *carrier, *word;
		uint32_t least;
	} rows[] = {
		{ "profile = linux\nudp-stream = 60s", "profile = linux\nudp-stream = 10min", "yes", 1 },
		{ "profile = linux\nudp-stream = 10min", "profile = linux\nudp-stream = 60s", "yes", 2 },
		{ "profile = linux\nudp-stream = 65s", "profile = linux\nudp-stream = 60s", "yes", 2 },
		{ "profile = linux\nudp-stream = 10min",
			"profile = rfc-minimum\nudp = 60s\nudp-stream = 60s\nrefresh = inbound", "no", 0 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct walk w;
		const struct nap_finding *f;

		walk(&w, rows[i].home, rows[i].carrier, only);
		f = nap_discovery_find(w.d, "refresh-ttl", 0);
		g_assert_cmpstr(f->word, ==, rows[i].word);
		g_assert_cmpuint(f->least_ttl, ==, rows[i].least);
		g_assert_cmpstr(nap_discovery_find(w.d, "path", 0)->word, ==, "3");
		walk_clear(&w);
	}
}

/* Segments far outside of the window: boxes that believe them, and boxes that do not. */
static void test_strays(void)
{
	static const char *const only[] = { "tcp-1", "tcp-stray-rst", "tcp-stray-refresh", NULL };
	static const struct {
		const char *box, *rst, *refresh;
	} rows[] = {
		{ "profile = linux\ntcp-established = 5min", "survives", "no" },
		{ "profile = linux\ntcp-established = 5min\ntcp-be-liberal = yes", "dies", "yes" },
		{ "profile = rfc-minimum\ntcp-established = 5min", "survives",
			"yes" }, /* it looks at resets alone */
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct walk w;

		walk(&w, rows[i].box, "profile = rfc-minimum\nkind = firewall", only);
		g_test_message("row %zu: %s %s", i, nap_discovery_find(w.d, "tcp-stray-rst", 0)->word,
			nap_discovery_find(w.d, "tcp-stray-refresh", 0)->word);
		g_assert_cmpstr(nap_discovery_find(w.d, "tcp-stray-rst", 0)->word, ==, rows[i].rst);
		g_assert_cmpstr(nap_discovery_find(w.d, "tcp-stray-refresh", 0)->word, ==, rows[i].refresh);
		walk_clear(&w);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/hops/away", test_away);
	g_test_add_func("/hops/rst", test_rst_from_hop);
	g_test_add_func("/hops/answer", test_answer_from_hop);
	g_test_add_func("/hops/least-ttl", test_least_ttl);
	g_test_add_func("/hops/strays", test_strays);
	return g_test_run();
}
