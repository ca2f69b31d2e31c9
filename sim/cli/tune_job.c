/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/tune_job.h"

#include <math.h>
#include <string.h>

#include "text/input_error.h"
#include "text/quantity.h"

#define FINENESS    0.01  /* neighbouring values differ by so much at most */
#define EQUAL       0.001 /* costs that differ by less are the same */
#define WORTH_WHILE 0.01  /* a neighbour that is cheaper by so much is of interest */

/* ---- the scenario and its keys --------------------------------------------------------------------------------------------- */

/* --set, and the options that are short for one; with room for the tuned keys behind. */
static bool read_overrides(struct nap_tune_job *j, const struct nap_tune_options *o, GError **error)
{
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);

	for (char **s = o->set; s && *s; s++)
		g_ptr_array_add(texts, g_strdup(*s));
	if (o->seed)
		g_ptr_array_add(texts, g_strconcat("scenario.seed=", o->seed, NULL));
	j->overrides = g_new0(struct nap_override, texts->len + 2);
	for (guint i = 0; i < texts->len; i++, j->n_overrides++)
		if (!nap_override_parse(g_ptr_array_index(texts, i), &j->overrides[i], error))
			return false;
	return true;
}

static bool read_keys(struct nap_tune_job *j, const struct nap_tune_options *o, GError **error)
{
	static char usual[] = "client.interval";
	char *just_that[] = { usual, NULL };
	char **over = o->over ? o->over : just_that;

	if (g_strv_length(over) > NAP_TUNE_AXES)
		return nap_fail(error, "--over: at most %d keys", NAP_TUNE_AXES);
	for (; *over; over++) {
		struct nap_tunable *t = &j->key[j->n_keys++];

		if (!nap_tunable_parse(t, *over, error))
			return false;
		for (uint32_t k = 0; k + 1 < j->n_keys; k++)
			if (strcmp(j->key[k].name, t->name) == 0)
				return nap_fail(error, "--over: %s stands twice", t->name);
	}
	return true;
}

/* A range for a key that was given none: the sweep's, or what keepalives usually have. */
static bool find_range(
	struct nap_tunable *t, const struct nap_sweep *swept, nap_time duration, GError **error)
{
	if (t->ranged || nap_tunable_range_of(t, swept))
		return true;
	if (strcmp(t->name, "client.interval") != 0)
		return nap_fail(error, "--over %s: write its range, %s=LO..HI", t->name, t->name);
	t->lo = 10 * NAP_S;
	t->hi = MAX(t->lo, MIN(4 * NAP_H, duration / 4));
	t->ranged = true;
	return true;
}

/* The overrides, the sweep's point and a value of each key, behind one another. */
static struct nap_scenario *make_scenario(
	const struct nap_tune_job *j, size_t point, const uint32_t *at, GError **error)
{
	size_t swept = j->sweep->n_axes, n = j->n_overrides + swept + j->n_keys;
	g_autofree struct nap_override *all = g_new0(struct nap_override, n);
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);

	memcpy(all, j->overrides, j->n_overrides * sizeof *all);
	nap_sweep_point(j->sweep, point, all + j->n_overrides);
	for (size_t a = 0; a < swept; a++)
		all[j->n_overrides + a].dir = j->document->folder.path;
	for (uint32_t k = 0; k < j->n_keys; k++) {
		char *text = nap_tunable_text(&j->key[k], j->lattice[k].value[at[k]]);

		g_ptr_array_add(texts, text);
		all[j->n_overrides + swept + k] = (struct nap_override){ j->key[k].group, j->key[k].key, text,
			"--over", j->document->folder.path };
	}
	return nap_scenario_new(j->document, all, n, error);
}

/* Both ends of all ranges must be values that the scenario takes. */
static bool try_ends(const struct nap_tune_job *j, GError **error)
{
	for (uint32_t corner = 0; corner < 1u << j->n_keys; corner++) {
		uint32_t at[NAP_TUNE_AXES];
		struct nap_scenario *sc;

		for (uint32_t k = 0; k < j->n_keys; k++)
			at[k] = corner >> k & 1 ? j->lattice[k].n - 1 : 0;
		sc = make_scenario(j, 0, at, error);
		if (!sc)
			return false;
		nap_scenario_free(sc);
	}
	return true;
}

