/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Life of a flow: closed until wait; over TCP connecting; opening step by step
 * (TLS, login); open, with keepalives when the policy has them due; closed
 * again when it is found dead, reset, or ended by the server.
 */
#include "client/client.h"

#include <string.h>

#include "client/message.h"
#include "client/mix.h"

/* The ports that clients use in turn: Linux' ephemeral range. */
#define PORT_FIRST 32768u
#define PORT_COUNT 28232u

/* One call's arguments, so that they travel together. */
struct call {
	struct nap_client *c;
	const struct nap_client_setup *setup;
	nap_time now;
	const struct nap_client_world *w;
	struct nap_outbox *out;
};

static void open_flow(const struct call *k);
static bool probes(const struct nap_client_setup *setup);

static bool over_tcp(const struct nap_client_setup *setup)
{
	return setup->app->transport == NAP_OVER_TCP;
}

void nap_client_init(struct nap_client *c, const struct nap_client_setup *setup, nap_addr self,
	struct nap_endpoint peer, nap_time start)
{
	g_assert(setup->policy->state_size <= NAP_POLICY_STATE);
	memset(c, 0, nap_client_bytes(setup));
	c->deadline = c->wait = start;
	c->due = NAP_NEVER;
	c->outbound = c->inbound = c->since = start;
	/* flows of one client use ports in turn; clients begin at different ones */
	c->self = (struct nap_endpoint){ self,
		(uint16_t)(PORT_FIRST + (self * 2654435761u >> 8) % PORT_COUNT) };
	c->peer = peer;
	c->phase = NAP_CLIENT_CLOSED;
	if (probes(setup))
		c->probe.at = NAP_NEVER;
}

/* --- what it says ------------------------------------------------------------------------------------------------ */

static void tell_tested(const struct call *k, enum nap_policy_what what, nap_time tested)
{
	const struct nap_policy *policy = k->setup->policy;
	struct nap_client *c = k->c;
	struct nap_policy_event ev;
	nap_time due;

	if (!(policy->listens & NAP_EV_BIT(what)))
		return;
	ev = (struct nap_policy_event){
		.now = k->now,
		.what = what,
		.due = c->due,
		.idle_since = nap_time_max(c->inbound, c->outbound),
		.outbound = c->outbound,
		.network = k->w->network,
		.radio_up = k->w->radio_up,
		.lifetime = k->w->lifetime,
		.until = k->w->until,
		.tested = tested,
		.rng = k->w->rng,
	};
	due = policy->next(k->setup->policy_config, c->policy, &ev);
	g_assert(due > k->now || due == ev.due);
	c->due = c->open || !k->setup->app->reopen ? due : NAP_NEVER;
}

static void tell(const struct call *k, enum nap_policy_what what)
{
	tell_tested(k, what, 0);
}

/* Something went out: for the idle time-out, only the first sending after a receipt counts. */
static void mark_sent(const struct call *k)
{
	struct nap_client *c = k->c;

	c->outbound = k->now;
	if (!c->sent)
		c->since = k->now;
	c->sent = true;
}

/* One message to the server. */
static void say(
	const struct call *k, enum nap_message message, uint64_t len, enum nap_cause cause, uint32_t tag)
{
	struct nap_client *c = k->c;

	mark_sent(k);
	if (over_tcp(k->setup)) {
		/* a message has at least one byte, or the peer would not see it */
		nap_tcp_write(&c->tcp, message, len > 0 ? (uint32_t)len : 1, cause, tag, k->now);
		return;
	}
	*nap_outbox_add(k->out) = (struct nap_packet){
		.src = c->self,
		.dst = c->peer,
		.proto = NAP_UDP,
		.cause = (uint8_t)cause,
		.message = (uint8_t)message,
		.len = (uint32_t)len,
		.tag = tag,
		.stamp = k->now,
	};
}

/* How long a keepalive waits for its answer, after fails that had none. */
static nap_time answer_wait(const struct nap_app_config *app, uint32_t fails)
{
	if (fails + 1 >= app->answer_tries && app->answer_last != NAP_NEVER)
		return app->answer_last;
	return app->answer_backoff ? app->answer_timeout << MIN(fails, 16u) : app->answer_timeout;
}

