/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/cycle.h"

#include <string.h>

#include "client/mix.h"
#include "path/reach.h"

#define TALLY_WORDS (sizeof(struct nap_tally) / sizeof(uint64_t))
#define METER_WORDS (offsetof(struct nap_meter, observer) / sizeof(uint64_t))

void nap_cycles_forget(struct nap_cycles *c)
{
	c->n = c->next = c->misses = 0;
	c->watching = false;
	c->last = NAP_NEVER;
	c->lived_mark = c->lived = 0;
}

/* The state of all that lies between client and server, relative to now. */
static uint64_t mark_of(const struct nap_subscriber *s, const struct nap_line *line, nap_time now)
{
	uint64_t h = nap_client_fingerprint(s->client, &line->client, now);

	h = nap_mix(h, nap_server_fingerprint(s->server, &line->server, now));
	h = nap_mix(h, nap_radio_fingerprint(&s->radio, nap_tech_of(s, line), now));
	h = nap_mix_time(h, s->open_until == 0 ? NAP_NEVER : s->open_until, now);
	h = nap_mix_time(h, s->lost_at, now);
	h = nap_mix(h, (uint64_t)s->net << 8 | (uint64_t)s->was_open << 1 | (uint64_t)s->touched);
	h = nap_mix(h, (uint64_t)(s->lifetime));
	h = nap_mix(h, (uint64_t)nap_time_max(s->way[0].last - now, 0));
	h = nap_mix(h, (uint64_t)nap_time_max(s->way[1].last - now, 0));
	h = nap_reach_mark(h, s, line, now);
	h = nap_mix(h, (uint64_t)nap_time_max(s->handed - now, 0));
	for (uint32_t k = 0; k < line->n_hops; k++)
		h = nap_mix(h, nap_box_fingerprint(s->box[k], now));
	return h;
}

/* Random numbers taken so far by what a cycle may draw from: it must take none. */
static uint64_t draws_of(const struct nap_subscriber *s)
{
	return s->rng_policy.counter + s->rng_loss.counter + s->rng_delay.counter + s->rng_radio.counter;
}

/* Put the integers in which a and b differ into the cycle; false when there are too many. */
static bool differ(struct nap_cycle *c, const void *before, const void *after, size_t words, size_t base)
{
	const uint64_t *b = before, *a = after;

	for (size_t i = 0; i < words; i++) {
		if (a[i] == b[i])
			continue;
		if (c->n == NAP_CYCLE_DIFF)
			return false;
		c->word[c->n++] = (struct nap_cycle_word){ (uint16_t)(base + i), a[i] - b[i] };
	}
	return true;
}

/* Remember the state at the beginning of what may be a cycle. */
static void watch(struct nap_cycles *c, const struct nap_subscriber *s, const struct nap_line *line,
	nap_time now, uint64_t mark)
{
	c->watching = true;
	c->mark = mark;
	c->since = now;
	c->draws = draws_of(s);
	c->tally = *line->tally;
	c->meter = *nap_meter_of(s, line);
	for (uint32_t k = 0; k < line->n_hops; k++) {
		nap_box_settle(s->box[k], now);
		nap_box_counts(s->box[k], now, &c->box[k]);
	}
}

/*
 * In a cycle that makes sessions, those alive at its beginning may have been made by something else and be of another
 * age: the times that sessions lived are known only when two cycles in a row have the same.
 */
static bool repeats_lifetimes(struct nap_cycles *c, const struct nap_cycle *cycle, uint32_t hops)
{
	uint64_t lived = 0;
	bool same;

	for (uint32_t k = 0; k < hops; k++)
		lived = nap_mix(lived, cycle->after[k].session_ns - cycle->before[k].session_ns);
	same = c->lived_mark == cycle->mark && c->lived == lived;
	c->lived_mark = cycle->mark;
	c->lived = lived;
	return same;
}

/* The watched cycle has come round: learn it. NULL when it cannot be. */
static struct nap_cycle *learn(
	struct nap_cycles *c, const struct nap_subscriber *s, const struct nap_line *line, nap_time now)
{
	struct nap_cycle *cycle = &c->cycle[c->next];

