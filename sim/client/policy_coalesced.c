/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Together with the operating system's other wake-ups: the keepalive goes at
 * the last of them that comes before the interval is over, if one comes not
 * too early. In deep Doze alarms wait for maintenance windows, and the program with
 * them; in light Doze it runs on, but there is no network outside them.
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
	nap_time since;       /* when the device was last used: the first opening */
	nap_time rang, rings; /* alarms: the one before, the next one */
	bool known;
};

#define WHILE_IDLE_SPACING (9 * NAP_MIN) /* least time between alarms that may go off in Doze */
#define WHILE_IDLE_RUN     (10 * NAP_S)  /* and how long the program may then run and use the network */

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
	nap_time due, at;

	if (!s->known)
		*s = (struct state){ ev->now, NAP_NEVER, NAP_NEVER, true };
	due = aligned(c, s->since, ev->now);
	if (due == NAP_NEVER)
		return due;
	at = c->doze == NAP_DOZE_DEEP ? nap_doze_allowed(NAP_DOZE_DEEP, s->since, due) : due;
	if (c->while_idle)
		at = nap_time_min(at, nap_time_max(due, ev->now + WHILE_IDLE_SPACING));
	if (s->rings <= ev->now)
		s->rang = s->rings;
	s->rings = at;
	return at;
}

static bool is_within(nap_time t, nap_time alarm)
{
	return t >= alarm && t - alarm < WHILE_IDLE_RUN;
}

static nap_time allowed(const void *config, const void *state, enum nap_allowed what, nap_time t)
{
	const struct config *c = config;
	const struct state *s = state;
	nap_time window;

	if (c->doze == NAP_DOZE_NO || !s->known || (c->doze == NAP_DOZE_LIGHT && what == NAP_ALLOWED_RUN))
		return t;
	if (c->while_idle && (is_within(t, s->rang) || is_within(t, s->rings)))
		return t;
	window = nap_doze_allowed((enum nap_doze)c->doze, s->since, t);
	return c->while_idle && t < s->rings ? nap_time_min(window, s->rings) : window;
}

static const struct nap_field rows[] = { NAP_FIELD_SPAN(struct state, since, rings, NAP_AT),
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
		"Is the device left alone? In light Doze there is no network between maintenance windows, so "
		"that "
		"pushes come late and keepalives are lost; in deep Doze alarms and the program wait for them "
		"too." },
	{ "while-idle", NAP_P_BOOL, offsetof(struct config, while_idle), "no", NULL, NULL, NULL,
		"May the keepalive's alarm go off in Doze all the same, at most every 9 min, for ten seconds "
		"(setAndAllowWhileIdle)?" },
	NAP_PARAM_END };

const struct nap_policy nap_policy_coalesced = {
	.name = "coalesced",
	.summary = "with the operating system's wake-ups: alarm batching, Doze",
	.params = params,
	.config_size = sizeof(struct config),
	.state = &fields,
	.next = next,
	.allowed = allowed,
	.listens = NAP_EV_TIMER,
};
