/* SPDX-License-Identifier: BSD-2-Clause */
/* Jobs that are no searches: one trial and its judgement, limits of duration, flows at once. */
#include <string.h>

#include "discovery/job.h"
#include "discovery/tests_stray.h"

#define MOST_LENGTHENED 4
#define AFTER_EXPIRY    (2 * NAP_S)
#define LEAST_WAIT      NAP_S       /* after a stray packet */
#define KEPT_SHARE      4           /* of the room, for flows that tell whether it is there */
#define UNMEASURED      16          /* copies of a packet that nobody got, while loss is not known yet */
#define ASKED_LATER     64          /* flows of a survey without a limit, whether they are still there */
#define LONGEST_WAIT    (4 * NAP_H) /* for a table that was filled to be empty again */

/* Trials begin at a random phase of whatever the boxes do in time. */
static nap_time random_part(struct nap_discovery *d)
{
	return (nap_time)(nap_rng_unit(&d->rng) * (double)d->options.phase);
}

/* Does the test look at what is after a timer, not at what is before? */
static bool needs_expiry(const struct nap_job *j)
{
	return g_str_has_suffix(j->finding.test->name, "expiry");
}

struct nap_job *nap_job_after(const struct nap_job *timer)
{
	const struct nap_discovery *d = timer->d;

	for (uint32_t i = 0; i < d->job->len && !timer->finding.port; i++) {
		struct nap_job *j = nap_job_at(d, i);

		if (needs_expiry(j) && j->phase == NAP_JOB_WAITING && j->procedure &&
			!strcmp(j->finding.test->timer, timer->finding.test->name))
			return j;
	}
	return NULL;
}

static void inherit(struct nap_job *j, const struct nap_trial_result *r)
{
	j->started = nap_job_now(j->d) - (r->end - r->start);
	j->finding.trials++;
	j->finding.test->judge(r, &j->finding);
	j->finding.silences += j->finding.error > 0;
	nap_job_end(j, NAP_FINDING_DONE);
}

void nap_job_inherit(struct nap_job *heir, const struct nap_trial_result *r)
{
	for (uint32_t i = 0; i < heir->d->job->len; i++) {
		struct nap_job *j = nap_job_at(heir->d, i);

		if (j->phase == NAP_JOB_WAITING && j->procedure == heir->procedure)
			inherit(j, r);
	}
}

static void once_done(void *ctx, uint32_t trial, const struct nap_trial_result *r)
{
	struct nap_job *j = ctx;
	nap_time idle;

	if (!nap_job_take(j, trial, r, &idle))
		return;
	j->finding.test->judge(r, &j->finding);
	if (needs_expiry(j) && !strcmp(j->finding.after_server, "passes") &&
		j->lengthened++ < MOST_LENGTHENED) {
		j->idle *= 2; /* not expired yet: such boxes take their time */
		j->finding.error = 0;
		return;
	}
	if (j->finding.state == NAP_FINDING_UNSURE && j->gap >= 2 * LEAST_WAIT) {
		j->gap /= 2; /* within less time a flow that is left alone may live */
		j->finding.state = NAP_FINDING_OPEN;
		j->finding.error = 0;
		return;
	}
	if (j->finding.error > 0)
		j->finding.silences++;
	nap_job_end(j, j->finding.state == NAP_FINDING_UNSURE ? NAP_FINDING_UNSURE : NAP_FINDING_DONE);
}

/* A cut seen at one age is a limit of duration if another rhythm of packets meets it at the same age. */
static void duration_done(void *ctx, uint32_t trial, const struct nap_trial_result *r)
{
	struct nap_job *j = ctx;
	struct nap_finding *f = &j->finding;
	const struct nap_answer *a = &r->answer[r->steps - 1];
	nap_time dead = r->end - r->start, idle;

	if (!nap_job_take(j, trial, r, &idle))
		return;
	if (a->got || r->steps == nap_procedure_steps(r->procedure)) {
		f->bracket = (struct nap_bracket){ nap_time_max(f->bracket.alive, r->last_alive), NAP_NEVER };
		f->contradictions += f->trials > 1;
		nap_job_end(j, NAP_FINDING_BEYOND);
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
		nap_job_end(j, NAP_FINDING_VARIES);
		return;
	}
	f->bracket = (struct nap_bracket){ nap_time_max(f->bracket.alive, r->last_alive),
		nap_time_min(f->bracket.dead, dead) };
	nap_job_end(j, NAP_FINDING_DONE);
}

