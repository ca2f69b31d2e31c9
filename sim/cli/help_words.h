/* SPDX-License-Identifier: BSD-2-Clause */
/* Help about words inside values: distributions, arrivals, ranges, units. */
#ifndef NAP_CLI_HELP_WORDS_H
#define NAP_CLI_HELP_WORDS_H

#include <glib.h>

#include "text/groups.h"

/* What the word means at the start of a value, and of which keys, or behind a number; 0: it is no such word, nothing is written. */
unsigned nap_help_value_word(GString *out, const struct nap_table *all, const char *word);

/* All such words but units, for guesses; they belong to the parsers' tables. */
void nap_help_value_names(GPtrArray *names);

#endif
