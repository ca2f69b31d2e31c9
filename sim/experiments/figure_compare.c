/* SPDX-License-Identifier: BSD-2-Clause */
/* Published values beside simulated ones: published.csv, verdicts, and the two tables. */
#include <math.h>
#include <string.h>

#include "text/input_error.h"
#include "io/probes.h"
#include "io/textfile.h"
#include "experiments/figure.h"
#include "report/results.h"
#include "report/text_table.h"

/* Columns of published.csv, in this order. */
enum { SERIES, X, Y, UNIT, TOLERANCE, VERIFIED, SOURCE, COLUMNS };
static const char header[] = "series,x,y,unit,tolerance,verified,source";

static void free_check(gpointer data)
{
	struct nap_figure_check *c = data;

	g_free(c->series);
	g_free(c->x);
	g_free(c->unit);
	g_free(c->verified);
	g_free(c->source);
	g_free(c->tolerance);
	g_free(c->fitted);
	g_free(c);
}

/* Fields of a CSV line, quotes taken off; free with g_strfreev. */
static char **split_line(const char *line)
{
	g_autoptr(GPtrArray) fields = g_ptr_array_new();
	GString *field = g_string_new(NULL);
	bool quoted = false;

	for (const char *c = line; *c; c++) {
		if (*c == '"' && quoted && c[1] == '"')
			g_string_append_c(field, *c++);
		else if (*c == '"')
			quoted = !quoted;
		else if (*c == ',' && !quoted) {
			g_ptr_array_add(fields, g_string_free(field, FALSE));
			field = g_string_new(NULL);
		} else if (*c != '\r')
			g_string_append_c(field, *c);
	}
	g_ptr_array_add(fields, g_string_free(field, FALSE));
	g_ptr_array_add(fields, NULL);
	return (char **)g_ptr_array_steal(fields, NULL);
}

static int find_series(const struct nap_figure *f, const char *name)
{
	for (unsigned i = 0; i < f->n_series; i++) {
		if (strcmp(f->series[i].name, name) == 0)
			return (int)i;
	}
	return -1;
}

/* The simulated value of a series at x; of a scalar (x empty) its first. NAN when there is none. */
static double simulated_at(const GArray *points, int series, const char *x)
{
	double at = strcmp(x, "inf") == 0 ? INFINITY : g_ascii_strtod(x, NULL);

	for (guint i = 0; i < points->len; i++) {
		const struct nap_figure_point *p = &g_array_index(points, struct nap_figure_point, i);

		if ((int)p->series == series &&
			(*x == '\0' || p->x == at || fabs(p->x - at) < 1e-9 * fabs(at) + 1e-12))
			return p->y;
	}
	return NAN;
}

/* Largest difference that a tolerance allows: "5%" of the published value, or a number in its unit ("at least": 0). */
static double allowed_difference(const char *tolerance, double published)
{
	double v = g_ascii_strtod(tolerance, NULL);

	return strchr(tolerance, '%') ? v / 100 * fabs(published) : v;
}

static struct nap_figure_check *new_check(
	const struct nap_figure *f, int series, char **field, const GArray *points)
{
	struct nap_figure_check *c = g_new0(struct nap_figure_check, 1);

	c->series = g_strdup(field[SERIES]);
	c->x = g_strdup(field[X]);
	c->unit = g_strdup(field[UNIT]);
	c->tolerance = g_strdup(field[TOLERANCE]);
	c->verified = g_strdup(field[VERIFIED]);
	c->source = g_strdup(field[SOURCE]);
	c->fitted = g_strdup(f->series[series].fitted);
	c->published = g_ascii_strtod(field[Y], NULL);
	c->simulated = simulated_at(points, series, field[X]);
	c->allowed = allowed_difference(field[TOLERANCE], c->published);
	if (strcmp(c->tolerance, "at least") == 0)
		c->met = c->simulated >= c->published;
	else
		c->met = fabs(c->simulated - c->published) <= c->allowed * (1 + 1e-9) + 1e-12;
	return c;
}

