/* SPDX-License-Identifier: BSD-2-Clause */
/* What a probe knows so far, in a file from which it can go on: JSON, replaced as a whole. */
#ifndef NAP_LIVE_STATE_H
#define NAP_LIVE_STATE_H

#include <glib.h>

#include "discovery/discovery.h"

/* All findings of d that have begun. origin: what was probed, checked when loading. */
bool nap_state_save(const char *path, const char *origin, const struct nap_discovery *d, GError **error);

/*
 * Gives d the findings of path; a file that is not there is a fresh start. False, and d untouched, with "PATH: why"
 * when it cannot be read, is of another origin, or holds anything out of range.
 */
bool nap_state_load(const char *path, const char *origin, struct nap_discovery *d, GError **error);

#endif
