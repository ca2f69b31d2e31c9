/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/tune_trial.h"

#include <math.h>
#include <string.h>

#include "cli/progress.h"
#include "cli/run_job.h"
#include "text/input_error.h"

#define EQUAL       0.001 /* costs that differ by less are the same */
#define WORTH_WHILE 0.01  /* a neighbour that is cheaper by so much is of interest */

#define MOST   128 /* replications of a value, of one subscriber each */
#define FEWEST 20  /* where there are many subscribers */

/* ---- what was run is kept ---------------------------------------------------------------------------------------------------- */

/* What a member is known by: all that its scenario has of its own, and its first replication. */
static char *name_of(const struct nap_tune_trial *t, const uint32_t *at, uint32_t first)
{
	GString *s = g_string_new(NULL);

	g_string_append_printf(
		s, "%zu|%s|%s|%u", t->point, t->policy ? t->policy : "", t->bounds ? t->bounds : "", first);
	for (uint32_t k = 0; k < t->keys->n; k++)
		g_string_append_printf(
			s, "|%s=%" G_GINT64_FORMAT, t->keys->key[k].name, t->keys->lattice[k].value[at[k]]);
	return g_string_free(s, FALSE);
}

static struct nap_member *member_of(struct nap_tune_trial *t, const uint32_t *at, uint32_t first)
{
	g_autofree char *name = name_of(t, at, first);
	struct nap_member *m = g_hash_table_lookup(t->job->members, name);

	if (m)
		return m;
	m = g_new0(struct nap_member, 1);
	m->sc = nap_tune_scenario(t->job, t->point, t->policy, t->bounds, t->keys, at, &t->job->error);
	if (!m->sc) {
		g_free(m);
		return NULL;
	}
	g_hash_table_insert(t->job->members, g_steal_pointer(&name), m);
	return m;
}

/* Searches ask for runs from 0 on; a proof's, which begin further on, are a member of their own. */
static uint32_t beginning(const struct nap_tune_trial *t, const struct nap_tune_ask *ask)
{
	return ask->first < t->tune.most ? 0 : ask->first;
}

/* Run what is not there yet. */
static bool provide(struct nap_tune_trial *t, const struct nap_tune_ask *ask, uint32_t n)
{
	struct nap_tune_job *j = t->job;
	g_autofree struct nap_batch *batch = g_new0(struct nap_batch, n);
	g_autofree char *why = NULL;
	struct nap_progress progress;
	uint32_t batches = 0, which;
	bool done;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t begin = beginning(t, &ask[i]), end = ask[i].first + ask[i].count - begin;
		struct nap_member *m = member_of(t, ask[i].at, begin);

		if (!m)
			return false;
		if (m->n < end)
			batch[batches++] = (struct nap_batch){ m, begin + m->n, end - m->n };
	}
	nap_progress_begin(&progress); /* how many batches are to come nobody knows */
	j->ensemble.progress = nap_progress_show;
	j->ensemble.progress_ctx = &progress;
	done = batches == 0 || nap_ensemble_run(&j->ensemble, batch, batches, &why, &which);
	nap_progress_end(&progress);
	if (why)
		nap_fail(&j->error, "%s: %s", j->path, why);
	return done;
}

/* Replications as a search sees them. A nap_tune_evaluate_fn. */
static bool evaluate(void *ctx, const struct nap_tune_ask *ask, uint32_t n)
{
	struct nap_tune_trial *t = ctx;

	if (!provide(t, ask, n))
		return false;
	for (uint32_t i = 0; i < n; i++) {
		const struct nap_member *m = member_of(t, ask[i].at, beginning(t, &ask[i]));
		double value = t->keys->n > 0 ? (double)t->keys->lattice[0].value[ask[i].at[0]] : 0.0;

		for (uint32_t k = 0; k < ask[i].count; k++) {
			struct nap_tune_run *run = &ask[i].run[k];

			nap_tune_count(&t->goal, m->sc,
				&m->replication[ask[i].first - beginning(t, &ask[i]) + k], run);
			if (t->goal.value != NAP_TUNE_FREE)
				run->cost = t->goal.value == NAP_TUNE_LONG ? -value : value;
		}
	}
	return true;
}

/* ---- the search --------------------------------------------------------------------------------------------------------------- */

/* What seems to have nothing random in it has the same runs at both ends and in the middle? */
static bool is_certain(struct nap_tune_trial *trial, const struct nap_scenario *sc)
{
	struct nap_tune_run run[3][3];
	struct nap_tune_ask ask[3];

	if (!nap_tune_is_certain(sc))
		return false;
	for (uint32_t i = 0; i < 3; i++) {
		ask[i] = (struct nap_tune_ask){ .count = 3, .run = run[i] };
		for (uint32_t k = 0; k < trial->keys->n; k++)
			ask[i].at[k] = (uint32_t)((uint64_t)i * (trial->keys->lattice[k].n - 1) / 2);
	}
	trial->tune.most = 3;
	for (uint32_t i = 0; i < 3; i++) {
		if (!evaluate(trial, &ask[i], 1))
			return false;
		for (uint32_t k = 1; k < 3; k++)
			/* bit for bit: nothing stands between these numbers. NOLINTNEXTLINE(*-memory-comparison,cert-*) */
			if (memcmp(&run[i][0], &run[i][k], sizeof run[i][0]) != 0)
				return false;
	}
	return true;
}

