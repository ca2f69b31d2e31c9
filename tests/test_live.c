/* SPDX-License-Identifier: BSD-2-Clause */
/* The live path's parts in memory and over loopback: the control flow under loss, a lying server. */
#include <string.h>
#include <unistd.h>

#include <glib.h>

#include "kernel/rng.h"
#include "live/control.h"
#include "live/prober_live.h"
#include "live/reflector.h"
#include "live/sockets.h"
#include "net/packet.h"

/* --- the control flow against a reflector, over a wire that loses, doubles and delays --- */

struct parcel {
	nap_time at;
	bool to_server;
	uint8_t data[NAP_RECORD_SIZE];
};

struct wire {
	struct nap_control *c;
	struct nap_reflector *r;
	struct nap_rng rng;
	double loss;
	nap_time now;
	GArray *parcels; /* struct parcel */
	uint32_t pushes, done, events;
	bool event_seen[1000];
};

static void carry(struct wire *w, bool to_server, const uint8_t *data)
{
	struct parcel p = { .at = w->now + (nap_time)(20 + nap_rng_below(&w->rng, 30)) * NAP_MS,
		.to_server = to_server };

	memcpy(p.data, data, sizeof(p.data));
	if (nap_rng_unit(&w->rng) < w->loss)
		return;
	g_array_append_val(w->parcels, p);
	if (nap_rng_unit(&w->rng) < w->loss) /* and now and then one comes twice */
		g_array_append_val(w->parcels, p);
}

static void client_send(void *ctx, const uint8_t *data, size_t n)
{
	g_assert_cmpuint(n, ==, NAP_RECORD_SIZE);
	carry(ctx, true, data);
}

static void client_done(void *ctx, const struct nap_record_order *order, uint8_t result, nap_time at)
{
	struct wire *w = ctx;

	(void)order;
	g_assert_cmpuint(result, ==, NAP_RECORD_OK);
	g_assert_cmpint(at, <=, w->now);
	w->done++;
}

static bool server_datagram(void *ctx, const struct nap_reflect_path *to, const uint8_t *data, size_t n)
{
	struct wire *w = ctx;

	(void)n;
	if (data[4] == NAP_RECORD_FLOWED)
		w->pushes++;
	else if (to->remote.port == 4000)
		carry(w, false, data);
	return true;
}

static bool no_stream(void *ctx, int32_t conn, const uint8_t *data, size_t n)
{
	(void)ctx;
	(void)conn;
	(void)data;
	(void)n;
	return false;
}

static bool no_finish(void *ctx, int32_t conn)
{
	(void)ctx;
	(void)conn;
	return false;
}

static void no_drop(void *ctx, int32_t conn, bool reset)
{
	(void)ctx;
	(void)conn;
	(void)reset;
}

static void deliver(struct wire *w)
{
	struct nap_reflect_path from = { .remote = { .family = 4, .addr = { 10, 0, 0, 1 }, .port = 4000 },
		.conn = -1 };
	struct nap_record rec;

	for (guint i = 0; i < w->parcels->len;) {
		struct parcel p = g_array_index(w->parcels, struct parcel, i);

		if (p.at > w->now) {
			i++;
			continue;
		}
		g_array_remove_index(w->parcels, i);
		if (p.to_server)
			nap_reflector_datagram(w->r, w->now, &from, p.data, sizeof(p.data));
		else if (nap_record_read(p.data, sizeof(p.data), &rec))
			nap_control_input(w->c, w->now, &rec);
	}
}

static void step(struct wire *w)
{
	struct nap_record_event e;
	nap_time at;

	w->now += 5 * NAP_MS;
	deliver(w);
	nap_control_advance(w->c, w->now);
	while (nap_control_event(w->c, &e, &at)) {
		g_assert_cmpuint(e.tag, <, G_N_ELEMENTS(w->event_seen));
		g_assert_false(w->event_seen[e.tag]);
		w->event_seen[e.tag] = true;
		w->events++;
	}
}

/* A flow's record, never lost: what the test counts are orders and events. */
static void flow_speaks(struct wire *w, uint32_t tag)
{
	struct nap_reflect_path from = { .remote = { .family = 4, .addr = { 10, 0, 0, 1 }, .port = 5000 },
		.conn = -1 };
	struct nap_record rec = { .type = NAP_RECORD_FLOW, .packet = { .flow = 7, .tag = tag } };
	uint8_t buf[NAP_RECORD_SIZE];

	nap_control_stamp(w->c, &rec);
	nap_record_write(&rec, buf);
	nap_reflector_datagram(w->r, w->now, &from, buf, sizeof(buf));
	nap_control_expect(w->c, w->now);
}

