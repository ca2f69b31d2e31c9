/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tails of the binomial, the gamma and Student's distribution, for intervals and decisions that the core takes itself. Written with the core's
 * own logarithm and exponential, so that a decision is the same on every machine; absolute error below 1e-8 up to a million trials.
 */
#ifndef NAP_STATS_TAILS_H
#define NAP_STATS_TAILS_H

#include <stdint.h>

/* The regularised incomplete beta function I_x(a, b) (DLMF 8.17), a and b > 0, 0 <= x <= 1. */
double nap_beta_share(double a, double b, double x);

/* The chance of at least k successes in n trials, each with chance p. */
double nap_binomial_at_least(uint64_t n, uint64_t k, double p);

/* The chance that Student's t with so many degrees of freedom (at least 1) is above t. */
double nap_student_above(double t, double freedom);

/* What it is above with that chance, at most 1/2. */
double nap_student_quantile(double tail, double freedom);

/*
 * The regularised incomplete gamma function P(a, x) (DLMF 8.2.4), a > 0 and up to thousands, and the x at which it is p, 0 < p < 1. Of chi-squared with
 * 2a degrees of freedom this x is half the p-quantile.
 */
double nap_gamma_share(double a, double x);
double nap_gamma_quantile(double p, double a);

#endif
