/* SPDX-License-Identifier: BSD-2-Clause */
/* What natnap run says of profiles with unsure numbers. */
#include <stdio.h>

#include "cli/run_job.h"
#include "io/effective.h"
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

GPtrArray *nap_run_job_unsure(const struct nap_run_job *j)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GHashTable) origins =
		nap_point_origins(j->sweep, j->document, j->overrides, j->n_overrides, 0, NULL);
	GPtrArray *all = nap_unsure_new();

	for (uint32_t i = 0; i < j->campaign.n; i++) {
		const struct nap_kinds *kinds = &j->scenario[i]->kinds;

		if (kinds->n == 0)
			add_unsure(j->scenario[i], origins, seen, all);
		for (uint32_t k = 0; k < kinds->n; k++)
			add_unsure(kinds->kind[k], origins, seen, all);
	}
	return all;
}

void nap_run_jobs_say_unsure(const struct nap_run_job *jobs, uint32_t n)
{
	g_autoptr(GHashTable) said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GString) line = g_string_new(NULL);

	for (uint32_t i = 0; i < n; i++) {
		g_autoptr(GPtrArray) unsure = nap_run_job_unsure(&jobs[i]);

		for (guint k = 0; k < unsure->len; k++) {
			const struct nap_unsure *u = unsure->pdata[k];
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
