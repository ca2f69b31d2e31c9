/* SPDX-License-Identifier: BSD-2-Clause */
/* The radio interpreter on small hand-made tables: timers, promotions, thresholds, DRX, PSM, meters. */
#include <glib.h>
#include <string.h>

#include "radio/radio.h"

#define MS(x)  ((double)(x)*1e6)
#define SEC(x) ((double)(x)*1e9)

static struct nap_radio_state_row state(const char *name, double power_mw, bool connected)
{
	return (struct nap_radio_state_row){ .name = name, .power = { power_mw, 0 }, .connected = connected };
}

static struct nap_radio_edge_row edge(const char *name, const char *from, const char *to, enum nap_edge_on on,
	double after_ns, double delay_ns, double power_mw)
{
	return (struct nap_radio_edge_row){ .name = name,
		.from = from,
		.to = to,
		.on = on,
		.after = nap_dist_constant(after_ns),
		.delay = nap_dist_constant(delay_ns),
		.power = { power_mw, 0 } };
}

static const struct nap_radio_row radio_idle = { .start = "idle", .buffer_time = NAP_NEVER };

static struct nap_radio_tech compile(const struct nap_radio_row *radio, const struct nap_radio_state_row *s,
	size_t ns, const struct nap_radio_edge_row *e, size_t ne)
{
	struct nap_radio_tech tech;
	char *reason = NULL;

	if (!nap_radio_compile(&tech, radio, s, ns, e, ne, &reason))
		g_error("%s", reason);
	return tech;
}

/* A radio that is always up takes no edge: a packet that comes before one carried later waits for it, whatever memory lies beyond. */
static void test_no_edge_taken(void)
{
	const struct nap_radio_row radio = { .start = "on", .buffer_time = NAP_NEVER };
	const struct nap_radio_state_row on = state("on", 10, true);
	size_t bytes = sizeof(struct nap_radio_tech) + 256 * sizeof(struct nap_radio_edge);
	g_autofree char *block = g_malloc(bytes);
	struct nap_radio_tech *tech = (void *)memset(block, 1, bytes);
	struct nap_radio r;

	*tech = compile(&radio, &on, 1, NULL, 0);
	nap_radio_init(&r, tech, 0);
	g_assert_cmpint(
		nap_radio_send(&r, tech, 10 * NAP_MS, 100, NAP_CAUSE_RECONNECT, NULL, NULL), ==, 10 * NAP_MS);
	g_assert_cmpint(
		nap_radio_send(&r, tech, 5 * NAP_MS, 100, NAP_CAUSE_RECONNECT, NULL, NULL), ==, 10 * NAP_MS);
	g_assert_cmpint(nap_radio_receive(&r, tech, 5 * NAP_MS, 100, NAP_CAUSE_RECONNECT, NULL, NULL), ==,
		10 * NAP_MS);
	g_assert_cmpint(r.wake, ==, 10 * NAP_MS);
}

/* The workload of the speed comparison: two states. */
static struct nap_radio_tech two_state(void)
{
	static struct nap_radio_state_row s[2];
	static struct nap_radio_edge_row e[2];

	s[0] = state("idle", 11.4, false);
	s[1] = state("connected", 1060, true);
	e[0] = edge("promotion", "idle", "connected", NAP_ON_TRAFFIC, 0, MS(260), 1210.7);
	e[1] = edge("tail", "connected", "idle", NAP_ON_IDLE, MS(11576), 0, 0);
	return compile(&radio_idle, s, 2, e, 2);
}

static struct nap_radio_tech umts(void)
{
	static struct nap_radio_state_row s[3];
	static struct nap_radio_edge_row e[4];

