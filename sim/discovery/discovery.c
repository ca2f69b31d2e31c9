/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One job a test. A job waits for the timer it needs, then starts trials in
 * rounds; all jobs share the lab and the limit of flows. Counting bindings comes
 * last and alone, as it disturbs everything else.
 */
#include "discovery/discovery.h"

#include <glib.h>
#include <string.h>

#include "discovery/bindings.h"
#include "discovery/timer_search.h"

#define FIRST_BACKOFF   (5 * NAP_S)
#define LAST_BACKOFF    (20 * NAP_MIN)
#define MOST_LENGTHENED 4
#define MOST_STALLED    200
#define MOST_VOIDS      12 /* trials in a row that came to nothing, before a test is given up */

const struct nap_discovery_options nap_discovery_defaults = {
	.error = 1e-3,
	.resolution = NAP_S,
	.relative = 0,
	.first = 8 * NAP_S,
	.most_udp = 8 * NAP_DAY,
	.most_tcp = 8 * NAP_DAY,
	.duration = 2 * NAP_DAY,
	.bindings = 1u << 17,
	.repeats = 5,
	.width = 16,
	.flows = 64,
	.control = 200,
	.spacing = 50 * NAP_MS,
	.phase = 64 * NAP_S,
};

enum job_phase { JOB_WAITING, JOB_RUNNING, JOB_ENDED };

struct running {
	uint32_t trial;
	nap_time idle, end; /* when it will know, about */
};

struct job {
	struct nap_discovery *d;
	struct nap_finding finding;
	enum job_phase phase;
	const struct nap_script *script;
	struct nap_timer_search search;
	struct running running[NAP_SEARCH_WIDTH];
	uint32_t n_running;
	nap_time gap;        /* durations */
	nap_time idle;       /* once-tests that need a timer */
	uint32_t lengthened; /* times that it was made longer */
	uint32_t stalled;    /* trials void because this process stood still */
	nap_time not_before; /* after a void trial: give the boxes time */
	nap_time started;
};

struct nap_discovery {
	struct nap_prober *prober;
	struct nap_discovery_options options;
	struct nap_lab *lab;
	GPtrArray *job;
	uint32_t flows; /* trials under way, roughly flows */
	struct nap_rng rng;
	bool dirty; /* a job may be able to go on */
	struct nap_bindings *bindings;
	struct job *bindings_job;
	nap_time bindings_at; /* when the last sessions of other tests are gone */
};

static struct job *job_at(const struct nap_discovery *d, uint32_t i)
{
	return g_ptr_array_index(d->job, i);
}

static bool wanted(const struct nap_discovery_options *o, const char *name)
{
	if (!o->only)
		return true;
	for (uint32_t i = 0; o->only[i]; i++)
		if (!strcmp(o->only[i], name))
			return true;
	return false;
}

static void add_job(struct nap_discovery *d, const struct nap_test *test, uint16_t port)
{
	struct job *j = g_new0(struct job, 1);

	j->d = d;
	j->finding.test = test;
	j->finding.port = port;
	j->finding.bracket = (struct nap_bracket){ 0, NAP_NEVER };
	j->script = nap_test_script(test, d->prober);
	g_ptr_array_add(d->job, j);
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
			add_job(d, t, 0);
			continue;
		}
		for (uint32_t k = 0; k < nap_n_test_ports; k++)
			if (listens(d->prober, nap_test_ports[k]))
				add_job(d, t, nap_test_ports[k]);
	}
}

struct nap_discovery *nap_discovery_new(
	struct nap_prober *prober, const struct nap_discovery_options *options)
{
	struct nap_discovery *d = g_new0(struct nap_discovery, 1);
	struct nap_lab_options lab = nap_lab_defaults;

	d->prober = prober;
	d->options = *options;
	lab.error = options->error;
	lab.control = options->control;
	lab.spacing = options->spacing;
	lab.naive = options->naive;
	d->lab = nap_lab_new(prober, &lab);
	d->job = g_ptr_array_new_with_free_func(g_free);
	d->rng = nap_rng_stream(options->seed, 0, 0, NAP_RNG_SEARCH);
	d->dirty = true;
	d->bindings_at = NAP_NEVER;
	add_jobs(d);
	return d;
}

void nap_discovery_free(struct nap_discovery *d)
{
	if (!d)
		return;
	nap_lab_free(d->lab);
	nap_bindings_free(d->bindings);
	g_ptr_array_free(d->job, TRUE);
	g_free(d);
}

