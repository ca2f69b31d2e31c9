/* SPDX-License-Identifier: BSD-2-Clause */
/* Columns over subscribers: quantiles of what each has, shares that keep to the scenario's bounds; and cdf.csv. */
#ifndef NAP_REPORT_EACH_COLUMNS_H
#define NAP_REPORT_EACH_COLUMNS_H

#include "report/results.h"

/* Append them (struct nap_column) for scenarios like sc. */
void nap_each_columns(GArray *columns, const struct nap_scenario *sc);

/* Value and interval of one of them over all subscribers of all complete replications of a point. */
struct nap_interval nap_each_summarise(const struct nap_column *c, const struct nap_point *p);

/*
 * cdf.csv: for each point a row a step of the share of subscribers, the swept parameters before it, and the value that this share of
 * subscribers does not exceed. Free with g_string_free.
 */
GString *nap_cdf_csv(const struct nap_campaign *c, const struct nap_results *r);

#endif
