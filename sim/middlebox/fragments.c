/* SPDX-License-Identifier: BSD-2-Clause */
#include "middlebox/fragments.h"

#include <string.h>

#include "middlebox/lifetimes.h"
#include "middlebox/reply.h"

static struct nap_reassembly *buffer(struct nap_box *box)
{
	const struct nap_box_config *c = box->config;

	if (!box->pieces)
		box->pieces = nap_reassembly_new(
			c->fragment_limit, c->fragment_timeout, c->fragments_full == NAP_FULL_OLDEST);
	return box->pieces;
}

static nap_time pieces_due(const struct nap_box *box, uint32_t zero)
{
	(void)zero;
	return nap_reassembly_due(box->pieces);
}

static void pieces_lapse(struct nap_box *box, uint32_t zero, nap_time when)
{
	(void)zero;
	nap_reassembly_settle(box->pieces, when);
}

const struct lifetime_kind nap_pieces_lifetime = { pieces_due, pieces_lapse };

static enum nap_piece reassemble(struct nap_box *box, nap_time now, struct nap_packet *p, uint32_t *largest)
{
	struct nap_datagram whole;
	enum nap_reassembled r = nap_reassembly_add(buffer(box), now, p, &whole);

	nap_lifetime_set(box, LIFE_PIECES, 0, nap_reassembly_due(box->pieces));
	if (r == NAP_PIECE_KEPT)
		return NAP_PIECE_IS_HELD;
	if (r == NAP_PIECE_DROPPED)
		return NAP_PIECE_IS_LOST;
	*p = whole.packet;
	*largest = whole.largest;
	box->starts = whole.pieces <= NAP_STARTS ? whole.pieces : 0;
	memcpy(box->start, whole.start, sizeof box->start);
	return NAP_PIECE_GOES_ON;
}

enum nap_piece nap_fragments_take(struct nap_box *box, nap_time now, struct nap_packet *p, uint32_t *largest)
{
	bool later = nap_packet_is_later_fragment(p), known;

	*largest = 0;
	switch (box->config->fragments) {
	case NAP_FRAGMENTS_REASSEMBLE:
		return reassemble(box, now, p, largest);
	case NAP_FRAGMENTS_ORDERED:
		known = nap_reassembly_follow(buffer(box), now, p);
		nap_lifetime_set(box, LIFE_PIECES, 0, nap_reassembly_due(box->pieces));
		if (!known)
			return NAP_PIECE_IS_LOST;
		return later ? NAP_PIECE_FOLLOWS : NAP_PIECE_GOES_ON;
	case NAP_FRAGMENTS_DROP:
		return later ? NAP_PIECE_IS_LOST : NAP_PIECE_GOES_ON;
	default:
		return later ? NAP_PIECE_UNTRACKED : NAP_PIECE_GOES_ON;
	}
}

bool nap_fragments_fit(struct nap_box *box, enum nap_side side, struct nap_packet *p,
	struct nap_box_effect *fx, enum nap_verdict *v)
{
	const struct nap_box_config *c = box->config;
	bool may_not = p->ip_frag & NAP_DF;
	uint32_t bytes = fx->mtu ? fx->mtu : nap_packet_bytes(p);

	if (side != NAP_INSIDE || c->mtu == 0 || bytes <= c->mtu)
		return true;
	if (may_not && c->too_big == NAP_TOO_BIG_FRAGMENT) {
		p->ip_frag &= (uint16_t)~NAP_DF;
		may_not = false;
	}
	if (!may_not && c->fragmenting != NAP_FRAGMENTING_NO) {
		fx->mtu = (uint16_t)c->mtu;
		box->starts = 0;
		return true;
	}
	*v = NAP_DROP;
	if (may_not && c->too_big == NAP_TOO_BIG_ICMP && !nap_packet_is_icmp_error(p)) {
		*v = NAP_REJECT_ICMP;
		fx->answered = true;
		fx->reply = nap_reply_icmp(box, side, p, NAP_ICMP_UNREACHABLE, NAP_ICMP_TOO_BIG);
		fx->reply.mtu = (uint16_t)c->mtu;
	}
	return false;
}

bool nap_box_piece(const struct nap_box *box, const struct nap_box_effect *fx, const struct nap_packet *p,
	uint32_t i, struct nap_packet *piece)
{
	uint32_t n = fx->mtu == 0 ? 1 : box->starts ? box->starts : nap_fragment_count(p, fx->mtu);

	if (i >= n)
		return false;
	if (box->config->fragmenting == NAP_FRAGMENTING_BACKWARD)
		i = n - 1 - i;
	if (n > 1 && box->starts) /* as it came */
		nap_fragment_span(
			p, box->start[i], i + 1 < n ? box->start[i + 1] : nap_packet_bytes(p) - 20, piece);
	else
		nap_fragment_cut(p, fx->mtu, i, piece);
	return true;
}
