/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Radios whose tables are drawn, most of them whole and some with a flaw: what is said of the flawed ones, and what trains of packets
 * come to on the others, in all times and counts, beside what was recorded. Times are multiples of a quarter of a second, so that
 * timers, windows and packets fall together; the energy must be that of the price of a nanosecond, of a byte and of an edge, and a
 * look ahead must tell what then comes.
 */
#include <glib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "radio/price.h"
#include "radio/radio.h"
#include "recorded.h"

enum { TABLES = 8000, SHOWN = 300, PACKETS = 60, STATES = 18, EDGES = 70 };

#define QUARTER (250 * NAP_MS)

struct table {
	struct nap_rng rng;
	struct nap_radio_row radio;
	struct nap_radio_state_row state[STATES];
	struct nap_radio_edge_row edge[EDGES];
	struct nap_radio_sleep_row sleep[3];
	struct nap_radio_level_row level[3];
	struct nap_radio_coverage_row coverage[2];
	unsigned n_states, n_edges;
	char state_name[STATES][4], edge_name[EDGES][4];
};

static uint32_t below(struct table *t, uint32_t n)
{
	return nap_rng_below(&t->rng, n);
}

static bool chance(struct table *t, uint32_t of)
{
	return below(t, of) == 0;
}

static nap_time quarters(struct table *t, uint32_t n)
{
	return below(t, n) * QUARTER;
}

static double power(struct table *t)
{
	return 5.0 * below(t, 200);
}

static void draw_state(struct table *t, unsigned i)
{
	struct nap_radio_state_row *s = &t->state[i];

	g_snprintf(t->state_name[i], sizeof t->state_name[i], "s%u", i);
	*s = (struct nap_radio_state_row){ .name = t->state_name[chance(t, 60) ? 0 : i],
		.power = { power(t), 0 },
		.connected = i > 0 && below(t, 3),
		.lock = below(t, 4) };
	if (!s->connected && i > 0 && chance(t, 3))
		s->reachable = NAP_REACH_NO;
	if (chance(t, 40))
		s->reachable = NAP_REACH_NO;
	if (chance(t, 2)) {
		s->cycle = QUARTER + quarters(t, 12);
		s->on_duration = chance(t, 3) ? s->cycle : 1 + below(t, 250) * NAP_MS;
		s->phase = chance(t, 3) ? quarters(t, chance(t, 8) ? 14 : 2) % (s->cycle + QUARTER) : 0;
		s->on_power.value = chance(t, 2) ? power(t) : 0.0;
		s->cycle_energy.value = chance(t, 4) ? below(t, 100) : 0.0;
		s->sleeps = chance(t, chance(t, 12) || s->on_power.value <= 0.0 ? 3 : 1000);
	}
	if (chance(t, 60))
		s->on_duration = chance(t, 2) ? 0 : s->cycle + 1;
	for (int link = 0; link < NAP_LINKS; link++) {
		s->rate_bps[link] = chance(t, 2) ? 8000.0 * (1 + below(t, 200)) : 0.0;
		s->transfer[link].value = chance(t, 3) ? power(t) : 0.0;
		s->slope_mw_per_mbps[link] = chance(t, 4) ? below(t, 500) : 0.0;
		s->kb_energy[link].value = chance(t, 4) ? below(t, 90) : 0.0;
	}
}

static struct nap_dist draw_time(struct table *t, uint32_t most)
{
	double a = (double)quarters(t, most);

	if (chance(t, 12))
		return (struct nap_dist){ NAP_DIST_UNIFORM, 0, a, a + 1e9, NULL };
	if (chance(t, 20))
		return (struct nap_dist){ NAP_DIST_EXPONENTIAL, 0, a + 1e6, 0.0, NULL };
	return nap_dist_constant(a);
}

