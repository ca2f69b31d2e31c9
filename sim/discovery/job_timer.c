/* SPDX-License-Identifier: BSD-2-Clause */
/* Jobs that search for a timer: rounds of candidates, each begun when it is due and there is room for its flow. */
#include "discovery/job.h"

/* times that a search whose trials contradict each other begins anew, where boxes are known to drop flows and elsewhere */
#define DOUBTS_LIMITED 2
#define DOUBTS         1
#define WILD           1.25 /* the longest life against the shortest */
#define RARE           4    /* others for each with a used port */
#define MOST_USED      16   /* verdicts of flows with used ports, where a life of one is doubted */
#define MOST_CROWDS    2    /* times that a search begins anew for full tables alone */
#define MOST_CUTS      5    /* times that all flows may be ended before a search is given up */
#define PAUSE          (2 * NAP_H) /* before that: what fills the tables may not even be known at the server's side */

/* Trials begin later by a random part of the phase: up to this share of their idle time; short ones up to the greater share */
#define FEW          16 /* spares */
#define SPREAD       0.05
#define SHORT_SPREAD 0.25
#define MANY         20   /* but no more than so many resolutions: enough for a sweep to show */
#define LATEST       0.05 /* a candidate may begin later than planned by this share of its idle time, at most */

/*
 * Searches that know a death need the flows of the round under way and soon end; those that know none yet share the rest, as
 * the longest timer decides when all is known.
 */
static uint32_t share(const struct nap_job *j)
{
	const struct nap_discovery *d = j->d;
	uint32_t searching = 0, waving = 0, taken = 0, n = d->room;

	for (uint32_t i = 0; i < d->job->len; i++) {
		const struct nap_job *other = nap_job_at(d, i);

		if (other->finding.test->kind != NAP_TEST_TIMER || other->phase != NAP_JOB_RUNNING)
			continue;
		searching++;
		if (other->finding.bracket.dead == NAP_NEVER)
			waving++;
		else
			taken += nap_job_busy(other) + other->pending->len;
	}
	n = j->finding.bracket.dead == NAP_NEVER ? (n - MIN(n / 2, taken)) / MAX(waving, 1)
						 : MAX(n / MAX(searching, 1), (n - MIN(n, d->flows)) / 2);
	return CLAMP(n, 1, d->options.width);
}

void nap_job_timer_begin(struct nap_job *j)
{
	const struct nap_discovery_options *o = &j->d->options;
	bool tcp = j->procedure->flow[0].proto == NAP_TCP;
	struct nap_timer_goal goal = { .first = o->first,
		.most = tcp ? o->most_tcp : o->most_udp,
		.resolution = o->resolution,
		.width = 1,
		.repeats = o->repeats,
		.phase = o->phase };

	j->begun = nap_job_now(j->d);
	j->fresh = (struct nap_seen_alone){ .dead = NAP_NEVER };
	j->heir = o->naive ? NULL : nap_job_after(j);
	if (j->heir)
		j->procedure = j->heir->procedure;
	nap_timer_search_init(&j->search, &goal, o->strategy ? o->strategy : nap_strategies[0]);
	j->search.tolerated =
		o->naive ? 8 : 0; /* only a silence after a single packet is often a mere loss */
}

/* Into its place by the time it is due. */
static void insert(struct nap_job *j, nap_time idle, nap_time due)
{
	struct nap_pending p = { .idle = idle, .due = due };
	uint32_t at = j->pending->len;

	while (at > 0 && g_array_index(j->pending, struct nap_pending, at - 1).due > due)
		at--;
	g_array_insert_val(j->pending, at, p);
}

/* How much later than its round a candidate begins. */
static nap_time lateness(const struct nap_job *j, nap_time idle)
{
	if (!nap_timer_search_staggers(&j->search, &j->finding))
		return 0;
	return (nap_time)(j->search.strategy->stagger * (double)(idle - j->round_first));
}

