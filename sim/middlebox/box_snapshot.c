/* SPDX-License-Identifier: BSD-2-Clause */
/* A box' state as whole cycles see it: what of it is compared, how it moves in time, which counts repeat. */
#include "middlebox/mapping.h"
#include "net/fragment.h"

#define SESSION(field, kind) NAP_FIELD(struct session, field, kind)

static const struct nap_field session_rows[] = {
	SESSION(expires, NAP_AT), SESSION(created, NAP_BORN),
	NAP_FIELD_SPAN(struct session, inside, probes, NAP_VALUE),
	NAP_FIELD_SPAN(struct session, window, subscriber, NAP_IGNORE), /* numbers of records */
	NAP_FIELD_SPAN(struct session, newer, older, NAP_IGNORE), /* likewise; or what twice NAT shows */
};
NAP_FIELDS(session_fields, struct session, session_rows);

#define WINDOW(field, kind)      NAP_FIELD(struct window, field, kind)
#define WINDOW_NUMBER(field, of) NAP_FIELD_MORE(struct window, field, NAP_SEQUENCE, of, 0)
#define WINDOW_SIDE(d)                                                                                       \
	WINDOW_NUMBER(side[d].end, d), WINDOW_NUMBER(side[d].max_end, d),                                    \
		WINDOW(side[d].max_win, NAP_VALUE), WINDOW_NUMBER(side[d].max_ack, !d),                      \
		NAP_FIELD_SPAN(struct window, side[d].scale, side[d].flags, NAP_VALUE)
/* The segment seen last counts from the numbers of its direction d. */
#define WINDOW_ROWS(d)                                                                                       \
	{                                                                                                    \
		WINDOW_SIDE(0), WINDOW_SIDE(1), WINDOW_NUMBER(last_seq, d), WINDOW_NUMBER(last_ack, !d),     \
			WINDOW_NUMBER(last_end, d),                                                          \
			NAP_FIELD_SPAN(struct window, last_win, repeats, NAP_VALUE),                         \
			WINDOW(next_free, NAP_IGNORE)                                                        \
	}

static const struct nap_field window_rows[] = WINDOW_ROWS(0), window_back_rows[] = WINDOW_ROWS(1);
NAP_FIELDS(window_fields, struct window, window_rows);
NAP_FIELDS(window_back_fields, struct window, window_back_rows);

#define MAPPING(field, kind) NAP_FIELD(struct mapping, field, kind)

static const struct nap_field mapping_rows[] = {
	NAP_FIELD_ENDPOINT(struct mapping, inside, NAP_VALUE),
	NAP_FIELD_ENDPOINT(struct mapping, outside, NAP_VALUE),
	NAP_FIELD_SPAN(struct mapping, remote, left_behind, NAP_VALUE),
	MAPPING(newest, NAP_IGNORE),
	MAPPING(sessions, NAP_VALUE),
	MAPPING(expires, NAP_UNTIL),
	NAP_FIELD_SPAN(struct mapping, port, next_on_port, NAP_IGNORE),
};
NAP_FIELDS(mapping_fields, struct mapping, mapping_rows);

#define EXTPORT(field, kind) NAP_FIELD(struct extport, field, kind)

static const struct nap_field extport_rows[] = {
	NAP_FIELD_ENDPOINT(struct extport, at, NAP_VALUE),
	EXTPORT(proto, NAP_VALUE),
	EXTPORT(owner, NAP_VALUE),
	EXTPORT(since, NAP_BORN),
	NAP_FIELD_SPAN(struct extport, counted, held, NAP_VALUE),
	EXTPORT(refs, NAP_VALUE),
	EXTPORT(mappings, NAP_IGNORE),
	EXTPORT(held_until, NAP_UNTIL),
	NAP_FIELD_SPAN(struct extport, next_held, subscriber, NAP_IGNORE),
};
NAP_FIELDS(extport_fields, struct extport, extport_rows);

#define SUBSCRIBER(field, kind) NAP_FIELD(struct subscriber, field, kind)

static const struct nap_field subscriber_rows[] = {
	NAP_FIELD_SPAN(struct subscriber, inside, blocks, NAP_VALUE),
	SUBSCRIBER(first_block, NAP_IGNORE),
	SUBSCRIBER(held, NAP_VALUE),
	SUBSCRIBER(first_held, NAP_IGNORE),
	SUBSCRIBER(closed, NAP_VALUE),
	SUBSCRIBER(paid, NAP_UNTIL),
};
NAP_FIELDS(subscriber_fields, struct subscriber, subscriber_rows);

enum { GROUP_EMPTY = 1 }; /* blocks without ports in use */

#define BLOCK(field, kind) NAP_FIELD(struct block, field, kind)

