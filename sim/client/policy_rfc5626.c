/* SPDX-License-Identifier: BSD-2-Clause */
/* SIP outbound, RFC 5626 4.4: over UDP every 24 to 29 s, over TCP every 95 to 120 s or, on battery, 672 to 840 s. */
#include "client/adapt.h"

enum flow { FLOW_UDP, FLOW_TCP, FLOW_TCP_BATTERY };

struct config {
	uint32_t flow;
	nap_time flow_timer;
};

struct range {
	nap_time low, high;
};

static struct range range_of(const struct config *c)
{
	static const struct range ranges[] = {
		[FLOW_UDP] = { 24 * NAP_S, 29 * NAP_S },           /* 4.4.2 */
		[FLOW_TCP] = { 95 * NAP_S, 120 * NAP_S },          /* 4.4.1 */
		[FLOW_TCP_BATTERY] = { 672 * NAP_S, 840 * NAP_S }, /* 4.4.1 */
	};

	if (c->flow_timer != NAP_NEVER) /* 4.4: 80 to 100 % of what the registrar asked for */
		return (struct range){ nap_scale(c->flow_timer, 0.8), c->flow_timer };
	return ranges[c->flow];
}

static nap_time next(const void *config, void *state, const struct nap_policy_event *ev)
{
	struct range r = range_of(config);

	(void)state;
	return ev->now + r.low + nap_scale(r.high - r.low, nap_rng_unit(ev->rng));
}

static nap_time told(const void *config, const char **key)
{
	const struct config *c = config;

	*key = c->flow_timer != NAP_NEVER ? "flow-timer" : "flow";
	return range_of(c).high;
}

static const char *const flow_words[] = { "udp", "tcp", "tcp-battery", NULL };

static const struct nap_param params[] = { { "flow", NAP_P_WORD, offsetof(struct config, flow), "udp", NULL,
						   NULL, flow_words,
						   "Which default range: STUN over UDP, CRLF over TCP, or "
						   "CRLF over TCP where the battery counts." },
	{ "flow-timer", NAP_P_TIME, offsetof(struct config, flow_timer), "never", "1s", NULL, NULL,
		"The registrar's Flow-Timer: 80 to 100 % of it instead of the default range; never: it sent "
		"none." },
	NAP_PARAM_END };

const struct nap_policy nap_policy_rfc5626 = {
	.name = "rfc5626",
	.summary = "SIP outbound's random intervals",
	.params = params,
	.config_size = sizeof(struct config),
	.next = next,
	.told = told,
	.listens = NAP_EV_TIMER,
	.draws = true,
};
