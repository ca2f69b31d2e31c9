/* SPDX-License-Identifier: BSD-2-Clause */
#include "middlebox/packet_context.h"

#include "middlebox/reply.h"
#include "middlebox/rules.h"

NAP_HOT uint32_t nap_address_number(const struct nap_box *box, nap_addr a)
{
	const struct nap_addr_list *all = &box->addresses;
	uint32_t hash, at, i;

	if (all->n == 1)
		return all->addr[0] == a ? 0 : NONE;
	hash = nap_index_hash(a, 0);
	at = nap_index_first(&box->externals, hash);
	while ((i = nap_index_next(&box->externals, hash, &at)) != NONE)
		if (all->addr[i] == a)
			break;
	return i;
}

NAP_HOT bool nap_address_is_external(const struct nap_box *box, nap_addr a)
{
	return box->config->kind == NAP_BOX_NAT && nap_address_number(box, a) != NONE;
}

NAP_HOT bool nap_address_is_own(const struct nap_box *box, nap_addr a)
{
	return (box->config->inside_address.n && box->config->inside_address.addr[0] == a) ||
	       nap_address_is_external(box, a);
}

/*
 * The box' own RST is tracked like any packet (track-own-resets): untranslated it looks like one of the host that it stands in for.
 * z: its zone.
 */
static void track_own_reset(const struct packet_context *ctx, struct zone z)
{
	enum nap_side from = ctx->side == NAP_OUTSIDE ? NAP_INSIDE : NAP_OUTSIDE;
	struct key k = nap_key_of(from, &ctx->fx->reply);
	uint32_t id = ctx->box->config->track_own_resets ? nap_table_find_in(ctx->box, z, &k) : NONE;

	if (id == NONE || nap_track_packet(ctx->box, &ctx->box->session[id], &ctx->fx->reply, from,
				  ctx->now) != TRACK_CLOSE)
		return;
	nap_table_end(ctx->box, id, ctx->now, END_CLOSED);
	if (ctx->fx->session == id)
		ctx->fx->session = NONE;
}

static enum nap_verdict answer_rst(const struct packet_context *ctx, struct zone z)
{
	ctx->fx->answered = true;
	ctx->fx->reply = nap_reply_rst(ctx->p);
	track_own_reset(ctx, z);
	return NAP_REJECT_RST;
}

enum nap_verdict nap_answer_rst(const struct packet_context *ctx)
{
	bool tracked = ctx->fx->klass != NAP_CLASS_INVALID && ctx->fx->klass != NAP_CLASS_UNTRACKED;

	return answer_rst(ctx, tracked ? ctx->box->zone : (struct zone){ 0, 0 });
}

enum nap_verdict nap_answer_rst_as_host(const struct packet_context *ctx)
{
	return answer_rst(ctx, (struct zone){ 0, 0 });
}

enum nap_verdict nap_answer_keepalive(const struct packet_context *ctx)
{
	ctx->fx->answered = true;
	ctx->fx->reply = nap_reply_keepalive(ctx->p);
	return NAP_LOCAL;
}

enum nap_verdict nap_answer_icmp(const struct packet_context *ctx, uint8_t type, uint8_t code)
{
	ctx->fx->answered = true;
	ctx->fx->reply = nap_reply_icmp(ctx->box, ctx->side, ctx->p, type, code);
	return NAP_REJECT_ICMP;
}

uint8_t nap_answer_code(const struct nap_box *box)
{
	static const uint8_t codes[] = { [NAP_ANSWER_NONE] = NAP_ICMP_NO_PORT,
		[NAP_ANSWER_RST] = NAP_ICMP_NO_PORT,
		[NAP_ANSWER_ICMP] = NAP_ICMP_NO_PORT,
		[NAP_ANSWER_NO_NET] = NAP_ICMP_NO_NET,
		[NAP_ANSWER_NO_HOST] = NAP_ICMP_NO_HOST,
		[NAP_ANSWER_PROHIBITED] = NAP_ICMP_PROHIBITED };

	return codes[box->config->reject];
}

