/* SPDX-License-Identifier: BSD-2-Clause */
#include "discovery/search.h"

#include <string.h>

#include "kernel/fmath.h"

nap_time nap_search_resolution(const struct nap_search_goal *goal, nap_time alive)
{
	return nap_time_max(goal->resolution, (nap_time)(goal->relative * (double)alive));
}

static nap_time middle(const struct nap_bracket *b)
{
	return b->alive + (b->dead - b->alive) / 2;
}

/* Double until it dies, then halve the bracket: one flow at a time, the fewest packets. */
static uint32_t next_bisect(const struct nap_search_goal *goal, const struct nap_bracket *b, nap_time *out)
{
	if (b->dead != NAP_NEVER)
		out[0] = middle(b);
	else if (!b->alive)
		out[0] = goal->first;
	else
		out[0] = nap_time_min(goal->most, 2 * b->alive);
	return 1;
}

/* Grid in equal ratios from lo to hi, both included when n > 1. */
static uint32_t ratios(nap_time lo, nap_time hi, uint32_t n, nap_time *out)
{
	double step = n > 1 ? nap_log((double)hi / (double)lo) / (n - 1) : 0;

	for (uint32_t i = 0; i < n; i++)
		out[i] = (nap_time)((double)lo * nap_exp(step * i));
	out[n - 1] = hi;
	return n;
}

/*
 * All candidates at once, a flow each. The trials end in rising order, and the first silence calls
 * the longer ones off, so a round lasts little longer than the timer itself.
 */
static uint32_t next_grid(const struct nap_search_goal *goal, const struct nap_bracket *b, nap_time *out)
{
	uint32_t n = goal->width;
	nap_time gap, fine = nap_search_resolution(goal, b->alive) / 4;

	if (b->dead == NAP_NEVER) {
		nap_time lo = b->alive ? b->alive + goal->resolution : goal->first;

		return lo >= goal->most || n == 1 ? ratios(goal->most, goal->most, 1, out)
						  : ratios(lo, goal->most, n, out);
	}
	gap = (b->dead - b->alive) / (n + 1);
	if (gap < fine) { /* no use in cutting finer than asked for */
		gap = nap_time_max(1, fine);
		n = (uint32_t)nap_time_max(1, nap_time_min(n, (b->dead - b->alive) / gap - 1));
		gap = (b->dead - b->alive) / (n + 1);
	}
	for (uint32_t i = 0; i < n; i++)
		out[i] = b->alive + gap * (i + 1);
	return n;
}

/* Timers that people set, s: a first look just below and just above one of them often ends the search. */
static const uint32_t usual[] = { 10, 15, 20, 30, 45, 60, 90, 100, 120, 150, 180, 240, 300, 350, 400, 600,
	900, 1200, 1800, 3600, 4200, 5400, 7200, 7440, 10800, 14400, 28800, 43200, 86400, 432000 };

#define USUALS (sizeof(usual) / sizeof(usual[0]))

/* Values on which the next trial has something to say: those whose neighbourhood the bracket has not excluded. */
static bool open_value(const struct nap_search_goal *goal, const struct nap_bracket *b, nap_time v)
{
	nap_time near = nap_search_resolution(goal, v) / 2;

	return v <= goal->most && (v - near > b->alive || v + near / 2 < b->dead) && v > b->alive &&
	       v < b->dead;
}

/*
 * One flow at a time, guided by what timers usually are and by what a trial costs, which is its idle time: take the
 * usual value a third up among those still possible and look just below it, then just above.
 */
static uint32_t next_adaptive(const struct nap_search_goal *goal, const struct nap_bracket *b, nap_time *out)
{
	nap_time value[USUALS];
	uint32_t n = 0;

	for (uint32_t i = 0; i < USUALS; i++) {
		nap_time v = usual[i] * NAP_S;

		if (open_value(goal, b, v))
			value[n++] = v;
	}
	if (n) {
		nap_time v = value[n / 3], near = nap_time_max(nap_search_resolution(goal, v) * 2 / 5, 1);

		if (v - near > b->alive) {
			out[0] = v - near;
			return 1;
		}
		if (v + near < b->dead) {
			out[0] = nap_time_min(goal->most, v + near);
			return 1;
		}
	}
	if (b->dead == NAP_NEVER)
		out[0] = b->alive ? nap_time_min(goal->most, 2 * b->alive) : goal->first;
	else /* below the middle: the shorter half costs less to look at */
		out[0] = b->alive + (nap_time)((double)(b->dead - b->alive) * 0.4);
	return 1;
}

static const struct nap_strategy bisect = { "bisect",
	"double the idle time until the flow dies, then halve the bracket; one flow at a time", next_bisect };
static const struct nap_strategy grid = { "grid",
	"one flow for each candidate, all at once; least elapsed time", next_grid };
static const struct nap_strategy adaptive = { "adaptive",
	"one flow at a time; looks around the values that timers usually have, short ones first",
	next_adaptive };

const struct nap_strategy *const nap_strategies[] = { &grid, &bisect, &adaptive, NULL };

const struct nap_strategy *nap_strategy_find(const char *name)
{
	for (uint32_t i = 0; nap_strategies[i]; i++)
		if (!strcmp(nap_strategies[i]->name, name))
			return nap_strategies[i];
	return NULL;
}

bool nap_search_done(const struct nap_search_goal *goal, const struct nap_bracket *b)
{
	return b->alive >= goal->most ||
	       (b->dead != NAP_NEVER && b->dead - b->alive <= nap_search_resolution(goal, b->alive));
}

bool nap_search_alive(struct nap_bracket *b, nap_time idle)
{
	bool fits = idle < b->dead;

	if (idle > b->alive)
		b->alive = idle;
	if (!fits)
		b->dead = NAP_NEVER;
	return fits;
}

bool nap_search_dead(struct nap_bracket *b, nap_time idle)
{
	bool fits = idle > b->alive;

	if (idle < b->dead)
		b->dead = idle;
	if (!fits)
		b->alive = 0;
	return fits;
}

nap_time nap_search_round(const struct nap_bracket *b)
{
	static const nap_time unit[] = { NAP_DAY, NAP_H, 30 * NAP_MIN, 10 * NAP_MIN, NAP_MIN, 30 * NAP_S,
		10 * NAP_S, 5 * NAP_S, NAP_S, 500 * NAP_MS, 100 * NAP_MS, 10 * NAP_MS, NAP_MS, 1 };

	for (uint32_t i = 0; i < sizeof(unit) / sizeof(unit[0]); i++) {
		nap_time t = (middle(b) + unit[i] / 2) / unit[i] * unit[i];

		if (t > b->alive && t <= b->dead)
			return t;
	}
	return middle(b);
}
