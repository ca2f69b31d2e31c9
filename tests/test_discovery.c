/* SPDX-License-Identifier: BSD-2-Clause */
/* What discovery says of a box besides its timers; limits, chains and other probers; going on; the profile it writes. */
#include <glib.h>
#include <glib/gstdio.h>

#include "discovery_scenario.h"
#include "long.h"
#include "report/discovery_report.h"

static void expect_word(const char *profile, const char *box, const char *test, const char *word)
{
	static const char *only[4];
	struct nap_scenario *sc = scenario_of_profile(profile, "delay = 30ms\nloss = 3%", box);
	struct nap_discovery_options o = nap_discovery_defaults;
	struct nap_prober *prober;
	struct nap_discovery *d;

	only[0] = test;
	only[1] = "udp-3";
	only[2] = "tcp-1";
	o.only = only;
	o.flows = 256; /* the search for the timers is not what is tested here */
	d = discover(sc, &o, 3, &prober);
	if (g_strcmp0(nap_discovery_find(d, test, 0)->word, word))
		g_error("%s %s: %s is %s, not %s (%s)", profile, box, test,
			nap_discovery_find(d, test, 0)->word, word, nap_discovery_find(d, test, 0)->detail);
	nap_discovery_free(d);
	prober->ops->free(prober);
	nap_scenario_free(sc);
}

static void test_behaviour(void)
{
	static const char *const dependence[] = { "endpoint-independent", "address-dependent",
		"address-and-port-dependent" };

	for (uint32_t i = 0; i < 3; i++) {
		g_autofree char *mapping = g_strdup_printf(
			"ports = random\nmapping = %s\ntcp-mapping = %s", dependence[i], dependence[2 - i]);
		g_autofree char *filtering = g_strdup_printf(
			"filtering = %s\ntcp-filtering = %s", dependence[i], dependence[2 - i]);

		expect_word("rfc-minimum", mapping, "mapping", dependence[i]);
		expect_word("rfc-minimum", mapping, "tcp-mapping", dependence[2 - i]);
		expect_word("rfc-minimum", filtering, "filtering", dependence[i]);
		expect_word("rfc-minimum", filtering, "tcp-filtering", dependence[2 - i]);
	}
	expect_word("linux-firewall", "", "mapping", "none");
	expect_word("rfc-minimum", "ports = preserve", "ports", "preserve");
	expect_word("rfc-minimum", "ports = random", "ports", "random");
	expect_word("rfc-minimum", "ports = sequential", "ports", "sequential");
	expect_word("rfc-minimum", "hairpin = yes", "hairpin", "yes");
	expect_word("rfc-minimum", "hairpin = yes\nhairpin-source = internal", "hairpin", "internal");
	expect_word("rfc-minimum", "hairpin = no", "hairpin", "no");
	expect_word("rfc-minimum", "refresh = outbound", "refresh-outbound", "yes");
	expect_word("rfc-minimum", "refresh = outbound", "refresh-inbound", "no");
	expect_word("rfc-minimum", "refresh = inbound", "refresh-outbound", "no");
	expect_word("rfc-minimum", "refresh = inbound", "refresh-inbound", "yes");
	expect_word("rfc-minimum", "refresh = both", "refresh-inbound", "yes");
	expect_word("rfc-minimum", "on-expiry = rst", "tcp-expiry", "rst");
	expect_word("rfc-minimum", "on-expiry = rst-inside", "tcp-expiry", "rst-inside");
	expect_word("rfc-minimum", "on-expiry = silent", "tcp-expiry", "silent");
}

/*
 * What clouds' boxes say of a dead connection, and to whom, by their profiles and by boxes that are wrong in one key: a RST
 * to whoever goes on, only to hosts behind it, to both ends when an established one runs out, or nothing.
 */
