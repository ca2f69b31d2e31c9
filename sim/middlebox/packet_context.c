/* SPDX-License-Identifier: BSD-2-Clause */
/* What the ways of packets through a box share: whose address it is, and how a packet ends. */
#include "middlebox/packet_context.h"

#include "middlebox/reply.h"

bool nap_way_is_external(const struct nap_box *box, nap_addr a)
{
	uint32_t hash = nap_index_hash(a, 0), at = nap_index_first(&box->externals, hash), i;

	if (box->config.kind != NAP_BOX_NAT)
		return false;
	while ((i = nap_index_next(&box->externals, hash, &at)) != NONE)
		if (box->config.addresses.addr[i] == a)
			return true;
	return false;
}

bool nap_way_is_own(const struct nap_box *box, nap_addr a)
{
	return (box->config.inside_address.n && box->config.inside_address.addr[0] == a) ||
	       nap_way_is_external(box, a);
}

/* The box' own RST is tracked like any packet (HABIT_OWN_RESETS): untranslated it looks like one of the host that it stands in for. */
static void track_own_reset(const struct way *w)
{
	enum nap_side from = w->side == NAP_OUTSIDE ? NAP_INSIDE : NAP_OUTSIDE;
	struct key k = nap_key_of(from, &w->fx->reply);
	uint32_t id = w->box->habits & HABIT_OWN_RESETS ? nap_table_find(w->box, &k) : NONE;

	if (id == NONE ||
		nap_track_packet(w->box, &w->box->session[id], &w->fx->reply, from, w->now) != TRACK_CLOSE)
		return;
	nap_table_end(w->box, id, w->now, END_CLOSED);
	if (w->fx->session == id)
		w->fx->session = NONE;
}

enum nap_verdict nap_way_answer_rst(const struct way *w)
{
	w->fx->answered = true;
	w->fx->reply = nap_reply_rst(w->p);
	track_own_reset(w);
	return NAP_REJECT_RST;
}

enum nap_verdict nap_way_answer_icmp(const struct way *w, uint8_t type, uint8_t code)
{
	w->fx->answered = true;
	w->fx->reply = nap_reply_icmp(w->box, w->side, w->p, type, code);
	return NAP_REJECT_ICMP;
}

/* A packet that may not open a session. No RST answers a RST, no ICMP error another (RFC 1122 3.2.2). */
enum nap_verdict nap_way_reject(const struct way *w)
{
	const struct nap_packet *p = w->p;
	bool rst = p->proto == NAP_TCP && (p->flags & NAP_RST) && w->box->config.reject == NAP_ANSWER_RST;

	if (w->box->config.reject == NAP_ANSWER_NONE || rst || p->bad_csum || nap_packet_is_icmp_error(p))
		return NAP_DROP;
	if (w->box->config.reject == NAP_ANSWER_RST && p->proto == NAP_TCP)
		return nap_way_answer_rst(w);
	return nap_way_answer_icmp(w, 3, 3);
}

/* A packet that the tracker calls invalid: no session, no refresh, no translation. */
enum nap_verdict nap_way_invalid(const struct way *w)
{
	const struct nap_box_config *c = &w->box->config;
	bool turned =
		w->fx->session != NONE && nap_way_turns_at_once(w->box, &w->box->session[w->fx->session]);
	enum nap_verdict v;

	w->fx->klass = NAP_CLASS_INVALID;
	if (!(w->box->habits & HABIT_INVALID_GOES))
		return NAP_DROP;
	if ((!turned && nap_way_stranded(w, &v)) || nap_way_ends_here(w, &v))
		return v;
	if (c->invalid == NAP_INVALID_DROP)
		return NAP_DROP;
	if (nap_way_is_own(w->box, w->p->dst.addr)) {
		if (c->input == NAP_INPUT_DROP)
			return nap_way_reject(w);
		if (w->p->proto == NAP_TCP && !w->p->bad_csum && !(w->p->flags & NAP_RST))
			return nap_way_answer_rst(w);
		return NAP_LOCAL;
	}
	if (w->side == NAP_OUTSIDE && c->forward != NAP_FORWARD_OPEN)
		return nap_way_reject(w);
	if (!nap_way_hop(w, &v))
		return v;
	w->fx->out_side = w->side == NAP_INSIDE && !turned ? NAP_OUTSIDE : NAP_INSIDE;
	return NAP_PASS;
}

/* A packet that left towards an external address comes back in as if from outside (RFC 4787 section 6). */
enum nap_verdict nap_way_hairpin(const struct way *w, struct nap_endpoint source)
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

enum nap_verdict nap_way_turn(const struct way *w, const struct session *s, struct nap_endpoint source)
{
	if (!nap_way_turns_at_once(w->box, s))
		return nap_way_hairpin(w, source);
	w->fx->out_side = NAP_INSIDE;
	return NAP_PASS;
}

bool nap_way_forwards_back(const struct way *w)
{
	const struct nap_box_config *c = &w->box->config;

	return w->side == NAP_INSIDE && w->box->n_forwards && c->hairpin &&
	       c->hairpin_source != NAP_HAIRPIN_EXTERNAL && nap_forward_for(w->box, w->p);
}

const struct nap_box_forward *nap_forward_for(const struct nap_box *box, const struct nap_packet *p)
{
	for (uint32_t i = 0; i < box->n_forwards; i++) {
		const struct nap_box_forward *f = &box->forward[i];

		if (f->proto == p->proto && f->outside == p->dst.addr && p->dst.port >= f->lo &&
			p->dst.port <= f->hi)
			return f;
	}
	return NULL;
}

enum nap_verdict nap_way_answer_local(const struct way *w)
{
	const struct nap_packet *p = w->p;

	w->fx->answered = true;
	if (p->proto != NAP_ICMP) {
		w->fx->reply = nap_reply_icmp(w->box, w->side, p, 3, p->proto == NAP_UDP ? 3 : 2);
		return NAP_LOCAL;
	}
	w->fx->reply = *p;
	w->fx->reply.src = p->dst;
	w->fx->reply.dst = p->src;
	w->fx->reply.icmp_type = 0;
	return NAP_LOCAL;
}
