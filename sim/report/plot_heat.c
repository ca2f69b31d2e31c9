/* SPDX-License-Identifier: BSD-2-Clause */
/* A metric over two keys: a cell for each pair of values, its number in it. */
#include <math.h>
#include <string.h>

#include "report/plot_axis.h"
#include "report/plot_kinds.h"
#include "report/plot_style.h"
#include "report/plot_lines.h"
#include "report/text_table.h"
#include "text/input_error.h"

#define TOP     62.0
#define BOTTOM  84.0
#define CELL    34.0 /* height of a row */
#define WRITTEN 16   /* columns: numbers in the cells have room up to there */

struct heat {
	struct nap_plot_table table;
	const struct nap_plot_key *x, *y;
	GArray *column, *row; /* unsigned: a row of the table that has the value, in order */
	struct nap_plot_metric metric;
	struct nap_plot_axis colour;
};

static int by_number(gconstpointer a, gconstpointer b, gpointer number)
{
	const double *v = number;
	double x = v[*(const unsigned *)a], y = v[*(const unsigned *)b];

	return (x > y) - (x < y);
}

/* The values of a key, each by one row that has it. */
static GArray *values_of(const struct nap_plot_table *t, const struct nap_plot_key *k)
{
	GArray *of = g_array_new(FALSE, FALSE, sizeof(unsigned));
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (unsigned r = 0; r < t->n; r++)
		if (g_hash_table_add(seen, (void *)nap_plot_text(t, t->row[r], k->column)))
			g_array_append_val(of, t->row[r]);
	if (k->numeric)
		g_array_sort_with_data(of, by_number, k->number);
	return of;
}

/* The free key with most values besides x. */
static const struct nap_plot_key *second_key(const struct nap_plot_table *t, const struct nap_plot_key *x)
{
	const struct nap_plot_key *best = NULL;

	for (unsigned i = 0; i < t->n_keys; i++) {
		const struct nap_plot_key *k = &t->key[i];

		if (k != x && k->distinct > (best ? best->distinct : 1) && nap_plot_is_free(t, k, x))
			best = k;
	}
	return best;
}

/* All rows must have one value of what else is swept. */
static bool is_flat(const struct heat *h, GError **error)
{
	g_autoptr(GPtrArray) more = nap_plot_line_keys(&h->table, h->x, h->y);

	return more->len == 0 ||
	       nap_fail(error, "%s: %s is swept too: choose a value (--only KEY=VALUE)", h->table.csv->path,
		       ((const struct nap_plot_key *)more->pdata[0])->name);
}

/* The metric asked for, else what is had, else what it costs. */
static bool find_metric(struct heat *h, const struct nap_plot_source *from, GError **error)
{
	static const char *const usual[] = { "reachable_fraction", "battery_percent_per_day", "energy_j" };

	if (from->metric && from->metric[0] && from->metric[1])
		return nap_fail(error, "a map shows one metric");
	if (from->metric && from->metric[0])
		return nap_plot_metric_find(&h->table, from->metric[0], &h->metric, error);
	for (size_t i = 0; i < G_N_ELEMENTS(usual); i++) {
		if (nap_plot_metric_find(&h->table, usual[i], &h->metric, NULL) &&
			nap_plot_metric_known(&h->table, &h->metric))
			return true;
		g_clear_pointer(&h->metric.name, g_free);
	}
	return nap_fail(error, "%s: no usual metric is in it: name one (--metric NAME)", h->table.csv->path);
}

static bool open_heat(
	struct heat *h, const struct nap_plot_source *from, const struct nap_csv *csv, GError **error)
{
	if (!nap_plot_table_open(&h->table, from, csv, error))
		return false;
	h->x = nap_plot_axis_key(&h->table, from->x, false, error);
	if (!h->x)
		return false;
	h->y = second_key(&h->table, h->x);
	if (!h->y)
		return nap_fail(error, "%s: two keys must be swept in it for a map", csv->path);
	if (!is_flat(h, error) || !find_metric(h, from, error))
		return false;
	if (!nap_plot_metric_known(&h->table, &h->metric))
		return nap_fail(error, "%s: %s has no value in any row", csv->path, h->metric.name);
	nap_plot_axis_begin(&h->colour, h->metric.name);
	for (unsigned r = 0; r < h->table.n; r++)
		nap_plot_axis_take(&h->colour, nap_plot_value(&h->table, h->table.row[r], &h->metric));
	nap_plot_axis_end(
		&h->colour, g_str_has_suffix(h->metric.name, "_fraction") ? NAP_PLOT_SHARE : NAP_PLOT_UP);
	h->column = values_of(&h->table, h->x);
	h->row = values_of(&h->table, h->y);
	return true;
}

/* The place of a row's value among those of a key. */
static unsigned place_of(const struct heat *h, unsigned row, const struct nap_plot_key *k, const GArray *of)
{
	const char *text = nap_plot_text(&h->table, row, k->column);
	unsigned i = 0;

	while (strcmp(nap_plot_text(&h->table, g_array_index(of, unsigned, i), k->column), text) != 0)
		i++;
	return i;
}

