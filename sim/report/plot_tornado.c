/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A tornado a metric, one below the other: a bar a key, the strongest on top, as long as its total index; its darker part is the
 * first order index, a line the total's interval. All labels stand beside what they are of.
 */
#include <math.h>
#include <string.h>

#include "report/plot_kinds.h"
#include "report/plot_style.h"

#define UNIT    300 /* pixels of an index of 1, */
#define MOST    2.1 /* to the end of the axis: labels stand behind the bars */
#define CUT     1.3 /* where a long interval is cut off */
#define TOP     58.0
#define BOTTOM  52.0
#define BAR     24.0 /* from one bar to the next */
#define HEAD    34.0 /* of a panel: its metric */
#define LEAST   0.005
#define ONE_WAY 0.9 /* share of mu* that mu is at least, where effects go one way */

#define FIRST "#0072b2"
#define TOTAL "#a6d3f0"

enum { METRIC, KEY, MATTERS, STAR, MU, FIRST_ORDER, TOTAL_ORDER, LOW, HIGH, COLUMNS };

static const char *const columns[] = { "metric", "key", "matters", "mu_star", "mu", "first_order", "total",
	"total_low", "total_high" };

struct tornado {
	const struct nap_csv *csv;
	int column[COLUMNS], where; /* where: -1 of one analysis */
};

/* Rows of one metric of one analysis. */
struct panel {
	unsigned row, n;
	bool varies;
};

static const char *text(const struct tornado *t, unsigned row, int what)
{
	return nap_csv_field(&t->csv->row[row], t->column[what]);
}

static double number(const struct tornado *t, unsigned row, int what)
{
	double v;

	return nap_csv_number(text(t, row, what), -INFINITY, INFINITY, &v, NULL) ? v : (double)NAN;
}

static const char *where_of(const struct tornado *t, unsigned row)
{
	return nap_csv_field(&t->csv->row[row], t->where);
}

static GArray *panels_of(const struct tornado *t)
{
	GArray *panel = g_array_new(FALSE, TRUE, sizeof(struct panel));

	for (unsigned r = 0; r < t->csv->n;) {
		struct panel p = { r, 0, false };

		for (; r < t->csv->n && strcmp(text(t, r, METRIC), text(t, p.row, METRIC)) == 0 &&
			strcmp(where_of(t, r), where_of(t, p.row)) == 0;
			r++, p.n++)
			p.varies |= number(t, r, STAR) > 0.0;
		if (p.varies)
			g_array_append_val(panel, p);
	}
	return panel;
}

/* What stands right of a bar. */
static char *label_of(const struct tornado *t, unsigned row)
{
	double total = number(t, row, TOTAL_ORDER), mu = number(t, row, MU), star = number(t, row, STAR);
	const char *way = !(star > 0.0) || fabs(mu) < ONE_WAY * star ? "" : mu > 0.0 ? ", rises" : ", falls";

	if (isnan(total))
		return g_strdup(strcmp(text(t, row, MATTERS), "yes") == 0 ? "not known: interrupted"
									  : "put aside by the screening");
	if (fabs(total) < LEAST)
		return g_strdup("0.00");
	return g_strdup_printf("%.2f (%.2f by itself)%s", total, fmax(0.0, number(t, row, FIRST_ORDER)), way);
}

static double cut(double v)
{
	return CLAMP(v, 0.0, CUT);
}

/* v, or another value where it is none. */
static double known(double v, double otherwise)
{
	return isnan(v) ? otherwise : v;
}

static void put_bar(
	const struct tornado *t, unsigned row, unsigned place, double total, double high, GString *data)
{
	double first = fmin(number(t, row, FIRST_ORDER), total), low = known(number(t, row, LOW), total);
	g_autofree char *hint = nap_plot_hint("%s: %.3g of the variance of %s (%.3g to %.3g), %.3g by itself",
		text(t, row, KEY), total, text(t, row, METRIC), low, known(high, total), fmax(first, 0.0));

	g_string_append_printf(data, "%u %.6f %.6f %.6f %.6f %s\n", place, cut(total), cut(first), cut(low),
		cut(known(high, total)), hint);
}

/* Names and labels of a panel's bars, and their numbers as a block of data. True: there is a bar. */
static bool put_bars(const struct tornado *t, const struct panel *p, struct nap_plot *to)
{
	bool any = false;

	g_string_append(to->script, "set ytics ()\n");
	g_string_append_printf(to->data, "# %s %s: bar, total, first order, total's interval\n",
		text(t, p->row, METRIC), where_of(t, p->row));
	for (unsigned k = 0; k < p->n; k++) {
		unsigned row = p->row + k;
		double total = number(t, row, TOTAL_ORDER), high = number(t, row, HIGH);
		g_autofree char *name = nap_plot_quoted(text(t, row, KEY));
		g_autofree char *words = label_of(t, row), *label = nap_plot_quoted(words);

		g_string_append_printf(to->script, "set ytics add (%s %u)\n", name, p->n - k);
		g_string_append_printf(to->script,
			"set label %s at %.4f,%u offset 0.8,0 tc rgb '" NAP_PLOT_TEXT "'\n", label,
			fmin(fmax(known(total, 0.0), known(high, 0.0)), CUT), p->n - k);
		if (isnan(total))
			continue;
		any = true;
		put_bar(t, row, p->n - k, total, high, to->data);
	}
	g_string_append(to->data, any ? "\n\n" : "");
	return any;
}

