/* SPDX-License-Identifier: BSD-2-Clause */
/* Group [path], and a hop's share of [middlebox NAME], as plain data. */
#ifndef NAP_PATH_PATH_CONFIG_H
#define NAP_PATH_PATH_CONFIG_H

#include "kernel/arrivals.h"
#include "kernel/dist.h"
#include "kernel/param.h"

/* Group [path]: the access link between the client and the first middlebox. */
struct nap_path_config {
	const char *const *middleboxes; /* names, from the client outwards */
	struct nap_dist delay;          /* one way, ns */
	double loss;                    /* share of packets lost, each way */
	double loss_burst;              /* mean length of a burst of losses, packets; 1: independent */
	struct nap_arrivals outages;    /* radio outages: nothing passes, either way */
	struct nap_dist outage_length;  /* ns */
	bool outage_keeps_address;      /* does the client come back with the same address? */
	uint32_t outage_icmp;           /* what the network's router tells the server meanwhile; 0: nothing, else code + 1 of type 3 */
	struct nap_arrivals moves;      /* from the home network to the other, and back */
	struct nap_arrivals reboots;    /* of all middleboxes on the path */
};

/* On which of a client's two networks a middlebox is. */
enum nap_hop_network { NAP_HOP_BOTH, NAP_HOP_HOME, NAP_HOP_AWAY };

/* What lies between a middlebox and the next hop outwards. */
struct nap_hop_config {
	struct nap_dist delay; /* one way, ns */
	double loss;
	uint32_t network; /* enum nap_hop_network */
};

extern const struct nap_param nap_path_params[], nap_hop_params[];

#endif
