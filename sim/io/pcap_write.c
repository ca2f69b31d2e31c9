/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/pcap_write.h"

#include <pcap/pcap.h>
#include <string.h>

#include "io/outfile.h"

#define SNAP     65535
#define HEADERS  80 /* IPv4, and TCP with all its options */
#define MAX_DATA (SNAP - HEADERS)

struct nap_capture {
	struct nap_outfile *out;
	pcap_t *pcap;
	pcap_dumper_t *dumper;
	uint16_t ident;
	uint8_t frame[SNAP];
};

struct nap_capture *nap_capture_open(const char *path, GError **error)
{
	struct nap_outfile *out = nap_outfile_open(path, error);
	struct nap_capture *c;

	if (!out)
		return NULL;
	c = g_new0(struct nap_capture, 1);
	c->out = out;
	c->pcap = pcap_open_dead_with_tstamp_precision(DLT_RAW, SNAP, PCAP_TSTAMP_PRECISION_NANO);
	c->dumper = pcap_dump_fopen(c->pcap, nap_outfile_stream(out));
	return c;
}

static void put16(uint8_t *at, uint32_t v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

static void put32(uint8_t *at, uint32_t v)
{
	put16(at, v >> 16);
	put16(at + 2, v & 0xffff);
}

/* The Internet checksum (RFC 1071) over n bytes, on top of sum. */
static uint16_t checksum(const uint8_t *data, size_t n, uint32_t sum)
{
	for (size_t i = 0; i + 1 < n; i += 2)
		sum += (uint32_t)(data[i] << 8 | data[i + 1]);
	if (n & 1)
		sum += (uint32_t)data[n - 1] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static uint32_t pseudo_header(const struct nap_packet *p, size_t n)
{
	return (p->src.addr >> 16) + (p->src.addr & 0xffff) + (p->dst.addr >> 16) + (p->dst.addr & 0xffff) +
	       p->proto + (uint32_t)n;
}

/* Options that are there, from at on, in Linux' order; returns how many bytes. */
static size_t put_options(uint8_t *at, const struct nap_packet *p)
{
	bool stamps = p->says == NAP_SAYS_NOTHING && p->stamps.sent > 0;
	bool sack =
		p->len == 0 && (p->flags & NAP_ACK) && !(p->flags & NAP_SYN) && p->sack.from != p->sack.to;
	size_t n = 0;

	if (p->mss > 0) { /* and SACK permitted */
		put32(at, 2u << 24 | 4u << 16 | p->mss);
		put32(at + 4,
			stamps ? 4u << 24 | 2u << 16 | 8u << 8 | 10u : 1u << 24 | 1u << 16 | 4u << 8 | 2u);
		n = 8;
	} else if (stamps) {
		put32(at, 1u << 24 | 1u << 16 | 8u << 8 | 10u);
		n = 4;
	}
	if (stamps) { /* RFC 7323, in milliseconds */
		put32(at + n, (uint32_t)(p->stamps.sent / NAP_MS));
		put32(at + n + 4, (uint32_t)(p->stamps.echo / NAP_MS));
		n += 8;
	}
	if (p->wscale) {
		put32(at + n, 1u << 24 | 3u << 16 | 3u << 8 | (uint32_t)(p->wscale - 1));
		n += 4;
	}
	if (sack) { /* RFC 2018 */
		put32(at + n, 1u << 24 | 1u << 16 | 5u << 8 | 10u);
		put32(at + n + 4, p->sack.from);
		put32(at + n + 8, p->sack.to);
		n += 12;
	}
	return n;
}

/* Returns the length of the transport header and data at seg. */
static size_t put_tcp(uint8_t *seg, const struct nap_packet *p, uint32_t data)
{
	size_t header = 20 + put_options(seg + 20, p);

	put16(seg, p->src.port);
	put16(seg + 2, p->dst.port);
	put32(seg + 4, p->seq);
	put32(seg + 8, p->ack);
	seg[12] = (uint8_t)(header / 4 << 4);
	seg[13] = p->flags;
	put16(seg + 14, p->win);
	put16(seg + 16, checksum(seg, header + data, pseudo_header(p, header + data)));
	return header + data;
}

static size_t put_udp(uint8_t *seg, const struct nap_packet *p, uint32_t data)
{
	uint16_t sum;

	put16(seg, p->src.port);
	put16(seg + 2, p->dst.port);
	put16(seg + 4, data + 8);
	sum = checksum(seg, data + 8, pseudo_header(p, data + 8));
	put16(seg + 6, sum ? sum : 0xffff);
	return data + 8;
}

static size_t put_icmp(uint8_t *seg, const struct nap_packet *p, uint32_t data)
{
	seg[0] = p->icmp_type;
	seg[1] = p->icmp_code;
	put16(seg + 4, p->src.port);
	if (nap_packet_is_icmp_error(p)) { /* the quoted header and eight bytes of what follows it */
		uint8_t *q = seg + 8;

		put16(seg + 4, 0);
		put16(seg + 6, p->mtu);
		q[0] = 0x45;
		put16(q + 2, 28);
		q[8] = 64;
		q[9] = p->quote.proto;
		put32(q + 12, p->quote.src.addr);
		put32(q + 16, p->quote.dst.addr);
		put16(q + 10, checksum(q, 20, 0));
		put16(q + 20, p->quote.src.port);
		put16(q + 22, p->quote.dst.port);
		data = 28;
	}
	put16(seg + 2, checksum(seg, data + 8, 0));
	return data + 8;
}

void nap_capture_add(struct nap_capture *c, nap_time now, const struct nap_packet *p)
{
	uint32_t data = MIN(p->len, MAX_DATA);
	uint8_t *ip = c->frame, *seg = ip + 20;
	struct pcap_pkthdr h = { .ts = { now / NAP_S, now % NAP_S } };
	size_t n;

	memset(c->frame, 0, HEADERS + data);
	n = p->proto == NAP_TCP    ? put_tcp(seg, p, data)
	    : p->proto == NAP_UDP  ? put_udp(seg, p, data)
	    : p->proto == NAP_ICMP ? put_icmp(seg, p, data)
				   : data;
	n += 20;
	ip[0] = 0x45;
	put16(ip + 2, (uint32_t)n);
	put16(ip + 4, ++c->ident);
	put16(ip + 6, p->ip_frag & NAP_DF);
	ip[8] = p->ttl ? p->ttl : 64;
	ip[9] = p->proto;
	put32(ip + 12, p->src.addr);
	put32(ip + 16, p->dst.addr);
	put16(ip + 10, checksum(ip, 20, 0));
	h.caplen = h.len = (bpf_u_int32)n;
	pcap_dump((u_char *)c->dumper, &h, c->frame);
}

/* pcap_dump_close would close the stream, which belongs to the outfile: flush and leave the dumper, which is the stream itself. */
static void release(struct nap_capture *c)
{
	pcap_close(c->pcap);
	g_free(c);
}

bool nap_capture_close(struct nap_capture *c, GError **error)
{
	struct nap_outfile *out = c->out;

	pcap_dump_flush(c->dumper);
	release(c);
	return nap_outfile_close(out, error);
}

void nap_capture_abandon(struct nap_capture *c)
{
	if (!c)
		return;
	nap_outfile_abandon(c->out);
	release(c);
}
