/* SPDX-License-Identifier: BSD-2-Clause */
/* Which external address and port a new session gets: preservation, randomness, ranges, parity, blocks. */
#include "middlebox/alone.h"
#include "middlebox/mapping.h"

enum { LINUX_ATTEMPTS = 128, LINUX_EVICT_LAST = 32, LINUX_GIVE_UP = 16 };

/* What a choice is about. */
struct wish {
	struct nap_box *box;
	nap_time now;
	const struct nap_packet *p;
	uint8_t proto;
	struct nap_endpoint inside, remote;
	nap_addr address; /* external */
	bool shown;       /* the port is the peer's, as the inside endpoint sees it at address */
};

static bool has_ports(uint8_t proto)
{
	return proto == NAP_TCP || proto == NAP_UDP || proto == NAP_ICMP;
}

/* Does a session that is not alone, or a record, keep an external port from w? */
static G_NO_INLINE bool kept(const struct wish *w, struct nap_endpoint at)
{
	struct key k = { .local = at, .remote = w->remote, .proto = w->proto, .side = NAP_OUTSIDE };
	const struct nap_box *box = w->box;

	nap_extport_fetch(box, w->proto, at);
	if (nap_table_holder(box, &k) != NONE)
		return true;
	if (!box->config->overload)
		return nap_extport_taken(box, w->proto, at, w->inside.addr);
	if (box->config->port_hold_down) {
		uint32_t e = nap_extport_find(box, w->proto, at);

		return e != NONE && box->extport[e].refs == 0 &&
		       nap_extport_taken(box, w->proto, at, w->inside.addr);
	}
	return false;
}

/* Would the peer, shown under that port, have the name of another session of the inside end? */
static bool shown_already(const struct wish *w, struct nap_endpoint at)
{
	struct key k = { .local = w->inside, .remote = at, .proto = w->proto, .side = NAP_INSIDE };

	return nap_table_holder(w->box, &k) != NONE;
}

/* Would a session over that external port clash? With overloading only towards the same remote end. */
NAP_HOT static bool taken(const struct wish *w, uint16_t port)
{
	struct nap_endpoint at = { w->address, port };
	const struct nap_box *box = w->box;
	bool shares = box->config->overload;
	uint32_t alone;

	if (w->shown)
		return shown_already(w, at);
	alone = nap_alone_on(box, w->proto, at);
	if (alone != NONE && (!shares || (box->session[alone].remote == w->remote.addr &&
						 box->session[alone].remote_port == w->remote.port)))
		return true;
	if ((!box->has_alone || box->crowd || box->extports.used) && kept(w, at))
		return true;
	return G_UNLIKELY(box->n_forwards) && !shares && nap_extport_forwarded(box, w->proto, at);
}

/*
 * Linux, towards the end of a vain search: a connection in TIME_WAIT gives way to a SYN whose sequence number lies
 * above all that it sent.
 */
NAP_COLD static bool takes_over(const struct wish *w, uint16_t port)
{
	struct key k = {
		.local = { w->address, port }, .remote = w->remote, .proto = w->proto, .side = NAP_OUTSIDE
	};
	struct nap_box *box = w->box;
	uint32_t id;
	const struct session *s;

	if (!box->config->port_takeover || w->shown || w->proto != NAP_TCP || !(w->p->flags & NAP_SYN))
		return false;
	id = nap_table_holder(box, &k);
	if (id == NONE)
		return false;
	s = &box->session[id];
	if (!(nap_track_phase(box, s) & PHASE_YIELDS) || (s->flags & SF_FROM_OUTSIDE))
		return false;
	if (!after32(w->p->seq + w->p->len + 1, box->window[s->window].side[0].end))
		return false;
	nap_table_end(box, id, w->now, END_CLOSED);
	return true;
}

/* Ports that a search may take: n of a set from that rank on, of one parity or of both. */
struct choice {
	const struct port_set *set;
	uint32_t first, n;
	enum port_parity parity;
};

