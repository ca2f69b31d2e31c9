/* SPDX-License-Identifier: BSD-2-Clause */
/* natnap plot: pictures of what other commands wrote into a folder. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/plot_files.h"
#include "kernel/time.h"
#include "text/input_error.h"
#include "text/quantity.h"

extern const struct nap_command nap_command_plot;

static const char *const formats[] = { "svg", "pdf", "png", NULL };

struct options {
	char **metric, **only, *x, *from, *to, *format;
	gboolean list;
};

/* The kinds, for --help. Free with g_free. */
static char *details(void)
{
	GString *s = g_string_new("Kinds; without KIND the first that the folder allows is drawn:\n");

	for (const struct nap_plot_kind *k = nap_plot_kinds; k->name; k++)
		g_string_append_printf(s, "  %-10s %s\n", k->name, k->help);
	g_string_append(s, "\nDIR is what --out named (natnap run, tune, replay). The picture is "
			   "DIR/KIND.svg; beside it\n"
			   "stand KIND.gp and KIND.dat, to be changed: `gnuplot KIND.gp` draws them anew.");
	return g_string_free(s, FALSE);
}

/* ---- --list ---------------------------------------------------------------------------------------------------------- */

static void print_kinds(const struct nap_plot_folder *f)
{
	for (const struct nap_plot_kind *k = nap_plot_kinds; k->name; k++) {
		g_autoptr(GError) why = NULL;
		struct nap_plot plot;

		if (nap_plot_make(k, &f->source, &plot, &why)) {
			g_autofree char *line = g_strdup_printf("%-9s  %s\n", k->name, k->help);

			nap_print(line);
			nap_plot_clear(&plot);
		} else {
			fprintf(stderr, "not %s: %s\n", k->name, why->message);
		}
	}
}

/* ---- one picture ----------------------------------------------------------------------------------------------------- */

/* A word that is no kind. */
static int unknown_kind(const char *name)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autofree char *near = NULL, *shown = nap_shown(name), *all = NULL;

	for (const struct nap_plot_kind *k = nap_plot_kinds; k->name; k++)
		g_ptr_array_add(names, (char *)k->name);
	g_ptr_array_add(names, NULL);
	near = nap_did_you_mean(name, (const char *const *)names->pdata);
	all = g_strjoinv(", ", (char **)names->pdata);
	return nap_usage_error(&nap_command_plot, "there is no kind %s%s: there are %s", shown, near, all);
}

static int say(const struct nap_plot_folder *f, const struct nap_plot_kind *kind, const char *format)
{
	g_autofree char *path = NULL;
	GError *error = NULL;

	switch (nap_plot_draw(f, kind, format, &path, &error)) {
	case NAP_PLOT_DRAWN:
		printf("%s\n", path);
		return NAP_EXIT_OK;
	case NAP_PLOT_FAILED:
		return nap_run_failed(error);
	default:
		return nap_input_failed(error);
	}
}

/* The options that are heeded by some kinds alone, by their bits. */
static const struct {
	enum nap_plot_takes takes;
	const char *option;
} heeded[] = { { NAP_PLOT_TAKES_METRIC, "--metric" }, { NAP_PLOT_TAKES_X, "--x" },
	{ NAP_PLOT_TAKES_ONLY, "--only" }, { NAP_PLOT_TAKES_SPAN, "--from, --to" } };

static unsigned wanted(const struct options *o)
{
	return (o->metric ? NAP_PLOT_TAKES_METRIC : 0u) | (o->x ? NAP_PLOT_TAKES_X : 0u) |
	       (o->only ? NAP_PLOT_TAKES_ONLY : 0u) | (o->from || o->to ? NAP_PLOT_TAKES_SPAN : 0u);
}

/* The first option of these that such a kind does not heed. */
static const char *unheeded(unsigned want, unsigned takes)
{
	for (size_t i = 0; i < G_N_ELEMENTS(heeded); i++)
		if (want & ~takes & heeded[i].takes)
			return heeded[i].option;
	return NULL;
}

