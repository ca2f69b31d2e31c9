/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One job a test (job.h), all side by side. Of candidates that could begin, the longest goes first, as the longest timer
 * decides when all is known. Counting bindings comes last and alone, as it disturbs everything else.
 */
#include "discovery/discovery.h"

#include <string.h>

#include "discovery/job.h"

#define RESERVE                                                                                              \
	16 /* flows of the prober that are kept for the control flow and the tests that are no searches */
#define UNSURVEYED 64 /* flows that any box keeps */
#define BURST      8  /* packets that the beginning of a trial takes, about: for the pace */

const struct nap_discovery_options nap_discovery_defaults = {
	.error = 1e-3,
	.resolution = NAP_S,
	.first = 8 * NAP_S,
	.most_udp = 8 * NAP_DAY,
	.most_tcp = 8 * NAP_DAY,
	.duration = 2 * NAP_DAY,
	.bindings = 1u << 17,
	.repeats = 5,
	.width = 512,
	.flows = 4096,
	.control = 200,
	.spacing = 50 * NAP_MS,
	.phase = 64 * NAP_S,
};

static bool named(const struct nap_discovery_options *o, const char *name)
{
	for (uint32_t i = 0; o->only[i]; i++)
		if (!strcmp(o->only[i], name))
			return true;
	return false;
}

/* Those named, and the timers that they need. */
static bool wanted(const struct nap_discovery_options *o, const char *name)
{
	if (!o->only || named(o, name))
		return true;
	for (uint32_t i = 0; i < nap_n_tests; i++)
		if (nap_tests[i].timer && !strcmp(nap_tests[i].timer, name) && named(o, nap_tests[i].name))
			return true;
	return false;
}

static bool listens(const struct nap_prober *p, uint16_t port)
{
	for (uint32_t i = 0; i < p->n_ports; i++)
		if (p->ports[i] == port)
			return true;
	return p->can & NAP_CAN_ANY_PORT;
}

static void add_jobs(struct nap_discovery *d)
{
	for (uint32_t i = 0; i < nap_n_tests; i++) {
		const struct nap_test *t = &nap_tests[i];

		if (!wanted(&d->options, t->name))
			continue;
		if (!t->per_port) {
			g_ptr_array_add(d->job, nap_job_new(d, t, 0));
			continue;
		}
		for (uint32_t k = 0; k < nap_n_test_ports && !d->options.at_once; k++)
			if (listens(d->prober, nap_test_ports[k]))
				g_ptr_array_add(d->job, nap_job_new(d, t, nap_test_ports[k]));
	}
	for (uint32_t i = 0; i < d->job->len; i++) {
		struct nap_job *j = nap_job_at(d, i);

		j->general = j->finding.port ? nap_job_find(d, j->finding.test->name, 0) : NULL;
	}
}

void nap_discovery_summary(const struct nap_discovery *d, struct nap_discovery_summary *out)
{
	*out = (struct nap_discovery_summary){ .elapsed = nap_job_now(d) - d->start,
		.timers = d->timers_end ? d->timers_end - d->start : 0 };
	for (uint32_t i = 0; i < d->job->len; i++) {
		const struct nap_finding *f = &nap_job_at(d, i)->finding;

		out->error += f->error;
		if (f->test->kind == NAP_TEST_TIMER && f->state != NAP_FINDING_OPEN)
			out->longest = nap_time_max(out->longest,
				f->bracket.dead == NAP_NEVER ? f->bracket.alive : f->bracket.dead);
	}
	out->error = MIN(out->error, 1);
}

static void free_job(gpointer job)
{
	nap_job_free(job);
}

struct nap_discovery *nap_discovery_new(
	struct nap_prober *prober, const struct nap_discovery_options *options)
{
	struct nap_discovery *d = g_new0(struct nap_discovery, 1);
	struct nap_trials_options how = nap_trials_defaults;

