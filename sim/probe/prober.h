/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The prober: what discovery needs of a path, simulated or live. Asynchronous:
 * many flows at once; `send` starts something and returns, `wait` hands out
 * what happened, in time order. Nothing here is specific to a test: tests are
 * procedures of sends and waits (procedure.h), driven by one loop (discovery.h), so
 * a simulated clock and a poll() loop run the very same tests.
 *
 * Two ends. The client is behind the path; the server is a cooperating host
 * with one to four places (address, port). Discovery tells the server what to
 * send through `send` with from = NAP_SERVER: how the order reaches the server is the
 * prober's business (live: a control flow of its own, which must not touch the
 * flow under test), and so is how the client learns what the server received.
 * Orders and reports are reliable; packets of the flows are not.
 *
 * Times are in the prober's own clock, the client's. A live prober knows the
 * server's times only to within `slack`.
 */
#ifndef NAP_PROBE_PROBER_H
#define NAP_PROBE_PROBER_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/time.h"
#include "net/packet.h"

/* A flow's handle: counts up from 0, never given twice by one prober. */
typedef uint32_t nap_flow;
#define NAP_NO_FLOW UINT32_MAX

#define NAP_ADDRESS_TEXT 46 /* bytes of an address in text, IPv6 too */

enum nap_end { NAP_CLIENT, NAP_SERVER };

/* The server's places, as RFC 5780 names them. A prober without NAP_CAN_OTHER_* has NAP_AT_MAIN only. */
enum nap_server_place {
	NAP_AT_MAIN,          /* main address, the flow's server port */
	NAP_AT_OTHER_PORT,    /* main address, another port */
	NAP_AT_OTHER_ADDRESS, /* another address, the flow's server port */
	NAP_AT_OTHER_BOTH,    /* another address, another port */
	NAP_SERVER_PLACES
};

/* What a prober can do beyond UDP flows with NAP_AT_MAIN: bits of nap_prober.can. A test that lacks one is not run. */
enum nap_prober_can {
	NAP_CAN_TCP = 1,           /* TCP as ordinary sockets do it: CONNECT, DATA, FIN */
	NAP_CAN_OTHER_PORT = 2,    /* the server sends and receives at NAP_AT_OTHER_PORT */
	NAP_CAN_OTHER_ADDRESS = 4, /* ... at NAP_AT_OTHER_ADDRESS and NAP_AT_OTHER_BOTH */
	NAP_CAN_ANY_PORT = 8,  /* the server listens on whatever port a flow asks for; else only on ports[] */
	NAP_CAN_RAW_TCP = 16,  /* raw TCP flows: SEGMENT with any flags, no end answers by itself */
	NAP_CAN_HAIRPIN = 32,  /* a client flow can send to another flow's mapped endpoint */
	NAP_CAN_SEE_ICMP = 64, /* ICMP errors that come back are reported */
	NAP_CAN_SEND_ICMP = 128,   /* the server side can send ICMP errors that quote a flow's packet */
	NAP_CAN_ECHO = 256,        /* ICMP echo flows */
	NAP_CAN_HOSTS = 512,       /* several client hosts behind the same path */
	NAP_CAN_SAME_LOCAL = 1024, /* a TCP flow can share another's local port */
	NAP_CAN_LISTEN =
		2048, /* the server can open: send to a mapped endpoint it was never sent from at that place */
	NAP_CAN_FRAGMENT =
		4096, /* datagrams of any size, in fragments, with DF or without, and sees how they arrive */
	NAP_CAN_SAY = 8192, /* payloads that application gateways may act on, and sees how they arrive */
	NAP_CAN_MAP =
		16384, /* asks the box before it for mappings (PCP, NAT-PMP), and hears what it grants */
	NAP_CAN_ALL = 32767,
};

/* A flow to be opened. Zero is a good default for all but proto. */
struct nap_flow_spec {
	uint8_t proto;        /* NAP_UDP, NAP_TCP, NAP_ICMP (echo) */
	uint8_t place;        /* TCP: where it connects to. UDP: each send names its place */
	bool raw;             /* TCP: no end answers by itself; only SEGMENT and ICMP may be sent */
	bool same_local;      /* share the local endpoint of flow `like` (TCP mapping tests) */
	uint8_t host;         /* which client host, 0 the first */
	uint16_t server_port; /* 0: the prober's usual one */
	nap_addr server;      /* simulated: another main address of the server; 0: the usual one */
	uint16_t local_port;  /* wished for; 0: a fresh one that no earlier flow of this prober had */
	nap_flow like;        /* with same_local */
};

