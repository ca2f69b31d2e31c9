/* SPDX-License-Identifier: BSD-2-Clause */
/* GLib's texts and memory, as far as they are called; what there is no memory for traps. */
#include <glib.h>

void *g_malloc(gsize n)
{
	void *p = malloc(n ? n : 1);

	return p ? p : (abort(), NULL);
}

void *g_malloc0(gsize n)
{
	return memset(g_malloc(n), 0, n);
}

static gsize product(gsize n, gsize size)
{
	return size && n > SIZE_MAX / size ? (abort(), 0) : n * size;
}

void *g_malloc_n(gsize n, gsize size)
{
	return g_malloc(product(n, size));
}

void *g_malloc0_n(gsize n, gsize size)
{
	return g_malloc0(product(n, size));
}

void *g_realloc(void *p, gsize n)
{
	void *q = realloc(p, n ? n : 1);

	return q ? q : (abort(), NULL);
}

void *g_realloc_n(void *p, gsize n, gsize size)
{
	return g_realloc(p, product(n, size));
}

void *g_memdup2(const void *p, gsize n)
{
	return p && n ? memcpy(g_malloc(n), p, n) : NULL;
}

char *g_strdup(const char *s)
{
	return s ? g_memdup2(s, strlen(s) + 1) : NULL;
}

char *g_strndup(const char *s, gsize n)
{
	gsize length = s ? strnlen(s, n) : 0;
	char *copy = s ? g_malloc0(length + 1) : NULL;

	return copy ? memcpy(copy, s, length) : NULL;
}

char *g_strdup_vprintf(const char *format, va_list args)
{
	char brief[128], *s;
	va_list again;
	gsize n;

	va_copy(again, args);
	n = (gsize)vsnprintf(brief, sizeof brief, format, again);
	va_end(again);
	if (n < sizeof brief)
		return g_memdup2(brief, n + 1);
	s = g_malloc(n + 1);
	vsnprintf(s, n + 1, format, args);
	return s;
}

char *g_strdup_printf(const char *format, ...)
{
	va_list args;
	char *s;

	va_start(args, format);
	s = g_strdup_vprintf(format, args);
	va_end(args);
	return s;
}

char *g_strconcat(const char *first, ...)
{
	GString *s = g_string_new(first);
	va_list args;

	va_start(args, first);
	for (const char *next; (next = va_arg(args, const char *));)
		g_string_append(s, next);
	va_end(args);
	return g_string_free(s, FALSE);
}

char *g_strjoinv(const char *between, char **parts)
{
	GString *s = g_string_new(NULL);

	for (char **p = parts; *p; p++) {
		if (p > parts)
			g_string_append(s, between);
		g_string_append(s, *p);
	}
	return g_string_free(s, FALSE);
}

char *g_strchomp(char *s)
{
	gsize n = strlen(s);

	while (n > 0 && g_ascii_isspace(s[n - 1]))
		s[--n] = '\0';
	return s;
}

char *g_strstrip(char *s)
{
	gsize head = 0;

	while (g_ascii_isspace(s[head]))
		head++;
	memmove(s, s + head, strlen(s + head) + 1);
	return g_strchomp(s);
}

/* At the first of at's characters (any), or at all of it; "" has no parts. */
static char **split(const char *s, const char *at, gint max, bool any)
{
	GPtrArray *parts = g_ptr_array_new();

	while (*s) {
		const char *end = any ? s + strcspn(s, at) : strstr(s, at);
		bool last = !end || !*end || (max > 0 && (gint)parts->len == max - 1);

		g_ptr_array_add(parts, last ? g_strdup(s) : g_strndup(s, (gsize)(end - s)));
		if (last)
			break;
		s = end + (any ? 1 : strlen(at));
		if (!*s)
			g_ptr_array_add(parts, g_strdup(""));
	}
	g_ptr_array_add(parts, NULL);
	return (char **)g_ptr_array_free(parts, FALSE);
}

char **g_strsplit(const char *s, const char *at, gint max)
{
	return split(s, at, max, false);
}

char **g_strsplit_set(const char *s, const char *at, gint max)
{
	return split(s, at, max, true);
}

void g_strfreev(char **v)
{
	for (char **s = v; s && *s; s++)
		free(*s);
	free(v);
}

guint g_strv_length(char **v)
{
	guint n = 0;

	while (v[n])
		n++;
	return n;
}

gboolean g_strv_contains(const char *const *v, const char *s)
{
	while (*v && strcmp(*v, s) != 0)
		v++;
	return *v != NULL;
}

gint g_strcmp0(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) : (a != NULL) - (b != NULL);
}

gboolean g_str_has_prefix(const char *s, const char *head)
{
	return strncmp(s, head, strlen(head)) == 0;
}

gboolean g_str_has_suffix(const char *s, const char *tail)
{
	gsize n = strlen(s), m = strlen(tail);

	return n >= m && strcmp(s + n - m, tail) == 0;
}

gsize g_strlcpy(char *to, const char *from, gsize n)
{
	gsize length = strlen(from), fits = n && length >= n ? n - 1 : length;

	if (n) {
		memcpy(to, from, fits);
		to[fits] = '\0';
	}
	return length;
}

gsize g_strlcat(char *to, const char *from, gsize n)
{
	gsize at = strnlen(to, n);

	return at + g_strlcpy(to + at, from, n - at);
}

char *g_ascii_formatd(char *to, gint n, const char *format, double v)
{
	snprintf(to, (gsize)n, format, v);
	return to;
}

