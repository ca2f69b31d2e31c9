/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/files.h"

#include "text/input_error.h"

char *nap_folder_read(const struct nap_folder *folder, const char *name, char **path, GError **error)
{
	*path = NULL;
	if (folder && folder->path && folder->files)
		return folder->files->read(folder->path, name, path, error);
	nap_fail(error, "no file can be named here: %s", name);
	return NULL;
}
