/* SPDX-License-Identifier: BSD-2-Clause */
/* The life of an agent: gathering, telling the other end, and which way the program's packets go. */
#include <string.h>

#include "peer/agent_inside.h"

void nap_agent_init(struct nap_agent *a, struct nap_endpoint self, bool leads, nap_time start)
{
	memset(a, 0, sizeof *a);
	a->self = a->from = self;
	a->leads = leads;
	a->guess_at = NAP_NEVER;
	a->ask_at = a->gathered_at = a->start_at = a->round_at = a->limit_at = a->inbox_at = NAP_NEVER;
	a->check_at = a->heard = a->keep_at = NAP_NEVER;
	a->retry_at = leads ? start : NAP_NEVER;
	a->settled = start;
	a->deadline = a->retry_at;
	nap_relay_client_init(&a->relay);
}

void nap_agent_clear(struct nap_agent *a)
{
	nap_tcp_way_clear(a);
}

struct nap_packet *nap_agent_send(
	struct nap_agent_call *k, struct nap_endpoint to, uint8_t message, uint64_t len, enum nap_cause cause)
{
	struct nap_packet *p = nap_outbox_add(k->out);

	*p = (struct nap_packet){
		.src = k->a->self,
		.dst = to,
		.proto = NAP_UDP,
		.message = message,
		.cause = (uint8_t)cause,
		.len = (uint32_t)len,
		.stamp = k->now,
	};
	k->a->sent++;
	if (to.addr == NAP_RELAY_ADDR && k->a->leads)
		nap_relay_client_spoke(k);
	return p;
}

void nap_agent_settle(struct nap_agent_call *k)
{
	struct nap_agent *a = k->a;

	if (k->now <= a->settled)
		return;
	if (a->way == NAP_WAY_DIRECT)
		k->counts->direct_ns += (uint64_t)(k->now - a->settled);
	if (a->way == NAP_WAY_RELAYED)
		k->counts->relayed_ns += (uint64_t)(k->now - a->settled);
	a->settled = k->now;
}

void nap_agent_choose(struct nap_agent_call *k)
{
	struct nap_agent *a = k->a;
	uint8_t way = a->direct ? NAP_WAY_DIRECT : a->relayed ? NAP_WAY_RELAYED : NAP_WAY_NONE;

	if (way == a->way)
		return;
	nap_agent_settle(k);
	a->way = way;
	a->had_way |= way != NAP_WAY_NONE;
	a->heard = way == NAP_WAY_NONE ? NAP_NEVER : k->now;
	nap_checks_schedule(k);
}

/* ---- opening ---------------------------------------------------------------------------------------------------- */

/* STUN, over UDP or at the opening of a connection from the same port. */
static void ask(struct nap_agent_call *k)
{
	struct nap_endpoint to = { NAP_RENDEZVOUS_ADDR, NAP_STUN_PORT };
	struct nap_packet *p = nap_agent_send(k, to, NAP_PEER_ASK, k->cfg->check_answer, NAP_CAUSE_RECONNECT);

	p->tag = k->a->generation;
	if (nap_guesses_ask(k->cfg) && k->a->second.addr == 0) {
		to.addr = NAP_RELAY_ADDR;
		nap_agent_send(k, to, NAP_PEER_ASK, k->cfg->check_answer, NAP_CAUSE_RECONNECT)->tag =
			k->a->generation;
	}
	if (k->cfg->transport == NAP_PEER_TCP) {
		p->proto = NAP_TCP;
		p->flags = NAP_SYN;
		p->win = 64240;
		p->len = 0;
	}
	k->a->ask_at = nap_time_after(k->now, NAP_RTO_FIRST << MIN(k->a->asks, 6u));
	k->a->asks++;
}

static void gather(struct nap_agent_call *k)
{
	struct nap_agent *a = k->a;

	if (a->counts_opening) /* the one before came to nothing */
		a->counts_opening = false;
	a->phase = NAP_AGENT_GATHERING;
	a->mapped = a->second = (struct nap_endpoint){ 0, 0 };
	a->guess_at = a->start_at = a->round_at = a->limit_at = a->retry_at = NAP_NEVER;
	a->relay.release_at = NAP_NEVER;
	a->asks = 0;
	a->began = k->now;
	a->sent = 0;
	a->counts_opening = true;
	k->counts->openings++;
	a->gathered_at = nap_time_after(k->now, k->cfg->gather_limit);
	if (k->cfg->transport == NAP_PEER_TCP) { /* one port serves both: the connection that was has to go */
		nap_tcp_way_clear(a);
		a->direct = false;
		nap_agent_choose(k);
	}
	ask(k);
	if (a->leads && k->cfg->relay && !nap_relay_client_has(&a->relay))
		nap_relay_client_allocate(k);
}

