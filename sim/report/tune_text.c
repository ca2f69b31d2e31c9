/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <string.h>

#include "report/run_verdict.h"
#include "report/text_table.h"
#include "report/tune_report.h"
#include "text/quantity.h"

/* Metrics of a value, as the tables here show them; those that are nothing anywhere are left out. */
static const struct {
	const char *name, *head;
} shown[] = {
	{ "battery_percent_per_day", "battery %/day" },
	{ "energy_j", "energy J" },
	{ "reachable_fraction", "reachable" },
	{ "bindings_expired", "expired" },
	{ "pushes_lost", "lost" },
	{ "push_delay_p95_s", "delay p95 s" },
	{ "packets_up", "packets up" },
	{ "radio_promotions", "promotions" },
};

static bool is_nothing(const struct nap_results *r, int column)
{
	for (uint32_t i = 0; i < r->n_rows; i++)
		if (!isnan(r->row[i].mean[column]) && r->row[i].mean[column] != 0.0)
			return false;
	return true;
}

static void put_row(struct nap_table *t, const struct nap_results *all, const struct nap_row *row)
{
	for (uint32_t k = 0; k < all->n_swept; k++)
		nap_table_cell(t, g_strdup(row->swept[k]));
	for (size_t i = 0; i < G_N_ELEMENTS(shown); i++) {
		int column = nap_results_column(all, shown[i].name);

		if (!is_nothing(all, column))
			nap_table_cell(t, nap_number_text(row->mean[column]));
	}
}

static struct nap_table *new_table(const struct nap_results *all)
{
	g_autoptr(GPtrArray) heads = g_ptr_array_new();

	for (uint32_t k = 0; k < all->n_swept; k++)
		g_ptr_array_add(heads, all->swept[k]);
	for (size_t i = 0; i < G_N_ELEMENTS(shown); i++)
		if (!is_nothing(all, nap_results_column(all, shown[i].name)))
			g_ptr_array_add(heads, (char *)shown[i].head);
	g_ptr_array_add(heads, NULL);
	return nap_table_new((const char *const *)heads->pdata);
}

static void append_table(GString *s, struct nap_table *t)
{
	GString *body = nap_table_page(t);

	g_string_append(s, body->str);
	g_string_free(body, TRUE);
	nap_table_free(t);
}

static void append_margin(GString *s, const struct nap_tuned *t)
{
	const struct nap_tune *tune = &t->tune;

	for (uint32_t k = 0; k < tune->space.axes; k++) {
		g_autofree char *below = NULL, *good = NULL, *bad = NULL;
		uint32_t last, first;
		const int64_t *value = tune->space.axis[k].value;

		if (!t->all->timed[k])
			continue;
		if (!nap_tune_cliff(
			    &tune->space, tune->point, tune->n_points, tune->named, k, &last, &first)) {
			good = nap_time_said(value[tune->space.axis[k].n - 1]);
			g_string_append_printf(
				s, "%s: no larger value up to %s was seen to fail\n", t->all->swept[k], good);
			continue;
		}
		below = nap_time_said(value[last] - value[tune->point[tune->named].at[k]]);
		good = nap_time_said(value[last]);
		bad = nap_time_said(value[first]);
		g_string_append_printf(s, "%s: %s below %s, the last that meets the targets; %s does not\n",
			t->all->swept[k], below, good, bad);
	}
}

static void append_named(GString *s, const struct nap_tuned *t)
{
	const struct nap_tune *tune = &t->tune;
	g_autofree char *values = nap_tuned_values_text(t->named, &t->named->row[0]);
	g_autofree char *misses = nap_chance_text(tune->violation), *beaten = nap_chance_text(tune->better);

	g_string_append_printf(s, "recommended: %s\n", values);
	append_margin(s, t);
	if (tune->rule.certain)
		g_string_append(s, "nothing in the scenario is random: this holds for certain\n");
	else if (t->goal.value != NAP_TUNE_FREE)
		g_string_append_printf(s, "chance that it misses a target: %s, by %u runs of its own\n",
			misses, tune->confirmed_runs);
	else
		g_string_append_printf(s,
			"chance that it misses a target: %s, by %u runs of its own; that a value beside it "
			"is "
			"cheaper by over %.3g %%: %s\n",
			misses, tune->confirmed_runs, 100.0 * tune->rule.better, beaten);
}

