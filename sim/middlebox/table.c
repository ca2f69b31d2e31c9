/* SPDX-License-Identifier: BSD-2-Clause */
#include "middlebox/table.h"

#include <string.h>

#include "kernel/pages.h"
#include "middlebox/alone.h"
#include "middlebox/early_drop.h"
#include "middlebox/legs.h"
#include "middlebox/lifetimes.h"
#include "middlebox/mapping.h"

uint16_t nap_icmp_port(enum nap_side side, uint8_t type, uint8_t code)
{
	static const uint8_t inverse[] = {
		[0] = 8, [8] = 0, [13] = 14, [14] = 13, [15] = 16, [16] = 15, [17] = 18, [18] = 17
	};

	if (side == NAP_OUTSIDE && (type == 0 || type == 8 || (type >= 13 && type <= 18)))
		type = inverse[type];
	return (uint16_t)(type << 8 | code);
}

struct key nap_session_key(const struct session *s, enum nap_side side)
{
	struct key k = { .remote = { s->remote, s->remote_port }, .proto = s->proto, .side = (uint8_t)side };

	if (side == NAP_INSIDE)
		k.local = (struct nap_endpoint){ s->inside, s->inside_port };
	else
		k.local = (struct nap_endpoint){ s->mapped, s->mapped_port };
	if (side == NAP_INSIDE && (s->flags & SF_TWICE))
		k.remote = (struct nap_endpoint){ s->shown, s->shown_port };
	return k;
}

/* The hash of its name on side. */
static inline uint32_t name_hash(const struct nap_box *box, const struct session *s, enum nap_side side)
{
	bool inside = side == NAP_INSIDE, shown = inside && (s->flags & SF_TWICE);
	uint32_t zone = G_UNLIKELY(box->zones) ? nap_zone_mix(box, (uint32_t)(s - box->session), side) : 0;

	if (nap_is_alone(s))
		return inside ? nap_name_hash(box->short_name[s->proto == NAP_TCP][NAP_INSIDE], s->inside,
					s->inside_port, s->remote, s->remote_port, s->proto, NAP_INSIDE)
			      : nap_outside_hash(
					(struct nap_endpoint){ s->mapped, s->mapped_port }, s->proto);
	return nap_name_hash(nap_full_name(box), inside ? s->inside : s->mapped,
		       inside ? s->inside_port : s->mapped_port, shown ? s->shown : s->remote,
		       shown ? s->shown_port : s->remote_port, s->proto, side) ^
	       zone;
}

/* By its names, outside and inside, which are one where the box does not translate. */
struct names {
	uint32_t in, out;
};

static inline struct names names_of(const struct nap_box *box, const struct session *s)
{
	return (struct names){ name_hash(box, s, NAP_INSIDE),
		box->two_names ? name_hash(box, s, NAP_OUTSIDE) : 0 };
}

static inline void add(struct nap_box *box, uint32_t id, struct names n)
{
	nap_index_add(&box->sessions, n.in, id);
	if (box->two_names)
		nap_index_add(&box->sessions, n.out, id);
	box->crowd += box->has_alone && !nap_is_alone(&box->session[id]);
}

static inline void take_out(struct nap_box *box, uint32_t id)
{
	struct names n = names_of(box, &box->session[id]);

	nap_index_remove(&box->sessions, n.in, id);
	if (box->two_names)
		nap_index_remove(&box->sessions, n.out, id);
	box->crowd -= box->has_alone && !nap_is_alone(&box->session[id]);
}

/* Into the index, alone if it may be. */
static inline void enter(struct nap_box *box, uint32_t id)
{
	const struct nap_index *ix = &box->sessions;
	struct session *s = &box->session[id];
	struct names n;

	if (G_UNLIKELY(box->crowd > NAP_ALONE_FROM / NAP_ALONE_SHARE) &&
		box->crowd > box->live / NAP_ALONE_SHARE)
		nap_alone_end(box);
	s->mapping = nap_alone_is_kind(box, s) ? ALONE : NONE;
	n = names_of(box, s);
	if (box->has_alone &&
		G_UNLIKELY(!nap_is_alone(s) || box->crowd || box->extports.used || nap_index_has(ix, n.in) ||
			   nap_index_has(ix, n.out)) &&
		nap_alone_shares(box, s) && nap_is_alone(s)) {
		s->mapping = NONE;
		n = names_of(box, s);
	}
	add(box, id, n);
}

