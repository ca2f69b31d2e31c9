/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What probe and reflector say to each other, over UDP and TCP alike: records
 * of exactly NAP_WIRE_SIZE bytes, so that "never more bytes than received" and
 * "never more packets than received" are one count.
 *
 *   client                              server
 *   HELLO  (no cookie)            ->    WELCOME   cookie, what the server can do
 *   FLOW   a flow's own packet          (an EVENT later)
 *   ORDER  what to send on a flow ->    DONE      and what was ordered: FLOWED, a FIN, a raw segment
 *   POLL   events had so far      ->    EVENT     the oldest not yet had, or IDLE
 *   CREDIT                              (nothing) pays for a record to come
 *
 * HELLO, ORDER, POLL and CREDIT go over the control flow, a UDP port of its own;
 * FLOW and FLOWED are the packets of the flows under test. The client repeats
 * what is not answered; an ORDER carries a number, so that it is done once, and
 * events are numbered and kept until they are acknowledged.
 *
 * All numbers are big-endian. Reading checks every byte: length, magic, type,
 * counts, address families, and that what is unused is zero.
 */
#ifndef NAP_LIVE_WIRE_H
#define NAP_LIVE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "live/inet.h"

#define NAP_WIRE_SIZE  128  /* bytes of every record */
#define NAP_WIRE_MAC   16   /* bytes of a cookie's authenticator */
#define NAP_WIRE_PORT  3479 /* default; the second port is the next */
#define NAP_WIRE_PORTS 8    /* ports a server may listen on */

enum nap_wire_type {
	NAP_WIRE_NONE, /* refused when read */
	NAP_WIRE_HELLO,
	NAP_WIRE_FLOW,
	NAP_WIRE_ORDER,
	NAP_WIRE_POLL,
	NAP_WIRE_CREDIT,
	NAP_WIRE_WELCOME = 0x81, /* from here on: server to client */
	NAP_WIRE_FLOWED,
	NAP_WIRE_DONE,
	NAP_WIRE_EVENT,
	NAP_WIRE_IDLE,
};

enum nap_wire_place { /* a server socket relative to a flow's usual one: bits, as in RFC 5780 7.2 */
	NAP_WIRE_OTHER_PORT = 1,
	NAP_WIRE_OTHER_ADDRESS = 2,
	NAP_WIRE_PLACES = 4,
};

enum nap_wire_feature { /* WELCOME: bits */
	NAP_WIRE_CAN_TCP = 1,
	NAP_WIRE_CAN_RAW = 2,  /* raw TCP flows */
	NAP_WIRE_CAN_ECHO = 4, /* ICMP echo flows */
	NAP_WIRE_FEATURES = 8,
};

enum nap_wire_act {        /* ORDER */
	NAP_WIRE_SEND = 1, /* a FLOWED record */
	NAP_WIRE_FIN,      /* TCP: close this direction */
	NAP_WIRE_RESET,    /* TCP: abort */
	NAP_WIRE_EXPECT,   /* raw TCP: a flow will come whose first segment has sequence number isn */
	NAP_WIRE_SEGMENT,  /* raw TCP: a segment */
	NAP_WIRE_FORGET,   /* drop the flow; closes its connection */
	NAP_WIRE_ACTS
};

enum nap_wire_result { /* DONE */
	NAP_WIRE_OK,
	NAP_WIRE_NO_CREDIT, /* not paid for */
	NAP_WIRE_NO_FLOW,   /* nothing has been received from this flow */
	NAP_WIRE_CANNOT,    /* no such place or ability here, or the connection is gone */
	NAP_WIRE_RESULTS
};

enum nap_wire_what { /* EVENT: what the server met */
	NAP_WIRE_GOT_PACKET = 1,
	NAP_WIRE_GOT_OPEN, /* TCP: a connection that named its flow */
	NAP_WIRE_GOT_FIN,
	NAP_WIRE_GOT_RST,
	NAP_WIRE_GOT_ICMP,
	NAP_WIRE_GOT_TIMEOUT, /* TCP: what the server sent was never acknowledged */
	NAP_WIRE_WHATS
};

struct nap_wire_order {
	uint32_t op; /* counts up within a session; an op is done once however often it is sent */
	uint32_t flow, tag;
	uint8_t act;               /* enum nap_wire_act */
	uint8_t place;             /* enum nap_wire_place bits */
	uint8_t flags, ttl, again; /* SEGMENT: as struct nap_sending */
	int32_t seq_shift;
	uint16_t len;
	uint32_t isn;   /* EXPECT */
	uint32_t acked; /* events up to this number have arrived */
};

struct nap_wire_welcome {
	struct nap_inet seen;          /* where the HELLO came from */
	struct nap_inet other;         /* the second address; family 0: none */
	uint16_t port[NAP_WIRE_PORTS]; /* the server's ports, the usual one first, 0 after the last */
	uint16_t raw_port;             /* for raw TCP flows, and the next; 0: none */
	uint8_t features;              /* enum nap_wire_feature */
	uint32_t rotate_s;             /* a cookie is good for at least this long */
};

struct nap_wire_event {
	uint32_t number, newest; /* this event's; the last there is */
	uint32_t flow, tag;      /* raw segments: of the tag only the bits that nap_segment_mark keeps */
	uint64_t age_us;         /* how long ago it happened when this record was sent */
	uint8_t what, place, flags, icmp_type, icmp_code;
	uint8_t ttl; /* of the packet as it arrived, 0 when unknown */
	uint32_t credit;
	struct nap_inet seen; /* the flow's mapped endpoint; ICMP: who sent the error */
};

struct nap_wire_idle {
	uint32_t newest, credit;
	struct nap_inet seen;
};

struct nap_wire {
	uint8_t type;     /* enum nap_wire_type */
	uint64_t session; /* chosen at random by the client */
	uint32_t
		seq; /* client: grows with each record of the session; server: of the record it answers, or 0 */
	uint32_t epoch; /* of the server's key */
	uint8_t mac
		[NAP_WIRE_MAC]; /* with epoch: the cookie; zero in HELLO and in server records but WELCOME */
	union {
		struct {
			uint32_t flow, tag;
		} packet; /* FLOW, FLOWED */
		struct nap_wire_order order;
		uint32_t acked; /* POLL */
		struct nap_wire_welcome welcome;
		struct {
			uint32_t op, credit;
			uint8_t result; /* enum nap_wire_result */
		} done;
		struct nap_wire_event event;
		struct nap_wire_idle idle;
	};
};

/* Writes NAP_WIRE_SIZE bytes. w must be one that nap_wire_read would accept. */
void nap_wire_write(const struct nap_wire *w, uint8_t buf[NAP_WIRE_SIZE]);

/* Reads a record; false (and *w untouched) unless all n bytes are exactly one well-formed record. */
bool nap_wire_read(const uint8_t *buf, size_t n, struct nap_wire *w);

#endif
