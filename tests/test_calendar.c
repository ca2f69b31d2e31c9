/* SPDX-License-Identifier: BSD-2-Clause */
/* The calendar queue gives its entries in the order that a search of all of them says, whatever comes and goes. */
#include <glib.h>

#include "kernel/calendar.h"
#include "kernel/rng.h"

enum { MOST = 300 };

static struct nap_heap_entry search(const nap_time *at, uint32_t n)
{
	struct nap_heap_entry least = { NAP_NEVER, 0 };

	for (uint32_t i = n; i-- > 0;)
		if (at[i] != NAP_NEVER && at[i] <= least.at)
			least = (struct nap_heap_entry){ at[i], i };
	return least;
}

/* From now on: at once, near, far, on a grid that many share, at the end of time, never. */
static nap_time draw(struct nap_rng *rng, nap_time now)
{
	switch (nap_rng_below(rng, 8)) {
	case 0:
		return now;
	case 1:
		return NAP_NEVER;
	case 2:
		return nap_time_after(now, (nap_time)nap_rng_below(rng, 1000));
	case 3:
		return nap_time_after(now, NAP_S - now % NAP_S);
	case 4:
		return nap_time_after(now, (nap_time)(nap_rng_next(rng) >> 3));
	case 5:
		return NAP_NEVER - 1 - (nap_time)nap_rng_below(rng, 3);
	default:
		return nap_time_after(now, (nap_time)nap_rng_below(rng, 40) * 25 * NAP_MS);
	}
}

static void test_order(void)
{
	for (uint32_t round = 0; round < 200; round++) {
		struct nap_rng rng = nap_rng_stream(1, 0, round, 0);
		uint32_t n = 1 + (uint32_t)nap_rng_below(&rng, MOST);
		struct nap_calendar c;
		struct nap_heap_entry next;
		nap_time at[MOST], now = 0;

		nap_calendar_init(&c, n);
		for (uint32_t i = 0; i < n; i++) {
			at[i] = draw(&rng, 0);
			nap_calendar_add(&c, at[i], i);
		}
		nap_calendar_order(&c);
		for (int k = 0; k < 3000; k++) {
			next = nap_calendar_next(&c);
			g_assert_cmpint(next.at, ==, search(at, n).at);
			if (next.at == NAP_NEVER)
				break;
			g_assert_cmpuint(next.id, ==, search(at, n).id);
			now = next.at;
			at[next.id] = draw(&rng, now);
			nap_calendar_move(&c, next.id, at[next.id]);
			if (nap_rng_below(&rng, 4) == 0) { /* it befalls another, too */
				uint32_t other = (uint32_t)nap_rng_below(&rng, n);

				at[other] = draw(&rng, now);
				nap_calendar_move(&c, other, at[other]);
			}
		}
		nap_calendar_clear(&c);
	}
}

/* A population that speaks every minute, then once a day: days follow, and no event looks at all the others. */
static void test_lengths(void)
{
	enum { N = 2000 };
	struct nap_calendar c;
	unsigned brisk;

	nap_calendar_init(&c, N);
	for (uint32_t i = 0; i < N; i++)
		nap_calendar_add(&c, i * NAP_MIN / N, i);
	nap_calendar_order(&c);
	brisk = c.length;
	for (uint32_t k = 0; k < 20 * N; k++) {
		struct nap_heap_entry next = nap_calendar_next(&c);

		g_assert_cmpuint(next.id, ==, k % N);
		g_assert_cmpuint(c.n_due + c.today.n, <=, 8);
		nap_calendar_move(&c, next.id,
			k < 5 * N   ? next.at + NAP_MIN
			: k < 6 * N ? 6 * NAP_MIN + next.id * NAP_DAY / N
				    : next.at + NAP_DAY);
	}
	g_assert_cmpuint(c.length, >=, brisk + 8); /* 1440 times as long, to a factor of four */
	nap_calendar_clear(&c);
}

/* All are due at once, then within a few ns in no order, then at once again; some are put off, or called up, meanwhile. */
static void test_lockstep(void)
{
	enum { N = 300, ROUNDS = 12 };
	struct nap_rng rng = nap_rng_stream(1, 0, 0, NAP_RNG_SEARCH);
	struct nap_calendar c;
	nap_time at[N] = { 0 };

	nap_calendar_init(&c, N);
	for (uint32_t i = 0; i < N; i++)
		nap_calendar_add(&c, 0, i);
	nap_calendar_order(&c);
	for (uint32_t k = 0; k < ROUNDS * N; k++) {
		struct nap_heap_entry next = nap_calendar_next(&c), least = search(at, N);
		nap_time round = next.at / NAP_S + 1;
		uint32_t other = nap_rng_below(&rng, N);

		g_assert_cmpuint(next.id, ==, least.id);
		g_assert_cmpint(next.at, ==, least.at);
		at[next.id] = round * NAP_S + (round % 3 ? 0 : nap_rng_below(&rng, 5));
		nap_calendar_move(&c, next.id, at[next.id]);
		if (k % 5 == 0) {
			at[other] = next.at + nap_rng_below(&rng, 3);
			nap_calendar_move(&c, other, at[other]);
		}
	}
	nap_calendar_clear(&c);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/calendar/order", test_order);
	g_test_add_func("/calendar/lengths", test_lengths);
	g_test_add_func("/calendar/lockstep", test_lockstep);
	return g_test_run();
}
