/* SPDX-License-Identifier: BSD-2-Clause */
/* Pools of connections: who takes which, when one is opened and closed, and shares that queueing theory knows. */
#include <math.h>

#include "client/client.h"
#include "harness.h"

#define HEAD                                                                                                 \
	"[path]\nmiddleboxes = fw\ndelay = 1ms\n[middlebox fw]\nkind = firewall\ntracker = simple\n"         \
	"[client]\napplication = tcp\npolicy = none\nreport-answer = 1kB\nreport-timeout = never\n"

static struct h_run *run(const char *scenario, const char *keys)
{
	g_autofree char *text = g_strconcat("[scenario]\n", scenario, "\n", HEAD, keys, NULL);

	return h_run(text, 1);
}

static double share(const struct h_run *h, const char *metric)
{
	return h_mean(h, metric) / h_mean(h, "requests_made");
}

/* Offered load a to n servers: the share of requests that find all busy, where these are lost (Erlang B), or wait (C). */
static double erlang_b(double a, int n)
{
	double b = 1.0;

	for (int k = 1; k <= n; k++)
		b = a * b / (k + a * b);
	return b;
}

static double erlang_c(double a, int n)
{
	double b = erlang_b(a, n);

	return b / (1.0 - a / n * (1.0 - b));
}