static void keepalive(const struct call *k, enum nap_cause cause)
{
	const struct nap_app_config *app = k->setup->app;

	say(k, NAP_MSG_KEEPALIVE, app->keepalive_size, cause, 0);
	if (cause == NAP_CAUSE_KEEPALIVE)
		k->out->notes |= NAP_NOTE_KEEPALIVE;
	k->c->asked = app->keepalive_answer > 0 || over_tcp(k->setup);
	if (app->keepalive_answer > 0)
		k->c->wait = nap_time_after(k->now, answer_wait(app, k->c->fails));
}

/* --- the second port --------------------------------------------------------------------------------------------- */

static bool probes(const struct nap_client_setup *setup)
{
	return setup->policy->probe && !over_tcp(setup);
}

/* Begins the next trial if the policy wants one. */
static void probe_next(const struct call *k)
{
	const struct nap_policy *policy = k->setup->policy;
	struct nap_client *c = k->c;
	nap_time silence;
	struct nap_endpoint second = c->self;

	if (!c->open || c->probe.phase != NAP_PROBE_NONE)
		return;
	silence = policy->probe(k->setup->policy_config, c->policy, k->now);
	if (silence == NAP_NEVER)
		return;
	/* a port as far from the flow's own as can be, and a new one each time */
	second.port = (uint16_t)(PORT_FIRST +
				 (c->self.port - PORT_FIRST + PORT_COUNT / 2 + c->probe.trials) % PORT_COUNT);
	nap_probe_begin(&c->probe, k->now, silence, second, c->peer, k->out);
}

static void probe_outcome(const struct call *k, enum nap_probe_outcome outcome)
{
	if (outcome == NAP_PROBE_HELD)
		tell_tested(k, NAP_EV_PROBED, k->c->probe.silence);
	if (outcome == NAP_PROBE_FAILED)
		tell_tested(k, NAP_EV_PROBE_LOST, k->c->probe.silence);
	if (outcome == NAP_PROBE_HELD || outcome == NAP_PROBE_FAILED)
		probe_next(k);
}

static void probe_timer(const struct call *k)
{
	struct nap_client *c = k->c;

	if (k->now < c->probe.at)
		return;
	probe_outcome(k, nap_probe_timer(&c->probe, k->now, c->self, c->peer, k->out));
	if (c->probe.phase == NAP_PROBE_ASKING)
		mark_sent(k); /* it went over the flow */
}

/* --- opening and closing ----------------------------------------------------------------------------------------- */

static void set_open(const struct call *k)
{
	struct nap_client *c = k->c;

	c->phase = NAP_CLIENT_OPEN;
	c->open = true;
	c->asked = false;
	c->fails = c->failures = 0;
	c->opened++;
	c->wait = NAP_NEVER;
	k->out->notes |= NAP_NOTE_OPENED;
	tell(k, NAP_EV_START);
}

/* Was there a connection before, so that its ticket serves? */
static bool resumed(const struct nap_client *c)
{
	return c->opened > 0;
}

/* Sends (again) the client's part of the current step; over UDP it waits twice as long each time. */
static void send_step(const struct call *k)
{
	const struct nap_app_config *app = k->setup->app;
	struct nap_client *c = k->c;
	struct nap_app_step step = nap_app_step(app, resumed(c), c->step);

	say(k, NAP_MSG_OPEN_UP, step.up, NAP_CAUSE_RECONNECT, NAP_OPEN_TAG(c->step, resumed(c)));
	c->wait = nap_time_after(
		k->now, over_tcp(k->setup) ? app->answer_timeout : app->open_timeout << c->fails);
	c->fails++;
}

/* The transport is there: on with TLS and login, or open. */
static void begin_steps(const struct call *k)
{
	struct nap_client *c = k->c;

	c->step = c->fails = 0;
	if (nap_app_is_bare(k->setup->app)) {
		set_open(k);
		return;
	}
	c->phase = NAP_CLIENT_OPENING;
	send_step(k);
}

