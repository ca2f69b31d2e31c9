/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The order of things that happen to a packet: its session is looked for, its tracker asked, the packet translated; one of
 * a live session refreshes it even if it goes no further. ICMP errors and fragments find their session by more than
 * their own ends. What is hairpinned goes through a second time, inside the first. Packets come one by one or in bursts.
 */
#include "middlebox/legs.h"
#include "middlebox/lifetimes.h"
#include "middlebox/new_flow.h"
#include "middlebox/rules.h"

/* One copy for all that is rare, so that the look that each packet takes stands in its way. */
static G_NO_INLINE uint32_t find_again(const struct nap_box *box, const struct key *k)
{
	return nap_table_find(box, k);
}

static inline void begin(struct packet_context *ctx, struct nap_box *box, nap_time now, enum nap_side side,
	struct nap_packet *p, struct nap_box_effect *fx)
{
	ctx->box = box;
	ctx->now = now;
	ctx->side = side;
	ctx->p = p;
	ctx->fx = fx;
	ctx->by_forward = ctx->turns = false;
	ctx->ends = NONE;
}

/*
 * Rules are asked for every packet until one has come back: who opened from outside while all might do so is stopped once
 * they may no more (key forward changed). Nothing but that key had let in such a session: no forward, grant or mapping.
 */
static inline bool may_no_more(const struct packet_context *ctx, const struct session *s)
{
	const uint16_t let_in = SF_REPLIED | SF_LOCAL | SF_STATIC | SF_GRANTED | SF_TRANSLATED | SF_HAIRPIN;

	return (s->flags & (SF_FROM_OUTSIDE | let_in)) == SF_FROM_OUTSIDE && ctx->side == NAP_OUTSIDE &&
	       ctx->box->config->forward != NAP_FORWARD_OPEN && !ctx->box->tracks_map;
}

/* A segment for one of a proxy's legs, or an ICMP error about it; the same. */
static G_NO_INLINE enum nap_verdict legs(struct packet_context *ctx, uint32_t id, bool *reopens)
{
	struct nap_box *box = ctx->box;

	ctx->fx->klass = NAP_CLASS_ESTABLISHED;
	*reopens = !nap_legs_input(box, id, ctx->now, ctx->side, ctx->p);
	if (*reopens)
		nap_table_end(box, id, ctx->now, END_CLOSED);
	ctx->fx->session = box->session[id].flags & SF_LIVE ? id : NONE;
	return NAP_LOCAL;
}

/* A packet of live session id. *reopens: that has ended, and the packet counts as a new one. */
static inline enum nap_verdict known(struct packet_context *ctx, uint32_t id, bool *reopens)
{
	struct nap_box *box = ctx->box;
	struct session *s = &box->session[id];
	bool reply = nap_track_is_reply(s, ctx->side), answered = s->flags & SF_REPLIED;

	switch (nap_track_packet(box, s, ctx->p, ctx->side, ctx->now)) {
	case TRACK_INVALID:
		ctx->fx->session = id;
		return nap_pass_invalid(ctx);
	case TRACK_STOP:
		ctx->fx->session = id;
		return NAP_DROP;
	case TRACK_ANSWER:
		ctx->fx->session = id;
		return nap_answer_keepalive(ctx);
	case TRACK_LEGS:
		return legs(ctx, id, reopens);
	case TRACK_REOPEN:
		nap_table_end(box, id, ctx->now, END_CLOSED);
		*reopens = true;
		return NAP_DROP;
	case TRACK_CLOSE:
		ctx->fx->klass = reply || answered ? NAP_CLASS_ESTABLISHED : NAP_CLASS_NEW;
		ctx->ends = id;
		return nap_pass_on(ctx, s);
	default:
		break;
	}
	ctx->fx->session = id;
	ctx->fx->klass = reply || answered ? NAP_CLASS_ESTABLISHED : NAP_CLASS_NEW;
	if (box->stamp)
		nap_table_touch_lru(box, id);
	if (G_UNLIKELY(may_no_more(ctx, s)))
		return nap_answer_rejected(ctx);
	box->recent = id;
	return nap_pass_on(ctx, s);
}

/* Does the box translate the destination of what comes from inside for a port forward before all else, as Linux does? */
static bool turns_by_forward(const struct packet_context *ctx)
{
	const struct nap_box_config *c = ctx->box->config;

	return ctx->side == NAP_INSIDE && ctx->box->n_forwards && c->hairpin &&
	       c->hairpin_source != NAP_HAIRPIN_EXTERNAL;
}

