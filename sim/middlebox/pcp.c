/* SPDX-License-Identifier: BSD-2-Clause */
#include "middlebox/pcp.h"

#include "middlebox/lifetimes.h"
#include "middlebox/mapping.h"
#include "net/pcp.h"

/* Both ends of a grant are in one index, told apart by side. */
static uint32_t hash(enum nap_side side, uint8_t proto, struct nap_endpoint at)
{
	return nap_index_hash(at.addr, (uint64_t)at.port << 16 | (uint64_t)side << 8 | proto);
}

static uint32_t find(const struct nap_box *box, enum nap_side side, uint8_t proto, struct nap_endpoint at)
{
	uint32_t h = hash(side, proto, at), pos = nap_index_first(&box->grants, h), id;

	while ((id = nap_index_next(&box->grants, h, &pos)) != NONE) {
		const struct grant *g = &box->grant[id];

		if (g->proto == proto && nap_endpoint_equal(side == NAP_INSIDE ? g->inside : g->outside, at))
			break;
	}
	return id;
}

NAP_HOT const struct grant *nap_grant_on(
	const struct nap_box *box, nap_time now, enum nap_side side, uint8_t proto, struct nap_endpoint at)
{
	uint32_t id = box->grants_live ? find(box, side, proto, at) : NONE;

	return id != NONE && now < box->grant[id].expires ? &box->grant[id] : NULL;
}

static void end_grant(struct nap_box *box, uint32_t id, nap_time when)
{
	struct grant *g = &box->grant[id];

	nap_index_remove(&box->grants, hash(NAP_INSIDE, g->proto, g->inside), id);
	nap_index_remove(&box->grants, hash(NAP_OUTSIDE, g->proto, g->outside), id);
	if (g->extport != NONE)
		nap_extport_drop(box, g->extport, when);
	g->live = false;
	nap_lifetime_drop(box, LIFE_GRANT, id);
	g->next_free = box->free_grant;
	box->free_grant = id;
	box->grants_live--;
}

static nap_time grant_due(const struct nap_box *box, uint32_t id)
{
	return box->grant[id].live ? box->grant[id].expires : NAP_NEVER;
}

const struct lifetime_kind nap_grant_lifetime = { grant_due, end_grant };

void nap_grant_end_all(struct nap_box *box, nap_time now)
{
	for (uint32_t id = 0; id < box->grant_high; id++)
		if (box->grant[id].live)
			end_grant(box, id, now);
}

/* A port beside `out` that nobody has: boxes that share ports between destinations cannot share this one. */
static bool unshared(const struct nap_box *box, uint8_t proto, nap_addr inside, struct nap_endpoint *out)
{
	uint32_t block = box->config->ports.word == NAP_PORTS_BLOCK ? nap_block_at(box, *out) : NONE;
	/* one of a block stays its subscriber's */
	uint32_t first = block == NONE ? 0 : nap_block_rank(box, block);
	uint32_t n = block == NONE ? box->ports.count : box->config->ports.arg;

	for (uint32_t left = n; left-- > 0;) {
		bool among = nap_port_set_has(&box->ports, out->port);
		uint32_t next = nap_port_set_rank(&box->ports, out->port) - first + 1;

		if (!nap_extport_taken(box, proto, *out, inside))
			return true;
		out->port = nap_port_set_at(&box->ports, first + (among && next < n ? next : 0));
	}
	return false;
}

/* The external endpoint for a new grant: that of a mapping which packets have made, what the client suggests, any. */
static bool choose(struct nap_box *box, nap_time now, const struct nap_packet *p, struct nap_endpoint inside,
	struct nap_endpoint *out)
{
	const struct nap_box_config *c = box->config;
	struct nap_endpoint suggested = p->quote.dst, anyone = { 0, 0 };
	uint8_t proto = p->quote.proto;

	if (nap_mapping_outside(box, proto, inside, anyone, false, out))
		return true;
	if (nap_port_choose(box, now, p, proto, inside, anyone, out) == PORT_NONE)
		return false;
	if (suggested.addr == out->addr && nap_port_set_has(&box->ports, suggested.port) &&
		c->ports.word != NAP_PORTS_BLOCK && !nap_extport_taken(box, proto, suggested, inside.addr))
		*out = suggested;
	return unshared(box, proto, inside.addr, out);
}

/* A new grant, at an endpoint or NULL, without lifetime as yet; NONE when there is no port for it. */
static uint32_t new_grant(struct nap_box *box, nap_time now, const struct nap_packet *p,
	struct nap_endpoint inside, const struct nap_endpoint *at)
{
	struct grant g = {
		.inside = inside, .outside = inside, .extport = NONE, .proto = p->quote.proto, .live = true
	};
	uint32_t id;

