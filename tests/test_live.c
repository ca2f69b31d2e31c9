/* SPDX-License-Identifier: BSD-2-Clause */
/* The live path's parts in memory and over loopback: control flow under loss, STUN, frames, state files, a lying server. */
#include <string.h>
#include <unistd.h>

#include <glib.h>
#include <glib/gstdio.h>
#include <pcap/dlt.h>

#include "kernel/rng.h"
#include "live/control.h"
#include "live/frame.h"
#include "live/prober_live.h"
#include "live/reflector.h"
#include "live/sockets.h"
#include "live/state.h"
#include "live/stun.h"
#include "net/packet.h"

/* --- the control flow against a reflector, over a wire that loses, doubles and delays --- */

struct parcel {
	nap_time at;
	bool to_server;
	uint8_t data[NAP_WIRE_SIZE];
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
	g_assert_cmpuint(n, ==, NAP_WIRE_SIZE);
	carry(ctx, true, data);
}

static void client_done(void *ctx, const struct nap_wire_order *order, uint8_t result, nap_time at)
{
	struct wire *w = ctx;

	(void)order;
	g_assert_cmpuint(result, ==, NAP_WIRE_OK);
	g_assert_cmpint(at, <=, w->now);
	w->done++;
}

static bool server_datagram(void *ctx, const struct nap_reflect_path *to, const uint8_t *data, size_t n)
{
	struct wire *w = ctx;

	(void)n;
	if (data[4] == NAP_WIRE_FLOWED)
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
	struct nap_wire rec;

	for (guint i = 0; i < w->parcels->len;) {
		struct parcel p = g_array_index(w->parcels, struct parcel, i);

		if (p.at > w->now) {
			i++;
			continue;
		}
		g_array_remove_index(w->parcels, i);
		if (p.to_server)
			nap_reflector_datagram(w->r, w->now, &from, p.data, sizeof(p.data));
		else if (nap_wire_read(p.data, sizeof(p.data), &rec))
			nap_control_input(w->c, w->now, &rec);
	}
}

