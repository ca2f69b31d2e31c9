/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interpreter. A machine is in a state since some time, or under way to it along an edge that ends then. Whatever
 * is due before a touch (demotions, a page heard in an on-window) is taken first, in time order, by advance(); a
 * packet then takes the edges that apply to it and is carried, in carry(). Everything drawn at random comes from one
 * seed a packet, so that looking ahead on a copy sees what will happen. meter may be NULL: nothing is counted.
 */
#include "radio/radio.h"

#include <glib.h>

#include "radio/price.h"

enum { SALT_AFTER, SALT_DELAY, SALT_WAIT }; /* what a draw of one activity is for */

static G_NO_INLINE nap_time draw(
	const struct nap_radio *r, const struct nap_dist *d, uint32_t index, uint32_t salt)
{
	struct nap_rng stream = nap_rng_stream(r->draw, salt, index, NAP_RNG_RADIO);

	return nap_dist_draw_time(d, &stream);
}

static void redraw(struct nap_radio *r, const struct nap_radio_tech *tech, struct nap_rng *rng)
{
	if (tech->random)
		r->draw = (uint32_t)(nap_rng_next(rng) >> 32);
}

/* floor(x / cycle), by the reciprocal where a double is exact. */
static int64_t cycles_in(nap_time x, const struct nap_radio_state *s)
{
	const int64_t exact = INT64_C(1) << 52;
	int64_t k, rest;

	if (x > exact || x < -exact)
		return x / s->cycle - (x % s->cycle < 0);
	k = (int64_t)((double)x * s->per_cycle);
	rest = x - k * s->cycle;
	if (rest < 0)
		k--;
	else if (rest >= s->cycle)
		k++;
	return k;
}

/* On-time up to x, counted from the start of a window; differences of it are exact on-times. */
static nap_time on_time(nap_time x, const struct nap_radio_state *s, int64_t *begun)
{
	int64_t k = cycles_in(x, s);
	nap_time rest = x - k * s->cycle;

	*begun = k + (rest > 0);
	return k * s->on_duration + nap_time_min(rest, s->on_duration);
}

/* The start of some on-window of the current stretch. */
static nap_time window_origin(const struct nap_radio *r, const struct nap_radio_state *s)
{
	switch (s->lock) {
	case NAP_LOCK_EXCHANGE:
		return r->active + s->phase;
	case NAP_LOCK_ABSOLUTE:
		return s->phase;
	default:
		return r->since + s->phase;
	}
}

/* When the device listens next in its state: t itself inside an on-window. */
static nap_time next_window(const struct nap_radio *r, const struct nap_radio_tech *tech, nap_time t)
{
	const struct nap_radio_state *s = &tech->state[r->state];
	nap_time x;

	if (s->cycle == 0)
		return t;
	if (s->lock == NAP_LOCK_RANDOM) {
		struct nap_dist wait = { NAP_DIST_UNIFORM, 0, 0.0, (double)s->cycle, NULL };

		return t + draw(r, &wait, r->state, SALT_WAIT);
	}
	x = t - window_origin(r, s);
	x -= cycles_in(x, s) * s->cycle;
	return x < s->on_duration || x == 0 ? t : t + (s->cycle - x);
}

/*
 * Is what is counted charged as well? Asked once a touch: each of its steps is compiled for yes and for no. Where it is, the
 * processor's first cache has many others' code to hold, so that there is one copy of what a step does.
 */
static inline bool is_billed(const struct nap_meter *meter)
{
	return meter && G_UNLIKELY(meter->bill);
}

/* Of the stretch from since to t in a state with a cycle: its on-windows. */
static G_NO_INLINE void account_cycles(
	const struct nap_radio *r, const struct nap_radio_tech *tech, nap_time t, struct nap_meter *meter)
{
	const struct nap_radio_state *s = &tech->state[r->state];
	struct nap_meter_state *row = &meter->state[r->state];
	nap_time origin = window_origin(r, s);
	int64_t before, after;
	nap_time on = on_time(t - origin, s, &after);

	on -= on_time(r->since - origin, s, &before);
	row->on[r->cause] += on;
	row->cycles[r->cause] += (uint64_t)(after - before);
	if (meter->bill)
		nap_bill_cycles(meter->bill, r->state, on, (uint64_t)(after - before));
}

