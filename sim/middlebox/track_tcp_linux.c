/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP as the Linux kernel's connection tracking follows it (behaviour of 6.18, measured; parameters are the
 * nf_conntrack_tcp_* sysctls). One table says where each kind of segment leads from each state; before that come the
 * cases that a table cannot hold, and the window check decides whether the segment is believed.
 */
#include "middlebox/track.h"

enum state { NO, SS, SR, ES, FW, CW, LA, TW, CL, S2, STATES, IG, IV };
enum segment { SEG_SYN, SEG_SYNACK, SEG_FIN, SEG_ACK, SEG_RST, SEG_NONE, SEGMENTS };
enum dir { ORIG, REPLY };

static const struct tcp_state states[STATES] = {
	[NO] = { "NONE", 0, 0 },
	[SS] = { "SYN_SENT", NAP_TIMER_SYN_SENT, 0 },
	[SR] = { "SYN_RECV", NAP_TIMER_SYN_RECV, 0 },
	[ES] = { "ESTABLISHED", NAP_TIMER_ESTABLISHED, PHASE_OPEN },
	[FW] = { "FIN_WAIT", NAP_TIMER_FIN_WAIT, 0 },
	[CW] = { "CLOSE_WAIT", NAP_TIMER_CLOSE_WAIT, 0 },
	[LA] = { "LAST_ACK", NAP_TIMER_LAST_ACK, 0 },
	[TW] = { "TIME_WAIT", NAP_TIMER_TIME_WAIT, PHASE_UNCOUNTED | PHASE_YIELDS },
	[CL] = { "CLOSE", NAP_TIMER_CLOSE, PHASE_UNCOUNTED },
	[S2] = { "SYN_SENT2", NAP_TIMER_SYN_SENT2, 0 },
};

/*
 * next[direction][segment][state]. IV: invalid, no effect. IG: passes, but state and timer stay, as the two ends may
 * be in step with each other and out of step with us.
 */
static const uint8_t next[2][SEGMENTS][STATES] = {
	[ORIG] = {
		[SEG_SYN] = {
			[NO] = SS, /* a connection begins */
			[SS] = SS, /* the SYN again */
			[SR] = IG, /* late repeat of the SYN */
			[ES] = IG, /* the client may have restarted; the server will tell by a challenge ACK */
			[FW] = IG,
			[CW] = IG,
			[LA] = IG,
			[TW] = SS, /* the pair of ends is used again: see reopens() */
			[CL] = SS, /* likewise */
			[S2] = S2, /* the SYN again, in a simultaneous open */
		},
		[SEG_SYNACK] = {
			[NO] = IV, /* nobody asked */
			[SS] = IV, /* the opener has nothing to acknowledge yet */
			[SR] = SR, /* simultaneous open, the second SYN/ACK */
			[ES] = IV,
			[FW] = IV,
			[CW] = IV,
			[LA] = IV,
			[TW] = IV,
			[CL] = IV,
			[S2] = SR, /* simultaneous open, the first SYN/ACK */
		},
		[SEG_FIN] = {
			[NO] = IV, /* too late to be tracked */
			[SS] = IV, /* a FIN needs a connection */
			[SR] = FW, /* the client closes without waiting for the ACK it owes */
			[ES] = FW, /* the first FIN, of either side */
			[FW] = LA, /* any further FIN, even the first one repeated */
			[CW] = LA, /* the other side's, after an ACK */
			[LA] = LA, /* repeated */
			[TW] = TW,
			[CL] = CL,
			[S2] = IV,
		},
		[SEG_ACK] = {
			[NO] = ES, /* picked up in mid-stream, if tcp-loose */
			[SS] = IV, /* nothing to acknowledge */
			[SR] = ES, /* end of the handshake */
			[ES] = ES,
			[FW] = CW, /* taken for the ACK of the FIN, whoever sends it */
			[CW] = CW, /* half closed: data may flow on */
			[LA] = TW, /* taken for the ACK of the second FIN */
			[TW] = TW, /* the last ACK again */
			[CL] = CL,
			[S2] = IV,
		},
		[SEG_RST] = { [NO] = IV, [SS] = CL, [SR] = CL, [ES] = CL, [FW] = CL, [CW] = CL, [LA] = CL, [TW] = CL, [CL] = CL, [S2] = CL },
		[SEG_NONE] = { IV, IV, IV, IV, IV, IV, IV, IV, IV, IV },
	},
	[REPLY] = {
		[SEG_SYN] = {
			[NO] = IV, /* the first segment is never a reply */
			[SS] = S2, /* simultaneous open */
			[SR] = IV,
			[ES] = IV, /* the server does not open */
			[FW] = IV,
			[CW] = IV,
			[LA] = IV,
			[TW] = SS, /* the pair of ends is used again, the other way round */
			[CL] = IV,
			[S2] = S2, /* repeated */
		},
		[SEG_SYNACK] = {
			[NO] = IV,
			[SS] = SR, /* the answer */
			[SR] = IG, /* repeated; it restarts only after a repeated SYN, see answers_ignored_syn() */
			[ES] = IG, /* late repeat: the ACK was lost beyond us */
			[FW] = IG,
			[CW] = IG,
			[LA] = IG,
			[TW] = IG,
			[CL] = IG,
			[S2] = SR, /* simultaneous open */
		},
		[SEG_FIN] = {
			[NO] = IV,
			[SS] = IV,
			[SR] = FW, /* the server closes at once */
			[ES] = FW,
			[FW] = LA,
			[CW] = LA,
			[LA] = LA,
			[TW] = TW,
			[CL] = CL,
			[S2] = IV,
		},
		[SEG_ACK] = {
			[NO] = IV,
			[SS] = IG, /* challenge ACK of an old connection (RFC 5961); the RST it provokes follows */
			[SR] = SR, /* simultaneous open, or a late ACK */
			[ES] = ES,
			[FW] = CW,
			[CW] = CW,
			[LA] = TW,
			[TW] = TW,
			[CL] = CL,
			[S2] = IG,
		},
		[SEG_RST] = { [NO] = IV, [SS] = CL, [SR] = CL, [ES] = CL, [FW] = CL, [CW] = CL, [LA] = CL, [TW] = CL, [CL] = CL, [S2] = CL },
		[SEG_NONE] = { IV, IV, IV, IV, IV, IV, IV, IV, IV, IV },
	},
};

