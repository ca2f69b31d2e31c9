/* SPDX-License-Identifier: BSD-2-Clause */
/* figure.ini: schema rows and loading. */
#include <string.h>

#include "text/input_error.h"
#include "text/schema.h"
#include "experiments/figure.h"

static const char *const experiments[] = { [NAP_EXPERIMENT_PROBE] = "probe",
	[NAP_EXPERIMENT_TRAIN] = "train",
	[NAP_EXPERIMENT_LONE] = "lone",
	[NAP_EXPERIMENT_PULSE] = "pulse",
	[NAP_EXPERIMENT_SCENARIO] = "scenario",
	NULL };

static const char *const kinds[] = {
	[NAP_FIGURE_PUBLISHED] = "published", [NAP_FIGURE_CALCULATION] = "calculation", NULL
};

#define AT(field) offsetof(struct nap_figure, field)
const struct nap_param nap_figure_params[] = { { "title", NAP_P_TEXT, AT(title), NULL, NULL, NULL, NULL,
						       "What the figure shows." },
	{ "source", NAP_P_TEXT, AT(source), NULL, NULL, NULL, NULL,
		"The publication, and its figure or table." },
	{ "kind", NAP_P_WORD, AT(kind), "published", NULL, NULL, kinds,
		"published: the source prints the values of published.csv; calculation: they follow by a "
		"formula from what it says." },
	{ "note", NAP_P_TEXT, AT(note), "", NULL, NULL, NULL,
		"What a reader must know: what is fitted, what cannot be met and why." },
	{ "look", NAP_P_TEXT, AT(look), "", NULL, NULL, NULL, "What to look at in it." },
	{ "change", NAP_P_TEXT, AT(change), "", NULL, NULL, NULL, "What to change next, and what for." },
	NAP_PARAM_END };
#undef AT

#define AT(field) offsetof(struct nap_figure_series, field)
const struct nap_param nap_figure_series_params[] = {
	{ "experiment", NAP_P_WORD, AT(experiment), NULL, NULL, NULL, experiments,
		"probe: round trip after an idle gap; train: an exchange every interval; lone: one exchange "
		"from rest to rest; pulse: power after one exchange; scenario: a whole scenario." },
	{ "radio", NAP_P_TEXT, AT(radio), "", NULL, NULL, NULL,
		"Radio profile; with a slash a file beside figure.ini." },
	{ "battery", NAP_P_TEXT, AT(battery), "", NULL, NULL, NULL, "Battery profile." },
	{ "scenario", NAP_P_TEXT, AT(scenario), "", NULL, NULL, NULL, "Scenario beside figure.ini." },
	{ "metric", NAP_P_TEXT, AT(metric), NULL, NULL, NULL, NULL, "What is on the y axis." },
	{ "x", NAP_P_TEXT, AT(x), NULL, NULL, NULL, NULL,
		"What is on the x axis: idle, interval, bytes, time, or a key as GROUP.KEY." },
	{ "values", NAP_P_LIST, AT(values), NULL, NULL, NULL, NULL, "Values of x." },
	{ "set", NAP_P_LIST, AT(set), "", NULL, NULL, NULL,
		"Keys of radio, battery or scenario to set: GROUP.KEY=VALUE." },
	{ "interval", NAP_P_TIME, AT(interval), "never", "1ms", NULL, NULL,
		"train: time between exchanges." },
	{ "bytes-up", NAP_P_BYTES, AT(bytes_up), "64B", NULL, "100MB", NULL,
		"Bytes that the device sends in an exchange." },
	{ "bytes-down", NAP_P_BYTES, AT(bytes_down), "0B", NULL, "100MB", NULL, "Bytes of the answer." },
	{ "path-rtt", NAP_P_TIME, AT(path_rtt), "50ms", "0s", "60s", NULL,
		"Round trip of the path behind the radio." },
	{ "repeats", NAP_P_UINT, AT(repeats), "1", "1", "1000", NULL,
		"probe: probes at each idle time; y is their median." },
	{ "voltage", NAP_P_VOLTAGE, AT(voltage_v), "3.7V", "0.1V", NULL, NULL, "For metrics in mA." },
	{ "fitted", NAP_P_TEXT, AT(fitted), "", NULL, NULL, NULL,
		"Parameters that were fitted to the published points." },
	{ "measured", NAP_P_TEXT, AT(measured), "", NULL, NULL, NULL,
		"File of probes beside figure.ini, compared as a whole." },
	{ "cloud-median", NAP_P_REAL, AT(cloud_median_ms), "30", "0", NULL, NULL,
		"Largest median absolute difference from the probes, ms." },
	{ "cloud-within", NAP_P_REAL, AT(cloud_within_ms), "100", "0", NULL, NULL,
		"A share of cloud-share of the probes must be this near, ms." },
	{ "cloud-share", NAP_P_SHARE, AT(cloud_share), "68%", "0%", "100%", NULL, "See cloud-within." },
	NAP_PARAM_END
};
#undef AT

static const char *const forms[] = { [NAP_SHOWN_LINES] = "lines",
	[NAP_SHOWN_STEPS] = "steps",
	[NAP_SHOWN_BARS] = "bars",
	[NAP_SHOWN_TIMES] = "times",
	NULL };

static const char *const logs[] = { [NAP_FIGURE_LOG_AUTO] = "auto",
	[NAP_FIGURE_LOG_X] = "x",
	[NAP_FIGURE_LOG_Y] = "y",
	[NAP_FIGURE_LOG_XY] = "xy",
	[NAP_FIGURE_LOG_NONE] = "none",
	NULL };

