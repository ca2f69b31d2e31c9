/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets without session: what opens one, and what becomes of the others. The order is that of a real box: limits,
 * then translation of the new flow, then the rules.
 */
#include "middlebox/lifetimes.h"
#include "middlebox/mapping.h"
#include "middlebox/pcp.h"
#include "middlebox/reply.h"
#include "middlebox/packet_context.h"

enum { MAX_HELD_SYNS = 4096 }; /* bounded, or a flood of SYNs would fill memory */

/* A new session that a limit forbids. */
static enum nap_verdict refuse(const struct way *w, bool ports)
{
	w->fx->refused = true;
	w->box->counts.refused++;
	if (ports)
		w->box->counts.refused_ports++;
	switch (w->box->config.icmp_on_exhaustion) {
	case NAP_EXHAUSTED_HOST:
		return nap_way_answer_icmp(w, 3, 1);
	case NAP_EXHAUSTED_ADMIN:
		return nap_way_answer_icmp(w, 3, 13);
	case NAP_EXHAUSTED_AS_REJECT:
		return nap_way_reject(w);
	default:
		return NAP_DROP;
	}
}

/* Timers by destination port. */
static uint8_t timers_for(const struct nap_box *box, uint8_t proto, uint16_t port)
{
	for (uint32_t i = 0; i < box->config.port_timers.n && i < UINT8_MAX; i++) {
		const struct nap_port_timer *t = &box->config.port_timers.row[i];

		if (t->port == port && (t->proto == 0 || t->proto == proto))
			return (uint8_t)(i + 1);
	}
	return 0;
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
	if (box->config.reject == NAP_ANSWER_NONE)
		return;
	p = box->config.reject == NAP_ANSWER_RST ? nap_reply_rst(&p)
						 : nap_reply_icmp(box, NAP_OUTSIDE, &p, 3, 3);
	nap_reply_emit(box, NAP_OUTSIDE, &p, when, NULL);
}

const struct lifetime_kind nap_syns_lifetime = { syns_due, syns_lapse };

/* A held SYN that meets an outbound one to the same end is no stray any more (RFC 5382 REQ-4). */
static void drop_held(struct nap_box *box, const struct session *s)
{
	for (guint i = box->syn->len; i-- > 0;) {
		const struct nap_packet *p = &g_array_index(box->syn, struct held_syn, i).packet;

		if (p->src.addr == s->remote && p->src.port == s->remote_port && p->dst.addr == s->mapped &&
			p->dst.port == s->mapped_port)
			g_array_remove_index(box->syn, i);
	}
}

/* Makes the session of a first packet; like holds its ends. */
static enum nap_verdict open(const struct way *w, struct session *like)
{
	struct nap_box *box = w->box;
	uint32_t id;

	like->proto = w->p->proto;
	like->timers = timers_for(
		box, like->proto, like->flags & SF_FROM_OUTSIDE ? like->inside_port : like->remote_port);
	if (nap_way_is_own(box, like->remote) && !(like->flags & SF_LOCAL))
		like->flags |= SF_HAIRPIN;
	id = nap_table_open(box, like, w->now);
	nap_mapping_join(box, w->now, id);
	nap_track_open(box, &box->session[id], w->p, w->now);
	w->fx->session = id;
	w->fx->created = true;
	if (box->config.log_destinations && (like->flags & SF_TRANSLATED))
		box->counts.log_records++;
	if (box->syn->len && w->side == NAP_INSIDE)
		drop_held(box, &box->session[id]);
	return nap_way_go_on(w, &box->session[id]);
}

/* Is there room in table and quota for a session of inside? */
static bool admitted(const struct way *w, const struct key *k, nap_addr inside)
{
	return nap_subscriber_admits(w->box, w->now, inside) && nap_table_make_room(w->box, k, w->now);
}

/* The box as a host without services: it answers, and its tracker remembers what that leaves. */
static enum nap_verdict local(const struct way *w, const struct key *k)
{
	struct session like = { .inside = k->local.addr,
		.inside_port = k->local.port,
		.remote = k->remote.addr,
		.remote_port = k->remote.port };
	struct nap_packet *p = w->p;

	if (w->box->config.input == NAP_INPUT_DROP)
		return nap_way_reject(w);
	if (p->proto == NAP_TCP) /* its RST ends the session at once */
		return p->flags & NAP_RST ? NAP_LOCAL : nap_way_answer_rst(w);
	if (!nap_table_make_room(w->box, k, w->now))
		return refuse(w, false);
	like.mapped = like.inside;
	like.mapped_port = like.inside_port;
	like.flags = SF_LOCAL | (w->side == NAP_OUTSIDE ? SF_FROM_OUTSIDE : 0);
	open(w, &like);
	if (p->proto == NAP_ICMP)
		w->box->session[w->fx->session].flags |= SF_REPLIED;
	return NAP_LOCAL;
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
	return nap_addr_listed(&box->config.untranslated, a) || box->config.kind == NAP_BOX_FIREWALL;
}