	d->prober = prober;
	d->options = *options;
	how.error = options->error;
	how.control = options->control;
	how.spacing = options->spacing;
	how.naive = options->naive;
	d->trials = nap_trials_new(prober, &how);
	d->job = g_ptr_array_new_with_free_func(free_job);
	d->table = nap_room_new();
	d->beside = nap_beside_new();
	d->rng = nap_rng_stream(options->seed, 0, 0, NAP_RNG_SEARCH);
	d->dirty = true;
	d->bindings_at = NAP_NEVER;
	d->start = nap_job_now(d);
	d->room = d->most_room =
		MAX(1, MIN(options->flows, prober->max_flows > 2 * RESERVE ? prober->max_flows - RESERVE
									   : prober->max_flows / 2));
	if (nap_prober_is_slow(
		    prober, options->spacing)) /* to count what the boxes keep would take too long */
		d->room = d->most_room = MIN(d->room, UNSURVEYED);
	d->room_cut = d->last_sign = d->start - NAP_H;
	add_jobs(d);
	return d;
}

void nap_discovery_free(struct nap_discovery *d)
{
	if (!d)
		return;
	nap_trials_free(d->trials);
	nap_bindings_free(d->bindings);
	nap_bindings_free(d->survey);
	nap_kept_free(d->kept);
	g_ptr_array_free(d->job, TRUE);
	nap_room_free(d->table);
	nap_beside_free(d->beside);
	g_free(d);
}

uint32_t nap_discovery_count(const struct nap_discovery *d)
{
	return d->job->len;
}

const struct nap_finding *nap_discovery_finding(const struct nap_discovery *d, uint32_t i)
{
	return &nap_job_at(d, i)->finding;
}

const struct nap_finding *nap_discovery_find(const struct nap_discovery *d, const char *name, uint16_t port)
{
	struct nap_job *j = nap_job_find(d, name, port);

	return j ? &j->finding : NULL;
}

const struct nap_trials *nap_discovery_trials(const struct nap_discovery *d)
{
	return d->trials;
}

void nap_discovery_restore(struct nap_discovery *d, const struct nap_finding *saved)
{
	struct nap_job *j = nap_job_find(d, saved->test->name, saved->port);

	if (!j)
		return;
	j->finding = *saved;
	if (saved->state != NAP_FINDING_OPEN)
		j->phase = NAP_JOB_ENDED;
}

uint32_t nap_discovery_ended(const struct nap_discovery *d)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < d->job->len; i++)
		n += nap_job_at(d, i)->phase == NAP_JOB_ENDED;
	return n;
}

bool nap_discovery_done(const struct nap_discovery *d)
{
	return nap_discovery_ended(d) == d->job->len;
}

/* Are the tests over that searches would disturb? One that meets difficulties does not hold all others up. */
static bool undisturbed(const struct nap_discovery *d)
{
	if (d->options.at_once)
		return true;
	for (uint32_t i = 0; i < d->job->len; i++) {
		const struct nap_job *j = nap_job_at(d, i);

		if (j->finding.test->first && j->procedure && j->phase != NAP_JOB_ENDED && !j->finding.voids)
			return false;
	}
	return true;
}

/* Can the job begin? Jobs that never can are skipped. */
static bool may_begin(struct nap_job *j)
{
	const struct nap_test *t = j->finding.test;
	const struct nap_discovery *d = j->d;
	struct nap_job *timer = t->timer ? nap_job_find(d, t->timer, 0) : NULL,
		       *path = nap_job_find(d, "path", 0);

	if (!j->procedure) {
		nap_job_skip(j, nap_test_advice(t, d->prober));
		return false;
	}
	if (t->kind == NAP_TEST_BINDINGS) {
		for (uint32_t i = 0; i < d->job->len; i++)
			if (nap_job_at(d, i) != j && nap_job_at(d, i)->phase != NAP_JOB_ENDED)
				return false;
		return nap_trials_ready(d->trials);
	}
	if (!t->timer) /* searches ask how long a silence takes to be told */
		return t->kind != NAP_TEST_TIMER ||
		       (nap_trials_ready(d->trials) && undisturbed(d) && nap_room_may_search(j));
	g_assert(timer); /* see wanted() */
	if (timer->phase != NAP_JOB_ENDED)
		return false;
	if ((t->kind == NAP_TEST_ONCE || t->kind == NAP_TEST_HOPS) &&
		timer->finding.bracket.dead == NAP_NEVER) {
		nap_job_skip(j, "the timer it needs was not found");
		return false;
	}
	if (t->kind == NAP_TEST_HOPS && path && path->phase != NAP_JOB_ENDED) /* how many hops are there? */
		return false;
	j->gap = nap_time_min(
		timer->finding.bracket.alive / 3, nap_time_max(d->options.duration / 200, NAP_MIN));
	if (t->kind == NAP_TEST_DURATION && j->gap < 100 * NAP_MS) {
		nap_job_skip(j, "the timer it needs was not found");
		return false;
	}
	return true;
}

