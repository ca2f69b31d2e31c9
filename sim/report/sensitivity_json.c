/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>

#include "report/sensitivity_report.h"
#include "text/csv.h"

/* What is said of a metric and a key, in the CSV's order. */
static const char *const names[] = { "mu_star", "mu_star_ci95", "mu_star_low", "mu_star_high", "mu", "sigma",
	"first_order", "first_order_ci95", "first_order_low", "first_order_high", "total", "total_ci95",
	"total_low", "total_high" };

static double farther(double v, double low, double high)
{
	return isnan(low) ? (double)NAN : fmax(v - low, high - v);
}

static void numbers_of(const struct nap_sensitivity_report *r, uint32_t m, uint32_t k, double *v)
{
	const struct nap_morris *e = &r->s.morris[k * r->s.metrics + m];
	const struct nap_sobol *i = &r->s.sobol[k * r->s.metrics + m];
	const double all[G_N_ELEMENTS(names)] = { e->star, farther(e->star, e->low, e->high), e->low, e->high,
		e->mu, e->sigma, i->first, farther(i->first, i->first_low, i->first_high), i->first_low,
		i->first_high, i->total, farther(i->total, i->total_low, i->total_high), i->total_low,
		i->total_high };

	for (size_t n = 0; n < G_N_ELEMENTS(names); n++)
		v[n] = all[n];
}

static const char *scale_of(const struct nap_sensitivity_key *key)
{
	return key->logarithm ? "logarithm" : "linear";
}

/* ---- CSV ---------------------------------------------------------------------------------------------------------------------- */

static void put_row(struct nap_csv_writer *w, const struct nap_sensitivity_report *r, uint32_t m, uint32_t k)
{
	double v[G_N_ELEMENTS(names)];

	nap_csv_put(w, r->metric[m]->name);
	nap_csv_put(w, r->key[k].name);
	nap_csv_put(w, r->key[k].lo);
	nap_csv_put(w, r->key[k].hi);
	nap_csv_put(w, scale_of(&r->key[k]));
	nap_csv_put(w, r->s.matters[k * r->s.metrics + m] ? "yes" : "no");
	numbers_of(r, m, k, v);
	for (size_t n = 0; n < G_N_ELEMENTS(names); n++)
		nap_csv_put_number(w, v[n]);
	nap_csv_end(w);
}

GString *nap_sensitivity_csv(const struct nap_sensitivity_report *const *r, uint32_t n)
{
	static const char *const heads[] = { "metric", "key", "from", "to", "scale", "matters" };
	struct nap_csv_writer w;

	nap_csv_begin(&w, NULL);
	if (n > 1)
		nap_csv_put(&w, "where");
	for (size_t i = 0; i < G_N_ELEMENTS(heads); i++)
		nap_csv_put(&w, heads[i]);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		nap_csv_put(&w, names[i]);
	nap_csv_end(&w);
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t m = 0; m < r[i]->s.metrics; m++) {
			uint32_t ranked[NAP_SENSITIVITY_KEYS];

			nap_sensitivity_rank(r[i], m, ranked);
			for (uint32_t k = 0; k < r[i]->s.keys; k++) {
				if (n > 1)
					nap_csv_put(&w, r[i]->where);
				put_row(&w, r[i], m, ranked[k]);
			}
		}
	return w.text;
}

/* ---- JSON --------------------------------------------------------------------------------------------------------------------- */

static void add_keys(JsonBuilder *b, const struct nap_sensitivity_report *r)
{
	json_builder_set_member_name(b, "keys");
	json_builder_begin_array(b);
	for (uint32_t k = 0; k < r->s.keys; k++) {
		bool chosen = false;

		for (uint32_t i = 0; i < r->s.n_chosen; i++)
			chosen |= r->s.chosen[i] == k;
		json_builder_begin_object(b);
		nap_json_put_text(b, "key", r->key[k].name);
		nap_json_put_text(b, "from", r->key[k].lo);
		nap_json_put_text(b, "to", r->key[k].hi);
		if (!isnan(r->key[k].lo_s)) {
			nap_json_put_number(b, "from_s", r->key[k].lo_s);
			nap_json_put_number(b, "to_s", r->key[k].hi_s);
		}
		nap_json_put_text(b, "scale", scale_of(&r->key[k]));
		nap_json_put_bool(b, "matters", chosen);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

static void add_metric(JsonBuilder *b, const struct nap_sensitivity_report *r, uint32_t m)
{
	uint32_t ranked[NAP_SENSITIVITY_KEYS];

	json_builder_begin_object(b);
	nap_json_put_text(b, "metric", r->metric[m]->name);
	nap_json_put_bool(b, "varies", nap_sensitivity_varies(r, m));
	nap_json_put_number(b, "mean", r->s.mean[m]);
	nap_json_put_number(b, "standard_deviation", r->s.deviation[m]);
	json_builder_set_member_name(b, "keys");
	json_builder_begin_array(b);
	nap_sensitivity_rank(r, m, ranked);
	for (uint32_t k = 0; k < r->s.keys; k++) {
		double v[G_N_ELEMENTS(names)];

		json_builder_begin_object(b);
		nap_json_put_text(b, "key", r->key[ranked[k]].name);
		nap_json_put_bool(b, "matters", r->s.matters[ranked[k] * r->s.metrics + m]);
		numbers_of(r, m, ranked[k], v);
		for (size_t n = 0; n < G_N_ELEMENTS(names); n++)
			nap_json_put_number(b, names[n], v[n]);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
	json_builder_end_object(b);
}

static void add_report(JsonBuilder *b, const struct nap_sensitivity_report *r)
{
	if (*r->where)
		nap_json_put_text(b, "where", r->where);
	nap_json_put_bool(b, "complete", r->complete);
	nap_json_put_int(b, "trajectories", r->s.trajectories_done);
	nap_json_put_int(b, "levels", NAP_MORRIS_LEVELS);
	nap_json_put_number(b, "matters_from", NAP_SENSITIVITY_MATTERS);
	nap_json_put_int(b, "rows", r->s.rows_done);
	nap_json_put_count(b, "points", r->points);
	nap_json_put_count(b, "replications_run", r->points * r->replications);
	add_keys(b, r);
	json_builder_set_member_name(b, "metrics");
	json_builder_begin_array(b);
	for (uint32_t m = 0; m < r->s.metrics; m++)
		add_metric(b, r, m);
	json_builder_end_array(b);
}

JsonNode *nap_sensitivity_json(const struct nap_sensitivity_report *const *r, uint32_t n,
	const struct nap_scenario *sc, const struct nap_provenance *from)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	json_builder_begin_object(b);
	nap_json_put_text(b, "schema", n == 1 ? "natnap-sensitivity/1" : "natnap-sensitivities/1");
	nap_run_json_provenance(b, sc, from);
	if (n == 1) {
		add_report(b, r[0]);
	} else {
		json_builder_set_member_name(b, "sensitivities");
		json_builder_begin_array(b);
		for (uint32_t i = 0; i < n; i++) {
			json_builder_begin_object(b);
			add_report(b, r[i]);
			json_builder_end_object(b);
		}
		json_builder_end_array(b);
	}
	json_builder_end_object(b);
	return json_builder_get_root(b);
}
