/* SPDX-License-Identifier: BSD-2-Clause */
#include "parallel/campaign.h"

#include <unistd.h>

#include <glib.h>

#include "parallel/crew.h"
#include "parallel/journal.h"

/* Bytes of memory that each rank on this machine has; 0: not known. */
static double memory(void)
{
	return (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE) / nap_ranks().here;
}

/* The global order has all subscribers in memory at once, the other one what each part of them did: is there so much? */
static bool fits_in_memory(const struct nap_plan *plan)
{
	double have = memory(), need = (double)nap_plan_parts(plan) * sizeof(struct nap_part);

	return have <= 0.0 || need + (plan->global ? nap_plan_bytes(plan) : 0.0) < have;
}

/* Of each replication something is kept to the end. */
static bool results_fit(const struct nap_campaign *c)
{
	double have = memory(), n = 0.0;

	for (uint32_t i = 0; i < c->n; i++)
		n += c->point[i].sc->general.replications;
	return have <= 0.0 || n * (sizeof(struct nap_replication) + sizeof(struct nap_task)) < have;
}

static bool plan_point(struct nap_point *p)
{
	if (!nap_plan_make(&p->plan, p->sc))
		return false;
	return fits_in_memory(&p->plan) ||
	       nap_plan_blame(&p->plan, "scenario", "subscribers",
		       p->plan.global
			       ? "the global order keeps every subscriber in memory, and this machine has "
				 "too little "
				 "for so many"
			       : "this machine has too little memory for what so many subscribers did");
}

bool nap_campaign_plan(struct nap_campaign *c, const char **why, uint32_t *point)
{
	bool ok;

	*point = 0;
	ok = results_fit(c) ||
	     nap_plan_blame(&c->point[0].plan, "scenario", "replications",
		     "so many, at all points of the sweep, are more than this machine's memory holds");

	for (uint32_t i = 0; ok && i < c->n; i++) {
		*point = i;
		ok = plan_point(&c->point[i]);
	}
	if (!ok) {
		*why = c->point[*point].plan.why;
		return false;
	}
	for (uint32_t i = 0; i < c->n; i++) {
		struct nap_point *p = &c->point[i];

		p->replication = g_new0(struct nap_replication, p->sc->general.replications);
		p->done = g_new0(bool, p->sc->general.replications);
	}
	return true;
}

void nap_campaign_clear(struct nap_campaign *c)
{
	for (uint32_t i = 0; i < c->n; i++) {
		g_clear_pointer(&c->point[i].replication, g_free);
		g_clear_pointer(&c->point[i].done, g_free);
		g_clear_pointer(&c->point[i].batch, g_free);
		c->point[i].n_batches = 0;
		nap_each_clear(&c->point[i].each);
	}
}

/* ---- work ----------------------------------------------------------------------------------------------------------- */

static bool stopped(const struct nap_campaign *c)
{
	return c->stop && *c->stop;
}

static const struct nap_plan *plan_of(const struct nap_crew *crew, const struct nap_task *t)
{
	return &crew->c->point[t->point].plan;
}

/* The next job of this rank, under the lock: which task and which part of it. */
static bool next_job(struct nap_crew *crew, uint32_t *task, uint32_t *job)
{
	while (crew->next_task < crew->end && !stopped(crew->c)) {
		struct nap_task *t = &crew->task[crew->next_task];
		bool mine = crew->number++ % crew->ranks.n == crew->ranks.rank;

		*task = crew->next_task;
		*job = crew->next_job;
		if (++crew->next_job == t->jobs) {
			crew->next_task++;
			crew->next_job = 0;
		}
		if (!mine)
			continue;
		nap_task_begin(t, plan_of(crew, t));
		return true;
	}
	return false;
}

static void do_job(struct nap_crew *crew, struct nap_workspace *ws, struct nap_task *t, uint32_t job)
{
	const struct nap_point *p = &crew->c->point[t->point];
	bool last;

	nap_workspace_ask_load(ws, t->replication == 0 && p->gathered);
	nap_run_job(ws, p->first + t->replication, job, t->replication == 0 ? p->observer : NULL, t->part);
	g_mutex_lock(&crew->lock);
	nap_workspace_gather(ws, t->gather);
	t->whole += !stopped(crew->c);
	last = --t->left == 0;
	g_mutex_unlock(&crew->lock);
	if (last && crew->ranks.n == 1)
		nap_task_complete(crew, t);
	g_mutex_lock(&crew->lock);
	crew->done++;
	g_cond_signal(&crew->finished);
	g_mutex_unlock(&crew->lock);
}

