/* SPDX-License-Identifier: BSD-2-Clause */
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

void nap_client_init(struct nap_client *c, const struct nap_client_setup *setup, nap_addr self,
	struct nap_endpoint peer, nap_time start)
{
	g_assert(setup->policy->state_size <= NAP_POLICY_STATE);
	c->deadline = c->wait = start;
	c->due = NAP_NEVER;
	c->outbound = c->inbound = start;
	/* flows of one client use ports in turn; clients begin at different ones */
	c->self = (struct nap_endpoint){ self,
		(uint16_t)(PORT_FIRST + (self * 2654435761u >> 8) % PORT_COUNT) };
	c->peer = peer;
	c->phase = NAP_CLIENT_CLOSED;
	c->open = false;
	c->flows = c->pushed = 0;
	memset(c->policy, 0, setup->policy->state_size);
}

static void tell(const struct call *k, enum nap_policy_what what)
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
		.rng = k->w->rng,
	};
	due = policy->next(k->setup->policy_config, c->policy, &ev);
	g_assert(due > k->now || due == ev.due);
	c->due = c->phase == NAP_CLIENT_OPEN ? due : NAP_NEVER;
}

/* One message to the server. */
static void say(
	const struct call *k, enum nap_message message, uint64_t len, enum nap_cause cause, uint32_t tag)
{
	struct nap_client *c = k->c;

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
	c->outbound = k->now;
}

static void keepalive(const struct call *k, enum nap_cause cause)
{
	const struct nap_app_config *app = k->setup->app;

	say(k, NAP_MSG_KEEPALIVE, app->keepalive_size, cause, 0);
	if (cause == NAP_CAUSE_KEEPALIVE)
		k->out->notes |= NAP_NOTE_KEEPALIVE;
	if (app->keepalive_answer > 0)
		k->c->wait = nap_time_after(k->now, app->answer_timeout);
}

static void set_open(const struct call *k)
{
	struct nap_client *c = k->c;

	c->phase = NAP_CLIENT_OPEN;
	c->open = true;
	c->fails = 0;
	c->wait = NAP_NEVER;
	k->out->notes |= NAP_NOTE_OPENED;
	tell(k, NAP_EV_START);
}

/* Sends (again) the client's part of the current round trip; waits twice as long each time. */
static void open_step(const struct call *k)
{
	const struct nap_app_config *app = k->setup->app;
	struct nap_client *c = k->c;

	say(k, NAP_MSG_OPEN_UP, app->open_up / app->open_round_trips, NAP_CAUSE_RECONNECT, c->step);
	c->wait = nap_time_after(k->now, app->open_timeout << c->fails);
	c->fails++;
}

/* A flow from a new port. */
static void open_flow(const struct call *k)
{
	struct nap_client *c = k->c;

	if (c->flows++ > 0) {
		c->self.port = (uint16_t)(PORT_FIRST + (c->self.port - PORT_FIRST + 1) % PORT_COUNT);
		k->out->notes |= NAP_NOTE_RECONNECT;
	}
	c->fails = c->step = 0;
	c->due = NAP_NEVER;
	c->mapped = (struct nap_endpoint){ 0, 0 };
	c->inbound = k->now;
	if (k->setup->app->open_round_trips > 0) {
		c->phase = NAP_CLIENT_OPENING;
		open_step(k);
		return;
	}
	/* a bare flow is open by its first packet, which is a keepalive like any other if there are to be any */
	c->outbound = k->now;
	set_open(k);
	keepalive(k, c->flows == 1 && c->due != NAP_NEVER ? NAP_CAUSE_KEEPALIVE : NAP_CAUSE_RECONNECT);
}

/* The flow is over; the next one opens after delay. */
static void close_flow(const struct call *k, nap_time delay)
{
	struct nap_client *c = k->c;

	c->phase = NAP_CLIENT_CLOSED;
	c->open = false;
	c->due = NAP_NEVER;
	c->wait = nap_time_after(k->now, delay);
}

static void flow_dead(const struct call *k)
{
	k->out->notes |= NAP_NOTE_DEAD;
	close_flow(k, k->setup->app->reconnect_delay);
	tell(k, NAP_EV_LOST);
	if (k->c->wait <= k->now)
		open_flow(k);
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
		break;
	case NAP_CLIENT_OPENING:
		if (c->fails < app->open_tries)
			open_step(k);
		else
			close_flow(k, nap_time_max(app->reconnect_delay, app->open_timeout));
		break;
	case NAP_CLIENT_OPEN:
		c->wait = NAP_NEVER;
		if (++c->fails >= app->answer_tries)
			flow_dead(k);
		else
			keepalive(k, NAP_CAUSE_KEEPALIVE);
		break;
	}
}

static void set_deadline(struct nap_client *c)
{
	c->deadline = nap_time_min(c->due, c->wait);
}

void nap_client_timer(struct nap_client *c, const struct nap_client_setup *setup, nap_time now,
	const struct nap_client_world *w, struct nap_outbox *out)
{
	const struct call k = { c, setup, now, w, out };

	if (now >= c->due) {
		/* while an answer is awaited, its own timer repeats the keepalive */
		if (c->wait == NAP_NEVER)
			keepalive(&k, NAP_CAUSE_KEEPALIVE);
		tell(&k, NAP_EV_DUE);
	}
	if (now >= c->wait)
		wait_over(&k);
	set_deadline(c);
}

