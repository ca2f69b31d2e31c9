/* SPDX-License-Identifier: BSD-2-Clause */
/* Which rows of a sweep make a line of a picture, and what each line is called. */
#ifndef NAP_REPORT_PLOT_LINES_H
#define NAP_REPORT_PLOT_LINES_H

#include "report/plot_table.h"

#define NAP_PLOT_LINES 12 /* that a reader can tell apart */

/* Rows that have one value of each key but the axis'. */
struct nap_plot_line {
	char *label;
	unsigned *row, n;
};

/* struct nap_plot_key: those that vary besides x and y (or NULL), none that follows from another. */
GPtrArray *nap_plot_line_keys(
	const struct nap_plot_table *t, const struct nap_plot_key *x, const struct nap_plot_key *y);

/*
 * struct nap_plot_line of the rows by all keys but x; *head, to be freed: what the labels are values of, "" where there is one line.
 * Where each combination of values has its line, a label has a value of each key; else it has what differs from the first line.
 */
GPtrArray *nap_plot_lines(const struct nap_plot_table *t, const struct nap_plot_key *x, char **head);

/* Keep some lines of too many, evenly, and say so. */
void nap_plot_thin_lines(GPtrArray *line, GString *left_out);

#endif
