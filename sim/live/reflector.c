/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/reflector.h"

#include <string.h>

#include <glib.h>

#include "kernel/rng.h"
#include "net/packet.h"

const struct nap_reflector_config nap_reflector_defaults = {
	.rotate = 10 * NAP_MIN,
	.host_rate = { 2000, 4000 },
	.total_rate = { 20000, 40000 },
	.hello_rate = { 2, 10 },
	.hello_total = { 500, 1000 },
	.sessions = 256,
	.sessions_per_host = 8,
	.flows = 16384,
	.flows_per_session = 4096,
	.conns = 4096,
	.conns_per_host = 1024,
	.slots = 4096,
};

/* Our end of a raw flow. */
struct raw_end {
	uint32_t isn; /* the client's first sequence number: a secret that names the flow */
	struct nap_tcb tcb;
};

#define RAW_REACH                                                                                            \
	(UINT32_C(1) << 20) /* segments of a flow lie this near to its isn; clients space theirs wider */

struct conn {
	struct nap_reflect_path path;
	uint8_t buf[NAP_WIRE_SIZE];
	uint32_t have; /* bytes in buf */
	uint32_t flow; /* NAP_NO_REFLOW until it has named one */
	nap_time since;
	bool used;
};

struct nap_reflector {
	struct nap_reflector_config config;
	struct nap_reflector_out out;
	void *ctx;
	struct nap_cookies cookies;
	nap_time rotated;
	struct nap_limiter *known, *strangers;
	struct nap_sessions sessions;
	struct nap_reflows flows;
	struct conn *conns;
	struct raw_end *raw; /* by flow: our end of raw flows */
	struct nap_rng isn;
	struct nap_reflector_counts counts;
};

struct nap_reflector *nap_reflector_new(const struct nap_reflector_config *config,
	const struct nap_reflector_out *out, void *ctx, const uint8_t keys[NAP_REFLECTOR_KEYS], nap_time now)
{
	struct nap_reflector *r = g_new0(struct nap_reflector, 1);
	uint64_t mix[2];

	r->config = *config;
	r->out = *out;
	r->ctx = ctx;
	r->rotated = now;
	nap_cookies_init(&r->cookies, keys);
	memcpy(mix, keys + NAP_COOKIE_KEY, sizeof(mix));
	r->known = nap_limiter_new(config->host_rate, config->total_rate, config->slots, mix);
	r->strangers = nap_limiter_new(config->hello_rate, config->hello_total, config->slots, mix);
	nap_sessions_init(&r->sessions, config->sessions, config->sessions_per_host, 2 * config->rotate);
	nap_reflows_init(&r->flows, config->flows);
	r->conns = g_new0(struct conn, config->conns);
	r->raw = g_new0(struct raw_end, config->flows);
	r->isn = nap_rng_stream(mix[0] ^ mix[1], 0, 0, NAP_RNG_PORTS);
	return r;
}

void nap_reflector_free(struct nap_reflector *r)
{
	if (!r)
		return;
	nap_limiter_free(r->known);
	nap_limiter_free(r->strangers);
	nap_sessions_clear(&r->sessions);
	nap_reflows_clear(&r->flows);
	g_free(r->conns);
	g_free(r->raw);
	g_free(r);
}

static void drop_conn(struct nap_reflector *r, int32_t conn, bool reset)
{
	r->conns[conn].used = false;
	r->out.drop(r->ctx, conn, reset);
}

/* The connection of flow i, -1 when it has none (any more). */
static int32_t conn_of(const struct nap_reflector *r, uint32_t i)
{
	const struct nap_reflow *f = &r->flows.entry[i];
	int32_t conn = f->proto == NAP_TCP && !f->raw && f->heard[f->place] ? f->path[f->place].conn : -1;

	return conn >= 0 && r->conns[conn].used && r->conns[conn].flow == i ? conn : -1;
}

static void forget_flow(struct nap_reflector *r, uint32_t i)
{
	struct nap_reflow *f = &r->flows.entry[i];
	int32_t conn = conn_of(r, i);

	if (conn >= 0)
		drop_conn(r, conn, false);
	r->sessions.entry[f->session].flows--;
	nap_reflows_remove(&r->flows, i);
}