static void answered(const struct call *k, const struct nap_packet *p)
{
	struct nap_client *c = k->c;
	bool moved = c->mapped.addr != 0 && !nap_endpoint_equal(c->mapped, p->quote.src);

	c->fails = 0;
	c->wait = NAP_NEVER;
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

/* Number of the push to take next; the server says up to which it is done. */
static uint32_t next_push(const struct nap_client *c, const struct nap_packet *p)
{
	return (c->pushed > p->ack ? c->pushed : p->ack) + 1;
}

static void take_push(const struct call *k, const struct nap_packet *p)
{
	const struct nap_app_config *app = k->setup->app;

	if (!app->reliable) {
		nap_outbox_deliver(k->out, p->stamp);
	} else if (p->tag == next_push(k->c, p)) {
		k->c->pushed = p->tag;
		nap_outbox_deliver(k->out, p->stamp);
	}
	tell(k, NAP_EV_RECEIVED);
	if (!app->reliable && (!app->answer || p->message == NAP_MSG_PUSH_SILENT))
		return;
	say(k, NAP_MSG_PUSH_ANSWER, app->answer_size, NAP_CAUSE_PUSH, app->reliable ? k->c->pushed : p->tag);
	tell(k, NAP_EV_SENT);
}

static void take(const struct call *k, const struct nap_packet *p)
{
	struct nap_client *c = k->c;

	c->inbound = k->now;
	switch ((enum nap_message)p->message) {
	case NAP_MSG_OPEN_DOWN:
		if (c->phase != NAP_CLIENT_OPENING || p->tag != c->step)
			break;
		c->step++;
		c->fails = 0;
		if (c->step < k->setup->app->open_round_trips)
			open_step(k);
		else
			set_open(k);
		break;
	case NAP_MSG_KEEPALIVE_ANSWER:
		if (c->open && c->wait != NAP_NEVER)
			answered(k, p);
		break;
	case NAP_MSG_PUSH:
	case NAP_MSG_PUSH_SILENT:
		if (c->open)
			take_push(k, p);
		break;
	case NAP_MSG_BYE:
		k->out->notes |= NAP_NOTE_CLOSED;
		close_flow(k, k->setup->app->reconnect_delay);
		break;
	default:
		break;
	}
}

void nap_client_input(struct nap_client *c, const struct nap_client_setup *setup, nap_time now,
	const struct nap_client_world *w, const struct nap_packet *p, struct nap_outbox *out)
{
	const struct call k = { c, setup, now, w, out };

	if (p->proto != NAP_UDP || !nap_endpoint_equal(p->dst, c->self) ||
		!nap_endpoint_equal(p->src, c->peer))
		return;
	take(&k, p);
	set_deadline(c);
}

void nap_client_readdress(struct nap_client *c, const struct nap_client_setup *setup, nap_time now,
	const struct nap_client_world *w, nap_addr self, struct nap_outbox *out)
{
	const struct call k = { c, setup, now, w, out };

	c->self.addr = self;
	tell(&k, NAP_EV_NETWORK);
	set_deadline(c);
}

void nap_client_radio_up(struct nap_client *c, const struct nap_client_setup *setup, nap_time now,
	const struct nap_client_world *w, struct nap_outbox *out)
{
	const struct call k = { c, setup, now, w, out };

	if (c->open)
		tell(&k, NAP_EV_RADIO_UP);
	set_deadline(c);
}

size_t nap_client_bytes(const struct nap_client_setup *setup)
{
	if (setup->app->transport == NAP_OVER_TCP)
		return sizeof(struct nap_client);
	return offsetof(struct nap_client, policy) + (setup->policy->state_size + 7) / 8 * 8;
}

static uint64_t mix_policy(
	uint64_t h, const struct nap_client *c, const struct nap_policy *policy, nap_time now)
{
	uint64_t state[NAP_POLICY_STATE / 8];

	if (policy->draws)
		return nap_mix(h, (uint64_t)now);
	memcpy(state, c->policy, sizeof state);
	if (policy->shift)
		policy->shift(state, -now);
	for (size_t i = 0; i < (policy->state_size + 7) / 8; i++)
		h = nap_mix(h, state[i]);
	return h;
}

uint64_t nap_client_fingerprint(
	const struct nap_client *c, const struct nap_client_setup *setup, nap_time now)
{
	uint64_t h = nap_mix(0, ((uint64_t)c->phase << 16) | ((uint64_t)c->fails << 8) | c->step);

	h = nap_mix(h, ((uint64_t)c->self.port << 32) | c->self.addr);
	h = nap_mix(h, ((uint64_t)c->mapped.port << 32) | c->mapped.addr);
	h = nap_mix_time(h, c->due, now);
	h = nap_mix_time(h, c->wait, now);
	h = nap_mix_time(h, c->outbound, now);
	h = nap_mix_time(h, nap_time_max(c->inbound, c->outbound), now);
	return mix_policy(h, c, setup->policy, now);
}

void nap_client_shift(struct nap_client *c, const struct nap_client_setup *setup, nap_time span)
{
	nap_move_time(&c->deadline, span);
	nap_move_time(&c->due, span);
	nap_move_time(&c->wait, span);
	nap_move_time(&c->outbound, span);
	nap_move_time(&c->inbound, span);
	if (setup->policy->shift)
		setup->policy->shift(c->policy, span);
}
