/* SPDX-License-Identifier: BSD-2-Clause */
/* The server's end of a secure transport over UDP: it lends QUIC and WireGuard its voice, and acts on what they report. */
#include "client/server_inside.h"

static void say_own(void *ctx, const struct nap_saying *what)
{
	const struct nap_server_call *k = ctx;
	uint64_t len = what->message == NAP_MSG_ACK ? k->setup->app->keepalive_answer : what->len;

	nap_server_say(k, (enum nap_message)what->message, len, (enum nap_cause)what->cause,
		&(struct nap_server_carried){ .tag = what->tag, .ack = k->s->taken, .stamp = what->stamp });
}

static struct nap_speaker speaker(const struct nap_server_call *k)
{
	return (struct nap_speaker){ say_own, (void *)(uintptr_t)k, k->setup->app, k->now, k->s->peer.port };
}

void nap_server_secure_begin(const struct nap_server_call *k)
{
	struct nap_speaker sp = speaker(k);

	nap_secure_init(&k->s->secure, &sp);
}

void nap_server_secure_confirm(const struct nap_server_call *k)
{
	struct nap_speaker sp = speaker(k);

	nap_quic_confirm(&k->s->secure.quic, &sp);
}

bool nap_server_secure_holds(const struct nap_server_call *k, const struct nap_saying *what)
{
	struct nap_speaker sp = speaker(k);

	return nap_secure_holds(&k->s->secure, &sp, what);
}

void nap_server_secure_sent(
	const struct nap_server_call *k, const struct nap_saying *what, struct nap_packet *p)
{
	struct nap_speaker sp = speaker(k);

	nap_secure_stamp(&k->s->secure, &sp, p);
	nap_secure_sent(&k->s->secure, &sp, what);
}

bool nap_server_secure_works(const struct nap_server_call *k, uint32_t tag)
{
	struct nap_quic *q = &k->s->secure.quic;
	struct nap_speaker sp = speaker(k);

	if (NAP_OPEN_STEP(tag) > 0 || k->setup->app->handshake_time == 0)
		return false;
	if (q->answer == NAP_NEVER)
		nap_quic_work(q, &sp, tag);
	return true;
}

static void again(const struct nap_server_call *k, uint32_t number)
{
	nap_server_say_push(k, number, nap_server_offered(k, number));
}

/* With QUIC: the client has all pushes up to a number, and what it has not had by then was lost. */
static void pushes_acked(const struct nap_server_call *k, const struct nap_packet *p, bool all)
{
	struct nap_server *s = k->s;

	nap_server_push_done(k, p->ack);
	for (uint32_t n = s->taken + 1; all && s->open && n <= s->sent; n++)
		again(k, n);
}

void nap_server_secure_input(const struct nap_server_call *k, const struct nap_packet *p)
{
	struct nap_server *s = k->s;
	struct nap_speaker sp = speaker(k);
	bool quic = nap_app_is_quic(k->setup->app);
	unsigned events;

	if (quic && p->message == NAP_MSG_OPEN_UP && NAP_OPEN_STEP(p->tag) == 0 && !s->open &&
		s->secure.quic.answer == NAP_NEVER)
		nap_secure_init(&s->secure, &sp);
	events = nap_secure_heard(&s->secure, &sp, p);
	if (p->message == NAP_MSG_HANDSHAKE)
		nap_server_open(k);
	if (quic && nap_server_keeps(k->setup))
		pushes_acked(k, p, (events & NAP_SECURE_ACKED) != 0);
	if (!(events & NAP_SECURE_OWN))
		nap_server_take(k, p);
	nap_secure_settle(&s->secure, &sp, events);
}

/* Nothing was acknowledged: the oldest pushes go again, or else a keepalive that asks for an acknowledgement. */
static void probe(const struct nap_server_call *k)
{
	const struct nap_app_config *app = k->setup->app;
	struct nap_server *s = k->s;
	struct nap_saying ping = { NAP_MSG_SERVER_KEEPALIVE, NAP_CAUSE_KEEPALIVE,
		(uint32_t)app->keepalive_size, 0, k->now };
	uint32_t out = s->sent - s->taken;

	for (uint32_t i = 0; s->open && i < app->pto_packets; i++) {
		if (nap_server_keeps(k->setup) && out > 0)
			again(k, s->taken + 1 + i % out);
		else
			say_own((void *)(uintptr_t)k, &ping);
	}
}

void nap_server_secure_timer(const struct nap_server_call *k)
{
	struct nap_speaker sp = speaker(k);
	unsigned events = nap_secure_timer(&k->s->secure, &sp);

	if (events & NAP_SECURE_ANSWER)
		nap_server_answer_step(k, k->s->secure.quic.answer_tag);
	if (events & NAP_SECURE_PROBE)
		probe(k);
	if (events & NAP_SECURE_GIVEN_UP)
		k->out->notes |= NAP_NOTE_UNHEARD;
}
