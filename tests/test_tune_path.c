/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * natnap tune on whole scenarios whose best value arithmetic gives: timers one and many, losses that take several keepalives to
 * matter, pushes that keep the binding for the client, and tables whose blocking Erlang and Engset tell.
 */
#include <gsl/gsl_cdf.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "cli/run_job.h"
#include "cli/tune_job.h"
#include "harness.h"
#include "long.h"

/* Tune a scenario's text; options as usual but for those that change says. Free with g_free (values) after use. */
struct tuned {
	struct nap_tune_job job;
	struct nap_tune_options options;
	char *path;
};

static const struct nap_tuned *report(const struct tuned *t)
{
	return t->job.tuned->pdata[0];
}

static void tune(struct tuned *t, const char *text)
{
	GError *error = NULL;
	int file = g_file_open_tmp("tuneXXXXXX.ini", &t->path, &error);

	g_assert_no_error(error);
	g_assert_true(g_close(file, &error));
	g_assert_true(g_file_set_contents(t->path, text, -1, &error));
	t->job = (struct nap_tune_job){ .path = t->path };
	nap_tune_job_load(&t->job, &t->options, &error);
	g_assert_no_error(error);
	g_assert_true(nap_tune_job_run(&t->job, NULL, &error));
	g_assert_no_error(error);
}

static struct tuned *new_tuned(void)
{
	struct tuned *t = g_new0(struct tuned, 1);

	t->options.jobs = t->options.replications = NAP_NOT_GIVEN;
	return t;
}

static void free_tuned(struct tuned *t)
{
	nap_tune_job_clear(&t->job);
	g_unlink(t->path);
	g_free(t->path);
	g_free(t);
}

/* The named value of the first key: seconds of a time. */
static double named(const struct tuned *t)
{
	g_assert_cmpint(report(t)->tune.named, >=, 0);
	return report(t)->named->row[0].number[0];
}

static double metric(const struct tuned *t, const char *name)
{
	const struct nap_results *r = report(t)->named;

	return r->row[0].mean[nap_results_column(r, name)];
}

#define SIMPLE "[path]\nmiddleboxes = nat\n%s[middlebox nat]\ntracker = simple\nudp = %s\nudp-stream = %s\n"
#define CLIENT "[client]\napplication = udp\npolicy = fixed\ninterval = 30s\n"

/* ---- timers ------------------------------------------------------------------------------------------------------------------------ */

/* One timer and nothing random: two hundredths below it, for certain, in one run; without a radio by its packets. */
static void test_certain(void)
{
	static const double timers[] = { 30.0, 61.0, 300.0 };

	for (size_t i = 0; i < G_N_ELEMENTS(timers); i++) {
		g_autofree char *timer = g_strdup_printf("%gs", timers[i]);
		g_autofree char *text =
			g_strdup_printf("[scenario]\nduration = 12h\n" SIMPLE CLIENT, "", timer, timer);
		struct tuned *t = new_tuned();

		tune(t, text);
		g_test_message("timer %g s: %g s", timers[i], named(t));
		g_assert_cmpfloat(named(t), <=, 0.98 * timers[i]);
		g_assert_cmpfloat(named(t), >=, 0.95 * timers[i]);
		g_assert_cmpfloat(report(t)->tune.violation, ==, 0.0);
		g_assert_cmpfloat(report(t)->goal.weight[NAP_TUNE_PACKETS], ==, 1.0);
		g_assert_cmpfloat(report(t)->goal.weight[NAP_TUNE_ENERGY], ==, 0.0);
		g_assert_cmpfloat(metric(t, "bindings_expired"), ==, 0.0);
		g_assert_cmpfloat(report(t)->margin_s, >=, 0.02 * timers[i] - 0.01 * timers[i]);
		free_tuned(t);
	}
}

