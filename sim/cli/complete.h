/* SPDX-License-Identifier: BSD-2-Clause */
/* Completion of command lines for shells: what the tables know. */
#ifndef NAP_CLI_COMPLETE_H
#define NAP_CLI_COMPLETE_H

#include "text/groups.h"

/*
 * Print, a line each, what may stand in the place of the last of the n words of a command line (without "natnap"): commands, options,
 * GROUP.KEY=VALUE behind --set, profiles, terms. Nothing: a file, or anything. Returns an exit status.
 */
int nap_complete(const struct nap_table *all, int n, char **words);

#endif
