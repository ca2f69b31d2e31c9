/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>

#include "report/sensitivity_report.h"
#include "report/text_table.h"

static void append_table(GString *s, struct nap_table *t)
{
	GString *body = nap_table_page(t);

	g_string_append(s, body->str);
	g_string_free(body, TRUE);
	nap_table_free(t);
}

/* The keys, their ranges, and how these are sampled. */
static void append_keys(GString *s, const struct nap_sensitivity_report *r)
{
	static const char *const heads[] = { "<key", "from", "to", "<sampled", NULL };
	struct nap_table *t = nap_table_new(heads);

	for (uint32_t k = 0; k < r->s.keys; k++) {
		nap_table_cell(t, g_strdup(r->key[k].name));
		nap_table_cell(t, g_strdup(r->key[k].lo));
		nap_table_cell(t, g_strdup(r->key[k].hi));
		nap_table_cell(t, g_strdup(r->key[k].logarithm ? "by the logarithm" : "evenly"));
	}
	append_table(s, t);
}

/* Estimates of 0 lie on both sides of it. */
static char *share_text(double v)
{
	if (isnan(v))
		return g_strdup("-");
	return g_strdup_printf("%.3f", fabs(v) < 0.0005 ? 0.0 : v);
}

static char *ends_text(double low, double high, char *(*text)(double v))
{
	g_autofree char *from = text(low), *to = text(high);

	return isnan(low) ? g_strdup("-") : g_strdup_printf("%s to %s", from, to);
}

static void put_key(struct nap_table *t, const struct nap_sensitivity_report *r, uint32_t m, uint32_t k)
{
	static const char *const ways[] = { "falls", "", "rises" };
	const struct nap_morris *e = &r->s.morris[k * r->s.metrics + m];
	const struct nap_sobol *i = &r->s.sobol[k * r->s.metrics + m];

	nap_table_cell(t, g_strdup(r->key[k].name));
	nap_table_cell(t, nap_number_text(e->star));
	nap_table_cell(t, ends_text(e->low, e->high, nap_number_text));
	nap_table_cell(t, nap_number_text(e->sigma));
	nap_table_cell(t, g_strdup(ways[nap_sensitivity_way(r, m, k) + 1]));
	nap_table_cell(t, share_text(i->first));
	nap_table_cell(t, ends_text(i->first_low, i->first_high, share_text));
	nap_table_cell(t, share_text(i->total));
	nap_table_cell(t, ends_text(i->total_low, i->total_high, share_text));
}

/* How much there is to be shared out. */
static void append_spread(GString *s, const struct nap_sensitivity_report *r, uint32_t m)
{
	g_autofree char *mean = nap_number_text(r->s.mean[m]),
			*deviation = nap_number_text(r->s.deviation[m]);

	if (r->s.rows_done > 0)
		g_string_append_printf(
			s, "; %s on average over the ranges, standard deviation %s", mean, deviation);
	g_string_append_c(s, '\n');
}

static void append_metric(GString *s, const struct nap_sensitivity_report *r, uint32_t m)
{
	static const char *const heads[] = { "<key", "mu*", "95 %", "sigma", "<", "first order", "95 %",
		"total", "95 %", NULL };
	uint32_t ranked[NAP_SENSITIVITY_KEYS];
	struct nap_table *t;

	g_string_append_printf(s, "\n%s: %s", r->metric[m]->name, r->metric[m]->help);
	if (!nap_sensitivity_varies(r, m)) {
		g_string_append(s, ": none of the keys changes it\n");
		return;
	}
	append_spread(s, r, m);
	t = nap_table_new(heads);
	nap_sensitivity_rank(r, m, ranked);
	for (uint32_t k = 0; k < r->s.keys; k++)
		put_key(t, r, m, ranked[k]);
	append_table(s, t);
}

/* What was put aside, and by which rule. */
static void append_aside(GString *s, const struct nap_sensitivity_report *r)
{
	bool chosen[NAP_SENSITIVITY_KEYS] = { false };
	const char *comma = "";

	if (r->s.trajectories_done < r->s.trajectories || r->s.n_chosen == r->s.keys)
		return;
	for (uint32_t k = 0; k < r->s.n_chosen; k++)
		chosen[r->s.chosen[k]] = true;
	g_string_append(s, "\nput aside by the screening: ");
	for (uint32_t k = 0; k < r->s.keys; k++)
		if (!chosen[k]) {
			g_string_append_printf(s, "%s%s", comma, r->key[k].name);
			comma = ", ";
		}
	g_string_append_printf(s,
		" (in no metric does the upper end of mu*'s interval come to %g of the largest mu*; each "
		"stays "
		"in the middle of its range)\n",
		NAP_SENSITIVITY_MATTERS);
}

GString *nap_sensitivity_text(const struct nap_sensitivity_report *r)
{
	GString *s = g_string_new(NULL);

	if (*r->where)
		g_string_append_printf(s, "%s\n", r->where);
	append_keys(s, r);
	g_string_append_printf(s,
		"screening: %u trajectories; Sobol's indices: %u rows of %u %s; %" G_GUINT64_FORMAT
		" points of %u %s with the same random numbers\n",
		r->s.trajectories_done, r->s.rows_done, r->s.n_chosen, r->s.n_chosen == 1 ? "key" : "keys",
		r->points, r->replications, r->replications == 1 ? "replication" : "replications");
	for (uint32_t m = 0; m < r->s.metrics; m++)
		append_metric(s, r, m);
	append_aside(s, r);
	return s;
}
