/* SPDX-License-Identifier: BSD-2-Clause */
/* The reflector's raw flows: crafted segments, known by their sequence numbers, and what boxes answer to them. */
#include "live/reflector_inside.h"

#define RAW_REACH                                                                                            \
	(UINT32_C(1) << 20) /* segments of a flow lie this near to its isn; clients space theirs wider */

/* A raw flow's endpoint of ours at a place; false when there is none. */
static bool raw_source(
	const struct nap_reflector *r, const struct nap_reflow *f, uint8_t place, struct nap_inet *out)
{
	bool other = place & NAP_RECORD_OTHER_ADDRESS;

	*out = other ? r->config.other[f->path[f->place].remote.family == 6] : f->path[f->place].local;
	out->port = (uint16_t)(r->config.raw_port + (place & NAP_RECORD_OTHER_PORT ? 1 : 0));
	return out->family != 0;
}

enum nap_record_result nap_reflector_segment(
	struct nap_reflector *r, uint32_t flow, const struct nap_record_order *o)
{
	const struct nap_reflow *f = &r->flows.entry[flow];
	struct nap_segment s = { .dst = f->path[f->heard[o->place] ? o->place : f->place].remote,
		.flags = o->flags & 63,
		.ttl = o->ttl,
		.len = o->len,
		.window = nap_segment_window(o->tag) };

	if (!r->out.segment || !f->raw || o->len > NAP_SEGMENT_DATA || !raw_source(r, f, o->place, &s.src))
		return NAP_RECORD_CANNOT;
	if (!nap_association_pay(&r->associations.entry[f->association], 1))
		return NAP_RECORD_NO_CREDIT;
	nap_tcb_send(&r->raw[flow].tcb, o->again, o->seq_shift, &s);
	if (!r->out.segment(r->ctx, &s))
		return NAP_RECORD_CANNOT;
	r->counts.sent++;
	r->counts.bytes_sent += s.len;
	return NAP_RECORD_OK;
}

enum nap_record_result nap_reflector_expect(
	struct nap_reflector *r, uint32_t association, const struct nap_record_order *o)
{
	uint32_t i;

	if (!r->out.segment || !r->config.raw_port ||
		nap_reflows_find(&r->flows, association, o->flow) != NAP_NO_REFLOW)
		return NAP_RECORD_CANNOT;
	i = nap_reflector_add_flow(r, association, o->flow, NAP_TCP);
	if (i == NAP_NO_REFLOW)
		return NAP_RECORD_CANNOT;
	r->flows.entry[i].raw = true;
	r->raw[i] = (struct nap_raw_end){ .isn = o->isn, .tcb = { .next = (uint32_t)nap_rng_next(&r->isn) } };
	return NAP_RECORD_OK;
}

/* The raw flow of host whose numbers lie nearest to seq; NAP_NO_REFLOW when none is near. */
static uint32_t raw_flow(const struct nap_reflector *r, const struct nap_inet *host, uint32_t seq)
{
	uint32_t best = NAP_NO_REFLOW, reach = RAW_REACH;

	for (uint32_t i = 0; i < r->config.flows; i++) {
		const struct nap_reflow *f = &r->flows.entry[i];
		uint32_t away = seq - r->raw[i].isn;

		away = MIN(away, -away);
		if (f->used && f->raw && away < reach &&
			nap_inet_same_host(&r->associations.entry[f->association].host, host)) {
			best = i;
			reach = away;
		}
	}
	return best;
}