	s[0] = state("idle", 0, false);
	s[1] = state("fach", 460, true);
	s[2] = state("dch", 800, true);
	s[1].rate_bps[NAP_UPLINK] = 8000; /* a byte a millisecond */
	e[0] = edge("idle-fach", "idle", "fach", NAP_ON_TRAFFIC, 0, MS(600), 400);
	e[1] = edge("fach-dch", "fach", "dch", NAP_ON_TRAFFIC, 0, MS(1300), 700);
	e[1].over[NAP_UPLINK] = 151;
	e[1].over[NAP_DOWNLINK] = 119;
	e[2] = edge("dch-fach", "dch", "fach", NAP_ON_IDLE, SEC(6), 0, 0);
	e[3] = edge("fach-idle", "fach", "idle", NAP_ON_IDLE, SEC(4), 0, 0);
	return compile(&radio_idle, s, 3, e, 4);
}

/* PSM: connected - idle (paged every 1.28 s) for 20 s - asleep for an hour - update. */
static struct nap_radio_tech psm(uint32_t buffer)
{
	static struct nap_radio_state_row s[3];
	static struct nap_radio_edge_row e[5];
	struct nap_radio_row radio = radio_idle;

	radio.buffer_packets = buffer;
	s[0] = state("idle", 3, false);
	s[0].cycle = 1280 * NAP_MS;
	s[0].on_duration = 10 * NAP_MS;
	s[0].on_power.value = 90;
	s[1] = state("connected", 90, true);
	s[2] = state("psm", 0.015, false);
	s[2].reachable = NAP_REACH_NO;
	e[0] = edge("attach", "idle", "connected", NAP_ON_TRAFFIC, 0, MS(500), 200);
	e[1] = edge("release", "connected", "idle", NAP_ON_IDLE, SEC(5), 0, 0);
	e[2] = edge("sleep", "idle", "psm", NAP_ON_IDLE, SEC(20), 0, 0);
	e[3] = edge("update", "psm", "connected", NAP_ON_IDLE, SEC(3600), MS(800), 200);
	e[4] = edge("wake", "psm", "connected", NAP_ON_SEND, 0, MS(700), 200);
	return compile(&radio, s, 3, e, 5);
}

static nap_time dwell(const struct nap_meter *m, unsigned i)
{
	nap_time sum = 0;

	for (unsigned c = 0; c < NAP_CAUSES; c++)
		sum += m->state[i].dwell[c];
	return sum;
}

static void test_promotion_and_tail(void)
{
	struct nap_radio_tech tech = two_state();
	struct nap_meter m = { 0 };
	struct nap_radio r;
	struct nap_energy e;

	nap_radio_init(&r, &tech, 0);
	g_assert_cmpint(sizeof r, <=, 40);
	g_assert_false(nap_radio_connected(&r, &tech, 5 * NAP_S));
	g_assert_cmpint(nap_radio_send(&r, &tech, 10 * NAP_S, 28, NAP_CAUSE_KEEPALIVE, NULL, &m), ==,
		10 * NAP_S + 260 * NAP_MS);
	/* a second packet waits for the end of the promotion, and pays for the tail */
	g_assert_cmpint(nap_radio_send(&r, &tech, 10 * NAP_S + 100 * NAP_MS, 28, NAP_CAUSE_PUSH, NULL, &m),
		==, 10 * NAP_S + 260 * NAP_MS);
	g_assert_true(nap_radio_connected(&r, &tech, 21 * NAP_S));
	/* the tail ends 11.576 s after the promotion, to the nanosecond */
	g_assert_true(nap_radio_connected(&r, &tech, 10 * NAP_S + 11836 * NAP_MS - 1));
	g_assert_false(nap_radio_connected(&r, &tech, 10 * NAP_S + 11836 * NAP_MS));
	nap_radio_close(&r, &tech, 100 * NAP_S, &m);
	g_assert_cmpint(m.state[1].dwell[NAP_CAUSE_PUSH], ==, 11576 * NAP_MS);
	g_assert_cmpint(m.edge[0].ns[NAP_CAUSE_KEEPALIVE], ==, 260 * NAP_MS);
	g_assert_cmpint(dwell(&m, 0), ==, 100 * NAP_S - 11836 * NAP_MS);
	g_assert_cmpuint(nap_meter_promotions(&m, &tech), ==, 1);
	g_assert_cmpuint(m.events, ==, 2);
	g_assert_cmpint(nap_meter_connected(&m, &tech), ==, 11576 * NAP_MS);
	e = nap_meter_energy(&m, &tech);
	g_assert_cmpfloat_with_epsilon(e.promotion, 1210.7 * 0.260, 1e-9);
	g_assert_cmpfloat_with_epsilon(e.tail, 1060 * 11.576, 1e-9);
	g_assert_cmpfloat_with_epsilon(e.cause[NAP_CAUSE_KEEPALIVE], e.promotion, 1e-9);
	g_assert_cmpfloat_with_epsilon(e.cause[NAP_CAUSE_PUSH], e.tail, 1e-9);
	g_assert_cmpfloat_with_epsilon(e.total, e.idle + e.promotion + e.tail, 1e-9);
}

