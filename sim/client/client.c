/* SPDX-License-Identifier: BSD-2-Clause */
/* The client's timers, what it hears, and the world around it; the life of its flow is in flow.c. */
#include "client/client.h"

#include <string.h>

#include "client/flow.h"
#include "client/message.h"

void nap_client_init(struct nap_client *c, const struct nap_client_setup *setup, struct nap_endpoint self,
	struct nap_endpoint peer, nap_time start)
{
	memset(c, 0, nap_client_bytes(setup));
	c->deadline = c->wait = start;
	c->due = NAP_NEVER;
	c->outbound = c->idle_since = c->since = start;
	c->self = self;
	c->peer = peer;
	c->phase = NAP_CLIENT_CLOSED;
	if (nap_flow_over_tcp(setup))
		c->tcp = nap_tcp_nothing();
	if (nap_flow_has_second(setup))
		nap_client_second(c, setup)->at = NAP_NEVER;
	if (nap_flow_requests(setup))
		nap_requests_init(nap_client_requests(c, setup));
	if (setup->dozes)
		*nap_client_doze(c, setup) = (struct nap_doze_state){ start, NAP_NEVER, NAP_NEVER };
}

/* --- timers ------------------------------------------------------------------------------------------------------ */

static void repeat_keepalive(const struct nap_call *k)
{
	if (nap_flow_checks(k->setup)) {
		nap_flow_ask(k);
		return;
	}
	nap_flow_keepalive(k, NAP_CAUSE_KEEPALIVE);
	nap_flow_tell(k, NAP_EV_SENT);
}

static void wait_over(const struct nap_call *k)
{
	const struct nap_app_config *app = k->setup->app;
	struct nap_client *c = k->c;

	switch ((enum nap_client_phase)c->phase) {
	case NAP_CLIENT_CLOSED:
		nap_flow_open(k);
		break;
	case NAP_CLIENT_CONNECTING: /* TCP has its own timers; these are the program's */
		nap_flow_opening_failed(k);
		break;
	case NAP_CLIENT_OPENING:
		if (!nap_flow_over_tcp(k->setup) && c->fails < app->open_tries &&
			k->now < nap_time_after(c->began, app->open_limit))
			nap_flow_send_step(k);
		else
			nap_flow_opening_failed(k);
		break;
	case NAP_CLIENT_OPEN:
		c->wait = NAP_NEVER;
		if (++c->fails >= app->answer_tries || nap_flow_over_tcp(k->setup))
			nap_flow_give_up(k);
		else
			repeat_keepalive(k);
		break;
	case NAP_CLIENT_CLOSING:
		nap_flow_dead(k);
		break;
	}
}

static void keepalive_due(const struct nap_call *k)
{
	struct nap_client *c = k->c;

	if (!c->open) { /* reopen = no: now there is something to say */
		c->due = NAP_NEVER;
		c->wants = true;
		if (c->phase == NAP_CLIENT_CLOSED)
			nap_flow_open(k);
		return;
	}
	if (nap_app_is_quic(k->setup->app) &&
		c->secure.quic.probe != NAP_NEVER) { /* one is out, and goes again */
		c->due = nap_time_max(c->secure.quic.probe, k->now + 1);
		return;
	}
	if (c->wait != NAP_NEVER && !nap_flow_checks(k->setup)) { /* its own timer repeats the keepalive */
		c->due = c->wait;
		return;
	}
	if (!k->setup->plain && nap_requests_meet_close(k))
		return;
	c->due = NAP_NEVER; /* its time is used up: what is said now does not put it off */
	nap_flow_keepalive(k, NAP_CAUSE_KEEPALIVE);
	nap_flow_tell(k, NAP_EV_DUE);
	if (nap_flow_has_second(k->setup))
		nap_flow_second_next(k);
}

static nap_time idle_end(const struct nap_client *c, const struct nap_client_setup *setup)
{
	if (!c->open)
		return NAP_NEVER;
	if (nap_app_is_quic(setup->app))
		return nap_quic_idle_end(&c->secure.quic, setup->app, setup->app->idle_timeout);
	return nap_time_after(c->since, setup->app->idle_timeout);
}

