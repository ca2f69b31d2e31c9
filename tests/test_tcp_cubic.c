/* SPDX-License-Identifier: BSD-2-Clause */
/* The congestion window beside Linux' own steps (net/ipv4/tcp_cubic.c, tcp_cong.c, tcp_output.c), written down again from there. */
#include <math.h>

#include "client/tcp_inside.h"
#include "kernel/rng.h"

enum { WALKS = 300, STEPS = 400, NEVER = 0xffff };

/* struct bictcp, with times in ns. */
struct linux_cubic {
	uint32_t cwnd, ssthresh, cnt, cwnd_cnt, last_max_cwnd, last_cwnd, origin, k, ack_cnt, tcp_cwnd;
	nap_time last_time, epoch_start, delay_min;
	bool epoch;
};

static uint32_t root(double x)
{
	uint32_t r = (uint32_t)cbrt(x) + 1;

	while ((double)r * r * r > x)
		r--;
	return r;
}

static void friendly(struct linux_cubic *c)
{
	uint32_t delta = (c->cwnd * 15) >> 3; /* beta_scale = 8 * (1024 + 717) / 3 / (1024 - 717) */

	while (c->ack_cnt > delta) {
		c->ack_cnt -= delta;
		c->tcp_cwnd++;
	}
	if (c->tcp_cwnd > c->cwnd && c->cnt > c->cwnd / (c->tcp_cwnd - c->cwnd))
		c->cnt = c->cwnd / (c->tcp_cwnd - c->cwnd);
	if (c->cnt < 2)
		c->cnt = 2;
}

static void update(struct linux_cubic *c, nap_time now, uint32_t acked)
{
	uint64_t t, offs, delta, target;

	c->ack_cnt += acked;
	if (c->epoch && c->last_cwnd == c->cwnd && now - c->last_time <= NAP_S / 32)
		return;
	c->last_cwnd = c->cwnd;
	c->last_time = now;
	if (!c->epoch) {
		c->epoch = true;
		c->epoch_start = now;
		c->ack_cnt = acked;
		c->tcp_cwnd = c->cwnd;
		c->k = c->last_max_cwnd <= c->cwnd
			       ? 0
			       : root(floor(1099511627776.0 / 410) * (c->last_max_cwnd - c->cwnd));
		c->origin = c->last_max_cwnd <= c->cwnd ? c->cwnd : c->last_max_cwnd;
	}
	t = (uint64_t)(now - c->epoch_start + c->delay_min) * 1024 / NAP_S;
	offs = t < c->k ? c->k - t : t - c->k;
	delta = (410 * offs * offs * offs) >> 40;
	if (t < c->k)
		target = delta > c->origin ? 0 : c->origin - delta;
	else
		target = c->origin + delta;
	c->cnt = target > c->cwnd ? c->cwnd / (uint32_t)(target - c->cwnd) : 100 * c->cwnd;
	if (c->last_max_cwnd == 0 && c->cnt > 20)
		c->cnt = 20;
	friendly(c);
}

/* tcp_slow_start, bictcp_cong_avoid, tcp_cong_avoid_ai */
static void acknowledged(struct linux_cubic *c, nap_time now, uint32_t acked)
{
	if (c->cwnd < c->ssthresh) {
		uint32_t to = c->cwnd + acked < c->ssthresh ? c->cwnd + acked : c->ssthresh;

		acked -= to - c->cwnd;
		c->cwnd = to;
		if (acked == 0)
			return;
	}
	update(c, now, acked);
	if (c->cwnd_cnt >= c->cnt) {
		c->cwnd_cnt = 0;
		c->cwnd++;
	}
	c->cwnd_cnt += acked;
	c->cwnd += c->cwnd_cnt / c->cnt;
	c->cwnd_cnt %= c->cnt;
}

static void lost(struct linux_cubic *c)
{
	c->epoch = false;
	c->last_max_cwnd = c->cwnd < c->last_max_cwnd ? c->cwnd * (1024 + 717) / 2048 : c->cwnd;
	c->ssthresh = c->cwnd * 717 / 1024 > 2 ? c->cwnd * 717 / 1024 : 2;
	c->cwnd = c->ssthresh;
}

