/* SPDX-License-Identifier: BSD-2-Clause */
/* A client's state as whole cycles see it: how much there is, what it is relative to now, and moving it. */
#include "client/client.h"

#include <string.h>

#include "client/flow.h"
#include "client/mix.h"

size_t nap_client_bytes(const struct nap_client_setup *setup)
{
	if (nap_flow_over_tcp(setup))
		return offsetof(struct nap_client, old) + NAP_TCP_LEFT_BYTES;
	if (setup->policy->probe)
		return offsetof(struct nap_client, tcp);
	return offsetof(struct nap_client, policy) + (setup->policy->state_size + 7) / 8 * 8;
}

static uint64_t mix_policy(
	uint64_t h, const struct nap_client *c, const struct nap_policy *policy, nap_time now)
{
	uint64_t state[NAP_POLICY_STATE / 8];
	size_t n = (policy->state_size + 7) / 8;

	if (policy->draws)
		return nap_mix(h, (uint64_t)now);
	memcpy(state, c->policy, 8 * n);
	if (policy->shift)
		policy->shift(state, -now);
	for (size_t i = 0; i < n; i++)
		h = nap_mix(h, state[i]);
	return h;
}

uint64_t nap_client_fingerprint(
	const struct nap_client *c, const struct nap_client_setup *setup, nap_time now)
{
	uint64_t h = nap_mix(0, ((uint64_t)c->phase << 24) | ((uint64_t)c->fails << 16) |
					((uint64_t)c->step << 8) | (uint64_t)(c->wants << 2) |
					(uint64_t)(c->asked << 1) | c->sent);

	h = nap_mix(h, ((uint64_t)c->self.port << 32) | c->self.addr);
	h = nap_mix(h, ((uint64_t)c->mapped.port << 32) | c->mapped.addr);
	h = nap_mix(h, ((uint64_t)c->failures << 1) | nap_flow_resumed(c));
	h = nap_mix_time(h, c->due, now);
	h = nap_mix_time(h, c->wait, now);
	h = nap_mix_time(h, c->outbound, now);
	h = nap_mix_time(h, nap_time_max(c->inbound, c->outbound), now);
	if (setup->app->rekey != NAP_NEVER)
		h = nap_mix_time(h, c->keyed, now);
	if (setup->app->idle_timeout != NAP_NEVER)
		h = nap_mix_time(h, c->since, now);
	if (nap_flow_over_tcp(setup)) {
		h = nap_mix(h, nap_tcp_fingerprint(&c->tcp, now));
		h = c->old.state == NAP_TCP_CLOSED ? h : nap_mix(h, nap_tcp_fingerprint(&c->old, now));
	}
	return mix_policy(h, c, setup->policy, now);
}

void nap_client_shift(struct nap_client *c, const struct nap_client_setup *setup, nap_time span)
{
	nap_move_time(&c->deadline, span);
	nap_move_time(&c->due, span);
	nap_move_time(&c->wait, span);
	nap_move_time(&c->outbound, span);
	nap_move_time(&c->inbound, span);
	nap_move_time(&c->since, span);
	nap_move_time(&c->keyed, span);
	if (nap_flow_over_tcp(setup)) {
		nap_tcp_shift(&c->tcp, span);
		nap_tcp_shift(&c->old, span);
	}
	if (nap_flow_probes(setup))
		nap_move_time(&c->probe.at, span);
	if (setup->policy->shift)
		setup->policy->shift(c->policy, span);
}
