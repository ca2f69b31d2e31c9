/* SPDX-License-Identifier: BSD-2-Clause */
#include "discovery/timer_search.h"

#include <glib.h>
#include <stdlib.h>

#define MOST_STALLED 3
#define EDGE_TRIALS  12 /* lives in a row that count as always */
#define EDGE_ROUNDS  24
#define LEAST_LEVELS 5 /* idle times tried at once, in search of the shortest life */
#define MOST_LEVELS  10
#define EDGE_WIDTH   (5 * NAP_S)
#define FEW          16 /* flows, too few for the ends of a bracket in each wave */
#define NEAR         3  /* resolutions: verdicts so near a bracket's end repeat it */

void nap_timer_search_init(
	struct nap_timer_search *s, const struct nap_timer_goal *goal, const struct nap_strategy *strategy)
{
	*s = (struct nap_timer_search){ .goal = *goal, .strategy = strategy, .shortest_dead = NAP_NEVER };
}

/* The second shortest death, the second longest life: NAP_NEVER, 0 when there is none. */
static nap_time second_death(const struct nap_timer_search *s)
{
	nap_time first = NAP_NEVER, second = NAP_NEVER;

	for (uint32_t i = 0; i < MIN(s->n_dead, NAP_SEEN); i++) {
		second = nap_time_min(second, nap_time_max(first, s->dead[i]));
		first = nap_time_min(first, s->dead[i]);
	}
	return second;
}

static nap_time second_life(const struct nap_timer_search *s)
{
	nap_time first = 0, second = 0;

	for (uint32_t i = 0; i < MIN(s->n_alive, NAP_SEEN); i++) {
		second = nap_time_max(second, nap_time_min(first, s->alive[i]));
		first = nap_time_max(first, s->alive[i]);
	}
	return second;
}

/*
 * Where the flows that a timer varies for begin to die: the second shortest death, as whatever else ended a flow, a box that
 * restarted or lacked room, may have ended one alone.
 */
static nap_time edge(const struct nap_timer_search *s)
{
	nap_time second = second_death(s);

	return second == NAP_NEVER ? s->shortest_dead : second;
}

/* From what contradicts itself to a bracket of the shortest life. */
static void begin_varying(struct nap_timer_search *s, struct nap_finding *f)
{
	f->bracket = (struct nap_bracket){ 0, edge(s) };
	s->n_alive = 0; /* lives count from now on, with beginnings as far apart as boxes sweep */
	s->varies = true;
}

static void conclude_varying(const struct nap_timer_search *s, struct nap_finding *f)
{
	f->state = NAP_FINDING_VARIES;
	g_snprintf(f->detail, sizeof(f->detail),
		"varies: %u of %u alive at %.3f s, dead at %.3f s, yet once alive at %.3f s", EDGE_TRIALS,
		EDGE_TRIALS + (s->shortest_dead < f->bracket.alive), nap_time_seconds(f->bracket.alive),
		nap_time_seconds(f->bracket.dead), nap_time_seconds(s->longest_alive));
}

static int longer_first(const void *a, const void *b)
{
	nap_time x = *(const nap_time *)a, y = *(const nap_time *)b;

	return x < y ? 1 : x > y ? -1 : 0;
}

/*
 * The idle time that EDGE_TRIALS flows have outlived while none died below. Lives beyond the shortest death do not
 * count: their trials had luck, and those without it are the dead ones.
 */
static nap_time always_outlived(const struct nap_timer_search *s, nap_time shortest_dead)
{
	nap_time life[NAP_SEEN] = { 0 };
	uint32_t n = 0;

	for (uint32_t i = 0; i < MIN(s->n_alive, NAP_SEEN); i++)
		if (s->alive[i] < shortest_dead)
			life[n++] = s->alive[i];
	qsort(life, n, sizeof(life[0]), longer_first);
	return n < EDGE_TRIALS ? 0 : life[EDGE_TRIALS - 1];
}

/*
 * The next trials of the shortest life: idle times further and further below the shortest death, each many times. Those
 * that are too long die and bring it down, so a wide variation takes few rounds too.
 */
