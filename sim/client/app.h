/* SPDX-License-Identifier: BSD-2-Clause */
/* Applications: what a client says to its server, as plain data; profiles/application/ holds one file each. */
#ifndef NAP_CLIENT_APP_H
#define NAP_CLIENT_APP_H

#include "kernel/dist.h"
#include "kernel/param.h"

enum nap_transport { NAP_OVER_UDP, NAP_OVER_TCP };

/* What a client does when an answer tells it that its mapped address is a new one: its old binding had gone. */
enum nap_mapping_change {
	NAP_MAPPING_NOTE,   /* takes note; the same packet has made a new binding */
	NAP_MAPPING_IGNORE, /* is not told (answers carry no address) */
	NAP_MAPPING_REOPEN, /* counts the flow as failed and opens anew (RFC 5626 4.4.2) */
};

/* Group [client], less the policy's own keys. Sizes are payload above UDP or TCP (TLS records included). */
struct nap_app_config {
	const char *source, *note, *verified;
	uint32_t transport;		 /* enum nap_transport */
	uint32_t port;			 /* of the server */
	struct nap_dist start;		 /* when the client opens its flow, ns */
	uint64_t keepalive_size;	 /* a keepalive */
	uint64_t keepalive_answer;	 /* the server's answer to it; 0: none */
	uint64_t push_size, answer_size; /* a push, and the client's answer to it */
	bool answer;		     /* does the client answer pushes? A reliable application always does */
	uint32_t open_round_trips;   /* TLS and login after the transport's own handshake */
	uint64_t open_up, open_down; /* bytes of these round trips in all, each way */
	nap_time open_timeout;	     /* UDP: first wait for the answer to an opening packet; doubles */
	uint32_t open_tries;	     /* UDP: transmissions of it before the opening has failed */
	uint32_t mapping_change;     /* UDP: enum nap_mapping_change */
	bool follow;		     /* UDP: does the server follow the client to a new address? */
	bool reliable;		     /* UDP: are pushes repeated until answered? */
	nap_time push_timeout;	     /* UDP, reliable: first wait for the answer to a push; doubles */
	uint32_t push_tries;	     /* UDP, reliable: transmissions before the server gives the flow up */
	nap_time answer_timeout;     /* a keepalive without answer for so long has failed */
	uint32_t answer_tries;	     /* UDP: failed keepalives in a row before the flow counts as dead */
	nap_time reconnect_delay;    /* from noticing a dead flow to opening the next */
};

extern const struct nap_param nap_app_params[];

#endif
