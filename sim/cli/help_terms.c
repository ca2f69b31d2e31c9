/* SPDX-License-Identifier: BSD-2-Clause */
/* Terms of the field as natnap help and the manual page say them. */
#include <string.h>

#include "cli/glossary.h"
#include "cli/help_text.h"
#include "report/text_table.h"

/* As names are compared: small letters, one kind of gap. */
static char *plain(const char *text)
{
	char *s = g_strstrip(g_ascii_strdown(text, -1));

	return g_strdelimit(s, "-_", ' ');
}

static bool same_name(const char *a, const char *b)
{
	g_autofree char *x = plain(a), *y = plain(b);

	return strcmp(x, y) == 0;
}

bool nap_term_is(const struct nap_term *term, const char *word)
{
	g_auto(GStrv) others = g_strsplit(term->other, ";", -1);
	bool is = same_name(term->name, word);

	for (char **other = others; *other; other++)
		is |= same_name(*other, word);
	return is;
}

static void append_see(GString *out, const struct nap_term *term)
{
	g_auto(GStrv) words = g_strsplit(term->see, " ", -1);
	g_autofree char *list = g_strjoinv(", ", words), *text = g_strconcat("See also: ", list, NULL),
			*wrapped = nap_help_wrap(text, "    ");

	g_string_append(out, wrapped);
}

unsigned nap_help_term(GString *out, const char *word)
{
	unsigned found = 0;

	for (const struct nap_term *t = nap_glossary; t->name; t++) {
		g_autofree char *text = NULL;

		if (!nap_term_is(t, word))
			continue;
		text = nap_help_wrap(t->text, "    ");
		g_string_append(out, t->name);
		if (*t->other)
			g_string_append_printf(out, "  (also: %s)", t->other);
		g_string_append_printf(out, "\n%s", text);
		append_see(out, t);
		found++;
	}
	return found;
}

/* How long the first sentence is. */
static size_t first_sentence(const char *text)
{
	const char *end = strstr(text, ". ");

	return end ? (size_t)(end - text) + 1 : strlen(text);
}

void nap_help_terms(GString *out)
{
	g_string_append(out, "Terms:\n");
	for (const struct nap_term *t = nap_glossary; t->name; t++) {
		g_autofree char *first = g_strndup(t->text, first_sentence(t->text));

		nap_list_line(out, 28, t->name, first);
	}
}
