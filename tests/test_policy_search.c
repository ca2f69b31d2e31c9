/* SPDX-License-Identifier: BSD-2-Clause */
/* What adaptive policies converge to behind a hidden timeout, with loss. */
#include "pair.h"
#include "policy_settings.h"

static nap_time seconds(double s)
{
	return (nap_time)(s * 1e9 + 0.5);
}

static int compare_times(const void *a, const void *b)
{
	nap_time x = *(const nap_time *)a, y = *(const nap_time *)b;

	return x < y ? -1 : x > y;
}

/* A quantile of the last gaps between keepalives: what the policy has come to, whatever loss does now and then. */
static double usual_gap(const struct pair *p, double quantile)
{
	enum { N = 60 };
	nap_time gaps[N];

	g_assert_cmpuint(p->keepalives, >, N);
	for (uint32_t i = 0; i < N; i++)
		gaps[i] = p->keepalive_log[(p->keepalives - 1 - i) % PAIR_LOG] -
			  p->keepalive_log[(p->keepalives - 2 - i) % PAIR_LOG];
	qsort(gaps, N, sizeof gaps[0], compare_times);
	return nap_time_seconds(gaps[(int)(quantile * (N - 1))]);
}

static void set_up(struct pair *p, uint32_t transport, const char *policy, nap_time timeout, double loss)
{
	pair_init(p, transport, policy, 0);
	set_defaults(p->policy_config, p->setup.policy);
	p->timeout = timeout;
	p->loss = loss;
	p->app.keepalive_answer = 1;
	p->app.answer_timeout = transport == NAP_OVER_TCP ? 10 * NAP_S : 2 * NAP_S;
	p->app.answer_tries = 5;
}

static const nap_time hidden[] = { NAP_S, 7 * NAP_S, 30 * NAP_S, 100 * NAP_S, 350 * NAP_S, 1000 * NAP_S,
	3600 * NAP_S, 3 * NAP_H };
static const double losses[] = { 0.0, 0.01, 0.05 };

struct search_case {
	const char *policy;
	uint32_t transport;
	const char *settings[8];
	double resolution; /* share by which the interval may stay below the timeout */
	double low;        /* least share of its interval that a keepalive waits */
};

static const struct search_case searches[] = {
	{ "binary", NAP_OVER_UDP, { "min-interval", "600ms", "max-interval", "4h", "reprobe", "30d" }, 0.05,
		1 },
	{ "binary", NAP_OVER_TCP, { "min-interval", "600ms", "max-interval", "4h", "reprobe", "30d" }, 0.05,
		1 },
	{ "memory", NAP_OVER_UDP, { "min-interval", "600ms", "max-interval", "4h", "reprobe", "30d" }, 0.05,
		1 },
	{ "stepwise", NAP_OVER_UDP,
		{ "min-interval", "600ms", "max-interval", "4h", "growth", "10%", "hold", "30d" }, 0.10, 1 },
	{ "teredo", NAP_OVER_UDP,
		{ "initial", "600ms", "max-interval", "4h", "growth", "10%", "reprobe", "30d" }, 0.10, 0.75 },
};

static void set_all(struct pair *p, const char *const *settings)
{
	for (int i = 0; i < 8 && settings[i]; i += 2)
		set(p->policy_config, p->setup.policy, settings[i], settings[i + 1]);
}

/* 300 times the timeout is far more than any of the searches takes: from there on the interval must be the usual one. */
static void test_converge(const void *data)
{
	const struct search_case *sc = data;

	for (size_t i = 0; i < G_N_ELEMENTS(hidden); i++)
		for (size_t j = 0; j < G_N_ELEMENTS(losses); j++) {
			double t = nap_time_seconds(hidden[i]), gap;
			PAIR p;

			set_up(&p, sc->transport, sc->policy, hidden[i], losses[j]);
			set_all(&p, sc->settings);
			pair_run(&p, 300 * hidden[i]);
			gap = usual_gap(&p, 0.5);
			g_test_message("%s, timeout %g s, loss %g: usual gap %g s, %u lost", sc->policy, t,
				losses[j], gap, p.dead);
			/* over TCP the client's acknowledgement of the answer begins the silence, a round trip later */
			g_assert_cmpfloat(gap, <, sc->transport == NAP_OVER_TCP ? t + 0.1 : t);
			g_assert_cmpfloat(gap, >=, t / (1 + sc->resolution) * (1 + sc->low) / 2 * 0.92 - 0.1);
		}
}

/* The saw-tooth of AIMD: never above the timeout by more than a step, never below half of it once it is there. */
static void test_aimd_sawtooth(void)
{
	PAIR p;
	nap_time most = 0, least = NAP_NEVER;

	set_up(&p, NAP_OVER_UDP, "aimd", 600 * NAP_S, 0);
	pair_run(&p, 200 * 600 * NAP_S);
	for (uint32_t i = p.up / 2; i + 1 < p.up; i++) {
		most = nap_time_max(most, p.log[i + 1] - p.log[i]);
		least = nap_time_min(least, p.log[i + 1] - p.log[i]);
	}
	g_assert_cmpint(most, >=, 600 * NAP_S);
	g_assert_cmpint(most, <=, 630 * NAP_S);
	g_assert_cmpint(least, >=, 300 * NAP_S);
}