enum nap_act {
	NAP_ACT_DATA, /* UDP: a datagram. TCP: a few bytes, acknowledged and retransmitted as any stack does. ICMP: echo request, or from the server the reply to the last request */
	NAP_ACT_CONNECT, /* client, TCP: the three-way handshake, with retransmissions; ends in NAP_GOT_OPEN or NAP_GOT_FAILED */
	NAP_ACT_FIN,     /* TCP: shutdown of this direction; the other stays open */
	NAP_ACT_SEGMENT, /* raw TCP: one segment with `flags`, numbers as the flow's state wants, moved by seq_shift; nothing is retransmitted */
	NAP_ACT_ICMP, /* server: an ICMP error quoting the flow's last packet as it left the path; client: quoting the last it got */
	NAP_ACT_MAP, /* client: asks for a mapping of the flow's own endpoint, for an hour; flags 1: by NAT-PMP */
};

/* Which fragments of a datagram are sent, and in what order. */
enum nap_pieces {
	NAP_PIECES_IN_ORDER,
	NAP_PIECES_FIRST_LAST,
	NAP_PIECES_FIRST_ONLY,
	NAP_PIECES_ALL_BUT_FIRST
};

/* Something to send. */
struct nap_sending {
	uint8_t from;  /* enum nap_end */
	uint8_t act;   /* enum nap_act */
	uint8_t place; /* enum nap_server_place it goes to or comes from; TCP: the flow's own, unless a raw segment of the server names another than NAP_AT_MAIN */
	uint8_t flags; /* SEGMENT: enum nap_tcp_flags */
	uint8_t ttl;   /* 0: as usual */
	uint8_t icmp_type, icmp_code; /* ICMP */
	bool again; /* SEGMENT: the same sequence numbers as this end's last segment (a retransmission) */
	int32_t seq_shift; /* SEGMENT: added to the sequence number, which the flow then does not remember */
	uint32_t len;      /* payload bytes: SEGMENT; datagrams, 0: a few */
	uint16_t fragment,
		ip_id; /* datagrams: in fragments of so many bytes (0: whole); identification, 0: a fresh one */
	uint8_t pieces;            /* enum nap_pieces */
	bool df;                   /* datagrams: may not be fragmented */
	uint8_t says;              /* datagrams, SEGMENT: enum nap_says of the payload */
	struct nap_endpoint names; /* ... NAP_SAYS_ENDPOINT: which */
	uint32_t
		tag; /* comes back in the event of its receipt; not 0. TCP data: of one of the tags that have arrived */
	/* not to the server, or not to the flow's own mapped endpoint, but to that of this flow; NAP_NO_FLOW: as usual */
	nap_flow to;
	bool bad_csum; /* ICMP errors: with a wrong checksum */
};

#define NAP_SENDING_INIT                                                                                     \
	{                                                                                                    \
		.to = NAP_NO_FLOW                                                                            \
	}

enum nap_got {
	NAP_GOT_PACKET, /* a datagram, TCP bytes, a raw segment, an echo */
	NAP_GOT_OPEN,   /* TCP: the handshake is complete at this end */
	NAP_GOT_FIN,    /* TCP: the other end's FIN */
	NAP_GOT_RST,    /* TCP: a reset, from the other end or from a box */
	NAP_GOT_ICMP,   /* an ICMP error about this flow */
	NAP_GOT_FAILED, /* TCP: the handshake was given up */
	NAP_GOT_MAPPED, /* a mapping was granted: seen is its external endpoint; the server may send there */
};

