/* SPDX-License-Identifier: BSD-2-Clause */
/* For fuzzers: every file that is named has the input as its text. */
#ifndef NAP_TESTS_FUZZ_FILES_H
#define NAP_TESTS_FUZZ_FILES_H

#include "text/check_text.h"
#include "text/files.h"

static const char *fuzz_text;
static size_t fuzz_size;

static inline char *fuzz_read(const char *dir, const char *name, char **path, GError **error)
{
	(void)dir;
	*path = g_strdup(name);
	return nap_check_text(name, fuzz_text, fuzz_size, NULL, error);
}

static inline char *fuzz_no_profile(
	enum nap_turn turn, const char *kind, const char *name, char **path, GError **error)
{
	(void)turn;
	(void)kind;
	(void)name;
	(void)error;
	*path = NULL;
	return NULL;
}

static inline void fuzz_no_names(const char *kind, GTree *names)
{
	(void)kind;
	(void)names;
}

static const struct nap_files fuzz_disk = { fuzz_read, fuzz_no_profile, fuzz_no_names };
static const struct nap_folder fuzz_folder = { ".", &fuzz_disk };

#endif
