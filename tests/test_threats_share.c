/* SPDX-License-Identifier: BSD-2-Clause */
/* Threats of docs/live.md, played against the reflector in memory: who is locked out. One takes it all; an honest client is served
 * within 2 s while the attack runs. */
#include "reflector_stage.h"

#include "kernel/rng.h"
#include "live/control.h"
#include "live/shares.h"

/* The n-th /64 of a /48, or of a /56 of it. */
static struct nap_inet six(uint32_t site, uint32_t home, uint32_t net)
{
	return (struct nap_inet){ .family = 6,
		.addr = { 0x20, 1, 0xd, 0xb8, 0, (uint8_t)site, (uint8_t)home, (uint8_t)net, 1 },
		.port = 4000 };
}

/* ---- counts --------------------------------------------------------------------------------------------------------- */

static void test_counts(void)
{
	static const uint32_t most[NAP_SHARE_LEVELS] = { 5, 7, 11 };
	struct nap_rng rng = nap_rng_stream(3, 0, 0, NAP_RNG_SEARCH);
	struct nap_shares s;
	struct nap_inet held[200];
	uint32_t n = 0;

	nap_shares_init(&s, G_N_ELEMENTS(held), most, 42);
	for (int i = 0; i < 20000; i++) {
		struct nap_inet a =
			nap_rng_below(&rng, 2)
				? host(nap_rng_below(&rng, 9), 1)
				: six(nap_rng_below(&rng, 3), nap_rng_below(&rng, 3), nap_rng_below(&rng, 3));
		uint32_t same[NAP_SHARE_LEVELS] = { 0 };
		bool may = true;

		for (int level = 0; level < NAP_SHARE_LEVELS; level++) {
			for (uint32_t k = 0; k < n; k++)
				same[level] +=
					nap_share_prefix(&a, level) &&
					nap_share_prefix(&held[k], level) == nap_share_prefix(&a, level);
			may &= same[level] < most[level];
		}
		g_assert_true(nap_shares_may(&s, &a) == may);
		g_assert_cmpuint(nap_shares_held(&s, &a), ==, same[a.family == 4 ? 0 : NAP_SHARE_SITE]);
		if (may && n < G_N_ELEMENTS(held) && nap_rng_below(&rng, 3)) {
			nap_shares_take(&s, &a);
			held[n++] = a;
		} else if (n > 0) {
			uint32_t k = nap_rng_below(&rng, n);

			nap_shares_give(&s, &held[k]);
			held[k] = held[--n];
		}
	}
	nap_shares_clear(&s);
}

/* ---- sessions -------------------------------------------------------------------------------------------------------- */

/* One more session from there: is it served? */
static bool served(struct stage *s, struct nap_inet at, uint64_t id)
{
	struct client c = welcome(s, at, id);

	say(s, &c, NAP_RECORD_POLL);
	return last(s).type == NAP_RECORD_IDLE;
}

static void test_sessions_of_a_site(void)
{
	struct stage s = { 0 };
	uint32_t home = 0, site = 0, others = 0;

	set_up(&s);
	for (uint32_t i = 0; i < 100; i++)
		home += served(&s, six(1, 7, i), 1000 + i);
	for (uint32_t i = 0; i < 200; i++)
		site += served(&s, six(1, i, i), 2000 + i);
	g_assert_cmpuint(home, ==, s.config.association_share[NAP_SHARE_HOME]);
	g_assert_cmpuint(home + site, ==, s.config.association_share[NAP_SHARE_SITE]);
	for (uint32_t i = 0; i < 250; i++) { /* more than are left: the site gives way */
		s.now += NAP_MS;
		others += served(&s, host(i, 4000), 3000 + i);
	}
	g_assert_cmpuint(others, ==, 250);
	tear_down(&s);
}

