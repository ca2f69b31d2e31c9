/* SPDX-License-Identifier: BSD-2-Clause */
/* The field's terms in plain English: what natnap help and the manual page say about them. */
#ifndef NAP_CLI_GLOSSARY_H
#define NAP_CLI_GLOSSARY_H

#include <stdbool.h>

#include <glib.h>

struct nap_term {
	const char *name;
	const char *other; /* other spellings and names, separated by "; "; "": none */
	const char *text;  /* what it is, with the standard's clause */
	const char *see;   /* words that natnap help answers too, separated by spaces */
};

extern const struct nap_term nap_glossary[]; /* by subject; ends with a NULL name */

/* Is the word one of the term's names? Case, and a hyphen instead of a space, make no difference. */
bool nap_term_is(const struct nap_term *term, const char *word);

/* All about the term of that name; 0: there is none, nothing is written. */
unsigned nap_help_term(GString *out, const char *word);

/* A line about each. */
void nap_help_terms(GString *out);

#endif
