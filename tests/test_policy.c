/* SPDX-License-Identifier: BSD-2-Clause */
/* Every policy driven by tables of events; what adaptive ones converge to behind a hidden timeout, with loss. */
#include "pair.h"

#include <math.h>
#include <stdio.h>

#include "client/doze.h"
#include "client/pcp.h"
#include "client/search.h"

/* --- parameters as the loader would set them: by the policy's own rows ------------------------------------------- */

static void set_text(void *config, const struct nap_param *row, const char *text)
{
	char *at = (char *)config + row->offset;
	char unit[8] = "";
	double number = 0.0;
	nap_time t = 0;

	switch (row->type) {
	case NAP_P_TIME:
		if (strcmp(text, "never") == 0) {
			t = NAP_NEVER;
		} else {
			g_assert_cmpint(sscanf(text, "%lf%7s", &number, unit), ==, 2);
			t = (nap_time)(number * (double)(strcmp(unit, "ms") == 0    ? NAP_MS
							 : strcmp(unit, "s") == 0   ? NAP_S
							 : strcmp(unit, "min") == 0 ? NAP_MIN
							 : strcmp(unit, "h") == 0   ? NAP_H
										    : NAP_DAY));
		}
		memcpy(at, &t, sizeof t);
		break;
	case NAP_P_SHARE:
		*(double *)(void *)at = g_ascii_strtod(text, NULL) / 100.0;
		break;
	case NAP_P_UINT:
		*(uint32_t *)(void *)at = (uint32_t)g_ascii_strtoull(text, NULL, 10);
		break;
	case NAP_P_BOOL:
		*(bool *)at = strcmp(text, "yes") == 0;
		break;
	case NAP_P_WORD:
		for (uint32_t i = 0; row->words[i]; i++)
			if (strcmp(row->words[i], text) == 0)
				*(uint32_t *)(void *)at = i;
		break;
	default:
		g_assert_not_reached();
	}
}

static void set_defaults(void *config, const struct nap_policy *policy)
{
	for (const struct nap_param *row = policy->params; row->key; row++)
		set_text(config, row, row->def);
}

static void set(void *config, const struct nap_policy *policy, const char *key, const char *text)
{
	for (const struct nap_param *row = policy->params; row->key; row++)
		if (strcmp(row->key, key) == 0) {
			set_text(config, row, text);
			return;
		}
	g_error("no key %s", key);
}

/* --- tables of events -------------------------------------------------------------------------------------------- */

struct row {
	double at;
	enum nap_policy_what what;
	double due; /* expected answer; -1: never */
};

struct table {
	const char *policy;
	const char *settings[8]; /* key, value, ... */
	struct row rows[14];
};

#define END                                                                                                  \
	{                                                                                                    \
		-1, NAP_EV_START, 0                                                                          \
	}

