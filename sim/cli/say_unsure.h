/* SPDX-License-Identifier: BSD-2-Clause */
/* Which numbers that a command's scenarios have from profiles are unsure: the same for run, tune and --sensitivity. */
#ifndef NAP_CLI_SAY_UNSURE_H
#define NAP_CLI_SAY_UNSURE_H

#include "text/origin.h"
#include "text/scenario.h"

/*
 * struct nap_unsure of the profiles of n scenarios and of the kinds of subscribers in them, each profile once, without the
 * keys that origins say are set over it. Free with g_ptr_array_unref.
 */
GPtrArray *nap_unsure_of(const struct nap_scenario *const *scenario, size_t n, GHashTable *origins);

/* Say on standard error, in one line, which profiles have unsure numbers, and which: n arrays of struct nap_unsure. */
void nap_say_unsure(const GPtrArray *const *unsure, size_t n);

#endif
