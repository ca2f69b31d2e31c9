/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/results.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

#include "io/quantity.h"
#include "run/metrics.h"
#include "run/workspace.h"

/* The metrics that the terminal shows: the contract's, and all of a carrier's box. */
static bool in_contract(const char *name)
{
	return !g_str_has_prefix(name, "energy_") || g_str_equal(name, "energy_j");
}

static void add_column(GArray *columns, char *name, const char *help, bool contract)
{
	struct nap_column c = { name, help, contract };

	g_array_append_val(columns, c);
}

/*
 * The path's metrics, then the middleboxes': without a prefix those of the outermost one (the carrier's), and with
 * two or more on the path each one's under its own name.
 */
static GArray *list_columns(const struct nap_scenario *sc)
{
	GArray *columns = g_array_new(FALSE, FALSE, sizeof(struct nap_column));

	for (const struct nap_metric *m = nap_metrics; m->name; m++)
		if (!g_str_equal(m->name, "events"))
			add_column(columns, g_strdup(m->name), m->help, in_contract(m->name));
	for (const struct nap_box_metric *m = nap_box_metrics; m->name && sc->n_middleboxes > 0; m++)
		add_column(columns, g_strdup(m->name), m->help,
			m - nap_box_metrics < 5 || nap_hop_shared(sc, sc->n_middleboxes - 1));
	for (uint32_t k = 0; k < sc->n_middleboxes && sc->n_middleboxes > 1; k++)
		for (const struct nap_box_metric *m = nap_box_metrics; m->name; m++)
			add_column(columns, g_strdup_printf("%s.%s", sc->middlebox[k].name, m->name), m->help,
				false);
	add_column(columns, g_strdup("events"),
		"packet ends, expiries and radio transitions of the whole run", true);
	return columns;
}

/* All columns of one replication, in the order of list_columns. */
static void values_of(const struct nap_scenario *sc, const struct nap_replication *r, double *v)
{
	double events = NAN;

	for (const struct nap_metric *m = nap_metrics; m->name; m++) {
		if (g_str_equal(m->name, "events"))
			events = m->value(sc, r);
		else
			*v++ = m->value(sc, r);
	}
	for (const struct nap_box_metric *m = nap_box_metrics; m->name && sc->n_middleboxes > 0; m++)
		*v++ = m->value(sc, r, sc->n_middleboxes - 1);
	for (uint32_t k = 0; k < sc->n_middleboxes && sc->n_middleboxes > 1; k++)
		for (const struct nap_box_metric *m = nap_box_metrics; m->name; m++)
			*v++ = m->value(sc, r, k);
	*v = events;
}

double nap_half_width95(double s, uint32_t n)
{
	return n < 2 ? NAN : gsl_cdf_tdist_Pinv(0.975, n - 1.0) * s / sqrt(n);
}

/* Mean and half-width of column col over the complete replications that have a value there. */
static void summarise(
	struct nap_row *row, const double *values, uint32_t replications, uint32_t n, uint32_t col)
{
	double sum = 0.0, squares = 0.0, mean;
	uint32_t have = 0;

	for (uint32_t i = 0; i < replications; i++) {
		double v = values[(size_t)i * n + col];

		sum += isnan(v) ? 0.0 : v;
		have += isnan(v) ? 0 : 1;
	}
	mean = have > 0 ? sum / have : NAN;
	for (uint32_t i = 0; i < replications; i++) {
		double d = values[(size_t)i * n + col] - mean;

		squares += isnan(d) ? 0.0 : d * d;
	}
	row->mean[col] = mean;
	row->ci95[col] =
		isfinite(mean) && have > 1 ? nap_half_width95(sqrt(squares / (have - 1.0)), have) : NAN;
	if (row->ci95[col] < 1e-13 * fabs(mean)) /* equal values, but for the rounding of their mean */
		row->ci95[col] = 0.0;
}

static void fill_row(struct nap_results *res, struct nap_row *row, const struct nap_point *p)
{
	uint32_t n = res->n_columns, reps = p->sc->general.replications;
	g_autofree double *values = g_new(double, (size_t)n *reps);

	row->mean = g_new(double, n);
	row->ci95 = g_new(double, n);
	for (uint32_t i = 0; i < reps; i++) {
		if (!p->done[i])
			res->missing++;
		else
			values_of(p->sc, &p->replication[i], values + (size_t)n * row->complete++);
	}
	for (uint32_t k = 0; k < n; k++)
		summarise(row, values, row->complete, n, k);
}

