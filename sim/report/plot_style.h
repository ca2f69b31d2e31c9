/* SPDX-License-Identifier: BSD-2-Clause */
/* The one style of all pictures: terminals, colours, places, labels beside what they are of. Lengths are pixels. */
#ifndef NAP_REPORT_PLOT_STYLE_H
#define NAP_REPORT_PLOT_STYLE_H

#include <glib.h>

#include "report/plot.h"

#define NAP_PLOT_WIDTH     780.0
#define NAP_PLOT_LEFT      104.0 /* of a panel: room for an axis of times and its name */
#define NAP_PLOT_BOTTOM    70.0  /* below it likewise */
#define NAP_PLOT_CHARACTER 7.6   /* width of one */
#define NAP_PLOT_TEXT      "#444444"
#define NAP_PLOT_GRID      "#dddddd"

/* A colour that the colour-blind tell from the others (Okabe and Ito 2008), a shape of points, a pattern: of line number i. */
const char *nap_plot_colour(unsigned i);
int nap_plot_point(unsigned i);
int nap_plot_dashes(unsigned i);

/* A text as a gnuplot string in single quotes. Free with g_free. */
char *nap_plot_quoted(const char *text);

/*
 * What a point tells who points at it, as a field of the data in double quotes. gnuplot writes it as it stands into a call
 * inside an attribute, so signs that mean something there become others. Free with g_free.
 */
char *nap_plot_hint(const char *format, ...) G_GNUC_PRINTF(1, 2);

struct nap_plot_page {
	GString *script;
	const char *kind;                  /* the data is in KIND.dat */
	double width, height, left, right; /* right: room beside the panels */
};

/* Terminals, title, and what all panels share. */
void nap_plot_page_begin(const struct nap_plot_page *p, const struct nap_plot_source *from);
/* The place of the next panel: from top to bottom, down from the page's upper edge. */
void nap_plot_page_panel(const struct nap_plot_page *p, double top, double bottom);
void nap_plot_page_end(const struct nap_plot_page *p);

/* Text at pixels from the page's upper left corner; size in points. */
void nap_plot_page_text(
	const struct nap_plot_page *p, double x, double y, const char *text, int size, const char *colour);

/* Widen a page to the right until such a text fits, before it begins. */
void nap_plot_page_fit(struct nap_plot_page *p, double x, const char *text, int size);

/* Labels right of a panel of some height: at is where in the panel's height each one's thing ends (0 below), NAN: none. */
struct nap_plot_label {
	const char *text, *colour;
	double at;
};
void nap_plot_labels_beside(
	const struct nap_plot_page *p, struct nap_plot_label *label, unsigned n, double height);

/* Room that they need. */
double nap_plot_labels_width(const struct nap_plot_label *label, unsigned n);

#endif
