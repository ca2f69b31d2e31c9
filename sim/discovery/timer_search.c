/* SPDX-License-Identifier: BSD-2-Clause */
#include "discovery/timer_search.h"

#include <glib.h>

#define MOST_STALLED 3
#define EDGE_TRIALS  12 /* lives in a row that count as always */
#define EDGE_ROUNDS  24
#define EDGE_WIDTH   (5 * NAP_S)

/* From what contradicts itself to a bracket of the shortest life: dead there once, never seen dead below. */
static void begin_varying(struct nap_timer_search *s, struct nap_finding *f)
{
	nap_time dead = NAP_NEVER;

	for (uint32_t i = 0; i < s->n_dead; i++)
		dead = nap_time_min(dead, s->dead[i]);
	f->bracket = (struct nap_bracket){ 0, dead };
	s->varies = true;
}

static void conclude_varying(const struct nap_timer_search *s, struct nap_finding *f)
{
	nap_time longest = 0;

	for (uint32_t i = 0; i < s->n_alive; i++)
		longest = nap_time_max(longest, s->alive[i]);
	f->state = NAP_FINDING_VARIES;
	g_snprintf(f->detail, sizeof(f->detail),
		"varies: %u of %u alive at %.3f s, dead at %.3f s, yet once alive at %.3f s", EDGE_TRIALS,
		EDGE_TRIALS, nap_time_seconds(f->bracket.alive), nap_time_seconds(f->bracket.dead),
		nap_time_seconds(longest));
}

/* The next trials of the shortest life: the same idle time again and again, until it dies or has lived often enough. */
static uint32_t next_edge(struct nap_timer_search *s, struct nap_finding *f, nap_time *out)
{
	uint32_t n;

	if (s->edge && s->edge_alive >= EDGE_TRIALS) {
		f->bracket.alive = nap_time_min(s->edge, f->bracket.dead - 1);
		s->edge = 0;
	}
	if (s->edge && f->bracket.dead <= s->edge + s->goal.resolution)
		s->edge = 0;
	if (!s->edge) {
		nap_time width = f->bracket.dead - f->bracket.alive;

		if (width <= nap_time_max(nap_search_resolution(&s->goal, f->bracket.alive),
				     nap_time_min(f->bracket.dead / 50, EDGE_WIDTH)) ||
			s->edge_rounds == EDGE_ROUNDS) {
			conclude_varying(s, f);
			return 0;
		}
		s->edge_rounds++;
		s->edge_alive = 0;
		s->edge = f->bracket.alive + width / 2;
	}
	n = MIN(s->goal.width, EDGE_TRIALS - s->edge_alive);
	for (uint32_t i = 0; i < n; i++)
		out[i] = s->edge;
	return n;
}

static bool narrowed(const struct nap_bracket *before, const struct nap_bracket *now)
{
	if (before->dead == NAP_NEVER || now->dead == NAP_NEVER)
		return now->alive > before->alive || now->dead < before->dead;
	return (now->dead - now->alive) <= (before->dead - before->alive) / 8 * 7;
}

static void conclude(const struct nap_timer_search *s, struct nap_finding *f)
{
	f->state = f->bracket.alive >= s->goal.most ? NAP_FINDING_BEYOND : NAP_FINDING_DONE;
}

uint32_t nap_timer_search_next(struct nap_timer_search *s, struct nap_finding *f, nap_time *out)
{
	bool done = nap_search_done(&s->goal, &f->bracket);
	/* so far below that a silence there cannot lie inside the bracket */
	nap_time below = f->bracket.alive - s->blur;
	uint32_t n = 0, pairs;

	if (!s->varies && f->contradictions > s->tolerated)
		begin_varying(s, f);
	if (s->varies)
		return next_edge(s, f, out);
	if (!done && f->trials && !s->void_row)
		s->stalled = narrowed(&s->before, &f->bracket) ? 0 : s->stalled + 1;
	if (s->stalled > MOST_STALLED) /* the path's own delays are wider than the resolution asked for */
		done = true;
	s->before = f->bracket;
	s->repeating = done;
	if (!done)
		return s->strategy->next(&s->goal, &f->bracket, out);
	if (!s->repeats_left) {
		conclude(s, f);
		return 0;
	}
	pairs = MAX(1, MIN(s->repeats_left, s->goal.width / 2));
	s->repeats_left -= pairs;
	f->repeats += pairs;
	for (uint32_t i = 0; i < pairs; i++) {
		if (below > 0)
			out[n++] = nap_time_min(below, s->goal.most);
		if (f->bracket.dead != NAP_NEVER)
			out[n++] = f->bracket.dead;
	}
	return n;
}

nap_time nap_timer_search_alive(struct nap_timer_search *s, struct nap_finding *f, nap_time idle)
{
	s->void_row = 0;
	if (s->n_alive < NAP_SEEN)
		s->alive[s->n_alive++] = idle;
	if (s->varies)
		s->edge_alive++;
	else if (!nap_search_alive(&f->bracket, idle))
		f->contradictions++;
	return NAP_NEVER;
}

nap_time nap_timer_search_dead(
	struct nap_timer_search *s, struct nap_finding *f, nap_time aim, nap_time idle, double error)
{
	s->void_row = 0;
	if (s->n_dead < NAP_SEEN)
		s->dead[s->n_dead++] = idle;
	s->blur = nap_time_max(s->blur, idle - aim);
	f->silences++;
	f->error += error;
	if (s->varies) { /* one death settles this idle time */
		f->bracket.dead = nap_time_min(f->bracket.dead, idle);
		s->edge = 0;
		return 0;
	}
	if (!nap_search_dead(&f->bracket, idle))
		f->contradictions++;
	return s->repeating ? NAP_NEVER : f->bracket.dead;
}
