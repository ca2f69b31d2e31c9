/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of a client's flow, private to client/: closed until wait; over TCP
 * connecting; opening step by step (TLS, login); open, with keepalives when the
 * policy has them due; closed again when it is found dead, reset, or ended by
 * the server.
 */
#ifndef NAP_CLIENT_FLOW_H
#define NAP_CLIENT_FLOW_H

#include "client/client.h"
#include "client/message.h"
#include "client/pcp.h"

/* The ports that clients use in turn: Linux' ephemeral range. */
#define NAP_PORT_FIRST 32768u
#define NAP_PORT_COUNT 28232u

/* One call's arguments, so that they travel together. */
struct nap_call {
	struct nap_client *c;
	const struct nap_client_setup *setup;
	nap_time now;
	const struct nap_client_world *w;
	struct nap_outbox *out;
};

static inline bool nap_flow_over_tcp(const struct nap_client_setup *setup)
{
	return setup->app->transport == NAP_OVER_TCP;
}

/* Does the policy try silences on a second port? */
static inline bool nap_flow_has_second(const struct nap_client_setup *setup)
{
	return setup->policy->try_silence && !nap_flow_over_tcp(setup);
}

/* Does the policy ask the box for a mapping? */
static inline bool nap_flow_asks(const struct nap_client_setup *setup)
{
	return setup->policy->wire == NAP_WIRE_PCP;
}

/* Does the client check by itself whether the server lives, beside its keepalives? Answered ones tell that; not who waits for ever. */
static inline bool nap_flow_checks(const struct nap_client_setup *setup)
{
	const struct nap_app_config *app = setup->app;

	return app->liveness != NAP_NEVER && app->keepalive_answer == 0 && app->answer_timeout != NAP_NEVER;
}

/* Are keys, other than WireGuard's, which sees to its own, made anew when they are old? */
static inline bool nap_flow_keys_age(const struct nap_client_setup *setup)
{
	return nap_time_min(setup->app->rekey, setup->app->renew) != NAP_NEVER &&
	       !nap_app_is_wireguard(setup->app);
}

/* It is to be told anew where the server sees it come from, if it is at all. */
static inline void nap_flow_forget_mapped(struct nap_client *c, const struct nap_client_setup *setup)
{
	if (!nap_flow_over_tcp(setup))
		c->mapped = (struct nap_endpoint){ 0, 0 };
}

/* How that stands, for policies that ask. */
static inline struct nap_pcp *nap_flow_pcp(struct nap_client *c, const struct nap_client_setup *setup)
{
	return nap_client_policy(c, setup);
}

/* Was there a connection before, so that its ticket serves? */
static inline bool nap_flow_resumed(const struct nap_client *c)
{
	return c->opened > 0;
}

/* Tells the policy what happened, if it listens; tested: the silence that was tried. */
void nap_flow_tell(const struct nap_call *k, enum nap_policy_what what);

/* One message to the server. */
void nap_flow_say(
	const struct nap_call *k, enum nap_message message, uint64_t len, enum nap_cause cause, uint32_t tag);

/* The same of what is given. */
void nap_flow_send(const struct nap_call *k, const struct nap_saying *what);

/* --- long polling: poll.c --- */

static inline bool nap_flow_polls(const struct nap_client_setup *setup)
{
	return nap_app_polls(setup->app, setup->policy);
}

/* The policy wants silence for so long: a request goes that the server answers then, unless one is out. */
void nap_poll_begin(const struct nap_call *k);

/* The one that is out is answered, by what was asked for or by a push instead. */
void nap_poll_answered(const struct nap_call *k);
void nap_poll_pushed(const struct nap_call *k);

/* --- requests of the application's own: requests.c --- */

static inline bool nap_flow_requests(const struct nap_client_setup *setup)
{
	return nap_app_requests(setup->app);
}

/* TCP reports events: the end of the connection, which the program does not see, as it waits for nothing (notices-close)? */
bool nap_requests_miss_close(const struct nap_call *k, unsigned events);

/* It is about to say something: has it missed that? Then its flow is over now. */
bool nap_requests_meet_close(const struct nap_call *k);

/* One is made; as many go as may. Is there any that is to go? */
void nap_requests_make(const struct nap_call *k);
void nap_requests_give(const struct nap_call *k, const struct nap_asking *request);
void nap_requests_flush(const struct nap_call *k);
bool nap_requests_wait(const struct nap_client *c, const struct nap_client_setup *setup);

