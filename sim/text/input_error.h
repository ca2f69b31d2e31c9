/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors about what a user wrote: one domain, messages that stand alone, and the nearest known word. */
#ifndef NAP_TEXT_INPUT_ERROR_H
#define NAP_TEXT_INPUT_ERROR_H

#include <stdbool.h>

#include <glib.h>

#define NAP_INPUT_ERROR nap_input_error_quark()
GQuark nap_input_error_quark(void);

/* Fill *error with a message and return false, so that a parser can end in `return nap_fail(...)`. */
bool nap_fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* A user's text in quotes, control characters escaped, cut to a bearable length. Free with g_free. */
char *nap_shown(const char *text);

/* Edits (insert, delete, replace, swap of neighbours) between two words, case ignored. */
unsigned nap_word_distance(const char *a, const char *b);

/* The candidate (NULL-terminated list) nearest to word, NULL when none is near enough to be meant. */
const char *nap_nearest_word(const char *word, const char *const *candidates);

/* " (did you mean NAME?)" for the nearest candidate, "" when there is none. Free with g_free. */
char *nap_did_you_mean(const char *word, const char *const *candidates);

#endif
