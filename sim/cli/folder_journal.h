/* SPDX-License-Identifier: BSD-2-Clause */
/* What is finished of a command that writes into a folder, kept there until its result is whole; a part beside a whole. */
#ifndef NAP_CLI_FOLDER_JOURNAL_H
#define NAP_CLI_FOLDER_JOURNAL_H

#include "parallel/journal.h"

#define NAP_FOLDER_JOURNAL "natnap.journal"

/* To a digest of what a result depends on; NULL is none, which differs from "". */
void nap_folder_digest(GChecksum *c, const char *text);

/*
 * Make the folder, and open the journal in it. NULL: another run's is in the way (G_IO_ERROR_EXISTS), or the folder cannot be
 * written. nap_folder_failed says so.
 */
struct nap_journal *nap_folder_journal_open(
	const char *folder, const char *input, uint64_t seed, bool anew, GError **error);
int nap_folder_failed(GError *error);

/* Tell of what was damaged in it. */
void nap_folder_journal_say_damage(const struct nap_journal *j, const char *folder);

/* No more is written: it stays where the result is not whole, and that is said. Accepts NULL. */
void nap_folder_journal_close(struct nap_journal *j, const char *folder, bool whole);

/*
 * Where a part goes: dir itself, or a folder "partial" in it, which is said, where dir has a document that does not say in `mark`
 * (a member that is neither null nor false) that it is a part. Free with g_free.
 */
char *nap_folder_for_part(const char *dir, const char *document, const char *mark);

/* A whole result has come: take away the parts of these names. */
void nap_folder_remove_part(const char *dir, const char *const *names, size_t n);

#endif
