/* SPDX-License-Identifier: BSD-2-Clause */
/* What a user asks of a value: targets in the field's terms, and what is to be least; and how replications answer. */
#ifndef NAP_RUN_TUNE_GOAL_H
#define NAP_RUN_TUNE_GOAL_H

#include "run/run.h"
#include "run/tune.h"

#define NAP_TUNE_MARGIN 0.02 /* that a time keeps below one that fails, unless another is asked for */

/* What may be least, of a subscriber. */
enum nap_tune_cost {
	NAP_TUNE_ENERGY,     /* of the radio, J */
	NAP_TUNE_PACKETS,    /* over the radio, both ways */
	NAP_TUNE_SIGNALLING, /* times the radio channel was set up */
	NAP_TUNE_COSTS
};

/* Or the value of the first key itself. */
enum nap_tune_value {
	NAP_TUNE_FREE,   /* it does not count */
	NAP_TUNE_LITTLE, /* the smallest there may be */
	NAP_TUNE_LONG    /* the largest */
};

/* Names as users write them. */
extern const char *const nap_tune_costs[NAP_TUNE_COSTS + 1];

/* Each of the bounds may be NAN: not asked for. */
struct nap_tune_goal {
	double reachable; /* share of time, at least */
	double users; /* share of subscribers that must have that, and no more than bindings_lost; NAN: the mean */
	unsigned delay_quantile; /* of pushes: 50, 95 or 99; 0: none */
	double delay_s;          /* ... at most */
	double lost_pushes;      /* share of pushes, at most */
	double bindings_lost;    /* a day and subscriber, at most */
	double blocking; /* share of new sessions that a middlebox refuses, or ends to make room, at most */
	uint32_t hop;    /* which */
	double battery;  /* share of it a day, at most */
	double weight[NAP_TUNE_COSTS]; /* what is to be least: so much of each, summed */
	enum nap_tune_value value;     /* or this, whatever the weights */
};

/* The goal without options: reachable 99.9 % of the time, no binding lost, least energy. */
struct nap_tune_goal nap_tune_goal_usual(void);

/* Has the scenario's radio a price at all? Else packets are what is to be least. */
bool nap_tune_radio_has_price(const struct nap_scenario *sc);

/* A goal of energy alone becomes one of packets where no radio has a price. */
void nap_tune_goal_priced(struct nap_tune_goal *goal, const struct nap_scenario *sc);

/* Is nothing rare and random in it (losses, outages, drawn boxes)? Then replications that agree say all. */
bool nap_tune_is_certain(const struct nap_scenario *sc);

/*
 * The same goal with one target lowered or raised by what is usual: shares that may be wrong ten times as large or small, others
 * twice. number from 0; *target names which. False: there are no more.
 */
bool nap_tune_goal_variant(const struct nap_tune_goal *goal, uint32_t number, struct nap_tune_goal *variant,
	const char **target);

/* The goal's targets as a rule, in an order that nap_tune_count knows; confidence and the like are the caller's. */
void nap_tune_goal_rule(
	const struct nap_tune_goal *goal, const struct nap_scenario *sc, struct nap_tune_rule *rule);

/* The target of that name in a rule; NULL when it has none. */
const struct nap_tune_target *nap_tune_target_find(const struct nap_tune_rule *rule, const char *name);

/* What a replication says of them; where users are counted, those that keep to all of the scenario's bounds. */
void nap_tune_count(const struct nap_tune_goal *goal, const struct nap_scenario *sc,
	const struct nap_replication *r, struct nap_tune_run *run);

#endif
