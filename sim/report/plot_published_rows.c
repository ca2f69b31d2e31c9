/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <string.h>

#include "report/plot_published_panel.h"

#define NEXT ", \\\n     "

struct rows {
	const struct nap_shown_panel *p;
	struct nap_plot_axis axis;
};

static double value(const GArray *a, guint i)
{
	return g_array_index(a, struct nap_shown_xy, i).y;
}

static guint place_of(const struct nap_shown_panel *p, guint i)
{
	return p->item->len - i;
}

static void find_range(struct rows *r)
{
	bool bars = r->p->form == NAP_SHOWN_BARS;

	nap_plot_axis_begin(&r->axis, bars ? r->p->y : r->p->x);
	r->axis.scale = r->p->log_x;
	for (guint i = 0; i < r->p->item->len; i++) {
		const struct nap_shown_item *item = r->p->item->pdata[i];
		double sum = 0.0;

		for (guint k = 0; k < item->part->len; k++) {
			const GArray *part = item->part->pdata[k];

			for (guint n = 0; n < part->len; n++) {
				sum += value(part, n);
				if (!bars && value(part, n) >= r->p->least)
					nap_plot_axis_take(&r->axis, value(part, n));
			}
		}
		if (bars)
			nap_plot_axis_take(&r->axis, sum);
		for (guint k = 0; k < item->check->len; k++)
			nap_plot_axis_take(
				&r->axis, g_array_index(item->check, struct nap_shown_check, k).published);
	}
	nap_plot_axis_end(&r->axis, bars ? NAP_PLOT_UP : NAP_PLOT_ALONG);
	if (bars) { /* a bar begins at nothing */
		r->axis.log = false;
		r->axis.low = 0.0;
	}
}

static bool place_check(
	const void *ctx, guint item, const struct nap_shown_check *c, struct nap_shown_place *to)
{
	const struct rows *r = ctx;
	double row = place_of(r->p, item);

	*to = (struct nap_shown_place){ nap_plot_axis_drawn(&r->axis, c->published), row,
		nap_plot_axis_drawn(&r->axis, c->simulated), row, row, row };
	return !isnan(c->published) && (r->p->form == NAP_SHOWN_BARS || c->published >= r->p->least);
}

/* The part's bar from where the one before ended; a block for all items. */
static bool put_part(const struct rows *r, GString *data, guint part)
{
	bool any = false;

	for (guint i = 0; i < r->p->item->len; i++) {
		const struct nap_shown_item *item = r->p->item->pdata[i];
		double from = 0.0, to = 0.0;

		for (guint k = 0; k <= part && k < item->part->len; k++) {
			from = to;
			to += value(item->part->pdata[k], 0);
		}
		if (part >= item->part->len)
			continue;
		if (!any)
			g_string_append_printf(data, "# row, from, to: %s\n", r->axis.label);
		any = true;
		g_string_append_printf(data, "%u %.9g %.9g # %s\n", place_of(r->p, i), from * r->axis.factor,
			to * r->axis.factor, item->label);
	}
	if (any)
		g_string_append(data, "\n\n");
	return any;
}

static guint most_parts(const struct nap_shown_panel *p)
{
	guint n = 0;

	for (guint i = 0; i < p->item->len; i++)
		n = MAX(n, ((struct nap_shown_item *)p->item->pdata[i])->part->len);
	return n;
}

/* Lighter than lines: they fill areas, and marks lie upon them. */
static const char *fill(guint part)
{
	static const char *const fills[] = { "#8fbbdc", "#f0b58f", "#8fcdb8", "#e3c3d5" };

	return fills[part % G_N_ELEMENTS(fills)];
}

