/* SPDX-License-Identifier: BSD-2-Clause */
/* QUIC's acknowledgements, probe time-outs, idle time-out and MTU probes against RFC 9000 and 9002: RTT 20 ms. */
#include "secure_pair.h"

#define RTT   (20 * NAP_MS)
#define DELAY (25 * NAP_MS) /* of acknowledgements */

static struct secure_pair *pair_of(const char *policy, nap_time interval)
{
	struct secure_pair *s = secure_pair_new(NAP_QUIC, policy, interval);

	secure_pair_begin(s);
	return s;
}

/* RFC 9002's time-out after a first round trip and so many more of another length. */
static nap_time timeout_from(nap_time first, uint32_t more, nap_time length)
{
	nap_time srtt = first, var = srtt / 2;

	while (more-- > 0) {
		var = (3 * var + ABS(srtt - length)) / 4 / NAP_US * NAP_US;
		srtt = (7 * srtt + length) / 8 / NAP_US * NAP_US;
	}
	return srtt + MAX(4 * var, NAP_MS) + DELAY;
}

static nap_time timeout_after(uint32_t samples)
{
	return timeout_from(RTT, samples - 1, RTT);
}

/* A lone PING is acknowledged after the delay; the handshake's last word too, by the client. */
static void test_ack(void)
{
	struct secure_pair *s = pair_of("fixed", 10 * NAP_S);

	pair_run(&s->p, 35 * NAP_S);
	g_assert_cmpint(secure_time(s, 0, true, NAP_MSG_ACK, 0), ==, RTT + DELAY);
	for (uint32_t i = 0; i < 3; i++) {
		g_assert_cmpint(
			secure_time(s, 0, true, NAP_MSG_KEEPALIVE, i), ==, (i + 1) * 10 * NAP_S + RTT);
		g_assert_cmpint(secure_time(s, 0, false, NAP_MSG_ACK, i), ==,
			(i + 1) * 10 * NAP_S + RTT + RTT / 2 + DELAY);
	}
	g_assert_cmpuint(s->n, ==, 2 + 1 + 3 * 2);
	secure_pair_free(s);
}

/* A server that restarts while it owes an acknowledgement has forgotten that, too. */
static void test_restart(void)
{
	struct secure_pair *s = pair_of("fixed", 10 * NAP_S);

	pair_run(&s->p, 10 * NAP_S + RTT + RTT / 2 + DELAY / 2);
	nap_server_down(&s->p.s, &s->p.server_setup, s->p.now, &s->p.out);
	pair_collect(&s->p, false);
	nap_server_up(&s->p.s, &s->p.server_setup, s->p.now, &s->p.out);
	pair_collect(&s->p, false);
	pair_run(&s->p, 10 * NAP_S + RTT + RTT / 2 + 2 * DELAY);
	g_assert_null(secure_find(s, 10 * NAP_S, false, NAP_MSG_ACK, 0));
	secure_pair_free(s);
}

/* The probes' sizes halve what is left between what passes and what is tried at most; each rides on a keepalive, and so does the server's. */
static void test_mtu(void)
{
	static const uint32_t sizes[] = { 1352, 1402, 1427, 1439 };
	struct secure_pair *s = pair_of("fixed", 10 * NAP_S);

	s->p.app.mtu_from = 1252;
	s->p.app.mtu_to = 1452;
	secure_pair_begin(s);
	pair_run(&s->p, 75 * NAP_S);
	for (uint32_t i = 0; i < 4; i++) {
		nap_time at = (i + 1) * 10 * NAP_S + RTT;

		g_assert_cmpuint(secure_find(s, 0, true, NAP_MSG_MTU_PROBE, i)->len, ==, sizes[i]);
		g_assert_cmpint(secure_time(s, 0, true, NAP_MSG_MTU_PROBE, i), ==, at);
		g_assert_cmpuint(secure_find(s, 0, false, NAP_MSG_MTU_PROBE, i)->len, ==, sizes[i]);
		/* two packets at once: acknowledged at once; the server's probe alone, later */
		g_assert_cmpint(secure_time(s, NAP_S, false, NAP_MSG_ACK, i), ==, at + RTT / 2);
		g_assert_cmpint(secure_time(s, NAP_S, true, NAP_MSG_ACK, i), ==, at + RTT + DELAY);
	}
	g_assert_cmpuint(secure_count(s, 0, NAP_NEVER, true, NAP_MSG_MTU_PROBE), ==, 4);
	g_assert_cmpuint(secure_count(s, NAP_S, 55 * NAP_S, true, NAP_MSG_ACK), ==, 4);
	secure_pair_free(s);
}

