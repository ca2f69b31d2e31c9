/* SPDX-License-Identifier: BSD-2-Clause */
/* The client's end of a secure transport over UDP: it lends QUIC and WireGuard its voice, and acts on what they report. */
#include "client/flow.h"

static void say_own(void *ctx, const struct nap_saying *what)
{
	const struct nap_call *k = ctx;
	struct nap_saying own = *what;

	if (own.message == NAP_MSG_ACK)
		own.len = (uint32_t)k->setup->app->answer_size;
	nap_flow_send(k, &own);
}

static struct nap_speaker speaker(const struct nap_call *k)
{
	return (struct nap_speaker){ say_own, (void *)(uintptr_t)k, k->setup->app, k->now, k->c->self.port };
}

/* A keepalive of WireGuard's counts from the last packet, either way, whatever the policy counts from. */
static void postpone(const struct nap_call *k)
{
	struct nap_client *c = k->c;
	struct nap_wireguard *w = &c->secure.wireguard;

	if (!nap_app_is_wireguard(k->setup->app) || c->due == NAP_NEVER)
		return;
	c->due = nap_time_after(c->idle_since, c->due - w->asked);
	w->asked = c->idle_since;
}

void nap_flow_secure_begin(const struct nap_call *k)
{
	struct nap_speaker sp = speaker(k);

	nap_secure_init(&k->c->secure, &sp);
}

bool nap_flow_holds(const struct nap_call *k, const struct nap_saying *what)
{
	struct nap_speaker sp = speaker(k);

	return nap_secure_holds(&k->c->secure, &sp, what);
}

void nap_flow_stamp(const struct nap_call *k, struct nap_packet *p)
{
	struct nap_speaker sp = speaker(k);

	nap_secure_stamp(&k->c->secure, &sp, p);
	p->ack = k->c->pushed;
}

void nap_flow_sent(const struct nap_call *k, const struct nap_saying *what)
{
	struct nap_speaker sp = speaker(k);

	postpone(k);
	nap_secure_sent(&k->c->secure, &sp, what);
}

unsigned nap_flow_secure_heard(const struct nap_call *k, const struct nap_packet *p)
{
	struct nap_speaker sp = speaker(k);

	postpone(k);
	return nap_secure_heard(&k->c->secure, &sp, p);
}

void nap_flow_secure_settle(const struct nap_call *k, unsigned events)
{
	struct nap_speaker sp = speaker(k);

	nap_secure_settle(&k->c->secure, &sp, events);
}

/* --- WireGuard --------------------------------------------------------------------------------------------------- */

void nap_flow_handshake(const struct nap_call *k)
{
	struct nap_speaker sp = speaker(k);

	nap_wireguard_open(&k->c->secure.wireguard, &sp);
}

/*
 * The handshake was not answered, and is not tried again before there is something to send: the next keepalive, which
 * counts from the last packet. The socket stays.
 */
static void given_up(const struct nap_call *k)
{
	struct nap_client *c = k->c;

	if (c->open) {
		k->out->notes |= NAP_NOTE_DEAD;
		return;
	}
	c->phase = NAP_CLIENT_CLOSED;
	c->wait = nap_time_after(c->outbound, k->setup->app->interval);
}

/* --- QUIC -------------------------------------------------------------------------------------------------------- */

/* What was not acknowledged goes again, in so many packets. */
static void probe(const struct nap_call *k)
{
	const struct nap_app_config *app = k->setup->app;
	struct nap_saying what = k->c->secure.quic.last;

	if (what.message == NAP_MSG_NONE)
		what = (struct nap_saying){ NAP_MSG_KEEPALIVE, NAP_CAUSE_KEEPALIVE,
			(uint32_t)app->keepalive_size, 0, k->now };
	for (uint32_t i = 0; i < app->pto_packets; i++)
		nap_flow_send(k, &what);
}

void nap_flow_confirmed(const struct nap_call *k)
{
	struct nap_speaker sp = speaker(k);

	nap_quic_confirm(&k->c->secure.quic, &sp);
}

void nap_flow_secure_timer(const struct nap_call *k)
{
	struct nap_speaker sp = speaker(k);
	unsigned events = nap_secure_timer(&k->c->secure, &sp);

	if (events & NAP_SECURE_GIVEN_UP)
		given_up(k);
	if (events & NAP_SECURE_PROBE)
		probe(k);
}
