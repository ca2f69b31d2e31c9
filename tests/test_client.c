/* SPDX-License-Identifier: BSD-2-Clause */
/* The client's and the server's end over UDP: what is sent when, and what is noticed. */
#include "client/client.h"

#include <glib.h>
#include <string.h>

#include "client/message.h"
#include "client/server.h"

#define SERVER ((struct nap_endpoint){ NAP_ADDR(203, 0, 113, 9), 4500 })
#define DEVICE NAP_ADDR(10, 0, 0, 2)

struct fixture {
	struct nap_app_config app;
	struct nap_server_config server_config;
	nap_time interval;
	struct nap_client_setup setup;
	struct nap_server_setup server_setup;
	struct nap_client_world world;
	struct nap_rng rng;
	struct nap_client c;
	struct nap_server s;
	struct nap_outbox out;
};

static void set_up(struct fixture *f, const char *policy, nap_time interval)
{
	memset(f, 0, sizeof *f);
	f->app = (struct nap_app_config){
		.keepalive_size = 1,
		.push_size = 100,
		.answer_size = 1,
		.answer = true,
		.follow = true,
		.answer_timeout = 30 * NAP_S,
		.answer_tries = 1,
		.open_timeout = NAP_S,
		.open_tries = 3,
		.push_timeout = NAP_S,
		.push_tries = 4,
		.answer_last = NAP_NEVER,
		.answer_most = NAP_NEVER,
		.rekey = NAP_NEVER,
		.renew = NAP_NEVER,
		.liveness = NAP_NEVER,
		.answer_growth = 2.0,
		.window = NAP_NEVER,
		.session_timeout = NAP_NEVER,
		.idle_timeout = NAP_NEVER,
		.server_idle = NAP_NEVER,
		.server_keepalive = NAP_NEVER,
		.connect_timeout = NAP_NEVER,
		.open_limit = NAP_NEVER,
		.server_ping_stretch = 1.0,
		.server_ping_timeout = NAP_NEVER,
		.reconnect_growth = 2.0,
		.reopen = true,
		.reconnect_max = 30 * NAP_MIN,
	};
	f->server_config = (struct nap_server_config){ .answer = true,
		.queue = true,
		.idle_timeout = NAP_NEVER,
		.max_age = NAP_NEVER,
		.keepalive = NAP_NEVER };
	f->interval = interval;
	f->setup = (struct nap_client_setup){
		.app = &f->app, .policy = nap_policy_find(policy), .policy_config = &f->interval
	};
	f->server_setup = (struct nap_server_setup){ .app = &f->app, .server = &f->server_config };
	f->rng = nap_rng_stream(1, 0, 0, NAP_RNG_POLICY);
	f->world = (struct nap_client_world){ .rng = &f->rng };
	nap_client_init(&f->c, &f->setup, (struct nap_endpoint){ DEVICE, 40000 }, SERVER, 5 * NAP_S);
	nap_server_init(&f->s, &f->server_setup, SERVER);
}

static void timer(struct fixture *f, nap_time now)
{
	f->out.n = f->out.notes = f->out.delivered = 0;
	nap_client_timer(&f->c, &f->setup, now, &f->world, &f->out);
}

static void to_client(struct fixture *f, nap_time now, struct nap_packet p)
{
	f->out.n = f->out.notes = f->out.delivered = 0;
	nap_client_input(&f->c, &f->setup, now, &f->world, &p, &f->out);
}

static void to_server(struct fixture *f, nap_time now, struct nap_packet p)
{
	f->out.n = f->out.notes = f->out.delivered = 0;
	nap_server_input(&f->s, &f->server_setup, now, &p, &f->out);
}

static void push(struct fixture *f, nap_time now)
{
	f->out.n = f->out.notes = f->out.delivered = 0;
	nap_server_push(&f->s, &f->server_setup, now, &(struct nap_push_offer){ .at = now }, &f->out);
}

static void test_fixed(void)
{
	struct fixture f;

	set_up(&f, "fixed", 55 * NAP_S);
	for (int i = 0; i < 100; i++) {
		g_assert_cmpint(f.c.deadline, ==, (5 + 55 * i) * NAP_S);
		timer(&f, f.c.deadline - 1);
		g_assert_cmpuint(f.out.n, ==, 0);
		timer(&f, f.c.deadline);
		g_assert_cmpuint(f.out.n, ==, 1);
		g_assert_cmpuint(f.out.packet[0].cause, ==, NAP_CAUSE_KEEPALIVE);
		g_assert_cmpuint(
			f.out.notes, ==, i == 0 ? NAP_NOTE_KEEPALIVE | NAP_NOTE_OPENED : NAP_NOTE_KEEPALIVE);
	}
}