static void test_after_expiry(void)
{
	static const struct {
		const char *profile, *box, *after, *at, *closing;
	} rows[] = { { "aws-nlb", "", "rst-both", "silent", "silent" },
		{ "azure-nat-gateway", "", "rst-both", "silent", "silent" },
		{ "aws-nat-gateway", "", "rst-inside", "silent", "silent" },
		{ "aws-nat-gateway", "on-miss-sides = both", "rst-both", "silent", "silent" },
		{ "aws-nlb", "on-miss-sides = outside", "rst-outside", "silent", "silent" },
		{ "aws-nlb", "on-miss = drop", "silence", "silent", "silent" },
		{ "aws-nlb", "on-miss = create", "create", "silent", "silent" },
		{ "azure-lb", "", "silence", "silent", "silent" },
		{ "azure-lb", "reject = icmp", "icmp", "silent", "silent" },
		{ "azure-lb-reset", "", "silence", "rst", "silent" },
		{ "azure-lb-reset", "on-expiry-of = any", "silence", "rst", "rst" },
		{ "azure-lb-reset", "on-expiry = rst-outside\non-expiry-of = any", "silence", "rst-outside",
			"rst-outside" } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		expect_word(rows[i].profile, rows[i].box, "tcp-after-expiry", rows[i].after);
		expect_word(rows[i].profile, rows[i].box, "tcp-expiry", rows[i].at);
		expect_word(rows[i].profile, rows[i].box, "tcp-closing-expiry", rows[i].closing);
	}
}

/* Linux picks an idle connection up again from an inside packet: a client's probes would see it live for ever. */
static void test_recreation(void)
{
	static const char *const only[] = { "tcp-1", "tcp-expiry", NULL };
	struct nap_scenario *sc = scenario_of_profile("linux", "delay = 20ms", "tcp-established = 5min");
	struct nap_discovery_options o = nap_discovery_defaults;
	struct nap_prober *prober;
	struct nap_discovery *d;

	o.only = only;
	d = discover(sc, &o, 1, &prober);
	g_assert_true(nap_discovery_find(d, "tcp-expiry", 0)->recreated);
	g_assert_cmpstr(nap_discovery_find(d, "tcp-expiry", 0)->after_server, ==, "silence");
	g_assert_cmpint(nap_discovery_find(d, "tcp-1", 0)->bracket.alive, <=, 5 * NAP_MIN);
	nap_discovery_free(d);
	prober->ops->free(prober);
	nap_scenario_free(sc);
}

static void test_limits(void)
{
	static const char *const only[] = { "udp-3", "udp-duration", "tcp-1", "tcp-duration", "bindings",
		NULL };
	struct nap_scenario *sc = scenario_of_profile("rfc-minimum", "delay = 20ms\nloss = 1%",
		"duration-limit = 5h\ncapacity = 1000\ntcp-established = 1h");
	struct nap_discovery_options o = nap_discovery_defaults;
	const struct nap_finding *f;
	struct nap_prober *prober;
	struct nap_discovery *d;

	o.only = only;
	d = discover(sc, &o, 1, &prober);
	for (uint32_t i = 1; i < 4; i += 2) {
		f = nap_discovery_find(d, only[i], 0);
		g_assert_cmpint(f->state, ==, NAP_FINDING_DONE);
		g_assert_cmpint(f->bracket.alive, <=, 5 * NAP_H);
		g_assert_cmpint(f->bracket.dead, >=, 5 * NAP_H);
		g_assert_cmpint(f->bracket.dead - f->bracket.alive, <, 20 * NAP_MIN);
	}
	f = nap_discovery_find(d, "bindings", 0);
	g_assert_cmpint(f->state, ==, NAP_FINDING_DONE);
	g_assert_cmpuint(f->bindings, ==, 1000);
	nap_discovery_free(d);
	prober->ops->free(prober);
	nap_scenario_free(sc);
}

