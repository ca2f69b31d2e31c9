/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The prober over ordinary STUN servers, which do nothing but answer (RFC 8489), as clients of RFC 5780 use them. What
 * either end sends is a request of the flow itself: answered from where it was sent to, it tells that it arrived and from where;
 * with CHANGE-REQUEST (RFC 5780 7.2) the answer is the packet of another place of the server. No packet comes that the
 * flow did not just ask for, so that no idle timer can be asked about: mapping, filtering and ports alone.
 */
#ifndef NAP_LIVE_PROBER_ASK_H
#define NAP_LIVE_PROBER_ASK_H

#include <signal.h>

#include <glib.h>

#include "live/inet.h"
#include "probe/prober.h"

struct nap_ask_options {
	struct nap_inet server;
	struct nap_inet second; /* another server, at another address: for mapping; family 0: none */
	const volatile sig_atomic_t *stop; /* not 0: waits return at once */
};

/* NULL with error set when a server does not answer within 10 s. */
struct nap_prober *nap_prober_ask_new(const struct nap_ask_options *options, GError **error);

#endif