/* first: its shortest candidate. */
static void begin_round(struct nap_job *j, nap_time first)
{
	j->round_start = nap_job_now(j->d);
	j->round_first = first;
	j->launched = 0;
}

static void add(struct nap_job *j, nap_time idle)
{
	insert(j, idle, j->round_start + lateness(j, idle));
}

/* Why a bracket is wider than was asked for: the copies of a question take time, the more so at a server's rate. */
static void say_why_no_finer(struct nap_job *j)
{
	struct nap_finding *f = &j->finding;
	const struct nap_timer_goal *goal = &j->search.goal;
	const struct nap_bracket *b = &f->bracket;

	if (f->state != NAP_FINDING_DONE || *f->detail || b->dead - b->alive <= goal->resolution ||
		goal->blur <= goal->resolution / 2)
		return;
	g_snprintf(f->detail, sizeof(f->detail),
		"alive at %.3f s, dead at %.3f s; no finer, as a silence takes %.1f s to be told%s",
		nap_time_seconds(b->alive), nap_time_seconds(b->dead), nap_time_seconds(goal->blur),
		nap_prober_is_slow(j->d->prober, j->d->options.spacing) ? " at the server's rate" : "");
}

/* A flow is not asked sooner than this from now, as the control flow is to be refreshed before. */
static nap_time soonest(const struct nap_job *j, nap_time idle)
{
	return nap_time_min(4 * nap_trials_in_time(j->d->trials) + NAP_S, idle / 8);
}

/* How many spares can be asked for about the bracket's idle time before another third of it has passed? */
static uint32_t early_spares(const struct nap_job *j)
{
	nap_time idle = j->finding.bracket.alive, now = nap_job_now(j->d);
	uint32_t n = 0;

	for (uint32_t i = 0; i < j->running->len; i++) {
		const struct nap_running *r = &g_array_index(j->running, struct nap_running, i);
		nap_time since = r->spare ? nap_trials_idle_since(j->d->trials, r->trial) : NAP_NEVER;

		n += since != NAP_NEVER && since + idle >= now + soonest(j, idle) &&
		     since + idle <= now + idle / 3;
	}
	return MIN(n, NAP_STRATEGY_WIDTH);
}

/* Over how long beginnings are spread, for boxes that sweep their tables to show. */
static nap_time spread_of(const struct nap_job *j, nap_time idle)
{
	nap_time more =
		nap_time_min((nap_time)(SHORT_SPREAD * (double)idle), MANY * j->search.goal.resolution);

	return nap_time_max((nap_time)(SPREAD * (double)idle), more);
}

/*
 * One of the spares that have been idle for long, but not for too long, is asked after this idle time; false: there is none. Any of
 * those that began within the usual spread of each other: the longest idle ones alone would all meet the same sweep.
 */
static bool take_spare(struct nap_job *j, nap_time idle)
{
	nap_time now = nap_job_now(j->d), first = NAP_NEVER, since;
	struct nap_running *r, *spare = NULL;
	uint32_t n = 0;

	for (uint32_t pass = 0; pass < 2; pass++)
		for (uint32_t i = 0; i < j->running->len; i++) {
			r = &g_array_index(j->running, struct nap_running, i);
			since = r->spare ? nap_trials_idle_since(j->d->trials, r->trial) : NAP_NEVER;
			if (since == NAP_NEVER || since + idle < now + soonest(j, idle))
				continue;
			if (!pass)
				first = nap_time_min(first, since);
			else if (since - first <= spread_of(j, idle) && nap_rng_below(&j->d->rng, ++n) == 0)
				spare = r;
		}
	if (!spare)
		return false;
	since = nap_trials_idle_since(j->d->trials, spare->trial);
	nap_trials_retarget(j->d->trials, spare->trial, idle);
	nap_job_spare(j, spare, false);
	spare->idle = idle;
	spare->end = since + idle;
	return true;
}

