/* SPDX-License-Identifier: BSD-2-Clause */
/* Results over subscribers: sketches against sorted values, quantiles and shares against what is known, the same for any order. */
#include <math.h>

#include "harness.h"
#include "kernel/rng.h"
#include "report/each_columns.h"
#include "report/interval_each.h"
#include "run/replicate.h"
#include "text/bound_text.h"

/* ---- the sketch ------------------------------------------------------------------------------------------------------- */

static int by_value(gconstpointer a, gconstpointer b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Values from 0 to a number of digits that differ, so that all bucket widths are met. */
static uint64_t draw_value(struct nap_rng *r)
{
	return nap_rng_next(r) >> (1 + nap_rng_below(r, 63));
}

static void test_spread(void)
{
	struct nap_rng r = nap_rng_stream(3, 0, 0, NAP_RNG_APP);

	for (uint32_t n = 1; n < 3000; n = n * 2 + 1) {
		g_autofree uint64_t *v = g_new(uint64_t, n);
		struct nap_spread all = { 0 }, part[3] = { { 0 } }, merged = { 0 };

		for (uint32_t i = 0; i < n; i++) {
			v[i] = draw_value(&r);
			nap_spread_add(&all, v[i]);
			nap_spread_add(&part[nap_rng_below(&r, 3)], v[i]);
		}
		for (int i = 2; i >= 0; i--)
			nap_spread_merge(&merged, &part[i]);
		qsort(v, n, sizeof *v, (int (*)(const void *, const void *))by_value);
		g_assert_cmpuint(merged.n, ==, all.n);
		for (uint32_t i = 0; i < all.n; i++) {
			g_assert_cmpuint(merged.row[i].bucket, ==, all.row[i].bucket);
			g_assert_cmpuint(merged.row[i].count, ==, all.row[i].count);
		}
		for (uint32_t i = 0; i < n; i++) {
			uint64_t got = nap_spread_at(&merged, i + 1);

			g_assert_cmpfloat(fabs((double)got - (double)v[i]), <=, (double)v[i] / 2048);
			g_assert_cmpuint(got, ==, nap_spread_at(&all, i + 1));
		}
		g_assert_cmpuint(nap_spread_at(&all, 1), >=, v[0]);
		g_assert_cmpuint(nap_spread_at(&all, n), <=, v[n - 1]);
		for (int i = 0; i < 3; i++)
			nap_spread_clear(&part[i]);
		nap_spread_clear(&all);
		nap_spread_clear(&merged);
	}
	g_assert_cmpuint(nap_spread_rank(0.05, 20), ==, 1);
	g_assert_cmpuint(nap_spread_rank(0.05, 21), ==, 2);
	g_assert_cmpuint(nap_spread_rank(0.5, 5), ==, 3);
	g_assert_cmpuint(nap_spread_rank(0.99, 100), ==, 99);
	g_assert_cmpuint(nap_spread_rank(0, 7), ==, 1);
	g_assert_cmpuint(nap_spread_rank(1, 7), ==, 7);
}

/* ---- populations of known shares --------------------------------------------------------------------------------------- */

/* A quarter of the boxes forgets before the next keepalive: dead from then on, with nobody to tell the client. */
#define TIMERS "empirical 40s 80s 90s 100s"

static char *scenario_text(const char *more, const char *udp, const char *push)
{
	return g_strdup_printf(
		"[scenario]\nduration = 3h\n%s\n[path]\nmiddleboxes = nat\n[middlebox nat]\nudp = %s\n"
		"udp-stream = %s\ninput = drop\n[radio]\nprofile = lte-two-state\n[battery]\nprofile = "
		"phone-3000mah\n[client]\napplication = udp\npolicy = fixed\ninterval = 60s\n[server]\n"
		"push = %s\n",
		more, udp, udp, push);
}

static void test_known_share(void)
{
	g_autofree char *text = scenario_text("subscribers = 4000\nreplications = 2\nbounds = reachable >= "
					      "99%; reachable <= 99%; bindings-lost <= 0; energy >= 1J; "
					      "pushes-lost <= 0",
		TIMERS, "none");
	struct h_run *h = h_run(text, 2);
	double dead = 1 - h_mean(h, "subscribers_with_reachable>=99%");

	/* 40 s of each 60 are reachable, but for the first */
	g_assert_cmpfloat(fabs(dead - 0.25), <, 4 * sqrt(0.25 * 0.75 / 8000));
	g_assert_cmpfloat(dead, ==, h_mean(h, "subscribers_with_reachable<=99%"));
	g_assert_cmpfloat(1 - dead, ==, h_mean(h, "subscribers_with_bindings-lost<=0"));
	g_assert_cmpfloat(h_mean(h, "subscribers_with_energy>=1J"), ==, 1);
	g_assert_cmpfloat(h_mean(h, "subscribers_with_pushes-lost<=0"), ==, 1);
	g_assert_cmpfloat(fabs(h_mean(h, "subscriber_p5_reachable_fraction") - 2.0 / 3), <, 0.01);
	g_assert_cmpfloat(h_mean(h, "subscriber_p50_reachable_fraction"), >, 0.999);
	g_assert_cmpfloat(h_mean(h, "subscriber_p50_bindings_lost"), ==, 0);
	g_assert_cmpfloat(fabs(h_mean(h, "subscriber_p99_bindings_lost") - 180), <=, 1);
	g_assert_true(isnan(h_mean(h, "subscriber_p50_push_delay_s")));
	/* all keepalives are alike, so is the energy; its mean is worked out another way */
	g_assert_cmpfloat(fabs(h_mean(h, "subscriber_p50_energy_j") / h_mean(h, "energy_j") - 1), <, 1e-3);
	g_assert_cmpfloat(fabs(h_mean(h, "subscriber_p50_battery_percent_per_day") /
					  h_mean(h, "battery_percent_per_day") -
				  1),
		<, 1e-3);
	g_assert_cmpfloat(h->point.replication[0].within[0] + h->point.replication[1].within[0], ==,
		(double)h->point.each.within[0]);
	h_free(h);
}

/* One subscriber a replication: the quantiles are over replications, those of all together. */
static void test_one_subscriber(void)
{
	g_autofree char *text = scenario_text("replications = 400", TIMERS, "poisson 20/h");
	struct h_run *h = h_run(text, 2);
	double sum = 0, least = INFINITY;

	for (int i = 0; i < 400; i++) {
		const struct nap_replication *r = &h->point.replication[i];
		double value;

		/* of one subscriber all quantiles are its own value */
		g_assert_cmpfloat(r->each[NAP_EACH_PUSHES_LOST][0], ==, r->each[NAP_EACH_PUSHES_LOST][4]);
		g_assert_cmpfloat(r->each[NAP_EACH_PUSHES_LOST][0], ==,
			NAP_TALLIED(r, pushes_offered) - NAP_TALLIED(r, pushes_delivered));
		g_assert_cmpfloat(fabs(r->each[NAP_EACH_ENERGY][2] / (r->energy.total / 1e3) - 1), <, 1e-5);
		g_assert_cmpfloat(fabs(r->each[NAP_EACH_REACHABLE][2] -
					  NAP_TALLIED(r, reachable_ns) / (double)h->sc->general.duration),
			<, 1e-12);
		g_assert_true(nap_replication_metric(h->sc, r, "subscriber_p50_push_delay_s", &value));
		g_assert_cmpfloat(value, >, 0);
		g_assert_true(nap_replication_metric(h->sc, r, "subscribers_with_reachable>=99%", &value));
		sum += value;
		least = fmin(least, r->each[NAP_EACH_ENERGY][0]);
	}
	g_assert_cmpfloat(fabs(h_mean(h, "subscribers_with_reachable>=99%") - sum / 400), <, 1e-12);
	g_assert_cmpfloat(sum / 400, >, 0.6);
	g_assert_cmpfloat(h_mean(h, "subscriber_p1_energy_j"), >=, least);
	h_free(h);
}

/* Subscribers of a shared table touch one another: what each counted is told apart all the same. */
static void test_orders(void)
{
	static const char *const ways[] = { "order = subscriber", "order = subscriber\nskip = no",
		"order = global" };
	g_autofree char *first = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(ways); i++)
		for (uint32_t threads = 1; threads <= 3; threads += 2) {
			g_autofree char *more =
				g_strdup_printf("subscribers = 150\nreplications = 2\n%s", ways[i]);
			g_autofree char *text = scenario_text(more, "lognormal 70s 0.4", "poisson 6/h");
			struct h_run *h = h_run(text, threads);
			GString *cdf = nap_cdf_csv(&h->campaign, h->results),
				*csv = nap_results_csv(h->results);

			g_string_append(cdf, csv->str);
			g_string_free(csv, TRUE);
			if (first)
				g_assert_cmpstr(first, ==, cdf->str);
			else
				first = g_strdup(cdf->str);
			g_string_free(cdf, TRUE);
			h_free(h);
		}
}

