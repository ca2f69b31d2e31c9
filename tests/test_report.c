/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports: numbers that read back to the last bit, quoting, half-widths by hand, and what is not known stays empty. */
#include <json-glib/json-glib.h>
#include <math.h>

#include "harness.h"
#include "text/csv.h"
#include "report/run_json.h"
#include "report/run_text.h"
#include "report/run_verdict.h"
#include "report/said_value.h"
#include "report/text_table.h"

/* The metrics that the contract names, in the order of its list. */
static const char *const contract[] = { "energy_j", "average_power_mw", "battery_percent_per_day",
	"battery_life_h", "radio_promotions", "radio_connected_s", "keepalives_sent", "packets_up",
	"packets_down", "bytes_up", "bytes_down", "pushes_offered", "pushes_delivered", "pushes_lost",
	"push_delay_p50_s", "push_delay_p95_s", "push_delay_p99_s", "reachable_fraction", "bindings_expired",
	"reconnects", "dead_detection_s", "server_detection_s", "sessions_peak", "sessions_mean",
	"ports_peak", "sessions_refused", "sessions_evicted", "events" };

static const char scenario[] =
	"[scenario]\ntitle = \"A\", and B\nduration = 2h\nreplications = 5\nseed = "
	"18446744073709551615\n[path]\nmiddleboxes = nat\n"
	"[middlebox nat]\nudp = 50s\nudp-stream = 50s\n[radio]\nprofile = lte-two-state\n"
	"[client]\napplication = udp\npolicy = fixed\ninterval = 60s\n[server]\npush = poisson 10/h\n";

/* ---- numbers -------------------------------------------------------------------------------------------------------- */

static void test_numbers(void)
{
	static const struct {
		double v;
		const char *text;
	} rows[] = { { 0.0, "0" }, { 1.0, "1" }, { -3.0, "-3" }, { 0.5, "0.5" }, { 1e6, "1000000" },
		{ 0.1, "0.1" }, { 1.0 / 3.0, "0.3333333333333333" }, { 123456789012.0, "123456789012" },
		{ (double)NAN, "" }, { (double)INFINITY, "" } };
	struct nap_rng r = nap_rng_stream(1, 0, 0, NAP_RNG_APP);

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GString) s = g_string_new(NULL);

		nap_append_number(s, rows[i].v);
		g_assert_cmpstr(s->str, ==, rows[i].text);
	}
	for (int i = 0; i < 20000; i++) {
		g_autoptr(GString) s = g_string_new(NULL);
		double v = ldexp(nap_rng_unit(&r) - 0.5, (int)nap_rng_below(&r, 200) - 100);
		char *end;

		nap_append_number(s, v);
		g_assert_cmpfloat(g_ascii_strtod(s->str, &end), ==, v);
		g_assert_cmpint(*end, ==, '\0');
		g_assert_null(strchr(s->str, ','));
	}
}

/* ---- half-widths ---------------------------------------------------------------------------------------------------- */

static struct nap_interval interval_of(uint32_t n, const double *values, enum nap_metric_kind kind)
{
	return nap_interval95(values, n, kind, 1.0);
}

static void test_half_width(void)
{
	/* Student's t, 0.975 quantile, from the printed tables */
	static const struct {
		uint32_t n;
		double t;
	} rows[] = { { 2, 12.7062 }, { 3, 4.30265 }, { 5, 2.77645 }, { 10, 2.26216 }, { 20, 2.09302 },
		{ 30, 2.04523 }, { 121, 1.97993 } };
	double v[121], none[2] = { (double)NAN, (double)NAN };
	struct nap_interval i;

	for (size_t k = 0; k < G_N_ELEMENTS(rows); k++) {
		double squares = 0.0, mean = 0.0;
		uint32_t n = rows[k].n;

		for (uint32_t j = 0; j < n; j++)
			mean += (v[j] = 1e4 + j * j) / n;
		for (uint32_t j = 0; j < n; j++)
			squares += (v[j] - mean) * (v[j] - mean);
		i = interval_of(n, v, NAP_METRIC_AMOUNT);
		g_assert_cmpfloat(fabs(i.mean - mean), <, 1e-8);
		g_assert_cmpfloat(
			fabs((i.high - i.mean) / (rows[k].t * sqrt(squares / (n - 1) / n)) - 1.0), <, 1e-5);
		g_assert_cmpfloat(fabs(i.high + i.low - 2 * i.mean), <, 1e-8);
	}
	i = interval_of(1, v, NAP_METRIC_SHARE);
	g_assert_cmpfloat(i.mean, ==, v[0]);
	g_assert_true(isnan(i.low) && isnan(i.high) && isnan(nap_interval_half_width(&i)));
	i = interval_of(2, none, NAP_METRIC_COUNT);
	g_assert_true(isnan(i.mean) && isnan(i.low) && isnan(nap_interval_half_width(&i)));
	i = interval_of(0, v, NAP_METRIC_AMOUNT);
	g_assert_true(isnan(i.mean) && isnan(nap_interval_half_width(&i)));
}