/* Does a timer vary for flows that had a port of their own, too? An outer NAT may know of the flows that had used ones before. */
static bool varies_by_itself(const struct nap_job *j)
{
	return !j->inherited && (nap_room_ports(j->d) || j->fresh.dead <= j->fresh.alive);
}

/* No death has been counted, or those that were are forgotten. */
static void forget_deaths(struct nap_job *j)
{
	j->death_began = j->last_death = 0;
	j->fresh = (struct nap_seen_alone){ .dead = NAP_NEVER };
	j->doubted = 0;
	j->crowded = false;
	g_clear_pointer(&j->after, g_free);
}

void nap_job_timer_anew(struct nap_job *j)
{
	nap_room_suspect(j->d, j->begun);
	if (j->crowded)
		nap_room_empty_first(j->d);
	j->contradicted += j->finding.contradictions;
	nap_timer_search_restart(&j->search, &j->finding);
	forget_deaths(j);
	g_array_set_size(j->pending, 0);
	nap_job_cancel(j, 0);
	j->over = NAP_FINDING_OPEN;
	j->begun = nap_job_now(j->d);
	j->d->dirty = true; /* it may have waited for nothing else */
	if (nap_room_limited(j->d))
		j->not_before = j->begun + PAUSE;
}

/* The search is over. */
static void conclude(struct nap_job *j)
{
	bool varies = j->finding.state == NAP_FINDING_VARIES;

	say_why_no_finer(j);
	if (varies && !varies_by_itself(j)) {
		g_snprintf(j->finding.detail, sizeof(j->finding.detail),
			"trials contradict each other, and %u had a port that another flow had before; try "
			"--flows %u",
			j->fresh.others, MAX(4, nap_room_keep(j->d) / 2));
		nap_job_end(j, NAP_FINDING_UNSURE);
		return;
	}
	j->d->varied = j->d->varied || (varies && j->search.restarts);
	nap_job_end(j, j->finding.state);
}

/*
 * No flow in use was beside the deaths, as those that were have ended: a restart would have looked the same. Other flows, with one
 * beside them, are to meet the same.
 */
static void meet_again(struct nap_job *j)
{
	nap_time idle[NAP_ROUND];
	uint32_t n = nap_timer_search_repeat(&j->search, &j->finding, idle);

	j->alone = true;
	j->over = NAP_FINDING_OPEN;
	j->death_began = j->last_death = 0;
	begin_round(j, idle[0]);
	for (uint32_t i = 0; i < n; i++) /* fresh ones */
		add(j, idle[i]);
	j->d->dirty = true;
}

/*
 * Does a timer seem to vary, and is it not known yet that boxes drop no flows by now? A survey's flows, those of ended trials and of
 * those under way may be more together than any survey has seen.
 */
static bool must_ask_room(struct nap_job *j)
{
	struct nap_discovery *d = j->d;

	if (j->over != NAP_FINDING_VARIES || nap_room_limited(d) || !nap_room_keep(d))
		return false;
	if (!d->kept && !d->kept_again) {
		d->kept_again = true;
		nap_job_kept(d);
	}
	return d->kept;
}

/* By more than boxes do that sweep their tables, mostly? */
static bool varies_wildly(const struct nap_job *j)
{
	return (double)j->search.longest_alive > WILD * (double)j->search.shortest_dead &&
	       !j->d->options.naive;
}

static void say_crowded(struct nap_job *j)
{
	g_snprintf(j->finding.detail, sizeof(j->finding.detail),
		"trials contradict each other, and the boxes' tables may have been full; try --flows %u",
		MAX(4, nap_room_keep(j->d) / 8));
}

