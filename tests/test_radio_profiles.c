/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every shipped radio profile: it loads, every state can be reached and left for home, and the energy of one lone
 * packet is what a pencil gives.
 */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "io/device.h"
#include "radio/radio.h"

static struct nap_scenario *load(const char *name)
{
	GError *error = NULL;
	struct nap_scenario *s = nap_device_load(name, NULL, ".", NULL, 0, &error);

	if (!s)
		g_error("%s: %s", name, error->message);
	return s;
}

static double total_dwell(const struct nap_meter *m, const struct nap_radio_tech *t)
{
	double ns = 0;

	for (unsigned c = 0; c < NAP_CAUSES; c++) {
		for (unsigned i = 0; i < t->n_states; i++)
			ns += (double)m->state[i].dwell[c];
		for (unsigned i = 0; i < t->n_edges; i++)
			ns += (double)m->edge[i].ns[c];
	}
	return ns;
}

/* Walks that start at rest: every edge that traffic or silence can take is tried, so every state is seen. */
static void test_reaches_all_and_returns(const void *name)
{
	struct nap_scenario *s = load(name);
	const struct nap_radio_tech *t = s->radio;
	struct nap_rng rng = nap_rng_stream(3, 0, 0, NAP_RNG_RADIO);
	struct nap_meter m = { 0 };
	struct nap_radio r;
	nap_time now = 0;
	uint32_t seen = 1U << t->start;

	g_test_message("%s", (const char *)name);
	nap_radio_init(&r, t, 0);
	for (unsigned i = 0; i < 4000; i++) {
		uint32_t bytes = i % 3 ? 40 : 1400;

		now += (nap_time)(exp(nap_rng_unit(&rng) * 14) * 1e6);
		if (i % 2)
			nap_radio_send(&r, t, now, bytes, NAP_CAUSE_KEEPALIVE, &rng, &m);
		else
			nap_radio_receive(&r, t, now, bytes, NAP_CAUSE_PUSH, &rng, &m);
		seen |= 1U << r.state;
		if (i % 2 && i % 5 < 2) /* with what it sent the device says what follows */
			nap_radio_assist(&r, t, i % 5 ? NAP_ASSIST_DONE : NAP_ASSIST_ONE_ANSWER);
		seen |= 1U << r.state;
	}
	for (unsigned i = 0; i < t->n_edges; i++) {
		for (unsigned c = 0; c < NAP_CAUSES; c++)
			seen |= m.edge[i].taken[c] > 0 ? 1U << t->edge[i].to : 0;
	}
	g_assert_cmpuint(seen, ==, (1U << t->n_states) - 1);
	/* silence brings it home: it passes the start state within two days, and stays there or comes round again */
	for (unsigned hop = 0; r.state != t->start; hop++) {
		g_assert_cmpuint(hop, <, 100000);
		now += NAP_S;
		nap_radio_settle(&r, t, now, &m);
	}
	nap_radio_close(&r, t, now, &m);
	g_assert_cmpfloat_with_epsilon(total_dwell(&m, t), (double)now, 1e6);
	nap_scenario_free(s);
}

/* ---- one lone packet by hand ---- */

static double on_share(double span, double cycle, double on)
{
	double whole = floor(span / cycle + 1e-12);

	return whole * on + fmin(span - whole * cycle, on);
}

/* Energy in mJ of span ms at rest in a state entered at its start. */
static double rest_energy(const struct nap_radio_state *s, double ms)
{
	double mj = s->power_mw * ms / 1e3;

	if (s->cycle > 0 && s->lock == NAP_LOCK_ENTRY && s->phase == 0)
		mj += (s->on_power_mw - s->power_mw) *
			      on_share(ms, (double)s->cycle / 1e6, (double)s->on_duration / 1e6) / 1e3 +
		      s->cycle_energy_mj * ceil(ms / ((double)s->cycle / 1e6) - 1e-9);
	else if (s->cycle > 0) /* phase unknown to the pencil: the mean */
		mj += ((s->on_power_mw - s->power_mw) * (double)s->on_duration / 1e9 + s->cycle_energy_mj) *
		      ms * 1e6 / (double)s->cycle;
	return mj;
}

static double one_window(const struct nap_radio_tech *t)
{
	double mj = 1e-6;

	for (unsigned i = 0; i < t->n_states; i++)
		mj = t->state[i].lock == NAP_LOCK_ENTRY && t->state[i].phase == 0
			     ? mj
			     : mj + 2 * ((t->state[i].on_power_mw - t->state[i].power_mw) *
							(double)t->state[i].on_duration / 1e9 +
						t->state[i].cycle_energy_mj);
	return mj;
}

