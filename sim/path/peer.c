/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/peer.h"

#include "path/awake.h"
#include "path/held.h"
#include "path/loss.h"
#include "path/reach.h"
#include "path/travel.h"
#include "path/world.h"
#include "peer/agent.h"

/* Streams of the peer's own: as those of a hop that there is not. */
#define PEERS(id) ((uint64_t)(NAP_HOPS_MAX + 1) << 32 | (id))

struct peer {
	struct nap_agent agent[2]; /* by enum nap_peer_end */
	struct nap_rng rng[2];
	struct nap_relay relay;
	struct nap_flight
		*relayed; /* under way to rendezvous and relay (up), and from there; net: whose, or to whom */
			  /* behind it: the peer's struct nap_subscriber */
};

size_t nap_peer_bytes(const struct nap_line *line)
{
	return line->other ? ((sizeof(struct peer) + 7) & ~(size_t)7) + nap_subscriber_bytes(line->other) : 0;
}

static struct peer *peer_of(const struct nap_subscriber *s, const struct nap_line *line)
{
	return (struct peer *)(void *)((char *)nap_reach_of(s, line) + nap_reach_bytes(line) +
				       nap_loss_bytes(line) + nap_awake_bytes(line) + nap_held_bytes(line));
}

/* The peer's device, radio and links. */
static struct nap_subscriber *far_of(const struct nap_subscriber *s, const struct nap_line *line)
{
	return (struct nap_subscriber *)(void *)((char *)peer_of(s, line) +
						 ((sizeof(struct peer) + 7) & ~(size_t)7));
}

static void init_far(struct nap_subscriber *far, const struct nap_line *line, uint32_t id)
{
	nap_subscriber_init(far, line, id);
	if (nap_draws_of(far, line))
		nap_draws_init(nap_draws_of(far, line), line, PEERS(id));
}

void nap_peer_init(struct nap_subscriber *s, const struct nap_line *line)
{
	struct peer *p;
	struct nap_rng socket;
	nap_time start = nap_client_of(s)->deadline;
	struct nap_endpoint self;

	if (!line->other)
		return;
	p = peer_of(s, line);
	line->other->replication = line->replication;
	init_far(far_of(s, line), line->other, s->id);
	socket = nap_rng_stream(line->seed, line->replication, PEERS(s->id), NAP_RNG_SOCKET);
	self = (struct nap_endpoint){ nap_chain_device(&line->chain, s->id, line->peer_net, false),
		nap_client_first_port(&socket) };
	for (int i = 0; i < 2; i++)
		p->rng[i] =
			nap_rng_stream(line->seed, line->replication, i ? PEERS(s->id) : s->id, NAP_RNG_PEER);
	nap_agent_init(&p->agent[NAP_END_CLIENT], nap_client_of(s)->self, true, start);
	nap_agent_init(&p->agent[NAP_END_PEER], self, false, NAP_NEVER);
}

nap_time nap_peer_due(const struct nap_subscriber *s, const struct nap_line *line)
{
	const struct peer *p = peer_of(s, line);

	nap_time due = nap_time_min(
		far_of(s, line)->at[NAP_T_FLIGHT], nap_time_min(p->agent[0].deadline, p->agent[1].deadline));

	return p->relayed ? nap_time_min(due, p->relayed->at) : due;
}

void nap_peer_schedule(struct nap_subscriber *s, const struct nap_line *line, nap_time now)
{
	s->at[NAP_T_WORLD] = nap_time_min(
		nap_has_world(line) ? nap_world_due(s, line, now) : NAP_NEVER, nap_peer_due(s, line));
	s->at[NAP_T_CLIENT] = peer_of(s, line)->agent[NAP_END_CLIENT].had_way
				      ? nap_time_max(nap_client_of(s)->deadline, now)
				      : NAP_NEVER;
}

/* ---- between the boxes of both ---------------------------------------------------------------------------------- */

/* Where hop's inside is reached on one side of the joint: the box inside of it there, or the device. */
static nap_addr inside_address(
	const struct nap_line *line, const struct nap_net *net, uint32_t hops, nap_addr device)
{
	while (hops-- > 0)
		if (line->chain.middlebox[net->first + hops].box.kind == NAP_BOX_NAT)
			return nap_box_address(line->box[net->first + hops]);
	return device;
}

