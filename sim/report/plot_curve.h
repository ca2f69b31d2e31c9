/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of metrics over a swept key, a panel each: what curves and cliffs share. */
#ifndef NAP_REPORT_PLOT_CURVE_H
#define NAP_REPORT_PLOT_CURVE_H

#include "report/plot_axis.h"
#include "report/plot_lines.h"
#include "report/plot_style.h"

#define NAP_PLOT_PANELS 6

struct nap_plot_curve {
	const struct nap_plot_source *from;
	struct nap_plot *to;
	struct nap_plot_table table;
	struct nap_plot_page page;
	const struct nap_plot_key *x;
	struct nap_plot_axis along;
	GPtrArray *category; /* of an x that has no numbers: its texts in their order */
	GPtrArray *line;     /* struct nap_plot_line */
	char *head;
	struct nap_plot_metric metric[NAP_PLOT_PANELS];
	unsigned n_metrics;
	double above; /* room for words above the first panel, in pixels */
};

/* Open the table and choose lines and metrics (at least one); false with a reason. Clear in any case. */
bool nap_plot_curve_open(struct nap_plot_curve *c, const char *x, bool times_only, const char *const *metrics,
	const struct nap_csv *csv, GError **error);
void nap_plot_curve_clear(struct nap_plot_curve *c);

/* Draw all; mark (or NULL) adds to a panel what else stands in it. */
void nap_plot_curve_draw(struct nap_plot_curve *c, void (*mark)(struct nap_plot_curve *c));

#endif
