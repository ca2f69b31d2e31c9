/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Together with the operating system's other wake-ups: the keepalive goes at
 * the last of them that comes before the interval is over, if one comes not
 * too early. Alone its alarm may be late, or wait for the next of them.
 */
#include "client/policy.h"

struct config {
	nap_time interval, wakeups, window;
	double early;
	struct nap_dist late;
};

struct state {
	nap_time
		since; /* a wake-up of the device's: the first opening, then the last one; NAP_NEVER: there are none */
	bool known;
};

static nap_time aligned(const struct config *c, nap_time since, const struct nap_policy_event *ev)
{
	nap_time now = ev->now;
	nap_time latest = nap_time_after(now, c->interval);
	nap_time earliest = now + (nap_time)((double)c->interval * (1.0 - c->early));
	nap_time wake;

	if (latest == NAP_NEVER)
		return latest;
	if (c->wakeups != NAP_NEVER) {
		wake = since + (latest - since) / c->wakeups * c->wakeups;
		if (wake >= earliest && wake > now)
			return wake;
		if (wake + c->wakeups - latest <= c->window)
			return wake + c->wakeups;
	}
	return nap_time_after(latest, nap_dist_draw_time(&c->late, ev->rng));
}

static nap_time next(const void *config, void *state, const struct nap_policy_event *ev)
{
	const struct config *c = config;
	struct state *s = state;

	if (!s->known)
		*s = (struct state){ c->wakeups == NAP_NEVER ? NAP_NEVER : ev->now, true };
	if (s->since != NAP_NEVER) /* the grid has no beginning, so that cycles repeat */
		s->since += (ev->now - s->since) / c->wakeups * c->wakeups;
	return aligned(c, s->since, ev);
}

static nap_time woken(const void *config, const void *state, nap_time t)
{
	const struct config *c = config;
	const struct state *s = state;

	return !s->known || s->since == NAP_NEVER || t < s->since
		       ? NAP_NEVER
		       : s->since + (t - s->since) / c->wakeups * c->wakeups;
}

static const struct nap_field rows[] = { NAP_FIELD(struct state, since, NAP_AT),
	NAP_FIELD(struct state, known, NAP_VALUE) };
NAP_FIELDS(fields, struct state, rows);

static const struct nap_param params[] = { { "interval", NAP_P_TIME, offsetof(struct config, interval),
						   "28min", "1s", "365d", NULL,
						   "Longest time between keepalives, but for Doze (28 min: "
						   "Google's push channel on mobile networks)." },
	{ "wakeups", NAP_P_TIME, offsetof(struct config, wakeups), "15min", "1s", NULL, NULL,
		"The device wakes for other alarms every so long; never: it does not." },
	{ "early", NAP_P_SHARE, offsetof(struct config, early), "75%", "0%", "100%", NULL,
		"How much earlier than the interval a keepalive may go, as a share of it (inexact alarms: 75 "
		"%)." },
	{ "window", NAP_P_TIME, offsetof(struct config, window), "0s", "0s", NULL, NULL,
		"How long past the interval its alarm may wait for the device's next wake-up, where none "
		"came "
		"before (inexact and repeating alarms); never: as long as it takes." },
	{ "late", NAP_P_DIST_TIME, offsetof(struct config, late), "0s", "0s", NULL, NULL,
		"How late its alarm goes off where it goes alone, drawn each time: 0s is an exact alarm." },
	NAP_PARAM_END };

const struct nap_policy nap_policy_coalesced = {
	.name = "coalesced",
	.summary = "with the operating system's wake-ups: alarm batching",
	.params = params,
	.config_size = sizeof(struct config),
	.state = &fields,
	.next = next,
	.woken = woken,
	.listens = NAP_EV_TIMER,
	.may_draw = true,
};
