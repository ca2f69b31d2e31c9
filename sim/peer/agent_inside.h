/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside peer/: what the files of an agent share. */
#ifndef NAP_PEER_AGENT_INSIDE_H
#define NAP_PEER_AGENT_INSIDE_H

#include "peer/agent.h"

#define NAP_RTO_FIRST (500 * NAP_MS) /* of requests to servers: RFC 8489 6.2.1 */

/* A packet of the agent's own from its socket to an address. */
struct nap_packet *nap_agent_send(struct nap_agent_call *k, struct nap_endpoint to, uint8_t message,
	uint64_t len, enum nap_cause cause);

/* Which way is in use now, after what has changed. */
void nap_agent_choose(struct nap_agent_call *k);

/* A direct way works, to there. */
void nap_agent_found(struct nap_agent_call *k, struct nap_endpoint from, struct nap_endpoint remote);

/* The direct way is no more. */
void nap_agent_lost(struct nap_agent_call *k);

/* --- relay_client.c ---------------------------------------------------------------------------------------------- */

void nap_relay_client_init(struct nap_relay_client *r);
nap_time nap_relay_client_deadline(const struct nap_relay_client *r);
void nap_relay_client_timer(struct nap_agent_call *k);
void nap_relay_client_input(struct nap_agent_call *k, const struct nap_packet *p);
void nap_relay_client_allocate(struct nap_agent_call *k);
void nap_relay_client_bind(struct nap_agent_call *k, struct nap_endpoint peer);
/* Something goes to the relay: no indication is needed for a while. */
void nap_relay_client_spoke(struct nap_agent_call *k);
/* Does the client have an allocation? */
static inline bool nap_relay_client_has(const struct nap_relay_client *r)
{
	return r->relayed.addr != 0;
}

/* --- checks.c ---------------------------------------------------------------------------------------------------- */

void nap_checks_start(struct nap_agent_call *k);
void nap_checks_round(struct nap_agent_call *k);
void nap_checks_consent(struct nap_agent_call *k);
void nap_checks_schedule(struct nap_agent_call *k);
void nap_checks_input(struct nap_agent_call *k, const struct nap_packet *p);

/* --- guesses.c --------------------------------------------------------------------------------------------------- */

/* Both ends' addresses are known: is anything to be guessed? */
void nap_guesses_begin(struct nap_agent_call *k);
void nap_guesses_timer(struct nap_agent_call *k);

/* Is the second server's word wanted, too? */
static inline bool nap_guesses_ask(const struct nap_peer_config *cfg)
{
	return (cfg->guesses > 0 || cfg->predictions > 0) && cfg->transport == NAP_PEER_UDP;
}

/* --- tcp_way.c --------------------------------------------------------------------------------------------------- */

void nap_tcp_way_connect(struct nap_agent_call *k, struct nap_endpoint to);
void nap_tcp_way_write(
	struct nap_agent_call *k, uint8_t message, uint8_t cause, uint32_t len, uint32_t tag, nap_time stamp);
bool nap_tcp_way_input(struct nap_agent_call *k, struct nap_packet *p);
void nap_tcp_way_timer(struct nap_agent_call *k);
void nap_tcp_way_flush(struct nap_agent_call *k);
nap_time nap_tcp_way_deadline(const struct nap_agent *a);
void nap_tcp_way_clear(struct nap_agent *a);

#endif
