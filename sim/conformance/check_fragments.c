/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Experiments with large datagrams: RFC 4787 REQ-13 and REQ-14, RFC 7857 section 10. The link outside of the box is the
 * device's: where the profile names no mtu it carries 1400 bytes.
 */
#include "conformance/check.h"

#define LINK_MTU  1400
#define ETHERNET  1500
#define LARGE     4000  /* payload of a datagram that no link here carries whole */
#define FLOOD     10000 /* unfinished datagrams: many times what a box keeps */
#define LATE      1900  /* ms; RFC 6146 FRAGMENT_MIN: 2 s */
#define COMMON_ID 4711

/* A new box with a narrow link outside, and a UDP flow through it. */
static nap_flow narrow(struct nap_dut *b)
{
	uint32_t own = b->middlebox->box.mtu;
	struct nap_opened o;

	b->chain[0].box.mtu = own ? own : LINK_MTU;
	nap_dut_fresh(b);
	b->chain[0].box.mtu = own;
	nap_dut_open(b, 0, 0, 0, &o);
	return o.flow;
}

/* The largest datagram's payload that the client gets out without fragmentation, between a few bytes and LARGE. */
static uint32_t largest_whole(struct nap_dut *b, nap_flow flow)
{
	uint32_t lo = 1, hi = LARGE;

	while (hi - lo > 1) {
		uint32_t len = (lo + hi) / 2;

		*(nap_dut_exchange(
			  b, flow, (struct nap_sending){ .from = NAP_CLIENT, .len = len, .df = true })
					.arrived
				? &lo
				: &hi) = len;
	}
	return lo;
}

enum nap_check_verdict nap_check_too_big(struct nap_dut *b, const struct nap_requirement *r)
{
	nap_flow flow = narrow(b);
	struct nap_sending large = { .from = NAP_CLIENT, .len = LARGE, .df = true };
	struct nap_exchanged o = nap_dut_exchange(b, flow, large);
	uint32_t most;

	(void)r;
	if (o.arrived && o.event.fragments)
		return nap_violates(b, "%u bytes that may not be fragmented (DF) arrived in %u fragments",
			LARGE, o.event.fragments);
	if (o.arrived)
		return nap_violates(b, "%u bytes arrived whole over a link that does not carry them", LARGE);
	if (o.icmp_type != NAP_ICMP_UNREACHABLE || o.icmp_code != NAP_ICMP_TOO_BIG)
		return nap_violates(b, "%u bytes with DF were lost without ICMP 3/4", LARGE);
	most = largest_whole(b, flow) + 28;
	if (o.icmp_mtu != most)
		return nap_violates(b, "ICMP 3/4 names %u bytes, the link carries %u", o.icmp_mtu, most);
	return nap_meets(
		b, "%u bytes with DF were answered by ICMP 3/4, which names the %u that pass", LARGE, most);
}

enum nap_check_verdict nap_check_fragments_sent(struct nap_dut *b, const struct nap_requirement *r)
{
	nap_flow flow = narrow(b);
	struct nap_exchanged o =
		nap_dut_exchange(b, flow, (struct nap_sending){ .from = NAP_CLIENT, .len = LARGE });

	(void)r;
	if (!o.arrived)
		return nap_violates(b, "%u bytes without DF did not arrive", LARGE);
	return nap_meets(b, "%u bytes without DF arrived in %u fragments", LARGE, o.event.fragments);
}

enum nap_check_verdict nap_check_fragments_in_order(struct nap_dut *b, const struct nap_requirement *r)
{
	nap_flow flow = narrow(b);
	struct nap_exchanged o =
		nap_dut_exchange(b, flow, (struct nap_sending){ .from = NAP_CLIENT, .len = LARGE });

	(void)r;
	if (!o.arrived)
		return nap_does_not_apply(b, "the box does not fragment (4787-REQ-13a)");
	return o.event.disordered
		       ? nap_violates(b, "the %u fragments did not come in order", o.event.fragments)
		       : nap_meets(b, "the %u fragments came in order", o.event.fragments);
}

/* A large datagram of an end, in fragments: the first of them late and last, when wait is set. */
static bool crosses(struct nap_dut *b, nap_flow flow, enum nap_end from, uint8_t pieces)
{
	struct nap_sending what = { .from = (uint8_t)from,
		.len = LARGE,
		.fragment = ETHERNET,
		.pieces = pieces,
		.ip_id = COMMON_ID };

	return nap_dut_exchange(b, flow, what).arrived;
}

