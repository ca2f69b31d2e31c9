/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Application gateways: boxes that read payloads. Of a payload the model holds what they act on: one endpoint that it
 * names, or one command of an extension (enum nap_says). Private to middlebox/.
 */
#ifndef NAP_MIDDLEBOX_ALG_H
#define NAP_MIDDLEBOX_ALG_H

#include "middlebox/state.h"

/* The gateways that a config switches on, a bit each. */
uint32_t nap_algs_of(const struct nap_box_config *config);

/* p, of session id, goes on from side, its header translated: what do the box' gateways do to its payload? */
void nap_alg_apply(
	struct nap_box *box, nap_time now, const struct session *s, enum nap_side side, struct nap_packet *p);

#endif