static const struct table tables[] = {
	{ "none", { 0 }, { { 0, NAP_EV_START, -1 }, { 9, NAP_EV_RECEIVED, -1 }, END } },
	{ "tcp-keepalive", { 0 }, { { 0, NAP_EV_START, -1 }, END } },
	{ "server-side", { 0 }, { { 0, NAP_EV_START, -1 }, END } },
	{ "fixed", { "interval", "60s" },
		{ { 0, NAP_EV_START, 60 }, { 20, NAP_EV_SENT, 60 }, { 60, NAP_EV_DUE, 120 },
			{ 61, NAP_EV_ANSWERED, 120 }, END } },
	{ "piggyback", { "interval", "60s" },
		{ { 0, NAP_EV_START, 60 }, { 20, NAP_EV_SENT, 80 }, { 30, NAP_EV_RECEIVED, 80 },
			{ 80, NAP_EV_DUE, 140 }, END } },
	{ "piggyback", { "interval", "60s", "count-inbound", "yes" },
		{ { 0, NAP_EV_START, 60 }, { 30, NAP_EV_RECEIVED, 90 }, { 90, NAP_EV_DUE, 150 }, END } },
	{ "tail-riding", { "interval", "30min", "min-interval", "5min" },
		{ { 0, NAP_EV_START, 1800 }, { 100, NAP_EV_RADIO_UP, 1800 },
			{ 400, NAP_EV_RADIO_UP, 400.001 }, { 400.001, NAP_EV_DUE, 2200.001 },
			{ 500, NAP_EV_SENT, 2300 }, { 900, NAP_EV_RECEIVED, 900.001 }, END } },
	{ "oracle", { "margin", "1s" },
		{ { 0, NAP_EV_START, 299 }, { 100, NAP_EV_BINDING, 399 }, { 399, NAP_EV_DUE, 698 }, END } },
	/* wakes of other alarms at 0, 900, 1800 ...: the last before the interval is over, if not too early */
	{ "coalesced", { "interval", "28min", "wakeups", "15min" },
		{ { 0, NAP_EV_START, 900 }, { 900, NAP_EV_DUE, 1800 }, { 1000, NAP_EV_DUE, 1800 }, END } },
	{ "coalesced", { "interval", "28min", "wakeups", "15min", "early", "10%" },
		{ { 0, NAP_EV_START, 1680 }, { 1680, NAP_EV_DUE, 3360 }, { 2000, NAP_EV_DUE, 3600 }, END } },
	/* deep Doze: after 1 h 4 min 30 s alarms wait for the windows at 2 h 4.5 min (5 min), 4 h 9.5 min (10 min) ... */
	{ "coalesced", { "interval", "30min", "wakeups", "never", "doze", "deep" },
		{ { 0, NAP_EV_START, 1800 }, { 1800, NAP_EV_DUE, 3600 }, { 3600, NAP_EV_DUE, 7470 },
			{ 7470, NAP_EV_DUE, 14970 }, END } },
	{ "coalesced", { "interval", "5min", "wakeups", "never", "doze", "deep", "while-idle", "yes" },
		{ { 0, NAP_EV_START, 300 }, { 3600, NAP_EV_DUE, 3900 - 300 + 540 }, END } },
	/* steps of 100 % after two successes; back after two failures, and then it stays */
	{ "stepwise", { "min-interval", "10s", "growth", "100%", "hold", "1h" },
		{ { 0, NAP_EV_START, 10 }, { 10, NAP_EV_DUE, 20 }, { 10.5, NAP_EV_ANSWERED, 20 },
			{ 20, NAP_EV_DUE, 30 }, { 20.5, NAP_EV_ANSWERED, 40 }, { 40, NAP_EV_DUE, 60 },
			{ 41, NAP_EV_LOST, 60 }, { 60, NAP_EV_DUE, 80 }, { 61, NAP_EV_LOST, 70 },
			{ 70, NAP_EV_DUE, 80 }, { 70.5, NAP_EV_ANSWERED, 80 }, { 80, NAP_EV_DUE, 90 },
			{ 80.5, NAP_EV_ANSWERED, 90 } } },
	/* a packet received inside the silence spoils the proof; one sent restarts the silence */
	{ "stepwise", { "min-interval", "10s", "growth", "100%", "confirm", "1" },
		{ { 0, NAP_EV_START, 10 }, { 5, NAP_EV_RECEIVED, 10 }, { 10, NAP_EV_DUE, 20 },
			{ 10.5, NAP_EV_ANSWERED, 20 }, { 15, NAP_EV_SENT, 25 }, { 25, NAP_EV_DUE, 35 },
			{ 25.5, NAP_EV_ANSWERED, 45 }, END } },
	{ "aimd", { "min-interval", "60s", "increase", "30s" },
		{ { 0, NAP_EV_START, 60 }, { 60, NAP_EV_DUE, 120 }, { 61, NAP_EV_ANSWERED, 150 },
			{ 150, NAP_EV_DUE, 240 }, { 151, NAP_EV_ANSWERED, 270 }, { 270, NAP_EV_DUE, 390 },
			{ 275, NAP_EV_LOST, 330 }, { 330, NAP_EV_DUE, 390 }, END } },
	/* 8 min, then 13 min fails: back to 8 min for good */
	{ "direct-push", { 0 },
		{ { 0, NAP_EV_START, 480 }, { 480, NAP_EV_DUE, 960 }, { 481, NAP_EV_ANSWERED, 1260 },
			{ 1260, NAP_EV_DUE, 2040 }, { 1290, NAP_EV_LOST, 1740 }, { 1740, NAP_EV_DUE, 2220 },
			{ 1741, NAP_EV_ANSWERED, 2220 }, { 2220, NAP_EV_DUE, 2700 }, END } },
	/* 15 s holds, then doubling; two failures at 30 s, then the middle */
	{ "binary", { 0 },
		{ { 0, NAP_EV_START, 15 }, { 15, NAP_EV_DUE, 30 }, { 15.1, NAP_EV_ANSWERED, 45 },
			{ 45, NAP_EV_DUE, 75 }, { 46, NAP_EV_LOST, 75 }, { 75, NAP_EV_DUE, 105 },
			{ 76, NAP_EV_LOST, 97.5 }, { 97.5, NAP_EV_DUE, 120 }, { 98, NAP_EV_ANSWERED, 123.75 },
			END } },
	{ "memory", { 0 },
		{ { 0, NAP_EV_START, 15 }, { 15, NAP_EV_DUE, 30 }, { 15.1, NAP_EV_ANSWERED, 45 }, END } },
};

