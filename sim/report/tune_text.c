/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <string.h>

#include "report/text_table.h"
#include "report/tune_report.h"

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
	GString *body = nap_table_text(t);

	g_string_append(s, body->str);
	g_string_free(body, TRUE);
	nap_table_free(t);
}

static char *values_text(const struct nap_results *r, const struct nap_row *row)
{
	GString *s = g_string_new(NULL);

	for (uint32_t k = 0; k < r->n_swept; k++)
		g_string_append_printf(s, "%s%s = %s", k ? ", " : "", r->swept[k], row->swept[k]);
	return g_string_free(s, FALSE);
}

static void append_margin(GString *s, const struct nap_tuned *t)
{
	const struct nap_tune *tune = t->tune;

	for (uint32_t k = 0; k < tune->space.axes; k++) {
		g_autofree char *good = NULL, *bad = NULL;
		uint32_t last, first;
		const int64_t *value = tune->space.axis[k].value;

		if (!t->all->timed[k])
			continue;
		if (!nap_tune_cliff(
			    &tune->space, tune->point, tune->n_points, tune->named, k, &last, &first)) {
			g_string_append_printf(s, "%s: no larger value up to %.6g s was seen to fail\n",
				t->all->swept[k], nap_time_seconds(value[tune->space.axis[k].n - 1]));
			continue;
		}
		g_string_append_printf(s,
			"%s: %.6g s below %.6g s, the last that meets the targets; %.6g s does not\n",
			t->all->swept[k],
			nap_time_seconds(value[last] - value[tune->point[tune->named].at[k]]),
			nap_time_seconds(value[last]), nap_time_seconds(value[first]));
	}
}

/* A chance for people. */
static char *chance_text(double p)
{
	return p > 0.0 && p < 1e-4 ? g_strdup("under 0.01 %") : g_strdup_printf("%.2g %%", 100.0 * p);
}

static void append_named(GString *s, const struct nap_tuned *t)
{
	const struct nap_tune *tune = t->tune;
	g_autofree char *values = values_text(t->named, &t->named->row[0]);
	g_autofree char *misses = chance_text(tune->violation), *beaten = chance_text(tune->better);

	g_string_append_printf(s, "recommended: %s\n", values);
	append_margin(s, t);
	if (tune->rule.certain)
		g_string_append(s, "nothing in the scenario is random: this holds for certain\n");
	else
		g_string_append_printf(s,
			"chance that it misses a target: %s, by %u runs of its own; that a value beside it "
			"is "
			"cheaper by over %.3g %%: %s\n",
			misses, tune->confirmed_runs, 100.0 * tune->rule.better, beaten);
}

GString *nap_tuned_text(const struct nap_tuned *t)
{
	GString *s = g_string_new(NULL);
	struct nap_table *table;

	if (*t->where)
		g_string_append_printf(s, "%s\n", t->where);
	g_string_append_printf(s, "%s\n", t->targets);
	if (t->tune->named >= 0) {
		append_named(s, t);
	} else {
		g_autofree char *reason = nap_tuned_reason(t);

		g_string_append_printf(s, "recommended: none: %s\n", reason);
	}
	table = new_table(t->named);
	put_row(table, t->named, &t->named->row[0]);
	append_table(s, table);
	g_string_append(s, "\nno value beats these in energy, reachability and signalling:\n");
	table = new_table(t->all);
	for (guint i = 0; i < t->front->len; i++)
		put_row(table, t->all, &t->all->row[g_array_index(t->front, uint32_t, i)]);
	append_table(s, table);
	return s;
}
