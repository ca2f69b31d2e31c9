/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/schema.h"

#include <string.h>

#include "text/input_error.h"
#include "text/origin.h"
#include "text/value.h"
#include "run/scenario.h"

/* Keys of provenance: demanded of profiles, not of a scenario that describes a thing of its own. */
static const char *const provenance[] = { "source", "verified", "technology", NULL };

const struct nap_param *nap_row_find(const struct nap_param *rows, const char *key)
{
	for (; rows->key; rows++)
		if (strcmp(rows->key, key) == 0)
			return rows;
	return NULL;
}

const struct nap_entry *nap_layers_find(const struct nap_layers *layers, const char *key, unsigned *layer)
{
	for (unsigned i = layers->n; i-- > 0;) {
		const struct nap_entry *entry = nap_group_entry(layers->group[i], key);

		if (entry) {
			if (layer)
				*layer = i;
			return entry;
		}
	}
	return NULL;
}

bool nap_fail_key(
	GError **error, const char *where, const char *group, const char *key, const char *format, ...)
{
	g_autofree char *reason = NULL;
	va_list args;

	va_start(args, format);
	reason = g_strdup_vprintf(format, args);
	va_end(args);
	return nap_fail(error, "%s: [%s] %s: %s", where, group, key, reason);
}

static bool fail_unknown(
	const struct nap_schema *s, const char *group, const struct nap_entry *entry, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autofree char *near = NULL;

	for (unsigned i = 0; i < s->n_bindings; i++)
		for (const struct nap_param *row = s->bindings[i].rows; row->key; row++)
			g_ptr_array_add(names, (char *)row->key);
	for (const char *const *r = s->reserved; r && *r; r++)
		g_ptr_array_add(names, (char *)*r);
	g_ptr_array_add(names, NULL);
	near = nap_did_you_mean(entry->key, (const char *const *)names->pdata);
	return nap_fail_key(error, entry->where, group, entry->key, "unknown key%s", near);
}

static void forget_draw(const struct nap_schema *s, const struct nap_param *row)
{
	for (unsigned i = 0; s->draws && i < s->draws->len; i++)
		if (g_array_index(s->draws, struct nap_param_draw, i).row == row) {
			g_array_remove_index(s->draws, i);
			return;
		}
}

static bool set_field(const struct nap_schema *s, const struct nap_param *row, void *base, const char *text,
	const struct nap_folder *dir, GError **error)
{
	void *field = (char *)base + row->offset;
	struct nap_param_draw draw = { .row = row };
	bool drawn = false;

	if (!s->draws)
		return nap_value_parse(row, text, s->arena, dir, field, error);
	if (!nap_value_parse_drawn(row, text, s->arena, dir, field, &draw.dist, &drawn, error))
		return false;
	forget_draw(s, row);
	if (drawn)
		g_array_append_val(s->draws, draw);
	return true;
}

static bool set_entry(
	const struct nap_schema *s, unsigned layer, const struct nap_entry *entry, GError **error)
{
	const char *group = s->layers.group[layer]->name; /* a profile's may differ from the scenario's */
	bool own = layer + 2 >= s->layers.n;
	g_autoptr(GError) why = NULL;

	for (unsigned i = 0; i < s->n_bindings; i++) {
		const struct nap_param *row = nap_row_find(s->bindings[i].rows, entry->key);

		if (!row)
			continue;
		if (set_field(s, row, s->bindings[i].base, entry->text, entry->dir, &why)) {
			nap_origin_note(s->origins, s->group, entry, own);
			return true;
		}
		return nap_fail_key(error, entry->where, group, entry->key, "%s", why->message);
	}
	if (s->reserved && g_strv_contains(s->reserved, entry->key)) {
		nap_origin_note(s->origins, s->group, entry, own);
		return true;
	}
	if (s->excuse && s->excuse(s->ctx, layer, entry, &why))
		return true;
	if (why)
		return nap_fail_key(error, entry->where, group, entry->key, "%s", why->message);
	return fail_unknown(s, group, entry, error);
}

/* Defaults first; a required key that no layer sets is missed here. */
static bool set_defaults(const struct nap_schema *s, const struct nap_binding *b, GError **error)
{
	g_autoptr(GError) why = NULL;

	for (const struct nap_param *row = b->rows; row->key; row++) {
		bool excused = s->own && g_strv_contains(provenance, row->key);

		if (!row->def && row->type == NAP_P_TEXT)
			*(const char **)(void *)((char *)b->base + row->offset) = "";
		if (!row->def) {
			if (excused || nap_layers_find(&s->layers, row->key, NULL))
				continue;
			return nap_fail_key(error, s->where, s->group, row->key, "missing: %s", row->help);
		}
		if (!set_field(s, row, b->base, row->def, NULL, &why))
			g_error("default %s of key %s: %s", row->def, row->key, why->message);
	}
	return true;
}

bool nap_schema_apply(const struct nap_schema *s, GError **error)
{
	for (unsigned i = 0; i < s->n_bindings; i++)
		if (!set_defaults(s, &s->bindings[i], error))
			return false;
	for (unsigned i = 0; i < s->layers.n; i++)
		for (unsigned j = 0; s->layers.group[i] && j < s->layers.group[i]->n_entries; j++)
			if (!set_entry(s, i, &s->layers.group[i]->entry[j], error))
				return false;
	return true;
}
