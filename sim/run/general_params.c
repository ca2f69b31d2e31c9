/* SPDX-License-Identifier: BSD-2-Clause */
#include "run/scenario.h"

#define ROW(field) offsetof(struct nap_general_config, field)

static const char *const order_words[] = {
	[NAP_ORDER_AUTO] = "auto", [NAP_ORDER_SUBSCRIBER] = "subscriber", [NAP_ORDER_GLOBAL] = "global", NULL
};

static const char *const population_words[] = {
	[NAP_POPULATION_DRAWN] = "drawn", [NAP_POPULATION_ENUMERATED] = "enumerated", NULL
};

const struct nap_param nap_general_params[] = { { "title", NAP_P_TEXT, ROW(title), "", NULL, NULL, NULL,
							"What the scenario shows, in a line." },
	{ "duration", NAP_P_TIME, ROW(duration), NULL, "1ms", "3650d", NULL, "Simulated time." },
	{ "warm-up", NAP_P_TIME, ROW(warm_up), "0s", "0s", "3650d", NULL,
		"The beginning of duration that results leave out: everybody opens then, and nothing has "
		"settled. Means, counts, rates and quantiles are of what follows, and so are peaks of shared "
		"middleboxes; others' peaks, and timelines, captures and traces, are of all of it." },
	{ "seed", NAP_P_UINT64, ROW(seed), "1", NULL, NULL, NULL,
		"Names all random streams: same seed, same results, for any number of threads." },
	{ "replications", NAP_P_UINT, ROW(replications), "1", "1", "1000000", NULL,
		"Runs with streams of their own; two or more give 95 % confidence half-widths." },
	{ "subscribers", NAP_P_UINT, ROW(subscribers), "1", "1", "100000000", NULL,
		"Clients in the population, each with its own radio and private middleboxes." },
	{ "order", NAP_P_WORD, ROW(order), "auto", NULL, NULL, order_words,
		"How subscribers are run: one after another, or all in one queue in time order. Results are "
		"the same. auto: one after another where it is proved that none can touch another through a "
		"shared middlebox (its ports, its table), else the queue; subscriber is refused there." },
	{ "skip", NAP_P_BOOL, ROW(skip), "yes", NULL, NULL, NULL,
		"Step over whole keepalive cycles that repeat exactly; results are the same, only faster." },
	{ "population", NAP_P_TEXT, ROW(population), "", NULL, NULL, NULL,
		"A CSV file with a row for each kind of subscriber: [population] joins its columns to keys "
		"(tcp = middlebox.nat.tcp-established), which then have the row's values together. A column "
		"joined to weight says how much each row counts." },
	{ "population-order", NAP_P_WORD, ROW(population_order), "drawn", NULL, NULL, population_words,
		"How subscribers get their row: each draws one, or in the order of their numbers each row "
		"has "
		"its share of subscribers exactly." },
	{ "bounds", NAP_P_BOUNDS, ROW(bounds),
		"reachable >= 99%; reachable >= 99.9%; bindings-lost <= 0; pushes-lost <= 0", NULL, NULL,
		NULL,
		"Bounds on what each subscriber has at its end: a column of summary.csv tells which share of "
		"subscribers keeps to each. reachable and battery (a day) are shares, energy is of the "
		"radio, "
		"push-delay the mean over a subscriber's delivered pushes." },
	NAP_PARAM_END };
