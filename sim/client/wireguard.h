/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * WireGuard's keys and timers, as the programs have them (Donenfeld, NDSS 2017, section 6; Linux' timers.c, wireguard-go):
 * whoever has received data and sends nothing answers with one empty packet; who has sent data and hears nothing makes new
 * keys; who made the keys makes new ones when they are old; none are used past a further age. A handshake that is not
 * answered is repeated, for a time; then only something new to send begins another.
 */
#ifndef NAP_CLIENT_WIREGUARD_H
#define NAP_CLIENT_WIREGUARD_H

#include "client/speaker.h"

#define NAP_WIREGUARD_STAGED 4 /* packets that wait for keys; the oldest goes when there are more */

struct nap_wireguard {
	nap_time keyed;   /* when the keys in use were made; NAP_NEVER: there are none */
	nap_time silent;  /* until then no initiation goes, as one has just gone */
	nap_time retry;   /* when the handshake under way is repeated; NAP_NEVER: none is */
	nap_time passive; /* data came, and nothing was sent: when an empty packet goes */
	nap_time doubt;   /* data went, and nothing was heard: when new keys are made */
	nap_time asked;   /* when the client's policy last said how long to wait */
	uint8_t tries;    /* repetitions of the handshake under way */
	bool initiator;   /* the keys are of its own making */
	bool unconfirmed; /* it has answered a handshake, and not heard the other use the keys */
	bool last_minute; /* it has seen to new keys before those in use end */
	uint8_t n, next;  /* packets that wait; where the next one goes */
	struct nap_saying staged[NAP_WIREGUARD_STAGED];
};

/* No keys, nothing under way. */
void nap_wireguard_init(struct nap_wireguard *w);

/* Make keys: the client's first handshake. */
void nap_wireguard_open(struct nap_wireguard *w, const struct nap_speaker *sp);

/* Before what is said goes: true when it has to wait for keys, for which a handshake is then under way. */
bool nap_wireguard_holds(
	struct nap_wireguard *w, const struct nap_speaker *sp, const struct nap_saying *what);

/* It went. */
void nap_wireguard_sent(struct nap_wireguard *w, const struct nap_speaker *sp, const struct nap_saying *what);

/* A packet came from the other end. */
unsigned nap_wireguard_heard(
	struct nap_wireguard *w, const struct nap_speaker *sp, const struct nap_packet *p);

/* There are keys: what waited for them goes, or else one empty packet that shows them to the other end. */
void nap_wireguard_release(struct nap_wireguard *w, const struct nap_speaker *sp);

/* Takes what is due; when that is. */
unsigned nap_wireguard_timer(struct nap_wireguard *w, const struct nap_speaker *sp);
nap_time nap_wireguard_deadline(const struct nap_wireguard *w);

/* Is no handshake under way, and nothing waiting for one? */
bool nap_wireguard_rests(const struct nap_wireguard *w);

#endif
