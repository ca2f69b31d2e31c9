/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fragments cut at random and put together again, and pieces that nobody cut: any offset, length and flag. A datagram that
 * comes out is one that could be sent: no longer than IPv4 allows, headers of its first piece. Arguments: rounds, seed.
 */
#include <stdio.h>

#include <glib.h>

#include "kernel/rng.h"
#include "net/fragment.h"

#define MOST_PIECES 1400

/* Small, as on a link, beyond IPv4, and so large that a header more is beyond 32 bits. */
static uint32_t any_length(struct nap_rng *r)
{
	static const uint32_t below[] = { 8, 64, 1500, 65536 };
	uint32_t kind = nap_rng_below(r, 5);

	return kind < 4 ? nap_rng_below(r, below[kind]) : UINT32_MAX - nap_rng_below(r, 64);
}

/* Cut, in some order, some twice: what comes out is what went in. */
static void whole_again(struct nap_rng *r, uint64_t round)
{
	static const uint8_t protos[] = { NAP_UDP, NAP_TCP, NAP_ICMP, NAP_GRE };
	struct nap_packet p = { .proto = protos[nap_rng_below(r, 4)],
		.len = nap_rng_below(r, 65000),
		.ip_id = 7,
		.ip_frag = nap_rng_below(r, 2) ? NAP_DF : 0 };
	uint32_t mtu = NAP_MTU_LEAST + nap_rng_below(r, 1500), n = nap_fragment_count(&p, mtu), out = 0;
	struct nap_reassembly *buffer = nap_reassembly_new(4, 30 * NAP_S, true);
	struct nap_datagram whole = { 0 };
	bool backwards = nap_rng_below(r, 2);

	g_assert_cmpuint(n, <=, MOST_PIECES);
	for (uint32_t i = 0; n > 1 && i < n; i++) {
		struct nap_packet piece;

		nap_fragment_cut(&p, mtu, backwards ? n - 1 - i : i, &piece);
		if (nap_packet_bytes(&piece) > mtu)
			g_error("round %" G_GUINT64_FORMAT ": a piece larger than %u", round, mtu);
		out += nap_reassembly_add(buffer, 0, &piece, &whole) == NAP_PIECE_COMPLETE;
		if (i + 1 < n && nap_rng_below(r, 8) == 0) /* once more */
			nap_reassembly_add(buffer, 0, &piece, &whole);
	}
	if (n > 1 && (out != 1 || whole.packet.len != p.len || whole.pieces != n ||
			     whole.packet.ip_frag != p.ip_frag || nap_reassembly_waiting(buffer)))
		g_error("round %" G_GUINT64_FORMAT ": %u bytes in %u pieces do not come out as they were",
			round, p.len, n);
	nap_reassembly_free(buffer);
}

static uint32_t invented(struct nap_rng *r, struct nap_reassembly *buffer, nap_time now, uint64_t round)
{
	struct nap_packet piece = { .proto = nap_rng_below(r, 2) ? NAP_UDP : NAP_TCP,
		.src = { 1 + nap_rng_below(r, 3), 5 },
		.len = any_length(r),
		.ip_id = (uint16_t)nap_rng_below(r, 3),
		.ip_frag = (uint16_t)((nap_rng_below(r, 4) ? nap_rng_below(r, 4)
							   : nap_rng_next(r) & NAP_OFFSET) |
				      (nap_rng_below(r, 2) ? NAP_MF : 0)) };
	struct nap_datagram whole;

	if (nap_rng_below(r, 8) == 0) {
		nap_reassembly_follow(buffer, now, &piece);
		return 0;
	}
	if (nap_reassembly_add(buffer, now, &piece, &whole) != NAP_PIECE_COMPLETE)
		return 0;
	if (whole.packet.len > 65535 || nap_packet_bytes(&whole.packet) > 65535 || whole.largest > 65535 ||
		nap_packet_is_fragment(&whole.packet))
		g_error("round %" G_GUINT64_FORMAT ": a datagram of %u bytes", round, whole.packet.len);
	return 1;
}

int main(int argc, char **argv)
{
	uint64_t rounds = argc > 1 ? g_ascii_strtoull(argv[1], NULL, 10) : 200000, complete = 0;
	uint64_t seed = argc > 2 ? g_ascii_strtoull(argv[2], NULL, 10) : 1;
	struct nap_rng r = nap_rng_stream(seed, 0, 0, NAP_RNG_SEARCH);
	struct nap_reassembly *buffer = nap_reassembly_new(8, 30 * NAP_S, true);
	nap_time now = 0;

	for (uint64_t i = 0; i < rounds; i++) {
		now += (nap_time)nap_rng_below(&r, 2000) * NAP_MS;
		complete += invented(&r, buffer, now, i);
		if (nap_reassembly_waiting(buffer) > 8)
			g_error("round %" G_GUINT64_FORMAT ": more datagrams than there is room for", i);
		if (i % 20 == 0)
			whole_again(&r, i);
	}
	printf("fuzz_fragment: %" G_GUINT64_FORMAT " pieces, seed %" G_GUINT64_FORMAT ": %" G_GUINT64_FORMAT
	       " made a datagram\n",
		rounds, seed, complete);
	nap_reassembly_free(buffer);
	return 0;
}