/* Without a policy one packet opens the flow, and no other follows. */
static void test_none(void)
{
	struct fixture f;

	set_up(&f, "none", 0);
	timer(&f, f.c.deadline);
	g_assert_cmpuint(f.out.n, ==, 1);
	g_assert_cmpuint(f.out.packet[0].cause, ==, NAP_CAUSE_RECONNECT);
	g_assert_cmpuint(f.out.notes, ==, NAP_NOTE_OPENED);
	g_assert_cmpint(f.c.deadline, ==, NAP_NEVER);
}

static void test_push(void)
{
	struct fixture f;
	struct nap_packet seen;

	set_up(&f, "fixed", 55 * NAP_S);
	push(&f, NAP_S);
	g_assert_cmpuint(f.out.n, ==, 0); /* no flow yet: lost */
	timer(&f, f.c.deadline);
	seen = f.out.packet[0];
	seen.src = (struct nap_endpoint){ NAP_ADDR(198, 51, 100, 1), 61000 }; /* as a NAT would have it */
	to_server(&f, 6 * NAP_S, seen);
	g_assert_cmpuint(f.out.n, ==, 0);
	push(&f, 20 * NAP_S);
	g_assert_cmpuint(f.out.n, ==, 1);
	g_assert_true(nap_endpoint_equal(f.out.packet[0].dst, seen.src));
	g_assert_cmpuint(f.out.packet[0].len, ==, 100);
	f.out.packet[0].dst = f.c.self;
	to_client(&f, 21 * NAP_S, f.out.packet[0]);
	g_assert_cmpuint(f.out.delivered, ==, 1);
	g_assert_cmpint(f.out.offered[0], ==, 20 * NAP_S);
	g_assert_cmpuint(f.out.n, ==, 1);
	g_assert_cmpuint(f.out.packet[0].cause, ==, NAP_CAUSE_PUSH);
	f.server_config.answer = false;
	push(&f, 30 * NAP_S);
	f.out.packet[0].dst = f.c.self;
	to_client(&f, 31 * NAP_S, f.out.packet[0]);
	g_assert_cmpuint(f.out.delivered, ==, 1);
	g_assert_cmpuint(f.out.n, ==, 0);
	g_assert_cmpint(f.c.deadline, ==, 60 * NAP_S); /* a fixed policy does not move */
}

/* A keepalive whose answers stay out is repeated, then the flow is dead and a new one opens from a new port. */
static void test_dead(void)
{
	struct fixture f;
	struct nap_endpoint first;

	set_up(&f, "fixed", 600 * NAP_S);
	f.app.keepalive_answer = 1;
	f.app.answer_tries = 3;
	timer(&f, 5 * NAP_S);
	first = f.c.self;
	for (int i = 1; i <= 2; i++) {
		g_assert_cmpint(f.c.deadline, ==, (5 + 30 * i) * NAP_S);
		timer(&f, f.c.deadline);
		g_assert_cmpuint(f.out.n, ==, 1);
		g_assert_cmpuint(f.out.notes, ==, NAP_NOTE_KEEPALIVE);
	}
	timer(&f, 95 * NAP_S);
	g_assert_cmpuint(f.out.notes, ==, NAP_NOTE_DEAD | NAP_NOTE_RECONNECT | NAP_NOTE_OPENED);
	g_assert_cmpuint(f.out.packet[0].cause, ==, NAP_CAUSE_RECONNECT);
	g_assert_false(nap_endpoint_equal(first, f.c.self));
}

/* An answer in time settles the keepalive; one that names a new mapped address tells that the binding had gone. */
static void test_answered(void)
{
	struct fixture f;
	struct nap_packet up;

	set_up(&f, "fixed", 600 * NAP_S);
	f.app.keepalive_answer = 1;
	for (int i = 0; i < 2; i++) {
		nap_time now = (5 + 600 * i) * NAP_S;

		timer(&f, now);
		up = f.out.packet[0];
		up.src.port = (uint16_t)(1000 + i);
		to_server(&f, now, up);
		g_assert_cmpuint(f.out.n, ==, 1);
		f.out.packet[0].dst = f.c.self;
		to_client(&f, now + NAP_S, f.out.packet[0]);
		g_assert_cmpuint(f.out.notes, ==, i == 0 ? 0 : NAP_NOTE_DEAD);
		g_assert_cmpint(f.c.deadline, ==, now + 600 * NAP_S);
	}
	f.app.mapping_change = NAP_MAPPING_REOPEN;
	timer(&f, 1205 * NAP_S);
	up = f.out.packet[0];
	to_server(&f, 1205 * NAP_S, up);
	f.out.packet[0].dst = f.c.self;
	to_client(&f, 1206 * NAP_S, f.out.packet[0]);
	g_assert_cmpuint(f.out.notes, ==, NAP_NOTE_DEAD | NAP_NOTE_RECONNECT | NAP_NOTE_OPENED);
}

