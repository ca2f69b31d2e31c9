/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a population costs grows as it does, also where a shared NAT has nothing left: eight times the subscribers may take four
 * times as long each (memory alone takes up to half as much again), where a walk over all of them, or over all ports, takes eight.
 */
#include <time.h>

#include "harness.h"

enum { FEW = 500, TIMES = 8, REPEATS = 3 };
static const double GROWTH = 4.0;

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Processor time of so many subscribers, the least of several: machines are noisy. */
static double cost(const char *duration, const char *start, const char *nat, uint32_t subscribers)
{
	g_autofree char *text =
		g_strdup_printf("[scenario]\nduration = %s\nsubscribers = %u\n"
				"[path]\nmiddleboxes = cgn\n"
				"[middlebox cgn]\nshared = yes\ntracker = simple\nudp = 60s\n"
				"udp-stream = 60s\n%s"
				"[radio]\nprofile = lte-two-state\n"
				"[client]\napplication = udp\npolicy = fixed\ninterval = 90s\n"
				"start = %s\n[server]\npush = poisson 4/h\n",
			duration, subscribers, nat, start);
	double least = 0;

	for (int i = 0; i < REPEATS; i++) {
		double t = seconds();
		struct h_run *h = h_run(text, 1);

		t = seconds() - t;
		least = i == 0 || t < least ? t : least;
		h_free(h);
	}
	return least / subscribers;
}

static void check(const char *duration, const char *start, const char *nat)
{
	double few = cost(duration, start, nat, FEW), many = cost(duration, start, nat, FEW * TIMES);

	g_test_message("%.1f us a subscriber of %d, %.1f of %d", few * 1e6, FEW, many * 1e6, FEW * TIMES);
	g_assert_cmpfloat(many / few, <, GROWTH);
}

/* All at the same moment, where there are ports for a fiftieth of them. */
static void test_start_at_once(void)
{
	check("3min", "0s", "addresses = 203.0.113.1\nport-range = 1024-1183\nports = random\n");
}

static void test_blocks_all_taken(void)
{
	check("15min", "uniform 0s 90s", "addresses = 203.0.113.1\nports = block 1024\n");
}

/* One subscriber after another, each behind the NAT with all its blocks. */
static void test_blocks_of_each(void)
{
	check("20min", "uniform 0s 90s",
		"addresses = 203.0.113.0/28\nports = block 64\nblock-allocation = deterministic\n"
		"inside-first = 10.0.0.2\n");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/growth/start-at-once", test_start_at_once);
	g_test_add_func("/growth/blocks-all-taken", test_blocks_all_taken);
	g_test_add_func("/growth/blocks-of-each", test_blocks_of_each);
	return g_test_run();
}
