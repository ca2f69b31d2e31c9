/* SPDX-License-Identifier: BSD-2-Clause */
/* How a policy finds its interval: the time since the keepalive before, one after another, with losses and timers. */
#include <math.h>
#include <string.h>

#include "report/plot_axis.h"
#include "report/plot_kinds.h"
#include "report/plot_style.h"
#include "text/input_error.h"
#include "text/quantity.h"

#define TOP   66.0
#define TALL  330.0
#define LEAST 3    /* keepalives that show where it goes */
#define TOLD  2000 /* points that tell their values */
#define WIDE  900.0
#define NEAR  0.05 /* of the panel: names would stand on one another */

enum { TIME, KIND, STATE, DETAIL, COLUMNS };

static const char *const columns[] = { "time_s", "kind", "state", "detail" };

struct policy {
	const struct nap_csv *csv;
	const struct nap_plot_source *from;
	int column[COLUMNS];
	struct nap_plot_axis along, up;
	unsigned gaps, losses;
	double begin, end;
};

static bool is(const struct policy *p, unsigned row, int what, const char *word)
{
	return strcmp(nap_csv_field(&p->csv->row[row], p->column[what]), word) == 0;
}

static double when(const struct policy *p, unsigned row)
{
	double v;

	return nap_csv_number(
		       nap_csv_field(&p->csv->row[row], p->column[TIME]), -INFINITY, INFINITY, &v, NULL)
		       ? v
		       : (double)NAN;
}

/* The gap before the keepalive of a row; NAN: it is none, or is not in the window. *last: the one before. */
static double gap_at(const struct policy *p, unsigned row, double *last)
{
	double at = when(p, row), gap = at - *last;

	if (!is(p, row, KIND, "note") || !is(p, row, STATE, "keepalive"))
		return (double)NAN;
	*last = at;
	return gap > 0.0 && at >= p->begin && at <= p->end ? gap : (double)NAN;
}

static bool is_loss(const struct policy *p, unsigned row)
{
	double at = when(p, row);

	return is(p, row, KIND, "note") && at >= p->begin && at <= p->end &&
	       (is(p, row, STATE, "client-noticed") || is(p, row, STATE, "dead"));
}

static bool open_policy(struct policy *p, const struct nap_csv *csv, GError **error)
{
	double last = (double)NAN;

	p->csv = csv;
	for (int i = 0; i < COLUMNS; i++) {
		p->column[i] = nap_csv_column(csv, columns[i], error);
		if (p->column[i] < 0)
			return false;
	}
	p->begin = isnan(p->from->from) ? 0.0 : p->from->from;
	p->end = fmin(when(p, csv->n - 1), isnan(p->from->to) ? INFINITY : p->from->to);
	if (isnan(p->end) || isinf(p->end))
		return nap_fail(error, "%s: its last row has no time", csv->path);
	nap_plot_axis_begin(&p->along, "time_s");
	nap_plot_axis_begin(&p->up, "since_the_keepalive_before_s");
	nap_plot_axis_take(&p->along, p->begin);
	nap_plot_axis_take(&p->along, p->end);
	for (unsigned r = 0; r < csv->n; r++) {
		double gap = gap_at(p, r, &last);

		p->gaps += isnan(gap) ? 0 : 1;
		p->losses += is_loss(p, r) ? 1 : 0;
		nap_plot_axis_take(&p->up, gap);
	}
	if (p->gaps < LEAST)
		return nap_fail(
			error, "%s: too few keepalives are in it to show how a policy goes on", csv->path);
	for (unsigned i = 0; i < p->from->n_timers; i++)
		if (p->from->timer[i].seconds < 10.0 * p->up.most)
			nap_plot_axis_take(&p->up, p->from->timer[i].seconds * 1.1);
	nap_plot_axis_end(&p->along, NAP_PLOT_ALONG);
	nap_plot_axis_end(&p->up, NAP_PLOT_UP);
	p->along.log = false;
	p->along.low = p->begin * p->along.factor;
	return true;
}

