/* SPDX-License-Identifier: BSD-2-Clause */
/* A flow of the simulated prober and the TCP of its two ends: private to the simulated prober. */
#ifndef NAP_PROBE_SIM_FLOW_H
#define NAP_PROBE_SIM_FLOW_H

#include "probe/prober.h"

#define NAP_SIM_UNACKED 8
#define NAP_SIM_RTO     (300 * NAP_MS) /* first retransmission of data */

/* A segment that may have to be sent again. */
struct nap_sim_segment {
	uint32_t seq, len, tag;
	uint8_t flags;
};

enum nap_sim_tcp_state { NAP_SIM_CLOSED, NAP_SIM_SYN_SENT, NAP_SIM_SYN_RECEIVED, NAP_SIM_OPEN, NAP_SIM_DEAD };

/* One end of a TCP flow. Raw flows use next, expected and last alone. */
struct nap_sim_tcp {
	enum nap_sim_tcp_state state;
	uint32_t next, expected;     /* sequence number to send next, and to come next */
	bool synchronised;           /* expected is known */
	struct nap_sim_segment last; /* raw: what `again` repeats */
	struct nap_sim_segment unacked[NAP_SIM_UNACKED];
	uint32_t n_unacked, tries;
	nap_time retransmit; /* NAP_NEVER when nothing is outstanding */
};

struct nap_sim_flow {
	bool open;
	struct nap_flow_spec spec;
	struct nap_endpoint local;
	struct nap_endpoint mapped[NAP_SERVER_PLACES]; /* as the server saw it; port 0: never */
	struct nap_packet at_server,
		at_client; /* the last packet each end received, for ICMP errors to quote */
	bool seen_by_server, seen_by_client;
	struct nap_sim_tcp tcp[2]; /* by enum nap_end */
	nap_time sent, received;
	nap_flow next_same; /* another flow with the same local endpoint */
};

/* What the TCP of a flow asks its prober to do. */
struct nap_sim_tcp_io {
	void *ctx;
	nap_time now;
	/* Send a segment of this end. */
	void (*transmit)(void *ctx, enum nap_end from, const struct nap_sim_segment *s, uint32_t ack);
	/* Report to the strategy. */
	void (*report)(void *ctx, enum nap_end end, enum nap_got what, uint32_t tag);
};

/* An application's orders. False when the state does not allow them or too much is outstanding. */
bool nap_sim_tcp_connect(struct nap_sim_flow *f, uint32_t tag, const struct nap_sim_tcp_io *io);
bool nap_sim_tcp_write(struct nap_sim_flow *f, enum nap_end from, uint8_t flags, uint32_t len, uint32_t tag,
	const struct nap_sim_tcp_io *io);

/* A segment reached an end. */
void nap_sim_tcp_input(struct nap_sim_flow *f, enum nap_end end, const struct nap_packet *p,
	const struct nap_sim_tcp_io *io);

/* Take the retransmissions due at io->now. */
void nap_sim_tcp_timer(struct nap_sim_flow *f, const struct nap_sim_tcp_io *io);

/* The next retransmission of either end, NAP_NEVER when none. */
nap_time nap_sim_tcp_deadline(const struct nap_sim_flow *f);

#endif
