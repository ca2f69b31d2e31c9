/* SPDX-License-Identifier: BSD-2-Clause */
/* What a box does with a packet as a piece of IP: fragments and sizes. Private to middlebox/. */
#ifndef NAP_MIDDLEBOX_FRAGMENTS_H
#define NAP_MIDDLEBOX_FRAGMENTS_H

#include "middlebox/state.h"
#include "net/fragment.h"

enum nap_piece {
	NAP_PIECE_IS_HELD,   /* kept until its datagram is complete */
	NAP_PIECE_IS_LOST,   /* dropped */
	NAP_PIECE_FOLLOWS,   /* goes where the first one went, whose ports it was given */
	NAP_PIECE_UNTRACKED, /* passes as it is */
	NAP_PIECE_GOES_ON, /* as any packet: it has the transport header, or has become the whole datagram */
};

/* A fragment came (key fragments). *largest: bytes of the largest piece when *p is now the whole datagram, else 0. */
enum nap_piece nap_fragments_take(struct nap_box *box, nap_time now, struct nap_packet *p, uint32_t *largest);

/*
 * Does the link that a packet from side leaves by take it (keys mtu, too-big, fragmenting)? If not, *v is what becomes
 * of it; fx->mtu, the size of the pieces it came in (0: whole), is set to that of those it goes in. To be asked before translation: an answer quotes it as it came.
 */
bool nap_fragments_fit(struct nap_box *box, enum nap_side side, struct nap_packet *p,
	struct nap_box_effect *fx, enum nap_verdict *v);

#endif
