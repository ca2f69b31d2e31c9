/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A tornado a metric, one below the other: a bar a key, the strongest on top, as long as its total index; its darker part is the
 * first order index, a line the total's interval. All labels stand beside what they are of.
 */
#include <math.h>
#include <string.h>

#include "report/sensitivity_report.h"

#define CHARACTER 8.3 /* pixels, of a name */
#define UNIT      300 /* pixels of an index of 1, */
#define MOST      2.1 /* to the end of the axis: labels stand behind the bars */
#define CUT       1.3 /* where a long interval is cut off */
#define TOP       58  /* what stands above the first panel, */
#define BOTTOM    52  /* and the axis below the last */
#define BAR       24  /* from one bar to the next */
#define HEAD      34  /* of a panel: its metric */
#define LEAST     0.005

/* colours that the colour-blind tell apart (Okabe and Ito 2008): blue, and a light one of it */
#define FIRST "#0072b2"
#define TOTAL "#a6d3f0"
#define LINES "#444444"

/* A text as a gnuplot string in single quotes. */
static char *quoted(const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, "'", -1);
	g_autofree char *doubled = g_strjoinv("''", parts);

	return g_strdup_printf("'%s'", doubled);
}

static uint32_t count_panels(const struct nap_sensitivity_report *r)
{
	uint32_t n = 0;

	for (uint32_t m = 0; m < r->s.metrics; m++)
		n += nap_sensitivity_varies(r, m) ? 1 : 0;
	return n;
}

/* What stands right of a bar. */
static char *label_of(const struct nap_sensitivity_report *r, uint32_t m, uint32_t k)
{
	static const char *const ways[] = { ", falls", "", ", rises" };
	const struct nap_sobol *i = &r->s.sobol[k * r->s.metrics + m];

	if (isnan(i->total))
		return g_strdup(r->s.rows_done > 0 || r->complete ? "put aside by the screening"
								  : "not known: interrupted");
	if (fabs(i->total) < LEAST)
		return g_strdup("0.00");
	return g_strdup_printf("%.2f (%.2f by itself)%s", i->total, fmax(0.0, i->first),
		ways[nap_sensitivity_way(r, m, k) + 1]);
}

static double cut(double v)
{
	return CLAMP(v, 0.0, CUT);
}

/* Names and labels of a panel's bars, and their numbers as a block of data. */
static void append_bars(GString *s, const struct nap_sensitivity_report *r, uint32_t m)
{
	uint32_t ranked[NAP_SENSITIVITY_KEYS], n = r->s.keys;

	nap_sensitivity_rank(r, m, ranked);
	g_string_append(s, "set ytics ()\n");
	for (uint32_t k = 0; k < n; k++) {
		g_autofree char *name = quoted(r->key[ranked[k]].name);
		g_autofree char *text = label_of(r, m, ranked[k]), *label = quoted(text);
		const struct nap_sobol *i = &r->s.sobol[ranked[k] * r->s.metrics + m];
		double end =
			isnan(i->total) ? 0.0 : fmax(i->total, isnan(i->total_high) ? 0.0 : i->total_high);

		g_string_append_printf(s, "set ytics add (%s %u)\n", name, n - k);
		g_string_append_printf(s, "set label %s at %.4f,%u offset 0.8,0 tc rgb '" LINES "'\n", label,
			fmin(end, CUT), n - k);
	}
	g_string_append_printf(s, "$bars%u << EOD\n", m);
	for (uint32_t k = 0; k < n; k++) {
		const struct nap_sobol *i = &r->s.sobol[ranked[k] * r->s.metrics + m];

		if (!isnan(i->total))
			g_string_append_printf(s, "%u %.6f %.6f %.6f %.6f\n", n - k, cut(i->total),
				cut(fmin(i->first, i->total)),
				cut(isnan(i->total_low) ? i->total : i->total_low),
				cut(isnan(i->total_high) ? i->total : i->total_high));
	}
	g_string_append(s, "EOD\n");
}

