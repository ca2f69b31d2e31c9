/* SPDX-License-Identifier: BSD-2-Clause */
/* The TCP of a flow's two ends, as hosts have it (client/tcp.h), driven by orders, segments and time. */
#ifndef NAP_PROBE_SIM_TCP_H
#define NAP_PROBE_SIM_TCP_H

#include "probe/sim_flow.h"

/* What the TCP of a flow needs of its prober. */
struct nap_sim_tcp_io {
	void *ctx;
	nap_time now;
	const struct nap_tcp_config *config;
	/* An end sends a packet. */
	void (*transmit)(void *ctx, enum nap_end from, const struct nap_packet *p);
	/* Report to the strategy. */
	void (*report)(void *ctx, enum nap_end end, enum nap_got what, uint32_t tag);
};

/* An application's orders. False when the state does not allow them or too much is outstanding. */
bool nap_sim_tcp_connect(struct nap_sim_flow *f, struct nap_endpoint server, const struct nap_sim_tcp_io *io);
bool nap_sim_tcp_write(struct nap_sim_flow *f, enum nap_end from, uint32_t len, uint32_t tag,
	const struct nap_sim_tcp_io *io);
bool nap_sim_tcp_shutdown(
	struct nap_sim_flow *f, enum nap_end from, uint32_t tag, const struct nap_sim_tcp_io *io);

/* A segment, or an ICMP error about one, reached an end. */
void nap_sim_tcp_input(struct nap_sim_flow *f, enum nap_end end, const struct nap_packet *p,
	const struct nap_sim_tcp_io *io);

/* Take what is due at io->now. */
void nap_sim_tcp_timer(struct nap_sim_flow *f, const struct nap_sim_tcp_io *io);

/* The next time-out of either end, NAP_NEVER when none. */
nap_time nap_sim_tcp_deadline(const struct nap_sim_flow *f);

#endif
