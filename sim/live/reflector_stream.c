/* SPDX-License-Identifier: BSD-2-Clause */
/* The reflector's TCP connections: records in a stream of bytes, and how a connection ends. */
#include "live/reflector_inside.h"

#include <string.h>

/* A connection is no longer: its place and its share are free. */
static void release(struct nap_reflector *r, int32_t conn)
{
	struct nap_reflector_conn *c = &r->conns[conn];

	if (c->used)
		nap_shares_give(&r->conn_shares, &c->path.remote);
	c->used = false;
}

void nap_reflector_drop(struct nap_reflector *r, int32_t conn, bool reset)
{
	release(r, conn);
	r->out.drop(r->ctx, conn, reset);
}

int32_t nap_reflector_conn_of(const struct nap_reflector *r, uint32_t i)
{
	const struct nap_reflow *f = &r->flows.entry[i];
	int32_t conn = f->proto == NAP_TCP && !f->raw && f->heard[f->place] ? f->path[f->place].conn : -1;

	return conn >= 0 && r->conns[conn].used && r->conns[conn].flow == i ? conn : -1;
}

static int32_t free_conn(const struct nap_reflector *r)
{
	for (uint32_t i = 0; i < r->config.conns; i++)
		if (!r->conns[i].used)
			return (int32_t)i;
	return -1;
}

/* Of the largest holder the connection that named no flow, else the oldest; -1: it has hardly more than host. */
static int32_t yielding_conn(const struct nap_reflector *r, const struct nap_inet *host)
{
	uint32_t most = nap_shares_held(&r->conn_shares, host) + 1;
	int32_t first = -1;

	for (uint32_t i = 0; i < r->config.conns; i++) {
		const struct nap_reflector_conn *c = &r->conns[i], *f = first < 0 ? NULL : &r->conns[first];
		uint32_t held = c->used ? nap_shares_held(&r->conn_shares, &c->path.remote) : 0;
		bool nameless = c->flow == NAP_NO_REFLOW;

		if (held > most ||
			(f && held == most &&
				(nameless != (f->flow == NAP_NO_REFLOW) ? nameless : c->since < f->since))) {
			first = (int32_t)i;
			most = held;
		}
	}
	return first;
}

/* A place for one more connection, -1: there is none. */
static int32_t room_for(struct nap_reflector *r, const struct nap_inet *host)
{
	int32_t slot = free_conn(r);

	if (slot >= 0 || (slot = yielding_conn(r, host)) < 0)
		return slot;
	if (r->conns[slot].flow != NAP_NO_REFLOW && nap_reflector_conn_of(r, r->conns[slot].flow) == slot)
		nap_reflector_forget(r, r->conns[slot].flow);
	else
		nap_reflector_drop(r, slot, true);
	return slot;
}

int32_t nap_reflector_accept(struct nap_reflector *r, nap_time now, const struct nap_reflect_path *from)
{
	int32_t slot = nap_shares_may(&r->conn_shares, &from->remote) &&
				       nap_limiter_admit(r->known, now, &from->remote)
			       ? room_for(r, &from->remote)
			       : -1;

	if (slot < 0) {
		r->counts.refused++;
		return -1;
	}
	nap_shares_take(&r->conn_shares, &from->remote);
	r->conns[slot] = (struct nap_reflector_conn){
		.used = true, .path = *from, .flow = NAP_NO_REFLOW, .since = now
	};
	r->conns[slot].path.conn = slot;
	return slot;
}

static bool stream_record(struct nap_reflector *r, nap_time now, struct nap_reflector_conn *c)
{
	struct nap_record w;
	uint32_t association, flow;

	if (!nap_reflector_read(r, c->buf, sizeof(c->buf), &w) || w.type != NAP_RECORD_FLOW)
		return false;
	association = nap_reflector_admit(r, now, &c->path, &w);
	if (association == NAP_NO_CLIENT)
		return false;
	flow = nap_reflector_flow(r, now, association, &c->path, &w);
	if (flow == NAP_NO_REFLOW || (c->flow != NAP_NO_REFLOW && c->flow != flow))
		return false;
	c->flow = flow;
	return true;
}

bool nap_reflector_stream(struct nap_reflector *r, nap_time now, int32_t conn, const uint8_t *data, size_t n)
{
	struct nap_reflector_conn *c = &r->conns[conn];

	while (n) {
		size_t take = MIN(n, NAP_RECORD_SIZE - c->have);

		memcpy(c->buf + c->have, data, take);
		c->have += (uint32_t)take;
		data += take;
		n -= take;
		if (c->have < NAP_RECORD_SIZE)
			break;
		c->have = 0;
		if (!stream_record(r, now, c)) {
			release(r, conn);
			return false;
		}
	}
	return true;
}

bool nap_reflector_ended(struct nap_reflector *r, nap_time now, int32_t conn, enum nap_record_what what)
{
	struct nap_reflector_conn *c = &r->conns[conn];

	if (c->flow != NAP_NO_REFLOW && r->flows.entry[c->flow].used) {
		const struct nap_reflow *f = &r->flows.entry[c->flow];
		struct nap_record_event e = {
			.flow = f->id, .what = (uint8_t)what, .place = f->place, .seen = c->path.remote
		};

		nap_reflector_note(r, now, now, f->association, &e);
		if (what == NAP_RECORD_GOT_FIN)
			return true;
	}
	release(r, conn);
	return false;
}

void nap_reflector_closed(struct nap_reflector *r, int32_t conn)
{
	release(r, conn);
}

bool nap_reflector_keeps(const struct nap_reflector *r, nap_time now, int32_t conn, nap_time since)
{
	const struct nap_reflector_conn *c = &r->conns[conn];

	return c->flow != NAP_NO_REFLOW || now - since < 10 * NAP_S;
}
