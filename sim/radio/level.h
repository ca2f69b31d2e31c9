/* SPDX-License-Identifier: BSD-2-Clause */
/* One level of an inference: how round trips in one radio state are distributed. Private to infer.c. */
#ifndef NAP_RADIO_LEVEL_H
#define NAP_RADIO_LEVEL_H

#include "radio/infer.h"

/* Round trip at idle time t: floor + ((anchor - floor - t) mod cycle) + Laplace noise of the given spread. */
struct level {
	double cycle;  /* 0: no waiting */
	bool even;     /* the cycle is not locked to the exchange: waits lie evenly in it */
	double anchor; /* (t + rtt) mod cycle of the sawtooth */
	double floor;
	double spread;
	double log_likelihood; /* of the probes it was fitted to */
};

/* Log density of one probe in the level; outliers are spread evenly over OUTLIER_RANGE seconds. */
double level_density(const struct level *l, const struct nap_rrc_probe *p);

/* Is the probe inside what the level can produce: between floor and floor + cycle? */
bool level_covers(const struct level *l, const struct nap_rrc_probe *p);

/* Distance from the sawtooth, modulo cycle. */
double level_deviation(const struct level *l, const struct nap_rrc_probe *p);

/*
 * Fits to stretches of one run of n probes, by growing them: what does not change from stretch to stretch is worked out once.
 * The probes stay the caller's. Free with level_scan_free.
 */
struct level_scan;
struct level_scan *level_scan_new(const struct nap_rrc_probe *p, size_t n);
void level_scan_free(struct level_scan *s);

/* An empty stretch that begins at probe `first`; it takes the next probe. */
void level_scan_begin(struct level_scan *s, size_t first);
void level_scan_take(struct level_scan *s);

/* The level of the stretch: the best of the cycles that networks use. Not of an empty one. */
struct level level_scan_fit(const struct level_scan *s);

/* The same of n probes, at once. */
struct level level_fit(const struct nap_rrc_probe *p, size_t n);

/* A round trip and how much it counts: 1 less the chance that it belongs to the level before. */
struct weighted_rtt {
	double rtt, weight;
};

/*
 * The floor of greatest cover for round trips in order: most weight in [floor, floor + cycle]. hi is the least round trip
 * in there and the estimate, lo as far down as it might lie. Without a cycle all three are the median.
 */
struct nap_estimate level_floor(const struct level *l, const struct weighted_rtt *sorted, size_t n);

/* Sharpen floor and cycle of a fitted level; sorted: the round trips of p in order. */
void level_refine(
	struct level *l, const struct nap_rrc_probe *p, const struct weighted_rtt *sorted, size_t n);

#endif
