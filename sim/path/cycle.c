/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/cycle.h"

#include <string.h>

#include "path/awake.h"
#include "path/loss.h"
#include "path/reach.h"
#include "path/world.h"

#define TALLY_WORDS    (sizeof(struct nap_tally) / sizeof(uint64_t))
#define WORD_OF(field) (offsetof(struct nap_meter, field) / sizeof(uint64_t))

#define ROW(field, kind) NAP_FIELD(struct nap_subscriber, field, kind)

static const struct nap_field rows[] = {
	/* nothing is under way, and no cycle is stepped over where there are several ends */
	NAP_FIELD_SPAN(struct nap_subscriber, flight, client, NAP_IGNORE),
	/* spoke is false whenever a mark is taken */
	NAP_FIELD_SPAN(struct nap_subscriber, net, spoke, NAP_VALUE),
	ROW(open_until, NAP_UNTIL),
	ROW(lost_at, NAP_AT),
	ROW(handed, NAP_UNTIL),
	ROW(radio, NAP_PART),
	NAP_FIELD_SPAN(struct nap_subscriber, push_last, push_draws, NAP_IGNORE), /* facts from outside */
	/* the ends' and boxes' follow from their state; what comes from outside is a fact */
	ROW(at, NAP_IGNORE),
};
NAP_FIELDS(subscriber_fields, struct nap_subscriber, rows);

/* Over the access link; those over other links stand only where links draw. */
struct ways {
	nap_time last[2];
};
static const struct nap_field way_rows[] = { NAP_FIELD(struct ways, last, NAP_UNTIL) };
NAP_FIELDS(way_fields, struct ways, way_rows);

/* A cycle may take several keepalives: who does not come round within so few is watched for longer, up to so many. */
enum { FEW = 8, MANY = 64 };

enum { WORTH = 8 }; /* keepalives that one must be able to step over */

const struct nap_fields *const nap_path_tables[] = { &subscriber_fields, &way_fields, NULL };

void nap_cycles_forget(struct nap_cycles *c)
{
	c->n = c->next = 0;
	nap_cycles_begin(c);
}

void nap_cycles_begin(struct nap_cycles *c)
{
	uint32_t kept = 0;

	/* a peak that a cycle reached counts for the subscriber that has been through it */
	for (uint32_t i = 0; i < c->n; i++) {
		if (c->cycle[i].creates)
			continue;
		if (kept != i)
			c->cycle[kept] = c->cycle[i];
		kept++;
	}
	c->n = kept;
	c->next = kept % NAP_CYCLES;
	c->misses = c->strange = 0;
	c->watching = c->known = c->odd = false;
	c->last = NAP_NEVER;
}

/* The boxes' part, from the client outwards along the ends' flow. born: with when sessions were made. */
NAP_HOT static uint64_t mark_of_boxes(
	const struct nap_subscriber *s, const struct nap_line *line, const struct nap_moment *m, bool born)
{
	struct nap_box_ends ends = {
		.proto = line->client.app->transport == NAP_OVER_TCP ? NAP_TCP : NAP_UDP,
		.inside = nap_client_of(s)->self,
		.remote = nap_client_of(s)->peer,
		.sent = { [NAP_INSIDE] = m->base[NAP_BASE_OWN], [NAP_OUTSIDE] = m->base[NAP_BASE_PEER] },
	};
	uint64_t h = 0;

	for (uint32_t k = 0; k < line->n_hops; k++)
		h = nap_mix(h, nap_box_fingerprint(line->box[k], m->now, born, &ends));
	return h;
}

/* The state of all that lies between client and server, relative to now. */
static uint64_t mark_of(
	const struct nap_subscriber *s, const struct nap_line *line, const struct nap_moment *m)
{
	uint64_t h = nap_client_fingerprint(nap_client_of(s), &line->client, m);

	h = nap_mix(h, nap_server_fingerprint(nap_server_of(s), &line->server, m));
	h = nap_mix(h, nap_radio_fingerprint(&s->radio, nap_tech_of(s, line), m->now));
	h = nap_rows_mix(h, &subscriber_fields, s, m);
	h = nap_rows_mix(h, &way_fields, nap_way_of(s, line), m);
	h = nap_reach_mark(h, s, line, m);
	h = nap_loss_mark(h, s, line, m);
	h = nap_world_mark(h, s, line, m->now);
	h = nap_awake_mark(h, s, line, m);
	return nap_mix(h, mark_of_boxes(s, line, m, false));
}

NAP_HOT bool nap_cycle_rests(const struct nap_subscriber *s, const struct nap_line *line, nap_time now)
{
	if (s->flight || s->out || s->cut ||
		!nap_ends_rest(nap_client_of(s), &line->client, nap_server_of(s)))
		return false;
	for (uint32_t k = 0; k < line->n_hops; k++) {
		nap_box_settle(line->box[k], now);
		if (!nap_box_rests(line->box[k]))
			return false;
	}
	return true;
}