/* Policies bound to a range of their own: they come to rest below the timeout, not more than a step and a bit under it. */
static void test_converge_bounded(void)
{
	static const struct {
		const char *policy;
		double timeout, step;
	} rows[] = {
		{ "wechat", 250, 80 },
		{ "wechat", 400, 80 },
		{ "wechat", 560, 80 },
		{ "direct-push", 600, 300 },
		{ "direct-push", 1500, 300 },
		{ "direct-push", 3000, 300 },
		{ "aimd", 100, 60 },
		{ "aimd", 1000, 530 },
		{ "aimd", 7000, 3530 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		for (size_t j = 0; j < G_N_ELEMENTS(losses); j++) {
			double gap, t = rows[i].timeout;
			PAIR p;

			set_up(&p, NAP_OVER_UDP, rows[i].policy, seconds(t), losses[j]);
			pair_run(&p, seconds(600 * t));
			gap = usual_gap(&p, 0.5);
			g_test_message("%s, timeout %g s, loss %g: usual gap %g s", rows[i].policy, t,
				losses[j], gap);
			g_assert_cmpfloat(gap, <, t);
			g_assert_cmpfloat(gap, >=, t - rows[i].step);
		}
}

/* However much is lost for a day, the interval comes back afterwards: none stays at its minimum for ever. */
static void test_not_tricked(void)
{
	static const struct search_case cases[] = {
		{ "binary", NAP_OVER_UDP, { "reprobe", "1d" }, 0, 0 },
		{ "memory", NAP_OVER_UDP, { "reprobe", "1d" }, 0, 0 },
		{ "stepwise", NAP_OVER_UDP, { "hold", "1d" }, 0, 0 },
		{ "aimd", NAP_OVER_UDP, { NULL }, 0, 0 },
		{ "wechat", NAP_OVER_UDP, { "reprobe", "1d" }, 0, 0 },
		{ "direct-push", NAP_OVER_UDP, { NULL }, 0, 0 },
		{ "teredo", NAP_OVER_UDP, { "reprobe", "1d" }, 0, 0 },
	};
	static const double least[] = { 15, 15, 15, 15, 210, 60, 22.5 };

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		PAIR p;
		double lossy, after;

		set_up(&p, NAP_OVER_UDP, cases[i].policy, 30 * NAP_MIN, 0.6);
		set_all(&p, cases[i].settings);
		p.app.answer_tries = 1;
		pair_run(&p, NAP_DAY);
		lossy = usual_gap(&p, 0.5);
		p.loss = 0;
		pair_run(&p, 31 * NAP_DAY);
		after = usual_gap(&p, 0.5);
		g_test_message("%s: usual gap %g s under loss, %g s after", cases[i].policy, lossy, after);
		g_assert_cmpfloat(after, >, 2 * least[i] - 0.1);
		g_assert_cmpfloat(after, <, 30 * 60);
	}
}

/* What was learnt on one network is there when the client comes back to it; without memory it is learnt again. */
static void test_memory(void)
{
	static const char *const policies[] = { "memory", "binary" };

	for (int i = 0; i < 2; i++) {
		PAIR p;
		double wifi;

		set_up(&p, NAP_OVER_UDP, policies[i], 10 * NAP_MIN, 0);
		pair_run(&p, NAP_DAY);
		wifi = usual_gap(&p, 0.5);
		p.world.network = 1; /* cellular */
		p.timeout = NAP_MIN;
		nap_client_readdress(&p.c, &p.setup, p.now, &p.world, NAP_ADDR(100, 64, 0, 2), &p.out);
		pair_collect(&p, true);
		pair_run(&p, 2 * NAP_DAY);
		g_assert_cmpfloat(usual_gap(&p, 0.5), <, 60);
		p.world.network = 0;
		p.timeout = 10 * NAP_MIN;
		nap_client_readdress(&p.c, &p.setup, p.now, &p.world, NAP_ADDR(10, 0, 0, 2), &p.out);
		pair_collect(&p, true);
		if (i == 0)
			g_assert_cmpint(p.c.due - p.now, ==, seconds(wifi));
		else
			g_assert_cmpint(p.c.due - p.now, ==, 15 * NAP_S);
	}
}

/* Teredo's second port finds out without ever losing the flow's own binding. */
static void test_teredo_safe(void)
{
	PAIR p;

	set_up(&p, NAP_OVER_UDP, "teredo", 300 * NAP_S, 0);
	p.keep_port = true; /* where a client could not see that its own binding was made anew */
	pair_run(&p, NAP_DAY);
	g_assert_cmpuint(p.dead, ==, 0);
	g_assert_cmpfloat(usual_gap(&p, 0.9), >, 0.8 * 300);
	g_assert_cmpfloat(usual_gap(&p, 1.0), <, 300);
}

/* The ladder has one rung when a step back from its top would lie below the lowest. */
static void test_narrow_ladder(void)
{
	PAIR p;

	set_up(&p, NAP_OVER_UDP, "wechat", NAP_DAY, 0);
	set(p.policy_config, p.setup.policy, "min-interval", "10s");
	set(p.policy_config, p.setup.policy, "max-interval", "15s");
	pair_run(&p, 20 * NAP_MIN);
	g_assert_cmpfloat(usual_gap(&p, 0.0), ==, 10);
	g_assert_cmpfloat(usual_gap(&p, 1.0), ==, 10);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(searches); i++) {
		g_autofree char *path =
			g_strdup_printf("/policy/converge/%s/%u", searches[i].policy, searches[i].transport);

		g_test_add_data_func(path, &searches[i], test_converge);
	}
	g_test_add_func("/policy/converge/bounded", test_converge_bounded);
	g_test_add_func("/policy/aimd", test_aimd_sawtooth);
	g_test_add_func("/policy/not-tricked", test_not_tricked);
	g_test_add_func("/policy/narrow-ladder", test_narrow_ladder);
	g_test_add_func("/policy/memory", test_memory);
	g_test_add_func("/policy/teredo", test_teredo_safe);
	return g_test_run();
}
