/* SPDX-License-Identifier: BSD-2-Clause */
/* Which profiles of a scenario have numbers that are unsure, and which numbers. */
#ifndef NAP_IO_UNSURE_H
#define NAP_IO_UNSURE_H

#include "text/origin.h"
#include "text/scenario.h"

struct nap_unsure {
	char *profile; /* "middlebox/linux" */
	char **what;   /* keys, or in words (radios, batteries); NULL-terminated, never empty */
};

/*
 * struct nap_unsure of each profile, without the keys that the scenario has set itself: origins are those of
 * nap_point_origins. Free with g_ptr_array_unref.
 */
GPtrArray *nap_unsure_profiles(const struct nap_scenario *sc, GHashTable *origins);

/*
 * struct nap_unsure of the profiles of n scenarios and of the kinds of subscribers in them, each profile once, without the
 * keys that origins say are set over it. Free with g_ptr_array_unref.
 */
GPtrArray *nap_unsure_of(const struct nap_scenario *const *scenario, size_t n, GHashTable *origins);

#endif
