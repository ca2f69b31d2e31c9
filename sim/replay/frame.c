/* SPDX-License-Identifier: BSD-2-Clause */
#include "replay/frame.h"

#include <string.h>

#include "replay/link_layer.h"

const char *const nap_skip_words[NAP_SKIPS] = {
	[NAP_SKIP_NOT] = "none",
	[NAP_SKIP_NOT_IP] = "not-ip",
	[NAP_SKIP_TRUNCATED] = "truncated",
	[NAP_SKIP_MALFORMED] = "malformed",
	[NAP_SKIP_NOT_OURS] = "not-the-device",
	[NAP_SKIP_TIME] = "time-stamp",
};

enum {
	IP6_HOPS = 0,
	IP6_ROUTING = 43,
	IP6_FRAGMENT = 44,
	IP6_AH = 51,
	ICMPV6 = 58,
	IP6_OPTIONS = 60,
	IP6_MOBILITY = 135,
	IP6_HIP = 139,
	IP6_SHIM6 = 140
};

#define LARGEST_OFFLOADED (UINT32_C(1) << 20) /* what a host hands its network card whole */

static bool is_within(uint32_t a, uint32_t prefix, unsigned bits)
{
	return a >> (32 - bits) == prefix >> (32 - bits);
}

bool nap_ip_is_private(struct nap_ip a)
{
	uint32_t v4 = (uint32_t)a.low;

	if (!nap_ip_is_v4(a))
		return a.high >> 57 == 0x7e || a.high >> 54 == 0x3fa;
	return is_within(v4, NAP_ADDR(10, 0, 0, 0), 8) || is_within(v4, NAP_ADDR(172, 16, 0, 0), 12) ||
	       is_within(v4, NAP_ADDR(192, 168, 0, 0), 16) || is_within(v4, NAP_ADDR(100, 64, 0, 0), 10) ||
	       is_within(v4, NAP_ADDR(169, 254, 0, 0), 16);
}

bool nap_ip_stays(struct nap_ip a)
{
	uint32_t v4 = (uint32_t)a.low;

	if (!nap_ip_is_v4(a))
		return a.high >> 56 == 0xff || a.high >> 54 == 0x3fa || (a.high == 0 && a.low == 0);
	return v4 >> 28 >= 14 || is_within(v4, NAP_ADDR(169, 254, 0, 0), 16) || v4 == 0;
}

static struct nap_ip read_ip6(const uint8_t *p)
{
	return (struct nap_ip){ (uint64_t)nap_be32(p) << 32 | nap_be32(p + 4),
		(uint64_t)nap_be32(p + 8) << 32 | nap_be32(p + 12) };
}

/* ---- transport -------------------------------------------------------------------------------------------------- */

/* Window scale and maximum segment size, of a SYN whose options were captured. */
static void read_options(const uint8_t *p, uint32_t n, struct nap_packet *to)
{
	for (uint32_t i = 0; i < n && p[i] != 0;) {
		uint32_t length = p[i] == 1 ? 1 : i + 1 < n ? p[i + 1] : 0;

		if (length < 1 || (p[i] != 1 && length < 2) || length > n - i)
			return;
		if (p[i] == 2 && length == 4)
			to->mss = (uint16_t)nap_be16(p + i + 2);
		if (p[i] == 3 && length == 3)
			to->wscale = (uint8_t)((p[i + 2] > 14 ? 14 : p[i + 2]) + 1); /* RFC 7323 2.3 */
		i += length;
	}
}

/* RFC 8446 5.1: type, version, length. */
static bool is_tls_data(const struct nap_bytes *b, uint32_t head, uint32_t len)
{
	const uint8_t *p = b->p + head;

	return len >= 5 && b->n >= head + 5 && p[0] == 23 && p[1] == 3 && nap_be16(p + 3) + 5 == len;
}

static enum nap_skip read_tcp(const struct nap_bytes *b, struct nap_frame *f)
{
	struct nap_packet *p = &f->packet;
	uint32_t head = 20;

	if (b->n < 4)
		return NAP_SKIP_TRUNCATED;
	if (b->wire < 20)
		return NAP_SKIP_MALFORMED;
	f->partial = b->n < 16;
	if (!f->partial) {
		p->seq = nap_be32(b->p + 4);
		p->ack = nap_be32(b->p + 8);
		head = (uint32_t)(b->p[12] >> 4) * 4;
		p->flags = b->p[13] & 0x3f;
		p->win = (uint16_t)nap_be16(b->p + 14);
		if (head < 20 || head > b->wire)
			return NAP_SKIP_MALFORMED;
		if ((p->flags & NAP_SYN) && b->n > 20)
			read_options(b->p + 20, (b->n < head ? b->n : head) - 20, p);
	}
	p->len = b->wire - head;
	f->tls = is_tls_data(b, head, p->len);
	return NAP_SKIP_NOT;
}

