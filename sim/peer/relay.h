/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two servers that both ends know: the rendezvous, which tells each how it is mapped (RFC 8489), and the relay (RFC
 * 8656), which keeps one allocation for the client. Packets in, packets out.
 */
#ifndef NAP_PEER_RELAY_H
#define NAP_PEER_RELAY_H

#include "client/outbox.h"
#include "peer/peer_config.h"

#define NAP_RENDEZVOUS_ADDR NAP_ADDR(192, 0, 2, 2)
#define NAP_RELAY_ADDR      NAP_ADDR(192, 0, 2, 3)
#define NAP_STUN_PORT       3478

/* What the ends' own packets say: nap_packet.message, beyond those of the programs (client/message.h). */
enum nap_peer_message {
	NAP_PEER_ASK = 128, /* how am I mapped? */
	NAP_PEER_TOLD, /* quote.src: so; tag: of which gathering; from the relay's address: as that sees it */
	NAP_PEER_CHECK, /* does this way work? over the relay quote.src: where it came from */
	NAP_PEER_CHECKED,
	NAP_PEER_ALLOCATE,
	NAP_PEER_ALLOCATED, /* quote.src: the relayed address */
	NAP_PEER_REFRESH,   /* tag 0: give it back */
	NAP_PEER_REFRESHED,
	NAP_PEER_BIND, /* permission and channel for quote.dst */
	NAP_PEER_BOUND,
	NAP_PEER_MISMATCH, /* no allocation for where this came from */
	NAP_PEER_INDICATE, /* keeps the way to the relay open */
};

struct nap_relay {
	struct nap_endpoint client, relayed, channel; /* client.addr 0: there is no allocation */
	nap_addr permitted;
	nap_time until, permitted_until, channel_until;
	uint16_t made; /* allocations so far */
};

/* A packet reaches one of the two at now. Its answer, or itself on its further way, goes to out; true: to its sender's side. */
bool nap_relay_input(struct nap_relay *r, const struct nap_peer_config *cfg, nap_time now,
	const struct nap_packet *p, struct nap_outbox *out);

/* Until when does the relay let packets from that address in, if nothing else comes? 0: it does not. */
nap_time nap_relay_open_until(const struct nap_relay *r, nap_time now, nap_addr from);

/* Is it one of the two's? */
static inline bool nap_relay_is(nap_addr a)
{
	return a == NAP_RENDEZVOUS_ADDR || a == NAP_RELAY_ADDR;
}

#endif
