/* SPDX-License-Identifier: BSD-2-Clause */
/* Quantities, distributions, arrivals, addresses: what reads, to which value, back to which text, and what is refused. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/keyfile.h"
#include "text/address_text.h"
#include "text/arena.h"
#include "text/quantity.h"
#include "text/random_text.h"
#include "text/value.h"

static const struct nap_folder here = { ".", &nap_disk };

static const struct {
	const char *text;
	nap_time ns;
	const char *back; /* NULL: as text */
} times[] = {
	{ "0s", 0, NULL },
	{ "0ms", 0, "0s" },
	{ "1ns", 1, NULL },
	{ "0.1s", 100000000, "0.1s" },
	{ "100ms", 100000000, "0.1s" },
	{ "0.3s", 300000000, NULL },
	{ "11.576s", 11576000000, NULL },
	{ "1.5h", 5400 * NAP_S, "90min" },
	{ "2h4m", 7440 * NAP_S, "2h4min" },
	{ "2h4min", 7440 * NAP_S, NULL },
	{ "124min", 7440 * NAP_S, "2h4min" },
	{ "5d", 5 * NAP_DAY, NULL },
	{ "55s", 55 * NAP_S, NULL },
	{ "350s", 350 * NAP_S, NULL },
	{ "29min", 29 * NAP_MIN, NULL },
	{ "1d2h3min4.5s", 93784500000000, NULL },
	{ "1280.2ms", 1280200000, "1.2802s" },
	{ "43.2ms", 43200000, NULL },
	{ "0.000000001s", 1, "1ns" },
	{ "1.50000000000000000000000000000s", 1500000000, "1.5s" },
	{ "00030s", 30 * NAP_S, "30s" },
	{ "3us", 3000, NULL },
	{ ".5s", 500000000, "0.5s" },
	{ "9223372036854775806ns", INT64_MAX - 1, "9223372036.854775806s" },
	{ "106751d", INT64_C(9223286400000000000), NULL },
	{ "never", NAP_NEVER, NULL },
};

static const struct {
	const char *text, *reason; /* reason: part of the message */
} bad_times[] = {
	{ "", "empty" },
	{ "30", "a time needs a unit: 30s" },
	{ "0", "a time needs a unit" },
	{ "-5s", "must not be negative" },
	{ "5 s", "without a space" },
	{ "20s, 40s", "divided by" },
	{ "1,5s", "decimals by" },
	{ "30s # comment", "comments on lines of their own" },
	{ "30s ", "without a space" },
	{ "30sec", "did you mean s?" },
	{ "30S", "did you mean s?" },
	{ "abc", "is not a time" },
	{ "nan", "is not a time" },
	{ "inf", "is not a time" },
	{ "infs", "is not a time" },
	{ "1e3s", "unknown unit" },
	{ "0x10s", "unknown unit" },
	{ "0.5ns", "finer than the smallest unit" },
	{ "0.1234567891s", "finer than" },
	{ "9223372036854775807ns", "too large" },
	{ "300y", "(a year is 365d)" },
	{ "2weeks", "(a week is 7d)" },
	{ "5minutes", "(did you mean min?)" },
	{ "3G", "min h d" },
	{ "106752d", "too large" },
	{ "99999999999999999999999999999999s", "too large" },
	{ "0.00000000000000000000000000000000000001s", "too many digits" },
	{ "2min4h", "units must fall" },
	{ "1h1h", "units must fall" },
	{ "1.5h3min", "only the last number" },
	{ "5m5", "needs a unit" },
	{ "..s", "is not a time" },
	{ ".s", "is not a time" },
	{ "+5s", "is not a time" },
	{ "never ever", "is not a time" },
	{ "1h\001", "\\x01" },
};