/* Through two boxes the shorter timer is found, and an outage is not taken for it. */
static void test_chain_and_outages(void)
{
	static const char *const only[] = { "udp-1", "udp-3", NULL };
	struct nap_scenario *sc = scenario_of_text(
		"[scenario]\nduration = 1h\n[path]\nmiddleboxes = home; carrier\ndelay = 25ms\nloss = 1%\n"
		"outages = poisson 20/h\noutage-length = uniform 5s 40s\n"
		"[middlebox home]\nprofile = openwrt\nlink-delay = 10ms\n[middlebox carrier]\nprofile = "
		"cgn-rfc6888\nudp = 45s\n");
	struct nap_discovery_options o = nap_discovery_defaults;
	struct nap_prober *prober;
	struct nap_discovery *d;
	const struct nap_finding *f;

	o.only = only;
	o.resolution = 3 * NAP_S;
	d = discover(sc, &o, 1, &prober);
	f = nap_discovery_find(d, "udp-1", 0); /* carrier 45 s, home 60 s */
	g_assert_cmpint(f->state, ==, NAP_FINDING_DONE);
	g_assert_cmpint(f->bracket.alive, <=, 45 * NAP_S);
	g_assert_cmpint(f->bracket.dead, >=, 45 * NAP_S);
	f = nap_discovery_find(d, "udp-3", 0); /* home 180 s */
	g_assert_cmpint(f->bracket.alive, <=, 180 * NAP_S);
	g_assert_cmpint(f->bracket.dead, >=, 180 * NAP_S);
	nap_discovery_free(d);
	prober->ops->free(prober);
	nap_scenario_free(sc);
}

/* A prober without raw sockets finds the same established timer with the stacks' own packets. */
static void test_sockets(void)
{
	static const char *const only[] = { "tcp-1", "tcp-fin-client", "tcp-syn", NULL };
	struct nap_scenario *sc = scenario_of_profile("azure-lb", "delay = 20ms\nloss = 2%", "");
	struct nap_discovery_options o = nap_discovery_defaults;
	struct nap_prober *prober = nap_prober_sim_new(sc, 5);
	struct nap_discovery *d;
	const struct nap_finding *f;

	o.only = only;
	o.resolution = 20 * NAP_S;
	prober->can &= ~(uint32_t)NAP_CAN_RAW_TCP;
	d = nap_discovery_new(prober, &o);
	while (!nap_discovery_done(d))
		nap_discovery_turn(d, NAP_NEVER);
	f = nap_discovery_find(d, "tcp-1", 0);
	g_assert_cmpint(f->state, ==, NAP_FINDING_DONE);
	g_assert_cmpint(f->bracket.alive, <=, 240 * NAP_S);
	g_assert_cmpint(f->bracket.dead, >=, 240 * NAP_S);
	g_assert_cmpint(nap_discovery_find(d, "tcp-syn", 0)->state, ==, NAP_FINDING_SKIPPED);
	nap_discovery_free(d);
	prober->ops->free(prober);
	nap_scenario_free(sc);
}

