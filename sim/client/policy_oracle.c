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
	if (ev->until == NAP_NEVER)
		return NAP_NEVER;
	if (ev->until <= ev->now) /* none yet, or lost all the same: unless a packet is under way, make one */
		return ev->due == NAP_NEVER || ev->due <= ev->now ? ev->now + c->margin + NAP_MS : ev->due;
	/* short timeouts: half of what is left */
	return nap_time_max(ev->until - c->margin, ev->now + (ev->until - ev->now + 1) / 2);
}

static const struct nap_param params[] = {
	{ "margin", NAP_P_TIME, offsetof(struct config, margin), "3s", "0s", "1h", NULL,
		"How long before the binding goes a keepalive is sent: promotion and path take time." },
	NAP_PARAM_END
};

const struct nap_policy nap_policy_oracle = {
	.name = "oracle",
	.summary = "knows the timeout of every binding: the bound",
	.params = params,
	.config_size = sizeof(struct config),
	.next = next,
	.listens = NAP_EV_TIMER | NAP_EV_BIT(NAP_EV_BINDING),
};