static void control_under_loss(gconstpointer share)
{
	static const struct nap_reflector_out out = { server_datagram, no_stream, no_finish, no_drop, NULL };
	static const uint8_t keys[NAP_REFLECTOR_KEYS] = { 3 };
	struct nap_reflector_config config = nap_reflector_defaults;
	struct wire w = {
		.rng = nap_rng_stream(8, 0, 0, NAP_RNG_LOSS), .now = NAP_H, .loss = *(const double *)share
	};
	struct nap_reflector_counts n;
	uint32_t orders = 0, tags = 0;

	config.port[0] = 3479;
	w.parcels = g_array_new(FALSE, FALSE, sizeof(struct parcel));
	w.r = nap_reflector_new(&config, &out, &w, keys, w.now);
	w.c = nap_control_new(77, w.now, client_send, client_done, &w);
	while (!nap_control_welcome(w.c))
		step(&w);
	for (int i = 0; i < 9000; i++) {
		if (i % 12 == 0 && i < 3000)
			flow_speaks(&w, tags++);
		if (i % 10 == 5 && i < 3000) {
			nap_control_order(w.c, w.now,
				&(struct nap_record_order){
					.flow = 7, .act = NAP_RECORD_SEND, .tag = orders },
				1);
			orders++;
		}
		step(&w);
	}
	nap_reflector_counts(w.r, &n);
	g_assert_cmpuint(w.done, ==, orders);
	g_assert_cmpuint(w.pushes, ==, orders);
	g_assert_cmpuint(w.events, ==, tags);
	g_assert_cmpuint(n.sent, <=, n.received);
	nap_control_free(w.c);
	nap_reflector_free(w.r);
	g_array_unref(w.parcels);
}

/* --- a path that reorders --- */

struct mouth {
	uint32_t seq; /* of the last POLL */
};

static void note_poll(void *ctx, const uint8_t *data, size_t n)
{
	struct mouth *m = ctx;
	struct nap_record rec;

	g_assert_true(nap_record_read(data, n, &rec));
	if (rec.type == NAP_RECORD_POLL)
		m->seq = rec.seq;
}

static uint32_t events_handed_out(struct nap_control *c)
{
	struct nap_record_event e;
	nap_time at;
	uint32_t n = 0;

	while (nap_control_event(c, &e, &at))
		n++;
	return n;
}

static void answer(struct nap_control *c, nap_time now, uint8_t type, uint32_t seq, uint32_t newest)
{
	struct nap_record w = { .type = type, .association = 77, .seq = seq };

	if (type == NAP_RECORD_EVENT)
		w.event = (struct nap_record_event){ .number = newest, .newest = newest };
	else if (type == NAP_RECORD_IDLE)
		w.idle.newest = newest;
	else
		w.welcome.rotate_s = 3600;
	nap_control_input(c, now, &w);
}

/* Polls until one has gone out. */
static nap_time poll(struct nap_control *c, struct mouth *m, nap_time now)
{
	for (m->seq = 0; !m->seq; now += NAP_S)
		nap_control_advance(c, now);
	return now;
}

/* An IDLE that an event has overtaken is no restart; one that knows less than its poll told is. */
static void test_late_idle(void)
{
	struct mouth m = { 0 };
	struct nap_control *c = nap_control_new(77, NAP_H, note_poll, NULL, &m);
	nap_time now = NAP_H;

	nap_control_advance(c, now);
	answer(c, now, NAP_RECORD_WELCOME, 1, 0);
	now = poll(c, &m, now);
	answer(c, now, NAP_RECORD_EVENT, 0, 1);
	answer(c, now, NAP_RECORD_IDLE, m.seq, 0);
	answer(c, now, NAP_RECORD_EVENT, 0, 1);
	g_assert_cmpuint(events_handed_out(c), ==, 1);
	now = poll(c, &m, now);
	answer(c, now, NAP_RECORD_IDLE, m.seq, 0);
	answer(c, now, NAP_RECORD_EVENT, 0, 1);
	g_assert_cmpuint(events_handed_out(c), ==, 1);
	nap_control_free(c);
}

/* --- hostile reflector --- */

/* A server that names others' addresses and invents events; it answers whatever comes until told to stop. */
struct liar {
	int fd;
	uint16_t port;
	int stop;
};

