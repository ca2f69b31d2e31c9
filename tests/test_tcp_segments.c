/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages larger than a segment against closed forms: windows, losses, the path's largest packet, delayed acknowledgements. */
#include "pair.h"

#include <math.h>

#include "client/tcp_inside.h"

#define R    (100 * NAP_MS) /* round trip of pair_init's wire */
#define MSS  1448u          /* 1500 less headers of 40 and time stamps of 12 */
#define PUSH NAP_S          /* when a test pushes */

/* Segments of so many bytes. */
static uint32_t segments(uint32_t bytes)
{
	return (bytes + MSS - 1) / MSS;
}

/* What the last push brought: data segments sent down, and of them again. */
static uint32_t data, again, biggest;
static uint32_t highest;
static uint32_t drops[8], n_drops; /* numbers of data segments down, from 0, that are lost */

static bool watch(struct pair *p, const struct nap_packet *pkt, bool up)
{
	uint32_t number = data;

	(void)p;
	if (up || pkt->len == 0)
		return false;
	data++;
	biggest = MAX(biggest, pkt->len);
	if (nap_tcp_before(pkt->seq, highest))
		again++;
	else
		highest = pkt->seq + pkt->len;
	for (uint32_t i = 0; i < n_drops; i++)
		if (drops[i] == number)
			return true;
	return false;
}

static void prepare(struct pair *p, uint32_t size)
{
	pair_init(p, NAP_OVER_TCP, "none", 0);
	p->app.answer = p->server_config.answer = false;
	p->server_config.push_size = size;
	p->drop = watch;
	data = again = biggest = n_drops = 0;
	pair_run(p, PUSH);
	highest = p->s.tcp->nxt;
}

/* Pushes, and runs until all is quiet. */
static void push(struct pair *p)
{
	pair_push(p);
	pair_run(p, p->now + 20 * NAP_S);
	g_assert_cmpuint(p->delivered, >, 0);
}

static void finish(struct pair *p)
{
	nap_client_clear(&p->c, &p->setup);
	nap_server_clear(&p->s, &p->server_setup);
}

/* Slow start from 10: after k round trips 10 (2^k - 1) segments are there. */
static void test_slow_start(void)
{
	static const struct {
		uint32_t bytes, rounds;
	} rows[] = { { 1, 1 }, { MSS, 1 }, { 10 * MSS, 1 }, { 10 * MSS + 1, 2 }, { 30 * MSS, 2 },
		{ 30 * MSS + 1, 3 }, { 100000, 3 }, { 1000000, 7 } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct pair p;

		prepare(&p, rows[i].bytes);
		push(&p);
		g_assert_cmpint(p.last_delivered, ==, PUSH + (rows[i].rounds - 1) * R + R / 2);
		g_assert_cmpuint(data, ==, segments(rows[i].bytes));
		g_assert_cmpuint(again, ==, 0);
		g_assert_cmpuint(biggest, ==, MIN(rows[i].bytes, MSS));
		finish(&p);
	}
}

