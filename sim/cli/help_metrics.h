/* SPDX-License-Identifier: BSD-2-Clause */
/* Help about what a run reports: each metric, and how its interval of confidence is made. */
#ifndef NAP_CLI_HELP_METRICS_H
#define NAP_CLI_HELP_METRICS_H

#include <glib.h>

/* All about the metric of that name ("energy_j", "subscriber_p5_energy_j", "home.sessions_peak"); 0: there is none, nothing is written. */
unsigned nap_help_metric(GString *out, const char *name);

/* A line about each. */
void nap_help_metrics(GString *out);

/* struct nap_metric of all that have a name of their own. Free the array with g_ptr_array_unref. */
GPtrArray *nap_help_all_metrics(void);

/* Their names, for guesses; they belong to the metrics. */
void nap_help_metric_names(GPtrArray *names);

#endif