uint32_t nap_discovery_count(const struct nap_discovery *d)
{
	return d->job->len;
}

const struct nap_finding *nap_discovery_finding(const struct nap_discovery *d, uint32_t i)
{
	return &job_at(d, i)->finding;
}

static struct job *job_find(const struct nap_discovery *d, const char *name, uint16_t port)
{
	for (uint32_t i = 0; i < d->job->len; i++)
		if (!strcmp(job_at(d, i)->finding.test->name, name) && job_at(d, i)->finding.port == port)
			return job_at(d, i);
	return NULL;
}

const struct nap_finding *nap_discovery_find(const struct nap_discovery *d, const char *name, uint16_t port)
{
	struct job *j = job_find(d, name, port);

	return j ? &j->finding : NULL;
}

const struct nap_lab *nap_discovery_lab(const struct nap_discovery *d)
{
	return d->lab;
}

void nap_discovery_restore(struct nap_discovery *d, const struct nap_finding *saved)
{
	struct job *j = job_find(d, saved->test->name, saved->port);

	if (!j)
		return;
	j->finding = *saved;
	if (saved->state != NAP_FINDING_OPEN)
		j->phase = JOB_ENDED;
}

uint32_t nap_discovery_ended(const struct nap_discovery *d)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < d->job->len; i++)
		n += job_at(d, i)->phase == JOB_ENDED;
	return n;
}

bool nap_discovery_done(const struct nap_discovery *d)
{
	return nap_discovery_ended(d) == d->job->len;
}

static void end_job(struct job *j, enum nap_finding_state state)
{
	struct nap_discovery *d = j->d;

	j->finding.state = state;
	j->phase = JOB_ENDED;
	j->finding.elapsed = d->prober->ops->now(d->prober) - j->started;
	if (j->finding.silences && !d->options.naive)
		j->finding.error += d->options.error / 4; /* the bound of loss may be too low */
	d->dirty = true;
}

/* --- trials --- */

static void start_trial(struct job *j, nap_time idle, nap_trial_done_fn done)
{
	struct nap_trial_spec spec = {
		.script = j->script, .idle = idle, .gap = j->gap, .server_port = j->finding.port
	};
	struct running *r = &j->running[j->n_running++];

	spec.after = (nap_time)(nap_rng_unit(&j->d->rng) * (double)j->d->options.phase);
	r->idle = idle;
	r->end = nap_time_after(j->d->prober->ops->now(j->d->prober) + spec.after, idle);
	r->trial = nap_lab_start(j->d->lab, &spec, done, j);
	j->d->flows++;
}

static void forget_trial(struct job *j, uint32_t trial)
{
	for (uint32_t i = 0; i < j->n_running; i++)
		if (j->running[i].trial == trial) {
			j->running[i] = j->running[--j->n_running];
			break;
		}
	j->d->flows--;
	j->d->dirty = true;
}

static const char *const void_words[] = {
	[NAP_NOT_VOID] = "",
	[NAP_VOID_SETUP] = "the packets before the question did not get through",
	[NAP_VOID_OUTAGE] = "the control flow did not get through",
	[NAP_VOID_FLOWS] = "no more flows",
	[NAP_VOID_STALLED] = "this machine is too busy to tell times",
	[NAP_VOID_STOPPED] = "stopped",
};

/* A trial that came to nothing is made again, unless it never works. True when the test is given up. */
static bool count_void(struct job *j, const struct nap_trial_result *r)
{
	struct nap_discovery *d = j->d;

	j->finding.voids++;
	if (r->why_void == NAP_VOID_STALLED && ++j->stalled <= MOST_STALLED)
		return false; /* no fault of the path: at once again */
	if (++j->search.void_row <=
		MOST_VOIDS) { /* perhaps a table is full: fewer flows at once, and later */
		d->options.flows = MAX(1, d->options.flows / 2);
		j->not_before = d->prober->ops->now(d->prober) +
				nap_time_min(FIRST_BACKOFF << j->search.void_row, LAST_BACKOFF);
		return false;
	}
	if (r->why_void == NAP_VOID_SETUP)
		g_snprintf(j->finding.detail, sizeof(j->finding.detail), "%s (step %u)",
			void_words[r->why_void], r->steps);
	else
		g_strlcpy(j->finding.detail, void_words[r->why_void], sizeof(j->finding.detail));
	end_job(j, NAP_FINDING_FAILED);
	return true;
}

