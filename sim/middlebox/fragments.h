/* SPDX-License-Identifier: BSD-2-Clause */
/* What a box does with a packet as a piece of IP: fragments, sizes, identifications. Private to middlebox/. */
#ifndef NAP_MIDDLEBOX_FRAGMENTS_H
#define NAP_MIDDLEBOX_FRAGMENTS_H

#include "middlebox/alg.h"
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
enum nap_piece nap_wire_fragment(struct nap_box *box, nap_time now, struct nap_packet *p, uint32_t *largest);

/*
 * Does the link that a packet from side leaves by take it (keys mtu, too-big, fragmenting)? If not, *v is what becomes
 * of it; fx->mtu, the size of the pieces it came in (0: whole), is set to that of those it goes in. To be asked before translation: an answer quotes it as it came.
 */
bool nap_wire_fits(struct nap_box *box, enum nap_side side, struct nap_packet *p, struct nap_box_effect *fx,
	enum nap_verdict *v);

/* p, of s and from side, has been translated: identification (key ip-id) and payload (key alg) may follow. */
static inline void nap_wire_translated(
	struct nap_box *box, nap_time now, const struct session *s, enum nap_side side, struct nap_packet *p)
{
	bool may_be_cut = !(p->ip_frag & NAP_DF) && !nap_packet_is_fragment(p);

	/* RFC 6864: what cannot be a fragment needs no identification; what is one already keeps its datagram's */
	if (box->config.ip_id == NAP_IP_ID_REWRITE && (s->flags & SF_TRANSLATED) && may_be_cut)
		p->ip_id = ++box->next_ip_id;
	if (box->algs && !nap_packet_is_later_fragment(p))
		nap_alg_apply(box, now, s, side, p);
}

#endif
