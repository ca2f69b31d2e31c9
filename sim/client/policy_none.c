/* SPDX-License-Identifier: BSD-2-Clause */
/* No keepalives at all: what the client has to say is all it says. */
#include "client/policy.h"

static nap_time next(const void *config, void *state, const struct nap_policy_event *ev)
{
	(void)config, (void)state, (void)ev;
	return NAP_NEVER;
}

static const struct nap_param params[] = { NAP_PARAM_END };

const struct nap_policy nap_policy_none = {
	.name = "none",
	.summary = "no keepalives (an explicit choice: RFC 5383 section 5)",
	.params = params,
	.next = next,
};