	c->watching = false;
	if (c->draws != draws_of(s) || now == c->since ||
		c->tally.pushes_offered != line->tally->pushes_offered ||
		c->tally.stirred != line->tally->stirred)
		return NULL;   /* something from outside came in between */
	cycle->creates = true; /* may stand in the place of an older one: not to be found until it is whole */
	cycle->mark = c->mark;
	cycle->period = now - c->since;
	cycle->n = 0;
	if (!differ(cycle, &c->tally, line->tally, TALLY_WORDS, 0) ||
		!differ(cycle, &c->meter, nap_meter_of(s, line), METER_WORDS, TALLY_WORDS))
		return NULL;
	cycle->creates = false;
	for (uint32_t k = 0; k < line->n_hops; k++) {
		cycle->before[k] = c->box[k];
		nap_box_settle(s->box[k], now);
		nap_box_counts(s->box[k], now, &cycle->after[k]);
		cycle->creates |= cycle->after[k].created != c->box[k].created;
	}
	if (cycle->creates && (line->ends_matter || !repeats_lifetimes(c, cycle, line->n_hops)))
		return NULL;
	c->next = (c->next + 1) % NAP_CYCLES;
	c->n = c->n < NAP_CYCLES ? c->n + 1 : NAP_CYCLES;
	return cycle;
}

static struct nap_cycle *find(struct nap_cycles *c, uint64_t mark)
{
	for (uint32_t i = 0; i < c->n; i++)
		if (c->cycle[i].mark == mark && !c->cycle[i].creates)
			return &c->cycle[i];
	return NULL;
}

/* n times the cycle: counts multiplied, all stored times moved. */
static void step(struct nap_subscriber *s, struct nap_line *line, nap_time now, const struct nap_cycle *cycle,
	uint64_t n)
{
	uint64_t *tally = (uint64_t *)line->tally, *meter = (uint64_t *)nap_meter_of(s, line);
	nap_time span = (nap_time)n * cycle->period;

	for (uint32_t i = 0; i < cycle->n; i++) {
		uint32_t index = cycle->word[i].index;

		*(index < TALLY_WORDS ? tally + index : meter + (index - TALLY_WORDS)) +=
			n * cycle->word[i].by;
	}
	for (uint32_t k = 0; k < line->n_hops; k++) {
		if (cycle->creates) /* what it made is made again each time; else the sessions are those there were */
			nap_box_shift(s->box[k], now, cycle->period, n);
		else
			nap_box_shift(s->box[k], now, 1, (uint64_t)span);
		nap_box_repeat_counts(s->box[k], &cycle->before[k], &cycle->after[k], n);
	}
	nap_radio_shift(&s->radio, span);
	nap_client_shift(s->client, &line->client, span);
	nap_server_shift(s->server, &line->server, span);
	s->at[NAP_T_CLIENT] = s->client->deadline;
	s->at[NAP_T_SERVER] = s->server->deadline;
	nap_subscriber_schedule_boxes(s, line);
	if (s->open_until > 0)
		nap_move_time(&s->open_until, span);
	nap_move_time(&s->lost_at, span);
	nap_reach_shift(s, line, span);
	s->way[0].last += span;
	s->way[1].last += span;
	s->handed += span;
}

bool nap_cycle_skip(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	struct nap_cycles *c = line->cycles;
	nap_time horizon = nap_time_min(nap_time_min(s->at[NAP_T_PUSH], s->at[NAP_T_WORLD]), line->duration);
	nap_time since = now - nap_time_min(c->last, now);
	struct nap_cycle *cycle;
	uint64_t mark, n;

	c->last = now;
	if (line->tally->pushes_offered !=
		c->pushes) { /* the first keepalive after a push finds a state of its own */
		c->pushes = line->tally->pushes_offered;
		c->watching = false;
		return false;
	}
	if (s->flight != NAP_FLIGHT_NONE || s->out || !s->client->open || horizon - now < since) {
		c->watching = false;
		return false;
	}
	nap_reach_settle(s, line, now);
	mark = mark_of(s, line, now);
	cycle = find(c, mark);
	if (!cycle && c->watching && c->mark == mark)
		cycle = learn(c, s, line, now);
	if (!cycle) {
		if (c->n == 0 || c->lived_mark == mark ||
			++c->misses >
				1) /* one odd state among known ones is not worth a copy of all counts */
			watch(c, s, line, now, mark);
		return false;
	}
	c->misses = 0;
	n = (uint64_t)(horizon - now) / (uint64_t)cycle->period;
	if (n == 0)
		return false;
	step(s, line, now, cycle, n);
	c->last = now + (nap_time)(n - 1) * cycle->period;
	return true;
}
