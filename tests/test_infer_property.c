/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inference of random radios: one to four demotions, promotions of differing delay, jitter of round trips, loss, gaps on
 * a grid or at random, paging cycles, stretches in which half of the probes are still answered as in the state before.
 * Each border that is found must hold a timer in its interval at least as often as is said, and always where it is not
 * called unsure; timers that show plainly must be found, and most of them surely. Seeds of those that are not so are printed;
 * NATNAP_SEED=N tests one alone.
 */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "long.h"
#include "radio/infer.h"
#include "recorded.h"

enum { TIMERS_MAX = 4, PROBES_MAX = 4000, FEW = 90 };

struct drawn {
	unsigned n_timers;
	double timer[TIMERS_MAX];         /* idle times, s, rising */
	double promotion[TIMERS_MAX + 1]; /* s, of the states between them; 0 in the first */
	double cycle[TIMERS_MAX + 1];     /* s of paging; 0: none */
	bool locked;                      /* to the exchange, else at any phase */
	double fast[TIMERS_MAX + 1];      /* share of probes still answered as in the state before */
	double path, jitter, loss, until, step;
	bool on_grid, late_at_timer; /* a gap that equals the timer finds the later state */
	unsigned repeats;
	bool plain; /* no cycles: promotions stand well apart */
};

static double between(struct nap_rng *r, double lo, double hi)
{
	return lo + nap_rng_unit(r) * (hi - lo);
}

/* On the grid of gaps by half: the timers of networks are round numbers, and so are the gaps of probes. */
static double draw_timer(struct nap_rng *r, const struct drawn *d, double lo, double hi)
{
	double at = between(r, lo, hi);

	return nap_rng_below(r, 2) ? round(at / d->step) * d->step : at;
}

static void draw(struct drawn *d, struct nap_rng *r)
{
	static const double steps[] = { 0.1, 0.1, 0.2, 0.5 };
	static const double cycles[] = { 0.32, 0.64, 1.28, 2.56 };

	memset(d, 0, sizeof *d);
	d->step = steps[nap_rng_below(r, G_N_ELEMENTS(steps))];
	d->n_timers = 1 + nap_rng_below(r, TIMERS_MAX);
	d->path = between(r, 0.02, 0.2);
	d->jitter = between(r, 0.001, 0.02);
	d->loss = nap_rng_below(r, 2) ? between(r, 0.0, 0.1) : 0.0;
	d->on_grid = nap_rng_below(r, 2);
	d->late_at_timer = nap_rng_below(r, 2);
	d->repeats = 1 + nap_rng_below(r, 6);
	d->plain = nap_rng_below(r, 2);
	d->locked = nap_rng_below(r, 2);
	for (unsigned k = 0; k < d->n_timers; k++) {
		double from = k ? d->timer[k - 1] : 0.0;

		d->timer[k] = draw_timer(r, d, from + 30 * d->step, from + 80 * d->step);
		d->promotion[k + 1] = d->promotion[k] + between(r, 0.08, 0.6);
		if (!d->plain && nap_rng_below(r, 2))
			d->cycle[k + 1] = cycles[nap_rng_below(r, G_N_ELEMENTS(cycles))];
		if (d->plain && k + 1 < d->n_timers && d->fast[k] <= 0.0 && nap_rng_below(r, 3) == 0)
			d->fast[k + 1] = between(r, 0.4, 0.6);
		/* the others as in the state that follows, by half: then its promotion is not one more */
		if (k > 0 && d->fast[k] > 0.0 && nap_rng_below(r, 2))
			d->promotion[k + 1] = d->promotion[k];
	}
	d->until = d->timer[d->n_timers - 1] + 50 * d->step;
}

/* Few probes and short timers, where a count more or less decides. */
static void draw_few(struct drawn *d, struct nap_rng *r)
{
	draw(d, r);
	d->n_timers = 1 + nap_rng_below(r, 3);
	d->repeats = 1 + nap_rng_below(r, 3);
	for (unsigned k = 0; k < d->n_timers; k++) {
		double from = k ? d->timer[k - 1] : 0.0;

		d->timer[k] = draw_timer(r, d, from + 5 * d->step, from + 20 * d->step);
	}
	d->until = d->timer[d->n_timers - 1] + 5 * d->step + between(r, 0.0, 12 * d->step);
}

