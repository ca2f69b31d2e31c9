/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/awake.h"

#include "client/message.h"
#include "path/loss.h"
#include "path/reach.h"

struct nap_awake {
	nap_time since; /* counted up to here; what others woke it for is not counted */
	nap_time until; /* it sleeps from then on */
	uint64_t cause; /* enum nap_cause: what it is awake for */
};

static const struct nap_field rows[] = {
	/* a time awake that is over is counted when the next begins: it comes out the same in each cycle */
	NAP_FIELD_SPAN(struct nap_awake, since, until, NAP_AT),
	NAP_FIELD(struct nap_awake, cause, NAP_VALUE),
};
NAP_FIELDS(fields, struct nap_awake, rows);
const struct nap_fields *const nap_awake_tables[] = { &fields, NULL };

size_t nap_awake_bytes(const struct nap_line *line)
{
	return line->processor ? sizeof(struct nap_awake) : 0;
}

static struct nap_awake *account(const struct nap_subscriber *s, const struct nap_line *line)
{
	return (struct nap_awake *)(void *)((char *)nap_reach_of(s, line) + nap_reach_bytes(line) +
					    nap_loss_bytes(line));
}

void nap_awake_init(struct nap_subscriber *s, const struct nap_line *line)
{
	if (line->processor)
		*account(s, line) = (struct nap_awake){ 0, -1, NAP_CAUSE_BACKGROUND };
}

bool nap_awake_offloaded(const struct nap_line *line, const struct nap_packet *p)
{
	bool bare = p->proto == NAP_TCP ? p->len == 0 : p->message == NAP_MSG_KEEPALIVE;

	return line->client.program->offload && p->cause == NAP_CAUSE_KEEPALIVE && bare;
}

static void count(struct nap_awake *a, struct nap_tally *t, nap_time to)
{
	nap_time end = nap_time_min(to, a->until);

	if (end <= a->since)
		return;
	t->awake_ns[a->cause] += (uint64_t)(end - a->since);
	a->since = end;
}

/* Others have woken it lately, as they would have anyway: until when is it awake for them? -1: they have not. */
static nap_time others_until(const struct nap_subscriber *s, const struct nap_line *line, nap_time now)
{
	const struct nap_policy *policy = line->client.policy;
	nap_time woken = policy->woken ? policy->woken(line->client.policy_config,
						 nap_client_policy(nap_client_of(s), &line->client), now)
				       : NAP_NEVER;

	return woken == NAP_NEVER || now - woken > line->processor->hold ? -1 : woken + line->processor->hold;
}

void nap_awake_stir(struct nap_subscriber *s, struct nap_line *line, nap_time now, enum nap_cause cause)
{
	struct nap_awake *a = account(s, line);
	nap_time until = nap_time_after(now, line->processor->hold);

	until = nap_time_max(until, nap_client_holds(nap_client_of(s), &line->client, now));
	count(a, line->tally, now);
	if (now > a->until) {
		nap_time others = others_until(s, line, now);

		a->since = nap_time_max(now, others);
		line->tally->wakeups[cause] += others < now;
	}
	a->until = nap_time_max(a->until, until);
	a->cause = cause;
}

void nap_awake_settle(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	if (line->processor)
		count(account(s, line), line->tally, now);
}

uint64_t nap_awake_mark(
	uint64_t h, const struct nap_subscriber *s, const struct nap_line *line, const struct nap_moment *m)
{
	return line->processor ? nap_rows_mix(h, &fields, account(s, line), m) : h;
}

void nap_awake_shift(struct nap_subscriber *s, const struct nap_line *line, nap_time span)
{
	if (line->processor)
		nap_rows_move(&fields, account(s, line), span, false);
}
