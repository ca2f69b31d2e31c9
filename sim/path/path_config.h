/* SPDX-License-Identifier: BSD-2-Clause */
/* Group [path], and a hop's share of [middlebox NAME], as plain data. */
#ifndef NAP_PATH_PATH_CONFIG_H
#define NAP_PATH_PATH_CONFIG_H

#include "kernel/arrivals.h"
#include "kernel/dist.h"
#include "kernel/param.h"
#include "middlebox/box_config.h"

/* Which packets an outage stops; of one direction: by bit, as in struct nap_subscriber. */
enum nap_outage_direction { NAP_OUTAGE_BOTH, NAP_OUTAGE_DOWN, NAP_OUTAGE_UP };

/* Group [path]: the access link between the client and the first middlebox. */
struct nap_path_config {
	const char *const *middleboxes;        /* names, from the client outwards */
	const char *const *server_middleboxes; /* names, from the server outwards */
	struct nap_dist delay;                 /* one way, ns ... */
	struct nap_dist_changes delay_changes; /* ... and what it is later */
	double loss;                           /* share of packets lost, each way */
	double loss_burst;                     /* mean length of a burst of losses, packets; 1: independent */
	struct nap_arrivals outages;           /* radio outages: nothing passes, either way */
	struct nap_dist outage_length;         /* ns */
	enum nap_outage_direction outage_direction;
	bool outage_keeps_address; /* does the client come back with the same address? */
	uint32_t
		outage_icmp; /* what the network's router tells the server meanwhile; 0: nothing, else code + 1 of type 3 */
	nap_time outage_icmp_interval; /* it tells one sender so often, after six at once; 0: each time */
	struct nap_dist stay;          /* time on this network before moving to the next [network NAME]; ns */
	struct nap_dist move_gap;      /* between two networks, on none; ns */
	struct nap_arrivals icmp;      /* ICMP errors about the flow that a router sends to the client */
	uint32_t icmp_error;           /* which: index of the words of key icmp-error */
};

/* Group [network NAME]: another network that the device moves to. The path's own delay, loss and radio are the first one's. */
struct nap_network_config {
	const char *radio;              /* a radio profile */
	const char *const *middleboxes; /* names, from the client outwards */
	struct nap_dist delay;          /* as in [path] */
	struct nap_dist_changes delay_changes;
	double loss, loss_burst;
	struct nap_dist stay; /* time on it before moving on, ns */
};

/* What lies between a middlebox and the next hop outwards. */
struct nap_hop_config {
	struct nap_dist delay; /* one way, ns */
	double loss;
	struct nap_arrivals reboots;      /* when the middlebox loses all its state */
	struct nap_arrivals readdresses;  /* when a NAT gets another external address */
	struct nap_settings changes;      /* keys of its box that take other values ... */
	struct nap_arrivals change_times; /* ... and when any of them does */
};

/* What befalls a middlebox in time, whatever its packets do; in the order in which it is taken when due at once. */
enum nap_hop_event { NAP_HOP_REBOOT, NAP_HOP_READDRESS, NAP_HOP_CHANGE, NAP_HOP_EVENTS };

/* When: a process of the hop. */
static inline const struct nap_arrivals *nap_hop_arrivals(const struct nap_hop_config *hop, uint32_t event)
{
	return event == NAP_HOP_REBOOT      ? &hop->reboots
	       : event == NAP_HOP_READDRESS ? &hop->readdresses
					    : &hop->change_times;
}

/* Does anything befall it? */
static inline bool nap_hop_is_befallen(const struct nap_hop_config *hop)
{
	for (uint32_t e = 0; e < NAP_HOP_EVENTS; e++)
		if (nap_hop_arrivals(hop, e)->kind != NAP_ARRIVALS_NONE)
			return true;
	return false;
}

/* A value that a profile or scenario gives as a distribution where one number is kept: drawn once per box. */
struct nap_param_draw {
	const struct nap_param *row; /* which key: type and offset */
	struct nap_dist dist;        /* in the type's base unit */
};

/* One [middlebox NAME]. */
struct nap_middlebox {
	const char *name;
	struct nap_box_config box;
	struct nap_hop_config hop;
	const struct nap_param_draw *draws; /* population profiles: fields of box drawn for each box made */
	uint32_t n_draws;
};

/* Is it one box for all subscribers? Alone, one has a box of one's own. */
static inline bool nap_middlebox_is_shared(const struct nap_middlebox *m, uint32_t subscribers)
{
	return m->box.shared && subscribers > 1;
}

/* Type and code of icmp-error's words, in their order. */
extern const struct nap_icmp_error {
	uint8_t type, code;
} nap_icmp_errors[];

/* Rules that join keys of a hop with those of its box: NULL, or what is wrong (static text); *key names the key to blame. */
const char *nap_hop_config_check(
	const struct nap_hop_config *hop, const struct nap_box_config *box, const char **key);

extern const struct nap_param nap_path_params[], nap_hop_params[], nap_network_params[];

#endif
