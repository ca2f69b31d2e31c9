/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the probers that speak nothing but STUN share: a UDP socket a flow, each request's turn (RFC 5780 5 limits new
 * transactions to ten a second), and the events that discovery waits for. A prober begins with this line and gives it
 * two functions: what sending one of its requests means, and what to do with a socket that has something to read.
 */
#ifndef NAP_LIVE_STUN_LINE_H
#define NAP_LIVE_STUN_LINE_H

#include <signal.h>

#include <glib.h>

#include "live/local.h"
#include "live/stun.h"
#include "live/tags.h"
#include "probe/prober.h"

#define NAP_STUN_NOBODY      UINT32_MAX   /* no flow of discovery's: the prober's own socket */
#define NAP_STUN_ANSWER_SPAN (10 * NAP_S) /* how long a server has to answer at the start */

struct nap_stun_flow {
	int fd; /* -1: closed */
	struct nap_inet local, mapped;
	nap_time sent, received;
	struct nap_tags tags; /* of both ends: when a packet was sent, or the server asked to send it */
	uint32_t waiting;     /* requests of its that wait for their turn */
};

struct nap_stun_request {
	struct nap_stun message;
	nap_flow flow; /* whose it is, or NAP_STUN_NOBODY */
	bool courier;  /* the prober's own socket sends it */
	uint8_t place, ttl;
	uint32_t tag;
};

struct nap_stun_line {
	struct nap_prober head;
	struct nap_local local;
	const volatile sig_atomic_t *stop; /* not 0: waits return at once; NULL: never */
	uint32_t secret;                   /* begins every transaction id */
	int epoll;
	nap_time rtt, worst;
	struct nap_stun_flow *flow;
	uint32_t n_flows, room, most; /* flows ever opened, and how many may be */
	GQueue events;                /* struct nap_probe_event * */
	GQueue waiting;               /* struct nap_stun_request * */
	nap_time next_free;           /* when the next may leave */
	bool (*transmit)(struct nap_stun_line *l, const struct nap_stun_request *r, nap_time now);
	void (*ready)(struct nap_stun_line *l, uint32_t who);
	bool (*turn)(
		struct nap_stun_line *l, nap_time until); /* nap_stun_line_turn, and what the prober adds */
};

/* The rest of *l is the prober's to set before; false with error set when there is no way to the server. */
bool nap_stun_line_init(struct nap_stun_line *l, const struct nap_inet *server, GError **error);
void nap_stun_line_clear(struct nap_stun_line *l);
bool nap_stun_line_stopped(const struct nap_stun_line *l);
void nap_stun_line_forget_events(struct nap_stun_line *l);

/* A UDP socket of its own for the prober (flow NAP_STUN_NOBODY), -1: none to be had. */
int nap_stun_line_own_socket(struct nap_stun_line *l);

/* A transaction id carries the line's secret, a flow and a tag; named is false for ids of others. */
void nap_stun_line_name(const struct nap_stun_line *l, struct nap_stun *m, uint32_t flow, uint32_t tag);
bool nap_stun_line_named(
	const struct nap_stun_line *l, const struct nap_stun *m, uint32_t *flow, uint32_t *tag);

/* Sends the request when its turn has come; false when it cannot be sent. */
bool nap_stun_line_submit(struct nap_stun_line *l, const struct nap_stun_request *r);

/* A flow's packet leaves now: after it, the flow is taken to be refreshed at its server's end for span longer. */
void nap_stun_line_leaves(
	struct nap_stun_line *l, const struct nap_stun_request *r, nap_time now, nap_time span);

/* A round trip took so long. */
void nap_stun_line_measure(struct nap_stun_line *l, nap_time took);

/* A new event, the line's: a packet that came to end from place, with the time that its tag was sent (NAP_NEVER: unknown). */
struct nap_probe_event *nap_stun_line_note(
	struct nap_stun_line *l, nap_flow flow, enum nap_end end, int place, uint32_t tag);

/* Waits for packets until then or until a request's turn has come, and takes them; false when waiting failed. */
bool nap_stun_line_turn(struct nap_stun_line *l, nap_time until);

/* The prober's operations that are the line's alone (struct nap_prober_ops says what each does). */
nap_time nap_stun_line_now(struct nap_prober *p);
nap_flow nap_stun_line_open(struct nap_prober *p, const struct nap_flow_spec *spec);
void nap_stun_line_close(struct nap_prober *p, nap_flow flow);
bool nap_stun_line_wait(struct nap_prober *p, nap_time until, struct nap_probe_event *ev);
struct nap_endpoint nap_stun_line_local(struct nap_prober *p, nap_flow flow);
void nap_stun_line_address(struct nap_prober *p, nap_addr a, char out[NAP_ADDRESS_TEXT]);
struct nap_flow_activity nap_stun_line_activity(struct nap_prober *p, nap_flow flow);

#endif
