/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/data_folder.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

/* Folders of a prefix in which programs lie. */
static const char *const program_folders[] = { "bin", "sbin", "libexec" };

char *nap_data_folder_of(const char *path, const char *name)
{
	g_autofree char *folder = g_path_get_dirname(path), *prefix = g_path_get_dirname(folder),
			*last = g_path_get_basename(folder);

	for (size_t i = 0; i < G_N_ELEMENTS(program_folders); i++)
		if (strcmp(last, program_folders[i]) == 0)
			return g_build_filename(prefix, "share", "natnap", name, NULL);
	return NULL;
}

char *nap_data_folder(const char *name)
{
	char path[PATH_MAX];

	return realpath("/proc/self/exe", path) ? nap_data_folder_of(path, name) : NULL;
}
