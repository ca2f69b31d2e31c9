/* SPDX-License-Identifier: BSD-2-Clause */
/* The threats of the README, one test each or more, played against the reflector in memory. */
#include "live/control.h"
#include "live/reflector.h"

#include <string.h>

#include <glib.h>

#include "kernel/rng.h"
#include "net/packet.h"

/* A reflector and all it sends. */
struct stage {
	struct nap_reflector *r;
	struct nap_reflector_config config;
	nap_time now;
	GArray *sent; /* struct sent */
	uint32_t segments, drops;
};

struct sent {
	struct nap_reflect_path to;
	uint8_t data[NAP_WIRE_SIZE];
};

static bool keep_datagram(void *ctx, const struct nap_reflect_path *to, const uint8_t *data, size_t n)
{
	struct stage *s = ctx;
	struct sent one = { .to = *to };

	g_assert_cmpuint(n, ==, NAP_WIRE_SIZE);
	memcpy(one.data, data, n);
	g_array_append_val(s->sent, one);
	return true;
}

static bool keep_stream(void *ctx, int32_t conn, const uint8_t *data, size_t n)
{
	struct nap_reflect_path to = { .conn = conn };

	return keep_datagram(ctx, &to, data, n);
}

static bool keep_finish(void *ctx, int32_t conn)
{
	(void)ctx;
	(void)conn;
	return true;
}

static void keep_drop(void *ctx, int32_t conn, bool reset)
{
	(void)conn;
	(void)reset;
	((struct stage *)ctx)->drops++;
}

static bool keep_segment(void *ctx, const struct nap_segment *s)
{
	(void)s;
	((struct stage *)ctx)->segments++;
	return true;
}

static const uint8_t secret[NAP_REFLECTOR_KEYS] = "0123456789abcdef0123456789abcdefsixteen bytes!!";

static void set_up(struct stage *s)
{
	static const struct nap_reflector_out out = { keep_datagram, keep_stream, keep_finish, keep_drop,
		keep_segment };

	if (!s->config.port[0]) {
		s->config = nap_reflector_defaults;
		s->config.port[0] = 3479;
		s->config.port[1] = 3480;
		s->config.raw_port = 3481;
		s->config.features = NAP_WIRE_CAN_TCP | NAP_WIRE_CAN_RAW;
	}
	s->now = NAP_H;
	s->sent = g_array_new(FALSE, FALSE, sizeof(struct sent));
	s->r = nap_reflector_new(&s->config, &out, s, secret, s->now);
}

static void tear_down(struct stage *s)
{
	nap_reflector_free(s->r);
	g_array_unref(s->sent);
}

static struct nap_inet host(uint32_t n, uint16_t port)
{
	return (struct nap_inet){
		.family = 4, .addr = { 10, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n }, .port = port
	};
}

static void put(struct stage *s, const struct nap_inet *from, const struct nap_wire *w)
{
	struct nap_reflect_path path = { .remote = *from, .conn = -1 };
	uint8_t buf[NAP_WIRE_SIZE];

	nap_wire_write(w, buf);
	nap_reflector_datagram(s->r, s->now, &path, buf, sizeof(buf));
}

/* The last record sent, read back. */
static struct nap_wire last(const struct stage *s)
{
	struct nap_wire w;

	g_assert_cmpuint(s->sent->len, >, 0);
	g_assert_true(
		nap_wire_read(g_array_index(s->sent, struct sent, s->sent->len - 1).data, NAP_WIRE_SIZE, &w));
	return w;
}

/* A well-behaved client's cookie. */
struct client {
	struct nap_inet at;
	struct nap_wire cookie;
	uint32_t seq, op;
};

static struct client welcome(struct stage *s, struct nap_inet at, uint64_t session)
{
	struct client c = { .at = at };
	struct nap_wire hello = { .type = NAP_WIRE_HELLO, .session = session, .seq = 1 };

	put(s, &at, &hello);
	c.cookie = last(s);
	g_assert_cmpuint(c.cookie.type, ==, NAP_WIRE_WELCOME);
	c.seq = 1;
	return c;
}