static void raw_segment(struct nap_reflector *r, nap_time now, nap_time at, const struct nap_segment *s)
{
	uint32_t i = raw_flow(r, &s->src, s->seq);
	struct nap_reflow *f;
	struct nap_record_event e = { .what = s->flags & NAP_RST ? NAP_RECORD_GOT_RST : NAP_RECORD_GOT_PACKET,
		.tag = nap_segment_mark(s->window),
		.flags = s->flags,
		.ttl = s->ttl,
		.seen = s->src };
	struct nap_inet other = r->config.other[s->src.family == 6];

	if (i == NAP_NO_REFLOW)
		return;
	f = &r->flows.entry[i];
	other.port = s->dst.port;
	e.flow = f->id;
	e.place = (uint8_t)((s->dst.port == r->config.raw_port ? 0 : NAP_RECORD_OTHER_PORT) |
			    (nap_inet_equal(&other, &s->dst) ? NAP_RECORD_OTHER_ADDRESS : 0));
	nap_tcb_receive(&r->raw[i].tcb, s);
	/* a box's own RST may come from anywhere near: only what carries a mark shows where the flow is */
	if (e.tag || !f->heard[e.place]) {
		f->heard[e.place] = true;
		f->place = e.place;
		f->path[e.place] = (struct nap_reflect_path){ .remote = s->src, .local = s->dst, .conn = -1 };
	}
	nap_reflector_note(r, now, at, f->association, &e);
}

/* An RST that a box sends for a flow it has forgotten bears our numbers, not the client's: it is known by its endpoint. */
static bool raw_reply(struct nap_reflector *r, nap_time now, const struct nap_inet *mapped,
	const struct nap_record_event *about)
{
	struct nap_record_event e = *about;
	bool any = false;

	for (uint32_t i = 0; i < r->config.flows; i++) {
		const struct nap_reflow *f = &r->flows.entry[i];

		if (!f->used || !f->raw || !f->heard[f->place] ||
			!nap_inet_equal(&f->path[f->place].remote, mapped))
			continue;
		e.flow = f->id;
		e.place = f->place;
		nap_reflector_note(r, now, now, f->association, &e);
		any = true;
	}
	return any;
}

/*
 * An echo request that carries a flow's record. This host's kernel has answered it with as many bytes, so that it pays for
 * nothing more.
 */
static void echo_request(struct nap_reflector *r, nap_time now, const struct nap_frame *frame)
{
	struct nap_reflect_path from = { .remote = frame->segment.src,
		.local = frame->segment.dst,
		.conn = -1,
		.echo = true,
		.ttl = frame->hops_left,
		.arrived = frame->at };
	struct nap_record w;
	uint32_t association;

	if (frame->n_payload != NAP_RECORD_SIZE || !nap_record_read(frame->payload, NAP_RECORD_SIZE, &w) ||
		w.type != NAP_RECORD_FLOW)
		return; /* others may ping, too */
	nap_reflector_read(r, frame->payload, NAP_RECORD_SIZE, &w);
	association = nap_reflector_admit(r, now, &from, &w);
	r->counts.sent++;
	r->counts.bytes_sent += NAP_RECORD_SIZE;
	if (association == NAP_NO_CLIENT)
		return;
	nap_association_pay(&r->associations.entry[association], 1);
	nap_reflector_flow(r, now, association, &from, &w);
}

void nap_reflector_frame(struct nap_reflector *r, nap_time now, const struct nap_frame *frame)
{
	const struct nap_segment *s = &frame->segment;
	const struct nap_inet *client = frame->icmp ? &s->dst : &s->src;
	struct nap_record_event e = {
		.seen = s->src, .flags = s->flags, .ttl = s->ttl, .what = NAP_RECORD_GOT_RST
	};

	if (frame->echo) {
		echo_request(r, now, frame);
		return;
	}
	if (!nap_limiter_admit(r->unproven, now, client)) {
		r->counts.limited++;
		return;
	}
	if (!nap_associations_knows(&r->associations, client))
		return;
	if (frame->icmp) {
		e = (struct nap_record_event){ .seen = frame->offender,
			.what = NAP_RECORD_GOT_ICMP,
			.ttl = frame->hops_left,
			.icmp_type = frame->icmp_type,
			.icmp_code = frame->icmp_code };
		raw_reply(r, now, &s->dst, &e);
	} else if (!(s->flags & NAP_RST) || nap_segment_mark(s->window) || !raw_reply(r, now, &s->src, &e)) {
		raw_segment(r, now, frame->at ? frame->at : now, s);
	}
}
