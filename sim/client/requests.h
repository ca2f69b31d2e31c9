/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a client's application has to say of its own accord, keepalives aside: requests over its flow, and their
 * answers. Those that are answered go one at a time (HTTP/1.1 without pipelining, RFC 7252 4.7), in the order in which
 * they were made; others go as they come. What cannot go yet waits for its turn, or for a flow.
 */
#ifndef NAP_CLIENT_REQUESTS_H
#define NAP_CLIENT_REQUESTS_H

#include "client/app.h"
#include "client/policy.h"
#include "kernel/rng.h"

#define NAP_REQUESTS 16 /* that wait or are out; beyond, new ones fail at once */

/* Those of one client. Stands behind the rest of it (nap_client_bytes); zeroed, then nap_requests_init. */
struct nap_requests {
	nap_time end;  /* when the answer that is out has been waited for long enough, NAP_NEVER: none is */
	nap_time said; /* when that request last went */
	nap_time born,
		used; /* this flow was opened, and a request or its server's word last showed that it lives */
	nap_time check_end; /* until then its server may say that it lives, NAP_NEVER: it is not asked */
	uint32_t made;      /* number of the last one made, from 1 */
	uint32_t sent;      /* ... given to the transport of this flow */
	uint32_t done;      /* ... answered, given up or, without answers, sent; done <= sent <= made */
	uint32_t behind;    /* TCP: sequence number behind the one that is out */
	uint8_t tries;      /* UDP: transmissions of it */
	uint8_t flows;      /* that died under it before */
	bool taken;         /* TCP: the server's host has acknowledged it */
	nap_time at[NAP_REQUESTS]; /* when number n was made: at n % NAP_REQUESTS */
};

/* A request that is not out: when it was made, and how many flows died under it. */
struct nap_asking {
	nap_time at;
	uint32_t flows;
};

/* The server's part. Stands behind the rest of a server (nap_server_bytes). */
struct nap_serving {
	struct nap_rng rng; /* what answers take */
	nap_time answer;    /* when the request at hand is answered, NAP_NEVER: none is worked on */
	uint32_t number;    /* of the last one that came over this flow */
};

static inline void nap_requests_init(struct nap_requests *r)
{
	r->end = r->check_end = NAP_NEVER;
}

/* Has the application anything to say of its own? And is that answered? */
static inline bool nap_app_requests(const struct nap_app_config *app)
{
	return app->report.times.kind != NAP_ARRIVALS_NONE;
}

static inline bool nap_app_is_answered(const struct nap_app_config *app)
{
	return app->report.answer > 0;
}

/* Is a keepalive of the policy a request that the server holds until the next would be due (long polling)? */
static inline bool nap_app_polls(const struct nap_app_config *app, const struct nap_policy *policy)
{
	return policy && policy->wire == NAP_WIRE_POLL && app->transport == NAP_OVER_TCP &&
	       app->keepalive_answer > 0;
}

#endif
