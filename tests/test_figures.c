/* SPDX-License-Identifier: BSD-2-Clause */
/* Every shipped figure: it loads, simulates, and keeps its tolerances, but for the points that are known not to. */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "experiments/figure.h"

#define FOLDER "scenarios/figures"

/* Points that a figure's note explains: no model of the project meets them. */
static const struct known {
	const char *figure, *series, *x;
} not_met[] = {
	{ "haverinen-2007-current", "3g-model", "150" },
	{ "haverinen-2007-current", "3g-model", "300" },
	{ "haverinen-2007-current", "3g-none", "never" },
	/* the trace printed under this timeout is that of a longer one */
	{ "cloudflare-2019-tcp", "user-timeout-30", "7" },
	{ "cloudflare-2019-tcp", "user-timeout-30", "8" },
	{ "cloudflare-2019-tcp", "user-timeout-30", "9" },
	/* no charge per beacon gives these */
	{ "espressif-dtim", "esp32", "0.3072" },
	{ "espressif-dtim", "esp32s2", "0.1024" },
	{ "espressif-dtim", "esp32s2", "0.3072" },
	{ "espressif-dtim", "esp32s2", "1.024" },
};

static bool is_known(const char *figure, const struct nap_figure_check *c)
{
	for (size_t i = 0; i < G_N_ELEMENTS(not_met); i++) {
		if (strcmp(not_met[i].figure, figure) == 0 && strcmp(not_met[i].series, c->series) == 0 &&
			strcmp(not_met[i].x, c->x) == 0)
			return true;
	}
	return false;
}

/* It is drawn under its title, with published values where there are some with a place, and says what was recalled. */
static void check_drawn(const struct nap_figure *f, const GArray *points, const GPtrArray *checks)
{
	GError *error = NULL;
	struct nap_plot plot;
	g_autofree char *titled = g_strdup_printf("set label '%s'", f->title);
	g_autofree char *file = g_strdup_printf("data = '%s.dat'", f->name);
	bool recalled = false, placed = false;

	g_assert_true(nap_figure_plot(f, points, checks, &plot, &error));
	g_assert_no_error(error);
	for (guint i = 0; i < checks->len; i++) {
		const struct nap_figure_check *c = checks->pdata[i];

		recalled |= strcmp(c->verified, "recalled") == 0;
		placed |= *c->x != '\0' && !isnan(c->published);
	}
	if (!strchr(f->title, '\''))
		g_assert_nonnull(strstr(plot.script->str, titled));
	g_assert_nonnull(strstr(plot.script->str, file));
	g_assert_nonnull(strstr(plot.data->str, "simulated"));
	g_assert_true((strstr(plot.data->str, ": published ") != NULL) == placed);
	g_assert_true((strstr(plot.script->str, "recalled, seen in no source") != NULL) <= recalled);
	nap_plot_clear(&plot);
}

static void test_figure(const void *name)
{
	GError *error = NULL;
	struct nap_figure *f = nap_figure_load(FOLDER, name, &error);
	GArray *points = f ? nap_figure_simulate(f, &error) : NULL;
	GPtrArray *checks = points ? nap_figure_compare(f, points, &error) : NULL;
	GString *csv;

	if (!checks)
		g_error("%s", error->message);
	g_assert_cmpuint(checks->len, >, 0);
	for (guint i = 0; i < checks->len; i++) {
		const struct nap_figure_check *c = checks->pdata[i];

		if (c->met == is_known(name, c))
			g_test_message("%s %s %s: %g, published %g", (const char *)name, c->series, c->x,
				c->simulated, c->published);
		g_assert_true(c->met != is_known(name, c));
		/* where a value was seen, or that it was not, and who says it */
		g_assert_true(strcmp(c->verified, "yes") == 0 || strcmp(c->verified, "secondary") == 0 ||
			      strcmp(c->verified, "recalled") == 0);
		g_assert_cmpstr(c->source, !=, "");
	}
	check_drawn(f, points, checks);
	csv = nap_figure_checks_csv(checks);
	g_assert_nonnull(strstr(csv->str, "relative_error"));
	g_string_free(csv, TRUE);
	g_ptr_array_unref(checks);
	g_array_unref(points);
	nap_figure_free(f);
}

