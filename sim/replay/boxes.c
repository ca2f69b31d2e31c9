/* SPDX-License-Identifier: BSD-2-Clause */
#include "replay/boxes.h"

#include <glib.h>

#include "net/link.h"
#include "path/process.h"

#define OWN UINT32_MAX /* flow of packets that a box made */

struct in_flight {
	nap_time at;
	uint64_t order; /* of those that come at once the one that the trace has first is first */
	uint32_t flow;
	struct nap_packet packet;
};

/* What comes to a box from one side, in order of time. */
struct queue {
	struct in_flight *ring;
	uint32_t room, first, n; /* room: a power of two, or 0 */
	nap_time due;            /* the first's time, NAP_NEVER: there is none */
	uint32_t hop;            /* of the box, and the side that they come from */
	enum nap_side side;
};

struct hop {
	struct nap_box *box;
	struct queue to[2]; /* by the side that packets come from */
	struct nap_hop_process befalls[NAP_HOP_EVENTS];
	bool is_befallen, acts;
	nap_time delay; /* of the link outside of it */
	nap_time lag;   /* from the radio to it */
	nap_time last;  /* its latest packet */
};

struct nap_boxes {
	struct nap_chain_plan plan;
	struct nap_boxes_watch watch;
	uint32_t n;
	bool restless; /* some box acts by itself, or is befallen */
	struct hop hop[NAP_HOPS_MAX];
	struct queue *soonest; /* whose first packet is the first of all, if there is one */
	struct ended {
		struct nap_boxes *boxes;
		uint32_t hop;
	} ended[NAP_HOPS_MAX];
	uint64_t order; /* packets of the trace so far */
	nap_time now;   /* the latest that was let pass */
	nap_addr device;
};

static void on_end(
	void *ctx, enum nap_ended what, nap_time born, nap_time died, const struct nap_box_flow *whose)
{
	const struct ended *e = ctx;

	(void)born;
	if (what == NAP_ENDED_SESSION || what == NAP_ENDED_EVICTED)
		e->boxes->watch.ended(e->boxes->watch.ctx, e->hop, died, whose);
}

static bool acts(const struct nap_box_config *b)
{
	return b->on_expiry != NAP_EXPIRY_SILENT || b->probe_interval > 0 || b->incoming_syn_hold > 0;
}

static void add_hop(struct nap_boxes *b, const struct nap_scenario *sc, uint32_t k)
{
	struct hop *h = &b->hop[k];

	h->box = nap_chain_box(&b->plan, 0, k, 0, 64);
	h->delay = nap_link_usual(&sc->middlebox[k].hop.delay);
	h->lag = k ? b->hop[k - 1].lag + b->hop[k - 1].delay : nap_link_usual(&sc->path.delay);
	for (uint32_t side = 0; side < 2; side++)
		h->to[side] = (struct queue){ .due = NAP_NEVER, .hop = k, .side = (enum nap_side)side };
	h->is_befallen = nap_hop_is_befallen(&sc->middlebox[k].hop);
	h->acts = acts(&sc->middlebox[k].box);
	b->restless |= h->acts || h->is_befallen;
	for (uint32_t e = 0; e < NAP_HOP_EVENTS; e++)
		nap_hop_process_begin(&h->befalls[e], &b->plan, 0, 0, k, e);
	b->ended[k] = (struct ended){ b, k };
	nap_box_watch(h->box, on_end, &b->ended[k]);
}

struct nap_boxes *nap_boxes_new(const struct nap_scenario *sc, const struct nap_boxes_watch *watch)
{
	struct nap_boxes *b = g_new0(struct nap_boxes, 1);
	const struct nap_box_config *first = sc->n_path_middleboxes ? &sc->middlebox[0].box : NULL;

