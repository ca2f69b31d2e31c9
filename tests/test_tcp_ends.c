/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP beyond its closed forms: what the round trip teaches, what closing leaves behind, ICMP errors. */
#include "pair.h"

/* --- what is learnt, and what is not ------------------------------------------------------------------------------ */

static nap_time
	promoted; /* when the radio is up, and when it last sent: a promotion of 1.9 s after 5 s of silence */
static nap_time last_up;

static bool late_by_promotion(struct pair *p, const struct nap_packet *pkt, bool up)
{
	(void)pkt;
	p->delay = 10 * NAP_MS;
	if (!up)
		return false;
	if (p->now - last_up > 5 * NAP_S)
		promoted = p->now + 1900 * NAP_MS;
	last_up = p->now;
	p->delay += nap_time_max(promoted - p->now, 0);
	return false;
}

/* With time stamps the first burst costs four repeats and teaches; each of the next a loss probe, then none. */
static void test_learns(void)
{
	static const uint32_t stamped[] = { 4, 1, 1, 1, 1, 0, 0, 0, 0, 0 },
			      plain[] = { 4, 1, 1, 1, 1, 1, 1, 1, 1, 1 };

	for (int stamps = 0; stamps < 2; stamps++) {
		PAIR p;

		pair_init(&p, NAP_OVER_TCP, "fixed", 0);
		p.app.tcp.timestamps = stamps;
		p.drop = late_by_promotion;
		promoted = last_up = 0;
		pair_set_interval(&p, 10 * NAP_S);
		pair_run(&p, 9 * NAP_S);
		for (int i = 0; i < 10; i++) {
			uint32_t before = p.up;

			pair_run(&p, p.now + 10 * NAP_S);
			g_assert_cmpuint(p.up - before - 1, ==, stamps ? stamped[i] : plain[i]);
		}
		g_assert_cmpuint(p.dead, ==, 0);
	}
}

static bool drop_first_syn(struct pair *p, const struct nap_packet *pkt, bool up)
{
	return up && (pkt->flags & NAP_SYN) && p->now < 500 * NAP_MS;
}

/* A SYN that was repeated gives a round trip by its time stamp; without, data begin with 3 s (RFC 6298 5.7). */
static void test_syn_sample(void)
{
	for (int stamps = 0; stamps < 2; stamps++) {
		PAIR p;

		pair_init(&p, NAP_OVER_TCP, "none", 0);
		p.app.tcp.timestamps = stamps;
		p.drop = drop_first_syn;
		pair_run(&p, 2 * NAP_S);
		g_assert_true(p.c.open && p.s.open);
		g_assert_cmpint(p.c.tcp->rto, ==, stamps ? 300 * NAP_MS : 3 * NAP_S);
		g_assert_cmpint(p.s.tcp->rto, ==, 300 * NAP_MS);
	}
}

/* Payload that goes up, and how much of it again: its number is not beyond those that went before. */
static uint32_t highest, again;

static bool count_again(struct pair *p, const struct nap_packet *pkt, bool up)
{
	(void)p;
	if (!up || pkt->len == 0)
		return false;
	again += pkt->seq + pkt->len == highest;
	highest = pkt->seq + pkt->len;
	return false;
}

/* A round trip that grows from 20 ms to 1 s (recorded: 6 repeats in 8 s) is learnt; that it shrinks again costs nothing. */
static void test_delay_step(void)
{
	PAIR p;

	pair_init(&p, NAP_OVER_TCP, "fixed", 0);
	p.app.keepalive_size = p.app.keepalive_answer = 20;
	p.app.answer_timeout = 24 * NAP_H;
	p.delay = 10 * NAP_MS;
	p.drop = count_again;
	highest = again = 0;
	pair_set_interval(&p, 2 * NAP_S);
	pair_run(&p, 31 * NAP_S);
	g_assert_cmpuint(again, ==, 0);
	p.delay = 500 * NAP_MS;
	pair_run(&p, 41 * NAP_S);
	g_assert_cmpuint(again, >=, 5);
	g_assert_cmpuint(again, <=, 7);
	again = 0;
	pair_run(&p, 71 * NAP_S);
	p.delay = 10 * NAP_MS;
	pair_run(&p, 120 * NAP_S);
	g_assert_cmpuint(again, ==, 0);
}

static uint32_t syn_acks;

static bool drop_down_12s(struct pair *p, const struct nap_packet *pkt, bool up)
{
	syn_acks += !up && (pkt->flags & NAP_SYN);
	return !up && p->now < 12 * NAP_S;
}

