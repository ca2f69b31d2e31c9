/* SPDX-License-Identifier: BSD-2-Clause */
/* The simulated prober's own: private to prober_sim.c (flows, what is sent) and sim_take.c (what arrives). */
#ifndef NAP_PROBE_SIM_PROBER_H
#define NAP_PROBE_SIM_PROBER_H

#include <glib.h>

#include "probe/sim_flow.h"
#include "probe/sim_path.h"

struct nap_sim_prober {
	struct nap_prober head;
	struct nap_sim_path *path;
	nap_addr client_first;
	GArray *flow;           /* of struct nap_sim_flow */
	GHashTable *by_local;   /* key of local endpoint -> first flow + 1 */
	GHashTable *by_server;  /* key of (mapped endpoint, place) -> flow + 1 */
	GHashTable *next_local; /* (proto, host) -> next local port to give */
	GArray *events;         /* of struct nap_probe_event, from first_event on */
	uint32_t first_event;
	struct nap_reassembly *host[2]; /* by enum nap_end */
	uint16_t next_ip_id;
	GArray *timed; /* of nap_flow: flows that may retransmit */
	uint32_t n_open;
	const struct nap_sim_arrival *arrival; /* being taken, for the reports of TCP */
};

static inline struct nap_sim_prober *nap_sim_of(struct nap_prober *p)
{
	return (struct nap_sim_prober *)p;
}

static inline struct nap_sim_flow *nap_sim_flow_at(const struct nap_sim_prober *s, nap_flow flow)
{
	g_assert(flow < s->flow->len);
	return &g_array_index(s->flow, struct nap_sim_flow, flow);
}

static inline nap_flow nap_sim_index_of(const struct nap_sim_prober *s, const struct nap_sim_flow *f)
{
	return (nap_flow)(f - &g_array_index(s->flow, struct nap_sim_flow, 0));
}

static inline gpointer nap_sim_local_key(uint8_t proto, struct nap_endpoint e)
{
	return (gpointer)(uintptr_t)(((uint64_t)proto << 48) | ((uint64_t)e.addr << 16) | e.port);
}

struct nap_sim_tcp_ctx {
	struct nap_sim_prober *s;
	nap_flow flow;
};

/* The server's endpoint at a place, and back. */
struct nap_endpoint nap_sim_place_endpoint(const struct nap_sim_flow *f, enum nap_server_place place);
enum nap_server_place nap_sim_place_of(const struct nap_sim_flow *f, struct nap_endpoint e);

/* Tell discovery. */
void nap_sim_report(struct nap_sim_prober *s, const struct nap_probe_event *ev);

/* Make sure the flow's retransmissions are looked after. */
void nap_sim_watch(struct nap_sim_prober *s, nap_flow flow);

/* What the TCP of a flow needs; c must outlive it. */
struct nap_sim_tcp_io nap_sim_tcp_io_of(struct nap_sim_tcp_ctx *c);

/* A packet came to the end of the path. */
void nap_sim_take(struct nap_sim_prober *s, struct nap_sim_arrival *a);

#endif