/* Poisson requests, exponential answers: a pool that waits is M/M/n, one that does not M/M/n/n. */
static void test_erlang(void)
{
	static const struct {
		int n, per_hour;
	} rows[] = { { 1, 1800 }, { 2, 4000 }, { 3, 7200 }, { 8, 18000 } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		for (int waits = 0; waits < 2; waits++) {
			g_autofree char *keys = g_strdup_printf(
				"report = poisson %d/h\nreport-answer-time = exponential 1s\n"
				"pool-most = %d\npool-least = %d\n%s",
				rows[i].per_hour, rows[i].n, rows[i].n, waits ? "" : "pool-wait = 0s\n");
			struct h_run *h = run("duration = 8h\nreplications = 4", keys);
			double a = rows[i].per_hour / 3600.0 * 1.002; /* the round trip is time in use, too */

			g_assert_cmpfloat(h_mean(h, "connections_opened"), ==, rows[i].n);
			if (waits)
				g_assert_cmpfloat_with_epsilon(
					share(h, "pool_waits"), erlang_c(a, rows[i].n), 0.02);
			else
				g_assert_cmpfloat_with_epsilon(
					share(h, "requests_failed"), erlang_b(a, rows[i].n), 0.01);
			h_free(h);
		}
}

/* The share of requests for which a connection has rested over T: one more than n requests apart under fifo, one under lifo. */
static double rested(double per_t, int apart)
{
	double term = exp(-per_t), sum = 0;

	for (int k = 0; k < apart; k++) {
		sum += term;
		term *= per_t / (k + 1);
	}
	return sum;
}

/* Behind a firewall of 5 min that says so: who meets a dead connection. Round robin rests n times as long as the last one. */
static void test_dead(void)
{
	static const int sizes[] = { 1, 3, 6 };

	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
		for (int fifo = 0; fifo < 2; fifo++) {
			g_autofree char *text = g_strdup_printf(
				"[scenario]\nduration = 30d\nreplications = 3\n[path]\nmiddleboxes = fw\n"
				"delay = 1ms\n[middlebox fw]\nkind = firewall\ntracker = simple\n"
				"tcp-established = 5min\non-miss = rst\n[client]\napplication = tcp\n"
				"policy = none\nreport = poisson 24/h\nreport-answer = 1kB\npool-most = %d\n"
				"pool-least = %d\npool-order = %s\n",
				sizes[i], sizes[i], fifo ? "fifo" : "lifo");
			struct h_run *h = h_run(text, 1);

			g_assert_cmpfloat_with_epsilon(share(h, "requests_met_dead"),
				rested(24.0 / 12.0, fifo ? sizes[i] : 1), 0.01);
			/* each of these is opened anew, and nobody else is */
			g_assert_cmpfloat_with_epsilon(h_mean(h, "connections_opened"),
				sizes[i] + h_mean(h, "requests_met_dead"), 1.0);
			h_free(h);
		}
}

/* Each connection is a session of its own at the box; no more are opened than there is need of. */
static void test_sessions(void)
{
	struct h_run *h = run("duration = 1h", "pool-most = 7\npool-least = 7\n");

	g_assert_cmpfloat(h_mean(h, "sessions_peak"), ==, 7);
	g_assert_cmpint(
		nap_results_column(h->results, "requests_made"), <, 0); /* several flows, no requests */
	h_free(h);
	/* each 10 s a request that takes 25 s: the third finds two out */
	h = run("duration = 1h", "pool-most = 7\nreport = periodic 10s\nreport-answer-time = 25s\n");
	g_assert_cmpfloat(h_mean(h, "connections_opened"), ==, 3);
	g_assert_cmpfloat(h_mean(h, "sessions_peak"), ==, 3);
	g_assert_cmpfloat(h_mean(h, "pool_waits"), ==, 3); /* for those that were opened for them */
	h_free(h);
}

/* Those that rest are closed, but for the least; so are old ones, which are replaced. */
static void test_least(void)
{
	struct h_run *h = run("duration = 10h",
		"pool-most = 5\npool-least = 2\nretire-idle = 10min\nreport = periodic 1h\n");

	g_assert_cmpfloat(h_mean(h, "connections_opened"), ==, 2);
	h_free(h);
	h = run("duration = 10h", "pool-most = 5\nretire-idle = 10min\nreport = periodic 1h\n");
	g_assert_cmpfloat(h_mean(h, "connections_opened"), ==, 9);
	h_free(h);
	/* too old they are replaced, with none out */
	h = run("duration = 601min",
		"pool-most = 5\npool-least = 2\nretire-age = 1h\nreport = periodic 1h\n");
	g_assert_cmpfloat(h_mean(h, "connections_opened"), ==, 22);
	h_free(h);
}

/* Short-lived connections: one for each request, in a pool as without; those that come at once have one each. */
static void test_each(void)
{
	static const struct {
		const char *keys;
		double opened;
	} rows[] = {
		/* without a pool one is opened at the start, for nobody */
		{ "retire-idle = 0s\nreopen = no\nreport = periodic 1min\n", 60 },
		{ "retire-idle = 0s\npool-most = 5\nreport = periodic 1min\n", 59 },
		{ "retire-idle = 0s\npool-most = 5\nreport = periodic 1min\nreport-answer-time = 150s\n",
			59 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct h_run *h = run("duration = 1h", rows[i].keys);

		g_test_message("%s", rows[i].keys);
		g_assert_cmpfloat(h_mean(h, "requests_made"), ==, 59);
		g_assert_cmpfloat(h_mean(h, "requests_failed"), ==, 0);
		g_assert_cmpfloat(h_mean(h, "connections_opened"), ==, rows[i].opened);
		h_free(h);
	}
}

/* A request that met a dead connection goes over another one, as dead; one that asks before finds each of them out. */
static void test_again(void)
{
	static const char dead[] =
		"[scenario]\nduration = 10h\n[path]\nmiddleboxes = fw\ndelay = 1ms\n"
		"[middlebox fw]\nkind = firewall\ntracker = simple\n"
		"tcp-established = 5min\non-miss = rst\n[client]\napplication = tcp\n"
		"report = periodic 1h\nreport-answer = 1kB\n"
		"liveness-size = 10B\nliveness-answer = 10B\npool-most = 3\npool-least = 3\n";
	static const struct {
		const char *keys;
		double failed, met_dead;
	} rows[] = { { "", 9, 9 }, { "report-retries = 1\n", 9, 18 },
		{ "report-retries = 3\npool-order = fifo\n", 0, 27 }, { "validate = 1min\n", 0, 0 },
		{ "tcp-keepalive = 2min\n", 0, 0 }, { "policy = fixed\ninterval = 2min\n", 0, 0 },
		{ "retire-age = 4min\n", 0, 0 } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strconcat(
			dead, rows[i].keys, strstr(rows[i].keys, "policy") ? "" : "policy = none\n", NULL);
		struct h_run *h = h_run(text, 1);

		g_test_message("%s", rows[i].keys);
		g_assert_cmpfloat(h_mean(h, "requests_failed"), ==, rows[i].failed);
		g_assert_cmpfloat(h_mean(h, "requests_met_dead"), ==, rows[i].met_dead);
		g_assert_cmpfloat(h_mean(h, "requests_made"), ==, 9);
		h_free(h);
	}
}

/* Over UDP as over TCP: the same shares, a port for each flow, and one for each request where none is kept (DNS). */
static void test_udp(void)
{
	static const char keys[] = "report = poisson 7200/h\nreport-answer-time = exponential 1s\npool-most "
				   "= 3\npool-least = 3\n"
				   "pool-wait = 0s\n";
	static const char *const over[] = { "udp", "quic", "dtls" };

	for (size_t i = 0; i < G_N_ELEMENTS(over); i++) {
		g_autofree char *text = g_strdup_printf(
			"[scenario]\nduration = 2h\nreplications = 4\n%sapplication = %s\npolicy = none\n"
			"report-answer = 1kB\nreport-timeout = never\nidle-timeout = never\n%s",
			"[path]\nmiddleboxes = nat\ndelay = 1ms\n[middlebox nat]\ntracker = "
			"simple\n[client]\n",
			over[i], keys);
		struct h_run *h = h_run(text, 1);

		g_assert_cmpfloat(h_mean(h, "connections_opened"), ==, 3);
		g_assert_cmpfloat(h_mean(h, "sessions_peak"), ==, 3);
		g_assert_cmpfloat_with_epsilon(share(h, "requests_failed"), erlang_b(2.004, 3), 0.02);
		h_free(h);
	}
	struct h_run *h =
		h_run("[scenario]\nduration = 1h\n[path]\nmiddleboxes = nat\ndelay = 1ms\n"
		      "[middlebox nat]\ntracker = simple\n[client]\napplication = udp\npolicy = none\n"
		      "report = periodic 1min\nreport-size = 40B\nreport-answer = 120B\n"
		      "report-answer-time = 5s\npool-most = 5\nretire-idle = 0s\n",
			1);

	g_assert_cmpfloat(h_mean(h, "requests_made"), ==, 59);
	g_assert_cmpfloat(h_mean(h, "requests_failed"), ==, 0);
	g_assert_cmpfloat(h_mean(h, "connections_opened"), ==, 59);
	h_free(h);
}

/*
 * A push goes by the flow that spoke last. Behind a NAT that forgets UDP after T a bare one gets through if a request went within T;
 * what is kept gets through later, none twice, whichever of the flows dies under it and whoever ends it in between.
 */
static void test_pushes(void)
{
	static const char push_text[] =
		"[scenario]\nduration = 10d\n[path]\nmiddleboxes = %s\ndelay = 10ms\n"
		"[middlebox nat]\ntracker = simple\nudp = 2min\nudp-stream = 2min\n"
		"tcp-established = 2min\non-miss = rst\n%s[client]\n%sreport = poisson 20/h\n"
		"report-answer = 1kB\nreport-retries = 4\nreport-timeout = 20s\n"
		"pool-most = 4\npool-least = 2\n%s[server]\npush = poisson 6/h\n";
	static const char lb[] =
		"[middlebox lb]\nkind = proxy\ntracker = simple\ntcp-established = 1d\non-expiry = fin\n";
	static const struct {
		const char *boxes, *client;
		double delivered; /* share */
	} rows[] = {
		{ "nat", "application = udp\npool-order = lifo\n", 0.4866 }, /* 1 - exp(-20/h * 2 min) */
		{ "nat", "application = udp\npool-order = fifo\n", 0.4866 },
		{ "nat", "application = udp\nkeepalive-size = 1B\npolicy = fixed\ninterval = 1min\n", 1 },
		{ "nat", "application = tcp\n", 1 },
		{ "nat", "application = tcp\npool-order = fifo\n", 1 },
		{ "nat", "application = tcp\nretire-idle = 1min\n", 1 },
		{ "nat", "application = quic\n", 1 },
		/* what the proxy has acknowledged is lost with the leg behind it */
		{ "nat; lb", "application = tcp\npool-order = fifo\n", 0.4866 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text =
			g_strdup_printf(push_text, rows[i].boxes, strchr(rows[i].boxes, ';') ? lb : "",
				strstr(rows[i].client, "policy") ? "" : "policy = none\n", rows[i].client);
		struct h_run *h = h_run(text, 1);
		double got = h_mean(h, "pushes_delivered") / h_mean(h, "pushes_offered");

		g_test_message("row %zu: %g", i, got);
		if (rows[i].delivered == 1)
			g_assert_cmpfloat(h_mean(h, "pushes_lost"), <=, 2.0); /* those under way at the end */
		else
			g_assert_cmpfloat_with_epsilon(got, rows[i].delivered, 0.03);
		g_assert_cmpfloat(got, <=, 1.0);
		if (i < 3)
			g_assert_cmpfloat_with_epsilon(
				h_mean(h, "reachable_fraction"), rows[i].delivered, 0.03);
		h_free(h);
	}
}

/* Nobody opens: those that wait fail after their time, and are no more than the queue holds. */
static void test_gives_up(void)
{
	struct h_run *h = run("duration = 1h",
		"pool-most = 3\nreport = periodic 30s\nreport-answer-time = 1h\npool-wait = 10s\n");

	g_assert_cmpfloat(h_mean(h, "requests_made"), ==, 119);
	g_assert_cmpfloat(h_mean(h, "requests_failed"), ==, 116);
	g_assert_cmpfloat(h_mean(h, "requests_met_dead"), ==, 0);
	h_free(h);
	h = run("duration = 1h", "pool-most = 1\nreport = periodic 1s\nreport-answer-time = 2h\n");
	g_assert_cmpfloat(h_mean(h, "requests_failed"), ==, 3599 - 1 - 256);
	h_free(h);
}

/* A restart of the server ends all of them, and they come back; a device that moves opens all of them anew. */
static void test_world(void)
{
	struct h_run *h = h_run("[scenario]\nduration = 1h\n[path]\ndelay = 10ms\n"
				"[client]\napplication = tcp\npolicy = none\npool-most = 4\npool-least = 4\n"
				"[server]\nrestarts = periodic 40min\nrestart-of = program\ndowntime = 10s\n",
		1);

	g_assert_cmpfloat(h_mean(h, "reconnects"), >=, 4);
	h_free(h);
	h = h_run("[scenario]\nduration = 1h\n[path]\ndelay = 10ms\noutages = periodic 40min\n"
		  "outage-length = 5s\noutage-keeps-address = no\n"
		  "[client]\napplication = tcp\npolicy = none\npool-most = 4\npool-least = 4\n",
		1);
	g_assert_cmpfloat(h_mean(h, "reconnects"), ==, 4);
	h_free(h);
}

/* No two connections ever have the same port, however often each is opened anew. */
static void test_ports(void)
{
	for (uint32_t n = 1; n <= 256; n += 5) {
		uint16_t port[256];

		for (uint32_t i = 0; i < n; i++)
			port[i] = nap_client_pool_port((uint16_t)(60999 - n), n, i);
		for (uint32_t k = 0; k < 30000; k += n) {
			uint32_t i = k / n % n;

			for (uint32_t step = 0; step < 97; step++)
				port[i] = nap_client_next_port(port[i], n);
			for (uint32_t a = 0; a < n; a++) {
				g_assert_cmpuint(port[a], >=, 32768);
				g_assert_cmpuint(port[a], <, 61000);
				g_assert_true(a == i || port[a] != port[i]);
			}
		}
	}
}

static const char *flaw(const char *keys, char *why, size_t size)
{
	g_autofree char *text = g_strconcat("[scenario]\nduration = 1h\n[client]\n", keys, NULL);
	struct nap_scenario *sc = h_scenario(text);
	struct nap_plan plan;

	g_assert_false(nap_plan_make(&plan, sc));
	g_strlcpy(why, plan.why, size);
	nap_scenario_free(sc);
	return why;
}

static void test_flaws(void)
{
	char why[256];

	g_assert_nonnull(
		strstr(flaw("application = udp\npool-most = 2\n[peer]\ntransport = udp\n", why, sizeof why),
			"[client] pool-most: "));
	g_assert_nonnull(strstr(
		flaw("application = udp\npool-most = 2\npolicy = teredo\n", why, sizeof why), "pool-most: "));
	g_assert_cmpstr(flaw("application = tcp\npool-most = 2\npool-least = 3\n", why, sizeof why), ==,
		"[client] pool-least: is more than pool-most");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pool/erlang", test_erlang);
	g_test_add_func("/pool/dead", test_dead);
	g_test_add_func("/pool/sessions", test_sessions);
	g_test_add_func("/pool/least", test_least);
	g_test_add_func("/pool/each", test_each);
	g_test_add_func("/pool/again", test_again);
	g_test_add_func("/pool/udp", test_udp);
	g_test_add_func("/pool/pushes", test_pushes);
	g_test_add_func("/pool/gives-up", test_gives_up);
	g_test_add_func("/pool/world", test_world);
	g_test_add_func("/pool/ports", test_ports);
	g_test_add_func("/pool/flaws", test_flaws);
	return g_test_run();
}
