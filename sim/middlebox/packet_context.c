/* SPDX-License-Identifier: BSD-2-Clause */
#include "middlebox/packet_context.h"

#include "middlebox/reply.h"

NAP_HOT bool nap_address_is_external(const struct nap_box *box, nap_addr a)
{
	uint32_t hash = nap_index_hash(a, 0), at = nap_index_first(&box->externals, hash), i;

	if (box->config.kind != NAP_BOX_NAT)
		return false;
	while ((i = nap_index_next(&box->externals, hash, &at)) != NONE)
		if (box->config.addresses.addr[i] == a)
			return true;
	return false;
}

NAP_HOT bool nap_address_is_own(const struct nap_box *box, nap_addr a)
{
	return (box->config.inside_address.n && box->config.inside_address.addr[0] == a) ||
	       nap_address_is_external(box, a);
}

/* The box' own RST is tracked like any packet (HABIT_OWN_RESETS): untranslated it looks like one of the host that it stands in for. */
static void track_own_reset(const struct packet_context *ctx)
{
	enum nap_side from = ctx->side == NAP_OUTSIDE ? NAP_INSIDE : NAP_OUTSIDE;
	struct key k = nap_key_of(from, &ctx->fx->reply);
	uint32_t id = ctx->box->habits & HABIT_OWN_RESETS ? nap_table_find(ctx->box, &k) : NONE;

	if (id == NONE || nap_track_packet(ctx->box, &ctx->box->session[id], &ctx->fx->reply, from,
				  ctx->now) != TRACK_CLOSE)
		return;
	nap_table_end(ctx->box, id, ctx->now, END_CLOSED);
	if (ctx->fx->session == id)
		ctx->fx->session = NONE;
}

enum nap_verdict nap_answer_rst(const struct packet_context *ctx)
{
	ctx->fx->answered = true;
	ctx->fx->reply = nap_reply_rst(ctx->p);
	track_own_reset(ctx);
	return NAP_REJECT_RST;
}

enum nap_verdict nap_answer_icmp(const struct packet_context *ctx, uint8_t type, uint8_t code)
{
	ctx->fx->answered = true;
	ctx->fx->reply = nap_reply_icmp(ctx->box, ctx->side, ctx->p, type, code);
	return NAP_REJECT_ICMP;
}

/* A packet that may not open a session. No RST answers a RST, no ICMP error another (RFC 1122 3.2.2). */
enum nap_verdict nap_answer_rejected(const struct packet_context *ctx)
{
	const struct nap_packet *p = ctx->p;
	bool rst = p->proto == NAP_TCP && (p->flags & NAP_RST) && ctx->box->config.reject == NAP_ANSWER_RST;

	if (ctx->box->config.reject == NAP_ANSWER_NONE || rst || p->bad_csum || nap_packet_is_icmp_error(p))
		return NAP_DROP;
	if (ctx->box->config.reject == NAP_ANSWER_RST && p->proto == NAP_TCP)
		return nap_answer_rst(ctx);
	return nap_answer_icmp(ctx, NAP_ICMP_UNREACHABLE, NAP_ICMP_NO_PORT);
}

/* A packet that the tracker calls invalid: no session, no refresh, no translation. */
enum nap_verdict nap_pass_invalid(const struct packet_context *ctx)
{
	const struct nap_box_config *c = &ctx->box->config;
	bool turned = ctx->fx->session != NONE &&
		      nap_pass_turns_at_once(ctx->box, &ctx->box->session[ctx->fx->session]);
	enum nap_verdict v;

	ctx->fx->klass = NAP_CLASS_INVALID;
	if (!(ctx->box->habits & HABIT_INVALID_GOES))
		return NAP_DROP;
	if ((!turned && nap_pass_stranded(ctx, &v)) || nap_pass_ends_here(ctx, &v))
		return v;
	if (c->invalid == NAP_INVALID_DROP)
		return NAP_DROP;
	if (nap_address_is_own(ctx->box, ctx->p->dst.addr)) {
		if (c->input == NAP_INPUT_DROP)
			return nap_answer_rejected(ctx);
		if (ctx->p->proto == NAP_TCP && !ctx->p->bad_csum && !(ctx->p->flags & NAP_RST))
			return nap_answer_rst(ctx);
		return NAP_LOCAL;
	}
	if (ctx->side == NAP_OUTSIDE && c->forward != NAP_FORWARD_OPEN)
		return nap_answer_rejected(ctx);
	if (!nap_pass_hop(ctx, &v))
		return v;
	ctx->fx->out_side = ctx->side == NAP_INSIDE && !turned ? NAP_OUTSIDE : NAP_INSIDE;
	return NAP_PASS;
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

enum nap_verdict nap_answer_local(const struct packet_context *ctx)
{
	const struct nap_packet *p = ctx->p;

	ctx->fx->answered = true;
	if (p->proto != NAP_ICMP) {
		ctx->fx->reply = nap_reply_icmp(ctx->box, ctx->side, p, 3, p->proto == NAP_UDP ? 3 : 2);
		return NAP_LOCAL;
	}
	ctx->fx->reply = *p;
	ctx->fx->reply.src = p->dst;
	ctx->fx->reply.dst = p->src;
	ctx->fx->reply.icmp_type = NAP_ICMP_ECHO_REPLY;
	return NAP_LOCAL;
}
