/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/lanes.h"

#include "client/conns.h"
#include "path/ends.h"
#include "path/held.h"
#include "path/travel.h"

struct nap_lanes {
	struct nap_conns pool;
	nap_time pool_due; /* when it has something to do of itself */
	bool stirred;      /* a client did something since it was looked at */
	uint32_t hand[2];  /* which client, which server's end is at hand */
	uint64_t turn;     /* packets that came to servers' ends so far */
	nap_time turned;   /* since when pushes go over the connection that they go over */
	struct lane {
		nap_time due[2]; /* of this client, and of this server's end */
		uint64_t turn;   /* of the last packet that came to this server's end */
	} lane[];
};

uint32_t nap_lanes_n(const struct nap_line *line)
{
	return line->client.pooled ? line->client.app->pool.most : 1;
}

size_t nap_lanes_bytes(const struct nap_line *line)
{
	return line->client.pooled ? sizeof(struct nap_lanes) + nap_lanes_n(line) * sizeof(struct lane) : 0;
}

static struct nap_lanes *lanes_of(const struct nap_subscriber *s, const struct nap_line *line)
{
	return (struct nap_lanes *)(void *)((char *)nap_held_of(s, line) + nap_held_bytes(line));
}

static size_t server_room(const struct nap_line *line)
{
	return nap_subscriber_whole(nap_server_bytes(&line->server));
}

/* Servers' ends stand before clients', right behind the struct. */
static struct nap_server *server_at(const struct nap_subscriber *s, const struct nap_line *line, uint32_t i)
{
	return (struct nap_server *)(void *)((char *)nap_behind_at(s, line->behind.server) +
					     i * server_room(line));
}

static struct nap_conns_members members_of(const struct nap_subscriber *s, const struct nap_line *line)
{
	return (struct nap_conns_members){ (struct nap_client *)(void *)server_at(s, line, nap_lanes_n(line)),
		nap_subscriber_whole(nap_client_bytes(&line->client)), &line->client };
}

static void hold(struct nap_subscriber *s, const struct nap_line *line, bool server, uint32_t i)
{
	const struct nap_conns_members m = members_of(s, line);

	lanes_of(s, line)->hand[server] = i;
	if (server)
		s->server = nap_behind_units(s, server_at(s, line, i));
	else
		s->client = nap_behind_units(s, nap_conns_member(&m, i));
}

void nap_lanes_hold(struct nap_subscriber *s, const struct nap_line *line, uint32_t i)
{
	if (!line->client.pooled)
		return;
	hold(s, line, false, i);
	hold(s, line, true, i);
}

/* Each draws its own. */
static struct nap_rng stream(
	const struct nap_subscriber *s, const struct nap_line *line, uint32_t i, enum nap_purpose purpose)
{
	return nap_rng_stream(line->seed, line->replication, s->id | (uint64_t)i << 32, purpose);
}

void nap_lanes_init(struct nap_subscriber *s, const struct nap_line *line)
{
	const struct nap_client first = { .self = nap_client_of(s)->self,
		.peer = nap_client_of(s)->peer,
		.deadline = nap_client_of(s)->deadline };
	const struct nap_conns_members m = members_of(s, line);
	struct nap_lanes *l = lanes_of(s, line);
	uint32_t n = nap_lanes_n(line);

	if (!line->client.pooled)
		return;
	for (uint32_t i = 0; i < n; i++) {
		struct nap_endpoint self = first.self;
		struct nap_server *server = server_at(s, line, i);

		self.port = nap_client_pool_port(self.port, n, i);
		nap_client_init(nap_conns_member(&m, i), &line->client, self, first.peer, first.deadline);
		nap_server_init(server, &line->server, nap_server_of(s)->self);
		nap_server_seed(server, &line->server, stream(s, line, i, NAP_RNG_SERVER));
		nap_server_seed_serving(server, &line->server, stream(s, line, i, NAP_RNG_APP));
		l->lane[i].due[true] = server->deadline;
	}
	nap_conns_begin(&m);
	for (uint32_t i = 0; i < n; i++)
		l->lane[i].due[false] = nap_conns_member(&m, i)->deadline;
	l->pool_due = NAP_NEVER;
	nap_lanes_hold(s, line, 0);
}

/* --- which end ---------------------------------------------------------------------------------------------------- */

void nap_lanes_hold_due(struct nap_subscriber *s, const struct nap_line *line, bool server, nap_time now)
{
	const struct nap_lanes *l = lanes_of(s, line);

	for (uint32_t i = 0, n = nap_lanes_n(line); i < n; i++)
		if (l->lane[i].due[server] <= now) {
			hold(s, line, server, i);
			return;
		}
}

static bool over_tcp(const struct nap_line *line)
{
	return line->client.app->transport == NAP_OVER_TCP;
}