struct nap_results *nap_results_new(const struct nap_campaign *c, const char *const *swept, uint32_t n_swept,
	const char *const *const *values)
{
	struct nap_results *res = g_new0(struct nap_results, 1);
	GArray *columns = list_columns(c->point[0].sc);

	res->n_swept = n_swept;
	res->swept = g_new0(char *, n_swept + 1);
	res->timed = g_new0(bool, n_swept + 1);
	for (uint32_t i = 0; i < n_swept; i++)
		res->swept[i] = g_strdup(swept[i]);
	res->n_columns = columns->len;
	res->column = (struct nap_column *)(void *)g_array_free(columns, FALSE);
	res->n_rows = c->n;
	res->row = g_new0(struct nap_row, c->n);
	for (uint32_t i = 0; i < c->n; i++) {
		res->row[i].swept = g_new0(char *, n_swept + 1);
		res->row[i].swept_s = g_new(double, n_swept + 1);
		for (uint32_t k = 0; k < n_swept; k++) {
			nap_time t;
			bool timed = nap_time_parse(values[i][k], &t, NULL) && t != NAP_NEVER;

			res->row[i].swept[k] = g_strdup(values[i][k]);
			res->row[i].swept_s[k] = timed ? nap_time_seconds(t) : (double)NAN;
			res->timed[k] |= timed;
		}
		fill_row(res, &res->row[i], &c->point[i]);
	}
	return res;
}

void nap_results_free(struct nap_results *r)
{
	if (!r)
		return;
	for (uint32_t i = 0; i < r->n_columns; i++)
		g_free(r->column[i].name);
	for (uint32_t i = 0; i < r->n_rows; i++) {
		g_strfreev(r->row[i].swept);
		g_free(r->row[i].swept_s);
		g_free(r->row[i].mean);
		g_free(r->row[i].ci95);
	}
	g_strfreev(r->swept);
	g_free(r->timed);
	g_free(r->column);
	g_free(r->row);
	g_free(r);
}

int nap_results_column(const struct nap_results *r, const char *name)
{
	for (uint32_t i = 0; i < r->n_columns; i++)
		if (g_str_equal(r->column[i].name, name))
			return (int)i;
	return -1;
}

void nap_append_number(GString *s, double v)
{
	char text[G_ASCII_DTOSTR_BUF_SIZE];

	if (isnan(v))
		return;
	if (v == floor(v) && fabs(v) < 1e15) {
		g_string_append_printf(s, "%.0f", v);
		return;
	}
	for (unsigned digits = 6; digits <= 17; digits++) {
		char format[8];

		g_snprintf(format, sizeof format, "%%.%ug", digits);
		g_ascii_formatd(text, sizeof text, format, v);
		if (g_ascii_strtod(text, NULL) == v)
			break;
	}
	g_string_append(s, text);
}

/* RFC 4180: quote what holds a comma, a quote or a line's end. */
static void append_field(GString *s, const char *text)
{
	if (!strpbrk(text, ",\"\r\n")) {
		g_string_append(s, text);
		return;
	}
	g_string_append_c(s, '"');
	for (; *text; text++) {
		if (*text == '"')
			g_string_append_c(s, '"');
		g_string_append_c(s, *text);
	}
	g_string_append_c(s, '"');
}

GString *nap_results_csv(const struct nap_results *r)
{
	GString *s = g_string_new(NULL);

	for (uint32_t i = 0; i < r->n_swept; i++) {
		g_string_append_printf(s, "%s,", r->swept[i]);
		if (r->timed[i])
			g_string_append_printf(s, "%s_s,", r->swept[i]);
	}
	g_string_append(s, "replications");
	for (uint32_t i = 0; i < r->n_columns; i++)
		g_string_append_printf(s, ",%s,%s_ci95", r->column[i].name, r->column[i].name);
	g_string_append_c(s, '\n');
	for (uint32_t k = 0; k < r->n_rows; k++) {
		for (uint32_t i = 0; i < r->n_swept; i++) {
			append_field(s, r->row[k].swept[i]);
			g_string_append_c(s, ',');
			if (r->timed[i]) {
				nap_append_number(s, r->row[k].swept_s[i]);
				g_string_append_c(s, ',');
			}
		}
		g_string_append_printf(s, "%u", r->row[k].complete);
		for (uint32_t i = 0; i < r->n_columns; i++) {
			g_string_append_c(s, ',');
			nap_append_number(s, r->row[k].mean[i]);
			g_string_append_c(s, ',');
			nap_append_number(s, r->row[k].ci95[i]);
		}
		g_string_append_c(s, '\n');
	}
	return s;
}
