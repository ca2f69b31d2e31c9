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
	char *confidence, *margin;
	int jobs, replications;
	gboolean json;
};

/* One tuning: a point of what the scenario sweeps besides. */
struct nap_tune_case {
	struct nap_tune_job *job;
	size_t number; /* of the sweep's point */
	struct nap_tune tune;
	GPtrArray *members;      /* struct nap_member, in the order of tune.point */
	GPtrArray *places;       /* their positions */
	struct nap_member fresh; /* the named point, run anew */
	struct nap_tuned *report;
};

struct nap_tune_job {
	const char *path;
	struct nap_document *document;
	struct nap_override *overrides;
	uint32_t n_overrides;
	struct nap_sweep *sweep; /* of what is not tuned */
	struct nap_tunable key[NAP_TUNE_AXES];
	struct nap_lattice lattice[NAP_TUNE_AXES];
	uint32_t n_keys;
	struct nap_tune_goal goal;
	double confidence, margin;
	struct nap_ensemble ensemble;
	struct nap_tune_case *cases;
	uint32_t n_cases;
	GError *error; /* of a scenario that a search asked for */
};

/* Read the scenario and the options; false with an input error. */
bool nap_tune_job_load(struct nap_tune_job *j, const struct nap_tune_options *o, GError **error);

/* Tune; false when stopped, or with an error. */
bool nap_tune_job_run(struct nap_tune_job *j, const struct nap_tune_options *o,
	const volatile sig_atomic_t *stop, GError **error);

void nap_tune_job_clear(struct nap_tune_job *j);

#endif
