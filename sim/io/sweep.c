/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/sweep.h"

#include <math.h>
#include <string.h>

#include "text/arena.h"
#include "text/input_error.h"
#include "text/loader.h"
#include "text/quantity.h"
#include "text/schema.h"
#include "text/groups.h"

#define AXIS_MAX     10000u  /* values of one axis */
#define POINTS_MAX   100000u /* of the whole grid */
#define SHOWN_DIGITS 4       /* of values that a range computes, unless they come too close */
#define DIGITS_MAX   9

/* A range of values as it is being written out. */
struct range {
	bool geometric;
	double from, to; /* in the type's base unit */
	unsigned n;
	bool whole;   /* the key counts something */
	double scale; /* of the unit that the texts are written in */
	const char *unit;
};

static bool fail_axis(const struct nap_axis *axis, GError **error, const char *why)
{
	return nap_fail_key(error, axis->where, "sweep", axis->name, "%s", why);
}

/* A quantity of any numeric type as a double in its base unit. */
static bool parse_number(enum nap_param_type type, const char *text, double *out, GError **error)
{
	uint64_t whole;
	nap_time t;

	switch (type) {
	case NAP_P_TIME:
	case NAP_P_DIST_TIME:
	case NAP_P_SPAN:
	case NAP_P_WAIT:
		if (!nap_time_parse(text, &t, error))
			return false;
		*out = (double)t;
		return t != NAP_NEVER || nap_fail(error, "never is no end of a range");
	case NAP_P_BYTES:
	case NAP_P_UINT:
	case NAP_P_UINT64:
		if (!(type == NAP_P_BYTES ? nap_bytes_parse(text, &whole, error)
					  : nap_count_parse(text, UINT64_MAX, &whole, error)))
			return false;
		*out = (double)whole;
		return true;
	default:
		if (nap_type_is_real(type))
			return nap_quantity_parse(type, text, out, error);
		return nap_fail(
			error, "%s has no range: list the values, separated by ;", nap_type_name(type));
	}
}

/* The i-th of n values, in the unit of the text. */
static double range_value(const struct range *r, unsigned i)
{
	double x = r->n > 1 ? (double)i / (r->n - 1) : 0.0;
	double v = r->geometric ? r->from * pow(r->to / r->from, x) : r->from + (r->to - r->from) * x;

	return (r->whole ? round(v) : v) / r->scale;
}

/* A number as text: exact when few digits suffice (a linear range's steps), else rounded to so many. */
static char *number_text(double v, bool whole, int digits)
{
	char buffer[G_ASCII_DTOSTR_BUF_SIZE], format[8];

	if (whole && fabs(v - round(v)) < 1e-9)
		return g_strdup_printf("%.0f", v);
	for (int more = digits; more <= DIGITS_MAX; more++) {
		g_snprintf(format, sizeof format, "%%.%dg", more);
		g_ascii_formatd(buffer, sizeof buffer, format, v);
		if (fabs(g_ascii_strtod(buffer, NULL) - v) <= 1e-12 * fabs(v))
			break;
		if (more == DIGITS_MAX) {
			g_snprintf(format, sizeof format, "%%.%dg", digits);
			g_ascii_formatd(buffer, sizeof buffer, format, v);
		}
	}
	if (strchr(buffer, 'e')) /* times know no exponents */
		return g_strdup_printf("%.0f", g_ascii_strtod(buffer, NULL));
	return g_strdup(buffer);
}

/* The unit of text when it is one number and one unit, else the type's most usual one. */
static bool choose_unit(const struct nap_axis *axis, struct range *r, const char *text, GError **error)
{
	enum nap_param_type type = axis->row->type;
	const char *unit = text + nap_number_length(text);
	g_autofree char *one = NULL;

	if (strpbrk(unit, "0123456789"))
		unit = "s";
	one = g_strconcat("1", unit, NULL);
	r->unit = unit;
	r->whole = type == NAP_P_UINT || type == NAP_P_UINT64 || type == NAP_P_BYTES;
	return parse_number(type, one, &r->scale, error);
}

static bool parse_range(const struct nap_axis *axis, char **words, struct range *r, GError **error)
{
	uint64_t n;

	r->geometric = strcmp(words[0], "geometric") == 0;
	if (g_strv_length(words) != 4)
		return nap_fail(error, "write it as %s FROM TO COUNT", words[0]);
	if (!axis->row)
		return nap_fail(error, "a name has no range: list the values, separated by ;");
	if (!parse_number(axis->row->type, words[1], &r->from, error) ||
		!parse_number(axis->row->type, words[2], &r->to, error) ||
		!nap_count_parse(words[3], AXIS_MAX, &n, error) || !choose_unit(axis, r, words[1], error))
		return false;
	if (n < 2)
		return nap_fail(error, "a range has at least 2 values");
	if (r->geometric && (r->from <= 0 || r->to <= 0))
		return nap_fail(error, "a geometric range cannot reach 0");
	r->n = (unsigned)n;
	return true;
}

