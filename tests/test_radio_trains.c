/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random packet trains on every shipped radio profile, against a slow machine written on its own: a straight loop over
 * milliseconds, nothing lazy, nothing looked ahead.
 */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "io/device.h"
#include "radio/radio.h"

enum {
	PACKETS_MAX = 20000,
	TRAIN_MS = 600000,
	QUIET_MS = 120000 /* at the end: no promotion or page is cut */
};

struct packet {
	double bytes;
	enum nap_direction link;
	double promise; /* when the other machine said that it would be through; 0: it did not, or other things came between */
};

/* All times in ms. */
struct slow {
	double now;
	unsigned state;
	double timer;                      /* silence that counts for the inactivity timer */
	double moving;                     /* left of a transition */
	double in_air;                     /* left of transfers */
	double stretch;                    /* when the state was entered, or the last activity in it */
	double active;                     /* end of the last exchange */
	double waiting;                    /* bytes that the network holds until the device listens */
	struct packet packet[PACKETS_MAX]; /* those that are through to the radio, in order */
	unsigned first, end;               /* of them, those that wait for the end of a transition */
	double promise;                    /* of what waits */
	unsigned kept;                     /* promises that were kept */
	const struct nap_radio_edge *edge;
	double mj, dwell[NAP_RADIO_STATES_MAX];
	uint64_t promotions;
};

static void push(struct slow *w, double bytes, enum nap_direction link, double promise)
{
	g_assert_cmpuint(w->end, <, PACKETS_MAX);
	w->packet[w->end++] = (struct packet){ bytes, link, promise };
}

/* Where in its cycle the state is, 0 when a window begins. */
static double cycle_position(const struct nap_radio_state *s, const struct slow *w)
{
	double cycle = (double)s->cycle / 1e6, origin = (double)s->phase / 1e6, x;

	if (s->lock == NAP_LOCK_ENTRY)
		origin += w->stretch;
	else if (s->lock == NAP_LOCK_EXCHANGE)
		origin += w->active;
	x = fmod(w->now - origin, cycle);
	return x < 0 ? x + cycle : x;
}

static bool listens(const struct nap_radio_tech *t, const struct slow *w)
{
	const struct nap_radio_state *s = &t->state[w->state];

	return s->cycle == 0 || cycle_position(s, w) < fmax((double)s->on_duration / 1e6, 1);
}

static bool flows(const struct slow *w)
{
	return w->moving <= 0 || w->edge->carries;
}

/* The edge that a packet takes, behind what is in the air. */
static const struct nap_radio_edge *edge_for(
	const struct nap_radio_tech *t, const struct slow *w, const struct packet *p)
{
	double ns = t->state[w->state].byte_ns[p->link], bytes = p->bytes;

	if (ns > 0)
		bytes += w->in_air * 1e6 / ns;
	for (unsigned k = 0; k < t->n_edges; k++) {
		const struct nap_radio_edge *e = &t->edge[k];

		if (e->from == w->state &&
			(e->on == NAP_ON_TRAFFIC ||
				e->on == (p->link == NAP_UPLINK ? NAP_ON_SEND : NAP_ON_RECEIVE)) &&
			bytes > (double)e->over[p->link])
			return e;
	}
	return NULL;
}

static void go(struct slow *w, const struct nap_radio_edge *e)
{
	w->edge = e;
	w->state = e->to;
	w->moving = (double)e->delay / 1e6;
	w->stretch = w->now + w->moving;
	w->timer = 0;
	w->mj += e->energy_mj;
	w->promotions += e->promotion;
}

