/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/results.h"

#include <math.h>
#include <string.h>

#include "run/workspace.h"
#include "report/column_interval.h"
#include "report/each_columns.h"
#include "report/swept_number.h"
#include "text/quantity.h"

static void add_column(GArray *columns, char *name, const struct nap_metric *m, uint32_t hop, unsigned show)
{
	struct nap_column c = { .name = name, .metric = m, .hop = hop, .listed = (m->show & show) != 0 };

	g_array_append_val(columns, c);
}

/* Does a point of the campaign, or a kind of subscriber in one, want the metric? */
static bool is_wanted(const struct nap_metric *m, const struct nap_campaign *c)
{
	bool wanted = !m->wanted;

	for (uint32_t i = 0; i < c->n && !wanted; i++) {
		const struct nap_scenario *sc = c->point[i].sc;

		wanted = m->wanted(sc);
		for (uint32_t k = 0; k < sc->kinds.n && !wanted; k++)
			wanted = m->wanted(sc->kinds.kind[k]);
	}
	return wanted;
}

/*
 * The path's metrics, then the middleboxes': without a prefix those of the outermost one (the carrier's; not a peer's), and with
 * two or more on the path each one's under its own name.
 */
static GArray *list_columns(const struct nap_campaign *c)
{
	const struct nap_scenario *sc = c->point[0].sc;
	GArray *columns = g_array_new(FALSE, FALSE, sizeof(struct nap_column));
	uint32_t n = sc->n_middleboxes, own = nap_scenario_own_boxes(sc);
	unsigned outermost = NAP_LISTED | (own > 0 && nap_middlebox_is_shared(&sc->middlebox[own - 1],
							      sc->general.subscribers)
							  ? NAP_LISTED_SHARED
							  : 0);

	for (const struct nap_metric *m = nap_metrics; m->name; m++)
		if (is_wanted(m, c))
			add_column(columns, g_strdup(m->name), m, 0, NAP_LISTED);
	for (const struct nap_metric *m = nap_box_metrics; m->name && own > 0; m++)
		if (is_wanted(m, c))
			add_column(columns, g_strdup(m->name), m, own - 1, outermost);
	for (uint32_t k = 0; k < n && n > 1; k++)
		for (const struct nap_metric *m = nap_box_metrics; m->name; m++)
			if (is_wanted(m, c))
				add_column(columns, g_strdup_printf("%s.%s", sc->middlebox[k].name, m->name),
					m, k, 0);
	add_column(columns, g_strdup(nap_metric_events.name), &nap_metric_events, 0, NAP_LISTED);
	nap_each_columns(columns, sc);
	return columns;
}

static void fill_row(struct nap_results *res, struct nap_row *row, const struct nap_point *p)
{
	row->mean = g_new(double, res->n_columns);
	row->ci95 = g_new(double, res->n_columns);
	row->low = g_new(double, res->n_columns);
	row->high = g_new(double, res->n_columns);
	for (uint32_t i = 0; i < p->sc->general.replications; i++)
		row->complete += p->done[i] ? 1 : 0;
	row->missing = p->sc->general.replications - row->complete;
	res->missing += row->missing;
	for (uint32_t k = 0; k < res->n_columns; k++) {
		const struct nap_column *c = &res->column[k];
		struct nap_interval i = c->over == NAP_OVER_REPLICATIONS ? nap_column_summarise(c, p)
									 : nap_each_summarise(c, p);

		row->mean[k] = i.mean;
		row->ci95[k] = nap_interval_half_width(&i);
		row->low[k] = i.low;
		row->high[k] = i.high;
	}
}

/* Does the scenario have, at some point, what the column counts? Of a radio without power there is no energy to tell. */
static bool says_something(
	const struct nap_column *k, uint32_t at, const struct nap_results *res, const struct nap_campaign *c)
{
	bool possible = false, other = false;

	for (uint32_t i = 0; i < c->n; i++) {
		double mean = res->row[i].mean[at];

		possible |= k->over != NAP_OVER_REPLICATIONS || nap_column_is_possible(k, c->point[i].sc);
		other |= !isnan(mean) && (mean != 0.0 || k->metric->kind != NAP_METRIC_AMOUNT);
	}
	return other && (possible || k->metric->kind == NAP_METRIC_SHARE);
}