static void begin(struct nap_agent_call *k)
{
	k->a->generation++;
	k->a->answers = false;
	k->a->has_offer = false;
	gather(k);
}

/* Both have each other's addresses. */
static void ready(struct nap_agent_call *k)
{
	struct nap_agent *a = k->a;
	bool waits = a->answers && k->cfg->simultaneous;

	a->phase = NAP_AGENT_WAITING;
	a->start_at = nap_time_after(k->now, waits ? k->cfg->signalling : 0);
}

/* All that can be known of the own addresses is: tell the other end. */
static void gathered(struct nap_agent_call *k)
{
	struct nap_agent *a = k->a;

	a->ask_at = a->gathered_at = NAP_NEVER;
	a->phase = NAP_AGENT_WAITING;
	k->other->inbox = (struct nap_offer){
		.own = k->cfg->private_candidates ? a->self : (struct nap_endpoint){ 0, 0 },
		.mapped = a->mapped,
		.relayed = a->relay.relayed,
		.generation = a->generation,
		.varies = a->second.addr != 0 && !nap_endpoint_equal(a->mapped, a->second),
		.step = (uint16_t)(a->second.port - a->mapped.port),
		.next = (uint16_t)(2 * a->second.port - a->mapped.port),
	};
	k->other->inbox_at = nap_time_after(k->now, k->cfg->signalling);
	k->other->deadline = nap_time_min(k->other->deadline, k->other->inbox_at);
	k->signals = true;
	if (a->has_offer)
		ready(k);
}

static bool has_all(const struct nap_agent *a, const struct nap_peer_config *cfg)
{
	return a->mapped.addr != 0 && (!nap_guesses_ask(cfg) || a->second.addr != 0) &&
	       (!a->leads || !cfg->relay || nap_relay_client_has(&a->relay));
}

/* What the other end told has come. An offer of an opening that is not known yet begins it here, too. */
static void take_offer(struct nap_agent_call *k)
{
	struct nap_agent *a = k->a;

	a->inbox_at = NAP_NEVER;
	k->signals = true;
	if (a->inbox.generation < a->generation)
		return;
	a->offer = a->inbox;
	a->has_offer = true;
	if (a->inbox.generation > a->generation || a->phase == NAP_AGENT_IDLE) {
		a->generation = a->inbox.generation;
		a->answers = true;
		gather(k);
	} else if (a->phase == NAP_AGENT_WAITING) {
		ready(k);
	}
}

/* ---- what comes of it -------------------------------------------------------------------------------------------- */

void nap_agent_found(struct nap_agent_call *k, struct nap_endpoint from, struct nap_endpoint remote)
{
	struct nap_agent *a = k->a;

	a->from = from;
	a->remote = remote;
	a->guess_at = a->round_at = a->limit_at = a->retry_at = NAP_NEVER;
	if (a->phase == NAP_AGENT_CHECKING)
		a->phase = NAP_AGENT_DONE;
	if (a->counts_opening) {
		a->counts_opening = false;
		k->counts->opened++;
		k->counts->opening_ns += (uint64_t)(k->now - a->began);
		k->counts->opening_packets += a->sent;
	}
	a->direct = true;
	if (nap_relay_client_has(&a->relay) && !k->cfg->keep_relay)
		a->relay.release_at = nap_time_after(k->now, 3 * NAP_S); /* the other end is not so far yet */
	nap_agent_choose(k);
}

void nap_agent_lost(struct nap_agent_call *k)
{
	struct nap_agent *a = k->a;

	a->direct = false;
	if (!a->leads && !k->cfg->keep_relay)
		a->relayed = false;
	nap_agent_choose(k);
	if (a->phase == NAP_AGENT_DONE) /* else another way is being looked for already */
		begin(k);
}

/* When it wants to be called. */
static void reckon_deadline(struct nap_agent_call *k)
{
	struct nap_agent *a = k->a;
	const nap_time times[] = { a->inbox_at, a->ask_at, a->gathered_at, a->start_at, a->round_at,
		a->limit_at, a->retry_at, a->check_at, a->keep_at, a->guess_at,
		nap_relay_client_deadline(&a->relay) };
	bool tcp = k->cfg->transport == NAP_PEER_TCP;

	if (tcp)
		nap_tcp_way_flush(k);
	a->deadline = tcp ? nap_tcp_way_deadline(a) : NAP_NEVER;
	for (size_t i = 0; i < G_N_ELEMENTS(times); i++)
		a->deadline = nap_time_min(a->deadline, times[i]);
	if (a->way != NAP_WAY_NONE && k->cfg->check_interval != NAP_NEVER)
		a->deadline = nap_time_min(a->deadline, nap_time_after(a->heard, k->cfg->check_timeout));
}

