/* SPDX-License-Identifier: BSD-2-Clause */
/* Applications: what a client says to its server, as plain data; profiles/application/ holds one file each. */
#ifndef NAP_CLIENT_APP_H
#define NAP_CLIENT_APP_H

#include "kernel/dist.h"
#include "kernel/param.h"

enum nap_transport { NAP_OVER_UDP, NAP_OVER_TCP };

/* Group [client], less the policy's own keys. Sizes are payload above UDP or TCP (TLS records included). */
struct nap_app_config {
	const char *source, *note, *verified;
	uint32_t transport;           /* enum nap_transport */
	uint32_t port;                /* of the server */
	struct nap_dist start;        /* when the client opens its flow, ns */
	uint64_t keepalive_size;      /* a keepalive */
	uint64_t keepalive_answer;    /* the server's answer to it; 0: none */
	uint64_t push_size, answer_size; /* a push, and the client's answer to it */
	bool answer;                  /* does the client answer pushes? */
	uint32_t open_round_trips;    /* TLS and login after the transport's own handshake */
	uint64_t open_up, open_down;  /* bytes of these round trips in all, each way */
	nap_time answer_timeout;      /* a keepalive without answer for so long has failed */
	uint32_t answer_tries;        /* UDP: failed keepalives in a row before the flow counts as dead */
	nap_time reconnect_delay;     /* from noticing a dead flow to opening the next */
};

extern const struct nap_param nap_app_params[];

#endif
