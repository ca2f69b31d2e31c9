/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Traffic at random that looks like the world's: connections that open, speak, repeat themselves, close and are reset from
 * either side, UDP, queries and errors of ICMP, GRE, fragments, requests to the box, and what its keeper does to it. All that
 * comes of it is in one number, so that two boxes can be told apart.
 */
#ifndef NAP_TESTS_BOX_TRAFFIC_H
#define NAP_TESTS_BOX_TRAFFIC_H

#include "box_random.h"
#include "net/pcp.h"

enum { FLOWS = 10, TRAFFIC_PACKETS = 400 };

/* A flow as its ends know it. */
struct traffic_flow {
	struct nap_endpoint inside, remote, mapped;
	uint8_t proto;
	uint32_t sent[2]; /* TCP: the next number of each side */
	uint32_t step;    /* of an orderly connection: the next of orderly[]; beyond: all at random */
	struct nap_packet last[2];
};

struct traffic {
	struct nap_box *box;
	const struct nap_box_config *config;
	struct nap_rng rng;
	nap_time now;
	uint64_t digest;
	uint32_t numbers; /* added to all of TCP's */
	bool unnumbered;  /* these are no part of the digest */
	struct traffic_flow flow[FLOWS];
};

static inline void traffic_add(struct traffic *t, uint64_t word)
{
	t->digest = (t->digest ^ word) * 1099511628211u;
	t->digest ^= t->digest >> 29;
}

static inline void traffic_add_packet(struct traffic *t, const struct nap_packet *p)
{
	traffic_add(t, (uint64_t)p->src.addr << 32 | p->dst.addr);
	traffic_add(t, (uint64_t)p->src.port << 48 | (uint64_t)p->dst.port << 32 | (uint64_t)p->ip_id << 16 |
			       p->ip_frag);
	if (!t->unnumbered)
		traffic_add(t, (uint64_t)p->seq << 32 | p->ack);
	traffic_add(
		t, (uint64_t)p->proto << 56 | (uint64_t)p->flags << 48 | (uint64_t)p->says << 40 | p->len);
	traffic_add(t, (uint64_t)p->icmp_type << 48 | (uint64_t)p->icmp_code << 40 | (uint64_t)p->mss << 16 |
			       p->mtu);
	if (p->proto == NAP_ICMP || p->says == NAP_SAYS_ENDPOINT || p->message >= NAP_PCP_MAP)
		traffic_add(t, (uint64_t)p->quote.src.addr << 32 | (uint64_t)p->quote.src.port << 16 |
				       p->quote.dst.port);
	if (p->message >= NAP_PCP_MAP)
		traffic_add(t, (uint64_t)p->message << 32 | p->tag);
}

static inline void traffic_emitted(void *ctx, enum nap_side side, const struct nap_packet *p, nap_time now,
	const struct nap_box_flow *about)
{
	struct traffic *t = ctx;

	(void)about;
	traffic_add(t, (uint64_t)now << 1 | side);
	traffic_add_packet(t, p);
}

static inline uint32_t traffic_below(struct traffic *t, uint32_t n)
{
	return nap_rng_below(&t->rng, n);
}

static inline void traffic_add_session(struct traffic *t, uint32_t id)
{
	struct nap_session_view v;

	if (id == NAP_NO_SESSION || !nap_box_session(t->box, t->now, id, &v))
		return;
	for (const char *s = v.state; *s; s++)
		traffic_add(t, (uint8_t)*s);
	traffic_add(t, (uint64_t)v.end);
	traffic_add(t, (uint64_t)v.assured << 1 | v.replied);
}

/* One packet through the box. */
static inline void traffic_put(
	struct traffic *t, struct traffic_flow *f, enum nap_side side, struct nap_packet p)
{
	struct nap_box_effect fx;
	enum nap_verdict v;
	struct nap_packet piece;

