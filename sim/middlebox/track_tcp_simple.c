/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP as most boxes follow it: by flags alone, one timer a phase. OPENING until both SYNs, HANDSHAKE until the
 * opener's ACK, ESTABLISHED, HALF_CLOSED after one FIN, CLOSING after both, CLOSED after a RST. The phases are those
 * of pf (first, opening, established, closing, finwait, closed), of Cisco ASA and of libalias.
 */
#include "middlebox/track.h"

enum state {
	NO,
	OPENING,
	HANDSHAKE,
	ESTABLISHED = NAP_TCP_SIMPLE_ESTABLISHED,
	HALF_CLOSED = NAP_TCP_SIMPLE_HALF_CLOSED,
	CLOSING,
	CLOSED,
	STATES
};

const char *const nap_tcp_simple_names[STATES] = {
	[NO] = "NONE",
	[OPENING] = "OPENING",
	[HANDSHAKE] = "HANDSHAKE",
	[ESTABLISHED] = "ESTABLISHED",
	[HALF_CLOSED] = "HALF_CLOSED",
	[CLOSING] = "CLOSING",
	[CLOSED] = "CLOSED",
};

static const uint8_t timer_of[STATES] = {
	[OPENING] = NAP_TIMER_SYN_SENT,
	[HANDSHAKE] = NAP_TIMER_SYN_RECV,
	[ESTABLISHED] = NAP_TIMER_ESTABLISHED,
	[HALF_CLOSED] = NAP_TIMER_HALF_CLOSED,
	[CLOSING] = NAP_TIMER_CLOSING,
	[CLOSED] = NAP_TIMER_CLOSE,
};

enum nap_timer nap_tcp_simple_timer(uint8_t state)
{
	return (enum nap_timer)timer_of[state];
}

void nap_tcp_simple_open(
	const struct nap_box *box, struct session *s, const struct nap_packet *p, nap_time *timeout)
{
	s->state = p->flags & NAP_SYN ? OPENING : ESTABLISHED; /* the latter by on-miss = create */
	*timeout = nap_track_timeout(box, s, timer_of[s->state]);
}

/* Notes FINs of both sides; returns how many of them count. */
static unsigned fins(
	const struct nap_box *box, struct session *s, const struct nap_packet *p, enum nap_side side)
{
	uint16_t mine = side == NAP_INSIDE ? SF_FIN_INSIDE : SF_FIN_OUTSIDE,
		 other = SF_FIN_INSIDE ^ SF_FIN_OUTSIDE ^ mine;
	unsigned n;

	if ((s->flags & other) && (p->flags & NAP_ACK))
		s->flags |= SF_FIN_ACKED;
	if (p->flags & NAP_FIN)
		s->flags |= mine;
	n = (s->flags & SF_FIN_INSIDE ? 1u : 0u) + (s->flags & SF_FIN_OUTSIDE ? 1u : 0u);
	return box->config.half_closed_needs_ack && !(s->flags & SF_FIN_ACKED) ? 0 : n;
}

enum track nap_tcp_simple_packet(const struct nap_box *box, struct session *s, const struct nap_packet *p,
	enum nap_side side, nap_time *timeout)
{
	bool reply = nap_track_is_reply(s, side);
	uint8_t to = s->state;
	unsigned n;

	if ((p->flags & (NAP_SYN | NAP_ACK | NAP_RST)) == NAP_SYN && !reply &&
		(s->state == CLOSING || s->state == CLOSED))
		return TRACK_REOPEN;
	n = fins(box, s, p, side);
	if (p->flags & NAP_RST)
		to = CLOSED;
	else if (s->state == OPENING && reply && (p->flags & NAP_SYN))
		to = HANDSHAKE;
	else if (s->state == HANDSHAKE && !reply && (p->flags & NAP_ACK) && !(p->flags & NAP_SYN))
		to = ESTABLISHED;
	if (n && to != CLOSED && to > OPENING)
		to = n == 2 ? CLOSING : HALF_CLOSED;
	if (to != s->state ||
		(nap_track_refreshes(box, side) && (!(p->flags & NAP_RST) || box->config.reset_refresh)))
		*timeout = nap_track_timeout(box, s, timer_of[to]);
	s->state = to;
	if (to >= ESTABLISHED && (s->flags & SF_REPLIED))
		s->flags |= SF_ASSURED;
	return TRACK_PASS;
}
