/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside run/: a worker's boxes, line and gathered statistics, shared by the two orders. */
#ifndef NAP_RUN_WORKSPACE_H
#define NAP_RUN_WORKSPACE_H

#include "path/cycle.h"
#include "radio/price.h"
#include "run/account.h"
#include "run/load.h"
#include "run/run.h"

#define NAP_OCCUPANCY_BINS 32768 /* resolution of a shared box' peak: 2.6 s in a day */

struct nap_batches; /* batches.h */
struct nap_warm;    /* warm.h */
struct population;  /* the global order, see global.c */

struct nap_workspace {
	const struct nap_plan *plan;
	struct nap_line line;
	struct nap_box *box[NAP_HOPS_MAX]; /* one of each: all that the subscriber order needs */
	struct nap_subscriber *sub;        /* the one that is run */
	struct nap_meter peer_meter;       /* of peers, of whom nothing is counted */
	struct nap_tally peer_tally;
	struct nap_sketch push_delay, request_delay;
	struct nap_occupancy *occupancy[NAP_HOPS_MAX], *ports[NAP_HOPS_MAX], *blocks[NAP_HOPS_MAX];
	uint64_t session_s[NAP_HOPS_MAX],
		session_ns[NAP_HOPS_MAX]; /* of shared boxes, as in struct nap_gather */
	struct nap_cycles cycles;
	struct nap_prices prices[NAP_NETS_MAX];
	int64_t wake_price, awake_price;    /* of the processor: of a wake-up, of a nanosecond awake */
	struct nap_bill bill[NAP_NETS_MAX]; /* of the subscriber that is charged, in the global order ... */
	struct nap_wide billed;             /* ... and their sum */
	struct nap_charged charged;         /* of the part that is run, in the subscriber order */
	uint64_t delay_charged;             /* of push_delay's sum */
	struct nap_each each;
	struct nap_warm *warm;             /* where there is a warm-up; else NULL */
	struct nap_batches *batches;       /* of a single run of one subscriber; else NULL */
	struct nap_load *load;             /* asked for; one for all kinds. NULL: not */
	struct nap_load_reading load_read; /* of the subscriber that is run, in the subscriber order */
	struct nap_workspace *
		*kind;        /* plan->kinds of them, which do the work where subscribers differ; else NULL */
	struct nap_plan *own; /* of one of those: its plan */
	const uint16_t
		*kind_of; /* of each subscriber of the part that is run: those of another kind than ... */
	uint16_t number;  /* ... this are passed over; kind_of NULL: none is */
	const volatile int *stop;
	bool cut_short;
	struct nap_hop_watch {
		struct nap_workspace *ws;
		uint32_t hop;
		struct population *population; /* the global order's, told of evictions */
	} watch[NAP_HOPS_MAX];
};

/* Has the run been told to stop? */
static inline bool nap_workspace_stopped(struct nap_workspace *ws)
{
	if (ws->stop && *ws->stop)
		ws->cut_short = true;
	return ws->cut_short;
}

/* Give the line its replication and observer. */
void nap_workspace_begin(struct nap_workspace *ws, uint32_t replication, const struct nap_observer *observer);

/* Nothing has befallen a shared box yet. */
void nap_workspace_befall(struct nap_workspace *ws);

/* Have the meters of all networks watched, or not. */
void nap_workspace_observe(struct nap_meter *meter, const struct nap_observer *observer);

/* Told by a watched box in the global order: a session was thrown out to make room. */
void nap_population_evicted(struct population *c, uint32_t hop, const struct nap_box_flow *whose);

/* The global order: all parts (out: nap_plan_parts of them) in one queue in time order. */
void nap_run_global(struct nap_workspace *ws, uint32_t replication, const struct nap_observer *observer,
	struct nap_part *out);

/* Have the ends of a shared hop's sessions counted in its occupancy. */
void nap_workspace_watch(struct nap_workspace *ws, struct nap_box *box, uint32_t hop);

/* Add the totals of hop's box, at the end of the run, to part. */
void nap_workspace_count_box(
	struct nap_workspace *ws, struct nap_box *box, uint32_t hop, struct nap_part *part);

#endif
