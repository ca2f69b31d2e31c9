/* SPDX-License-Identifier: BSD-2-Clause */
/* The server's end of one subscriber's flow: pushes, answers, its own timers. */
#ifndef NAP_CLIENT_SERVER_H
#define NAP_CLIENT_SERVER_H

#include "client/app.h"
#include "client/outbox.h"
#include "client/tcp.h"
#include "kernel/arrivals.h"

/* Group [server]. */
struct nap_server_config {
	struct nap_arrivals push; /* when it has something for the client */
	uint64_t push_size;       /* payload bytes of a push; 0: the application's */
	bool answer;              /* does the client answer a push? */
	nap_time idle_timeout;    /* closes a connection without traffic from the client */
};

extern const struct nap_param nap_server_params[];

/* What a server needs to know and does not change: shared by all subscribers of a run. */
struct nap_server_setup {
	const struct nap_app_config *app;
	const struct nap_server_config *server;
};

/* One server end. Plain; zeroed, then nap_server_init. */
struct nap_server {
	struct nap_endpoint self; /* its address and port */
	struct nap_endpoint peer; /* where it last heard the client from: pushes go there */
	bool open;                /* it has a flow to push on */
	nap_time deadline;        /* when nap_server_timer wants to be called */
	struct nap_tcp tcp;
};

void nap_server_init(struct nap_server *s, const struct nap_server_setup *setup, struct nap_endpoint self);

/* A packet arrived. */
void nap_server_input(struct nap_server *s, const struct nap_server_setup *setup, nap_time now, const struct nap_packet *p, struct nap_outbox *out);

/* The server has something for the client, offered at now: one push. */
void nap_server_push(struct nap_server *s, const struct nap_server_setup *setup, nap_time now, struct nap_outbox *out);

/* Take what is due at now (s->deadline). */
void nap_server_timer(struct nap_server *s, const struct nap_server_setup *setup, nap_time now, struct nap_outbox *out);

#endif