/* The first fragment follows the others after a while; they are one datagram by their identification. */
static bool crosses_late(struct nap_dut *b, nap_flow flow, enum nap_end from)
{
	crosses(b, flow, from, NAP_PIECES_ALL_BUT_FIRST);
	nap_dut_pass(b, LATE * NAP_MS);
	return crosses(b, flow, from, NAP_PIECES_FIRST_ONLY);
}

enum nap_check_verdict nap_check_fragments_received(struct nap_dut *b, const struct nap_requirement *r)
{
	static const char *const ends[] = { "client", "server" };
	struct nap_opened o;

	(void)r;
	for (int from = NAP_CLIENT; from <= NAP_SERVER; from++) {
		nap_dut_fresh(b);
		nap_dut_open(b, 0, 0, 0, &o);
		if (!crosses(b, o.flow, (enum nap_end)from, NAP_PIECES_IN_ORDER))
			return nap_violates(
				b, "fragments of the %s, in order, did not get through", ends[from]);
		if (!crosses(b, o.flow, (enum nap_end)from, NAP_PIECES_FIRST_LAST))
			return nap_violates(b,
				"fragments of the %s with the first one last did not get through",
				ends[from]);
		if (!crosses_late(b, o.flow, (enum nap_end)from))
			return nap_violates(b,
				"fragments of the %s of which the first came 1.9 s later did not get through",
				ends[from]);
	}
	return nap_meets(b,
		"fragments of both ends got through in order, with the first one last, and with it "
		"1.9 s late");
}

enum nap_check_verdict nap_check_fragments_flood(struct nap_dut *b, const struct nap_requirement *r)
{
	struct nap_sending unfinished = { .from = NAP_SERVER,
		.place = NAP_AT_OTHER_BOTH,
		.len = LARGE,
		.fragment = ETHERNET,
		.pieces = NAP_PIECES_FIRST_ONLY };
	struct nap_opened o;

	(void)r;
	nap_dut_fresh(b);
	nap_dut_open(b, 0, 0, 0, &o);
	if (!crosses(b, o.flow, NAP_SERVER, NAP_PIECES_IN_ORDER))
		return nap_does_not_apply(b, "fragments do not get through anyway (4787-REQ-14)");
	for (uint32_t i = 0; i < FLOOD; i++)
		nap_dut_exchange(b, o.flow, unfinished);
	if (!nap_dut_reaches(b, o.flow))
		return nap_violates(b, "beside %u unfinished datagrams a whole packet did not get in", FLOOD);
	if (!crosses(b, o.flow, NAP_SERVER, NAP_PIECES_IN_ORDER))
		return nap_violates(
			b, "beside %u unfinished datagrams fragments in order did not get in", FLOOD);
	return nap_meets(b,
		"beside %u unfinished datagrams of a stranger whole packets and fragments in order got in",
		FLOOD);
}

/* Two hosts, the same identification, the same server: what it sees must differ (RFC 6864 5.3.1). */
enum nap_check_verdict nap_check_ip_id(struct nap_dut *b, const struct nap_requirement *r)
{
	struct nap_sending what = { .from = NAP_CLIENT, .ip_id = COMMON_ID };
	struct nap_exchanged out[2];
	struct nap_opened o;

	(void)r;
	nap_dut_fresh(b);
	for (uint8_t host = 0; host < 2; host++) {
		nap_dut_open(b, host, 40000 + host, 0, &o);
		out[host] = nap_dut_exchange(b, o.flow, what);
		if (!out[host].arrived)
			return nap_untested(b, "a packet did not get out");
	}
	if (out[0].event.seen.addr != out[1].event.seen.addr)
		return nap_does_not_apply(b, "the two hosts have different external addresses");
	if (out[0].event.ip_id == out[1].event.ip_id)
		return nap_violates(b,
			"packets of two hosts with identification %u came from one address with the same "
			"one, "
			"%u",
			COMMON_ID, out[0].event.ip_id);
	return nap_meets(b, "packets of two hosts with identification %u came with %u and %u", COMMON_ID,
		out[0].event.ip_id, out[1].event.ip_id);
}
