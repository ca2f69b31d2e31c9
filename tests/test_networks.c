/* SPDX-License-Identifier: BSD-2-Clause */
/* A device that moves between networks, each with middleboxes of its own or none; one behind a link that carries less. */
#include "harness.h"

/* Resets that reached the server. */
struct resets {
	uint32_t n;
	nap_time at; /* the last one */
	nap_addr from;
};

static void on_packet(
	void *ctx, nap_time now, enum nap_place place, int hop, bool up, const struct nap_packet *p)
{
	struct resets *r = ctx;

	(void)hop;
	if (place == NAP_AT_SERVER && up && (p->flags & NAP_RST))
		*r = (struct resets){ r->n + 1, now, p->src.addr };
}

/* A middlebox of a network that the device has left resets what runs out there, while the present one has none. */
static void test_box_of_another_network(void)
{
	struct resets r = { 0 };
	const struct nap_observer observer = { .ctx = &r, .packet = on_packet };
	struct h_run *h = h_run_watched(
		"[scenario]\nduration = 70s\n[path]\nmiddleboxes =\nstay = 10s\n"
		"[network home]\nradio = wired\nmiddleboxes = nat\nstay = 30s\n"
		"[middlebox nat]\ntracker = simple\ntcp-established = 35s\non-expiry = rst\n"
		"[radio]\nprofile = wired\n[client]\napplication = tcp\npolicy = fixed\ninterval = 1h\n",
		1, &observer);

	g_assert_cmpuint(r.n, ==, 1);
	g_assert_cmphex(r.from, ==, NAP_ADDR(203, 0, 113, 1));
	g_assert_cmpint(r.at, ==, 45 * NAP_S); /* opened at 10 s, left at 40 s */
	h_free(h);
}

/*
 * A reset at expiry meets another middlebox, whose answer comes back at once to the one that is still at it: what that
 * ends must not be ended twice.
 */
static void test_answer_to_a_box_at_work(void)
{
	struct h_run *h =
		h_run("[scenario]\nduration = 350s\n[path]\nmiddleboxes = a; b\n"
		      "[middlebox a]\ntracker = simple\ntcp-syn-sent = 20s\non-expiry = rst\n"
		      "[middlebox b]\nports = block 100\nblock-allocation = deterministic\ninside-first "
		      "= 192.168.0.1\non-miss = create\nicmp-on-exhaustion = 3/13\n"
		      "[client]\napplication = tcp\nsyn-retries = 1\n",
			1);

	g_assert_cmpfloat(h_mean(h, "a.sessions_expired"), >, 0);
	g_assert_cmpfloat(h_mean(h, "b.sessions_refused"), >, 0);
	h_free(h);
}

/*
 * A link of 1400 B behind the NAT, for messages of several segments both ways: found out by ICMP, passed on in pieces all the
 * same, or a black hole, where small messages pass and large ones never do unless the NAT has clamped the segments.
 */
static void test_narrow_link(void)
{
	static const struct {
		const char *mtu, *too_big;
		double push_kb, delivered;
		uint32_t clamp;
	} rows[] = { { "0", "icmp", 20, 2, 0 }, { "1400", "icmp", 20, 2, 0 }, { "1400", "drop", 20, 0, 0 },
		{ "1400", "drop", 1, 2, 0 }, { "1400", "fragment", 20, 2, 0 },
		{ "1400", "drop", 20, 2, 1360 }, { "0", "icmp", 20, 2, 1360 } };
	double packets[G_N_ELEMENTS(rows)];

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strdup_printf(
			"[scenario]\nduration = 25min\n[path]\nmiddleboxes = nat; outer\ndelay = 10ms\n"
			"[middlebox nat]\nprofile = linux\nmtu = %s\ntoo-big = %s\nmss-clamp = %u\n"
			"[middlebox outer]\nprofile = linux\nlink-delay = 20ms\n"
			"[client]\napplication = tcp\npolicy = none\nanswer-size = 200B\n"
			"[server]\npush = periodic 10min\npush-size = %.0fkB\n",
			rows[i].mtu, rows[i].too_big, rows[i].clamp, rows[i].push_kb);
		struct h_run *h = h_run(text, 1);

		g_assert_cmpfloat(h_mean(h, "pushes_delivered"), ==, rows[i].delivered);
		g_assert_cmpfloat(h_mean(h, "reconnects"), ==, 0);
		packets[i] = h_mean(h, "packets_down");
		h_free(h);
	}
	/* 14 segments of 1448 B; of 1348 B 15, and of the first push, of which ten went too large, 11 and 5 */
	g_assert_cmpfloat(packets[1] - packets[0], ==, 1 + 2);
	g_assert_cmpfloat(packets[5] - packets[0], ==, 2 * 1); /* of a clamped connection 15 each time ... */
	g_assert_cmpfloat(packets[6], ==, packets[5]);         /* ... however wide the link is */
}

