/* SPDX-License-Identifier: BSD-2-Clause */
/* What takes a server time: the answer to a request, and thinking before a push that was kept. */
#include "client/server_inside.h"

static void answer(const struct nap_server_call *k, struct nap_endpoint mapped, enum nap_cause cause)
{
	nap_server_say(k, NAP_MSG_KEEPALIVE_ANSWER, k->setup->app->keepalive_answer, cause,
		&(struct nap_server_carried){ .stamp = k->now, .mapped = mapped });
}

/* The next one is taken up, if there is one. */
static void take_up(const struct nap_server_call *k, struct nap_server_more *more)
{
	more->answer = more->owed == 0
			       ? NAP_NEVER
			       : nap_time_after(k->now,
					 nap_dist_draw_time(&k->setup->server->service_time, &more->rng));
}

void nap_server_request(const struct nap_server_call *k, const struct nap_packet *p)
{
	struct nap_server_more *more;

	if (nap_app_polls(k->setup->app,
		    k->setup->policy)) { /* held for as long as the client asks; a new one takes its place */
		more = nap_server_more(k->s, k->setup);
		more->owed = 1;
		more->answer = nap_time_after(k->now, (nap_time)p->tag * NAP_MS);
		return;
	}
	if (!nap_server_takes_time(&k->setup->server->service_time)) {
		answer(k, p->src, (enum nap_cause)p->cause);
		return;
	}
	more = nap_server_more(k->s, k->setup);
	if (more->owed++ == 0)
		take_up(k, more);
}

void nap_server_poll_over(const struct nap_server_call *k)
{
	struct nap_server_more *more = nap_server_more(k->s, k->setup);

	if (more->owed > 0)
		k->s->heard = k->now; /* its client was silent as it was to be */
	more->owed = 0;
	more->answer = NAP_NEVER;
}

void nap_server_work_due(const struct nap_server_call *k)
{
	struct nap_server_more *more = nap_server_more(k->s, k->setup);

	if (k->now < more->answer)
		return;
	answer(k, k->s->peer, NAP_CAUSE_KEEPALIVE);
	more->owed--;
	take_up(k, more);
	k->s->heard = k->now; /* the exchange is over only now */
}

void nap_server_work_forget(const struct nap_server_call *k)
{
	struct nap_server_more *more = nap_server_more(k->s, k->setup);

	more->owed = 0;
	more->answer = more->think = NAP_NEVER;
}

static void think(const struct nap_server_call *k)
{
	struct nap_server_more *more = nap_server_more(k->s, k->setup);

	more->think = nap_time_after(k->now, nap_dist_draw_time(&k->setup->server->think_time, &more->rng));
}

/* Is anything kept, and nothing under way? */
static bool has_kept(const struct nap_server *s)
{
	return s->sent == s->taken && s->sent < s->pushes;
}

void nap_server_think_heard(const struct nap_server_call *k)
{
	const struct nap_server *s = k->s;

	if (s->open && s->heard == k->now && has_kept(s) && nap_server_more(s, k->setup)->think == NAP_NEVER)
		think(k);
}

/* The first one is made when it is offered: no thinking about that. */
void nap_server_think_offered(const struct nap_server_call *k)
{
	struct nap_server *s = k->s;

	if (nap_server_thinks(k->setup) && s->open && !s->quiet && s->pushes == s->taken + 1 &&
		k->now <= nap_time_after(s->heard, k->setup->app->window))
		nap_server_more(s, k->setup)->think = k->now;
}

void nap_server_think_done(const struct nap_server_call *k)
{
	if (!nap_server_thinks(k->setup))
		return;
	nap_server_more(k->s, k->setup)->think = NAP_NEVER;
	if (has_kept(k->s))
		think(k);
}

void nap_server_think_again(const struct nap_server_call *k)
{
	if (nap_server_thinks(k->setup))
		nap_server_more(k->s, k->setup)->think = NAP_NEVER;
}

bool nap_server_think_over(const struct nap_server_call *k)
{
	return !nap_server_thinks(k->setup) ||
	       (k->s->sent == k->s->taken && k->now >= nap_server_more(k->s, k->setup)->think);
}
