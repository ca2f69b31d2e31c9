/* SPDX-License-Identifier: BSD-2-Clause */
/* Times that follow what the client announces: shares of its interval, in profiles and scenarios. */
#include "harness.h"
#include "text/value.h"

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

struct sent {
	GArray *at; /* nap_time of each packet that the device sends */
};

static void on_packet(
	void *ctx, nap_time now, enum nap_place place, int hop, bool up, const struct nap_packet *p)
{
	struct sent *sent = ctx;

	(void)hop, (void)p;
	if (place == NAP_AT_DEVICE && up)
		g_array_append_val(sent->at, now);
}

static nap_time gap(const struct sent *sent, guint i)
{
	return g_array_index(sent->at, nap_time, i + 1) - g_array_index(sent->at, nap_time, i);
}

/* A wait that is drawn is drawn for each message, and doubled as drawn: CoAP's (RFC 7252 4.2), over a path that loses all. */
static void test_drawn(void)
{
	struct sent sent = { g_array_new(FALSE, FALSE, sizeof(nap_time)) };
	struct nap_observer observer = { .ctx = &sent, .packet = on_packet };
	struct h_run *h = h_run_watched(
		"[scenario]\nduration = 2h\n[path]\nloss = 100%\n[client]\napplication = udp\npolicy = "
		"fixed\n"
		"interval = 5min\nkeepalive-answer = 1B\nanswer-timeout = uniform 2s 3s\nanswer-tries = 5\n"
		"answer-backoff = yes\n",
		1, &observer);
	guint series = 0, short_ones = 0;

	for (guint i = 0; i + 5 < sent.at->len;
		i += 5, series++) { /* five transmissions, then it opens anew */
		nap_time first = gap(&sent, i);

		g_assert_cmpint(first, >=, 2 * NAP_S);
		g_assert_cmpint(first, <, 3 * NAP_S);
		for (guint k = 1; k < 5; k++)
			g_assert_cmpint(gap(&sent, i + k), ==, first << k);
		short_ones += first < 5 * NAP_S / 2;
	}
	g_assert_cmpuint(series, >, 80);
	g_assert_cmpuint(short_ones, >, series / 3);
	g_assert_cmpuint(short_ones, <, series - series / 3);
	h_free(h);
	g_array_unref(sent.at);
}

/* Each kind of wait takes a time, a share of the interval or a distribution, and shows it as it was written. */
static void test_waits(void)
{
	static const char *const keys[] = { "answer-timeout", "open-timeout", "reconnect-delay" };
	static const char *const texts[] = { "20s", "50%", "uniform 2s 3s", "lognormal 2s 0.5" };
	static const nap_time times[] = { 20 * NAP_S, 30 * NAP_S, 5 * NAP_S / 2, 0 };

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		const struct nap_param *row = nap_app_params;

		while (strcmp(row->key, keys[i]) != 0)
			row++;
		for (size_t k = 0; k < G_N_ELEMENTS(texts); k++) {
			g_autofree char *line =
				g_strdup_printf("interval = 60s\n%s = %s\n", keys[i], texts[k]);
			struct nap_scenario *sc = with("mqtt", line);
			const struct nap_wait *wait = (const void *)((const char *)&sc->app + row->offset);
			g_autofree char *shown = nap_value_format(row, wait);

			if (times[k])
				g_assert_cmpint(wait->span.time, ==, times[k]);
			g_assert_cmpstr(shown, ==, texts[k]);
			nap_scenario_free(sc);
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
	g_test_add_func("/spans/drawn", test_drawn);
	g_test_add_func("/spans/waits", test_waits);
	g_test_add_func("/spans/text", test_text);
	return g_test_run();
}