static void step(struct wire *w)
{
	struct nap_wire_event e;
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
	struct nap_wire rec = { .type = NAP_WIRE_FLOW, .packet = { .flow = 7, .tag = tag } };
	uint8_t buf[NAP_WIRE_SIZE];

	nap_control_stamp(w->c, &rec);
	nap_wire_write(&rec, buf);
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
				&(struct nap_wire_order){ .flow = 7, .act = NAP_WIRE_SEND, .tag = orders },
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

/* --- STUN --- */

/* RFC 5769 2.2: the sample IPv4 response. */
static const uint8_t rfc5769_response[] = { 0x01, 0x01, 0x00, 0x3c, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7,
	0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae, 0x80, 0x22, 0x00, 0x0b, 0x74, 0x65, 0x73, 0x74,
	0x20, 0x76, 0x65, 0x63, 0x74, 0x6f, 0x72, 0x20, 0x00, 0x20, 0x00, 0x08, 0x00, 0x01, 0xa1, 0x47, 0xe1,
	0x12, 0xa6, 0x43, 0x00, 0x08, 0x00, 0x14, 0x2b, 0x91, 0xf5, 0x99, 0xfd, 0x9e, 0x90, 0xc3, 0x8c, 0x74,
	0x89, 0xf9, 0x2a, 0xf9, 0xba, 0x53, 0xf0, 0x6b, 0xe7, 0xd7, 0x80, 0x28, 0x00, 0x04, 0xc0, 0x7d, 0x4c,
	0x96 };

static void test_stun(void)
{
	struct nap_stun m = { .klass = NAP_STUN_REQUEST,
		.id = { 1, 2, 3 },
		.change = 6,
		.response_port = 4321 },
			back;
	struct nap_inet want = { .family = 4, .addr = { 192, 0, 2, 1 }, .port = 32853 };
	uint8_t buf[NAP_STUN_MAX];
	size_t n;

	g_assert_true(nap_stun_read(rfc5769_response, sizeof(rfc5769_response), &back));
	g_assert_cmpuint(back.klass, ==, NAP_STUN_SUCCESS);
	g_assert_true(nap_inet_equal(&back.mapped, &want));
	for (size_t cut = 0; cut < sizeof(rfc5769_response); cut++)
		g_assert_false(nap_stun_read(rfc5769_response, cut, &back));
	n = nap_stun_write(&m, buf);
	g_assert_true(nap_stun_read(buf, n, &back));
	g_assert_cmpuint(back.change, ==, 6);
	g_assert_cmpuint(back.response_port, ==, 4321);
	g_assert_true(memcmp(back.id, m.id, sizeof(m.id)) == 0);
}

/* --- frames: one case a row: bytes cut off, a byte changed, is it still taken? --- */

static const uint8_t syn_frame[] = { 0x45, 0, 0, 40, 0, 0, 0x40, 0, 60, 6, 0, 0, 10, 0, 0, 1, 192, 0, 2,
	1, /* IPv4 */
	0x0d, 0x80, 0xc0, 0x01, 0, 0, 0, 9, 0, 0, 0, 0, 0x50, 2, 0x80, 5, 0, 0, 0, 0 };

static void test_frame(void)
{
	static const struct {
		size_t cut, at;
		uint8_t value;
		bool taken;
	} rows[] = {
		{ 0, 0, 0x45, true },
		{ 1, 0, 0x45, false },
		{ 20, 0, 0x45, false },
		{ 39, 0, 0x45, false },
		{ 0, 0, 0x44, false },
		{ 0, 0, 0x4f, false },
		{ 0, 0, 0x65, false },
		{ 0, 3, 39, false },
		{ 0, 3, 19, false },
		{ 0, 7, 1, false },
		{ 0, 9, 17, false },
		{ 0, 32, 0x40, false },
		{ 0, 32, 0x60, false },
		{ 0, 3, 44, true },
	};
	struct nap_frame f;

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		uint8_t *exact = g_memdup2(syn_frame, sizeof(syn_frame));
		size_t n = sizeof(syn_frame) - rows[i].cut;
		uint8_t *copy = (exact[rows[i].at] = rows[i].value, g_memdup2(exact, n));

		if (nap_frame_read(DLT_RAW, copy, n, &f) != rows[i].taken)
			g_error("row %zu", i);
		g_free(copy);
		g_free(exact);
	}
	g_assert_true(nap_frame_read(DLT_RAW, syn_frame, sizeof(syn_frame), &f));
	g_assert_cmpuint(f.segment.seq, ==, 9);
	g_assert_cmpuint(f.segment.dst.port, ==, 0xc001);
	g_assert_cmpuint(f.segment.flags, ==, NAP_SYN);
	g_assert_cmpuint(nap_segment_mark(f.segment.window), ==, 5);
}

/* Echo requests of either family bear their identifier as port; replies, and the other family's numbers, are no requests. */
static void test_echo_frames(void)
{
	static const uint8_t ping4[] = { 0x45, 0, 0, 30, 0, 1, 0, 0, 63, 1, 0, 0, 10, 0, 0, 1, 10, 0, 0,
		2, /* IPv4 */
		8, 0, 0, 0, 0x12, 0x34, 0, 1, 'h', 'i' };
	uint8_t ping6[40 + 10] = { 0x60, [5] = 10, [6] = 58, [7] = 62, [8] = 0xfd, [23] = 1, [24] = 0xfd,
		[39] = 2, [40] = 128, [44] = 0x12, [45] = 0x34, [47] = 1, [48] = 'h', [49] = 'i' };
	uint8_t reply6[sizeof(ping6)], mixed[sizeof(ping4)];
	struct nap_frame four, six, f;

	g_assert_true(nap_frame_read(DLT_RAW, ping4, sizeof(ping4), &four));
	g_assert_true(nap_frame_read(DLT_RAW, ping6, sizeof(ping6), &six));
	g_assert_true(four.echo && six.echo);
	g_assert_cmpuint(four.segment.src.port, ==, 0x1234);
	g_assert_cmpuint(six.segment.src.port, ==, 0x1234);
	g_assert_cmpuint(six.segment.src.family, ==, 6);
	g_assert_cmpuint(six.hops_left, ==, 62);
	g_assert_cmpuint(six.n_payload, ==, 2);
	g_assert_cmpuint(four.n_payload, ==, 2);
	g_assert_true(!memcmp(six.payload, "hi", 2) && !memcmp(four.payload, "hi", 2));

	memcpy(reply6, ping6, sizeof(ping6));
	reply6[40] = 129;
	g_assert_false(nap_frame_read(DLT_RAW, reply6, sizeof(reply6), &f));
	memcpy(mixed, ping4, sizeof(ping4));
	mixed[20] = 128;
	g_assert_false(nap_frame_read(DLT_RAW, mixed, sizeof(mixed), &f));
	for (size_t cut = 1; cut <= sizeof(ping6); cut++) {
		g_autofree uint8_t *part = g_memdup2(ping6, sizeof(ping6) - cut);

		g_assert_false(nap_frame_read(DLT_RAW, part, sizeof(ping6) - cut, &f));
	}
}

