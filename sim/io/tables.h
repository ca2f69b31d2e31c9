/* SPDX-License-Identifier: BSD-2-Clause */
/* All schema tables of the program, by the group they describe: for help, the manual page and lookups by name. */
#ifndef NAP_IO_TABLES_H
#define NAP_IO_TABLES_H

#include "client/policy.h"
#include "kernel/param.h"

struct nap_table {
	const char *group; /* "client", "middlebox NAME" */
	const char *about; /* a line for the reader */
	const struct nap_param *rows;
	const struct nap_policy *policy; /* whose keys these are; NULL: the group's own */
};

/* Every table; the last has a NULL group. The array is made anew: free with g_free. */
struct nap_table *nap_tables_new(void);

/* The row for a key of a group as written in a scenario ("middlebox home", "client"), NULL when there is none. */
const struct nap_param *nap_tables_find(const char *group, const char *key);

/* Keys that choose a profile, application or policy: read by the loader, in no struct. Ends with NAP_PARAM_END. */
extern const struct nap_param nap_choice_profile[], nap_choice_client[];

#endif