static uint16_t port_at(const struct choice *c, uint32_t offset)
{
	return nap_port_set_at(c->set, c->first + offset);
}

/* The ports that a changed one is drawn from: of the set, within the class of the original port. */
NAP_HOT static struct choice choice_of(
	const struct nap_box *box, const struct port_set *set, uint8_t proto, uint16_t own)
{
	static const struct port_set identifiers = { .whole = { 0, 65535 }, .count = 65536 };
	struct nap_port_range in = { 1024, 65535 };
	uint32_t first, n;

	if (proto == NAP_ICMP && set->n <= 1 && set->whole.lo <= 1024 && set->whole.hi == 65535)
		set = &identifiers;
	if (proto == NAP_ICMP ||
		box->config->port_classes == NAP_CLASSES_NONE) /* identifiers have no classes */
		return (struct choice){ set, 0, set->count, PORT_ANY };
	if (own < 1024)
		in = (struct nap_port_range){ 1, 1023 };
	if (box->config->port_classes == NAP_CLASSES_LINUX && own < 1024)
		in = own < 512 ? (struct nap_port_range){ 1, 511 } : (struct nap_port_range){ 600, 1023 };
	first = nap_port_set_rank(set, in.lo);
	n = nap_port_set_rank(set, (uint32_t)in.hi + 1) - first;
	return n ? (struct choice){ set, first, n, PORT_ANY }
		 : (struct choice){ set, 0, set->count, PORT_ANY };
}

/* Narrows a choice to ports of its own port's parity, when that is kept; how many there are at most. */
static uint32_t keep_parity(const struct wish *w, struct choice *c)
{
	if (!w->box->config->parity || w->shown || w->proto == NAP_ICMP || c->n == 1)
		return c->n;
	c->parity = w->inside.port % 2 ? PORT_ODD : PORT_EVEN;
	return (c->n + 1) / 2;
}

static bool has_parity(const struct choice *c, uint16_t port)
{
	return c->parity == PORT_ANY || c->parity == port % 2;
}

/* Linux: from a random port upwards, up to 128 tries, then from others with half as many, down to 16. */
static bool search_runs(const struct wish *w, struct choice c, uint16_t *port)
{
	uint32_t all = keep_parity(w, &c), attempts = all < LINUX_ATTEMPTS ? all : LINUX_ATTEMPTS;

	for (;;) {
		uint32_t off = nap_rng_below(&w->box->rng, 65536), left = attempts;

		for (uint32_t i = 0; i < c.n && left > 0; i++) {
			*port = port_at(&c, (off + i) % c.n);
			if (!has_parity(&c, *port))
				continue;
			if (!taken(w, *port) || (left <= LINUX_EVICT_LAST && takes_over(w, *port)))
				return true;
			left--;
		}
		if (attempts >= all || attempts < LINUX_GIVE_UP)
			return false;
		attempts /= 2;
	}
}

/* How far the search from offset `start` comes before it meets the first free port that nobody's hold keeps; n: never. */
static uint32_t way_to_free(
	const struct wish *w, struct port_pool *pool, const struct choice *c, uint32_t start)
{
	uint32_t from = port_at(c, start), end = port_at(c, c->n - 1) + 1u, port;

	for (uint32_t before = 0; before < 2; before++) { /* from the start on, then from the lowest */
		while ((port = nap_pool_next(w->box, pool, from, end, c->parity)) != NONE) {
			if (!taken(w, (uint16_t)port))
				return (nap_port_set_rank(c->set, port) - c->first + c->n - start) % c->n;
			from = port + 1;
		}
		from = port_at(c, 0);
		end = port_at(c, start);
	}
	return c->n;
}

/* Who has ports held down, which are free for him alone; NULL: nobody has. */
static const struct subscriber *holder(const struct wish *w)
{
	struct nap_box *box = w->box;
	uint32_t id;

	if (!box->config->port_hold_down || box->config->overload)
		return NULL;
	id = nap_subscriber(box, w->inside.addr);
	return &box->subscriber[id];
}

