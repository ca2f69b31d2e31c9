/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Profiles: named defaults of a middlebox, radio, battery or application, one
 * key file each. Those of scenarios/profiles/ are compiled in; folders named
 * by NATNAP_PROFILES (colon-separated; `natnap --profiles DIR` sets it) go
 * before them and may replace some, the installed ones come after and add.
 */
#ifndef NAP_IO_PROFILE_H
#define NAP_IO_PROFILE_H

#include <stdbool.h>

#include <glib.h>

#include "io/keyfile.h"

#define NAP_PROFILES_ENV "NATNAP_PROFILES"

enum nap_profile_kind { NAP_MIDDLEBOX, NAP_RADIO, NAP_BATTERY, NAP_APPLICATION, NAP_PROFILE_KINDS };

/* The kinds as written: names of folders and of the profiles' main group. NULL-terminated. */
extern const char *const nap_profile_kinds[];

/* Names of all profiles of a kind, sorted, each once, without EXAMPLE. Free with g_strfreev. */
char **nap_profile_names(enum nap_profile_kind kind);

/* A profile and those it is based on. Not changed once loaded, so any number of scenarios may share it. */
struct nap_profile {
	int references; /* atomic */
	enum nap_profile_kind kind;
	char *name, *dir; /* as asked for */
	char *text;
	GPtrArray *documents; /* struct nap_document: the base's base first, the profile itself last */
};

/*
 * The profile of that name (or, when the name has a slash, the file, relative to dir). NULL with a reason, which for
 * an unknown one names the nearest and does not say where it was asked for. Free with nap_profile_free.
 */
struct nap_profile *nap_profile_load(
	enum nap_profile_kind kind, const char *name, const char *dir, GError **error);
void nap_profile_free(struct nap_profile *profile); /* drops one reference; accepts NULL */

/* Profiles that were loaded before, for many scenarios of one sweep; may be used by several threads. */
struct nap_profile_cache;
struct nap_profile_cache *nap_profile_cache_new(void);
void nap_profile_cache_free(struct nap_profile_cache *cache); /* accepts NULL; profiles taken from it stay */

/* As nap_profile_load, but each profile is read once. Free with nap_profile_free. */
struct nap_profile *nap_profile_cached(struct nap_profile_cache *cache, enum nap_profile_kind kind,
	const char *name, const char *dir, GError **error);

/* The profile's own document, without those it is based on. */
const struct nap_document *nap_profile_document(const struct nap_profile *profile);

/* The text of the profile, after those of the profiles it is based on: all that its values come from. */
const char *nap_profile_text(const struct nap_profile *profile);

/* Look for profiles in dir (or dirs, colon-separated) first from now on; NULL: in those of the environment. False with a reason when there is none. */
bool nap_profiles_use(const char *dirs, GError **error);

#endif
