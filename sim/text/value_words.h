/* SPDX-License-Identifier: BSD-2-Clause */
/* Words that a value begins with, such as poisson or geometric: the parsers' own tables, for help. */
#ifndef NAP_TEXT_VALUE_WORDS_H
#define NAP_TEXT_VALUE_WORDS_H

#include <stdbool.h>

struct nap_value_word {
	const char *name;  /* "poisson" */
	const char *usage; /* "poisson RATE (4/h)" */
	const char *help;  /* what it does */
};

/* The i-th distribution, and the i-th process of arrivals; false: there are no more. */
bool nap_dist_word(unsigned i, struct nap_value_word *out);
bool nap_arrivals_word(unsigned i, struct nap_value_word *out);

#endif
