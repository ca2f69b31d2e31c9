/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/flow.h"

#include "client/message.h"

enum { MOST_FAILURES = 30 }; /* counted: by then any wait is reconnect-max */

/* --- what it says ------------------------------------------------------------------------------------------------ */

/*
 * A policy's clock begins anew with each event: now is 0 and what it has noted lies before, so that the same cycle looks
 * the same at any time. One that needs the time of the run is told it.
 */
static nap_time zero_of(const struct nap_call *k)
{
	return k->setup->policy->clock ? 0 : k->now;
}

static nap_time by_policy_clock(nap_time t, nap_time zero)
{
	return t == NAP_NEVER ? NAP_NEVER : t - zero;
}

static void move_policy(const struct nap_call *k, nap_time span)
{
	if (span != 0)
		nap_fields_move(k->setup->policy->state, nap_client_policy(k->c, k->setup), span, false);
}

/* Where the server has found its keepalives too many, each wait is longer. */
static nap_time stretch(const struct nap_call *k, nap_time due, nap_time now)
{
	double wait = (double)(due - now);

	if (due == NAP_NEVER)
		return due;
	for (uint8_t i = 0; i < k->c->throttled && wait < (double)NAP_DAY; i++)
		wait *= k->setup->app->ping_backoff;
	return nap_time_after(now, (nap_time)wait);
}

/* Is a keepalive that is due a reason to open a flow? */
static bool opens_to_speak(const struct nap_client_setup *setup)
{
	return !setup->app->reopen && !setup->pooled;
}

NAP_HOT static void tell_tested(const struct nap_call *k, enum nap_policy_what what, nap_time tested)
{
	const struct nap_policy *policy = k->setup->policy;
	struct nap_client *c = k->c;
	struct nap_policy_event ev;
	nap_time zero = zero_of(k), due;

	if (!(policy->listens & NAP_EV_BIT(what)))
		return;
	ev = (struct nap_policy_event){
		.now = k->now - zero,
		.what = what,
		.due = by_policy_clock(c->due, zero),
		.idle_since = c->idle_since - zero,
		.outbound = c->outbound - zero,
		.network = k->w->network,
		.radio_up = k->w->radio_up,
		.until = by_policy_clock(k->w->until, zero),
		.tested = tested,
		.rng = k->w->rng,
	};
	if (policy->state)
		move_policy(k, -zero);
	due = policy->next(
		k->setup->policy_config, policy->state ? nap_client_policy(c, k->setup) : NULL, &ev);
	if (policy->state)
		move_policy(k, zero);
	g_assert(due > ev.now || due == ev.due);
	if (c->throttled > 0 && due != ev.due)
		due = stretch(k, due, ev.now);
	c->due = c->open || opens_to_speak(k->setup) ? by_policy_clock(due, -zero) : NAP_NEVER;
	if (k->setup->plain)
		return;
	if (nap_flow_polls(k->setup)) { /* the server ends the silence: no alarm is needed */
		nap_poll_begin(k);
		return;
	}
	if (due == ev.due) /* what stays was asked for before */
		return;
	if (k->setup->dozes && !k->setup->program->offload && c->due != NAP_NEVER)
		c->due = nap_doze_alarm(
			k->setup->dozes, k->setup->program, nap_client_doze(c, k->setup), k->now, c->due);
	if (nap_app_is_wireguard(k->setup->app))
		c->secure.wireguard.asked = k->now;
}

NAP_HOT void nap_flow_tell(const struct nap_call *k, enum nap_policy_what what)
{
	tell_tested(k, what, 0);
}

/* Something went out: for the idle time-out, only the first sending after a receipt counts. */
static void mark_sent(const struct nap_call *k)
{
	struct nap_client *c = k->c;

	c->outbound = c->idle_since = k->now;
	if (!c->sent && k->setup->app->idle_restarts)
		c->since = k->now;
	c->sent = true;
}

