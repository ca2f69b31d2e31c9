/* SPDX-License-Identifier: BSD-2-Clause */
/* External endpoints: who was last seen to have each of them, and towards which place of the server. */
#ifndef NAP_DISCOVERY_PLACES_H
#define NAP_DISCOVERY_PLACES_H

#include "net/packet.h"
#include "kernel/time.h"

struct nap_place {
	struct nap_endpoint seen; /* the key: this */
	uint8_t proto;            /* and this */
	uint8_t place;
	uint16_t server_port;
	uint32_t trial;
	nap_time at; /* when */
};

struct nap_places;

struct nap_places *nap_places_new(void);
void nap_places_free(struct nap_places *p);

/* Somebody has one: true when it is known whose it was before, *before says whose. */
bool nap_places_note(struct nap_places *p, const struct nap_place *now, struct nap_place *before);

#endif
