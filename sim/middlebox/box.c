/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A packet's way through a box: its session, or a new one, or none; then translation. The order is that of a real
 * box: tracking first, then translation of a new flow, then the rules; a packet of a live session refreshes it even
 * if it goes no further.
 */
#include "middlebox/box.h"

#include <string.h>

#include "middlebox/mapping.h"
#include "middlebox/pcp.h"
#include "middlebox/reply.h"
#include "middlebox/wire.h"

enum { MAX_HELD_SYNS = 4096 }; /* bounded, or a flood of SYNs would fill memory */

/* One packet on its way. */
struct way {
	struct nap_box *box;
	nap_time now;
	enum nap_side side;
	struct nap_packet *p;
	struct nap_box_effect *fx;
};

static bool is_external(const struct nap_box *box, nap_addr a)
{
	uint32_t hash = nap_index_hash(a, 0), at = nap_index_first(&box->externals, hash), i;

	if (box->config.kind != NAP_BOX_NAT)
		return false;
	while ((i = nap_index_next(&box->externals, hash, &at)) != NONE)
		if (box->config.addresses.addr[i] == a)
			return true;
	return false;
}

static bool is_own(const struct nap_box *box, nap_addr a)
{
	return (box->config.inside_address.n && box->config.inside_address.addr[0] == a) ||
	       is_external(box, a);
}

static enum nap_verdict answer_rst(const struct way *w)
{
	w->fx->answered = true;
	w->fx->reply = nap_reply_rst(w->p);
	return NAP_REJECT_RST;
}

static enum nap_verdict answer_icmp(const struct way *w, uint8_t type, uint8_t code)
{
	w->fx->answered = true;
	w->fx->reply = nap_reply_icmp(w->box, w->side, w->p, type, code);
	return NAP_REJECT_ICMP;
}

/* A packet that may not open a session. No RST answers a RST, no ICMP error another (RFC 1122 3.2.2). */
static enum nap_verdict reject(const struct way *w)
{
	const struct nap_packet *p = w->p;
	bool rst = p->proto == NAP_TCP && (p->flags & NAP_RST) && w->box->config.reject == NAP_ANSWER_RST;

	if (w->box->config.reject == NAP_ANSWER_NONE || rst || p->bad_csum || nap_packet_is_icmp_error(p))
		return NAP_DROP;
	if (w->box->config.reject == NAP_ANSWER_RST && p->proto == NAP_TCP)
		return answer_rst(w);
	return answer_icmp(w, 3, 3);
}

/* A new session that a limit forbids. */
static enum nap_verdict refuse(const struct way *w, bool ports)
{
	w->fx->refused = true;
	w->box->counts.refused++;
	if (ports)
		w->box->counts.refused_ports++;
	switch (w->box->config.icmp_on_exhaustion) {
	case NAP_EXHAUSTED_HOST:
		return answer_icmp(w, 3, 1);
	case NAP_EXHAUSTED_ADMIN:
		return answer_icmp(w, 3, 13);
	case NAP_EXHAUSTED_AS_REJECT:
		return reject(w);
	default:
		return NAP_DROP;
	}
}

/* One hop less to live; the box answers for a packet that has none left. */
static inline bool hop(const struct way *w, enum nap_verdict *v)
{
	if (w->p->ttl == 1) {
		*v = nap_packet_is_icmp_error(w->p) ? NAP_DROP : answer_icmp(w, 11, 0);
		return false;
	}
	if (w->p->ttl)
		w->p->ttl--;
	return true;
}

/* Does the packet, which is not for the box itself, run out of hops here? A router looks before its rules do. */
static bool ends_here(const struct way *w, enum nap_verdict *v)
{
	return w->p->ttl == 1 && !is_own(w->box, w->p->dst.addr) && !hop(w, v);
}

/* A packet that the tracker calls invalid: no session, no refresh, no translation. */
static enum nap_verdict invalid(const struct way *w)
{
	const struct nap_box_config *c = &w->box->config;
	enum nap_verdict v;

