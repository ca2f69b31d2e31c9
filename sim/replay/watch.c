/* SPDX-License-Identifier: BSD-2-Clause */
#include "replay/watch.h"

void nap_watch_init(struct nap_watch *w, uint32_t hops, const struct nap_observer *observer)
{
	nap_flows_open(&w->flows, hops);
	w->observer = observer;
}

/* The device has opened it anew wherever it was cut? */
static bool is_open(const struct nap_watch *w, const struct nap_flow *f)
{
	for (uint32_t k = 0; k < w->flows.hops; k++)
		if (!f->hop[k].open)
			return false;
	return true;
}

/* A packet of a flow that some box has cut. */
static void note_use(struct nap_flow *f, const struct nap_passage *p)
{
	f->used = nap_time_min(f->used, p->at);
	f->after[p->up]++;
}

static void note_passed(struct nap_flow *f, const struct nap_packet *p)
{
	uint32_t end = p->seq + p->len + (p->flags & NAP_SYN ? 1u : 0u) + (p->flags & NAP_FIN ? 1u : 0u);

	if (p->proto != NAP_TCP)
		return;
	if (!f->passed_known || (int32_t)(end - f->passed) > 0)
		f->passed = end;
	f->passed_known = true;
}

static void pass_up(struct nap_watch *w, struct nap_flow *f, const struct nap_passage *p)
{
	struct nap_flow_hop *h = &f->hop[p->hop];

	h->open = p->effect->session != NAP_NO_SESSION || p->effect->klass == NAP_CLASS_UNTRACKED;
	if (p->hop + 1 < w->flows.hops) {
		nap_flows_appear(&w->flows, f, p->hop + 1, p->packet->src);
		return;
	}
	f->outside = p->packet->src;
	note_passed(f, p->packet);
	f->outside_known = true;
	if (f->shut < NAP_NEVER && is_open(w, f)) {
		f->unreachable += p->at - f->shut;
		f->shut = NAP_NEVER;
	}
}

NAP_HOT void nap_watch_passage(void *ctx, const struct nap_passage *p)
{
	struct nap_watch *w = ctx;
	struct nap_flow *f = p->flow < w->flows.n ? w->flows.slot[p->flow] : NULL;
	bool piece = nap_packet_is_fragment(p->packet) || nap_packet_is_icmp_error(p->packet);

	if (!f)
		return;
	if (f->shut < NAP_NEVER && p->hop == (p->up ? 0 : w->flows.hops - 1))
		note_use(f, p);
	f->hop[p->hop].refused += p->effect->refused;
	f->stopped += !p->passed;
	if (p->up && p->passed && !piece)
		pass_up(w, f, p);
}

void nap_watch_ended(void *ctx, uint32_t hop, nap_time died, const struct nap_box_flow *whose)
{
	struct nap_watch *w = ctx;
	struct nap_endpoint remote = whose->remote;
	struct nap_flow *f;
	struct nap_flow_hop *h;

	if (whose->proto == NAP_ICMP)
		remote.port = 0;
	f = nap_flows_find(&w->flows, hop, whose->proto, whose->inside, remote);
	if (!f || died >= f->closed)
		return;
	h = &f->hop[hop];
	h->open = false;
	h->cuts++;
	h->cut_at = nap_time_min(h->cut_at, died);
	f->shut = nap_time_min(f->shut, died);
	if (w->observer && w->observer->note)
		w->observer->note(w->observer->ctx, died, 0);
}

/* As the outermost box knows the flow. */
static void readdress(const struct nap_flow *f, struct nap_packet *p)
{
	if (nap_packet_is_icmp_error(p)) {
		p->dst.addr = f->outside.addr;
		p->quote.src = f->outside;
		return;
	}
	p->ttl = 0; /* what it had left on its way here is not known */
	p->dst = f->outside;
	if (p->proto == NAP_ICMP)
		p->src.port = f->outside.port;
	if (nap_packet_is_later_fragment(p))
		p->src.port = p->dst.port = 0;
}

/* Does it acknowledge what has not left the boxes yet? A path's delay may be longer than that of the trace. */
static bool is_early(const struct nap_flow *f, const struct nap_packet *p)
{
	return p->proto == NAP_TCP && (p->flags & NAP_ACK) && f->passed_known &&
	       (int32_t)(p->ack - f->passed) > 0 && (int32_t)(p->ack - f->next[1]) <= 0;
}

enum nap_comes nap_watch_comes(void *ctx, uint32_t flow, struct nap_packet *p, bool again)
{
	struct nap_watch *w = ctx;
	const struct nap_flow *f = flow < w->flows.n ? w->flows.slot[flow] : NULL;

	if (!f)
		return NAP_COMES_NOBODY;
	if (!again && f->packets[1] > 0 && (!f->outside_known || is_early(f, p)))
		return NAP_COMES_LATER;
	if (!f->outside_known) {
		w->unsolicited++;
		return NAP_COMES_NOBODY;
	}
	readdress(f, p);
	return NAP_COMES;
}
