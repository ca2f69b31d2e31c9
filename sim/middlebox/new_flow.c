/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets without session: what opens one, and what becomes of the others. The order is that of a real box: limits,
 * then translation of the new flow, then the rules.
 */
#include "middlebox/new_flow.h"

#include "middlebox/legs.h"
#include "middlebox/lifetimes.h"
#include "middlebox/mapping.h"
#include "middlebox/pcp.h"
#include "middlebox/reply.h"

enum { MAX_HELD_SYNS = 4096 }; /* bounded, or a flood of SYNs would fill memory */

/* A new session that a limit forbids. */
NAP_COLD static enum nap_verdict refuse(const struct packet_context *ctx, bool ports)
{
	ctx->fx->refused = true;
	ctx->box->counts.refused++;
	if (ports)
		ctx->box->counts.refused_ports++;
	switch (ctx->box->config->icmp_on_exhaustion) {
	case NAP_EXHAUSTED_HOST:
		return nap_answer_icmp(ctx, NAP_ICMP_UNREACHABLE, NAP_ICMP_NO_HOST);
	case NAP_EXHAUSTED_ADMIN:
		return nap_answer_icmp(ctx, NAP_ICMP_UNREACHABLE, NAP_ICMP_PROHIBITED);
	case NAP_EXHAUSTED_AS_REJECT:
		return nap_answer_rejected(ctx);
	default:
		return NAP_DROP;
	}
}

/* Timers by destination port. */
static uint8_t timers_for(const struct nap_box *box, uint8_t proto, uint16_t port)
{
	for (uint32_t i = 0; i < box->config->port_timers.n && i < UINT8_MAX; i++) {
		const struct nap_port_timer *t = &box->config->port_timers.row[i];

		if (t->port == port && (t->proto == 0 || t->proto == proto))
			return (uint8_t)(i + 1);
	}
	return 0;
}

static uint8_t timers_of(const struct nap_box *box, const struct session *s)
{
	return timers_for(box, s->proto, s->flags & SF_FROM_OUTSIDE ? s->inside_port : s->remote_port);
}

void nap_new_flow_timers(struct nap_box *box)
{
	for (uint32_t id = 0; id < box->high; id++)
		if ((box->session[id].flags & SF_LIVE) && box->session[id].proto != NAP_GRE)
			box->session[id].timers = timers_of(box, &box->session[id]);
}

/* Held SYNs whose time is up get the answer that strays get (RFC 5382 REQ-4: not before 6 s). */
static nap_time syns_due(const struct nap_box *box, uint32_t zero)
{
	(void)zero;
	return box->syn->len ? g_array_index(box->syn, struct held_syn, 0).until : NAP_NEVER;
}

static void syns_lapse(struct nap_box *box, uint32_t zero, nap_time when)
{
	struct nap_packet p = g_array_index(box->syn, struct held_syn, 0).packet;

	(void)zero;
	g_array_remove_index(box->syn, 0);
	if (box->config->reject == NAP_ANSWER_NONE)
		return;
	p = box->config->reject == NAP_ANSWER_RST
		    ? nap_reply_rst(&p)
		    : nap_reply_icmp(box, NAP_OUTSIDE, &p, NAP_ICMP_UNREACHABLE, nap_answer_code(box));
	nap_reply_emit(box, NAP_OUTSIDE, &p, when, NULL);
}

const struct lifetime_kind nap_syns_lifetime = { syns_due, syns_lapse };

/* A held SYN that meets an outbound one to the same end is no stray any more (RFC 5382 REQ-4). */
NAP_COLD static void drop_held(struct nap_box *box, const struct session *s)
{
	for (guint i = box->syn->len; i-- > 0;) {
		const struct nap_packet *p = &g_array_index(box->syn, struct held_syn, i).packet;

		if (p->src.addr == s->remote && p->src.port == s->remote_port && p->dst.addr == s->mapped &&
			p->dst.port == s->mapped_port)
			g_array_remove_index(box->syn, i);
	}
}

/* Has a session in the zone of its answers the name that those would have? Without zones the packet had been that one's. */
static bool clashes(const struct nap_box *box, const struct session *like)
{
	struct key k = nap_session_key(like, like->flags & SF_FROM_OUTSIDE ? NAP_INSIDE : NAP_OUTSIDE);

	return nap_table_holder(box, &k) != NONE;
}