/* A path that carries less: what does not pass is not tried again, and harms nothing else. */
static void test_small_path(void)
{
	struct secure_pair *s = pair_of("fixed", 10 * NAP_S);

	s->p.app.mtu_from = 1252;
	s->p.app.mtu_to = 1452;
	s->largest = 1380;
	secure_pair_begin(s);
	pair_run(&s->p, 125 * NAP_S);
	g_assert_cmpuint(s->p.c.secure.quic.mtu, <=, 1380);
	g_assert_cmpuint(s->p.c.secure.quic.mtu, >, 1380 - 20);
	g_assert_cmpuint(s->p.c.secure.quic.mtu, ==, s->p.s.secure.quic.mtu);
	g_assert_cmpuint(secure_count(s, 0, NAP_NEVER, true, NAP_MSG_KEEPALIVE), ==, 12);
	secure_pair_free(s);
}

/* An unanswered PING: two packets at each time-out, which doubles; the idle time-out counts from it. */
static void test_timeouts(void)
{
	struct secure_pair *s = pair_of("fixed", 10 * NAP_S);
	const nap_time first = 40 * NAP_S + RTT, pto = timeout_after(1 + 3);
	uint32_t n = 1;

	s->p.app.idle_timeout = 30 * NAP_S;
	s->p.app.reconnect_delay = NAP_S;
	secure_pair_begin(s);
	pair_run(&s->p, 36 * NAP_S);
	s->cut = true;
	pair_run(&s->p, 72 * NAP_S);
	g_assert_cmpint(secure_time(s, 36 * NAP_S, true, NAP_MSG_KEEPALIVE, 0), ==, first);
	for (nap_time after = pto; after < 30 * NAP_S; after = 2 * after + pto, n += 2)
		for (uint32_t i = n; i < n + 2; i++)
			g_assert_cmpint(secure_time(s, first, true, NAP_MSG_KEEPALIVE, i), ==, first + after);
	g_assert_cmpuint(secure_count(s, first, NAP_NEVER, true, NAP_MSG_KEEPALIVE), ==, n);
	g_assert_cmpint(s->p.last_closed, ==, first + 30 * NAP_S);
	g_assert_cmpint(secure_time(s, 60 * NAP_S, true, NAP_MSG_OPEN_UP, 0), ==, first + 31 * NAP_S);
	g_assert_false(s->p.s.open); /* 30 s after it last heard */
	secure_pair_free(s);
}

/* The server gives up after as long a silence since it heard, or since it first pushed into it. */
static void test_server_idle(void)
{
	for (int pushes = 0; pushes < 2; pushes++) {
		struct secure_pair *s = pair_of("none", NAP_NEVER);
		nap_time end = 30 * NAP_S + (pushes ? 10 * NAP_S : RTT + DELAY + RTT / 2);

		s->p.app.idle_timeout = 30 * NAP_S;
		secure_pair_begin(s);
		pair_run(&s->p, 9 * NAP_S);
		s->cut = true;
		pair_run(&s->p, 10 * NAP_S);
		if (pushes)
			pair_push(&s->p);
		pair_run(&s->p, 12 * NAP_S);
		if (pushes)
			pair_push(&s->p);
		pair_run(&s->p, end - 1);
		g_assert_true(s->p.s.open);
		pair_run(&s->p, end);
		g_assert_false(s->p.s.open);
		secure_pair_free(s);
	}
}

/* Never shorter than three time-outs (RFC 9000 10.1). */
static void test_idle_least(void)
{
	struct secure_pair *s = pair_of("none", NAP_NEVER);

	s->p.app.idle_timeout = 10 * NAP_MS;
	s->p.app.reconnect_delay = NAP_H;
	secure_pair_begin(s);
	pair_run(&s->p, NAP_S);
	g_assert_cmpint(s->p.last_closed, ==, RTT + 3 * timeout_after(1));
	secure_pair_free(s);
}

/* Pushes into a cut: the oldest goes twice at each time-out, two of them once each; all are delivered once when the path is back. */
static void test_pushes(void)
{
	struct secure_pair *s = pair_of("none", NAP_NEVER);
	/* what the server has measured is one acknowledgement that was delayed: RFC 9002 5.3 takes the first as it is */
	const nap_time pto = 3 * (RTT + DELAY) + DELAY;
	nap_time first = 10 * NAP_S;

	pair_run(&s->p, first);
	s->cut = true;
	pair_push(&s->p);
	pair_run(&s->p, first + 6 * pto);
	g_assert_cmpint(secure_time(s, first, false, NAP_MSG_PUSH, 1), ==, first + pto);
	g_assert_cmpint(secure_time(s, first, false, NAP_MSG_PUSH, 2), ==, first + pto);
	g_assert_cmpint(secure_time(s, first, false, NAP_MSG_PUSH, 3), ==, first + 3 * pto);
	g_assert_cmpuint(secure_count(s, first, NAP_NEVER, false, NAP_MSG_PUSH), ==, 5);
	pair_push(&s->p); /* a second one: the time-out counts from it */
	pair_run(&s->p, first + 9 * pto);
	g_assert_cmpuint(secure_count(s, first, NAP_NEVER, false, NAP_MSG_PUSH), ==, 6);
	s->cut = false;
	pair_run(&s->p, first + 10 * pto);
	g_assert_cmpuint(secure_count(s, first, NAP_NEVER, false, NAP_MSG_PUSH), ==, 8);
	pair_run(&s->p, first + 60 * NAP_S);
	g_assert_cmpuint(s->p.delivered, ==, 2);
	g_assert_cmpuint(secure_count(s, first, NAP_NEVER, false, NAP_MSG_PUSH), ==, 8);
	secure_pair_free(s);
}

