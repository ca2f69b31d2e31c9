/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/sim_send.h"

#include "net/pcp.h"
#include "path/chain.h"

#define PROBE_BYTES 32

static void transmit(
	struct nap_sim_prober *s, struct nap_sim_flow *f, enum nap_end from, const struct nap_packet *p)
{
	struct nap_packet sent = *p;

	if (!sent.ttl)
		sent.ttl = NAP_SIM_TTL;
	f->sent = nap_sim_path_now(s->path);
	nap_sim_path_send(s->path, from, &sent, nap_sim_index_of(&s->flows, f));
}

/* Addresses of a packet of this flow; where it goes is 0:0 when the flow has no external endpoint yet (an echo identifier may well be 0). */
static void address(
	const struct nap_sim_flow *f, enum nap_end from, enum nap_server_place place, struct nap_packet *p)
{
	p->proto = f->spec.proto;
	if (from == NAP_CLIENT) {
		p->src = f->local;
		p->dst = nap_sim_place_endpoint(f, place);
		return;
	}
	p->src = nap_sim_place_endpoint(f, place);
	p->dst = nap_sim_target(f, place);
	if (f->spec.proto == NAP_ICMP)
		p->src.port = p->dst.port;
}

static void tcp_transmit(void *ctx, enum nap_end from, const struct nap_packet *p)
{
	struct nap_sim_tcp_ctx *c = ctx;

	transmit(c->s, nap_sim_flow_at(&c->s->flows, c->flow), from, p);
}

static void tcp_report(void *ctx, enum nap_end end, enum nap_got what, uint32_t tag)
{
	struct nap_sim_tcp_ctx *c = ctx;
	struct nap_sim_flow *f = nap_sim_flow_at(&c->s->flows, c->flow);
	struct nap_probe_event ev = { .at = nap_sim_path_now(c->s->path),
		.sent = NAP_NEVER,
		.flow = c->flow,
		.what = what,
		.end = (uint8_t)end,
		.place = f->spec.place,
		.tag = tag };

	if (c->s->arrival) {
		ev.sent = c->s->arrival->sent;
		ev.seen = c->s->arrival->packet.src;
		ev.flags = c->s->arrival->packet.flags;
		ev.ttl = c->s->arrival->packet.ttl;
	}
	nap_sim_report(c->s, &ev);
}

static void watch(struct nap_sim_prober *s, nap_flow flow)
{
	for (uint32_t i = 0; i < s->timed->len; i++)
		if (g_array_index(s->timed, nap_flow, i) == flow)
			return;
	g_array_append_val(s->timed, flow);
}

struct nap_sim_tcp_io nap_sim_tcp_io_of(struct nap_sim_tcp_ctx *c)
{
	watch(c->s, c->flow);
	return (struct nap_sim_tcp_io){ c, nap_sim_path_now(c->s->path), &c->s->tcp, tcp_transmit,
		tcp_report };
}

static void say(const struct nap_sending *what, struct nap_packet *p)
{
	p->says = what->says;
	p->quote.src = what->names;
}

static bool send_raw(struct nap_sim_prober *s, struct nap_sim_flow *f, const struct nap_sending *what)
{
	struct nap_sim_raw *t = &f->raw[what->from];
	uint8_t place = what->place;
	struct nap_packet p = {
		.flags = what->flags, .len = what->len, .tag = what->tag, .ttl = what->ttl, .win = 65535
	};

	if (what->from == NAP_CLIENT || place == NAP_AT_MAIN)
		place = f->spec.place;
	address(f, (enum nap_end)what->from, (enum nap_server_place)place, &p);
	if (what->to != NAP_NO_FLOW)
		p.dst = nap_sim_target(nap_sim_flow_at(&s->flows, what->to), NAP_AT_MAIN);
	if (!p.dst.addr)
		return false;
	say(what, &p);
	p.seq = (what->again ? t->last : t->next) + (uint32_t)what->seq_shift;
	if (what->flags & NAP_ACK)
		p.ack = t->expected;
	if (!what->again && !what->seq_shift) {
		t->last = t->next;
		t->next += what->len + (what->flags & NAP_SYN ? 1 : 0) + (what->flags & NAP_FIN ? 1 : 0);
	}
	transmit(s, f, (enum nap_end)what->from, &p);
	return true;
}

/* An ICMP error about the last packet this end received, as it looked there. */
static bool send_icmp_error(struct nap_sim_prober *s, struct nap_sim_flow *f, const struct nap_sending *what)
{
	const struct nap_packet *about = what->from == NAP_SERVER ? &f->at_server : &f->at_client;
	struct nap_packet p = { .proto = NAP_ICMP,
		.icmp_type = what->icmp_type,
		.icmp_code = what->icmp_code,
		.len = 28,
		.ttl = NAP_SIM_TTL,
		.tag = what->tag };

	if (!(what->from == NAP_SERVER ? f->seen_by_server : f->seen_by_client))
		return false;
	p.src.addr = what->from == NAP_SERVER && what->place >= NAP_AT_OTHER_ADDRESS
			     ? nap_sim_place_endpoint(f, NAP_AT_OTHER_ADDRESS).addr
			     : about->dst.addr;
	p.bad_csum = what->bad_csum;
	p.dst.addr = about->src.addr;
	p.quote = (struct nap_quote){ about->proto, about->src, about->dst };
	nap_sim_path_send(s->path, (enum nap_end)what->from, &p,
		nap_sim_index_of(&s->flows, f)); /* no packet of the flow: its activity stays */
	return true;
}

