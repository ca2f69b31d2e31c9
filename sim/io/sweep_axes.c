/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/sweep_axes.h"

#include <string.h>

#include "io/sweep_express.h"
#include "io/sweep_range.h"
#include "stats/latin_hypercube.h"
#include "stats/sobol_sequence.h"
#include "text/groups.h"
#include "text/input_error.h"
#include "text/loader.h"
#include "text/origin.h"
#include "text/quantity.h"
#include "text/schema.h"

#define SAMPLE "sample" /* the row that says how ranges without a count are sampled */

/* Rows on their way to axes. */
struct rows {
	struct nap_sweep *sweep;
	const struct nap_document *document;
	const struct nap_override *overrides;
	size_t n;
	GArray *axes;   /* struct nap_axis */
	GArray *ranges; /* struct sampled */
	bool samples;   /* there are ranges without a count */
	size_t turns;   /* numbers of axes that turn together, so far */
};

/* An axis whose values are sampled. */
struct sampled {
	guint axis;
	struct nap_range range;
};

static bool fail_row(const struct nap_entry *row, GError **error, const char *why)
{
	return nap_fail_key(error, row->where, "sweep", row->key, "%s", why);
}

/* ---- keys ------------------------------------------------------------------------------------------------------------- */

/* Does an override outside [sweep] fix the key? */
static bool is_fixed(const struct rows *r, const struct nap_axis *axis)
{
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->overrides[i].group, axis->group) == 0 &&
			strcmp(r->overrides[i].key, axis->key) == 0)
			return true;
	return false;
}

/* An axis without values, of one of the row's keys. */
static bool name_axis(
	struct rows *r, const struct nap_entry *row, const char *name, struct nap_axis *axis, GError **error)
{
	struct nap_arena *arena = r->sweep->arena;
	g_autofree char *group = NULL, *key = NULL, *near = NULL;
	g_autoptr(GError) why = NULL;

	*axis = (struct nap_axis){ .name = nap_arena_strdup(arena, name),
		.where = nap_arena_strdup(arena, row->where),
		.written = nap_arena_strdup(arena, row->key),
		.step = 1 };
	if (!nap_key_split(name, &group, &key, &why))
		return fail_row(row, error, why->message);
	axis->group = nap_arena_strdup(arena, group);
	axis->key = nap_arena_strdup(arena, key);
	axis->row = nap_tables_find(group, key);
	if (!axis->row) {
		near = nap_tables_near(group, key);
		return nap_fail_key(error, row->where, "sweep", row->key, "there is no key %s in [%s]%s", key,
			group, near);
	}
	if (nap_row_find(nap_choice_profile, key) || nap_row_find(nap_choice_client, key))
		axis->row = NULL;
	for (guint i = 0; i < r->axes->len; i++)
		if (strcmp(g_array_index(r->axes, struct nap_axis, i).name, name) == 0)
			return nap_fail_key(
				error, row->where, "sweep", row->key, "%s stands in another row too", name);
	return true;
}

static void set_values(struct rows *r, struct nap_axis *axis, const GPtrArray *values)
{
	const char **copy = nap_arena_alloc(r->sweep->arena, values->len * sizeof *copy);

	memcpy(copy, values->pdata, values->len * sizeof *copy);
	axis->value = copy;
	axis->n = values->len;
}

static void keep(struct rows *r, const struct nap_axis *axis)
{
	if (!is_fixed(r, axis))
		g_array_append_val(r->axes, *axis);
}

/* ---- values ------------------------------------------------------------------------------------------------------------ */

/* Parts between separators, without the spaces around them; an empty last one is dropped. False: another is empty. */
static bool split(const char *text, const char *separators, GPtrArray *parts)
{
	g_auto(GStrv) all = g_strsplit_set(text, separators, -1);
	guint n = g_strv_length(all);

	for (guint i = 0; i < n; i++) {
		if (*g_strstrip(all[i]))
			g_ptr_array_add(parts, g_strdup(all[i]));
		else if (i + 1 < n)
			return false;
	}
	return true;
}

/* The texts "a; b; c" of one key. */
static bool list_values(struct rows *r, const char *text, GPtrArray *values, GError **error)
{
	g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);

	if (!split(text, ";", parts))
		return nap_fail(error, "an empty value in the list");
	for (guint i = 0; i < parts->len; i++)
		g_ptr_array_add(values, nap_arena_strdup(r->sweep->arena, parts->pdata[i]));
	if (values->len > NAP_AXIS_MAX)
		return nap_fail(error, "more than %u values", NAP_AXIS_MAX);
	return values->len || nap_fail(error, "no values");
}

