/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers, chances, times and units as people say them. */
#include <math.h>

#include "harness.h"
#include "report/said_value.h"
#include "report/text_table.h"
#include "text/quantity.h"

/* No exponents where there are digits before the point. */
static void test_digits(void)
{
	static const struct {
		double v;
		int digits;
		const char *text;
	} rows[] = { { 1.4236, 3, "1.42" }, { 142.36, 3, "142" }, { 14236, 3, "14236" }, { 113, 2, "113" },
		{ 99.4, 2, "99" }, { 99.6, 2, "100" }, { 999.6, 3, "1000" }, { -14236, 2, "-14236" },
		{ 0, 2, "0" }, { 0.00123, 2, "0.0012" } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = nap_digits_text(rows[i].v, rows[i].digits);

		g_assert_cmpstr(text, ==, rows[i].text);
	}
}

static void test_chance(void)
{
	static const struct {
		double p;
		const char *text;
	} rows[] = { { 0, "0 %" }, { 1e-5, "under 0.01 %" }, { 0.0077, "0.77 %" }, { 0.999, "100 %" },
		{ 1, "unknown, by too few replications" } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = nap_chance_text(rows[i].p);

		g_assert_cmpstr(text, ==, rows[i].text);
	}
}

static void test_time(void)
{
	static const struct {
		nap_time t;
		const char *text;
	} rows[] = { { 90 * NAP_S, "90s" }, { 895 * NAP_S, "14min55s" }, { 7440 * NAP_S, "2h4min" },
		{ 86401 * NAP_S, "1d1s" }, { 150500 * NAP_MS, "150.5s" }, { NAP_NEVER, "never" } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = nap_time_said(rows[i].t);
		nap_time again;

		g_assert_cmpstr(text, ==, rows[i].text);
		g_assert_true(nap_time_parse(text, &again, NULL) && again == rows[i].t);
	}
}

/* What a form shows is what a table says: the steps of a metric, each less than the one before, the last from 0 on. */
static void test_steps(void)
{
	static const char *const metrics[] = { "energy_j", "average_power_mw", "push_delay_p95_s",
		"battery_life_h", "bytes_up", "reachable_fraction", "battery_percent_per_day" };
	double seconds = 0.0;

	for (size_t i = 0; i < G_N_ELEMENTS(metrics); i++) {
		const struct nap_said_step *s = nap_said_steps(metrics[i]);
		g_autofree char *said = nap_said_value(metrics[i], s->least + s->one, 0.0, 0.0, 0.0);

		g_assert_true(g_str_has_suffix(said, s->unit));
		for (; s[1].unit; s++)
			g_assert_cmpfloat(s[1].least, <, s[0].least);
		g_assert_cmpfloat(s->least, ==, 0.0);
	}
	for (int i = 0; i < 2; i++) {
		g_autofree char *all =
			nap_said_value("reachable_fraction", i ? 1.0 : 0.999997, 0.0, 0.0, 0.0);

		g_assert_cmpstr(all, ==, i ? "100 %" : "> 99.99 %");
	}
	g_assert_null(nap_said_steps("keepalives_sent"));
	g_assert_cmpstr(nap_time_unit(0, &seconds), ==, "d");
	g_assert_cmpfloat(seconds, ==, 86400.0);
	g_assert_cmpstr(nap_time_unit(3, &seconds), ==, "s");
	g_assert_null(nap_time_unit(99, &seconds));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/said/digits", test_digits);
	g_test_add_func("/said/chance", test_chance);
	g_test_add_func("/said/time", test_time);
	g_test_add_func("/said/steps", test_steps);
	return g_test_run();
}
