/* SPDX-License-Identifier: BSD-2-Clause */
/* WireGuard's keys and timers against what its paper and programs have: RTT 20 ms, the first handshake at 0. */
#include "secure_pair.h"

#define RTT (20 * NAP_MS)

static struct secure_pair *pair_of(const char *policy, nap_time interval)
{
	struct secure_pair *s = secure_pair_new(NAP_WIREGUARD, policy, interval);

	secure_pair_begin(s);
	return s;
}

static void push_each(struct secure_pair *s, nap_time from, nap_time gap, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		pair_run(&s->p, from + (nap_time)i * gap);
		pair_push(&s->p);
	}
}

/* Idle: empty packets each 25 s; the fifth finds the keys 125 s old and makes new ones, which one more shows the server. */
static void test_idle(void)
{
	struct secure_pair *s = pair_of("fixed", 25 * NAP_S);
	const nap_time round = 125 * NAP_S + RTT;

	pair_run(&s->p, 10 * round);
	g_assert_cmpuint(secure_count(s, 0, 10 * round, true, NAP_MSG_HANDSHAKE), ==, 10);
	g_assert_cmpuint(secure_count(s, 0, 10 * round, false, NAP_MSG_HANDSHAKE_ANSWER), ==, 10);
	g_assert_cmpuint(secure_count(s, 0, 10 * round, true, NAP_MSG_KEEPALIVE), ==, 10 * 6 - 1);
	for (uint32_t i = 0; i < 10; i++) {
		g_assert_cmpint(secure_time(s, 0, true, NAP_MSG_HANDSHAKE, i), ==, i * round);
		g_assert_cmpint(secure_time(s, 0, true, NAP_MSG_KEEPALIVE, 6 * i), ==, i * round + RTT);
	}
	g_assert_cmpuint(secure_find(s, 0, true, NAP_MSG_HANDSHAKE, 3)->len, ==, 148);
	g_assert_cmpuint(secure_find(s, 0, false, NAP_MSG_HANDSHAKE_ANSWER, 3)->len, ==, 92);
	g_assert_cmpuint(secure_find(s, 0, true, NAP_MSG_KEEPALIVE, 3)->len, ==, 32);
	g_assert_cmpuint(s->p.keepalives, ==, 50); /* the policy's, the last one at the end */
	g_assert_cmpuint(s->p.opened, ==, 1);
	g_assert_cmpuint(s->p.reconnects, ==, 0);
	secure_pair_free(s);
}

/* Who gets data and sends nothing answers the first of them by one empty packet after 10 s; that counts as a keepalive. */
static void test_passive(void)
{
	struct secure_pair *s = pair_of("fixed", 20 * NAP_S);

	s->p.server_config.answer = false;
	push_each(s, 5400 * NAP_MS, 7 * NAP_S, 15);
	pair_run(&s->p, 119 * NAP_S);
	for (uint32_t i = 0; i < 7; i++)
		g_assert_cmpint(secure_time(s, NAP_S, true, NAP_MSG_KEEPALIVE, i), ==,
			15410 * NAP_MS + i * 14 * NAP_S);
	g_assert_cmpuint(s->p.delivered, ==, 15);
	g_assert_cmpuint(s->p.keepalives, ==, 0);
	secure_pair_free(s);
}

/* The same at the server: each answered push is followed by its one empty packet, and nobody makes new keys for it. */
static void test_passive_server(void)
{
	struct secure_pair *s = pair_of("none", NAP_NEVER);

	push_each(s, 5 * NAP_S, 30 * NAP_S, 3);
	pair_run(&s->p, 100 * NAP_S);
	for (uint32_t i = 0; i < 3; i++)
		g_assert_cmpint(secure_time(s, 0, false, NAP_MSG_KEEPALIVE, i), ==,
			15 * NAP_S + RTT + i * 30 * NAP_S);
	g_assert_cmpuint(secure_count(s, 0, 100 * NAP_S, false, NAP_MSG_KEEPALIVE), ==, 3);
	g_assert_cmpuint(secure_count(s, 0, 100 * NAP_S, true, NAP_MSG_HANDSHAKE), ==, 1);
	secure_pair_free(s);
}

/* Waits between handshakes: 5 s and up to 333 ms. */
static void check_retries(const struct secure_pair *s, bool up, nap_time from, uint32_t n)
{
	nap_time before = secure_time(s, from, up, NAP_MSG_HANDSHAKE, 0), least = NAP_NEVER, most = 0;

	for (uint32_t i = 1; i < n; i++) {
		nap_time at = secure_time(s, from, up, NAP_MSG_HANDSHAKE, i);

		least = nap_time_min(least, at - before);
		most = nap_time_max(most, at - before);
		before = at;
	}
	g_assert_cmpint(least, >=, 5 * NAP_S);
	g_assert_cmpint(most, <=, 5333 * NAP_MS);
	g_assert_cmpint(most, >, least); /* they are drawn */
}

/*
 * The client's keepalives are an application's: the first goes with the first keys, and the server, which sends nothing,
 * answers them by one empty packet 10 s later. Into a cut, new keys are asked for 15 s after the first.
 */
