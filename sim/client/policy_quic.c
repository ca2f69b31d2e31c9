/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * quic-go's: a PING after nothing was received for the least of what the program asks for, half of the idle time-out
 * that both ends have agreed upon, and a bound below what NATs keep. (quic-go connection.go, MaxKeepAliveInterval)
 */
#include "client/policy.h"

struct config {
	nap_time interval, most;
	double share;
};

static nap_time next(const void *config, void *state, const struct nap_policy_event *ev)
{
	const struct config *c = config;

	(void)state;
	return nap_time_after(ev->now, nap_time_min(c->interval, c->most));
}

/* The idle time-out is known once. */
static void settle(void *config, nap_time idle)
{
	struct config *c = config;

	if (idle != NAP_NEVER && c->share > 0.0)
		c->interval =
			nap_time_min(c->interval, nap_time_max((nap_time)((double)idle * c->share), NAP_MS));
	c->interval = nap_time_min(c->interval, c->most);
}

static const struct nap_param params[] = {
	{ "interval", NAP_P_TIME, offsetof(struct config, interval), "never", "1ms", NULL, NULL,
		"What the program asks for (KeepAlivePeriod); never: what follows alone." },
	{ "idle-share", NAP_P_SHARE, offsetof(struct config, share), "50%", "0%", "100%", NULL,
		"Not rarer than this share of idle-timeout; 0%: whatever that is." },
	{ "most", NAP_P_TIME, offsetof(struct config, most), "20s", "1ms", NULL, NULL,
		"Not rarer than this (quic-go: 20 s); never: no such bound." },
	NAP_PARAM_END
};

const struct nap_policy nap_policy_quic = {
	.name = "quic",
	.summary = "quic-go's: the least of an interval, half of the idle time-out and 20 s without a packet "
		   "received",
	.params = params,
	.config_size = sizeof(struct config),
	.next = next,
	.settle = settle,
	.listens = NAP_EV_TIMER | NAP_EV_BIT(NAP_EV_RECEIVED) | NAP_EV_BIT(NAP_EV_ANSWERED),
};
