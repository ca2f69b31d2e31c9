/* SPDX-License-Identifier: BSD-2-Clause */
/* The global order: one queue over all subscribers in time order, for boxes whose limits couple them. */
#include <glib.h>
#include <string.h>

#include "path/reach.h"
#include "kernel/heap.h"
#include "run/workspace.h"

#define CROWD_EVICTED 64 /* sessions that one packet can throw out, at most */

/* A packet that a shared box made, and whose it is. */
struct dealt {
	uint32_t id, hop;
	enum nap_side side;
	struct nap_packet packet;
};

/* Everything that lives as long as one replication in the global order. */
struct crowd {
	struct nap_workspace *ws;
	struct nap_part *parts;
	char *sub; /* n subscribers, stride bytes each */
	size_t stride;
	struct nap_chain *chain; /* one per subscriber, or one for all when every box is shared */
	uint32_t chains, n;
	struct nap_box *shared[NAP_HOPS_MAX];
	struct nap_heap queue;
	nap_addr first; /* address that subscriber 0 has at the first shared box */
	GArray *dealt;  /* struct dealt: packets that shared boxes made in the current event */
	uint32_t n_evicted, evicted[CROWD_EVICTED]; /* victims of the current event */
};

static struct nap_subscriber *sub_of(const struct crowd *c, uint32_t id)
{
	return (struct nap_subscriber *)(void *)(c->sub + id * c->stride);
}

static uint32_t chain_of(const struct crowd *c, uint32_t id)
{
	return c->chains == 1 ? 0 : id;
}

/* Point the line's counters at the part of subscriber id. */
static void count_for(struct crowd *c, uint32_t id)
{
	struct nap_part *part = &c->parts[id / c->ws->plan->part_size];

	c->ws->line.tally = &part->tally;
	c->ws->line.meter = part->meter;
}

/* The subscriber behind an address at a shared box. With several networks they lie 2^20 apart. */
static uint32_t whose(const struct crowd *c, nap_addr inside)
{
	uint32_t id = inside - c->first;

	if (c->ws->line.n_nets > 1)
		id &= (1u << 20) - 1;
	return id < c->n ? id : 0;
}

struct nap_part *nap_crowd_part(struct crowd *c, nap_addr inside)
{
	return &c->parts[whose(c, inside) / c->ws->plan->part_size];
}

/* A session at inside was thrown out of a shared box: its subscriber must look again whether it is reachable. */
void nap_crowd_evicted(struct crowd *c, struct nap_endpoint inside)
{
	uint32_t id = whose(c, inside.addr);

	c->evicted[c->n_evicted < CROWD_EVICTED ? c->n_evicted++ : CROWD_EVICTED - 1] = id;
}

/* After an event: the victims' way in is settled and looked at again. */
static void attend_victims(struct crowd *c, nap_time now)
{
	for (uint32_t i = 0; i < c->n_evicted; i++) {
		uint32_t id = c->evicted[i];

		count_for(c, id);
		nap_reach_settle(sub_of(c, id), &c->ws->line, now);
		nap_reach_evicted(sub_of(c, id), &c->ws->line, now);
	}
	c->n_evicted = 0;
}

static void deal(void *ctx, uint32_t hop, enum nap_side side, const struct nap_packet *p, nap_addr inside)
{
	struct crowd *c = ctx;
	struct dealt d = { whose(c, inside), hop, side, *p };

	g_array_append_val(c->dealt, d);
}

/* After an event: what shared boxes made sets out on its way, each for its own subscriber. */
static void send_dealt(struct crowd *c, nap_time now)
{
	for (guint i = 0; i < c->dealt->len; i++) {
		const struct dealt *d = &g_array_index(c->dealt, struct dealt, i);
		struct nap_subscriber *s = sub_of(c, d->id);

		count_for(c, d->id);
		nap_subscriber_emit(s, &c->ws->line, now, d->hop, d->side, &d->packet);
		nap_heap_move(&c->queue, d->id, nap_subscriber_next(s));
	}
	g_array_set_size(c->dealt, 0);
}

