/* SPDX-License-Identifier: BSD-2-Clause */
/* The flows of the simulated prober: their endpoints, and whose a packet is that has these. */
#ifndef NAP_PROBE_SIM_FLOWS_H
#define NAP_PROBE_SIM_FLOWS_H

#include <glib.h>

#include "probe/sim_flow.h"
#include "probe/sim_keys.h"

struct nap_sim_flows {
	nap_addr client_first;        /* of the client hosts */
	GArray *flow;                 /* of struct nap_sim_flow */
	struct nap_sim_keys by_local; /* protocol and local endpoint, a uint64_t -> latest flow + 1 */
	struct nap_sim_keys
		by_ends; /* these and the server's endpoint, mixed -> latest flow + 1; of flows that are not alone */
	struct nap_sim_keys by_server;  /* protocol and mapped endpoint -> flow + 1 */
	struct nap_sim_keys next_local; /* protocol and host -> next local port to give */
	uint32_t n_open;
};

void nap_sim_flows_init(struct nap_sim_flows *t, nap_addr client_first);
void nap_sim_flows_clear(struct nap_sim_flows *t);

/* Pointers are good until the next flow is opened. */
static inline struct nap_sim_flow *nap_sim_flow_at(const struct nap_sim_flows *t, nap_flow flow)
{
	g_assert(flow < t->flow->len);
	return &g_array_index(t->flow, struct nap_sim_flow, flow);
}

static inline nap_flow nap_sim_index_of(const struct nap_sim_flows *t, const struct nap_sim_flow *f)
{
	return (nap_flow)(f - &g_array_index(t->flow, struct nap_sim_flow, 0));
}

/* A new flow; NAP_NO_FLOW when the host has no more ports. */
nap_flow nap_sim_flows_open(struct nap_sim_flows *t, const struct nap_flow_spec *spec);
/* No effect on one that is closed. */
void nap_sim_flows_close(struct nap_sim_flows *t, nap_flow flow);

/* The latest open flow with this local endpoint; the latest of them that expects packets from src, else that; NAP_NO_FLOW: none. */
nap_flow nap_sim_flows_local(const struct nap_sim_flows *t, uint8_t proto, struct nap_endpoint local);
nap_flow nap_sim_flows_client(
	const struct nap_sim_flows *t, uint8_t proto, struct nap_endpoint local, struct nap_endpoint src);

/* The flow that the server last saw at a mapped endpoint, and that it did. */
nap_flow nap_sim_flows_server(const struct nap_sim_flows *t, uint8_t proto, struct nap_endpoint mapped);
void nap_sim_flows_seen(struct nap_sim_flows *t, nap_flow flow, struct nap_endpoint mapped);

/* The server's endpoint at a place, and back. */
struct nap_endpoint nap_sim_place_endpoint(const struct nap_sim_flow *f, enum nap_server_place place);
enum nap_server_place nap_sim_place_of(const struct nap_sim_flow *f, struct nap_endpoint e);

/* Where the server sends to: the endpoint seen at that place, else the one seen first anywhere; port 0: none was. */
struct nap_endpoint nap_sim_target(const struct nap_sim_flow *f, enum nap_server_place place);

#endif
