/* SPDX-License-Identifier: BSD-2-Clause */
/* Threats of docs/live.md, played against the reflector in memory: how much comes and what it costs. Floods, full tables, malformed
 * records, amplification. */
#include "reflector_stage.h"

#include "kernel/rng.h"

/* --- flood --- */

/* One host's flood is cut to its rate, and another host notices nothing. */
static void test_flood_from_one_host(void)
{
	struct stage s = { 0 };
	struct client loud, quiet;
	struct nap_reflector_counts n;
	uint64_t polls = 0;
	guint before;

	set_up(&s);
	loud = welcome(&s, host(2, 4000), 99);
	quiet = welcome(&s, host(3, 4000), 98);
	before = s.sent->len;
	for (; polls < 100000; polls++, s.now += NAP_MS / 100) /* 100 000 in a second */
		say(&s, &loud, NAP_RECORD_POLL);
	nap_reflector_counts(s.r, &n);
	g_assert_cmpuint(
		s.sent->len - before, <=, (guint)(s.config.host_rate.burst + s.config.host_rate.per_s + 1));
	g_assert_cmpuint(
		n.limited, >=, polls - (uint64_t)(s.config.host_rate.burst + s.config.host_rate.per_s + 1));
	before = s.sent->len;
	say(&s, &quiet, NAP_RECORD_POLL);
	g_assert_cmpuint(s.sent->len, ==, before + 1);
	tear_down(&s);
}

/* A flood from ever new hosts is cut to the total rate; IPv6 hosts of one /64 count as one. */
static void test_flood_from_many_hosts(void)
{
	struct stage s = { 0 };
	struct nap_inet six = { .family = 6, .addr = { 0x20, 1 }, .port = 1 };

	set_up(&s);
	for (uint32_t i = 0; i < 100000; i++) {
		struct nap_inet at = host(i, 4000);

		put(&s, &at, &(struct nap_record){ .type = NAP_RECORD_HELLO, .association = i + 1 });
	}
	g_assert_cmpuint(s.sent->len, <=, (guint)s.config.hello_total.burst);
	s.now += NAP_MIN;
	g_array_set_size(s.sent, 0);
	for (uint32_t i = 0; i < 3000; i++) {
		six.addr[15] = (uint8_t)i;
		six.addr[14] = (uint8_t)(i >> 8);
		put(&s, &six, &(struct nap_record){ .type = NAP_RECORD_HELLO, .association = i + 1 });
	}
	g_assert_cmpuint(s.sent->len, ==, (guint)s.config.hello_rate.burst);
	tear_down(&s);
}

/* --- memory exhaustion --- */

/* Full tables of clients that have no more than one place each refuse the newcomer; who was there before is still served. */
static void test_full_tables(void)
{
	struct stage s = { 0 };
	struct client first, c;
	struct nap_reflector_counts n;
	uint64_t refused;
	struct nap_record w;

	set_up(&s);
	s.config.associations = 16;
	s.config.flows = 64;
	s.config.flows_per_association = 8;
	tear_down(&s);
	set_up(&s);
	first = welcome(&s, host(1, 4000), 1);
	say(&s, &first, NAP_RECORD_CREDIT);
	for (uint32_t i = 2; i < 200; i++) {
		s.now += 10 * NAP_MS;
		c = welcome(&s, host(i, 4000), i);
		for (uint32_t flow = 0; flow < 20; flow++) {
			w = flow_record(&c, flow);
			put(&s, &c.at, &w);
		}
	}
	nap_reflector_counts(s.r, &n);
	/* 15 newcomers find a association, each at most 8 flows */
	g_assert_cmpuint(n.refused, >=, (198 - 15) * 20 + 15 * 12);
	say(&s, &c, NAP_RECORD_POLL);
	g_assert_cmpuint(last(&s).type, ==, NAP_RECORD_REFUSED);
	g_assert_cmpuint(last(&s).refusal, ==, NAP_RECORD_FULL);
	nap_reflector_counts(s.r, &n);
	refused = n.refused;
	g_array_set_size(s.sent, 0);
	say(&s, &first, NAP_RECORD_POLL);
	g_assert_cmpuint(last(&s).type, ==, NAP_RECORD_IDLE);
	nap_reflector_counts(s.r, &n);
	g_assert_cmpuint(n.refused, ==, refused);
	tear_down(&s);
}

