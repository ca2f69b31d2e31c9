/* SPDX-License-Identifier: BSD-2-Clause */
/* Cutting packets and putting them together again: any size, any mtu, any order; hostile pieces; bounds. */
#include <string.h>

#include <glib.h>

#include "kernel/rng.h"
#include "net/fragment.h"

#define SRC NAP_ADDR(10, 0, 0, 2)
#define DST NAP_ADDR(192, 0, 2, 1)

static struct nap_packet packet(uint8_t proto, uint32_t len, uint16_t id)
{
	return (struct nap_packet){
		.src = { SRC, 5000 }, .dst = { DST, 53 }, .proto = proto, .len = len, .ip_id = id, .tag = 4711
	};
}

static struct nap_packet piece_of(uint32_t from, uint32_t to, bool more, uint16_t id)
{
	struct nap_packet p = packet(NAP_UDP, to - from - (from ? 0 : 8), id);

	p.ip_frag = (uint16_t)(from / 8 | (more ? NAP_MF : 0));
	return p;
}

/* Every piece fits, all but the last are multiples of 8, none could be larger, and together they are the packet. */
static void check_pieces(const struct nap_packet *p, uint32_t mtu)
{
	uint32_t n = nap_fragment_count(p, mtu), at = (p->ip_frag & NAP_OFFSET) * 8u, end;
	struct nap_packet f;

	end = at + nap_packet_bytes(p) - 20;
	for (uint32_t i = 0; i < n; i++) {
		bool last = i + 1 == n;

		nap_fragment_cut(p, mtu, i, &f);
		g_assert_cmpuint(nap_packet_bytes(&f), <=, mtu);
		g_assert_cmpuint((f.ip_frag & NAP_OFFSET) * 8u, ==, at);
		g_assert_true(last || nap_packet_bytes(&f) + 8 > mtu);
		g_assert_true((f.ip_frag & NAP_MF) || (last && !(p->ip_frag & NAP_MF)));
		at += nap_packet_bytes(&f) - 20;
		g_assert_true(last || at % 8 == 0);
	}
	g_assert_cmpuint(at, ==, end);
}

static void test_cut(void)
{
	static const uint8_t protos[] = { NAP_UDP, NAP_TCP, NAP_ICMP, NAP_GRE };
	struct nap_rng rng = nap_rng_stream(1, 0, 0, 0);

	for (uint32_t i = 0; i < 20000; i++) {
		uint32_t mtu = NAP_MTU_LEAST + nap_rng_below(&rng, 1500), inner;
		struct nap_packet p = packet(
					  protos[nap_rng_below(&rng, 4)], 1 + nap_rng_below(&rng, 9000), 1),
				  f;

		check_pieces(&p, mtu);
		nap_fragment_cut(&p, mtu, nap_rng_below(&rng, nap_fragment_count(&p, mtu)), &f);
		inner = NAP_MTU_LEAST + nap_rng_below(&rng, mtu);
		check_pieces(&f, inner); /* a fragment is cut again */
	}
}

static void shuffle(uint32_t *order, uint32_t n, struct nap_rng *rng)
{
	for (uint32_t i = 0; i < n; i++)
		order[i] = i;
	for (uint32_t i = n; i > 1; i--) {
		uint32_t k = nap_rng_below(rng, i), swap = order[i - 1];

		order[i - 1] = order[k];
		order[k] = swap;
	}
}

/* Shuffled pieces, some twice, give the datagram exactly with the last that was missing. */
static void test_any_order(void)
{
	struct nap_rng rng = nap_rng_stream(2, 0, 0, 0);
	struct nap_reassembly *r = nap_reassembly_new(4, NAP_MIN, true);

	for (uint32_t i = 0; i < 20000; i++) {
		uint32_t mtu = 300 + nap_rng_below(&rng, 1300), order[64], n;
		struct nap_packet p = packet(NAP_UDP, mtu + nap_rng_below(&rng, 7000), (uint16_t)i), f;
		struct nap_datagram whole;

		n = nap_fragment_count(&p, mtu);
		shuffle(order, n, &rng);
		for (uint32_t k = 0; k < n; k++) {
			enum nap_reassembled got;

			nap_fragment_cut(&p, mtu, order[k], &f);
			got = nap_reassembly_add(r, i, &f, &whole);
			g_assert_cmpint(got, ==, k + 1 == n ? NAP_PIECE_COMPLETE : NAP_PIECE_KEPT);
			if (k + 1 < n && nap_rng_below(&rng, 4) == 0)
				g_assert_cmpint(nap_reassembly_add(r, i, &f, &whole), ==, NAP_PIECE_DROPPED);
		}
		g_assert_cmpuint(whole.packet.len, ==, p.len);
		for (uint32_t k = 0; k < n; k++)
			g_assert_cmpuint(whole.start[k], ==, k * ((mtu - 20) & ~7u));
		g_assert_cmpuint(whole.packet.ip_frag, ==, 0);
		g_assert_cmpuint(whole.packet.src.port, ==, 5000);
		g_assert_cmpuint(whole.packet.tag, ==, 4711);
		g_assert_cmpuint(whole.pieces, ==, n);
		g_assert_cmpuint(whole.largest, <=, mtu);
		g_assert_cmpuint(nap_reassembly_waiting(r), ==, 0);
	}
	nap_reassembly_free(r);
}