/* ---- intervals ---------------------------------------------------------------------------------------------------------- */

static void test_ranks(void)
{
	/* from tables of the binomial distribution, for the median: chances beyond of 3.1, 1.6, 1.1, 2.1, 2.8 % */
	static const struct {
		uint64_t n, low, high;
	} rows[] = { { 5, 1, 5 }, { 6, 1, 6 }, { 10, 2, 9 }, { 20, 6, 15 }, { 100, 41, 60 } };
	uint64_t low, high;
	struct nap_interval i;

	for (size_t k = 0; k < G_N_ELEMENTS(rows); k++) {
		nap_quantile_ranks(rows[k].n, 0.5, &low, &high);
		g_assert_cmpuint(low, ==, rows[k].low);
		g_assert_cmpuint(high, ==, rows[k].high);
	}
	nap_quantile_ranks(UINT64_C(1000000000), 0.5, &low, &high);
	g_assert_cmpfloat(fabs((double)low - (5e8 - 30990)), <, 5);
	g_assert_cmpfloat(fabs((double)high - (5e8 + 30990)), <, 5);
	i = nap_share_interval(0, 10); /* Wilson: 0 to 0.2775 */
	g_assert_cmpfloat(i.low, ==, 0);
	g_assert_cmpfloat(fabs(i.high - 0.27753), <, 1e-5);
	i = nap_share_interval(10, 10);
	g_assert_cmpfloat(i.high, ==, 1);
	g_assert_cmpfloat(fabs(i.low - 0.72247), <, 1e-5);
	i = nap_share_interval(81, 263); /* Newcombe 1998, table I */
	g_assert_cmpfloat(fabs(i.low - 0.2553), <, 1e-4);
	g_assert_cmpfloat(fabs(i.high - 0.3662), <, 1e-4);
}