static void test_times(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
		nap_time t = -1;
		g_autoptr(GError) error = NULL;
		g_autofree char *back = NULL;

		g_assert_true(nap_time_parse(times[i].text, &t, &error));
		g_assert_cmpint(t, ==, times[i].ns);
		back = nap_time_format(t);
		g_assert_cmpstr(back, ==, times[i].back ? times[i].back : times[i].text);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(bad_times); i++) {
		nap_time t = 77;
		g_autoptr(GError) error = NULL;

		if (nap_time_parse(bad_times[i].text, &t, &error))
			g_error("%s was taken", bad_times[i].text);
		g_assert_cmpint(t, ==, 77);
		if (!strstr(error->message, bad_times[i].reason))
			g_error("%s: %s", bad_times[i].text, error->message);
	}
}

/* Any time survives writing and reading. */
static void test_time_round_trip(void)
{
	struct nap_rng r = nap_rng_stream(1, 0, 0, NAP_RNG_APP);

	for (int i = 0; i < 20000; i++) {
		nap_time t = (nap_time)(nap_rng_next(&r) >> (1 + nap_rng_below(&r, 62))), back = -1;
		g_autofree char *text = NULL;

		if (i % 3 == 0)
			t = t / 1000000000 * 1000000000;
		text = nap_time_format(t);
		g_assert_true(nap_time_parse(text, &back, NULL));
		g_assert_cmpint(back, ==, t);
	}
}

static const struct {
	enum nap_param_type type;
	const char *text;
	double value;
	const char *back;
} quantities[] = {
	{ NAP_P_SHARE, "0.1%", 0.001, NULL },
	{ NAP_P_SHARE, "100%", 1, NULL },
	{ NAP_P_SHARE, "33.3%", 0.333, NULL },
	{ NAP_P_POWER, "620mW", 620, NULL },
	{ NAP_P_POWER, "1.2W", 1200, NULL },
	{ NAP_P_POWER, "1210.7mW", 1210.7, "1.2107W" },
	{ NAP_P_POWER, "75uW", 0.075, NULL },
	{ NAP_P_POWER, "0.1uW", 0.0001, NULL },
	{ NAP_P_POWER, "0mW", 0, NULL },
	{ NAP_P_CURRENT, "20mA", 20, NULL },
	{ NAP_P_CURRENT, "2.7uA", 0.0027, NULL },
	{ NAP_P_VOLTAGE, "3.8V", 3.8, NULL },
	{ NAP_P_CHARGE, "3000mAh", 3000, "3Ah" },
	{ NAP_P_CHARGE, "1234mAh", 1234, NULL },
	{ NAP_P_ENERGY, "12J", 12000, NULL },
	{ NAP_P_ENERGY, "5Wh", 18000000, NULL },
	{ NAP_P_ENERGY, "450mJ", 450, NULL },
	{ NAP_P_BITRATE, "6Mbit/s", 6e6, NULL },
	{ NAP_P_BITRATE, "6Mbps", 6e6, "6Mbit/s" },
	{ NAP_P_SLOPE, "438.39mW/Mbps", 438.39, NULL },
	{ NAP_P_REAL, "0.5", 0.5, NULL },
	{ NAP_P_REAL, "1e3", 1000, "1000" },
	{ NAP_P_REAL, "-2", -2, NULL },
};

static const struct {
	enum nap_param_type type;
	const char *text, *reason;
} bad_quantities[] = {
	{ NAP_P_SHARE, "0.1", "a share needs a unit: 0.1%" },
	{ NAP_P_SHARE, "-1%", "must not be negative" },
	{ NAP_P_POWER, "620", "a power needs a unit: 620mW" },
	{ NAP_P_POWER, "620mw", "did you mean mW?" },
	{ NAP_P_POWER, "1e400W", "too large" },
	{ NAP_P_POWER, "1e99999999999999999999W", "too large" },
	{ NAP_P_POWER, "infW", "is not a power" },
	{ NAP_P_POWER, "nan", "is not a power" },
	{ NAP_P_REAL, "nan", "is not a number" },
	{ NAP_P_REAL, "0.5s", "takes no unit" },
	{ NAP_P_BITRATE, "6M", "unknown unit" },
	{ NAP_P_CHARGE, "3000mA", "did you mean mAh?" },
	{ NAP_P_VOLTAGE, "3.8V 2", "without a space" },
};

