/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests of the client's own: their turn, their answers, what becomes of them on flows that die, and what each costs. */
#include "pair.h"

#include "harness.h"
#include "policy_settings.h"

static void set_up(struct pair *p, uint32_t transport, uint64_t answer)
{
	pair_init(p, transport, "none", 0);
	p->app.report = (struct nap_report_config){ .times = { .kind = NAP_ARRIVALS_PERIODIC, .gap = 1e9 },
		.size = 400,
		.answer = answer,
		.timeout = 30 * NAP_S,
		.tries = 1,
		.notices_close = true,
		.retire_idle = NAP_NEVER,
		.retire_age = NAP_NEVER,
		.validate = NAP_NEVER,
		.validate_timeout = 5 * NAP_S };
	p->app.keepalive_answer = 0;
}

static void takes(struct pair *p, nap_time time)
{
	p->app.report.answer_time = (struct nap_dist){ .kind = NAP_DIST_CONSTANT, .a = (double)time };
}

/* Up in one packet, down in another; the time from making it to its answer is a round trip and what the server takes. */
static void test_answered(void)
{
	for (uint32_t transport = NAP_OVER_UDP; transport <= NAP_OVER_TCP; transport++) {
		uint64_t headers = transport == NAP_OVER_TCP ? 40 + 12 : 28, up, down;
		PAIR p;

		set_up(&p, transport, 1000);
		takes(&p, 2 * NAP_S);
		pair_run(&p, 10 * NAP_S);
		up = p.bytes_up;
		down = p.bytes_down;
		pair_request(&p);
		pair_run(&p, 11 * NAP_S);
		g_assert_cmpuint(p.bytes_up - up, ==, 400 + headers);
		pair_run(&p, 20 * NAP_S);
		g_assert_cmpuint(p.answered, ==, 1);
		g_assert_cmpint(p.last_made, ==, 10 * NAP_S);
		g_assert_cmpint(p.last_answered, ==, 12 * NAP_S + 2 * p.delay);
		/* over TCP each end acknowledges by itself, as the answer takes longer than that may wait */
		g_assert_cmpuint(
			p.bytes_down - down, ==, 1000 + headers + (transport == NAP_OVER_TCP ? headers : 0));
		g_assert_cmpuint(p.failed + p.met_dead + p.keepalives, ==, 0);
	}
}

/* Three made at once are answered one after another, each with the server's whole time; the seventeenth that waits fails. */
static void test_turns(void)
{
	PAIR p;

	set_up(&p, NAP_OVER_TCP, 100);
	takes(&p, NAP_S);
	pair_run(&p, 10 * NAP_S);
	for (int i = 0; i < 3; i++)
		pair_request(&p);
	for (uint32_t i = 1; i <= 3; i++) {
		pair_run(&p, 10 * NAP_S + (nap_time)i * (NAP_S + 2 * p.delay));
		g_assert_cmpuint(p.answered, ==, i);
		g_assert_cmpint(p.last_answered, ==, p.now);
	}
	for (int i = 0; i < NAP_REQUESTS + 1; i++)
		pair_request(&p);
	g_assert_cmpuint(p.failed, ==, 1);
	pair_run(&p, 60 * NAP_S);
	g_assert_cmpuint(p.answered, ==, 3 + NAP_REQUESTS);
}

/* The answer never comes: after the read timeout the request has failed, and the flow is dead; it was not dead when it went. */
static void test_read_timeout(void)
{
	PAIR p;

	set_up(&p, NAP_OVER_TCP, 100);
	takes(&p, NAP_H);
	pair_run(&p, 10 * NAP_S);
	pair_request(&p);
	pair_run(&p, 40 * NAP_S - 1);
	g_assert_cmpuint(p.failed, ==, 0);
	pair_run(&p, 50 * NAP_S);
	g_assert_cmpint(p.last_failed, ==, 40 * NAP_S);
	g_assert_cmpint(p.last_dead, ==, 40 * NAP_S);
	g_assert_cmpuint(p.failed, ==, 1);
	g_assert_cmpuint(p.met_dead, ==, 0);
	g_assert_cmpuint(p.reconnects, ==, 1);
}

