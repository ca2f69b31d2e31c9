/* SPDX-License-Identifier: BSD-2-Clause */
/* What the network keeps for a device that listens seldom or not at all: pages for eDRX, packets for PSM, to the millisecond. */
#include <math.h>

#include "harness.h"

/* Access takes 300 ms, the network releases 10 s after the last packet, bytes take no time. */
#define CONNECTED                                                                                            \
	"[state on]\nconnected = yes\npower = 100mW\n"                                                       \
	"[edge access]\nfrom = idle\nto = on\non = traffic\ndelay = 300ms\npower = 200mW\n"                  \
	"[edge release]\nfrom = on\nto = idle\non = idle\nafter = 10s\n"
#define RADIO "[radio]\nsource = made up\nverified = yes\ntechnology = lte-m\nstart = idle\n"
/* listens in the first second of each 20 s */
#define EDRX                                                                                                 \
	RADIO "[state idle]\npower = 0mW\ncycle = 20s\non-duration = 1s\non-power = 10mW\nlock = "           \
	      "absolute\n" CONNECTED
/* idle for 5 s, listening for 100 ms at 0, 2 and 4 s of it; then asleep, for an hour if it has nothing to say */
#define PSM(packets, time)                                                                                   \
	RADIO "buffer-packets = " packets "\nbuffer-time = " time                                            \
	      "\n[state idle]\npower = 0mW\ncycle = 2s\non-duration = 100ms\non-power = 10mW\n" CONNECTED    \
	      "[state psm]\npower = 0mW\nreachable = no\n"                                                   \
	      "[edge sleep]\nfrom = idle\nto = psm\non = idle\nafter = 5s\n"                                 \
	      "[edge wake]\nfrom = psm\nto = on\non = send\ndelay = 300ms\npower = 200mW\n"                  \
	      "[edge update]\nfrom = psm\nto = on\non = idle\nafter = 1h\ndelay = 300ms\npower = 200mW\n"

/* A run, and what must come of it; all times in ms. */
struct row {
	const char *what;
	unsigned duration;
	const char *radio, *more, *client,
		*push;             /* more lines of [path] and boxes; of [client]; when pushes come */
	unsigned delivered, delay; /* pushes, and the delay of the last one */
	unsigned promotions, connected, reachable;
	unsigned down; /* packets that the radio received */
};