/* Random numbers taken so far by what a cycle may draw from: it must take none. */
static uint64_t draws_of(const struct nap_subscriber *s, const struct nap_line *line)
{
	uint64_t server = nap_server_has_more(&line->server)
				  ? nap_server_more(nap_server_of(s), &line->server)->rng.counter
				  : 0;

	const struct nap_rng *policy = nap_policy_draws_of(s, line);
	uint64_t way = nap_draws_of(s, line)
			       ? nap_draws_of(s, line)->loss.counter + nap_draws_of(s, line)->delay.counter +
					 nap_draws_of(s, line)->radio.counter
			       : 0;

	return server + way + (policy ? policy->counter : 0);
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

/* A meter's words in use: those of a radio's own states and edges, and what all count. */
struct words {
	size_t from, n;
};

static void words_of(const struct nap_radio_tech *tech, struct words part[3])
{
	part[0] = (struct words){ WORD_OF(state), WORD_OF(state[tech->n_states]) - WORD_OF(state) };
	part[1] = (struct words){ WORD_OF(edge), WORD_OF(edge[tech->n_edges]) - WORD_OF(edge) };
	part[2] = (struct words){ WORD_OF(packets), WORD_OF(observer) - WORD_OF(packets) };
}

static void keep_meter(struct nap_meter *to, const struct nap_meter *from, const struct nap_radio_tech *tech)
{
	struct words part[3];

	words_of(tech, part);
	for (int i = 0; i < 3; i++)
		memcpy((uint64_t *)to + part[i].from, (const uint64_t *)from + part[i].from,
			part[i].n * sizeof(uint64_t));
}

static bool meters_differ(struct nap_cycle *c, const struct nap_meter *before, const struct nap_meter *after,
	const struct nap_radio_tech *tech)
{
	struct words part[3];
	bool fits = true;

	words_of(tech, part);
	for (int i = 0; i < 3; i++)
		fits &= differ(c, (const uint64_t *)before + part[i].from,
			(const uint64_t *)after + part[i].from, part[i].n, TALLY_WORDS + part[i].from);
	return fits;
}

/* Remember the state at the beginning of what may be a cycle. */
static void watch(struct nap_cycles *c, const struct nap_subscriber *s, const struct nap_line *line,
	const struct nap_moment *m, uint64_t mark)
{
	c->watching = true;
	c->mark = mark;
	c->born = mark_of_boxes(s, line, m, true);
	c->since = m->now;
	c->draws = draws_of(s, line);
	c->tally = *line->tally;
	keep_meter(&c->meter, nap_meter_of(s, line), nap_tech_of(s, line));
	for (uint32_t k = 0; k < line->n_hops; k++)
		nap_box_counts(line->box[k], m->now, &c->box[k]);
}

/* The watched cycle has come round: learn it. NULL when it cannot be. */
static struct nap_cycle *learn(struct nap_cycles *c, const struct nap_subscriber *s,
	const struct nap_line *line, const struct nap_moment *m)
{
	struct nap_cycle *cycle = &c->cycle[c->next];

	c->watching = false;
	if (c->draws != draws_of(s, line) || m->now == c->since ||
		c->tally.pushes_offered != line->tally->pushes_offered ||
		c->tally.stirred != line->tally->stirred)
		return NULL; /* something from outside came in between */
	cycle->mark =
		~c->mark; /* may stand in the place of an older one: not to be found until it is whole */
	cycle->period = m->now - c->since;
	cycle->n = 0;
	cycle->creates = false;
	if (!differ(cycle, &c->tally, line->tally, TALLY_WORDS, 0) ||
		!meters_differ(cycle, &c->meter, nap_meter_of(s, line), nap_tech_of(s, line)))
		return NULL;
	for (uint32_t k = 0; k < line->n_hops; k++) {
		cycle->before[k] = c->box[k];
		nap_box_counts(line->box[k], m->now, &cycle->after[k]);
		cycle->creates |= cycle->after[k].created != c->box[k].created;
	}
	cycle->born = c->born;
	if (cycle->creates && (line->ends_matter || c->born != mark_of_boxes(s, line, m, true)))
		return NULL;
	cycle->mark = c->mark;
	c->next = (c->next + 1) % NAP_CYCLES;
	c->n = c->n < NAP_CYCLES ? c->n + 1 : NAP_CYCLES;
	return cycle;
}

static struct nap_cycle *find(struct nap_cycles *c, const struct nap_subscriber *s,
	const struct nap_line *line, const struct nap_moment *m, uint64_t mark)
{
	for (uint32_t i = 0; i < c->n; i++)
		if (c->cycle[i].mark == mark &&
			(!c->cycle[i].creates || c->cycle[i].born == mark_of_boxes(s, line, m, true)))
			return &c->cycle[i];
	return NULL;
}

/* n times the cycle: counts multiplied, all stored times moved. */
static void step(struct nap_subscriber *s, struct nap_line *line, const struct nap_cycle *cycle, uint64_t n)
{
	uint64_t *tally = (uint64_t *)line->tally, *meter = (uint64_t *)nap_meter_of(s, line);
	nap_time span = (nap_time)n * cycle->period;

	for (uint32_t i = 0; i < cycle->n; i++) {
		uint32_t index = cycle->word[i].index;

		*(index < TALLY_WORDS ? tally + index : meter + (index - TALLY_WORDS)) +=
			n * cycle->word[i].by;
	}
	for (uint32_t k = 0; k < line->n_hops; k++) {
		/* what the cycle made is made again each time; else the sessions are those there were */
		nap_box_shift(line->box[k], span, cycle->creates);
		nap_box_repeat_counts(line->box[k], &cycle->before[k], &cycle->after[k], n);
	}
	nap_radio_shift(&s->radio, span);
	nap_client_shift(nap_client_of(s), &line->client, span);
	nap_server_shift(nap_server_of(s), &line->server, span);
	nap_rows_move(&subscriber_fields, s, span, false);
	nap_subscriber_schedule_end(s, line, NAP_T_CLIENT, nap_client_of(s)->deadline);
	nap_subscriber_schedule_end(s, line, NAP_T_SERVER, nap_server_of(s)->deadline);
	nap_subscriber_schedule_boxes(s, line);
	nap_rows_move(&way_fields, nap_way_of(s, line), span, false);
	nap_reach_shift(s, line, span);
	nap_loss_shift(s, line, span);
	nap_awake_shift(s, line, span);
}

/* The first state after a push, whether looked at or not: most are as ever, or none is, and then few are worth a look. */
static bool passes_over(struct nap_cycles *c)
{
	if (c->n == 0)
		return true;
	return c->strange++ > FEW && c->strange % FEW != 0;
}

/* No cycle is known from this state: begin to watch, unless one odd state among others is not worth a copy of all counts. */
static void miss(struct nap_cycles *c, const struct nap_subscriber *s, const struct nap_line *line,
	const struct nap_moment *m, uint64_t mark)
{
	c->misses++;
	if (c->known && !c->odd && c->misses == 1)
		return;
	if (c->watching && c->waits > 0) {
		c->waits--;
		return;
	}
	watch(c, s, line, m, mark);
	c->waits = c->misses > FEW ? MIN(c->misses, MANY) : 0;
}

/* Are there too few keepalives before the next event from outside for a cycle to be learned, and to pay? */
static bool is_too_late(const struct nap_cycles *c, const struct nap_subscriber *s,
	const struct nap_line *line, nap_time now, nap_time horizon)
{
	return !c->known && !c->watching && (horizon - now) / WORTH < nap_subscriber_client_at(s, line) - now;
}

NAP_HOT bool nap_cycle_skip(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	struct nap_cycles *c = line->cycles;
	nap_time horizon = nap_time_min(
		nap_time_min(s->at[NAP_T_PUSH], nap_subscriber_world_at(s, line)), line->duration);
	nap_time since = now - nap_time_min(c->last, now);
	bool pushed = line->tally->pushes_offered != c->pushes, late = horizon - now < since;
	struct nap_moment m;
	struct nap_cycle *cycle;
	uint64_t mark, n;

	c->last = now;
	c->pushes = line->tally->pushes_offered;
	if (pushed || late)
		c->watching = false;
	if ((pushed ? passes_over(c) : late) || is_too_late(c, s, line, now, horizon))
		return false;
	nap_reach_settle(s, line, now);
	m = nap_ends_moment(nap_client_of(s), &line->client, nap_server_of(s), now);
	mark = mark_of(s, line, &m);
	cycle = find(c, s, line, &m, mark);
	if (!cycle && c->watching && c->mark == mark)
		cycle = learn(c, s, line, &m);
	if (!cycle) {
		if (!pushed)
			miss(c, s, line, &m, mark);
		c->odd |= pushed;
		return false;
	}
	c->misses = c->waits = 0;
	c->known = true;
	c->odd = false;
	if (pushed)
		c->strange = 0;
	/* its last moment comes before the event from outside, which may be the first of those due then */
	n = (uint64_t)nap_time_max(horizon - 1 - now, 0) / (uint64_t)cycle->period;
	if (n == 0)
		return false;
	step(s, line, cycle, n);
	c->skipped += n;
	c->last = now + (nap_time)n * cycle->period;
	return true;
}
