/* SPDX-License-Identifier: BSD-2-Clause */
/* Knows when the binding would go, and speaks just before: the bound for all that must find out. */
#include "client/policy.h"

struct config {
	nap_time margin;
};

static nap_time next(const void *config, void *state, const struct nap_policy_event *ev)
{
	const struct config *c = config;

	(void)state;
	if (ev->lifetime == NAP_NEVER)
		return NAP_NEVER;
	return nap_time_max(nap_time_after(ev->outbound, ev->lifetime - c->margin), ev->now + NAP_MS);
}

static const struct nap_param params[] = {
	{ "margin", NAP_P_TIME, offsetof(struct config, margin), "1s", "0s", "1h", NULL,
		"How long before the binding goes a keepalive is sent: promotion and path take time." },
	NAP_PARAM_END
};

const struct nap_policy nap_policy_oracle = {
	.name = "oracle",
	.summary = "knows the timeout of every binding: the bound",
	.params = params,
	.config_size = sizeof(struct config),
	.next = next,
	.listens = NAP_EV_TIMER | NAP_EV_BIT(NAP_EV_SENT) | NAP_EV_BIT(NAP_EV_NETWORK),
};