/* Values that agree: a share or a count of 0 is not therefore certain; energies, times and other counts are taken so. */
static void test_agreement(void)
{
	static const struct {
		double v;
		enum nap_metric_kind kind;
		double units, low, high;
	} rows[] = {
		/* Clopper and Pearson, 0 of 5 and 0 of 500: from their tables */
		{ 1.0, NAP_METRIC_SHARE, 1.0, 1.0 - 0.521824, 1.0 },
		{ 0.0, NAP_METRIC_SHARE, 1.0, 0.0, 0.521824 },
		{ 1.0, NAP_METRIC_SHARE, 100.0, 1.0 - 0.007351, 1.0 },
		/* Poisson, none seen: 3.6889 */
		{ 0.0, NAP_METRIC_COUNT, 1.0, 0.0, 3.688879 / 5 },
		{ 0.0, NAP_METRIC_COUNT, 20.0, 0.0, 3.688879 / 100 },
		{ 0.7, NAP_METRIC_SHARE, 1.0, 0.7 * (1 - 0.521824), 0.7 + 0.3 * 0.521824 },
		{ 96.0, NAP_METRIC_COUNT, 1.0, 96.0, 96.0 },
		{ 0.0, NAP_METRIC_AMOUNT, 1.0, 0.0, 0.0 },
		{ 0.1, NAP_METRIC_AMOUNT, 1.0, 0.1, 0.1 },
	};

	for (size_t k = 0; k < G_N_ELEMENTS(rows); k++) {
		double v[5] = { rows[k].v, rows[k].v, rows[k].v, rows[k].v, rows[k].v };
		struct nap_interval i = nap_interval95(v, 5, rows[k].kind, rows[k].units);

		g_assert_cmpfloat(i.mean, ==, rows[k].v);
		g_assert_cmpfloat(fabs(i.low - rows[k].low), <, 1e-6);
		g_assert_cmpfloat(fabs(i.high - rows[k].high), <, 1e-6);
	}
}

/* One replication's share of time lost to events of the given rate, each of a random length. */
static double draw_lost(struct nap_rng *r, double rate, double longest)
{
	double lost = 0.0;

	for (double t = -log(1.0 - nap_rng_unit(r)); t < rate; t -= log(1.0 - nap_rng_unit(r)))
		lost += longest * nap_rng_unit(r);
	return fmin(lost, 1.0);
}

/* Rare losses, five replications: the interval stays in [0, 1], is never without width, and covers what it says. */
static void test_coverage(void)
{
	static const double rates[] = { 0.03, 0.1, 0.3, 1.0, 3.0, 10.0 }; /* events a replication */
	struct nap_rng r = nap_rng_stream(7, 0, 0, NAP_RNG_APP);

	for (size_t k = 0; k < G_N_ELEMENTS(rates); k++) {
		double truth = rates[k] * 0.001;
		int covered = 0;

		for (int run = 0; run < 4000; run++) {
			double v[5];
			struct nap_interval i;

			for (int j = 0; j < 5; j++)
				v[j] = 1.0 - draw_lost(&r, rates[k], 0.002);
			i = nap_interval95(v, 5, NAP_METRIC_SHARE, 1.0);
			g_assert_cmpfloat(0.0, <=, i.low);
			g_assert_cmpfloat(i.low, <=, i.mean);
			g_assert_cmpfloat(i.mean, <=, i.high);
			g_assert_cmpfloat(i.high, <=, 1.0);
			g_assert_cmpfloat(nap_interval_half_width(&i), >, 0.0);
			covered += i.low <= 1.0 - truth && 1.0 - truth <= i.high;
		}
		g_test_message("%g events a replication: covers %.1f %%", rates[k], covered / 40.0);
		g_assert_cmpint(covered, >=, 3680); /* 92 %: the sizes of few events are not known either */
	}
}

