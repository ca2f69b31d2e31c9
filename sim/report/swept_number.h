/* SPDX-License-Identifier: BSD-2-Clause */
/* Swept values as numbers, for the columns of files. */
#ifndef NAP_REPORT_SWEPT_NUMBER_H
#define NAP_REPORT_SWEPT_NUMBER_H

/*
 * The value of a key as a number, and in *unit what the name of its column ends in: times "s", shares "fraction", arrivals "per_h"
 * (the mean rate), sizes "bytes", power "mw", lists of addresses "count" ... NAN: it is no single number, or, with *unit NULL, is one
 * as it is written.
 */
double nap_swept_number(const char *name, const char *text, const char **unit);

#endif
