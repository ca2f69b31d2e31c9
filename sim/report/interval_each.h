/* SPDX-License-Identifier: BSD-2-Clause */
/* 95 % confidence intervals of what is said over subscribers: quantiles, and shares that keep to a bound. */
#ifndef NAP_REPORT_INTERVAL_EACH_H
#define NAP_REPORT_INTERVAL_EACH_H

#include "report/interval.h"

/*
 * Ranks, from 1, of the values between which the q-quantile of what n independent values were drawn from lies with 95 %: of all ranks
 * those that have a chance nearest to 2.5 % beyond each (David and Nagaraja, Order Statistics, 7.1), or, where no value bounds one side
 * (low 0, high n + 1), 5 % beyond the other. No shape is supposed.
 */
void nap_quantile_ranks(uint64_t n, double q, uint64_t *low, uint64_t *high);

/* The share that hits of n independent trials speak for: Wilson 1927. Never empty: 0 of n leaves room above, n of n below. */
struct nap_interval nap_share_interval(uint64_t hits, uint64_t n);

#endif
