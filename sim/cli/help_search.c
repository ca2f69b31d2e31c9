/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/help_search.h"

#include <string.h>

#include "cli/glossary.h"
#include "cli/help_metrics.h"
#include "cli/help_words.h"
#include "run/metrics.h"

#define LINES_MAX 10
#define WORD_MIN  2  /* bytes: shorter ones stand everywhere */
#define AROUND    34 /* bytes shown before and behind the word */

struct search {
	GString *out;
	const char *word;
	unsigned found;
};

/* Where the word, or one that it begins, stands in text; NULL: nowhere. Case makes no difference. */
static const char *stands_in(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = text; *p; p++)
		if (g_ascii_strncasecmp(p, word, n) == 0 && (p == text || !g_ascii_isalnum(p[-1])))
			return p;
	return NULL;
}

/* The text round p, cut between words. */
static char *excerpt(const char *text, const char *p, size_t n)
{
	const char *from = p - text > AROUND ? p - AROUND : text,
		   *to = strlen(p) > n + AROUND ? p + n + AROUND : p + strlen(p);

	while (from > text && from < p && from[-1] != ' ')
		from++;
	while (*to && to > p + n && *to != ' ')
		to--;
	return g_strdup_printf(
		"%s%.*s%s", from > text ? "... " : "", (int)(to - from), from, *to ? " ..." : "");
}

static void look(struct search *s, const char *group, const char *name, const char *text)
{
	const char *p = text ? stands_in(text, s->word) : NULL;
	g_autofree char *near = p ? excerpt(text, p, strlen(s->word)) : NULL;

	if (!near || s->found++ >= LINES_MAX)
		return;
	g_string_append_printf(s->out, "  %s%s%s: %s\n", group, *group ? "." : "", name, near);
}

static void look_in_keys(struct search *s, const struct nap_table *all)
{
	for (const struct nap_table *t = all; t->group; t++) {
		g_autofree char *group = g_strdelimit(g_strdup(t->group), " ", '.');

		for (const struct nap_param *row = t->rows; row->key; row++)
			look(s, group, row->key, row->help);
	}
	for (const struct nap_policy *const *p = nap_policies; *p; p++)
		look(s, "", (*p)->name, (*p)->summary);
}

static void look_in_metrics(struct search *s)
{
	g_autoptr(GPtrArray) all = nap_help_all_metrics();

	for (guint i = 0; i < all->len; i++) {
		const struct nap_metric *m = g_ptr_array_index(all, i);

		look(s, "", m->name, m->help);
	}
}

unsigned nap_help_search(GString *out, const struct nap_table *all, const char *word)
{
	struct search s = { out, word, 0 };

	if (strlen(word) < WORD_MIN)
		return 0;
	for (const struct nap_term *t = nap_glossary; t->name; t++)
		look(&s, "", t->name, t->text);
	look_in_metrics(&s);
	look_in_keys(&s, all);
	if (s.found > LINES_MAX)
		g_string_append_printf(out, "  and %u more\n", s.found - LINES_MAX);
	return s.found;
}

void nap_help_names(GPtrArray *names, const struct nap_table *all)
{
	for (const struct nap_table *t = all; t->group; t++) {
		g_ptr_array_add(names, (char *)t->group);
		if (t->policy)
			g_ptr_array_add(names, (char *)t->policy->name);
		for (const struct nap_param *row = t->rows; row->key; row++)
			g_ptr_array_add(names, (char *)row->key);
	}
	for (const struct nap_term *t = nap_glossary; t->name; t++)
		g_ptr_array_add(names, (char *)t->name);
	nap_help_metric_names(names);
	nap_help_value_names(names);
}