static const char one[] =
	"[figure]\ntitle = t\nsource = s\nkind = calculation\n[series a]\nexperiment = train\n"
	"radio = wifi-aro\nmetric = average_power_mw\nx = interval\nvalues = 1s; 2s\n";

static char *plot_text(struct nap_plot *plot)
{
	char *text = g_strconcat(plot->script->str, plot->data->str, NULL);

	nap_plot_clear(plot);
	return text;
}

/* What published.csv with these rows comes to: the table's text, or the picture's, or the reason why not. */
static char *figure_text(const char *ini, const char *rows, bool drawn)
{
	g_autofree char *dir = g_dir_make_tmp("natnap-figure-XXXXXX", NULL),
			*folder = g_build_filename(dir, "f", NULL),
			*path = g_build_filename(folder, "figure.ini", NULL),
			*csv_path = g_build_filename(folder, "published.csv", NULL);
	GError *error = NULL;
	struct nap_figure *f;
	GArray *points;
	GPtrArray *checks;
	struct nap_plot plot;
	char *told;

	g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
	g_assert_true(g_file_set_contents(path, ini, -1, NULL));
	g_assert_true(g_file_set_contents(csv_path, rows, -1, NULL));
	f = nap_figure_load(dir, "f", &error);
	points = f ? nap_figure_simulate(f, &error) : NULL;
	checks = points ? nap_figure_compare(f, points, &error) : NULL;
	if (checks && !drawn)
		told = g_string_free(nap_figure_checks_text(f, checks), FALSE);
	else if (checks && nap_figure_plot(f, points, checks, &plot, &error))
		told = plot_text(&plot);
	else
		told = g_strdup(error->message);
	if (checks)
		g_ptr_array_unref(checks);
	g_clear_error(&error);
	if (points)
		g_array_unref(points);
	nap_figure_free(f);
	g_remove(csv_path);
	g_remove(path);
	g_rmdir(folder);
	g_rmdir(dir);
	return told;
}

/* What the picture of a figure with this panel comes to: script and data, or the reason why not. */
static char *picture_of(const char *panel, bool met)
{
	g_autofree char *ini = g_strconcat(one,
		"fitted = the power\n[series b]\nexperiment = train\n"
		"radio = wifi-aro\nmetric = average_power_mw\nx = interval\n"
		"values = never\n",
		panel, NULL);
	g_autofree char *rows = g_strdup_printf("series,x,y,unit,tolerance,verified,source,fit\n"
						"a,1,50,mW,%s,yes,s,\na,2,20,mW,1e9,recalled,s,yes\n"
						"b,never,1,mW,1e9,yes,s,\n",
		met ? "1e9" : "1e-9");

	return figure_text(ini, rows, true);
}

static void check_picture(const char *panel, bool met, const char *what)
{
	g_autofree char *told = picture_of(panel, met);

	if (!strstr(told, what))
		g_error("%s lacks: %s", told, what);
}

/* Panels as the file has them: signs by verdict, what was recalled in grey, axes by their names, and what is wrong with one. */
static void test_panels(void)
{
#define LINES "[panel p]\nx = interval_s\ny = power_mw\nseries = a"
	check_picture(LINES "\n", true, "'interval (s)'");
	check_picture(LINES "\n", true, "'power (mW)'");
	check_picture(LINES "\nlabels = the phone\n", true, "set label 'the phone'");
	check_picture(LINES "\n", true, "labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#0072b2'");
	check_picture(LINES "\n", true, "labels hypertext point pt 4 ps 1.25 lw 2 lc rgb '#777777'");
	check_picture(LINES "\n", false, "labels hypertext point pt 2 ps 1.25 lw 2 lc rgb '#0072b2'");
	check_picture(LINES "\n", false, "calculated, not met");
	check_picture(LINES "+ b\nnever = 4\n", true, "set xtics add ('never' 4)");
	check_picture(LINES "\npoints = b@1.5\n", true, "\n1.5 1 1.5 ");
	check_picture(LINES "\nmarks = 1.25=here\nlevels = 7=there\n", true, "from first 1.25, graph 0");
	check_picture("[panel p]\nform = bars\ny = power_mw\nseries = a\npoints = b\n", true, "boxxyerror");
	check_picture(
		"[panel p]\nform = times\nx = time_s\nseries = a\n", true, "with vectors nohead lw 2.2");
	check_picture("", true, "there is no group [panel NAME]");
	check_picture(
		"[panel p]\nseries = c\n", true, "f/figure.ini:18: [panel p] series: there is no series c");
	check_picture(LINES "\npoints = c\n", true, "points: there is no series c");
	check_picture(
		LINES "\nmarks = c=here\n", true, "marks: there is no number and no published series c");
	check_picture(LINES "\nmarks = here\n", true, "marks: takes X=TEXT, not here");
	check_picture(LINES "\nform = pie\n", true, "form");
#undef LINES
}