static void begin(struct nap_job *j)
{
	j->started = nap_job_now(j->d);
	j->phase = NAP_JOB_RUNNING;
	if (j->finding.test->kind == NAP_TEST_TIMER)
		nap_job_timer_begin(j);
}

static void go_on(struct nap_job *j)
{
	switch (j->finding.test->kind) {
	case NAP_TEST_TIMER:
		nap_job_timer_plan(j);
		break;
	case NAP_TEST_ONCE:
		nap_job_once(j);
		break;
	case NAP_TEST_HOPS:
		nap_job_hops(j);
		break;
	case NAP_TEST_DURATION:
		nap_job_duration(j);
		break;
	case NAP_TEST_BINDINGS:
		nap_job_bindings(j);
		break;
	}
}

/* The job whose candidate has been due for longest, NULL when none is. */
static struct nap_job *first_due(const struct nap_discovery *d, nap_time now)
{
	struct nap_job *best = NULL;
	nap_time due = NAP_NEVER;

	for (uint32_t i = 0; i < d->job->len; i++) {
		struct nap_job *j = nap_job_at(d, i);
		const struct nap_pending *p = nap_job_timer_next(j);

		if (p && p->due <= now && j->not_before <= now && p->due < due) {
			best = j;
			due = p->due;
		}
	}
	return best;
}

/* Begin the trials of searches that are due, as far as there is room, at the prober's pace. */
static void launch(struct nap_discovery *d)
{
	nap_time now = nap_job_now(d);
	struct nap_job *j;

	if (d->room < d->most_room && d->flows + nap_beside_flows(d) >= d->room &&
		now - d->room_cut >= NAP_ROOM_SPAN) { /* no refusal for so long */
		d->room = MIN(d->most_room, d->room + d->room / 4 + 1);
		d->room_cut = now;
	}
	while (d->next_launch <= now && nap_room_left(d) && (j = first_due(d, now)) &&
		(d->flows + nap_beside_flows(d) < d->room || nap_job_drop_spare(d))) {
		nap_job_timer_launch(j);
		d->next_launch = now + BURST * d->prober->pace;
	}
}

/* Is there a trial that would give way to another? */
static bool has_spares(const struct nap_discovery *d)
{
	for (uint32_t i = 0; i < d->job->len; i++)
		if (nap_job_at(d, i)->spares)
			return true;
	return false;
}

/* When the next trial of a search may begin. */
static nap_time next_launch(const struct nap_discovery *d)
{
	nap_time first = NAP_NEVER;

	if (d->flows + nap_beside_flows(d) >= d->room && !has_spares(d))
		return first;
	if (!nap_room_left(d))
		return nap_room_next(d);
	for (uint32_t i = 0; i < d->job->len; i++) {
		const struct nap_job *j = nap_job_at(d, i);
		const struct nap_pending *p = nap_job_timer_next(j);

		if (p)
			first = nap_time_min(first, nap_time_max(p->due, j->not_before));
	}
	return first == NAP_NEVER ? first : nap_time_max(first, d->next_launch);
}

/* Is a survey needed, for searches with many flows? */
static bool needs_survey(const struct nap_discovery *d)
{
	for (uint32_t i = 0; i < d->job->len; i++) {
		const struct nap_job *j = nap_job_at(d, i);

		if (j->finding.test->kind == NAP_TEST_TIMER && j->procedure && j->phase == NAP_JOB_WAITING)
			return d->room > UNSURVEYED && !d->options.naive;
	}
	return false;
}

static bool searches(const struct nap_job *j)
{
	return j->finding.test->kind == NAP_TEST_TIMER && j->phase == NAP_JOB_RUNNING;
}