/* CoAP: 2 s, 4 s, 8 s ... between transmissions; answered as soon as the way is whole again, and worked on once. */
static void test_repeats(void)
{
	PAIR p;
	uint32_t up;

	set_up(&p, NAP_OVER_UDP, 100);
	p.app.report.timeout = 2 * NAP_S;
	p.app.report.tries = 5;
	pair_run(&p, 10 * NAP_S);
	up = p.up;
	p.drop = pair_drop_all;
	pair_request(&p);
	pair_run(&p, 100 * NAP_S);
	static const int at[] = { 10, 12, 16, 24, 40 };
	for (uint32_t i = 0; i < G_N_ELEMENTS(at); i++)
		g_assert_cmpint(p.log[up + i], ==, at[i] * NAP_S);
	g_assert_cmpint(p.last_failed, ==, 72 * NAP_S);
	g_assert_cmpuint(p.met_dead, ==, 1);
	pair_clear(&p);
	set_up(&p, NAP_OVER_UDP, 100);
	p.app.report.timeout = 2 * NAP_S;
	p.app.report.tries = 5;
	takes(&p, 3 * NAP_S); /* longer than the first wait: it comes again while it is worked on */
	pair_run(&p, 10 * NAP_S);
	p.down = 0;
	pair_request(&p);
	pair_run(&p, 60 * NAP_S);
	g_assert_cmpuint(p.answered, ==, 1);
	g_assert_cmpuint(p.down, ==, 1);
	g_assert_cmpint(p.last_answered, ==, 13 * NAP_S + 2 * p.delay);
	g_assert_cmpuint(p.failed, ==, 0);
}

/* The flow died in silence (another port, RST): the request meets that, and fails, or is made anew over the next one. */
static void test_met_dead(void)
{
	for (uint32_t retries = 0; retries <= 1; retries++) {
		PAIR p;

		set_up(&p, NAP_OVER_TCP, 100);
		p.app.report.retries = retries;
		p.timeout = 60 * NAP_S;
		pair_run(&p, 10 * NAP_S);
		pair_request(&p);
		pair_run(&p, 100 * NAP_S);
		g_assert_cmpuint(p.answered, ==, 1);
		pair_request(&p);
		pair_run(&p, 101 * NAP_S);
		g_assert_cmpuint(p.met_dead, ==, 1);
		g_assert_cmpuint(p.failed, ==, 1 - retries);
		g_assert_cmpuint(p.answered, ==, 1 + retries);
		g_assert_cmpuint(p.reconnects, ==, 1);
		if (retries) /* refused in a round trip, a handshake, and its own round trip */
			g_assert_cmpint(p.last_answered, ==, 100 * NAP_S + 6 * p.delay);
	}
}

/* reopen = no: a flow that is gone is opened for a request, over UDP by the request itself. */
static void test_opens(void)
{
	for (uint32_t transport = NAP_OVER_UDP; transport <= NAP_OVER_TCP; transport++) {
		PAIR p;
		uint32_t up;

		set_up(&p, transport, 100);
		p.app.reopen = false;
		p.app.idle_timeout = 20 * NAP_S;
		p.app.close_size = 1;
		pair_run(&p, 60 * NAP_S);
		g_assert_cmpuint(p.opened, ==, 1);
		g_assert_cmpint(p.c.phase, ==, NAP_CLIENT_CLOSED);
		up = p.up;
		pair_request(&p);
		pair_run(&p, 61 * NAP_S);
		g_assert_cmpuint(p.opened, ==, 2);
		g_assert_cmpuint(p.answered, ==, 1);
		if (transport == NAP_OVER_UDP)
			g_assert_cmpuint(p.up - up, ==, 1);
	}
}

