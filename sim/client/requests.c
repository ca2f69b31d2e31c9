/* SPDX-License-Identifier: BSD-2-Clause */
/* The client's part of its application's requests: what goes when, again, and what came of it. */
#include "client/flow.h"

#define AT_ONCE 8 /* requests that go in one call: an outbox holds no more beside what opens a flow */

static struct nap_requests *requests_of(const struct nap_call *k)
{
	return nap_client_requests(k->c, k->setup);
}

/* Is one out whose answer is awaited? */
static bool is_out(const struct nap_requests *r)
{
	return r->sent != r->done;
}

bool nap_requests_wait(const struct nap_client *c, const struct nap_client_setup *setup)
{
	const struct nap_requests *r = nap_client_requests(c, setup);

	return r->sent != r->made;
}

/* The oldest one is over. */
static void done_with(struct nap_requests *r, nap_time now)
{
	r->done++;
	r->used = now;
	r->end = NAP_NEVER;
	r->flows = 0;
}

static void fail(const struct nap_call *k)
{
	done_with(requests_of(k), k->now);
	k->out->notes |= NAP_NOTE_FAILED;
}

/* --- what it says ------------------------------------------------------------------------------------------------ */

static void say(const struct nap_call *k, uint32_t number)
{
	struct nap_requests *r = requests_of(k);
	uint8_t message = nap_app_is_answered(k->setup->app) ? NAP_MSG_REPORT : NAP_MSG_REPORT_ALONE;

	nap_flow_send(
		k, &(struct nap_saying){ message, NAP_CAUSE_BACKGROUND, (uint32_t)k->setup->app->report.size,
			   number, r->at[number % NAP_REQUESTS] });
	r->said = k->now;
	nap_flow_tell(k, NAP_EV_SENT);
}

static void await(const struct nap_call *k)
{
	struct nap_requests *r = requests_of(k);

	r->end = nap_time_after(k->now, k->setup->app->report.timeout << MIN(r->tries, 15u));
	r->tries++;
}

/* May the next one go over the flow now? */
static bool may_go(const struct nap_call *k)
{
	const struct nap_requests *r = requests_of(k);

	if (!k->c->open || r->sent == r->made || (nap_app_is_answered(k->setup->app) && is_out(r)))
		return false;
	return !nap_flow_over_tcp(k->setup) || nap_tcp_room(k->c->tcp) > 0;
}

static void send_next(const struct nap_call *k)
{
	struct nap_requests *r = requests_of(k);

	say(k, ++r->sent);
	r->used = k->now;
	if (!nap_app_is_answered(k->setup->app)) {
		r->done = r->sent;
		return;
	}
	r->tries = 0;
	r->taken = false;
	r->behind = nap_flow_over_tcp(k->setup) ? k->c->tcp->write : 0;
	await(k);
}

bool nap_requests_miss_close(const struct nap_call *k, unsigned events)
{
	const struct nap_requests *r = requests_of(k);

	return (events & (NAP_TCP_ABORTED | NAP_TCP_ENDED)) && nap_flow_requests(k->setup) &&
	       !k->setup->app->report.notices_close && k->c->open && !is_out(r) && !k->c->asked &&
	       r->check_end == NAP_NEVER;
}

static bool missed_close(const struct nap_call *k)
{
	const struct nap_tcp *t = k->c->tcp;

	return !k->setup->app->report.notices_close && nap_flow_requests(k->setup) &&
	       nap_flow_over_tcp(k->setup) && k->c->open &&
	       (t->state == NAP_TCP_CLOSE_WAIT || t->state == NAP_TCP_CLOSED);
}

/* The next one goes over a connection that is closed, and comes to nothing there; unless it is looked at before that. */
static void go_in_vain(const struct nap_call *k)
{
	struct nap_requests *r = requests_of(k);

	if (k->now < nap_time_after(r->used, k->setup->app->report.validate)) {
		r->sent++;
		r->taken = false;
	}
	nap_flow_lost(k);
}

bool nap_requests_meet_close(const struct nap_call *k)
{
	bool missed = missed_close(k);

	if (missed)
		nap_flow_lost(k);
	return missed;
}

void nap_requests_flush(const struct nap_call *k)
{
	if (nap_client_allowed(k->c, k->setup, NAP_ALLOWED_RUN, k->now) > k->now)
		return;
	if (may_go(k) && missed_close(k))
		go_in_vain(k);
	for (int i = 0; i < AT_ONCE && may_go(k) && !nap_retire_asks(k); i++)
		send_next(k);
}

