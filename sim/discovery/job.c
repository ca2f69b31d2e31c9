/* SPDX-License-Identifier: BSD-2-Clause */
#include "discovery/job.h"

#include <string.h>

#define FIRST_BACKOFF (5 * NAP_S)
#define LAST_BACKOFF  (20 * NAP_MIN)
#define MOST_VOIDS    12 /* times in a row that trials came to nothing, before a test is given up; */
#define MOST_BARREN   6  /* when none of its trials ever came to anything */
#define MOST_FILLED   24 /* where the boxes have little room */
#define MOST_STALLED  1000
#define MOST_REPEATED 60 /* trials that lost a packet of their opening, and */
#define FEW           8 /* where ports are few, half of all and so many trials are made again for a port of their own */
#define MOST_SHARE    0.9 /* so many of all: then it is part of the path */
#define LEAST_ROOM    4
#define SIGN_SPAN     (30 * NAP_S)

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
	j->died = NAP_NEVER;
	j->running = g_array_new(FALSE, FALSE, sizeof(struct nap_running));
	j->pending = g_array_new(FALSE, FALSE, sizeof(struct nap_pending));
	j->left = g_array_new(FALSE, FALSE, sizeof(nap_time));
	return j;
}

void nap_job_free(struct nap_job *j)
{
	g_array_free(j->running, TRUE);
	g_array_free(j->pending, TRUE);
	g_array_free(j->left, TRUE);
	g_free(j->after);
	g_free(j);
}

/*
 * Of what was found by flows with used ports alone, about so much is what an outer box knew of those who had them before: 7 of some
 * 8,000 such findings in 2,700 random boxes.
 */
#define USED_PORTS 7e-4
#define NEARLY_ALL 0.9

/* Did it come by flows with used ports: some where ports are few, nearly all anywhere? */
static bool by_used_ports(const struct nap_job *j)
{
	uint32_t used = j->fresh.others;

	return used && (!nap_room_ports(j->d) || used >= NEARLY_ALL * (j->search.n_alive + j->search.n_dead));
}

/*
 * Bound of the chance that all deaths at the end of a bracket were of another cause than the timer: so many trials as contradicted
 * others, and one more, met such a cause.
 */
static double disturbed_alike(const struct nap_job *j)
{
	const struct nap_finding *f = &j->finding;
	double share = (f->contradictions + j->contradicted + 1) / (f->trials + 2.0), all = 1;

	if (f->test->kind != NAP_TEST_TIMER || f->state != NAP_FINDING_DONE)
		return 0;
	for (uint32_t i = 0; i <= f->repeats; i++)
		all *= MIN(share, 1);
	return all + (by_used_ports(j) ? USED_PORTS : 0);
}

