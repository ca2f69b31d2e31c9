/* SPDX-License-Identifier: BSD-2-Clause */
/* What happened, as integers that add up: one tally for any number of subscribers. */
#ifndef NAP_PATH_TALLY_H
#define NAP_PATH_TALLY_H

#include <stdint.h>

#include "peer/agent.h"
#include "radio/meter.h"

/* All uint64_t: a tally is also an array of words, which is how whole cycles are multiplied (path/cycle.c). */
struct nap_tally {
	uint64_t packet_ends;              /* packets that arrived, were dropped or lost: each counts once */
	uint64_t packets_up, packets_down; /* over the radio */
	uint64_t bytes_up, bytes_down;     /* with IP and transport headers */
	uint64_t background_bytes;         /* of the device's other applications */
	uint64_t packets_lost;             /* on links and in outages, not by middleboxes */
	uint64_t keepalives, tcp_probes;   /* of the client's policy; of its socket's option */
	uint64_t pushes_offered, pushes_delivered;
	/* of the clients' own: made, answered (or, without answers, arrived), given up, whose flow was dead already */
	uint64_t requests, requests_done, requests_failed, requests_dead;
	uint64_t pool_waits;       /* requests for which no connection of the pool was idle */
	uint64_t reachable_ns;     /* a push would have got through */
	uint64_t bindings_expired; /* times a live flow's way in lapsed by a middlebox timer */
	uint64_t bindings_evicted; /* times it was thrown out of a shared box to make room */
	uint64_t opened, reconnects;
	uint64_t dead_noticed,
		dead_ns; /* lost flows that clients noticed, and the time from the loss to that */
	uint64_t server_noticed, server_dead_ns; /* the same of servers */
	uint64_t outages, moves;
	uint64_t out_times, out_ns; /* times without coverage, and how long these were */
	uint64_t stirred;           /* anything that came from outside, but pushes */
	uint64_t boxes_packets;     /* packet decisions taken by middleboxes */
	uint64_t wakeups[NAP_CAUSES], awake_ns[NAP_CAUSES]; /* of the processor, where it costs anything */
	struct nap_agent_counts peer;                       /* of the client's end of a way to a peer */
};

#endif