/* Sessions whose cookies are all stale are gone, and their flows with them. */
static void sweep(struct nap_reflector *r, nap_time now)
{
	for (uint32_t i = 0; i < r->config.flows; i++) {
		struct nap_reflow *f = &r->flows.entry[i];

		if (f->used && now - r->sessions.entry[f->session].last >= r->sessions.keep)
			forget_flow(r, i);
	}
}

nap_time nap_reflector_deadline(const struct nap_reflector *r)
{
	return r->rotated + r->config.rotate;
}

void nap_reflector_rotate(struct nap_reflector *r, nap_time now, const uint8_t *key)
{
	nap_cookies_rotate(&r->cookies, key);
	r->rotated = now;
	sweep(r, now);
}

/* The one place where records over UDP leave; what they cost was paid before. */
static void send_record(struct nap_reflector *r, const struct nap_reflect_path *to, const struct nap_wire *w)
{
	uint8_t buf[NAP_WIRE_SIZE];

	nap_wire_write(w, buf);
	if (r->out.datagram(r->ctx, to, buf, sizeof(buf))) {
		r->counts.sent++;
		r->counts.bytes_sent += sizeof(buf);
	}
}

static void hello(
	struct nap_reflector *r, nap_time now, const struct nap_reflect_path *from, const struct nap_wire *w)
{
	struct nap_wire answer = { .type = NAP_WIRE_WELCOME, .session = w->session, .seq = w->seq };
	struct nap_wire_welcome *body = &answer.welcome;

	if (!nap_limiter_admit(r->strangers, now, &from->remote)) {
		r->counts.limited++;
		return;
	}
	nap_cookie_sign(&r->cookies, &from->remote, &answer);
	body->seen = from->remote;
	body->other = r->config.other[from->remote.family == 6];
	memcpy(body->port, r->config.port, sizeof(body->port));
	body->raw_port = r->config.raw_port;
	body->features = r->config.features;
	body->rotate_s = (uint32_t)(r->config.rotate / NAP_S);
	send_record(r, from, &answer);
}

/* Tells a client what happened at `at`, at once when it has the credit; else it will poll. */
static void note(struct nap_reflector *r, nap_time now, nap_time at, uint32_t session,
	const struct nap_wire_event *event)
{
	struct nap_session *s = &r->sessions.entry[session];
	struct nap_wire w = { .type = NAP_WIRE_EVENT, .session = s->id };

	if (!nap_session_note(s, at, event) || !s->control.remote.family || !nap_session_pay(s, 1))
		return;
	nap_session_event(s, now, s->newest, &w.event);
	send_record(r, &s->control, &w);
}

/* Which place of flow f a record came to; a port that is no other port of the flow counts as its usual one. */
static uint8_t place_of(const struct nap_reflow *f, const struct nap_reflect_path *from)
{
	uint8_t place = from->port == f->port ? 0 : NAP_WIRE_OTHER_PORT;

	return from->alt ? place | NAP_WIRE_OTHER_ADDRESS : place;
}

static uint32_t make_flow(struct nap_reflector *r, uint32_t session, uint32_t id, uint8_t proto)
{
	struct nap_session *s = &r->sessions.entry[session];
	uint32_t i = s->flows < r->config.flows_per_session ? nap_reflows_add(&r->flows, session, id, proto)
							    : NAP_NO_REFLOW;

	if (i == NAP_NO_REFLOW)
		r->counts.refused++;
	else
		s->flows++;
	return i;
}

/* A flow's own record. Returns its flow, NAP_NO_REFLOW when it has no place here. */
static uint32_t flow_record(struct nap_reflector *r, nap_time now, uint32_t session,
	const struct nap_reflect_path *from, const struct nap_wire *w)
{
	uint8_t proto = from->conn < 0 ? NAP_UDP : NAP_TCP, place;
	uint32_t i = nap_reflows_find(&r->flows, session, w->packet.flow);
	struct nap_wire_event e = {
		.flow = w->packet.flow, .tag = w->packet.tag, .what = NAP_WIRE_GOT_PACKET
	};
	struct nap_reflow *f;
	bool first = i == NAP_NO_REFLOW;

	if (first)
		i = make_flow(r, session, w->packet.flow, proto);
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
		e.what = NAP_WIRE_GOT_OPEN;
	f->heard[place] = true;
	f->path[place] = *from;
	f->place = place;
	e.place = place;
	e.seen = from->remote;
	note(r, now, from->arrived ? from->arrived : now, session, &e);
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
	to->port = place & NAP_WIRE_OTHER_PORT ? other : f->port;
	to->alt = (place & NAP_WIRE_OTHER_ADDRESS) != 0;
	to->local.family = 0;
	return r->config.port[to->port] != 0 && (!to->alt || r->config.other[to->remote.family == 6].family);
}

