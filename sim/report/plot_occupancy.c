/* SPDX-License-Identifier: BSD-2-Clause */
/* What shared middleboxes hold over time, and what a population asks for: a panel for each thing, a line for each middlebox. */
#include <math.h>
#include <string.h>

#include "report/plot_axis.h"
#include "report/plot_kinds.h"
#include "report/plot_style.h"

#define TOP  44.0
#define EACH 190.0
#define GAP  16.0
#define TOLD 2000 /* values that are told to who points at them */

/* A column, and one that is drawn thin above it. */
struct thing {
	const char *column, *most;
};

static const struct thing held[] = { { "sessions", "sessions_peak" }, { "opened", NULL }, { "ports", NULL },
	{ "blocks", NULL }, { "refused", NULL }, { "log_records", NULL }, { NULL, NULL } };
static const struct thing asked[] = { { "signalling_per_s", NULL }, { "promotions_per_s", NULL },
	{ "pages_per_s", NULL }, { "packets_per_s", NULL }, { "keepalive_packet_fraction", NULL },
	{ "pushes_lost_fraction", NULL }, { "reconnects_per_s", NULL }, { NULL, NULL } };

struct occupancy {
	const struct thing *things; /* ends with a NULL column */
	const struct nap_csv *csv;
	int time, middlebox; /* -1: rows are of all subscribers together */
	GPtrArray *box;
	struct nap_plot_axis along;
};

static double number(const struct occupancy *o, unsigned row, int column)
{
	double v;

	return nap_csv_number(nap_csv_field(&o->csv->row[row], column), -INFINITY, INFINITY, &v, NULL)
		       ? v
		       : (double)NAN;
}

/* Whose a row is. */
static const char *owner(const struct occupancy *o, unsigned row)
{
	return o->middlebox < 0 ? "all" : nap_csv_field(&o->csv->row[row], o->middlebox);
}

static bool open_occupancy(struct occupancy *o, const struct nap_csv *csv, GError **error)
{
	o->csv = csv;
	o->time = nap_csv_column(csv, "time_s", error);
	o->middlebox = o->time < 0 || o->things == asked ? -1 : nap_csv_column(csv, "middlebox", error);
	if (o->time < 0 || (o->things == held && o->middlebox < 0))
		return false;
	o->box = g_ptr_array_new();
	nap_plot_axis_begin(&o->along, "time_s");
	for (unsigned r = 0; r < csv->n; r++) {
		const char *name = owner(o, r);

		nap_plot_axis_take(&o->along, number(o, r, o->time));
		if (!g_ptr_array_find_with_equal_func(o->box, name, g_str_equal, NULL))
			g_ptr_array_add(o->box, (void *)name);
	}
	nap_plot_axis_end(&o->along, NAP_PLOT_ALONG);
	if (o->along.log) { /* a day has no logarithm */
		o->along.log = false;
		o->along.low = 0.0;
		o->along.high = o->along.most * o->along.factor * 1.01;
	}
	return true;
}

/* Is there any of it at any time? */
static bool is_there(const struct occupancy *o, const struct thing *t)
{
	int column = nap_csv_column(o->csv, t->column, NULL);

	for (unsigned r = 0; column >= 0 && r < o->csv->n; r++)
		if (number(o, r, column) > 0.0)
			return true;
	return false;
}

static void put_row(const struct occupancy *o, unsigned r, int column, int most,
	const struct nap_plot_axis *a, const char *box, GString *data)
{
	double at = number(o, r, o->time) * o->along.factor, v = number(o, r, column) * a->factor;
	g_autofree char *hint = nap_plot_hint("%s, %s %.4g: %s %.5g", box, o->along.label, at, a->label, v);

	g_string_append_printf(data, "%.9g %.9g %.9g %s\n", at, v, number(o, r, most) * a->factor, hint);
}

/* A block for each middlebox: time, value, most, and what a point tells. */
static void put_blocks(const struct occupancy *o, const struct thing *t, struct nap_plot_axis *a,
	struct nap_plot_label *label, GString *data)
{
	int column = nap_csv_column(o->csv, t->column, NULL);
	int most = t->most ? nap_csv_column(o->csv, t->most, NULL) : column;

