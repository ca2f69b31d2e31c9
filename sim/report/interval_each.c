/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/interval_each.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#define TAIL  0.025     /* chance beyond each end */
#define Z     1.959964  /* of the normal distribution, so far from its middle */
#define EXACT 100000000 /* of more values the normal distribution gives the ranks */

/* Chance that at most k of n values lie below the q-quantile. */
static double at_most(uint64_t k, double q, uint64_t n)
{
	double sd = sqrt((double)n * q * (1.0 - q));

	return n <= EXACT ? gsl_cdf_binomial_P((unsigned)k, q, (unsigned)n)
			  : gsl_cdf_ugaussian_P(((double)k + 0.5 - (double)n * q) / sd);
}

/* The least k for which at_most(k) exceeds p; it does for n. */
static uint64_t least_over(double p, double q, uint64_t n)
{
	uint64_t from = 0, to = n;

	while (from < to) {
		uint64_t middle = from + (to - from) / 2;

		if (at_most(middle, q, n) > p)
			to = middle;
		else
			from = middle + 1;
	}
	return from;
}

void nap_quantile_ranks(uint64_t n, double q, uint64_t *low, uint64_t *high)
{
	/* value number `low` is above the quantile when fewer than `low` lie below it: at_most(low - 1) */
	*low = least_over(TAIL, q, n);
	/* value number `high` is below it when at least `high` lie below: 1 - at_most(high - 1) */
	*high = least_over(1.0 - TAIL, q, n) + 1;
}

struct nap_interval nap_share_interval(uint64_t hits, uint64_t n)
{
	double m = (double)n, p = (double)hits / m, z2 = Z * Z / m;
	double middle = (p + z2 / 2.0) / (1.0 + z2),
	       half = Z * sqrt(p * (1.0 - p) / m + z2 / m / 4.0) / (1.0 + z2);

	if (n == 0)
		return (struct nap_interval){ (double)NAN, (double)NAN, (double)NAN };
	return (struct nap_interval){ p, hits == 0 ? 0.0 : middle - half, hits == n ? 1.0 : middle + half };
}