static uint32_t next_edge(struct nap_timer_search *s, struct nap_finding *f, nap_time *out)
{
	nap_time width, fine, below;
	uint32_t n = 0, levels;

	f->bracket.alive = nap_time_max(f->bracket.alive, always_outlived(s, f->bracket.dead));
	fine = nap_time_max(s->goal.resolution, nap_time_min(f->bracket.dead / 50, EDGE_WIDTH));
	width = f->bracket.dead - f->bracket.alive;
	if (width <= fine || s->edge_rounds == EDGE_ROUNDS) {
		conclude_varying(s, f);
		return 0;
	}
	s->edge_rounds++;
	levels = CLAMP(s->goal.width / EDGE_TRIALS, LEAST_LEVELS, MOST_LEVELS);
	below = fine * 9 / 10;
	for (uint32_t k = 0; k < levels && below < width; k++, below *= 2) {
		for (uint32_t i = 0; i < EDGE_TRIALS; i++)
			out[n++] = f->bracket.dead - below;
	}
	if (!n) /* a death so early that nothing is left below it */
		conclude_varying(s, f);
	for (uint32_t i = 0; i < n / 2; i++) { /* in rising order */
		nap_time t = out[i];

		out[i] = out[n - 1 - i];
		out[n - 1 - i] = t;
	}
	return n;
}

/* What contradicted each other was no variation, if so many new flows meet both ends of the bracket that one would show. */
static void forgive(struct nap_timer_search *s, struct nap_finding *f, const struct nap_bracket *b)
{
	s->n_alive = s->n_dead = 0;
	s->forgiven = f->contradictions;
	s->goal.repeats = MAX(s->goal.repeats, EDGE_TRIALS);
	f->bracket = *b;
}

/* Are all verdicts in order but for one death? That may be whatever else ends a flow: it is put aside, once. */
static bool put_aside(struct nap_timer_search *s, struct nap_finding *f)
{
	nap_time second = second_death(s);

	if (s->forgiven || s->tolerated || !s->goal.repeats || s->n_dead > NAP_SEEN ||
		second <= s->longest_alive)
		return false;
	s->shortest_dead = second;
	forgive(s, f, &(struct nap_bracket){ s->longest_alive, second });
	return true;
}

/*
 * Do lives and deaths overlap by less than the resolution? A limit of age, with openings that take longer or shorter, does so: no
 * variation that was asked for. The bracket is what none contradicts.
 */
static bool overlap_little(struct nap_timer_search *s, struct nap_finding *f)
{
	struct nap_bracket b = { s->agreed.alive < s->shortest_dead ? s->agreed.alive : 0, NAP_NEVER };

	if (s->tolerated || !s->goal.repeats || s->longest_alive - s->shortest_dead >= s->goal.resolution)
		return false;
	if (s->agreed.dead > s->longest_alive)
		b.dead = s->agreed.dead;
	for (uint32_t i = 0; i < MIN(s->n_alive, NAP_SEEN); i++)
		if (s->alive[i] < s->shortest_dead)
			b.alive = nap_time_max(b.alive, s->alive[i]);
	for (uint32_t i = 0; i < MIN(s->n_dead, NAP_SEEN); i++)
		if (s->dead[i] > s->longest_alive)
			b.dead = nap_time_min(b.dead, s->dead[i]);
	s->agreed = b;
	forgive(s, f, &b);
	return true;
}

bool nap_timer_search_doubtful(const struct nap_timer_search *s, const struct nap_finding *f)
{
	return !s->varies && f->contradictions > s->tolerated + s->forgiven;
}

void nap_timer_search_restart(struct nap_timer_search *s, struct nap_finding *f)
{
	uint32_t restarts = s->restarts + 1, tolerated = s->tolerated;
	struct nap_timer_goal goal = s->goal;

	if (goal.repeats) /* it takes more not to vary, having contradicted itself once */
		goal.repeats = MAX(goal.repeats, EDGE_TRIALS);

	nap_timer_search_init(s, &goal, s->strategy);
	s->tolerated = tolerated;
	s->restarts = restarts;
	f->bracket = (struct nap_bracket){ 0, NAP_NEVER };
	f->contradictions = 0;
}

