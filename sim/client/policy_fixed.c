/* SPDX-License-Identifier: BSD-2-Clause */
/* A keepalive every interval, counted from the opening of the flow, whatever else is sent. */
#include "client/policy.h"

struct config {
	nap_time interval;
};

static nap_time next(const void *config, void *state, const struct nap_policy_event *ev)
{
	const struct config *c = config;

	(void)state;
	if (ev->what == NAP_EV_START || ev->what == NAP_EV_DUE)
		return nap_time_after(ev->now, c->interval);
	return ev->due;
}

static const struct nap_param params[] = {
	{ "interval", NAP_P_TIME, offsetof(struct config, interval), "119min", "1ms", "365d", NULL,
		"Time between keepalives. The default keeps the two-hour rule of RFC 5383 4.1." },
	NAP_PARAM_END
};

const struct nap_policy nap_policy_fixed = { "fixed", "one keepalive every interval", params, sizeof(struct config), 0, next };
