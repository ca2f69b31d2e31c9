/* SPDX-License-Identifier: BSD-2-Clause */
#include "replay/link_layer.h"

enum {
	ETHER_IP4 = 0x0800,
	ETHER_IP6 = 0x86dd,
	ETHER_VLAN = 0x8100,
	ETHER_QINQ = 0x88a8,
	ETHER_QINQ_OLD = 0x9100,
	ETHER_PPPOE = 0x8864,
	ETHER_MPLS = 0x8847,
	PPP_IP4 = 0x0021,
	PPP_IP6 = 0x0057,
	ETHER_LOWEST = 0x0600, /* below it the field is a length */
};

/* An IP header by its version, whatever the link layer said. */
static enum nap_skip begins_ip(const struct nap_bytes *b)
{
	if (b->n < 1)
		return NAP_SKIP_TRUNCATED;
	return b->p[0] >> 4 == 4 || b->p[0] >> 4 == 6 ? NAP_SKIP_NOT : NAP_SKIP_NOT_IP;
}

static enum nap_skip strip_ppp(struct nap_bytes *b)
{
	uint32_t protocol;

	if (b->n >= 2 && b->p[0] == 0xff &&
		b->p[1] == 3) /* address and control, where they are not left out */
		nap_bytes_skip(b, 2);
	if (b->n < 1)
		return NAP_SKIP_TRUNCATED;
	protocol = b->p[0];
	if (protocol & 1) /* compressed to one byte */
		nap_bytes_skip(b, 1);
	else if (b->n < 2)
		return NAP_SKIP_TRUNCATED;
	else
		protocol = nap_be16(b->p), nap_bytes_skip(b, 2);
	return protocol == PPP_IP4 || protocol == PPP_IP6 ? begins_ip(b) : NAP_SKIP_NOT_IP;
}

/* Version, type, code, session and length before PPP (RFC 2516). */
static enum nap_skip strip_pppoe(struct nap_bytes *b)
{
	if (b->n < 6)
		return NAP_SKIP_TRUNCATED;
	if (b->p[1] != 0) /* of the discovery */
		return NAP_SKIP_NOT_IP;
	nap_bytes_skip(b, 6);
	return strip_ppp(b);
}

/* Labels to the bottom of the stack. */
static enum nap_skip strip_mpls(struct nap_bytes *b)
{
	bool bottom = false;

	while (!bottom) {
		if (b->n < 4)
			return NAP_SKIP_TRUNCATED;
		bottom = b->p[2] & 1;
		nap_bytes_skip(b, 4);
	}
	return begins_ip(b);
}

/* By EtherType, through as many tags as there are. */
static enum nap_skip strip_type(struct nap_bytes *b, uint32_t type)
{
	while (type == ETHER_VLAN || type == ETHER_QINQ || type == ETHER_QINQ_OLD) {
		if (b->n < 4)
			return NAP_SKIP_TRUNCATED;
		type = nap_be16(b->p + 2);
		nap_bytes_skip(b, 4);
	}
	switch (type) {
	case ETHER_IP4:
	case ETHER_IP6:
		return begins_ip(b);
	case ETHER_PPPOE:
		return strip_pppoe(b);
	case ETHER_MPLS:
		return strip_mpls(b);
	default:
		return NAP_SKIP_NOT_IP;
	}
}

static enum nap_skip strip_ethernet(struct nap_bytes *b)
{
	uint32_t type;

	if (b->n < 14)
		return NAP_SKIP_TRUNCATED;
	type = nap_be16(b->p + 12);
	nap_bytes_skip(b, 14);
	if (type == ETHER_IP4) /* nearly all */
		return begins_ip(b);
	return type < ETHER_LOWEST ? NAP_SKIP_NOT_IP : strip_type(b, type);
}

static void set_heading(uint8_t *heading, uint32_t packet_type)
{
	*heading = packet_type == 4   ? NAP_HEADING_OUT
		   : packet_type == 0 ? NAP_HEADING_IN
				      : NAP_HEADING_UNKNOWN;
}

/* Linux cooked capture: packet type, hardware, address, protocol. */
static enum nap_skip strip_cooked(struct nap_bytes *b, uint8_t *heading)
{
	uint32_t type;

