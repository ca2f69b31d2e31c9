/* SPDX-License-Identifier: BSD-2-Clause */
/* Every policy driven by tables of events. */
#include <math.h>
#include <string.h>

#include <glib.h>

#include "client/client.h"
#include "client/doze.h"
#include "client/pcp.h"
#include "client/bisection.h"
#include "policy_settings.h"

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
	/* 45 s after the last use none goes any more, or a rare one; the next use begins anew */
	{ "while-used", { "interval", "20s" },
		{ { 0, NAP_EV_START, 20 }, { 20, NAP_EV_DUE, 40 }, { 30, NAP_EV_RECEIVED, 40 },
			{ 40, NAP_EV_DUE, 60 }, { 60, NAP_EV_DUE, -1 }, { 500, NAP_EV_SENT, 520 },
			{ 520, NAP_EV_DUE, 540 }, { 540, NAP_EV_DUE, -1 }, END } },
	{ "while-used", { "interval", "3s", "use", "8s", "rest-interval", "23s" },
		{ { 0, NAP_EV_START, 3 }, { 3, NAP_EV_DUE, 6 }, { 6, NAP_EV_DUE, 29 },
			{ 20, NAP_EV_RECEIVED, 23 }, { 23, NAP_EV_DUE, 26 }, END } },
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
	/* an alarm may wait for the next wake-up: so long, or as long as it takes; alone it is late */
	{ "coalesced", { "interval", "28min", "wakeups", "15min", "early", "10%", "window", "2min" },
		{ { 0, NAP_EV_START, 1800 }, { 1800, NAP_EV_DUE, 3600 }, { 2000, NAP_EV_DUE, 3600 }, END } },
	{ "coalesced", { "interval", "28min", "wakeups", "15min", "early", "10%", "window", "1min" },
		{ { 0, NAP_EV_START, 1680 }, { 1680, NAP_EV_DUE, 3360 }, END } },
	{ "coalesced", { "interval", "5min", "wakeups", "15min", "early", "0%", "window", "never" },
		{ { 0, NAP_EV_START, 900 }, { 900, NAP_EV_DUE, 1800 }, { 1000, NAP_EV_DUE, 1800 }, END } },
	{ "coalesced", { "interval", "60s", "wakeups", "never", "late", "30s" },
		{ { 0, NAP_EV_START, 90 }, { 90, NAP_EV_DUE, 180 }, END } },
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
	/* microG: 5 min held, so 306 s; that failed: back to the least; what another network has taught stays there */
	{ "multiplicative", { 0 },
		{ { 0, NAP_EV_START, 300 }, { 300, NAP_EV_DUE, 600 }, { 301, NAP_EV_ANSWERED, 606 },
			{ 606, NAP_EV_DUE, 912 }, { 607, NAP_EV_ANSWERED, 606 + 312.12 },
			{ 918.12, NAP_EV_DUE, 918.12 + 312.12 }, { 919, NAP_EV_LOST, 918.12 + 300 }, END } },
	/* a silence below three quarters of the interval teaches nothing */
	{ "multiplicative", { "initial", "400s" },
		{ { 0, NAP_EV_START, 400 }, { 150, NAP_EV_RECEIVED, 400 }, { 400, NAP_EV_DUE, 800 },
			{ 401, NAP_EV_ANSWERED, 800 }, { 800, NAP_EV_DUE, 1200 },
			{ 801, NAP_EV_ANSWERED, 1208 }, END } },
	/* two pings, then none until data is sent */
	{ "grpc", { "interval", "10s" },
		{ { 0, NAP_EV_START, 10 }, { 10, NAP_EV_DUE, 20 }, { 11, NAP_EV_ANSWERED, 21 },
			{ 21, NAP_EV_DUE, -1 }, { 22, NAP_EV_ANSWERED, -1 }, { 500, NAP_EV_RECEIVED, -1 },
			{ 600, NAP_EV_SENT, 610 }, { 610, NAP_EV_DUE, 620 }, END } },
	/* or one a minute */
	{ "grpc", { "interval", "10s", "rare-interval", "1min" },
		{ { 0, NAP_EV_START, 10 }, { 10, NAP_EV_DUE, 20 }, { 20, NAP_EV_DUE, 80 },
			{ 30, NAP_EV_RECEIVED, 80 }, { 80, NAP_EV_DUE, 140 }, { 90, NAP_EV_SENT, 100 },
			END } },
	/* what is received puts a PING off, what is sent does not */
	{ "quic", { "interval", "15s" },
		{ { 0, NAP_EV_START, 15 }, { 5, NAP_EV_RECEIVED, 20 }, { 20, NAP_EV_DUE, 35 },
			{ 21, NAP_EV_ANSWERED, 36 }, END } },
	{ "quic", { "interval", "60s" }, { { 0, NAP_EV_START, 20 }, END } },
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
	struct nap_policy_event ev = { .due = NAP_NEVER };

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
		ev.until = ev.now + 300 * NAP_S;
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
	struct nap_policy_event ev = { .what = NAP_EV_START, .rng = &rng };
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
		state.lifetime = state.until; /* 0: there is no mapping */
		ev.due = policy->next(config, &state, &ev);
		g_assert_cmpint(ev.due, ==, seconds(rows[i].due));
	}
}

