/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/plot_curve.h"

#include <math.h>
#include <string.h>

#include "report/plot_kinds.h"
#include "report/text_table.h"
#include "text/input_error.h"

#define TOP   62.0 /* title, and what the labels are values of */
#define GAP   16.0
#define ALONE 400.0 /* height of one panel, */
#define EACH  250.0 /* of each of several */
#define WHOLE                                                                                                \
	0.99995 /* a share that was whole in all runs: its interval tells what nobody saw, and is not drawn */

/* ---- what is drawn --------------------------------------------------------------------------------------------------- */

static bool add_metric(struct nap_plot_curve *c, const char *name, GError **error)
{
	struct nap_plot_metric *m = &c->metric[c->n_metrics];

	if (c->n_metrics == NAP_PLOT_PANELS)
		return nap_fail(
			error, "more than %d metrics: draw them in several pictures", NAP_PLOT_PANELS);
	if (!nap_plot_metric_find(&c->table, name, m, error))
		return false;
	c->n_metrics++;
	return nap_plot_metric_known(&c->table, m) ||
	       nap_fail(error, "%s: %s has no value in any row", c->table.csv->path, name);
}

/* Is it there with something other than zero? */
static bool says_something(const struct nap_plot_curve *c, const char *name)
{
	struct nap_plot_metric m;
	bool any = false;

	if (!nap_plot_metric_find(&c->table, name, &m, NULL))
		return false;
	for (unsigned r = 0; r < c->table.n; r++) {
		double v = nap_plot_value(&c->table, c->table.row[r], &m);

		any |= !isnan(v) && v != 0.0;
	}
	g_free(m.name);
	return any;
}

/* What it costs, and what is had for it. */
static bool add_usual_metrics(struct nap_plot_curve *c, GError **error)
{
	static const char *const costs[] = { "battery_percent_per_day", "energy_j", "packets_up" };
	static const char *const gains[] = { "reachable_fraction", "sessions_mean", "flows_cut" };

	for (size_t i = 0; i < G_N_ELEMENTS(costs) && c->n_metrics == 0; i++)
		if (says_something(c, costs[i]) && !add_metric(c, costs[i], error))
			return false;
	for (size_t i = 0, before = c->n_metrics; i < G_N_ELEMENTS(gains) && c->n_metrics == before; i++)
		if (says_something(c, gains[i]) && !add_metric(c, gains[i], error))
			return false;
	return c->n_metrics > 0 ||
	       nap_fail(error, "%s: no usual metric is in it: name one (--metric NAME)", c->table.csv->path);
}

/* An x without numbers has its values side by side. */
static void range_of_x(struct nap_plot_curve *c)
{
	g_autofree char *name = *c->x->unit  ? g_strdup_printf("%s_%s", c->x->name, c->x->unit)
				: c->x->time ? g_strconcat(c->x->name, "_s", NULL)
					     : g_strdup(c->x->name);

	c->category = g_ptr_array_new();
	nap_plot_axis_begin(&c->along, g_intern_string(name));
	for (unsigned r = 0; r < c->table.n; r++) {
		unsigned row = c->table.row[r];
		const char *text = nap_plot_text(&c->table, row, c->x->column);

		nap_plot_axis_take(&c->along, c->x->number[row]);
		if (!g_ptr_array_find_with_equal_func(c->category, text, g_str_equal, NULL))
			g_ptr_array_add(c->category, (void *)text);
	}
	if (c->x->numeric)
		nap_plot_axis_end(&c->along, NAP_PLOT_ALONG);
}

bool nap_plot_curve_open(struct nap_plot_curve *c, const char *x, bool times_only, const char *const *metrics,
	const struct nap_csv *csv, GError **error)
{
	if (!nap_plot_table_open(&c->table, c->from, csv, error))
		return false;
	c->x = nap_plot_axis_key(&c->table, x, times_only, error);
	if (!c->x)
		return false;
	for (const char *const *m = metrics; m && *m; m++)
		if (!add_metric(c, *m, error))
			return false;
	if (c->n_metrics == 0 && !add_usual_metrics(c, error))
		return false;
	c->line = nap_plot_lines(&c->table, c->x, &c->head);
	nap_plot_thin_lines(c->line, c->to->left_out);
	range_of_x(c);
	return true;
}

