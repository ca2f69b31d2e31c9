/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/tune_report.h"

#include <math.h>
#include <string.h>

#include "report/text_table.h"

/* ---- the front ------------------------------------------------------------------------------------------------------------ */

/* What counts on the front: each less is better. */
enum { ENERGY, UNREACHABLE, SIGNALLING, SIDES };

static void sides_of(const struct nap_results *r, uint32_t row, double *side)
{
	const double *mean = r->row[row].mean;

	side[ENERGY] = mean[nap_results_column(r, "energy_j")];
	side[UNREACHABLE] = 1.0 - mean[nap_results_column(r, "reachable_fraction")];
	side[SIGNALLING] = mean[nap_results_column(r, "radio_promotions")];
	if (side[ENERGY] <= 0.0) /* no radio: what it would have had to send */
		side[ENERGY] = mean[nap_results_column(r, "packets_up")] +
			       mean[nap_results_column(r, "packets_down")];
}

/* Is a no worse than b on any side, and better on one, or the same and before it? */
static bool dominates(const struct nap_results *r, uint32_t a, uint32_t b)
{
	double x[SIDES], y[SIDES];
	bool less = false;

	sides_of(r, a, x);
	sides_of(r, b, y);
	for (int i = 0; i < SIDES; i++) {
		if (x[i] > y[i])
			return false;
		less |= x[i] < y[i];
	}
	return less || a < b;
}

static int by_energy(gconstpointer a, gconstpointer b, gpointer results)
{
	double x[SIDES], y[SIDES];

	sides_of(results, *(const uint32_t *)a, x);
	sides_of(results, *(const uint32_t *)b, y);
	return (x[ENERGY] > y[ENERGY]) - (x[ENERGY] < y[ENERGY]);
}

/* The named row is shown among them in any case: what beats it failed a target, or its proof. */
static GArray *front_of(struct nap_results *r, int named)
{
	GArray *front = g_array_new(FALSE, FALSE, sizeof(uint32_t));

	for (uint32_t i = 0; i < r->n_rows; i++) {
		bool beaten = false;

		for (uint32_t k = 0; k < r->n_rows && !beaten; k++)
			beaten = k != i && dominates(r, k, i);
		if (!beaten || (int)i == named)
			g_array_append_val(front, i);
	}
	g_array_sort_with_data(front, by_energy, r);
	return front;
}

/* ---- one tuning ----------------------------------------------------------------------------------------------------------- */

/* From the named value of the first key that is a time to the last above it that met the targets. */
static double margin_left(const struct nap_tune *t, const struct nap_results *all)
{
	for (uint32_t k = 0; k < t->space.axes && t->named >= 0; k++) {
		const struct nap_tune_axis *a = &t->space.axis[k];
		uint32_t good, bad;

		if (!all->timed[k])
			continue;
		return nap_tune_cliff(&t->space, t->point, t->n_points, t->named, k, &good, &bad)
			       ? nap_time_seconds(a->value[good] - a->value[t->point[t->named].at[k]])
			       : (double)NAN;
	}
	return (double)NAN;
}

struct nap_tuned *nap_tuned_new(const struct nap_tune *tune, const struct nap_tune_goal *goal,
	const struct nap_scenario *sc, const char *where, double margin, struct nap_results *all,
	struct nap_results *named)
{
	struct nap_tuned *t = nap_tuned_new_failure(sc->policy->name, NULL);

	t->tune = *tune;
	t->goal = *goal;
	t->targets = nap_goal_text(goal, sc);
	t->where = g_strdup(where);
	t->all = all;
	t->named = named;
	t->front = front_of(all, tune->named);
	t->margin = margin;
	t->margin_s = margin_left(tune, all);
	return t;
}

struct nap_tuned *nap_tuned_new_failure(const char *policy, const char *why)
{
	struct nap_tuned *t = g_new0(struct nap_tuned, 1);

	t->policy = policy;
	t->failure = g_strdup(why);
	t->tune.named = -1;
	t->variants = g_array_new(FALSE, FALSE, sizeof(struct nap_tuned_variant));
	t->policies = g_ptr_array_new();
	return t;
}

