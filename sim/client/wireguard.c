/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/wireguard.h"

#include <string.h>

#include "client/message.h"
#include "kernel/snapshot.h"

void nap_wireguard_init(struct nap_wireguard *w)
{
	memset(w, 0, sizeof *w);
	w->keyed = w->retry = w->passive = w->doubt = w->asked = NAP_NEVER;
}

static bool is_handshake(uint8_t message)
{
	return message == NAP_MSG_HANDSHAKE || message == NAP_MSG_HANDSHAKE_ANSWER;
}

#define EMPTY                                                                                                \
	32 /* bytes of a packet of the tunnel without content: its header and the tag of nothing (NDSS 2017, 5.4.6) */

/* Is it one? A larger keepalive is an application's, inside the tunnel. */
static bool is_empty(uint8_t message, uint32_t len)
{
	return len <= EMPTY &&
	       (message == NAP_MSG_KEEPALIVE || message == NAP_MSG_KEEPALIVE_ANSWER ||
		       message == NAP_MSG_SERVER_KEEPALIVE || message == NAP_MSG_SERVER_ANSWER);
}

/* Up to the profile's jitter, drawn by the end and what it is for, so that states come round. */
static nap_time jitter(const struct nap_speaker *sp, uint32_t use)
{
	uint64_t lot = nap_mix(nap_mix(sp->salt, use), UINT64_C(0x57472d6a69747472));

	return (nap_time)(lot % (uint64_t)(sp->app->rekey_jitter + 1));
}

enum { USE_DOUBT, USE_RETRY }; /* and one more for each repetition */

static bool has_keys(const struct nap_wireguard *w, const struct nap_speaker *sp)
{
	return w->keyed != NAP_NEVER && !w->unconfirmed && sp->now - w->keyed < sp->app->reject_after;
}

static void initiate(struct nap_wireguard *w, const struct nap_speaker *sp, enum nap_cause cause)
{
	if (sp->now < w->silent)
		return;
	w->silent = nap_time_after(sp->now, sp->app->open_timeout);
	w->retry = nap_time_after(w->silent, jitter(sp, USE_RETRY + w->tries));
	sp->say(sp->ctx, &(struct nap_saying){ .message = NAP_MSG_HANDSHAKE,
				 .cause = (uint8_t)cause,
				 .len = nap_app_step(sp->app, false, 0).up,
				 .stamp = sp->now });
}

/* Something asks for new keys: whatever was tried before, patience begins anew. */
static void renew(struct nap_wireguard *w, const struct nap_speaker *sp, enum nap_cause cause)
{
	w->tries = 0;
	initiate(w, sp, cause);
}

bool nap_wireguard_holds(struct nap_wireguard *w, const struct nap_speaker *sp, const struct nap_saying *what)
{
	if (is_handshake(what->message) || has_keys(w, sp))
		return false;
	w->staged[w->next] = *what;
	w->next = (uint8_t)((w->next + 1) % NAP_WIREGUARD_STAGED);
	w->n = (uint8_t)MIN(w->n + 1, NAP_WIREGUARD_STAGED);
	renew(w, sp, (enum nap_cause)what->cause);
	return true;
}

static struct nap_saying keepalive_of(const struct nap_speaker *sp, uint64_t len)
{
	return (struct nap_saying){ .message = NAP_MSG_KEEPALIVE,
		.cause = NAP_CAUSE_KEEPALIVE,
		.len = (uint32_t)len,
		.stamp = sp->now };
}

/* The first keys are made for what an application has to say, or to say nothing with. */
void nap_wireguard_open(struct nap_wireguard *w, const struct nap_speaker *sp)
{
	struct nap_saying first = keepalive_of(sp, sp->app->keepalive_size);

	w->silent = sp->now; /* whatever went before */
	if (is_empty(first.message, first.len))
		renew(w, sp, NAP_CAUSE_RECONNECT);
	else
		nap_wireguard_holds(w, sp, &first);
}

void nap_wireguard_sent(struct nap_wireguard *w, const struct nap_speaker *sp, const struct nap_saying *what)
{
	nap_time patience = sp->app->passive_keepalive + sp->app->open_timeout;

	w->passive = NAP_NEVER;
	if (is_handshake(what->message))
		return;
	if (!is_empty(what->message, what->len) && w->doubt == NAP_NEVER)
		w->doubt = nap_time_after(sp->now, patience + jitter(sp, USE_DOUBT));
	if (w->initiator && sp->now - w->keyed >= sp->app->rekey)
		renew(w, sp, NAP_CAUSE_KEEPALIVE);
}

