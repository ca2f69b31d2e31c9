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
	for (unsigned i = 0; i < f->document->n_groups; i++) {
		const struct nap_group *group = &f->document->group[i];

		if (group == head)
			continue;
		if (!g_str_has_prefix(group->name, "series "))
			return nap_fail(error,
				"%s: [%s]: a figure has groups [figure] and [series NAME] alone",
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
