/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The density of a probe in a state is a mixture: most follow the sawtooth of a cycle that is locked to the last
 * exchange, some lie anywhere between floor and floor + cycle (the phase was another), few are outliers.
 */
#include "radio/level.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "kernel/fmath.h"

#define OUTLIER_RANGE 10.0 /* s */
#define ON_SAWTOOTH   0.75
#define IN_RANGE      0.22
#define OUTLIER       0.03
#define SPREAD_MIN    0.001 /* s: clocks of probes tell milliseconds */
#define SPREADS       10    /* powers of two above it */
#define EVEN_EDGE     0.005 /* s: noise beyond the range of even waits */
#define BINS_MAX      256

/* Paging cycles of TS 36.304, DRX cycles of TS 36.331 that a probe can tell, 1 and 3 Wi-Fi beacons, 3G paging. */
static const double cycles[] = { 0.0, 0.04, 0.08, 0.1024, 0.16, 0.3072, 0.32, 0.64, 1.28, 2.56, 5.12 };

/* x modulo m, in [0, m); the quotient fits an integer, whose cast is faster than floor(). */
static double modulo(double x, double m)
{
	double q = x / m, r;
	int64_t k = (int64_t)q;

	r = x - m * (double)(k - (q < (double)k));
	return r < m ? r : 0.0;
}

/* e to the -x, 0 where it no longer matters. */
static double decay(double x)
{
	return x < 60.0 ? nap_exp(-x) : 0.0;
}

double level_deviation(const struct level *l, const struct nap_rrc_probe *p)
{
	if (l->cycle <= 0.0)
		return fabs(p->rtt - l->floor);
	return fabs(modulo(p->idle + p->rtt - l->anchor + l->cycle / 2, l->cycle) - l->cycle / 2);
}

bool level_covers(const struct level *l, const struct nap_rrc_probe *p)
{
	return p->rtt > l->floor - 4 * l->spread && p->rtt < l->floor + l->cycle + 4 * l->spread;
}

static double even_density(const struct level *l)
{
	return (ON_SAWTOOTH + IN_RANGE) / (l->cycle + 8 * l->spread);
}

double level_density(const struct level *l, const struct nap_rrc_probe *p)
{
	double density = OUTLIER / OUTLIER_RANGE;

	if (l->even)
		density += level_covers(l, p) ? even_density(l) : 0.0;
	else if (level_covers(l, p))
		density += ON_SAWTOOTH / (2 * l->spread) * decay(level_deviation(l, p) / l->spread) +
			   IN_RANGE / (l->cycle + 8 * l->spread);
	return nap_log(density);
}

static double log_likelihood(const struct level *l, const struct nap_rrc_probe *p, size_t n)
{
	double sum = 0.0;
	size_t covered = 0;

	if (l->even) { /* two densities alone */
		for (size_t i = 0; i < n; i++)
			covered += level_covers(l, &p[i]);
		return (double)covered * nap_log(OUTLIER / OUTLIER_RANGE + even_density(l)) +
		       (double)(n - covered) * nap_log(OUTLIER / OUTLIER_RANGE);
	}
	for (size_t i = 0; i < n; i++)
		sum += level_density(l, &p[i]);
	return sum;
}

/* Where (t + rtt) mod cycle gathers: the fullest bins, then the mean around them. */
static double anchor_of(const struct nap_rrc_probe *p, size_t n, double cycle)
{
	unsigned bins = (unsigned)(cycle / 0.008), best = 0;
	unsigned count[BINS_MAX] = { 0 };
	double width, centre, sum = 0.0;
	size_t near = 0;

	bins = bins < 5 ? 5 : bins > BINS_MAX ? BINS_MAX : bins;
	width = cycle / bins;
	for (size_t i = 0; i < n; i++) {
		unsigned k = (unsigned)(modulo(p[i].idle + p[i].rtt, cycle) / width);

		count[k < bins ? k : bins - 1]++;
	}
	for (unsigned k = 0, most = 0; k < bins; k++) {
		unsigned here = 2 * count[k] + count[(k + 1) % bins] + count[(k + bins - 1) % bins];

		if (here > most) {
			most = here;
			best = k;
		}
	}
	centre = (best + 0.5) * width;
	for (size_t i = 0; i < n; i++) {
		double d = modulo(p[i].idle + p[i].rtt - centre + cycle / 2, cycle) - cycle / 2;

		if (fabs(d) < 1.5 * width) {
			sum += d;
			near++;
		}
	}
	return modulo(centre + (near ? sum / (double)near : 0.0), cycle);
}

