/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>

#include "text/csv.h"
#include "io/json.h"
#include "report/tune_report.h"

static void add_targets(JsonBuilder *b, const struct nap_tuned *t)
{
	g_autofree char *cost = nap_goal_cost_text(&t->goal);

	json_builder_set_member_name(b, "targets");
	json_builder_begin_object(b);
	nap_json_put_number(b, "reachable", t->goal.reachable);
	nap_json_put_number(b, "users", t->goal.users);
	if (t->goal.delay_quantile) {
		g_autofree char *name = g_strdup_printf("push_delay_p%u_s", t->goal.delay_quantile);

		nap_json_put_number(b, name, t->goal.delay_s);
	}
	nap_json_put_number(b, "lost_pushes", t->goal.lost_pushes);
	nap_json_put_number(b, "bindings_lost_per_day", t->goal.bindings_lost);
	nap_json_put_number(b, "battery_per_day", t->goal.battery);
	nap_json_put_number(b, "blocking", t->goal.blocking);
	nap_json_put_text(b, "minimise", t->goal.value == NAP_TUNE_FREE ? cost : NULL);
	nap_json_put_number(b, "confidence", t->tune.confidence);
	nap_json_put_number(b, "margin", t->margin);
	json_builder_end_object(b);
}

static void add_values(JsonBuilder *b, const struct nap_results *r)
{
	json_builder_set_member_name(b, "values");
	json_builder_begin_object(b);
	nap_run_json_values(b, r, &r->row[0]);
	json_builder_end_object(b);
}

/* Members of what is recommended. */
static void add_found(JsonBuilder *b, const struct nap_tuned *t)
{
	add_values(b, t->named);
	nap_run_json_metrics(b, t->named, &t->named->row[0]);
	nap_json_put_number(b, "violation_probability", t->tune.violation);
	nap_json_put_number(b, "neighbour_better_probability", t->tune.better);
	nap_json_put_number(b, "neighbour_better_by", t->tune.rule.better);
	nap_json_put_number(b, "margin_s", t->margin_s);
	nap_json_put_count(b, "replications", t->named->row[0].complete);
}

static void add_recommended(JsonBuilder *b, const struct nap_tuned *t)
{
	json_builder_set_member_name(b, "recommended");
	if (t->tune.named < 0) {
		json_builder_add_null_value(b);
		return;
	}
	json_builder_begin_object(b);
	add_found(b, t);
	json_builder_end_object(b);
}

