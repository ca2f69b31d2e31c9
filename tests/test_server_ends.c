/* SPDX-License-Identifier: BSD-2-Clause */
/* How a server ends a flow by itself, and what takes it time: each by hand. */
#include "pair.h"

/* The wire takes 50 ms each way: over TCP a flow is open at the server 100 ms after the client began, without TLS and login. */
#define WAY  (50 * NAP_MS)
#define OPEN (3 * WAY)

static void set_up(struct pair *p, uint32_t transport, nap_time interval)
{
	pair_init(p, transport, interval == NAP_NEVER ? "none" : "fixed", 0);
	p->app.keepalive_answer = 17;
	p->app.reconnect_delay = NAP_S;
	if (interval != NAP_NEVER)
		pair_set_interval(p, interval);
}

/* gRPC: pings at 10 and 20 s; two that come too soon are borne, the third ends the connection: 40 s after opening, and again 41 s later. */
static void test_too_many_pings(void)
{
	static const struct {
		nap_time interval;
		double backoff;
		uint32_t reconnects; /* in an hour */
	} rows[] = { { 10 * NAP_S, 1.0, 87 }, { 5 * NAP_MIN, 1.0, 0 },
		/* 4 * 299 s and 1 s: at 1196, 2393 and 3590 s */
		{ 299 * NAP_S, 1.0, 3 },
		/* 10, 20, 40, 80, 160 s, then 320 s */
		{ 10 * NAP_S, 2.0, 5 } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		PAIR p;

		set_up(&p, NAP_OVER_TCP, rows[i].interval);
		p.app.min_ping = 5 * NAP_MIN;
		p.app.ping_strikes = 2;
		p.app.ping_backoff = rows[i].backoff;
		p.app.close_size = 159;
		pair_run(&p, NAP_H);
		g_assert_cmpuint(p.reconnects, ==, rows[i].reconnects);
		g_assert_cmpuint(p.dead, ==, 0);
	}
}

/* What the server sends of its own begins the account anew: a push a minute, and no ping is too many. */
static void test_strikes_begin_anew(void)
{
	PAIR p;

	set_up(&p, NAP_OVER_TCP, 25 * NAP_S);
	p.app.min_ping = 5 * NAP_MIN;
	p.app.ping_strikes = 2;
	for (int i = 0; i < 60; i++) {
		pair_push(&p);
		pair_run(&p, (i + 1) * NAP_MIN);
	}
	g_assert_cmpuint(p.reconnects, ==, 0);
}

/* FIN with a word, FIN alone, RST: what the client gets, and that it knows at once. */
static void test_close(void)
{
	for (uint32_t how = 0; how < 3; how++) {
		PAIR p;
		uint32_t down;

		set_up(&p, NAP_OVER_TCP, NAP_NEVER);
		p.app.reconnect_delay = NAP_H;
		p.server_config.idle_timeout = 100 * NAP_S;
		p.server_config.close = how == 2 ? NAP_CLOSE_RST : NAP_CLOSE_FIN;
		p.app.close_size = how == 0 ? 100 : 0;
		pair_run(&p, 99 * NAP_S);
		down = p.down;
		pair_run(&p, 100 * NAP_S + OPEN + 2 * WAY);
		g_assert_false(p.c.open || p.s.open);
		g_assert_cmpuint(p.dead, ==, how == 2);
		g_assert_cmpuint(p.down - down, ==, how == 0 ? 3 : how == 1 ? 2 : 1);
	}
}