/* What a bound cuts is shown with its ends; a count that cannot be other than 0 is certain. */
static void test_bounds_of_run(void)
{
	struct h_run *h = h_run("[scenario]\nduration = 2h\nreplications = 5\nsubscribers = 4\n[path]\n"
				"middleboxes = nat\n[middlebox nat]\nudp = 90s\nudp-stream = 90s\n[radio]\n"
				"profile = lte-two-state\n[client]\napplication = udp\npolicy = fixed\n"
				"interval = 60s\n",
		1);
	const struct nap_row *row = &h->results->row[0];
	int offered = nap_results_column(h->results, "pushes_offered"),
	    expired = nap_results_column(h->results, "bindings_expired");
	g_autoptr(GString) text = nap_run_text(h->results);

	g_assert_cmpfloat(row->mean[offered], ==, 0.0);
	g_assert_cmpfloat(row->ci95[offered], ==, 0.0);
	g_assert_cmpfloat(row->mean[expired], ==, 0.0);
	g_assert_cmpfloat(fabs(row->ci95[expired] - 3.688879 / 20), <, 1e-6);
	g_assert_nonnull(strstr(text->str, "0 (0 to 0.1844)"));
	h_free(h);
}

/* A run's column against mean and half-width worked out from its replications. */
static void test_half_width_of_run(void)
{
	struct h_run *h = h_run(scenario, 1);
	int col = nap_results_column(h->results, "pushes_offered");
	double sum = 0, squares = 0, mean;

	for (int i = 0; i < 5; i++)
		sum += NAP_TALLIED(&h->point.replication[i], pushes_offered);
	mean = sum / 5;
	for (int i = 0; i < 5; i++)
		squares += pow(NAP_TALLIED(&h->point.replication[i], pushes_offered) - mean, 2);
	g_assert_cmpfloat(squares, >, 0);
	g_assert_cmpfloat(h->results->row[0].mean[col], ==, mean);
	g_assert_cmpfloat(
		fabs(h->results->row[0].ci95[col] - 2.776445105 * sqrt(squares / 4) / sqrt(5)), <, 1e-8);
	/* what is the same in all replications has no spread */
	g_assert_cmpfloat(h->results->row[0].ci95[nap_results_column(h->results, "keepalives_sent")], ==, 0);
	h_free(h);
}

/* ---- CSV ------------------------------------------------------------------------------------------------------------ */

/* RFC 4180 read back: rows of fields. */
static GPtrArray *read_csv(const char *text)
{
	GPtrArray *rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
	GPtrArray *row = g_ptr_array_new_with_free_func(g_free);

	while (*text) {
		GString *field = g_string_new(NULL);

		if (*text == '"') {
			for (text++; *text != '"' || text[1] == '"'; text++) {
				g_assert_cmpint(*text, !=, '\0');
				g_string_append_c(field, *text);
				text += *text == '"';
			}
			text++;
		} else {
			for (; !strchr(",\n", *text); text++)
				g_string_append_c(field, *text);
		}
		g_ptr_array_add(row, g_string_free(field, FALSE));
		g_assert_true(*text == ',' || *text == '\n');
		if (*text++ == '\n') {
			g_ptr_array_add(rows, row);
			row = g_ptr_array_new_with_free_func(g_free);
		}
	}
	g_assert_cmpuint(row->len, ==, 0); /* the last line ends too */
	g_ptr_array_unref(row);
	return rows;
}

static const char *cell(const GPtrArray *rows, guint row, guint col)
{
	const GPtrArray *r = g_ptr_array_index(rows, row);

	g_assert_cmpuint(col, <, r->len);
	return g_ptr_array_index(r, col);
}

