/* SPDX-License-Identifier: BSD-2-Clause */
/* The metrics of a run: names as in summary.csv, how each follows from sums over subscribers, and how it is shown. */
#ifndef NAP_RUN_METRICS_H
#define NAP_RUN_METRICS_H

#include "run/run.h"

/* What values a metric can have: the bounds of its confidence interval. */
enum nap_metric_kind {
	NAP_METRIC_AMOUNT, /* an energy, a time, a rate: at least 0 */
	NAP_METRIC_COUNT,  /* of things, or a mean of such: at least 0, and 0 may mean that none was seen */
	NAP_METRIC_SHARE,  /* from 0 to 1 */
	NAP_METRIC_RATIO,  /* of two sums: weight says how much a value is worth */
};

/* Where a terminal shows it; files hold all metrics. */
enum nap_metric_show {
	NAP_LISTED = 1,          /* in a single run's list */
	NAP_LISTED_SHARED = 2,   /* there too, where the middlebox is shared */
	NAP_DROPPED_AT_ZERO = 4, /* not in a sweep's table where it is zero everywhere */
};

/* One metric of a path or of a middlebox. value or of_box may give NAN when nothing can be said (no push was delivered). */
struct nap_metric {
	const char *name, *help; /* the unit is in the name; help says the rest in a line */
	enum nap_metric_kind kind;
	unsigned show;    /* enum nap_metric_show, or'ed */
	unsigned place;   /* in a sweep's table, from 1; 0: not there */
	const char *head; /* its head there */
	/* can it be other than zero (a share: differ between replications) in this scenario, at this middlebox? NULL: yes */
	bool (*possible)(const struct nap_scenario *sc, uint32_t hop);
	/* does anybody ask for it in this scenario? Else it is in no output. NULL: yes */
	bool (*wanted)(const struct nap_scenario *sc);
	double (*value)(const struct nap_scenario *sc, const struct nap_replication *r);
	/* NAP_METRIC_RATIO: what value is divided by */
	double (*weight)(const struct nap_scenario *sc, const struct nap_replication *r);
	double (*of_box)(const struct nap_scenario *sc, const struct nap_replication *r, uint32_t hop);
};

/* Each ends with a NULL name. */
extern const struct nap_metric nap_metrics[];     /* of the path: value */
extern const struct nap_metric nap_box_metrics[]; /* of one middlebox: of_box */
extern const struct nap_metric nap_metric_events; /* of the whole run, whatever its parts: value */

#endif