/* A packet that may not open a session. No RST answers a RST, no ICMP error another (RFC 1122 3.2.2). */
enum nap_verdict nap_answer_rejected(const struct packet_context *ctx)
{
	const struct nap_packet *p = ctx->p;
	bool rst = p->proto == NAP_TCP && (p->flags & NAP_RST) && ctx->box->config->reject == NAP_ANSWER_RST;

	if (ctx->box->config->reject == NAP_ANSWER_NONE || rst || p->bad_csum || nap_packet_is_icmp_error(p))
		return NAP_DROP;
	if (ctx->box->config->reject == NAP_ANSWER_RST && p->proto == NAP_TCP)
		return nap_answer_rst(ctx);
	return nap_answer_icmp(ctx, NAP_ICMP_UNREACHABLE, nap_answer_code(ctx->box));
}

void nap_pass_derive(struct nap_box *box)
{
	const struct nap_box_config *c = box->config;
	bool stops_new =
		(box->habits & HABIT_WINDOWS) && (c->on_miss == NAP_MISS_DROP || c->on_miss == NAP_MISS_RST);

	box->detours = (uint8_t)((box->down ? DETOUR_DOWN : 0) | (box->n_raw_rules ? DETOUR_RAW : 0) |
				 (box->n_rules ? DETOUR_RULES : 0) |
				 (c->forward == NAP_FORWARD_ANSWERS ? DETOUR_ANSWERS : 0) |
				 (stops_new ? DETOUR_MISS : 0) | (box->zones ? DETOUR_ZONES : 0));
	box->besides = c->mapping_hold || box->n_forwards || box->detours;
	box->shut = !box->n_forwards && (c->forward != NAP_FORWARD_OPEN || c->kind == NAP_BOX_NAT) &&
		    (!box->tracks_map || (box->filtering_dep[0] == NAP_ADDRESS_AND_PORT_DEPENDENT &&
						 box->filtering_dep[1] == NAP_ADDRESS_AND_PORT_DEPENDENT));
}

/* Where it arrived: what a port forward turns back counts as from outside. */
static enum nap_side arrived(const struct packet_context *ctx)
{
	return ctx->by_forward ? NAP_INSIDE : ctx->side;
}

bool nap_pass_stopped(const struct packet_context *ctx, struct nap_endpoint inside, enum nap_verdict *v)
{
	const struct nap_box *box = ctx->box;
	struct nap_packet seen = *ctx->p;
	enum rule_action says;

	if (ctx->side == NAP_OUTSIDE) {
		seen.dst.addr = inside.addr;
		if (seen.proto == NAP_TCP || seen.proto == NAP_UDP)
			seen.dst.port = inside.port;
	}
	says = nap_rules_say(box->rule, box->n_rules, arrived(ctx), &seen);
	if (says == RULE_ACCEPT &&
		(ctx->fx->klass == NAP_CLASS_ESTABLISHED || ctx->fx->klass == NAP_CLASS_RELATED ||
			box->config->forward != NAP_FORWARD_ANSWERS))
		return false;
	*v = says == RULE_DROP ? NAP_DROP : nap_answer_rejected(ctx);
	return true;
}

bool nap_pass_answers_miss(const struct packet_context *ctx)
{
	const struct nap_box_config *c = ctx->box->config;

	return c->on_miss == NAP_MISS_RST && !(ctx->p->flags & NAP_RST) &&
	       (c->on_miss_sides == NAP_MISS_BOTH ||
		       (c->on_miss_sides == NAP_MISS_OUTSIDE) == (ctx->side == NAP_OUTSIDE));
}

/* Is it no SYN, and one of those that on-miss is about? A rule asks the class: sessions without answer are new, too. */
static bool is_missed(const struct packet_context *ctx)
{
	const uint8_t kind = NAP_FIN | NAP_SYN | NAP_RST | NAP_ACK;
	uint32_t sides = ctx->box->config->on_miss_sides;
	bool its_side = sides == NAP_MISS_BOTH || (sides == NAP_MISS_OUTSIDE) == (ctx->side == NAP_OUTSIDE);

	return (ctx->box->detours & DETOUR_MISS) && its_side && ctx->fx->klass == NAP_CLASS_NEW &&
	       ctx->p->proto == NAP_TCP && (ctx->p->flags & kind) != NAP_SYN;
}

