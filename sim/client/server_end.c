/* SPDX-License-Identifier: BSD-2-Clause */
/* How a server ends a flow by itself: silence, age, keepalives of either end; with a word, FIN, RST, or none of them. */
#include "client/server_inside.h"

/* The silence after which both ends forget the flow, as the server has it. */
static nap_time agreed_idle(const struct nap_app_config *app)
{
	return app->server_idle != NAP_NEVER ? app->server_idle : app->idle_timeout;
}

NAP_HOT nap_time nap_server_patience(const struct nap_server_setup *setup)
{
	const struct nap_app_config *app = setup->app;

	return nap_time_min(
		setup->server->idle_timeout, nap_time_min(agreed_idle(app), app->session_timeout));
}

/* Does it watch the answers to its own keepalives? */
static bool watches_answers(const struct nap_app_config *app)
{
	return app->server_ping_count > 0 || app->server_ping_timeout != NAP_NEVER;
}

void nap_server_settle(
	struct nap_server_config *server, const struct nap_app_config *app, const struct nap_policy *policy)
{
	const struct nap_server_setup setup = { app, server, NULL, NULL };

	if (server->tcp_keepalive.idle == NAP_NEVER)
		server->tcp_keepalive = app->server_tcp_keepalive;
	server->more = nap_app_polls(app, policy) || server->max_age != NAP_NEVER || app->min_ping > 0 ||
		       watches_answers(app) || app->push_dist.kind != NAP_DIST_CONSTANT ||
		       app->server_close_timeout > 0 || nap_server_takes_time(&server->service_time) ||
		       nap_server_takes_time(&server->think_time) ||
		       (app->validation > 0 && app->validation_limit > 0);
	server->still = !server->more && app->transport == NAP_OVER_UDP && !app->reliable &&
			!nap_app_has_secure(app) && !nap_app_requests(app) &&
			nap_server_patience(&setup) == NAP_NEVER &&
			nap_server_own_interval(&setup) == NAP_NEVER;
}

/* When silence ends the flow. What both ends agreed upon with QUIC counts from what was sent into it, too. */
static nap_time silence_end(const struct nap_server *s, const struct nap_server_setup *setup)
{
	const struct nap_app_config *app = setup->app;

	if (!nap_app_is_quic(app))
		return nap_time_after(s->heard, nap_server_patience(setup));
	return nap_time_min(nap_quic_idle_end(&s->secure.quic, app, agreed_idle(app)),
		nap_time_after(s->heard, nap_time_min(setup->server->idle_timeout, app->session_timeout)));
}

NAP_HOT nap_time nap_server_idle_end(const struct nap_server *s, const struct nap_server_setup *setup)
{
	const struct nap_server_more *more;
	nap_time end;

	if (!s->open)
		return NAP_NEVER;
	end = nap_serving_owes(s, setup) ? NAP_NEVER
					 : silence_end(s, setup); /* then it is the client that waits */
	if (!nap_server_has_more(setup))
		return end;
	more = nap_server_more(s, setup);
	if (more->close_end != NAP_NEVER)
		return more->close_end;
	if (more->owed > 0) /* it is the client that waits */
		end = NAP_NEVER;
	return nap_time_min(end, nap_time_min(more->age_end, more->ping_end));
}

/* Both ends just forget the flow, where it was silence that ended it. */
static bool is_agreed(const struct nap_server_call *k)
{
	nap_time own = nap_time_min(k->setup->server->idle_timeout, k->setup->app->session_timeout);
	nap_time agreed = agreed_idle(k->setup->app);

	if (nap_app_is_quic(k->setup->app))
		return agreed <= own &&
		       k->now >= nap_quic_idle_end(&k->s->secure.quic, k->setup->app, agreed);
	return agreed <= own && k->now >= nap_time_after(k->s->heard, agreed);
}

static void say_bye(const struct nap_server_call *k, enum nap_bye why)
{
	if (k->setup->app->close_size > 0 || !nap_server_over_tcp(k->setup))
		nap_server_say(k, NAP_MSG_BYE, k->setup->app->close_size, NAP_CAUSE_BACKGROUND,
			&(struct nap_server_carried){ .tag = why, .stamp = k->now });
}

/* Over TCP by FIN or RST, over UDP by a word, unless both ends just forget. */
static void finish_flow(const struct nap_server_call *k, enum nap_bye why, bool said)
{
	struct nap_server *s = k->s;

	k->out->notes |= NAP_NOTE_CLOSED;
	if (!nap_server_over_tcp(k->setup)) {
		if (is_agreed(k))
			k->out->notes |= NAP_NOTE_FORGOTTEN;
		else
			say_bye(k, why);
	} else if (k->setup->server->close == NAP_CLOSE_RST) {
		nap_tcp_reset(s->tcp, &k->setup->server->tcp, k->now, NAP_CAUSE_BACKGROUND, k->out);
	} else {
		if (!said)
			say_bye(k, why);
		nap_tcp_close(s->tcp, NAP_CAUSE_BACKGROUND);
	}
	nap_server_forget(k);
}