static void test_tail_renewed(void)
{
	struct nap_radio_tech tech = two_state();
	struct nap_meter m = { 0 };
	struct nap_radio r;

	nap_radio_init(&r, &tech, 0);
	for (int i = 0; i < 10; i++)
		nap_radio_send(&r, &tech, i * 10 * NAP_S, 28, NAP_CAUSE_KEEPALIVE, NULL, &m);
	nap_radio_close(&r, &tech, 200 * NAP_S, &m);
	g_assert_cmpuint(nap_meter_promotions(&m, &tech), ==, 1);
	g_assert_cmpint(nap_meter_connected(&m, &tech), ==, 90 * NAP_S + 11576 * NAP_MS - 260 * NAP_MS);
}

static void test_cut_at_close(void)
{
	struct nap_radio_tech tech = two_state();
	struct nap_meter m = { 0 }, reading;
	struct nap_radio r;

	nap_radio_init(&r, &tech, 0);
	nap_radio_send(&r, &tech, NAP_S, 28, NAP_CAUSE_KEEPALIVE, NULL, &m);
	nap_radio_reading(&r, &tech, NAP_S + 100 * NAP_MS, &m, &reading);
	g_assert_cmpint(reading.edge[0].ns[NAP_CAUSE_KEEPALIVE], ==, 100 * NAP_MS);
	g_assert_cmpint(dwell(&reading, 1), ==, 0);
	nap_radio_reading(&r, &tech, 3 * NAP_S, &m, &reading);
	g_assert_cmpint(dwell(&reading, 1), ==, 1740 * NAP_MS);
	g_assert_cmpint(m.edge[0].ns[NAP_CAUSE_KEEPALIVE], ==, 260 * NAP_MS);
}

/* A packet that is too large for the first state on its way takes two promotions, one behind the other: an end cuts that which is under way. */
static void test_cut_between_promotions(void)
{
	static const struct {
		nap_time end, first, second;
	} rows[] = { { 0, 0, 0 }, { 300, 300, 0 }, { 600, 600, 0 }, { 1000, 600, 400 }, { 1900, 600, 1300 },
		{ 2500, 600, 1300 } };
	struct nap_radio_tech tech = umts();

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct nap_meter m = { 0 };
		struct nap_radio r;

		nap_radio_init(&r, &tech, 0);
		nap_radio_send(&r, &tech, 0, 200, NAP_CAUSE_KEEPALIVE, NULL, &m);
		nap_radio_close(&r, &tech, rows[i].end * NAP_MS, &m);
		g_assert_cmpint(m.edge[0].ns[NAP_CAUSE_KEEPALIVE], ==, rows[i].first * NAP_MS);
		g_assert_cmpint(m.edge[1].ns[NAP_CAUSE_KEEPALIVE], ==, rows[i].second * NAP_MS);
	}
}