static const struct nap_field block_rows[] = {
	NAP_FIELD_SPAN(struct block, subscriber, ports, NAP_VALUE),
	NAP_FIELD_SPAN(struct block, next, place, NAP_IGNORE),
	BLOCK(since, NAP_BORN),
	NAP_FIELD_MORE(struct block, empty_since, NAP_AT, 0, GROUP_EMPTY),
};
NAP_FIELDS(block_fields, struct block, block_rows);

#define COUNTS(first, last, kind) NAP_FIELD_SPAN(struct nap_box_counts, first, last, kind)

/* VALUE: what a cycle adds, each further one adds too. The others say how things stand, or stood at most. */
static const struct nap_field counts_rows[] = {
	COUNTS(packets, dropped, NAP_VALUE),
	COUNTS(live, peak, NAP_IGNORE),
	COUNTS(session_ns, session_ns, NAP_VALUE),
	COUNTS(alive_ns, blocks_peak, NAP_IGNORE),
	COUNTS(log_records, log_records, NAP_VALUE),
};
NAP_FIELDS(counts_fields, struct nap_box_counts, counts_rows);

const struct nap_fields *const nap_box_tables[] = { &session_fields, &window_fields, &window_back_fields,
	&mapping_fields, &extport_fields, &subscriber_fields, &block_fields, &counts_fields, NULL };

NAP_HOT bool nap_box_rests(const struct nap_box *box)
{
	return !box->grants_live && !box->legs && !box->outbox->len && !box->syn->len &&
	       !nap_reassembly_waiting(box->pieces) && !box->bucket &&
	       (!box->candidate_n || !box->config->capacity);
}

/* Windows of the ends' own flow count from what the ends have sent; those of others from themselves. */
static uint64_t mix_window(
	uint64_t h, const struct window *w, const struct session *s, const struct nap_box_ends *own)
{
	struct nap_moment m = { .base = { w->side[0].end, w->side[1].end } };

	if (own) {
		bool turned = s->flags & SF_FROM_OUTSIDE;

		m.base[0] = own->sent[turned ? NAP_OUTSIDE : NAP_INSIDE];
		m.base[1] = own->sent[turned ? NAP_INSIDE : NAP_OUTSIDE];
	}
	return nap_fields_mix(h, w->last_dir ? &window_back_fields : &window_fields, w, &m);
}

static bool is_of(const struct session *s, const struct nap_box_ends *ends)
{
	struct nap_endpoint remote = s->flags & SF_TWICE ? (struct nap_endpoint){ s->shown, s->shown_port }
							 : (struct nap_endpoint){ s->remote, s->remote_port };

	return s->proto == ends->proto && s->inside == ends->inside.addr &&
	       s->inside_port == ends->inside.port && nap_endpoint_equal(remote, ends->remote);
}

static uint64_t mix_session(const struct nap_box *box, const struct session *s, const struct nap_moment *m,
	const struct nap_box_ends *own)
{
	uint64_t h = nap_rows_mix(0, &session_fields, s, m);

	if (s->proto == NAP_UDP && !(s->flags & SF_ASSURED)) /* younger than the 2 s rule? */
		h = nap_mix(
			h, (uint64_t)nap_time_min(m->now - s->created, box->config->udp_stream_after + 1));
	if (box->zones) {
		struct zone z = box->zones[s - box->session];

		h = nap_mix(h, (uint64_t)z.opener << 16 | z.answerer);
	}
	if (s->flags & SF_TWICE)
		h = nap_mix(h, (uint64_t)s->shown << 16 | s->shown_port);
	return s->window != NONE ? mix_window(h, &box->window[s->window], s, own) : h;
}

/* All live sessions, whatever their order; *own: that of the ends' flow. */
static uint64_t mix_sessions(const struct nap_box *box, const struct nap_moment *m,
	const struct nap_box_ends *ends, const struct session **own)
{
	uint64_t h = 0;

	for (uint32_t id = 0; id < box->high; id++) {
		const struct session *s = &box->session[id];
		bool own_session = false;

		if (!(s->flags & SF_LIVE))
			continue;
		if (ends && is_of(s, ends)) {
			*own = s;
			own_session = true;
		}
		h += mix_session(box, s, m, own_session ? ends : NULL);
	}
	return h;
}

/* Mappings that outlive their sessions, or have a timer of their own; else they follow from the sessions. */
static uint64_t mix_mappings(const struct nap_box *box, const struct nap_moment *m)
{
	uint64_t h = 0;

	if (!box->config->mapping_hold && box->config->timer_scope != NAP_SCOPE_MAPPING)
		return 0;
	for (uint32_t i = 0; i < box->mapping_high; i++) {
		const struct mapping *p = &box->mapping[i];

		if (p->live && (p->sessions || m->now < p->expires))
			h += nap_rows_mix(1, &mapping_fields, p, m);
	}
	return h;
}

