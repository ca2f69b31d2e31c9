/* SPDX-License-Identifier: BSD-2-Clause */
/* Documents from files. */
#ifndef NAP_IO_KEYFILE_H
#define NAP_IO_KEYFILE_H

#include "text/keyfile.h"

/* Where files and folders of profiles are had from: the functions that open them. */
extern const struct nap_files nap_disk;

/* Read a document, "-": standard input; NULL with "FILE:LINE: ..." (or "FILE: ...") when it cannot be. Free with nap_document_free. */
struct nap_document *nap_document_load(const char *path, GError **error);

/* The same from memory; names of files in it are relative to dir. dir NULL: values may not name files. */
struct nap_document *nap_document_new(
	const char *path, const char *dir, const char *text, size_t length, GError **error);

#endif