static void cancel_from(struct job *j, nap_time idle)
{
	for (uint32_t i = 0; i < j->n_running;) {
		uint32_t before = j->n_running;

		if (j->running[i].idle >= idle)
			nap_lab_cancel(j->d->lab, j->running[i].trial);
		if (j->n_running == before)
			i++;
	}
}

static void timer_done(void *ctx, uint32_t trial, const struct nap_trial_result *r)
{
	struct job *j = ctx;
	const struct nap_answer *a = &r->answer[nap_script_steps(r->script) - 1];
	nap_time useless;

	forget_trial(j, trial);
	if (j->phase != JOB_RUNNING || r->why_void == NAP_VOID_STOPPED)
		return;
	j->finding.trials++;
	if (r->why_void) {
		if (count_void(j, r))
			cancel_from(j, 0);
		return;
	}
	useless = a->got ? nap_timer_search_alive(&j->search, &j->finding, a->idle_min)
			 : nap_timer_search_dead(&j->search, &j->finding, r->idle, a->idle_max, a->error);
	if (useless != NAP_NEVER)
		cancel_from(j, useless);
}

/* Does the test look at what is after a timer, not at what is before? */
static bool needs_expiry(const struct job *j)
{
	return g_str_has_suffix(j->finding.test->name, "expiry");
}

static void once_done(void *ctx, uint32_t trial, const struct nap_trial_result *r)
{
	struct job *j = ctx;

	forget_trial(j, trial);
	if (j->phase != JOB_RUNNING || r->why_void == NAP_VOID_STOPPED)
		return;
	j->finding.trials++;
	if (r->why_void) {
		count_void(j, r);
		return;
	}
	j->finding.test->judge(r, &j->finding);
	if (needs_expiry(j) && !strcmp(j->finding.after_server, "passes") &&
		j->lengthened++ < MOST_LENGTHENED) {
		j->idle *= 2; /* not expired yet: such boxes take their time */
		j->finding.error = 0;
		return;
	}
	if (j->finding.error > 0)
		j->finding.silences++;
	end_job(j, NAP_FINDING_DONE);
}

/* A cut seen at one age is a limit of duration if another rhythm of packets meets it at the same age. */
static void duration_done(void *ctx, uint32_t trial, const struct nap_trial_result *r)
{
	struct job *j = ctx;
	struct nap_finding *f = &j->finding;
	const struct nap_answer *a = &r->answer[r->steps - 1];
	nap_time dead = r->end - r->start;

	forget_trial(j, trial);
	if (j->phase != JOB_RUNNING || r->why_void == NAP_VOID_STOPPED)
		return;
	f->trials++;
	if (r->why_void) {
		count_void(j, r);
		return;
	}
	if (a->got || r->steps == nap_script_steps(r->script)) {
		f->bracket = (struct nap_bracket){ nap_time_max(f->bracket.alive, r->last_alive), NAP_NEVER };
		f->contradictions += f->trials > 1;
		end_job(j, NAP_FINDING_BEYOND);
		return;
	}
	f->silences++;
	f->error += a->error;
	if (f->trials == 1) {
		f->bracket = (struct nap_bracket){ r->last_alive, dead };
		j->gap = j->gap / 3 * 2;
		return;
	}
	if (r->last_alive >= f->bracket.dead || dead <= f->bracket.alive) {
		f->contradictions++;
		g_snprintf(f->detail, sizeof(f->detail),
			"cut at another age with another rhythm: no limit of duration");
		end_job(j, NAP_FINDING_VARIES);
		return;
	}
	f->bracket = (struct nap_bracket){ nap_time_max(f->bracket.alive, r->last_alive),
		nap_time_min(f->bracket.dead, dead) };
	end_job(j, NAP_FINDING_DONE);
}

/* --- what each kind of job does when it may go on --- */

static void go_on_timer(struct job *j)
{
	nap_time idle[NAP_SEARCH_WIDTH];
	uint32_t n;

	if (j->d->flows && j->d->flows + j->search.goal.width > j->d->options.flows)
		return;
	n = nap_timer_search_next(&j->search, &j->finding, idle);
	for (uint32_t i = 0; i < n; i++)
		start_trial(j, idle[i], timer_done);
	if (!n)
		end_job(j, j->finding.state);
}

