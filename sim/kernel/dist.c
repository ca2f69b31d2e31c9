/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/dist.h"

#include <math.h>

#include "kernel/fmath.h"

double nap_dist_draw(const struct nap_dist *d, struct nap_rng *r)
{
	switch (d->kind) {
	case NAP_DIST_UNIFORM:
		return d->a + (d->b - d->a) * nap_rng_unit(r);
	case NAP_DIST_EXPONENTIAL:
		return -d->a * nap_log(nap_rng_unit(r));
	case NAP_DIST_NORMAL:
		return fmax(0.0, d->a + d->b * nap_normal_quantile(nap_rng_unit(r)));
	case NAP_DIST_LOGNORMAL:
		return d->a * nap_exp(d->b * nap_normal_quantile(nap_rng_unit(r)));
	case NAP_DIST_PARETO:
		return d->a * nap_pow(nap_rng_unit(r), -1.0 / d->b);
	case NAP_DIST_WEIBULL:
		return d->a * nap_pow(-nap_log(nap_rng_unit(r)), 1.0 / d->b);
	case NAP_DIST_EMPIRICAL:
		return d->values[nap_rng_below(r, d->n)];
	case NAP_DIST_CONSTANT:
	case NAP_DIST_N:
		break;
	}
	return d->a;
}

/* Doubles to integer nanoseconds: nearest, clamped to [0, NAP_NEVER). */
static nap_time to_time(double ns)
{
	if (!(ns >= 0.5)) /* 0 times infinity too */
		return 0;
	if (ns > 9.2e18)
		return NAP_NEVER - 1;
	return (nap_time)(ns + 0.5);
}

nap_time nap_dist_draw_time(const struct nap_dist *d, struct nap_rng *r)
{
	return to_time(nap_dist_draw(d, r));
}

/* Gamma function by Lanczos' approximation, for the Weibull mean alone. */
static double gamma_fn(double x)
{
	static const double c[] = { 0.99999999999980993, 676.5203681218851, -1259.1392167224028,
		771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012,
		9.9843695780195716e-6, 1.5056327351493116e-7 };
	double sum = c[0], t = x + 6.5;

	for (int i = 1; i < 9; i++)
		sum += c[i] / (x - 1.0 + i);
	return 2.5066282746310002 * nap_pow(t, x - 0.5) * nap_exp(-t) * sum;
}

double nap_dist_mean(const struct nap_dist *d)
{
	double sum = 0.0;

	switch (d->kind) {
	case NAP_DIST_UNIFORM:
		return 0.5 * (d->a + d->b);
	case NAP_DIST_LOGNORMAL:
		return d->a * nap_exp(0.5 * d->b * d->b);
	case NAP_DIST_PARETO:
		return d->b > 1.0 ? d->a * d->b / (d->b - 1.0) : (double)INFINITY;
	case NAP_DIST_WEIBULL:
		return d->a * gamma_fn(1.0 + 1.0 / d->b);
	case NAP_DIST_EMPIRICAL:
		for (uint32_t i = 0; i < d->n; i++)
			sum += d->values[i];
		return sum / d->n;
	default:
		return d->a;
	}
}

NAP_HOT nap_time nap_draw_gap(struct nap_rng *r, double mean_ns)
{
	nap_time gap = to_time(-mean_ns * nap_log(nap_rng_unit(r)));

	return gap > 0 ? gap : 1;
}
