/* SPDX-License-Identifier: BSD-2-Clause */
/* How far away a packet came from, by its TTL; the hops of a path, by what answers to packets that die on the way. */
#ifndef NAP_DISCOVERY_HOPS_H
#define NAP_DISCOVERY_HOPS_H

#include "discovery/trial.h"

#define NAP_MOST_HOPS 16

/* A path's hops, numbered from the client: hop 1 is the first box, hop `length` the server. */
struct nap_hops {
	uint32_t length;            /* 0: not known */
	nap_addr at[NAP_MOST_HOPS]; /* who said that a packet died at hop i + 1; 0: nobody */
};

/*
 * Hops that a packet has come which arrives with this TTL, the sender's neighbour being 1: senders begin at 32, 64, 128 or 255.
 * 0 when ttl is (unknown).
 */
uint32_t nap_hops_away(uint8_t ttl);

/* An address in text, as the prober names it. */
void nap_hops_name(struct nap_prober *p, nap_addr a, char out[NAP_ADDRESS_TEXT]);

/*
 * Where an RST or ICMP error that end heard in this trial came from, in words: " from hop 1 of 3 (192.0.2.1)", " from the server
 * itself", or, when its TTL is not known, whose address it bore. *hop: its number (0: not known, or from an end itself).
 */
char *nap_hops_sender(const struct nap_trial_result *r, enum nap_end end, struct nap_endpoint from,
	uint8_t ttl, uint32_t *hop);

/* Hops to the server as the TTL of what arrived in this trial tells; 0 when nothing does. */
uint32_t nap_hops_length(const struct nap_trial_result *r);

#endif
