/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/frame_write.h"

#include <string.h>

#include <glib.h>

#include "io/frame_bytes.h"
#include "kernel/time.h"

#define HEADERS  80 /* IPv4, and TCP with all its options */
#define MAX_DATA (NAP_FRAME_MAX - HEADERS)

static uint32_t pseudo_header(const struct nap_packet *p, size_t n)
{
	return (p->src.addr >> 16) + (p->src.addr & 0xffff) + (p->dst.addr >> 16) + (p->dst.addr & 0xffff) +
	       p->proto + (uint32_t)n;
}

/* Options that are there, from at on, in Linux' order; returns how many bytes: those of nap_packet_tcp_header. */
static size_t put_options(uint8_t *at, const struct nap_packet *p)
{
	bool stamps = (p->says == NAP_SAYS_NOTHING || p->says == NAP_SAYS_PING) && p->stamps.sent > 0;
	bool sack =
		p->len == 0 && (p->flags & NAP_ACK) && !(p->flags & NAP_SYN) && p->sack.from != p->sack.to;
	size_t n = 0;

	if (p->mss > 0) { /* and SACK permitted */
		nap_put32(at, 2u << 24 | 4u << 16 | p->mss);
		nap_put32(at + 4,
			stamps ? 4u << 24 | 2u << 16 | 8u << 8 | 10u : 1u << 24 | 1u << 16 | 4u << 8 | 2u);
		n = 8;
	} else if (stamps) {
		nap_put32(at, 1u << 24 | 1u << 16 | 8u << 8 | 10u);
		n = 4;
	}
	if (stamps) { /* RFC 7323, in milliseconds */
		nap_put32(at + n, (uint32_t)(p->stamps.sent / NAP_MS));
		nap_put32(at + n + 4, (uint32_t)(p->stamps.echo / NAP_MS));
		n += 8;
	}
	if (p->wscale) {
		nap_put32(at + n, 1u << 24 | 3u << 16 | 3u << 8 | (uint32_t)(p->wscale - 1));
		n += 4;
	}
	if (sack) { /* RFC 2018 */
		nap_put32(at + n, 1u << 24 | 1u << 16 | 5u << 8 | 10u);
		nap_put32(at + n + 4, p->sack.from);
		nap_put32(at + n + 8, p->sack.to);
		n += 12;
	}
	return n;
}

/* The first of several pieces has a checksum over what the others hold, which nobody knows here: none is made. */
static uint16_t transport_sum(const uint8_t *seg, size_t n, const struct nap_packet *p)
{
	uint16_t sum = nap_checksum(seg, n, pseudo_header(p, n));

	return p->bad_csum ? (uint16_t)(sum ^ 0x5555) : sum;
}

/* Returns the length of the transport header and data at seg. */
static size_t put_tcp(uint8_t *seg, const struct nap_packet *p, uint32_t data)
{
	size_t header = 20 + put_options(seg + 20, p);

	nap_put16(seg, p->src.port);
	nap_put16(seg + 2, p->dst.port);
	nap_put32(seg + 4, p->seq);
	nap_put32(seg + 8, p->ack);
	seg[12] = (uint8_t)(header / 4 << 4);
	seg[13] = p->flags;
	nap_put16(seg + 14, p->win);
	nap_put16(seg + 16, 0);
	return header + data;
}

static size_t put_udp(uint8_t *seg, const struct nap_packet *p, uint32_t data)
{
	nap_put16(seg, p->src.port);
	nap_put16(seg + 2, p->dst.port);
	nap_put16(seg + 4, data + 8);
	nap_put16(seg + 6, 0);
	return data + 8;
}

/* The quoted header and eight bytes of what follows it. */
static void put_quote(uint8_t *q, const struct nap_packet *p)
{
	q[0] = 0x45;
	nap_put16(q + 2, 28);
	q[8] = 64;
	q[9] = p->quote.proto;
	nap_put32(q + 12, p->quote.src.addr);
	nap_put32(q + 16, p->quote.dst.addr);
	nap_put16(q + 10, nap_checksum(q, 20, 0));
	nap_put16(q + 20, p->quote.src.port);
	nap_put16(q + 22, p->quote.dst.port);
	if (p->quote.proto == NAP_UDP)
		nap_put16(q + 24, 8);
}

static size_t put_icmp(uint8_t *seg, const struct nap_packet *p, uint32_t data)
{
	seg[0] = p->icmp_type;
	seg[1] = p->icmp_code;
	nap_put16(seg + 4, p->src.port);
	if (nap_packet_is_icmp_error(p)) {
		nap_put16(seg + 4, 0);
		nap_put16(seg + 6, p->mtu);
		put_quote(seg + 8, p);
		data = 28;
	}
	nap_put16(seg + 2, nap_checksum(seg, data + 8, 0));
	return data + 8;
}

/* The transport header, the payload and their checksum; returns their length. */
static size_t put_transport(uint8_t *seg, const struct nap_speech *what, uint32_t data)
{
	const struct nap_packet *p = what->packet;
	bool tcp = p->proto == NAP_TCP, first = !nap_packet_is_later_fragment(p);
	size_t n;

	if (!first || (!tcp && p->proto != NAP_UDP))
		return first && p->proto == NAP_ICMP ? put_icmp(seg, p, data) : data;
	n = tcp ? put_tcp(seg, p, data) : put_udp(seg, p, data);
	nap_payload_put(seg + n - data, data, what);
	if (!nap_packet_is_fragment(p)) {
		uint16_t sum = transport_sum(seg, n, p);

		nap_put16(seg + (tcp ? 16 : 6), tcp || sum ? sum : 0xffff);
	}
	return n;
}

size_t nap_frame_write(uint8_t *ip, const struct nap_speech *what)
{
	const struct nap_packet *p = what->packet;
	uint32_t data = MIN(p->len, MAX_DATA);
	size_t n;

	memset(ip, 0, HEADERS + data);
	n = 20 + put_transport(ip + 20, what, data);
	ip[0] = 0x45;
	nap_put16(ip + 2, (uint32_t)n);
	nap_put16(ip + 4, p->ip_id);
	nap_put16(ip + 6, p->ip_frag);
	ip[8] = p->ttl ? p->ttl : 64;
	ip[9] = p->proto;
	nap_put32(ip + 12, p->src.addr);
	nap_put32(ip + 16, p->dst.addr);
	nap_put16(ip + 10, nap_checksum(ip, 20, 0));
	return n;
}
