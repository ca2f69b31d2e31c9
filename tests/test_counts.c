/* SPDX-License-Identifier: BSD-2-Clause */
/* What is counted as what: a device asleep or out of coverage, TCP's own probes, tracking area updates; each against a formula. */
#include <math.h>

#include "harness.h"

static void near(const struct h_run *h, const char *metric, double want)
{
	double got = h_mean(h, metric);

	if (fabs(got - want) <= 1e-9 * fmax(1.0, fabs(want)))
		return;
	g_test_message("%s: %.12g, not %.12g", metric, got, want);
	g_test_fail();
}

/* A text with whole cycles stepped over, and event by event. */
static struct h_run *both(const char *text, bool skip)
{
	g_autofree char *whole = g_strdup_printf("[scenario]\nskip = %s\n%s", skip ? "yes" : "no", text);

	return h_run(whole, 1);
}

static double causes(const struct h_run *h)
{
	return h_mean(h, "energy_idle_j") + h_mean(h, "energy_keepalive_j") + h_mean(h, "energy_push_j") +
	       h_mean(h, "energy_reconnect_j") + h_mean(h, "energy_background_j") +
	       h_mean(h, "energy_update_j");
}

/*
 * LTE with PSM whose connected states need the same: 260.1 ms at 1210.7 mW to come up, then 11.576 s at 1000 mW, 6 min
 * idle, asleep; an update each hour of sleep. One packet at 0, or keepalives each 3 h.
 */
#define SLEEPER                                                                                              \
	"duration = 24h\n[path]\nmiddleboxes = nat\n[middlebox nat]\nudp = %s\nudp-stream = %s\n"            \
	"[radio]\nprofile = lte-edrx-psm\n[state active]\npower = 1W\n"                                      \
	"uplink-slope = 0mW/Mbps\nuplink-rate = 0bit/s\n"                                                    \
	"[state drx]\npower = 1W\ncycle = 0s\non-duration = 0s\non-power = 1W\n"                             \
	"[client]\napplication = udp\n"

/* Free with g_free. */
static char *sleeping(const char *binding, const char *client)
{
	g_autofree char *head = g_strdup_printf(SLEEPER, binding, binding);

	return g_strconcat(head, client, NULL);
}

static void test_updates(void)
{
	const double up = 0.2601, connected = 11.576, awake = up + connected + 360, round = awake + 3600;
	const double each = up * 1.2107 + connected;

	for (int skip = 0; skip < 2; skip++) {
		g_autofree char *silent = sleeping("never", "policy = none\n");
		g_autofree char *speaks = sleeping("never", "policy = fixed\ninterval = 3h\n");
		struct h_run *h = both(silent, skip);
		double n = floor(86400 / round);

		near(h, "energy_update_j", n * each);
		near(h, "energy_reconnect_j", each);
		near(h, "energy_background_j", 0);
		near(h, "device_unreachable", n + 1);
		near(h, "device_asleep_s", n * 3600 + (86400 - n * round - awake));
		near(h, "out_of_coverage_s", 0);
		near(h, "bindings_expired", 0);
		near(h, "radio_promotions", 1);
		near(h, "energy_j", causes(h));
		h_free(h);
		/* a keepalive comes in the third sleep: two updates in each three hours */
		h = both(speaks, skip);
		near(h, "keepalives_sent", 8);
		near(h, "energy_keepalive_j", 8 * each);
		near(h, "energy_update_j", 8 * 2 * each);
		near(h, "device_unreachable", 8 * 3);
		near(h, "device_asleep_s", 8 * (3 * 3600 - 3 * awake));
		near(h, "energy_j", causes(h));
		h_free(h);
	}
}

/* The binding lapses while the device is out, and is no business of outages; times that run into each other are one. */
static void test_coverage(void)
{
	for (int skip = 0; skip < 2; skip++) {
		struct h_run *h =
			both("duration = 1000s\n[path]\nmiddleboxes = nat\noutages = periodic 400s\n"
			     "outage-length = 50s\n[middlebox nat]\nudp = 60s\nudp-stream = 60s\n"
			     "[client]\napplication = udp\npolicy = fixed\ninterval = 50s\n",
				skip);
		double outages = h_mean(h, "outages"), cut = outages * 50 - h_mean(h, "out_of_coverage_s");

		g_assert_cmpfloat(outages, >=, 2);
		near(h, "device_unreachable", outages);
		g_assert_true(cut >= 0 && cut < 50); /* the last one may reach over the end */
		near(h, "device_asleep_s", 0);
		h_free(h);
		h = both("duration = 1100s\n[path]\nmiddleboxes = nat\nstay = 100s\nmove-gap = 10s\n"
			 "[middlebox nat]\nudp = 60s\n[network other]\nradio = lte-two-state\nstay = 100s\n"
			 "[client]\napplication = udp\npolicy = fixed\ninterval = 50s\n",
			skip);
		near(h, "device_unreachable", 10); /* from 100 s on, each 110 s */
		near(h, "out_of_coverage_s", 100);
		near(h, "outages", 0);
		h_free(h);
	}
}