static void add_edge(struct table *t, unsigned from, unsigned to, enum nap_edge_on on)
{
	unsigned i = t->n_edges++;
	struct nap_radio_edge_row *e = &t->edge[i];

	g_assert_cmpuint(i, <, EDGES);
	g_snprintf(t->edge_name[i], sizeof t->edge_name[i], "e%u", i);
	*e = (struct nap_radio_edge_row){ .name = t->edge_name[chance(t, 150) ? 0 : i],
		.from = chance(t, 150) ? "nowhere" : t->state_name[from],
		.to = chance(t, 150) ? "nowhere" : t->state_name[to],
		.on = on,
		.after = on == NAP_ON_IDLE ? draw_time(t, 24) : nap_dist_constant(0.0),
		.delay = chance(t, 2) ? draw_time(t, 8) : nap_dist_constant(0.0),
		.power = { power(t), 0 },
		.energy = { chance(t, 3) ? below(t, 400) : 0.0, 0 },
		.messages = chance(t, 2) ? below(t, 20) : 0 };
	if (on == NAP_ON_IDLE && !(e->after.a > 0.0) && below(t, 12))
		e->after = nap_dist_constant(1e9);
	e->carries =
		on != NAP_ON_IDLE && chance(t, t->state[from].connected && t->state[to].connected ? 3 : 100);
}

/* Each state goes down by a timer, and up by packets; some the other way round. */
static void draw_edges(struct table *t)
{
	for (unsigned i = 0; i < t->n_states; i++) {
		unsigned up =
			i + 1 < t->n_states ? i + 1 + (chance(t, 4) ? below(t, t->n_states - i - 1) : 0) : i;

		if (i > 0 && below(t, 40))
			add_edge(t, i, chance(t, 60) ? up : below(t, i), NAP_ON_IDLE);
		if (i > 0 && chance(t, 80))
			add_edge(t, i, 0, NAP_ON_IDLE);
		if (up == i)
			continue;
		add_edge(t, i, up, chance(t, 4) ? NAP_ON_SEND : NAP_ON_TRAFFIC);
		if (t->state[i].connected)
			for (int link = 0; link < NAP_LINKS; link++)
				t->edge[t->n_edges - 1].over[link] = 100 * below(t, 4);
		if (t->edge[t->n_edges - 1].on == NAP_ON_SEND && below(t, 12))
			add_edge(t, i, chance(t, 2) ? up : t->n_states - 1, NAP_ON_RECEIVE);
		else if (chance(t, 4))
			add_edge(t, i, t->n_states - 1, chance(t, 2) ? NAP_ON_RECEIVE : NAP_ON_SEND);
		if (chance(t, 60))
			add_edge(t, up, i, NAP_ON_TRAFFIC);
	}
	if (below(t, 30))
		t->state[t->n_states - 1].connected = true,
				       t->state[t->n_states - 1].reachable = NAP_REACH_YES;
}

static void draw_conditions(struct table *t)
{
	static const uint32_t all[] = { 0, 1, 2, 4, 1 };
	static const char *const places[] = { "near", "far", "near", "far", "near", "far", "beyond" };
	struct nap_radio_row *r = &t->radio;

	for (unsigned i = 0; i < 3; i++) {
		t->sleep[i] = (struct nap_radio_sleep_row){ "sleep", { power(t) / 20, 0 },
			{ below(t, 200), 0 }, quarters(t, 6) };
		t->level[i] = (struct nap_radio_level_row){ "level", 2.0 * below(t, 12), { power(t), 0 } };
	}
	for (unsigned i = 0; i < 2; i++)
		t->coverage[i] = (struct nap_radio_coverage_row){ i ? "far" : "near",
			{ 1 + below(t, 8), 1 + below(t, 8) }, 1 + below(t, 4), 1 + below(t, 4) };
	*r = (struct nap_radio_row){ .start = chance(t, 60) ? "nowhere" : t->state_name[0],
		.buffer_packets = below(t, 4),
		.buffer_time = chance(t, 2) ? QUARTER * (1 + below(t, 8)) : NAP_NEVER,
		.page_messages = below(t, 5),
		.release_assistance = chance(t, 3) ? QUARTER * (1 + below(t, 8)) : NAP_NEVER,
		.coverage = chance(t, 3) ? places[below(t, 7)] : "",
		.bandwidth_floor = 0.25 * below(t, 5),
		.receive_least = { power(t) / 4, 0 },
		.antenna_halving = 0.5,
		.output_dbm = below(t, 24),
		.sleeps = t->sleep,
		.levels = t->level,
		.coverages = t->coverage,
		.n_sleeps = below(t, 4),
		.n_levels = chance(t, 3) ? 1 + below(t, 3) : 0,
		.n_coverages = 2 };
	if (chance(t, 4)) {
		r->bandwidth_hz = 1e6 * (1 + below(t, 4));
		r->reference_bandwidth_hz = chance(t, 12) ? 0.0 : 1e6 * (1 + below(t, 4));
	}
	if (chance(t, 4)) {
		r->antennas = all[below(t, 5)];
		r->reference_antennas = chance(t, 6) ? 6 * below(t, 2) : 4;
	}
}