void nap_plot_curve_clear(struct nap_plot_curve *c)
{
	nap_plot_table_clear(&c->table);
	g_clear_pointer(&c->line, g_ptr_array_unref);
	g_clear_pointer(&c->category, g_ptr_array_unref);
	g_free(c->head);
	for (unsigned i = 0; i < c->n_metrics; i++)
		g_free(c->metric[i].name);
}

/* ---- a panel --------------------------------------------------------------------------------------------------------- */

static bool is_share(const char *name)
{
	return g_str_has_suffix(name, "_fraction") || strpbrk(name, "<>") != NULL;
}

static double half_width(const struct nap_plot_curve *c, unsigned row, const struct nap_plot_metric *m)
{
	double v = nap_plot_number(&c->table, row, m->ci95);
	bool whole = is_share(m->name) && nap_plot_value(&c->table, row, m) > WHOLE;

	return isnan(v) || whole ? 0.0 : v;
}

static struct nap_plot_axis axis_of(const struct nap_plot_curve *c, const struct nap_plot_metric *m)
{
	struct nap_plot_axis a;

	nap_plot_axis_begin(&a, m->name);
	for (guint i = 0; i < c->line->len; i++) {
		const struct nap_plot_line *l = c->line->pdata[i];

		for (unsigned r = 0; r < l->n; r++) {
			double v = nap_plot_value(&c->table, l->row[r], m), w = half_width(c, l->row[r], m);

			nap_plot_axis_take(&a, v);
			if (w < v) /* a wider one is cut off */
				nap_plot_axis_take(&a, v + w);
		}
	}
	nap_plot_axis_end(&a, is_share(m->name) && a.most > 0.5 ? NAP_PLOT_SHARE : NAP_PLOT_UP);
	return a;
}

/* Where a row is along the axis; values side by side stand beside one another, line by line. */
static double place_along(const struct nap_plot_curve *c, unsigned row, unsigned line)
{
	guint at = 0;

	if (c->x->numeric)
		return nap_plot_axis_drawn(&c->along, c->x->number[row]);
	g_ptr_array_find_with_equal_func(
		c->category, nap_plot_text(&c->table, row, c->x->column), g_str_equal, &at);
	return at + 0.6 * ((line + 0.5) / c->line->len - 0.5);
}

/* "client.interval = 5min, 30min: battery (% a day) 14.9 +- 0.04" */
static char *hint_of(const struct nap_plot_curve *c, const struct nap_plot_line *l, unsigned row,
	const struct nap_plot_metric *m, const struct nap_plot_axis *a)
{
	double w = half_width(c, row, m) * a->factor;
	g_autofree char *half = nap_digits_text(w, 2),
			*value = nap_digits_text(nap_plot_value(&c->table, row, m) * a->factor, 4);

	return nap_plot_hint("%s = %s%s%s: %s %s%s%s", c->x->name,
		nap_plot_text(&c->table, row, c->x->column), *l->label ? ", " : "", l->label, a->label, value,
		w > 0.0 ? " \xc2\xb1 " : "", w > 0.0 ? half : "");
}

