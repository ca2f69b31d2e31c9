/* SPDX-License-Identifier: BSD-2-Clause */
/* The server's end with its client: who is followed, what is kept, what is closed, and what each costs. */
#include "pair.h"

/* A client over UDP whose binding is made anew, with another port, at each keepalive. */
static void set_up_rebinding(struct pair *p, uint32_t follow)
{
	pair_init(p, NAP_OVER_UDP, "fixed", 0);
	p->app.tls = NAP_DTLS_12;
	p->app.keepalive_answer = 33;
	p->app.mapping_change = NAP_MAPPING_IGNORE;
	p->app.reliable = true;
	p->app.follow = follow;
	p->app.answer_timeout = 2 * NAP_S;
	p->app.answer_tries = 3;
	p->timeout = 60 * NAP_S;
	pair_set_interval(p, 100 * NAP_S);
}

/* RFC 9146: with a connection ID the server knows its client from any address; without one each lost binding costs a handshake. */
static void test_follow(void)
{
	PAIR p;

	set_up_rebinding(&p, true);
	pair_run(&p, 1000 * NAP_S);
	g_assert_cmpuint(p.reconnects, ==, 0);
	g_assert_cmpuint(p.dead, ==, 0);
	g_assert_cmpuint(p.expired, ==, 9);
	set_up_rebinding(&p, false);
	pair_run(&p, 1000 * NAP_S);
	g_assert_cmpuint(p.reconnects, ==, 9);
	g_assert_cmpuint(p.opened, ==, 10);
}

/*
 * RFC 9000 8.2: the server challenges a client at a new address, and only then; where only three times the bytes that came
 * from there may go to it, by a short challenge and then a whole one, each of which the client answers in full.
 */
static void test_path_validation(void)
{
	for (uint32_t limit = 0; limit <= 3; limit += 3) {
		uint64_t plain;
		PAIR p;

		set_up_rebinding(&p, true);
		p.app.keepalive_size = 35;
		pair_run(&p, 1000 * NAP_S);
		plain = p.bytes_up;
		set_up_rebinding(&p, true);
		p.app.keepalive_size = 35;
		p.app.validation = 1200;
		p.app.validation_limit = limit;
		pair_run(&p, 1000 * NAP_S);
		g_assert_cmpuint(p.bytes_up - plain, ==, 9 * (limit ? 2 : 1) * (1200 + 28));
		g_assert_cmpuint(p.reconnects, ==, 0);
		set_up_rebinding(&p, true);
		p.app.keepalive_size = 35;
		p.timeout = 200 * NAP_S;
		p.app.validation = 1200;
		p.app.validation_limit = limit;
		pair_run(&p, 1000 * NAP_S);
		g_assert_cmpuint(p.bytes_up, <, plain + 1);
	}
}

static bool drop_responses(struct pair *p, const struct nap_packet *pkt, bool up)
{
	(void)p, (void)up;
	return pkt->message == NAP_MSG_RESPONSE;
}

/* A client that never responds: the server sends it no more than three times what came, and goes back after 1 + 2 + 4 s. */
static void test_path_unproved(void)
{
	struct nap_endpoint before;
	PAIR p;

	set_up_rebinding(&p, true);
	p.app.keepalive_size = 35;
	p.app.validation = 1200;
	p.app.validation_limit = 3;
	pair_run(&p, 90 * NAP_S);
	before = p.s.peer;
	p.drop = drop_responses;
	p.bytes_down = p.down = 0;
	pair_run(&p, 101 * NAP_S);
	g_assert_false(nap_endpoint_equal(p.s.peer, before));
	pair_push(&p); /* there is no room for it */
	pair_run(&p, 106 * NAP_S);
	g_assert_cmpuint(p.bytes_down - 28 * p.down, <=, 3 * 35);
	g_assert_cmpuint(p.delivered, ==, 0);
	pair_run(&p, 108 * NAP_S);
	g_assert_true(nap_endpoint_equal(p.s.peer, before));
}

/* Who is known and not followed: heard, and answered at the old address, so that the client gives up. A stranger is not even heard. */
static void test_stays(void)
{
	PAIR p;

	set_up_rebinding(&p, NAP_FOLLOW_STAYS);
	p.app.reliable = false;
	p.app.answer_tries = 1;
	p.app.reconnect_delay = NAP_H;
	pair_run(&p, 101 * NAP_S);
	g_assert_cmpint(p.s.heard, >=, 100 * NAP_S);
	pair_run(&p, 110 * NAP_S);
	g_assert_cmpuint(p.dead, ==, 1);
	g_assert_true(p.s.open);
	set_up_rebinding(&p, NAP_FOLLOW_NEVER);
	p.app.reliable = false;
	p.app.answer_tries = 1;
	p.app.reconnect_delay = NAP_H;
	pair_run(&p, 110 * NAP_S);
	g_assert_cmpint(p.s.heard, <, NAP_S);
	g_assert_cmpuint(p.dead, ==, 1);
}

