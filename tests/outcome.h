/* SPDX-License-Identifier: BSD-2-Clause */
/* What a scenario comes to with whole cycles stepped over, or without: all integers of each kind of subscriber. */
#ifndef NAP_TESTS_OUTCOME_H
#define NAP_TESTS_OUTCOME_H

#include <glib.h>
#include <inttypes.h>
#include <string.h>

#include "run/workspace.h"

/* One replication, and how many cycles were stepped over. */
struct outcome {
	uint32_t n; /* kinds of subscribers; 0: it was not run */
	struct nap_part *part;
	struct nap_sketch *push_delay;
	uint64_t skipped;
};

static inline void outcome_run(struct nap_scenario *sc, bool skip, struct outcome *out)
{
	struct nap_plan plan;
	struct nap_workspace *ws;

	memset(out, 0, sizeof *out);
	sc->general.skip = skip;
	if (!nap_plan_make(&plan, sc))
		return;
	plan.part_size = sc->general.subscribers;
	plan.parts = 1;
	out->n = nap_plan_parts(&plan);
	out->part = g_new0(struct nap_part, out->n);
	out->push_delay = g_new0(struct nap_sketch, out->n);
	ws = nap_workspace_new(&plan, NULL);
	nap_run_job(ws, 0, 0, NULL, out->part);
	for (uint32_t k = 0; k < out->n; k++) {
		const struct nap_workspace *own = plan.kinds ? ws->kind[k] : ws;

		out->push_delay[k] = own->push_delay;
		out->skipped += own->cycles.skipped;
	}
	nap_workspace_free(ws);
}

static inline void outcome_clear(struct outcome *out)
{
	g_free(out->part);
	g_free(out->push_delay);
}

/* The first integer of one kind's that differs, as text; NULL when none does. */
static inline const char *outcome_part_difference(const struct nap_part *a, const struct nap_part *b)
{
	static const char *const sums[] = { "created", "expired", "evicted", "closed", "refused",
		"refused_ports", "dropped", "packets", "session_ns", "peak", "ports_peak", "blocks_peak",
		"log_records" };
	static char text[120];
	const uint64_t *x = (const uint64_t *)a, *y = (const uint64_t *)b;
	size_t tally = offsetof(struct nap_part, tally) / 8, box = offsetof(struct nap_part, box) / 8,
	       meter = offsetof(struct nap_part, meter) / 8;

	for (size_t i = tally; i < sizeof *a / 8; i++) {
		const char *what = i < meter ? "tally"
				   : i < box ? "meter"
					     : sums[(i - box) % G_N_ELEMENTS(sums)];

		if (x[i] == y[i])
			continue;
		g_snprintf(text, sizeof text, "%s %zu: %" PRIu64 " with skipping, %" PRIu64 " without", what,
			i < meter ? i - tally
			: i < box ? i - meter
				  : (i - box) / G_N_ELEMENTS(sums),
			x[i], y[i]);
		return text;
	}
	return NULL;
}

static inline const char *outcome_difference(const struct outcome *a, const struct outcome *b)
{
	const char *found = NULL;

	for (uint32_t k = 0; k < a->n && !found; k++) {
		found = outcome_part_difference(&a->part[k], &b->part[k]);
		if (!found && memcmp(&a->push_delay[k], &b->push_delay[k], sizeof *a->push_delay))
			found = "push delays";
	}
	return found;
}

#endif