/* RFC 5383 4.1 says that no end may do this: a connection that is used all the time ends by its age. */
static void test_max_age(void)
{
	PAIR p;
	nap_time least = NAP_NEVER, most = 0, last = 0;

	set_up(&p, NAP_OVER_TCP, 10 * NAP_S);
	p.server_config.max_age = 100 * NAP_S;
	pair_run(&p, 1000 * NAP_S); /* each lasts 100 s, then 1 s and an opening */
	g_assert_cmpuint(p.reconnects, ==, 9);
	pair_clear(&p);
	set_up(&p, NAP_OVER_TCP, 10 * NAP_S);
	p.server_config.max_age = 100 * NAP_S;
	p.server_config.max_age_grace = 20 * NAP_S;
	p.app.close_size = 17;
	pair_run(&p, 119 * NAP_S);
	g_assert_true(p.c.open);
	pair_run(&p, 121 * NAP_S);
	g_assert_false(p.c.open);
	/* 10 % more or less: all of it, and no more */
	pair_clear(&p);
	set_up(&p, NAP_OVER_TCP, 10 * NAP_S);
	p.server_config.max_age = 100 * NAP_S;
	p.server_config.max_age_jitter = 0.1;
	for (uint32_t i = 0; i < 200; i++) {
		while (p.closed == 2 * i) /* the server's word and the client's */
			pair_run(&p, p.now + 50 * NAP_MS);
		while (!p.s.open)
			pair_run(&p, p.now + 50 * NAP_MS);
		if (i > 0) {
			least = nap_time_min(least, p.last_closed - last);
			most = nap_time_max(most, p.last_closed - last);
		}
		last = p.last_opened;
		p.closed = 2 * (i + 1);
	}
	g_assert_cmpint(least, >=, 90 * NAP_S - 2 * NAP_S);
	g_assert_cmpint(least, <, 91 * NAP_S);
	g_assert_cmpint(most, >, 109 * NAP_S);
	g_assert_cmpint(most, <=, 110 * NAP_S + 2 * NAP_S);
}

static bool drop_up_now;

static bool drop_up(struct pair *p, const struct nap_packet *pkt, bool up)
{
	(void)p, (void)pkt;
	return drop_up_now && up;
}

/*
 * A server that watches the answers to its own keepalives: sshd 9.2 with ClientAliveInterval 5 and 3 asks every 10 s, and gives up 40 s
 * after it heard; gRPC's 10 s and 5 s make 15.
 */
static void test_ping_answers(void)
{
	static const struct {
		double stretch;
		uint32_t count;
		nap_time keepalive, timeout, since_heard;
	} rows[] = { { 2.0, 3, 5 * NAP_S, NAP_NEVER, 40 * NAP_S },
		{ 1.0, 3, 5 * NAP_S, NAP_NEVER, 20 * NAP_S }, { 1.0, 0, 10 * NAP_S, 5 * NAP_S, 15 * NAP_S },
		{ 1.0, 1, 10 * NAP_S, 50 * NAP_S, 20 * NAP_S } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		PAIR p;
		nap_time heard;

		set_up(&p, NAP_OVER_TCP, NAP_NEVER);
		p.app.server_ping_stretch = rows[i].stretch;
		p.app.server_ping_count = rows[i].count;
		p.app.server_ping_timeout = rows[i].timeout;
		p.app.reconnect_delay = NAP_H;
		p.server_config.keepalive = rows[i].keepalive;
		p.server_config.keepalive_answer = 28;
		p.drop = drop_up;
		drop_up_now = false;
		pair_run(&p, 25 * NAP_S); /* each was answered */
		g_assert_true(p.s.open);
		drop_up_now = true;
		heard = p.s.said; /* from then on; the answer came a round trip later */
		while (p.s.open)
			pair_run(&p, p.now + 10 * NAP_MS);
		g_assert_cmpint(p.now - heard, >=, rows[i].since_heard);
		g_assert_cmpint(p.now - heard, <=, rows[i].since_heard + 10 * NAP_MS);
	}
}

/* python websockets: ping 5 s, its timeout 5 s; then the client waits 20 s for the other's close, the server 10 s. */
static void test_close_timeouts(void)
{
	PAIR p;
	nap_time heard;

	set_up(&p, NAP_OVER_TCP, 5 * NAP_S);
	p.app.answer_timeout = 5 * NAP_S;
	p.app.session_timeout = 10 * NAP_S;
	p.app.close_timeout = 20 * NAP_S;
	p.app.server_close_timeout = 10 * NAP_S;
	p.app.close_size = 8;
	p.app.reconnect_delay = NAP_H;
	pair_run(&p, 22 * NAP_S);
	heard = p.s.heard;
	g_assert_cmpint(heard, ==, 20 * NAP_S + OPEN);
	p.drop = pair_drop_all;
	pair_run(&p, heard + 20 * NAP_S - 1);
	g_assert_true(p.s.open);
	pair_run(&p, heard + 20 * NAP_S);
	g_assert_false(p.s.open);
	/* the ping of 25 s, 5 s and 20 s */
	pair_run(&p, 55 * NAP_S);
	g_assert_cmpuint(p.dead, ==, 1);
	g_assert_cmpint(p.last_dead, ==, 25 * NAP_S + 2 * WAY + 25 * NAP_S);
}

