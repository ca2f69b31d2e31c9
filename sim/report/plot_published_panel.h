/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside report/: the panels of a published figure, and the values that all of them mark alike. */
#ifndef NAP_REPORT_PLOT_PUBLISHED_PANEL_H
#define NAP_REPORT_PLOT_PUBLISHED_PANEL_H

#include "report/plot_axis.h"
#include "report/plot_published.h"
#include "report/plot_style.h"

/* blocks: how many there are in the data so far. */
void nap_plot_published_lines(const struct nap_plot_page *page, const struct nap_shown_panel *p,
	GString *data, double height, bool named_below, int *blocks);
/* head: where the names of the bars' parts stand, in pixels. */
void nap_plot_published_rows(const struct nap_plot_page *page, const struct nap_shown_panel *p, GString *data,
	double head, int *blocks);

/* Where a published value is marked. */
struct nap_shown_place {
	double x, y, simulated_x, simulated_y;
	double low, high; /* y that its tolerance allows; the same: it is not shown */
};

/* How the published values of a panel are marked. */
struct nap_shown_marks {
	GString *script, *data;
	const struct nap_plot_axis *axis; /* of the values */
	const char *colour;               /* NULL: each item's own */
	const char **comma;               /* between parts of the plot command */
	int *blocks;
	/* false: it is not shown */
	bool (*place)(
		const void *ctx, guint item, const struct nap_shown_check *c, struct nap_shown_place *to);
	const void *ctx;
};

/* Blocks of data, and with each a further part of the plot command; what is not met comes last, so that no other sign hides it. */
void nap_plot_published_checks(const struct nap_shown_marks *m, const struct nap_shown_panel *p);

/* A label beside a panel's only value that says by how much the simulation is off, where that is more than rounding. */
void nap_plot_published_lone(const struct nap_shown_marks *m, const struct nap_shown_panel *p);

#endif
