/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/changes_text.h"

#include <string.h>

#include "text/input_error.h"
#include "text/quantity.h"
#include "text/random_text.h"

bool nap_change_split(const char *text, nap_time *at, const char **rest, GError **error)
{
	const char *colon = strchr(text, ':');
	g_autofree char *moment = colon ? g_strstrip(g_strndup(text, (size_t)(colon - text))) : NULL;

	if (!colon) {
		g_autofree char *shown = nap_shown(text);

		return nap_fail(error, "%s does not say from when on: MOMENT: VALUE", shown);
	}
	if (!nap_time_parse(moment, at, error))
		return false;
	if (*at == NAP_NEVER)
		return nap_fail(error, "never is no moment of a run");
	*rest = colon + 1 + strspn(colon + 1, " ");
	return true;
}

bool nap_changes_parse(const char *text, struct nap_arena *arena, const struct nap_folder *dir,
	struct nap_dist_changes *out, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(text, ";", -1);
	struct nap_dist_change *row = nap_arena_alloc(arena, (g_strv_length(parts) + 1) * sizeof *row);
	uint32_t n = 0;

	for (char **part = parts; *part; part++) {
		const char *rest = NULL;

		if (!*g_strstrip(*part))
			continue;
		if (!nap_change_split(*part, &row[n].at, &rest, error) ||
			!nap_dist_parse(NAP_P_TIME, rest, arena, dir, &row[n].dist, error))
			return false;
		if (n > 0 && row[n].at <= row[n - 1].at)
			return nap_fail(error, "%s does not come after the moment before it", *part);
		n++;
	}
	*out = (struct nap_dist_changes){ row, n };
	return true;
}

char *nap_changes_format(const struct nap_dist_changes *changes)
{
	GString *s = g_string_new(NULL);

	for (uint32_t i = 0; i < changes->n; i++) {
		g_autofree char *at = nap_time_format(changes->row[i].at);
		g_autofree char *value = nap_dist_format(NAP_P_TIME, &changes->row[i].dist);

		g_string_append_printf(s, "%s%s: %s", i ? "; " : "", at, value);
	}
	return g_string_free(s, FALSE);
}
