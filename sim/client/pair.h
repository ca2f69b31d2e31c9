/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client and its server joined by a wire, without boxes or radio: for
 * experiments on ends alone. What the wire loses or changes is its owner's
 * business, and so is what the ends note.
 */
#ifndef NAP_CLIENT_PAIR_H
#define NAP_CLIENT_PAIR_H

#include "client/client.h"
#include "client/server.h"

#define NAP_PAIR_FLIGHT 512 /* packets under way, both ways together */

/* Everything it points to is the caller's. */
struct nap_pair {
	struct nap_client *client;
	const struct nap_client_setup *client_setup;
	const struct nap_client_world *world;
	struct nap_server *server;
	const struct nap_server_setup *server_setup;
	nap_time now;
	nap_time delay; /* one way; may change at any time */
	/* An end sends a packet; true: it goes, as it is now. up: it is the client's. NULL: all go. */
	bool (*sends)(void *ctx, struct nap_packet *p, bool up);
	/* An end has done something: its notes and deliveries, after its packets were sent. NULL: nobody asks. */
	void (*notes)(void *ctx, const struct nap_outbox *out, bool client);
	void *ctx;
	/* under way, in the order sent */
	struct nap_pair_flight {
		nap_time at;
		bool up;
		struct nap_packet packet;
	} flight[NAP_PAIR_FLIGHT];
	uint32_t n;
};

/* Takes what a call of one end, made at p->now, has put into out. */
void nap_pair_take(struct nap_pair *p, const struct nap_outbox *out, bool client);

/* A packet is under way to one end that no end has sent, and comes at `at`. up: to the server. */
void nap_pair_add(struct nap_pair *p, nap_time at, bool up, const struct nap_packet *packet);

/* Lets all happen up to and including until, and time go on to it. */
void nap_pair_run(struct nap_pair *p, nap_time until);

#endif
