/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Running a scenario: subscribers in parts of fixed size, each part a unit of
 * work without shared state. A part's result does not depend on which thread
 * made it, and parts are added up in order: bit-identical for any number of
 * threads.
 */
#ifndef NAP_RUN_RUN_H
#define NAP_RUN_RUN_H

#include "path/subscriber.h"
#include "run/each.h"
#include "run/scenario.h"
#include "stats/occupancy.h"
#include "stats/sketch.h"

/* How a scenario will be run; plain, made once by nap_plan_make. */
struct nap_plan {
	const struct nap_scenario *sc;
	uint32_t part_size, parts; /* subscribers per part, and how many parts */
	uint32_t kinds;            /* of subscribers; 0: all alike */
	struct nap_chain_plan chain;
	bool global; /* one queue over all: a part cannot be run alone */
	const char *coupled_by,
		*coupled_how; /* the middlebox through which subscribers touch one another, and how; or NULL */
	char group[64];       /* when nap_plan_make says no: the group and key to blame, */
	const char *key;
	char why[256]; /* and what cannot be run, "[group] key: reason" */
};

/* Sums over subscribers of one middlebox. */
struct nap_box_sums {
	uint64_t created, expired, evicted, closed, refused, refused_ports, dropped, packets;
	uint64_t session_ns; /* of private boxes */
	uint64_t peak, ports_peak, blocks_peak,
		log_records; /* sums of each private box'; a shared box' own */
};

/* What a part of the subscribers did. */
struct nap_part {
	uint32_t subscribers;
	struct nap_tally tally;
	struct nap_meter meter[NAP_NETS_MAX]; /* one per network: technologies differ */
	struct nap_box_sums box[NAP_HOPS_MAX];
};

/* Sums as doubles (exact below 2^53), ready for metrics. */
struct nap_replication {
	double subscribers;
	double tally[sizeof(struct nap_tally) / sizeof(uint64_t)]; /* in the order of struct nap_tally */
	struct nap_energy energy;
	double battery_percent, battery_life_h, current_ma,
		mah_per_day; /* summed over subscribers, each at its kind's mean power; NAN: one has none */
	double promotions, connected_ns, radio_events, pages, signalling;
	double packets, keepalive_packets; /* over the radio */
	double sleeps, asleep_ns;          /* where the network cannot reach the device */
	double box[NAP_HOPS_MAX][sizeof(struct nap_box_sums) / sizeof(uint64_t)];
	double shared_peak[NAP_HOPS_MAX], shared_ports[NAP_HOPS_MAX],
		shared_blocks[NAP_HOPS_MAX]; /* of a shared box, from occupancy; NAN for private ones */
	double push_delay_ns[3];             /* quantiles 0.5, 0.95, 0.99; NAN when nothing was delivered */
	double request_delay_ns[3];          /* the same of the clients' own requests */
	double each[NAP_EACH_N]
		   [NAP_QUANTILES]; /* over subscribers, in the metrics' units; NAN where nobody has it */
	double within[NAP_BOUNDS_MAX], within_all; /* subscribers that keep to each bound, and to them all */
};

/* Read one field of a replication's tally or box sums by its member name. */
#define NAP_TALLIED(r, field)    ((r)->tally[offsetof(struct nap_tally, field) / sizeof(uint64_t)])
#define NAP_BOXED(r, hop, field) ((r)->box[hop][offsetof(struct nap_box_sums, field) / sizeof(uint64_t)])

#define NAP_BATCHES 32 /* of time */

/* What one worker needs; made once, used for many parts. */
struct nap_workspace;

struct nap_load; /* load.h */

