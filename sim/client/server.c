/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/server.h"

#include <string.h>

#include "client/server_inside.h"

static const struct nap_server_more nothing_more = {
	.age_end = NAP_NEVER,
	.pinged = NAP_NEVER,
	.ping_end = NAP_NEVER,
	.close_end = NAP_NEVER,
	.answer = NAP_NEVER,
	.think = NAP_NEVER,
	.check = NAP_NEVER,
};

void nap_server_init(struct nap_server *s, const struct nap_server_setup *setup, struct nap_endpoint self)
{
	memset(s, 0, nap_server_bytes(setup));
	if (nap_server_has_more(setup))
		*nap_server_more(s, setup) = nothing_more;
	if (nap_app_requests(setup->app))
		nap_server_serving(s, setup)->answer = NAP_NEVER;
	if (nap_server_over_tcp(setup))
		s->tcp = nap_tcp_nothing();
	s->deadline = NAP_NEVER;
	if (nap_server_repeats(setup))
		s->wait = NAP_NEVER;
	s->self = self;
	if (nap_app_has_secure(setup->app))
		nap_server_secure_begin(&(struct nap_server_call){ s, setup, 0, NULL });
}

static void clear_connections(struct nap_server *s, const struct nap_server_setup *setup)
{
	if (!nap_server_over_tcp(setup))
		return;
	nap_tcp_clear(s->tcp);
	nap_tcp_forget_left(&s->old);
}

void nap_server_clear(struct nap_server *s, const struct nap_server_setup *setup)
{
	if (nap_server_keeps(setup))
		nap_offers_clear(&s->offered);
	if (nap_server_over_tcp(setup))
		nap_tcp_dismiss(&s->tcp, &s->old);
}

/* --- what it says ------------------------------------------------------------------------------------------------ */

NAP_HOT void nap_server_say(const struct nap_server_call *k, enum nap_message message, uint64_t len,
	enum nap_cause cause, const struct nap_server_carried *with)
{
	const struct nap_saying what = { (uint8_t)message, (uint8_t)cause, (uint32_t)len, with->tag,
		with->stamp };
	struct nap_server *s = k->s;
	struct nap_packet *p, held; /* what may not be sent to an address in doubt is as if it were lost */

	/*
	 * who waits for the client's silence asks again after as long a wait, whatever it sends meanwhile;
	 * what waits for keys has been said, and the next is not due at once
	 */
	if (message == NAP_MSG_SERVER_KEEPALIVE || k->setup->server->keepalive_after != NAP_SILENCE_PEERS)
		s->said = k->now;
	if (nap_app_has_secure(k->setup->app) && nap_server_secure_holds(k, &what))
		return;
	g_assert(s->peer.port != 0 || nap_server_over_tcp(k->setup)); /* else it would speak to nobody */
	if (k->setup->app->min_ping > 0)
		nap_server_end_said(k, message);
	if (nap_server_over_tcp(k->setup)) {
		nap_tcp_write(s->tcp, &k->setup->server->tcp, k->now,
			&(struct nap_tcp_words){ (uint8_t)message, (uint8_t)cause,
				len > 0 ? (uint32_t)len : 1, with->tag, with->stamp });
		return;
	}
	p = nap_server_path_spend(k, len) ? nap_outbox_add(k->out) : &held;
	*p = (struct nap_packet){
		.src = s->self,
		.dst = s->peer,
		.proto = NAP_UDP,
		.cause = what.cause,
		.message = what.message,
		.len = what.len,
		.tag = what.tag,
		.ack = with->ack,
		.stamp = what.stamp,
		.quote = { .src = with->mapped },
	};
	if (nap_app_has_secure(k->setup->app))
		nap_server_secure_sent(k, &what, p);
}

/* --- its flow ---------------------------------------------------------------------------------------------------- */

