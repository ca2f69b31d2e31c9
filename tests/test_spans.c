/* SPDX-License-Identifier: BSD-2-Clause */
/* Times that follow what the client announces: shares of its interval, in profiles and scenarios. */
#include "harness.h"

static struct nap_scenario *with(const char *application, const char *keys)
{
	g_autofree char *text = g_strdup_printf(
		"[scenario]\nduration = 2h\n[client]\napplication = %s\n%s", application, keys);

	return h_scenario(text);
}

static void test_follow(void)
{
	static const struct {
		const char *application, *keys;
		nap_time answer, session;
	} rows[] = {
		{ "mqtt", "", 60 * NAP_S, 90 * NAP_S },
		{ "mqtt", "interval = 10s\n", 10 * NAP_S, 15 * NAP_S },
		{ "mqtt", "interval = 20min\n", 20 * NAP_MIN, 30 * NAP_MIN },
		{ "mqtt", "policy = none\n", NAP_NEVER,
			NAP_NEVER }, /* none announced: the broker waits for ever */
		{ "mqtt", "policy = memory\nmax-interval = 10min\n", 10 * NAP_MIN, 15 * NAP_MIN },
		{ "mqtt", "interval = 10s\nsession-timeout = 2min\n", 10 * NAP_S, 2 * NAP_MIN },
		{ "mqtt", "interval = 10s\nsession-timeout = 300%\nanswer-timeout = 50%\n", 5 * NAP_S,
			30 * NAP_S },
		{ "mqtt", "interval = 10s\nanswer-timeout = never\n", NAP_NEVER, 15 * NAP_S },
		{ "ssh", "", 15 * NAP_MIN, NAP_NEVER }, { "ssh", "interval = 5s\n", 15 * NAP_S, NAP_NEVER },
		{ "websocket", "interval = 5s\n", 5 * NAP_S, NAP_NEVER },
		{ "imap-idle", "interval = 5min\n", 30 * NAP_S, NAP_NEVER }, /* a time of its own stays */
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct nap_scenario *sc = with(rows[i].application, rows[i].keys);

		g_assert_cmpint(sc->app.answer_timeout, ==, rows[i].answer);
		g_assert_cmpint(sc->app.session_timeout, ==, rows[i].session);
		nap_scenario_free(sc);
	}
}

/* Both ends of OpenVPN and AMQP: the server's are twice the client's, and its own pings. */
static void test_both_ends(void)
{
	struct nap_scenario *sc = with("openvpn", "interval = 5s\n");

	g_assert_cmpint(sc->app.idle_timeout, ==, 30 * NAP_S);
	g_assert_cmpint(sc->app.server_idle, ==, 60 * NAP_S);
	g_assert_cmpint(sc->app.server_keepalive, ==, 5 * NAP_S);
	nap_scenario_free(sc);
	sc = with("amqp", "interval = 5s\n");
	g_assert_cmpint(sc->app.idle_timeout, ==, 25 * NAP_S);
	g_assert_cmpint(sc->app.server_keepalive, ==, 5 * NAP_S);
	nap_scenario_free(sc);
}

/* What a scenario fixes against the interval is told, with both keys; what agrees, or is a share, is not. */
static void test_warning(void)
{
	static const struct {
		const char *application, *keys, *key; /* NULL: no warning */
	} rows[] = {
		{ "mqtt", "interval = 10s\nsession-timeout = 90s\n", "session-timeout" },
		{ "mqtt", "interval = 10s\nanswer-timeout = 30s\n", "answer-timeout" },
		{ "mqtt", "interval = 10s\nsession-timeout = 15s\nanswer-timeout = 10s\n", NULL },
		{ "mqtt", "interval = 10s\nsession-timeout = 200%\n", NULL },
		{ "mqtt", "interval = 10s\n", NULL },
		{ "mqtt", "policy = none\nsession-timeout = 15s\n", NULL },
		{ "imap-idle", "interval = 10s\nanswer-timeout = 60s\n", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct nap_scenario *sc = with(rows[i].application, rows[i].keys);

		g_assert_true((sc->warnings[0] != NULL) == (rows[i].key != NULL));
		if (rows[i].key) {
			g_assert_nonnull(strstr(sc->warnings[0], rows[i].key));
			g_assert_nonnull(strstr(sc->warnings[0], "interval = 10s"));
			g_assert_null(sc->warnings[1]);
		}
		nap_scenario_free(sc);
	}
}

/* Over a sound path no interval loses the flow, and a longer one never costs more keepalives. */
static void test_monotone(void)
{
	static const char *const applications[] = { "mqtt", "ssh", "websocket", "amqp", "openvpn" };
	static const char *const intervals[] = { "2s", "5s", "20s", "1min", "5min", "20min" };

	for (size_t a = 0; a < G_N_ELEMENTS(applications); a++) {
		double before = 1e9;

		for (size_t i = 0; i < G_N_ELEMENTS(intervals); i++) {
			g_autofree char *text = g_strdup_printf("[scenario]\nduration = 2h\n[path]\ndelay = "
								"40ms\n[client]\napplication = %s\n"
								"interval = %s\n",
				applications[a], intervals[i]);
			struct h_run *h = h_run(text, 1);

			g_assert_cmpfloat(h_mean(h, "reconnects"), ==, 0.0);
			g_assert_cmpfloat(h_mean(h, "keepalives_sent"), >, 0.0);
			g_assert_cmpfloat(h_mean(h, "keepalives_sent"), <, before);
			before = h_mean(h, "keepalives_sent");
			h_free(h);
		}
	}
}

/* How it is written, and what is refused. */
static void test_text(void)
{
	static const char *const bad[] = { "0%", "-10%", "1.5", "150 %%", "10ms" };

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *text = g_strdup_printf(
			"[scenario]\nduration = 2h\n[client]\napplication = mqtt\nsession-timeout = %s\n",
			bad[i]);
		struct nap_document *doc = nap_document_new("test.ini", ".", text, strlen(text), NULL);
		GError *error = NULL;

		g_assert_null(nap_scenario_new(doc, NULL, 0, &error));
		g_assert_nonnull(strstr(error->message, "session-timeout"));
		g_clear_error(&error);
		nap_document_free(doc);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/spans/follow", test_follow);
	g_test_add_func("/spans/both-ends", test_both_ends);
	g_test_add_func("/spans/warning", test_warning);
	g_test_add_func("/spans/monotone", test_monotone);
	g_test_add_func("/spans/text", test_text);
	return g_test_run();
}