/* A value as text and as a number; the first number says in what unit the column is, and a current has no place among powers. */
static void set_swept(
	struct nap_results *res, uint32_t row, uint32_t axis, const char *name, const char *value)
{
	const char *unit;
	double v = nap_swept_number(name, value, &unit);
	g_autofree char *column = g_strconcat(name, "_", unit, NULL);

	if (!isnan(v) && !res->number[axis]) {
		res->number[axis] = g_strdup(column);
		res->timed[axis] = strcmp(unit, "s") == 0;
	}
	res->row[row].swept[axis] = g_strdup(value);
	res->row[row].number[axis] = g_strcmp0(res->number[axis], column) == 0 ? v : (double)NAN;
}

struct nap_results *nap_results_new(const struct nap_campaign *c, const char *const *swept, uint32_t n_swept,
	const char *const *const *values)
{
	struct nap_results *res = g_new0(struct nap_results, 1);
	GArray *columns = list_columns(c);

	res->n_swept = n_swept;
	res->subscribers = c->point[0].sc->general.subscribers;
	res->swept = g_new0(char *, n_swept + 1);
	res->number = g_new0(char *, n_swept + 1);
	res->timed = g_new0(bool, n_swept + 1);
	for (uint32_t i = 0; i < n_swept; i++)
		res->swept[i] = g_strdup(swept[i]);
	res->n_columns = columns->len;
	res->column = (struct nap_column *)(void *)g_array_free(columns, FALSE);
	res->n_rows = c->n;
	res->row = g_new0(struct nap_row, c->n);
	for (uint32_t i = 0; i < c->n; i++) {
		res->row[i].swept = g_new0(char *, n_swept + 1);
		res->row[i].number = g_new(double, n_swept + 1);
		for (uint32_t k = 0; k < n_swept; k++)
			set_swept(res, i, k, swept[k], values[i][k]);
		fill_row(res, &res->row[i], &c->point[i]);
	}
	for (uint32_t k = 0; k < res->n_columns; k++)
		res->column[k].listed &= says_something(&res->column[k], k, res, c);
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
		g_free(r->row[i].number);
		g_free(r->row[i].mean);
		g_free(r->row[i].ci95);
		g_free(r->row[i].low);
		g_free(r->row[i].high);
	}
	for (uint32_t i = 0; i < r->n_swept; i++)
		g_free(r->number[i]);
	g_free(r->number);
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

void nap_results_csv_head(struct nap_csv_writer *w, const struct nap_results *r)
{
	for (uint32_t i = 0; i < r->n_swept; i++) {
		nap_csv_put(w, r->swept[i]);
		if (r->number[i])
			nap_csv_put(w, r->number[i]);
	}
	nap_csv_put(w, "replications");
	if (r->missing > 0)
		nap_csv_put(w, "replications_missing");
	for (uint32_t i = 0; i < r->n_columns; i++) {
		nap_csv_put(w, r->column[i].name);
		nap_csv_put_format(w, "%s_ci95", r->column[i].name);
	}
	nap_csv_end(w);
}

void nap_results_csv_row(struct nap_csv_writer *w, const struct nap_results *r, const struct nap_row *row)
{
	for (uint32_t i = 0; i < r->n_swept; i++) {
		nap_csv_put(w, row->swept[i]);
		if (r->number[i])
			nap_csv_put_number(w, row->number[i]);
	}
	nap_csv_put_int(w, row->complete);
	if (r->missing > 0)
		nap_csv_put_int(w, row->missing);
	for (uint32_t i = 0; i < r->n_columns; i++) {
		nap_csv_put_number(w, row->mean[i]);
		nap_csv_put_number(w, row->ci95[i]);
	}
	nap_csv_end(w);
}

GString *nap_results_csv(const struct nap_results *r)
{
	struct nap_csv_writer w;

	nap_csv_begin(&w, NULL);
	nap_results_csv_head(&w, r);
	for (uint32_t k = 0; k < r->n_rows; k++)
		nap_results_csv_row(&w, r, &r->row[k]);
	return w.text;
}