NAP_HOT nap_time nap_server_own_interval(const struct nap_server_setup *setup)
{
	const struct nap_app_config *app = setup->app;
	nap_time interval = setup->server->keepalive;

	if (G_UNLIKELY(interval != NAP_NEVER && app->server_ping_stretch != 1.0))
		interval = nap_time_max((nap_time)((double)interval * app->server_ping_stretch), NAP_MS);
	interval = nap_time_min(interval, app->server_keepalive);
	if (setup->policy && setup->policy->wire == NAP_WIRE_SERVER)
		interval = nap_time_min(interval, *(const nap_time *)setup->policy_config);
	return interval;
}

/* A flow that nobody opens (bare UDP) is the server's own since it was started, at 0: its keepalives have gone since. */
NAP_HOT void nap_server_open(const struct nap_server_call *k)
{
	nap_time interval;
	bool begins;

	if (k->s->open)
		return;
	interval = nap_server_own_interval(k->setup);
	begins = nap_server_over_tcp(k->setup) || !nap_app_is_bare(k->setup->app) || interval == NAP_NEVER;
	k->s->said = begins ? k->now : k->now - k->now % interval;
	if (nap_server_has_more(k->setup))
		nap_server_end_begin(k);
	if (nap_app_is_quic(k->setup->app))
		nap_server_secure_confirm(k);
	k->s->open = true;
}

void nap_server_forget(const struct nap_server_call *k)
{
	if (k->s->open)
		k->out->notes |= NAP_NOTE_FLOW_ENDED;
	k->s->open = false;
	nap_server_put_back(k);
	if (nap_server_has_more(k->setup)) {
		nap_server_work_forget(k);
		nap_server_path_forget(k);
	}
	if (nap_app_requests(k->setup->app))
		nap_serving_forget(k);
}

/* Of an open flow. */
static nap_time keepalive_due(const struct nap_server *s, const struct nap_server_setup *setup)
{
	nap_time interval = nap_server_own_interval(setup);
	bool own = setup->server->keepalive_after == NAP_SILENCE_OWN;

	if (interval == NAP_NEVER)
		return NAP_NEVER;
	return nap_time_after(own ? s->said : nap_time_max(s->heard, s->said), interval);
}

/* A thought that is over waits for something else than time. */
static nap_time more_deadline(const struct nap_server_call *k)
{
	const struct nap_server_more *more = nap_server_more(k->s, k->setup);

	return nap_time_min(
		nap_time_min(more->answer, more->check), more->think > k->now ? more->think : NAP_NEVER);
}

NAP_HOT static void finish(const struct nap_server_call *k)
{
	struct nap_server *s = k->s;

	if (k->setup->server->still && (!k->setup->policy || k->setup->policy->wire != NAP_WIRE_SERVER))
		return; /* none of what follows is there */
	if (nap_server_thinks(k->setup))
		nap_server_think_heard(k);
	if (nap_server_keeps(k->setup))
		nap_server_send_kept(k);
	s->deadline = nap_server_wait(s, k->setup);
	if (s->open)
		s->deadline = nap_time_min(s->deadline,
			nap_time_min(nap_server_idle_end(s, k->setup), keepalive_due(s, k->setup)));
	if (nap_server_has_more(k->setup))
		s->deadline = nap_time_min(s->deadline, more_deadline(k));
	if (nap_app_requests(k->setup->app))
		s->deadline = nap_time_min(s->deadline, nap_server_serving(s, k->setup)->answer);
	if (nap_app_has_secure(k->setup->app))
		s->deadline = nap_time_min(s->deadline, nap_secure_deadline(&s->secure, k->setup->app));
	if (!nap_server_over_tcp(k->setup))
		return;
	nap_tcp_flush(s->tcp, &k->setup->server->tcp, k->now, k->out);
	s->deadline = nap_time_min(s->deadline, nap_tcp_deadline(s->tcp));
	s->deadline = nap_time_min(s->deadline, nap_tcp_left_deadline(s->old));
}

