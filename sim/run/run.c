/* SPDX-License-Identifier: BSD-2-Clause */
/* The subscriber order: one after another, each to the end, with everything in cache. */
#include <string.h>

#include "run/batches.h"
#include "run/warm.h"
#include "run/workspace.h"

/* Boxes for subscriber id: the same ones emptied, or new ones where their values are drawn for each. */
static void renew_boxes(struct nap_workspace *ws, uint32_t id)
{
	const struct nap_chain_plan *chain = &ws->line.chain;

	for (uint32_t k = 0; k < chain->n_hops; k++)
		if (nap_chain_renew(chain, ws->line.replication, k, id, &ws->box[k]) && chain->shared[k])
			nap_workspace_watch(ws, ws->box[k], k);
}

/* Is the run cut into batches of time? A warm-up is not. */
static bool is_cut(const struct nap_workspace *ws)
{
	return ws->batches && !(ws->warm && ws->warm->going);
}

/* All its events before the line's duration. */
NAP_HOT static void take_events(struct nap_workspace *ws, struct nap_subscriber *s)
{
	struct nap_line *line = &ws->line;
	enum nap_timer_id what;
	nap_time now, before = 0;

	for (;; before = now) {
		what = nap_subscriber_due(s, line, &now);
		if (now >= line->duration || nap_workspace_stopped(ws))
			break;
		g_assert(
			now >= before); /* a timer that is set into the past would spoil every sum of times */
		nap_subscriber_take(s, line, what, now);
	}
}

/* The same, interval by interval of the load but for the last. */
static void take_intervals(struct nap_workspace *ws, struct nap_subscriber *s, const struct nap_part *out)
{
	struct nap_line *line = &ws->line;
	nap_time end = line->duration, until;

	nap_load_begin(ws, out);
	while ((until = nap_load_until(ws->load, &ws->load_read)) < end && !nap_workspace_stopped(ws)) {
		line->duration = until; /* cycles are stepped over up to there */
		take_events(ws, s);
		nap_load_step(ws, s, out);
	}
	line->duration = end;
}

static void run_one(struct nap_workspace *ws, struct nap_subscriber *s, uint32_t id, struct nap_part *out)
{
	struct nap_line *line = &ws->line;

	renew_boxes(ws, id);
	nap_workspace_befall(ws);
	nap_subscriber_init(s, line, id);
	if (is_cut(ws))
		nap_batches_run(ws, s);
	if (nap_load_counts_now(ws))
		take_intervals(ws, s, out);
	take_events(ws, s);
	nap_subscriber_finish(s, line);
	if (is_cut(ws))
		nap_batches_end(ws);
	for (uint32_t k = 0; k < line->n_hops; k++)
		nap_workspace_count_box(ws, ws->box[k], k, out);
	if (nap_load_counts_now(ws))
		nap_load_finish(ws, out);
}

static void run_part(struct nap_workspace *ws, uint32_t replication, uint32_t part,
	const struct nap_observer *observer, struct nap_part *out)
{
	const struct nap_plan *plan = ws->plan;
	uint32_t first = part * plan->part_size, n = nap_plan_in_part(plan, part);
	struct nap_subscriber *s = ws->sub;

	memset(out, 0, sizeof *out);
	ws->line.tally = &out->tally;
	ws->line.meter = out->meter;
	for (uint32_t i = 0; i < n; i++) {
		if (ws->kind_of && ws->kind_of[i] != ws->number)
			continue;
		if (out->subscribers < 2 ||
			plan->chain.drawn) /* learned cycles hold for all whose boxes are the same */
			nap_workspace_begin(ws, replication, first + i == 0 ? observer : NULL);
		nap_cycles_begin(&ws->cycles);
		nap_workspace_observe(out->meter, first + i == 0 ? observer : NULL);
		run_one(ws, s, first + i, out);
		nap_account_end(ws, out->subscribers++ == 0);
	}
	nap_workspace_observe(out->meter, NULL);
}

/* One kind after another: what is learned of its cycles holds for all of it. */
static void run_kinds(struct nap_workspace *ws, uint32_t replication, uint32_t part,
	const struct nap_observer *observer, struct nap_part *parts)
{
	const struct nap_plan *plan = ws->plan;
	uint32_t first = part * plan->part_size, n = nap_plan_in_part(plan, part);
	g_autofree uint16_t *kind_of = g_new(uint16_t, n);

	for (uint32_t i = 0; i < n; i++)
		kind_of[i] = (uint16_t)nap_kind_of(plan->sc, replication, first + i);
	for (uint32_t k = 0; k < plan->kinds; k++) {
		ws->kind[k]->kind_of = kind_of;
		ws->kind[k]->number = (uint16_t)k;
		run_part(ws->kind[k], replication, part, observer, &parts[k * plan->parts + part]);
		ws->kind[k]->kind_of = NULL;
	}
}

/* To the end of the line's duration. */
NAP_HOT static void run_job(struct nap_workspace *ws, uint32_t replication, uint32_t job,
	const struct nap_observer *observer, struct nap_part *parts)
{
	if (ws->plan->global)
		nap_run_global(ws, replication, observer, parts);
	else if (ws->kind)
		run_kinds(ws, replication, job, observer, parts);
	else
		run_part(ws, replication, job, observer, &parts[job]);
}

void nap_run_job(struct nap_workspace *ws, uint32_t replication, uint32_t job,
	const struct nap_observer *observer, struct nap_part *parts)
{
	if (ws->warm)
		nap_warm_run(ws, replication, job, observer, parts, run_job);
	else
		run_job(ws, replication, job, observer, parts);
}
