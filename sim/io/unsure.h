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

/* An array that owns struct nap_unsure. Free with g_ptr_array_unref. */
GPtrArray *nap_unsure_new(void);

/*
 * struct nap_unsure of each profile, without the keys that the scenario has set itself: origins are those of
 * nap_point_origins. Free with g_ptr_array_unref.
 */
GPtrArray *nap_unsure_profiles(const struct nap_scenario *sc, GHashTable *origins);

#endif
