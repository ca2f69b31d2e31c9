/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which points a tuning asks for, one after another, in landscapes drawn at random: one to four keys, a cliff across them, costs that fall
 * towards it, that have a bowl, that are the same all along a key, with noise or without. Compared with what was recorded: a search
 * that asks otherwise may be as good, and has changed.
 */
#include <glib.h>
#include <string.h>

#include "kernel/rng.h"
#include "recorded.h"
#include "run/tune.h"

enum { LANDSCAPES = 160, VALUES = 300 };

struct land {
	struct nap_rng rng;
	uint64_t seed;
	struct nap_tune tune;
	int64_t value[NAP_TUNE_AXES][VALUES];
	uint32_t hint[NAP_TUNE_AXES];
	int64_t slope[NAP_TUNE_AXES]; /* of the cliff: a key of 0 does not matter to it */
	int64_t cliff, soft;          /* where it is, and over which width it rises */
	int64_t cost[NAP_TUNE_AXES], bowl;
	uint32_t noise;
	GString *text;
};

static uint32_t below(struct land *l, uint32_t n)
{
	return nap_rng_below(&l->rng, n);
}

/* All numbers are whole: they are added up alike everywhere. */
static struct nap_tune_run run_at(const struct land *l, const uint32_t *at, uint32_t replication)
{
	struct nap_rng r = nap_rng_stream(l->seed, replication, 0, NAP_RNG_APP);
	struct nap_tune_run run = { .packets = 100000.0 };
	int64_t height = 0, cost = 1000000, beyond;

	for (uint32_t k = 0; k < l->tune.space.axes; k++) {
		int64_t off = (int64_t)at[k] - (int64_t)l->hint[k];

		height += l->slope[k] * l->value[k][at[k]];
		cost += l->cost[k] * at[k] + l->bowl * off * off;
		run.packets -= 10.0 * at[k];
	}
	beyond = height - l->cliff + (l->noise ? (int64_t)nap_rng_below(&r, l->noise) : 0);
	run.cost = (double)(cost + (l->noise ? (int64_t)nap_rng_below(&r, 50 * l->noise) : 0));
	for (uint32_t k = 0; k < l->tune.rule.n_targets; k++) {
		bool at_least = l->tune.rule.target[k].at_least;
		int64_t wrong = beyond <= 0 ? 0 : CLAMP(20 * (beyond + k) / l->soft, 0, 20);

		run.seen[k].whole = 20;
		run.seen[k].part = (uint64_t)(at_least ? 20 - wrong : wrong);
	}
	return run;
}

static bool evaluate(void *ctx, const struct nap_tune_ask *ask, uint32_t n)
{
	struct land *l = ctx;

	g_string_append(l->text, "  ");
	for (uint32_t i = 0; i < n; i++) {
		g_string_append_printf(l->text, "%s(", i ? " " : "");
		for (uint32_t k = 0; k < l->tune.space.axes; k++)
			g_string_append_printf(l->text, "%s%u", k ? "," : "", ask[i].at[k]);
		g_string_append_printf(l->text, ") %u+%u", ask[i].first, ask[i].count);
		for (uint32_t k = 0; k < ask[i].count; k++)
			ask[i].run[k] = run_at(l, ask[i].at, ask[i].first + k);
	}
	g_string_append_c(l->text, '\n');
	return true;
}

static void draw_axis(struct land *l, uint32_t k)
{
	static const double margins[] = { 0.0, 0.02, 0.1 };
	static const uint32_t most[] = { 0, VALUES, 30, 7,
		4 }; /* of more keys fewer values: a search ends soon */
	struct nap_tune_axis *a = &l->tune.space.axis[k];
	int64_t v = 10 + below(l, 100), step = 1 + below(l, 5);

	a->n = 1 + below(l, most[l->tune.space.axes]);
	a->value = l->value[k];
	a->margin = margins[below(l, 3)];
	a->dense = below(l, 2);
	for (uint32_t i = 0; i < a->n; i++, v += step)
		l->value[k][i] = v;
	l->hint[k] = below(l, a->n);
	l->slope[k] = below(l, 4) ? 1 + below(l, 3) : 0;
	l->cost[k] = below(l, 4) ? -(int64_t)below(l, 3000) : 0;
	l->cliff += l->slope[k] * l->value[k][below(l, a->n)];
}

static void draw(struct land *l, uint32_t number)
{
	static const double bounds[] = { 0.75, 0.9, 1.0 };
	struct nap_tune *t = &l->tune;

	l->seed = number;
	l->rng = nap_rng_stream(84, number, 0, NAP_RNG_SEARCH);
	t->space.axes = 1 + below(l, NAP_TUNE_AXES);
	for (uint32_t k = 0; k < t->space.axes; k++)
		draw_axis(l, k);
	l->soft = 1 + below(l, 60);
	l->bowl = below(l, 3) ? 0 : 50;
	l->noise = below(l, 3) ? 1 + below(l, 40) : 0;
	t->rule = (struct nap_tune_rule){ .n_targets = 1 + below(l, 2), .tie = 0.001, .better = 0.01 };
	for (uint32_t k = 0; k < t->rule.n_targets; k++) {
		bool at_least = below(l, 2);
		double bound = bounds[below(l, 3)];

		t->rule.target[k] = (struct nap_tune_target){ "t", below(l, 2), at_least,
			at_least ? bound : 1.0 - bound };
	}
	t->rule.certain = l->noise == 0 && below(l, 2);
	t->confidence = 0.95;
	t->first = t->rule.certain ? 1 : 2 + below(l, 4);
	t->most = t->rule.certain ? 1 : 8 << below(l, 3);
	t->confirm = below(l, 4) != 0;
	t->downward = t->space.axes == 1 && below(l, 2);
	t->monotone = t->space.axes == 1 && l->bowl == 0 && below(l, 3) == 0;
	t->hint = below(l, 3) ? NULL : l->hint;
	t->evaluate = evaluate;
	t->ctx = l;
}

static void play(GString *text, uint32_t number)
{
	g_autofree struct land *l = g_new0(struct land, 1);
	struct nap_tune *t = &l->tune;

	l->text = text;
	draw(l, number);
	g_string_append_printf(text, "%u: %u keys of %u %u %u %u, noise %u%s%s%s\n", number, t->space.axes,
		t->space.axis[0].n, t->space.axis[1].n, t->space.axis[2].n, t->space.axis[3].n, l->noise,
		t->downward ? ", downward" : "", t->monotone ? ", monotone" : "", t->hint ? ", hint" : "");
	g_assert_true(nap_tune_run(t));
	g_string_append_printf(text,
		"  named %d, nearest %d of %u; %u tries, %u runs of %" G_GUINT64_FORMAT
		"; violation %.9g, better %.9g\n",
		t->named, t->nearest, t->n_points, t->tries, t->confirmed_runs, t->runs, t->violation,
		t->better);
	for (uint32_t k = 0; t->named >= 0 && k < t->rule.n_targets; k++)
		g_assert_true(t->point[t->named].verdict.meets);
	nap_tune_clear(t);
}

static void test_asked(void)
{
	g_autoptr(GString) now = g_string_new(NULL);

	for (uint32_t i = 0; i < LANDSCAPES; i++)
		play(now, i);
	recorded_check("tune", now->str);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tune/asked", test_asked);
	return g_test_run();
}
