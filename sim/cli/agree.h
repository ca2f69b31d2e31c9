/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NAP_CLI_AGREE_H
#define NAP_CLI_AGREE_H

#include <stdbool.h>

#include <glib.h>

/*
 * Ranks go on together or not at all: one that ended alone would leave the others waiting for what it was to share. ok: has this
 * one done what comes before (with *error set where not)? All ranks must call it; false, with *error, when any has not.
 */
bool nap_all_agree(bool ok, GError **error);

#endif
