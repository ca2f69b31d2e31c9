/* SPDX-License-Identifier: BSD-2-Clause */
/* The session table: finding, opening and ending sessions, and the passing of time over them. Private to middlebox/. */
#ifndef NAP_MIDDLEBOX_TABLE_H
#define NAP_MIDDLEBOX_TABLE_H

#include "middlebox/state.h"

enum end_cause { END_EXPIRED, END_EVICTED, END_CLOSED };

/* The two ways to look a session up: by what the inside calls it, by what the outside calls it. */
struct key {
	struct nap_endpoint local, remote; /* local: inside or mapped endpoint */
	uint8_t proto;
	uint8_t side; /* enum nap_side where such a packet arrives */
};

/* An ICMP query's type and code as a port of the remote end, as sent from inside; answers map to their queries. */
uint16_t nap_icmp_port(enum nap_side side, uint8_t type, uint8_t code);

/* The key of a packet arriving on side; ports of protocols without ports count as 0. */
static inline struct key nap_key_of(enum nap_side side, const struct nap_packet *p)
{
	uint32_t outside = side == NAP_OUTSIDE;
	struct key k = { *nap_packet_end(p, outside), *nap_packet_end(p, !outside), p->proto, (uint8_t)side };

	if (p->proto == NAP_TCP || p->proto == NAP_UDP)
		return k;
	if (p->proto == NAP_ICMP)
		k.remote.port = nap_icmp_port(side, p->icmp_type, p->icmp_code);
	else
		k.local.port = k.remote.port = 0;
	return k;
}

/*
 * Of a name's second word, the remote end and the side: all that counts of it in full names. A firewall's sessions have one
 * name on both sides.
 */
static inline uint64_t nap_full_name(const struct nap_box *box)
{
	return box->two_names ? UINT64_MAX : UINT64_MAX - NAP_OUTSIDE;
}

static inline uint32_t nap_name_hash(uint64_t counts, nap_addr local, uint16_t local_port, nap_addr remote,
	uint16_t remote_port, uint8_t proto, uint32_t side)
{
	return nap_index_hash((uint64_t)local << 32 | (uint64_t)local_port << 8 | proto,
		((uint64_t)remote << 32 | (uint64_t)remote_port << 1 | side) & counts);
}

static inline uint32_t nap_key_hash(const struct nap_box *box, const struct key *k)
{
	return nap_name_hash(nap_full_name(box), k->local.addr, k->local.port, k->remote.addr, k->remote.port,
		k->proto, k->side);
}

/* Of the name that a session which is alone has. Where none is, full names. */
static inline uint32_t nap_key_short_hash(const struct nap_box *box, const struct key *k)
{
	return nap_name_hash(box->short_name[k->proto == NAP_TCP][k->side], k->local.addr, k->local.port,
		k->remote.addr, k->remote.port, k->proto, k->side);
}

/* The same, outside, of an external endpoint. */
static inline uint32_t nap_outside_hash(struct nap_endpoint outside, uint8_t proto)
{
	return nap_name_hash(NAP_OUTSIDE, outside.addr, outside.port, 0, 0, proto, NAP_OUTSIDE);
}

/* Do a packet's ends, as it arrives on side, name s? Not for sessions with two changed ends. */
static inline bool nap_session_has_ends(const struct session *s, enum nap_side side,
	const struct nap_endpoint *local, const struct nap_endpoint *remote, uint8_t proto)
{
	nap_addr addr = side == NAP_INSIDE ? s->inside : s->mapped;
	uint16_t port = side == NAP_INSIDE ? s->inside_port : s->mapped_port;

	/* in one go: a session that is found by its hash is nearly always the right one */
	return ((addr ^ local->addr) | (s->remote ^ remote->addr) |
		       (uint32_t)((port ^ local->port) | (s->remote_port ^ remote->port) |
				  (s->proto ^ proto))) == 0;
}

