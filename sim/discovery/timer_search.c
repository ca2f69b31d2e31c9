/* SPDX-License-Identifier: BSD-2-Clause */
#include "discovery/timer_search.h"

#include <glib.h>

#define MOST_CONTRADICTIONS 3
#define MOST_STALLED	    3

/* Nothing longer than a silence, nothing that ever survived above it: what can be relied on, and the spread. */
static void conclude_varying(const struct nap_timer_search *s, struct nap_finding *f)
{
	nap_time dead = NAP_NEVER, alive = 0, longest = 0;

	for (uint32_t i = 0; i < s->n_dead; i++)
		dead = nap_time_min(dead, s->dead[i]);
	for (uint32_t i = 0; i < s->n_alive; i++) {
		longest = nap_time_max(longest, s->alive[i]);
		if (s->alive[i] < dead)
			alive = nap_time_max(alive, s->alive[i]);
	}
	f->bracket = (struct nap_bracket){ alive, dead };
	f->state = NAP_FINDING_VARIES;
	g_snprintf(f->detail, sizeof(f->detail), "varies: seen dead from %.3f s on, alive up to %.3f s",
		nap_time_seconds(dead), nap_time_seconds(longest));
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
	uint32_t n = 0;

	if (f->contradictions > MOST_CONTRADICTIONS) {
		conclude_varying(s, f);
		return 0;
	}
	if (!done && f->trials && !s->void_row)
		s->stalled = narrowed(&s->before, &f->bracket) ? 0 : s->stalled + 1;
	if (s->stalled > MOST_STALLED) /* the path's own delays are wider than the resolution asked for */
		done = true;
	s->before = f->bracket;
	if (!done)
		return s->strategy->next(&s->goal, &f->bracket, out);
	if (!s->repeats_left) {
		conclude(s, f);
		return 0;
	}
	s->repeats_left--;
	f->repeats++;
	if (f->bracket.alive > 0)
		out[n++] = nap_time_min(f->bracket.alive, s->goal.most);
	if (f->bracket.dead != NAP_NEVER)
		out[n++] = f->bracket.dead;
	return n;
}

nap_time nap_timer_search_alive(struct nap_timer_search *s, struct nap_finding *f, nap_time idle)
{
	s->void_row = 0;
	if (s->n_alive < NAP_SEEN)
		s->alive[s->n_alive++] = idle;
	if (!nap_search_alive(&f->bracket, idle))
		f->contradictions++;
	return NAP_NEVER;
}

nap_time nap_timer_search_dead(struct nap_timer_search *s, struct nap_finding *f, nap_time idle, double error)
{
	s->void_row = 0;
	if (s->n_dead < NAP_SEEN)
		s->dead[s->n_dead++] = idle;
	f->silences++;
	f->error += error;
	if (!nap_search_dead(&f->bracket, idle))
		f->contradictions++;
	return f->bracket.dead;
}
