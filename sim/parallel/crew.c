/* SPDX-License-Identifier: BSD-2-Clause */
#include "parallel/crew.h"

#include <glib.h>

#include "parallel/journal.h"
#include "parallel/parcel.h"

#define ROUND_BYTES (UINT64_C(512) << 20) /* of parts and what was gathered, kept until all have shared */
/* With a journal several ranks share some of what they do in between, for it to be kept: so often, but so many a rank at least. */
#define JOURNAL_ROUNDS 50
#define JOURNAL_LEAST  4

static const struct nap_plan *plan_of(const struct nap_crew *crew, const struct nap_task *t)
{
	return &crew->c->point[t->point].plan;
}

void nap_task_begin(struct nap_task *t, const struct nap_plan *plan)
{
	if (t->part)
		return;
	t->part = g_new(struct nap_part, nap_plan_parts(plan));
	t->gather = nap_gather_new(plan);
}

void nap_task_clear(struct nap_task *t)
{
	g_clear_pointer(&t->part, g_free);
	g_clear_pointer(&t->gather, nap_gather_free);
}

void nap_task_complete(struct nap_crew *crew, struct nap_task *t)
{
	struct nap_point *p = &crew->c->point[t->point];

	t->complete = p->done[t->replication] = t->whole == t->jobs;
	if (t->complete) {
		nap_replication_sum(&p->replication[t->replication], &p->plan, t->part, t->gather);
		g_mutex_lock(&crew->lock);
		nap_each_merge(&p->each, &t->gather->each);
		g_mutex_unlock(&crew->lock);
	}
	if (t->complete && nap_plan_batches(&p->plan) > 0) {
		p->n_batches = nap_plan_batches(&p->plan);
		p->batch = g_new(struct nap_replication, p->n_batches);
		for (uint32_t i = 0; i < p->n_batches; i++)
			nap_batch_sum(&p->batch[i], &p->plan, t->part, t->gather, i);
	}
	if (t->complete && crew->c->journal)
		nap_journal_keep(crew->c->journal, crew->c, t->point, t->replication, &t->gather->each);
	if (t->complete && t->replication == 0 && p->gathered)
		*p->gathered = g_steal_pointer(&t->gather);
	nap_task_clear(t);
}

/* ---- over ranks --------------------------------------------------------------------------------------------------- */

static uint64_t bytes_of(const struct nap_plan *plan)
{
	return nap_plan_parts(plan) * sizeof(struct nap_part) + nap_gather_bytes(plan);
}

uint32_t nap_crew_round(const struct nap_crew *crew)
{
	uint32_t end = crew->end;
	uint64_t bytes = 0;
	uint32_t most = crew->c->journal ? MAX(crew->tasks / JOURNAL_ROUNDS, JOURNAL_LEAST * crew->ranks.n)
					 : crew->tasks;

	if (crew->ranks.n == 1)
		return crew->tasks;
	while (end < crew->tasks && end - crew->end < most && (end == crew->end || bytes < ROUND_BYTES))
		bytes += bytes_of(plan_of(crew, &crew->task[end++]));
	return end;
}

/* The parts that a job fills: one a kind of subscribers, or all in the global order. */
static uint32_t parts_of_job(const struct nap_plan *plan)
{
	return plan->global ? nap_plan_parts(plan) : nap_plan_parts(plan) / plan->parts;
}

static struct nap_part *part_of_job(
	const struct nap_plan *plan, struct nap_part *parts, uint32_t job, uint32_t i)
{
	return &parts[plan->global ? i : i * plan->parts + job];
}

static void pack(struct nap_parcel *parcel, const struct nap_crew *crew, uint32_t number, uint64_t first)
{
	const struct nap_task *t = &crew->task[number];
	const struct nap_plan *plan = plan_of(crew, t);

	nap_parcel_put_number(parcel, number);
	nap_parcel_put_number(parcel, t->mine);
	for (uint32_t job = 0; job < t->jobs; job++) {
		if ((first + job) % crew->ranks.n != crew->ranks.rank)
			continue;
		nap_parcel_put_number(parcel, job);
		for (uint32_t i = 0; i < parts_of_job(plan); i++)
			nap_parcel_put_part(parcel, part_of_job(plan, t->part, job, i));
	}
	nap_parcel_put_gather(parcel, t->gather);
}

static void unpack(struct nap_parcel *parcel, struct nap_crew *crew)
{
	uint64_t number = nap_parcel_take_number(parcel), jobs = nap_parcel_take_number(parcel);
	struct nap_task *t;
	const struct nap_plan *plan;

	if (number >= crew->tasks)
		g_error("a rank sent what no rank has to do");
	t = &crew->task[number];
	plan = plan_of(crew, t);
	nap_task_begin(t, plan);
	for (uint64_t n = 0; n < jobs; n++) {
		uint64_t job = nap_parcel_take_number(parcel);

		if (job >= t->jobs)
			g_error("a rank sent a job that there is not");
		for (uint32_t i = 0; i < parts_of_job(plan); i++)
			nap_parcel_take_part(parcel, part_of_job(plan, t->part, (uint32_t)job, i));
	}
	nap_parcel_take_gather(parcel, t->gather, plan);
	if (parcel->broken)
		g_error("a rank sent less than it said, or what cannot be");
	t->whole += (uint32_t)jobs;
}

/* The number, over all tasks, of the first job of task begin. */
static uint64_t first_job(const struct nap_crew *crew, uint32_t begin)
{
	uint64_t number = 0;

	for (uint32_t i = 0; i < begin; i++)
		number += crew->task[i].jobs;
	return number;
}

/* What this rank did of the tasks, those left out of which a job was cut short; then nothing of them is kept. */
static GByteArray *pack_all(struct nap_crew *crew, uint32_t begin, bool stopped)
{
	struct nap_parcel parcel = { .bytes = g_byte_array_new() };
	uint64_t first = first_job(crew, begin);

	nap_parcel_put_number(&parcel, stopped);
	for (uint32_t i = begin; i < crew->end; first += crew->task[i++].jobs) {
		struct nap_task *t = &crew->task[i];

		if (t->mine > 0 && t->whole == t->mine)
			pack(&parcel, crew, i, first);
		t->whole = 0;
		nap_task_clear(t);
	}
	return parcel.bytes;
}

void nap_crew_share(struct nap_crew *crew, uint32_t begin, bool stopped)
{
	GByteArray *mine = pack_all(crew, begin, stopped);
	g_autoptr(GPtrArray) all = nap_ranks_share(mine);

	g_byte_array_unref(mine);
	for (guint i = 0; i < all->len; i++) {
		struct nap_parcel parcel = nap_parcel_of(all->pdata[i]);

		crew->halted |= nap_parcel_take_number(&parcel) != 0;
		while (nap_parcel_has_more(&parcel))
			unpack(&parcel, crew);
	}
	for (uint32_t i = begin; i < crew->end; i++)
		nap_task_complete(crew, &crew->task[i]);
}
