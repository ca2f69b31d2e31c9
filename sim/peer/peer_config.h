/* SPDX-License-Identifier: BSD-2-Clause */
/* Group [peer]: the other end of a flow from client to client, and how the two find a way to one another. Plain data. */
#ifndef NAP_PEER_PEER_CONFIG_H
#define NAP_PEER_PEER_CONFIG_H

#include "kernel/dist.h"
#include "kernel/param.h"

enum nap_peer_transport { NAP_PEER_UDP, NAP_PEER_TCP };

/* What a client keeps alive at its relay. */
enum nap_peer_refreshes { NAP_REFRESHES_ALL, NAP_REFRESHES_ALLOCATION, NAP_REFRESHES_NONE };

struct nap_peer_config {
	/* the peer's own path; its radio and its cost are not the client's */
	const char *const *middleboxes; /* names, from the peer outwards */
	const char *behind;    /* a box of [path] that stands before the peer's boxes, too; "": none */
	const char *radio;     /* a radio profile */
	struct nap_dist delay; /* as in [path] */
	double loss, loss_burst;

	/* finding a way: RFC 8445, RFC 5128 */
	uint32_t transport;      /* enum nap_peer_transport */
	bool private_candidates; /* does each tell the other its own address, too? */
	bool simultaneous;       /* do both begin at the same time? Else who answers begins as it does */
	nap_time signalling;     /* how long the rendezvous takes to tell one what the other says */
	uint64_t signalling_size;
	nap_time gather_limit; /* how long one waits for the rendezvous and the relay */
	nap_time interval;     /* between rounds of checks */
	uint32_t tries;        /* rounds */
	nap_time time_limit;   /* of all of them */
	nap_time retry;        /* after they came to nothing */
	uint32_t guesses,
		ports; /* of the other's port, where its NAT maps anew for each destination; ports it opens */
	nap_time guess_pace;
	uint32_t predictions; /* checks to ports that such a NAT, counting them up, will use next */

	/* keeping it: RFC 7675 */
	nap_time check_interval, check_timeout;
	double check_jitter; /* each interval is drawn within so much of itself */
	uint64_t check_size, check_answer;

	/* the relay: RFC 8656 */
	bool relay, keep_relay;
	nap_time relay_delay; /* one way, from outside of both ends' boxes to rendezvous and relay */
	nap_time relay_keepalive;
	nap_time allocation_lifetime, permission_lifetime, channel_lifetime;
	nap_time refresh_early;  /* so long before one ends it is refreshed ... */
	uint32_t refreshes;      /* ... enum nap_peer_refreshes: which of them */
	uint64_t relay_overhead; /* of a packet between client and relay */
};

extern const struct nap_param nap_peer_params[];

/* Rules that join several keys: NULL, or what is wrong (static text); *key names the key to blame. */
const char *nap_peer_config_check(const struct nap_peer_config *cfg, const char **key);

#endif