	p.seq += p.proto == NAP_TCP ? t->numbers : 0;
	p.ack += p.proto == NAP_TCP && p.flags & NAP_ACK ? t->numbers : 0;
	nap_box_advance(t->box, t->now, traffic_emitted, t);
	v = nap_box_input(t->box, t->now, side, &p, &fx);
	traffic_add(t, (uint64_t)v << 32 | (uint64_t)fx.klass << 16 | (uint64_t)fx.created << 2 |
			       (uint64_t)fx.refused << 1 | fx.answered);
	traffic_add_session(t, fx.session);
	if (fx.answered)
		traffic_add_packet(t, &fx.reply);
	if (v != NAP_PASS)
		return;
	if (f && side == NAP_INSIDE && fx.klass != NAP_CLASS_INVALID && fx.klass != NAP_CLASS_UNTRACKED)
		f->mapped = p.src;
	traffic_add(t, fx.out_side);
	traffic_add_packet(t, &p);
	for (uint32_t i = 0; fx.mtu && nap_box_piece(t->box, &fx, &p, i, &piece); i++)
		traffic_add_packet(t, &piece);
}

/* An orderly connection, packet by packet. */
static const struct {
	enum nap_side side;
	uint8_t flags;
} orderly[] = { { NAP_INSIDE, NAP_SYN }, { NAP_OUTSIDE, NAP_SYN | NAP_ACK }, { NAP_INSIDE, NAP_ACK },
	{ NAP_INSIDE, NAP_ACK | NAP_PSH }, { NAP_OUTSIDE, NAP_ACK }, { NAP_INSIDE, NAP_FIN | NAP_ACK },
	{ NAP_OUTSIDE, NAP_FIN | NAP_ACK }, { NAP_INSIDE, NAP_ACK } };

static inline void traffic_tcp(
	struct traffic *t, struct traffic_flow *f, enum nap_side side, struct nap_packet *p)
{
	static const uint8_t flags[] = { NAP_ACK, NAP_ACK, NAP_ACK | NAP_PSH, NAP_ACK | NAP_PSH,
		NAP_FIN | NAP_ACK, NAP_FIN | NAP_ACK, NAP_RST, NAP_SYN };
	bool in_order = f->step < G_N_ELEMENTS(orderly) && orderly[f->step].side == side;
	uint32_t any = in_order ? 2 : traffic_below(t, 12);

	if (!f->sent[side]) {
		f->sent[side] = 1000 + 5000 * traffic_below(t, 3);
		p->flags = (uint8_t)(NAP_SYN | (f->sent[!side] && traffic_below(t, 5) ? NAP_ACK : 0));
	} else {
		p->flags = flags[traffic_below(t, G_N_ELEMENTS(flags))];
	}
	if (in_order)
		p->flags = orderly[f->step++].flags;
	p->seq = f->sent[side];
	p->ack = p->flags & NAP_ACK ? f->sent[!side] : 0;
	p->win = 8000;
	p->mss = p->flags & NAP_SYN ? 1460 : 0;
	p->len = p->flags & NAP_PSH ? 100 : 0;
	if (p->len && traffic_below(t, 3) == 0)
		p->says = NAP_SAYS_PING;
	if (any == 0 || (any < 5 && (p->flags & NAP_RST)))
		p->seq += p->flags & NAP_RST
				  ? UINT32_MAX
				  : traffic_below(t, 3) * 9000 - 9000; /* below, out of the window */
	else if (any == 1)
		p->ack += traffic_below(t, 3) * 9000 - 9000;
	else
		f->sent[side] += p->len + (p->flags & (NAP_SYN | NAP_FIN) ? 1 : 0);
	if ((p->flags & NAP_RST) || (p->flags == NAP_SYN && traffic_below(t, 2)))
		f->sent[0] = f->sent[1] = 0; /* from now on another connection of these ends */
}

static inline void traffic_icmp(struct traffic *t, struct nap_packet *p, enum nap_side side)
{
	if (traffic_below(t, 3)) {
		p->icmp_type = side == NAP_INSIDE ? NAP_ICMP_ECHO : NAP_ICMP_ECHO_REPLY;
		p->src.port = p->dst.port = side == NAP_INSIDE ? p->src.port : p->dst.port;
		return;
	}
	p->icmp_type = NAP_ICMP_UNREACHABLE;
	p->icmp_code = (uint8_t)traffic_below(t, 4);
	p->quote = (struct nap_quote){ protos[traffic_below(t, PROTOS)], p->dst, p->src };
	p->src.port = p->dst.port = 0;
}

