/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <string.h>

#include "report/plot_published_panel.h"

#define NEXT  ", \\\n     "
#define WORDS 20.0 /* height of the words beside marks */

struct lines {
	const struct nap_plot_page *page;
	const struct nap_shown_panel *p;
	struct nap_plot_axis x, y;
	GString *data;
	int *blocks;
	const char *comma;
};

static const struct nap_shown_xy *xy(const GArray *a, guint i)
{
	return &g_array_index(a, struct nap_shown_xy, i);
}

/* Along the axis; NAN: not shown. */
static double along(const struct nap_shown_panel *p, double x)
{
	if (isinf(x))
		return p->never > 0.0 ? p->never : NAN;
	return x < p->least || (p->most > 0.0 && x > p->most) ? NAN : x;
}

/* NAN: above what is shown. */
static double upwards(const struct nap_shown_panel *p, double y)
{
	return p->top > 0.0 && y > p->top ? NAN : y;
}

static void take_cloud(struct lines *l, const GArray *points)
{
	for (guint i = 0; i < points->len; i++)
		if (!isnan(along(l->p, xy(points, i)->x))) {
			nap_plot_axis_take(&l->x, along(l->p, xy(points, i)->x));
			nap_plot_axis_take(&l->y, upwards(l->p, xy(points, i)->y));
		}
}

static void find_ranges(struct lines *l, double height)
{
	nap_plot_axis_begin(&l->x, l->p->x);
	nap_plot_axis_begin(&l->y, l->p->y);
	l->x.scale = l->p->log_x;
	l->y.scale = l->p->log_y;
	for (guint i = 0; i < l->p->item->len; i++) {
		const struct nap_shown_item *item = l->p->item->pdata[i];

		take_cloud(l, item->cloud);
		for (guint k = 0; k < item->part->len; k++)
			take_cloud(l, item->part->pdata[k]);
		for (guint k = 0; k < item->check->len; k++) {
			const struct nap_shown_check *c =
				&g_array_index(item->check, struct nap_shown_check, k);

			nap_plot_axis_take(&l->x, along(l->p, c->x));
			nap_plot_axis_take(&l->y, isnan(along(l->p, c->x)) ? NAN : c->published);
		}
	}
	for (guint i = 0; i < l->p->level->len; i++)
		nap_plot_axis_take(&l->y, g_array_index(l->p->level, struct nap_shown_mark, i).at);
	nap_plot_axis_end(&l->x, NAP_PLOT_ALONG);
	nap_plot_axis_end(&l->y, NAP_PLOT_UP);
	if (l->p->mark->len > 0)
		nap_plot_axis_leave(&l->y, WORDS / height);
}

/* A block of rows "x y"; false: it would be empty. */
static bool put(struct lines *l, const GArray *points, const char *what, const char *label)
{
	bool any = false;

	for (guint i = 0; i < points->len; i++) {
		double x = along(l->p, xy(points, i)->x);

		if (isnan(x) || isnan(upwards(l->p, xy(points, i)->y)))
			continue;
		if (!any)
			g_string_append_printf(
				l->data, "# %s, %s: %s, %s\n", label, what, l->x.label, l->y.label);
		any = true;
		g_string_append_printf(l->data, "%.9g %.9g\n", nap_plot_axis_drawn(&l->x, x),
			nap_plot_axis_drawn(&l->y, xy(points, i)->y));
	}
	if (any)
		g_string_append(l->data, "\n\n");
	return any;
}

static bool place_check(
	const void *ctx, guint item, const struct nap_shown_check *c, struct nap_shown_place *to)
{
	const struct lines *l = ctx;
	double x = along(l->p, c->x);

	(void)item;
	*to = (struct nap_shown_place){ .x = nap_plot_axis_drawn(&l->x, x),
		.y = nap_plot_axis_drawn(&l->y, c->published),
		.simulated_x = nap_plot_axis_drawn(&l->x, x),
		.simulated_y = nap_plot_axis_drawn(&l->y, c->simulated),
		.low = nap_plot_axis_drawn(&l->y, c->published - c->allowed),
		.high = nap_plot_axis_drawn(&l->y, c->published + c->allowed) };
	return !isnan(x) && !isnan(c->published);
}

/* Lines that are dashed come second of a colour: as many colours as there are pairs. */
static void print_line(struct lines *l, guint i, const struct nap_shown_item *item)
{
	GString *s = l->page->script;
	const char *how = l->p->form == NAP_SHOWN_STEPS ? "steps" : "lines";

	if (put(l, item->cloud, "measured", item->label)) {
		g_string_append_printf(s, "%sdata index %d using 1:2 with points pt 7 ps 0.3 lc rgb '%s'",
			l->comma, (*l->blocks)++, nap_plot_colour(i + 1));
		l->comma = NEXT;
	}
	for (guint k = 0; k < item->part->len; k++) {
		const GArray *part = item->part->pdata[k];

		if (!put(l, part, "simulated", item->label))
			continue;
		if (part->len == 1)
			g_string_append_printf(s,
				"%sdata index %d using 1:2 with points pt 1 ps 1.2 lw 2.2 lc rgb '%s'",
				l->comma, (*l->blocks)++, nap_plot_colour(i));
		else
			g_string_append_printf(s,
				"%sdata index %d using 1:2 with %s lw 2.2 dt %d lc rgb '%s'", l->comma,
				(*l->blocks)++, how, nap_plot_dashes(i), nap_plot_colour(i));
		l->comma = NEXT;
	}
}