static void step_done(const struct call *k)
{
	struct nap_client *c = k->c;

	c->step++;
	c->fails = 0;
	if (c->step < nap_app_steps(k->setup->app, resumed(c)))
		send_step(k);
	else
		set_open(k);
}

static const struct nap_tcp_keepalive *keepalive_option(const struct nap_client_setup *setup)
{
	if (setup->policy->wire == NAP_WIRE_TCP_OPTION)
		return setup->policy_config;
	return &setup->app->tcp_keepalive;
}

/* A flow from a new port. */
static void open_flow(const struct call *k)
{
	struct nap_client *c = k->c;

	if (c->flows++ > 0) {
		c->self.port = (uint16_t)(PORT_FIRST + (c->self.port - PORT_FIRST + 1) % PORT_COUNT);
		k->out->notes |= NAP_NOTE_RECONNECT;
	}
	c->due = c->wait = NAP_NEVER;
	c->mapped = (struct nap_endpoint){ 0, 0 };
	c->inbound = c->outbound = c->since = k->now;
	c->sent = false;
	if (over_tcp(k->setup)) {
		c->phase = NAP_CLIENT_CONNECTING;
		nap_tcp_connect(
			&c->tcp, &k->setup->app->tcp, k->now, c->self, c->peer, keepalive_option(k->setup));
		return;
	}
	begin_steps(k);
	/* a bare flow is open by its first packet, which is a keepalive like any other if there are to be any */
	if (c->open)
		keepalive(
			k, c->flows == 1 && c->due != NAP_NEVER ? NAP_CAUSE_KEEPALIVE : NAP_CAUSE_RECONNECT);
}

/* The flow is over; the next one opens after delay, or when there is something to say. */
static void close_flow(const struct call *k, nap_time delay)
{
	struct nap_client *c = k->c;

	bool wanted = k->setup->app->reopen || c->asked; /* what it had to say has not been answered */

	c->phase = NAP_CLIENT_CLOSED;
	c->open = c->asked = false;
	c->wait = wanted ? nap_time_after(k->now, delay) : NAP_NEVER;
	if (wanted)
		c->due = NAP_NEVER;
}

/* What still comes for the connection is answered by RST. */
static void forget_connection(const struct call *k)
{
	if (over_tcp(k->setup))
		k->c->tcp.state = NAP_TCP_CLOSED;
}

/* The flow turned out to be dead. */
static void flow_dead(const struct call *k)
{
	forget_connection(k);
	k->out->notes |= NAP_NOTE_DEAD;
	close_flow(k, k->setup->app->reconnect_delay);
	tell(k, NAP_EV_LOST);
	if (k->c->wait <= k->now)
		open_flow(k);
}

/* An opening came to nothing: the next try waits twice as long as the one before. */
static void opening_failed(const struct call *k)
{
	const struct nap_app_config *app = k->setup->app;
	struct nap_client *c = k->c;
	nap_time delay = nap_time_min(NAP_S << c->failures, app->reconnect_max);

	forget_connection(k);
	if (c->failures < 30)
		c->failures++;
	close_flow(k, nap_time_max(delay, app->reconnect_delay));
	if (!app->reopen)
		c->wait = nap_time_after(k->now, delay); /* it had something to say */
}

static void flow_lost(const struct call *k)
{
	if (k->c->open)
		flow_dead(k);
	else
		opening_failed(k);
}

/* The server has closed the flow, or both ends have agreed to forget it. */
static void flow_ended(const struct call *k)
{
	k->out->notes |= NAP_NOTE_CLOSED;
	close_flow(k, k->setup->app->reconnect_delay);
}

/* --- timers ------------------------------------------------------------------------------------------------------ */

static void repeat_keepalive(const struct call *k)
{
	keepalive(k, NAP_CAUSE_KEEPALIVE);
	tell(k, NAP_EV_SENT);
}

