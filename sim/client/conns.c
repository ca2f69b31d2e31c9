/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/conns.h"

#include "client/flow.h"

static const struct nap_conns_config *config_of(const struct nap_conns_members *m)
{
	return &m->setup->app->pool;
}

static struct nap_requests *requests_of(const struct nap_conns_members *m, uint32_t i)
{
	return nap_client_requests(nap_conns_member(m, i), m->setup);
}

void nap_conns_begin(const struct nap_conns_members *m)
{
	for (uint32_t i = config_of(m)->least; i < config_of(m)->most; i++) {
		struct nap_client *c = nap_conns_member(m, i);

		c->wait = c->deadline = NAP_NEVER;
	}
}

/* --- requests that wait ------------------------------------------------------------------------------------------ */

bool nap_conns_ask(struct nap_conns *p, const struct nap_asking *request)
{
	if (p->n >= NAP_CONNS_QUEUE)
		return false;
	p->waiting[(p->first + p->n++) % NAP_CONNS_RING] = *request;
	return true;
}

struct nap_asking nap_conns_take(struct nap_conns *p)
{
	struct nap_asking request = p->waiting[p->first];

	p->first = (p->first + 1) % NAP_CONNS_RING;
	p->n--;
	return request;
}

static void put_back(struct nap_conns *p, const struct nap_asking *request)
{
	g_assert(p->n < NAP_CONNS_RING);
	p->first = (p->first + NAP_CONNS_RING - 1) % NAP_CONNS_RING;
	p->waiting[p->first] = *request;
	p->n++;
}

void nap_conns_take_back(struct nap_conns *p, const struct nap_conns_members *m)
{
	for (uint32_t i = config_of(m)->most; i-- > 0 && nap_flow_requests(m->setup);) {
		struct nap_requests *r = requests_of(m, i);

		if (r->sent == r->made || nap_conns_member(m, i)->phase != NAP_CLIENT_CLOSED)
			continue;
		put_back(p, &(struct nap_asking){ r->at[r->made % NAP_REQUESTS], r->flows });
		r->made--;
		r->flows = 0;
	}
}

/* --- connections ------------------------------------------------------------------------------------------------- */

static bool is_idle(const struct nap_conns_members *m, uint32_t i)
{
	const struct nap_requests *r = requests_of(m, i);

	return nap_conns_member(m, i)->open && r->made == r->done;
}

/* It is neither open nor will it be. */
static bool is_free(const struct nap_client *c)
{
	return c->phase == NAP_CLIENT_CLOSED && c->wait == NAP_NEVER;
}

struct standing {
	uint32_t open, opening; /* connections */
	int free, idle,
		oldest; /* a connection to open; the next request's; the one that has rested longest; -1: none */
};

/* Is i's turn before that of j? */
static bool is_before(const struct nap_conns_members *m, uint32_t i, int j)
{
	nap_time a = requests_of(m, i)->used, b = j < 0 ? 0 : requests_of(m, (uint32_t)j)->used;

	return j < 0 || (config_of(m)->order == NAP_CONNS_LIFO ? a > b : a < b);
}

static struct standing look(const struct nap_conns_members *m)
{
	struct standing s = { 0, 0, -1, -1, -1 };
	bool requests = nap_flow_requests(m->setup);

	for (uint32_t i = 0; i < config_of(m)->most; i++) {
		const struct nap_client *c = nap_conns_member(m, i);

		s.open += c->open;
		if (is_free(c))
			s.free = s.free < 0 ? (int)i : s.free;
		else
			s.opening += !c->open && c->phase != NAP_CLIENT_CLOSING;
		if (!requests || !is_idle(m, i))
			continue;
		if (is_before(m, i, s.idle))
			s.idle = (int)i;
		if (s.oldest < 0 || requests_of(m, i)->used < requests_of(m, (uint32_t)s.oldest)->used)
			s.oldest = (int)i;
	}
	return s;
}

bool nap_conns_is_busy(const struct nap_conns *p, const struct nap_conns_members *m)
{
	return p->n > 0 || look(m).idle < 0;
}

/* When the request that has waited longest has waited too long. */
static nap_time gives_up_at(const struct nap_conns *p, const struct nap_conns_members *m)
{
	return p->n > 0 ? nap_time_after(p->waiting[p->first].at, config_of(m)->wait) : NAP_NEVER;
}

/* When the one that has rested longest is closed, if nobody takes it. */
static nap_time retired_at(const struct nap_conns_members *m, const struct standing *s)
{
	if (s->oldest < 0 || s->open <= config_of(m)->least)
		return NAP_NEVER;
	return nap_time_after(requests_of(m, (uint32_t)s->oldest)->used, m->setup->app->report.retire_idle);
}

/* May its program run? */
static bool runs(const struct nap_conns_members *m, nap_time now)
{
	return nap_client_allowed(m->first, m->setup, NAP_ALLOWED_RUN, now) <= now;
}

struct nap_conns_step nap_conns_next(
	const struct nap_conns *p, const struct nap_conns_members *m, nap_time now)
{
	const struct standing s = look(m);
	uint32_t least = config_of(m)->least, wanted = p->n;

	if (!runs(m, now))
		return (struct nap_conns_step){ NAP_CONNS_REST, 0 };
	if (p->n > 0 && s.idle >= 0)
		return (struct nap_conns_step){ NAP_CONNS_GIVE, (uint32_t)s.idle };
	if (now >= gives_up_at(p, m))
		return (struct nap_conns_step){ NAP_CONNS_FAIL, 0 };
	if (now >= retired_at(m, &s))
		return (struct nap_conns_step){ NAP_CONNS_RETIRE, (uint32_t)s.oldest };
	if (least > s.open)
		wanted = MAX(wanted, least - s.open);
	if (s.free >= 0 && s.opening < wanted)
		return (struct nap_conns_step){ NAP_CONNS_OPEN, (uint32_t)s.free };
	return (struct nap_conns_step){ NAP_CONNS_REST, 0 };
}

nap_time nap_conns_due(const struct nap_conns *p, const struct nap_conns_members *m, nap_time now)
{
	const struct standing s = look(m);

	return nap_client_allowed(m->first, m->setup, NAP_ALLOWED_RUN,
		nap_time_max(nap_time_min(gives_up_at(p, m), retired_at(m, &s)), now));
}
