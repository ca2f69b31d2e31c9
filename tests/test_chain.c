/* SPDX-License-Identifier: BSD-2-Clause */
/* Chains of middleboxes of different kinds: each hop does its own, and is reported by its own name. */
#include "harness.h"

static struct h_run *chain(const char *general, const char *boxes, const char *application,
	const char *interval, const char *push)
{
	g_autofree char *text =
		g_strdup_printf("[scenario]\n%s\n[path]\ndelay = 20ms\n%s\n"
				"[radio]\nprofile = wired\n[client]\napplication = %s\npolicy = "
				"fixed\ninterval = %s\n[server]\npush = %s\n",
			general, boxes, application, interval, push);

	return h_run(text, 1);
}

/* NAT444: a home NAT each, one carrier NAT for all, which gives each of 20 subscribers a block. */
static void test_nat444(void)
{
	struct h_run *h = chain("duration = 10min\nsubscribers = 20",
		"middleboxes = home; carrier\n[middlebox home]\nprofile = linux\n[middlebox "
		"carrier]\nprofile = "
		"cgn-rfc6888",
		"udp", "20s", "periodic 45s");

	g_assert_cmpfloat(h_mean(h, "home.sessions_peak"), ==, 1);
	g_assert_cmpfloat(h_mean(h, "home.sessions_created"), ==, 1);
	g_assert_cmpfloat(h_mean(h, "carrier.sessions_peak"), ==, 20);
	g_assert_cmpfloat(h_mean(h, "carrier.ports_peak"), ==, 20);
	g_assert_cmpfloat(h_mean(h, "carrier.blocks_peak"), ==, 20);
	g_assert_cmpfloat(h_mean(h, "carrier.log_records"), >=, 20);
	g_assert_cmpfloat(h_mean(h, "home.blocks_peak"), ==, 0);
	/* without a name: the outermost */
	g_assert_cmpfloat(h_mean(h, "sessions_peak"), ==, 20);
	g_assert_cmpfloat(h_mean(h, "pushes_lost"), ==, 0);
	h_free(h);
}

/* A carrier that has room for 12 sessions refuses the other 8 subscribers; the home NATs cannot tell. */
static void test_nat444_full(void)
{
	struct h_run *h = chain("duration = 10min\nsubscribers = 20",
		"middleboxes = home; carrier\n[middlebox home]\nprofile = linux\n[middlebox "
		"carrier]\nprofile = "
		"cgn-rfc6888\ncapacity = 12",
		"udp", "20s", "none");

	g_assert_cmpfloat(h_mean(h, "carrier.sessions_peak"), ==, 12);
	g_assert_cmpfloat(h_mean(h, "carrier.sessions_refused"), >=, 8);
	g_assert_cmpfloat(h_mean(h, "carrier.sessions_evicted"), ==, 0);
	g_assert_cmpfloat(h_mean(h, "home.sessions_peak"), ==, 1);
	g_assert_cmpfloat(h_mean(h, "home.sessions_refused"), ==, 0);
	h_free(h);
}

/* A firewall before a NAT, each the shorter one in turn: that one expires, drops and is told apart. */
static void test_firewall_and_nat(void)
{
	static const char *const names[] = { "wall", "nat" };

	for (int shorter = 0; shorter < 2; shorter++) {
		g_autofree char *boxes =
			g_strdup_printf("middleboxes = wall; nat\n[middlebox wall]\nkind = firewall\n"
					"udp = %s\nudp-stream = %s\n[middlebox nat]\nudp = %s\n"
					"udp-stream = %s",
				shorter == 0 ? "30s" : "5min", shorter == 0 ? "30s" : "5min",
				shorter == 1 ? "30s" : "5min", shorter == 1 ? "30s" : "5min");
		struct h_run *h = chain("duration = 10min", boxes, "udp", "60s", "periodic 45s");

		for (int b = 0; b < 2; b++) {
			g_autofree char *expired = g_strconcat(names[b], ".sessions_expired", NULL),
					*dropped = g_strconcat(names[b], ".packets_dropped", NULL),
					*ports = g_strconcat(names[b], ".ports_peak", NULL);

			g_test_message("%s: %g expired, %g dropped", names[b], h_mean(h, expired),
				h_mean(h, dropped));
			g_assert_cmpint(h_mean(h, expired) > 0, ==, b == shorter);
			g_assert_cmpint(h_mean(h, dropped) > 0, ==, b == shorter);
			g_assert_cmpfloat(h_mean(h, ports), ==, b == 1);
		}
		g_assert_cmpfloat(h_mean(h, "pushes_lost"), >, 0);
		h_free(h);
	}
}