static enum nap_skip read_udp(const struct nap_bytes *b, struct nap_frame *f)
{
	if (b->n < 4)
		return NAP_SKIP_TRUNCATED;
	if (b->wire < 8)
		return NAP_SKIP_MALFORMED;
	f->packet.len = b->wire - 8;
	return NAP_SKIP_NOT;
}

static enum nap_skip read_ports(const struct nap_bytes *b, struct nap_frame *f)
{
	enum nap_skip skip = f->packet.proto == NAP_TCP ? read_tcp(b, f) : read_udp(b, f);

	if (skip != NAP_SKIP_NOT)
		return skip;
	f->packet.src.port = (uint16_t)nap_be16(b->p);
	f->packet.dst.port = (uint16_t)nap_be16(b->p + 2);
	return NAP_SKIP_NOT;
}

/* ICMPv6's types that have an equal in ICMP (RFC 7915 4.2); others are neighbours' talk. */
static bool as_icmp(uint8_t type, uint8_t code, struct nap_packet *p)
{
	static const uint8_t unreachable[] = { NAP_ICMP_NO_HOST, NAP_ICMP_PROHIBITED, NAP_ICMP_NO_HOST,
		NAP_ICMP_NO_HOST, NAP_ICMP_NO_PORT };

	p->icmp_code = 0;
	switch (type) {
	case 128:
	case 129:
		p->icmp_type = type == 128 ? NAP_ICMP_ECHO : NAP_ICMP_ECHO_REPLY;
		return true;
	case 1:
		p->icmp_type = NAP_ICMP_UNREACHABLE;
		p->icmp_code = code < sizeof unreachable ? unreachable[code] : NAP_ICMP_NO_HOST;
		return true;
	case 2:
		p->icmp_type = NAP_ICMP_UNREACHABLE;
		p->icmp_code = NAP_ICMP_TOO_BIG;
		return true;
	case 3:
		p->icmp_type = NAP_ICMP_TIME_EXCEEDED;
		p->icmp_code = code;
		return true;
	default:
		return false;
	}
}

/* The packet that an error quotes: its addresses, and ports where they were captured. */
static bool read_quote(const struct nap_bytes *b, struct nap_frame *f)
{
	struct nap_quote *q = &f->packet.quote;
	uint32_t head;

	if (b->n >= 20 && b->p[0] >> 4 == 4) {
		head = (uint32_t)(b->p[0] & 15) * 4;
		q->proto = b->p[9];
		f->quoted[0] = nap_ip_of(nap_be32(b->p + 12));
		f->quoted[1] = nap_ip_of(nap_be32(b->p + 16));
	} else if (b->n >= 40 && b->p[0] >> 4 == 6) {
		head = 40;
		q->proto = b->p[6] == ICMPV6 ? NAP_ICMP : b->p[6];
		f->quoted[0] = read_ip6(b->p + 8);
		f->quoted[1] = read_ip6(b->p + 24);
	} else {
		return false;
	}
	if (head < 20 || b->n < head + 8)
		return false;
	q->src.port = (uint16_t)nap_be16(b->p + head);
	q->dst.port = (uint16_t)nap_be16(b->p + head + 2);
	if (q->proto == NAP_ICMP)
		q->src.port = q->dst.port = (uint16_t)nap_be16(b->p + head + 4);
	return true;
}

static enum nap_skip read_icmp(struct nap_bytes b, struct nap_frame *f, bool six)
{
	struct nap_packet *p = &f->packet;

	if (b.n < 8)
		return b.wire < 8 ? NAP_SKIP_MALFORMED : NAP_SKIP_TRUNCATED;
	p->icmp_type = b.p[0];
	p->icmp_code = b.p[1];
	p->len = b.wire - 8;
	if (six && !as_icmp(b.p[0], b.p[1], p)) {
		p->proto = ICMPV6;
		return NAP_SKIP_NOT;
	}
	if (!nap_packet_is_icmp_error(p)) {
		p->src.port = p->dst.port = (uint16_t)nap_be16(b.p + 4);
		return NAP_SKIP_NOT;
	}
	p->mtu = (uint16_t)nap_be16(b.p + 6);
	nap_bytes_skip(&b, 8);
	f->partial = !read_quote(&b, f);
	return NAP_SKIP_NOT;
}

static enum nap_skip read_transport(const struct nap_bytes *b, struct nap_frame *f, uint8_t proto, bool six)
{
	struct nap_packet *p = &f->packet;