void nap_timer_search_cut(struct nap_timer_search *s, struct nap_finding *f, bool forget)
{
	s->stalled = 0;
	s->before = (struct nap_bracket){ 0, NAP_NEVER };
	if (!forget)
		return;
	s->n_dead = s->repeated = s->edge_rounds = s->forgiven = 0;
	s->agreed = (struct nap_bracket){ 0 };
	s->shortest_dead = NAP_NEVER;
	s->varies = false;
	f->bracket = (struct nap_bracket){ s->longest_alive, NAP_NEVER };
	f->contradictions = 0;
}

static bool narrowed(const struct nap_bracket *before, const struct nap_bracket *now)
{
	if (before->dead == NAP_NEVER || now->dead == NAP_NEVER)
		return now->alive > before->alive || now->dead < before->dead;
	return (now->dead - now->alive) <= (before->dead - before->alive) / 8 * 7;
}

/*
 * As far as the resolution allows it, no end of the bracket rests on one trial alone: something may have cut that flow, or kept
 * it, by less than contradicts others.
 */
static void conclude(const struct nap_timer_search *s, struct nap_finding *f)
{
	struct nap_bracket *b = &f->bracket;
	nap_time death = second_death(s), life = second_life(s);

	f->state = b->alive >= s->goal.most ? NAP_FINDING_BEYOND : NAP_FINDING_DONE;
	if (f->state != NAP_FINDING_DONE || !s->goal.repeats)
		return;
	if (death != NAP_NEVER && death - b->alive <= s->goal.resolution)
		b->dead = nap_time_max(b->dead, death);
	if (life && b->dead - life <= s->goal.resolution)
		b->alive = nap_time_min(b->alive, life);
}

/* How late silences are told, without the few that slow packets made very late. */
static nap_time usual_blur(const struct nap_timer_search *s)
{
	return nap_time_min(s->blur, 2 * s->goal.blur);
}

/* Verdicts so near an end of the bracket that a timer which varies would have been found out, without the one that set it. */
static uint32_t repeated(const nap_time *idle, uint32_t n, nap_time from, nap_time to)
{
	uint32_t k = 0;

	for (uint32_t i = 0; i < MIN(n, NAP_SEEN); i++)
		k += idle[i] >= from && idle[i] <= to;
	return k ? k - 1 : 0;
}

static uint32_t repeats_so_far(const struct nap_timer_search *s, const struct nap_bracket *b)
{
	nap_time near = NEAR * s->goal.resolution + usual_blur(s);
	uint32_t dead = repeated(s->dead, s->n_dead, b->dead, b->dead + near);

	return b->alive <= usual_blur(s) /* too short to be tried from below */
		       ? dead
		       : MIN(dead, repeated(s->alive, s->n_alive, b->alive - near, b->alive));
}

/* Narrow enough, or as narrow as can be where a silence takes longer to be told than the resolution? */
static bool found(const struct nap_timer_search *s, const struct nap_bracket *b)
{
	nap_time width = s->goal.resolution;

	if (nap_bracket_done(&s->goal, b))
		return true;
	return b->dead != NAP_NEVER && s->goal.blur > width * 3 / 4 &&
	       b->dead - b->alive - usual_blur(s) <= width / 2;
}

/* Both ends of the bracket again; the lower so far below that a silence there cannot lie inside the bracket. */
static uint32_t again(
	const struct nap_timer_search *s, const struct nap_bracket *b, uint32_t pairs, nap_time *out)
{
	nap_time below = b->alive - usual_blur(s);
	uint32_t n = 0;

	for (uint32_t i = 0; below > 0 && i < pairs; i++)
		out[n++] = nap_time_min(below, s->goal.most);
	for (uint32_t i = 0; i < pairs; i++)
		out[n++] = b->dead;
	return n;
}

uint32_t nap_timer_search_repeat(const struct nap_timer_search *s, const struct nap_finding *f, nap_time *out)
{
	return again(s, &f->bracket, MAX(s->goal.repeats, 1), out);
}

/*
 * The strategy's candidates. Those of a wave into a bracket come with its ends: boxes that sweep their tables kill all flows
 * of a wave at one time, so that another wave may find all alive, or dead, and that must not pass for a bracket.
 */