/* 32 addresses have 8 each, all of which speak; a newcomer is served at once, and one of theirs is told. */
static void test_largest_gives_way(void)
{
	struct stage s = { 0 };
	struct client c[256];
	uint32_t over = 0;

	set_up(&s);
	for (uint32_t i = 0; i < 256; i++) {
		c[i] = welcome(&s, host(1 + i / 8, 4000), 100 + i);
		say(&s, &c[i], NAP_RECORD_POLL);
		g_assert_cmpuint(last(&s).type, ==, NAP_RECORD_IDLE);
		s.now += NAP_MS;
	}
	g_assert_true(served(&s, host(99, 4000), 999));
	for (uint32_t i = 0; i < 256; i++) {
		say(&s, &c[i], NAP_RECORD_POLL);
		over += last(&s).type == NAP_RECORD_REFUSED && last(&s).refusal == NAP_RECORD_OVER;
	}
	g_assert_cmpuint(over, ==, 1);
	tear_down(&s);
}

/* A finished probe frees its session: a hundred runs in ten minutes from one address; one that died is given up after a minute. */
static void test_ninth_run(void)
{
	struct stage s = { 0 };
	struct nap_record flow, order;

	set_up(&s);
	for (uint32_t i = 0; i < 100; i++, s.now += 5 * NAP_S) {
		struct client c = welcome(&s, host(1, 4000), 100 + i);

		flow = flow_record(&c, 1);
		put(&s, &c.at, &flow);
		say(&s, &c, NAP_RECORD_POLL);
		g_assert_cmpuint(last(&s).type, ==, NAP_RECORD_EVENT);
		order = order_record(&c, 0, NAP_RECORD_END);
		put(&s, &c.at, &order);
		g_assert_cmpuint(last(&s).type, ==, NAP_RECORD_DONE);
		g_array_set_size(s.sent, 0);
		put(&s, &c.at, &flow); /* what was recorded opens nothing */
		g_assert_cmpuint(s.sent->len, ==, 0);
		say(&s, &c, NAP_RECORD_POLL);
		g_assert_cmpuint(last(&s).refusal, ==, NAP_RECORD_OVER);
	}
	for (uint32_t i = 0; i < 30; i++, s.now += 10 * NAP_S)
		g_assert_true(served(&s, host(1, 4000), 1000 + i));
	tear_down(&s);
}

/* ---- flows, connections ------------------------------------------------------------------------------------------------ */

/* n flows of a client that pays for them, at its rate. */
static void open_flows(struct stage *s, struct client *c, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct nap_record w = flow_record(c, i);

		s->now += NAP_MS;
		put(s, &c->at, &w);
	}
}

static bool has_flow(struct stage *s, struct client *c, uint32_t flow)
{
	struct nap_record w = order_record(c, flow, NAP_RECORD_SEND);

	say(s, c, NAP_RECORD_CREDIT);
	put(s, &c->at, &w);
	return last(s).type == NAP_RECORD_DONE && last(s).done.result == NAP_RECORD_OK;
}

static void test_flows(void)
{
	struct stage s = { 0 };
	struct client one[5], honest;
	struct nap_reflector_counts n;

	set_up(&s);
	for (uint32_t i = 0; i < 2; i++) { /* sessions of one address share what one may have */
		one[i] = welcome(&s, host(1, 4000), 10 + i);
		open_flows(&s, &one[i], 3000);
	}
	nap_reflector_counts(s.r, &n);
	g_assert_cmpuint(n.refused, ==, 6000 - s.config.flow_share[NAP_SHARE_HOST]);
	for (uint32_t i = 2; i < 5; i++) { /* with three addresses more the table is full */
		one[i] = welcome(&s, host(i, 4000), 10 + i);
		open_flows(&s, &one[i], 4096);
	}
	honest = welcome(&s, host(77, 4000), 77);
	open_flows(&s, &honest, 600);
	for (uint32_t i = 0; i < 600; i++)
		g_assert_true(has_flow(&s, &honest, i));
	tear_down(&s);
}

