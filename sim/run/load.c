/* SPDX-License-Identifier: BSD-2-Clause */
#include "run/load.h"

#include <string.h>

#include <glib.h>

#include "run/warm.h"
#include "run/workspace.h"

#define COUNT_WORDS   (sizeof(struct nap_load_counts) / sizeof(uint64_t))
#define BOX_WORDS     (sizeof(struct nap_load_box) / sizeof(uint64_t))
#define ADDRESS_WORDS (sizeof(struct nap_load_address) / sizeof(int64_t))

struct nap_load *nap_load_new(const struct nap_plan *plan)
{
	const struct nap_scenario *sc = plan->sc;
	struct nap_load *l = g_new0(struct nap_load, 1);

	/* whole bins of occupancy, so that tables of both go together */
	l->width = (sc->general.duration / NAP_OCCUPANCY_BINS + 1) * (NAP_OCCUPANCY_BINS / NAP_LOAD_ROWS);
	for (uint32_t k = 0; k < sc->n_middleboxes; k++) {
		const struct nap_box_config *b = &sc->middlebox[k].box;

		if (!plan->chain.shared[k] || b->kind != NAP_BOX_NAT || b->addresses.n > NAP_LOAD_ADDRESSES)
			continue;
		l->addresses[k] = b->addresses;
		l->address[k] = g_new0(struct nap_load_address, b->addresses.n + 1);
	}
	return l;
}

void nap_load_free(struct nap_load *l)
{
	for (uint32_t k = 0; l && k < NAP_HOPS_MAX; k++)
		g_free(l->address[k]);
	g_free(l);
}

size_t nap_load_address_words(const struct nap_load *l, uint32_t hop)
{
	return l->address[hop] ? ADDRESS_WORDS * (l->addresses[hop].n + 1) : 0;
}

static void move_words(void *into, void *from, size_t n)
{
	uint64_t *to = into, *of = from;

	for (size_t i = 0; i < n; i++) {
		to[i] += of[i];
		of[i] = 0;
	}
}

void nap_load_move(struct nap_load *into, struct nap_load *from)
{
	move_words(into->all, from->all, NAP_LOAD_ROWS * COUNT_WORDS);
	move_words(into->box, from->box, (size_t)NAP_HOPS_MAX * NAP_LOAD_ROWS * BOX_WORDS);
	for (uint32_t k = 0; k < NAP_HOPS_MAX; k++)
		move_words(into->address[k], from->address[k], nap_load_address_words(into, k));
}

bool nap_load_counts_now(const struct nap_workspace *ws)
{
	return ws->load && !(ws->warm && ws->warm->going);
}

/* ---- readings ------------------------------------------------------------------------------------------------------- */

nap_time nap_load_until(const struct nap_load *l, const struct nap_load_reading *r)
{
	return r->row + 1 < NAP_LOAD_ROWS ? (nap_time)(r->row + 1) * l->width : NAP_NEVER;
}

void nap_load_count(struct nap_load_counts *c, const struct nap_line *line, const struct nap_part *part)
{
	for (uint32_t i = 0; i < line->n_nets; i++) {
		const struct nap_meter *m = &part->meter[i];

		for (unsigned link = 0; link < NAP_LINKS; link++) {
			c->keepalive_packets += m->packets[link][NAP_CAUSE_KEEPALIVE];
			for (unsigned cause = 0; cause < NAP_CAUSES; cause++)
				c->packets += m->packets[link][cause];
		}
		c->promotions += nap_meter_promotions(m, line->net[i].tech);
		c->pages += m->pages;
		c->signalling += nap_meter_signalling(m, line->net[i].tech);
	}
	c->pushes_offered += part->tally.pushes_offered;
	c->pushes_delivered += part->tally.pushes_delivered;
	c->reconnects += part->tally.reconnects;
}

static void add_since(void *into, const void *now, void *last, size_t n)
{
	uint64_t *to = into, *before = last;
	const uint64_t *is = now;

	for (size_t i = 0; i < n; i++)
		to[i] += is[i] - before[i];
	memcpy(last, now, n * sizeof *before);
}

void nap_load_read(struct nap_load *l, struct nap_load_reading *r, const struct nap_load_counts *now,
	struct nap_box *const *box, nap_time end)
{
	nap_time at = nap_time_min(nap_load_until(l, r) - 1, end);

	add_since(&l->all[r->row], now, &r->all, COUNT_WORDS);
	for (uint32_t k = 0; k < NAP_HOPS_MAX; k++) {
		struct nap_box_counts c;
		struct nap_load_box is;

		if (!box[k])
			continue;
		nap_box_settle(box[k], at);
		nap_box_counts(box[k], at, &c);
		is = (struct nap_load_box){ c.refused, c.evicted, c.log_records };
		add_since(&l->box[k][r->row], &is, &r->box[k], BOX_WORDS);
	}
	r->row += r->row + 1 < NAP_LOAD_ROWS;
}

/* ---- by address ------------------------------------------------------------------------------------------------------ */

/* Which of the list; behind the last: none of it. */
static uint32_t find_address(const struct nap_addr_list *list, nap_addr a)
{
	uint32_t i = list->n > 0 ? a - list->addr[0] : 0; /* most lists are ranges */

	if (i < list->n && list->addr[i] == a)
		return i;
	for (i = 0; i < list->n && list->addr[i] != a; i++)
		;
	return i;
}

void nap_load_ended(struct nap_load *l, uint32_t hop, enum nap_ended what, nap_time born, nap_time died,
	const struct nap_box_flow *whose)
{
	struct nap_load_address *a = l->address[hop];
	nap_time from = born / l->width, to = died / l->width;
	int64_t *change;

	if (!a)
		return;
	a += find_address(&l->addresses[hop], whose->mapped.addr);
	change = what == NAP_ENDED_PORT ? a->ports : what == NAP_ENDED_BLOCK ? a->blocks : a->sessions;
	change[MIN(from, NAP_LOAD_ROWS - 1)]++;
	if (to < NAP_LOAD_ROWS)
		change[to]--;
}

/* ---- the subscriber order --------------------------------------------------------------------------------------------- */

/* The line's boxes that are shared: private ones have metrics of their own. */
static void read_line(struct nap_workspace *ws, const struct nap_part *part)
{
	struct nap_box *box[NAP_HOPS_MAX] = { NULL };
	struct nap_load_counts now = { 0 };

	for (uint32_t k = 0; k < ws->line.n_hops; k++)
		box[k] = ws->line.chain.shared[k] ? ws->box[k] : NULL;
	nap_load_count(&now, &ws->line, part);
	nap_load_read(ws->load, &ws->load_read, &now, box, ws->line.duration);
}

void nap_load_begin(struct nap_workspace *ws, const struct nap_part *part)
{
	ws->load_read = (struct nap_load_reading){ 0 };
	nap_load_count(&ws->load_read.all, &ws->line, part);
}

void nap_load_step(struct nap_workspace *ws, struct nap_subscriber *s, const struct nap_part *part)
{
	/* a radio's demotions are settled when it is next touched: those that are due belong here */
	nap_radio_settle(&s->radio, nap_tech_of(s, &ws->line), nap_load_until(ws->load, &ws->load_read) - 1,
		nap_meter_of(s, &ws->line));
	read_line(ws, part);
}

void nap_load_finish(struct nap_workspace *ws, const struct nap_part *part)
{
	read_line(ws, part);
}