static bool are_pushed_to(const struct nap_line *line)
{
	return line->server.server->push.kind != NAP_ARRIVALS_NONE;
}

/* Does each server's end stay one client's? Then it knows whose packet comes, wherever from. */
static bool are_pairs(const struct nap_line *line)
{
	return !over_tcp(line) || are_pushed_to(line);
}

void nap_lanes_send(struct nap_subscriber *s, struct nap_line *line, nap_time now, const struct nap_packet *p)
{
	struct nap_packet mine = *p;

	if (are_pairs(line) && p->proto != NAP_ICMP)
		mine.lane = (uint16_t)(lanes_of(s, line)->hand[false] + 1);
	nap_travel_up(s, line, now, &mine);
}

static bool is_at(const struct nap_tcp *t, const struct nap_endpoint *self, const struct nap_endpoint *peer)
{
	return t->state != NAP_TCP_CLOSED && nap_endpoint_equal(t->self, *self) &&
	       nap_endpoint_equal(t->peer, *peer);
}

static bool left_is_at(
	const struct nap_tcp *left, const struct nap_endpoint *self, const struct nap_endpoint *peer)
{
	return left && is_at(left, self, peer);
}

/* The connection that p, or what it quotes, belongs to: which client, or server's end, has it; -1: none. */
static int find(
	const struct nap_subscriber *s, const struct nap_line *line, bool server, const struct nap_packet *p)
{
	const struct nap_conns_members m = members_of(s, line);
	bool error = nap_packet_is_icmp_error(p);
	const struct nap_endpoint *self = error ? &p->quote.src : &p->dst,
				  *peer = error ? &p->quote.dst : &p->src;

	for (uint32_t i = 0, n = nap_lanes_n(line); i < n; i++) {
		const struct nap_client *c = nap_conns_member(&m, i);
		const struct nap_server *e = server_at(s, line, i);

		if (!over_tcp(line) &&
			(server ? nap_endpoint_equal(e->peer, *peer) : nap_endpoint_equal(c->self, *self)))
			return (int)i;
		if (over_tcp(line) && (server ? is_at(e->tcp, self, peer) || left_is_at(e->old, self, peer)
					      : is_at(c->tcp, self, peer) || left_is_at(c->old, self, peer)))
			return (int)i;
	}
	return -1;
}

/* For a new connection: an end that has none, else the one to which nothing has come for longest. */
static uint32_t spare(const struct nap_subscriber *s, const struct nap_line *line)
{
	const struct nap_lanes *l = lanes_of(s, line);
	uint32_t best = 0;

	for (uint32_t i = 0, n = nap_lanes_n(line); i < n; i++) {
		if (server_at(s, line, i)->tcp->state == NAP_TCP_CLOSED)
			return i;
		if (l->lane[i].turn < l->lane[best].turn)
			best = i;
	}
	return best;
}

void nap_lanes_hold_for(
	struct nap_subscriber *s, const struct nap_line *line, bool server, const struct nap_packet *p)
{
	bool marked = server && p->proto != NAP_ICMP && p->lane > 0;
	int found = marked && p->proto == NAP_UDP ? p->lane - 1 : find(s, line, server, p);
	bool opens = server && p->proto == NAP_TCP && (p->flags & (NAP_SYN | NAP_ACK | NAP_RST)) == NAP_SYN;
	struct nap_lanes *l = lanes_of(s, line);

	if (found < 0 && opens)
		found = marked ? p->lane - 1 : (int)spare(s, line);
	hold(s, line, server, (uint32_t)MAX(found, 0));
	if (server && found >= 0)
		l->lane[l->hand[true]].turn = ++l->turn;
}

nap_time nap_lanes_due(struct nap_subscriber *s, const struct nap_line *line, bool server)
{
	struct nap_lanes *l = lanes_of(s, line);
	nap_time due = server ? NAP_NEVER : l->pool_due;

	l->lane[l->hand[server]].due[server] =
		server ? nap_server_of(s)->deadline : nap_client_of(s)->deadline;
	l->stirred |= !server;
	for (uint32_t i = 0, n = nap_lanes_n(line); i < n; i++)
		due = nap_time_min(due, l->lane[i].due[server]);
	return due;
}

/* --- pushes ------------------------------------------------------------------------------------------------------- */

/* Has it a flow, over which nothing has failed? */
static bool takes_pushes(const struct nap_server *e)
{
	return e->open && !e->quiet;
}

/* The server's end that a push goes to, -1: there is none for it. */
static int heard_last(const struct nap_subscriber *s, const struct nap_line *line)
{
	const struct nap_lanes *l = lanes_of(s, line);
	int best = -1;

	for (uint32_t i = 0, n = nap_lanes_n(line); i < n; i++)
		if (takes_pushes(server_at(s, line, i)) && (best < 0 || l->lane[i].turn > l->lane[best].turn))
			best = (int)i;
	return best;
}

