/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One end of a TCP connection as far as keepalives need it (RFC 9293, 6298,
 * 7323, 8985 7, 6069, 1122 4.2.3), with Linux' timing. One message is one
 * segment, of any length, as with segmentation offload; segments that arrive
 * out of order are dropped and acknowledged; after a retransmission time-out
 * everything outstanding goes again (no SACK). Every acknowledgement goes at
 * once, on data where there is some to send.
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
	/* RFC 9293 3.9.1.6, RFC 5482: the same as a time, for retries; NAP_NEVER: by retries */
	nap_time user_timeout;
	bool timestamps; /* RFC 7323, if both ends do */
	bool loss_probe; /* tail loss probe: RFC 8985 7 */
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
	NAP_TCP_MESSAGE = 2,   /* the packet's message has been received, once and in order */
	NAP_TCP_ENDED = 4,     /* the peer has closed its side: close this one */
	NAP_TCP_SETTLED = 16,  /* all that was sent has been acknowledged */
	NAP_TCP_ABORTED = 8,   /* gone: reset, refused or given up */
};

#define NAP_TCP_QUEUE  16 /* messages not yet acknowledged */
#define NAP_TCP_WINDOW 10 /* of these, in flight at once: the initial window of RFC 6928 */
#define NAP_TCP_LEFT   2  /* segments that a connection has once its program has left it: data, FIN */

/* One message, SYN or FIN on its way. */
struct nap_tcp_segment {
	uint32_t seq;
	uint32_t len; /* payload bytes */
	uint32_t tag;
	uint8_t flags; /* NAP_SYN, NAP_FIN or 0 */
	uint8_t message, cause;
	bool again;     /* has it been sent more than once? */
	nap_time stamp; /* when what it carries was first offered; 0: when it is sent */
	nap_time sent;  /* when it last went */
};

/* The queue comes last: one that was left (nap_tcp_leave) needs only the beginning of it. */
struct nap_tcp {
	struct nap_endpoint self, peer;
	uint8_t state;            /* enum nap_tcp_state */
	uint8_t retransmits;      /* time-outs since something new was acknowledged */
	uint8_t backoff;          /* doublings of the time-out since the last round trip measured */
	uint8_t probes;           /* keepalive probes without answer */
	uint8_t first;            /* index of the oldest segment in queue */
	uint8_t n, n_sent;        /* segments in queue, and of these sent (again) since the last time-out */
	uint8_t window;           /* of these, so many may be in flight */
	uint8_t ack_cause;        /* who is charged for an acknowledgement */
	bool ack_due;             /* an acknowledgement is to go */
	bool left;                /* its program has closed it */
	bool stamps;              /* both ends write time stamps */
	bool probing;             /* retry is that of a loss probe */
	bool probed;              /* a loss probe went, and nothing behind it has been acknowledged */
	bool recovering;          /* after a time-out, until all that was out then is acknowledged */
	uint32_t una, nxt, write; /* send: oldest unacknowledged, next never sent, next to be queued */
	uint32_t recovered;       /* nxt at the time-out that recovering is about */
	uint32_t probe_end;       /* nxt at the loss probe */
	uint32_t rcv;             /* receive: next expected */
	uint32_t acked;           /* tag of the last push that the peer has acknowledged */
	struct nap_tcp_rtt rtt;
	nap_time rto;   /* with back-off */
	nap_time retry; /* retransmission timer, or loss probe's */
	nap_time
		since; /* first retransmission of what is outstanding, of a SYN its first sending; NAP_NEVER: none */
	nap_time recent; /* the peer's time stamp to answer with */
	nap_time heard;  /* last acceptable segment received */
	nap_time
		quiet; /* until then a segment that does not belong here, and carries nothing, is not answered */
	nap_time keep; /* keepalive timer; FIN-WAIT-2 and TIME-WAIT: when they end */
	struct nap_tcp_keepalive option;
	struct nap_tcp_segment queue[NAP_TCP_QUEUE];
};

/* Bytes of one that was left. */
#define NAP_TCP_LEFT_BYTES (offsetof(struct nap_tcp, queue) + NAP_TCP_LEFT * sizeof(struct nap_tcp_segment))

/* Opens actively: the SYN goes with the next flush. */
void nap_tcp_connect(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now,
	struct nap_endpoint self, struct nap_endpoint peer, const struct nap_tcp_keepalive *option);

/* Opens passively on a SYN from p->src: the SYN-ACK goes with the next flush. */
void nap_tcp_accept(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now,
	const struct nap_packet *p, const struct nap_tcp_keepalive *option);

/* How many more messages it would take now. */
static inline uint32_t nap_tcp_room(const struct nap_tcp *t)
{
	return (uint32_t)(NAP_TCP_QUEUE - 1 - t->n); /* one place is kept for the FIN */
}

/* Queues one message, if this side is not closed; without room it is added to the last one queued (bytes are bytes). It goes with the next flush. */
void nap_tcp_write(
	struct nap_tcp *t, uint8_t message, uint32_t len, uint8_t cause, uint32_t tag, nap_time stamp);

/* Closes after what is queued: the program has gone, what the peer still sends is answered by RST. */
void nap_tcp_close(struct nap_tcp *t, uint8_t cause);

/* Closes this direction alone after what is queued: the program goes on reading. */
void nap_tcp_shutdown(struct nap_tcp *t, uint8_t cause);

/* What its program has left goes on as *left (NAP_TCP_LEFT_BYTES of memory), in place of what was there; t is free for the next. */
void nap_tcp_leave(struct nap_tcp *t, struct nap_tcp *left);

/* A segment, or an ICMP error about one, of this connection arrived. Returns enum nap_tcp_event; answers go with the next flush. */
unsigned nap_tcp_input(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now,
	const struct nap_packet *p, struct nap_outbox *out);

/* Takes what is due at now: retransmissions, probes, giving up. */
unsigned nap_tcp_timer(
	struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, struct nap_outbox *out);

/* Sends what may be sent, or else the acknowledgement that is due. */
void nap_tcp_flush(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, struct nap_outbox *out);

/* When nap_tcp_timer wants to be called. */
nap_time nap_tcp_deadline(const struct nap_tcp *t);

/* Answers a segment that belongs to no connection with a RST (RFC 9293 3.10.7.1), unless it is one itself. */
void nap_tcp_refuse(const struct nap_packet *p, struct nap_outbox *out);

/* How long after the first retransmission data is given up: the time that so many retransmissions from rto_min take. */
nap_time nap_tcp_patience(const struct nap_tcp_config *cfg, uint32_t retries);

/* What a segment with new data sent now would look like. */
struct nap_packet nap_tcp_sample(const struct nap_tcp *t);

#endif
