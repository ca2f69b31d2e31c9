/* SPDX-License-Identifier: BSD-2-Clause */
/* natnap run --sensitivity: from a scenario's text to an analysis at each point of what else it sweeps. */
#ifndef NAP_CLI_SENSITIVITY_JOB_H
#define NAP_CLI_SENSITIVITY_JOB_H

#include "cli/progress.h"
#include "cli/run_job.h"
#include "io/tunable.h"
#include "parallel/ensemble.h"
#include "report/sensitivity_report.h"

enum { NAP_SENSITIVITY_METRICS = 6 };

struct nap_sensitivity_job {
	struct nap_run_job run; /* its document, its overrides, and its sweep: of what is not analysed */
	const struct nap_run_options *options;
	struct nap_tunable key[NAP_SENSITIVITY_KEYS];
	uint32_t n_keys;
	const struct nap_metric *metric[NAP_SENSITIVITY_METRICS];
	uint32_t n_metrics, replications;
	uint32_t together; /* points that have as many subscribers as keep threads busy */
	uint64_t seed;
	GPtrArray *reports; /* struct nap_sensitivity_report, one a point of the sweep */
	GPtrArray *unsure;  /* struct nap_unsure of the profiles at all its points */
	bool interrupted;   /* what is there is true, but something is missing */
	/* the analysis in work */
	size_t point;
	GHashTable *known; /* the keys' values as text -> metrics (double) */
	struct nap_ensemble ensemble;
	struct nap_progress progress;
	const struct nap_sensitivity *working;
	uint64_t points_done, points_due, points_now; /* of its step; in work */
	uint64_t simulated;                           /* points, none twice */
	GError *error;                                /* of a point that the scenario does not take */
};

/* Read the scenario, --sensitivity and --samples; false with an input error. */
bool nap_sensitivity_job_load(struct nap_sensitivity_job *j, const struct nap_run_options *o, GError **error);

/* Analyse; false when stopped before anything is known, or with an input error. */
bool nap_sensitivity_job_run(
	struct nap_sensitivity_job *j, const volatile sig_atomic_t *stop, GError **error);

/* A key's value at a coordinate, as a scenario has it; free with g_free. */
char *nap_sensitivity_value_text(const struct nap_tunable *t, double at);

/* The scenario at the sweep's point with the keys at coordinates from 0 to 1. */
struct nap_scenario *nap_sensitivity_scenario(
	const struct nap_sensitivity_job *j, size_t point, const double *at, GError **error);

/*
 * All of it, with what it prints and writes: sensitivity.csv, .json and, where gnuplot is, .svg into --out; what was interrupted
 * does not take the place of what is there. Returns an exit status.
 */
int nap_sensitivity_command(const char *path, const struct nap_run_options *o);

void nap_sensitivity_job_clear(struct nap_sensitivity_job *j);

#endif