/* Results gathered from all parts of a replication; the caller keeps additions to it from overlapping. */
struct nap_gather {
	struct nap_each each;
	struct nap_part *batch; /* NAP_BATCHES of them, of time; NULL: no such were asked for */
	struct nap_sketch push_delay, request_delay;
	struct nap_occupancy *occupancy[NAP_HOPS_MAX]; /* of shared boxes, NULL for others */
	/* of shared boxes, whole seconds and the rest: as nanoseconds too much for 64 bits */
	uint64_t session_s[NAP_HOPS_MAX], session_ns[NAP_HOPS_MAX];
	struct nap_occupancy
		*ports[NAP_HOPS_MAX]; /* of external ports in use, one for each subscriber that uses it */
	struct nap_occupancy *blocks[NAP_HOPS_MAX]; /* of blocks of ports */
	struct nap_load *load;                      /* over time (load.h); NULL: nobody asked for it */
};

/*
 * Which order: one subscriber after another where it is proved that none can touch another through a shared box, else one queue
 * over all. False: plan->why tells what in the scenario cannot be run.
 */
bool nap_plan_make(struct nap_plan *plan, const struct nap_scenario *sc);

/* stop (or NULL): once it is non-zero, runs end early and what they return is not to be used. */
struct nap_workspace *nap_workspace_new(const struct nap_plan *plan, const volatile int *stop);
void nap_workspace_free(struct nap_workspace *ws);

/* Subscribers of a part. */
static inline uint32_t nap_plan_in_part(const struct nap_plan *plan, uint32_t part)
{
	uint32_t left = plan->sc->general.subscribers - part * plan->part_size;

	return left < plan->part_size ? left : plan->part_size;
}

/* Elements of an array of parts: each kind has parts of its own, one kind's behind another's. */
static inline uint32_t nap_plan_parts(const struct nap_plan *plan)
{
	return plan->parts * (plan->kinds ? plan->kinds : 1);
}

/* The plan of one kind alone: its scenario and its boxes, all else the same. */
void nap_plan_of_kind(const struct nap_plan *plan, uint32_t kind, struct nap_plan *own);

/* Bytes that the global order needs at least, all subscribers being in memory at once. */
double nap_plan_bytes(const struct nap_plan *plan);

/* A caller's own reason why the plan cannot be run, as nap_plan_make leaves its own. Returns false. */
bool nap_plan_blame(struct nap_plan *plan, const char *group, const char *key, const char *why);

/* Jobs of a replication, which any workspaces may share out: its parts, or one for all in the global order. */
static inline uint32_t nap_plan_jobs(const struct nap_plan *plan)
{
	return plan->global ? 1 : plan->parts;
}

/* From now on runs gather load over time, or no more. Nothing else of them changes by it. */
void nap_workspace_ask_load(struct nap_workspace *ws, bool wanted);

/* Run one of them, in the plan's order, into parts (nap_plan_parts of them); observer (or NULL) watches subscriber 0. */
void nap_run_job(struct nap_workspace *ws, uint32_t replication, uint32_t job,
	const struct nap_observer *observer, struct nap_part *parts);

/* Add what the workspace has gathered since the last call to g. */
void nap_workspace_gather(struct nap_workspace *ws, struct nap_gather *g);

/* What all workspaces of a plan have gathered; free with nap_gather_free, which accepts NULL. */
struct nap_gather *nap_gather_new(const struct nap_plan *plan);
void nap_gather_free(struct nap_gather *g);

/* Bytes that one takes, spreads over subscribers apart. */
uint64_t nap_gather_bytes(const struct nap_plan *plan);

/* The replication from its parts, in order, and what was gathered. */
void nap_replication_sum(struct nap_replication *r, const struct nap_plan *plan, const struct nap_part *parts,
	const struct nap_gather *g);

/*
 * How many batches there are whose spread tells how sure the means of a single replication are: its parts, where nothing joins them
 * (nap_scenario_joins), or, of one subscriber for a day or more, so many stretches of time; 0: none.
 */
uint32_t nap_plan_batches(const struct nap_plan *plan);

/* One of them as a replication of its own: what is not told of it, delays and quantiles, is NAN. */
void nap_batch_sum(struct nap_replication *r, const struct nap_plan *plan, const struct nap_part *parts,
	const struct nap_gather *g, uint32_t batch);

#endif
