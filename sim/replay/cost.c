/* SPDX-License-Identifier: BSD-2-Clause */
#include "replay/cost.h"

#include <math.h>
#include <string.h>

#define CAUSE NAP_CAUSE_BACKGROUND /* of all packets: a trace does not say what they are for */
#define SLOW                                                                                                 \
	8000.0 /* ns a byte, 1 Mbit/s: a packet may well be on the air for long enough to be met by another */
#define NOTHING NAP_US /* air times are rounded one by one, or of several packets that waited together */

static bool speaks_by_itself(const struct nap_radio_tech *tech)
{
	for (unsigned i = 0; i < tech->n_edges; i++)
		if (tech->edge[i].update)
			return true;
	return false;
}

/* Rest costs no packet anything, nor do updates. */
static void set_prices(struct nap_prices *p, const struct nap_radio_tech *tech)
{
	nap_prices_init(p, tech);
	for (unsigned i = 0; i < tech->n_states; i++)
		if (!tech->state[i].connected)
			memset(&p->state[i], 0, sizeof p->state[i]);
	for (unsigned i = 0; i < tech->n_edges; i++)
		if (tech->edge[i].update)
			memset(&p->edge[i], 0, sizeof p->edge[i]);
}

void nap_cost_init(struct nap_cost *c, const struct nap_radio_tech *tech, struct nap_rng rng)
{
	memset(c, 0, sizeof *c);
	c->tech = tech;
	c->rng = rng;
	c->updates = speaks_by_itself(tech);
	set_prices(&c->prices, tech);
	for (unsigned i = 0; i < tech->n_states; i++)
		c->slowest = tech->state[i].byte_ns[NAP_DOWNLINK] > c->slowest
				     ? tech->state[i].byte_ns[NAP_DOWNLINK]
				     : c->slowest;
	c->bill = (struct nap_bill){ &c->prices, &c->billed };
	c->aside_bill = (struct nap_bill){ &c->prices, &c->aside };
	c->meter.bill = &c->bill;
	c->scratch.bill = &c->aside_bill;
	nap_radio_init(&c->radio, tech, 0);
}

nap_time nap_cost_up(struct nap_cost *c, nap_time now, uint32_t bytes)
{
	nap_time at = nap_radio_send(&c->radio, c->tech, now, bytes, CAUSE, &c->rng, &c->meter);

	c->last = now;
	if (at != NAP_NEVER)
		return at;
	c->asleep++;
	return now;
}

/* As much of it as looking ahead needs: small, to be copied. */
struct view {
	const struct nap_radio_tech *tech;
	struct nap_radio radio;
	struct nap_rng rng;
	nap_time last;
};

static struct view view_of(const struct nap_cost *c)
{
	return (struct view){ c->tech, c->radio, c->rng, c->last };
}

/* When the device would have what the network gives the radio at t. */
static nap_time heard(const struct view *c, nap_time t, uint32_t bytes)
{
	nap_time at = nap_radio_hears_at_once(&c->radio, c->tech, t, bytes);
	struct nap_radio radio;
	struct nap_rng rng;

	if (at != NAP_NEVER)
		return at;
	radio = c->radio;
	rng = c->rng; /* each try draws the same */
	return nap_radio_receive(&radio, c->tech, t, bytes, CAUSE, &rng, NULL);
}

/* The latest time from which it comes by now, between one from which it does and one from which it does not. */
static nap_time search(const struct view *c, nap_time from, nap_time to, nap_time now, uint32_t bytes)
{
	while (to - from > 1) {
		nap_time middle = from + (to - from) / 2;

		*(heard(c, middle, bytes) <= now ? &from : &to) = middle;
	}
	return from;
}

