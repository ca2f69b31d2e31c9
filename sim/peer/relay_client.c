/* SPDX-License-Identifier: BSD-2-Clause */
/* The client's side of a relay: allocation, permission and channel, made and refreshed (RFC 8656). */
#include "peer/agent_inside.h"

#define MOST_DOUBLINGS 6u

void nap_relay_client_init(struct nap_relay_client *r)
{
	*r = (struct nap_relay_client){
		.ask_at = NAP_NEVER,
		.refresh_at = NAP_NEVER,
		.bind_at = NAP_NEVER,
		.indicate_at = NAP_NEVER,
		.release_at = NAP_NEVER,
	};
}

nap_time nap_relay_client_deadline(const struct nap_relay_client *r)
{
	return nap_time_min(nap_time_min(nap_time_min(r->ask_at, r->refresh_at),
				    nap_time_min(r->bind_at, r->indicate_at)),
		r->release_at);
}

static struct nap_packet *request(
	struct nap_agent_call *k, uint8_t message, enum nap_cause cause, nap_time *again)
{
	struct nap_endpoint to = { NAP_RELAY_ADDR, NAP_STUN_PORT };
	struct nap_relay_client *r = &k->a->relay;

	*again = nap_time_after(k->now, NAP_RTO_FIRST << MIN(r->tries, MOST_DOUBLINGS));
	if (r->tries < UINT8_MAX)
		r->tries++;
	return nap_agent_send(k, to, message, k->cfg->check_size, cause);
}

void nap_relay_client_spoke(struct nap_agent_call *k)
{
	if (nap_relay_client_has(&k->a->relay))
		k->a->relay.indicate_at = nap_time_after(k->now, k->cfg->relay_keepalive);
}

void nap_relay_client_allocate(struct nap_agent_call *k)
{
	if (k->a->relay.ask_at == NAP_NEVER)
		k->a->relay.tries = 0;
	request(k, NAP_PEER_ALLOCATE, NAP_CAUSE_RECONNECT, &k->a->relay.ask_at);
}

static void refresh(struct nap_agent_call *k)
{
	request(k, NAP_PEER_REFRESH, NAP_CAUSE_KEEPALIVE, &k->a->relay.refresh_at)->tag = 1;
	k->counts->checks++;
}

static void bind(struct nap_agent_call *k, enum nap_cause cause)
{
	struct nap_packet *p = request(k, NAP_PEER_BIND, cause, &k->a->relay.bind_at);

	p->quote = (struct nap_quote){ .proto = NAP_UDP, .dst = k->a->relay.channel };
}

void nap_relay_client_bind(struct nap_agent_call *k, struct nap_endpoint peer)
{
	if (!nap_relay_client_has(&k->a->relay) || peer.addr == 0)
		return;
	k->a->relay.channel = peer;
	k->a->relay.tries = 0;
	bind(k, NAP_CAUSE_RECONNECT);
}

/* The way is direct, and nobody wants the relay kept. */
static void release(struct nap_agent_call *k)
{
	nap_time never;

	request(k, NAP_PEER_REFRESH, NAP_CAUSE_BACKGROUND, &never);
	nap_relay_client_init(&k->a->relay);
	k->a->relayed = false;
	nap_agent_choose(k);
}

void nap_relay_client_timer(struct nap_agent_call *k)
{
	struct nap_relay_client *r = &k->a->relay;

	if (r->release_at <= k->now)
		release(k);
	if (r->ask_at <= k->now) {
		if (k->a->phase == NAP_AGENT_GATHERING)
			nap_relay_client_allocate(k);
		else
			r->ask_at = NAP_NEVER; /* too late for this opening */
	}
	if (r->refresh_at <= k->now)
		refresh(k);
	if (r->bind_at <= k->now) {
		k->counts->checks++;
		bind(k, NAP_CAUSE_KEEPALIVE);
	}
	if (r->indicate_at <= k->now) {
		struct nap_endpoint to = { NAP_RELAY_ADDR, NAP_STUN_PORT };

		nap_agent_send(k, to, NAP_PEER_INDICATE, 20, NAP_CAUSE_KEEPALIVE);
		k->counts->checks++;
	}
}

/* The relay knows nothing of an allocation: what it carried is lost. */
static void mismatch(struct nap_agent_call *k)
{
	bool used = k->a->way == NAP_WAY_RELAYED;

	if (!nap_relay_client_has(&k->a->relay))
		return;
	nap_relay_client_init(&k->a->relay);
	k->a->relayed = false;
	nap_agent_choose(k);
	if (used)
		nap_agent_restart(k, 0);
}

/* When the allocation is refreshed next; and permission and channel. */
static nap_time next_refresh(const struct nap_agent_call *k)
{
	const struct nap_peer_config *cfg = k->cfg;

	return cfg->refreshes == NAP_REFRESHES_NONE
		       ? NAP_NEVER
		       : nap_time_after(k->now, cfg->allocation_lifetime - cfg->refresh_early);
}

static nap_time next_bind(const struct nap_agent_call *k)
{
	const struct nap_peer_config *cfg = k->cfg;

	return cfg->refreshes != NAP_REFRESHES_ALL
		       ? NAP_NEVER
		       : nap_time_after(
				 k->now, nap_time_min(cfg->permission_lifetime, cfg->channel_lifetime) -
						 cfg->refresh_early);
}

void nap_relay_client_input(struct nap_agent_call *k, const struct nap_packet *p)
{
	struct nap_relay_client *r = &k->a->relay;

	switch (p->message) {
	case NAP_PEER_ALLOCATED:
		if (r->ask_at == NAP_NEVER)
			break;
		r->relayed = p->quote.src;
		r->ask_at = NAP_NEVER;
		r->tries = 0;
		r->refresh_at = next_refresh(k);
		nap_relay_client_spoke(k);
		break;
	case NAP_PEER_REFRESHED:
		if (p->tag == 0 || !nap_relay_client_has(r))
			break;
		r->tries = 0;
		r->refresh_at = next_refresh(k);
		break;
	case NAP_PEER_BOUND:
		if (!nap_relay_client_has(r))
			break;
		r->tries = 0;
		r->bind_at = next_bind(k);
		break;
	case NAP_PEER_MISMATCH:
		mismatch(k);
		break;
	default:
		break;
	}
}
