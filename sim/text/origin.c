/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/origin.h"

#include <string.h>

static void free_origin(void *data)
{
	struct nap_origin *o = data;

	g_free(o->text);
	g_free(o->where);
	g_free(o);
}

char *nap_key_name(const char *group, const char *key)
{
	char *name = g_strconcat(group, ".", key, NULL);

	for (char *p = name; p < name + strlen(group); p++)
		if (*p == ' ') {
			*p = '.'; /* the first one: names may hold more */
			break;
		}
	return name;
}

GHashTable *nap_origins_new(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_origin);
}

void nap_origin_note(GHashTable *origins, const char *group, const struct nap_entry *entry, bool own)
{
	struct nap_origin *o;

	if (!origins)
		return;
	o = g_new(struct nap_origin, 1);
	*o = (struct nap_origin){ g_strdup(entry->text), g_strdup(entry->where), own };
	g_hash_table_replace(origins, nap_key_name(group, entry->key), o);
}