static void test_quantities(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(quantities); i++) {
		double v = NAN;
		g_autofree char *back = NULL;

		g_assert_true(nap_quantity_parse(quantities[i].type, quantities[i].text, &v, NULL));
		g_assert_true(v == quantities[i].value); /* to the last bit */
		back = nap_quantity_format(quantities[i].type, v);
		g_assert_cmpstr(back, ==, quantities[i].back ? quantities[i].back : quantities[i].text);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(bad_quantities); i++) {
		double v;
		g_autoptr(GError) error = NULL;

		if (nap_quantity_parse(bad_quantities[i].type, bad_quantities[i].text, &v, &error))
			g_error("%s was taken", bad_quantities[i].text);
		if (!strstr(error->message, bad_quantities[i].reason))
			g_error("%s: %s", bad_quantities[i].text, error->message);
	}
}

static void test_quantity_round_trip(void)
{
	static const enum nap_param_type types[] = { NAP_P_REAL, NAP_P_SHARE, NAP_P_POWER, NAP_P_ENERGY,
		NAP_P_BITRATE, NAP_P_CHARGE, NAP_P_SLOPE };
	struct nap_rng r = nap_rng_stream(2, 0, 0, NAP_RNG_APP);

	for (int i = 0; i < 5000; i++) {
		enum nap_param_type type = types[nap_rng_below(&r, G_N_ELEMENTS(types))];
		double v = exp(40 * nap_rng_unit(&r) - 20), back = 0;
		g_autofree char *text = nap_quantity_format(type, v);

		if (!nap_quantity_parse(type, text, &back, NULL))
			g_error("%d: %.17g is written %s", (int)type, v, text);
		g_assert_true(back == v);
	}
}

/* A power or a current, an energy or a charge: either is read in its units, and written as it was. */
static void test_electric(void)
{
	static const struct {
		enum nap_param_type type, is;
		const char *text, *written;
		double value, per_volt;
	} rows[] = {
		{ NAP_P_DRAIN, NAP_P_POWER, "620mW", "620mW", 620, 0 },
		{ NAP_P_DRAIN, NAP_P_CURRENT, "3.9uA", "3.9uA", 0, 0.0039 },
		{ NAP_P_DRAIN, NAP_P_CURRENT, "0.2A", "0.2A", 0, 200 },
		{ NAP_P_EFFORT, NAP_P_ENERGY, "5Wh", "5Wh", 18e6, 0 },
		{ NAP_P_EFFORT, NAP_P_CHARGE, "12mC", "12mC", 0, 12 },
		{ NAP_P_EFFORT, NAP_P_CHARGE, "1mAh", "1mAh", 0, 3600 },
		{ NAP_P_CAPACITY, NAP_P_CHARGE, "3000mAh", "3Ah", 0, 3000 },
		{ NAP_P_CAPACITY, NAP_P_ENERGY, "3.6Wh", "3.6Wh", 3600, 0 },
	};
	struct nap_electric e;
	double mah;

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *written = NULL;

		g_assert_true(nap_electric_parse(rows[i].type, rows[i].text, &e, NULL));
		g_assert_true(e.value == rows[i].value && e.per_volt == rows[i].per_volt);
		g_assert_true(nap_type_of_text(rows[i].type, rows[i].text) == rows[i].is);
		written = nap_electric_format(rows[i].type, &e);
		g_assert_cmpstr(written, ==, rows[i].written);
	}
	g_assert_false(nap_electric_parse(NAP_P_DRAIN, "3V", &e, NULL));
	g_assert_false(nap_electric_parse(NAP_P_CAPACITY, "3W", &e, NULL));
	g_assert_true(nap_quantity_parse(NAP_P_CHARGE, "3.6C", &mah, NULL) && fabs(mah - 1) < 1e-12);
}