/* Gamma of shape 2: round trips never fall below the path's, and have a tail. */
static double jitter(struct nap_rng *r, double mean)
{
	return -mean / 2 * log(nap_rng_unit(r) * nap_rng_unit(r));
}

static double answer(const struct drawn *d, struct nap_rng *r, double idle)
{
	unsigned state = 0;
	double wait = 0.0;

	while (state < d->n_timers &&
		(d->late_at_timer ? idle >= d->timer[state] - 1e-9 : idle > d->timer[state] + 1e-9))
		state++;
	if (nap_rng_unit(r) < d->fast[state])
		state--;
	if (d->cycle[state] > 0.0)
		wait = d->locked ? d->cycle[state] - fmod(idle + 0.3, d->cycle[state])
				 : nap_rng_unit(r) * d->cycle[state];
	return d->path + d->promotion[state] + wait + jitter(r, d->jitter);
}

static size_t probe_all(const struct drawn *d, struct nap_rng *r, struct nap_rrc_probe *probe)
{
	size_t n = 0, steps = (size_t)(d->until / d->step);

	for (size_t i = 0; i <= steps * d->repeats && n < PROBES_MAX; i++) {
		double idle = d->on_grid ? (double)(i / d->repeats) * d->step : between(r, 0.0, d->until);
		double rtt = answer(d, r, idle);

		if (nap_rng_unit(r) >= d->loss)
			probe[n++] = (struct nap_rrc_probe){ idle, rtt };
	}
	return n;
}

static bool holds(const struct nap_estimate *e, double truth)
{
	return e->lo <= truth + 1e-9 && truth <= e->hi + 1e-9;
}

struct score {
	unsigned borders, held, unsure, wrong, timers, found, surely;
	GString *text; /* of all that was found */
};

static void record(GString *s, const struct nap_inference *f, uint64_t seed)
{
	g_string_append_printf(s, "%" G_GUINT64_FORMAT " %zu probes, %zu outliers, log likelihood %.10g\n",
		seed, f->probes, f->outliers, f->log_likelihood);
	for (unsigned k = 0; k < f->n_levels; k++) {
		const struct nap_level *l = &f->level[k];

		g_string_append_printf(s,
			"  from %.6g [%.6g, %.6g] floor %.6g [%.6g, %.6g] delay %.6g [%.6g, %.6g]\n"
			"    cycle %.6g%s phase %.6g spread %.6g locked %.6g before %.6g, %zu, %zu%s\n",
			l->from.value, l->from.lo, l->from.hi, l->floor.value, l->floor.lo, l->floor.hi,
			l->delay.value, l->delay.lo, l->delay.hi, l->cycle, l->even ? " even" : "", l->phase,
			l->spread, l->locked, l->before, l->probes, l->outliers, l->unsure ? ", unsure" : "");
	}
}

static void print_drawn(const struct drawn *d, const struct nap_inference *found, uint64_t seed)
{
	g_test_message("seed %" G_GUINT64_FORMAT ": step %.1f s %s x %u, jitter %.4f s, loss %.2f, %s", seed,
		d->step, d->on_grid ? "grid" : "random", d->repeats, d->jitter, d->loss,
		d->locked ? "locked" : "any phase");
	for (unsigned k = 0; k < d->n_timers; k++)
		g_test_message("  timer %.4f s: promotion %.3f s, cycle %.2f s, still fast %.2f", d->timer[k],
			d->promotion[k + 1], d->cycle[k + 1], d->fast[k + 1]);
	for (unsigned k = 1; k < found->n_levels; k++)
		g_test_message("  found %.4f s [%.4f, %.4f]%s: delay %.3f s, cycle %.2f s, still before %.2f",
			found->level[k].from.value, found->level[k].from.lo, found->level[k].from.hi,
			found->level[k].unsure ? " unsure" : "", found->level[k].delay.value,
			found->level[k].cycle, found->level[k].before);
}