/* Opening in round trips: each is repeated with doubled waits, and pushes kept by the server follow at once. */
static void test_opening(void)
{
	struct fixture f;

	set_up(&f, "fixed", 600 * NAP_S);
	f.app.open_round_trips = 2;
	f.app.open_up = 300;
	f.app.open_down = 3000;
	f.app.reliable = true;
	push(&f, NAP_S);
	timer(&f, 5 * NAP_S);
	g_assert_cmpuint(f.out.packet[0].len, ==, 150);
	g_assert_cmpint(f.c.deadline, ==, 6 * NAP_S);
	timer(&f, 6 * NAP_S);
	g_assert_cmpint(f.c.deadline, ==, 8 * NAP_S);
	to_server(&f, 7 * NAP_S, f.out.packet[0]);
	g_assert_cmpuint(f.out.packet[0].len, ==, 1500);
	g_assert_false(f.s.open);
	to_client(&f, 7 * NAP_S, f.out.packet[0]);
	g_assert_cmpuint(f.out.n, ==, 1);
	to_server(&f, 7 * NAP_S, f.out.packet[0]);
	g_assert_true(f.s.open);
	g_assert_cmpuint(f.out.n, ==, 2);
	to_client(&f, 7 * NAP_S, f.out.packet[0]);
	g_assert_true(f.c.open);
	g_assert_cmpint(f.s.deadline, ==, 8 * NAP_S);
	f.out.n = 0;
	nap_server_timer(&f.s, &f.server_setup, 8 * NAP_S, &f.out);
	g_assert_cmpuint(f.out.n, ==, 1);
	to_client(&f, 8 * NAP_S, f.out.packet[0]);
	g_assert_cmpuint(f.out.delivered, ==, 1);
	g_assert_cmpint(f.out.offered[0], ==, NAP_S);
	to_server(&f, 8 * NAP_S, f.out.packet[0]);
	g_assert_cmpint(f.s.deadline, ==, NAP_NEVER);
	nap_server_clear(&f.s, &f.server_setup);
}

static uint64_t mark_of(const struct fixture *f, nap_time now)
{
	struct nap_moment m = nap_ends_moment(&f->c, &f->setup, &f->s, now);

	return nap_client_fingerprint(&f->c, &f->setup, &m);
}

/* A repeating cycle has equal fingerprints, and a shifted client goes on as if the time had passed. */
static void test_skip(void)
{
	struct fixture f;
	uint64_t mark;

	set_up(&f, "fixed", 55 * NAP_S);
	timer(&f, 5 * NAP_S);
	timer(&f, 60 * NAP_S);
	mark = mark_of(&f, 60 * NAP_S);
	timer(&f, 115 * NAP_S);
	g_assert_cmpuint(mark, ==, mark_of(&f, 115 * NAP_S));
	g_assert_cmpuint(mark, !=, mark_of(&f, 116 * NAP_S));
	nap_client_shift(&f.c, &f.setup, 550 * NAP_S);
	g_assert_cmpint(f.c.deadline, ==, (115 + 550 + 55) * NAP_S);
	g_assert_cmpuint(mark, ==, mark_of(&f, 665 * NAP_S));
}

/* What does not go together is refused before a run. */
/* RFC 3261 18.4: unreachable and parameter problem fail the flow they quote, where the application has it so. */
static void test_icmp(void)
{
	static const struct {
		uint8_t type, code;
		bool fails, fatal;
		uint16_t other; /* quoted port less the flow's own */
	} rows[] = { { 3, 0, true, true, 0 }, { 3, 1, true, true, 0 }, { 3, 3, true, true, 0 },
		{ 12, 0, true, true, 0 }, { 3, 4, true, false, 0 }, { 4, 0, true, false, 0 },
		{ 11, 0, true, false, 0 }, { 3, 3, true, false, 1 }, { 3, 3, false, false, 0 },
		{ 12, 0, false, false, 0 } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct fixture f;
		struct nap_packet error = { .proto = NAP_ICMP,
			.src = { NAP_ADDR(192, 0, 2, 1), 0 },
			.dst = { DEVICE, 0 },
			.icmp_type = rows[i].type,
			.icmp_code = rows[i].code };

		set_up(&f, "fixed", 55 * NAP_S);
		f.app.icmp_fails = rows[i].fails;
		f.app.reconnect_delay = 10 * NAP_S;
		timer(&f, 5 * NAP_S);
		g_assert_true(f.c.open);
		error.quote = (struct nap_quote){ NAP_UDP,
			{ DEVICE, (uint16_t)(f.c.self.port + rows[i].other) }, SERVER };
		to_client(&f, 6 * NAP_S, error);
		g_assert_true(f.c.open == !rows[i].fatal);
		g_assert_true(((f.out.notes & NAP_NOTE_DEAD) != 0) == rows[i].fatal);
		g_assert_cmpint(f.c.deadline, ==, (rows[i].fatal ? 16 : 60) * NAP_S);
		timer(&f, f.c.deadline);
		g_assert_cmpuint(f.c.flows, ==, rows[i].fatal ? 2 : 1);
	}
}