static nap_addr peers_address(const struct nap_subscriber *s, const struct nap_line *line)
{
	const struct nap_net *net = &line->other->net[0];

	return inside_address(line, net, net->n_hops, peer_of(s, line)->agent[NAP_END_PEER].self.addr);
}

bool nap_peer_takes(struct nap_subscriber *s, struct nap_line *line, nap_time now, uint32_t hop,
	const struct nap_packet *p)
{
	if (hop != line->joint || p->dst.addr != peers_address(s, line))
		return false;
	nap_travel_down(far_of(s, line), line->other, now, p);
	return true;
}

/* Something sets out for an end from between the boxes. */
static void inwards(struct nap_subscriber *s, struct nap_line *line, nap_time now, enum nap_peer_end to,
	const struct nap_packet *p)
{
	if (to == NAP_END_CLIENT || line->joint < NAP_HOPS_MAX)
		nap_travel_down(s, line, now, p);
	else
		nap_travel_down(far_of(s, line), line->other, now, p);
}

/* On the way between the boxes' outside and the two servers. */
static void cross_to_relay(struct nap_subscriber *s, struct nap_line *line, nap_time now, bool up,
	enum nap_peer_end end, const struct nap_packet *p)
{
	struct nap_flight *f = nap_flights_take(&line->other->flights);

	*f = (struct nap_flight){ .at = nap_time_after(now, line->peer->relay_delay),
		.up = up,
		.net = (uint8_t)end,
		.packet = *p };
	nap_flights_push(&peer_of(s, line)->relayed, f);
}

/* p, from an end, is at one of these. */
static void at_relay(struct nap_subscriber *s, struct nap_line *line, nap_time now, enum nap_peer_end from,
	const struct nap_packet *p)
{
	struct nap_outbox out = { .n = 0 };
	bool back = nap_relay_input(&peer_of(s, line)->relay, line->peer, now, p, &out);

	for (uint32_t i = 0; i < out.n; i++) {
		enum nap_peer_end to = back ? from : (enum nap_peer_end) !from;

		if (line->peer->relay_delay > 0)
			cross_to_relay(s, line, now, false, to, &out.packet[i]);
		else
			inwards(s, line, now, to, &out.packet[i]);
	}
}

static void take_relayed(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	struct nap_flight *f = nap_flights_pop(&peer_of(s, line)->relayed);
	struct nap_packet p = f->packet;
	enum nap_peer_end end = (enum nap_peer_end)f->net;
	bool up = f->up;

	nap_flights_drop(&line->other->flights, f);
	if (up)
		at_relay(s, line, now, end, &p);
	else
		inwards(s, line, now, end, &p);
}

/* p, from an end, is outside of all boxes. */
static void outside(struct nap_subscriber *s, struct nap_line *line, nap_time now, enum nap_peer_end from,
	const struct nap_packet *p)
{
	if (!nap_relay_is(p->dst.addr)) {
		if (line->joint < NAP_HOPS_MAX) /* nobody else is there */
			nap_travel_watch(line, now, NAP_AT_LOST, -1, true, p);
		else
			inwards(s, line, now, (enum nap_peer_end) !from, p);
		return;
	}
	if (line->peer->relay_delay > 0)
		cross_to_relay(s, line, now, true, from, p);
	else
		at_relay(s, line, now, from, p);
}

/* p has left the peer's own boxes. */
static void leave_far(
	struct nap_subscriber *s, struct nap_line *line, nap_time now, const struct nap_packet *p)
{
	const struct nap_net *net = &line->net[0];
	nap_addr client;

	if (line->joint == NAP_HOPS_MAX) {
		outside(s, line, now, NAP_END_PEER, p);
		return;
	}
	client = inside_address(line, net, line->joint, peer_of(s, line)->agent[NAP_END_CLIENT].self.addr);
	if (p->dst.addr == client)
		nap_travel_from(s, line, now, line->joint, NAP_INSIDE, false, p);
	else
		nap_travel_enter(s, line, now, line->joint, p);
}

bool nap_peer_emit(struct nap_subscriber *s, struct nap_line *line, nap_time now, uint32_t hop,
	enum nap_side side, const struct nap_packet *p)
{
	const struct nap_net *net = line->other ? &line->other->net[0] : NULL;

	if (!net || hop < net->first || hop >= net->first + net->n_hops)
		return line->other && side == NAP_INSIDE && nap_peer_takes(s, line, now, hop, p);
	nap_travel_emit(far_of(s, line), line->other, now, hop, side, p);
	return true;
}