static void draw_panel(const struct tornado *t, const struct panel *p, const struct nap_plot_page *page,
	double top, bool last, struct nap_plot *to, int *blocks)
{
	GString *s = to->script;
	g_autofree char *name =
		*where_of(t, p->row) ? g_strdup_printf("%s, %s", text(t, p->row, METRIC), where_of(t, p->row))
				     : g_strdup(text(t, p->row, METRIC));
	g_autofree char *heading = nap_plot_quoted(name);
	bool any;

	nap_plot_page_panel(page, top + HEAD, top + HEAD + BAR * p->n);
	g_string_append_printf(s, "set yrange [0.4:%.1f]\n", p->n + 0.6);
	g_string_append_printf(s, "set label %s at graph 0,1 offset 0,0.7 font ',14'\n", heading);
	any = put_bars(t, p, to);
	g_string_append(
		s, last ? "set xtics ('0' 0, '0.25' 0.25, '0.5' 0.5, '0.75' 0.75, '1' 1)\n"
			  "set label 'share of the metric''s variance' at 0.5, graph 0 offset 0,-2.2 center\n"
			: "set xtics ('' 0, '' 0.25, '' 0.5, '' 0.75, '' 1)\n");
	if (any)
		g_string_append_printf(s,
			"plot data index %d using 2:1:(0):2:($1-0.34):($1+0.34) with boxxyerror fs solid "
			"noborder lc rgb '" TOTAL "', \\\n"
			"     '' index %d using 3:1:(0):3:($1-0.34):($1+0.34) with boxxyerror fs solid "
			"noborder lc rgb '" FIRST "', \\\n"
			"     '' index %d using 2:1:4:5 with xerrorbars pt -1 lw 1.4 lc rgb '" NAP_PLOT_TEXT
			"', \\\n"
			"     '' index %d using 2:1:6 with labels hypertext point pt 7 ps 0.4 lc rgb "
			"'" NAP_PLOT_TEXT "'\n",
			*blocks, *blocks, *blocks, *blocks);
	else
		g_string_append(s, "plot NaN notitle\n"); /* its labels say why there are no bars */
	*blocks += any ? 1 : 0;
	g_string_append(s, "unset label\n");
}

/* Pixels left of the axis: the longest name. */
static double left_of(const struct tornado *t)
{
	size_t longest = 0;

	for (unsigned r = 0; r < t->csv->n; r++)
		longest = MAX(longest, strlen(text(t, r, KEY)));
	return 8.3 * (double)longest + 24.0;
}

static void draw_tornado(
	const struct tornado *t, const GArray *panel, const struct nap_plot_source *from, struct nap_plot *to)
{
	double left = left_of(t), top = TOP;
	struct nap_plot_page page = { to->script, "tornado", left + UNIT * MOST + 8.0, TOP + BOTTOM, left,
		8.0 };
	int blocks = 0;

	for (guint i = 0; i < panel->len; i++)
		page.height += HEAD + BAR * g_array_index(panel, struct panel, i).n;
	nap_plot_page_begin(&page, from);
	nap_plot_page_text(&page, 14, 42,
		"bar: all that a key does (line: 95 % interval); dark: by itself; falls, rises: as the key "
		"grows",
		11, NAP_PLOT_TEXT);
	g_string_append_printf(to->script,
		"set border 2\nset tics scale 0.4\nset xrange [0:%g]\nunset grid\nset grid xtics lc rgb "
		"'" NAP_PLOT_GRID "' lw 1\n",
		MOST);
	for (guint i = 0; i < panel->len; i++) {
		const struct panel *p = &g_array_index(panel, struct panel, i);

		draw_panel(t, p, &page, top, i + 1 == panel->len, to, &blocks);
		top += HEAD + BAR * p->n;
	}
	nap_plot_page_end(&page);
}

bool nap_plot_tornado(
	const struct nap_plot_source *from, const struct nap_csv *csv, struct nap_plot *to, GError **error)
{
	struct tornado t = { .csv = csv, .where = nap_csv_column(csv, "where", NULL) };
	g_autoptr(GArray) panel = NULL;

	for (int i = 0; i < COLUMNS; i++) {
		t.column[i] = nap_csv_column(csv, columns[i], error);
		if (t.column[i] < 0)
			return false;
	}
	panel = panels_of(&t);
	if (panel->len == 0)
		return nap_csv_fail(error, csv, 1, NULL, "no metric depends on any key");
	draw_tornado(&t, panel, from, to);
	return true;
}
