/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Probe messages at both ends: bytes are read as steps of a conversation between a client's control flow and the reflector, in which
 * records are made, changed, lost, repeated and invented, time passes, and connections come and go. Nothing may crash, nothing may be sent
 * that was not paid for, and no event comes from the future.
 */
#include "fuzz/fuzz.h"

#include "live/control.h"
#include "live/reflector.h"

struct talk {
	struct nap_reflector *r;
	struct nap_control *c;
	nap_time now;
	const uint8_t *at, *end;                            /* steps */
	uint8_t up[NAP_RECORD_SIZE], down[NAP_RECORD_SIZE]; /* the last of each way */
	uint64_t copies;                                    /* that a kernel may send of TCP segments */
	bool lose;
};

static uint8_t take(struct talk *t)
{
	return t->at < t->end ? *t->at++ : 0;
}

static struct nap_reflect_path client_path(uint8_t n)
{
	return (struct nap_reflect_path){
		.remote = { .family = 4, .addr = { 10, 0, 0, n & 3 }, .port = (uint16_t)(4000 + (n >> 4)) },
		.conn = -1,
		.port = n >> 2 & 1
	};
}

static bool out_datagram(void *ctx, const struct nap_reflect_path *to, const uint8_t *data, size_t n)
{
	(void)to;
	g_assert_cmpuint(n, ==, NAP_RECORD_SIZE);
	memcpy(((struct talk *)ctx)->down, data, n);
	return true;
}

static bool out_stream(void *ctx, int32_t conn, const uint8_t *data, size_t n)
{
	(void)conn;
	((struct talk *)ctx)->copies += NAP_TCP_PRICE - 1;
	return out_datagram(ctx, NULL, data, n);
}

static bool out_finish(void *ctx, int32_t conn)
{
	(void)ctx;
	(void)conn;
	return true;
}

static void out_drop(void *ctx, int32_t conn, bool reset)
{
	(void)ctx;
	(void)conn;
	(void)reset;
}

static bool out_segment(void *ctx, const struct nap_segment *s)
{
	(void)ctx;
	(void)s;
	return true;
}

static void sent(void *ctx, const uint8_t *data, size_t n)
{
	struct talk *t = ctx;
	struct nap_reflect_path path = client_path(0);

	memcpy(t->up, data, n);
	if (!t->lose)
		nap_reflector_datagram(t->r, t->now, &path, data, n);
}

/* A byte of a record changed, or a few: where and how the steps say. */
static void change(struct talk *t, uint8_t *record)
{
	for (uint8_t n = take(t) & 3; n > 0; n--) {
		uint8_t where = take(t);

		record[where % NAP_RECORD_SIZE] = take(t);
	}
}

static void client_gets(struct talk *t)
{
	struct nap_record_event e;
	struct nap_record w;
	nap_time at;

	if (nap_record_read(t->down, sizeof t->down, &w))
		nap_control_input(t->c, t->now, &w);
	while (nap_control_event(t->c, &e, &at))
		g_assert_cmpint(at, <=, t->now);
}

/* A record that the client stamps, of any type, with what the steps say in it. */
static void client_says(struct talk *t)
{
	static const uint8_t types[] = { NAP_RECORD_FLOW, NAP_RECORD_ORDER, NAP_RECORD_POLL,
		NAP_RECORD_CREDIT };
	struct nap_record w = { .type = types[take(t) & 3] };
	struct nap_reflect_path path = client_path((uint8_t)(take(t) & 0xfc));

	if (w.type == NAP_RECORD_FLOW) {
		w.packet.flow = take(t) & 7;
	} else if (w.type == NAP_RECORD_ORDER) {
		w.order.op = take(t);
		w.order.flow = take(t) & 7;
		w.order.act = (uint8_t)(1 + take(t) % (NAP_RECORD_ACTS - 1));
		w.order.place = take(t) & 3;
		w.order.isn = take(t);
	}
	nap_control_stamp(t->c, &w);
	nap_record_write(&w, t->up);
	nap_reflector_datagram(t->r, t->now, &path, t->up, sizeof t->up);
}