/* --- state files --- */

static nap_time still(struct nap_prober *p)
{
	(void)p;
	return 0;
}

static nap_flow none(struct nap_prober *p, const struct nap_flow_spec *spec)
{
	(void)p;
	(void)spec;
	return NAP_NO_FLOW;
}

static const struct nap_prober_ops idle_ops = { .now = still, .open = none };
static struct nap_prober idle_prober = { .ops = &idle_ops, .max_flows = 1, .can = NAP_CAN_TCP };

static char *state_path(char **folder)
{
	*folder = g_dir_make_tmp("natnap-state-XXXXXX", NULL);
	return g_build_filename(*folder, "state.json", NULL);
}

static void test_state_round_trip(void)
{
	struct nap_discovery *a = nap_discovery_new(&idle_prober, &nap_discovery_defaults),
			     *b = nap_discovery_new(&idle_prober, &nap_discovery_defaults);
	g_autofree char *folder = NULL, *path = state_path(&folder);
	struct nap_finding f = *nap_discovery_find(a, "udp-1", 0);
	const struct nap_finding *got;

	f.state = NAP_FINDING_DONE;
	f.bracket = (struct nap_bracket){ 29 * NAP_S, 31 * NAP_S };
	f.trials = 12;
	f.error = 1e-4;
	g_strlcpy(f.detail, "a \"quoted\" detail", sizeof(f.detail));
	nap_discovery_restore(a, &f);
	g_assert_true(nap_state_load(path, "x", b, NULL)); /* not there: a fresh start */
	g_assert_true(nap_state_save(path, "x", a, NULL));
	g_assert_true(nap_state_load(path, "x", b, NULL));
	got = nap_discovery_find(b, "udp-1", 0);
	g_assert_cmpint(got->state, ==, NAP_FINDING_DONE);
	g_assert_cmpint(got->bracket.alive, ==, 29 * NAP_S);
	g_assert_cmpint(got->bracket.dead, ==, 31 * NAP_S);
	g_assert_cmpuint(got->trials, ==, 12);
	g_assert_cmpstr(got->detail, ==, f.detail);
	got = nap_discovery_find(b, "udp-3", 0);
	g_assert_cmpint(got->bracket.dead, ==, NAP_NEVER);
	nap_discovery_free(a);
	nap_discovery_free(b);
	g_unlink(path);
	g_rmdir(folder);
}