/* The values of a range with so many digits; false when two of them become the same text. */
static bool write_range(
	const struct range *r, char **words, int digits, GPtrArray *values, struct nap_arena *arena)
{
	g_ptr_array_set_size(values, 0);
	for (unsigned i = 0; i < r->n; i++) {
		g_autofree char *number = number_text(range_value(r, i), r->whole, digits);
		g_autofree char *text = g_strconcat(number, r->unit, NULL);
		bool end = i == 0 || i == r->n - 1; /* the ends as they were written */

		g_ptr_array_add(values, nap_arena_strdup(arena, end ? words[i ? 2 : 1] : text));
		if (i && strcmp(values->pdata[i], values->pdata[i - 1]) == 0)
			return false;
	}
	return true;
}

static bool add_range(
	const struct nap_axis *axis, char **words, GPtrArray *values, struct nap_arena *arena, GError **error)
{
	struct range r = { 0 };

	if (!parse_range(axis, words, &r, error))
		return false;
	for (int digits = SHOWN_DIGITS; digits <= DIGITS_MAX; digits++)
		if (write_range(&r, words, digits, values, arena))
			return true;
	return nap_fail(
		error, "two values both round to %s: take fewer", (char *)values->pdata[values->len - 1]);
}

static bool add_values(const struct nap_axis *axis, const char *text, GPtrArray *values,
	struct nap_arena *arena, GError **error)
{
	g_auto(GStrv) words = g_strsplit_set(text, " \t", -1);
	g_auto(GStrv) parts = g_strsplit(text, ";", -1);
	unsigned n = g_strv_length(parts);

	if (words[0] && (strcmp(words[0], "linear") == 0 || strcmp(words[0], "geometric") == 0))
		return add_range(axis, words, values, arena, error);
	for (unsigned i = 0; i < n; i++) {
		if (*g_strstrip(parts[i]))
			g_ptr_array_add(values, nap_arena_strdup(arena, parts[i]));
		else if (i + 1 < n)
			return nap_fail(error, "an empty value in the list");
	}
	if (values->len > AXIS_MAX)
		return nap_fail(error, "more than %u values", AXIS_MAX);
	return values->len || nap_fail(error, "no values");
}

/* " (did you mean NAME?)" for a key that its group does not have. */
static char *near_key(const struct nap_axis *axis)
{
	g_autofree struct nap_table *all = nap_tables_new();
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (const struct nap_table *t = all; t->group; t++)
		for (const struct nap_param *row = t->rows; row->key; row++)
			if (nap_tables_find(axis->group, row->key) == row)
				g_ptr_array_add(names, (char *)row->key);
	g_ptr_array_add(names, NULL);
	return nap_did_you_mean(axis->key, (const char *const *)names->pdata);
}

static bool make_axis(
	struct nap_axis *axis, const struct nap_entry *entry, struct nap_arena *arena, GError **error)
{
	g_autoptr(GPtrArray) values = g_ptr_array_new();
	g_autoptr(GError) why = NULL;
	g_autofree char *group = NULL, *key = NULL, *near = NULL;
	const char **copy;

	axis->name = nap_arena_strdup(arena, entry->key);
	axis->where = entry->where;
	if (!nap_key_split(entry->key, &group, &key, &why))
		return fail_axis(axis, error, why->message);
	axis->group = nap_arena_strdup(arena, group);
	axis->key = nap_arena_strdup(arena, key);
	axis->row = nap_tables_find(group, key);
	if (!axis->row) {
		near = near_key(axis);
		return nap_fail_key(error, axis->where, "sweep", axis->name, "there is no key %s in [%s]%s",
			key, group, near);
	}
	if (nap_row_find(nap_choice_profile, key) || nap_row_find(nap_choice_client, key))
		axis->row = NULL;
	if (!add_values(axis, entry->text, values, arena, &why))
		return fail_axis(axis, error, why->message);
	axis->n = values->len;
	axis->value = copy = nap_arena_alloc(arena, values->len * sizeof *copy);
	memcpy(copy, values->pdata, values->len * sizeof *copy);
	return true;
}

/* Does an override outside [sweep] fix the key that name sweeps? */
static bool is_fixed(const char *name, const struct nap_override *overrides, size_t n)
{
	g_autofree char *group = NULL, *key = NULL;

	if (!nap_key_split(name, &group, &key, NULL))
		return false;
	for (size_t i = 0; i < n; i++)
		if (strcmp(overrides[i].group, group) == 0 && strcmp(overrides[i].key, key) == 0)
			return true;
	return false;
}