static void wait_over(const struct call *k)
{
	const struct nap_app_config *app = k->setup->app;
	struct nap_client *c = k->c;

	switch ((enum nap_client_phase)c->phase) {
	case NAP_CLIENT_CLOSED:
		open_flow(k);
		break;
	case NAP_CLIENT_CONNECTING:
		c->wait = NAP_NEVER; /* TCP has its own timers */
		break;
	case NAP_CLIENT_OPENING:
		if (!over_tcp(k->setup) && c->fails < app->open_tries)
			send_step(k);
		else
			opening_failed(k);
		break;
	case NAP_CLIENT_OPEN:
		c->wait = NAP_NEVER;
		if (++c->fails >= app->answer_tries || over_tcp(k->setup))
			flow_dead(k);
		else
			repeat_keepalive(k);
		break;
	}
}

static void keepalive_due(const struct call *k)
{
	struct nap_client *c = k->c;

	if (!c->open) { /* reopen = no: now there is something to say */
		c->due = NAP_NEVER;
		if (c->phase == NAP_CLIENT_CLOSED)
			open_flow(k);
		return;
	}
	if (c->wait != NAP_NEVER) { /* an answer is awaited, and its own timer repeats the keepalive */
		c->due = c->wait;
		return;
	}
	keepalive(k, NAP_CAUSE_KEEPALIVE);
	tell(k, NAP_EV_DUE);
	if (probes(k->setup))
		probe_next(k);
}

static nap_time idle_end(const struct nap_client *c, const struct nap_client_setup *setup)
{
	return c->open ? nap_time_after(c->since, setup->app->idle_timeout) : NAP_NEVER;
}

/* TCP sends what the call brought up; the earliest of all timers is the client's deadline. */
static void finish(const struct call *k)
{
	struct nap_client *c = k->c;

	c->deadline = nap_time_min(c->due, c->wait);
	if (probes(k->setup))
		c->deadline = nap_time_min(c->deadline, c->probe.at);
	if (over_tcp(k->setup)) {
		nap_tcp_flush(&c->tcp, k->now, k->out);
		c->deadline = nap_time_min(c->deadline, nap_tcp_deadline(&c->tcp));
	}
	if (k->setup->app->idle_timeout != NAP_NEVER)
		c->deadline = nap_time_min(c->deadline, idle_end(c, k->setup));
}

static void tcp_events(const struct call *k, unsigned events, const struct nap_packet *p);

void nap_client_timer(struct nap_client *c, const struct nap_client_setup *setup, nap_time now,
	const struct nap_client_world *w, struct nap_outbox *out)
{
	const struct call k = { c, setup, now, w, out };

	if (now < c->deadline)
		return;
	if (over_tcp(setup) && now >= nap_tcp_deadline(&c->tcp))
		tcp_events(&k, nap_tcp_timer(&c->tcp, &setup->app->tcp, now, out), NULL);
	if (setup->app->idle_timeout != NAP_NEVER && now >= idle_end(c, setup))
		flow_ended(&k);
	if (now >= c->wait)
		wait_over(&k);
	if (now >= c->due)
		keepalive_due(&k);
	if (probes(setup))
		probe_timer(&k);
	finish(&k);
}

/* --- what it hears ----------------------------------------------------------------------------------------------- */

static void keepalive_answered(const struct call *k, const struct nap_packet *p)
{
	struct nap_client *c = k->c;
	bool told = p && p->quote.src.addr != 0;
	bool moved = told && c->mapped.addr != 0 && !nap_endpoint_equal(c->mapped, p->quote.src);

	c->asked = false;
	c->fails = 0;
	c->wait = NAP_NEVER;
	if (told)
		c->mapped = p->quote.src;
	if (!moved || k->setup->app->mapping_change == NAP_MAPPING_IGNORE) {
		tell(k, NAP_EV_ANSWERED);
	} else if (k->setup->app->mapping_change == NAP_MAPPING_REOPEN) {
		flow_dead(k);
	} else {
		/* the keepalive that found the binding gone has made the next one */
		k->out->notes |= NAP_NOTE_DEAD;
		tell(k, NAP_EV_LOST);
	}
}

