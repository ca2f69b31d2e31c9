/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What goes wrong in the middle of a probe, in memory: the reflector starts anew, a machine sleeps, the link is down, the client's
 * address changes, the reader is slow. Afterwards orders are carried out again within seconds, each once, and nothing is sent unpaid.
 */
#include <string.h>

#include <glib.h>

#include "live/control.h"
#include "live/reflector.h"
#include "net/packet.h"

#define ONE_WAY (30 * NAP_MS)

struct parcel {
	nap_time at;
	bool to_server;
	struct nap_inet from;
	uint8_t data[NAP_RECORD_SIZE];
};

struct world {
	struct nap_control *c;
	struct nap_reflector *r;
	nap_time now;            /* true time */
	nap_time client, server; /* how far the clocks of both are ahead of it */
	bool down, deaf;         /* no link; the client does not read */
	uint8_t host;            /* the client's address */
	GArray *parcels;         /* struct parcel */
	uint32_t sent, pushes, done;
	uint8_t result;
	struct nap_reflector_counts earlier; /* of reflectors that are no more */
};

static struct nap_inet client_at(const struct world *w, uint16_t port)
{
	return (struct nap_inet){ .family = 4, .addr = { 10, 0, 0, w->host }, .port = port };
}

static void carry(struct world *w, bool to_server, const uint8_t *data)
{
	struct parcel p = { .at = w->now + ONE_WAY, .to_server = to_server, .from = client_at(w, 4000) };

	if (w->down)
		return;
	memcpy(p.data, data, sizeof(p.data));
	g_array_append_val(w->parcels, p);
}

static void client_send(void *ctx, const uint8_t *data, size_t n)
{
	struct world *w = ctx;

	g_assert_cmpuint(n, ==, NAP_RECORD_SIZE);
	w->sent++;
	carry(w, true, data);
}

static void client_done(void *ctx, const struct nap_record_order *order, uint8_t result, nap_time at)
{
	struct world *w = ctx;

	(void)order;
	(void)at;
	w->result = result;
	w->done++;
}

