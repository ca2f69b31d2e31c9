/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole runs against formulas: what can be worked out by hand must come out to the last nanosecond. */
#include <math.h>

#include "harness.h"

/* The two-state LTE table: promotion 260 ms at 1210.7 mW, tail 11576 ms at 1060 mW, idle 11.4 mW. */
#define P (260 * NAP_MS)
#define Q (11576 * NAP_MS)

/* n cycles of interval T, no pushes, no loss, no delay; NAT idle timeout tau, refreshed by outbound packets. */
static struct h_run *fixed(nap_time T, uint32_t n, nap_time tau, bool skip)
{
	g_autofree char *text = g_strdup_printf(
		"[scenario]\nduration = %" G_GINT64_FORMAT "ns\nskip = %s\n"
		"[path]\nmiddleboxes = nat\n"
		"[middlebox nat]\nudp = %" G_GINT64_FORMAT "ns\nudp-stream = %" G_GINT64_FORMAT
		"ns\nrefresh = outbound\n"
		"[radio]\nprofile = lte-two-state\n"
		"[client]\napplication = udp\npolicy = fixed\ninterval = %" G_GINT64_FORMAT "ns\n",
		T * n, skip ? "yes" : "no", tau, tau, T);

	return h_run(text, 1);
}

struct cycle_row {
	const char *what;
	nap_time T;
	uint32_t n;
	uint32_t promotions;
	nap_time idle; /* in the whole run */
};

static void check_energy(const struct cycle_row *r, bool skip)
{
	struct h_run *h = fixed(r->T, r->n, NAP_DAY, skip);
	nap_time total = r->T * r->n, promotion = r->promotions * P, connected = total - promotion - r->idle;
	double mj = (double)promotion / 1e9 * 1210.7 + (double)connected / 1e9 * 1060.0 +
		    (double)r->idle / 1e9 * 11.4;

	g_test_message("%s, skip %d", r->what, skip);
	g_assert_cmpfloat(h_mean(h, "radio_promotions"), ==, r->promotions);
	g_assert_cmpfloat(h_mean(h, "keepalives_sent"), ==, r->n);
	g_assert_cmpfloat(
		h->point.replication[0].connected_ns, ==, (double)connected); /* integers below 2^53 */
	g_assert_cmpfloat(fabs(h_mean(h, "energy_j") * 1e3 - mj), <, 1e-9 * mj);
	h_free(h);
}

