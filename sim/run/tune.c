/* SPDX-License-Identifier: BSD-2-Clause */
/* The whole of a tuning: search, then proof on runs that the search has not seen. */
#include "run/tune.h"

#include <math.h>

#include <glib.h>

#define TRIES 8 /* points that are run anew before the search gives up */
#define FIRST_SHARE                                                                                          \
	0.5 /* of the allowed error, for the first of them; the next have this share of the rest */
#define STRICTER                                                                                             \
	0.1 /* the search asks for so much less error than the proof, which it would fail half the time */

/* The share of the allowed error that try number i has. */
static double share_of_try(uint32_t i)
{
	double rest = 1.0;

	while (i-- > 0)
		rest *= 1.0 - FIRST_SHARE;
	return rest * FIRST_SHARE;
}

/*
 * What holds for all tries together. What was kept in all n runs of a try, and is not in a share q of runs, is named with
 * (1 - q)^n and then missed with q: at most 1 / (e (n + 1)), whatever q, for each try.
 */
static double violation_of(const struct nap_tune_verdict *v, uint32_t try)
{
	double seen = (v->doubt - v->unseen) / share_of_try(try), tries = (try + 1.0) / 2.718281828459045;

	return fmin(1.0, seen + v->unseen * fmax(1.0, tries));
}

/* Run the point anew; true unless interrupted. */
static bool prove(struct nap_tune *t, struct nap_tune_point *p, bool *proved)
{
	g_autofree struct nap_tune_run *run = g_new0(struct nap_tune_run, t->most);
	struct nap_tune_rule rule = t->rule;
	struct nap_tune_ask ask = { .first = t->most * (t->tries + 1), .count = t->most, .run = run };

	for (uint32_t k = 0; k < t->space.axes; k++)
		ask.at[k] = p->at[k];
	if (!t->evaluate(t->ctx, &ask, 1))
		return false;
	t->runs += t->most;
	rule.accept = (1.0 - t->confidence) * share_of_try(t->tries);
	t->confirmed = nap_tune_judge(&rule, run, t->most, t->most);
	t->confirmed_runs = t->most;
	*proved = t->confirmed.meets;
	t->violation = violation_of(&t->confirmed, t->tries);
	t->tries++;
	p->refuted = *proved ? 0 : t->tries;
	return true;
}

/* Search and prove until a point stands, or none is left. */
static bool search_and_prove(struct nap_tune *t)
{
	bool proved = false;

	while (nap_tune_search(t)) {
		t->named = nap_tune_choose(&t->rule, t->point, t->n_points);
		if (t->named < 0)
			return true;
		if (t->rule.certain || !t->confirm) {
			t->confirmed = t->point[t->named].verdict;
			t->confirmed_runs = t->point[t->named].n;
			t->violation = t->confirmed.doubt;
			return true;
		}
		if (!prove(t, &t->point[t->named], &proved))
			return false;
		if (proved)
			return true;
		t->named = -1;
		if (t->tries == TRIES)
			return true;
	}
	return false;
}

bool nap_tune_run(struct nap_tune *t)
{
	bool done;

	t->named = t->nearest = -1;
	t->rule.accept = t->confirm ? (1.0 - t->confidence) * STRICTER : 1.0;
	done = search_and_prove(t);
	if (done && t->named >= 0)
		t->better = nap_tune_better(&t->rule, t->point, t->n_points, t->named);
	else if (done)
		t->nearest = nap_tune_nearest(t->point, t->n_points);
	return done;
}

void nap_tune_clear(struct nap_tune *t)
{
	for (uint32_t i = 0; i < t->n_points; i++)
		g_free(t->point[i].run);
	g_free(t->point);
	t->point = NULL;
	t->n_points = 0;
}
