/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pictures of a published figure: what was simulated as lines, bars or marks in time, and what was published beside it, each value by
 * how well it was met. Numbers are in the unit that their axis' name ends with.
 */
#ifndef NAP_REPORT_PLOT_PUBLISHED_H
#define NAP_REPORT_PLOT_PUBLISHED_H

#include "report/plot.h"
#include "report/plot_axis.h"

enum nap_shown_form {
	NAP_SHOWN_LINES,
	NAP_SHOWN_STEPS, /* as lines: a value holds until the next */
	NAP_SHOWN_BARS,  /* a bar an item, of its parts' first values; points of it along the bar */
	NAP_SHOWN_TIMES, /* a row an item: when things happen, which are its values */
};

struct nap_shown_xy {
	double x, y;
};

enum nap_shown_verdict {
	NAP_SHOWN_MET,
	NAP_SHOWN_FITTED,
	NAP_SHOWN_AT_LEAST,
	NAP_SHOWN_MISSED,
	NAP_SHOWN_VERDICTS
};

/* A published value beside the simulated one. */
struct nap_shown_check {
	double x, published, simulated, allowed; /* allowed: the largest difference */
	enum nap_shown_verdict verdict;
	bool recalled; /* seen in no source */
};

/* A line, a bar or a row. */
struct nap_shown_item {
	const char *label;
	GPtrArray *
		part; /* of GArray of struct nap_shown_xy: one of a line, those that lie on one another of a bar */
	GArray *check; /* of struct nap_shown_check */
	GArray *cloud; /* of struct nap_shown_xy: measured one by one */
};

/* A value of an axis that is marked. */
struct nap_shown_mark {
	double at;
	const char *text;
};

struct nap_shown_panel {
	enum nap_shown_form form;
	const char *title, *x,
		*y; /* axes by their names with units, "interval_s"; bars and rows have one: x of rows, y of bars */
	enum nap_plot_scale log_x, log_y;
	double top;                   /* largest y that is shown; 0: all */
	double least, most;           /* what is shown of x; most 0: all */
	double never;                 /* where on the axis the x `never` stands; 0: nowhere */
	GPtrArray *item;              /* of struct nap_shown_item */
	const char *const *part_name; /* of bars; NULL-terminated, may be empty */
	GArray *mark, *level;         /* of struct nap_shown_mark: along, and upwards */
	const char *diagonal;         /* what y = x is; "": it is not drawn */
};

struct nap_shown {
	const char *title;
	bool calculated; /* its values follow by a formula from what the source says */
	GPtrArray *panel;
};

struct nap_shown_panel *nap_shown_panel_new(void);
struct nap_shown_item *nap_shown_item_new(const char *label);
void nap_shown_panel_free(gpointer panel); /* and its items */

/* Script and data as natnap plot makes them; the data is in NAME.dat. */
void nap_plot_published(const struct nap_shown *shown, const char *name, struct nap_plot *to);

#endif
