/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How many sessions of the inside there are to each destination from each external address (sessions-per-destination). Private to
 * middlebox/. A look, an opening and an end cost the same however many there are; a box without the limit has none of it.
 */
#ifndef NAP_MIDDLEBOX_DESTINATIONS_H
#define NAP_MIDDLEBOX_DESTINATIONS_H

#include <stdbool.h>

#include "net/packet.h"

struct nap_box;
struct session;
struct destinations;

/* Counts from now on, what lives included. */
void nap_destinations_begin(struct nap_box *box);
void nap_destinations_reset(struct nap_box *box); /* nobody has a session any more */
void nap_destinations_clear(struct nap_box *box);

/* Would one more session to remote from that external address (0: untranslated) be too many? */
bool nap_destination_full(
	const struct nap_box *box, uint8_t proto, nap_addr from, struct nap_endpoint remote);

/* A session begins, ends. */
void nap_destination_join(struct nap_box *box, const struct session *s);
void nap_destination_leave(struct nap_box *box, const struct session *s);

#endif