/* Jobs that can begin do, of the first ones only or of all; those that have no trial under way make one. */
static void move_on(struct nap_discovery *d, bool first)
{
	for (uint32_t i = 0; i < d->job->len; i++) {
		struct nap_job *j = nap_job_at(d, i);

		if ((j->finding.test->first || !first) && j->phase == NAP_JOB_WAITING && may_begin(j))
			begin(j);
	}
	for (uint32_t i = 0; i < d->job->len; i++) {
		struct nap_job *j = nap_job_at(d, i);

		if ((j->finding.test->first || !first) && j->phase == NAP_JOB_RUNNING && !nap_job_busy(j) &&
			j->not_before <= nap_job_now(d))
			go_on(j);
	}
}

static void schedule(struct nap_discovery *d)
{
	if (!d->surveyed) {
		if (needs_survey(d) && !d->bindings) {
			move_on(d, true);
			if ((!nap_trials_in_time(d->trials) && !nap_trials_ready(d->trials)) ||
				!undisturbed(d)) {
				d->dirty = false;
				return;
			}
			nap_job_survey(d);
		}
		d->surveyed = !d->bindings;
		if (d->bindings) {
			d->dirty = false;
			return;
		}
	}
	while (d->dirty) {
		d->dirty = false;
		nap_beside_keep(d);
		move_on(d, false);
		for (uint32_t i = 0; i < d->job->len; i++)
			if (searches(nap_job_at(d, i)))
				nap_job_timer_plan_again(nap_job_at(d, i));
	}
	launch(d);
}

/* When the first job that gives the boxes time goes on. */
static nap_time backoff_end(const struct nap_discovery *d)
{
	nap_time first = NAP_NEVER, now = nap_job_now(d);

	for (uint32_t i = 0; i < d->job->len; i++) {
		const struct nap_job *j = nap_job_at(d, i);

		if (j->phase == NAP_JOB_RUNNING && !nap_job_busy(j) && j->not_before > now)
			first = nap_time_min(first, j->not_before);
	}
	return first;
}

static nap_time deadline(const struct nap_discovery *d)
{
	nap_time t = nap_trials_deadline(d->trials);

	if (d->dirty)
		return 0;
	t = nap_time_min(t, nap_time_min(backoff_end(d), next_launch(d)));
	if (d->kept)
		t = nap_time_min(t, nap_kept_deadline(d->kept));
	if (d->emptying)
		t = nap_time_min(t, nap_bindings_deadline(d->survey));
	if (d->bindings)
		return nap_time_min(t, nap_bindings_deadline(d->bindings));
	return nap_time_min(t, d->bindings_at);
}

static void take_event(struct nap_discovery *d, const struct nap_probe_event *ev)
{
	if (d->bindings)
		nap_bindings_event(d->bindings, ev);
	if (d->emptying)
		nap_bindings_event(d->survey, ev);
	if (d->kept)
		nap_kept_event(d->kept, ev);
	nap_trials_event(d->trials, ev);
}

static void advance(struct nap_discovery *d, nap_time now)
{
	bool ready = nap_trials_ready(d->trials);

	nap_trials_advance(d->trials, now);
	nap_beside_advance(d);
	if (d->bindings) {
		nap_bindings_advance(d->bindings, now);
		if (nap_bindings_done(d->bindings))
			(d->bindings_job ? nap_job_bindings_end : nap_job_survey_end)(d);
	}
	if (d->emptying) {
		nap_bindings_advance(d->survey, now);
		if (nap_bindings_done(d->survey))
			nap_room_emptied(d);
	}
	if (d->kept) {
		nap_kept_advance(d->kept, now);
		if (nap_kept_done(d->kept))
			nap_job_kept_end(d);
	}
	if (now >= d->bindings_at && !d->bindings) {
		d->dirty = true;
		d->bindings_at = d->bindings_job ? NAP_NEVER : d->bindings_at;
	}
	for (uint32_t i = 0; i < d->job->len; i++) {
		struct nap_job *j = nap_job_at(d, i);

		if (j->not_before && j->not_before <= now) { /* its pause is over */
			j->not_before = 0;
			d->dirty = true;
		}
	}
	d->dirty = d->dirty || ready != nap_trials_ready(d->trials);
	schedule(d);
}

void nap_discovery_turn(struct nap_discovery *d, nap_time until)
{
	struct nap_probe_event ev;

	if (d->prober->ops->wait(d->prober, nap_time_min(until, deadline(d)), &ev))
		take_event(d, &ev);
	advance(d, nap_job_now(d));
}
