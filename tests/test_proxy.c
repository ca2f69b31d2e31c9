/* SPDX-License-Identifier: BSD-2-Clause */
/* A proxy ends connections: what each of its legs counts, who acknowledges what, and how the end of one comes to the other. */
#include <math.h>

#include "harness.h"
#include "path/proxy.h"
#include "text/tcp_text.h"

/* Its host is what a client's is where nothing is said. */
static void test_host(void)
{
	struct nap_tcp_config of_client = { 0 };

	nap_tcp_config_init(&of_client);
#define SAME(field) g_assert_true(nap_proxy_host.field == of_client.field)
	SAME(rto_initial);
	SAME(rto_max);
	SAME(rto_min);
	SAME(retries);
	SAME(orphan_retries);
	SAME(syn_retries);
	SAME(syn_linear);
	SAME(synack_retries);
	SAME(fin_timeout);
	SAME(user_timeout);
	SAME(delayed_ack);
	SAME(tick);
	SAME(quick_acks);
	SAME(mss);
	SAME(initial_window);
	SAME(nodelay);
	SAME(ack_read);
	SAME(idle_restart);
	SAME(timestamps);
	SAME(loss_probe);
	SAME(hard_errors);
}

/* An hour behind a proxy of 60 s; box: its keys, client: the client's and the server's. */
static struct h_run *behind(const char *box, const char *client)
{
	g_autofree char *text = g_strdup_printf(
		"[scenario]\nduration = 1h\n[path]\nmiddleboxes = lb\ndelay = 5ms\n[middlebox lb]\n"
		"kind = proxy\ntcp-established = 60s\nlink-delay = 3ms\non-miss = rst\n%s\n[client]\n"
		"policy = fixed\n%s%s\n",
		box, strstr(client, "\ninterval") ? "" : "interval = 20s\n", client);

	return h_run(text, 1);
}

