/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/server.h"

#include "client/message.h"
#include "client/mix.h"

#define WINDOW 8 /* pushes in flight at once */

/* One call's arguments, so that they travel together. */
struct call {
	struct nap_server *s;
	const struct nap_server_setup *setup;
	nap_time now;
	struct nap_outbox *out;
};

void nap_server_init(struct nap_server *s, const struct nap_server_setup *setup, struct nap_endpoint self)
{
	(void)setup;
	s->deadline = s->wait = NAP_NEVER;
	s->heard = 0;
	s->self = self;
	s->peer = (struct nap_endpoint){ 0, 0 };
	s->open = false;
	s->tries = 0;
	s->taken = s->sent = s->pushes = 0;
}

/* Does the server remember pushes? A bare UDP flow sends and forgets. */
static bool keeps(const struct nap_server_setup *setup)
{
	return setup->app->reliable || setup->app->transport == NAP_OVER_TCP;
}

static struct nap_packet *say(
	const struct call *k, enum nap_message message, uint64_t len, enum nap_cause cause)
{
	struct nap_packet *p = nap_outbox_add(k->out);

	*p = (struct nap_packet){
		.src = k->s->self,
		.dst = k->s->peer,
		.proto = NAP_UDP,
		.cause = (uint8_t)cause,
		.message = (uint8_t)message,
		.len = (uint32_t)len,
		.stamp = k->now,
	};
	return p;
}

static void say_push(const struct call *k, uint32_t number, nap_time offered)
{
	const struct nap_server_config *server = k->setup->server;
	uint64_t size = server->push_size > 0 ? server->push_size : k->setup->app->push_size;
	struct nap_packet *p =
		say(k, server->answer ? NAP_MSG_PUSH : NAP_MSG_PUSH_SILENT, size, NAP_CAUSE_PUSH);

	p->tag = number;
	p->ack = k->s->taken;
	p->stamp = offered;
}

/* Sends kept pushes as far as the window allows, and awaits their answer. */
static void send_kept(const struct call *k)
{
	struct nap_server *s = k->s;

	while (s->open && s->sent < s->pushes && s->sent - s->taken < WINDOW) {
		s->sent++;
		say_push(k, s->sent, s->offered[s->sent % NAP_SERVER_QUEUE]);
	}
	if (s->sent > s->taken && s->wait == NAP_NEVER) {
		s->tries = 1;
		s->wait = nap_time_after(k->now, k->setup->app->push_timeout);
	}
}

/* The client has all pushes up to number. */
static void push_done(const struct call *k, uint32_t number)
{
	struct nap_server *s = k->s;

	if (number <= s->taken || number > s->sent)
		return;
	s->taken = number;
	s->wait = NAP_NEVER;
	send_kept(k);
}

/* The flow is over: what was in flight waits for the next one, or is lost. */
static void close_flow(const struct call *k)
{
	struct nap_server *s = k->s;

	s->open = false;
	s->wait = NAP_NEVER;
	if (k->setup->server->queue)
		s->sent = s->taken;
	else
		s->taken = s->sent = s->pushes;
}

static void push_lost(const struct call *k)
{
	struct nap_server *s = k->s;

	s->wait = NAP_NEVER;
	if (s->tries >= k->setup->app->push_tries) {
		close_flow(k);
		return;
	}
	for (uint32_t n = s->taken + 1; n <= s->sent; n++)
		say_push(k, n, s->offered[n % NAP_SERVER_QUEUE]);
	s->wait = nap_time_after(k->now, k->setup->app->push_timeout << s->tries);
	s->tries++;
}

static void set_deadline(const struct call *k)
{
	struct nap_server *s = k->s;

	s->deadline = s->wait;
	if (s->open && k->setup->server->idle_timeout != NAP_NEVER)
		s->deadline =
			nap_time_min(s->deadline, nap_time_after(s->heard, k->setup->server->idle_timeout));
}

void nap_server_push(
	struct nap_server *s, const struct nap_server_setup *setup, nap_time now, struct nap_outbox *out)
{
	const struct call k = { s, setup, now, out };

