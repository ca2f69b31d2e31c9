/* SPDX-License-Identifier: BSD-2-Clause */
/* The targets of natnap tune and natnap run, as options. */
#ifndef NAP_CLI_TUNE_GOAL_OPTIONS_H
#define NAP_CLI_TUNE_GOAL_OPTIONS_H

#include <glib.h>

#include "run/tune_goal.h"

/* As given; NULL: not given. */
struct nap_goal_options {
	char *reachable, *users, *push_delay, *lost_pushes, *bindings_lost, *battery, *minimise;
};

/* Rows of a command's GOptionEntry table for o. */
#define NAP_GOAL_ENTRIES(o)                                                                                  \
	{ "reachable", 0, 0, G_OPTION_ARG_FILENAME, &(o)->reachable,                                         \
		"Share of time in which a push must get through (default 99.9%)", "SHARE" },                 \
		{ "users", 0, 0, G_OPTION_ARG_FILENAME, &(o)->users,                                         \
			"Share of subscribers that must have this, each for itself; without it their mean "  \
			"must",                                                                              \
			"SHARE" },                                                                           \
		{ "push-delay", 0, 0, G_OPTION_ARG_FILENAME, &(o)->push_delay,                               \
			"Longest delay of 50, 95 or 99 % of delivered pushes", "p95<=TIME" },                \
		{ "lost-pushes", 0, 0, G_OPTION_ARG_FILENAME, &(o)->lost_pushes,                             \
			"Largest share of pushes that get lost", "SHARE" },                                  \
		{ "bindings-lost", 0, 0, G_OPTION_ARG_FILENAME, &(o)->bindings_lost,                         \
			"Most bindings that may be lost a day (default 0: none in any run; any: no bound)",  \
			"N/d" },                                                                             \
		{ "battery", 0, 0, G_OPTION_ARG_FILENAME, &(o)->battery,                                     \
			"Largest share of the battery a day", "SHARE" },                                     \
	{                                                                                                    \
		"minimise", 0, 0, G_OPTION_ARG_FILENAME, &(o)->minimise,                                     \
			"What is to be least: energy (J; default; without a radio packets), packets, "       \
			"signalling, or a sum: energy+0.02packets",                                          \
			"COST"                                                                               \
	}

/* As a goal; false with "--OPTION: reason". */
bool nap_goal_options_read(const struct nap_goal_options *o, struct nap_tune_goal *goal, GError **error);

/* Has the scenario what the goal is about? A goal of energy becomes one of packets where no radio has a price. */
bool nap_goal_options_fit(struct nap_tune_goal *goal, const struct nap_scenario *sc, GError **error);

/*
 * Where the goal counts subscribers: what [scenario] bounds must be for that ("reachable >= 99%; bindings-lost <= 0"), in a
 * run of that duration; else NULL. Free with g_free.
 */
char *nap_goal_bounds(const struct nap_tune_goal *goal, nap_time duration);

void nap_goal_options_clear(struct nap_goal_options *o);

#endif