static void stream(struct talk *t)
{
	struct nap_reflect_path path = client_path(take(t));
	int32_t conn = nap_reflector_accept(t->r, t->now, &path);
	size_t n = MIN(take(t), sizeof t->up);

	if (conn >= 0 && nap_reflector_stream(t->r, t->now, conn, t->up, n) && take(t) & 1)
		nap_reflector_ended(t->r, t->now, conn, NAP_RECORD_GOT_FIN + take(t) % 2);
}

static void segment(struct talk *t)
{
	struct nap_frame f = { .segment = { .src = client_path(take(t)).remote,
				       .dst = { .family = 4, .addr = { 192, 0, 2, 1 }, .port = 3481 },
				       .seq = take(t),
				       .ack = take(t),
				       .flags = take(t),
				       .window = take(t) } };

	f.icmp = take(t) & 1;
	f.offender = client_path(take(t)).remote;
	nap_reflector_frame(t->r, t->now, &f);
}

static void step(struct talk *t)
{
	struct nap_reflect_path path;

	switch (take(t) % 10) {
	case 0:
		t->now += (nap_time)take(t) * take(t) * 10 * NAP_MS;
		break;
	case 1:
		nap_control_advance(t->c, t->now);
		break;
	case 2:
		client_gets(t);
		break;
	case 3:
		client_says(t);
		break;
	case 4:
		change(t, t->up);
		path = client_path(take(t));
		nap_reflector_datagram(
			t->r, t->now, &path, t->up, take(t) ? sizeof t->up : take(t) % sizeof t->up);
		break;
	case 5:
		change(t, t->down);
		client_gets(t);
		break;
	case 6:
		stream(t);
		break;
	case 7:
		segment(t);
		break;
	case 8:
		nap_control_order(t->c, t->now,
			&(struct nap_record_order){
				.flow = take(t) & 7, .act = (uint8_t)(1 + take(t) % (NAP_RECORD_ACTS - 1)) },
			1 + (take(t) & 7));
		break;
	default:
		t->lose = take(t) & 1;
		if (take(t) & 1)
			nap_reflector_tick(t->r, t->now);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct nap_reflector_out out = { out_datagram, out_stream, out_finish, out_drop,
		out_segment };
	static const uint8_t keys[NAP_REFLECTOR_KEYS] = { 1 };
	struct nap_reflector_config config = nap_reflector_defaults;
	struct talk t = { .now = NAP_H, .at = data, .end = data + size };
	struct nap_reflector_counts n;
	uint8_t key[NAP_COOKIE_KEY] = { 0 };

	config.port[0] = 3479;
	config.port[1] = 3480;
	config.raw_port = 3481;
	config.associations = 4;
	config.flows = 8;
	config.conns = 4;
	config.slots = 16;
	t.r = nap_reflector_new(&config, &out, &t, keys, t.now);
	t.c = nap_control_new(42, t.now, sent, NULL, &t);
	nap_control_advance(t.c, t.now);
	client_gets(&t);
	for (int i = 0; i < 500 && t.at < t.end; i++) {
		step(&t);
		if (t.now >= nap_reflector_deadline(t.r)) {
			key[0]++;
			nap_reflector_rotate(t.r, t.now, key);
		}
		nap_reflector_counts(t.r, &n);
		g_assert_cmpuint(n.bytes_sent, <=, n.bytes_received);
		g_assert_cmpuint(n.sent + t.copies, <=, n.received + t.copies);
	}
	nap_control_free(t.c);
	nap_reflector_free(t.r);
	return 0;
}

static const char *const corpus[] = { "\x03\x01\x02\x01\x03", "\x08\x01\x01\x06\x01\x02\x03\x02\x01",
	"\x06\x01\x80\x01\x07\x01\x02\x03\x04" };

int main(void)
{
	return fuzz_run(corpus, G_N_ELEMENTS(corpus), NULL, 0);
}
