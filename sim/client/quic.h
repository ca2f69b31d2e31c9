/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One end of a QUIC connection as far as keepalives need it: round trips, acknowledgements and their delay, probe
 * time-outs (RFC 9002 5, 6.2), the idle time-out (RFC 9000 10.1), and probes of the path's MTU (RFC 9000 14.3) that ride
 * on what is sent anyway. A packet is known by when it was sent: one acknowledgement covers all that went before.
 */
#ifndef NAP_CLIENT_QUIC_H
#define NAP_CLIENT_QUIC_H

#include "client/speaker.h"

struct nap_quic {
	nap_time srtt, rttvar, min_rtt; /* RFC 9002 5; srtt 0: nothing measured yet */
	nap_time
		first; /* the first packet that is outstanding: asks for an acknowledgement and has none; NAP_NEVER: none is */
	nap_time sent;           /* the last of them */
	nap_time probe;          /* when the probe time-out is over; NAP_NEVER: nothing is outstanding */
	nap_time idle;           /* the idle time-out counts from here */
	nap_time heard;          /* when the last packet that asks for an acknowledgement was sent ... */
	nap_time got;            /* ... and came */
	nap_time ack;            /* when it is acknowledged at the latest; NAP_NEVER: it has been */
	nap_time mtu_sent;       /* the last probe of the path's MTU */
	nap_time mtu_next;       /* no other goes before */
	nap_time answer;         /* when the answer to the opening is ready; NAP_NEVER: none is worked on */
	uint32_t answer_tag;     /* and which that is */
	uint16_t mtu, mtu_above; /* the largest datagram that got through; the least that did not */
	uint16_t mtu_probe;      /* a probe of this size is under way; 0: none */
	uint16_t mtu_heard;      /* the largest probe of the other end's that came */
	uint8_t backoff;         /* probe time-outs in a row */
	uint8_t owed;            /* packets that came since the last acknowledgement, and ask for one */
	uint8_t owed_cause;      /* enum nap_cause of the last of them */
	bool said;               /* something that asks for an acknowledgement went since the last receipt */
	bool confirmed;          /* the handshake is over */
	struct nap_saying last;  /* what the last packet that asks for an acknowledgement said */
};

/* A new connection. */
void nap_quic_init(struct nap_quic *q, const struct nap_speaker *sp);

/* The handshake is over: from now on what is lost is sent again, and the path's MTU is looked for. */
void nap_quic_confirm(struct nap_quic *q, const struct nap_speaker *sp);

/* Packet p goes: what it carries besides; then what rides on it. */
void nap_quic_stamp(struct nap_quic *q, const struct nap_speaker *sp, struct nap_packet *p);
void nap_quic_sent(struct nap_quic *q, const struct nap_speaker *sp, const struct nap_saying *what);

/* A packet came from the other end; afterwards, when its message has been taken: an acknowledgement that is due at once. */
unsigned nap_quic_heard(struct nap_quic *q, const struct nap_speaker *sp, const struct nap_packet *p);
void nap_quic_settle(struct nap_quic *q, const struct nap_speaker *sp);

/* The server begins to work on an answer to step tag of an opening. */
void nap_quic_work(struct nap_quic *q, const struct nap_speaker *sp, uint32_t tag);

/* Takes what is due; when that is. */
unsigned nap_quic_timer(struct nap_quic *q, const struct nap_speaker *sp);
nap_time nap_quic_deadline(const struct nap_quic *q);

/* The probe time-out after so many in a row. */
nap_time nap_quic_timeout(const struct nap_quic *q, const struct nap_app_config *app, uint32_t backoff);

/* When the connection ends for want of packets, if both ends agreed on such a silence. */
nap_time nap_quic_idle_end(const struct nap_quic *q, const struct nap_app_config *app, nap_time silence);

/* Is nothing outstanding, owed or worked on? */
static inline bool nap_quic_rests(const struct nap_quic *q)
{
	return q->first == NAP_NEVER && q->owed == 0 && q->answer == NAP_NEVER;
}

#endif
