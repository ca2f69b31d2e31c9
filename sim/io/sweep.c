/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/sweep.h"

#include <string.h>

#include "io/sweep_axes.h"
#include "io/sweep_express.h"
#include "text/arena.h"
#include "text/input_error.h"
#include "text/loader.h"
#include "text/origin.h"
#include "text/schema.h"

static bool fail_axis(const struct nap_axis *axis, GError **error, const char *why)
{
	return nap_fail_key(error, axis->where, "sweep", axis->written, "%s", why);
}

/* ---- the grid ------------------------------------------------------------------------------------------------------- */

/* Is it the first of those that turn together? */
static bool leads(const struct nap_axis *axis, size_t a)
{
	bool first = !axis[a].expressed;

	for (size_t k = 0; k < a; k++)
		first &= axis[k].turn != axis[a].turn || axis[k].expressed;
	return first;
}

/* Axes of one number turn together; the first number slowest. False with an error where there are too many points. */
static bool lay_grid(struct nap_sweep *sweep, struct nap_axis *axis, GError **error)
{
	sweep->n_points = 1;
	for (size_t a = 0; a < sweep->n_axes; a++) {
		if (!leads(axis, a))
			continue;
		sweep->n_points *= axis[a].n;
		if (sweep->n_points > NAP_POINTS_MAX)
			return fail_axis(&axis[a], error, "the grid has more than 100000 points");
		for (size_t k = 0; k < sweep->n_axes; k++) /* those that turn slower step over it */
			if (axis[k].turn < axis[a].turn)
				axis[k].step *= axis[a].n;
	}
	return true;
}

void nap_sweep_point(const struct nap_sweep *sweep, size_t i, struct nap_override *out)
{
	for (size_t a = 0; a < sweep->n_axes; a++) {
		const struct nap_axis *axis = &sweep->axis[a];

		out[a] = (struct nap_override){ axis->group, axis->key,
			axis->n ? axis->value[i / axis->step % axis->n] : NULL, axis->where, NULL };
	}
}

/* ---- what follows from other keys ------------------------------------------------------------------------------------- */

/* Values where overrides set none: as a scenario with these overrides has them. */
struct elsewhere {
	const struct nap_document *document;
	GHashTable *origins; /* NULL: not looked up yet */
};

static const char *text_of(const struct nap_expression *e, const struct nap_override *overrides, size_t n,
	struct elsewhere *other, GError **error)
{
	const struct nap_origin *o;
	struct nap_scenario *s;

	for (size_t i = n; i-- > 0;)
		if (strcmp(overrides[i].group, e->group) == 0 && strcmp(overrides[i].key, e->key) == 0)
			return overrides[i].text;
	if (!other->origins) {
		other->origins = nap_origins_new();
		s = nap_scenario_new_noted(other->document, overrides, n, other->origins, error);
		if (!s)
			return NULL;
		nap_scenario_free(s);
	}
	o = g_hash_table_lookup(other->origins, e->name);
	if (!o && !e->from->def)
		nap_fail(error, "%s has no value", e->name);
	return o ? o->text : e->from->def;
}

/* As nap_sweep_express, with what was looked up before. */
static bool express(const struct nap_sweep *sweep, struct elsewhere *other, struct nap_override *overrides,
	size_t *n, GPtrArray *texts, GError **error)
{
	for (size_t a = 0; a < sweep->n_axes; a++) {
		const struct nap_axis *axis = &sweep->axis[a];
		g_autoptr(GError) why = NULL;
		const char *from;
		char *text;

		if (!axis->expressed)
			continue;
		from = text_of(axis->expressed, overrides, *n, other, &why);
		text = from ? nap_expression_value(axis->expressed, from, &why) : NULL;
		if (!text) {
			const char *reason = why ? why->message : "it has no value";

			return from ? fail_axis(axis, error, reason) : nap_fail(error, "%s", reason);
		}
		g_ptr_array_add(texts, text);
		overrides[(*n)++] = (struct nap_override){ axis->group, axis->key, text, axis->where,
			other->document->folder.path };
	}
	return true;
}

bool nap_sweep_express(const struct nap_sweep *sweep, const struct nap_document *document,
	struct nap_override *overrides, size_t *n, GPtrArray *texts, GError **error)
{
	struct elsewhere other = { document, NULL };
	bool ok = express(sweep, &other, overrides, n, texts, error);

	g_clear_pointer(&other.origins, g_hash_table_unref);
	return ok;
}

