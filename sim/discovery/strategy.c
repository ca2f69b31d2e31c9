/* SPDX-License-Identifier: BSD-2-Clause */
#include "discovery/strategy.h"

#include <string.h>

#include <glib.h>

#include "kernel/fmath.h"

static nap_time middle(const struct nap_bracket *b)
{
	return b->alive + (b->dead - b->alive) / 2;
}

/* Double until it dies, then halve the bracket: one flow at a time, the fewest packets. */
static uint32_t next_bisect(const struct nap_timer_goal *goal, const struct nap_bracket *b, nap_time *out)
{
	if (b->dead != NAP_NEVER)
		out[0] = middle(b);
	else if (!b->alive)
		out[0] = goal->first;
	else
		out[0] = nap_time_min(goal->most, 2 * b->alive);
	return 1;
}

/* Timers that people set, s: a first look just below and just above one of them often ends the search. */
static const uint32_t usual[] = { 10, 15, 20, 30, 45, 60, 90, 100, 120, 150, 180, 200, 240, 300, 350, 400,
	600, 900, 1200, 1800, 3600, 4200, 5400, 7200, 7440, 7680, 10800, 14400, 28800, 43200, 86400, 432000 };

enum { USUALS = sizeof(usual) / sizeof(usual[0]) };

/*
 * The grid. A flow for each candidate, all in one wave: the flow that is to be idle for c begins STAGGER * c after the
 * first, so that the answer comes little later than the timer's own length while of all candidates only
 * those within a factor of 10 have their flows open at once, and those beyond the timer are never begun.
 */
#define STAGGER  0.12
#define WINDOW   (1.18 / STAGGER) /* with the random part of the beginning, a share of c too */
#define DENSE    10               /* usual values in such a factor, at most */
#define TWINS    2                /* of each rung at least, in a wave as fine as the resolution */
#define BORNE    3                /* of those beside usual values there */
#define FINEST   1.01             /* ratio of two rungs */
#define COARSEST 3.0
#define SHORT                                                                                                \
	(30 * NAP_S) /* a second wave would take longer than it saves flows: steps of the resolution at once, */
#define SHORT_TWINS 2   /* each tried so often, */
#define MANY        128 /* where there is room for so many */

struct ladder {
	const struct nap_timer_goal *goal;
	nap_time lo, hi;  /* candidates lie strictly between, or at goal->most */
	uint32_t copies;  /* of those beside a usual value; 0: no regard to such */
	uint32_t singles; /* of the others */
	double ratio;     /* from one candidate to the next at most, 1: equal steps, */
	nap_time gap;     /* unless this is more */
	nap_time *out;
	uint32_t n;
};

/* Half the distance of the two candidates beside a usual value, such that the bracket is narrow enough when dead is late by the blur. */
static nap_time beside(const struct nap_timer_goal *goal)
{
	nap_time width = goal->resolution;

	return nap_time_max(nap_time_max(width - goal->blur, width / 4) * 2 / 5, 1);
}

static void put(struct ladder *l, nap_time idle, uint32_t copies)
{
	for (uint32_t i = 0; i < copies && l->n < NAP_STRATEGY_WIDTH; i++)
		l->out[l->n++] = idle;
}

/* How far apart candidates may be such that the bracket between two is narrow enough when dead is late by the blur. */
static nap_time finest_gap(const struct nap_timer_goal *goal)
{
	nap_time fine = goal->resolution;

	return nap_time_max(nap_time_max((fine - goal->blur) * 9 / 10, fine / 4), 2);
}

/* Candidates between two others, none of them included: in equal steps, or in growing ones. */
static void fill(struct ladder *l, nap_time from, nap_time to)
{
	nap_time parts = (to - from + l->gap - 1) / l->gap, t = from;

	if (l->ratio <= 1) {
		for (nap_time i = 1; i < parts; i++)
			put(l, from + (nap_time)((double)(to - from) / (double)parts * (double)i),
				l->singles);
		return;
	}
	for (;;) {
		bool near = t <= SHORT && l->goal->width >= MANY;
		nap_time step = near ? finest_gap(l->goal)
				     : nap_time_max(l->gap, (nap_time)((double)t * (l->ratio - 1)));

		t += step;
		if (t + step / 2 >= to)
			return;
		put(l, t, near ? MAX(l->singles, SHORT_TWINS) : l->singles);
	}
}

static uint32_t climb(struct ladder *l)
{
	nap_time last = l->lo, near = beside(l->goal);

	for (uint32_t i = 0; i < USUALS && l->copies; i++) {
		nap_time v = usual[i] * NAP_S;

		if (v - near > last && v - near < l->hi) {
			fill(l, last, v - near);
			last = v - near;
			put(l, last, l->copies);
		}
		if (v + near > last && v + near < l->hi) {
			fill(l, last, v + near);
			last = v + near;
			put(l, last, l->copies);
		}
	}
	fill(l, last, l->hi);
	return l->n;
}

/* How many times each rung of a ladder in steps of the gap may be tried, up to its end, with no more flows open at once than the width. */
static uint32_t twins_that_fit(const struct ladder *l)
{
	double all = (double)(l->hi - l->lo) / (double)l->gap, at_once = all * (1 - 1 / WINDOW);
	uint32_t width = l->goal->width - MIN(l->goal->width, BORNE * 2 * DENSE), n;

	n = (uint32_t)MIN(width / (at_once + 2 * DENSE), /* each usual value adds a rung, by rounding */
		(NAP_STRATEGY_WIDTH - BORNE * 2 * USUALS) / (all + 2 * USUALS));
	return n >= TWINS ? MIN(n, l->goal->repeats + 1) : 0;
}