/* The same for the ports that are held down for sub, the wisher itself. */
static uint32_t way_to_own(
	const struct wish *w, const struct subscriber *sub, const struct choice *c, uint32_t start)
{
	const struct nap_box *box = w->box;
	uint32_t best = c->n;

	for (uint32_t id = sub ? sub->first_held : NONE; id != NONE; id = box->extport[id].next_held) {
		const struct extport *e = &box->extport[id];
		uint32_t offset = nap_port_set_rank(c->set, e->at.port) - c->first,
			 way = (offset + c->n - start) % c->n;

		if (e->proto == w->proto && e->at.addr == w->address &&
			nap_port_set_has(c->set, e->at.port) && offset < c->n && has_parity(c, e->at.port) &&
			way < best && !taken(w, e->at.port))
			best = way;
	}
	return best;
}

/* Port after port, up to `tries` of them from offset start on. */
static bool try_some(
	const struct wish *w, const struct choice *c, uint32_t start, uint32_t tries, uint16_t *port)
{
	for (uint32_t i = 0; i < c->n && tries > 0; i++) {
		*port = port_at(c, (start + i) % c->n);
		if (!has_parity(c, *port))
			continue;
		if (!taken(w, *port))
			return true;
		tries--;
	}
	return false;
}

/* The first free port of a choice from offset start on, of its own port's parity when that is kept. */
static bool search(const struct wish *w, struct choice c, uint32_t start, uint16_t *port)
{
	const struct subscriber *sub = holder(w);
	uint32_t all = keep_parity(w, &c), way, own;
	struct port_pool *pool;

	if (all <= w->box->pools.patience || w->box->zones) /* pools know no zones */
		return try_some(w, &c, start, c.n, port);
	pool = nap_pool_find(w->box, w->proto, w->address, w->remote);
	if ((!pool || (sub && sub->held > c.n / 8)) && try_some(w, &c, start, w->box->pools.patience, port))
		return true;
	if (!pool)
		pool = nap_pool_make(w->box, w->proto, w->address, w->remote);
	way = way_to_free(w, pool, &c, start);
	own = way_to_own(w, sub, &c, start);
	way = own < way ? own : way;
	*port = port_at(&c, (start + way) % c.n);
	return way < c.n;
}

static bool search_any(const struct wish *w, struct nap_rng *rng, const struct choice *c, uint16_t *port)
{
	return search(w, *c, nap_rng_below(rng, c->n), port);
}

/* The older mapping on the port dies for the new one (RFC 4787 4.2.1, port overloading). */
NAP_COLD static void override(const struct wish *w, uint16_t port)
{
	struct nap_endpoint at = { w->address, port };
	struct nap_box *box = w->box;
	uint32_t m, next;

	while ((m = nap_mapping_on(box, w->proto, at)) != NONE) {
		bool had_sessions = box->mapping[m].newest != NONE;

		for (uint32_t id = box->mapping[m].newest; id != NONE; id = next) {
			next = box->session[id].older;
			nap_table_end(box, id, w->now, END_EVICTED);
		}
		if (!had_sessions || box->config->mapping_hold)
			break;
	}
}

NAP_HOT static bool choose_preserve(const struct wish *w, uint16_t *port)
{
	const struct nap_box_config *c = w->box->config;
	struct choice among;
	bool keepable = w->proto == NAP_ICMP || nap_port_set_has(&w->box->ports, w->inside.port);

	*port = w->inside.port;
	if (keepable && !taken(w, *port))
		return true;
	if (c->port_clash == NAP_CLASH_REFUSE)
		return false;
	if (c->port_clash == NAP_CLASH_OVERRIDE && keepable) {
		override(w, *port);
		if (!taken(w, *port))
			return true;
	}
	among = choice_of(w->box, &w->box->ports, w->proto, w->inside.port);
	if (w->box->config->port_search == NAP_SEARCH_RUNS)
		return search_runs(w, among, port);
	return search_any(w, &w->box->rng, &among, port);
}

