/* SPDX-License-Identifier: BSD-2-Clause */
/* The search for one idle timer: trials' verdicts in, idle times to try out. Private to discovery. */
#ifndef NAP_DISCOVERY_TIMER_SEARCH_H
#define NAP_DISCOVERY_TIMER_SEARCH_H

#include "discovery/finding.h"
#include "discovery/strategy.h"

#define NAP_SEEN  256 /* verdicts remembered, of each kind */
#define NAP_ENDS  2   /* flows at either end of a bracket in each wave into it */
#define NAP_ROUND (NAP_STRATEGY_WIDTH + 2 * NAP_ENDS)

struct nap_timer_search {
	struct nap_timer_goal goal; /* its width may change from round to round */
	const struct nap_strategy *strategy;
	struct nap_bracket before; /* the round under way began with this */
	struct nap_bracket hint;   /* the next round looks there first; dead 0: nothing is known */
	nap_time looked;           /* where it last did; hints come in rising order */
	bool likely;        /* it is the same timer of other flows: the first look may make a finding */
	uint32_t stalled;   /* rounds in a row that hardly narrowed it */
	uint32_t void_row;  /* in a row */
	uint32_t tolerated; /* contradictions before the timer counts as one that varies */
	nap_time alive[NAP_SEEN], dead[NAP_SEEN]; /* idle times of verdicts, the last ones */
	uint32_t n_alive, n_dead;                 /* in all */
	nap_time shortest_dead, longest_alive;    /* of all verdicts, forgotten ones too */
	nap_time blur; /* the most by which a dead flow's idle time exceeded the one aimed at */
	struct nap_bracket
		agreed; /* what lives and deaths that overlap by less leave between them, at first { 0, 0 } */
	uint32_t
		forgiven; /* contradictions that were the doing of one death, or smaller than the resolution; 0: none was */
	uint32_t repeated; /* rounds spent on confirming a bracket that is narrow enough */
	bool varies;       /* contradictions: now in search of the idle time that it always outlives */
	uint32_t edge_rounds;
	uint32_t restarts; /* searches given up for their contradictions, before this one */
};

/* A search from the beginning. */
void nap_timer_search_init(
	struct nap_timer_search *s, const struct nap_timer_goal *goal, const struct nap_strategy *strategy);

/*
 * The idle times of the next round, at most NAP_ROUND; 0: the search is over and *f says how it ended. f's
 * bracket is the search's.
 */
uint32_t nap_timer_search_next(struct nap_timer_search *s, struct nap_finding *f, nap_time *out);

/* Both ends of the bracket again, in rising order. */
uint32_t nap_timer_search_repeat(
	const struct nap_timer_search *s, const struct nap_finding *f, nap_time *out);

/* Have verdicts contradicted each other, and nothing been concluded from it yet? */
bool nap_timer_search_doubtful(const struct nap_timer_search *s, const struct nap_finding *f);

/* Begin anew: what contradicted itself may have been the boxes' lack of room, or a restart. */
void nap_timer_search_restart(struct nap_timer_search *s, struct nap_finding *f);

/*
 * All flows under way have been ended, by a restart of a box or the like; what has been seen of deaths may have been that, if it is to
 * be forgotten. What lived, lived.
 */
void nap_timer_search_cut(struct nap_timer_search *s, struct nap_finding *f, bool forget);

/*
 * May the longer candidates of the round under way begin later, each by the strategy's share, and be chosen anew when the
 * width has changed? Only while nothing is known to die.
 */
bool nap_timer_search_staggers(const struct nap_timer_search *s, const struct nap_finding *f);

/* A verdict: alive after an idle time. */
void nap_timer_search_alive(struct nap_timer_search *s, struct nap_finding *f, nap_time idle);

/*
 * A verdict: dead after idle; aim is the idle time asked for, error the chance that it was loss. Returns the idle time
 * from which on trials under way, and those to come, are of no more use.
 */
nap_time nap_timer_search_dead(
	struct nap_timer_search *s, struct nap_finding *f, nap_time aim, nap_time idle, double error);

#endif
