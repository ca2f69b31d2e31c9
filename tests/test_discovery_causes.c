/* SPDX-License-Identifier: BSD-2-Clause */
/* Each finding is tested for what else could explain it: boxes on which another cause looks like the one that is asked for. */
#include <glib.h>

#include "discovery_judge.h"
#include "long.h"

#define LOSSY "delay = 20ms\nloss = 1.4%"

static struct nap_discovery *find(
	const struct nap_scenario *sc, const char *const *only, uint64_t seed, struct nap_prober **prober)
{
	struct nap_discovery_options o = nap_discovery_defaults;

	o.only = only;
	o.seed = seed;
	return discover(sc, &o, seed, prober);
}

/* The timers among the tests are right, and if they are to, all come to an answer. */
static void expect_timers(
	const struct nap_scenario *sc, const struct nap_discovery *d, uint64_t seed, bool all)
{
	nap_time transit = nap_trials_transit(nap_discovery_trials(d));

	for (uint32_t i = 0; i < G_N_ELEMENTS(stories); i++) {
		const struct nap_finding *f = nap_discovery_find(d, stories[i].test, 0);
		struct span t = truth(sc, seed, &stories[i]);
		enum verdict v = f ? judge(f, &t, age_limit(sc), transit) : RIGHT;

		if (v != RIGHT && (all || v != UNSURE))
			g_error("%s: %s, alive at %.3f s, dead at %.3f s, truth %.3f to %.3f s (%s)",
				stories[i].test, verdict_words[v], nap_time_seconds(f->bracket.alive),
				nap_time_seconds(f->bracket.dead), nap_time_seconds(t.least),
				nap_time_seconds(t.most), f->detail);
	}
}

/* A box of these keys; tests; what a word is, NULL: only timers. */
static void expect(const char *profile, const char *path, const char *box, const char *const *only,
	const char *test, const char *word)
{
	struct nap_scenario *sc = scenario_of_profile(profile, path, box);
	struct nap_prober *prober;
	struct nap_discovery *d = find(sc, only, 1, &prober);

	expect_timers(sc, d, 1, true);
	if (word && (*word ? strcmp(nap_discovery_find(d, test, 0)->word, word)
			   : nap_discovery_find(d, test, 0)->state != NAP_FINDING_UNSURE))
		g_error("%s %s: %s is %s, not %s (%s)", profile, box, test,
			nap_discovery_find(d, test, 0)->word, word, nap_discovery_find(d, test, 0)->detail);
	nap_discovery_free(d);
	prober->ops->free(prober);
	nap_scenario_free(sc);
}

/* --- a limit of age, an idle limit, and the timer of data that nobody acknowledges --- */

/* age: the limit that tcp-duration must bracket, NAP_NEVER: there is none. */
static void expect_age(const char *profile, const char *path, const char *box, nap_time age)
{
	static const char *const only[] = { "tcp-1", "tcp-duration", NULL };
	struct nap_scenario *sc = scenario_of_profile(profile, path, box);
	struct nap_prober *prober;
	struct nap_discovery *d = find(sc, only, 1, &prober);
	const struct nap_finding *f = nap_discovery_find(d, "tcp-duration", 0);

	expect_timers(sc, d, 1, true);
	if (age == NAP_NEVER
			? f->state != NAP_FINDING_BEYOND
			: f->state != NAP_FINDING_DONE || f->bracket.alive > age || f->bracket.dead < age)
		g_error("%s %s: age %d, alive at %.3f s, dead at %.3f s, not %.3f s (%s)", profile, box,
			f->state, nap_time_seconds(f->bracket.alive), nap_time_seconds(f->bracket.dead),
			nap_time_seconds(age), f->detail);
	nap_discovery_free(d);
	prober->ops->free(prober);
	nap_scenario_free(sc);
}

static void test_age(void)
{
	expect_age("linux", LOSSY, "tcp-established = 9232s\ntcp-unacknowledged = 5min", NAP_NEVER);
	expect_age("linux", LOSSY, "tcp-established = 9232s\ntcp-unacknowledged = 30s", NAP_NEVER);
	expect_age("linux", LOSSY, "tcp-established = 9232s\nduration-limit = 20h", 20 * NAP_H);
	expect_age("rfc-minimum", LOSSY, "tcp-established = 9232s\ntcp-trans = 0s", NAP_NEVER);
	expect_age(
		"rfc-minimum", LOSSY, "tcp-established = 20min\ntcp-trans = 0s\nduration-limit = 1h", NAP_H);
	/* the age decides before any idle time does */
	expect_age(
		"rfc-minimum", LOSSY, "tcp-established = 9232s\ntcp-trans = 0s\nduration-limit = 1h", NAP_H);
}

