/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside run/: what is counted up to the end of the warm-up does not count. The warm-up is run first, as a run of its own that ends
 * there; then the whole run, which begins with the same events, since they have the same random streams. All counts are whole
 * numbers that only grow, so the difference is what came after, exactly: in any order, cycles stepped over or not.
 */
#ifndef NAP_RUN_WARM_H
#define NAP_RUN_WARM_H

#include <glib.h>

#include "run/run.h"

/* Of one workspace: of all subscribers, or of one kind. */
struct nap_warm {
	bool going;      /* the warm-up is being run; else the whole run after it */
	GArray *account; /* struct nap_account of each subscriber at its end, in the order they were run */
	guint next;      /* whose is taken off next */
	struct nap_tally changes; /* by nap_warm_account, to be added to the part's tally */
	struct nap_part *part;    /* what the warm-up counted; of the workspace of all alone */
};

struct nap_workspace;

struct nap_warm *nap_warm_new(const struct nap_plan *plan);
void nap_warm_free(struct nap_warm *w); /* accepts NULL */

/*
 * A subscriber's account is closed: false in a warm-up, when it is only kept. Else what it was then is taken off. Pushes under way at
 * that moment count with what comes after, and whether they got through was judged by what was known then; where that makes more than
 * there can be, account and changes are set right. w may be NULL.
 */
bool nap_warm_account(
	struct nap_warm *w, struct nap_account *a, const struct nap_scenario *sc, struct nap_tally *changes);

/* nap_run_job where there is a warm-up; run is what runs a job to the line's duration. */
void nap_warm_run(struct nap_workspace *ws, uint32_t replication, uint32_t job,
	const struct nap_observer *observer, struct nap_part *parts,
	void (*run)(struct nap_workspace *ws, uint32_t replication, uint32_t job,
		const struct nap_observer *observer, struct nap_part *parts));

#endif