/* Findings given back to a new discovery are not looked for again; half-done ones go on from their bracket. */
static void resume(const struct nap_strategy *strategy)
{
	static const char *const only[] = { "udp-1", "udp-3", NULL };
	struct nap_scenario *sc = scenario_of_profile("linux", "delay = 20ms", "");
	struct nap_discovery_options o = nap_discovery_defaults;
	struct nap_prober *prober;
	struct nap_finding saved[2];
	struct nap_discovery *d;

	o.only = only;
	o.strategy = strategy;
	prober = nap_prober_sim_new(sc, 1);
	d = nap_discovery_new(prober, &o);
	while (nap_discovery_find(d, "udp-3", 0)->trials < 6)
		nap_discovery_turn(d, NAP_NEVER);
	saved[0] = *nap_discovery_find(d, "udp-1", 0);
	saved[1] = *nap_discovery_find(d, "udp-3", 0);
	g_assert_cmpint(saved[1].state, ==, NAP_FINDING_OPEN);
	g_assert_cmpint(saved[1].bracket.alive, >, 0);
	nap_discovery_free(d);
	prober->ops->free(prober);

	prober = nap_prober_sim_new(sc, 2);
	d = nap_discovery_new(prober, &o);
	nap_discovery_restore(d, &saved[0]);
	nap_discovery_restore(d, &saved[1]);
	while (!nap_discovery_done(d))
		nap_discovery_turn(d, NAP_NEVER);
	g_assert_cmpint(nap_discovery_find(d, "udp-3", 0)->state, ==, NAP_FINDING_DONE);
	g_assert_cmpint(nap_discovery_find(d, "udp-3", 0)->bracket.alive, <=, 120 * NAP_S);
	g_assert_cmpint(nap_discovery_find(d, "udp-3", 0)->bracket.dead, >=, 120 * NAP_S);
	g_assert_cmpint(nap_discovery_find(d, "udp-1", 0)->bracket.dead, >=, 30 * NAP_S);
	nap_discovery_free(d);
	prober->ops->free(prober);
	nap_scenario_free(sc);
}

static void test_resume(void)
{
	for (uint32_t i = 0; nap_strategies[i]; i++)
		resume(nap_strategies[i]);
}

/* The profile written from a discovery, put into a scenario, is discovered as the same. */
static void test_profile_round_trip(void)
{
	static const char *const only[] = { "udp-1", "udp-3", "udp-quick", "tcp-1", "tcp-syn", "tcp-syn-ack",
		"tcp-fin-both", "tcp-rst-client", "icmp", "mapping", "filtering", "ports", "hairpin",
		"refresh-outbound", "refresh-inbound", "tcp-expiry", NULL };
	static const char *const profiles[] = { "linux", "gcp-cloud-nat", "azure-lb-reset", "cisco-asa",
		"passt" };

	for (uint32_t i = 0; i < how_many(3, G_N_ELEMENTS(profiles)); i++) {
		struct nap_scenario *sc = scenario_of_profile(profiles[i], "delay = 20ms", ""), *again;
		struct nap_discovery_options o = nap_discovery_defaults;
		struct nap_prober *prober, *prober2;
		struct nap_discovery *d, *d2;
		g_autofree char *text = NULL, *dir = g_dir_make_tmp("natnap-XXXXXX", NULL),
				*file = g_build_filename(dir, "found", NULL);

		o.only = only;
		o.resolution = 2 * NAP_S;
		d = discover(sc, &o, 1, &prober);
		text = nap_discovery_profile(d, profiles[i], NULL);
		g_assert_true(g_file_set_contents(file, text, -1, NULL));
		again = scenario_of_profile(file, "delay = 20ms", "");
		d2 = discover(again, &o, 1, &prober2);
		for (uint32_t k = 0; k < nap_discovery_count(d); k++) {
			const struct nap_finding *a = nap_discovery_finding(d, k),
						 *b = nap_discovery_finding(d2, k);
			g_autofree char *va = nap_finding_value(a), *vb = nap_finding_value(b);

			if (a->test->kind == NAP_TEST_TIMER
					? a->bracket.alive > b->bracket.dead + 2 * NAP_S ||
						  b->bracket.alive > a->bracket.dead + 2 * NAP_S
					: strcmp(a->word, b->word) != 0)
				g_error("%s: %s: %s %s, then %s %s", profiles[i], a->test->name, va, a->word,
					vb, b->word);
		}
		nap_discovery_free(d);
		nap_discovery_free(d2);
		prober->ops->free(prober);
		prober2->ops->free(prober2);
		nap_scenario_free(sc);
		nap_scenario_free(again);
		g_unlink(file);
		g_rmdir(dir);
	}
}