/* Does a timer show plainly: by promotions that stand ten jitters apart, and no waits that hide them? */
static bool shows(const struct drawn *d, unsigned k)
{
	double longer = d->promotion[k + 1] - d->promotion[k];

	return d->plain &&
	       (longer > 10 * d->jitter || (longer <= 0.0 && d->fast[k] > 0.0 &&
						   d->promotion[k] - d->promotion[k - 1] > 10 * d->jitter));
}

static bool one(uint64_t seed, struct score *score, struct nap_rrc_probe *probe)
{
	struct nap_rng r = nap_rng_stream(seed, 0, 0, NAP_RNG_RADIO);
	struct drawn d;
	struct nap_inference found;
	bool good = true;

	draw(&d, &r);
	g_assert_true(nap_radio_infer(
		&found, probe, probe_all(&d, &r, probe), nap_rng_stream(seed, 0, 0, NAP_RNG_SEARCH)));
	record(score->text, &found, seed);
	for (unsigned k = 1; k < found.n_levels; k++) {
		bool held = false;

		for (unsigned i = 0; i < d.n_timers; i++)
			held |= holds(&found.level[k].from, d.timer[i]);
		score->borders++;
		score->held += held ? 1 : 0;
		score->unsure += found.level[k].unsure ? 1 : 0;
		score->wrong += held || found.level[k].unsure ? 0 : 1;
		good &= held || found.level[k].unsure;
	}
	for (unsigned i = 0; i < d.n_timers; i++) {
		bool is_found = false, surely = false;

		for (unsigned k = 1; k < found.n_levels; k++) {
			is_found |= holds(&found.level[k].from, d.timer[i]);
			surely |= holds(&found.level[k].from, d.timer[i]) && !found.level[k].unsure;
		}
		if (!shows(&d, i))
			continue;
		score->timers++;
		score->found += is_found ? 1 : 0;
		score->surely += surely ? 1 : 0;
		good &= is_found;
	}
	if (!good)
		print_drawn(&d, &found, seed);
	return good;
}

static void test_random(void)
{
	struct nap_rrc_probe *probe = g_new(struct nap_rrc_probe, PROBES_MAX);
	g_autoptr(GString) text = g_string_new(NULL);
	struct score s = { .text = text };
	const char *only = g_getenv("NATNAP_SEED");
	uint64_t first = only ? g_ascii_strtoull(only, NULL, 10) : 1;
	uint64_t n = only ? first : how_many(60, 1000);

	for (uint64_t seed = first; seed <= n; seed++)
		one(seed, &s, probe);
	g_free(probe);
	g_test_message("%u borders: %u held, %u unsure, %u wrong; %u timers that show: %u found, %u surely",
		s.borders, s.held, s.unsure, s.wrong, s.timers, s.found, s.surely);
	if (!only && !in_full())
		recorded_check("inference", text->str);
	g_assert_cmpuint(s.wrong, ==, 0);
	g_assert_cmpuint(s.held * 100, >=, s.borders * 95);
	g_assert_cmpuint(s.found * 100, >=, s.timers * 95);
	g_assert_cmpuint(s.surely * 100, >=, s.timers * 80);
}

/* No truth is asked for: too little may be known. What is found is compared with what was recorded. */
static void test_few(void)
{
	struct nap_rrc_probe *probe = g_new(struct nap_rrc_probe, PROBES_MAX);
	g_autoptr(GString) text = g_string_new(NULL);
	struct nap_inference found;

	for (uint64_t seed = 1; seed <= FEW; seed++) {
		struct nap_rng r = nap_rng_stream(seed, 1, 0, NAP_RNG_RADIO);
		struct drawn d;
		size_t n;

		draw_few(&d, &r);
		n = probe_all(&d, &r, probe);
		if (nap_radio_infer(&found, probe, n, nap_rng_stream(seed, 1, 0, NAP_RNG_SEARCH)))
			record(text, &found, seed);
		else
			g_string_append_printf(text, "%" G_GUINT64_FORMAT " %zu probes: too few\n", seed, n);
	}
	g_free(probe);
	recorded_check("inference-few", text->str);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/infer/random", test_random);
	g_test_add_func("/infer/few", test_few);
	return g_test_run();
}