static void test_bytes_and_counts(void)
{
	uint64_t v = 5;
	g_autofree char *text = NULL;

	g_assert_true(nap_bytes_parse("64B", &v, NULL) && v == 64);
	g_assert_true(nap_bytes_parse("1.5kB", &v, NULL) && v == 1500);
	g_assert_true(nap_bytes_parse("2MiB", &v, NULL) && v == 2 << 20);
	g_assert_true(nap_bytes_parse("18446744073709551615B", &v, NULL) && v == UINT64_MAX);
	text = nap_bytes_format(1500);
	g_assert_cmpstr(text, ==, "1.5kB");
	g_assert_false(nap_bytes_parse("18446744073709551616B", &v, NULL));
	g_assert_false(nap_bytes_parse("64", &v, NULL));
	g_assert_false(nap_bytes_parse("0.5B", &v, NULL));
	g_assert_false(nap_bytes_parse("-1B", &v, NULL));
	g_assert_true(nap_count_parse("4294967295", UINT32_MAX, &v, NULL) && v == UINT32_MAX);
	g_assert_false(nap_count_parse("4294967296", UINT32_MAX, &v, NULL));
	g_assert_false(nap_count_parse("99999999999999999999999", UINT64_MAX, &v, NULL));
	g_assert_false(nap_count_parse("1.5", UINT32_MAX, &v, NULL));
	g_assert_false(nap_count_parse("10s", UINT32_MAX, &v, NULL));
	g_assert_false(nap_count_parse("-1", UINT32_MAX, &v, NULL));
	g_assert_false(nap_count_parse("", UINT32_MAX, &v, NULL));
	g_assert_cmpuint(v, ==, UINT32_MAX);
}

static const struct {
	const char *text;
	enum nap_dist_kind kind;
	double a, b;
	const char *back;
} dists[] = {
	{ "40ms", NAP_DIST_CONSTANT, 4e7, 0, NULL },
	{ "constant 40ms", NAP_DIST_CONSTANT, 4e7, 0, "40ms" },
	{ "uniform 20ms 60ms", NAP_DIST_UNIFORM, 2e7, 6e7, NULL },
	{ "uniform(20ms, 60ms)", NAP_DIST_UNIFORM, 2e7, 6e7, "uniform 20ms 60ms" },
	{ "exponential 1s", NAP_DIST_EXPONENTIAL, 1e9, 0, NULL },
	{ "normal 40ms 5ms", NAP_DIST_NORMAL, 4e7, 5e6, NULL },
	{ "lognormal 40ms 0.5", NAP_DIST_LOGNORMAL, 4e7, 0.5, NULL },
	{ "lognormal(40ms, 0.5)", NAP_DIST_LOGNORMAL, 4e7, 0.5, "lognormal 40ms 0.5" },
	{ "lognormal (40ms,0.5)", NAP_DIST_LOGNORMAL, 4e7, 0.5, "lognormal 40ms 0.5" },
	{ "pareto 10ms 1.5", NAP_DIST_PARETO, 1e7, 1.5, NULL },
	{ "weibull 40ms 2", NAP_DIST_WEIBULL, 4e7, 2, NULL },
};

static const char *const bad_dists[] = { "", "40", "uniform", "uniform 20ms", "uniform 60ms 20ms",
	"uniform 20ms 60ms 70ms", "uniform(20ms, 60ms", "uniform(20ms 60ms)", "uniform(,)", "uniform()",
	"lognormal 40ms", "lognormal 40ms 0.5s", "lognormal 40ms 0", "lognormal 40ms -1", "lognormal 40 0.5",
	"lognormall 40ms 0.5", "exponential -1s", "never", "uniform 1s never", "empirical", "empirical ()",
	"empirical /nonexistent/file", "empirical 1ms x", "(", "()", "40ms 50ms", "-40ms",
	"exponential(1s)x" };