/* One host cannot take all associations or connections. */
static void test_share_of_one_host(void)
{
	struct stage s = { 0 };
	struct nap_reflect_path from = { .remote = host(1, 1), .conn = -1 };
	uint32_t associations = 0, conns = 0;

	set_up(&s);
	for (uint32_t i = 0; i < 100; i++) {
		struct client c;

		s.now += NAP_S / 10;
		c = welcome(&s, host(1, 4000), 500 + i);
		say(&s, &c, NAP_RECORD_POLL);
		associations += last(&s).type == NAP_RECORD_IDLE;
	}
	g_assert_cmpuint(associations, ==, s.config.association_share[NAP_SHARE_HOST]);
	for (uint32_t i = 0; i < s.config.conns; i++, s.now += NAP_S)
		conns += nap_reflector_accept(s.r, s.now, &from) >= 0;
	g_assert_cmpuint(conns, ==, s.config.conn_share[NAP_SHARE_HOST]);
	tear_down(&s);
}

/* Who has one address of an IPv6 /64 has all of them: they share, as they do the rate. */
static void test_share_of_one_site(void)
{
	struct stage s = { 0 };
	struct nap_reflect_path from = {
		.remote = { .family = 6, .addr = { 0x20, 1, 0xd, 0xb8 }, .port = 4000 }, .conn = -1
	};
	uint32_t associations = 0, conns = 0;

	set_up(&s);
	for (uint32_t i = 0; i < 100; i++, s.now += NAP_S / 10) {
		struct client c;

		from.remote.addr[15] = (uint8_t)i;
		c = welcome(&s, from.remote, 500 + i);
		say(&s, &c, NAP_RECORD_POLL);
		associations += last(&s).type == NAP_RECORD_IDLE;
	}
	g_assert_cmpuint(associations, ==, s.config.association_share[NAP_SHARE_HOST]);
	for (uint32_t i = 0; i < s.config.conns; i++, s.now += NAP_S) {
		from.remote.addr[14] = (uint8_t)(i >> 8);
		from.remote.addr[15] = (uint8_t)i;
		conns += nap_reflector_accept(s.r, s.now, &from) >= 0;
	}
	g_assert_cmpuint(conns, ==, s.config.conn_share[NAP_SHARE_HOST]);
	from.remote.addr[6] = 1; /* a neighbour's /56 is another's */
	g_assert_cmpint(nap_reflector_accept(s.r, s.now, &from), >=, 0);
	tear_down(&s);
}

/* What arrived while a turn was under way is stamped later than the turn began: it is new, not older than anything. */
static void test_age_is_never_negative(void)
{
	struct stage s = { 0 };
	struct client c;
	struct nap_record w;
	struct nap_reflect_path path = { .conn = -1 };
	uint8_t buf[NAP_RECORD_SIZE];

	set_up(&s);
	c = welcome(&s, host(1, 4000), 1);
	w = flow_record(&c, 7);
	nap_record_write(&w, buf);
	path.remote = c.at;
	path.arrived = s.now + 5 * NAP_MS;
	nap_reflector_datagram(s.r, s.now, &path, buf, sizeof(buf));
	say(&s, &c, NAP_RECORD_POLL);
	w = last(&s);
	g_assert_cmpuint(w.type, ==, NAP_RECORD_EVENT);
	g_assert_cmpuint(w.event.age_us, ==, 0);
	tear_down(&s);
}

/* Events that are not fetched are lost beyond a fixed number, and the client is told how many there were. */
static void test_events_are_bounded(void)
{
	struct stage s = { 0 };
	struct client c;
	struct nap_record w;

	set_up(&s);
	c = welcome(&s, host(1, 4000), 1);
	for (uint32_t i = 0; i < 3 * NAP_ASSOCIATION_EVENTS; i++, s.now += 10 * NAP_MS) {
		w = flow_record(&c, i % 4);
		put(&s, &c.at, &w);
	}
	say(&s, &c, NAP_RECORD_POLL);
	w = last(&s);
	g_assert_cmpuint(w.type, ==, NAP_RECORD_EVENT);
	g_assert_cmpuint(w.event.number, ==, 1);
	g_assert_cmpuint(w.event.newest, ==, NAP_ASSOCIATION_EVENTS);
	tear_down(&s);
}

/* --- malformed packets --- */