static void print_bars(const struct rows *r, GString *s, GString *data, const char **comma, int *blocks)
{
	for (guint k = 0; k < most_parts(r->p); k++) {
		if (!put_part(r, data, k))
			continue;
		g_string_append_printf(s,
			"%sdata index %d using 2:1:2:3:($1-0.34):($1+0.34) with boxxyerror fs solid noborder "
			"lc rgb '%s'",
			*comma, (*blocks)++, fill(k));
		*comma = NEXT;
	}
}

static void print_ticks(
	const struct rows *r, guint i, GString *s, GString *data, const char **comma, int *blocks)
{
	const struct nap_shown_item *item = r->p->item->pdata[i];
	bool any = false;

	for (guint k = 0; k < item->part->len; k++) {
		const GArray *part = item->part->pdata[k];

		for (guint n = 0; n < part->len; n++) {
			if (value(part, n) < r->p->least)
				continue;
			if (!any)
				g_string_append_printf(
					data, "# %s, simulated: %s, row\n", item->label, r->axis.label);
			any = true;
			g_string_append_printf(data, "%.9g %u\n",
				nap_plot_axis_drawn(&r->axis, value(part, n)), place_of(r->p, i));
		}
	}
	if (!any)
		return;
	g_string_append(data, "\n\n");
	g_string_append_printf(s,
		"%sdata index %d using 1:($2-0.32):(0):(0.64) with vectors nohead lw 2.2 lc rgb '%s'", *comma,
		(*blocks)++, nap_plot_colour(0));
	*comma = NEXT;
}

/* Names of the bars' parts, each in its colour, on one line. */
static void print_parts(const struct nap_plot_page *page, const struct nap_shown_panel *p, double head)
{
	double x = page->left + NAP_PLOT_CHARACTER * (double)g_utf8_strlen(p->title, -1) + 30.0;

	for (guint i = 0; p->part_name && p->part_name[i]; i++) {
		nap_plot_page_text(page, x, head, "\xe2\x96\xa0", 13, fill(i));
		nap_plot_page_text(page, x + 15.0, head, p->part_name[i], 11, NAP_PLOT_TEXT);
		x += NAP_PLOT_CHARACTER * (double)g_utf8_strlen(p->part_name[i], -1) + 36.0;
	}
}

static void print_axes(const struct rows *r, GString *s)
{
	nap_plot_axis_print(s, &r->axis, 'x', false);
	g_string_append_printf(s,
		"unset logscale y\nunset ylabel\nset yrange [0.4:%u.6]\nset ytics scale 0 (",
		r->p->item->len);
	for (guint i = 0; i < r->p->item->len; i++) {
		const struct nap_shown_item *item = r->p->item->pdata[i];
		g_autofree char *label = nap_plot_quoted(item->label);

		g_string_append_printf(s, "%s%s %u", i ? ", " : "", label, place_of(r->p, i));
	}
	g_string_append(s, ")\nunset grid\nset grid xtics lc rgb '" NAP_PLOT_GRID "' lw 1\n");
}

void nap_plot_published_rows(const struct nap_plot_page *page, const struct nap_shown_panel *p, GString *data,
	double head, int *blocks)
{
	struct rows r = { .p = p };
	const char *comma = "";
	GString *s = page->script;
	const struct nap_shown_marks m = { .script = s,
		.data = data,
		.axis = &r.axis,
		.colour = nap_plot_colour(1),
		.comma = &comma,
		.blocks = blocks,
		.place = place_check,
		.ctx = &r };

	find_range(&r);
	print_axes(&r, s);
	print_parts(page, p, head);
	nap_plot_published_lone(&m, p);
	g_string_append(s, "plot ");
	if (p->form == NAP_SHOWN_BARS)
		print_bars(&r, s, data, &comma, blocks);
	for (guint i = 0; p->form == NAP_SHOWN_TIMES && i < p->item->len; i++)
		print_ticks(&r, i, s, data, &comma, blocks);
	nap_plot_published_checks(&m, p);
	g_string_append(s, "\nunset label\nunset arrow\nset ytics scale 0.5 autofreq\nunset grid\n");
}