static void test_dists(void)
{
	struct nap_arena *arena = nap_arena_new();
	struct nap_dist d;

	for (size_t i = 0; i < G_N_ELEMENTS(dists); i++) {
		g_autofree char *back = NULL;
		g_autoptr(GError) error = NULL;

		if (!nap_dist_parse(NAP_P_TIME, dists[i].text, arena, &here, &d, &error))
			g_error("%s: %s", dists[i].text, error->message);
		g_assert_cmpint(d.kind, ==, dists[i].kind);
		g_assert_true(d.a == dists[i].a && d.b == dists[i].b);
		back = nap_dist_format(NAP_P_TIME, &d);
		g_assert_cmpstr(back, ==, dists[i].back ? dists[i].back : dists[i].text);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(bad_dists); i++) {
		g_autoptr(GError) error = NULL;

		if (nap_dist_parse(NAP_P_TIME, bad_dists[i], arena, &here, &d, &error))
			g_error("%s was taken", bad_dists[i]);
		g_assert_nonnull(error);
	}
	nap_arena_free(arena);
}

static char *write_text(const char *name, const char *text)
{
	char *path = g_build_filename(g_get_tmp_dir(), name, NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	return path;
}

static void test_empirical_files(void)
{
	struct nap_arena *arena = nap_arena_new();
	g_autofree char *plain = write_text("natnap-test-values", "# measured\n1ms\n 2.5ms \n\n3ms\n");
	g_autofree char *csv = write_text("natnap-test-values.csv", "rtt_ms,count\n10,1\n20.5,3\n");
	g_autofree char *unitless = write_text("natnap-test-unitless", "10\n20\n");
	g_autofree char *text = g_strconcat("empirical ", plain, NULL),
			*csv_text = g_strconcat("empirical ", csv, NULL);
	g_autofree char *bad_text = g_strconcat("empirical ", unitless, NULL), *back = NULL;
	g_autoptr(GError) error = NULL;
	struct nap_dist d, again;

	g_assert_true(nap_dist_parse(NAP_P_TIME, text, arena, &here, &d, NULL));
	g_assert_cmpuint(d.n, ==, 3);
	g_assert_true(d.values[0] == 1e6 && d.values[1] == 2.5e6 && d.values[2] == 3e6);
	back = nap_dist_format(NAP_P_TIME, &d);
	g_assert_cmpstr(back, ==, "empirical 1ms 2.5ms 3ms");
	g_assert_true(nap_dist_parse(NAP_P_TIME, back, arena, NULL, &again, NULL));
	g_assert_cmpuint(again.n, ==, 3);
	g_assert_true(nap_dist_parse(NAP_P_TIME, csv_text, arena, &here, &d, NULL));
	g_assert_cmpuint(d.n, ==, 2);
	g_assert_true(d.values[1] == 20.5e6);
	g_assert_false(nap_dist_parse(NAP_P_TIME, bad_text, arena, &here, &d, &error));
	g_assert_nonnull(strstr(error->message, "natnap-test-unitless:1: a time needs a unit"));
	g_assert_false(nap_dist_parse(NAP_P_TIME, text, arena, NULL, &d, NULL)); /* built in: no files */
	remove(plain), remove(csv), remove(unitless);
	nap_arena_free(arena);
}

static const struct {
	const char *text;
	enum nap_arrivals_kind kind;
	double gap, on, off;
	const char *back;
} arrivals[] = {
	{ "none", NAP_ARRIVALS_NONE, 0, 0, 0, NULL },
	{ "poisson 4/h", NAP_ARRIVALS_POISSON, 9e11, 0, 0, NULL },
	{ "poisson(4/h)", NAP_ARRIVALS_POISSON, 9e11, 0, 0, "poisson 4/h" },
	{ "poisson 0.5/min", NAP_ARRIVALS_POISSON, 1.2e11, 0, 0, "poisson 30/h" },
	{ "poisson 7/h", NAP_ARRIVALS_POISSON, 3.6e12 / 7, 0, 0, NULL },
	{ "periodic 10min", NAP_ARRIVALS_PERIODIC, 6e11, 0, 0, NULL },
	{ "onoff 5min 1h 30/h", NAP_ARRIVALS_ONOFF, 1.2e11, 3e11, 3.6e12, NULL },
	{ "times 2h 1h", NAP_ARRIVALS_TIMES, 0, 0, 0, "times 1h 2h" },
	{ "gaps weibull 1d 0.7", NAP_ARRIVALS_GAPS, 0, 0, 0, NULL },
	{ "gaps uniform(1h, 2h)", NAP_ARRIVALS_GAPS, 0, 0, 0, "gaps uniform 1h 2h" },
	{ "gaps 10min", NAP_ARRIVALS_GAPS, 0, 0, 0, NULL },
};

static const char *const bad_arrivals[] = { "", "4/h", "poisson", "poisson 4", "poisson 4/y", "poisson 0/h",
	"poisson -4/h", "poisson 1e30/s", "poisson 1e-300/d", "poissen 4/h", "periodic 0s", "periodic 10",
	"periodic never", "onoff 5min 1h", "times", "times /nonexistent/file", "none at all", "gaps",
	"gaps 10", "gaps never", "gaps weibul 1d 0.7", "gaps(10min)", "poisson 4/h 5/h", "10min" };

static void test_arrivals(void)
{
	struct nap_arena *arena = nap_arena_new();
	struct nap_arrivals a;

	for (size_t i = 0; i < G_N_ELEMENTS(arrivals); i++) {
		g_autofree char *back = NULL;

		g_assert_true(nap_arrivals_parse(arrivals[i].text, arena, &here, &a, NULL));
		g_assert_cmpint(a.kind, ==, arrivals[i].kind);
		g_assert_true(a.gap == arrivals[i].gap && a.on == arrivals[i].on && a.off == arrivals[i].off);
		back = nap_arrivals_format(&a);
		g_assert_cmpstr(back, ==, arrivals[i].back ? arrivals[i].back : arrivals[i].text);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(bad_arrivals); i++) {
		g_autoptr(GError) error = NULL;

		if (nap_arrivals_parse(bad_arrivals[i], arena, &here, &a, &error))
			g_error("%s was taken", bad_arrivals[i]);
		g_assert_nonnull(error);
	}
	nap_arena_free(arena);
}

static void test_addresses(void)
{
	struct nap_arena *arena = nap_arena_new();
	static const char *const bad[] = { "203.0.113", "203.0.113.256", "203.0.113.1/33", "203.0.113.1/24",
		"203.0.113.9-203.0.113.1", "::1", "203.0.113.1 203.0.113.2", "0.0.0.0/0", "1.2.3.4-",
		"1.2.3.4.5" };
	static const char *const bad_ports[] = { "", "1024-65536", "2-1", "5120-6143; 1024-2047",
		"1024-2047; 2047-2050", "1024-2047, 5120-6143", "1024-2047; x" };
	struct nap_addr_list list;
	struct nap_port_ranges range;
	struct nap_port_timers timers;
	g_autofree char *back = NULL, *ports = NULL, *several = NULL, *timer_text = NULL;

	g_assert_true(nap_addresses_parse(
		"203.0.113.1; 203.0.113.8-203.0.113.15; 198.51.100.0/28", arena, &list, NULL));
	g_assert_cmpuint(list.n, ==, 1 + 8 + 16);
	g_assert_cmphex(list.addr[0], ==, 0xcb007101);
	back = nap_addresses_format(&list);
	g_assert_cmpstr(back, ==, "203.0.113.1; 203.0.113.8-203.0.113.15; 198.51.100.0-198.51.100.15");
	g_assert_true(nap_addresses_parse("255.255.255.255/32", arena, &list, NULL) && list.n == 1);
	g_assert_true(nap_addresses_parse("255.255.255.0/24", arena, &list, NULL) && list.n == 256);
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_false(nap_addresses_parse(bad[i], arena, &list, NULL));
	g_assert_true(nap_port_ranges_parse("1024-65535", arena, &range, NULL) && range.lo == 1024 &&
		      range.hi == 65535);
	g_assert_cmpuint(range.n, ==, 0);
	ports = nap_port_ranges_format(&range);
	g_assert_cmpstr(ports, ==, "1024-65535");
	g_assert_true(nap_port_ranges_parse("1024-2047; 5120; 6000-6143;", arena, &range, NULL));
	g_assert_true(range.n == 3 && range.lo == 1024 && range.hi == 6143 && range.range[1].hi == 5120);
	several = nap_port_ranges_format(&range);
	g_assert_cmpstr(several, ==, "1024-2047; 5120-5120; 6000-6143");
	for (size_t i = 0; i < G_N_ELEMENTS(bad_ports); i++)
		g_assert_false(nap_port_ranges_parse(bad_ports[i], arena, &range, NULL));
	g_assert_true(
		nap_port_timers_parse("53: 10s; udp/4500: 30s 5min; tcp/443: 1h", arena, &timers, NULL));
	g_assert_cmpuint(timers.n, ==, 3);
	g_assert_cmpint(timers.row[1].replied, ==, 5 * NAP_MIN);
	timer_text = nap_port_timers_format(&timers);
	g_assert_cmpstr(timer_text, ==, "53: 10s; udp/4500: 30s 5min; tcp/443: 1h");
	g_assert_false(nap_port_timers_parse("53 10s", arena, &timers, NULL));
	g_assert_false(nap_port_timers_parse("53: 10", arena, &timers, NULL));
	nap_arena_free(arena);
}

static void test_changes(void)
{
	static const struct nap_param row = { "delay-changes", NAP_P_CHANGES, 0, "", "0s", "1h", NULL, "" };
	static const char *const bad[] = { "31s 500ms", "31s: 500", "31: 500ms", "71s: 1ms; 31s: 2ms",
		"31s: 1ms; 31s: 2ms", "never: 1ms", "31s:", "31s: 2h", "31s: uniform 1s 2h", "-1s: 1s" };
	struct nap_arena *arena = nap_arena_new();
	struct nap_dist_changes c;

	g_assert_true(nap_value_parse(&row, "31s: 500ms; 71s: uniform 10ms 20ms;", arena, NULL, &c, NULL));
	g_assert_true(c.n == 2 && c.row[0].at == 31 * NAP_S && c.row[1].dist.kind == NAP_DIST_UNIFORM);
	g_autofree char *back = nap_value_format(&row, &c);

	g_assert_cmpstr(back, ==, "31s: 0.5s; 71s: uniform 10ms 20ms");
	g_assert_true(nap_value_parse(&row, "", arena, NULL, &c, NULL) && c.n == 0);
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;

		if (nap_value_parse(&row, bad[i], arena, NULL, &c, &error))
			g_error("%s was taken", bad[i]);
		g_assert_nonnull(error);
	}
	nap_arena_free(arena);
}

