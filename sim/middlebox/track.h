/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Trackers: what a packet does to the session it belongs to, and whether it may open one. Private to middlebox/.
 * Every tracker names its states; their numbers live in session.state.
 */
#ifndef NAP_MIDDLEBOX_TRACK_H
#define NAP_MIDDLEBOX_TRACK_H

#include "middlebox/table.h"

enum track {
	TRACK_PASS,    /* valid; timer and state are as the tracker left them */
	TRACK_INVALID, /* not of this session: no effect */
	TRACK_CLOSE,   /* passes, then the session ends */
	TRACK_REOPEN,  /* the session ends, and the packet counts as a new one */
	TRACK_MISS,    /* opens nothing, though valid: on-miss decides */
	TRACK_STOP,    /* valid and of this session, but not let through: no effect */
};

/* A packet without session: may it open one? TRACK_PASS, TRACK_INVALID or TRACK_MISS. */
enum track nap_track_may_open(const struct nap_box *box, const struct nap_packet *p, enum nap_side side);

/* First packet of the new session s, arriving on side. Sets state and timer. */
void nap_track_open(struct nap_box *box, struct session *s, const struct nap_packet *p, nap_time now);

/* A filtered packet refreshes s (filtered = refresh). */
void nap_track_restart(struct nap_box *box, struct session *s, nap_time now);

/* What a packet would do, without doing it: for nap_box_open_until. */
bool nap_track_would_pass(const struct nap_box *box, const struct session *s, const struct nap_packet *p,
	enum nap_side side, nap_time now);

/* Name of a session's state, "" when it has none. */
const char *nap_track_state_name(const struct nap_box *box, uint8_t proto, uint8_t state, uint16_t flags);

/* Is a TCP connection in that state open (established, half-closed), rather than opening or closing? */
bool nap_track_is_open(uint32_t tracker, uint8_t state);

/* Trackers whose established state has a second stage (TRANS). */
bool nap_track_has_second_stage(uint32_t tracker, uint8_t state);
uint8_t nap_track_second_stage(uint32_t tracker);

/*
 * TCP by tracker: changes s (and its window) only, which may be copies. *timeout, TRACK_KEEP before: how long the
 * session lives from now on, set when the timer is to be restarted.
 */
bool nap_tcp_linux_may_open(const struct nap_box *box, const struct nap_packet *p);
void nap_tcp_linux_open(
	struct nap_box *box, struct session *s, const struct nap_packet *p, nap_time *timeout);
enum track nap_tcp_linux_packet(const struct nap_box *box, struct session *s, struct window *w,
	const struct nap_packet *p, enum nap_side side, nap_time now, nap_time *timeout);
void nap_tcp_rfc_open(
	const struct nap_box *box, struct session *s, const struct nap_packet *p, nap_time *timeout);
enum track nap_tcp_rfc_packet(const struct nap_box *box, struct session *s, const struct nap_packet *p,
	enum nap_side side, nap_time *timeout);
void nap_tcp_simple_open(
	const struct nap_box *box, struct session *s, const struct nap_packet *p, nap_time *timeout);
enum track nap_tcp_simple_packet(const struct nap_box *box, struct session *s, const struct nap_packet *p,
	enum nap_side side, nap_time *timeout);
extern const char *const nap_tcp_linux_names[], *const nap_tcp_rfc_names[], *const nap_tcp_simple_names[];
enum { NAP_TCP_RFC_ESTABLISHED = 2, NAP_TCP_RFC_S_FIN = 4, NAP_TCP_RFC_TRANS = 6 };
enum { NAP_TCP_SIMPLE_ESTABLISHED = 3, NAP_TCP_SIMPLE_HALF_CLOSED = 4 };
enum {
	NAP_TCP_LINUX_ESTABLISHED = 3,
	NAP_TCP_LINUX_TIME_WAIT = 7,
	NAP_TCP_LINUX_CLOSE = 8
}; /* states that others ask for */

/* Is p from the side that did not open s? */
static inline bool nap_track_is_reply(const struct session *s, enum nap_side side)
{
	return (side == NAP_OUTSIDE) != ((s->flags & SF_FROM_OUTSIDE) != 0);
}

/* How long timer t is for s: by destination port, scaled by the table's fill (adaptive-start). */
nap_time nap_track_own_timeout(const struct nap_box *box, const struct session *s, enum nap_timer t);

static inline nap_time nap_track_timeout(const struct nap_box *box, const struct session *s, enum nap_timer t)
{
	return s->timers || box->config.adaptive_start ? nap_track_own_timeout(box, s, t) : box->timer[t];
}

/* span, scaled by the table's fill now. */
nap_time nap_track_scaled(const struct nap_box *box, nap_time span);

/* Tracker simple: how long the timer is that s has now, unscaled. */
nap_time nap_track_span(const struct nap_box *box, const struct session *s);
enum nap_timer nap_tcp_simple_timer(uint8_t state);

/* Does a packet from side restart timers at all? */
static inline bool nap_track_refreshes(const struct nap_box *box, enum nap_side side)
{
	return box->refresh_mask >> side & 1;
}

/*
 * UDP. Linux: a packet takes the stream timer when an earlier one was a reply and the session is older than
 * udp-stream-after (2 s); elsewhere the reply itself counts. Returns the timer, TRACK_KEEP when it is not restarted.
 * The side, which nobody can foresee, is reckoned with and not branched on.
 */
static inline nap_time nap_track_udp(
	const struct nap_box *box, struct session *s, enum nap_side side, nap_time now)
{
	bool linux_rule = box->config.tracker == NAP_TRACK_LINUX, reply = nap_track_is_reply(s, side);
	bool replied = (s->flags & SF_REPLIED) | (reply & !linux_rule);
	nap_time age = now - s->created - linux_rule; /* Linux: older than, elsewhere: as old as */
	enum nap_timer t = NAP_TIMER_UDP;

	if (replied && age >= box->config.udp_stream_after) {
		t = NAP_TIMER_UDP_STREAM;
		s->flags |= SF_ASSURED;
	} else if (!replied && !linux_rule && box->timer[NAP_TIMER_UDP_SINGLE]) {
		t = NAP_TIMER_UDP_SINGLE;
		s->flags |= SF_REPEATED;
	}
	s->flags = (uint16_t)(s->flags | SF_REPLIED * reply);
	return nap_track_timeout(box, s, t) |
	       ((nap_time)nap_track_refreshes(box, side) - 1); /* or TRACK_KEEP */
}

/* nap_track_packet for all but sound UDP. */
enum track nap_track_others(
	struct nap_box *box, struct session *s, const struct nap_packet *p, enum nap_side side, nap_time now);

/* Is it a connection over and done with, which Linux' connlimit does not count? It never comes back to life. */
static inline bool nap_track_is_closed(const struct nap_box *box, const struct session *s)
{
	return s->proto == NAP_TCP && box->config.tracker == NAP_TRACK_LINUX &&
	       (s->state == NAP_TCP_LINUX_TIME_WAIT || s->state == NAP_TCP_LINUX_CLOSE);
}

/* A further packet of s. */
static inline enum track nap_track_packet(
	struct nap_box *box, struct session *s, const struct nap_packet *p, enum nap_side side, nap_time now)
{
	s->probes = 0; /* it is alive */
	if (s->proto != NAP_UDP || p->bad_csum)
		return nap_track_others(box, s, p, side, now);
	nap_session_restart_if(box, s, now, nap_track_udp(box, s, side, now));
	return TRACK_PASS;
}

#endif