static int find_column(const GPtrArray *rows, const char *name)
{
	const GPtrArray *head = g_ptr_array_index(rows, 0);

	for (guint i = 0; i < head->len; i++)
		if (g_str_equal(g_ptr_array_index(head, i), name))
			return (int)i;
	return -1;
}

/* The results of h again, as if swept over two keys, one of them with a text that needs quotes. */
static struct nap_results *swept(const struct h_run *h)
{
	static const char *const names[] = { "client.interval", "path.delay" };
	static const char *const values[] = { "60s", "a \"quoted\", text\nof two lines" };
	static const char *const *const points[] = { values };

	return nap_results_new(&h->campaign, names, 2, points);
}

static void test_csv(void)
{
	struct h_run *h = h_run(scenario, 1);
	struct nap_results *res = swept(h);
	g_autoptr(GString) text = nap_results_csv(res);
	GPtrArray *rows = read_csv(text->str);

	g_assert_cmpuint(rows->len, ==, 2);
	g_assert_cmpuint(((GPtrArray *)g_ptr_array_index(rows, 0))->len, ==,
		((GPtrArray *)g_ptr_array_index(rows, 1))->len);
	g_assert_cmpstr(cell(rows, 0, 0), ==, "client.interval");
	g_assert_cmpstr(cell(rows, 1, 0), ==, "60s");
	g_assert_cmpstr(cell(rows, 0, 1), ==, "client.interval_s");
	g_assert_cmpstr(cell(rows, 1, 1), ==, "60");
	g_assert_cmpstr(cell(rows, 0, 2), ==, "path.delay");
	g_assert_cmpstr(cell(rows, 1, 2), ==, "a \"quoted\", text\nof two lines");
	for (size_t i = 0; i < G_N_ELEMENTS(contract); i++) {
		g_autofree char *ci = g_strconcat(contract[i], "_ci95", NULL);
		int at = find_column(rows, contract[i]), col = nap_results_column(res, contract[i]);

		g_assert_cmpint(at, >=, 0);
		g_assert_cmpint(find_column(rows, ci), ==, at + 1);
		if (isnan(res->row[0].mean[col]))
			g_assert_cmpstr(cell(rows, 1, (guint)at), ==, "");
		else
			g_assert_cmpfloat(
				g_ascii_strtod(cell(rows, 1, (guint)at), NULL), ==, res->row[0].mean[col]);
		if (!isnan(res->row[0].ci95[col]))
			g_assert_cmpfloat(g_ascii_strtod(cell(rows, 1, (guint)at + 1), NULL), ==,
				res->row[0].ci95[col]);
	}
	/* no battery group: nothing to say about it */
	g_assert_cmpstr(cell(rows, 1, (guint)find_column(rows, "battery_life_h")), ==, "");
	g_assert_null(strstr(text->str, "nan"));
	g_assert_null(strstr(text->str, "inf"));
	g_ptr_array_unref(rows);
	nap_results_free(res);
	h_free(h);
}

/* One replication has a mean and no half-width; none at all has neither. */
static void test_csv_of_few(void)
{
	g_autofree char *once = g_strdup(scenario);
	struct h_run *h;
	g_autoptr(GString) one = NULL, none = NULL;
	GPtrArray *rows;
	int at;

	memcpy(strstr(once, "replications = 5"), "replications = 1", 16);
	h = h_run(once, 1);
	one = nap_results_csv(h->results);
	rows = read_csv(one->str);
	at = find_column(rows, "energy_j");
	g_assert_cmpstr(cell(rows, 1, (guint)at), !=, "");
	g_assert_cmpstr(cell(rows, 1, (guint)at + 1), ==, "");
	g_ptr_array_unref(rows);
	nap_results_free(h->results);
	h->point.done[0] = false; /* as after Ctrl-C */
	h->results = nap_results_new(&h->campaign, NULL, 0, (const char *const *const[]){ NULL });
	none = nap_results_csv(h->results);
	rows = read_csv(none->str);
	g_assert_cmpuint(h->results->missing, ==, 1);
	g_assert_cmpstr(cell(rows, 1, (guint)find_column(rows, "replications")), ==, "0");
	for (size_t i = 0; i < G_N_ELEMENTS(contract); i++)
		g_assert_cmpstr(cell(rows, 1, (guint)find_column(rows, contract[i])), ==, "");
	g_ptr_array_unref(rows);
	h_free(h);
}

