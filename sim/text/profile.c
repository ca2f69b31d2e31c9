/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/profile.h"

#include <string.h>

#include "text/built_in.h"
#include "text/groups.h"
#include "text/input_error.h"
#include "text/schema.h"

#define BASES_MAX 8 /* how deep profiles may be based on one another */

const char *const nap_profile_kinds[] = { [NAP_MIDDLEBOX] = "middlebox",
	[NAP_RADIO] = "radio",
	[NAP_BATTERY] = "battery",
	[NAP_DEVICE] = "device",
	[NAP_APPLICATION] = "application",
	[NAP_STACK] = "stack",
	[NAP_PROFILE_KINDS] = NULL };

bool nap_profile_is_name(const char *name)
{
	for (const char *p = name; *p; p++)
		if (!g_ascii_isalnum(*p) && !strchr("-_.", *p))
			return false;
	return *name && *name != '.' && strlen(name) <= 100;
}

static void add_built_in_names(enum nap_profile_kind kind, GTree *names)
{
	for (const struct nap_built_in *b = nap_built_ins; b->kind; b++)
		if (strcmp(b->kind, nap_profile_kinds[kind]) == 0 && strcmp(b->name, "EXAMPLE") != 0)
			g_tree_insert(names, g_strdup(b->name), NULL);
}

static int compare_names(const void *a, const void *b, void *data)
{
	(void)data;
	return strcmp(a, b);
}

static int append_name(void *name, void *value, void *list)
{
	(void)value;
	g_ptr_array_add(list, g_strdup(name));
	return FALSE;
}

char **nap_profile_list(enum nap_profile_kind kind, const struct nap_files *files)
{
	GTree *names = g_tree_new_full(compare_names, NULL, g_free, NULL);
	GPtrArray *list = g_ptr_array_new();

	add_built_in_names(kind, names);
	if (files)
		files->profile_names(nap_profile_kinds[kind], names);
	g_tree_foreach(names, append_name, list);
	g_tree_unref(names);
	g_ptr_array_add(list, NULL);
	return (char **)g_ptr_array_free(list, FALSE);
}

const char *nap_profile_built_in(enum nap_profile_kind kind, const char *name)
{
	for (const struct nap_built_in *b = nap_built_ins; b->kind; b++)
		if (strcmp(b->kind, nap_profile_kinds[kind]) == 0 && strcmp(b->name, name) == 0)
			return b->text;
	return NULL;
}

static void fail_profile(
	enum nap_profile_kind kind, const char *name, const struct nap_files *files, GError **error)
{
	g_auto(GStrv) names = nap_profile_list(kind, files);
	g_autofree char *near = nap_did_you_mean(name, (const char *const *)names), *shown = nap_shown(name);

	if (*near)
		nap_fail(error, "there is no %s profile %s%s", nap_profile_kinds[kind], shown, near);
	else
		nap_fail(error, "there is no %s profile %s; `natnap profiles %s` lists them",
			nap_profile_kinds[kind], shown, nap_profile_kinds[kind]);
}

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? g_strndup(path, slash > path ? (size_t)(slash - path) : 1) : g_strdup(".");
}

/* The text was found at path, whose folder is what names in it are relative to. */
static struct nap_document *document_at(
	const char *path, const char *text, const struct nap_files *files, GError **error)
{
	g_autofree char *dir = folder_of(path);

	return nap_document_parse(path, &(struct nap_folder){ dir, files }, text, strlen(text), error);
}

/* A profile of that name in one of the places of that turn: NULL, without a reason when there is none. */
static struct nap_document *from_place(enum nap_turn turn, enum nap_profile_kind kind, const char *name,
	const struct nap_files *files, GError **error)
{
	g_autofree char *path = NULL;
	g_autofree char *text =
		files ? files->profile(turn, nap_profile_kinds[kind], name, &path, error) : NULL;

	return text ? document_at(path, text, files, error) : NULL;
}