void nap_tuned_free(struct nap_tuned *t)
{
	if (!t)
		return;
	for (guint i = 0; i < t->variants->len; i++)
		nap_results_free(g_array_index(t->variants, struct nap_tuned_variant, i).named);
	for (guint i = 0; i < t->policies->len; i++)
		nap_tuned_free(t->policies->pdata[i]);
	g_array_unref(t->variants);
	g_ptr_array_unref(t->policies);
	g_free(t->where);
	g_free(t->targets);
	g_free(t->failure);
	nap_results_free(t->all);
	nap_results_free(t->named);
	nap_results_free(t->estimate);
	g_clear_pointer(&t->front, g_array_unref);
	nap_tune_clear(&t->tune);
	g_free(t);
}

/* ---- what each costs --------------------------------------------------------------------------------------------------------- */

/* What a row costs a subscriber, as the goal has it; NAN where the value itself is what is asked for. */
static double cost_of(
	const struct nap_tune_goal *goal, const struct nap_results *r, const struct nap_row *row)
{
	double packets = row->mean[nap_results_column(r, "packets_up")] +
			 row->mean[nap_results_column(r, "packets_down")];

	if (goal->value != NAP_TUNE_FREE)
		return (double)NAN;
	return goal->weight[NAP_TUNE_ENERGY] * row->mean[nap_results_column(r, "energy_j")] +
	       goal->weight[NAP_TUNE_PACKETS] * packets +
	       goal->weight[NAP_TUNE_SIGNALLING] * row->mean[nap_results_column(r, "radio_promotions")];
}

void nap_tuned_add_variant(struct nap_tuned *t, const struct nap_tune_goal *goal, const char *target,
	bool met, struct nap_results *named)
{
	struct nap_tuned_variant v = { target, *goal, met, named };

	g_array_append_val(t->variants, v);
}

void nap_tuned_set_estimate(struct nap_tuned *t, bool met, struct nap_results *named)
{
	if (met)
		t->estimate = named;
	else
		nap_results_free(named);
}

double nap_tuned_variant_change(const struct nap_tuned *t, const struct nap_tuned_variant *v)
{
	if (!t->estimate || !v->met)
		return (double)NAN;
	return cost_of(&t->goal, v->named, &v->named->row[0]) /
		       cost_of(&t->goal, t->estimate, &t->estimate->row[0]) -
	       1.0;
}

double nap_tuned_variant_bound(const struct nap_tuned_variant *v)
{
	const struct {
		const char *name;
		double bound;
	} bounds[] = { { "users", v->goal.users }, { "reachable", v->goal.reachable },
		{ "bindings-lost", v->goal.bindings_lost }, { "lost-pushes", v->goal.lost_pushes },
		{ "push-delay", v->goal.delay_s }, { "battery", v->goal.battery },
		{ "blocking", v->goal.blocking } };

	for (size_t i = 0; i < G_N_ELEMENTS(bounds); i++)
		if (strcmp(bounds[i].name, v->target) == 0)
			return bounds[i].bound;
	return (double)NAN;
}

void nap_tuned_add_policy(struct nap_tuned *t, struct nap_tuned *policy)
{
	g_ptr_array_add(t->policies, policy);
}

/* Those that meet the targets, those that do not, those that cannot be run. */
static int class_of(const struct nap_tuned *t)
{
	return t->failure ? 2 : t->tune.named < 0 ? 1 : 0;
}

static int by_rank(gconstpointer a, gconstpointer b)
{
	const struct nap_tuned *x = *(struct nap_tuned *const *)a, *y = *(struct nap_tuned *const *)b;
	double of_x, of_y;

	if (class_of(x) != class_of(y))
		return class_of(x) - class_of(y);
	if (class_of(x) > 0)
		return strcmp(x->policy, y->policy);
	of_x = cost_of(&x->goal, x->named, &x->named->row[0]);
	of_y = cost_of(&y->goal, y->named, &y->named->row[0]);
	return of_x != of_y ? (of_x > of_y) - (of_x < of_y) : strcmp(x->policy, y->policy);
}

void nap_tuned_rank_policies(struct nap_tuned *t)
{
	g_ptr_array_sort(t->policies, by_rank);
}

