/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flows in use beside those that searches leave idle. A box that restarts, is given another address, or drops its oldest sessions
 * ends them all alike, and what it did to the idle ones looks as if their timers were over. One is opened with the first of the
 * idle flows and whenever one begins that has none of about its age. A search counts as over when one of them was heard after its
 * last death; when one dies, all others are asked at once, and if these are dead too, all searches' deaths since are forgotten.
 */
#include "discovery/job.h"

#define SAME_AGE    0.1   /* of the idle time: so much older one may be that is beside a flow, */
#define JUST_NOW    NAP_S /* or this */
#define FEWEST      2
#define MOST        16
#define LEAST_ROOM  4  /* for any at all */
#define SHARE       16 /* of the room for flows */
#define LEAST_GAP   NAP_S
#define AT_ONCE     NAP_MS      /* but later than the question's moment, also where the path takes no time */
#define UNKNOWN_GAP (2 * NAP_S) /* how often one speaks, if nobody asks how long such flows live */
#define OFTEN       (30 * NAP_S)
#define SELDOM      20 /* or by its age */
#define ANEW        3 /* dead ones for each that lives: a packet of it, right after a restart, has opened it anew */
#define LATELY      (10 * NAP_MIN)
#define MOST_DROPS  4 /* times that searches begin anew for that */
#define UNFIT       2 /* such flows never live until they speak for the first time */

struct companion {
	struct nap_job *job; /* in whose stead it counts for what is left in the boxes */
	uint32_t trial;
	bool tcp;
	nap_time opened,
		settled; /* settled: when it was first heard, 0: not yet. Before, a packet of its opening may open it anew */
	nap_time asked; /* since when an answer is wanted, 0: none is */
};

struct nap_beside {
	GArray *open; /* of struct companion, as they began */
	/* one has died: all others are asked */
	bool asking;
	nap_time from, to;   /* when: after this, before that */
	nap_time young, old; /* at what age, if it was its age: more than this, less than that */
	uint32_t dead, alive;
	uint32_t silent;               /* of the dead: not known by another flow that has their port */
	uint32_t drops;                /* times that searches began anew, as one did twice */
	nap_time dropped;              /* when one last died alone, 0: never did one */
	nap_time limit_from, limit_to; /* the ages of those that did before; limit_to 0: none has */
	bool fit[2];                   /* by protocol: one was heard */
	uint32_t unfit[2];             /* none was, of so many */
	nap_time shortest[2];          /* silence that one did not outlive; 0: none was met */
	nap_time silence[2];           /* of those that died just now, the shortest; 0: none did */
};

struct nap_beside *nap_beside_new(void)
{
	struct nap_beside *b = g_new0(struct nap_beside, 1);

	b->open = g_array_new(FALSE, FALSE, sizeof(struct companion));
	return b;
}

void nap_beside_free(struct nap_beside *b)
{
	g_array_free(b->open, TRUE);
	g_free(b);
}

static struct companion *companion_at(const struct nap_beside *b, uint32_t i)
{
	return &g_array_index(b->open, struct companion, i);
}

uint32_t nap_beside_flows(const struct nap_discovery *d)
{
	return d->beside->open->len;
}

static bool is_tcp(const struct nap_job *j)
{
	return j->procedure->flow[0].proto == NAP_TCP;
}

static bool is_searching(const struct nap_job *j)
{
	return j->finding.test->kind == NAP_TEST_TIMER && j->phase == NAP_JOB_RUNNING;
}

/* The search for the timer of flows in use; NULL: nobody asks, or nothing is known by now. */
static const struct nap_job *timer_of(const struct nap_discovery *d, bool tcp)
{
	const struct nap_job *timer = nap_job_find(d, tcp ? "tcp-1" : "udp-3", 0);

	return timer && timer->procedure && timer->finding.trials ? timer : NULL;
}

/* The longest silence that such flows are known to outlive; 0: none is. */
static nap_time outlived(const struct nap_discovery *d, bool tcp)
{
	const struct nap_job *timer = timer_of(d, tcp);

	return timer ? nap_time_max(timer->finding.bracket.alive, nap_time_min(timer->outlived, timer->died))
		     : 0;
}

/*
 * How long a flow in use may be silent by the timer of such flows: half of what that is known to be, and a third of any silence that
 * one did not outlive, as boxes that sweep their tables forget some sooner than others.
 */
static nap_time bearable(const struct nap_discovery *d, bool tcp)
{
	nap_time shortest = d->beside->shortest[tcp] ? d->beside->shortest[tcp] / 3 : NAP_NEVER;

	return timer_of(d, tcp) ? nap_time_max(LEAST_GAP, nap_time_min(outlived(d, tcp) / 2, shortest))
				: UNKNOWN_GAP;
}

static void pace(struct nap_discovery *d, const struct companion *c, nap_time bearable)
{
	nap_time most = nap_time_max(OFTEN, (nap_job_now(d) - c->opened) / SELDOM);

	nap_trials_pace(d->trials, c->trial, c->asked ? AT_ONCE : nap_time_min(bearable, most));
}

