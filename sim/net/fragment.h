/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPv4 fragments (RFC 791): cutting a packet, and putting pieces together in any order, in a buffer of bounded size
 * whose entries do not grow old. As with all packets here lengths stand for contents.
 */
#ifndef NAP_NET_FRAGMENT_H
#define NAP_NET_FRAGMENT_H

#include "kernel/time.h"
#include "net/packet.h"

#define NAP_STARTS    64 /* pieces of a datagram whose places are known: of 1500 bytes it has at most 45 */
#define NAP_MTU_LEAST 68 /* RFC 791: every link carries so much */

/* How many pieces of at most mtu bytes p (a fragment itself, perhaps) takes; 1 when it fits. mtu: 0 or from NAP_MTU_LEAST. */
uint32_t nap_fragment_count(const struct nap_packet *p, uint32_t mtu);

/* Piece i of these, counted from the front. */
void nap_fragment_cut(const struct nap_packet *p, uint32_t mtu, uint32_t i, struct nap_packet *piece);

/* The piece of p from one byte of its IP payload to before another; from, and to but for the end, in multiples of 8. */
void nap_fragment_span(const struct nap_packet *p, uint32_t from, uint32_t to, struct nap_packet *piece);

struct nap_reassembly;

enum nap_reassembled {
	NAP_PIECE_KEPT,    /* waits for the others */
	NAP_PIECE_DROPPED, /* no room, or it overlaps what came before: then the whole datagram is given up */
	NAP_PIECE_COMPLETE /* that was the last one */
};

/* A datagram as it came out. */
struct nap_datagram {
	struct nap_packet packet; /* whole: the first piece's headers; DF when all pieces had it */
	uint32_t largest;         /* bytes of its largest piece */
	uint32_t pieces;
	bool in_order;
	uint16_t start[NAP_STARTS]; /* where its pieces began, from the front; known of so many */
};

/*
 * A buffer for at most limit (0: no limit) unfinished datagrams, each for at most timeout from its first piece on. When
 * it is full a new datagram takes the place of the oldest, or with !oldest no piece is taken any more. Free with nap_reassembly_free.
 */
struct nap_reassembly *nap_reassembly_new(uint32_t limit, nap_time timeout, bool oldest);
void nap_reassembly_free(struct nap_reassembly *r); /* accepts NULL */
void nap_reassembly_clear(struct nap_reassembly *r);

/* A fragment arrived; times must not decrease. *whole is set with NAP_PIECE_COMPLETE. */
enum nap_reassembled nap_reassembly_add(
	struct nap_reassembly *r, nap_time now, const struct nap_packet *piece, struct nap_datagram *whole);

/*
 * For who forwards pieces one by one: notes the ports of a first piece; a later one, of a datagram whose first has
 * passed, is given them. False: that one has not been seen, or there is no room to note it.
 */
bool nap_reassembly_follow(struct nap_reassembly *r, nap_time now, struct nap_packet *piece);

/* When the first of those that wait is given up, NAP_NEVER when none waits; gives up those that are due. r may be NULL. */
nap_time nap_reassembly_due(const struct nap_reassembly *r);
void nap_reassembly_settle(struct nap_reassembly *r, nap_time now);

/* Datagrams that wait. */
uint32_t nap_reassembly_waiting(const struct nap_reassembly *r);

#endif