static enum nap_wire_result send_flowed(struct nap_reflector *r, uint32_t flow,
	const struct nap_reflect_path *to, const struct nap_wire_order *o)
{
	const struct nap_reflow *f = &r->flows.entry[flow];
	struct nap_session *s = &r->sessions.entry[f->session];
	struct nap_wire w = {
		.type = NAP_WIRE_FLOWED, .session = s->id, .packet = { .flow = f->id, .tag = o->tag }
	};
	uint8_t buf[NAP_WIRE_SIZE];

	if (f->raw || (f->proto == NAP_TCP && conn_of(r, flow) < 0))
		return NAP_WIRE_CANNOT;
	if (!nap_session_pay(s, f->proto == NAP_TCP ? NAP_TCP_PRICE : 1))
		return NAP_WIRE_NO_CREDIT;
	if (f->proto == NAP_UDP) {
		send_record(r, to, &w);
		return NAP_WIRE_OK;
	}
	nap_wire_write(&w, buf);
	if (!r->out.stream(r->ctx, conn_of(r, flow), buf, sizeof(buf)))
		return NAP_WIRE_CANNOT;
	r->counts.sent++;
	r->counts.bytes_sent += sizeof(buf);
	return NAP_WIRE_OK;
}

static enum nap_wire_result end_stream(struct nap_reflector *r, uint32_t flow, bool reset)
{
	struct nap_session *s = &r->sessions.entry[r->flows.entry[flow].session];
	int32_t conn = conn_of(r, flow);

	if (conn < 0)
		return NAP_WIRE_CANNOT;
	if (!nap_session_pay(s, NAP_TCP_PRICE))
		return NAP_WIRE_NO_CREDIT;
	if (reset) {
		drop_conn(r, conn, true);
		return NAP_WIRE_OK;
	}
	return r->out.finish(r->ctx, conn) ? NAP_WIRE_OK : NAP_WIRE_CANNOT;
}

/* A raw flow's endpoint of ours at a place; false when there is none. */
static bool raw_source(
	const struct nap_reflector *r, const struct nap_reflow *f, uint8_t place, struct nap_inet *out)
{
	bool other = place & NAP_WIRE_OTHER_ADDRESS;

	*out = other ? r->config.other[f->path[f->place].remote.family == 6] : f->path[f->place].local;
	out->port = (uint16_t)(r->config.raw_port + (place & NAP_WIRE_OTHER_PORT ? 1 : 0));
	return out->family != 0;
}

static enum nap_wire_result send_segment(
	struct nap_reflector *r, uint32_t flow, const struct nap_wire_order *o)
{
	const struct nap_reflow *f = &r->flows.entry[flow];
	struct nap_segment s = { .dst = f->path[f->heard[o->place] ? o->place : f->place].remote,
		.flags = o->flags & 63,
		.ttl = o->ttl,
		.len = o->len,
		.window = nap_segment_window(o->tag) };

	if (!r->out.segment || !f->raw || o->len > NAP_SEGMENT_DATA || !raw_source(r, f, o->place, &s.src))
		return NAP_WIRE_CANNOT;
	if (!nap_session_pay(&r->sessions.entry[f->session], 1))
		return NAP_WIRE_NO_CREDIT;
	nap_tcb_send(&r->raw[flow].tcb, o->again, o->seq_shift, &s);
	if (!r->out.segment(r->ctx, &s))
		return NAP_WIRE_CANNOT;
	r->counts.sent++;
	r->counts.bytes_sent += s.len;
	return NAP_WIRE_OK;
}

static enum nap_wire_result expect(struct nap_reflector *r, uint32_t session, const struct nap_wire_order *o)
{
	uint32_t i;