/* Count the stretch from since to t. */
static G_ALWAYS_INLINE inline void account_as(const struct nap_radio *r, const struct nap_radio_tech *tech,
	nap_time t, struct nap_meter *meter, bool billed)
{
	const struct nap_radio_state *s = &tech->state[r->state];
	struct nap_meter_state *row = &meter->state[r->state];

	if (t <= r->since)
		return;
	row->dwell[r->cause] += t - r->since;
	if (billed)
		nap_bill_stay(meter->bill, r->state, t - r->since);
	if (s->cycle != 0)
		account_cycles(r, tech, t, meter);
}

NAP_HOT static G_NO_INLINE void account_billed(
	const struct nap_radio *r, const struct nap_radio_tech *tech, nap_time t, struct nap_meter *meter)
{
	account_as(r, tech, t, meter, true);
}

static G_ALWAYS_INLINE inline void account(const struct nap_radio *r, const struct nap_radio_tech *tech,
	nap_time t, struct nap_meter *meter, bool billed)
{
	if (billed)
		account_billed(r, tech, t, meter);
	else
		account_as(r, tech, t, meter, false);
}

/* Leave the state at t along edge e for the given cause. */
static G_ALWAYS_INLINE inline void take_as(struct nap_radio *r, const struct nap_radio_tech *tech, uint8_t e,
	nap_time t, uint8_t cause, struct nap_meter *meter, bool billed)
{
	const struct nap_radio_edge *edge = &tech->edge[e];
	nap_time delay = edge->random ? draw(r, &edge->delay_dist, e, SALT_DELAY) : edge->delay;

	if (meter) {
		account(r, tech, t, meter, billed);
		meter->edge[e].taken[cause]++;
		meter->edge[e].ns[cause] += delay;
		meter->events++;
		if (billed)
			nap_bill_edge(meter->bill, e, delay);
		if (meter->observer) {
			if (delay > 0)
				meter->observer->change(meter->observer->ctx, t, edge->to, e);
			meter->observer->change(meter->observer->ctx, t + delay, edge->to, NAP_RADIO_NONE);
		}
	}
	r->state = edge->to;
	r->before = r->edge;
	r->before_cause = r->edge_cause;
	r->edge = e;
	r->edge_cause = cause;
	r->cause = cause;
	r->since = t + delay;
	if (tech->state[edge->to].reachable)
		r->held = 0;
}

NAP_HOT static G_NO_INLINE void take_billed(struct nap_radio *r, const struct nap_radio_tech *tech, uint8_t e,
	nap_time t, uint8_t cause, struct nap_meter *meter)
{
	take_as(r, tech, e, t, cause, meter, true);
}

static G_ALWAYS_INLINE inline void take(struct nap_radio *r, const struct nap_radio_tech *tech, uint8_t e,
	nap_time t, uint8_t cause, struct nap_meter *meter, bool billed)
{
	if (billed)
		take_billed(r, tech, e, t, cause, meter);
	else
		take_as(r, tech, e, t, cause, meter, false);
}

/* When the state's inactivity timer ends. */
static inline nap_time demotion_due(const struct nap_radio *r, const struct nap_radio_tech *tech, uint8_t e)
{
	const struct nap_radio_edge *edge = &tech->edge[e];
	nap_time after = edge->random ? MAX(draw(r, &edge->after_dist, e, SALT_AFTER), 1) : edge->after;

	return nap_time_after(nap_time_max(r->since, r->active), after);
}

/* The first edge of the state that a packet of so many bytes takes at t. */
static inline uint8_t matching_edge(const struct nap_radio *r, const struct nap_radio_tech *tech, nap_time t,
	enum nap_direction link, uint32_t bytes)
{
	const struct nap_radio_state *s = &tech->state[r->state];

	for (unsigned i = s->first[link], end = i + s->n[link]; i < end; i++) {
		const struct nap_radio_edge *edge = &tech->edge[tech->order[link][i]];
		double waiting = (double)bytes;

		if (edge->over[link] == 0)
			return tech->order[link][i];
		if (r->active > t && s->byte_ns[link] > 0.0)
			waiting += (double)(r->active - t) / s->byte_ns[link];
		if (waiting > (double)edge->over[link])
			return tech->order[link][i];
	}
	return NAP_RADIO_NONE;
}

/* Does a packet wait: for the end of a transition, or, where none was taken yet, for one that was carried later than now? */
static inline bool holds_up(const struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now)
{
	return r->since > now && (r->edge == NAP_RADIO_NONE || !tech->edge[r->edge].carries);
}