NAP_HOT void nap_server_push(struct nap_server *s, const struct nap_server_setup *setup, nap_time now,
	const struct nap_push_offer *offer, struct nap_outbox *out)
{
	const struct nap_server_call k = { s, setup, now, out };

	if (!nap_server_keeps(setup)) {
		s->pushes++;
		s->taken = s->sent = s->pushes;
		if (s->open)
			nap_server_say_push(&k, s->pushes, offer->at);
		finish(&k); /* with keys that have ended a handshake has begun instead */
		return;
	}
	if (s->pushes - s->taken >= NAP_SERVER_QUEUE || (!s->open && !setup->server->queue))
		return;
	s->pushes++;
	nap_offers_add(&s->offered, &setup->server->push, s->taken, s->pushes, offer);
	nap_server_think_offered(&k);
	finish(&k);
}

/* --- what it hears ----------------------------------------------------------------------------------------------- */

void nap_server_answer_step(const struct nap_server_call *k, uint32_t tag)
{
	const struct nap_app_config *app = k->setup->app;
	uint32_t i = NAP_OPEN_STEP(tag);
	bool resumed = NAP_OPEN_RESUMED(tag);

	nap_server_say(k, NAP_MSG_OPEN_DOWN, nap_app_step(app, resumed, i).down, NAP_CAUSE_RECONNECT,
		&(struct nap_server_carried){ .tag = tag, .stamp = k->now });
	if (i + 1 == nap_app_steps(app, resumed))
		nap_server_open(k);
}

/* The client's part of one. */
static void answer_opening(const struct nap_server_call *k, const struct nap_packet *p)
{
	const struct nap_app_config *app = k->setup->app;

	if (NAP_OPEN_STEP(p->tag) >= nap_app_steps(app, NAP_OPEN_RESUMED(p->tag)))
		return;
	if (!nap_app_is_quic(app) || !nap_server_secure_works(k, p->tag))
		nap_server_answer_step(k, p->tag);
}

NAP_HOT void nap_server_take(const struct nap_server_call *k, const struct nap_packet *p)
{
	const struct nap_app_config *app = k->setup->app;

	switch ((enum nap_message)p->message) {
	case NAP_MSG_OPEN_UP:
		answer_opening(k, p);
		break;
	case NAP_MSG_REKEY:
		if (NAP_OPEN_STEP(p->tag) < nap_app_steps(app, NAP_OPEN_RESUMED(p->tag)))
			nap_server_say(k, NAP_MSG_REKEYED,
				nap_app_step(app, NAP_OPEN_RESUMED(p->tag), NAP_OPEN_STEP(p->tag)).down,
				NAP_CAUSE_KEEPALIVE,
				&(struct nap_server_carried){ .tag = p->tag, .stamp = k->now });
		break;
	case NAP_MSG_KEEPALIVE:
		if ((app->min_ping == 0 || !nap_server_minds_ping(k)) && app->keepalive_answer > 0 &&
			!nap_app_is_quic(app))
			nap_server_request(k, p);
		break;
	case NAP_MSG_REPORT:
	case NAP_MSG_REPORT_ALONE:
		nap_serving_take(k, p);
		break;
	case NAP_MSG_MOVED:
		nap_server_say(k, NAP_MSG_MOVED, app->move_size, NAP_CAUSE_RECONNECT,
			&(struct nap_server_carried){ .stamp = k->now });
		break;
	case NAP_MSG_RESPONSE:
		nap_server_path_proved(k, p);
		break;
	case NAP_MSG_BYE:
		k->out->notes |= NAP_NOTE_TOLD;
		if (nap_server_over_tcp(k->setup))
			nap_tcp_close(k->s->tcp, NAP_CAUSE_BACKGROUND);
		nap_server_forget(k);
		break;
	case NAP_MSG_LIVENESS:
		nap_server_say(k, NAP_MSG_LIVENESS_ANSWER, app->liveness_answer, NAP_CAUSE_KEEPALIVE,
			&(struct nap_server_carried){ .stamp = k->now });
		break;
	case NAP_MSG_PUSH_ANSWER:
		if (app->reliable && !nap_server_over_tcp(k->setup))
			nap_server_push_done(k, p->tag);
		break;
	default:
		break;
	}
}

