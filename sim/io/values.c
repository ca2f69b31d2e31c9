/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/values.h"

#include <string.h>

#include "text/arena.h"
#include "text/loader.h"
#include "text/random_text.h"
#include "io/tables.h"
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

static void add_named(GPtrArray *values, const char *kind, const char *name, const struct nap_param *rows,
	const void *base, const struct nap_middlebox *box)
{
	g_autofree char *group = g_strdup_printf("%s %s", kind, name);

	add_rows(values, group, rows, base, box);
}

static void add_text(GPtrArray *values, const char *group, const struct nap_param *row, const char *text)
{
	struct nap_value *value = g_new0(struct nap_value, 1);

	*value = (struct nap_value){ g_strdup(group), row->key, g_strdup(text),
		g_strcmp0(row->def, text) == 0, row };
	g_ptr_array_add(values, value);
}

GPtrArray *nap_scenario_values(const struct nap_scenario *s)
{
	GPtrArray *values = g_ptr_array_new_with_free_func(free_value);
	const struct nap_radio_rows *radio = nap_scenario_radio_rows(s);

	add_rows(values, "scenario", nap_general_params, &s->general, NULL);
	add_rows(values, "path", nap_path_params, &s->path, NULL);
	for (uint32_t i = 0; i < s->n_networks; i++)
		add_named(values, "network", s->network[i].name, nap_network_params, &s->network[i].config,
			NULL);
	for (uint32_t i = 0; i < s->n_middleboxes; i++) {
		const struct nap_middlebox *m = &s->middlebox[i];

		add_named(values, "middlebox", m->name, nap_box_params, &m->box, m);
		add_named(values, "middlebox", m->name, nap_hop_params, &m->hop, NULL);
	}
	add_rows(values, "radio", nap_radio_params, &radio->radio, NULL);
	for (unsigned i = 0; i < radio->n_states; i++)
		add_named(values, "state", radio->states[i].name, nap_radio_state_params, &radio->states[i],
			NULL);
	for (unsigned i = 0; i < radio->n_edges; i++)
		add_named(
			values, "edge", radio->edges[i].name, nap_radio_edge_params, &radio->edges[i], NULL);
	if (s->battery.capacity_mah > 0)
		add_rows(values, "battery", nap_battery_params, &s->battery, NULL);
	add_text(values, "client", nap_row_find(nap_choice_client, "policy"), s->policy->name);
	add_rows(values, "client", nap_app_params, &s->app, NULL);
	add_rows(values, "client", s->policy->params, s->policy_config, NULL);
	add_rows(values, "server", nap_server_params, &s->server, NULL);
	return values;
}

/* The profile's group for a scenario's, NULL when it is none of this kind's. */
static const char *profile_group(enum nap_profile_kind kind, const char *group)
{
	switch (kind) {
	case NAP_MIDDLEBOX:
		return strcmp(group, "middlebox x") == 0 ? "middlebox" : NULL;
	case NAP_APPLICATION:
		return strcmp(group, "client") == 0 ? "application" : NULL;
	case NAP_RADIO:
		return strcmp(group, "radio") == 0 || g_str_has_prefix(group, "state ") ||
				       g_str_has_prefix(group, "edge ")
			       ? group
			       : NULL;
	default:
		return strcmp(group, nap_profile_kinds[kind]) == 0 ? group : NULL;
	}
}

/* A scenario of nothing but the profile. */
static struct nap_scenario *bare_scenario(enum nap_profile_kind kind, const char *name, GError **error)
{
	static const char *const key[] = { "middlebox x", "radio", "battery", "client" };
	g_autofree char *text = g_strdup_printf("[scenario]\nduration = 1s\n%s\n[%s]\n%s = %s\n",
		kind == NAP_MIDDLEBOX ? "[path]\nmiddleboxes = x" : "", key[kind],
		kind == NAP_APPLICATION ? "application" : "profile", name);
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
		const char *group = profile_group(kind, value->group);

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