	nap_plot_axis_begin(a, t->column);
	for (unsigned r = 0; r < o->csv->n; r++)
		nap_plot_axis_take(a, number(o, r, most));
	nap_plot_axis_end(a, NAP_PLOT_UP);
	if (a->log) {
		a->log = false;
		a->low = 0.0;
	}
	for (guint b = 0; b < o->box->len; b++) {
		label[b] = (struct nap_plot_label){ o->box->pdata[b], nap_plot_colour(b), (double)NAN };
		g_string_append_printf(data, "# %s: %s, %s\n", label[b].text, o->along.label, a->label);
		for (unsigned r = 0; r < o->csv->n; r++) {
			if (strcmp(owner(o, r), label[b].text) != 0)
				continue;
			label[b].at = nap_plot_axis_place(a, number(o, r, column));
			put_row(o, r, column, most, a, label[b].text, data);
		}
		g_string_append(data, "\n\n");
	}
}

static void draw_panel(const struct occupancy *o, const struct thing *t, const struct nap_plot_page *p,
	unsigned panel, bool last, GString *data)
{
	double top = TOP + (EACH + GAP) * panel;
	g_autofree struct nap_plot_label *label = g_new(struct nap_plot_label, o->box->len);
	struct nap_plot_axis a;
	GString *s = p->script;

	put_blocks(o, t, &a, label, data);
	if (o->things == held && (strcmp(t->column, "opened") == 0 || strcmp(t->column, "refused") == 0 ||
					 strcmp(t->column, "log_records") == 0)) {
		g_autofree char *what = g_strdup(a.label);

		/* they are of an interval, whose first one ends with the first row */
		g_snprintf(a.label, sizeof a.label, "%.100s in %.3g min", what, number(o, 0, o->time) / 60.0);
	}
	nap_plot_page_panel(p, top, top + EACH);
	nap_plot_axis_print(s, &o->along, 'x', !last);
	nap_plot_axis_print(s, &a, 'y', false);
	nap_plot_labels_beside(p, label, o->box->len, EACH);
	g_string_append(s, "plot ");
	for (guint b = 0; b < o->box->len; b++) {
		unsigned block = panel * o->box->len + b;

		if (t->most)
			g_string_append_printf(s,
				"data index %u using 1:3 with lines lw 1 dt 3 lc rgb '%s', ", block,
				nap_plot_colour(b));
		g_string_append_printf(
			s, "data index %u using 1:2 with lines lw 2 lc rgb '%s'", block, nap_plot_colour(b));
		if (o->csv->n <= TOLD)
			g_string_append_printf(s,
				", \\\n     data index %u using 1:2:4 with labels hypertext point pt 7 ps "
				"0.3 lc rgb '%s'",
				block, nap_plot_colour(b));
		g_string_append(s, b + 1 < o->box->len ? ", \\\n     " : "\n");
	}
	g_string_append(s, "unset label\nunset arrow\n");
}

static bool draw_occupancy(
	const struct occupancy *o, const struct nap_plot_source *from, struct nap_plot *to, GError **error)
{
	g_autofree struct nap_plot_label *label = g_new0(struct nap_plot_label, o->box->len);
	struct nap_plot_page p = { to->script, o->things == held ? "occupancy" : "load", NAP_PLOT_WIDTH, 0,
		88, 0 };
	unsigned panels = 0, drawn = 0;

	for (const struct thing *t = o->things; t->column; t++)
		panels += is_there(o, t) ? 1 : 0;
	if (panels == 0)
		return nap_csv_fail(error, o->csv, 1, NULL, "there is nothing at any time");
	for (guint b = 0; b < o->box->len; b++)
		label[b].text = o->box->pdata[b];
	p.right = nap_plot_labels_width(label, o->box->len);
	p.height = TOP + (EACH + GAP) * panels - GAP + NAP_PLOT_BOTTOM;
	nap_plot_page_begin(&p, from);
	for (const struct thing *t = o->things; t->column; t++)
		if (is_there(o, t)) {
			draw_panel(o, t, &p, drawn, drawn + 1 == panels, to->data);
			drawn++;
		}
	nap_plot_page_end(&p);
	return true;
}

static bool draw(const struct thing *things, const struct nap_plot_source *from, const struct nap_csv *csv,
	struct nap_plot *to, GError **error)
{
	struct occupancy o = { .things = things, .box = NULL };
	bool ok = open_occupancy(&o, csv, error) && draw_occupancy(&o, from, to, error);

	g_clear_pointer(&o.box, g_ptr_array_unref);
	return ok;
}

bool nap_plot_occupancy(
	const struct nap_plot_source *from, const struct nap_csv *csv, struct nap_plot *to, GError **error)
{
	return draw(held, from, csv, to, error);
}

bool nap_plot_load(
	const struct nap_plot_source *from, const struct nap_csv *csv, struct nap_plot *to, GError **error)
{
	return draw(asked, from, csv, to, error);
}
