/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One packet on its way through a box, and the steps that all kinds of packets share: how it ends, and its last leg.
 * Private to middlebox/. The order of things is inspect.c's.
 */
#ifndef NAP_MIDDLEBOX_PACKET_CONTEXT_H
#define NAP_MIDDLEBOX_PACKET_CONTEXT_H

#include "middlebox/track.h"
#include "middlebox/alg.h"
#include "middlebox/fragments.h"

struct packet_context {
	struct nap_box *box;
	nap_time now;
	enum nap_side side;
	struct nap_packet *p;
	struct nap_box_effect *fx;
	bool by_forward; /* it comes from inside, for a port forward: side says outside, as that is how it is tracked */
	bool turns; /* it has left towards an external address of the box, and comes back in */
	struct nap_endpoint source; /* turns: its source before it was translated */
	uint32_t ends;              /* the session that ends once the packet is through, NONE */
};

/* Which of the box' external addresses a is, NONE: none. */
uint32_t nap_address_number(const struct nap_box *box, nap_addr a);

/* Is a one of the box's external addresses? Or any of its own? */
bool nap_address_is_external(const struct nap_box *box, nap_addr a);
bool nap_address_is_own(const struct nap_box *box, nap_addr a);

/* The port forward that a packet to an external address meets, NULL for none. */
const struct nap_box_forward *nap_forward_for(const struct nap_box *box, const struct nap_packet *p);

/* The packet ends here and the box answers: by a rule, in the packet's place; as a host would that has no such port. */
NAP_COLD enum nap_verdict nap_answer_rst(const struct packet_context *ctx);
NAP_COLD enum nap_verdict nap_answer_rst_as_host(const struct packet_context *ctx);
/* A keepalive of TCP, by an end of the connection. */
NAP_COLD enum nap_verdict nap_answer_keepalive(const struct packet_context *ctx);
NAP_COLD enum nap_verdict nap_answer_icmp(const struct packet_context *ctx, uint8_t type, uint8_t code);

/* A packet that may not open a session. Nobody answers a RST or an ICMP error (RFC 1122 3.2.2). */
NAP_COLD enum nap_verdict nap_answer_rejected(const struct packet_context *ctx);

/* The code of ICMP's type 3 that key reject answers with, where it does so by ICMP. */
uint8_t nap_answer_code(const struct nap_box *box);

/* A packet of a session that ends at the box itself: it answers, or has lost the address, and forwards nothing of it. */
NAP_COLD enum nap_verdict nap_pass_local(const struct packet_context *ctx);

/* A packet that the tracker calls invalid: no session, no refresh, no translation. */
NAP_COLD enum nap_verdict nap_pass_invalid(const struct packet_context *ctx);

/* One that a rule keeps from the tracker: likewise. */
NAP_COLD enum nap_verdict nap_pass_untracked(const struct packet_context *ctx);

/* box->detours, besides and shut follow from the config and the link: to be called when one of them has changed. */
void nap_pass_derive(struct nap_box *box);

/* Is the packet, whose destination inside is to be `inside` (of one from outside), one of those that rules or key forward stop? */
NAP_COLD bool nap_pass_stopped(
	const struct packet_context *ctx, struct nap_endpoint inside, enum nap_verdict *v);

/* Is a TCP segment in the middle of a connection that nobody knows to be answered by a RST (on-miss, on-miss-sides)? */
NAP_COLD bool nap_pass_answers_miss(const struct packet_context *ctx);

/* Does a packet of s, before its last leg, end here after all: the link is down, a rule, key forward (enum detour)? */
NAP_COLD bool nap_pass_detour(const struct packet_context *ctx, const struct session *s, enum nap_verdict *v);

/* One hop less to live; the box answers for a packet that has none left. */
static inline bool nap_pass_hop(const struct packet_context *ctx, enum nap_verdict *v)
{
	if (ctx->p->ttl == 1) {
		*v = nap_packet_is_icmp_error(ctx->p) ? NAP_DROP : nap_answer_icmp(ctx, 11, 0);
		return false;
	}
	if (ctx->p->ttl)
		ctx->p->ttl--;
	return true;
}

