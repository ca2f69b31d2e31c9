/* SPDX-License-Identifier: BSD-2-Clause */
/* What the ends of the simulated path send: by order, and by their TCP. */
#ifndef NAP_PROBE_SIM_SEND_H
#define NAP_PROBE_SIM_SEND_H

#include "probe/sim_prober.h"
#include "probe/sim_tcp.h"

/* As the prober's send. */
bool nap_sim_send(struct nap_sim_prober *s, nap_flow flow, const struct nap_sending *what);

/* Its flow's TCP. */
struct nap_sim_tcp_ctx {
	struct nap_sim_prober *s;
	nap_flow flow;
};

/* What the TCP of a flow needs; c must outlive it. The flow's retransmissions are looked after from now on. */
struct nap_sim_tcp_io nap_sim_tcp_io_of(struct nap_sim_tcp_ctx *c);

#endif
