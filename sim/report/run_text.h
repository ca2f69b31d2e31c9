/* SPDX-License-Identifier: BSD-2-Clause */
/* A run for the terminal: a list of metrics for one point, a table for a sweep. */
#ifndef NAP_REPORT_RUN_TEXT_H
#define NAP_REPORT_RUN_TEXT_H

#include "report/results.h"

/* One point: a line a metric, with its meaning. A sweep: a line a point. */
GString *nap_run_text(const struct nap_results *r);

/* Several scenarios as one table, a line a point; names: of the scenarios. */
GString *nap_runs_text(const struct nap_results *const *r, const char *const *names, uint32_t n);

#endif