/* The last value that is shown of a line. */
static double end_of(const struct lines *l, const struct nap_shown_item *item)
{
	double at = NAN;

	for (guint k = 0; k < MIN(item->part->len, 1); k++) {
		const GArray *part = item->part->pdata[k];

		for (guint i = 0; i < part->len; i++)
			if (!isnan(along(l->p, xy(part, i)->x)))
				at = nap_plot_axis_place(&l->y, xy(part, i)->y);
	}
	return at;
}

static void print_labels(const struct lines *l, double height)
{
	g_autofree struct nap_plot_label *label = g_new(struct nap_plot_label, l->p->item->len);

	for (guint i = 0; i < l->p->item->len; i++) {
		const struct nap_shown_item *item = l->p->item->pdata[i];

		label[i] = (struct nap_plot_label){ item->label, nap_plot_colour(i), end_of(l, item) };
	}
	nap_plot_labels_beside(l->page, label, l->p->item->len, height);
}

static void print_marks(const struct lines *l, double height)
{
	GString *s = l->page->script;

	for (guint i = 0; i < l->p->mark->len; i++) {
		const struct nap_shown_mark *m = &g_array_index(l->p->mark, struct nap_shown_mark, i);
		g_autofree char *text = nap_plot_quoted(m->text);
		double at = nap_plot_axis_drawn(&l->x, m->at);

		g_string_append_printf(s,
			"set arrow from first %.9g, graph 0 to first %.9g, graph 1 nohead dt 2 lc rgb "
			"'#777777'\n"
			"set label %s at first %.9g, graph %.5f left offset 0.5,0 font ',11' tc rgb "
			"'" NAP_PLOT_TEXT "'\n",
			at, at, text, at, 1.0 - 0.5 * WORDS / height);
	}
	for (guint i = 0; i < l->p->level->len; i++) {
		const struct nap_shown_mark *m = &g_array_index(l->p->level, struct nap_shown_mark, i);
		g_autofree char *text = nap_plot_quoted(m->text);
		double at = nap_plot_axis_drawn(&l->y, m->at);

		g_string_append_printf(s,
			"set arrow from graph 0, first %.9g to graph 1, first %.9g nohead dt 2 lc rgb "
			"'#777777'\n"
			"set label %s at graph 0.99, first %.9g right offset 0,-0.6 font ',11' tc rgb "
			"'" NAP_PLOT_TEXT "'\n",
			at, at, text, at);
	}
}

/* Its name left of it, high up. */
static void print_diagonal(const struct lines *l)
{
	g_autofree char *text = nap_plot_quoted(l->p->diagonal);
	double at = 0.9 * fmin(l->x.high, l->y.high);

	if (*l->p->diagonal)
		g_string_append_printf(l->page->script,
			"set label %s at first %.9g, first %.9g right offset -1,0 font ',11' tc rgb "
			"'" NAP_PLOT_TEXT "'\n",
			text, at, at);
}

static void print_axes(const struct lines *l, bool named_below)
{
	GString *s = l->page->script;

	nap_plot_axis_print(s, &l->y, 'y', false);
	nap_plot_axis_print(s, &l->x, 'x', named_below);
	g_string_append(s, "set grid ytics lc rgb '" NAP_PLOT_GRID "' lw 1\n");
	if (l->p->never > 0.0)
		g_string_append_printf(
			s, "set xtics add ('never' %.9g)\n", nap_plot_axis_drawn(&l->x, l->p->never));
}

void nap_plot_published_lines(const struct nap_plot_page *page, const struct nap_shown_panel *p,
	GString *data, double height, bool named_below, int *blocks)
{
	struct lines l = { .page = page, .p = p, .data = data, .blocks = blocks, .comma = "" };
	GString *s = page->script;
	const struct nap_shown_marks m = { .script = s,
		.data = data,
		.axis = &l.y,
		.comma = &l.comma,
		.blocks = blocks,
		.place = place_check,
		.ctx = &l };

	find_ranges(&l, height);
	print_axes(&l, named_below);
	print_labels(&l, height);
	print_marks(&l, height);
	print_diagonal(&l);
	nap_plot_published_lone(&m, p);
	g_string_append(s, "plot ");
	for (guint i = 0; i < p->item->len; i++)
		print_line(&l, i, p->item->pdata[i]);
	nap_plot_published_checks(&m, p);
	if (*p->diagonal)
		g_string_append_printf(s, "%s[%.9g:%.9g] x with lines dt 2 lw 1.5 lc rgb '#777777'", l.comma,
			fmax(l.x.low, l.y.low), fmin(l.x.high, l.y.high));
	g_string_append(s, "\nunset label\nunset arrow\n");
}