/* One packet to the server, at once. */
static void send_packet(const struct nap_call *k, const struct nap_saying *what)
{
	struct nap_client *c = k->c;
	struct nap_packet *p = nap_outbox_add(k->out);

	*p = (struct nap_packet){
		.src = c->self,
		.dst = c->peer,
		.proto = NAP_UDP,
		.cause = what->cause,
		.message = what->message,
		.len = what->len,
		.tag = what->tag,
		.stamp = what->stamp,
	};
	if (!k->setup->plain && nap_app_has_secure(k->setup->app))
		nap_flow_stamp(k, p);
}

NAP_HOT void nap_flow_send(const struct nap_call *k, const struct nap_saying *what)
{
	if (k->setup->plain) {
		mark_sent(k);
		send_packet(k, what);
		return;
	}
	if (nap_app_has_secure(k->setup->app) && nap_flow_holds(k, what))
		return;
	mark_sent(k);
	if (nap_flow_over_tcp(k->setup)) {
		/* a message has at least one byte, or the peer would not see it */
		nap_tcp_write(k->c->tcp, &k->setup->app->tcp, k->now,
			&(struct nap_tcp_words){
				what->message, what->cause, MAX(what->len, 1), what->tag, what->stamp });
		return;
	}
	send_packet(k, what);
	if (nap_app_has_secure(k->setup->app))
		nap_flow_sent(k, what);
}

/* One message to the server. */
NAP_HOT void nap_flow_say(
	const struct nap_call *k, enum nap_message message, uint64_t len, enum nap_cause cause, uint32_t tag)
{
	nap_flow_send(
		k, &(struct nap_saying){ (uint8_t)message, (uint8_t)cause, (uint32_t)len, tag, k->now });
}

/* The last round trip of the opening again; its answer needs no waiting for. */
static void make_new_keys(const struct nap_call *k)
{
	const struct nap_app_config *app = k->setup->app;
	uint32_t last = nap_app_steps(app, true) - 1;

	nap_flow_say(k, NAP_MSG_REKEY, nap_app_step(app, true, last).up, NAP_CAUSE_KEEPALIVE,
		NAP_OPEN_TAG(last, true));
	*nap_client_keyed(k->c, k->setup) = k->now;
}

/* A wait: the time, unless it is drawn; anew: else by the lot of the one before, which this one repeats. */
static nap_time drawn(const struct nap_call *k, nap_time time, const struct nap_dist *dist, bool anew)
{
	struct nap_rng lot = { 0 };

	if (dist->kind == NAP_DIST_CONSTANT)
		return time;
	if (anew)
		k->c->lot = (uint32_t)(nap_rng_next(k->w->rng) >> 32);
	lot.key = k->c->lot;
	return nap_time_max(nap_dist_draw_time(dist, &lot), 1);
}

/* How long a keepalive waits for its answer, after fails that had none. */
nap_time nap_flow_answer_wait(const struct nap_call *k, uint32_t fails)
{
	const struct nap_app_config *app = k->setup->app;
	nap_time first;

	if (fails + 1 >= app->answer_tries && app->answer_last != NAP_NEVER)
		return app->answer_last;
	first = drawn(k, app->answer_timeout, &app->answer_dist, fails == 0 || !app->answer_backoff);
	if (!app->answer_backoff || first == NAP_NEVER)
		return first;
	if (app->answer_growth == 2.0)
		return first << MIN(fails, 16u);
	for (uint32_t i = 0; i < MIN(fails, 16u); i++)
		first = (nap_time)((double)first * app->answer_growth);
	return first;
}

/* When the program may next use the network. */
NAP_HOT static nap_time online_at(const struct nap_call *k)
{
	return nap_client_allowed(k->c, k->setup, NAP_ALLOWED_NETWORK, k->now);
}

