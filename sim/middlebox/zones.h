/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Zones (conntrack's): tables apart in one box, chosen by a rule before tracking. A session has one name of its opener's
 * packets and one of its answerer's; each is known in a zone of its own, and where they differ the answers to several
 * zones come back to one. Private to middlebox/. A box whose rules never named a zone keeps nothing of all this.
 */
#ifndef NAP_MIDDLEBOX_ZONES_H
#define NAP_MIDDLEBOX_ZONES_H

#include <stdbool.h>
#include <stdint.h>

struct nap_box;
struct key;
struct session;

/* Where a packet belongs if it is the opener's, and if it is the answerer's. 0: where all belong that no rule names. */
struct zone {
	uint16_t opener, answerer;
};

/* From now on sessions have zones, if the box' rules name any; those that live are in zone 0. */
void nap_zones_begin(struct nap_box *box);

/* What is to be mixed into the hash of session id's key on a side. */
uint32_t nap_zone_mix(const struct nap_box *box, uint32_t id, uint32_t side);

/* The session of a key for a packet of zone z, NONE when there is none. */
uint32_t nap_zone_find(const struct nap_box *box, struct zone z, const struct key *k);

/* The session that keeps a new one of zone z from having k for the name of its answers, NONE when none does. */
uint32_t nap_zone_holder(const struct nap_box *box, struct zone z, const struct key *k);

#endif