static void test_check(void)
{
	const char *key;
	struct fixture f;

	set_up(&f, "fixed", NAP_S);
	g_assert_null(nap_client_check(&f.setup, &key));
	f.app.starttls = true;
	g_assert_nonnull(nap_client_check(&f.setup, &key));
	g_assert_cmpstr(key, ==, "starttls");
	f.app.tls = NAP_TLS_13;
	g_assert_null(nap_client_check(&f.setup, &key));
	f.app.window = NAP_MIN;
	g_assert_nonnull(nap_client_check(&f.setup, &key));
	g_assert_cmpstr(key, ==, "push-window");
	f.app.reliable = true;
	g_assert_null(nap_client_check(&f.setup, &key));
	f.setup.policy = nap_policy_find("tcp-keepalive");
	g_assert_nonnull(nap_client_check(&f.setup, &key));
	f.app.transport = NAP_OVER_TCP;
	g_assert_null(nap_client_check(&f.setup, &key));
	f.app.tls = NAP_QUIC;
	g_assert_nonnull(nap_client_check(&f.setup, &key));
	f.app.tls = NAP_TLS_12;
	f.setup.policy = nap_policy_find("teredo");
	g_assert_nonnull(nap_client_check(&f.setup, &key));
}

/* Bytes of an opening, anew and resumed, without certificates: the sums of the messages that the RFCs name. */
static void test_opening_bytes(void)
{
	static const struct {
		int tls;
		bool resumed;
		uint32_t steps, up, down;
	} rows[] = {
		{ NAP_TLS_12, false, 3, 215 + 93 + 10, 399 + 242 + 20 },
		{ NAP_TLS_12, true, 2, 423 + 51 + 10, 141 + 20 },
		{ NAP_TLS_13, false, 2, 252 + 80 + 10, 556 + 510 + 20 },
		{ NAP_TLS_13, true, 2, 523 + 80 + 10, 241 + 255 + 20 },
		{ NAP_DTLS_12, false, 4, 200 + 220 + 137 + 10, 60 + 279 + 275 + 20 },
		{ NAP_DTLS_12, true, 3, 380 + 400 + 75 + 10, 60 + 185 + 20 },
		{ NAP_DTLS_13, false, 3, 270 + 300 + 70 + 10, 110 + 367 + 20 },
		{ NAP_DTLS_13, true, 2, 540 + 70 + 10, 260 + 20 },
		{ NAP_WIREGUARD, false, 2, 148 + 10, 92 + 20 },
		{ NAP_WIREGUARD, true, 2, 148 + 10, 92 + 20 },
		{ NAP_QUIC, false, 2, 2400 + 10, 1550 + 20 },
		{ NAP_QUIC, true, 2, 1320 + 10, 1200 + 20 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct nap_app_config app = { .tls = rows[i].tls,
			.resume = NAP_RESUME_TICKET,
			.open_round_trips = 1,
			.open_up = 10,
			.open_down = 20 };
		uint32_t up = 0, down = 0;

		g_assert_cmpuint(nap_app_steps(&app, rows[i].resumed), ==, rows[i].steps);
		for (uint32_t k = 0; k < rows[i].steps; k++) {
			struct nap_app_step step = nap_app_step(&app, rows[i].resumed, k);

			up += step.up;
			down += step.down;
		}
		g_assert_cmpuint(up, ==, rows[i].up);
		g_assert_cmpuint(down, ==, rows[i].down);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/client/fixed", test_fixed);
	g_test_add_func("/client/none", test_none);
	g_test_add_func("/client/push", test_push);
	g_test_add_func("/client/dead", test_dead);
	g_test_add_func("/client/answered", test_answered);
	g_test_add_func("/client/opening", test_opening);
	g_test_add_func("/client/skip", test_skip);
	g_test_add_func("/client/icmp", test_icmp);
	g_test_add_func("/client/check", test_check);
	g_test_add_func("/client/opening-bytes", test_opening_bytes);
	return g_test_run();
}
