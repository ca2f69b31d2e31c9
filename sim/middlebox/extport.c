/* SPDX-License-Identifier: BSD-2-Clause */
/* Records of external ports, but of those whose only session stands for them (alone.h); accounts of all of them. */
#include "middlebox/extport.h"

#include "middlebox/alone.h"
#include "middlebox/cells.h"
#include "middlebox/lifetimes.h"
#include "middlebox/mapping.h"

static uint32_t hash_endpoint(uint8_t proto, struct nap_endpoint at)
{
	return nap_index_hash(at.addr, (uint64_t)at.port << 8 | proto);
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
	uint32_t hash, pos, id;

	if (!box->extports.used)
		return NONE;
	hash = hash_endpoint(proto, at);
	pos = nap_index_first(&box->extports, hash);
	while ((id = nap_index_next(&box->extports, hash, &pos)) != NONE)
		if (nap_endpoint_equal(box->extport[id].at, at) && box->extport[id].proto == proto)
			break;
	return id;
}

/* Tells the pools of a port that comes or goes. Where ports are overloaded, sessions do that. */
static inline void mark(struct nap_box *box, uint8_t proto, struct nap_endpoint at, bool busy)
{
	static const struct nap_endpoint all = { 0, 0 };

	if (G_UNLIKELY(box->pools.n) && !box->config->overload)
		nap_pool_mark(box, proto, at, all, busy);
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
	mark(box, box->extport[id].proto, box->extport[id].at, false);
	box->extport[id].held_until = 0;
	nap_lifetime_drop(box, LIFE_EXTPORT, id);
	NAP_GIVE(box, extport, next_free, id);
}

/* A NAT's port comes in use for subscriber sub (NONE: those are not kept). True: it is one of a block. */
static inline bool count_used(struct nap_box *box, struct nap_endpoint at, uint32_t sub)
{
	bool blocks = box->config->ports.word == NAP_PORTS_BLOCK, in_block = blocks && nap_block_use(box, at);

	box->counts.ports_live++;
	if (box->counts.ports_live > box->counts.ports_peak)
		box->counts.ports_peak = box->counts.ports_live;
	if (!blocks)
		box->counts.log_records++;
	if (sub != NONE)
		box->subscriber[sub].ports++;
	return in_block;
}

/* The port of owner since then comes free. */
static inline void count_free(struct nap_box *box, nap_addr owner, struct nap_endpoint at, uint8_t proto,
	nap_time since, nap_time when)
{
	box->counts.ports_live--;
	if (box->ended) {
		struct nap_box_flow whose = nap_owner_flow(owner, at, proto);

		box->ended(box->ended_ctx, NAP_ENDED_PORT, since, when, &whose);
	}
}

/* The same for block and subscriber. */
static inline void give_back(
	struct nap_box *box, struct nap_endpoint at, bool in_block, uint32_t sub, nap_time when)
{
	if (in_block)
		nap_block_free(box, at, when);
	else if (box->config->ports.word != NAP_PORTS_BLOCK)
		box->counts.log_records++;
	if (sub != NONE)
		box->subscriber[sub].ports--;
}

NAP_HOT void nap_extport_release(struct nap_box *box, uint32_t id, nap_time when)
{
	struct extport *e = &box->extport[id];

	if (e->counted) { /* a firewall only borrows the record: it has no ports to give */
		count_free(box, e->owner, e->at, e->proto, e->since, when);
		give_back(box, e->at, e->in_block, e->subscriber, when);
	}
	e->held_until = nap_time_after(when, box->config->port_hold_down);
	if (box->config->port_hold_down == 0) {
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

static uint32_t new_record(struct nap_box *box, const struct extport *like)
{
	uint32_t id;

	NAP_TAKE(box, extport, next_free, id);
	box->extport[id] = *like;
	nap_index_add(&box->extports, hash_endpoint(like->proto, like->at), id);
	return id;
}

NAP_HOT uint32_t nap_extport_use(struct nap_box *box, uint8_t proto, struct nap_endpoint at, nap_addr inside)
{
	uint32_t id = nap_extport_find(box, proto, at);
	struct extport *e;

	if (id == NONE) {
		id = new_record(box, &(struct extport){ .at = at, .proto = proto, .mappings = NONE });
		mark(box, proto, at, true);
	}
	e = &box->extport[id];
	if (e->held)
		unlist_held(box, id);
	if (!nap_extport_idle(e))
		return id;
	e->owner = inside;
	e->since = box->last;
	e->counted = box->config->kind == NAP_BOX_NAT;
	e->subscriber = e->counted && box->tracks_sub ? nap_subscriber(box, inside) : NONE;
	e->in_block = e->counted && count_used(box, at, e->subscriber);
	return id;
}

NAP_HOT void nap_extport_alone(struct nap_box *box, struct session *s)
{
	struct nap_endpoint at = { s->mapped, s->mapped_port };

	mark(box, s->proto, at, true);
	if (count_used(box, at, s->subscriber))
		s->extport = 0;
}

uint32_t nap_extport_record(struct nap_box *box, const struct session *s)
{
	struct extport like = { .at = { s->mapped, s->mapped_port },
		.proto = s->proto,
		.owner = s->inside,
		.since = s->created,
		.counted = true,
		.in_block = s->extport != NONE,
		.mappings = NONE,
		.subscriber = s->subscriber };

	return new_record(box, &like);
}

NAP_HOT void nap_extport_alone_ends(struct nap_box *box, const struct session *s, nap_time when)
{
	struct nap_endpoint at = { s->mapped, s->mapped_port };

	if (G_UNLIKELY(box->config->port_hold_down)) {
		nap_extport_release(box, nap_extport_record(box, s), when);
		return;
	}
	count_free(box, s->inside, at, s->proto, s->created, when);
	give_back(box, at, s->extport != NONE, s->subscriber, when);
	mark(box, s->proto, at, false);
}

void nap_extport_release_held(struct nap_box *box)
{
	for (uint32_t id = 0; id < box->extport_high; id++)
		if (extport_due(box, id) != NAP_NEVER)
			forget_extport(box, id);
}

NAP_HOT void nap_extport_fetch(const struct nap_box *box, uint8_t proto, struct nap_endpoint at)
{
	if (box->extports.used)
		nap_fetch(nap_index_slot(&box->extports, hash_endpoint(proto, at)));
}

bool nap_extport_busy(const struct nap_box *box, uint8_t proto, struct nap_endpoint at)
{
	return nap_alone_on(box, proto, at) != NONE || nap_extport_find(box, proto, at) != NONE;
}

NAP_HOT bool nap_extport_taken(
	const struct nap_box *box, uint8_t proto, struct nap_endpoint at, nap_addr inside)
{
	uint32_t id = nap_extport_find(box, proto, at);

	if (id == NONE)
		return nap_alone_on(box, proto, at) != NONE;
	return !nap_extport_idle(&box->extport[id]) || box->extport[id].owner != inside;
}
