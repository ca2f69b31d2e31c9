/* SPDX-License-Identifier: BSD-2-Clause */
/* The reflector's TCP connections: records in a stream of bytes, and how a connection ends. */
#include "live/reflector_inside.h"

#include <string.h>

void nap_reflector_drop(struct nap_reflector *r, int32_t conn, bool reset)
{
	r->conns[conn].used = false;
	r->out.drop(r->ctx, conn, reset);
}

int32_t nap_reflector_conn_of(const struct nap_reflector *r, uint32_t i)
{
	const struct nap_reflow *f = &r->flows.entry[i];
	int32_t conn = f->proto == NAP_TCP && !f->raw && f->heard[f->place] ? f->path[f->place].conn : -1;

	return conn >= 0 && r->conns[conn].used && r->conns[conn].flow == i ? conn : -1;
}

int32_t nap_reflector_accept(struct nap_reflector *r, nap_time now, const struct nap_reflect_path *from)
{
	uint32_t mine = 0;
	int32_t slot = -1;

	for (uint32_t i = 0; i < r->config.conns; i++) {
		struct nap_reflector_conn *c = &r->conns[i];

		if (!c->used && slot < 0)
			slot = (int32_t)i;
		if (c->used && nap_inet_same_site(&c->path.remote, &from->remote))
			mine++;
	}
	if (slot < 0 || mine >= r->config.conns_per_host ||
		!nap_limiter_admit(r->known, now, &from->remote)) {
		r->counts.refused++;
		return -1;
	}
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
			c->used = false;
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
	c->used = false;
	return false;
}

void nap_reflector_closed(struct nap_reflector *r, int32_t conn)
{
	r->conns[conn].used = false;
}

bool nap_reflector_keeps(const struct nap_reflector *r, nap_time now, int32_t conn, nap_time since)
{
	const struct nap_reflector_conn *c = &r->conns[conn];

	return c->flow != NAP_NO_REFLOW || now - since < 10 * NAP_S;
}