static void go_on_once(struct job *j)
{
	const struct nap_finding *timer =
		j->finding.test->timer ? nap_discovery_find(j->d, j->finding.test->timer, 0) : NULL;

	if (timer && !j->idle)
		j->idle = needs_expiry(j) ? timer->bracket.dead : timer->bracket.alive;
	start_trial(j, j->idle, once_done);
}

static void go_on_duration(struct job *j)
{
	start_trial(j, j->d->options.duration, duration_done);
}

/* Sessions of earlier tests are still in the tables: wait until those that can be waited for are gone. */
static nap_time settle_time(const struct nap_discovery *d)
{
	nap_time longest = 0;

	for (uint32_t i = 0; i < d->job->len; i++) {
		const struct nap_finding *f = &job_at(d, i)->finding;

		if (f->test->kind == NAP_TEST_TIMER && f->bracket.dead <= NAP_H)
			longest = nap_time_max(longest, f->bracket.dead);
	}
	return longest;
}

static void go_on_bindings(struct job *j)
{
	struct nap_discovery *d = j->d;
	nap_time now = d->prober->ops->now(d->prober),
		 grace = 200 * NAP_MS + 4 * (nap_lab_transit(d->lab) + d->prober->slack);
	uint32_t copies = 4;

	for (int end = 0; end < 2; end++) /* each of many flows may be the one that is misjudged */
		copies = MAX(
			copies, 2 * nap_loss_copies(nap_loss_bound(nap_lab_loss(d->lab, (enum nap_end)end),
							    d->options.error / 4),
					    d->options.error));
	if (d->bindings)
		return;
	if (d->bindings_at == NAP_NEVER)
		d->bindings_at = now + settle_time(d);
	if (now < d->bindings_at)
		return;
	d->bindings_job = j;
	d->bindings = nap_bindings_new(d->prober, d->options.bindings, copies, grace);
}

