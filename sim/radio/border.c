/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A border is a change of distribution at an unknown place, whose likelihood is known at each place once the levels are.
 * Between two sharp steps the share of answers as in the level before stays the same; over a timer that runs out now here,
 * now there it falls from all to none. The likelihoods of both shapes, and of a single step, decide.
 */
#include "radio/border.h"

#include <glib.h>
#include <math.h>

#include "kernel/fmath.h"

#define DROP                                                                                                 \
	9.2 /* log likelihood: a place less likely than a ten-thousandth of the best is outside the interval */
#define GROUP   4    /* probes that may vote on an idle time */
#define PLACES  64   /* at most, at which a stretch of two levels may begin or end */
#define SHARES  9    /* 0.1, 0.2 ... 0.9 */
#define FEWEST  16   /* probes of a stretch that is a state */
#define STRAY   0.03 /* share of probes that another state answers now and then: they make no stretch */
#define DECIDED 5.0  /* log likelihood by which a state must be better than a smear */
#define CLEAR   10.0 /* ... a smear than one step, and a state that ends before the probes of both levels do */

double cut_density(const struct cut *c, const struct nap_rrc_probe *p)
{
	double own = level_density(&c->level, p), before;

	if (c->before <= 0.0)
		return own;
	before = level_density(&c[-1].level, p);
	return nap_log(c->before * nap_exp(before) + (1.0 - c->before) * nap_exp(own));
}

static size_t next_idle(const struct nap_rrc_probe *p, size_t i, size_t end)
{
	size_t j = i + 1;

	while (j < end && p[j].idle <= p[i].idle + 1e-9)
		j++;
	return j;
}

/* The first idle time of a smear at which three quarters of the probes find the later level; few are taken with their neighbours. */
static double most_found(const struct nap_rrc_probe *p, const struct cut *c, double otherwise)
{
	for (size_t i = c[0].first, j, end; i < c[1].end; i = j) {
		size_t late = 0, here = 0;

		j = next_idle(p, i, c[1].end);
		if (p[i].idle < c[1].smear_from - 1e-9 || p[i].idle > c[1].smear_to + 1e-9)
			continue;
		end = MIN(MAX(j, i + GROUP), c[1].end);
		for (size_t k = i; k < end; k++) {
			bool found = cut_density(&c[1], &p[k]) > cut_density(&c[0], &p[k]);

			late += found ? 1 : 0;
			here += found && k < j ? 1 : 0;
		}
		if (4 * late >= 3 * (end - i) && 4 * here >= 3 * (j - i))
			return p[i].idle;
	}
	return otherwise;
}

struct nap_estimate border_find(const struct nap_rrc_probe *p, const struct cut *c)
{
	struct nap_estimate e = { p[c[1].first].idle, -1.0, -1.0 };
	double best = -INFINITY;

	for (unsigned pass = 0; pass < 2; pass++) {
		double ll = 0.0, previous = p[c[0].first].idle;

		/* ll: of the probes before i in the earlier level, less that of the same in the later one */
		for (size_t i = c[0].first, j; i < c[1].end; i = j) {
			j = next_idle(p, i, c[1].end);
			if (pass == 0 && i > c[0].first && ll > best) {
				best = ll;
				e.value = p[i].idle;
			}
			if (pass == 1 && i > c[0].first && ll > best - DROP) {
				e.lo = e.lo < 0.0 ? previous : e.lo;
				e.hi = p[i].idle;
			}
			previous = p[i].idle;
			for (size_t k = i; k < j; k++)
				ll += cut_density(&c[0], &p[k]) - cut_density(&c[1], &p[k]);
		}
	}
	if (c[1].smeared) {
		e.value = most_found(p, c, e.value);
		e.lo = fmin(e.lo, c[1].smear_from);
		e.hi = fmax(e.hi, c[1].smear_to);
	}
	return e;
}

/* ---- stretches of two levels ------------------------------------------------------------------------------------------------- */

/* Two cuts' probes as each level has them. */
struct blend {
	const struct nap_rrc_probe *p;
	size_t first, n;
	double *early, *late; /* densities of A and B; n each */
	size_t place[PLACES + 1];
	unsigned places;
	double early_sum[PLACES + 1],
		late_sum[PLACES + 1]; /* log likelihood of the probes before each place */
	double share_sum[SHARES][PLACES + 1];
};

static double share_of(unsigned k)
{
	return (k + 1) / (SHARES + 1.0);
}

/* Places are where the idle time changes; of many, some. */
static void choose_places(struct blend *b)
{
	size_t kinds = 0, taken = 0;

	for (size_t i = 0; i < b->n; i = next_idle(b->p, i, b->n))
		kinds++;
	b->places = 0;
	for (size_t i = 0; i < b->n; i = next_idle(b->p, i, b->n), taken++)
		if (b->places < PLACES && taken * PLACES >= b->places * kinds)
			b->place[b->places++] = i;
	b->place[b->places] = b->n;
}

