/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One end of a TCP connection (RFC 9293, 6298, 7323, 8985, 6675, 6069, 5961,
 * 9438, 1191, 1122 4.2.3), with Linux' timing. A message is sent in segments; the
 * one that ends it says what it was. What is not written out: HyStart,
 * D-SACK, a zero window (programs read at once).
 *
 * Closing is what a program's close() does: the kernel goes on sending what is
 * not yet acknowledged, and answers later data with RST. A connection that its
 * program has left moves to a struct nap_tcp of its own (nap_tcp_leave), so
 * that the next one can be opened.
 */
#ifndef NAP_CLIENT_TCP_H
#define NAP_CLIENT_TCP_H

#include <stdbool.h>

#include "client/outbox.h"
#include "client/tcp_rtt.h"

/* The keepalive option: RFC 1122 4.2.3.6. idle NAP_NEVER: off. A policy of wire TCP_OPTION begins with this. */
struct nap_tcp_keepalive {
	nap_time idle;     /* probe after nothing was heard for so long */
	nap_time interval; /* between probes */
	uint32_t count;    /* unanswered probes after which the connection is dead */
};

/* What the host's TCP is like: shared by all connections. */
struct nap_tcp_config {
	nap_time rto_initial, rto_max; /* RFC 6298 */
	nap_time rto_min;              /* least share of the variance in the time-out */
	/* tcp_retries2: data is given up as long after the first retransmission as so many take from rto_min */
	uint32_t retries;
	uint32_t orphan_retries; /* the same where the program has closed */
	uint32_t syn_retries;    /* retransmissions of a SYN that wait twice as long as the one before */
	uint32_t syn_linear;     /* retransmissions of a SYN before these, rto_initial apart */
	uint32_t synack_retries; /* retransmissions of a SYN-ACK */
	nap_time fin_timeout; /* how long a connection that its program has left waits for the peer's FIN */
	/* RFC 9293 3.9.1.6, RFC 5482: the same as a time, for retries; NAP_NEVER: by retries */
	nap_time user_timeout;
	nap_time delayed_ack; /* least wait of an acknowledgement for an answer to go with; 0: none waits */
	nap_time tick; /* of the clock that timers wait by, in a wheel as Linux has it; 0: they are exact */
	uint32_t quick_acks; /* acknowledgements that do not wait, at the start and after long silence */
	uint32_t mss;        /* announced: payload and options of a segment, without the 40 B of headers */
	uint32_t initial_window; /* segments: RFC 6928 */
	bool nodelay;            /* TCP_NODELAY: does a small message go although one before it is out? */
	bool ack_read;           /* is what the program has read acknowledged at once, unless it answers? */
	bool idle_restart;       /* does the window begin anew after idleness (RFC 5681 4.1)? */
	bool timestamps;         /* RFC 7323, if both ends do */
	bool pings;              /* keepalives of the program, and their answers, are pings (NAP_SAYS_PING) */
	bool loss_probe;         /* tail loss probe: RFC 8985 7 */
	bool hard_errors; /* does ICMP 3/2 or 3/3 end an established connection (RFC 1122 4.2.3.9)? Else RFC 5461 6 */
};

enum nap_tcp_state { /* RFC 9293 3.3.2; zero: no connection */
	NAP_TCP_CLOSED,
	NAP_TCP_SYN_SENT,
	NAP_TCP_SYN_RECEIVED,
	NAP_TCP_ESTABLISHED,
	NAP_TCP_CLOSE_WAIT,
	NAP_TCP_FIN_WAIT_1,
	NAP_TCP_FIN_WAIT_2,
	NAP_TCP_CLOSING,
	NAP_TCP_LAST_ACK,
	NAP_TCP_TIME_WAIT,
};

/* What an operation brought about, or-ed. */
enum nap_tcp_event {
	NAP_TCP_CONNECTED = 1, /* established */
	NAP_TCP_MESSAGE = 2,   /* the packet's message has been received whole, once and in order */
	NAP_TCP_ENDED = 4,     /* the peer has closed its side: close this one */
	NAP_TCP_SETTLED = 16,  /* all that was sent has been acknowledged */
	NAP_TCP_ABORTED = 8,   /* gone: reset, refused or given up */
	NAP_TCP_DATA = 32,     /* something has been received in order: of a message, or all of it */
	NAP_TCP_MORE =
		64, /* other messages are whole with it, of which segments were here before: nap_tcp_stored */
};

#define NAP_TCP_MESSAGES 15 /* messages not yet acknowledged */
#define NAP_TCP_OWN      1  /* segments that need no memory of their own: room 0 */

