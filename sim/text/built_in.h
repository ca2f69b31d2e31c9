/* SPDX-License-Identifier: BSD-2-Clause */
/* The profiles of scenarios/profiles/ as the build found them. */
#ifndef NAP_TEXT_BUILT_IN_H
#define NAP_TEXT_BUILT_IN_H

struct nap_built_in {
	const char *kind, *name; /* folder and file */
	const char *text;        /* all of it */
};

extern const struct nap_built_in nap_built_ins[]; /* sorted by kind and name; ends with a NULL kind */

#endif
