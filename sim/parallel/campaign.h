/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All runs of a command: sweep points times replications times parts, shared
 * out over threads. Parts are added up in order, so the number of threads
 * cannot show in a result.
 */
#ifndef NAP_PARALLEL_CAMPAIGN_H
#define NAP_PARALLEL_CAMPAIGN_H

#include "run/run.h"

/* One point of a sweep: a scenario and its replications. */
struct nap_point {
	const struct nap_scenario *sc;       /* the caller's */
	const struct nap_observer *observer; /* watches subscriber 0 of replication 0, or NULL */
	struct nap_gather *
		*gathered; /* where what replication 0 gathered goes, or NULL; the caller frees it */
	uint32_t first;    /* number of its first replication */
	struct nap_plan plan;
	struct nap_each each;                /* of all subscribers of all complete replications */
	struct nap_replication *replication; /* sc->general.replications of them */
	bool *done;                          /* which of them are complete */
	/* Of a replication that is the only one what its batches did (run.h), else NULL. */
	struct nap_replication *batch;
	uint32_t n_batches;
};

struct nap_journal; /* journal.h */

/* Told now and then, from the calling thread: jobs done and in all. */
typedef void (*nap_progress_fn)(void *ctx, uint64_t done, uint64_t all);

struct nap_campaign {
	struct nap_point *point;
	uint32_t n;
	uint32_t threads;         /* 0: as many as there are processors */
	const volatile int *stop; /* becomes non-zero when no new work is to begin (Ctrl-C); NULL: never */
	nap_progress_fn progress; /* or NULL */
	void *progress_ctx;
	struct nap_journal *journal; /* keeps each replication as it is finished; NULL: none does */
	uint64_t number; /* of its first point in the journal: after those of campaigns before it */
};

/* Plan all points. False: *why tells what cannot be run ("[group] key: reason", kept by the point's plan), *point which. */
bool nap_campaign_plan(struct nap_campaign *c, const char **why, uint32_t *point);

/* Run those that are not done; true when every replication is complete. Those that are are valid either way. */
bool nap_campaign_run(struct nap_campaign *c);

/* Free what nap_campaign_plan made. */
void nap_campaign_clear(struct nap_campaign *c);

#endif