/* Have the subscribers counted that the goal asks for. */
static void set_bounds(struct nap_tune_job *j, nap_time duration)
{
	char *bounds = nap_goal_bounds(&j->goal, duration);

	if (bounds)
		j->overrides[j->n_overrides++] = (struct nap_override){ g_strdup("scenario"),
			g_strdup("bounds"), bounds, "--users", "." };
}

/* What is swept besides the tuned keys: these are set aside, so that they are no axes. */
static bool load_sweep(struct nap_tune_job *j, GError **error)
{
	struct nap_sweep *swept = nap_sweep_new(j->document, j->overrides, j->n_overrides, error);
	struct nap_scenario *first =
		swept ? nap_sweep_scenario(swept, j->document, j->overrides, j->n_overrides, 0, error) : NULL;
	g_autofree struct nap_override *fixed =
		g_new0(struct nap_override, j->n_overrides + NAP_TUNE_AXES + 1);
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
	bool ok = first != NULL;

	if (ok) /* before the keys are set aside, so that it holds for all scenarios that follow */
		set_bounds(j, first->general.duration);

	memcpy(fixed, j->overrides, j->n_overrides * sizeof *fixed);
	for (uint32_t k = 0; ok && k < j->n_keys; k++) {
		struct nap_tunable *t = &j->key[k];

		ok = find_range(t, swept, first->general.duration, error);
		if (!ok)
			break;
		nap_lattice_init(&j->lattice[k], t->lo, t->hi, FINENESS, nap_tunable_is_time(t));
		g_ptr_array_add(texts, nap_tunable_text(t, t->lo));
		fixed[j->n_overrides + k] = (struct nap_override){ t->group, t->key, texts->pdata[k],
			"--over", j->document->folder.path };
	}
	if (ok)
		j->sweep = nap_sweep_new(j->document, fixed, j->n_overrides + j->n_keys, error);
	nap_scenario_free(first);
	nap_sweep_free(swept);
	return j->sweep != NULL;
}

static bool parse_between(const char *option, const char *text, double *out, GError **error)
{
	if (!text)
		return true;
	if (!nap_quantity_parse(NAP_P_SHARE, text, out, error)) {
		g_prefix_error(error, "--%s: ", option);
		return false;
	}
	return *out < 1.0 || nap_fail(error, "--%s: %s must be below 100%%", option, text);
}

bool nap_tune_job_load(struct nap_tune_job *j, const struct nap_tune_options *o, GError **error)
{
	uint32_t low[NAP_TUNE_AXES] = { 0 };
	struct nap_scenario *sc;
	bool ok;

	j->confidence = 0.95;
	j->margin = 0.02;
	if (!parse_between("confidence", o->confidence, &j->confidence, error) ||
		!parse_between("margin", o->margin, &j->margin, error) ||
		!nap_goal_options_read(&o->goal, &j->goal, error))
		return false;
	j->document = nap_document_load(j->path, error);
	if (!j->document || !read_overrides(j, o, error) || !read_keys(j, o, error) ||
		!load_sweep(j, error) || !try_ends(j, error))
		return false;
	sc = make_scenario(j, 0, low, error);
	ok = sc && nap_goal_options_fit(&j->goal, sc, error);
	nap_scenario_free(sc);
	return ok;
}

/* ---- a tuning -------------------------------------------------------------------------------------------------------------- */

struct place {
	uint32_t at[NAP_TUNE_AXES];
};

static struct nap_member *member_at(struct nap_tune_case *c, const uint32_t *at, GError **error)
{
	struct nap_member *m;

	for (guint i = 0; i < c->members->len; i++)
		if (memcmp(g_ptr_array_index(c->places, i), at, sizeof(struct place)) == 0)
			return g_ptr_array_index(c->members, i);
	m = g_new0(struct nap_member, 1);
	m->sc = make_scenario(c->job, c->number, at, error);
	if (!m->sc) {
		g_free(m);
		return NULL;
	}
	g_ptr_array_add(c->members, m);
	g_ptr_array_add(c->places, g_memdup2(at, sizeof(struct place)));
	return m;
}