/* window_side.flags */
enum {
	W_SCALE = 1,   /* sent the window scale option */
	W_LIBERAL = 2, /* picked up in mid-stream: scale unknown, so do not judge */
	W_UNACKED = 4, /* sent data not acknowledged yet */
	W_MAXACK = 8,  /* max_ack is known */
	W_CLOSER = 16, /* sent the first FIN */
	W_CHALLENGE =
		32, /* window.last_flags: an ACK may answer the SYN let through in LAST_ACK (RFC 5961 4) */
	W_SIMULTANEOUS = 64, /* window.last_flags: SYNs from both sides were seen */
};

enum judgement { IN_WINDOW, PASS_UNBELIEVED, OUT_OF_WINDOW };

static enum segment segment_of(const struct nap_packet *p)
{
	if (p->flags & NAP_RST)
		return SEG_RST;
	if (p->flags & NAP_SYN)
		return p->flags & NAP_ACK ? SEG_SYNACK : SEG_SYN;
	if (p->flags & NAP_FIN)
		return SEG_FIN;
	return p->flags & NAP_ACK ? SEG_ACK : SEG_NONE;
}

/* Combinations that some stack really sends; PSH never matters. */
static bool flags_valid(const struct nap_packet *p)
{
	switch (p->flags & ~NAP_PSH) {
	case NAP_SYN:
	case NAP_SYN | NAP_URG:
	case NAP_SYN | NAP_ACK:
	case NAP_RST:
	case NAP_RST | NAP_ACK:
	case NAP_FIN | NAP_ACK:
	case NAP_FIN | NAP_ACK | NAP_URG:
	case NAP_ACK:
	case NAP_ACK | NAP_URG:
		return true;
	default:
		return false;
	}
}

/* Sequence number after the segment. */
static uint32_t end_of(const struct nap_packet *p)
{
	return p->seq + p->len + ((p->flags & NAP_SYN) != 0) + ((p->flags & NAP_FIN) != 0);
}