/* Where ports are overloaded, pools know of sessions. */
static inline void mark(struct nap_box *box, const struct session *s, bool busy)
{
	if (G_UNLIKELY(box->pools.n) && box->config->overload && box->two_names)
		nap_pool_mark(box, s->proto, (struct nap_endpoint){ s->mapped, s->mapped_port },
			(struct nap_endpoint){ s->remote, s->remote_port }, busy);
}

void nap_table_rename(struct nap_box *box, uint32_t id, uint32_t mapping)
{
	take_out(box, id);
	box->session[id].mapping = mapping;
	add(box, id, names_of(box, &box->session[id]));
}

NAP_COLD uint32_t nap_table_seek_crowd(const struct nap_box *box, const struct key *k)
{
	uint32_t id = nap_table_seek(box, k, nap_key_short_hash(box, k));

	return id != NONE ? id : nap_table_seek(box, k, nap_key_hash(box, k));
}

NAP_HOT void nap_session_fetch(const struct nap_box *box, uint32_t id)
{
	const struct session *s = &box->session[id];

	nap_fetch(nap_index_slot(&box->sessions, name_hash(box, s, NAP_INSIDE)));
	if (box->two_names)
		nap_fetch(nap_index_slot(&box->sessions, name_hash(box, s, NAP_OUTSIDE)));
	nap_fetch(nap_wheel_link(&box->wheel, nap_wheel_item(LIFE_SESSION, id)));
	if (s->subscriber != NONE)
		nap_fetch(&box->subscriber[s->subscriber]);
	if (s->mapping == NONE || nap_is_alone(s))
		return;
	nap_fetch(&box->mapping[s->mapping]);
	nap_fetch(&box->extport[s->extport]);
	nap_mapping_fetch(box, s->proto, (struct nap_endpoint){ s->inside, s->inside_port },
		(struct nap_endpoint){ s->remote, s->remote_port });
	nap_extport_fetch(box, s->proto, (struct nap_endpoint){ s->mapped, s->mapped_port });
}

void nap_table_name_twice(struct nap_box *box)
{
	if (box->two_names)
		return;
	for (uint32_t id = 0; id < box->high; id++)
		if (box->session[id].flags & SF_LIVE)
			take_out(box, id);
	box->two_names = true;
	nap_alone_none(box);
	for (uint32_t id = 0; id < box->high; id++)
		if (box->session[id].flags & SF_LIVE)
			add(box, id, names_of(box, &box->session[id]));
}

static uint32_t take_session(struct nap_box *box)
{
	uint32_t id = box->free_session, size;

	if (id != NONE) {
		box->free_session = box->session[id].newer;
		return id;
	}
	if (box->high == box->size) {
		size = box->size ? box->size * 2 : box->room;
		box->session = nap_pages_grow(
			box->session, box->size * sizeof *box->session, size * sizeof *box->session);
		if (box->stamp)
			box->stamp = nap_pages_grow(
				box->stamp, box->size * sizeof *box->stamp, size * sizeof *box->stamp);
		if (box->bucket)
			box->chain = g_renew(uint32_t, box->chain, (size_t)size * 2);
		if (box->zones)
			box->zones = g_renew(struct zone, box->zones, size);
		box->size = size;
	}
	return box->high++;
}

NAP_HOT uint32_t nap_table_open(struct nap_box *box, const struct session *like, nap_time now)
{
	uint32_t id = take_session(box);
	struct session *s = &box->session[id];

	*s = *like;
	s->flags |= SF_LIVE;
	s->created = now;
	s->expires = NAP_NEVER;
	s->window = s->mapping = s->extport = s->subscriber = NONE;
	if (!(s->flags & SF_TWICE))
		s->newer = s->older = NONE;
	s->probes = 0;
	if (G_UNLIKELY(box->zones))
		box->zones[id] = box->zone;
	enter(box, id);
	mark(box, s, true);
	box->recent = id;
	if (box->bucket)
		nap_buckets_add(box, id);
	box->live++;
	box->born += (uint64_t)now;
	box->counts.created++;
	if (box->live == box->purges_above + 1)
		nap_table_plan_purge(box, now);
	if (box->live > box->counts.peak)
		box->counts.peak = box->live;
	if (box->stamp)
		nap_table_touch_lru(box, id);
	return id;
}