static void add_up(struct blend *b)
{
	double early = 0.0, late = 0.0, shares[SHARES] = { 0.0 };

	for (unsigned x = 0; x <= b->places; x++) {
		b->early_sum[x] = early;
		b->late_sum[x] = late;
		for (unsigned k = 0; k < SHARES; k++)
			b->share_sum[k][x] = shares[k];
		for (size_t i = b->place[x]; x < b->places && i < b->place[x + 1]; i++) {
			early += nap_log(b->early[i]);
			late += nap_log(b->late[i]);
			for (unsigned k = 0; k < SHARES; k++)
				shares[k] +=
					nap_log(share_of(k) * b->early[i] + (1.0 - share_of(k)) * b->late[i]);
		}
	}
}

/* Log likelihood of the stretch between two places, when the share of B grows from none to all over it. */
static double ramp(const struct blend *b, unsigned x, unsigned y)
{
	double from = b->p[b->place[x]].idle, to = b->p[b->place[y] - 1].idle, ll = 0.0;

	for (size_t i = b->place[x]; i < b->place[y]; i++) {
		double late = to > from ? (b->p[i].idle - from) / (to - from) : 0.5;

		ll += nap_log((1.0 - late) * b->early[i] + late * b->late[i]);
	}
	return ll;
}

struct stretch {
	unsigned from, to; /* places */
	double ll, before;
};

/* A single step, at the best of all idle times: at one of few places it would leave probes on the wrong side. */
static double best_step(const struct blend *b)
{
	double ll = b->late_sum[b->places], best = ll;

	for (size_t i = 0, j; i < b->n; i = j) {
		for (j = next_idle(b->p, i, b->n); i < j; i++)
			ll += nap_log(b->early[i]) - nap_log(b->late[i]);
		best = fmax(best, ll);
	}
	return best;
}

static void better(struct stretch *best, unsigned from, unsigned to, double ll, double before)
{
	if (ll > best->ll)
		*best = (struct stretch){ from, to, ll, before };
}

static struct mixed decide(const struct blend *b, const struct stretch *step, const struct stretch *grows,
	const struct stretch *stays, double least_s)
{
	const struct stretch *shape = grows->ll > stays->ll ? grows : stays;
	struct mixed m = { MIXING_NONE, b->first + b->place[shape->from], b->first + b->place[shape->to],
		shape->before };
	double length = b->p[b->place[stays->to] - 1].idle - b->p[b->place[stays->from]].idle;

	if (shape->ll < step->ll + CLEAR)
		return m;
	m.kind = stays->ll > grows->ll + DECIDED && length >= least_s &&
				 b->place[stays->to] - b->place[stays->from] >= FEWEST
			 ? MIXING_STATE
			 : MIXING_SMEAR;
	return m;
}

static struct mixed compare(const struct blend *b, double least_s)
{
	struct stretch step = { 0, 0, -INFINITY, 0.0 }, grows = step, stays = step, to_end = step;
	double all = b->late_sum[b->places];

	step.ll = best_step(b);
	for (unsigned x = 0; x <= b->places; x++) {
		double outside;

		for (unsigned y = x + 1; y <= b->places; y++) {
			outside = b->early_sum[x] + all - b->late_sum[y];
			better(&grows, x, y, outside + ramp(b, x, y), 0.5);
			for (unsigned k = 0; k < SHARES; k++)
				better(y < b->places ? &stays : &to_end, x, y,
					outside + b->share_sum[k][y] - b->share_sum[k][x], share_of(k));
		}
	}
	if (stays.ll < to_end.ll + CLEAR)
		stays = to_end;
	return decide(b, &step, &grows, &stays, least_s);
}

struct mixed border_mixed(const struct nap_rrc_probe *p, const struct cut *c)
{
	struct blend b = { .p = p + c[0].first, .first = c[0].first, .n = c[1].end - c[0].first };
	/* as a cycle, a state must have been seen to turn: within one turn waits look like answers by turns */
	double least_s = 1.5 * fmax(c[0].level.cycle, c[1].level.cycle);
	struct mixed m;

	b.early = g_new(double, 2 * b.n);
	b.late = b.early + b.n;
	for (size_t i = 0; i < b.n; i++) {
		double early = nap_exp(cut_density(&c[0], &b.p[i]));
		double late = nap_exp(level_density(&c[1].level, &b.p[i]));

		b.early[i] = (1.0 - STRAY) * early + STRAY * late;
		b.late[i] = (1.0 - STRAY) * late + STRAY * early;
	}
	choose_places(&b);
	add_up(&b);
	m = compare(&b, least_s);
	g_free(b.early);
	return m;
}