static void put_data(const struct heat *h, struct nap_plot *to)
{
	g_string_append_printf(
		to->data, "# column, row, %s, as written, ink, what it tells\n", h->colour.label);
	for (unsigned r = 0; r < h->table.n; r++) {
		unsigned row = h->table.row[r];
		double v = nap_plot_value(&h->table, row, &h->metric);
		g_autofree char *value = nap_digits_text(v * h->colour.factor, 4),
				*brief = nap_digits_text(v * h->colour.factor, 3);
		g_autofree char *hint = nap_plot_hint("%s = %s, %s = %s: %s %s", h->x->name,
			nap_plot_text(&h->table, row, h->x->column), h->y->name,
			nap_plot_text(&h->table, row, h->y->column), h->colour.label, value);

		if (isnan(v))
			continue;
		g_string_append_printf(to->data, "%u %u %.9g \"%s\" %s %s\n",
			place_of(h, row, h->x, h->column), place_of(h, row, h->y, h->row),
			nap_plot_axis_drawn(&h->colour, v), brief,
			nap_plot_axis_place(&h->colour, v) > 0.55 ? "0x000000" : "0xffffff", hint);
	}
}

static void print_tics(
	GString *s, char which, const struct heat *h, const struct nap_plot_key *k, const GArray *of)
{
	g_string_append_printf(s, "set %ctics scale 0 %s(", which,
		which == 'x' && of->len > 10 ? "rotate by 45 right " : "");
	for (guint i = 0; i < of->len; i++) {
		g_autofree char *text =
			nap_plot_quoted(nap_plot_text(&h->table, g_array_index(of, unsigned, i), k->column));

		g_string_append_printf(s, "%s%s %u", i ? ", " : "", text, i);
	}
	g_string_append(s, ")\n");
}

/* Room left of the map: the longest value of the rows. */
static double left_of(const struct heat *h)
{
	glong longest = 0;

	for (guint i = 0; i < h->row->len; i++)
		longest = MAX(longest,
			g_utf8_strlen(
				nap_plot_text(&h->table, g_array_index(h->row, unsigned, i), h->y->column),
				-1));
	return 60.0 + NAP_PLOT_CHARACTER * (double)longest;
}

/* There is room for so much beside a map of few rows. */
static const char *upright_name(const char *key)
{
	return g_str_has_prefix(key, "middlebox.") ? key + strlen("middlebox.") : key;
}

static void draw_heat(struct heat *h, const struct nap_plot_source *from, struct nap_plot *to)
{
	double tall = fmax(CELL * h->row->len, 200.0);
	struct nap_plot_page p = { to->script, "heat", NAP_PLOT_WIDTH, TOP + tall + BOTTOM, left_of(h),
		100.0 };
	g_autofree char *x = nap_plot_quoted(h->x->name), *y = nap_plot_quoted(upright_name(h->y->name));
	GString *s = to->script;

	nap_plot_page_begin(&p, from);
	nap_plot_page_text(&p, 14, 42, h->colour.label, 12, NAP_PLOT_TEXT);
	nap_plot_page_panel(&p, TOP, TOP + tall);
	put_data(h, to);
	g_string_append_printf(s,
		"set palette defined (0 '#00224e', 0.25 '#434e6c', 0.5 '#7d7c78', 0.75 '#bcae6c', 1 "
		"'#fee838')\nset cbrange [%.9g:%.9g]\n%s\nset colorbox\nset cbtics scale "
		"0.5\n"
		"unset grid\nset border 0\nset xlabel %s\nset ylabel %s\nset xrange [-0.5:%u-0.5]\n"
		"set yrange [-0.5:%u-0.5]\n",
		h->colour.low,
		h->metric.under < 0 && g_str_has_suffix(h->metric.name, "_fraction") ? 100.0 : h->colour.high,
		h->colour.log ? "set logscale cb" : "", x, y, h->column->len, h->row->len);
	print_tics(s, 'x', h, h->x, h->column);
	print_tics(s, 'y', h, h->y, h->row);
	g_string_append(s, "plot data using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5):3 with boxxyerror fs "
			   "solid noborder lc palette");
	if (h->column->len <= WRITTEN)
		g_string_append(s, ", \\\n     data using 1:2:4:5 with labels font ',11' tc rgb variable");
	g_string_append(s, ", \\\n     data using 1:2:6 with labels hypertext point pt 5 ps 4 lc rgb "
			   "'#ff000000'\n"); /* unseen, to point at */
	nap_plot_page_end(&p);
}

bool nap_plot_heat(
	const struct nap_plot_source *from, const struct nap_csv *csv, struct nap_plot *to, GError **error)
{
	struct heat h = { .x = NULL };
	bool ok = open_heat(&h, from, csv, error);

	if (ok)
		draw_heat(&h, from, to);
	nap_plot_table_clear(&h.table);
	g_clear_pointer(&h.column, g_array_unref);
	g_clear_pointer(&h.row, g_array_unref);
	g_free(h.metric.name);
	return ok;
}