/* Doze puts the program's timers off, not what the radio does by itself. */
static void hold_back(const struct nap_call *k)
{
	struct nap_client *c = k->c;
	nap_time own = NAP_NEVER;

	if (k->setup->program->offload)
		own = nap_flow_over_tcp(k->setup) ? nap_tcp_deadline(c->tcp) : c->due;
	c->deadline = nap_time_min(own, nap_client_allowed(c, k->setup, NAP_ALLOWED_RUN, c->deadline));
}

/* TCP sends what the call brought up; the earliest of all timers is the client's deadline. */
NAP_HOT static void finish(const struct nap_call *k)
{
	struct nap_client *c = k->c;

	if (!k->setup->plain && nap_flow_requests(k->setup))
		nap_requests_flush(k);
	c->deadline = nap_time_min(c->due, c->wait);
	if (k->setup->plain)
		return;
	if (nap_flow_requests(k->setup))
		c->deadline = nap_time_min(c->deadline, nap_requests_due(k));
	if (nap_flow_has_second(k->setup))
		c->deadline = nap_time_min(c->deadline, nap_client_second(c, k->setup)->at);
	if (nap_flow_asks(k->setup) && c->phase != NAP_CLIENT_CLOSED)
		c->deadline = nap_time_min(c->deadline, nap_flow_pcp(c, k->setup)->at);
	if (nap_flow_over_tcp(k->setup)) {
		nap_tcp_flush(c->tcp, &k->setup->app->tcp, k->now, k->out);
		if (c->phase == NAP_CLIENT_CLOSED)
			nap_tcp_release(&c->tcp);
		c->deadline = nap_time_min(c->deadline, nap_tcp_deadline(c->tcp));
		c->deadline = nap_time_min(c->deadline, nap_tcp_left_deadline(c->old));
	}
	if (nap_app_has_secure(k->setup->app) && c->phase != NAP_CLIENT_CLOSED)
		c->deadline = nap_time_min(c->deadline, nap_secure_deadline(&c->secure, k->setup->app));
	if (k->setup->app->idle_timeout != NAP_NEVER)
		c->deadline = nap_time_min(c->deadline, idle_end(c, k->setup));
	if (nap_flow_checks(k->setup))
		c->deadline = nap_time_min(c->deadline, nap_flow_ask_at(c, k->setup));
	if (k->setup->dozes)
		hold_back(k);
}

static void tcp_events(const struct nap_call *k, unsigned events, const struct nap_packet *p);

static void tcp_timers(const struct nap_call *k)
{
	const struct nap_tcp_config *cfg = &k->setup->app->tcp;
	struct nap_client *c = k->c;

	if (k->now >= nap_tcp_deadline(c->tcp))
		tcp_events(k, nap_tcp_timer(c->tcp, cfg, k->now, k->out), NULL);
	if (k->now < nap_tcp_left_deadline(c->old))
		return;
	nap_tcp_timer(c->old, cfg, k->now, k->out);
	nap_tcp_flush(c->old, cfg, k->now, k->out);
	nap_tcp_settle_left(&c->old);
}

/* What the transport has due, and the idle time-out. */
static void transport_due(const struct nap_call *k)
{
	const struct nap_client_setup *setup = k->setup;
	struct nap_client *c = k->c;

	if (nap_flow_over_tcp(setup))
		tcp_timers(k);
	if (setup->app->idle_timeout != NAP_NEVER && k->now >= idle_end(c, setup)) {
		k->out->notes |= nap_flow_over_tcp(setup) ? 0 : NAP_NOTE_FORGOTTEN;
		nap_flow_ended(k);
	}
	if (nap_app_has_secure(setup->app) && c->phase != NAP_CLIENT_CLOSED)
		nap_flow_secure_timer(k);
}

