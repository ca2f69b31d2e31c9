/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A subscriber whose program talks to another client: both ends' packets go through the agents of peer/, from the client
 * through its boxes, then through the peer's from outside, or to rendezvous and relay between them. The peer is a
 * second subscriber, of which only its device, radio and links are used, on a line of its own (line->other).
 */
#ifndef NAP_PATH_PEER_H
#define NAP_PATH_PEER_H

#include "path/subscriber.h"

enum nap_peer_end { NAP_END_CLIENT, NAP_END_PEER };

/* Bytes of all of it, a multiple of 8; none where the program's other end is a server. */
size_t nap_peer_bytes(const struct nap_line *line);
void nap_peer_init(struct nap_subscriber *s, const struct nap_line *line);
void nap_peer_finish(struct nap_subscriber *s, struct nap_line *line, nap_time now);

/* When is something due at the agents, or with the peer's packets? */
nap_time nap_peer_due(const struct nap_subscriber *s, const struct nap_line *line);

/* After an event at now: all that is the agents' is due with what befalls the client from outside, and its program begins when there is a way. */
void nap_peer_schedule(struct nap_subscriber *s, const struct nap_line *line, nap_time now);

/* Take the first of that, due at now. True: *p has arrived for the peer's program. */
bool nap_peer_take(struct nap_subscriber *s, struct nap_line *line, nap_time now, struct nap_packet *p);

/* The program of an end sends p. */
void nap_peer_say(struct nap_subscriber *s, struct nap_line *line, nap_time now, enum nap_peer_end end,
	const struct nap_packet *p);

/*
 * f's packet is at the client's device, or has left its last box outwards. True: it is one for the client's program, as the
 * peer's has sent it; else it goes its way from there.
 */
bool nap_peer_lets_in(struct nap_subscriber *s, struct nap_line *line, nap_time now, struct nap_flight *f);

/* p is on the inside of hop, on its way there or from there: true when it is for the peer, and goes to it. */
bool nap_peer_takes(struct nap_subscriber *s, struct nap_line *line, nap_time now, uint32_t hop,
	const struct nap_packet *p);

/* The client's program finds its flow dead; or the client has another address. */
void nap_peer_restart(struct nap_subscriber *s, struct nap_line *line, nap_time now, bool readdressed);

/* Is hop's box the peer's? Then what it makes by itself is to be sent on by this. */
bool nap_peer_emit(struct nap_subscriber *s, struct nap_line *line, nap_time now, uint32_t hop,
	enum nap_side side, const struct nap_packet *p);

/* Until when would a packet of the peer's program sent now get to the client if nothing else came? 0: it does not. */
nap_time nap_peer_open_until(const struct nap_subscriber *s, const struct nap_line *line, nap_time now);

#endif
