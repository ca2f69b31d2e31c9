/* SPDX-License-Identifier: BSD-2-Clause */
/* What strangers send and the live path reads: STUN messages, captured frames, echo replies. */
#include <string.h>

#include <glib.h>
#include <pcap/dlt.h>

#include "live/frame.h"
#include "live/sockets.h"
#include "live/stun.h"
#include "net/packet.h"

/* --- STUN --- */

/* RFC 5769 2.2: the sample IPv4 response. */
static const uint8_t rfc5769_response[] = { 0x01, 0x01, 0x00, 0x3c, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7,
	0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae, 0x80, 0x22, 0x00, 0x0b, 0x74, 0x65, 0x73, 0x74,
	0x20, 0x76, 0x65, 0x63, 0x74, 0x6f, 0x72, 0x20, 0x00, 0x20, 0x00, 0x08, 0x00, 0x01, 0xa1, 0x47, 0xe1,
	0x12, 0xa6, 0x43, 0x00, 0x08, 0x00, 0x14, 0x2b, 0x91, 0xf5, 0x99, 0xfd, 0x9e, 0x90, 0xc3, 0x8c, 0x74,
	0x89, 0xf9, 0x2a, 0xf9, 0xba, 0x53, 0xf0, 0x6b, 0xe7, 0xd7, 0x80, 0x28, 0x00, 0x04, 0xc0, 0x7d, 0x4c,
	0x96 };

static void test_stun(void)
{
	struct nap_stun m = { .klass = NAP_STUN_REQUEST,
		.id = { 1, 2, 3 },
		.change = 6,
		.response_port = 4321 },
			back;
	struct nap_inet want = { .family = 4, .addr = { 192, 0, 2, 1 }, .port = 32853 };
	uint8_t buf[NAP_STUN_MAX];
	size_t n;

	g_assert_true(nap_stun_read(rfc5769_response, sizeof(rfc5769_response), &back));
	g_assert_cmpuint(back.klass, ==, NAP_STUN_SUCCESS);
	g_assert_true(nap_inet_equal(&back.mapped, &want));
	for (size_t cut = 0; cut < sizeof(rfc5769_response); cut++)
		g_assert_false(nap_stun_read(rfc5769_response, cut, &back));
	n = nap_stun_write(&m, buf);
	g_assert_true(nap_stun_read(buf, n, &back));
	g_assert_cmpuint(back.change, ==, 6);
	g_assert_cmpuint(back.response_port, ==, 4321);
	g_assert_true(memcmp(back.id, m.id, sizeof(m.id)) == 0);
}

/* --- frames: one case a row: bytes cut off, a byte changed, is it still taken? --- */

static const uint8_t syn_frame[] = { 0x45, 0, 0, 40, 0, 0, 0x40, 0, 60, 6, 0, 0, 10, 0, 0, 1, 192, 0, 2,
	1, /* IPv4 */
	0x0d, 0x80, 0xc0, 0x01, 0, 0, 0, 9, 0, 0, 0, 0, 0x50, 2, 0x80, 5, 0, 0, 0, 0 };

static void test_frame(void)
{
	static const struct {
		size_t cut, at;
		uint8_t value;
		bool taken;
	} rows[] = {
		{ 0, 0, 0x45, true },
		{ 1, 0, 0x45, false },
		{ 20, 0, 0x45, false },
		{ 39, 0, 0x45, false },
		{ 0, 0, 0x44, false },
		{ 0, 0, 0x4f, false },
		{ 0, 0, 0x65, false },
		{ 0, 3, 39, false },
		{ 0, 3, 19, false },
		{ 0, 7, 1, false },
		{ 0, 9, 17, false },
		{ 0, 32, 0x40, false },
		{ 0, 32, 0x60, false },
		{ 0, 3, 44, true },
	};
	struct nap_frame f;

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		uint8_t *exact = g_memdup2(syn_frame, sizeof(syn_frame));
		size_t n = sizeof(syn_frame) - rows[i].cut;
		uint8_t *copy = (exact[rows[i].at] = rows[i].value, g_memdup2(exact, n));

		if (nap_frame_read(DLT_RAW, copy, n, &f) != rows[i].taken)
			g_error("row %zu", i);
		g_free(copy);
		g_free(exact);
	}
	g_assert_true(nap_frame_read(DLT_RAW, syn_frame, sizeof(syn_frame), &f));
	g_assert_cmpuint(f.segment.seq, ==, 9);
	g_assert_cmpuint(f.segment.dst.port, ==, 0xc001);
	g_assert_cmpuint(f.segment.flags, ==, NAP_SYN);
	g_assert_cmpuint(nap_segment_mark(f.segment.window), ==, 5);
}

