/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NAP_LIVE_PRIVILEGE_H
#define NAP_LIVE_PRIVILEGE_H

#include <stdbool.h>

#include <glib.h>

/*
 * Becomes user for good: supplementary groups, group, user, no capabilities, no new privileges; then proves that there is no way
 * back. One who is no root stays who he is, without capabilities. False with error set when it does not work: the caller must not go on.
 */
bool nap_drop_privileges(const char *user, GError **error);

#endif
