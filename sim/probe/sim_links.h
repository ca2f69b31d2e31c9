/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets on the links of a path, by when they arrive: those that arrive at one time in the order in which they were sent. */
#ifndef NAP_PROBE_SIM_LINKS_H
#define NAP_PROBE_SIM_LINKS_H

#include "net/packet.h"
#include "probe/prober.h"

struct nap_sim_packet {
	nap_time at, sent;
	nap_flow flow;
	uint32_t node; /* where it arrives, */
	uint8_t side;  /* and on which side (enum nap_side) */
	struct nap_packet packet;
};

struct nap_sim_links;

struct nap_sim_links *nap_sim_links_new(void);
void nap_sim_links_free(struct nap_sim_links *f);

/* When the next one arrives, NAP_NEVER when none is under way. */
nap_time nap_sim_links_next(const struct nap_sim_links *f);

/* One more, to be filled in before anything else is asked of f. */
struct nap_sim_packet *nap_sim_links_add(struct nap_sim_links *f, nap_time at);

/* Takes the next one off; there is one. */
void nap_sim_links_take(struct nap_sim_links *f, struct nap_sim_packet *out);

#endif