static void make_boxes(struct crowd *c)
{
	struct nap_workspace *ws = c->ws;
	const struct nap_scenario *sc = ws->plan->sc;
	bool all_shared = true;

	for (uint32_t k = 0; k < sc->n_middleboxes; k++)
		all_shared &= nap_hop_shared(sc, k);
	c->chains = all_shared ? 1 : c->n;
	c->chain = g_new0(struct nap_chain, c->chains);
	for (uint32_t k = 0; k < sc->n_middleboxes; k++)
		if (nap_hop_shared(sc, k)) {
			c->shared[k] = nap_workspace_box(ws, k, UINT32_MAX, c->n);
			nap_workspace_watch(ws, c->shared[k], k);
			ws->watch[k].crowd = c;
		}
	for (uint32_t i = 0; i < c->chains; i++) {
		struct nap_chain *chain = &c->chain[i];

		for (uint32_t k = 0; k < sc->n_middleboxes; k++)
			chain->box[k] = c->shared[k] ? c->shared[k] : nap_workspace_box(ws, k, i, 4);
	}
}

static void free_boxes(struct crowd *c)
{
	for (uint32_t i = 0; i < c->chains; i++) {
		for (uint32_t k = 0; k < NAP_HOPS_MAX; k++)
			if (!c->shared[k])
				nap_box_free(c->chain[i].box[k]);
	}
	for (uint32_t k = 0; k < NAP_HOPS_MAX; k++)
		nap_box_free(c->shared[k]);
	g_free(c->chain);
}

static void start_all(struct crowd *c)
{
	const struct nap_plan *plan = c->ws->plan;

	c->stride = nap_subscriber_bytes(&c->ws->line);
	c->sub = g_malloc_n(c->n, c->stride);
	nap_heap_init(&c->queue, c->n);
	for (uint32_t i = 0; i < c->n; i++) {
		c->parts[i / plan->part_size].subscribers++;
		count_for(c, i);
		nap_subscriber_init(sub_of(c, i), &c->ws->line, i, c->chain[chain_of(c, i)].box,
			nap_workspace_self(plan->sc, i));
		nap_heap_add(&c->queue, nap_subscriber_next(sub_of(c, i)), i);
	}
	nap_heap_order(&c->queue);
}

static void count_boxes(struct crowd *c)
{
	const struct nap_plan *plan = c->ws->plan;

	for (uint32_t k = 0; k < plan->sc->n_middleboxes; k++) {
		if (c->shared[k]) {
			nap_workspace_count_box(c->ws, c->shared[k], k, &c->parts[0]);
			continue;
		}
		for (uint32_t i = 0; i < c->n; i++)
			nap_workspace_count_box(c->ws, c->chain[i].box[k], k, &c->parts[i / plan->part_size]);
	}
}

void nap_run_global(struct nap_workspace *ws, uint32_t replication, const struct nap_observer *observer,
	struct nap_part *out)
{
	struct crowd c = { .ws = ws, .parts = out, .n = ws->plan->sc->general.subscribers };
	struct nap_line *line = &ws->line;

	memset(out, 0, ws->plan->parts * sizeof *out);
	nap_workspace_begin(ws, replication, NULL);
	line->cycles = NULL;
	c.dealt = g_array_new(FALSE, FALSE, sizeof(struct dealt));
	line->deal = deal;
	line->deal_ctx = &c;
	c.first = nap_workspace_first(ws->plan->sc);
	make_boxes(&c);
	start_all(&c);
	while (c.queue.n > 0 && c.queue.entry[0].at < line->duration && !nap_workspace_stopped(ws)) {
		uint32_t id = c.queue.entry[0].id;
		nap_time now = c.queue.entry[0].at;
		struct nap_subscriber *s = sub_of(&c, id);

		count_for(&c, id);
		line->observer = id == 0 ? observer : NULL;
		nap_workspace_observe(line->meter, id == 0 ? observer : NULL);
		nap_subscriber_take(s, line, now);
		nap_heap_move(&c.queue, id, nap_subscriber_next(s));
		if (c.dealt->len > 0)
			send_dealt(&c, now);
		if (c.n_evicted > 0)
			attend_victims(&c, now);
	}
	for (uint32_t i = 0; i < c.n; i++) {
		count_for(&c, i);
		nap_subscriber_finish(sub_of(&c, i), line);
	}
	count_boxes(&c);
	free_boxes(&c);
	for (uint32_t k = 0; k < line->n_hops; k++)
		ws->watch[k].crowd = NULL; /* the workspace may run parts next */
	nap_heap_clear(&c.queue);
	nap_flights_clear(&line->flights);
	g_free(c.sub);
	g_array_unref(c.dealt);
	line->deal = NULL;
}