/* Words hide no value: those of a mark stand above all, a lone value's own say by how much it is off, what is not met lies on top. */
static void test_words(void)
{
	g_autofree char *lone = picture_of("[panel p]\nx = t_s\ny = power_mw\nseries = b\nnever = 4\n", true);
	g_autofree char *two = picture_of("[panel p]\nx = t_s\ny = power_mw\nseries = a\n", true);
	g_autofree char *mark =
		picture_of("[panel p]\nx = t_s\ny = power_mw\nseries = a\nmarks = 1.25=here\n", true);
	g_autofree char *both =
		picture_of("[panel p]\nx = t_s\ny = power_mw\nseries = a; b\nnever = 4\n", false);
	const char *said = strstr(lone, "set label 'simulated: "), *missed = strstr(both, "point pt 2 "),
		   *range = strstr(mark, "set yrange ["), *plain = strstr(two, "set yrange [");
	double low, high, before;

	g_assert_nonnull(said);
	g_assert_cmpfloat(g_ascii_strtod(said + strlen("set label 'simulated: "), NULL), >, 1.0);
	g_assert_null(strstr(two, "set label 'simulated: "));
	g_assert_nonnull(strstr(lone, "+: simulated "));
	g_assert_nonnull(strstr(two, "'lines: simulated "));
	g_assert_nonnull(missed);
	g_assert_null(strstr(missed, "point pt 6 "));
	g_assert_nonnull(strstr(both, "point pt 6 "));
	g_assert_cmpint(sscanf(range, "set yrange [%lf:%lf]", &low, &high), ==, 2);
	g_assert_cmpint(sscanf(plain, "set yrange [%*f:%lf]", &before), ==, 1);
	g_assert_cmpfloat((before - low) / (high - low), <, 0.95);
	g_assert_cmpfloat((before - low) / (high - low), >, 0.9);
}

/* The same input, the same bytes. */
static void test_repeatable(void)
{
	GError *error = NULL;
	struct nap_figure *f = nap_figure_load(FOLDER, "wechat-mars-heartbeat", &error);
	GArray *a = nap_figure_simulate(f, &error), *b = nap_figure_simulate(f, &error);
	GString *x = nap_figure_points_csv(f, a), *y = nap_figure_points_csv(f, b);

	g_assert_cmpstr(x->str, ==, y->str);
	g_string_free(x, TRUE);
	g_string_free(y, TRUE);
	g_array_unref(a);
	g_array_unref(b);
	nap_figure_free(f);
}

static void check_refused(const char *ini, const char *why)
{
	g_autofree char *dir = g_dir_make_tmp("natnap-figure-XXXXXX", NULL),
			*folder = g_build_filename(dir, "f", NULL),
			*path = g_build_filename(folder, "figure.ini", NULL);
	GError *error = NULL;
	struct nap_figure *f;
	GArray *points = NULL;

	g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
	g_assert_true(g_file_set_contents(path, ini, -1, NULL));
	f = nap_figure_load(dir, "f", &error);
	if (f)
		points = nap_figure_simulate(f, &error);
	g_assert_null(points);
	g_assert_nonnull(error);
	if (!strstr(error->message, why))
		g_error("%s lacks: %s", error->message, why);
	g_clear_error(&error);
	nap_figure_free(f);
	g_remove(path);
	g_rmdir(folder);
	g_rmdir(dir);
}