	w->fx->klass = NAP_CLASS_INVALID;
	if (c->tracker != NAP_TRACK_LINUX)
		return NAP_DROP;
	if (ends_here(w, &v))
		return v;
	if (c->invalid == NAP_INVALID_DROP)
		return NAP_DROP;
	if (is_own(w->box, w->p->dst.addr)) {
		if (c->input == NAP_INPUT_DROP)
			return reject(w);
		if (w->p->proto == NAP_TCP && !w->p->bad_csum && !(w->p->flags & NAP_RST))
			return answer_rst(w);
		return NAP_LOCAL;
	}
	if (w->side == NAP_OUTSIDE && c->forward != NAP_FORWARD_OPEN)
		return reject(w);
	if (!hop(w, &v))
		return v;
	w->fx->out_side = w->side == NAP_INSIDE ? NAP_OUTSIDE : NAP_INSIDE;
	return NAP_PASS;
}

static inline void translate(const struct session *s, enum nap_side side, struct nap_packet *p)
{
	struct nap_endpoint *end = nap_packet_end(p, side == NAP_OUTSIDE);

	if (!(s->flags & SF_TRANSLATED))
		return;
	end->addr = side == NAP_INSIDE ? s->mapped : s->inside;
	end->port = side == NAP_INSIDE ? s->mapped_port : s->inside_port;
	if (p->proto == NAP_UDP || p->proto == NAP_TCP)
		return;
	if (p->proto == NAP_ICMP) /* the identifier is one number, kept at both ends */
		p->src.port = p->dst.port = side == NAP_INSIDE ? s->mapped_port : s->inside_port;
	else
		p->src.port = p->dst.port = 0;
}

/* A packet that left towards an external address comes back in as if from outside (RFC 4787 section 6). */
static enum nap_verdict hairpin(const struct way *w, struct nap_endpoint source)
{
	struct nap_box_effect fx;
	enum nap_verdict v;

	if (w->p->ttl)
		w->p->ttl++; /* it passes twice, but that is one hop */
	v = nap_box_input(w->box, w->now, NAP_OUTSIDE, w->p, &fx);

	w->box->counts.packets--; /* one packet, though it passed twice */
	if (v != NAP_PASS) {
		w->box->counts.dropped--;
		return NAP_DROP;
	}
	if (w->box->config.hairpin_source == NAP_HAIRPIN_INTERNAL)
		w->p->src = source;
	w->fx->out_side = NAP_INSIDE;
	return NAP_PASS;
}

