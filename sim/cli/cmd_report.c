/* SPDX-License-Identifier: BSD-2-Clause */
/* natnap report: one page of HTML of what a run wrote into a folder. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <json-glib/json-glib.h>

#include "cli/cli.h"
#include "cli/plot_files.h"
#include "io/outfile.h"
#include "io/textfile.h"
#include "report/html_report.h"
#include "text/input_error.h"

#define LARGEST ((size_t)256 << 20) /* of run.json, or of a picture */

extern const struct nap_command nap_command_report;

/* ---- the document ---------------------------------------------------------------------------------------------------- */

/* The first document that the folder has: its name; NULL with a reason. */
static const char *find_document(const char *dir, GError **error)
{
	g_autoptr(GString) names = g_string_new(NULL);
	const char *file;

	if (!g_file_test(dir, G_FILE_TEST_IS_DIR)) {
		nap_fail(error, "%s: %s", dir,
			g_file_test(dir, G_FILE_TEST_EXISTS)
				? "it is no folder: give the one that --out named"
				: "there is no such folder");
		return NULL;
	}
	for (unsigned i = 0; (file = nap_html_document_file(i)); i++) {
		g_autofree char *path = g_build_filename(dir, file, NULL);

		if (g_file_test(path, G_FILE_TEST_EXISTS))
			return file;
		if (i > 0 && !strstr(names->str, file))
			g_string_append_printf(names, ", no %s", file);
	}
	nap_fail(error,
		"%s: there is no %s in it%s: a report is of what `natnap run SCENARIO --out DIR` wrote, or "
		"tune, "
		"replay, discover, probe or check",
		dir, nap_html_document_file(0), names->str);
	return NULL;
}

/* A document and what it is; NULL with a reason. */
static JsonParser *read_document(
	const char *dir, const char *file, const struct nap_html_document **kind, GError **error)
{
	g_autofree char *path = g_build_filename(dir, file, NULL),
			*text = nap_read_text(path, LARGEST, NULL, error);
	g_autoptr(JsonParser) parser = json_parser_new();
	g_autoptr(GError) why = NULL;
	JsonNode *root;

	if (!text)
		return NULL;
	if (!json_parser_load_from_data(parser, text, -1, &why)) {
		nap_fail(error, "%s: it is no JSON: %s", path, why->message);
		return NULL;
	}
	root = json_parser_get_root(parser);
	*kind = root && JSON_NODE_HOLDS_OBJECT(root)
			? nap_html_document_kind(file, json_node_get_object(root))
			: NULL;
	if (!*kind) {
		nap_fail(error, "%s: it is not what natnap %s writes (schema %s/1)", path,
			nap_html_document_schema(file) + strlen("natnap-"), nap_html_document_schema(file));
		return NULL;
	}
	return g_steal_pointer(&parser);
}

/* ---- pictures -------------------------------------------------------------------------------------------------------- */

struct pictures {
	GArray *figure; /* struct nap_html_figure; svg is owned */
	char *missing;  /* why one is not there; NULL: all are */
};

/* Was it drawn after the document was written? Then it stays: it may be the user's own. */
static bool is_newer(const char *picture, const char *dir, const char *file)
{
	g_autofree char *run = g_build_filename(dir, file, NULL);
	struct stat p, r;

	return stat(picture, &p) == 0 && stat(run, &r) == 0 &&
	       (p.st_mtim.tv_sec > r.st_mtim.tv_sec ||
		       (p.st_mtim.tv_sec == r.st_mtim.tv_sec && p.st_mtim.tv_nsec >= r.st_mtim.tv_nsec));
}

static void take(struct pictures *all, const struct nap_plot_kind *kind, char *svg, const GError *why)
{
	struct nap_html_figure f = { kind->name, kind->help, svg };

	if (svg)
		g_array_append_val(all->figure, f);
	else if (!all->missing)
		all->missing = g_strdup_printf("A figure cannot be read: %s.", why->message);
}

