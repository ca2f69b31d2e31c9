/* SPDX-License-Identifier: BSD-2-Clause */
#include "run/batches.h"

#include <string.h>

#include <glib.h>

#include "run/workspace.h"

bool nap_batches_wanted(const struct nap_plan *plan)
{
	const struct nap_general_config *g = &plan->sc->general;

	return g->subscribers == 1 && g->replications == 1 && plan->kinds == 0 &&
	       g->duration >=
		       NAP_DAY; /* shorter stretches are too few exchanges each, and depend on one another */
}

static nap_time begin_of(const struct nap_line *line, uint32_t batch)
{
	return (nap_time)nap_wide_share((uint64_t)line->duration, batch, NAP_BATCHES);
}

/* What n words counted since the last reading, to each batch by its part of the time; a whole run of it would be so many times more. */
static void share_out(
	uint64_t *batch, const uint64_t *before, const uint64_t *now, size_t n, nap_time part, nap_time span)
{
	for (size_t i = 0; i < n; i++) {
		int64_t more = (int64_t)(now[i] -
					 before[i]); /* a transition that the end cuts off takes some back */

		if (more > 0)
			batch[i] +=
				nap_wide_share((uint64_t)more * NAP_BATCHES, (uint64_t)part, (uint64_t)span);
	}
}

static size_t meter_words(void)
{
	return offsetof(struct nap_meter, observer) / sizeof(uint64_t);
}

/* Counts at a moment. */
static void take_reading(const struct nap_line *line, struct nap_reading *r)
{
	r->tally = *line->tally;
	memcpy(r->meter, line->meter, line->n_nets * sizeof *r->meter);
}

/* What was counted between two readings, that part of it, to a batch. */
static void give(const struct nap_line *line, struct nap_part *batch, const struct nap_reading *before,
	const struct nap_reading *now, nap_time part, nap_time span)
{
	share_out((uint64_t *)&batch->tally, (const uint64_t *)&before->tally, (const uint64_t *)&now->tally,
		sizeof now->tally / sizeof(uint64_t), part, span);
	for (uint32_t i = 0; i < line->n_nets; i++)
		share_out((uint64_t *)&batch->meter[i], (const uint64_t *)&before->meter[i],
			(const uint64_t *)&now->meter[i], meter_words(), part, span);
}

/* All that was counted since the last reading happened in the current batch. */
static void read_counts(struct nap_workspace *ws)
{
	struct nap_batches *b = ws->batches;

	take_reading(&ws->line, &b->now);
	give(&ws->line, &b->part[b->batch], &b->read, &b->now, 1, 1);
	b->read = b->now;
}

/* Whole cycles were stepped over from `from` to `to`, beyond the end of the batch: each has its part of them. */
static void read_step(struct nap_workspace *ws, nap_time from, nap_time to)
{
	struct nap_batches *b = ws->batches;
	const struct nap_line *line = &ws->line;

	give(line, &b->part[b->batch], &b->read, &b->before, 1, 1);
	take_reading(line, &b->now);
	for (uint32_t k = b->batch; k < NAP_BATCHES && begin_of(line, k) < to; k++)
		give(line, &b->part[k], &b->before, &b->now,
			nap_time_min(begin_of(line, k + 1), to) - nap_time_max(begin_of(line, k), from),
			to - from);
	b->read = b->now;
}

void nap_batches_run(struct nap_workspace *ws, struct nap_subscriber *s)
{
	struct nap_batches *b = ws->batches;
	struct nap_line *line = &ws->line;
	nap_time now, before = 0;

	memset(b, 0, sizeof *b);
	for (uint32_t k = 0; k < NAP_BATCHES; k++)
		b->part[k].subscribers = 1;
	for (; (now = nap_subscriber_next(s)) < line->duration && !nap_workspace_stopped(ws); before = now) {
		uint64_t skipped = ws->cycles.skipped;

		g_assert(now >= before);
		if (now >= begin_of(line, b->batch + 1))
			read_counts(ws);
		while (now >= begin_of(line, b->batch + 1))
			b->batch++;
		if (line->cycles)
			take_reading(line, &b->before);
		nap_subscriber_take(s, line, now);
		if (ws->cycles.skipped != skipped && nap_subscriber_next(s) >= begin_of(line, b->batch + 1))
			read_step(ws, now, nap_time_min(nap_subscriber_next(s), line->duration));
	}
}

void nap_batches_end(struct nap_workspace *ws)
{
	read_counts(ws);
}
