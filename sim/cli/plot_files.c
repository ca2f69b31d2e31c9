/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/plot_files.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#include "cli/plot_timers.h"
#include "io/outfile.h"
#include "io/textfile.h"
#include "report/svg_values.h"
#include "text/input_error.h"

#define LARGEST ((size_t)512 << 20) /* of a file: a timeline of a year is less */

/* ---- what there is --------------------------------------------------------------------------------------------------- */

/* The title that a document in the folder has, or what it is of; NULL: none. */
static char *title_of(const char *dir)
{
	static const char *const names[] = { "title", "trace", "origin" };
	static const char *const documents[] = { "run.json", "tune.json", "sensitivity.json", "replay.json",
		"discovery.json", "check.json" };

	for (size_t i = 0; i < G_N_ELEMENTS(documents); i++) {
		g_autofree char *path = g_build_filename(dir, documents[i], NULL);
		g_autoptr(JsonParser) parser = json_parser_new();
		JsonNode *root, *title;

		if (!g_file_test(path, G_FILE_TEST_EXISTS) || !json_parser_load_from_file(parser, path, NULL))
			continue;
		root = json_parser_get_root(parser);
		for (size_t k = 0; root && JSON_NODE_HOLDS_OBJECT(root) && k < G_N_ELEMENTS(names); k++) {
			title = json_object_get_member(json_node_get_object(root), names[k]);
			if (title && JSON_NODE_HOLDS_VALUE(title) &&
				json_node_get_value_type(title) == G_TYPE_STRING)
				return json_node_dup_string(title);
		}
	}
	return NULL;
}

static bool nothing(const char *dir, GError **error)
{
	g_autoptr(GString) names = g_string_new(NULL);

	for (int i = 0; i < NAP_PLOT_FILES; i++)
		g_string_append_printf(names, "%s%s",
			i == 0                    ? ""
			: i == NAP_PLOT_FILES - 1 ? " or "
						  : ", ",
			nap_plot_file_names[i]);
	return nap_fail(error, "%s: there is nothing in it to draw: no %s", dir, names->str);
}

bool nap_plot_folder_open(struct nap_plot_folder *f, const char *dir, GError **error)
{
	bool any = false;

	*f = (struct nap_plot_folder){ .dir = dir, .source = { .from = NAN, .to = NAN } };
	if (!g_file_test(dir, G_FILE_TEST_IS_DIR))
		return nap_fail(error, "%s: %s", dir,
			g_file_test(dir, G_FILE_TEST_EXISTS)
				? "it is no folder: give the one that --out named"
				: "there is no such folder");
	for (int i = 0; i < NAP_PLOT_FILES; i++) {
		g_autofree char *path = g_build_filename(dir, nap_plot_file_names[i], NULL), *text = NULL;

		if (!g_file_test(path, G_FILE_TEST_EXISTS))
			continue;
		text = nap_read_text(path, LARGEST, NULL, error);
		f->source.csv[i] = text ? nap_csv_parse(path, text, error) : NULL;
		if (!f->source.csv[i])
			return false;
		any = true;
	}
	f->title = title_of(dir);
	f->source.title = f->title;
	f->timers = nap_plot_timers_read(dir);
	f->source.timer = (const struct nap_plot_timer *)(void *)f->timers->data;
	f->source.n_timers = f->timers->len;
	return any || nothing(dir, error);
}

void nap_plot_folder_clear(struct nap_plot_folder *f)
{
	for (int i = 0; i < NAP_PLOT_FILES; i++)
		nap_csv_free(f->source.csv[i]);
	g_free(f->title);
	g_clear_pointer(&f->timers, g_array_unref);
}

/* ---- a picture ------------------------------------------------------------------------------------------------------- */

static bool write_part(
	const char *dir, const char *kind, const char *suffix, const GString *text, GError **error)
{
	g_autofree char *name = g_strconcat(kind, ".", suffix, NULL),
			*path = g_build_filename(dir, name, NULL);

	return nap_write_file(path, text->str, text->len, error);
}