#define AT(field) offsetof(struct nap_figure_panel, field)
const struct nap_param nap_figure_panel_params[] = {
	{ "form", NAP_P_WORD, AT(form), "lines", NULL, NULL, forms,
		"lines, steps: values along x; bars: a bar an entry of series; times: a row an entry, values "
		"are "
		"when things happen." },
	{ "title", NAP_P_TEXT, AT(title), "", NULL, NULL, NULL, "What the panel shows." },
	{ "x", NAP_P_TEXT, AT(x), "", NULL, NULL, NULL,
		"Name of the axis along, with its unit: keepalive_interval_s. Of times: of their axis." },
	{ "y", NAP_P_TEXT, AT(y), "", NULL, NULL, NULL,
		"Name of the axis upwards; of bars: of their length." },
	{ "series", NAP_P_LIST, AT(series), NULL, NULL, NULL, NULL,
		"Series of the lines, bars or rows; A+B: both are one." },
	{ "labels", NAP_P_LIST, AT(labels), "", NULL, NULL, NULL,
		"What each is called (default: its series)." },
	{ "points", NAP_P_LIST, AT(points), "", NULL, NULL, NULL,
		"Series whose published values are marked at each besides its own (of bars: at all); "
		"SERIES@X: "
		"there; -: none." },
	{ "parts", NAP_P_LIST, AT(parts), "", NULL, NULL, NULL, "What the parts of bars are called." },
	{ "marks", NAP_P_LIST, AT(marks), "", NULL, NULL, NULL,
		"X=TEXT or SERIES=TEXT (its published value): a line upwards." },
	{ "levels", NAP_P_LIST, AT(levels), "", NULL, NULL, NULL, "Y=TEXT: a line across." },
	{ "diagonal", NAP_P_TEXT, AT(diagonal), "", NULL, NULL, NULL,
		"What y = x is called, if it is drawn." },
	{ "log", NAP_P_WORD, AT(log), "auto", NULL, NULL, logs,
		"Axes that are logarithmic however narrow their range; none: neither is, however wide; auto: "
		"by range." },
	{ "from", NAP_P_REAL, AT(from), "0", NULL, NULL, NULL, "Least x that is shown." },
	{ "to", NAP_P_REAL, AT(to), "0", NULL, NULL, NULL, "Largest x that is shown; 0: all." },
	{ "top", NAP_P_REAL, AT(top), "0", "0", NULL, NULL, "Largest y that is shown; 0: all." },
	{ "never", NAP_P_REAL, AT(never), "0", "0", NULL, NULL,
		"Where the x `never` stands; 0: it is not shown." },
	NAP_PARAM_END
};
#undef AT

static gint by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char **nap_figure_names(const char *dir)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	GDir *d = g_dir_open(dir, 0, NULL);
	const char *name;

	while (d && (name = g_dir_read_name(d))) {
		g_autofree char *path = g_build_filename(dir, name, "figure.ini", NULL);

		if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
			g_ptr_array_add(names, g_strdup(name));
	}
	if (d)
		g_dir_close(d);
	g_ptr_array_sort(names, by_name);
	g_ptr_array_add(names, NULL);
	return (char **)g_ptr_array_steal(names, NULL);
}

static bool apply(struct nap_figure *f, const struct nap_group *group, const struct nap_param *rows,
	void *base, GError **error)
{
	struct nap_binding binding = { rows, base };
	struct nap_schema schema = {
		.group = group->name,
		.where = group->where,
		.bindings = &binding,
		.n_bindings = 1,
		.layers = { &group, 1 },
		.own = true,
		.arena = f->arena,
	};

	return nap_schema_apply(&schema, error);
}

static bool load_groups(struct nap_figure *f, GError **error)
{
	const struct nap_group *head = nap_document_group(f->document, "figure");

	if (!head)
		return nap_fail(error, "%s: there is no group [figure]", f->document->path);
	if (!apply(f, head, nap_figure_params, f, error))
		return false;
	f->series = nap_arena_alloc(f->arena, f->document->n_groups * sizeof *f->series);
	f->panel = nap_arena_alloc(f->arena, f->document->n_groups * sizeof *f->panel);
	for (unsigned i = 0; i < f->document->n_groups; i++) {
		const struct nap_group *group = &f->document->group[i];

		if (group == head)
			continue;
		if (g_str_has_prefix(group->name, "panel ")) {
			f->panel[f->n_panels].name = group->name + strlen("panel ");
			f->panel[f->n_panels].where = group->where;
			if (!apply(f, group, nap_figure_panel_params, &f->panel[f->n_panels++], error))
				return false;
			continue;
		}
		if (!g_str_has_prefix(group->name, "series "))
			return nap_fail(error,
				"%s: [%s]: a figure has groups [figure], [series NAME] and [panel NAME] "
				"alone",
				group->where, group->name);
		f->series[f->n_series].name = group->name + strlen("series ");
		if (!apply(f, group, nap_figure_series_params, &f->series[f->n_series++], error))
			return false;
	}
	return true;
}

struct nap_figure *nap_figure_load(const char *dir, const char *name, GError **error)
{
	struct nap_figure *f = g_new0(struct nap_figure, 1);
	g_autofree char *path = NULL;

	f->name = g_strdup(name);
	f->dir = g_build_filename(dir, name, NULL);
	f->arena = nap_arena_new();
	path = g_build_filename(f->dir, "figure.ini", NULL);
	f->document = nap_document_load(path, error);
	if (f->document && load_groups(f, error))
		return f;
	nap_figure_free(f);
	return NULL;
}

void nap_figure_free(struct nap_figure *f)
{
	if (!f)
		return;
	g_free(f->name);
	g_free(f->dir);
	nap_document_free(f->document);
	nap_arena_free(f->arena);
	g_free(f);
}