/* Then one session sees it all, like that of a packet from outside, and the packet leaves inside. */
static void count_as_outside(struct packet_context *ctx)
{
	ctx->side = NAP_OUTSIDE;
	ctx->by_forward = true;
}

/* The session that turns p back, though its forward may be of an address that is the box' no longer. */
static uint32_t turned(const struct packet_context *ctx, struct key *k)
{
	uint32_t id;

	*k = nap_key_of(NAP_OUTSIDE, ctx->p);
	id = find_again(ctx->box, k);
	return id != NONE && (ctx->box->session[id].flags & SF_HAIRPIN) ? id : NONE;
}

/* A packet without session. key: NULL where it had one. */
NAP_HOT static enum nap_verdict unknown(struct packet_context *ctx, const struct key *key)
{
	bool reopens = false;
	enum nap_verdict v;
	struct key k = key ? *key : nap_key_of(ctx->side, ctx->p), outer;
	uint32_t id;

	if (!turns_by_forward(ctx))
		return nap_new_flow(ctx, &k);
	id = turned(ctx, &outer);
	if (id == NONE && !nap_forward_for(ctx->box, ctx->p))
		return nap_new_flow(ctx, &k);
	count_as_outside(ctx);
	ctx->fx->out_side = NAP_INSIDE;
	if (id != NONE) {
		v = known(ctx, id, &reopens);
		if (!reopens)
			return v;
	}
	if (nap_forward_for(ctx->box, ctx->p))
		return nap_new_flow(ctx, &outer);
	ctx->side = NAP_INSIDE; /* what it was about is over, and no forward turns it any more */
	ctx->by_forward = false;
	ctx->fx->out_side = NAP_OUTSIDE;
	return nap_new_flow(ctx, &k);
}

/* A packet that has its transport header, of session id or (NONE) of none. */
static inline enum nap_verdict headed(struct packet_context *ctx, const struct key *k, uint32_t id)
{
	bool reopens = false;
	enum nap_verdict v;

	if (G_LIKELY(id != NONE)) {
		v = known(ctx, id, &reopens);
		if (!reopens)
			return v;
	}
	return unknown(ctx, k);
}

/* The session that an ICMP error is about: the quoted packet had come to where the error comes from. */
static uint32_t quoted_session(const struct nap_box *box, enum nap_side side, const struct nap_quote *q)
{
	struct key k = { .proto = q->proto, .side = (uint8_t)side };
	uint32_t id;

	k.local = side == NAP_OUTSIDE ? q->src : q->dst;
	k.remote = side == NAP_OUTSIDE ? q->dst : q->src;
	if (q->proto == NAP_ICMP)
		k.remote.port = 8 << 8; /* an echo that the inside began; else one that it answers */
	else if (q->proto != NAP_TCP && q->proto != NAP_UDP)
		k.local.port = k.remote.port = 0;
	id = find_again(box, &k);
	if (id == NONE && q->proto == NAP_ICMP) {
		k.remote.port = 0;
		id = find_again(box, &k);
	}
	return id;
}

/* The same; about a packet that a port forward turned back, it counts as one from outside. */
static uint32_t session_of_error(struct packet_context *ctx)
{
	uint32_t id = quoted_session(ctx->box, ctx->side, &ctx->p->quote);

	if (id != NONE || !turns_by_forward(ctx))
		return id;
	id = quoted_session(ctx->box, NAP_OUTSIDE, &ctx->p->quote);
	if (id == NONE || !(ctx->box->session[id].flags & SF_HAIRPIN))
		return NONE;
	count_as_outside(ctx);
	return id;
}

/* A packet that passes without state and as it is; none of the box' own, nor from outside through a NAT. */
static enum nap_verdict go_untracked(const struct packet_context *ctx)
{
	const struct nap_box_config *c = ctx->box->config;
	enum nap_verdict v;

