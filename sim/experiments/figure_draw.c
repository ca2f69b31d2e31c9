/* SPDX-License-Identifier: BSD-2-Clause */
/* gnuplot as a child: the figure's own script, once for each terminal. */
#include <glib/gstdio.h>
#include <string.h>

#include "text/input_error.h"
#include "experiments/figure.h"

static const struct terminal {
	const char *suffix, *set;
	const char *small; /* font for labels inside a plot */
} terminals[] = {
	{ "svg", "svg size 900,560 dynamic enhanced background rgb 'white' font 'DejaVu Sans,13'",
		"DejaVu Sans,11" },
	{ "png", "pngcairo size 1800,1120 enhanced font 'DejaVu Sans,24' linewidth 2 pointscale 1.6",
		"DejaVu Sans,20" },
};

/* A text as a gnuplot string in single quotes. */
static char *quoted(const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, "'", -1);
	g_autofree char *doubled = g_strjoinv("''", parts);

	return g_strdup_printf("'%s'", doubled);
}

static bool draw_one(const struct nap_figure *f, const struct terminal *t, const char *target,
	const char *points, const char *checks, GError **error)
{
	g_autofree char *script = g_build_filename(f->dir, "plot.gp", NULL),
			*temporary = g_strconcat(target, ".tmp", NULL);
	g_autofree char *q_points = quoted(points), *q_checks = quoted(checks), *q_dir = quoted(f->dir),
			*q_out = quoted(temporary);
	g_autofree char *setup =
		g_strdup_printf("set encoding utf8; set datafile separator ','; set terminal %s; set output "
				"%s; points=%s; checks=%s; folder=%s; small='%s'",
			t->set, q_out, q_points, q_checks, q_dir, t->small);
	char *argv[] = { "gnuplot", "-e", setup, script, NULL };
	g_autofree char *said = NULL;
	int status;

	if (!g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL,
		    NULL, &said, &status, error))
		return false;
	if (!g_spawn_check_wait_status(status, NULL)) {
		g_unlink(temporary);
		return nap_fail(error, "%s: gnuplot failed: %s", script, g_strstrip(said));
	}
	if (g_rename(temporary, target) != 0)
		return nap_fail(error, "%s: gnuplot wrote nothing", script);
	return true;
}

bool nap_figure_draw(
	const struct nap_figure *f, const char *stem, const char *points, const char *checks, GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(terminals); i++) {
		g_autofree char *target = g_strdup_printf("%s.%s", stem, terminals[i].suffix);

		if (!draw_one(f, &terminals[i], target, points, checks, error))
			return false;
	}
	return true;
}
