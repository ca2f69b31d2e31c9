/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/column_interval.h"

#include <math.h>

#include "run/metrics.h"

static double value_of(
	const struct nap_column *c, const struct nap_scenario *sc, const struct nap_replication *r)
{
	return c->metric->of_box ? c->metric->of_box(sc, r, c->hop) : c->metric->value(sc, r);
}

/* Of how many things that do not touch one another a value of this column is the mean. */
static double independent_units(const struct nap_column *c, const struct nap_scenario *sc)
{
	return c->metric == &nap_metric_events || nap_scenario_joins(sc) ? 1.0 : sc->general.subscribers;
}

/* For some kind of subscribers. */
bool nap_column_is_possible(const struct nap_column *c, const struct nap_scenario *sc)
{
	bool possible = !c->metric->possible ? true
			: sc->kinds.n == 0   ? c->metric->possible(sc, c->hop)
					     : sc->kinds.n > 1 && c->metric->kind == NAP_METRIC_SHARE;

	for (uint32_t i = 0; i < sc->kinds.n && !possible; i++)
		possible = c->metric->possible(sc->kinds.kind[i], c->hop);
	return possible;
}

/* What the column's values can be in this scenario. */
static enum nap_metric_kind kind_of(const struct nap_column *c, const struct nap_scenario *sc)
{
	if (!nap_column_is_possible(c, sc))
		return NAP_METRIC_AMOUNT; /* its zeros are certain */
	return c->metric->kind;
}

/* Values of n replications, or batches, as if each had been run alone. */
static struct nap_interval interval_of(const struct nap_column *c, const struct nap_scenario *sc,
	const struct nap_replication *r, const bool *done, uint32_t n, double units)
{
	g_autofree double *values = g_new(double, n), *weights = g_new(double, n);
	uint32_t k = 0;

	for (uint32_t i = 0; i < n; i++)
		if (!done || done[i]) {
			values[k] = value_of(c, sc, &r[i]);
			weights[k++] = c->metric->weight ? c->metric->weight(sc, &r[i]) : 1.0;
		}
	return c->metric->weight ? nap_ratio_interval95(values, weights, k)
				 : nap_interval95(values, k, kind_of(c, sc), units);
}

/*
 * One replication: batches of subscribers, all of as many but perhaps the last, which is left out where it is smaller, or stretches of
 * one's time; their spread is that of the mean, about the value of all. In stretches together no more is seen than in one run.
 */
static struct nap_interval interval_of_batches(
	const struct nap_column *c, const struct nap_point *p, struct nap_interval all)
{
	uint32_t n = p->n_batches;
	double most = c->metric->kind == NAP_METRIC_SHARE ? 1.0 : (double)INFINITY,
	       units = p->batch[0].subscribers;
	struct nap_interval i;

	if (p->batch[n - 1].subscribers < p->batch[0].subscribers)
		n--;
	if (p->sc->general.subscribers == 1 && kind_of(c, p->sc) == NAP_METRIC_COUNT) {
		units = 1.0 / n;
		if (all.mean ==
			0.0) /* in stretches something may be offered in one and delivered in the next */
			return nap_interval95((const double[]){ 0.0, 0.0 }, 2, NAP_METRIC_COUNT, 0.5);
	}
	i = interval_of(c, p->sc, p->batch, NULL, n, units);
	if (isnan(i.low) || isnan(all.mean))
		return all;
	if (i.high - i.low <= 1e-9 * fabs(i.mean)) { /* alike, but for the rounding of their sums */
		all.low = all.high = all.mean;
		return all;
	}
	all.low = fmax(fmin(i.low + all.mean - i.mean, all.mean), fmin(0.0, all.mean));
	all.high = fmin(fmax(i.high + all.mean - i.mean, all.mean), fmax(most, all.mean));
	return all;
}

struct nap_interval nap_column_summarise(const struct nap_column *c, const struct nap_point *p)
{
	struct nap_interval i = interval_of(
		c, p->sc, p->replication, p->done, p->sc->general.replications, independent_units(c, p->sc));

	return p->n_batches > 0 && c->metric != &nap_metric_events ? interval_of_batches(c, p, i) : i;
}

#define MEANS                                                                                                \
	"Interval of 95 %: Student's t over replications (of a single one: over batches of subscribers, "    \
	"where no "                                                                                          \
	"middlebox and no restart of the server joins them); of 10 or more values so skewed that t covers "  \
	"too little, the studentised "                                                                       \
	"bootstrap's "                                                                                       \
	"where it is wider"

const char *nap_interval_words(enum nap_over over, enum nap_metric_kind kind)
{
	static const char *const of_mean[] = {
		[NAP_METRIC_AMOUNT] = MEANS ".",
		[NAP_METRIC_COUNT] =
			MEANS "; near 0 the exact Poisson interval (Garwood 1936) of as many events.",
		[NAP_METRIC_SHARE] =
			MEANS "; near 0 and 1 the exact intervals of counts (Garwood 1936) and, where all "
			      "agree, of shares (Clopper and Pearson 1934).",
		[NAP_METRIC_RATIO] =
			"The ratio of two sums over all replications. Interval of 95 %: that of the mean of "
			"its "
			"linearised errors (Cochran 1977), by Student's t or the studentised bootstrap.",
	};

	if (over == NAP_OVER_QUANTILE)
		return "Over all subscribers of all replications. Interval of 95 %: between order "
		       "statistics, whatever the "
		       "shape; where subscribers share a middlebox or restarts of their server, Student's t "
		       "over replications.";
	if (over == NAP_OVER_BOUND)
		return "Over all subscribers of all replications. Interval of 95 %: Wilson's (1927); where "
		       "subscribers share "
		       "a middlebox or restarts of their server, that of a share over replications.";
	return of_mean[kind];
}