/* The inside opens. */
static enum nap_verdict open_outwards(const struct way *w, const struct key *k)
{
	struct session like = { .inside = k->local.addr,
		.inside_port = k->local.port,
		.remote = k->remote.addr,
		.remote_port = k->remote.port };
	struct nap_endpoint out = k->local;
	struct nap_box *box = w->box;

	if (!admitted(w, k, like.inside))
		return refuse(w, false);
	if (!is_untranslated(box, like.remote)) {
		bool own = box->config.hairpin_source == NAP_HAIRPIN_BOX &&
			   nap_way_is_external(box, like.remote);
		const struct grant *g =
			own ? NULL : nap_grant_on(box, w->now, NAP_INSIDE, w->p->proto, k->local);

		if (g) {
			out = g->outside;
			like.flags |= SF_GRANTED;
		} else if ((own ? nap_port_choose_own : nap_port_choose)(
				   box, w->now, w->p, w->p->proto, k->local, k->remote, &out) == PORT_NONE)
			return refuse(w, true);
		like.flags |= SF_TRANSLATED | (own ? SF_STATIC : 0); /* its mapping is for that peer alone */
	}
	like.mapped = out.addr;
	like.mapped_port = out.port;
	return open(w, &like);
}

/*
 * Does a session stay whose first packet went no further? Those of the box itself do. So do hairpinned ones that the
 * other side's filter stopped, else two inside hosts could never open to each other (RFC 5128 3.3.2), but
 * where a session is kept only once its packet has left (HABIT_SENT_ONLY).
 */
static bool keeps_refused(const struct nap_box *box, const struct session *s)
{
	return s->flags & SF_LOCAL || (s->flags & SF_HAIRPIN && !(box->habits & HABIT_SENT_ONLY));
}

/* A request for a mapping (PCP, NAT-PMP). */
static enum nap_verdict answer_pcp(const struct way *w)
{
	w->fx->answered = nap_pcp_request(w->box, w->now, w->p, &w->fx->reply);
	return w->fx->answered ? NAP_LOCAL : NAP_DROP;
}

/* Is a packet from inside for the box to turn back? */
static bool hairpins(const struct nap_box *box, const struct nap_packet *p)
{
	bool by_forward = (box->habits & HABIT_FORWARDS_TURN) &&
			  box->filtering_dep[p->proto == NAP_TCP] == NAP_ADDRESS_AND_PORT_DEPENDENT;

	return box->config.hairpin && nap_way_is_external(box, p->dst.addr) &&
	       (!by_forward || nap_forward_for(box, p));
}

static enum nap_verdict stray_from_inside(const struct way *w, const struct key *k)
{
	struct nap_box *box = w->box;
	enum nap_verdict v;

	if (nap_pcp_takes(box, w->p))
		return answer_pcp(w);
	if (nap_way_stranded(w, &v))
		return v;
	if (nap_way_is_own(box, w->p->dst.addr) && !hairpins(box, w->p))
		return local(w, k);
	if (nap_way_ends_here(w, &v))
		return v;
	if (is_blocked(box, w->p))
		return nap_way_reject(w);
	if (nap_addr_listed(&box->config.inside_network, w->p->dst.addr))
		return NAP_DROP;
	if (w->p->ttl == 1) { /* ends here before a session is made */
		nap_way_hop(w, &v);
		return v;
	}
	v = open_outwards(w, k);
	if (v != NAP_PASS && w->fx->created && !keeps_refused(box, &box->session[w->fx->session])) {
		/* its first packet did not get out; a hairpinned one may have ended it on its second way in */
		if (box->session[w->fx->session].flags & SF_LIVE)
			nap_table_end(box, w->fx->session, w->now, END_CLOSED);
		w->fx->session = NONE;
		w->fx->created = false;
	}
	return v;
}

/*
 * How the host behind a port forward sees the peer: under the box' own address when it is hairpinned so; with
 * HABIT_PEERS_SHIFT under another port when the inside has a session of those very ends already. False: no port is left.
 */
static bool show(const struct way *w, struct nap_endpoint inside, struct nap_endpoint *peer)
{
	const struct nap_box_config *c = &w->box->config;
	bool own = w->hairpin && c->hairpin_source == NAP_HAIRPIN_BOX;

	if (own)
		peer->addr = c->inside_address.addr[0];
	return (!own && !(w->box->habits & HABIT_PEERS_SHIFT)) ||
	       nap_port_show(w->box, w->now, w->p, inside, peer) == PORT_FOUND;
}

static enum nap_verdict open_inwards(
	const struct way *w, const struct key *k, struct nap_endpoint inside, uint16_t flags)
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

	if (w->p->ttl == 1) {
		nap_way_hop(w, &v);
		return v;
	}
	if (!admitted(w, k, like.inside))
		return refuse(w, false);
	if ((flags & SF_STATIC) && !show(w, inside, &shown))
		return refuse(w, true);
	if (!nap_endpoint_equal(shown, k->remote)) {
		like.flags |= SF_TWICE;
		like.shown = shown.addr;
		like.shown_port = shown.port;
	}
	return open(w, &like);
}

