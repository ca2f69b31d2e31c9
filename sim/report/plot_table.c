/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/plot_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "text/input_error.h"
#include "text/quantity.h"

const char *nap_plot_text(const struct nap_plot_table *t, unsigned row, int column)
{
	return nap_csv_field(&t->csv->row[row], column);
}

static double number_of(const char *text)
{
	char *end;
	double v = g_ascii_strtod(text, &end);

	return *text && !*end && isfinite(v) ? v : (double)NAN;
}

double nap_plot_number(const struct nap_plot_table *t, unsigned row, int column)
{
	return column < 0 ? (double)NAN : number_of(nap_plot_text(t, row, column));
}

double nap_plot_value(const struct nap_plot_table *t, unsigned row, const struct nap_plot_metric *m)
{
	double v = nap_plot_number(t, row, m->over), under;

	if (m->under < 0)
		return v;
	under = nap_plot_number(t, row, m->under);
	return under != 0.0 ? v / under : (double)NAN;
}

/* ---- keys ------------------------------------------------------------------------------------------------------------ */

/* The columns of a sweep end where the first of these stands. */
static int count_keys(const struct nap_csv *csv)
{
	static const char *const ends[] = { "replications", "share", "energy_j", NULL };
	unsigned c = 0;

	while (c < csv->head->n && !g_strv_contains(ends, csv->head->field[c]))
		c++;
	return c < csv->head->n ? (int)c : -1;
}

/* Is a column the numbers of the key before it: KEY_unit? */
static const char *unit_in(const char *key, const char *column)
{
	return g_str_has_prefix(column, key) && column[strlen(key)] == '_' ? column + strlen(key) + 1 : NULL;
}

static void read_numbers(struct nap_plot_table *t, struct nap_plot_key *k, int numbers)
{
	k->number = g_new(double, t->csv->n);
	for (unsigned i = 0; i < t->csv->n; i++) {
		const char *text = nap_plot_text(t, i, k->column);
		nap_time time;

		k->number[i] = nap_plot_number(t, i, numbers < 0 ? k->column : numbers);
		if (numbers < 0 && isnan(k->number[i]) && nap_time_parse(text, &time, NULL) &&
			time != NAP_NEVER) {
			k->number[i] = nap_time_seconds(time);
			k->time = true;
		}
	}
	k->time |= strcmp(k->unit, "s") == 0;
}

static void find_keys(struct nap_plot_table *t)
{
	t->key = g_new0(struct nap_plot_key, (size_t)t->first + 1);
	for (int c = 0; c < t->first; c++) {
		struct nap_plot_key *k = &t->key[t->n_keys++];
		const char *unit;

		k->name = t->csv->head->field[c];
		k->column = c;
		k->unit = "";
		unit = c + 1 < t->first ? unit_in(k->name, t->csv->head->field[c + 1]) : NULL;
		if (unit)
			k->unit = unit;
		read_numbers(t, k, unit ? ++c : -1);
	}
}

/* What can be said of the keys once the rows are known. */
static void look_at_keys(struct nap_plot_table *t)
{
	for (unsigned i = 0; i < t->n_keys; i++) {
		struct nap_plot_key *k = &t->key[i];
		g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

		k->numeric = true;
		for (unsigned r = 0; r < t->n; r++) {
			g_hash_table_add(seen, (void *)nap_plot_text(t, t->row[r], k->column));
			k->numeric &= !isnan(k->number[t->row[r]]);
		}
		k->distinct = g_hash_table_size(seen);
	}
}

static struct nap_plot_key *find_key(const struct nap_plot_table *t, const char *name, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autofree char *near = NULL, *shown = nap_shown(name);

	for (unsigned i = 0; i < t->n_keys; i++) {
		if (strcmp(t->key[i].name, name) == 0)
			return &t->key[i];
		g_ptr_array_add(names, (char *)t->key[i].name);
	}
	g_ptr_array_add(names, NULL);
	near = nap_did_you_mean(name, (const char *const *)names->pdata);
	nap_fail(error, "%s: %s is no key that is swept there%s", t->csv->path, shown, near);
	return NULL;
}

/* Keep the rows of KEY=VALUE. */
static bool keep_only(struct nap_plot_table *t, const char *wish, GError **error)
{
	const char *equals = strchr(wish, '=');
	g_autofree char *name = g_strndup(wish, equals ? (size_t)(equals - wish) : strlen(wish));
	struct nap_plot_key *k;
	unsigned kept = 0;

	if (!equals)
		return nap_fail(error, "--only %s: it takes KEY=VALUE", wish);
	k = find_key(t, name, error);
	if (!k)
		return false;
	for (unsigned r = 0; r < t->n; r++)
		if (strcmp(nap_plot_text(t, t->row[r], k->column), equals + 1) == 0)
			t->row[kept++] = t->row[r];
	t->n = kept;
	return kept > 0 || nap_fail(error, "%s: no row has %s", t->csv->path, wish);
}