	ctx->fx->klass = NAP_CLASS_INVALID;
	if (nap_address_is_own(ctx->box, ctx->p->dst.addr) ||
		(c->kind == NAP_BOX_NAT && ctx->side == NAP_OUTSIDE && c->forward != NAP_FORWARD_OPEN))
		return NAP_DROP;
	if ((ctx->box->detours && nap_pass_stopped(ctx, ctx->p->dst, &v)) || !nap_pass_hop(ctx, &v) ||
		!nap_fragments_fit(ctx->box, ctx->side, ctx->p, ctx->fx, &v))
		return v;
	ctx->fx->out_side = ctx->side == NAP_INSIDE ? NAP_OUTSIDE : NAP_INSIDE;
	return NAP_PASS;
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
NAP_COLD static enum nap_verdict icmp_error(struct packet_context *ctx)
{
	struct nap_box *box = ctx->box;
	const struct nap_box_config *c = box->config;
	struct nap_packet *p = ctx->p;
	uint32_t id = p->bad_csum && c->checksum ? NONE : session_of_error(ctx);
	struct session *s;
	struct nap_endpoint source = p->src;
	enum nap_verdict v;

	if (id == NONE)
		return c->icmp_unknown == NAP_ICMP_UNKNOWN_PASS ? go_untracked(ctx) : nap_pass_invalid(ctx);
	if (nap_legs_of(box, id))
		return legs(ctx, id, &(bool){ false });
	s = &box->session[id];
	ctx->fx->klass = NAP_CLASS_RELATED;
	ctx->fx->session = id;
	if (c->icmp_errors == NAP_ICMP_DROP ||
		(p->icmp_type == NAP_ICMP_REDIRECT && (s->flags & SF_TRANSLATED)))
		return NAP_DROP; /* a redirect names routers of the other side */
	if (s->flags & SF_LOCAL)
		return NAP_LOCAL;
	if (c->icmp_errors == NAP_ICMP_REFRESH || (ctx->side == NAP_INSIDE && c->reset_refresh))
		nap_track_restart(box, s, ctx->now);
	if ((box->detours && nap_pass_detour(ctx, s, &v)) || !nap_pass_hop(ctx, &v))
		return v;
	if ((s->flags & SF_TRANSLATED) && ctx->side == NAP_OUTSIDE) {
		p->dst.addr = s->inside;
		p->quote.src = (struct nap_endpoint){ s->inside, s->inside_port };
	} else if (s->flags & SF_TRANSLATED) {
		p->src.addr = s->mapped;
		p->quote.dst = (struct nap_endpoint){ s->mapped, s->mapped_port };
	}
	translate_twice(s, ctx->side, p);
	ctx->fx->out_side =
		ctx->side == NAP_OUTSIDE || nap_pass_turns_at_once(box, s) ? NAP_INSIDE : NAP_OUTSIDE;
	if (c->icmp_errors == NAP_ICMP_KILL) {
		nap_table_end(box, id, ctx->now, END_CLOSED);
		ctx->fx->session = NONE;
	}
	ctx->turns = ctx->side == NAP_INSIDE && (c->hairpin || c->kind != NAP_BOX_NAT) &&
		     nap_address_is_own(box, p->dst.addr);
	ctx->source = source; /* about a hairpinned packet (RFC 5508 REQ-7) */
	return NAP_PASS;
}

/* A later fragment, given the ports of its first one, which has opened or refreshed the session for its datagram. */
static enum nap_verdict follow(struct packet_context *ctx)
{
	struct key k = nap_key_of(ctx->side, ctx->p);
	uint32_t id = nap_packet_is_icmp_error(ctx->p) ? NONE : find_again(ctx->box, &k);

	if (id == NONE)
		return NAP_DROP;
	ctx->fx->session = id;
	ctx->fx->klass = ctx->box->session[id].flags & SF_REPLIED ? NAP_CLASS_ESTABLISHED : NAP_CLASS_NEW;
	return nap_pass_on(ctx, &ctx->box->session[id]);
}

/* A datagram put together again, or its first piece: a packet like any other. Likewise one whose zone is known only now. */
static enum nap_verdict by_its_ends(struct packet_context *ctx)
{
	struct key k = nap_key_of(ctx->side, ctx->p);

