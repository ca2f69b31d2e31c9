/* SPDX-License-Identifier: BSD-2-Clause */
/* natnap figures: published figures reproduced, with what was published beside what is simulated. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/plot_files.h"
#include "io/data_folder.h"
#include "io/outfile.h"
#include "experiments/figure.h"
#include "text/input_error.h"

extern const struct nap_command nap_command_figures;

static const char details[] =
	"Each figure is a folder: figure.ini (what is simulated, and its panels), published.csv "
	"(published values with their source).\n"
	"Written into DIR (results): NAME.csv (simulated points), NAME-table.csv "
	"(published against simulated), the picture as natnap plot draws it (NAME.svg, NAME.png; `gnuplot "
	"NAME.gp` draws NAME.dat anew).\n"
	"A value whose `verified` is recalled was seen in no source "
	"(secondary: seen in what quotes it); a series that names something under "
	"`fitted`\n"
	"has it fitted to the published points, and what was fitted to one point is not "
	"counted as met there. A figure that is not met within its "
	"tolerance says so, and is no failure.";

static bool write_text(const char *path, GString *text, GError **error)
{
	bool ok = nap_write_file(path, text->str, text->len, error);

	g_string_free(text, TRUE);
	return ok;
}

static void print_text(GString *text)
{
	nap_print(text->str);
	putchar('\n');
	fflush(stdout);
	g_string_free(text, TRUE);
}

/* Its two tables and its picture; false with a reason. */
static bool write_figure(const struct nap_figure *f, const GArray *points, const GPtrArray *checks,
	const struct nap_plot *plot, const char *out, GError **error)
{
	static const char *const formats[] = { "svg", "png", NULL };
	g_autofree char *stem = g_build_filename(out, f->name, NULL),
			*points_path = g_strconcat(stem, ".csv", NULL),
			*checks_path = g_strconcat(stem, "-table.csv", NULL);

	if (!nap_make_folder(out, error) ||
		!write_text(points_path, nap_figure_points_csv(f, points), error) ||
		!write_text(checks_path, nap_figure_checks_csv(checks), error))
		return false;
	print_text(nap_figure_checks_text(f, checks));
	return nap_plot_write(out, f->name, plot, formats, error);
}

/* Simulate, compare, write and draw one figure; prints its table. */
static int make_figure(const char *from, const char *name, const char *out)
{
	GError *error = NULL;
	struct nap_figure *f = nap_figure_load(from, name, &error);
	GArray *points = f ? nap_figure_simulate(f, &error) : NULL;
	GPtrArray *checks = points ? nap_figure_compare(f, points, &error) : NULL;
	struct nap_plot plot;
	int status = NAP_EXIT_OK;

	if (!checks || !nap_figure_plot(f, points, checks, &plot, &error)) {
		status = nap_input_failed(error);
	} else {
		if (!write_figure(f, points, checks, &plot, out, &error))
			status = nap_run_failed(error);
		nap_plot_clear(&plot);
	}
	if (checks)
		g_ptr_array_unref(checks);
	if (points)
		g_array_unref(points);
	nap_figure_free(f);
	return status;
}

static int write_gallery(const char *from, char **names, const char *out)
{
	g_autofree char *path = g_build_filename(out, "README.md", NULL);
	GError *error = NULL;
	GString *page = nap_figure_gallery(from, names, out, &error);

	if (!page)
		return nap_input_failed(error);
	if (!write_text(path, page, &error))
		return nap_run_failed(error);
	printf("%s\n", path);
	return NAP_EXIT_OK;
}

/* Where the figures' folders are: in the source tree, else where they were installed. */
static char *default_folder(void)
{
	char *here = g_build_filename("scenarios", "figures", NULL);
	char *installed = g_file_test(here, G_FILE_TEST_IS_DIR) ? NULL : nap_data_folder("figures");

	if (!installed)
		return here;
	g_free(here);
	return installed;
}

/* The first of the names that is no figure's; NULL: all are. */
static const char *unknown(char **names, char **known)
{
	for (char **name = names; *name; name++)
		if (!g_strv_contains((const char *const *)known, *name))
			return *name;
	return NULL;
}

static int run(int argc, char **argv)
{
	int status, list = 0, gallery = 0;
	g_autofree char *out = NULL, *from = NULL;
	g_auto(GStrv) names = NULL, known = NULL;
	const char *wrong;
	const GOptionEntry entries[] = {
		{ "out", 'o', 0, G_OPTION_ARG_FILENAME, &out, "Write into DIR (results)", "DIR" },
		{ "from", 0, 0, G_OPTION_ARG_FILENAME, &from,
			"Take the figures' folders from DIR (scenarios/figures)", "DIR" },
		{ "gallery", 0, 0, G_OPTION_ARG_NONE, &gallery,
			"Simulate nothing: write DIR/README.md of the tables that are in DIR", NULL },
		{ "list", 0, 0, G_OPTION_ARG_NONE, &list, "List the figures and make none", NULL },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};

	if (!nap_parse_options(&nap_command_figures, entries, details, &argc, &argv, &status))
		return status;
	if (!from)
		from = default_folder();
	if (!out)
		out = g_strdup("results");
	known = nap_figure_names(from);
	names = g_strdupv(argc > 1 ? argv + 1 : known);
	if (!names[0])
		return nap_usage_error(&nap_command_figures, "there are no figures in %s", from);
	wrong = unknown(names, known);
	if (wrong) {
		g_autofree char *near = nap_did_you_mean(wrong, (const char *const *)known),
				*shown = nap_shown(wrong);

		return nap_usage_error(
			&nap_command_figures, "there is no figure %s in %s%s", shown, from, near);
	}
	if (gallery)
		return write_gallery(from, names, out);
	for (char **name = names; *name; name++) {
		int s = NAP_EXIT_OK;

		if (list)
			printf("%s\n", *name);
		else
			s = make_figure(from, *name, out);
		status = *name == names[0] || s > status ? s : status;
	}
	return status;
}

const struct nap_command nap_command_figures = { "figures", "[NAME]... [--out DIR]",
	"published figures reproduced, with a table of published against simulated", run, false };