/* Nobody answers: they go at once, what waited for the flow too, and are over when they arrive. */
static void test_silent(void)
{
	for (uint32_t transport = NAP_OVER_UDP; transport <= NAP_OVER_TCP; transport++) {
		PAIR p;

		pair_init(&p, transport, "none", 5 * NAP_S);
		p.app.report =
			(struct nap_report_config){ .times = { .kind = NAP_ARRIVALS_PERIODIC, .gap = 1e9 },
				.size = 400,
				.retire_idle = NAP_NEVER,
				.retire_age = NAP_NEVER,
				.validate = NAP_NEVER };
		pair_run(&p, NAP_S);
		for (uint32_t i = 0; i < NAP_REQUESTS; i++)
			pair_request(&p);
		pair_run(&p, 5 * NAP_S + 20 * p.delay);
		g_assert_cmpuint(p.delivered, ==, NAP_REQUESTS);
		for (uint32_t i = 0; i < 3; i++)
			pair_request(&p);
		pair_run(&p, p.now + p.delay);
		g_assert_cmpuint(p.delivered, ==, NAP_REQUESTS + 3);
		g_assert_cmpuint(p.failed, ==, 0);
	}
}

/* The server's patience with a silent client ends while the client is not the one who is waited for. */
static void test_server_waits(void)
{
	PAIR p;

	set_up(&p, NAP_OVER_TCP, 100);
	takes(&p, 25 * NAP_S);
	p.server_config.idle_timeout = 10 * NAP_S;
	pair_run(&p, 5 * NAP_S);
	pair_request(&p);
	pair_run(&p, 31 * NAP_S);
	g_assert_cmpuint(p.answered, ==, 1);
	g_assert_cmpuint(p.closed, ==, 0);
	pair_run(&p, 41 * NAP_S); /* 10 s after its answer */
	g_assert_cmpuint(p.closed, ==, 2);
}

/* A request counts as activity: a piggybacked keepalive goes only after silence. */
static void test_piggyback(void)
{
	PAIR p;

	pair_init(&p, NAP_OVER_UDP, "piggyback", 0);
	pair_set_interval(&p, 60 * NAP_S);
	p.app.report = (struct nap_report_config){ .times = { .kind = NAP_ARRIVALS_PERIODIC, .gap = 1e9 },
		.size = 400,
		.retire_idle = NAP_NEVER,
		.retire_age = NAP_NEVER,
		.validate = NAP_NEVER };
	pair_run(&p, NAP_S);
	for (int i = 0; i < 10; i++) {
		pair_run(&p, p.now + 58 * NAP_S);
		pair_request(&p);
	}
	g_assert_cmpuint(p.keepalives, ==, 1); /* the flow's first packet */
	pair_run(&p, p.now + 61 * NAP_S);
	g_assert_cmpuint(p.keepalives, ==, 2);
}

/* ---- a pool's care ----------------------------------------------------------------------------------------------------- */

/* Unused for 50 s it is closed in order, before the binding of 60 s goes: no request meets a dead flow. */
static void test_retire_idle(void)
{
	for (int reopen = 0; reopen < 2; reopen++) {
		PAIR p;

		set_up(&p, NAP_OVER_TCP, 100);
		p.app.reopen = reopen;
		p.app.report.retire_idle = 50 * NAP_S;
		p.timeout = 60 * NAP_S;
		pair_run(&p, 10 * NAP_S);
		pair_request(&p);
		pair_run(&p, 300 * NAP_S);
		pair_request(&p);
		pair_run(&p, 310 * NAP_S);
		g_assert_cmpuint(p.answered, ==, 2);
		g_assert_cmpuint(p.met_dead + p.failed + p.dead, ==, 0);
		/* at 60.1 s; and again each 50 s after it was opened, or for the request alone */
		g_assert_cmpuint(p.opened, ==, reopen ? 6 : 2);
	}
}

/* Old ones are closed, but not under a request. */
static void test_retire_age(void)
{
	PAIR p;

	set_up(&p, NAP_OVER_TCP, 100);
	takes(&p, 20 * NAP_S);
	p.app.report.retire_age = 100 * NAP_S;
	pair_run(&p, 95 * NAP_S);
	pair_request(&p);
	pair_run(&p, 114 * NAP_S);
	g_assert_cmpuint(p.opened, ==, 1);
	pair_run(&p, 120 * NAP_S);
	g_assert_cmpuint(p.answered, ==, 1);
	g_assert_cmpuint(p.opened, ==, 2);
}