/* Payloads that gateways act on, fragments, large packets, wrong ones. */
static inline void traffic_spice(struct traffic *t, const struct traffic_flow *f, struct nap_packet *p)
{
	uint32_t what = traffic_below(t, 30);

	p->ttl = what == 0 ? 1 : 64;
	p->bad_csum = what == 1;
	p->ip_id = (uint16_t)traffic_below(t, 3);
	if (what == 2 || what == 3)
		p->ip_frag = (uint16_t)(NAP_MF | (what == 2 ? 0 : 100)), p->len = 800;
	if (what == 4)
		p->ip_frag = 100, p->len = 100;
	if (what == 5 || what == 6)
		p->len = 1400, p->ip_frag = what == 5 ? NAP_DF : 0;
	if ((what == 7 || what == 8) && p->proto != NAP_ICMP && p->len >= 8)
		p->says = NAP_SAYS_ENDPOINT, p->quote = (struct nap_quote){ p->proto, f->inside, f->remote };
}

static inline void traffic_flow_packet(struct traffic *t)
{
	struct traffic_flow *f = &t->flow[traffic_below(t, FLOWS)];
	enum nap_side side = traffic_below(t, 2) ? NAP_INSIDE : NAP_OUTSIDE;
	struct nap_packet p = { .proto = f->proto, .len = 30, .ttl = 64 };
	struct nap_endpoint outer = f->mapped.addr ? f->mapped : f->inside;

	if (f->proto == NAP_TCP && f->step < G_N_ELEMENTS(orderly) && traffic_below(t, 8))
		side = orderly[f->step].side;
	if (traffic_below(t, 10) == 0 && f->last[side].proto) { /* again */
		traffic_put(t, f, side, f->last[side]);
		return;
	}
	if (t->config->kind == NAP_BOX_NAT && !f->mapped.addr)
		outer = (struct nap_endpoint){ NAT_A, (uint16_t)(FIRST_PORT + traffic_below(t, 12)) };
	p.src = side == NAP_INSIDE ? f->inside : f->remote;
	p.dst = side == NAP_INSIDE ? f->remote : outer;
	if (side == NAP_OUTSIDE && traffic_below(t, 8) == 0)
		p.src = remote_end(traffic_below(t, REMOTES)); /* a stranger */
	if (side == NAP_INSIDE && traffic_below(t, 8) == 0)
		p.dst = t->flow[traffic_below(t, FLOWS)].mapped; /* hairpinning */
	if (f->proto == NAP_TCP)
		traffic_tcp(t, f, side, &p);
	else if (f->proto == NAP_ICMP)
		traffic_icmp(t, &p, side);
	else if (f->proto != NAP_UDP)
		p.src.port = p.dst.port = 0;
	traffic_spice(t, f, &p);
	f->last[side] = p;
	traffic_put(t, f, side, p);
}

/* To the box itself, be it a request for a mapping. */
static inline void traffic_to_box(struct traffic *t)
{
	const struct traffic_flow *f = &t->flow[traffic_below(t, FLOWS)];
	struct nap_packet p =
		udp_packet(f->inside.addr, NAP_PCP_CLIENT_PORT, NAP_ADDR(10, 0, 0, 1), NAP_PCP_PORT);

	p.message = traffic_below(t, 2) ? NAP_PCP_MAP : NAP_PMP_MAP;
	p.tag = traffic_below(t, 200);
	p.len = NAP_PCP_BYTES;
	p.quote = (struct nap_quote){ traffic_below(t, 2) ? NAP_UDP : NAP_TCP, f->inside, { 0, 0 } };
	if (traffic_below(t, 2)) { /* or any service of it */
		p = tcp_packet(f->inside.addr, 6000, NAP_ADDR(10, 0, 0, 1), 80, NAP_SYN, 1, 0, 0);
		if (traffic_below(t, 2))
			p.dst.addr = NAT_A;
	}
	traffic_put(t, NULL, NAP_INSIDE, p);
}

