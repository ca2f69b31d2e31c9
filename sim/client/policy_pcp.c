/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PCP, RFC 6887 11.2.1: the box says for how long it keeps the mapping; the
 * renewal goes between 1/2 and 5/8 of that. A box that says nothing is taken
 * to keep it as long as the fallback.
 */
#include "client/adapt.h"

struct config {
	nap_time request, fallback;
};

static nap_time next(const void *config, void *state, const struct nap_policy_event *ev)
{
	const struct config *c = config;
	nap_time *granted = state; /* 0: not told yet */
	double share;

	if (ev->what == NAP_EV_BINDING && (*granted > 0 || ev->lifetime == NAP_NEVER))
		return ev->due;
	if (ev->lifetime != NAP_NEVER && *granted == 0)
		*granted = nap_time_min(c->request, ev->lifetime);
	share = 0.5 + 0.125 * nap_rng_unit(ev->rng);
	return ev->now + nap_time_max(4 * NAP_S, nap_scale(*granted > 0 ? *granted : c->fallback,
							 share)); /* never less than 4 s apart */
}

static const struct nap_param params[] = { { "request", NAP_P_TIME, offsetof(struct config, request), "2h",
						   "2min", "1d", NULL,
						   "Lifetime the client asks for; the box may grant less." },
	{ "fallback", NAP_P_TIME, offsetof(struct config, fallback), "60s", "8s", "1d", NULL,
		"Lifetime believed where the box grants none." },
	NAP_PARAM_END };

const struct nap_policy nap_policy_pcp = {
	.name = "pcp",
	.summary = "renews at half the lifetime that the box grants",
	.params = params,
	.config_size = sizeof(struct config),
	.state_size = sizeof(nap_time),
	.next = next,
	.listens = NAP_EV_TIMER | NAP_EV_BIT(NAP_EV_BINDING),
	.draws = true,
};