void nap_job_end(struct nap_job *j, enum nap_finding_state state)
{
	struct nap_discovery *d = j->d;

	j->finding.state = state;
	j->phase = NAP_JOB_ENDED;
	j->finding.elapsed = nap_job_now(d) - j->started;
	if (j->finding.silences && !d->options.naive)
		j->finding.error +=
			d->options.error / 4 + disturbed_alike(j); /* the bound of loss may be too low */
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

/*
 * Must a trial get by without repeats? Timers may depend on how a flow began. In a flow that is never idle packets are lost
 * and sent again sooner or later, and none of it makes it older or younger.
 */
static bool must_be_clean(const struct nap_job *j)
{
	return j->finding.test->kind != NAP_TEST_DURATION && !j->d->options.at_once;
}

/* Does hardly a trial begin as it should? */
static bool hopeless(const struct nap_job *j)
{
	return j->repeated >= MOST_REPEATED && (double)j->repeated >= MOST_SHARE * (double)j->tries;
}

void nap_job_try(struct nap_job *j, nap_time idle, nap_time after, nap_trial_done_fn done)
{
	struct nap_discovery *d = j->d;
	struct nap_trial_spec spec = { .procedure = j->procedure,
		.idle = idle,
		.gap = j->gap,
		.after = after,
		.port_rest = nap_room_rest(j),
		.own_port = nap_room_ports(d) ? !hopeless(j) : 2 * j->repeated <= j->tries + FEW,
		.clean = must_be_clean(j) && !hopeless(j),
		.ttl = j->ttl,
		.more = j->search.varies || j->search.restarts, /* these take hundreds of trials */
		.hops = &d->hops,
		.server_port = j->finding.port };
	struct nap_running r = { .idle = idle, .end = nap_time_after(nap_job_now(d) + spec.after, idle) };

	r.trial = nap_trials_start(d->trials, &spec, done, j);
	g_array_append_val(j->running, r);
	j->tries++;
	d->flows++;
}

static nap_time forget(struct nap_job *j, uint32_t trial)
{
	nap_time idle = 0;

	for (uint32_t i = 0; i < j->running->len; i++) {
		const struct nap_running *r = &g_array_index(j->running, struct nap_running, i);

		if (r->trial == trial) {
			idle = r->idle;
			j->spares -= r->spare;
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
	[NAP_VOID_DISTURBED] = "packets meant for another flow came in on the same port",
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

/* What a user could do about it. */
static char *remedy(const struct nap_job *j, enum nap_void why)
{
	uint32_t keep = nap_room_keep(j->d);

	switch (why) {
	case NAP_VOID_SETUP:
		return nap_room_limited(j->d)
			       ? g_strdup_printf(
					 "; the boxes have little room: try --flows %u", MAX(1, keep / 4))
			       : g_strdup("");
	case NAP_VOID_OUTAGE:
		return g_strdup("; try again when the path loses less");
	case NAP_VOID_FLOWS:
		return g_strdup("; try fewer --flows");
	case NAP_VOID_DISTURBED:
		return g_strdup_printf("; the boxes have few ports: try --flows %u", MAX(1, keep / 8));
	default:
		return g_strdup("");
	}
}

static void say_why(struct nap_job *j, const struct nap_trial_result *r)
{
	g_autofree char *help = remedy(j, r->why_void), *step = NULL;

	step = r->why_void == NAP_VOID_SETUP ? g_strdup_printf(" (step %u)", r->steps) : g_strdup("");
	g_snprintf(
		j->finding.detail, sizeof(j->finding.detail), "%s%s%s", void_words[r->why_void], step, help);
}

/* A table that the survey has filled may take hours to be empty again. */
static uint32_t most_voids(const struct nap_job *j)
{
	return nap_room_limited(j->d) ? MOST_FILLED : barren(j) ? MOST_BARREN : MOST_VOIDS;
}

/* A trial that came to nothing is made again, after a pause, unless it never works: then the test is given up. */
static void count_void(struct nap_job *j, const struct nap_trial_result *r)
{
	nap_time now = nap_job_now(j->d);

	j->finding.voids++;
	if (r->why_void == NAP_VOID_STALLED && ++j->stalled <= MOST_STALLED)
		return;                        /* no fault of the path: at once again */
	if (r->why_void != NAP_VOID_DISTURBED) /* which few ports make, not little room */
		cut_room(j, now);
	if (j->not_before > now) /* one of many that met the same refusal */
		return;
	if (++j->search.void_row <= most_voids(j)) {
		j->not_before =
			now + nap_time_min(FIRST_BACKOFF << MIN(j->search.void_row, 20), LAST_BACKOFF);
		return;
	}
	say_why(j, r);
	nap_job_end(j, barren(j) && !nap_room_limited(j->d) ? NAP_FINDING_FAILED : NAP_FINDING_UNSURE);
	nap_job_cancel(j, 0);
}

bool nap_job_take(struct nap_job *j, uint32_t trial, const struct nap_trial_result *r, nap_time *idle)
{
	*idle = forget(j, trial);
	nap_room_leave(j, r);
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
	j->d->last_sign = nap_job_now(j->d);
	return true;
}

uint32_t nap_job_busy(const struct nap_job *j)
{
	return j->running->len - j->spares;
}

void nap_job_spare(struct nap_job *j, struct nap_running *r, bool spare)
{
	if (r->spare == spare)
		return;
	r->spare = spare;
	j->spares += spare ? 1 : UINT32_MAX;
}

bool nap_job_drop_spare(struct nap_discovery *d)
{
	for (uint32_t i = 0; i < d->job->len; i++) {
		struct nap_job *j = nap_job_at(d, i);

		for (uint32_t k = j->spares ? j->running->len : 0; k-- > 0;)
			if (g_array_index(j->running, struct nap_running, k).spare) {
				nap_trials_cancel(
					d->trials, g_array_index(j->running, struct nap_running, k).trial);
				return true;
			}
	}
	return false;
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
