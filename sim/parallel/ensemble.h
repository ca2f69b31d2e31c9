/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios whose replications are run a few at a time, and kept: what a search asks for, and reports read. */
#ifndef NAP_PARALLEL_ENSEMBLE_H
#define NAP_PARALLEL_ENSEMBLE_H

#include "parallel/campaign.h"

/* One scenario; the replications that it has, in the order in which they came. */
struct nap_member {
	struct nap_scenario *sc; /* its replications are as many as there are */
	struct nap_replication *replication;
	struct nap_each each; /* of all their subscribers */
	uint32_t n;
};

/* So many replications of a scenario, from number first on, to be added to a member. */
struct nap_batch {
	struct nap_member *member;
	uint32_t first, count;
};

struct nap_ensemble {
	uint32_t threads; /* 0: as many as there are processors */
	const volatile int *stop;
	nap_progress_fn progress; /* of a batch, or NULL */
	void *progress_ctx;
	struct nap_journal *
		journal; /* keeps what is finished and has what was, or NULL; opened for a search that asks the
					same each time */
	uint64_t runs;   /* replications in all */
	uint64_t points; /* batches so far: where the next are in the journal */
};

/*
 * Run all batches; no member is in two. False: stopped (*why is NULL then), or a scenario that cannot be run ("[group] key:
 * reason" in *why, to be freed, of batch *which); then no member has changed.
 */
bool nap_ensemble_run(
	struct nap_ensemble *e, const struct nap_batch *batch, uint32_t n, char **why, uint32_t *which);

/* A finished campaign of these members, for nap_results_new; free its point alone. */
struct nap_campaign nap_ensemble_campaign(struct nap_member *const *member, uint32_t n);

void nap_member_clear(struct nap_member *m); /* frees its scenario too */

#endif
