/* SPDX-License-Identifier: BSD-2-Clause */
/* natnap replay: a capture through a scenario, and through what --what-if makes of it. */
#ifndef NAP_CLI_REPLAY_JOB_H
#define NAP_CLI_REPLAY_JOB_H

#include <signal.h>

#include "io/json.h"
#include "io/outfile.h"
#include "io/pcap_read.h"
#include "io/sweep.h"
#include "replay/rewrite.h"
#include "report/replay_report.h"
#include "report/timeline.h"

struct nap_replay_options {
	char **set, **device, **what_if, *scenario, *out;
	const char *command; /* as it was typed */
	gboolean json, timeline;
};

/* A file of rows that are written as they are told. */
struct nap_replay_rows {
	struct nap_outfile *out;
	struct nap_csv_writer line;
};

struct nap_replay_job {
	const char *path; /* of the capture */
	const struct nap_replay_options *options;
	struct nap_document *document;
	GArray *overrides; /* struct nap_override: --set, then the scenario's own sweep at its first point */
	struct nap_sweep *own;   /* the scenario's */
	struct nap_sweep *sweep; /* of --what-if; NULL: there is none */
	struct nap_scenario *scenario, **point;
	struct nap_trace trace;
	struct nap_replay *replay, **branch;
	struct nap_replayed replayed;
	struct nap_what_if *what_if;
	const char **names, ***values;
	GArray *kept;   /* struct nap_kept_flow: those that rewritten points change */
	bool *rewrites; /* of each point: it has another policy, and is replayed in a second reading */
	struct nap_rewrite **rewrite;
	uint32_t n_rewrites;
	struct nap_replay_rows flows, bursts;
	struct nap_timeline *timeline;
	struct nap_series *series; /* of --out */
	struct nap_observer observer;
	char *broken;
	bool unwritable; /* what went wrong is an output, not the input */
};

/* Read the scenario and what is asked of it; false with an input error. */
bool nap_replay_job_load(struct nap_replay_job *j, GError **error);

/* Replay the capture; false with an input error: what there is cannot be read at all. j->broken: why it ended early. */
bool nap_replay_job_run(struct nap_replay_job *j, const volatile sig_atomic_t *stop, GError **error);

/* All that is found. */
struct nap_replay_report nap_replay_job_report(const struct nap_replay_job *j);

/* Take away what one that was killed left in the folder of --out under temporary names. */
void nap_replay_job_sweep_up(const struct nap_replay_job *j);

/* Write the files of --out. */
bool nap_replay_job_files(struct nap_replay_job *j, GError **error);

void nap_replay_job_clear(struct nap_replay_job *j);

#endif