static void end_bindings(struct nap_discovery *d)
{
	struct nap_bindings_result r;
	struct job *j = d->bindings_job;

	nap_bindings_result(d->bindings, &r);
	j->finding.bindings = r.alive;
	j->finding.trials = 1;
	g_snprintf(j->finding.detail, sizeof(j->finding.detail),
		"%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " flows opened were alive", r.alive, r.opened);
	nap_bindings_free(d->bindings);
	d->bindings = NULL;
	end_job(j, r.limit ? NAP_FINDING_DONE : NAP_FINDING_BEYOND);
}

static void go_on(struct job *j)
{
	switch (j->finding.test->kind) {
	case NAP_TEST_TIMER:
		go_on_timer(j);
		break;
	case NAP_TEST_ONCE:
		go_on_once(j);
		break;
	case NAP_TEST_DURATION:
		go_on_duration(j);
		break;
	case NAP_TEST_BINDINGS:
		go_on_bindings(j);
		break;
	}
}

/* --- starting --- */

static void prepare(struct job *j)
{
	const struct nap_discovery_options *o = &j->d->options;
	bool tcp = j->script && j->script->flow[0].proto == NAP_TCP;

	j->started = j->d->prober->ops->now(j->d->prober);
	j->search.strategy = o->strategy ? o->strategy : nap_strategies[0];
	j->search.goal = (struct nap_search_goal){ .first = o->first,
		.most = tcp ? o->most_tcp : o->most_udp,
		.resolution = o->resolution,
		.relative = o->relative,
		.width = MAX(1, MIN(o->width, NAP_SEARCH_WIDTH)) };
	j->search.repeats_left = o->repeats;
	j->search.tolerated = o->naive ? 8 : 0; /* a silence hardly ever lies, unless it was one packet's */
}

static void skip(struct job *j, const char *why)
{
	j->started = j->d->prober->ops->now(j->d->prober);
	g_strlcpy(j->finding.detail, why, sizeof(j->finding.detail));
	end_job(j, NAP_FINDING_SKIPPED);
}

/* Can the job begin? Jobs that never can are skipped. */
static bool may_begin(struct job *j)
{
	const struct nap_test *t = j->finding.test;
	const struct nap_discovery *d = j->d;
	struct job *timer = t->timer ? job_find(d, t->timer, 0) : NULL;

	if (t->kind != NAP_TEST_BINDINGS && !j->script) {
		skip(j, "this prober cannot do it");
		return false;
	}
	if (t->kind == NAP_TEST_BINDINGS) {
		for (uint32_t i = 0; i < d->job->len; i++)
			if (job_at(d, i) != j && job_at(d, i)->phase != JOB_ENDED)
				return false;
		return nap_lab_ready(d->lab);
	}
	if (!t->timer)
		return true;
	if (!timer) {
		skip(j, "the timer it needs is not among the tests");
		return false;
	}
	if (timer->phase != JOB_ENDED)
		return false;
	if (t->kind == NAP_TEST_ONCE && timer->finding.bracket.dead == NAP_NEVER) {
		skip(j, "the timer it needs was not found");
		return false;
	}
	j->gap = nap_time_min(
		timer->finding.bracket.alive / 3, nap_time_max(d->options.duration / 200, NAP_MIN));
	if (t->kind == NAP_TEST_DURATION && j->gap < 100 * NAP_MS) {
		skip(j, "the timer it needs was not found");
		return false;
	}
	return true;
}

static void schedule(struct nap_discovery *d)
{
	while (d->dirty) {
		d->dirty = false;
		for (uint32_t i = 0; i < d->job->len; i++) {
			struct job *j = job_at(d, i);

			if (j->phase == JOB_WAITING && may_begin(j)) {
				prepare(j);
				j->phase = JOB_RUNNING;
			}
			if (j->phase == JOB_RUNNING && !j->n_running &&
				j->not_before <= d->prober->ops->now(d->prober))
				go_on(j);
		}
	}
}

/* When the first job that gives the boxes time goes on. */
static nap_time backoff_end(const struct nap_discovery *d)
{
	nap_time first = NAP_NEVER, now = d->prober->ops->now(d->prober);

	for (uint32_t i = 0; i < d->job->len; i++) {
		const struct job *j = job_at(d, i);

		if (j->phase == JOB_RUNNING && !j->n_running && j->not_before > now)
			first = nap_time_min(first, j->not_before);
	}
	return first;
}

nap_time nap_discovery_deadline(const struct nap_discovery *d)
{
	nap_time t = nap_lab_deadline(d->lab);

	if (d->dirty)
		return 0;
	t = nap_time_min(t, backoff_end(d));
	if (d->bindings)
		return nap_time_min(t, nap_bindings_deadline(d->bindings));
	return nap_time_min(t, d->bindings_at);
}

void nap_discovery_event(struct nap_discovery *d, const struct nap_probe_event *ev)
{
	if (d->bindings)
		nap_bindings_event(d->bindings, ev);
	nap_lab_event(d->lab, ev);
}

void nap_discovery_advance(struct nap_discovery *d, nap_time now)
{
	bool ready = nap_lab_ready(d->lab);

	nap_lab_advance(d->lab, now);
	if (d->bindings) {
		nap_bindings_advance(d->bindings, now);
		if (nap_bindings_done(d->bindings))
			end_bindings(d);
	}
	if (now >= d->bindings_at && !d->bindings) {
		d->dirty = true;
		d->bindings_at = d->bindings_job ? NAP_NEVER : d->bindings_at;
	}
	for (uint32_t i = 0; i < d->job->len; i++) {
		struct job *j = job_at(d, i);

		if (j->not_before && j->not_before <= now) { /* its pause is over */
			j->not_before = 0;
			d->dirty = true;
		}
	}
	d->dirty = d->dirty || ready != nap_lab_ready(d->lab);
	schedule(d);
}

void nap_discovery_turn(struct nap_discovery *d, nap_time until)
{
	struct nap_probe_event ev;

	if (d->prober->ops->wait(d->prober, nap_time_min(until, nap_discovery_deadline(d)), &ev))
		nap_discovery_event(d, &ev);
	nap_discovery_advance(d, d->prober->ops->now(d->prober));
}

nap_time nap_discovery_expected_end(const struct nap_discovery *d)
{
	nap_time last = 0;

	for (uint32_t i = 0; i < d->job->len; i++) {
		nap_time first = NAP_NEVER; /* longer trials of a round may be called off */

		for (uint32_t k = 0; k < job_at(d, i)->n_running; k++)
			first = nap_time_min(first, job_at(d, i)->running[k].end);
		if (first != NAP_NEVER)
			last = nap_time_max(last, first);
	}
	return last ? last : NAP_NEVER;
}
