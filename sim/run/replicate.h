/* SPDX-License-Identifier: BSD-2-Clause */
/* A whole replication in one call, for whoever has no threads to share it among. */
#ifndef NAP_RUN_REPLICATE_H
#define NAP_RUN_REPLICATE_H

#include "kernel/api.h"
#include "run/run.h"

/* --- natnap.h --- */
struct nap_replication;

/*
 * Replication number of a scenario: all its subscribers, on this thread, one after another where it is proved that none touches
 * another, else in one queue in the order of time. Its draws are those of its number, whatever else is run. NULL when the scenario
 * cannot be run: *why then (unless why is NULL) tells, to be freed with nap_free. Free with nap_replication_free.
 */
NAP_API struct nap_replication *nap_replicate(
	const struct nap_scenario *scenario, uint32_t number, char **why);
NAP_API void nap_replication_free(struct nap_replication *replication); /* accepts NULL */

/*
 * A metric by its name in summary.csv: "energy_j", "sessions_peak" (of the outermost middlebox), "home.sessions_peak",
 * "subscriber_p5_reachable_fraction" (a quantile over subscribers), "subscribers_with_reachable>=99%" (the share of them). *value
 * is NAN where nothing can be said, as of the delay of pushes when none came. False when there is no such metric.
 */
NAP_API bool nap_replication_metric(const struct nap_scenario *scenario,
	const struct nap_replication *replication, const char *name, double *value);
/* --- */

#endif