static bool range_values(
	struct rows *r, const struct nap_axis *axis, const char *text, GPtrArray *values, GError **error)
{
	struct nap_range range;

	if (!nap_range_parse(axis->row, text, NAP_AXIS_MAX, r->sweep->arena, &range, error))
		return false;
	if (range.n == 0)
		return nap_fail(error,
			"write it as %s FROM TO COUNT; without COUNT a row sample says how many",
			range.geometric ? "geometric" : "linear");
	return nap_range_values(&range, values, r->sweep->arena, error);
}

/* A range without a count, where the sweep samples. */
static bool is_sampled(const struct rows *r, const char *text)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

	return r->sweep->sampling != NAP_SAMPLING_NONE && nap_range_is(text) &&
	       (split(text, " \t", words), words->len == 3);
}

/* ---- rows ------------------------------------------------------------------------------------------------------------- */

static bool add_sampled(struct rows *r, struct nap_axis *axis, const char *text, GError **error)
{
	struct sampled s = { r->axes->len, { 0 } };

	if (!nap_range_parse(axis->row, text, NAP_AXIS_MAX, r->sweep->arena, &s.range, error))
		return false;
	if (r->ranges->len > 0) { /* all of them turn together */
		guint first = g_array_index(r->ranges, struct sampled, 0).axis;

		axis->turn = g_array_index(r->axes, struct nap_axis, first).turn;
	}
	r->samples = true;
	if (is_fixed(r, axis))
		return true;
	g_array_append_val(r->ranges, s);
	g_array_append_val(r->axes, *axis);
	return true;
}

/* One key's row. */
static bool add_single(struct rows *r, struct nap_axis *axis, const char *text, GError **error)
{
	g_autoptr(GPtrArray) values = g_ptr_array_new();

	axis->turn = r->turns++;
	if (!nap_expression_parse(text, axis->row, r->sweep->arena, &axis->expressed, error))
		return false;
	if (axis->expressed) {
		keep(r, axis);
		return true;
	}
	if (is_sampled(r, text))
		return add_sampled(r, axis, text, error);
	if (!(nap_range_is(text) ? range_values(r, axis, text, values, error)
				 : list_values(r, text, values, error)))
		return false;
	set_values(r, axis, values);
	keep(r, axis);
	return true;
}

/* "geometric 30s 1h 5 & geometric 1min 2h 5": a range of each key. */
static bool linked_ranges(struct rows *r, struct nap_axis *axis, guint n, const char *text, GError **error)
{
	g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);

	if (!split(text, "&", parts) || parts->len != n)
		return nap_fail(error, "%u ranges for %u keys: write one for each, with & between them",
			parts->len, n);
	for (guint k = 0; k < n; k++) {
		g_autoptr(GPtrArray) values = g_ptr_array_new();

		if (!range_values(r, &axis[k], parts->pdata[k], values, error))
			return false;
		set_values(r, &axis[k], values);
		if (axis[k].n != axis[0].n)
			return nap_fail(error, "the ranges have %zu and %zu values: linked keys have as many",
				axis[0].n, axis[k].n);
	}
	return true;
}

/* "30s & 1min; 1min & 2min": rows of one value of each key. */
static bool linked_lists(struct rows *r, struct nap_axis *axis, guint n, const char *text, GError **error)
{
	g_autoptr(GPtrArray) tuples = g_ptr_array_new();
	g_autoptr(GPtrArray) columns = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);

	if (!list_values(r, text, tuples, error))
		return false;
	for (guint k = 0; k < n; k++)
		g_ptr_array_add(columns, g_ptr_array_new());
	for (guint i = 0; i < tuples->len; i++) {
		g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);

		if (!split(tuples->pdata[i], "&", parts) || parts->len != n)
			return nap_fail(error,
				"%s has %u values for %u keys: write one for each, with & between them",
				(char *)tuples->pdata[i], parts->len, n);
		for (guint k = 0; k < n; k++)
			g_ptr_array_add(
				columns->pdata[k], nap_arena_strdup(r->sweep->arena, parts->pdata[k]));
	}
	for (guint k = 0; k < n; k++)
		set_values(r, &axis[k], columns->pdata[k]);
	return true;
}