/* The word gets through after all: both ends are done with it at once. */
static void test_close_heard(void)
{
	PAIR p;

	set_up(&p, NAP_OVER_TCP, 5 * NAP_S);
	p.app.answer_timeout = 5 * NAP_S;
	p.app.close_timeout = NAP_H;
	p.app.close_size = 8;
	p.app.reconnect_delay = NAP_H;
	pair_run(&p, 22 * NAP_S);
	p.drop = pair_drop_all;
	pair_run(&p, 31 * NAP_S);
	g_assert_cmpint(p.c.phase, ==, NAP_CLIENT_CLOSING);
	p.drop = NULL;
	pair_run(&p, 40 * NAP_S);
	g_assert_false(p.s.open);
	g_assert_cmpint(p.c.phase, ==, NAP_CLIENT_CLOSED);
	g_assert_cmpuint(p.closed, ==, 1);
	g_assert_cmpuint(p.dead, ==, 0);
}

/* Answers come one after another, each after its time; silence counts from the last one. */
static void test_service_time(void)
{
	PAIR p;
	nap_time asked;

	set_up(&p, NAP_OVER_UDP, 10 * NAP_S);
	p.app.answer_timeout = NAP_H;
	p.app.tls = NAP_DTLS_13;
	p.server_config.service_time = nap_dist_constant(417e9);
	p.server_config.idle_timeout = 60 * NAP_S;
	pair_run(&p, 11 * NAP_S);
	asked = p.keepalive_log[0];
	g_assert_true(p.c.asked);
	pair_run(&p, asked + 417 * NAP_S + 2 * WAY - 1);
	g_assert_true(p.c.asked && p.s.open);
	pair_run(&p, asked + 417 * NAP_S + 2 * WAY);
	g_assert_false(p.c.asked);
	/* three at once: one after another */
	pair_clear(&p);
	set_up(&p, NAP_OVER_UDP, NAP_NEVER);
	p.server_config.service_time = nap_dist_constant(2e9);
	pair_run(&p, NAP_S);
	p.down = 0;
	for (int i = 0; i < 3; i++) {
		struct nap_packet pkt = { .src = p.s.peer,
			.dst = p.s.self,
			.proto = NAP_UDP,
			.message = NAP_MSG_KEEPALIVE,
			.len = 1 };

		nap_server_input(&p.s, &p.server_setup, p.now, &pkt, &p.out);
		pair_collect(&p, false);
	}
	for (uint32_t i = 0; i < 3; i++) {
		pair_run(&p, NAP_S + (i + 1) * 2 * NAP_S);
		g_assert_cmpuint(p.down, ==, 1 + i);
	}
	pair_run(&p, 100 * NAP_S);
	g_assert_cmpuint(p.down, ==, 4); /* and the answer to the packet that opened it */
}

/* Queued commands: the first 3 s after the client is heard, the next 3 s after the answer to that; one made while it listens at once. */
static void test_think_time(void)
{
	PAIR p;

	set_up(&p, NAP_OVER_UDP, 1000 * NAP_S);
	p.app.reliable = true;
	p.app.window = 93 * NAP_S;
	p.server_config.think_time = nap_dist_constant(3e9);
	pair_run(&p, 50 * NAP_S);
	pair_push(&p);
	pair_run(&p, 50 * NAP_S + WAY);
	g_assert_cmpuint(p.delivered, ==, 1);
	pair_run(&p, 500 * NAP_S);
	pair_push(&p);
	pair_push(&p);
	pair_run(&p, 1000 * NAP_S + WAY + 3 * NAP_S + WAY - 1);
	g_assert_cmpuint(p.delivered, ==, 1);
	pair_run(&p, 1000 * NAP_S + WAY + 3 * NAP_S + WAY);
	g_assert_cmpuint(p.delivered, ==, 2);
	pair_run(&p, 1000 * NAP_S + WAY + 2 * (3 * NAP_S + 2 * WAY) - WAY - 1);
	g_assert_cmpuint(p.delivered, ==, 2);
	pair_run(&p, 1000 * NAP_S + WAY + 2 * (3 * NAP_S + 2 * WAY) - WAY);
	g_assert_cmpuint(p.delivered, ==, 3);
}