static struct nap_document *from_built_in(
	enum nap_profile_kind kind, const char *name, const struct nap_files *files, GError **error)
{
	g_autofree char *shown = g_strdup_printf("profile %s/%s", nap_profile_kinds[kind], name);
	const char *text = nap_profile_built_in(kind, name);

	return text ? nap_document_parse(
			      shown, &(struct nap_folder){ NULL, files }, text, strlen(text), error)
		    : NULL;
}

/* Does its first line that says something open a group? What begins otherwise may be anybody's secret: not a word of it is told. */
static bool begins_as_profile(const char *text)
{
	for (text += strspn(text, " \t\r\n"); *text == '#'; text += strspn(text, " \t\r\n"))
		text += strcspn(text, "\n");
	return *text == '[';
}

static struct nap_document *open_document(
	enum nap_profile_kind kind, const char *name, const struct nap_folder *folder, GError **error)
{
	const struct nap_files *files = folder ? folder->files : NULL;
	struct nap_document *document;
	GError *why = NULL;

	if (strchr(name, '/')) {
		g_autofree char *path = NULL, *text = nap_folder_read(folder, name, &path, error);

		if (text && !begins_as_profile(text)) {
			nap_fail(error, "%s: is no profile: it does not begin with a [group]", path);
			return NULL;
		}
		return text ? document_at(path, text, files, error) : NULL;
	}
	if (!nap_profile_is_name(name)) {
		fail_profile(kind, name, files, error);
		return NULL;
	}
	document = from_place(NAP_TURN_BEFORE, kind, name, files, &why);
	if (!document && !why)
		document = from_built_in(kind, name, files, &why);
	if (!document && !why)
		document = from_place(NAP_TURN_AFTER, kind, name, files, &why);
	if (!document && !why)
		fail_profile(kind, name, files, &why);
	if (why)
		g_propagate_error(error, why);
	return document;
}

/* Every group of a profile is the kind's own; a radio's also those of its parts. */
static bool check_groups(enum nap_profile_kind kind, const struct nap_document *document, GError **error)
{
	const char *own = nap_profile_kinds[kind];

	for (unsigned i = 0; i < document->n_groups; i++) {
		const struct nap_group *g = &document->group[i];

		if (strcmp(g->name, own) == 0 || (kind == NAP_RADIO && nap_group_is_part(g->name)))
			continue;
		return nap_fail(error, "%s: [%s]: a %s profile has no such group, but [%s]%s", g->where,
			g->name, own, own,
			kind == NAP_RADIO ? " and [state NAME], [edge NAME], [sleep NAME], [level NAME], "
					    "[coverage NAME]"
					  : "");
	}
	return nap_document_group(document, own) ||
	       nap_fail(error, "%s: [%s] is missing", document->path, own);
}

/* A base's text is told apart by a comment that names it. */
static char *all_text(const struct nap_profile *profile)
{
	GString *s = g_string_new(NULL);

	for (unsigned i = 0; i < profile->documents->len; i++) {
		const struct nap_document *document = profile->documents->pdata[i];

		if (profile->documents->len > 1)
			g_string_append_printf(s, "# %s\n", document->path);
		g_string_append(s, document->text);
	}
	return g_string_free(s, FALSE);
}

struct nap_profile *nap_profile_open(
	enum nap_profile_kind kind, const char *name, const struct nap_folder *folder, GError **error)
{
	struct nap_profile *profile = g_new0(struct nap_profile, 1);
	const struct nap_entry *base = NULL;

