/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside parallel/: the replications of a campaign, shared out over threads and ranks, and put together again. */
#ifndef NAP_PARALLEL_CREW_H
#define NAP_PARALLEL_CREW_H

#include "parallel/campaign.h"
#include "parallel/ranks.h"

/* A replication in the making. */
struct nap_task {
	uint32_t point, replication;
	uint32_t jobs;  /* parts, or 1 in the global order */
	uint32_t mine;  /* of these, this rank's */
	uint32_t left;  /* of its own, not yet finished */
	uint32_t whole; /* jobs that were not cut short; all ranks' once they have shared */
	bool complete;
	struct nap_part *part;
	struct nap_gather *gather;
};

struct nap_crew {
	struct nap_campaign *c;
	struct nap_ranks ranks;
	GMutex lock;
	GCond finished; /* a job was, or a worker left */
	struct nap_task *task;
	uint32_t tasks, end;          /* in all; of those that are worked on now */
	uint32_t next_task, next_job; /* whose number, counted over all tasks, says which rank's it is */
	uint64_t number;
	uint64_t done, all; /* jobs of this rank */
	uint32_t working;
	bool halted; /* some rank was told to stop */
};

/* Room for the task's parts, and for what is gathered, where there is none yet. */
void nap_task_begin(struct nap_task *t, const struct nap_plan *plan);
void nap_task_clear(struct nap_task *t);

/* All its jobs are finished: put the replication together, if none was cut short. */
void nap_task_complete(struct nap_crew *crew, struct nap_task *t);

/* The end of the tasks that come next: all, of one rank; of several as many as memory takes until they
 * have shared them, and as a journal may lose. */
uint32_t nap_crew_round(const struct nap_crew *crew);

/* Tasks begin to crew->end: each rank gives what it has done, and puts together what all have. stopped: it was told to stop. */
void nap_crew_share(struct nap_crew *crew, uint32_t begin, bool stopped);

#endif
