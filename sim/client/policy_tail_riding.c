/* SPDX-License-Identifier: BSD-2-Clause */
/* Sends when the radio is up anyway, if the last packet is old enough; alone only when the interval is over. */
#include "client/policy.h"

struct config {
	nap_time interval, min;
};

static nap_time next(const void *config, void *state, const struct nap_policy_event *ev)
{
	const struct config *c = config;

	(void)state;
	switch (ev->what) {
	case NAP_EV_RECEIVED:
	case NAP_EV_RADIO_UP:
		/* at once, that is after what the client does now */
		return ev->now - ev->outbound >= c->min ? ev->now + NAP_MS : ev->due;
	default:
		return nap_time_after(ev->now, c->interval);
	}
}

static const struct nap_param params[] = {
	{ "interval", NAP_P_TIME, offsetof(struct config, interval), "30min", "1ms", "365d", NULL,
		"Longest silence: a keepalive goes then whatever the radio does." },
	{ "min-interval", NAP_P_TIME, offsetof(struct config, min), "5min", "1ms", "365d", NULL,
		"Least silence after which a radio that is up is used." },
	NAP_PARAM_END
};

const struct nap_policy nap_policy_tail_riding = {
	.name = "tail-riding",
	.summary = "sends while the radio is up for something else",
	.params = params,
	.config_size = sizeof(struct config),
	.next = next,
	.listens = NAP_EV_TIMER | NAP_EV_BIT(NAP_EV_SENT) | NAP_EV_BIT(NAP_EV_RECEIVED) |
		   NAP_EV_BIT(NAP_EV_RADIO_UP),
};
