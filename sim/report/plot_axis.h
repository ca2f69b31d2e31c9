/* SPDX-License-Identifier: BSD-2-Clause */
/* An axis of a picture: its range, whether it is logarithmic, its tics, and words and unit from a column's name. */
#ifndef NAP_REPORT_PLOT_AXIS_H
#define NAP_REPORT_PLOT_AXIS_H

#include <stdbool.h>

#include <glib.h>

/* Whether an axis is logarithmic, if all is above 0. */
enum nap_plot_scale { NAP_PLOT_AUTO, NAP_PLOT_LOG, NAP_PLOT_LINEAR };

struct nap_plot_axis {
	double low, high; /* as drawn: in the label's unit */
	double factor;    /* from the file's unit to it */
	bool log;
	char label[160];
	/* while values come in, in the file's unit */
	const char *name;
	double least, most, least_positive;
	bool any;
	enum nap_plot_scale scale;
};

enum nap_plot_axis_use {
	NAP_PLOT_ALONG, /* a horizontal one: it ends at its values */
	NAP_PLOT_UP, /* a vertical one: it begins at 0 unless it is logarithmic or all values are near one another */
	NAP_PLOT_SHARE, /* from 0 to 100 % */
};

/* name: a column's or key's with its unit, "push_delay_p95_s"; it must outlive the axis. */
void nap_plot_axis_begin(struct nap_plot_axis *a, const char *name);
void nap_plot_axis_take(struct nap_plot_axis *a, double value); /* NAN is passed over */
void nap_plot_axis_end(struct nap_plot_axis *a, enum nap_plot_axis_use use);

/* Leave a share of the axis free at its end, for words. */
void nap_plot_axis_leave(struct nap_plot_axis *a, double share);

/* Where a value (in the file's unit) is: 0 at the axis' begin, 1 at its end, cut there. */
double nap_plot_axis_place(const struct nap_plot_axis *a, double value);

/* As drawn, cut to what a logarithmic axis can show. */
double nap_plot_axis_drawn(const struct nap_plot_axis *a, double value);

/* Name, range and tics as gnuplot has them; which: 'x' or 'y'; bare: no name, and tics without numbers. */
void nap_plot_axis_print(GString *s, const struct nap_plot_axis *a, char which, bool bare);

#endif
