/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/server.h"

#include <string.h>

#include "client/message.h"

#define WINDOW 8 /* pushes in flight at once over UDP */

/* One call's arguments, so that they travel together. */
struct call {
	struct nap_server *s;
	const struct nap_server_setup *setup;
	nap_time now;
	struct nap_outbox *out;
};

static bool over_tcp(const struct nap_server_setup *setup)
{
	return setup->app->transport == NAP_OVER_TCP;
}

/* Does the server remember pushes? A bare UDP flow sends and forgets. */
static bool keeps(const struct nap_server_setup *setup)
{
	return setup->app->reliable || over_tcp(setup);
}

void nap_server_init(struct nap_server *s, const struct nap_server_setup *setup, struct nap_endpoint self)
{
	memset(s, 0, nap_server_bytes(setup));
	s->deadline = s->wait = NAP_NEVER;
	s->self = self;
}

void nap_server_clear(struct nap_server *s, const struct nap_server_setup *setup)
{
	if (!over_tcp(setup))
		return;
	nap_tcp_clear(&s->tcp);
	nap_tcp_clear(&s->old);
}

/* --- what it says ------------------------------------------------------------------------------------------------ */

/* What one message carries besides its size. */
struct carried {
	uint32_t tag, ack;
	nap_time stamp;
	struct nap_endpoint mapped;
};

static void say(const struct call *k, enum nap_message message, uint64_t len, enum nap_cause cause,
	const struct carried *with)
{
	struct nap_server *s = k->s;

	/* who waits for the client's silence asks again after as long a wait, whatever it sends meanwhile */
	if (message == NAP_MSG_SERVER_KEEPALIVE || k->setup->server->keepalive_after != NAP_SILENCE_PEERS)
		s->said = k->now;
	if (over_tcp(k->setup)) {
		nap_tcp_write(&s->tcp, &k->setup->server->tcp, k->now,
			&(struct nap_tcp_words){ (uint8_t)message, (uint8_t)cause,
				len > 0 ? (uint32_t)len : 1, with->tag, with->stamp });
		return;
	}
	*nap_outbox_add(k->out) = (struct nap_packet){
		.src = s->self,
		.dst = s->peer,
		.proto = NAP_UDP,
		.cause = (uint8_t)cause,
		.message = (uint8_t)message,
		.len = (uint32_t)len,
		.tag = with->tag,
		.ack = with->ack,
		.stamp = with->stamp,
		.quote = { .src = with->mapped },
	};
}

static void say_push(const struct call *k, uint32_t number, nap_time offered)
{
	const struct nap_server_config *server = k->setup->server;
	uint64_t size = server->push_size > 0 ? server->push_size : k->setup->app->push_size;

	say(k, server->answer ? NAP_MSG_PUSH : NAP_MSG_PUSH_SILENT, size, NAP_CAUSE_PUSH,
		&(struct carried){ .tag = number, .ack = k->s->taken, .stamp = offered });
}

/* How many more pushes the transport takes now. */
static uint32_t room(const struct call *k)
{
	uint32_t in_flight = k->s->sent - k->s->taken;

	if (over_tcp(k->setup))
		return nap_tcp_room(&k->s->tcp);
	return in_flight < WINDOW ? WINDOW - in_flight : 0;
}