static bool drop_first_push(struct pair *p, const struct nap_packet *pkt, bool up)
{
	return secure_drops(p, pkt, up) || (pkt->message == NAP_MSG_PUSH && pkt->tag == 1 && p->now == NAP_S);
}

/* A later push that is acknowledged shows that the one before was lost: it goes again at once, not after a time-out. */
static void test_loss(void)
{
	struct secure_pair *s = pair_of("none", NAP_NEVER);

	s->p.drop = drop_first_push;
	pair_run(&s->p, NAP_S);
	pair_push(&s->p);
	pair_run(&s->p, NAP_S + 30 * NAP_MS);
	pair_push(&s->p);
	pair_run(&s->p, 2 * NAP_S);
	/* the second was acknowledged after the delay */
	g_assert_cmpint(secure_time(s, NAP_S, false, NAP_MSG_PUSH, 2), ==, NAP_S + 30 * NAP_MS + RTT + DELAY);
	g_assert_cmpuint(s->p.delivered, ==, 2);
	secure_pair_free(s);
}

/* Pushes sent at once: the acknowledgement of the first two says nothing of the others, which are under way. */
static void test_burst(void)
{
	struct secure_pair *s = pair_of("none", NAP_NEVER);

	pair_run(&s->p, NAP_S);
	for (int i = 0; i < 5; i++)
		pair_push(&s->p);
	pair_run(&s->p, 3 * NAP_S);
	g_assert_cmpuint(s->p.delivered, ==, 5);
	g_assert_cmpuint(secure_count(s, NAP_S, NAP_NEVER, false, NAP_MSG_PUSH), ==, 5);
	secure_pair_free(s);
}

/* An opening: 200 ms before anything was measured, doubling, two packets each; given up after 5 s. */
static void test_opening(void)
{
	struct secure_pair *s = pair_of("none", NAP_NEVER);
	static const int at[] = { 0, 200, 200, 600, 600, 1400, 1400, 3000, 3000 };

	s->cut = true;
	s->p.app.reconnect_delay = 7 * NAP_S;
	secure_pair_begin(s);
	pair_run(&s->p, 11 * NAP_S);
	for (uint32_t i = 0; i < G_N_ELEMENTS(at); i++)
		g_assert_cmpint(secure_time(s, 0, true, NAP_MSG_OPEN_UP, i), ==, at[i] * NAP_MS);
	g_assert_cmpuint(s->n, ==, G_N_ELEMENTS(at));
	pair_run(&s->p, 12 * NAP_S);
	g_assert_cmpint(secure_time(s, 10 * NAP_S, true, NAP_MSG_OPEN_UP, 0), ==, 12 * NAP_S);
	secure_pair_free(s);
}

/* What the server works on its first answer is part of the first round trip, and fades with the later ones. */
static void test_handshake_time(void)
{
	struct secure_pair *s = pair_of("fixed", 10 * NAP_S);
	const nap_time first = RTT + 3 * NAP_MS;
	nap_time pto;

	s->p.app.handshake_time = 3 * NAP_MS;
	secure_pair_begin(s);
	pair_run(&s->p, NAP_S);
	g_assert_cmpint(s->p.last_opened, ==, first);
	g_assert_cmpint(nap_quic_timeout(&s->p.c.secure.quic, &s->p.app, 0), ==, timeout_from(first, 0, 0));
	pair_run(&s->p, 41 * NAP_S);
	/* so the delay of an acknowledgement cannot be taken off: less than the least round trip would be left */
	pto = timeout_from(first, 4, RTT + DELAY);
	g_assert_cmpint(nap_quic_timeout(&s->p.c.secure.quic, &s->p.app, 0), ==, pto);
	g_assert_cmpint(nap_quic_timeout(&s->p.c.secure.quic, &s->p.app, 3), ==, 8 * pto);
	secure_pair_free(s);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/quic/acknowledgements", test_ack);
	g_test_add_func("/quic/restart", test_restart);
	g_test_add_func("/quic/mtu", test_mtu);
	g_test_add_func("/quic/small-path", test_small_path);
	g_test_add_func("/quic/probe-timeouts", test_timeouts);
	g_test_add_func("/quic/servers-idle-timeout", test_server_idle);
	g_test_add_func("/quic/least-idle-timeout", test_idle_least);
	g_test_add_func("/quic/pushes", test_pushes);
	g_test_add_func("/quic/loss", test_loss);
	g_test_add_func("/quic/burst", test_burst);
	g_test_add_func("/quic/opening", test_opening);
	g_test_add_func("/quic/handshake-time", test_handshake_time);
	return g_test_run();
}
