/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Together with the operating system's other wake-ups: the keepalive goes at
 * the last of them that comes before the interval is over, if one comes not
 * too early; and in Doze only when alarms may go off.
 */
#include "client/doze.h"
#include "client/policy.h"

struct config {
	nap_time interval, wakeups;
	double early;
	uint32_t doze;
	bool while_idle;
};

struct state {
	nap_time since; /* when the device was last used: the first opening */
	bool known;
};

#define WHILE_IDLE_SPACING (9 * NAP_MIN) /* least time between alarms that may go off in Doze */

static nap_time aligned(const struct config *c, nap_time since, nap_time now)
{
	nap_time latest = nap_time_after(now, c->interval);
	nap_time earliest = now + (nap_time)((double)c->interval * (1.0 - c->early));
	nap_time wake;

	if (c->wakeups == NAP_NEVER || latest == NAP_NEVER)
		return latest;
	wake = since + (latest - since) / c->wakeups * c->wakeups;
	return wake >= earliest && wake > now ? wake : latest;
}

static nap_time next(const void *config, void *state, const struct nap_policy_event *ev)
{
	const struct config *c = config;
	struct state *s = state;
	nap_time due, allowed;

	if (!s->known)
		*s = (struct state){ .since = ev->now, .known = true };
	due = aligned(c, s->since, ev->now);
	if (due == NAP_NEVER)
		return due;
	allowed = nap_doze_allowed((enum nap_doze)c->doze, s->since, due);
	if (c->while_idle)
		allowed = nap_time_min(allowed, nap_time_max(due, ev->now + WHILE_IDLE_SPACING));
	return allowed;
}

static const struct nap_field rows[] = { NAP_FIELD(struct state, since, NAP_AT),
	NAP_FIELD(struct state, known, NAP_VALUE) };
NAP_FIELDS(fields, struct state, rows);

static const char *const doze_words[] = { "no", "light", "deep", NULL };

static const struct nap_param params[] = { { "interval", NAP_P_TIME, offsetof(struct config, interval),
						   "28min", "1s", "365d", NULL,
						   "Longest time between keepalives, but for Doze (28 min: "
						   "Google's push channel on mobile networks)." },
	{ "wakeups", NAP_P_TIME, offsetof(struct config, wakeups), "15min", "1s", NULL, NULL,
		"The device wakes for other alarms every so long; never: it does not." },
	{ "early", NAP_P_SHARE, offsetof(struct config, early), "75%", "0%", "100%", NULL,
		"How much earlier than the interval a keepalive may go, as a share of it (inexact alarms: 75 "
		"%)." },
	{ "doze", NAP_P_WORD, offsetof(struct config, doze), "no", NULL, NULL, doze_words,
		"Is the device left alone, so that alarms wait for maintenance windows: light Doze, deep "
		"Doze?" },
	{ "while-idle", NAP_P_BOOL, offsetof(struct config, while_idle), "no", NULL, NULL, NULL,
		"May the keepalive's alarm go off in Doze all the same, at most every 9 min "
		"(setAndAllowWhileIdle)?" },
	NAP_PARAM_END };

const struct nap_policy nap_policy_coalesced = {
	.name = "coalesced",
	.summary = "with the operating system's wake-ups: alarm batching, Doze",
	.params = params,
	.config_size = sizeof(struct config),
	.state = &fields,
	.next = next,
	.listens = NAP_EV_TIMER,
};
