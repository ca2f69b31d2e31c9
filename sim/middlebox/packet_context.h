/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One packet on its way through a box, and the steps that its ways share. Private to middlebox/: box.c takes packets
 * in and knows those of live sessions, stray.c those without one, related.c ICMP errors and fragments.
 */
#ifndef NAP_MIDDLEBOX_PACKET_CONTEXT_H
#define NAP_MIDDLEBOX_PACKET_CONTEXT_H

#include "middlebox/track.h"
#include "middlebox/fragments.h"

struct way {
	struct nap_box *box;
	nap_time now;
	enum nap_side side;
	struct nap_packet *p;
	struct nap_box_effect *fx;
	bool hairpin; /* it comes from inside, for a port forward: side says outside, as that is how it is tracked */
};

/* Is a one of the box's external addresses? Or any of its own? */
bool nap_way_is_external(const struct nap_box *box, nap_addr a);
bool nap_way_is_own(const struct nap_box *box, nap_addr a);

/* The port forward that a packet to an external address meets, NULL for none. */
const struct nap_box_forward *nap_forward_for(const struct nap_box *box, const struct nap_packet *p);

/* The packet ends here and the box answers. */
enum nap_verdict nap_way_answer_rst(const struct way *w);
enum nap_verdict nap_way_answer_icmp(const struct way *w, uint8_t type, uint8_t code);

/* A packet that may not open a session. Nobody answers a RST or an ICMP error (RFC 1122 3.2.2). */
enum nap_verdict nap_way_reject(const struct way *w);

/* What a host without services says to each packet that reaches it: an echo reply, ICMP 3/3, or 3/2 to other protocols. */
enum nap_verdict nap_way_answer_local(const struct way *w);

/* A packet that the tracker calls invalid: no session, no refresh, no translation. */
enum nap_verdict nap_way_invalid(const struct way *w);

/* A packet that left towards an external address comes back in as if from outside (RFC 4787 section 6). */
enum nap_verdict nap_way_hairpin(const struct way *w, struct nap_endpoint source);

/* A packet of s, which is hairpinned: it goes back in, or has been translated for good and leaves inside. */
enum nap_verdict nap_way_turn(const struct way *w, const struct session *s, struct nap_endpoint source);

/*
 * A packet from inside for a port forward of a box that hairpins by it, as Linux does: the destination is translated
 * before anything is looked up, so one session sees it all, like that of a packet from outside. False: it is none.
 */
bool nap_way_forwards_back(const struct way *w);

/* A packet without session, whose key is k. */
enum nap_verdict nap_way_stray(const struct way *w, const struct key *k);

/* A packet of live session id. */
enum nap_verdict nap_way_known(const struct way *w, const struct key *k, uint32_t id);

/* An ICMP error: related to a live session it passes translated (RFC 5508 REQ-4 to -6). */
enum nap_verdict nap_way_icmp_error(const struct way *w);

/* A piece of a datagram. */
enum nap_verdict nap_way_fragment(const struct way *w);

/* One hop less to live; the box answers for a packet that has none left. */
static inline bool nap_way_hop(const struct way *w, enum nap_verdict *v)
{
	if (w->p->ttl == 1) {
		*v = nap_packet_is_icmp_error(w->p) ? NAP_DROP : nap_way_answer_icmp(w, 11, 0);
		return false;
	}
	if (w->p->ttl)
		w->p->ttl--;
	return true;
}

/* Is the packet from inside to leave by a link that is down? No route is found, before anything but tracking is asked. */
static inline bool nap_way_stranded(const struct way *w, enum nap_verdict *v)
{
	if (G_LIKELY(!w->box->down) || w->side != NAP_INSIDE || nap_way_is_own(w->box, w->p->dst.addr))
		return false;
	*v = nap_packet_is_icmp_error(w->p) ? NAP_DROP : nap_way_answer_icmp(w, 3, 0);
	return true;
}

/* Does the packet, which is not for the box itself, run out of hops here? A router looks before its rules do. */
static inline bool nap_way_ends_here(const struct way *w, enum nap_verdict *v)
{
	return w->p->ttl == 1 && !nap_way_is_own(w->box, w->p->dst.addr) && !nap_way_hop(w, v);
}

static inline void nap_way_translate(const struct session *s, enum nap_side side, struct nap_packet *p)
{
	struct nap_endpoint *end = nap_packet_end(p, side == NAP_OUTSIDE);

	if (!(s->flags & SF_TRANSLATED))
		return;
	end->addr = side == NAP_INSIDE ? s->mapped : s->inside;
	end->port = side == NAP_INSIDE ? s->mapped_port : s->inside_port;
	if (G_UNLIKELY(s->flags & SF_TWICE)) {
		end = nap_packet_end(p, side == NAP_INSIDE);
		end->addr = side == NAP_INSIDE ? s->remote : s->shown;
		end->port = side == NAP_INSIDE ? s->remote_port : s->shown_port;
	}
	if (p->proto == NAP_UDP || p->proto == NAP_TCP)
		return;
	if (p->proto == NAP_ICMP) /* the identifier is one number, kept at both ends */
		p->src.port = p->dst.port = side == NAP_INSIDE ? s->mapped_port : s->inside_port;
	else
		p->src.port = p->dst.port = 0;
}

/* Is s one that port forwards turn back by one session? Those do not leave by the link outside. */
static inline bool nap_way_turns_at_once(const struct nap_box *box, const struct session *s)
{
	return (s->flags & SF_HAIRPIN) && !nap_way_is_external(box, s->remote);
}

/* The last leg of a packet whose session has taken note of it. */
static inline enum nap_verdict nap_way_go_on(const struct way *w, const struct session *s)
{
	struct nap_endpoint source = w->p->src;
	enum nap_verdict v;

	if (G_UNLIKELY(w->box->down) && !nap_way_turns_at_once(w->box, s) && nap_way_stranded(w, &v))
		return v;
	if (s->flags & SF_LOCAL)
		return nap_way_answer_local(w);
	if (!nap_way_hop(w, &v))
		return v;
	if (w->box->config.mtu && !(s->flags & SF_HAIRPIN) &&
		!nap_wire_fits(w->box, w->side, w->p, w->fx, &v))
		return v;
	nap_way_translate(s, w->side, w->p);
	if (w->box->wire)
		nap_wire_translated(w->box, w->now, s, w->side, w->p);
	w->fx->out_side = w->side == NAP_INSIDE ? NAP_OUTSIDE : NAP_INSIDE;
	if ((s->flags & SF_HAIRPIN) && (w->side == NAP_INSIDE || w->hairpin))
		return nap_way_turn(w, s, source);
	return NAP_PASS;
}

#endif
