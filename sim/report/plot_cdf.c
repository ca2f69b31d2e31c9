/* SPDX-License-Identifier: BSD-2-Clause */
/* How a metric is spread over subscribers: up to which value a share of them comes. */
#include <math.h>
#include <string.h>

#include "report/plot_curve.h"
#include "report/plot_kinds.h"
#include "report/text_table.h"
#include "text/input_error.h"

#define TOP  62.0
#define TALL 400.0

struct cdf {
	struct nap_plot_table table;
	struct nap_plot_key share; /* the column as a key, so that lines are of all keys */
	struct nap_plot_metric metric;
	struct nap_plot_axis along;
	GPtrArray *line;
	char *head;
};

/* The metric asked for, else the first that differs among subscribers. */
static bool find_metric(struct cdf *c, const struct nap_plot_source *from, GError **error)
{
	const struct nap_csv *csv = c->table.csv;

	if (from->metric && from->metric[0] && from->metric[1])
		return nap_fail(error, "a distribution shows one metric");
	if (from->metric && from->metric[0])
		return nap_plot_metric_find(&c->table, from->metric[0], &c->metric, error);
	for (unsigned m = (unsigned)c->table.first + 2; m < csv->head->n; m++) {
		double least = INFINITY, most = -INFINITY;

		for (unsigned r = 0; r < c->table.n; r++) {
			double v = nap_plot_number(&c->table, c->table.row[r], (int)m);

			least = fmin(least, v);
			most = fmax(most, v);
		}
		if (most - least > 1e-3 * fabs(most))
			return nap_plot_metric_find(&c->table, csv->head->field[m], &c->metric, error);
	}
	return nap_fail(error, "%s: no metric differs among subscribers", csv->path);
}

/* Lines without a value (no push was sent) go. */
static void drop_empty(struct cdf *c)
{
	for (guint i = c->line->len; i-- > 0;) {
		const struct nap_plot_line *l = c->line->pdata[i];
		bool any = false;

		for (unsigned r = 0; r < l->n; r++)
			any |= !isnan(nap_plot_value(&c->table, l->row[r], &c->metric));
		if (!any)
			g_ptr_array_remove_index(c->line, i);
	}
}

static bool open_cdf(
	struct cdf *c, const struct nap_plot_source *from, const struct nap_csv *csv, GError **error)
{
	int share = nap_csv_column(csv, "share", error);

	if (share < 0 || !nap_plot_table_open(&c->table, from, csv, error) || !find_metric(c, from, error))
		return false;
	if (!nap_plot_metric_known(&c->table, &c->metric))
		return nap_fail(error, "%s: %s has no value in any row", csv->path, c->metric.name);
	c->share = (struct nap_plot_key){ .name = "share", .column = share, .unit = "", .numeric = true };
	c->share.number = g_new(double, csv->n);
	for (unsigned r = 0; r < csv->n; r++)
		c->share.number[r] = nap_plot_number(&c->table, r, share);
	c->line = nap_plot_lines(&c->table, &c->share, &c->head);
	drop_empty(c);
	return true;
}

static void fit_axis(struct cdf *c)
{
	nap_plot_axis_begin(&c->along, c->metric.name);
	for (guint i = 0; i < c->line->len; i++) {
		const struct nap_plot_line *l = c->line->pdata[i];

		for (unsigned r = 0; r < l->n; r++)
			nap_plot_axis_take(&c->along, nap_plot_value(&c->table, l->row[r], &c->metric));
	}
	nap_plot_axis_end(&c->along, NAP_PLOT_ALONG);
}

static void put_value(
	const struct cdf *c, const struct nap_plot_line *l, double v, double share, GString *data)
{
	g_autofree char *value = nap_digits_text(v * c->along.factor, 4);
	g_autofree char *hint = nap_plot_hint("%s%s%.4g %% of subscribers: %s up to %s", l->label,
		*l->label ? ": " : "", share, c->along.label, value);

	g_string_append_printf(data, "%.9g %.9g %s\n", nap_plot_axis_drawn(&c->along, v), share, hint);
}

static void put_blocks(const struct cdf *c, struct nap_plot *to)
{
	for (guint i = 0; i < c->line->len; i++) {
		const struct nap_plot_line *l = c->line->pdata[i];

		g_string_append_printf(to->data, "# %s%s%s: %s, share of subscribers up to it (%%)\n",
			c->head, *c->head ? ": " : "all", l->label, c->along.label);
		for (unsigned r = 0; r < l->n; r++) {
			double v = nap_plot_value(&c->table, l->row[r], &c->metric);

			if (!isnan(v))
				put_value(c, l, v, 100.0 * c->share.number[l->row[r]], to->data);
		}
		g_string_append(to->data, "\n\n");
	}
}

static void draw_cdf(struct cdf *c, const struct nap_plot_source *from, struct nap_plot *to)
{
	g_autofree struct nap_plot_label *label = g_new0(struct nap_plot_label, c->line->len);
	struct nap_plot_page p = { to->script, "cdf", 0, TOP + TALL + NAP_PLOT_BOTTOM, 84, 0 };
	g_autofree char *head = *c->head ? g_strconcat("lines: ", c->head, NULL) : g_strdup("");
	GString *s = to->script;

	for (guint i = 0; i < c->line->len; i++)
		label[i].text = ((const struct nap_plot_line *)c->line->pdata[i])->label;
	p.right = 44.0 + nap_plot_labels_width(label, c->line->len);
	p.width = NAP_PLOT_WIDTH + p.right - 64.0;
	put_blocks(c, to);
	nap_plot_page_fit(&p, 14, head, 12);
	nap_plot_page_begin(&p, from);
	nap_plot_page_text(&p, 14, 42, head, 12, NAP_PLOT_TEXT);
	nap_plot_page_panel(&p, TOP, TOP + TALL);
	nap_plot_axis_print(s, &c->along, 'x', false);
	g_string_append(s, "set ylabel 'subscribers up to it (%)'\nset yrange [0:102]\n");
	g_string_append(s, "set key at graph 1.02, graph 1 left top reverse Left samplen 1.5 noautotitle\n");
	g_string_append(s, "plot ");
	for (guint i = 0; i < c->line->len; i++) {
		g_autofree char *name = nap_plot_quoted(label[i].text);

		g_string_append_printf(s,
			"data index %u using 1:2 with lines lw %.2g dt %d lc rgb '%s' %s%s, \\\n"
			"     data index %u using 1:2:3 with labels hypertext point pt 7 ps 0.3 lc rgb '%s' "
			"notitle%s",
			i, c->line->len > 1 ? fmax(1.6, 4.4 - 0.7 * i) : 2.2, nap_plot_dashes(i),
			nap_plot_colour(i), *label[i].text ? "title " : "notitle", *label[i].text ? name : "",
			i, nap_plot_colour(i), i + 1 < c->line->len ? ", \\\n     " : "\n");
	}
	nap_plot_page_end(&p);
}

bool nap_plot_cdf(
	const struct nap_plot_source *from, const struct nap_csv *csv, struct nap_plot *to, GError **error)
{
	struct cdf c = { .line = NULL };
	bool ok = open_cdf(&c, from, csv, error);

	if (ok) {
		nap_plot_thin_lines(c.line, to->left_out);
		fit_axis(&c);
		draw_cdf(&c, from, to);
	}
	nap_plot_table_clear(&c.table);
	g_free(c.share.number);
	g_clear_pointer(&c.line, g_ptr_array_unref);
	g_free(c.head);
	g_free(c.metric.name);
	return ok;
}
