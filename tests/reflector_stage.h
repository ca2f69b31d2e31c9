/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests: a reflector in memory with all it sends, and clients that speak to it. */
#ifndef NAP_TESTS_REFLECTOR_STAGE_H
#define NAP_TESTS_REFLECTOR_STAGE_H

#include <string.h>

#include <glib.h>

#include "live/reflector.h"
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
	uint8_t data[NAP_RECORD_SIZE];
};

static inline bool keep_datagram(void *ctx, const struct nap_reflect_path *to, const uint8_t *data, size_t n)
{
	struct stage *s = ctx;
	struct sent one = { .to = *to };

	g_assert_cmpuint(n, ==, NAP_RECORD_SIZE);
	memcpy(one.data, data, n);
	g_array_append_val(s->sent, one);
	return true;
}

static inline bool keep_stream(void *ctx, int32_t conn, const uint8_t *data, size_t n)
{
	struct nap_reflect_path to = { .conn = conn };

	return keep_datagram(ctx, &to, data, n);
}

static inline bool keep_finish(void *ctx, int32_t conn)
{
	(void)ctx;
	(void)conn;
	return true;
}

static inline void keep_drop(void *ctx, int32_t conn, bool reset)
{
	(void)conn;
	(void)reset;
	((struct stage *)ctx)->drops++;
}

static inline bool keep_segment(void *ctx, const struct nap_segment *s)
{
	(void)s;
	((struct stage *)ctx)->segments++;
	return true;
}

static const uint8_t secret[NAP_REFLECTOR_KEYS] = "0123456789abcdef0123456789abcdefsixteen bytes!!";

static inline void set_up(struct stage *s)
{
	static const struct nap_reflector_out out = { keep_datagram, keep_stream, keep_finish, keep_drop,
		keep_segment };

	if (!s->config.port[0]) {
		s->config = nap_reflector_defaults;
		s->config.port[0] = 3479;
		s->config.port[1] = 3480;
		s->config.raw_port = 3481;
		s->config.features = NAP_RECORD_CAN_TCP | NAP_RECORD_CAN_RAW;
	}
	s->now = NAP_H;
	s->sent = g_array_new(FALSE, FALSE, sizeof(struct sent));
	s->r = nap_reflector_new(&s->config, &out, s, secret, s->now);
}

static inline void tear_down(struct stage *s)
{
	nap_reflector_free(s->r);
	g_array_unref(s->sent);
}

static inline struct nap_inet host(uint32_t n, uint16_t port)
{
	return (struct nap_inet){
		.family = 4, .addr = { 10, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n }, .port = port
	};
}

static inline void put(struct stage *s, const struct nap_inet *from, const struct nap_record *w)
{
	struct nap_reflect_path path = { .remote = *from, .conn = -1 };
	uint8_t buf[NAP_RECORD_SIZE];

	nap_record_write(w, buf);
	nap_reflector_datagram(s->r, s->now, &path, buf, sizeof(buf));
}

/* The last record sent, read back. */
static inline struct nap_record last(const struct stage *s)
{
	struct nap_record w;

	g_assert_cmpuint(s->sent->len, >, 0);
	g_assert_true(nap_record_read(
		g_array_index(s->sent, struct sent, s->sent->len - 1).data, NAP_RECORD_SIZE, &w));
	return w;
}

/* A well-behaved client's cookie. */
struct client {
	struct nap_inet at;
	struct nap_record cookie;
	uint32_t seq, op;
};

static inline struct client welcome(struct stage *s, struct nap_inet at, uint64_t association)
{
	struct client c = { .at = at };
	struct nap_record hello = { .type = NAP_RECORD_HELLO, .association = association, .seq = 1 };

	put(s, &at, &hello);
	c.cookie = last(s);
	g_assert_cmpuint(c.cookie.type, ==, NAP_RECORD_WELCOME);
	c.seq = 1;
	return c;
}

static inline struct nap_record signed_record(struct client *c, uint8_t type)
{
	struct nap_record w = {
		.type = type, .association = c->cookie.association, .seq = ++c->seq, .epoch = c->cookie.epoch
	};

	memcpy(w.mac, c->cookie.mac, sizeof(w.mac));
	return w;
}

static inline void say(struct stage *s, struct client *c, uint8_t type)
{
	struct nap_record w = signed_record(c, type);

	put(s, &c->at, &w);
}

static inline struct nap_record flow_record(struct client *c, uint32_t flow)
{
	struct nap_record w = signed_record(c, NAP_RECORD_FLOW);

	w.packet.flow = flow;
	return w;
}

static inline struct nap_record order_record(struct client *c, uint32_t flow, uint8_t act)
{
	struct nap_record w = signed_record(c, NAP_RECORD_ORDER);

	w.order.op = ++c->op;
	w.order.flow = flow;
	w.order.act = act;
	return w;
}

#endif
