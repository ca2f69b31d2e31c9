/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/keyfile.h"

#include <string.h>

#include "text/arena.h"
#include "text/check_text.h"
#include "text/input_error.h"

#define KEYS_MAX 100000u /* of one document, and groups too: bounds the memory a hostile file can take */

/* A document while it is scanned. */
struct scan {
	struct nap_document *document;
	GArray *groups;   /* struct nap_group */
	GArray *entries;  /* struct nap_entry of the current group */
	GHashTable *seen; /* "group" and "group\nkey" -> where */
	unsigned line, keys;
};

/* "FILE:LINE: message" */
static bool fail_at(const struct scan *s, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);

static bool fail_at(const struct scan *s, GError **error, const char *format, ...)
{
	g_autofree char *message = NULL;
	va_list args;

	va_start(args, format);
	message = g_strdup_vprintf(format, args);
	va_end(args);
	return nap_fail(error, "%s:%u: %s", s->document->path, s->line, message);
}

static const char *here(const struct scan *s)
{
	g_autofree char *where = g_strdup_printf("%s:%u", s->document->path, s->line);

	return nap_arena_strdup(s->document->arena, where);
}

static struct nap_group *last_group(const struct scan *s)
{
	return s->groups->len ? &g_array_index(s->groups, struct nap_group, s->groups->len - 1) : NULL;
}

/* Hand the current group its entries. */
static void close_group(struct scan *s)
{
	struct nap_group *group = last_group(s);
	struct nap_entry *copy;

	if (!group)
		return;
	copy = nap_arena_alloc(s->document->arena, s->entries->len * sizeof *copy);
	if (s->entries->len)
		memcpy(copy, s->entries->data, s->entries->len * sizeof *copy);
	group->entry = copy;
	group->n_entries = s->entries->len;
	g_array_set_size(s->entries, 0);
}

/* Refuse what was seen before, else remember it. */
static bool see(struct scan *s, const char *name, const char *what, GError **error)
{
	const char *before = g_hash_table_lookup(s->seen, name);

	if (before) {
		const char *line = strrchr(before, ':');

		return fail_at(s, error, "%s stands twice: first at line %s", what, line ? line + 1 : "?");
	}
	if (s->keys++ >= KEYS_MAX)
		return fail_at(s, error, "more than %u groups and keys", KEYS_MAX);
	g_hash_table_insert(s->seen, g_strdup(name), (char *)here(s));
	return true;
}

static bool scan_group(struct scan *s, char *line, GError **error)
{
	struct nap_group group = { 0 };
	size_t n = strlen(line);
	g_autofree char *shown = nap_shown(line), *name = NULL;

	if (line[n - 1] != ']')
		return fail_at(s, error, "a group's line must end in ]: %s", shown);
	line[n - 1] = '\0';
	name = g_strdup(line + 1);
	if (!*name || strpbrk(name, "[]") || g_ascii_isspace(*name) ||
		g_ascii_isspace(name[strlen(name) - 1]))
		return fail_at(s, error, "not a group's name: %s", shown);
	if (!see(s, name, shown, error))
		return false;
	close_group(s);
	group.name = nap_arena_strdup(s->document->arena, name);
	group.where = here(s);
	g_array_append_val(s->groups, group);
	return true;
}

/* The value with its escapes resolved (\s is a space), as key files have them, and without spaces around it. */
static char *value_of(struct scan *s, const char *group, const char *key, const char *raw, GError **error)
{
	static const char letters[] = "sntr\\", meant[] = " \n\t\r\\";
	char *text = g_strdup(raw), *to = text;

	for (const char *from = raw; *from; from++) {
		const char *letter = *from == '\\' && from[1] ? strchr(letters, from[1]) : NULL;

		if (*from == '\\' && !letter) {
			g_free(text);
			fail_at(s, error,
				"[%s] %s: after a \\ comes one of s n t r \\: write \\\\ for the sign itself",
				group, key);
			return NULL;
		}
		*to++ = letter ? meant[letter - letters] : *from;
		from += letter ? 1 : 0;
	}
	*to = '\0';
	return g_strstrip(text);
}

/* A row of a sweep may name several keys: "client.interval & client.need". */
static bool is_key(const char *key, const struct nap_group *group)
{
	const char *others = group && strcmp(group->name, "sweep") == 0 ? "-_.&; " : "-_.";

	for (const char *p = key; *p; p++)
		if (!g_ascii_isalnum(*p) && !strchr(others, *p))
			return false;
	return *key && !strchr("-.&; ", *key);
}

