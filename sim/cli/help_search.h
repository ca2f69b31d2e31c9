/* SPDX-License-Identifier: BSD-2-Clause */
/* What names there are, and where a word is mentioned which is nothing's name. */
#ifndef NAP_CLI_HELP_SEARCH_H
#define NAP_CLI_HELP_SEARCH_H

#include "text/groups.h"

/* Every name that help answers for: groups, policies, keys, terms, metrics, words of values. They belong to the tables. */
void nap_help_names(GPtrArray *names, const struct nap_table *all);

/*
 * Keys, policies, metrics and terms whose text has the word, or words that begin with it: a line each, up to ten, and how
 * many more there are. 0: none, nothing is written.
 */
unsigned nap_help_search(GString *out, const struct nap_table *all, const char *word);

#endif
