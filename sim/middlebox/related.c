/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets whose session is told by more than their own ends: ICMP errors and fragments. */
#include "middlebox/packet_context.h"

#include "middlebox/reply.h"

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
	if (nap_way_is_own(w->box, w->p->dst.addr) ||
		(c->kind == NAP_BOX_NAT && w->side == NAP_OUTSIDE && c->forward != NAP_FORWARD_OPEN))
		return NAP_DROP;
	if (!nap_way_hop(w, &v) || !nap_wire_fits(w->box, w->side, w->p, w->fx, &v))
		return v;
	w->fx->out_side = w->side == NAP_INSIDE ? NAP_OUTSIDE : NAP_INSIDE;
	return NAP_PASS;
}

/* Is it from inside about a packet that a port forward turned back? Then *back, the same as one from outside. */
static bool turned(const struct way *w, struct way *back)
{
	const struct nap_box_config *c = &w->box->config;

	*back = *w;
	back->side = NAP_OUTSIDE;
	back->hairpin = true;
	return w->side == NAP_INSIDE && w->box->n_forwards && c->hairpin &&
	       c->hairpin_source != NAP_HAIRPIN_EXTERNAL && nap_way_is_external(w->box, w->p->dst.addr) &&
	       quoted_session(w->box, w->now, NAP_OUTSIDE, &w->p->quote) != NONE;
}

/* An error about a session of two changed ends: its other end. */
static void translate_twice(const struct session *s, enum nap_side side, struct nap_packet *p)
{
	if (!(s->flags & SF_TWICE))
		return;
	if (side == NAP_OUTSIDE) {
		p->src.addr = s->shown;
		p->quote.dst = (struct nap_endpoint){ s->shown, s->shown_port };
	} else {
		p->dst.addr = s->remote;
		p->quote.src = (struct nap_endpoint){ s->remote, s->remote_port };
	}
}

/* An ICMP error: related to a live session it passes translated, and neither refreshes nor ends it (RFC 5508 REQ-6). */
enum nap_verdict nap_way_icmp_error(const struct way *w)
{
	struct nap_box *box = w->box;
	const struct nap_box_config *c = &box->config;
	struct nap_packet *p = w->p;
	uint32_t id = p->bad_csum && c->checksum ? NONE : quoted_session(box, w->now, w->side, &p->quote);
	struct session *s = &box->session[id];
	struct nap_endpoint source = p->src;
	struct way back;
	enum nap_verdict v;

	if (id == NONE && !w->hairpin && turned(w, &back))
		return nap_way_icmp_error(&back);
	if (id == NONE)
		return c->icmp_unknown == NAP_ICMP_UNKNOWN_PASS ? go_untracked(w) : nap_way_invalid(w);
	w->fx->klass = NAP_CLASS_RELATED;
	w->fx->session = id;
	if (c->icmp_errors == NAP_ICMP_DROP || (p->icmp_type == 5 && (s->flags & SF_TRANSLATED)))
		return NAP_DROP; /* a redirect names routers of the other side */
	if (s->flags & SF_LOCAL)
		return NAP_LOCAL;
	if (c->icmp_errors == NAP_ICMP_REFRESH ||
		(w->side == NAP_INSIDE && c->reset_refresh && !(box->habits & HABIT_ERRORS_IDLE)))
		nap_track_restart(box, s, w->now);
	if ((!nap_way_turns_at_once(box, s) && nap_way_stranded(w, &v)) || !nap_way_hop(w, &v))
		return v;
	if ((s->flags & SF_TRANSLATED) && w->side == NAP_OUTSIDE) {
		p->dst.addr = s->inside;
		p->quote.src = (struct nap_endpoint){ s->inside, s->inside_port };
	} else if (s->flags & SF_TRANSLATED) {
		p->src.addr = s->mapped;
		p->quote.dst = (struct nap_endpoint){ s->mapped, s->mapped_port };
	}
	translate_twice(s, w->side, p);
	w->fx->out_side = w->side == NAP_OUTSIDE || nap_way_turns_at_once(box, s) ? NAP_INSIDE : NAP_OUTSIDE;
	if (c->icmp_errors == NAP_ICMP_KILL) {
		nap_table_end(box, id, w->now, END_CLOSED);
		w->fx->session = NONE;
	}
	if (w->side == NAP_INSIDE && c->hairpin && nap_way_is_own(box, p->dst.addr))
		return nap_way_hairpin(w, source); /* about a hairpinned packet (RFC 5508 REQ-7) */
	return NAP_PASS;
}

/* A packet that has its transport header. */
static enum nap_verdict pass_headed(const struct way *w)
{
	struct nap_box *box = w->box;
	struct key k;
	uint32_t id;

	if (nap_packet_is_icmp_error(w->p))
		return nap_way_icmp_error(w);
	k = nap_key_of(w->side, w->p);
	id = nap_table_live(box, &k, w->now);
	return id != NONE ? nap_way_known(w, &k, id) : nap_way_stray(w, &k);
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
	return nap_way_go_on(w, &w->box->session[id]);
}

enum nap_verdict nap_way_fragment(const struct way *w)
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
