/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP as RFC 6146 3.5.2 (NAT64) and RFC 7857 section 2, figure 1 (NAT44) follow it. "C" is the inside (client), "S"
 * the outside. ESTABLISHED that runs out goes to TRANS for another tcp-trans, in which data revives it: that step is
 * taken by the session's lifetime (expiry.c).
 */
#include "middlebox/track.h"

enum state { CLOSED, INIT, ESTABLISHED, C_FIN, S_FIN, C_S_FIN, TRANS, STATES, STAY };
enum segment { SEG_SYN, SEG_FIN, SEG_RST, SEG_OTHER, SEGMENTS };

static const struct tcp_state states[STATES] = {
	[CLOSED] = { "CLOSED", 0, 0 },
	[INIT] = { "INIT", NAP_TIMER_SYN_SENT, 0 },
	[ESTABLISHED] = { "ESTABLISHED", NAP_TIMER_ESTABLISHED, PHASE_OPEN | PHASE_STAGED },
	[C_FIN] = { "C_FIN_RCV", NAP_TIMER_HALF_CLOSED, PHASE_OPEN },
	[S_FIN] = { "S_FIN_RCV", NAP_TIMER_HALF_CLOSED, PHASE_OPEN },
	[C_S_FIN] = { "C_S_FIN_RCV", NAP_TIMER_CLOSING, 0 },
	[TRANS] = { "TRANS", NAP_TIMER_TRANS, 0 },
};

/* next[side of the sender][segment][state]; INIT's way on depends on who opened, see below. */
static const uint8_t next[2][SEGMENTS][STATES] = {
	[NAP_INSIDE] = {
		[SEG_SYN] = { STAY, INIT, ESTABLISHED, C_FIN, S_FIN, STAY, ESTABLISHED },
		[SEG_FIN] = { STAY, STAY, C_FIN, C_FIN, C_S_FIN, STAY, ESTABLISHED },
		[SEG_RST] = { STAY, STAY, TRANS, TRANS, TRANS, STAY, STAY }, /* RFC 7857 2.2 */
		[SEG_OTHER] = { STAY, STAY, ESTABLISHED, C_FIN, S_FIN, STAY, ESTABLISHED },
	},
	[NAP_OUTSIDE] = {
		[SEG_SYN] = { STAY, INIT, ESTABLISHED, C_FIN, S_FIN, STAY, ESTABLISHED },
		[SEG_FIN] = { STAY, STAY, S_FIN, C_S_FIN, S_FIN, STAY, ESTABLISHED },
		[SEG_RST] = { STAY, STAY, TRANS, TRANS, TRANS, STAY, STAY },
		[SEG_OTHER] = { STAY, STAY, ESTABLISHED, C_FIN, S_FIN, STAY, ESTABLISHED },
	},
};

static enum segment segment_of(const struct nap_packet *p)
{
	return p->flags & NAP_RST   ? SEG_RST
	       : p->flags & NAP_SYN ? SEG_SYN
	       : p->flags & NAP_FIN ? SEG_FIN
				    : SEG_OTHER;
}

static void open(struct nap_box *box, struct session *s, const struct nap_packet *p, nap_time *timeout)
{
	/* a segment in mid-stream (on-miss = create) tells that the connection exists */
	s->state = segment_of(p) == SEG_SYN ? INIT : ESTABLISHED;
	*timeout = nap_track_timeout(box, s, (enum nap_timer)states[s->state].timer);
}

static enum track packet(const struct nap_box *box, struct session *s, struct window *w,
	const struct nap_packet *p, enum nap_side side, nap_time now, nap_time *timeout)
{
	enum segment seg = segment_of(p);
	uint8_t to = next[side][seg][s->state];
	bool restart;

	(void)w, (void)now;
	if (s->state == INIT && seg == SEG_SYN && nap_track_is_reply(s, side))
		to = ESTABLISHED; /* SYNs of both sides */
	if (to == STAY)
		return TRACK_PASS;
	/* reckoned, not branched to: the side cannot be foreseen */
	restart = (to != s->state) |
		  (nap_track_refreshes(box, side) & (seg != SEG_RST || box->config->reset_refresh));
	*timeout = nap_track_timeout(box, s, (enum nap_timer)states[to].timer) | ((nap_time)restart - 1);
	s->state = to;
	return TRACK_PASS;
}

/* Figure 1 of RFC 7857 alone lets a RST cut a half-closed session short. */
static enum track packet_6146(const struct nap_box *box, struct session *s, struct window *w,
	const struct nap_packet *p, enum nap_side side, nap_time now, nap_time *timeout)
{
	if (segment_of(p) == SEG_RST && s->state != ESTABLISHED)
		return TRACK_PASS;
	return packet(box, s, w, p, side, now, timeout);
}

const struct tracker nap_tracker_rfc7857 = {
	.state = states, .second_stage = TRANS, .may_open = nap_tcp_needs_syn, .open = open, .packet = packet
};
const struct tracker nap_tracker_rfc6146 = { .state = states,
	.second_stage = TRANS,
	.may_open = nap_tcp_needs_syn,
	.open = open,
	.packet = packet_6146 };
