/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Quantities as text: a number and its unit, without a space between. Times
 * and sizes are read in integer arithmetic, so 0.1s is 100000000 ns; other
 * quantities become the double nearest to what is written. Negative numbers,
 * NaN, infinity, overflow and trailing text are refused, with the reason.
 */
#ifndef NAP_TEXT_QUANTITY_H
#define NAP_TEXT_QUANTITY_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "kernel/param.h"

/* 30s, 1.5h, 2h4min, never; finer than 1 ns is refused. */
bool nap_time_parse(const char *text, nap_time *out, GError **error);
/* The form with fewest digits that reads back as t; t must not be negative. Free with g_free. */
char *nap_time_format(nap_time t);

/* The same of whole seconds from two minutes to a day as people say them: 4min52s, not 292s; else as above. Free with g_free. */
char *nap_time_said(nap_time t);

/* 64B, 2kB, 1MiB. */
bool nap_bytes_parse(const char *text, uint64_t *out, GError **error);
char *nap_bytes_format(uint64_t bytes);

/* A whole number up to max. */
bool nap_count_parse(const char *text, uint64_t max, uint64_t *out, GError **error);

/* Is a type's value a double, in the type's base unit? */
bool nap_type_is_real(enum nap_param_type type);
/* For these types alone. */
bool nap_quantity_parse(enum nap_param_type type, const char *text, double *out, GError **error);
char *nap_quantity_format(enum nap_param_type type, double value);

/* Does a type take a power or a current, an energy or a charge: is its value a struct nap_electric? */
bool nap_type_is_electric(enum nap_param_type type);
/* For these types alone: as it is written; value of what is written per volt is 0. */
bool nap_electric_parse(enum nap_param_type type, const char *text, struct nap_electric *out, GError **error);
char *nap_electric_format(enum nap_param_type type, const struct nap_electric *e);
/* The one quantity that a text of such a type is by its unit, whose type is real; other types as they are. */
enum nap_param_type nap_type_of_text(enum nap_param_type type, const char *text);

/* A rate, 4/h: the mean gap between arrivals in ns. */
bool nap_rate_parse(const char *text, double *gap_ns, GError **error);
char *nap_rate_format(double gap_ns);

/* What a type is called ("a time"), its units ("ns us ms s min h d", "" for none) and examples ("30s, 5min"). */
const char *nap_type_name(enum nap_param_type type);
const char *nap_type_units(enum nap_param_type type);
const char *nap_type_example(enum nap_param_type type);

/* The i-th unit of times that is written, the largest first, and its seconds; NULL: there are not so many. */
const char *nap_time_unit(size_t i, double *seconds);

/*
 * Cut a text into number and unit: the length of the number at its start, 0 when there is none. For sweeps, which
 * keep the unit of what they were given.
 */
size_t nap_number_length(const char *text);

#endif