static void test_datagrams(void)
{
	struct secure_pair *s = secure_pair_new(NAP_WIREGUARD, "fixed", 3 * NAP_S);
	nap_time first;

	s->p.app.keepalive_size = 112;
	secure_pair_begin(s);
	pair_run(&s->p, 9 * NAP_S);
	g_assert_cmpuint(secure_find(s, 0, true, NAP_MSG_KEEPALIVE, 0)->len, ==, 112);
	g_assert_cmpint(secure_time(s, 0, true, NAP_MSG_KEEPALIVE, 0), ==, RTT);
	pair_run(&s->p, 19 * NAP_S);
	g_assert_cmpuint(secure_count(s, 0, 19 * NAP_S, false, NAP_MSG_KEEPALIVE), ==, 1);
	g_assert_cmpint(secure_time(s, 0, false, NAP_MSG_KEEPALIVE, 0), ==, 10 * NAP_S + RTT + RTT / 2);
	g_assert_cmpuint(secure_find(s, 0, false, NAP_MSG_KEEPALIVE, 0)->len, ==, 32);
	g_assert_cmpuint(secure_count(s, NAP_S, 19 * NAP_S, true, NAP_MSG_HANDSHAKE), ==, 0);
	pair_run(&s->p, 21 * NAP_S);
	s->cut = true;
	pair_run(&s->p, 60 * NAP_S);
	first = secure_time(s, 21 * NAP_S, true, NAP_MSG_HANDSHAKE, 0);
	first -= secure_time(s, 11 * NAP_S, true, NAP_MSG_KEEPALIVE, 0);
	g_assert_cmpint(first, >=, 15 * NAP_S);
	g_assert_cmpint(first, <=, 15333 * NAP_MS);
	secure_pair_free(s);
}

/* Data into a cut: new keys are asked for 15 s after the first unanswered datagram, and again and again. */
static void test_data_cut(void)
{
	struct secure_pair *s = pair_of("none", NAP_NEVER);
	nap_time first;

	push_each(s, 5 * NAP_S, NAP_S, 35);
	pair_run(&s->p, 39500 * NAP_MS);
	g_assert_cmpuint(s->p.delivered, ==, 35);
	s->cut = true;
	push_each(s, 40 * NAP_S, NAP_S, 100);
	first = secure_time(s, 40 * NAP_S, false, NAP_MSG_HANDSHAKE, 0);
	g_assert_cmpint(first, >=, 55 * NAP_S);
	g_assert_cmpint(first, <=, 55333 * NAP_MS);
	check_retries(s, false, 40 * NAP_S, 15);
	/* the client, too: its answer of 39 s was the last it sent */
	first = secure_time(s, NAP_S, true, NAP_MSG_HANDSHAKE, 0);
	g_assert_cmpint(first, >=, 54010 * NAP_MS);
	g_assert_cmpint(first, <=, 54343 * NAP_MS);
	check_retries(s, true, NAP_S, 15);
	/* the path is back: the next handshake is answered, and the data go on */
	s->cut = false;
	pair_run(&s->p, 150 * NAP_S);
	push_each(s, 150 * NAP_S, NAP_S, 5);
	pair_run(&s->p, 156 * NAP_S);
	g_assert_cmpuint(s->p.delivered, ==, 40);
	g_assert_cmpuint(secure_count(s, 140 * NAP_S, NAP_NEVER, true, NAP_MSG_HANDSHAKE_ANSWER), <=, 1);
	secure_pair_free(s);
}

/* One datagram into a cut is enough, also where the server does nothing else; so it is where its keys have ended. */
static void test_lone_push(void)
{
	for (int old = 0; old < 2; old++) {
		struct secure_pair *s = pair_of("none", NAP_NEVER);
		nap_time at = old ? 300 * NAP_S : 10 * NAP_S, first;

		pair_run(&s->p, NAP_S);
		s->cut = true;
		push_each(s, at, NAP_S, 1);
		pair_run(&s->p, at + 30 * NAP_S);
		first = secure_time(s, NAP_S, false, NAP_MSG_HANDSHAKE, 0) - at;
		g_assert_cmpint(first, >=, old ? 0 : 15 * NAP_S);
		g_assert_cmpint(first, <=, old ? 0 : 15333 * NAP_MS);
		check_retries(s, false, NAP_S, 3);
		secure_pair_free(s);
	}
}