/* One that has become too old under a request is closed when that is over, in a run too. */
static void test_retire_late(void)
{
	for (int pool = 0; pool < 2; pool++) {
		g_autofree char *text = g_strdup_printf(
			"[scenario]\nduration = 950s\n[client]\napplication = tcp\npolicy = none\n"
			"report = periodic 100s\nreport-answer = 1kB\nreport-answer-time = 32s\n"
			"report-timeout = never\nretire-age = 110s\npool-most = %d\npool-least = %d\n",
			pool, pool);
		struct h_run *h = h_run(text, 1);

		g_assert_cmpfloat(h_mean(h, "requests_made"), ==, 9);
		g_assert_cmpfloat(h_mean(h, "requests_failed"), ==, 0);
		/* at 0 and 132 s, each 110 s from then on up to 792 s, and at 932 s */
		g_assert_cmpfloat(h_mean(h, "connections_opened"), ==, 9);
		h_free(h);
	}
}

static uint32_t questions;

static bool note_questions(struct pair *p, const struct nap_packet *pkt, bool up)
{
	(void)p;
	questions += up && pkt->message == NAP_MSG_LIVENESS;
	return false;
}

/* Asked before use: on a flow that is dead the request waits for the next one; after so short a rest nobody asks. */
static void test_validate(void)
{
	PAIR p;

	questions = 0;
	set_up(&p, NAP_OVER_TCP, 100);
	p.drop = note_questions;
	p.app.liveness_size = 60;
	p.app.liveness_answer = 60;
	p.app.report.validate = 30 * NAP_S;
	p.timeout = 60 * NAP_S;
	pair_run(&p, 10 * NAP_S);
	pair_request(&p); /* 10 s after it was opened */
	pair_run(&p, 20 * NAP_S);
	g_assert_cmpint(p.last_answered, ==, 10 * NAP_S + 2 * p.delay);
	g_assert_cmpuint(questions, ==, 0);
	pair_run(&p, 50 * NAP_S);
	pair_request(&p); /* 40 s after that */
	pair_run(&p, 51 * NAP_S);
	g_assert_cmpint(p.last_answered, ==, 50 * NAP_S + 4 * p.delay);
	g_assert_cmpuint(questions, ==, 1);
	pair_run(&p, 200 * NAP_S);
	pair_request(&p); /* its binding has gone: RST to the question, a handshake, the request */
	pair_run(&p, 201 * NAP_S);
	g_assert_cmpuint(p.answered, ==, 3);
	g_assert_cmpint(p.last_answered, ==, 200 * NAP_S + 6 * p.delay);
	g_assert_cmpuint(p.met_dead + p.failed, ==, 0);
	g_assert_cmpuint(questions, ==, 2);
	p.drop = pair_drop_up; /* and nobody says anything: after 5 s another flow is tried */
	pair_run(&p, 300 * NAP_S);
	pair_request(&p);
	pair_run(&p, 310 * NAP_S);
	g_assert_cmpint(p.last_dead, ==, 305 * NAP_S);
	p.drop = NULL;
	pair_run(&p, 400 * NAP_S);
	g_assert_cmpuint(p.answered, ==, 4);
	g_assert_cmpuint(p.met_dead + p.failed, ==, 0);
	pair_clear(&p);
	set_up(&p, NAP_OVER_TCP, 100); /* a flow that was opened long ago, and never used */
	p.app.liveness_size = p.app.liveness_answer = 60;
	p.app.report.validate = 0;
	p.timeout = 60 * NAP_S;
	pair_run(&p, 100 * NAP_S);
	pair_request(&p);
	pair_run(&p, 101 * NAP_S);
	g_assert_cmpuint(p.met_dead, ==, 0);
	g_assert_cmpint(p.last_answered, ==, 100 * NAP_S + 6 * p.delay);
}

/* ---- long polling ------------------------------------------------------------------------------------------------------ */

/* When the client sent data, among its packets of the last run. */
static nap_time polls[64];
static uint32_t n_polls;

static bool note_polls(struct pair *p, const struct nap_packet *pkt, bool up)
{
	if (up && pkt->message == NAP_MSG_KEEPALIVE && n_polls < G_N_ELEMENTS(polls))
		polls[n_polls++] = p->now;
	return false;
}