/* A block of rows "x y low high value"; its number, -1: it has no rows. */
static int put_block(const struct nap_plot_curve *c, const struct nap_plot_metric *m,
	const struct nap_plot_axis *a, unsigned line, int *blocks)
{
	const struct nap_plot_line *l = c->line->pdata[line];
	GString *s = c->to->data;
	bool any = false, gap = false;
	double whole = is_share(m->name) ? 1.0 : INFINITY;
	char *hint;

	g_string_append_printf(s, "# %s%s%s%s: %s, its mean and 95 %% interval\n", c->head,
		*c->head ? ": " : "", l->label, *l->label ? "" : "all", a->label);
	for (unsigned r = 0; r < l->n; r++) {
		double v = nap_plot_value(&c->table, l->row[r], m), w = half_width(c, l->row[r], m);

		if (isnan(v)) {
			gap = any;
			continue;
		}
		hint = hint_of(c, l, l->row[r], m, a);
		g_string_append_printf(s, "%s%.9g %.9g %.9g %.9g %s\n", gap ? "\n" : "",
			place_along(c, l->row[r], line), nap_plot_axis_drawn(a, v),
			nap_plot_axis_drawn(a, fmax(0.0, v - w)), nap_plot_axis_drawn(a, fmin(whole, v + w)),
			hint);
		g_free(hint);
		any = true;
		gap = false;
	}
	g_string_append(s, any ? "\n\n" : "# no value\n");
	return any ? (*blocks)++ : -1;
}

/* Texts along the axis that find no room beside one another are turned, and need so much below it; 0: they are not. */
static double turned_room(const struct nap_plot_curve *c)
{
	double wide = NAP_PLOT_WIDTH - NAP_PLOT_LEFT, longest = 0.0;

	for (guint i = 0; !c->x->numeric && i < c->category->len; i++)
		longest =
			fmax(longest, NAP_PLOT_CHARACTER * (double)g_utf8_strlen(c->category->pdata[i], -1));
	return longest * c->category->len > wide ? 0.7 * longest : 0.0;
}

static void print_along(const struct nap_plot_curve *c, bool last)
{
	GString *s = c->page.script;
	g_autofree char *name = nap_plot_quoted(c->x->name);

	if (c->x->numeric) {
		nap_plot_axis_print(s, &c->along, 'x', !last);
		return;
	}
	if (last)
		g_string_append_printf(s, "set xlabel %s\n", name);
	else
		g_string_append(s, "unset xlabel\n");
	g_string_append_printf(s, "set xrange [-0.5:%u-0.5]\nset xtics scale 0 %s(", c->category->len,
		last && turned_room(c) > 0.0 ? "rotate by 45 right " : "");
	for (guint i = 0; i < c->category->len; i++) {
		g_autofree char *text = nap_plot_quoted(last ? c->category->pdata[i] : "");

		g_string_append_printf(s, "%s%s %u", i ? ", " : "", text, i);
	}
	g_string_append(s, ")\n");
}

/* One line's part of the plot command; a wider one lies below, so that lines that coincide all show. */
static void print_plots(const struct nap_plot_curve *c, const int *block, bool band)
{
	GString *s = c->page.script;
	const char *comma = "";

	g_string_append(s, "plot ");
	for (unsigned i = 0; i < c->line->len; i++) {
		if (block[i] < 0)
			continue;
		if (band && c->x->numeric)
			g_string_append_printf(s,
				"%sdata index %d using 1:3:4 with filledcurves fs transparent solid 0.18 "
				"noborder lc rgb '%s'",
				comma, block[i], nap_plot_colour(i)),
				comma = ", \\\n     ";
		else if (band)
			g_string_append_printf(s,
				"%sdata index %d using 1:2:3:4 with yerrorbars pt -1 lw 1.6 lc rgb '%s'",
				comma, block[i], nap_plot_colour(i)),
				comma = ", \\\n     ";
	}
	for (unsigned i = 0; i < c->line->len; i++) {
		if (block[i] < 0)
			continue;
		g_string_append_printf(s,
			"%sdata index %d using 1:2 with %s lw %.2g dt %d pt %d ps 0.6 lc rgb '%s'", comma,
			block[i], c->x->numeric ? "linespoints" : "points",
			c->line->len > 1 ? fmax(1.6, 4.4 - 0.7 * i) : 2.2, nap_plot_dashes(i),
			nap_plot_point(i), nap_plot_colour(i));
		comma = ", \\\n     ";
		g_string_append_printf(s,
			"%sdata index %d using 1:2:5 with labels hypertext point pt %d ps 0.6 lc rgb '%s'",
			comma, block[i], nap_plot_point(i), nap_plot_colour(i));
	}
	g_string_append(s, "\n");
}

