/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a profile's values come from: the same rows for radios, batteries and devices. */
#ifndef NAP_RADIO_PROVENANCE_H
#define NAP_RADIO_PROVENANCE_H

#include "kernel/param.h"

extern const char *const nap_verified_words[]; /* of enum nap_verified */

/*
 * Of a table whose AT(field) is an offset; about: the title's help; the source and how sure it is where a profile
 * names none, NULL: it must.
 */
#define NAP_PROVENANCE_ROWS(about, source_or, verified_or)                                                   \
	{ "title", NAP_P_TEXT, AT(title), "", NULL, NULL, NULL, about },                                     \
		{ "source", NAP_P_TEXT, AT(source), source_or, NULL, NULL, NULL,                             \
			"Where the values come from: paper and table, program and commit, standard and "     \
			"clause." },                                                                         \
		{ "note", NAP_P_TEXT, AT(note), "", NULL, NULL, NULL,                                        \
			"What a reader must know to use the profile well." },                                \
		{ "verified", NAP_P_WORD, AT(verified), verified_or, NULL, NULL, nap_verified_words,         \
			"yes: all values seen in the source itself; secondary: seen in a text that quotes "  \
			"it; memory: some values are recalled, named under unverified; inferred: worked "    \
			"out from measurements, read nowhere." },                                            \
	{                                                                                                    \
		"unverified", NAP_P_TEXT, AT(unverified), "", NULL, NULL, NULL,                              \
			"Which values were recalled, assumed or derived."                                    \
	}

#endif