/* One segment, SYN or FIN on its way. */
struct nap_tcp_segment {
	uint32_t seq;
	uint32_t len; /* payload bytes */
	uint32_t tag;
	uint8_t flags; /* NAP_SYN, NAP_FIN, NAP_PSH: it ends a message; or 0 */
	uint8_t message, cause;
	uint8_t marks;  /* enum nap_tcp_mark (tcp_inside.h), or-ed */
	nap_time stamp; /* when what it carries was first offered; 0: when it is sent */
	nap_time sent;  /* when it last went */
};

struct nap_tcp_aside; /* what few have (tcp_inside.h) */

struct nap_tcp {
	struct nap_endpoint self, peer;
	uint8_t state;       /* enum nap_tcp_state */
	uint8_t retransmits; /* time-outs since something new was acknowledged */
	uint8_t backoff;     /* doublings of the time-out since the last round trip measured */
	uint8_t probes;      /* keepalive probes without answer */
	uint8_t messages;    /* in queue */
	uint8_t ack_cause;   /* who is charged for an acknowledgement */
	uint8_t quick;       /* acknowledgements that are still to go at once */
	uint8_t due;         /* enum nap_tcp_due (tcp_inside.h): what retry is for */
	uint8_t recovery;    /* enum nap_tcp_recovery (tcp_inside.h) */
	uint8_t room;        /* of queue: its binary logarithm */
	bool ack_due : 1;    /* an acknowledgement is to go */
	bool left : 1;       /* its program has closed it */
	bool stamps : 1;     /* both ends write time stamps */
	bool probed : 1;     /* a loss probe went, and nothing behind it has been acknowledged */
	bool answers : 1; /* the program answers what it gets: acknowledgements wait for it (Linux' pingpong) */
	bool resume : 1;     /* an outbox was full: more is to go at once */
	bool may_be_cut : 1; /* the path takes less than what segments may shrink to: they go without DF */
	bool gathers : 1;    /* what is to be sent waits for an acknowledgement (Nagle) */
	bool limited : 1;    /* the window was full when it last mattered */
	uint16_t mss;        /* payload bytes of a segment sent */
	uint16_t own_mss;    /* as announced, without options taken off */
	uint16_t peer_mss;   /* as the peer has announced it */
	uint16_t pmtu;       /* of the path, 0: not known; kept for the next connection */
	uint16_t window;     /* to be announced, in units of 128 bytes */
	uint16_t got; /* largest payload received in one segment, as far as acknowledgements go by it */
	uint16_t cwnd, ssthresh;           /* segments; UINT16_MAX: none yet */
	uint16_t grown;                    /* acknowledged since cwnd grew, in congestion avoidance */
	uint16_t last_max;                 /* cwnd before the last loss */
	uint16_t prior_cwnd, prior_thresh; /* before this recovery */
	uint16_t delivered, repaid;        /* in it: delivered to the peer, sent (RFC 6937) */
	uint16_t max_out;                  /* most in flight, for limited */
	uint32_t first, n;                 /* of queue: index of the oldest, segments */
	uint32_t n_sent;                   /* of n, so many have been sent */
	uint32_t sacked, lost, resent;     /* of these: how many have that mark */
	uint32_t una, nxt, write; /* send: oldest unacknowledged, next never sent, next to be queued */
	uint32_t recovered;       /* nxt when recovery began */
	uint32_t probe_end;       /* nxt at the loss probe */
	uint32_t usage;           /* nxt when limited and max_out were set */
	uint32_t small;           /* end of the last one sent that was smaller than a segment may be */
	uint32_t latest;          /* end of the segment sent last of those that have arrived ... */
	uint32_t peer_window;     /* bytes from una on that the peer takes */
	uint32_t rcv, told;       /* receive: next expected, and as last acknowledged */
	uint32_t burst;           /* received in order since the last end of a message */
	uint32_t acked;           /* tag of the last push that the peer has acknowledged */
	uint32_t ato;             /* us: how long an acknowledgement waits; 0: nothing received yet */
	struct nap_tcp_rtt rtt;
	nap_time latest_sent, latest_rtt; /* ... when it was, and its round trip (RFC 8985 6.1) */
	nap_time min_rtt;
	nap_time rto;    /* with back-off */
	nap_time retry;  /* retransmission timer, loss probe's or reordering's */
	nap_time ack_at; /* a delayed acknowledgement; NAP_NEVER: none */
	nap_time
		since; /* first retransmission of what is outstanding, of a SYN its first sending; NAP_NEVER: none */
	nap_time recent; /* the peer's time stamp to answer with */
	nap_time heard;  /* last acceptable segment received */
	nap_time lately; /* last payload received, and two minutes: further back it does not matter when */
	nap_time wrote;  /* last payload sent */
	nap_time
		quiet; /* until then a segment that does not belong here, and carries nothing, is not answered */
	nap_time keep;       /* keepalive timer; FIN-WAIT-2 and TIME-WAIT: when they end */
	nap_time probed_at;  /* first probe after the last silence; NAP_NEVER: none, or timers are exact */
	nap_time pmtu_until; /* when pmtu is forgotten */
	const struct nap_tcp_keepalive *option; /* its socket's: the caller's, for as long as it is there */
	union {
		struct nap_tcp_segment own[NAP_TCP_OWN];
		struct nap_tcp_segment *more; /* queue, where own has not room enough: room is not 0 */
	};
	struct nap_tcp_aside
		*aside; /* NULL: nothing came out of order, no congestion avoidance since the last loss */
};

