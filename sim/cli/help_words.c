/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/help_words.h"

#include <string.h>

#include "cli/help_text.h"
#include "io/sweep.h"
#include "io/sweep_range.h"
#include "text/quantity.h"
#include "text/value_words.h"

static bool range_word(unsigned i, struct nap_value_word *out)
{
	*out = nap_range_words[i];
	return out->name != NULL;
}

static bool sampling_word(unsigned i, struct nap_value_word *out)
{
	*out = nap_sampling_words[i];
	return out->name != NULL;
}

/* The parsers' tables, and where such words stand. */
static const struct {
	const char *what;
	bool (*word)(unsigned i, struct nap_value_word *out);
} tables[] = {
	{ "a distribution", nap_dist_word },
	{ "arrivals", nap_arrivals_word },
	{ "values of a sweep", range_word },
	{ "a way of sampling, in [sweep]", sampling_word },
};

static unsigned find_unit(GString *out, const char *word)
{
	g_autoptr(GString) types = g_string_new(NULL);
	g_autofree char *wrapped = NULL;
	unsigned found = 0;

	for (int type = 0; type < NAP_P_TYPES; type++) {
		g_auto(GStrv) units = g_strsplit(nap_type_units((enum nap_param_type)type), " ", -1);

		if (!*word || !g_strv_contains((const char *const *)units, word))
			continue;
		g_string_append_printf(
			types, "%s%s", found++ ? "; or of " : "", nap_type_name((enum nap_param_type)type));
		if (found == 1)
			g_string_append_printf(types, " (%s)", nap_type_example((enum nap_param_type)type));
	}
	if (!found)
		return 0;
	g_string_append_printf(out, "%s: a unit, written behind a number without a space, of\n", word);
	wrapped = nap_help_wrap(types->str, "    ");
	g_string_append(out, wrapped);
	return found;
}

unsigned nap_help_value_word(GString *out, const char *word)
{
	struct nap_value_word w;
	unsigned found = 0;

	for (size_t k = 0; k < G_N_ELEMENTS(tables); k++)
		for (unsigned i = 0; tables[k].word(i, &w); i++) {
			g_autofree char *wrapped = NULL;

			if (g_ascii_strcasecmp(w.name, word) != 0)
				continue;
			wrapped = nap_help_wrap(w.help, "    ");
			g_string_append_printf(
				out, "%s: %s, written %s\n%s", w.name, tables[k].what, w.usage, wrapped);
			found++;
		}
	return found + find_unit(out, word);
}

void nap_help_value_names(GPtrArray *names)
{
	struct nap_value_word w;

	for (size_t k = 0; k < G_N_ELEMENTS(tables); k++)
		for (unsigned i = 0; tables[k].word(i, &w); i++)
			g_ptr_array_add(names, (gpointer)w.name);
}
