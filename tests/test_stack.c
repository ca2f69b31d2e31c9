/* SPDX-License-Identifier: BSD-2-Clause */
/* Profiles of hosts: which layer of a scenario has the last word, for each end, and what that makes of a dead path. */
#include "harness.h"

static struct nap_scenario *with(const char *client, const char *server)
{
	g_autofree char *text =
		g_strdup_printf("[scenario]\nduration = 2h\n[client]\n%s[server]\n%s", client, server);

	return h_scenario(text);
}

/* The schema's default, over it the host's profile, over it the application's, over it the scenario; each end has its own host. */
static void test_layers(void)
{
	static const struct {
		const char *client, *server;
		nap_time client_min, server_min;
		uint32_t client_retries, server_retries;
	} rows[] = {
		{ "application = tcp\n", "", 200 * NAP_MS, 200 * NAP_MS, 15, 15 },
		{ "application = tcp\nstack = windows\n", "", 300 * NAP_MS, 200 * NAP_MS, 5, 15 },
		{ "application = tcp\n", "stack = windows\n", 200 * NAP_MS, 300 * NAP_MS, 15, 5 },
		{ "application = tcp\nstack = windows\nrto-min = 1s\n", "", NAP_S, NAP_S, 5, 15 },
		{ "application = tcp\nstack = bsd\ntcp-retries = 3\n", "stack = windows\n", 200 * NAP_MS,
			300 * NAP_MS, 3, 3 },
		{ "application = udp\nstack = windows\n", "", 300 * NAP_MS, 200 * NAP_MS, 5, 15 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct nap_scenario *sc = with(rows[i].client, rows[i].server);

		g_assert_cmpint(sc->app.tcp.rto_min, ==, rows[i].client_min);
		g_assert_cmpint(sc->server.tcp.rto_min, ==, rows[i].server_min);
		g_assert_cmpuint(sc->app.tcp.retries, ==, rows[i].client_retries);
		g_assert_cmpuint(sc->server.tcp.retries, ==, rows[i].server_retries);
		nap_scenario_free(sc);
	}
}

/* A profile on another: what it does not say is the base's. */
static void test_base(void)
{
	struct nap_scenario *sc = with("application = tcp\nstack = apple\n", "stack = linux-250hz\n");

	g_assert_cmpint(sc->app.connect_timeout, ==, 75 * NAP_S);
	g_assert_true(sc->app.tcp.loss_probe);
	g_assert_cmpuint(sc->app.tcp.quick_acks, ==, 0);
	g_assert_cmpint(sc->app.tcp.tick, ==, 0);
	g_assert_cmpint(sc->server.tcp.tick, ==, 4 * NAP_MS);
	g_assert_cmpuint(sc->server.tcp.quick_acks, ==, 16);
	nap_scenario_free(sc);
}

/* How a server's socket probes: as [server] says, else the application, else its host. */
static void test_servers_probes(void)
{
	static const struct {
		const char *client, *server;
		nap_time interval;
		uint32_t count;
	} rows[] = {
		{ "application = tcp\n", "tcp-keepalive = 1h\n", 75 * NAP_S, 9 },
		{ "application = tcp\n", "tcp-keepalive = 1h\nstack = windows\n", NAP_S, 10 },
		{ "application = tcp\nstack = windows\n", "tcp-keepalive = 1h\n", 75 * NAP_S, 9 },
		{ "application = tcp\ntcp-keepalive-count = 2\n", "tcp-keepalive = 1h\nstack = bsd\n",
			75 * NAP_S, 8 },
		{ "application = tcp\n", "tcp-keepalive = 1h\ntcp-keepalive-count = 3\nstack = windows\n",
			NAP_S, 3 },
		{ "application = postgresql\n", "stack = windows\n", NAP_S, 10 },
		{ "application = redis\n", "stack = windows\n", 100 * NAP_S, 3 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct nap_scenario *sc = with(rows[i].client, rows[i].server);

		g_assert_cmpint(sc->server.tcp_keepalive.interval, ==, rows[i].interval);
		g_assert_cmpuint(sc->server.tcp_keepalive.count, ==, rows[i].count);
		nap_scenario_free(sc);
	}
}

/* SYNs into nothing, as each host sends them before it gives up; the next attempt is a second later. */
static void test_syns(void)
{
	static const struct {
		const char *stack;
		double packets; /* in the first so many seconds: one attempt */
		int seconds;
	} rows[] = { { "linux", 11, 131 }, { "android", 7, 127 }, { "bsd", 11, 75 }, { "apple", 11, 75 },
		{ "windows", 5, 21 }, { "windows", 6, 23 } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strdup_printf(
			"[scenario]\nduration = %ds\n[path]\nloss = 100%%\n"
			"[client]\napplication = tcp\npolicy = none\nstack = %s\n[server]\npush = none\n",
			rows[i].seconds, rows[i].stack);
		struct h_run *h = h_run(text, 1);

		g_assert_cmpfloat(h_mean(h, "packets_up"), ==, rows[i].packets);
		h_free(h);
	}
}

static void test_refused(void)
{
	static const struct {
		const char *text, *message;
	} rows[] = {
		{ "[scenario]\nduration = 1h\n[client]\napplication = tcp\nstack = bds\n",
			"there is no stack profile \"bds\" (did you mean bsd?)" },
		{ "[scenario]\nduration = 1h\n[server]\nstack = lnux\n", "(did you mean linux?)" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		struct nap_document *doc =
			nap_document_new("a.ini", ".", rows[i].text, strlen(rows[i].text), &error);

		g_assert_no_error(error);
		g_assert_null(nap_scenario_new(doc, NULL, 0, &error));
		if (!strstr(error->message, rows[i].message))
			g_error("%s", error->message);
		nap_document_free(doc);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/stack/servers-probes", test_servers_probes);
	g_test_add_func("/stack/layers", test_layers);
	g_test_add_func("/stack/base", test_base);
	g_test_add_func("/stack/syns", test_syns);
	g_test_add_func("/stack/refused", test_refused);
	return g_test_run();
}