/* Each SYN is answered, and begins the SYN-ACK's own time-out anew, which doubles only when it runs out. */
static void test_syn_ack_lost(void)
{
	PAIR p;

	pair_init(&p, NAP_OVER_TCP, "none", 1500 * NAP_MS);
	p.delay = 10 * NAP_MS;
	p.drop = drop_down_12s;
	syn_acks = 0;
	pair_run(&p, 12 * NAP_S);
	g_assert_cmpuint(syn_acks, ==, 9); /* 1.5 2.5 3.5 4.5 5.5 6.5 7.5 8.5 10.5 s */
	pair_run(&p, 13 * NAP_S);
	g_assert_true(p.c.open && p.s.open);
	g_assert_cmpint(p.last_opened, ==, 12520 * NAP_MS);
}

/* --- closing ------------------------------------------------------------------------------------------------------ */

/* What the program has given up is repeated by the kernel, in all as long as tcp_orphan_retries has it. */
static void test_orphan(void)
{
	PAIR p;
	uint32_t before;

	pair_init(&p, NAP_OVER_TCP, "fixed", 0);
	p.app.keepalive_answer = 1;
	p.app.answer_timeout = 5 * NAP_S;
	p.app.reconnect_delay = NAP_H;
	p.delay = 10 * NAP_MS;
	pair_set_interval(&p, 60 * NAP_S);
	pair_run(&p, 59 * NAP_S);
	p.drop = pair_drop_up;
	before = p.up;
	pair_run(&p, 66 * NAP_S);
	g_assert_cmpuint(p.dead, ==, 1);
	g_assert_cmpuint(p.up - before, ==, 6); /* 0 0.22 0.44 0.88 1.76 3.52 s; it gave up at 5 s */
	pair_run(&p, 30 * NAP_MIN);
	g_assert_cmpuint(p.up - before, ==, 10); /* 7.04 14.08 28.16 56.32 s, and not 112.64 */
	g_assert_cmpint(p.log[before + 9], ==, 60 * NAP_S + 20 * NAP_MS + 56320 * NAP_MS);
	g_assert_null(p.c.old);
}

/* The remains are answered by RST when the way is whole again: the server has the client's next connection. */
static void test_orphan_healed(void)
{
	PAIR p;

	pair_init(&p, NAP_OVER_TCP, "fixed", 0);
	p.app.keepalive_answer = 1;
	p.app.answer_timeout = 5 * NAP_S;
	p.server_config.idle_timeout = 62 * NAP_S;
	p.delay = 10 * NAP_MS;
	pair_set_interval(&p, 60 * NAP_S);
	pair_run(&p, 59 * NAP_S);
	p.drop = pair_drop_all;
	pair_run(&p, 66 * NAP_S);
	g_assert_cmpuint(p.c.old->state, ==, NAP_TCP_FIN_WAIT_1);
	p.drop = NULL;
	pair_run(&p, 90 * NAP_S);
	g_assert_true(p.c.open && p.s.open);
	g_assert_null(p.c.old);
	g_assert_null(p.s.old);
}

/* A server that has closed answers what comes later by RST, also what crosses its FIN. */
static void test_closed_server(void)
{
	PAIR p;

	pair_init(&p, NAP_OVER_TCP, "fixed", 0);
	p.server_config.idle_timeout = 60 * NAP_S - 40 * NAP_MS;
	p.app.reconnect_delay = NAP_H;
	pair_set_interval(
		&p, 60 * NAP_S); /* written at 60.1 s; the server closes at 60.11 s, before it comes */
	pair_run(&p, 62 * NAP_S);
	g_assert_cmpuint(p.s.tcp->state, ==, NAP_TCP_CLOSED);
	g_assert_cmpuint(p.c.tcp->state, ==, NAP_TCP_CLOSED);
	g_assert_null(p.c.old);
	g_assert_false(p.c.open);
}

/*
 * A RST with the number expected next ends the connection; one that is only in the window is asked about: the server, which
 * has the connection, says nothing to that, one that has it no more says RST with the right number.
 */