/* The member that an ask is about: a proof's runs are kept apart. */
static struct nap_member *member_for(struct nap_tune_case *c, const struct nap_tune_ask *ask, GError **error)
{
	if (ask->first < c->tune.most)
		return member_at(c, ask->at, error);
	nap_member_clear(&c->fresh);
	c->fresh.sc = make_scenario(c->job, c->number, ask->at, error);
	return c->fresh.sc ? &c->fresh : NULL;
}

/* Replications as a search sees them. A nap_tune_evaluate_fn. */
static bool evaluate(void *ctx, const struct nap_tune_ask *ask, uint32_t n)
{
	struct nap_tune_case *c = ctx;
	struct nap_tune_job *j = c->job;
	g_autofree struct nap_batch *batch = g_new0(struct nap_batch, n);
	g_autofree char *why = NULL;
	uint32_t which;

	for (uint32_t i = 0; i < n; i++) {
		batch[i] =
			(struct nap_batch){ member_for(c, &ask[i], &j->error), ask[i].first, ask[i].count };
		if (!batch[i].member)
			return false;
	}
	if (!nap_ensemble_run(&j->ensemble, batch, n, &why, &which))
		return why ? nap_fail(&j->error, "%s: %s", j->path, why) : false;
	for (uint32_t i = 0; i < n; i++) {
		const struct nap_member *m = batch[i].member;

		for (uint32_t k = 0; k < ask[i].count; k++)
			nap_tune_count(
				&j->goal, m->sc, &m->replication[m->n - ask[i].count + k], &ask[i].run[k]);
	}
	return true;
}

/* How many replications a point gets at first and at most. */
static void plan_runs(
	struct nap_tune_case *c, const struct nap_scenario *sc, const struct nap_tune_options *o)
{
	struct nap_tune *t = &c->tune;
	double units;

	t->first = 4;
	t->most = 128;
	if (t->rule.n_targets > 0 && t->rule.target[0].kind == NAP_TUNE_UNITS &&
		t->rule.target[0].bound < 1.0) {
		/* thirty subscribers that may fail tell a share from one that is half as large again */
		units = 30.0 / (1.0 - t->rule.target[0].bound) / sc->general.subscribers;
		t->most = (uint32_t)CLAMP(units, 32.0, 10000.0);
		t->first = MAX(4, t->most / 16);
	}
	if (nap_tune_is_coupled(sc)) {
		t->first = 3;
		t->most = MAX(12, sc->general.replications);
	}
	if (o->replications != INT_MIN)
		t->most = MAX(2, (uint32_t)o->replications);
	if (t->rule.certain)
		t->most = 1;
	t->first = MIN(t->first, t->most);
}

static bool begin_case(struct nap_tune_case *c, const struct nap_tune_options *o, GError **error)
{
	struct nap_tune_job *j = c->job;
	struct nap_tune *t = &c->tune;
	uint32_t low[NAP_TUNE_AXES] = { 0 };
	struct nap_scenario *sc = make_scenario(j, c->number, low, error);

	if (!sc)
		return false;
	c->members = g_ptr_array_new();
	c->places = g_ptr_array_new_with_free_func(g_free);
	t->space.axes = j->n_keys;
	for (uint32_t k = 0; k < j->n_keys; k++)
		t->space.axis[k] = (struct nap_tune_axis){ j->lattice[k].value, j->lattice[k].n,
			nap_tunable_is_time(&j->key[k]) ? j->margin : 0.0, true };
	t->rule.tie = EQUAL;
	t->rule.better = WORTH_WHILE;
	t->rule.certain = nap_tune_is_certain(sc);
	nap_tune_goal_rule(&j->goal, sc, &t->rule);
	t->confidence = j->confidence;
	t->confirm = true;
	t->evaluate = evaluate;
	t->ctx = c;
	plan_runs(c, sc, o);
	nap_scenario_free(sc);
	return true;
}

/* ---- its report ------------------------------------------------------------------------------------------------------------- */

