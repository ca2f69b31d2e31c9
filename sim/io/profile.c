/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/profile.h"

#include <string.h>

#include "io/data_folder.h"
#include "io/textfile.h"
#include "text/input_error.h"

/* Folders that hold profiles, in order. */
static char **folders(enum nap_turn turn)
{
	if (turn == NAP_TURN_BEFORE) {
		const char *dirs = g_getenv(NAP_PROFILES_ENV);

		return g_strsplit(dirs ? dirs : "", ":", -1);
	}
	char **installed = g_new0(char *, 2);

	installed[0] = nap_data_folder("profiles");
	return installed;
}

static void add_names(enum nap_turn turn, const char *kind, GTree *names)
{
	g_auto(GStrv) dirs = folders(turn);

	for (char **at = dirs; *at; at++) {
		g_autofree char *path = g_build_filename(*at, kind, NULL);
		g_autoptr(GDir) dir = **at ? g_dir_open(path, 0, NULL) : NULL;
		const char *name;

		while (dir && (name = g_dir_read_name(dir)))
			if (nap_profile_is_name(name) && strcmp(name, "EXAMPLE") != 0 &&
				!g_str_has_suffix(name, "~"))
				g_tree_insert(names, g_strdup(name), NULL);
	}
}

void nap_profile_file_names(const char *kind, GTree *names)
{
	add_names(NAP_TURN_BEFORE, kind, names);
	add_names(NAP_TURN_AFTER, kind, names);
}

char *nap_profile_file(enum nap_turn turn, const char *kind, const char *name, char **path, GError **error)
{
	g_auto(GStrv) dirs = folders(turn);

	for (char **dir = dirs; *dir; dir++) {
		g_autofree char *file = g_build_filename(*dir, kind, name, NULL);

		if (!**dir || !g_file_test(file, G_FILE_TEST_EXISTS))
			continue;
		*path = g_steal_pointer(&file);
		return nap_read_text(*path, NAP_TEXT_MAX, NULL, error);
	}
	*path = NULL;
	return NULL;
}

char **nap_profile_names(enum nap_profile_kind kind)
{
	return nap_profile_list(kind, &nap_disk);
}

struct nap_profile *nap_profile_load(
	enum nap_profile_kind kind, const char *name, const char *dir, GError **error)
{
	return nap_profile_open(kind, name, &(struct nap_folder){ dir, &nap_disk }, error);
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
		"profiles: folder %s has none of the folders middlebox, radio, battery, application, stack",
		shown);
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