/* Each subscriber has its own timer, lognormal: the quantile that a twentieth of them are below. */
static void test_population(void)
{
	const double sigma = 0.4, q = 90.0 * exp(gsl_cdf_ugaussian_Pinv(0.05) * sigma);
	g_autofree char *text = g_strdup_printf("[scenario]\nduration = 2h\nsubscribers = 50\n" SIMPLE CLIENT,
		"", "lognormal 90s 0.4", "lognormal 90s 0.4");
	struct tuned *t = new_tuned();
	double below;

	t->options.goal.users = (char *)"95%";
	t->options.goal.reachable = (char *)"99%";
	tune(t, text);
	below = gsl_cdf_ugaussian_P(log(named(t) / 90.0) / sigma);
	g_test_message("quantile %g s, named %g s: %g %% have a shorter timer; said %g", q, named(t),
		100.0 * below, report(t)->tune.violation);
	g_assert_cmpfloat(below, <=, 0.05);
	g_assert_cmpfloat(named(t), >=, 0.8 * q);
	g_assert_cmpfloat(report(t)->tune.violation, <=, 0.05);
	free_tuned(t);
}

/* ---- loss --------------------------------------------------------------------------------------------------------------------------- */

/*
 * Keepalives are lost with p = 10 %, none is repeated, and only they restart the timer of 60 s: the binding goes when all k =
 * floor(60 s / interval) in a row are lost, 86400 s / interval (1 - p) p^k times a day. Ten a day need k = 3, a hundred k = 2.
 */
static void test_loss(void)
{
	static const struct {
		const char *allowed;
		double most, longest;
	} rows[] = { { "10/d", 10.0, 20.0 }, { "100/d", 100.0, 30.0 }, { "1/d", 1.0, 15.0 } };

	for (size_t i = 0; i < how_many(2, G_N_ELEMENTS(rows)); i++) {
		g_autofree char *text =
			g_strdup_printf("[scenario]\nduration = 1d\nsubscribers = 4\n" SIMPLE CLIENT,
				"loss = 10%\n", "60s", "60s");
		struct tuned *t = new_tuned();
		double k, rate;

		t->options.goal.bindings_lost = (char *)rows[i].allowed;
		t->options.goal.reachable = (char *)"90%";
		t->options.replications = 32;
		tune(t, text);
		k = floor(60.0 / named(t));
		rate = 86400.0 / named(t) * 0.9 * pow(0.1, k);
		g_test_message("%s: %g s, %g a day by the formula, %g seen", rows[i].allowed, named(t), rate,
			metric(t, "bindings_expired"));
		g_assert_cmpfloat(named(t), <=, rows[i].longest);
		g_assert_cmpfloat(named(t), >=, 0.94 * rows[i].longest);
		g_assert_cmpfloat_with_epsilon(metric(t, "bindings_expired"), rate, 0.1 * rate + 0.2);
		free_tuned(t);
	}
}

/* ---- pushes that refresh -------------------------------------------------------------------------------------------------------------- */

/*
 * Pushes (Poisson, one a minute) restart the timer of 300 s too: in an interval of 300 to 600 s the binding goes with e^-5 (1 + 5
 * (interval / 300 s - 1)), the chance that some gap in it is longer than the timer. Without that the timer is the end.
 */
static void test_pushes(void)
{
	static const struct {
		const char *refresh;
		double lo, hi;
	} rows[] = { { "both", 345.0, 405.0 }, { "outbound", 280.0, 294.0 } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *head = g_strdup_printf(
			"[scenario]\nduration = 1d\nsubscribers = 4\n" SIMPLE, "", "300s", "300s");
		g_autofree char *text = g_strdup_printf("%srefresh = %s\n" CLIENT
							"answer = no\n[server]\npush = poisson 60/h\n",
			head, rows[i].refresh);
		struct tuned *t = new_tuned();
		double over, rate;
		char over_key[] = "client.interval=60s..590s", *keys[] = { over_key, NULL };

		t->options.over = keys;
		t->options.goal.bindings_lost = (char *)"4/d";
		t->options.goal.reachable = (char *)"90%";
		t->options.replications = 40;
		tune(t, text);
		over = named(t) / 300.0 - 1.0;
		rate = over > 0.0 ? 86400.0 / named(t) * exp(-5.0) * (1.0 + 5.0 * over) : 0.0;
		g_test_message("refresh %s: %g s, %g a day by the formula, %g seen", rows[i].refresh,
			named(t), rate, metric(t, "bindings_expired"));
		g_assert_cmpfloat(named(t), >=, rows[i].lo);
		g_assert_cmpfloat(named(t), <=, rows[i].hi);
		g_assert_cmpfloat_with_epsilon(metric(t, "bindings_expired"), rate, 0.1 * rate + 0.1);
		free_tuned(t);
	}
}

