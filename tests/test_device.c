/* SPDX-License-Identifier: BSD-2-Clause */
/* What wakes a device's processor, and what that costs: whole runs against formulas. */
#include <math.h>

#include "harness.h"
#include "run/metrics.h"

/*
 * n cycles of 60 s over a path without delay, keepalives from 0 on; a wake-up 500 mJ, awake 200 mW. The radio is the two-state
 * table of test_closed_form: promotion 260 ms at 1210.7 mW, tail 11576 ms at 1060 mW, idle 11.4 mW.
 */
enum { N = 100 };
#define T 60.0

static struct h_run *device(const char *client, const char *device, const char *scenario)
{
	g_autofree char *text = g_strdup_printf(
		"[scenario]\nduration = 6000s\n%s\n[path]\nmiddleboxes = nat\n[middlebox nat]\n"
		"udp = 1d\nudp-stream = 1d\ntcp-established = 1d\n[radio]\nprofile = "
		"lte-two-state\n[client]\n%s\n[device]\nwake-energy = 500mJ\nawake-power = "
		"200mW\n%s\n",
		scenario, client, device);

	return h_run(text, 1);
}

static double energy_of_radio(void)
{
	return N * (0.260 * 1.2107 + 11.576 * 1.060 + (T - 0.260 - 11.576) * 0.0114);
}

static void check(const struct h_run *h, const char *metric, double want)
{
	double got = h_mean(h, metric);

	g_test_message("%s: %.9g, want %.9g", metric, got, want);
	g_assert_cmpfloat(fabs(got - want), <=, 1e-9 * fabs(want));
}

/* Components and causes sum to the total, of the processor too. */
static void check_sums(const struct h_run *h)
{
	const struct nap_energy *e = &h->point.replication[0].energy;
	double causes = e->idle;

	for (int c = 0; c < NAP_CAUSES; c++)
		causes += e->cause[c];
	g_assert_cmpfloat(fabs(causes - e->total), <=, 1e-9 * e->total);
	g_assert_cmpfloat(fabs(e->promotion + e->transfer + e->tail + e->drx + e->paging + e->base +
				  e->processor - e->total),
		<=, 1e-9 * e->total);
	/* energy of each subscriber is worked out apart, in whole numbers */
	g_assert_cmpfloat(fabs(h->point.replication[0].each[NAP_EACH_ENERGY][2] - e->total / 1e3), <=,
		2e-3 * e->total / 1e3);
}

static void test_hold(void)
{
	static const struct {
		const char *client, *device;
		double wakeups, awake_s;
	} rows[] = {
		{ "", "", N, 0 },
		{ "", "hold = 2s", N, 2.0 * N },
		{ "", "hold = 60s", 1, T * N }, /* the next keepalive finds it just awake */
		{ "", "hold = 59999ms", N, 59.999 * N },
		{ "wake-lock = 5s", "hold = 2s", N, 5.0 * N },
		{ "wake-lock = 1h", "hold = 2s", 1, T * N },
		{ "offload = yes", "hold = 2s", 0, 0 },
		/* deep Doze lets it sleep after 3000 s, and then wakes it but once an hour */
		{ "wake-lock = 1h\ndoze = deep", "hold = 2s\ndeep-after = 3000s", 1, 3000 },
		{ "offload = yes\ndoze = deep", "hold = 2s\ndeep-after = 3000s", 0, 0 },
		/* with the device's own wake-ups it costs but what is over: all of it, or none */
		{ "policy = coalesced\nwakeups = 60s\ninterval = 60s", "hold = 2s", 0, 0 },
		{ "policy = coalesced\nwakeups = 60s\ninterval = 60s\nwake-lock = 5s", "hold = 2s", 0,
			3.0 * N },
	};

	for (size_t i = 0; i < 2 * G_N_ELEMENTS(rows); i++) {
		bool own = strstr(rows[i / 2].client, "policy") != NULL;
		g_autofree char *client = g_strdup_printf("application = udp\n%s%s",
			own ? "" : "policy = fixed\ninterval = 60s\n", rows[i / 2].client);
		struct h_run *h = device(client, rows[i / 2].device, i % 2 ? "skip = no" : "");
		double processor = rows[i / 2].wakeups * 0.5 + rows[i / 2].awake_s * 0.2;

		g_test_message("%s, %s", client, rows[i / 2].device);
		check(h, "processor_wakeups", rows[i / 2].wakeups);
		check(h, "processor_awake_s", rows[i / 2].awake_s);
		check(h, "energy_processor_j", processor);
		if (!strstr(client, "doze")) {
			check(h, "keepalives_sent", N);
			check(h, "energy_j", energy_of_radio() + processor);
		}
		check_sums(h);
		h_free(h);
	}
}