static inline void traffic_keeper(struct traffic *t)
{
	uint32_t what = traffic_below(t, 12);
	const nap_time gre = 3 * NAP_S;

	if (what < 2)
		nap_box_link(t->box, t->now, what == 0);
	else if (what == 2 && t->config->kind == NAP_BOX_NAT)
		nap_box_move(t->box, t->now, NAT_A + traffic_below(t, 2));
	else if (what == 3)
		nap_box_reboot(t->box, t->now);
	else if (what < 8)
		for (const struct nap_param *row = nap_box_params; row->key; row++)
			if (strcmp(row->key, what & 1 ? "gre" : "gre-stream") == 0)
				nap_box_set(t->box, t->now, row, &gre);
	if (what == 1)
		nap_box_link(t->box, t->now, true);
}

static inline void traffic_flows(struct traffic *t)
{
	static const uint8_t kinds[] = { NAP_TCP, NAP_TCP, NAP_TCP, NAP_UDP, NAP_UDP, NAP_ICMP, NAP_GRE, 50 };
	static const uint16_t services[] = { 21, 53, 69, 80, 81, 82, 143, 443 };

	for (int i = 0; i < FLOWS; i++) {
		struct traffic_flow *f = &t->flow[i];

		*f = (struct traffic_flow){ .proto = kinds[traffic_below(t, G_N_ELEMENTS(kinds))] };
		f->step = traffic_below(t, 2) ? 0 : G_N_ELEMENTS(orderly);
		f->inside = inside_end(traffic_below(t, INSIDES));
		f->remote = (struct nap_endpoint){ OUT_A + traffic_below(t, 3),
			services[traffic_below(t, G_N_ELEMENTS(services))] };
		if (i > 0 && traffic_below(t, 4) == 0)
			f->remote = t->flow[i - 1].remote;
		if (traffic_below(t, 4) == 0)
			f->inside.port = (uint16_t)(500 + traffic_below(t, 200));
		if (f->proto != NAP_TCP && f->proto != NAP_UDP && f->proto != NAP_ICMP)
			f->inside.port = f->remote.port = 0;
	}
}

/* A box of that config, for a script's packets. */
static inline struct nap_box *traffic_box(const struct nap_box_config *config, uint32_t script)
{
	return nap_box_new(config, nap_rng_stream(61, script, 0, NAP_RNG_PORTS), 16);
}

/*
 * What all of a script's packets through a new box came to, in one number; the box is freed. TCP's numbers are later by so much, and
 * no part of it if unnumbered.
 */
static inline uint64_t traffic_digest_of(struct nap_box *box, const struct nap_box_config *config,
	uint32_t script, bool unnumbered, uint32_t later)
{
	struct traffic t = { .box = box,
		.config = config,
		.rng = nap_rng_stream(60, script, 0, NAP_RNG_PHASE),
		.unnumbered = unnumbered,
		.numbers = later };
	struct nap_box_counts c;

	traffic_flows(&t);
	for (int n = 0; n < TRAFFIC_PACKETS; n++) {
		uint32_t what = traffic_below(&t, 100);

		t.now += traffic_below(&t, 20) == 0 ? traffic_below(&t, 15) * NAP_S
						    : traffic_below(&t, 400) * NAP_MS;
		if (what < 93)
			traffic_flow_packet(&t);
		else if (what < 98)
			traffic_to_box(&t);
		else
			traffic_keeper(&t);
		if (n % 130 == 129)
			traffic_flows(&t);
	}
	nap_box_advance(t.box, t.now + 300 * NAP_S, traffic_emitted, &t);
	counts_at(t.box, t.now + 300 * NAP_S, &c);
	for (size_t i = 0; i < sizeof c / sizeof(uint64_t); i++)
		traffic_add(&t, ((const uint64_t *)&c)[i]);
	nap_box_free(t.box);
	return t.digest;
}

static inline uint64_t traffic_digest(const struct nap_box_config *config, uint32_t script)
{
	return traffic_digest_of(traffic_box(config, script), config, script, false, 0);
}

#endif