static void take_options(struct window_side *w, const struct nap_packet *p)
{
	w->flags &= W_LIBERAL;
	w->scale = 0;
	if (p->wscale) {
		w->flags |= W_SCALE;
		w->scale = (uint8_t)(p->wscale - 1 > 14 ? 14 : p->wscale - 1); /* RFC 7323 2.3 */
	}
}

/* A SYN or SYN/ACK tells a side's window from scratch. */
static void start_side(
	struct window_side *w, struct window_side *other, const struct nap_packet *p, enum dir dir)
{
	w->end = w->max_end = end_of(p);
	w->max_win = p->win ? p->win : 1;
	take_options(w, p);
	/* RFC 7323 2.2: scaling needs the option from both */
	if (dir == REPLY && !(w->flags & other->flags & W_SCALE))
		w->scale = other->scale = 0;
}

/* The first segment of a side whose SYN we never saw. */
static void guess_side(struct window_side *w, struct window_side *other, const struct nap_packet *p)
{
	uint32_t win = (uint32_t)p->win << w->scale;

	w->end = end_of(p);
	w->max_win = win ? win : 1;
	w->max_end = w->end + w->max_win;
	if (other->max_win == 0)
		other->end = other->max_end = p->ack; /* nothing is known of the other side either */
	else if (p->ack == other->end + 1)
		other->end++; /* answer to a keepalive */
}

/* What is invalid passes when a pick-up or tcp-be-liberal asks not to judge. */
static enum judgement doubt(const struct nap_box *box, const struct window_side *sender, enum judgement j)
{
	return box->config->tcp_be_liberal || (sender->flags & W_LIBERAL) ? IN_WINDOW : j;
}

/* Counts how often the same segment came in a row. No branch: from which side a segment comes no processor can foresee. */
static void count_repeat(
	struct window *w, enum dir dir, const struct nap_packet *p, uint32_t seq, uint32_t ack, uint32_t end)
{
	bool same = (w->last_dir == (uint8_t)dir) & (w->last_seq == seq) & (w->last_ack == ack) &
		    (w->last_end == end) & (w->last_win == p->win);

	w->repeats = (uint8_t)((w->repeats + (w->repeats < UINT8_MAX)) & -(int)same);
	w->last_dir = (uint8_t)dir;
	w->last_seq = seq;
	w->last_ack = ack;
	w->last_end = end;
	w->last_win = p->win;
}

/* A valid segment moves the windows of both sides. */
static void learn(struct window_side *from, struct window_side *to, const struct nap_packet *p, uint32_t ack,
	uint32_t end)
{
	uint32_t win = p->flags & NAP_SYN ? p->win : (uint32_t)p->win << from->scale;

	if (from->max_win < win)
		from->max_win = win;
	if (after32(end, from->end)) {
		from->end = end;
		from->flags |= W_UNACKED;
	}
	if ((p->flags & NAP_ACK) && (!(from->flags & W_MAXACK) || after32(ack, from->max_ack))) {
		from->max_ack = ack;
		from->flags |= W_MAXACK;
	}
	if (to->max_win && after32(end, from->max_end))
		to->max_win += end - from->max_end;
	if (after32(ack + win, to->max_end - 1)) {
		to->max_end = ack + win;
		if (win == 0)
			to->max_end++; /* a window probe of one byte is allowed */
	}
	if (ack == to->end)
		to->flags &= (uint8_t)~W_UNACKED;
}

/*
 * The window check (van Rooij 2000): a segment must not lie beyond what the other side allows, nor acknowledge what
 * was never sent; what lies a window behind, or one beyond, passes without being believed.
 */
static enum judgement judge(const struct nap_box *box, struct window *w, uint8_t state, enum dir dir,
	enum segment seg, const struct nap_packet *p)
{
	struct window_side *from = &w->side[dir], *to = &w->side[!dir];
	uint32_t seq = p->seq, ack = p->ack, end = end_of(p), reach;
	bool recent;

	if (from->max_win == 0 && !(p->flags & NAP_SYN)) {
		guess_side(from, to, p);
	} else if (from->max_win == 0 ||
		   ((p->flags & NAP_SYN) && after32(end, from->end) && (state == SS || state == SR))) {
		start_side(from, to, p, dir);
		if (dir == REPLY && !(p->flags & NAP_ACK))
			return IN_WINDOW; /* simultaneous open */
	}
	if (!(p->flags & NAP_ACK) || ((p->flags & NAP_RST) && ack == 0))
		ack = to->end;
	if ((p->flags & NAP_RST) && seq == 0 && state == SS)
		seq = end = from->end; /* RST answering a SYN */