NAP_HOT void nap_flow_keepalive(const struct nap_call *k, enum nap_cause cause)
{
	const struct nap_app_config *app = k->setup->app;

	if (nap_flow_keys_age(k->setup) && !nap_app_is_bare(app) &&
		k->now - *nap_client_keyed(k->c, k->setup) >= nap_time_min(app->rekey, app->renew))
		make_new_keys(k);
	nap_flow_say(k, NAP_MSG_KEEPALIVE, app->keepalive_size, cause, 0);
	if (cause == NAP_CAUSE_KEEPALIVE &&
		(k->setup->plain || online_at(k) <= k->now || k->setup->program->offload))
		k->out->notes |= NAP_NOTE_KEEPALIVE;
	if (app->keepalive_answer > 0 || nap_flow_over_tcp(k->setup))
		k->c->asked |= NAP_ASKED_KEEPALIVE;
	if (app->keepalive_answer > 0 && !nap_app_has_secure(app))
		k->c->wait = nap_time_after(k->now, nap_flow_answer_wait(k, k->c->fails));
}

nap_time nap_flow_ask_at(const struct nap_client *c, const struct nap_client_setup *setup)
{
	return c->open && !(c->asked & NAP_ASKED_LIVENESS) ? nap_time_after(c->since, setup->app->liveness)
							   : NAP_NEVER;
}

void nap_flow_ask(const struct nap_call *k)
{
	nap_flow_say(k, NAP_MSG_LIVENESS, k->setup->app->liveness_size, NAP_CAUSE_KEEPALIVE, 0);
	k->c->asked |= NAP_ASKED_LIVENESS;
	k->c->wait = nap_time_after(k->now, nap_flow_answer_wait(k, k->c->fails));
	nap_flow_tell(k, NAP_EV_SENT);
}

/* --- the second port --------------------------------------------------------------------------------------------- */

/* Begins the next try if the policy wants one. */
void nap_flow_second_next(const struct nap_call *k)
{
	const struct nap_policy *policy = k->setup->policy;
	struct nap_client *c = k->c;
	nap_time zero = zero_of(k), silence;
	struct nap_second_port *try = nap_client_second(c, k->setup);
	struct nap_endpoint second = c->self;

	if (!c->open || try->phase != NAP_SECOND_NONE)
		return;
	move_policy(k, -zero);
	silence = policy->try_silence(k->setup->policy_config, nap_client_policy(c, k->setup), k->now - zero);
	move_policy(k, zero);
	if (silence == NAP_NEVER)
		return;
	/* a port as far from the flow's own as can be, and a new one each time */
	second.port =
		(uint16_t)(NAP_PORT_FIRST +
			   (c->self.port - NAP_PORT_FIRST + NAP_PORT_COUNT / 2 + try->uses) % NAP_PORT_COUNT);
	nap_second_port_begin(try, k->now, silence, second, c->peer, k->out);
}

void nap_flow_second_outcome(const struct nap_call *k, enum nap_second_port_outcome outcome)
{
	if (outcome == NAP_SECOND_HELD)
		tell_tested(k, NAP_EV_SECOND_HELD, nap_client_second(k->c, k->setup)->silence);
	if (outcome == NAP_SECOND_FAILED)
		tell_tested(k, NAP_EV_SECOND_LOST, nap_client_second(k->c, k->setup)->silence);
	if (outcome == NAP_SECOND_HELD || outcome == NAP_SECOND_FAILED)
		nap_flow_second_next(k);
}

void nap_flow_second_timer(const struct nap_call *k)
{
	struct nap_client *c = k->c;

	struct nap_second_port *second = nap_client_second(c, k->setup);

	if (k->now < second->at)
		return;
	nap_flow_second_outcome(k, nap_second_port_timer(second, k->now, c->self, c->peer, k->out));
	if (second->phase == NAP_SECOND_ASKING)
		mark_sent(k); /* it went over the flow */
}

/* --- opening and closing ----------------------------------------------------------------------------------------- */

/* A bare flow over UDP is open without a word of the server: in vain till one comes, for who heeds ICMP. */
static bool opens_unheard(const struct nap_client_setup *setup)
{
	return setup->app->icmp_fails && !nap_flow_over_tcp(setup) && nap_app_is_bare(setup->app);
}