static void set_up_polling(struct pair *p)
{
	pair_init(p, NAP_OVER_TCP, "direct-push", 0);
	set_defaults(p->policy_config, p->setup.policy);
	p->app.keepalive_size = 400;
	p->app.keepalive_answer = 285;
	p->drop = note_polls;
	n_polls = 0;
}

/* The server ends the silence, not the client: the next request goes when the answer has come, 8, 13, 18 min later. */
static void test_poll(void)
{
	PAIR p;

	set_up_polling(&p);
	pair_run(&p, NAP_H);
	g_assert_cmpuint(n_polls, ==, 4);
	for (uint32_t i = 1; i < 4; i++)
		g_assert_cmpint(
			polls[i] - polls[i - 1], ==, (8 + 5 * (nap_time)(i - 1)) * NAP_MIN + 2 * p.delay);
	g_assert_cmpuint(p.reconnects, ==, 0);
}

/* Behind 10 min: 8 min hold; the answer after 13 min is lost, noticed by nobody but the client's read timeout; and back to 8 min. */
static void test_poll_lost(void)
{
	PAIR p;

	set_up_polling(&p);
	p.timeout = 10 * NAP_MIN;
	p.inbound_refreshes = true;
	pair_run(&p, 50 * NAP_MIN);
	g_assert_cmpuint(p.reconnects, ==, 1);
	g_assert_cmpint(p.last_dead, ==, polls[1] + 13 * NAP_MIN + 30 * NAP_S);
	g_assert_cmpuint(n_polls, >=, 5);
	g_assert_cmpint(polls[4] - polls[3], ==, 8 * NAP_MIN + 2 * p.delay);
}

/* A push is the answer: the next request follows it at once, and is held for its whole time. */
static void test_poll_pushed(void)
{
	PAIR p;

	set_up_polling(&p);
	pair_run(&p, 5 * NAP_MIN);
	pair_push(&p);
	pair_run(&p, 12 * NAP_MIN);
	g_assert_cmpuint(p.delivered, ==, 1);
	g_assert_cmpuint(n_polls, ==, 2);
	g_assert_cmpint(polls[1], ==, 5 * NAP_MIN + p.delay);
	pair_run(&p, 14 * NAP_MIN);
	g_assert_cmpuint(n_polls, ==, 3);
	g_assert_cmpint(polls[2] - polls[1], ==, 8 * NAP_MIN + 2 * p.delay);
}

/* The server's patience counts from the end of a poll, be that an answer or a push: the client was silent as it was to be. */
static void test_poll_patience(void)
{
	PAIR p;

	set_up_polling(&p);
	p.server_config.idle_timeout = NAP_MIN;
	pair_run(&p, 5 * NAP_MIN);
	pair_push(&p);
	pair_run(&p, NAP_H);
	g_assert_cmpuint(p.delivered, ==, 1);
	g_assert_cmpuint(p.closed + p.reconnects, ==, 0);
}

/* ---- whole runs -------------------------------------------------------------------------------------------------------- */

#define PATH                                                                                                 \
	"[scenario]\nduration = 24h\n[path]\nmiddleboxes = lb\ndelay = 20ms\n[middlebox lb]\n"               \
	"kind = firewall\ntracker = simple\ntcp-established = 5min\n"                                        \
	"on-miss = %s\n[client]\napplication = tcp\npolicy = none\n"

/*
 * A connection that the server closes, or a middlebox resets, after ten minutes without a request: a program that reads for answers
 * alone meets it with the next request after a gap longer than that, q = exp(-1) of them, and opens anew for the one after: q / (1 + q)
 * fail at once. None does where it looks on, asks first, or tries again; a keepalive finds out, too.
 */