static void check_told(const char *ini, const char *rows, const char *what)
{
	g_autofree char *told = figure_text(ini, rows, false);

	if (!strstr(told, what))
		g_error("%s lacks: %s", told, what);
}

/* A point that parameters were fitted to is held to its tolerance, and is not counted among those that are met. */
static void test_counted(void)
{
#define HEAD "series,x,y,unit,tolerance,verified,source"
	g_autofree char *fitted = g_strconcat(one, "fitted = the power\n", NULL);
	static const char plain[] = HEAD "\na,1,1,mW,1e9,yes,s\na,2,1,mW,1e9,secondary,s\n",
			  fit[] = HEAD ",fit\na,1,1,mW,1e9,yes,s,yes\na,2,1,mW,1e9,recalled,s,\n",
			  fit_off[] = HEAD ",fit\na,1,1,mW,0.001,yes,s,yes\na,2,1,mW,1e9,recalled,s,\n";

	check_told(one, plain, "2 of 2 calculated values within tolerance.\n");
	check_told(
		fitted, fit, "1 of 1 calculated values within tolerance, besides 1 that were fitted to.\n");
	check_told(fitted, fit, "fitted to");
	check_told(fitted, fit_off, "not met");
	check_told(fitted, fit_off, "1 of 2 calculated values within tolerance.\n");
	check_told(one, fit, "says nothing under fitted");
	check_told(one, HEAD "\na,1,1,mW,1e9,seen,s\n", "must be yes, secondary or recalled");
	check_told(fitted, HEAD ",fit\na,1,1,mW,1e9,yes,s,no\n", "must be yes or empty");
	check_told(one, HEAD "\na,1,1,mW,1e9,yes\n", "6 fields in place of 7");
#undef HEAD
}

static void test_refused(void)
{
	static const char head[] = "[figure]\ntitle = t\nsource = s\n";
	g_autofree char *unknown = g_strconcat(head,
		"[series a]\nexperiment = train\nradio = wired\nmetric = nonsense\nx = interval\nvalues = "
		"1s\n",
		NULL);
	g_autofree char *no_radio = g_strconcat(head,
		"[series a]\nexperiment = train\nradio = nothing\nmetric = average_power_mw\nx = "
		"interval\nvalues = 1s\n",
		NULL);
	g_autofree char *steps = g_strconcat(head,
		"[series a]\nexperiment = probe\nradio = wired\nmetric = rtt_ms\nx = idle\nvalues = 1s\n",
		NULL);
	g_autofree char *zero = g_strconcat(head,
		"[series a]\nexperiment = pulse\nradio = wired\nmetric = power_mw\nx = time\nvalues = 0s; "
		"1s; 0s\n",
		NULL);

	check_refused("[series a]\n", "there is no group [figure]");
	check_refused("[figure]\ntitle = t\nsource = s\n[other]\n",
		"groups [figure], [series NAME] and [panel NAME] alone");
	check_refused(unknown, "[series a] metric");
	check_refused(no_radio, "nothing");
	check_refused(steps, "FROM; TO; STEP");
	check_refused(zero, "[series a] values");
}

int main(int argc, char **argv)
{
	g_auto(GStrv) names = nap_figure_names(FOLDER);

	g_test_init(&argc, &argv, NULL);
	g_assert_cmpuint(g_strv_length(names), >=, 10);
	for (char **name = names; *name; name++) {
		g_autofree char *path = g_strconcat("/figures/", *name, NULL);

		g_test_add_data_func(path, *name, test_figure);
	}
	g_test_add_func("/figures/repeatable", test_repeatable);
	g_test_add_func("/figures/counted", test_counted);
	g_test_add_func("/figures/panels", test_panels);
	g_test_add_func("/figures/words", test_words);
	g_test_add_func("/figures/refused", test_refused);
	return g_test_run();
}
