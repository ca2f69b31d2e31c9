/* SPDX-License-Identifier: BSD-2-Clause */
/* The search for one idle timer: trials' verdicts in, idle times to try out. Private to discovery. */
#ifndef NAP_DISCOVERY_TIMER_SEARCH_H
#define NAP_DISCOVERY_TIMER_SEARCH_H

#include "discovery/finding.h"
#include "discovery/search.h"

#define NAP_SEEN 256 /* verdicts remembered, for timers that vary */

struct nap_timer_search {
	struct nap_search_goal goal;
	const struct nap_strategy *strategy;
	struct nap_bracket before; /* the round under way began with this */
	uint32_t stalled;          /* rounds in a row that hardly narrowed it */
	uint32_t repeats_left, void_row;
	uint32_t tolerated; /* contradictions before the timer counts as one that varies */
	nap_time alive[NAP_SEEN], dead[NAP_SEEN];
	uint32_t n_alive, n_dead;
	nap_time blur;  /* how far a silence's idle time lay above what was aimed at, at most */
	bool repeating; /* the round under way tries a found bracket again */
	bool varies;    /* contradictions: now in search of the idle time that it always outlives */
	nap_time edge;  /* the idle time under test for that */
	uint32_t edge_alive, edge_rounds; /* times it was outlived in a row; idle times tested */
};

/*
 * The idle times of the next round, at most NAP_SEARCH_WIDTH; 0: the search is over and *f says how it ended. f's
 * bracket is the search's.
 */
uint32_t nap_timer_search_next(struct nap_timer_search *s, struct nap_finding *f, nap_time *out);

/* A verdict; aim is the idle time asked for, idle what it became. Returns the idle time from which on trials under way are of no more use, NAP_NEVER when none is. */
nap_time nap_timer_search_alive(struct nap_timer_search *s, struct nap_finding *f, nap_time idle);
nap_time nap_timer_search_dead(
	struct nap_timer_search *s, struct nap_finding *f, nap_time aim, nap_time idle, double error);

#endif
