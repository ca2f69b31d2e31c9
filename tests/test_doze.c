/* SPDX-License-Identifier: BSD-2-Clause */
/* What Android's Doze withholds from a program, and what comes of it: runs of policy coalesced. */
#include "harness.h"

/* A day of application on a phone that is left alone. */
static struct h_run *phone(const char *application, const char *keys)
{
	g_autofree char *text = g_strdup_printf("[scenario]\nduration = 24h\n[path]\nmiddleboxes = "
						"nat\ndelay = 40ms\n[middlebox nat]\ntracker = "
						"simple\ntcp-established = 2h4min\nudp = 2h\nudp-stream = "
						"2h\n[radio]\nprofile = lte-huang-2012\n"
						"[server]\npush = poisson 6/h\n[client]\napplication = "
						"%s\npolicy = coalesced\nwakeups = never\n%s",
		application, keys);

	return h_run(text, 1);
}

/* Pushes wait for the next maintenance window: half an idle period, mostly; and all of them arrive. */
static void test_pushes_wait(void)
{
	static const struct {
		const char *doze;
		double low, high, p95_low, p95_high; /* s */
	} rows[] = {
		{ "no", 0, 5, 0, 5 }, { "light", 400, 480, 800, 900 }, /* idle for 15 of 16 min */
		{ "deep", 3600, 14400, 14400, 21600 },                 /* for 1, 2, 4, 6 h */
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *keys = g_strdup_printf("interval = 1min\ndoze = %s\n", rows[i].doze);
		struct h_run *h = phone("websocket", keys);
		double p50 = h_mean(h, "push_delay_p50_s"), p95 = h_mean(h, "push_delay_p95_s");

		g_assert_cmpfloat(p50, >=, rows[i].low);
		g_assert_cmpfloat(p50, <=, rows[i].high);
		g_assert_cmpfloat(p95, >=, rows[i].p95_low);
		g_assert_cmpfloat(p95, <=, rows[i].p95_high);
		g_assert_cmpfloat(h_mean(h, "pushes_delivered"), >, 0.6 * h_mean(h, "pushes_offered"));
		h_free(h);
	}
}

/* An alarm that may go off while idle lets the program run every nine minutes: it holds what waits as long, and no more. */
static void test_while_idle(void)
{
	static const struct {
		const char *keys;
		double low, high; /* reconnects a day */
	} rows[] = {
		{ "interval = 60s\nwhile-idle = yes\n", 107, 240 }, /* the broker waits 90 s */
		{ "interval = 9min\nwhile-idle = yes\n", 0, 0 },    /* and here 13.5 min */
		{ "interval = 60s\n", 3, 10 },                      /* once a maintenance window */
		{ "interval = 9min\n", 3, 10 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *keys = g_strconcat("doze = deep\n", rows[i].keys, NULL);
		struct h_run *h = phone("mqtt", keys);

		g_assert_cmpfloat(h_mean(h, "reconnects"), >=, rows[i].low);
		g_assert_cmpfloat(h_mean(h, "reconnects"), <=, rows[i].high);
		h_free(h);
	}
}

/* In light Doze alarms go off, but what is sent is lost in the device, and costs no radio. */
static void test_light(void)
{
	struct h_run *awake = phone("udp", "interval = 5min\n"),
		     *light = phone("udp", "interval = 5min\ndoze = light\n"),
		     *deep = phone("udp", "interval = 5min\ndoze = deep\n");

	g_assert_cmpfloat(h_mean(awake, "keepalives_sent"), >, 280);
	g_assert_cmpfloat(h_mean(awake, "packets_lost"), ==, 0);
	/* one in sixteen falls into a window */
	g_assert_cmpfloat(h_mean(light, "keepalives_sent"), <, 40);
	g_assert_cmpfloat(h_mean(light, "packets_lost"), >, 240);
	g_assert_cmpfloat(h_mean(deep, "keepalives_sent"), <, 40);
	g_assert_cmpfloat(h_mean(deep, "packets_lost"), ==, 0);
	h_free(awake);
	h_free(light);
	h_free(deep);
}

/*
 * To a push service nothing is withheld: pushes of high priority come at once, the others when the device's next window
 * opens, in light Doze 7.5 min later in the middle (15 of 16 min idle).
 */
static void test_priority(void)
{
	static const struct {
		const char *share;
		double p50_low, p50_high, p95_low, p95_high; /* s */
	} rows[] = { { "100%", 0, 5, 0, 5 }, { "0%", 400, 480, 800, 900 }, { "70%", 0, 5, 600, 900 } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *keys = g_strdup_printf("interval = 20min\nexempt = yes\ndoze = light\n");
		g_autofree char *text = g_strdup_printf("high-priority = %s\n[client]\napplication = "
							"websocket\npolicy = fixed\n%s",
			rows[i].share, keys);
		g_autofree char *whole =
			g_strdup_printf("[scenario]\nduration = 4326min\n[path]\ndelay = 40ms\n"
					"[radio]\nprofile = lte-two-state\n[server]\npush = "
					"poisson 6/h\n%s",
				text);
		struct h_run *h = h_run(whole, 1);
		double p50 = h_mean(h, "push_delay_p50_s"), p95 = h_mean(h, "push_delay_p95_s");

		g_assert_cmpfloat(p50, >=, rows[i].p50_low);
		g_assert_cmpfloat(p50, <=, rows[i].p50_high);
		g_assert_cmpfloat(p95, >=, rows[i].p95_low);
		g_assert_cmpfloat(p95, <=, rows[i].p95_high);
		g_assert_cmpfloat(h_mean(h, "pushes_lost"), ==, 0); /* the run ends with a window */
		h_free(h);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/doze/pushes-wait", test_pushes_wait);
	g_test_add_func("/doze/while-idle", test_while_idle);
	g_test_add_func("/doze/light", test_light);
	g_test_add_func("/doze/priority", test_priority);
	return g_test_run();
}