static void lie(const struct liar *liar, const struct nap_record *asked, const struct nap_inet *to)
{
	static const struct nap_inet as_bound;
	struct nap_inet victim = { .family = 4, .addr = { 127, 0, 0, 2 }, .port = liar->port };
	struct nap_record w = {
		.type = NAP_RECORD_WELCOME, .association = asked->association, .seq = asked->seq, .epoch = 1
	};
	uint8_t buf[NAP_RECORD_SIZE];

	if (asked->type == NAP_RECORD_HELLO) {
		w.welcome = (struct nap_record_welcome){
			.seen = victim, .other = victim, .rotate_s = 1, .features = 3, .raw_port = liar->port
		};
		w.welcome.port[0] = w.welcome.port[1] = liar->port;
	} else {
		w.type = NAP_RECORD_EVENT;
		w.epoch = 0;
		w.event = (struct nap_record_event){ .number = asked->seq,
			.newest = UINT32_MAX,
			.flow = asked->seq % 7,
			.tag = 1,
			.age_us = UINT64_MAX - asked->seq,
			.what = (uint8_t)(1 + asked->seq % (NAP_RECORD_WHATS - 1)),
			.seen = victim,
			.credit = UINT32_MAX };
	}
	nap_record_write(&w, buf);
	nap_socket_send(liar->fd, &as_bound, to, buf, sizeof(buf), 0);
	for (size_t i = 4; i < sizeof(buf); i += 7)
		buf[i] ^= 0x5a;
	nap_socket_send(liar->fd, &as_bound, to, buf, sizeof(buf), 0);
}

static gpointer liar_main(gpointer data)
{
	struct liar *liar = data;
	uint8_t buf[NAP_RECORD_SIZE + 1];
	struct nap_inet from;
	struct nap_arrival a;
	struct nap_record w;

	while (!g_atomic_int_get(&liar->stop)) {
		ssize_t n = nap_socket_receive(liar->fd, buf, NAP_RECORD_SIZE, &from, &a);

		if (n >= 0 && nap_record_read(buf, (size_t)n, &w))
			lie(liar, &w, &from);
		else if (n < 0)
			g_thread_yield();
	}
	return NULL;
}

/* Whatever it says, the prober sends to nobody else, its times stay possible, and its memory bounded. */
static void test_hostile_reflector(void)
{
	struct nap_inet here = { .family = 4, .addr = { 127, 0, 0, 1 } },
			other = { .family = 4, .addr = { 127, 0, 0, 2 } };
	struct liar liar = { .fd = nap_socket_udp(&here, NULL) };
	struct nap_live_options options = { .server = here };
	struct nap_prober *p;
	GThread *thread;
	struct nap_probe_event ev;
	struct nap_sending what = NAP_SENDING_INIT;
	uint8_t buf[NAP_RECORD_SIZE];
	struct nap_inet from;
	struct nap_arrival a;
	nap_time end;
	int victim;
	nap_flow f;

	g_assert_true(nap_socket_local(liar.fd, &options.server));
	liar.port = other.port = options.server.port;
	victim = nap_socket_udp(&other, NULL);
	g_assert_cmpint(victim, >=, 0);
	thread = g_thread_new("liar", liar_main, &liar);
	p = nap_prober_live_new(&options, NULL);
	g_assert_nonnull(p);
	g_assert_false(p->can & (NAP_CAN_OTHER_ADDRESS | NAP_CAN_HAIRPIN | NAP_CAN_RAW_TCP));
	f = p->ops->open(p, &(struct nap_flow_spec){ .proto = NAP_UDP });
	what.act = NAP_ACT_DATA;
	for (end = p->ops->now(p) + 300 * NAP_MS; p->ops->now(p) < end;) {
		what.place = (uint8_t)((what.place + 1) % NAP_SERVER_PLACES);
		what.tag++;
		p->ops->send(p, f, &what);
		what.from = what.from == NAP_CLIENT ? NAP_SERVER : NAP_CLIENT;
		while (p->ops->wait(p, p->ops->now(p) + 2 * NAP_MS, &ev)) {
			g_assert_cmpuint(ev.flow, ==, f);
			g_assert_cmpint(ev.at, <=, p->ops->now(p));
		}
	}
	g_assert_cmpint(nap_socket_receive(victim, buf, sizeof(buf), &from, &a), ==, -1);
	p->ops->free(p);
	g_atomic_int_set(&liar.stop, 1);
	g_thread_join(thread);
	close(liar.fd);
	close(victim);
}

int main(int argc, char **argv)
{
	static const double shares[] = { 0, 0.05, 0.3 };

	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func("/live/control/no-loss", &shares[0], control_under_loss);
	g_test_add_data_func("/live/control/loss-5-percent", &shares[1], control_under_loss);
	g_test_add_data_func("/live/control/loss-30-percent", &shares[2], control_under_loss);
	g_test_add_func("/live/control/late-idle", test_late_idle);
	g_test_add_func("/live/threats/hostile-reflector", test_hostile_reflector);
	return g_test_run();
}