static const struct row rows[] = {
	{ "a page waits for its window", 35000, EDRX, "", "interval = 1h\n", "12s", 1, 8300, 2, 20000, 34700,
		1 },
	{ "a page inside a window", 35000, EDRX, "", "interval = 1h\n", "20500ms", 1, 300, 2, 20000, 34700,
		1 },
	{ "the client speaks first", 35000, EDRX, "", "interval = 15s\nanswer = no\n", "12s", 1, 3300, 3,
		24700, 34700, 1 },
	{ "another application speaks first", 26000, EDRX, "", "interval = 1h\nbackground = times 15s\n",
		"12s", 1, 3300, 2, 20000, 25700, 1 },
	{ "three wait for one page", 35000, EDRX, "", "interval = 1h\nanswer = no\n", "12s 13s 14s", 3, 6300,
		2, 20000, 34700, 3 },
	{ "the device has lost its network when it is paged", 35000, EDRX,
		"outages = times 18s\noutage-length = 4s\n", "interval = 1h\n", "12s", 0, 0, 1, 10000, 30700,
		0 },
	{ "a push before the last window", 70000, PSM("4", "1d"), "", "interval = 1h\n", "13s", 1, 1600, 2,
		20000, 28400, 1 },
	{ "after the last window: held until the client speaks", 65000, PSM("4", "1d"), "",
		"interval = 1min\nanswer = no\n", "15s", 1, 45300, 2, 14700, 19100, 1 },
	{ "asleep: the same", 65000, PSM("4", "1d"), "", "interval = 1min\nanswer = no\n", "16s", 1, 44300, 2,
		14700, 19100, 1 },
	{ "the network keeps four", 65000, PSM("4", "1d"), "", "interval = 1min\nanswer = no\n",
		"14500ms 14600ms 14700ms 16s 17s", 4, 44300, 2, 14700, 19100, 4 },
	{ "the network keeps none", 65000, PSM("0", "1d"), "", "interval = 1min\nanswer = no\n", "15s", 0, 0,
		2, 14700, 19100, 0 },
	{ "not for so long", 65000, PSM("4", "30s"), "", "interval = 1min\nanswer = no\n", "15s", 0, 0, 2,
		14700, 19100, 0 },
	{ "until the device updates by itself", 3620000, PSM("4", "1d"), "", "interval = 2h\nanswer = no\n",
		"15s", 1, 3600600, 1, 14400, 18500, 1 },
	/* the server knows from 300 ms on; each time until the last window before it sleeps again */
	{ "it wakes by its own updates, and nothing comes", 7300000, PSM("0", "1d"), "", "interval = 3h\n",
		"9h", 0, 0, 1, 30000, 3 * 14100, 0 },
	{ "the same, the server a second away", 7300000, PSM("0", "1d"), "delay = 1s\n", "interval = 3h\n",
		"9h", 0, 0, 1, 30000, 12100 + 2 * 14100, 0 },
	{ "awake at the end", 3620000, PSM("0", "1d"), "delay = 1s\n", "interval = 3h\n", "9h", 0, 0, 1,
		14400, 12100 + 5400, 0 },
	{ "asleep before what is sent at the end comes", 3629500, PSM("0", "1d"), "delay = 1s\n",
		"interval = 3h\n", "9h", 0, 0, 1, 20000, 12100 + 14100, 0 },
	{ "the place of what is kept too long is free", 65000, PSM("1", "10s"), "",
		"interval = 1min\nanswer = no\n", "15s 20s 55s", 1, 5300, 2, 14700, 19100, 1 },
	{ "not before it is", 65000, PSM("1", "10s"), "", "interval = 1min\nanswer = no\n", "48s 55s", 0, 0,
		2, 14700, 19100, 0 },
	{ "also in an outage", 65000, PSM("1", "10s"), "outages = times 18s\noutage-length = 20s\n",
		"interval = 1min\nanswer = no\n", "15s 55s", 1, 5300, 2, 14700, 19100, 1 },
	{ "another application wakes it", 45000, PSM("4", "1d"), "",
		"interval = 2h\nanswer = no\nbackground = times 30s\n", "15s", 1, 15300, 2, 20000, 28500, 1 },
};

/* The last packet that reached the device. */
static void on_packet(
	void *ctx, nap_time now, enum nap_place place, int hop, bool up, const struct nap_packet *p)
{
	(void)hop;
	if (place == NAP_AT_DEVICE && !up && p->cause == NAP_CAUSE_PUSH)
		*(nap_time *)ctx = now - p->stamp;
}

static struct h_run *run(const struct row *r, bool skip, const struct nap_observer *observer)
{
	g_autofree char *text = g_strdup_printf(
		"[scenario]\nduration = %ums\nskip = %s\n[path]\nmiddleboxes = nat\n%s[middlebox nat]\nudp = "
		"1d\nudp-stream = 1d\n%s[client]\napplication = udp\npolicy = fixed\n%s[server]\npush = "
		"times %s\n",
		r->duration, skip ? "yes" : "no", r->more, r->radio, r->client, r->push);

	return h_run_watched(text, 1, observer);
}

static void check(const struct row *r, const struct nap_replication *x)
{
	g_test_message("%s", r->what);
	g_assert_cmpfloat(NAP_TALLIED(x, pushes_delivered), ==, r->delivered);
	g_assert_cmpfloat(x->promotions, ==, r->promotions);
	g_assert_cmpfloat(x->connected_ns, ==, (double)r->connected * NAP_MS);
	g_assert_cmpfloat(NAP_TALLIED(x, reachable_ns), ==, (double)r->reachable * NAP_MS);
	g_assert_cmpfloat(NAP_TALLIED(x, packets_down), ==, r->down);
}

static void test_rows(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		nap_time delay = 0;
		const struct nap_observer observer = { .ctx = &delay, .packet = on_packet };
		struct h_run *watched = run(&rows[i], true, &observer), *skipped = run(&rows[i], true, NULL),
			     *whole = run(&rows[i], false, NULL);

		check(&rows[i], &watched->point.replication[0]);
		check(&rows[i], &skipped->point.replication[0]);
		check(&rows[i], &whole->point.replication[0]);
		g_assert_cmpint(delay, ==, rows[i].delay * NAP_MS);
		h_free(watched);
		h_free(skipped);
		h_free(whole);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pages/rows", test_rows);
	return g_test_run();
}
