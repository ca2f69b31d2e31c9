/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/interval.h"

#include <math.h>

#include <glib.h>

#include "kernel/fmath.h"
#include "report/bootstrap.h"
#include "stats/tails.h"

#define TAIL        0.025 /* chance beyond each end */
#define SKEWED      0.255 /* skewness over the root of n, from where t covers less than 93 % */
#define RARE_EVENTS 30.0  /* beyond so many, their Poisson interval is as symmetrical as t's */

/* What the values say, before any interval. */
struct moments {
	uint32_t n; /* of those that are there */
	double mean, variance, least, most;
	double skewness; /* of their mean: their own over the root of n */
};

static struct moments moments_of(const double *values, uint32_t n)
{
	struct moments m = { .least = (double)INFINITY, .most = -(double)INFINITY };
	double sum = 0.0, squares = 0.0, cubes = 0.0;

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
	for (uint32_t i = 0; i < n; i++) {
		double d = isnan(values[i]) ? 0.0 : values[i] - m.mean;

		squares += d * d;
		cubes += d * d * d;
	}
	m.variance = m.n > 1 && m.least < m.most ? squares / (m.n - 1.0) : 0.0;
	m.skewness = m.n > 2 && m.variance > 0.0
			     ? cubes / (m.variance * sqrt(m.variance)) / (m.n - 1.0) / (m.n - 2.0) * sqrt(m.n)
			     : 0.0;
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

	if ((kind != NAP_METRIC_COUNT && kind != NAP_METRIC_SHARE) || !(seen > 0.0) || seen > RARE_EVENTS)
		return;
	/* of less than half an event the lower end is below 1/1000 of one */
	least = seen < 0.5 ? 0.0 : nap_gamma_quantile(TAIL, seen) * size / m->n;
	most = nap_gamma_quantile(1.0 - TAIL, seen + 1.0) * size / m->n;
	if (from_above)
		widen(i, 1.0 - most, 1.0 - least);
	else
		widen(i, least, most);
}

/* 1 - e to the -x, x >= 0, which nap_exp alone would round away where x is small. */
static double short_of_one(double x)
{
	double term = x, sum = x;

	if (x > 0.5)
		return 1.0 - nap_exp(-x);
	for (int n = 2; n < 20; n++) {
		term *= -x / n;
		sum += term;
	}
	return sum;
}

/* All values agree: what n * units trials may have missed. */
static void widen_unseen(
	struct nap_interval *i, const struct moments *m, enum nap_metric_kind kind, double units)
{
	double trials = m->n * units, unseen = -nap_log(TAIL) / trials, missed = short_of_one(unseen);

	if (kind == NAP_METRIC_SHARE)
		widen(i, m->mean * (1.0 - missed), m->mean + missed * (1.0 - m->mean));
	else if (kind == NAP_METRIC_COUNT && m->mean == 0.0)
		widen(i, 0.0, unseen);
}

/* Quantiles of the mean's error in standard errors: Student's; of skewed values those they have themselves, where these are farther. */
static void quantiles_of_t(
	const struct moments *m, const double *values, uint32_t n, double *low, double *high)
{
	g_autofree double *there = NULL;
	double own_low, own_high;
	uint32_t k = 0;

	*high = nap_student_quantile(TAIL, m->n - 1.0);
	*low = -*high;
	if (fabs(m->skewness) <= SKEWED || m->n < NAP_BOOTSTRAP_LEAST || m->n > NAP_BOOTSTRAP_MOST)
		return;
	there = g_new(double, n);
	for (uint32_t i = 0; i < n; i++)
		if (!isnan(values[i]))
			there[k++] = values[i];
	if (nap_bootstrap_t(there, k, &own_low, &own_high)) {
		*low = fmin(*low, own_low);
		*high = fmax(*high, own_high);
	}
}

struct nap_interval nap_interval95(const double *values, uint32_t n, enum nap_metric_kind kind, double units)
{
	struct moments m = moments_of(values, n);
	struct nap_interval i = { m.mean, m.mean, m.mean };
	double error, t_low, t_high;

	if (m.n < 2 || !isfinite(m.mean)) {
		i.low = i.high = NAN;
		return i;
	}
	if (m.least < m.most) {
		error = sqrt(m.variance / m.n);
		quantiles_of_t(&m, values, n, &t_low, &t_high);
		widen(&i, m.mean - t_high * error, m.mean - t_low * error);
		widen_by_events(&i, &m, kind);
	} else {
		widen_unseen(&i, &m, kind, units);
	}
	if (kind != NAP_METRIC_RATIO)
		i.low = fmax(i.low, fmin(m.mean, 0.0));
	i.high = fmin(i.high, fmax(m.mean, upper_bound(kind)));
	return i;
}

struct nap_interval nap_ratio_interval95(const double *values, const double *weights, uint32_t n)
{
	g_autofree double *residual = g_new(double, n);
	double above = 0.0, below = 0.0, ratio;
	uint32_t worth = 0;
	struct nap_interval i;

	for (uint32_t k = 0; k < n; k++) {
		above += weights[k] > 0.0 ? values[k] * weights[k] : 0.0;
		below += weights[k];
		worth += weights[k] > 0.0;
	}
	ratio = below > 0.0 ? above / below : (double)NAN;
	if (worth < 2)
		return (struct nap_interval){ ratio, (double)NAN, (double)NAN };
	for (uint32_t k = 0; k < n; k++)
		residual[k] = weights[k] > 0.0 ? weights[k] * (values[k] - ratio) * n / below : 0.0;
	i = nap_interval95(residual, n, NAP_METRIC_RATIO, 1.0);
	return (struct nap_interval){ ratio, fmax(ratio + i.low, 0.0), ratio + i.high };
}

double nap_interval_half_width(const struct nap_interval *i)
{
	return fmax(i->mean - i->low, i->high - i->mean);
}