static gpointer work(gpointer data)
{
	struct nap_crew *crew = data;
	struct nap_workspace *ws = NULL;
	uint32_t task, job, point = UINT32_MAX;

	for (;;) {
		bool more;

		g_mutex_lock(&crew->lock);
		more = next_job(crew, &task, &job);
		g_mutex_unlock(&crew->lock);
		if (!more)
			break;
		if (crew->task[task].point != point) {
			point = crew->task[task].point;
			nap_workspace_free(ws);
			ws = nap_workspace_new(&crew->c->point[point].plan, crew->c->stop);
		}
		do_job(crew, ws, &crew->task[task], job);
	}
	nap_workspace_free(ws);
	g_mutex_lock(&crew->lock);
	crew->working--;
	g_cond_signal(&crew->finished);
	g_mutex_unlock(&crew->lock);
	return NULL;
}

/* All replications but those that a journal has. */
static void list_tasks(struct nap_crew *crew)
{
	struct nap_campaign *c = crew->c;
	uint64_t number = 0, room = 0;

	for (uint32_t i = 0; i < c->n; i++)
		room += c->point[i].sc->general.replications;
	crew->task = g_new0(struct nap_task, room);
	for (uint32_t i = 0; i < c->n; i++)
		for (uint32_t r = 0; r < c->point[i].sc->general.replications; r++) {
			uint32_t jobs = nap_plan_jobs(&c->point[i].plan), mine = 0;

			if (c->point[i].done[r])
				continue;
			for (uint32_t job = 0; job < jobs; job++)
				mine += number++ % crew->ranks.n == crew->ranks.rank;
			crew->task[crew->tasks++] = (struct nap_task){
				.point = i, .replication = r, .jobs = jobs, .mine = mine, .left = mine
			};
			crew->all += mine;
		}
}

/* Wait for the workers, reporting progress ten times a second at most. */
static void attend(struct nap_crew *crew)
{
	g_mutex_lock(&crew->lock);
	while (crew->working > 0) {
		uint64_t done;

		g_cond_wait_until(
			&crew->finished, &crew->lock, g_get_monotonic_time() + G_TIME_SPAN_SECOND / 10);
		done = crew->done;
		if (!crew->c->progress && !crew->c->journal)
			continue;
		g_mutex_unlock(&crew->lock);
		if (crew->c->progress)
			crew->c->progress(crew->c->progress_ctx, done, crew->all);
		if (crew->c->journal)
			nap_journal_write(crew->c->journal, false);
		g_mutex_lock(&crew->lock);
	}
	g_mutex_unlock(&crew->lock);
}

/* All tasks before crew->end, by so many threads, or fewer where the system gives no more: this one alone, if it must be. */
static void work_up(struct nap_crew *crew, uint32_t threads)
{
	g_autofree GThread **thread = g_new(GThread *, threads);
	uint32_t begun = 0;

	crew->working = threads;
	while (begun < threads && (thread[begun] = g_thread_try_new("worker", work, crew, NULL)))
		begun++;
	g_mutex_lock(&crew->lock);
	crew->working -= threads - begun;
	crew->working += begun == 0;
	g_mutex_unlock(&crew->lock);
	if (begun == 0)
		work(crew);
	attend(crew);
	for (uint32_t i = 0; i < begun; i++)
		g_thread_join(thread[i]);
}

bool nap_campaign_run(struct nap_campaign *c)
{
	struct nap_crew crew = { .c = c, .ranks = nap_ranks() };
	uint32_t threads = c->threads ? c->threads : MAX(g_get_num_processors() / crew.ranks.here, 1);
	uint32_t complete = 0;

	g_mutex_init(&crew.lock);
	g_cond_init(&crew.finished);
	list_tasks(&crew);
	threads = (uint32_t)CLAMP(crew.all, 1, threads);
	while (crew.end < crew.tasks && !crew.halted) {
		uint32_t begin = crew.end;

		crew.end = nap_crew_round(&crew);
		work_up(&crew, threads);
		if (crew.ranks.n > 1)
			nap_crew_share(&crew, begin, stopped(c));
		if (c->journal)
			nap_journal_write(c->journal, true);
		crew.halted |= stopped(c);
	}
	for (uint32_t i = 0; i < crew.tasks; i++) {
		complete += crew.task[i].complete;
		nap_task_clear(&crew.task[i]);
	}
	g_free(crew.task);
	g_mutex_clear(&crew.lock);
	g_cond_clear(&crew.finished);
	return complete == crew.tasks;
}