/* Sends kept pushes as far as there is room; over UDP awaits their answer. */
static void send_kept(const struct call *k)
{
	struct nap_server *s = k->s;

	bool listening = !s->quiet && k->now <= nap_time_after(s->heard, k->setup->app->window);

	while (s->open && listening && s->sent < s->pushes && room(k) > 0) {
		s->sent++;
		say_push(k, s->sent, s->offered[s->sent % NAP_SERVER_QUEUE]);
	}
	if (!over_tcp(k->setup) && s->sent > s->taken && s->wait == NAP_NEVER) {
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
}

/* --- its flow ---------------------------------------------------------------------------------------------------- */

/* What was in flight waits until the client is heard, or is lost. */
static void put_back(const struct call *k)
{
	struct nap_server *s = k->s;

	s->wait = NAP_NEVER;
	if (k->setup->server->queue)
		s->sent = s->taken;
	else
		s->taken = s->sent = s->pushes;
}

nap_time nap_server_own_interval(const struct nap_server_setup *setup)
{
	nap_time interval = nap_time_min(setup->server->keepalive, setup->app->server_keepalive);

	if (setup->policy && setup->policy->wire == NAP_WIRE_SERVER)
		interval = nap_time_min(interval, *(const nap_time *)setup->policy_config);
	return interval;
}

/* A flow that nobody opens (bare UDP) is the server's own since it was started, at 0: its keepalives have gone since. */
static void open_flow(const struct call *k)
{
	nap_time interval;
	bool begins;

	if (k->s->open)
		return;
	interval = nap_server_own_interval(k->setup);
	begins = over_tcp(k->setup) || !nap_app_is_bare(k->setup->app) || interval == NAP_NEVER;
	k->s->said = begins ? k->now : k->now - k->now % interval;
	k->s->open = true;
}

static void close_flow(const struct call *k)
{
	if (k->s->open)
		k->out->notes |= NAP_NOTE_FLOW_ENDED;
	k->s->open = false;
	put_back(k);
}

/* The silence after which both ends forget the flow, as the server has it. */
static nap_time agreed_idle(const struct nap_app_config *app)
{
	return app->server_idle != NAP_NEVER ? app->server_idle : app->idle_timeout;
}

nap_time nap_server_patience(const struct nap_server_setup *setup)
{
	const struct nap_app_config *app = setup->app;

	return nap_time_min(
		setup->server->idle_timeout, nap_time_min(agreed_idle(app), app->session_timeout));
}

/* When the server's patience with a silent client ends. */
static nap_time idle_end(const struct nap_server *s, const struct nap_server_setup *setup)
{
	return s->open ? nap_time_after(s->heard, nap_server_patience(setup)) : NAP_NEVER;
}

static nap_time keepalive_due(const struct nap_server *s, const struct nap_server_setup *setup)
{
	bool own = setup->server->keepalive_after == NAP_SILENCE_OWN;

	return s->open ? nap_time_after(own ? s->said : nap_time_max(s->heard, s->said),
				 nap_server_own_interval(setup))
		       : NAP_NEVER;
}

static void finish(const struct call *k)
{
	struct nap_server *s = k->s;

	if (keeps(k->setup))
		send_kept(k);
	s->deadline = nap_time_min(s->wait, nap_time_min(idle_end(s, k->setup), keepalive_due(s, k->setup)));
	if (!over_tcp(k->setup))
		return;
	nap_tcp_flush(&s->tcp, &k->setup->server->tcp, k->now, k->out);
	s->deadline = nap_time_min(s->deadline, nap_tcp_deadline(&s->tcp));
	s->deadline = nap_time_min(s->deadline, nap_tcp_deadline(&s->old));
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
	finish(&k);
}

/* --- what it hears ----------------------------------------------------------------------------------------------- */

/* The client's part of an opening step; the last one opens the flow. */
static void answer_opening(const struct call *k, const struct nap_packet *p)
{
	const struct nap_app_config *app = k->setup->app;
	uint32_t i = NAP_OPEN_STEP(p->tag);
	bool resumed = NAP_OPEN_RESUMED(p->tag);

	if (i >= nap_app_steps(app, resumed))
		return;
	say(k, NAP_MSG_OPEN_DOWN, nap_app_step(app, resumed, i).down, NAP_CAUSE_RECONNECT,
		&(struct carried){ .tag = p->tag, .stamp = k->now });
	if (i + 1 == nap_app_steps(app, resumed))
		open_flow(k);
}

static void take(const struct call *k, const struct nap_packet *p)
{
	const struct nap_app_config *app = k->setup->app;

	switch ((enum nap_message)p->message) {
	case NAP_MSG_OPEN_UP:
		answer_opening(k, p);
		break;
	case NAP_MSG_REKEY:
		if (NAP_OPEN_STEP(p->tag) < nap_app_steps(app, NAP_OPEN_RESUMED(p->tag)))
			say(k, NAP_MSG_REKEYED,
				nap_app_step(app, NAP_OPEN_RESUMED(p->tag), NAP_OPEN_STEP(p->tag)).down,
				NAP_CAUSE_KEEPALIVE, &(struct carried){ .tag = p->tag, .stamp = k->now });
		break;
	case NAP_MSG_KEEPALIVE:
		if (app->keepalive_answer > 0)
			say(k, NAP_MSG_KEEPALIVE_ANSWER, app->keepalive_answer, (enum nap_cause)p->cause,
				&(struct carried){ .stamp = k->now, .mapped = p->src });
		break;
	case NAP_MSG_LIVENESS:
		say(k, NAP_MSG_LIVENESS_ANSWER, app->liveness_answer, NAP_CAUSE_KEEPALIVE,
			&(struct carried){ .stamp = k->now });
		break;
	case NAP_MSG_PUSH_ANSWER:
		if (app->reliable && !over_tcp(k->setup))
			push_done(k, p->tag);
		break;
	default:
		break;
	}
}

/* What a client's second port needs of the server; the flow is not concerned. False: p is something else. */
static bool serve_second(const struct call *k, const struct nap_packet *p)
{
	bool learn = p->message == NAP_MSG_SECOND_LEARN;

	if (!learn && p->message != NAP_MSG_SECOND_ASK)
		return false;
	*nap_outbox_add(k->out) = (struct nap_packet){
		.src = k->s->self,
		.dst = learn ? p->src : p->quote.src,
		.proto = NAP_UDP,
		.cause = p->cause,
		.message = learn ? NAP_MSG_SECOND_LEARNT : NAP_MSG_SECOND_REPLY,
		.len = p->len,
		.stamp = p->stamp,
		.quote = { .src = p->src },
	};
	return learn;
}

/* Over UDP: who may speak, and from where. False: a stranger, or a client that the server has given up. */
static bool know(const struct call *k, const struct nap_packet *p)
{
	const struct nap_app_config *app = k->setup->app;
	struct nap_server *s = k->s;
	bool same = nap_endpoint_equal(s->peer, p->src);

	if (nap_app_is_bare(app)) {
		open_flow(k); /* a bare flow is open by its first packet */
	} else if (p->message == NAP_MSG_OPEN_UP) {
		if (!same && NAP_OPEN_STEP(p->tag) == 0)
			close_flow(k); /* the client begins anew */
		else if (!same)
			return false;
	} else if (!s->open || (!app->follow && !same)) {
		return false;
	}
	s->peer = p->src;
	s->quiet = false;
	if (!same && s->open && app->validation > 0 && p->message != NAP_MSG_OPEN_UP)
		say(k, NAP_MSG_CHALLENGE, app->validation, NAP_CAUSE_RECONNECT,
			&(struct carried){ .stamp = k->now });
	return true;
}

/* Messages whose segments had come before one that was missing. */
static void take_stored(const struct call *k)
{
	struct nap_packet p;

	while (nap_tcp_stored(&k->s->tcp, &p))
		take(k, &p);
}

static void tcp_events(const struct call *k, unsigned events, const struct nap_packet *p)
{
	struct nap_server *s = k->s;

	if (events & NAP_TCP_ABORTED) {
		close_flow(k);
		return;
	}
	push_done(k, s->tcp.acked);
	if (events & (NAP_TCP_CONNECTED | NAP_TCP_DATA))
		s->heard = k->now;
	if ((events & NAP_TCP_CONNECTED) && nap_app_is_bare(k->setup->app))
		open_flow(k);
	if (p && (events & NAP_TCP_MESSAGE))
		take(k, p);
	if (events & NAP_TCP_MORE)
		take_stored(k);
	if (events & NAP_TCP_ENDED) {
		k->out->notes |= NAP_NOTE_TOLD;
		nap_tcp_close(&s->tcp, NAP_CAUSE_BACKGROUND);
		close_flow(k);
	}
}

/* Is p the other end of this connection's? */
static bool is_peer(const struct nap_tcp *t, struct nap_endpoint peer)
{
	return t->state != NAP_TCP_CLOSED && nap_endpoint_equal(peer, t->peer);
}

/* What happens to the connection before: its program closes it when the client has. */
static void old_input(const struct call *k, const struct nap_packet *p)
{
	const struct nap_tcp_config *cfg = &k->setup->server->tcp;
	struct nap_tcp *old = &k->s->old;

	struct nap_packet unread;

	if (nap_tcp_input(old, cfg, k->now, p, k->out) & NAP_TCP_ENDED)
		nap_tcp_close(old, NAP_CAUSE_BACKGROUND);
	while (nap_tcp_stored(old, &unread))
		;
	nap_tcp_flush(old, cfg, k->now, k->out);
}

/* A SYN begins a connection: the same user, who has come back. The one before goes on as it stands: nobody has ended it. */
static void tcp_input(const struct call *k, const struct nap_packet *p)
{
	struct nap_server *s = k->s;
	bool syn = (p->flags & (NAP_SYN | NAP_ACK | NAP_RST)) == NAP_SYN;
	bool over = s->tcp.state == NAP_TCP_TIME_WAIT || s->tcp.state == NAP_TCP_LAST_ACK;

	if (is_peer(&s->tcp, p->src) && !(syn && over)) {
		tcp_events(k, nap_tcp_input(&s->tcp, &k->setup->server->tcp, k->now, p, k->out), p);
	} else if (syn) {
		close_flow(k);
		if (s->tcp.state != NAP_TCP_CLOSED && !is_peer(&s->tcp, p->src))
			nap_tcp_leave(&s->tcp, &s->old);
		s->peer = p->src;
		nap_tcp_accept(&s->tcp, &k->setup->server->tcp, k->now, p, &k->setup->server->tcp_keepalive);
	} else if (is_peer(&s->old, p->src)) {
		old_input(k, p);
	} else {
		nap_tcp_refuse(p, k->out);
	}
}

static void icmp_input(const struct call *k, const struct nap_packet *p)
{
	struct nap_server *s = k->s;
	const struct nap_quote *q = &p->quote;

	if (!nap_packet_is_icmp_error(p) || q->proto != NAP_TCP || !nap_endpoint_equal(q->src, s->self))
		return;
	if (is_peer(&s->tcp, q->dst))
		tcp_events(k, nap_tcp_input(&s->tcp, &k->setup->server->tcp, k->now, p, k->out), p);
	else if (is_peer(&s->old, q->dst))
		old_input(k, p);
}

void nap_server_input(struct nap_server *s, const struct nap_server_setup *setup, nap_time now,
	const struct nap_packet *p, struct nap_outbox *out)
{
	const struct call k = { s, setup, now, out };

	if (over_tcp(setup) && p->proto == NAP_ICMP) {
		icmp_input(&k, p);
	} else if (!nap_endpoint_equal(p->dst, s->self)) {
		return;
	} else if (over_tcp(setup) && p->proto == NAP_TCP) {
		tcp_input(&k, p);
	} else if (!over_tcp(setup) && p->proto == NAP_UDP && !serve_second(&k, p) && know(&k, p)) {
		s->heard = now;
		take(&k, p);
	}
	finish(&k);
}

/* --- its timers -------------------------------------------------------------------------------------------------- */

/* Over UDP: the pushes in flight have had no answer in time. */
static void push_late(const struct call *k)
{
	struct nap_server *s = k->s;

	s->wait = NAP_NEVER;
	if (s->tries >= k->setup->app->push_tries) {
		put_back(k);
		s->quiet = true;
		k->out->notes |= NAP_NOTE_UNHEARD;
		return;
	}
	for (uint32_t n = s->taken + 1; n <= s->sent; n++)
		say_push(k, n, s->offered[n % NAP_SERVER_QUEUE]);
	s->wait = nap_time_after(k->now, k->setup->app->push_timeout << s->tries);
	s->tries++;
}

/* The client was silent for too long: a word and FIN, or over UDP a word unless both ends just forget. */
static void idle_out(const struct call *k)
{
	struct nap_server *s = k->s;

	k->out->notes |= NAP_NOTE_CLOSED;
	if (over_tcp(k->setup))
		nap_tcp_close(&s->tcp, NAP_CAUSE_BACKGROUND);
	else if (nap_time_min(k->setup->server->idle_timeout, k->setup->app->session_timeout) <
		 agreed_idle(k->setup->app))
		say(k, NAP_MSG_BYE, 0, NAP_CAUSE_BACKGROUND, &(struct carried){ .stamp = k->now });
	else
		k->out->notes |= NAP_NOTE_FORGOTTEN;
	close_flow(k);
}

/* Its own kind, or that of the protocol, which is as the client's and not answered. */
static void say_keepalive(const struct call *k)
{
	const struct nap_server_config *server = k->setup->server;
	const struct nap_app_config *app = k->setup->app;
	bool own = server->keepalive <= app->server_keepalive;

	say(k, NAP_MSG_SERVER_KEEPALIVE, own ? server->keepalive_size : app->keepalive_size,
		NAP_CAUSE_KEEPALIVE,
		&(struct carried){ .tag = own ? (uint32_t)server->keepalive_answer : 0, .stamp = k->now });
}

void nap_server_timer(
	struct nap_server *s, const struct nap_server_setup *setup, nap_time now, struct nap_outbox *out)
{
	const struct call k = { s, setup, now, out };

	if (now < s->deadline)
		return;
	if (over_tcp(setup) && now >= nap_tcp_deadline(&s->tcp))
		tcp_events(&k, nap_tcp_timer(&s->tcp, &setup->server->tcp, now, out), NULL);
	if (over_tcp(setup) && now >= nap_tcp_deadline(&s->old)) {
		nap_tcp_timer(&s->old, &setup->server->tcp, now, out);
		nap_tcp_flush(&s->old, &setup->server->tcp, now, out);
	}
	if (now >= s->wait)
		push_late(&k);
	if (now >= idle_end(s, setup))
		idle_out(&k);
	if (now >= keepalive_due(s, setup))
		say_keepalive(&k);
	finish(&k);
}

struct nap_packet nap_server_sample(const struct nap_server *s, const struct nap_server_setup *setup)
{
	if (!over_tcp(setup))
		return (struct nap_packet){ .src = s->self, .dst = s->peer, .proto = NAP_UDP, .len = 1 };
	return nap_tcp_sample(&s->tcp);
}

bool nap_server_notices(const struct nap_server_setup *setup)
{
	return keeps(setup) || nap_server_patience(setup) != NAP_NEVER;
}

size_t nap_server_bytes(const struct nap_server_setup *setup)
{
	if (over_tcp(setup))
		return sizeof(struct nap_server);
	return keeps(setup) ? offsetof(struct nap_server, tcp) : offsetof(struct nap_server, offered);
}
