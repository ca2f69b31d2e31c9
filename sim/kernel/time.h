/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Simulated time: a signed 64-bit count of nanoseconds since the start of a
 * run. Seconds as doubles exist only where results are printed.
 */
#ifndef NAP_KERNEL_TIME_H
#define NAP_KERNEL_TIME_H

#include <stdint.h>

/* --- natnap.h --- */
typedef int64_t nap_time;

#define NAP_NEVER INT64_MAX /* a timer that is not running; later than every time */
#define NAP_US    INT64_C(1000)
#define NAP_MS    INT64_C(1000000)
#define NAP_S     INT64_C(1000000000)
#define NAP_MIN   (60 * NAP_S)
#define NAP_H     (3600 * NAP_S)
#define NAP_DAY   (86400 * NAP_S)
/* --- */

/* now + span, or NAP_NEVER when the sum does not fit; span must not be negative. */
static inline nap_time nap_time_after(nap_time now, nap_time span)
{
	nap_time sum;

	return span == NAP_NEVER || __builtin_add_overflow(now, span, &sum) ? NAP_NEVER : sum;
}

static inline nap_time nap_time_min(nap_time a, nap_time b)
{
	return a < b ? a : b;
}

static inline nap_time nap_time_max(nap_time a, nap_time b)
{
	return a > b ? a : b;
}

/* Nanoseconds as seconds, for printing. */
static inline double nap_time_seconds(nap_time t)
{
	return (double)t / 1e9;
}

#endif