/*
 * At rest for 10 minutes, a packet of 60 bytes sent, silence until an hour has passed: by the profile's rows alone.
 * Idle edges that lead on from the resting state (power saving) are followed too.
 */
static double pencil(const struct nap_radio_tech *t, double end_ms, double sent_ms)
{
	double now = 0, mj = 0;
	unsigned i = t->start;
	bool sent = false;

	while (now < end_ms) {
		const struct nap_radio_state *s = &t->state[i];
		const struct nap_radio_edge *idle =
			s->idle_edge == NAP_RADIO_NONE ? NULL : &t->edge[s->idle_edge];
		double leave = idle ? now + (double)idle->after / 1e6 : INFINITY;
		const struct nap_radio_edge *taken = idle;

		if (!sent && leave > sent_ms) {
			leave = sent_ms;
			taken = NULL;
		}
		if (leave > end_ms) {
			leave = end_ms;
			taken = NULL;
		}
		mj += rest_energy(s, leave - now);
		now = leave;
		if (taken) {
			mj += (taken->power_mw * fmin((double)taken->delay / 1e6, end_ms - now)) / 1e3 +
			      taken->energy_mj;
			now += (double)taken->delay / 1e6;
			i = taken->to;
		} else if (!sent && now >= sent_ms) {
			/* promotions until no edge applies to 60 bytes; then its air time, before the timers run */
			sent = true;
			for (;;) {
				const struct nap_radio_edge *up = NULL;

				for (unsigned k = 0; k < t->n_edges && !up; k++) {
					if (t->edge[k].from == i &&
						(t->edge[k].on == NAP_ON_SEND ||
							t->edge[k].on == NAP_ON_TRAFFIC) &&
						t->edge[k].over[NAP_UPLINK] < 60)
						up = &t->edge[k];
				}
				if (!up)
					break;
				mj += up->power_mw * (double)up->delay / 1e9 + up->energy_mj;
				now += (double)up->delay / 1e6;
				i = up->to;
			}
			mj += 60 * (t->state[i].byte_mj[NAP_UPLINK] +
					   t->state[i].power_mw * t->state[i].byte_ns[NAP_UPLINK] / 1e9);
			now += 60 * t->state[i].byte_ns[NAP_UPLINK] / 1e6;
		}
	}
	return mj;
}

static void test_lone_packet(const void *name)
{
	struct nap_scenario *s = load(name);
	const struct nap_radio_tech *t = s->radio;
	struct nap_rng rng = nap_rng_stream(3, 0, 0, NAP_RNG_RADIO);
	struct nap_meter m = { 0 };
	struct nap_radio r;
	struct nap_energy e;
	double parts = 0, expected;

	g_assert_false(t->random); /* shipped profiles are constants: the pencil needs that */
	nap_radio_init(&r, t, 0);
	nap_radio_send(&r, t, 600 * NAP_S, 60, NAP_CAUSE_KEEPALIVE, &rng, &m);
	nap_radio_close(&r, t, NAP_H, &m);
	e = nap_meter_energy(&m, t);
	expected = pencil(t, 3600e3, 600e3);
	g_test_message("%s: %.6f mJ, by hand %.6f mJ", (const char *)name, e.total, expected);
	g_assert_cmpfloat_with_epsilon(e.total, expected, 1e-7 * expected + one_window(t));
	for (unsigned c = 0; c < NAP_CAUSES; c++)
		parts += e.cause[c];
	g_assert_cmpfloat_with_epsilon(parts + e.idle, e.total, 1e-9 * e.total + 1e-12);
	g_assert_cmpfloat_with_epsilon(e.promotion + e.transfer + e.tail + e.drx + e.paging + e.base, e.total,
		1e-9 * e.total + 1e-12);
	nap_scenario_free(s);
}

int main(int argc, char **argv)
{
	g_auto(GStrv) names = nap_profile_names(NAP_RADIO);

	g_test_init(&argc, &argv, NULL);
	g_assert_cmpuint(g_strv_length(names), >=, 25);
	for (char **name = names; *name; name++) {
		g_autofree char *all = g_strconcat("/radio-profiles/reaches-all/", *name, NULL);
		g_autofree char *lone = g_strconcat("/radio-profiles/lone-packet/", *name, NULL);

		g_test_add_data_func(all, *name, test_reaches_all_and_returns);
		g_test_add_data_func(lone, *name, test_lone_packet);
	}
	return g_test_run();
}
