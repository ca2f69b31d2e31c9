/* SPDX-License-Identifier: BSD-2-Clause */
/* What the commands that run scenarios say of profiles with unsure numbers. */
#include <stdio.h>

#include "cli/say_unsure.h"
#include "io/unsure.h"

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
