/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long a campaign will take: jobs of some of its points are run on trial, first with a short duration, then with longer
 * ones as long as the time for it lasts, and what is left is reckoned from these.
 */
#ifndef NAP_PARALLEL_FORECAST_H
#define NAP_PARALLEL_FORECAST_H

#include "parallel/campaign.h"

/* The scenario of a point with another duration; NULL: it cannot be had. The forecast frees it with nap_scenario_free. */
typedef struct nap_scenario *(*nap_shorter_fn)(void *ctx, uint32_t point, nap_time duration);

struct nap_forecast {
	double seconds; /* of the whole campaign, on as many threads */
	uint32_t threads;
	uint64_t runs;  /* replications of all points */
	uint32_t tried; /* points that were run on trial */
	double share;   /* of the duration that the trials ran at least; 1: all of it */
	double spent;   /* seconds that the trials took */
};

/* c is planned. budget: seconds that the trials may take, about; a job that was begun is ended. */
struct nap_forecast nap_campaign_forecast(
	const struct nap_campaign *c, double budget, nap_shorter_fn shorter, void *ctx);

#endif
