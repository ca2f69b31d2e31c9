/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets as the model sees them: the header fields that endpoints and
 * middleboxes act on, lengths instead of payload, and marks that say what a
 * packet is for. Plain values, copied freely.
 */
#ifndef NAP_NET_PACKET_H
#define NAP_NET_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- natnap.h --- */
/*
 * An IPv4 address in host order. The core compares addresses and never looks
 * inside, so the shell stands IPv6 addresses in for handles in 240.0.0.0/4.
 */
typedef uint32_t nap_addr;

#define NAP_ADDR(a, b, c, d)                                                                                 \
	((nap_addr)(((uint32_t)(a) << 24) | ((uint32_t)(b) << 16) | ((uint32_t)(c) << 8) | (uint32_t)(d)))

struct nap_endpoint {
	nap_addr addr;
	uint16_t port; /* ICMP echo: the identifier */
};

enum { NAP_ICMP = 1, NAP_TCP = 6, NAP_UDP = 17, NAP_GRE = 47 }; /* IANA protocol numbers */

enum nap_tcp_flags { /* RFC 9293 3.1 */
	NAP_FIN = 1,
	NAP_SYN = 2,
	NAP_RST = 4,
	NAP_PSH = 8,
	NAP_ACK = 16,
	NAP_URG = 32,
};

enum nap_ip_frag { /* RFC 791 3.1: flags beside the offset, which counts in 8 bytes */
	NAP_DF = 0x4000,
	NAP_MF = 0x2000,
	NAP_OFFSET = 0x1fff,
};

/* Which side of a middlebox: the client's or the server's. */
enum nap_side { NAP_INSIDE, NAP_OUTSIDE };

/* What a packet was sent for: its energy and bytes are charged to this cause. */
enum nap_cause {
	NAP_CAUSE_KEEPALIVE,
	NAP_CAUSE_PUSH,       /* a push and its answer */
	NAP_CAUSE_RECONNECT,  /* opening: SYN, TLS, login */
	NAP_CAUSE_BACKGROUND, /* all else */
	NAP_CAUSE_UPDATE, /* nobody's packet: the device tells the network that it is there (tracking area update) */
	NAP_CAUSES
};

/* What a payload says that an application gateway may act on. */
enum nap_says {
	NAP_SAYS_NOTHING,
	NAP_SAYS_ENDPOINT, /* names quote.src: FTP PORT, SIP Contact ... */
	NAP_SAYS_COMMAND,  /* offers or uses an extension: EHLO keyword, IMAP capability ... */
	NAP_SAYS_MASKED,   /* did so until a gateway made it unreadable */
	NAP_SAYS_PING      /* TCP: nothing but a ping, or its answer, of a protocol below messages (HTTP/2) */
};

/* The packet an ICMP error quotes, as it looked where the error arrives. */
struct nap_quote {
	uint8_t proto;
	struct nap_endpoint src, dst;
};

/*
 * TCP's time stamps (RFC 7323): when the segment was sent, plus one, so that 0 is a segment without the option; and the
 * stamp that it answers. Not aligned to 8, so that it takes no more room than a quote.
 */
struct nap_stamps {
	int64_t sent, echo;
} __attribute__((packed, aligned(4)));

/*
 * What has come behind a gap (RFC 2018): one block, the one that the latest segment belongs to. Links keep the order, so
 * that each block is told of as it grows. Both 0: no option.
 */
struct nap_sack {
	uint32_t from, to;
};

/* ICMP types (RFC 792), as on the wire. */
enum nap_icmp_type {
	NAP_ICMP_ECHO_REPLY = 0,
	NAP_ICMP_UNREACHABLE = 3, /* with a code below */
	NAP_ICMP_SOURCE_QUENCH = 4,
	NAP_ICMP_REDIRECT = 5,
	NAP_ICMP_ECHO = 8,
	NAP_ICMP_TIME_EXCEEDED = 11,
	NAP_ICMP_PARAMETER_PROBLEM = 12,
};

/* Codes of NAP_ICMP_UNREACHABLE (RFC 792, RFC 1812 5.2.7.1): what cannot be reached, or why not. */
enum nap_icmp_code {
	NAP_ICMP_NO_NET = 0,
	NAP_ICMP_NO_HOST = 1,
	NAP_ICMP_NO_PROTOCOL = 2,
	NAP_ICMP_NO_PORT = 3,
	NAP_ICMP_TOO_BIG = 4, /* and may not be cut */
	NAP_ICMP_NO_SOURCE_ROUTE = 5,
	NAP_ICMP_PROHIBITED = 13, /* by an administrator */
};