static void test_missed_close(void)
{
	static const struct {
		const char *client;
		double failed; /* of those made */
	} rows[] = { { "notices-close = no\n", 0.2689 }, { "", 0 },
		{ "notices-close = no\nvalidate = 0s\n", 0 },
		{ "notices-close = no\nreport-retries = 1\n", 0 },
		{ "notices-close = no\npolicy = fixed\ninterval = 1min\nkeepalive-answer = 1B\n", 0 } };
	static const char *const ends[] = { "[server]\nidle-timeout = 10min\n",
		"[server]\n[middlebox nat]\ntracker = simple\ntcp-established = 10min\non-expiry = rst\n" };

	for (size_t i = 0; i < 2 * G_N_ELEMENTS(rows); i++) {
		const char *end = ends[i % 2], *client = rows[i / 2].client;
		g_autofree char *text = g_strdup_printf(
			"[scenario]\nduration = 90d\n[path]\nmiddleboxes = %s\ndelay = 10ms\n[client]\n"
			"application = tcp\n%sreopen = no\nreport = poisson 6/h\nreport-answer = 1kB\n%s%s",
			i % 2 ? "nat" : "", strstr(client, "policy") ? "" : "policy = none\n", client, end);
		struct h_run *h = h_run(text, 1);
		double made = h_mean(h, "requests_made"), failed = h_mean(h, "requests_failed");

		g_assert_cmpfloat_with_epsilon(failed / made, rows[i / 2].failed, 0.012);
		g_assert_true(rows[i / 2].failed > 0 || failed <= 1); /* crosses its close */
		g_assert_cmpfloat(h_mean(h, "request_delay_p99_s"), <, 0.1);
		h_free(h);
	}
}

/* Numbers of a run by what the text says: 360 s apart behind 300 s each one dies, 240 s apart none does. */
static void test_metrics(void)
{
	static const struct {
		const char *keys;
		double made, failed, dead;
		bool silent; /* the box says nothing to what it does not know */
	} rows[] = {
		{ "report = periodic 240s\nreport-answer = 1kB\n", 359, 0, 0, false },
		{ "report = periodic 360s\nreport-answer = 1kB\n", 239, 239, 239, false },
		{ "report = periodic 360s\nreport-answer = 1kB\nreport-retries = 1\n", 239, 0, 239, false },
		{ "report = periodic 360s\nreport-answer = 1kB\ntcp-keepalive = 2min\n", 239, 0, 0, false },
		{ "report = periodic 360s\nreport-answer = 1kB\nreport-timeout = 20s\n"
		  "report-retries = 1\n",
			239, 239, 239, true },
		{ "report = periodic 360s\nreport-answer = 1kB\nreport-timeout = 20s\n"
		  "report-retries = 1\nreport-retry-timeouts = yes\n",
			239, 0, 239, true },
		/* an answer that takes longer than that fails over each flow */
		{ "report = periodic 240s\nreport-answer = 1kB\nreport-timeout = 20s\n"
		  "report-answer-time = 30s\nreport-retries = 1\nreport-retry-timeouts = yes\n",
			359, 359, 0, true },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strdup_printf(PATH, rows[i].silent ? "drop" : "rst");
		g_autofree char *text = g_strconcat(path, rows[i].keys, NULL);
		struct h_run *h = h_run(text, 1);

		g_assert_cmpfloat(h_mean(h, "requests_made"), ==, rows[i].made);
		g_assert_cmpfloat(h_mean(h, "requests_failed"), ==, rows[i].failed);
		g_assert_cmpfloat(h_mean(h, "requests_met_dead"), ==, rows[i].dead);
		h_free(h);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/requests/answered", test_answered);
	g_test_add_func("/requests/turns", test_turns);
	g_test_add_func("/requests/read-timeout", test_read_timeout);
	g_test_add_func("/requests/repeats", test_repeats);
	g_test_add_func("/requests/met-dead", test_met_dead);
	g_test_add_func("/requests/opens", test_opens);
	g_test_add_func("/requests/silent", test_silent);
	g_test_add_func("/requests/server-waits", test_server_waits);
	g_test_add_func("/requests/piggyback", test_piggyback);
	g_test_add_func("/requests/retire-idle", test_retire_idle);
	g_test_add_func("/requests/retire-age", test_retire_age);
	g_test_add_func("/requests/retire-late", test_retire_late);
	g_test_add_func("/requests/validate", test_validate);
	g_test_add_func("/requests/poll", test_poll);
	g_test_add_func("/requests/poll-lost", test_poll_lost);
	g_test_add_func("/requests/poll-pushed", test_poll_pushed);
	g_test_add_func("/requests/poll-patience", test_poll_patience);
	g_test_add_func("/requests/missed-close", test_missed_close);
	g_test_add_func("/requests/metrics", test_metrics);
	return g_test_run();
}