/*
 * IPsec: the byte that keeps the binding neither moves the server nor counts as heard; what answers a server's question does. A
 * device with a new address says so in a message that does.
 */
static void test_authenticated(void)
{
	struct nap_endpoint before;
	PAIR p;

	set_up_rebinding(&p, NAP_FOLLOW_AUTHENTICATED);
	p.app.keepalive_answer = 0;
	p.app.reliable = false;
	pair_run(&p, 99 * NAP_S);
	before = p.s.peer;
	pair_run(&p, 101 * NAP_S); /* from a new port */
	g_assert_true(nap_endpoint_equal(before, p.s.peer));
	g_assert_cmpint(p.s.heard, <, NAP_S);
	nap_client_readdress(&p.c, &p.setup, p.now, &p.world, NAP_ADDR(10, 0, 0, 3), &p.out);
	pair_collect(&p, true);
	pair_run(&p, 102 * NAP_S);
	g_assert_false(nap_endpoint_equal(before, p.s.peer));
	g_assert_cmpint(p.s.heard, >, 100 * NAP_S);
}

/* Pushes to a client whose binding is gone are repeated for a while, then wait until it speaks, and come once. */
static void test_kept(void)
{
	PAIR p;

	set_up_rebinding(&p, true);
	p.app.push_tries = 3;
	pair_run(&p, 80 * NAP_S); /* the binding went at 60 s and some */
	pair_push(&p);
	pair_push(&p);
	pair_run(&p, 99 * NAP_S);
	g_assert_cmpuint(p.delivered, ==, 0);
	pair_run(&p, 110 * NAP_S);
	g_assert_cmpuint(p.delivered, ==, 2);
	g_assert_cmpuint(p.s.taken, ==, 2);
	pair_clear(&p);
	set_up_rebinding(&p, true);
	p.app.push_tries = 3;
	p.server_config.queue = false;
	pair_run(&p, 80 * NAP_S);
	pair_push(&p);
	pair_run(&p, 110 * NAP_S);
	g_assert_cmpuint(p.delivered, ==, 0);
	pair_push(&p);
	pair_run(&p, 120 * NAP_S);
	g_assert_cmpuint(p.delivered, ==, 1); /* the next is not held up by the lost one */
}

/* Queue mode: within the window pushes go at once, after it they wait for the client. */
static void test_queue_mode(void)
{
	PAIR p;

	pair_init(&p, NAP_OVER_UDP, "fixed", 0);
	p.app.reliable = true;
	p.app.window = 93 * NAP_S;
	pair_set_interval(&p, NAP_H);
	pair_run(&p, 50 * NAP_S);
	pair_push(&p);
	pair_run(&p, 51 * NAP_S);
	g_assert_cmpuint(p.delivered, ==, 1);
	pair_run(&p, 500 * NAP_S);
	pair_push(&p);
	pair_run(&p, NAP_H - NAP_S);
	g_assert_cmpuint(p.delivered, ==, 1);
	pair_run(&p, NAP_H + NAP_S);
	g_assert_cmpuint(p.delivered, ==, 2);
}

static bool drop_everything(struct pair *p, const struct nap_packet *pkt, bool up)
{
	(void)p, (void)pkt, (void)up;
	return true;
}

static uint32_t server_keepalives;

static bool count_server_keepalives(struct pair *p, const struct nap_packet *pkt, bool up)
{
	(void)p, (void)up;
	server_keepalives += pkt->message == NAP_MSG_SERVER_KEEPALIVE;
	return false;
}

/* RFC 9000 10.1: both ends forget a silent flow at the same silence, without a packet. */
static void test_idle_agreed(void)
{
	uint32_t packets;
	PAIR p;

	pair_init(&p, NAP_OVER_UDP, "none", 0);
	p.app.tls = NAP_QUIC;
	p.app.idle_timeout = 60 * NAP_S;
	p.app.reopen = false;
	pair_run(&p, 50 * NAP_S);
	g_assert_true(p.c.open && p.s.open);
	packets = p.up + p.down;
	pair_run(&p, 61 * NAP_S);
	g_assert_false(p.c.open || p.s.open);
	g_assert_cmpuint(p.up + p.down, ==, packets);
}