/* The same link before the server's firewall: the answer goes through it inwards, what the client says outwards. */
static void test_narrow_link_of_the_server(void)
{
	static const struct {
		const char *mtu, *too_big;
		uint32_t clamp;
		double answered, delivered; /* reports of 20 kB, pushes of 20 kB */
	} rows[] = { { "0", "icmp", 0, 2, 2 }, { "1400", "icmp", 0, 2, 2 }, { "1400", "drop", 0, 0, 0 },
		{ "1400", "drop", 1360, 2, 2 } };
	static const char *const paths[] = { "home", "" };
	double packets[G_N_ELEMENTS(rows)];

	for (size_t i = 0; i < 2 * G_N_ELEMENTS(rows); i++) {
		size_t k = i / 2;
		g_autofree char *text = g_strdup_printf(
			"[scenario]\nduration = 25min\n[path]\nmiddleboxes = %s\nserver-middleboxes = wall\n"
			"delay = 10ms\n%s"
			"[middlebox wall]\nkind = firewall\nforward = open\nmtu = %s\ntoo-big = "
			"%s\nmss-clamp = "
			"%u\n"
			"[client]\napplication = tcp\npolicy = none\nanswer-size = 200B\nreport-retries = 0\n"
			"report = times 5min 15min\nreport-size = 20kB\nreport-answer = 100B\nreport-timeout "
			"= 2min\n"
			"[server]\npush = times 2min 12min\npush-size = 20kB\n",
			paths[i % 2], i % 2 ? "" : "[middlebox home]\nprofile = linux\nlink-delay = 20ms\n",
			rows[k].mtu, rows[k].too_big, rows[k].clamp);
		struct h_run *h = h_run(text, 1);

		g_assert_cmpfloat(
			h_mean(h, "requests_made") - h_mean(h, "requests_failed"), ==, rows[k].answered);
		g_assert_cmpfloat(h_mean(h, "pushes_delivered"), ==, rows[k].delivered);
		packets[k] = h_mean(h, "packets_up");
		h_free(h);
	}
	g_assert_cmpfloat(
		packets[1], >, packets[0]); /* smaller segments, and what went too large goes again */
	g_assert_cmpfloat(packets[3], >, packets[0]);
}

/*
 * A phone moves between two networks each 110 s, each with a NAT of its own or none, and the server stands behind a load balancer: that
 * has a session for each of the ways, the one not in use until its timer, which began at most 20 s before the move, ends it; what
 * it forgets of the way in use a push opens anew.
 */
static void test_before_the_server(void)
{
	static const struct {
		const char *boxes, *group;
		double lb_s, least, most;
	} rows[] = { { "cgn", "[middlebox cgn]\nprofile = linux\n", 50, 1 + 9 * 30 / 1100.0,
			     1 + 9 * 50 / 1100.0 },
		{ "", "", 50, 1 + 9 * 30 / 1100.0, 1 + 9 * 50 / 1100.0 },
		{ "cgn", "[middlebox cgn]\nprofile = linux\n", 10, 0.45, 0.6 },
		{ "cgn", "[middlebox cgn]\nprofile = linux\n", 300, 1.899, 1.9 } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strdup_printf(
			"[scenario]\nduration = 1100s\n[path]\nmiddleboxes = home\nserver-middleboxes = "
			"wall; "
			"lb\nstay = 110s\ndelay = 10ms\n"
			"[network cell]\nradio = wired\nmiddleboxes = %s\nstay = 110s\ndelay = 30ms\n"
			"[middlebox home]\nprofile = linux\n%s[middlebox wall]\nkind = firewall\nforward = "
			"open\n[middlebox lb]\nprofile = linux\nforwards = udp/4500 > 10.0.0.2:4500\nudp = "
			"%.0fs\nudp-stream = %.0fs\nlink-delay = 5ms\n[radio]\nprofile = wired\n"
			"[client]\napplication = udp\nport = 4500\nstart = 0s\npolicy = fixed\ninterval = "
			"20s\nkeepalive-answer = 20B\n[server]\npush = none\n",
			rows[i].boxes, rows[i].group, rows[i].lb_s, rows[i].lb_s);
		struct h_run *h = h_run(text, 1);

		g_assert_cmpfloat_with_epsilon(h_mean(h, "reachable_fraction"), 1, 0.001);
		g_assert_cmpfloat(h_mean(h, "lb.sessions_mean"), >, rows[i].least - 1e-3);
		g_assert_cmpfloat(h_mean(h, "lb.sessions_mean"), <, rows[i].most + 1e-3);
		h_free(h);
	}
}