void nap_requests_make(const struct nap_call *k)
{
	struct nap_requests *r = requests_of(k);

	if (r->made - r->done >= NAP_REQUESTS) {
		k->out->notes |= NAP_NOTE_FAILED;
		return;
	}
	r->at[++r->made % NAP_REQUESTS] = k->now;
	if (k->c->phase == NAP_CLIENT_CLOSED &&
		k->c->wait == NAP_NEVER) /* reopen = no: there is something to say now */
		nap_flow_open(k);
}

void nap_requests_give(const struct nap_call *k, const struct nap_asking *request)
{
	struct nap_requests *r = requests_of(k);

	r->at[++r->made % NAP_REQUESTS] = request->at;
	r->flows = (uint8_t)request->flows;
}

/* --- what it hears ----------------------------------------------------------------------------------------------- */

void nap_requests_acked(const struct nap_call *k)
{
	struct nap_requests *r = requests_of(k);

	if (is_out(r) && (int32_t)(k->c->tcp->una - r->behind) >= 0)
		r->taken = true;
}

void nap_requests_answered(const struct nap_call *k, const struct nap_packet *p)
{
	struct nap_requests *r = requests_of(k);

	if (is_out(r) && p->tag == r->sent) {
		k->out->notes |= NAP_NOTE_ANSWERED;
		k->out->made = r->at[r->sent % NAP_REQUESTS];
		done_with(r, k->now);
	}
	nap_flow_tell(k, NAP_EV_RECEIVED);
}

void nap_requests_refused(const struct nap_call *k, const struct nap_packet *p)
{
	const struct nap_report_config *report = &k->setup->app->report;
	struct nap_requests *r = requests_of(k);

	if (!is_out(r) || p->tag != r->sent)
		return;
	if (!report->retry_timeouts || r->flows >= report->retries) {
		fail(k);
	} else {
		r->flows++;
		r->sent = r->done; /* it goes over the next flow */
		r->end = NAP_NEVER;
	}
	nap_flow_ended(k); /* as the proxy does on its side */
}

/* Has the one that is out got anywhere? Over UDP nothing tells but what the server says after it. */
static bool has_arrived(const struct nap_call *k)
{
	const struct nap_requests *r = requests_of(k);

	return nap_flow_over_tcp(k->setup) ? r->taken : k->c->since > r->said;
}

void nap_requests_flow_over(const struct nap_call *k)
{
	struct nap_requests *r = requests_of(k);

	r->check_end = NAP_NEVER;
	if (!is_out(r))
		return;
	if (!has_arrived(k))
		k->out->notes |= NAP_NOTE_MET_DEAD;
	r->sent = r->done; /* it waits for the next flow, or has failed */
	r->end = NAP_NEVER;
	if (r->flows++ < k->setup->app->report.retries)
		return;
	r->sent++;
	fail(k);
}

/* --- its timers -------------------------------------------------------------------------------------------------- */

/* Does its transport repeat, and end flows, by itself? */
static bool is_left_to_transport(const struct nap_app_config *app)
{
	return nap_app_has_secure(app);
}

void nap_requests_timer(const struct nap_call *k)
{
	const struct nap_app_config *app = k->setup->app;
	struct nap_requests *r = requests_of(k);

	nap_retire_timer(k);
	if (k->now < r->end)
		return;
	if (k->c->open && !nap_flow_over_tcp(k->setup) && !is_left_to_transport(app) &&
		r->tries < app->report.tries) {
		say(k, r->sent);
		await(k);
		return;
	}
	if (app->report.retry_timeouts && k->c->open && !is_left_to_transport(app)) {
		r->end = NAP_NEVER; /* with its flow over, it waits for the next, or has failed */
		nap_flow_give_up(k);
		return;
	}
	if (!has_arrived(k) && !is_left_to_transport(app))
		k->out->notes |= NAP_NOTE_MET_DEAD;
	fail(k);
	if (k->c->open && !is_left_to_transport(app))
		nap_flow_give_up(k);
}

nap_time nap_requests_due(const struct nap_call *k)
{
	nap_time due = nap_time_min(requests_of(k)->end, nap_retire_due(k));

	return may_go(k) && requests_of(k)->check_end == NAP_NEVER ? k->now : due;
}
