/* SPDX-License-Identifier: BSD-2-Clause */
/* Only after real silence: whatever else is sent counts as a keepalive. */
#include "client/policy.h"

struct config {
	nap_time interval;
	bool inbound;
};

static nap_time next(const void *config, void *state, const struct nap_policy_event *ev)
{
	const struct config *c = config;

	(void)state;
	if (ev->what == NAP_EV_RECEIVED && !c->inbound)
		return ev->due;
	return nap_time_after(ev->now, c->interval);
}

static const struct nap_param params[] = {
	{ "interval", NAP_P_TIME, offsetof(struct config, interval), "119min", "1ms", "365d", NULL,
		"Longest silence. The default keeps the two-hour rule of RFC 5383 4.1." },
	{ "count-inbound", NAP_P_BOOL, offsetof(struct config, inbound), "no", NULL, NULL, NULL,
		"Do packets received end a silence too? Right for idle rules of ends (RFC 5383 4.1 counts "
		"both directions), wrong "
		"for boxes that only outbound packets refresh." },
	NAP_PARAM_END
};

const struct nap_policy nap_policy_piggyback = {
	.name = "piggyback",
	.summary = "a keepalive only after real silence",
	.params = params,
	.config_size = sizeof(struct config),
	.next = next,
	.listens = NAP_EV_TIMER | NAP_EV_BIT(NAP_EV_SENT) | NAP_EV_BIT(NAP_EV_RECEIVED),
};