static void append_panel(
	GString *s, const struct nap_sensitivity_report *r, uint32_t m, double top, double height, bool last)
{
	g_autofree char *metric = quoted(r->metric[m]->name);
	uint32_t n = r->s.keys;

	g_string_append_printf(s, "set tmargin at screen %.5f\nset bmargin at screen %.5f\n",
		1.0 - (top + HEAD) / height, 1.0 - (top + HEAD + BAR * n) / height);
	g_string_append_printf(s, "set yrange [0.4:%.1f]\n", n + 0.6);
	g_string_append_printf(s, "set label %s at graph 0,1 offset 0,0.7 font ',14'\n", metric);
	append_bars(s, r, m);
	g_string_append(
		s, last ? "set xtics ('0' 0, '0.25' 0.25, '0.5' 0.5, '0.75' 0.75, '1' 1)\n"
			  "set label 'share of the metric''s variance' at 0.5, graph 0 offset 0,-2.2 center\n"
			: "set xtics ('' 0, '' 0.25, '' 0.5, '' 0.75, '' 1)\n");
	if (r->s.n_chosen == 0 || r->s.rows_done < 2) {
		g_string_append(s, "plot NaN notitle\n");
		return;
	}
	g_string_append_printf(s,
		"plot $bars%u using 2:1:(0):2:($1-0.34):($1+0.34) with boxxyerror fs solid noborder lc rgb "
		"'" TOTAL "', "
		"'' using 3:1:(0):3:($1-0.34):($1+0.34) with boxxyerror fs solid noborder lc rgb '" FIRST
		"', "
		"'' using 2:1:4:5 with xerrorbars pt -1 lw 1.4 lc rgb '" LINES "'\n",
		m);
}

/* Pixels left of the axis: the longest name. */
static double left_of(const struct nap_sensitivity_report *r)
{
	size_t longest = 0;

	for (uint32_t k = 0; k < r->s.keys; k++)
		longest = MAX(longest, strlen(r->key[k].name));
	return CHARACTER * (double)longest + 24.0;
}

GString *nap_sensitivity_figure(const struct nap_sensitivity_report *r, const char *title)
{
	uint32_t panels = count_panels(r), drawn = 0;
	double panel = HEAD + BAR * r->s.keys, height = TOP + panel * MAX(panels, 1) + BOTTOM;
	double left = left_of(r), width = left + UNIT * MOST + 8.0;
	g_autofree char *heading = quoted(title);
	GString *s = g_string_new("set encoding utf8\n");

	g_string_append_printf(s,
		"set terminal svg size %.0f,%.0f dynamic noenhanced background rgb 'white' font 'DejaVu "
		"Sans,13'\n",
		width, height);
	g_string_append_printf(s,
		"set multiplot\nset label %s at screen 0.02, %.5f font ',15'\n"
		"set label 'bar: all that a key does (line: 95 %% interval); dark: by itself; falls, rises: "
		"as the key grows' "
		"at screen 0.02, %.5f tc rgb '" LINES "' font ',11'\n",
		heading, 1.0 - 18.0 / height, 1.0 - 40.0 / height);
	g_string_append_printf(s,
		"unset key\nset border 2\nset tics nomirror scale 0.4\nset xrange [0:%g]\nset lmargin at "
		"screen %.5f\n"
		"set rmargin at screen %.5f\nset grid xtics lc rgb '#dddddd' lw 1\n",
		MOST, left / width, 1.0 - 8.0 / width);
	for (uint32_t m = 0; m < r->s.metrics; m++)
		if (nap_sensitivity_varies(r, m)) {
			append_panel(s, r, m, TOP + panel * drawn, height, drawn + 1 == panels);
			g_string_append(s, "unset label\n");
			drawn++;
		}
	g_string_append(s, "unset multiplot\n");
	return s;
}
