/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Discovery of a path as a black box: all tests of tests.c, many flows at
 * once, over any prober. A state machine over (now, event) that only the prober's
 * wait moves on, so that a simulated clock and a live one drive it alike; findings can be read at any time
 * and given back to a later discovery, which then goes on from there.
 *
 *	while (!nap_discovery_done(d))
 *		nap_discovery_turn(d, NAP_NEVER);
 */
#ifndef NAP_DISCOVERY_DISCOVERY_H
#define NAP_DISCOVERY_DISCOVERY_H

#include "discovery/finding.h"
#include "discovery/options.h"
#include "discovery/tests.h"
#include "discovery/trials.h"

/* Defaults for a simulated path, where time costs nothing. */
extern const struct nap_discovery_options nap_discovery_defaults;

struct nap_discovery;

/* Over prober, which stays the caller's, as do options->only. */
struct nap_discovery *nap_discovery_new(
	struct nap_prober *prober, const struct nap_discovery_options *options);
void nap_discovery_free(struct nap_discovery *d);

/* All findings, open ones too; valid until the next call that moves the discovery. */
uint32_t nap_discovery_count(const struct nap_discovery *d);
const struct nap_finding *nap_discovery_finding(const struct nap_discovery *d, uint32_t i);

/* The finding of that name (per-port tests: of that port), NULL when there is none. */
const struct nap_finding *nap_discovery_find(const struct nap_discovery *d, const char *name, uint16_t port);

/* Before the first turn: take up what an earlier discovery had found (test and port of saved say which). */
void nap_discovery_restore(struct nap_discovery *d, const struct nap_finding *saved);

/* Tests that have ended, of nap_discovery_count. */
uint32_t nap_discovery_ended(const struct nap_discovery *d);

/* Nothing more to do? */
bool nap_discovery_done(const struct nap_discovery *d);

/*
 * Wait for the prober once, at most until `until` or until something is due, and handle what came: the step of any loop,
 * simulated or live.
 */
void nap_discovery_turn(struct nap_discovery *d, nap_time until);

/* About how long it will still take, of the prober's time: from what is known of its timers, else from what they mostly are. */
nap_time nap_discovery_remaining(const struct nap_discovery *d);

/*
 * What it will take at the least and at the most, about: if timers that are not known yet end now, or are as long as any that is
 * tried. True when these are so far apart that nothing between them is true within a factor of two.
 */
bool nap_discovery_remaining_range(const struct nap_discovery *d, nap_time *least, nap_time *most);

/* All findings together, for reports. */
struct nap_discovery_summary {
	nap_time elapsed; /* since the discovery began, or was taken up again */
	nap_time timers;  /* until the last of its timers was known; 0 when none was searched for */
	nap_time longest; /* the longest of them, or the longest idle time outlived */
	double error;     /* bound of the chance that any finding is wrong at all */
};

/* As of now, open findings included. */
void nap_discovery_summary(const struct nap_discovery *d, struct nap_discovery_summary *out);

/* Loss measured, for reports. */
const struct nap_trials *nap_discovery_trials(const struct nap_discovery *d);

#endif