/* What each line is, where it ends. */
static void print_labels(const struct nap_plot_curve *c, const struct nap_plot_metric *m,
	const struct nap_plot_axis *a, double height)
{
	g_autofree struct nap_plot_label *label = g_new(struct nap_plot_label, c->line->len);

	for (guint i = 0; i < c->line->len; i++) {
		const struct nap_plot_line *l = c->line->pdata[i];

		label[i] = (struct nap_plot_label){ l->label, nap_plot_colour(i), (double)NAN };
		for (unsigned r = 0; r < l->n; r++) {
			double v = nap_plot_value(&c->table, l->row[r], m);

			if (!isnan(v))
				label[i].at = nap_plot_axis_place(a, v);
		}
	}
	nap_plot_labels_beside(&c->page, label, c->line->len, height);
}

static void draw_panel(struct nap_plot_curve *c, unsigned m, double height, int *blocks,
	void (*mark)(struct nap_plot_curve *c))
{
	struct nap_plot_axis a = axis_of(c, &c->metric[m]);
	g_autofree int *block = g_new(int, c->line->len);

	for (guint i = 0; i < c->line->len; i++)
		block[i] = put_block(c, &c->metric[m], &a, i, blocks);
	nap_plot_axis_print(c->page.script, &a, 'y', false);
	print_along(c, m + 1 == c->n_metrics);
	print_labels(c, &c->metric[m], &a, height);
	if (mark)
		mark(c);
	print_plots(c, block, c->metric[m].ci95 >= 0);
	g_string_append(c->page.script, "unset label\nunset arrow\n");
}

void nap_plot_curve_draw(struct nap_plot_curve *c, void (*mark)(struct nap_plot_curve *c))
{
	double each = c->n_metrics == 1 ? ALONE : EACH, wide;
	g_autofree struct nap_plot_label *label = g_new(struct nap_plot_label, c->line->len);
	g_autofree char *head = *c->head ? g_strconcat("lines: ", c->head, NULL) : g_strdup("");
	int blocks = 0;

	for (guint i = 0; i < c->line->len; i++)
		label[i] =
			(struct nap_plot_label){ ((struct nap_plot_line *)c->line->pdata[i])->label, "", 0 };
	wide = nap_plot_labels_width(label, c->line->len);
	c->page.script = c->to->script;
	c->page.left = NAP_PLOT_LEFT;
	c->page.right = wide;
	c->page.width = NAP_PLOT_WIDTH + wide - 20.0;
	c->page.height = TOP + c->above + each * c->n_metrics + GAP * (c->n_metrics - 1) + NAP_PLOT_BOTTOM +
			 (c->x->numeric ? 0.0 : turned_room(c));
	nap_plot_page_fit(&c->page, 14, head, 12);
	nap_plot_page_begin(&c->page, c->from);
	nap_plot_page_text(&c->page, 14, 42, head, 12, NAP_PLOT_TEXT);
	for (unsigned m = 0; m < c->n_metrics; m++) {
		double top = TOP + c->above + (each + GAP) * m;

		nap_plot_page_panel(&c->page, top, top + each);
		draw_panel(c, m, each, &blocks, mark);
	}
	nap_plot_page_end(&c->page);
}

bool nap_plot_curve(
	const struct nap_plot_source *from, const struct nap_csv *csv, struct nap_plot *to, GError **error)
{
	struct nap_plot_curve c = { .from = from, .to = to, .page.kind = "curve" };
	bool ok = nap_plot_curve_open(&c, from->x, false, from->metric, csv, error);

	if (ok)
		nap_plot_curve_draw(&c, NULL);
	nap_plot_curve_clear(&c);
	return ok;
}
