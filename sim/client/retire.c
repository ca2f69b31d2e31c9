/* SPDX-License-Identifier: BSD-2-Clause */
/* How a pool of connections keeps one of them: closed when it is idle or old, asked before use whether it lives. */
#include "client/flow.h"

static struct nap_requests *requests_of(const struct nap_call *k)
{
	return nap_client_requests(k->c, k->setup);
}

void nap_retire_opened(const struct nap_call *k)
{
	struct nap_requests *r = requests_of(k);

	r->born = r->used = k->now;
	r->check_end = NAP_NEVER;
}

/* While its answer is out nothing goes. */
bool nap_retire_asks(const struct nap_call *k)
{
	const struct nap_report_config *report = &k->setup->app->report;
	struct nap_requests *r = requests_of(k);

	if (k->now == r->used || k->now < nap_time_after(r->used, report->validate))
		return false;
	if (r->check_end != NAP_NEVER)
		return true;
	r->check_end = nap_time_after(k->now, report->validate_timeout);
	nap_flow_say(k, NAP_MSG_LIVENESS, k->setup->app->liveness_size, NAP_CAUSE_BACKGROUND, 0);
	nap_flow_tell(k, NAP_EV_SENT);
	return true;
}

bool nap_retire_heard(const struct nap_call *k)
{
	struct nap_requests *r = requests_of(k);

	if (r->check_end == NAP_NEVER)
		return false;
	r->check_end = NAP_NEVER;
	r->used = k->now;
	nap_flow_tell(k, NAP_EV_RECEIVED);
	return true;
}

/* When its flow is to be closed, if no request comes before; not while a keepalive waits for its answer. */
static nap_time retired_at(const struct nap_call *k)
{
	const struct nap_report_config *report = &k->setup->app->report;
	const struct nap_requests *r = requests_of(k);

	if (!k->c->open || r->made != r->done || k->c->asked)
		return NAP_NEVER;
	return nap_time_min(k->setup->pooled ? NAP_NEVER : nap_time_after(r->used, report->retire_idle),
		nap_time_after(r->born, report->retire_age));
}

void nap_retire_timer(const struct nap_call *k)
{
	struct nap_requests *r = requests_of(k);

	if (k->now >= r->check_end) {
		r->check_end = NAP_NEVER;
		if (k->c->open)
			nap_flow_dead(k);
	} else if (k->now >= retired_at(k)) {
		nap_flow_retire(k);
	}
}

nap_time nap_retire_due(const struct nap_call *k)
{
	/* it may have become too old under a request */
	return nap_time_min(requests_of(k)->check_end, nap_time_max(retired_at(k), k->now));
}
