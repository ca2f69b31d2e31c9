/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/plot_bars.h"

#include <math.h>

#define BAR   26.0
#define PANEL 520.0 /* width */

static double names_width(const GPtrArray *names)
{
	glong longest = 0;

	for (guint i = 0; i < names->len; i++)
		longest = MAX(longest, g_utf8_strlen(names->pdata[i], -1));
	return NAP_PLOT_CHARACTER * (double)longest + 30.0;
}

void nap_plot_bars_begin(struct nap_plot_bars *b, const struct nap_plot_source *from, struct nap_plot *to,
	const char *kind, GPtrArray *names, double right)
{
	double left = names_width(names), tall = BAR * names->len + 8.0;

	*b = (struct nap_plot_bars){ { to->script, kind, left + PANEL + right,
					     NAP_PLOT_BAR_TOP + tall + NAP_PLOT_BOTTOM, left, right },
		names->len, names };
	nap_plot_page_begin(&b->page, from);
	nap_plot_page_panel(&b->page, NAP_PLOT_BAR_TOP, NAP_PLOT_BAR_TOP + tall);
	g_string_append_printf(to->script, "set yrange [0.4:%u.6]\nset ytics scale 0 (", b->n);
	for (unsigned i = 0; i < b->n; i++) {
		g_autofree char *name = nap_plot_quoted(names->pdata[i]);

		g_string_append_printf(to->script, "%s%s %u", i ? ", " : "", name, nap_plot_bar_at(b, i));
	}
	g_string_append(to->script, ")\nunset grid\nset grid xtics lc rgb '" NAP_PLOT_GRID "' lw 1\n");
}

unsigned nap_plot_bar_at(const struct nap_plot_bars *b, unsigned i)
{
	return b->n - i;
}

void nap_plot_bar_words(const struct nap_plot_bars *b, unsigned i, double x, const char *words)
{
	g_autofree char *quoted = nap_plot_quoted(words);

	g_string_append_printf(b->page.script,
		"set label %s at first %.9g, first %u offset 0.8,0 font ',11' tc rgb '" NAP_PLOT_TEXT "'\n",
		quoted, x, nap_plot_bar_at(b, i));
}
