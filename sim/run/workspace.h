/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside run/: a worker's boxes, line and gathered statistics, shared by the two orders. */
#ifndef NAP_RUN_WORKSPACE_H
#define NAP_RUN_WORKSPACE_H

#include "path/cycle.h"
#include "run/run.h"

#define NAP_OCCUPANCY_BINS 65536 /* resolution of a shared box' peak: 1.3 s in a day */

/* One set of boxes, and the external addresses that population members' own NATs have. */
struct nap_chain {
	struct nap_box *box[NAP_HOPS_MAX];
	struct nap_chain_hop {
		struct nap_box_config config;
		nap_addr external;
	} *hop;
};

struct nap_workspace {
	const struct nap_plan *plan;
	struct nap_line line;
	struct nap_chain chain; /* one of each box: all that the subscriber order needs */
	struct nap_sketch push_delay;
	struct nap_occupancy *occupancy[NAP_HOPS_MAX], *held[NAP_HOPS_MAX];
	struct nap_cycles cycles;
	const volatile int *stop;
	bool cut_short;
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

/* A box of hop for subscriber id (or the shared one), new. */
struct nap_box *nap_workspace_box(struct nap_workspace *ws, struct nap_chain_hop *h, uint32_t hop, uint32_t id, size_t expected);

/* The stream of hop's box; of subscriber id's own or, for a shared box in the global order, of all. */
struct nap_rng nap_workspace_ports(const struct nap_workspace *ws, uint32_t hop, uint32_t id);

/* The address that subscriber id's device has. */
nap_addr nap_workspace_self(const struct nap_scenario *sc, uint32_t id);

/* Set h's external address to subscriber id's. */
void nap_workspace_readdress(const struct nap_scenario *sc, struct nap_chain_hop *h, uint32_t hop, uint32_t id);

/* Add the totals of hop's box, at the end of the run, to part. */
void nap_workspace_count_box(struct nap_workspace *ws, struct nap_box *box, uint32_t hop, struct nap_part *part);

#endif