static inline bool nap_key_matches(const struct session *s, const struct key *k)
{
	if (G_UNLIKELY(s->flags & SF_TWICE) && k->side == NAP_INSIDE)
		return s->inside == k->local.addr && s->inside_port == k->local.port &&
		       s->proto == k->proto && s->shown == k->remote.addr && s->shown_port == k->remote.port;
	return nap_session_has_ends(s, (enum nap_side)k->side, &k->local, &k->remote, k->proto);
}

/* Live sessions from which on memory is worth asking for beforehand: fewer stand in some cache, and the asking takes time, too. */
enum { NAP_FETCH_FROM = 1 << 14 };

/* A function that only prefetches counts as one without effect, and gcc leaves out the calls: hence the barrier. */
static inline void nap_fetch(const void *line)
{
	__builtin_prefetch(line, 1);
	__asm__ volatile("" ::: "memory");
}

/* Session id, whose own memory is at hand, will end soon. */
void nap_session_fetch(const struct nap_box *box, uint32_t id);

/* Sessions get a name on each side, if they have not: the box begins to translate. */
void nap_table_name_twice(struct nap_box *box);

/* Session id is alone no longer, but of that mapping: it gets its full names. */
void nap_table_rename(struct nap_box *box, uint32_t id, uint32_t mapping);

/* The key of packets of s that arrive on side. */
struct key nap_session_key(const struct session *s, enum nap_side side);

/* The session of a key with that hash, as the box was settled last; NONE when there is none. */
static inline uint32_t nap_table_seek(const struct nap_box *box, const struct key *k, uint32_t hash)
{
	uint32_t at = nap_index_first(&box->sessions, hash), ref;

	while ((ref = nap_index_next(&box->sessions, hash, &at)) != NONE)
		if (nap_key_matches(&box->session[ref], k))
			break;
	return ref;
}

/* Where those that are not alone have other names: by both. */
uint32_t nap_table_seek_crowd(const struct nap_box *box, const struct key *k);

static inline uint32_t nap_table_seek_all(const struct nap_box *box, const struct key *k)
{
	if (G_UNLIKELY(box->crowd))
		return nap_table_seek_crowd(box, k);
	return nap_table_seek(box, k, nap_key_short_hash(box, k));
}

/* For a packet of a zone. */
static inline uint32_t nap_table_find_in(const struct nap_box *box, struct zone z, const struct key *k)
{
	return box->zones ? nap_zone_find(box, z, k) : nap_table_seek_all(box, k);
}

/* For the packet in hand. */
static inline uint32_t nap_table_find(const struct nap_box *box, const struct key *k)
{
	if (G_UNLIKELY(box->zones))
		return nap_zone_find(box, box->zone, k);
	return nap_table_seek_all(box, k);
}

/* The session that keeps the one to be opened by the packet in hand from having k for the name of its answers. */
static inline uint32_t nap_table_holder(const struct nap_box *box, const struct key *k)
{
	if (G_UNLIKELY(box->zones))
		return nap_zone_holder(box, box->zone, k);
	return nap_table_seek_all(box, k);
}

/*
 * Is the session that was made, or had a packet, last p's as well? Zones are not asked. Then it need not be searched for: the box is asked
 * about a session just after it has passed a packet of it, and one of a single flow about that alone.
 */
static inline uint32_t nap_table_recent(
	const struct nap_box *box, enum nap_side side, const struct nap_packet *p)
{
	const struct session *s;

	if (box->recent >= box->high) /* also where there is no table yet */
		return NONE;
	s = &box->session[box->recent];
	if ((s->flags & (SF_LIVE | SF_TWICE)) != SF_LIVE || (p->proto != NAP_UDP && p->proto != NAP_TCP) ||
		!nap_session_has_ends(s, side, nap_packet_end(p, side == NAP_OUTSIDE),
			nap_packet_end(p, side != NAP_OUTSIDE), p->proto))
		return NONE;
	return box->recent;
}

/*
 * Until when the timer holds s: its own, or with timer-scope = mapping that of any session of its mapping (RFC 4787
 * 4.3). TCP is held only while it is open: a connection that opens or closes has timers of its own (RFC 5382 REQ-5).
 */
nap_time nap_session_held(const struct nap_box *box, const struct session *s);