/* --- Doze -------------------------------------------------------------------------------------------------------- */

static struct nap_doze_config doze_defaults(void)
{
	struct nap_doze_config c = { 0 };

	for (const struct nap_param *row = nap_doze_params; row->key; row++)
		set_text(&c, row, row->def);
	return c;
}

/* Each alarm is asked for when the one before goes off. */
static void check_alarms(const struct nap_program *p, double interval, const double (*rows)[2], size_t n)
{
	const struct nap_doze_config c = doze_defaults();
	struct nap_doze_state s = { 0, NAP_NEVER, NAP_NEVER };

	for (size_t i = 0; i < n; i++) {
		nap_time now = seconds(rows[i][0]);

		g_assert_cmpint(
			nap_doze_alarm(&c, p, &s, now, now + seconds(interval)), ==, seconds(rows[i][1]));
	}
}

static void test_doze_alarms(void)
{
	/* deep Doze: after 1 h 4 min 30 s alarms wait for the windows at 2 h 4.5 min (5 min), 4 h 9.5 min (10 min) ... */
	static const double deep[][2] = { { 0, 1800 }, { 1800, 3600 }, { 3600, 7470 }, { 7470, 14970 } };
	static const double while_idle[][2] = { { 0, 300 }, { 3600, 3900 - 300 + 540 } };
	const struct nap_doze_config c = doze_defaults();

	check_alarms(&(struct nap_program){ .doze = NAP_DOZE_DEEP }, 1800, deep, G_N_ELEMENTS(deep));
	check_alarms(&(struct nap_program){ .doze = NAP_DOZE_DEEP, .while_idle = true }, 300, while_idle,
		G_N_ELEMENTS(while_idle));
	/* locks are void from the beginning of the next idle period on, or at once in one */
	g_assert_cmpint(nap_doze_stops(&c, NAP_DOZE_LIGHT, 0, NAP_H), ==, NAP_NEVER);
	g_assert_cmpint(nap_doze_stops(&c, NAP_DOZE_DEEP, 0, NAP_H), ==, seconds(64.5 * 60));
	g_assert_cmpint(nap_doze_stops(&c, NAP_DOZE_DEEP, 0, seconds(100 * 60)), ==, seconds(100 * 60));
	g_assert_cmpint(nap_doze_stops(&c, NAP_DOZE_DEEP, 0, seconds(125 * 60)), ==, seconds(129.5 * 60));
	g_assert_cmpint(nap_doze_stops(&c, NAP_DOZE_DEEP, 0, seconds((872 + 370 * 100) * 60)), ==,
		seconds((879.5 + 370 * 100) * 60));
}

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
		{ NAP_DOZE_BOTH, 4.9, 4.9 }, /* light ... */
		{ NAP_DOZE_BOTH, 53.5, 53.5 },
		{ NAP_DOZE_BOTH, 54.5,
			124.5 }, /* ... whose next window, at 69 min, comes when deep has begun */
		{ NAP_DOZE_BOTH, 64.5, 124.5 },
		{ NAP_DOZE_BOTH, 129.5, 249.5 },
	};
	const struct nap_doze_config c = doze_defaults();

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpint(nap_doze_allowed(&c, rows[i].kind, NAP_ALLOWED_NETWORK, NAP_H,
					NAP_H + seconds(rows[i].t * 60)),
			==, NAP_H + seconds(rows[i].allowed * 60));
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

