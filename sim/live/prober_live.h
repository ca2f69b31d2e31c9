/* SPDX-License-Identifier: BSD-2-Clause */
/* The prober over real sockets and a cooperating reflector. */
#ifndef NAP_LIVE_PROBER_LIVE_H
#define NAP_LIVE_PROBER_LIVE_H

#include <signal.h>

#include <glib.h>

#include "probe/prober.h"
#include "live/inet.h"

struct nap_live_options {
	struct nap_inet server;    /* the named server, with the reflector's usual port */
	struct nap_inet alternate; /* its second address, if the user named that too; family 0: none */
	struct nap_inet public; /* the user's own public address, to try hairpinning with; family 0: none */
	bool raw;               /* use crafted segments when this process may */
	const volatile sig_atomic_t *stop; /* not 0: waits return at once */
	uint32_t max_flows;                /* open at once; 0: what the file limit allows */
};

/*
 * Asks the server for a cookie; NULL with error set when it does not answer within 10 s. Records go to no address
 * but those named in options. Free through its ops.
 */
struct nap_prober *nap_prober_live_new(const struct nap_live_options *options, GError **error);

#endif