/* Carry what is through to the radio, as far as transitions allow. */
static void carry(const struct nap_radio_tech *t, struct slow *w)
{
	while (w->first < w->end && flows(w)) {
		const struct packet *p = &w->packet[w->first];
		const struct nap_radio_edge *e = edge_for(t, w, p);

		if (e) {
			go(w, e);
			continue;
		}
		w->mj += p->bytes * t->state[w->state].byte_mj[p->link];
		w->in_air += p->bytes * t->state[w->state].byte_ns[p->link] / 1e6;
		w->active = w->now + w->in_air;
		if (p->promise > 0) {
			/* to a few steps: one a transition on the way, one for the window */
			g_assert_cmpfloat_with_epsilon(w->active, p->promise, 12);
			w->kept++;
		}
		w->stretch = fmax(w->stretch, w->now);
		w->timer = 0;
		w->first++;
	}
}

static void step(const struct nap_radio_tech *t, struct slow *w)
{
	const struct nap_radio_state *s;

	carry(t, w);
	if (w->waiting > 0 && flows(w) && listens(t, w)) {
		push(w, w->waiting, NAP_DOWNLINK, w->promise);
		w->waiting = 0;
		carry(t, w);
	}
	w->now += 1;
	if (w->moving > 0) {
		w->mj += w->edge->power_mw / 1e3;
		w->moving -= 1;
		w->in_air = fmax(0, w->in_air - 1);
		return;
	}
	s = &t->state[w->state];
	w->mj += s->power_mw / 1e3;
	if (s->cycle > 0) /* the mean; windows are counted one by one in the test of lone packets */
		w->mj += ((s->on_power_mw - s->power_mw) * (double)s->on_duration / (double)s->cycle) / 1e3 +
			 s->cycle_energy_mj * 1e6 / (double)s->cycle;
	w->dwell[w->state] += 1;
	if (w->in_air > 0) {
		w->in_air = fmax(0, w->in_air - 1);
		return;
	}
	w->timer += 1;
	if (s->idle_edge != NAP_RADIO_NONE && w->waiting <= 0 &&
		w->timer >= (double)t->edge[s->idle_edge].after / 1e6)
		go(w, &t->edge[s->idle_edge]);
}

/*
 * Would a packet now hang on less than a few steps: a timer that is about to end, a queue that is about to pass its
 * threshold, a window that is about to close? Then both machines may be right, and the train avoids it.
 */
static bool too_close(
	const struct nap_radio_tech *t, const struct slow *w, uint32_t bytes, enum nap_direction link)
{
	const struct nap_radio_state *s = &t->state[w->state];
	double backlog = bytes + w->waiting;

	if (s->idle_edge != NAP_RADIO_NONE && (double)t->edge[s->idle_edge].after / 1e6 > 8 &&
		(double)t->edge[s->idle_edge].after / 1e6 - w->timer < 4)
		return true;
	if (s->cycle > 0 && (link == NAP_DOWNLINK || w->waiting > 0) &&
		fabs(remainder(cycle_position(s, w) - (double)s->on_duration / 1e6, (double)s->cycle / 1e6)) <
			5)
		return true;
	/* a page that is about to be heard: before or after it? */
	if (s->cycle > 0 && w->waiting > 0 &&
		((double)s->cycle / 1e6 - cycle_position(s, w) < 5 || cycle_position(s, w) < 5))
		return true;
	if (s->byte_ns[link] > 0)
		backlog += w->in_air * 1e6 / s->byte_ns[link];
	for (unsigned k = 0; k < t->n_edges; k++) {
		if (t->edge[k].from == w->state && t->edge[k].over[link] > 0 &&
			fabs(backlog - (double)t->edge[k].over[link]) < 8)
			return true;
	}
	return false;
}

static bool sleeps(const struct nap_radio_tech *t)
{
	for (unsigned i = 0; i < t->n_states; i++) {
		if (!t->state[i].reachable)
			return true;
	}
	return false;
}

/* Both machines get the packet. */
static void hand_over(const struct nap_radio_tech *t, struct nap_radio *r, struct nap_meter *m,
	struct slow *w, uint32_t bytes, enum nap_direction link)
{
	nap_time now = (nap_time)w->now * NAP_MS;
	double promise;

