/* SPDX-License-Identifier: BSD-2-Clause */
/* The keepalive option of the client's socket: TCP probes by itself, the application says nothing (RFC 1122 4.2.3.6). */
#include "client/policy.h"
#include "client/tcp.h"

struct config {
	struct nap_tcp_keepalive option; /* first: NAP_WIRE_TCP_OPTION */
};

static nap_time next(const void *config, void *state, const struct nap_policy_event *ev)
{
	(void)config, (void)state, (void)ev;
	return NAP_NEVER;
}

static const struct nap_param params[] = {
	{ "idle", NAP_P_TIME, offsetof(struct config, option.idle), "2h", "1s", "365d", NULL,
		"Probe when nothing was heard for so long. RFC 9293 MUST-28: 2 h or more by default; Linux "
		"tcp_keepalive_time." },
	{ "probe-interval", NAP_P_TIME, offsetof(struct config, option.interval), "75s", "1s", "1d", NULL,
		"Time between probes (Linux tcp_keepalive_intvl)." },
	{ "probes", NAP_P_UINT, offsetof(struct config, option.count), "9", "1", "100", NULL,
		"Unanswered probes after which the connection is dead (Linux tcp_keepalive_probes)." },
	NAP_PARAM_END
};

const struct nap_policy nap_policy_tcp_keepalive = {
	.name = "tcp-keepalive",
	.summary = "the TCP keepalive option of the client's socket",
	.params = params,
	.config_size = sizeof(struct config),
	.next = next,
	.wire = NAP_WIRE_TCP_OPTION,
};
