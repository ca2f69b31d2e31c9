/* SPDX-License-Identifier: BSD-2-Clause */
/* The reflector's flows: their own records, the ICMP errors about them, and the orders to send on them. */
#include "live/reflector_inside.h"

/* Which place of flow f a record came to; a port that is no other port of the flow counts as its usual one. */
static uint8_t place_of(const struct nap_reflow *f, const struct nap_reflect_path *from)
{
	uint8_t place = from->port == f->port ? 0 : NAP_RECORD_OTHER_PORT;

	return from->alt ? place | NAP_RECORD_OTHER_ADDRESS : place;
}

/* The association of the largest holder, unless that has hardly more than host: of several the one not heard for longest. */
static uint32_t largest_holder(const struct nap_reflector *r, const struct nap_inet *host)
{
	uint32_t largest = NAP_NO_CLIENT, most = nap_shares_held(&r->flow_shares, host) + 1;

	for (uint32_t i = 0; i < r->config.associations; i++) {
		const struct nap_association *s = &r->associations.entry[i];
		uint32_t held = s->used && s->flows > 0 ? nap_shares_held(&r->flow_shares, &s->host) : 0;

		if (held > most || (held == most && largest != NAP_NO_CLIENT &&
					   s->last < r->associations.entry[largest].last)) {
			largest = i;
			most = held;
		}
	}
	return largest;
}

/* The table is full: the flow of the largest holder that was not heard for longest gives way. */
static void make_room(struct nap_reflector *r, const struct nap_inet *host)
{
	uint32_t holder = largest_holder(r, host), oldest = NAP_NO_REFLOW;

	for (uint32_t i = 0; holder != NAP_NO_CLIENT && i < r->config.flows; i++)
		if (r->flows.owner[i] == holder &&
			(oldest == NAP_NO_REFLOW || r->flows.last[i] < r->flows.last[oldest]))
			oldest = i;
	if (oldest != NAP_NO_REFLOW)
		nap_reflector_forget(r, oldest);
}

uint32_t nap_reflector_add_flow(struct nap_reflector *r, uint32_t association, uint32_t id, uint8_t proto)
{
	struct nap_association *s = &r->associations.entry[association];
	uint32_t i = NAP_NO_REFLOW;

	if (s->flows < r->config.flows_per_association && nap_shares_may(&r->flow_shares, &s->host)) {
		if (r->flows.free == NAP_NO_REFLOW)
			make_room(r, &s->host);
		i = nap_reflows_add(&r->flows, association, id, proto);
	}
	if (i == NAP_NO_REFLOW) {
		r->counts.refused++;
		return i;
	}
	s->flows++;
	r->flows.last[i] = s->last;
	nap_shares_take(&r->flow_shares, &s->host);
	return i;
}

void nap_reflector_forget(struct nap_reflector *r, uint32_t i)
{
	struct nap_reflow *f = &r->flows.entry[i];
	int32_t conn = nap_reflector_conn_of(r, i);

	if (conn >= 0)
		nap_reflector_drop(r, conn, false);
	r->associations.entry[f->association].flows--;
	nap_shares_give(&r->flow_shares, &r->associations.entry[f->association].host);
	nap_reflows_remove(&r->flows, i);
}

uint32_t nap_reflector_flow(struct nap_reflector *r, nap_time now, uint32_t association,
	const struct nap_reflect_path *from, const struct nap_record *w)
{
	uint8_t proto = from->echo ? NAP_ICMP : from->conn < 0 ? NAP_UDP : NAP_TCP, place;
	uint32_t i = nap_reflows_find(&r->flows, association, w->packet.flow);
	struct nap_record_event e = {
		.flow = w->packet.flow, .tag = w->packet.tag, .what = NAP_RECORD_GOT_PACKET
	};
	struct nap_reflow *f;
	bool first = i == NAP_NO_REFLOW;

	if (first)
		i = nap_reflector_add_flow(r, association, w->packet.flow, proto);
	if (i == NAP_NO_REFLOW)
		return i;
	f = &r->flows.entry[i];
	if (first)
		f->port = from->port;
	place = place_of(f, from);
	if (f->proto != proto || f->raw ||
		(proto == NAP_TCP && f->heard[f->place] && f->path[f->place].conn != from->conn))
		return NAP_NO_REFLOW;
	if (proto == NAP_TCP && first)
		e.what = NAP_RECORD_GOT_OPEN;
	r->flows.last[i] = now;
	f->heard[place] = true;
	f->path[place] = *from;
	f->place = place;
	e.place = place;
	e.seen = from->remote;
	e.ttl = from->ttl;
	nap_reflector_note(r, now, from->arrived ? from->arrived : now, association, &e);
	return i;
}

