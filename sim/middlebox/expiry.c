/* SPDX-License-Identifier: BSD-2-Clause */
/* The passing of time over the table: what ends when, what is evicted, what a box says at an end. */
#include "kernel/pages.h"
#include "middlebox/early_drop.h"
#include "middlebox/legs.h"
#include "middlebox/lifetimes.h"
#include "middlebox/reply.h"
#include "middlebox/track.h"

static void push_candidate(struct nap_box *box, uint32_t id)
{
	uint32_t size = box->candidate_size;

	if (box->candidate_n == size) {
		uint32_t *ring = g_new(uint32_t, size ? size * 2 : 16);

		for (uint32_t i = 0; i < size; i++)
			ring[i] = box->candidate[(box->candidate_head + i) % size];
		g_free(box->candidate);
		box->candidate = ring;
		box->candidate_head = 0;
		box->candidate_size = size ? size * 2 : 16;
	}
	box->candidate[(box->candidate_head + box->candidate_n++) % box->candidate_size] = id;
	box->session[id].flags |= SF_CANDIDATE;
}

/* A candidate for eviction past its timer lives on, until duration-limit. */
static bool is_candidate(const struct nap_box *box, const struct session *s)
{
	return box->config->expiry == NAP_EXPIRE_CANDIDATE && (s->flags & SF_CANDIDATE);
}

static bool has_second_stage(const struct nap_box *box, const struct session *s)
{
	return nap_track_phase(box, s) & PHASE_STAGED;
}

static nap_time limit_of(const struct nap_box *box, const struct session *s)
{
	return nap_time_after(s->created, nap_session_limit(box, s));
}

/* When time next does something to session id: its stage, its candidacy, its end. */
NAP_HOT static nap_time session_due(const struct nap_box *box, uint32_t id)
{
	const struct session *s = &box->session[id];

	if (!(s->flags & SF_LIVE))
		return NAP_NEVER;
	if (G_UNLIKELY(box->legs) && nap_legs_of(box, id))
		return nap_legs_due(box, id, limit_of(box, s));
	if (nap_session_just_ends(box, s))
		return s->expires;
	if (is_candidate(box, s))
		return limit_of(box, s);
	if (has_second_stage(box, s) || box->config->expiry == NAP_EXPIRE_CANDIDATE)
		return nap_time_min(nap_session_held(box, s), limit_of(box, s));
	return nap_session_end(box, s);
}

void nap_session_restart_more(struct nap_box *box, struct session *s)
{
	uint32_t id = (uint32_t)(s - box->session);

	if (s->flags & SF_CANDIDATE) { /* revived; its place in the ring is stale */
		s->flags &= (uint16_t)~SF_CANDIDATE;
		nap_lifetime_set(box, LIFE_SESSION, id, session_due(box, id));
	}
	if (!(s->flags & SF_JOINED))
		return;
	if (nap_session_holds(box, s))
		box->mapping[s->mapping].expires = nap_time_max(box->mapping[s->mapping].expires, s->expires);
	else /* its mapping may have kept it beyond its own timer */
		nap_lifetime_set(box, LIFE_SESSION, id, session_due(box, id));
}

/*
 * May its ends still hold a connection? Those whose FINs or RST were seen would answer probes with RSTs for ever, each of
 * which restarts the timer.
 */
static bool worth_probing(const struct nap_box *box, const struct session *s)
{
	return s->proto == NAP_TCP && (s->flags & SF_REPLIED) &&
	       ((nap_track_phase(box, s) & PHASE_OPEN) || s->state == box->tracker->second_stage);
}

nap_time nap_session_probed_for(const struct nap_box *box, const struct session *s)
{
	const struct nap_box_config *c = box->config;

	uint32_t sent = s->probes & PROBES_SENT;

	return sent < c->probe_count && worth_probing(box, s) && s->expires < limit_of(box, s)
		       ? (nap_time)(c->probe_count - sent) * c->probe_interval
		       : 0;
}

/* Established TCP that ran out gets probed a few times first (probe-interval). True: it lives on till the answer. */
static bool probes(struct nap_box *box, struct session *s, nap_time when)
{
	const struct nap_box_config *c = box->config;

	if (!c->probe_interval || !worth_probing(box, s) || (s->probes & PROBES_SENT) >= c->probe_count ||
		when >= limit_of(box, s))
		return false;
	s->probes++;
	s->expires = nap_time_after(when, c->probe_interval);
	nap_reply_probe(box, s, when);
	return true;
}

/* RFC 6146: what was established is TRANS for another while, in which data revives it. */
static void enter_second_stage(struct nap_box *box, struct session *s, nap_time when)
{
	s->state = box->tracker->second_stage;
	s->expires = nap_time_after(when, box->config->timer[NAP_TIMER_TRANS]);
}

/* Do the ends of s hear of its expiry? Of established ones also in the second stage, which nothing else comes to by time. */
static bool tells_expiry(const struct nap_box *box, const struct session *s)
{
	const struct nap_box_config *c = box->config;

	if (s->proto != NAP_TCP || c->on_expiry == NAP_EXPIRY_SILENT ||
		nap_legs_of(box, (uint32_t)(s - box->session)))
		return false;
	return c->on_expiry_of == NAP_EXPIRY_OF_ANY ||
	       box->tracker->state[s->state].timer == NAP_TIMER_ESTABLISHED ||
	       (box->tracker->second_stage && s->state == box->tracker->second_stage);
}

