/* SPDX-License-Identifier: BSD-2-Clause */
#include "middlebox/mapping.h"

#include <string.h>

#include "middlebox/alone.h"
#include "middlebox/cells.h"
#include "middlebox/lifetimes.h"
#include "middlebox/track.h"

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

static uint32_t find_identity(const struct nap_box *box, const struct mapping *like)
{
	uint32_t hash, at, id;

	if (!box->mappings.used)
		return NONE;
	hash = hash_mapping(like);
	at = nap_index_first(&box->mappings, hash);
	while ((id = nap_index_next(&box->mappings, hash, &at)) != NONE) {
		const struct mapping *m = &box->mapping[id];

		if (nap_endpoint_equal(m->inside, like->inside) && m->remote == like->remote &&
			m->remote_port == like->remote_port && m->proto == like->proto &&
			m->zone == like->zone)
			break;
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
		nap_extport_release(box, old, now);
}

/* Of a port on which nobody is alone. */
static uint32_t hold(struct nap_box *box, uint8_t proto, struct nap_endpoint at, nap_addr inside)
{
	uint32_t id = nap_extport_use(box, proto, at, inside);

	box->extport[id].refs++;
	return id;
}

uint32_t nap_extport_hold(struct nap_box *box, uint8_t proto, struct nap_endpoint at, nap_addr inside)
{
	uint32_t alone = nap_alone_on(box, proto, at);

	if (alone != NONE)
		nap_mapping_record(box, alone);
	return hold(box, proto, at, inside);
}

NAP_HOT void nap_extport_drop(struct nap_box *box, uint32_t port, nap_time when)
{
	box->extport[port].refs--;
	if (box->extport[port].refs == 0)
		vacate(box, port);
	if (nap_extport_idle(&box->extport[port]))
		nap_extport_release(box, port, when);
}

/* A mapping ends: off its external port, out of the index. */
NAP_HOT static void end_mapping(struct nap_box *box, uint32_t id, nap_time when)
{
	struct mapping *m = &box->mapping[id];
	uint32_t port = unlist(box, id);

	if (nap_extport_idle(&box->extport[port]))
		nap_extport_release(box, port, when);
	if (!m->left_behind)
		nap_index_remove(&box->mappings, hash_mapping(m), id);
	m->live = false;
	nap_lifetime_drop(box, LIFE_MAPPING, id);
	NAP_GIVE(box, mapping, next_on_port, id);
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
	nap_alone_record_all(box);
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

NAP_HOT bool nap_mapping_outside(const struct nap_box *box, uint8_t proto, struct nap_endpoint inside,
	struct nap_endpoint remote, bool newest, struct nap_endpoint *out)
{
	uint32_t id = nap_alone_in(box, proto, inside, remote);
	struct mapping like;

	if (id == NONE) {
		if (!box->mappings.used)
			return false;
		like = identity(box, proto, inside, remote);
		id = find_identity(box, &like);
		if (id == NONE)
			return false;
		*out = box->mapping[id].outside;
		id = newest ? box->mapping[id].newest : NONE;
	}
	if (id != NONE)
		*out = (struct nap_endpoint){ box->session[id].mapped, box->session[id].mapped_port };
	return true;
}

bool nap_mapping_recorded(const struct nap_box *box, const struct session *s)
{
	struct nap_endpoint inside = { s->inside, s->inside_port }, outside = { s->mapped, s->mapped_port },
			    remote = { s->remote, s->remote_port };
	struct mapping like = identity(box, s->proto, inside, remote);

	return find_identity(box, &like) != NONE || nap_extport_find(box, s->proto, outside) != NONE;
}

NAP_HOT void nap_mapping_fetch(
	const struct nap_box *box, uint8_t proto, struct nap_endpoint inside, struct nap_endpoint remote)
{
	struct mapping like = identity(box, proto, inside, remote);

	if (box->mappings.used)
		nap_fetch(nap_index_slot(&box->mappings, hash_mapping(&like)));
}

/* A mapping on an external port's record, without sessions as yet. */
static uint32_t new_mapping(
	struct nap_box *box, const struct mapping *like, struct nap_endpoint outside, uint32_t port)
{
	uint32_t id;

	NAP_TAKE(box, mapping, next_on_port, id);
	box->mapping[id] = *like;
	box->mapping[id].outside = outside;
	box->mapping[id].port = port;
	box->mapping[id].newest = NONE;
	box->mapping[id].live = true;
	box->mapping[id].next_on_port = box->extport[port].mappings;
	box->extport[port].mappings = id;
	nap_index_add(&box->mappings, hash_mapping(like), id);
	return id;
}

void nap_mapping_record(struct nap_box *box, uint32_t id)
{
	struct session *s = &box->session[id];
	struct nap_endpoint inside = { s->inside, s->inside_port }, outside = { s->mapped, s->mapped_port },
			    remote = { s->remote, s->remote_port };
	struct mapping like = identity(box, s->proto, inside, remote);

	s->extport = nap_extport_record(box, s);
	box->extport[s->extport].refs = 1;
	nap_table_rename(box, id, new_mapping(box, &like, outside, s->extport));
	box->mapping[s->mapping].newest = id;
	box->mapping[s->mapping].sessions = 1;
}

/* One that is not alone, with those that share with it. */
static G_NO_INLINE void join(struct nap_box *box, nap_time now, uint32_t id)
{
	struct session *s = &box->session[id];
	struct nap_endpoint inside = { s->inside, s->inside_port }, outside = { s->mapped, s->mapped_port },
			    remote = { s->remote, s->remote_port };
	struct mapping like, *m;

	if ((s->flags & SF_GRANTED) && box->config->kind == NAP_BOX_NAT)
		s->extport = nap_extport_hold(box, s->proto, outside, s->inside);
	if (!box->tracks_map || (s->flags & (SF_LOCAL | SF_STATIC | SF_GRANTED)))
		return;
	if (box->config->kind == NAP_BOX_NAT && !(s->flags & SF_TRANSLATED))
		return;
	like = identity(box, s->proto, inside, remote);
	s->mapping = find_identity(box, &like);
	if (s->mapping == NONE)
		s->mapping =
			new_mapping(box, &like, outside, nap_extport_use(box, s->proto, outside, s->inside));
	m = &box->mapping[s->mapping];
	if (nap_endpoint_equal(m->outside, outside)) { /* whose record it knows */
		s->extport = m->port;
		box->extport[m->port].refs++;
	} else {
		s->extport = hold(box, s->proto, outside, s->inside);
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

NAP_HOT void nap_mapping_join(struct nap_box *box, nap_time now, uint32_t id)
{
	struct session *s = &box->session[id];

	if (G_UNLIKELY(box->destinations))
		nap_destination_join(box, s);
	if (box->tracks_sub && !(s->flags & SF_LOCAL)) {
		s->subscriber = nap_subscriber(box, s->inside);
		box->subscriber[s->subscriber].sessions++;
	}
	if (nap_is_alone(s))
		nap_extport_alone(box, s);
	else
		join(box, now, id);
}

static G_NO_INLINE void leave(struct nap_box *box, struct session *s, nap_time when)
{
	struct mapping *m;

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
		m->expires = nap_time_after(when, box->config->mapping_hold);
		if (box->config->mapping_hold == 0 || m->left_behind)
			end_mapping(box, s->mapping, when);
		else
			nap_lifetime_set(box, LIFE_MAPPING, s->mapping, m->expires);
	}
}

NAP_HOT void nap_mapping_leave(struct nap_box *box, uint32_t id, nap_time when)
{
	struct session *s = &box->session[id];

	if (G_UNLIKELY(box->destinations))
		nap_destination_leave(box, s);
	if (s->subscriber != NONE) {
		box->subscriber[s->subscriber].sessions--;
		box->subscriber[s->subscriber].closed -= (nap_track_phase(box, s) & PHASE_UNCOUNTED) != 0;
	}
	if (nap_is_alone(s))
		nap_extport_alone_ends(box, s, when);
	else
		leave(box, s, when);
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

uint32_t nap_mapping_on(struct nap_box *box, uint8_t proto, struct nap_endpoint outside)
{
	uint32_t alone = nap_alone_on(box, proto, outside), port;

	if (alone != NONE)
		nap_mapping_record(box, alone);
	port = nap_extport_find(box, proto, outside);
	return port == NONE ? NONE : box->extport[port].mappings;
}

bool nap_mapping_admits(const struct nap_box *box, uint8_t proto, struct nap_endpoint outside,
	struct nap_endpoint remote, struct nap_endpoint *inside)
{
	uint8_t dep = box->filtering_dep[proto == NAP_TCP];
	uint32_t alone, port;

	if (dep == NAP_ADDRESS_AND_PORT_DEPENDENT)
		return false;
	alone = nap_alone_on(box, proto, outside);
	if (alone != NONE) {
		const struct session *s = &box->session[alone];

		*inside = (struct nap_endpoint){ s->inside, s->inside_port };
		return nap_session_admits(s, dep, outside, remote);
	}
	port = nap_extport_find(box, proto, outside);
	for (uint32_t id = port == NONE ? NONE : box->extport[port].mappings; id != NONE;
		id = box->mapping[id].next_on_port)
		if (admits(box, &box->mapping[id], outside, remote)) {
			*inside = box->mapping[id].inside;
			return true;
		}
	return false;
}

bool nap_mapping_admits_joined(const struct nap_box *box, uint8_t proto, struct nap_endpoint outside,
	struct nap_endpoint remote, struct nap_endpoint *inside)
{
	uint8_t other = nap_joined_protocol(proto);
	uint32_t port = nap_extport_find(box, proto, outside);

	if (!other || nap_alone_on(box, proto, outside) != NONE ||
		(port != NONE && box->extport[port].mappings != NONE))
		return false; /* of a protocol of its own, and that one has spoken already */
	return nap_mapping_admits(box, other, outside, remote, inside);
}
