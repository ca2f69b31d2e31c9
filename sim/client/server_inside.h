/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the server's end share; nobody else's. */
#ifndef NAP_CLIENT_SERVER_INSIDE_H
#define NAP_CLIENT_SERVER_INSIDE_H

#include "client/message.h"
#include "client/server.h"

/* One call's arguments, so that they travel together. */
struct nap_server_call {
	struct nap_server *s;
	const struct nap_server_setup *setup;
	nap_time now;
	struct nap_outbox *out;
};

static inline bool nap_server_over_tcp(const struct nap_server_setup *setup)
{
	return setup->app->transport == NAP_OVER_TCP;
}

/* Does the server remember pushes? A bare UDP flow sends and forgets. */
static inline bool nap_server_keeps(const struct nap_server_setup *setup)
{
	return setup->app->reliable || nap_server_over_tcp(setup);
}

/* Does it repeat them by a timer of its own? TCP has its own. */
static inline bool nap_server_repeats(const struct nap_server_setup *setup)
{
	return setup->app->reliable && !nap_server_over_tcp(setup);
}

/* When it does so next. */
static inline nap_time nap_server_wait(const struct nap_server *s, const struct nap_server_setup *setup)
{
	return nap_server_repeats(setup) ? s->wait : NAP_NEVER;
}

static inline void nap_server_wait_over(const struct nap_server_call *k)
{
	if (nap_server_repeats(k->setup))
		k->s->wait = NAP_NEVER;
}

/* Is a time that may be a distribution anything but 0? */
static inline bool nap_server_takes_time(const struct nap_dist *d)
{
	return d->kind != NAP_DIST_CONSTANT || d->a > 0.0;
}

static inline bool nap_server_thinks(const struct nap_server_setup *setup)
{
	return setup->server->more && nap_server_takes_time(&setup->server->think_time);
}

static inline bool nap_server_validates(const struct nap_server_setup *setup)
{
	return setup->server->more && setup->app->validation > 0 && setup->app->validation_limit > 0;
}

/* --- server.c ---------------------------------------------------------------------------------------------------- */

/* What one message carries besides its size. */
struct nap_server_carried {
	uint32_t tag, ack;
	nap_time stamp;
	struct nap_endpoint mapped;
};

void nap_server_say(const struct nap_server_call *k, enum nap_message message, uint64_t len,
	enum nap_cause cause, const struct nap_server_carried *with);

/* The server's part of an opening step; the last one opens the flow. What a message of the client's means. */
void nap_server_answer_step(const struct nap_server_call *k, uint32_t tag);
void nap_server_take(const struct nap_server_call *k, const struct nap_packet *p);

/* The server has the flow; has it no more. */
void nap_server_open(const struct nap_server_call *k);
void nap_server_forget(const struct nap_server_call *k);

/* --- server_push.c: pushes that are kept ------------------------------------------------------------------------- */

void nap_server_say_push(const struct nap_server_call *k, uint32_t number, nap_time offered);
static inline nap_time nap_server_offered(const struct nap_server_call *k, uint32_t number)
{
	return nap_offers_at(&k->s->offered, &k->setup->server->push, k->s->taken, number);
}

/* Sends kept pushes as far as there is room; over UDP awaits their answer. */
void nap_server_send_kept(const struct nap_server_call *k);

/* The client has all pushes up to number; over UDP, those in flight have had no answer in time. */
void nap_server_push_done(const struct nap_server_call *k, uint32_t number);
void nap_server_push_late(const struct nap_server_call *k);

/* What was in flight waits until the client is heard, or is lost. */
void nap_server_put_back(const struct nap_server_call *k);

/* --- server_secure.c: QUIC and WireGuard ------------------------------------------------------------------------- */

/* A new one; the handshake is over. */
void nap_server_secure_begin(const struct nap_server_call *k);
void nap_server_secure_confirm(const struct nap_server_call *k);

/* Around each packet: does it have to wait; it goes; one has come. */
bool nap_server_secure_holds(const struct nap_server_call *k, const struct nap_saying *what);
void nap_server_secure_sent(
	const struct nap_server_call *k, const struct nap_saying *what, struct nap_packet *p);
void nap_server_secure_input(const struct nap_server_call *k, const struct nap_packet *p);

/* With QUIC: is the answer to this step of an opening worked on for a while? A repetition changes nothing of that. */
bool nap_server_secure_works(const struct nap_server_call *k, uint32_t tag);

void nap_server_secure_timer(const struct nap_server_call *k);

/* --- server_end.c: how it ends a flow by itself ------------------------------------------------------------------ */

/* When its patience with a silent client ends, and all else that is to end the flow. */
nap_time nap_server_idle_end(const struct nap_server *s, const struct nap_server_setup *setup);

/* Ends what is due; false: the flow has ended. */
bool nap_server_end_due(const struct nap_server_call *k);

/* A keepalive of the client has come, where these have a least interval: true when it was one too many, and the flow has ended. */
bool nap_server_minds_ping(const struct nap_server_call *k);

/* A flow begins; the client was heard; the server says something, a keepalive of its own among it. */
void nap_server_end_begin(const struct nap_server_call *k);
void nap_server_end_heard(const struct nap_server_call *k);
void nap_server_end_said(const struct nap_server_call *k, enum nap_message message);
void nap_server_end_asked(const struct nap_server_call *k);

/* --- server_work.c: what takes it time --------------------------------------------------------------------------- */

/* A request has come, from src: it is answered now or later. */
void nap_server_request(const struct nap_server_call *k, const struct nap_packet *p);
void nap_server_work_due(const struct nap_server_call *k);
void nap_server_work_forget(const struct nap_server_call *k);

/* A push goes to a client that polls: it is the answer. */
void nap_server_poll_over(const struct nap_server_call *k);

/* Thinking: it begins when a client with a flow is heard; a push was offered, one is done with; may one go now? */
void nap_server_think_heard(const struct nap_server_call *k);
void nap_server_think_offered(const struct nap_server_call *k);
void nap_server_think_done(const struct nap_server_call *k);
/* What was begun came to nothing: it is begun anew, with a time to think, when the client is heard next. */
void nap_server_think_again(const struct nap_server_call *k);
bool nap_server_think_over(const struct nap_server_call *k);

/* --- server_requests.c: requests of the client's own ------------------------------------------------------------- */

/* One has come; what is due; the flow is over; does a request wait for its answer? */
void nap_serving_take(const struct nap_server_call *k, const struct nap_packet *p);
void nap_serving_due(const struct nap_server_call *k);
void nap_serving_forget(const struct nap_server_call *k);

static inline bool nap_serving_owes(const struct nap_server *s, const struct nap_server_setup *setup)
{
	return nap_app_requests(setup->app) && nap_server_serving(s, setup)->answer != NAP_NEVER;
}

/* --- server_path.c: where the client is -------------------------------------------------------------------------- */

/* Over UDP: who may speak, and from where. False: a stranger, or a client that the server has given up. */
bool nap_server_knows(const struct nap_server_call *k, const struct nap_packet *p);

/* The client has responded to a challenge; what may be sent to an address in doubt; what is due. */
void nap_server_path_proved(const struct nap_server_call *k, const struct nap_packet *p);
bool nap_server_path_has(const struct nap_server_call *k, uint64_t bytes);
bool nap_server_path_spend(const struct nap_server_call *k, uint64_t bytes);
void nap_server_path_due(const struct nap_server_call *k);
void nap_server_path_forget(const struct nap_server_call *k);

#endif