	if (link == NAP_UPLINK) {
		nap_radio_send(r, t, now, bytes, NAP_CAUSE_KEEPALIVE, NULL, m);
		push(w, bytes, link, 0);
		if (w->waiting > 0) {                         /* the device is up: what waited comes along */
			push(w, w->waiting, NAP_DOWNLINK, 0); /* earlier than was said */
			w->waiting = 0;
		}
		return;
	}
	promise = (double)nap_radio_receive(r, t, now, bytes, NAP_CAUSE_PUSH, NULL, m) / 1e6;
	if (w->waiting > 0 || !flows(w) || !listens(t, w)) {
		w->waiting += bytes;
		w->promise = promise;
	} else {
		push(w, bytes, link, promise);
	}
}

static void compare(
	const struct nap_radio_tech *t, const struct nap_meter *m, const struct slow *w, unsigned packets)
{
	struct nap_energy e = nap_meter_energy(m, t);
	double steps = (double)m->events + 3.0 * packets + 2, most = 0, window = 0;

	for (unsigned i = 0; i < t->n_states; i++) {
		const struct nap_radio_state *s = &t->state[i];
		double ms = 0;

		for (unsigned c = 0; c < NAP_CAUSES; c++)
			ms += (double)m->state[i].dwell[c] / 1e6;
		/* within a step at each packet and each edge that it took */
		g_assert_cmpfloat_with_epsilon(ms, w->dwell[i], steps);
		window += (s->on_power_mw - s->power_mw) * (double)s->on_duration / 1e9 + s->cycle_energy_mj;
		most = fmax(most, s->power_mw / 1e3);
	}
	for (unsigned i = 0; i < t->n_edges; i++)
		most = fmax(most, t->edge[i].power_mw / 1e3);
	g_assert_cmpuint(nap_meter_promotions(m, t), ==, w->promotions);
	g_assert_cmpfloat_with_epsilon(e.total, w->mj, (most + window) * steps + 1e-9);
}

/* A train of packets at whole milliseconds, gaps from 1 ms to a minute; both ways where the device is always reachable. */
static void test_trains(const void *name)
{
	GError *error = NULL;
	struct nap_scenario *s = nap_device_load(name, NULL, ".", NULL, 0, &error);
	uint32_t seed = (uint32_t)g_test_rand_int();
	struct nap_rng rng = nap_rng_stream(seed, 0, 0, NAP_RNG_PUSH);
	struct slow *slow = g_new0(struct slow, 1);
	struct nap_meter m = { 0 };
	struct nap_radio r;
	unsigned packets = 0;
	double next = 500;

	if (!s)
		g_error("%s: %s", (const char *)name, error->message);
	slow->state = s->radio->start;
	g_test_message("%s: seed %u", (const char *)name, seed);
	nap_radio_init(&r, s->radio, 0);
	while (slow->now < TRAIN_MS) {
		if (slow->now >= next && slow->now < TRAIN_MS - QUIET_MS) {
			uint32_t bytes = 28 + nap_rng_below(&rng, 1400);
			enum nap_direction link =
				!sleeps(s->radio) && nap_rng_unit(&rng) < 0.4 ? NAP_DOWNLINK : NAP_UPLINK;

			if (!too_close(s->radio, slow, bytes, link)) {
				hand_over(s->radio, &r, &m, slow, bytes, link);
				packets++;
				next = slow->now + 1 + floor(exp(nap_rng_unit(&rng) * 11));
			}
		}
		step(s->radio, slow);
	}
	nap_radio_close(&r, s->radio, TRAIN_MS * NAP_MS, &m);
	compare(s->radio, &m, slow, packets);
	g_assert_true(sleeps(s->radio) || slow->kept > 0);
	g_free(slow);
	nap_scenario_free(s);
}

int main(int argc, char **argv)
{
	g_auto(GStrv) names = nap_profile_names(NAP_RADIO);

	g_test_init(&argc, &argv, NULL);
	for (char **name = names; *name; name++) {
		g_autofree char *path = g_strconcat("/radio-trains/", *name, NULL);

		g_test_add_data_func(path, *name, test_trains);
	}
	return g_test_run();
}