/* Is the packet from inside to leave by a link that is down? No route is found, before anything but tracking is asked. */
static inline bool nap_pass_stranded(const struct packet_context *ctx, enum nap_verdict *v)
{
	if (G_LIKELY(!ctx->box->down) || ctx->side != NAP_INSIDE ||
		nap_address_is_own(ctx->box, ctx->p->dst.addr))
		return false;
	*v = nap_packet_is_icmp_error(ctx->p) ? NAP_DROP
					      : nap_answer_icmp(ctx, NAP_ICMP_UNREACHABLE, NAP_ICMP_NO_NET);
	return true;
}

/* Does the packet, which is not for the box itself, run out of hops here? A router looks before its rules do. */
static inline bool nap_pass_ends_here(const struct packet_context *ctx, enum nap_verdict *v)
{
	return ctx->p->ttl == 1 && !nap_address_is_own(ctx->box, ctx->p->dst.addr) && !nap_pass_hop(ctx, v);
}

static inline void nap_pass_translate(const struct session *s, enum nap_side side, struct nap_packet *p)
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
static inline bool nap_pass_turns_at_once(const struct nap_box *box, const struct session *s)
{
	return (s->flags & SF_HAIRPIN) && !nap_address_is_external(box, s->remote);
}

/* A packet of s, which is hairpinned, has been translated: it comes back in, or that was all and it leaves inside. */
static inline void nap_pass_turn(
	struct packet_context *ctx, const struct session *s, struct nap_endpoint source)
{
	ctx->fx->out_side = NAP_INSIDE;
	ctx->turns = !nap_pass_turns_at_once(ctx->box, s);
	ctx->source = source;
}

/* p, of s, has been translated: identification (key ip-id), options (key mss-clamp) and payload (key alg) may follow. */
static inline void nap_pass_contents(const struct packet_context *ctx, const struct session *s)
{
	bool may_be_cut = !(ctx->p->ip_frag & NAP_DF) && !nap_packet_is_fragment(ctx->p);

	/* RFC 6864: what cannot be a fragment needs no identification; what is one already keeps its datagram's */
	if (ctx->box->config->ip_id == NAP_IP_ID_REWRITE && (s->flags & SF_TRANSLATED) && may_be_cut)
		ctx->p->ip_id = ++ctx->box->next_ip_id;
	if (ctx->box->config->mss_clamp > 0 && ctx->p->mss > ctx->box->config->mss_clamp)
		ctx->p->mss = (uint16_t)ctx->box->config->mss_clamp;
	if (ctx->box->algs && !nap_packet_is_later_fragment(ctx->p))
		nap_alg_apply(ctx->box, ctx->now, s, ctx->side, ctx->p);
}

/* The last leg of a packet whose session has taken note of it. */
static inline enum nap_verdict nap_pass_on(struct packet_context *ctx, const struct session *s)
{
	struct nap_endpoint source = ctx->p->src;
	enum nap_verdict v;

	if (G_UNLIKELY(ctx->box->detours) && nap_pass_detour(ctx, s, &v))
		return v;
	if (s->flags & SF_LOCAL)
		return nap_pass_local(ctx);
	if (!nap_pass_hop(ctx, &v))
		return v;
	if (ctx->box->config->mtu && !(s->flags & SF_HAIRPIN) &&
		!nap_fragments_fit(ctx->box, ctx->side, ctx->p, ctx->fx, &v))
		return v;
	nap_pass_translate(s, ctx->side, ctx->p);
	if (ctx->box->reads_on)
		nap_pass_contents(ctx, s);
	ctx->fx->out_side = ctx->side == NAP_INSIDE ? NAP_OUTSIDE : NAP_INSIDE;
	if ((s->flags & SF_HAIRPIN) && (ctx->side == NAP_INSIDE || ctx->by_forward))
		nap_pass_turn(ctx, s, source);
	return NAP_PASS;
}

#endif
