/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP as most boxes follow it: by flags alone, one timer a phase. OPENING until both SYNs, HANDSHAKE until the
 * opener's ACK, ESTABLISHED, HALF_CLOSED after one FIN, CLOSING after both, CLOSED after a RST. The phases are those
 * of pf (first, opening, established, closing, finwait, closed), of Cisco ASA and of libalias.
 */
#include "middlebox/track.h"

enum state { NO, OPENING, HANDSHAKE, ESTABLISHED, HALF_CLOSED, CLOSING, CLOSED, STATES };

const struct tcp_state nap_tcp_simple_states[STATES] = {
	[NO] = { "NONE", 0, 0 },
	[OPENING] = { "OPENING", NAP_TIMER_SYN_SENT, 0 },
	[HANDSHAKE] = { "HANDSHAKE", NAP_TIMER_SYN_RECV, 0 },
	[ESTABLISHED] = { "ESTABLISHED", NAP_TIMER_ESTABLISHED, PHASE_OPEN },
	[HALF_CLOSED] = { "HALF_CLOSED", NAP_TIMER_HALF_CLOSED, PHASE_OPEN },
	[CLOSING] = { "CLOSING", NAP_TIMER_CLOSING, 0 },
	[CLOSED] = { "CLOSED", NAP_TIMER_CLOSE, 0 },
};

static void open(struct nap_box *box, struct session *s, const struct nap_packet *p, nap_time *timeout)
{
	s->state = p->flags & NAP_SYN ? OPENING : ESTABLISHED; /* the latter by on-miss = create */
	*timeout = nap_track_timeout(box, s, (enum nap_timer)nap_tcp_simple_states[s->state].timer);
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
	return box->config->half_closed_needs_ack && !(s->flags & SF_FIN_ACKED) ? 0 : n;
}

/*
 * reopen = both-syns. Which of SYN and ACK each side has sent since the connection began to close: four of the flags
 * that mean something else while it is open, or to UDP alone.
 */
static const uint16_t seen_syn[] = { [NAP_INSIDE] = SF_FIN_INSIDE, [NAP_OUTSIDE] = SF_FIN_OUTSIDE };
static const uint16_t seen_ack[] = { [NAP_INSIDE] = SF_FIN_ACKED, [NAP_OUTSIDE] = SF_REPEATED };

enum { SEEN = SF_FIN_INSIDE | SF_FIN_OUTSIDE | SF_FIN_ACKED | SF_REPEATED };

/* A segment of a connection that is over (VPP's nat44-ed): true when both sides have opened it anew. */
static bool opened_anew(struct session *s, const struct nap_packet *p, enum nap_side side)
{
	if (p->flags & NAP_SYN)
		s->flags |= seen_syn[side];
	if (p->flags & NAP_ACK)
		s->flags |= seen_ack[side];
	if ((s->flags & SEEN) != SEEN)
		return false;
	s->flags &= (uint16_t)~SEEN;
	return true;
}

/* The state after p with reopen = both-syns: whoever closes first closes it all. */
static uint8_t next_of_both(struct session *s, const struct nap_packet *p, enum nap_side side, uint8_t to)
{
	if (s->state >= CLOSING)
		return opened_anew(s, p, side) ? ESTABLISHED : s->state;
	if (to == HALF_CLOSED)
		to = CLOSING;
	if (to >= CLOSING)
		s->flags &= (uint16_t)~SEEN;
	return to;
}

static enum track packet(const struct nap_box *box, struct session *s, struct window *w,
	const struct nap_packet *p, enum nap_side side, nap_time now, nap_time *timeout)
{
	bool reply = nap_track_is_reply(s, side), both = box->config->reopen == NAP_REOPEN_BOTH_SYNS;
	uint8_t to = s->state;
	unsigned n = 0;

	(void)w, (void)now;
	if ((p->flags & (NAP_SYN | NAP_ACK | NAP_RST)) == NAP_SYN && !reply && !both &&
		(s->state == CLOSING || s->state == CLOSED))
		return TRACK_REOPEN;
	if (!both || s->state < CLOSING)
		n = fins(box, s, p, side);
	if (p->flags & NAP_RST)
		to = CLOSED;
	else if (s->state == OPENING && reply && (p->flags & NAP_SYN))
		to = HANDSHAKE;
	else if (s->state == HANDSHAKE && !reply && (p->flags & NAP_ACK) && !(p->flags & NAP_SYN))
		to = ESTABLISHED;
	if (n && to != CLOSED && to > OPENING)
		to = n == 2 ? CLOSING : HALF_CLOSED;
	if (both)
		to = next_of_both(s, p, side, to);
	if (to != s->state ||
		(nap_track_refreshes(box, side) && (!(p->flags & NAP_RST) || box->config->reset_refresh)))
		*timeout = nap_track_timeout(box, s, (enum nap_timer)nap_tcp_simple_states[to].timer);
	s->state = to;
	if (to >= ESTABLISHED && (s->flags & SF_REPLIED))
		s->flags |= SF_ASSURED;
	return TRACK_PASS;
}

const struct tracker nap_tracker_simple = { .state = nap_tcp_simple_states,
	.habits = HABIT_STATE_TELLS,
	.may_open = nap_tcp_needs_syn,
	.open = open,
	.packet = packet };