void nap_agent_restart(struct nap_agent_call *k, nap_addr self)
{
	struct nap_agent *a = k->a;

	if (a->phase == NAP_AGENT_IDLE || a->phase == NAP_AGENT_GATHERING)
		return;
	if (self) {
		a->self.addr = a->from.addr = self;
		a->relayed = false; /* the relay knows it by its former address */
		nap_relay_client_init(&a->relay);
	}
	a->direct = false;
	nap_agent_choose(k);
	begin(k);
	reckon_deadline(k);
}

/* ---- timers and packets ------------------------------------------------------------------------------------------ */

void nap_agent_timer(struct nap_agent_call *k)
{
	struct nap_agent *a = k->a;

	if (a->retry_at <= k->now)
		begin(k);
	if (a->inbox_at <= k->now)
		take_offer(k);
	if (k->cfg->transport == NAP_PEER_TCP)
		nap_tcp_way_timer(k);
	nap_relay_client_timer(k);
	if (a->gathered_at <= k->now)
		gathered(k);
	if (a->ask_at <= k->now)
		ask(k);
	if (a->start_at <= k->now)
		nap_checks_start(k);
	if (a->round_at <= k->now || a->limit_at <= k->now)
		nap_checks_round(k);
	if (a->guess_at <= k->now)
		nap_guesses_timer(k);
	nap_checks_consent(k);
	reckon_deadline(k);
}

static void take_own(struct nap_agent_call *k, const struct nap_packet *p)
{
	struct nap_agent *a = k->a;

	if (p->message == NAP_PEER_CHECK || p->message == NAP_PEER_CHECKED) {
		nap_checks_input(k, p);
		return;
	}
	if (p->message == NAP_PEER_TOLD && p->tag == a->generation && p->src.addr == NAP_RELAY_ADDR) {
		a->second = p->quote.src;
	} else if (p->message == NAP_PEER_TOLD && p->tag == a->generation && a->mapped.addr == 0) {
		a->mapped = p->quote.src;
		a->ask_at = NAP_NEVER;
		if (p->proto == NAP_TCP) /* the connection stays as it is */
			*nap_outbox_add(k->out) = (struct nap_packet){ .src = p->dst,
				.dst = p->src,
				.proto = NAP_TCP,
				.flags = NAP_ACK,
				.seq = p->ack,
				.ack = p->seq + 1,
				.win = 502,
				.cause = p->cause };
	} else {
		nap_relay_client_input(k, p);
	}
	if (a->phase == NAP_AGENT_GATHERING && has_all(a, k->cfg))
		gathered(k);
}

bool nap_agent_input(struct nap_agent_call *k, struct nap_packet *p)
{
	bool tcp = k->cfg->transport == NAP_PEER_TCP, program = false;

	if (p->proto == NAP_UDP && p->message < NAP_PEER_ASK)
		return true;
	if (p->proto == NAP_UDP || (p->proto == NAP_TCP && p->message == NAP_PEER_TOLD))
		take_own(k, p);
	else if (tcp && (p->proto == NAP_TCP || p->proto == NAP_ICMP))
		program = nap_tcp_way_input(k, p);
	reckon_deadline(k);
	return program;
}

bool nap_agent_say(struct nap_agent_call *k, const struct nap_packet *said)
{
	struct nap_agent *a = k->a;
	struct nap_packet p = *said;

	if (a->way == NAP_WAY_DIRECT && k->cfg->transport == NAP_PEER_TCP) {
		nap_tcp_way_write(k, p.message, p.cause, p.len, p.tag, p.stamp);
		reckon_deadline(k);
		return true;
	}
	if (!nap_agent_sample(a, k->cfg, &p))
		return false;
	*nap_outbox_add(k->out) = p;
	if (p.dst.addr == NAP_RELAY_ADDR && a->leads) {
		nap_relay_client_spoke(k);
		reckon_deadline(k);
	}
	return true;
}

bool nap_agent_sample(const struct nap_agent *a, const struct nap_peer_config *cfg, struct nap_packet *p)
{
	if (a->way == NAP_WAY_NONE)
		return false;
	if (a->way == NAP_WAY_DIRECT && cfg->transport == NAP_PEER_TCP) {
		*p = nap_tcp_sample(&a->conn[a->chosen]);
		return true;
	}
	p->src = a->way == NAP_WAY_DIRECT ? a->from : a->self;
	p->dst = a->remote;
	if (a->way == NAP_WAY_DIRECT)
		return true;
	p->dst = a->leads ? (struct nap_endpoint){ NAP_RELAY_ADDR, NAP_STUN_PORT } : a->offer.relayed;
	if (a->leads)
		p->len += (uint32_t)cfg->relay_overhead;
	return true;
}