static void set_open(const struct nap_call *k)
{
	struct nap_client *c = k->c;

	c->phase = NAP_CLIENT_OPEN;
	c->open = true;
	c->asked = 0;
	c->fails = 0;
	c->failures = opens_unheard(k->setup) ? (uint8_t)MIN(c->failures + 1, MOST_FAILURES) : 0;
	c->opened++;
	if (nap_flow_keys_age(k->setup))
		*nap_client_keyed(c, k->setup) = k->now;
	c->wait = NAP_NEVER;
	k->out->notes |= NAP_NOTE_OPENED;
	if (nap_flow_requests(k->setup))
		nap_retire_opened(k);
	if (nap_app_is_quic(k->setup->app))
		nap_flow_confirmed(k);
	nap_flow_tell(k, NAP_EV_START);
	/* a bare flow over UDP opens by saying it */
	if (c->wants && !nap_flow_polls(k->setup) &&
		(nap_flow_over_tcp(k->setup) || !nap_app_is_bare(k->setup->app)))
		nap_flow_keepalive(k, NAP_CAUSE_KEEPALIVE);
	c->wants = false;
}

/* When the answer to a step is late; over UDP no later than the program gives up. */
static nap_time step_wait(const struct nap_call *k)
{
	const struct nap_app_config *app = k->setup->app;
	const struct nap_client *c = k->c;
	nap_time wait;

	if (nap_flow_over_tcp(k->setup))
		return nap_time_after(k->now, drawn(k, app->answer_timeout, &app->answer_dist, true));
	if (nap_app_is_quic(app))
		wait = nap_quic_timeout(&c->secure.quic, app, c->fails);
	else
		wait = drawn(k, app->open_timeout, &app->open_dist, c->fails == 0) << c->fails;
	return nap_time_min(nap_time_after(k->now, wait), nap_time_after(c->began, app->open_limit));
}

/* Sends (again) the client's part of the current step; over UDP it waits twice as long each time. */
void nap_flow_send_step(const struct nap_call *k)
{
	const struct nap_app_config *app = k->setup->app;
	struct nap_client *c = k->c;
	struct nap_app_step step = nap_app_step(app, nap_flow_resumed(c), c->step);

	/* QUIC repeats it as all it repeats */
	for (uint32_t i = 0; i < (nap_app_is_quic(app) && c->fails > 0 ? app->pto_packets : 1); i++)
		nap_flow_say(k, NAP_MSG_OPEN_UP, step.up, NAP_CAUSE_RECONNECT,
			NAP_OPEN_TAG(c->step, nap_flow_resumed(c)));
	c->wait = step_wait(k);
	c->fails++;
}

/* The transport is there: on with TLS and login, or open. */
void nap_flow_begin_steps(const struct nap_call *k)
{
	struct nap_client *c = k->c;

	c->step = c->fails = 0;
	if (nap_app_is_bare(k->setup->app)) {
		set_open(k);
		return;
	}
	c->phase = NAP_CLIENT_OPENING;
	if (nap_app_is_wireguard(k->setup->app))
		nap_flow_handshake(k); /* which it repeats by itself */
	else
		nap_flow_send_step(k);
}

void nap_flow_keyed(const struct nap_call *k)
{
	if (k->c->phase == NAP_CLIENT_OPENING)
		set_open(k);
}

