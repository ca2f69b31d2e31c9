/* SPDX-License-Identifier: BSD-2-Clause */
#include "middlebox/mapping.h"

#include <string.h>

#include "kernel/pages.h"
#include "middlebox/lifetimes.h"
#include "middlebox/track.h"

/* Takes the number of a free element, growing the array when none is; `next` is the field that chains free ones. */
#define TAKE(box, name, next, id)                                                                            \
	do {                                                                                                 \
		(id) = (box)->free_##name;                                                                   \
		if ((id) != NONE) {                                                                          \
			(box)->free_##name = (box)->name[id].next;                                           \
		} else {                                                                                     \
			if ((box)->name##_high == (box)->name##_size) {                                      \
				(box)->name##_size =                                                         \
					(box)->name##_size ? (box)->name##_size * 2 : (box)->room;           \
				(box)->name = nap_pages_grow((box)->name,                                    \
					(box)->name##_high * sizeof *(box)->name,                            \
					(box)->name##_size * sizeof *(box)->name);                           \
			}                                                                                    \
			(id) = (box)->name##_high++;                                                         \
		}                                                                                            \
	} while (0)

#define GIVE(box, name, next, id)                                                                            \
	do {                                                                                                 \
		(box)->name[id].next = (box)->free_##name;                                                   \
		(box)->free_##name = (id);                                                                   \
	} while (0)

static uint32_t hash_endpoint(uint8_t proto, struct nap_endpoint at)
{
	return nap_index_hash(at.addr, (uint64_t)at.port << 8 | proto);
}

static uint32_t hash_mapping(const struct mapping *m)
{
	return nap_index_hash((uint64_t)m->inside.addr << 32 | m->remote,
		(uint64_t)m->zone << 48 | (uint64_t)m->inside.port << 32 | (uint64_t)m->remote_port << 16 |
			m->proto);
}

/* The identity of a mapping: as much of the remote end as the mapping behaviour depends on. */
static struct mapping identity(
	const struct nap_box *box, uint8_t proto, struct nap_endpoint inside, struct nap_endpoint remote)
{
	uint8_t dep = box->mapping_dep[proto == NAP_TCP];
	struct mapping m = { .inside = inside, .proto = proto, .zone = box->zone.opener };

	/* Linux keeps all sessions of a source together, to reuse the newest one's port */
	if (dep == NAP_ENDPOINT_INDEPENDENT || box->reuses[proto == NAP_TCP])
		return m;
	m.remote = remote.addr;
	if (dep == NAP_ADDRESS_AND_PORT_DEPENDENT)
		m.remote_port = remote.port;
	return m;
}

static uint32_t find_identity(const struct nap_box *box, const struct mapping *like, uint32_t hash)
{
	uint32_t at = nap_index_first(&box->mappings, hash), id;

	while ((id = nap_index_next(&box->mappings, hash, &at)) != NONE) {
		const struct mapping *m = &box->mapping[id];

		if (nap_endpoint_equal(m->inside, like->inside) && m->remote == like->remote &&
			m->remote_port == like->remote_port && m->proto == like->proto &&
			m->zone == like->zone)
			break;
	}
	return id;
}

bool nap_extport_forwarded(const struct nap_box *box, uint8_t proto, struct nap_endpoint at)
{
	for (uint32_t i = 0; i < box->n_forwards; i++) {
		const struct nap_box_forward *f = &box->forward[i];

		if (f->proto == proto && f->outside == at.addr && at.port >= f->lo && at.port <= f->hi)
			return true;
	}
	return false;
}

NAP_HOT uint32_t nap_extport_find(const struct nap_box *box, uint8_t proto, struct nap_endpoint at)
{
	uint32_t hash = hash_endpoint(proto, at), pos = nap_index_first(&box->extports, hash), id;

	while ((id = nap_index_next(&box->extports, hash, &pos)) != NONE)
		if (nap_endpoint_equal(box->extport[id].at, at) && box->extport[id].proto == proto)
			break;
	return id;
}

/* Tells the pools of a port whose record comes or goes. Where ports are overloaded, sessions do that. */
static void mark(struct nap_box *box, const struct extport *e, bool busy)
{
	static const struct nap_endpoint all = { 0, 0 };

	if (!box->config.overload && box->pools.n)
		nap_pool_mark(box, e->proto, e->at, all, busy);
}

/* The call may move the array: fetch first, look after. */
static struct subscriber *subscriber_of(struct nap_box *box, nap_addr inside)
{
	uint32_t id = nap_subscriber(box, inside);

	return &box->subscriber[id];
}

/* Lists a port that is held down with its owner, for whom it is free. */
static void list_held(struct nap_box *box, uint32_t id)
{
	struct extport *e = &box->extport[id];
	struct subscriber *sub = subscriber_of(box, e->owner);

	e->held = true;
	e->prev_held = NONE;
	e->next_held = sub->first_held;
	if (sub->first_held != NONE)
		box->extport[sub->first_held].prev_held = id;
	sub->first_held = id;
	sub->held++;
}

static void unlist_held(struct nap_box *box, uint32_t id)
{
	struct extport *e = &box->extport[id];
	struct subscriber *sub = subscriber_of(box, e->owner);

	*(e->prev_held == NONE ? &sub->first_held : &box->extport[e->prev_held].next_held) = e->next_held;
	if (e->next_held != NONE)
		box->extport[e->next_held].prev_held = e->prev_held;
	e->held = false;
	sub->held--;
}

NAP_HOT static void forget_extport(struct nap_box *box, uint32_t id)
{
	if (box->extport[id].held)
		unlist_held(box, id);
	nap_index_remove(&box->extports, hash_endpoint(box->extport[id].proto, box->extport[id].at), id);
	mark(box, &box->extport[id], false);
	box->extport[id].held_until = 0;
	nap_lifetime_drop(box, LIFE_EXTPORT, id);
	GIVE(box, extport, next_free, id);
}

/* Accounts of a port that comes free. A firewall only borrows the record: it has no ports to give. */
static void note_port_free(struct nap_box *box, const struct extport *e, nap_time when)
{
	if (!e->counted)
		return;
	box->counts.ports_live--;
	if (box->ended) {
		struct nap_box_flow whose = nap_owner_flow(e->owner, e->at, e->proto);

		box->ended(box->ended_ctx, NAP_ENDED_PORT, e->since, when, &whose);
	}
	if (e->in_block)
		nap_block_free(box, e->at, when);
	else if (box->config.ports.word != NAP_PORTS_BLOCK)
		box->counts.log_records++;
	if (e->subscriber != NONE)
		box->subscriber[e->subscriber].ports--;
}

/* Nothing uses the port any more: it is free, or held down for a while. */
NAP_HOT static void release_extport(struct nap_box *box, uint32_t id, nap_time when)
{
	struct extport *e = &box->extport[id];

	note_port_free(box, e, when);
	e->held_until = nap_time_after(when, box->config.port_hold_down);
	if (box->config.port_hold_down == 0) {
		forget_extport(box, id);
	} else {
		list_held(box, id);
		nap_lifetime_set(box, LIFE_EXTPORT, id, e->held_until);
	}
}

static nap_time extport_due(const struct nap_box *box, uint32_t id)
{
	return box->extport[id].held ? box->extport[id].held_until : NAP_NEVER;
}

static void extport_lapse(struct nap_box *box, uint32_t id, nap_time when)
{
	(void)when;
	forget_extport(box, id);
}

const struct lifetime_kind nap_extport_lifetime = { extport_due, extport_lapse };

/* Accounts of a port that comes in use by inside. */
static void note_port_used(struct nap_box *box, struct extport *e, nap_addr inside)
{
	e->subscriber = NONE;
	e->counted = box->config.kind == NAP_BOX_NAT;
	e->in_block = e->counted && box->config.ports.word == NAP_PORTS_BLOCK && nap_block_use(box, e->at);
	if (!e->counted)
		return;
	box->counts.ports_live++;
	if (box->counts.ports_live > box->counts.ports_peak)
		box->counts.ports_peak = box->counts.ports_live;
	if (box->config.ports.word != NAP_PORTS_BLOCK)
		box->counts.log_records++;
	if (box->tracks_sub) {
		e->subscriber = nap_subscriber(box, inside);
		box->subscriber[e->subscriber].ports++;
	}
}

/* The record of an external port that comes in use by inside. */
NAP_HOT static uint32_t use_extport(
	struct nap_box *box, uint8_t proto, struct nap_endpoint at, nap_addr inside)
{
	uint32_t id = nap_extport_find(box, proto, at);
	bool fresh = id == NONE;

	if (fresh) {
		TAKE(box, extport, next_free, id);
		box->extport[id] = (struct extport){ .at = at, .proto = proto, .mappings = NONE };
		nap_index_add(&box->extports, hash_endpoint(proto, at), id);
		mark(box, &box->extport[id], true);
	}
	if (box->extport[id].held)
		unlist_held(box, id);
	if (nap_extport_idle(&box->extport[id])) {
		box->extport[id].owner = inside;
		box->extport[id].since = box->last;
		note_port_used(box, &box->extport[id], inside);
	}
	return id;
}

/* Takes a mapping off the list of its external port; returns that port's record. */
static inline uint32_t unlist(struct nap_box *box, uint32_t id)
{
	const struct mapping *m = &box->mapping[id];
	uint32_t *link = &box->extport[m->port].mappings;

	while (*link != id)
		link = &box->mapping[*link].next_on_port;
	*link = m->next_on_port;
	return m->port;
}

/* Lists a mapping on the external port of its session s. */
static void list_with(struct nap_box *box, uint32_t id, const struct session *s)
{
	struct mapping *m = &box->mapping[id];

	m->outside = (struct nap_endpoint){ s->mapped, s->mapped_port };
	m->port = s->extport;
	m->next_on_port = box->extport[s->extport].mappings;
	box->extport[s->extport].mappings = id;
}

/* No session is on the port any more: mappings with sessions on others (reuse-mapping) are listed there. */
static void vacate(struct nap_box *box, uint32_t port)
{
	uint32_t next;

	for (uint32_t id = box->extport[port].mappings; id != NONE; id = next) {
		struct mapping *m = &box->mapping[id];
		const struct session *s = &box->session[m->newest];

		next = m->next_on_port;
		if (m->sessions == 0)
			continue;
		unlist(box, id);
		list_with(box, id, s);
	}
}

/* Mapping id was kept without sessions, and s, its first again, has another external port: the old one comes free. */
NAP_COLD static void move_to_port_of(struct nap_box *box, uint32_t id, const struct session *s, nap_time now)
{
	uint32_t old = unlist(box, id);

	list_with(box, id, s);
	if (nap_extport_idle(&box->extport[old]))
		release_extport(box, old, now);
}

uint32_t nap_extport_hold(struct nap_box *box, uint8_t proto, struct nap_endpoint at, nap_addr inside)
{
	uint32_t id = use_extport(box, proto, at, inside);

	box->extport[id].refs++;
	return id;
}

NAP_HOT void nap_extport_drop(struct nap_box *box, uint32_t port, nap_time when)
{
	box->extport[port].refs--;
	if (box->extport[port].refs == 0)
		vacate(box, port);
	if (nap_extport_idle(&box->extport[port]))
		release_extport(box, port, when);
}

/* A mapping ends: off its external port, out of the index. */
NAP_HOT static void end_mapping(struct nap_box *box, uint32_t id, nap_time when)
{
	struct mapping *m = &box->mapping[id];
	uint32_t port = unlist(box, id);

	if (nap_extport_idle(&box->extport[port]))
		release_extport(box, port, when);
	if (!m->left_behind)
		nap_index_remove(&box->mappings, hash_mapping(m), id);
	m->live = false;
	nap_lifetime_drop(box, LIFE_MAPPING, id);
	GIVE(box, mapping, next_on_port, id);
}

/* Without sessions it stays for mapping-hold. */
static nap_time mapping_due(const struct nap_box *box, uint32_t id)
{
	const struct mapping *m = &box->mapping[id];

	return m->live && m->sessions == 0 ? m->expires : NAP_NEVER;
}

const struct lifetime_kind nap_mapping_lifetime = { mapping_due, end_mapping };

void nap_mapping_end_held(struct nap_box *box, nap_time now)
{
	for (uint32_t id = 0; id < box->mapping_high; id++)
		if (mapping_due(box, id) != NAP_NEVER)
			end_mapping(box, id, now);
}

void nap_mapping_leave_behind(struct nap_box *box, nap_time now)
{
	nap_mapping_end_held(box, now);
	for (uint32_t id = 0; id < box->mapping_high; id++) {
		struct mapping *m = &box->mapping[id];

		if (!m->live || m->left_behind)
			continue;
		nap_index_remove(&box->mappings, hash_mapping(m), id);
		m->left_behind = true;
	}
	for (uint32_t id = 0; id < box->extport_high; id++)
		box->extport[id].in_block = false;
	nap_blocks_take_back(box, now);
}

void nap_extport_release_held(struct nap_box *box)
{
	for (uint32_t id = 0; id < box->extport_high; id++)
		if (extport_due(box, id) != NAP_NEVER)
			forget_extport(box, id);
}

NAP_HOT uint32_t nap_mapping_find(
	const struct nap_box *box, uint8_t proto, struct nap_endpoint inside, struct nap_endpoint remote)
{
	struct mapping like = identity(box, proto, inside, remote);

	return find_identity(box, &like, hash_mapping(&like));
}

NAP_HOT void nap_mapping_fetch(
	const struct nap_box *box, uint8_t proto, struct nap_endpoint inside, struct nap_endpoint remote)
{
	struct mapping like = identity(box, proto, inside, remote);

	nap_fetch(nap_index_slot(&box->mappings, hash_mapping(&like)));
}

NAP_HOT void nap_extport_fetch(const struct nap_box *box, uint8_t proto, struct nap_endpoint at)
{
	nap_fetch(nap_index_slot(&box->extports, hash_endpoint(proto, at)));
}

static uint32_t new_mapping(struct nap_box *box, const struct mapping *like, uint32_t hash,
	struct nap_endpoint outside, nap_addr inside)
{
	uint32_t id, port = use_extport(box, like->proto, outside, inside);

	TAKE(box, mapping, next_on_port, id);
	box->mapping[id] = *like;
	box->mapping[id].outside = outside;
	box->mapping[id].port = port;
	box->mapping[id].newest = NONE;
	box->mapping[id].live = true;
	box->mapping[id].next_on_port = box->extport[port].mappings;
	box->extport[port].mappings = id;
	nap_index_add(&box->mappings, hash, id);
	return id;
}

NAP_HOT void nap_mapping_join(struct nap_box *box, nap_time now, uint32_t id)
{
	struct session *s = &box->session[id];
	struct nap_endpoint inside = { s->inside, s->inside_port }, outside = { s->mapped, s->mapped_port },
			    remote = { s->remote, s->remote_port };
	struct mapping like, *m;
	uint32_t hash;

	if (G_UNLIKELY(box->destinations))
		nap_destination_join(box, s);
	if (box->tracks_sub && !(s->flags & SF_LOCAL)) {
		s->subscriber = nap_subscriber(box, s->inside);
		box->subscriber[s->subscriber].sessions++;
	}
	if ((s->flags & SF_GRANTED) && box->config.kind == NAP_BOX_NAT)
		s->extport = nap_extport_hold(box, s->proto, outside, s->inside);
	if (!box->tracks_map || (s->flags & (SF_LOCAL | SF_STATIC | SF_GRANTED)))
		return;
	if (box->config.kind == NAP_BOX_NAT && !(s->flags & SF_TRANSLATED))
		return;
	like = identity(box, s->proto, inside, remote);
	hash = hash_mapping(&like);
	s->mapping = find_identity(box, &like, hash);
	if (s->mapping == NONE)
		s->mapping = new_mapping(box, &like, hash, outside, s->inside);
	m = &box->mapping[s->mapping];
	if (nap_endpoint_equal(m->outside, outside)) { /* whose record it knows */
		s->extport = m->port;
		box->extport[m->port].refs++;
	} else {
		s->extport = nap_extport_hold(box, s->proto, outside, s->inside);
	}
	if (m->sessions == 0 && m->port != s->extport)
		move_to_port_of(box, s->mapping, s, now);
	s->older = m->newest;
	if (m->newest != NONE) {
		box->session[m->newest].newer = id;
		box->session[m->newest].flags |= SF_JOINED;
		if (m->sessions == 1)
			m->expires = nap_session_holds(box, &box->session[m->newest])
					     ? box->session[m->newest].expires
					     : 0;
		s->flags |= SF_JOINED;
	}
	m->newest = id;
	m->sessions++;
}

NAP_HOT void nap_mapping_leave(struct nap_box *box, uint32_t id, nap_time when)
{
	struct session *s = &box->session[id];
	struct mapping *m;

	if (G_UNLIKELY(box->destinations))
		nap_destination_leave(box, s);
	if (s->subscriber != NONE) {
		box->subscriber[s->subscriber].sessions--;
		box->subscriber[s->subscriber].closed -= (nap_track_phase(box, s) & PHASE_UNCOUNTED) != 0;
	}
	if (s->flags & SF_GRANTED && s->extport != NONE)
		nap_extport_drop(box, s->extport, when);
	if (s->mapping == NONE)
		return;
	m = &box->mapping[s->mapping];
	if (s->newer != NONE)
		box->session[s->newer].older = s->older;
	else
		m->newest = s->older;
	if (s->older != NONE)
		box->session[s->older].newer = s->newer;
	m->sessions--;
	nap_extport_drop(box, s->extport, when);
	if (m->sessions == 0) {
		m->expires = nap_time_after(when, box->config.mapping_hold);
		if (box->config.mapping_hold == 0 || m->left_behind)
			end_mapping(box, s->mapping, when);
		else
			nap_lifetime_set(box, LIFE_MAPPING, s->mapping, m->expires);
	}
}

/* Does mapping m let remote in at outside? RFC 4787 section 5: whoever it spoke to, by address, or by address and port. */
static bool admits(const struct nap_box *box, const struct mapping *m, struct nap_endpoint outside,
	struct nap_endpoint remote)
{
	uint8_t dep = box->filtering_dep[m->proto == NAP_TCP];

	if (m->left_behind)
		return false;
	if (m->sessions == 0)
		return dep == NAP_ENDPOINT_INDEPENDENT; /* held */
	for (uint32_t id = m->newest; id != NONE; id = box->session[id].older)
		if (nap_session_admits(&box->session[id], dep, outside, remote))
			return true;
	return false;
}

uint32_t nap_mapping_on(const struct nap_box *box, uint8_t proto, struct nap_endpoint outside)
{
	uint32_t port = nap_extport_find(box, proto, outside);

	return port == NONE ? NONE : box->extport[port].mappings;
}

uint32_t nap_mapping_admits(
	const struct nap_box *box, uint8_t proto, struct nap_endpoint outside, struct nap_endpoint remote)
{
	uint32_t port = nap_extport_find(box, proto, outside), id;

	if (port == NONE || box->filtering_dep[proto == NAP_TCP] == NAP_ADDRESS_AND_PORT_DEPENDENT)
		return NONE;
	for (id = box->extport[port].mappings; id != NONE; id = box->mapping[id].next_on_port)
		if (admits(box, &box->mapping[id], outside, remote))
			break;
	return id;
}

uint32_t nap_mapping_admits_joined(
	const struct nap_box *box, uint8_t proto, struct nap_endpoint outside, struct nap_endpoint remote)
{
	uint8_t other = nap_joined_protocol(proto);
	uint32_t port = nap_extport_find(box, proto, outside);

	if (!other || (port != NONE && box->extport[port].mappings != NONE))
		return NONE; /* of a protocol of its own, and that one has spoken already */
	return nap_mapping_admits(box, other, outside, remote);
}

NAP_HOT bool nap_extport_taken(
	const struct nap_box *box, uint8_t proto, struct nap_endpoint at, nap_addr inside)
{
	uint32_t id = nap_extport_find(box, proto, at);

	return id != NONE && (!nap_extport_idle(&box->extport[id]) || box->extport[id].owner != inside);
}