/* The last override that gives the axis of that name its values, NULL when none does. */
static const struct nap_override *axis_override(
	const char *name, const struct nap_override *overrides, size_t n)
{
	for (size_t i = n; i-- > 0;)
		if (strcmp(overrides[i].group, "sweep") == 0 && strcmp(overrides[i].key, name) == 0)
			return &overrides[i];
	return NULL;
}

static struct nap_entry entry_of(const struct nap_override *o)
{
	return (struct nap_entry){ o->key, o->text, o->where, NULL };
}

static bool add_axes(const struct nap_document *document, const struct nap_override *overrides, size_t n,
	struct nap_arena *arena, GArray *axes, GError **error)
{
	const struct nap_group *group = nap_document_group(document, "sweep");
	struct nap_axis axis;

	for (unsigned i = 0; group && i < group->n_entries; i++) {
		const struct nap_override *other = axis_override(group->entry[i].key, overrides, n);
		struct nap_entry entry = other ? entry_of(other) : group->entry[i];

		if (!make_axis(&axis, &entry, arena, error))
			return false;
		if (!is_fixed(entry.key, overrides, n))
			g_array_append_val(axes, axis);
	}
	for (size_t i = 0; i < n; i++) {
		struct nap_entry entry = entry_of(&overrides[i]);

		if (strcmp(overrides[i].group, "sweep") != 0 || nap_group_entry(group, entry.key) ||
			axis_override(entry.key, overrides, n) != &overrides[i])
			continue;
		if (!make_axis(&axis, &entry, arena, error))
			return false;
		g_array_append_val(axes, axis);
	}
	return true;
}

/* Try every value of every axis once, the other axes at their first. */
static bool try_values(const struct nap_sweep *sweep, const struct nap_document *document,
	const struct nap_override *overrides, size_t n, GError **error)
{
	size_t step = sweep->n_points;

	for (size_t a = 0; a < sweep->n_axes; a++) {
		step /= sweep->axis[a].n;
		for (size_t v = a ? 1 : 0; v < sweep->axis[a].n; v++) {
			struct nap_scenario *s =
				nap_sweep_scenario(sweep, document, overrides, n, v * step, error);

			if (!s)
				return false;
			nap_scenario_free(s);
		}
	}
	return true;
}

static bool fill_sweep(struct nap_sweep *sweep, const struct nap_document *document,
	const struct nap_override *overrides, size_t n, GError **error)
{
	g_autoptr(GArray) axes = g_array_new(FALSE, TRUE, sizeof(struct nap_axis));
	struct nap_axis *copy;

	if (!add_axes(document, overrides, n, sweep->arena, axes, error))
		return false;
	sweep->axis = copy = nap_arena_alloc(sweep->arena, axes->len * sizeof *copy);
	if (axes->len)
		memcpy(copy, axes->data, axes->len * sizeof *copy);
	sweep->n_axes = axes->len;
	sweep->n_points = 1;
	for (size_t i = 0; i < axes->len; i++) {
		sweep->n_points *= copy[i].n;
		if (sweep->n_points > POINTS_MAX)
			return fail_axis(&copy[i], error, "the grid has more than 100000 points");
	}
	return try_values(sweep, document, overrides, n, error);
}

struct nap_sweep *nap_sweep_new(
	const struct nap_document *document, const struct nap_override *overrides, size_t n, GError **error)
{
	struct nap_sweep *sweep = g_new0(struct nap_sweep, 1);

	sweep->arena = nap_arena_new();
	sweep->cache = nap_profile_cache_new();
	if (fill_sweep(sweep, document, overrides, n, error))
		return sweep;
	nap_sweep_free(sweep);
	return NULL;
}

void nap_sweep_free(struct nap_sweep *sweep)
{
	if (!sweep)
		return;
	nap_arena_free(sweep->arena);
	nap_profile_cache_free(sweep->cache);
	g_free(sweep);
}

void nap_sweep_point(const struct nap_sweep *sweep, size_t i, struct nap_override *out)
{
	for (size_t a = sweep->n_axes; a-- > 0;) {
		const struct nap_axis *axis = &sweep->axis[a];

		out[a] = (struct nap_override){ axis->group, axis->key, axis->value[i % axis->n], axis->where,
			NULL };
		i /= axis->n;
	}
}

struct nap_scenario *nap_sweep_scenario(const struct nap_sweep *sweep, const struct nap_document *document,
	const struct nap_override *overrides, size_t n, size_t i, GError **error)
{
	struct nap_override *all = g_new0(struct nap_override, n + sweep->n_axes);
	struct nap_scenario *scenario;

	if (n)
		memcpy(all, overrides, n * sizeof *all);
	nap_sweep_point(sweep, i, all + n);
	for (size_t a = 0; a < sweep->n_axes; a++)
		all[n + a].dir = document->folder.path;
	scenario = nap_scenario_new_cached(document, all, n + sweep->n_axes, sweep->cache, error);
	g_free(all);
	return scenario;
}