/* The keys: what both ends announce, with and without time stamps, and the first window. */
static void test_sizes(void)
{
	static const struct {
		uint32_t mss, window;
		bool stamps;
		uint32_t biggest;
		nap_time takes;
	} rows[] = {
		{ 1460, 10, false, 1460, R / 2 },
		{ 1460, 4, true, 1448, R + R / 2 },
		{ 536, 10, true, 524, R + R / 2 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct pair p;

		prepare(&p, 14000);
		p.app.tcp.mss = rows[i].mss;
		p.app.tcp.initial_window = rows[i].window;
		p.app.tcp.timestamps = rows[i].stamps;
		nap_server_set_tcp(&p.server_config, &p.app.tcp);
		p.app.reconnect_delay = 0;
		nap_client_clear(&p.c, &p.setup);
		nap_server_clear(&p.s, &p.server_setup);
		nap_client_init(&p.c, &p.setup, p.c.self, p.c.peer, p.now);
		nap_server_init(&p.s, &p.server_setup, p.s.self);
		pair_run(&p, 2 * NAP_S);
		highest = p.s.tcp->nxt;
		push(&p);
		g_assert_cmpint(p.last_delivered, ==, 2 * NAP_S + rows[i].takes);
		g_assert_cmpuint(biggest, ==, rows[i].biggest);
		finish(&p);
	}
}

/*
 * Messages written at once, without waiting and with Nagle's algorithm: the first goes, what does not fill a segment waits for
 * its acknowledgement, and then goes together; a close says so at once.
 */
static void test_nagle(void)
{
	static const struct {
		bool nodelay;
		uint32_t size[3];
		uint32_t after_half, after_one; /* messages delivered after R / 2, after 3 R / 2 */
		uint32_t data;                  /* segments that went at once */
	} rows[] = { { true, { 100, 100, 100 }, 3, 3, 3 }, { false, { 100, 100, 100 }, 1, 3, 1 },
		{ true, { 100, 3000, 0 }, 2, 2, 4 }, { false, { 100, 3000, 0 }, 1, 2, 3 },
		{ false, { 2 * MSS, 100, 0 }, 2, 2, 3 }, { false, { 3000, 100, 0 }, 1, 2, 3 },
		{ false, { 100, 1400, 100 }, 2, 3, 2 } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct pair p;

		prepare(&p, 0);
		p.server_config.tcp.nodelay = rows[i].nodelay;
		for (int k = 0; k < 3 && rows[i].size[k] > 0; k++) {
			p.server_config.push_size = rows[i].size[k];
			pair_push(&p);
		}
		g_assert_cmpuint(data, ==, rows[i].data);
		pair_run(&p, PUSH + R / 2);
		g_assert_cmpuint(p.delivered, ==, rows[i].after_half);
		pair_run(&p, PUSH + 3 * R / 2 - NAP_MS);
		g_assert_cmpuint(p.delivered, ==, rows[i].after_half);
		pair_run(&p, PUSH + 3 * R / 2);
		g_assert_cmpuint(p.delivered, ==, rows[i].after_one);
		g_assert_cmpuint(again, ==, 0);
		finish(&p);
	}
}

/* The last words wait for nothing: a server that closes behind two pushes is done after one way. */
static void test_nagle_last_words(void)
{
	struct pair p;

	prepare(&p, 100);
	p.server_config.tcp.nodelay = false;
	pair_push(&p);
	pair_push(&p);
	g_assert_cmpuint(data, ==, 1);
	nap_tcp_close(p.s.tcp, NAP_CAUSE_BACKGROUND);
	nap_tcp_flush(p.s.tcp, &p.server_config.tcp, p.now, &p.out);
	pair_collect(&p, false);
	g_assert_cmpuint(data, ==, 2);
	finish(&p);
}

/* One segment lost of many: it goes again when three behind it have been acknowledged, a round trip later, and costs no more. */
static void test_fast_retransmit(void)
{
	for (uint32_t lost = 0; lost < 7; lost++) {
		struct pair p;

		prepare(&p, 14 * MSS);
		drops[n_drops++] = lost;
		push(&p);
		g_assert_cmpint(p.last_delivered, ==, PUSH + R + R / 2);
		g_assert_cmpuint(data, ==, 14 + 1);
		g_assert_cmpuint(again, ==, 1);
		g_assert_cmpuint(
			p.s.tcp->ssthresh, ==, lost == 0 ? 7 : (10 + lost) * 717 / 1024); /* RFC 9438 4.6 */
		g_assert_cmpuint(p.s.tcp->recovery, ==, NAP_TCP_ORDERLY);
		finish(&p);
	}
}

/* Two or three losses in a window take one recovery, and no time-out. */
static void test_many_lost(void)
{
	struct pair p;

	prepare(&p, 14 * MSS);
	drops[0] = 1, drops[1] = 3, drops[2] = 4;
	n_drops = 3;
	push(&p);
	g_assert_cmpuint(again, ==, 3);
	g_assert_cmpint(p.last_delivered, <=, PUSH + 2 * R + R / 2);
	finish(&p);
}

/* Fewer than three behind the missing one: it may only be late, for a quarter of a round trip (RFC 8985 6.2). */
static void test_reordering_wait(void)
{
	struct pair p;

	prepare(&p, 2 * MSS);
	drops[n_drops++] = 0;
	push(&p);
	g_assert_cmpint(p.last_delivered, ==, PUSH + R + R / 4 + R / 2);
	g_assert_cmpuint(data, ==, 3);
	finish(&p);
}

/* The last one: by the loss probe, two round trips and the receiver's delay behind, or when the time-out would be; no time-out. */
static void test_tail(void)
{
	struct pair p;

	prepare(&p, 5 * MSS);
	drops[n_drops++] = 4;
	push(&p);
	g_assert_cmpint(p.last_delivered, ==, PUSH + R + (R + 200 * NAP_MS) + R / 2);
	g_assert_cmpuint(data, ==, 6);
	g_assert_cmpuint(p.s.tcp->retransmits, ==, 0);
	finish(&p);
}

/* All of a window: after the probe the time-out, then from one segment on: 1, 2, 4, ... */
static void test_timeout(void)
{
	struct pair p;

	prepare(&p, 7 * MSS);
	p.app.tcp.loss_probe = false;
	nap_server_set_tcp(&p.server_config, &p.app.tcp);
	for (uint32_t i = 0; i < 7; i++)
		drops[n_drops++] = i;
	push(&p);
	/* RTO = R + 200 ms; three round trips for 1 + 2 + 4 */
	g_assert_cmpint(p.last_delivered, ==, PUSH + R + 200 * NAP_MS + 2 * R + R / 2);
	g_assert_cmpuint(data, ==, 14);
	g_assert_cmpuint(p.s.tcp->ssthresh, ==, 7);
	finish(&p);
}

/* What goes down waits until then, as for a radio's promotion. */
static bool held(struct pair *p, const struct nap_packet *pkt, bool up)
{
	watch(p, pkt, up);
	p->delay = up ? R / 2 : nap_time_max(R / 2, PUSH + 900 * NAP_MS - p->now);
	return false;
}

/* A time-out that was none: the window is as before. */

static void test_spurious(void)
{
	struct pair p;

	prepare(&p, 3 * MSS);
	p.drop = held;
	push(&p);
	g_assert_cmpuint(again, >, 0);
	g_assert_cmpuint(p.s.tcp->cwnd, >=, 10);
	g_assert_cmpuint(p.s.tcp->ssthresh, ==, NAP_TCP_NO_THRESH);
	g_assert_cmpuint(p.delivered, ==, 1);
	finish(&p);
}

#define ONCE (-1)

/* The window stays while data goes, shrinks by half each time-out of idleness, and is lost with the connection. */
static void test_window_kept(void)
{
	static const struct {
		bool restart;
		nap_time pause;
		uint32_t rounds;
	} rows[] = { { true, 0, 1 }, { true, 20 * NAP_S, 3 }, { false, 20 * NAP_S, 1 }, { true, ONCE, 2 } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct pair p;
		nap_time at;

		prepare(&p, 60 * MSS);
		p.app.tcp.idle_restart = rows[i].restart;
		nap_server_set_tcp(&p.server_config, &p.app.tcp);
		pair_push(&p);
		pair_run(&p, PUSH + 3 * R + R / 5 + (rows[i].pause == ONCE ? 0 : rows[i].pause));
		if (rows[i].pause == ONCE) /* between one time-out and two: 35 segments are left of 70 */
			pair_run(&p, p.s.tcp->wrote + p.s.tcp->rto * 3 / 2);
		g_assert_cmpuint(p.s.tcp->n, ==, 0);
		g_assert_cmpuint(p.s.tcp->cwnd, ==, 10 + 20 + 40);
		at = p.now;
		push(&p);
		g_assert_cmpint(p.last_delivered, ==, at + (rows[i].rounds - 1) * R + R / 2);
		finish(&p);
	}
}

/* RFC 5383 section 7: who opens anew begins with the first window, which costs the round trips that the old one had paid. */
static void test_window_lost(void)
{
	struct pair p;
	nap_time at;

	prepare(&p, 60 * MSS);
	pair_push(&p);
	pair_run(&p, PUSH + 3 * R + R / 5);
	g_assert_cmpuint(p.s.tcp->cwnd, ==, 10 + 20 + 40);
	nap_client_readdress(&p.c, &p.setup, p.now, &p.world, NAP_ADDR(10, 0, 0, 3), &p.out);
	pair_collect(&p, true);
	pair_run(&p, p.now + 3 * R);
	g_assert_true(p.c.open && p.s.open);
	g_assert_cmpuint(p.reconnects, ==, 1);
	at = p.now;
	push(&p);
	g_assert_cmpint(p.last_delivered, ==, at + 2 * R + R / 2);
	finish(&p);
}

/* After a loss at W the window is 0.7 W, and t later 0.4 (t - K)^3 + W, where K is the cube root of 0.3 W / 0.4 (RFC 9438 4.2). */
static void test_cubic(void)
{
	struct nap_tcp t = { .cwnd = 100, .limited = true, .min_rtt = R };
	const double k = cbrt(30 / 0.4);
	nap_time now = NAP_H;

	t.cwnd = t.ssthresh = nap_tcp_after_loss(&t);
	g_assert_cmpuint(t.cwnd, ==, 70);
	for (int round = 0; round < 100; round++) {
		double at = (double)(now - NAP_H) / 1e9, w = 0.4 * pow(at - k, 3) + 100;

		if (round > 0)
			g_assert_cmpfloat(fabs(t.cwnd - w), <, 4);
		for (int i = t.cwnd / 2; i > 0; i--)
			nap_tcp_grow(&t, now, 2);
		now += R;
	}
	/* fast convergence: who loses below the window of the last loss leaves more than that */
	t.last_max = 200;
	t.cwnd = 100;
	nap_tcp_after_loss(&t);
	g_assert_cmpuint(t.last_max, ==, 85);
	nap_tcp_epoch_clear(&t);
}

/* --- the path's largest packet ------------------------------------------------------------------------------------ */

static uint32_t path_mtu; /* what a router before the client passes */
static bool says_so;      /* does it answer what is larger? */

static bool narrow(struct pair *p, const struct nap_packet *pkt, bool up)
{
	struct nap_packet icmp = { .src = { NAP_ADDR(198, 51, 100, 254), 0 },
		.dst = { pkt->src.addr, 0 },
		.proto = NAP_ICMP,
		.icmp_type = NAP_ICMP_UNREACHABLE,
		.icmp_code = NAP_ICMP_TOO_BIG,
		.mtu = (uint16_t)path_mtu,
		.quote = { NAP_TCP, pkt->src, pkt->dst } };

	if (up || nap_packet_bytes(pkt) <= path_mtu)
		return watch(p, pkt, up);
	g_assert_true(pkt->ip_frag & NAP_DF);
	if (says_so)
		nap_pair_add(&p->wire, p->now + R / 2, true, &icmp);
	return true;
}

static void test_path_mtu(void)
{
	struct pair p;
	nap_time at;

	prepare(&p, 8 * MSS);
	p.drop = narrow;
	path_mtu = 1400;
	says_so = true;
	push(&p);
	g_assert_cmpuint(biggest, ==, 1400 - 52);
	g_assert_cmpint(p.last_delivered, ==,
		PUSH + R / 2 + R / 2); /* to the router and back, then on: no window is lost */
	g_assert_cmpuint(p.s.tcp->ssthresh, ==, NAP_TCP_NO_THRESH);
	g_assert_cmpuint(p.s.tcp->cwnd, >=, 10);
	at = p.now;
	push(&p); /* it is known by now, for ten minutes */
	g_assert_cmpint(p.last_delivered, ==, at + R / 2);
	pair_run(&p, p.now + 601 * NAP_S);
	at = p.now;
	push(&p);
	g_assert_cmpint(p.last_delivered, ==, at + R / 2 + R / 2);
	finish(&p);
}

/* A router that says nothing: small messages pass, large ones never do, and that is noticed only when TCP gives up. */
static void test_black_hole(void)
{
	struct pair p;

	prepare(&p, 8 * MSS);
	p.drop = narrow;
	path_mtu = 1400;
	says_so = false;
	pair_push(&p);
	pair_run(&p, PUSH + 900 * NAP_S);
	g_assert_cmpuint(p.delivered, ==, 0);
	g_assert_true(p.s.open);
	pair_run(&p, PUSH + 1200 * NAP_S);
	g_assert_false(p.s.open);
	finish(&p);
}

/* --- acknowledgements --------------------------------------------------------------------------------------------- */

/* Up, per push, as the program answers or does not. */
static uint32_t ups(struct pair *p)
{
	uint32_t before = p->up;

	pair_push(p);
	pair_run(p, p->now + 10 * NAP_S);
	return p->up - before;
}

/*
 * As Linux: the first time the acknowledgement goes before the answer; then the host knows and waits for it. When none comes it
 * waits for 40 ms, and does not the time after.
 */
static void test_answered(void)
{
	struct pair p;
	nap_time at;

	prepare(&p, 100);
	p.app.answer = p.server_config.answer = true;
	g_assert_cmpuint(ups(&p), ==, 2);
	g_assert_cmpuint(ups(&p), ==, 1);
	g_assert_cmpuint(ups(&p), ==, 1);
	p.app.answer = p.server_config.answer = false;
	at = p.now;
	g_assert_cmpuint(ups(&p), ==, 1);
	g_assert_cmpint(p.log[p.up - 1], ==, at + R / 2 + 40 * NAP_MS);
	at = p.now;
	g_assert_cmpuint(ups(&p), ==, 1);
	g_assert_cmpint(p.log[p.up - 1], ==, at + R / 2);
	finish(&p);
}

/* Every second segment once the quick ones are over; and always on hosts that know no quick ones, with a wait for the last. */
static void test_every_second(void)
{
	static const struct {
		uint32_t quick;
		bool read;
		nap_time wait;
		nap_time pause;
		uint32_t acks
			[3]; /* for 30 segments and a bit, three times in a row: a third may be after a time-out's silence */
	} rows[] = {
		{ 16, true, 40 * NAP_MS, 3 * R + R / 5, { 16 + 7 + 1, 15 + 1, 16 + 7 + 1 } },
		{ 16, true, 40 * NAP_MS, 8 * R, { 16 + 7 + 1, 16 + 7 + 1, 16 + 7 + 1 } },
		{ 0, false, 200 * NAP_MS, 8 * R, { 15 + 1, 15 + 1, 15 + 1 } },
		{ 0, true, 0, 8 * R, { 31, 31, 31 } },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct pair p;

		prepare(&p, 30 * MSS + 100);
		p.app.tcp.quick_acks = rows[i].quick;
		p.app.tcp.ack_read = rows[i].read;
		p.app.tcp.delayed_ack = rows[i].wait;
		p.app.tcp.idle_restart = false;
		nap_server_set_tcp(&p.server_config, &p.app.tcp);
		for (int k = 0; k < 3; k++) {
			uint32_t before = p.up;

			pair_push(&p);
			pair_run(&p, p.now + rows[i].pause);
			g_assert_cmpuint(p.up - before, ==, rows[i].acks[k]);
		}
		g_assert_cmpuint(p.delivered, ==, 3);
		finish(&p);
	}
}

/* Each segment costs its headers, and a SYN its options. */
static void test_headers(void)
{
	struct pair p;
	uint64_t before;

	prepare(&p, 4 * MSS);
	g_assert_cmpuint(p.bytes_up, ==, 60 + 52);
	g_assert_cmpuint(p.bytes_down, ==, 60);
	before = p.bytes_down;
	push(&p);
	g_assert_cmpuint(p.bytes_down - before, ==, 4 * 1500);
	g_assert_cmpuint(p.bytes_up, ==, 60 + 52 + 4 * 52);
	finish(&p);
}

/* --- whatever is lost --------------------------------------------------------------------------------------------- */

static void check_counts(struct nap_tcp *t)
{
	uint32_t sacked = 0, lost = 0, resent = 0, messages = 0;

	g_assert_cmpuint(t->n_sent, <=, t->n);
	for (uint32_t i = 0; i < t->n; i++) {
		const struct nap_tcp_segment *s = nap_tcp_segment(t, i);

		g_assert_cmpuint(s->len, <=, t->mss);
		sacked += (s->marks & NAP_TCP_SACKED) != 0;
		lost += (s->marks & NAP_TCP_LOST) != 0;
		resent += (s->marks & NAP_TCP_RESENT) != 0;
		messages += (s->flags & NAP_PSH) != 0;
		g_assert_true(i < t->n_sent || s->marks == 0);
	}
	g_assert_cmpuint(sacked, ==, t->sacked);
	g_assert_cmpuint(lost, ==, t->lost);
	g_assert_cmpuint(resent, ==, t->resent);
	g_assert_cmpuint(messages, ==, t->messages);
	g_assert_cmpuint(sacked + lost, <=, t->n_sent);
	g_assert_cmpuint(t->cwnd, >=, 1);
}

/* Pushes of all sizes through losses of all rates: each arrives once and in order, and all counts hold. */
static void test_losses(void)
{
	GRand *rand = g_rand_new_with_seed(7);

	for (int round = 0; round < 60; round++) {
		struct pair p;
		uint32_t offered = 0;

		prepare(&p, 1);
		p.app.answer = p.server_config.answer = round % 2;
		p.app.tcp.timestamps = round % 3 != 0;
		nap_server_set_tcp(&p.server_config, &p.app.tcp);
		p.loss = g_rand_double_range(rand, 0.0, 0.3);
		for (int i = 0; i < 200; i++) {
			if (g_rand_int_range(rand, 0, 4) == 0 && p.s.open) {
				p.server_config.push_size =
					(uint64_t)exp(g_rand_double_range(rand, 0.0, log(200000.0)));
				pair_push(&p);
				offered++;
			}
			pair_run(&p, p.now + g_rand_int_range(rand, 1, 2000) * NAP_MS);
			check_counts(p.s.tcp);
			check_counts(p.c.tcp);
		}
		p.loss = 0;
		pair_run(&p, p.now + NAP_H);
		g_assert_cmpuint(p.delivered, <=, offered);
		if (p.dead == 0 && p.reconnects == 0 && p.s.open)
			g_assert_cmpuint(p.delivered, ==, offered);
		g_assert_cmpuint(p.s.tcp->n, ==, 0);
		g_assert_true(!nap_tcp_store_of(p.c.tcp) || !p.s.open); /* nobody fills the gap */
		finish(&p);
	}
	g_rand_free(rand);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tcp-segments/slow-start", test_slow_start);
	g_test_add_func("/tcp-segments/sizes", test_sizes);
	g_test_add_func("/tcp-segments/nagle", test_nagle);
	g_test_add_func("/tcp-segments/nagle-last-words", test_nagle_last_words);
	g_test_add_func("/tcp-segments/fast-retransmit", test_fast_retransmit);
	g_test_add_func("/tcp-segments/many-lost", test_many_lost);
	g_test_add_func("/tcp-segments/reordering-wait", test_reordering_wait);
	g_test_add_func("/tcp-segments/tail", test_tail);
	g_test_add_func("/tcp-segments/timeout", test_timeout);
	g_test_add_func("/tcp-segments/spurious", test_spurious);
	g_test_add_func("/tcp-segments/window-kept", test_window_kept);
	g_test_add_func("/tcp-segments/window-lost", test_window_lost);
	g_test_add_func("/tcp-segments/cubic", test_cubic);
	g_test_add_func("/tcp-segments/path-mtu", test_path_mtu);
	g_test_add_func("/tcp-segments/black-hole", test_black_hole);
	g_test_add_func("/tcp-segments/answered", test_answered);
	g_test_add_func("/tcp-segments/every-second", test_every_second);
	g_test_add_func("/tcp-segments/headers", test_headers);
	g_test_add_func("/tcp-segments/losses", test_losses);
	return g_test_run();
}
