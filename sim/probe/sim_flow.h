/* SPDX-License-Identifier: BSD-2-Clause */
/* A flow of the simulated prober : private to the simulated prober. */
#ifndef NAP_PROBE_SIM_FLOW_H
#define NAP_PROBE_SIM_FLOW_H

#include "client/tcp.h"
#include "probe/prober.h"

/* One end of a raw TCP flow: which numbers its segments bear. */
struct nap_sim_raw {
	uint32_t next, expected; /* sequence number to send next, and to come next */
	uint32_t last;           /* what `again` repeats */
	bool synchronised;       /* expected is known */
};

/* What one end's TCP sent again. */
struct nap_sim_repeats {
	bool began;
	uint32_t next; /* began: the first sequence number never sent */
	uint32_t n;    /* packets */
};

struct nap_sim_flow {
	bool open;
	struct nap_flow_spec spec;
	struct nap_endpoint local;
	struct nap_endpoint mapped[NAP_SERVER_PLACES]; /* as the server saw it; port 0: never */
	struct nap_packet at_server,
		at_client; /* the last packet each end received, for ICMP errors to quote */
	bool seen_by_server, seen_by_client;
	struct nap_sim_raw raw[2]; /* by enum nap_end */
	struct nap_tcp *tcp[2];    /* of flows that are not raw: the ends' connections, once there are any */
	uint32_t fin_tag[2];       /* ... and the tag of the FIN that an end was told to send, 0: none */
	struct nap_sim_repeats repeats; /* ... what the client's sent again */
	uint32_t heard;                 /* ... and how many packets came to it */
	nap_time sent, received;
	bool by_ends; /* it can be found by both ends: its local one is or was another's, too */
	nap_flow next_local,
		next_ends; /* an earlier flow with the same local endpoint, and with the same server's, too */
};

#endif
