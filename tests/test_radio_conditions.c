/* SPDX-License-Identifier: BSD-2-Clause */
/* Currents and charge, release assistance, sleeps, bandwidth, antennas, output and coverage, each against a pencil. */
#include <math.h>

#include "harness.h"
#include "io/device.h"
#include "radio/battery.h"
#include "radio/radio.h"

static bool near(double a, double b)
{
	return fabs(a - b) <= 1e-9 * fabs(b);
}

/* A shipped radio with one key set, or two; NULL: none. */
static struct nap_scenario *device(const char *radio, const char *set, const char *also)
{
	struct nap_override o[2];
	GError *error = NULL;
	size_t n = 0;
	struct nap_scenario *s;

	if (set && !nap_override_parse(set, &o[n++], &error))
		g_error("%s", error->message);
	if (also && !nap_override_parse(also, &o[n++], &error))
		g_error("%s", error->message);
	s = nap_device_load(radio, NULL, ".", o, n, &error);
	if (!s)
		g_error("%s", error->message);
	while (n > 0)
		nap_override_clear(&o[--n]);
	return s;
}

static const struct nap_radio_state *state_of(const struct nap_scenario *s, const char *name)
{
	for (unsigned i = 0; i < s->radio->n_states; i++)
		if (strcmp(s->radio->state[i].name, name) == 0)
			return &s->radio->state[i];
	g_error("no state %s", name);
}

/* ---- currents ------------------------------------------------------------------------------------------------------ */

#define METER(battery, idle, on)                                                                             \
	"[scenario]\nduration = 10h\n[radio]\ntechnology = nb-iot\nstart = idle\n[state idle]\npower "       \
	"= " idle "\n[state on]\nconnected = yes\npower = " on                                               \
	"\n[edge up]\nfrom = idle\nto = on\non = traffic\n[edge down]\nfrom = on\nto = idle\non = "          \
	"idle\nafter = "                                                                                     \
	"36s\n" battery "[client]\napplication = udp\npolicy = fixed\ninterval = 1h\n"

/* 36 s an hour at 30 mA and the rest at 10 uA: 0.3 + 0.0099 mA, whatever the voltage; and days by charge. */
static void test_currents(void)
{
	static const char *const battery[] = { "[battery]\ncapacity = 1200mAh\nvoltage = 3.6V\n",
		"[battery]\ncapacity = 1200mAh\nvoltage = 3V\n",
		"[battery]\ncapacity = 3.6Wh\nvoltage = 3V\n" };
	double ma = 0.3 + 0.0099;

	for (size_t i = 0; i < G_N_ELEMENTS(battery); i++) {
		g_autofree char *text = g_strconcat(METER("", "10uA", "30mA"), battery[i], NULL);
		struct h_run *h = h_run(text, 1);
		double volts = i == 0 ? 3.6 : 3.0;

		g_assert_true(near(h_mean(h, "average_current_ma"), ma));
		g_assert_true(near(h_mean(h, "charge_mah_per_day"), 24 * ma));
		g_assert_true(near(h_mean(h, "battery_life_h"), 1200 / ma));
		g_assert_true(near(h_mean(h, "average_power_mw"), ma * volts));
		h_free(h);
	}
}

/* Load and self-discharge are of the day's charge, not of the radio's current. */
static void test_load(void)
{
	struct h_run *h = h_run(METER("[battery]\ncapacity = 1200mAh\nvoltage = 3.6V\nload = 50uA\n"
				      "self-discharge = 1%\n",
					"10uA", "30mA"),
		1);
	double ma = 0.3 + 0.0099, all = ma + 0.05 + 0.01 * 1200 / 720;

	g_assert_true(near(h_mean(h, "average_current_ma"), ma));
	g_assert_true(near(h_mean(h, "charge_mah_per_day"), 24 * all));
	g_assert_true(near(h_mean(h, "battery_life_h"), 1200 / all));
	h_free(h);
}

