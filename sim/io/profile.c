/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/profile.h"

#include <string.h>

#include <gio/gio.h>

#include "io/input_error.h"
#include "io/schema.h"

#define BASES_MAX 8 /* how deep profiles may be based on one another */

extern GResource *nap_profiles_get_resource(void); /* made by glib-compile-resources */

const char *const nap_profile_kinds[] = { "middlebox", "radio", "battery", "application", NULL };

/* Folders that hold profiles, in order; which half: before or after the compiled-in ones. */
static char **folders(bool before)
{
	const char *dirs = before ? g_getenv(NAP_PROFILES_ENV) : NATNAP_DATADIR "/profiles";

	return g_strsplit(dirs ? dirs : "", ":", -1);
}

static bool is_name(const char *name)
{
	for (const char *p = name; *p; p++)
		if (!g_ascii_isalnum(*p) && !strchr("-_.", *p))
			return false;
	return *name && *name != '.' && strlen(name) <= 100;
}

static void add_folder_names(char **dirs, enum nap_profile_kind kind, GTree *names)
{
	for (; *dirs; dirs++) {
		g_autofree char *path = g_build_filename(*dirs, nap_profile_kinds[kind], NULL);
		g_autoptr(GDir) dir = **dirs ? g_dir_open(path, 0, NULL) : NULL;
		const char *name;

		while (dir && (name = g_dir_read_name(dir)))
			if (is_name(name) && strcmp(name, "EXAMPLE") != 0 && !g_str_has_suffix(name, "~"))
				g_tree_insert(names, g_strdup(name), NULL);
	}
}

