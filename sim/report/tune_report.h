/* SPDX-License-Identifier: BSD-2-Clause */
/* What a tuning found, for people (tune_text.c) and programs (tune_json.c). */
#ifndef NAP_REPORT_TUNE_REPORT_H
#define NAP_REPORT_TUNE_REPORT_H

#include "report/results.h"
#include "report/run_json.h"
#include "run/tune_goal.h"

/* One tuning. */
struct nap_tuned {
	const struct nap_tune *tune;
	const struct nap_tune_goal *goal;
	char *targets;           /* "least energy with reachable >= 99.9 %" */
	char *where;             /* "middlebox.nat.udp = 30s"; "" where nothing else is swept */
	struct nap_results *all; /* a row for each of tune->point */
	struct nap_results *
		named; /* a row: the value to recommend, or else the nearest, by runs of its own if there are such */
	GArray *front; /* uint32_t: rows of all that no other beats in energy, reachability and signalling */
	double margin; /* that was asked for */
	double margin_s; /* that there is to the last value seen to meet the targets; NAN: none above fails */
};

/* Fills what follows from all and named, which it takes; free with nap_tuned_free. */
struct nap_tuned *nap_tuned_new(const struct nap_tune *tune, const struct nap_tune_goal *goal,
	const struct nap_scenario *sc, const char *where, double margin, struct nap_results *all,
	struct nap_results *named);
void nap_tuned_free(struct nap_tuned *t); /* accepts NULL */

/* Why nothing is recommended: which target fails, and by how much. Free with g_free. */
char *nap_tuned_reason(const struct nap_tuned *t);

/* A target with its bound as people write it: "reachable >= 99.9 %"; the bound alone; all targets of a goal. Free with g_free. */
char *nap_target_text(const struct nap_tune_target *target, double bound);
char *nap_target_value_text(const struct nap_tune_target *target, double value);
char *nap_goal_text(const struct nap_tune_goal *goal, const struct nap_scenario *sc);

GString *nap_tuned_text(const struct nap_tuned *t);

/* The front as CSV: where, the tuned keys, metrics. */
GString *nap_tuned_front_csv(const struct nap_tuned *const *t, uint32_t n);

/* natnap-tune/1; with several, natnap-tunes/1 around them. */
JsonNode *nap_tuned_json(const struct nap_tuned *const *t, uint32_t n, const struct nap_scenario *sc,
	const struct nap_provenance *from);

#endif
