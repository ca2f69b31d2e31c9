/* SPDX-License-Identifier: BSD-2-Clause */
/* Energy of each burst of a replay over time; a colour for each of the flows that most of them are of. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/plot_axis.h"
#include "report/plot_kinds.h"
#include "report/plot_style.h"
#include "text/input_error.h"

#define TOP    66.0
#define TALL   330.0
#define COLOUR 6    /* flows that have one of their own */
#define FEW    300  /* that are told apart by lines down to the axis */
#define TOLD   2000 /* bursts that tell their values: more are too near one another to be pointed at */

enum { BEGUN, PACKETS, ENERGY, FLOW, BY, COLUMNS };

static const char *const columns[] = { "begun_s", "packets", "energy_j", "flow", "by" };

struct bursts {
	const struct nap_csv *csv;
	int column[COLUMNS];
	struct nap_plot_axis along, up;
	const char *flow[COLOUR]; /* numbers as text, in the order in which they come */
	char *name[COLOUR + 1];
	unsigned flows;
	bool others;
};

static const char *text(const struct bursts *b, unsigned row, int what)
{
	return nap_csv_field(&b->csv->row[row], b->column[what]);
}

static double number(const struct bursts *b, unsigned row, int what)
{
	double v;

	return nap_csv_number(text(b, row, what), -INFINITY, INFINITY, &v, NULL) ? v : (double)NAN;
}

/* COLOUR: none of its own. */
static unsigned flow_of(const struct bursts *b, unsigned row)
{
	unsigned i = 0;

	while (i < b->flows && strcmp(b->flow[i], text(b, row, FLOW)) != 0)
		i++;
	return i < b->flows ? i : COLOUR;
}

/* "tcp 192.0.2.1:993" from the flows' own file; its number where that is not there. */
static char *flow_name(const struct nap_plot_source *from, const char *number)
{
	const struct nap_csv *csv = from->csv[NAP_PLOT_FLOWS];
	int flow = csv ? nap_csv_column(csv, "flow", NULL) : -1,
	    proto = csv ? nap_csv_column(csv, "proto", NULL) : -1,
	    remote = csv ? nap_csv_column(csv, "remote", NULL) : -1;

	for (unsigned r = 0; flow >= 0 && r < csv->n; r++)
		if (strcmp(nap_csv_field(&csv->row[r], flow), number) == 0)
			return g_strdup_printf("%s %s", nap_csv_field(&csv->row[r], proto),
				nap_csv_field(&csv->row[r], remote));
	return g_strdup_printf("flow %s", number);
}

static bool open_bursts(
	struct bursts *b, const struct nap_plot_source *from, const struct nap_csv *csv, GError **error)
{
	*b = (struct bursts){ .csv = csv };
	for (int i = 0; i < COLUMNS; i++) {
		b->column[i] = nap_csv_column(csv, columns[i], error);
		if (b->column[i] < 0)
			return false;
	}
	nap_plot_axis_begin(&b->along, "time_s");
	nap_plot_axis_begin(&b->up, "energy_of_a_burst_j");
	for (unsigned r = 0; r < csv->n; r++) {
		nap_plot_axis_take(&b->along, number(b, r, BEGUN));
		nap_plot_axis_take(&b->up, number(b, r, ENERGY));
		if (flow_of(b, r) < COLOUR)
			continue;
		if (b->flows < COLOUR) {
			b->flow[b->flows] = text(b, r, FLOW);
			b->name[b->flows++] = flow_name(from, text(b, r, FLOW));
		} else {
			b->others = true;
		}
	}
	if (!b->along.any || !b->up.any)
		return nap_fail(error, "%s: no burst is in it", csv->path);
	nap_plot_axis_end(&b->along, NAP_PLOT_ALONG);
	nap_plot_axis_end(&b->up, NAP_PLOT_UP);
	b->along.log = false;
	b->along.low = fmin(0.0, b->along.low);
	b->name[COLOUR] = g_strdup("others");
	return true;
}

static const char *colour_of(unsigned flow)
{
	return flow < COLOUR ? nap_plot_colour(flow) : "#999999";
}

static void put_data(const struct bursts *b, GString *data)
{
	g_string_append_printf(data, "# %s, %s, colour, value\n", b->along.label, b->up.label);
	for (unsigned r = 0; r < b->csv->n; r++) {
		unsigned flow = flow_of(b, r);
		double at = number(b, r, BEGUN), energy = number(b, r, ENERGY);
		g_autofree char *hint = NULL;

		if (isnan(at) || isnan(energy))
			continue;
		hint = nap_plot_hint("%.6g s, %s: %s packets, %.4g J, by the %s", at, b->name[flow],
			text(b, r, PACKETS), energy, text(b, r, BY));
		g_string_append_printf(data, "%.9g %.9g 0x%s %s\n", at * b->along.factor,
			nap_plot_axis_drawn(&b->up, energy), colour_of(flow) + 1, hint);
	}
}

static void print_key(const struct bursts *b, const struct nap_plot_page *p)
{
	double x = 14;

	for (unsigned i = 0; i < b->flows + (b->others ? 1 : 0); i++) {
		unsigned flow = i < b->flows ? i : COLOUR;
		double wide = NAP_PLOT_CHARACTER * ((double)strlen(b->name[flow]) + 2);

		if (x + wide > p->width)
			break;
		nap_plot_page_text(p, x, 44, b->name[flow], 12, colour_of(flow));
		x += wide;
	}
}

static void draw_bursts(struct bursts *b, const struct nap_plot_source *from, struct nap_plot *to)
{
	struct nap_plot_page p = { to->script, "bursts", 900, TOP + TALL + NAP_PLOT_BOTTOM, NAP_PLOT_LEFT,
		24 };

	put_data(b, to->data);
	nap_plot_page_begin(&p, from);
	print_key(b, &p);
	nap_plot_page_panel(&p, TOP, TOP + TALL);
	nap_plot_axis_print(to->script, &b->along, 'x', false);
	nap_plot_axis_print(to->script, &b->up, 'y', false);
	g_string_append_printf(to->script, "plot %s",
		b->csv->n <= FEW ? "data using 1:2:3 with impulses lw 1.2 lc rgb variable, \\\n     " : "");
	g_string_append_printf(
		to->script, b->csv->n <= TOLD ? "data using 1:2:4:3 with labels hypertext point pt 7 ps 0.4 "
						"lc rgb variable\n"
					      : "data using 1:2:3 with points pt 7 ps 0.3 lc rgb variable\n");
	nap_plot_page_end(&p);
}

bool nap_plot_bursts(
	const struct nap_plot_source *from, const struct nap_csv *csv, struct nap_plot *to, GError **error)
{
	struct bursts b;
	bool ok = open_bursts(&b, from, csv, error);

	if (ok)
		draw_bursts(&b, from, to);
	for (unsigned i = 0; i <= COLOUR; i++)
		g_free(b.name[i]);
	return ok;
}