static void test_rlc_threshold(void)
{
	struct nap_radio_tech tech = umts();
	struct nap_meter m = { 0 };
	struct nap_radio r;

	nap_radio_init(&r, &tech, 0);
	/* a small keepalive stays in FACH: 600 ms and 100 byte at a byte a millisecond */
	g_assert_cmpint(nap_radio_send(&r, &tech, 0, 100, NAP_CAUSE_KEEPALIVE, NULL, &m), ==, 700 * NAP_MS);
	g_assert_cmpuint(nap_meter_promotions(&m, &tech), ==, 1);
	/* 60 byte wait still and 100 come: 160 > 151 */
	g_assert_cmpint(nap_radio_send(&r, &tech, 640 * NAP_MS, 100, NAP_CAUSE_KEEPALIVE, NULL, &m), ==,
		1940 * NAP_MS);
	g_assert_cmpuint(nap_meter_promotions(&m, &tech), ==, 2);
	nap_radio_close(&r, &tech, 20 * NAP_S, &m);
	g_assert_cmpint(dwell(&m, 2), ==, 6 * NAP_S);
	g_assert_cmpint(dwell(&m, 1), ==, 4 * NAP_S + 40 * NAP_MS);
	/* thresholds are by direction, and "over" means more than */
	nap_radio_init(&r, &tech, 0);
	memset(&m, 0, sizeof m);
	nap_radio_receive(&r, &tech, 0, 119, NAP_CAUSE_PUSH, NULL, &m);
	g_assert_cmpuint(nap_meter_promotions(&m, &tech), ==, 1);
	nap_radio_receive(&r, &tech, 2 * NAP_S, 120, NAP_CAUSE_PUSH, NULL, &m);
	g_assert_cmpuint(nap_meter_promotions(&m, &tech), ==, 2);
	/* a large packet goes through both promotions at once */
	nap_radio_init(&r, &tech, 0);
	g_assert_cmpint(nap_radio_send(&r, &tech, 0, 1000, NAP_CAUSE_PUSH, NULL, NULL), ==, 1900 * NAP_MS);
}

static void test_paging_wait(void)
{
	struct nap_radio_tech tech = psm(0);
	struct nap_meter m = { 0 };
	struct nap_radio r;

	nap_radio_init(&r, &tech, 0);
	/* inside the on-window [1.28, 1.29): at once; before it: at 1.28 s */
	g_assert_cmpint(nap_radio_receive(&r, &tech, 1285 * NAP_MS, 28, NAP_CAUSE_PUSH, NULL, NULL), ==,
		1785 * NAP_MS);
	nap_radio_init(&r, &tech, 0);
	g_assert_cmpint(
		nap_radio_receive(&r, &tech, 200 * NAP_MS, 28, NAP_CAUSE_PUSH, NULL, &m), ==, 1780 * NAP_MS);
	/* asleep until then; the device itself need not wait */
	g_assert_false(nap_radio_connected(&r, &tech, 1279 * NAP_MS));
	g_assert_true(nap_radio_connected(&r, &tech, 1280 * NAP_MS));
	g_assert_cmpint(
		nap_radio_send(&r, &tech, 300 * NAP_MS, 28, NAP_CAUSE_KEEPALIVE, NULL, &m), ==, 800 * NAP_MS);
	nap_radio_close(&r, &tech, 5 * NAP_S, &m);
	g_assert_cmpuint(m.state[1].bytes[NAP_DOWNLINK][NAP_CAUSE_PUSH], ==, 28);
	g_assert_cmpint(m.state[0].on[NAP_CAUSE_BACKGROUND], ==, 10 * NAP_MS);
	g_assert_cmpuint(m.state[0].cycles[NAP_CAUSE_BACKGROUND], ==, 1);
}

