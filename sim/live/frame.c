/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/frame.h"

#include <string.h>

#include <pcap/dlt.h>

#include "net/packet.h"

#define ICMPV6 58

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint16_t be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

/* What an IP header says; all within n bytes. */
struct ip {
	struct nap_inet src, dst;
	uint8_t proto, hops;
	const uint8_t *body;
	size_t n;       /* bytes of the body captured */
	size_t claimed; /* bytes of the body by the header */
};

static bool read_ip4(const uint8_t *p, size_t n, struct ip *ip)
{
	size_t head, total;

	if (n < 20 || p[0] >> 4 != 4)
		return false;
	head = (size_t)(p[0] & 15) * 4;
	total = be16(p + 2);
	if (head < 20 || head > n || total < head || be16(p + 6) & 0x1fff)
		return false;
	ip->src = (struct nap_inet){ .family = 4 };
	ip->dst = ip->src;
	memcpy(ip->src.addr, p + 12, 4);
	memcpy(ip->dst.addr, p + 16, 4);
	ip->proto = p[9];
	ip->hops = p[8];
	ip->body = p + head;
	ip->claimed = total - head;
	ip->n = n - head < ip->claimed ? n - head : ip->claimed;
	return true;
}

/* Extension headers are not followed: the packets of a raw flow have none. */
static bool read_ip6(const uint8_t *p, size_t n, struct ip *ip)
{
	if (n < 40 || p[0] >> 4 != 6)
		return false;
	ip->src = (struct nap_inet){ .family = 6 };
	ip->dst = ip->src;
	memcpy(ip->src.addr, p + 8, 16);
	memcpy(ip->dst.addr, p + 24, 16);
	ip->proto = p[6];
	ip->hops = p[7];
	ip->body = p + 40;
	ip->claimed = be16(p + 4);
	ip->n = n - 40 < ip->claimed ? n - 40 : ip->claimed;
	return true;
}

static bool read_ip(const uint8_t *p, size_t n, struct ip *ip)
{
	return n && (p[0] >> 4 == 6 ? read_ip6(p, n, ip) : read_ip4(p, n, ip));
}

static void set_ends(const struct ip *ip, struct nap_segment *s)
{
	s->src = ip->src;
	s->dst = ip->dst;
	s->src.port = be16(ip->body);
	s->dst.port = be16(ip->body + 2);
	s->seq = be32(ip->body + 4);
}

static bool read_tcp(const struct ip *ip, struct nap_segment *s)
{
	size_t head;

	if (ip->n < 20)
		return false;
	head = (size_t)(ip->body[12] >> 4) * 4;
	if (head < 20 || head > ip->claimed || ip->claimed - head > UINT16_MAX)
		return false;
	set_ends(ip, s);
	s->ack = be32(ip->body + 8);
	s->flags = ip->body[13] & 63;
	s->window = be16(ip->body + 14);
	s->len = (uint16_t)(ip->claimed - head);
	s->ttl = ip->hops;
	return true;
}

/* RFC 792, RFC 4443 4.1: type, code, checksum, identifier, sequence number, data. */
static bool read_echo(const struct ip *ip, struct nap_frame *f)
{
	size_t n = ip->n - 8;

	f->echo = true;
	f->segment.src = ip->src;
	f->segment.dst = ip->dst;
	f->segment.src.port = f->segment.dst.port = be16(ip->body + 4);
	if (ip->claimed - 8 > UINT16_MAX || ip->n != ip->claimed)
		return false;
	f->n_payload = (uint16_t)n;
	memcpy(f->payload, ip->body + 8, n < sizeof(f->payload) ? n : sizeof(f->payload));
	return true;
}

/* An ICMP error that quotes TCP: RFC 792 promises eight bytes of it. */
static bool read_icmp(const struct ip *ip, struct nap_frame *f)
{
	bool v6 = ip->proto == ICMPV6;
	struct ip quoted;

	if (ip->n < 8 || v6 != (ip->src.family == 6))
		return false;
	f->icmp_type = ip->body[0];
	f->icmp_code = ip->body[1];
	if (f->icmp_type == (v6 ? 128 : 8))
		return read_echo(ip, f);
	if (v6 ? f->icmp_type >= 128 : f->icmp_type != 3 && f->icmp_type != 11 && f->icmp_type != 12)
		return false;
	if (!read_ip(ip->body + 8, ip->n - 8, &quoted) || quoted.src.family != ip->src.family ||
		quoted.proto != NAP_TCP || quoted.n < 8)
		return false;
	f->icmp = true;
	f->offender = ip->src;
	set_ends(&quoted, &f->segment);
	return true;
}

static size_t link_header(int link, size_t n)
{
	switch (link) {
	case DLT_RAW:
		return 0;
	case DLT_EN10MB:
		return 14;
	case DLT_LINUX_SLL:
		return 16;
	case DLT_LINUX_SLL2:
		return 20;
	default:
		return n + 1;
	}
}

bool nap_frame_read(int link, const uint8_t *data, size_t n, struct nap_frame *out)
{
	struct nap_frame f = { 0 };
	size_t skip = link_header(link, n);
	struct ip ip;
	bool ok;

	if (n == 0 || skip > n || !read_ip(data + skip, n - skip, &ip))
		return false;
	f.hops_left = ip.hops;
	if (ip.proto == NAP_TCP)
		ok = read_tcp(&ip, &f.segment);
	else
		ok = (ip.proto == NAP_ICMP || ip.proto == ICMPV6) && read_icmp(&ip, &f);
	if (ok)
		*out = f;
	return ok;
}
