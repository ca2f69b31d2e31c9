/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Folders of profiles: those named by NATNAP_PROFILES (colon-separated; `natnap --profiles DIR` sets it) go before the
 * built-in ones and may replace some, the installed ones come after and add.
 */
#ifndef NAP_IO_PROFILE_H
#define NAP_IO_PROFILE_H

#include "io/keyfile.h"
#include "text/profile.h"

#define NAP_PROFILES_ENV "NATNAP_PROFILES"

/* Names of all profiles of a kind, sorted, each once, without EXAMPLE. Free with g_strfreev. */
char **nap_profile_names(enum nap_profile_kind kind);

/* nap_profile_open with names of files relative to dir (NULL: none). */
struct nap_profile *nap_profile_load(
	enum nap_profile_kind kind, const char *name, const char *dir, GError **error);

/* Look for profiles in dir (or dirs, colon-separated) first from now on; NULL: in those of the environment. False with a reason when there is none. */
bool nap_profiles_use(const char *dirs, GError **error);

/* The two functions of struct nap_files that know the folders. */
char *nap_profile_file(enum nap_turn turn, const char *kind, const char *name, char **path, GError **error);
void nap_profile_file_names(const char *kind, GTree *names);

#endif