struct window *nap_table_window(struct nap_box *box, struct session *s)
{
	uint32_t id = box->free_window, size;

	if (id != NONE) {
		box->free_window = box->window[id].next_free;
	} else {
		if (box->window_high == box->window_size) {
			size = box->window_size ? box->window_size * 2 : MIN(box->room, 16);
			box->window = nap_pages_grow(box->window, box->window_size * sizeof *box->window,
				size * sizeof *box->window);
			box->window_size = size;
		}
		id = box->window_high++;
	}
	memset(&box->window[id], 0, sizeof *box->window);
	s->window = id;
	return &box->window[id];
}

NAP_HOT void nap_table_end(struct nap_box *box, uint32_t id, nap_time when, enum end_cause cause)
{
	struct session *s = &box->session[id];

	take_out(box, id);
	mark(box, s, false);
	if (box->bucket)
		nap_buckets_remove(box, id);
	nap_lifetime_drop(box, LIFE_SESSION, id);
	if (G_UNLIKELY(box->legs))
		nap_legs_drop(box, id);
	if (s->window != NONE) {
		box->window[s->window].next_free = box->free_window;
		box->free_window = s->window;
	}
	nap_mapping_leave(box, id, when);
	s->flags = 0;
	s->newer = box->free_session;
	box->free_session = id;
	box->live--;
	box->born -= (uint64_t)s->created;
	if (box->ended) {
		struct nap_box_flow whose = nap_session_flow(s);

		box->ended(box->ended_ctx, cause == END_EVICTED ? NAP_ENDED_EVICTED : NAP_ENDED_SESSION,
			s->created, when, &whose);
	}
	box->counts.session_ns += (uint64_t)(when - s->created);
	*(cause == END_EXPIRED         ? &box->counts.expired
		: cause == END_EVICTED ? &box->counts.evicted
				       : &box->counts.closed) += 1;
}

NAP_HOT void nap_session_shorten(struct nap_box *box, struct session *s, nap_time expires)
{
	uint32_t id = (uint32_t)(s - box->session);

	s->expires = expires;
	nap_lifetime_set(box, LIFE_SESSION, id, expires);
}

static nap_time round_up(nap_time t, nap_time step)
{
	nap_time rest = t % step;

	return rest ? nap_time_after(t, step - rest) : t;
}

bool nap_session_holds(const struct nap_box *box, const struct session *s)
{
	return nap_track_phase(box, s) & PHASE_OPEN;
}

NAP_HOT nap_time nap_session_held(const struct nap_box *box, const struct session *s)
{
	if (!(s->flags & SF_JOINED) || box->config->timer_scope != NAP_SCOPE_MAPPING ||
		!nap_session_holds(box, s))
		return s->expires;
	return nap_time_max(s->expires, box->mapping[s->mapping].expires);
}

nap_time nap_session_port_limit(const struct nap_box *box, const struct session *s)
{
	uint16_t port = s->flags & SF_FROM_OUTSIDE ? s->inside_port : s->remote_port;

	for (uint32_t i = 0; i < box->config->port_limits.n; i++) {
		const struct nap_port_timer *t = &box->config->port_limits.row[i];

		if (t->port == port && (t->proto == 0 || t->proto == s->proto))
			return t->replied;
	}
	return box->config->duration_limit;
}

NAP_HOT nap_time nap_session_end(const struct nap_box *box, const struct session *s)
{
	const struct nap_box_config *c = box->config;
	nap_time end = s->expires;

	if (nap_session_just_ends(box, s))
		return end;
	end = nap_session_held(box, s);
	if (nap_track_phase(box, s) & PHASE_STAGED)
		end = nap_time_after(end, box->config->timer[NAP_TIMER_TRANS]);
	if (c->expiry == NAP_EXPIRE_CANDIDATE)
		end = NAP_NEVER;
	else if (c->purge_interval && end != NAP_NEVER)
		end = round_up(end, c->purge_interval);
	return nap_time_min(end, nap_time_after(s->created, nap_session_limit(box, s)));
}
