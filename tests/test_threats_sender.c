/* SPDX-License-Identifier: BSD-2-Clause */
/* Threats of docs/live.md, played against the reflector in memory: who a record comes from. Spoofed sources, replays, old cookies. */
#include "reflector_stage.h"

/* --- spoofed source --- */

/* Without a cookie, with one of another host, another association, or a made-up one: not a byte goes to the address named. */
static void test_spoofed_source(void)
{
	struct stage s = { 0 };
	struct client mallory;
	struct nap_inet victim = host(1, 53);
	static const uint8_t types[] = { NAP_RECORD_FLOW, NAP_RECORD_ORDER, NAP_RECORD_POLL,
		NAP_RECORD_CREDIT };
	guint before;

	set_up(&s);
	mallory = welcome(&s, host(2, 4000), 99);
	before = s.sent->len;
	for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
		for (int forgery = 0; forgery < 4; forgery++) {
			struct nap_record w = signed_record(&mallory, types[i]);

			if (types[i] == NAP_RECORD_ORDER)
				w.order.op = w.order.act = 1;
			if (forgery == 0)
				memset(w.mac, 0, sizeof(w.mac));
			else if (forgery == 1)
				w.mac[15] ^= 1;
			else if (forgery == 2)
				w.epoch = 0;
			put(&s, &victim, &w); /* 3: a good cookie of mallory's own address */
		}
	g_assert_cmpuint(s.sent->len, ==, before);
	tear_down(&s);
}

/* A HELLO with a stranger's address draws one record no larger than itself, and few of those. */
static void test_spoofed_hello(void)
{
	struct stage s = { 0 };
	struct nap_inet victim = host(1, 53);
	struct nap_reflector_counts n;
	guint answered;

	set_up(&s);
	for (uint32_t i = 0; i < 3000; i++)
		put(&s, &victim, &(struct nap_record){ .type = NAP_RECORD_HELLO, .association = i + 1 });
	answered = s.sent->len;
	nap_reflector_counts(s.r, &n);
	g_assert_cmpuint(answered, ==, (guint)s.config.hello_rate.burst);
	g_assert_cmpuint(n.bytes_sent, <=, n.bytes_received);
	for (guint i = 0; i < answered; i++)
		g_assert_true(nap_inet_equal(&g_array_index(s.sent, struct sent, i).to.remote, &victim));
	tear_down(&s);
}

/* A client can aim pushes at nothing but endpoints it has sent from. */
static void test_orders_reach_only_the_heard(void)
{
	struct stage s = { 0 };
	struct client c;
	struct nap_record w;
	struct nap_inet flow_at = host(2, 5000);

	set_up(&s);
	c = welcome(&s, host(2, 4000), 99);
	for (int i = 0; i < 8; i++)
		say(&s, &c, NAP_RECORD_CREDIT);
	w = order_record(&c, 5, NAP_RECORD_SEND);
	put(&s, &c.at, &w);
	g_assert_cmpuint(last(&s).done.result, ==, NAP_RECORD_NO_FLOW);
	w = flow_record(&c, 5);
	put(&s, &flow_at, &w);
	g_array_set_size(s.sent, 0);
	w = order_record(&c, 5, NAP_RECORD_SEND);
	put(&s, &c.at, &w);
	g_assert_cmpuint(s.sent->len, ==, 2);
	g_assert_true(nap_inet_equal(&g_array_index(s.sent, struct sent, 0).to.remote, &flow_at));
	g_assert_true(nap_inet_equal(&g_array_index(s.sent, struct sent, 1).to.remote, &c.at));
	tear_down(&s);
}

/* --- replay --- */

