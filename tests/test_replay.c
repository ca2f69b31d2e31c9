/* SPDX-License-Identifier: BSD-2-Clause */
/* Replaying traces: energies by hand, who pays, keepalives found, flows cut, devices and clocks. */
#include <math.h>

#include "replay/cost.h"
#include "replay_trace.h"

#define SCENARIO(radio, boxes)                                                                               \
	"[scenario]\nduration = 24h\n[path]\ndelay = 20ms\n" boxes "[radio]\nprofile = " radio "\n"
#define HOME "middleboxes = home\n[middlebox home]\nprofile = linux\n"

#define NEAR(a, b, by) g_assert_cmpfloat_with_epsilon(a, b, by)

static double joules(const struct nap_flow *f)
{
	return nap_cost_joules(f->paid);
}

/* ---- energy ------------------------------------------------------------------------------------------------------------- */

/* One packet alone, on the radios of a published tool: what it says such a packet takes. */
static void test_lone_packet(void)
{
	static const struct {
		const char *scenario;
		double j;
		double within;
	} rows[] = {
		/* promotion, DCH tail of 4 s, FACH tail of 10 s */
		{ SCENARIO("umts-aro-default", ""), 2 * 0.65 + 4 * 1.30 + 10 * 0.30, 1e-6 },
		/* promotion, 100 ms, 20 ms and 10 s of DRX with 1 and 250 windows of 2 ms; the packet's own bits */
		{ SCENARIO("lte-aro", ""),
			0.26 * 1.21 + 0.1 * 1.2 + 10.02 * 1.06 + 251 * 0.002 * (1.68 - 1.06) +
				(28 * 8 / 6e6) * (0.43839 * 6 + 1.2),
			1e-6 },
		{ SCENARIO("wifi-aro", ""), 0.25 * 0.403, 1e-6 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct t_replay *t = t_begin(rows[i].scenario, T_DEVICE, 0);

		t_add(t, 0, t_udp(true, 5000, 0));
		t_finish(t, NAP_NEVER);
		NEAR(t->seen.sums.energy.total / 1e3, rows[i].j, rows[i].within);
		NEAR(joules(t_flow(t, 0)), t->seen.sums.energy.total / 1e3 - t->seen.sums.energy.idle / 1e3,
			1e-9);
		t_free(t);
	}
}

/* A keepalive of one packet a minute, for ten: each its own promotion and tail. */
static void test_periodic_by_hand(void)
{
	struct t_replay *t = t_begin(SCENARIO("lte-two-state", ""), T_DEVICE, 0);
	const double once = 0.26 * 1.2107 + 11.576 * 1.06, idle = 60 - 0.26 - 11.576;

	for (int i = 0; i < 10; i++)
		t_add(t, i * NAP_MIN, t_udp(true, 5000, 1));
	t_finish(t, NAP_NEVER);
	NEAR(t->seen.sums.energy.total / 1e3, 10 * once + 9 * idle * 0.0114, 1e-9);
	NEAR(nap_replay_joules(&t->seen.sums, NAP_SEEN_KEEPALIVE), 10 * once, 1e-6);
	g_assert_cmpuint(t->seen.sums.promotions, ==, 10);
	g_assert_cmpint(t->seen.sums.duration, ==, 9 * NAP_MIN + 260 * NAP_MS + 11576 * NAP_MS);
	g_assert_cmpint(t_flow(t, 0)->keepalive.period, ==, NAP_MIN);
	g_assert_cmpint(t_flow(t, 0)->keepalive.jitter, ==, 0);
	g_assert_cmpuint(t->seen.bursts->len, ==, 10);
	for (guint i = 0; i < 10; i++)
		NEAR(nap_cost_joules(g_array_index(t->seen.bursts, struct nap_burst, i).paid), once, 1e-6);
	t_free(t);
}

/* The promotion is of who took it, the tail of who was last: A opens the radio, B comes 5 s later. */
static void test_tail_belongs(void)
{
	struct t_replay *t = t_begin(SCENARIO("lte-two-state", ""), T_DEVICE, 0);

	t_add(t, 0, t_udp(true, 5000, 1));
	t_add(t, 5 * NAP_S, t_udp(true, 6000, 1));
	t_finish(t, NAP_NEVER);
	NEAR(joules(t_flow(t, 0)), 0.26 * 1.2107 + 4.74 * 1.06, 1e-6);
	NEAR(joules(t_flow(t, 1)), 11.576 * 1.06, 1e-6);
	g_assert_cmpint(t_flow(t, 0)->connected, ==, 4740 * NAP_MS);
	g_assert_cmpint(t_flow(t, 1)->connected, ==, 11576 * NAP_MS);
	g_assert_cmpuint(t_flow(t, 0)->promotions, ==, 1);
	g_assert_cmpuint(t_flow(t, 1)->promotions, ==, 0);
	t_free(t);
}

/* Whatever comes: flows, bursts and purposes add up to what is not rest and nobody's update. */
static void test_sums(void)
{
	static const char *const radios[] = { "lte-huang-2012", "nb-iot-psm", "umts-aro-default",
		"cdma2000-1x", "lte-m-nrf9160-psm", "wifi-adaptive-psm", "lte-edrx-psm" };

	for (size_t i = 0; i < G_N_ELEMENTS(radios); i++) {
		g_autofree char *text = g_strdup_printf(
			"[scenario]\nduration = 24h\n[path]\n" HOME "[radio]\nprofile = %s\n", radios[i]);
		struct nap_rng rng = nap_rng_stream(7, 0, i, NAP_RNG_APP);
		struct t_replay *t = t_begin(text, T_DEVICE, 0);
		struct nap_wide flows = { 0, 0 }, bursts = { 0, 0 };
		double seen = 0.0, all;
		nap_time at = 0;

		for (int k = 0; k < 900; k++) {
			at += (nap_time)((double)NAP_MS * exp(12.0 * nap_rng_unit(&rng)));
			t_add(t, at,
				t_udp(nap_rng_below(&rng, 2), (uint16_t)(5000 + nap_rng_below(&rng, 20)),
					nap_rng_below(&rng, 1400)));
		}
		t_finish(t, NAP_NEVER);
		for (guint k = 0; k < t->seen.flows->len; k++)
			flows = nap_wide_sum(flows, t_flow(t, k)->paid);
		for (guint k = 0; k < t->seen.bursts->len; k++)
			bursts =
				nap_wide_sum(bursts, g_array_index(t->seen.bursts, struct nap_burst, k).paid);
		for (int k = 0; k < NAP_SEEN_N; k++)
			seen += nap_replay_joules(&t->seen.sums, (enum nap_purpose_seen)k);
		all = (t->seen.sums.energy.total - t->seen.sums.energy.idle -
			      t->seen.sums.energy.cause[NAP_CAUSE_UPDATE]) /
		      1e3;
		g_assert_cmpuint(t->seen.sums.packets[0] + t->seen.sums.packets[1], ==, 900);
		NEAR(nap_cost_joules(flows), all, 1e-6 * all);
		NEAR(nap_cost_joules(bursts), all, 1e-6 * all);
		NEAR(seen, all, 1e-6 * all);
		t_free(t);
	}
}

/* ---- keepalives ----------------------------------------------------------------------------------------------------------- */

/* By TCP itself, after 75 s of silence, between data at odd times: counted from the last packet. */
static void test_tcp_probes(void)
{
	struct t_replay *t = t_begin(SCENARIO("wifi-aro", ""), T_DEVICE, 0);
	uint32_t seq = 1000, ack = 9000;
	nap_time at = 0;

	for (int i = 0; i < 30; i++) {
		at += i % 3 == 0 ? 31 * NAP_S + i * 700 * NAP_MS : 75 * NAP_S;
		if (i % 3 == 0) {
			t_add(t, at, t_tcp(true, 5000, NAP_ACK | NAP_PSH, seq, ack, 300));
			seq += 300;
			t_add(t, at + 50 * NAP_MS, t_tcp(false, 5000, NAP_ACK, ack, seq, 0));
		} else {
			t_add(t, at, t_tcp(true, 5000, NAP_ACK, seq - 1, ack, 0));
			t_add(t, at + 50 * NAP_MS, t_tcp(false, 5000, NAP_ACK, ack, seq, 0));
		}
		at += 50 * NAP_MS;
	}
	t_finish(t, NAP_NEVER);
	g_assert_cmpint(t_flow(t, 0)->keepalive.kind, ==, NAP_KEEPALIVE_TCP_PROBE);
	g_assert_cmpint(t_flow(t, 0)->keepalive.period, ==, 75 * NAP_S);
	g_assert_true(t_flow(t, 0)->keepalive.after_silence);
	g_assert_cmpuint(t_flow(t, 0)->keepalive.n, ==, 20);
	g_assert_cmpint(t_flow(t, 0)->keepalive.answer, ==, 50 * NAP_MS);
	t_free(t);
}

/* A trace that begins in the middle of a connection, with a probe: what is acknowledged tells the number that comes next. */
static void test_tcp_probes_alone(void)
{
	struct t_replay *t = t_begin(SCENARIO("wifi-aro", ""), T_DEVICE, 0);

	for (int i = 0; i < 6; i++) {
		t_add(t, i * 20 * NAP_S, t_tcp(true, 5000, NAP_ACK, 999, 9000, 0));
		t_add(t, i * 20 * NAP_S + 50 * NAP_MS, t_tcp(false, 5000, NAP_ACK, 9000, 1000, 0));
	}
	t_finish(t, NAP_NEVER);
	g_assert_cmpint(t_flow(t, 0)->keepalive.kind, ==, NAP_KEEPALIVE_TCP_PROBE);
	g_assert_cmpuint(t_flow(t, 0)->keepalive.n, ==, 5); /* the first could be anything */
	t_free(t);
}

/* Of the server, jittered by a twentieth, among larger exchanges; another flow's random small ones are none. */
static void test_rhythm(void)
{
	struct t_replay *t = t_begin(SCENARIO("wifi-aro", ""), T_DEVICE, 0);
	struct nap_rng rng = nap_rng_stream(3, 0, 0, NAP_RNG_APP);
	nap_time other = 10 * NAP_S;

	for (int i = 1; i <= 40; i++) {
		nap_time at = i * NAP_MIN + (nap_time)nap_rng_below(&rng, 3000) * NAP_MS;

		for (; other < at; other += (nap_time)(-log(nap_rng_unit(&rng)) * 60e9) + 2 * NAP_S)
			t_add(t, other, t_udp(true, 6000, 20));
		t_add(t, at, t_udp(false, 5000, 40));
		t_add(t, at + 30 * NAP_MS, t_udp(true, 5000, 40));
		if (i % 5 == 0) {
			t_add(t, at + 20 * NAP_S, t_udp(true, 5000, 1200));
			t_add(t, at + 20 * NAP_S + NAP_MS, t_udp(true, 5000, 1200));
			other = nap_time_max(other, at + 21 * NAP_S);
		}
	}
	t_finish(t, NAP_NEVER);
	g_assert_cmpuint(t->seen.flows->len, ==, 2);
	for (guint i = 0; i < 2; i++) {
		const struct nap_flow *f = t_flow(t, i);

		if (f->port[0] == 6000) {
			g_assert_cmpint(f->keepalive.kind, ==, NAP_KEEPALIVE_NONE);
			continue;
		}
		g_assert_cmpint(f->keepalive.kind, ==, NAP_KEEPALIVE_UDP);
		g_assert_false(f->keepalive.up);
		g_assert_cmpuint(f->keepalive.n, ==, 40);
		g_assert_cmpint(llabs(f->keepalive.period - NAP_MIN), <, 2 * NAP_S);
		g_assert_cmpint(f->keepalive.jitter, <, 2 * NAP_S);
	}
	t_free(t);
}

/* ---- boxes ------------------------------------------------------------------------------------------------------------------ */

/* An answered UDP flow lasts 30 s at Linux, then 120 s when it goes on: cut 30 s after the answer, used 100 s after that. */
static void test_cut(void)
{
	struct t_replay *t = t_begin(SCENARIO("lte-two-state", HOME), T_DEVICE, 0);
	const struct nap_flow *f;

	t_add(t, 0, t_udp(true, 5000, 10));
	t_add(t, NAP_S, t_udp(false, 5000, 10));
	t_add(t, 131 * NAP_S, t_udp(false, 5000, 10));
	t_add(t, 141 * NAP_S, t_udp(true, 5000, 10));
	t_add(t, 142 * NAP_S, t_udp(false, 5000, 10));
	t_finish(t, 1000 * NAP_S);
	f = t_flow(t, 0);
	/* the answer came to the box 20 ms before the radio */
	g_assert_cmpint(f->hop[0].cut_at, ==, 31 * NAP_S - 20 * NAP_MS);
	g_assert_cmpuint(f->hop[0].cuts, ==, 2);
	g_assert_cmpint(f->used, ==, 131 * NAP_S - 20 * NAP_MS - 260 * NAP_MS);
	g_assert_cmpuint(f->after[0], ==, 1);
	g_assert_cmpuint(f->after[1], ==, 1);
	g_assert_cmpint(f->longest_gap, ==, 130 * NAP_S);
	g_assert_cmpuint(t->seen.sums.hop[0].cut, ==, 1);
	g_assert_cmpuint(t->seen.sums.hop[0].used_after, ==, 1);
	g_assert_cmpuint(t->seen.sums.hop[0].counts.created, ==, 2);
	/* shut from 30.98 s until it was opened again, at 141.02 s on the air and 20 ms later at the box */
	g_assert_cmpint(f->unreachable, ==, 141 * NAP_S + 20 * NAP_MS - (31 * NAP_S - 20 * NAP_MS));
	t_free(t);
}

/* What both ends have closed is not cut; a connection that one box forgets is, there alone, and by each one's name. */
static void test_closed_and_chain(void)
{
	struct t_replay *t = t_begin(
		"[scenario]\nduration = 24h\n[path]\nmiddleboxes = home; carrier\n[middlebox home]\nprofile "
		"= linux\n"
		"[middlebox carrier]\nprofile = cgn-rfc6888\ntcp-established = 5min\n[radio]\nprofile = "
		"lte-two-state\n",
		T_DEVICE, 0);

	for (int step = 0; step < 3; step++)
		for (uint16_t port = 5000; port < 5002; port++)
			t_add(t, step * NAP_S,
				step == 0   ? t_tcp(true, port, NAP_SYN, 100, 0, 0)
				: step == 1 ? t_tcp(false, port, NAP_SYN | NAP_ACK, 500, 101, 0)
					    : t_tcp(true, port, NAP_ACK, 101, 501, 0));
	t_add(t, 3 * NAP_S, t_tcp(true, 5000, NAP_FIN | NAP_ACK, 101, 501, 0));
	t_add(t, 4 * NAP_S, t_tcp(false, 5000, NAP_FIN | NAP_ACK, 501, 102, 0));
	t_add(t, 5 * NAP_S, t_tcp(true, 5000, NAP_ACK, 102, 502, 0));
	t_add(t, NAP_H, t_tcp(true, 5001, NAP_ACK | NAP_PSH, 101, 501, 10));
	t_finish(t, NAP_H + NAP_MIN);
	g_assert_cmpint(t_flow(t, 0)->hop[0].cut_at, ==, NAP_NEVER);
	g_assert_cmpint(t_flow(t, 0)->hop[1].cut_at, ==, NAP_NEVER);
	g_assert_cmpint(t_flow(t, 1)->hop[0].cut_at, ==, NAP_NEVER);
	/* established for 5 min, then transitory for 4 (RFC 6146 3.5.2.2) */
	g_assert_cmpint(t_flow(t, 1)->hop[1].cut_at, ==, 2 * NAP_S + 9 * NAP_MIN);
	g_assert_cmpint(t_flow(t, 1)->used, ==, NAP_H + 260 * NAP_MS);
	t_free(t);
}

/*
 * A trace from a radio and a path that are quicker than the scenario's: what the device sends is still on the model's way when the
 * trace has its answer. It has gone out by then all the same, and the boxes see a connection as it was.
 */
static void test_quick_trace(void)
{
	static const char *const radios[] = { "lte-two-state", "nb-iot-psm", "wired", "umts-aro-default" };

	for (size_t i = 0; i < G_N_ELEMENTS(radios); i++) {
		g_autofree char *text = g_strdup_printf(
			"[scenario]\nduration = 24h\n[path]\ndelay = 300ms\n" HOME "[radio]\nprofile = %s\n",
			radios[i]);
		struct t_replay *t = t_begin(text, T_DEVICE, 0);
		const nap_time ms = NAP_MS;

		t_add(t, 0, t_tcp(true, 5000, NAP_SYN, 100, 0, 0));
		t_add(t, 5 * ms, t_tcp(false, 5000, NAP_SYN | NAP_ACK, 500, 101, 0));
		t_add(t, 5 * ms, t_tcp(true, 5000, NAP_ACK, 101, 501, 0));
		t_add(t, 6 * ms, t_tcp(true, 5000, NAP_ACK | NAP_PSH, 101, 501, 50));
		for (uint32_t k = 0; k < 20; k++) {
			t_add(t, (11 + 6 * k) * ms,
				t_tcp(false, 5000, NAP_ACK | NAP_PSH, 501 + 90 * k, 151 + 50 * k, 90));
			t_add(t, (12 + 6 * k) * ms,
				t_tcp(true, 5000, NAP_ACK | NAP_PSH, 151 + 50 * k, 591 + 90 * k, 50));
		}
		t_add(t, 140 * ms, t_tcp(false, 5000, NAP_ACK, 2301, 1151, 0));
		t_add(t, NAP_H, t_tcp(false, 5000, NAP_ACK | NAP_PSH, 2301, 1151, 10));
		t_finish(t, NAP_H + NAP_MIN);
		g_assert_cmpint(t_flow(t, 0)->hop[0].cut_at, ==, NAP_NEVER);
		g_assert_cmpuint(t_flow(t, 0)->stopped, ==, 0);
		g_assert_cmpuint(t->seen.sums.hop[0].counts.created, ==, 1);
		t_free(t);
	}
}

/* ---- devices and clocks ----------------------------------------------------------------------------------------------------- */

static void test_device_inferred(void)
{
	struct t_replay *t = t_begin(SCENARIO("wifi-aro", ""), 0, 0);

	/* two servers, and somebody else's broadcast and talk */
	for (int i = 0; i < 20; i++) {
		t_add(t, i * NAP_S, t_udp(i % 2, 5000, 10));
		t_add(t, i * NAP_S, t_ip4(T_DEVICE, 6000, T_SERVER + 1, 53, 0xff, 0, 0, 10));
	}
	t_add(t, 20 * NAP_S,
		t_ip4(NAP_ADDR(192, 168, 1, 99), 7000, NAP_ADDR(192, 168, 1, 98), 53, 0xff, 0, 0, 10));
	t_finish(t, NAP_NEVER);
	g_assert_cmpuint(t->trace.devices, ==, 1);
	g_assert_true(nap_ip_equal(t->trace.device[0], nap_ip_of(T_DEVICE)));
	g_assert_true(t->trace.inferred);
	g_assert_cmpuint(t->trace.explained, ==, 40);
	g_assert_cmpuint(t->trace.seen, ==, 41);
	g_assert_cmpuint(t->trace.skipped[NAP_SKIP_NOT_OURS], ==, 1);
	g_assert_cmpuint(t->seen.sums.packets[1], ==, 30);
	g_assert_cmpuint(t->seen.sums.packets[0], ==, 10);
	t_free(t);
}

/* A little out of order: taken as then. Set back by an hour: it goes on. */
static void test_clock(void)
{
	struct t_replay *t = t_begin(SCENARIO("wifi-aro", ""), T_DEVICE, 0);

	t_add(t, 7200 * NAP_S, t_udp(true, 5000, 10));
	t_add(t, 7210 * NAP_S, t_udp(true, 5000, 10));
	t_add(t, 7210 * NAP_S - 300 * NAP_MS, t_udp(false, 5000, 10));
	t_add(t, 3600 * NAP_S, t_udp(true, 5000, 10));
	t_add(t, 3605 * NAP_S, t_udp(true, 5000, 10));
	t_finish(t, NAP_NEVER);
	g_assert_cmpuint(t->trace.back, ==, 1);
	g_assert_cmpuint(t->trace.steps, ==, 1);
	g_assert_cmpint(t->trace.last, ==, 15 * NAP_S);
	t_free(t);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/replay/lone-packet", test_lone_packet);
	g_test_add_func("/replay/periodic-by-hand", test_periodic_by_hand);
	g_test_add_func("/replay/tail-belongs", test_tail_belongs);
	g_test_add_func("/replay/sums", test_sums);
	g_test_add_func("/replay/tcp-probes", test_tcp_probes);
	g_test_add_func("/replay/tcp-probes-alone", test_tcp_probes_alone);
	g_test_add_func("/replay/rhythm", test_rhythm);
	g_test_add_func("/replay/cut", test_cut);
	g_test_add_func("/replay/closed-and-chain", test_closed_and_chain);
	g_test_add_func("/replay/quick-trace", test_quick_trace);
	g_test_add_func("/replay/device-inferred", test_device_inferred);
	g_test_add_func("/replay/clock", test_clock);
	return g_test_run();
}
