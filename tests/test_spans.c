/* SPDX-License-Identifier: BSD-2-Clause */
/* Times that follow what the client announces: shares of its interval, in profiles and scenarios. */
#include "harness.h"
#include "io/profile.h"
#include "text/quantity.h"
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
		{ "websocket", "interval = 5s\n", 5 * NAP_S, 10 * NAP_S },
		/* pings less often than that: the library's own patience */
		{ "websocket", "interval = 5min\n", 20 * NAP_S, 10 * NAP_MIN },
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
		{ "mqtt", "interval = 10s\nanswer-timeout = uniform 2s 3s\n", NULL },
		{ "lwm2m-queue", "interval = 10s\nserver-idle-timeout = 60s\n", "server-idle-timeout" },
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

/* Intervals that the protocol itself does not bear, whatever the path. */
static const struct bounds {
	const char *application;
	nap_time least, most;
} bounds[] = {
	{ "quic", 0, 60 * NAP_S },        /* max_idle_timeout is agreed upon, not derived */
	{ "libp2p-quic", 0, 60 * NAP_S }, /* as quic */
	{ "quic-go", 0, 60 * NAP_S },
	{ "submission", 0, 5 * NAP_MIN - 1 },       /* the server's wait for a command: RFC 5321 4.5.3.2.7 */
	{ "kafka", 0, 9 * NAP_MIN - 1 },            /* connections.max.idle.ms of clients */
	{ "webrtc-ice", 0, 25 * NAP_S - 1 },        /* failed after 25 s without an answer */
	{ "grpc", 5 * NAP_MIN - NAP_S, NAP_NEVER }, /* servers close on clients that ping more often */
};

static struct bounds bounds_of(const char *application)
{
	for (size_t i = 0; i < G_N_ELEMENTS(bounds); i++)
		if (strcmp(bounds[i].application, application) == 0)
			return bounds[i];
	return (struct bounds){ application, 0, NAP_NEVER };
}

static const char *const intervals[] = { "2s", "5s", "20s", "55s", "5min", "20min", "1h" };

static struct h_run *at_interval(const char *application, const char *interval, const char *path)
{
	g_autofree char *text = g_strdup_printf("[scenario]\nduration = 6h\n[path]\ndelay = "
						"40ms\n%s[client]\napplication = %s\npolicy = fixed\n"
						"interval = %s\n",
		path, application, interval);

	return h_run(text, 1);
}

/*
 * Every application profile, swept: over a sound path no interval loses the flow, since what each end waits for follows
 * the interval; a longer one never costs more keepalives; who dies at one interval dies at all longer ones.
 */
static void test_sound_path(void)
{
	g_auto(GStrv) names = nap_profile_names(NAP_APPLICATION);

	for (char **name = names; *name; name++) {
		struct bounds b = bounds_of(*name);
		double before = 1e9;

		for (size_t i = 0; i < G_N_ELEMENTS(intervals); i++) {
			struct h_run *h = at_interval(*name, intervals[i], "");
			nap_time interval = 0;

			g_assert_true(nap_time_parse(intervals[i], &interval, NULL));
			if (interval < b.least || interval > b.most) {
				h_free(h);
				continue;
			}
			if (h_mean(h, "reconnects") != 0.0)
				g_error("%s at %s: %f reconnects", *name, intervals[i],
					h_mean(h, "reconnects"));
			g_assert_cmpfloat(h_mean(h, "keepalives_sent"), >, 0.0);
			g_assert_cmpfloat(h_mean(h, "keepalives_sent"), <, before);
			before = h_mean(h, "keepalives_sent");
			h_free(h);
		}
	}
}

/* Behind a box of 60 s: all below hold, and a longer interval never reaches the client for longer. */
static void test_behind_box(void)
{
	static const char path[] =
		"middleboxes = nat\n[middlebox nat]\ntracker = simple\nudp = 60s\nudp-stream = 60s\n"
		"tcp-established = 60s\nports = random\n";
	g_auto(GStrv) names = nap_profile_names(NAP_APPLICATION);

	for (char **name = names; *name; name++) {
		struct bounds b = bounds_of(*name);
		double before = 1.0;

		if (strcmp(*name, "jdbc-hikari") == 0) /* nothing is told of a pool's reach */
			continue;
		for (size_t i = 0; i < G_N_ELEMENTS(intervals); i++) {
			struct h_run *h = at_interval(*name, intervals[i], path);
			double reachable = h_mean(h, "reachable_fraction");
			nap_time interval = 0;

			g_assert_true(nap_time_parse(intervals[i], &interval, NULL));
			if (interval >= b.least && interval < NAP_MIN)
				g_assert_cmpfloat(
					h_mean(h, "bindings_expired") + h_mean(h, "reconnects"), ==, 0.0);
			if (interval >= b.least && reachable > before + 1e-3)
				g_error("%s at %s: reachable %f, %f before", *name, intervals[i], reachable,
					before);
			before = interval >= b.least ? reachable : 1.0;
			h_free(h);
		}
	}
}

struct sent {
	GArray *at;   /* nap_time of each packet that the device sends */
	uint32_t len; /* of those that count; 0: all */
};

static void on_packet(
	void *ctx, nap_time now, enum nap_place place, int hop, bool up, const struct nap_packet *p)
{
	struct sent *sent = ctx;

	(void)hop;
	if (place == NAP_AT_DEVICE && up && (sent->len == 0 || p->len == sent->len))
		g_array_append_val(sent->at, now);
}