/* The latest from which it comes by now; or, where that is long before and one comes a rounding later, that. */
static nap_time nearest(const struct view *c, nap_time to, nap_time now, uint32_t bytes)
{
	nap_time by = search(c, c->last, to, now, bytes), later;

	if (heard(c, by, bytes) >= now - NOTHING)
		return by;
	if (by < to && heard(c, by + 1, bytes) >= NAP_RADIO_HELD)
		return to; /* asleep since: that it had come before then explains nothing */
	later = search(c, c->last, to, now + NOTHING, bytes);
	return heard(c, later, bytes) >= now ? later : by;
}

static nap_time sent_before(struct nap_cost *c, nap_time now, nap_time to, uint32_t bytes)
{
	const struct view v = view_of(c);
	nap_time at = heard(&v, to, bytes), earlier;

	if (at <= now)
		return to;
	earlier = at < NAP_RADIO_HELD ? now - (at - to) : c->last;
	if (earlier >= c->last && earlier <= to && heard(&v, earlier, bytes) == now)
		return earlier;
	at = heard(&v, c->last, bytes);
	if (at >= now) { /* the radio of the trace was quicker than this one */
		c->bent += at > now + NOTHING;
		return at < NAP_RADIO_HELD ? c->last : to;
	}
	return nearest(&v, to, now, bytes);
}

nap_time nap_cost_sent(struct nap_cost *c, nap_time now, nap_time by, uint32_t bytes)
{
	nap_time to = nap_time_min(now, by);

	/* NAP_NEVER is later than any now */
	return nap_radio_hears_at_once(&c->radio, c->tech, to, bytes) <= now ? to
									     : sent_before(c, now, to, bytes);
}

/* Up, and listening all the time, at now? ahead: the radio as it is then. */
static bool is_ready(const struct nap_cost *c, nap_time now, struct nap_radio *ahead)
{
	const struct nap_radio_state *s;

	*ahead = c->radio;
	nap_radio_settle(ahead, c->tech, now, NULL);
	s = &c->tech->state[ahead->state];
	return s->connected && s->cycle == 0 && ahead->since <= now && ahead->wake == NAP_NEVER;
}

bool nap_cost_is_ready(const struct nap_cost *c, nap_time now)
{
	struct nap_radio ahead;

	return nap_radio_hears_at_once(&c->radio, c->tech, now, 0) != NAP_NEVER || is_ready(c, now, &ahead);
}

nap_time nap_cost_air(const struct nap_cost *c, uint32_t bytes)
{
	return (nap_time)(c->slowest * (double)bytes);
}

/* Can it have come just then, given to the radio from c->last on and not after `by`? */
static bool fits(const struct view *c, nap_time came, nap_time by, uint32_t bytes)
{
	nap_time to = nap_time_min(came, by), at = heard(c, to, bytes);

	if (heard(c, c->last, bytes) > came + NOTHING)
		return false;
	if (at > came + NOTHING)
		at = heard(c, search(c, c->last, to, came + NOTHING, bytes), bytes);
	return at >= came - NOTHING;
}

bool nap_cost_is_before(
	const struct nap_cost *c, nap_time came, uint32_t bytes, nap_time sent, uint32_t sent_bytes)
{
	struct view v;
	struct nap_radio ahead;

	if (is_ready(c, sent, &ahead) &&
		came - (nap_time)(c->tech->state[ahead.state].byte_ns[NAP_DOWNLINK] * (double)bytes) >
			nap_time_max(ahead.active, sent) + NOTHING)
		return false; /* it did not wait */
	v = view_of(c);
	if (!fits(&v, came, sent, bytes))
		return false;
	nap_radio_send(&v.radio, c->tech, sent, sent_bytes, CAUSE, &v.rng, NULL);
	v.last = sent;
	return !fits(&v, came, NAP_NEVER, bytes);
}

bool nap_cost_down(struct nap_cost *c, nap_time sent, uint32_t bytes)
{
	nap_time at = nap_radio_receive(&c->radio, c->tech, sent, bytes, CAUSE, &c->rng, &c->meter);

	c->last = sent;
	if (at < NAP_RADIO_HELD)
		return true;
	if (at == NAP_RADIO_HELD) /* nobody waits for it: the trace shows that it came */
		nap_radio_unhold(&c->radio);
	c->asleep++;
	return false;
}

