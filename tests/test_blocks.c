/* SPDX-License-Identifier: BSD-2-Clause */
/* Blocks of external ports: which one is given, when it comes back, and what a look from outside must not change. */
#include "box_test.h"
#include "middlebox/rank_set.h"

/* The set against a plain array of flags. */
static void test_rank_set(void)
{
	enum { N = 1000 };
	bool in[N] = { false };
	struct nap_rank_set s;
	struct nap_rng rng = nap_rng_stream(1, 0, 0, NAP_RNG_PORTS);

	nap_rank_set_init(&s, N);
	for (int step = 0; step < 20000; step++) {
		uint32_t i = nap_rng_below(&rng, N), lo = nap_rng_below(&rng, N),
			 hi = lo + nap_rng_below(&rng, N - lo + 1), absent = 0, k, found = N;

		(in[i] ? nap_rank_set_remove : nap_rank_set_add)(&s, i);
		in[i] = !in[i];
		for (uint32_t j = lo; j < hi; j++)
			absent += !in[j];
		g_assert_cmpuint(nap_rank_set_absent(&s, lo, hi), ==, absent);
		if (!absent)
			continue;
		k = nap_rng_below(&rng, absent);
		for (uint32_t j = lo, n = 0; j < hi && found == N; j++)
			if (!in[j] && n++ == k)
				found = j;
		g_assert_cmpuint(nap_rank_set_find_absent(&s, lo, k), ==, found);
	}
	nap_rank_set_clear(&s);
}

enum { BLOCK = 4, PER_ADDRESS = 16, LOWEST = 2000 };

/* Sixteen blocks of four ports on each of four addresses. */
#define POOL                                                                                                 \
	"addresses = 203.0.113.0/30\nports = block 4\nport-range = 2000-2063\nblocks-per-subscriber = 0\n"   \
	"pooling = paired\nudp = 30s\nudp-stream = 30s\n"

static uint32_t block_of(struct nap_endpoint e)
{
	return (e.addr & 3) * PER_ADDRESS + (uint32_t)(e.port - LOWEST) / BLOCK;
}

/* Opens n flows of a host; returns the block of the last one. */
static uint32_t open_flows(struct nap_box *box, nap_time now, nap_addr host, uint16_t first, uint16_t n)
{
	struct nap_endpoint e = { 0, 0 };

	for (uint16_t i = 0; i < n; i++)
		e = udp_out(box, now, host, (uint16_t)(first + i), OUT_A, 53);
	g_assert_cmpuint(e.port, !=, 0);
	return block_of(e);
}

/* The second block of a subscriber is on its address, and there as likely the one as the other. */
static void test_uniform(void)
{
	enum { BOXES = 3200 };
	struct nap_scenario *sc = box_scenario(POOL);
	unsigned seen[PER_ADDRESS] = { 0 };
	double chi = 0, want = (double)BOXES / PER_ADDRESS;

	for (uint64_t seed = 0; seed < BOXES; seed++) {
		struct nap_box *box = box_of(sc, seed);
		uint32_t a = open_flows(box, 0, IN_A, 5000, BLOCK), b = open_flows(box, 0, IN_A, 6000, BLOCK);

		g_assert_cmpuint(a / PER_ADDRESS, ==, b / PER_ADDRESS);
		g_assert_cmpuint(a, !=, b);
		seen[b % PER_ADDRESS]++;
		nap_box_free(box);
	}
	for (int i = 0; i < PER_ADDRESS; i++)
		chi += (seen[i] - want) * (seen[i] - want) / want;
	g_assert_cmpfloat(chi, <, 37.7); /* 15 degrees of freedom, 0.1 % */
	nap_scenario_free(sc);
}

struct lapse {
	nap_time born[256], died[256];
	unsigned n;
};

static void on_end(
	void *ctx, enum nap_ended what, nap_time born, nap_time died, const struct nap_box_flow *whose)
{
	struct lapse *l = ctx;

	(void)whose;
	if (what != NAP_ENDED_BLOCK)
		return;
	l->born[l->n] = born;
	l->died[l->n++] = died;
}

/* A block goes block-hold after its last port, whenever that is noticed; one that is used again in time stays. */
static void test_lapse(void)
{
	struct nap_scenario *sc = box_scenario(POOL "block-hold = 10s\n");
	struct nap_box *box = box_of(sc, 1);
	struct nap_box_counts c;
	struct lapse l = { .n = 0 };
	uint32_t b;

	nap_box_watch(box, on_end, &l);
	b = open_flows(box, 0, IN_A, 5000, 1);
	open_flows(box, 2 * NAP_S, IN_B, 5000, 1);
	g_assert_cmpuint(open_flows(box, 35 * NAP_S, IN_A, 5001, 1), ==, b); /* empty since 30 s */
	open_flows(box, 100 * NAP_S, IN_A + 5, 5000, 1);
	g_assert_cmpuint(l.n, ==, 2);
	g_assert_cmpint(l.born[0], ==, 2 * NAP_S);
	g_assert_cmpint(l.died[0], ==, 42 * NAP_S);
	g_assert_cmpint(l.born[1], ==, 0);
	g_assert_cmpint(l.died[1], ==, 75 * NAP_S);
	counts_at(box, 100 * NAP_S, &c);
	g_assert_cmpuint(c.blocks_live, ==, 1);
	g_assert_cmpuint(c.log_records, ==, 5);
	nap_box_free(box);
	nap_scenario_free(sc);
}