/* ---- bounds as text ------------------------------------------------------------------------------------------------------ */

static void test_bound_text(void)
{
	static const struct {
		const char *text, *why;
	} bad[] = {
		{ "reach >= 99%", "\"reach\" is nothing that a subscriber has (did you mean reachable?)" },
		{ "reachable > 99%", "\"reachable > 99%\" is no bound, for instance reachable >= 99.9%; "
				     "bindings-lost <= 0; energy <= 300J" },
		{ "energy <= 3", NULL },
		{ "reachable >= 99%; reachable>=99%", "reachable>=99% stands twice" },
		{ "reachable >= 101%", "reachable: 101% is more than 100%" },
		{ "push-delay <= never", "push-delay: never is no bound" },
		{ "energy <= 1J; energy >= 2J", "energy>=2J contradicts energy<=1J" },
		{ "battery >= 9%; battery <= 8%", "battery<=8% contradicts battery>=9%" },
	};
	struct nap_arena *arena = nap_arena_new();
	struct nap_bounds bounds;
	g_autofree char *text = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_false(nap_bounds_parse(bad[i].text, arena, &bounds, &error));
		if (bad[i].why)
			g_assert_cmpstr(error->message, ==, bad[i].why);
	}
	g_assert_true(nap_bounds_parse(
		"push-delay <= 5s; battery<= 3% ;bindings-lost <= 0;", arena, &bounds, NULL));
	text = nap_bounds_format(&bounds);
	/* both ends of what may be, and what a battery may not last for */
	g_assert_true(nap_bounds_parse(
		"energy <= 2J; energy >= 2J; energy >= 1J; battery <= 150%; reachable >= 100%", arena,
		&bounds, NULL));
	g_assert_cmpuint(bounds.n, ==, 5);
	g_assert_true(nap_bounds_parse(text, arena, &bounds, NULL));
	g_assert_cmpstr(text, ==, "push-delay<=5s; battery<=3%; bindings-lost<=0");
	g_assert_cmpfloat(bounds.bound[0].limit, ==, 5e9);
	nap_arena_free(arena);
}

/* Where nobody has a battery a bound on it is refused; one kind that has one will do. */
static void test_no_battery(void)
{
	static const struct {
		const char *more;
		bool runs;
	} rows[] = { { "", false }, { "[battery]\nprofile = phone-3000mah\n", true },
		{ "[mix]\nclient.interval = 1min 50%; 2min 50%\n", false },
		{ "[mix]\nbattery.profile = phone-3000mah 50%; phone-1000mah 50%\n", true } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strdup_printf(
			"[scenario]\nduration = 1h\nsubscribers = 9\nbounds = battery <= "
			"5%%\n[radio]\nprofile = "
			"lte-two-state\n[client]\napplication = udp\npolicy = fixed\ninterval = 1min\n%s",
			rows[i].more);
		struct nap_scenario *sc = h_scenario(text);
		g_autofree struct nap_plan *plan = g_new(struct nap_plan, 1);

		g_assert_cmpint(nap_plan_make(plan, sc), ==, rows[i].runs);
		if (!rows[i].runs)
			g_assert_cmpstr(plan->why, ==,
				"[scenario] bounds: there is no [battery] of which battery could tell");
		nap_scenario_free(sc);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/each/spread", test_spread);
	g_test_add_func("/each/known_share", test_known_share);
	g_test_add_func("/each/one_subscriber", test_one_subscriber);
	g_test_add_func("/each/orders", test_orders);
	g_test_add_func("/each/ranks", test_ranks);
	g_test_add_func("/each/bound_text", test_bound_text);
	g_test_add_func("/each/no_battery", test_no_battery);
	return g_test_run();
}
