/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/interval.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#define TAIL        0.025 /* chance beyond each end */
#define RARE_EVENTS 30.0  /* beyond so many, their Poisson interval is as symmetrical as t's */

/* What the values say, before any interval. */
struct moments {
	uint32_t n; /* of those that are there */
	double mean, variance, least, most;
};

static struct moments moments_of(const double *values, uint32_t n)
{
	struct moments m = { 0, 0.0, 0.0, (double)INFINITY, -(double)INFINITY };
	double sum = 0.0, squares = 0.0;

	for (uint32_t i = 0; i < n; i++) {
		if (isnan(values[i]))
			continue;
		sum += values[i];
		m.least = fmin(m.least, values[i]);
		m.most = fmax(m.most, values[i]);
		m.n++;
	}
	m.mean = m.n == 0            ? (double)NAN
		 : m.least == m.most ? m.least
				     : sum / m.n; /* no rounding of equal ones */
	for (uint32_t i = 0; i < n; i++)
		squares += isnan(values[i]) ? 0.0 : (values[i] - m.mean) * (values[i] - m.mean);
	m.variance = m.n > 1 && m.least < m.most ? squares / (m.n - 1.0) : 0.0;
	return m;
}

static double upper_bound(enum nap_metric_kind kind)
{
	return kind == NAP_METRIC_SHARE ? 1.0 : (double)INFINITY;
}

static void widen(struct nap_interval *i, double low, double high)
{
	i->low = fmin(i->low, low);
	i->high = fmax(i->high, high);
}

/* Values as sums of few events of one size, counted from the bound that they are near. */
static void widen_by_events(struct nap_interval *i, const struct moments *m, enum nap_metric_kind kind)
{
	bool from_above = kind == NAP_METRIC_SHARE && m->mean > 0.5;
	double far = from_above ? 1.0 - m->mean : m->mean;
	double size = m->variance / far, seen = m->n * far / size;
	double least, most;

	if (kind == NAP_METRIC_AMOUNT || seen > RARE_EVENTS)
		return;
	least = gsl_cdf_chisq_Pinv(TAIL, 2.0 * seen) / 2.0 * size / m->n;
	most = gsl_cdf_chisq_Qinv(TAIL, 2.0 * seen + 2.0) / 2.0 * size / m->n;
	if (from_above)
		widen(i, 1.0 - most, 1.0 - least);
	else
		widen(i, least, most);
}

/* All values agree: what n * units trials may have missed. */
static void widen_unseen(
	struct nap_interval *i, const struct moments *m, enum nap_metric_kind kind, double units)
{
	double trials = m->n * units, missed = 1.0 - pow(TAIL, 1.0 / trials);

	if (kind == NAP_METRIC_SHARE)
		widen(i, m->mean * (1.0 - missed), m->mean + missed * (1.0 - m->mean));
	else if (kind == NAP_METRIC_COUNT && m->mean == 0.0)
		widen(i, 0.0, -log(TAIL) / trials);
}

struct nap_interval nap_interval95(const double *values, uint32_t n, enum nap_metric_kind kind, double units)
{
	struct moments m = moments_of(values, n);
	struct nap_interval i = { m.mean, m.mean, m.mean };
	double t;

	if (m.n < 2 || !isfinite(m.mean)) {
		i.low = i.high = NAN;
		return i;
	}
	if (m.least < m.most) {
		t = gsl_cdf_tdist_Pinv(1.0 - TAIL, m.n - 1.0) * sqrt(m.variance / m.n);
		widen(&i, m.mean - t, m.mean + t);
		widen_by_events(&i, &m, kind);
	} else {
		widen_unseen(&i, &m, kind, units);
	}
	i.low = fmax(i.low, fmin(m.mean, 0.0));
	i.high = fmin(i.high, fmax(m.mean, upper_bound(kind)));
	return i;
}

double nap_interval_half_width(const struct nap_interval *i)
{
	return fmax(i->mean - i->low, i->high - i->mean);
}