/* Payload keeps both legs, a ping as key pings says; nothing that TCP does by itself keeps any. */
static void test_counts(void)
{
	static const struct row {
		const char *box, *client;
		double least, most; /* reconnects in an hour: one a minute, less what opening takes */
	} rows[] = {
		{ "on-expiry = fin", "application = tcp", 0, 0 },
		{ "on-expiry = fin", "application = tcp\nkeepalive-is-ping = yes", 0, 0 },
		{ "on-expiry = fin\npings = ignore", "application = tcp\nkeepalive-is-ping = yes", 58, 59 },
		{ "on-expiry = fin\npings = answer", "application = tcp\nkeepalive-is-ping = yes", 58, 59 },
		{ "on-expiry = fin\npings = answer\nserver-idle = 1d",
			"application = tcp\nkeepalive-is-ping = yes", 0, 0 },
		{ "on-expiry = fin\npings = answer\nclient-idle = 1d",
			"application = tcp\nkeepalive-is-ping = yes", 58, 59 },
		{ "on-expiry = fin\npings = ignore\nserver-idle = 1d",
			"application = tcp\nkeepalive-is-ping = yes", 58, 59 },
		/* the first of two timers that payload restarts alike */
		{ "on-expiry = fin\nclient-idle = 15s", "application = tcp", 238, 239 },
		{ "on-expiry = fin\nserver-idle = 15s\nclient-idle = 1h", "application = tcp", 238, 239 },
		/* an age, whatever is said */
		{ "on-expiry = fin\nduration-limit = 5min", "application = tcp", 11, 11 },
		{ "on-expiry = rst\nduration-limit = 5min", "application = tcp", 11, 11 },
		/* TCP's own probes, of either end or of the proxy itself */
		{ "on-expiry = rst",
			"application = tcp\nkeepalive-size = 1B\ninterval = 2h\n"
			"tcp-keepalive = 20s\ntcp-keepalive-interval = 5s",
			58, 59 },
		{ "on-expiry = rst\nclient-keepalive = 20s\nserver-keepalive = 20s",
			"application = tcp\ninterval = 2h", 58, 59 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct h_run *h = behind(rows[i].box, rows[i].client);

		g_test_message("row %zu: %g", i, h_mean(h, "reconnects"));
		g_assert_cmpfloat(h_mean(h, "reconnects"), >=, rows[i].least);
		g_assert_cmpfloat(h_mean(h, "reconnects"), <=, rows[i].most);
		h_free(h);
	}
}

/* Legs that close are past an age that ends others: what comes for them then sets no time that has been (its device has moved, and is back). */
static void test_age_of_closing(void)
{
	struct h_run *h = h_run("[scenario]\nduration = 341705ms\n[path]\nmiddleboxes = c\n"
				"stay = uniform 147000ms 292002ms\n[middlebox c]\nprofile = haproxy\n"
				"duration-limit = 79s\n[network n0]\nradio = wifi-esp32-dtim3\nstay = 79s\n"
				"[client]\napplication = tcp\n",
		1);

	g_assert_cmpfloat(h_mean(h, "reconnects"), >, 0.0);
	h_free(h);
}

/* What a proxy answers itself its server does not hear: that closes for silence, and the client learns it a way and a half later. */
static void test_answered(void)
{
	static const struct row {
		const char *pings;
		double reconnects;
	} rows[] = { { "count", 0 }, { "answer", 11 } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *box = g_strdup_printf(
			"pings = %s\nserver-idle = 1d\nclient-idle = 1d\non-expiry = fin", rows[i].pings);
		struct h_run *h = behind(box, "application = tcp\nkeepalive-is-ping = yes\n"
					      "keepalive-answer = 1B\n[server]\nidle-timeout = 5min");

		g_assert_cmpfloat(h_mean(h, "reconnects"), ==, rows[i].reconnects);
		g_assert_cmpfloat(h_mean(h, "keepalives_sent"), >=, 150.0);
		h_free(h);
	}
}

/*
 * The NAT before a proxy forgets after 2 min, and its client speaks every 10. A push 4 min after the last word does not arrive: the
 * server's TCP keeps it, and it goes over the next connection; but a proxy has acknowledged it, and with that it is lost.
 */
static void test_accepted(void)
{
	static const char *const text =
		"[scenario]\nduration = 8h\n[path]\nmiddleboxes = nat; lb\ndelay = 5ms\n"
		"[middlebox nat]\nkind = nat\ntcp-established = 2min\non-miss = rst\nlink-delay = 2ms\n"
		"[middlebox lb]\nkind = %s\ntcp-established = 1h\nlink-delay = 3ms\n[client]\n"
		"application = tcp\npolicy = fixed\ninterval = 10min\n[server]\npush = periodic 4min\n";

	for (int proxy = 0; proxy < 2; proxy++) {
		g_autofree char *whole = g_strdup_printf(text, proxy ? "proxy\non-expiry = fin" : "firewall");
		struct h_run *h = h_run(whole, 1);
		double lost = h_mean(h, "pushes_lost"), offered = h_mean(h, "pushes_offered");

		g_test_message("%d: %g of %g lost", proxy, lost, offered);
		g_assert_cmpfloat(h_mean(h, "reconnects"), >=, 46.0);
		if (proxy)
			g_assert_cmpfloat(lost, >=, 0.4 * offered);
		else
			g_assert_cmpfloat(lost, <=, 2.0); /* those under way at the end */
		h_free(h);
	}
}

/* A leg that loses packets is mended by the proxy, and a push is no later by it than by the ends themselves. */
static void test_loss(void)
{
	double delay[2];

	for (int proxy = 0; proxy < 2; proxy++) {
		g_autofree char *text = g_strdup_printf(
			"[scenario]\nduration = 24h\n[path]\nmiddleboxes = lb\ndelay = 20ms\nloss = 5%%\n"
			"[middlebox lb]\nkind = %s\ntcp-established = 1d\nlink-delay = 60ms\n"
			"[client]\napplication = tcp\npolicy = none\n[server]\npush = periodic 20s\n",
			proxy ? "proxy" : "firewall");
		struct h_run *h = h_run(text, 1);

		g_assert_cmpfloat(h_mean(h, "pushes_lost"), ==, 0.0);
		g_assert_cmpfloat(h_mean(h, "reconnects"), ==, 0.0);
		g_assert_cmpfloat(fabs(h_mean(h, "push_delay_p50_s") - 0.080), <, 0.001);
		delay[proxy] = h_mean(h, "push_delay_p99_s");
		h_free(h);
	}
	/* the leg's round trip is 40 ms, the ends' 160 ms: what is repeated comes so much earlier */
	g_assert_cmpfloat(delay[1], <, delay[0] - 0.080);
}

/* The end of one leg comes to the other one: by FIN, or by RST as on-expiry says; the client notices it at once. */
static void test_ends(void)
{
	static const char *const closes[] = { "fin", "rst" }, *const hows[] = { "fin", "rst" };

	for (size_t i = 0; i < 4; i++) {
		g_autofree char *box = g_strdup_printf("on-expiry = %s", hows[i & 1]);
		g_autofree char *ends = g_strdup_printf(
			"application = tcp\n[server]\nmax-age = 10min\nclose = %s", closes[i >> 1]);
		struct h_run *h = behind(box, ends);

		g_assert_cmpfloat(h_mean(h, "reconnects"), ==, 5.0);
		g_assert_cmpfloat(
			h_mean(h, "reachable_fraction"), >, 0.9998); /* the client hears of it at once */
		g_assert_cmpfloat(h_mean(h, "sessions_peak"), <=, 2.0);
		h_free(h);
	}
}

/* Many subscribers at one proxy: the same numbers in one queue or one after another where each has its own. */
static void test_shared(void)
{
	double reconnects[2];

	for (int shared = 0; shared < 2; shared++) {
		g_autofree char *text = g_strdup_printf(
			"[scenario]\nduration = 1h\nsubscribers = 30\n[path]\nmiddleboxes = nat; lb\n"
			"delay = 5ms\n[middlebox nat]\nprofile = linux\n[middlebox lb]\nkind = proxy\n"
			"shared = %s\ntcp-established = 60s\non-expiry = fin\n"
			"[client]\napplication = tcp\npolicy = fixed\ninterval = 70s\n"
			"start = uniform 0s 70s\n[server]\npush = poisson 60/h\n",
			shared ? "yes" : "no");
		struct h_run *h = h_run(text, 1);

		reconnects[shared] = h_mean(h, "reconnects");
		g_assert_cmpfloat(h_mean(h, "pushes_lost"), <, 1.0);
		h_free(h);
	}
	g_assert_cmpfloat(reconnects[0], >, 5.0);
	g_assert_cmpfloat(reconnects[0], ==, reconnects[1]);
}

/* Requests each 10 min whose answer takes so long; how they end, and what comes of a proxy that waits for 60 s. */
static void test_requests(void)
{
	static const struct row {
		const char *answer, *box, *client;
		double failed, least, most; /* of 5 requests in an hour; reconnects */
	} rows[] = {
		{ "59s", "", "", 0, 0, 0 },
		{ "61s", "", "", 5, 5, 5 },
		{ "61s", "request-timeout = never", "", 0, 0, 0 },
		/* made anew, a request of which all copies take as long fails once, after three times 60 s */
		{ "61s", "", "report-retries = 2\nreport-retry-timeouts = yes\n", 5, 15, 15 },
		/* the next copy is answered sooner, now and then */
		{ "uniform 0s 61s", "", "report-retries = 9\nreport-retry-timeouts = yes\n", 0, 0, 2 },
		/* what wants no answer is not waited for */
		{ "61s", "", "report-answer = 0B\n", 0, 0, 0 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *box =
			g_strdup_printf("client-idle = 1d\nserver-idle = 1d\non-expiry = fin\n%s",
				*rows[i].box ? rows[i].box : "request-timeout = 60s");
		g_autofree char *client = g_strdup_printf(
			"application = tcp\ninterval = 2h\nreport = periodic 10min\nreport-answer-time = %s\n"
			"report-timeout = 9min\n%s%s",
			rows[i].answer,
			strstr(rows[i].client, "report-answer =") ? "" : "report-answer = 2kB\n",
			rows[i].client);
		struct h_run *h = behind(box, client);

		g_test_message("row %zu: %g failed, %g reconnects", i, h_mean(h, "requests_failed"),
			h_mean(h, "reconnects"));
		g_assert_cmpfloat(h_mean(h, "requests_made"), >=, 5.0);
		g_assert_cmpfloat(h_mean(h, "requests_failed"), ==, rows[i].failed);
		g_assert_cmpfloat(h_mean(h, "reconnects"), >=, rows[i].least);
		g_assert_cmpfloat(h_mean(h, "reconnects"), <=, rows[i].most);
		g_assert_cmpfloat(h_mean(h, "requests_met_dead"), ==, 0.0);
		h_free(h);
	}
}

/* It takes the client's connection, and reaches no server: the client tries again ever later, not at the same moment for ever. */
static void test_unreachable(void)
{
	struct h_run *h = h_run("[scenario]\nduration = 1h\n[path]\nmiddleboxes = proxy; wall\n"
				"[middlebox proxy]\nkind = proxy\n"
				"[middlebox wall]\nkind = firewall\nblocked-ports = 5228\n"
				"reject = rst\n"
				"[client]\napplication = fcm\n",
		1);

	g_test_message("%g packets up", h_mean(h, "packets_up"));
	g_assert_cmpfloat(h_mean(h, "packets_up"), >, 20.0);
	g_assert_cmpfloat(h_mean(h, "packets_up"), <, 600.0);
	h_free(h);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/proxy/host", test_host);
	g_test_add_func("/proxy/counts", test_counts);
	g_test_add_func("/proxy/age-of-closing", test_age_of_closing);
	g_test_add_func("/proxy/answered", test_answered);
	g_test_add_func("/proxy/accepted", test_accepted);
	g_test_add_func("/proxy/loss", test_loss);
	g_test_add_func("/proxy/ends", test_ends);
	g_test_add_func("/proxy/shared", test_shared);
	g_test_add_func("/proxy/requests", test_requests);
	g_test_add_func("/proxy/unreachable", test_unreachable);
	return g_test_run();
}
