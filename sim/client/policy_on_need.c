/* SPDX-License-Identifier: BSD-2-Clause */
/* No keepalives: the client speaks when its user wants something, at random times; with reopen = no it lets flows die. */
#include "client/policy.h"
#include "kernel/dist.h"

struct config {
	nap_time mean;
};

static nap_time next(const void *config, void *state, const struct nap_policy_event *ev)
{
	const struct config *c = config;

	(void)state;
	return nap_time_after(ev->now, nap_draw_gap(ev->rng, (double)c->mean));
}

static const struct nap_param params[] = {
	{ "need", NAP_P_TIME, offsetof(struct config, mean), "1h", "1s", "365d", NULL,
		"Mean time between the user's wants (a Poisson process)." },
	NAP_PARAM_END
};

const struct nap_policy nap_policy_on_need = {
	.name = "on-need",
	.summary = "no keepalives; speaks at its user's random wants",
	.params = params,
	.config_size = sizeof(struct config),
	.next = next,
	.listens = NAP_EV_TIMER,
	.draws = true,
};