static void draw(struct table *t, uint32_t number)
{
	memset(t, 0, sizeof *t);
	t->rng = nap_rng_stream(86, number, 0, NAP_RNG_RADIO);
	t->n_states = chance(t, 25) ? STATES - below(t, 6) : 2 + below(t, 4);
	for (unsigned i = 0; i < t->n_states; i++)
		draw_state(t, i);
	draw_edges(t);
	draw_conditions(t);
}

/* ---- a train on it --------------------------------------------------------------------------------------------------- */

static uint64_t mix_words(uint64_t h, const void *words, size_t bytes)
{
	for (size_t i = 0; i < bytes / 8; i++)
		h = nap_mix(h, ((const uint64_t *)words)[i]);
	return h;
}

/* What is charged as it comes is what the meter's counts cost in the end. */
static void check_bill(const struct nap_meter *m, const struct nap_radio_tech *tech,
	const struct nap_prices *prices, struct nap_wide sum, double total)
{
	struct nap_wide all = nap_meter_price(m, tech, prices);
	double mj = ((double)all.high * 18446744073709551616.0 + (double)all.low) / 65536.0 / 1e9;

	g_assert_true(all.low == sum.low && all.high == sum.high);
	g_assert_cmpfloat_with_epsilon(mj, total, 1e-6 * total + 1e-6);
}

static uint64_t look(const struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now, uint64_t h)
{
	h = nap_mix(h, (uint64_t)nap_radio_reachable_until(r, tech, now));
	h = nap_mix(h, (uint64_t)nap_radio_wakes(r, tech, now));
	h = nap_mix(h, (uint64_t)nap_radio_hears_at_once(r, tech, now, 100));
	return nap_mix(h, nap_radio_connected(r, tech, now));
}

static nap_time packet(struct table *t, struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now,
	struct nap_meter *m)
{
	enum nap_cause cause = below(t, NAP_CAUSES);
	uint32_t bytes = 50 * (1 + below(t, 8));
	nap_time got;

	if (chance(t, 2)) {
		got = nap_radio_send(r, tech, now, bytes, cause, &t->rng, m);
		if (chance(t, 2))
			nap_radio_assist(r, tech, below(t, NAP_ASSISTS));
		return got;
	}
	got = nap_radio_receive(r, tech, now, bytes, cause, &t->rng, m);
	if (got == NAP_RADIO_HELD && chance(t, 2))
		nap_radio_unhold(r);
	else if (chance(t, 12))
		nap_radio_unpage(r, tech, now, m);
	return got;
}

