/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets without session. Private to middlebox/. */
#ifndef NAP_MIDDLEBOX_NEW_FLOW_H
#define NAP_MIDDLEBOX_NEW_FLOW_H

#include "middlebox/packet_context.h"

/* A packet without session, whose key is k: it opens one, or something else becomes of it. */
enum nap_verdict nap_new_flow(struct packet_context *ctx, const struct key *k);

/* Does a session stay whose first packet went no further? */
bool nap_new_flow_stays(const struct nap_box *box, const struct session *s);

/* port-timers has other rows: each session takes the one that is now its own, from its next packet on. */
void nap_new_flow_timers(struct nap_box *box);

/* blocked-ports is another list: from now on it holds for what opens; sessions that exist stay. */
void nap_new_flow_block_ports(struct nap_box *box);

/* The same of the port forwards. */
void nap_new_flow_forwards(struct nap_box *box);

#endif
