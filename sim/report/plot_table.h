/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows of a sweep for pictures: which columns are keys, which rows are asked for, which of them make a line. */
#ifndef NAP_REPORT_PLOT_TABLE_H
#define NAP_REPORT_PLOT_TABLE_H

#include "report/plot.h"

struct nap_plot_key {
	const char *name;
	int column;
	double *number;    /* of each row of the file; NAN: none */
	bool numeric;      /* each of the rows at hand has a number */
	bool time;         /* it is one in seconds */
	const char *unit;  /* of the column of numbers: "s", "fraction", "per_h"; "" */
	unsigned distinct; /* values in the rows at hand */
};

struct nap_plot_table {
	const struct nap_csv *csv;
	struct nap_plot_key *key;
	unsigned n_keys, *row, n; /* the rows at hand, by number */
	int first;                /* column after the keys */
};

/* A metric or a quotient of two, and each one's interval. */
struct nap_plot_metric {
	char *name;
	int over, under, ci95; /* columns; -1: none */
};

/* Its keys are the columns before the first of these names; rows are those of from->only. False with a reason. */
bool nap_plot_table_open(struct nap_plot_table *t, const struct nap_plot_source *from,
	const struct nap_csv *csv, GError **error);
void nap_plot_table_clear(struct nap_plot_table *t);

const char *nap_plot_text(const struct nap_plot_table *t, unsigned row, int column);
/* NAN where it is none. */
double nap_plot_number(const struct nap_plot_table *t, unsigned row, int column);
double nap_plot_value(const struct nap_plot_table *t, unsigned row, const struct nap_plot_metric *m);

/* The key asked for, else the one with most numbers; NULL with a reason where nothing varies. */
const struct nap_plot_key *nap_plot_axis_key(
	const struct nap_plot_table *t, const char *asked, bool times_only, GError **error);

/* Do rows differ in it that have the same value of x? */
bool nap_plot_is_free(
	const struct nap_plot_table *t, const struct nap_plot_key *k, const struct nap_plot_key *x);

/* The metric of that name; false with a reason, and a guess. Clear with g_free of its name. */
bool nap_plot_metric_find(
	const struct nap_plot_table *t, const char *name, struct nap_plot_metric *m, GError **error);
/* Is there a number in any row? */
bool nap_plot_metric_known(const struct nap_plot_table *t, const struct nap_plot_metric *m);

#endif