/* ---- blocking --------------------------------------------------------------------------------------------------------------------------- */

/* Erlang B by its recurrence. */
static double erlang(double load, int servers)
{
	double b = 1.0;

	for (int c = 1; c <= servers; c++)
		b = load * b / (c + load * b);
	return b;
}

/* Engset's share of attempts that are refused: of n sources each with idle load a, as the others see it. */
static double engset(int n, double a, int servers)
{
	double b = 1.0;

	for (int c = 1; c <= servers; c++)
		b = (n - c) * a * b / (c + (n - c) * a * b);
	return b;
}

/*
 * Each of n clients speaks at random (Poisson), a session lives until its client has been silent for the timer: sources with
 * exponential idle times and sessions of mean (e^x - 1) / rate, x = rate x timer. Engset holds whatever their distribution; with
 * many sources it is Erlang B.
 */
static void check_blocking(int n, const char *need, double x, const char *blocking, double share)
{
	g_autofree char *text =
		g_strdup_printf("[scenario]\nduration = %s\nsubscribers = %d\n[path]\nmiddleboxes = cgn\n"
				"[middlebox cgn]\nkind = firewall\nshared = yes\ntracker = simple\n"
				"udp = 1min\nudp-stream = 1min\ncapacity = 20\n[client]\n"
				"application = udp\npolicy = on-need\nneed = %s\n"
				"start = exponential %s\n",
			n > 100 ? "12h" : "24h", n, need, need);
	struct tuned *t = new_tuned();
	double a = exp(x) - 1.0;
	int best = 1, found;

	while (engset(n, a, best) > share)
		best++;
	t->options.solve = (char *)"middlebox.cgn.capacity=1..60";
	t->options.blocking = (char *)blocking;
	tune(t, text);
	found = atoi(report(t)->named->row[0].swept[0]);
	g_test_message("%d sources, %s: %d, by Engset %d (%.3g %%, one less %.3g %%), by Erlang %.3g %%", n,
		blocking, found, best, 100.0 * engset(n, a, best), 100.0 * engset(n, a, best - 1),
		100.0 * erlang(n * a, best));
	g_assert_cmpint(found, ==, best);
	free_tuned(t);
}

/*
 * Engset's state k has the weight that Erlang's has, (n a)^k / k!, times r(k), the product of 1 - i / n, i = 1 ... k. So Engset
 * refuses Erlang's share times r(last) / E r, E over Erlang's states. r falls with k, thus r(last) <= E r <= 1: Engset refuses no
 * more, and less by no more than 1 - r(last) of it. By Jensen E r >= exp E log r, where -log r(k) <= k (k + 1) / 2 / (n - last) and
 * E k (k + 1) <= A^2 + 2 A, A = n a: Engset refuses less by no less than 1 - r(last) exp((A^2 + 2 A) / 2 / (n - last)) of it.
 */
static void check_erlang_limit(int n, double a, int servers)
{
	double all = erlang(n * a, servers), load = n * a, product = 1.0, gap = all - engset(n, a, servers);
	double least, most;

	for (int i = 1; i <= servers; i++)
		product *= 1.0 - (double)i / n;
	most = all * (1.0 - product);
	least = all * (1.0 - product * exp((load * load + 2.0 * load) / 2.0 / (n - servers)));
	g_test_message(
		"%d sources, %d places: Erlang less Engset %g, from %g to %g", n, servers, gap, least, most);
	g_assert_cmpfloat(gap, >=, least);
	g_assert_cmpfloat(gap, <=, most);
}

static void test_blocking(void)
{
	check_blocking(60, "6min", 1.0 / 6.0, "1%", 0.01);
	check_blocking(2000, "4h", 1.0 / 240.0, "1%", 0.01);
	if (in_full())
		check_blocking(20, "1min", 1.0, "5%", 0.05);
	check_erlang_limit(2000, exp(1.0 / 240.0) - 1.0, 16);
	check_erlang_limit(20000, (exp(1.0 / 240.0) - 1.0) / 10.0, 16);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tune-path/certain", test_certain);
	g_test_add_func("/tune-path/population", test_population);
	g_test_add_func("/tune-path/loss", test_loss);
	g_test_add_func("/tune-path/pushes", test_pushes);
	g_test_add_func("/tune-path/blocking", test_blocking);
	return g_test_run();
}
