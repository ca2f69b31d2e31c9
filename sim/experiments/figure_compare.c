/* SPDX-License-Identifier: BSD-2-Clause */
/* Published values beside simulated ones: published.csv, verdicts, and the two tables. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "io/csvfile.h"
#include "text/input_error.h"
#include "io/probes.h"
#include "experiments/figure.h"
#include "report/results.h"
#include "report/text_table.h"

#define AT_LEAST "at least" /* as a tolerance */
#define NEVER    "never"    /* an x, as scenarios have it */

/* Columns of published.csv. */
enum { SERIES, X, Y, UNIT, TOLERANCE, VERIFIED, SOURCE, NEEDED, FIT = NEEDED, COLUMNS };
static const char *const columns[] = {
	[SERIES] = "series",
	[X] = "x", /* a number in the series' unit; never; empty for a scalar */
	[Y] = "y",
	[UNIT] = "unit",
	[TOLERANCE] = "tolerance", /* 5% of y, 0.1 in its unit, or: at least */
	[VERIFIED] =
		"verified", /* yes: seen in the source; secondary: in what quotes it; recalled: seen nowhere by us */
	[SOURCE] = "source",
	[FIT] = "fit", /* yes: parameters were fitted to this point; may be absent */
	[COLUMNS] = NULL,
};

static const char *const verified[] = { "yes", "secondary", "recalled", NULL };

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
	double at = strcmp(x, NEVER) == 0 ? INFINITY : g_ascii_strtod(x, NULL);

	for (guint i = 0; i < points->len; i++) {
		const struct nap_figure_point *p = &g_array_index(points, struct nap_figure_point, i);

		if ((int)p->series == series &&
			(*x == '\0' || p->x == at || fabs(p->x - at) < 1e-9 * fabs(at) + 1e-12))
			return p->y;
	}
	return NAN;
}

/* "5%" of the published value, a number in its unit, or "at least": 0. False with a reason. */
static bool read_tolerance(const char *text, double published, double *allowed, GError **error)
{
	size_t n = strlen(text);
	bool share = n > 0 && text[n - 1] == '%';
	g_autofree char *number = g_strndup(text, share ? n - 1 : n);

	*allowed = 0.0;
	if (strcmp(text, AT_LEAST) == 0)
		return true;
	if (!nap_csv_number(number, 0.0, DBL_MAX, allowed, error))
		return false;
	if (share)
		*allowed *= fabs(published) / 100;
	return true;
}

/* A field's meaning, column by column; *column: the one at fault. */
static bool read_fields(struct nap_figure_check *c, const struct nap_figure *f, const char **field,
	int *column, GError **error)
{
	double x;

	*column = SERIES;
	if (find_series(f, field[SERIES]) < 0)
		return nap_fail(error, "there is no series %s", field[SERIES]);
	*column = X;
	if (*field[X] && strcmp(field[X], NEVER) != 0 &&
		!nap_csv_number(field[X], -DBL_MAX, DBL_MAX, &x, error))
		return false;
	*column = Y;
	if (!nap_csv_number(field[Y], -DBL_MAX, DBL_MAX, &c->published, error))
		return false;
	*column = UNIT;
	if (!*field[UNIT])
		return nap_fail(error, "is missing; 1 for a share");
	*column = TOLERANCE;
	if (!read_tolerance(field[TOLERANCE], c->published, &c->allowed, error))
		return false;
	*column = VERIFIED;
	if (!g_strv_contains(verified, field[VERIFIED]))
		return nap_fail(error, "must be yes, secondary or recalled");
	*column = SOURCE;
	if (!*field[SOURCE])
		return nap_fail(error, "is missing");
	*column = FIT;
	if (*field[FIT] && strcmp(field[FIT], "yes") != 0)
		return nap_fail(error, "must be yes or empty");
	if (*field[FIT] && !*f->series[find_series(f, field[SERIES])].fitted)
		return nap_fail(error, "the series says nothing under fitted");
	return true;
}

static void judge(
	struct nap_figure_check *c, const struct nap_figure *f, const char **field, const GArray *points)
{
	int series = find_series(f, field[SERIES]);

	c->series = g_strdup(field[SERIES]);
	c->x = g_strdup(field[X]);
	c->unit = g_strdup(field[UNIT]);
	c->tolerance = g_strdup(field[TOLERANCE]);
	c->verified = g_strdup(field[VERIFIED]);
	c->source = g_strdup(field[SOURCE]);
	c->fitted = g_strdup(f->series[series].fitted);
	c->fit = *field[FIT] != '\0';
	c->simulated = simulated_at(points, series, field[X]);
	if (strcmp(c->tolerance, AT_LEAST) == 0)
		c->met = c->simulated >= c->published;
	else
		c->met = fabs(c->simulated - c->published) <= c->allowed * (1 + 1e-9) + 1e-12;
}

