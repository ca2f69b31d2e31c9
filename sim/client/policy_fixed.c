/* SPDX-License-Identifier: BSD-2-Clause */
/* A keepalive every interval, counted from the opening of the flow, whatever else is sent. */
#include "client/policy.h"

struct config {
	nap_time interval;
};

NAP_HOT static nap_time next(const void *config, void *state, const struct nap_policy_event *ev)
{
	const struct config *c = config;

	(void)state;
	return nap_time_after(ev->now, c->interval);
}

static const struct nap_param params[] = {
	{ "interval", NAP_P_TIME, offsetof(struct config, interval), "119min", "1ms", "365d", NULL,
		"Time between keepalives. The default keeps the two-hour rule of RFC 5383 4.1." },
	NAP_PARAM_END
};

const struct nap_policy nap_policy_fixed = {
	.name = "fixed",
	.summary = "one keepalive every interval",
	.params = params,
	.config_size = sizeof(struct config),
	.next = next,
	.listens = NAP_EV_TIMER,
};
