/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long a discovery will take: the end of each test from what is known of the timer it looks for or needs. A timer that nothing
 * is known of is taken to be what such timers mostly are; what a flow has outlived makes it longer. At the least it ends now, at the
 * most it is as long as any that is tried.
 */
#include <string.h>

#include "discovery/discovery.h"
#include "discovery/job.h"

enum guess { LEAST, ABOUT, MOST };

/* A wave with its stagger, its random beginnings and a short second look, of its timer's length: by guess. */
static const double wave[] = { [LEAST] = 1, [ABOUT] = 1.25, [MOST] = 4 };
#define LONGER 2.1 /* than what it has outlived: an unknown timer */
/* tests that wait for shares of a timer: 60 % and 70 % of it, and a random beginning */
static const double after[] = { [LEAST] = 1.3, [ABOUT] = 1.35, [MOST] = 1.4 };
#define SOONER      0.4 /* a round by flows that have been idle for long already */
#define MOST_ROUNDS 8
#define STAGGERED   1.1 /* a wave up to the longest idle time that is tried, if nothing dies */
#define SURE        4 /* times the least time: a guess between that and as much is true within a factor of two */

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
static nap_time timer_of(const struct nap_job *j, nap_time now, enum guess guess)
{
	const struct nap_bracket *b = &j->finding.bracket;
	nap_time most = most_of(j), outlived = b->alive;

	if (b->dead != NAP_NEVER)
		return b->dead;
	if (j->phase == NAP_JOB_ENDED)
		return nap_time_max(b->alive, 0);
	if (j->phase == NAP_JOB_RUNNING) /* what goes on without a death has come so far */
		outlived = nap_time_max(outlived, (nap_time)((double)(now - j->begun) / wave[ABOUT]));
	outlived = nap_time_min(outlived, most);
	if (guess != ABOUT)
		return guess == LEAST ? outlived : most;
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

/* The rounds into a bracket after the one under way, if each has as many candidates as that. */
static uint32_t rounds_left(const struct nap_job *j)
{
	const struct nap_bracket *b = &j->finding.bracket;
	nap_time width = b->dead - b->alive, fine = j->search.goal.resolution;
	uint32_t parts = j->search.goal.width + 1, n = 0;

	if (j->running->len > j->spares || j->pending->len)
		width /= parts;
	for (; width > fine && n < MOST_ROUNDS; width /= parts)
		n++;
	return n;
}

/* When a search will be over whose timer is known to lie in a bracket. */
static nap_time end_in_bracket(const struct nap_job *j, nap_time now, enum guess guess)
{
	uint32_t more = guess == MOST ? 5 : 0; /* to bear it out */
	double length = (double)j->finding.bracket.dead * (j->spares ? SOONER : 1);

	return nap_time_max(now, end_of_trials(j)) + (nap_time)(length * (rounds_left(j) + more));
}

/* When a search will be over. */
static nap_time end_of_search(const struct nap_job *j, nap_time now, enum guess guess)
{
	nap_time timer = timer_of(j, now, guess);

	if (j->phase == NAP_JOB_ENDED)
		return now;
	if (j->phase == NAP_JOB_RUNNING && j->finding.bracket.dead != NAP_NEVER)
		return guess == LEAST ? now : end_in_bracket(j, now, guess);
	return nap_time_max(now,
		(j->phase == NAP_JOB_RUNNING ? j->begun : now) + (nap_time)(wave[guess] * (double)timer));
}

/* When a test will be over that needs another's timer. */
static nap_time end_of_later(const struct nap_job *j, nap_time now, enum guess guess)
{
	const struct nap_job *timer = nap_job_find(j->d, j->finding.test->timer, 0);
	nap_time begin = j->phase == NAP_JOB_RUNNING ? j->started : end_of_search(timer, now, guess),
		 length = timer_of(timer, now, guess);
	bool dies = timer->finding.bracket.dead != NAP_NEVER,
	     known = dies || (timer->phase != NAP_JOB_ENDED && (guess == MOST || length < most_of(timer)));

	if (j->finding.test->kind == NAP_TEST_DURATION)
		return begin + j->d->options.duration;
	if (guess == LEAST && !dies &&
		timer->phase == NAP_JOB_RUNNING) /* it dies now, or never, and this is skipped */
		return nap_time_min(begin + (nap_time)(after[guess] * (double)length),
			nap_time_max(now, timer->begun + (nap_time)(STAGGERED * (double)most_of(timer))));
	if (!known || (j->phase == NAP_JOB_WAITING && nap_job_after(timer) &&
			      g_str_has_suffix(j->finding.test->name, "expiry")))
		return begin; /* skipped, or read off the search */
	begin += (nap_time)(after[guess] * (double)length);
	if (j->phase != NAP_JOB_RUNNING)
		return begin;
	/* one that has not expired yet is tried with twice the idle time */
	return nap_time_max(begin, end_of_trials(j)) + (guess == MOST && j->lengthened ? 2 * j->idle : 0);
}

static nap_time remaining(const struct nap_discovery *d, enum guess guess)
{
	nap_time now = nap_job_now(d), last = now;

	for (uint32_t i = 0; i < d->job->len; i++) {
		const struct nap_job *j = nap_job_at(d, i);

		if (j->phase == NAP_JOB_ENDED || !j->procedure)
			continue;
		last = nap_time_max(last, j->finding.test->timer ? end_of_later(j, now, guess)
					  : j->finding.test->kind == NAP_TEST_TIMER
						  ? end_of_search(j, now, guess)
						  : end_of_trials(j));
	}
	return last - now;
}

nap_time nap_discovery_remaining(const struct nap_discovery *d)
{
	return remaining(d, ABOUT);
}

bool nap_discovery_remaining_range(const struct nap_discovery *d, nap_time *least, nap_time *most)
{
	nap_time about = remaining(d, ABOUT);

	*least = nap_time_min(about, remaining(d, LEAST));
	*most = nap_time_max(about, remaining(d, MOST));
	return *most / SURE > *least;
}