/* Something that happened at one end. */
struct nap_probe_event {
	nap_time at;   /* when it arrived at that end */
	nap_time sent; /* when the packet left the other end; NAP_NEVER when unknown (RST or ICMP of a box) */
	nap_flow flow; /* the flow it belongs to; hairpin: the receiving flow */
	uint8_t what;  /* enum nap_got */
	uint8_t end;   /* enum nap_end where it arrived */
	uint8_t place; /* enum nap_server_place involved at the server */
	uint8_t flags; /* raw segments: TCP flags */
	uint8_t ttl;   /* of the packet as it arrived, 0 when unknown */
	uint8_t icmp_type, icmp_code;
	uint32_t tag; /* of the send that caused it, 0 when unknown */
	uint16_t ip_id,
		mtu; /* identification; ICMP 3/4: the next hop's mtu. Both with NAP_CAN_FRAGMENT only */
	uint16_t fragments; /* the datagram came in so many, 0: whole */
	bool disordered;    /* ... and not in order */
	uint8_t says;       /* enum nap_says, as it arrived; NAP_CAN_SAY only */
	struct nap_endpoint names;
	struct nap_endpoint
		seen; /* the packet's source as the receiver saw it: at the server, the mapped endpoint */
};

/* When a flow last had a packet on its way, as its ends know it. */
struct nap_flow_activity {
	nap_time sent;     /* when the last packet left its sender, acknowledgements included */
	nap_time received; /* when it arrived; sent + slack when that is not known (an ACK may be lost) */
	bool settled;      /* nothing is unacknowledged and nothing will be retransmitted */
	/* packets that the client's own TCP sent again, the SYN included; and received, repeats of the server's among them */
	uint32_t repeats, heard;
};

struct nap_prober;
struct nap_procedure;

struct nap_prober_ops {
	/* The client's clock. */
	nap_time (*now)(struct nap_prober *p);
	/* A new flow; sends nothing. NAP_NO_FLOW when there are no more ports or sockets. */
	nap_flow (*open)(struct nap_prober *p, const struct nap_flow_spec *spec);
	/* Forget a flow; later packets of it are not reported. Sends nothing, or what closing a socket sends. */
	void (*close)(struct nap_prober *p, nap_flow flow);
	/* Start sending; returns at once. False when this prober cannot do it now (not connected, not able). */
	bool (*send)(struct nap_prober *p, nap_flow flow, const struct nap_sending *what);
	/*
	 * Until something happens or the time `until` has come: true with *ev filled, or false with now() >= until
	 * (or the wait was interrupted, for a live prober: then now() may be earlier).
	 */
	bool (*wait)(struct nap_prober *p, nap_time until, struct nap_probe_event *ev);
	/* The flow's own address and port at the client. */
	struct nap_endpoint (*local)(struct nap_prober *p, nap_flow flow);
	/* An address as people write it; NULL: dotted. */
	void (*name)(struct nap_prober *p, nap_addr a, char out[NAP_ADDRESS_TEXT]);
	/* What the user could do about abilities (enum nap_prober_can) that this prober lacks; NULL: nothing is known. */
	const char *(*advice)(struct nap_prober *p, uint32_t lacking);
	/* Why a procedure cannot be run although nothing in `can` is lacking; NULL: it can. The member NULL: all can. */
	const char *(*unable)(struct nap_prober *p, const struct nap_procedure *s);
	/* What the ends know of the flow's last packet. */
	struct nap_flow_activity (*activity)(struct nap_prober *p, nap_flow flow);
	void (*free)(struct nap_prober *p);
};

/* The head of every prober; its maker sets all of it. */
struct nap_prober {
	const struct nap_prober_ops *ops;
	uint32_t can;          /* enum nap_prober_can */
	uint32_t max_flows;    /* open at once */
	nap_time slack;        /* how far its times of the other end may be off */
	uint16_t usual_port;   /* server port of flows that ask for none */
	const uint16_t *ports; /* further server ports, without NAP_CAN_ANY_PORT */
	uint32_t n_ports;
	nap_time pace;       /* least gap between two packets that discovery sends in bursts; 0: none */
	nap_time retransmit; /* first retransmission timeout of the TCP that its ends use, unless raw */
	nap_time backlog;    /* how long a packet given to it now will wait for its turn */
	nap_time heard;      /* when a live server was last heard of; 0: not told */
	const char *refused; /* why a live server does not serve it now, NULL: it does */
	uint32_t stalls;     /* times that this process did not run when it should have: counts up */
};

#endif