static bool choose_sequential(const struct wish *w, uint16_t *port)
{
	struct choice c = choice_of(w->box, &w->box->ports, w->proto, w->inside.port);

	if (!search(w, c, w->box->next_port % c.n, port))
		return false;
	w->box->next_port = (nap_port_set_rank(c.set, *port) - c.first + 1) % c.n;
	return true;
}

static bool search_block(struct wish *w, uint32_t b, struct nap_rng *rng, uint16_t *port)
{
	struct choice c = { &w->box->ports, nap_block_rank(w->box, b), w->box->config->ports.arg, PORT_ANY };

	w->address = nap_block_address(w->box, b);
	return search_any(w, rng, &c, port);
}

/* RFC 7422: the block follows from the address. Draws are its own, too, so that nobody's ports depend on anybody else. */
static bool choose_own_block(struct wish *w, struct subscriber *sub, uint16_t *port)
{
	struct nap_box *box = w->box;
	uint32_t b = w->inside.addr - box->config->inside_first.addr[0];
	struct nap_rng own = nap_rng_stream(box->rng.key, 0, w->inside.addr, NAP_RNG_PORTS);
	bool found;

	own.counter = sub->draws;
	found = b < box->blocks.n && search_block(w, b, &own, port);
	sub->draws = (uint32_t)own.counter;
	box->rng.counter++; /* who compares states sees that something was drawn */
	return found;
}

static bool choose_block(struct wish *w, uint16_t *port)
{
	struct nap_box *box = w->box;
	const struct nap_box_config *c = box->config;
	uint32_t id = nap_subscriber(box, w->inside.addr), b;
	struct subscriber *sub = &box->subscriber[id];

	if (c->block_allocation == NAP_BLOCK_DETERMINISTIC)
		return choose_own_block(w, sub, port);
	for (b = sub->first_block; b != NONE; b = box->blocks.block[b].next)
		if (search_block(w, b, &box->rng, port))
			return true;
	if (c->blocks_per_subscriber && sub->blocks >= c->blocks_per_subscriber)
		return false;
	b = nap_block_give(box, id, c->pooling == NAP_POOL_ARBITRARY ? 0 : sub->paired, w->now);
	if (b == NONE && c->pooling == NAP_POOL_PAIRED_SOFT)
		b = nap_block_give(box, id, 0, w->now);
	if (b == NONE || !search_block(w, b, &box->rng, port))
		return false;
	sub->paired = w->address;
	return true;
}

/* The external address: the subscriber's own, or any. */
static nap_addr choose_address(struct nap_box *box, nap_addr inside)
{
	const struct nap_addr_list *a = &box->addresses;
	uint32_t id;

	if (a->n == 1)
		return a->addr[0];
	if (box->config->pooling == NAP_POOL_ARBITRARY)
		return a->addr[nap_rng_below(&box->rng, a->n)];
	id = nap_subscriber(box, inside);
	if (!box->subscriber[id].paired)
		box->subscriber[id].paired = a->addr[id % a->n];
	return box->subscriber[id].paired;
}

NAP_HOT static bool choose(struct wish *w, uint16_t *port)
{
	struct nap_box *box = w->box;
	struct choice among;

	if (!has_ports(w->proto)) { /* nothing to change but the address */
		*port = 0;
		return !taken(w, 0);
	}
	switch (box->config->ports.word) {
	case NAP_PORTS_PRESERVE:
		return choose_preserve(w, port);
	case NAP_PORTS_SEQUENTIAL:
		return choose_sequential(w, port);
	case NAP_PORTS_BLOCK:
		return choose_block(w, port);
	default:
		among = choice_of(box, &box->ports, w->proto, w->inside.port);
		if (box->config->port_search == NAP_SEARCH_RUNS)
			return search_runs(w, among, port);
		return search_any(w, &box->rng, &among, port);
	}
}