static nap_time gap(const struct sent *sent, guint i)
{
	return g_array_index(sent->at, nap_time, i + 1) - g_array_index(sent->at, nap_time, i);
}

/* A wait that is drawn is drawn for each message, and doubled as drawn: CoAP's (RFC 7252 4.2), over a path that loses all. */
static void test_drawn(void)
{
	struct sent sent = { g_array_new(FALSE, FALSE, sizeof(nap_time)), 0 };
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

/* Times at which a client over a path cut from 100 s on sends packets of len bytes. */
static struct h_run *until_cut(struct sent *sent, const char *client)
{
	struct nap_observer observer = { .ctx = sent, .packet = on_packet };
	g_autofree char *text = g_strdup_printf(
		"[scenario]\nduration = 400s\n[path]\ndelay = 10ms\noutages = times 100s\noutage-length = "
		"1h\n[client]\n%s",
		client);

	sent->at = g_array_new(FALSE, FALSE, sizeof(nap_time));
	return h_run_watched(text, 1, &observer);
}

/* IKE: asked for a word after 30 s without one; 4.0 7.2 13.0 23.3 42.0 s, given up after 165 s; the NAT's byte goes on. */
static void test_liveness(void)
{
	static const double series[] = { 4.0, 7.2, 12.96, 23.328, 41.99 };
	struct sent asked = { NULL, 84 }, kept = { NULL, 1 };
	struct h_run *h = until_cut(&asked, "application = ipsec-natt\n");
	guint first = 0;

	while (g_array_index(asked.at, nap_time, first) < 100 * NAP_S)
		first++;
	g_assert_cmpuint(first, ==, 3); /* 30 s apart, while there are answers */
	for (guint i = 0; i < G_N_ELEMENTS(series); i++)
		g_assert_cmpfloat_with_epsilon(nap_time_seconds(gap(&asked, first + i)), series[i], 0.01);
	g_assert_cmpuint(asked.at->len, ==, first + 6);
	h_free(h);
	h = until_cut(&kept, "application = ipsec-natt\n");
	g_assert_cmpuint(kept.at->len, >, 8);
	h_free(h);
	g_array_unref(asked.at);
	g_array_unref(kept.at);
}

/* SIP registers again at 90 % of Expires, over TCP as over UDP; and waits for keepalives to do so. */
static void test_renew(void)
{
	static const char *const applications[] = { "sip-outbound-udp", "sip-outbound-tcp" };

	for (size_t i = 0; i < G_N_ELEMENTS(applications); i++) {
		struct sent often = { NULL, 650 }, never = { NULL, 650 };
		g_autofree char *keys = g_strdup_printf(
			"application = %s\npolicy = fixed\ninterval = 10s\nrenew = ", applications[i]);
		g_autofree char *with = g_strconcat(keys, "18s\n", NULL),
				*without = g_strconcat(keys, "never\n", NULL);

		h_free(until_cut(&often, with));
		h_free(until_cut(&never, without));
		g_assert_cmpuint(often.at->len, >=, never.at->len + 4); /* at 20, 40, 60, 80 s */
		g_array_unref(often.at);
		g_array_unref(never.at);
	}
}

/* What a policy with a range of its own tells: the registrar waits for the longest of it, or for Flow-Timer. */
static void test_told(void)
{
	static const struct {
		const char *keys;
		nap_time server; /* how long it waits */
	} rows[] = {
		{ "", 29 * NAP_S },
		{ "flow = tcp\n", 120 * NAP_S },
		{ "flow-timer = 60s\n", 60 * NAP_S },
		{ "policy = fixed\ninterval = 100s\n", 100 * NAP_S },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct nap_scenario *sc = with("sip-outbound-udp", rows[i].keys);

		g_assert_cmpfloat_with_epsilon(
			(double)sc->app.server_idle / (double)rows[i].server, 1.1, 1e-9);
		nap_scenario_free(sc);
	}
}

/* A program that finds its flow dead and closes it waits for the other end's part before it opens the next one. */
static void test_close(void)
{
	static const char websocket[] = "application = websocket\ninterval = 5s\nreconnect-delay = 1s\n";
	struct sent syns = { NULL, 0 };
	struct h_run *h = until_cut(&syns, websocket);
	nap_time syn = 0; /* the last packet before the next SYN's second */

	/* ping at 100 s and its repeats, dead at 105 s, 20 s of closing, 1 s: SYN at 126 s, and none before it */
	for (guint i = 0; i < syns.at->len && g_array_index(syns.at, nap_time, i) < 126600 * NAP_MS; i++)
		syn = g_array_index(syns.at, nap_time, i);
	g_assert_cmpfloat_with_epsilon(nap_time_seconds(syn), 126.0, 0.5);
	h_free(h);
	g_array_unref(syns.at);
}

/* Each kind of wait takes a time, a share of the interval or a distribution, and shows it as it was written. */
static void test_waits(void)
{
	static const char *const keys[] = { "answer-timeout", "open-timeout", "push-timeout",
		"reconnect-delay" };
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
	g_test_add_func("/spans/sound-path", test_sound_path);
	g_test_add_func("/spans/behind-box", test_behind_box);
	g_test_add_func("/spans/drawn", test_drawn);
	g_test_add_func("/spans/waits", test_waits);
	g_test_add_func("/spans/liveness", test_liveness);
	g_test_add_func("/spans/renew", test_renew);
	g_test_add_func("/spans/told", test_told);
	g_test_add_func("/spans/close", test_close);
	g_test_add_func("/spans/text", test_text);
	return g_test_run();
}