	profile->references = 1;
	profile->kind = kind;
	profile->name = g_strdup(name);
	profile->dir = g_strdup(folder ? folder->path : NULL);
	profile->documents = g_ptr_array_new_with_free_func((GDestroyNotify)nap_document_free);
	do {
		g_autoptr(GError) why = NULL;
		struct nap_document *document =
			open_document(kind, base ? base->text : name, base ? base->dir : folder, &why);

		if (document)
			g_ptr_array_insert(profile->documents, 0, document);
		if (!document || !check_groups(kind, document, &why) || profile->documents->len > BASES_MAX) {
			if (base && !why) /* the deepest one's base */
				nap_fail_key(error, base->where, nap_profile_kinds[kind], "base",
					"based on itself, or more than %d deep", BASES_MAX);
			else if (base && !document)
				nap_fail_key(error, base->where, nap_profile_kinds[kind], "base", "%s",
					why->message);
			else
				g_propagate_error(error, g_steal_pointer(&why));
			nap_profile_free(profile);
			return NULL;
		}
		base = nap_group_entry(nap_document_group(document, nap_profile_kinds[kind]), "base");
	} while (base);
	profile->text = all_text(profile);
	return profile;
}

void nap_profile_free(struct nap_profile *profile)
{
	if (!profile || !g_atomic_int_dec_and_test(&profile->references))
		return;
	g_free(profile->name);
	g_free(profile->dir);
	g_free(profile->text);
	g_ptr_array_unref(profile->documents);
	g_free(profile);
}

struct nap_profile_cache {
	GMutex lock;
	GPtrArray *profiles; /* struct nap_profile */
};

struct nap_profile_cache *nap_profile_cache_new(void)
{
	struct nap_profile_cache *cache = g_new0(struct nap_profile_cache, 1);

	g_mutex_init(&cache->lock);
	cache->profiles = g_ptr_array_new_with_free_func((GDestroyNotify)nap_profile_free);
	return cache;
}

void nap_profile_cache_free(struct nap_profile_cache *cache)
{
	if (!cache)
		return;
	g_ptr_array_unref(cache->profiles);
	g_mutex_clear(&cache->lock);
	g_free(cache);
}

static struct nap_profile *find_cached(
	const struct nap_profile_cache *cache, enum nap_profile_kind kind, const char *name, const char *dir)
{
	for (unsigned i = 0; i < cache->profiles->len; i++) {
		struct nap_profile *p = cache->profiles->pdata[i];

		if (p->kind == kind && strcmp(p->name, name) == 0 && g_strcmp0(p->dir, dir) == 0)
			return p;
	}
	return NULL;
}

struct nap_profile *nap_profile_cached(struct nap_profile_cache *cache, enum nap_profile_kind kind,
	const char *name, const struct nap_folder *folder, GError **error)
{
	struct nap_profile *profile;

	g_mutex_lock(&cache->lock);
	profile = find_cached(cache, kind, name, folder ? folder->path : NULL);
	if (!profile) {
		profile = nap_profile_open(kind, name, folder, error);
		if (profile)
			g_ptr_array_add(cache->profiles, profile);
	}
	if (profile)
		g_atomic_int_inc(&profile->references);
	g_mutex_unlock(&cache->lock);
	return profile;
}

const struct nap_document *nap_profile_document(const struct nap_profile *profile)
{
	return profile->documents->pdata[profile->documents->len - 1];
}

const char *nap_profile_text(const struct nap_profile *profile)
{
	return profile->text;
}

const char *nap_profile_value(const struct nap_profile *profile, const char *key)
{
	for (unsigned i = profile->documents->len; i-- > 0;) {
		const struct nap_group *g =
			nap_document_group(profile->documents->pdata[i], nap_profile_kinds[profile->kind]);
		const struct nap_entry *entry = nap_group_entry(g, key);

		if (entry)
			return entry->text;
	}
	return "";
}

const char *nap_profile_doubt(const struct nap_profile *profile)
{
	const char *verified = nap_profile_value(profile, "verified");
	const char *unverified = nap_profile_value(profile, "unverified");

	if (*unverified || strcmp(verified, "yes") == 0)
		return unverified;
	return *verified ? verified : "not verified";
}

bool nap_profile_doubts_key(const struct nap_profile *profile, const char *key)
{
	g_auto(GStrv) keys = g_strsplit(nap_profile_value(profile, "unverified"), ";", -1);

	for (char **k = keys; *k; k++)
		if (g_str_equal(g_strstrip(*k), key))
			return true;
	return false;
}
