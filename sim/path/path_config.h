/* SPDX-License-Identifier: BSD-2-Clause */
/* Groups [path] and [server], and a hop's share of [middlebox NAME], as plain data. */
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
};

/* What lies between a middlebox and the next hop outwards. */
struct nap_hop_config {
	struct nap_dist delay; /* one way, ns */
	double loss;
};

/* Group [server]. */
struct nap_server_config {
	struct nap_arrivals push; /* when it has something for the client */
	uint64_t push_size;       /* payload bytes of a push; 0: the application's */
	bool answer;              /* does the client answer a push? */
	nap_time idle_timeout;    /* closes a connection without traffic from the client */
};

extern const struct nap_param nap_path_params[], nap_hop_params[], nap_server_params[];

#endif
