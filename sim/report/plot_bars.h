/* SPDX-License-Identifier: BSD-2-Clause */
/* Bars that lie below one another, each with its name left of it: what flows, timers and verdicts share. */
#ifndef NAP_REPORT_PLOT_BARS_H
#define NAP_REPORT_PLOT_BARS_H

#include "report/plot_style.h"

#define NAP_PLOT_BAR_TOP 62.0

struct nap_plot_bars {
	struct nap_plot_page page;
	unsigned n; /* rows; the first is the uppermost */
	GPtrArray *name;
};

/* Begin a page of the kind with so much room right of the panel, in pixels; names are the array's texts. */
void nap_plot_bars_begin(struct nap_plot_bars *b, const struct nap_plot_source *from, struct nap_plot *to,
	const char *kind, GPtrArray *names, double right);

/* Where row i (from 0) is on the axis. */
unsigned nap_plot_bar_at(const struct nap_plot_bars *b, unsigned i);

/* Words beside a bar that ends at x, in the axis' unit. */
void nap_plot_bar_words(const struct nap_plot_bars *b, unsigned i, double x, const char *words);

#endif
