/* SPDX-License-Identifier: BSD-2-Clause */
/* What a run reports: for each sweep point each metric's mean and 95 % confidence half-width over replications. */
#ifndef NAP_REPORT_RESULTS_H
#define NAP_REPORT_RESULTS_H

#include <glib.h>

#include "text/csv.h"
#include "parallel/campaign.h"
#include "report/interval.h"

/* What a column is said of. */
enum nap_over {
	NAP_OVER_REPLICATIONS, /* the mean over them */
	NAP_OVER_QUANTILE,     /* a quantile over all subscribers of all replications */
	NAP_OVER_BOUND,        /* the share of these that keep to a bound */
};

/* A column of results; name is owned. */
struct nap_column {
	char *name;
	const struct nap_metric *metric;
	uint32_t hop; /* whose, of a middlebox's metric */
	bool listed;  /* shown in the terminal: it says something about this scenario */
	enum nap_over over;
	enum nap_quantity of; /* NAP_OVER_QUANTILE */
	uint32_t index;       /* of nap_quantiles; of the scenario's bounds */
};

struct nap_row {
	char **swept;      /* n_swept texts, as in the scenario */
	double *number;    /* of each as a number; NAN where it is none */
	uint32_t complete; /* replications that count */
	uint32_t missing;  /* those that were not completed */
	double *mean,
		*ci95; /* n_columns each; ci95 from the mean to the farther end; NAN when nothing can be said */
	double *low, *high; /* ends of the interval */
};

struct nap_results {
	uint32_t n_swept, n_columns, n_rows;
	char **swept;  /* "client.interval" ... */
	char **number; /* "client.interval_s": the column of each as a number; NULL: it has none */
	bool *timed;   /* which of them are times, in seconds */
	struct nap_column *column;
	struct nap_row *row;
	uint32_t missing;     /* replications that were not completed */
	uint32_t subscribers; /* of a replication of the first point */
};

/*
 * Collect from a finished campaign. swept: the n_swept parameters' names; values: for each point its n_swept texts.
 * All points must have the same middleboxes. Free with nap_results_free.
 */
struct nap_results *nap_results_new(const struct nap_campaign *c, const char *const *swept, uint32_t n_swept,
	const char *const *const *values);
void nap_results_free(struct nap_results *r);

/* The column's number, -1 when there is none of that name. */
int nap_results_column(const struct nap_results *r, const char *name);

/* Its head, and a row, into a writer whose row may have begun. */
void nap_results_csv_head(struct nap_csv_writer *w, const struct nap_results *r);
void nap_results_csv_row(struct nap_csv_writer *w, const struct nap_results *r, const struct nap_row *row);

/* summary.csv as text. */
GString *nap_results_csv(const struct nap_results *r);

#endif