static nap_time seconds(double s)
{
	return s < 0 ? NAP_NEVER : (nap_time)(s * 1e9 + 0.5);
}

static void test_table(const void *data)
{
	const struct table *t = data;
	const struct nap_policy *policy = nap_policy_find(t->policy);
	uint64_t config[32] = { 0 }, state[NAP_POLICY_STATE / 8] = { 0 };
	struct nap_policy_event ev = { .due = NAP_NEVER, .lifetime = 300 * NAP_S };

	set_defaults(config, policy);
	for (int i = 0; i < 8 && t->settings[i]; i += 2)
		set(config, policy, t->settings[i], t->settings[i + 1]);
	for (size_t i = 0; i < G_N_ELEMENTS(t->rows) && t->rows[i].at >= 0 && (i == 0 || t->rows[i].at > 0);
		i++) {
		const struct row *r = &t->rows[i];

		ev.now = seconds(r->at);
		ev.what = r->what;
		if (r->what != NAP_EV_RECEIVED && r->what != NAP_EV_ANSWERED && r->what != NAP_EV_LOST &&
			r->what != NAP_EV_RADIO_UP)
			ev.outbound = ev.now;
		ev.until = ev.now + ev.lifetime;
		if (policy->listens & NAP_EV_BIT(r->what))
			ev.due = policy->next(config, state, &ev);
		g_test_message("%s row %zu", t->policy, i);
		g_assert_cmpint(ev.due, ==, seconds(r->due));
	}
}

/* --- random intervals -------------------------------------------------------------------------------------------- */

static void check_range(const char *name, const char *key, const char *value, double low, double high)
{
	const struct nap_policy *policy = nap_policy_find(name);
	struct nap_rng rng = nap_rng_stream(1, 0, 0, NAP_RNG_POLICY);
	uint64_t config[32] = { 0 }, state[NAP_POLICY_STATE / 8] = { 0 };
	struct nap_policy_event ev = { .what = NAP_EV_START, .lifetime = NAP_NEVER, .rng = &rng };
	double least = 1e9, most = 0, sum = 0;
	const int n = 20000;

	set_defaults(config, policy);
	if (key)
		set(config, policy, key, value);
	for (int i = 0; i < n; i++) {
		double gap = nap_time_seconds(policy->next(config, state, &ev) - ev.now);

		least = MIN(least, gap);
		most = MAX(most, gap);
		sum += gap;
	}
	g_assert_cmpfloat(least, >=, low);
	g_assert_cmpfloat(most, <=, high);
	g_assert_cmpfloat(least, <, low + 0.01 * (high - low));
	g_assert_cmpfloat(most, >, high - 0.01 * (high - low));
	/* uniform: mean in the middle, within 5 standard errors */
	g_assert_cmpfloat_with_epsilon(sum / n, (low + high) / 2, 5 * (high - low) / sqrt(12.0 * n));
}

static void test_ranges(void)
{
	check_range("jittered", NULL, NULL, 22.5, 30); /* Teredo: 3291.4 a day */
	check_range("jittered", "high", "150%", 22.5, 45);
	check_range("rfc5626", NULL, NULL, 24, 29); /* 3260.4 a day */
	check_range("rfc5626", "flow", "tcp", 95, 120);
	check_range("rfc5626", "flow", "tcp-battery", 672, 840);
	check_range("rfc5626", "flow-timer", "200s", 160, 200);
	check_range("teredo", NULL, NULL, 22.5, 30);
}

