/* SPDX-License-Identifier: BSD-2-Clause */
/* natnap tune: from a scenario's text to what is tuned, once for each point of what else it sweeps. */
#ifndef NAP_CLI_TUNE_JOB_H
#define NAP_CLI_TUNE_JOB_H

#include <signal.h>

#include "cli/tune_goal_options.h"
#include "io/tunable.h"
#include "parallel/ensemble.h"
#include "report/tune_report.h"
#include "run/lattice.h"
#include "run/tune_goal.h"

struct nap_tune_options {
	char **set, **over, *out, *seed;
	struct nap_goal_options goal;
	char *confidence, *margin, *solve, *blocking;
	const char *command;    /* as it was typed */
	int jobs, replications; /* NAP_NOT_GIVEN */
	gboolean json, policies, force;
};

/* Keys that are tuned, and the values of each. */
struct nap_tune_keys {
	struct nap_tunable key[NAP_TUNE_AXES];
	struct nap_lattice lattice[NAP_TUNE_AXES];
	uint32_t n;
};

struct nap_tune_job {
	const char *path;
	const struct nap_tune_options *options;
	struct nap_document *document;
	struct nap_override *overrides;
	uint32_t n_overrides;
	struct nap_sweep *sweep; /* of what is not tuned */
	GPtrArray *unsure;       /* struct nap_unsure of the profiles at all its points */
	struct nap_tune_keys keys;
	struct nap_tune_goal goal;
	double confidence, margin;
	nap_time duration;
	struct nap_ensemble ensemble;
	char *read;          /* with --out: digest of the texts that were read */
	GHashTable *members; /* what was run: the scenario's own values as text -> struct nap_member */
	GPtrArray *tuned;    /* struct nap_tuned, one a point of the sweep */
	bool interrupted;    /* what is there is true, but something asked for is missing */
	GError *error;       /* of a scenario that a search asked for */
};

/* Read the scenario and the options; false with an input error. */
bool nap_tune_job_load(struct nap_tune_job *j, const struct nap_tune_options *o, GError **error);

/* Tune; false when stopped before anything was found, or with an error. */
bool nap_tune_job_run(struct nap_tune_job *j, const volatile sig_atomic_t *stop, GError **error);

/* With --out: keep what is finished there, and go on with what is. False: another run's is in the way, or it cannot be written. */
bool nap_tune_job_journal(struct nap_tune_job *j, GError **error);

void nap_tune_job_clear(struct nap_tune_job *j);

/* The scenario with a policy (NULL: its own), the sweep's point, bounds (NULL: its own) and a position for each key. */
struct nap_scenario *nap_tune_scenario(const struct nap_tune_job *j, size_t point, const char *policy,
	const char *bounds, const struct nap_tune_keys *keys, const uint32_t *at, GError **error);

/* The key of a policy that says how long it is silent; NULL: it has none. */
const struct nap_param *nap_tune_silence(const struct nap_policy *policy);

void nap_tune_keys_clear(struct nap_tune_keys *keys);

#endif
