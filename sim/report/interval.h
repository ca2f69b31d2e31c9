/* SPDX-License-Identifier: BSD-2-Clause */
/* The 95 % confidence interval of a metric's mean over replications, within the metric's bounds. */
#ifndef NAP_REPORT_INTERVAL_H
#define NAP_REPORT_INTERVAL_H

#include <stdint.h>

#include "run/metrics.h"

/* NAN when nothing can be said: no value (all three), or too few for an interval (low and high). */
struct nap_interval {
	double mean, low, high;
};

/*
 * n values, one a replication (NAN: it has none). kind bounds them; units: of how many independent things each is the
 * mean (subscribers that do not touch one another), at least 1. The interval is the wider, at each end, of
 *  - Student's t, and, of 10 to 1000 values so skewed that it would cover too little, the studentised bootstrap's (bootstrap.h; wider ends of both), and
 *  - for shares and counts near a bound, where few events make the spread and t covers too little: the exact Poisson
 *    interval (Garwood 1936) of as many events, of such a size, as have this mean and this variance,
 * cut at the bounds. Where all values agree, nothing that differs was seen, and an end is what still has a chance of
 * 2.5 % to show nothing: for a share Clopper and Pearson's share of n * units trials, each of which could have been
 * anything from 0 to 1; for a count that is 0 Poisson's mean. An amount (energy, time) that is the same everywhere, or
 * a count that is the same and not 0, has no width.
 */
struct nap_interval nap_interval95(const double *values, uint32_t n, enum nap_metric_kind kind, double units);

/*
 * The same of a ratio of two sums, from n ratios and what each is worth (its denominator; 0: the ratio is not looked at). The mean is
 * the ratio of the sums; the interval is that of the mean of its linearised errors (Cochran 1977, 6.3).
 */
struct nap_interval nap_ratio_interval95(const double *values, const double *weights, uint32_t n);

/* What METRIC_ci95 holds: from the mean to the farther end; NAN when there is no interval. */
double nap_interval_half_width(const struct nap_interval *i);

#endif
