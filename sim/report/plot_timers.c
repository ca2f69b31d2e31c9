/* SPDX-License-Identifier: BSD-2-Clause */
/* Timers that a discovery found: a bar as long as the flow lived, and the bracket in which it died. */
#include <math.h>
#include <string.h>

#include "report/plot_axis.h"
#include "report/plot_bars.h"
#include "report/plot_kinds.h"
#include "text/input_error.h"
#include "text/quantity.h"

enum { TITLE, ALIVE, DEAD, COLUMNS };

static const char *const columns[] = { "title", "alive_at_s", "dead_at_s" };

struct timers {
	const struct nap_csv *csv;
	int column[COLUMNS];
	GArray *row; /* unsigned: of those that have lived */
	GPtrArray *name;
	struct nap_plot_axis along;
};

static const char *text(const struct timers *t, unsigned row, int what)
{
	return nap_csv_field(&t->csv->row[row], t->column[what]);
}

static double number(const struct timers *t, unsigned row, int what)
{
	double v;

	return nap_csv_number(text(t, row, what), 0.0, INFINITY, &v, NULL) ? v : (double)NAN;
}

static char *time_words(double seconds)
{
	if (seconds < 1000.0)
		return g_strdup_printf(seconds < 100.0 ? "%.3g s" : "%.4g s", seconds);
	return nap_time_format((nap_time)llround(seconds) * NAP_S);
}

static bool open_timers(struct timers *t, const struct nap_csv *csv, GError **error)
{
	t->csv = csv;
	t->row = g_array_new(FALSE, FALSE, sizeof(unsigned));
	t->name = g_ptr_array_new();
	for (int i = 0; i < COLUMNS; i++) {
		t->column[i] = nap_csv_column(csv, columns[i], error);
		if (t->column[i] < 0)
			return false;
	}
	nap_plot_axis_begin(&t->along, "idle_time_s");
	for (unsigned r = 0; r < csv->n; r++) {
		double alive = number(t, r, ALIVE), dead = number(t, r, DEAD);

		if (!(alive > 0.0))
			continue;
		g_array_append_val(t->row, r);
		g_ptr_array_add(t->name, (void *)text(t, r, TITLE));
		nap_plot_axis_take(&t->along, alive * 0.7);
		nap_plot_axis_take(&t->along, (isnan(dead) ? alive : dead) * 1.3);
	}
	if (t->row->len == 0)
		return nap_fail(error, "%s: no timer was found", csv->path);
	nap_plot_axis_end(&t->along, NAP_PLOT_ALONG);
	t->along.low = t->along.log ? t->along.low : 0.0; /* bars have a length */
	return true;
}

static char *bracket_words(double alive, double dead)
{
	g_autofree char *a = time_words(alive), *d = isnan(dead) ? NULL : time_words(dead);

	if (d && strcmp(a, d) == 0)
		return g_strdup_printf("about %s", a);
	return d ? g_strdup_printf("%s to %s", a, d) : g_strdup_printf("over %s: no end was found", a);
}

static void draw_timers(struct timers *t, const struct nap_plot_source *from, struct nap_plot *to)
{
	struct nap_plot_bars b;

	nap_plot_bars_begin(&b, from, to, "timers", t->name, 240.0);
	nap_plot_page_text(&b.page, 14, 42,
		"bar: idle so long and still alive; mark: the bracket in which the middlebox forgot it", 12,
		NAP_PLOT_TEXT);
	nap_plot_axis_print(to->script, &t->along, 'x', false);
	g_string_append(to->data, "# row, alive at, dead at (in the axis' unit), bar's end, value\n");
	for (unsigned i = 0; i < t->row->len; i++) {
		unsigned row = g_array_index(t->row, unsigned, i);
		double alive = number(t, row, ALIVE), dead = number(t, row, DEAD),
		       far = isnan(dead) ? alive : dead;
		g_autofree char *words = bracket_words(alive, dead),
				*hint = nap_plot_hint("%s: %s", text(t, row, TITLE), words);

		nap_plot_bar_words(&b, i, nap_plot_axis_drawn(&t->along, far), words);
		g_string_append_printf(to->data, "%u %.9g %.9g %s\n", nap_plot_bar_at(&b, i),
			nap_plot_axis_drawn(&t->along, alive), nap_plot_axis_drawn(&t->along, far), hint);
	}
	g_string_append_printf(to->script,
		"low = %.9g\n"
		"plot data using 2:1:(low):2:($1-0.3):($1+0.3) with boxxyerror fs solid noborder lc rgb "
		"'#9ecae1', \\\n"
		"     data using 2:1:2:3:($1-0.36):($1+0.36) with boxxyerror fs solid noborder lc rgb "
		"'#0072b2', "
		"\\\n"
		"     data using 3:1:4 with labels hypertext point pt 7 ps 0.7 lc rgb '#0072b2'\n",
		t->along.low);
	nap_plot_page_end(&b.page);
}

bool nap_plot_timers(
	const struct nap_plot_source *from, const struct nap_csv *csv, struct nap_plot *to, GError **error)
{
	struct timers t;
	bool ok = open_timers(&t, csv, error);

	if (ok)
		draw_timers(&t, from, to);
	g_array_unref(t.row);
	g_ptr_array_unref(t.name);
	return ok;
}
