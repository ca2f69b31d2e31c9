/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/reflector.h"

#include <string.h>

#include "live/reflector_inside.h"

#define TICK (10 * NAP_S)
#define GONE                                                                                                 \
	(5 * NAP_MIN) /* not heard for so long: its flows are of no use, whatever becomes of the client */

const struct nap_reflector_config nap_reflector_defaults = {
	.rotate = 10 * NAP_MIN,
	.host_rate = { 2000, 4000 },
	.total_rate = { 20000, 40000 },
	/* an answer costs what the question did: who spoofs gains nothing, and a newcomer must get through beside him */
	.hello_rate = { 1000, 2000 },
	.hello_total = { 20000, 40000 },
	.associations = 256,
	.association_share = { 8, 16, 32 },
	.flows = 16384,
	.flows_per_association = 4096,
	.flow_share = { 4096, 4096, 6144 },
	.conns = 4096,
	.conn_share = { 1024, 1024, 1536 },
	.slots = 4096,
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
	r->unproven = nap_limiter_new(config->host_rate, config->total_rate, config->slots, mix);
	nap_associations_init(&r->associations, config->associations, config->association_share,
		2 * config->rotate, mix[0]);
	nap_shares_init(&r->flow_shares, config->associations, config->flow_share, mix[0]);
	nap_shares_init(&r->conn_shares, config->conns, config->conn_share, mix[0]);
	nap_reflows_init(&r->flows, config->flows);
	r->ticked = now;
	r->conns = g_new0(struct nap_reflector_conn, config->conns);
	r->raw = g_new0(struct nap_raw_end, config->flows);
	r->isn = nap_rng_stream(mix[0] ^ mix[1], 0, 0, NAP_RNG_PORTS);
	return r;
}

void nap_reflector_free(struct nap_reflector *r)
{
	if (!r)
		return;
	nap_limiter_free(r->known);
	nap_limiter_free(r->strangers);
	nap_limiter_free(r->unproven);
	nap_shares_clear(&r->flow_shares);
	nap_shares_clear(&r->conn_shares);
	nap_associations_clear(&r->associations);
	nap_reflows_clear(&r->flows);
	g_free(r->conns);
	g_free(r->raw);
	g_free(r);
}

static void forget_all(struct nap_reflector *r, uint32_t association)
{
	for (uint32_t i = 0; r->associations.entry[association].flows > 0 && i < r->config.flows; i++)
		if (r->flows.owner[i] == association)
			nap_reflector_forget(r, i);
}

/* The flows and connections of those that are not heard any more end soon; their cookies may be good for longer. */
void nap_reflector_tick(struct nap_reflector *r, nap_time now)
{
	if (now - r->ticked < TICK)
		return;
	r->ticked = now;
	for (uint32_t i = 0; i < r->config.associations; i++)
		if (r->associations.entry[i].used && now - r->associations.entry[i].last >= GONE)
			forget_all(r, i);
}

nap_time nap_reflector_deadline(const struct nap_reflector *r)
{
	return r->rotated + r->config.rotate;
}

void nap_reflector_rotate(struct nap_reflector *r, nap_time now, const uint8_t *key)
{
	nap_cookies_rotate(&r->cookies, key);
	r->rotated = now;
	nap_reflector_tick(r, now);
}

void nap_reflector_send(
	struct nap_reflector *r, const struct nap_reflect_path *to, const struct nap_record *w)
{
	uint8_t buf[NAP_RECORD_SIZE];

	nap_record_write(w, buf);
	if (r->out.datagram(r->ctx, to, buf, sizeof(buf))) {
		r->counts.sent++;
		r->counts.bytes_sent += sizeof(buf);
	}
}

