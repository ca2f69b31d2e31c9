/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Probes are cut into levels along idle time by dynamic programming over a grid of at most GRID places: every stretch
 * is fitted with one level, the sum of log likelihoods less a price for each further level is made greatest. Then
 * neighbours that are one level are joined, stretches in which two neighbours answer by turns become the uncertainty
 * of the timer between them, and intervals are found.
 */
#include "radio/infer.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/fmath.h"
#include "radio/level.h"

#define GRID       96
#define FINE       30
#define FEWEST     8   /* probes in a level */
#define THIN       500 /* probes that the first search looks at */
#define SEARCH_MAX 10  /* levels of the first cut: NAP_LEVELS_MAX, and the uncertain stretches between them */
#define BOOTSTRAPS 200
#define GROUP_MIN  4                            /* probes that may vote on an idle time */
#define WINDOW     20                           /* probes that must agree that a border is behind */
#define PRICE(n)   (5.0 * nap_log((double)(n))) /* log likelihood that a further level must bring */

struct cut {
	size_t first, end; /* probes [first, end) */
	struct level level;
};

struct search {
	const struct nap_rrc_probe *p;
	size_t n;
	size_t place[GRID + 1]; /* index of the first probe of each grid cell; place[cells] = n */
	unsigned cells;
	struct weighted_rtt *weighted; /* scratch, n long */
};

/* A probe and its place in what the caller gave. */
struct placed {
	struct nap_rrc_probe probe;
	size_t place;
};

static int by_idle(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	return x->probe.idle != y->probe.idle ? (x->probe.idle > y->probe.idle ? 1 : -1)
					      : (x->place > y->place) - (x->place < y->place);
}

