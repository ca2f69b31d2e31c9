/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What probe and reflector say to each other, over UDP and TCP alike: records
 * of exactly NAP_RECORD_SIZE bytes, so that "never more bytes than received" and
 * "never more packets than received" are one count.
 *
 *   client                              server
 *   HELLO  (perhaps an old cookie) ->   WELCOME   cookie, what the server can do
 *   FLOW   a flow's own packet          (an EVENT later)
 *   ORDER  what to send on a flow ->    DONE      and what was ordered: FLOWED, a FIN, a raw segment
 *   POLL   events had so far      ->    EVENT     the oldest not yet had, or IDLE
 *   CREDIT                              (nothing) pays for a record to come
 *   any but FLOW                  ->    REFUSED   where it has no place for this client
 *
 * HELLO, ORDER, POLL and CREDIT go over the control flow, a UDP port of its own;
 * FLOW and FLOWED are the packets of the flows under test. The client repeats
 * what is not answered; an ORDER carries a number, so that it is done once, and
 * events are numbered and kept until they are acknowledged.
 *
 * All numbers are big-endian. Reading checks every byte: length, magic, type,
 * counts, address families, and that what is unused is zero.
 */
#ifndef NAP_LIVE_RECORD_H
#define NAP_LIVE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "live/inet.h"

#define NAP_RECORD_SIZE  128  /* bytes of every record */
#define NAP_RECORD_MAC   16   /* bytes of a cookie's authenticator */
#define NAP_RECORD_PORT  3479 /* default; the second port is the next */
#define NAP_RECORD_PORTS 8    /* ports a server may listen on */

enum nap_record_type {
	NAP_RECORD_NONE, /* refused when read */
	NAP_RECORD_HELLO,
	NAP_RECORD_FLOW,
	NAP_RECORD_ORDER,
	NAP_RECORD_POLL,
	NAP_RECORD_CREDIT,
	NAP_RECORD_WELCOME = 0x81, /* from here on: server to client */
	NAP_RECORD_FLOWED,
	NAP_RECORD_DONE,
	NAP_RECORD_EVENT,
	NAP_RECORD_IDLE,
	NAP_RECORD_REFUSED,
};

enum nap_record_refusal {    /* REFUSED */
	NAP_RECORD_FULL = 1, /* no place for a further client, or none for one of this site */
	NAP_RECORD_OVER,     /* this association has ended here, or had to give way */
	NAP_RECORD_REFUSALS
};

enum nap_record_place { /* a server socket relative to a flow's usual one: bits, as in RFC 5780 7.2 */
	NAP_RECORD_OTHER_PORT = 1,
	NAP_RECORD_OTHER_ADDRESS = 2,
	NAP_RECORD_PLACES = 4,
};

enum nap_record_feature { /* WELCOME: bits */
	NAP_RECORD_CAN_TCP = 1,
	NAP_RECORD_CAN_RAW = 2,  /* raw TCP flows */
	NAP_RECORD_CAN_ECHO = 4, /* ICMP echo flows */
	NAP_RECORD_FEATURES = 8,
};

enum nap_record_act {        /* ORDER */
	NAP_RECORD_SEND = 1, /* a FLOWED record */
	NAP_RECORD_FIN,      /* TCP: close this direction */
	NAP_RECORD_RESET,    /* TCP: abort */
	NAP_RECORD_EXPECT,   /* raw TCP: a flow will come whose first segment has sequence number isn */
	NAP_RECORD_SEGMENT,  /* raw TCP: a segment */
	NAP_RECORD_FORGET,   /* drop the flow; closes its connection */
	NAP_RECORD_END,      /* the client is done: all of its flows and the association go */
	NAP_RECORD_ACTS
};

enum nap_record_result { /* DONE */
	NAP_RECORD_OK,
	NAP_RECORD_NO_CREDIT, /* not paid for */
	NAP_RECORD_NO_FLOW,   /* nothing has been received from this flow */
	NAP_RECORD_CANNOT,    /* no such place or ability here, or the connection is gone */
	NAP_RECORD_RESULTS
};

enum nap_record_what { /* EVENT: what the server met */
	NAP_RECORD_GOT_PACKET = 1,
	NAP_RECORD_GOT_OPEN, /* TCP: a connection that named its flow */
	NAP_RECORD_GOT_FIN,
	NAP_RECORD_GOT_RST,
	NAP_RECORD_GOT_ICMP,
	NAP_RECORD_GOT_TIMEOUT, /* TCP: what the server sent was never acknowledged */
	NAP_RECORD_WHATS
};

struct nap_record_order {
	uint32_t op; /* counts up within a association; an op is done once however often it is sent */
	uint32_t flow, tag;
	uint8_t act;               /* enum nap_record_act */
	uint8_t place;             /* enum nap_record_place bits */
	uint8_t flags, ttl, again; /* SEGMENT: as struct nap_sending */
	int32_t seq_shift;
	uint16_t len;
	uint32_t isn;   /* EXPECT */
	uint32_t acked; /* events up to this number have arrived */
};

struct nap_record_welcome {
	struct nap_inet seen;            /* where the HELLO came from */
	struct nap_inet other;           /* the second address; family 0: none */
	uint16_t port[NAP_RECORD_PORTS]; /* the server's ports, the usual one first, 0 after the last */
	uint16_t raw_port;               /* for raw TCP flows, and the next; 0: none */
	uint8_t features;                /* enum nap_record_feature */
	uint32_t rotate_s;               /* a cookie is good for at least this long */
};

struct nap_record_event {
	uint32_t number, newest; /* this event's; the last there is */
	uint32_t flow, tag;      /* raw segments: of the tag only the bits that nap_segment_mark keeps */
	uint64_t age_us;         /* how long ago it happened when this record was sent */
	uint8_t what, place, flags, icmp_type, icmp_code;
	uint8_t ttl; /* of the packet as it arrived, 0 when unknown */
	uint32_t credit;
	struct nap_inet seen; /* the flow's mapped endpoint; ICMP: who sent the error */
};

struct nap_record_idle {
	uint32_t newest, credit;
	struct nap_inet seen;
};

struct nap_record {
	uint8_t type;         /* enum nap_record_type */
	uint64_t association; /* chosen at random by the client */
	uint32_t
		seq; /* client: grows with each record of the association; server: of the record it answers, or 0 */
	uint32_t epoch; /* of the server's key */
	uint8_t mac
		[NAP_RECORD_MAC]; /* with epoch: the cookie; zero in a first HELLO and in server records but WELCOME */
	union {
		struct {
			uint32_t flow, tag;
		} packet; /* FLOW, FLOWED */
		struct nap_record_order order;
		uint32_t acked; /* POLL */
		struct nap_record_welcome welcome;
		struct {
			uint32_t op, credit;
			uint8_t result; /* enum nap_record_result */
		} done;
		struct nap_record_event event;
		struct nap_record_idle idle;
		uint8_t refusal; /* enum nap_record_refusal */
	};
};

/* Writes NAP_RECORD_SIZE bytes. w must be one that nap_record_read would accept. */
void nap_record_write(const struct nap_record *w, uint8_t buf[NAP_RECORD_SIZE]);

/* Reads a record; false (and *w untouched) unless all n bytes are exactly one well-formed record. */
bool nap_record_read(const uint8_t *buf, size_t n, struct nap_record *w);

#endif