static void add_built_in_names(enum nap_profile_kind kind, GTree *names)
{
	g_autofree char *path = g_strdup_printf("/natnap/profiles/%s", nap_profile_kinds[kind]);
	g_auto(GStrv) children = g_resource_enumerate_children(nap_profiles_get_resource(), path, 0, NULL);

	for (char **child = children; child && *child; child++)
		if (strcmp(*child, "EXAMPLE") != 0)
			g_tree_insert(names, g_strdup(*child), NULL);
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

char **nap_profile_names(enum nap_profile_kind kind)
{
	GTree *names = g_tree_new_full(compare_names, NULL, g_free, NULL);
	GPtrArray *list = g_ptr_array_new();
	g_auto(GStrv) before = folders(true), after = folders(false);

	add_folder_names(before, kind, names);
	add_built_in_names(kind, names);
	add_folder_names(after, kind, names);
	g_tree_foreach(names, append_name, list);
	g_tree_unref(names);
	g_ptr_array_add(list, NULL);
	return (char **)g_ptr_array_free(list, FALSE);
}

/* The path of a profile in one of the folders, NULL when none has it. */
static char *find_file(char **dirs, enum nap_profile_kind kind, const char *name)
{
	for (; *dirs; dirs++) {
		char *path = g_build_filename(*dirs, nap_profile_kinds[kind], name, NULL);

		if (**dirs && g_file_test(path, G_FILE_TEST_EXISTS))
			return path;
		g_free(path);
	}
	return NULL;
}

static struct nap_document *load_built_in(enum nap_profile_kind kind, const char *name, GError **error)
{
	g_autofree char *path = g_strdup_printf("/natnap/profiles/%s/%s", nap_profile_kinds[kind], name);
	g_autofree char *shown = g_strdup_printf("profile %s/%s", nap_profile_kinds[kind], name);
	g_autoptr(GBytes) bytes = g_resource_lookup_data(nap_profiles_get_resource(), path, 0, NULL);
	size_t length;
	const char *text;

	if (!bytes)
		return NULL;
	text = g_bytes_get_data(bytes, &length);
	return nap_document_new(shown, NULL, text, length, error);
}

static void fail_profile(enum nap_profile_kind kind, const char *name, GError **error)
{
	g_auto(GStrv) names = nap_profile_names(kind);
	g_autofree char *near = nap_did_you_mean(name, (const char *const *)names), *shown = nap_shown(name);

	nap_fail(error, "there is no %s profile %s%s", nap_profile_kinds[kind], shown, near);
}

static struct nap_document *open_document(
	enum nap_profile_kind kind, const char *name, const char *dir, GError **error)
{
	g_auto(GStrv) before = folders(true), after = folders(false);
	g_autofree char *path = NULL;
	struct nap_document *document;
	GError *why = NULL;

	if (strchr(name, '/')) {
		path = dir && strcmp(dir, ".") != 0 && !g_path_is_absolute(name)
			       ? g_build_filename(dir, name, NULL)
			       : g_strdup(name);
		return nap_document_load(path, error);
	}
	if (!is_name(name)) {
		fail_profile(kind, name, error);
		return NULL;
	}
	path = find_file(before, kind, name);
	if (path)
		return nap_document_load(path, error);
	document = load_built_in(kind, name, &why);
	if (document || why) {
		if (why)
			g_propagate_error(error, why);
		return document;
	}
	path = find_file(after, kind, name);
	if (path)
		return nap_document_load(path, error);
	fail_profile(kind, name, error);
	return NULL;
}

/* Every group of a profile is the kind's own; a radio's also its states and edges. */
static bool check_groups(enum nap_profile_kind kind, const struct nap_document *document, GError **error)
{
	const char *own = nap_profile_kinds[kind];

	for (unsigned i = 0; i < document->n_groups; i++) {
		const struct nap_group *g = &document->group[i];

		if (strcmp(g->name, own) == 0 ||
			(kind == NAP_RADIO &&
				(g_str_has_prefix(g->name, "state ") || g_str_has_prefix(g->name, "edge "))))
			continue;
		return nap_fail(error, "%s: [%s]: a %s profile has no such group, but [%s]%s", g->where,
			g->name, own, own, kind == NAP_RADIO ? ", [state NAME] and [edge NAME]" : "");
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

struct nap_profile *nap_profile_load(
	enum nap_profile_kind kind, const char *name, const char *dir, GError **error)
{
	struct nap_profile *profile = g_new0(struct nap_profile, 1);
	const struct nap_entry *base = NULL;

	profile->references = 1;
	profile->kind = kind;
	profile->name = g_strdup(name);
	profile->dir = g_strdup(dir);
	profile->documents = g_ptr_array_new_with_free_func((GDestroyNotify)nap_document_free);
	do {
		g_autoptr(GError) why = NULL;
		struct nap_document *document =
			open_document(kind, base ? base->text : name, base ? base->dir : dir, &why);

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
	const char *name, const char *dir, GError **error)
{
	struct nap_profile *profile;

	g_mutex_lock(&cache->lock);
	profile = find_cached(cache, kind, name, dir);
	if (!profile) {
		profile = nap_profile_load(kind, name, dir, error);
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

static bool check_folder(const char *dir, GError **error)
{
	g_autofree char *shown = nap_shown(dir);

	if (!g_file_test(dir, G_FILE_TEST_IS_DIR))
		return nap_fail(error, "profiles: there is no folder %s", shown);
	for (const char *const *kind = nap_profile_kinds; *kind; kind++) {
		g_autofree char *path = g_build_filename(dir, *kind, NULL);

		if (g_file_test(path, G_FILE_TEST_IS_DIR))
			return true;
	}
	return nap_fail(error,
		"profiles: folder %s has none of the folders middlebox, radio, battery, application", shown);
}

bool nap_profiles_use(const char *dirs, GError **error)
{
	g_auto(GStrv) list = NULL;

	if (!dirs)
		dirs = g_getenv(NAP_PROFILES_ENV);
	list = g_strsplit(dirs ? dirs : "", ":", -1);
	for (char **dir = list; *dir; dir++)
		if (**dir && !check_folder(*dir, error))
			return false;
	return !dirs || g_setenv(NAP_PROFILES_ENV, dirs, TRUE);
}
