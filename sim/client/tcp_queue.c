/* SPDX-License-Identifier: BSD-2-Clause */
/* The queue of what is not yet acknowledged, in segments: a ring, its first places in struct nap_tcp itself. */
#include "client/tcp_inside.h"

/* Room for so many: a power of two. */
static uint32_t room_for(uint32_t n)
{
	uint32_t size = NAP_TCP_OWN;

	while (size < n)
		size *= 2;
	return size;
}

static void take_place(struct nap_tcp *t, struct nap_tcp_segment *more, uint32_t size)
{
	if (t->room > 0)
		g_free(t->more);
	t->more = more;
	t->room = (uint8_t)__builtin_ctz(size); /* which is a power of two */
	t->first = 0;
}

static void grow(struct nap_tcp *t)
{
	uint32_t size = 2 * nap_tcp_queue_room(t);
	struct nap_tcp_segment *more = g_new(struct nap_tcp_segment, size);

	for (uint32_t i = 0; i < t->n; i++)
		more[i] = *nap_tcp_segment(t, i);
	take_place(t, more, size);
}

void nap_tcp_enqueue(struct nap_tcp *t, const struct nap_tcp_segment *s)
{
	struct nap_tcp_segment *slot;

	if (t->n == nap_tcp_queue_room(t))
		grow(t);
	slot = nap_tcp_segment(t, t->n++);
	*slot = *s;
	slot->seq = t->write;
	t->write = nap_tcp_segment_end(slot);
	t->messages = (uint8_t)(t->messages + ((s->flags & NAP_PSH) != 0));
}

/* A part of s that does not end it. */
static struct nap_tcp_segment part_of(const struct nap_tcp_segment *s, uint32_t len)
{
	struct nap_tcp_segment part = *s;

	part.len = len;
	part.flags = part.message = 0;
	part.tag = 0;
	return part;
}

void nap_tcp_enqueue_message(struct nap_tcp *t, struct nap_tcp_segment s)
{
	while (s.len > t->mss) {
		struct nap_tcp_segment part = part_of(&s, t->mss);

		nap_tcp_enqueue(t, &part);
		s.len -= t->mss;
	}
	nap_tcp_enqueue(t, &s);
}

void nap_tcp_mark(struct nap_tcp *t, struct nap_tcp_segment *s, uint8_t set, uint8_t clear)
{
	uint8_t marks = (uint8_t)((s->marks & ~clear) | set), changed = marks ^ s->marks;
	uint32_t by = marks & changed;

	if (changed & NAP_TCP_SACKED)
		t->sacked += by & NAP_TCP_SACKED ? 1 : -1u;
	if (changed & NAP_TCP_LOST)
		t->lost += by & NAP_TCP_LOST ? 1 : -1u;
	if (changed & NAP_TCP_RESENT)
		t->resent += by & NAP_TCP_RESENT ? 1 : -1u;
	s->marks = marks;
}

void nap_tcp_dequeue(struct nap_tcp *t)
{
	struct nap_tcp_segment *s = nap_tcp_segment(t, 0);

	nap_tcp_mark(t, s, 0, UINT8_MAX);
	t->messages = (uint8_t)(t->messages - ((s->flags & NAP_PSH) != 0));
	t->first = (t->first + 1) & (nap_tcp_queue_room(t) - 1);
	t->n--;
	if (t->n_sent > 0)
		t->n_sent--;
	if (t->n == 0 && t->room > 0)
		take_place(t, NULL, NAP_TCP_OWN);
}

void nap_tcp_shorten(struct nap_tcp *t, uint32_t ack)
{
	struct nap_tcp_segment *s = nap_tcp_segment(t, 0);

	s->len -= ack - s->seq;
	s->seq = ack;
}

/* s in segments of mss from place `to` on; returns the place behind. */
static struct nap_tcp_segment *cut(struct nap_tcp_segment *to, struct nap_tcp_segment s, uint32_t mss)
{
	while (s.len > mss) {
		*to++ = part_of(&s, mss);
		s.len -= mss;
		s.seq += mss;
	}
	*to++ = s;
	return to;
}

/* The i-th with those that follow it as parts of one message and are known the same of, up to limit; *i goes on behind them. */
static struct nap_tcp_segment join(struct nap_tcp *t, uint32_t *i, uint32_t limit)
{
	struct nap_tcp_segment s = *nap_tcp_segment(t, (*i)++);

	while (s.flags == 0 && *i < limit && nap_tcp_segment(t, *i)->marks == s.marks &&
		!(nap_tcp_segment(t, *i)->flags & (NAP_SYN | NAP_FIN))) {
		struct nap_tcp_segment next = *nap_tcp_segment(t, (*i)++);

		next.seq = s.seq;
		next.len += s.len;
		s = next;
	}
	return s;
}

void nap_tcp_recut(struct nap_tcp *t)
{
	uint32_t n = t->n, sent = 0, size, i = 0;
	struct nap_tcp_segment *more, *to;

	for (uint32_t k = 0; k < t->n; k++)
		n += nap_tcp_segment(t, k)->len / t->mss;
	size = MAX(room_for(n), 2 * NAP_TCP_OWN);
	to = more = g_new(struct nap_tcp_segment, size);
	while (i < t->n_sent)
		to = cut(to, join(t, &i, t->n_sent), t->mss);
	sent = (uint32_t)(to - more);
	while (i < t->n)
		to = cut(to, join(t, &i, t->n), t->mss);
	take_place(t, more, size);
	t->n = (uint32_t)(to - more);
	t->n_sent = sent;
	t->sacked = t->lost = t->resent = 0;
	for (i = 0; i < sent; i++) {
		t->sacked += (more[i].marks & NAP_TCP_SACKED) != 0;
		t->lost += (more[i].marks & NAP_TCP_LOST) != 0;
		t->resent += (more[i].marks & NAP_TCP_RESENT) != 0;
	}
}
