/* SPDX-License-Identifier: BSD-2-Clause */
/* What energy buys: points of cost and reachability, and the line of those that no other point beats. */
#include <math.h>
#include <string.h>

#include "report/plot_curve.h"
#include "report/plot_kinds.h"
#include "report/text_table.h"
#include "text/input_error.h"

#define TOP  62.0
#define TALL 400.0
#define ROOM 17.0 /* pixels between two labels, one above the other */

struct pareto {
	struct nap_plot_table table;
	struct nap_plot_metric cost, gain;
	struct nap_plot_axis along, up;
	struct nap_plot_page page;
	const struct nap_plot_key *where; /* of a front file of several tunings; NULL */
};

static double cost_of(const struct pareto *p, unsigned row)
{
	return nap_plot_value(&p->table, row, &p->cost);
}

static double gain_of(const struct pareto *p, unsigned row)
{
	return nap_plot_value(&p->table, row, &p->gain);
}

/* The first that is not zero everywhere. */
static bool find_cost(struct pareto *p, GError **error)
{
	static const char *const costs[] = { "battery_percent_per_day", "energy_j", "packets_up" };

	for (size_t i = 0; i < G_N_ELEMENTS(costs); i++) {
		bool any = false;

		if (!nap_plot_metric_find(&p->table, costs[i], &p->cost, NULL))
			continue;
		for (unsigned r = 0; r < p->table.n; r++)
			any |= cost_of(p, p->table.row[r]) > 0.0;
		if (any)
			return true;
		g_clear_pointer(&p->cost.name, g_free);
	}
	return nap_fail(error, "%s: nothing in it costs energy or packets", p->table.csv->path);
}

static bool open_pareto(
	struct pareto *p, const struct nap_plot_source *from, const struct nap_csv *csv, GError **error)
{
	if (!nap_plot_table_open(&p->table, from, csv, error) || !find_cost(p, error) ||
		!nap_plot_metric_find(&p->table, "reachable_fraction", &p->gain, error))
		return false;
	nap_plot_axis_begin(&p->along, p->cost.name);
	nap_plot_axis_begin(&p->up, p->gain.name);
	for (unsigned r = 0; r < p->table.n; r++) {
		nap_plot_axis_take(&p->along, cost_of(p, p->table.row[r]));
		nap_plot_axis_take(&p->up, gain_of(p, p->table.row[r]));
	}
	if (p->table.n < 2 || !p->along.any || !p->up.any)
		return nap_fail(error, "%s: that is one point, no front", csv->path);
	nap_plot_axis_end(&p->along, NAP_PLOT_ALONG);
	nap_plot_axis_end(&p->up, p->up.most > 0.5 ? NAP_PLOT_SHARE : NAP_PLOT_UP);
	for (unsigned i = 0; i < p->table.n_keys; i++)
		if (strcmp(p->table.key[i].name, "where") == 0)
			p->where = &p->table.key[i];
	return true;
}

static bool beats(const struct pareto *p, unsigned a, unsigned b)
{
	double cost = cost_of(p, a) - cost_of(p, b), gain = gain_of(p, a) - gain_of(p, b);

	return cost <= 0.0 && gain >= 0.0 && (cost < 0.0 || gain > 0.0);
}

static int by_cost(gconstpointer a, gconstpointer b, gpointer pareto)
{
	double x = cost_of(pareto, *(const unsigned *)a), y = cost_of(pareto, *(const unsigned *)b);

	return (x > y) - (x < y);
}

/* Rows of one tuning, or of all, that have both numbers. */
static GArray *rows_of(const struct pareto *p, const char *where)
{
	GArray *rows = g_array_new(FALSE, FALSE, sizeof(unsigned));

	for (unsigned r = 0; r < p->table.n; r++) {
		unsigned row = p->table.row[r];

		if (where && strcmp(nap_plot_text(&p->table, row, p->where->column), where) != 0)
			continue;
		if (!isnan(cost_of(p, row)) && !isnan(gain_of(p, row)))
			g_array_append_val(rows, row);
	}
	g_array_sort_with_data(rows, by_cost, (gpointer)p);
	return rows;
}

static bool is_front(const struct pareto *p, const GArray *rows, unsigned row)
{
	for (guint i = 0; i < rows->len; i++)
		if (beats(p, g_array_index(rows, unsigned, i), row))
			return false;
	return true;
}

static char *values_of(const struct pareto *p, unsigned row)
{
	GString *s = g_string_new(NULL);

	for (unsigned i = 0; i < p->table.n_keys; i++) {
		const struct nap_plot_key *k = &p->table.key[i];

		if (k != p->where && k->distinct > 1)
			g_string_append_printf(
				s, "%s%s", s->len > 0 ? ", " : "", nap_plot_text(&p->table, row, k->column));
	}
	return g_string_free(s, FALSE);
}

/* Names of the front's points, below their right, from the best down, as long as there is room. */
static void print_values(const struct pareto *p, const GArray *front, GArray *taken, const char *colour)
{
	double wide = p->page.width - p->page.left - p->page.right;

	for (guint i = front->len; i-- > 0;) {
		unsigned row = g_array_index(front, unsigned, i);
		g_autofree char *values = values_of(p, row), *quoted = nap_plot_quoted(values);
		double at[2] = { wide * nap_plot_axis_place(&p->along, cost_of(p, row)),
			TALL * nap_plot_axis_place(&p->up, gain_of(p, row)) };
		bool room = true;

		for (guint t = 0; t + 1 < taken->len; t += 2)
			room &= fabs(g_array_index(taken, double, t + 1) - at[1]) > ROOM ||
				fabs(g_array_index(taken, double, t) - at[0]) >
					NAP_PLOT_CHARACTER * (double)strlen(values) + 12;
		if (!room)
			continue;
		g_array_append_vals(taken, at, 2);
		g_string_append_printf(p->page.script,
			"set label %s at first %.9g,%.9g offset 0.7,-0.7 left font ',11' tc rgb '%s'\n",
			quoted, nap_plot_axis_drawn(&p->along, cost_of(p, row)),
			nap_plot_axis_drawn(&p->up, gain_of(p, row)), colour);
	}
}

