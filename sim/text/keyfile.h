/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Documents: key files (scenarios, profiles) read strictly, by their lines: duplicate groups and keys and malformed lines are
 * refused with the line where they stand. GLib's reader merges groups of one name and lets the last of two equal keys win.
 */
#ifndef NAP_TEXT_KEYFILE_H
#define NAP_TEXT_KEYFILE_H

#include <stddef.h>

#include <glib.h>

#include "text/files.h"

/* A key and its value. */
struct nap_entry {
	const char *key, *text;
	const char *where;            /* for messages: "FILE:LINE", "--set" */
	const struct nap_folder *dir; /* what FILEs in the value are relative to; NULL: none allowed */
};

struct nap_group {
	const char *name, *where;
	const struct nap_entry *entry;
	unsigned n_entries;
};

struct nap_document {
	const char *path;         /* as the user named it */
	struct nap_folder folder; /* where it lies; its path is NULL for a built-in profile */
	const char *text;         /* all of it, without a byte order mark */
	size_t length;
	const char *sha256;            /* of text, in hex */
	const struct nap_group *group; /* in file order */
	unsigned n_groups;
	GHashTable *index; /* name -> group */
	struct nap_arena *arena;
};

/*
 * A document from its text; path is its name in messages; folder (or NULL) is copied, its functions stay the caller's.
 * NULL with "FILE:LINE: ..." (or "FILE: ...") when it cannot be read. Free with nap_document_free.
 */
struct nap_document *nap_document_parse(
	const char *path, const struct nap_folder *folder, const char *text, size_t length, GError **error);
void nap_document_free(struct nap_document *document); /* accepts NULL */

/* NULL when there is none. */
const struct nap_group *nap_document_group(const struct nap_document *document, const char *name);
const struct nap_entry *nap_group_entry(
	const struct nap_group *group, const char *key); /* group may be NULL */

#endif