/* Charges of transitions: 3.6 C a time at 2 V are 7.2 J. */
static void test_charges(void)
{
	struct nap_scenario *s = device("lte-two-state", "radio.voltage=2V", "edge.promotion.energy=3.6C");
	unsigned i = 0;

	while (strcmp(s->radio->edge[i].name, "promotion") != 0)
		i++;
	g_assert_true(near(s->radio->edge[i].energy_mj, 7200));
	nap_scenario_free(s);
	s = device("lte-two-state", "radio.voltage=2V", "edge.promotion.energy=1mAh");
	g_assert_true(near(s->radio->edge[i].energy_mj, 7200));
	nap_scenario_free(s);
}

static void check_refused(const char *text, const char *why)
{
	GError *error = NULL;
	struct nap_document *doc = nap_document_new("test.ini", ".", text, strlen(text), &error);
	struct nap_scenario *s;

	g_assert_no_error(error);
	s = nap_scenario_new(doc, NULL, 0, &error);
	g_assert_null(s);
	g_test_message("%s", error->message);
	g_assert_nonnull(strstr(error->message, why));
	g_error_free(error);
	nap_document_free(doc);
}

static void test_refused(void)
{
	check_refused(METER("", "10uA", "30mW"),
		"test.ini:7: [state idle] power: 10uA is a current, and there is "
		"no voltage: [battery] voltage makes it a power");
	check_refused(METER("", "10mW", "30mAh"),
		"test.ini:10: [state on] power: unknown unit \"mAh\": a power or a "
		"current takes one of");
	check_refused(METER("", "10", "30mW"), "a power or a current needs a unit");
	check_refused(METER("[battery]\ncapacity = 1200mA\nvoltage = 3V\n", "1mW", "2mW"),
		"[battery] capacity: unknown unit \"mA\": a charge or an energy takes one of");
}

/* A device whose battery is told has that voltage; the profile's own is for one without. */
static void test_whose_voltage(void)
{
	struct nap_scenario *s = device("wifi-esp32c6-dtim1", NULL, NULL);

	g_assert_true(near(state_of(s, "light-sleep")->power_mw, 0.919 * 3.3));
	nap_scenario_free(s);
	s = device("wifi-esp32c6-dtim1", "battery.capacity=1Ah", "battery.voltage=3.7V");
	g_assert_true(near(state_of(s, "light-sleep")->power_mw, 0.919 * 3.7));
	nap_scenario_free(s);
}

/* ---- release assistance --------------------------------------------------------------------------------------------- */

/* Connected 10 s after the last packet, or 1 s; hourly messages of 72 + 28 bytes at 60 kbit/s, and answers at 25 kbit/s. */
#define RAI(radio, client)                                                                                   \
	"[scenario]\nduration = 10h\n[path]\ndelay = 250ms\n[radio]\nprofile = nb-iot-rai\n" radio           \
	"[client]\napplication = udp\npolicy = fixed\ninterval = 1h\nkeepalive-size = 72B\n" client

static void check_connected(const char *text, double seconds)
{
	struct h_run *h = h_run(text, 1);

	g_test_message(
		"%.9g s connected an hour, by hand %.9g", h_mean(h, "radio_connected_s") / 10, seconds);
	g_assert_cmpfloat(h_mean(h, "keepalives_sent"), ==, 10);
	g_assert_cmpfloat_with_epsilon(h_mean(h, "radio_connected_s"), 10 * seconds, 1e-6);
	h_free(h);
}

static void test_release(void)
{
	double up = 100 * 8 / 60e3, answer = 0.5 + 100 * 8 / 25e3;

	/* nothing follows */
	check_connected(RAI("", ""), up + 1.0);
	check_connected(RAI("release-assistance = 54ms\n", ""), up + 0.054);
	/* one answer does */
	check_connected(RAI("", "keepalive-answer = 72B\n"), up + answer + 1.0);
	/* the client does not say so, or nobody asks it */
	check_connected(RAI("", "release-assistance = no\n"), up + 10);
	check_connected(RAI("release-assistance = never\n", ""), up + 10);
	check_connected(RAI("release-assistance = never\n", "keepalive-answer = 72B\n"), up + answer + 10);
}

static nap_time released_after(struct nap_radio *r, const struct nap_radio_tech *tech, nap_time from)
{
	nap_time t = from;

	while (nap_radio_connected(r, tech, t))
		t += NAP_MS;
	return t - from;
}