/* ---- JSON ----------------------------------------------------------------------------------------------------------- */

static void test_json(void)
{
	struct h_run *h = h_run(scenario, 1);
	struct nap_results *res = swept(h);
	const struct nap_provenance from = {
		.path = "a \"b\".ini", .text = scenario, .sha256 = "0123", .seed = h->sc->general.seed
	};
	g_autofree char *text = nap_json_text(nap_run_json(res, NULL, h->sc, &from));
	g_autoptr(JsonParser) parser = json_parser_new();
	JsonObject *root, *point;
	GError *error = NULL;

	g_assert_true(g_str_has_suffix(text, "}\n"));
	json_parser_load_from_data(parser, text, -1, &error);
	g_assert_no_error(error);
	root = json_node_get_object(json_parser_get_root(parser));
	g_assert_cmpstr(json_object_get_string_member(root, "schema"), ==, "natnap-run/1");
	g_assert_cmpstr(json_object_get_string_member(root, "title"), ==, "\"A\", and B");
	g_assert_cmpstr(json_object_get_string_member(root, "seed"), ==,
		"18446744073709551615"); /* no double holds it */
	g_assert_cmpstr(
		json_object_get_string_member(json_object_get_object_member(root, "scenario"), "text"), ==,
		scenario);
	g_assert_cmpstr(
		json_object_get_string_member(json_object_get_object_member(root, "scenario"), "file"), ==,
		"a \"b\".ini");
	g_assert_cmpint(json_object_get_int_member(root, "replications_missing"), ==, 0);
	g_assert_cmpuint(json_array_get_length(json_object_get_array_member(root, "points")), ==, 1);
	point = json_array_get_object_element(json_object_get_array_member(root, "points"), 0);
	g_assert_cmpstr(json_object_get_string_member(point, "client.interval"), ==, "60s");
	g_assert_cmpfloat(json_object_get_double_member(point, "client.interval_s"), ==, 60);
	for (size_t i = 0; i < G_N_ELEMENTS(contract); i++) {
		int col = nap_results_column(res, contract[i]);

		g_assert_true(json_object_has_member(point, contract[i]));
		if (isnan(res->row[0].mean[col]))
			g_assert_true(json_object_get_null_member(point, contract[i]));
		else
			g_assert_cmpfloat(
				json_object_get_double_member(point, contract[i]), ==, res->row[0].mean[col]);
	}
	g_assert_true(json_object_get_null_member(point, "battery_life_h"));
	nap_results_free(res);
	h_free(h);
}

/* ---- tables --------------------------------------------------------------------------------------------------------- */