static void test_psm(void)
{
	struct nap_radio_tech tech = psm(1);
	struct nap_meter m = { 0 };
	struct nap_radio r;
	nap_time asleep = 25 * NAP_S + 500 * NAP_MS;

	nap_radio_init(&r, &tech, 0);
	nap_radio_send(&r, &tech, 0, 28, NAP_CAUSE_KEEPALIVE, NULL, &m);
	/* the last window that it listens in: 5.5 s + 15 x 1.28 s, 10 ms long */
	g_assert_cmpint(nap_radio_reachable_until(&r, &tech, NAP_S), ==, 24710 * NAP_MS);
	g_assert_cmpint(nap_radio_reachable_until(&r, &tech, 24709 * NAP_MS), ==, 24710 * NAP_MS);
	g_assert_cmpint(nap_radio_reachable_until(&r, &tech, 24710 * NAP_MS), ==, 0);
	g_assert_cmpint(nap_radio_reachable_until(&r, &tech, asleep), ==, 0);
	g_assert_cmpint(nap_radio_wakes(&r, &tech, asleep), ==, asleep + NAP_H + 800 * NAP_MS);
	g_assert_cmpint(
		nap_radio_receive(&r, &tech, 60 * NAP_S, 28, NAP_CAUSE_PUSH, NULL, &m), ==, NAP_RADIO_HELD);
	g_assert_cmpint(
		nap_radio_receive(&r, &tech, 61 * NAP_S, 28, NAP_CAUSE_PUSH, NULL, &m), ==, NAP_NEVER);
	/* the periodic update wakes it */
	g_assert_cmpint(
		nap_radio_receive(&r, &tech, asleep + NAP_H + 900 * NAP_MS, 28, NAP_CAUSE_PUSH, NULL, &m), ==,
		asleep + NAP_H + 900 * NAP_MS);
	g_assert_cmpuint(m.packets[NAP_DOWNLINK][NAP_CAUSE_PUSH], ==, 1);
	/* a page that would come after it fell asleep is not heard: windows at 5.5 s + k 1.28 s, asleep at 25.5 s */
	nap_radio_init(&r, &tech, 0);
	nap_radio_send(&r, &tech, 0, 28, NAP_CAUSE_KEEPALIVE, NULL, &m);
	g_assert_cmpint(nap_radio_receive(&r, &tech, 25400 * NAP_MS, 28, NAP_CAUSE_PUSH, NULL, &m), ==,
		NAP_RADIO_HELD);
	g_assert_cmpint(nap_radio_wakes(&r, &tech, 25400 * NAP_MS), ==, asleep + NAP_H + 800 * NAP_MS);
}

static void test_carrying_edge(void)
{
	struct nap_radio_state_row s[3] = { state("idle", 0, false), state("lte", 100, true),
		state("nr", 300, true) };
	struct nap_radio_edge_row e[3] = { edge("idle-lte", "idle", "lte", NAP_ON_TRAFFIC, 0, MS(320), 0),
		edge("lte-nr", "lte", "nr", NAP_ON_TRAFFIC, 0, MS(1700), 700),
		edge("nr-idle", "nr", "idle", NAP_ON_IDLE, SEC(10), 0, 0) };
	struct nap_radio_edge_row back = edge("lte-idle", "lte", "idle", NAP_ON_IDLE, SEC(10), 0, 0);
	struct nap_radio_edge_row all[4];
	struct nap_radio_tech tech;
	struct nap_radio r;

	e[1].carries = true;
	memcpy(all, e, sizeof e);
	all[3] = back;
	tech = compile(&radio_idle, s, 3, all, 4);
	nap_radio_init(&r, &tech, 0);
	g_assert_cmpint(nap_radio_send(&r, &tech, 0, 28, NAP_CAUSE_KEEPALIVE, NULL, NULL), ==, 320 * NAP_MS);
	g_assert_cmpint(nap_radio_send(&r, &tech, NAP_S, 28, NAP_CAUSE_KEEPALIVE, NULL, NULL), ==, NAP_S);
	g_assert_true(nap_radio_connected(&r, &tech, 12 * NAP_S));
	g_assert_false(nap_radio_connected(&r, &tech, 12021 * NAP_MS));
}