/* What goes beside the keepalives: is the server alive, a second port, a mapping asked for. */
static void others_due(const struct nap_call *k)
{
	const struct nap_client_setup *setup = k->setup;
	struct nap_client *c = k->c;

	if (nap_flow_checks(setup) && k->now >= nap_flow_ask_at(c, setup))
		nap_flow_ask(k);
	if (nap_flow_requests(setup))
		nap_requests_timer(k);
	if (nap_flow_has_second(setup))
		nap_flow_second_timer(k);
	if (nap_flow_asks(setup) && c->phase != NAP_CLIENT_CLOSED)
		nap_flow_pcp_outcome(k, nap_pcp_timer(nap_flow_pcp(c, setup), setup->policy_config, k->now,
						k->w->rng, k->out));
}

NAP_HOT void nap_client_timer(struct nap_client *c, const struct nap_client_setup *setup, nap_time now,
	const struct nap_client_world *w, struct nap_outbox *out)
{
	const struct nap_call k = { c, setup, now, w, out };

	if (now < c->deadline)
		return;
	if (!setup->plain)
		transport_due(&k);
	if (now >= c->wait)
		wait_over(&k);
	if (now >= c->due)
		keepalive_due(&k);
	c->deadline = nap_time_min(c->due, c->wait);
	if (setup->plain)
		return; /* that is all */
	others_due(&k);
	finish(&k);
}

/* --- what it hears ----------------------------------------------------------------------------------------------- */

static void keepalive_answered(const struct nap_call *k, const struct nap_packet *p)
{
	struct nap_client *c = k->c;
	bool told = p && p->proto == NAP_UDP && p->quote.src.addr != 0;
	bool moved = told && c->mapped.addr != 0 && !nap_endpoint_equal(c->mapped, p->quote.src);

	if (nap_flow_polls(k->setup)) {
		nap_poll_answered(k);
		return;
	}
	c->asked &= (uint8_t)~NAP_ASKED_KEEPALIVE;
	if (!nap_flow_checks(k->setup)) { /* else they belong to the question whether the server lives */
		c->fails = 0;
		c->wait = NAP_NEVER;
	}
	if (told)
		c->mapped = p->quote.src;
	if (!moved || k->setup->app->mapping_change == NAP_MAPPING_IGNORE) {
		nap_flow_tell(k, NAP_EV_ANSWERED);
	} else if (k->setup->app->mapping_change == NAP_MAPPING_REOPEN) {
		nap_flow_dead(k);
	} else {
		/* the keepalive that found the binding gone has made the next one */
		k->out->notes |= NAP_NOTE_DEAD;
		nap_flow_tell(k, NAP_EV_LOST);
	}
}

/* Is this push new? Where the server repeats them, they are taken in order and once. */
static bool push_is_new(const struct nap_call *k, const struct nap_packet *p)
{
	struct nap_client *c = k->c;

	if (nap_flow_over_tcp(k->setup)) {
		if (p->tag <= c->pushed)
			return false; /* had come over an earlier connection, unknown to the server */
	} else if (k->setup->app->reliable) {
		uint32_t done =
			c->pushed > p->ack ? c->pushed : p->ack; /* ack: the server is done up to here */

		if (p->tag != done + 1)
			return false;
	} else {
		return true;
	}
	c->pushed = p->tag;
	return true;
}

static void answer_push(const struct nap_call *k, const struct nap_packet *p)
{
	const struct nap_app_config *app = k->setup->app;
	bool reliable = app->reliable && !nap_flow_over_tcp(k->setup);

	if (nap_app_is_quic(app)) /* which acknowledges by itself */
		return;
	if (!reliable && (!app->answer || p->message == NAP_MSG_PUSH_SILENT))
		return;
	nap_flow_say(
		k, NAP_MSG_PUSH_ANSWER, app->answer_size, NAP_CAUSE_PUSH, reliable ? k->c->pushed : p->tag);
	nap_flow_tell(k, NAP_EV_SENT);
}

static void take_push(const struct nap_call *k, const struct nap_packet *p)
{
	if (push_is_new(k, p))
		nap_outbox_deliver(k->out, p->stamp);
	nap_flow_tell(k, NAP_EV_RECEIVED);
	answer_push(k, p);
	if (nap_flow_polls(k->setup))
		nap_poll_pushed(k);
}

