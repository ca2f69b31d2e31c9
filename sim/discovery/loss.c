/* SPDX-License-Identifier: BSD-2-Clause */
#include "discovery/loss.h"

#include <stdlib.h>

#include "kernel/fmath.h"

#define CHOICES     50   /* times considered for being in time, from the median to the longest */
#define MOST_LATE   0.01 /* of the packets behind one in time, later than that */
#define MOST_COPIES 64   /* beyond this a path is too bad to say anything */

static void keep(struct nap_loss *l, nap_time took)
{
	l->took[l->kept++ % NAP_LOSS_KEPT] = took;
}

/*
 * Does the i-th fate say anything of what comes behind a packet that arrives? Single ones do not, nor do losses behind a loss: those of
 * an outage would crowd all others out.
 */
static bool tells(const nap_time *took, uint32_t i)
{
	return took[i] != NAP_NEVER || (i > 0 && took[i - 1] != NAP_NEVER);
}

void nap_loss_add(struct nap_loss *l, const nap_time *took, uint32_t n)
{
	uint32_t telling = 0;

	for (uint32_t i = 0; i < n; i++) {
		l->sent++;
		l->lost += took[i] == NAP_NEVER;
		telling += tells(took, i);
	}
	if (telling < 2)
		return;
	keep(l, NAP_LOSS_BREAK);
	for (uint32_t i = 0; i < n; i++)
		if (tells(took, i))
			keep(l, took[i]);
}

static int by_time(const void *a, const void *b)
{
	nap_time x = *(const nap_time *)a, y = *(const nap_time *)b;

	return x < y ? -1 : x > y;
}

/* The k-th fate kept, oldest first. */
static nap_time fate(const struct nap_loss *l, uint64_t k)
{
	return l->took[(l->kept <= NAP_LOSS_KEPT ? k : l->kept + k) % NAP_LOSS_KEPT];
}

static uint64_t fates(const struct nap_loss *l)
{
	return l->kept < NAP_LOSS_KEPT ? l->kept : NAP_LOSS_KEPT;
}

/* Share of the packets behind one in time that arrive, but late. */
static double late_share(const struct nap_loss *l, nap_time in_time)
{
	uint32_t after = 0, late = 0;

	for (uint64_t k = 1; k < fates(l); k++) {
		nap_time before = fate(l, k - 1), now = fate(l, k);

		if (now == NAP_LOSS_BREAK || before == NAP_LOSS_BREAK || before > in_time)
			continue;
		after++;
		late += now > in_time && now != NAP_NEVER;
	}
	return after ? (double)late / after : 1;
}

nap_time nap_loss_in_time(const struct nap_loss *l)
{
	nap_time took[NAP_LOSS_KEPT];
	uint32_t n = 0;

	for (uint64_t k = 0; k < fates(l); k++)
		if (fate(l, k) != NAP_LOSS_BREAK && fate(l, k) != NAP_NEVER)
			took[n++] = fate(l, k);
	if (!n)
		return 0;
	qsort(took, n, sizeof(took[0]), by_time);
	for (uint32_t i = 0; i < CHOICES; i++) {
		nap_time t = took[n - 1 - (n - 1) * (CHOICES - i) / (2 * CHOICES)];

		if (late_share(l, t) <= MOST_LATE)
			return t;
	}
	return took[n - 1];
}

void nap_loss_after(const struct nap_loss *l, nap_time in_time, uint64_t *after, uint64_t *failed)
{
	*after = *failed = 0;
	for (uint64_t k = 1; k < fates(l); k++) {
		nap_time before = fate(l, k - 1), now = fate(l, k);

		if (now == NAP_LOSS_BREAK || before == NAP_LOSS_BREAK || before > in_time)
			continue;
		++*after;
		*failed += now > in_time;
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

double nap_loss_bound(const struct nap_loss *l, nap_time in_time, double delta)
{
	double p, lo, hi = 1, need;
	uint64_t after, failed;

	nap_loss_after(l, in_time, &after, &failed);
	if (!after || delta <= 0)
		return 1;
	p = lo = (double)failed / (double)after;
	need = -nap_log(delta / CHOICES) / (double)after; /* in_time was the best of so many */
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