static struct nap_wire signed_record(struct client *c, uint8_t type)
{
	struct nap_wire w = {
		.type = type, .session = c->cookie.session, .seq = ++c->seq, .epoch = c->cookie.epoch
	};

	memcpy(w.mac, c->cookie.mac, sizeof(w.mac));
	return w;
}

static void say(struct stage *s, struct client *c, uint8_t type)
{
	struct nap_wire w = signed_record(c, type);

	put(s, &c->at, &w);
}

static struct nap_wire flow_record(struct client *c, uint32_t flow)
{
	struct nap_wire w = signed_record(c, NAP_WIRE_FLOW);

	w.packet.flow = flow;
	return w;
}

static struct nap_wire order_record(struct client *c, uint32_t flow, uint8_t act)
{
	struct nap_wire w = signed_record(c, NAP_WIRE_ORDER);

	w.order.op = ++c->op;
	w.order.flow = flow;
	w.order.act = act;
	return w;
}

/* --- spoofed source --- */

/* Without a cookie, with one of another host, another session, or a made-up one: not a byte goes to the address named. */
static void test_spoofed_source(void)
{
	struct stage s = { 0 };
	struct client mallory;
	struct nap_inet victim = host(1, 53);
	static const uint8_t types[] = { NAP_WIRE_FLOW, NAP_WIRE_ORDER, NAP_WIRE_POLL, NAP_WIRE_CREDIT };
	guint before;

	set_up(&s);
	mallory = welcome(&s, host(2, 4000), 99);
	before = s.sent->len;
	for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
		for (int forgery = 0; forgery < 4; forgery++) {
			struct nap_wire w = signed_record(&mallory, types[i]);

			if (types[i] == NAP_WIRE_ORDER)
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
	for (uint32_t i = 0; i < 1000; i++)
		put(&s, &victim, &(struct nap_wire){ .type = NAP_WIRE_HELLO, .session = i + 1 });
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
	struct nap_wire w;
	struct nap_inet flow_at = host(2, 5000);

	set_up(&s);
	c = welcome(&s, host(2, 4000), 99);
	for (int i = 0; i < 8; i++)
		say(&s, &c, NAP_WIRE_CREDIT);
	w = order_record(&c, 5, NAP_WIRE_SEND);
	put(&s, &c.at, &w);
	g_assert_cmpuint(last(&s).done.result, ==, NAP_WIRE_NO_FLOW);
	w = flow_record(&c, 5);
	put(&s, &flow_at, &w);
	g_array_set_size(s.sent, 0);
	w = order_record(&c, 5, NAP_WIRE_SEND);
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
	struct nap_wire credit, order, flow;
	struct nap_reflector_counts n;
	guint before;

	set_up(&s);
	c = welcome(&s, host(2, 4000), 99);
	flow = flow_record(&c, 5);
	put(&s, &c.at, &flow);
	for (int i = 0; i < 50; i++) {
		credit = signed_record(&c, NAP_WIRE_CREDIT);
		put(&s, &c.at, &credit);
	}
	order = order_record(&c, 5, NAP_WIRE_SEND);
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
	struct nap_wire w;
	guint pushes = 0;

	set_up(&s);
	c = welcome(&s, host(2, 4000), 99);
	w = flow_record(&c, 5);
	put(&s, &c.at, &w);
	for (int i = 0; i < 20; i++)
		say(&s, &c, NAP_WIRE_CREDIT);
	g_array_set_size(s.sent, 0);
	for (int i = 0; i < 5; i++) {
		w = order_record(&c, 5, NAP_WIRE_SEND);
		w.order.op = 1;
		put(&s, &c.at, &w);
	}
	for (guint i = 0; i < s.sent->len; i++)
		pushes += g_array_index(s.sent, struct sent, i).data[4] == NAP_WIRE_FLOWED;
	g_assert_cmpuint(pushes, ==, 1);
	g_assert_cmpuint(s.sent->len, ==, 6);
	tear_down(&s);
}

/* A conversation recorded long ago is no key to a session that the table has forgotten. */
static void test_replay_into_forgotten_session(void)
{
	struct stage s = { 0 };
	struct client c;
	struct nap_wire old;
	guint before;
	struct nap_reflector_counts n;

	set_up(&s);
	c = welcome(&s, host(2, 4000), 99);
	old = signed_record(&c, NAP_WIRE_POLL);
	put(&s, &c.at, &old);
	for (uint8_t i = 0; i < 3; i++) {
		uint8_t key[NAP_COOKIE_KEY] = { i };

		s.now += s.config.rotate;
		nap_reflector_rotate(s.r, s.now, key);
	}
	for (uint32_t i = 0; i < s.config.sessions; i++) { /* push it out */
		struct client other;

		s.now += NAP_S;
		other = welcome(&s, host(100 + i, 4000), 1000 + i);
		say(&s, &other, NAP_WIRE_CREDIT);
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
		say(&s, &c, NAP_WIRE_POLL);
		g_assert_cmpuint(s.sent->len, ==, i == 0 ? 1 : 0);
	}
	tear_down(&s);
}

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
		say(&s, &loud, NAP_WIRE_POLL);
	nap_reflector_counts(s.r, &n);
	g_assert_cmpuint(
		s.sent->len - before, <=, (guint)(s.config.host_rate.burst + s.config.host_rate.per_s + 1));
	g_assert_cmpuint(
		n.limited, >=, polls - (uint64_t)(s.config.host_rate.burst + s.config.host_rate.per_s + 1));
	before = s.sent->len;
	say(&s, &quiet, NAP_WIRE_POLL);
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

		put(&s, &at, &(struct nap_wire){ .type = NAP_WIRE_HELLO, .session = i + 1 });
	}
	g_assert_cmpuint(s.sent->len, <=, (guint)s.config.hello_total.burst);
	s.now += NAP_MIN;
	g_array_set_size(s.sent, 0);
	for (uint32_t i = 0; i < 1000; i++) {
		six.addr[15] = (uint8_t)i;
		six.addr[14] = (uint8_t)(i >> 8);
		put(&s, &six, &(struct nap_wire){ .type = NAP_WIRE_HELLO, .session = i + 1 });
	}
	g_assert_cmpuint(s.sent->len, ==, (guint)s.config.hello_rate.burst);
	tear_down(&s);
}

