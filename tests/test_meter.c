/* SPDX-License-Identifier: BSD-2-Clause */
/* Meters, their energy, and batteries. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "io/device.h"
#include "radio/battery.h"
#include "radio/radio.h"
#include "text/embed.h"

static struct nap_scenario *load(const char *radio, const char *battery)
{
	GError *error = NULL;
	struct nap_scenario *s = nap_device_load(radio, battery, ".", NULL, 0, &error);

	if (!s)
		g_error("%s", error->message);
	return s;
}

/* A day of random traffic of all causes on one radio. */
static void live(const struct nap_radio_tech *tech, uint32_t seed, struct nap_meter *m)
{
	struct nap_rng rng = nap_rng_stream(seed, 0, 0, NAP_RNG_PUSH);
	struct nap_radio r;
	nap_time now = 0;

	nap_radio_init(&r, tech, 0);
	for (unsigned i = 0; (now += nap_draw_gap(&rng, 60e9)) < NAP_DAY; i++) {
		uint32_t bytes = 40 + nap_rng_below(&rng, 1400);
		enum nap_cause cause = (enum nap_cause)(i % NAP_CAUSES);

		if (i % 3)
			nap_radio_send(&r, tech, now, bytes, cause, &rng, m);
		else
			nap_radio_receive(&r, tech, now, bytes, cause, &rng, m);
	}
	nap_radio_close(&r, tech, NAP_DAY, m);
}

static void test_sums(void)
{
	struct nap_scenario *s = load("lte-huang-2012", NULL);
	const struct nap_radio_tech *t = s->radio;
	struct nap_meter a = { 0 }, b = { 0 }, ab = { 0 }, ba = { 0 }, back;
	struct nap_energy ea, eb, eab;

	live(t, 1, &a);
	live(t, 2, &b);
	nap_meter_add(&ab, &a, 1, t);
	nap_meter_add(&ab, &b, 3, t);
	nap_meter_add(&ba, &b, 3, t);
	nap_meter_add(&ba, &a, 1, t);
	g_assert_true(memcmp(&ab, &ba, sizeof ab) == 0);
	nap_meter_difference(&back, &ab, &a, t);
	nap_meter_difference(&back, &back, &b, t);
	nap_meter_difference(&back, &back, &b, t);
	g_assert_true(memcmp(&back, &b, sizeof b) == 0);
	ea = nap_meter_energy(&a, t);
	eb = nap_meter_energy(&b, t);
	eab = nap_meter_energy(&ab, t);
	g_assert_cmpfloat_with_epsilon(eab.total, ea.total + 3 * eb.total, 1e-9 * eab.total);
	nap_scenario_free(s);
}

/* All components are there, sum to the total, and so do idle and the causes. */
static void test_parts(void)
{
	struct nap_scenario *s = load("lte-huang-2012", NULL);
	struct nap_meter m = { 0 };
	struct nap_energy e;
	double by_cause = 0;

	live(s->radio, 5, &m);
	e = nap_meter_energy(&m, s->radio);
	g_assert_cmpfloat(e.promotion, >, 0);
	g_assert_cmpfloat(e.transfer, >, 0);
	g_assert_cmpfloat(e.tail, >, 0);
	g_assert_cmpfloat(e.drx, >, 0);
	g_assert_cmpfloat(e.paging, >, 0);
	g_assert_cmpfloat_with_epsilon(
		e.promotion + e.transfer + e.tail + e.drx + e.paging + e.base, e.total, 1e-9 * e.total);
	for (unsigned c = 0; c < NAP_CAUSES; c++) {
		g_assert_cmpfloat(e.cause[c], >, 0);
		by_cause += e.cause[c];
	}
	g_assert_cmpfloat_with_epsilon(by_cause + e.idle, e.total, 1e-9 * e.total);
	/* Huang: alpha_u 438.39 mW per Mbit/s is 438.39 mJ a Mbit */
	g_assert_cmpfloat_with_epsilon(e.transfer,
		(438.39 * (double)nap_meter_bytes(&m, NAP_UPLINK) +
			51.97 * (double)nap_meter_bytes(&m, NAP_DOWNLINK)) *
			8e-6,
		1e-9 * e.transfer);
	nap_scenario_free(s);
}