/* A line for each metric that says something, under what it is about; none for what the scenario has not. */
/* Numbers of what a scenario does not have are in no output; each has some scenario that has it. */
static void test_unused(void)
{
	static const char plain[] =
		"[scenario]\nduration = 5min\n[client]\napplication = %s\npolicy = fixed\n%s";
	static const struct {
		const char *metric, *application, *with;
	} rows[] = { { "processor_wakeups", "udp", "interval = 20s\n[device]\nwake-energy = 1mJ\n" },
		{ "requests_made", "tcp", "report = periodic 1min\n" },
		{ "requests_failed", "tcp", "report = periodic 1min\n" },
		{ "request_delay_p99_s", "tcp", "report = periodic 1min\n" },
		{ "connections_opened", "tcp", "report = periodic 1min\n" },
		{ "pool_waits", "tcp", "report = periodic 1min\npool-most = 3\n" },
		{ "background_bytes", "udp", "background = periodic 1min\n" },
		{ "direct_fraction", "udp", "[peer]\ntransport = udp\n" },
		{ "relayed_fraction", "udp", "[peer]\ntransport = udp\n" },
		{ "punch_attempts", "udp", "[peer]\ntransport = udp\n" },
		{ "peer_checks_sent", "udp", "[peer]\ntransport = udp\n" } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		for (int used = 0; used < 2; used++) {
			g_autofree char *text =
				g_strdup_printf(plain, rows[i].application, used ? rows[i].with : "");
			struct h_run *h = h_run(text, 1);

			g_assert_cmpint(nap_results_column(h->results, rows[i].metric) >= 0, ==, used);
			h_free(h);
		}
}

static void test_text(void)
{
	static const char *const absent[] = { "battery_life_h", "tcp_probes_sent", "outages" };
	struct h_run *h = h_run(scenario, 1);
	struct nap_results *res = swept(h);
	g_autoptr(GString) list = nap_run_text(h->results), table = nap_run_text(res);

	for (uint32_t i = 0; i < h->results->n_columns; i++) {
		g_autofree char *line = g_strconcat("\n    ", h->results->column[i].name, " ", NULL);

		g_assert_cmpint(strstr(list->str, line) != NULL, ==, h->results->column[i].listed);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(absent); i++)
		g_assert_null(strstr(list->str, absent[i]));
	g_assert_nonnull(strstr(list->str, "\n  battery\n    energy_j "));
	g_assert_null(strstr(list->str, "nan"));
	g_assert_nonnull(strstr(table->str, "client.interval"));
	g_assert_nonnull(strstr(table->str, "reachable"));
	nap_results_free(res);
	h_free(h);
}

/* ---- what people read first ------------------------------------------------------------------------------------------- */

static void test_said_value(void)
{
	static const struct {
		const char *metric;
		double mean, half;
		const char *text;
	} rows[] = {
		{ "energy_j", 22649, 235.1, "22.65 \xc2\xb1 0.2351 kJ" },
		{ "energy_j", 0, 0, "0 J" },
		{ "average_power_mw", 0.5, 0, "500 \xc2\xb5W" },
		{ "average_power_mw", 12.9, 0, "12.90 mW" },
		{ "radio_connected_s", 120, 0, "2 min" },
		{ "push_delay_p95_s", 1.5, 0, "1.500 s" },
		{ "battery_life_h", 8766 * 4, 0, "4 years" },
		{ "bytes_up", 1.2e9, 0, "1.200 GB" },
		{ "reachable_fraction", 0.995, 0, "99.50 %" },
		{ "battery_percent_per_day", 55, 1, "55 \xc2\xb1 1 %/day" },
		{ "reconnects", 3, 0, "3" },
		{ "dead_detection_s", (double)NAN, (double)NAN, "-" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = nap_said_value(rows[i].metric, rows[i].mean, rows[i].half,
			rows[i].mean - rows[i].half, rows[i].mean + rows[i].half);

		g_assert_cmpstr(text, ==, rows[i].text);
	}
}

/* A point says how reachable it is; a sweep of something else where the least energy is. */
static void test_verdict(void)
{
	struct h_run *h = h_run(scenario, 1);
	struct nap_results *res = swept(h);
	struct nap_advices none = { .n = 0 };
	g_autofree char *point = nap_run_verdict(h->results, &none), *sweep = nap_run_verdict(res, &none);

	g_assert_true(g_str_has_prefix(point, "Reachable "));
	g_assert_nonnull(strstr(point, " mW, "));
	g_assert_nonnull(strstr(point, " % of the energy for keepalives"));
	g_assert_true(g_str_has_prefix(sweep, "client.interval = 60s, path.delay = a "));
	g_assert_nonnull(strstr(sweep, "two lines takes the least energy of 1 points: reachable "));
	nap_results_free(res);
	h_free(h);
}

/* On a narrow page: text wrapped, or columns left out with a word. */
static void test_page(void)
{
	static const char *const prose[] = { "<a", "b", "<what it is", NULL }, *const numbers[] = { "one",
		"two", "three", "four", NULL };
	struct nap_table *t = nap_table_new(prose), *n = nap_table_new(numbers);
	GString *text;

	nap_table_cell(t, g_strdup("name"));
	nap_table_cell(t, g_strdup("12"));
	nap_table_cell(t, g_strdup("words that do not all fit on the page"));
	for (int i = 0; i < 4; i++)
		nap_table_cell(n, g_strdup("1234567890"));
	nap_table_set_page(40);
	text = nap_table_page(t);
	g_assert_cmpstr(text->str, ==,
		"  a      b  what it is\n  name  12  words that do not all fit on\n            the page\n");
	g_string_free(text, TRUE);
	text = nap_table_page(n);
	g_assert_cmpstr(text->str, ==,
		"         one         two       three\n  1234567890  1234567890  1234567890\n"
		"  not shown for want of room: four\n    (--wide shows all)\n");
	g_string_free(text, TRUE);
	nap_table_set_page(0);
	text = nap_table_page(n);
	g_assert_cmpint(strchr(text->str, '\n') - text->str, ==, 48);
	g_string_free(text, TRUE);
	nap_table_free(t);
	nap_table_free(n);
}

/* Heads are broken at their dots before a column is left out; a value is shown whatever the keys take. */
static void test_narrow_page(void)
{
	static const char *const heads[] = { "middlebox.home.udp", "energy", "reachable", "more", NULL },
				 *const keys[] = { "client.report", "client.order", "lost", "delay", NULL };
	struct nap_table *t = nap_table_new(heads), *n = nap_table_new(keys);
	GString *text;

	for (int i = 0; i < 4; i++)
		nap_table_cell(t, g_strdup_printf("%d.000", i));
	nap_table_set_page(44);
	text = nap_table_page(t);
	g_assert_cmpstr(text->str, ==,
		"  middlebox.\n       home.\n         udp  energy  reachable   more\n"
		"       0.000   1.000      2.000  3.000\n");
	g_string_free(text, TRUE);
	nap_table_keys(n, 2);
	nap_table_cell(n, g_strdup("poisson 20/d daily 0 0 0 0 0 1 1 1 1"));
	nap_table_cell(n, g_strdup("fifo"));
	nap_table_cell(n, g_strdup("1.5"));
	nap_table_cell(n, g_strdup("2.5"));
	nap_table_set_page(36);
	text = nap_table_page(n);
	g_assert_cmpstr(text->str, ==,
		"                   client.  client.\n                    report    order  lost\n"
		"  poisson 20/d daily 0 ...     fifo   1.5\n"
		"  not shown for want of room: delay\n    (--wide shows all)\n");
	g_string_free(text, TRUE);
	nap_table_set_page(0);
	nap_table_free(t);
	nap_table_free(n);
}

/* Text at a line's end: beside what is before it where there is room, else below. */
static void test_wrap(void)
{
	g_autoptr(GString) s = g_string_new("name  ");

	nap_table_wrap(s, "words that go on for longer than it", 6);
	g_assert_cmpstr(s->str, ==, "name  words that go on for longer than it");
	nap_table_set_page(32);
	g_string_assign(s, "name  ");
	nap_table_wrap(s, "words that go on for longer than it", 6);
	g_assert_cmpstr(s->str, ==, "name  words that go on for\n      longer than it");
	g_string_assign(s, "a wide beginning  ");
	nap_table_wrap(s, "words that go on for longer than it", 18);
	g_assert_cmpstr(s->str, ==, "a wide beginning\n        words that go on for\n        longer than it");
	g_string_assign(s, "");
	nap_table_set_page(40);
	nap_list_line(s, 6, "name", "words that go on for longer than it");
	g_assert_cmpstr(s->str, ==, "  name   words that go on for longer\n         than it\n");
	nap_table_set_page(0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/report/numbers", test_numbers);
	g_test_add_func("/report/narrow-page", test_narrow_page);
	g_test_add_func("/report/wrap", test_wrap);
	g_test_add_func("/report/half-width", test_half_width);
	g_test_add_func("/report/agreement", test_agreement);
	g_test_add_func("/report/coverage", test_coverage);
	g_test_add_func("/report/bounds-of-run", test_bounds_of_run);
	g_test_add_func("/report/half-width-of-run", test_half_width_of_run);
	g_test_add_func("/report/csv", test_csv);
	g_test_add_func("/report/csv-of-few", test_csv_of_few);
	g_test_add_func("/report/json", test_json);
	g_test_add_func("/report/unused", test_unused);
	g_test_add_func("/report/text", test_text);
	g_test_add_func("/report/said-value", test_said_value);
	g_test_add_func("/report/verdict", test_verdict);
	g_test_add_func("/report/page", test_page);
	return g_test_run();
}