static void test_connections(void)
{
	struct stage s = { 0 };
	struct nap_reflect_path from = { .conn = -1 };
	uint32_t taken = 0, site = 0;

	set_up(&s);
	for (uint32_t i = 0; i < 8192; i++, s.now += NAP_MS) {
		from.remote = six(1, i / 256, i % 256);
		site += nap_reflector_accept(s.r, s.now, &from) >= 0;
	}
	g_assert_cmpuint(site, ==, s.config.conn_share[NAP_SHARE_SITE]);
	for (uint32_t i = 0; i < 4096; i++, s.now += NAP_MS) {
		from.remote = host(1 + i % 4, (uint16_t)(1000 + i));
		taken += nap_reflector_accept(s.r, s.now, &from) >= 0;
	}
	g_assert_cmpuint(taken, >, 2048);
	for (uint32_t i = 0; i < 100; i++) {
		from.remote = host(100 + i, 5000);
		g_assert_cmpint(nap_reflector_accept(s.r, s.now, &from), >=, 0);
	}
	g_assert_cmpuint(s.drops, >=, 100);
	tear_down(&s);
}

/* What is of a client that has gone ends within minutes; who speaks keeps it for hours. */
static void test_gone(void)
{
	struct stage s = { 0 };
	struct client gone, here;

	set_up(&s);
	gone = welcome(&s, host(1, 4000), 1);
	here = welcome(&s, host(2, 4000), 2);
	open_flows(&s, &gone, 5);
	open_flows(&s, &here, 5);
	for (int i = 0; i < 80; i++) {
		s.now += 5 * NAP_S;
		say(&s, &here, NAP_RECORD_POLL);
		nap_reflector_tick(s.r, s.now);
	}
	g_assert_true(has_flow(&s, &here, 3));
	g_assert_false(has_flow(&s, &gone, 3));
	g_assert_cmpuint(last(&s).done.result, ==, NAP_RECORD_NO_FLOW);
	tear_down(&s);
}

/* ---- unproven records --------------------------------------------------------------------------------------------------- */

/* 2,500 spoofed records a second with its address, and 3,000 HELLOs: a proven client notices nothing, and renews its cookie. */
static void test_spoofed_records(void)
{
	struct stage s = { 0 };
	struct client c;
	struct nap_record hello;
	uint32_t answered = 0, renewed = 0;

	set_up(&s);
	c = welcome(&s, host(1, 4000), 1);
	for (uint32_t i = 0; i < 50000; i++, s.now += NAP_S / 5500) {
		struct nap_record w = { .type = NAP_RECORD_POLL, .association = i, .seq = i, .epoch = 1 };
		struct nap_inet at = host(1, (uint16_t)i);

		put(&s, &at, &w);
		hello = (struct nap_record){ .type = NAP_RECORD_HELLO, .association = i + 10 };
		at.addr[3] = (uint8_t)i;
		put(&s, &at, &hello);
		if (i % 100)
			continue;
		g_array_set_size(s.sent, 0);
		say(&s, &c, NAP_RECORD_POLL);
		answered += s.sent->len > 0 && last(&s).type == NAP_RECORD_IDLE;
		g_array_set_size(s.sent, 0);
		say(&s, &c, NAP_RECORD_HELLO);
		renewed += s.sent->len > 0 && last(&s).type == NAP_RECORD_WELCOME;
	}
	g_assert_cmpuint(answered, ==, 500);
	g_assert_cmpuint(renewed, ==, 500);
	tear_down(&s);
}

struct newcomer {
	struct stage *s;
	struct nap_inet at;
};

static void from_newcomer(void *ctx, const uint8_t *data, size_t n)
{
	struct newcomer *c = ctx;
	struct nap_reflect_path path = { .remote = c->at, .conn = -1 };

	nap_reflector_datagram(c->s->r, c->s->now, &path, data, n);
}