/* Keepalives alone do not notice a cut before the keys are old; 20 handshakes go, and again after the next keepalive. */
static void test_idle_cut(void)
{
	struct secure_pair *s = pair_of("fixed", 25 * NAP_S);
	struct nap_endpoint self = s->p.c.self;
	nap_time last;

	pair_run(&s->p, 30 * NAP_S);
	s->cut = true;
	pair_run(&s->p, 124 * NAP_S);
	g_assert_cmpuint(secure_count(s, 30 * NAP_S, NAP_NEVER, true, NAP_MSG_HANDSHAKE), ==, 0);
	pair_run(&s->p, 245 * NAP_S);
	g_assert_cmpint(secure_time(s, NAP_S, true, NAP_MSG_HANDSHAKE, 0), ==, 125 * NAP_S + RTT);
	check_retries(s, true, NAP_S, 20);
	g_assert_cmpuint(secure_count(s, NAP_S, NAP_NEVER, true, NAP_MSG_HANDSHAKE), ==, 20);
	g_assert_cmpuint(s->p.dead, ==, 1);
	last = secure_time(s, NAP_S, true, NAP_MSG_HANDSHAKE, 19);
	pair_run(&s->p, 300 * NAP_S);
	/* a keepalive without keys is a handshake */
	g_assert_cmpint(secure_time(s, NAP_S, true, NAP_MSG_HANDSHAKE, 20), ==, last + 25 * NAP_S);
	s->cut = false;
	pair_run(&s->p, 306 * NAP_S);
	g_assert_cmpuint(secure_count(s, 295 * NAP_S, NAP_NEVER, false, NAP_MSG_HANDSHAKE_ANSWER), ==, 1);
	g_assert_true(nap_endpoint_equal(self, s->p.c.self));
	g_assert_cmpuint(s->p.reconnects, ==, 0);
	secure_pair_free(s);
}

/* The first handshake meets a cut: it is repeated as the others, from the same port. */
static void test_open_cut(void)
{
	struct secure_pair *s = pair_of("fixed", 25 * NAP_S);

	s->cut = true;
	pair_run(&s->p, 130 * NAP_S);
	check_retries(s, true, 0, 20);
	g_assert_cmpint(secure_time(s, 0, true, NAP_MSG_HANDSHAKE, 20), ==,
		secure_time(s, 0, true, NAP_MSG_HANDSHAKE, 19) + 25 * NAP_S);
	s->cut = false;
	pair_run(&s->p, 140 * NAP_S);
	g_assert_true(s->p.c.open);
	for (uint32_t i = 0; i < s->n; i++)
		g_assert_cmpuint(s->log[i].up ? s->log[i].src.port : 40000, ==, 40000);
	secure_pair_free(s);
}

/* Keys older than 180 s are used no more: what is to be sent waits a round trip for new ones. */
static void test_reject(void)
{
	struct secure_pair *s = pair_of("none", NAP_NEVER);

	push_each(s, 300 * NAP_S, NAP_S, 1);
	pair_run(&s->p, 301 * NAP_S);
	g_assert_cmpint(secure_time(s, 200 * NAP_S, false, NAP_MSG_HANDSHAKE, 0), ==, 300 * NAP_S);
	g_assert_cmpint(s->p.last_delivered, ==, 300 * NAP_S + 3 * RTT / 2);
	g_assert_cmpuint(s->p.delivered, ==, 1);
	secure_pair_free(s);
}

/* Who made the keys sees to new ones 15 s before they end while the other end speaks. */
static void test_last_minute(void)
{
	struct secure_pair *s = pair_of("none", NAP_NEVER);

	s->p.server_config.answer = false;
	s->p.app.passive_keepalive = 10 * NAP_S;
	push_each(s, 164 * NAP_S, NAP_S, 3);
	pair_run(&s->p, 170 * NAP_S);
	g_assert_cmpint(secure_time(s, NAP_S, true, NAP_MSG_HANDSHAKE, 0), ==, 166 * NAP_S + RTT / 2);
	secure_pair_free(s);
}

/* A binding that goes whatever is said: the keepalives come closer up to then; after that, one each margin and 1 ms. */
static void test_binding_lost(void)
{
	struct secure_pair *s = pair_of("oracle", 3 * NAP_S); /* the margin */
	const nap_time gone = 60 * NAP_S, each = 3001 * NAP_MS;
	uint32_t first;

	s->p.world.until = gone;
	pair_run(&s->p, gone);
	first = s->p.keepalives;
	g_assert_cmpuint(first, >, 2);
	g_assert_cmpuint(first, <, 40);
	pair_run(&s->p, gone + 10 * each);
	g_assert_cmpuint(s->p.keepalives, ==, first + 10);
	g_assert_cmpint(s->p.keepalive_log[first], ==, gone + each);
	secure_pair_free(s);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/wireguard/idle", test_idle);
	g_test_add_func("/wireguard/passive-keepalive", test_passive);
	g_test_add_func("/wireguard/servers-passive-keepalive", test_passive_server);
	g_test_add_func("/wireguard/datagrams", test_datagrams);
	g_test_add_func("/wireguard/data-cut", test_data_cut);
	g_test_add_func("/wireguard/lone-push", test_lone_push);
	g_test_add_func("/wireguard/idle-cut", test_idle_cut);
	g_test_add_func("/wireguard/open-cut", test_open_cut);
	g_test_add_func("/wireguard/reject", test_reject);
	g_test_add_func("/wireguard/last-minute", test_last_minute);
	g_test_add_func("/wireguard/binding-lost", test_binding_lost);
	return g_test_run();
}
