/* SPDX-License-Identifier: BSD-2-Clause */
#include "run/batches.h"

#include <string.h>

#include <glib.h>

#include "path/awake.h"
#include "path/reach.h"
#include "run/workspace.h"

bool nap_batches_wanted(const struct nap_plan *plan)
{
	const struct nap_general_config *g = &plan->sc->general;

	return g->subscribers == 1 && g->replications == 1 && plan->kinds == 0 &&
	       nap_measured(plan->sc) >=
		       NAP_DAY; /* shorter stretches are too few exchanges each, and depend on one another */
}

/* They begin when the warm-up is over. */
static nap_time end_of(nap_time from, nap_time duration, uint32_t batch)
{
	return from + (nap_time)nap_wide_share((uint64_t)(duration - from), batch + 1, NAP_BATCHES);
}

/* What n words counted since the last reading; a whole run of it would be so many times more. */
static void give_words(uint64_t *batch, const uint64_t *before, const uint64_t *now, size_t n)
{
	for (size_t i = 0; i < n; i++) /* a transition that the end cuts off takes some back */
		batch[i] += now[i] > before[i] ? NAP_BATCHES * (now[i] - before[i]) : 0;
}

static size_t meter_words(void)
{
	return offsetof(struct nap_meter, observer) / sizeof(uint64_t);
}

/* All that was counted since the last reading happened in the current batch. */
static void give_counts(struct nap_workspace *ws)
{
	struct nap_batches *b = ws->batches;
	const struct nap_line *line = &ws->line;
	struct nap_part *batch = &b->part[b->batch];

	give_words((uint64_t *)&batch->tally, (const uint64_t *)&b->tally, (const uint64_t *)line->tally,
		sizeof b->tally / sizeof(uint64_t));
	for (uint32_t i = 0; i < line->n_nets; i++)
		give_words((uint64_t *)&batch->meter[i], (const uint64_t *)&b->meter[i],
			(const uint64_t *)&line->meter[i], meter_words());
}

static void read_counts(struct nap_workspace *ws)
{
	struct nap_batches *b = ws->batches;
	const struct nap_line *line = &ws->line;

	if (!b->warming)
		give_counts(ws);
	b->warming = false;
	b->tally = *line->tally;
	memcpy(b->meter, line->meter, line->n_nets * sizeof *b->meter);
}

void nap_batches_run(struct nap_workspace *ws, struct nap_subscriber *s)
{
	struct nap_batches *b = ws->batches;
	struct nap_line *line = &ws->line;
	enum nap_timer_id what;
	nap_time now, before = 0, end = line->duration, from = ws->plan->sc->general.warm_up;

	memset(b, 0, sizeof *b);
	for (uint32_t k = 0; k < NAP_BATCHES; k++)
		b->part[k].subscribers = 1;
	b->warming = from > 0;
	line->duration = from > 0 ? from : end_of(from, end, 0); /* cycles are stepped over up to there */
	for (;; before = now) {
		what = nap_subscriber_due(s, line, &now);
		if (now >= end || nap_workspace_stopped(ws))
			break;
		g_assert(now >= before);
		if (now >= line->duration) {
			bool warmed = b->warming;

			nap_reach_settle(s, line, line->duration);
			nap_awake_settle(s, line, line->duration);
			read_counts(ws);
			line->duration = warmed ? end_of(from, end, 0) : line->duration;
		}
		while (now >= line->duration)
			line->duration = end_of(from, end, ++b->batch);
		nap_subscriber_take(s, line, what, now);
	}
	line->duration = end;
}

void nap_batches_end(struct nap_workspace *ws)
{
	read_counts(ws);
}
