/* SPDX-License-Identifier: BSD-2-Clause */
#include "parallel/forecast.h"

#include <math.h>
#include <time.h>

#include <glib.h>

#include "text/scenario.h"

#define TRIED_MAX 12u  /* points tried, evenly over all */
#define SHORTEST  4096 /* the first trial is this part of the duration, */
#define STEP      4    /* each further one so many times longer */

/* What one point's trials came to. */
struct trial {
	double seconds; /* of one replication, all its jobs */
	double longest; /* of one job: no number of threads makes it shorter */
	double share;   /* of the duration that was run */
};

/* Seconds of the processor: other programs of the machine do not count. */
static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Run jobs of a plan until the budget is used up, one at least: the mean of a job. */
static double time_jobs(const struct nap_plan *plan, double budget)
{
	double begun = cpu_seconds(), used = 0.0;
	struct nap_workspace *ws = nap_workspace_new(plan, NULL);
	struct nap_part *part = g_new(struct nap_part, nap_plan_parts(plan));
	struct nap_gather *gather = nap_gather_new(plan);
	uint32_t jobs = nap_plan_jobs(plan), replications = plan->sc->general.replications, done = 0;

	while (done == 0 || (used < budget && done < jobs * MIN(replications, 64))) {
		nap_run_job(ws, done / jobs, done % jobs, NULL, part);
		nap_workspace_gather(ws, gather);
		done++;
		used = cpu_seconds() - begun;
	}
	nap_gather_free(gather);
	g_free(part);
	nap_workspace_free(ws);
	return used / done;
}

/* One point with this duration: false when it cannot be had so. */
static bool try_duration(const struct nap_scenario *sc, double budget, double *job, uint32_t *jobs)
{
	g_autofree struct nap_plan *plan = g_new(struct nap_plan, 1);

	if (!sc || !nap_plan_make(plan, sc))
		return false;
	*jobs = nap_plan_jobs(plan);
	*job = time_jobs(plan, budget) * *jobs;
	return true;
}

/*
 * Durations from short to whole, until a trial has taken its share of the budget. Of the last two the difference tells what
 * more of the duration costs, once all are under way.
 */
static struct trial try_point(
	const struct nap_campaign *c, uint32_t point, double budget, nap_shorter_fn shorter, void *ctx)
{
	const struct nap_plan *plan = &c->point[point].plan;
	nap_time whole = c->point[point].sc->general.duration, d = whole / SHORTEST, before_d = 0;
	struct trial t = { 0.0, 0.0, 0.0 };
	double begun = cpu_seconds(), before = 0.0, now = 0.0;
	uint32_t jobs = 1;

	for (d = MAX(d, MIN(whole, NAP_MS));; d = d > whole / STEP ? whole : d * STEP) {
		struct nap_scenario *own = d < whole ? shorter(ctx, point, d) : NULL;
		double left = budget - (cpu_seconds() - begun);

		if (try_duration(d < whole ? own : c->point[point].sc, d < whole ? 0.0 : left, &now, &jobs)) {
			double slope = (now - before) / (double)(d - before_d);

			t.seconds = MAX(now + slope * (double)(whole - d), now);
			t.share = (double)d / (double)whole;
			before = now;
			before_d = d;
		}
		nap_scenario_free(own);
		left = budget - (cpu_seconds() - begun);
		if (d == whole || now / jobs * STEP > left)
			break;
	}
	t.longest = t.seconds / nap_plan_jobs(plan);
	return t;
}

struct nap_forecast nap_campaign_forecast(
	const struct nap_campaign *c, double budget, nap_shorter_fn shorter, void *ctx)
{
	struct nap_forecast f = { .threads = c->threads ? c->threads : g_get_num_processors(), .share = 1.0 };
	double begun = cpu_seconds(), sum = 0.0, longest = 0.0;

	f.tried = MIN(c->n, TRIED_MAX);
	for (uint32_t i = 0; i < f.tried; i++) {
		uint32_t first = (uint32_t)((uint64_t)i * c->n / f.tried);
		uint32_t end = (uint32_t)((uint64_t)(i + 1) * c->n / f.tried);
		struct trial t = try_point(c, first + (end - first) / 2, budget / f.tried, shorter, ctx);

		for (uint32_t k = first; k < end; k++) /* it stands for its neighbours */
			sum += t.seconds * c->point[k].sc->general.replications;
		longest = MAX(longest, t.longest);
		f.share = MIN(f.share, t.share);
	}
	for (uint32_t k = 0; k < c->n; k++)
		f.runs += c->point[k].sc->general.replications;
	f.seconds = MAX(sum / f.threads, longest);
	f.spent = cpu_seconds() - begun;
	return f;
}