	reach = from->max_win > 66000 ? from->max_win : 66000; /* how far behind an ACK may be */
	recent = after32(end, from->end - to->max_win - 1);
	if (!before32(seq, from->max_end + 1)) {
		if (to->max_win && recent && after32(ack, to->end - reach - 1) &&
			end - from->max_end + 1 <= to->max_win && before32(ack, to->end + 1)) {
			from->end = end; /* the other side may well accept it, and acknowledge it */
			from->flags |= W_UNACKED;
			return doubt(box, from, PASS_UNBELIEVED);
		}
		return doubt(box, from, OUT_OF_WINDOW);
	}
	if (!before32(ack, to->end + 1))
		return doubt(box, from, OUT_OF_WINDOW);
	if (to->max_win && !recent)
		return doubt(box, from, PASS_UNBELIEVED);
	if (!after32(ack, to->end - reach - 1))
		return doubt(box, from, PASS_UNBELIEVED);
	learn(from, to, p, ack, end);
	if (seg == SEG_ACK)
		count_repeat(w, dir, p, seq, ack, end);
	return IN_WINDOW;
}

static enum track may_open(const struct nap_box *box, const struct nap_packet *p)
{
	uint8_t to = next[ORIG][segment_of(p)][NO];
	bool opens = to == SS || (to == ES && box->config->tcp_loose);
	bool refused =
		to == ES && (box->config->on_miss == NAP_MISS_DROP || box->config->on_miss == NAP_MISS_RST);

	if (!opens || !flags_valid(p))
		return TRACK_INVALID;
	return refused ? TRACK_MISS : TRACK_PASS;
}

/* A SYN in TIME_WAIT or CLOSE begins anew when we saw this connection close, or the sender itself reset it. */
static bool reopens(const struct window *w, enum dir dir)
{
	return ((w->side[0].flags | w->side[1].flags) & W_CLOSER) ||
	       (w->last_dir == dir && w->last_index == SEG_RST);
}

/* Does this SYN/ACK answer a SYN that we let through without believing it? Then the ends know better than we. */
static bool answers_ignored_syn(struct window *w, enum dir dir, enum segment seg, const struct nap_packet *p)
{
	struct window_side *opener = &w->side[!dir];

	if (seg != SEG_SYNACK || w->last_index != SEG_SYN || w->last_dir == dir || p->ack != w->last_end)
		return false;
	opener->end = opener->max_end = w->last_end;
	opener->max_win = w->last_win ? w->last_win : 1;
	opener->scale = w->last_scale;
	w->last_flags &= (uint8_t)~W_CHALLENGE;
	opener->flags = w->last_flags;
	w->side[dir] =
		(struct window_side){ .flags = w->side[dir].flags & W_LIBERAL }; /* starts anew below */
	return true;
}

/* Remembers a segment that passed without being believed. */
static void note_ignored(
	struct window *w, uint8_t state, enum dir dir, enum segment seg, const struct nap_packet *p)
{
	w->last_index = (uint8_t)seg;
	w->last_dir = (uint8_t)dir;
	w->last_seq = p->seq;
	w->last_end = end_of(p);
	w->last_win = p->win;
	if (seg == SEG_SYN && dir == ORIG) {
		struct window_side options = { 0 };

		take_options(&options, p);
		w->last_flags = options.flags;
		w->last_scale = options.scale;
		if (state == LA)
			w->last_flags |= W_CHALLENGE;
	}
	if (state == SS && seg == SEG_ACK && dir == REPLY)
		w->last_ack = p->ack; /* a challenge ACK; the RST it provokes will carry this number */
}

enum rst {
	RST_INVALID,
	RST_CLOSES,  /* if the window agrees */
	RST_UNKNOWN, /* the same, for want of numbers to compare with */
	RST_INEXACT  /* passes; state kept */
};

/* RFC 5961 3.2 seen from the middle: an exact RST closes, one inside the window may only provoke a challenge ACK. */
static enum rst judge_rst(const struct nap_box *box, const struct window *w, const struct session *s,
	enum dir dir, const struct nap_packet *p)
{
	const struct window_side *to = &w->side[!dir];
	bool established = s->state == ES && (s->flags & SF_ASSURED);