/* --- a stray RST: what ends a connection in the wait after it --- */
static void test_stray_reset(void)
{
	static const char *const only[] = { "tcp-stray-rst", "tcp-1", NULL };
	static const struct {
		const char *profile, *box, *word;
	} rows[] = {
		{ "linux", "", "survives" },
		{ "linux", "tcp-established = 17s", "survives" },
		{ "linux", "tcp-established = 9s",
			"" }, /* it might live on for as long as after a RST that is believed */
		{ "linux", "tcp-be-liberal = yes", "dies" }, /* kept, but for as long as a closed one */
		{ "rfc-minimum", "tracker = simple\ntcp-close = 1s\nreset-check = no", "dies" },
		{ "rfc-minimum", "tracker = simple\ntcp-established = 12s\nreset-check = yes", "" },
		{ "rfc-minimum", "tracker = simple\ntcp-established = 12s\ntcp-close = 1s\nreset-check = no",
			"dies" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		expect(rows[i].profile, "delay = 20ms", rows[i].box, only, "tcp-stray-rst", rows[i].word);
}

/* --- a double NAT, where a new flow inherits what the outer box knows of the flow that had its port --- */

static void expect_chain(const char *inner, const char *outer, const char *const *only)
{
	g_autofree char *text =
		g_strdup_printf("[scenario]\nduration = 1h\n[path]\nmiddleboxes = one; two\ndelay = 20ms\n"
				"[middlebox one]\nprofile = rfc-minimum\naddresses = 100.64.0.7\n%s\n"
				"[middlebox two]\nprofile = rfc-minimum\n%s\n",
			inner, outer);
	struct nap_scenario *sc = scenario_of_text(text);

	for (uint64_t seed = 1; seed <= how_many(3, 12); seed++) {
		struct nap_prober *prober;
		struct nap_discovery *d = find(sc, only, seed, &prober);

		expect_timers(sc, d, 1, false);
		nap_discovery_free(d);
		prober->ops->free(prober);
	}
	nap_scenario_free(sc);
}

static void test_inheritance(void)
{
	static const char *const udp[] = { "udp-1", "udp-2", "udp-quick", "udp-3", NULL }, *const tcp[] = {
		"tcp-1", "tcp-syn", "tcp-fin-client", "tcp-rst-client", NULL
	};

	/* of many ports inside, some of which the survey's flows had */
	expect_chain("udp = 100s\nudp-stream = 6s\nports = random\nport-range = 2000-20000",
		"udp = 43s\nudp-stream = 2h\nfiltering = endpoint-independent\nports = preserve", udp);
	/* of few ports inside, and timers outside that are longer than those that decide */
	expect_chain("udp = 18s\nudp-stream = 290s\nports = block 64\nblocks-per-subscriber = 4",
		"udp = 1h\nudp-stream = 7s\nports = random", udp);
	expect_chain("tcp-established = 400s\ntcp-syn-sent = 20s\ntcp-half-closed = 60s\ntcp-closing = 10s\n"
		     "tcp-close = 10s\nport-range = 2000-2250",
		"tcp-established = 2h\ntcp-syn-sent = 250s\ntcp-half-closed = 1h\ntcp-closing = 2h", tcp);
}

/* --- what a stopped packet does to whose port it was sent to --- */
static void test_filtered(void)
{
	static const char *const only[] = { "udp-1", "udp-quick", "udp-3", "tcp-1", NULL };
	static const char *const boxes[] = {
		"filtered = destroy\nfiltering = address-and-port-dependent\nport-range = 2000-2150",
		"filtered = refresh\nfiltering = address-and-port-dependent\nport-range = 2000-2150",
		"filtered = destroy\nfiltering = address-and-port-dependent\nports = block 64\n"
		"blocks-per-subscriber = 2\nudp = 10s",
		"filtered = destroy\nfiltering = address-and-port-dependent",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(boxes); i++)
		expect("rfc-minimum", "delay = 20ms\nloss = 1%", boxes[i], only, NULL, NULL);
}

/* --- which direction refreshes, where packets are lost --- */
static void test_refresh_with_loss(void)
{
	static const char *const only[] = { "udp-3", "refresh-outbound", "refresh-inbound", NULL };
	static const char *const refresh[] = { "outbound", "inbound", "both" };

	for (uint32_t k = 0; k < 3; k++) {
		g_autofree char *box =
			g_strdup_printf("refresh = %s\nudp-stream = 50s\nudp = 50s", refresh[k]);
		struct nap_scenario *sc =
			scenario_of_profile("rfc-minimum", "delay = normal 40ms 10ms\nloss = 10%", box);

		for (uint64_t seed = 1; seed <= how_many(8, 60); seed++) {
			struct nap_prober *prober;
			struct nap_discovery *d = find(sc, only, seed, &prober);

			expect_timers(sc, d, 1, true);
			g_assert_cmpstr(nap_discovery_find(d, "refresh-outbound", 0)->word, ==,
				k != 1 ? "yes" : "no");
			g_assert_cmpstr(
				nap_discovery_find(d, "refresh-inbound", 0)->word, ==, k != 0 ? "yes" : "no");
			nap_discovery_free(d);
			prober->ops->free(prober);
		}
		nap_scenario_free(sc);
	}
}

/* A discovery by a prober that lacks what `cannot` says. */
static struct nap_discovery *begin(const struct nap_scenario *sc, const char *const *only, uint64_t seed,
	uint32_t cannot, struct nap_prober **prober)
{
	struct nap_discovery_options o = nap_discovery_defaults;

	o.only = only;
	o.seed = seed;
	*prober = nap_prober_sim_new(sc, seed);
	(*prober)->can &= ~cannot;
	return nap_discovery_new(*prober, &o);
}

static void end(struct nap_discovery *d, struct nap_prober *prober)
{
	nap_discovery_free(d);
	prober->ops->free(prober);
}

/* It comes to an end, and soon. */
static void go_through(struct nap_discovery *d)
{
	for (uint32_t turns = 0; !nap_discovery_done(d); turns++) {
		nap_discovery_turn(d, NAP_NEVER);
		g_assert_cmpuint(turns, <, 1000000);
	}
}

/*
 * --- a stack that repeats its FIN: Linux takes the second for the server's, and the connection is then about to be over, with a
 * timer of its own ---
 */
static void test_fin_repeated(void)
{
	static const char *const only[] = { "tcp-1", "tcp-fin-client", NULL };
	struct nap_scenario *sc = scenario_of_profile("linux", "delay = normal 40ms 10ms\nloss = 4%",
		"tcp-established = 97s\ntcp-close-wait = 23s\ntcp-last-ack = 11s\ntcp-time-wait = 61s");

	for (uint64_t seed = 1; seed <= how_many(6, 60); seed++) {
		struct nap_prober *prober;
		struct nap_discovery *d = begin(sc, only, seed, NAP_CAN_RAW_TCP, &prober);

		go_through(d);
		expect_timers(sc, d, seed, true);
		end(d, prober);
	}
	nap_scenario_free(sc);
}

/* --- a box that resets what it forgets, and forgets before the FIN: nothing is said of what would follow that --- */
static void test_reset_before_fin(void)
{
	static const char *const only[] = { "tcp-fin-client", NULL };
	struct nap_scenario *sc = scenario_of_profile(
		"linux", "delay = 20ms", "tcp-established = 600ms\ntcp-close-wait = 100s\non-expiry = rst");
	struct nap_prober *prober;
	struct nap_discovery *d = begin(sc, only, 1, NAP_CAN_RAW_TCP, &prober);
	const struct nap_finding *f;

	go_through(d);
	f = nap_discovery_find(d, "tcp-fin-client", 0);
	g_assert_cmpint(f->state, ==, NAP_FINDING_FAILED);
	g_assert_nonnull(strstr(f->detail, "before the question"));
	end(d, prober);
	nap_scenario_free(sc);
}

/* --- the only search left finds that its timer varies: it ends once it is known that boxes drop no flows --- */
static void test_varies_alone(void)
{
	static const char *const only[] = { "tcp-1", NULL };
	struct nap_scenario *sc = scenario_of_profile("rfc-minimum", "delay = normal 40ms 10ms\nloss = 3%",
		"tcp-established = 97s\npurge-interval = 60s");

	for (uint64_t seed = 1; seed <= how_many(3, 20); seed++) {
		struct nap_prober *prober;
		struct nap_discovery *d = begin(sc, only, seed, 0, &prober);

		go_through(d);
		g_assert_cmpint(nap_discovery_find(d, "tcp-1", 0)->state, ==, NAP_FINDING_VARIES);
		end(d, prober);
	}
	nap_scenario_free(sc);
}

/* --- a box that restarts while it is asked which direction refreshes: that is no sign against one --- */
static void test_refresh_with_restart(void)
{
	static const char *const only[] = { "udp-3", "refresh-outbound", "refresh-inbound", NULL };

	for (uint32_t at = 350; at < 800; at += 50) {
		g_autofree char *box = g_strdup_printf(
			"refresh = both\nudp-stream = 300s\nudp = 300s\nreboots = times %us", at);
		struct nap_scenario *sc = scenario_of_profile("rfc-minimum", "delay = 20ms", box);
		struct nap_prober *prober;
		struct nap_discovery *d = find(sc, only, 1, &prober);

		for (uint32_t i = 1; only[i]; i++) {
			const struct nap_finding *f = nap_discovery_find(d, only[i], 0);

			if (f->state != NAP_FINDING_UNSURE && f->state != NAP_FINDING_SKIPPED)
				g_assert_cmpstr(f->word, ==, "yes");
		}
		nap_discovery_free(d);
		prober->ops->free(prober);
		nap_scenario_free(sc);
	}
}

/* --- a box that restarts in the middle of the searches: all flows die at once, and no timer has ended any. Flows in use die, too --- */
static void test_restart(void)
{
	static const char *const only[] = { "udp-1", "udp-3", "tcp-1", "tcp-syn", "tcp-fin-client", "icmp",
		NULL };

	for (uint32_t at = 24; at < 120; at += how_many(24, 2)) {
		g_autofree char *once = g_strdup_printf("tcp-established = 300s\nreboots = times %us", at);

		expect("linux", "delay = 20ms", once, only, NULL, NULL);
	}
	/* too often for a timer of hours, which nobody can know then */
	for (uint64_t seed = 1; seed <= how_many(2, 12); seed++) {
		struct nap_scenario *sc =
			scenario_of_profile("linux", "delay = 20ms", "reboots = poisson 4/h");
		struct nap_prober *prober;
		struct nap_discovery *d = find(sc, only, seed, &prober);

		expect_timers(sc, d, 1, false);
		g_assert_cmpint(nap_discovery_find(d, "tcp-1", 0)->state, ==, NAP_FINDING_UNSURE);
		nap_discovery_free(d);
		prober->ops->free(prober);
		nap_scenario_free(sc);
	}
}

/*
 * --- a restart after an outage in which the flows in use that were beside the idle ones had died, too: nobody is left to have seen it.
 * All flows that wait in one bracket die of it alike ---
 */
static void test_restart_unseen(void)
{
	static const char text[] =
		"[scenario]\nduration = 1h\n[path]\nmiddleboxes = one\ndelay = 40.318ms\nloss = 1.283%\n"
		"outages = poisson 0.71/h\noutage-length = uniform 5s 40s\n[middlebox one]\ntracker = "
		"simple\n"
		"refresh = outbound\nfiltered = destroy\non-expiry = rst\nfiltering = endpoint-independent\n"
		"udp = uniform 116.348s 174.522s\nudp-stream = 110.222s\ntcp-syn-sent = 22.240s\n"
		"tcp-syn-recv = 2648.198s\ntcp-established = 32.004s\ntcp-fin-wait = 6533.662s\n"
		"tcp-close-wait = 504.345s\ntcp-last-ack = 1173.062s\ntcp-time-wait = 5520.827s\n"
		"tcp-close = 250.792s\ntcp-unacknowledged = 1249.587s\ntcp-max-retrans = 689.353s\n"
		"tcp-half-closed = 5495.819s\ntcp-closing = uniform 5.384s 8.076s\ntcp-trans = 34.423s\n"
		"icmp = 10.680s\ncapacity = 4784\neviction = lru\nports = preserve\nreboots = poisson "
		"0.99/h\n";
	static const char *only[G_N_ELEMENTS(stories) + 1];
	struct nap_scenario *sc = scenario_of_text(text);
	struct nap_discovery_options o = nap_discovery_defaults;
	enum { MET = 71530241 }; /* with this seed it did */

	for (uint32_t i = 0; i < G_N_ELEMENTS(stories); i++)
		only[i] = stories[i].test;
	o.only = only;
	for (uint64_t seed = MET; seed < MET + how_many(1, 20); seed++) {
		struct nap_prober *prober = nap_prober_sim_new(sc, seed);
		struct nap_discovery *d;

		prober->can &= ~(uint32_t)NAP_CAN_ANY_PORT;
		o.seed = seed;
		d = nap_discovery_new(prober, &o);
		while (!nap_discovery_done(d))
			nap_discovery_turn(d, NAP_NEVER);
		expect_timers(sc, d, seed, false);
		nap_discovery_free(d);
		prober->ops->free(prober);
	}
	nap_scenario_free(sc);
}

/*
 * --- a table that is too small for the flows under test, or for them and the survey's: boxes that refuse new ones, drop the oldest,
 * any or those that nothing was answered on. None of it is an expiry ---
 */
static void expect_in_table(uint32_t capacity, const char *eviction, bool live)
{
	static const char *const only[] = { "udp-1", "udp-quick", "udp-3", "tcp-1", "tcp-syn", "tcp-fin-both",
		"tcp-rst-client", "icmp", NULL };
	g_autofree char *box = g_strdup_printf(
		"capacity = %u\neviction = %s\nudp = 200s\nudp-stream = 500s\ntcp-established = 1300s\n"
		"tcp-closing = 240s\ntcp-close = 100s\nicmp = 77s\ntcp-syn-sent = 140s",
		capacity, eviction);
	struct nap_scenario *sc = scenario_of_profile("rfc-minimum", "delay = 20ms", box);
	struct nap_discovery_options o = nap_discovery_defaults;
	struct nap_prober *prober = nap_prober_sim_new(sc, 1);
	struct nap_discovery *d;

	o.only = only;
	if (live) {
		o.flows = 512;
		o.phase = 10 * NAP_S;
		prober->pace = 5 * NAP_MS;
	}
	d = nap_discovery_new(prober, &o);
	while (!nap_discovery_done(d))
		nap_discovery_turn(d, NAP_NEVER);
	g_test_message("%u %s%s", capacity, eviction, live ? ", live" : "");
	expect_timers(sc, d, 1, true);
	nap_discovery_free(d);
	prober->ops->free(prober);
	nap_scenario_free(sc);
}

static void test_table(void)
{
	static const char *const evictions[] = { "refuse", "lru", "random", "early-drop" };

	for (uint32_t i = 0; i < G_N_ELEMENTS(evictions); i++) {
		expect_in_table(520, evictions[i], true);
		for (uint32_t capacity = 1150; capacity < 1800; capacity += how_many(300, 100))
			expect_in_table(capacity, evictions[i], true);
		for (uint32_t capacity = 9600; capacity < 14000; capacity += how_many(3000, 1000))
			expect_in_table(capacity, evictions[i], false);
	}
}

/* --- an outage while loss is measured, before anything else: it is measured again --- */
static void test_outage_first(void)
{
	static const char *const only[] = { "udp-1", "icmp", NULL };

	expect("linux", "delay = 20ms\noutages = times 0s\noutage-length = 35s", "udp = 17s", only, NULL,
		NULL);
}

/* --- flows at once, after all other tests have left theirs behind --- */
static void test_bindings_after_all(void)
{
	static const struct {
		const char *box;
		uint64_t flows;
	} rows[] = {
		{ "sessions-per-subscriber = 1071", 1071 },
		{ "capacity = 1071\neviction = refuse", 1071 },
		{ "ports = block 64\nblocks-per-subscriber = 16", 1024 },
		{ "sessions-per-subscriber = 1071\nudp = 290s\nudp-stream = 1h\ntcp-established = "
		  "2h4m\ntcp-closing = 9min",
			1071 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct nap_scenario *sc = scenario_of_profile("rfc-minimum", "delay = 20ms", rows[i].box);
		struct nap_prober *prober;
		struct nap_discovery *d = find(sc, NULL, 1, &prober);
		const struct nap_finding *f = nap_discovery_find(d, "bindings", 0);

		g_test_message("%s: %u", rows[i].box, (unsigned)f->bindings);
		g_assert_cmpuint(f->bindings, ==, rows[i].flows);
		nap_discovery_free(d);
		prober->ops->free(prober);
		nap_scenario_free(sc);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/causes/age", test_age);
	g_test_add_func("/causes/stray-reset", test_stray_reset);
	g_test_add_func("/causes/inheritance", test_inheritance);
	g_test_add_func("/causes/filtered", test_filtered);
	g_test_add_func("/causes/refresh-with-loss", test_refresh_with_loss);
	g_test_add_func("/causes/fin-repeated", test_fin_repeated);
	g_test_add_func("/causes/reset-before-fin", test_reset_before_fin);
	g_test_add_func("/causes/varies-alone", test_varies_alone);
	g_test_add_func("/causes/refresh-with-restart", test_refresh_with_restart);
	g_test_add_func("/causes/restart", test_restart);
	g_test_add_func("/causes/restart-unseen", test_restart_unseen);
	g_test_add_func("/causes/table", test_table);
	g_test_add_func("/causes/outage-first", test_outage_first);
	g_test_add_func("/causes/bindings-after-all", test_bindings_after_all);
	return g_test_run();
}