/*
 * A load balancer before the server forgets after 350 s and answers the next segment with RST: a client that speaks every
 * 400 s reopens each time, one that speaks every 300 s never; the home NAT of 2 h 4 min sees nothing expire.
 */
static void test_load_balancer(void)
{
	static const char boxes[] =
		"middleboxes = home; nlb\n[middlebox home]\nprofile = rfc-recommended\n[middlebox "
		"nlb]\nprofile = aws-nlb";
	struct h_run *slow = chain("duration = 2h", boxes, "tcp", "400s", "none"),
		     *quick = chain("duration = 2h", boxes, "tcp", "300s", "none");

	g_assert_cmpfloat(h_mean(quick, "reconnects"), ==, 0);
	g_assert_cmpfloat(h_mean(quick, "nlb.sessions_expired"), ==, 0);
	g_assert_cmpfloat(h_mean(quick, "nlb.sessions_created"), ==, 1);
	g_test_message("%g reconnects, %g expired", h_mean(slow, "reconnects"),
		h_mean(slow, "nlb.sessions_expired"));
	g_assert_cmpfloat(h_mean(slow, "reconnects"), >=, 15);
	g_assert_cmpfloat(h_mean(slow, "nlb.sessions_expired"), >=, h_mean(slow, "reconnects"));
	g_assert_cmpfloat(h_mean(slow, "nlb.packets_dropped"), >=, h_mean(slow, "reconnects"));
	g_assert_cmpfloat(h_mean(slow, "home.packets_dropped"), ==, 0);
	h_free(slow);
	h_free(quick);
}

/* Two subscribers and one place: each keepalive throws the other's session out. */
static void test_evicted(void)
{
	struct h_run *h = chain("duration = 1h\nsubscribers = 2",
		"middleboxes = fw\n[middlebox fw]\nkind = firewall\nshared = yes\ncapacity = 1\neviction = "
		"lru\nudp = 1h\nudp-stream = 1h",
		"udp", "60s\nstart = uniform 0s 60s", "none");

	g_assert_cmpfloat(h_mean(h, "sessions_evicted"), >=, 100);
	g_assert_cmpfloat(h_mean(h, "sessions_evicted"), ==, h_mean(h, "sessions_created") - 1);
	g_assert_cmpfloat(h_mean(h, "sessions_refused"), ==, 0);
	h_free(h);
}

/* RFC 6092: an IPv6 firewall keeps UDP for 5 min (REC-14) and translates nothing. */
static void test_ipv6_firewall(void)
{
	static const char boxes[] = "middleboxes = wall\n[middlebox wall]\nprofile = rfc6092-ipv6-firewall";
	struct h_run *below = chain("duration = 1h", boxes, "udp", "290s", "periodic 325s"),
		     *above = chain("duration = 1h", boxes, "udp", "330s", "periodic 325s");

	g_assert_cmpfloat(h_mean(below, "pushes_lost"), ==, 0);
	g_assert_cmpfloat(h_mean(below, "reachable_fraction"), >, 0.9999); /* but for the first 20 ms */
	g_assert_cmpfloat(h_mean(above, "pushes_lost"), >, 0);
	g_assert_cmpfloat(h_mean(above, "sessions_expired"), >, 0);
	g_assert_cmpfloat(h_mean(above, "ports_peak"), ==, 0);
	h_free(below);
	h_free(above);
}

/* Each purpose draws from the stream of its own name: of seed, replication and who draws. */
static void test_streams(void)
{
	struct nap_line line = { .seed = 7, .replication = 3 };
	struct nap_draws d;
	struct nap_rng loss = nap_rng_stream(7, 3, 5, NAP_RNG_LOSS),
		       delay = nap_rng_stream(7, 3, 5, NAP_RNG_DELAY),
		       radio = nap_rng_stream(7, 3, 5, NAP_RNG_RADIO);

	memset(&d, 0, sizeof d);
	nap_draws_init(&d, &line, 5);
	g_assert_cmpuint(nap_rng_next(&d.loss), ==, nap_rng_next(&loss));
	g_assert_cmpuint(nap_rng_next(&d.delay), ==, nap_rng_next(&delay));
	g_assert_cmpuint(nap_rng_next(&d.radio), ==, nap_rng_next(&radio));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/chain/nat444", test_nat444);
	g_test_add_func("/chain/nat444-full", test_nat444_full);
	g_test_add_func("/chain/firewall-and-nat", test_firewall_and_nat);
	g_test_add_func("/chain/evicted", test_evicted);
	g_test_add_func("/chain/load-balancer", test_load_balancer);
	g_test_add_func("/chain/ipv6-firewall", test_ipv6_firewall);
	g_test_add_func("/chain/streams", test_streams);
	return g_test_run();
}
