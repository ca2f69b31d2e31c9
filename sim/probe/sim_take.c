/* SPDX-License-Identifier: BSD-2-Clause */
/* What arrives at the ends of the simulated path: whose it is, and what discovery is told. */
#include "probe/sim_take.h"

#include "net/pcp.h"
#include "probe/sim_send.h"

#define UNFINISHED 65536 /* datagrams that a host keeps */

/* The box' answer: a mapping granted is where the server may send to. False: p is none. */
static bool take_mapping(struct nap_sim_prober *s, const struct nap_sim_arrival *a)
{
	const struct nap_packet *p = &a->packet;
	struct nap_probe_event ev = {
		.at = a->at, .sent = NAP_NEVER, .what = NAP_GOT_MAPPED, .end = NAP_CLIENT
	};
	struct nap_sim_flow *f;

	if (a->end != NAP_CLIENT || p->proto != NAP_UDP || p->src.port != NAP_PCP_PORT ||
		p->dst.port != NAP_PCP_CLIENT_PORT)
		return false;
	ev.flow = nap_sim_flows_local(&s->flows, p->quote.proto, p->quote.src);
	if (p->message != NAP_PCP_GRANTED || ev.flow == NAP_NO_FLOW)
		return true;
	f = nap_sim_flow_at(&s->flows, ev.flow);
	ev.seen = p->quote.dst;
	for (int i = 0; i < NAP_SERVER_PLACES; i++)
		if (!f->mapped[i].addr)
			f->mapped[i] = ev.seen;
	nap_sim_report(s, &ev);
	return true;
}

/* Whose is an ICMP error that reached the server? Of the endpoint it quotes; untranslated, by the data it quotes. */
static nap_flow server_error_flow(struct nap_sim_prober *s, const struct nap_sim_arrival *a)
{
	nap_flow id = nap_sim_flows_server(&s->flows, a->packet.quote.proto, a->packet.quote.dst);

	return id != NAP_NO_FLOW ? id : a->flow;
}

/* Which flow does a packet belong to? At the server by what it carries (in life: the payload), else by addresses. */
static nap_flow owner(struct nap_sim_prober *s, const struct nap_sim_arrival *a)
{
	const struct nap_packet *p = &a->packet;

	if (nap_packet_is_icmp_error(p))
		return a->end == NAP_CLIENT
			       ? nap_sim_flows_client(&s->flows, p->quote.proto, p->quote.src, p->quote.dst)
			       : server_error_flow(s, a);
	if (a->end == NAP_CLIENT)
		return nap_sim_flows_client(&s->flows, p->proto, p->dst, p->src);
	return a->flow != NAP_NO_FLOW ? a->flow : nap_sim_flows_server(&s->flows, p->proto, p->src);
}

/* Did a box pass on, as it was, what it translates else? Nothing that is sent there would come back. */
static bool untranslated(const struct nap_sim_flow *f, enum nap_server_place place, struct nap_endpoint from)
{
	return nap_endpoint_equal(from, f->local) && f->mapped[place].addr &&
	       !nap_endpoint_equal(f->mapped[place], f->local);
}

static void note_arrival(struct nap_sim_prober *s, struct nap_sim_flow *f, const struct nap_sim_arrival *a)
{
	if (a->end == NAP_SERVER) {
		enum nap_server_place place = nap_sim_place_of(f, a->packet.dst);

		f->at_server = a->packet;
		f->seen_by_server = true;
		if (!untranslated(f, place, a->packet.src)) {
			f->mapped[place] = a->packet.src;
			nap_sim_flows_seen(&s->flows, nap_sim_index_of(&s->flows, f), a->packet.src);
		}
	} else {
		f->at_client = a->packet;
		f->seen_by_client = true;
	}
	if (a->flow != NAP_NO_FLOW) /* what a box sends by itself is no life of the flow */
		f->received = a->at;
}

static void take_raw(struct nap_sim_flow *f, const struct nap_sim_arrival *a)
{
	struct nap_sim_raw *t = &f->raw[a->end];
	const struct nap_packet *p = &a->packet;
	uint32_t size = p->len + (p->flags & NAP_SYN ? 1 : 0) + (p->flags & NAP_FIN ? 1 : 0);

	if (p->flags & NAP_RST)
		return;
	if (!t->synchronised || p->seq == t->expected) {
		t->expected = p->seq + size;
		t->synchronised = true;
	}
}

static bool is_managed(const struct nap_sim_flow *f)
{
	return f->spec.proto == NAP_TCP && !f->spec.raw;
}

static void take_managed(struct nap_sim_prober *s, nap_flow id, const struct nap_sim_arrival *a)
{
	struct nap_sim_tcp_ctx c = { s, id };
	struct nap_sim_tcp_io io = nap_sim_tcp_io_of(&c);

	s->arrival = a;
	nap_sim_tcp_input(nap_sim_flow_at(&s->flows, id), a->end, &a->packet, &io);
	s->arrival = NULL;
}

/* A packet reached an end, in so many fragments. */
static void take(
	struct nap_sim_prober *s, const struct nap_sim_arrival *a, uint16_t fragments, bool disordered)
{
	nap_flow id = owner(s, a);
	struct nap_probe_event ev = { .at = a->at,
		.sent = a->sent,
		.flow = id,
		.what = NAP_GOT_PACKET,
		.end = (uint8_t)a->end,
		.flags = a->packet.flags,
		.ttl = a->packet.ttl,
		.icmp_type = a->packet.icmp_type,
		.icmp_code = a->packet.icmp_code,
		.ip_id = a->packet.ip_id,
		.mtu = a->packet.mtu,
		.fragments = fragments,
		.disordered = disordered,
		.says = a->packet.says,
		.names = a->packet.quote.src,
		.tag = a->packet.tag,
		.seen = a->packet.src };
	struct nap_sim_flow *f;

	if (id == NAP_NO_FLOW || !nap_sim_flow_at(&s->flows, id)->open)
		return;
	f = nap_sim_flow_at(&s->flows, id);
	if (nap_packet_is_icmp_error(&a->packet)) {
		ev.what = NAP_GOT_ICMP;
		nap_sim_report(s, &ev);
		if (is_managed(f))
			take_managed(s, id, a);
		return;
	}
	note_arrival(s, f, a);
	ev.place = nap_sim_place_of(f, a->end == NAP_SERVER ? a->packet.dst : a->packet.src);
	if (is_managed(f)) {
		take_managed(s, id, a);
		return;
	}
	if (f->spec.proto == NAP_TCP) {
		take_raw(f, a);
		if (a->packet.flags & NAP_RST)
			ev.what = NAP_GOT_RST;
	}
	nap_sim_report(s, &ev);
}

/* What comes over the path: a fragment waits at the end for the others, as at any host. */
void nap_sim_take(struct nap_sim_prober *s, struct nap_sim_arrival *a)
{
	struct nap_reassembly **host = &s->host[a->end];
	struct nap_datagram whole;

	if (take_mapping(s, a))
		return;
	if (!nap_packet_is_fragment(&a->packet)) {
		take(s, a, 0, false);
		return;
	}
	if (!*host)
		*host = nap_reassembly_new(UNFINISHED, 30 * NAP_S, true);
	if (nap_reassembly_add(*host, a->at, &a->packet, &whole) != NAP_PIECE_COMPLETE)
		return;
	a->packet = whole.packet;
	take(s, a, (uint16_t)whole.pieces, !whole.in_order);
}