static void test_settings(void)
{
	static const struct nap_param row = { "changes", NAP_P_SETTINGS, 0, "", NULL, NULL, NULL, "" };
	static const char *const bad[] = { "31s udp = 5s", "31s: udp", "31s: udp = 5", "31s: ports = random",
		"31s: none = 1", "71s: udp = 1s; 31s: udp = 2s", "never: udp = 1s", "31s: forwards = x",
		"31s: blocked-ports = x" };
	static const char text[] =
		"31s: rules = drop inside, accept; 31s: udp = 30s; 1h: "
		"forwards = udp/53 > 10.0.0.2:53, tcp/8080 > 10.0.0.3:80; 2h: rules = ; 3h: reject = 3/1";
	struct nap_arena *arena = nap_arena_new();
	struct nap_settings s;

	g_assert_true(nap_value_parse(&row, text, arena, NULL, &s, NULL));
	g_assert_true(
		s.n == 5 && s.row[1].at == 31 * NAP_S && *(const nap_time *)s.row[1].value == 30 * NAP_S);
	g_autofree char *back = nap_value_format(&row, &s);

	g_assert_cmpstr(back, ==, text);
	g_assert_true(nap_value_parse(&row, "", arena, NULL, &s, NULL) && s.n == 0);
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;

		if (nap_value_parse(&row, bad[i], arena, NULL, &s, &error))
			g_error("%s was taken", bad[i]);
		g_assert_nonnull(error);
	}
	nap_arena_free(arena);
}

