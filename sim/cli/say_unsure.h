/* SPDX-License-Identifier: BSD-2-Clause */
/* Which numbers that a command's scenarios have from profiles are unsure: the same for run, tune and --sensitivity. */
#ifndef NAP_CLI_SAY_UNSURE_H
#define NAP_CLI_SAY_UNSURE_H

#include "io/unsure.h"

/* Say on standard error, in one line, which profiles have unsure numbers, and which: n arrays of struct nap_unsure. */
void nap_say_unsure(const GPtrArray *const *unsure, size_t n);

#endif
