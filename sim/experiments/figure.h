/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Published figures reproduced. A figure is a folder: figure.ini says what to simulate, series by series, and how it is drawn, panel by
 * panel; published.csv holds published points with their source. Nothing of a figure is in C.
 */
#ifndef NAP_EXPERIMENTS_FIGURE_H
#define NAP_EXPERIMENTS_FIGURE_H

#include <stdbool.h>

#include <glib.h>

#include "io/keyfile.h"
#include "io/scenario.h"
#include "report/plot_published.h"

enum nap_experiment {
	NAP_EXPERIMENT_PROBE,    /* round trip of a probe after an idle gap; x: idle */
	NAP_EXPERIMENT_TRAIN,    /* an exchange every interval, in the steady state */
	NAP_EXPERIMENT_LONE,     /* one exchange, from rest until rest */
	NAP_EXPERIMENT_PULSE,    /* power over time around one exchange; x: time since it */
	NAP_EXPERIMENT_SCENARIO, /* a whole scenario */
};

enum nap_figure_kind {
	NAP_FIGURE_PUBLISHED,   /* its values are printed, or recorded, in the source */
	NAP_FIGURE_CALCULATION, /* its values follow by a formula from what the source says */
};

/* Group [series NAME] of figure.ini. */
struct nap_figure_series {
	const char *name;
	enum nap_experiment experiment;
	const char *radio;    /* profile, or a file beside figure.ini when it has a slash */
	const char *battery;  /* profile; "": none */
	const char *scenario; /* file beside figure.ini */
	const char *metric;
	const char *x;                 /* idle, interval, bytes, time, or GROUP.KEY */
	const char *const *values;     /* of x, with units; NULL-terminated */
	const char *const *set;        /* GROUP.KEY=VALUE, over the profiles */
	nap_time interval;             /* between exchanges; never: none take place */
	uint64_t bytes_up, bytes_down; /* of an exchange; 0: nothing in that direction */
	nap_time path_rtt;             /* from the end of sending to the answer */
	uint32_t repeats;              /* probes at each idle time */
	double voltage_v;              /* average_current_ma */
	const char *fitted;            /* parameters fitted to the published points; "": none */
	const char *measured;          /* file of probes to compare with as a cloud; "": none */
	double cloud_median_ms, cloud_within_ms, cloud_share; /* how near the cloud must be */
};

/* Group [panel NAME] of figure.ini: series are named with + between those that make one line, bar or row. */
struct nap_figure_panel {
	const char *name, *where; /* FILE:LINE */
	enum nap_shown_form form;
	const char *title, *x, *y, *diagonal;
	const char *const *series, *const *labels, *const *points, *const *parts, *const *marks,
											  *const *levels;
	int log; /* enum nap_figure_log */
	double from, to, top, never;
};

enum nap_figure_log {
	NAP_FIGURE_LOG_AUTO,
	NAP_FIGURE_LOG_X,
	NAP_FIGURE_LOG_Y,
	NAP_FIGURE_LOG_XY,
	NAP_FIGURE_LOG_NONE
};

struct nap_figure {
	char *name, *dir;
	const char *title, *source, *note;
	const char *look, *change; /* for who learns by it; "" */
	enum nap_figure_kind kind;
	struct nap_figure_series *series;
	unsigned n_series;
	struct nap_figure_panel *panel;
	unsigned n_panels;
	struct nap_document *document;
	struct nap_arena *arena;
};

extern const struct nap_param nap_figure_params[];        /* [figure] -> struct nap_figure */
extern const struct nap_param nap_figure_series_params[]; /* [series NAME] -> struct nap_figure_series */
extern const struct nap_param nap_figure_panel_params[];  /* [panel NAME] -> struct nap_figure_panel */

/* A simulated point. */
struct nap_figure_point {
	unsigned series;
	double x, y;
};

/* A published value beside the simulated one. */
struct nap_figure_check {
	char *series, *x, *unit, *verified, *source, *tolerance;
	char *fitted;                /* "" or what of the simulation was fitted */
	double published, simulated; /* simulated NAN: the series has no such x */
	double allowed;              /* largest absolute difference */
	bool fit;                    /* the simulation was fitted to this very point: it proves little */
	bool met;
};

/* Names of the folders below dir that hold a figure.ini, sorted. Free with g_strfreev. */
char **nap_figure_names(const char *dir);

/* Load dir/name/figure.ini; NULL with "FILE:LINE: ...". Free with nap_figure_free. */
struct nap_figure *nap_figure_load(const char *dir, const char *name, GError **error);
void nap_figure_free(struct nap_figure *figure); /* accepts NULL */

/* Simulate all series; points are struct nap_figure_point. NULL with a reason. */
GArray *nap_figure_simulate(const struct nap_figure *figure, GError **error);

/* Read published.csv and set it beside the points, then the clouds: array of struct nap_figure_check. NULL with a reason. */
GPtrArray *nap_figure_compare(const struct nap_figure *figure, const GArray *points, GError **error);

/* The files' texts; free with g_string_free. */
GString *nap_figure_points_csv(const struct nap_figure *figure, const GArray *points);
GString *nap_figure_checks_csv(const GPtrArray *checks);
GString *nap_figure_checks_text(const struct nap_figure *figure, const GPtrArray *checks);

/*
 * The page of all these figures, of the tables that lie in dir; NULL with a reason: one is not there. Free with g_string_free.
 */
GString *nap_figure_gallery(const char *from, char **names, const char *dir, GError **error);

/* Script and data of its picture, the data in NAME.dat; false with a reason: a panel names what there is not. */
bool nap_figure_plot(const struct nap_figure *figure, const GArray *points, const GPtrArray *checks,
	struct nap_plot *to, GError **error);

#endif