/* Is this push new? Where the server repeats them, they are taken in order and once. */
static bool push_is_new(const struct call *k, const struct nap_packet *p)
{
	struct nap_client *c = k->c;

	if (over_tcp(k->setup)) {
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

static void take_push(const struct call *k, const struct nap_packet *p)
{
	const struct nap_app_config *app = k->setup->app;
	bool reliable = app->reliable && !over_tcp(k->setup);

	if (push_is_new(k, p))
		nap_outbox_deliver(k->out, p->stamp);
	tell(k, NAP_EV_RECEIVED);
	if (!reliable && (!app->answer || p->message == NAP_MSG_PUSH_SILENT))
		return;
	say(k, NAP_MSG_PUSH_ANSWER, app->answer_size, NAP_CAUSE_PUSH, reliable ? k->c->pushed : p->tag);
	tell(k, NAP_EV_SENT);
}

static void take_server_keepalive(const struct call *k, const struct nap_packet *p)
{
	tell(k, NAP_EV_RECEIVED);
	if (p->tag == 0) /* the size of the answer it wants */
		return;
	say(k, NAP_MSG_SERVER_ANSWER, p->tag, NAP_CAUSE_KEEPALIVE, 0);
	tell(k, NAP_EV_SENT);
}

static void take(const struct call *k, const struct nap_packet *p)
{
	struct nap_client *c = k->c;

	switch ((enum nap_message)p->message) {
	case NAP_MSG_OPEN_DOWN:
		if (c->phase == NAP_CLIENT_OPENING && p->tag == NAP_OPEN_TAG(c->step, resumed(c)))
			step_done(k);
		break;
	case NAP_MSG_KEEPALIVE_ANSWER:
		if (c->open && c->asked)
			keepalive_answered(k, p);
		break;
	case NAP_MSG_PUSH:
	case NAP_MSG_PUSH_SILENT:
		if (c->open)
			take_push(k, p);
		break;
	case NAP_MSG_SERVER_KEEPALIVE:
		if (c->open)
			take_server_keepalive(k, p);
		break;
	case NAP_MSG_CHALLENGE:
		say(k, NAP_MSG_RESPONSE, p->len, NAP_CAUSE_RECONNECT, 0);
		break;
	case NAP_MSG_BYE:
		flow_ended(k);
		break;
	default:
		break;
	}
}

/* What TCP reports; p: the segment that brought it, NULL from a timer. */
static void tcp_events(const struct call *k, unsigned events, const struct nap_packet *p)
{
	struct nap_client *c = k->c;

	if (events & NAP_TCP_ABORTED) {
		if (c->phase != NAP_CLIENT_CLOSED)
			flow_lost(k);
		return;
	}
	if (events & NAP_TCP_CONNECTED)
		begin_steps(k);
	if ((events & NAP_TCP_SETTLED) && c->open && c->asked && k->setup->app->keepalive_answer == 0)
		keepalive_answered(k, NULL);
	if (events & NAP_TCP_MESSAGE)
		take(k, p);
	if (events & NAP_TCP_ENDED) {
		nap_tcp_close(&c->tcp, NAP_CAUSE_BACKGROUND);
		c->closing = c->self.port;
		if (c->phase != NAP_CLIENT_CLOSED)
			flow_ended(k);
	}
}

static void tcp_input(const struct call *k, const struct nap_packet *p)
{
	struct nap_client *c = k->c;

	if (p->dst.addr != c->self.addr || !nap_endpoint_equal(p->src, c->peer))
		return;
	if (c->tcp.state == NAP_TCP_CLOSED || p->dst.port != c->self.port) {
		bool last_ack = p->dst.port == c->closing && p->len == 0 && p->flags == NAP_ACK;

		if (!last_ack)
			nap_tcp_refuse(p, k->out);
		return;
	}
	tcp_events(k, nap_tcp_input(&c->tcp, &k->setup->app->tcp, k->now, p, k->out), p);
}

/* Errors count only for the flow they quote; over UDP nothing is made of them. */
static void icmp_input(const struct call *k, const struct nap_packet *p)
{
	struct nap_client *c = k->c;
	const struct nap_quote *q = &p->quote;

	if (!nap_packet_is_icmp_error(p) || q->proto != NAP_TCP || c->tcp.state == NAP_TCP_CLOSED)
		return;
	if (nap_endpoint_equal(q->src, c->self) && nap_endpoint_equal(q->dst, c->peer))
		tcp_events(k, nap_tcp_input(&c->tcp, &k->setup->app->tcp, k->now, p, k->out), p);
}

void nap_client_input(struct nap_client *c, const struct nap_client_setup *setup, nap_time now,
	const struct nap_client_world *w, const struct nap_packet *p, struct nap_outbox *out)
{
	const struct call k = { c, setup, now, w, out };

	if (over_tcp(setup)) {
		c->inbound = c->since = now;
		c->sent = false;
		if (p->proto == NAP_TCP)
			tcp_input(&k, p);
		else if (p->proto == NAP_ICMP)
			icmp_input(&k, p);
	} else if (p->proto == NAP_UDP && nap_endpoint_equal(p->dst, c->self) &&
		   nap_endpoint_equal(p->src, c->peer)) {
		c->inbound = c->since = now;
		c->sent = false;
		take(&k, p);
	} else if (probes(setup) && p->proto == NAP_UDP && nap_endpoint_equal(p->dst, c->probe.self)) {
		probe_outcome(&k, nap_probe_input(&c->probe, now, p));
	}
	finish(&k);
}

/* --- the world around -------------------------------------------------------------------------------------------- */

void nap_client_readdress(struct nap_client *c, const struct nap_client_setup *setup, nap_time now,
	const struct nap_client_world *w, nap_addr self, struct nap_outbox *out)
{
	const struct call k = { c, setup, now, w, out };
	bool moved = c->self.addr != self;

	c->self.addr = self;
	c->mapped = (struct nap_endpoint){ 0, 0 };
	tell(&k, NAP_EV_NETWORK);
	if (moved && c->open && !over_tcp(setup) && setup->app->follow) {
		keepalive(&k, NAP_CAUSE_RECONNECT); /* tell the server where the client is now: migration */
		tell(&k, NAP_EV_SENT);
	} else if (moved && c->phase != NAP_CLIENT_CLOSED) {
		flow_lost(&k); /* the host knows that the address its flow is bound to has gone */
	}
	finish(&k);
}

void nap_client_radio_up(struct nap_client *c, const struct nap_client_setup *setup, nap_time now,
	const struct nap_client_world *w, struct nap_outbox *out)
{
	const struct call k = { c, setup, now, w, out };

	if (!c->open || !(setup->policy->listens & NAP_EV_BIT(NAP_EV_RADIO_UP)))
		return;
	tell(&k, NAP_EV_RADIO_UP);
	finish(&k);
}

void nap_client_binding(struct nap_client *c, const struct nap_client_setup *setup, nap_time now,
	const struct nap_client_world *w, struct nap_outbox *out)
{
	const struct call k = { c, setup, now, w, out };

	if (c->open)
		tell(&k, NAP_EV_BINDING);
	finish(&k);
}

/* --- whole cycles ------------------------------------------------------------------------------------------------ */

size_t nap_client_bytes(const struct nap_client_setup *setup)
{
	if (over_tcp(setup))
		return sizeof(struct nap_client);
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
					((uint64_t)c->step << 8) | (uint64_t)(c->asked << 1) | c->sent);

	h = nap_mix(h, ((uint64_t)c->self.port << 32) | c->self.addr);
	h = nap_mix(h, ((uint64_t)c->mapped.port << 32) | c->mapped.addr);
	h = nap_mix(h, ((uint64_t)c->failures << 1) | resumed(c));
	h = nap_mix_time(h, c->due, now);
	h = nap_mix_time(h, c->wait, now);
	h = nap_mix_time(h, c->outbound, now);
	h = nap_mix_time(h, nap_time_max(c->inbound, c->outbound), now);
	if (setup->app->idle_timeout != NAP_NEVER)
		h = nap_mix_time(h, c->since, now);
	if (over_tcp(setup))
		h = nap_mix(h, nap_tcp_fingerprint(&c->tcp, now));
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
	if (over_tcp(setup))
		nap_tcp_shift(&c->tcp, span);
	if (probes(setup))
		nap_move_time(&c->probe.at, span);
	if (setup->policy->shift)
		setup->policy->shift(c->policy, span);
}
