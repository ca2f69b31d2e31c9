/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/input_error.h"

#include <stdarg.h>
#include <string.h>

#define SHOWN_MAX 48 /* characters of a user's text worth repeating */
#define WORD_MAX  64 /* longer words are not compared: nobody mistypes them */

GQuark nap_input_error_quark(void)
{
	return g_quark_from_static_string("nap-input-error");
}

bool nap_fail(GError **error, const char *format, ...)
{
	va_list args;

	if (error) {
		va_start(args, format);
		*error = g_error_new_valist(NAP_INPUT_ERROR, 0, format, args);
		va_end(args);
	}
	return false;
}

char *nap_shown(const char *text)
{
	GString *s = g_string_new("\"");
	const char *p = text;

	for (unsigned n = 0; *p && n < SHOWN_MAX; n++) {
		gunichar c = g_utf8_get_char_validated(p, -1);

		if (c == (gunichar)-1 || c == (gunichar)-2 || g_unichar_iscntrl(c)) {
			g_string_append_printf(s, "\\x%02x", (unsigned)(unsigned char)*p);
			p++;
		} else {
			g_string_append_unichar(s, c);
			p = g_utf8_next_char(p);
		}
	}
	g_string_append(s, *p ? "...\"" : "\"");
	return g_string_free(s, FALSE);
}

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

unsigned nap_word_distance(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b);
	unsigned row[3][WORD_MAX + 1] = { 0 };

	if (la > WORD_MAX || lb > WORD_MAX)
		return G_MAXUINT;
	for (size_t j = 0; j <= lb; j++)
		row[0][j] = (unsigned)j;
	for (size_t i = 1; i <= la; i++) {
		unsigned *now = row[i % 3], *up = row[(i + 2) % 3], *up2 = row[(i + 1) % 3];
		char x = g_ascii_tolower(a[i - 1]);

		now[0] = (unsigned)i;
		for (size_t j = 1; j <= lb; j++) {
			char y = g_ascii_tolower(b[j - 1]);

			now[j] = min3(up[j] + 1, now[j - 1] + 1, up[j - 1] + (x != y));
			if (i > 1 && j > 1 && x == g_ascii_tolower(b[j - 2]) &&
				g_ascii_tolower(a[i - 2]) == y && up2[j - 2] + 1 < now[j])
				now[j] = up2[j - 2] + 1;
		}
	}
	return row[la % 3][lb];
}

const char *nap_nearest_word(const char *word, const char *const *candidates)
{
	size_t length = strlen(word);
	unsigned best = (unsigned)(length < 4 ? 1 : length / 3) + 1;
	const char *found = NULL, *longer = NULL;

	for (; *candidates; candidates++) {
		unsigned d = nap_word_distance(word, *candidates);

		if (d < best) {
			best = d;
			found = *candidates;
		}
		if (!longer && length >= 3 && g_ascii_strncasecmp(*candidates, word, length) == 0)
			longer = *candidates;
	}
	return found ? found : longer;
}

char *nap_did_you_mean(const char *word, const char *const *candidates)
{
	const char *near = nap_nearest_word(word, candidates);

	return near ? g_strdup_printf(" (did you mean %s?)", near) : g_strdup("");
}
