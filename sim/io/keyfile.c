/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/keyfile.h"

#include <string.h>

#include "io/profile.h"
#include "io/textfile.h"

static char *read_file(const char *dir, const char *name, char **path, GError **error)
{
	*path = strcmp(dir, ".") == 0 || g_path_is_absolute(name) ? g_strdup(name)
								  : g_build_filename(dir, name, NULL);
	return nap_read_text(*path, NAP_TEXT_MAX, NULL, error);
}

const struct nap_files nap_disk = { read_file, nap_profile_file, nap_profile_file_names };

struct nap_document *nap_document_new(
	const char *path, const char *dir, const char *text, size_t length, GError **error)
{
	return nap_document_parse(path, &(struct nap_folder){ dir, &nap_disk }, text, length, error);
}

struct nap_document *nap_document_load(const char *path, GError **error)
{
	size_t length = 0;
	bool standard = strcmp(path, "-") == 0;
	const char *shown = standard ? "standard input" : path;
	g_autofree char *text = standard ? nap_read_standard(NAP_TEXT_MAX, &length, error)
					 : nap_read_text(path, NAP_TEXT_MAX, &length, error);
	g_autofree char *dir = g_path_get_dirname(path);

	return text ? nap_document_new(shown, dir, text, length, error) : NULL;
}