static bool server_datagram(void *ctx, const struct nap_reflect_path *to, const uint8_t *data, size_t n)
{
	struct world *w = ctx;

	(void)n;
	if (data[4] == NAP_RECORD_FLOWED)
		w->pushes++;
	else if (to->remote.port == 4000 && to->remote.addr[3] == w->host)
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

static void start_reflector(struct world *w, uint8_t key)
{
	static const struct nap_reflector_out out = { server_datagram, no_stream, no_finish, no_drop, NULL };
	struct nap_reflector_config config = nap_reflector_defaults;
	uint8_t keys[NAP_REFLECTOR_KEYS] = { key };
	struct nap_reflector_counts n = { 0 };

	if (w->r)
		nap_reflector_counts(w->r, &n);
	w->earlier.sent += n.sent;
	w->earlier.received += n.received;
	nap_reflector_free(w->r);
	config.port[0] = 3479;
	w->r = nap_reflector_new(&config, &out, w, keys, w->now + w->server);
}

static void deliver(struct world *w)
{
	struct nap_record rec;

	for (guint i = 0; i < w->parcels->len;) {
		struct parcel p = g_array_index(w->parcels, struct parcel, i);
		struct nap_reflect_path from = { .remote = p.from, .conn = -1 };

		if (p.at > w->now || (!p.to_server && w->deaf)) {
			i++;
			continue;
		}
		g_array_remove_index(w->parcels, i);
		if (p.to_server)
			nap_reflector_datagram(w->r, w->now + w->server, &from, p.data, sizeof(p.data));
		else if (nap_record_read(p.data, sizeof(p.data), &rec))
			nap_control_input(w->c, w->now + w->client, &rec);
	}
}

static void play(struct world *w, nap_time how_long)
{
	static const uint8_t fresh[NAP_COOKIE_KEY] = { 9 };

	for (nap_time end = w->now + how_long; w->now < end;) {
		w->now += 5 * NAP_MS;
		deliver(w);
		if (nap_reflector_deadline(w->r) <= w->now + w->server)
			nap_reflector_rotate(w->r, w->now + w->server, fresh);
		nap_reflector_tick(w->r, w->now + w->server);
		nap_control_advance(w->c, w->now + w->client);
	}
}

/* A flow's record, then an order about it. True: carried out within 10 s, once. */
static bool served(struct world *w)
{
	struct nap_reflect_path from = { .remote = client_at(w, 5000), .conn = -1 };
	struct nap_record rec = { .type = NAP_RECORD_FLOW, .packet = { .flow = 7, .tag = 1 } };
	uint32_t before = w->pushes, done = w->done;
	uint8_t buf[NAP_RECORD_SIZE];

	nap_control_stamp(w->c, &rec);
	nap_record_write(&rec, buf);
	if (!w->down)
		nap_reflector_datagram(w->r, w->now + w->server, &from, buf, sizeof(buf));
	nap_control_order(w->c, w->now + w->client,
		&(struct nap_record_order){ .flow = 7, .act = NAP_RECORD_SEND, .tag = 1 }, 1);
	play(w, 10 * NAP_S);
	return w->done == done + 1 && w->result == NAP_RECORD_OK && w->pushes == before + 1;
}

static void set_up(struct world *w)
{
	memset(w, 0, sizeof(*w));
	w->now = NAP_H;
	w->host = 1;
	w->parcels = g_array_new(FALSE, FALSE, sizeof(struct parcel));
	start_reflector(w, 3);
	w->c = nap_control_new(77, w->now, client_send, client_done, w);
	play(w, NAP_S);
	g_assert_true(served(w));
}

static void tear_down(struct world *w)
{
	struct nap_reflector_counts n;

	nap_reflector_counts(w->r, &n);
	g_assert_cmpuint(n.sent + w->earlier.sent, <=, n.received + w->earlier.received);
	nap_control_free(w->c);
	nap_reflector_free(w->r);
	g_array_unref(w->parcels);
}

/* Another secret, empty tables: the client gets a new cookie by itself. */
static void test_restart(void)
{
	struct world w;

	set_up(&w);
	for (uint8_t i = 0; i < 3; i++) {
		start_reflector(&w, (uint8_t)(4 + i));
		play(&w, 20 * NAP_S);
		g_assert_true(served(&w));
	}
	tear_down(&w);
}

/* No server at all for a while, then another one. */
static void test_gone_for_a_while(void)
{
	struct world w;

	set_up(&w);
	w.down = true;
	play(&w, 10 * NAP_MIN);
	w.down = false;
	start_reflector(&w, 8);
	play(&w, 20 * NAP_S);
	g_assert_true(served(&w));
	tear_down(&w);
}

/* Either machine wakes after so long: its clock jumps, cookies may be of keys long gone. */
static void test_sleep(void)
{
	static const nap_time naps[] = { NAP_S, 90 * NAP_S, NAP_H, NAP_DAY, 40 * NAP_DAY };
	struct world w;

	for (guint i = 0; i < 2 * G_N_ELEMENTS(naps); i++) {
		set_up(&w);
		*(i % 2 ? &w.client : &w.server) += naps[i / 2];
		play(&w, 20 * NAP_S);
		g_test_message("%s sleeps for %.0f s", i % 2 ? "the client" : "the reflector",
			(double)naps[i / 2] / 1e9);
		g_assert_true(served(&w));
		tear_down(&w);
	}
}

/*
 * While the link is down little is sent. The order of that time is answered once when it is up: carried out where the server
 * still knows the flow.
 */
static void check_link_down(nap_time how_long, bool known)
{
	struct world w;
	uint32_t before, pushes, done;

	set_up(&w);
	w.down = true;
	before = w.sent;
	pushes = w.pushes;
	done = w.done;
	g_assert_false(served(&w));
	play(&w, how_long);
	g_assert_cmpuint(w.sent - before, <,
		60 + (uint32_t)(how_long / NAP_S)); /* in the end less than one a second */
	w.down = false;
	play(&w, 30 * NAP_S);
	g_assert_cmpuint(w.done, ==, done + 1);
	g_assert_cmpuint(w.pushes, ==, pushes + known);
	g_assert_true(served(&w));
	tear_down(&w);
}

static void test_link_down(void)
{
	check_link_down(30 * NAP_S, true);
	check_link_down(3 * NAP_H, false);
}

/* Another network: the cookie proves the old address, not this one. */
static void test_address_change(void)
{
	struct world w;

	set_up(&w);
	for (uint8_t i = 2; i < 6; i++) {
		w.host = i;
		play(&w, 20 * NAP_S);
		g_assert_true(served(&w));
	}
	tear_down(&w);
}

/* What came while the client was not reading is read in one go: each order is done once, and it asks no faster for it. */
static void test_slow_reader(void)
{
	struct world w;
	uint32_t before, pushes;

	set_up(&w);
	before = w.sent;
	pushes = w.pushes;
	w.deaf = true;
	g_assert_false(served(&w));
	play(&w, NAP_MIN);
	g_assert_cmpuint(w.sent - before, <, 150);
	w.deaf = false;
	play(&w, 10 * NAP_S);
	g_assert_cmpuint(w.pushes, ==, pushes + 1);
	g_assert_true(served(&w));
	tear_down(&w);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/live/troubles/restart", test_restart);
	g_test_add_func("/live/troubles/gone-for-a-while", test_gone_for_a_while);
	g_test_add_func("/live/troubles/sleep", test_sleep);
	g_test_add_func("/live/troubles/link-down", test_link_down);
	g_test_add_func("/live/troubles/address-change", test_address_change);
	g_test_add_func("/live/troubles/slow-reader", test_slow_reader);
	return g_test_run();
}
