/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The density of a probe in a state is a mixture: most follow the sawtooth of a cycle that is locked to the last
 * exchange, some lie anywhere between floor and floor + cycle (the phase was another), few are outliers.
 */
#include "radio/level.h"

#include <glib.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
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

#define TURNED 3 /* eighths of a cycle, two of which rounding alone may fill */
#define CYCLES (sizeof cycles / sizeof *cycles)

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

/* When a probe was answered, within the cycle: what a sawtooth's anchor is looked for in. */
static double phase_of(const struct nap_rrc_probe *p, double cycle)
{
	return cycle > 0.0 ? modulo(p->idle + p->rtt, cycle) : 0.0;
}

/* Phases within a cycle, counted in bins. */
struct turn {
	double cycle, width;
	unsigned bins, count[BINS_MAX];
	double sum[BINS_MAX];
};

static void turn_begin(struct turn *t, double cycle)
{
	unsigned bins = (unsigned)(cycle / 0.008);

	bins = bins < 5 ? 5 : bins > BINS_MAX ? BINS_MAX : bins;
	t->cycle = cycle;
	t->bins = bins;
	t->width = cycle / bins;
	memset(t->count, 0, bins * sizeof *t->count);
	memset(t->sum, 0, bins * sizeof *t->sum);
}

static void turn_add(struct turn *t, double phase)
{
	unsigned k = (unsigned)(phase / t->width);

	k = k < t->bins ? k : t->bins - 1;
	t->count[k]++;
	t->sum[k] += phase;
}

/* Where phases gather: the mean of the fullest bin and its neighbours. */
static double turn_anchor(const struct turn *t)
{
	unsigned best = 0, most = 0, below, above, near;
	double sum;

	for (unsigned k = 0; k < t->bins; k++) {
		unsigned here = 2 * t->count[k] + t->count[k + 1 < t->bins ? k + 1 : 0] +
				t->count[k ? k - 1 : t->bins - 1];

		if (here > most) {
			most = here;
			best = k;
		}
	}
	below = best ? best - 1 : t->bins - 1;
	above = best + 1 < t->bins ? best + 1 : 0;
	near = t->count[below] + t->count[best] + t->count[above];
	if (!near)
		return 0.5 * t->width;
	sum = t->sum[below] + t->sum[best] + t->sum[above];
	sum -= below > best ? t->cycle * t->count[below] : 0.0;
	sum += above < best ? t->cycle * t->count[above] : 0.0;
	return modulo(sum / near, t->cycle);
}

/* Deviations by powers of two of SPREAD_MIN: how many, and their sum. */
struct bins {
	size_t count[SPREADS + 3];
	double sum[SPREADS + 3];
};

/* d goes into the bin of `key`. Bin k holds (2^(k-1), 2^k] SPREAD_MIN: the exponent of the ratio, read from its bits. */
static void bin_add(struct bins *b, double key, double d)
{
	double ratio = key / SPREAD_MIN;
	uint64_t bits;
	int k;

	memcpy(&bits, &ratio, sizeof bits);
	k = (int)(bits >> 52) - 1022 - ((bits & UINT64_C(0x000fffffffffffff)) == 0);
	k = k < 0 ? 0 : k > SPREADS + 2 ? SPREADS + 2 : k;
	b->count[k]++;
	b->sum[k] += d;
}

/* Log likelihoods at each spread, and how many probes are so far from the sawtooth that it does not count. */
struct sums {
	double ll[SPREADS];
	size_t off[SPREADS], outliers[SPREADS];
};

/* Add a bin's probes. They are outliers at spreads below `least`. The decay at half a spread is the square of that at the spread. */
static void add_bin(struct sums *sums, size_t count, double mean, unsigned least, double cycle)
{
	double spread = SPREAD_MIN * (1 << (SPREADS - 1)), fall = decay(mean / spread);

	for (unsigned s = SPREADS; s-- > 0; spread /= 2) {
		if (s < least)
			sums->outliers[s] += count;
		else if (fall <= 0.0)
			sums->off[s] += count;
		else
			sums->ll[s] += (double)count *
				       nap_log(OUTLIER / OUTLIER_RANGE + ON_SAWTOOTH / (2 * spread) * fall +
					       IN_RANGE / (cycle + 8 * spread));
		fall = fall < 1e-13 ? 0.0 : fall * fall;
	}
}