/* --- one has died --- */

/* Would it have been ended, too, by what ended all after that? */
static bool was_there(const struct companion *c, nap_time before)
{
	return c->settled && c->settled <= before;
}

/* All others that were there are to say whether they live. */
static void ask(struct nap_discovery *d, nap_time before)
{
	nap_time now = nap_job_now(d);

	for (uint32_t i = 0; i < d->beside->open->len; i++) {
		struct companion *c = companion_at(d->beside, i);

		if (!was_there(c, before))
			continue;
		c->asked = now;
		pace(d, c, 0);
	}
}

/* Did those that died before have this age, too? Then it is a limit of age. */
static bool is_of_age(const struct nap_beside *b)
{
	return b->limit_to && nap_time_max(b->young, b->limit_from) < nap_time_min(b->old, b->limit_to);
}

/* One has died although it spoke, and others as old have not: for the second time lately that is no loss but a table that is full. */
static void note_drop(struct nap_discovery *d)
{
	struct nap_beside *b = d->beside;
	nap_time now = nap_job_now(d);
	bool again = b->dropped && now - b->dropped <= LATELY;

	b->dropped = again ? 0 : now;
	if (again && b->drops++ < MOST_DROPS)
		nap_job_dropped(d);
}

/* Was one of them silent for no longer than such flows outlive? Else its own timer may have ended it. */
static bool spoke(const struct nap_discovery *d)
{
	const struct nap_beside *b = d->beside;

	return (b->silence[0] && b->silence[0] <= outlived(d, false)) ||
	       (b->silence[1] && b->silence[1] <= outlived(d, true));
}

/* All that were asked have answered, or are dead. */
static void resolve(struct nap_discovery *d)
{
	struct nap_beside *b = d->beside;
	bool of_age = is_of_age(b), all = b->dead > ANEW * b->alive && !of_age;

	b->asking = false;
	d->dirty = true;
	b->limit_from = of_age ? nap_time_max(b->limit_from, b->young) : b->young;
	b->limit_to = of_age ? nap_time_min(b->limit_to, b->old) : b->old;
	for (int tcp = 0; !all && tcp < 2; tcp++) /* else it was no silence that ended them */
		if (b->silence[tcp] && (!b->shortest[tcp] || b->silence[tcp] < b->shortest[tcp]))
			b->shortest[tcp] = b->silence[tcp];
	for (uint32_t i = 0; all && i < d->job->len; i++)
		if (is_searching(nap_job_at(d, i)))
			nap_job_timer_cut(nap_job_at(d, i), b->from);
	if (!all && !of_age && b->alive && b->silent && spoke(d))
		note_drop(d);
}

void nap_beside_advance(struct nap_discovery *d)
{
	struct nap_beside *b = d->beside;
	bool waiting = false;

	for (uint32_t i = 0; i < b->open->len; i++) {
		struct companion *c = companion_at(b, i);
		nap_time heard = nap_trials_heard(d->trials, c->trial);

		c->settled = c->settled ? c->settled : heard;
		b->fit[c->tcp] = b->fit[c->tcp] || heard;
		if (c->asked && heard > c->asked) {
			c->asked = 0;
			b->alive++;
			d->dirty = true;
			pace(d, c, bearable(d, c->tcp));
		}
		waiting = waiting || c->asked;
	}
	if (b->asking && !waiting)
		resolve(d);
}

static void died(struct nap_discovery *d, const struct companion *c, const struct nap_trial_result *r)
{
	struct nap_beside *b = d->beside;
	nap_time heard = r->start + r->last_alive, end = r->end;

	if (!b->asking) {
		b->asking = true;
		b->from = b->young = 0;
		b->to = b->old = NAP_NEVER;
		b->dead = b->alive = b->silent = 0;
		b->silence[0] = b->silence[1] = 0;
		ask(d, heard);
	}
	b->dead++;
	b->silent += !r->taken;
	b->silence[c->tcp] = b->silence[c->tcp] ? nap_time_min(b->silence[c->tcp], end - heard) : end - heard;
	b->from = nap_time_max(b->from, heard);
	b->to = nap_time_min(b->to, end);
	b->young = nap_time_max(b->young, heard - c->opened);
	b->old = nap_time_min(b->old, end - c->opened);
}

static void companion_done(void *ctx, uint32_t trial, const struct nap_trial_result *r)
{
	struct nap_discovery *d = ctx;
	struct nap_beside *b = d->beside;
	bool dead = r->taken || (!r->why_void && r->steps < nap_procedure_steps(r->procedure));
	struct companion c;
	uint32_t i = 0;

	while (companion_at(b, i)->trial != trial)
		i++;
	c = *companion_at(b, i);
	g_array_remove_index(b->open, i);
	nap_room_leave(c.job, r);
	d->dirty = true;
	if (dead && b->fit[c.tcp])
		died(d, &c, r);
	else if (dead)
		b->unfit[c.tcp]++;
}

