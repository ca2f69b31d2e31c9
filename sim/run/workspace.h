/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside run/: a worker's boxes, line and gathered statistics, shared by the two orders. */
#ifndef NAP_RUN_WORKSPACE_H
#define NAP_RUN_WORKSPACE_H

#include "path/cycle.h"
#include "run/run.h"

#define NAP_OCCUPANCY_BINS 32768 /* resolution of a shared box' peak: 2.6 s in a day */

/* One box a hop, from the client outwards. */
struct nap_chain {
	struct nap_box *box[NAP_HOPS_MAX];
};

struct crowd; /* the global order, see global.c */

struct nap_workspace {
	const struct nap_plan *plan;
	struct nap_line line;
	struct nap_chain chain;     /* one of each box: all that the subscriber order needs */
	struct nap_subscriber *sub; /* the one that is run */
	struct nap_sketch push_delay;
	struct nap_occupancy *occupancy[NAP_HOPS_MAX], *held[NAP_HOPS_MAX], *ports[NAP_HOPS_MAX],
		*blocks[NAP_HOPS_MAX];
	struct nap_cycles cycles;
	const volatile int *stop;
	bool cut_short;
	struct nap_part *part; /* the subscriber order's current one */
	struct nap_hop_watch {
		struct nap_workspace *ws;
		uint32_t hop;
		struct crowd *crowd; /* the global order's, told of evictions */
	} watch[NAP_HOPS_MAX];
};

/* Has the run been told to stop? */
static inline bool nap_workspace_stopped(struct nap_workspace *ws)
{
	if (ws->stop && *ws->stop)
		ws->cut_short = true;
	return ws->cut_short;
}

/* Is hop's box one for all subscribers? */
bool nap_hop_shared(const struct nap_scenario *sc, uint32_t hop);

/* Give the line its replication and observer. */
void nap_workspace_begin(struct nap_workspace *ws, uint32_t replication, const struct nap_observer *observer);

/* Have the meters of all networks watched, or not. */
void nap_workspace_observe(struct nap_meter *meter, const struct nap_observer *observer);

/* A box of hop for subscriber id (or the shared one), new. */
struct nap_box *nap_workspace_box(struct nap_workspace *ws, uint32_t hop, uint32_t id, size_t expected);

/* The stream of hop's box; of subscriber id's own or, for a shared box in the global order, of all. */
struct nap_rng nap_workspace_ports(const struct nap_workspace *ws, uint32_t hop, uint32_t id);

/* The address that subscriber id's device has. */
nap_addr nap_workspace_self(const struct nap_scenario *sc, uint32_t id);

/* The address that subscriber 0 shows to the first shared box; the others' follow. */
nap_addr nap_workspace_first(const struct nap_scenario *sc);

/* Give hop's box the external address that subscriber id's own NAT has there. */
void nap_workspace_readdress(const struct nap_scenario *sc, struct nap_box *box, uint32_t hop, uint32_t id);

/* Told by a watched box in the global order. */
void nap_crowd_evicted(struct crowd *c, struct nap_endpoint inside);

/* The part of the subscriber who has that address at a shared box. */
struct nap_part *nap_crowd_part(struct crowd *c, nap_addr inside);

/* Have the ends of a shared hop's sessions counted in its occupancy. */
void nap_workspace_watch(struct nap_workspace *ws, struct nap_box *box, uint32_t hop);

/* Add the totals of hop's box, at the end of the run, to part. */
void nap_workspace_count_box(
	struct nap_workspace *ws, struct nap_box *box, uint32_t hop, struct nap_part *part);

#endif
