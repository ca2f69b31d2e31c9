/* SPDX-License-Identifier: BSD-2-Clause */
#include "discovery/job.h"

#include <string.h>

#define FIRST_BACKOFF (5 * NAP_S)
#define LAST_BACKOFF  (20 * NAP_MIN)
#define MOST_VOIDS    12 /* times in a row that trials came to nothing, before a test is given up; */
#define MOST_BARREN   6  /* when none of its trials ever came to anything */
#define MOST_STALLED  1000
#define MOST_REPEATED                                                                                        \
	60 /* trials in a row that lost a packet of their opening: then it is part of the path */
#define LEAST_ROOM 4
#define SIGN_SPAN  (30 * NAP_S)

struct nap_job *nap_job_find(const struct nap_discovery *d, const char *name, uint16_t port)
{
	for (uint32_t i = 0; i < d->job->len; i++)
		if (!strcmp(nap_job_at(d, i)->finding.test->name, name) &&
			nap_job_at(d, i)->finding.port == port)
			return nap_job_at(d, i);
	return NULL;
}

struct nap_job *nap_job_new(struct nap_discovery *d, const struct nap_test *test, uint16_t port)
{
	struct nap_job *j = g_new0(struct nap_job, 1);

	j->d = d;
	j->finding.test = test;
	j->finding.port = port;
	j->finding.bracket = (struct nap_bracket){ 0, NAP_NEVER };
	j->procedure = nap_test_procedure(test, d->prober);
	j->running = g_array_new(FALSE, FALSE, sizeof(struct nap_running));
	j->pending = g_array_new(FALSE, FALSE, sizeof(struct nap_pending));
	return j;
}

void nap_job_free(struct nap_job *j)
{
	g_array_free(j->running, TRUE);
	g_array_free(j->pending, TRUE);
	g_free(j->after);
	g_free(j);
}

void nap_job_end(struct nap_job *j, enum nap_finding_state state)
{
	struct nap_discovery *d = j->d;

	j->finding.state = state;
	j->phase = NAP_JOB_ENDED;
	j->finding.elapsed = nap_job_now(d) - j->started;
	if (j->finding.silences && !d->options.naive)
		j->finding.error += d->options.error / 4; /* the bound of loss may be too low */
	if (j->finding.test->kind == NAP_TEST_TIMER && state != NAP_FINDING_SKIPPED)
		d->timers_end = nap_job_now(d);
	g_array_set_size(j->pending, 0);
	d->dirty = true;
}

void nap_job_skip(struct nap_job *j, const char *why)
{
	j->started = nap_job_now(j->d);
	g_strlcpy(j->finding.detail, why, sizeof(j->finding.detail));
	nap_job_end(j, NAP_FINDING_SKIPPED);
}

void nap_job_try(struct nap_job *j, nap_time idle, nap_time after, nap_trial_done_fn done)
{
	struct nap_discovery *d = j->d;
	struct nap_trial_spec spec = { .procedure = j->procedure,
		.idle = idle,
		.gap = j->gap,
		.after = after,
		.clean = j->procedure->flow[0].raw && j->repeated < MOST_REPEATED,
		.ttl = j->ttl,
		.hops = &d->hops,
		.server_port = j->finding.port };
	struct nap_running r = { .idle = idle, .end = nap_time_after(nap_job_now(d) + spec.after, idle) };

	r.trial = nap_trials_start(d->trials, &spec, done, j);
	g_array_append_val(j->running, r);
	d->flows++;
}

static nap_time forget(struct nap_job *j, uint32_t trial)
{
	nap_time idle = 0;

	for (uint32_t i = 0; i < j->running->len; i++) {
		const struct nap_running *r = &g_array_index(j->running, struct nap_running, i);

		if (r->trial == trial) {
			idle = r->idle;
			g_array_remove_index_fast(j->running, i);
			break;
		}
	}
	j->d->flows--;
	j->d->dirty = true;
	return idle;
}

static const char *const void_words[] = {
	[NAP_NOT_VOID] = "",
	[NAP_VOID_SETUP] = "the packets before the question did not get through",
	[NAP_VOID_OUTAGE] = "the control flow did not get through",
	[NAP_VOID_FLOWS] = "no more flows",
	[NAP_VOID_STALLED] = "this machine is too busy to tell times",
	[NAP_VOID_REPEATED] = "packets before the question had to be sent again",
	[NAP_VOID_STOPPED] = "stopped",
};

/* Has the test ever come to anything? */
static bool barren(const struct nap_job *j)
{
	return !j->search.n_alive && !j->search.n_dead;
}

/*
 * Perhaps a table is full: then no more flows at once than it holds. Not so when only this test never gets anywhere while
 * others do: then the path does not let it pass.
 */
static void cut_room(struct nap_job *j, nap_time now)
{
	struct nap_discovery *d = j->d;
	uint32_t holding = nap_trials_holding(d->trials);

	if (barren(j) && now - d->last_sign < SIGN_SPAN)
		return;
	d->room_cut = now;
	d->room = MAX(LEAST_ROOM, MIN(d->room, holding));
}

/* A trial that came to nothing is made again, after a pause, unless it never works: then the test is given up. */
static void count_void(struct nap_job *j, const struct nap_trial_result *r)
{
	nap_time now = nap_job_now(j->d);

	j->finding.voids++;
	if (r->why_void == NAP_VOID_STALLED && ++j->stalled <= MOST_STALLED)
		return; /* no fault of the path: at once again */
	cut_room(j, now);
	if (j->not_before > now) /* one of many that met the same refusal */
		return;
	if (++j->search.void_row <= (barren(j) ? MOST_BARREN : MOST_VOIDS)) {
		j->not_before = now + nap_time_min(FIRST_BACKOFF << j->search.void_row, LAST_BACKOFF);
		return;
	}
	if (r->why_void == NAP_VOID_SETUP)
		g_snprintf(j->finding.detail, sizeof(j->finding.detail), "%s (step %u)",
			void_words[r->why_void], r->steps);
	else
		g_strlcpy(j->finding.detail, void_words[r->why_void], sizeof(j->finding.detail));
	nap_job_end(j, NAP_FINDING_FAILED);
	nap_job_cancel(j, 0);
}

bool nap_job_take(struct nap_job *j, uint32_t trial, const struct nap_trial_result *r, nap_time *idle)
{
	*idle = forget(j, trial);
	if (j->phase != NAP_JOB_RUNNING || r->why_void == NAP_VOID_STOPPED)
		return false;
	if (r->why_void == NAP_VOID_REPEATED) { /* it has hardly begun */
		j->repeated++;
		return false;
	}
	j->finding.trials++;
	if (r->why_void) {
		count_void(j, r);
		return false;
	}
	j->repeated = 0;
	j->d->last_sign = nap_job_now(j->d);
	return true;
}

void nap_job_cancel(struct nap_job *j, nap_time idle)
{
	for (uint32_t i = 0; i < j->running->len;) {
		const struct nap_running *r = &g_array_index(j->running, struct nap_running, i);
		uint32_t before = j->running->len;

		if (r->idle >= idle)
			nap_trials_cancel(j->d->trials, r->trial);
		if (j->running->len == before)
			i++;
	}
}
