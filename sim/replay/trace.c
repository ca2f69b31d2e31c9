/* SPDX-License-Identifier: BSD-2-Clause */
#include "replay/trace.h"

#include <glib.h>
#include <string.h>

enum { LOOK_AT = 4096 /* packets, before it is decided whose device it is */ };

#define LATE    NAP_S /* frames of several queues come out of order by less */
#define LONGEST (INT64_C(100) * 365 * NAP_DAY)

struct nap_waiting {
	uint32_t n;
	struct nap_trace_packet packet[LOOK_AT];
};

void nap_trace_init(struct nap_trace *t, const struct nap_ip *device, uint32_t n, nap_time span,
	nap_trace_fn fn, void *ctx)
{
	memset(t, 0, sizeof *t);
	for (uint32_t i = 0; i < n; i++)
		t->device[i] = device[i];
	t->devices = n;
	t->inferred = n == 0;
	t->span = span;
	t->fn = fn;
	t->ctx = ctx;
	t->waiting = n == 0 ? g_new(struct nap_waiting, 1) : NULL;
	if (t->waiting)
		t->waiting->n = 0;
}

/* ---- whose device ------------------------------------------------------------------------------------------------- */

/* What speaks for an address of being the device's. */
struct candidate {
	struct nap_ip ip;
	uint64_t packets; /* of which it is an end */
	int64_t points;   /* direction by the link layer, connections opened */
	bool first;       /* the first packet's sender */
};

static void note(GArray *all, struct nap_ip ip, int64_t points, bool first)
{
	struct candidate c = { ip, 1, 0, first };

	if (nap_ip_stays(ip))
		return;
	for (guint i = 0; i < all->len; i++) {
		struct candidate *k = &g_array_index(all, struct candidate, i);

		if (!nap_ip_equal(k->ip, ip))
			continue;
		k->packets++;
		k->points += points;
		return;
	}
	c.points = points;
	g_array_append_val(all, c);
}

static bool is_opening(const struct nap_packet *p)
{
	return p->proto == NAP_TCP && (p->flags & (NAP_SYN | NAP_ACK)) == NAP_SYN;
}

/* Does a speak more for it than b? The most packets, by a tenth at least; else what the link layer said, who opens, private addresses. */
static bool is_better(const struct candidate *a, const struct candidate *b)
{
	bool pa = nap_ip_is_private(a->ip), pb = nap_ip_is_private(b->ip);

	if (a->packets > b->packets + b->packets / 10 || b->packets > a->packets + a->packets / 10)
		return a->packets > b->packets;
	if (a->points != b->points)
		return a->points > b->points;
	if (pa != pb)
		return pa;
	return a->packets != b->packets ? a->packets > b->packets : a->first && !b->first;
}

/* The best of one family becomes an address of the device. */
static void choose(struct nap_trace *t, const GArray *all, bool v4)
{
	const struct candidate *best = NULL;

	for (guint i = 0; i < all->len; i++) {
		const struct candidate *c = &g_array_index(all, struct candidate, i);

		if (nap_ip_is_v4(c->ip) == v4 && (!best || is_better(c, best)))
			best = c;
	}
	if (best)
		t->device[t->devices++] = best->ip;
}

/* What the link layer marked as sent is from the device, whatever its address. */
static void add_marked(struct nap_trace *t, const struct nap_trace_packet *p)
{
	if (p->frame.heading != NAP_HEADING_OUT || t->devices == NAP_TRACE_DEVICES ||
		nap_ip_stays(p->frame.src))
		return;
	for (uint32_t i = 0; i < t->devices; i++)
		if (nap_ip_equal(t->device[i], p->frame.src))
			return;
	t->device[t->devices++] = p->frame.src;
}

static void give(struct nap_trace *t, struct nap_trace_packet *p);