	b->watch = *watch;
	b->n = sc->n_path_middleboxes;
	nap_chain_plan_init(&b->plan, sc->middlebox, sc->n_middleboxes, b->n, MAX(sc->general.subscribers, 1),
		sc->general.seed);
	b->soonest = &b->hop[0].to[NAP_INSIDE];
	b->soonest->due = NAP_NEVER; /* also where there is no box */
	for (uint32_t k = 0; k < b->n; k++)
		add_hop(b, sc, k);
	b->device = first && first->inside_first.n ? first->inside_first.addr[0]
						   : nap_chain_device(&b->plan, 0, 0, false);
	return b;
}

void nap_boxes_free(struct nap_boxes *b)
{
	for (uint32_t k = 0; b && k < b->n; k++) {
		nap_box_free(b->hop[k].box);
		g_free(b->hop[k].to[0].ring);
		g_free(b->hop[k].to[1].ring);
	}
	g_free(b);
}

uint32_t nap_boxes_hops(const struct nap_boxes *b)
{
	return b->n;
}

nap_addr nap_boxes_device(const struct nap_boxes *b)
{
	return b->device;
}

/* ---- queues ----------------------------------------------------------------------------------------------------------- */

static struct in_flight *nth(const struct queue *q, uint32_t k)
{
	return &q->ring[(q->first + k) & (q->room - 1)];
}

static void grow(struct queue *q)
{
	uint32_t room = q->room ? 2 * q->room : 16;
	struct in_flight *ring = g_new(struct in_flight, room);

	for (uint32_t i = 0; i < q->n; i++)
		ring[i] = *nth(q, i);
	g_free(q->ring);
	q->ring = ring;
	q->first = 0;
	q->room = room;
}

/* Of what comes at once the one that the trace has first. */
static inline bool is_sooner(const struct queue *a, const struct queue *b)
{
	return a->due < b->due ||
	       (a->due == b->due && a->due < NAP_NEVER && nth(a, 0)->order < nth(b, 0)->order);
}

/* Behind all that come no later. */
static void put(struct nap_boxes *b, struct queue *q, nap_time at, uint64_t order, uint32_t flow,
	const struct nap_packet *p)
{
	struct in_flight *f;
	uint32_t k;

	if (q->n == q->room)
		grow(q);
	for (k = q->n++; k > 0 && nth(q, k - 1)->at > at; k--)
		*nth(q, k) = *nth(q, k - 1);
	f = nth(q, k);
	f->at = at;
	f->order = order;
	f->flow = flow;
	f->packet = *p;
	q->due = nth(q, 0)->at;
	if (is_sooner(q, b->soonest))
		b->soonest = q;
}

static void drop_first(struct nap_boxes *b, struct queue *q)
{
	q->first = (q->first + 1) & (q->room - 1);
	q->due = --q->n > 0 ? nth(q, 0)->at : NAP_NEVER;
	for (uint32_t k = 0; k < b->n; k++)
		for (uint32_t side = 0; side < 2; side++)
			if (is_sooner(&b->hop[k].to[side], b->soonest))
				b->soonest = &b->hop[k].to[side];
}

/* ---- one packet through one box ----------------------------------------------------------------------------------------- */

/* On from hop's box, out of side; false: that was the last one. */
static bool goes_on(
	const struct nap_boxes *b, uint32_t hop, enum nap_side side, nap_time now, uint32_t *to, nap_time *at)
{
	if (side == NAP_OUTSIDE) {
		*to = hop + 1;
		*at = now + b->hop[hop].delay;
		return *to < b->n;
	}
	*to = hop - 1;
	*at = now + (hop ? b->hop[hop - 1].delay : 0);
	return hop > 0;
}

static void send_on(struct nap_boxes *b, uint32_t hop, enum nap_side side, nap_time now, uint64_t order,
	uint32_t flow, const struct nap_packet *p)
{
	nap_time at;
	uint32_t to;

	if (goes_on(b, hop, side, now, &to, &at))
		put(b, &b->hop[to].to[side == NAP_OUTSIDE ? NAP_INSIDE : NAP_OUTSIDE], at, order, flow, p);
}