/* The first kind that the folder allows and that heeds what is wanted; where none does, why the first that has a file does not. */
static int say_first(const struct nap_plot_folder *f, unsigned want, const char *format)
{
	GError *reason = NULL;

	for (const struct nap_plot_kind *k = nap_plot_kinds; k->name; k++) {
		g_autoptr(GError) why = NULL;
		struct nap_plot plot;

		if (unheeded(want, k->takes))
			continue;
		if (nap_plot_make(k, &f->source, &plot, &why)) {
			nap_plot_clear(&plot);
			g_clear_error(&reason);
			return say(f, k, format);
		}
		if (!reason && (f->source.csv[k->file[0]] || f->source.csv[k->file[1]]))
			reason = g_steal_pointer(&why);
	}
	if (!reason)
		nap_fail(&reason, "%s: nothing in it is drawn with %s", f->dir, unheeded(want, 0));
	return nap_input_failed(reason);
}

/* ---- options --------------------------------------------------------------------------------------------------------- */

static bool read_time(const char *option, const char *text, double *seconds, GError **error)
{
	g_autoptr(GError) why = NULL;
	nap_time t;

	*seconds = NAN;
	if (!text)
		return true;
	if (!nap_time_parse(text, &t, &why))
		return nap_fail(error, "%s %s: %s", option, text, why->message);
	*seconds = nap_time_seconds(t);
	return true;
}

static bool wish(struct nap_plot_source *s, const struct options *o, GError **error)
{
	s->x = o->x;
	s->metric = (const char *const *)o->metric;
	s->only = (const char *const *)o->only;
	return read_time("--from", o->from, &s->from, error) && read_time("--to", o->to, &s->to, error);
}

static int plot_folder(const char *dir, const char *name, const struct options *o)
{
	const struct nap_plot_kind *kind = name ? nap_plot_kind_find(name) : NULL;
	const char *format = o->format ? o->format : formats[0];
	struct nap_plot_folder f;
	GError *error = NULL;
	int status = NAP_EXIT_OK;

	if (name && !kind)
		return unknown_kind(name);
	if (kind && unheeded(wanted(o), kind->takes))
		return nap_usage_error(
			&nap_command_plot, "%s is not for a %s", unheeded(wanted(o), kind->takes), name);
	if (!g_strv_contains(formats, format))
		return nap_usage_error(&nap_command_plot, "--format takes svg, pdf or png");
	if (!nap_plot_folder_open(&f, dir, &error) || !wish(&f.source, o, &error))
		status = nap_input_failed(error);
	else if (o->list)
		print_kinds(&f);
	else
		status = kind ? say(&f, kind, format) : say_first(&f, wanted(o), format);
	nap_plot_folder_clear(&f);
	return status;
}

static int run(int argc, char **argv)
{
	struct options o = { .list = FALSE };
	const GOptionEntry entries[] = {
		{ "list", 'l', 0, G_OPTION_ARG_NONE, &o.list,
			"Say which kinds the folder allows (and, on standard error, why not the others)",
			NULL },
		{ "format", 'f', 0, G_OPTION_ARG_FILENAME, &o.format, "svg (default), pdf or png", "FORMAT" },
		{ "metric", 'm', 0, G_OPTION_ARG_FILENAME_ARRAY, &o.metric,
			"What is drawn: a metric, or a quotient A/B; again for a further panel", "NAME" },
		{ "x", 'x', 0, G_OPTION_ARG_FILENAME, &o.x,
			"The key along the axis (default: the number with most values)", "KEY" },
		{ "only", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o.only,
			"Only the points at which a swept key has this value; again for a further key",
			"KEY=VALUE" },
		{ "from", 0, 0, G_OPTION_ARG_FILENAME, &o.from, "Where a timeline begins", "TIME" },
		{ "to", 0, 0, G_OPTION_ARG_FILENAME, &o.to, "Where it ends", "TIME" },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};
	g_autofree char *more = details();
	int status;

	if (!nap_parse_options(&nap_command_plot, entries, more, &argc, &argv, &status))
		return status;
	if (argc < 2 || argc > 3)
		status = nap_usage_error(&nap_command_plot,
			argc < 2 ? "no folder given" : "takes a folder and a kind of picture");
	else
		status = plot_folder(argv[1], argc > 2 ? argv[2] : NULL, &o);
	g_strfreev(o.metric);
	g_strfreev(o.only);
	g_free(o.x);
	g_free(o.from);
	g_free(o.to);
	g_free(o.format);
	return status;
}

const struct nap_command nap_command_plot = { "plot", "DIR [KIND] [--format svg|pdf|png] [--list]",
	"pictures of what a run, a tuning or a replay wrote", run, false };
