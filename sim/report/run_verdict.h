/* SPDX-License-Identifier: BSD-2-Clause */
/* The first line of a run: what it comes to. */
#ifndef NAP_REPORT_RUN_VERDICT_H
#define NAP_REPORT_RUN_VERDICT_H

#include "report/advice.h"
#include "report/results.h"

/*
 * One point: how reachable the client is, and at what price. A sweep: which interval to take, or else where the least energy
 * is. One sentence. Free with g_free.
 */
char *nap_run_verdict(const struct nap_results *r, const struct nap_advices *a);

/* A row in words: "reachable 100 % of the time, at 7.4 ± 0.1 % of the battery a day ...". Free with g_free. */
char *nap_row_verdict(const struct nap_results *r, const struct nap_row *row);

/* Of several scenarios: between which two all are, in battery or else energy. Free with g_free. */
char *nap_runs_verdict(const struct nap_results *const *r, const char *const *names, uint32_t n);

#endif
