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
typedef bool (*nap_shown_place_fn)(
	const void *ctx, const struct nap_shown_check *c, struct nap_shown_place *to);

/*
 * The marks of an item's published values: blocks of data, and with each a further part of the plot command. comma: between parts.
 * axis: that of the values.
 */
void nap_plot_published_checks(GString *script, GString *data, const struct nap_shown_item *item,
	const char *colour, const struct nap_plot_axis *axis, nap_shown_place_fn place, const void *ctx,
	const char **comma, int *blocks);

#endif