/* A word first, and then it waits for the client to close: true. */
static bool waits_for_close(const struct nap_server_call *k)
{
	const struct nap_app_config *app = k->setup->app;

	if (app->server_close_timeout == 0 || !nap_server_over_tcp(k->setup) ||
		k->setup->server->close == NAP_CLOSE_RST)
		return false;
	say_bye(k, NAP_BYE_CLOSED);
	nap_server_more(k->s, k->setup)->close_end = nap_time_after(k->now, app->server_close_timeout);
	return true;
}

/* Its age is over: a word about it, and a while for what is under way. */
static bool has_grace(const struct nap_server_call *k, struct nap_server_more *more)
{
	const struct nap_server_config *server = k->setup->server;

	if (k->now < more->age_end || more->warned || server->max_age_grace == 0)
		return false;
	more->warned = 1;
	more->age_end = nap_time_after(k->now, server->max_age_grace);
	if (k->setup->app->close_size > 0)
		nap_server_say(k, NAP_MSG_NOTICE, k->setup->app->close_size, NAP_CAUSE_BACKGROUND,
			&(struct nap_server_carried){ .stamp = k->now });
	return true;
}

bool nap_server_end_due(const struct nap_server_call *k)
{
	bool more = nap_server_has_more(k->setup), said;

	if (k->now < nap_server_idle_end(k->s, k->setup))
		return true;
	if (more && has_grace(k, nap_server_more(k->s, k->setup)))
		return nap_server_end_due(k);
	said = more && nap_server_more(k->s, k->setup)->close_end != NAP_NEVER;
	if (!said && waits_for_close(k))
		return true;
	finish_flow(k, NAP_BYE_CLOSED, said);
	return false;
}

/* gRPC's rule: the time between two pings counts, and starts anew with data that the server sends. */
bool nap_server_minds_ping(const struct nap_server_call *k)
{
	const struct nap_app_config *app = k->setup->app;
	struct nap_server_more *more;
	bool early;

	if (!k->s->open)
		return false;
	more = nap_server_more(k->s, k->setup);
	early = more->pinged != NAP_NEVER && k->now - more->pinged < app->min_ping;
	more->pinged = k->now;
	if (!early || ++more->strikes <= app->ping_strikes)
		return false;
	finish_flow(k, NAP_BYE_TOO_MANY_PINGS, false);
	return true;
}

void nap_server_end_said(const struct nap_server_call *k, enum nap_message message)
{
	struct nap_server_more *more = nap_server_more(k->s, k->setup);

	if (message != NAP_MSG_PUSH && message != NAP_MSG_PUSH_SILENT && message != NAP_MSG_OPEN_DOWN)
		return;
	more->pinged = NAP_NEVER;
	more->strikes = 0;
}

void nap_server_end_begin(const struct nap_server_call *k)
{
	const struct nap_server_config *server = k->setup->server;
	struct nap_server_more *more = nap_server_more(k->s, k->setup);
	double age = (double)server->max_age;

	more->pinged = more->ping_end = more->close_end = more->age_end = NAP_NEVER;
	more->strikes = more->unanswered = more->warned = 0;
	if (server->max_age == NAP_NEVER)
		return;
	if (server->max_age_jitter > 0.0)
		age *= 1.0 + server->max_age_jitter * (2.0 * nap_rng_unit(&more->rng) - 1.0);
	more->age_end = nap_time_after(k->now, nap_time_max((nap_time)age, 1));
}

void nap_server_end_heard(const struct nap_server_call *k)
{
	struct nap_server_more *more = nap_server_more(k->s, k->setup);

	more->unanswered = 0;
	more->ping_end = NAP_NEVER;
}

void nap_server_end_asked(const struct nap_server_call *k)
{
	const struct nap_app_config *app = k->setup->app;
	struct nap_server_more *more = nap_server_more(k->s, k->setup);

	if (!watches_answers(app))
		return;
	if (app->server_ping_count > 0 && ++more->unanswered == app->server_ping_count)
		more->ping_end = nap_time_min(
			more->ping_end, nap_time_after(k->now, nap_server_own_interval(k->setup)));
	more->ping_end = nap_time_min(more->ping_end, nap_time_after(k->now, app->server_ping_timeout));
}