/*
 * How many replications a point gets at first and at most. Thirty subscribers that may fail tell a share from one that is half as
 * large again (of the goal itself: its variants are seen by as many). What must never fail is believed to one in twenty
 * after twenty runs.
 */
static void plan_runs(struct nap_tune_trial *trial, const struct nap_scenario *sc)
{
	struct nap_tune *t = &trial->tune;
	const struct nap_tune_target *users = nap_tune_target_find(&t->rule, "users");
	double wrong = 1.0 - trial->job->goal.users, many = sc->general.subscribers;
	int asked = trial->job->options->replications;

	t->most = (uint32_t)fmax(FEWEST, MOST / many);
	if (users && users->kind == NAP_TUNE_UNITS && wrong > 0.0)
		t->most = (uint32_t)CLAMP(30.0 / wrong / many, FEWEST, 10000.0);
	if (nap_scenario_joins(sc))
		t->most = MAX(FEWEST, sc->general.replications);
	t->first = MAX(many > 16.0 ? 2 : 4, t->most / 16);
	if (asked != NAP_NOT_GIVEN)
		t->most = MAX(2, (uint32_t)asked);
	if (t->rule.certain)
		t->most = 1;
	t->first = MIN(t->first, t->most);
}

static void set_up(struct nap_tune_trial *trial, const struct nap_scenario *sc)
{
	struct nap_tune *t = &trial->tune;
	bool solves = trial->goal.value != NAP_TUNE_FREE;

	t->space.axes = trial->keys->n;
	for (uint32_t k = 0; k < trial->keys->n; k++)
		t->space.axis[k] = (struct nap_tune_axis){ trial->keys->lattice[k].value,
			trial->keys->lattice[k].n,
			nap_tunable_is_time(&trial->keys->key[k]) && !solves ? trial->job->margin : 0.0,
			true };
	t->rule.tie = solves ? 0.0 : EQUAL;
	t->rule.better = solves ? 0.0 : WORTH_WHILE;
	nap_tune_goal_rule(&trial->goal, sc, &t->rule);
	t->rule.certain = is_certain(trial, sc);
	t->confidence = trial->job->confidence;
	t->confirm = trial->proof;
	t->monotone = solves;
	t->downward = !solves && trial->keys->n == 1 && nap_tunable_is_time(&trial->keys->key[0]) &&
		      strcmp(trial->keys->key[0].group, "client") == 0;
	t->evaluate = evaluate;
	t->hint = trial->hint;
	t->ctx = trial;
	plan_runs(trial, sc);
}

bool nap_tune_trial_run(struct nap_tune_trial *trial)
{
	static const uint32_t low[NAP_TUNE_AXES] = { 0 };
	struct nap_member *first;
	struct nap_tune *t = &trial->tune;

	trial->bounds = nap_goal_bounds(&trial->goal, trial->job->duration);
	first = member_of(trial, low, 0);
	if (!first)
		return false;
	set_up(trial, first->sc);
	if (trial->job->error || !nap_tune_run(t))
		return false;
	if (t->named >= 0 && t->tries > 0)
		trial->proved = member_of(trial, t->point[t->named].at, t->most * t->tries);
	return true;
}

void nap_tune_trial_clear(struct nap_tune_trial *t)
{
	g_free(t->bounds);
	nap_tune_clear(&t->tune);
}

/* ---- what it found ------------------------------------------------------------------------------------------------------------- */

static struct nap_results *results_of(const struct nap_tune_trial *t, struct nap_member *const *member,
	const struct nap_tune_point *point, uint32_t n)
{
	struct nap_campaign campaign = nap_ensemble_campaign(member, n);
	const struct nap_tune_keys *keys = t->keys;
	g_autofree const char **names = g_new0(const char *, keys->n + 1);
	g_autofree char ***values = g_new0(char **, n);
	struct nap_results *r;

	for (uint32_t k = 0; k < keys->n; k++)
		names[k] = keys->key[k].name;
	for (uint32_t i = 0; i < n; i++) {
		values[i] = g_new0(char *, keys->n + 1);
		for (uint32_t k = 0; k < keys->n; k++)
			values[i][k] =
				nap_tunable_text(&keys->key[k], keys->lattice[k].value[point[i].at[k]]);
	}
	r = nap_results_new(&campaign, names, keys->n, (const char *const *const *)values);
	for (uint32_t i = 0; i < n; i++) {
		g_strfreev(values[i]);
		g_free(campaign.point[i].done);
	}
	g_free(campaign.point);
	return r;
}

struct nap_results *nap_tune_trial_all(struct nap_tune_trial *t)
{
	g_autofree struct nap_member **member = g_new(struct nap_member *, t->tune.n_points);

	for (uint32_t i = 0; i < t->tune.n_points; i++)
		member[i] = member_of(t, t->tune.point[i].at, 0);
	return results_of(t, member, t->tune.point, t->tune.n_points);
}

struct nap_results *nap_tune_trial_named(struct nap_tune_trial *t)
{
	const struct nap_tune_point *p = &t->tune.point[t->tune.named >= 0 ? t->tune.named : t->tune.nearest];
	struct nap_member *member = t->proved ? t->proved : member_of(t, p->at, 0);

	return results_of(t, &member, p, 1);
}