	if (!r->out.segment || !r->config.raw_port ||
		nap_reflows_find(&r->flows, session, o->flow) != NAP_NO_REFLOW)
		return NAP_WIRE_CANNOT;
	i = make_flow(r, session, o->flow, NAP_TCP);
	if (i == NAP_NO_REFLOW)
		return NAP_WIRE_CANNOT;
	r->flows.entry[i].raw = true;
	r->raw[i] = (struct raw_end){ .isn = o->isn, .tcb = { .next = (uint32_t)nap_rng_next(&r->isn) } };
	return NAP_WIRE_OK;
}

static enum nap_wire_result obey(struct nap_reflector *r, uint32_t session, const struct nap_wire_order *o)
{
	struct nap_reflect_path to;
	uint32_t i = nap_reflows_find(&r->flows, session, o->flow);

	if (o->act == NAP_WIRE_EXPECT)
		return expect(r, session, o);
	if (i == NAP_NO_REFLOW)
		return o->act == NAP_WIRE_FORGET ? NAP_WIRE_OK : NAP_WIRE_NO_FLOW;
	if (o->act == NAP_WIRE_FORGET) {
		forget_flow(r, i);
		return NAP_WIRE_OK;
	}
	if (!r->flows.entry[i].heard[r->flows.entry[i].place])
		return NAP_WIRE_NO_FLOW;
	if (o->act == NAP_WIRE_SEGMENT)
		return send_segment(r, i, o);
	if (!path_to(r, &r->flows.entry[i], o->place, &to))
		return NAP_WIRE_CANNOT;
	switch (o->act) {
	case NAP_WIRE_SEND:
		return send_flowed(r, i, &to, o);
	case NAP_WIRE_FIN:
	case NAP_WIRE_RESET:
		return end_stream(r, i, o->act == NAP_WIRE_RESET);
	default:
		return NAP_WIRE_CANNOT;
	}
}

/* Does an order once, and answers every copy of it. An unpaid order may be tried again, with more credit. */
static void order(struct nap_reflector *r, uint32_t session, const struct nap_reflect_path *from,
	const struct nap_wire *w)
{
	struct nap_session *s = &r->sessions.entry[session];
	struct nap_wire answer = { .type = NAP_WIRE_DONE, .session = s->id, .seq = w->seq };
	uint32_t slot = w->order.op % NAP_SESSION_OPS;

	if (!nap_session_pay(s, 1))
		return;
	if (s->op[slot] < w->order.op) {
		s->result[slot] = (uint8_t)obey(r, session, &w->order);
		if (s->result[slot] != NAP_WIRE_NO_CREDIT)
			s->op[slot] = w->order.op;
	}
	answer.done.op = w->order.op;
	answer.done.result = s->result[slot];
	answer.done.credit = s->credit;
	send_record(r, from, &answer);
}

static void poll_record(struct nap_reflector *r, nap_time now, uint32_t session,
	const struct nap_reflect_path *from, const struct nap_wire *w)
{
	struct nap_session *s = &r->sessions.entry[session];
	struct nap_wire answer = { .session = s->id, .seq = w->seq };

	if (!nap_session_pay(s, 1))
		return;
	answer.type = NAP_WIRE_EVENT;
	if (!nap_session_event(s, now, s->acked + 1, &answer.event)) {
		answer.type = NAP_WIRE_IDLE;
		answer.idle.newest = s->newest;
		answer.idle.credit = s->credit;
		answer.idle.seen = from->remote;
	}
	send_record(r, from, &answer);
}

/* The session that a record with a cookie belongs to, the record counted and paid in; NAP_NO_CLIENT when it is not taken. */
static uint32_t admit(
	struct nap_reflector *r, nap_time now, const struct nap_reflect_path *from, const struct nap_wire *w)
{
	uint32_t i;

	if (!nap_limiter_admit(r->known, now, &from->remote)) {
		r->counts.limited++;
		return NAP_NO_CLIENT;
	}
	if (!nap_cookie_valid(&r->cookies, &from->remote, w)) {
		r->counts.unproven++;
		return NAP_NO_CLIENT;
	}
	i = nap_sessions_find(&r->sessions, now, w->session, &from->remote);
	if (i == NAP_NO_CLIENT) {
		r->counts.refused++;
		return i;
	}
	if (!nap_session_receive(&r->sessions.entry[i], now, w->seq)) {
		r->counts.replayed++;
		return NAP_NO_CLIENT;
	}
	return i;
}