	p->proto = proto == ICMPV6 && six ? NAP_ICMP : proto;
	if (nap_packet_is_later_fragment(p)) {
		p->len = b->wire;
		return NAP_SKIP_NOT;
	}
	if (p->proto == NAP_TCP || p->proto == NAP_UDP)
		return read_ports(b, f);
	if (p->proto == NAP_ICMP)
		return read_icmp(*b, f, six);
	p->len = b->wire;
	return NAP_SKIP_NOT;
}

/* ---- IP --------------------------------------------------------------------------------------------------------- */

/* The datagram is of so many bytes, of which the link may have carried padding besides. */
static void trim(struct nap_bytes *b, uint32_t bytes)
{
	b->wire = bytes;
	b->n = b->n < bytes ? b->n : bytes;
}

static enum nap_skip read_v4(struct nap_bytes b, struct nap_frame *f)
{
	uint32_t head, total;
	uint8_t proto;

	if (b.n < 20)
		return NAP_SKIP_TRUNCATED;
	head = (uint32_t)(b.p[0] & 15) * 4;
	proto = b.p[9];
	total = nap_be16(b.p + 2);
	if (total == 0) /* the network card will say */
		total = b.wire;
	if (head < 20 || total < head || total > LARGEST_OFFLOADED)
		return NAP_SKIP_MALFORMED;
	f->bytes = total;
	f->src = nap_ip_of(nap_be32(b.p + 12));
	f->dst = nap_ip_of(nap_be32(b.p + 16));
	f->packet.ttl = b.p[8];
	f->packet.ip_id = (uint16_t)nap_be16(b.p + 4);
	f->packet.ip_frag = (uint16_t)(nap_be16(b.p + 6) & (NAP_DF | NAP_MF | NAP_OFFSET));
	trim(&b, total);
	return nap_bytes_skip(&b, head) ? read_transport(&b, f, proto, false) : NAP_SKIP_TRUNCATED;
}

/* One extension header: its own length, and what follows it; 0: it is none. */
static uint32_t extension(const struct nap_bytes *b, uint8_t kind)
{
	switch (kind) {
	case IP6_HOPS:
	case IP6_ROUTING:
	case IP6_OPTIONS:
	case IP6_MOBILITY:
	case IP6_HIP:
	case IP6_SHIM6:
		return b->n < 2 ? 8 : ((uint32_t)b->p[1] + 1) * 8;
	case IP6_AH:
		return b->n < 2 ? 8 : ((uint32_t)b->p[1] + 2) * 4;
	case IP6_FRAGMENT:
		return 8;
	default:
		return 0;
	}
}

static enum nap_skip read_extensions(struct nap_bytes b, struct nap_frame *f, uint8_t kind)
{
	uint32_t n;

	while ((n = extension(&b, kind)) > 0 && !nap_packet_is_later_fragment(&f->packet)) {
		if (b.n < 8)
			return b.wire < 8 ? NAP_SKIP_MALFORMED : NAP_SKIP_TRUNCATED;
		if (kind == IP6_FRAGMENT) {
			f->packet.ip_frag = (uint16_t)(nap_be16(b.p + 2) >> 3 | (b.p[3] & 1 ? NAP_MF : 0));
			f->packet.ip_id = (uint16_t)(nap_be32(b.p + 4) ^ nap_be32(b.p + 4) >> 16);
		}
		kind = b.p[0];
		if (n > b.wire)
			return NAP_SKIP_MALFORMED;
		if (!nap_bytes_skip(&b, n))
			return NAP_SKIP_TRUNCATED;
	}
	return read_transport(&b, f, kind, true);
}

static enum nap_skip read_v6(struct nap_bytes b, struct nap_frame *f)
{
	uint32_t body;
	uint8_t next;

	if (b.n < 40)
		return NAP_SKIP_TRUNCATED;
	body = nap_be16(b.p + 4);
	if (body == 0 && b.wire > 40)
		body = b.wire - 40;
	if (body > LARGEST_OFFLOADED)
		return NAP_SKIP_MALFORMED;
	f->bytes = body + 40;
	f->src = read_ip6(b.p + 8);
	f->dst = read_ip6(b.p + 24);
	f->packet.ttl = b.p[7];
	next = b.p[6];
	trim(&b, f->bytes);
	nap_bytes_skip(&b, 40);
	return read_extensions(b, f, next);
}

enum nap_skip nap_frame_parse(int link, const uint8_t *data, uint32_t n, uint32_t wire, struct nap_frame *out)
{
	struct nap_bytes b = { data, n, wire > n ? wire : n };
	enum nap_skip skip;

	memset(out, 0, sizeof *out);
	skip = nap_link_strip(link, &b, &out->heading);
	if (skip != NAP_SKIP_NOT)
		return skip;
	return b.p[0] >> 4 == 4 ? read_v4(b, out) : read_v6(b, out);
}