/* A session that clashes is found out last, when its first packet would leave: both are gone. */
NAP_COLD static enum nap_verdict drop_clash(const struct packet_context *ctx, enum nap_verdict v)
{
	if (v != NAP_PASS && v != NAP_LOCAL)
		return v;
	nap_table_end(ctx->box, ctx->fx->session, ctx->now, END_CLOSED);
	ctx->fx->session = NONE;
	ctx->fx->created = ctx->fx->answered = false;
	return NAP_DROP;
}

/* Makes the session of a first packet; like holds its ends. */
NAP_HOT static enum nap_verdict open(struct packet_context *ctx, struct session *like)
{
	struct nap_box *box = ctx->box;
	enum nap_verdict v;
	bool clash;
	uint32_t id;

	like->proto = ctx->p->proto;
	like->timers = timers_of(box, like);
	if (nap_address_is_own(box, like->remote) && !(like->flags & SF_LOCAL))
		like->flags |= SF_HAIRPIN;
	clash = G_UNLIKELY(box->zones) && clashes(box, like);
	id = nap_table_open(box, like, ctx->now);
	nap_mapping_join(box, ctx->now, id);
	nap_track_open(box, &box->session[id], ctx->p, ctx->now);
	ctx->fx->session = id;
	ctx->fx->created = true;
	if (box->config->log_destinations && (like->flags & SF_TRANSLATED))
		box->counts.log_records++;
	if (box->syn->len && ctx->side == NAP_INSIDE)
		drop_held(box, &box->session[id]);
	if (G_UNLIKELY(box->termination) && nap_legs_open(box, id, ctx->now, ctx->p))
		return NAP_LOCAL;
	v = nap_pass_on(ctx, &box->session[id]);
	return G_UNLIKELY(clash) ? drop_clash(ctx, v) : v;
}

/* Is there room in table and quota for a session of inside? */
static bool admitted(const struct packet_context *ctx, const struct key *k, nap_addr inside)
{
	const struct nap_box_config *c = ctx->box->config;

	if ((c->sessions_per_subscriber || c->session_rate) &&
		!nap_subscriber_admits(ctx->box, ctx->now, inside))
		return false;
	return nap_table_make_room(ctx->box, k, ctx->now);
}

/* The box as a host without services: it answers, and its tracker remembers what that leaves. */
static enum nap_verdict local(struct packet_context *ctx, const struct key *k)
{
	struct session like = { .inside = k->local.addr,
		.inside_port = k->local.port,
		.remote = k->remote.addr,
		.remote_port = k->remote.port };
	struct nap_packet *p = ctx->p;
	enum nap_verdict v;

	if (ctx->box->config->input == NAP_INPUT_DROP)
		return nap_answer_rejected(ctx);
	if (p->proto == NAP_TCP &&
		!ctx->box->zone.answerer) /* its RST, of zone 0, ends the session at once */
		return p->flags & NAP_RST ? NAP_LOCAL : nap_answer_rst_as_host(ctx);
	if (!nap_table_make_room(ctx->box, k, ctx->now))
		return refuse(ctx, false);
	like.mapped = like.inside;
	like.mapped_port = like.inside_port;
	like.flags = SF_LOCAL | (ctx->side == NAP_OUTSIDE ? SF_FROM_OUTSIDE : 0);
	v = open(ctx, &like);
	if (v == NAP_LOCAL && p->proto == NAP_ICMP)
		ctx->box->session[ctx->fx->session].flags |= SF_REPLIED;
	return v;
}

void nap_new_flow_block_ports(struct nap_box *box)
{
	const struct nap_box_config *c = box->config;

	g_free(box->blocked);
	box->n_blocked = 0;
	while (c->blocked_ports && c->blocked_ports[box->n_blocked])
		box->n_blocked++;
	box->blocked = g_malloc0_n(box->n_blocked, sizeof *box->blocked);
	for (uint32_t i = 0; i < box->n_blocked; i++) {
		bool parsed = nap_box_port_parse(
			c->blocked_ports[i], &box->blocked[i].proto, &box->blocked[i].port);

		g_assert(parsed);
	}
}

