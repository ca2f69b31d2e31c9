/* SPDX-License-Identifier: BSD-2-Clause */
/* Connectivity checks (RFC 8445 7): of all ways while one is looked for, and of the one in use (RFC 7675). */
#include "peer/agent_inside.h"

/* ---- candidates -------------------------------------------------------------------------------------------------- */

/* Its number; NAP_CANDIDATES_MAX: it is none and there is no room. */
static uint32_t candidate_of(struct nap_agent *a, struct nap_endpoint at, bool relay)
{
	for (uint32_t i = 0; i < a->n; i++)
		if (nap_endpoint_equal(a->candidate[i].at, at))
			return i;
	if (at.addr == 0 || a->n == NAP_CANDIDATES_MAX)
		return NAP_CANDIDATES_MAX;
	a->candidate[a->n].at = at;
	a->candidate[a->n].relay = relay;
	return a->n++;
}

static bool over_tcp(const struct nap_agent_call *k)
{
	return k->cfg->transport == NAP_PEER_TCP;
}

static struct nap_packet *check(struct nap_agent_call *k, struct nap_endpoint to, enum nap_cause cause)
{
	return nap_agent_send(k, to, NAP_PEER_CHECK,
		k->cfg->check_size + (to.addr == NAP_RELAY_ADDR && k->a->leads ? k->cfg->relay_overhead : 0),
		cause);
}

/* Over the relay the two ends differ: the client's channel leads to the peer, who sends to the relayed address. */
static void check_relay(struct nap_agent_call *k, enum nap_cause cause)
{
	struct nap_endpoint relay = { NAP_RELAY_ADDR, NAP_STUN_PORT };

	if (!k->a->leads && k->a->offer.relayed.addr != 0)
		check(k, k->a->offer.relayed, cause);
	if (k->a->leads && k->a->relay.channel.addr != 0)
		check(k, relay, cause);
}

/* ---- looking for a way ------------------------------------------------------------------------------------------- */

/*
 * As the rendezvous has seen the other end; or as its NAT, which maps anew for each destination, will next, if it counts its ports
 * up and nobody else takes one meanwhile. These are the first addresses that either end turns to, so that both ends' ports fit.
 */
static void add_mapped(struct nap_agent_call *k)
{
	const struct nap_offer *o = &k->a->offer;
	uint32_t n = nap_guesses_ask(k->cfg) && o->varies ? k->cfg->predictions : 0;

	if (n == 0)
		candidate_of(k->a, o->mapped, false);
	for (uint32_t i = 0; i < n; i++)
		candidate_of(k->a, (struct nap_endpoint){ o->mapped.addr, (uint16_t)(o->next + i * o->step) },
			false);
}

void nap_checks_start(struct nap_agent_call *k)
{
	struct nap_agent *a = k->a;

	a->start_at = NAP_NEVER;
	a->phase = NAP_AGENT_CHECKING;
	a->n = a->round = 0;
	add_mapped(k);
	candidate_of(a, a->offer.own, false);
	if (a->leads && !a->relayed)
		nap_relay_client_bind(k, a->offer.mapped);
	a->limit_at = nap_time_after(k->now, k->cfg->time_limit);
	a->round_at = k->now;
	nap_guesses_begin(k);
}

/* All rounds are over, and there is no direct way. */
static void give_up(struct nap_agent_call *k)
{
	struct nap_agent *a = k->a;

	a->round_at = a->limit_at = a->guess_at = NAP_NEVER;
	a->phase = NAP_AGENT_DONE;
	a->counts_opening = false;
	if (a->leads)
		a->retry_at = nap_time_after(k->now, k->cfg->retry);
}

void nap_checks_round(struct nap_agent_call *k)
{
	struct nap_agent *a = k->a;

	if (a->limit_at <= k->now || (a->round >= k->cfg->tries && a->guess_at == NAP_NEVER)) {
		give_up(k);
		return;
	}
	if (a->round >= k->cfg->tries) { /* there are guesses left */
		a->round_at = nap_time_after(k->now, k->cfg->interval);
		return;
	}
	a->round++;
	/* the last one's answers are waited for, however fast the rounds */
	a->round_at = nap_time_after(k->now,
		a->round < k->cfg->tries ? k->cfg->interval : nap_time_max(k->cfg->interval, NAP_RTO_FIRST));
	for (uint32_t i = 0; i < a->n; i++) {
		if (over_tcp(k))
			nap_tcp_way_connect(k, a->candidate[i].at);
		else
			check(k, a->candidate[i].at, NAP_CAUSE_RECONNECT);
	}
	if (!a->relayed)
		check_relay(k, NAP_CAUSE_RECONNECT);
}

/* ---- the way in use ---------------------------------------------------------------------------------------------- */