static void test_reset(void)
{
	static const struct {
		uint32_t beyond;
		bool gone, ends;
		uint32_t up; /* packets of the client's */
	} rows[] = { { 0, false, true, 0 }, { 1, false, false, 1 }, { 60000, false, false, 1 },
		{ 1u << 30, false, false, 0 }, { UINT32_MAX, false, false, 0 }, { 100, true, true, 1 } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct nap_packet pkt;
		PAIR p;
		uint32_t before;

		pair_init(&p, NAP_OVER_TCP, "none", 0);
		p.app.reopen = false;
		pair_run(&p, NAP_S);
		pkt = (struct nap_packet){ .src = p.c.peer,
			.dst = p.c.self,
			.proto = NAP_TCP,
			.flags = NAP_RST,
			.seq = p.c.tcp->rcv + rows[i].beyond };
		if (rows[i].gone)
			nap_tcp_clear(p.s.tcp);
		before = p.up;
		nap_client_input(&p.c, &p.setup, p.now, &p.world, &pkt, &p.out);
		pair_collect(&p, true);
		pair_run(&p, 2 * NAP_S);
		g_assert_cmpuint(p.up - before, ==, rows[i].up);
		g_assert_cmpint(p.c.open, ==, !rows[i].ends);
	}
}

/* The client has closed, the server stays: its data meet RST, of the connection in FIN-WAIT-2 or, when that is over, of the host. */
static void test_half_closed(void)
{
	static const struct {
		nap_time fin_timeout, at; /* the push, since the FIN was acknowledged */
		bool over;
	} rows[] = { { 60 * NAP_S, 30 * NAP_S, false }, { 60 * NAP_S, 59 * NAP_S, false },
		{ 60 * NAP_S, 61 * NAP_S, true }, { 20 * NAP_S, 21 * NAP_S, true } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		PAIR p;
		uint32_t before;

		pair_init(&p, NAP_OVER_TCP, "none", 0);
		p.app.tcp.fin_timeout = rows[i].fin_timeout;
		p.app.idle_timeout = 10 * NAP_S;
		p.app.server_idle = NAP_H;
		p.app.reopen = false;
		p.server_config.stays = true;
		pair_run(&p, 11 * NAP_S);
		g_assert_cmpuint(p.s.tcp->state, ==, NAP_TCP_CLOSE_WAIT);
		g_assert_true(p.s.open);
		before = p.up;
		pair_run(&p, p.last_closed + 2 * p.delay + rows[i].at);
		g_assert_cmpuint(p.up, ==, before);
		g_assert_cmpuint(p.c.tcp->state == NAP_TCP_CLOSED && !p.c.old, ==, rows[i].over);
		pair_push(&p);
		pair_run(&p, p.now + NAP_S);
		g_assert_cmpuint(p.up, ==, before + 1);
		g_assert_cmpuint(p.s.tcp->state, ==, NAP_TCP_CLOSED);
		g_assert_false(p.s.open);
	}
}

/* --- errors ------------------------------------------------------------------------------------------------------- */

static struct nap_packet icmp_about(const struct pair *p, uint8_t type, uint8_t code)
{
	return (struct nap_packet){ .src = { NAP_ADDR(192, 0, 2, 1), 0 },
		.dst = { p->c.self.addr, 0 },
		.proto = NAP_ICMP,
		.icmp_type = type,
		.icmp_code = code,
		.quote = { NAP_TCP, p->c.self, p->c.peer } };
}

