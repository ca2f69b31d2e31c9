/* SPDX-License-Identifier: BSD-2-Clause */
/* Times that change in the course of a run, as text: "10min: 500ms; 2h: uniform 20ms 60ms", each from its moment on. */
#ifndef NAP_TEXT_CHANGES_TEXT_H
#define NAP_TEXT_CHANGES_TEXT_H

#include <stdbool.h>

#include <glib.h>

#include "kernel/dist.h"
#include "text/arena.h"
#include "text/files.h"

/* dir: as for nap_dist_parse. */
bool nap_changes_parse(const char *text, struct nap_arena *arena, const struct nap_folder *dir,
	struct nap_dist_changes *out, GError **error);

/* Text that reads back as the same. Free with g_free. */
char *nap_changes_format(const struct nap_dist_changes *changes);

/* "MOMENT: rest", the form of all that changes at given times; *rest points into text. */
bool nap_change_split(const char *text, nap_time *at, const char **rest, GError **error);

#endif