/* "KEY & KEY" or "KEY; KEY": keys that turn together. */
static bool add_linked(struct rows *r, struct nap_axis *axis, guint n, const char *text, GError **error)
{
	if (!(nap_range_is(text) ? linked_ranges(r, axis, n, text, error)
				 : linked_lists(r, axis, n, text, error)))
		return false;
	for (guint k = 0; k < n; k++) {
		axis[k].turn = r->turns;
		keep(r, &axis[k]);
	}
	r->turns++;
	return true;
}

static bool add_row(struct rows *r, const struct nap_entry *row, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autofree struct nap_axis *axis = NULL;
	g_autoptr(GError) why = NULL;

	if (strcmp(row->key, SAMPLE) == 0)
		return true; /* read before */
	if (!split(row->key, "&;", names))
		return fail_row(row, error, "an empty key among those linked");
	axis = g_new0(struct nap_axis, names->len);
	for (guint k = 0; k < names->len; k++) {
		if (!name_axis(r, row, names->pdata[k], &axis[k], error))
			return false;
		for (guint j = 0; j < k; j++)
			if (strcmp(axis[j].name, axis[k].name) == 0)
				return fail_row(row, error, "a key stands twice among those linked");
	}
	if (names->len == 1 ? add_single(r, axis, row->text, &why)
			    : add_linked(r, axis, names->len, row->text, &why))
		return true;
	return fail_row(row, error, why->message);
}

/* ---- sampling ------------------------------------------------------------------------------------------------------------ */

const struct nap_value_word nap_sampling_words[] = {
	{ "latin-hypercube", "sample = latin-hypercube COUNT",
		"Points at random, but of each key's range each COUNTth part is taken once." },
	{ "sobol", "sample = sobol COUNT",
		"Points that fill all ranges evenly (quasi-random); best with a power of 2." },
	{ NULL, NULL, NULL },
};

static bool read_sampling(struct nap_sweep *sweep, const struct nap_entry *row, GError **error)
{
	const char *words[G_N_ELEMENTS(nap_sampling_words)] = { NULL };
	g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) why = NULL;
	uint64_t n;

	if (!split(row->text, " \t", parts) || parts->len != 2)
		return fail_row(row, error, "write it as latin-hypercube COUNT or sobol COUNT");
	for (guint i = 0; nap_sampling_words[i].name; i++)
		words[i] = nap_sampling_words[i].name;
	for (guint i = 0; words[i]; i++)
		if (strcmp(words[i], parts->pdata[0]) == 0)
			sweep->sampling = (enum nap_sampling)(NAP_SAMPLING_LATIN + i);
	if (sweep->sampling == NAP_SAMPLING_NONE) {
		g_autofree char *near = nap_did_you_mean(parts->pdata[0], words);

		return nap_fail_key(error, row->where, "sweep", row->key,
			"%s is no way of sampling: latin-hypercube, sobol%s", (char *)parts->pdata[0], near);
	}
	if (!nap_count_parse(parts->pdata[1], NAP_POINTS_MAX, &n, &why))
		return fail_row(row, error, why->message);
	sweep->n_samples = n;
	return n > 0 || fail_row(row, error, "at least 1 point");
}

/* [scenario] seed as it is without the sweep. */
static uint64_t seed_of(const struct rows *r)
{
	const struct nap_entry *e = nap_group_entry(nap_document_group(r->document, "scenario"), "seed");
	const char *text = e ? e->text : "1";
	uint64_t seed = 1;

	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->overrides[i].group, "scenario") == 0 &&
			strcmp(r->overrides[i].key, "seed") == 0)
			text = r->overrides[i].text;
	return nap_count_parse(text, UINT64_MAX, &seed, NULL) ? seed : 1; /* a bad one is refused elsewhere */
}

static bool fill_sampled(struct rows *r, const struct nap_entry *row, GError **error)
{
	uint32_t n = (uint32_t)r->sweep->n_samples;
	g_autofree double *x = g_new(double, n + 1);
	uint64_t seed = seed_of(r);

	r->sweep->n_sampled = r->ranges->len;
	if (row && !r->samples)
		return fail_row(row, error, "no key has a range without a count: KEY = linear FROM TO");
	if (row && r->sweep->sampling == NAP_SAMPLING_SOBOL && r->ranges->len > NAP_SOBOL_DIMENSIONS)
		return fail_row(row, error, "sobol samples up to 32 keys: take latin-hypercube");
	for (guint k = 0; k < r->ranges->len; k++) {
		const struct sampled *s = &g_array_index(r->ranges, struct sampled, k);
		struct nap_axis *axis = &g_array_index(r->axes, struct nap_axis, s->axis);
		const char **values = nap_arena_alloc(r->sweep->arena, n * sizeof *values);

		if (r->sweep->sampling == NAP_SAMPLING_LATIN)
			nap_latin_hypercube(seed, k, n, x);
		else
			nap_sobol_coordinates(seed, k, n, x);
		for (uint32_t i = 0; i < n; i++)
			values[i] = nap_range_at(&s->range, x[i], r->sweep->arena);
		axis->value = values;
		axis->n = n;
	}
	return true;
}