	return headed(ctx, &k, find_again(ctx->box, &k));
}

/* Does a rule before tracking end the packet's way? It may also name its zone. */
static bool ruled(struct packet_context *ctx, enum nap_verdict *v)
{
	struct nap_box *box = ctx->box;
	enum rule_action says = nap_rules_say(box->raw_rule, box->n_raw_rules, ctx->side, ctx->p);

	if (box->zones)
		box->zone = nap_rules_zone(box->raw_rule, box->n_raw_rules, ctx->side, ctx->p);
	*v = says == RULE_NOTRACK ? nap_pass_untracked(ctx) : NAP_DROP;
	return says != RULE_ACCEPT;
}

/* Is it a piece of a datagram that is put together before rules are asked, as Linux does? */
static bool is_asked_whole(const struct packet_context *ctx)
{
	return nap_packet_is_fragment(ctx->p) && ctx->box->config->fragments == NAP_FRAGMENTS_REASSEMBLE;
}

NAP_COLD static enum nap_verdict fragment(struct packet_context *ctx)
{
	bool whole = is_asked_whole(ctx);
	enum nap_verdict v;
	uint32_t largest;

	switch (nap_fragments_take(ctx->box, ctx->now, ctx->p, &largest)) {
	case NAP_PIECE_IS_HELD:
		return NAP_HELD;
	case NAP_PIECE_IS_LOST:
		return NAP_DROP;
	case NAP_PIECE_FOLLOWS:
		return follow(ctx);
	case NAP_PIECE_UNTRACKED:
		return go_untracked(ctx);
	default:
		ctx->fx->mtu = (uint16_t)largest; /* pieces leave no larger than they came */
		if (whole && ctx->box->detours && ruled(ctx, &v))
			return v;
		return nap_packet_is_icmp_error(ctx->p) ? icmp_error(ctx) : by_its_ends(ctx);
	}
}

/* A fragment or an ICMP error: what it belongs to is not told by its own ends. */
static inline bool is_odd(const struct nap_packet *p)
{
	return nap_packet_is_fragment(p) || nap_packet_is_icmp_error(p);
}

/* Does the packet go no further than the link outside that is down, or a rule before tracking? */
NAP_COLD static bool ends_early(struct packet_context *ctx, enum nap_verdict *v)
{
	*v = NAP_DROP;
	if (ctx->box->down && ctx->side == NAP_OUTSIDE)
		return true;
	return !is_asked_whole(ctx) && ruled(ctx, v);
}

/* Once through the box. id: the packet's session, NONE if it is odd or has none; then k is its key. */
static inline enum nap_verdict pass(struct packet_context *ctx, const struct key *k, uint32_t id, bool odd)
{
	struct nap_box_effect *fx = ctx->fx;
	enum nap_verdict v;

	fx->out_side = ctx->side;
	fx->klass = NAP_CLASS_NONE;
	fx->session = NAP_NO_SESSION;
	fx->mtu = 0;
	fx->created = fx->refused = fx->answered = false;
	if (G_UNLIKELY(ctx->box->detours) && ends_early(ctx, &v))
		return v;
	if (G_UNLIKELY(odd))
		return nap_packet_is_fragment(ctx->p) ? fragment(ctx) : icmp_error(ctx);
	if (G_UNLIKELY(ctx->box->detours & DETOUR_ZONES))
		return by_its_ends(ctx);
	return headed(ctx, k, id);
}

/* A hairpinned packet may have ended its own session on its second way in. */
static void end_if_live(const struct packet_context *ctx, uint32_t id)
{
	if (ctx->box->session[id].flags & SF_LIVE)
		nap_table_end(ctx->box, id, ctx->now, END_CLOSED);
}

/* A packet that left towards an external address comes back in as if from outside (RFC 4787 section 6). */
NAP_COLD static enum nap_verdict come_back(const struct packet_context *ctx)
{
	struct nap_box_effect fx;
	struct packet_context back;
	struct key k = nap_key_of(NAP_OUTSIDE, ctx->p);
	bool odd = is_odd(ctx->p);
	enum nap_verdict v;

	begin(&back, ctx->box, ctx->now, NAP_OUTSIDE, ctx->p, &fx);
	if (ctx->p->ttl)
		ctx->p->ttl++;          /* it passes twice, but that is one hop */
	nap_settle(ctx->box, ctx->now); /* its session is gone if it has no time at all */
	v = pass(&back, &k, odd ? NONE : find_again(ctx->box, &k), odd);
	if (back.ends != NONE)
		end_if_live(&back, back.ends);
	if (v != NAP_PASS)
		return NAP_DROP;
	if (ctx->box->config->hairpin_source == NAP_HAIRPIN_INTERNAL)
		ctx->p->src = ctx->source;
	ctx->fx->out_side = NAP_INSIDE;
	return NAP_PASS;
}

/* The first packet of a new session did not get out. */
NAP_COLD static void forget_unsent(const struct packet_context *ctx)
{
	uint32_t id = ctx->fx->session;

	if (id == NONE || nap_new_flow_stays(ctx->box, &ctx->box->session[id]))
		return;
	end_if_live(ctx, id);
	ctx->fx->session = NONE;
	ctx->fx->created = false;
}

/* A packet arrives: what is to happen before any session is looked for. */
static inline void arrive(struct nap_box *box, nap_time now)
{
	nap_settle(box, now);
	box->last = now;
	box->counts.packets++;
}

/* All of the way of a packet, its second time through included. */
static inline enum nap_verdict inspect(struct packet_context *ctx, const struct key *k, uint32_t id, bool odd)
{
	enum nap_verdict v = pass(ctx, k, id, odd);

	if (G_UNLIKELY(ctx->turns) && v == NAP_PASS)
		v = come_back(ctx);
	if (G_UNLIKELY(ctx->ends != NONE))
		end_if_live(ctx, ctx->ends);
	if (G_LIKELY(v == NAP_PASS))
		return v;
	if (ctx->fx->created && (ctx->side == NAP_INSIDE || ctx->box->detours))
		forget_unsent(ctx);
	ctx->box->counts.dropped += v != NAP_HELD;
	return v;
}

NAP_HOT enum nap_verdict nap_box_input(struct nap_box *box, nap_time now, enum nap_side side,
	struct nap_packet *p, struct nap_box_effect *fx)
{
	struct packet_context ctx;
	const struct key *key = NULL;
	bool odd = is_odd(p);
	struct key k;
	uint32_t id;