/* Deviations by powers of two of SPREAD_MIN: how many, and their sum. */
struct bins {
	size_t count[SPREADS + 3];
	double sum[SPREADS + 3];
};

static int bin_of(double d)
{
	int k = 0;

	for (double edge = SPREAD_MIN; d > edge && k < SPREADS + 2; edge *= 2)
		k++;
	return k;
}

static void bin_add(struct bins *b, int k, double d)
{
	b->count[k]++;
	b->sum[k] += d;
}

/* Log likelihood at a spread of what lies in bins [0, most]; the rest are outliers. */
static double bins_likelihood(const struct bins *b, int most, double spread, double cycle)
{
	double ll = 0.0;

	for (int k = 0; k < SPREADS + 3; k++) {
		double density = OUTLIER / OUTLIER_RANGE;

		if (b->count[k] == 0)
			continue;
		if (k <= most)
			density +=
				ON_SAWTOOTH / (2 * spread) * decay(b->sum[k] / (double)b->count[k] / spread) +
				IN_RANGE / (cycle + 8 * spread);
		ll += (double)b->count[k] * nap_log(density);
	}
	return ll;
}

/* The spread of greatest likelihood; probes outside the range are covered up to 4 spreads. */
static void fit_spread(struct level *l, const struct nap_rrc_probe *p, size_t n)
{
	struct bins inside = { { 0 }, { 0 } }, outside = { { 0 }, { 0 } };
	double spread = SPREAD_MIN;

	for (size_t i = 0; i < n; i++) {
		double d = level_deviation(l, &p[i]);
		double beyond = fmax(l->floor - p[i].rtt, p[i].rtt - l->floor - l->cycle);

		if (beyond <= 0.0)
			bin_add(&inside, bin_of(d), d);
		else
			bin_add(&outside, bin_of(beyond), fmax(d, beyond));
	}
	l->log_likelihood = -INFINITY;
	for (int s = 0; s < SPREADS; s++, spread *= 2) {
		double ll = bins_likelihood(&inside, SPREADS + 2, spread, l->cycle) +
			    bins_likelihood(&outside, s + 2, spread, l->cycle);

		if (ll > l->log_likelihood) {
			l->log_likelihood = ll;
			l->spread = spread;
		}
	}
}

static struct level fit_cycle(const struct nap_rrc_probe *p, const double *sorted, size_t n, double cycle)
{
	struct level l = { .cycle = cycle };

	if (cycle <= 0.0) {
		l.floor = sorted[n / 2];
	} else {
		l.floor = fmax(0.0, sorted[n / 20] - 0.05 * cycle);
		l.anchor = anchor_of(p, n, cycle);
	}
	fit_spread(&l, p, n);
	return l;
}

/* Waits that lie evenly between the outer fiftieths. */
static struct level fit_even(const struct nap_rrc_probe *p, const double *sorted, size_t n)
{
	struct level l = { .even = true, .spread = EVEN_EDGE };

	l.floor = sorted[n / 50];
	l.cycle = (sorted[n - 1 - n / 50] - l.floor) / (1.0 - 2.0 / 50);
	l.log_likelihood = log_likelihood(&l, p, n);
	return l;
}

