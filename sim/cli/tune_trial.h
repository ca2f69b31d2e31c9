/* SPDX-License-Identifier: BSD-2-Clause */
/* One search of natnap tune: for one goal, one policy, at one point of what else is swept. */
#ifndef NAP_CLI_TUNE_TRIAL_H
#define NAP_CLI_TUNE_TRIAL_H

#include "cli/tune_job.h"

struct nap_tune_trial {
	struct nap_tune_job *job;
	size_t point;       /* of the sweep */
	const char *policy; /* NULL: the scenario's own */
	const struct nap_tune_keys *keys;
	struct nap_tune_goal goal;
	bool proof;           /* run the named value anew; else estimates are enough */
	const uint32_t *hint; /* positions of the keys that a like search has named, or NULL */
	/* in work and found */
	char *bounds;
	struct nap_tune tune;
	struct nap_member *proved; /* the named point run anew, or NULL */
};

/* Search. False: interrupted, or with job->error. Clear either way. */
bool nap_tune_trial_run(struct nap_tune_trial *t);
void nap_tune_trial_clear(struct nap_tune_trial *t);

/* Its points as results, a row each, in the order of tune.point; of one alone: the named one by its proof, or the nearest. */
struct nap_results *nap_tune_trial_all(struct nap_tune_trial *t);
struct nap_results *nap_tune_trial_named(struct nap_tune_trial *t);

#endif
