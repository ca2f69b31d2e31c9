/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One end's NAT maps anew for each destination, so that nobody can tell the port towards the other end: that opens many ports, the
 * other guesses. With m of n ports open a guess meets one with probability m / n: after k guesses one has with 1 - (1 - m / n)^k.
 */
#include "peer/agent_inside.h"

#define OPENED_AT_ONCE 8
#define FIRST_PORT     1024u
#define PORTS          (65536u - FIRST_PORT)

static bool varies(const struct nap_agent *a)
{
	return a->second.addr != 0 && !nap_endpoint_equal(a->mapped, a->second);
}

void nap_guesses_begin(struct nap_agent_call *k)
{
	struct nap_agent *a = k->a;

	a->guessed = varies(a) ? 1 : 0; /* the port that it has is open as well */
	a->guess_at = k->cfg->guesses > 0 && nap_guesses_ask(k->cfg) && varies(a) != a->offer.varies
			      ? k->now
			      : NAP_NEVER;
	/* the last one is answered within a round, and the other end does not begin later than that */
	a->guesses_end = nap_time_after(
		k->now, nap_time_after(k->cfg->guesses * k->cfg->guess_pace, k->cfg->interval));
}

/* From another port of its own towards the other end, whose address is known. */
static void open_port(struct nap_agent_call *k)
{
	const struct nap_agent *a = k->a;
	struct nap_packet *p =
		nap_agent_send(k, a->offer.mapped, NAP_PEER_CHECK, k->cfg->check_size, NAP_CAUSE_RECONNECT);

	p->src.port = (uint16_t)(FIRST_PORT + (a->self.port - FIRST_PORT + k->a->guessed++) % PORTS);
}

static void guess(struct nap_agent_call *k)
{
	struct nap_endpoint to = { k->a->offer.mapped.addr,
		(uint16_t)(FIRST_PORT + nap_rng_below(k->rng, PORTS)) };

	nap_agent_send(k, to, NAP_PEER_CHECK, k->cfg->check_size, NAP_CAUSE_RECONNECT);
	k->a->guessed++;
}

void nap_guesses_timer(struct nap_agent_call *k)
{
	struct nap_agent *a = k->a;
	uint32_t all = varies(a) ? k->cfg->ports : k->cfg->guesses;

	for (int i = 0; i < (varies(a) ? OPENED_AT_ONCE : 1) && a->guessed < all; i++) {
		if (varies(a))
			open_port(k);
		else
			guess(k);
	}
	if (a->guessed < all) {
		a->guess_at = nap_time_after(k->now, k->cfg->guess_pace);
		return;
	}
	a->guess_at = k->now < a->guesses_end ? a->guesses_end : NAP_NEVER;
}