struct nap_packet {
	struct nap_endpoint src, dst;
	uint8_t proto;                /* NAP_UDP ... or another protocol's number */
	uint8_t flags;                /* TCP: enum nap_tcp_flags */
	uint8_t ttl;                  /* 0 counts as "large enough" */
	bool bad_csum;                /* the transport checksum is wrong */
	uint8_t icmp_type, icmp_code; /* ICMP */
	uint8_t says;                 /* enum nap_says */
	uint8_t wscale;               /* TCP with SYN: window scale + 1, 0 when the option is absent */
	uint8_t cause;                /* enum nap_cause */
	uint8_t message;              /* what the endpoints say: meaning is theirs (client/) */
	uint16_t win;                 /* TCP: window field, unscaled */
	uint32_t len;                 /* payload bytes above UDP or TCP */
	uint32_t seq, ack;            /* TCP */
	uint16_t ip_id, ip_frag;      /* IPv4 identification; enum nap_ip_frag and offset, as in the header */
	uint32_t tag;                 /* endpoints' own reference, for instance a push number */
	union {
		int64_t stamp; /* when what it carries was first offered (nap_time): the delay of a push counts from here */
		struct nap_sack sack; /* TCP of the ends, without payload */
	};
	union {
		struct nap_quote
			quote; /* ICMP errors: the quoted packet; NAP_SAYS_ENDPOINT: src is what it names */
		struct nap_stamps stamps; /* TCP of the ends (client/) */
	};
	union {
		uint16_t mtu; /* ICMP 3/4: the next hop's, 0 when it is not said (RFC 1191) */
		uint16_t
			lane; /* UDP, TCP: which flow of a pool it belongs to, from 1, whatever its address (a connection ID, a login); 0: only that tells */
	};
	uint16_t mss; /* TCP with SYN: maximum segment size, 0 when the option is absent */
};
/* --- */

/*
 * Source or destination of p by number, 0 or 1: reckoned, not branched to, for who asks by the side that a packet
 * comes from, which no processor can foresee.
 */
static inline struct nap_endpoint *nap_packet_end(const struct nap_packet *p, uint32_t which)
{
	return (struct nap_endpoint *)(void *)((uintptr_t)p + offsetof(struct nap_packet, src) +
					       which * (offsetof(struct nap_packet, dst) -
							       offsetof(struct nap_packet, src)));
}

/* Is p an ICMP error (it quotes a packet), not a query? RFC 792. */
static inline bool nap_packet_is_icmp_error(const struct nap_packet *p)
{
	const uint32_t errors = 1u << NAP_ICMP_UNREACHABLE | 1u << NAP_ICMP_SOURCE_QUENCH |
				1u << NAP_ICMP_REDIRECT | 1u << NAP_ICMP_TIME_EXCEEDED |
				1u << NAP_ICMP_PARAMETER_PROBLEM;

	return p->proto == NAP_ICMP && p->icmp_type < 32 && (errors >> p->icmp_type & 1u) != 0;
}

/* Is p a fragment of a datagram? */
static inline bool nap_packet_is_fragment(const struct nap_packet *p)
{
	return p->ip_frag & (NAP_MF | NAP_OFFSET);
}

/* Is it one that is not the first, and so lacks ports, flags and all that the transport header says? */
static inline bool nap_packet_is_later_fragment(const struct nap_packet *p)
{
	return p->ip_frag & NAP_OFFSET;
}

/* TCP's header with the options of the ends' own segments, as Linux pads them. */
static inline uint32_t nap_packet_tcp_header(const struct nap_packet *p)
{
	bool stamps = (p->says == NAP_SAYS_NOTHING || p->says == NAP_SAYS_PING) && p->stamps.sent > 0;
	uint32_t options = stamps ? 12 : 0;

	if (p->mss > 0) /* with SYN: maximum size, window scale, SACK permitted */
		options += stamps ? 8 : 12;
	else if (p->len == 0 && (p->flags & NAP_ACK) && p->sack.from != p->sack.to)
		options += 12;
	return 20 + options;
}

/* Bytes of the transport header: UDP and ICMP 8. */
static inline uint32_t nap_packet_header(const struct nap_packet *p)
{
	if (nap_packet_is_later_fragment(p))
		return 0;
	return p->proto == NAP_TCP                           ? nap_packet_tcp_header(p)
	       : p->proto == NAP_UDP || p->proto == NAP_ICMP ? 8
							     : 0;
}

/* Bytes on the wire above the link layer: IPv4 20, the transport header, the payload. */
static inline uint32_t nap_packet_bytes(const struct nap_packet *p)
{
	return p->len + 20 + nap_packet_header(p);
}

/* --- natnap.h --- */
static inline bool nap_endpoint_equal(struct nap_endpoint a, struct nap_endpoint b)
{
	return a.addr == b.addr && a.port == b.port;
}
/* --- */

#endif
