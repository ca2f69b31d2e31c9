/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A trace as it would have been with another keepalive policy: the keepalives that were found in it are taken out, and those of the
 * policy put in, of the same size and with the same answer. It needs to know what was found: a second reading.
 */
#ifndef NAP_REPLAY_REWRITE_H
#define NAP_REPLAY_REWRITE_H

#include "client/policy.h"
#include "replay/flows.h"
#include "replay/trace.h"

/* A flow with keepalives, as a first replay has found it. */
struct nap_kept_flow {
	uint8_t proto;
	struct nap_ip ip[2];
	uint16_t port[2];
	nap_time begun, last;
	struct nap_keepalive keepalive;
};

struct nap_kept_flow nap_kept_flow_of(const struct nap_flow *f);

struct nap_rewrite;

/* flow: n of them, which must stay, as must policy and config. All packets go to fn, in order of time. */
struct nap_rewrite *nap_rewrite_new(const struct nap_kept_flow *flow, uint32_t n,
	const struct nap_policy *policy, const void *config, uint64_t seed, nap_trace_fn fn, void *ctx);
void nap_rewrite_free(struct nap_rewrite *w); /* accepts NULL */

/* The trace's next packet; ctx is the struct nap_rewrite: a nap_trace_fn. */
void nap_rewrite_packet(void *ctx, const struct nap_trace_packet *p);

/* The trace is over. */
void nap_rewrite_finish(struct nap_rewrite *w);

#endif