/* Overlaps, a second end, pieces beyond the end and beyond 65535 bytes, uneven ones: the datagram is given up. */
static void test_hostile(void)
{
	static const struct {
		uint32_t from, to;
		bool more;
	} bad[][3] = {
		{ { 0, 800, true }, { 792, 1600, true } },
		{ { 800, 1600, true }, { 0, 808, true } },
		{ { 800, 1600, true }, { 0, 2400, true } },
		{ { 800, 900, false }, { 1600, 1700, false } },
		{ { 800, 900, false }, { 1600, 2400, true } },
		{ { 1600, 2400, true }, { 800, 900, false } },
		{ { 0, 800, true }, { 65528, 65600, false } },
		{ { 0, 800, true }, { 1600, 1601, true } },
		{ { 0, 80, true }, { 160, 240, true }, { 80, 168, true } },
	};
	struct nap_reassembly *r = nap_reassembly_new(4, NAP_MIN, true);
	struct nap_datagram whole;

	for (uint32_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		uint32_t n = bad[i][2].to ? 3 : 2;

		for (uint32_t k = 0; k < n; k++) {
			struct nap_packet p = piece_of(bad[i][k].from, bad[i][k].to, bad[i][k].more, 1);
			enum nap_reassembled got = nap_reassembly_add(r, 0, &p, &whole);

			g_assert_cmpint(got, ==, k + 1 < n ? NAP_PIECE_KEPT : NAP_PIECE_DROPPED);
		}
		g_assert_cmpuint(nap_reassembly_waiting(r), ==, 0);
	}
	for (uint32_t i = 0; i < 1000; i++) { /* every other 8 bytes: the number of gaps is bounded */
		struct nap_packet p = piece_of(8 + i * 16, 16 + i * 16, true, 2);

		nap_reassembly_add(r, 0, &p, &whole);
	}
	nap_reassembly_free(r);
}

/* Random pieces: never more waits than the limit, never a datagram of another size than its pieces. */
static void test_random(void)
{
	struct nap_rng rng = nap_rng_stream(3, 0, 0, 0);
	struct nap_reassembly *r = nap_reassembly_new(16, NAP_S, true);
	uint32_t complete = 0;

	for (uint32_t i = 0; i < 300000; i++) {
		uint32_t from = nap_rng_below(&rng, 6) * 8, to = from + 8 + nap_rng_below(&rng, 4) * 8;
		struct nap_packet p =
			piece_of(from, to, nap_rng_below(&rng, 3) != 0, (uint16_t)nap_rng_below(&rng, 40));
		struct nap_datagram whole;

		if (nap_reassembly_add(r, i * NAP_MS, &p, &whole) == NAP_PIECE_COMPLETE) {
			complete++;
			g_assert_cmpuint(nap_packet_bytes(&whole.packet), <=, 20 + 9 * 8);
		}
		g_assert_cmpuint(nap_reassembly_waiting(r), <=, 16);
	}
	g_assert_cmpuint(complete, >, 1000);
	nap_reassembly_free(r);
}

static enum nap_reassembled add(struct nap_reassembly *r, nap_time now, uint16_t id, bool last)
{
	struct nap_packet p = piece_of(last ? 800 : 0, last ? 900 : 800, !last, id);
	struct nap_datagram whole;

	return nap_reassembly_add(r, now, &p, &whole);
}

static void test_bounds(void)
{
	struct nap_reassembly *refusing = nap_reassembly_new(2, 30 * NAP_S, false),
			      *evicting = nap_reassembly_new(2, 30 * NAP_S, true);

	for (uint16_t id = 1; id <= 2; id++) {
		add(refusing, 0, id, false);
		add(evicting, 0, id, false);
	}
	g_assert_cmpint(add(refusing, 1, 3, false), ==, NAP_PIECE_DROPPED);
	g_assert_cmpint(add(refusing, 1, 1, true), ==, NAP_PIECE_DROPPED);
	g_assert_cmpint(add(evicting, 1, 3, false), ==, NAP_PIECE_KEPT);
	g_assert_cmpint(
		add(evicting, 2, 1, true), ==, NAP_PIECE_KEPT); /* the oldest went, this is a new one */
	g_assert_cmpint(add(evicting, 2, 3, true), ==, NAP_PIECE_COMPLETE);
	add(refusing, 40 * NAP_S, 4, false); /* the others' time is up */
	g_assert_cmpuint(nap_reassembly_waiting(refusing), ==, 1);
	g_assert_cmpint(add(refusing, 70 * NAP_S, 4, true), ==, NAP_PIECE_KEPT); /* timed out */
	nap_reassembly_free(refusing);
	nap_reassembly_free(evicting);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/fragment/cut", test_cut);
	g_test_add_func("/fragment/any-order", test_any_order);
	g_test_add_func("/fragment/hostile", test_hostile);
	g_test_add_func("/fragment/random", test_random);
	g_test_add_func("/fragment/bounds", test_bounds);
	return g_test_run();
}