static uint64_t mix_held_ports(const struct nap_box *box, const struct nap_moment *m)
{
	uint64_t h = 0;

	for (uint32_t i = 0; box->config->port_hold_down && i < box->extport_high; i++)
		if (box->extport[i].held)
			h += nap_rows_mix(2, &extport_fields, &box->extport[i], m);
	return h;
}

static uint64_t mix_subscribers(const struct nap_box *box, struct nap_moment m)
{
	uint64_t h = 0;

	for (uint32_t i = 0; box->tracks_sub && i < box->subscriber_high; i++) {
		const struct subscriber *sub = &box->subscriber[i];

		h += nap_rows_mix(3, &subscriber_fields, sub, &m);
		for (uint32_t b = sub->blocks ? sub->first_block : NONE; b != NONE;
			b = box->blocks.block[b].next) {
			m.groups = box->blocks.block[b].ports ? 0 : GROUP_EMPTY;
			h += nap_rows_mix(b, &block_fields, &box->blocks.block[b], &m);
		}
	}
	return h;
}

/* eviction = lru: who would go first. */
static uint64_t mix_order(uint64_t h, const struct nap_box *box, const struct nap_moment *m)
{
	for (uint64_t i = box->lru_head; box->stamp && i < box->lru_tail; i++) {
		uint32_t id = box->lru[i & (box->lru_size - 1)];

		if ((box->session[id].flags & SF_LIVE) && box->stamp[id] == i)
			h = nap_rows_mix(h, &session_fields, &box->session[id], m);
	}
	return h;
}

NAP_HOT uint64_t nap_box_fingerprint(
	const struct nap_box *box, nap_time now, bool born, struct nap_box_ends *ends)
{
	const struct nap_box_config *c = box->config;
	struct nap_moment m = { .now = now,
		.born = born || c->duration_limit != NAP_NEVER || c->port_limits.n };
	const struct session *own = NULL;
	uint64_t h = mix_sessions(box, &m, ends, &own);

	h += mix_mappings(box, &m) + mix_held_ports(box, &m) + mix_subscribers(box, m);
	h = nap_mix(h, box->rng.counter);
	h = nap_mix(h, (uint64_t)box->next_port << 1 | box->down);
	if (c->purge_interval)
		h = nap_mix(h, (uint64_t)(now % c->purge_interval));
	if (own) {
		ends->inside = (struct nap_endpoint){ own->mapped, own->mapped_port };
		ends->remote = (struct nap_endpoint){ own->remote, own->remote_port };
	}
	return mix_order(h, box, &m);
}

NAP_HOT void nap_box_shift(struct nap_box *box, nap_time span, bool born)
{
	nap_wheel_shift(&box->wheel, span);
	for (uint32_t id = 0; id < box->high; id++) {
		if (!(box->session[id].flags & SF_LIVE))
			continue;
		nap_rows_move(&session_fields, &box->session[id], span, born);
		if (born)
			box->born += (uint64_t)span;
	}
	box->next_purge = nap_time_after(box->next_purge, span);
	for (uint32_t i = 0; i < box->mapping_high; i++)
		nap_rows_move(&mapping_fields, &box->mapping[i], span, born);
	for (uint32_t i = 0; i < box->extport_high; i++)
		nap_rows_move(&extport_fields, &box->extport[i], span, born);
	for (uint32_t i = 0; i < box->subscriber_high; i++) {
		struct subscriber *sub = &box->subscriber[i];

		nap_rows_move(&subscriber_fields, sub, span, born);
		for (uint32_t b = sub->blocks ? sub->first_block : NONE; b != NONE;
			b = box->blocks.block[b].next)
			nap_rows_move(&block_fields, &box->blocks.block[b], span, born);
	}
}

NAP_HOT void nap_box_repeat_counts(struct nap_box *box, const struct nap_box_counts *before,
	const struct nap_box_counts *after, uint64_t times)
{
	uint64_t *c = (uint64_t *)&box->counts;
	const uint64_t *b = (const uint64_t *)before, *a = (const uint64_t *)after;

#pragma GCC unroll 8
	for (uint32_t i = 0; i < counts_fields.n; i++) {
		const struct nap_field *row = &counts_rows[i];
		size_t first = row->offset / sizeof *c, n = row->size / sizeof *c;

		if (row->kind != NAP_VALUE)
			continue;
		for (size_t k = first; k < first + n; k++)
			c[k] += times * (a[k] - b[k]);
	}
}