/* The cause that pays is that of the packet; an answer some time after is another wake-up where the processor sleeps at once. */
static void test_causes(void)
{
	struct h_run *h =
		device("application = udp\npolicy = none\n[server]\npush = periodic 10min", "hold = 1s", "");
	const struct nap_replication *r = &h->point.replication[0];

	g_assert_cmpfloat(NAP_TALLIED(r, wakeups[NAP_CAUSE_PUSH]), >=, 8);
	g_assert_cmpfloat(NAP_TALLIED(r, wakeups[NAP_CAUSE_KEEPALIVE]), ==, 0);
	check_sums(h);
	h_free(h);
	h = device("application = udp\npolicy = fixed\ninterval = 60s\nkeepalive-answer = 1B", "", "");
	check(h, "processor_wakeups", 2 * N); /* the promotion lies between the two */
	check_sums(h);
	h_free(h);
}

/* TCP's own probe and its acknowledgement go by without the processor, Doze or not. */
static void test_tcp_offload(void)
{
	static const char probes[] = "application = tcp\npolicy = tcp-keepalive\nidle = 60s\n";
	g_autofree char *woken = g_strconcat(probes, NULL),
			*offloaded = g_strconcat(probes, "offload = yes", NULL),
			*dozing = g_strconcat(probes, "offload = yes\ndoze = deep", NULL);
	struct h_run *on = device(woken, "hold = 1s", ""), *off = device(offloaded, "hold = 1s", ""),
		     *doze = device(dozing, "hold = 1s\ndeep-after = 10min", "");

	g_assert_cmpfloat(h_mean(on, "tcp_probes_sent"), >, 70);
	g_assert_cmpfloat(h_mean(on, "processor_wakeups"), ==, 1 + h_mean(on, "tcp_probes_sent"));
	g_assert_cmpfloat(h_mean(off, "processor_wakeups"), ==, 1); /* the opening */
	g_assert_cmpfloat(h_mean(doze, "processor_wakeups"), ==, 1);
	g_assert_cmpfloat(h_mean(off, "tcp_probes_sent"), ==, h_mean(on, "tcp_probes_sent"));
	g_assert_cmpfloat(h_mean(doze, "tcp_probes_sent"), ==, h_mean(on, "tcp_probes_sent"));
	g_assert_cmpfloat(h_mean(doze, "packets_lost"), ==, 0);
	/* the answer of a probe is the keepalive's too: of 6000 s the opening has caused one tail */
	g_assert_cmpfloat(on->point.replication[0].energy.cause[NAP_CAUSE_RECONNECT], <, 15e3);
	check_sums(on);
	check_sums(off);
	h_free(on);
	h_free(off);
	h_free(doze);
}

/* What a device without such keys has: no metric, no byte. */
static void test_unused(void)
{
	struct h_run *h = h_run("[scenario]\nduration = 1h\n[client]\npolicy = fixed\ninterval = 60s\n", 1);

	g_assert_cmpint(nap_results_column(h->results, "processor_wakeups"), <, 0);
	g_assert_cmpint(nap_results_column(h->results, "energy_processor_j"), <, 0);
	g_assert_cmpfloat(h->point.replication[0].energy.processor, ==, 0);
	h_free(h);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/device/hold", test_hold);
	g_test_add_func("/device/causes", test_causes);
	g_test_add_func("/device/tcp-offload", test_tcp_offload);
	g_test_add_func("/device/unused", test_unused);
	return g_test_run();
}