/* What a client's second port needs of the server; the flow is not concerned. False: p is something else. */
static bool serve_second(const struct nap_server_call *k, const struct nap_packet *p)
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

/* The client's program has spoken. */
static void hear(const struct nap_server_call *k)
{
	k->s->heard = k->now;
	if (nap_server_has_more(k->setup))
		nap_server_end_heard(k);
}

/* Messages whose segments had come before one that was missing. */
static void take_stored(const struct nap_server_call *k)
{
	struct nap_packet p;

	while (nap_tcp_stored(k->s->tcp, &p))
		nap_server_take(k, &p);
}

static void tcp_events(const struct nap_server_call *k, unsigned events, const struct nap_packet *p)
{
	struct nap_server *s = k->s;

	if (events & NAP_TCP_ABORTED) {
		nap_server_forget(k);
		return;
	}
	nap_server_push_done(k, s->tcp->acked);
	if (events & (NAP_TCP_CONNECTED | NAP_TCP_DATA))
		hear(k);
	if ((events & NAP_TCP_CONNECTED) && nap_app_is_bare(k->setup->app))
		nap_server_open(k);
	if (p && (events & NAP_TCP_MESSAGE))
		nap_server_take(k, p);
	if (events & NAP_TCP_MORE)
		take_stored(k);
	if (events & NAP_TCP_ENDED)
		k->out->notes |= NAP_NOTE_TOLD;
	if ((events & NAP_TCP_ENDED) && !k->setup->server->stays) {
		nap_tcp_close(s->tcp, NAP_CAUSE_BACKGROUND);
		nap_server_forget(k);
	}
}

/* Is p the other end of this connection's? */
static bool is_peer(const struct nap_tcp *t, struct nap_endpoint peer)
{
	return t->state != NAP_TCP_CLOSED && nap_endpoint_equal(peer, t->peer);
}

/* What happens to the connection before: its program closes it when the client has. */
static void old_input(const struct nap_server_call *k, const struct nap_packet *p)
{
	const struct nap_tcp_config *cfg = &k->setup->server->tcp;
	struct nap_tcp *old = k->s->old;
	bool ended = nap_tcp_input(old, cfg, k->now, p, k->out) & NAP_TCP_ENDED;

	struct nap_packet unread;

	if (ended && !k->setup->server->stays)
		nap_tcp_close(old, NAP_CAUSE_BACKGROUND);
	while (nap_tcp_stored(old, &unread))
		;
	nap_tcp_flush(old, cfg, k->now, k->out);
	nap_tcp_settle_left(&k->s->old);
}

/* A SYN begins a connection: the same user, who has come back. The one before goes on as it stands: nobody has ended it. */
static void tcp_input(const struct nap_server_call *k, const struct nap_packet *p)
{
	struct nap_server *s = k->s;
	bool syn = (p->flags & (NAP_SYN | NAP_ACK | NAP_RST)) == NAP_SYN;
	bool over = s->tcp->state == NAP_TCP_TIME_WAIT || s->tcp->state == NAP_TCP_LAST_ACK;

	if (is_peer(s->tcp, p->src) && !(syn && over)) {
		tcp_events(k, nap_tcp_input(s->tcp, &k->setup->server->tcp, k->now, p, k->out), p);
	} else if (syn && !s->down) {
		nap_server_forget(k);
		nap_tcp_allot(
			&s->tcp); /* and stays: by the numbers of its last connection the way in is asked for */
		if (s->tcp->state != NAP_TCP_CLOSED && !is_peer(s->tcp, p->src))
			nap_tcp_leave(s->tcp, &s->old);
		s->peer = p->src;
		nap_tcp_accept(s->tcp, &k->setup->server->tcp, k->now, p, &k->setup->server->tcp_keepalive);
	} else if (s->old && is_peer(s->old, p->src)) {
		old_input(k, p);
	} else {
		nap_tcp_refuse(p, k->out);
	}
}

