/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Results over subscribers, not only their mean: what is told of each at its end, how it is spread over all of them, and how many
 * keep to bounds that were given before the run.
 */
#ifndef NAP_RUN_EACH_H
#define NAP_RUN_EACH_H

#include "run/scenario.h"
#include "stats/spread.h"

#define NAP_QUANTILES 5 /* of subscribers: 1, 5, 50, 95, 99 % */

extern const double nap_quantiles[NAP_QUANTILES];
extern const char *const nap_quantile_names[NAP_QUANTILES]; /* "p1" */

/* What one subscriber counted: whole numbers, 40 bytes, since in the global order all of them are kept. */
struct nap_account {
	uint64_t reachable_ns;
	uint64_t delay_ns;   /* of all pushes delivered, summed */
	uint64_t energy_low; /* in units of radio/price.h, with energy_high modulo 2^96 */
	uint32_t energy_high;
	uint32_t offered, delivered; /* pushes */
	uint32_t bindings_lost;      /* expired or thrown out */
};

/* How the quantities are spread over subscribers, and how many keep to bounds. Zero it before use. */
struct nap_each {
	struct nap_spread of[NAP_EACH_N];
	uint64_t subscribers;
	uint64_t within[NAP_BOUNDS_MAX]; /* keep to each of the scenario's bounds */
	uint64_t within_all;             /* keep to them all */
};

/* One quantity as reports show it. */
struct nap_each_metric {
	const char *name; /* of the column: what it would be called of one subscriber */
	const char *help;
	bool share; /* from 0 to 1 */
};

extern const struct nap_each_metric nap_each_metrics[NAP_EACH_N];

/* Names of columns: "subscriber_p5_energy_j", "subscribers_with_reachable>=99%". Free with g_free. */
char *nap_each_quantile_name(enum nap_quantity of, uint32_t quantile);
char *nap_each_bound_name(const struct nap_bound *b);

/* Add one subscriber at its end. */
void nap_each_add(struct nap_each *each, const struct nap_scenario *sc, const struct nap_account *a);
void nap_each_merge(struct nap_each *into, const struct nap_each *from);
void nap_each_clear(struct nap_each *each); /* as new, nothing held */

/* How many subscribers have the quantity: all, but that of the delay only who was delivered a push, of the battery who has one. */
uint64_t nap_each_count(const struct nap_each *each, enum nap_quantity of);

/* The value of that rank (1: the least, to nap_each_count) in the metric's unit; NAN when there is none. */
double nap_each_ranked(
	const struct nap_each *each, const struct nap_scenario *sc, enum nap_quantity of, uint64_t rank);

/* The q-quantile over subscribers by the nearest-rank rule; NAN when nobody has the quantity. */
double nap_each_quantile(
	const struct nap_each *each, const struct nap_scenario *sc, enum nap_quantity of, double q);

#endif
