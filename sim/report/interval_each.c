/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/interval_each.h"

#include <math.h>

#include <glib.h>

#include "kernel/fmath.h"
#include "stats/tails.h"

#define TAIL  0.025    /* chance beyond each end */
#define Z     1.959964 /* of the normal distribution, so far from its middle */
#define EXACT 1000000  /* of more values the normal distribution gives the ranks */

/* The k for which the chance that at most k of n values lie below the q-quantile comes nearest to p; -1: 0 does, which none has. */
static int64_t nearest_exactly(double p, double q, uint64_t n)
{
	uint64_t from = 0, to = n;
	double below, above;

	while (from < to) { /* the least whose chance is more than p */
		uint64_t middle = from + (to - from) / 2;

		if (1.0 - nap_binomial_at_least(n, middle + 1, q) > p)
			to = middle;
		else
			from = middle + 1;
	}
	below = from > 0 ? 1.0 - nap_binomial_at_least(n, from, q) : 0.0;
	above = 1.0 - nap_binomial_at_least(n, from + 1, q);
	return (int64_t)from - (above - p < p - below ? 0 : 1);
}

/* Of very many the same by the normal distribution, with Cornish and Fisher's term for the skewness. */
static int64_t nearest(double p, double q, uint64_t n)
{
	double sd = sqrt((double)n * q * (1.0 - q)), z;

	if (n <= EXACT)
		return nearest_exactly(p, q, n);
	z = nap_normal_quantile(p);
	return (int64_t)floor((double)n * q + z * sd + (z * z - 1.0) * (1.0 - 2.0 * q) / 6.0);
}

void nap_quantile_ranks(uint64_t n, double q, uint64_t *low, uint64_t *high)
{
	/* value number `low` is above the quantile when fewer than that lie below it: at_most(low - 1) */
	int64_t l = nearest(TAIL, q, n) + 1;
	/* value number `high` is below it when at least that many lie below: of the others' side the same */
	int64_t h = (int64_t)n - nearest(TAIL, 1.0 - q, n);

	if (l < 1) /* all that may err is on the other side */
		h = (int64_t)n - nearest(2.0 * TAIL, 1.0 - q, n);
	else if (h > (int64_t)n)
		l = nearest(2.0 * TAIL, q, n) + 1;
	*low = (uint64_t)MAX(l, 0);
	*high = (uint64_t)MIN(h, (int64_t)n + 1);
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
