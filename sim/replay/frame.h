/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A captured frame, from the link layer up to the ports: what a radio and middleboxes act on. Any bytes may come; nothing is read
 * beyond what was captured.
 */
#ifndef NAP_REPLAY_FRAME_H
#define NAP_REPLAY_FRAME_H

#include "net/packet.h"

/* What frames begin with, by the numbers of libpcap's DLT_ and LINKTYPE_. */
enum nap_link_layer {
	NAP_LINK_NULL = 0, /* BSD loopback: a family in the host's order */
	NAP_LINK_ETHERNET = 1,
	NAP_LINK_PPP = 9,
	NAP_LINK_DLT_RAW = 12,
	NAP_LINK_DLT_RAW_BSD = 14,
	NAP_LINK_PPP_HDLC = 50,
	NAP_LINK_PPPOE = 51,
	NAP_LINK_RAW = 101,
	NAP_LINK_WLAN = 105, /* IEEE 802.11 */
	NAP_LINK_LOOP = 108, /* OpenBSD loopback: a family in network order */
	NAP_LINK_COOKED = 113,
	NAP_LINK_RADIOTAP = 127, /* before IEEE 802.11 */
	NAP_LINK_IPV4 = 228,
	NAP_LINK_IPV6 = 229,
	NAP_LINK_COOKED2 = 276,
};

/* Why a frame is of no use here. */
enum nap_skip {
	NAP_SKIP_NOT,
	NAP_SKIP_NOT_IP,    /* ARP, LLC, management of the link ... */
	NAP_SKIP_TRUNCATED, /* captured too short for addresses and ports */
	NAP_SKIP_MALFORMED, /* a length that cannot be */
	NAP_SKIP_NOT_OURS,  /* neither from the device nor to it */
	NAP_SKIP_TIME,      /* at a time that cannot be */
	NAP_SKIPS
};
extern const char *const nap_skip_words[NAP_SKIPS];

/* An IPv6 address, or an IPv4 one as ::ffff:a.b.c.d. */
struct nap_ip {
	uint64_t high, low;
};

static inline bool nap_ip_equal(struct nap_ip a, struct nap_ip b)
{
	return a.high == b.high && a.low == b.low;
}

static inline struct nap_ip nap_ip_of(nap_addr a)
{
	return (struct nap_ip){ 0, UINT64_C(0xffff00000000) | a };
}

static inline bool nap_ip_is_v4(struct nap_ip a)
{
	return a.high == 0 && a.low >> 32 == 0xffff;
}

/* Of private use: RFC 1918, RFC 6598, link-local, unique local. */
bool nap_ip_is_private(struct nap_ip a);

/* Multicast, broadcast, link-local: no middlebox passes it on. */
bool nap_ip_stays(struct nap_ip a);

/* What the link layer says of the direction. */
enum nap_heading { NAP_HEADING_UNKNOWN, NAP_HEADING_IN, NAP_HEADING_OUT };

struct nap_frame {
	struct nap_ip src, dst;
	struct nap_ip quoted[2]; /* ICMP errors: source and destination of the quoted packet */
	struct nap_packet
		packet; /* all but addresses: those are src, dst and quoted. len is that of the header, not of what was captured */
	uint32_t bytes;  /* of the IP datagram or piece, as on the air */
	bool partial;    /* flags and numbers of TCP, or what an ICMP error quotes, were not captured */
	bool tls;        /* TCP: the payload begins with a TLS record of application data that ends with it */
	uint8_t heading; /* enum nap_heading */
};

/* Is it a link layer that nap_frame_parse knows? */
bool nap_link_is_known(int link);

/* data: n bytes captured of a frame of so many bytes on the wire. */
enum nap_skip nap_frame_parse(
	int link, const uint8_t *data, uint32_t n, uint32_t wire, struct nap_frame *out);

#endif
