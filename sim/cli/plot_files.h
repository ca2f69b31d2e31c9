/* SPDX-License-Identifier: BSD-2-Clause */
/* Pictures as files: what a folder holds, to KIND.gp, KIND.dat and what gnuplot makes of them beside it. */
#ifndef NAP_CLI_PLOT_FILES_H
#define NAP_CLI_PLOT_FILES_H

#include "report/plot.h"

/* What is in a folder of results. */
struct nap_plot_folder {
	const char *dir;
	struct nap_plot_source source; /* its wishes are the caller's */
	char *title;
	GArray *timers;
};

/* Read what there is; false with a reason: no folder, a broken file, nothing that can be drawn. Clear in any case. */
bool nap_plot_folder_open(struct nap_plot_folder *f, const char *dir, GError **error);
void nap_plot_folder_clear(struct nap_plot_folder *f);

/* NAME.dat, NAME.gp and NAME.FORMAT of each format into the folder; false with a reason. */
bool nap_plot_write(const char *dir, const char *name, const struct nap_plot *plot,
	const char *const *formats, GError **error);

enum nap_plot_outcome {
	NAP_PLOT_DRAWN,
	NAP_PLOT_UNFIT,  /* that kind cannot be drawn of what is there */
	NAP_PLOT_FAILED, /* a file could not be written, or gnuplot is not there or failed */
};

/* Draw one kind into its folder; format: svg, pdf or png. *path: the picture's; free it with g_free. */
enum nap_plot_outcome nap_plot_draw(const struct nap_plot_folder *f, const struct nap_plot_kind *kind,
	const char *format, char **path, GError **error);

/* Is KIND.svg in the folder what KIND.gp draws, byte for byte, and so nobody's own? */
bool nap_plot_is_scripts(const struct nap_plot_folder *f, const struct nap_plot_kind *kind);

/* What KIND.gp in the folder draws, as SVG whose points tell their values; NULL with a reason. Free with g_free. */
char *nap_plot_values(const struct nap_plot_folder *f, const struct nap_plot_kind *kind, GError **error);

/* All kinds that the folder allows, as SVG, each said on standard error. False with the first reason. */
bool nap_plot_draw_all(const char *dir, GError **error);

#endif
