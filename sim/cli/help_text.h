/* SPDX-License-Identifier: BSD-2-Clause */
/* Help as text, from the schema tables. */
#ifndef NAP_CLI_HELP_TEXT_H
#define NAP_CLI_HELP_TEXT_H

#include <glib.h>
#include <json-glib/json-glib.h>

#include "cli/glossary.h"
#include "io/profile.h"
#include "text/groups.h"

/* "[client], policy fixed: one keepalive every interval" */
void nap_help_heading(GString *out, const struct nap_table *table);

/* All about one key: group, type, default, range, words, help. */
void nap_help_row(GString *out, const struct nap_table *table, const struct nap_param *row);

/* One line about a key. */
void nap_help_line(GString *out, const struct nap_param *row);

/* The application profiles that set this key of [client], each with its value. */
void nap_help_profiles(GString *out, const char *key);

/* The profiles in whose names the word is a part, kind by kind; 0: there are none, nothing is written. */
unsigned nap_help_profiles_named(GString *out, const char *word);

/* All that each tracker of a middlebox decides. */
void nap_help_trackers(GString *out);

/* Beside which values of other keys a middlebox reads this one: "Read only where hairpin = yes."; "": always, or no key of one (NULL). Free with g_free. */
char *nap_help_needs(const struct nap_param *row);

/* About groups that have no table: their keys are those of all others. */
void nap_help_mix(GString *out);
void nap_help_sweep(GString *out);

/* A key's type, and where it has them its words or bounds and default, in a line: "a time; default 30s; 1ms to 1h". */
char *nap_help_type(const struct nap_param *row);

/* Help as JSON: begin, any rows (nap_schema_json_row), terms, any of them, end, which returns the document's text. Free it with g_free. */
void nap_help_json_begin(JsonBuilder *b);
void nap_help_json_terms(JsonBuilder *b);
void nap_help_json_term(JsonBuilder *b, const struct nap_term *term);
char *nap_help_json_end(JsonBuilder *b);

/* Text in lines of bearable length, each after prefix and ended. Free with g_free. */
char *nap_help_wrap(const char *text, const char *prefix);

/* A profile of that kind with every key, commented: the kind's EXAMPLE file. Free with g_free. */
char *nap_help_example(enum nap_profile_kind kind);

#endif