	if (b->n < 16)
		return NAP_SKIP_TRUNCATED;
	set_heading(heading, nap_be16(b->p));
	type = nap_be16(b->p + 14);
	nap_bytes_skip(b, 16);
	return strip_type(b, type);
}

/* Version 2: the protocol first, the packet type in one byte. */
static enum nap_skip strip_cooked2(struct nap_bytes *b, uint8_t *heading)
{
	uint32_t type;

	if (b->n < 20)
		return NAP_SKIP_TRUNCATED;
	type = nap_be16(b->p);
	set_heading(heading, b->p[10]);
	nap_bytes_skip(b, 20);
	return strip_type(b, type);
}

/* A data frame that is not encrypted: MAC header, LLC and SNAP. */
static enum nap_skip strip_wlan(struct nap_bytes *b, uint8_t *heading)
{
	uint32_t head = 24, type;

	if (b->n < 24)
		return NAP_SKIP_TRUNCATED;
	if ((b->p[0] & 0x0c) != 0x08 || b->p[0] & 0x40 ||
		b->p[1] & 0x40) /* no data, no payload, or encrypted */
		return NAP_SKIP_NOT_IP;
	if ((b->p[1] & 3) == 1) /* to the access point, or from it */
		*heading = NAP_HEADING_OUT;
	else if ((b->p[1] & 3) == 2)
		*heading = NAP_HEADING_IN;
	head += (b->p[1] & 3) == 3 ? 6u : 0u;
	if (b->p[0] & 0x80) /* QoS, and with it HT control */
		head += b->p[1] & 0x80 ? 6u : 2u;
	if (!nap_bytes_skip(b, head) || b->n < 8)
		return NAP_SKIP_TRUNCATED;
	if (b->p[0] != 0xaa || b->p[1] != 0xaa)
		return NAP_SKIP_NOT_IP;
	type = nap_be16(b->p + 6);
	nap_bytes_skip(b, 8);
	return strip_type(b, type);
}

static enum nap_skip strip_radiotap(struct nap_bytes *b, uint8_t *heading)
{
	uint32_t head;

	if (b->n < 4)
		return NAP_SKIP_TRUNCATED;
	head = (uint32_t)(b->p[2] | b->p[3] << 8);
	if (head < 8)
		return NAP_SKIP_MALFORMED;
	return nap_bytes_skip(b, head) ? strip_wlan(b, heading) : NAP_SKIP_TRUNCATED;
}

bool nap_link_is_known(int link)
{
	switch (link) {
	case NAP_LINK_NULL:
	case NAP_LINK_LOOP:
	case NAP_LINK_ETHERNET:
	case NAP_LINK_PPP:
	case NAP_LINK_PPP_HDLC:
	case NAP_LINK_PPPOE:
	case NAP_LINK_DLT_RAW:
	case NAP_LINK_DLT_RAW_BSD:
	case NAP_LINK_RAW:
	case NAP_LINK_IPV4:
	case NAP_LINK_IPV6:
	case NAP_LINK_WLAN:
	case NAP_LINK_RADIOTAP:
	case NAP_LINK_COOKED:
	case NAP_LINK_COOKED2:
		return true;
	default:
		return false;
	}
}

enum nap_skip nap_link_strip(int link, struct nap_bytes *b, uint8_t *heading)
{
	switch (link) {
	case NAP_LINK_NULL:
	case NAP_LINK_LOOP:
		return nap_bytes_skip(b, 4) ? begins_ip(b) : NAP_SKIP_TRUNCATED;
	case NAP_LINK_ETHERNET:
		return strip_ethernet(b);
	case NAP_LINK_PPP:
	case NAP_LINK_PPP_HDLC:
		return strip_ppp(b);
	case NAP_LINK_PPPOE:
		return strip_pppoe(b);
	case NAP_LINK_WLAN:
		return strip_wlan(b, heading);
	case NAP_LINK_RADIOTAP:
		return strip_radiotap(b, heading);
	case NAP_LINK_COOKED:
		return strip_cooked(b, heading);
	case NAP_LINK_COOKED2:
		return strip_cooked2(b, heading);
	default:
		return begins_ip(b);
	}
}