bool nap_plot_table_open(struct nap_plot_table *t, const struct nap_plot_source *from,
	const struct nap_csv *csv, GError **error)
{
	*t = (struct nap_plot_table){ .csv = csv, .first = count_keys(csv) };
	if (t->first < 0)
		return nap_fail(error, "%s: it is no file of natnap's: its columns are not known", csv->path);
	find_keys(t);
	t->row = g_new(unsigned, csv->n);
	for (t->n = 0; t->n < csv->n; t->n++)
		t->row[t->n] = t->n;
	for (const char *const *o = from->only; o && *o; o++)
		if (!keep_only(t, *o, error)) {
			nap_plot_table_clear(t);
			return false;
		}
	look_at_keys(t);
	return true;
}

void nap_plot_table_clear(struct nap_plot_table *t)
{
	for (unsigned i = 0; i < t->n_keys; i++)
		g_free(t->key[i].number);
	g_clear_pointer(&t->key, g_free);
	g_clear_pointer(&t->row, g_free);
	t->n_keys = 0;
}

const struct nap_plot_key *nap_plot_axis_key(
	const struct nap_plot_table *t, const char *asked, bool times_only, GError **error)
{
	const struct nap_plot_key *best = asked ? find_key(t, asked, error) : NULL;

	if (asked && best && (best->distinct < 2 || (times_only && !(best->time && best->numeric)))) {
		nap_fail(error, "%s: %s %s", t->csv->path, asked,
			best->distinct < 2 ? "has one value only" : "is no time");
		return NULL;
	}
	if (asked)
		return best;
	for (unsigned i = 0; i < t->n_keys; i++) {
		const struct nap_plot_key *k = &t->key[i];

		if (k->distinct < 2 || (times_only && !(k->numeric && k->time)))
			continue;
		if (!best || k->numeric > best->numeric ||
			(k->numeric == best->numeric && k->distinct > best->distinct))
			best = k;
	}
	if (!best)
		nap_fail(error, "%s: no %s is swept in it: that is one point, no curve", t->csv->path,
			times_only ? "time" : "key");
	return best;
}

bool nap_plot_is_free(
	const struct nap_plot_table *t, const struct nap_plot_key *k, const struct nap_plot_key *x)
{
	g_autoptr(GHashTable) of = g_hash_table_new(g_str_hash, g_str_equal);

	for (unsigned r = 0; r < t->n; r++) {
		const char *at = nap_plot_text(t, t->row[r], x->column),
			   *text = nap_plot_text(t, t->row[r], k->column), *before;

		before = g_hash_table_lookup(of, at);
		if (before && strcmp(before, text) != 0)
			return true;
		g_hash_table_insert(of, (void *)at, (void *)text);
	}
	return false;
}

/* ---- metrics --------------------------------------------------------------------------------------------------------- */

static int column_of(const struct nap_plot_table *t, const char *name)
{
	for (unsigned c = (unsigned)t->first; c < t->csv->head->n; c++)
		if (strcmp(t->csv->head->field[c], name) == 0)
			return (int)c;
	return -1;
}

static bool need_column(const struct nap_plot_table *t, const char *name, int *column, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autofree char *near = NULL, *shown = nap_shown(name);

	*column = column_of(t, name);
	if (*column >= 0)
		return true;
	for (unsigned c = (unsigned)t->first; c < t->csv->head->n; c++)
		if (!g_str_has_suffix(t->csv->head->field[c], "_ci95"))
			g_ptr_array_add(names, (char *)t->csv->head->field[c]);
	g_ptr_array_add(names, NULL);
	near = nap_did_you_mean(name, (const char *const *)names->pdata);
	return nap_fail(error, "%s: there is no metric %s%s", t->csv->path, shown, near);
}

bool nap_plot_metric_find(
	const struct nap_plot_table *t, const char *name, struct nap_plot_metric *m, GError **error)
{
	const char *slash = column_of(t, name) < 0 ? strchr(name, '/') : NULL;
	g_autofree char *over = slash ? g_strndup(name, (size_t)(slash - name)) : g_strdup(name);
	g_autofree char *ci95 = g_strconcat(name, "_ci95", NULL);

	*m = (struct nap_plot_metric){ NULL, -1, -1, slash ? -1 : column_of(t, ci95) };
	if (!need_column(t, over, &m->over, error) || (slash && !need_column(t, slash + 1, &m->under, error)))
		return false;
	m->name = g_strdup(name);
	return true;
}

bool nap_plot_metric_known(const struct nap_plot_table *t, const struct nap_plot_metric *m)
{
	for (unsigned r = 0; r < t->n; r++)
		if (!isnan(nap_plot_value(t, t->row[r], m)))
			return true;
	return false;
}