/* Does s hold its mapping, and is it held by it? All but TCP that is not open. */
bool nap_session_holds(const struct nap_box *box, const struct session *s);

/* Is s gone when its timer has run out, whatever else there is? */
static inline bool nap_session_just_ends(const struct nap_box *box, const struct session *s)
{
	return !(box->lenient & LENIENT_ALL) && (s->proto != NAP_TCP || !(box->lenient & LENIENT_STAGE)) &&
	       (!(s->flags & SF_JOINED) || !(box->lenient & LENIENT_MAPPING));
}

/* When s goes if nothing more comes: NAP_NEVER for a mere candidate. */
nap_time nap_session_end(const struct nap_box *box, const struct session *s);

/* How long after that keepalives of the box (probe-interval) still hold it, unanswered. */
nap_time nap_session_probed_for(const struct nap_box *box, const struct session *s);

/* A new session like proto (endpoints, proto, flags, timers set), in the indexes; expires must be set at once after. */
uint32_t nap_table_open(struct nap_box *box, const struct session *like, nap_time now);

/* Ends session id as of when. */
void nap_table_end(struct nap_box *box, uint32_t id, nap_time when, enum end_cause cause);

/* A window for a TCP session, zeroed. */
struct window *nap_table_window(struct nap_box *box, struct session *s);

/* Sets when s expires; shorter than before moves it in the wheel. */
void nap_session_shorten(struct nap_box *box, struct session *s, nap_time expires);

static inline void nap_session_expire_at(struct nap_box *box, struct session *s, nap_time expires)
{
	if (expires < s->expires)
		nap_session_shorten(box, s, expires);
	else
		s->expires = expires;
}

/* Sessions that share a mapping or wait as candidates: what else a restarted timer means for them. */
void nap_session_restart_more(struct nap_box *box, struct session *s);

/* The age at which s ends, by its port where that has a limit of its own. */
nap_time nap_session_port_limit(const struct nap_box *box, const struct session *s);

static inline nap_time nap_session_limit(const struct nap_box *box, const struct session *s)
{
	return box->config->port_limits.n ? nap_session_port_limit(box, s) : box->config->duration_limit;
}

/* Restarts s's timer; duration-limit holds. */
static inline void nap_session_restart(struct nap_box *box, struct session *s, nap_time now, nap_time timeout)
{
	nap_time expires = nap_time_after(now, timeout), limit = nap_session_limit(box, s);

	if (limit != NAP_NEVER)
		expires = nap_time_min(expires, nap_time_after(s->created, limit));
	nap_session_expire_at(box, s, expires);
	if (s->flags & (SF_JOINED | SF_CANDIDATE))
		nap_session_restart_more(box, s);
}

#define TRACK_KEEP (-1) /* for a timeout: the timer is not restarted */

/* The same unless timeout is TRACK_KEEP; without a branch where that depends on the packet's side. */
static inline void nap_session_restart_if(
	struct nap_box *box, struct session *s, nap_time now, nap_time timeout)
{
	nap_time kept = -(nap_time)(timeout == TRACK_KEEP), limit = nap_session_limit(box, s), expires;

	__asm__("" : "+r"(kept)); /* or the compiler makes a branch of the mask */
	expires = (s->expires & kept) | (nap_time_after(now, timeout) & ~kept);
	if (limit != NAP_NEVER)
		expires = nap_time_min(expires, nap_time_after(s->created, limit));
	nap_session_expire_at(box, s, expires);
	if ((s->flags & (SF_JOINED | SF_CANDIDATE)) && !kept)
		nap_session_restart_more(box, s);
}

/*
 * The table has filled so far that pf's purges count: at each multiple of purge-interval timers are scaled by the
 * table's fill at that moment, whatever it was when they were set.
 */
void nap_table_plan_purge(struct nap_box *box, nap_time now);

/* Room for one more session in a full table? Evicts as configured; newcomer: the key of its first packet. */
bool nap_table_make_room(struct nap_box *box, const struct key *newcomer, nap_time now);

/* Notes that session id saw a packet (eviction = lru). */
void nap_table_touch_lru(struct nap_box *box, uint32_t id);

#endif