/* ---- UTF-8 ---- */

int nap_shim_utf8_bytes(unsigned char first)
{
	return first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* (gunichar)-1: it is none. */
gunichar g_utf8_get_char_validated(const char *s, gssize n)
{
	static const gunichar least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char first = (unsigned char)*s;
	int bytes = nap_shim_utf8_bytes(first);
	gunichar c = bytes == 1 ? first : first & (0x7fu >> bytes);

	if ((first >= 0x80 && first < 0xc0) || first > 0xf7 || (n >= 0 && bytes > n))
		return (gunichar)-1;
	for (int i = 1; i < bytes; i++) {
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return (gunichar)-1;
		c = c << 6 | ((unsigned char)s[i] & 0x3f);
	}
	return c < least[bytes] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? (gunichar)-1 : c;
}

gboolean g_utf8_validate_len(const char *s, gsize n, const char **end)
{
	const char *last = s + n;

	while (s < last && *s && g_utf8_get_char_validated(s, last - s) != (gunichar)-1)
		s = g_utf8_next_char(s);
	if (end)
		*end = s;
	return s == last;
}

gboolean g_utf8_validate(const char *s, gssize n, const char **end)
{
	return g_utf8_validate_len(s, n < 0 ? strlen(s) : (gsize)n, end);
}

long g_utf8_strlen(const char *s, gssize n)
{
	long characters = 0;

	for (const char *p = s; (n < 0 || p < s + n) && *p; p = g_utf8_next_char(p))
		characters++;
	return characters;
}

/* ---- strings that grow ---- */

GString *g_string_new(const char *s)
{
	GString *new = g_new0(GString, 1);

	return g_string_append(new, s ? s : "");
}

char *g_string_free(GString *s, gboolean text_too)
{
	char *text = s->str;

	free(s);
	if (!text_too)
		return text;
	free(text);
	return NULL;
}

/* For that much more, and the end. */
static void string_room(GString *s, gsize more)
{
	if (s->len + more + 1 <= s->room)
		return;
	s->room = MAX(s->len + more + 1, 2 * s->room);
	s->str = g_realloc(s->str, s->room);
}

GString *g_string_append_len(GString *s, const char *text, gssize n)
{
	gsize more = n < 0 ? strlen(text) : (gsize)n;

	string_room(s, more);
	memcpy(s->str + s->len, text, more);
	s->len += more;
	s->str[s->len] = '\0';
	return s;
}

GString *g_string_append(GString *s, const char *text)
{
	return g_string_append_len(s, text, -1);
}

GString *g_string_append_c(GString *s, char c)
{
	string_room(s, 1);
	s->str[s->len++] = c;
	s->str[s->len] = '\0';
	return s;
}

GString *g_string_append_unichar(GString *s, gunichar c)
{
	if (c < 0x80)
		return g_string_append_c(s, (char)c);
	if (c < 0x800)
		return g_string_append_len(
			s, (char[]){ (char)(0xc0 | c >> 6), (char)(0x80 | (c & 0x3f)) }, 2);
	if (c < 0x10000)
		return g_string_append_len(s,
			(char[]){ (char)(0xe0 | c >> 12), (char)(0x80 | (c >> 6 & 0x3f)),
				(char)(0x80 | (c & 0x3f)) },
			3);
	return g_string_append_len(s,
		(char[]){ (char)(0xf0 | c >> 18), (char)(0x80 | (c >> 12 & 0x3f)),
			(char)(0x80 | (c >> 6 & 0x3f)), (char)(0x80 | (c & 0x3f)) },
		4);
}

void g_string_append_printf(GString *s, const char *format, ...)
{
	va_list args;
	gsize n;

	string_room(s, 63); /* most are short: printed once */
	va_start(args, format);
	n = (gsize)vsnprintf(s->str + s->len, s->room - s->len, format, args);
	va_end(args);
	if (n >= s->room - s->len) {
		string_room(s, n);
		va_start(args, format);
		vsnprintf(s->str + s->len, s->room - s->len, format, args);
		va_end(args);
	}
	s->len += n;
}

guint g_string_replace(GString *s, const char *what, const char *by, guint limit)
{
	GString *made = g_string_new(NULL);
	const char *from = s->str;
	guint n = 0;

	for (const char *at; (at = strstr(from, what)) && (limit == 0 || n < limit); n++) {
		g_string_append_len(made, from, at - from);
		g_string_append(made, by);
		from = at + strlen(what);
	}
	g_string_append(made, from);
	free(s->str);
	*s = *made;
	free(made);
	return n;
}

/* ---- errors ---- */

GError *g_error_new_valist(GQuark domain, gint code, const char *format, va_list args)
{
	GError *error = g_new(GError, 1);

	*error = (GError){ domain, code, g_strdup_vprintf(format, args) };
	return error;
}

void g_error_free(GError *error)
{
	free(error->message);
	free(error);
}

void g_propagate_error(GError **to, GError *error)
{
	if (to)
		*to = error;
	else
		g_error_free(error);
}

void g_prefix_error(GError **error, const char *format, ...)
{
	va_list args;
	char *head, *all;

	if (!error || !*error)
		return;
	va_start(args, format);
	head = g_strdup_vprintf(format, args);
	va_end(args);
	all = g_strconcat(head, (*error)->message, NULL);
	free(head);
	free((*error)->message);
	(*error)->message = all;
}
