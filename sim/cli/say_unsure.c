/* SPDX-License-Identifier: BSD-2-Clause */
/* What the commands that run scenarios say of profiles with unsure numbers. */
#include <stdio.h>

#include "cli/say_unsure.h"
#include "io/unsure.h"

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
	GPtrArray *all = nap_unsure_new();

	for (size_t i = 0; i < n; i++) {
		const struct nap_kinds *kinds = &scenario[i]->kinds;

		if (kinds->n == 0)
			add_unsure(scenario[i], origins, seen, all);
		for (uint32_t k = 0; k < kinds->n; k++)
			add_unsure(kinds->kind[k], origins, seen, all);
	}
	return all;
}

void nap_say_unsure(const GPtrArray *const *unsure, size_t n)
{
	g_autoptr(GHashTable) said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GString) line = g_string_new(NULL);

	for (size_t i = 0; i < n; i++) {
		for (guint k = 0; k < unsure[i]->len; k++) {
			const struct nap_unsure *u = unsure[i]->pdata[k];
			g_autofree char *what = g_strjoinv(", ", u->what);
			char *one = g_strdup_printf("%s (%s)", u->profile, what);

			if (!g_hash_table_contains(said, one))
				g_string_append_printf(line, "%s%s", line->len ? "; " : "", one);
			g_hash_table_add(said, one);
		}
	}
	if (line->len)
		fprintf(stderr, "natnap: unsure numbers of profiles: %s\n", line->str);
}