/* A keepalive within the agreed time-out keeps both. */
static void test_idle_kept(void)
{
	PAIR p;

	pair_init(&p, NAP_OVER_UDP, "fixed", 0);
	p.app.tls = NAP_QUIC;
	p.app.keepalive_answer = 38;
	p.app.mapping_change = NAP_MAPPING_IGNORE;
	p.app.idle_timeout = 60 * NAP_S;
	pair_set_interval(&p, 30 * NAP_S);
	pair_run(&p, NAP_H);
	g_assert_cmpuint(p.closed, ==, 0);
	g_assert_cmpuint(p.opened, ==, 1);
}

/* The client's end of it: since the last receipt, or where a sending restarts it since the first after that. */
static void test_idle_restarts(void)
{
	for (int restarts = 0; restarts < 2; restarts++) {
		PAIR p;

		pair_init(&p, NAP_OVER_UDP, "fixed", 0);
		p.app.idle_timeout = 60 * NAP_S;
		p.app.idle_restarts = restarts;
		p.app.keepalive_answer = 1;
		p.app.answer_timeout = NAP_H;
		p.app.reconnect_delay = NAP_H;
		pair_set_interval(&p, 25 * NAP_S);
		pair_run(&p, 40 * NAP_S); /* answered at 25.1 s */
		p.drop = drop_everything;
		pair_run(&p, 200 * NAP_S);
		g_assert_cmpint(p.last_closed, ==,
			restarts ? 50 * NAP_S + 60 * NAP_S : 25 * NAP_S + 100 * NAP_MS + 60 * NAP_S);
	}
}

/* What TCP does by itself, acknowledgements of pushes and probes, does not keep the server's patience; messages do. */
static void test_heard(void)
{
	enum { PROBES, ACKNOWLEDGES, ANSWERS, PINGS };

	for (int how = PROBES; how <= PINGS; how++) {
		PAIR p;

		pair_init(&p, NAP_OVER_TCP, how == PINGS ? "fixed" : "none", 0);
		p.app.session_timeout = 15 * NAP_S;
		p.app.reconnect_delay = NAP_H;
		p.server_config.answer = how == ANSWERS;
		pair_set_interval(&p, 10 * NAP_S);
		if (how == PROBES)
			p.app.tcp_keepalive = (struct nap_tcp_keepalive){ 3 * NAP_S, NAP_S, 3 };
		for (int i = 0; i < 10; i++) {
			if (how == ACKNOWLEDGES || how == ANSWERS)
				pair_push(&p);
			pair_run(&p, (i + 1) * 4 * NAP_S);
		}
		g_assert_cmpint(p.s.open, ==, how >= ANSWERS);
	}
}