	if (!(to->flags & W_MAXACK) || w->last_index == SEG_SYN)
		return RST_UNKNOWN; /* no acknowledgement seen, or a SYN that we let through has outdated it */
	if (p->seq == 0 && !established)
		return RST_CLOSES; /* answer to a SYN that we let through */
	if (before32(p->seq, to->max_ack) && !box->config->tcp_ignore_invalid_rst)
		return RST_INVALID;
	if (!established || p->seq == to->max_ack)
		return RST_CLOSES;
	if (w->last_index == SEG_ACK && w->last_dir == dir && p->seq == w->last_end)
		return RST_CLOSES; /* right behind data that the other side has not acknowledged yet */
	return RST_INEXACT;
}

/* A RST that answers something we let through unbelieved; its numbers are not ours, so the window cannot judge it. */
static bool rst_answers_ignored(
	const struct window *w, const struct session *s, enum dir dir, const struct nap_packet *p)
{
	bool syn = (s->flags & SF_REPLIED) && w->last_index == SEG_SYN && w->last_dir != dir;
	bool ack = !(s->flags & SF_ASSURED) && w->last_index == SEG_ACK;

	if ((syn || ack) && p->ack == w->last_end)
		return true;
	return s->state == SS && w->last_index == SEG_ACK && w->last_dir == REPLY && p->seq == w->last_ack;
}

/* FINs or RSTs out of the window from both sides: the connection is over, whatever we think; do not keep it for days. */
static nap_time note_invalid(const struct nap_box *box, const struct session *s, struct window *w,
	enum dir dir, enum segment seg, nap_time now)
{
	nap_time limit = nap_track_timeout(box, s, NAP_TIMER_UNACKNOWLEDGED);

	if (!(s->flags & SF_ASSURED) || (seg != SEG_RST && seg != SEG_FIN))
		return TRACK_KEEP;
	if (w->last_dir != dir && (w->last_index == SEG_FIN || w->last_index == SEG_RST))
		return s->expires - now >= 120 * NAP_S && s->expires - now > limit ? limit : TRACK_KEEP;
	w->last_index = (uint8_t)seg;
	w->last_dir = (uint8_t)dir;
	return TRACK_KEEP;
}

/* The timer after a valid segment: that of the state, or a shorter one when the connection looks unwell. */
static nap_time timeout_after(
	const struct nap_box *box, const struct session *s, const struct window *w, enum segment seg)
{
	nap_time own = nap_track_timeout(box, s, (enum nap_timer)states[s->state].timer);
	nap_time retrans = nap_track_timeout(box, s, NAP_TIMER_MAX_RETRANS),
		 unacked = nap_track_timeout(box, s, NAP_TIMER_UNACKNOWLEDGED);

	if (w->repeats >= box->config->tcp_max_retrans_count && own > retrans)
		return retrans;
	if (seg == SEG_RST)
		return nap_track_timeout(box, s, NAP_TIMER_CLOSE);
	if (((w->side[0].flags | w->side[1].flags) & W_UNACKED) && own > unacked)
		return unacked;
	if (w->last_win == 0 && own > retrans)
		return retrans;
	return own;
}

/* A believed segment: the new state and its timer. */
static enum track believe(const struct nap_box *box, struct session *s, struct window *w, enum dir dir,
	enum segment seg, uint8_t to, uint8_t old, nap_time *timeout)
{
	enum nap_side side = (dir == REPLY) != ((s->flags & SF_FROM_OUTSIDE) != 0) ? NAP_OUTSIDE : NAP_INSIDE;
	bool changed = s->state != to;
	nap_time t;

	w->last_index = (uint8_t)seg;
	w->last_dir = (uint8_t)dir;
	if (old != to && to == FW)
		w->side[dir].flags |= W_CLOSER;
	s->state = to;
	t = timeout_after(box, s, w, seg);
	if (!(s->flags & SF_REPLIED)) {
		if (seg == SEG_RST)
			return TRACK_CLOSE; /* only a RST ever came: nothing to remember */
		if (seg == SEG_SYN && old == SS)
			return TRACK_PASS; /* or a client's port reuse could keep it for ever */
		if (to == ES)
			t = nap_time_min(
				t, nap_track_timeout(box, s, NAP_TIMER_UNACKNOWLEDGED)); /* picked up */
	} else if (to == ES && (old == SR || old == ES)) {
		s->flags |= SF_ASSURED;
	}
	if (changed || (box->refresh_mask >> side & 1))
		*timeout = t;
	return TRACK_PASS;
}

