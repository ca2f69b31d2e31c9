/* SPDX-License-Identifier: BSD-2-Clause */
/* A replayed trace's flows, the dearest first: what each costs, how much of it keepalives, and which a middlebox would have cut. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/plot_kinds.h"
#include "report/plot_style.h"

#define TOP   74.0
#define EACH  34.0
#define LEFT  240.0
#define RIGHT 320.0 /* for what is said of each */

enum { MOST = 14 /* flows that are drawn */ };
enum { PROTO, REMOTE, ENERGY, PERIOD, KEEPALIVE, USED, COLUMNS };

static const char *const columns[] = { "proto", "remote", "energy_j", "keepalive_period_s",
	"keepalive_energy_j", "used_after_cut_at_s" };

struct flows {
	const struct nap_csv *csv;
	int column[COLUMNS];
	unsigned *row, n; /* the dearest first */
};

struct dear {
	double j;
	unsigned row;
};

static const char *text(const struct flows *f, unsigned row, int what)
{
	return nap_csv_field(&f->csv->row[row], f->column[what]);
}

/* NAN where it is empty. */
static double number(const struct flows *f, unsigned row, int what)
{
	double v;

	return nap_csv_number(text(f, row, what), -INFINITY, INFINITY, &v, NULL) ? v : (double)NAN;
}

static int by_energy(const void *a, const void *b)
{
	const struct dear *x = a, *y = b;

	return x->j != y->j ? (x->j < y->j) - (x->j > y->j) : (x->row > y->row) - (x->row < y->row);
}

static bool open_flows(struct flows *f, const struct nap_csv *csv, GError **error)
{
	g_autofree struct dear *dear = g_new(struct dear, csv->n);

	f->csv = csv;
	for (int i = 0; i < COLUMNS; i++) {
		f->column[i] = nap_csv_column(csv, columns[i], error);
		if (f->column[i] < 0)
			return false;
	}
	for (unsigned r = 0; r < csv->n; r++)
		dear[r] = (struct dear){ fmax(0.0, number(f, r, ENERGY)), r };
	qsort(dear, csv->n, sizeof *dear, by_energy);
	f->n = MIN(csv->n, (unsigned)MOST);
	f->row = g_new(unsigned, f->n);
	for (unsigned i = 0; i < f->n; i++)
		f->row[i] = dear[i].row;
	return true;
}

/* Which middlebox cut it first, and when; NULL: none did. */
static char *cut(const struct flows *f, unsigned row)
{
	static const char suffix[] = ".cut_at_s";
	const struct nap_csv_row *head = f->csv->head;
	double first = INFINITY;
	char *by = NULL;

	for (unsigned i = 0; i < head->n; i++) {
		double at;

		if (!g_str_has_suffix(head->field[i], suffix) ||
			!nap_csv_number(nap_csv_field(&f->csv->row[row], (int)i), 0.0, INFINITY, &at, NULL) ||
			at >= first)
			continue;
		first = at;
		g_free(by);
		by = g_strdup_printf("cut at %.4g min by %.*s%s", at / 60,
			(int)(strlen(head->field[i]) - strlen(suffix)), head->field[i],
			*text(f, row, USED) ? ", used after" : "");
	}
	return by;
}

static char *said_of(const struct flows *f, unsigned row, double all)
{
	g_autofree char *by = cut(f, row);
	double period = number(f, row, PERIOD);
	GString *s = g_string_new(NULL);

	g_string_append_printf(s, "%.3g %%", 100 * number(f, row, ENERGY) / all);
	if (!isnan(period))
		g_string_append_printf(s, ", alive by %.4g %s", period < 120 ? period : period / 60,
			period < 120 ? "s" : "min");
	if (by)
		g_string_append_printf(s, ", %s", by);
	return g_string_free(s, FALSE);
}

static double energy_of_all(const struct flows *f)
{
	double all = 0.0;

	for (unsigned r = 0; r < f->csv->n; r++)
		all += fmax(0.0, number(f, r, ENERGY));
	return all;
}

/* Bars' ends, names as tics, what is said of each beside its bar. */
static void put_flows(const struct flows *f, double all, struct nap_plot *to)
{
	g_string_append(to->data, "# place, energy of keepalives (J), all energy (J)\n");
	g_string_append(to->script, "set ytics (");
	for (unsigned i = 0; i < f->n; i++) {
		g_autofree char *name =
			g_strdup_printf("%s %s", text(f, f->row[i], PROTO), text(f, f->row[i], REMOTE));
		g_autofree char *quoted = nap_plot_quoted(name);
		double kept = number(f, f->row[i], KEEPALIVE);

		g_string_append_printf(to->data, "%u %.9g %.9g # %s\n", i, isnan(kept) ? 0.0 : kept,
			number(f, f->row[i], ENERGY), name);
		g_string_append_printf(to->script, "%s%s %u", i ? ", " : "", quoted, i);
	}
	g_string_append(to->script, ") scale 0\n");
	for (unsigned i = 0; i < f->n; i++) {
		g_autofree char *said = said_of(f, f->row[i], all), *quoted = nap_plot_quoted(said);

		g_string_append_printf(to->script,
			"set label %s at first %.9g, first %u left offset 0.6,0 font ',11' tc rgb '%s'\n",
			quoted, number(f, f->row[i], ENERGY), i,
			strstr(said, "used after") ? nap_plot_colour(1) : NAP_PLOT_TEXT);
	}
}

bool nap_plot_flows(
	const struct nap_plot_source *from, const struct nap_csv *csv, struct nap_plot *to, GError **error)
{
	struct nap_plot_page p = { to->script, "flows", 900, 0, LEFT, RIGHT };
	struct flows f = { .row = NULL };
	double all;

	if (!open_flows(&f, csv, error))
		return false;
	all = energy_of_all(&f);
	if (csv->n > f.n)
		g_string_append_printf(
			to->left_out, "of %u flows the %u that cost the most are drawn\n", csv->n, f.n);
	p.height = TOP + EACH * f.n + NAP_PLOT_BOTTOM;
	nap_plot_page_begin(&p, from);
	nap_plot_page_panel(&p, TOP, TOP + EACH * f.n);
	put_flows(&f, all > 0.0 ? all : 1.0, to);
	g_string_append_printf(to->script,
		"set yrange [%u.5:-0.5]\nset xrange [0:*]\nset xlabel 'energy (J)'\nunset grid\nset grid "
		"xtics\n"
		"set key at screen 0.5, screen %.5f top center horizontal reverse Left samplen 1.2 maxrows 1 "
		"font ',11'\n"
		"plot data index 0 using (0):1:(0):3:($1-0.36):($1+0.36) with boxxyerror fs solid noborder "
		"lc "
		"rgb '#9fb6c8' title 'all else', \\\n"
		"     data index 0 using (0):1:(0):2:($1-0.36):($1+0.36) with boxxyerror fs solid noborder "
		"lc "
		"rgb '%s' title 'keepalives'\n",
		f.n - 1, 1.0 - 34.0 / p.height, nap_plot_colour(0));
	nap_plot_page_end(&p);
	g_free(f.row);
	return true;
}
