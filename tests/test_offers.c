/* SPDX-License-Identifier: BSD-2-Clause */
/* Pushes that a server keeps: whatever comes and goes, when each was offered is as it was written down beside. */
#include <glib.h>
#include <malloc.h>

#include "client/offers.h"
#include "client/server.h"

enum { MOST = NAP_SERVER_QUEUE, ROUNDS = 20000 };

/* Pushes of a process, some of them held up (their process tells nothing then) or dropped, are kept, asked for and taken at random. */
static void play(const struct nap_arrivals *process, uint64_t seed, uint32_t drops, uint32_t holds)
{
	struct nap_rng r = nap_rng_stream(seed, 0, 0, NAP_RNG_APP);
	struct nap_push_offer offer = { .drawn = true, .rng = nap_rng_stream(seed, 0, 0, NAP_RNG_PUSH) };
	g_autofree nap_time *when = g_new0(nap_time, ROUNDS + 1);
	struct nap_offers o = { 0 };
	uint32_t taken = 0, n = 0;

	for (int i = 0; i < ROUNDS; i++) {
		bool full = n - taken == MOST;

		offer.at = nap_arrivals_next(process, &offer.state, &offer.rng);
		if (offer.at == NAP_NEVER)
			break;
		offer.drawn = holds == 0 || nap_rng_below(&r, holds) > 0;
		if (!full && (drops == 0 || nap_rng_below(&r, drops) > 0)) {
			when[++n] = offer.at;
			nap_offers_add(&o, process, taken, n, &offer);
		}
		if (n > taken && nap_rng_below(&r, 2) == 0) {
			uint32_t k = taken + 1 + nap_rng_below(&r, n - taken);

			g_assert_cmpint(nap_offers_at(&o, process, taken, k), ==, when[k]);
		}
		if (nap_rng_below(&r, 40) == 0) /* the client was there, and had some */
			taken += nap_rng_below(&r, n - taken + 1);
	}
	for (uint32_t k = taken + 1; k <= n; k++)
		g_assert_cmpint(nap_offers_at(&o, process, taken, k), ==, when[k]);
	nap_offers_clear(&o);
	g_assert_null(o.kept);
}

static void test_kept(void)
{
	static const nap_time times[] = { 3, 3, 10 };
	const struct nap_arrivals processes[] = {
		{ .kind = NAP_ARRIVALS_POISSON, .gap = 1e12 },
		{ .kind = NAP_ARRIVALS_PERIODIC, .gap = 1e9 },
		{ .kind = NAP_ARRIVALS_ONOFF, .gap = 1e9, .on = 1e10, .off = 1e12 },
		{ .kind = NAP_ARRIVALS_GAPS, .gaps = { .kind = NAP_DIST_UNIFORM, .a = 1e6, .b = 1e9 } },
		{ .kind = NAP_ARRIVALS_TIMES, .times = times, .n = G_N_ELEMENTS(times) },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(processes); i++)
		for (uint64_t seed = 1; seed < 4; seed++) {
			play(&processes[i], seed, 0, 0);
			play(&processes[i], seed, 100, 0);
			play(&processes[i], seed, 0, 100);
			play(&processes[i], seed, 9, 3);
		}
}

/* A client that is away all day costs its server no more memory than one that misses a push. */
static void test_room(void)
{
	const struct nap_arrivals process = { .kind = NAP_ARRIVALS_POISSON, .gap = 9e11 };
	struct nap_push_offer offer = { .drawn = true, .rng = nap_rng_stream(1, 0, 0, NAP_RNG_PUSH) };
	struct nap_offers o = { 0 };
	size_t one = 0;

	for (uint32_t n = 1; n <= MOST; n++) {
		offer.at = nap_arrivals_next(&process, &offer.state, &offer.rng);
		nap_offers_add(&o, &process, 0, n, &offer);
		if (n == 1)
			one = malloc_usable_size(o.kept);
	}
	g_assert_cmpuint(malloc_usable_size(o.kept), ==, one);
	g_assert_cmpuint(one, <, 80);
	nap_offers_clear(&o);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/offers/kept", test_kept);
	g_test_add_func("/offers/room", test_room);
	return g_test_run();
}
