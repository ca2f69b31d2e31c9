/* SPDX-License-Identifier: BSD-2-Clause */
/* What came behind a gap, in order and without overlaps, until the gap is filled and the program has taken it. */
#include "client/tcp_inside.h"

#include <string.h>

struct nap_tcp_store {
	uint32_t n, size;
	uint32_t latest; /* begin of what came last */
	struct piece {
		uint32_t seq, len, tag;
		uint8_t flags, message, cause;
		nap_time stamp;
	} piece[];
};

static uint32_t end_of(const struct piece *p)
{
	return p->seq + p->len + ((p->flags & NAP_FIN) != 0);
}

static void make_room(struct nap_tcp *t)
{
	struct nap_tcp_aside *a = nap_tcp_aside(t);
	uint32_t size = a->store ? 2 * a->store->size : 8;

	if (a->store && a->store->n < a->store->size)
		return;
	if (!a->store)
		a->store = g_malloc0(sizeof *a->store + size * sizeof(struct piece));
	else
		a->store = g_realloc(a->store, sizeof *a->store + size * sizeof(struct piece));
	a->store->size = size;
}

void nap_tcp_store_add(struct nap_tcp *t, const struct nap_packet *p)
{
	struct piece piece = { p->seq, p->len, p->tag, p->flags & (NAP_PSH | NAP_FIN), p->message, p->cause,
		p->stamp };
	struct nap_tcp_store *s;
	uint32_t i;

	make_room(t);
	s = nap_tcp_store_of(t);
	for (i = s->n; i > 0 && nap_tcp_before(piece.seq, s->piece[i - 1].seq); i--)
		;
	s->latest = piece.seq;
	if (i > 0 && !nap_tcp_before(end_of(&s->piece[i - 1]), end_of(&piece)))
		return; /* known */
	memmove(&s->piece[i + 1], &s->piece[i], (s->n - i) * sizeof s->piece[0]);
	s->piece[i] = piece;
	s->n++;
}

static void drop_first(struct nap_tcp_store *s)
{
	memmove(&s->piece[0], &s->piece[1], --s->n * sizeof s->piece[0]);
}

unsigned nap_tcp_store_advance(struct nap_tcp *t)
{
	struct nap_tcp_store *s = nap_tcp_store_of(t);
	unsigned events = s ? NAP_TCP_MORE : 0;

	while (s && s->n > 0 && !nap_tcp_before(t->rcv, end_of(&s->piece[0])))
		drop_first(s); /* it came again, and was taken */
	for (uint32_t i = 0; s && i < s->n && !nap_tcp_before(t->rcv, s->piece[i].seq); i++) {
		const struct piece *p = &s->piece[i];

		t->rcv = end_of(p);
		t->burst = p->flags & NAP_PSH ? 0 : t->burst + p->len;
		if (p->flags & NAP_FIN)
			events |= NAP_TCP_ENDED;
	}
	return events;
}

bool nap_tcp_stored(struct nap_tcp *t, struct nap_packet *packet)
{
	struct nap_tcp_store *s = nap_tcp_store_of(t);
	struct piece p;

	while (s && s->n > 0 && !nap_tcp_before(t->rcv, end_of(&s->piece[0]))) {
		p = s->piece[0];
		drop_first(s);
		if (!(p.flags & NAP_PSH))
			continue;
		*packet = (struct nap_packet){ .src = t->peer,
			.dst = t->self,
			.proto = NAP_TCP,
			.flags = p.flags | NAP_ACK,
			.seq = p.seq,
			.len = p.len,
			.tag = p.tag,
			.message = p.message,
			.cause = p.cause,
			.stamp = p.stamp };
		return true;
	}
	if (s && s->n == 0)
		g_clear_pointer(&t->aside->store, g_free);
	return false;
}

bool nap_tcp_store_waits(const struct nap_tcp *t)
{
	const struct nap_tcp_store *s = nap_tcp_store_of(t);

	return s && s->n > 0 && nap_tcp_before(t->rcv, end_of(&s->piece[s->n - 1]));
}

struct nap_sack nap_tcp_store_block(const struct nap_tcp *t)
{
	const struct nap_tcp_store *s = nap_tcp_store_of(t);
	struct nap_sack block = { 0, 0 };

	for (uint32_t i = 0; nap_tcp_store_waits(t) && i < s->n; i++) {
		const struct piece *p = &s->piece[i];

		if (nap_tcp_before(p->seq, t->rcv))
			continue;
		if (block.from == block.to || nap_tcp_before(block.to, p->seq)) {
			if (block.from != block.to && nap_tcp_before(s->latest, p->seq))
				break;
			block.from = p->seq;
		}
		block.to = end_of(p);
	}
	return block;
}
