/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/box_text.h"

#include <string.h>

#include "run/scenario.h"
#include "text/input_error.h"
#include "text/profile.h"
#include "text/setting_text.h"
#include "text/value.h"

/*
 * The entry that made a rule fail: of the key that the rule names or, where overload and a mapping contradict one another,
 * of the one that was set over the other. *key names it.
 */
static const struct nap_entry *culprit(const struct nap_layers *layers, const char **key)
{
	static const char *const others[] = { "mapping", "tcp-mapping" };
	unsigned layer = 0, other;
	const struct nap_entry *entry = nap_layers_find(layers, *key, &layer);

	for (size_t i = 0; strcmp(*key, "overload") == 0 && i < G_N_ELEMENTS(others); i++) {
		const struct nap_entry *e = nap_layers_find(layers, others[i], &other);

		if (e && (!entry || other > layer)) {
			*key = others[i];
			return e;
		}
	}
	return entry;
}

bool nap_box_config_fill(
	struct nap_schema *schema, struct nap_box_config *box, struct nap_hop_config *hop, GError **error)
{
	static const char *const reserved[] = { "profile", "base", NULL };
	const struct nap_binding bindings[] = { { nap_box_params, box }, { nap_hop_params, hop } };
	const struct nap_entry *entry;
	const char *key = "kind", *why;

	schema->bindings = bindings;
	schema->n_bindings = G_N_ELEMENTS(bindings);
	schema->reserved = reserved;
	if (!nap_schema_apply(schema, error))
		return false;
	hop->change_times = nap_settings_times(&hop->changes, schema->arena);
	why = nap_box_config_check(box, &key);
	if (!why)
		why = nap_hop_config_check(hop, box, &key);
	if (!why)
		return true;
	entry = culprit(&schema->layers, &key);
	return nap_fail_key(error, entry ? entry->where : schema->where, schema->group, key, "%s", why);
}

/* The config from the documents of a profile (NULL: none, the defaults). */
static void fill(struct nap_box_config *config, const struct nap_profile *profile)
{
	g_autoptr(GPtrArray) layers = g_ptr_array_new();
	g_autoptr(GArray) draws = g_array_new(FALSE, FALSE, sizeof(struct nap_param_draw));
	g_autoptr(GError) error = NULL;
	struct nap_box_config filled = { .own = config->own };
	struct nap_hop_config hop = { 0 };

	for (unsigned i = 0; profile && i < profile->documents->len; i++)
		g_ptr_array_add(
			layers, (void *)nap_document_group(profile->documents->pdata[i], "middlebox"));
	if (!nap_box_config_fill(
		    &(struct nap_schema){ .group = "middlebox",
			    .where = profile ? profile->name : "default",
			    .layers = { (const struct nap_group *const *)layers->pdata, layers->len },
			    .own = true,
			    .draws = draws,
			    .arena = config->own },
		    &filled, &hop, &error))
		g_error("%s", error->message); /* ours: a test loads each of them */
	*config = filled;
}

void nap_box_config_init(struct nap_box_config *config)
{
	config->own = nap_arena_new();
	fill(config, NULL);
}

void nap_box_config_clear(struct nap_box_config *config)
{
	nap_arena_free(config->own);
	*config = (struct nap_box_config){ 0 };
}

bool nap_box_config_profile(struct nap_box_config *config, const char *name)
{
	struct nap_profile *profile = nap_profile_open(NAP_MIDDLEBOX, name, NULL, NULL);

	if (!profile)
		return false;
	fill(config, profile);
	nap_profile_free(profile);
	return true;
}

static bool fail_unknown(const char *key, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autofree char *near = NULL;

	for (const struct nap_param *row = nap_box_params; row->key; row++)
		g_ptr_array_add(names, (char *)row->key);
	g_ptr_array_add(names, NULL);
	near = nap_did_you_mean(key, (const char *const *)names->pdata);
	return nap_fail(error, "unknown key%s", near);
}

const char *nap_box_config_set(struct nap_box_config *config, const char *key, const char *text)
{
	const struct nap_param *row = nap_row_find(nap_box_params, key);
	g_autoptr(GError) error = NULL;

	if (row ? nap_value_parse(row, text, config->own, NULL, (char *)config + row->offset, &error)
		: fail_unknown(key, &error))
		return NULL;
	return nap_arena_strdup(config->own, error->message);
}

const char *nap_box_config_get(const struct nap_box_config *config, const char *key)
{
	const struct nap_param *row = nap_row_find(nap_box_params, key);
	g_autofree char *text = row ? nap_value_format(row, (const char *)config + row->offset) : NULL;

	return text ? nap_arena_strdup(config->own, text) : NULL;
}