/* Is the connection being closed? Then its ends may already be in use again, and our numbers tell nothing. */
static bool is_closing(uint8_t state)
{
	return state == FW || state == CW || state == LA || state == TW || state == CL;
}

/* What the table cannot say about a RST. Returns the state to go to, or IV. *skip: do not ask the window. */
static uint8_t rst_leads_to(const struct nap_box *box, const struct window *w, const struct session *s,
	enum dir dir, const struct nap_packet *p, bool *skip)
{
	enum rst r;

	*skip = is_closing(s->state);
	if (*skip)
		return CL;
	r = judge_rst(box, w, s, dir, p);
	*skip = (r == RST_UNKNOWN || r == RST_INEXACT) && rst_answers_ignored(w, s, dir, p);
	return r == RST_INVALID ? IV : r == RST_INEXACT ? s->state : CL;
}

static enum track packet(const struct nap_box *box, struct session *s, struct window *w,
	const struct nap_packet *p, enum nap_side side, nap_time now, nap_time *timeout)
{
	enum dir dir = nap_track_is_reply(s, side) ? REPLY : ORIG;
	enum segment seg = segment_of(p);
	uint8_t old = s->state, to = next[dir][seg][old];
	bool skip = false;

	if ((p->bad_csum && box->config->checksum) || !flags_valid(p))
		return TRACK_INVALID;
	if (to == SS && (old == TW || old == CL)) {
		if (reopens(w, dir))
			return TRACK_REOPEN;
		to = IG;
	}
	if (to == IG && answers_ignored_syn(w, dir, seg, p)) {
		old = SS;
		to = SR;
	}
	if (to == CL && seg == SEG_RST)
		to = rst_leads_to(box, w, s, dir, p, &skip);
	if (to == IV)
		return TRACK_INVALID;
	if (to == IG) {
		note_ignored(w, old, dir, seg, p);
		return TRACK_PASS;
	}
	if (to == TW && old == LA && seg == SEG_ACK && w->last_dir != dir && w->last_index == SEG_SYN &&
		(w->last_flags & W_CHALLENGE)) {
		w->last_flags &= (uint8_t)~W_CHALLENGE;
		return TRACK_PASS; /* a challenge ACK acknowledges no FIN */
	}
	if (to == S2)
		w->last_flags |= W_SIMULTANEOUS;
	if (to == SR && dir == REPLY && seg == SEG_ACK && (w->last_flags & W_SIMULTANEOUS))
		to = ES;
	switch (skip ? IN_WINDOW : judge(box, w, s->state, dir, seg, p)) {
	case PASS_UNBELIEVED:
		return TRACK_PASS;
	case OUT_OF_WINDOW:
		*timeout = note_invalid(box, s, w, dir, seg, now);
		return TRACK_INVALID;
	default:
		return believe(box, s, w, dir, seg, to, old, timeout);
	}
}

static void open(struct nap_box *box, struct session *s, const struct nap_packet *p, nap_time *timeout)
{
	struct window *w = nap_table_window(box, s);
	struct window_side *opener = &w->side[ORIG];

	opener->end = end_of(p);
	opener->max_win = p->win ? p->win : 1;
	opener->max_end = opener->end;
	if (segment_of(p) == SEG_SYN) {
		take_options(opener, p);
	} else {
		opener->max_end += opener->max_win;
		opener->flags = w->side[REPLY].flags = W_LIBERAL;
	}
	w->last_index = SEG_NONE;
	s->state = NO;
	packet(box, s, w, p, s->flags & SF_FROM_OUTSIDE ? NAP_OUTSIDE : NAP_INSIDE, 0, timeout);
}

const struct tracker nap_tracker_linux = {
	.state = states,
	.habits = HABIT_WINDOWS | HABIT_LATE_STREAM | HABIT_TIMEOUT_SETS,
	.may_open = may_open,
	.open = open,
	.packet = packet,
};