/* A restart: the host says nothing while it is down and RST to what it does not know any more; a program's host ends its connections. */
static void test_restart(void)
{
	for (uint32_t of = NAP_RESTART_HOST; of <= NAP_RESTART_PROGRAM; of++) {
		PAIR p;

		set_up(&p, NAP_OVER_TCP, 60 * NAP_S);
		p.app.answer_timeout = 30 * NAP_S;
		p.app.reconnect_delay = NAP_H;
		p.server_config.restart_of = of;
		pair_run(&p, 90 * NAP_S);
		p.down = 0;
		nap_server_down(&p.s, &p.server_setup, p.now, &p.out);
		pair_collect(&p, false);
		pair_run(&p, 95 * NAP_S);
		g_assert_cmpuint(p.down, ==,
			of == NAP_RESTART_PROGRAM ? 2 : 0); /* FIN, and it acknowledges the client's */
		g_assert_cmpint(p.c.open, ==, of == NAP_RESTART_HOST);
		nap_server_up(&p.s, &p.server_setup, p.now, &p.out);
		pair_collect(&p, false);
		pair_run(&p, 130 * NAP_S);
		g_assert_false(p.c.open);
		g_assert_cmpuint(p.dead, ==, of == NAP_RESTART_HOST);
		if (of == NAP_RESTART_HOST)
			g_assert_cmpint(p.last_dead, ==, p.keepalive_log[1] + 2 * WAY);
	}
}

/* What is of another protocol than the application's says nothing to its server, be it from the client's very endpoint. */
static void test_other_protocols(void)
{
	static const struct {
		uint32_t transport;
		uint8_t other[3];
	} rows[] = { { NAP_OVER_UDP, { NAP_TCP, NAP_ICMP, NAP_GRE } },
		{ NAP_OVER_TCP, { NAP_UDP, NAP_GRE, NAP_GRE } } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		for (size_t k = 0; k < G_N_ELEMENTS(rows[i].other); k++) {
			PAIR p;
			struct nap_server before;
			struct nap_packet pkt = { .proto = rows[i].other[k],
				.message = NAP_MSG_KEEPALIVE,
				.len = 1,
				.flags = NAP_ACK };

			pair_init(&p, rows[i].transport, "none", 0);
			pair_run(&p, 10 * NAP_S);
			g_assert_true(p.s.open);
			pkt.src = p.s.peer;
			pkt.dst = p.s.self;
			before = p.s;
			nap_server_input(&p.s, &p.server_setup, 20 * NAP_S, &pkt, &p.out);
			g_assert_cmpuint(p.out.n, ==, 0);
			g_assert_cmpint(memcmp(&before, &p.s, sizeof before), ==, 0);
		}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/server-ends/too-many-pings", test_too_many_pings);
	g_test_add_func("/server-ends/strikes-begin-anew", test_strikes_begin_anew);
	g_test_add_func("/server-ends/close", test_close);
	g_test_add_func("/server-ends/max-age", test_max_age);
	g_test_add_func("/server-ends/ping-answers", test_ping_answers);
	g_test_add_func("/server-ends/close-timeouts", test_close_timeouts);
	g_test_add_func("/server-ends/close-heard", test_close_heard);
	g_test_add_func("/server-ends/service-time", test_service_time);
	g_test_add_func("/server-ends/think-time", test_think_time);
	g_test_add_func("/server-ends/restart", test_restart);
	g_test_add_func("/server-ends/other-protocols", test_other_protocols);
	return g_test_run();
}