static void icmp_input(const struct nap_server_call *k, const struct nap_packet *p)
{
	struct nap_server *s = k->s;
	const struct nap_quote *q = &p->quote;

	if (!nap_packet_is_icmp_error(p) || q->proto != NAP_TCP || !nap_endpoint_equal(q->src, s->self))
		return;
	if (is_peer(s->tcp, q->dst))
		tcp_events(k, nap_tcp_input(s->tcp, &k->setup->server->tcp, k->now, p, k->out), p);
	else if (s->old && is_peer(s->old, q->dst))
		old_input(k, p);
}

/* The program is not there: its host says so. */
static void refuse_datagram(const struct nap_server_call *k, const struct nap_packet *p)
{
	*nap_outbox_add(k->out) = (struct nap_packet){
		.src = { k->s->self.addr, 0 },
		.dst = { p->src.addr, 0 },
		.proto = NAP_ICMP,
		.icmp_type = NAP_ICMP_UNREACHABLE,
		.icmp_code = NAP_ICMP_NO_PORT,
		.len = 28,
		.cause = p->cause,
		.quote = { NAP_UDP, p->src, p->dst },
	};
}

static void udp_input(const struct nap_server_call *k, const struct nap_packet *p)
{
	if (k->s->down) {
		refuse_datagram(k, p);
	} else if (!serve_second(k, p) && nap_server_knows(k, p)) {
		hear(k);
		if (nap_app_has_secure(k->setup->app))
			nap_server_secure_input(k, p);
		else
			nap_server_take(k, p);
	}
}

NAP_HOT void nap_server_input(struct nap_server *s, const struct nap_server_setup *setup, nap_time now,
	const struct nap_packet *p, struct nap_outbox *out)
{
	const struct nap_server_call k = { s, setup, now, out };

	if (s->down == NAP_RESTART_HOST + 1)
		return;
	if (nap_server_over_tcp(setup) && p->proto == NAP_ICMP)
		icmp_input(&k, p);
	else if (!nap_endpoint_equal(p->dst, s->self))
		return;
	else if (nap_server_over_tcp(setup) && p->proto == NAP_TCP)
		tcp_input(&k, p);
	else if (!nap_server_over_tcp(setup) && p->proto == NAP_UDP)
		udp_input(&k, p);
	finish(&k);
}

/* --- its timers -------------------------------------------------------------------------------------------------- */

/* Its own kind, or that of the protocol, which is as the client's and not answered. */
static void say_keepalive(const struct nap_server_call *k)
{
	const struct nap_server_config *server = k->setup->server;
	const struct nap_app_config *app = k->setup->app;
	bool own = server->keepalive <= app->server_keepalive;

	nap_server_say(k, NAP_MSG_SERVER_KEEPALIVE, own ? server->keepalive_size : app->keepalive_size,
		NAP_CAUSE_KEEPALIVE,
		&(struct nap_server_carried){
			.tag = own ? (uint32_t)server->keepalive_answer : 0, .stamp = k->now });
	if (nap_server_has_more(k->setup))
		nap_server_end_asked(k);
}

void nap_server_timer(
	struct nap_server *s, const struct nap_server_setup *setup, nap_time now, struct nap_outbox *out)
{
	const struct nap_server_call k = { s, setup, now, out };

	if (now < s->deadline)
		return;
	if (nap_server_over_tcp(setup) && now >= nap_tcp_deadline(s->tcp))
		tcp_events(&k, nap_tcp_timer(s->tcp, &setup->server->tcp, now, out), NULL);
	if (nap_server_over_tcp(setup) && now >= nap_tcp_left_deadline(s->old)) {
		nap_tcp_timer(s->old, &setup->server->tcp, now, out);
		nap_tcp_flush(s->old, &setup->server->tcp, now, out);
		nap_tcp_settle_left(&s->old);
	}
	if (nap_app_has_secure(setup->app))
		nap_server_secure_timer(&k);
	if (now >= nap_server_wait(s, setup))
		nap_server_push_late(&k);
	nap_server_end_due(&k);
	if (nap_server_has_more(setup)) {
		nap_server_work_due(&k);
		nap_server_path_due(&k);
	}
	if (nap_app_requests(setup->app))
		nap_serving_due(&k);
	if (s->open && now >= keepalive_due(s, setup))
		say_keepalive(&k);
	finish(&k);
}

