/* SPDX-License-Identifier: BSD-2-Clause */
/* The pushes that a server keeps until the client has them: what goes when, again, and what is put back. */
#include "client/server_inside.h"

#define WINDOW 8 /* pushes in flight at once over UDP */

static uint64_t push_size(const struct nap_server_setup *setup)
{
	return setup->server->push_size > 0 ? setup->server->push_size : setup->app->push_size;
}

NAP_HOT void nap_server_say_push(const struct nap_server_call *k, uint32_t number, nap_time offered)
{
	bool answered = k->setup->server->answer;
	nap_server_say(k, answered ? NAP_MSG_PUSH : NAP_MSG_PUSH_SILENT, push_size(k->setup), NAP_CAUSE_PUSH,
		&(struct nap_server_carried){ .tag = number, .ack = k->s->taken, .stamp = offered });
}

/* How many more pushes the transport takes now. */
static uint32_t room(const struct nap_server_call *k)
{
	uint32_t in_flight = k->s->sent - k->s->taken;

	if (!nap_server_think_over(k))
		return 0;
	if (nap_server_over_tcp(k->setup))
		return nap_tcp_room(k->s->tcp);
	if (!nap_server_path_has(k, push_size(k->setup)))
		return 0;
	return in_flight < WINDOW ? WINDOW - in_flight : 0;
}

/* How long what is in flight waits for its answer at first; anew: it has just gone, and repetitions go on from what is drawn. */
static nap_time first_wait(const struct nap_server_call *k, bool anew)
{
	const struct nap_app_config *app = k->setup->app;
	struct nap_server_more *more;

	if (app->push_dist.kind == NAP_DIST_CONSTANT)
		return app->push_timeout;
	more = nap_server_more(k->s, k->setup);
	if (anew)
		more->push_wait = nap_time_max(nap_dist_draw_time(&app->push_dist, &more->rng), 1);
	return more->push_wait;
}

void nap_server_send_kept(const struct nap_server_call *k)
{
	struct nap_server *s = k->s;

	bool listening = !s->quiet && k->now <= nap_time_after(s->heard, k->setup->app->window);

	while (s->open && listening && s->sent < s->pushes && room(k) > 0) {
		s->sent++;
		if (nap_app_polls(k->setup->app, k->setup->policy))
			nap_server_poll_over(k);
		nap_server_say_push(k, s->sent, nap_server_offered(k, s->sent));
	}
	if (nap_server_repeats(k->setup) && !nap_app_is_quic(k->setup->app) && s->sent > s->taken &&
		s->wait == NAP_NEVER) {
		s->tries = 1;
		s->wait = nap_time_after(k->now, first_wait(k, true));
	}
}

void nap_server_push_done(const struct nap_server_call *k, uint32_t number)
{
	struct nap_server *s = k->s;

	if (number <= s->taken || number > s->sent)
		return;
	s->taken = number;
	nap_server_wait_over(k);
	nap_server_think_done(k);
}

void nap_server_put_back(const struct nap_server_call *k)
{
	struct nap_server *s = k->s;

	nap_server_wait_over(k);
	nap_server_think_again(k);
	if (k->setup->server->queue)
		s->sent = s->taken;
	else
		s->taken = s->sent = s->pushes;
}

void nap_server_push_late(const struct nap_server_call *k)
{
	struct nap_server *s = k->s;

	nap_server_wait_over(k);
	if (s->tries >= k->setup->app->push_tries) {
		nap_server_put_back(k);
		s->quiet = true;
		k->out->notes |= NAP_NOTE_UNHEARD;
		return;
	}
	for (uint32_t n = s->taken + 1; n <= s->sent; n++)
		nap_server_say_push(k, n, nap_server_offered(k, n));
	s->wait = nap_time_after(k->now, first_wait(k, false) << s->tries);
	s->tries++;
}