void nap_job_once(struct nap_job *j)
{
	const struct nap_finding *timer =
		j->finding.test->timer ? &nap_job_find(j->d, j->finding.test->timer, 0)->finding : NULL;

	if (timer && !j->idle)
		j->idle = needs_expiry(j) ? timer->bracket.dead + AFTER_EXPIRY : timer->bracket.alive;
	if (!timer && !j->gap)
		j->gap = NAP_STRAY_WAIT;
	nap_job_try(j, j->idle, j->finding.test->first ? 0 : random_part(j->d), once_done);
}

void nap_job_duration(struct nap_job *j)
{
	nap_job_try(j, j->d->options.duration, random_part(j->d), duration_done);
}

/* Each of many flows may be the one that is misjudged. */
static uint32_t survey_copies(const struct nap_discovery *d)
{
	uint32_t copies = nap_trials_ready(d->trials) ? 4 : UNMEASURED;

	for (int end = 0; nap_trials_ready(d->trials) && end < 2; end++)
		copies = MAX(copies,
			2 * nap_loss_copies(nap_loss_bound(nap_trials_loss(d->trials, (enum nap_end)end),
						    nap_trials_in_time(d->trials), d->options.error / 4),
				    d->options.error));
	return copies;
}

static nap_time survey_grace(const struct nap_discovery *d)
{
	return 200 * NAP_MS + 4 * (nap_trials_in_time(d->trials) + d->prober->slack);
}

static struct nap_bindings *open_bindings(struct nap_discovery *d, uint64_t most)
{
	return nap_bindings_new(d->prober, most, survey_copies(d), survey_grace(d));
}

void nap_job_survey(struct nap_discovery *d)
{
	d->bindings = open_bindings(d, 2 * d->most_room);
	nap_bindings_wait(d->bindings, LONGEST_WAIT);
}

void nap_job_kept(struct nap_discovery *d)
{
	if (d->most_room + NAP_KEPT_FLOWS <= d->prober->max_flows)
		d->kept =
			nap_kept_new(d->prober, d->most_room / KEPT_SHARE, survey_copies(d), survey_grace(d));
}

void nap_job_kept_end(struct nap_discovery *d)
{
	bool dropped = nap_kept_dropped(d->kept);

	nap_kept_free(d->kept);
	d->kept = NULL;
	d->dirty = true; /* a search may have waited for nothing but this */
	if (!dropped) {
		nap_room_kept(d, d->most_room / KEPT_SHARE);
		return;
	}
	nap_job_dropped(d);
}

void nap_job_dropped(struct nap_discovery *d)
{
	if (!nap_room_keep(d))
		return;
	if (!nap_room_limited(d))
		nap_room_overfull(d);
	for (uint32_t i = 0; i < d->job->len; i++) {
		struct nap_job *j = nap_job_at(d, i);
		uint32_t restarts = j->search.restarts;

		if (j->finding.test->kind != NAP_TEST_TIMER || j->phase != NAP_JOB_RUNNING)
			continue;
		nap_job_timer_anew(j);
		j->search.restarts = restarts; /* for a reason that is known */
	}
	d->dirty = true;
}

void nap_job_survey_end(struct nap_discovery *d)
{
	struct nap_bindings_result r;

	nap_bindings_result(d->bindings, &r);
	if (!r.limit) { /* its flows stay in the boxes: is there room for others beside them? */
		nap_job_kept(d);
		nap_bindings_keep(d->bindings,
			d->most_room + NAP_KEPT_FLOWS + ASKED_LATER <= d->prober->max_flows ? ASKED_LATER
											    : 0);
		d->survey = d->bindings;
	} else {
		nap_bindings_free(d->bindings);
	}
	d->bindings = NULL;
	d->surveyed = true;
	d->dirty = true;
	if (r.alive) /* else nothing passes at all */
		nap_room_surveyed(d, &r);
}

void nap_job_bindings(struct nap_job *j)
{
	struct nap_discovery *d = j->d;
	nap_time now = nap_job_now(d);

	if (d->bindings)
		return;
	if (d->bindings_at == NAP_NEVER) /* sessions of earlier tests are still in the tables */
		d->bindings_at = CLAMP(nap_room_empty(d), now, now + LONGEST_WAIT);
	if (now < d->bindings_at)
		return;
	d->bindings_job = j;
	d->bindings = open_bindings(d, d->options.bindings);
}

void nap_job_bindings_end(struct nap_discovery *d)
{
	struct nap_bindings_result r;
	struct nap_job *j = d->bindings_job;

	nap_bindings_result(d->bindings, &r);
	j->finding.bindings = r.alive;
	j->finding.trials = 1;
	g_snprintf(j->finding.detail, sizeof(j->finding.detail),
		"%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " flows opened were alive", r.alive, r.opened);
	nap_bindings_free(d->bindings);
	d->bindings = NULL;
	nap_job_end(j, r.limit ? NAP_FINDING_DONE : NAP_FINDING_BEYOND);
}
