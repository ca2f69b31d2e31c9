/* SPDX-License-Identifier: BSD-2-Clause */
/* A metric's value in units that people say: 12.9 mW, 2 min, 1.2 GB, 99.5 %. Files keep names and units as they are. */
#ifndef NAP_REPORT_SAID_VALUE_H
#define NAP_REPORT_SAID_VALUE_H

/* "mean ± half"; where the interval is lopsided, as a bound makes it, its two ends. Free with g_free. */
char *nap_said_number(double mean, double half, double low, double high);

/*
 * The unit is read off the end of the metric's name. high and low: the ends of its interval, half: from the mean to the farther
 * one (NAN or 0: none is shown). Free with g_free.
 */
char *nap_said_value(const char *metric, double mean, double half, double low, double high);

#endif