bool nap_pass_detour(const struct packet_context *ctx, const struct session *s, enum nap_verdict *v)
{
	const struct nap_box *box = ctx->box;
	struct nap_endpoint inside = { s->inside, s->inside_port };

	if (box->down && !nap_pass_turns_at_once(box, s) && nap_pass_stranded(ctx, v))
		return true;
	if ((s->flags & SF_LOCAL) || ctx->p->ttl == 1)
		return false; /* not forwarded; a router looks at the hops before its rules do */
	if (nap_pass_stopped(ctx, inside, v))
		return true;
	if (!is_missed(ctx))
		return false;
	*v = nap_pass_answers_miss(ctx) ? nap_answer_rst(ctx) : NAP_DROP;
	return true;
}

/* What a host without services says to each packet that reaches it: an echo reply, ICMP 3/3, or 3/2 to other protocols. */
static enum nap_verdict answer_local(const struct packet_context *ctx)
{
	const struct nap_packet *p = ctx->p;

	if (p->bad_csum || (p->proto == NAP_ICMP && p->icmp_type != NAP_ICMP_ECHO))
		return NAP_LOCAL; /* and silent */
	if (p->proto == NAP_TCP)
		return p->flags & NAP_RST ? NAP_LOCAL : nap_answer_rst_as_host(ctx);
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

/* A packet without session and translation, as a host and router treats it. turned: it is to leave where it came from. */
static enum nap_verdict route(const struct packet_context *ctx, bool turned)
{
	const struct nap_box_config *c = ctx->box->config;
	enum nap_verdict v;

	if (nap_address_is_own(ctx->box, ctx->p->dst.addr)) {
		if (c->input == NAP_INPUT_DROP)
			return nap_answer_rejected(ctx);
		return answer_local(ctx);
	}
	if (ctx->box->detours && nap_pass_stopped(ctx, ctx->p->dst, &v))
		return v;
	if (arrived(ctx) == NAP_OUTSIDE && c->forward != NAP_FORWARD_OPEN)
		return nap_answer_rejected(ctx);
	if (!nap_pass_hop(ctx, &v))
		return v;
	ctx->fx->out_side = arrived(ctx) == NAP_INSIDE && !turned ? NAP_OUTSIDE : NAP_INSIDE;
	return NAP_PASS;
}

/* No port forward turns back what is not translated: it is bound for where it was sent, as from where it arrived. */
static bool strands(const struct packet_context *ctx, enum nap_verdict *v)
{
	struct packet_context came = *ctx;

	came.side = arrived(ctx);
	return nap_pass_stranded(&came, v);
}

/* A packet that the tracker calls invalid: no session, no refresh, no translation. */
enum nap_verdict nap_pass_invalid(const struct packet_context *ctx)
{
	bool turned = ctx->fx->session != NONE && !ctx->by_forward &&
		      nap_pass_turns_at_once(ctx->box, &ctx->box->session[ctx->fx->session]);
	bool drops = ctx->box->config->invalid == NAP_INVALID_DROP;
	enum nap_verdict v;

	ctx->fx->klass = NAP_CLASS_INVALID;
	if ((!turned && strands(ctx, &v)) || nap_pass_ends_here(ctx, &v))
		return v;
	return drops ? NAP_DROP : route(ctx, turned);
}

enum nap_verdict nap_pass_untracked(const struct packet_context *ctx)
{
	enum nap_verdict v;

	ctx->fx->klass = NAP_CLASS_UNTRACKED;
	return nap_pass_stranded(ctx, &v) || nap_pass_ends_here(ctx, &v) ? v : route(ctx, false);
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

enum nap_verdict nap_pass_local(const struct packet_context *ctx)
{
	enum nap_verdict v;

	if (nap_address_is_own(ctx->box, ctx->p->dst.addr))
		return answer_local(ctx);
	return nap_pass_ends_here(ctx, &v) ? v : nap_answer_rejected(ctx);
}