/* The server's host has acknowledged what TCP has sent up to now; an answer has come; the flow is over; what is due. */
void nap_requests_acked(const struct nap_call *k);
void nap_requests_answered(const struct nap_call *k, const struct nap_packet *p);
void nap_requests_refused(const struct nap_call *k, const struct nap_packet *p);
void nap_requests_flow_over(const struct nap_call *k);
void nap_requests_timer(const struct nap_call *k);

/* --- how a pool keeps its connections: retire.c --- */

/* A flow is open; must it be asked whether it lives before the next request, and is that asked now? The answer to it. */
void nap_retire_opened(const struct nap_call *k);
bool nap_retire_asks(const struct nap_call *k);
bool nap_retire_heard(const struct nap_call *k);

/* What is due, and when. */
void nap_retire_timer(const struct nap_call *k);
nap_time nap_retire_due(const struct nap_call *k);

/* The client closes its flow in order, as its program has no use for it. */
void nap_flow_retire(const struct nap_call *k);

/* When nap_requests_timer, or a flush, has something to do. */
nap_time nap_requests_due(const struct nap_call *k);

/* --- secure transports over UDP: flow_secure.c --- */

/* A new one; the first handshake of WireGuard; QUIC's is over. */
void nap_flow_secure_begin(const struct nap_call *k);
void nap_flow_handshake(const struct nap_call *k);
void nap_flow_confirmed(const struct nap_call *k);

/* Around each packet that is sent, or comes. */
bool nap_flow_holds(const struct nap_call *k, const struct nap_saying *what);
void nap_flow_stamp(const struct nap_call *k, struct nap_packet *p);
void nap_flow_sent(const struct nap_call *k, const struct nap_saying *what);
unsigned nap_flow_secure_heard(const struct nap_call *k, const struct nap_packet *p);
void nap_flow_secure_settle(const struct nap_call *k, unsigned events);

/* Takes what is due. */
void nap_flow_secure_timer(const struct nap_call *k);

/* WireGuard has keys: an opening is over. */
void nap_flow_keyed(const struct nap_call *k);

/* --- the flow --- */

/* How long a keepalive waits for its answer, after fails that had none. */
nap_time nap_flow_answer_wait(const struct nap_call *k, uint32_t fails);

/* A keepalive, or the first packet of a bare flow; awaits its answer where there is to be one. */
void nap_flow_keepalive(const struct nap_call *k, enum nap_cause cause);

/* Asks whether the server lives, and awaits its word; when that is due, NAP_NEVER while an answer is out. */
void nap_flow_ask(const struct nap_call *k);
nap_time nap_flow_ask_at(const struct nap_client *c, const struct nap_client_setup *setup);

/* The second port: begin the next try if the policy wants one; take what is due; take the outcome. */
void nap_flow_second_next(const struct nap_call *k);
void nap_flow_second_timer(const struct nap_call *k);
void nap_flow_second_outcome(const struct nap_call *k, enum nap_second_port_outcome outcome);

/* PCP: ask for a mapping of the flow's endpoint; what came of requests. */
void nap_flow_pcp_begin(const struct nap_call *k);
void nap_flow_pcp_outcome(const struct nap_call *k, enum nap_pcp_outcome outcome);

/* A flow from a new port. */
void nap_flow_open(const struct nap_call *k);

/* The transport is there: on with TLS and login, or open. */
void nap_flow_begin_steps(const struct nap_call *k);

/* Sends (again) the client's part of the current step; the server's part of it has come. */
void nap_flow_send_step(const struct nap_call *k);
void nap_flow_step_done(const struct nap_call *k);

/* An opening came to nothing. */
void nap_flow_opening_failed(const struct nap_call *k);

/* Tells the server where the client is now. */
void nap_flow_migrate(const struct nap_call *k);

/* No answer any more: the flow is dead, at once or after a wait for the server's close. */
void nap_flow_give_up(const struct nap_call *k);

/* An open flow turned out to be dead. */
void nap_flow_dead(const struct nap_call *k);

/* Either of the two, as it stands. */
void nap_flow_lost(const struct nap_call *k);

/* The server has closed the flow, or both ends have agreed to forget it. */
void nap_flow_ended(const struct nap_call *k);

#endif
