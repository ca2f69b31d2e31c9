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
	enum nap_param_type type[2]; /* of keys that take them; NAP_P_TYPES: none */
} tables[] = {
	{ "a distribution", nap_dist_word, { NAP_P_DIST_TIME, NAP_P_WAIT } },
	{ "arrivals", nap_arrivals_word, { NAP_P_ARRIVALS, NAP_P_TYPES } },
	{ "values of a sweep", range_word, { NAP_P_TYPES, NAP_P_TYPES } },
	{ "a way of sampling, in [sweep]", sampling_word, { NAP_P_TYPES, NAP_P_TYPES } },
};

/* The keys whose values may begin so: each once, also where several policies have it. */
static void list_keys(GString *out, const struct nap_table *all, const enum nap_param_type type[2])
{
	g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *list = NULL, *text = NULL, *wrapped = NULL;

	for (const struct nap_table *t = all; t->group; t++)
		for (const struct nap_param *row = t->rows; row->key; row++) {
			g_autofree char *key = g_strconcat(t->group, ".", row->key, NULL);

			g_strdelimit(key, " ", '.');
			if ((row->type == type[0] || row->type == type[1]) &&
				!g_ptr_array_find_with_equal_func(keys, key, g_str_equal, NULL))
				g_ptr_array_add(keys, g_steal_pointer(&key));
		}
	if (!keys->len)
		return;
	g_ptr_array_add(keys, NULL);
	list = g_strjoinv(", ", (char **)keys->pdata);
	text = g_strconcat("Keys: ", list, NULL);
	wrapped = nap_help_wrap(text, "    ");
	g_string_append(out, wrapped);
}

/* The unit of a type that is written so, or so but for capitals; NULL: it has none. */
static char *unit_of(enum nap_param_type type, const char *word, bool as_written)
{
	g_auto(GStrv) units = g_strsplit(nap_type_units(type), " ", -1);

	for (char **u = units; *u; u++)
		if (**u && (as_written ? strcmp(*u, word) : g_ascii_strcasecmp(*u, word)) == 0)
			return g_strdup(*u);
	return NULL;
}

static unsigned find_unit(GString *out, const char *word, bool as_written)
{
	g_autoptr(GString) types = g_string_new(NULL);
	g_autofree char *wrapped = NULL, *name = NULL;
	unsigned found = 0;

	for (int type = 0; type < NAP_P_TYPES; type++) {
		g_autofree char *unit = unit_of((enum nap_param_type)type, word, as_written);

		if (!unit)
			continue;
		g_string_append_printf(
			types, "%s%s", found++ ? "; or of " : "", nap_type_name((enum nap_param_type)type));
		if (found > 1)
			continue;
		g_string_append_printf(types, " (%s)", nap_type_example((enum nap_param_type)type));
		name = g_steal_pointer(&unit);
	}
	if (!found)
		return 0;
	g_string_append_printf(out, "%s: a unit, written behind a number without a space, of\n", name);
	wrapped = nap_help_wrap(types->str, "    ");
	g_string_append(out, wrapped);
	return found;
}

unsigned nap_help_value_word(GString *out, const struct nap_table *all, const char *word)
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
			list_keys(out, all, tables[k].type);
			found++;
		}
	if (find_unit(out, word, true))
		return found + 1;
	return found + find_unit(out, word, false);
}

void nap_help_value_names(GPtrArray *names)
{
	struct nap_value_word w;

	for (size_t k = 0; k < G_N_ELEMENTS(tables); k++)
		for (unsigned i = 0; tables[k].word(i, &w); i++)
			g_ptr_array_add(names, (gpointer)w.name);
}
