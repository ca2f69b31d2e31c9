/* SPDX-License-Identifier: BSD-2-Clause */
/* Two clients behind boxes of their own: which pairs of NATs let them meet, by what, and how long the way lasts. */
#include <math.h>

#include "harness.h"
#include "peer/relay.h"

/* The four kinds of RFC 3489 and 5128 in the words of RFC 4787. */
static const struct nat_kind {
	const char *name, *mapping, *filtering;
} kinds[] = {
	{ "full cone", "endpoint-independent", "endpoint-independent" },
	{ "restricted cone", "endpoint-independent", "address-dependent" },
	{ "port-restricted cone", "endpoint-independent", "address-and-port-dependent" },
	{ "symmetric", "address-and-port-dependent", "address-and-port-dependent" },
};

#define SYMMETRIC       3
#define PORT_RESTRICTED 2

/* The known table: a NAT that maps by destination has a port that the other cannot foresee, who must let any port in. */
static bool meet(size_t a, size_t b)
{
	return !(a == SYMMETRIC && b >= PORT_RESTRICTED) && !(b == SYMMETRIC && a >= PORT_RESTRICTED);
}

static char *box(const char *name, const struct nat_kind *k, const char *keys)
{
	return g_strdup_printf("[middlebox %s]\n%s\n%s\nmapping = %s\nfiltering = "
			       "%s\nudp = 2min\nudp-stream = 2min\n%s\n",
		name, strstr(keys, "tracker") ? "" : "tracker = rfc7857",
		strstr(keys, "ports") ? "" : "ports = random", k->mapping, k->filtering, keys);
}

/* Both ends behind one NAT each; keys: of [peer], of both boxes. */
static struct h_run *pair(const struct nat_kind *a, const struct nat_kind *b, const char *scenario,
	const char *peer, const char *boxes)
{
	g_autofree char *mine = box("mine", a, boxes), *theirs = box("theirs", b, boxes);
	g_autofree char *text =
		g_strdup_printf("[scenario]\n%s\n[path]\nmiddleboxes = mine\ndelay = 20ms\n%s%s"
				"[peer]\nmiddleboxes = theirs\ndelay = 30ms\n%s\n"
				"[radio]\nprofile = wired\n[client]\napplication = udp\npolicy = "
				"fixed\ninterval = 20s\n[server]\npush = periodic 7s\n",
			scenario, mine, theirs, peer);

	return h_run(text, 1);
}

static void check_pair(size_t a, size_t b, const char *transport)
{
	g_autofree char *peer = g_strdup_printf("transport = %s\nrelay = no", transport);
	struct h_run *h = pair(&kinds[a], &kinds[b], "duration = 2min", peer, "");
	bool met = meet(a, b);

	g_test_message("%s, %s and %s", transport, kinds[a].name, kinds[b].name);
	g_assert_cmpfloat(h_mean(h, "punch_attempts"), ==, 1.0);
	g_assert_cmpfloat(h_mean(h, "punch_success_fraction"), ==, met ? 1.0 : 0.0);
	g_assert_cmpfloat(h_mean(h, "pushes_delivered"), ==, met ? h_mean(h, "pushes_offered") : 0.0);
	g_assert_cmpfloat(h_mean(h, "relayed_fraction"), ==, 0.0);
	if (met)
		g_assert_cmpfloat(
			fabs(h_mean(h, "direct_fraction") - 1.0 + h_mean(h, "punch_time_s") / 120.0), <,
			1e-9);
	h_free(h);
}

static void test_pairs(const void *transport)
{
	for (size_t a = 0; a < G_N_ELEMENTS(kinds); a++)
		for (size_t b = 0; b < G_N_ELEMENTS(kinds); b++)
			check_pair(a, b, transport);
}