static void test_phase_locked_wait(void)
{
	struct nap_radio_tech tech = psm(0);
	struct nap_radio r;
	nap_time first;

	tech.state[0].lock = NAP_LOCK_EXCHANGE;
	tech.state[0].phase = 880 * NAP_MS;
	nap_radio_init(&r, &tech, 0);
	first = nap_radio_send(&r, &tech, 0, 28, NAP_CAUSE_KEEPALIVE, NULL, NULL);
	/* idle time 7.0 s: windows at 0.88 + k 1.28 s after the exchange: 7.28 s */
	g_assert_cmpint(nap_radio_receive(&r, &tech, first + 7 * NAP_S, 28, NAP_CAUSE_PUSH, NULL, NULL), ==,
		first + 7280 * NAP_MS + 500 * NAP_MS);
	tech.state[0].lock = NAP_LOCK_ABSOLUTE;
	nap_radio_init(&r, &tech, 0);
	g_assert_cmpint(nap_radio_receive(&r, &tech, 10 * NAP_S, 28, NAP_CAUSE_PUSH, NULL, NULL), ==,
		880 * NAP_MS + 8 * 1280 * NAP_MS + 500 * NAP_MS);
}

static void test_random_delay(void)
{
	struct nap_radio_tech tech = two_state();
	struct nap_rng rng = nap_rng_stream(1, 0, 0, NAP_RNG_RADIO), before = rng;
	struct nap_radio r;
	double sum = 0;

	nap_radio_init(&r, &tech, 0);
	nap_radio_send(&r, &tech, 0, 28, NAP_CAUSE_KEEPALIVE, &rng, NULL);
	g_assert_cmpuint(rng.counter, ==, before.counter); /* constants take no draw */
	tech.random = tech.edge[0].random = true;
	tech.edge[0].delay_dist = (struct nap_dist){ NAP_DIST_UNIFORM, 0, MS(100), MS(300), NULL };
	tech.edge[0].after_dist = nap_dist_constant(0);
	for (int i = 1; i <= 4000; i++) {
		nap_time now = i * 100 * NAP_S,
			 end = nap_radio_send(&r, &tech, now, 28, NAP_CAUSE_KEEPALIVE, &rng, NULL);

		g_assert_cmpint(end - now, >=, 100 * NAP_MS);
		g_assert_cmpint(end - now, <=, 300 * NAP_MS);
		sum += (double)(end - now);
	}
	g_assert_cmpfloat_with_epsilon(sum / 4000, MS(200), MS(4));
}

static void test_shift_and_fingerprint(void)
{
	struct nap_radio_tech tech = two_state();
	struct nap_meter one = { 0 }, cycle, all = { 0 }, before;
	struct nap_radio r, q;
	uint64_t print;

	nap_radio_init(&r, &tech, 0);
	nap_radio_send(&r, &tech, 7 * NAP_S, 28, NAP_CAUSE_KEEPALIVE, NULL, &one);
	nap_radio_settle(&r, &tech, 62 * NAP_S, &one);
	before = one;
	print = nap_radio_fingerprint(&r, &tech, 62 * NAP_S);
	nap_radio_send(&r, &tech, 62 * NAP_S, 28, NAP_CAUSE_KEEPALIVE, NULL, &one);
	nap_radio_settle(&r, &tech, 117 * NAP_S, &one);
	g_assert_cmpuint(nap_radio_fingerprint(&r, &tech, 117 * NAP_S), ==, print);
	nap_meter_difference(&cycle, &one, &before, &tech);
	q = r;
	for (int i = 0; i < 50; i++) {
		nap_radio_send(&r, &tech, (117 + 55 * i) * NAP_S, 28, NAP_CAUSE_KEEPALIVE, NULL, &one);
		nap_radio_settle(&r, &tech, (117 + 55 * (i + 1)) * NAP_S, &one);
	}
	nap_radio_shift(&q, 50 * 55 * NAP_S);
	g_assert_true(memcmp(&q, &r, sizeof r) == 0);
	nap_meter_add(&all, &before, 1, &tech);
	nap_meter_add(&all, &cycle, 51, &tech);
	g_assert_true(memcmp(&all, &one, sizeof one) == 0);
}

static void check_refused(
	struct nap_radio_state_row *s, size_t ns, struct nap_radio_edge_row *e, size_t ne, const char *text)
{
	struct nap_radio_tech tech;
	char *reason = NULL;

