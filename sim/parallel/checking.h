/* SPDX-License-Identifier: BSD-2-Clause */
/* The pieces of checks shared out over threads. What they judge does not depend on how many there are. */
#ifndef NAP_PARALLEL_CHECKING_H
#define NAP_PARALLEL_CHECKING_H

#include "conformance/conformance.h"

/* Runs all pieces of n checks; threads: 0: as many as there are processors. */
void nap_checks_run(struct nap_check *const *checks, uint32_t n, uint32_t threads);

#endif