static void put_rows(const struct pareto *p, const GArray *rows, GString *data)
{
	for (guint i = 0; i < rows->len; i++) {
		unsigned row = g_array_index(rows, unsigned, i);
		g_autofree char *values = values_of(p, row),
				*cost = nap_digits_text(cost_of(p, row) * p->along.factor, 4),
				*gain = nap_digits_text(gain_of(p, row) * p->up.factor, 4),
				*hint = nap_plot_hint(
					"%s: %s %s, %s %s", values, p->along.label, cost, p->up.label, gain);

		g_string_append_printf(data, "%.9g %.9g %s\n",
			nap_plot_axis_drawn(&p->along, cost_of(p, row)),
			nap_plot_axis_drawn(&p->up, gain_of(p, row)), hint);
	}
	g_string_append(data, "\n\n");
}

/* Two blocks: all rows, and the front; its part of the plot command. */
static void add_front(const struct pareto *p, const char *where, unsigned number, GArray *taken,
	struct nap_plot *to, GString *plot)
{
	g_autoptr(GArray) rows = rows_of(p, where), front = g_array_new(FALSE, FALSE, sizeof(unsigned));
	const char *colour = nap_plot_colour(number);

	for (guint i = 0; i < rows->len; i++) {
		unsigned row = g_array_index(rows, unsigned, i);

		if (is_front(p, rows, row))
			g_array_append_val(front, row);
	}
	g_string_append_printf(
		to->data, "# %s: %s, %s\n", where ? where : "all", p->along.label, p->up.label);
	put_rows(p, rows, to->data);
	g_string_append_printf(to->data, "# %s: what no other beats\n", where ? where : "all");
	put_rows(p, front, to->data);
	print_values(p, front, taken, colour);
	g_string_append_printf(plot,
		"%sdata index %u using 1:2 with points pt 6 ps 0.5 lw 1 lc rgb '%s', \\\n     data index %u "
		"using 1:2 with "
		"linespoints lw 2 pt 7 ps 0.7 lc rgb '%s', \\\n"
		"     data index %u using 1:2:3 with labels hypertext point pt 6 ps 0.7 lc rgb '%s'",
		number ? ", \\\n     " : "plot ", 2 * number, colour, 2 * number + 1, colour, 2 * number,
		colour);
}

/* What the values at the points are of. */
static void print_head(const struct pareto *p)
{
	g_autoptr(GString) names = g_string_new("points: ");
	gsize begin = names->len;

	for (unsigned i = 0; i < p->table.n_keys; i++) {
		const struct nap_plot_key *k = &p->table.key[i];

		if (k != p->where && k->distinct > 1)
			g_string_append_printf(names, "%s%s", names->len > begin ? ", " : "", k->name);
	}
	if (names->len > begin)
		nap_plot_page_text(&p->page, 14, 42, names->str, 12, NAP_PLOT_TEXT);
}

static void draw_pareto(struct pareto *p, const struct nap_plot_source *from, struct nap_plot *to)
{
	g_autoptr(GString) plot = g_string_new(NULL);
	g_autoptr(GArray) taken = g_array_new(FALSE, FALSE, sizeof(double));
	g_autoptr(GPtrArray) done = g_ptr_array_new();
	double heads = 0.0;

	p->page = (struct nap_plot_page){ to->script, "pareto", NAP_PLOT_WIDTH, TOP + TALL + NAP_PLOT_BOTTOM,
		78, 60 };
	nap_plot_page_begin(&p->page, from);
	print_head(p);
	nap_plot_page_panel(&p->page, TOP, TOP + TALL);
	nap_plot_axis_print(to->script, &p->along, 'x', false);
	nap_plot_axis_print(to->script, &p->up, 'y', false);
	g_string_append(to->script, "set grid xtics\n");
	for (unsigned r = 0; r < p->table.n; r++) {
		const char *where =
			p->where ? nap_plot_text(&p->table, p->table.row[r], p->where->column) : NULL;

		if (where ? g_ptr_array_find_with_equal_func(done, where, g_str_equal, NULL) : r > 0)
			continue;
		if (where) {
			g_autofree char *head = nap_plot_quoted(where);

			g_string_append_printf(to->script,
				"set label %s at graph 0.99,%.4f right tc rgb '%s'\n", head,
				(24.0 + heads) / TALL, nap_plot_colour(done->len));
			heads += 18.0;
		}
		add_front(p, where, done->len, taken, to, plot);
		g_ptr_array_add(done, (void *)where);
	}
	g_string_append_printf(to->script, "%s\n", plot->str);
	nap_plot_page_end(&p->page);
}

bool nap_plot_pareto(
	const struct nap_plot_source *from, const struct nap_csv *csv, struct nap_plot *to, GError **error)
{
	struct pareto p = { .where = NULL };
	bool ok = open_pareto(&p, from, csv, error);

	if (ok)
		draw_pareto(&p, from, to);
	nap_plot_table_clear(&p.table);
	g_free(p.cost.name);
	g_free(p.gain.name);
	return ok;
}