/* The spread at which the sum is greatest. */
static void choose_spread(struct level *l, const struct sums *sums)
{
	static const double outlier = OUTLIER / OUTLIER_RANGE;

	l->log_likelihood = -INFINITY;
	for (int s = 0; s < SPREADS; s++) {
		double spread = SPREAD_MIN * (1 << s), ll = sums->ll[s];

		ll += (double)sums->outliers[s] * nap_log(outlier);
		ll += (double)sums->off[s] * nap_log(outlier + IN_RANGE / (l->cycle + 8 * spread));
		if (ll > l->log_likelihood) {
			l->log_likelihood = ll;
			l->spread = spread;
		}
	}
}

/* The spread of greatest likelihood, given the probes' phases (NULL without a cycle); probes outside the range are covered up to 4 spreads. */
static void fit_spread(struct level *l, const struct nap_rrc_probe *p, const double *phase, size_t n)
{
	struct bins inside = { { 0 }, { 0 } }, outside = { { 0 }, { 0 } };
	struct sums sums = { { 0.0 }, { 0 }, { 0 } };
	double ceiling = l->floor + l->cycle;

	for (size_t i = 0; i < n; i++) {
		double low = l->floor - p[i].rtt, high = p[i].rtt - ceiling, beyond = low > high ? low : high;
		double d = fabs(phase ? phase[i] - l->anchor : low);

		if (l->cycle > 0.0 && d > l->cycle - d) /* the shorter way around */
			d = l->cycle - d;
		if (beyond <= 0.0)
			bin_add(&inside, d, d);
		else /* by how far it lies outside, which decides whether a spread covers it */
			bin_add(&outside, beyond, d > beyond ? d : beyond);
	}
	for (int k = 0; k < SPREADS + 3; k++) {
		if (inside.count[k])
			add_bin(&sums, inside.count[k], inside.sum[k] / (double)inside.count[k], 0, l->cycle);
		if (outside.count[k])
			add_bin(&sums, outside.count[k], outside.sum[k] / (double)outside.count[k],
				k < 2 ? 0 : (unsigned)k - 2, l->cycle);
	}
	choose_spread(l, &sums);
}

struct level_scan {
	const struct nap_rrc_probe *p; /* all of them */
	size_t first, end;             /* the stretch */
	double *sorted;                /* its round trips in order */
	double *phase[CYCLES];         /* of all probes */
	struct turn turn[CYCLES];      /* of the stretch */
	uint8_t sectors[CYCLES];       /* of its idle times within a cycle: a bit each eighth that has some */
};

struct level_scan *level_scan_new(const struct nap_rrc_probe *p, size_t n)
{
	struct level_scan *s = g_new0(struct level_scan, 1);

	s->p = p;
	s->sorted = g_new(double, n);
	for (size_t c = 0; c < CYCLES; c++) {
		s->phase[c] = g_new(double, n);
		for (size_t i = 0; i < n; i++)
			s->phase[c][i] = phase_of(&p[i], cycles[c]);
	}
	return s;
}

void level_scan_free(struct level_scan *s)
{
	for (size_t c = 0; c < CYCLES; c++)
		g_free(s->phase[c]);
	g_free(s->sorted);
	g_free(s);
}

void level_scan_begin(struct level_scan *s, size_t first)
{
	s->first = s->end = first;
	memset(s->sectors, 0, sizeof s->sectors);
	for (size_t c = 1; c < CYCLES; c++)
		turn_begin(&s->turn[c], cycles[c]);
}

static void take_phases(struct level_scan *s)
{
	for (size_t c = 1; c < CYCLES; c++) {
		double at = modulo(s->p[s->end].idle / cycles[c], 1.0);

		turn_add(&s->turn[c], s->phase[c][s->end]);
		s->sectors[c] |= (uint8_t)(1u << (unsigned)(at * 8) % 8);
	}
	s->end++;
}

void level_scan_take(struct level_scan *s)
{
	size_t n = s->end - s->first, k = n;
	double rtt = s->p[s->end].rtt;

	while (k > 0 && s->sorted[k - 1] > rtt)
		k--;
	memmove(s->sorted + k + 1, s->sorted + k, (n - k) * sizeof *s->sorted);
	s->sorted[k] = rtt;
	take_phases(s);
}

static struct level fit_cycle(const struct level_scan *s, size_t c)
{
	struct level l = { .cycle = cycles[c] };
	size_t n = s->end - s->first;