char *nap_tuned_values_text(const struct nap_results *r, const struct nap_row *row)
{
	GString *s = g_string_new(NULL);

	for (uint32_t k = 0; k < r->n_swept; k++)
		g_string_append_printf(s, "%s%s = %s", k ? ", " : "", r->swept[k], row->swept[k]);
	return g_string_free(s, FALSE);
}

/* ---- targets as people read them ------------------------------------------------------------------------------------------ */

char *nap_target_value_text(const char *target, double value)
{
	g_autofree char *number = nap_number_text(value);

	if (strcmp(target, "push-delay") == 0)
		return g_strconcat(number, " s", NULL);
	if (strcmp(target, "bindings-lost") == 0)
		return g_strconcat(number, " a day", NULL);
	return g_strdup_printf("%.6g %%", 100.0 * value);
}

char *nap_target_text(const struct nap_tune_target *target, double bound)
{
	g_autofree char *text = nap_target_value_text(target->name, bound);

	return g_strdup_printf("%s %s %s", target->name, target->at_least ? ">=" : "<=", text);
}

char *nap_goal_cost_text(const struct nap_tune_goal *goal)
{
	GString *s = g_string_new(NULL);

	for (int i = 0; i < NAP_TUNE_COSTS; i++) {
		if (goal->weight[i] == 0.0)
			continue;
		if (s->len > 0)
			g_string_append(s, " + ");
		if (goal->weight[i] != 1.0)
			g_string_append_printf(s, "%g ", goal->weight[i]);
		g_string_append(s, nap_tune_costs[i]);
	}
	return g_string_free(s, FALSE);
}

char *nap_goal_text(const struct nap_tune_goal *goal, const struct nap_scenario *sc)
{
	struct nap_tune_rule rule = { .n_targets = 0 };
	GString *s = g_string_new(NULL);
	g_autofree char *cost = nap_goal_cost_text(goal);

	nap_tune_goal_rule(goal, sc, &rule);
	if (goal->value == NAP_TUNE_FREE)
		g_string_append_printf(s, "least %s with ", cost);
	else
		g_string_append_printf(
			s, "%s with ", goal->value == NAP_TUNE_LONG ? "longest time" : "smallest value");
	for (uint32_t k = 0; k < rule.n_targets; k++) {
		g_autofree char *text = nap_target_text(&rule.target[k], rule.target[k].bound);

		g_string_append_printf(s, "%s%s", k ? ", " : "", text);
	}
	if (!isnan(goal->users))
		g_string_append_printf(s,
			" (each reachable %.6g %% of the time, at most %.4g bindings lost a day)",
			100.0 * goal->reachable, goal->bindings_lost);
	return g_string_free(s, FALSE);
}

char *nap_tuned_reason(const struct nap_tuned *t)
{
	const struct nap_tune *tune = &t->tune;
	const struct nap_tune_point *p = &tune->point[tune->nearest];
	const struct nap_tune_verdict *v = &p->verdict;
	bool tuned = t->named->n_swept > 0; /* a policy may have nothing to tune */
	g_autofree char *nearest = tuned ? g_strjoinv(", ", t->named->row[0].swept) : NULL;
	g_autofree char *at = tuned ? g_strdup_printf("the nearest value, %s,", nearest) : g_strdup("it");
	g_autofree char *bound = NULL, *value = NULL;

	if (v->worst == tune->rule.n_targets && p->refuted)
		return g_strdup_printf(
			"every value that looked good failed when it was run anew; %s comes nearest", at);
	if (v->worst == tune->rule.n_targets)
		return g_strdup_printf(
			"%s meets the targets, but no value that keeps the margin of %.3g %% below "
			"what fails meets them",
			at, 100.0 * t->margin);
	bound = nap_target_text(&tune->rule.target[v->worst], tune->rule.target[v->worst].bound);
	value = nap_target_value_text(tune->rule.target[v->worst].name, v->estimate[v->worst]);
	if (v->shortfall > 0.0)
		return g_strdup_printf("%s is out of reach: %s has %s", bound, at, value);
	return g_strdup_printf(
		"%s cannot be told with enough confidence: %s has %s in %u runs", bound, at, value, p->n);
}
