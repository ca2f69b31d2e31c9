/* SPDX-License-Identifier: BSD-2-Clause */
/* The workload as most would write it: one binary heap of events, one for every timer, and a hash table of bindings. */
#include <glib.h>

#include "workload.h"

enum what { KEEPALIVE, PUSH, PROMOTED, TAIL_END, EXPIRES };

struct event {
	nap_time at;
	uint64_t number; /* of those at the same time, first come first served */
	uint32_t who, version;
	enum what what;
};

struct device {
	enum { IDLE_STATE, PROMOTING, CONNECTED } radio;
	uint32_t up; /* packets that wait for the promotion */
	uint32_t down;
	uint32_t tail_version;
	struct nap_rng pushes;
};

struct binding {
	uint32_t who, version;
	struct binding *older, *newer; /* by use */
};

struct simulation {
	struct workload w;
	struct counts c;
	struct event *heap;
	size_t n, room;
	uint64_t numbers;
	struct device *device;
	GHashTable *bindings; /* by subscriber */
	struct binding *oldest, *newest;
};

static bool before(const struct event *a, const struct event *b)
{
	return a->at != b->at ? a->at < b->at : a->number < b->number;
}

static void schedule(struct simulation *s, nap_time at, enum what what, uint32_t who, uint32_t version)
{
	struct event e = { at, s->numbers++, who, version, what };
	size_t i = s->n++;

	if (s->n > s->room) {
		s->room = s->room ? 2 * s->room : 1024;
		s->heap = g_renew(struct event, s->heap, s->room);
	}
	while (i > 0 && before(&e, &s->heap[(i - 1) / 2])) {
		s->heap[i] = s->heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	s->heap[i] = e;
}

static struct event next(struct simulation *s)
{
	struct event first = s->heap[0], last = s->heap[--s->n];
	size_t i = 0;

	for (size_t child; (child = 2 * i + 1) < s->n; i = child) {
		if (child + 1 < s->n && before(&s->heap[child + 1], &s->heap[child]))
			child++;
		if (!before(&s->heap[child], &last))
			break;
		s->heap[i] = s->heap[child];
	}
	s->heap[i] = last;
	return first;
}

static void unlink_use(struct simulation *s, struct binding *b)
{
	*(b->older ? &b->older->newer : &s->oldest) = b->newer;
	*(b->newer ? &b->newer->older : &s->newest) = b->older;
}

static void use(struct simulation *s, struct binding *b)
{
	b->older = s->newest;
	b->newer = NULL;
	*(s->newest ? &s->newest->newer : &s->oldest) = b;
	s->newest = b;
}

static void end(struct simulation *s, struct binding *b)
{
	unlink_use(s, b);
	g_hash_table_remove(s->bindings, GUINT_TO_POINTER(b->who + 1));
	g_free(b);
}

static struct binding *find(struct simulation *s, uint32_t who)
{
	return g_hash_table_lookup(s->bindings, GUINT_TO_POINTER(who + 1));
}

/* A packet from inside at the NAT. */
static void outbound(struct simulation *s, nap_time now, uint32_t who)
{
	struct binding *b = find(s, who);

	if (b) {
		unlink_use(s, b);
	} else {
		if (s->w.capacity && g_hash_table_size(s->bindings) >= s->w.capacity) {
			end(s, s->oldest);
			s->c.evicted++;
		}
		b = g_new0(struct binding, 1);
		b->who = who;
		b->version = (uint32_t)s->numbers;
		g_hash_table_insert(s->bindings, GUINT_TO_POINTER(who + 1), b);
	}
	use(s, b);
	b->version++;
	schedule(s, now + IDLE, EXPIRES, who, b->version);
}

static void talk(struct simulation *s, nap_time now, uint32_t who)
{
	schedule(s, now + TAIL, TAIL_END, who, ++s->device[who].tail_version);
}

/* Does the radio carry a packet now? Else it is promoted first. */
static bool carries(struct simulation *s, nap_time now, uint32_t who)
{
	struct device *d = &s->device[who];

	if (d->radio == IDLE_STATE) {
		d->radio = PROMOTING;
		s->c.promotions++;
		schedule(s, now + PROMOTION, PROMOTED, who, 0);
	}
	return d->radio == CONNECTED;
}

static void send_up(struct simulation *s, nap_time now, uint32_t who)
{
	if (!carries(s, now, who)) {
		s->device[who].up++;
		return;
	}
	talk(s, now, who);
	outbound(s, now, who);
}

static void deliver(struct simulation *s, nap_time now, uint32_t who)
{
	s->c.delivered++;
	send_up(s, now, who);
}

static void push(struct simulation *s, nap_time now, uint32_t who)
{
	struct binding *b = find(s, who);

	s->c.offered++;
	schedule(s, now + nap_draw_gap(&s->device[who].pushes, PUSH_GAP), PUSH, who, 0);
	if (!b)
		return;
	unlink_use(s, b);
	use(s, b);
	if (carries(s, now, who))
		deliver(s, now, who);
	else
		s->device[who].down++;
}

static void promoted(struct simulation *s, nap_time now, uint32_t who)
{
	struct device *d = &s->device[who];

	d->radio = CONNECTED;
	talk(s, now, who);
	for (; d->up > 0; d->up--)
		send_up(s, now, who);
	for (; d->down > 0; d->down--)
		deliver(s, now, who);
}

static void take(struct simulation *s, const struct event *e)
{
	struct binding *b;

	switch (e->what) {
	case KEEPALIVE:
		s->c.keepalives++;
		schedule(s, e->at + s->w.interval, KEEPALIVE, e->who, 0);
		send_up(s, e->at, e->who);
		break;
	case PUSH:
		push(s, e->at, e->who);
		break;
	case PROMOTED:
		promoted(s, e->at, e->who);
		break;
	case TAIL_END:
		if (s->device[e->who].tail_version == e->version)
			s->device[e->who].radio = IDLE_STATE;
		break;
	case EXPIRES:
		b = find(s, e->who);
		if (b && b->version == e->version)
			end(s, b);
		break;
	}
}

int main(int argc, char **argv)
{
	struct simulation s = { .w = workload_read(argc, argv) };

	s.device = g_new0(struct device, s.w.n);
	s.bindings = g_hash_table_new(NULL, NULL);
	for (uint32_t i = 0; i < s.w.n; i++) {
		s.device[i].pushes = workload_pushes(i);
		schedule(&s, workload_phase(&s.w, i), KEEPALIVE, i, 0);
		schedule(&s, nap_draw_gap(&s.device[i].pushes, PUSH_GAP), PUSH, i, 0);
	}
	while (s.n > 0 && s.heap[0].at < s.w.duration) {
		struct event e = next(&s);

		take(&s, &e);
	}
	workload_print(&s.c);
	while (s.oldest)
		end(&s, s.oldest);
	g_hash_table_destroy(s.bindings);
	g_free(s.device);
	g_free(s.heap);
	return 0;
}