void nap_lanes_hold_heard(struct nap_subscriber *s, const struct nap_line *line)
{
	hold(s, line, true, (uint32_t)MAX(heard_last(s, line), 0));
}

bool nap_lanes_hold_pushed(struct nap_subscriber *s, const struct nap_line *line)
{
	if (!are_pushed_to(line))
		return false;
	nap_lanes_hold(s, line, (uint32_t)MAX(heard_last(s, line), 0));
	return true;
}

void nap_lanes_turn(struct nap_subscriber *s, const struct nap_line *line, nap_time now)
{
	lanes_of(s, line)->turned = now;
}

nap_time nap_lanes_turned(const struct nap_subscriber *s, const struct nap_line *line)
{
	return lanes_of(s, line)->turned;
}

bool nap_lanes_await(const struct nap_subscriber *s, const struct nap_line *line, struct nap_endpoint self)
{
	const struct nap_conns_members m = members_of(s, line);

	for (uint32_t i = 0, n = nap_lanes_n(line); i < n; i++) {
		const struct nap_client *c = nap_conns_member(&m, i);

		if (c->open && nap_endpoint_equal(c->self, self))
			return true;
	}
	return false;
}

/* What end i keeps of pushes goes to end `to`, but for what its client has had: the program drops what comes twice. */
static void move_pushes(
	struct nap_subscriber *s, struct nap_line *line, nap_time now, uint32_t i, uint32_t to)
{
	const struct nap_conns_members m = members_of(s, line);
	struct nap_server *from = server_at(s, line, i);
	uint32_t n = MAX(from->taken, nap_conns_member(&m, i)->pushed);

	hold(s, line, true, to);
	while (n++ < from->pushes)
		nap_ends_push(s, line, now,
			&(struct nap_push_offer){
				.at = nap_offers_at(&from->offered, &line->server.server->push, n - 1, n) });
	from->taken = from->sent = from->pushes;
}

/* Those of ends that have lost their flows go over another one, once there is one. */
static void mend_pushes(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	int to = heard_last(s, line);

	for (uint32_t i = 0, n = nap_lanes_n(line); i < n && to >= 0; i++) {
		const struct nap_server *e = server_at(s, line, i);

		if (!takes_pushes(e) && e->taken < e->pushes)
			move_pushes(s, line, now, i, (uint32_t)to);
	}
}

/* --- the pool ----------------------------------------------------------------------------------------------------- */

void nap_lanes_ask(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	const struct nap_conns_members m = members_of(s, line);
	struct nap_lanes *l = lanes_of(s, line);

	line->tally->requests++;
	line->tally->pool_waits += nap_conns_is_busy(&l->pool, &m);
	line->tally->requests_failed += !nap_conns_ask(&l->pool, &(struct nap_asking){ now, 0 });
	l->stirred = true;
}

static void act(
	struct nap_subscriber *s, struct nap_line *line, nap_time now, const struct nap_conns_step *step)
{
	struct nap_lanes *l = lanes_of(s, line);
	struct nap_client_world w = nap_ends_world(s, line, now);
	struct nap_asking request;
	struct nap_outbox out;

	out.n = out.notes = out.delivered = 0;
	hold(s, line, false, step->which);
	switch (step->act) {
	case NAP_CONNS_GIVE:
		request = nap_conns_take(&l->pool);
		nap_client_give(nap_client_of(s), &line->client, now, &w, &request, &out);
		break;
	case NAP_CONNS_OPEN:
		nap_client_wake(nap_client_of(s), now);
		break;
	case NAP_CONNS_RETIRE:
		nap_client_retire(nap_client_of(s), &line->client, now, &w, &out);
		break;
	case NAP_CONNS_FAIL:
		nap_conns_take(&l->pool);
		line->tally->requests_failed++;
		break;
	case NAP_CONNS_REST:
		break;
	}
	nap_ends_client_did(s, line, now, &out);
}

void nap_lanes_settle(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	const struct nap_conns_members m = members_of(s, line);
	struct nap_lanes *l = lanes_of(s, line);
	struct nap_conns_step step;

	if (are_pushed_to(line))
		mend_pushes(s, line, now);
	if (!l->stirred && now < l->pool_due)
		return;
	do {
		nap_conns_take_back(&l->pool, &m);
		step = nap_conns_next(&l->pool, &m, now);
		act(s, line, now, &step);
	} while (step.act != NAP_CONNS_REST);
	l->pool_due = nap_conns_due(&l->pool, &m, now);
	s->at[NAP_T_CLIENT] = nap_lanes_due(s, line, false);
	l->stirred = false;
}