/* Carry a packet that is at the radio at now; returns when its last bit is through. */
static G_ALWAYS_INLINE inline nap_time carry_as(struct nap_radio *r, const struct nap_radio_tech *tech,
	nap_time now, enum nap_direction link, uint32_t bytes, uint8_t cause, struct nap_meter *meter,
	bool billed)
{
	nap_time t = now;
	const struct nap_radio_state *s;

	if (holds_up(r, tech, now))
		t = r->since;
	/* a packet takes at most one edge a state: nap_radio_compile has seen that they lead to a connected one */
	for (unsigned n = 0; n < tech->n_states; n++) {
		uint8_t e = matching_edge(r, tech, t, link, bytes);

		if (e == NAP_RADIO_NONE)
			break;
		if (meter && n == 0 && link == NAP_DOWNLINK && !tech->state[r->state].connected)
			meter->pages++;
		take(r, tech, e, t, cause, meter, billed);
		if (!tech->edge[e].carries)
			t = r->since;
	}
	s = &tech->state[r->state];
	if (!s->connected)
		return NAP_NEVER;
	if (meter) {
		account(r, tech, t, meter, billed);
		meter->state[r->state].bytes[link][cause] += bytes;
		if (billed)
			nap_bill_bytes(meter->bill, r->state, link, bytes);
	}
	r->since = nap_time_max(r->since, t);
	r->cause = cause;
	r->active = nap_time_max(t, r->active) + (nap_time)((double)bytes * s->byte_ns[link] + 0.5);
	return r->active;
}

NAP_HOT static nap_time carry_plain(struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now,
	enum nap_direction link, uint32_t bytes, uint8_t cause, struct nap_meter *meter)
{
	return carry_as(r, tech, now, link, bytes, cause, meter, false);
}

NAP_HOT static G_NO_INLINE nap_time carry_billed(struct nap_radio *r, const struct nap_radio_tech *tech,
	nap_time now, enum nap_direction link, uint32_t bytes, uint8_t cause, struct nap_meter *meter)
{
	return carry_as(r, tech, now, link, bytes, cause, meter, true);
}

static inline nap_time carry(struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now,
	enum nap_direction link, uint32_t bytes, uint8_t cause, struct nap_meter *meter)
{
	if (is_billed(meter))
		return carry_billed(r, tech, now, link, bytes, cause, meter);
	return carry_plain(r, tech, now, link, bytes, cause, meter);
}

/* What waits for the device comes through, at t. */
static void deliver_waiting(
	struct nap_radio *r, const struct nap_radio_tech *tech, nap_time t, struct nap_meter *meter)
{
	r->wake = NAP_NEVER;
	carry(r, tech, t, NAP_DOWNLINK, r->wake_bytes, r->wake_cause, meter);
	r->wake_bytes = 0;
}

static G_ALWAYS_INLINE inline void advance_as(struct nap_radio *r, const struct nap_radio_tech *tech,
	nap_time now, struct nap_meter *meter, bool billed)
{
	for (;;) {
		uint8_t e = tech->state[r->state].idle_edge;
		nap_time due;

		if (r->wake != NAP_NEVER) {
			/* what waits holds demotions off: the network's own timer was restarted by it */
			if (r->wake > now)
				return;
			deliver_waiting(r, tech, r->wake, meter);
			continue;
		}
		if (e == NAP_RADIO_NONE)
			return;
		due = demotion_due(r, tech, e);
		if (due > now)
			return;
		take(r, tech, e, due, tech->edge[e].update ? NAP_CAUSE_UPDATE : r->cause, meter, billed);
	}
}

NAP_HOT static void advance_plain(
	struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now, struct nap_meter *meter)
{
	advance_as(r, tech, now, meter, false);
}

NAP_HOT static G_NO_INLINE void advance_billed(
	struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now, struct nap_meter *meter)
{
	advance_as(r, tech, now, meter, true);
}

static inline void advance(
	struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now, struct nap_meter *meter)
{
	if (is_billed(meter))
		advance_billed(r, tech, now, meter);
	else
		advance_plain(r, tech, now, meter);
}

void nap_radio_init(struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now)
{
	*r = (struct nap_radio){ .since = now,
		.active = now,
		.wake = NAP_NEVER,
		.state = tech->start,
		.edge = NAP_RADIO_NONE,
		.before = NAP_RADIO_NONE,
		.edge_cause = NAP_CAUSE_BACKGROUND,
		.before_cause = NAP_CAUSE_BACKGROUND,
		.cause = NAP_CAUSE_BACKGROUND,
		.wake_cause = NAP_CAUSE_BACKGROUND };
}