/* By idle time; what is equally long stays as it came, so that a share of it is a fair sample. */
static void sort_probes(struct nap_rrc_probe *probes, size_t n)
{
	struct placed *placed = g_new(struct placed, n);

	for (size_t i = 0; i < n; i++)
		placed[i] = (struct placed){ probes[i], i };
	qsort(placed, n, sizeof *placed, by_idle);
	for (size_t i = 0; i < n; i++)
		probes[i] = placed[i].probe;
	g_free(placed);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/*
 * Cells begin where the idle time changes. With many different idle times the first FINE have a cell each (short timers
 * lie there), and later cells hold several.
 */
static void make_grid(struct search *s)
{
	size_t kinds = 0, taken = 0;

	for (size_t i = 0; i < s->n; i++)
		kinds += i == 0 || s->p[i].idle > s->p[i - 1].idle + 1e-9;
	s->cells = 0;
	for (size_t i = 0; i < s->n; i++) {
		if (i > 0 && s->p[i].idle <= s->p[i - 1].idle + 1e-9)
			continue;
		if (s->cells < GRID &&
			(kinds <= GRID || taken < FINE ||
				(taken - FINE) * (GRID - FINE) >= (s->cells - FINE) * (kinds - FINE)))
			s->place[s->cells++] = i;
		taken++;
	}
	s->place[s->cells] = s->n;
}

static int by_rtt(const void *a, const void *b)
{
	const struct weighted_rtt *x = a, *y = b;

	return x->rtt != y->rtt ? (x->rtt > y->rtt) - (x->rtt < y->rtt)
				: (x->weight > y->weight) - (x->weight < y->weight);
}

/*
 * gain[a][b]: log likelihood of cells [a, b) as one level, -INFINITY when it holds too few probes. Of many probes every
 * stride-th is enough to find where to cut.
 */
static void fit_all(const struct search *s, double (*gain)[GRID + 1])
{
	size_t stride = (s->n + THIN - 1) / THIN, fewest = MAX(FEWEST / stride, 3), place[GRID + 1], kept = 0;
	struct nap_rrc_probe *thin = g_new(struct nap_rrc_probe, s->n);
	struct level_scan *scan;

	for (unsigned cell = 0; cell < s->cells; cell++) {
		place[cell] = kept;
		for (size_t i = s->place[cell]; i < s->place[cell + 1]; i++)
			if (i % stride == 0)
				thin[kept++] = s->p[i];
	}
	place[s->cells] = kept;
	scan = level_scan_new(thin, kept);
	for (unsigned a = 0; a < s->cells; a++) {
		level_scan_begin(scan, place[a]);
		for (unsigned b = a + 1; b <= s->cells; b++) {
			for (size_t i = place[b - 1]; i < place[b]; i++)
				level_scan_take(scan);
			gain[a][b] = place[b] - place[a] < fewest || b < a + 2
					     ? -INFINITY
					     : (double)stride * level_scan_fit(scan).log_likelihood;
		}
	}
	level_scan_free(scan);
	g_free(thin);
}

/* The best cut into levels; returns their number. */
static unsigned best_cut(struct search *s, struct cut *cuts)
{
	double(*gain)[GRID + 1] = g_malloc_n(GRID + 1, sizeof *gain);
	double best[SEARCH_MAX + 1][GRID + 1];
	unsigned from[SEARCH_MAX + 1][GRID + 1], levels = 1, end = s->cells;
	double price = PRICE(s->n);

	fit_all(s, gain);
	for (unsigned b = 0; b <= s->cells; b++) {
		best[1][b] = b ? gain[0][b] : -INFINITY;
		from[1][b] = 0;
	}
	for (unsigned k = 2; k <= SEARCH_MAX; k++) {
		for (unsigned b = 0; b <= s->cells; b++) {
			best[k][b] = -INFINITY;
			from[k][b] = 0;
			for (unsigned a = 1; a < b; a++) {
				double value = best[k - 1][a] + gain[a][b] - price;

				if (value > best[k][b]) {
					best[k][b] = value;
					from[k][b] = a;
				}
			}
		}
		if (best[k][end] > best[levels][end])
			levels = k;
	}
	for (unsigned k = levels; k >= 1; k--) {
		unsigned a = from[k][end];

		cuts[k - 1].first = s->place[a];
		cuts[k - 1].end = s->place[end];
		end = a;
	}
	g_free(gain);
	return levels;
}

/* Fill s->weighted with the cut's round trips in order; before: the level that some of them may belong to. */
static void weigh(struct search *s, const struct cut *c, const struct level *before)
{
	for (size_t i = c->first; i < c->end; i++) {
		double odds =
			before ? nap_exp(level_density(before, &s->p[i]) - level_density(&c->level, &s->p[i]))
			       : 0.0;

		s->weighted[i - c->first] = (struct weighted_rtt){ s->p[i].rtt, 1.0 / (1.0 + odds) };
	}
	qsort(s->weighted, c->end - c->first, sizeof *s->weighted, by_rtt);
}

static void fit_cut(struct search *s, struct cut *c)
{
	size_t n = c->end - c->first;

	c->level = level_fit(s->p + c->first, n);
	weigh(s, c, NULL);
	level_refine(&c->level, s->p + c->first, s->weighted, n);
}

/* Fit from the start that another level gives, and keep the better. */
static void fit_cut_like(struct search *s, struct cut *c, const struct level *start)
{
	struct level l = *start;

	level_refine(&l, s->p + c->first, s->weighted, c->end - c->first);
	if (l.log_likelihood > c->level.log_likelihood)
		c->level = l;
}

/* Fit again, giving back to the level before what answered like it. */
static void refit_cut(struct search *s, struct cut *c)
{
	for (unsigned round = 0; round < 3; round++) {
		weigh(s, c, &c[-1].level);
		level_refine(&c->level, s->p + c->first, s->weighted, c->end - c->first);
	}
}

static void drop_cut(struct cut *cuts, unsigned *n, unsigned k)
{
	memmove(cuts + k, cuts + k + 1, (*n - k - 1) * sizeof *cuts);
	(*n)--;
}

/* Do two levels say the same, but for how their probes happened to fall? */
static bool are_alike(const struct level *x, const struct level *y)
{
	double tolerance = fmax(0.020, fmin(0.060, 2 * fmin(x->spread, y->spread)));

	return x->even == y->even && fabs(x->floor - y->floor) < tolerance &&
	       fabs(x->cycle - y->cycle) <= 0.01 * x->cycle;
}

/* Join neighbours that are alike or whose probes one level explains as well, at the price of two. */
static void join_equal(struct search *s, struct cut *cuts, unsigned *n)
{
	for (unsigned k = 0; k + 1 < *n;) {
		struct cut both = { .first = cuts[k].first, .end = cuts[k + 1].end };

		fit_cut(s, &both);
		fit_cut_like(s, &both, &cuts[k].level);
		fit_cut_like(s, &both, &cuts[k + 1].level);
		if (are_alike(&cuts[k].level, &cuts[k + 1].level) ||
			both.level.log_likelihood + PRICE(s->n) >
				cuts[k].level.log_likelihood + cuts[k + 1].level.log_likelihood) {
			cuts[k] = both;
			drop_cut(cuts, n, k + 1);
		} else {
			k++;
		}
	}
}

/* Can the later level's round trips be longer than any of the earlier one's? */
static bool reaches_beyond(const struct level *before, const struct level *after)
{
	return after->floor + after->cycle > before->floor + before->cycle + 4 * before->spread + 0.020;
}

/*
 * Do the cut's neighbours by turns explain its probes as well as a level of its own? Then it is no state. The later
 * neighbour may have another phase there: only its range counts.
 */
static bool is_transition(const struct search *s, const struct cut *c)
{
	const struct level *before = &c[-1].level, *after = &c[1].level;
	struct level range = *after;
	size_t early = 0, late = 0, n = c->end - c->first;
	double by_turns = 0.0;

	if (!reaches_beyond(before, after))
		return false;
	range.spread = fmax(range.cycle, range.spread); /* no teeth */
	for (size_t i = c->first; i < c->end; i++) {
		double x = level_density(before, &s->p[i]);
		double y = fmax(level_density(after, &s->p[i]), level_density(&range, &s->p[i]));

		*(x > y ? &early : &late) += 1;
		by_turns += fmax(x, y) - G_LN2;
	}
	/* a state of its own tells several nats more a probe, by the teeth of its sawtooth or a level of its own */
	return early * 10 >= n && late * 10 >= n && by_turns + (double)n > c->level.log_likelihood;
}

/* Give each transition's probes to the neighbours: its start becomes the border, find_border does the rest. */
static void join_transitions(struct search *s, struct cut *cuts, unsigned *n)
{
	for (unsigned k = 1; k + 1 < *n;) {
		if (is_transition(s, &cuts[k])) {
			cuts[k + 1].first = cuts[k].first;
			drop_cut(cuts, n, k);
			/* the later level keeps the fit that it had without them */
		} else {
			k++;
		}
	}
}

/* Do the lengths of round trips tell the two apart: are few of the later level's inside the earlier one's range? */
static bool told_by_length(const struct level *before, const struct level *after)
{
	return reaches_beyond(before, after) &&
	       before->floor + before->cycle - after->floor < 0.3 * fmax(after->cycle, after->spread);
}

/* Share of the probes in [i, j) that the later level answered: by their length where that tells, else by density. */
static double share_late(const struct search *s, const struct cut *c, size_t i, size_t j)
{
	bool by_length = told_by_length(&c[0].level, &c[1].level);
	size_t late = 0;

	for (size_t k = i; k < j; k++) {
		if (by_length)
			late += s->p[k].rtt > c->level.floor && !level_covers(&c[0].level, &s->p[k]);
		else
			late += level_density(&c[1].level, &s->p[k]) > level_density(&c[0].level, &s->p[k]);
	}
	return (double)late / (double)(j - i);
}

static size_t next_idle(const struct search *s, size_t i)
{
	size_t j = i + 1;

	while (j < s->n && s->p[j].idle <= s->p[i].idle + 1e-9)
		j++;
	return j;
}

/*
 * The border of two levels whose waits lie evenly in overlapping ranges: where the likelihood is greatest, and the 95 %
 * interval of its ratio. Single probes tell little there, all together much.
 */
static struct nap_estimate find_even_border(const struct search *s, const struct cut *c)
{
	struct nap_estimate e = { s->p[c[1].first].idle, 0.0, 0.0 };
	double ll = 0.0, best = -INFINITY;

	for (unsigned pass = 0; pass < 2; pass++, ll = 0.0) {
		double previous = s->p[c[0].first].idle;

		e.lo = e.hi = -1.0;
		for (size_t i = c[0].first, j; i < c[1].end; previous = s->p[i].idle, i = j) {
			j = next_idle(s, i);
			if (ll > best && pass == 0) {
				best = ll;
				e.value = s->p[i].idle;
			}
			if (ll > best - 1.92 && pass == 1) {
				e.lo = e.lo < 0.0 ? previous : e.lo;
				e.hi = s->p[i].idle;
			}
			for (size_t k = i; k < j; k++)
				ll += level_density(&c[0].level, &s->p[k]) -
				      level_density(&c[1].level, &s->p[k]);
		}
	}
	return e;
}

/*
 * The border of two levels. Value: the first idle time at which three quarters of the probes find the later level. Interval:
 * from the last idle time before a quarter does, to the first after which the earlier one is rare; both over the next
 * WINDOW probes, so that single odd ones say nothing.
 */
static struct nap_estimate find_border(const struct search *s, const struct cut *c)
{
	struct nap_estimate e = { s->p[c[1].first].idle, -1.0, -1.0 };
	double previous = s->p[c[0].first].idle;
	bool found = false;

	if (c[0].level.even && c[1].level.even)
		return find_even_border(s, c);
	for (size_t i = c[0].first, j, ahead; i < c[1].end; previous = s->p[i].idle, i = next_idle(s, i)) {
		double here, next;

		/* single probes say little: take neighbours along */
		for (j = next_idle(s, i); j - i < GROUP_MIN && j < c[1].end;)
			j = next_idle(s, j);
		ahead = MIN(MAX(j, i + WINDOW), c[1].end);
		here = share_late(s, c, i, j);
		next = share_late(s, c, i, ahead);
		if (e.lo < 0.0 && here > 0.25 && next > 0.25)
			e.lo = previous;
		if (!found && here >= 0.75 && next > 0.25) {
			found = true;
			e.value = s->p[i].idle;
		}
		if (e.lo >= 0.0 && e.hi < 0.0 && here >= 0.75 && next >= 0.75)
			e.hi = s->p[i].idle;
	}
	e.lo = e.lo < 0.0 ? e.value : fmin(e.lo, e.value);
	e.hi = fmax(e.hi, e.value);
	return e;
}

/* Floor of a resample of the cut's probes, which s->weighted holds. */
static double resampled_floor(
	const struct search *s, const struct cut *c, struct weighted_rtt *sample, struct nap_rng *rng)
{
	size_t n = c->end - c->first;

	for (size_t i = 0; i < n; i++)
		sample[i] = s->weighted[nap_rng_below(rng, (uint32_t)n)];
	qsort(sample, n, sizeof *sample, by_rtt);
	return level_floor(&c->level, sample, n).value;
}

static struct nap_estimate floor_interval(const struct search *s, const struct cut *c, struct nap_rng *rng)
{
	struct weighted_rtt *sample = g_new(struct weighted_rtt, c->end - c->first);
	double floors[BOOTSTRAPS];
	struct nap_estimate e = level_floor(&c->level, s->weighted, c->end - c->first);

	for (unsigned k = 0; k < BOOTSTRAPS; k++)
		floors[k] = resampled_floor(s, c, sample, rng);
	qsort(floors, BOOTSTRAPS, sizeof *floors, by_value);
	g_free(sample);
	e.lo = fmin(e.lo, floors[BOOTSTRAPS / 40]);
	e.hi = fmax(e.hi, floors[BOOTSTRAPS - 1 - BOOTSTRAPS / 40]);
	return e;
}

/* Describe cut k. */
static void report(
	struct search *s, const struct cut *cuts, unsigned k, struct nap_inference *out, struct nap_rng *rng)
{
	const struct cut *c = &cuts[k];
	struct nap_level *level = &out->level[k];
	size_t locked = 0;

	level->cycle = c->level.cycle;
	level->even = c->level.even;
	level->spread = c->level.spread;
	level->probes = c->end - c->first;
	weigh(s, c, k > 0 ? &c[-1].level : NULL);
	level->floor = floor_interval(s, c, rng);
	for (size_t i = c->first; i < c->end; i++) {
		bool fits = level_covers(&c->level, &s->p[i]);

		locked +=
			fits && !c->level.even && level_deviation(&c->level, &s->p[i]) < 4 * c->level.spread;
		if (!fits && !(k > 0 && level_covers(&cuts[k - 1].level, &s->p[i])))
			level->outliers++;
	}
	level->locked = (double)locked / (double)level->probes;
	if (level->cycle > 0.0 && !level->even) {
		double turns = (c->level.anchor - level->floor.value) / level->cycle;

		level->phase = (turns - floor(turns)) * level->cycle;
	}
	if (k > 0) {
		const struct nap_estimate *base = &out->level[0].floor;

		level->from = find_border(s, c - 1);
		level->delay = (struct nap_estimate){ level->floor.value - base->value,
			level->floor.lo - base->hi, level->floor.hi - base->lo };
	}
	out->outliers += level->outliers;
	out->log_likelihood += c->level.log_likelihood;
}

bool nap_radio_infer(struct nap_inference *out, struct nap_rrc_probe *probes, size_t n, struct nap_rng rng)
{
	struct search s = { .p = probes, .n = n };
	struct cut cuts[SEARCH_MAX];
	unsigned n_cuts;

	memset(out, 0, sizeof *out);
	if (n < 20)
		return false;
	sort_probes(probes, n);
	make_grid(&s);
	if (s.cells < 5)
		return false;
	s.weighted = g_new(struct weighted_rtt, n);
	n_cuts = best_cut(&s, cuts);
	for (unsigned k = 0; k < n_cuts; k++)
		fit_cut(&s, &cuts[k]);
	for (unsigned before = 0; before != n_cuts;) {
		before = n_cuts;
		join_equal(&s, cuts, &n_cuts);
		join_transitions(&s, cuts, &n_cuts);
	}
	for (unsigned k = 1; k < n_cuts; k++)
		refit_cut(&s, &cuts[k]);
	out->n_levels = MIN(n_cuts, NAP_LEVELS_MAX);
	out->probes = n;
	for (unsigned k = 0; k < out->n_levels; k++)
		report(&s, cuts, k, out, &rng);
	g_free(s.weighted);
	return true;
}