/* "FILE:LINE: what: "LINE'S TEXT"" */
static bool fail_line(const struct scan *s, const char *what, const char *line, GError **error)
{
	g_autofree char *shown = nap_shown(line);

	return fail_at(s, error, "%s: %s", what, shown);
}

static bool scan_key(struct scan *s, char *line, GError **error)
{
	const struct nap_group *group = last_group(s);
	char *equals = strchr(line, '=');
	struct nap_entry entry;
	g_autofree char *name = NULL, *value = NULL, *what = NULL;

	if (!equals)
		return fail_line(s, "neither a [group], a key = value nor a # comment", line, error);
	*equals = '\0';
	g_strchomp(line);
	if (!is_key(line, group))
		return fail_line(s, "not a key's name", line, error);
	if (!group)
		return fail_at(s, error, "key %s stands before any [group]", line);
	name = g_strconcat(group->name, "\n", line, NULL);
	what = g_strdup_printf("[%s] %s", group->name, line);
	if (!see(s, name, what, error))
		return false;
	value = value_of(s, group->name, line, equals + 1, error);
	if (!value)
		return false;
	entry.key = nap_arena_strdup(s->document->arena, line);
	entry.text = nap_arena_strdup(s->document->arena, value);
	entry.where = here(s);
	entry.dir = &s->document->folder;
	g_array_append_val(s->entries, entry);
	return true;
}

static bool scan_lines(struct scan *s, GError **error)
{
	const char *p = s->document->text, *end = p + s->document->length;

	while (p < end) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		g_autofree char *line = g_strndup(p, (size_t)((newline ? newline : end) - p));
		bool ok = true;

		s->line++;
		g_strstrip(line);
		if (*line == '[')
			ok = scan_group(s, line, error);
		else if (*line && *line != '#')
			ok = scan_key(s, line, error);
		if (!ok)
			return false;
		p = newline ? newline + 1 : end;
	}
	close_group(s);
	return s->groups->len || nap_fail(error, "%s: empty: there is no [group] in it", s->document->path);
}

static bool scan_document(struct nap_document *document, GError **error)
{
	struct scan s = { .document = document };
	bool ok;

	s.groups = g_array_new(FALSE, FALSE, sizeof(struct nap_group));
	s.entries = g_array_new(FALSE, FALSE, sizeof(struct nap_entry));
	s.seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	ok = scan_lines(&s, error);
	if (ok) {
		struct nap_group *copy = nap_arena_alloc(document->arena, s.groups->len * sizeof *copy);

		memcpy(copy, s.groups->data, s.groups->len * sizeof *copy);
		document->group = copy;
		document->n_groups = s.groups->len;
		for (unsigned i = 0; i < s.groups->len; i++)
			g_hash_table_insert(document->index, (char *)copy[i].name, &copy[i]);
	}
	g_array_unref(s.groups);
	g_array_unref(s.entries);
	g_hash_table_unref(s.seen);
	return ok;
}

struct nap_document *nap_document_parse(
	const char *path, const struct nap_folder *folder, const char *text, size_t length, GError **error)
{
	struct nap_document *document = g_new0(struct nap_document, 1);
	g_autofree char *checked = nap_check_text(path, text, length, &document->length, error), *hash = NULL;

	document->arena = nap_arena_new();
	document->index = g_hash_table_new(g_str_hash, g_str_equal);
	document->path = nap_arena_strdup(document->arena, path);
	document->folder = folder ? *folder : (struct nap_folder){ NULL, NULL };
	if (document->folder.path)
		document->folder.path = nap_arena_strdup(document->arena, document->folder.path);
	if (!checked) {
		nap_document_free(document);
		return NULL;
	}
	document->text = nap_arena_strdup(document->arena, checked);
	hash = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)checked, document->length);
	document->sha256 = nap_arena_strdup(document->arena, hash);
	if (!scan_document(document, error)) {
		nap_document_free(document);
		return NULL;
	}
	return document;
}

void nap_document_free(struct nap_document *document)
{
	if (!document)
		return;
	g_hash_table_unref(document->index);
	nap_arena_free(document->arena);
	g_free(document);
}

const struct nap_group *nap_document_group(const struct nap_document *document, const char *name)
{
	return g_hash_table_lookup(document->index, name);
}

const struct nap_entry *nap_group_entry(const struct nap_group *group, const char *key)
{
	for (unsigned i = 0; group && i < group->n_entries; i++)
		if (strcmp(group->entry[i].key, key) == 0)
			return &group->entry[i];
	return NULL;
}
