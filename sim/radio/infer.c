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
#include "radio/border.h"
#include "radio/level.h"

#define GRID       96
#define FINE       30
#define FEWEST     8   /* probes in a level */
#define THIN       500 /* probes that the first search looks at */
#define SEARCH_MAX 10  /* levels of the first cut: NAP_LEVELS_MAX, and the uncertain stretches between them */
#define BOOTSTRAPS 200
#define PRICE(n)   (5.0 * nap_log((double)(n))) /* log likelihood that a further level must bring */

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

		cuts[k - 1] = (struct cut){ .first = s->place[a] };
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

/*
 * Where the level before answers some of the cut's probes, what answers the others shows when those are left out: its level
 * takes the place of one that has to cover both, if the two by shares explain the probes better.
 */
static void fit_rest(struct search *s, struct cut *c)
{
	size_t n = c->end - c->first, rest = 0;
	struct nap_rrc_probe *left = g_new(struct nap_rrc_probe, n);
	struct cut both = *c;
	double ll = 0.0;

	for (size_t i = c->first; i < c->end; i++)
		if (level_density(&c[-1].level, &s->p[i]) < level_density(&c->level, &s->p[i]))
			left[rest++] = s->p[i];
	both.before = (double)(n - rest) / (double)n;
	if (rest >= FEWEST && n - rest >= FEWEST) {
		struct cut pair[2] = { c[-1], both };

		pair[1].level = level_fit(left, rest);
		for (size_t i = c->first; i < c->end; i++)
			ll += cut_density(&pair[1], &s->p[i]);
		if (ll > c->level.log_likelihood + PRICE(s->n))
			c->level = pair[1].level;
	}
	g_free(left);
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

#define STRAY_SHARE 4 /* of so many probes of a stretch one strays, or more */

/* Is the probe of neither the cut's level nor its neighbours'? */
static bool strays(const struct cut *cuts, unsigned n, unsigned k, const struct nap_rrc_probe *p)
{
	const double far = nap_log(2 * 0.03 / 10.0); /* an outlier's density, twice */

	for (unsigned i = k ? k - 1 : 0; i < n && i <= k + 1; i++)
		if (level_density(&cuts[i].level, p) >= far)
			return false;
	return true;
}

/* The longest stretch at the cut's start or end whose probes stray in part, in whole idle times: probes [*first, *end). */
static void stray_stretch(const struct search *s, const struct cut *cuts, unsigned n, unsigned k, bool at_end,
	size_t *first, size_t *end)
{
	const struct cut *c = &cuts[k];
	size_t len = c->end - c->first, astray = 0, longest = 0;

	for (size_t i = 0; i < len; i++) {
		bool is = strays(cuts, n, k, &s->p[at_end ? c->end - 1 - i : c->first + i]);

		astray += is;
		if (is && STRAY_SHARE * astray >= i + 1)
			longest = i + 1;
	}
	*first = at_end ? c->end - longest : c->first;
	*end = at_end ? c->end : c->first + longest;
	while (longest && *first > c->first && s->p[*first - 1].idle >= s->p[*first].idle - 1e-9)
		(*first)--;
	while (longest && *end < c->end && s->p[*end].idle <= s->p[*end - 1].idle + 1e-9)
		(*end)++;
}

/* What straying probes [first, end) gain when they have a level of their own, *added, beside that of the cut before. */
static double gain_of_strays(const struct search *s, const struct cut *cuts, unsigned n, unsigned k,
	const struct cut *before, struct cut *added)
{
	struct nap_rrc_probe *stray = g_new(struct nap_rrc_probe, added->end - added->first + 1);
	struct cut pair[2] = { *before, *added };
	size_t found = 0;
	double gain = 0.0;

	for (size_t i = added->first; i < added->end; i++)
		if (strays(cuts, n, k, &s->p[i]))
			stray[found++] = s->p[i];
	if (found >= 2 * FEWEST) {
		added->level = pair[1].level = level_fit(stray, found);
		pair[1].before = fmin(1.0 - (double)found / (double)(added->end - added->first), 0.99);
		for (size_t i = added->first; i < added->end; i++)
			gain += cut_density(&pair[1], &s->p[i]) -
				fmax(level_density(&cuts[k].level, &s->p[i]),
					level_density(&before->level, &s->p[i]));
	}
	g_free(stray);
	return gain;
}

/*
 * A short state that answers half of the probes, as the state before does the others, is a level to nobody who fits one to the
 * whole stretch: what strays at a cut's start or end becomes one, if the two by shares explain it better by the price of two.
 */
static bool part_strays(struct search *s, struct cut *cuts, unsigned *n, unsigned k, bool at_end)
{
	struct cut added = { .first = 0 };
	unsigned at = at_end ? k + 1 : k, rest = at_end ? k : k + 1;

	stray_stretch(s, cuts, *n, k, at_end, &added.first, &added.end);
	if (*n == SEARCH_MAX || added.end - added.first + FEWEST >= cuts[k].end - cuts[k].first ||
		gain_of_strays(s, cuts, *n, k, &cuts[at - 1], &added) <= 2 * PRICE(s->n))
		return false;
	memmove(cuts + at + 1, cuts + at, (*n - at) * sizeof *cuts);
	if (at_end)
		cuts[k].end = added.first;
	else
		cuts[rest].first = added.end;
	cuts[at] = added;
	(*n)++;
	fit_cut(s, &cuts[rest]);
	return true;
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
static bool is_transition(const struct search *s, const struct cut *c, double *log_likelihood)
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
	*log_likelihood = by_turns;
	/* a state of its own tells several nats more a probe, by the teeth of its sawtooth or a level of its own */
	return early * 10 >= n && late * 10 >= n && by_turns + (double)n > c->level.log_likelihood;
}

/* Give each transition's probes to the neighbours: its start becomes the border, find_border does the rest. */
static void join_transitions(struct search *s, struct cut *cuts, unsigned *n)
{
	for (unsigned k = 1; k + 1 < *n;) {
		double by_turns;

		if (is_transition(s, &cuts[k], &by_turns)) {
			cuts[k + 1].first = cuts[k].first;
			cuts[k + 1].level.log_likelihood += by_turns;
			drop_cut(cuts, n, k);
			/* the later level keeps the fit that it had without them */
		} else {
			k++;
		}
	}
}

/* Cuts k to m become one, with the level of that before m which has most probes. */
static void unite(struct cut *cuts, unsigned *n, unsigned k, unsigned m)
{
	struct cut all = { .first = cuts[k].first, .end = cuts[m].end, .level = cuts[k].level };
	size_t most = 0;

	for (unsigned i = k; i < MAX(m, k + 1); i++) {
		if (cuts[i].end - cuts[i].first > most)
			all.level = cuts[i].level;
		most = MAX(most, cuts[i].end - cuts[i].first);
	}
	cuts[k] = all;
	for (; m > k; m--)
		drop_cut(cuts, n, k + 1);
}

/*
 * A radio that is silent for longer is never back in an earlier state: where a level comes again, what lies between is a
 * stretch in which two levels answer. It becomes one cut with the level that is not the one which comes again; part_mixed finds
 * what is in it.
 */
static void join_recurring(struct cut *cuts, unsigned *n)
{
	for (unsigned k = 0; k + 1 < *n;) {
		unsigned m = *n - 1;

		while (m > k && !are_alike(&cuts[k].level, &cuts[m].level))
			m--;
		if (m == k) {
			k++;
			continue;
		}
		unite(cuts, n, m == k + 1 ? k : k + 1, m);
		k = 0; /* what was between may now come again itself */
	}
}

/* What the probes of a stretch that two levels answer are: a cut of its own, or a timer that is not sharp. Returns the next cut. */
static unsigned part_mixed(struct search *s, struct cut *cuts, unsigned *n, unsigned k)
{
	struct cut *c = &cuts[k];
	struct mixed m = border_mixed(s->p, c - 1);

	if (m.kind == MIXING_SMEAR) {
		c->smeared = true;
		c->smear_from = s->p[m.first > c[-1].first ? m.first - 1 : m.first].idle;
		c->smear_to = s->p[MIN(m.end, c->end - 1)].idle;
	}
	if (m.kind != MIXING_STATE || m.first <= c[-1].first || (m.end < c->end && *n == SEARCH_MAX))
		return k + 1;
	c[-1].end = c->first = m.first;
	c->before = m.before;
	if (m.end == c->end)
		return k + 1;
	memmove(c + 1, c, (*n - k) * sizeof *c); /* from there on the later level alone */
	(*n)++;
	c[1].first = c->end = m.end;
	c[1].before = 0.0;
	c->shared = true;
	return k + 2;
}

/* Each border to where it is most likely, as far as levels keep probes. */
static void move_borders(const struct search *s, struct cut *cuts, unsigned n)
{
	for (unsigned k = 1; k < n; k++) {
		struct cut *c = &cuts[k];
		struct nap_estimate e = border_find(s->p, c - 1);
		size_t first = c[-1].first;

		while (first < c->end && s->p[first].idle < e.value - 1e-9)
			first++;
		if (first - c[-1].first >= FEWEST && c->end - first >= FEWEST)
			c[-1].end = c->first = first;
	}
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

		level->from = border_find(s->p, c - 1);
		level->before = c->before;
		level->unsure = c->smeared;
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
	for (unsigned k = n_cuts; k-- > 0;)
		if (!part_strays(&s, cuts, &n_cuts, k, true) && k > 0)
			part_strays(&s, cuts, &n_cuts, k, false);
	for (unsigned k = 1; k < n_cuts; k++)
		fit_rest(&s, &cuts[k]);
	join_recurring(cuts, &n_cuts);
	for (unsigned k = 1; k < n_cuts;)
		k = part_mixed(&s, cuts, &n_cuts, k);
	move_borders(&s, cuts, n_cuts);
	for (unsigned k = 1; k < n_cuts; k++)
		refit_cut(&s, &cuts[k]);
	for (unsigned k = 1; k + 1 < n_cuts; k++)
		if (cuts[k].shared)
			cuts[k].level = cuts[k + 1].level;
	out->n_levels = MIN(n_cuts, NAP_LEVELS_MAX);
	out->probes = n;
	for (unsigned k = 0; k < out->n_levels; k++)
		report(&s, cuts, k, out, &rng);
	g_free(s.weighted);
	return true;
}
