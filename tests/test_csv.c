/* SPDX-License-Identifier: BSD-2-Clause */
/* Comma-separated values: what is written reads back, what is wrong is told with its line, column and reason. */
#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include "experiments/figure.h"
#include "text/csv.h"
#include "io/outfile.h"
#include "io/probes.h"
#include "kernel/rng.h"

/* Rows of fields, separated by | and /, for comparison. */
static char *fields_of(const struct nap_csv *csv)
{
	GString *s = g_string_new(NULL);

	for (unsigned i = 0; i <= csv->n; i++) {
		const struct nap_csv_row *row = i == 0 ? csv->head : &csv->row[i - 1];

		for (unsigned k = 0; k < row->n; k++)
			g_string_append_printf(s, "%s%s", k ? "|" : "", row->field[k]);
		g_string_append_printf(s, "@%u/", row->line);
	}
	return g_string_free(s, FALSE);
}

static void test_read(void)
{
	static const struct {
		const char *text, *fields; /* NULL: refused */
		const char *error;
	} rows[] = {
		{ "a,b\n1,2\n", "a|b@1/1|2@2/", NULL },
		{ "a,b\r\n1, 2 \r\n", "a|b@1/1|2@2/", NULL },
		{ "a", "a@1/", NULL },
		{ "# what\n\na,b\n \t\n# more\n1,\n", "a|b@3/1|@6/", NULL },
		{ "a\n\" x, \"\"y\"\" \"\n", "a@1/ x, \"y\" @2/", NULL },
		{ "a,b\n\"two\nlines\" ,z\n3,4\n", "a|b@1/two\nlines|z@2/3|4@4/", NULL },
		{ "a,b\n,\n\"\",\"\"\n", "a|b@1/|@2/|@3/", NULL },
		{ "a\nx\"y\n", "a@1/x\"y@2/", NULL },
		{ "", NULL, "f.csv:1: there is no header line" },
		{ "\n# nothing\n", NULL, "f.csv:1: there is no header line" },
		{ "a\n\"x\n\n", NULL, "f.csv:2: a quote does not close" },
		{ "a\n1\n\"x\"y\n", NULL, "f.csv:3: text behind a closing quote" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		struct nap_csv *csv = nap_csv_parse("f.csv", rows[i].text, &error);
		g_autofree char *fields = csv ? fields_of(csv) : NULL;

		g_assert_cmpstr(fields, ==, rows[i].fields);
		g_assert_cmpstr(error ? error->message : NULL, ==, rows[i].error);
		nap_csv_free(csv);
	}
}

static void test_columns(void)
{
	static const char *const known[] = { "time_s", "side", "note", NULL };
	static const struct {
		const char *text;
		bool ours;
		int where[3];
		const char *error; /* NULL: fine */
	} rows[] = {
		{ "side,time_s\nx\n", true, { 1, 0, -1 }, NULL },
		{ "Side,what,TIME_S,side\nx,1,2,3,4,5\n", false, { 2, 0, -1 }, NULL },
		{ "sdie\n", true, { 0 }, "f.csv:1: unknown column \"sdie\" (did you mean side?)" },
		{ "side,side\n", true, { 0 }, "f.csv:1: column \"side\" twice" },
		{ "side\n\na,b\n", true, { 0 }, "f.csv:3: more fields than columns" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		struct nap_csv *csv = nap_csv_parse("f.csv", rows[i].text, NULL);
		int where[3];

		g_assert_cmpint(nap_csv_columns(csv, known, rows[i].ours, where, &error), ==, !rows[i].error);
		g_assert_cmpstr(error ? error->message : NULL, ==, rows[i].error);
		if (!rows[i].error)
			g_assert_true(memcmp(where, rows[i].where, sizeof where) == 0);
		nap_csv_free(csv);
	}
}

/* Random texts of the characters that matter, there and back. */
static void test_round_trip(void)
{
	static const char letters[] = "ab,\"\n #";
	struct nap_rng r = nap_rng_stream(11, 0, 0, NAP_RNG_APP);

	for (int run = 0; run < 2000; run++) {
		static const char *const head[] = { "a", "b", "c", NULL };
		struct nap_csv_writer w;
		g_autoptr(GError) error = NULL;
		struct nap_csv *csv;
		char text[3][9];

		nap_csv_begin(&w, head);
		for (int k = 0; k < 3; k++) {
			size_t n = k == 0 ? 1 + nap_rng_below(&r, 8) : nap_rng_below(&r, 9);

			for (size_t i = 0; i < n; i++)
				text[k][i] = letters[nap_rng_below(&r, sizeof letters - 1)];
			text[k][n] = '\0';
			nap_csv_put(&w, text[k]);
		}
		nap_csv_end(&w);
		csv = nap_csv_parse("f.csv", w.text->str, &error);
		g_assert_no_error(error);
		g_assert_cmpuint(csv->n, ==, 1);
		for (int k = 0; k < 3; k++)
			g_assert_cmpstr(nap_csv_field(&csv->row[0], k), ==, text[k]);
		nap_csv_free(csv);
		g_string_free(w.text, TRUE);
	}
}

static void test_numbers(void)
{
	struct nap_csv_writer w;
	g_autoptr(GError) range = NULL, word = NULL;
	double v;

	nap_csv_begin(&w, NULL);
	nap_csv_put_number(&w, 0.1);
	nap_csv_put_number(&w, NAN);
	nap_csv_put_number(&w, -INFINITY);
	nap_csv_put_digits(&w, 1.0 / 3, 4);
	nap_csv_put_digits(&w, INFINITY, 4);
	nap_csv_put_int(&w, -3);
	nap_csv_put_time(&w, 1500 * NAP_MS);
	nap_csv_put_time(&w, 0);
	nap_csv_put_time(&w, -7);
	nap_csv_put_time(&w, NAP_NEVER);
	nap_csv_put_format(&w, "%s_s", "x");
	nap_csv_end(&w);
	g_assert_cmpstr(w.text->str, ==,
		"0.1,,,0.3333,,-3,1.500000000,0.000000000,-0.000000007,9223372036.854775807,x_s\n");
	g_string_free(w.text, TRUE);
	g_assert_true(nap_csv_number("2.5", 0, 3, &v, NULL));
	g_assert_cmpfloat(v, ==, 2.5);
	g_assert_false(nap_csv_number("4", 0, 3, &v, &range));
	g_assert_cmpstr(range->message, ==, "\"4\" is out of range: 0 to 3");
	g_assert_false(nap_csv_number("1x", 0, 3, &v, &word));
	g_assert_false(nap_csv_number("inf", 0, 3, &v, NULL));
	g_assert_false(nap_csv_number("nan", 0, 3, &v, NULL));
	g_assert_false(nap_csv_number("", 0, 3, &v, NULL));
}

/* A figure whose published.csv says text; the error of comparing with it, NULL when it can be read. */
static char *published_error(const char *folder, const char *text)
{
	g_autofree char *path = g_build_filename(folder, "f", "published.csv", NULL);
	g_autoptr(GArray) points = g_array_new(FALSE, FALSE, sizeof(struct nap_figure_point));
	g_autoptr(GError) error = NULL;
	struct nap_figure *figure = nap_figure_load(folder, "f", &error);
	GPtrArray *checks;
	char *said;

	g_assert_no_error(error);
	g_assert_true(nap_write_file(path, text, strlen(text), NULL));
	checks = nap_figure_compare(figure, points, &error);
	said = error ? g_strdup(strstr(error->message, "published.csv")) : NULL;
	g_clear_pointer(&checks, g_ptr_array_unref);
	nap_figure_free(figure);
	g_unlink(path);
	return said;
}

/* Published values are read as strictly as scenarios. */
static void test_published(void)
{
#define HEAD "series,x,y,unit,tolerance,verified,source\n"
	static const struct {
		const char *text, *error;
	} rows[] = {
		{ HEAD "s,1,2,mA,5%,yes,a book\n", NULL },
		{ "source,series,x,y,unit,tolerance,verified\n\"a, b\",s,never,2,mA,0.1,recalled\n", NULL },
		{ HEAD "s,,2,1,at least,yes,a\n", NULL },
		{ HEAD "t,1,2,mA,5%,yes,a\n", "published.csv:2: [series] there is no series t" },
		{ HEAD "s,inf,2,mA,5%,yes,a\n", "published.csv:2: [x] \"inf\" is not a number" },
		{ HEAD "\ns,1,2 mA,mA,5%,yes,a\n", "published.csv:3: [y] \"2 mA\" is not a number" },
		{ HEAD "s,1,2,,5%,yes,a\n", "published.csv:2: [unit] is missing; 1 for a share" },
		{ HEAD "s,1,2,mA,about,yes,a\n", "published.csv:2: [tolerance] \"about\" is not a number" },
		{ HEAD "s,1,2,mA,5%,maybe,a\n",
			"published.csv:2: [verified] must be yes, secondary or recalled" },
		{ HEAD "s,1,2,mA,5%,yes,\n", "published.csv:2: [source] is missing" },
		{ HEAD "s,1,2,mA,5%,yes\n", "published.csv:2: 6 fields in place of 7" },
		{ HEAD "s,1,2,mA,5%,yes,a,b\n", "published.csv:2: more fields than columns" },
		{ "series,x,y,unit,tolerance,verified\n", "published.csv:1: column source is missing" },
		{ "sorce,series,x,y,unit,tolerance,verified\n",
			"published.csv:1: unknown column \"sorce\" (did you mean source?)" },
	};
#undef HEAD
	static const char figure[] =
		"[figure]\ntitle = t\nsource = s\n[series s]\nexperiment = train\n"
		"radio = lte-two-state\nmetric = average_power_mw\nx = interval\nvalues = 60s\n";
	g_autofree char *folder = g_dir_make_tmp("natnap-test-XXXXXX", NULL);
	g_autofree char *dir = g_build_filename(folder, "f", NULL),
			*ini = g_build_filename(dir, "figure.ini", NULL);

	g_assert_true(nap_make_folder(dir, NULL) && nap_write_file(ini, figure, strlen(figure), NULL));
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *error = published_error(folder, rows[i].text);

		g_assert_cmpstr(error, ==, rows[i].error);
	}
	g_unlink(ini);
	g_rmdir(dir);
	g_rmdir(folder);
}

/* Probes of another program: its columns, whatever their case, among others. */
static void test_probes(void)
{
	static const char text[] =
		"Nr,Interval,rtt1,keepordrop\n1,0.5,20,YEP\n2,1,30,NOPE\n3,2,,YEP\n4,x,40,\n";
	g_autofree char *folder = g_dir_make_tmp("natnap-test-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "p.csv", NULL);
	g_autoptr(GError) error = NULL;
	struct nap_probe_set set;

	g_assert_true(nap_write_file(path, text, strlen(text), NULL));
	g_assert_false(nap_probes_load(path, &set, &error));
	g_assert_true(g_str_has_suffix(error->message, "p.csv:5: [Interval] \"x\" is not a number"));
	g_assert_true(nap_write_file(path, text, strlen(text) - strlen("4,x,40,\n"), NULL));
	g_assert_true(nap_probes_load(path, &set, NULL));
	g_assert_cmpuint(set.n, ==, 1);
	g_assert_cmpuint(set.dropped, ==, 2);
	g_assert_cmpfloat(set.probe[0].idle, ==, 0.5);
	g_assert_cmpfloat(set.probe[0].rtt, ==, 0.02);
	g_free(set.probe);
	g_unlink(path);
	g_rmdir(folder);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/csv/read", test_read);
	g_test_add_func("/csv/columns", test_columns);
	g_test_add_func("/csv/round-trip", test_round_trip);
	g_test_add_func("/csv/numbers", test_numbers);
	g_test_add_func("/csv/published", test_published);
	g_test_add_func("/csv/probes", test_probes);
	return g_test_run();
}