void nap_radio_settle(
	struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now, struct nap_meter *meter)
{
	advance(r, tech, now, meter);
}

NAP_HOT nap_time nap_radio_send(struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now,
	uint32_t bytes, enum nap_cause cause, struct nap_rng *rng, struct nap_meter *meter)
{
	nap_time end;

	advance(r, tech, now, meter);
	redraw(r, tech, rng);
	if (meter)
		meter->packets[NAP_UPLINK][cause]++;
	end = carry(r, tech, now, NAP_UPLINK, bytes, (uint8_t)cause, meter);
	if (r->wake != NAP_NEVER)
		deliver_waiting(r, tech, now, meter);
	return end;
}

void nap_radio_assist(struct nap_radio *r, const struct nap_radio_tech *tech, enum nap_assist says)
{
	uint8_t twin = tech->assist[r->state][says];

	if (twin != NAP_RADIO_NONE) /* of the same powers and times: no stretch ends here */
		r->state = twin;
}

/* The network keeps a packet, or does not, while the device is not reachable. */
static nap_time hold(struct nap_radio *r, const struct nap_radio_tech *tech)
{
	if (r->held >= tech->buffer_packets)
		return NAP_NEVER;
	r->held++;
	return NAP_RADIO_HELD;
}

/* Would the device have become unreachable by its timer before t? */
static bool gone_before(const struct nap_radio *r, const struct nap_radio_tech *tech, nap_time t)
{
	uint8_t e = tech->state[r->state].idle_edge;

	return e != NAP_RADIO_NONE && !tech->state[tech->edge[e].to].reachable &&
	       demotion_due(r, tech, e) < t;
}

NAP_HOT nap_time nap_radio_receive(struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now,
	uint32_t bytes, enum nap_cause cause, struct nap_rng *rng, struct nap_meter *meter)
{
	const struct nap_radio_state *s;
	struct nap_radio ahead;
	nap_time t, heard;

	advance(r, tech, now, meter);
	s = &tech->state[r->state];
	if (!s->reachable)
		return hold(r, tech);
	if (r->wake == NAP_NEVER) {
		redraw(r, tech, rng);
		t = holds_up(r, tech, now) ? r->since : now;
		heard = next_window(r, tech, t);
		if (!s->connected && heard - now > tech->buffer_time)
			return NAP_NEVER;
		if (heard > t && gone_before(r, tech, heard))
			return hold(r, tech);
	} else {
		heard = r->wake;
	}
	if (meter)
		meter->packets[NAP_DOWNLINK][cause]++;
	if (heard <= now)
		return carry(r, tech, now, NAP_DOWNLINK, bytes, (uint8_t)cause, meter);
	r->wake = heard;
	r->wake_bytes += bytes;
	r->wake_cause = (uint8_t)cause;
	ahead = *r;
	return carry(&ahead, tech, heard, NAP_DOWNLINK, ahead.wake_bytes, (uint8_t)cause, NULL);
}

void nap_radio_unhold(struct nap_radio *r)
{
	if (r->held > 0) /* else the device has been reached meanwhile, and all places are free */
		r->held--;
}

void nap_radio_unpage(
	struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now, struct nap_meter *meter)
{
	advance(r, tech, now, meter); /* what was heard before stays heard */
	r->wake = NAP_NEVER;
	r->wake_bytes = 0;
}

bool nap_radio_connected(const struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now)
{
	struct nap_radio ahead = *r;

	advance(&ahead, tech, now, NULL);
	return tech->state[ahead.state].connected;
}

/* Until when the device listens in its state, which it leaves at due by its timer: the end of the last on-window. */
static nap_time listens_until(const struct nap_radio *r, const struct nap_radio_tech *tech, nap_time due)
{
	const struct nap_radio_state *s = &tech->state[r->state];
	nap_time origin = window_origin(r, s), begin;

	if (s->cycle == 0 || s->lock == NAP_LOCK_RANDOM)
		return due;
	begin = origin + cycles_in(due - origin, s) * s->cycle;
	return nap_time_min(due, begin + nap_time_max(s->on_duration, 1));
}

