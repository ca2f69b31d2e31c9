/* SPDX-License-Identifier: BSD-2-Clause */
/* What a tuning found, for people (tune_text.c) and programs (tune_json.c). */
#ifndef NAP_REPORT_TUNE_REPORT_H
#define NAP_REPORT_TUNE_REPORT_H

#include "report/results.h"
#include "report/run_json.h"
#include "run/tune_goal.h"

/* The same search with one target lowered or raised, by estimates. */
struct nap_tuned_variant {
	const char *target;
	struct nap_tune_goal goal;
	bool met;
	struct nap_results *named; /* a row: its best value, or the nearest */
};

/* One tuning. */
struct nap_tuned {
	struct nap_tune tune;
	struct nap_tune_goal goal;
	const char *policy; /* the client's */
	char *targets;      /* "least energy with reachable >= 99.9 %" */
	char *where;        /* "middlebox.nat.udp = 30s"; "" where nothing else is swept */
	char *failure; /* of a policy: the scenario does not take it, and why; then nothing below is there */
	struct nap_results *all; /* a row for each of tune.point */
	struct nap_results *
		named; /* a row: what to recommend, or else the nearest; by runs of its own if there are such */
	GArray *front; /* uint32_t: rows of all that no other beats in energy, reachability and signalling */
	double margin; /* that was asked for */
	double margin_s; /* that there is to the last value seen to meet the targets; NAN: none above fails */
	struct nap_results *
		estimate; /* a row: what the search names without proof, which variants are compared with; or NULL */
	GArray *variants;    /* struct nap_tuned_variant */
	GPtrArray *policies; /* struct nap_tuned, best first; empty where none was asked for */
};

/* Fills what follows from all and named, which it takes, as it takes the points of tune. Free with nap_tuned_free. */
struct nap_tuned *nap_tuned_new(const struct nap_tune *tune, const struct nap_tune_goal *goal,
	const struct nap_scenario *sc, const char *where, double margin, struct nap_results *all,
	struct nap_results *named);
void nap_tuned_free(struct nap_tuned *t); /* accepts NULL */

/* A policy that the scenario does not take. */
struct nap_tuned *nap_tuned_new_failure(const char *policy, const char *why);

/* Take named. The estimate is of the goal itself; met: it meets the targets. */
void nap_tuned_set_estimate(struct nap_tuned *t, bool met, struct nap_results *named);
void nap_tuned_add_variant(struct nap_tuned *t, const struct nap_tune_goal *goal, const char *target,
	bool met, struct nap_results *named);

/* Takes the policy's tuning. Then all of them by rank: those that meet the targets by cost, then the others. */
void nap_tuned_add_policy(struct nap_tuned *t, struct nap_tuned *policy);
void nap_tuned_rank_policies(struct nap_tuned *t);

/* What a variant costs as a share of the estimate's cost, less 1; NAN where either does not meet the targets. */
double nap_tuned_variant_change(const struct nap_tuned *t, const struct nap_tuned_variant *v);

/* The bound of a variant's target. */
double nap_tuned_variant_bound(const struct nap_tuned_variant *v);

/* "client.interval = 58s". Free with g_free. */
char *nap_tuned_values_text(const struct nap_results *r, const struct nap_row *row);

/* Why nothing is recommended: which target fails, and by how much. Free with g_free. */
char *nap_tuned_reason(const struct nap_tuned *t);

/* A target with its bound as people write it: "reachable >= 99.9 %"; the bound alone; all targets of a goal. Free with g_free. */
char *nap_target_text(const struct nap_tune_target *target, double bound);
char *nap_target_value_text(const char *target, double value);
char *nap_goal_cost_text(const struct nap_tune_goal *goal); /* "energy + 0.02 packets" */
char *nap_goal_text(const struct nap_tune_goal *goal, const struct nap_scenario *sc);

GString *nap_tuned_text(const struct nap_tuned *t);

/* The front as CSV: where (with several), the tuned keys, metrics. */
GString *nap_tuned_front_csv(const struct nap_tuned *const *t, uint32_t n);

/* natnap-tune/1; with several, natnap-tunes/1 around them; it says if it was interrupted. */
JsonNode *nap_tuned_json(const struct nap_tuned *const *t, uint32_t n, const struct nap_scenario *sc,
	const struct nap_provenance *from, bool interrupted);

#endif
