/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Profiles: named defaults of a middlebox, radio, battery, application or host
 * (stack), one key file each. Those of scenarios/profiles/ are compiled in; others come from
 * where the caller's functions find them.
 */
#ifndef NAP_TEXT_PROFILE_H
#define NAP_TEXT_PROFILE_H

#include <stdbool.h>

#include <glib.h>

#include "text/keyfile.h"

enum nap_profile_kind {
	NAP_MIDDLEBOX,
	NAP_RADIO,
	NAP_BATTERY,
	NAP_DEVICE,
	NAP_APPLICATION,
	NAP_STACK,
	NAP_PROFILE_KINDS
};

/* The kinds as written: names of folders and of the profiles' main group. NULL-terminated. */
extern const char *const nap_profile_kinds[];

/* Names of all profiles of a kind, those of files (or NULL) too, sorted, each once, without EXAMPLE. Free with g_strfreev. */
char **nap_profile_list(enum nap_profile_kind kind, const struct nap_files *files);

/* The text of a profile that is compiled in, as its file is; NULL when there is none of that name. */
const char *nap_profile_built_in(enum nap_profile_kind kind, const char *name);

/* May a profile have that name? */
bool nap_profile_is_name(const char *name);

/* A profile and those it is based on. Not changed once loaded, so any number of scenarios may share it. */
struct nap_profile {
	int references; /* atomic */
	enum nap_profile_kind kind;
	char *name, *dir; /* as asked for */
	char *text;
	GPtrArray *documents; /* struct nap_document: the base's base first, the profile itself last */
};

/*
 * The profile of that name (or, when the name has a slash, the file, relative to folder; NULL: only built-in ones). NULL
 * with a reason, which for an unknown one names the nearest and does not say where it was asked for. Free with nap_profile_free.
 */
struct nap_profile *nap_profile_open(
	enum nap_profile_kind kind, const char *name, const struct nap_folder *folder, GError **error);
void nap_profile_free(struct nap_profile *profile); /* drops one reference; accepts NULL */

/* Profiles that were loaded before, for many scenarios of one sweep; may be used by several threads. */
struct nap_profile_cache;
struct nap_profile_cache *nap_profile_cache_new(void);
void nap_profile_cache_free(struct nap_profile_cache *cache); /* accepts NULL; profiles taken from it stay */

/* As nap_profile_open, but each profile is read once. Free with nap_profile_free. */
struct nap_profile *nap_profile_cached(struct nap_profile_cache *cache, enum nap_profile_kind kind,
	const char *name, const struct nap_folder *folder, GError **error);

/* The profile's own document, without those it is based on. */
const struct nap_document *nap_profile_document(const struct nap_profile *profile);

/* The text of the profile, after those of the profiles it is based on: all that its values come from. */
const char *nap_profile_text(const struct nap_profile *profile);

/* The value of key in the profile's main group, or in those it is based on; "" when none has it. */
const char *nap_profile_value(const struct nap_profile *profile, const char *key);

/* What of its numbers is unsure, in its own words or as a list of keys; "" when nothing is. */
const char *nap_profile_doubt(const struct nap_profile *profile);

/* Is the key among those that the profile lists as unsure? (Kinds but middleboxes say in words what is.) */
bool nap_profile_doubts_key(const struct nap_profile *profile, const char *key);

#endif