/* Where nothing is recommended: the values that miss the targets by least, and each target there. */
static void add_nearest(JsonBuilder *b, const struct nap_tuned *t)
{
	const struct nap_tune *tune = &t->tune;
	const struct nap_tune_verdict *v;
	g_autofree char *reason = NULL;

	if (tune->named >= 0)
		return;
	reason = nap_tuned_reason(t);
	v = &tune->point[tune->nearest].verdict;
	nap_json_put_text(b, "reason", reason);
	json_builder_set_member_name(b, "nearest");
	json_builder_begin_object(b);
	add_values(b, t->named);
	nap_run_json_metrics(b, t->named, &t->named->row[0]);
	json_builder_set_member_name(b, "misses");
	json_builder_begin_array(b);
	for (uint32_t k = 0; k < tune->rule.n_targets; k++) {
		const struct nap_tune_target *target = &tune->rule.target[k];

		if (isnan(v->estimate[k]) || (target->at_least ? v->estimate[k] >= target->bound
							       : v->estimate[k] <= target->bound))
			continue;
		json_builder_begin_object(b);
		nap_json_put_text(b, "target", target->name);
		nap_json_put_number(b, "bound", target->bound);
		nap_json_put_number(b, "value", v->estimate[k]);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
	json_builder_end_object(b);
}

static void add_front(JsonBuilder *b, const struct nap_tuned *t)
{
	json_builder_set_member_name(b, "front");
	json_builder_begin_array(b);
	for (guint i = 0; i < t->front->len; i++) {
		const struct nap_row *row = &t->all->row[g_array_index(t->front, uint32_t, i)];

		json_builder_begin_object(b);
		nap_run_json_values(b, t->all, row);
		nap_json_put_int(b, "replications", row->complete);
		nap_run_json_metrics(b, t->all, row);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

/* What each target costs: the same search with one of them lower or higher. */
static void add_variants(JsonBuilder *b, const struct nap_tuned *t)
{
	json_builder_set_member_name(b, "by_estimates");
	json_builder_begin_object(b);
	if (t->estimate)
		nap_run_json_values(b, t->estimate, &t->estimate->row[0]);
	json_builder_end_object(b);
	json_builder_set_member_name(b, "variants");
	json_builder_begin_array(b);
	for (guint i = 0; i < t->variants->len; i++) {
		const struct nap_tuned_variant *v = &g_array_index(t->variants, struct nap_tuned_variant, i);

		json_builder_begin_object(b);
		nap_json_put_text(b, "target", v->target);
		nap_json_put_number(b, "bound", nap_tuned_variant_bound(v));
		nap_json_put_bool(b, "met", v->met);
		add_values(b, v->named);
		nap_run_json_metrics(b, v->named, &v->named->row[0]);
		nap_json_put_number(b, "cost_change", nap_tuned_variant_change(t, v));
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

static void add_policies(JsonBuilder *b, const struct nap_tuned *t)
{
	if (t->policies->len == 0)
		return;
	json_builder_set_member_name(b, "policies");
	json_builder_begin_array(b);
	for (guint i = 0; i < t->policies->len; i++) {
		const struct nap_tuned *p = t->policies->pdata[i];
		g_autofree char *reason = p->failure          ? g_strdup(p->failure)
					  : p->tune.named < 0 ? nap_tuned_reason(p)
							      : NULL;

		json_builder_begin_object(b);
		nap_json_put_text(b, "policy", p->policy);
		nap_json_put_text(b, "reason", reason);
		if (!reason)
			add_found(b, p);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

static void add_tuned(JsonBuilder *b, const struct nap_tuned *t)
{
	if (*t->where)
		nap_json_put_text(b, "where", t->where);
	add_targets(b, t);
	add_recommended(b, t);
	add_nearest(b, t);
	nap_json_put_count(b, "replications_run", t->tune.runs);
	add_variants(b, t);
	add_policies(b, t);
	add_front(b, t);
}

JsonNode *nap_tuned_json(const struct nap_tuned *const *t, uint32_t n, const struct nap_scenario *sc,
	const struct nap_provenance *from, bool interrupted)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	json_builder_begin_object(b);
	nap_json_put_text(b, "schema", n == 1 ? "natnap-tune/1" : "natnap-tunes/1");
	nap_run_json_provenance(b, sc, from);
	if (interrupted) {
		json_builder_set_member_name(b, "interrupted");
		json_builder_add_boolean_value(b, TRUE);
	}
	if (n == 1) {
		add_tuned(b, t[0]);
	} else {
		json_builder_set_member_name(b, "tunes");
		json_builder_begin_array(b);
		for (uint32_t i = 0; i < n; i++) {
			json_builder_begin_object(b);
			add_tuned(b, t[i]);
			json_builder_end_object(b);
		}
		json_builder_end_array(b);
	}
	json_builder_end_object(b);
	return json_builder_get_root(b);
}

GString *nap_tuned_front_csv(const struct nap_tuned *const *t, uint32_t n)
{
	struct nap_csv_writer w;

	nap_csv_begin(&w, NULL);
	if (n > 1)
		nap_csv_put(&w, "where");
	nap_results_csv_head(&w, t[0]->all);
	for (uint32_t i = 0; i < n; i++)
		for (guint k = 0; k < t[i]->front->len; k++) {
			if (n > 1)
				nap_csv_put(&w, t[i]->where);
			nap_results_csv_row(
				&w, t[i]->all, &t[i]->all->row[g_array_index(t[i]->front, uint32_t, k)]);
		}
	return w.text;
}
