/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The prober over a plain STUN server with RFC 5780's RESPONSE-PORT, for UDP.
 * The server answers where it is told to, so a flow of the prober's own, the
 * courier, does what a cooperating server would: a flow's request is answered
 * to the courier, which learns that it arrived and from where, with nothing
 * coming back on the flow; and a request of the courier is answered to the
 * flow, which is the server's packet. CHANGE-REQUEST chooses its place.
 */
#ifndef NAP_LIVE_PROBER_STUN_H
#define NAP_LIVE_PROBER_STUN_H

#include <signal.h>

#include <glib.h>

#include "probe/prober.h"
#include "live/inet.h"

#define NAP_STUN_PORT 3478

struct nap_stun_options {
	struct nap_inet server;
	struct nap_inet alternate; /* its second address, if the user named that too; family 0: none */
	const volatile sig_atomic_t *stop; /* not 0: waits return at once */
};

/* NULL with error set when the server does not answer within 10 s or does not do as RESPONSE-PORT asks. */
struct nap_prober *nap_prober_stun_new(const struct nap_stun_options *options, GError **error);

#endif
