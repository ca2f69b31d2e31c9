/* SPDX-License-Identifier: BSD-2-Clause */
/* One scenario of natnap run: from its text over its sweep points to results and their files. */
#ifndef NAP_CLI_RUN_JOB_H
#define NAP_CLI_RUN_JOB_H

#include <limits.h>
#include <signal.h>

#include "cli/tune_goal_options.h"
#include "embed/study.h"
#include "report/run_json.h"

#define NAP_NOT_GIVEN INT_MIN /* of a number on the command line */

struct nap_run_options {
	char **set, *out, *pcap, **pcap_at, *trace, *seed;
	char *sensitivity; /* its keys, "": those that are swept; NULL: not asked for */
	int jobs, replications, samples;
	gboolean json, timeline, exchange, resume, force, plot, pcap_ethernet;
	struct nap_goal_options goal; /* what an interval is recommended for */
};

/* One scenario of the command line, from its text to its results. */
struct nap_run_job {
	const char *path;
	char *name;   /* file name without .ini */
	char *folder; /* where its files go, NULL: nowhere */
	char *read;   /* digest of the texts that were read for it */
	struct nap_journal *journal;
	struct nap_study study;
	/* observers of point 0 */
	struct nap_observer observer, timeline_observer, exchange_observer, trace_observer;
	struct nap_timeline *timeline;
	struct nap_exchange *exchange;
	struct nap_capture *capture;
	struct nap_trace *trace;
	struct nap_gather *gathered;
};

/* Read the text of j->path, what is set over it, and the goal; false with an input error. */
bool nap_run_job_read(struct nap_run_job *j, const struct nap_run_options *o, GError **error);

/* The same with all its points. */
bool nap_run_job_load(struct nap_run_job *j, const struct nap_run_options *o, GError **error);

/* Each scenario has a folder of its name in --out: false where two of the same name would take it from one another. */
bool nap_run_names_differ(const struct nap_run_job *jobs, uint32_t n, GError **error);

/*
 * Its folder, for --out of n jobs, and the journal in it. False where an earlier run's
 * is in the way (G_IO_ERROR_EXISTS), or the folder cannot be written.
 */
bool nap_run_job_journal(struct nap_run_job *j, uint32_t n, const struct nap_run_options *o, GError **error);

/*
 * Take what the journal has, after observers were set, whose replication is run again; and say so, or that there is nothing if
 * it was asked for.
 */
void nap_run_job_take_up(struct nap_run_job *j, bool asked);

/* No more is written: the journal stays where the results are not all there. */
void nap_run_job_journal_end(struct nap_run_job *j, bool whole);

/* Take away what writing of a run that was killed left in the folder, under temporary names. */
void nap_run_job_sweep_up(const struct nap_run_job *j);

/* Open what is asked for of the first subscriber. */
bool nap_run_job_observe(struct nap_run_job *j, const struct nap_run_options *o, GError **error);

/* Run all replications, or until *stop; then j->study.results is there. */
void nap_run_job_simulate(
	struct nap_run_job *j, const struct nap_run_options *o, const volatile sig_atomic_t *stop);

/*
 * Write the files of a job, as far as asked for. What was interrupted never takes the place of a whole result:
 * it goes to a folder "partial" inside, and that is said on standard error.
 */
bool nap_run_job_files(struct nap_run_job *j, const struct nap_run_options *o, GError **error);

void nap_run_job_clear(struct nap_run_job *j);

#endif