/* gnuplot in the folder, so that the script names its data as a person would; also: what is set besides; made: what it wrote. */
static bool run_gnuplot(
	const char *dir, const char *kind, const char *format, const char *also, char **made, GError **error)
{
	g_autofree char *script = g_strconcat(kind, ".gp", NULL),
			*part = g_strdup_printf(".%s.%s.part", kind, format);
	g_autofree char *set = g_strdup_printf("format='%s'; out='%s'%s", format, part, also);
	g_autofree char *program = g_find_program_in_path("gnuplot");
	char *argv[] = { program, "-e", set, script, NULL };
	g_autofree char *said = NULL;
	int status;

	*made = g_build_filename(dir, part, NULL);
	if (!program)
		return nap_fail(error,
			"natnap: there is no gnuplot (Debian: gnuplot-nox): %s/%s is written, no picture is "
			"drawn",
			dir, script);
	if (!g_spawn_sync(
		    dir, argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &said, &status, error))
		return false;
	if (!g_spawn_check_wait_status(status, NULL)) {
		g_unlink(*made);
		return nap_fail(error, "%s/%s: gnuplot failed: %s", dir, script, g_strstrip(said));
	}
	return true;
}

/* The picture appears when it is whole. */
static bool draw_picture(
	const char *dir, const char *kind, const char *format, const char *picture, GError **error)
{
	g_autofree char *made = NULL;

	if (!run_gnuplot(dir, kind, format, "", &made, error))
		return false;
	return g_rename(made, picture) == 0 || nap_fail(error, "%s/%s.gp: gnuplot wrote nothing", dir, kind);
}

bool nap_plot_write(const char *dir, const char *name, const struct nap_plot *plot,
	const char *const *formats, GError **error)
{
	bool ok = write_part(dir, name, "dat", plot->data, error) &&
		  write_part(dir, name, "gp", plot->script, error);

	for (; ok && *formats; formats++) {
		g_autofree char *file = g_strconcat(name, ".", *formats, NULL),
				*picture = g_build_filename(dir, file, NULL);

		ok = draw_picture(dir, name, *formats, picture, error);
	}
	return ok;
}

/* What the script in the folder draws, as text; NULL with a reason. */
static char *drawn_text(const char *dir, const char *kind, const char *also, GError **error)
{
	g_autofree char *made = NULL;
	char *text = NULL;

	if (run_gnuplot(dir, kind, "svg", also, &made, error)) {
		text = nap_read_text(made, LARGEST, NULL, error);
		g_unlink(made);
	}
	return text;
}

bool nap_plot_is_scripts(const struct nap_plot_folder *f, const struct nap_plot_kind *kind)
{
	g_autofree char *name = g_strconcat(kind->name, ".svg", NULL),
			*path = g_build_filename(f->dir, name, NULL),
			*there = nap_read_text(path, LARGEST, NULL, NULL),
			*drawn = there ? drawn_text(f->dir, kind->name, "", NULL) : NULL;

	return drawn && strcmp(there, drawn) == 0;
}

char *nap_plot_values(const struct nap_plot_folder *f, const struct nap_plot_kind *kind, GError **error)
{
	g_autofree char *drawn = drawn_text(f->dir, kind->name, "; values=1", error);
	GString *svg = drawn ? nap_svg_values(drawn, error) : NULL;

	return svg ? g_string_free(svg, FALSE) : NULL;
}

enum nap_plot_outcome nap_plot_draw(const struct nap_plot_folder *f, const struct nap_plot_kind *kind,
	const char *format, char **path, GError **error)
{
	const char *const formats[] = { format, NULL };
	g_autofree char *name = g_strconcat(kind->name, ".", format, NULL);
	struct nap_plot plot;
	bool ok;

	*path = g_build_filename(f->dir, name, NULL);
	if (!nap_plot_make(kind, &f->source, &plot, error))
		return NAP_PLOT_UNFIT;
	if (plot.left_out->len > 0)
		fprintf(stderr, "natnap: %s: %s", *path, plot.left_out->str);
	ok = nap_plot_write(f->dir, kind->name, &plot, formats, error);
	nap_plot_clear(&plot);
	return ok ? NAP_PLOT_DRAWN : NAP_PLOT_FAILED;
}

bool nap_plot_draw_all(const char *dir, GError **error)
{
	struct nap_plot_folder f;
	bool ok = nap_plot_folder_open(&f, dir, error);

	for (const struct nap_plot_kind *k = nap_plot_kinds; ok && k->name; k++) {
		g_autofree char *path = NULL;
		g_autoptr(GError) why = NULL;
		enum nap_plot_outcome outcome = nap_plot_draw(&f, k, "svg", &path, &why);

		if (outcome == NAP_PLOT_DRAWN)
			fprintf(stderr, "natnap: %s\n", path);
		ok = outcome != NAP_PLOT_FAILED;
		if (!ok)
			g_propagate_error(error, g_steal_pointer(&why));
	}
	nap_plot_folder_clear(&f);
	return ok;
}