static void hello(struct nap_reflector *r, nap_time now, const struct nap_reflect_path *from,
	const struct nap_record *w)
{
	struct nap_record answer = {
		.type = NAP_RECORD_WELCOME, .association = w->association, .seq = w->seq
	};
	struct nap_record_welcome *body = &answer.welcome;

	bool renews = w->epoch != 0 && nap_cookie_valid(&r->cookies, &from->remote, w);

	if (!nap_limiter_admit(renews ? r->known : r->strangers, now, &from->remote)) {
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
	nap_reflector_send(r, from, &answer);
}

void nap_reflector_note(struct nap_reflector *r, nap_time now, nap_time at, uint32_t association,
	const struct nap_record_event *event)
{
	struct nap_association *s = &r->associations.entry[association];
	struct nap_record w = { .type = NAP_RECORD_EVENT, .association = s->id };

	if (!nap_association_note(s, at, event) || !s->control.remote.family || !nap_association_pay(s, 1))
		return;
	nap_association_event(s, now, s->newest, &w.event);
	nap_reflector_send(r, &s->control, &w);
}

/* The answer goes out first: after it there is nobody to answer. */
static void end(struct nap_reflector *r, nap_time now, uint32_t association,
	const struct nap_reflect_path *from, const struct nap_record *w)
{
	struct nap_association *s = &r->associations.entry[association];
	struct nap_record answer = { .type = NAP_RECORD_DONE, .association = s->id, .seq = w->seq };

	answer.done.op = w->order.op;
	answer.done.result = NAP_RECORD_OK;
	if (nap_association_pay(s, 1))
		nap_reflector_send(r, from, &answer);
	forget_all(r, association);
	nap_associations_end(&r->associations, now, association);
}

/* Does an order once, and answers every copy of it. An unpaid order may be tried again, with more credit. */
static void order(struct nap_reflector *r, uint32_t association, const struct nap_reflect_path *from,
	const struct nap_record *w)
{
	struct nap_association *s = &r->associations.entry[association];
	struct nap_record answer = { .type = NAP_RECORD_DONE, .association = s->id, .seq = w->seq };
	uint32_t slot = w->order.op % NAP_ASSOCIATION_OPS;

	if (!nap_association_pay(s, 1))
		return;
	if (s->op[slot] < w->order.op) {
		s->result[slot] = (uint8_t)nap_reflector_obey(r, association, &w->order);
		if (s->result[slot] != NAP_RECORD_NO_CREDIT)
			s->op[slot] = w->order.op;
	}
	answer.done.op = w->order.op;
	answer.done.result = s->result[slot];
	answer.done.credit = s->credit;
	nap_reflector_send(r, from, &answer);
}

static void poll_record(struct nap_reflector *r, nap_time now, uint32_t association,
	const struct nap_reflect_path *from, const struct nap_record *w)
{
	struct nap_association *s = &r->associations.entry[association];
	struct nap_record answer = { .association = s->id, .seq = w->seq };

	if (!nap_association_pay(s, 1))
		return;
	answer.type = NAP_RECORD_EVENT;
	if (!nap_association_event(s, now, s->acked + 1, &answer.event)) {
		answer.type = NAP_RECORD_IDLE;
		answer.idle.newest = s->newest;
		answer.idle.credit = s->credit;
		answer.idle.seen = from->remote;
	}
	nap_reflector_send(r, from, &answer);
}

/* A place for a client that has proved its address; another may have to give way. NAP_NO_CLIENT, and *why, when there is none. */
static uint32_t place_for(struct nap_reflector *r, nap_time now, const struct nap_inet *host, uint64_t id,
	enum nap_record_refusal *why)
{
	struct nap_associations *t = &r->associations;
	uint32_t i = nap_associations_find(t, id, host), first;

	if (i != NAP_NO_CLIENT)
		return i;
	*why = NAP_RECORD_OVER;
	if (nap_associations_over(t, now, id, host))
		return NAP_NO_CLIENT;
	*why = NAP_RECORD_FULL;
	i = nap_associations_open(t, now, id, host);
	first = i == NAP_NO_CLIENT ? nap_associations_yield(t, now, host) : NAP_NO_CLIENT;
	if (first == NAP_NO_CLIENT)
		return i;
	forget_all(r, first);
	nap_associations_end(t, now, first);
	return nap_associations_open(t, now, id, host);
}

/* Told for what it was paid by the record itself, where a control record came from. */
static void refuse(struct nap_reflector *r, const struct nap_reflect_path *from, const struct nap_record *w,
	enum nap_record_refusal why)
{
	struct nap_record answer = { .type = NAP_RECORD_REFUSED,
		.association = w->association,
		.seq = w->seq,
		.refusal = (uint8_t)why };

	r->counts.refused++;
	if (w->type != NAP_RECORD_FLOW)
		nap_reflector_send(r, from, &answer);
}

uint32_t nap_reflector_admit(struct nap_reflector *r, nap_time now, const struct nap_reflect_path *from,
	const struct nap_record *w)
{
	enum nap_record_refusal why = NAP_RECORD_FULL;
	uint32_t i;

	/* first: what does not prove its address must not use up that address' rate */
	if (!nap_cookie_valid(&r->cookies, &from->remote, w)) {
		r->counts.unproven++;
		return NAP_NO_CLIENT;
	}
	if (!nap_limiter_admit(r->known, now, &from->remote)) {
		r->counts.limited++;
		return NAP_NO_CLIENT;
	}
	i = place_for(r, now, &from->remote, w->association, &why);
	if (i == NAP_NO_CLIENT) {
		refuse(r, from, w, why);
		return i;
	}
	if (!nap_association_receive(&r->associations.entry[i], now, w->seq)) {
		r->counts.replayed++;
		return NAP_NO_CLIENT;
	}
	return i;
}

bool nap_reflector_read(struct nap_reflector *r, const uint8_t *data, size_t n, struct nap_record *w)
{
	r->counts.received++;
	r->counts.bytes_received += n;
	if (nap_record_read(data, n, w) && w->type < NAP_RECORD_WELCOME)
		return true;
	r->counts.malformed++;
	return false;
}

void nap_reflector_datagram(struct nap_reflector *r, nap_time now, const struct nap_reflect_path *from,
	const uint8_t *data, size_t n)
{
	struct nap_record w;
	uint32_t i;

	if (!nap_reflector_read(r, data, n, &w))
		return;
	if (w.type == NAP_RECORD_HELLO) {
		hello(r, now, from, &w);
		return;
	}
	i = nap_reflector_admit(r, now, from, &w);
	if (i == NAP_NO_CLIENT)
		return;
	if (w.type == NAP_RECORD_FLOW) {
		nap_reflector_flow(r, now, i, from, &w);
		return;
	}
	if (w.seq == r->associations.entry[i].top) /* no record that came late, by a mapping that is gone */
		r->associations.entry[i].control = *from;
	nap_association_acknowledge(&r->associations.entry[i], w.type == NAP_RECORD_POLL    ? w.acked
							       : w.type == NAP_RECORD_ORDER ? w.order.acked
											    : 0);
	if (w.type == NAP_RECORD_ORDER && w.order.act == NAP_RECORD_END)
		end(r, now, i, from, &w);
	else if (w.type == NAP_RECORD_ORDER)
		order(r, i, from, &w);
	else if (w.type == NAP_RECORD_POLL)
		poll_record(r, now, i, from, &w);
}

void nap_reflector_counts(const struct nap_reflector *r, struct nap_reflector_counts *out)
{
	*out = r->counts;
}