void nap_flow_step_done(const struct nap_call *k)
{
	struct nap_client *c = k->c;

	c->step++;
	c->fails = 0;
	if (c->step < nap_app_steps(k->setup->app, nap_flow_resumed(c)))
		nap_flow_send_step(k);
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
void nap_flow_open(const struct nap_call *k)
{
	struct nap_client *c = k->c;

	if (online_at(k) > k->now) { /* it is told when there is a network again */
		c->wait = online_at(k);
		return;
	}
	if (c->flows++ > 0) {
		if (!nap_app_is_wireguard(k->setup->app)) /* whose socket stays */
			c->self.port = nap_client_next_port(
				c->self.port, k->setup->pooled ? k->setup->app->pool.most : 1);
		k->out->notes |= NAP_NOTE_RECONNECT;
	}
	c->due = c->wait = NAP_NEVER;
	nap_flow_forget_mapped(c, k->setup);
	c->idle_since = c->outbound = c->since = c->began = k->now;
	c->sent = false;
	if (nap_app_has_secure(k->setup->app))
		nap_flow_secure_begin(k);
	nap_flow_pcp_begin(k); /* before the flow's own first packet, which then goes through the mapping */
	if (nap_flow_over_tcp(k->setup)) {
		c->phase = NAP_CLIENT_CONNECTING;
		c->wait = nap_time_after(k->now, k->setup->app->connect_timeout);
		nap_tcp_allot(&c->tcp);
		nap_tcp_connect(
			c->tcp, &k->setup->app->tcp, k->now, c->self, c->peer, keepalive_option(k->setup));
		return;
	}
	nap_flow_begin_steps(k);
	/* a bare flow is open by its first packet, a keepalive like any other if there are to be any, or a request, which a pool may yet give it */
	if (c->open && !(nap_flow_requests(k->setup) &&
			       (nap_requests_wait(c, k->setup) || (k->setup->pooled && c->due == NAP_NEVER))))
		nap_flow_keepalive(
			k, c->flows == 1 && c->due != NAP_NEVER ? NAP_CAUSE_KEEPALIVE : NAP_CAUSE_RECONNECT);
}

/* The flow is over; the next one opens after delay, or when there is something to say. */
static void close_flow(const struct nap_call *k, nap_time delay)
{
	struct nap_client *c = k->c;

	bool unsaid = c->asked & NAP_ASKED_KEEPALIVE;
	bool wanted = k->setup->app->reopen || unsaid; /* what it had to say has not been answered */

	if (nap_flow_requests(k->setup)) {
		nap_requests_flow_over(k);
		wanted |= nap_requests_wait(c, k->setup);
	}
	wanted &= !k->setup->pooled; /* else the pool says when there is to be another */
	if (k->setup->app->reconnect_jitter > 0.0 && delay > 0)
		delay -=
			(nap_time)((double)delay * k->setup->app->reconnect_jitter * nap_rng_unit(k->w->rng));
	c->wants |= unsaid && opens_to_speak(k->setup);
	c->phase = NAP_CLIENT_CLOSED;
	c->open = false;
	c->asked = 0;
	c->wait = wanted ? nap_time_after(k->now, delay) : NAP_NEVER;
	if (wanted || k->setup->pooled)
		c->due = NAP_NEVER;
}

/* The program closes its socket, if it has one. What it has written and its FIN are the kernel's business from then on. */
static void leave(const struct nap_call *k)
{
	const struct nap_tcp_config *cfg = &k->setup->app->tcp;
	struct nap_client *c = k->c;

	if (!nap_flow_over_tcp(k->setup))
		return;
	nap_tcp_close(c->tcp, NAP_CAUSE_BACKGROUND);
	nap_tcp_flush(c->tcp, cfg, k->now, k->out);
	if (c->tcp->state != NAP_TCP_CLOSED)
		nap_tcp_leave(c->tcp, &c->old);
}

static nap_time reconnect_delay(const struct nap_call *k)
{
	const struct nap_app_config *app = k->setup->app;

	return drawn(k, app->reconnect_delay, &app->reconnect_dist, true);
}

static void dead(const struct nap_call *k, nap_time least_delay)
{
	leave(k);
	k->out->notes |= NAP_NOTE_DEAD;
	close_flow(k, nap_time_max(reconnect_delay(k), least_delay));
	nap_flow_tell(k, NAP_EV_LOST);
	if (k->c->wait <= k->now)
		nap_flow_open(k);
}

/* The flow turned out to be dead. */
void nap_flow_dead(const struct nap_call *k)
{
	dead(k, 0);
}

void nap_flow_give_up(const struct nap_call *k)
{
	const struct nap_app_config *app = k->setup->app;
	struct nap_client *c = k->c;

	if (app->close_timeout == 0 || !nap_flow_over_tcp(k->setup)) {
		nap_flow_dead(k);
		return;
	}
	nap_flow_say(k, NAP_MSG_BYE, app->close_size, NAP_CAUSE_BACKGROUND, NAP_BYE_CLOSED);
	c->phase = NAP_CLIENT_CLOSING;
	c->open = false;
	c->due = NAP_NEVER;
	c->wait = nap_time_after(k->now, app->close_timeout);
}

void nap_flow_migrate(const struct nap_call *k)
{
	const struct nap_app_config *app = k->setup->app;

	if (app->follow == NAP_FOLLOW_AUTHENTICATED && app->keepalive_answer == 0)
		nap_flow_say(k, NAP_MSG_MOVED, app->move_size, NAP_CAUSE_RECONNECT, 0);
	else
		nap_flow_keepalive(k, NAP_CAUSE_RECONNECT);
}

/* How long to wait after an opening that failed, and so many before it. */
static nap_time retry_wait(const struct nap_app_config *app, uint32_t failures)
{
	nap_time wait = NAP_S;

	while (failures-- > 0 && wait < app->reconnect_max)
		wait = (nap_time)((double)wait * app->reconnect_growth);
	return nap_time_min(wait, app->reconnect_max);
}

/* An opening came to nothing: the next try waits longer than the one before. */
void nap_flow_opening_failed(const struct nap_call *k)
{
	const struct nap_app_config *app = k->setup->app;
	struct nap_client *c = k->c;
	nap_time delay = nap_time_max(retry_wait(app, c->failures), reconnect_delay(k));

	if (app->from_attempt)
		delay = nap_time_max(delay - (k->now - c->began), 0);
	leave(k);
	if (c->failures < MOST_FAILURES)
		c->failures++;
	close_flow(k, delay);
	if (!app->reopen || k->setup->pooled)
		c->wait = nap_time_after(k->now, delay); /* it had something to say */
	if (c->wait <= k->now)
		nap_flow_open(k);
}

void nap_flow_lost(const struct nap_call *k)
{
	const struct nap_client *c = k->c;

	if (c->open && c->failures > 0) /* refused without a word of the server: an opening that failed */
		dead(k, retry_wait(k->setup->app, c->failures - 1u));
	else if (c->open || c->phase == NAP_CLIENT_CLOSING)
		nap_flow_dead(k);
	else
		nap_flow_opening_failed(k);
}

void nap_flow_retire(const struct nap_call *k)
{
	const struct nap_app_config *app = k->setup->app;

	if (app->close_size > 0 || !nap_flow_over_tcp(k->setup))
		nap_flow_say(k, NAP_MSG_BYE, app->close_size, NAP_CAUSE_BACKGROUND, NAP_BYE_CLOSED);
	leave(k);
	k->out->notes |= NAP_NOTE_RETIRED;
	close_flow(k, 0);
	if (k->c->wait <= k->now)
		nap_flow_open(k);
}

/*
 * The server has closed the flow, or both ends have agreed to forget it. Closed before it was open, or before a word of the server,
 * as by a proxy that reaches no server: an opening that failed, which is not tried again at the same moment for ever.
 */
void nap_flow_ended(const struct nap_call *k)
{
	struct nap_client *c = k->c;

	k->out->notes |= NAP_NOTE_CLOSED;
	if (c->phase == NAP_CLIENT_OPENING) {
		nap_flow_opening_failed(k);
		return;
	}
	leave(k);
	close_flow(k, nap_time_max(reconnect_delay(k),
			      c->open && c->failures > 0 ? retry_wait(k->setup->app, c->failures - 1u) : 0));
}