static bool read_published(
	const struct nap_figure *f, const GArray *points, GPtrArray *checks, GError **error)
{
	g_autofree char *path = g_build_filename(f->dir, "published.csv", NULL),
			*text = nap_read_text(path, NAP_TEXT_MAX, NULL, error);
	g_auto(GStrv) lines = NULL;

	if (!text)
		return false;
	lines = g_strsplit(text, "\n", -1);
	if (!lines[0] || strcmp(g_strchomp(lines[0]), header) != 0)
		return nap_fail(error, "%s:1: the header must be %s", path, header);
	for (unsigned i = 1; lines[i]; i++) {
		g_auto(GStrv) field = NULL;
		int series;

		if (*lines[i] == '\0')
			continue;
		field = split_line(lines[i]);
		if (g_strv_length(field) != COLUMNS)
			return nap_fail(error, "%s:%u: %u fields in place of %d", path, i + 1,
				g_strv_length(field), COLUMNS);
		series = find_series(f, field[SERIES]);
		if (series < 0)
			return nap_fail(error, "%s:%u: there is no series %s", path, i + 1, field[SERIES]);
		g_ptr_array_add(checks, new_check(f, series, field, points));
	}
	return true;
}

/* ---- clouds: measured probes against the curve ------------------------------------------------------------------------ */

static void add_cloud_check(const struct nap_figure_series *s, GPtrArray *checks, const char *what,
	const char *unit, double simulated, double limit, bool at_most)
{
	struct nap_figure_check *c = g_new0(struct nap_figure_check, 1);

	c->series = g_strdup(s->name);
	c->x = g_strdup(what);
	c->unit = g_strdup(unit);
	c->tolerance = g_strdup_printf("%s %g", at_most ? "at most" : "at least", limit);
	c->verified = g_strdup("yes");
	c->source = g_strdup(s->measured);
	c->fitted = g_strdup(s->fitted);
	c->published = NAN;
	c->simulated = simulated;
	c->allowed = limit;
	c->met = at_most ? simulated <= limit : simulated >= limit;
	g_ptr_array_add(checks, c);
}

static int by_double(gconstpointer a, gconstpointer b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static bool compare_cloud(
	const struct nap_figure *f, unsigned series, const GArray *points, GPtrArray *checks, GError **error)
{
	const struct nap_figure_series *s = &f->series[series];
	g_autofree char *path = g_build_filename(f->dir, s->measured, NULL);
	g_autoptr(GArray) errors = g_array_new(FALSE, FALSE, sizeof(double));
	struct nap_probe_set set;
	size_t within = 0;

	if (!nap_probes_load(path, &set, error))
		return false;
	for (size_t i = 0; i < set.n; i++) {
		g_autofree char *x = g_strdup_printf("%.9g", set.probe[i].idle);
		double difference = fabs(simulated_at(points, (int)series, x) - set.probe[i].rtt * 1e3);

		if (isnan(difference))
			continue;
		g_array_append_val(errors, difference);
		within += difference <= s->cloud_within_ms;
	}
	g_free(set.probe);
	if (errors->len == 0)
		return nap_fail(error, "%s: no probe has a simulated idle time", path);
	g_array_sort(errors, by_double);
	add_cloud_check(s, checks, "median error", "ms", g_array_index(errors, double, errors->len / 2),
		s->cloud_median_ms, true);
	add_cloud_check(
		s, checks, "share within", "1", (double)within / (double)errors->len, s->cloud_share, false);
	return true;
}

GPtrArray *nap_figure_compare(const struct nap_figure *f, const GArray *points, GError **error)
{
	GPtrArray *checks = g_ptr_array_new_with_free_func(free_check);
	bool ok = read_published(f, points, checks, error);

	for (unsigned i = 0; ok && i < f->n_series; i++) {
		if (*f->series[i].measured)
			ok = compare_cloud(f, i, points, checks, error);
	}
	if (ok)
		return checks;
	g_ptr_array_unref(checks);
	return NULL;
}

/* ---- tables ------------------------------------------------------------------------------------------------------------ */

GString *nap_figure_points_csv(const struct nap_figure *f, const GArray *points)
{
	GString *out = g_string_new("series,x,y\n");

	for (guint i = 0; i < points->len; i++) {
		const struct nap_figure_point *p = &g_array_index(points, struct nap_figure_point, i);

		g_string_append_printf(out, "%s,", f->series[p->series].name);
		if (isinf(p->x))
			g_string_append(out, "inf");
		else
			g_string_append_printf(out, "%.9g", p->x);
		g_string_append_printf(out, ",%.9g\n", p->y);
	}
	return out;
}

static double relative_error(const struct nap_figure_check *c)
{
	return c->published != 0.0 ? (c->simulated - c->published) / c->published : NAN;
}

static void append_quoted(GString *out, const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, "\"", -1);
	g_autofree char *doubled = g_strjoinv("\"\"", parts);

	g_string_append_printf(out, strpbrk(text, ",\"\n") ? "\"%s\"" : "%s", doubled);
}

