/* SPDX-License-Identifier: BSD-2-Clause */
/* Filling structs from layers of key-value groups by schema rows: defaults, profile, scenario, overrides. */
#ifndef NAP_TEXT_SCHEMA_H
#define NAP_TEXT_SCHEMA_H

#include <stdbool.h>

#include <glib.h>

#include "text/arena.h"
#include "text/keyfile.h"
#include "kernel/param.h"

/* Rows, and the struct whose fields they describe. */
struct nap_binding {
	const struct nap_param *rows;
	void *base;
};

/* Groups that set the same keys, weakest first; NULL ones do not count. */
struct nap_layers {
	const struct nap_group *const *group;
	unsigned n;
};

struct nap_schema {
	const char *group;                  /* its name, for messages */
	const char *where;                  /* where a missing key is missed: "FILE:LINE" or "FILE" */
	const struct nap_binding *bindings; /* no key is in two of them */
	unsigned n_bindings;
	struct nap_layers layers;
	const char *const *reserved; /* keys that the loader itself reads, NULL-terminated; NULL: none */
	bool own;                    /* no profile below: what says where numbers are from may be missing */
	/* Is this key, which no binding has, one to pass over? It fills error itself when it knows better why not. */
	bool (*excuse)(void *ctx, unsigned layer, const struct nap_entry *entry, GError **error);
	void *ctx;
	GHashTable *origins; /* "group.key" -> struct nap_origin (text/origin.h); NULL: not kept */
	GArray *draws; /* of struct nap_param_draw: times and counts given as distributions go here; NULL: not allowed */
	struct nap_arena *arena;
};

/* Fill all fields; false with "FILE:LINE: [group] key: reason". */
bool nap_schema_apply(const struct nap_schema *schema, GError **error);

/* The row of that name in a table, NULL when there is none. */
const struct nap_param *nap_row_find(const struct nap_param *rows, const char *key);

/* The strongest entry for key, NULL when no layer has it; its layer in *layer when not NULL. */
const struct nap_entry *nap_layers_find(const struct nap_layers *layers, const char *key, unsigned *layer);

/* Return false with "where: [group] key: reason". */
bool nap_fail_key(GError **error, const char *where, const char *group, const char *key, const char *format,
	...) G_GNUC_PRINTF(5, 6);

#endif