NAP_HOT struct nap_packet nap_server_sample(const struct nap_server *s, const struct nap_server_setup *setup)
{
	if (!nap_server_over_tcp(setup))
		return (struct nap_packet){ .src = s->self, .dst = s->peer, .proto = NAP_UDP, .len = 1 };
	return nap_tcp_sample(s->tcp);
}

bool nap_server_notices(const struct nap_server_setup *setup)
{
	return nap_server_keeps(setup) || nap_server_patience(setup) != NAP_NEVER;
}

/* --- what it has ------------------------------------------------------------------------------------------------- */

/* Bytes that its transport takes. */
static size_t plain_bytes(const struct nap_server_setup *setup)
{
	if (nap_server_over_tcp(setup))
		return offsetof(struct nap_server, old) + sizeof(struct nap_tcp *);
	if (nap_app_has_secure(setup->app))
		return offsetof(struct nap_server, secure) + nap_secure_bytes(setup->app);
	return nap_server_keeps(setup) ? offsetof(struct nap_server, secure)
				       : offsetof(struct nap_server, offered);
}

static size_t more_bytes(const struct nap_server_setup *setup)
{
	return nap_server_has_more(setup) ? sizeof(struct nap_server_more) : 0;
}

size_t nap_server_bytes(const struct nap_server_setup *setup)
{
	return plain_bytes(setup) + more_bytes(setup) +
	       (nap_app_requests(setup->app) ? sizeof(struct nap_serving) : 0);
}

struct nap_server_more *nap_server_more(const struct nap_server *s, const struct nap_server_setup *setup)
{
	return (struct nap_server_more *)(void *)((char *)(uintptr_t)s + plain_bytes(setup));
}

struct nap_serving *nap_server_serving(const struct nap_server *s, const struct nap_server_setup *setup)
{
	return (struct nap_serving *)(void *)((char *)(uintptr_t)s + plain_bytes(setup) + more_bytes(setup));
}

void nap_server_seed(struct nap_server *s, const struct nap_server_setup *setup, struct nap_rng rng)
{
	if (nap_server_has_more(setup))
		nap_server_more(s, setup)->rng = rng;
}

void nap_server_seed_serving(struct nap_server *s, const struct nap_server_setup *setup, struct nap_rng rng)
{
	if (nap_app_requests(setup->app))
		nap_server_serving(s, setup)->rng = rng;
}

/* --- when it restarts -------------------------------------------------------------------------------------------- */

void nap_server_down(
	struct nap_server *s, const struct nap_server_setup *setup, nap_time now, struct nap_outbox *out)
{
	const struct nap_server_call k = { s, setup, now, out };

	out->notes |= NAP_NOTE_RESTARTED;
	if (setup->server->restart_of == NAP_RESTART_PROGRAM && nap_server_over_tcp(setup))
		nap_tcp_close(s->tcp, NAP_CAUSE_BACKGROUND);
	else
		clear_connections(s, setup);
	nap_server_forget(&k);
	s->peer = (struct nap_endpoint){ 0, 0 };
	if (nap_app_has_secure(setup->app)) /* what it owed is forgotten, too */
		nap_server_secure_begin(&k);
	s->quiet = false;
	s->down = (uint8_t)(setup->server->restart_of + 1);
	finish(&k);
}

void nap_server_up(
	struct nap_server *s, const struct nap_server_setup *setup, nap_time now, struct nap_outbox *out)
{
	const struct nap_server_call k = { s, setup, now, out };

	s->down = 0;
	finish(&k);
}