struct leaving {
	struct nap_boxes *boxes;
	uint32_t hop, flow;
	uint64_t order;
	nap_time now;
};

static void leaves(void *ctx, enum nap_side side, const struct nap_packet *p, bool own)
{
	const struct leaving *l = ctx;

	send_on(l->boxes, l->hop, side, l->now, l->order, own ? OWN : l->flow, p);
}

static void emit(void *ctx, enum nap_side side, const struct nap_packet *p, nap_time now,
	const struct nap_box_flow *about)
{
	const struct leaving *l = ctx;

	(void)about;
	send_on(l->boxes, l->hop, side, now, l->order, OWN, p);
}

NAP_HOT static void pass(struct nap_boxes *b, uint32_t hop, enum nap_side side, struct in_flight *f)
{
	struct hop *h = &b->hop[hop];
	struct leaving l = { b, hop, f->flow, f->order, f->at };
	struct nap_box_effect fx;
	enum nap_verdict verdict;
	struct nap_passage told = { .at = f->at,
		.flow = f->flow,
		.hop = hop,
		.up = side == NAP_INSIDE,
		.packet = &f->packet,
		.effect = &fx };
	bool on;

	h->last = f->at;
	if (side == NAP_OUTSIDE && nap_chain_misses(&b->plan, hop, h->box, f->packet.dst.addr)) {
		fx = (struct nap_box_effect){ .session = NAP_NO_SESSION };
		b->watch.passage(b->watch.ctx, &told);
		return;
	}
	on = nap_chain_pass(h->box, f->at, side, &f->packet, &fx, &verdict, leaves, &l);
	told.passed = verdict == NAP_PASS || verdict == NAP_HELD;
	if (f->flow != OWN)
		b->watch.passage(b->watch.ctx, &told);
	if (on)
		send_on(b, hop, side == NAP_INSIDE ? NAP_OUTSIDE : NAP_INSIDE, f->at, f->order, f->flow,
			&f->packet);
}

/* ---- time --------------------------------------------------------------------------------------------------------------- */

/* When a box next acts, or something befalls it; what befalls it comes first. */
static nap_time next_act(const struct nap_boxes *b, uint32_t *hop, bool *befalls)
{
	nap_time best = NAP_NEVER;

	for (uint32_t k = 0; k < b->n; k++)
		for (int e = 0; b->hop[k].is_befallen && e < NAP_HOP_EVENTS; e++)
			if (b->hop[k].befalls[e].process.next < best) {
				best = b->hop[k].befalls[e].process.next;
				*hop = k;
				*befalls = true;
			}
	for (uint32_t k = 0; k < b->n; k++)
		if (b->hop[k].acts && nap_box_deadline(b->hop[k].box) < best) {
			best = nap_box_deadline(b->hop[k].box);
			*hop = k;
			*befalls = false;
		}
	return best;
}

static void befall(struct nap_boxes *b, uint32_t hop, nap_time now)
{
	struct hop *h = &b->hop[hop];

	for (uint32_t e = 0; e < NAP_HOP_EVENTS; e++)
		if (h->befalls[e].process.next <= now)
			nap_hop_process_take(&h->befalls[e], &b->plan, hop, e, h->box);
}

/* Take the k-th out of the queue. */
static struct in_flight remove_nth(struct nap_boxes *b, struct queue *q, uint32_t k)
{
	struct in_flight f = *nth(q, k);

	for (; k > 0; k--)
		*nth(q, k) = *nth(q, k - 1);
	drop_first(b, q);
	return f;
}

