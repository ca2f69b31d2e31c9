/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/values.h"

#include <string.h>

#include "text/arena.h"
#include "text/loader.h"
#include "text/random_text.h"
#include "text/groups.h"
#include "text/value.h"

static void free_value(void *data)
{
	struct nap_value *value = data;

	g_free(value->group);
	g_free(value->text);
	g_free(value);
}

/* The default as a value is written, NULL when there is none. */
static char *default_text(const struct nap_param *row)
{
	struct nap_arena *arena = nap_arena_new();
	max_align_t field[8] = { 0 };
	char *text = NULL;

	g_assert(nap_value_size(row->type) <= sizeof field);
	if (row->def && nap_value_parse(row, row->def, arena, NULL, field, NULL))
		text = nap_value_format(row, field);
	nap_arena_free(arena);
	return text;
}

static const struct nap_dist *find_draw(const struct nap_middlebox *m, const struct nap_param *row)
{
	for (uint32_t i = 0; m && i < m->n_draws; i++)
		if (m->draws[i].row == row)
			return &m->draws[i].dist;
	return NULL;
}

/* Add a value of each row; box is the middlebox whose rows they are, if so. */
static void add_rows(GPtrArray *values, const char *group, const struct nap_param *rows, const void *base,
	const struct nap_middlebox *box)
{
	for (const struct nap_param *row = rows; row->key; row++) {
		struct nap_value *value = g_new0(struct nap_value, 1);
		const struct nap_dist *dist = find_draw(box, row);
		g_autofree char *def = default_text(row);

		value->group = g_strdup(group);
		value->key = row->key;
		value->row = row;
		if (dist)
			value->text =
				nap_dist_format(row->type == NAP_P_TIME ? NAP_P_TIME : NAP_P_REAL, dist);
		else
			value->text = nap_value_format(row, (const char *)base + row->offset);
		value->is_default = g_strcmp0(def, value->text) == 0;
		g_ptr_array_add(values, value);
	}
}

static void add_text(GPtrArray *values, const char *group, const struct nap_param *row, const char *text)
{
	struct nap_value *value = g_new0(struct nap_value, 1);

	*value = (struct nap_value){ g_strdup(group), row->key, g_strdup(text),
		g_strcmp0(row->def, text) == 0, row };
	g_ptr_array_add(values, value);
}

/* What one group of a scenario filled: all its sections. */
static void add_group(GPtrArray *values, const struct nap_scenario *s, const struct nap_group_kind *kind,
	const void *item, const char *name)
{
	g_autofree char *group =
		name ? g_strdup_printf("%.*s %s", (int)strcspn(kind->pattern, " "), kind->pattern, name)
		     : g_strdup(kind->pattern);

	for (unsigned i = 0; i < NAP_SECTIONS_MAX && kind->section[i].rows; i++) {
		const struct nap_section *section = &kind->section[i];

		if (section->rows == nap_choice_client)
			add_text(values, group, nap_row_find(nap_choice_client, "policy"), s->policy->name);
		if (section->offset != NAP_NO_FIELD)
			add_rows(values, group, section->rows, (const char *)item + section->offset,
				section->rows == nap_box_params ? item : NULL);
	}
	if (kind->profile == NAP_APPLICATION)
		add_rows(values, group, s->policy->params, s->policy_config, NULL);
}

GPtrArray *nap_scenario_values(const struct nap_scenario *s)
{
	GPtrArray *values = g_ptr_array_new_with_free_func(free_value);

	for (const struct nap_group_kind *kind = nap_group_kinds; kind->pattern; kind++) {
		const char *name;
		const void *item;

		for (unsigned i = 0; (item = kind->item(s, i, &name)); i++)
			add_group(values, s, kind, item, name);
	}
	return values;
}