	if (!keeps(setup)) {
		s->pushes++;
		s->taken = s->sent = s->pushes;
		if (s->open)
			say_push(&k, s->pushes, now);
		return;
	}
	if (s->pushes - s->taken >= NAP_SERVER_QUEUE || (!s->open && !setup->server->queue))
		return;
	s->pushes++;
	s->offered[s->pushes % NAP_SERVER_QUEUE] = now;
	send_kept(&k);
	set_deadline(&k);
}

static void answer_keepalive(const struct call *k, const struct nap_packet *p)
{
	if (k->setup->app->keepalive_answer == 0)
		return;
	say(k, NAP_MSG_KEEPALIVE_ANSWER, k->setup->app->keepalive_answer, (enum nap_cause)p->cause)
		->quote.src = p->src;
}

/* The client's part of an opening round trip; the last one opens the flow. */
static void answer_opening(const struct call *k, const struct nap_packet *p)
{
	const struct nap_app_config *app = k->setup->app;
	struct nap_server *s = k->s;

	if (p->tag == 0 && !nap_endpoint_equal(s->peer, p->src))
		close_flow(k);
	s->peer = p->src;
	say(k, NAP_MSG_OPEN_DOWN, app->open_down / app->open_round_trips, NAP_CAUSE_RECONNECT)->tag = p->tag;
	if (p->tag + 1 >= app->open_round_trips)
		s->open = true;
}

static void take(const struct call *k, const struct nap_packet *p)
{
	struct nap_server *s = k->s;

	if (k->setup->app->open_round_trips > 0 && p->message == NAP_MSG_OPEN_UP) {
		answer_opening(k, p);
	} else if (k->setup->app->open_round_trips == 0 ||
		   (s->open && (k->setup->app->follow || nap_endpoint_equal(s->peer, p->src)))) {
		s->open = true;
		s->peer = p->src;
	} else {
		return; /* a stranger, or a client the server has given up */
	}
	s->heard = k->now;
	if (p->message == NAP_MSG_KEEPALIVE)
		answer_keepalive(k, p);
	if (p->message == NAP_MSG_PUSH_ANSWER)
		push_done(k, p->tag);
	if (keeps(k->setup))
		send_kept(k);
}

void nap_server_input(struct nap_server *s, const struct nap_server_setup *setup, nap_time now,
	const struct nap_packet *p, struct nap_outbox *out)
{
	const struct call k = { s, setup, now, out };

	if (p->proto != NAP_UDP || !nap_endpoint_equal(p->dst, s->self))
		return;
	take(&k, p);
	set_deadline(&k);
}

void nap_server_timer(
	struct nap_server *s, const struct nap_server_setup *setup, nap_time now, struct nap_outbox *out)
{
	const struct call k = { s, setup, now, out };

	if (now >= s->wait)
		push_lost(&k);
	if (s->open && now >= nap_time_after(s->heard, setup->server->idle_timeout)) {
		say(&k, NAP_MSG_BYE, 0, NAP_CAUSE_BACKGROUND);
		close_flow(&k);
		out->notes |= NAP_NOTE_CLOSED;
	}
	set_deadline(&k);
}

size_t nap_server_bytes(const struct nap_server_setup *setup)
{
	return keeps(setup) ? sizeof(struct nap_server) : offsetof(struct nap_server, tcp);
}

uint64_t nap_server_fingerprint(
	const struct nap_server *s, const struct nap_server_setup *setup, nap_time now)
{
	uint64_t h = nap_mix(0, ((uint64_t)s->open << 8) | s->tries);

	h = nap_mix(h, ((uint64_t)s->peer.port << 32) | s->peer.addr);
	h = nap_mix(h, ((uint64_t)(s->pushes - s->sent) << 32) | (s->sent - s->taken));
	h = nap_mix_time(h, s->wait, now);
	if (setup->server->idle_timeout != NAP_NEVER)
		h = nap_mix_time(h, s->heard, now);
	for (uint32_t n = s->taken + 1; n <= s->pushes; n++)
		h = nap_mix_time(h, s->offered[n % NAP_SERVER_QUEUE], now);
	return h;
}

void nap_server_shift(struct nap_server *s, nap_time span)
{
	nap_move_time(&s->deadline, span);
	nap_move_time(&s->wait, span);
	nap_move_time(&s->heard, span);
}