/* --- how many there are --- */

static uint32_t most(const struct nap_discovery *d)
{
	return d->room < LEAST_ROOM ? 0 : CLAMP(d->room / SHARE, FEWEST, MOST);
}

static void stop(struct nap_discovery *d, uint32_t i)
{
	nap_trials_cancel(d->trials, companion_at(d->beside, i)->trial);
}

/* Is an idle flow under way of about the age of those from one companion to the next? */
static bool has_idle(const struct nap_discovery *d, bool tcp, nap_time from, nap_time to)
{
	for (uint32_t i = 0; i < d->job->len; i++) {
		const struct nap_job *j = nap_job_at(d, i);

		for (uint32_t k = 0; is_searching(j) && is_tcp(j) == tcp && k < j->running->len; k++) {
			const struct nap_running *r = &g_array_index(j->running, struct nap_running, k);

			if (r->end - r->idle >= from && r->end - r->idle < to)
				return true;
		}
	}
	return false;
}

/* Is there a procedure, room and a rate for flows in use, and do such flows live at all? */
static bool can_be(const struct nap_discovery *d, bool tcp)
{
	return !d->options.naive && !d->options.at_once && nap_procedure_in_use(tcp, d->prober) &&
	       d->beside->unfit[tcp] < UNFIT && !nap_prober_is_slow(d->prober, d->options.spacing) && most(d);
}

/* Those that no idle flow is beside are ended, but for the oldest and the youngest of their kind. */
static void make_room(struct nap_discovery *d)
{
	struct nap_beside *b = d->beside;

	for (uint32_t i = b->open->len; i-- > 0;) {
		const struct companion *c = companion_at(b, i), *next = NULL;
		bool oldest = true;

		for (uint32_t k = 0; k < b->open->len; k++) {
			const struct companion *other = companion_at(b, k);

			if (other->tcp != c->tcp || k == i)
				continue;
			oldest = oldest && k > i;
			next = k > i && !next ? other : next;
		}
		if (!oldest && next && !c->asked && !has_idle(d, c->tcp, c->opened, next->opened))
			stop(d, i);
	}
}

void nap_beside_begin(struct nap_job *j, nap_time idle)
{
	struct nap_discovery *d = j->d;
	struct nap_beside *b = d->beside;
	bool tcp = is_tcp(j);
	const struct nap_procedure *busy = nap_procedure_in_use(tcp, d->prober);
	struct nap_trial_spec spec = {
		.procedure = busy, .idle = NAP_NEVER, .gap = LEAST_GAP, .patient = true
	};
	nap_time now = nap_job_now(d), same = (nap_time)(SAME_AGE * (double)idle);
	struct companion c = { .job = j, .tcp = tcp, .opened = now };

	if (!can_be(d, tcp))
		return;
	for (uint32_t i = 0; i < b->open->len; i++)
		if (companion_at(b, i)->tcp == tcp &&
			now - companion_at(b, i)->opened <= nap_time_max(same, JUST_NOW))
			return;
	make_room(d);
	if (b->open->len >= most(d))
		return;
	c.trial = nap_trials_start(d->trials, &spec, companion_done, d);
	g_array_append_val(b->open, c);
}

void nap_beside_keep(struct nap_discovery *d)
{
	struct nap_beside *b = d->beside;
	nap_time bearable_now[2] = { bearable(d, false), bearable(d, true) };
	bool needed = false;

	if (!b->open->len)
		return;
	for (uint32_t i = 0; i < d->job->len; i++)
		needed = needed || is_searching(nap_job_at(d, i));
	for (uint32_t i = b->open->len; i-- > 0;) {
		const struct companion *c = companion_at(b, i);

		if (needed && i < most(d)) /* the room may have become less than they take */
			pace(d, c, bearable_now[c->tcp]);
		else
			stop(d, i);
	}
}

/* Do flows in use die at an age that j's dead ones had? Then none can be beside them. */
static bool too_old(const struct nap_job *j)
{
	const struct nap_beside *b = j->d->beside;

	return b->limit_to && j->finding.bracket.dead >= b->limit_from;
}

enum nap_vouching nap_beside_vouches(const struct nap_job *j)
{
	struct nap_discovery *d = j->d;
	struct nap_beside *b = d->beside;
	bool any = false;

	if (b->asking)
		return NAP_VOUCHING_LATER;
	for (uint32_t i = 0; i < b->open->len; i++) {
		const struct companion *c = companion_at(b, i);

		if (!was_there(c, j->death_began))
			continue;
		if (nap_trials_heard(d->trials, c->trial) > j->last_death)
			return NAP_VOUCHED;
		any = true;
	}
	if (any)
		ask(d, j->death_began);
	else if (!can_be(d, is_tcp(j)) || too_old(j))
		return NAP_VOUCHED;
	return any ? NAP_VOUCHING_LATER : NAP_VOUCHED_BY_NOBODY;
}