static void test_words_and_bounds(void)
{
	static const char *const words[] = { "preserve", "random", "block N", NULL };
	static const struct nap_param word = { "ports", NAP_P_WORD_ARG, 0, "random", NULL, NULL, words, "" };
	static const struct nap_param bounded = { "interval", NAP_P_TIME, 0, "1s", "1ms", "1h", NULL, "" };
	static const struct nap_param flag = { "skip", NAP_P_BOOL, 0, "yes", NULL, NULL, NULL, "" };
	struct nap_arena *arena = nap_arena_new();
	struct nap_word_arg w;
	struct nap_dist d;
	g_autoptr(GError) error = NULL, error2 = NULL;
	bool yes = false, drawn;
	nap_time t;

	g_assert_true(
		nap_value_parse(&word, "block 512", arena, NULL, &w, NULL) && w.word == 2 && w.arg == 512);
	g_assert_false(nap_value_parse(&word, "block", arena, NULL, &w, NULL));
	g_assert_false(nap_value_parse(&word, "block x", arena, NULL, &w, NULL));
	g_assert_false(nap_value_parse(&word, "random 3", arena, NULL, &w, NULL));
	g_assert_false(nap_value_parse(&word, "randon", arena, NULL, &w, &error));
	g_assert_nonnull(strstr(error->message, "did you mean random?"));
	g_assert_true(nap_value_parse(&bounded, "1h", arena, NULL, &t, NULL) && t == NAP_H);
	g_assert_false(nap_value_parse(&bounded, "0s", arena, NULL, &t, &error2));
	g_assert_nonnull(strstr(error2->message, "out of range: 1ms to 1h"));
	g_assert_false(nap_value_parse(&bounded, "never", arena, NULL, &t, NULL));
	g_assert_false(nap_value_parse(&bounded, "61min", arena, NULL, &t, NULL));
	g_assert_true(nap_value_parse(&flag, "yes", arena, NULL, &yes, NULL) && yes);
	g_assert_false(nap_value_parse(&flag, "true", arena, NULL, &yes, NULL));
	g_assert_true(nap_value_parse_drawn(&bounded, "uniform 10s 20s", arena, NULL, &t, &d, &drawn, NULL));
	g_assert_true(drawn && t == 15 * NAP_S && d.kind == NAP_DIST_UNIFORM);
	g_assert_false(nap_value_parse_drawn(&bounded, "uniform 10s 2h", arena, NULL, &t, &d, &drawn, NULL));
	nap_arena_free(arena);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/quantity/times", test_times);
	g_test_add_func("/quantity/time-round-trip", test_time_round_trip);
	g_test_add_func("/quantity/quantities", test_quantities);
	g_test_add_func("/quantity/round-trip", test_quantity_round_trip);
	g_test_add_func("/quantity/electric", test_electric);
	g_test_add_func("/quantity/bytes-and-counts", test_bytes_and_counts);
	g_test_add_func("/quantity/distributions", test_dists);
	g_test_add_func("/quantity/empirical-files", test_empirical_files);
	g_test_add_func("/quantity/arrivals", test_arrivals);
	g_test_add_func("/quantity/addresses", test_addresses);
	g_test_add_func("/quantity/changes", test_changes);
	g_test_add_func("/quantity/settings", test_settings);
	g_test_add_func("/quantity/words-and-bounds", test_words_and_bounds);
	return g_test_run();
}