struct level level_fit(const struct nap_rrc_probe *p, const double *sorted, size_t n)
{
	struct level best = fit_even(p, sorted, n);

	best.log_likelihood -= 3.0; /* as a cycle: more parameters than a constant has */
	for (size_t c = 0; c < sizeof cycles / sizeof *cycles; c++) {
		struct level l;

		/* a cycle must have been seen to turn: else any falling round trip would do */
		if (cycles[c] > 0.0 && p[n - 1].idle - p[0].idle < 1.5 * cycles[c])
			continue;
		l = fit_cycle(p, sorted, n, cycles[c]);
		if (l.spread * 6 > l.cycle && l.cycle > 0.0)
			continue; /* no teeth to be seen */
		if (cycles[c] > 0.0)
			l.log_likelihood -= 3.0; /* two parameters more */
		if (l.log_likelihood > best.log_likelihood)
			best = l;
	}
	return best;
}

static double weighted_median(const struct weighted_rtt *sorted, size_t n)
{
	double half = 0.0, sum = 0.0;
	size_t i = 0;

	for (size_t k = 0; k < n; k++)
		half += sorted[k].weight / 2;
	while (i + 1 < n && sum + sorted[i].weight < half)
		sum += sorted[i++].weight;
	return sorted[i].rtt;
}

struct nap_estimate level_floor(const struct level *l, const struct weighted_rtt *sorted, size_t n)
{
	double most = -1.0, inside = 0.0;
	struct nap_estimate e = { 0.0, 0.0, 0.0 };

	if (l->even) {
		e.value = e.lo = e.hi = sorted[n / 50].rtt;
		return e;
	}
	if (l->cycle <= 0.0) {
		e.value = e.lo = e.hi = weighted_median(sorted, n);
		return e;
	}
	for (size_t i = 0, j = 0; i < n; i++) {
		while (j < n && sorted[j].rtt <= sorted[i].rtt + l->cycle)
			inside += sorted[j++].weight;
		if (inside > most + 1e-9) {
			most = inside;
			/* the window may slide down until it loses its last probe, or meets the one below */
			e.lo = fmax(0.0, sorted[j - 1].rtt - l->cycle);
			if (i > 0 && sorted[i - 1].rtt > e.lo)
				e.lo = sorted[i - 1].rtt;
			e.value = e.hi = sorted[i].rtt;
		}
		inside -= sorted[i].weight;
	}
	return e;
}

void level_refine(struct level *l, const struct nap_rrc_probe *p, const struct weighted_rtt *sorted, size_t n)
{
	struct level best;
	double span = p[n - 1].idle - p[0].idle;

	if (l->even) {
		l->floor = sorted[n / 50].rtt;
		l->cycle = (sorted[n - 1 - n / 50].rtt - l->floor) / (1.0 - 2.0 / 50);
		l->log_likelihood = log_likelihood(l, p, n);
		return;
	}
	if (l->cycle <= 0.0) {
		l->floor = level_floor(l, sorted, n).value;
		fit_spread(l, p, n);
		l->log_likelihood = log_likelihood(l, p, n);
		return;
	}
	l->floor = level_floor(l, sorted, n).value;
	fit_spread(l, p, n);
	best = *l;
	best.log_likelihood = log_likelihood(l, p, n);
	/* real cycles are off by parts in a thousand (clocks); one step moves the last tooth by a quarter of the spread */
	for (int k = -40; k <= 40 && span > 0.0; k++) {
		struct level try = *l;

		try.cycle = l->cycle * (1.0 + k * 0.25 * l->spread / span);
		if (fabs(try.cycle / l->cycle - 1.0) > 0.005)
			continue;
		try.anchor = anchor_of(p, n, try.cycle);
		fit_spread(&try, p, n);
		try.log_likelihood = log_likelihood(&try, p, n);
		if (try.log_likelihood > best.log_likelihood + 4.0)
			best = try;
	}
	*l = best;
}