/* Each end pings on its own silence; or on the client's; or on that of both. */
static void test_keepalive_after(void)
{
	static const struct {
		nap_time client;  /* the client's keepalives */
		uint32_t sent[3]; /* the server's in 100 s after opening at 0.1 s: [enum nap_silence] */
	} rows[] = {
		{ NAP_H, { 10, 10, 10 } },
		{ 4 * NAP_S, { 10, 0, 0 } },
		{ 15 * NAP_S, { 10, 7, 7 } },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		for (uint32_t after = NAP_SILENCE_OWN; after <= NAP_SILENCE_EITHER; after++) {
			PAIR p;

			pair_init(&p, NAP_OVER_TCP, "fixed", 0);
			p.server_config.keepalive = 10 * NAP_S;
			p.server_config.keepalive_after = after;
			pair_set_interval(&p, rows[i].client);
			p.drop = count_server_keepalives;
			server_keepalives = 0;
			pair_run(&p, 100 * NAP_S + 500 * NAP_MS);
			g_assert_cmpuint(server_keepalives, ==, rows[i].sent[after]);
		}
}

/* The server's own keepalives: after silence only; the client answers with what is asked. */
static void test_server_side(void)
{
	for (int by_policy = 0; by_policy < 2; by_policy++) {
		PAIR p;

		pair_init(&p, NAP_OVER_TCP, by_policy ? "server-side" : "none", 0);
		if (by_policy)
			pair_set_interval(&p, 2 * NAP_MIN);
		else
			p.server_config.keepalive = 2 * NAP_MIN;
		p.server_config.keepalive_answer = 10;
		pair_run(&p, NAP_S);
		p.up = p.down = 0;
		pair_run(&p, NAP_H);
		/* two minutes after the answer to the one before: 29 in an hour, each acknowledged on its answer but the
		   first, of which the host does not know yet that it has one */
		g_assert_cmpuint(p.up, ==, 29 + 1);
		g_assert_cmpuint(p.down, ==, 2 * 29);
		g_assert_cmpuint(p.keepalives, ==, 0);
	}
}

static bool drop_up(struct pair *p, const struct nap_packet *pkt, bool up)
{
	(void)p, (void)pkt;
	return up;
}

/* The option of the server's socket finds a client that is gone: idle + count * interval. */
static void test_server_option(void)
{
	PAIR p;

	pair_init(&p, NAP_OVER_TCP, "none", 0);
	p.server_config.tcp_keepalive = (struct nap_tcp_keepalive){ NAP_H, 75 * NAP_S, 9 };
	pair_run(&p, NAP_S);
	p.drop = drop_up;
	pair_run(&p, NAP_H + 9 * 75 * NAP_S);
	g_assert_true(p.s.open);
	pair_run(&p, NAP_H + 9 * 75 * NAP_S + NAP_S);
	g_assert_false(p.s.open);
}

/* A flow that the protocol bounds: closed by the server with a word, over UDP too. */
static void test_session_timeout(void)
{
	for (uint32_t transport = NAP_OVER_UDP; transport <= NAP_OVER_TCP; transport++) {
		PAIR p;

		pair_init(&p, transport, "none", 0);
		p.app.session_timeout = 90 * NAP_S;
		p.app.reconnect_delay = 10 * NAP_S;
		pair_run(&p, 95 * NAP_S);
		g_assert_false(p.c.open || p.s.open);
		g_assert_cmpuint(p.dead, ==, 0);
		pair_run(&p, 105 * NAP_S);
		g_assert_true(p.c.open && p.s.open);
	}
}

/* The server does not believe strangers: not over UDP behind an opening, and over TCP it answers with RST. */
static void test_strangers(void)
{
	struct nap_packet pkt = {
		.src = { NAP_ADDR(192, 0, 2, 66), 1234 }, .message = NAP_MSG_KEEPALIVE, .len = 1
	};
	struct nap_endpoint peer;
	PAIR p;

	set_up_rebinding(&p, true);
	pkt.dst = p.s.self;
	pkt.proto = NAP_UDP;
	nap_server_input(&p.s, &p.server_setup, 0, &pkt, &p.out); /* before any flow */
	g_assert_cmpuint(p.out.n, ==, 0);
	g_assert_false(p.s.open);
	set_up_rebinding(&p, false);
	pair_run(&p, 10 * NAP_S);
	peer = p.s.peer;
	nap_server_input(&p.s, &p.server_setup, p.now, &pkt, &p.out);
	g_assert_cmpuint(p.out.n, ==, 0);
	g_assert_true(nap_endpoint_equal(peer, p.s.peer));
	pair_init(&p, NAP_OVER_TCP, "none", 0);
	pair_run(&p, 10 * NAP_S);
	pkt.proto = NAP_TCP;
	pkt.flags = NAP_ACK;
	pkt.ack = 77;
	nap_server_input(&p.s, &p.server_setup, p.now, &pkt, &p.out);
	g_assert_cmpuint(p.out.n, ==, 1);
	g_assert_cmpuint(p.out.packet[0].flags, ==, NAP_RST);
	g_assert_cmpuint(p.out.packet[0].seq, ==, 77);
	g_assert_true(p.s.open);
}

/* Any packet at all, at any time, leaves both ends within their bounds. */
static void test_noise(void)
{
	struct nap_rng r = nap_rng_stream(7, 0, 0, NAP_RNG_APP);

	for (int round = 0; round < 40; round++) {
		PAIR p;

		pair_init(&p, round % 2 ? NAP_OVER_TCP : NAP_OVER_UDP, "binary", 0);
		((nap_time *)(void *)p.policy_config)[0] = NAP_S;
		((nap_time *)(void *)p.policy_config)[1] = NAP_H;
		p.app.keepalive_answer = 1;
		p.app.reliable = round % 3 == 0;
		p.app.tls = (uint32_t)round % 6;
		for (int i = 0; i < 500; i++) {
			struct nap_packet pkt = {
				.src = p.c.peer,
				.dst = p.c.self,
				.proto = (uint8_t)(nap_rng_below(&r, 4) ? (round % 2 ? NAP_TCP : NAP_UDP)
									: NAP_ICMP),
				.flags = (uint8_t)nap_rng_below(&r, 64),
				.icmp_type = (uint8_t)nap_rng_below(&r, 16),
				.icmp_code = (uint8_t)nap_rng_below(&r, 16),
				.message = (uint8_t)nap_rng_below(&r, 40),
				.len = nap_rng_below(&r, 3000),
				.seq = (round % 2 ? p.c.tcp->rcv : 0) + nap_rng_below(&r, 3) - 1,
				.ack = (round % 2 ? p.c.tcp->nxt : 0) + nap_rng_below(&r, 3) - 1,
				.tag = nap_rng_below(&r, 300),
				.stamp = p.now,
				.quote = { NAP_TCP, p.c.self, p.c.peer },
			};

			nap_client_input(&p.c, &p.setup, p.now, &p.world, &pkt, &p.out);
			pair_collect(&p, true);
			pkt.src = nap_rng_below(&r, 2) ? p.s.peer : p.c.self;
			pkt.dst = p.s.self;
			pkt.seq = (round % 2 ? p.s.tcp->rcv : 0) + nap_rng_below(&r, 3) - 1;
			pkt.ack = (round % 2 ? p.s.tcp->nxt : 0) + nap_rng_below(&r, 3) - 1;
			nap_server_input(&p.s, &p.server_setup, p.now, &pkt, &p.out);
			pair_collect(&p, false);
			pair_run(&p, p.now + nap_rng_below(&r, 5) * 300 * NAP_MS);
		}
		g_assert_cmpuint(p.s.taken, <=, p.s.sent);
		g_assert_cmpuint(p.s.sent, <=, p.s.pushes);
	}
}

/* RFC 5626 4.5: waits before reopening are drawn between half and all of the delay. */
static void test_jitter(void)
{
	nap_time least = NAP_NEVER, most = 0;
	PAIR p;

	pair_init(&p, NAP_OVER_UDP, "none", 0);
	p.app.tls = NAP_DTLS_13;
	p.app.session_timeout = 90 * NAP_S;
	p.app.reconnect_delay = 30 * NAP_S;
	p.app.reconnect_jitter = 0.5;
	pair_run(&p, NAP_S);
	for (int i = 0; i < 200; i++) {
		while (p.c.open || p.c.phase != NAP_CLIENT_CLOSED)
			pair_run(&p, p.now + 10 * NAP_MS);
		least = nap_time_min(least, p.c.wait - p.now);
		most = nap_time_max(most, p.c.wait - p.now);
		while (!p.c.open)
			pair_run(&p, p.now + 10 * NAP_MS);
	}
	g_assert_cmpint(least, >=, 15 * NAP_S - 20 * NAP_MS);
	g_assert_cmpint(least, <, 16 * NAP_S);
	g_assert_cmpint(most, <=, 30 * NAP_S);
	g_assert_cmpint(most, >, 29 * NAP_S);
}

/* WireGuard's keys: the first keepalive 120 s after they were made brings a handshake, 148 and 92 bytes. */
static void test_rekey(void)
{
	PAIR p;

	pair_init(&p, NAP_OVER_UDP, "fixed", 0);
	p.app.open_round_trips = 1;
	p.app.open_up = 148;
	p.app.open_down = 92;
	p.app.keepalive_size = 32;
	p.app.rekey = 120 * NAP_S;
	pair_set_interval(&p, 25 * NAP_S);
	pair_run(&p, NAP_H + NAP_S);
	/* keepalives at 25 s and so on after the opening at 0.1 s; keys at 125, 250 ... 3500 s */
	g_assert_cmpuint(p.keepalives, ==, 144);
	g_assert_cmpuint(p.bytes_up, ==, 144 * (32 + 28) + (1 + 28) * (148 + 28));
	g_assert_cmpuint(p.bytes_down, ==, (1 + 28) * (92 + 28));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/server/follow", test_follow);
	g_test_add_func("/server/path-validation", test_path_validation);
	g_test_add_func("/server/path-unproved", test_path_unproved);
	g_test_add_func("/server/stays", test_stays);
	g_test_add_func("/server/authenticated", test_authenticated);
	g_test_add_func("/server/kept", test_kept);
	g_test_add_func("/server/queue-mode", test_queue_mode);
	g_test_add_func("/server/idle-agreed", test_idle_agreed);
	g_test_add_func("/server/idle-restarts", test_idle_restarts);
	g_test_add_func("/server/heard", test_heard);
	g_test_add_func("/server/keepalive-after", test_keepalive_after);
	g_test_add_func("/server/idle-kept", test_idle_kept);
	g_test_add_func("/server/server-side", test_server_side);
	g_test_add_func("/server/option", test_server_option);
	g_test_add_func("/server/session-timeout", test_session_timeout);
	g_test_add_func("/server/strangers", test_strangers);
	g_test_add_func("/server/rekey", test_rekey);
	g_test_add_func("/server/jitter", test_jitter);
	g_test_add_func("/server/noise", test_noise);
	return g_test_run();
}