	g_assert_false(nap_radio_compile(&tech, &radio_idle, s, ns, e, ne, &reason));
	g_assert_nonnull(strstr(reason, text));
	g_free(reason);
}

static void test_refused_tables(void)
{
	struct nap_radio_state_row s[3] = { state("idle", 0, false), state("on", 1, true),
		state("odd", 1, true) };
	struct nap_radio_edge_row e[3] = { edge("up", "idle", "on", NAP_ON_TRAFFIC, 0, 0, 0),
		edge("down", "on", "idle", NAP_ON_IDLE, SEC(1), 0, 0),
		edge("x", "on", "odd", NAP_ON_SEND, 0, 0, 0) };

	check_refused(s, 3, e, 2, "[state odd]: no edges lead to it");
	check_refused(s, 3, e, 3, "[state odd]: its idle edges do not lead back");
	check_refused(s, 2, e, 3, "[edge x] to: there is no state odd");
	check_refused(s, 2, e, 1, "[state on]: its idle edges do not lead back");
	e[0].over[NAP_UPLINK] = 100;
	check_refused(s, 2, e, 2, "[state idle]: a packet to send finds no way");
	e[0].over[NAP_UPLINK] = 0;
	e[1].after = nap_dist_constant(0);
	check_refused(s, 2, e, 2, "[edge down] after: a timer of no length");
	e[1].after = nap_dist_constant(1e9);
	e[2] = edge("back", "on", "idle", NAP_ON_SEND, 0, 0, 0);
	check_refused(s, 2, e, 3, "run in a circle");
	s[0].cycle = NAP_S;
	check_refused(s, 2, e, 2, "on-duration: must lie between 0 and cycle");
}

struct seen {
	nap_time last;
	GString *text;
};

static void note_change(void *ctx, nap_time at, uint8_t to, uint8_t e)
{
	struct seen *seen = ctx;

	g_assert_cmpint(at, >=, seen->last);
	seen->last = at;
	g_string_append_printf(
		seen->text, "%g:%d%s ", nap_time_seconds(at), to, e == NAP_RADIO_NONE ? "" : "<");
}

static void test_observer(void)
{
	struct nap_radio_tech tech = umts();
	struct seen seen = { 0, g_string_new("") };
	struct nap_radio_observer observer = { note_change, &seen };
	struct nap_meter m = { .observer = &observer };
	struct nap_radio r;

	nap_radio_init(&r, &tech, 0);
	nap_radio_receive(&r, &tech, NAP_S, 200, NAP_CAUSE_PUSH, NULL, &m);
	nap_radio_settle(&r, &tech, NAP_MIN, &m);
	g_assert_cmpstr(seen.text->str, ==, "1:1< 1.6:1 1.6:2< 2.9:2 8.9:1 12.9:0 ");
	g_string_free(seen.text, TRUE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/radio/promotion-and-tail", test_promotion_and_tail);
	g_test_add_func("/radio/tail-renewed", test_tail_renewed);
	g_test_add_func("/radio/cut-at-close", test_cut_at_close);
	g_test_add_func("/radio/cut-between-promotions", test_cut_between_promotions);
	g_test_add_func("/radio/rlc-threshold", test_rlc_threshold);
	g_test_add_func("/radio/paging-wait", test_paging_wait);
	g_test_add_func("/radio/psm", test_psm);
	g_test_add_func("/radio/carrying-edge", test_carrying_edge);
	g_test_add_func("/radio/phase-locked-wait", test_phase_locked_wait);
	g_test_add_func("/radio/random-delay", test_random_delay);
	g_test_add_func("/radio/shift-and-fingerprint", test_shift_and_fingerprint);
	g_test_add_func("/radio/refused-tables", test_refused_tables);
	g_test_add_func("/radio/no-edge-taken", test_no_edge_taken);
	g_test_add_func("/radio/observer", test_observer);
	return g_test_run();
}