void nap_new_flow_forwards(struct nap_box *box)
{
	const struct nap_box_config *c = box->config;

	g_free(box->forward);
	box->n_forwards = 0;
	while (c->kind == NAP_BOX_NAT && c->forwards && c->forwards[box->n_forwards])
		box->n_forwards++;
	box->forward = g_new0(struct nap_box_forward, box->n_forwards);
	for (uint32_t i = 0; i < box->n_forwards; i++) {
		bool parsed = nap_box_forward_parse(c->forwards[i], &box->forward[i]);

		g_assert(parsed);
		if (!box->forward[i].outside && box->addresses.n)
			box->forward[i].outside = box->addresses.addr[0];
	}
	nap_pools_reset(&box->pools); /* which know of ports that are forwarded */
}

static bool is_blocked(const struct nap_box *box, const struct nap_packet *p)
{
	for (uint32_t i = 0; i < box->n_blocked; i++)
		if (box->blocked[i].port == p->dst.port &&
			(box->blocked[i].proto == 0 || box->blocked[i].proto == p->proto))
			return true;
	return false;
}

static bool is_untranslated(const struct nap_box *box, nap_addr a)
{
	return nap_addr_listed(&box->config->untranslated, a) || box->config->kind != NAP_BOX_NAT;
}

/* The inside opens. */
static enum nap_verdict open_outwards(struct packet_context *ctx, const struct key *k)
{
	struct session like = { .inside = k->local.addr,
		.inside_port = k->local.port,
		.remote = k->remote.addr,
		.remote_port = k->remote.port };
	struct nap_endpoint out = k->local;
	struct nap_box *box = ctx->box;
	enum nap_verdict v;

	if (G_UNLIKELY(box->detours) && nap_pass_stopped(ctx, k->local, &v))
		return v;
	if (!admitted(ctx, k, like.inside))
		return refuse(ctx, false);
	if (!is_untranslated(box, like.remote)) {
		bool own = box->config->hairpin_source == NAP_HAIRPIN_BOX &&
			   nap_address_is_external(box, like.remote);
		const struct grant *g = own || !box->grants_live ? NULL
								 : nap_grant_on(box, ctx->now, NAP_INSIDE,
									   ctx->p->proto, k->local);

		if (g) {
			out = g->outside;
			like.flags |= SF_GRANTED;
		} else if ((own ? nap_port_choose_own : nap_port_choose)(box, ctx->now, ctx->p, ctx->p->proto,
				   k->local, k->remote, &out) == PORT_NONE)
			return refuse(ctx, true);
		like.flags |= SF_TRANSLATED | (own ? SF_STATIC : 0); /* its mapping is for that peer alone */
	}
	if (box->destinations && nap_destination_full(box, ctx->p->proto,
					 like.flags & SF_TRANSLATED ? out.addr : 0, k->remote))
		return refuse(ctx, true);
	like.mapped = out.addr;
	like.mapped_port = out.port;
	return open(ctx, &like);
}

/*
 * Does a session stay whose first packet went no further? Those of the box itself do. So do hairpinned ones that the
 * other side's filter stopped, else two inside hosts could never open to each other (RFC 5128 3.3.2), as key
 * hairpin-unsent says.
 */
bool nap_new_flow_stays(const struct nap_box *box, const struct session *s)
{
	return s->flags & SF_LOCAL || nap_legs_of(box, (uint32_t)(s - box->session)) ||
	       (s->flags & SF_HAIRPIN && box->config->hairpin_unsent == NAP_UNSENT_STAYS);
}

/* A request for a mapping (PCP, NAT-PMP). */
NAP_COLD static enum nap_verdict answer_pcp(const struct packet_context *ctx)
{
	ctx->fx->answered = nap_pcp_request(ctx->box, ctx->now, ctx->p, &ctx->fx->reply);
	return ctx->fx->answered ? NAP_LOCAL : NAP_DROP;
}

/* Is a packet from inside for the box to turn back? */
static bool hairpins(const struct nap_box *box, const struct nap_packet *p)
{
	bool by_forward = box->config->hairpin_by == NAP_HAIRPIN_BY_FORWARDS &&
			  box->filtering_dep[p->proto == NAP_TCP] == NAP_ADDRESS_AND_PORT_DEPENDENT;

	return box->config->hairpin && nap_address_is_external(box, p->dst.addr) &&
	       (!by_forward || nap_forward_for(box, p));
}

