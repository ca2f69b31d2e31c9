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

static const char udp[] = "tracker = simple\nudp = 60s\nudp-stream = 60s\n",
		  udp_client[] = "application = udp\ninterval = 90s\n";

/* A population behind a shared NAT: its keys, and those of the client. */
struct growth {
	const char *duration, *start, *nat, *more, *client;
};

/* Processor time of so many subscribers, the least of several: machines are noisy. */
static double cost(const struct growth *g, uint32_t subscribers)
{
	g_autofree char *text = g_strdup_printf("[scenario]\nduration = %s\nsubscribers = %u\n"
						"[path]\nmiddleboxes = cgn\n"
						"[middlebox cgn]\nshared = yes\n%s%s"
						"[radio]\nprofile = lte-two-state\n"
						"[client]\npolicy = fixed\n%s"
						"start = %s\n[server]\npush = poisson 4/h\n",
		g->duration, subscribers, g->nat, g->more, g->client, g->start);
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

static void check(const struct growth *g, uint32_t subscribers)
{
	double few = cost(g, subscribers), many = cost(g, subscribers * TIMES);

	g_test_message("%.1f us a subscriber of %u, %.1f of %u", few * 1e6, subscribers, many * 1e6,
		subscribers * TIMES);
	g_assert_cmpfloat(many / few, <, GROWTH);
}

/* All at the same moment, where there are ports for a fiftieth of them. */
static void test_start_at_once(void)
{
	check(&(struct growth){ "3min", "0s", udp,
		      "addresses = 203.0.113.1\nport-range = 1024-1183\nports = random\n", udp_client },
		FEW);
}

static void test_blocks_all_taken(void)
{
	check(&(struct growth){ "15min", "uniform 0s 90s", udp,
		      "addresses = 203.0.113.1\nports = block 1024\n", udp_client },
		FEW);
}

/* One subscriber after another, each behind the NAT with all its blocks. */
static void test_blocks_of_each(void)
{
	check(&(struct growth){ "20min", "uniform 0s 90s", udp,
		      "addresses = 203.0.113.0/28\nports = block 64\nblock-allocation = deterministic\n"
		      "inside-first = 10.0.0.2\n",
		      udp_client },
		FEW);
}

/* It resets what it forgets: when it next does is asked after each event. */
static void test_acts_by_itself(void)
{
	check(&(struct growth){ "15min", "uniform 0s 5min", "tcp-established = 2h\non-expiry = rst\n", "",
		      "application = imap-idle\ninterval = 5min\n" },
		4 * FEW);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/growth/start-at-once", test_start_at_once);
	g_test_add_func("/growth/blocks-all-taken", test_blocks_all_taken);
	g_test_add_func("/growth/blocks-of-each", test_blocks_of_each);
	g_test_add_func("/growth/acts-by-itself", test_acts_by_itself);
	return g_test_run();
}
