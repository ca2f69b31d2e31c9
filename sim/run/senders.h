/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who was the last to send from an endpoint that a shared NAT gave: whose a flow is, when that NAT has forgotten it and
 * a box behind it still has a session.
 */
#ifndef NAP_RUN_SENDERS_H
#define NAP_RUN_SENDERS_H

#include "path/chain.h"

struct nap_senders;

struct nap_senders *nap_senders_new(void);
void nap_senders_free(struct nap_senders *s); /* accepts NULL */

/* Subscriber id sends p into hop's box from inside. */
void nap_senders_note(struct nap_senders *s, uint32_t id, uint32_t hop, const struct nap_packet *p);

/* Whose is a flow of hop's box? NAP_NOBODY when nobody has sent from its inside endpoint. */
uint32_t nap_senders_find(const struct nap_senders *s, uint32_t hop, const struct nap_box_flow *flow);

#endif
