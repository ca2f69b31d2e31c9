/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Texts that a document names: files of values, profiles that are not built in. Nothing here or below opens a file; who
 * may, gives functions that do. Without them there are the built-in profiles, and a value that names a file is refused.
 */
#ifndef NAP_TEXT_FILES_H
#define NAP_TEXT_FILES_H

#include <stdbool.h>

#include <glib.h>

/* When a place is asked for a profile: before the built-in ones, which it may replace, or after, to add some. */
enum nap_turn { NAP_TURN_BEFORE, NAP_TURN_AFTER };

struct nap_files {
	/* The text of file name, relative to dir, and its path as the user knows it. NULL with a reason. Free both with g_free. */
	char *(*read)(const char *dir, const char *name, char **path, GError **error);
	/* The same for a profile of that kind ("radio"); NULL without a reason when no place of that turn has it. */
	char *(*profile)(enum nap_turn turn, const char *kind, const char *name, char **path, GError **error);
	/* Names of all such profiles are put as keys (g_strdup) into names. */
	void (*profile_names)(const char *kind, GTree *names);
};

/* Where a value or a profile's name was written. */
struct nap_folder {
	const char
		*path; /* what names of files are relative to; NULL: none may be named (a built-in profile) */
	const struct nap_files *files; /* NULL: there are none */
};

/* The text of file name as written in folder; *path as above. NULL with a reason, also when folder (or NULL) has no files. */
char *nap_folder_read(const struct nap_folder *folder, const char *name, char **path, GError **error);

#endif
