/* SPDX-License-Identifier: BSD-2-Clause */
/* Over UDP, where the client is: whom the server knows, when it follows, and what it sends to an address in doubt. */
#include "client/server_inside.h"

#define CHECKS 3 /* challenges to an address that does not respond: RFC 9000 8.2.4 */

/* Does the packet prove that it is the client's? A keepalive that asks for no answer does not (RFC 3948 4). */
static bool proves(const struct nap_app_config *app, const struct nap_packet *p)
{
	return p->message != NAP_MSG_KEEPALIVE || app->keepalive_answer > 0;
}

/* To an address in doubt it leaves room for so many bytes of the answer that goes beside it. */
static void challenge(const struct nap_server_call *k, uint64_t answer)
{
	const struct nap_app_config *app = k->setup->app;
	struct nap_server_more *more;
	uint64_t len = app->validation;

	if (nap_server_validates(k->setup)) {
		more = nap_server_more(k->s, k->setup);
		if (more->checks < UINT8_MAX)
			more->checks++;
		more->check = nap_time_after(k->now, app->push_timeout << (more->checks - 1));
		len = MIN(len, more->credit > answer ? more->credit - answer : more->credit);
	}
	if (len > 0)
		nap_server_say(k, NAP_MSG_CHALLENGE, len, NAP_CAUSE_RECONNECT,
			&(struct nap_server_carried){ .stamp = k->now });
}

/* The client speaks from another address, and is followed: as the protocol has it only so far until it has responded. */
static void follow(const struct nap_server_call *k, const struct nap_packet *p)
{
	struct nap_server *s = k->s;
	struct nap_endpoint before = s->peer;

	s->peer = p->src;
	if (k->setup->app->validation == 0 || before.addr == 0)
		return;
	if (nap_server_validates(k->setup)) {
		struct nap_server_more *more = nap_server_more(s, k->setup);

		if (more->checks == 0)
			more->valid = before;
		more->checks = 0;
		more->credit = k->setup->app->validation_limit * p->len;
	}
	challenge(k, p->message == NAP_MSG_KEEPALIVE ? k->setup->app->keepalive_answer : 0);
}

/* The same address as before, which may be in doubt: what comes from there may be sent there. */
static void earn(const struct nap_server_call *k, const struct nap_packet *p)
{
	struct nap_server_more *more;

	if (!nap_server_validates(k->setup))
		return;
	more = nap_server_more(k->s, k->setup);
	if (more->checks > 0)
		more->credit = (uint32_t)MIN(
			(uint64_t)more->credit + (uint64_t)k->setup->app->validation_limit * p->len,
			UINT32_MAX);
}

/* An opening from another address: the client begins anew, by its first step. */
static bool opens(const struct nap_server_call *k, const struct nap_packet *p, bool same)
{
	if (!same && NAP_OPEN_STEP(p->tag) != 0)
		return false;
	if (!same)
		nap_server_forget(k);
	k->s->peer = p->src;
	k->s->quiet = false;
	return true;
}

NAP_HOT bool nap_server_knows(const struct nap_server_call *k, const struct nap_packet *p)
{
	const struct nap_app_config *app = k->setup->app;
	struct nap_server *s = k->s;
	bool same = nap_endpoint_equal(s->peer, p->src), bare = nap_app_is_bare(app);

	if (!bare && p->message == NAP_MSG_OPEN_UP)
		return opens(k, p, same);
	/* a handshake proves by itself whose it is */
	if (!bare && p->message != NAP_MSG_HANDSHAKE &&
		(!s->open || (!same && app->follow == NAP_FOLLOW_NEVER)))
		return false;
	if (app->follow == NAP_FOLLOW_AUTHENTICATED && !proves(app, p))
		return false;
	if (bare && !s->open)
		nap_server_open(k); /* a bare flow is open by its first packet */
	s->quiet = false;
	if (same)
		earn(k, p);
	else if (app->follow != NAP_FOLLOW_STAYS || s->peer.addr == 0)
		follow(k, p);
	return true;
}

/* After a challenge that was cut short by what might be sent there, one of full size follows: RFC 9000 8.2.1. */
void nap_server_path_proved(const struct nap_server_call *k, const struct nap_packet *p)
{
	struct nap_server_more *more;
	bool was_short;

	if (!nap_server_validates(k->setup))
		return;
	more = nap_server_more(k->s, k->setup);
	if (more->checks == 0 || !nap_endpoint_equal(k->s->peer, p->src))
		return;
	was_short = p->tag < k->setup->app->validation;
	more->checks = 0;
	more->check = NAP_NEVER;
	if (was_short)
		nap_server_say(k, NAP_MSG_CHALLENGE, k->setup->app->validation, NAP_CAUSE_RECONNECT,
			&(struct nap_server_carried){ .stamp = k->now });
}

bool nap_server_path_has(const struct nap_server_call *k, uint64_t bytes)
{
	const struct nap_server_more *more;

	if (!nap_server_validates(k->setup))
		return true;
	more = nap_server_more(k->s, k->setup);
	return more->checks == 0 || bytes <= more->credit;
}

NAP_HOT bool nap_server_path_spend(const struct nap_server_call *k, uint64_t bytes)
{
	struct nap_server_more *more;

	if (!nap_server_validates(k->setup))
		return true;
	more = nap_server_more(k->s, k->setup);
	if (more->checks == 0)
		return true;
	if (bytes > more->credit)
		return false;
	more->credit -= (uint32_t)bytes;
	return true;
}

void nap_server_path_forget(const struct nap_server_call *k)
{
	struct nap_server_more *more = nap_server_more(k->s, k->setup);

	more->checks = 0;
	more->check = NAP_NEVER;
}

void nap_server_path_due(const struct nap_server_call *k)
{
	struct nap_server_more *more = nap_server_more(k->s, k->setup);

	if (k->now < more->check)
		return;
	if (more->checks < CHECKS) {
		challenge(k, 0);
		return;
	}
	more->checks = 0; /* nobody there: back to where the client was known to be (RFC 9000 9.3.2) */
	more->check = NAP_NEVER;
	k->s->peer = more->valid;
}