	begin(&ctx, box, now, side, p, fx);
	arrive(box, now);
	id = odd ? NONE : nap_table_recent(box, side, p);
	if (id == NONE) {
		k = nap_key_of(side, p);
		key = &k;
		id = odd ? NONE : nap_table_find(box, &k);
	}
	return inspect(&ctx, key, id, odd);
}

/*
 * A burst: each packet is looked at four times, a block of packets apart, and each look asks for the memory of the
 * next: the index, then the session, then a TCP session's window. Loops that do nothing else ask best.
 */
enum { BLOCK = 64, BLOCKS = 4 };

struct look {
	struct key key;
	uint32_t hash, id; /* id: the first of that hash, nearly always the right one; NONE for none */
	bool odd;
};

static void look_at_index(
	const struct nap_box *box, const struct nap_box_arrival *a, struct look *l, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		l[i].key = nap_key_of(a[i].side, a[i].packet);
		l[i].hash = nap_key_short_hash(box, &l[i].key);
		l[i].odd = is_odd(a[i].packet);
		nap_fetch(nap_index_slot(&box->sessions, l[i].hash));
	}
}

static void look_at_session(const struct nap_box *box, struct look *l, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = nap_index_first(&box->sessions, l[i].hash);

		l[i].id = nap_index_next(&box->sessions, l[i].hash, &at);
		if (l[i].id != NONE)
			nap_fetch(&box->session[l[i].id]);
	}
}

static void look_at_window(const struct nap_box *box, const struct look *l, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (l[i].key.proto == NAP_TCP && l[i].id != NONE && box->session[l[i].id].window != NONE)
			nap_fetch(&box->window[box->session[l[i].id].window]);
}

/* What was found ahead holds as long as no session came or went since. */
static inline uint32_t found(const struct nap_box *box, const struct look *l)
{
	if (l->id != NONE && box->session[l->id].flags & SF_LIVE &&
		nap_key_matches(&box->session[l->id], &l->key))
		return l->id;
	return nap_table_seek_all(box, &l->key);
}

static void decide_block(struct nap_box *box, const struct nap_box_arrival *a, const struct look *l,
	uint32_t n, enum nap_verdict *verdict, struct nap_box_effect *fx)
{
	for (uint32_t i = 0; i < n; i++) {
		struct packet_context ctx;

		begin(&ctx, box, a[i].at, a[i].side, a[i].packet, &fx[i]);
		arrive(box, ctx.now);
		verdict[i] = inspect(&ctx, &l[i].key, l[i].odd ? NONE : found(box, &l[i]), l[i].odd);
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
