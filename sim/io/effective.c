/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/effective.h"

#include <string.h>

#include "io/values.h"

static void free_effective(void *data)
{
	struct nap_effective *e = data;

	g_free(e->key);
	g_free(e->value);
	g_free(e->where);
	g_free(e);
}

/* What the values are gathered from. */
struct sources {
	const struct nap_sweep *sweep;
	const struct nap_document *document;
	const struct nap_override *overrides;
	size_t n;
	GHashTable *origins;
	GHashTable *varied; /* keys in which subscribers differ -> struct nap_effective, owned */
};

/* ---- where a value is from ---------------------------------------------------------------------------------------- */

static bool is_swept(const struct sources *from, const char *name)
{
	for (size_t a = 0; a < from->sweep->n_axes; a++)
		if (strcmp(from->sweep->axis[a].name, name) == 0)
			return true;
	return false;
}

static bool is_set(const struct sources *from, const char *name)
{
	for (size_t i = 0; i < from->n; i++) {
		g_autofree char *own = nap_key_name(from->overrides[i].group, from->overrides[i].key);

		if (strcmp(own, name) == 0)
			return true;
	}
	return false;
}

static const char *origin_word(const struct sources *from, const char *name, const struct nap_origin *o)
{
	if (!o)
		return "default";
	if (is_swept(from, name))
		return "sweep";
	if (is_set(from, name))
		return "--set";
	return o->own ? "file" : "profile";
}

static struct nap_effective *effective_new(
	const char *key, const char *value, const char *origin, const char *where)
{
	struct nap_effective *e = g_new(struct nap_effective, 1);

	*e = (struct nap_effective){ g_strdup(key), g_strdup(value), origin, g_strdup(where) };
	return e;
}

/* One key; fallback is its value where nothing has set it. */
static struct nap_effective *effective_of(const struct sources *from, const char *name, const char *fallback)
{
	const struct nap_origin *o = g_hash_table_lookup(from->origins, name);
	const struct nap_effective *varied = g_hash_table_lookup(from->varied, name);

	if (varied && !is_set(from, name)) /* which wins over both */
		return effective_new(name, varied->value, varied->origin, varied->where);
	return effective_new(name, o ? o->text : fallback, origin_word(from, name, o), o ? o->where : "");
}

/* ---- keys in which subscribers differ --------------------------------------------------------------------------------- */

static void note_varied(
	GHashTable *varied, const char *name, const char *value, const char *origin, const char *where)
{
	g_hash_table_replace(varied, g_strdup(name), effective_new(name, value, origin, where));
}

static void note_mix(const struct sources *from)
{
	const struct nap_group *mix = nap_document_group(from->document, "mix");

	for (unsigned i = 0; mix && i < mix->n_entries; i++)
		note_varied(from->varied, mix->entry[i].key, mix->entry[i].text, "mix", mix->entry[i].where);
	for (size_t i = 0; i < from->n; i++)
		if (strcmp(from->overrides[i].group, "mix") == 0)
			note_varied(from->varied, from->overrides[i].key, from->overrides[i].text, "mix",
				from->overrides[i].where);
}

/* "udp = middlebox.nat.udp; middlebox.nat.udp-stream" */
static void note_column(const struct sources *from, const char *column, const char *keys, const char *where)
{
	g_auto(GStrv) names = g_strsplit(keys, ";", -1);
	g_autofree char *text = g_strconcat("column ", column, NULL);

	for (char **name = names; *name; name++)
		note_varied(from->varied, g_strstrip(*name), text, "population", where);
}

static void note_population(const struct sources *from)
{
	const struct nap_group *joins = nap_document_group(from->document, "population");

	for (unsigned i = 0; joins && i < joins->n_entries; i++)
		note_column(from, joins->entry[i].key, joins->entry[i].text, joins->entry[i].where);
	for (size_t i = 0; i < from->n; i++)
		if (strcmp(from->overrides[i].group, "population") == 0)
			note_column(from, from->overrides[i].key, from->overrides[i].text,
				from->overrides[i].where);
}

/* ---- all of them ---------------------------------------------------------------------------------------------------- */

/* Keys that choose a profile are in no struct: what was read of them stands before the group's values. */
static void add_choices(GPtrArray *all, const struct sources *from, const char *group)
{
	static const char *const choices[] = { "profile", "application", "stack" };

	for (size_t i = 0; i < G_N_ELEMENTS(choices); i++) {
		g_autofree char *name = nap_key_name(group, choices[i]);

		if (g_hash_table_contains(from->origins, name) || g_hash_table_contains(from->varied, name))
			g_ptr_array_add(all, effective_of(from, name, ""));
	}
}

GHashTable *nap_point_origins(const struct nap_sweep *sweep, const struct nap_document *document,
	const struct nap_override *overrides, size_t n, size_t point, GError **error)
{
	g_autofree struct nap_override *all = g_new0(struct nap_override, n + sweep->n_axes + 1);
	GHashTable *origins = nap_origins_new();
	struct nap_scenario *scenario;

	if (n)
		memcpy(all, overrides, n * sizeof *all);
	nap_sweep_point(sweep, point, all + n);
	for (size_t a = 0; a < sweep->n_axes; a++)
		all[n + a].dir = document->folder.path;
	scenario = nap_scenario_new_noted(document, all, n + sweep->n_axes, origins, error);
	if (!scenario)
		g_clear_pointer(&origins, g_hash_table_unref);
	nap_scenario_free(scenario);
	return origins;
}

GPtrArray *nap_effective_values(const struct nap_sweep *sweep, const struct nap_document *document,
	const struct nap_override *overrides, size_t n, const struct nap_scenario *scenario,
	GHashTable *origins)
{
	g_autoptr(GHashTable) varied = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_effective);
	const struct sources from = { sweep, document, overrides, n, origins, varied };
	g_autoptr(GPtrArray) values = nap_scenario_values(scenario);
	GPtrArray *all = g_ptr_array_new_with_free_func(free_effective);
	const char *group = "";

	note_population(&from);
	note_mix(&from);
	for (unsigned i = 0; i < values->len; i++) {
		const struct nap_value *value = values->pdata[i];
		g_autofree char *name = nap_key_name(value->group, value->key);

		if (strcmp(group, value->group) != 0)
			add_choices(all, &from, value->group);
		group = value->group;
		g_ptr_array_add(all, effective_of(&from, name, value->text));
	}
	return all;
}
