/* SPDX-License-Identifier: BSD-2-Clause */
/* A replayed trace's power over time, and what of it is tails, promotions, rest. */
#include <math.h>

#include "report/plot_kinds.h"
#include "report/plot_style.h"

#define TOP  74.0
#define TALL 300.0

/* From the axis upwards. */
static const struct part {
	const char *column, *title;
} parts[] = { { "energy_idle_j", "rest" }, { "energy_promotion_j", "promotions" },
	{ "energy_tail_j", "tails" }, { "energy_drx_j", "DRX" }, { "energy_transfer_j", "transfer" } };

enum { PARTS = G_N_ELEMENTS(parts) };

struct series {
	const struct nap_csv *csv;
	int time, power, energy, part[PARTS];
	double from, to, factor;
	const char *unit;
};

static double number(const struct series *s, unsigned row, int column)
{
	double v;

	return nap_csv_number(nap_csv_field(&s->csv->row[row], column), -INFINITY, INFINITY, &v, NULL) ? v
												       : 0.0;
}

/* When a bin ends: where the next begins; the last one's length is its energy by its power. */
static double end_of(const struct series *s, unsigned row)
{
	double power = number(s, row, s->power);

	if (row + 1 < s->csv->n)
		return number(s, row + 1, s->time);
	return number(s, row, s->time) + (power > 0.0 ? number(s, row, s->energy) * 1e3 / power : 0.0);
}

static bool open_series(
	struct series *s, const struct nap_plot_source *from, const struct nap_csv *csv, GError **error)
{
	double end;

	s->csv = csv;
	s->time = nap_csv_column(csv, "time_s", error);
	s->power = s->time < 0 ? -1 : nap_csv_column(csv, "average_power_mw", error);
	s->energy = s->power < 0 ? -1 : nap_csv_column(csv, "energy_j", error);
	if (s->energy < 0)
		return false;
	for (int i = 0; i < PARTS; i++) {
		s->part[i] = nap_csv_column(csv, parts[i].column, error);
		if (s->part[i] < 0)
			return false;
	}
	end = end_of(s, csv->n - 1);
	s->from = isnan(from->from) ? 0.0 : from->from;
	s->to = isnan(from->to) ? end : fmin(end, from->to);
	if (!(s->from < s->to))
		return nap_csv_fail(error, csv, 1, NULL, "nothing is between these times");
	s->unit = s->to - s->from > 3 * 3600 ? "h" : s->to - s->from > 900 ? "min" : "s";
	s->factor = *s->unit == 'h' ? 1.0 / 3600 : *s->unit == 'm' ? 1.0 / 60 : 1.0;
	return true;
}

/* Begin, end, and the parts' powers one on the other; returns the highest. */
static double put_bins(const struct series *s, GString *data)
{
	double top = 0.0;

	g_string_append_printf(data, "# from (%s), to, power (mW) up to:", s->unit);
	for (int i = 0; i < PARTS; i++)
		g_string_append_printf(data, " %s", parts[i].title);
	g_string_append_c(data, '\n');
	for (unsigned r = 0; r < s->csv->n; r++) {
		double begin = number(s, r, s->time), end = end_of(s, r), sum = 0.0;

		if (end <= s->from || begin >= s->to || end <= begin)
			continue;
		g_string_append_printf(data, "%.9g %.9g", begin * s->factor, end * s->factor);
		for (int i = 0; i < PARTS; i++) {
			sum += fmax(0.0, number(s, r, s->part[i])) * 1e3 / (end - begin);
			g_string_append_printf(data, " %.6g", sum);
		}
		g_string_append_c(data, '\n');
		top = fmax(top, sum);
	}
	return top;
}

bool nap_plot_energy(
	const struct nap_plot_source *from, const struct nap_csv *csv, struct nap_plot *to, GError **error)
{
	struct nap_plot_page p = { to->script, "energy", 900, TOP + TALL + NAP_PLOT_BOTTOM, NAP_PLOT_LEFT,
		24 };
	struct series s;
	double top;

	if (!open_series(&s, from, csv, error))
		return false;
	top = put_bins(&s, to->data);
	nap_plot_page_begin(&p, from);
	nap_plot_page_panel(&p, TOP, TOP + TALL);
	g_string_append_printf(to->script,
		"set xrange [%.9g:%.9g]\nset yrange [0:%.6g]\nset xlabel 'time (%s)'\nset ylabel 'mean "
		"power (mW)'\n"
		"set key at screen 0.5, screen %.5f top center horizontal reverse Left samplen 1.2 maxrows 1 "
		"font ',11'\nplot ",
		s.from * s.factor, s.to * s.factor, top > 0.0 ? 1.05 * top : 1.0, s.unit,
		1.0 - 34.0 / p.height);
	for (int i = PARTS; i-- > 0;) { /* the lower ones over the higher ones */
		g_string_append_printf(to->script,
			"data index 0 using 1:(0):1:2:(0):%d with boxxyerror fs solid noborder lc rgb '%s' "
			"title "
			"'%s'%s",
			3 + i, nap_plot_colour((unsigned)i), parts[i].title, i > 0 ? ", \\\n     " : "\n");
	}
	nap_plot_page_end(&p);
	return true;
}
