/* SPDX-License-Identifier: BSD-2-Clause */
/* From a document to the plain structs that the core runs, with profiles, --set and sweep values put in. */
#ifndef NAP_TEXT_SCENARIO_H
#define NAP_TEXT_SCENARIO_H

#include <glib.h>

#include "kernel/api.h"
#include "text/keyfile.h"
#include "text/profile.h"
#include "run/scenario.h"

/* A key set from outside the document: by --set or by a sweep. */
struct nap_override {
	const char *group, *key, *text; /* group as in a document: "client", "middlebox home" */
	const char *where;              /* for messages: "--set", or "FILE:LINE" of the sweep */
	const char *dir;                /* what FILEs in the value are relative to */
};

/*
 * Split "client.interval" or "middlebox.home.udp" into group and key. False with a reason. Free both with g_free.
 */
bool nap_key_split(const char *name, char **group, char **key, GError **error);

/* Read GROUP.KEY=VALUE as given to --set. Clear with nap_override_clear. */
bool nap_override_parse(const char *assignment, struct nap_override *out, GError **error);
void nap_override_clear(struct nap_override *override);

/* Where a key was set, for messages: "FILE:LINE", "--set"; that of its group where the key is not set, else the document's name. */
const char *nap_scenario_where(const struct nap_document *document, const struct nap_override *overrides,
	size_t n, const char *group, const char *key);

/*
 * The scenario of a document with n overrides, later ones stronger. NULL with "FILE:LINE: [group] key: reason". The
 * document may be freed before the scenario. Free with nap_scenario_free.
 */
struct nap_scenario *nap_scenario_new(
	const struct nap_document *document, const struct nap_override *overrides, size_t n, GError **error);
/* The same; what set each key goes to origins, a table of nap_origins_new (text/origin.h). */
struct nap_scenario *nap_scenario_new_noted(const struct nap_document *document,
	const struct nap_override *overrides, size_t n, GHashTable *origins, GError **error);
/* --- natnap.h --- */
NAP_API void nap_scenario_free(struct nap_scenario *scenario); /* accepts NULL */
/* --- */

/* The profiles that went into a scenario of nap_scenario_new: n of them, each once; they live as long as it does. */
const struct nap_profile *const *nap_scenario_profiles(const struct nap_scenario *scenario, size_t *n);

#endif
