/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Long polling: the client asks, and waits in silence for as long as its policy would; the server answers when that is
 * over, or as soon as it has a push. The answer, not the client, ends the silence, and proves what the policy learns.
 */
#include "client/flow.h"

void nap_poll_begin(const struct nap_call *k)
{
	struct nap_client *c = k->c;
	nap_time hold = c->due == NAP_NEVER ? NAP_NEVER : c->due - k->now;

	if (!c->open || hold == NAP_NEVER)
		return;
	c->due = NAP_NEVER;
	if (c->asked & NAP_ASKED_KEEPALIVE)
		return;
	c->asked |= NAP_ASKED_KEEPALIVE;
	nap_flow_say(k, NAP_MSG_KEEPALIVE, k->setup->app->keepalive_size, NAP_CAUSE_KEEPALIVE,
		(uint32_t)(nap_time_min(hold, 40 * NAP_DAY) / NAP_MS));
	k->out->notes |= NAP_NOTE_KEEPALIVE;
	c->wait = nap_time_after(nap_time_after(k->now, hold), nap_flow_answer_wait(k, 0));
}

void nap_poll_answered(const struct nap_call *k)
{
	nap_flow_tell(k,
		NAP_EV_DUE); /* the silence that was tried is over; what comes next is asked for after it */
	k->c->asked &= (uint8_t)~NAP_ASKED_KEEPALIVE;
	k->c->fails = 0;
	k->c->wait = NAP_NEVER;
	nap_flow_tell(k, NAP_EV_ANSWERED);
}

void nap_poll_pushed(const struct nap_call *k)
{
	if (!(k->c->asked & NAP_ASKED_KEEPALIVE))
		return;
	k->c->asked &= (uint8_t)~NAP_ASKED_KEEPALIVE;
	k->c->wait = NAP_NEVER;
	nap_flow_tell(k, NAP_EV_DUE);
}
