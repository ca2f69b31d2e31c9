/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/each_columns.h"

#include <math.h>

#include "text/csv.h"
#include "report/interval_each.h"

static const struct nap_metric of_quantile = { "subscriber_pQ_METRIC",
	"over subscribers: Q % of them have no more", NAP_METRIC_AMOUNT, 0, .value = NULL };
static const struct nap_metric of_share = { "subscriber_pQ_METRIC",
	"over subscribers: Q % of them have no more", NAP_METRIC_SHARE, 0, .value = NULL };
static const struct nap_metric of_bound = { "subscribers_with_BOUND",
	"share of subscribers that keep to the bound", NAP_METRIC_SHARE, NAP_LISTED, .value = NULL };

static void add(GArray *columns, struct nap_column c)
{
	g_array_append_val(columns, c);
}

/* Has somebody a way in? All points of a sweep have the columns of the first. */
static bool has_way_in(const struct nap_scenario *sc)
{
	bool some = nap_scenario_has_way_in(sc);

	for (uint32_t k = 0; k < sc->kinds.n; k++)
		some |= nap_scenario_has_way_in(sc->kinds.kind[k]);
	return some;
}

static bool is_of_way_in(enum nap_quantity of)
{
	return of == NAP_EACH_REACHABLE || of == NAP_EACH_BINDINGS_LOST;
}

void nap_each_columns(GArray *columns, const struct nap_scenario *sc)
{
	const struct nap_bounds *bounds = &sc->general.bounds;
	bool many = sc->general.subscribers > 1, ways = has_way_in(sc);

	for (int i = 0; i < NAP_EACH_N; i++)
		for (uint32_t k = 0; k < NAP_QUANTILES && (ways || !is_of_way_in((enum nap_quantity)i)); k++)
			add(columns,
				(struct nap_column){ .name = nap_each_quantile_name((enum nap_quantity)i, k),
					.metric = nap_each_metrics[i].share ? &of_share : &of_quantile,
					.over = NAP_OVER_QUANTILE,
					.of = (enum nap_quantity)i,
					.index = k });
	for (uint32_t i = 0; i < bounds->n; i++)
		if (ways || !is_of_way_in(bounds->bound[i].of))
			add(columns, (struct nap_column){ .name = nap_each_bound_name(&bounds->bound[i]),
					     .metric = &of_bound,
					     .listed = many,
					     .over = NAP_OVER_BOUND,
					     .index = i });
}

/* ---- values and intervals ------------------------------------------------------------------------------------------- */

static double of_replication(const struct nap_column *c, const struct nap_replication *r)
{
	return c->over == NAP_OVER_QUANTILE ? r->each[c->of][c->index] : r->within[c->index] / r->subscribers;
}

/* From replication to replication: by what each says alone, about what all say together. */
static struct nap_interval between_replications(
	const struct nap_column *c, const struct nap_point *p, double all)
{
	uint32_t n = 0;
	g_autofree double *values = g_new(double, p->sc->general.replications);
	struct nap_interval i;
	double shift;

	for (uint32_t k = 0; k < p->sc->general.replications; k++)
		if (p->done[k])
			values[n++] = of_replication(c, &p->replication[k]);
	i = nap_interval95(values, n, c->metric->kind, 1.0);
	shift = all - i.mean;
	return (struct nap_interval){ all, fmax(fmin(i.low + shift, all), 0.0),
		fmin(fmax(i.high + shift, all),
			c->metric->kind == NAP_METRIC_SHARE ? 1.0 : (double)INFINITY) };
}

static struct nap_interval between_subscribers(
	const struct nap_column *c, const struct nap_point *p, double all)
{
	uint64_t n = nap_each_count(&p->each, c->of), low, high;
	double most = c->metric->kind == NAP_METRIC_SHARE ? 1.0 : (double)INFINITY;

	if (n < 2)
		return (struct nap_interval){ all, (double)NAN, (double)NAN };
	nap_quantile_ranks(n, nap_quantiles[c->index], &low, &high);
	return (struct nap_interval){ all, low < 1 ? 0.0 : nap_each_ranked(&p->each, p->sc, c->of, low),
		high > n ? most : nap_each_ranked(&p->each, p->sc, c->of, high) };
}

struct nap_interval nap_each_summarise(const struct nap_column *c, const struct nap_point *p)
{
	bool clusters = nap_scenario_joins(p->sc);

	if (c->over == NAP_OVER_QUANTILE) {
		double all = nap_each_quantile(&p->each, p->sc, c->of, nap_quantiles[c->index]);

		return clusters ? between_replications(c, p, all) : between_subscribers(c, p, all);
	}
	if (!clusters)
		return nap_share_interval(p->each.within[c->index], p->each.subscribers);
	return between_replications(c, p, (double)p->each.within[c->index] / (double)p->each.subscribers);
}

/* ---- cdf.csv --------------------------------------------------------------------------------------------------------- */

/* Per mille of subscribers: every percent, and finer at both ends. */
static const unsigned ends[] = { 1, 2, 5, 995, 998, 999 };

static bool is_step(unsigned mille)
{
	bool end = mille % 10 == 0;

	for (size_t i = 0; i < G_N_ELEMENTS(ends); i++)
		end |= mille == ends[i];
	return end;
}

static void put_swept(struct nap_csv_writer *w, const struct nap_results *r, const struct nap_row *row)
{
	for (uint32_t i = 0; i < r->n_swept; i++) {
		nap_csv_put(w, row ? row->swept[i] : r->swept[i]);
		if (r->number[i] && row)
			nap_csv_put_number(w, row->number[i]);
		else if (r->number[i])
			nap_csv_put(w, r->number[i]);
	}
}

static void put_steps(struct nap_csv_writer *w, const struct nap_results *r, const struct nap_row *row,
	const struct nap_point *p)
{
	for (unsigned mille = 0; mille <= 1000; mille++) {
		if (!is_step(mille))
			continue;
		put_swept(w, r, row);
		nap_csv_put_number(w, mille / 1000.0);
		nap_csv_put_int(w, (int64_t)p->each.subscribers);
		for (int i = 0; i < NAP_EACH_N; i++)
			nap_csv_put_number(
				w, nap_each_quantile(&p->each, p->sc, (enum nap_quantity)i, mille / 1000.0));
		nap_csv_end(w);
	}
}

GString *nap_cdf_csv(const struct nap_campaign *c, const struct nap_results *r)
{
	struct nap_csv_writer w;

	nap_csv_begin(&w, NULL);
	put_swept(&w, r, NULL);
	nap_csv_put(&w, "share");
	nap_csv_put(&w, "subscribers");
	for (int i = 0; i < NAP_EACH_N; i++)
		nap_csv_put(&w, nap_each_metrics[i].name);
	nap_csv_end(&w);
	for (uint32_t i = 0; i < c->n; i++)
		put_steps(&w, r, &r->row[i], &c->point[i]);
	return w.text;
}