/* Does a host's profile say it? Where no application is named, what [client] tells of its source is the host's. */
static bool is_of_stack(const struct nap_value *value)
{
	static const char *const provenance[] = { "source", "note", "verified", "unverified", NULL };

	return nap_row_find(nap_stack_params, value->key) == value->row ||
	       (nap_row_find(nap_app_params, value->key) == value->row &&
		       g_strv_contains(provenance, value->key));
}

/* The profile's group for a scenario's, NULL when it is none of this kind's. */
static const char *profile_group(enum nap_profile_kind kind, const struct nap_value *value)
{
	const char *group = value->group;
	const struct nap_group_kind *g = nap_group_kind_of(group);

	if (kind == NAP_STACK)
		return is_of_stack(value) ? nap_profile_kinds[kind] : NULL;
	if (g->profile != kind)
		return NULL;
	return g->choice ? nap_profile_kinds[kind] : group;
}

/* The group of a scenario that asks for profiles of a kind. */
static const struct nap_group_kind *asking_group(enum nap_profile_kind kind)
{
	const struct nap_group_kind *g = nap_group_kinds;

	if (kind == NAP_STACK)
		kind = NAP_APPLICATION;

	while (g->profile != kind || !g->choice)
		g++;
	return g;
}

/* A scenario of nothing but the profile. */
static struct nap_scenario *bare_scenario(enum nap_profile_kind kind, const char *name, GError **error)
{
	const struct nap_group_kind *g = asking_group(kind);
	g_autofree char *text =
		g_strdup_printf("[scenario]\nduration = 1s\n[path]\nmiddleboxes = %s\n[%s]\n%s = %s\n",
			kind == NAP_MIDDLEBOX ? "NAME" : "", g->pattern,
			kind == NAP_STACK ? "stack" : g->choice, name);
	struct nap_document *document = nap_document_new("profile", ".", text, strlen(text), error);
	struct nap_scenario *scenario = document ? nap_scenario_new(document, NULL, 0, error) : NULL;

	nap_document_free(document);
	return scenario;
}

GPtrArray *nap_profile_values(enum nap_profile_kind kind, const char *name, GError **error)
{
	struct nap_profile *profile =
		nap_profile_load(kind, name, ".", error); /* for its own, better message */
	struct nap_scenario *scenario = profile ? bare_scenario(kind, name, error) : NULL;
	GPtrArray *values, *all;

	nap_profile_free(profile);
	if (!scenario)
		return NULL;
	values = g_ptr_array_new_with_free_func(free_value);
	all = nap_scenario_values(scenario);
	g_ptr_array_set_free_func(all, NULL);
	for (unsigned i = 0; i < all->len; i++) {
		struct nap_value *value = all->pdata[i];
		const char *group = profile_group(kind, value);

		if (!group) {
			free_value(value);
			continue;
		}
		if (group != value->group) {
			g_free(value->group);
			value->group = g_strdup(group);
		}
		g_ptr_array_add(values, value);
	}
	g_ptr_array_unref(all);
	nap_scenario_free(scenario);
	return values;
}

/* A value as GLib's reader takes it: escapes for what would not survive on a line. */
static char *escaped(const char *text)
{
	static const char *const pairs[][2] = { { "\\", "\\\\" }, { "\n", "\\n" }, { "\t", "\\t" },
		{ "\r", "\\r" } };
	g_autoptr(GString) s = g_string_new(text);

	for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++)
		g_string_replace(s, pairs[i][0], pairs[i][1], 0);
	return g_strdup(s->str);
}

char *nap_values_text(const GPtrArray *values)
{
	GString *out = g_string_new(NULL);
	const char *group = "";

	for (unsigned i = 0; i < values->len; i++) {
		const struct nap_value *value = values->pdata[i];
		g_autofree char *text = escaped(value->text);

		if (strcmp(group, value->group) != 0)
			g_string_append_printf(out, "%s[%s]\n", out->len ? "\n" : "", value->group);
		group = value->group;
		g_string_append_printf(out, "%s = %s\n", value->key, text);
	}
	return g_string_free(out, FALSE);
}
