/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A subscriber with a pool of connections (client/conns.h): its clients stand side by side behind it, and as many servers'
 * ends; s->client and s->server are those that are at hand. A client's packets go over the same radio and boxes, told
 * apart by their ports as in any host; of servers' ends whichever has nothing to do takes the next connection.
 *
 * A push goes over the connection that the server heard from last; what one that has ended kept goes over another. Reachable
 * time is that of this connection, whichever it is at the time; when losses are noticed is told of single flows alone.
 */
#ifndef NAP_PATH_LANES_H
#define NAP_PATH_LANES_H

#include "path/subscriber.h"

/* Bytes of the pool itself, behind what nap_held_of finds; and how many ends of each kind there are. */
size_t nap_lanes_bytes(const struct nap_line *line);
uint32_t nap_lanes_n(const struct nap_line *line);

/* Takes end number i, if there are several, in hand. */
void nap_lanes_hold(struct nap_subscriber *s, const struct nap_line *line, uint32_t i);

/* All ends but what the first one is set to: to be called once that is done. */
void nap_lanes_init(struct nap_subscriber *s, const struct nap_line *line);

/* Takes in hand what is due at now, or what packet p is for. */
void nap_lanes_hold_due(struct nap_subscriber *s, const struct nap_line *line, bool server, nap_time now);
void nap_lanes_hold_for(
	struct nap_subscriber *s, const struct nap_line *line, bool server, const struct nap_packet *p);

/* The end at hand did something: when any of its kind, or the pool, has something to do. */
nap_time nap_lanes_due(struct nap_subscriber *s, const struct nap_line *line, bool server);

/* The client at hand sends p. */
void nap_lanes_send(
	struct nap_subscriber *s, struct nap_line *line, nap_time now, const struct nap_packet *p);

/* Takes in hand the server's end for a push: of those with a flow the one that heard its client last. */
void nap_lanes_hold_heard(struct nap_subscriber *s, const struct nap_line *line);

/* The same for asking whether it would get through, with its client; false: nothing is ever pushed. */
bool nap_lanes_hold_pushed(struct nap_subscriber *s, const struct nap_line *line);

/* Pushes go over another connection from now on; since when they go over this one. */
void nap_lanes_turn(struct nap_subscriber *s, const struct nap_line *line, nap_time now);
nap_time nap_lanes_turned(const struct nap_subscriber *s, const struct nap_line *line);

/* Has one of its clients a flow from that endpoint? What is under way to one stays so when another is heard. */
bool nap_lanes_await(const struct nap_subscriber *s, const struct nap_line *line, struct nap_endpoint self);

/* A request is made. */
void nap_lanes_ask(struct nap_subscriber *s, struct nap_line *line, nap_time now);

/* After an event at now: the pool opens, closes and uses connections. */
void nap_lanes_settle(struct nap_subscriber *s, struct nap_line *line, nap_time now);

#endif
