/* SPDX-License-Identifier: BSD-2-Clause */
#include "parallel/campaign.h"

#include <unistd.h>

#include <glib.h>

/* A replication in the making. */
struct task {
	uint32_t point, replication;
	uint32_t jobs; /* parts, or 1 in the global order */
	uint32_t left; /* jobs not yet finished */
	struct nap_part *part;
	struct nap_gather *gather;
};

struct crew {
	struct nap_campaign *c;
	GMutex lock;
	GCond finished; /* a job was, or a worker left */
	struct task *task;
	uint32_t tasks, next_task, next_job;
	uint64_t done, all;
	uint32_t working;
};

/* The global order has all subscribers in memory at once: is there so much? */
static bool fits_in_memory(const struct nap_plan *plan)
{
	double have = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);

	return !plan->global || have <= 0.0 || nap_plan_bytes(plan) < have;
}

bool nap_campaign_plan(struct nap_campaign *c, const char **why, uint32_t *point)
{
	for (uint32_t i = 0; i < c->n; i++) {
		struct nap_point *p = &c->point[i];

		if (!nap_plan_make(&p->plan, p->sc)) {
			*why = p->plan.why;
			*point = i;
			return false;
		}
		if (!fits_in_memory(&p->plan)) {
			nap_plan_blame(&p->plan, "scenario", "subscribers",
				"the global order keeps every subscriber in memory, and this machine has too "
				"little "
				"for so many");
			*why = p->plan.why;
			*point = i;
			return false;
		}
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

static bool stopped(const struct nap_campaign *c)
{
	return c->stop && *c->stop;
}

/* The next job, under the lock: which task and which part of it. */
static bool next_job(struct crew *crew, uint32_t *task, uint32_t *job)
{
	struct task *t;

	if (crew->next_task == crew->tasks || stopped(crew->c))
		return false;
	t = &crew->task[crew->next_task];
	*task = crew->next_task;
	*job = crew->next_job;
	if (!t->part) {
		const struct nap_plan *plan = &crew->c->point[t->point].plan;

		t->part = g_new(struct nap_part, nap_plan_parts(plan));
		t->gather = nap_gather_new(plan);
	}
	if (++crew->next_job == t->jobs) {
		crew->next_task++;
		crew->next_job = 0;
	}
	return true;
}

/* All parts are there: add them up. */
static void complete(struct crew *crew, struct task *t)
{
	struct nap_point *p = &crew->c->point[t->point];
	struct nap_replication *r = &p->replication[t->replication];

	nap_replication_sum(r, &p->plan, t->part, t->gather);
	p->done[t->replication] = !stopped(crew->c);
	if (p->done[t->replication]) {
		g_mutex_lock(&crew->lock);
		nap_each_merge(&p->each, &t->gather->each);
		g_mutex_unlock(&crew->lock);
	}
	if (p->done[t->replication] && nap_plan_batches(&p->plan) > 0) {
		p->n_batches = nap_plan_batches(&p->plan);
		p->batch = g_new(struct nap_replication, p->n_batches);
		for (uint32_t i = 0; i < p->n_batches; i++)
			nap_batch_sum(&p->batch[i], &p->plan, t->part, t->gather, i);
	}
	g_clear_pointer(&t->part, g_free);
	if (t->replication == 0 && p->gathered && p->done[0])
		*p->gathered = g_steal_pointer(&t->gather);
	g_clear_pointer(&t->gather, nap_gather_free);
}

static void do_job(struct crew *crew, struct nap_workspace *ws, struct task *t, uint32_t job)
{
	const struct nap_point *p = &crew->c->point[t->point];
	bool last;

	nap_run_job(ws, p->first + t->replication, job, t->replication == 0 ? p->observer : NULL, t->part);
	g_mutex_lock(&crew->lock);
	nap_workspace_gather(ws, t->gather);
	last = --t->left == 0;
	g_mutex_unlock(&crew->lock);
	if (last)
		complete(crew, t);
	g_mutex_lock(&crew->lock);
	crew->done++;
	g_cond_signal(&crew->finished);
	g_mutex_unlock(&crew->lock);
}

static gpointer work(gpointer data)
{
	struct crew *crew = data;
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

static void list_tasks(struct crew *crew)
{
	struct nap_campaign *c = crew->c;

	for (uint32_t i = 0; i < c->n; i++)
		crew->tasks += c->point[i].sc->general.replications;
	crew->task = g_new0(struct task, crew->tasks);
	for (uint32_t i = 0, k = 0; i < c->n; i++)
		for (uint32_t r = 0; r < c->point[i].sc->general.replications; r++, k++) {
			uint32_t jobs = nap_plan_jobs(&c->point[i].plan);

			crew->task[k] = (struct task){ i, r, jobs, jobs, NULL, NULL };
			crew->all += jobs;
		}
}

/* Wait for the workers, reporting progress ten times a second at most. */
static void attend(struct crew *crew)
{
	g_mutex_lock(&crew->lock);
	while (crew->working > 0) {
		uint64_t done;

		g_cond_wait_until(
			&crew->finished, &crew->lock, g_get_monotonic_time() + G_TIME_SPAN_SECOND / 10);
		done = crew->done;
		if (crew->c->progress) {
			g_mutex_unlock(&crew->lock);
			crew->c->progress(crew->c->progress_ctx, done, crew->all);
			g_mutex_lock(&crew->lock);
		}
	}
	g_mutex_unlock(&crew->lock);
}

bool nap_campaign_run(struct nap_campaign *c)
{
	struct crew crew = { .c = c };
	uint32_t threads = c->threads ? c->threads : g_get_num_processors();
	g_autofree GThread **thread = NULL;
	bool complete_all;

	g_mutex_init(&crew.lock);
	g_cond_init(&crew.finished);
	list_tasks(&crew);
	threads = (uint32_t)MIN(threads, crew.all);
	crew.working = threads;
	thread = g_new(GThread *, threads);
	for (uint32_t i = 0; i < threads; i++)
		thread[i] = g_thread_new("worker", work, &crew);
	attend(&crew);
	for (uint32_t i = 0; i < threads; i++)
		g_thread_join(thread[i]);
	complete_all = crew.done == crew.all && !stopped(c);
	for (uint32_t i = 0; i < crew.tasks; i++) {
		g_free(crew.task[i].part);
		nap_gather_free(crew.task[i].gather);
	}
	g_free(crew.task);
	g_mutex_clear(&crew.lock);
	g_cond_clear(&crew.finished);
	return complete_all;
}
