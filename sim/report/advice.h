/* SPDX-License-Identifier: BSD-2-Clause */
/* What follows from a sweep of client.interval: the interval to choose, by the rule of natnap tune. */
#ifndef NAP_REPORT_ADVICE_H
#define NAP_REPORT_ADVICE_H

#include "io/json.h"
#include "report/results.h"
#include "run/tune_goal.h"

/* For one combination of the other swept keys. */
struct nap_advice {
	char *where;  /* "middlebox.nat.udp = 30s"; "everywhere" */
	int row;      /* of the results: the one to choose, or else the nearest */
	bool met;     /* it meets the targets */
	char *reason; /* if not: why none of those swept does */
	double doubt; /* chance of an error, by these runs */
};

struct nap_advices {
	struct nap_advice *advice;
	uint32_t n;    /* 0: client.interval is not swept */
	char *targets; /* "least energy with reachable >= 99.9 %, ..." */
};

/*
 * The cheapest swept interval that meets the goal in the runs there are, for each combination of other swept keys; what is
 * longer and within margin of it must not fail. The campaign is that of the results. Free with nap_advices_free.
 */
struct nap_advices *nap_advices_new(const struct nap_results *r, const struct nap_campaign *c,
	const struct nap_tune_goal *goal, double margin);
void nap_advices_free(struct nap_advices *a);

/* As a table, empty when there are none; as members "targets" and "recommended" of an object that stands open. */
GString *nap_advices_text(const struct nap_advices *a, const struct nap_results *r);
void nap_advices_json(const struct nap_advices *a, const struct nap_results *r, JsonBuilder *b);

#endif
