/* SPDX-License-Identifier: BSD-2-Clause */
/* The client's end: transport, application and keepalive policy of one subscriber. Knows neither radio nor path. */
#ifndef NAP_CLIENT_CLIENT_H
#define NAP_CLIENT_CLIENT_H

#include "client/app.h"
#include "client/outbox.h"
#include "client/policy.h"
#include "client/tcp.h"

#define NAP_POLICY_STATE 96 /* bytes a policy may keep; checked when a run starts */

/* What a client needs to know and does not change: shared by all subscribers of a run. */
struct nap_client_setup {
	const struct nap_app_config *app;
	const struct nap_policy *policy;
	const void *policy_config;
};

/* What the world around tells a client with each call. */
struct nap_client_world {
	bool radio_up;        /* sending now needs no promotion */
	uint32_t network;     /* number of the network it is on */
	nap_time lifetime;    /* true idle timeout of its binding, for policies that are told; NAP_NEVER */
	struct nap_rng *rng;  /* the policy's stream */
};

/* One client end. Plain; zeroed, then nap_client_init. */
struct nap_client {
	struct nap_endpoint self; /* its own address and port: a new port for each new flow */
	struct nap_endpoint peer; /* the server */
	bool open;                /* the flow is open as far as it knows */
	nap_time deadline;        /* when nap_client_timer wants to be called: the earliest of all its timers */
	struct nap_tcp tcp;
	/* ... */
};

/* Nothing is sent before the first deadline, which is start. */
void nap_client_init(struct nap_client *c, const struct nap_client_setup *setup, nap_addr self, struct nap_endpoint peer, nap_time start);

/* A packet reached the device. */
void nap_client_input(struct nap_client *c, const struct nap_client_setup *setup, nap_time now, const struct nap_client_world *w, const struct nap_packet *p, struct nap_outbox *out);

/* Take what is due at now. */
void nap_client_timer(struct nap_client *c, const struct nap_client_setup *setup, nap_time now, const struct nap_client_world *w, struct nap_outbox *out);

/* The device's address changed (a move, an outage that did not keep it). */
void nap_client_readdress(struct nap_client *c, const struct nap_client_setup *setup, nap_time now, const struct nap_client_world *w, nap_addr self, struct nap_outbox *out);

/*
 * State of both ends relative to now and to their sequence numbers, mixed: equal numbers, equal future; for exact
 * skipping of whole cycles. nap_client_shift moves all times by span.
 */
uint64_t nap_client_fingerprint(const struct nap_client *c, const struct nap_client_setup *setup, nap_time now);
void nap_client_shift(struct nap_client *c, nap_time span);

#endif