static bool read_rows(const struct nap_figure *f, const struct nap_csv *csv, const GArray *points,
	GPtrArray *checks, GError **error)
{
	int where[COLUMNS];

	if (!nap_csv_columns(csv, columns, true, where, error))
		return false;
	for (int c = 0; c < NEEDED; c++)
		if (where[c] < 0)
			return nap_csv_fail(
				error, csv, csv->head->line, NULL, "column %s is missing", columns[c]);
	for (unsigned i = 0; i < csv->n; i++) {
		const struct nap_csv_row *row = &csv->row[i];
		struct nap_figure_check *check = g_new0(struct nap_figure_check, 1);
		const char *field[COLUMNS];
		g_autoptr(GError) why = NULL;
		int column;

		g_ptr_array_add(checks, check);
		if (row->n < csv->head->n)
			return nap_csv_fail(error, csv, row->line, NULL, "%u fields in place of %u", row->n,
				csv->head->n);
		for (int c = 0; c < COLUMNS; c++)
			field[c] = where[c] < 0 ? "" : nap_csv_field(row, where[c]);
		if (!read_fields(check, f, field, &column, &why))
			return nap_csv_fail(error, csv, row->line, columns[column], "%s", why->message);
		judge(check, f, field, points);
	}
	return true;
}

static bool read_published(
	const struct nap_figure *f, const GArray *points, GPtrArray *checks, GError **error)
{
	g_autofree char *path = g_build_filename(f->dir, "published.csv", NULL);
	struct nap_csv *csv = nap_csv_read(path, error);
	bool ok = csv && read_rows(f, csv, points, checks, error);

	nap_csv_free(csv);
	return ok;
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
	static const char *const head[] = { "series", "x", "y", NULL };
	struct nap_csv_writer w;

	nap_csv_begin(&w, head);
	for (guint i = 0; i < points->len; i++) {
		const struct nap_figure_point *p = &g_array_index(points, struct nap_figure_point, i);

		nap_csv_put(&w, f->series[p->series].name);
		if (isinf(p->x))
			nap_csv_put(&w, NEVER);
		else
			nap_csv_put_digits(&w, p->x, 9);
		nap_csv_put_digits(&w, p->y, 9);
		nap_csv_end(&w);
	}
	return w.text;
}

static double relative_error(const struct nap_figure_check *c)
{
	return c->published != 0.0 ? (c->simulated - c->published) / c->published : NAN;
}

static const char *verdict(const struct nap_figure_check *c)
{
	return isnan(c->simulated) ? "not simulated" : !c->met ? "not met" : c->fit ? "fitted to" : "met";
}

GString *nap_figure_checks_csv(const GPtrArray *checks)
{
	static const char *const head[] = { "series", "x", "unit", "published", "simulated", "relative_error",
		"tolerance", "verdict", "verified", "fitted", "source", NULL };
	struct nap_csv_writer w;

	nap_csv_begin(&w, head);
	for (guint i = 0; i < checks->len; i++) {
		const struct nap_figure_check *c = checks->pdata[i];

		nap_csv_put(&w, c->series);
		nap_csv_put(&w, c->x);
		nap_csv_put(&w, c->unit);
		nap_csv_put_digits(&w, c->published, 9);
		nap_csv_put_digits(&w, c->simulated, 6);
		nap_csv_put_digits(&w, relative_error(c), 4);
		nap_csv_put(&w, c->tolerance);
		nap_csv_put(&w, verdict(c));
		nap_csv_put(&w, c->verified);
		nap_csv_put(&w, c->fitted);
		nap_csv_put(&w, c->source);
		nap_csv_end(&w);
	}
	return w.text;
}

static char *error_text(const struct nap_figure_check *c)
{
	return isnan(relative_error(c)) ? g_strdup("-")
					: g_strdup_printf("%+.2f %%", 100 * relative_error(c));
}

GString *nap_figure_checks_text(const struct nap_figure *f, const GPtrArray *checks)
{
	bool calculated = f->kind == NAP_FIGURE_CALCULATION;
	struct nap_table *t = nap_table_new(
		(const char *const[]){ "<series", "x", calculated ? "calculated" : "published", "simulated",
			"error", "tolerance", "<unit", "<verdict", "<verified", "<fitted", NULL });
	GString *out, *text = g_string_new(NULL);
	unsigned met = 0, fit = 0;

	for (guint i = 0; i < checks->len; i++) {
		const struct nap_figure_check *c = checks->pdata[i];

		met += c->met && !c->fit;
		fit += c->met && c->fit;
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
	out = nap_table_page(t);
	g_string_append_printf(text, "%s: %s\n  %s\n\n%s\n  %u of %u %s values within tolerance", f->name,
		f->title, f->source, out->str, met, checks->len - fit,
		calculated ? "calculated" : "published");
	if (fit > 0)
		g_string_append_printf(text, ", besides %u that were fitted to", fit);
	g_string_append(text, ".\n");
	if (*f->note)
		g_string_append_printf(text, "  %s\n", f->note);
	if (*f->look)
		g_string_append_printf(text, "\n  Look at:     %s\n", f->look);
	if (*f->change)
		g_string_append_printf(text, "  Then change: %s\n", f->change);
	g_string_free(out, TRUE);
	nap_table_free(t);
	return text;
}
