/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which idle times a search for a timer tries, round by round, of timers that are sharp, vary, run out at a box' own ticks, or end some
 * flows too late or too early: compared with what was recorded, the times themselves of some and a number of each round's for all.
 * Times are whole tenths of a second, so that trials end at the very timer.
 */
#include <glib.h>
#include <inttypes.h>

#include "discovery/timer_search.h"
#include "kernel/rng.h"
#include "kernel/snapshot.h"
#include "recorded.h"

enum { SEARCHES = 6000, SHOWN = 60, TENTH = 100 };

enum kind { SHARP, VARIES, TICKS, LUCKY, LOSSY, KINDS };
static const char *const kinds[] = { "sharp", "varies", "ticks", "lucky", "lossy" };

struct timer {
	struct nap_rng rng;
	enum kind kind;
	nap_time least, width;
	struct nap_timer_search s;
	struct nap_finding f;
	uint64_t digest;
	uint32_t rounds;
};

static uint32_t below(struct timer *t, uint32_t n)
{
	return nap_rng_below(&t->rng, n);
}

static nap_time tenths(uint32_t n)
{
	return (nap_time)n * TENTH * NAP_MS;
}

/* Did a flow live through an idle time? */
static bool lives(struct timer *t, nap_time idle)
{
	switch (t->kind) {
	case VARIES:
		return idle < t->least + tenths(below(t, (uint32_t)(t->width / (TENTH * NAP_MS)) + 1));
	case TICKS:
		return idle < t->least + t->width - (nap_time)below(t, 4) * t->width / 4;
	case LUCKY:
		return idle < t->least || below(t, 12) == 0;
	case LOSSY:
		return idle < t->least && below(t, 60) != 0;
	default:
		return idle < t->least;
	}
}

static void draw(struct timer *t, uint32_t number)
{
	static const uint32_t widths[] = { 1, 2, 4, 16, 64, 300 };
	static const uint32_t most[] = { 600, 6000, 36000, 864000 };
	struct nap_timer_goal goal = { .first = 8 * NAP_S };
	uint32_t n = 0;

	*t = (struct timer){ .rng = nap_rng_stream(87, number, 0, NAP_RNG_SEARCH) };
	while (nap_strategies[n])
		n++;
	t->kind = below(t, KINDS);
	goal.most = tenths(most[below(t, 4)]);
	t->least = tenths(1 + below(t, 1 + most[below(t, 4)]));
	t->width = tenths(1 + below(t, 200));
	goal.resolution = tenths(1 + below(t, 30));
	goal.width = widths[below(t, 6)];
	goal.repeats = below(t, 6);
	goal.blur = below(t, 3) ? 0 : tenths(1 + below(t, 8));
	goal.phase = below(t, 3) ? 0 : tenths(1 + below(t, 50));
	t->f.bracket = (struct nap_bracket){ 0, NAP_NEVER };
	nap_timer_search_init(&t->s, &goal, below(t, 3) ? nap_strategies[0] : nap_strategies[below(t, n)]);
	if (below(t, 3) == 0) {
		nap_time about = t->least + tenths(below(t, 60)) - 3 * NAP_S;

		t->s.hint = (struct nap_bracket){ nap_time_max(0, about - 2 * NAP_S),
			nap_time_max(NAP_S, about) };
		t->s.likely = below(t, 2);
	}
}

/* The verdicts of a round; what is of no more use is not tried. */
static void try(struct timer *t, const nap_time *out, uint32_t n)
{
	nap_time useless = NAP_NEVER;

	for (uint32_t i = 0; i < n && out[i] < useless; i++) {
		t->f.trials++;
		if (lives(t, out[i])) {
			nap_timer_search_alive(&t->s, &t->f, out[i]);
			continue;
		}
		useless = nap_time_min(useless, nap_timer_search_dead(&t->s, &t->f, out[i],
							out[i] + (below(t, 2) ? t->s.goal.blur : 0), 1e-5));
	}
	t->digest = nap_mix(t->digest, (uint64_t)useless);
	t->digest = nap_mix(t->digest, nap_timer_search_staggers(&t->s, &t->f));
}

static void show(GString *text, const nap_time *out, uint32_t n)
{
	g_string_append(text, " ");
	for (uint32_t i = 0; i < n; i++) {
		uint32_t like = i;

		while (like + 1 < n && out[like + 1] == out[i])
			like++;
		g_string_append_printf(text, " %.9g", nap_time_seconds(out[i]));
		if (like > i)
			g_string_append_printf(text, "x%u", like - i + 1);
		i = like;
	}
	g_string_append_c(text, '\n');
}

static void search(GString *text, struct timer *t, bool shown)
{
	static nap_time out[NAP_ROUND];
	uint32_t n;

	while ((n = nap_timer_search_next(&t->s, &t->f, out)) > 0) {
		g_assert_cmpuint(n, <=, NAP_ROUND);
		g_assert_cmpuint(++t->rounds, <, 2000);
		for (uint32_t i = 0; i < n; i++)
			t->digest = nap_mix(t->digest, (uint64_t)out[i]);
		if (shown && n <= 20)
			show(text, out, n);
		try(t, out, n);
		if (below(t, 12) == 0 && t->f.bracket.dead != NAP_NEVER)
			try(t, out, nap_timer_search_repeat(&t->s, &t->f, out));
		if (below(t, 60) == 0)
			nap_timer_search_cut(&t->s, &t->f, below(t, 2));
		if (nap_timer_search_doubtful(&t->s, &t->f) && t->s.restarts < 2 && below(t, 3) == 0)
			nap_timer_search_restart(&t->s, &t->f);
	}
}

/* A number of all that was asked and found; in words as well if that is wanted. */
static uint64_t one(GString *text, struct timer *t, uint32_t number, bool shown)
{
	draw(t, number);
	if (shown)
		g_string_append_printf(text, "%u %s %.9g s, %s, width %u, repeats %u, resolution %.9g s\n",
			number, kinds[t->kind], nap_time_seconds(t->least), t->s.strategy->name,
			t->s.goal.width, t->s.goal.repeats, nap_time_seconds(t->s.goal.resolution));
	search(text, t, shown);
	if (shown)
		g_string_append_printf(text,
			"  state %d, %.9g to %.9g s; %u rounds, %u trials, %u contradictions %s\n",
			(int)t->f.state, nap_time_seconds(t->f.bracket.alive),
			t->f.bracket.dead == NAP_NEVER ? -1.0 : nap_time_seconds(t->f.bracket.dead),
			t->rounds, t->f.trials, t->f.contradictions, t->f.detail);
	if (t->kind == SHARP && t->f.state == NAP_FINDING_DONE) {
		g_assert_cmpint(t->f.bracket.alive, <, t->least);
		g_assert_cmpint(t->f.bracket.dead, >=, t->least);
	}
	t->digest = nap_mix(t->digest, (uint64_t)t->f.bracket.alive ^ (uint64_t)t->f.bracket.dead);
	return nap_mix(t->digest, (uint64_t)t->f.state << 32 | t->f.trials);
}

static void test_asked(void)
{
	g_autoptr(GString) now = g_string_new(NULL);
	g_autofree struct timer *t = g_new(struct timer, 1);

	for (uint32_t k = 0; k < SEARCHES;) {
		uint64_t h = 0;

		do
			h = nap_mix(h, one(now, t, k, k < SHOWN));
		while (++k % 20);
		g_string_append_printf(now, "to %u %016" PRIx64 "\n", k, h);
	}
	recorded_check("timers", now->str);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/timer/asked", test_asked);
	return g_test_run();
}