/* ---- what follows from other keys --------------------------------------------------------------------------------------- */

/* An expression starts from a key that is known before it. */
static bool check_expressions(const struct rows *r, GError **error)
{
	for (guint a = 0; a < r->axes->len; a++) {
		const struct nap_axis *axis = &g_array_index(r->axes, struct nap_axis, a);

		for (guint k = a; axis->expressed && k < r->axes->len; k++) {
			const struct nap_axis *other = &g_array_index(r->axes, struct nap_axis, k);

			if (other->expressed && strcmp(other->name, axis->expressed->name) == 0)
				return nap_fail_key(error, axis->where, "sweep", axis->written,
					k == a ? "follows from itself"
					       : "%s follows from another key in a row below: put that first",
					other->name);
		}
	}
	return true;
}

/* ---- all of it ------------------------------------------------------------------------------------------------------------ */

/* Names of rows are the same whatever spaces they have. */
static bool same_name(const char *a, const char *b)
{
	for (;; a++, b++) {
		a += strspn(a, " \t");
		b += strspn(b, " \t");
		if (*a != *b)
			return false;
		if (!*a)
			return true;
	}
}

/* The last override that gives the row of that name its values, NULL when none does. */
static const struct nap_override *row_override(const struct rows *r, const char *name)
{
	for (size_t i = r->n; i-- > 0;)
		if (strcmp(r->overrides[i].group, "sweep") == 0 && same_name(r->overrides[i].key, name))
			return &r->overrides[i];
	return NULL;
}

static struct nap_entry entry_of(const struct nap_override *o)
{
	return (struct nap_entry){ o->key, o->text, o->where, NULL };
}

/* The rows that count: of the file, replaced where an override says so, then those that overrides add. */
static GArray *gather(const struct rows *r)
{
	const struct nap_group *group = nap_document_group(r->document, "sweep");
	GArray *all = g_array_new(FALSE, FALSE, sizeof(struct nap_entry));

	for (unsigned i = 0; group && i < group->n_entries; i++) {
		const struct nap_override *o = row_override(r, group->entry[i].key);
		struct nap_entry entry = o ? entry_of(o) : group->entry[i];

		g_array_append_val(all, entry);
	}
	for (size_t i = 0; i < r->n; i++) {
		const struct nap_override *o = &r->overrides[i];
		struct nap_entry entry = entry_of(o);
		bool written = false;

		for (unsigned k = 0; group && k < group->n_entries; k++)
			written |= same_name(group->entry[k].key, o->key);
		if (strcmp(o->group, "sweep") == 0 && !written && row_override(r, o->key) == o)
			g_array_append_val(all, entry);
	}
	return all;
}

static const struct nap_entry *row_at(const GArray *rows, guint i)
{
	const struct nap_entry *first = (const void *)rows->data;

	return first + i;
}

bool nap_sweep_axes(struct nap_sweep *sweep, const struct nap_document *document,
	const struct nap_override *overrides, size_t n, GArray *axes, GError **error)
{
	g_autoptr(GArray) ranges = g_array_new(FALSE, FALSE, sizeof(struct sampled));
	struct rows r = { sweep, document, overrides, n, axes, ranges, false, 0 };
	g_autoptr(GArray) rows = gather(&r);
	const struct nap_entry *sample = NULL;

	for (guint i = 0; i < rows->len; i++) {
		const struct nap_entry *row = row_at(rows, i);

		if (strcmp(row->key, SAMPLE) == 0)
			sample = row;
	}
	if (sample && !read_sampling(sweep, sample, error))
		return false;
	for (guint i = 0; i < rows->len; i++)
		if (!add_row(&r, row_at(rows, i), error))
			return false;
	return fill_sampled(&r, sample, error) && check_expressions(&r, error);
}