static void put_data(const struct policy *p, GString *data)
{
	double last = (double)NAN;

	g_string_append_printf(data, "# %s, %s, value\n", p->along.label, p->up.label);
	for (unsigned r = 0; r < p->csv->n; r++) {
		double gap = gap_at(p, r, &last);
		g_autofree char *hint = NULL;

		if (isnan(gap))
			continue;
		hint = nap_plot_hint("at %.6g s: a keepalive %.4g s after the one before", last, gap);
		g_string_append_printf(data, "%.9g %.9g %s\n", last * p->along.factor,
			nap_plot_axis_drawn(&p->up, gap), hint);
	}
	g_string_append(data, "\n\n# losses that the client notices\n");
	for (unsigned r = 0; r < p->csv->n; r++)
		if (is_loss(p, r))
			g_string_append_printf(data, "%.9g %.9g\n", when(p, r) * p->along.factor, p->up.low);
}

static gint by_seconds(gconstpointer a, gconstpointer b)
{
	double x = ((const struct nap_plot_timer *)a)->seconds,
	       y = ((const struct nap_plot_timer *)b)->seconds;

	return (x > y) - (x < y);
}

static void print_timer_name(const struct policy *p, const char *names, double seconds, GString *s)
{
	g_autofree char *text = nap_plot_quoted(names);

	g_string_append_printf(s,
		"set label %s at graph 1, first %.9g offset -0.4,0.5 right font ',11' tc rgb '#00785a' "
		"front\n",
		text, seconds * p->up.factor);
}

/* What the path's timers are, which the policy does not know; names of near ones stand in one line. */
static void print_timers(const struct policy *p, GString *s)
{
	g_autoptr(GArray) timers = g_array_new(FALSE, FALSE, sizeof(struct nap_plot_timer));
	g_autoptr(GString) names = g_string_new(NULL);
	double last = (double)NAN;

	g_array_append_vals(timers, p->from->timer, p->from->n_timers);
	g_array_sort(timers, by_seconds);
	for (guint i = 0; i < timers->len; i++) {
		const struct nap_plot_timer *t = &g_array_index(timers, struct nap_plot_timer, i);
		double at = t->seconds * p->up.factor;
		g_autofree char *value = nap_time_said((nap_time)llround(t->seconds * NAP_S));

		if (at < p->up.low || at > p->up.high)
			continue;
		if (names->len > 0 &&
			nap_plot_axis_place(&p->up, t->seconds) - nap_plot_axis_place(&p->up, last) > NEAR) {
			print_timer_name(p, names->str, last, s);
			g_string_truncate(names, 0);
		}
		last = t->seconds;
		g_string_append_printf(
			names, "%s%s %s", names->len ? ", " : "", t->name + strlen("middlebox."), value);
		g_string_append_printf(s,
			"set arrow from graph 0, first %.9g to graph 1, first %.9g nohead back lw 1.4 dt 2 "
			"lc rgb '#009e73'\n",
			at, at);
	}
	if (names->len > 0)
		print_timer_name(p, names->str, last, s);
}

static void draw_policy(struct policy *p, struct nap_plot *to)
{
	struct nap_plot_page page = { to->script, "policy", WIDE, TOP + TALL + NAP_PLOT_BOTTOM, NAP_PLOT_LEFT,
		24 };

	put_data(p, to->data);
	nap_plot_page_begin(&page, p->from);
	nap_plot_page_text(&page, 14, 44, "each keepalive", 12, nap_plot_colour(0));
	if (p->losses)
		nap_plot_page_text(&page, 140, 44, "\xc3\x97 a loss is noticed", 12, nap_plot_colour(1));
	nap_plot_page_panel(&page, TOP, TOP + TALL);
	nap_plot_axis_print(to->script, &p->along, 'x', false);
	nap_plot_axis_print(to->script, &p->up, 'y', false);
	print_timers(p, to->script);
	g_string_append_printf(
		to->script, "plot data index 0 using 1:2 with lines lw 1 lc rgb '#9ecae1', \\\n     ");
	g_string_append_printf(to->script, "data index 0 using 1:2%s pt 7 ps 0.5 lc rgb '%s'",
		p->gaps <= TOLD ? ":3 with labels hypertext point" : " with points", nap_plot_colour(0));
	if (p->losses)
		g_string_append_printf(to->script,
			", \\\n     data index 1 using 1:2 with points pt 2 ps 1 lw 2 lc rgb '%s'",
			nap_plot_colour(1));
	g_string_append(to->script, "\n");
	nap_plot_page_end(&page);
}

bool nap_plot_policy(
	const struct nap_plot_source *from, const struct nap_csv *csv, struct nap_plot *to, GError **error)
{
	struct policy p = { .from = from };
	bool ok = open_policy(&p, csv, error);

	if (ok)
		draw_policy(&p, to);
	return ok;
}
