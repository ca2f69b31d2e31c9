/* SPDX-License-Identifier: BSD-2-Clause */
/* Which application profiles set a key of [client]: their values go before the defaults that help shows. */
#include <string.h>

#include "cli/help_text.h"
#include "io/profile.h"
#include "text/profile.h"

/* What the profile, or one that it is based on, says; NULL when none does. */
static const char *value_in(const struct nap_profile *profile, const char *key)
{
	for (unsigned i = profile->documents->len; i-- > 0;) {
		const struct nap_group *g =
			nap_document_group(profile->documents->pdata[i], nap_profile_kinds[profile->kind]);
		const struct nap_entry *entry = nap_group_entry(g, key);

		if (entry)
			return entry->text;
	}
	return NULL;
}

static void list_profiles(GString *out, enum nap_profile_kind kind, const char *heading, const char *key)
{
	g_auto(GStrv) names = nap_profile_names(kind);
	g_autoptr(GString) list = g_string_new(NULL);
	g_autofree char *wrapped = NULL;

	for (char **name = names; *name; name++) {
		struct nap_profile *profile = nap_profile_load(kind, *name, NULL, NULL);
		const char *value = profile ? value_in(profile, key) : NULL;

		if (value)
			g_string_append_printf(list, "%s%s %s", list->len ? ", " : "", *name, value);
		nap_profile_free(profile);
	}
	if (!list->len)
		return;
	g_string_append(out, heading);
	wrapped = nap_help_wrap(list->str, "    ");
	g_string_append(out, wrapped);
}

/* Is the word a part of the name, or several: "aws" of aws-nlb, "nr-sa" of nr-sa-tmobile-2021? */
static bool is_part(const char *name, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = name; *p; p++)
		if (g_ascii_strncasecmp(p, word, n) == 0 && (p == name || p[-1] == '-') &&
			(p[n] == '\0' || p[n] == '-'))
			return p[n] != '\0' || p > name;
	return false;
}

unsigned nap_help_profiles_named(GString *out, const char *word)
{
	unsigned found = 0;

	for (int kind = 0; kind < NAP_PROFILE_KINDS && *word; kind++) {
		g_auto(GStrv) names = nap_profile_names((enum nap_profile_kind)kind);
		g_autoptr(GString) list = g_string_new(NULL);
		g_autofree char *wrapped = NULL;

		for (char **name = names; *name; name++)
			if (is_part(*name, word)) {
				g_string_append_printf(list, "%s%s", list->len ? ", " : "", *name);
				found++;
			}
		if (!list->len)
			continue;
		g_string_append_printf(out, "Profiles (natnap profiles %s NAME):\n", nap_profile_kinds[kind]);
		wrapped = nap_help_wrap(list->str, "    ");
		g_string_append(out, wrapped);
	}
	return found;
}

void nap_help_profiles(GString *out, const char *key)
{
	list_profiles(out, NAP_APPLICATION,
		"  Application profiles that set it, whatever the policy's default:\n", key);
	list_profiles(out, NAP_STACK, "  Stack profiles that set it:\n", key);
}
