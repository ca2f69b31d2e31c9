/* SPDX-License-Identifier: BSD-2-Clause */
/* A column's mean over replications and its interval. */
#ifndef NAP_REPORT_COLUMN_INTERVAL_H
#define NAP_REPORT_COLUMN_INTERVAL_H

#include "report/results.h"

/*
 * Mean and 95 % interval over the point's complete replications (interval.h). One replication alone has an interval where its
 * subscribers do not touch one another: between batches of them.
 */
struct nap_interval nap_column_summarise(const struct nap_column *c, const struct nap_point *p);

/* How such a column's interval is made, in words. */
const char *nap_interval_words(enum nap_over over, enum nap_metric_kind kind);

/* Can the metric be other than zero (a share: differ between replications) in the scenario? */
bool nap_column_is_possible(const struct nap_column *c, const struct nap_scenario *sc);

#endif