/*
 * No connection, for ends that have none: closed, and not to be written to. nap_tcp_allot makes room for one in place of it, which is
 * zeroed and the caller's; nap_tcp_release puts it back where the connection is closed and tells nothing of the path,
 * nap_tcp_dismiss in any case, with what its program has left.
 */
extern const struct nap_tcp nap_tcp_none;
static inline struct nap_tcp *nap_tcp_nothing(void)
{
	return (struct nap_tcp *)(uintptr_t)&nap_tcp_none;
}
static inline bool nap_tcp_is_none(const struct nap_tcp *t)
{
	return t == &nap_tcp_none;
}
void nap_tcp_allot(struct nap_tcp **t);
void nap_tcp_release(struct nap_tcp **t);
void nap_tcp_dismiss(struct nap_tcp **t, struct nap_tcp **left);

/* Opens actively: the SYN goes with the next flush. */
void nap_tcp_connect(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now,
	struct nap_endpoint self, struct nap_endpoint peer, const struct nap_tcp_keepalive *option);

/* Opens passively on a SYN from p->src: the SYN-ACK goes with the next flush. */
void nap_tcp_accept(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now,
	const struct nap_packet *p, const struct nap_tcp_keepalive *option);

/* How many more messages it would take now. */
static inline uint32_t nap_tcp_room(const struct nap_tcp *t)
{
	return NAP_TCP_MESSAGES - t->messages;
}

/* What a program writes at once. */
struct nap_tcp_words {
	uint8_t message, cause;
	uint32_t len, tag;
	nap_time stamp; /* when it was first offered */
};

/* Queues one message, if this side is not closed; without room its bytes go, but not what they say. It goes with the next flush. */
void nap_tcp_write(
	struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, const struct nap_tcp_words *words);

/* Closes after what is queued: the program has gone, what the peer still sends is answered by RST. */
void nap_tcp_close(struct nap_tcp *t, uint8_t cause);

/* Closes this direction alone after what is queued: the program goes on reading. */
void nap_tcp_shutdown(struct nap_tcp *t, uint8_t cause);

/* Ends it at once, by RST. */
void nap_tcp_reset(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, uint8_t cause,
	struct nap_outbox *out);

/*
 * What its program has left goes on as **left, in place of what was there; t is free for the next. NULL: nothing is left, as mostly;
 * nap_tcp_settle_left makes it so once that is closed, nap_tcp_forget_left at once.
 */
void nap_tcp_leave(struct nap_tcp *t, struct nap_tcp **left);
void nap_tcp_settle_left(struct nap_tcp **left);
void nap_tcp_forget_left(struct nap_tcp **left);

/* Nothing is left of the connection, nor of what it holds elsewhere; of a zeroed one neither. */
void nap_tcp_clear(struct nap_tcp *t);

/* A segment, or an ICMP error about one, of this connection arrived. Returns enum nap_tcp_event; answers go with the next flush. */
unsigned nap_tcp_input(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now,
	const struct nap_packet *p, struct nap_outbox *out);

/* The next message that became whole with the last input, but was not its own: *p is the segment that ended it. False: none. */
bool nap_tcp_stored(struct nap_tcp *t, struct nap_packet *p);

/* Takes what is due at now: retransmissions, probes, giving up. */
unsigned nap_tcp_timer(
	struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, struct nap_outbox *out);

/* Sends what may be sent, or else the acknowledgement that is due. */
void nap_tcp_flush(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, struct nap_outbox *out);

/* When nap_tcp_timer wants to be called; of what is left, too. */
nap_time nap_tcp_deadline(const struct nap_tcp *t);
static inline nap_time nap_tcp_left_deadline(const struct nap_tcp *left)
{
	return left ? nap_tcp_deadline(left) : NAP_NEVER;
}

/* Does it matter for the window when payload went last, as it is still to shrink by idleness? For whole cycles. */
bool nap_tcp_is_wide(const struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now);

/* Answers a segment that belongs to no connection with a RST (RFC 9293 3.10.7.1), unless it is one itself. */
void nap_tcp_refuse(const struct nap_packet *p, struct nap_outbox *out);

/* How long after the first retransmission data is given up: the time that so many retransmissions from rto_min take. */
nap_time nap_tcp_patience(const struct nap_tcp_config *cfg, uint32_t retries);

/* What a segment with new data sent now would look like. */
struct nap_packet nap_tcp_sample(const struct nap_tcp *t);

#endif