static void session_lapse(struct nap_box *box, uint32_t id, nap_time when)
{
	struct session *s = &box->session[id];

	if (nap_legs_of(box, id)) {
		nap_legs_lapse(box, id, when, limit_of(box, s));
		return;
	}
	if (when < limit_of(box, s) && has_second_stage(box, s)) {
		enter_second_stage(box, s, when);
		return;
	}
	if (when < limit_of(box, s) && box->config->expiry == NAP_EXPIRE_CANDIDATE) {
		push_candidate(box, id);
		return;
	}
	if (probes(box, s, when))
		return;
	if (tells_expiry(box, s))
		nap_reply_expiry(box, s, when);
	nap_table_end(box, id, when, END_EXPIRED);
}

const struct lifetime_kind nap_session_lifetime = { session_due, session_lapse };

void nap_table_plan_purge(struct nap_box *box, nap_time now)
{
	nap_time interval = box->config->purge_interval;

	box->next_purge = nap_time_after(now - now % interval, interval);
	nap_lifetime_set(box, LIFE_PURGE, 0, box->next_purge);
}

static nap_time purge_due(const struct nap_box *box, uint32_t id)
{
	(void)id;
	return box->live > box->purges_above ? box->next_purge : NAP_NEVER;
}

static void purge(struct nap_box *box, uint32_t zero, nap_time when)
{
	(void)zero;
	for (uint32_t id = 0; id < box->high && box->live > box->purges_above; id++) {
		const struct session *s = &box->session[id];
		nap_time span;

		if (!(s->flags & SF_LIVE) || s->expires == NAP_NEVER)
			continue;
		span = nap_track_span(box, s);
		if (s->expires - span + nap_track_scaled(box, span) <= when)
			nap_table_end(box, id, when, END_EXPIRED);
	}
	box->next_purge = nap_time_after(when, box->config->purge_interval);
}

const struct lifetime_kind nap_purge_lifetime = { purge_due, purge };

static bool evict(struct nap_box *box, uint32_t id, nap_time now)
{
	nap_table_end(box, id, now, END_EVICTED);
	return true;
}

static bool evict_candidate(struct nap_box *box, nap_time now)
{
	while (box->candidate_n) {
		uint32_t id = box->candidate[box->candidate_head];

		box->candidate_head = (box->candidate_head + 1) % box->candidate_size;
		box->candidate_n--;
		if ((box->session[id].flags & (SF_LIVE | SF_CANDIDATE)) == (SF_LIVE | SF_CANDIDATE))
			return evict(box, id, now);
	}
	return false;
}

NAP_HOT void nap_table_touch_lru(struct nap_box *box, uint32_t id)
{
	if (box->lru_tail - box->lru_head == box->lru_size) {
		uint64_t keep = 0, want = 64;
		uint32_t *fresh;

		while (want < (uint64_t)box->live * 4 + 64)
			want *= 2;
		fresh = nap_pages_new(want * sizeof *fresh);
		/* leave the stale entries out; the others keep their order */
		for (uint64_t i = box->lru_head; i < box->lru_tail; i++) {
			uint32_t other = box->lru[i & (box->lru_size - 1)];

			if ((box->session[other].flags & SF_LIVE) && box->stamp[other] == i && other != id) {
				fresh[keep] = other;
				box->stamp[other] = keep++;
			}
		}
		g_free(box->lru);
		box->lru = fresh;
		box->lru_size = want;
		box->lru_head = 0;
		box->lru_tail = keep;
	}
	box->stamp[id] = box->lru_tail;
	box->lru[box->lru_tail++ & (box->lru_size - 1)] = id;
}

/* The session of the ring's entry that is so many behind the first. */
static inline uint32_t lru_ahead(const struct nap_box *box, uint32_t n)
{
	uint64_t at = box->lru_head + n;

	return at < box->lru_tail ? box->lru[at & (box->lru_size - 1)] : NONE;
}

/* Whoever is thrown out next has not been touched for long: its memory is asked for in two steps. */
static void fetch_victims(const struct nap_box *box)
{
	enum { FIRST = 8, THEN = 4 };
	uint32_t first = lru_ahead(box, FIRST), then = lru_ahead(box, THEN);

	if (first != NONE) {
		nap_fetch(&box->session[first]);
		nap_fetch(&box->stamp[first]);
	}
	if (then != NONE && (box->session[then].flags & SF_LIVE))
		nap_session_fetch(box, then);
}

static bool evict_lru(struct nap_box *box, nap_time now)
{
	while (box->lru_head < box->lru_tail) {
		uint64_t at = box->lru_head++;
		uint32_t id = box->lru[at & (box->lru_size - 1)];

		if (box->live >= NAP_FETCH_FROM)
			fetch_victims(box);

		if ((box->session[id].flags & SF_LIVE) && box->stamp[id] == at)
			return evict(box, id, now);
	}
	return false;
}

static bool evict_random(struct nap_box *box, nap_time now)
{
	uint32_t id;

	do {
		id = nap_rng_below(&box->rng, box->high);
	} while (!(box->session[id].flags & SF_LIVE));
	return evict(box, id, now);
}

NAP_HOT bool nap_table_make_room(struct nap_box *box, const struct key *newcomer, nap_time now)
{
	const struct nap_box_config *c = box->config;

	if (c->capacity == 0 || box->live < c->capacity)
		return true;
	if (evict_candidate(box, now))
		return true;
	switch (c->eviction) {
	case NAP_EVICT_LRU:
		return evict_lru(box, now);
	case NAP_EVICT_RANDOM:
		return evict_random(box, now);
	case NAP_EVICT_EARLY_DROP:
		return nap_early_drop(box, newcomer, now);
	default:
		return false;
	}
}