/* The last leg of a packet whose session has taken note of it. */
static inline enum nap_verdict go_on(const struct way *w, const struct session *s)
{
	struct nap_endpoint source = w->p->src;
	enum nap_verdict v;

	if (s->flags & SF_LOCAL)
		return NAP_LOCAL;
	if (!hop(w, &v))
		return v;
	if (w->box->config.mtu && !(s->flags & SF_HAIRPIN) &&
		!nap_wire_fits(w->box, w->side, w->p, w->fx, &v))
		return v;
	translate(s, w->side, w->p);
	if (w->box->wire)
		nap_wire_translated(w->box, w->now, s, w->side, w->p);
	w->fx->out_side = w->side == NAP_INSIDE ? NAP_OUTSIDE : NAP_INSIDE;
	if ((s->flags & SF_HAIRPIN) && w->side == NAP_INSIDE)
		return hairpin(w, source);
	return NAP_PASS;
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
	if (is_own(box, like->remote) && !(like->flags & SF_LOCAL))
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
	return go_on(w, &box->session[id]);
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
		return reject(w);
	if (p->proto == NAP_TCP) /* its RST ends the session at once */
		return p->flags & NAP_RST ? NAP_LOCAL : answer_rst(w);
	if (!nap_table_make_room(w->box, k, w->now))
		return refuse(w, false);
	like.mapped = like.inside;
	like.mapped_port = like.inside_port;
	like.flags = SF_LOCAL | (w->side == NAP_OUTSIDE ? SF_FROM_OUTSIDE : 0);
	open(w, &like);
	w->fx->answered = true;
	if (p->proto == NAP_ICMP) {
		w->fx->reply = *p;
		w->fx->reply.src = p->dst;
		w->fx->reply.dst = p->src;
		w->fx->reply.icmp_type = 0;
		w->box->session[w->fx->session].flags |= SF_REPLIED;
	} else {
		w->fx->reply = nap_reply_icmp(w->box, w->side, p, 3, p->proto == NAP_UDP ? 3 : 2);
	}
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
		bool own = box->config.hairpin_source == NAP_HAIRPIN_BOX && is_external(box, like.remote);
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
 * other side's filter stopped, else two inside hosts could never open to each other (RFC 5128 3.3.2); in Linux a
 * session is kept only once its packet has left.
 */
static bool keeps_refused(const struct nap_box *box, const struct session *s)
{
	return s->flags & SF_LOCAL || (s->flags & SF_HAIRPIN && box->config.tracker != NAP_TRACK_LINUX);
}

/* A request for a mapping (PCP, NAT-PMP). */
static enum nap_verdict answer_pcp(const struct way *w)
{
	w->fx->answered = nap_pcp_request(w->box, w->now, w->p, &w->fx->reply);
	return w->fx->answered ? NAP_LOCAL : NAP_DROP;
}

static enum nap_verdict stray_from_inside(const struct way *w, const struct key *k)
{
	struct nap_box *box = w->box;
	enum nap_verdict v;

	if (nap_pcp_takes(box, w->p))
		return answer_pcp(w);
	if (is_own(box, w->p->dst.addr) && !(box->config.hairpin && is_external(box, w->p->dst.addr)))
		return local(w, k);
	if (ends_here(w, &v))
		return v;
	if (is_blocked(box, w->p))
		return reject(w);
	if (nap_addr_listed(&box->config.inside_network, w->p->dst.addr))
		return NAP_DROP;
	if (w->p->ttl == 1) { /* ends here before a session is made */
		hop(w, &v);
		return v;
	}
	v = open_outwards(w, k);
	if (v != NAP_PASS && w->fx->created && !keeps_refused(box, &box->session[w->fx->session])) {
		nap_table_end(box, w->fx->session, w->now, END_CLOSED); /* its first packet did not get out */
		w->fx->session = NONE;
		w->fx->created = false;
	}
	return v;
}

/* The port forward that an inbound packet meets. */
static const struct nap_box_forward *forward_for(const struct nap_box *box, const struct nap_packet *p)
{
	for (uint32_t i = 0; i < box->n_forwards; i++) {
		const struct nap_box_forward *f = &box->forward[i];

		if (f->proto == p->proto && f->outside == p->dst.addr && p->dst.port >= f->lo &&
			p->dst.port <= f->hi)
			return f;
	}
	return NULL;
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
	enum nap_verdict v;

	if (w->p->ttl == 1) {
		hop(w, &v);
		return v;
	}
	if (!admitted(w, k, like.inside))
		return refuse(w, false);
	return open(w, &like);
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
	if (w->box->syn->len < MAX_HELD_SYNS)
		g_array_append_val(w->box->syn, h);
	return true;
}

/* Something from outside without session: a forward, a grant, a mapping whose filter lets it in, or a stray. */
static enum nap_verdict stray_from_outside(const struct way *w, const struct key *k, bool may_open)
{
	struct nap_box *box = w->box;
	bool nat = box->config.kind == NAP_BOX_NAT, own = is_external(box, w->p->dst.addr);
	const struct nap_box_forward *f = own ? forward_for(box, w->p) : NULL;
	const struct grant *g = nap_grant_on(box, w->now, NAP_OUTSIDE, w->p->proto, w->p->dst);
	enum nap_verdict v;
	uint32_t m;

	if (nap_addr_listed(&box->config.inside_network, w->p->src.addr))
		return NAP_DROP; /* a forged source, as it seems */
	if (may_open && f) {
		struct nap_endpoint inside = { f->inside.addr,
			(uint16_t)(f->inside.port + (w->p->dst.port - f->lo)) };

		return open_inwards(w, k, inside, SF_STATIC | SF_TRANSLATED);
	}
	if (g) /* segments in the middle of a connection too: the mapping is there without a session */
		return open_inwards(w, k, g->inside, SF_GRANTED | (nat ? SF_TRANSLATED : 0));
	if (may_open && (own || !nat) && box->tracks_map) {
		m = nap_mapping_admits(box, w->now, w->p->proto, k->local, k->remote);
		if (m == NONE && box->config.joined_protocols)
			m = nap_mapping_admits_joined(box, w->now, w->p->proto, k->local, k->remote);
		if (m != NONE)
			return open_inwards(w, k, box->mapping[m].inside, nat ? SF_TRANSLATED : 0);
	}
	if (own || is_own(box, w->p->dst.addr)) {
		filtered(w, k);
		return hold_syn(w) ? NAP_DROP : local(w, k);
	}
	if (ends_here(w, &v))
		return v;
	if (may_open && box->config.forward == NAP_FORWARD_OPEN)
		return open_inwards(w, k, k->local, 0);
	filtered(w, k);
	return hold_syn(w) ? NAP_DROP : reject(w);
}

/* A packet without session. */
static enum nap_verdict stray(const struct way *w, const struct key *k)
{
	struct nap_box *box = w->box;
	enum track t = nap_track_may_open(box, w->p, w->side);

	nap_table_settle(box, w->now, NULL, NULL);
	nap_grant_sweep(box, w->now, false);
	if (t == TRACK_INVALID)
		return invalid(w);
	w->fx->klass = NAP_CLASS_NEW;
	if (w->side == NAP_OUTSIDE)
		return stray_from_outside(w, k, t == TRACK_PASS);
	if (t == TRACK_MISS && box->config.on_miss != NAP_MISS_CREATE &&
		!nap_grant_on(box, w->now, NAP_INSIDE, w->p->proto, k->local)) {
		bool answer = box->config.on_miss == NAP_MISS_RST && !(w->p->flags & NAP_RST);

		return answer ? answer_rst(w) : NAP_DROP;
	}
	return stray_from_inside(w, k);
}

/* A packet of live session id. */
static inline enum nap_verdict known(const struct way *w, const struct key *k, uint32_t id)
{
	struct nap_box *box = w->box;
	struct session *s = &box->session[id];
	bool reply = nap_track_is_reply(s, w->side), answered = s->flags & SF_REPLIED;
	enum nap_verdict v;

	switch (nap_track_packet(box, s, w->p, w->side, w->now)) {
	case TRACK_INVALID:
		w->fx->session = id;
		return invalid(w);
	case TRACK_STOP:
		w->fx->session = id;
		return NAP_DROP;
	case TRACK_REOPEN:
		nap_table_end(box, id, w->now, END_CLOSED);
		return stray(w, k);
	case TRACK_CLOSE:
		w->fx->klass = reply || answered ? NAP_CLASS_ESTABLISHED : NAP_CLASS_NEW;
		v = go_on(w, s);
		nap_table_end(box, id, w->now, END_CLOSED);
		return v;
	default:
		break;
	}
	w->fx->session = id;
	w->fx->klass = reply || answered ? NAP_CLASS_ESTABLISHED : NAP_CLASS_NEW;
	if (box->stamp)
		nap_table_touch_lru(box, id);
	return go_on(w, s);
}

/* The session that an ICMP error is about: the quoted packet had come to where the error comes from. */
static uint32_t quoted_session(
	struct nap_box *box, nap_time now, enum nap_side side, const struct nap_quote *q)
{
	struct key k = { .proto = q->proto, .side = (uint8_t)side };
	uint32_t id;

	k.local = side == NAP_OUTSIDE ? q->src : q->dst;
	k.remote = side == NAP_OUTSIDE ? q->dst : q->src;
	if (q->proto == NAP_ICMP)
		k.remote.port = 8 << 8; /* an echo that the inside began; else one that it answers */
	else if (q->proto != NAP_TCP && q->proto != NAP_UDP)
		k.local.port = k.remote.port = 0;
	id = nap_table_live(box, &k, now);
	if (id == NONE && q->proto == NAP_ICMP) {
		k.remote.port = 0;
		id = nap_table_live(box, &k, now);
	}
	return id;
}

/* A packet that passes without state and as it is; none of the box' own, nor from outside through a NAT. */
static enum nap_verdict go_untracked(const struct way *w)
{
	const struct nap_box_config *c = &w->box->config;
	enum nap_verdict v;

	w->fx->klass = NAP_CLASS_INVALID;
	if (is_own(w->box, w->p->dst.addr) ||
		(c->kind == NAP_BOX_NAT && w->side == NAP_OUTSIDE && c->forward != NAP_FORWARD_OPEN))
		return NAP_DROP;
	if (!hop(w, &v) || !nap_wire_fits(w->box, w->side, w->p, w->fx, &v))
		return v;
	w->fx->out_side = w->side == NAP_INSIDE ? NAP_OUTSIDE : NAP_INSIDE;
	return NAP_PASS;
}

/* An ICMP error: related to a live session it passes translated, and neither refreshes nor ends it (RFC 5508 REQ-6). */
static enum nap_verdict icmp_error(const struct way *w)
{
	struct nap_box *box = w->box;
	const struct nap_box_config *c = &box->config;
	struct nap_packet *p = w->p;
	uint32_t id = p->bad_csum && c->checksum ? NONE : quoted_session(box, w->now, w->side, &p->quote);
	struct session *s = &box->session[id];
	struct nap_endpoint source = p->src;
	enum nap_verdict v;

	if (id == NONE)
		return c->icmp_unknown == NAP_ICMP_UNKNOWN_PASS ? go_untracked(w) : invalid(w);
	w->fx->klass = NAP_CLASS_RELATED;
	w->fx->session = id;
	if (c->icmp_errors == NAP_ICMP_DROP || (p->icmp_type == 5 && (s->flags & SF_TRANSLATED)))
		return NAP_DROP; /* a redirect names routers of the other side */
	if (s->flags & SF_LOCAL)
		return NAP_LOCAL;
	if (c->icmp_errors == NAP_ICMP_REFRESH ||
		(w->side == NAP_INSIDE && c->reset_refresh && c->tracker != NAP_TRACK_LINUX))
		nap_track_restart(box, s, w->now);
	if (!hop(w, &v))
		return v;
	if ((s->flags & SF_TRANSLATED) && w->side == NAP_OUTSIDE) {
		p->dst.addr = s->inside;
		p->quote.src = (struct nap_endpoint){ s->inside, s->inside_port };
	} else if (s->flags & SF_TRANSLATED) {
		p->src.addr = s->mapped;
		p->quote.dst = (struct nap_endpoint){ s->mapped, s->mapped_port };
	}
	w->fx->out_side = w->side == NAP_INSIDE ? NAP_OUTSIDE : NAP_INSIDE;
	if (c->icmp_errors == NAP_ICMP_KILL) {
		nap_table_end(box, id, w->now, END_CLOSED);
		w->fx->session = NONE;
	}
	if (w->side == NAP_INSIDE && c->hairpin && is_own(box, p->dst.addr))
		return hairpin(w, source); /* about a hairpinned packet (RFC 5508 REQ-7) */
	return NAP_PASS;
}

/* A packet that has its transport header. */
static enum nap_verdict pass_headed(const struct way *w)
{
	struct nap_box *box = w->box;
	struct key k;
	uint32_t id;

	if (nap_packet_is_icmp_error(w->p))
		return icmp_error(w);
	k = nap_key_of(w->side, w->p);
	id = nap_table_live(box, &k, w->now);
	return id != NONE ? known(w, &k, id) : stray(w, &k);
}

/* A later fragment, given the ports of its first one, which has opened or refreshed the session for its datagram. */
static enum nap_verdict follow(const struct way *w)
{
	struct key k = nap_key_of(w->side, w->p);
	uint32_t id = nap_packet_is_icmp_error(w->p) ? NONE : nap_table_live(w->box, &k, w->now);

	if (id == NONE)
		return NAP_DROP;
	w->fx->session = id;
	w->fx->klass = w->box->session[id].flags & SF_REPLIED ? NAP_CLASS_ESTABLISHED : NAP_CLASS_NEW;
	return go_on(w, &w->box->session[id]);
}

static enum nap_verdict fragment(const struct way *w)
{
	uint32_t largest;

	switch (nap_wire_fragment(w->box, w->now, w->p, &largest)) {
	case NAP_PIECE_IS_HELD:
		return NAP_HELD;
	case NAP_PIECE_IS_LOST:
		return NAP_DROP;
	case NAP_PIECE_FOLLOWS:
		return follow(w);
	case NAP_PIECE_UNTRACKED:
		return go_untracked(w);
	default:
		w->fx->mtu = (uint16_t)largest; /* pieces leave no larger than they came */
		return pass_headed(w);
	}
}

/* A fragment or an ICMP error: what it belongs to is not told by its own ends. */
static inline bool is_odd(const struct nap_packet *p)
{
	return nap_packet_is_fragment(p) || nap_packet_is_icmp_error(p);
}

/* A packet arrives: what is to happen before any session is looked for. */
static inline void arrive(struct nap_box *box, nap_time now)
{
	box->last = now;
	box->counts.packets++;
	if (box->live > box->purges_above && now >= box->next_purge)
		nap_table_purge(box, now);
}

/* id: the packet's session if it is not odd and has a live one, else NONE. */
static inline enum nap_verdict decide(const struct way *w, const struct key *k, uint32_t id, bool odd)
{
	struct nap_box *box = w->box;
	struct nap_box_effect *fx = w->fx;
	enum nap_verdict v;

	fx->out_side = w->side;
	fx->klass = NAP_CLASS_NONE;
	fx->session = NAP_NO_SESSION;
	fx->mtu = 0;
	fx->created = fx->refused = fx->answered = false;
	if (odd)
		v = nap_packet_is_fragment(w->p) ? fragment(w) : icmp_error(w);
	else
		v = id != NONE ? known(w, k, id) : stray(w, k);
	box->counts.dropped += v != NAP_PASS && v != NAP_HELD;
	return v;
}

enum nap_verdict nap_box_input(struct nap_box *box, nap_time now, enum nap_side side, struct nap_packet *p,
	struct nap_box_effect *fx)
{
	struct way w = { box, now, side, p, fx };
	struct key k = nap_key_of(side, p);
	bool odd = is_odd(p);

	arrive(box, now);
	return decide(&w, &k, odd ? NONE : nap_table_live(box, &k, now), odd);
}

/*
 * A burst: each packet is looked at four times, a block of packets apart, and each look asks for the memory of the
 * next: the index, then the session, then a TCP session's window. Loops that do nothing else ask best.
 */
enum { BLOCK = 32, BLOCKS = 4 };

struct look {
	struct key key;
	uint32_t hash, id; /* id: the first of that hash, nearly always the right one; NONE for none */
	bool odd;
};

/* A function that only prefetches counts as one without effect, and gcc leaves out the calls: hence the barrier. */
static inline void ask_for(const void *line)
{
	__builtin_prefetch(line, 1);
	__asm__ volatile("" ::: "memory");
}

static void look_at_index(
	const struct nap_box *box, const struct nap_box_arrival *a, struct look *l, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		l[i].key = nap_key_of(a[i].side, a[i].packet);
		l[i].hash = nap_key_hash(box, &l[i].key);
		l[i].odd = is_odd(a[i].packet);
		ask_for(&box->sessions.slot[nap_index_first(&box->sessions, l[i].hash)]);
	}
}

