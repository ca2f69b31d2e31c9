/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Trackers: what a packet does to the session it belongs to, and whether it may open one. A tracker is one constant in
 * a file of its own (track_tcp_NAME.c): its functions for TCP, its states as data, and the habits that boxes with it
 * have elsewhere. What a state means to the rest of the box its phases tell; nobody else knows a tracker's states.
 * UDP, ICMP and what else there is are told by this file and track.c. Private to middlebox/.
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
	TRACK_ANSWER,  /* the same, and the box answers it by an acknowledgement */
	TRACK_LEGS,    /* it is for one of the session's legs (legs.h), and goes no further itself */
};

enum phase {
	PHASE_OPEN = 1,      /* holds its mapping, and is held by it (timer-scope = mapping) */
	PHASE_STAGED = 2,    /* what runs out here lives on in the tracker's second stage */
	PHASE_UNCOUNTED = 4, /* over, and never comes back to life (closed-count) */
	PHASE_YIELDS = 8,    /* its port may be taken over (port-takeover) */
};

struct tcp_state {
	const char *name;
	uint8_t timer; /* enum nap_timer that runs in it; what else decides, the tracker knows */
	uint8_t phase; /* bits of enum phase */
};

/* What a tracker does beside following TCP. All that is not tracking has a key of its own. */
enum habit {
	HABIT_WINDOWS = 1,     /* each TCP session has a struct window */
	HABIT_STATE_TELLS = 2, /* a session's state alone tells how long its timer was: purges can scale it */
	HABIT_LATE_STREAM = 4, /* UDP: the packet after the reply makes a stream, not the reply itself */
	HABIT_TIMEOUT_SETS = 8, /* port-timers that names some TCP states sets the others too */
};

struct tracker {
	const struct tcp_state *state; /* by session.state */
	uint8_t second_stage;          /* the state where PHASE_STAGED goes for tcp-trans */
	uint32_t habits;

	/* A segment without session: TRACK_PASS, TRACK_INVALID or TRACK_MISS. */
	enum track (*may_open)(const struct nap_box *box, const struct nap_packet *p);
	/* The first segment of s: sets state and *timeout. */
	void (*open)(struct nap_box *box, struct session *s, const struct nap_packet *p, nap_time *timeout);
	/* A further one: changes s and w (NULL without HABIT_WINDOWS), which may be copies, and *timeout, TRACK_KEEP before. */
	enum track (*packet)(const struct nap_box *box, struct session *s, struct window *w,
		const struct nap_packet *p, enum nap_side side, nap_time now, nap_time *timeout);
};

extern const struct tracker nap_tracker_linux, nap_tracker_rfc7857, nap_tracker_rfc6146, nap_tracker_simple,
	nap_tracker_proxy, nap_tracker_legs;
extern const struct tcp_state nap_tcp_simple_states[];

/* A proxy's state whose legs are so far. */
uint8_t nap_track_proxy_state(enum nap_legs_phase phase);

/* By the keys tracker and kind. */
const struct tracker *nap_tracker_of(const struct nap_box_config *config);

/* may_open for those who begin with a SYN or not at all. */
enum track nap_tcp_needs_syn(const struct nap_box *box, const struct nap_packet *p);

/* A packet without session: may it open one? TRACK_PASS, TRACK_INVALID or TRACK_MISS. */
enum track nap_track_may_open(const struct nap_box *box, const struct nap_packet *p);

/* First packet of the new session s. Sets state and timer. */
void nap_track_open(struct nap_box *box, struct session *s, const struct nap_packet *p, nap_time now);

/* A filtered packet refreshes s (filtered = refresh). */
void nap_track_restart(struct nap_box *box, struct session *s, nap_time now);

/* What a packet would do, without doing it: for nap_box_open_until. */
bool nap_track_would_pass(const struct nap_box *box, const struct session *s, const struct nap_packet *p,
	enum nap_side side, nap_time now);

/* Name of the state of s at now, which it may have come to by time alone. */
const char *nap_track_state_name(const struct nap_box *box, const struct session *s, nap_time now);

/* Bits of enum phase; what is no TCP is always open. */
static inline uint8_t nap_track_phase(const struct nap_box *box, const struct session *s)
{
	return s->proto == NAP_TCP ? box->tracker->state[s->state].phase : PHASE_OPEN;
}

/* Is p from the side that did not open s? */
static inline bool nap_track_is_reply(const struct session *s, enum nap_side side)
{
	return (side == NAP_OUTSIDE) != ((s->flags & SF_FROM_OUTSIDE) != 0);
}

/* How long timer t is for s: by destination port, scaled by the table's fill (adaptive-start). */
nap_time nap_track_own_timeout(const struct nap_box *box, const struct session *s, enum nap_timer t);

static inline nap_time nap_track_timeout(const struct nap_box *box, const struct session *s, enum nap_timer t)
{
	return s->timers || box->config->adaptive_start ? nap_track_own_timeout(box, s, t)
							: box->config->timer[t];
}

/* span, scaled by the table's fill now. */
nap_time nap_track_scaled(const struct nap_box *box, nap_time span);

/* How long the timer is that s has now, unscaled (HABIT_STATE_TELLS). */
nap_time nap_track_span(const struct nap_box *box, const struct session *s);

/* Before timers change: GRE sessions that have those of now keep them (gre-timers = created). */
void nap_track_keep_gre(struct nap_box *box);

/* Does a packet from side restart timers at all? */
static inline bool nap_track_refreshes(const struct nap_box *box, enum nap_side side)
{
	return box->refresh_mask >> side & 1;
}

/*
 * UDP. HABIT_LATE_STREAM: a packet takes the stream timer when an earlier one was a reply and the session is older than
 * udp-stream-after (2 s); elsewhere the reply itself counts. Returns the timer, TRACK_KEEP when it is not restarted.
 * The side, which nobody can foresee, is reckoned with and not branched on.
 */
static inline nap_time nap_track_udp(
	const struct nap_box *box, struct session *s, enum nap_side side, nap_time now)
{
	bool late = box->habits & HABIT_LATE_STREAM, reply = nap_track_is_reply(s, side);
	bool replied = (s->flags & SF_REPLIED) | (reply & !late);
	nap_time age = now - s->created - late; /* late: older than, elsewhere: as old as */
	enum nap_timer t = NAP_TIMER_UDP;

	if (replied && age >= box->config->udp_stream_after) {
		t = NAP_TIMER_UDP_STREAM;
		s->flags |= SF_ASSURED;
	} else if (!replied && !late && box->config->timer[NAP_TIMER_UDP_SINGLE]) {
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

/* A further packet of s. */
static inline enum track nap_track_packet(
	struct nap_box *box, struct session *s, const struct nap_packet *p, enum nap_side side, nap_time now)
{
	if (s->proto != NAP_UDP || p->bad_csum)
		return nap_track_others(box, s, p, side, now);
	nap_session_restart_if(box, s, now, nap_track_udp(box, s, side, now));
	return TRACK_PASS;
}

#endif
