/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The groups of a scenario, in the one table that the loader, help, sweeps, effective values and profiles read: what each
 * is called, which keys it has and where a scenario keeps them.
 */
#ifndef NAP_TEXT_GROUPS_H
#define NAP_TEXT_GROUPS_H

#include "client/policy.h"
#include "kernel/param.h"
#include "run/scenario.h"
#include "text/profile.h"

#define NAP_NO_FIELD     SIZE_MAX /* of keys that the loader itself reads: they are in no struct */
#define NAP_SECTIONS_MAX 4

/* Rows of a group, and where the struct that they fill is. */
struct nap_section {
	const char *about; /* a line for the reader */
	const struct nap_param *rows;
	size_t offset; /* of that struct from the group's item; or NAP_NO_FIELD */
};

struct nap_group_kind {
	const char
		*pattern; /* "client"; "middlebox NAME": there may be several, each with a name of its own */
	enum nap_profile_kind profile; /* in which profiles it stands; NAP_PROFILE_KINDS: in none */
	const char *choice;            /* its key that names such a profile; NULL: it has none */
	/* What the i-th of these groups filled, with its own name; NULL: there are no more. */
	const void *(*item)(const struct nap_scenario *s, unsigned i, const char **name);
	struct nap_section section[NAP_SECTIONS_MAX]; /* NULL rows behind the last */
};

extern const struct nap_group_kind
	nap_group_kinds[]; /* in the order of a scenario; ends with a NULL pattern */

/* The kind of a group as written ("client", "middlebox home"), NULL when there is none such. */
const struct nap_group_kind *nap_group_kind_of(const char *group);

/* Is [WORD] written with a name of its own, [WORD NAME]? */
/* Is it one of those that describe a radio besides [radio]: "state idle", "edge release"? */
bool nap_group_is_part(const char *group);

bool nap_group_is_named(const char *word);

/* One section, or the keys of a policy, as help shows them. */
struct nap_table {
	const char *group; /* the kind's pattern */
	const char *about;
	const struct nap_param *rows;
	const struct nap_policy *policy; /* whose keys these are; NULL: the group's own */
};

/* Every section, then every policy; the last has a NULL group. The array is made anew: free with g_free. */
struct nap_table *nap_tables_new(void);

/* The row for a key of a group as written in a scenario ("middlebox home", "client"), NULL when there is none. */
const struct nap_param *nap_tables_find(const char *group, const char *key);

/* " (did you mean KEY?)" for a key that its group does not have; "" where none is near. Free with g_free. */
char *nap_tables_near(const char *group, const char *key);

/* Keys that choose a profile, application or policy: read by the loader, in no struct. Ends with NAP_PARAM_END. */
extern const struct nap_param nap_choice_profile[], nap_choice_client[], nap_choice_server[];

#endif