static uint32_t next_round(const struct nap_timer_search *s, const struct nap_bracket *b, nap_time *out)
{
	nap_time below = b->alive - usual_blur(s);
	bool rough =
		s->goal.width < FEW && (b->dead - b->alive) / (s->goal.width + 1) > NEAR * s->goal.resolution;
	uint32_t n = 0;

	if (!(s->strategy->stagger > 0) || b->dead == NAP_NEVER || rough) /* rough: it is not the last wave */
		return s->strategy->next(&s->goal, b, out);
	for (uint32_t i = 0; below > 0 && i < NAP_ENDS; i++)
		out[n++] = below;
	n += s->strategy->next(&s->goal, b, out + n);
	for (uint32_t i = 0; i < NAP_ENDS; i++)
		out[n++] = b->dead;
	return n;
}

/* Both ends of the bracket in which the timer may be; 0: it is not narrow, or not inside of what is still open. */
static uint32_t look_there(struct nap_timer_search *s, const struct nap_bracket *open, nap_time *out)
{
	struct nap_bracket there = s->hint;
	uint32_t pairs = s->likely ? s->goal.repeats + 1 : 1;

	s->looked = there.alive;
	s->hint = (struct nap_bracket){ 0, 0 };
	s->likely = false;
	if (there.dead - there.alive > s->goal.resolution || there.alive <= open->alive ||
		there.dead >= open->dead)
		return 0;
	there.dead = nap_time_max(there.alive + 1, there.dead - s->goal.blur);
	return again(s, &there, pairs, out);
}

uint32_t nap_timer_search_next(struct nap_timer_search *s, struct nap_finding *f, nap_time *out)
{
	bool done;
	uint32_t n;

	if (nap_timer_search_doubtful(s, f) && !put_aside(s, f) && !overlap_little(s, f))
		begin_varying(s, f);
	done = found(s, &f->bracket);
	if (s->varies)
		return next_edge(s, f, out);
	if (!done && f->trials && !s->void_row)
		s->stalled = narrowed(&s->before, &f->bracket) ? 0 : s->stalled + 1;
	if (s->stalled > MOST_STALLED) /* the path's own delays are wider than the resolution asked for */
		done = true;
	s->before = f->bracket;
	if (!done && s->hint.dead && (n = look_there(s, &f->bracket, out))) {
		s->before = (struct nap_bracket){ 0,
			NAP_NEVER }; /* a look that misses is no sign of the path's delays */
		return n;
	}
	if (!done)
		return next_round(s, &f->bracket, out);
	f->repeats = f->bracket.dead == NAP_NEVER ? 0 : repeats_so_far(s, &f->bracket);
	if (f->bracket.dead == NAP_NEVER || f->repeats >= s->goal.repeats ||
		s->repeated++ > 2 * s->goal.repeats) {
		conclude(s, f);
		return 0;
	}
	return again(s, &f->bracket, s->goal.repeats - f->repeats, out);
}

bool nap_timer_search_staggers(const struct nap_timer_search *s, const struct nap_finding *f)
{
	return s->strategy->stagger > 0 && !s->varies && f->bracket.dead == NAP_NEVER;
}

void nap_timer_search_alive(struct nap_timer_search *s, struct nap_finding *f, nap_time idle)
{
	s->void_row = 0;
	s->alive[s->n_alive++ % NAP_SEEN] = idle;
	s->longest_alive = nap_time_max(s->longest_alive, idle);
	if (!s->varies && !nap_bracket_alive(&f->bracket, idle))
		f->contradictions++;
}

nap_time nap_timer_search_dead(
	struct nap_timer_search *s, struct nap_finding *f, nap_time aim, nap_time idle, double error)
{
	s->void_row = 0;
	s->dead[s->n_dead++ % NAP_SEEN] = idle;
	s->shortest_dead = nap_time_min(s->shortest_dead, idle);
	s->blur = nap_time_max(s->blur, idle - aim);
	f->silences++;
	f->error += error;
	if (s->varies) { /* two deaths settle an idle time, and those above */
		f->bracket.dead = edge(s);
		return f->bracket.dead <= idle ? aim : f->bracket.dead;
	}
	if (!nap_bracket_dead(&f->bracket, idle))
		f->contradictions++;
	/* those close above repeat it */
	return aim + NEAR * s->goal.resolution + 1;
}