/* Where a packet of flow f from place is to go: to where that place was addressed from, else to the last seen endpoint. */
static bool path_to(
	const struct nap_reflector *r, const struct nap_reflow *f, uint8_t place, struct nap_reflect_path *to)
{
	uint8_t other = f->port ? 0 : 1;

	if (!f->heard[f->place])
		return false;
	*to = f->path[f->heard[place] ? place : f->place];
	if (f->heard[place] || place == f->place)
		return true;
	to->port = place & NAP_RECORD_OTHER_PORT ? other : f->port;
	to->alt = (place & NAP_RECORD_OTHER_ADDRESS) != 0;
	to->local.family = 0;
	return r->config.port[to->port] != 0 && (!to->alt || r->config.other[to->remote.family == 6].family);
}

static enum nap_record_result send_flowed(struct nap_reflector *r, uint32_t flow,
	const struct nap_reflect_path *to, const struct nap_record_order *o)
{
	const struct nap_reflow *f = &r->flows.entry[flow];
	struct nap_association *s = &r->associations.entry[f->association];
	struct nap_record w = {
		.type = NAP_RECORD_FLOWED, .association = s->id, .packet = { .flow = f->id, .tag = o->tag }
	};
	uint8_t buf[NAP_RECORD_SIZE];

	if (f->raw || (f->proto == NAP_TCP && nap_reflector_conn_of(r, flow) < 0))
		return NAP_RECORD_CANNOT;
	if (!nap_association_pay(s, f->proto == NAP_TCP ? NAP_TCP_PRICE : 1))
		return NAP_RECORD_NO_CREDIT;
	if (f->proto != NAP_TCP) {
		nap_reflector_send(r, to, &w);
		return NAP_RECORD_OK;
	}
	nap_record_write(&w, buf);
	if (!r->out.stream(r->ctx, nap_reflector_conn_of(r, flow), buf, sizeof(buf)))
		return NAP_RECORD_CANNOT;
	r->counts.sent++;
	r->counts.bytes_sent += sizeof(buf);
	return NAP_RECORD_OK;
}

static enum nap_record_result end_stream(struct nap_reflector *r, uint32_t flow, bool reset)
{
	struct nap_association *s = &r->associations.entry[r->flows.entry[flow].association];
	int32_t conn = nap_reflector_conn_of(r, flow);

	if (conn < 0)
		return NAP_RECORD_CANNOT;
	if (!nap_association_pay(s, NAP_TCP_PRICE))
		return NAP_RECORD_NO_CREDIT;
	if (reset) {
		nap_reflector_drop(r, conn, true);
		return NAP_RECORD_OK;
	}
	return r->out.finish(r->ctx, conn) ? NAP_RECORD_OK : NAP_RECORD_CANNOT;
}

enum nap_record_result nap_reflector_obey(
	struct nap_reflector *r, uint32_t association, const struct nap_record_order *o)
{
	struct nap_reflect_path to;
	uint32_t i = nap_reflows_find(&r->flows, association, o->flow);

	if (o->act == NAP_RECORD_EXPECT)
		return nap_reflector_expect(r, association, o);
	if (i == NAP_NO_REFLOW)
		return o->act == NAP_RECORD_FORGET ? NAP_RECORD_OK : NAP_RECORD_NO_FLOW;
	if (o->act == NAP_RECORD_FORGET) {
		nap_reflector_forget(r, i);
		return NAP_RECORD_OK;
	}
	if (!r->flows.entry[i].heard[r->flows.entry[i].place])
		return NAP_RECORD_NO_FLOW;
	if (o->act == NAP_RECORD_SEGMENT)
		return nap_reflector_segment(r, i, o);
	if (!path_to(r, &r->flows.entry[i], o->place, &to))
		return NAP_RECORD_CANNOT;
	switch (o->act) {
	case NAP_RECORD_SEND:
		return send_flowed(r, i, &to, o);
	case NAP_RECORD_FIN:
	case NAP_RECORD_RESET:
		return end_stream(r, i, o->act == NAP_RECORD_RESET);
	default:
		return NAP_RECORD_CANNOT;
	}
}

void nap_reflector_icmp(struct nap_reflector *r, nap_time now, const struct nap_icmp_error *about)
{
	/* an error is no proof of anything and looks through the table */
	if (!nap_limiter_admit(r->unproven, now, &about->to)) {
		r->counts.limited++;
		return;
	}
	if (!nap_associations_knows(&r->associations, &about->to))
		return;
	for (uint32_t i = 0; i < r->config.flows; i++) {
		struct nap_reflow *f = &r->flows.entry[i];

		if (!f->used || f->proto != NAP_UDP || !f->heard[f->place] ||
			!nap_inet_equal(&f->path[f->place].remote, &about->to))
			continue;
		struct nap_record_event e = { .flow = f->id,
			.what = NAP_RECORD_GOT_ICMP,
			.place = f->place,
			.icmp_type = about->type,
			.icmp_code = about->code,
			.ttl = about->ttl,
			.seen = about->offender };
		nap_reflector_note(r, now, now, f->association, &e);
	}
}
