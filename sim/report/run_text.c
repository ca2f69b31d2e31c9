/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/run_text.h"

#include <math.h>
#include <string.h>

#include "report/said_value.h"
#include "report/text_table.h"
#include "run/each.h"
#include "run/metrics.h"

#define ROUNDS_TO_ZERO 5e-5 /* with four digits */

/* A share that rounds to all, or nothing: what the interval allows for is what nobody saw. The files have it. */
static bool is_whole(const struct nap_results *r, const struct nap_row *row, int col)
{
	double mean = row->mean[col];

	return r->column[col].metric->kind == NAP_METRIC_SHARE &&
	       r->column[col].over == NAP_OVER_REPLICATIONS &&
	       (mean < ROUNDS_TO_ZERO || mean > 1.0 - ROUNDS_TO_ZERO);
}

/* In a table whose head tells the unit. */
static char *with_interval(const struct nap_results *r, const struct nap_row *row, int col)
{
	double half = is_whole(r, row, col) ? 0.0 : row->ci95[col];

	return nap_said_number(row->mean[col], half, row->low[col], row->high[col]);
}

static bool zero_everywhere(const struct nap_results *const *r, uint32_t n, const char *metric)
{
	for (uint32_t i = 0; i < n; i++) {
		int col = nap_results_column(r[i], metric);

		for (uint32_t k = 0; col >= 0 && k < r[i]->n_rows; k++)
			if (!isnan(r[i]->row[k].mean[col]) && r[i]->row[k].mean[col] != 0.0)
				return false;
	}
	return true;
}

static int by_place(gconstpointer a, gconstpointer b)
{
	const struct nap_metric *const *x = a, *const *y = b;

	return ((*x)->place > (*y)->place) - ((*x)->place < (*y)->place);
}

/* The metrics that a sweep's table of these results shows, in their places. */
static GPtrArray *choose(const struct nap_results *const *r, uint32_t n)
{
	GPtrArray *chosen = g_ptr_array_new();

	for (uint32_t i = 0; i < r[0]->n_columns; i++) {
		const struct nap_metric *m = r[0]->column[i].metric;

		if (m->place == 0 || !r[0]->column[i].listed)
			continue;
		if (!(m->show & NAP_DROPPED_AT_ZERO) || !zero_everywhere(r, n, m->name))
			g_ptr_array_add(chosen, (gpointer)m);
	}
	g_ptr_array_sort(chosen, by_place);
	return chosen;
}

static void add_rows(struct nap_table *t, const struct nap_results *r, const char *name, uint32_t swept,
	const GPtrArray *chosen)
{
	for (uint32_t k = 0; k < r->n_rows; k++) {
		if (name)
			nap_table_cell(t, g_strdup(name));
		for (uint32_t i = 0; i < swept; i++)
			nap_table_cell(t, g_strdup(r->row[k].swept[i]));
		for (guint i = 0; i < chosen->len; i++) {
			const struct nap_metric *m = g_ptr_array_index(chosen, i);
			int col = nap_results_column(r, m->name);

			nap_table_cell(t, col < 0 ? g_strdup("-") : with_interval(r, &r->row[k], col));
		}
	}
}

static GString *table(const struct nap_results *const *r, const char *const *names, uint32_t n)
{
	g_autoptr(GPtrArray) chosen = choose(r, n);
	g_autoptr(GPtrArray) heads = g_ptr_array_new_with_free_func(g_free);
	struct nap_table *t;
	GString *s;

	if (names)
		g_ptr_array_add(heads, g_strdup("<scenario"));
	for (uint32_t i = 0; !names && i < r[0]->n_swept; i++)
		g_ptr_array_add(heads, g_strdup(r[0]->swept[i]));
	for (guint i = 0; i < chosen->len; i++)
		g_ptr_array_add(
			heads, g_strdup(((const struct nap_metric *)g_ptr_array_index(chosen, i))->head));
	g_ptr_array_add(heads, NULL);
	t = nap_table_new((const char *const *)heads->pdata);
	nap_table_keys(t, names ? 1 : r[0]->n_swept);
	for (uint32_t i = 0; i < n; i++)
		add_rows(t, r[i], names ? names[i] : NULL, names ? 0 : r[i]->n_swept, chosen);
	s = nap_table_page(t);
	nap_table_free(t);
	return s;
}

/* ---- one point ------------------------------------------------------------------------------------------------------ */

#define NAMES 9u

/* What people ask about, in their order, and the metrics that answer: names, or their beginnings. The rest comes last. */
static const struct {
	const char *about;
	const char *const name[NAMES];
} questions[] = {
	{ "reachability", { "reachable_", "push", "bindings_", "device_", "out_of_", "reconnects", "dead_",
				  "server_", "subscribers_" } },
	{ "battery", { "energy_", "average_", "battery_", "charge_", "processor_" } },
	{ "radio", { "radio_", "signalling_", "promotions_", "pages_", "outages" } },
	{ "requests", { "request", "connections_", "pool_" } },
	{ "peers", { "direct_", "relayed_", "punch_", "peer_" } },
	{ "traffic", { "keepalive", "tcp_", "packets_", "bytes_" } },
	{ "middlebox", { NULL } },
	{ "run", { NULL } },
};

enum { OF_BOX = 6, OF_RUN = 7 };

static bool answers(const struct nap_column *c, size_t q, size_t i)
{
	return !c->metric->of_box && questions[q].name[i] && g_str_has_prefix(c->name, questions[q].name[i]);
}

/* The first name that a column answers to, of all of them in a row. */
static size_t place_of(const struct nap_column *c)
{
	for (size_t q = 0; q < G_N_ELEMENTS(questions); q++)
		for (size_t i = 0; i < NAMES; i++)
			if (answers(c, q, i))
				return q * NAMES + i;
	return (c->metric->of_box ? OF_BOX : OF_RUN) * NAMES;
}