static void test_malformed(void)
{
	struct stage s = { 0 };
	struct nap_rng rng = nap_rng_stream(11, 0, 0, NAP_RNG_SEARCH);
	struct nap_reflect_path from = { .remote = host(1, 1), .conn = -1 };
	struct nap_reflector_counts n;

	set_up(&s);
	for (uint32_t i = 0; i < 20000; i++) {
		uint8_t buf[3 * NAP_RECORD_SIZE];
		size_t len = nap_rng_below(&rng, sizeof(buf));

		for (size_t k = 0; k < len; k++)
			buf[k] = (uint8_t)nap_rng_next(&rng);
		nap_reflector_datagram(s.r, s.now, &from, buf, len);
	}
	nap_reflector_counts(s.r, &n);
	g_assert_cmpuint(n.malformed, ==, 20000);
	g_assert_cmpuint(s.sent->len, ==, 0);
	tear_down(&s);
}

/* Records meant for clients are no requests; over TCP anything but a flow's own record ends the connection. */
static void test_wrong_record(void)
{
	struct stage s = { 0 };
	struct nap_reflect_path from = { .remote = host(1, 1), .conn = -1 };
	uint8_t buf[NAP_RECORD_SIZE];
	int32_t conn;
	struct client c;
	struct nap_record w;

	set_up(&s);
	c = welcome(&s, host(1, 1), 1);
	g_array_set_size(s.sent, 0);
	w = signed_record(&c, NAP_RECORD_FLOWED);
	put(&s, &c.at, &w);
	g_assert_cmpuint(s.sent->len, ==, 0);
	conn = nap_reflector_accept(s.r, s.now, &from);
	w = signed_record(&c, NAP_RECORD_POLL);
	nap_record_write(&w, buf);
	g_assert_true(nap_reflector_stream(s.r, s.now, conn, buf, 100));
	g_assert_false(nap_reflector_stream(s.r, s.now, conn, buf + 100, sizeof(buf) - 100));
	g_assert_cmpuint(s.sent->len, ==, 0);
	tear_down(&s);
}

/* --- amplification --- */

/* Whatever a proven client does, nothing is sent that was not received before, packet for packet and byte for byte. */
static void test_never_more_than_received(void)
{
	struct stage s = { 0 };
	struct nap_rng rng = nap_rng_stream(5, 0, 0, NAP_RNG_SEARCH);
	struct client c;
	struct nap_reflect_path tcp = { .conn = -1 };
	int32_t conn;
	uint8_t buf[NAP_RECORD_SIZE];
	struct nap_record w;
	uint64_t copies = 0;
	guint seen = 0;

	set_up(&s);
	c = welcome(&s, host(1, 4000), 1);
	tcp.remote = c.at;
	conn = nap_reflector_accept(s.r, s.now, &tcp);
	w = flow_record(&c, 9);
	nap_record_write(&w, buf);
	g_assert_true(nap_reflector_stream(s.r, s.now, conn, buf, sizeof(buf)));
	w = order_record(&c, 8, NAP_RECORD_EXPECT);
	w.order.isn = 1000;
	put(&s, &c.at, &w);
	nap_reflector_frame(s.r, s.now,
		&(struct nap_frame){ .segment = { .src = c.at,
					     .dst = host(77, 3481),
					     .seq = 1000,
					     .flags = NAP_SYN,
					     .window = 0x8001 } });
	for (uint32_t i = 0; i < 50000; i++, s.now += 5 * NAP_MS) {
		static const uint8_t types[] = { NAP_RECORD_POLL, NAP_RECORD_ORDER, NAP_RECORD_ORDER,
			NAP_RECORD_ORDER, NAP_RECORD_FLOW, NAP_RECORD_CREDIT };
		uint8_t type = types[nap_rng_below(&rng, G_N_ELEMENTS(types))];
		struct nap_reflector_counts n;

		w = signed_record(&c, type);
		if (type == NAP_RECORD_ORDER) {
			w = order_record(&c,
				nap_rng_below(&rng, 2) ? nap_rng_below(&rng, 6) : 8 + nap_rng_below(&rng, 2),
				(uint8_t)(1 + nap_rng_below(&rng, NAP_RECORD_ACTS - 1)));
			w.order.place = (uint8_t)nap_rng_below(&rng, 4);
			if (w.order.act == NAP_RECORD_FORGET || w.order.act == NAP_RECORD_RESET ||
				w.order.act == NAP_RECORD_END)
				w.order.act = NAP_RECORD_SEND;
		} else if (type == NAP_RECORD_FLOW) {
			w.packet.flow = nap_rng_below(&rng, 6);
		}
		put(&s, &c.at, &w);
		nap_reflector_counts(s.r, &n);
		/* over TCP the kernel may send NAP_TCP_PRICE copies of a record */
		for (; seen < s.sent->len; seen++)
			if (g_array_index(s.sent, struct sent, seen).to.conn >= 0)
				copies += NAP_TCP_PRICE - 1;
		n.sent += copies;
		g_assert_cmpuint(n.sent, <=, n.received);
		g_assert_cmpuint(n.bytes_sent, <=, n.bytes_received);
		g_assert_cmpuint(s.sent->len + s.segments, <=, n.sent);
	}
	g_assert_cmpuint(s.segments, >, 100);
	tear_down(&s);
}