static enum nap_verdict open_forwarded(
	const struct way *w, const struct key *k, const struct nap_box_forward *f)
{
	struct nap_endpoint inside = { f->inside.addr,
		(uint16_t)(f->inside.port + (w->p->dst.port - f->lo)) };

	return open_inwards(w, k, inside, SF_STATIC | SF_TRANSLATED | (w->hairpin ? SF_HAIRPIN : 0));
}

/* What a filtered packet does to the mapping that it was sent to. */
static void filtered(const struct way *w, const struct key *k)
{
	struct nap_box *box = w->box;
	uint32_t m, next;

	if (box->config.filtered == NAP_FILTERED_IGNORE || !box->tracks_map)
		return;
	m = nap_mapping_on(box, w->now, w->p->proto, k->local);
	if (m == NONE)
		return;
	for (uint32_t id = box->mapping[m].newest; id != NONE; id = next) {
		next = box->session[id].older;
		if (box->config.filtered == NAP_FILTERED_REFRESH)
			nap_track_restart(box, &box->session[id], w->now);
		else
			nap_table_end(box, id, w->now, END_CLOSED);
	}
}

static bool hold_syn(const struct way *w)
{
	struct held_syn h = { nap_time_after(w->now, w->box->config.incoming_syn_hold), *w->p };

	if (!w->box->config.incoming_syn_hold || w->p->proto != NAP_TCP ||
		(w->p->flags & (NAP_SYN | NAP_ACK)) != NAP_SYN)
		return false;
	if (w->box->syn->len < MAX_HELD_SYNS) {
		g_array_append_val(w->box->syn, h);
		nap_lifetime_set(w->box, LIFE_SYNS, 0, h.until);
	}
	return true;
}

/* Something from outside without session: a forward, a grant, a mapping whose filter lets it in, or a stray. */
static enum nap_verdict stray_from_outside(const struct way *w, const struct key *k, bool may_open)
{
	struct nap_box *box = w->box;
	bool nat = box->config.kind == NAP_BOX_NAT, own = nap_way_is_external(box, w->p->dst.addr);
	const struct nap_box_forward *f = own ? nap_forward_for(box, w->p) : NULL;
	const struct grant *g = nap_grant_on(box, w->now, NAP_OUTSIDE, w->p->proto, w->p->dst);
	enum nap_verdict v;
	uint32_t m;

	if (nap_addr_listed(&box->config.inside_network, w->p->src.addr) && !w->hairpin)
		return NAP_DROP; /* a forged source, as it seems */
	if (may_open && f)
		return open_forwarded(w, k, f);
	if (g) /* segments in the middle of a connection too: the mapping is there without a session */
		return open_inwards(w, k, g->inside, SF_GRANTED | (nat ? SF_TRANSLATED : 0));
	if (may_open && (own || !nat) && box->tracks_map) {
		m = nap_mapping_admits(box, w->p->proto, k->local, k->remote);
		if (m == NONE && box->config.joined_protocols)
			m = nap_mapping_admits_joined(box, w->p->proto, k->local, k->remote);
		if (m != NONE)
			return open_inwards(w, k, box->mapping[m].inside, nat ? SF_TRANSLATED : 0);
	}
	if (own || nap_way_is_own(box, w->p->dst.addr)) {
		filtered(w, k);
		return hold_syn(w) ? NAP_DROP : local(w, k);
	}
	if (nap_way_ends_here(w, &v))
		return v;
	if (may_open && box->config.forward == NAP_FORWARD_OPEN)
		return open_inwards(w, k, k->local, 0);
	filtered(w, k);
	return hold_syn(w) ? NAP_DROP : nap_way_reject(w);
}

/* A packet from inside for a port forward: known or new, it is one from outside that leaves inside. */
static enum nap_verdict forward_back(const struct way *w)
{
	struct way back = { w->box, w->now, NAP_OUTSIDE, w->p, w->fx, true };
	struct key k = nap_key_of(NAP_OUTSIDE, w->p);
	uint32_t id = nap_table_live(w->box, &k, w->now);

	w->fx->out_side = NAP_INSIDE;
	return id != NONE ? nap_way_known(&back, &k, id) : nap_way_stray(&back, &k);
}

/* A packet without session. */
enum nap_verdict nap_way_stray(const struct way *w, const struct key *k)
{
	struct nap_box *box = w->box;
	enum track t = nap_track_may_open(box, w->p);

	if (nap_way_forwards_back(w))
		return forward_back(w);
	if (t == TRACK_INVALID)
		return nap_way_invalid(w);
	w->fx->klass = NAP_CLASS_NEW;
	if (w->side == NAP_OUTSIDE)
		return stray_from_outside(w, k, t == TRACK_PASS);
	if (t == TRACK_MISS && box->config.on_miss != NAP_MISS_CREATE &&
		!nap_grant_on(box, w->now, NAP_INSIDE, w->p->proto, k->local)) {
		bool answer = box->config.on_miss == NAP_MISS_RST && !(w->p->flags & NAP_RST);

		return answer ? nap_way_answer_rst(w) : NAP_DROP;
	}
	return stray_from_inside(w, k);
}
