/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A pool of connections that requests share, as HTTP clients and database drivers have it: which connection takes a
 * request, when one is opened or closed, and the requests that wait for one. Each connection is a whole client, with
 * its own socket, timers and policy; the pool only looks at them and says what is to be done.
 */
#ifndef NAP_CLIENT_CONNS_H
#define NAP_CLIENT_CONNS_H

#include "client/client.h"

#define NAP_CONNS_QUEUE 256 /* requests that wait; beyond, new ones fail at once */
#define NAP_CONNS_RING  512 /* with those that come back: as many as there may be connections */

struct nap_conns {
	struct nap_asking waiting[NAP_CONNS_RING]; /* from first on, in a ring */
	uint32_t first, n;
};

/* Its connections, which stand side by side. */
struct nap_conns_members {
	struct nap_client *first;
	size_t each; /* bytes from one to the next */
	const struct nap_client_setup *setup;
};

/* What is to be done now, and to which connection. */
enum nap_conns_act {
	NAP_CONNS_REST,
	NAP_CONNS_GIVE,   /* it takes the request that has waited longest: nap_conns_take */
	NAP_CONNS_OPEN,   /* it is opened */
	NAP_CONNS_RETIRE, /* it is closed: there are enough others */
	NAP_CONNS_FAIL,   /* the request that has waited longest has waited too long: nap_conns_take */
};

struct nap_conns_step {
	enum nap_conns_act act;
	uint32_t which;
};

static inline struct nap_client *nap_conns_member(const struct nap_conns_members *m, uint32_t i)
{
	return (struct nap_client *)(void *)((char *)m->first + i * m->each);
}

/* Those that are not kept without need are not opened at the start. */
void nap_conns_begin(const struct nap_conns_members *m);

/* A request is made: false when too many wait. Is there none idle for it? */
bool nap_conns_ask(struct nap_conns *p, const struct nap_asking *request);
bool nap_conns_is_busy(const struct nap_conns *p, const struct nap_conns_members *m);

/* The one that has waited longest. */
struct nap_asking nap_conns_take(struct nap_conns *p);

/* A connection has closed before its request went: that is the next one's turn again. */
void nap_conns_take_back(struct nap_conns *p, const struct nap_conns_members *m);

/* To be asked, and done, until it says NAP_CONNS_REST; and when it may say something else by the time alone. */
struct nap_conns_step nap_conns_next(
	const struct nap_conns *p, const struct nap_conns_members *m, nap_time now);
nap_time nap_conns_due(const struct nap_conns *p, const struct nap_conns_members *m, nap_time now);

#endif
