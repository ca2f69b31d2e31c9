/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests against closed forms: the race with a server's idle time-out, the queue at one connection. */
#include <math.h>

#include "harness.h"

/*
 * Requests at random over a connection that the server closes after T without one: a request crosses the FIN when it follows within a
 * round trip after T, exp(-rT) (1 - exp(-r RTT)) of them; a repeat over the next connection loses none.
 */
static void test_race(void)
{
	static const struct {
		double rate_s, timeout_s, rtt_s;
	} rows[] = { { 0.2, 5, 0.05 }, { 0.5, 5, 0.05 }, { 0.02, 60, 0.4 } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		for (int retries = 0; retries < 2; retries++) {
			g_autofree char *text =
				g_strdup_printf("[scenario]\nduration = %.0fs\n[path]\ndelay = "
						"%.0fms\n[client]\napplication = "
						"tcp\npolicy = none\nreopen = no\nreport = poisson "
						"%.0f/h\nreport-answer = 1kB\n"
						"report-retries = %d\n[server]\nidle-timeout = %.0fs\n",
					1.5e5 / rows[i].rate_s, rows[i].rtt_s * 500, rows[i].rate_s * 3600,
					retries, rows[i].timeout_s);
			struct h_run *h = h_run(text, 1);
			double share = h_mean(h, "requests_met_dead") / h_mean(h, "requests_made");
			double want = exp(-rows[i].rate_s * rows[i].timeout_s) *
				      -expm1(-rows[i].rate_s * rows[i].rtt_s);

			g_test_message("%g of requests cross the close, by formula %g", share, want);
			g_assert_cmpfloat_with_epsilon(share / want, 1, 0.2);
			g_assert_cmpfloat(h_mean(h, "requests_failed"), ==,
				retries ? 0 : h_mean(h, "requests_met_dead"));
			h_free(h);
		}
}

/*
 * Over one connection requests are answered one after another: M/M/1, whose sojourn is exponential with rate mu - lambda. The queue
 * holds sixteen; at half load one in 2^17 finds it full.
 */
static void test_queue(void)
{
	static const struct {
		double per_h, takes_s;
	} rows[] = { { 60, 30 }, { 36, 30 }, { 90, 20 } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text =
			g_strdup_printf("[scenario]\nduration = 150d\n[path]\ndelay = "
					"1ms\n[client]\napplication = tcp\npolicy = "
					"none\nreport = poisson %.0f/h\nreport-answer = "
					"1kB\nreport-answer-time = exponential "
					"%.0fs\nreport-timeout = never\n[server]\npush = none\n",
				rows[i].per_h, rows[i].takes_s);
		struct h_run *h = h_run(text, 1);
		double mean = 1 / (1 / rows[i].takes_s - rows[i].per_h / 3600);

		g_assert_cmpfloat_with_epsilon(h_mean(h, "request_delay_p50_s") / (log(2) * mean), 1, 0.05);
		g_assert_cmpfloat_with_epsilon(h_mean(h, "request_delay_p95_s") / (log(20) * mean), 1, 0.05);
		g_assert_cmpfloat(h_mean(h, "requests_failed") / h_mean(h, "requests_made"), <, 1e-4);
		h_free(h);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/request-laws/race", test_race);
	g_test_add_func("/request-laws/queue", test_queue);
	return g_test_run();
}
