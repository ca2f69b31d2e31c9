/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside run/: one long run of one subscriber cut into batches of equal time, whose spread tells how sure its means are. The counts
 * are only read, and no cycle is stepped over from one batch into the next.
 */
#ifndef NAP_RUN_BATCHES_H
#define NAP_RUN_BATCHES_H

#include "run/run.h"

struct nap_batches {
	bool warming;           /* the warm-up is not over */
	uint32_t batch;         /* that is going on */
	struct nap_tally tally; /* up to here counts are given to batches */
	struct nap_meter meter[NAP_NETS_MAX];
	struct nap_part part[NAP_BATCHES];
};

struct nap_workspace;

/* Is it one subscriber in one replication of a day or more? */
bool nap_batches_wanted(const struct nap_plan *plan);

/* All events of the subscriber, as in the loop of the subscriber order, with readings; it is to be finished then. */
void nap_batches_run(struct nap_workspace *ws, struct nap_subscriber *s);

/* The last reading, of a subscriber that is finished. */
void nap_batches_end(struct nap_workspace *ws);

#endif
