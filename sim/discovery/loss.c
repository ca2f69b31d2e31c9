/* SPDX-License-Identifier: BSD-2-Clause */
#include "discovery/loss.h"

#include "kernel/fmath.h"

#define MOST_COPIES 64 /* beyond this a path is too bad to say anything */

void nap_loss_add(struct nap_loss *l, const bool *arrived, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		l->sent++;
		l->lost += !arrived[i];
		if (i && arrived[i - 1]) {
			l->after++;
			l->after_lost += !arrived[i];
		}
	}
}

double nap_loss_share(const struct nap_loss *l)
{
	return l->sent ? (double)l->lost / (double)l->sent : 0;
}

/* Relative entropy of a coin of bias p seen through one of bias q; 0 < q < 1. */
static double entropy(double p, double q)
{
	double d = 0;

	if (p > 0)
		d += p * nap_log(p / q);
	if (p < 1)
		d += (1 - p) * nap_log((1 - p) / (1 - q));
	return d;
}

double nap_loss_bound(const struct nap_loss *l, double delta)
{
	double p, lo, hi = 1, need;

	if (!l->after || delta <= 0)
		return 1;
	p = lo = (double)l->after_lost / (double)l->after;
	need = -nap_log(delta) / (double)l->after;
	for (int i = 0; i < 60 && p < 1; i++) {
		double q = (lo + hi) / 2;

		if (q <= p || q >= 1)
			break;
		*(entropy(p, q) < need ? &lo : &hi) = q;
	}
	return hi;
}

uint32_t nap_loss_copies(double bound, double error)
{
	double e = bound;
	uint32_t k = 1;

	if (bound >= 1)
		return 0;
	for (; e > error; e *= bound)
		if (++k > MOST_COPIES)
			return 0;
	return k;
}
