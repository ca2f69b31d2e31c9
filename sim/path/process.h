/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happens to a path in time whatever its packets do: outages of the access network, restarts of boxes, errors of
 * routers, other traffic. Each is a process with a stream of its own, named here, so that every command meets the same.
 */
#ifndef NAP_PATH_PROCESS_H
#define NAP_PATH_PROCESS_H

#include "path/chain.h"

/* When the next event is due, and where the process stands. Plain. */
struct nap_process {
	nap_time next;
	struct nap_arrivals_state state;
	struct nap_rng rng;
};

enum nap_process_kind {
	NAP_PROCESS_OUTAGES,
	NAP_PROCESS_MOVES, /* their stream alone is used */
	NAP_PROCESS_ICMP,
	NAP_PROCESS_BACKGROUND,
	NAP_PROCESS_REBOOTS,                                       /* of hop 0; the other hops' follow it */
	NAP_PROCESS_RESTARTS = NAP_PROCESS_REBOOTS + NAP_HOPS_MAX, /* of the server: the same for all */
	NAP_PROCESS_REQUESTS,                                      /* of the client's application */
	NAP_PROCESS_READDRESSES, /* as of restarts of boxes: of hop 0, and then of the others */
	NAP_PROCESS_CHANGES = NAP_PROCESS_READDRESSES + NAP_HOPS_MAX, /* likewise */
};

/* What befalls a middlebox: its next event, and how often it came so far. */
struct nap_hop_process {
	struct nap_process process;
	uint32_t times;
};

/* The stream of subscriber id's process of a kind (hop's, for what befalls boxes: a shared one's is nobody's) in a replication. */
struct nap_rng nap_process_stream(const struct nap_chain_plan *plan, uint32_t replication, uint32_t id,
	enum nap_process_kind kind, uint32_t hop);

void nap_process_begin(struct nap_process *p, const struct nap_arrivals *a, const struct nap_chain_plan *plan,
	uint32_t replication, uint32_t id, enum nap_process_kind kind, uint32_t hop);

/* Its event has been taken: on to the next. */
void nap_process_advance(struct nap_process *p, const struct nap_arrivals *a);

/* The same two for what befalls the box of a hop; taking it does to the box what the event is (NULL: others have seen to it). */
void nap_hop_process_begin(struct nap_hop_process *p, const struct nap_chain_plan *plan, uint32_t replication,
	uint32_t id, uint32_t hop, enum nap_hop_event event);
void nap_hop_process_take(struct nap_hop_process *p, const struct nap_chain_plan *plan, uint32_t hop,
	enum nap_hop_event event, struct nap_box *box);

/* An outage that begins at p->next, and lasts so long: returns its end. Those that would begin meanwhile are part of it. */
nap_time nap_process_outage(
	struct nap_process *p, const struct nap_arrivals *a, const struct nap_dist *length);

#endif