static void say(
	GString *s, const struct nap_radio_tech *tech, const struct nap_meter *m, const struct nap_energy *e)
{
	nap_time asleep;
	uint64_t sleeps = nap_meter_sleeps(m, tech, &asleep);

	g_string_append_printf(s, "%u states, %u edges: %.11g: %.11g %.11g %.11g %.11g %.11g %.11g;",
		tech->n_states, tech->n_edges, e->total, e->promotion, e->transfer, e->tail, e->drx,
		e->paging, e->base);
	g_string_append_printf(s, " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRId64 " %" PRId64 " %" PRIu64,
		nap_meter_promotions(m, tech), nap_meter_signalling(m, tech), sleeps, asleep,
		nap_meter_connected(m, tech), nap_meter_bytes(m, NAP_DOWNLINK));
}

/* All times and counts in one number; most of them in s as well, if it is there. */
static uint64_t play(GString *s, struct table *t, const struct nap_radio_tech *tech)
{
	struct nap_meter m = { .packets = { { 0 } } }, reading;
	struct nap_wide sum = { 0, 0 };
	struct nap_prices prices;
	struct nap_bill bill = { &prices, &sum };
	struct nap_radio r;
	struct nap_energy e;
	nap_time now = 0;
	uint64_t h = 0;

	nap_prices_init(&prices, tech);
	m.bill = chance(t, 2) ? &bill : NULL;
	nap_radio_init(&r, tech, 0);
	for (int i = 0; i < PACKETS; i++) {
		now += quarters(t, chance(t, 4) ? 40 : 6);
		h = look(&r, tech, now, nap_mix(h, (uint64_t)packet(t, &r, tech, now, &m)));
	}
	now += quarters(t, 60);
	if (tech->random) /* which of two transitions is cut is a matter of chance: none is under way in the end */
		for (nap_radio_settle(&r, tech, now, &m); r.since > now; nap_radio_settle(&r, tech, now, &m))
			now = r.since;
	nap_radio_reading(&r, tech, now, &m, &reading);
	nap_radio_close(&r, tech, now, &m);
	e = nap_meter_energy(&m, tech);
	g_assert_cmpfloat(nap_meter_energy(&reading, tech).total, ==, e.total);
	for (unsigned k = 0; k < tech->n_edges; k++)
		for (unsigned c = 0; c < NAP_CAUSES; c++)
			g_assert_cmpint(m.edge[k].ns[c], >=, 0);
	if (m.bill)
		check_bill(&m, tech, &prices, sum, e.total);
	h = mix_words(h, m.state, sizeof m.state);
	h = mix_words(mix_words(h, m.edge, sizeof m.edge), m.packets, sizeof m.packets);
	if (s)
		say(s, tech, &m, &e);
	return h;
}

/* One number of a table: what is said of it, or what its train comes to; in words as well where s is there. */
static uint64_t judge(GString *s, struct table *t, uint32_t number, uint32_t *whole)
{
	struct nap_radio_tech tech;
	char *reason = NULL;
	uint64_t h;

	draw(t, number);
	if (nap_radio_compile(&tech, &t->radio, t->state, t->n_states, t->edge, t->n_edges, &reason)) {
		(*whole)++;
		return play(s, t, &tech);
	}
	h = g_str_hash(reason);
	if (s)
		g_string_append(s, reason);
	g_free(reason);
	return h;
}

static void test_tables(void)
{
	g_autoptr(GString) now = g_string_new(NULL);
	g_autofree struct table *t = g_new(struct table, 1);
	uint32_t whole = 0, n = 0;

	for (; n < SHOWN; n++) {
		g_string_append_printf(now, "%u ", n);
		g_string_append_printf(now, " %016" PRIx64 "\n", judge(now, t, n, &whole));
	}
	while (n < TABLES) {
		uint64_t h = 0;

		do
			h = nap_mix(h, judge(NULL, t, n, &whole));
		while (++n % 100);
		g_string_append_printf(now, "to %u %016" PRIx64 "\n", n, h);
	}
	g_test_message("%u of %u can be run", whole, n);
	g_assert_cmpuint(whole, >, TABLES / 3);
	recorded_check("radio-tables", now->str);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/radio-tables/recorded", test_tables);
	return g_test_run();
}