/* Where the two cannot meet the relay carries all, from both. */
static void test_relay(void)
{
	for (size_t a = 0; a < G_N_ELEMENTS(kinds); a++)
		for (size_t b = 0; b < G_N_ELEMENTS(kinds); b++) {
			struct h_run *h = pair(&kinds[a], &kinds[b], "duration = 30min", "", "");

			g_assert_cmpfloat(h_mean(h, "pushes_delivered"), ==, h_mean(h, "pushes_offered"));
			g_assert_cmpfloat(h_mean(h, "bindings_expired"), ==, 0.0);
			g_assert_true(meet(a, b) ? h_mean(h, "direct_fraction") > 0.999
						 : h_mean(h, "direct_fraction") == 0.0);
			h_free(h);
		}
}

/*
 * A box that answers a SYN which nobody asked for with a RST ends the other's connection, and that one's own NAT (Linux') lets none
 * in after that; unless both begin at once, so that each SYN has left its own NAT before the other's comes to it.
 */
static void test_resets(void)
{
	static const struct row {
		const char *reject, *simultaneous;
		double met;
	} rows[] = { { "drop", "yes", 1.0 }, { "rst", "yes", 1.0 }, { "icmp", "yes", 1.0 },
		{ "drop", "no", 1.0 }, { "rst", "no", 0.0 }, { "icmp", "no", 0.0 } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *peer = g_strdup_printf(
			"transport = tcp\nrelay = no\ntries = 1\nsimultaneous = %s", rows[i].simultaneous);
		g_autofree char *boxes = g_strdup_printf(
			"tracker = linux\noverload = no\nlink-delay = 25ms\nreject = %s", rows[i].reject);
		struct h_run *h = pair(
			&kinds[PORT_RESTRICTED], &kinds[PORT_RESTRICTED], "duration = 1min", peer, boxes);

		g_test_message("reject %s, simultaneous %s", rows[i].reject, rows[i].simultaneous);
		g_assert_cmpfloat(
			h_mean(h, "pushes_delivered"), ==, rows[i].met * h_mean(h, "pushes_offered"));
		if (rows[i].met == 1.0)
			g_assert_cmpfloat(h_mean(h, "punch_success_fraction"), ==, 1.0);
		else
			g_assert_cmpfloat(h_mean(h, "punch_success_fraction"), <, 1.0);
		h_free(h);
	}
}

/* Both behind one NAT: each with one of its own before it, or in one network. */
static struct h_run *behind_one(bool own, const char *hairpin, const char *private, const char *transport)
{
	g_autofree char *mine = box("mine", &kinds[0], ""), *theirs = box("theirs", &kinds[0], "");
	g_autofree char *keys = g_strdup_printf("hairpin = %s", hairpin),
			*outer = box("outer", &kinds[0], keys);
	g_autofree char *text = g_strdup_printf(
		"[scenario]\nduration = 1min\n[path]\nmiddleboxes = %souter\ndelay = 20ms\n%s%s%s"
		"[peer]\n%sbehind = outer\ndelay = 30ms\nrelay = no\nprivate-candidates = %s\ntransport = "
		"%s\n"
		"[radio]\nprofile = wired\n[client]\napplication = udp\npolicy = fixed\ninterval = 20s\n"
		"[server]\npush = periodic 7s\n",
		own ? "mine; " : "", outer, own ? mine : "", own ? theirs : "",
		own ? "middleboxes = theirs\n" : "", private, transport);

	return h_run(text, 1);
}

