/* SPDX-License-Identifier: BSD-2-Clause */
/* The gallery: what was printed of each figure beside what came out, as a page of Markdown. */
#include <math.h>
#include <string.h>

#include "experiments/figure.h"
#include "io/textfile.h"
#include "report/text_table.h"
#include "text/csv.h"
#include "text/input_error.h"

#define LARGEST ((size_t)16 << 20) /* of a table */
#define ROWS    8                  /* of a figure's values; the others are in its table */

enum { SERIES, X, UNIT, PUBLISHED, SIMULATED, ERROR, TOLERANCE, VERDICT, VERIFIED, COLUMNS };

static const char *const columns[] = { "series", "x", "unit", "published", "simulated", "relative_error",
	"tolerance", "verdict", "verified" };

struct table {
	struct nap_csv *csv;
	int column[COLUMNS];
};

static bool open_table(struct table *t, const char *dir, const char *name, GError **error)
{
	g_autofree char *file = g_strconcat(name, "-table.csv", NULL),
			*path = g_build_filename(dir, file, NULL),
			*text = nap_read_text(path, LARGEST, NULL, error);

	t->csv = text ? nap_csv_parse(path, text, error) : NULL;
	for (int i = 0; t->csv && i < COLUMNS; i++) {
		t->column[i] = nap_csv_column(t->csv, columns[i], error);
		if (t->column[i] < 0)
			g_clear_pointer(&t->csv, nap_csv_free);
	}
	return t->csv != NULL;
}

static const char *field(const struct table *t, unsigned row, int what)
{
	return nap_csv_field(&t->csv->row[row], t->column[what]);
}

static bool is(const struct table *t, unsigned row, int what, const char *word)
{
	return strcmp(field(t, row, what), word) == 0;
}

/* A cell of Markdown: bars would end it. */
static void cell(GString *out, const char *text)
{
	g_string_append(out, "| ");
	for (; *text; text++) {
		if (*text == '|')
			g_string_append_c(out, '\\');
		g_string_append_c(out, *text);
	}
	g_string_append_c(out, ' ');
}

static void number_cell(GString *out, const struct table *t, unsigned row, int what)
{
	double v;
	g_autofree char *text = NULL;

	if (!nap_csv_number(field(t, row, what), -INFINITY, INFINITY, &v, NULL))
		text = g_strdup("-");
	else if (what == ERROR)
		text = g_strdup_printf("%+.2f %%", 100.0 * v);
	else
		text = nap_number_text(v);
	cell(out, text);
}

/* "3 of 3", and of how many it was fitted. */
static char *score(const struct table *t)
{
	unsigned met = 0, fitted = 0;

	for (unsigned r = 0; r < t->csv->n; r++) {
		met += is(t, r, VERDICT, "met") ? 1 : 0;
		fitted += is(t, r, VERDICT, "fitted to") ? 1 : 0;
	}
	return fitted ? g_strdup_printf("%u of %u, besides %u fitted to", met, t->csv->n - fitted, fitted)
		      : g_strdup_printf("%u of %u", met, t->csv->n);
}

/* Those that are not met come first, as nobody should have to look for them. */
static void values(GString *out, const struct nap_figure *f, const struct table *t)
{
	unsigned shown = 0;

	g_string_append_printf(out,
		"| series | x | %s | simulated | error | tolerance | unit | verdict | seen |\n"
		"|---|--:|--:|--:|--:|--:|---|---|---|\n",
		f->kind == NAP_FIGURE_CALCULATION ? "calculated" : "published");
	for (int pass = 0; pass < 2; pass++)
		for (unsigned r = 0; r < t->csv->n && shown < ROWS; r++) {
			bool missed = !is(t, r, VERDICT, "met") && !is(t, r, VERDICT, "fitted to");

			if (missed != (pass == 0))
				continue;
			shown++;
			cell(out, field(t, r, SERIES));
			cell(out, *field(t, r, X) ? field(t, r, X) : "-");
			number_cell(out, t, r, PUBLISHED);
			number_cell(out, t, r, SIMULATED);
			number_cell(out, t, r, ERROR);
			cell(out, field(t, r, TOLERANCE));
			cell(out, field(t, r, UNIT));
			g_string_append_printf(out, missed ? "| **%s** " : "| %s ", field(t, r, VERDICT));
			cell(out, field(t, r, VERIFIED));
			g_string_append(out, "|\n");
		}
	if (shown < t->csv->n)
		g_string_append_printf(out, "\nThe other %u values are in [%s-table.csv](%s-table.csv).\n",
			t->csv->n - shown, f->name, f->name);
}

static void one(GString *out, const struct nap_figure *f, const struct table *t)
{
	g_autofree char *met = score(t);

	g_string_append_printf(out, "\n## %s\n\n![%s](%s.svg)\n\n%s (%s): %s.\n\nWithin tolerance: %s.\n\n",
		f->name, f->title, f->name, f->title,
		f->kind == NAP_FIGURE_CALCULATION ? "calculated from what the source says" : "published",
		f->source, met);
	if (*f->look)
		g_string_append_printf(out, "- Look at: %s\n", f->look);
	if (*f->change)
		g_string_append_printf(out, "- Then change: %s\n", f->change);
	g_string_append(out, *f->look || *f->change ? "\n" : "");
	values(out, f, t);
}

GString *nap_figure_gallery(const char *from, char **names, const char *dir, GError **error)
{
	g_autoptr(GString) list = g_string_new(NULL), all = g_string_new(NULL);
	GString *page =
		g_string_new("# Figures\n\n"
			     "Published figures beside simulated ones, made by `natnap figures` and written "
			     "here by `natnap figures --gallery`. What\n"
			     "tolerances and verdicts mean is in [figures.md](../docs/figures.md).\n\n"
			     "| figure | what | within tolerance |\n|---|---|---|\n");
	bool ok = true;

	for (char **name = names; ok && *name; name++) {
		struct table t;
		struct nap_figure *f = nap_figure_load(from, *name, error);

		ok = f && open_table(&t, dir, *name, error);
		if (ok) {
			g_autofree char *met = score(&t);

			g_string_append_printf(
				list, "| [%s](#%s) | %s | %s |\n", f->name, f->name, f->title, met);
			one(all, f, &t);
			nap_csv_free(t.csv);
		}
		nap_figure_free(f);
	}
	if (!ok) {
		g_string_free(page, TRUE);
		return NULL;
	}
	g_string_append(page, list->str);
	g_string_append(page, all->str);
	return page;
}
