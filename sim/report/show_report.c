/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/show_report.h"

#include <math.h>
#include <string.h>

#include "io/json.h"
#include "report/text_table.h"

#define VALUE_COLUMNS   48
#define WARNING_COLUMNS 220

/* ---- what the expected time rests on ------------------------------------------------------------------------------------ */

/* A time as people say it: two digits are more than is known. */
static char *about(double seconds)
{
	static const struct {
		double s;
		const char *unit;
	} units[] = { { 86400.0, "days" }, { 3600.0, "h" }, { 60.0, "min" }, { 1.0, "s" } };

	for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
		if (seconds >= 2.0 * units[i].s)
			return g_strdup_printf("%.2g %s", seconds / units[i].s, units[i].unit);
	return seconds < 0.1 ? g_strdup("less than 0.1 s") : g_strdup_printf("%.2g s", seconds);
}

static char *basis(const struct nap_shown_scenario *s)
{
	const struct nap_forecast *f = &s->forecast;
	g_autofree char *part =
		f->share >= 1.0 ? g_strdup("all of the duration")
				: g_strdup_printf("from %.2g %% of the duration on", 100.0 * f->share);

	return g_strdup_printf(
		"%u of %zu points on trial, %s, %.2g s of processor time; a processor for each of %u "
		"%s",
		f->tried, s->sweep->n_points, part, f->spent, f->threads,
		f->threads == 1 ? "thread" : "threads");
}

static char *order(const struct nap_plan *plan)
{
	if (plan->coupled_by)
		return g_strdup_printf("all subscribers in one queue: they meet at middlebox %s, %s",
			plan->coupled_by, plan->coupled_how);
	return g_strdup(plan->global ? "all subscribers in one queue" : "one subscriber after another");
}

/* ---- text ------------------------------------------------------------------------------------------------------------------ */

static void append_point(GString *out, const struct nap_shown_scenario *s)
{
	g_autofree struct nap_override *at = g_new0(struct nap_override, s->sweep->n_axes + 1);

	if (s->sweep->n_axes == 0)
		return;
	nap_sweep_point(s->sweep, s->point, at);
	g_string_append_printf(out, "values of point %zu of %zu:", s->point + 1, s->sweep->n_points);
	for (size_t a = 0; a < s->sweep->n_axes; a++)
		g_string_append_printf(out, "%s %s = %s", a ? "," : "", s->sweep->axis[a].name, at[a].text);
	g_string_append_c(out, '\n');
}

/* What fits into so many columns. */
static char *clipped(const char *text, glong columns)
{
	g_autofree char *head = NULL;

	if (g_utf8_strlen(text, -1) <= columns)
		return g_strdup(text);
	head = g_utf8_substring(text, 0, columns - 3);
	return g_strconcat(head, "...", NULL);
}

/* Does it say where numbers are from, and nothing that a run reads? */
static bool is_remark(const char *key)
{
	static const char *const remarks[] = { ".title", ".source", ".note", ".verified", ".unverified",
		".technology" };

	for (size_t i = 0; i < G_N_ELEMENTS(remarks); i++)
		if (g_str_has_suffix(key, remarks[i]))
			return true;
	return false;
}

/* Not twice that it is a profile, or --set. */
static const char *where_shown(const struct nap_effective *e)
{
	if (g_str_has_prefix(e->where, "profile "))
		return e->where + strlen("profile ");
	return strcmp(e->where, e->origin) == 0 ? "" : e->where;
}

static void append_values(GString *out, const struct nap_shown_scenario *s, bool all)
{
	static const char *const heads[] = { "<key", "<value", "<from", "<", NULL };
	struct nap_table *table = nap_table_new(heads);
	guint hidden = 0;
	GString *text;

	for (guint i = 0; i < s->values->len; i++) {
		const struct nap_effective *e = s->values->pdata[i];
		bool is_default = strcmp(e->origin, "default") == 0;

		if (!all && (is_default || is_remark(e->key))) {
			hidden += is_default;
			continue;
		}
		nap_table_cell(table, g_strdup(e->key));
		nap_table_cell(table, all ? g_strdup(e->value) : clipped(e->value, VALUE_COLUMNS));
		nap_table_cell(table, g_strdup(e->origin));
		nap_table_cell(table, g_strdup(where_shown(e)));
	}
	text = nap_table_page(table);
	g_string_append(out, text->str);
	g_string_free(text, TRUE);
	nap_table_free(table);
	if (hidden)
		g_string_append_printf(out, "  and %u keys with their defaults (--all)\n", hidden);
}