static void test_hairpin(const void *transport)
{
	static const struct row {
		bool own;
		const char *hairpin, *private;
		double met;
	} rows[] = {
		{ true, "yes", "yes", 1.0 },
		{ true, "no", "yes", 0.0 }, /* private addresses lead nowhere from another's network */
		{ false, "yes", "no", 1.0 },
		{ false, "no", "yes", 1.0 }, /* in one network they need no NAT */
		{ false, "no", "no", 0.0 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct h_run *h = behind_one(rows[i].own, rows[i].hairpin, rows[i].private, transport);

		g_test_message("%s, row %zu", (const char *)transport, i);
		g_assert_cmpfloat(h_mean(h, "punch_success_fraction"), ==, rows[i].met);
		g_assert_cmpfloat(
			h_mean(h, "pushes_delivered"), ==, rows[i].met * h_mean(h, "pushes_offered"));
		h_free(h);
	}
}

/*
 * Nobody says a word but the checks, every 3 min, and both NATs forget after 2 min, and give other ports then: the way opens for
 * 2 min, is found lost 5 min after it was last found well, and is opened anew.
 */
static void test_lapse(void)
{
	const char *text = "[scenario]\nduration = 2h\n[path]\nmiddleboxes = mine\ndelay = 20ms\n%s%s"
			   "[peer]\nmiddleboxes = theirs\ndelay = 30ms\nrelay = no\ncheck-interval = 3min\n"
			   "check-jitter = 0%%\ncheck-timeout = 5min\n"
			   "[radio]\nprofile = wired\n[client]\napplication = udp\npolicy = none\n";
	g_autofree char *mine = box("mine", &kinds[PORT_RESTRICTED], ""),
			*theirs = box("theirs", &kinds[PORT_RESTRICTED], "");
	g_autofree char *whole = g_strdup_printf(text, mine, theirs);
	struct h_run *h = h_run(whole, 1);
	double cycle = 300.0 + h_mean(h, "punch_time_s"), n = ceil(7200.0 / cycle);

	g_assert_cmpfloat(h_mean(h, "punch_attempts"), ==, n);
	g_assert_cmpfloat(fabs(h_mean(h, "direct_fraction") - 300.0 / cycle), <, 0.003);
	g_assert_cmpfloat(h_mean(h, "bindings_expired"), ==, n);
	h_free(h);
}

/* The same numbers in both orders, with any number of threads. */
static void test_orders(void)
{
	static const char *const orders[] = { "subscriber", "global" };
	struct h_run *first = NULL;

	for (uint32_t i = 0; i < 4; i++) {
		g_autofree char *scenario = g_strdup_printf(
			"duration = 20min\nsubscribers = 30\nreplications = 2\norder = %s", orders[i & 1]);
		struct h_run *h = pair(&kinds[SYMMETRIC], &kinds[1], scenario,
			"loss = 10%\ntries = 3\nretry = 2min\nkeep-relay = yes", "");

		g_assert_cmpfloat(h_mean(h, "direct_fraction"), >, 0.0);
		g_assert_cmpfloat(h_mean(h, "relayed_fraction"), >, 0.0);
		for (uint32_t k = 0; first && k < h->results->n_columns; k++)
			if (!isnan(h->results->row[0].mean[k]))
				g_assert_cmpfloat(
					h->results->row[0].mean[k], ==, first->results->row[0].mean[k]);
		if (first)
			h_free(h);
		else
			first = h;
	}
	h_free(first);
}

/*
 * One NAT gives each destination a port by chance: with m ports open towards the other end, of 64512, a guess of that meets one with
 * probability m / 64512. The ports are opened eight at a time, the first 24 before the first guess comes. Either end may guess.
 */
static void check_guesses(uint32_t k, size_t a, size_t b)
{
	g_autofree char *peer =
		g_strdup_printf("relay = no\ntries = 1\nretry = never\ntime-limit = 1min\nguesses = %u\n", k);
	struct h_run *h = pair(&kinds[a], &kinds[b], "duration = 30s\nsubscribers = 600", peer, "");
	double none = 1.0, got = h_mean(h, "punch_success_fraction");

	for (uint32_t i = 0; i < k; i++)
		none *= 1.0 - MIN(256.0, 8.0 * (i + 4)) / 64512.0;
	g_test_message("%u guesses: %.3f, by formula %.3f", k, got, 1.0 - none);
	g_assert_cmpfloat(h_mean(h, "punch_attempts"), ==, 1.0);
	g_assert_cmpfloat(fabs(got - 1.0 + none), <, 4.0 * sqrt(none * (1.0 - none) / 600.0));
	h_free(h);
}

static void test_guesses(void)
{
	check_guesses(174, PORT_RESTRICTED, SYMMETRIC);
	check_guesses(174, SYMMETRIC, PORT_RESTRICTED);
	check_guesses(512, PORT_RESTRICTED, SYMMETRIC);
}

/*
 * A NAT that maps anew for each destination, but counts its ports up: the next one is what the one towards the second server was,
 * and as much more as that was more than the first (RFC 5128 3.5). Two such ends meet by that as well, as both turn to one another
 * first; where ports are drawn, 1 or 2 of 64512 meet nobody. Either end may be the one that is foreseen.
 */
static void test_predictions(void)
{
	static const struct row {
		size_t a, b;
		const char *ports, *n;
		double met;
	} rows[] = {
		{ SYMMETRIC, PORT_RESTRICTED, "sequential", "0", 0.0 },
		{ SYMMETRIC, PORT_RESTRICTED, "sequential", "1", 1.0 },
		{ PORT_RESTRICTED, SYMMETRIC, "sequential", "1", 1.0 },
		{ SYMMETRIC, SYMMETRIC, "sequential", "0", 0.0 },
		{ SYMMETRIC, SYMMETRIC, "sequential", "1", 1.0 },
		{ SYMMETRIC, SYMMETRIC, "sequential", "4", 1.0 },
		{ SYMMETRIC, PORT_RESTRICTED, "random", "2", 0.0 },
		{ SYMMETRIC, SYMMETRIC, "random", "2", 0.0 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *peer = g_strdup_printf("predictions = %s\nretry = never", rows[i].n);
		g_autofree char *boxes = g_strdup_printf("ports = %s", rows[i].ports);
		struct h_run *h = pair(&kinds[rows[i].a], &kinds[rows[i].b], "duration = 1min", peer, boxes);

		g_test_message("row %zu", i);
		g_assert_cmpfloat(h_mean(h, "punch_attempts"), ==, 1.0);
		g_assert_cmpfloat(h_mean(h, "punch_success_fraction"), ==, rows[i].met);
		h_free(h);
	}
}

/* The relay's distance from both ends' boxes is in each packet's delay, in and out, and twice in each of its answers. */
static void test_relay_delay(void)
{
	double direct[2], delay[2];

	for (int i = 0; i < 2; i++) {
		struct h_run *h = pair(&kinds[SYMMETRIC], &kinds[SYMMETRIC], "duration = 1h",
			i ? "relay-delay = 40ms\ncheck-interval = 15s" : "check-interval = 15s", "");

		delay[i] = h_mean(h, "push_delay_p50_s");
		h_free(h);
		h = pair(&kinds[0], &kinds[0], "duration = 1h",
			i ? "relay-delay = 40ms\nrelay = no" : "relay = no", "");
		direct[i] = h_mean(h, "punch_time_s");
		h_free(h);
	}
	g_assert_cmpfloat(fabs(delay[0] - 0.050), <, 0.001);
	g_assert_cmpfloat(fabs(delay[1] - 0.130), <, 0.002);
	g_assert_cmpfloat(fabs(direct[1] - direct[0] - 0.160), <,
		1e-9); /* each end asks in its turn how it is mapped */
}

/* A NAT that gets another address loses the way, which is opened anew, once each time. */
static void test_changes(const void *transport)
{
	g_autofree char *peer = g_strdup_printf("transport = %s", (const char *)transport);

	for (size_t mine = 0; mine < 2; mine++) {
		g_autofree char *a = box("mine", &kinds[2], mine ? "address-changes = periodic 10min" : ""),
				*b = box("theirs", &kinds[2], mine ? "" : "address-changes = periodic 10min");
		g_autofree char *text = g_strdup_printf(
			"[scenario]\nduration = 1h\n[path]\nmiddleboxes = mine\ndelay = 20ms\n%s%s"
			"[peer]\nmiddleboxes = theirs\ndelay = 30ms\n%s\n[radio]\nprofile = wired\n"
			"[client]\napplication = udp\n[server]\npush = periodic 7s\n",
			a, b, peer);
		struct h_run *h = h_run(text, 1);

		g_assert_cmpfloat(h_mean(h, "punch_attempts"), ==, 6.0);
		g_assert_cmpfloat(h_mean(h, "punch_success_fraction"), ==, 1.0);
		/* each is noticed 25 to 30 s later, as the last answer before it is so old */
		g_assert_cmpfloat(h_mean(h, "reachable_fraction"), >, 1.0 - 5.0 * 32.0 / 3600.0);
		g_assert_cmpfloat(h_mean(h, "reachable_fraction"), <, 1.0 - 5.0 * 23.0 / 3600.0);
		h_free(h);
	}
}

/* What the relay lets pass, to the nanosecond: RFC 8656's lifetimes from the last refresh of each. */
static void test_lifetimes(void)
{
	const struct nap_peer_config cfg = { .allocation_lifetime = 600 * NAP_S,
		.permission_lifetime = 300 * NAP_S,
		.channel_lifetime = 600 * NAP_S,
		.relay_overhead = 4 };
	const struct nap_endpoint client = { 1, 1000 }, peer = { 2, 2000 }, relay = { NAP_RELAY_ADDR, 3478 };
	struct nap_packet p = { .src = client, .dst = relay, .proto = NAP_UDP, .message = NAP_PEER_ALLOCATE },
			  in = { .src = peer, .proto = NAP_UDP, .message = 1, .len = 100 };
	struct nap_relay r = { 0 };
	struct nap_outbox out = { 0 };

	g_assert_true(nap_relay_input(&r, &cfg, 0, &p, &out));
	in.dst = out.packet[0].quote.src;
	g_assert_cmpint(in.dst.addr, ==, NAP_RELAY_ADDR);
	g_assert_cmpint(nap_relay_open_until(&r, 1, 2), ==, 0); /* no permission yet */
	p.message = NAP_PEER_BIND;
	p.quote.dst = peer;
	nap_relay_input(&r, &cfg, 10 * NAP_S, &p, &out);
	g_assert_cmpint(nap_relay_open_until(&r, 11 * NAP_S, 2), ==, 310 * NAP_S);
	g_assert_cmpint(nap_relay_open_until(&r, 11 * NAP_S, 3), ==, 0); /* another address */
	out.n = 0;
	g_assert_false(nap_relay_input(&r, &cfg, 310 * NAP_S - 1, &in, &out));
	g_assert_cmpuint(out.n, ==, 1);
	g_assert_true(nap_endpoint_equal(out.packet[0].dst, client) && out.packet[0].len == 104);
	nap_relay_input(&r, &cfg, 310 * NAP_S, &in, &out);
	g_assert_cmpuint(out.n, ==, 1); /* the permission is over */
	nap_relay_input(&r, &cfg, 320 * NAP_S, &p, &out);
	g_assert_cmpint(nap_relay_open_until(&r, 330 * NAP_S, 2), ==,
		600 * NAP_S); /* now the allocation ends first */
	p.message = NAP_PEER_REFRESH;
	p.tag = 1;
	out.n = 0;
	nap_relay_input(&r, &cfg, 600 * NAP_S - 1, &p, &out);
	g_assert_cmpint(out.packet[0].message, ==, NAP_PEER_REFRESHED);
	nap_relay_input(&r, &cfg, 1200 * NAP_S, &p, &out);
	g_assert_cmpint(out.packet[1].message, ==, NAP_PEER_MISMATCH); /* too late */
}

/*
 * The program finds its flow dead, and the agent, which does not check by itself, begins anew: what it asks then is asked
 * again in time, though a way over a round trip of more than RFC 8489's first wait brings no answer before.
 */
static void test_anew(void)
{
	struct h_run *h = h_run("[scenario]\nduration = 12min\n[path]\nmiddleboxes = b\ndelay = 564ms\n"
				"[middlebox b]\nports = block 14\n[client]\napplication = webrtc-ice\n"
				"policy = multiplicative\n[peer]\ncheck-interval = never\n",
		1);

	g_assert_cmpfloat(h_mean(h, "reconnects"), >=, 1.0);
	g_assert_cmpfloat(h_mean(h, "punch_attempts"), >=, 2.0);
	h_free(h);
}

/*
 * Reachable time is the share of the peer's messages, one each second and none answered, that get through: it leaves delays out, so that
 * each opening and closing of the way may count by as much as that takes.
 */
static void test_reach(void)
{
	static const struct {
		const char *mapping, *check;
		double delay_s; /* between the boxes */
		double least, most;
	} rows[] = { { "endpoint-independent", "70s", 0.03, 0.3, 0.9 },
		{ "endpoint-independent", "100s", 0.03, 0.1, 0.3 },
		{ "endpoint-independent", "100s", 0.8, 0.1, 0.3 },
		{ "address-and-port-dependent", "70s", 0.03, 0.999, 1 } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strdup_printf(
			"[scenario]\nduration = 12h\n[path]\nmiddleboxes = carrier\ndelay = 30ms\n"
			"[middlebox carrier]\ntracker = simple\nports = random\nmapping = %s\nfiltering = "
			"address-and-port-dependent\nudp = 60s\nudp-stream = 60s\nlink-delay = %.0fms\n"
			"[peer]\nmiddleboxes = home\ndelay = 5ms\ncheck-timeout = 5min\nretry = never\n"
			"check-interval = %s\n[middlebox home]\nprofile = openwrt\nlink-delay = %.0fms\n"
			"[client]\napplication = udp\npolicy = none\n[server]\npush = periodic 1s\nanswer = "
			"no\n",
			rows[i].mapping, 500 * rows[i].delay_s, rows[i].check, 500 * rows[i].delay_s);
		struct h_run *h = h_run(text, 1);
		double reach = h_mean(h, "reachable_fraction");
		double changes = 2 * (h_mean(h, "bindings_expired") + 1);

		g_assert_cmpfloat(reach, >=, rows[i].least);
		g_assert_cmpfloat(reach, <=, rows[i].most);
		g_assert_cmpfloat_with_epsilon(h_mean(h, "pushes_delivered") / h_mean(h, "pushes_offered"),
			reach, changes * (rows[i].delay_s + 0.035 + 0.5) / 43200);
		h_free(h);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func("/peers/pairs/udp", "udp", test_pairs);
	g_test_add_data_func("/peers/pairs/tcp", "tcp", test_pairs);
	g_test_add_func("/peers/relay", test_relay);
	g_test_add_func("/peers/resets", test_resets);
	g_test_add_func("/peers/anew", test_anew);
	g_test_add_data_func("/peers/hairpin/udp", "udp", test_hairpin);
	g_test_add_data_func("/peers/hairpin/tcp", "tcp", test_hairpin);
	g_test_add_func("/peers/lapse", test_lapse);
	g_test_add_func("/peers/orders", test_orders);
	g_test_add_func("/peers/guesses", test_guesses);
	g_test_add_func("/peers/predictions", test_predictions);
	g_test_add_func("/peers/relay-delay", test_relay_delay);
	g_test_add_data_func("/peers/changes/udp", "udp", test_changes);
	g_test_add_data_func("/peers/changes/tcp", "tcp", test_changes);
	g_test_add_func("/peers/lifetimes", test_lifetimes);
	g_test_add_func("/peers/reach", test_reach);
	return g_test_run();
}