/* The profile that a discovery of a box writes; *d and its prober are the caller's. */
static char *profile_of(const struct nap_scenario *sc, const char *const *only, struct nap_discovery **d,
	struct nap_prober **prober)
{
	struct nap_discovery_options o = nap_discovery_defaults;

	o.only = only;
	o.flows = 256;
	*d = discover(sc, &o, 1, prober);
	return nap_discovery_profile(*d, "box", NULL);
}

static void expect_line(const char *profile, const char *line, bool there)
{
	g_autofree char *whole = g_strdup_printf("\n%s\n", line);

	if ((strstr(profile, whole) != NULL) != there)
		g_error("%s \"%s\" in\n%s", there ? "no" : "there is", line, profile);
}

/*
 * Who hears a RST for a connection that is forgotten, and who for one that never was: of the two keys that make a box answer
 * the outside the profile names the right one, and the profile's own box meets the same.
 */
static void test_profile_of_misses(void)
{
	static const char *const only[] = { "tcp-expiry", "tcp-after-expiry", "udp-expiry", "tcp-filtering",
		"mapping", "filtering", NULL };
	static const struct {
		const char *box, *lines[3], *not ;
	} rows[] = {
		{ "on-miss = rst\non-miss-sides = both", { "on-miss = rst", "on-miss-sides = both" },
			"reject = rst" },
		{ "on-miss = rst\non-miss-sides = outside", { "on-miss = rst", "on-miss-sides = outside" },
			"reject = rst" },
		{ "on-miss = rst\non-miss-sides = inside", { "on-miss = rst", "on-miss-sides = inside" },
			"reject = rst" },
		{ "on-miss = drop\nreject = rst", { "on-miss = drop", "reject = rst" }, "on-miss = rst" },
		{ "on-miss = rst\nreject = rst",
			{ "on-miss = rst", "on-miss-sides = inside", "reject = rst" },
			"on-miss-sides = both" },
		{ "on-miss = create\nreject = rst", { "on-miss = create", "reject = rst" }, "on-miss = rst" },
		{ "on-miss = drop\nreject = icmp", { "on-miss = drop", "reject = icmp" }, "reject = rst" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *box = g_strdup_printf("tcp-established = 5min\n%s", rows[i].box),
				*dir = g_dir_make_tmp("natnap-XXXXXX", NULL),
				*file = g_build_filename(dir, "found", NULL), *text = NULL, *text2 = NULL;
		struct nap_scenario *sc = scenario_of_profile("rfc-minimum", "delay = 20ms", box), *again;
		struct nap_prober *prober, *prober2;
		struct nap_discovery *d, *d2;

		text = profile_of(sc, only, &d, &prober);
		for (uint32_t k = 0; k < 3 && rows[i].lines[k]; k++)
			expect_line(text, rows[i].lines[k], true);
		expect_line(text, rows[i].not, false);
		g_assert_true(g_file_set_contents(file, text, -1, NULL));
		again = scenario_of_profile(file, "delay = 20ms", "");
		text2 = profile_of(again, only, &d2, &prober2);
		for (uint32_t k = 0; k < nap_discovery_count(d); k++) {
			const struct nap_finding *a = nap_discovery_finding(d, k),
						 *b = nap_discovery_finding(d2, k);

			g_assert_cmpstr(a->word, ==, b->word);
			g_assert_cmpstr(a->after_server, ==, b->after_server);
			g_assert_cmpstr(a->after_client, ==, b->after_client);
		}
		nap_discovery_free(d);
		nap_discovery_free(d2);
		prober->ops->free(prober);
		prober2->ops->free(prober2);
		nap_scenario_free(sc);
		nap_scenario_free(again);
		g_unlink(file);
		g_rmdir(dir);
	}
}

/* What no test has told, or only that it varies or lies beyond, is named; what one has told is not. */
static void test_profile_unverified(void)
{
	static const char *const only[] = { "mapping", "udp-3", "tcp-rst-client", NULL }, *const doubts[] = {
		"udp-stream", "tcp-close-wait", NULL
	};
	struct nap_scenario *sc = scenario_of_profile("rfc-minimum", "delay = 20ms", "tcp-trans = 30d");
	struct nap_prober *prober;
	struct nap_discovery *d;
	g_autofree char *text = profile_of(sc, only, &d, &prober),
			*doubted = nap_discovery_profile(d, "box", doubts);

	expect_line(text, "verified = yes", true);
	expect_line(text,
		"unverified = udp; tcp-syn-sent; tcp-syn-recv; tcp-established; tcp-half-closed; "
		"tcp-closing; "
		"tcp-close; icmp; duration-limit; filtering; tcp-mapping; tcp-filtering; ports; hairpin; "
		"refresh; "
		"reset-check; on-expiry; on-miss; reject; capacity",
		true);
	g_assert_nonnull(strstr(doubted, "unverified = udp; udp-stream; tcp-syn-sent; "));
	nap_discovery_free(d);
	prober->ops->free(prober);
	nap_scenario_free(sc);
}

/* A flow that is never idle is not begun anew for each packet that has to be sent again. */
static void test_duration_with_loss(void)
{
	static const char *const only[] = { "tcp-1", "tcp-duration", NULL };
	struct nap_scenario *sc = scenario_of_profile("rfc-minimum", "delay = 20ms\nloss = 5%", "");
	struct nap_discovery_options o = nap_discovery_defaults;
	struct nap_prober *prober;
	struct nap_discovery *d;

	o.only = only;
	d = discover(sc, &o, 1, &prober);
	g_assert_cmpint(nap_discovery_find(d, "tcp-duration", 0)->state, ==, NAP_FINDING_BEYOND);
	g_assert_cmpint(nap_discovery_find(d, "tcp-duration", 0)->elapsed, <, o.duration + NAP_H);
	nap_discovery_free(d);
	prober->ops->free(prober);
	nap_scenario_free(sc);
}

/* What is after a timer is read off the deaths that its search meets: no test of it waits as long again. */
static void test_after_expiry_in_the_same_wait(void)
{
	static const char *const only[] = { "tcp-1", "tcp-expiry", "tcp-after-expiry", NULL };
	struct nap_scenario *sc = scenario_of_profile("aws-nlb", "delay = 20ms", "");
	struct nap_discovery_options o = nap_discovery_defaults;
	struct nap_discovery_summary s;
	struct nap_prober *prober;
	struct nap_discovery *d;

	o.only = only;
	d = discover(sc, &o, 1, &prober);
	nap_discovery_summary(d, &s);
	g_assert_cmpstr(nap_discovery_find(d, "tcp-after-expiry", 0)->word, ==, "rst-both");
	g_assert_cmpint(s.elapsed, ==, s.timers);
	nap_discovery_free(d);
	prober->ops->free(prober);
	nap_scenario_free(sc);
}

/* A box that drops its oldest session for a new one is not overrun: its timers come out, not its size. */
static void test_small_table(void)
{
	static const char *const only[] = { "udp-1", "udp-3", "tcp-1", NULL };
	static const char *const boxes[] = { "capacity = 300\neviction = lru",
		"capacity = 300\neviction = refuse" };
	struct nap_discovery_options o = nap_discovery_defaults;

	o.only = only;
	for (uint32_t i = 0; i < G_N_ELEMENTS(boxes); i++) {
		struct nap_scenario *sc = scenario_of_profile("rfc-minimum", "delay = 20ms", boxes[i]);
		struct nap_prober *prober;
		struct nap_discovery *d = discover(sc, &o, 1, &prober);

		for (uint32_t k = 0; k < 3; k++) {
			const struct nap_finding *f = nap_discovery_find(d, only[k], 0);
			nap_time timer = k < 2 ? 120 * NAP_S : 7680 * NAP_S;

			g_assert_cmpint(f->state, ==, NAP_FINDING_DONE);
			g_assert_cmpint(f->bracket.alive, <=, timer);
			g_assert_cmpint(f->bracket.dead, >=, timer);
		}
		nap_discovery_free(d);
		prober->ops->free(prober);
		nap_scenario_free(sc);
	}
}

/* All that is told of a discovery that tells at once; *first: when its first words came. */
static char *told_at_once(const char *const *only, nap_time *first)
{
	struct nap_scenario *sc = scenario_of_profile("rfc-minimum", "delay = 20ms", "");
	struct nap_discovery_options o = nap_discovery_defaults;
	struct nap_prober *prober = nap_prober_sim_new(sc, 1);
	GString *told = g_string_new(NULL);
	struct nap_discovery_news *news;
	struct nap_discovery *d;
	g_autofree char *rest = NULL;

	o.only = only;
	d = nap_discovery_new(prober, &o);
	news = nap_discovery_news_new(d, "here", false);
	*first = NAP_NEVER;
	while (!nap_discovery_done(d)) {
		g_autofree char *text = NULL;

		nap_discovery_turn(d, NAP_NEVER);
		text = nap_discovery_news_take(news, prober->ops->now(prober));
		if (*text && *first == NAP_NEVER)
			*first = prober->ops->now(prober);
		g_string_append(told, text);
	}
	rest = nap_discovery_news_end(news);
	g_string_append(told, rest);
	nap_discovery_news_free(news);
	nap_discovery_free(d);
	prober->ops->free(prober);
	nap_scenario_free(sc);
	return g_string_free(told, FALSE);
}

/* Where timers take hours, what is known in seconds is said at once as what it is; the answer is the last word of them. */
static void test_provisional(void)
{
	static const char *const
		with_timers[] = { "mapping", "filtering", "tcp-mapping", "udp-3", "tcp-1", NULL },
		*const without[] = { "mapping", "filtering", NULL }, *const timer[] = { "udp-1", NULL };
	nap_time first;
	g_autofree char *all = told_at_once(with_timers, &first), *short_one = NULL, *lone = NULL;
	const char *answer = strstr(all, "\nThe path forgets UDP after 2 min and TCP after ");

	g_assert_true(g_str_has_prefix(all, "So far: on this path its mapping suits peer to peer. How long "
					    "idle flows live takes as long as they do: "));
	g_assert_cmpint(first, <, 2 * NAP_MIN);
	g_assert_nonnull(answer);
	g_assert_true(strstr(all, "\nNAT: ") < strstr(all, "\nudp-3 ") && strstr(all, "\ntcp-1 ") < answer);
	short_one = told_at_once(without, &first);
	g_assert_true(g_str_has_prefix(short_one, "So far: on this path its mapping suits peer to peer.\n"));
	lone = told_at_once(timer, &first);
	g_assert_null(strstr(lone, "So far"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/discovery/behaviour", test_behaviour);
	g_test_add_func("/discovery/after-expiry", test_after_expiry);
	g_test_add_func("/discovery/recreation", test_recreation);
	g_test_add_func("/discovery/limits", test_limits);
	g_test_add_func("/discovery/chain-and-outages", test_chain_and_outages);
	g_test_add_func("/discovery/sockets", test_sockets);
	g_test_add_func("/discovery/small-table", test_small_table);
	g_test_add_func("/discovery/resume", test_resume);
	g_test_add_func("/discovery/profile-round-trip", test_profile_round_trip);
	g_test_add_func("/discovery/profile-of-misses", test_profile_of_misses);
	g_test_add_func("/discovery/profile-unverified", test_profile_unverified);
	g_test_add_func("/discovery/provisional", test_provisional);
	g_test_add_func("/discovery/duration-with-loss", test_duration_with_loss);
	g_test_add_func("/discovery/after-expiry-in-the-same-wait", test_after_expiry_in_the_same_wait);
	return g_test_run();
}
