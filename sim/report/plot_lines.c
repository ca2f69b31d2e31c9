/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/plot_lines.h"

#include <stdlib.h>
#include <string.h>

#define SAMPLE 6 /* lines that are kept of too many */

/* Keys and table that lines are made by. */
struct by {
	const struct nap_plot_table *t;
	GPtrArray *key; /* const struct nap_plot_key */
};

static const struct nap_plot_key *key_of(const struct by *by, guint k)
{
	return by->key->pdata[k];
}

static const char *value_of(const struct by *by, const struct nap_plot_line *l, guint k)
{
	return nap_plot_text(by->t, l->row[0], key_of(by, k)->column);
}

GPtrArray *nap_plot_line_keys(
	const struct nap_plot_table *t, const struct nap_plot_key *x, const struct nap_plot_key *y)
{
	GPtrArray *by = g_ptr_array_new();

	for (unsigned i = 0; i < t->n_keys; i++) {
		const struct nap_plot_key *k = &t->key[i];
		bool told = k == x || k == y || k->distinct < 2 || !nap_plot_is_free(t, k, x) ||
			    (y && !nap_plot_is_free(t, k, y));

		for (guint b = 0; !told && b < by->len; b++)
			told = !nap_plot_is_free(t, k, by->pdata[b]);
		if (!told)
			g_ptr_array_add(by, (void *)k);
	}
	return by;
}

/* ---- rows of a line -------------------------------------------------------------------------------------------------- */

static void line_free(void *line)
{
	struct nap_plot_line *l = line;

	g_free(l->label);
	g_free(l->row);
	g_free(l);
}

static bool is_of(const struct by *by, const struct nap_plot_line *l, unsigned row)
{
	for (guint k = 0; k < by->key->len; k++)
		if (strcmp(value_of(by, l, k), nap_plot_text(by->t, row, key_of(by, k)->column)) != 0)
			return false;
	return true;
}

static void add_row(const struct by *by, GPtrArray *lines, unsigned row)
{
	struct nap_plot_line *l = NULL;

	for (guint i = 0; !l && i < lines->len; i++)
		if (is_of(by, lines->pdata[i], row))
			l = lines->pdata[i];
	if (!l) {
		l = g_new0(struct nap_plot_line, 1);
		l->row = g_new(unsigned, by->t->n);
		g_ptr_array_add(lines, l);
	}
	l->row[l->n++] = row;
}

/* Rows of one number stay in their order. */
static int by_number(const void *a, const void *b, void *number)
{
	const double *v = number;
	unsigned i = *(const unsigned *)a, j = *(const unsigned *)b;

	return v[i] != v[j] ? (v[i] > v[j]) - (v[i] < v[j]) : (i > j) - (i < j);
}

/* ---- what it is called ------------------------------------------------------------------------------------------------- */

static const char *last_part(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot ? dot + 1 : name;
}

/* The key without its group, unless another one is then called the same. */
static const char *short_name(const struct by *by, guint k)
{
	const char *name = key_of(by, k)->name, *last = last_part(name);

	for (guint i = 0; i < by->key->len; i++)
		if (i != k && strcmp(last_part(key_of(by, i)->name), last) == 0)
			return name;
	return last;
}

/* Does a value of it say by itself what it is, beside those of the other keys? */
static bool is_named(const char *key)
{
	static const char *const names[] = { "profile", "application", "policy", NULL };

	return g_strv_contains(names, last_part(key));
}

/* Each combination of the keys' values has its line. */
static bool is_grid(const struct by *by, const GPtrArray *lines)
{
	double all = 1.0;

	for (guint k = 0; k < by->key->len; k++)
		all *= key_of(by, k)->distinct;
	return all <= lines->len;
}

/* Values of a line; other: those alone that it has not; changes: values are read as changes, so each has its key. */
static char *words_of(
	const struct by *by, const struct nap_plot_line *l, const struct nap_plot_line *other, bool changes)
{
	GString *s = g_string_new(NULL);
	bool alone = by->key->len == 1;

	for (guint k = 0; k < by->key->len; k++) {
		const char *value = value_of(by, l, k);

		if (other && strcmp(value, value_of(by, other, k)) == 0)
			continue;
		g_string_append(s, s->len > 0 ? ", " : "");
		if (!alone && (changes || !is_named(key_of(by, k)->name)))
			g_string_append_printf(s, "%s ", short_name(by, k));
		g_string_append(s, value);
	}
	return g_string_free(s, FALSE);
}

static char *names_of(const struct by *by)
{
	GString *s = g_string_new(NULL);

	for (guint k = 0; k < by->key->len; k++)
		g_string_append_printf(s, "%s%s", k > 0 ? ", " : "", key_of(by, k)->name);
	return g_string_free(s, FALSE);
}

static char *name_lines(const struct by *by, GPtrArray *lines)
{
	const struct nap_plot_line *first = lines->pdata[0];
	bool changes = by->key->len > 1 && !is_grid(by, lines);
	g_autofree char *all = changes ? words_of(by, first, NULL, true) : NULL;

	for (guint i = 0; i < lines->len; i++) {
		struct nap_plot_line *l = lines->pdata[i];

		l->label = changes && l == first ? g_strdup("unchanged")
						 : words_of(by, l, changes ? first : NULL, changes);
	}
	return changes ? g_strconcat("changes from ", all, NULL) : names_of(by);
}

GPtrArray *nap_plot_lines(const struct nap_plot_table *t, const struct nap_plot_key *x, char **head)
{
	GPtrArray *lines = g_ptr_array_new_with_free_func(line_free);
	g_autoptr(GPtrArray) keys = nap_plot_line_keys(t, x, NULL);
	const struct by by = { t, keys };

	for (unsigned r = 0; r < t->n; r++)
		add_row(&by, lines, t->row[r]);
	*head = lines->len > 0 ? name_lines(&by, lines) : g_strdup("");
	for (guint i = 0; x->numeric && i < lines->len; i++) {
		struct nap_plot_line *l = lines->pdata[i];

		qsort_r(l->row, l->n, sizeof *l->row, by_number, x->number);
	}
	return lines;
}

void nap_plot_thin_lines(GPtrArray *line, GString *left_out)
{
	guint n = line->len;

	if (n <= NAP_PLOT_LINES)
		return;
	for (guint i = n; i-- > 0;) {
		bool kept = false;

		for (guint k = 0; k < SAMPLE; k++)
			kept |= i == k * (n - 1) / (SAMPLE - 1);
		if (!kept)
			g_ptr_array_remove_index(line, i);
	}
	g_string_append_printf(
		left_out, "%d of %u lines are drawn, evenly chosen; --only KEY=VALUE chooses\n", SAMPLE, n);
}
