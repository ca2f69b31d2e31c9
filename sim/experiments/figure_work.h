/* SPDX-License-Identifier: BSD-2-Clause */
/* One series of a figure being simulated: what the experiments share. Private to figure_*.c. */
#ifndef NAP_EXPERIMENTS_FIGURE_WORK_H
#define NAP_EXPERIMENTS_FIGURE_WORK_H

#include "kernel/rng.h"
#include "experiments/figure.h"

/* One series under way. */
struct nap_figure_work {
	const struct nap_figure *figure;
	const struct nap_figure_series *series;
	unsigned index;
	GArray *points;
	struct nap_rng rng;
};

void nap_work_add_point(struct nap_figure_work *w, double x, double y);

/* False, with the file, series and key before the reason. */
bool nap_work_fail_series(const struct nap_figure_work *w, GError **error, const char *key, const char *why);

/* The number of an x value for the axis: seconds of a time, else the number that the text starts with. */
double nap_work_axis_number(const char *text);

/*
 * Append the overrides (struct nap_override) of a series: its set keys and, when x is a key, its value (NULL: none).
 * Free them with nap_work_free_overrides, whatever it returned.
 */
bool nap_work_make_overrides(const struct nap_figure_work *w, const char *value, GArray *out, GError **error);
void nap_work_free_overrides(GArray *overrides);

/* The scenario experiment; in figure_scenario.c. */
bool nap_figure_scenario(struct nap_figure_work *w, GError **error);

#endif
