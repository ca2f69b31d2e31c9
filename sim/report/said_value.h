/* SPDX-License-Identifier: BSD-2-Clause */
/* A metric's value in units that people say: 12.9 mW, 2 min, 1.2 GB, 99.5 %. Files keep names and units as they are. */
#ifndef NAP_REPORT_SAID_VALUE_H
#define NAP_REPORT_SAID_VALUE_H

/* A unit that a quantity is said in, from so much on; both numbers in the unit of the metric's name. */
struct nap_said_step {
	double least, one;
	const char *unit; /* NULL: the steps end before it */
};

/* The metric's units, the largest first, the last from 0 on; NULL: it has none. */
const struct nap_said_step *nap_said_steps(const char *metric);

/* The metric's name without its unit, as words; free with g_free. */
char *nap_said_name(const char *metric);

/* "mean ± half"; where the interval is lopsided, as a bound makes it, its two ends. Free with g_free. */
char *nap_said_number(double mean, double half, double low, double high);

/*
 * The unit is read off the end of the metric's name. high and low: the ends of its interval, half: from the mean to the farther
 * one (NAN or 0: none is shown). Free with g_free.
 */
char *nap_said_value(const char *metric, double mean, double half, double low, double high);

#endif