static struct nap_results *results_of(const struct nap_tune_job *j, struct nap_member *const *member,
	const struct nap_tune_point *point, uint32_t n)
{
	struct nap_campaign campaign = nap_ensemble_campaign(member, n);
	g_autofree const char **names = g_new0(const char *, j->n_keys + 1);
	g_autofree char ***values = g_new0(char **, n);
	struct nap_results *r;

	for (uint32_t k = 0; k < j->n_keys; k++)
		names[k] = j->key[k].name;
	for (uint32_t i = 0; i < n; i++) {
		values[i] = g_new0(char *, j->n_keys + 1);
		for (uint32_t k = 0; k < j->n_keys; k++)
			values[i][k] = nap_tunable_text(&j->key[k], j->lattice[k].value[point[i].at[k]]);
	}
	r = nap_results_new(&campaign, names, j->n_keys, (const char *const *const *)values);
	for (uint32_t i = 0; i < n; i++) {
		g_strfreev(values[i]);
		g_free(campaign.point[i].done);
	}
	g_free(campaign.point);
	return r;
}

static char *where_of(const struct nap_tune_case *c)
{
	const struct nap_sweep *sweep = c->job->sweep;
	g_autofree struct nap_override *point = g_new0(struct nap_override, sweep->n_axes + 1);
	GString *s = g_string_new(NULL);

	nap_sweep_point(sweep, c->number, point);
	for (size_t a = 0; a < sweep->n_axes; a++)
		g_string_append_printf(s, "%s%s = %s", a ? ", " : "", sweep->axis[a].name, point[a].text);
	return g_string_free(s, FALSE);
}

static void make_report(struct nap_tune_case *c)
{
	const struct nap_tune *t = &c->tune;
	int shown = t->named >= 0 ? t->named : t->nearest;
	g_autofree struct nap_member **member = g_new(struct nap_member *, t->n_points);
	g_autofree char *where = where_of(c);
	struct nap_member *one;

	for (uint32_t i = 0; i < t->n_points; i++)
		member[i] = member_at(c, t->point[i].at, NULL);
	one = t->named >= 0 && c->fresh.n > 0 ? &c->fresh : member[shown];
	c->report = nap_tuned_new(t, &c->job->goal, one->sc, where, c->job->margin,
		results_of(c->job, member, t->point, t->n_points),
		results_of(c->job, &one, &t->point[shown], 1));
}

bool nap_tune_job_run(struct nap_tune_job *j, const struct nap_tune_options *o,
	const volatile sig_atomic_t *stop, GError **error)
{
	j->ensemble.threads = o->jobs == INT_MIN ? 0 : (uint32_t)o->jobs;
	j->ensemble.stop = stop;
	j->cases = g_new0(struct nap_tune_case, j->sweep->n_points);
	for (; j->n_cases < j->sweep->n_points; j->n_cases++) {
		struct nap_tune_case *c = &j->cases[j->n_cases];

		c->job = j;
		c->number = j->n_cases;
		if (!begin_case(c, o, error))
			return false;
		if (!nap_tune_run(&c->tune)) {
			if (j->error)
				g_propagate_error(error, g_steal_pointer(&j->error));
			return false;
		}
		make_report(c);
	}
	return true;
}

static void clear_case(struct nap_tune_case *c)
{
	nap_tuned_free(c->report);
	nap_tune_clear(&c->tune);
	for (guint i = 0; c->members && i < c->members->len; i++) {
		nap_member_clear(g_ptr_array_index(c->members, i));
		g_free(g_ptr_array_index(c->members, i));
	}
	g_clear_pointer(&c->members, g_ptr_array_unref);
	g_clear_pointer(&c->places, g_ptr_array_unref);
	nap_member_clear(&c->fresh);
}

void nap_tune_job_clear(struct nap_tune_job *j)
{
	for (size_t i = 0; j->cases && i < j->sweep->n_points; i++)
		clear_case(&j->cases[i]);
	g_free(j->cases);
	for (uint32_t k = 0; k < j->n_keys; k++) {
		nap_tunable_clear(&j->key[k]);
		nap_lattice_clear(&j->lattice[k]);
	}
	nap_sweep_free(j->sweep);
	for (uint32_t i = 0; i < j->n_overrides; i++)
		nap_override_clear(&j->overrides[i]);
	g_free(j->overrides);
	nap_document_free(j->document);
}
