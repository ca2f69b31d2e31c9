/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The truth about the idle timers of a chain of boxes, asked of the boxes themselves after packets written out here: what
 * discovery finds, it finds by packets through a path.
 */
#ifndef TESTS_DISCOVERY_TRUTH_H
#define TESTS_DISCOVERY_TRUTH_H

#include <glib.h>

#include "path/chain.h"

enum { IN = NAP_INSIDE, OUT = NAP_OUTSIDE };

/* A packet of a story: when, from which side, flags and so on. */
struct row {
	double at;
	int side;
	uint8_t flags;
	uint32_t len, seq, ack;
};

struct story {
	const char *test;
	uint8_t proto;
	struct row row[10];
	struct row question;
};

#define DATA (NAP_ACK | NAP_PSH)
#define OPEN                                                                                                 \
	{ 0, IN, NAP_SYN, 0, 99, 0 }, { 0, OUT, NAP_SYN | NAP_ACK, 0, 499, 100 },                            \
		{ 0, IN, NAP_ACK, 0, 100, 500 }, { 0, IN, DATA, 1, 100, 500 },                               \
		{ 0, OUT, NAP_ACK, 0, 500, 101 }, { 0, OUT, DATA, 1, 500, 101 },                             \
	{                                                                                                    \
		0, IN, NAP_ACK, 0, 101, 501                                                                  \
	}

static const struct story stories[] = {
	{ "udp-1", NAP_UDP, { { 0, IN, 0, 9, 0, 0 } }, { 0, OUT, 0, 9, 0, 0 } },
	{ "udp-3", NAP_UDP,
		{ { 0, IN, 0, 9, 0, 0 }, { 0, OUT, 0, 9, 0, 0 }, { 3, IN, 0, 9, 0, 0 },
			{ 3, OUT, 0, 9, 0, 0 }, { 3, IN, 0, 9, 0, 0 } },
		{ 3, OUT, 0, 9, 0, 0 } },
	{ "icmp", NAP_ICMP, { { 0, IN, 0, 9, 0, 0 }, { 0, OUT, 0, 9, 0, 0 }, { 0, IN, 0, 9, 0, 0 } },
		{ 0, OUT, 0, 9, 0, 0 } },
	{ "tcp-1", NAP_TCP, { OPEN }, { 0, OUT, DATA, 1, 501, 101 } },
	{ "tcp-syn", NAP_TCP, { { 0, IN, NAP_SYN, 0, 99, 0 } }, { 0, OUT, NAP_SYN | NAP_ACK, 0, 499, 100 } },
	{ "tcp-fin-client", NAP_TCP,
		{ OPEN, { 0, IN, NAP_FIN | NAP_ACK, 0, 101, 501 }, { 0, OUT, NAP_ACK, 0, 501, 102 } },
		{ 0, OUT, DATA, 1, 501, 102 } },
	{ "tcp-fin-both", NAP_TCP,
		{ OPEN, { 0, IN, NAP_FIN | NAP_ACK, 0, 101, 501 }, { 0, OUT, NAP_FIN | NAP_ACK, 0, 501, 102 },
			{ 0, IN, NAP_ACK, 0, 102, 502 } },
		{ 0, OUT, NAP_ACK, 0, 502, 102 } },
	{ "tcp-rst-client", NAP_TCP, { OPEN, { 0, IN, NAP_RST | NAP_ACK, 0, 101, 501 } },
		{ 0, OUT, NAP_ACK, 0, 501, 101 } },
	{ "udp-2", NAP_UDP, { { 0, IN, 0, 9, 0, 0 }, { 0, OUT, 0, 9, 0, 0 }, { 3, OUT, 0, 9, 0, 0 } },
		{ 3, OUT, 0, 9, 0, 0 } },
	{ "udp-quick", NAP_UDP, { { 0, IN, 0, 9, 0, 0 }, { 0, OUT, 0, 9, 0, 0 } }, { 0, OUT, 0, 9, 0, 0 } },
	{ "tcp-syn-ack", NAP_TCP,
		{ { 0, IN, NAP_SYN, 0, 99, 0 }, { 0, OUT, NAP_SYN | NAP_ACK, 0, 499, 100 } },
		{ 0, OUT, NAP_SYN | NAP_ACK, 0, 499, 100 } },
	{ "tcp-fin-server", NAP_TCP,
		{ OPEN, { 0, OUT, NAP_FIN | NAP_ACK, 0, 501, 101 }, { 0, IN, NAP_ACK, 0, 101, 502 } },
		{ 0, OUT, NAP_ACK, 0, 502, 101 } },
	{ "tcp-rst-server", NAP_TCP, { OPEN, { 0, OUT, NAP_RST | NAP_ACK, 0, 501, 101 } },
		{ 0, OUT, NAP_ACK, 0, 501, 101 } },
};

static struct nap_packet packet_of(const struct story *s, const struct row *r, struct nap_endpoint inside,
	struct nap_endpoint mapped, struct nap_endpoint server)
{
	struct nap_packet p = { .proto = s->proto,
		.flags = r->flags,
		.len = r->len,
		.seq = r->seq,
		.ack = r->ack,
		.win = 65535,
		.ttl = 64 };

	p.src = r->side == IN ? inside : server;
	p.dst = r->side == IN ? server : mapped;
	if (s->proto == NAP_ICMP) {
		p.icmp_type = r->side == IN ? 8 : 0;
		*(r->side == IN ? &p.dst : &p.src) =
			(struct nap_endpoint){ server.addr, r->side == IN ? inside.port : mapped.port };
	}
	return p;
}

/* The packet through all boxes, in the order in which it meets them; false: one of them does not let it pass. */
static bool pass_boxes(struct nap_box **box, uint32_t n, nap_time at, int side, struct nap_packet *p)
{
	for (uint32_t i = 0; i < n; i++) {
		struct nap_box_effect fx = { 0 };

		if (nap_box_input(box[side == IN ? i : n - 1 - i], at, (enum nap_side)side, p, &fx) !=
			NAP_PASS)
			return false;
	}
	return true;
}

/* How long after `last` the question would still pass all boxes, nothing else coming. */
static nap_time open_for(struct nap_box **box, uint32_t n, nap_time last, struct nap_packet *p)
{
	nap_time until = NAP_NEVER;

	for (uint32_t i = n; i-- > 0;)
		until = nap_time_min(until, nap_box_open_until(box[i], last, NAP_OUTSIDE, p));
	return until == NAP_NEVER ? NAP_NEVER : until > last ? until - last : 0;
}

/*
 * How long after its last packet the n boxes would still let the question pass; the story begins at `start`. device: the
 * client's address. -1: a packet of the story itself does not pass.
 */
static nap_time truth_of(
	struct nap_box **box, uint32_t n, nap_addr device, const struct story *s, nap_time start)
{
	struct nap_endpoint inside = { device, 33000 }, mapped = inside;
	struct nap_endpoint server = { NAP_ADDR(192, 0, 2, 10), 7000 };
	nap_time last = start;
	struct nap_packet p;

	for (uint32_t i = 0; i < G_N_ELEMENTS(s->row) && s->row[i].len + s->row[i].flags; i++) {
		p = packet_of(s, &s->row[i], inside, mapped, server);
		last = start + (nap_time)(s->row[i].at * 1e9);
		if (!pass_boxes(box, n, last, s->row[i].side, &p))
			return -1;
		if (s->row[i].side == IN)
			mapped = p.src;
	}
	p = packet_of(s, &s->question, inside, mapped, server);
	return open_for(box, n, last, &p);
}

#endif