/* --- memory exhaustion --- */

/* Full tables refuse the newcomer; who was there before is still served. */
static void test_full_tables(void)
{
	struct stage s = { 0 };
	struct client first;
	struct nap_reflector_counts n;
	uint64_t refused;
	struct nap_wire w;

	set_up(&s);
	s.config.sessions = 16;
	s.config.flows = 64;
	s.config.flows_per_session = 8;
	tear_down(&s);
	set_up(&s);
	first = welcome(&s, host(1, 4000), 1);
	say(&s, &first, NAP_WIRE_CREDIT);
	for (uint32_t i = 2; i < 200; i++) {
		struct client c;

		s.now += NAP_S;
		c = welcome(&s, host(i, 4000), i);
		for (uint32_t flow = 0; flow < 20; flow++) {
			w = flow_record(&c, flow);
			put(&s, &c.at, &w);
		}
	}
	nap_reflector_counts(s.r, &n);
	/* 15 newcomers find a session, 7 of them 8 flows each and the rest none; flow 8 of 64 for the eighth */
	g_assert_cmpuint(n.refused, >=, (198 - 15) * 20 + 7 * 12);
	refused = n.refused;
	g_array_set_size(s.sent, 0);
	say(&s, &first, NAP_WIRE_POLL);
	g_assert_cmpuint(last(&s).type, ==, NAP_WIRE_IDLE);
	nap_reflector_counts(s.r, &n);
	g_assert_cmpuint(n.refused, ==, refused);
	tear_down(&s);
}