GString *nap_show_text(const struct nap_shown_scenario *s, bool all)
{
	GString *out = g_string_new(NULL);
	g_autofree char *time = about(s->forecast.seconds), *from = basis(s), *how = order(s->plan);
	const struct nap_general_config *g = &s->scenario->general;

	if (*g->title)
		g_string_append_printf(out, "%s\n\n", g->title);
	append_point(out, s);
	append_values(out, s, all);
	g_string_append_printf(out, "\n%zu %s, %" G_GUINT64_FORMAT " %s of %u %s, %s\n", s->sweep->n_points,
		s->sweep->n_points == 1 ? "point" : "points", s->forecast.runs,
		s->forecast.runs == 1 ? "run" : "runs", g->subscribers,
		g->subscribers == 1 ? "subscriber" : "subscribers", how);
	if (s->sweep->n_sampled > 0)
		g_string_append_printf(out, "%zu keys sampled at %zu points (%s)\n", s->sweep->n_sampled,
			s->sweep->n_samples,
			s->sweep->sampling == NAP_SAMPLING_SOBOL ? "sobol" : "latin-hypercube");
	g_string_append_printf(out, "expected time: %s (%s)\n", time, from);
	for (guint i = 0; i < s->warnings->len; i++) {
		g_autofree char *text = all ? g_strdup(s->warnings->pdata[i])
					    : clipped(s->warnings->pdata[i], WARNING_COLUMNS);

		g_string_append_printf(out, "%swarning: %s\n", i ? "" : "\n", text);
	}
	return out;
}

/* ---- JSON ------------------------------------------------------------------------------------------------------------------ */

static void put_values(JsonBuilder *b, const GPtrArray *values)
{
	json_builder_set_member_name(b, "values");
	json_builder_begin_array(b);
	for (guint i = 0; i < values->len; i++) {
		const struct nap_effective *e = values->pdata[i];

		json_builder_begin_object(b);
		nap_json_put_text(b, "key", e->key);
		nap_json_put_text(b, "value", e->value);
		nap_json_put_text(b, "origin", e->origin);
		nap_json_put_text(b, "where", *e->where ? e->where : NULL);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

static void put_swept(JsonBuilder *b, const struct nap_sweep *sweep)
{
	json_builder_set_member_name(b, "swept");
	json_builder_begin_array(b);
	for (size_t a = 0; a < sweep->n_axes; a++)
		json_builder_add_string_value(b, sweep->axis[a].name);
	json_builder_end_array(b);
}

JsonNode *nap_show_json(const struct nap_shown_scenario *s)
{
	g_autoptr(JsonBuilder) b = json_builder_new();
	g_autofree char *from = basis(s), *how = order(s->plan);

	json_builder_begin_object(b);
	nap_json_put_text(b, "schema", "natnap-show/1");
	nap_json_put_text(b, "scenario", s->path);
	put_swept(b, s->sweep);
	nap_json_put_count(b, "point", s->point + 1);
	put_values(b, s->values);
	nap_json_put_count(b, "points", s->sweep->n_points);
	nap_json_put_count(b, "runs", s->forecast.runs);
	nap_json_put_count(b, "subscribers", s->scenario->general.subscribers);
	nap_json_put_text(b, "order", how);
	nap_json_put_number(b, "expected_s", s->forecast.seconds);
	nap_json_put_text(b, "expected_from", from);
	json_builder_set_member_name(b, "warnings");
	json_builder_begin_array(b);
	for (guint i = 0; i < s->warnings->len; i++)
		json_builder_add_string_value(b, s->warnings->pdata[i]);
	json_builder_end_array(b);
	json_builder_end_object(b);
	return json_builder_get_root(b);
}