/* Two carriers' NATs that subscribers share must be two to what stands before the server. */
static void test_networks_of_one_address(void)
{
	static const char *const text =
		"[scenario]\nduration = 10min\nsubscribers = 3\n[path]\nmiddleboxes = a\nserver-middleboxes "
		"= lb\nstay = 1min\n[network n]\nradio = wired\nmiddleboxes = b\nstay = 1min\n"
		"[middlebox a]\nprofile = linux\nshared = yes\n[middlebox b]\nprofile = linux\nshared = "
		"yes\n%s"
		"[middlebox lb]\nprofile = linux\nshared = yes\nforwards = udp/4500 > "
		"10.0.0.2:4500\non-expiry "
		"= %s\n[radio]\nprofile = wired\n[client]\napplication = udp\nport = 4500\npolicy = "
		"fixed\ninterval = 50s\n";
	g_autofree char *same = g_strdup_printf(text, "", "silent");
	g_autofree char *other = g_strdup_printf(text, "addresses = 198.51.100.7\n", "rst");
	struct nap_scenario *sc = h_scenario(same);
	struct nap_plan plan;
	struct h_run *h;

	g_assert_false(nap_plan_make(&plan, sc));
	g_assert_true(g_str_has_prefix(plan.why, "[middlebox b] addresses: a, on another network, has one"));
	nap_scenario_free(sc);
	h = h_run(other, 1);
	g_assert_cmpfloat(h_mean(h, "reachable_fraction"), >, 0.4);
	g_assert_cmpfloat(h_mean(h, "lb.sessions_peak"), >=, 3);
	h_free(h);
}

/* Whatever the radio left behind was doing, the next network's begins at rest: each stay costs a promotion, and speaks all along. */
static void test_radio_at_rest(void)
{
	struct h_run *h =
		h_run("[scenario]\nduration = 200s\n[path]\nmiddleboxes =\nstay = 20s\n"
		      "[network other]\nradio = lte-two-state\nmiddleboxes =\nstay = 20s\n"
		      "[radio]\nprofile = lte-two-state\n[client]\napplication = udp\npolicy = fixed\n"
		      "interval = 5s\n[server]\npush = none\n",
			1);

	g_assert_cmpfloat(h_mean(h, "radio_promotions"), ==, 10);
	h_free(h);
}

/* Four devices share a NAT of one session in a network that is not the path's: each is told that it was thrown out. */
static void test_thrown_out_of_another_network(void)
{
	struct h_run *h =
		h_run("[scenario]\nduration = 100s\nsubscribers = 4\n[path]\nmiddleboxes =\nstay = 10s\n"
		      "[network home]\nradio = wired\nmiddleboxes = nat\nstay = 1h\n"
		      "[middlebox nat]\nshared = yes\ntracker = simple\ncapacity = 1\neviction = lru\n"
		      "[radio]\nprofile = wired\n[client]\napplication = udp\npolicy = fixed\n"
		      "interval = 20s\nstart = uniform 0s 5s\n",
			1);

	g_assert_cmpfloat(h_mean(h, "sessions_evicted"), >, 10);
	g_assert_cmpfloat(
		h_mean(h, "reachable_fraction"), <, 0.35); /* 90 s for one of four at a time, and 10 s */
	h_free(h);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/networks/box-of-another-network", test_box_of_another_network);
	g_test_add_func("/networks/answer-to-a-box-at-work", test_answer_to_a_box_at_work);
	g_test_add_func("/networks/radio-at-rest", test_radio_at_rest);
	g_test_add_func("/networks/narrow-link", test_narrow_link);
	g_test_add_func("/networks/narrow-link-of-the-server", test_narrow_link_of_the_server);
	g_test_add_func("/networks/before-the-server", test_before_the_server);
	g_test_add_func("/networks/of-one-address", test_networks_of_one_address);
	g_test_add_func("/networks/thrown-out-of-another", test_thrown_out_of_another_network);
	return g_test_run();
}
