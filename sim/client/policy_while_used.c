/* SPDX-License-Identifier: BSD-2-Clause */
/* Only while the flow is in use: as long as something inside it lives. At rest rarer, or not at all. */
#include "client/policy.h"

struct config {
	nap_time interval, use, rest;
};

struct state {
	nap_time until; /* it is in use until then, if nothing more passes */
};

static nap_time next(const void *config, void *state, const struct nap_policy_event *ev)
{
	const struct config *c = config;
	struct state *s = state;
	nap_time next = nap_time_after(ev->now, c->interval);

	if (ev->what == NAP_EV_DUE)
		return next <= s->until ? next : nap_time_after(ev->now, c->rest);
	s->until = nap_time_after(ev->now, c->use);
	return ev->what == NAP_EV_START ? next : nap_time_min(ev->due, next);
}

static const struct nap_field rows[] = { NAP_FIELD(struct state, until, NAP_UNTIL) };
NAP_FIELDS(fields, struct state, rows);

static const struct nap_param params[] = {
	{ "interval", NAP_P_TIME, offsetof(struct config, interval), "20s", "1ms", "365d", NULL,
		"Time between keepalives while the flow is in use (Android's NAT-T keepalives: 20 s, "
		"Tailscale's heartbeats: 3 s)." },
	{ "use", NAP_P_TIME, offsetof(struct config, use), "45s", "1ms", NULL, NULL,
		"How long it counts as used after anything but keepalives: as long as an inner flow may yet "
		"want an answer (Tailscale: 45 s)." },
	{ "rest-interval", NAP_P_TIME, offsetof(struct config, rest), "never", "1ms", NULL, NULL,
		"Time between keepalives after that; never: none until it is used again." },
	NAP_PARAM_END
};

const struct nap_policy nap_policy_while_used = {
	.name = "while-used",
	.summary = "keepalives only as long as the flow is in use",
	.params = params,
	.config_size = sizeof(struct config),
	.state = &fields,
	.next = next,
	.listens = NAP_EV_TIMER | NAP_EV_BIT(NAP_EV_SENT) | NAP_EV_BIT(NAP_EV_RECEIVED),
};