/* ---- the agents ------------------------------------------------------------------------------------------------- */

static void add_counts(struct nap_line *line, const struct nap_agent_counts *counts)
{
	uint64_t *to = (uint64_t *)&line->tally->peer;
	const uint64_t *from = (const uint64_t *)counts;

	for (size_t i = 0; i < sizeof *counts / sizeof(uint64_t); i++)
		to[i] += from[i];
}

struct call {
	struct nap_agent_call k;
	struct nap_outbox out;
	struct nap_agent_counts counts;
};

static struct nap_agent_call *begin(struct call *c, const struct nap_subscriber *s,
	const struct nap_line *line, nap_time now, enum nap_peer_end end)
{
	struct peer *p = peer_of(s, line);

	c->out.n = c->out.notes = c->out.delivered = 0;
	c->counts = (struct nap_agent_counts){ 0 };
	c->k = (struct nap_agent_call){ &p->agent[end], &p->agent[!end], line->peer,
		end == NAP_END_CLIENT ? &line->client.app->tcp : &line->server.server->tcp, now, &p->rng[end],
		&c->out, &c->counts, false };
	return &c->k;
}

/* Carry out what an agent wants done. */
static void end(
	struct nap_subscriber *s, struct nap_line *line, nap_time now, enum nap_peer_end end, struct call *c)
{
	if (end == NAP_END_CLIENT)
		add_counts(line, &c->counts);
	/* the other connection, which the rendezvous is reached by, is carried by the same radio */
	if (end == NAP_END_CLIENT && c->k.signals && line->peer->signalling_size > 0 && !s->out)
		nap_travel_speak(s, line, now, (uint32_t)line->peer->signalling_size, NAP_CAUSE_RECONNECT);
	for (uint32_t i = 0; i < c->out.n; i++) {
		if (end == NAP_END_CLIENT)
			nap_travel_up(s, line, now, &c->out.packet[i]);
		else
			nap_travel_up(far_of(s, line), line->other, now, &c->out.packet[i]);
	}
}

void nap_peer_say(struct nap_subscriber *s, struct nap_line *line, nap_time now, enum nap_peer_end from,
	const struct nap_packet *p)
{
	struct call c;

	if (!nap_agent_say(begin(&c, s, line, now, from), p))
		nap_travel_watch(line, now, NAP_AT_LOST, -1, from == NAP_END_CLIENT, p);
	end(s, line, now, from, &c);
}

/* *p is at an end's device: true for its program's, which knows the other end by an address that does not change. */
static bool input(struct nap_subscriber *s, struct nap_line *line, nap_time now, enum nap_peer_end at,
	struct nap_packet *p)
{
	struct call c;
	bool program = nap_agent_input(begin(&c, s, line, now, at), p);

	end(s, line, now, at, &c);
	if (!program)
		return false;
	p->proto = NAP_UDP;
	p->src = at == NAP_END_CLIENT ? nap_server_of(s)->self : nap_client_of(s)->self;
	p->dst = at == NAP_END_CLIENT ? nap_client_of(s)->self : nap_server_of(s)->self;
	return true;
}

bool nap_peer_lets_in(struct nap_subscriber *s, struct nap_line *line, nap_time now, struct nap_flight *f)
{
	if (!f->up)
		return input(s, line, now, NAP_END_CLIENT, &f->packet);
	outside(s, line, now, NAP_END_CLIENT, &f->packet);
	return false;
}

static bool take_flight(struct nap_subscriber *s, struct nap_line *line, nap_time now, struct nap_packet *out)
{
	struct nap_subscriber *far = far_of(s, line);
	struct nap_flight *f = nap_flights_pop(&far->flight);
	bool arrived = nap_travel_arrive(far, line->other, f), program = false;

	nap_subscriber_schedule_flight(far);
	if (!arrived)
		return false;
	if (f->up) {
		leave_far(s, line, now, &f->packet);
	} else {
		*out = f->packet;
		program = input(s, line, now, NAP_END_PEER, out);
	}
	nap_flights_drop(&line->other->flights, f);
	return program;
}

bool nap_peer_take(struct nap_subscriber *s, struct nap_line *line, nap_time now, struct nap_packet *p)
{
	struct call c;

	if (far_of(s, line)->at[NAP_T_FLIGHT] <= now)
		return take_flight(s, line, now, p);
	if (peer_of(s, line)->relayed && peer_of(s, line)->relayed->at <= now) {
		take_relayed(s, line, now);
		return false;
	}
	for (int i = NAP_END_CLIENT; i <= NAP_END_PEER; i++) {
		if (peer_of(s, line)->agent[i].deadline > now)
			continue;
		nap_agent_timer(begin(&c, s, line, now, (enum nap_peer_end)i));
		end(s, line, now, (enum nap_peer_end)i, &c);
	}
	return false;
}