/*
 * Nothing is known to die yet. Where there is room, steps of the resolution, each rung so often that it and its neighbours bear a
 * finding out: any value is found in one wave. Else usual values with as many copies as there is room for, a ladder between them.
 */
static uint32_t first_wave(const struct nap_timer_goal *goal, const struct nap_bracket *b, nap_time *out)
{
	struct ladder l = {
		.goal = goal, .lo = b->alive, .hi = goal->most, .gap = finest_gap(goal), .out = out
	};
	uint32_t twins = twins_that_fit(&l);

	l.ratio = 1;
	l.singles = MAX(twins, 1);
	l.copies = MAX(twins, BORNE);
	if (!twins) { /* one to spare: a trial may be late and say nothing here */
		uint32_t rungs;

		l.copies = MIN(goal->repeats + 2, goal->width * 7 / 8 / (2 * DENSE));
		rungs = MAX(goal->width / 4, goal->width - MIN(goal->width, l.copies * 2 * DENSE));
		l.ratio = nap_exp(nap_log(WINDOW) / rungs);
		l.ratio = CLAMP(l.ratio, FINEST, COARSEST);
		l.gap = goal->resolution;
	}
	if (!b->alive) {
		put(&l, goal->first, 1);
		l.lo = goal->first;
	}
	climb(&l);
	if (l.n == NAP_STRATEGY_WIDTH)
		l.n--;
	put(&l, goal->most, 1);
	return l.n;
}

/* Usual values inside of a bracket. */
static uint32_t usual_inside(const struct nap_bracket *b)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < USUALS; i++)
		n += usual[i] * NAP_S > b->alive && usual[i] * NAP_S < b->dead;
	return n;
}

/*
 * The bracket in equal parts, as fine as asked for and as the width allows; if it can be, twice as fine, so that neighbours
 * bear each other out, or each several times.
 */
static uint32_t cut(const struct nap_timer_goal *goal, const struct nap_bracket *b, nap_time *out)
{
	nap_time span = b->dead - b->alive, fine = finest_gap(goal);
	struct ladder l = {
		.goal = goal, .lo = b->alive, .hi = b->dead, .singles = 1, .ratio = 1, .out = out
	};

	l.gap = nap_time_max(fine, span / ((nap_time)goal->width + 1));
	if (l.gap >
		fine) { /* not enough flows: it will take another round, unless the value is a usual one */
		l.copies = goal->width >= 8 || 2 * usual_inside(b) <= goal->width;
	} else if (2 * span / fine < goal->width) {
		l.gap = fine / 2;
		l.singles = MIN(goal->repeats + 1, goal->width / (uint32_t)(2 * span / fine + 1));
	}
	if (!climb(&l))
		put(&l, middle(b), l.singles);
	return l.n;
}

static uint32_t next_grid(const struct nap_timer_goal *goal, const struct nap_bracket *b, nap_time *out)
{
	return b->dead == NAP_NEVER ? first_wave(goal, b, out) : cut(goal, b, out);
}

/* Values on which the next trial has something to say: those whose neighbourhood the bracket has not excluded. */
static bool open_value(const struct nap_timer_goal *goal, const struct nap_bracket *b, nap_time v)
{
	nap_time near = goal->resolution / 2;

	return v <= goal->most && (v - near > b->alive || v + near / 2 < b->dead) && v > b->alive &&
	       v < b->dead;
}

/*
 * One flow at a time, guided by what timers usually are and by what a trial costs, which is its idle time: take the
 * usual value a third up among those still possible and look just below it, then just above.
 */
static uint32_t next_adaptive(const struct nap_timer_goal *goal, const struct nap_bracket *b, nap_time *out)
{
	nap_time value[USUALS];
	uint32_t n = 0;

	for (uint32_t i = 0; i < USUALS; i++) {
		nap_time v = usual[i] * NAP_S;

		if (open_value(goal, b, v))
			value[n++] = v;
	}
	if (n) {
		nap_time v = value[n / 3], near = nap_time_max(goal->resolution * 2 / 5, 1);

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
	"double the idle time until the flow dies, then halve the bracket; one flow at a time", 0,
	next_bisect };
static const struct nap_strategy grid = { "grid",
	"one flow for each candidate, all in one wave; about the timer's own length, least elapsed time",
	STAGGER, next_grid };
static const struct nap_strategy adaptive = { "adaptive",
	"one flow at a time; looks around the values that timers usually have, short ones first", 0,
	next_adaptive };

const struct nap_strategy *const nap_strategies[] = { &grid, &bisect, &adaptive, NULL };

const struct nap_strategy *nap_strategy_find(const char *name)
{
	for (uint32_t i = 0; nap_strategies[i]; i++)
		if (!strcmp(nap_strategies[i]->name, name))
			return nap_strategies[i];
	return NULL;
}

bool nap_bracket_done(const struct nap_timer_goal *goal, const struct nap_bracket *b)
{
	return b->alive >= goal->most || (b->dead != NAP_NEVER && b->dead - b->alive <= goal->resolution);
}

bool nap_bracket_alive(struct nap_bracket *b, nap_time idle)
{
	bool fits = idle < b->dead;

	if (idle > b->alive)
		b->alive = idle;
	if (!fits)
		b->dead = NAP_NEVER;
	return fits;
}

bool nap_bracket_dead(struct nap_bracket *b, nap_time idle)
{
	bool fits = idle > b->alive;

	if (idle < b->dead)
		b->dead = idle;
	if (!fits)
		b->alive = 0;
	return fits;
}

nap_time nap_bracket_round(const struct nap_bracket *b)
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