/* An answer that does not come; a message more, which takes back what was said; and a second answer, which was not announced. */
static void test_release_by_hand(void)
{
	struct nap_scenario *s = device(
		"nb-iot-rai", "state.connected.uplink-rate=0bit/s", "state.connected.downlink-rate=0bit/s");
	struct nap_rng rng = nap_rng_stream(1, 0, 0, NAP_RNG_RADIO);
	struct nap_radio r;
	nap_time up;

	nap_radio_init(&r, s->radio, 0);
	up = nap_radio_send(&r, s->radio, 0, 100, NAP_CAUSE_KEEPALIVE, &rng, NULL);
	nap_radio_assist(&r, s->radio, NAP_ASSIST_ONE_ANSWER);
	g_assert_cmpint(released_after(&r, s->radio, up), ==, 10 * NAP_S);
	up = nap_radio_send(&r, s->radio, NAP_H, 100, NAP_CAUSE_KEEPALIVE, &rng, NULL);
	nap_radio_assist(&r, s->radio, NAP_ASSIST_DONE);
	nap_radio_send(&r, s->radio, up + 20 * NAP_MS, 100, NAP_CAUSE_KEEPALIVE, &rng, NULL);
	g_assert_cmpint(released_after(&r, s->radio, up + 20 * NAP_MS), ==, 10 * NAP_S);
	up = nap_radio_send(&r, s->radio, 2 * NAP_H, 100, NAP_CAUSE_KEEPALIVE, &rng, NULL);
	nap_radio_assist(&r, s->radio, NAP_ASSIST_ONE_ANSWER);
	nap_radio_receive(&r, s->radio, up + NAP_S, 100, NAP_CAUSE_KEEPALIVE, &rng, NULL);
	nap_radio_receive(&r, s->radio, up + NAP_S + 30 * NAP_MS, 100, NAP_CAUSE_KEEPALIVE, &rng, NULL);
	g_assert_cmpint(released_after(&r, s->radio, up + NAP_S + 30 * NAP_MS), ==, NAP_S);
	nap_scenario_free(s);
}

/* With connected DRX the answer comes in a window of the twin, and releases all the same; parts of the energy are none below 0. */
static void test_release_drx(void)
{
	struct nap_scenario *s = device("nb-iot-module", "radio.release-assistance=54ms", NULL);
	struct nap_rng rng = nap_rng_stream(1, 0, 0, NAP_RNG_RADIO);
	struct nap_meter m = { 0 };
	struct nap_radio r;
	struct nap_energy e;
	nap_time up, got;

	nap_radio_init(&r, s->radio, 0);
	up = nap_radio_send(&r, s->radio, 0, 100, NAP_CAUSE_KEEPALIVE, &rng, &m);
	nap_radio_assist(&r, s->radio, NAP_ASSIST_ONE_ANSWER);
	got = nap_radio_receive(&r, s->radio, up + NAP_S, 100, NAP_CAUSE_KEEPALIVE, &rng, &m);
	g_assert_cmpint(got, >, up + 2 * NAP_S);
	g_assert_false(nap_radio_connected(&r, s->radio, got + 54 * NAP_MS));
	g_assert_true(nap_radio_connected(&r, s->radio, got + 53 * NAP_MS));
	nap_radio_close(&r, s->radio, NAP_H, &m);
	e = nap_meter_energy(&m, s->radio);
	g_assert_cmpfloat(e.transfer, >=, 0);
	g_assert_cmpfloat(e.drx, >=, 0);
	g_assert_cmpfloat_with_epsilon((double)nap_meter_connected(&m, s->radio) / 1e9,
		(double)(got - 94 * NAP_MS) / 1e9 + 0.054, 1e-9);
	nap_scenario_free(s);
}