static void add_metric(struct nap_table *t, const struct nap_results *r, uint32_t i)
{
	const struct nap_row *row = &r->row[0];
	const struct nap_column *c = &r->column[i];
	double half = is_whole(r, row, (int)i) ? 0.0 : row->ci95[i];

	nap_table_cell(t, g_strconcat("  ", c->name, NULL));
	nap_table_cell(t, nap_said_value(c->name, row->mean[i], half, row->low[i], row->high[i]));
	nap_table_cell(t, g_strdup(c->metric->help));
}

static void add_question(struct nap_table *t, const struct nap_results *r, size_t q)
{
	bool begun = false;

	for (size_t at = q * NAMES; at < (q + 1) * NAMES; at++)
		for (uint32_t i = 0; i < r->n_columns; i++) {
			if (!r->column[i].listed || place_of(&r->column[i]) != at)
				continue;
			for (int k = 0; k < 3 && !begun; k++)
				nap_table_cell(t, g_strdup(k == 0 ? questions[q].about : ""));
			begun = true;
			add_metric(t, r, i);
		}
}

static GString *list(const struct nap_results *r)
{
	static const char *const heads[] = { "<metric", "value", "<meaning", NULL };
	struct nap_table *t = nap_table_new(heads);
	GString *s;

	for (size_t q = 0; q < G_N_ELEMENTS(questions); q++)
		add_question(t, r, q);
	s = nap_table_page(t);
	nap_table_free(t);
	return s;
}

/* With several middleboxes, whose columns bear their names: a row for each, from the client outwards. */
static void append_boxes(GString *s, const struct nap_results *r)
{
	g_autoptr(GPtrArray) heads = g_ptr_array_new_with_free_func(g_free);
	struct nap_table *t;
	GString *body;

	g_ptr_array_add(heads, g_strdup("<middlebox"));
	for (const struct nap_metric *m = nap_box_metrics; m->name; m++)
		g_ptr_array_add(heads, g_strdelimit(g_strdup(m->name), "_", ' '));
	g_ptr_array_add(heads, NULL);
	t = nap_table_new((const char *const *)heads->pdata);
	for (uint32_t i = 0; i < r->n_columns; i++) {
		const char *name = r->column[i].name,
			   *dot = r->column[i].metric->of_box ? strrchr(name, '.') : NULL;

		if (dot && g_str_equal(dot + 1, nap_box_metrics[0].name))
			nap_table_cell(t, g_strndup(name, (gsize)(dot - name)));
		if (dot)
			nap_table_cell(t, nap_number_text(r->row[0].mean[i]));
	}
	body = nap_table_page(t);
	nap_table_free(t);
	g_string_append_printf(s,
		"\nEach middlebox, from the client outwards; above are the numbers of the last:\n%s",
		body->str);
	g_string_free(body, TRUE);
}

/* Are there columns of several middleboxes? */
static bool has_boxes(const struct nap_results *r)
{
	for (uint32_t i = 0; i < r->n_columns; i++)
		if (r->column[i].metric->of_box && strchr(r->column[i].name, '.'))
			return true;
	return false;
}

/* A row for each quantity that somebody has, a column for each quantile over subscribers. */
static void append_each(GString *s, const struct nap_results *r)
{
	static const char *const heads[] = { "<of each subscriber", "p1", "p5", "p50", "p95", "p99",
		"<meaning", NULL };
	struct nap_table *t = nap_table_new(heads);
	GString *body;

	for (uint32_t i = 0; i < r->n_columns; i++) {
		const struct nap_column *c = &r->column[i];

		if (c->over != NAP_OVER_QUANTILE || isnan(r->row[0].mean[i]))
			continue;
		if (c->index == 0)
			nap_table_cell(t, g_strdup(nap_each_metrics[c->of].name));
		nap_table_cell(t, nap_number_text(r->row[0].mean[i]));
		if (c->index == NAP_QUANTILES - 1)
			nap_table_cell(t, g_strdup(nap_each_metrics[c->of].help));
	}
	body = nap_table_page(t);
	nap_table_free(t);
	g_string_append_printf(s, "\nOver subscribers: so many percent of them have no more:\n%s", body->str);
	g_string_free(body, TRUE);
}

GString *nap_run_text(const struct nap_results *r)
{
	GString *s = r->n_swept == 0 ? list(r) : table(&r, NULL, 1);

	if (r->n_swept == 0 && has_boxes(r))
		append_boxes(s, r);
	if (r->n_swept == 0 && r->subscribers > 1)
		append_each(s, r);
	return s;
}

/* A scenario's name, with the swept values of the point behind it. */
GString *nap_runs_text(const struct nap_results *const *r, const char *const *names, uint32_t n)
{
	g_autoptr(GPtrArray) single = g_ptr_array_new(), labels = g_ptr_array_new_with_free_func(g_free);
	GString *s;

	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < r[i]->n_rows; k++) {
			struct nap_results *one = g_new(struct nap_results, 1);
			g_autofree char *point = g_strjoinv(" ", r[i]->row[k].swept);

			*one = *r[i]; /* a view of one row */
			one->row = &r[i]->row[k];
			one->n_rows = 1;
			g_ptr_array_add(single, one);
			g_ptr_array_add(labels, g_strconcat(names[i], *point ? " " : "", point, NULL));
		}
	s = table((const struct nap_results *const *)single->pdata, (const char *const *)labels->pdata,
		single->len);
	g_ptr_array_set_free_func(single, g_free);
	return s;
}