static void test_energy(void)
{
	const struct cycle_row rows[] = {
		{ "far above the tail", 60 * NAP_S, 1440, 1440, 1440 * (60 * NAP_S - P - Q) },
		{ "just above the tail", P + Q + 1, 1000, 1000, 1000 },
		{ "at the tail: the demotion comes first", P + Q, 1000, 1000, 0 },
		/* sent while still up, the packet needs no promotion, so the tail is over when the next one comes */
		{ "just below the tail", P + Q - 1, 1000, 500, 500 * (P - 1) },
		{ "far below the tail", 5 * NAP_S, 1000, 1, 0 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		check_energy(&rows[i], true);
		check_energy(&rows[i], false);
	}
}

/* A year and ten, more packets than 32 bits count, and over all subscribers more bytes than 64 bits do. */
static void test_years(void)
{
	const struct {
		uint32_t days, subscribers;
		nap_time T;
	} rows[] = { { 365, 1, 60 * NAP_S }, { 365, 1, 5 * NAP_MS }, { 3650, 1000, NAP_MS } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strdup_printf(
			"[scenario]\nduration = %ud\nsubscribers = %u\n[path]\nmiddleboxes = nat\n[middlebox "
			"nat]\n"
			"udp = 1d\nudp-stream = 1d\n[radio]\nprofile = lte-two-state\n[client]\napplication "
			"= udp\n"
			"policy = fixed\nkeepalive-size = 60kB\ninterval = %" G_GINT64_FORMAT "ns\n",
			rows[i].days, rows[i].subscribers, rows[i].T);
		struct h_run *h = h_run(text, 1);
		nap_time total = rows[i].days * NAP_DAY;
		double n = (double)(total / rows[i].T), each = 60028;
		bool asleep = rows[i].T > P + Q;
		double connected = asleep ? n * (double)Q : (double)(total - P);
		double mj = (asleep ? n : 1) * (double)P / 1e9 * 1210.7 + connected / 1e9 * 1060.0 +
			    (asleep ? n * (double)(rows[i].T - P - Q) / 1e9 * 11.4 : 0);

		g_assert_cmpfloat(h_mean(h, "keepalives_sent"), ==, n);
		g_assert_cmpfloat(fabs(h_mean(h, "bytes_up") / (n * each) - 1), <, 1e-11);
		g_assert_cmpfloat(fabs(h_mean(h, "energy_j") * 1e3 / mj - 1), <, 1e-11);
		h_free(h);
	}
}

/* The binding opens when the first packet reaches the NAT, at P, and is refreshed each T. */
static void check_binding(nap_time T, nap_time tau, uint32_t expired, nap_time reachable, bool skip)
{
	struct h_run *h = fixed(T, 100, tau, skip);

	g_assert_cmpfloat(h_mean(h, "bindings_expired"), ==, expired);
	g_assert_cmpfloat(NAP_TALLIED(&h->point.replication[0], reachable_ns), ==, (double)reachable);
	h_free(h);
}

static void test_binding(void)
{
	const nap_time tau = 60 * NAP_S;

	for (int skip = 0; skip <= 1; skip++) {
		check_binding(tau - 1, tau, 0, 100 * (tau - 1) - P, skip);
		check_binding(
			tau, tau, 99, 100 * tau - P, skip); /* it dies in the very moment the packet comes */
		check_binding(tau + 1, tau, 99, 99 * tau + (tau + 1 - P), skip);
		check_binding(90 * NAP_S, tau, 100, 100 * tau, skip);
	}
}

/* Pushes that come at random times get through with probability tau / T when nothing but the keepalive refreshes. */
static void test_push_success(void)
{
	struct h_run *h = h_run("[scenario]\nduration = 24h\nreplications = 30\nsubscribers = 40\n"
				"[path]\nmiddleboxes = nat\n[middlebox nat]\nudp = 60s\nudp-stream = "
				"60s\nrefresh = outbound\n"
				"[radio]\nprofile = lte-two-state\n"
				"[client]\napplication = udp\npolicy = fixed\ninterval = 90s\nanswer = "
				"no\nstart = uniform 0s 90s\n"
				"[server]\npush = poisson 4/h\n",
		0);
	int col = nap_results_column(h->results, "pushes_delivered"),
	    all = nap_results_column(h->results, "pushes_offered");
	const struct nap_row *row = &h->results->row[0];
	double p = 60.0 / 90.0;

	/* before the first keepalive, 45 s on average and the promotion, there is no way in */
	p *= 1.0 - (45.0 + 0.26) / 86400.0;
	g_test_message("delivered %g +- %g of %g", row->mean[col], row->ci95[col], row->mean[all]);
	g_assert_cmpfloat(fabs(row->mean[col] - p * 96.0), <, 2.0 * row->ci95[col]);
	g_assert_cmpfloat(row->ci95[col], <, 1.0);
	h_free(h);
}

/*
 * A box whose timer is shorter than the keepalive interval, 2 s before the server. A push meets the box 2 s after it was sent: it
 * gets through when sent from 2 s before a keepalive passes the box until 2 s before the binding lapses. With a new port for
 * each binding it must not be sent before the server has heard of that either.
 */
static void test_link_delay(void)
{
	static const struct {
		const char *ports;
		double closed, ends; /* s in each cycle of 90 s; s at the beginning and the end of the run */
	} row[] = { { "preserve", 30.0, 2.0 + 2.0 }, { "sequential", 34.0, 0.0 } };

	for (size_t i = 0; i < G_N_ELEMENTS(row); i++)
		for (int inner = 0; inner < 2; inner++) {
			g_autofree char *text = g_strdup_printf(
				"[scenario]\nduration = 90min\n[path]\nmiddleboxes = nat%s\n[middlebox nat]\n"
				"tracker = simple\nudp = 60s\nudp-stream = 60s\nrefresh = outbound\nports = "
				"%s\n"
				"link-delay = %s\n%s[radio]\nprofile = wired\n[client]\napplication = udp\n"
				"policy = fixed\ninterval = 90s\n",
				inner ? "; wall" : "", row[i].ports, inner ? "1500ms" : "2s",
				inner ? "[middlebox wall]\nkind = firewall\nudp = 1h\nudp-stream = 1h\n"
					"link-delay = 500ms\n"
				      : "");
			struct h_run *h = h_run(text, 1);

			g_assert_cmpfloat(fabs(h_mean(h, "reachable_fraction") -
						  (5400.0 - row[i].ends - 60 * row[i].closed) / 5400.0),
				<, 1e-12);
			g_assert_cmpfloat(h_mean(h, "bindings_expired"), ==, 60);
			h_free(h);
		}
}

/* Little's law: mean occupancy = births per time x life. Sessions live 60 s; one is born each 90 s and subscriber. */
static void test_little(void)
{
	const char *const orders[] = { "subscriber", "global" };

	for (int i = 0; i < 2; i++) {
		g_autofree char *text = g_strdup_printf(
			"[scenario]\nduration = 90min\nsubscribers = 300\norder = %s\n"
			"[path]\nmiddleboxes = nat\n[middlebox nat]\nkind = firewall\nshared = yes\nudp = "
			"60s\n"
			"udp-stream = 60s\nrefresh = outbound\n[radio]\nprofile = lte-two-state\n"
			"[client]\napplication = udp\npolicy = fixed\ninterval = 90s\nstart = uniform 0s "
			"29s\n",
			orders[i]);
		struct h_run *h = h_run(text, 1);
		double lambda = h_mean(h, "sessions_created") / 5400.0;

		g_assert_cmpfloat(h_mean(h, "sessions_created"), ==, 300 * 60);
		g_assert_cmpfloat(fabs(h_mean(h, "sessions_mean") - lambda * 60.0), <, 1e-9);
		g_assert_cmpfloat(h_mean(h, "sessions_peak"), ==, 300);
		h_free(h);
	}
}

/* Twelve keepalives at an idle radio, four pushes, of which one comes while the channel is up: three pages. */
static void test_signalling(void)
{
	for (int skip = 0; skip < 2; skip++) {
		g_autofree char *text = g_strdup_printf(
			"[scenario]\nduration = 1h\nskip = %s\n[path]\nmiddleboxes = nat\n"
			"[middlebox nat]\nudp = 10min\n[radio]\nprofile = lte-two-state\npage-messages = 4\n"
			"[edge promotion]\nmessages = 12\n[edge tail]\nmessages = 6\n"
			"[client]\napplication = udp\npolicy = fixed\ninterval = 5min\nstart = 10s\n"
			"[server]\npush = times 100s 200s 205s 1000s\n",
			skip ? "yes" : "no");
		struct h_run *h = h_run(text, 1);

		g_assert_cmpfloat(h_mean(h, "radio_promotions"), ==, 12 + 3);
		g_assert_cmpfloat(h_mean(h, "radio_pages"), ==, 3);
		g_assert_cmpfloat(h_mean(h, "signalling_messages"), ==, (12 + 3) * (12 + 6) + 3 * 4);
		/* each push is answered by one packet */
		g_assert_cmpfloat(h_mean(h, "keepalive_packet_fraction"), ==, 12.0 / (12 + 2 * 4));
		h_free(h);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/closed-form/energy", test_energy);
	g_test_add_func("/closed-form/years", test_years);
	g_test_add_func("/closed-form/signalling", test_signalling);
	g_test_add_func("/closed-form/binding", test_binding);
	g_test_add_func("/closed-form/push-success", test_push_success);
	g_test_add_func("/closed-form/link-delay", test_link_delay);
	g_test_add_func("/closed-form/little", test_little);
	return g_test_run();
}