static void look_at_session(const struct nap_box *box, struct look *l, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = nap_index_first(&box->sessions, l[i].hash);

		l[i].id = nap_index_next(&box->sessions, l[i].hash, &at);
		if (l[i].id != NONE)
			ask_for(&box->session[l[i].id]);
	}
}

static void look_at_window(const struct nap_box *box, const struct look *l, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (l[i].key.proto == NAP_TCP && l[i].id != NONE && box->session[l[i].id].window != NONE)
			ask_for(&box->window[box->session[l[i].id].window]);
}

/* What was found ahead holds as long as no session came or went since. */
static inline uint32_t found(struct nap_box *box, const struct look *l, nap_time now)
{
	if (l->id != NONE && box->session[l->id].flags & SF_LIVE &&
		nap_key_matches(&box->session[l->id], &l->key))
		return now < box->session[l->id].expires ? l->id : nap_table_overdue(box, l->id, now);
	return nap_table_live_at(box, &l->key, l->hash, now);
}

static void decide_block(struct nap_box *box, const struct nap_box_arrival *a, const struct look *l,
	uint32_t n, enum nap_verdict *verdict, struct nap_box_effect *fx)
{
	for (uint32_t i = 0; i < n; i++) {
		struct way w = { box, a[i].at, a[i].side, a[i].packet, &fx[i] };

		arrive(box, w.now);
		verdict[i] = decide(&w, &l[i].key, l[i].odd ? NONE : found(box, &l[i], w.now), l[i].odd);
	}
}

void nap_box_input_burst(struct nap_box *box, const struct nap_box_arrival *a, uint32_t n,
	enum nap_verdict *verdict, struct nap_box_effect *fx)
{
	struct look look[BLOCKS][BLOCK];
	uint32_t blocks = (n + BLOCK - 1) / BLOCK;

	for (uint32_t b = 0; b < blocks + BLOCKS - 1; b++)
		for (uint32_t stage = 0; stage < BLOCKS && stage <= b; stage++) {
			uint32_t from = (b - stage) * BLOCK, m = from < n ? MIN(BLOCK, n - from) : 0;
			struct look *l = look[(b - stage) % BLOCKS];

			if (stage == 0)
				look_at_index(box, a + from, l, m);
			else if (stage == 1)
				look_at_session(box, l, m);
			else if (stage == 2)
				look_at_window(box, l, m);
			else
				decide_block(box, a + from, l, m, verdict + from, fx + from);
		}
}

size_t nap_box_session_bytes(void)
{
	return sizeof(struct session);
}