/* The overrides, then a point's values but those that follow from others; room for these. */
static struct nap_override *plain_point(const struct nap_sweep *sweep, const struct nap_document *document,
	const struct nap_override *overrides, size_t n, size_t i, size_t *n_all)
{
	struct nap_override *all = g_new0(struct nap_override, n + 2 * sweep->n_axes + 1);
	g_autofree struct nap_override *point = g_new0(struct nap_override, sweep->n_axes + 1);

	if (n)
		memcpy(all, overrides, n * sizeof *all);
	*n_all = n;
	nap_sweep_point(sweep, i, point);
	for (size_t a = 0; a < sweep->n_axes; a++) {
		point[a].dir = document->folder.path;
		if (!sweep->axis[a].expressed)
			all[(*n_all)++] = point[a];
	}
	return all;
}

/* Does the sweep choose among profiles or policies? Then what keys have elsewhere may differ from point to point. */
static bool chooses(const struct nap_sweep *sweep)
{
	for (size_t a = 0; a < sweep->n_axes; a++)
		if (!sweep->axis[a].row)
			return true;
	return false;
}

/* The values of keys that follow from others, at all points. */
static bool fill_expressed(struct nap_sweep *sweep, struct nap_axis *axis,
	const struct nap_document *document, const struct nap_override *overrides, size_t n, GError **error)
{
	struct elsewhere other = { document, NULL };
	bool any = false, ok = true, anew = chooses(sweep);

	for (size_t a = 0; a < sweep->n_axes; a++)
		any |= axis[a].expressed != NULL;
	for (size_t i = 0; any && ok && i < sweep->n_points; i++) {
		g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
		size_t n_all, text = 0;
		g_autofree struct nap_override *all = plain_point(sweep, document, overrides, n, i, &n_all);

		ok = express(sweep, &other, all, &n_all, texts, error);
		for (size_t a = 0; ok && a < sweep->n_axes; a++)
			if (axis[a].expressed)
				((const char **)axis[a].value)[i] =
					nap_arena_strdup(sweep->arena, texts->pdata[text++]);
		if (anew)
			g_clear_pointer(&other.origins, g_hash_table_unref);
	}
	g_clear_pointer(&other.origins, g_hash_table_unref);
	return ok;
}

/* ---- all of it ---------------------------------------------------------------------------------------------------------- */

static bool try_point(const struct nap_sweep *sweep, const struct nap_document *document,
	const struct nap_override *overrides, size_t n, size_t i, GError **error)
{
	struct nap_scenario *s = nap_sweep_scenario(sweep, document, overrides, n, i, error);

	nap_scenario_free(s);
	return s != NULL;
}

/* Try every value of every axis once, the other axes at their first. */
static bool try_values(const struct nap_sweep *sweep, const struct nap_document *document,
	const struct nap_override *overrides, size_t n, GError **error)
{
	if (sweep->n_axes > 0 && !try_point(sweep, document, overrides, n, 0, error))
		return false;
	for (size_t a = 0; a < sweep->n_axes; a++)
		for (size_t v = 1; leads(sweep->axis, a) && v < sweep->axis[a].n; v++)
			if (!try_point(sweep, document, overrides, n, v * sweep->axis[a].step, error))
				return false;
	return true;
}

static bool fill_sweep(struct nap_sweep *sweep, const struct nap_document *document,
	const struct nap_override *overrides, size_t n, GError **error)
{
	g_autoptr(GArray) axes = g_array_new(FALSE, TRUE, sizeof(struct nap_axis));
	struct nap_axis *axis;

	if (!nap_sweep_axes(sweep, document, overrides, n, axes, error))
		return false;
	sweep->axis = axis = nap_arena_alloc(sweep->arena, axes->len * sizeof *axis);
	if (axes->len)
		memcpy(axis, axes->data, axes->len * sizeof *axis);
	sweep->n_axes = axes->len;
	if (!lay_grid(sweep, axis, error))
		return false;
	for (size_t a = 0; a < sweep->n_axes; a++)
		if (axis[a].expressed) {
			axis[a].n = sweep->n_points;
			axis[a].step = 1;
			axis[a].value =
				nap_arena_alloc(sweep->arena, sweep->n_points * sizeof *axis[a].value);
		}
	return fill_expressed(sweep, axis, document, overrides, n, error) &&
	       try_values(sweep, document, overrides, n, error);
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

struct nap_scenario *nap_sweep_scenario(const struct nap_sweep *sweep, const struct nap_document *document,
	const struct nap_override *overrides, size_t n, size_t i, GError **error)
{
	struct nap_override *all = g_new0(struct nap_override, n + sweep->n_axes + 1);
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
