/* SPDX-License-Identifier: BSD-2-Clause */
/* The mapping that a policy asks the box for, as far as the flow has to do with it: client/pcp.h does the asking. */
#include "client/flow.h"

void nap_flow_pcp_begin(const struct nap_call *k)
{
	if (nap_flow_asks(k->setup))
		nap_pcp_begin(nap_flow_pcp(k->c, k->setup), k->setup->policy_config, k->now,
			nap_flow_over_tcp(k->setup) ? NAP_TCP : NAP_UDP, k->c->self, k->w->rng, k->out);
}

void nap_flow_pcp_outcome(const struct nap_call *k, enum nap_pcp_outcome outcome)
{
	if (outcome == NAP_PCP_NOTHING || !k->c->open)
		return;
	if (outcome == NAP_PCP_MOVED) /* the server has to hear of it */
		nap_flow_keepalive(k, NAP_CAUSE_KEEPALIVE);
	nap_flow_tell(k, NAP_EV_GRANT);
}