/* Orders over TCP cost what the kernel may repeat: a client that paid for one datagram gets none. */
static void test_tcp_price(void)
{
	struct stage s = { 0 };
	struct client c;
	struct nap_reflect_path tcp = { .conn = -1 };
	uint8_t buf[NAP_RECORD_SIZE];
	struct nap_record w;
	int32_t conn;
	bool sent = false;
	int credits = 0;

	set_up(&s);
	c = welcome(&s, host(1, 4000), 1);
	tcp.remote = c.at;
	conn = nap_reflector_accept(s.r, s.now, &tcp);
	w = flow_record(&c, 9);
	nap_record_write(&w, buf);
	nap_reflector_stream(s.r, s.now, conn, buf, sizeof(buf));
	while (!sent) {
		w = order_record(&c, 9, NAP_RECORD_SEND);
		put(&s, &c.at, &w);
		sent = last(&s).done.result == NAP_RECORD_OK;
		if (!sent)
			g_assert_cmpuint(last(&s).done.result, ==, NAP_RECORD_NO_CREDIT);
		say(&s, &c, NAP_RECORD_CREDIT);
		credits++;
	}
	g_assert_cmpint(credits, ==, NAP_TCP_PRICE);
	tear_down(&s);
}

/* The kernel answers an echo request by itself: it pays for nothing more, and a push goes back to its sender alone. */
static void test_echo_pays_nothing(void)
{
	struct stage s = { 0 };
	struct client c;
	struct nap_record w;
	struct nap_reflector_counts n;
	struct nap_frame ping = { .echo = true,
		.segment = { .src = host(2, 77), .dst = host(99, 77) },
		.n_payload = NAP_RECORD_SIZE };

	set_up(&s);
	c = welcome(&s, host(2, 4000), 99);
	w = flow_record(&c, 5);
	nap_record_write(&w, ping.payload);
	for (int i = 0; i < 3; i++) /* a replay, too */
		nap_reflector_frame(s.r, s.now, &ping);
	w = order_record(&c, 5, NAP_RECORD_SEND);
	put(&s, &c.at, &w);
	g_assert_cmpuint(last(&s).done.result, ==, NAP_RECORD_NO_CREDIT);
	say(&s, &c, NAP_RECORD_CREDIT);
	g_array_set_size(s.sent, 0);
	w = order_record(&c, 5, NAP_RECORD_SEND);
	put(&s, &c.at, &w);
	g_assert_cmpuint(last(&s).done.result, ==, NAP_RECORD_OK);
	g_assert_true(g_array_index(s.sent, struct sent, 0).to.echo);
	g_assert_true(nap_inet_equal(&g_array_index(s.sent, struct sent, 0).to.remote, &ping.segment.src));
	ping.n_payload = 56; /* somebody's ordinary ping */
	nap_reflector_frame(s.r, s.now, &ping);
	nap_reflector_counts(s.r, &n);
	g_assert_cmpuint(n.sent, <=, n.received);
	g_assert_cmpuint(n.malformed, ==, 0);
	tear_down(&s);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/threats/flood/one-host", test_flood_from_one_host);
	g_test_add_func("/threats/flood/many-hosts", test_flood_from_many_hosts);
	g_test_add_func("/threats/memory/full-tables", test_full_tables);
	g_test_add_func("/threats/memory/share-of-one-host", test_share_of_one_host);
	g_test_add_func("/threats/memory/share-of-one-site", test_share_of_one_site);
	g_test_add_func("/threats/events/age", test_age_is_never_negative);
	g_test_add_func("/threats/memory/events", test_events_are_bounded);
	g_test_add_func("/threats/malformed", test_malformed);
	g_test_add_func("/threats/malformed/wrong-record", test_wrong_record);
	g_test_add_func("/threats/amplification", test_never_more_than_received);
	g_test_add_func("/threats/amplification/tcp", test_tcp_price);
	g_test_add_func("/threats/amplification/echo", test_echo_pays_nothing);
	return g_test_run();
}
