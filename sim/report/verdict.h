/* SPDX-License-Identifier: BSD-2-Clause */
/* What one point of a run comes to, in a sentence: the first thing that people ask. */
#ifndef NAP_REPORT_VERDICT_H
#define NAP_REPORT_VERDICT_H

#include <stdbool.h>

/* Where the sentence takes its numbers from: a metric's mean, and half its 95 % interval; NAN: there is none. */
struct nap_verdict_numbers {
	double (*mean)(const void *of, const char *metric);
	double (*half)(const void *of, const char *metric);
	const void *of;
};

/* "reachable 100 % of the time, at 55.3 ± 0.57 % of the battery a day, 41 % of the energy for keepalives"; free with g_free. */
char *nap_verdict_sentence(const struct nap_verdict_numbers *n);

#endif
