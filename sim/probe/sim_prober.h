/* SPDX-License-Identifier: BSD-2-Clause */
/* The simulated prober's own: private to prober_sim.c, sim_send.c (what is sent) and sim_take.c (what arrives). */
#ifndef NAP_PROBE_SIM_PROBER_H
#define NAP_PROBE_SIM_PROBER_H

#include "net/fragment.h"
#include "probe/sim_flows.h"
#include "probe/sim_path.h"

struct nap_sim_prober {
	struct nap_prober head;
	struct nap_sim_path *path;
	struct nap_sim_flows flows;
	struct nap_tcp_config tcp; /* of both ends: the scenario's */
	GArray *events;            /* of struct nap_probe_event, from first_event on */
	uint32_t first_event;
	struct nap_reassembly *host[2]; /* by enum nap_end */
	uint16_t next_ip_id;
	GArray *timed;                         /* of nap_flow: flows that may retransmit */
	const struct nap_sim_arrival *arrival; /* being taken, for the reports of TCP */
};

/* Tell discovery. */
static inline void nap_sim_report(struct nap_sim_prober *s, const struct nap_probe_event *ev)
{
	g_array_append_vals(s->events, ev, 1);
}

#endif
