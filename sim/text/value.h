/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of keys: text to the C field that a schema row describes, and back. */
#ifndef NAP_TEXT_VALUE_H
#define NAP_TEXT_VALUE_H

#include <stdbool.h>

#include <glib.h>

#include "text/arena.h"
#include "text/files.h"
#include "kernel/param.h"

/*
 * Read text as row's type into *field (the field itself, not the struct), and check it against the row's bounds. What
 * the field points to goes to the arena; dir is where relative files are, NULL where files are not allowed. *field is
 * written only on success.
 */
bool nap_value_parse(const struct nap_param *row, const char *text, struct nap_arena *arena,
	const struct nap_folder *dir, void *field, GError **error);

/*
 * The same for a time or count that may be a distribution: then *drawn is true, *dist holds it and *field its mean,
 * kept within the row's bounds.
 */
bool nap_value_parse_drawn(const struct nap_param *row, const char *text, struct nap_arena *arena,
	const struct nap_folder *dir, void *field, struct nap_dist *dist, bool *drawn, GError **error);

/* Text that nap_value_parse reads back to the same value. Free with g_free. */
char *nap_value_format(const struct nap_param *row, const void *field);

/* Bytes of a field of that type. */
size_t nap_value_size(enum nap_param_type type);

#endif