static enum nap_verdict from_inside(struct packet_context *ctx, const struct key *k)
{
	struct nap_box *box = ctx->box;
	enum nap_verdict v;

	if (box->config->pcp != NAP_PCP_NONE && nap_pcp_takes(box, ctx->p))
		return answer_pcp(ctx);
	if (nap_pass_stranded(ctx, &v))
		return v;
	if (nap_address_is_own(box, ctx->p->dst.addr) && !hairpins(box, ctx->p))
		return local(ctx, k);
	if (nap_pass_ends_here(ctx, &v))
		return v;
	if (is_blocked(box, ctx->p))
		return nap_answer_rejected(ctx);
	if (nap_addr_listed(&box->config->inside_network, ctx->p->dst.addr))
		return NAP_DROP;
	if (ctx->p->ttl == 1) { /* ends here before a session is made */
		nap_pass_hop(ctx, &v);
		return v;
	}
	return open_outwards(ctx, k);
}

/*
 * How the host behind a port forward sees the peer: under the box' own address when it is hairpinned so; with
 * peer-port = shift under another port when the inside has a session of those very ends already. False: no port is left.
 */
static bool show(const struct packet_context *ctx, struct nap_endpoint inside, struct nap_endpoint *peer)
{
	const struct nap_box_config *c = ctx->box->config;
	bool own = ctx->by_forward && c->hairpin_source == NAP_HAIRPIN_BOX;

	if (own)
		peer->addr = c->inside_address.addr[0];
	return (!own && c->peer_port == NAP_PEER_PORT_KEPT) ||
	       nap_port_show(ctx->box, ctx->now, ctx->p, inside, peer) == PORT_FOUND;
}

static enum nap_verdict open_inwards(
	struct packet_context *ctx, const struct key *k, struct nap_endpoint inside, uint16_t flags)
{
	struct session like = { .inside = inside.addr,
		.inside_port = inside.port,
		.mapped = k->local.addr,
		.mapped_port = k->local.port,
		.remote = k->remote.addr,
		.remote_port = k->remote.port,
		.flags = (uint16_t)(flags | SF_FROM_OUTSIDE) };
	struct nap_endpoint shown = k->remote;
	enum nap_verdict v;

	if (ctx->p->ttl == 1) {
		nap_pass_hop(ctx, &v);
		return v;
	}
	if (G_UNLIKELY(ctx->box->detours) && nap_pass_stopped(ctx, inside, &v))
		return v;
	if (!admitted(ctx, k, like.inside))
		return refuse(ctx, false);
	if ((flags & SF_STATIC) && !show(ctx, inside, &shown))
		return refuse(ctx, true);
	if (!nap_endpoint_equal(shown, k->remote)) {
		like.flags |= SF_TWICE;
		like.shown = shown.addr;
		like.shown_port = shown.port;
	}
	return open(ctx, &like);
}

NAP_COLD static enum nap_verdict open_forwarded(
	struct packet_context *ctx, const struct key *k, const struct nap_box_forward *f)
{
	struct nap_endpoint inside = { f->inside.addr,
		(uint16_t)(f->inside.port + (ctx->p->dst.port - f->lo)) };

	return open_inwards(ctx, k, inside, SF_STATIC | SF_TRANSLATED | (ctx->by_forward ? SF_HAIRPIN : 0));
}

/* What a filtered packet does to the mapping that it was sent to. */
NAP_COLD static void filtered(const struct packet_context *ctx, const struct key *k)
{
	struct nap_box *box = ctx->box;
	uint32_t m, next;

	if (box->config->filtered == NAP_FILTERED_IGNORE || !box->tracks_map)
		return;
	m = nap_mapping_on(box, ctx->p->proto, k->local);
	if (m == NONE)
		return;
	for (uint32_t id = box->mapping[m].newest; id != NONE; id = next) {
		next = box->session[id].older;
		if (box->config->filtered == NAP_FILTERED_REFRESH)
			nap_track_restart(box, &box->session[id], ctx->now);
		else
			nap_table_end(box, id, ctx->now, END_CLOSED);
	}
}

