/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Logarithm, exponential and normal quantile written with the four operations
 * and sqrt alone, so that draws are the same on every machine and libm.
 */
#ifndef NAP_KERNEL_FMATH_H
#define NAP_KERNEL_FMATH_H

/* Natural logarithm of a normal x > 0; relative error below 1e-14. */
double nap_log(double x);

/* e to the x; relative error below 1e-13 for |x| <= 708, beyond that infinity or 0. */
double nap_exp(double x);

/* x to the y, x > 0. */
double nap_pow(double x, double y);

/* Standard normal quantile for 0 < p < 1; relative error below 1.2e-9 (Acklam's rational approximation). */
double nap_normal_quantile(double p);

#endif