static void take_keys(struct nap_wireguard *w, nap_time now, bool initiator)
{
	w->keyed = now;
	w->initiator = initiator;
	w->unconfirmed = !initiator;
	w->last_minute = false;
}

static void handshake_over(struct nap_wireguard *w)
{
	w->retry = NAP_NEVER;
	w->tries = 0;
}

/* Who made the keys makes new ones before those end while the other end speaks: once. */
static void keep_fresh(struct nap_wireguard *w, const struct nap_speaker *sp)
{
	nap_time late = sp->app->reject_after - sp->app->passive_keepalive - sp->app->open_timeout;

	if (!w->initiator || w->last_minute || sp->app->reject_after == NAP_NEVER ||
		sp->now - w->keyed < late)
		return;
	w->last_minute = true;
	renew(w, sp, NAP_CAUSE_KEEPALIVE);
}

unsigned nap_wireguard_heard(
	struct nap_wireguard *w, const struct nap_speaker *sp, const struct nap_packet *p)
{
	unsigned events = 0;

	w->doubt = NAP_NEVER;
	if (p->message == NAP_MSG_HANDSHAKE) {
		take_keys(w, sp->now, false);
		sp->say(sp->ctx, &(struct nap_saying){ .message = NAP_MSG_HANDSHAKE_ANSWER,
					 .cause = p->cause,
					 .len = nap_app_step(sp->app, false, 0).down,
					 .stamp = sp->now });
		return NAP_SECURE_OWN;
	}
	if (p->message == NAP_MSG_HANDSHAKE_ANSWER) {
		if (w->retry == NAP_NEVER)
			return NAP_SECURE_OWN; /* to one that was answered, or given up */
		take_keys(w, sp->now, true);
		handshake_over(w);
		return NAP_SECURE_OWN | NAP_SECURE_KEYED;
	}
	if (w->unconfirmed) {
		w->unconfirmed = false;
		handshake_over(w);
		events = NAP_SECURE_KEYED;
	}
	if (!is_empty(p->message, p->len) && w->passive == NAP_NEVER)
		w->passive = nap_time_after(sp->now, sp->app->passive_keepalive);
	keep_fresh(w, sp);
	return events;
}

static void say_empty(const struct nap_speaker *sp)
{
	struct nap_saying empty = keepalive_of(sp, MIN(sp->app->keepalive_size, EMPTY));

	sp->say(sp->ctx, &empty);
}

void nap_wireguard_release(struct nap_wireguard *w, const struct nap_speaker *sp)
{
	uint8_t n = w->n, first = (uint8_t)(w->next + NAP_WIREGUARD_STAGED - n);

	w->n = 0;
	for (uint8_t i = 0; i < n; i++)
		sp->say(sp->ctx, &w->staged[(first + i) % NAP_WIREGUARD_STAGED]);
	if (n == 0 && w->initiator)
		say_empty(sp);
}

/* The handshake under way was not answered: again, or no more, with what waited for it. */
static unsigned repeat(struct nap_wireguard *w, const struct nap_speaker *sp)
{
	w->retry = NAP_NEVER;
	if (w->tries > sp->app->rekey_attempt_time / sp->app->open_timeout) {
		w->n = w->tries = 0;
		w->passive = NAP_NEVER;
		return NAP_SECURE_GIVEN_UP;
	}
	w->tries++;
	initiate(w, sp, w->keyed == NAP_NEVER ? NAP_CAUSE_RECONNECT : NAP_CAUSE_KEEPALIVE);
	return 0;
}

unsigned nap_wireguard_timer(struct nap_wireguard *w, const struct nap_speaker *sp)
{
	unsigned events = 0;

	if (sp->now >= w->retry)
		events |= repeat(w, sp);
	if (sp->now >= w->passive) {
		w->passive = NAP_NEVER;
		say_empty(sp);
	}
	if (sp->now >= w->doubt) {
		w->doubt = NAP_NEVER;
		renew(w, sp, NAP_CAUSE_KEEPALIVE);
	}
	return events;
}

nap_time nap_wireguard_deadline(const struct nap_wireguard *w)
{
	return nap_time_min(w->retry, nap_time_min(w->passive, w->doubt));
}

bool nap_wireguard_rests(const struct nap_wireguard *w)
{
	return w->retry == NAP_NEVER && w->n == 0;
}