/* One host cannot take all sessions or connections. */
static void test_share_of_one_host(void)
{
	struct stage s = { 0 };
	struct nap_reflect_path from = { .remote = host(1, 1), .conn = -1 };
	uint32_t sessions = 0, conns = 0;

	set_up(&s);
	for (uint32_t i = 0; i < 100; i++) {
		struct client c;

		s.now += NAP_S;
		c = welcome(&s, host(1, 4000), 500 + i);
		g_array_set_size(s.sent, 0);
		say(&s, &c, NAP_WIRE_POLL);
		sessions += s.sent->len;
	}
	g_assert_cmpuint(sessions, ==, s.config.sessions_per_host);
	for (uint32_t i = 0; i < s.config.conns; i++, s.now += NAP_S)
		conns += nap_reflector_accept(s.r, s.now, &from) >= 0;
	g_assert_cmpuint(conns, ==, s.config.conns_per_host);
	tear_down(&s);
}

/* Events that are not fetched are lost beyond a fixed number, and the client is told how many there were. */
static void test_events_are_bounded(void)
{
	struct stage s = { 0 };
	struct client c;
	struct nap_wire w;

	set_up(&s);
	c = welcome(&s, host(1, 4000), 1);
	for (uint32_t i = 0; i < 3 * NAP_SESSION_EVENTS; i++, s.now += 10 * NAP_MS) {
		w = flow_record(&c, i % 4);
		put(&s, &c.at, &w);
	}
	say(&s, &c, NAP_WIRE_POLL);
	w = last(&s);
	g_assert_cmpuint(w.type, ==, NAP_WIRE_EVENT);
	g_assert_cmpuint(w.event.number, ==, 1);
	g_assert_cmpuint(w.event.newest, ==, NAP_SESSION_EVENTS);
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
		uint8_t buf[3 * NAP_WIRE_SIZE];
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
	uint8_t buf[NAP_WIRE_SIZE];
	int32_t conn;
	struct client c;
	struct nap_wire w;

	set_up(&s);
	c = welcome(&s, host(1, 1), 1);
	g_array_set_size(s.sent, 0);
	w = signed_record(&c, NAP_WIRE_FLOWED);
	put(&s, &c.at, &w);
	g_assert_cmpuint(s.sent->len, ==, 0);
	conn = nap_reflector_accept(s.r, s.now, &from);
	w = signed_record(&c, NAP_WIRE_POLL);
	nap_wire_write(&w, buf);
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
	uint8_t buf[NAP_WIRE_SIZE];
	struct nap_wire w;

	set_up(&s);
	c = welcome(&s, host(1, 4000), 1);
	tcp.remote = c.at;
	conn = nap_reflector_accept(s.r, s.now, &tcp);
	w = flow_record(&c, 9);
	nap_wire_write(&w, buf);
	g_assert_true(nap_reflector_stream(s.r, s.now, conn, buf, sizeof(buf)));
	w = order_record(&c, 8, NAP_WIRE_EXPECT);
	w.order.isn = 1000;
	put(&s, &c.at, &w);
	nap_reflector_frame(s.r, s.now,
		&(struct nap_frame){ .segment = { .src = c.at,
					     .dst = host(77, 3481),
					     .seq = 1000,
					     .flags = NAP_SYN,
					     .window = 0x8001 } });
	for (int i = 0; i < 50000; i++, s.now += 5 * NAP_MS) {
		static const uint8_t types[] = { NAP_WIRE_POLL, NAP_WIRE_ORDER, NAP_WIRE_ORDER,
			NAP_WIRE_ORDER, NAP_WIRE_FLOW, NAP_WIRE_CREDIT };
		uint8_t type = types[nap_rng_below(&rng, G_N_ELEMENTS(types))];
		struct nap_reflector_counts n;

		w = signed_record(&c, type);
		if (type == NAP_WIRE_ORDER) {
			w = order_record(&c,
				nap_rng_below(&rng, 2) ? nap_rng_below(&rng, 6) : 8 + nap_rng_below(&rng, 2),
				(uint8_t)(1 + nap_rng_below(&rng, NAP_WIRE_ACTS - 1)));
			w.order.place = (uint8_t)nap_rng_below(&rng, 4);
			if (w.order.act == NAP_WIRE_FORGET || w.order.act == NAP_WIRE_RESET)
				w.order.act = NAP_WIRE_SEND;
		} else if (type == NAP_WIRE_FLOW) {
			w.packet.flow = nap_rng_below(&rng, 6);
		}
		put(&s, &c.at, &w);
		nap_reflector_counts(s.r, &n);
		/* over TCP the kernel may send NAP_TCP_PRICE copies of a record */
		for (guint k = 0; k < s.sent->len; k++)
			if (g_array_index(s.sent, struct sent, k).to.conn >= 0)
				n.sent += NAP_TCP_PRICE - 1;
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
	uint8_t buf[NAP_WIRE_SIZE];
	struct nap_wire w;
	int32_t conn;
	bool sent = false;
	int credits = 0;

	set_up(&s);
	c = welcome(&s, host(1, 4000), 1);
	tcp.remote = c.at;
	conn = nap_reflector_accept(s.r, s.now, &tcp);
	w = flow_record(&c, 9);
	nap_wire_write(&w, buf);
	nap_reflector_stream(s.r, s.now, conn, buf, sizeof(buf));
	while (!sent) {
		w = order_record(&c, 9, NAP_WIRE_SEND);
		put(&s, &c.at, &w);
		sent = last(&s).done.result == NAP_WIRE_OK;
		if (!sent)
			g_assert_cmpuint(last(&s).done.result, ==, NAP_WIRE_NO_CREDIT);
		say(&s, &c, NAP_WIRE_CREDIT);
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
	struct nap_wire w;
	struct nap_reflector_counts n;
	struct nap_frame ping = { .echo = true,
		.segment = { .src = host(2, 77), .dst = host(99, 77) },
		.n_payload = NAP_WIRE_SIZE };

	set_up(&s);
	c = welcome(&s, host(2, 4000), 99);
	w = flow_record(&c, 5);
	nap_wire_write(&w, ping.payload);
	for (int i = 0; i < 3; i++) /* a replay, too */
		nap_reflector_frame(s.r, s.now, &ping);
	w = order_record(&c, 5, NAP_WIRE_SEND);
	put(&s, &c.at, &w);
	g_assert_cmpuint(last(&s).done.result, ==, NAP_WIRE_NO_CREDIT);
	say(&s, &c, NAP_WIRE_CREDIT);
	g_array_set_size(s.sent, 0);
	w = order_record(&c, 5, NAP_WIRE_SEND);
	put(&s, &c.at, &w);
	g_assert_cmpuint(last(&s).done.result, ==, NAP_WIRE_OK);
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
	g_test_add_func("/threats/spoofed-source", test_spoofed_source);
	g_test_add_func("/threats/spoofed-source/hello", test_spoofed_hello);
	g_test_add_func(
		"/threats/spoofed-source/orders-reach-only-the-heard", test_orders_reach_only_the_heard);
	g_test_add_func("/threats/replay", test_replay);
	g_test_add_func("/threats/replay/order-done-once", test_order_done_once);
	g_test_add_func("/threats/replay/forgotten-session", test_replay_into_forgotten_session);
	g_test_add_func("/threats/replay/cookie-life", test_cookie_life);
	g_test_add_func("/threats/flood/one-host", test_flood_from_one_host);
	g_test_add_func("/threats/flood/many-hosts", test_flood_from_many_hosts);
	g_test_add_func("/threats/memory/full-tables", test_full_tables);
	g_test_add_func("/threats/memory/share-of-one-host", test_share_of_one_host);
	g_test_add_func("/threats/memory/events", test_events_are_bounded);
	g_test_add_func("/threats/malformed", test_malformed);
	g_test_add_func("/threats/malformed/wrong-record", test_wrong_record);
	g_test_add_func("/threats/amplification", test_never_more_than_received);
	g_test_add_func("/threats/amplification/tcp", test_tcp_price);
	g_test_add_func("/threats/amplification/echo", test_echo_pays_nothing);
	return g_test_run();
}
