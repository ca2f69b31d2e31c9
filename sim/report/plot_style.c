/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/plot_style.h"

#include <math.h>
#include <string.h>

#define LINE 16.0 /* from one label to the next */

static const char *const colours[] = { "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9",
	"#000000", "#7f7f7f" };

const char *nap_plot_colour(unsigned i)
{
	return colours[i % G_N_ELEMENTS(colours)];
}

int nap_plot_point(unsigned i)
{
	static const int points[] = { 7, 5, 9, 11, 13, 4, 6, 8 };

	return points[i % G_N_ELEMENTS(points)];
}

int nap_plot_dashes(unsigned i)
{
	return i < G_N_ELEMENTS(colours) ? 1 : 2;
}

char *nap_plot_quoted(const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, "'", -1);
	g_autofree char *doubled = g_strjoinv("''", parts);

	for (char *c = doubled; *c; c++) /* a string of a script ends with its line */
		if ((guchar)*c < ' ')
			*c = ' ';
	return g_strdup_printf("'%s'", doubled);
}

char *nap_plot_hint(const char *format, ...)
{
	GString *s = g_string_new("\"");
	g_autofree char *said = NULL;
	va_list args;

	va_start(args, format);
	said = g_strdup_vprintf(format, args);
	va_end(args);
	for (const char *c = said; *c; c++)
		if (!strchr("<>&'\"\\", *c))
			g_string_append_c(s, (guchar)*c < ' ' ? ' ' : *c);
		else
			g_string_append(s, *c == '<'   ? "\xe2\x80\xb9"
					   : *c == '>' ? "\xe2\x80\xba"
						       : "\xe2\x80\x99");
	g_string_append_c(s, '"');
	return g_string_free(s, FALSE);
}

static const char *title_of(const struct nap_plot_source *from)
{
	return from->title ? from->title : "";
}

void nap_plot_page_begin(const struct nap_plot_page *p, const struct nap_plot_source *from)
{
	GString *s = p->script;

	g_string_append_printf(s,
		"# `gnuplot %s.gp` draws %s.dat anew; gnuplot -e \"format='pdf'\" %s.gp as svg, pdf or png\n"
		"set encoding utf8\nif (!exists('format')) format = 'svg'\n"
		"if (!exists('out')) out = '%s.' . format\n",
		p->kind, p->kind, p->kind, p->kind);
	g_string_append_printf(s,
		"if (format eq 'svg') eval 'set terminal svg size %.0f,%.0f dynamic noenhanced background "
		"rgb "
		"\"white\" font \"DejaVu Sans,13\"' . (exists('values') ? ' mouse standalone' : '')\n"
		"if (format eq 'png') set terminal pngcairo size %.0f,%.0f noenhanced background rgb 'white' "
		"font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8\n"
		"if (format eq 'pdf') set terminal pdfcairo size %.3fin,%.3fin noenhanced background rgb "
		"'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8\n",
		p->width, p->height, 2 * p->width, 2 * p->height, p->width / 96, p->height / 96);
	g_string_append_printf(s,
		"set output out\ndata = '%s.dat'\nset datafile missing '?'\nset multiplot\n"
		"set border 3 lc rgb '" NAP_PLOT_TEXT
		"'\nset xlabel offset 0,0.4\nset tics nomirror out scale 0.5\nunset key\n"
		"set grid ytics lc rgb '" NAP_PLOT_GRID "' lw 1\n",
		p->kind);
	nap_plot_page_text(p, 14, 20, title_of(from), 15, "#000000");
}

void nap_plot_page_text(
	const struct nap_plot_page *p, double x, double y, const char *text, int size, const char *colour)
{
	g_autofree char *quoted = nap_plot_quoted(text);

	if (*text)
		g_string_append_printf(p->script,
			"set label %s at screen %.5f,%.5f left font ',%d' tc rgb '%s'\n", quoted,
			x / p->width, 1.0 - y / p->height, size, colour);
}

void nap_plot_page_fit(struct nap_plot_page *p, double x, const char *text, int size)
{
	double need = x + NAP_PLOT_CHARACTER * size / 13.0 * (double)g_utf8_strlen(text, -1) + 14.0;

	if (need > p->width) {
		p->right += need - p->width;
		p->width = need;
	}
}

void nap_plot_page_panel(const struct nap_plot_page *p, double top, double bottom)
{
	g_string_append_printf(p->script,
		"set lmargin at screen %.5f\nset rmargin at screen %.5f\n"
		"set tmargin at screen %.5f\nset bmargin at screen %.5f\n",
		p->left / p->width, 1.0 - p->right / p->width, 1.0 - top / p->height,
		1.0 - bottom / p->height);
}

void nap_plot_page_end(const struct nap_plot_page *p)
{
	g_string_append(p->script, "unset multiplot\nunset output\n");
}

/* ---- labels beside --------------------------------------------------------------------------------------------------- */

double nap_plot_labels_width(const struct nap_plot_label *label, unsigned n)
{
	glong longest = 0;

	for (unsigned i = 0; i < n; i++)
		longest = MAX(longest, g_utf8_strlen(label[i].text, -1));
	return longest > 0 ? 30.0 + NAP_PLOT_CHARACTER * (double)longest : 20.0;
}

static int by_place(gconstpointer a, gconstpointer b)
{
	const struct nap_plot_label *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

/* Where each may stand without touching the next: up from below, then down from the top. */
static void spread(const struct nap_plot_label *label, double *place, unsigned n, double gap)
{
	for (unsigned i = 0; i < n; i++)
		place[i] = i > 0 ? fmax(label[i].at, place[i - 1] + gap) : label[i].at;
	for (unsigned i = n; i-- > 0;) {
		double most = i + 1 < n ? place[i + 1] - gap : 1.0;

		place[i] = fmin(place[i], most);
	}
}

void nap_plot_labels_beside(
	const struct nap_plot_page *p, struct nap_plot_label *label, unsigned n, double height)
{
	double panel = p->width - p->left - p->right, dx = 12.0 / panel;
	g_autofree double *place = g_new(double, n + 1);
	unsigned kept = 0;

	for (unsigned i = 0; i < n; i++)
		if (!isnan(label[i].at) && *label[i].text)
			label[kept++] = label[i];
	qsort(label, kept, sizeof *label, by_place);
	spread(label, place, kept, LINE / height);
	for (unsigned i = 0; i < kept; i++) {
		g_autofree char *quoted = nap_plot_quoted(label[i].text);

		g_string_append_printf(p->script,
			"set arrow from graph 1,%.5f to graph %.5f,%.5f nohead lw 1 lc rgb '%s'\n"
			"set label %s at graph %.5f,%.5f left tc rgb '%s'\n",
			label[i].at, 1.0 + dx, place[i], label[i].colour, quoted, 1.0 + 1.4 * dx, place[i],
			label[i].colour);
	}
}