/* From what was looked at; then it goes on its way. */
static void decide(struct nap_trace *t)
{
	struct nap_waiting *w = g_steal_pointer(&t->waiting);
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(struct candidate));

	for (uint32_t i = 0; i < w->n; i++)
		add_marked(t, &w->packet[i]);
	for (uint32_t i = 0; i < w->n && t->devices == 0; i++) {
		const struct nap_frame *f = &w->packet[i].frame;
		int64_t opens = is_opening(&f->packet);

		if (all->len > 2 * LOOK_AT)
			break;
		note(all, f->src, opens, i == 0);
		note(all, f->dst, -opens, false);
	}
	if (t->devices == 0) {
		choose(t, all, true);
		choose(t, all, false);
	}
	t->seen = w->n;
	t->explained = t->packets;
	for (uint32_t i = 0; i < w->n; i++)
		give(t, &w->packet[i]);
	t->explained = t->packets - t->explained;
	g_free(w);
}

/* Which of the device's addresses this is; NAP_TRACE_DEVICES: none. */
static uint8_t device_of(const struct nap_trace *t, struct nap_ip ip)
{
	uint8_t i = 0;

	while (i < t->devices && !nap_ip_equal(t->device[i], ip))
		i++;
	return i < t->devices ? i : NAP_TRACE_DEVICES;
}

/* Both ends are the device's: the one that opened has the higher port. */
static bool is_up_inside(const struct nap_frame *f)
{
	if (f->heading != NAP_HEADING_UNKNOWN)
		return f->heading == NAP_HEADING_OUT;
	return f->packet.src.port >= f->packet.dst.port;
}

/* To who replays it, if it is the device's. */
static void give(struct nap_trace *t, struct nap_trace_packet *p)
{
	uint8_t src = device_of(t, p->frame.src), dst = device_of(t, p->frame.dst);

	if (src == NAP_TRACE_DEVICES && dst == NAP_TRACE_DEVICES && !nap_ip_stays(p->frame.dst)) {
		t->skipped[NAP_SKIP_NOT_OURS]++;
		return;
	}
	p->up = src != NAP_TRACE_DEVICES && (dst == NAP_TRACE_DEVICES || is_up_inside(&p->frame));
	p->device = p->up ? src : dst;
	p->simulated = t->simulated;
	if (t->packets++ == 0)
		t->first = p->at;
	t->last = p->at;
	t->fn(t->ctx, p);
}

/* ---- the clock -------------------------------------------------------------------------------------------------------- */

/* The capture's time as the trace's; false when it cannot be. */
static bool read_clock(struct nap_trace *t, int64_t s, int64_t ns, nap_time *at)
{
	nap_time clock;

	if (s < 0 || s > LONGEST / NAP_S || ns < 0 || ns >= NAP_S)
		return false;
	clock = s * NAP_S + ns;
	if (!t->begun) {
		t->begun = true;
		t->simulated = clock < t->span;
		t->base = t->simulated ? 0 : clock;
		t->clock = 0;
	}
	*at = clock - t->base + t->shift;
	if (*at < t->clock && t->clock - *at > LATE) { /* the clock was set back: it goes on from there */
		t->steps++;
		t->shift += t->clock - *at;
	} else if (*at < t->clock) {
		t->back++;
	}
	*at = nap_time_max(*at, t->clock);
	t->clock = *at;
	return *at <= LONGEST;
}

void nap_trace_frame(struct nap_trace *t, int64_t s, int64_t ns, int link, const uint8_t *data,
	uint32_t captured, uint32_t wire)
{
	struct nap_trace_packet here, *to = &here;
	enum nap_skip skip;

	if (t->waiting)
		to = &t->waiting->packet[t->waiting->n];
	skip = nap_frame_parse(link, data, captured, wire, &to->frame);
	t->frames++;
	if (skip == NAP_SKIP_NOT && !read_clock(t, s, ns, &to->at))
		skip = NAP_SKIP_TIME;
	if (skip != NAP_SKIP_NOT) {
		t->skipped[skip]++;
		return;
	}
	if (!t->waiting)
		give(t, to);
	else if (++t->waiting->n == LOOK_AT)
		decide(t);
}

void nap_trace_end(struct nap_trace *t)
{
	if (t->waiting)
		decide(t);
}

void nap_trace_clear(struct nap_trace *t)
{
	g_free(t->waiting);
	t->waiting = NULL;
}