nap_time nap_radio_reachable_until(const struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now)
{
	struct nap_radio ahead = *r;
	nap_time left = 0; /* when it left the state before */

	advance(&ahead, tech, now, NULL);
	if (!tech->state[ahead.state].reachable)
		return 0;
	if (ahead.wake != NAP_NEVER) /* what comes now is heard with what waits already */
		deliver_waiting(&ahead, tech, ahead.wake, NULL);
	for (unsigned n = 0; n <= tech->n_states; n++) {
		uint8_t e = tech->state[ahead.state].idle_edge;
		nap_time due, until;

		if (e == NAP_RADIO_NONE)
			return NAP_NEVER;
		due = demotion_due(&ahead, tech, e);
		if (!tech->state[tech->edge[e].to].reachable) {
			until = listens_until(&ahead, tech, due);
			return until > nap_time_max(ahead.since, now) ? until : left;
		}
		take(&ahead, tech, e, due, ahead.cause, NULL, false);
		left = due;
	}
	return NAP_NEVER;
}

nap_time nap_radio_wakes(const struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now)
{
	struct nap_radio ahead = *r;
	bool slept = false;

	advance(&ahead, tech, now, NULL);
	ahead.wake = NAP_NEVER;
	for (unsigned n = 0; n <= tech->n_states; n++) {
		uint8_t e = tech->state[ahead.state].idle_edge;
		bool reachable = tech->state[ahead.state].reachable;

		if (reachable && slept)
			return nap_time_max(ahead.since, now);
		slept |= !reachable;
		if (e == NAP_RADIO_NONE)
			return NAP_NEVER;
		take(&ahead, tech, e, demotion_due(&ahead, tech, e), ahead.cause, NULL, false);
	}
	return NAP_NEVER;
}

static const struct nap_field rows[] = {
	NAP_FIELD_SPAN(struct nap_radio, since, wake, NAP_AT),
	NAP_FIELD_SPAN(struct nap_radio, draw, wake_bytes, NAP_VALUE),
	NAP_FIELD_SPAN(struct nap_radio, state, held, NAP_VALUE),
};
NAP_FIELDS(radio_fields, struct nap_radio, rows);

const struct nap_fields *const nap_radio_tables[] = { &radio_fields, NULL };

NAP_HOT uint64_t nap_radio_fingerprint(
	const struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now)
{
	uint64_t h = nap_rows_mix(0, &radio_fields, r, &(struct nap_moment){ .now = now });

	for (unsigned i = 0; i < tech->n_states; i++) {
		if (tech->state[i].lock == NAP_LOCK_ABSOLUTE && tech->state[i].cycle > 0)
			h = nap_mix(h, (uint64_t)(now % tech->state[i].cycle));
	}
	return h;
}

NAP_HOT void nap_radio_shift(struct nap_radio *r, nap_time span)
{
	nap_rows_move(&radio_fields, r, span, false);
}

/* So much of an edge that was charged does not come to pass. */
static void unspend(struct nap_meter *meter, uint8_t edge, uint8_t cause, nap_time ns)
{
	meter->edge[edge].ns[cause] -= ns;
	if (meter->bill)
		nap_bill_unspent(meter->bill, edge, ns);
}

/*
 * A transition is under way that ends at r->since: what of it lies behind now. It may have to wait for the one before, by how long both take
 * where that is no matter of chance.
 */
static void cut(
	const struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now, struct nap_meter *meter)
{
	const struct nap_radio_edge *last = &tech->edge[r->edge];
	nap_time begun = last->random ? now : nap_time_max(now, r->since - last->delay);

	unspend(meter, r->edge, r->edge_cause, r->since - begun);
	if (begun > now && r->before != NAP_RADIO_NONE && !tech->edge[r->before].random)
		unspend(meter, r->before, r->before_cause,
			nap_time_min(begun - now, tech->edge[r->before].delay));
}

void nap_radio_close(
	struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now, struct nap_meter *meter)
{
	advance(r, tech, now, meter);
	account(r, tech, now, meter, is_billed(meter));
	if (r->since > now && r->edge != NAP_RADIO_NONE)
		cut(r, tech, now, meter);
	r->since = now;
}

void nap_radio_reading(const struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now,
	const struct nap_meter *meter, struct nap_meter *out)
{
	struct nap_radio copy = *r;

	*out = *meter;
	out->observer = NULL;
	out->bill = NULL;
	nap_radio_close(&copy, tech, now, out);
}
