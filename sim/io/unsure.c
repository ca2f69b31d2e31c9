/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/unsure.h"

#include "text/profile.h"

static void free_unsure(void *data)
{
	struct nap_unsure *u = data;

	g_free(u->profile);
	g_strfreev(u->what);
	g_free(u);
}

/* Has the scenario, --set or a sweep itself set what this name, as of nap_key_name, stands for? */
static bool is_set(GHashTable *origins, char *name)
{
	const struct nap_origin *o = g_hash_table_lookup(origins, name);

	g_free(name);
	return o && o->own;
}

/* The same of a key of one of its middleboxes, of its application or of its client's host. */
static bool is_own(
	const struct nap_scenario *sc, GHashTable *origins, enum nap_profile_kind kind, const char *key)
{
	bool own = (kind == NAP_APPLICATION || kind == NAP_STACK) &&
		   is_set(origins, nap_key_name("client", key));

	for (uint32_t k = 0; kind == NAP_MIDDLEBOX && k < sc->n_middleboxes; k++)
		own |= is_set(origins, g_strdup_printf("middlebox.%s.%s", sc->middlebox[k].name, key));
	return own;
}

/* A profile without a list tells in one sentence what was verified and what not: that is one item. */
static char **items_of(const struct nap_profile *profile)
{
	const char *listed = nap_profile_value(profile, "unverified");

	return *listed ? g_strsplit(listed, ";", -1) : g_strsplit(nap_profile_doubt(profile), "\n", -1);
}

static char **what_of(const struct nap_scenario *sc, GHashTable *origins, const struct nap_profile *profile)
{
	g_auto(GStrv) items = items_of(profile);
	GPtrArray *left = g_ptr_array_new();

	for (char **item = items; *item; item++)
		if (*g_strstrip(*item) && !is_own(sc, origins, profile->kind, *item))
			g_ptr_array_add(left, g_strdup(*item));
	g_ptr_array_add(left, NULL);
	return (char **)g_ptr_array_free(left, FALSE);
}

static GPtrArray *unsure_new(void)
{
	return g_ptr_array_new_with_free_func(free_unsure);
}

GPtrArray *nap_unsure_profiles(const struct nap_scenario *sc, GHashTable *origins)
{
	GPtrArray *all = unsure_new();
	size_t n;
	const struct nap_profile *const *profile = nap_scenario_profiles(sc, &n);

	for (size_t i = 0; i < n; i++) {
		struct nap_unsure u = { NULL, what_of(sc, origins, profile[i]) };

		if (*u.what) {
			u.profile = g_strdup_printf(
				"%s/%s", nap_profile_kinds[profile[i]->kind], profile[i]->name);
			g_ptr_array_add(all, g_memdup2(&u, sizeof u));
		} else {
			g_strfreev(u.what);
		}
	}
	return all;
}

/* Those of one scenario whose profiles were not yet seen; all becomes their owner. */
static void add_unsure(const struct nap_scenario *sc, GHashTable *origins, GHashTable *seen, GPtrArray *all)
{
	g_autoptr(GPtrArray) unsure = nap_unsure_profiles(sc, origins);

	for (guint i = unsure->len; i-- > 0;) {
		const struct nap_unsure *u = unsure->pdata[i];

		if (!g_hash_table_add(seen, g_strdup(u->profile)))
			g_ptr_array_remove_index(unsure, i);
	}
	g_ptr_array_extend_and_steal(all, g_steal_pointer(&unsure));
}

GPtrArray *nap_unsure_of(const struct nap_scenario *const *scenario, size_t n, GHashTable *origins)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	GPtrArray *all = unsure_new();

	for (size_t i = 0; i < n; i++) {
		const struct nap_kinds *kinds = &scenario[i]->kinds;

		if (kinds->n == 0)
			add_unsure(scenario[i], origins, seen, all);
		for (uint32_t k = 0; k < kinds->n; k++)
			add_unsure(kinds->kind[k], origins, seen, all);
	}
	return all;
}
