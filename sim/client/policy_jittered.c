/* SPDX-License-Identifier: BSD-2-Clause */
/* A keepalive every interval, each drawn anew between two shares of it, so that clients do not fall into step. */
#include "client/adapt.h"

struct config {
	nap_time interval;
	double low, high;
};

static nap_time next(const void *config, void *state, const struct nap_policy_event *ev)
{
	const struct config *c = config;
	double share = c->low + (c->high - c->low) * nap_rng_unit(ev->rng);

	(void)state;
	return nap_time_after(ev->now, nap_time_max(1, nap_scale(c->interval, share)));
}

static const struct nap_param params[] = { { "interval", NAP_P_TIME, offsetof(struct config, interval), "30s",
						   "1ms", "365d", NULL, "Nominal time between keepalives." },
	{ "low", NAP_P_SHARE, offsetof(struct config, low), "75%", "1%", "1000%", NULL,
		"Least share of the interval drawn (75 %: Teredo, RFC 4380 5.2.5; 80 %: RFC 5626 4.4)." },
	{ "high", NAP_P_SHARE, offsetof(struct config, high), "100%", "1%", "1000%", NULL,
		"Largest share of the interval drawn." },
	NAP_PARAM_END };

const struct nap_policy nap_policy_jittered = {
	.name = "jittered",
	.summary = "every interval, drawn anew between two shares of it",
	.params = params,
	.config_size = sizeof(struct config),
	.next = next,
	.listens = NAP_EV_TIMER,
	.draws = true,
};
