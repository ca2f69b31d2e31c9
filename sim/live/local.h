/* SPDX-License-Identifier: BSD-2-Clause */
/* What a live prober knows of its own host: its address towards the server, the local ports it has used, addresses as handles. */
#ifndef NAP_LIVE_LOCAL_H
#define NAP_LIVE_LOCAL_H

#include <glib.h>

#include "probe/prober.h"
#include "live/inet.h"
#include "net/packet.h"

struct nap_local {
	struct nap_inet here;    /* port 0 */
	uint8_t used[65536 / 8]; /* local ports that flows had */
	GArray *handles;         /* struct nap_inet: IPv6 addresses that stand behind 240.0.0.0/4 */
};

/* Finds here as routing chooses it; false with error set when there is no way to the server. */
bool nap_local_init(struct nap_local *l, const struct nap_inet *server, GError **error);
void nap_local_clear(struct nap_local *l);

/*
 * A socket bound by bind_at to port, or (0) to a random port that no flow of this prober had: RFC 5780 4.1. -1 when there is
 * none left. *at is what it is bound to.
 */
int nap_local_bind(
	struct nap_local *l, uint16_t port, int (*bind_at)(const struct nap_inet *at), struct nap_inet *at);

/* a as the prober interface writes addresses: IPv4 as it is, IPv6 by a handle. */
struct nap_endpoint nap_local_endpoint(struct nap_local *l, const struct nap_inet *a);

/* An address of the prober interface as people write it. */
void nap_local_name(const struct nap_local *l, nap_addr a, char out[NAP_ADDRESS_TEXT]);

/* Raises the limit of open files as far as it goes; returns how many sockets a prober may open. */
uint32_t nap_local_sockets(void);

#endif
