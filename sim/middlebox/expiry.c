/* SPDX-License-Identifier: BSD-2-Clause */
/* The passing of time over the table: what ends when, what is evicted, what a box says at an end. */
#include "middlebox/early_drop.h"
#include "middlebox/mapping.h"
#include "middlebox/reply.h"

struct due {
	nap_time end;
	uint32_t id;
};

static int by_time(const void *a, const void *b)
{
	const struct due *x = a, *y = b;

	if (x->end != y->end)
		return x->end < y->end ? -1 : 1;
	return x->id < y->id ? -1 : 1;
}

static void put_in_wheel(struct nap_box *box, uint32_t id, nap_time at)
{
	if (at == NAP_NEVER)
		box->wheel.link[id].at = NAP_NEVER;
	else
		nap_wheel_add(&box->wheel, id, at);
}

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

void nap_session_restart_more(struct nap_box *box, struct session *s)
{
	uint32_t id = (uint32_t)(s - box->session);

	if (s->flags & SF_CANDIDATE) { /* revived; its place in the ring is stale */
		s->flags &= (uint16_t)~SF_CANDIDATE;
		if (box->wheel.link[id].at == NAP_NEVER)
			put_in_wheel(box, id, s->expires);
	}
	if (!(s->flags & SF_JOINED))
		return;
	if (nap_session_holds(box, s))
		box->mapping[s->mapping].expires = nap_time_max(box->mapping[s->mapping].expires, s->expires);
	else if (box->wheel.link[id].at != NAP_NEVER) /* its mapping may have kept it beyond its own timer */
		nap_session_shorten(box, s, s->expires);
}

/* Established TCP that ran out gets probed a few times first (probe-interval). True: it lives on till the answer. */
static bool probes(struct nap_box *box, uint32_t id, nap_time when, nap_box_emit_fn fn, void *ctx)
{
	const struct nap_box_config *c = &box->config;
	struct session *s = &box->session[id];

	if (!c->probe_interval || s->proto != NAP_TCP || !(s->flags & SF_REPLIED) ||
		s->probes >= c->probe_count)
		return false;
	if (when >= nap_time_after(s->created, c->duration_limit))
		return false;
	s->probes++;
	s->expires = nap_time_after(when, c->probe_interval);
	nap_reply_probe(box, s, when, fn, ctx);
	return true;
}

static void end_due(struct nap_box *box, struct due d, nap_box_emit_fn fn, void *ctx)
{
	struct session *s = &box->session[d.id];

	if (probes(box, d.id, d.end, fn, ctx)) {
		nap_wheel_add(&box->wheel, d.id, s->expires);
		return;
	}
	if (s->proto == NAP_TCP && box->config.on_expiry != NAP_EXPIRY_SILENT)
		nap_reply_expiry(box, s, d.end, fn, ctx);
	nap_table_end(box, d.id, d.end, END_EXPIRED);
}

/* One slot's sessions: those due are gathered, the others put back where they now belong. */
static void sift(struct nap_box *box, uint32_t first, nap_time now)
{
	uint32_t id, next_id;

	for (id = first; id != NAP_WHEEL_NONE; id = next_id) {
		struct session *s = &box->session[id];
		struct due d = { nap_session_end(box, s), id };

		next_id = box->wheel.link[id].next;
		if (next_id != NAP_WHEEL_NONE)
			__builtin_prefetch(&box->session[next_id]);
		if (s->expires <= now && d.end == NAP_NEVER)
			d.end = s->expires; /* a candidate, by its timer */
		if (d.end <= now) {
			box->wheel.link[id].at = NAP_NEVER;
			g_array_append_val(box->due, d);
		} else {
			put_in_wheel(box, id, d.end == NAP_NEVER ? s->expires : d.end);
		}
	}
}

void nap_table_settle(struct nap_box *box, nap_time now, nap_box_emit_fn fn, void *ctx)
{
	bool candidates = box->config.expiry == NAP_EXPIRE_CANDIDATE, last = false;
	uint32_t first;

	while (!last && (first = nap_wheel_take(&box->wheel, now, &last)) != NAP_WHEEL_NONE) {
		sift(box, first, now);
		if (box->due->len > 1 && (box->acts || candidates))
			qsort(box->due->data, box->due->len, sizeof(struct due), by_time);
		for (guint i = 0; i < box->due->len; i++) {
			struct due d = g_array_index(box->due, struct due, i);

			if (candidates && d.end < nap_time_after(box->session[d.id].created,
							  box->config.duration_limit))
				push_candidate(box, d.id);
			else
				end_due(box, d, fn, ctx);
		}
		g_array_set_size(box->due, 0);
	}
}

void nap_table_purge(struct nap_box *box, nap_time now)
{
	nap_time tick = now - now % box->config.purge_interval;

	nap_table_settle(box, tick, NULL, NULL);
	for (uint32_t id = 0; id < box->high && box->live > box->purges_above; id++) {
		const struct session *s = &box->session[id];
		nap_time span;

		if (!(s->flags & SF_LIVE) || s->expires == NAP_NEVER)
			continue;
		span = nap_track_span(box, s);
		if (s->expires - span + nap_track_scaled(box, span) <= tick)
			nap_table_end(box, id, tick, END_EXPIRED);
	}
	box->next_purge = nap_time_after(tick, box->config.purge_interval);
}

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

void nap_table_touch_lru(struct nap_box *box, uint32_t id)
{
	if (box->lru_tail - box->lru_head == box->lru_size) {
		uint64_t keep = 0, want = (uint64_t)box->live * 4 + 64;
		uint32_t *fresh = g_new(uint32_t, want);

		/* leave the stale entries out; the others keep their order */
		for (uint64_t i = box->lru_head; i < box->lru_tail; i++) {
			uint32_t other = box->lru[i % box->lru_size];

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
	box->lru[box->lru_tail++ % box->lru_size] = id;
}

static bool evict_lru(struct nap_box *box, nap_time now)
{
	while (box->lru_head < box->lru_tail) {
		uint64_t at = box->lru_head++;
		uint32_t id = box->lru[at % box->lru_size];

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

bool nap_table_make_room(struct nap_box *box, const struct key *newcomer, nap_time now)
{
	const struct nap_box_config *c = &box->config;

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
