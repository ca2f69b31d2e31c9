/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whatever is made is given back, whole: boxes of all kinds with all their keys, whole runs of random scenarios, discoveries, what
 * infers radios. Each is made and freed again and again, and the heap must not have grown.
 */
#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

#include "box_traffic.h"
#include "discovery_scenario.h"
#include "harness.h"
#include "order_draw.h"
#include "radio/infer.h"
#include "run/metrics.h"

enum { ROUNDS = 4 };

typedef void (*once_fn)(uint32_t number);

/* The first rounds may leave what GLib keeps for ever (types, interned texts). */
static bool grows(once_fn once, uint32_t number)
{
	size_t before = 0, after = 0;

	for (int i = 0; i < ROUNDS; i++) {
		before = mallinfo2().uordblks;
		once(number);
		after = mallinfo2().uordblks;
		if (after <= before)
			return false;
	}
	g_test_message("number %u leaves %zu bytes each time", number, after - before);
	return true;
}

static void check(once_fn once, uint32_t numbers)
{
	for (uint32_t n = 0; n < numbers; n++)
		if (grows(once, n))
			g_test_fail();
}

/* Lists that a box keeps in a form of its own. */
static const char *const lists[] = { "alg = ftp; tftp; imap", "raw-rules = drop outside len 40-100",
	"rules = reject inside tcp dport 80; drop outside len 40-100", "blocked-ports = tcp/80; udp/53",
	"addresses = 203.0.113.1; 203.0.113.2", "untranslated = 198.51.100.7",
	"inside-network = 198.51.100.0/25", "forwards = tcp/80 > 10.0.0.2:5000",
	"port-timers = udp/53: 2s; tcp/80: 3s", "port-duration-limits = udp/53: 5s; tcp/80: 5s",
	"ports = block 4\nblocks-per-subscriber = 2", "capacity = 20\neviction = lru\nhash-buckets = 7",
	"sessions-per-destination = 3", "fragments = reassemble", "pcp = pcp\ninside-address = 10.0.0.1",
	"incoming-syn-hold = 6s", "kind = firewall", "port-range = 5000-5004; 5020-5030" };

static void one_box(uint32_t n)
{
	const char *list = n < G_N_ELEMENTS(lists) ? lists[n] : "";
	g_autofree char *keys = g_strdup_printf("profile = linux\n%s\n%s\n",
		g_str_has_prefix(list, "addresses") ? "" : "addresses = 203.0.113.1", list);
	struct nap_scenario *sc = box_scenario(keys);
	struct nap_box_config c = sc->middlebox[0].box;
	struct nap_rng r = nap_rng_stream(70, n, 0, NAP_RNG_PHASE);
	const char *key;

	if (n >= G_N_ELEMENTS(lists)) {
		box_vary(&c, &r);
		box_vary_zones(&c, &r);
	}
	if (!nap_box_config_check(&c, &key))
		traffic_digest(&c, n);
	nap_scenario_free(sc);
}

static void test_boxes(void)
{
	check(one_box, G_N_ELEMENTS(lists) + 60);
}

static void one_run(uint32_t n)
{
	struct order_draft draft = order_draw(77, n);
	g_autofree char *text = order_text(&draft);
	struct nap_document *doc = nap_document_new("drawn", NULL, text, strlen(text), NULL);
	struct nap_scenario *sc = doc ? nap_scenario_new(doc, NULL, 0, NULL) : NULL;
	struct nap_point point = { .sc = sc };
	struct nap_campaign campaign = { .point = &point, .n = 1, .threads = 1 };
	const char *why;
	uint32_t bad;

	if (sc && nap_campaign_plan(&campaign, &why, &bad))
		g_assert_true(nap_campaign_run(&campaign));
	nap_campaign_clear(&campaign);
	nap_scenario_free(sc);
	nap_document_free(doc);
	order_draft_clear(&draft);
}

static void test_runs(void)
{
	check(one_run, 24);
}

static void one_discovery(uint32_t n)
{
	static const char *const profiles[] = { "rfc-minimum" };
	struct nap_scenario *sc = scenario_of_profile(profiles[n], "delay = 30ms", "");
	struct nap_prober *prober;
	struct nap_discovery *d = discover(sc, &nap_discovery_defaults, 3, &prober);

	g_assert_cmpuint(nap_discovery_ended(d), ==, nap_discovery_count(d));
	nap_discovery_free(d);
	prober->ops->free(prober);
	nap_scenario_free(sc);
}

static void test_discoveries(void)
{
	check(one_discovery, 1);
}

/* Two states, a tail of 4 s. */
static void one_inference(uint32_t n)
{
	struct nap_rng r = nap_rng_stream(71, n, 0, NAP_RNG_SEARCH);
	struct nap_rrc_probe probe[200];
	struct nap_inference found;

	for (uint32_t i = 0; i < G_N_ELEMENTS(probe); i++) {
		double idle = 0.05 * (i + 1);

		probe[i] = (struct nap_rrc_probe){ .idle = idle,
			.rtt = 0.05 + (idle > 4.0 ? 0.3 : 0.0) + 0.01 * nap_rng_unit(&r) };
	}
	g_assert_true(nap_radio_infer(&found, probe, G_N_ELEMENTS(probe), r));
}

static void test_inferences(void)
{
	check(one_inference, 2);
}

int main(int argc, char **argv)
{
	/* one heap, and what GLib would keep aside for the next time is given back too */
	if (g_strcmp0(getenv("G_SLICE"), "always-malloc") != 0 &&
		setenv("G_SLICE", "always-malloc", 1) == 0 &&
		setenv("GLIBC_TUNABLES", "glibc.malloc.tcache_count=0", 1) == 0)
		execv("/proc/self/exe", argv);
	mallopt(M_ARENA_MAX, 1);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/given-back/boxes", test_boxes);
	g_test_add_func("/given-back/runs", test_runs);
	g_test_add_func("/given-back/discoveries", test_discoveries);
	g_test_add_func("/given-back/inferences", test_inferences);
	return g_test_run();
}
