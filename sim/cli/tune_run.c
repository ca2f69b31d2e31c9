/* SPDX-License-Identifier: BSD-2-Clause */
/* The searches of natnap tune: the one asked for, the same with other targets, the same with other policies. */
#include <math.h>
#include <string.h>

#include "cli/run_job.h"
#include "cli/tune_trial.h"
#include "text/quantity.h"
#include "text/schema.h"

/* "middlebox.nat.udp = 30s": the sweep's point; "" without one. */
static char *where_of(const struct nap_tune_job *j, size_t number)
{
	g_autofree struct nap_override *point = g_new0(struct nap_override, j->sweep->n_axes + 1);
	GString *s = g_string_new(NULL);

	nap_sweep_point(j->sweep, number, point);
	for (size_t a = 0; a < j->sweep->n_axes; a++)
		g_string_append_printf(s, "%s%s = %s", a ? ", " : "", j->sweep->axis[a].name, point[a].text);
	return g_string_free(s, FALSE);
}

/* The search's tune goes to the report, which outlives it. */
static struct nap_tuned *report_of(struct nap_tune_trial *t)
{
	g_autofree char *where = where_of(t->job, t->point);
	struct nap_scenario *sc =
		nap_tune_scenario(t->job, t->point, t->policy, NULL, t->keys, t->tune.point[0].at, NULL);
	struct nap_tuned *report;

	report = nap_tuned_new(&t->tune, &t->goal, sc, where, t->job->margin, nap_tune_trial_all(t),
		nap_tune_trial_named(t));
	nap_scenario_free(sc);
	memset(&t->tune, 0, sizeof t->tune);
	return report;
}

/* ---- other targets --------------------------------------------------------------------------------------------------------------- */

/* The same search with such a goal, by estimates alone; target NULL: the goal itself. */
static bool add_variant(struct nap_tuned *report, struct nap_tune_trial trial,
	const struct nap_tune_goal *goal, const char *target)
{
	bool done;

	trial.goal = *goal;
	trial.proof = false;
	trial.bounds = NULL;
	trial.proved = NULL;
	memset(&trial.tune, 0, sizeof trial.tune);
	done = nap_tune_trial_run(&trial);
	if (done && target)
		nap_tuned_add_variant(
			report, goal, target, trial.tune.named >= 0, nap_tune_trial_named(&trial));
	else if (done)
		nap_tuned_set_estimate(report, trial.tune.named >= 0, nap_tune_trial_named(&trial));
	nap_tune_trial_clear(&trial);
	return done;
}

/* What each target costs: with it lower and higher. */
static bool add_variants(struct nap_tuned *report, const struct nap_tune_trial *trial)
{
	struct nap_tune_goal goal;
	const char *target;

	if (!add_variant(report, *trial, &trial->goal, NULL))
		return false;
	for (uint32_t i = 0; nap_tune_goal_variant(&trial->goal, i, &goal, &target); i++)
		if (!add_variant(report, *trial, &goal, target))
			return false;
	return true;
}

/* ---- other policies ---------------------------------------------------------------------------------------------------------------- */

/* One more key of the client, from lo to hi. */
static void add_key(struct nap_tune_keys *keys, const char *key, nap_time lo, nap_time hi)
{
	struct nap_tunable *t = &keys->key[keys->n];
	g_autofree char *name = g_strconcat("client.", key, NULL);

	if (!nap_tunable_parse(t, name, "--compare-policies", NULL))
		return;
	t->lo = lo;
	t->hi = MAX(lo, hi);
	t->ranged = true;
	nap_lattice_init(&keys->lattice[keys->n++], t->lo, t->hi, 0.01, true);
}

/* Its keys: how long it is silent, over the range of what the command tunes; and least, where it is a choice of its own. */
static void keys_of(const struct nap_tune_job *j, const struct nap_policy *p, struct nap_tune_keys *keys)
{
	const struct nap_param *key = nap_tune_silence(p), *least;
	nap_time lo = 10 * NAP_S, hi = MAX(lo, MIN(4 * NAP_H, j->duration / 4)), low;

	*keys = (struct nap_tune_keys){ .n = 0 };
	if (!key)
		return;
	if (j->keys.n == 1 && nap_tunable_is_time(&j->keys.key[0])) {
		lo = j->keys.key[0].lo;
		hi = j->keys.key[0].hi;
	}
	least = nap_row_find(p->params, "min-interval");
	if (least && strcmp(key->key, "interval") == 0) {
		add_key(keys, key->key, lo, hi);
		add_key(keys, least->key, lo, hi);
		return;
	}
	if (least && nap_time_parse(least->def, &low, NULL)) /* it begins there */
		lo = MAX(lo, low);
	add_key(keys, key->key, lo, hi);
}

/* One policy at its best; one that the scenario does not take is passed over with the reason. False: interrupted. */
static bool add_policy(
	struct nap_tuned *report, struct nap_tune_job *j, size_t point, const struct nap_policy *p)
{
	struct nap_tune_keys keys;
	struct nap_tune_trial t = {
		.job = j, .point = point, .policy = p->name, .keys = &keys, .goal = j->goal, .proof = true
	};
	bool done;

	keys_of(j, p, &keys);
	done = nap_tune_trial_run(&t);
	if (done) {
		nap_tuned_add_policy(report, report_of(&t));
	} else if (j->error) {
		nap_tuned_add_policy(report, nap_tuned_new_failure(p->name, j->error->message));
		g_clear_error(&j->error);
		done = true;
	}
	nap_tune_trial_clear(&t);
	nap_tune_keys_clear(&keys);
	return done;
}

static bool add_policies(struct nap_tuned *report, struct nap_tune_job *j, size_t point)
{
	for (const struct nap_policy *const *p = nap_policies; *p; p++)
		if (!add_policy(report, j, point, *p))
			return false;
	nap_tuned_rank_policies(report);
	return true;
}

/* ---- all of them ---------------------------------------------------------------------------------------------------------------------- */

static bool tune_point(struct nap_tune_job *j, size_t point)
{
	struct nap_tune_trial t = {
		.job = j, .point = point, .keys = &j->keys, .goal = j->goal, .proof = true
	};
	struct nap_tuned *report;
	uint32_t named[NAP_TUNE_AXES];

	if (!nap_tune_trial_run(&t)) {
		nap_tune_trial_clear(&t);
		return false;
	}
	if (t.tune.named >= 0) {
		memcpy(named, t.tune.point[t.tune.named].at, sizeof named);
		t.hint = named;
	}
	report = report_of(&t);
	g_ptr_array_add(j->tuned, report);
	if (!add_variants(report, &t) || (j->options->policies && !add_policies(report, j, point)))
		j->interrupted = true;
	nap_tune_trial_clear(&t);
	return !j->error;
}

bool nap_tune_job_run(struct nap_tune_job *j, const volatile sig_atomic_t *stop, GError **error)
{
	j->ensemble.threads = j->options->jobs == NAP_NOT_GIVEN ? 0 : (uint32_t)j->options->jobs;
	j->ensemble.stop = stop;
	for (size_t i = 0; i < j->sweep->n_points && !j->interrupted; i++)
		if (!tune_point(j, i)) {
			if (j->error)
				g_propagate_error(error, g_steal_pointer(&j->error));
			j->interrupted = true;
			return j->tuned->len > 0 && !(error && *error);
		}
	return true;
}