	if (c == 0) {
		l.floor = s->sorted[n / 2];
	} else {
		l.floor = fmax(0.0, s->sorted[n / 20] - 0.05 * l.cycle);
		l.anchor = turn_anchor(&s->turn[c]);
	}
	fit_spread(&l, s->p + s->first, c == 0 ? NULL : s->phase[c] + s->first, n);
	return l;
}

/* Waits that lie evenly between the outer fiftieths. */
static struct level fit_even(const struct level_scan *s)
{
	struct level l = { .even = true, .spread = EVEN_EDGE };
	size_t n = s->end - s->first;

	l.floor = s->sorted[n / 50];
	l.cycle = (s->sorted[n - 1 - n / 50] - l.floor) / (1.0 - 2.0 / 50);
	l.log_likelihood = log_likelihood(&l, s->p + s->first, n);
	return l;
}

struct level level_scan_fit(const struct level_scan *s)
{
	struct level best = fit_even(s);

	best.log_likelihood -= 3.0; /* as a cycle: more parameters than a constant has */
	for (size_t c = 0; c < CYCLES; c++) {
		struct level l;

		/*
		 * A cycle must have been seen to turn: else any falling round trip would do, and two constant ones a cycle
		 * apart where all gaps are multiples of it
		 */
		if (cycles[c] > 0.0 && (s->p[s->end - 1].idle - s->p[s->first].idle < 1.5 * cycles[c] ||
					       __builtin_popcount(s->sectors[c]) < TURNED))
			continue;
		l = fit_cycle(s, c);
		if (l.spread * 6 > l.cycle && l.cycle > 0.0)
			continue; /* no teeth to be seen */
		if (cycles[c] > 0.0)
			l.log_likelihood -= 3.0; /* two parameters more */
		if (l.log_likelihood > best.log_likelihood)
			best = l;
	}
	return best;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

struct level level_fit(const struct nap_rrc_probe *p, size_t n)
{
	struct level_scan *s = level_scan_new(p, n);
	struct level best;

	level_scan_begin(s, 0);
	for (size_t i = 0; i < n; i++) {
		s->sorted[i] = p[i].rtt;
		take_phases(s);
	}
	qsort(s->sorted, n, sizeof *s->sorted, by_value);
	best = level_scan_fit(s);
	level_scan_free(s);
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

/* With a cycle given: its anchor, and the spread. phase: scratch for n. */
static void fit_phase(struct level *l, const struct nap_rrc_probe *p, double *phase, size_t n)
{
	struct turn t;

	turn_begin(&t, l->cycle);
	for (size_t i = 0; i < n; i++) {
		phase[i] = phase_of(&p[i], l->cycle);
		turn_add(&t, phase[i]);
	}
	l->anchor = turn_anchor(&t);
	fit_spread(l, p, phase, n);
}

/* Real cycles are off by parts in a thousand (clocks); one step moves the last tooth by a quarter of the spread. */
static void refine_cycle(struct level *l, const struct nap_rrc_probe *p, double *phase, size_t n)
{
	double span = p[n - 1].idle - p[0].idle;
	struct level best;

	for (size_t i = 0; i < n; i++)
		phase[i] = phase_of(&p[i], l->cycle);
	fit_spread(l, p, phase, n);
	best = *l;
	best.log_likelihood = log_likelihood(l, p, n);
	for (int k = -40; k <= 40 && span > 0.0; k++) {
		struct level try = *l;

		try.cycle = l->cycle * (1.0 + k * 0.25 * l->spread / span);
		if (fabs(try.cycle / l->cycle - 1.0) > 0.005)
			continue;
		fit_phase(&try, p, phase, n);
		try.log_likelihood = log_likelihood(&try, p, n);
		if (try.log_likelihood > best.log_likelihood + 4.0)
			best = try;
	}
	*l = best;
}

void level_refine(struct level *l, const struct nap_rrc_probe *p, const struct weighted_rtt *sorted, size_t n)
{
	double *phase;

	if (l->even) {
		l->floor = sorted[n / 50].rtt;
		l->cycle = (sorted[n - 1 - n / 50].rtt - l->floor) / (1.0 - 2.0 / 50);
		l->log_likelihood = log_likelihood(l, p, n);
		return;
	}
	l->floor = level_floor(l, sorted, n).value;
	if (l->cycle <= 0.0) {
		fit_spread(l, p, NULL, n);
		l->log_likelihood = log_likelihood(l, p, n);
		return;
	}
	phase = g_new(double, n);
	refine_cycle(l, p, phase, n);
	g_free(phase);
}