/* What each target costs. */
static void append_variants(GString *s, const struct nap_tuned *t)
{
	static const char *const heads[] = { "<if instead", "<best value", "cost", NULL };
	struct nap_table *table = nap_table_new(heads);

	nap_table_cell(table, g_strdup("(as asked)"));
	nap_table_cell(table,
		t->estimate ? nap_tuned_values_text(t->estimate, &t->estimate->row[0]) : g_strdup("none"));
	nap_table_cell(table, g_strdup("-"));
	for (guint i = 0; i < t->variants->len; i++) {
		const struct nap_tuned_variant *v = &g_array_index(t->variants, struct nap_tuned_variant, i);
		g_autofree char *bound = nap_target_value_text(v->target, nap_tuned_variant_bound(v));
		double change = nap_tuned_variant_change(t, v);

		nap_table_cell(table, g_strdup_printf("%s %s", v->target, bound));
		nap_table_cell(table,
			v->met ? nap_tuned_values_text(v->named, &v->named->row[0]) : g_strdup("none"));
		nap_table_cell(
			table, isnan(change) ? g_strdup("-") : g_strdup_printf("%+.1f %%", 100.0 * change));
	}
	g_string_append(s, "\nwhat each target costs (by estimates, without proof):\n");
	append_table(s, table);
}

static void append_policies(GString *s, const struct nap_tuned *t)
{
	static const char *const heads[] = { "<policy", "<best value", "battery %/day", "energy J",
		"packets up", "promotions", "<chance of a miss, or why not", NULL };
	static const char *const metrics[] = { "battery_percent_per_day", "energy_j", "packets_up",
		"radio_promotions" };
	struct nap_table *table = nap_table_new(heads);

	for (guint i = 0; i < t->policies->len; i++) {
		const struct nap_tuned *p = t->policies->pdata[i];
		bool met = !p->failure && p->tune.named >= 0;
		char *note = met          ? nap_chance_text(p->tune.violation)
			     : p->failure ? g_strdup(p->failure)
					  : nap_tuned_reason(p);

		nap_table_cell(table, g_strdup(p->policy));
		nap_table_cell(
			table, met ? nap_tuned_values_text(p->named, &p->named->row[0]) : g_strdup("none"));
		for (size_t k = 0; k < G_N_ELEMENTS(metrics); k++)
			nap_table_cell(table,
				nap_number_text(
					met ? p->named->row[0].mean[nap_results_column(p->named, metrics[k])]
					    : (double)NAN));
		nap_table_cell(table, note);
	}
	g_string_append(s, "\neach policy at its best, the cheapest first:\n");
	append_table(s, table);
}

/* The first line: what to do. */
static void append_verdict(GString *s, const struct nap_tuned *t)
{
	const struct nap_row *row = &t->named->row[0];
	g_autofree char *values = NULL, *said = NULL, *misses = NULL;

	if (t->tune.named < 0) {
		g_autofree char *reason = nap_tuned_reason(t);

		g_string_append_printf(s, "No value meets the targets: %s.\n\n", reason);
		return;
	}
	values = nap_tuned_values_text(t->named, row);
	said = nap_row_verdict(t->named, row);
	misses = nap_chance_text(t->tune.violation);
	g_string_append_printf(s, "Take %s: %s; %s%s.\n\n", values, said,
		t->tune.rule.certain ? "for certain" : "chance of a miss ",
		t->tune.rule.certain ? "" : misses);
}

GString *nap_tuned_text(const struct nap_tuned *t)
{
	GString *s = g_string_new(NULL);
	struct nap_table *table;

	append_verdict(s, t);
	if (*t->where)
		g_string_append_printf(s, "%s\n", t->where);
	g_string_append_printf(s, "%s\n", t->targets);
	if (t->tune.named >= 0) {
		append_named(s, t);
	} else {
		g_autofree char *reason = nap_tuned_reason(t);

		g_string_append_printf(s, "recommended: none: %s\n", reason);
	}
	table = new_table(t->named);
	put_row(table, t->named, &t->named->row[0]);
	append_table(s, table);
	if (t->variants->len > 0)
		append_variants(s, t);
	if (t->policies->len > 0)
		append_policies(s, t);
	if (t->goal.value != NAP_TUNE_FREE)
		return s;
	g_string_append(s, "\nno value beats these in energy, reachability and signalling:\n");
	table = new_table(t->all);
	for (guint i = 0; i < t->front->len; i++)
		put_row(table, t->all, &t->all->row[g_array_index(t->front, uint32_t, i)]);
	append_table(s, table);
	return s;
}
