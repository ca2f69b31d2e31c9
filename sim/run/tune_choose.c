/* SPDX-License-Identifier: BSD-2-Clause */
/* Which of the points there are is named: the one rule of natnap tune and natnap run. */
#include <math.h>

#include <glib.h>

#include "run/tune.h"
#include "stats/tails.h"

#define UNDECIDED                                                                                            \
	0.02275 /* chance above two standard errors of a normal variable: of a difference that may be none */

struct nap_tune_gap nap_tune_compare(
	const struct nap_tune_point *a, const struct nap_tune_point *b, double share)
{
	struct nap_tune_gap g = { 0.0, (double)NAN, 0.0, MIN(a->n, b->n) };
	double squares = 0.0;

	for (uint32_t i = 0; i < g.n; i++) {
		g.of += a->run[i].cost / g.n;
		g.mean += (b->run[i].cost - share * a->run[i].cost) / g.n;
	}
	for (uint32_t i = 0; i < g.n; i++) {
		double off = b->run[i].cost - share * a->run[i].cost - g.mean;

		squares += off * off;
	}
	if (g.n > 1)
		g.error = sqrt(squares / (g.n - 1.0) / g.n);
	return g;
}

bool nap_tune_decided(const struct nap_tune_gap *g, double off)
{
	return !(g->error > 0.0) || nap_student_above(fabs(off) / g->error, g->n - 1.0) < UNDECIDED;
}

static double packets_of(const struct nap_tune_point *p, uint32_t n)
{
	double sum = 0.0;

	for (uint32_t i = 0; i < n; i++)
		sum += p->run[i].packets;
	return sum / n;
}

/* ---- margins ------------------------------------------------------------------------------------------------------------ */

/* Do a and b differ on this axis alone? */
static bool on_line(const struct nap_tune_space *space, const struct nap_tune_point *a,
	const struct nap_tune_point *b, uint32_t axis)
{
	for (uint32_t k = 0; k < space->axes; k++)
		if (k != axis && a->at[k] != b->at[k])
			return false;
	return true;
}

static bool fails(const struct nap_tune_point *p)
{
	return !p->verdict.meets || p->refuted;
}

bool nap_tune_cliff(const struct nap_tune_space *space, const struct nap_tune_point *point, uint32_t n,
	int from, uint32_t axis, uint32_t *last_good, uint32_t *first_bad)
{
	const struct nap_tune_point *p = &point[from];
	uint32_t bad = UINT32_MAX, good = p->at[axis];

	for (uint32_t i = 0; i < n; i++)
		if (on_line(space, &point[i], p, axis) && point[i].at[axis] > p->at[axis] && fails(&point[i]))
			bad = MIN(bad, point[i].at[axis]);
	for (uint32_t i = 0; i < n; i++)
		if (on_line(space, &point[i], p, axis) && point[i].at[axis] < bad)
			good = MAX(good, point[i].at[axis]);
	*last_good = good;
	*first_bad = bad;
	return bad != UINT32_MAX;
}

/* The value that a margin is kept below. */
static double edge_of(const struct nap_tune_axis *a, uint32_t first_bad)
{
	return (double)a->value[a->dense && first_bad > 0 ? first_bad - 1 : first_bad];
}

/* Is a refuted point so near on an axis? */
static bool is_around_refuted(const struct nap_tune_space *space, const struct nap_tune_point *point,
	uint32_t n, const struct nap_tune_point *p, uint32_t axis)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t a = point[i].at[axis], b = p->at[axis];

		if (on_line(space, &point[i], p, axis) &&
			(a > b ? a - b : b - a) < nap_tune_around(&point[i]))
			return true;
	}
	return false;
}

void nap_tune_keep_clear(const struct nap_tune_space *space, struct nap_tune_point *point, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct nap_tune_point *p = &point[i];

		p->near_cliff = false;
		for (uint32_t k = 0; k < space->axes; k++) {
			const struct nap_tune_axis *a = &space->axis[k];
			uint32_t good, bad;

			if (a->margin > 0.0 && nap_tune_cliff(space, point, n, (int)i, k, &good, &bad))
				p->near_cliff |=
					(double)a->value[p->at[k]] > edge_of(a, bad) * (1.0 - a->margin);
			p->near_cliff |= is_around_refuted(space, point, n, p, k);
		}
	}
}

/* ---- choice ------------------------------------------------------------------------------------------------------------- */

/* Is b cheaper than a, or as cheap with fewer packets, or the same with a larger first value? */
static bool beats(
	const struct nap_tune_rule *rule, const struct nap_tune_point *a, const struct nap_tune_point *b)
{
	struct nap_tune_gap g = nap_tune_compare(a, b, 1.0);
	double of_a = packets_of(a, g.n), of_b = packets_of(b, g.n);

	if (fabs(g.mean) > rule->tie * fabs(g.of) && nap_tune_decided(&g, g.mean))
		return g.mean < 0.0;
	if (fabs(g.mean) > rule->better * fabs(g.of)) /* unsure, and of some weight */
		return g.mean < 0.0;
	if (fabs(of_a - of_b) > rule->tie * of_a)
		return of_b < of_a;
	return b->at[0] > a->at[0];
}

int nap_tune_choose(const struct nap_tune_rule *rule, const struct nap_tune_point *point, uint32_t n)
{
	int best = -1;

	for (uint32_t i = 0; i < n; i++)
		if (nap_tune_may_name(&point[i]) && (best < 0 || beats(rule, &point[best], &point[i])))
			best = (int)i;
	return best;
}

/* Does b miss the targets by less than a, or by as much at a smaller first value? */
static bool is_nearer(const struct nap_tune_point *a, const struct nap_tune_point *b)
{
	if (a->verdict.shortfall != b->verdict.shortfall)
		return b->verdict.shortfall < a->verdict.shortfall;
	if (a->verdict.meets != b->verdict.meets)
		return b->verdict.meets;
	return b->at[0] < a->at[0];
}

int nap_tune_nearest(const struct nap_tune_point *point, uint32_t n)
{
	uint32_t best = 0;

	for (uint32_t i = 1; i < n; i++)
		if (is_nearer(&point[best], &point[i]))
			best = i;
	return (int)best;
}

double nap_tune_better(
	const struct nap_tune_rule *rule, const struct nap_tune_point *point, uint32_t n, int named)
{
	double most = 0.0;

	for (uint32_t i = 0; i < n; i++) {
		struct nap_tune_gap g;

		if ((int)i == named || !nap_tune_may_name(&point[i]))
			continue;
		g = nap_tune_compare(&point[named], &point[i], 1.0 - rule->better);
		if (!(g.error > 0.0)) /* without spread, or with one run */
			most = fmax(most, g.mean < 0.0 ? 1.0 : 0.0);
		else
			most = fmax(most, nap_student_above(g.mean / g.error, g.n - 1.0));
	}
	return most;
}