/* Acknowledgements of a few segments each, a loss now and then, quick and slow paths. */
static void walk(uint32_t number)
{
	struct nap_rng r = nap_rng_stream(41, number, 0, NAP_RNG_LOSS);
	nap_time now = NAP_S, pace = (1 + nap_rng_below(&r, 200)) * NAP_MS;
	/* of some connections it is known what the path bears (tcp_metrics), and nothing was lost yet */
	uint32_t thresh = nap_rng_below(&r, 3) ? NEVER : 5 + nap_rng_below(&r, 400);
	struct linux_cubic c = {
		.cwnd = 10, .ssthresh = thresh, .delay_min = nap_rng_below(&r, 300) * NAP_MS
	};
	struct nap_tcp t = {
		.cwnd = 10, .ssthresh = (uint16_t)thresh, .limited = true, .min_rtt = c.delay_min
	};

	for (int i = 0; i < STEPS && c.cwnd < 20000; i++) {
		uint32_t acked = 1 + nap_rng_below(&r, 4);

		now += nap_rng_below(&r, 3) ? pace / 10 : pace;
		if (nap_rng_below(&r, 60) == 0) {
			lost(&c);
			t.ssthresh = t.cwnd = nap_tcp_after_loss(&t);
		}
		acknowledged(&c, now, acked);
		nap_tcp_grow(&t, now, acked);
		g_assert_cmpuint(t.cwnd, ==, c.cwnd);
	}
	nap_tcp_epoch_clear(&t);
}

static void test_walks(void)
{
	for (uint32_t n = 0; n < WALKS; n++)
		walk(n);
}

/* Nothing acknowledged, or a window that nobody filled, is no reason to grow; in slow start half of it is enough. */
static void test_limited(void)
{
	for (uint32_t out = 0; out <= 12; out++)
		for (int slow = 0; slow < 2; slow++) {
			struct nap_tcp t = {
				.cwnd = 10, .ssthresh = slow ? NEVER : 5, .max_out = (uint16_t)out
			};

			nap_tcp_grow(&t, NAP_S, 1);
			g_assert_cmpuint(t.cwnd, ==, slow && out > 5 ? 11 : 10);
			g_assert_true(nap_tcp_epoch_of(&t) == NULL);
			t.limited = true;
			nap_tcp_grow(&t, NAP_S, 0);
			g_assert_cmpuint(t.cwnd, ==, slow && out > 5 ? 11 : 10);
			nap_tcp_epoch_clear(&t);
		}
}

/* tcp_cwnd_restart */
static void test_idle(void)
{
	struct nap_tcp_config cfg = { .initial_window = 10, .idle_restart = true };

	for (uint32_t cwnd = 1; cwnd < 200; cwnd += 3)
		for (int half = 0; half < 40; half++) {
			struct nap_tcp t = {
				.cwnd = (uint16_t)cwnd, .ssthresh = 30, .rto = NAP_S, .wrote = NAP_S
			};
			nap_time idle = half * NAP_S / 2 + (half % 4 == 3 ? 1 : 0), delta = idle;
			uint32_t want = cwnd, least = cwnd < 10 ? cwnd : 10;
			uint32_t thresh = cwnd / 2 + cwnd / 4 > 30 ? cwnd / 2 + cwnd / 4 : 30;

			while ((delta -= NAP_S) > 0 && want > least)
				want >>= 1;
			want = want > least ? want : least;
			nap_tcp_after_idle(&t, &cfg, NAP_S + idle);
			g_assert_cmpuint(t.cwnd, ==, want);
			g_assert_cmpuint(t.ssthresh, ==, idle > NAP_S ? thresh : 30);
		}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tcp-cubic/walks", test_walks);
	g_test_add_func("/tcp-cubic/limited", test_limited);
	g_test_add_func("/tcp-cubic/idle", test_idle);
	return g_test_run();
}