/* What the device's own updates took, in the prices of packets: their tails. */
static struct nap_wide updates(const struct nap_cost *c)
{
	struct nap_wide sum = { 0, 0 };

	for (unsigned i = 0; i < c->tech->n_states; i++) {
		const struct nap_meter_state *row = &c->meter.state[i];

		sum = nap_wide_charge(sum, c->prices.state[i].power, (uint64_t)row->dwell[NAP_CAUSE_UPDATE]);
		sum = nap_wide_charge(sum, c->prices.state[i].on, (uint64_t)row->on[NAP_CAUSE_UPDATE]);
		sum = nap_wide_charge(sum, c->prices.state[i].cycle, row->cycles[NAP_CAUSE_UPDATE]);
	}
	for (unsigned i = 0; i < c->tech->n_edges; i++) {
		const struct nap_meter_edge *row = &c->meter.edge[i];

		sum = nap_wide_charge(sum, c->prices.edge[i].once, row->taken[NAP_CAUSE_UPDATE]);
		sum = nap_wide_charge(sum, c->prices.edge[i].power, (uint64_t)row->ns[NAP_CAUSE_UPDATE]);
	}
	return sum;
}

struct nap_wide nap_cost_paid(struct nap_cost *c, nap_time now)
{
	struct nap_wide paid;
	struct nap_radio copy;

	nap_radio_settle(&c->radio, c->tech, now, &c->meter);
	paid = c->billed;
	copy = c->radio;
	if (copy.since < now &&
		!(c->updates && copy.cause == NAP_CAUSE_UPDATE)) { /* the stretch that is not counted yet */
		c->aside = paid;
		memset(&c->scratch.state[copy.state], 0, sizeof c->scratch.state[copy.state]);
		nap_radio_close(&copy, c->tech, now, &c->scratch);
		paid = c->aside;
	}
	return c->updates ? nap_wide_difference(paid, updates(c)) : paid;
}

double nap_cost_joules(struct nap_wide units)
{
	double pj = ldexp((double)units.high, 64) + (double)units.low;

	if (units.high >> 63) { /* below 0, by a rounding */
		struct nap_wide minus = nap_wide_difference((struct nap_wide){ 0, 0 }, units);

		pj = -(ldexp((double)minus.high, 64) + (double)minus.low);
	}
	return ldexp(pj, -NAP_PRICE_BITS) * 1e-12;
}

nap_time nap_cost_connected(const struct nap_cost *c)
{
	nap_time ns = 0;

	for (unsigned i = 0; i < c->tech->n_states; i++)
		if (c->tech->state[i].connected)
			ns += c->meter.state[i].dwell[CAUSE];
	return ns;
}

nap_time nap_cost_rests(const struct nap_cost *c)
{
	struct nap_radio ahead = c->radio;
	nap_time least = nap_time_max(c->last, c->radio.active);

	for (nap_time span = NAP_S; span < 2 * NAP_DAY; span *= 2) {
		nap_time t = nap_time_after(least, span);

		nap_radio_settle(&ahead, c->tech, t, NULL);
		if (ahead.state == c->tech->start && ahead.since <= t)
			return nap_time_max(ahead.since, least);
	}
	return least;
}

struct nap_energy nap_cost_energy(const struct nap_cost *c, nap_time now, nap_time *connected)
{
	struct nap_radio radio = c->radio;
	struct nap_meter meter = c->meter;

	meter.bill = NULL;
	meter.observer = NULL;
	nap_radio_settle(&radio, c->tech, now, &meter);
	nap_radio_close(&radio, c->tech, now, &meter);
	*connected = nap_meter_connected(&meter, c->tech);
	return nap_meter_energy(&meter, c->tech);
}

void nap_cost_close(struct nap_cost *c, nap_time now)
{
	nap_radio_close(&c->radio, c->tech, now, &c->meter);
}