/* What the script draws, with values; or the user's own picture as it is. */
static void picture(struct pictures *all, const struct nap_plot_folder *folder,
	const struct nap_plot_kind *kind, const char *file)
{
	g_autofree char *name = g_strconcat(kind->name, ".svg", NULL),
			*path = g_build_filename(folder->dir, name, NULL), *drawn = NULL;
	g_autoptr(GError) why = NULL;
	enum nap_plot_outcome outcome = NAP_PLOT_DRAWN;
	bool newer = is_newer(path, folder->dir, file);
	char *svg;

	if (!newer)
		outcome = nap_plot_draw(folder, kind, "svg", &drawn, &why);
	if (outcome == NAP_PLOT_FAILED && !all->missing)
		all->missing = g_strdup_printf(
			"Figures are missing here, for they could not be drawn. %s.", why->message);
	if (outcome != NAP_PLOT_DRAWN)
		return;
	svg = newer && !nap_plot_is_scripts(folder, kind) ? nap_read_text(path, LARGEST, NULL, &why)
							  : nap_plot_values(folder, kind, &why);
	take(all, kind, svg, why);
}

static struct pictures draw(const char *dir, const char *file)
{
	struct pictures all = { g_array_new(FALSE, FALSE, sizeof(struct nap_html_figure)), NULL };
	struct nap_plot_folder folder;
	g_autoptr(GError) why = NULL;

	if (nap_plot_folder_open(&folder, dir, &why))
		for (const struct nap_plot_kind *k = nap_plot_kinds; k->name; k++)
			picture(&all, &folder, k, file);
	else
		all.missing = g_strdup_printf("There are no figures. %s.", why->message);
	nap_plot_folder_clear(&folder);
	if (all.missing)
		fprintf(stderr, "natnap: %s\n", all.missing);
	return all;
}

static void pictures_clear(struct pictures *all)
{
	for (guint i = 0; i < all->figure->len; i++)
		g_free((char *)g_array_index(all->figure, struct nap_html_figure, i).svg);
	g_array_unref(all->figure);
	g_free(all->missing);
}

/* ---- the command ----------------------------------------------------------------------------------------------------- */

static bool has(const char *dir, const char *file)
{
	g_autofree char *path = g_build_filename(dir, file, NULL);

	return g_file_test(path, G_FILE_TEST_EXISTS);
}

static int report_folder(const char *dir)
{
	GError *error = NULL;
	const char *file = find_document(dir, &error);
	const struct nap_html_document *kind = NULL;
	g_autoptr(JsonParser) parser = file ? read_document(dir, file, &kind, &error) : NULL;
	g_autofree char *page = g_build_filename(dir, "report.html", NULL);
	struct pictures pictures;
	GString *html;
	bool ok;

	if (!parser)
		return nap_input_failed(error);
	pictures = draw(dir, file);
	html = nap_html_report(&(struct nap_html_source){
		.document = json_node_get_object(json_parser_get_root(parser)),
		.kind = kind,
		.figure = (const struct nap_html_figure *)(void *)pictures.figure->data,
		.n_figures = pictures.figure->len,
		.no_figures = pictures.missing,
		.folder = dir,
		.timeline = has(dir, "timeline.csv"),
		.exchange = has(dir, "exchange.csv"),
	});
	ok = nap_write_file(page, html->str, html->len, &error);
	g_string_free(html, TRUE);
	pictures_clear(&pictures);
	if (!ok)
		return nap_run_failed(error);
	printf("%s\n", page);
	return NAP_EXIT_OK;
}

static int run(int argc, char **argv)
{
	const GOptionEntry entries[] = { { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL } };
	int status;

	if (!nap_parse_options(&nap_command_report, entries,
		    "DIR is what --out of natnap run, tune, replay, discover, probe or check named. The page "
		    "is DIR/report.html: the answer, figures "
		    "(drawn by "
		    "gnuplot where it is\nthere; KIND.svg that is newer than the document is taken as it "
		    "is), "
		    "tables, the "
		    "scenario and its profiles. It loads nothing.",
		    &argc, &argv, &status))
		return status;
	if (argc != 2)
		return nap_usage_error(
			&nap_command_report, argc < 2 ? "no folder given" : "takes one folder");
	return report_folder(argv[1]);
}

const struct nap_command nap_command_report = { "report", "DIR",
	"one page of HTML of what a command wrote: answer, figures, tables, sources", run, false };
