/* SPDX-License-Identifier: BSD-2-Clause */
/* Quantities of one subscriber, and bounds on them. */
#ifndef NAP_RUN_BOUND_H
#define NAP_RUN_BOUND_H

#include <stdbool.h>
#include <stdint.h>

/* What is told of each subscriber at its end, with the unit of a bound on it. */
enum nap_quantity {
	NAP_EACH_REACHABLE,     /* share of its time */
	NAP_EACH_ENERGY,        /* mJ, of its radio */
	NAP_EACH_BATTERY,       /* share of the battery a day; only with a battery */
	NAP_EACH_PUSHES_LOST,   /* offered and not delivered by the end */
	NAP_EACH_BINDINGS_LOST, /* that a middlebox let expire or threw out */
	NAP_EACH_PUSH_DELAY,    /* ns: mean over its delivered pushes; only with one */
	NAP_EACH_N
};

#define NAP_BOUNDS_MAX 16

/* A subscriber keeps to it when the quantity is at least (at most) limit; one that has not the quantity keeps to it. */
struct nap_bound {
	const char *text; /* as in a column's name: "reachable>=99%" */
	enum nap_quantity of;
	bool at_most;
	double limit; /* in the quantity's unit */
};

struct nap_bounds {
	const struct nap_bound *bound; /* n, at most NAP_BOUNDS_MAX; belongs to the scenario */
	uint32_t n;
};

#endif