	if (box->config->kind == NAP_BOX_NAT) {
		if (at)
			g.outside = *at;
		else if (!choose(box, now, p, inside, &g.outside))
			return NONE;
		g.extport = nap_extport_hold(box, g.proto, g.outside, inside.addr);
	}
	id = box->free_grant;
	if (id != NONE)
		box->free_grant = box->grant[id].next_free;
	else
		id = box->grant_high++;
	if (id == box->grant_size) {
		box->grant_size = box->grant_size ? box->grant_size * 2 : 4;
		box->grant = g_renew(struct grant, box->grant, box->grant_size);
	}
	box->grant[id] = g;
	nap_index_add(&box->grants, hash(NAP_INSIDE, g.proto, g.inside), id);
	nap_index_add(&box->grants, hash(NAP_OUTSIDE, g.proto, g.outside), id);
	box->grants_live++;
	return id;
}

static void expire_at(struct nap_box *box, uint32_t id, nap_time expires)
{
	box->grant[id].expires = expires;
	nap_lifetime_set(box, LIFE_GRANT, id, expires);
}

bool nap_grant_pinhole(struct nap_box *box, nap_time now, uint8_t proto, struct nap_endpoint inside,
	const struct nap_endpoint *at, nap_time lifetime, struct nap_endpoint *outside)
{
	struct nap_packet like = { .proto = proto, .quote = { proto, inside, { 0, 0 } } };
	uint32_t id;

	id = find(box, NAP_INSIDE, proto, inside);
	if (id == NONE)
		id = new_grant(box, now, &like, inside, at);
	if (id == NONE)
		return false;
	expire_at(box, id, nap_time_after(now, lifetime));
	*outside = box->grant[id].outside;
	return true;
}

bool nap_pcp_takes(const struct nap_box *box, const struct nap_packet *p)
{
	const struct nap_addr_list *own = &box->config->inside_address;

	if (box->config->pcp == NAP_PCP_NONE || p->proto != NAP_UDP || p->dst.port != NAP_PCP_PORT ||
		p->bad_csum)
		return false;
	return p->dst.addr == NAP_PCP_ANYCAST || (own->n && own->addr[0] == p->dst.addr);
}

static uint8_t carry_out(
	struct nap_box *box, nap_time now, const struct nap_packet *p, struct nap_packet *answer)
{
	const struct nap_box_config *c = box->config;
	struct nap_endpoint inside = { p->src.addr, p->quote.src.port };
	nap_time wanted = (nap_time)p->tag * NAP_S, granted;
	uint32_t id;

	if (p->message == NAP_PCP_MAP && c->pcp == NAP_PCP_PMP)
		return NAP_PCP_OTHER_VERSION;
	if (p->quote.src.addr != p->src.addr) {
		answer->tag = 30 * 60; /* a long lifetime error (RFC 6887 7.4) */
		return NAP_PCP_WRONG_ADDRESS;
	}
	id = find(box, NAP_INSIDE, p->quote.proto, inside);
	if (wanted == 0) { /* the client gives it back (RFC 6887 15.1) */
		if (id != NONE)
			end_grant(box, id, now);
		answer->tag = 0;
		return NAP_PCP_GRANTED;
	}
	if (id == NONE)
		id = new_grant(box, now, p, inside, NULL);
	if (id == NONE) {
		answer->tag = 30; /* a short one */
		return NAP_PCP_NO_RESOURCES;
	}
	granted = nap_time_min(nap_time_max(wanted, c->pcp_minimum), c->pcp_maximum);
	expire_at(box, id, nap_time_after(now, granted));
	answer->tag = (uint32_t)(granted / NAP_S);
	answer->quote.dst = box->grant[id].outside;
	return NAP_PCP_GRANTED;
}

bool nap_pcp_request(
	struct nap_box *box, nap_time now, const struct nap_packet *request, struct nap_packet *answer)
{
	uint8_t proto = request->quote.proto;
	bool pmp = request->message == NAP_PMP_MAP;

	/* only a neighbour of the client hears NAT-PMP, and no NAT is between neighbours */
	if ((request->message != NAP_PCP_MAP && !pmp) || (proto != NAP_UDP && proto != NAP_TCP) ||
		(pmp && request->quote.src.addr != request->src.addr))
		return false;
	*answer = *request;
	answer->src = request->dst;
	answer->dst = request->src;
	answer->ttl = 0;
	answer->len = pmp ? NAP_PMP_ANSWER_BYTES : NAP_PCP_BYTES;
	answer->message = carry_out(box, now, request, answer);
	return true;
}

void nap_grant_reset(struct nap_box *box)
{
	nap_index_reset(&box->grants);
	box->grant_high = box->grants_live = 0;
	box->free_grant = NONE;
}

void nap_grant_clear(struct nap_box *box)
{
	g_free(box->grant);
	nap_index_clear(&box->grants);
}
