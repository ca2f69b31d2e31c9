/* SPDX-License-Identifier: BSD-2-Clause */
/* A loaded scenario or profile as text again: every key with the value that holds. */
#ifndef NAP_IO_VALUES_H
#define NAP_IO_VALUES_H

#include <stdbool.h>

#include "io/scenario.h"

struct nap_value {
	char *group; /* "middlebox home" */
	const char *key;
	char *text; /* reads back to the same value */
	bool is_default;
	const struct nap_param *row;
};

/* All of struct nap_value of a scenario of nap_scenario_new, in the tables' order. Free with g_ptr_array_unref. */
GPtrArray *nap_scenario_values(const struct nap_scenario *scenario);

/*
 * A profile's values, as it would give them to a scenario; checks it on the way: every key, the rules that join them,
 * a radio's table. Group names are those of a profile ("middlebox", "state idle"). NULL with "WHERE: [group] key:
 * reason" when it is not sound.
 */
GPtrArray *nap_profile_values(enum nap_profile_kind kind, const char *name, GError **error);

/* Values as a key file: groups, then key = value. Free with g_free. */
char *nap_values_text(const GPtrArray *values);

#endif
