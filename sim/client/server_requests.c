/* SPDX-License-Identifier: BSD-2-Clause */
/* The server's part of the client's own requests: taken once, answered at once or later. */
#include "client/server_inside.h"

static void answer(const struct nap_server_call *k, uint32_t number)
{
	nap_server_say(k, NAP_MSG_REPORT_ANSWER, k->setup->app->report.answer, NAP_CAUSE_BACKGROUND,
		&(struct nap_server_carried){ .tag = number, .stamp = k->now });
}

/* A request that comes again is worked on already, or its answer is lost; one that nobody answers is over now. */
void nap_serving_take(const struct nap_server_call *k, const struct nap_packet *p)
{
	const struct nap_report_config *report = &k->setup->app->report;
	struct nap_serving *s = nap_server_serving(k->s, k->setup);
	bool again = p->tag == s->number;

	s->number = p->tag;
	if (!nap_app_is_answered(k->setup->app)) {
		if (!again)
			nap_outbox_deliver(k->out, p->stamp);
		return;
	}
	if (again && s->answer != NAP_NEVER)
		return;
	if (again || !nap_server_takes_time(&report->answer_time))
		answer(k, p->tag);
	else
		s->answer = nap_time_after(k->now, nap_dist_draw_time(&report->answer_time, &s->rng));
}

void nap_serving_due(const struct nap_server_call *k)
{
	struct nap_serving *s = nap_server_serving(k->s, k->setup);

	if (k->now < s->answer)
		return;
	s->answer = NAP_NEVER;
	answer(k, s->number);
	k->s->heard = k->now; /* the exchange is over only now */
}

void nap_serving_forget(const struct nap_server_call *k)
{
	struct nap_serving *s = nap_server_serving(k->s, k->setup);

	s->answer = NAP_NEVER;
	s->number = 0;
}