/* Echo requests of either family bear their identifier as port; replies, and the other family's numbers, are no requests. */
static void test_echo_frames(void)
{
	static const uint8_t ping4[] = { 0x45, 0, 0, 30, 0, 1, 0, 0, 63, 1, 0, 0, 10, 0, 0, 1, 10, 0, 0,
		2, /* IPv4 */
		8, 0, 0, 0, 0x12, 0x34, 0, 1, 'h', 'i' };
	uint8_t ping6[40 + 10] = { 0x60, [5] = 10, [6] = 58, [7] = 62, [8] = 0xfd, [23] = 1, [24] = 0xfd,
		[39] = 2, [40] = 128, [44] = 0x12, [45] = 0x34, [47] = 1, [48] = 'h', [49] = 'i' };
	uint8_t reply6[sizeof(ping6)], mixed[sizeof(ping4)];
	struct nap_frame four, six, f;

	g_assert_true(nap_frame_read(DLT_RAW, ping4, sizeof(ping4), &four));
	g_assert_true(nap_frame_read(DLT_RAW, ping6, sizeof(ping6), &six));
	g_assert_true(four.echo && six.echo);
	g_assert_cmpuint(four.segment.src.port, ==, 0x1234);
	g_assert_cmpuint(six.segment.src.port, ==, 0x1234);
	g_assert_cmpuint(six.segment.src.family, ==, 6);
	g_assert_cmpuint(six.hops_left, ==, 62);
	g_assert_cmpuint(six.n_payload, ==, 2);
	g_assert_cmpuint(four.n_payload, ==, 2);
	g_assert_true(!memcmp(six.payload, "hi", 2) && !memcmp(four.payload, "hi", 2));

	memcpy(reply6, ping6, sizeof(ping6));
	reply6[40] = 129;
	g_assert_false(nap_frame_read(DLT_RAW, reply6, sizeof(reply6), &f));
	memcpy(mixed, ping4, sizeof(ping4));
	mixed[20] = 128;
	g_assert_false(nap_frame_read(DLT_RAW, mixed, sizeof(mixed), &f));
	for (size_t cut = 1; cut <= sizeof(ping6); cut++) {
		g_autofree uint8_t *part = g_memdup2(ping6, sizeof(ping6) - cut);

		g_assert_false(nap_frame_read(DLT_RAW, part, sizeof(ping6) - cut, &f));
	}
}

/* An error speaks of its own kind of packet: ICMP of IPv4, ICMPv6 of IPv6. */
static void test_frame_families(void)
{
	uint8_t m[28 + sizeof(syn_frame)] = { 0x45, 0, 0, sizeof(m), 0, 0, 0, 0, 60, 1, 0, 0, 192, 0, 2, 1,
		10, 0, 0, 1, /* IPv4 */
		3, 1 /* ICMP: unreachable */ };
	struct nap_frame f;

	memcpy(m + 28, syn_frame, sizeof(syn_frame));
	g_assert_true(nap_frame_read(DLT_RAW, m, sizeof(m), &f));
	g_assert_true(f.icmp);
	g_assert_cmpuint(f.segment.src.port, ==, 0x0d80);
	m[9] = 58; /* ICMPv6 over IPv4 */
	g_assert_false(nap_frame_read(DLT_RAW, m, sizeof(m), &f));
	m[9] = 1;
	m[28] = 0x65; /* quotes another IP, for which it would be too short besides */
	g_assert_false(nap_frame_read(DLT_RAW, m, sizeof(m), &f));
}

/* Replies with and without their IP header, cut anywhere. */
static void test_echo_reply(void)
{
	static const uint8_t packet[] = { 0x46, 0, 0, 36, 0, 0, 0, 0, 60, 1, 0, 0, 192, 0, 2, 1, 10, 0, 0, 1,
		1, 1, 1, 0, /* IPv4 with an option */
		0, 0, 0, 0, 0, 77, 0, 1, 'd', 'a', 't', 'a' };
	size_t n;

	for (size_t cut = 0; cut < sizeof(packet); cut++) {
		uint8_t *exact = g_memdup2(packet, sizeof(packet) - cut);
		const uint8_t *data = nap_echo_data(exact, sizeof(packet) - cut, 4, true, &n);

		g_assert_true((data != NULL) == (cut <= 4));
		if (data) {
			g_assert_cmpuint(n, ==, 4 - cut);
			g_assert_true(data == exact + 32);
		}
		g_free(exact);
	}
	g_assert_nonnull(nap_echo_data(packet + 24, 12, 4, false, &n));
	g_assert_cmpuint(n, ==, 4);
	g_assert_null(nap_echo_data(packet, sizeof(packet), 4, false, &n)); /* 0x46 is no reply */
	g_assert_null(nap_echo_data(packet + 24, 12, 6, true, &n)); /* a reply of IPv6 has another type */
	g_assert_null(nap_echo_data(packet, 0, 4, true, &n));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/live/stun", test_stun);
	g_test_add_func("/live/frame", test_frame);
	g_test_add_func("/live/frame/echo", test_echo_frames);
	g_test_add_func("/live/frame/families", test_frame_families);
	g_test_add_func("/live/echo", test_echo_reply);
	return g_test_run();
}
