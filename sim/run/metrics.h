/* SPDX-License-Identifier: BSD-2-Clause */
/* The metrics of a run: names as in summary.csv, and how each follows from sums over subscribers. */
#ifndef NAP_RUN_METRICS_H
#define NAP_RUN_METRICS_H

#include "run/run.h"

/* One metric of a path or of a middlebox; value may be NAN when nothing can be said (no push was delivered). */
struct nap_metric {
	const char *name, *help; /* the unit is in the name; help says the rest in a line */
	double (*value)(const struct nap_scenario *sc, const struct nap_replication *r);
};

struct nap_box_metric {
	const char *name, *help;
	double (*value)(const struct nap_scenario *sc, const struct nap_replication *r, uint32_t hop);
};

extern const struct nap_metric nap_metrics[];         /* ends with a NULL name */
extern const struct nap_box_metric nap_box_metrics[]; /* likewise; per middlebox */

#endif
