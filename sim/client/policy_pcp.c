/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PCP, RFC 6887, and NAT-PMP, RFC 6886: the first box on the path is asked to
 * keep the mapping for a lifetime, and again before it ends (client/pcp.c).
 * While it is granted, no keepalive goes to the server; without a grant they
 * go at a fixed interval.
 */
#include "client/pcp.h"
#include "client/policy.h"

struct config {
	struct nap_pcp_config pcp; /* first: the client reads it */
	nap_time fallback;
};

struct state {
	struct nap_pcp pcp; /* first: the client keeps it */
};

static nap_time next(const void *config, void *state, const struct nap_policy_event *ev)
{
	const struct config *c = config;
	const struct nap_pcp *pcp = &((const struct state *)state)->pcp;

	return nap_pcp_holds(pcp, ev->now) ? NAP_NEVER : ev->now + c->fallback;
}

static const struct nap_field rows[] = { NAP_PCP_ROWS(struct state, pcp) };
NAP_FIELDS(fields, struct state, rows);

static const char *const protocols[] = { "pcp", "nat-pmp", NULL };

static const struct nap_param params[] = {
	{ "request", NAP_P_TIME, offsetof(struct config, pcp.request), "2h", "1s", "49710d", NULL,
		"Lifetime the client asks for; the box may grant another (pcp-minimum, "
		"pcp-maximum). The first box on the path is asked; NATs behind it are not." },
	{ "protocol", NAP_P_WORD, offsetof(struct config, pcp.version), "pcp", NULL, NULL, protocols,
		"pcp: by PCP, by NAT-PMP where the box knows only that; nat-pmp: by NAT-PMP." },
	{ "fallback", NAP_P_TIME, offsetof(struct config, fallback), "60s", "1s", NULL, NULL,
		"Interval of keepalives to the server while no mapping is granted." },
	NAP_PARAM_END
};

const struct nap_policy nap_policy_pcp = {
	.name = "pcp",
	.summary = "asks the first box for a mapping (PCP, NAT-PMP) and renews it at half its lifetime",
	.params = params,
	.config_size = sizeof(struct config),
	.state = &fields,
	.next = next,
	.listens = NAP_EV_TIMER | NAP_EV_BIT(NAP_EV_GRANT),
	.draws = true,
	.wire = NAP_WIRE_PCP,
};