static const char *verdict(const struct nap_figure_check *c)
{
	return isnan(c->simulated) ? "not simulated" : c->met ? "met" : "not met";
}

GString *nap_figure_checks_csv(const GPtrArray *checks)
{
	GString *out = g_string_new("series,x,unit,published,simulated,relative_error,tolerance,verdict,"
				    "verified,fitted,source\n");

	for (guint i = 0; i < checks->len; i++) {
		const struct nap_figure_check *c = checks->pdata[i];

		g_string_append_printf(out, "%s,%s,%s,", c->series, c->x, c->unit);
		if (!isnan(c->published))
			g_string_append_printf(out, "%.9g", c->published);
		g_string_append_printf(out, ",%.6g,", c->simulated);
		if (!isnan(relative_error(c)))
			g_string_append_printf(out, "%.4g", relative_error(c));
		g_string_append_printf(out, ",%s,%s,%s,", c->tolerance, verdict(c), c->verified);
		append_quoted(out, c->fitted);
		g_string_append_c(out, ',');
		append_quoted(out, c->source);
		g_string_append_c(out, '\n');
	}
	return out;
}

static char *error_text(const struct nap_figure_check *c)
{
	return isnan(relative_error(c)) ? g_strdup("-")
					: g_strdup_printf("%+.2f %%", 100 * relative_error(c));
}

GString *nap_figure_checks_text(const struct nap_figure *f, const GPtrArray *checks)
{
	struct nap_table *t = nap_table_new((const char *const[]){ "<series", "x", "published", "simulated",
		"error", "tolerance", "<unit", "<verdict", "<verified", "<fitted", NULL });
	GString *out, *text = g_string_new(NULL);
	unsigned met = 0;

	for (guint i = 0; i < checks->len; i++) {
		const struct nap_figure_check *c = checks->pdata[i];

		met += c->met;
		nap_table_cell(t, g_strdup(c->series));
		nap_table_cell(t, g_strdup(*c->x ? c->x : "-"));
		nap_table_cell(t, nap_number_text(c->published));
		nap_table_cell(t, nap_number_text(c->simulated));
		nap_table_cell(t, error_text(c));
		nap_table_cell(t, g_strdup(c->tolerance));
		nap_table_cell(t, g_strdup(c->unit));
		nap_table_cell(t, g_strdup(verdict(c)));
		nap_table_cell(t, g_strdup(c->verified));
		nap_table_cell(t, g_strdup(*c->fitted ? "fitted" : "-"));
	}
	out = nap_table_text(t);
	g_string_append_printf(text, "%s: %s\n  %s\n\n%s\n  %u of %u within tolerance.\n", f->name, f->title,
		f->source, out->str, met, checks->len);
	if (*f->note)
		g_string_append_printf(text, "  %s\n", f->note);
	g_string_free(out, TRUE);
	nap_table_free(t);
	return text;
}
