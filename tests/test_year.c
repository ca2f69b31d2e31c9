/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A year, event by event, against what is counted by hand: one client that sends more packets than 32 bits count, and 4,836 whose
 * 10,000,000,000 events are of four kinds. No count wraps, no sum drifts, memory stays as it was. make check plays hours of it.
 */
#include <limits.h>
#include <malloc.h>
#include <math.h>

#include "harness.h"
#include "long.h"

/* The two-state LTE table: promotion 260 ms at 1210.7 mW, tail 11576 ms at 1060 mW, idle 11.4 mW. */
#define PROMOTION (260 * NAP_MS)
#define TAIL      (11576 * NAP_MS)
#define DELAY     (20 * NAP_MS) /* to the middlebox */
#define TIMER     (30 * NAP_S)

#define BRIEF 30 /* hours: several of a run's batches */

struct case_row {
	const char *name;
	nap_time interval, timer; /* either far below the tail, or above timer and tail */
	uint32_t subscribers, hours;
};

static struct h_run *play(const struct case_row *r)
{
	g_autofree char *text = g_strdup_printf(
		"[scenario]\nduration = %uh\nsubscribers = %u\norder = subscriber\nskip = no\n"
		"[path]\nmiddleboxes = nat\ndelay = 20ms\n[middlebox nat]\nudp = %" G_GINT64_FORMAT
		"ns\nudp-stream = %" G_GINT64_FORMAT
		"ns\nrefresh = outbound\n[radio]\nprofile = lte-two-state\n"
		"[client]\napplication = udp\npolicy = fixed\nkeepalive-size = 1kB\ninterval = "
		"%" G_GINT64_FORMAT "ns\n",
		r->hours, r->subscribers, r->timer, r->timer, r->interval);

	return h_run(text, 1);
}

/* How many of n moments first, first + interval ... are within the run. */
static int64_t within(nap_time span, nap_time first, nap_time interval, int64_t n)
{
	return span < first ? 0 : MIN(n, (span - first) / interval + 1);
}

static void check_mean(const struct h_run *h, const char *metric, double want)
{
	double got = h_mean(h, metric);

	if (got != want)
		g_error("%s: %.0f and not %.0f", metric, got, want);
}

/* The first packet waits for the promotion; one that comes while the radio is up waits for nothing. */
static void check(const struct case_row *r, const struct h_run *h)
{
	nap_time span = r->hours * NAP_H, T = r->interval;
	bool sleeps = T > TAIL + PROMOTION;
	int64_t n = (span + T - 1) / T, promotions = sleeps ? n : 1,
		tails = sleeps ? within(span, PROMOTION + TAIL, T, n) : 0,
		ends = within(span, DELAY + (sleeps ? PROMOTION : 0), T, n),
		expired = sleeps ? within(span, PROMOTION + DELAY + TIMER, T, n) : 0;
	/* of the last cycle what is within the run */
	nap_time connected = sleeps ? tails * TAIL + (tails < n ? span - (n - 1) * T - PROMOTION : 0)
				    : span - PROMOTION,
		 idle = span - connected - promotions * PROMOTION,
		 open = sleeps ? expired * TIMER + (expired < n ? span - (n - 1) * T - PROMOTION - DELAY : 0)
			       : span - PROMOTION - DELAY;
	double j = ((double)promotions * (double)PROMOTION * 1210.7 + (double)connected * 1060 +
			   (double)idle * 11.4) /
		   1e12;

	check_mean(h, "keepalives_sent", (double)n);
	check_mean(h, "packets_up", (double)n);
	check_mean(h, "bytes_up", (double)n * 1028);
	check_mean(h, "radio_promotions", (double)promotions);
	check_mean(h, "bindings_expired", (double)expired);
	check_mean(h, "events", (double)((ends + expired + promotions + tails) * r->subscribers));
	g_assert_cmpfloat(fabs(h_mean(h, "radio_connected_s") / ((double)connected / 1e9) - 1), <, 1e-12);
	g_assert_cmpfloat(
		fabs(h_mean(h, "reachable_fraction") / ((double)open / (double)span) - 1), <, 1e-12);
	g_assert_cmpfloat(fabs(h_mean(h, "energy_j") / j - 1), <, 1e-10);
}

/* One heap that only grows: what it has taken is the most that it had. Pages in use tell less: those of files come and go. */
static void keep_memory(void)
{
	mallopt(M_ARENA_MAX, 1);
	mallopt(M_MMAP_MAX, 0);
	mallopt(M_TRIM_THRESHOLD, INT_MAX);
}

static long own_kb(void)
{
	return (long)(mallinfo2().arena / 1024);
}

static void test_row(const struct case_row *r)
{
	struct case_row brief = *r;
	struct h_run *h;
	gint64 begin;
	long before;

	/* what a short one takes is taken by now, and what the batches of a longer one take, once */
	brief.hours = r->hours > BRIEF ? BRIEF : 1;
	h_free(play(&brief));
	before = own_kb();
	begin = g_get_monotonic_time();
	h = play(r);
	g_test_message("%s: %.0f events in %.0f s, memory %+ld kB", r->name, h_mean(h, "events"),
		(double)(g_get_monotonic_time() - begin) / 1e6, own_kb() - before);
	check(r, h);
	h_free(h);
	g_assert_true(!MEMORY_TELLS || own_kb() <= before + 256);
}

static void test_packets(void)
{
	const struct case_row r = { "one client", 6100 * NAP_US, NAP_DAY, 1, how_many(6, 365 * 24) };

	test_row(&r);
}

static void test_events(void)
{
	const struct case_row r = { "events of four kinds", 61 * NAP_S, TIMER, how_many(500, 4836),
		how_many(24, 365 * 24) };

	test_row(&r);
}

int main(int argc, char **argv)
{
	keep_memory();
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/year/packets", test_packets);
	g_test_add_func("/year/events", test_events);
	return g_test_run();
}
