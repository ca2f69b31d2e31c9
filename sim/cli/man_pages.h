/* SPDX-License-Identifier: BSD-2-Clause */
/* The manual pages, in troff's man macros, from the tables of commands, keys, profiles and terms. */
#ifndef NAP_CLI_MAN_PAGES_H
#define NAP_CLI_MAN_PAGES_H

#include "text/groups.h"

/*
 * natnap: the overview (section 1); natnap-COMMAND: a command's (1); natnap-scenario (5); natnap-profiles.5, as there is a command of that
 * name. NULL: there is no such page. Free with g_free.
 */
char *nap_man_page(const struct nap_table *all, const char *name);

#endif
