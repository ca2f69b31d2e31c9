/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A radio's states from the outside: round-trip times after idle gaps (the
 * RRC-probe method of Narayanan et al., SIGCOMM 2021). In each state the round
 * trip is a floor plus the wait for the next on-window; between states it
 * changes at the demotion timers.
 */
#ifndef NAP_RADIO_INFER_H
#define NAP_RADIO_INFER_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/rng.h"
#include "radio/tech.h"

/* One probe, seconds. */
struct nap_rrc_probe {
	double idle; /* gap since the exchange before */
	double rtt;  /* of the first packet after it */
};

/* A value with its 95 % interval. */
struct nap_estimate {
	double value, lo, hi;
};

enum { NAP_LEVELS_MAX = 6 };

/* A state as the round trips show it. Seconds. */
struct nap_level {
	struct nap_estimate from;  /* idle time at which it begins: the sum of demotion timers before it */
	struct nap_estimate floor; /* least round trip: path and promotion */
	struct nap_estimate delay; /* promotion: floor above that of the first level; 0 for the first */
	double cycle;              /* of its on-windows; 0: none seen */
	bool even;                 /* the cycle is not locked to the last exchange: waits lie evenly in it */
	double phase;              /* idle time of an on-window, modulo cycle: locked to the last exchange */
	double spread;             /* typical deviation from the sawtooth */
	double locked;             /* share of probes that the sawtooth explains */
	double before;             /* share of probes that were still answered as in the level before */
	bool unsure; /* it is not known that one sharp timer lies in the interval of `from`: see nap_radio_infer */
	size_t probes, outliers; /* outliers: fit no level */
};

struct nap_inference {
	struct nap_level level[NAP_LEVELS_MAX];
	unsigned n_levels;
	size_t probes, outliers;
	double log_likelihood;
};

/*
 * Infer levels from n probes, any order (sorted by idle time afterwards). rng feeds the bootstrap of the intervals.
 * The interval of `from` holds the timer (tests/test_infer_property.c), unless the level is unsure: when both levels answer by
 * turns over a stretch that is not a state. A state that some probes find still answered as before has `before` > 0.
 * False when there are too few probes (less than 20 or less than 5 different idle times).
 */
bool nap_radio_infer(struct nap_inference *out, struct nap_rrc_probe *probes, size_t n, struct nap_rng rng);

/*
 * The probe of a simulated radio: an exchange, idle seconds of silence, then one downlink packet of so many bytes that
 * is answered at once by one of the same length. Returns its round trip, path_rtt included; negative when the device
 * was not reachable. start: when in absolute time the exchange lies (matters for cycles locked to it).
 */
double nap_radio_probe(const struct nap_radio_tech *tech, nap_time start, nap_time idle, uint32_t bytes,
	nap_time path_rtt, struct nap_rng *rng);

#endif