/* A kit as it was measured: 0.076 mWh an exchange of 200 bytes each way with its active time, 1.5 s of exchange in it. */
static void test_release_measured(void)
{
	struct h_run *h =
		h_run("[scenario]\nduration = 100h\n[path]\ndelay = 750ms\n[radio]\nprofile = "
		      "nb-iot-nrf9160-rai\n[edge update]\nafter = 2h\n[client]\napplication = udp\npolicy = "
		      "fixed\ninterval = 1h\nkeepalive-size = 172B\nkeepalive-answer = 172B\n",
			1);
	double sleeping = 0.01 * (3600 - 11) / 3600; /* mWh an hour */

	g_assert_cmpfloat_with_epsilon(h_mean(h, "energy_j") / 3.6 / 100 - sleeping, 0.076, 0.02 * 0.076);
	g_assert_cmpfloat_with_epsilon(h_mean(h, "radio_connected_s") / 100, 2.5, 1e-6);
	h_free(h);
}

/* ---- TR 38.840 ------------------------------------------------------------------------------------------------------ */

/* A gap's sleep by hand: deep from 20 ms on, light from 6 ms, else micro; tables 18 and 19. */
static void test_sleeps(void)
{
	static const struct {
		const char *cycle;
		double gap, power, energy;
	} rows[] = { { "12ms", 2, 45, 0 }, { "15.9ms", 5.9, 45, 0 }, { "16ms", 6, 20, 0.1 },
		{ "29.9ms", 19.9, 20, 0.1 }, { "30ms", 20, 1, 0.45 }, { "320ms", 310, 1, 0.45 } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *set = g_strconcat("state.drx.cycle=", rows[i].cycle, NULL);
		struct nap_scenario *s = device("nr-tr38840-im", set, NULL);
		const struct nap_radio_state *drx = state_of(s, "drx");
		struct nap_meter m = { 0 };
		struct nap_radio r;
		double cycles = 1000, mj;

		g_assert_true(near(drx->power_mw, rows[i].power) && near(drx->on_power_mw, 100));
		nap_radio_init(&r, s->radio, 0);
		nap_radio_close(&r, s->radio, (nap_time)(cycles * (double)drx->cycle), &m);
		mj = cycles * (100 * 10e-3 + rows[i].power * rows[i].gap * 1e-3 + rows[i].energy);
		g_assert_true(near(nap_meter_energy(&m, s->radio).total, mj));
		nap_scenario_free(s);
	}
}

struct scaled {
	const char *radio, *set, *also;
	double pdcch, pdsch, up; /* units */
};

