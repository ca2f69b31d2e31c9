/* SPDX-License-Identifier: BSD-2-Clause */
/* The studentised bootstrap: the interval of a mean where few or skewed values make Student's t wrong. */
#ifndef NAP_REPORT_BOOTSTRAP_H
#define NAP_REPORT_BOOTSTRAP_H

#include <stdbool.h>
#include <stdint.h>

#define NAP_BOOTSTRAP_LEAST 10   /* values: fewer say too little of their own shape */
#define NAP_BOOTSTRAP_MOST  1000 /* of more the mean is normal enough */

/*
 * Quantiles 2.5 % and 97.5 % of (mean - true mean) / standard error, as drawing the n values again from themselves has them
 * (Efron and Tibshirani 1993, 12.5). The same values give the same quantiles. False: too many drawings are all of one value.
 */
bool nap_bootstrap_t(const double *values, uint32_t n, double *low, double *high);

#endif