static bool read_record(struct nap_reflector *r, const uint8_t *data, size_t n, struct nap_wire *w)
{
	r->counts.received++;
	r->counts.bytes_received += n;
	if (nap_wire_read(data, n, w) && w->type < NAP_WIRE_WELCOME)
		return true;
	r->counts.malformed++;
	return false;
}

void nap_reflector_datagram(struct nap_reflector *r, nap_time now, const struct nap_reflect_path *from,
	const uint8_t *data, size_t n)
{
	struct nap_wire w;
	uint32_t i;

	if (!read_record(r, data, n, &w))
		return;
	if (w.type == NAP_WIRE_HELLO) {
		hello(r, now, from, &w);
		return;
	}
	i = admit(r, now, from, &w);
	if (i == NAP_NO_CLIENT)
		return;
	if (w.type == NAP_WIRE_FLOW) {
		flow_record(r, now, i, from, &w);
		return;
	}
	r->sessions.entry[i].control = *from;
	nap_session_acknowledge(&r->sessions.entry[i], w.type == NAP_WIRE_POLL    ? w.acked
						       : w.type == NAP_WIRE_ORDER ? w.order.acked
										  : 0);
	if (w.type == NAP_WIRE_ORDER)
		order(r, i, from, &w);
	else if (w.type == NAP_WIRE_POLL)
		poll_record(r, now, i, from, &w);
}

void nap_reflector_icmp(struct nap_reflector *r, nap_time now, const struct nap_inet *to, uint8_t type,
	uint8_t code, const struct nap_inet *offender)
{
	/* an error is no proof of anything and looks through the table: it counts against the rate of whom it names */
	if (!nap_limiter_admit(r->known, now, to)) {
		r->counts.limited++;
		return;
	}
	for (uint32_t i = 0; i < r->config.flows; i++) {
		struct nap_reflow *f = &r->flows.entry[i];

		if (!f->used || f->proto != NAP_UDP || !f->heard[f->place] ||
			!nap_inet_equal(&f->path[f->place].remote, to))
			continue;
		struct nap_wire_event e = { .flow = f->id,
			.what = NAP_WIRE_GOT_ICMP,
			.place = f->place,
			.icmp_type = type,
			.icmp_code = code,
			.seen = *offender };
		note(r, now, now, f->session, &e);
	}
}

int32_t nap_reflector_accept(struct nap_reflector *r, nap_time now, const struct nap_reflect_path *from)
{
	uint32_t mine = 0;
	int32_t slot = -1;

	for (uint32_t i = 0; i < r->config.conns; i++) {
		struct conn *c = &r->conns[i];

		if (!c->used && slot < 0)
			slot = (int32_t)i;
		if (c->used && nap_inet_same_host(&c->path.remote, &from->remote))
			mine++;
	}
	if (slot < 0 || mine >= r->config.conns_per_host ||
		!nap_limiter_admit(r->known, now, &from->remote)) {
		r->counts.refused++;
		return -1;
	}
	r->conns[slot] = (struct conn){ .used = true, .path = *from, .flow = NAP_NO_REFLOW, .since = now };
	r->conns[slot].path.conn = slot;
	return slot;
}

static bool stream_record(struct nap_reflector *r, nap_time now, struct conn *c)
{
	struct nap_wire w;
	uint32_t session, flow;

	if (!read_record(r, c->buf, sizeof(c->buf), &w) || w.type != NAP_WIRE_FLOW)
		return false;
	session = admit(r, now, &c->path, &w);
	if (session == NAP_NO_CLIENT)
		return false;
	flow = flow_record(r, now, session, &c->path, &w);
	if (flow == NAP_NO_REFLOW || (c->flow != NAP_NO_REFLOW && c->flow != flow))
		return false;
	c->flow = flow;
	return true;
}

bool nap_reflector_stream(struct nap_reflector *r, nap_time now, int32_t conn, const uint8_t *data, size_t n)
{
	struct conn *c = &r->conns[conn];

	while (n) {
		size_t take = MIN(n, NAP_WIRE_SIZE - c->have);

		memcpy(c->buf + c->have, data, take);
		c->have += (uint32_t)take;
		data += take;
		n -= take;
		if (c->have < NAP_WIRE_SIZE)
			break;
		c->have = 0;
		if (!stream_record(r, now, c)) {
			c->used = false;
			return false;
		}
	}
	return true;
}

