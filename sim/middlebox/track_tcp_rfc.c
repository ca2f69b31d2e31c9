/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP as RFC 6146 3.5.2 (NAT64) and RFC 7857 section 2, figure 1 (NAT44) follow it. "C" is the inside (client), "S"
 * the outside. ESTABLISHED that runs out goes to TRANS for another tcp-trans, in which data revives it: that step is
 * taken by whoever asks for the session later (nap_table_overdue).
 */
#include "middlebox/track.h"

enum state {
	CLOSED,
	INIT,
	ESTABLISHED = NAP_TCP_RFC_ESTABLISHED,
	C_FIN,
	S_FIN = NAP_TCP_RFC_S_FIN,
	C_S_FIN,
	TRANS = NAP_TCP_RFC_TRANS,
	STATES,
	STAY
};
enum segment { SEG_SYN, SEG_FIN, SEG_RST, SEG_OTHER, SEGMENTS };

const char *const nap_tcp_rfc_names[STATES] = {
	[CLOSED] = "CLOSED",
	[INIT] = "INIT",
	[ESTABLISHED] = "ESTABLISHED",
	[C_FIN] = "C_FIN_RCV",
	[S_FIN] = "S_FIN_RCV",
	[C_S_FIN] = "C_S_FIN_RCV",
	[TRANS] = "TRANS",
};

static const uint8_t timer_of[STATES] = {
	[INIT] = NAP_TIMER_SYN_SENT,
	[ESTABLISHED] = NAP_TIMER_ESTABLISHED,
	[C_FIN] = NAP_TIMER_HALF_CLOSED,
	[S_FIN] = NAP_TIMER_HALF_CLOSED,
	[C_S_FIN] = NAP_TIMER_CLOSING,
	[TRANS] = NAP_TIMER_TRANS,
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

void nap_tcp_rfc_open(
	const struct nap_box *box, struct session *s, const struct nap_packet *p, nap_time *timeout)
{
	/* a segment in mid-stream (on-miss = create) tells that the connection exists */
	s->state = segment_of(p) == SEG_SYN ? INIT : ESTABLISHED;
	*timeout = nap_track_timeout(box, s, timer_of[s->state]);
}

enum track nap_tcp_rfc_packet(const struct nap_box *box, struct session *s, const struct nap_packet *p,
	enum nap_side side, nap_time *timeout)
{
	enum segment seg = segment_of(p);
	uint8_t to = next[side][seg][s->state];
	bool restart;

	if (s->state == INIT && seg == SEG_SYN && nap_track_is_reply(s, side))
		to = ESTABLISHED; /* SYNs of both sides */
	if (seg == SEG_RST && box->config.tracker == NAP_TRACK_RFC6146 && s->state != ESTABLISHED)
		to = STAY; /* figure 1 of RFC 7857 alone lets a RST cut a half-closed session short */
	if (to == STAY)
		return TRACK_PASS;
	/* reckoned, not branched to: the side cannot be foreseen */
	restart = (to != s->state) |
		  (nap_track_refreshes(box, side) & (seg != SEG_RST || box->config.reset_refresh));
	*timeout = nap_track_timeout(box, s, timer_of[to]) | ((nap_time)restart - 1);
	s->state = to;
	return TRACK_PASS;
}