static void test_replay(void)
{
	struct stage s = { 0 };
	struct client c;
	struct nap_record credit, order, flow;
	struct nap_reflector_counts n;
	guint before;

	set_up(&s);
	c = welcome(&s, host(2, 4000), 99);
	flow = flow_record(&c, 5);
	put(&s, &c.at, &flow);
	for (int i = 0; i < 50; i++) {
		credit = signed_record(&c, NAP_RECORD_CREDIT);
		put(&s, &c.at, &credit);
	}
	order = order_record(&c, 5, NAP_RECORD_SEND);
	put(&s, &c.at, &order);
	before = s.sent->len;
	for (int i = 0; i < 100; i++) {
		put(&s, &c.at, &order);
		put(&s, &c.at, &flow);
		put(&s, &c.at, &credit);
	}
	nap_reflector_counts(s.r, &n);
	g_assert_cmpuint(s.sent->len, ==, before);
	g_assert_cmpuint(n.replayed, ==, 300);
	tear_down(&s);
}

/* A retransmitted order (new record, same op) is answered again and not done again. */
static void test_order_done_once(void)
{
	struct stage s = { 0 };
	struct client c;
	struct nap_record w;
	guint pushes = 0;

	set_up(&s);
	c = welcome(&s, host(2, 4000), 99);
	w = flow_record(&c, 5);
	put(&s, &c.at, &w);
	for (int i = 0; i < 20; i++)
		say(&s, &c, NAP_RECORD_CREDIT);
	g_array_set_size(s.sent, 0);
	for (int i = 0; i < 5; i++) {
		w = order_record(&c, 5, NAP_RECORD_SEND);
		w.order.op = 1;
		put(&s, &c.at, &w);
	}
	for (guint i = 0; i < s.sent->len; i++)
		pushes += g_array_index(s.sent, struct sent, i).data[4] == NAP_RECORD_FLOWED;
	g_assert_cmpuint(pushes, ==, 1);
	g_assert_cmpuint(s.sent->len, ==, 6);
	tear_down(&s);
}

/* A conversation recorded long ago is no key to a association that the table has forgotten. */
static void test_replay_into_forgotten_association(void)
{
	struct stage s = { 0 };
	struct client c;
	struct nap_record old;
	guint before;
	struct nap_reflector_counts n;

	set_up(&s);
	c = welcome(&s, host(2, 4000), 99);
	old = signed_record(&c, NAP_RECORD_POLL);
	put(&s, &c.at, &old);
	for (uint8_t i = 0; i < 3; i++) {
		uint8_t key[NAP_COOKIE_KEY] = { i };

		s.now += s.config.rotate;
		nap_reflector_rotate(s.r, s.now, key);
	}
	for (uint32_t i = 0; i < s.config.associations; i++) { /* push it out */
		struct client other;

		s.now += NAP_S;
		other = welcome(&s, host(100 + i, 4000), 1000 + i);
		say(&s, &other, NAP_RECORD_CREDIT);
	}
	before = s.sent->len;
	put(&s, &c.at, &old);
	nap_reflector_counts(s.r, &n);
	g_assert_cmpuint(s.sent->len, ==, before);
	g_assert_cmpuint(n.unproven, ==, 1);
	tear_down(&s);
}

/* Cookies live for one to two key lives: still good after one rotation, stale after two. */
static void test_cookie_life(void)
{
	struct stage s = { 0 };
	struct client c;

	set_up(&s);
	c = welcome(&s, host(2, 4000), 99);
	for (uint8_t i = 0; i < 2; i++) {
		uint8_t key[NAP_COOKIE_KEY] = { i };

		s.now += s.config.rotate;
		nap_reflector_rotate(s.r, s.now, key);
		g_array_set_size(s.sent, 0);
		say(&s, &c, NAP_RECORD_POLL);
		g_assert_cmpuint(s.sent->len, ==, i == 0 ? 1 : 0);
	}
	tear_down(&s);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/threats/spoofed-source", test_spoofed_source);
	g_test_add_func("/threats/spoofed-source/hello", test_spoofed_hello);
	g_test_add_func(
		"/threats/spoofed-source/orders-reach-only-the-heard", test_orders_reach_only_the_heard);
	g_test_add_func("/threats/replay", test_replay);
	g_test_add_func("/threats/replay/order-done-once", test_order_done_once);
	g_test_add_func("/threats/replay/forgotten-session", test_replay_into_forgotten_association);
	g_test_add_func("/threats/replay/cookie-life", test_cookie_life);
	return g_test_run();
}