bool nap_reflector_ended(struct nap_reflector *r, nap_time now, int32_t conn, enum nap_wire_what what)
{
	struct conn *c = &r->conns[conn];

	if (c->flow != NAP_NO_REFLOW && r->flows.entry[c->flow].used) {
		const struct nap_reflow *f = &r->flows.entry[c->flow];
		struct nap_wire_event e = {
			.flow = f->id, .what = (uint8_t)what, .place = f->place, .seen = c->path.remote
		};

		note(r, now, now, f->session, &e);
		if (what == NAP_WIRE_GOT_FIN)
			return true;
	}
	c->used = false;
	return false;
}

void nap_reflector_closed(struct nap_reflector *r, int32_t conn)
{
	r->conns[conn].used = false;
}

bool nap_reflector_keeps(const struct nap_reflector *r, nap_time now, int32_t conn, nap_time since)
{
	const struct conn *c = &r->conns[conn];

	return c->flow != NAP_NO_REFLOW || now - since < 10 * NAP_S;
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
			nap_inet_same_host(&r->sessions.entry[f->session].host, host)) {
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
	struct nap_wire_event e = { .what = s->flags & NAP_RST ? NAP_WIRE_GOT_RST : NAP_WIRE_GOT_PACKET,
		.tag = nap_segment_mark(s->window),
		.flags = s->flags,
		.seen = s->src };
	struct nap_inet other = r->config.other[s->src.family == 6];

	if (i == NAP_NO_REFLOW)
		return;
	f = &r->flows.entry[i];
	other.port = s->dst.port;
	e.flow = f->id;
	e.place = (uint8_t)((s->dst.port == r->config.raw_port ? 0 : NAP_WIRE_OTHER_PORT) |
			    (nap_inet_equal(&other, &s->dst) ? NAP_WIRE_OTHER_ADDRESS : 0));
	nap_tcb_receive(&r->raw[i].tcb, s);
	/* a box's own RST may come from anywhere near: only what carries a mark shows where the flow is */
	if (e.tag || !f->heard[e.place]) {
		f->heard[e.place] = true;
		f->place = e.place;
		f->path[e.place] = (struct nap_reflect_path){ .remote = s->src, .local = s->dst, .conn = -1 };
	}
	note(r, now, at, f->session, &e);
}

/* An RST that a box sends for a flow it has forgotten bears our numbers, not the client's: it is known by its endpoint. */
static bool raw_reply(struct nap_reflector *r, nap_time now, const struct nap_inet *mapped,
	const struct nap_wire_event *about)
{
	struct nap_wire_event e = *about;
	bool any = false;

	for (uint32_t i = 0; i < r->config.flows; i++) {
		const struct nap_reflow *f = &r->flows.entry[i];

		if (!f->used || !f->raw || !f->heard[f->place] ||
			!nap_inet_equal(&f->path[f->place].remote, mapped))
			continue;
		e.flow = f->id;
		e.place = f->place;
		note(r, now, now, f->session, &e);
		any = true;
	}
	return any;
}

void nap_reflector_frame(struct nap_reflector *r, nap_time now, const struct nap_frame *frame)
{
	const struct nap_segment *s = &frame->segment;
	struct nap_wire_event e = { .seen = s->src, .flags = s->flags, .what = NAP_WIRE_GOT_RST };

	if (!nap_limiter_admit(r->known, now, frame->icmp ? &s->dst : &s->src)) {
		r->counts.limited++;
		return;
	}
	if (frame->icmp) {
		e = (struct nap_wire_event){ .seen = frame->offender,
			.what = NAP_WIRE_GOT_ICMP,
			.icmp_type = frame->icmp_type,
			.icmp_code = frame->icmp_code };
		raw_reply(r, now, &s->dst, &e);
	} else if (!(s->flags & NAP_RST) || nap_segment_mark(s->window) || !raw_reply(r, now, &s->src, &e)) {
		raw_segment(r, now, frame->at ? frame->at : now, s);
	}
}

void nap_reflector_counts(const struct nap_reflector *r, struct nap_reflector_counts *out)
{
	*out = r->counts;
}