/* Counts of all rows as they were drawn, told again; nothing is rounded, and no nanosecond is added. */
static void check_counts(const struct nap_radio_tech *t, uint32_t seed)
{
	struct nap_rng rng = nap_rng_stream(seed, 1, 0, NAP_RNG_PUSH);
	struct nap_meter m = { .pages = nap_rng_below(&rng, 100) };
	uint64_t bytes[NAP_LINKS] = { 0 }, promotions = 0, messages = m.pages * t->page_messages, sleeps = 0;
	nap_time connected = 0, asleep = 0, told;

	for (unsigned c = 0; c < NAP_CAUSES; c++) {
		for (unsigned i = 0; i < t->n_states; i++) {
			nap_time dwell = m.state[i].dwell[c] = nap_rng_below(&rng, 1000000);

			for (unsigned link = 0; link < NAP_LINKS; link++)
				bytes[link] += m.state[i].bytes[link][c] = nap_rng_below(&rng, 5000);
			connected += t->state[i].connected ? dwell : 0;
			asleep += t->state[i].reachable ? 0 : dwell;
		}
		for (unsigned i = 0; i < t->n_edges; i++) {
			const struct nap_radio_edge *e = &t->edge[i];
			uint64_t n = m.edge[i].taken[c] = nap_rng_below(&rng, 1000);

			promotions += e->promotion ? n : 0;
			messages += n * e->messages;
			sleeps += t->state[e->from].reachable && !t->state[e->to].reachable ? n : 0;
		}
	}
	g_assert_cmpuint(nap_meter_promotions(&m, t), ==, promotions);
	g_assert_cmpuint(nap_meter_signalling(&m, t), ==, messages);
	g_assert_cmpint(nap_meter_connected(&m, t), ==, connected);
	g_assert_cmpuint(nap_meter_sleeps(&m, t, &told), ==, sleeps);
	g_assert_cmpint(told, ==, asleep);
	for (unsigned link = 0; link < NAP_LINKS; link++)
		g_assert_cmpuint(nap_meter_bytes(&m, (enum nap_direction)link), ==, bytes[link]);
}

/* Each nanosecond of a day is spent in a state or in a transition, whatever the radio. */
static void check_time(const struct nap_radio_tech *t, uint32_t seed)
{
	struct nap_meter m = { 0 };
	nap_time spent = 0;

	live(t, seed, &m);
	for (unsigned c = 0; c < NAP_CAUSES; c++) {
		for (unsigned i = 0; i < t->n_states; i++) {
			spent += m.state[i].dwell[c];
			g_assert_cmpint(m.state[i].on[c], >=, 0);
			g_assert_cmpint(m.state[i].on[c], <=, m.state[i].dwell[c]);
		}
		for (unsigned i = 0; i < t->n_edges; i++)
			spent += m.edge[i].ns[c];
	}
	g_assert_cmpint(spent, ==, NAP_DAY);
}

static void test_recount(void)
{
	const char *name;

	for (size_t i = 0; (name = nap_profile_name("radio", i)); i++) {
		struct nap_scenario *s = load(name, NULL);

		g_test_message("%s", name);
		check_counts(s->radio, (uint32_t)i);
		check_time(s->radio, (uint32_t)i);
		nap_scenario_free(s);
	}
}

static void test_battery(void)
{
	struct nap_battery_config b = { .capacity_mah = 3000,
		.voltage_v = 3.8,
		.self_discharge = 0.02,
		.cut_off = 0.05,
		.load = { 10, 0 } };
	double self = 0.02 * 3000 * 3.8 / 720;

	g_assert_cmpfloat_with_epsilon(nap_battery_energy(&b), 3000 * 3.8 * 3.6e3, 1e-6);
	g_assert_cmpfloat_with_epsilon(
		nap_battery_percent_per_day(&b, 50), 100 * 24 * (60 + self) / 11400, 1e-12);
	g_assert_cmpfloat_with_epsilon(nap_battery_life_h(&b, 50), 0.95 * 11400 / (60 + self), 1e-9);
	b.self_discharge = b.load.value = 0;
	g_assert_true(isinf(nap_battery_life_h(&b, 0)));
}

/* Years of life: an NB-IoT sensor of TR 45.820 that only sleeps lives for 5 Wh / 0.015 mW, 38 years. */
static void test_years(void)
{
	struct nap_scenario *s = load("nb-iot-rai", "tr45820-5wh");

	g_assert_cmpfloat_with_epsilon(
		nap_battery_life_h(&s->battery, 0.015) / 24 / 365.25, 5000 / 0.015 / 24 / 365.25, 1e-3);
	nap_scenario_free(s);
	s = load("nb-iot-rai", "primary-er14505");
	/* self-discharge of 1 % a year and 10 % left at the end */
	g_assert_cmpfloat(nap_battery_life_h(&s->battery, 0.015), <, 0.9 * 2400 * 3.6 / 0.015);
	nap_scenario_free(s);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/meter/sums", test_sums);
	g_test_add_func("/meter/parts", test_parts);
	g_test_add_func("/meter/recount", test_recount);
	g_test_add_func("/battery/closed-form", test_battery);
	g_test_add_func("/battery/years", test_years);
	return g_test_run();
}