/* A newcomer is greeted and served within 2 s while that many HELLOs a second come from everywhere, or with its own address. */
static void test_newcomer(gconstpointer own)
{
	struct stage s = { 0 };
	struct newcomer c = { .s = &s, .at = host(7, 4000) };
	struct nap_rng rng = nap_rng_stream(9, 0, 0, NAP_RNG_SEARCH);
	struct nap_control *control;
	nap_time begin;
	uint32_t gap, part;
	guint read = 0;

	set_up(&s);
	begin = s.now + 2 * NAP_S;
	control = nap_control_new(1, begin, from_newcomer, NULL, &c);
	while (s.now < begin + 2 * NAP_S && !nap_control_answered(control)) {
		struct nap_inet at =
			own ? host(7, (uint16_t)nap_rng_next(&rng)) : host(nap_rng_below(&rng, 1 << 24), 9);

		gap = nap_rng_below(&rng, (uint32_t)(2 * NAP_S / (own ? 1500 : 3000)));
		part = nap_rng_below(&rng, gap + 1);
		s.now += part; /* the newcomer's own come at any time between two others */
		if (s.now >= begin)
			nap_control_advance(control, s.now);
		s.now += gap - part;
		put(&s, &at,
			&(struct nap_record){ .type = NAP_RECORD_HELLO, .association = (uint64_t)s.now | 2 });
		for (; read < s.sent->len; read++) {
			struct nap_record w;

			if (nap_inet_equal(&g_array_index(s.sent, struct sent, read).to.remote, &c.at) &&
				nap_record_read(
					g_array_index(s.sent, struct sent, read).data, NAP_RECORD_SIZE, &w))
				nap_control_input(control, s.now, &w);
		}
	}
	g_assert_true(nap_control_answered(control));
	nap_control_free(control);
	tear_down(&s);
}

/* ---- the prober ------------------------------------------------------------------------------------------------------------ */

static void count_one(void *ctx, const uint8_t *data, size_t n)
{
	(void)data;
	(void)n;
	(*(uint32_t *)ctx)++;
}

/* A server that answers every order "no credit" draws few packets by each, and not for ever. */
static void test_no_credit(void)
{
	uint32_t sent = 0, most = 0, before;
	nap_time now = NAP_H;
	struct nap_control *c = nap_control_new(1, now, count_one, NULL, &sent);
	struct nap_record w = { .type = NAP_RECORD_WELCOME, .association = 1, .seq = 1, .epoch = 1 };

	w.welcome = (struct nap_record_welcome){ .seen = host(1, 1), .port = { 3479 }, .rotate_s = 600 };
	nap_control_advance(c, now);
	nap_control_input(c, now + NAP_MS, &w);
	for (uint32_t i = 0; i < 20; i++)
		nap_control_order(c, now, &(struct nap_record_order){ .flow = i, .act = NAP_RECORD_SEND }, 6);
	before = sent;
	for (int i = 0; i < 20000; i++, now += NAP_MS) {
		uint32_t was = sent;

		w = (struct nap_record){ .type = NAP_RECORD_DONE, .association = 1 };
		w.done.op = 1 + (uint32_t)i % 20;
		w.done.result = NAP_RECORD_NO_CREDIT;
		nap_control_input(c, now, &w);
		most = MAX(most, sent - was);
		nap_control_advance(c, now);
	}
	g_assert_cmpuint(most, <=, 6 + 8);             /* an order's price and what is kept to spare */
	g_assert_cmpuint(sent - before, <, 20000 / 4); /* of so many answers */
	nap_control_free(c);
}

int main(int argc, char **argv)
{
	static const bool yes = true;

	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/threats/share/counts", test_counts);
	g_test_add_func("/threats/share/sessions-of-a-site", test_sessions_of_a_site);
	g_test_add_func("/threats/share/largest-gives-way", test_largest_gives_way);
	g_test_add_func("/threats/share/ninth-run", test_ninth_run);
	g_test_add_func("/threats/share/flows", test_flows);
	g_test_add_func("/threats/share/connections", test_connections);
	g_test_add_func("/threats/share/gone", test_gone);
	g_test_add_func("/threats/unproven/spoofed-records", test_spoofed_records);
	g_test_add_data_func("/threats/unproven/newcomer-among-many", NULL, test_newcomer);
	g_test_add_data_func("/threats/unproven/newcomer-whose-address-is-spoofed", &yes, test_newcomer);
	g_test_add_func("/threats/prober/no-credit", test_no_credit);
	return g_test_run();
}