/* The fragments of a datagram that a probe asks for. */
static void transmit_pieces(struct nap_sim_prober *s, struct nap_sim_flow *f, const struct nap_sending *what,
	const struct nap_packet *p)
{
	uint32_t n = nap_fragment_count(p, what->fragment), first = what->pieces == NAP_PIECES_ALL_BUT_FIRST;
	struct nap_packet piece;

	for (uint32_t i = first; i < n; i++) {
		uint32_t k = what->pieces == NAP_PIECES_FIRST_LAST ? n - 1 - i : i;

		nap_fragment_cut(p, what->fragment, k, &piece);
		transmit(s, f, (enum nap_end)what->from, &piece);
		if (what->pieces == NAP_PIECES_FIRST_ONLY)
			break;
	}
}

static bool send_datagram(struct nap_sim_prober *s, struct nap_sim_flow *f, const struct nap_sending *what)
{
	struct nap_packet p = {
		.len = what->len ? what->len : PROBE_BYTES, .tag = what->tag, .ttl = what->ttl
	};

	say(what, &p);
	p.ip_frag = what->df ? NAP_DF : 0;
	p.ip_id = what->ip_id ? what->ip_id : ++s->next_ip_id;
	address(f, (enum nap_end)what->from, (enum nap_server_place)what->place, &p);
	if (what->to != NAP_NO_FLOW)
		p.dst = nap_sim_target(nap_sim_flow_at(&s->flows, what->to), NAP_AT_MAIN);
	if (!p.dst.addr)
		return false;
	if (p.proto == NAP_ICMP)
		p.icmp_type = what->from == NAP_CLIENT ? NAP_ICMP_ECHO : NAP_ICMP_ECHO_REPLY;
	transmit_pieces(s, f, what, &p);
	return true;
}

/* Asks the box for a mapping (RFC 6887 11.1, RFC 6886 3.3). */
static bool ask_mapping(struct nap_sim_prober *s, struct nap_sim_flow *f, const struct nap_sending *what)
{
	struct nap_packet p = { .src = { f->local.addr, NAP_PCP_CLIENT_PORT },
		.dst = { NAP_PCP_ANYCAST, NAP_PCP_PORT },
		.proto = NAP_UDP,
		.ttl = NAP_SIM_TTL,
		.message = what->flags ? NAP_PMP_MAP : NAP_PCP_MAP,
		.len = what->flags ? NAP_PMP_REQUEST_BYTES : NAP_PCP_BYTES,
		.tag = 3600,
		.quote = { f->spec.proto, f->local, { 0, 0 } } };

	if (what->from != NAP_CLIENT)
		return false;
	nap_sim_path_send(s->path, NAP_CLIENT, &p, NAP_NO_FLOW);
	return true;
}

static bool send_managed(struct nap_sim_prober *s, nap_flow flow, const struct nap_sending *what)
{
	struct nap_sim_tcp_ctx c = { s, flow };
	struct nap_sim_tcp_io io = nap_sim_tcp_io_of(&c);
	struct nap_sim_flow *f = nap_sim_flow_at(&s->flows, flow);

	switch (what->act) {
	case NAP_ACT_CONNECT:
		return nap_sim_tcp_connect(
			f, nap_sim_place_endpoint(f, (enum nap_server_place)f->spec.place), &io);
	case NAP_ACT_DATA:
		return nap_sim_tcp_write(f, (enum nap_end)what->from, PROBE_BYTES, what->tag, &io);
	case NAP_ACT_FIN:
		return nap_sim_tcp_shutdown(f, (enum nap_end)what->from, what->tag, &io);
	default:
		return false;
	}
}

bool nap_sim_send(struct nap_sim_prober *s, nap_flow flow, const struct nap_sending *what)
{
	struct nap_sim_flow *f = nap_sim_flow_at(&s->flows, flow);

	if (what->act == NAP_ACT_ICMP)
		return send_icmp_error(s, f, what);
	if (what->act == NAP_ACT_MAP)
		return ask_mapping(s, f, what);
	if (f->spec.proto != NAP_TCP)
		return what->act == NAP_ACT_DATA && send_datagram(s, f, what);
	if (f->spec.raw || what->act == NAP_ACT_SEGMENT)
		return what->act == NAP_ACT_SEGMENT && send_raw(s, f, what);
	return send_managed(s, flow, what);
}
