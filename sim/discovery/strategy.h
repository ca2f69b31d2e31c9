/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Search for an idle timer: a bracket, and strategies that say which idle
 * times to try next. A strategy knows nothing but the bracket, so a search can be stopped and
 * taken up again anywhere.
 */
#ifndef NAP_DISCOVERY_STRATEGY_H
#define NAP_DISCOVERY_STRATEGY_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/time.h"

#define NAP_STRATEGY_WIDTH 2048 /* idle times of a round, at most */

/* The flow was alive after `alive` of idleness and dead after `dead`; 0 and NAP_NEVER: not known yet. */
struct nap_bracket {
	nap_time alive, dead;
};

struct nap_timer_goal {
	nap_time first; /* the first idle time to try */
	nap_time most;  /* no idle time beyond it is tried: a timer that outlives it is "more than most" */
	nap_time resolution; /* done when dead - alive is no more than this */
	uint32_t width;      /* flows that may be open at once, 1 .. NAP_STRATEGY_WIDTH */
	uint32_t repeats;    /* how often each end of the bracket should be confirmed */
	nap_time blur;  /* about how much longer than asked for a flow had been idle that is found dead */
	nap_time phase; /* trials begin up to so much later, at random */
};

struct nap_strategy {
	const char *name, *summary;
	double stagger; /* the trial of an idle time begins later than the round by this share of it */
	/*
	 * The idle times to try now, in rising order, inside the bracket; one that is to be tried by several flows
	 * comes as often. Writes up to NAP_STRATEGY_WIDTH and returns how many. Called when no trial of the
	 * search is under way and it is not done.
	 */
	uint32_t (*next)(const struct nap_timer_goal *goal, const struct nap_bracket *b, nap_time *out);
};

extern const struct nap_strategy *const nap_strategies[]; /* NULL-terminated; the first is the default */

/* The strategy of that name, NULL when there is none. */
const struct nap_strategy *nap_strategy_find(const char *name);

/* Is the bracket narrow enough, or the timer known to be beyond goal->most? */
bool nap_bracket_done(const struct nap_timer_goal *goal, const struct nap_bracket *b);

/*
 * Take a verdict into the bracket. One that contradicts it (alive beyond `dead`, dead below `alive`) re-opens it there
 * and returns false: the timer varies, or a silence was misjudged.
 */
bool nap_bracket_alive(struct nap_bracket *b, nap_time idle);
bool nap_bracket_dead(struct nap_bracket *b, nap_time idle);

/* The roundest time inside a bracket, as a person would have set it: 2 h rather than 1 h 59 min 58.7 s. */
nap_time nap_bracket_round(const struct nap_bracket *b);

#endif
