/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside report/: what one device did over time, for the panels that show it: rows, spans of states, blocks of data. */
#ifndef NAP_REPORT_PLOT_TIMELINE_H
#define NAP_REPORT_PLOT_TIMELINE_H

#include <stdint.h>

#include "report/plot.h"
#include "report/plot_style.h"

enum nap_timeline_column {
	NAP_TIMELINE_TIME,
	NAP_TIMELINE_KIND,
	NAP_TIMELINE_STATE,
	NAP_TIMELINE_POWER,
	NAP_TIMELINE_DETAIL,
	NAP_TIMELINE_COLUMNS
};

/* A stretch of one state or transition. */
struct nap_timeline_span {
	double from, to; /* s */
	double power;    /* mW */
	guint state;     /* its place among the names */
	bool passing;    /* a transition: it ends by itself */
};

struct nap_timeline_rows {
	const struct nap_csv *csv;
	int column[NAP_TIMELINE_COLUMNS];
	GPtrArray *state; /* names, as they come */
	GArray *span;     /* struct nap_timeline_span: all, in time order, none empty */
	double end;       /* s */
};

/* What a panel shows of it, and how an axis writes a time. */
struct nap_timeline_view {
	double from, to, zero; /* s; zero: where the axis has 0 */
	double factor;         /* from s to the axis' unit */
	const char *unit;
};

bool nap_timeline_open(struct nap_timeline_rows *t, const struct nap_csv *csv, GError **error);
void nap_timeline_clear(struct nap_timeline_rows *t); /* accepts a zeroed one */

const char *nap_timeline_text(const struct nap_timeline_rows *t, unsigned row, enum nap_timeline_column what);
double nap_timeline_number(const struct nap_timeline_rows *t, unsigned row, enum nap_timeline_column what);
bool nap_timeline_is(
	const struct nap_timeline_rows *t, unsigned row, enum nap_timeline_column what, const char *word);

double nap_timeline_place(const struct nap_timeline_view *v, double seconds);

const char *nap_timeline_colour(guint state);

/* Blocks of a panel, and how many plots each of them is: counted on in *blocks. */
struct nap_timeline_blocks {
	int states, power, packets[3]; /* their numbers; -1: there are none. Packets: up, down, lost */
	unsigned told;                 /* stretches of a state */
	double top;                    /* mW */
	uint64_t seen;                 /* states in it, a bit each */
};
struct nap_timeline_blocks nap_timeline_put(
	const struct nap_timeline_rows *t, const struct nap_timeline_view *v, GString *data, int *blocks);

/* The axis of power, up to its most; `top` is a variable of the script from then on. */
void nap_timeline_print_power(GString *s, double most);

/* The plot command of these blocks, without what only a key shows. */
void nap_timeline_print(GString *s, const struct nap_timeline_blocks *b);

/* ---- one keepalive ----------------------------------------------------------------------------------------------------- */

/* Where the radio leaves its rest for a keepalive and is back. */
struct nap_timeline_keepalive {
	double from, to, joules;
	bool within; /* the view */
	bool alone;  /* nothing but the keepalive, and nothing of it lost */
};

/*
 * One that a reader learns most from: alone and within the view if one is. False: there is none, or the view shows it large
 * enough.
 */
bool nap_timeline_find_keepalive(const struct nap_timeline_rows *t, const struct nap_timeline_view *v,
	struct nap_timeline_keepalive *found);

#define NAP_TIMELINE_INSET 300.0 /* height that its panel takes, in pixels */

/* Its panel below that of the view, whose lower edge is at `above`; what ties them is printed before the view is drawn. */
void nap_timeline_tie_inset(const struct nap_timeline_view *v, const struct nap_timeline_keepalive *k,
	const struct nap_plot_page *p, double above);
void nap_timeline_draw_inset(const struct nap_timeline_rows *t, const struct nap_timeline_view *v,
	const struct nap_timeline_keepalive *k, const struct nap_plot_page *p, double above, GString *data,
	int *blocks);

#endif
