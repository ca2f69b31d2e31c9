/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pictures of what the commands wrote: rows of CSV in, a gnuplot script and its data out. A kind of picture is a row of a
 * table and fits whatever it can draw; text alone, files and gnuplot are the caller's.
 */
#ifndef NAP_REPORT_PLOT_H
#define NAP_REPORT_PLOT_H

#include "text/csv.h"

/* Files that pictures are made of. */
enum nap_plot_file {
	NAP_PLOT_SUMMARY,
	NAP_PLOT_FRONT,
	NAP_PLOT_CDF,
	NAP_PLOT_TIMELINE,
	NAP_PLOT_OCCUPANCY,
	NAP_PLOT_LOAD,
	NAP_PLOT_SENSITIVITY,
	NAP_PLOT_WHAT_IF,
	NAP_PLOT_FLOWS,
	NAP_PLOT_ENERGY,
	NAP_PLOT_EXCHANGE,
	NAP_PLOT_TIMERS,
	NAP_PLOT_BURSTS,
	NAP_PLOT_VERDICTS,
	NAP_PLOT_FILES,
};

extern const char *const nap_plot_file_names[NAP_PLOT_FILES];

/* A timer of the path that is the same at all points, to be marked. */
struct nap_plot_timer {
	char *name; /* "middlebox.nat.udp-stream" */
	double seconds;
};

/* What there is, and what is asked for: texts NULL and times NAN where nothing is. */
struct nap_plot_source {
	struct nap_csv *csv[NAP_PLOT_FILES]; /* NULL: no such file */
	const char *title;
	const struct nap_plot_timer *timer;
	unsigned n_timers;
	const char *x;             /* the key of the axis */
	const char *const *metric; /* NULL-terminated; NAME or NAME/NAME */
	const char *const *only;   /* KEY=VALUE, NULL-terminated */
	double from, to;           /* seconds, of a timeline */
};

/* A picture as text; free its parts with nap_plot_clear. */
struct nap_plot {
	GString *script, *data; /* the script reads the data from KIND.dat in its own folder */
	GString *
		left_out; /* what the picture does not show though it could, for the user; "": all is there */
};

/* What of a source a kind heeds. */
enum nap_plot_takes {
	NAP_PLOT_TAKES_METRIC = 1,
	NAP_PLOT_TAKES_X = 2,
	NAP_PLOT_TAKES_ONLY = 4,
	NAP_PLOT_TAKES_SPAN = 8, /* from, to */
};

struct nap_plot_kind {
	const char *name, *help;
	enum nap_plot_file file[2]; /* the first that is there; the same twice: that alone */
	/* csv is that file's; false with the reason why it cannot be drawn: nothing is drawn then */
	bool (*draw)(const struct nap_plot_source *from, const struct nap_csv *csv, struct nap_plot *to,
		GError **error);
	unsigned takes; /* enum nap_plot_takes, or'ed */
};

/* The one that says most comes first; ends with a NULL name. */
extern const struct nap_plot_kind nap_plot_kinds[];

/* NULL: there is none of that name. */
const struct nap_plot_kind *nap_plot_kind_find(const char *name);

/* Draw; false with the reason, and nothing in *to. */
bool nap_plot_make(const struct nap_plot_kind *kind, const struct nap_plot_source *from, struct nap_plot *to,
	GError **error);
void nap_plot_clear(struct nap_plot *plot);

#endif