/* May a session to remote have that external endpoint, which its mapping gives? */
static bool serves(const struct wish *w, struct nap_endpoint outside)
{
	struct key k = { .local = outside, .remote = w->remote, .proto = w->proto, .side = NAP_OUTSIDE };

	return nap_table_holder(w->box, &k) == NONE;
}

enum port_choice nap_port_choose_own(struct nap_box *box, nap_time now, const struct nap_packet *p,
	uint8_t proto, struct nap_endpoint inside, struct nap_endpoint remote, struct nap_endpoint *out)
{
	struct wish w = { box, now, p, proto, inside, remote, box->config->inside_address.addr[0], false };

	out->addr = w.address;
	out->port = 0;
	if (has_ports(proto) ? choose_preserve(&w, &out->port) : !taken(&w, 0))
		return PORT_FOUND;
	return PORT_NONE;
}

/* The external endpoint that the inside endpoint has in the other protocol (joined-protocols), if it is free here. */
NAP_COLD static bool choose_joined(struct wish *w, struct nap_endpoint *out)
{
	uint8_t other = nap_joined_protocol(w->proto);

	if (!other || !nap_mapping_outside(w->box, other, w->inside, w->remote, false, out))
		return false;
	w->address = out->addr;
	return !taken(w, out->port);
}

/* At the address of the wish, unless it has too many sessions to that destination. */
static bool choose_here(struct wish *w, uint16_t *port)
{
	return !(w->box->destinations && nap_destination_full(w->box, w->proto, w->address, w->remote)) &&
	       choose(w, port);
}

/* Ports of the paired address are used up: one of another (pooling = paired-soft). Blocks have looked there already. */
NAP_COLD static bool choose_elsewhere(struct wish *w, uint16_t *port)
{
	const struct nap_box_config *c = w->box->config;
	const struct nap_addr_list *a = &w->box->addresses;

	if (c->pooling != NAP_POOL_PAIRED_SOFT || c->ports.word == NAP_PORTS_BLOCK)
		return false;
	for (uint32_t i = 0; i < a->n; i++) {
		w->address = a->addr[i];
		if (choose_here(w, port))
			return true;
	}
	return false;
}

NAP_HOT enum port_choice nap_port_choose(struct nap_box *box, nap_time now, const struct nap_packet *p,
	uint8_t proto, struct nap_endpoint inside, struct nap_endpoint remote, struct nap_endpoint *out)
{
	struct wish w = { box, now, p, proto, inside, remote, 0, false };
	bool reuses = box->reuses[proto == NAP_TCP];
	bool linux_random = reuses && box->config->ports.word == NAP_PORTS_RANDOM;
	uint32_t limit = box->config->ports_per_subscriber;

	if (!linux_random && nap_mapping_outside(box, proto, inside, remote, reuses, out)) {
		if (serves(&w, *out))
			return PORT_FOUND;
		if (!reuses)
			return PORT_NONE; /* the mapping is bound to its external endpoint (RFC 4787 REQ-1) */
	}
	if (limit) {
		uint32_t id = nap_subscriber(box, inside.addr); /* may move the array */

		if (box->subscriber[id].ports >= limit)
			return PORT_NONE;
	}
	if (box->config->joined_protocols && choose_joined(&w, out))
		return PORT_FOUND;
	w.address = choose_address(box, inside.addr);
	if (!choose_here(&w, &out->port) && !choose_elsewhere(&w, &out->port))
		return PORT_NONE;
	out->addr = w.address;
	return PORT_FOUND;
}

enum port_choice nap_port_show(struct nap_box *box, nap_time now, const struct nap_packet *p,
	struct nap_endpoint inside, struct nap_endpoint *peer)
{
	static const struct port_set all = { .whole = { 1, 65535 }, .count = 65535 };
	struct wish w = { box, now, p, p->proto, inside, *peer, peer->addr, true };
	struct choice among = choice_of(box, &all, p->proto, peer->port);

	if (!taken(&w, peer->port) || search_runs(&w, among, &peer->port))
		return PORT_FOUND;
	return PORT_NONE;
}