/* One change to a good file a row: refused with a reason, and nothing taken from it. */
static void test_state_refused(void)
{
	static const char *const rows[][2] = {
		{ "natnap-probe-state/1", "natnap-probe-state-2" },
		{ "\"origin\" : \"x\"", "\"origin\" : \"y\"" },
		{ "\"alive_ns\" : 29000000000", "\"alive_ns\" : 32000000000" },
		{ "\"alive_ns\" : 29000000000", "\"alive_ns\" : -1" },
		{ "\"alive_ns\" : 29000000000", "\"alive_ns\" : \"29s\"" },
		{ "\"trials\" : 12", "\"trials\" : 4294967296" },
		{ "\"trials\" : 12", "\"trails\" : 12" },
		{ "\"port\" : 0", "\"port\" : 65536" },
		{ "\"findings\"", "\"finding\"" },
		{ "{", "[" },
	};
	struct nap_discovery *a = nap_discovery_new(&idle_prober, &nap_discovery_defaults);
	g_autofree char *folder = NULL, *path = state_path(&folder), *good = NULL;
	struct nap_finding f = *nap_discovery_find(a, "udp-1", 0);

	f.bracket = (struct nap_bracket){ 29 * NAP_S, 31 * NAP_S };
	f.trials = 12;
	f.state = NAP_FINDING_DONE;
	nap_discovery_restore(a, &f);
	g_assert_true(nap_state_save(path, "x", a, NULL));
	g_assert_true(g_file_get_contents(path, &good, NULL, NULL));
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct nap_discovery *b = nap_discovery_new(&idle_prober, &nap_discovery_defaults);
		GString *bad = g_string_new(good);
		GError *error = NULL;

		g_assert_cmpuint(g_string_replace(bad, rows[i][0], rows[i][1], 1), ==, 1);
		g_assert_true(g_file_set_contents(path, bad->str, -1, NULL));
		if (nap_state_load(path, "x", b, &error))
			g_error("row %zu was taken", i);
		g_assert_true(g_str_has_prefix(error->message, path));
		g_assert_cmpint(nap_discovery_find(b, "udp-1", 0)->state, ==, NAP_FINDING_OPEN);
		g_error_free(error);
		g_string_free(bad, TRUE);
		nap_discovery_free(b);
	}
	nap_discovery_free(a);
	g_unlink(path);
	g_rmdir(folder);
}

/* --- hostile reflector --- */

/* A server that names others' addresses and invents events; it answers whatever comes until told to stop. */
struct liar {
	int fd;
	uint16_t port;
	int stop;
};

static void lie(const struct liar *liar, const struct nap_wire *asked, const struct nap_inet *to)
{
	static const struct nap_inet as_bound;
	struct nap_inet victim = { .family = 4, .addr = { 127, 0, 0, 2 }, .port = liar->port };
	struct nap_wire w = {
		.type = NAP_WIRE_WELCOME, .session = asked->session, .seq = asked->seq, .epoch = 1
	};
	uint8_t buf[NAP_WIRE_SIZE];

	if (asked->type == NAP_WIRE_HELLO) {
		w.welcome = (struct nap_wire_welcome){
			.seen = victim, .other = victim, .rotate_s = 1, .features = 3, .raw_port = liar->port
		};
		w.welcome.port[0] = w.welcome.port[1] = liar->port;
	} else {
		w.type = NAP_WIRE_EVENT;
		w.epoch = 0;
		w.event = (struct nap_wire_event){ .number = asked->seq,
			.newest = UINT32_MAX,
			.flow = asked->seq % 7,
			.tag = 1,
			.age_us = UINT64_MAX - asked->seq,
			.what = (uint8_t)(1 + asked->seq % (NAP_WIRE_WHATS - 1)),
			.seen = victim,
			.credit = UINT32_MAX };
	}
	nap_wire_write(&w, buf);
	nap_socket_send(liar->fd, &as_bound, to, buf, sizeof(buf), 0);
	for (size_t i = 4; i < sizeof(buf); i += 7)
		buf[i] ^= 0x5a;
	nap_socket_send(liar->fd, &as_bound, to, buf, sizeof(buf), 0);
}

static gpointer liar_main(gpointer data)
{
	struct liar *liar = data;
	uint8_t buf[NAP_WIRE_SIZE + 1];
	struct nap_inet from;
	struct nap_arrival a;
	struct nap_wire w;

	while (!g_atomic_int_get(&liar->stop)) {
		ssize_t n = nap_socket_receive(liar->fd, buf, NAP_WIRE_SIZE, &from, &a);

		if (n >= 0 && nap_wire_read(buf, (size_t)n, &w))
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
	uint8_t buf[NAP_WIRE_SIZE];
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
	g_test_add_func("/live/stun", test_stun);
	g_test_add_func("/live/frame", test_frame);
	g_test_add_func("/live/frame/echo", test_echo_frames);
	g_test_add_func("/live/state/round-trip", test_state_round_trip);
	g_test_add_func("/live/state/refused", test_state_refused);
	g_test_add_func("/live/threats/hostile-reflector", test_hostile_reflector);
	return g_test_run();
}