/* A port that is shut, said by ICMP: anew at once after what was heard, then after 1 s, 2 s, 4 s ..., no storm. */
static void test_refused(void)
{
	struct h_run *h =
		h_run("[scenario]\nduration = 1h\n[path]\ndelay = 10ms\n[client]\napplication = udp\n"
		      "policy = fixed\ninterval = 30s\nkeepalive-answer = 10B\nicmp-fails = yes\n"
		      "[server]\npush = none\nrestarts = times 90s\nrestart-of = program\n"
		      "downtime = 1h\n",
			1);

	near(h, "reconnects", 12);
	h_free(h);
}

/* A server's keepalives each 3 s that may have to wait for WireGuard's keys: none is said twice, and the run ends. */
static void test_keys(void)
{
	struct h_run *h =
		h_run("[scenario]\nduration = 30min\nsubscribers = 20\n[path]\ndelay = 3s\nloss = 20%\n"
		      "[client]\napplication = wireguard\npolicy = fixed\ninterval = 8s\n"
		      "session-timeout = 28s\nrekey = 20s\n[server]\npush = none\nkeepalive = 3s\n",
			1);

	g_assert_cmpfloat(h_mean(h, "packets_down"), >, 300);
	g_assert_cmpfloat(h_mean(h, "packets_down"), <, 800);
	h_free(h);
}

/* A binding that lapses counts; one that stands while nobody can be paged does not. */
static void test_expired(void)
{
	for (int skip = 0; skip < 2; skip++) {
		g_autofree char *text = sleeping("10min", "policy = none\n");
		struct h_run *h = both(text, skip);

		near(h, "bindings_expired", 1);
		g_assert_cmpfloat(h_mean(h, "device_unreachable"), >, 20);
		h_free(h);
	}
}

/* Messages each minute, acknowledged at once; the socket's option probes after 25 s without anything heard, each answered. */
static void test_probes(void)
{
	static const char tcp[] = "duration = 595s\n[client]\napplication = tcp\nkeepalive-answer = 0B\n";

	for (int skip = 0; skip < 2; skip++) {
		g_autofree char *two = g_strconcat(tcp,
			"policy = fixed\ninterval = 60s\ntcp-keepalive = 25s\ntcp-keepalive-interval = 10s\n",
			NULL);
		g_autofree char *option =
			g_strconcat(tcp, "policy = tcp-keepalive\nidle = 25s\nprobe-interval = 10s\n", NULL);
		struct h_run *h = both(two, skip);

		near(h, "keepalives_sent", 9);
		near(h, "tcp_probes_sent", 2 * 10); /* 25 s and 50 s into each minute */
		h_free(h);
		h = both(option, skip);
		near(h, "keepalives_sent", 0);
		near(h, "tcp_probes_sent", 23);
		h_free(h);
	}
}

/* The server's own probes are not the client's. */
static void test_server_probes(void)
{
	struct h_run *h = both("duration = 595s\n[client]\napplication = tcp\npolicy = none\n"
			       "[server]\ntcp-keepalive = 25s\ntcp-keepalive-interval = 10s\n",
		true);

	near(h, "keepalives_sent", 0);
	near(h, "tcp_probes_sent", 0);
	g_assert_cmpfloat(h_mean(h, "packets_down"), >, 23);
	h_free(h);
}

/* On-windows and transfers that need less than their state: charged in full, and no part is negative. */
static void test_parts(void)
{
	struct h_run *h = both("duration = 1100s\n[radio]\nprofile = lte-edrx-psm\n[state idle]\ncycle = 0s\n"
			       "on-duration = 0s\non-power = 0mW\n"
			       "[state active]\npower = 0mW\nuplink-rate = 0bit/s\nuplink-slope = 0mW/Mbps\n"
			       "[state drx]\npower = 2W\ncycle = 5s\non-duration = 1s\non-power = 1W\n"
			       "[edge promotion]\npower = 0mW\n[edge release]\nafter = 1000s\n"
			       "[client]\napplication = udp\npolicy = none\n",
		true);

	near(h, "energy_j", 1800);
	near(h, "energy_tail_j", 1600);
	near(h, "energy_drx_j", 200);
	h_free(h);
	/* 1250 bytes and 28 of headers over 1 kbit/s at 1 W in a state of 2 W, which ends 10 s after them */
	h = both("duration = 1h\n[radio]\nprofile = lte-two-state\n[state connected]\npower = 2W\n"
		 "uplink-rate = 1kbit/s\nuplink-power = 1W\n[edge tail]\nafter = 10s\n"
		 "[client]\napplication = udp\npolicy = none\nkeepalive-size = 1250B\n",
		true);
	near(h, "energy_transfer_j", 1278 * 8 / 1e3);
	near(h, "energy_tail_j", 20);
	h_free(h);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/counts/keys", test_keys);
	g_test_add_func("/counts/refused", test_refused);
	g_test_add_func("/counts/tracking-area-updates", test_updates);
	g_test_add_func("/counts/out-of-coverage", test_coverage);
	g_test_add_func("/counts/bindings-expired", test_expired);
	g_test_add_func("/counts/tcp-probes", test_probes);
	g_test_add_func("/counts/servers-probes", test_server_probes);
	g_test_add_func("/counts/no-negative-part", test_parts);
	return g_test_run();
}
