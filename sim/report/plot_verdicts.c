/* SPDX-License-Identifier: BSD-2-Clause */
/* Verdicts of a check: for each document, and each thing judged, how many requirements are met. */
#include <math.h>
#include <string.h>

#include "report/plot_bars.h"
#include "report/plot_kinds.h"
#include "text/input_error.h"

enum { SUBJECT, DOCUMENT, LEVEL, VERDICT, COLUMNS };

static const char *const columns[] = { "subject", "document", "level", "verdict" };

/* What is counted, in the order in which it is drawn. */
static const struct part {
	const char *verdict, *level, *words, *colour; /* level NULL: any */
} parts[] = { { "meets", NULL, "met", "#0072b2" }, { "violates", "MUST", "MUST violated", "#d55e00" },
	{ "violates", "SHOULD", "SHOULD violated", "#e69f00" },
	{ "not applicable", NULL, "not applicable", "#d0d0d0" },
	{ "not tested", NULL, "not tested", "#ececec" } };

struct group {
	char *name;
	unsigned count[G_N_ELEMENTS(parts)];
};

static void group_free(void *group)
{
	g_free(((struct group *)group)->name);
	g_free(group);
}

static struct group *group_of(GPtrArray *groups, const char *subject, const char *document)
{
	g_autofree char *name = g_strdup_printf("%s, %s", subject, document);
	struct group *g;

	for (guint i = 0; i < groups->len; i++)
		if (strcmp(((struct group *)groups->pdata[i])->name, name) == 0)
			return groups->pdata[i];
	g = g_new0(struct group, 1);
	g->name = g_steal_pointer(&name);
	g_ptr_array_add(groups, g);
	return g;
}

static void count(struct group *g, const char *verdict, const char *level)
{
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
		if (strcmp(parts[i].verdict, verdict) == 0 &&
			(!parts[i].level || strcmp(parts[i].level, level) == 0)) {
			g->count[i]++;
			return;
		}
}

static bool count_all(const struct nap_csv *csv, GPtrArray *groups, GError **error)
{
	int column[COLUMNS];

	for (int i = 0; i < COLUMNS; i++) {
		column[i] = nap_csv_column(csv, columns[i], error);
		if (column[i] < 0)
			return false;
	}
	for (unsigned r = 0; r < csv->n; r++) {
		const struct nap_csv_row *row = &csv->row[r];

		count(group_of(groups, nap_csv_field(row, column[SUBJECT]),
			      nap_csv_field(row, column[DOCUMENT])),
			nap_csv_field(row, column[VERDICT]), nap_csv_field(row, column[LEVEL]));
	}
	return true;
}

/* A bar of parts; returns how many requirements there are. */
static unsigned put_bar(const struct nap_plot_bars *b, unsigned i, const struct group *g, GString *data)
{
	g_autoptr(GString) words = g_string_new(NULL);
	unsigned at = 0;

	for (size_t k = 0; k < G_N_ELEMENTS(parts); k++) {
		g_autofree char *hint = nap_plot_hint("%s: %u %s", g->name, g->count[k], parts[k].words);

		if (g->count[k] == 0)
			continue;
		g_string_append_printf(data, "%u %u %u 0x%s %s\n", nap_plot_bar_at(b, i), at,
			at + g->count[k], parts[k].colour + 1, hint);
		if (k < 3)
			g_string_append_printf(
				words, "%s%u %s", words->len ? ", " : "", g->count[k], parts[k].words);
		at += g->count[k];
	}
	nap_plot_bar_words(b, i, at, words->str);
	return at;
}

static void draw_verdicts(GPtrArray *groups, const struct nap_plot_source *from, struct nap_plot *to)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	struct nap_plot_bars b;
	double x = 14;
	unsigned most = 1;

	for (guint i = 0; i < groups->len; i++)
		g_ptr_array_add(names, ((struct group *)groups->pdata[i])->name);
	nap_plot_bars_begin(&b, from, to, "verdicts", names, 330.0);
	for (size_t k = 0; k < G_N_ELEMENTS(parts); k++) {
		nap_plot_page_text(&b.page, x, 42, parts[k].words, 12, k < 3 ? parts[k].colour : "#8a8a8a");
		x += NAP_PLOT_CHARACTER * ((double)strlen(parts[k].words) + 2);
	}
	g_string_append(to->data, "# row, from, to, colour, value\n");
	for (guint i = 0; i < groups->len; i++) {
		unsigned n = put_bar(&b, i, groups->pdata[i], to->data);

		most = MAX(most, n);
	}
	g_string_append_printf(to->script,
		"set xrange [0:%u]\nset xtics autofreq\nset xlabel 'requirements'\n"
		"plot data using 2:1:2:($3-0.06):($1-0.34):($1+0.34):4 with boxxyerror fs solid noborder lc "
		"rgb "
		"variable, "
		"\\\n"
		"     data using (($2+$3)/2):1:5 with labels hypertext point pt 5 ps 2 lc rgb '#ff000000'\n",
		most);
	nap_plot_page_end(&b.page);
}

bool nap_plot_verdicts(
	const struct nap_plot_source *from, const struct nap_csv *csv, struct nap_plot *to, GError **error)
{
	g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func(group_free);

	if (!count_all(csv, groups, error))
		return false;
	draw_verdicts(groups, from, to);
	return true;
}