static void take_server_keepalive(const struct nap_call *k, const struct nap_packet *p)
{
	nap_flow_tell(k, NAP_EV_RECEIVED);
	if (p->tag == 0) /* the size of the answer it wants */
		return;
	nap_flow_say(k, NAP_MSG_SERVER_ANSWER, p->tag, NAP_CAUSE_KEEPALIVE, 0);
	nap_flow_tell(k, NAP_EV_SENT);
}

/* The server lives. */
static void take_word(const struct nap_call *k)
{
	k->c->asked &= (uint8_t)~NAP_ASKED_LIVENESS;
	k->c->fails = 0;
	k->c->wait = NAP_NEVER;
	nap_flow_tell(k, NAP_EV_RECEIVED);
}

NAP_HOT static void take(const struct nap_call *k, const struct nap_packet *p)
{
	struct nap_client *c = k->c;

	switch ((enum nap_message)p->message) {
	case NAP_MSG_OPEN_DOWN:
		if (c->phase == NAP_CLIENT_OPENING && p->tag == NAP_OPEN_TAG(c->step, nap_flow_resumed(c)))
			nap_flow_step_done(k);
		break;
	case NAP_MSG_KEEPALIVE_ANSWER:
		if (c->open && (c->asked & NAP_ASKED_KEEPALIVE))
			keepalive_answered(k, p);
		break;
	case NAP_MSG_LIVENESS_ANSWER:
		if (c->open && nap_flow_requests(k->setup) && nap_retire_heard(k))
			break;
		if (c->open && (c->asked & NAP_ASKED_LIVENESS))
			take_word(k);
		break;
	case NAP_MSG_PUSH:
	case NAP_MSG_PUSH_SILENT:
		if (c->open)
			take_push(k, p);
		break;
	case NAP_MSG_REPORT_ANSWER:
		if (c->open)
			nap_requests_answered(k, p);
		break;
	case NAP_MSG_REPORT_ERROR:
		if (c->open)
			nap_requests_refused(k, p);
		break;
	case NAP_MSG_SERVER_KEEPALIVE:
		if (c->open)
			take_server_keepalive(k, p);
		break;
	case NAP_MSG_CHALLENGE:
		nap_flow_say(k, NAP_MSG_RESPONSE, k->setup->app->validation, NAP_CAUSE_RECONNECT, p->len);
		break;
	case NAP_MSG_BYE:
		k->out->notes |= NAP_NOTE_TOLD;
		if (p->tag == NAP_BYE_TOO_MANY_PINGS && c->throttled < UINT8_MAX)
			c->throttled++;
		nap_flow_ended(k);
		break;
	default:
		break;
	}
}

/* Messages whose segments had come before one that was missing. */
static void take_stored(const struct nap_call *k)
{
	struct nap_packet p;

	while (nap_tcp_stored(k->c->tcp, &p))
		take(k, &p);
}

/* Its secure transport hears each packet first, and settles what came of it at the end. */
static void secure_input(const struct nap_call *k, const struct nap_packet *p)
{
	struct nap_client *c = k->c;
	unsigned events;

	if (c->phase == NAP_CLIENT_CLOSED)
		return;
	events = nap_flow_secure_heard(k, p);
	if (events & NAP_SECURE_KEYED)
		nap_flow_keyed(k);
	if ((events & NAP_SECURE_ACKED) && c->open && (c->asked & NAP_ASKED_KEEPALIVE))
		keepalive_answered(k, NULL);
	if (!(events & NAP_SECURE_OWN))
		take(k, p);
	if (c->phase != NAP_CLIENT_CLOSED)
		nap_flow_secure_settle(k, events);
}