/* So many answered beats on a network; the interval at its end. */
static int wechat_on(
	struct nap_policy_event *ev, uint64_t *config, uint64_t *state, uint32_t network, int beats)
{
	const struct nap_policy *policy = nap_policy_find("wechat");

	ev->network = network;
	ev->what = NAP_EV_START;
	ev->due = policy->next(config, state, ev);
	for (; beats > 0; beats--) {
		ev->now = ev->due;
		ev->what = NAP_EV_DUE;
		ev->due = policy->next(config, state, ev);
		ev->what = NAP_EV_ANSWERED;
		ev->due = policy->next(config, state, ev);
	}
	return (int)((ev->due - ev->now) / NAP_S);
}

/* Four networks are remembered; a fifth takes the place of the one not used for longest, not of the one made first. */
static void test_wechat_networks(void)
{
	uint64_t config[32] = { 0 }, state[NAP_POLICY_STATE / 8] = { 0 };
	struct nap_policy_event ev = { .due = NAP_NEVER };
	int high;

	set_defaults(config, nap_policy_find("wechat"));
	high = wechat_on(&ev, config, state, 1, 30);
	g_assert_cmpint(high, >, 300);
	for (uint32_t network = 2; network <= 4; network++)
		g_assert_cmpint(wechat_on(&ev, config, state, network, 30), ==, high);
	g_assert_cmpint(wechat_on(&ev, config, state, 1, 4), >=, high);
	g_assert_cmpint(wechat_on(&ev, config, state, 5, 4), ==, 210);
	for (uint32_t network = 3; network <= 4; network++)
		g_assert_cmpint(wechat_on(&ev, config, state, network, 4), >=, high);
	g_assert_cmpint(wechat_on(&ev, config, state, 1, 4), >=, high);
	g_assert_cmpint(wechat_on(&ev, config, state, 2, 4), ==, 210);
}

/* Even the least interval fails: it bounds nothing, is tried on, and the search goes up from it as soon as it holds. */
static void test_bisection_from_below(void)
{
	const struct nap_bisection_config cfg = { 15 * NAP_S, 120 * NAP_S, 0.05, 2, NAP_DAY };
	struct nap_bisection s;

	nap_bisection_start(&s, &cfg);
	for (int i = 1; i <= 4; i++) {
		g_assert_cmpint(s.tried, ==, cfg.min);
		nap_bisection_learn(&s, &cfg, i * NAP_MIN, s.tried, NAP_PROOF_LOST);
	}
	g_assert_false(s.bounded);
	g_assert_cmpint(s.failed, ==, cfg.max);
	nap_bisection_learn(&s, &cfg, NAP_H, s.tried, NAP_PROOF_HELD);
	g_assert_cmpint(s.held, ==, cfg.min);
	g_assert_cmpint(s.tried, ==, 2 * cfg.min);
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
	g_test_add_func("/policy/doze-alarms", test_doze_alarms);
	g_test_add_func("/policy/wechat", test_wechat);
	g_test_add_func("/policy/wechat-climb", test_wechat_climb);
	g_test_add_func("/policy/wechat-networks", test_wechat_networks);
	g_test_add_func("/policy/bisection-from-below", test_bisection_from_below);
	return g_test_run();
}