/* A block whose ports all rest for another subscriber is given and not used: it goes back at once, at its time. */
static void test_unused(void)
{
	struct nap_scenario *sc = box_scenario("ports = block 4\nport-range = 2000-2003\nudp = "
					       "30s\nudp-stream = 30s\nport-hold-down = 60s\n");
	struct nap_box *box = box_of(sc, 1);
	struct nap_box_counts c;
	struct lapse l = { .n = 0 };

	nap_box_watch(box, on_end, &l);
	open_flows(box, 0, IN_A, 5000, BLOCK);
	g_assert_cmpuint(udp_out(box, 40 * NAP_S, IN_B, 5000, OUT_A, 53).port, ==, 0);
	counts_at(box, 50 * NAP_S, &c);
	g_assert_cmpuint(c.blocks_live, ==, 0);
	g_assert_cmpuint(l.n, ==, 2);
	g_assert_cmpint(l.died[1], ==, 40 * NAP_S);
	nap_box_free(box);
	nap_scenario_free(sc);
}

/* Another external address: the blocks of the old one go, and subscribers get blocks of the new one. */
static void test_readdressed(void)
{
	struct nap_scenario *sc = box_scenario(POOL "block-hold = 1h\n");
	struct nap_box *box = box_of(sc, 1);
	static nap_addr fresh = NAP_ADDR(203, 0, 113, 9);
	struct nap_addr_list list = { &fresh, 1 };
	const struct nap_param *row = nap_box_params;
	struct nap_box_counts c;

	for (uint32_t i = 0; i < 8; i++)
		open_flows(box, 0, IN_A + i, 5000, BLOCK + 1);
	while (strcmp(row->key, "addresses"))
		row++;
	nap_box_set(box, 0, row, &list);
	counts_at(box, NAP_S, &c);
	g_assert_cmpuint(c.blocks_live, ==, 0);
	for (uint32_t i = 0; i < 8; i++)
		g_assert_cmphex(udp_out(box, NAP_S, IN_A + i, 5000, OUT_A, 53).addr, ==, fresh);
	nap_box_free(box);
	nap_scenario_free(sc);
}

/* Reset boxes and boxes that are looked into give the same ports as others; blocks come and go at random. */
static void test_independent(void)
{
	struct nap_scenario *sc = box_scenario(POOL "block-hold = 2s\nport-hold-down = 5s\n");
	struct nap_box *a = box_of(sc, 1), *b = box_of(sc, 2);
	struct nap_rng rng = nap_rng_stream(3, 0, 0, NAP_RNG_PHASE);
	struct nap_box_counts ca, cb;
	nap_time now = 0;
	unsigned refused = 0;

	open_flows(b, 0, IN_A, 5000, 50);
	nap_box_reset(b, nap_rng_stream(1, 0, 0, NAP_RNG_PORTS));
	for (int i = 0; i < 20000; i++) {
		nap_addr host = IN_A + nap_rng_below(&rng, 100);
		uint16_t port = (uint16_t)(5000 + nap_rng_below(&rng, 8));
		struct nap_endpoint x, y;

		now += nap_rng_below(&rng, 200) * NAP_MS;
		x = udp_out(a, now, host, port, OUT_A, 53);
		y = udp_out(b, now, host, port, OUT_A, 53);
		g_assert_true(nap_endpoint_equal(x, y));
		refused += x.port == 0;
		if (nap_rng_below(&rng, 5) == 0)
			counts_at(b, now, &cb);
	}
	g_assert_cmpuint(refused, >, 100);
	counts_at(a, now, &ca);
	counts_at(b, now, &cb);
	g_assert_cmpint(memcmp(&ca, &cb, sizeof ca), ==, 0);
	nap_box_free(a);
	nap_box_free(b);
	nap_scenario_free(sc);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/blocks/rank-set", test_rank_set);
	g_test_add_func("/blocks/uniform", test_uniform);
	g_test_add_func("/blocks/lapse", test_lapse);
	g_test_add_func("/blocks/unused", test_unused);
	g_test_add_func("/blocks/readdressed", test_readdressed);
	g_test_add_func("/blocks/independent", test_independent);
	return g_test_run();
}