/* Told of a grant it is silent; once that is over it speaks at its fallback (client/pcp.h: when it asks). */
static void test_pcp(void)
{
	const struct nap_policy *policy = nap_policy_find("pcp");
	uint64_t config[32] = { 0 };
	struct nap_pcp state = { 0 };
	struct nap_policy_event ev = { .due = NAP_NEVER };
	static const struct {
		double at;
		enum nap_policy_what what;
		double until, due;
	} rows[] = { { 0, NAP_EV_START, 0, 60 }, { 1, NAP_EV_GRANT, 121, -1 }, { 60, NAP_EV_GRANT, 180, -1 },
		{ 180, NAP_EV_GRANT, 0, 240 }, { 240, NAP_EV_DUE, 0, 300 }, { 250, NAP_EV_START, 400, -1 } };

	set_defaults(config, policy);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_assert_true(policy->listens & NAP_EV_BIT(rows[i].what));
		ev.now = seconds(rows[i].at);
		ev.what = rows[i].what;
		state.until = seconds(rows[i].until);
		ev.due = policy->next(config, &state, &ev);
		g_assert_cmpint(ev.due, ==, seconds(rows[i].due));
	}
}

/* --- Doze -------------------------------------------------------------------------------------------------------- */

static void test_doze(void)
{
	static const struct {
		enum nap_doze kind;
		double t, allowed; /* minutes */
	} rows[] = {
		{ NAP_DOZE_NO, 100, 100 },
		{ NAP_DOZE_LIGHT, 4.9, 4.9 },
		{ NAP_DOZE_LIGHT, 5, 10 }, /* idle 5 min, window 1 min */
		{ NAP_DOZE_LIGHT, 10.5, 10.5 },
		{ NAP_DOZE_LIGHT, 11, 21 }, /* idle 10 min */
		{ NAP_DOZE_LIGHT, 22, 37 }, /* idle 15 min, and so on */
		{ NAP_DOZE_LIGHT, 38, 53 },
		{ NAP_DOZE_LIGHT, 22 + 160 * 16, 37 + 160 * 16 },
		{ NAP_DOZE_DEEP, 64.4, 64.4 },
		{ NAP_DOZE_DEEP, 64.5, 124.5 }, /* idle 60 min, window 5 min */
		{ NAP_DOZE_DEEP, 129, 129 },
		{ NAP_DOZE_DEEP, 129.5, 249.5 }, /* idle 2 h, window 10 min */
		{ NAP_DOZE_DEEP, 259.5, 499.5 }, /* idle 4 h */
		{ NAP_DOZE_DEEP, 509.5, 869.5 }, /* idle 6 h, from here on */
		{ NAP_DOZE_DEEP, 879.5, 1239.5 },
		{ NAP_DOZE_DEEP, 509.5 + 370 * 100, 869.5 + 370 * 100 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpint(nap_doze_allowed(rows[i].kind, NAP_H, NAP_H + seconds(rows[i].t * 60)), ==,
			NAP_H + seconds(rows[i].allowed * 60));
}

/* --- WeChat's ladder against the table computed from its published constants --------------------------------------- */

static void test_wechat(void)
{
	static const struct {
		int timeout, stable, failing, elapsed; /* s; 0: not in the table */
	} rows[] = {
		{ 180, 210, 0, 0 },
		{ 200, 210, 0, 0 },
		{ 211, 210, 270, 1680 },
		{ 240, 210, 270, 1680 },
		{ 255, 210, 270, 1680 },
		{ 270, 210, 270, 1680 },
		{ 271, 250, 330, 3300 },
		{ 300, 250, 330, 3300 },
		{ 330, 250, 330, 3300 },
		{ 331, 310, 390, 5280 },
		{ 360, 310, 390, 5280 },
		{ 390, 310, 390, 5280 },
		{ 391, 370, 450, 7620 },
		{ 420, 370, 450, 7620 },
		{ 451, 430, 510, 10320 },
		{ 480, 430, 510, 10320 },
		{ 511, 490, 570, 13380 },
		{ 540, 490, 570, 13380 },
		{ 571, 500, 580, 16800 },
		{ 580, 500, 580, 16800 },
		{ 581, 580, 0, 20280 },
		{ 600, 580, 0, 20280 },
		{ 900, 580, 0, 20280 },
		{ 1800, 580, 0, 20280 },
	};
	const struct nap_policy *policy = nap_policy_find("wechat");

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		uint64_t config[32] = { 0 }, state[NAP_POLICY_STATE / 8] = { 0 };
		struct nap_policy_event ev = { .what = NAP_EV_START, .due = NAP_NEVER };
		int failing = 0, elapsed = 0, interval = 0;

		set_defaults(config, policy);
		ev.due = policy->next(config, state, &ev);
		for (int beat = 0; beat < 400; beat++) {
			interval = (int)((ev.due - ev.now) / NAP_S);
			ev.now = ev.due;
			ev.what = NAP_EV_DUE;
			ev.due = policy->next(config, state, &ev);
			if (interval < rows[i].timeout) {
				if (failing == 0 && beat < 54) /* the climb to the cap takes 50 beats */
					elapsed += interval;
				ev.what = NAP_EV_ANSWERED;
				ev.due = policy->next(config, state, &ev);
				continue;
			}
			if (failing == 0)
				failing = interval;
			ev.what = NAP_EV_LOST;
			policy->next(config, state, &ev);
			ev.what = NAP_EV_START;
			ev.due = policy->next(config, state, &ev);
		}
		g_assert_cmpint(interval, ==, rows[i].stable);
		if (rows[i].failing)
			g_assert_cmpint(failing, ==, rows[i].failing);
		if (rows[i].failing)
			g_assert_cmpint(elapsed, ==, rows[i].elapsed);
	}
}

/* The climb to the cap: 8 beats at 210 s, six at each rung after. */
static void test_wechat_climb(void)
{
	const struct nap_policy *policy = nap_policy_find("wechat");
	uint64_t config[32] = { 0 }, state[NAP_POLICY_STATE / 8] = { 0 };
	struct nap_policy_event ev = { .what = NAP_EV_START, .due = NAP_NEVER };
	nap_time at_cap = 0;

	set_defaults(config, policy);
	ev.due = policy->next(config, state, &ev);
	for (int beat = 0; ev.now < 20280 * NAP_S; beat++) {
		if (ev.due - ev.now == 580 * NAP_S && at_cap == 0)
			at_cap = ev.now;
		ev.now = ev.due;
		ev.what = NAP_EV_DUE;
		ev.due = policy->next(config, state, &ev);
		ev.what = NAP_EV_ANSWERED;
		ev.due = policy->next(config, state, &ev);
	}
	g_assert_cmpint(at_cap, ==, 16800 * NAP_S);
	g_assert_cmpint(ev.now, ==, 20280 * NAP_S);
	g_assert_cmpint(ev.due - ev.now, ==, 580 * NAP_S);
}

/* --- convergence behind a hidden timeout ---------------------------------------------------------------------------- */

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
			struct pair p;

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
	struct pair p;
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
			struct pair p;

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
		struct pair p;
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
		struct pair p;
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
	struct pair p;

	set_up(&p, NAP_OVER_UDP, "teredo", 300 * NAP_S, 0);
	p.keep_port = true; /* where a client could not see that its own binding was made anew */
	pair_run(&p, NAP_DAY);
	g_assert_cmpuint(p.dead, ==, 0);
	g_assert_cmpfloat(usual_gap(&p, 0.9), >, 0.8 * 300);
	g_assert_cmpfloat(usual_gap(&p, 1.0), <, 300);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
		g_autofree char *path = g_strdup_printf("/policy/table/%s/%zu", tables[i].policy, i);

		g_test_add_data_func(path, &tables[i], test_table);
	}
	g_test_add_func("/policy/ranges", test_ranges);
	g_test_add_func("/policy/pcp", test_pcp);
	g_test_add_func("/policy/doze", test_doze);
	g_test_add_func("/policy/wechat", test_wechat);
	g_test_add_func("/policy/wechat-climb", test_wechat_climb);
	for (size_t i = 0; i < G_N_ELEMENTS(searches); i++) {
		g_autofree char *path =
			g_strdup_printf("/policy/converge/%s/%u", searches[i].policy, searches[i].transport);

		g_test_add_data_func(path, &searches[i], test_converge);
	}
	g_test_add_func("/policy/converge/bounded", test_converge_bounded);
	g_test_add_func("/policy/aimd", test_aimd_sawtooth);
	g_test_add_func("/policy/not-tricked", test_not_tricked);
	g_test_add_func("/policy/memory", test_memory);
	g_test_add_func("/policy/teredo", test_teredo_safe);
	return g_test_run();
}