void nap_peer_restart(struct nap_subscriber *s, struct nap_line *line, nap_time now, bool readdressed)
{
	struct call c;

	/* who checks the way by itself knows better than the program */
	if (!readdressed && line->peer->check_interval != NAP_NEVER)
		return;
	nap_agent_restart(
		begin(&c, s, line, now, NAP_END_CLIENT), readdressed ? nap_client_of(s)->self.addr : 0);
	end(s, line, now, NAP_END_CLIENT, &c);
}

void nap_peer_finish(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	struct nap_subscriber *far = far_of(s, line);
	struct call c;

	nap_agent_settle(begin(&c, s, line, now, NAP_END_CLIENT));
	add_counts(line, &c.counts);
	for (int i = 0; i < 2; i++)
		nap_agent_clear(&peer_of(s, line)->agent[i]);
	while (peer_of(s, line)->relayed)
		nap_flights_drop(&line->other->flights, nap_flights_pop(&peer_of(s, line)->relayed));
	while (far->flight)
		nap_flights_drop(&line->other->flights, nap_flights_pop(&far->flight));
	nap_client_clear(nap_client_of(far), &line->other->client);
	nap_server_clear(nap_server_of(far), &line->other->server);
}

/* ---- reachability ------------------------------------------------------------------------------------------------ */

/* Outwards through the boxes from hop to end; 0 also where it would begin a session, whose port nobody can tell. */
static nap_time outwards(
	const struct nap_line *line, nap_time now, uint32_t hop, uint32_t end, struct nap_packet *p)
{
	nap_time until = NAP_NEVER;

	for (; hop < end && until > 0; hop++) {
		struct nap_endpoint before = p->src;

		until = nap_time_min(until, nap_box_open_until(line->box[hop], now, NAP_INSIDE, p));
		if (line->chain.middlebox[hop].box.kind == NAP_BOX_NAT && nap_endpoint_equal(before, p->src))
			until = 0;
	}
	return until;
}

/* From the peer to where its packets turn towards the client: between all boxes, or at the joint. *in: so many boxes follow. */
static nap_time out_of_far(const struct nap_line *line, nap_time now, struct nap_packet *p, uint32_t *in)
{
	const struct nap_net *net = &line->other->net[0];
	nap_time until = outwards(line, now, net->first, net->first + net->n_hops, p);

	*in = line->net[0].n_hops;
	if (line->joint == NAP_HOPS_MAX || until == 0)
		return until;
	if (!nap_relay_is(p->dst.addr))
		*in = line->joint + 1;
	return nap_time_min(until, outwards(line, now, line->joint, *in, p));
}

nap_time nap_peer_open_until(const struct nap_subscriber *s, const struct nap_line *line, nap_time now)
{
	const struct peer *peer = peer_of(s, line);
	const struct nap_agent *client = &peer->agent[NAP_END_CLIENT], *from = &peer->agent[NAP_END_PEER];
	struct nap_packet p = { .proto = NAP_UDP, .len = 1 };
	nap_time until;
	uint32_t k;

	if (!nap_agent_sample(from, line->peer, &p))
		return 0;
	if (nap_endpoint_equal(p.dst, client->self)) /* in the same network */
		return NAP_NEVER;
	until = out_of_far(line, now, &p, &k);
	if (from->way == NAP_WAY_RELAYED) {
		if (p.dst.port != peer->relay.relayed.port)
			return 0;
		until = nap_time_min(until, nap_relay_open_until(&peer->relay, now, p.src.addr));
		p.src = (struct nap_endpoint){ NAP_RELAY_ADDR, NAP_STUN_PORT };
		p.dst = peer->relay.client;
	}
	while (k-- > 0 && until > 0) {
		if (nap_chain_misses(&line->chain, k, line->box[k], p.dst.addr))
			return 0;
		until = nap_time_min(until, nap_box_open_until(line->box[k], now, NAP_OUTSIDE, &p));
	}
	return nap_endpoint_equal(p.dst, from->way == NAP_WAY_DIRECT ? client->from : client->self) ? until
												    : 0;
}
