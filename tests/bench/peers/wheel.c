/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mark: the workload by a program that knows nothing else. A wheel of unsorted buckets, each sorted when its turn comes; nothing
 * queued for timers that only let something lapse; the order of use as a ring in which stale entries are passed over.
 */
#include <stdbool.h>

#include "workload.h"

enum { BUCKETS = 4096, PER_BUCKET = 64 };

struct subscriber {
	nap_time keepalive, push, promoted; /* when due; promoted NAP_NEVER: no promotion runs */
	nap_time tail_end;                  /* the radio is connected until then */
	nap_time expires;                   /* the binding's end; 0: none */
	uint64_t stamp;                     /* its last place in the ring */
	struct nap_rng pushes;
	uint16_t up, down; /* packets that wait for the promotion */
};

struct entry {
	nap_time at;
	uint32_t who;
};

struct bucket {
	struct entry *entry;
	uint32_t n, room;
};

struct used {
	uint32_t who;
};

struct simulation {
	struct workload w;
	struct counts c;
	struct subscriber *sub;
	struct bucket wheel[BUCKETS];
	unsigned shift;
	uint64_t today;    /* number of the bucket that is being emptied ... */
	uint32_t taken;    /* ... and how many of it are gone */
	struct used *ring; /* of the order of use */
	uint64_t head, tail, size;
	uint32_t live;
};

static bool before(const struct entry *a, const struct entry *b)
{
	return a->at != b->at ? a->at < b->at : a->who < b->who;
}

static int compare(const void *a, const void *b)
{
	return before(a, b) ? -1 : 1;
}

static void put(struct simulation *s, nap_time at, uint32_t who)
{
	uint64_t day = (uint64_t)at >> s->shift;
	struct bucket *b = &s->wheel[day % BUCKETS];
	struct entry e = { at, who };
	uint32_t i;

	if (b->n == b->room) {
		b->room = b->room ? 2 * b->room : PER_BUCKET;
		b->entry = realloc(b->entry, b->room * sizeof *b->entry);
	}
	i = b->n++;
	if (day == s->today) /* which is sorted already */
		for (; i > s->taken && before(&e, &b->entry[i - 1]); i--)
			b->entry[i] = b->entry[i - 1];
	b->entry[i] = e;
}

static nap_time due(const struct subscriber *x)
{
	return nap_time_min(nap_time_min(x->keepalive, x->push), x->promoted);
}

/* Does the binding live? One that has lapsed leaves the table. */
static bool lives(struct simulation *s, struct subscriber *x, nap_time now)
{
	if (x->expires > now)
		return true;
	s->live -= x->expires != 0;
	x->expires = 0;
	return false;
}

static void use(struct simulation *s, struct subscriber *x)
{
	if (!s->w.capacity)
		return;
	x->stamp = s->tail;
	s->ring[s->tail++ % s->size] = (struct used){ (uint32_t)(x - s->sub) };
	if (s->tail - s->head == s->size) { /* the stale ones go */
		uint64_t keep = s->head;

		for (uint64_t i = s->head; i < s->tail; i++) {
			struct subscriber *other = &s->sub[s->ring[i % s->size].who];

			if (other->stamp != i || other->expires == 0)
				continue;
			other->stamp = keep;
			s->ring[keep++ % s->size] = s->ring[i % s->size];
		}
		s->tail = keep;
	}
}

/* The table is full: what has lapsed goes, else the least recently used. */
static void make_room(struct simulation *s, nap_time now)
{
	while (s->live >= s->w.capacity) {
		uint64_t at = s->head++;
		struct subscriber *x = &s->sub[s->ring[at % s->size].who];

		__builtin_prefetch(&s->sub[s->ring[(at + 8) % s->size].who]);
		if (x->stamp != at || x->expires == 0)
			continue;
		s->c.evicted += x->expires > now;
		x->expires = 0;
		s->live--;
	}
}

