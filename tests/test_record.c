/* SPDX-License-Identifier: BSD-2-Clause */
/* Records of the live path: what is written reads back, and nothing else does. */
#include "live/record.h"

#include <string.h>

#include <glib.h>

#define INET4                                                                                                \
	{                                                                                                    \
		.family = 4, .addr = { 192, 0, 2, 1 }, .port = 4000                                          \
	}
#define INET6                                                                                                \
	{                                                                                                    \
		.family = 6, .addr = { 0x20, 1, 0xd, 0xb8, [15] = 9 }, .port = 53                            \
	}

static const struct nap_record samples[] = {
	{ .type = NAP_RECORD_HELLO, .association = 7, .seq = 1 },
	{ .type = NAP_RECORD_FLOW,
		.association = UINT64_MAX,
		.seq = 9,
		.epoch = 3,
		.mac = { 1, 2, 3 },
		.packet = { 12, 34 } },
	{ .type = NAP_RECORD_ORDER,
		.association = 1,
		.order = { .op = 1,
			.flow = 2,
			.tag = 3,
			.act = NAP_RECORD_SEGMENT,
			.place = 3,
			.flags = 18,
			.ttl = 2,
			.again = 1,
			.seq_shift = -5000,
			.len = 100,
			.isn = 77,
			.acked = 5 } },
	{ .type = NAP_RECORD_POLL, .association = 1, .acked = 4000000000u },
	{ .type = NAP_RECORD_CREDIT, .association = 1 },
	{ .type = NAP_RECORD_WELCOME,
		.association = 1,
		.welcome = { .seen = INET6,
			.other = INET4,
			.port = { 3479, 3480, 53 },
			.raw_port = 3481,
			.features = 3,
			.rotate_s = 600 } },
	{ .type = NAP_RECORD_FLOWED, .association = 1, .packet = { 1, 2 } },
	{ .type = NAP_RECORD_DONE, .association = 1, .done = { 5, 6, NAP_RECORD_NO_FLOW } },
	{ .type = NAP_RECORD_EVENT,
		.association = 1,
		.event = { .number = 1,
			.newest = 2,
			.flow = 3,
			.tag = 4,
			.age_us = UINT64_MAX,
			.what = NAP_RECORD_GOT_ICMP,
			.place = 2,
			.flags = 4,
			.icmp_type = 3,
			.icmp_code = 13,
			.credit = 9,
			.seen = INET4 } },
	{ .type = NAP_RECORD_IDLE, .association = 1, .idle = { 1, 2, INET4 } },
};

static void test_round_trip(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
		uint8_t a[NAP_RECORD_SIZE], b[NAP_RECORD_SIZE];
		struct nap_record w;

		nap_record_write(&samples[i], a);
		g_assert_true(nap_record_read(a, sizeof(a), &w));
		g_assert_cmpuint(w.type, ==, samples[i].type);
		g_assert_cmpuint(w.association, ==, samples[i].association);
		nap_record_write(&w, b);
		g_assert_true(memcmp(a, b, sizeof(a)) == 0);
	}
}

/* Field by field, so that a layout that swaps two of them both ways is found. */
static void test_layout(void)
{
	uint8_t a[NAP_RECORD_SIZE];
	struct nap_record w = { .type = NAP_RECORD_FLOW,
		.association = 0x0102030405060708,
		.seq = 0x11121314,
		.packet = { 0x21222324, 0x31323334 } };
	static const uint8_t want[] = { 'N', 'A', 'P', 1, NAP_RECORD_FLOW, 1, 2, 3, 4, 5, 6, 7, 8, 0x11, 0x12,
		0x13, 0x14 };

	nap_record_write(&w, a);
	g_assert_true(memcmp(a, want, 4) == 0);
	g_assert_true(memcmp(a + 4, want + 4, sizeof(want) - 4) == 0);
	g_assert_cmpuint(a[37], ==, 0x21);
	g_assert_cmpuint(a[44], ==, 0x34);
}

static void test_any_other_length(void)
{
	uint8_t a[2 * NAP_RECORD_SIZE] = { 0 };
	struct nap_record w;

	for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
		nap_record_write(&samples[i], a);
		for (size_t n = 0; n <= sizeof(a); n++)
			g_assert_true(nap_record_read(a, n, &w) == (n == NAP_RECORD_SIZE));
	}
}

/* What reads writes back byte for byte: no byte is ignored, no value has two spellings. */
static void test_every_byte_counts(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(samples); i++)
		for (size_t at = 0; at < NAP_RECORD_SIZE; at++)
			for (unsigned bit = 0; bit < 8; bit++) {
				uint8_t a[NAP_RECORD_SIZE], b[NAP_RECORD_SIZE];
				struct nap_record w;

				nap_record_write(&samples[i], a);
				a[at] ^= (uint8_t)(1u << bit);
				if (!nap_record_read(a, sizeof(a), &w))
					continue;
				nap_record_write(&w, b);
				g_assert_true(memcmp(a, b, sizeof(a)) == 0);
			}
}

/* Values out of range, one a row: offset of the byte, and what it must not be. */
static void test_out_of_range(void)
{
	static const struct {
		size_t sample, at;
		uint8_t value;
	} rows[] = {
		{ 0, 0, 'X' },
		{ 0, 3, 9 },
		{ 0, 4, 0 },
		{ 0, 4, 6 },
		{ 0, 4, 0x80 },
		{ 0, 4, 0x86 },
		{ 0, 37, 1 },
		{ 0, 127, 1 },
		{ 2, 49, 0 },
		{ 2, 49, NAP_RECORD_ACTS },
		{ 2, 50, 4 },
		{ 2, 53, 2 },
		{ 5, 37, 0 },
		{ 5, 37, 5 },
		{ 7, 45, NAP_RECORD_RESULTS },
		{ 8, 61, 0 },
		{ 8, 61, NAP_RECORD_WHATS },
		{ 8, 62, 4 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		uint8_t a[NAP_RECORD_SIZE];
		struct nap_record w;

		nap_record_write(&samples[rows[i].sample], a);
		g_assert_cmpuint(a[rows[i].at], !=, rows[i].value);
		a[rows[i].at] = rows[i].value;
		if (nap_record_read(a, sizeof(a), &w))
			g_error("row %zu was taken", i);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/record/round-trip", test_round_trip);
	g_test_add_func("/record/layout", test_layout);
	g_test_add_func("/record/any-other-length", test_any_other_length);
	g_test_add_func("/record/every-byte-counts", test_every_byte_counts);
	g_test_add_func("/record/out-of-range", test_out_of_range);
	return g_test_run();
}