/* Nothing more is to be tried: it ends when a flow in use has outlived its deaths. */
static void finish(struct nap_job *j)
{
	enum nap_vouching vouching = j->last_death ? nap_beside_vouches(j) : NAP_VOUCHED;

	if (vouching == NAP_VOUCHING_LATER || must_ask_room(j))
		return;
	if (vouching == NAP_VOUCHED_BY_NOBODY && j->over == NAP_FINDING_DONE && !j->alone) {
		meet_again(j);
		return;
	}
	if (j->over == NAP_FINDING_VARIES && j->crowded && !j->d->options.naive) {
		if (j->crowds++ < MOST_CROWDS) {
			nap_job_timer_anew(j);
			return;
		}
		say_crowded(j);
		j->over = NAP_FINDING_UNSURE;
	}
	if (j->over == NAP_FINDING_VARIES && varies_wildly(j) && nap_room_may_lack(j->d, j->begun)) {
		nap_job_timer_anew(j); /* with less room, once the boxes have had time */
		return;
	}
	j->finding.state = j->over;
	conclude(j);
	nap_job_cancel(j, 0);
	if (j->after && j->finding.state == NAP_FINDING_DONE)
		nap_job_inherit(j->heir, j->after);
}

void nap_job_timer_cut(struct nap_job *j, nap_time from)
{
	bool spoilt = j->last_death > from;

	if (!spoilt && !j->running->len) /* it waits for its turn, or for the boxes */
		return;
	j->over = NAP_FINDING_OPEN;
	if (++j->cuts > MOST_CUTS) {
		j->finding.bracket = (struct nap_bracket){ j->search.longest_alive, NAP_NEVER };
		g_snprintf(j->finding.detail, sizeof(j->finding.detail),
			"flows in use died, too, %u times, as if a box restarted; idle ones lived for %.3f "
			"s; try "
			"again when it does not",
			j->cuts, nap_time_seconds(j->search.longest_alive));
		nap_job_end(j, NAP_FINDING_UNSURE);
		nap_job_cancel(j, 0);
		return;
	}
	nap_timer_search_cut(&j->search, &j->finding, spoilt);
	if (spoilt)
		forget_deaths(j);
	g_array_set_size(j->pending, 0);
	nap_job_cancel(j, 0);
	j->begun = nap_job_now(j->d);
	j->d->dirty = true;
}

void nap_job_timer_plan(struct nap_job *j)
{
	const struct nap_flow_spec *flow = &j->procedure->flow[0];
	nap_time idle[NAP_ROUND];
	uint32_t n, spares;

	if (j->pending->len || nap_job_busy(j))
		return;
	if (j->over) {
		finish(j);
		return;
	}
	if (nap_timer_search_doubtful(&j->search, &j->finding) && !j->d->options.naive && !j->d->varied &&
		j->search.restarts < (nap_room_limited(j->d) ? DOUBTS_LIMITED : DOUBTS)) {
		nap_job_timer_anew(j);
		if (j->not_before > nap_job_now(j->d))
			return;
	}
	spares = early_spares(j);
	j->search.goal.width = spares >= FEW ? spares : share(j); /* these know sooner than any others */
	j->search.goal.blur = nap_trials_blur(j->d->trials, NAP_SERVER, flow->proto == NAP_TCP && !flow->raw);
	j->search.likely = nap_room_hint(j, &j->search.hint);
	n = nap_timer_search_next(&j->search, &j->finding, idle);
	if (!n) {
		j->over = j->finding.state;
		j->finding.state = NAP_FINDING_OPEN;
		finish(j);
		return;
	}
	begin_round(j, idle[0]);
	for (uint32_t i = 0; i < n; i++)
		if (!take_spare(j, idle[i]))
			add(j, idle[i]);
}

/* Candidates from idle on need not begin. */
static void drop_from(struct nap_job *j, nap_time idle)
{
	for (uint32_t i = j->pending->len; i-- > 0;)
		if (g_array_index(j->pending, struct nap_pending, i).idle >= idle)
			g_array_remove_index(j->pending, i);
}