static void outbound(struct simulation *s, struct subscriber *x, nap_time now)
{
	if (!lives(s, x, now)) {
		if (s->w.capacity)
			make_room(s, now);
		s->live++;
	}
	x->expires = now + IDLE;
	use(s, x);
}

/* Does the radio carry a packet now? Else it is promoted first. */
static bool carries(struct simulation *s, struct subscriber *x, nap_time now)
{
	if (x->promoted != NAP_NEVER)
		return false;
	if (x->tail_end > now)
		return true;
	s->c.promotions++;
	x->promoted = now + PROMOTION;
	return false;
}

static void send_up(struct simulation *s, struct subscriber *x, nap_time now)
{
	if (!carries(s, x, now)) {
		x->up++;
		return;
	}
	x->tail_end = now + TAIL;
	outbound(s, x, now);
}

static void push(struct simulation *s, struct subscriber *x, nap_time now)
{
	s->c.offered++;
	x->push = now + nap_draw_gap(&x->pushes, PUSH_GAP);
	if (!lives(s, x, now))
		return;
	use(s, x);
	if (carries(s, x, now)) {
		s->c.delivered++;
		send_up(s, x, now);
	} else {
		x->down++;
	}
}

static void promoted(struct simulation *s, struct subscriber *x, nap_time now)
{
	x->promoted = NAP_NEVER;
	x->tail_end = now + TAIL;
	for (; x->up > 0; x->up--)
		send_up(s, x, now);
	for (; x->down > 0; x->down--) {
		s->c.delivered++;
		send_up(s, x, now);
	}
}

static void take(struct simulation *s, const struct entry *e)
{
	struct subscriber *x = &s->sub[e->who];

	if (x->promoted == e->at) {
		promoted(s, x, e->at);
	} else if (x->keepalive == e->at) {
		s->c.keepalives++;
		x->keepalive += s->w.interval;
		send_up(s, x, e->at);
	} else {
		push(s, x, e->at);
	}
	put(s, due(x), e->who);
}

/* All of one bucket, in order, with the subscribers to come fetched beforehand. */
static bool take_day(struct simulation *s)
{
	struct bucket *b = &s->wheel[s->today % BUCKETS];

	qsort(b->entry, b->n, sizeof *b->entry, compare);
	for (s->taken = 0; s->taken < b->n;) {
		struct entry e = b->entry[s->taken++];

		if (s->taken + 4 < b->n)
			__builtin_prefetch(&s->sub[b->entry[s->taken + 4].who], 1);
		if (e.at >= s->w.duration)
			return false;
		take(s, &e);
	}
	b->n = 0;
	s->today++;
	return true;
}

int main(int argc, char **argv)
{
	static struct simulation s;

	s.w = workload_read(argc, argv);
	s.sub = calloc(s.w.n, sizeof *s.sub);
	/* a bucket holds some 64 entries, and the wheel goes round once in an interval at most */
	while (((nap_time)1 << s.shift) < s.w.interval / BUCKETS + 1 ||
		((nap_time)1 << s.shift) * s.w.n / s.w.interval < PER_BUCKET / 2)
		s.shift++;
	for (s.size = 64; s.size < 4 * (uint64_t)s.w.n; s.size *= 2)
		;
	s.ring = calloc(s.size, sizeof *s.ring);
	s.today = UINT64_MAX;
	for (uint32_t i = 0; i < s.w.n; i++) {
		struct subscriber *x = &s.sub[i];

		x->pushes = workload_pushes(i);
		x->keepalive = workload_phase(&s.w, i);
		x->push = nap_draw_gap(&x->pushes, PUSH_GAP);
		x->promoted = NAP_NEVER;
		put(&s, due(x), i);
	}
	s.today = 0;
	while (take_day(&s))
		;
	workload_print(&s.c);
	for (int i = 0; i < BUCKETS; i++)
		free(s.wheel[i].entry);
	free(s.ring);
	free(s.sub);
	return 0;
}
