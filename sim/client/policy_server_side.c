/* SPDX-License-Identifier: BSD-2-Clause */
/* The server keeps the flow alive: keepalives come down, and wake the radio by paging. */
#include "client/policy.h"

struct config {
	nap_time interval; /* first: NAP_WIRE_SERVER */
};

static nap_time next(const void *config, void *state, const struct nap_policy_event *ev)
{
	(void)config, (void)state, (void)ev;
	return NAP_NEVER;
}

static const struct nap_param params[] = {
	{ "interval", NAP_P_TIME, offsetof(struct config, interval), "2min", "1s", "365d", NULL,
		"The server speaks after so long without traffic in either direction. Boxes that only "
		"outbound packets refresh "
		"(RFC 4787 REQ-6) forget the flow all the same, unless the client answers." },
	NAP_PARAM_END
};

const struct nap_policy nap_policy_server_side = {
	.name = "server-side",
	.summary = "the server sends the keepalives",
	.params = params,
	.config_size = sizeof(struct config),
	.next = next,
	.wire = NAP_WIRE_SERVER,
};