/* Trials of exactly this idle time that are under way, or will be. */
static uint32_t copies_of(const struct nap_job *j, nap_time idle)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < j->running->len; i++)
		n += g_array_index(j->running, struct nap_running, i).idle == idle;
	for (uint32_t i = 0; i < j->pending->len; i++)
		n += g_array_index(j->pending, struct nap_pending, i).idle == idle;
	return n;
}

/* May a candidate that the wave has passed by still begin, with the wave little longer for it? */
static bool in_time(const struct nap_job *j, nap_time idle)
{
	nap_time due = j->round_start + lateness(j, idle);

	return nap_job_now(j->d) - due <= (nap_time)(LATEST * (double)idle);
}

/*
 * The wave goes on with more or fewer flows than it was planned for, as other searches have ended or begun: its longer
 * candidates are chosen anew, with more flows also those just begun. So the searches for the longest timers get the room of
 * all others.
 */
void nap_job_timer_plan_again(struct nap_job *j)
{
	uint32_t width = share(j), before = j->search.goal.width, n;
	struct nap_bracket nothing = { 0, NAP_NEVER };
	nap_time idle[NAP_ROUND];

	if (!nap_timer_search_staggers(&j->search, &j->finding) || !j->launched ||
		(4 * width < 5 * before && 2 * width > before))
		return;
	j->search.goal.width = width;
	n = j->search.strategy->next(&j->search.goal, &nothing, idle);
	drop_from(j, j->launched + 1);
	for (uint32_t i = 0, copies = 1; i < n; i++) {
		copies = i && idle[i] == idle[i - 1] ? copies + 1 : 1;
		if (idle[i] > j->launched ||
			(width > before && in_time(j, idle[i]) && copies > copies_of(j, idle[i])))
			add(j, idle[i]);
	}
}

/* The longest trial that ended in a death, and what any of them was told by then: a RST may be lost too. */
static void keep_for_heir(struct nap_job *j, const struct nap_trial_result *r)
{
	struct nap_trial_result *new =
		g_memdup2(j->after && j->after->idle > r->idle ? j->after : r, sizeof(*r));
	const struct nap_trial_result *from[] = { j->after, r };

	for (uint32_t i = 0; i < 2; i++)
		for (int end = 0; end < 2; end++)
			if (from[i] && from[i]->heard[end].rst &&
				from[i]->heard[end].rst_step < nap_procedure_question(r->procedure) &&
				!(new->heard[end].rst &&new->heard[end].rst_step <
					nap_procedure_question(r->procedure)))
				new->heard[end] = from[i]->heard[end];
	for (uint32_t i = 0; i < 2; i++) { /* many ask at once, and boxes limit the rate of their errors */
		uint32_t q = nap_procedure_question(r->procedure);
		struct nap_answer *mine = &new->answer[q];

		if (from[i] && !mine->rst && !mine->icmp &&
			(from[i]->answer[q].rst || from[i]->answer[q].icmp)) {
			nap_time at = mine->at;

			*mine = from[i]->answer[q];
			mine->at = at;
		}
	}
	g_free(j->after);
	j->after = new;
}

/*
 * Trials of idle times that are of no more use: their flows, begun one after another, stay idle, and may be asked earlier than they
 * were to be. So a round into the bracket need not begin at its beginning. Where boxes have little room, they are stopped.
 */
static void set_aside(struct nap_job *j, nap_time useless)
{
	if (nap_room_limited(j->d) || !(j->search.strategy->stagger > 0) || j->search.varies) {
		nap_job_cancel(j, useless);
		return;
	}
	for (uint32_t i = 0; i < j->running->len; i++) {
		struct nap_running *r = &g_array_index(j->running, struct nap_running, i);

		if (r->idle >= useless)
			nap_job_spare(j, r, true);
	}
}

