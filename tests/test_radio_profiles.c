/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every shipped radio profile: it loads, every state can be reached and left for home, the energy of one lone packet
 * is what a pencil gives, and random packet trains agree with a straight loop over milliseconds.
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

/* ---- the slow reference: one step a millisecond, nothing lazy ---- */

enum { PACKETS_MAX = 20000 };

struct slow {
	unsigned state;
	double timer;               /* ms of silence that count for the inactivity timer */
	double moving;              /* ms left of a transition */
	double in_air;              /* ms left of transfers */
	double packet[PACKETS_MAX]; /* to send: they wait for the end of a transition, one after another */
	unsigned first, end;        /* of them, those that wait */
	const struct nap_radio_edge *edge;
	double mj, dwell[NAP_RADIO_STATES_MAX], transition;
	uint64_t promotions;
};

/* The edge that a packet of so many bytes takes, behind what is in the air. */
static const struct nap_radio_edge *slow_edge(
	const struct nap_radio_tech *t, const struct slow *w, double bytes)
{
	double ns = t->state[w->state].byte_ns[NAP_UPLINK];

	if (ns > 0)
		bytes += w->in_air * 1e6 / ns;
	for (unsigned k = 0; k < t->n_edges; k++) {
		const struct nap_radio_edge *e = &t->edge[k];

		if (e->from == w->state && (e->on == NAP_ON_TRAFFIC || e->on == NAP_ON_SEND) &&
			bytes > (double)e->over[NAP_UPLINK])
			return e;
	}
	return NULL;
}

static void slow_go(struct slow *w, const struct nap_radio_edge *e)
{
	w->edge = e;
	w->state = e->to;
	w->moving = (double)e->delay / 1e6;
	w->timer = 0;
	w->mj += e->energy_mj;
	w->promotions += e->promotion;
}

/* What waits, now that packets may flow. */
static void slow_flow(const struct nap_radio_tech *t, struct slow *w)
{
	while (w->first < w->end && (w->moving <= 0 || w->edge->carries)) {
		const struct nap_radio_edge *e = slow_edge(t, w, w->packet[w->first]);

		if (e) {
			slow_go(w, e);
			continue;
		}
		w->mj += w->packet[w->first] * t->state[w->state].byte_mj[NAP_UPLINK];
		w->in_air += w->packet[w->first] * t->state[w->state].byte_ns[NAP_UPLINK] / 1e6;
		w->first++;
		w->timer = 0;
	}
}

static void slow_step(const struct nap_radio_tech *t, struct slow *w)
{
	const struct nap_radio_state *s;

	slow_flow(t, w);
	if (w->moving > 0) {
		w->mj += w->edge->power_mw / 1e3;
		w->transition += 1;
		w->moving -= 1;
		w->in_air = fmax(0, w->in_air - 1);
		return;
	}
	s = &t->state[w->state];
	w->mj += s->power_mw / 1e3;
	if (s->cycle > 0) /* mean power: where the windows lie is another test's business */
		w->mj += ((s->on_power_mw - s->power_mw) * (double)s->on_duration / (double)s->cycle) / 1e3 +
			 s->cycle_energy_mj * 1e6 / (double)s->cycle;
	w->dwell[w->state] += 1;
	if (w->in_air > 0) {
		w->in_air = fmax(0, w->in_air - 1);
		return;
	}
	w->timer += 1;
	if (s->idle_edge != NAP_RADIO_NONE && w->timer >= (double)t->edge[s->idle_edge].after / 1e6)
		slow_go(w, &t->edge[s->idle_edge]);
}

/*
 * Would a packet of so many bytes now hang on less than a few steps: a timer that is about to end, a queue that is
 * about to pass its threshold? Then both machines may be right, and the train avoids it.
 */
static bool too_close(const struct nap_radio_tech *t, const struct slow *w, uint32_t bytes)
{
	const struct nap_radio_state *s = &t->state[w->state];
	double backlog = bytes;

	if (s->idle_edge != NAP_RADIO_NONE && (double)t->edge[s->idle_edge].after / 1e6 - w->timer < 4)
		return (double)t->edge[s->idle_edge].after / 1e6 > 8;
	if (s->byte_ns[NAP_UPLINK] > 0)
		backlog += w->in_air * 1e6 / s->byte_ns[NAP_UPLINK];
	for (unsigned k = 0; k < t->n_edges; k++) {
		if (t->edge[k].from == w->state && t->edge[k].over[NAP_UPLINK] > 0 &&
			fabs(backlog - (double)t->edge[k].over[NAP_UPLINK]) < 8)
			return true;
	}
	return false;
}

enum { TRAIN_MS = 600000 };

/* A train of packets sent, at whole milliseconds: gaps from 1 ms to a minute. */
static void test_trains(const void *name)
{
	struct nap_scenario *s = load(name);
	const struct nap_radio_tech *t = s->radio;
	uint32_t seed = g_test_rand_int() ? (uint32_t)g_test_rand_int() : 1;
	struct nap_rng rng = nap_rng_stream(seed, 0, 0, NAP_RNG_PUSH);
	struct nap_meter m = { 0 };
	struct nap_radio r;
	struct slow *slow = g_new0(struct slow, 1);
	struct nap_energy e;
	nap_time next = 500;
	unsigned packets = 0;
	double window = 0, step = 0;

	slow->state = t->start;
	g_test_message("%s: seed %u", (const char *)name, seed);
	nap_radio_init(&r, t, 0);
	for (nap_time ms = 0; ms < TRAIN_MS; ms++) {
		while (ms == next && ms < TRAIN_MS - 30000) { /* no promotion is cut by the end */
			uint32_t bytes = 28 + nap_rng_below(&rng, 1400);

			if (too_close(t, slow, bytes)) {
				next++;
				continue;
			}
			nap_radio_send(&r, t, ms * NAP_MS, bytes, NAP_CAUSE_KEEPALIVE, &rng, &m);
			g_assert_cmpuint(slow->end, <, PACKETS_MAX);
			slow->packet[slow->end++] = bytes;
			packets++;
			next += 1 + (nap_time)exp(nap_rng_unit(&rng) * 11);
		}
		slow_step(t, slow);
	}
	nap_radio_close(&r, t, TRAIN_MS * NAP_MS, &m);
	e = nap_meter_energy(&m, t);
	for (unsigned i = 0; i < t->n_states; i++) {
		double ms = 0;

		for (unsigned c = 0; c < NAP_CAUSES; c++)
			ms += (double)m.state[i].dwell[c] / 1e6;
		/* within a step at each packet and each edge it took */
		g_assert_cmpfloat_with_epsilon(ms, slow->dwell[i], (double)(m.events + 2 * packets + 2));
		window += (t->state[i].on_power_mw - t->state[i].power_mw) * (double)t->state[i].on_duration /
				  1e9 +
			  t->state[i].cycle_energy_mj;
		step = fmax(step, t->state[i].power_mw / 1e3);
	}
	for (unsigned i = 0; i < t->n_edges; i++)
		step = fmax(step, t->edge[i].power_mw / 1e3);
	g_assert_cmpuint(nap_meter_promotions(&m, t), ==, slow->promotions);
	g_assert_cmpfloat_with_epsilon(
		e.total, slow->mj, (step + window) * (double)(m.events + 2 * packets + 2) + 1e-9);
	g_free(slow);
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
		g_autofree char *train = g_strconcat("/radio-profiles/trains/", *name, NULL);

		g_test_add_data_func(all, *name, test_reaches_all_and_returns);
		g_test_add_data_func(lone, *name, test_lone_packet);
		g_test_add_data_func(train, *name, test_trains);
	}
	return g_test_run();
}