/* RFC 5383 4.2: codes 0, 1 and 5 abort nothing; protocol and port unreachable do where the host follows RFC 1122. */
static void test_icmp(void)
{
	static const struct {
		uint8_t type, code;
		bool abort_established[2]; /* [hard-errors-abort] */
	} rows[] = {
		{ 3, 0, { false, false } },
		{ 3, 1, { false, false } },
		{ 3, 2, { false, true } },
		{ 3, 3, { false, true } },
		{ 3, 4, { false, false } },
		{ 3, 5, { false, false } },
		{ 3, 13, { false, false } },
		{ 4, 0, { false, false } },
		{ 11, 0, { false, false } },
		{ 12, 0, { false, false } },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		for (int hard = 0; hard < 2; hard++) {
			struct nap_packet pkt;
			PAIR p;

			pair_init(&p, NAP_OVER_TCP, "none", 0);
			p.app.tcp.hard_errors = hard;
			p.app.reconnect_delay = NAP_H;
			pair_run(&p, NAP_S);
			pkt = icmp_about(&p, rows[i].type, rows[i].code);
			pkt.quote.src.port++;
			nap_client_input(&p.c, &p.setup, p.now, &p.world, &pkt, &p.out);
			g_assert_true(p.c.open); /* about another connection */
			pkt.quote.src.port--;
			nap_client_input(&p.c, &p.setup, p.now, &p.world, &pkt, &p.out);
			g_assert_cmpint(p.c.open, ==, !rows[i].abort_established[hard]);
		}
}

/* While it connects any unreachable ends the attempt at once. */
static void test_icmp_connecting(void)
{
	static const struct {
		uint8_t type, code;
		bool ends;
	} rows[] = { { 3, 0, true }, { 3, 1, true }, { 3, 3, true }, { 3, 13, true }, { 3, 4, false },
		{ 4, 0, false }, { 11, 0, true } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct nap_packet pkt;
		PAIR p;

		pair_init(&p, NAP_OVER_TCP, "none", 0);
		p.drop = pair_drop_all;
		pair_run(&p, 100 * NAP_MS);
		pkt = icmp_about(&p, rows[i].type, rows[i].code);
		nap_client_input(&p.c, &p.setup, p.now, &p.world, &pkt, &p.out);
		g_assert_cmpuint(p.c.phase, ==, rows[i].ends ? NAP_CLIENT_CLOSED : NAP_CLIENT_CONNECTING);
	}
}

static uint8_t answer_code; /* of the unreachable that answers each packet up; 255: none does */

static bool answer_unreachable(struct pair *p, const struct nap_packet *pkt, bool up)
{
	struct nap_packet icmp = icmp_about(p, 3, answer_code);

	(void)pkt;
	if (up && answer_code != 255)
		nap_pair_add(&p->wire, p->now + 2 * p->delay, false, &icmp);
	return up;
}

/* RFC 6069: each repeat that a net or host unreachable answers takes one doubling back. */
static void test_icmp_backoff(void)
{
	static const struct {
		uint8_t code;
		int at[6]; /* ms after the write */
	} rows[] = {
		{ 255, { 220, 440, 880, 1760, 3520, 7040 } },
		{ 3, { 220, 440, 880, 1760, 3520, 7040 } },
		{ 0, { 220, 440, 660, 880, 1100, 1320 } },
		{ 1, { 220, 440, 660, 880, 1100, 1320 } },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		PAIR p;
		uint32_t before;

		pair_init(&p, NAP_OVER_TCP, "fixed", 0);
		p.delay = 10 * NAP_MS;
		pair_set_interval(&p, 60 * NAP_S);
		pair_run(&p, 59 * NAP_S);
		answer_code = rows[i].code;
		p.drop = answer_unreachable;
		before = p.up;
		pair_run(&p, 70 * NAP_S);
		for (int k = 0; k < 6; k++)
			g_assert_cmpint(
				p.log[before + 1 + (uint32_t)k] - p.log[before], ==, rows[i].at[k] * NAP_MS);
	}
}

/* Ends that disagree (one of them was restarted in between, say) answer each other every half second, not for ever at once. */
static void test_ends_that_disagree(void)
{
	PAIR p;
	uint32_t before;

	pair_init(&p, NAP_OVER_TCP, "none", 0);
	pair_run(&p, 5 * NAP_S);
	p.c.tcp->rcv += 1u << 28; /* each finds all that the other says beyond its window */
	p.s.tcp->rcv += 1u << 28;
	before = p.up + p.down;
	pair_push(&p);
	pair_run(&p, p.now + 3 * NAP_S);
	g_assert_cmpuint(p.up + p.down - before, >, 2);
	g_assert_cmpuint(p.up + p.down - before, <, 40);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tcp-ends/learns", test_learns);
	g_test_add_func("/tcp-ends/syn-sample", test_syn_sample);
	g_test_add_func("/tcp-ends/delay-step", test_delay_step);
	g_test_add_func("/tcp-ends/syn-ack-lost", test_syn_ack_lost);
	g_test_add_func("/tcp-ends/half-closed", test_half_closed);
	g_test_add_func("/tcp-ends/reset", test_reset);
	g_test_add_func("/tcp-ends/orphan", test_orphan);
	g_test_add_func("/tcp-ends/orphan-healed", test_orphan_healed);
	g_test_add_func("/tcp-ends/closed-server", test_closed_server);
	g_test_add_func("/tcp-ends/ends-that-disagree", test_ends_that_disagree);
	g_test_add_func("/tcp-ends/icmp", test_icmp);
	g_test_add_func("/tcp-ends/icmp-connecting", test_icmp_connecting);
	g_test_add_func("/tcp-ends/icmp-backoff", test_icmp_backoff);
	return g_test_run();
}