NAP_COLD static bool hold_syn(const struct packet_context *ctx)
{
	struct held_syn h = { nap_time_after(ctx->now, ctx->box->config->incoming_syn_hold), *ctx->p };

	if (!ctx->box->config->incoming_syn_hold || ctx->p->proto != NAP_TCP ||
		(ctx->p->flags & (NAP_SYN | NAP_ACK)) != NAP_SYN)
		return false;
	if (ctx->box->syn->len < MAX_HELD_SYNS) {
		g_array_append_val(ctx->box->syn, h);
		nap_lifetime_set(ctx->box, LIFE_SYNS, 0, h.until);
	}
	return true;
}

/* A segment in the middle of a connection that nobody knows, which may open nothing and is not for the box itself. */
NAP_COLD static enum nap_verdict miss(const struct packet_context *ctx, const struct key *k)
{
	enum nap_verdict v;

	if (nap_pass_stranded(ctx, &v) || nap_pass_ends_here(ctx, &v))
		return v;
	if (ctx->box->detours && nap_pass_stopped(ctx, k->local, &v))
		return v;
	return nap_pass_answers_miss(ctx) ? nap_answer_rst(ctx) : NAP_DROP;
}

/* Something from outside without session: a forward, a grant, a mapping whose filter lets it in, or a stray. */
static enum nap_verdict from_outside(struct packet_context *ctx, const struct key *k, bool may_open)
{
	struct nap_box *box = ctx->box;
	bool nat = box->config->kind == NAP_BOX_NAT, own = nap_address_is_external(box, ctx->p->dst.addr);
	const struct nap_box_forward *f = box->n_forwards ? nap_forward_for(box, ctx->p) : NULL;
	const struct grant *g = nap_grant_on(box, ctx->now, NAP_OUTSIDE, ctx->p->proto, ctx->p->dst);
	struct nap_endpoint inside;
	enum nap_verdict v;

	if (nap_addr_listed(&box->config->inside_network, ctx->p->src.addr) && !ctx->by_forward)
		return NAP_DROP; /* a forged source, as it seems */
	if (may_open && f)
		return open_forwarded(ctx, k, f);
	if (g) /* segments in the middle of a connection too: the mapping is there without a session */
		return open_inwards(ctx, k, g->inside, SF_GRANTED | (nat ? SF_TRANSLATED : 0));
	if (may_open && (own || !nat) && box->tracks_map &&
		(nap_mapping_admits(box, ctx->p->proto, k->local, k->remote, &inside) ||
			(box->config->joined_protocols &&
				nap_mapping_admits_joined(box, ctx->p->proto, k->local, k->remote, &inside))))
		return open_inwards(ctx, k, inside, nat ? SF_TRANSLATED : 0);
	if (!may_open && (own || !nat) && nap_pass_answers_miss(ctx)) {
		filtered(ctx, k);
		return nap_address_is_own(box, ctx->p->dst.addr) ? nap_answer_rst(ctx) : miss(ctx, k);
	}
	if (own || nap_address_is_own(box, ctx->p->dst.addr)) {
		filtered(ctx, k);
		return hold_syn(ctx) ? NAP_DROP : local(ctx, k);
	}
	if (nap_pass_ends_here(ctx, &v))
		return v;
	if (may_open && box->config->forward == NAP_FORWARD_OPEN)
		return open_inwards(ctx, k, k->local, 0);
	filtered(ctx, k);
	if (box->detours && nap_pass_stopped(ctx, k->local, &v)) /* a rule drops what would be rejected */
		return v;
	return hold_syn(ctx) ? NAP_DROP : nap_answer_rejected(ctx);
}

/* A packet without session. */
NAP_HOT enum nap_verdict nap_new_flow(struct packet_context *ctx, const struct key *k)
{
	struct nap_box *box = ctx->box;
	enum track t = nap_track_may_open(box, ctx->p);

	if (t == TRACK_INVALID)
		return nap_pass_invalid(ctx);
	ctx->fx->klass = NAP_CLASS_NEW;
	if (ctx->side == NAP_OUTSIDE)
		return from_outside(ctx, k, t == TRACK_PASS);
	if (t == TRACK_MISS && box->config->on_miss != NAP_MISS_CREATE &&
		!nap_grant_on(box, ctx->now, NAP_INSIDE, ctx->p->proto, k->local))
		return miss(ctx, k);
	return from_inside(ctx, k);
}