/* What the trace has of the flow before this packet, and that is on its way out still, is out: it was answered by then. */
static void hurry(struct nap_boxes *b, const struct in_flight *answer)
{
	for (uint32_t hop = 0; hop < b->n; hop++) {
		struct queue *q = &b->hop[hop].to[NAP_INSIDE];

		for (uint32_t k = 0; k < q->n;) {
			struct in_flight f;

			if (nth(q, k)->flow != answer->flow || nth(q, k)->order > answer->order) {
				k++;
				continue;
			}
			f = remove_nth(b, q, k);
			f.at = answer->at;
			pass(b, hop, NAP_INSIDE, &f);
		}
	}
}

static bool comes(struct nap_boxes *b, struct in_flight *f)
{
	enum nap_comes what = b->watch.comes(b->watch.ctx, f->flow, &f->packet, false);

	if (what == NAP_COMES_LATER) {
		hurry(b, f);
		what = b->watch.comes(b->watch.ctx, f->flow, &f->packet, true);
	}
	return what == NAP_COMES;
}

NAP_HOT static void take(struct nap_boxes *b, struct queue *q)
{
	struct in_flight *f = nth(q, 0);
	bool enters = q->hop == (q->side == NAP_INSIDE ? 0 : b->n - 1);

	for (uint32_t k = 0; k < b->n && enters; k++)
		if (k != q->hop) /* what lapsed there is told before the packet that finds it out */
			nap_box_settle(b->hop[k].box, f->at);
	if (!(q->side == NAP_OUTSIDE && enters && f->flow != OWN) || comes(b, f))
		pass(b, q->hop, q->side, f);
	drop_first(b, q);
}

NAP_HOT static void run_until(struct nap_boxes *b, nap_time until)
{
	for (;;) {
		uint32_t acting = 0;
		nap_time due = b->soonest->due;
		bool befalls = false;
		nap_time act = b->restless ? next_act(b, &acting, &befalls) : NAP_NEVER;

		if (act <= until && act <= due) {
			if (befalls)
				befall(b, acting, act);
			else
				nap_box_advance(b->hop[acting].box, act, emit,
					&(struct leaving){ b, acting, OWN, b->order, act });
			continue;
		}
		if (due > until)
			break;
		take(b, b->soonest);
	}
	b->now = nap_time_max(b->now, until);
}

/* Put at hop, not before what that box has seen. */
static void come(struct nap_boxes *b, uint32_t hop, enum nap_side side, nap_time at, uint32_t flow,
	const struct nap_packet *p)
{
	put(b, &b->hop[hop].to[side], nap_time_max(at, nap_time_max(b->hop[hop].last, 0)), b->order++, flow,
		p);
}

void nap_boxes_up(struct nap_boxes *b, nap_time at, uint32_t flow, const struct nap_packet *p)
{
	if (b->n > 0)
		come(b, 0, NAP_INSIDE, at + b->hop[0].lag, flow, p);
}

void nap_boxes_down(struct nap_boxes *b, nap_time at, uint32_t flow, const struct nap_packet *p)
{
	if (b->n > 0)
		come(b, b->n - 1, NAP_OUTSIDE, at - b->hop[b->n - 1].lag, flow, p);
}

void nap_boxes_advance(struct nap_boxes *b, nap_time now)
{
	if (b->n > 0)
		run_until(b, now - b->hop[b->n - 1].lag);
}

void nap_boxes_settle(struct nap_boxes *b, nap_time now)
{
	nap_boxes_advance(b, now);
	for (uint32_t k = 0; k < b->n; k++)
		nap_box_settle(b->hop[k].box, nap_time_max(b->hop[k].last, b->now));
}

void nap_boxes_finish(struct nap_boxes *b, nap_time end)
{
	run_until(b, end - 1); /* what would come at the end itself comes no more, as in a run */
	for (uint32_t k = 0; k < b->n; k++)
		nap_box_settle(b->hop[k].box, end);
	b->now = end;
}

void nap_boxes_counts(const struct nap_boxes *b, uint32_t hop, struct nap_box_counts *out)
{
	nap_box_counts(b->hop[hop].box, b->now, out);
}