/* Clause 8.1.3: 0.4 + 0.6 (X - 20) / 80 of X MHz, no less than 50; 0.7 for half the antennas; 250 to 700 from 0 to 23 dBm. */
static void test_scaling(void)
{
	static const struct scaled rows[] = {
		{ "nr-tr38840-im", NULL, NULL, 100, 300, 250 },
		{ "nr-tr38840-im", "radio.bandwidth=100MHz", NULL, 100, 300, 250 },
		{ "nr-tr38840-im", "radio.bandwidth=80MHz", NULL, 85, 255, 250 },
		{ "nr-tr38840-im", "radio.bandwidth=40MHz", NULL, 55, 165, 250 },
		{ "nr-tr38840-im", "radio.bandwidth=20MHz", NULL, 50, 120, 250 },
		{ "nr-tr38840-im", "radio.bandwidth=10MHz", NULL, 50, 97.5, 250 },
		{ "nr-tr38840-im", "radio.antennas=2", NULL, 70, 210, 250 },
		{ "nr-tr38840-im", "radio.antennas=4", "radio.output=23dBm", 100, 300, 700 },
		{ "nr-tr38840-im", "radio.antennas=2", "radio.bandwidth=40MHz", 38.5, 115.5, 250 },
		{ "nr-tr38840-im", "radio.output=11.5dBm", NULL, 100, 300, 475 },
		{ "nr-tr38840-im", "radio.output=30dBm", NULL, 100, 300, 700 },
		{ "nr-tr38840-fr2-im", NULL, NULL, 175, 350, 350 },
		{ "nr-tr38840-fr2-voip", "radio.output=23dBm", NULL, 175, 350, 350 },
		{ "nr-tr38840-fr2-ftp", "radio.antennas=1", NULL, 122.5, 245, 350 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct nap_scenario *s = device(rows[i].radio, rows[i].set, rows[i].also);
		const struct nap_radio_state *a = state_of(s, "active");

		g_assert_true(near(a->power_mw, rows[i].pdcch));
		g_assert_true(near(state_of(s, "drx")->on_power_mw, rows[i].pdcch));
		g_assert_true(near(a->power_mw + a->byte_mj[NAP_DOWNLINK] * 1e9 / a->byte_ns[NAP_DOWNLINK],
			rows[i].pdsch));
		g_assert_true(near(
			a->power_mw + a->byte_mj[NAP_UPLINK] * 1e9 / a->byte_ns[NAP_UPLINK], rows[i].up));
		g_assert_true(near(state_of(s, "drx")->power_mw, 1)); /* sleeping is what it was */
		nap_scenario_free(s);
	}
}

/* ---- coverage ------------------------------------------------------------------------------------------------------- */

/* Hourly messages: the access takes 1, 2, 8 s, the message 1, 8, 128 times 13.3 ms; the push waits as long. */
static void test_coverage(void)
{
	static const struct {
		const char *class;
		double data, access, window;
	} rows[] = { { "", 1, 1, 10 }, { "ce0", 1, 1, 10 }, { "ce1", 8, 2, 40 }, { "ce2", 128, 8, 320 } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strdup_printf(
			"[scenario]\nduration = 10h\n[radio]\nprofile = nb-iot-psm\ncoverage = %s\n"
			"[edge update]\nafter = 24h\n[client]\napplication = udp\npolicy = fixed\n"
			"interval = 1h\nkeepalive-size = 72B\n",
			rows[i].class);
		struct h_run *h = h_run(text, 1);
		double air = rows[i].data * 100 * 8 / 60e3, listens = floor(20 / 2.56) * rows[i].window + 0;
		double idle = 20, mj;

		listens += fmin(rows[i].window, (20 - floor(20 / 2.56) * 2.56) * 1e3);
		mj = 150 * rows[i].access + 545 * air + 90 * 10 + 3 * idle + 87 * listens / 1e3 +
		     0.015 * (3600 - rows[i].access - air - 10 - idle);
		g_test_message(
			"%s: %.9g mJ an hour, by hand %.9g", rows[i].class, h_mean(h, "energy_j") * 100, mj);
		g_assert_cmpfloat_with_epsilon(h_mean(h, "energy_j") * 100, mj, 1e-6 * mj);
		h_free(h);
	}
}

/* What is written must be there. */
static void test_conditions_refused(void)
{
#define BASE "[scenario]\nduration = 1h\n[radio]\nprofile = "
	check_refused(BASE "nb-iot-psm\ncoverage = ce3\n",
		"test.ini:5: [radio] coverage: there is no [coverage ce3]");
	check_refused(
		BASE "lte-two-state\nbandwidth = 20MHz\n", "[radio] bandwidth: reference-bandwidth must say");
	check_refused(BASE "nr-tr38840-im\nantennas = 3\n", "[radio] antennas: 3 is not 4 halved");
	check_refused(BASE "nr-tr38840-im\n[level loud]\noutput = 23dBm\npower = 1W\n",
		"[level loud] output: is that of [level most]");
	check_refused(
		BASE "nr-tr38840-im\n[state active]\nsleeps = yes\n", "[state active] sleeps: needs a cycle");
	check_refused(
		BASE "nr-tr38840-im\n[state drx]\non-power = 90mW\n", "[state drx] on-power: with sleeps");
	check_refused(BASE "nr-tr38840-im\noutput = 23mW\n",
		"[radio] output: unknown unit \"mW\": a level takes one of dBm");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/currents/mean-and-life", test_currents);
	g_test_add_func("/currents/load", test_load);
	g_test_add_func("/currents/charges", test_charges);
	g_test_add_func("/currents/refused", test_refused);
	g_test_add_func("/currents/whose-voltage", test_whose_voltage);
	g_test_add_func("/release/by-message", test_release);
	g_test_add_func("/release/by-hand", test_release_by_hand);
	g_test_add_func("/release/connected-drx", test_release_drx);
	g_test_add_func("/release/measured", test_release_measured);
	g_test_add_func("/tr38840/sleeps", test_sleeps);
	g_test_add_func("/tr38840/scaling", test_scaling);
	g_test_add_func("/coverage/repetitions", test_coverage);
	g_test_add_func("/coverage/refused", test_conditions_refused);
	return g_test_run();
}