void nap_checks_schedule(struct nap_agent_call *k)
{
	struct nap_agent *a = k->a;
	nap_time interval = k->cfg->check_interval;
	bool kept = a->direct && a->relayed && k->cfg->keep_relay && !a->leads;

	a->check_at = NAP_NEVER;
	if (a->way != NAP_WAY_NONE && interval != NAP_NEVER) {
		double u = k->cfg->check_jitter > 0.0 ? 2.0 * nap_rng_unit(k->rng) - 1.0 : 0.0;

		a->check_at = nap_time_after(
			k->now, (nap_time)((double)interval * (1.0 + k->cfg->check_jitter * u)) + 1);
	}
	/* the peer's way to the relay is kept open by itself alone; the client's by indications */
	if (!kept)
		a->keep_at = NAP_NEVER;
	else if (a->keep_at == NAP_NEVER)
		a->keep_at = nap_time_after(k->now, k->cfg->relay_keepalive);
}

static void check_way(struct nap_agent_call *k)
{
	const struct nap_agent *a = k->a;

	k->counts->checks++;
	if (a->way == NAP_WAY_RELAYED)
		check_relay(k, NAP_CAUSE_KEEPALIVE);
	else if (over_tcp(k))
		nap_tcp_way_write(
			k, NAP_PEER_CHECK, NAP_CAUSE_KEEPALIVE, (uint32_t)k->cfg->check_size, 0, k->now);
	else
		check(k, a->remote, NAP_CAUSE_KEEPALIVE)->src = a->from;
}

void nap_checks_consent(struct nap_agent_call *k)
{
	struct nap_agent *a = k->a;

	if (a->way != NAP_WAY_NONE && k->cfg->check_interval != NAP_NEVER &&
		nap_time_after(a->heard, k->cfg->check_timeout) <= k->now) {
		if (a->way == NAP_WAY_RELAYED)
			a->relayed = false;
		nap_agent_lost(k);
		return;
	}
	if (a->check_at <= k->now) {
		check_way(k);
		nap_checks_schedule(k);
	}
	if (a->keep_at <= k->now) {
		a->keep_at = nap_time_after(k->now, k->cfg->relay_keepalive);
		check_relay(k, NAP_CAUSE_KEEPALIVE);
	}
}

/* ---- what comes -------------------------------------------------------------------------------------------------- */

/* Did p come over the relay? */
static bool is_relayed(const struct nap_agent *a, const struct nap_packet *p)
{
	return a->leads ? p->src.addr == NAP_RELAY_ADDR
			: a->offer.relayed.addr != 0 && nap_endpoint_equal(p->src, a->offer.relayed);
}

static void reply(struct nap_agent_call *k, const struct nap_packet *p)
{
	struct nap_packet *a;

	if (p->proto == NAP_TCP) {
		nap_tcp_way_write(k, NAP_PEER_CHECKED, p->cause, (uint32_t)k->cfg->check_answer, 0, p->stamp);
		return;
	}
	a = nap_agent_send(k, p->src, NAP_PEER_CHECKED,
		k->cfg->check_answer +
			(p->src.addr == NAP_RELAY_ADDR && k->a->leads ? k->cfg->relay_overhead : 0),
		(enum nap_cause)p->cause);
	a->stamp = p->stamp;
	a->src = p->dst; /* to whichever of its ports it came */
}

/* A request came from where it was not known that the other end is, or whence nothing was answered yet: RFC 8445 7.3.1.4. */
static void check_back(struct nap_agent_call *k, const struct nap_packet *p)
{
	struct nap_agent *a = k->a;

	if (over_tcp(k) || (a->phase != NAP_AGENT_CHECKING && (a->phase != NAP_AGENT_DONE || a->direct)))
		return;
	if (candidate_of(a, p->src, false) < NAP_CANDIDATES_MAX)
		check(k, p->src, NAP_CAUSE_RECONNECT)->src = p->dst;
}

static void take_check(struct nap_agent_call *k, const struct nap_packet *p, bool relayed)
{
	struct nap_agent *a = k->a;

	if (relayed && a->leads && !nap_endpoint_equal(p->quote.src, a->relay.channel))
		nap_relay_client_bind(k, p->quote.src); /* the peer is mapped otherwise towards the relay */
	reply(k, p);
	if (!relayed)
		check_back(k, p);
}

static void take_answer(struct nap_agent_call *k, const struct nap_packet *p, bool relayed)
{
	struct nap_agent *a = k->a;

	if (relayed) {
		a->relayed = true;
		nap_agent_choose(k);
		if (a->way == NAP_WAY_RELAYED)
			a->heard = k->now;
		return;
	}
	/* a way that is in use while another is looked for may be the one found; of an opening that is over nothing is */
	if (!over_tcp(k) && (a->phase == NAP_AGENT_CHECKING || (a->phase == NAP_AGENT_DONE && !a->direct)))
		nap_agent_found(k, p->dst, p->src);
	if (a->way == NAP_WAY_DIRECT && (over_tcp(k) || nap_endpoint_equal(p->src, a->remote)))
		a->heard = k->now;
}

void nap_checks_input(struct nap_agent_call *k, const struct nap_packet *p)
{
	bool relayed = p->proto == NAP_UDP && is_relayed(k->a, p);

	/* over the relay, but from nobody's allocation any more */
	if (relayed && k->a->leads && !nap_relay_client_has(&k->a->relay))
		return;
	if (p->message == NAP_PEER_CHECK)
		take_check(k, p, relayed);
	else
		take_answer(k, p, relayed);
}
