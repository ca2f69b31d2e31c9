/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/record.h"

#include <string.h>

#include <glib.h>

#define MAGIC UINT32_C(0x4e415001) /* "NAP", version 1 */

/* A place in a record. Both directions run the same field list, so they cannot disagree about the layout. */
struct cursor {
	uint8_t *out;      /* writing, else NULL */
	const uint8_t *in; /* reading, else NULL */
	size_t at;
	bool bad;
};

static void bytes(struct cursor *c, void *field, size_t n)
{
	if (c->at + n > NAP_RECORD_SIZE) {
		c->bad = true;
		return;
	}
	if (c->out)
		memcpy(c->out + c->at, field, n);
	else
		memcpy(field, c->in + c->at, n);
	c->at += n;
}

static void number(struct cursor *c, uint64_t *value, size_t n)
{
	uint8_t raw[8] = { 0 };

	for (size_t i = 0; i < n; i++)
		raw[i] = (uint8_t)(*value >> 8 * (n - 1 - i));
	bytes(c, raw, n);
	*value = 0;
	for (size_t i = 0; i < n; i++)
		*value = *value << 8 | raw[i];
}

static void u8(struct cursor *c, uint8_t *v)
{
	bytes(c, v, 1);
}

static void u16(struct cursor *c, uint16_t *v)
{
	uint64_t x = *v;

	number(c, &x, 2);
	*v = (uint16_t)x;
}

static void u32(struct cursor *c, uint32_t *v)
{
	uint64_t x = *v;

	number(c, &x, 4);
	*v = (uint32_t)x;
}

/* A byte that must lie in [lo, hi]. */
static void ranged(struct cursor *c, uint8_t *v, uint8_t lo, uint8_t hi)
{
	u8(c, v);
	if (*v < lo || *v > hi)
		c->bad = true;
}

static void inet(struct cursor *c, struct nap_inet *a)
{
	static const uint8_t zero[16];

	u8(c, &a->family);
	bytes(c, a->addr, sizeof(a->addr));
	u16(c, &a->port);
	if (a->family != 0 && a->family != 4 && a->family != 6)
		c->bad = true;
	if (a->family == 0 && (a->port || memcmp(a->addr, zero, 16) != 0))
		c->bad = true;
	if (a->family == 4 && memcmp(a->addr + 4, zero, 12) != 0)
		c->bad = true;
}

static void order(struct cursor *c, struct nap_record_order *o)
{
	uint32_t shift = (uint32_t)o->seq_shift;

	u32(c, &o->op);
	u32(c, &o->flow);
	u32(c, &o->tag);
	ranged(c, &o->act, NAP_RECORD_SEND, NAP_RECORD_ACTS - 1);
	ranged(c, &o->place, 0, NAP_RECORD_PLACES - 1);
	u8(c, &o->flags);
	u8(c, &o->ttl);
	ranged(c, &o->again, 0, 1);
	u32(c, &shift);
	o->seq_shift = (int32_t)shift;
	u16(c, &o->len);
	u32(c, &o->isn);
	u32(c, &o->acked);
}

static void welcome(struct cursor *c, struct nap_record_welcome *w)
{
	inet(c, &w->seen);
	inet(c, &w->other);
	for (unsigned i = 0; i < NAP_RECORD_PORTS; i++) {
		u16(c, &w->port[i]);
		if (i && w->port[i] && !w->port[i - 1])
			c->bad = true;
	}
	u16(c, &w->raw_port);
	ranged(c, &w->features, 0, NAP_RECORD_FEATURES - 1);
	u32(c, &w->rotate_s);
	if (!w->seen.family || !w->port[0] || !w->rotate_s)
		c->bad = true;
}

static void event(struct cursor *c, struct nap_record_event *e)
{
	u32(c, &e->number);
	u32(c, &e->newest);
	u32(c, &e->flow);
	u32(c, &e->tag);
	number(c, &e->age_us, 8);
	ranged(c, &e->what, NAP_RECORD_GOT_PACKET, NAP_RECORD_WHATS - 1);
	ranged(c, &e->place, 0, NAP_RECORD_PLACES - 1);
	u8(c, &e->flags);
	u8(c, &e->icmp_type);
	u8(c, &e->icmp_code);
	u8(c, &e->ttl);
	u32(c, &e->credit);
	inet(c, &e->seen);
}

static void body(struct cursor *c, struct nap_record *w)
{
	switch (w->type) {
	case NAP_RECORD_HELLO:
	case NAP_RECORD_CREDIT:
		break;
	case NAP_RECORD_FLOW:
	case NAP_RECORD_FLOWED:
		u32(c, &w->packet.flow);
		u32(c, &w->packet.tag);
		break;
	case NAP_RECORD_ORDER:
		order(c, &w->order);
		break;
	case NAP_RECORD_POLL:
		u32(c, &w->acked);
		break;
	case NAP_RECORD_WELCOME:
		welcome(c, &w->welcome);
		break;
	case NAP_RECORD_DONE:
		u32(c, &w->done.op);
		u32(c, &w->done.credit);
		ranged(c, &w->done.result, 0, NAP_RECORD_RESULTS - 1);
		break;
	case NAP_RECORD_EVENT:
		event(c, &w->event);
		break;
	case NAP_RECORD_IDLE:
		u32(c, &w->idle.newest);
		u32(c, &w->idle.credit);
		inet(c, &w->idle.seen);
		break;
	case NAP_RECORD_REFUSED:
		ranged(c, &w->refusal, NAP_RECORD_FULL, NAP_RECORD_REFUSALS - 1);
		break;
	default:
		c->bad = true;
	}
}

static void record(struct cursor *c, struct nap_record *w)
{
	uint32_t magic = MAGIC;
	uint64_t association = w->association;

	u32(c, &magic);
	u8(c, &w->type);
	number(c, &association, 8);
	w->association = association;
	u32(c, &w->seq);
	u32(c, &w->epoch);
	bytes(c, w->mac, sizeof(w->mac));
	if (magic != MAGIC)
		c->bad = true;
	if (!c->bad)
		body(c, w);
}

void nap_record_write(const struct nap_record *w, uint8_t buf[NAP_RECORD_SIZE])
{
	struct nap_record copy = *w;
	struct cursor c = { .out = buf };

	memset(buf, 0, NAP_RECORD_SIZE);
	record(&c, &copy);
	g_assert(!c.bad);
}

bool nap_record_read(const uint8_t *buf, size_t n, struct nap_record *w)
{
	struct nap_record got = { 0 };
	struct cursor c = { .in = buf };

	if (n != NAP_RECORD_SIZE)
		return false;
	record(&c, &got);
	for (size_t i = c.at; i < n && !c.bad; i++)
		if (buf[i])
			c.bad = true;
	if (c.bad)
		return false;
	*w = got;
	return true;
}