/* What TCP reports; p: the segment that brought it, NULL from a timer. */
static void tcp_events(const struct nap_call *k, unsigned events, const struct nap_packet *p)
{
	struct nap_client *c = k->c;

	if (nap_requests_miss_close(k, events))
		return;
	if (events & NAP_TCP_ABORTED) {
		if (c->phase != NAP_CLIENT_CLOSED)
			nap_flow_lost(k);
		return;
	}
	if (nap_flow_requests(k->setup))
		nap_requests_acked(k);
	if (events & (NAP_TCP_CONNECTED |
			     NAP_TCP_DATA)) { /* what TCP does by itself is no sign of the server's life */
		c->since = k->now;
		c->sent = false;
	}
	if (events & NAP_TCP_CONNECTED)
		nap_flow_begin_steps(k);
	if ((events & NAP_TCP_SETTLED) && c->open && (c->asked & NAP_ASKED_KEEPALIVE) &&
		k->setup->app->keepalive_answer == 0)
		keepalive_answered(k, NULL);
	if (p && (events & NAP_TCP_MESSAGE))
		take(k, p);
	if (events & NAP_TCP_MORE)
		take_stored(k);
	if ((events & NAP_TCP_ENDED) && c->phase != NAP_CLIENT_CLOSED) {
		k->out->notes |= NAP_NOTE_TOLD;
		nap_flow_ended(k);
	}
}

/* The flow's own connection, the one before it, or none of them. */
static void tcp_input(const struct nap_call *k, const struct nap_packet *p)
{
	const struct nap_tcp_config *cfg = &k->setup->app->tcp;
	struct nap_client *c = k->c;

	if (p->dst.addr != c->self.addr || !nap_endpoint_equal(p->src, c->peer))
		return;
	if (c->tcp->state != NAP_TCP_CLOSED && p->dst.port == c->self.port) {
		tcp_events(k, nap_tcp_input(c->tcp, cfg, k->now, p, k->out), p);
	} else if (c->old && p->dst.port == c->old->self.port) {
		nap_tcp_input(c->old, cfg, k->now, p, k->out);
		nap_tcp_flush(c->old, cfg, k->now, k->out);
		nap_tcp_settle_left(&c->old);
	} else {
		nap_tcp_refuse(p, k->out);
	}
}

/* Is this error about t? They count only for the connection they quote. */
static bool quotes(const struct nap_packet *p, const struct nap_tcp *t)
{
	return t->state != NAP_TCP_CLOSED && nap_endpoint_equal(p->quote.src, t->self) &&
	       nap_endpoint_equal(p->quote.dst, t->peer);
}

static void tcp_icmp_input(const struct nap_call *k, const struct nap_packet *p)
{
	const struct nap_tcp_config *cfg = &k->setup->app->tcp;
	struct nap_client *c = k->c;

	if (!nap_packet_is_icmp_error(p) || p->quote.proto != NAP_TCP)
		return;
	if (quotes(p, c->tcp)) {
		tcp_events(k, nap_tcp_input(c->tcp, cfg, k->now, p, k->out), p);
	} else if (c->old && quotes(p, c->old)) {
		nap_tcp_input(c->old, cfg, k->now, p, k->out);
		nap_tcp_settle_left(&c->old);
	}
}

/* Over UDP most applications make nothing of them; of those that do, time exceeded and source quench are ignored. */
static void udp_icmp_input(const struct nap_call *k, const struct nap_packet *p)
{
	struct nap_client *c = k->c;
	const struct nap_quote *q = &p->quote;
	bool fatal = (p->icmp_type == NAP_ICMP_UNREACHABLE && p->icmp_code != NAP_ICMP_TOO_BIG) ||
		     p->icmp_type == NAP_ICMP_PARAMETER_PROBLEM; /* RFC 3261 18.4 */

	if (!k->setup->app->icmp_fails || !fatal || q->proto != NAP_UDP || c->phase == NAP_CLIENT_CLOSED)
		return;
	if (nap_endpoint_equal(q->src, c->self) && nap_endpoint_equal(q->dst, c->peer))
		nap_flow_lost(k);
}

