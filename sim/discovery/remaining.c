/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long a discovery will take: the end of each test from what is known of the timer it looks for or needs. A timer that nothing
 * is known of is taken to be what such timers mostly are; what a flow has outlived makes it longer.
 */
#include <string.h>

#include "discovery/discovery.h"
#include "discovery/job.h"

/* A wave with its stagger, its random beginnings and a short second look, of its timer's length. */
#define WAVE   1.25
#define LONGER 2.1  /* than what it has outlived: an unknown timer */
#define AFTER  1.35 /* tests that wait for shares of a timer: 60 % and 70 % of it, about */

/* What timers mostly are, by test: between the shortest and the longest of shipped profiles by their ratio. */
static const struct {
	const char *test;
	nap_time usual;
} usuals[] = {
	{ "tcp-1", 12 * NAP_H },
	{ "tcp-fin-client", 10 * NAP_MIN },
	{ "tcp-fin-server", 10 * NAP_MIN },
	{ "icmp", 30 * NAP_S },
};

/* No longer idle time is tried. */
static nap_time most_of(const struct nap_job *j)
{
	return j->procedure->flow[0].proto == NAP_TCP ? j->d->options.most_tcp : j->d->options.most_udp;
}

static nap_time usual_of(const struct nap_job *j)
{
	nap_time most = most_of(j);

	for (size_t i = 0; i < sizeof(usuals) / sizeof(usuals[0]); i++)
		if (!strcmp(usuals[i].test, j->finding.test->name))
			return nap_time_min(usuals[i].usual, most);
	return nap_time_min(2 * NAP_MIN, most);
}

/* The timer, as far as can be told. */
static nap_time timer_of(const struct nap_job *j, nap_time now)
{
	const struct nap_bracket *b = &j->finding.bracket;
	nap_time most = most_of(j), outlived = b->alive;

	if (b->dead != NAP_NEVER)
		return b->dead;
	if (j->phase == NAP_JOB_ENDED)
		return nap_time_max(b->alive, 0);
	if (j->phase == NAP_JOB_RUNNING) /* what goes on without a death has come so far */
		outlived = nap_time_max(outlived, (nap_time)((double)(now - j->begun) / WAVE));
	outlived = nap_time_min(outlived, most);
	return outlived < usual_of(j) ? usual_of(j)
				      : nap_time_min(most, (nap_time)(LONGER * (double)outlived));
}

static nap_time end_of_trials(const struct nap_job *j)
{
	nap_time last = 0;

	for (uint32_t k = 0; k < j->running->len; k++) {
		const struct nap_running *r = &g_array_index(j->running, struct nap_running, k);

		last = r->spare ? last : nap_time_max(last, r->end);
	}
	for (uint32_t k = 0; k < j->pending->len; k++) {
		const struct nap_pending *p = &g_array_index(j->pending, struct nap_pending, k);

		last = nap_time_max(last, nap_time_after(p->due, p->idle));
	}
	return last;
}

/* When a search will be over. */
static nap_time end_of_search(const struct nap_job *j, nap_time now)
{
	nap_time timer = timer_of(j, now);

	if (j->phase == NAP_JOB_ENDED)
		return now;
	if (j->phase == NAP_JOB_RUNNING && j->finding.bracket.dead != NAP_NEVER)
		return nap_time_max(now, end_of_trials(j));
	return (j->phase == NAP_JOB_RUNNING ? j->begun : now) + (nap_time)(WAVE * (double)timer);
}

/* When a test will be over that needs another's timer. */
static nap_time end_of_later(const struct nap_job *j, nap_time now)
{
	const struct nap_job *timer = nap_job_find(j->d, j->finding.test->timer, 0);
	nap_time begin = j->phase == NAP_JOB_RUNNING ? j->started : end_of_search(timer, now),
		 length = timer_of(timer, now);
	bool known = timer->finding.bracket.dead != NAP_NEVER ||
		     (timer->phase != NAP_JOB_ENDED && length < most_of(timer));

	if (j->finding.test->kind == NAP_TEST_DURATION)
		return begin + j->d->options.duration;
	if (!known || (j->phase == NAP_JOB_WAITING && nap_job_after(timer) &&
			      g_str_has_suffix(j->finding.test->name, "expiry")))
		return begin; /* skipped, or read off the search */
	return begin + (nap_time)(AFTER * (double)length);
}

nap_time nap_discovery_remaining(const struct nap_discovery *d)
{
	nap_time now = nap_job_now(d), last = now;

	for (uint32_t i = 0; i < d->job->len; i++) {
		const struct nap_job *j = nap_job_at(d, i);

		if (j->phase == NAP_JOB_ENDED || !j->procedure)
			continue;
		last = nap_time_max(last, j->finding.test->timer                    ? end_of_later(j, now)
					  : j->finding.test->kind == NAP_TEST_TIMER ? end_of_search(j, now)
										    : end_of_trials(j));
	}
	return last - now;
}