static void see(struct nap_seen_alone *s, bool used, const struct nap_answer *a)
{
	if (used)
		s->others++;
	else if (a->got)
		s->alive = nap_time_max(s->alive, a->idle_min);
	else
		s->dead = nap_time_min(s->dead, a->idle_max);
}

/*
 * Does a death, or where ports are many a life, say what none before did, of a flow whose port another had before, be it long ago? An
 * outer box with longer timers may have known that one still. It counts when another meets it too; a death, where such flows are
 * rare, only when one does that has a port of its own.
 */
static bool is_doubtful(const struct nap_job *j, const struct nap_trial_result *r, nap_time idle)
{
	const struct nap_answer *a = &r->answer[nap_procedure_question(r->procedure)];
	const struct nap_bracket *b = &j->finding.bracket;
	bool rare = nap_room_ports(j->d) && RARE * j->fresh.others <= j->finding.trials;

	if (!r->used || (idle == j->doubted && (a->got || !rare)))
		return false;
	if (a->got) /* where most ports are used ones, there are no others to be met */
		return nap_room_ports(j->d) && a->idle_min > b->alive && j->fresh.others <= MOST_USED;
	if (j->search.varies && rare)
		return a->idle_max < j->fresh.dead;
	return a->idle_max <= (j->search.varies ? b->dead - 1 : b->alive);
}

static void timer_done(void *ctx, uint32_t trial, const struct nap_trial_result *r)
{
	struct nap_job *j = ctx;
	const struct nap_answer *a = &r->answer[nap_procedure_question(r->procedure)];
	nap_time idle, useless;

	if (!nap_job_take(j, trial, r, &idle)) {
		if (j->phase == NAP_JOB_RUNNING && r->why_void != NAP_VOID_STOPPED)
			insert(j, idle, j->not_before); /* again, once the boxes have had time */
		return;
	}
	j->inherited += r->inherits;
	see(&j->fresh, r->used, a);
	if (is_doubtful(j, r, idle)) {
		j->doubted = idle;
		insert(j, idle, nap_job_now(j->d));
		return;
	}
	if (a->got) {
		j->outlived = nap_time_max(j->outlived, a->idle_min);
		nap_timer_search_alive(&j->search, &j->finding, a->idle_min);
		if (j->d->options.at_once && a->idle_min >= j->search.goal.most) { /* a floor, and no more */
			drop_from(j, 0);
			nap_job_cancel(j, 0);
		}
		return;
	}
	if (j->heir)
		keep_for_heir(j, r);
	j->died = nap_time_min(j->died, a->idle_max);
	j->crowded = j->crowded || nap_room_was_over(j->d, r->start);
	j->death_began = nap_time_max(j->death_began, r->start);
	j->last_death = nap_time_max(j->last_death, r->end);
	useless = nap_timer_search_dead(&j->search, &j->finding, r->idle, a->idle_max, a->error);
	drop_from(j, useless);
	set_aside(j, useless);
}

/*
 * How much later a trial begins, at random: boxes that sweep their tables are told from boxes with one timer by
 * beginnings that are further apart than the resolution. A search for what varies covers a whole sweep.
 */
static nap_time random_part(struct nap_job *j, nap_time idle)
{
	nap_time spread = j->d->options.phase;

	if (j->search.strategy->stagger > 0 && !j->search.varies)
		spread = nap_time_min(spread, spread_of(j, idle));
	return (nap_time)(nap_rng_unit(&j->d->rng) * (double)spread);
}

void nap_job_timer_launch(struct nap_job *j)
{
	struct nap_pending p;

	nap_job_timer_plan_again(j);
	if (!j->pending->len)
		return;
	p = g_array_index(j->pending, struct nap_pending, 0);
	g_array_remove_index(j->pending, 0);
	j->launched = nap_time_max(j->launched, p.idle);
	nap_beside_begin(j, p.idle);
	nap_job_try(j, p.idle, random_part(j, p.idle), timer_done);
	nap_room_began(j->d);
}