NAP_HOT void nap_client_input(struct nap_client *c, const struct nap_client_setup *setup, nap_time now,
	const struct nap_client_world *w, const struct nap_packet *p, struct nap_outbox *out)
{
	const struct nap_call k = { c, setup, now, w, out };

	if (nap_flow_asks(setup) && nap_pcp_is_answer(p)) {
		if (p->dst.addr == c->self.addr && c->phase != NAP_CLIENT_CLOSED)
			nap_flow_pcp_outcome(&k, nap_pcp_input(nap_flow_pcp(c, setup), setup->policy_config,
							 now, p, w->rng, out));
	} else if (nap_flow_over_tcp(setup)) {
		c->idle_since = now;
		if (p->proto == NAP_TCP)
			tcp_input(&k, p);
		else if (p->proto == NAP_ICMP)
			tcp_icmp_input(&k, p);
	} else if (p->proto == NAP_UDP && nap_endpoint_equal(p->dst, c->self) &&
		   nap_endpoint_equal(p->src, c->peer)) {
		c->idle_since = c->since = now;
		c->sent = false;
		if (c->open)
			c->failures = 0;
		if (nap_app_has_secure(setup->app))
			secure_input(&k, p);
		else
			take(&k, p);
	} else if (p->proto == NAP_ICMP) {
		udp_icmp_input(&k, p);
	} else if (nap_flow_has_second(setup) && p->proto == NAP_UDP &&
		   nap_endpoint_equal(p->dst, nap_client_second(c, setup)->self)) {
		nap_flow_second_outcome(&k, nap_second_port_input(nap_client_second(c, setup), now, p));
	}
	finish(&k);
}

/* --- the world around -------------------------------------------------------------------------------------------- */

void nap_client_clear(struct nap_client *c, const struct nap_client_setup *setup)
{
	if (nap_flow_over_tcp(setup))
		nap_tcp_dismiss(&c->tcp, &c->old);
}

void nap_client_readdress(struct nap_client *c, const struct nap_client_setup *setup, nap_time now,
	const struct nap_client_world *w, nap_addr self, struct nap_outbox *out)
{
	const struct nap_call k = { c, setup, now, w, out };
	bool moved = c->self.addr != self;

	c->self.addr = self;
	nap_flow_forget_mapped(c, setup);
	nap_flow_tell(&k, NAP_EV_NETWORK);
	if (moved && c->open && !nap_flow_over_tcp(setup) && setup->app->follow) {
		nap_flow_pcp_begin(&k);
		nap_flow_migrate(&k);
		nap_flow_tell(&k, NAP_EV_SENT);
	} else if (moved) {
		/* the host knows that the address its flow is bound to has gone: nothing more can be sent from it */
		nap_client_clear(c, setup);
		if (c->phase != NAP_CLIENT_CLOSED)
			nap_flow_lost(&k);
	}
	finish(&k);
}

void nap_client_report(struct nap_client *c, const struct nap_client_setup *setup, nap_time now,
	const struct nap_client_world *w, struct nap_outbox *out)
{
	const struct nap_call k = { c, setup, now, w, out };

	nap_requests_make(&k);
	finish(&k);
}

void nap_client_give(struct nap_client *c, const struct nap_client_setup *setup, nap_time now,
	const struct nap_client_world *w, const struct nap_asking *request, struct nap_outbox *out)
{
	const struct nap_call k = { c, setup, now, w, out };

	nap_requests_give(&k, request);
	finish(&k);
}

void nap_client_retire(struct nap_client *c, const struct nap_client_setup *setup, nap_time now,
	const struct nap_client_world *w, struct nap_outbox *out)
{
	const struct nap_call k = { c, setup, now, w, out };

	nap_flow_retire(&k);
	finish(&k);
}

void nap_client_radio_up(struct nap_client *c, const struct nap_client_setup *setup, nap_time now,
	const struct nap_client_world *w, struct nap_outbox *out)
{
	const struct nap_call k = { c, setup, now, w, out };

	if (!c->open || !(setup->policy->listens & NAP_EV_BIT(NAP_EV_RADIO_UP)))
		return;
	nap_flow_tell(&k, NAP_EV_RADIO_UP);
	finish(&k);
}

void nap_client_binding(struct nap_client *c, const struct nap_client_setup *setup, nap_time now,
	const struct nap_client_world *w, struct nap_outbox *out)
{
	const struct nap_call k = { c, setup, now, w, out };

	if (c->open)
		nap_flow_tell(&k, NAP_EV_BINDING);
	finish(&k);
}
