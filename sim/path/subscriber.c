/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/subscriber.h"

#include <string.h>

#include "path/cycle.h"
#include "path/reach.h"
#include "path/travel.h"
#include "path/world.h"

static void schedule_outage(struct nap_subscriber *s, const struct nap_line *line)
{
	s->at[NAP_T_OUTAGE] = nap_arrivals_next(&line->path->outages, &s->outage, &s->rng_outage);
}

static size_t whole(size_t bytes)
{
	return (bytes + 7) & ~(size_t)7;
}

size_t nap_subscriber_bytes(const struct nap_line *line)
{
	size_t world = nap_world_stirs(line) ? sizeof(struct nap_world) : 0;

	return sizeof(struct nap_subscriber) + whole(nap_server_bytes(&line->server)) +
	       whole(nap_client_bytes(&line->client)) + whole(world);
}

void nap_subscriber_init(struct nap_subscriber *s, const struct nap_line *line, uint32_t id, struct nap_box *const *box, nap_addr self)
{
	const struct nap_app_config *app = line->client.app;
	struct nap_endpoint server = { NAP_SERVER_ADDR, (uint16_t)app->port };
	struct nap_rng phase = nap_rng_stream(line->seed, line->replication, id, NAP_RNG_PHASE);

	memset(s, 0, nap_subscriber_bytes(line));
	s->server = (struct nap_server *)(void *)((char *)s + sizeof *s);
	s->client = (struct nap_client *)(void *)((char *)s->server + whole(nap_server_bytes(&line->server)));
	s->id = id;
	s->box = box;
	s->flight = NAP_FLIGHT_NONE;
	s->lost_at = s->lifetime = NAP_NEVER;
	s->rng_push = nap_rng_stream(line->seed, line->replication, id, NAP_RNG_PUSH);
	s->rng_policy = nap_rng_stream(line->seed, line->replication, id, NAP_RNG_POLICY);
	s->rng_loss = nap_rng_stream(line->seed, line->replication, id, NAP_RNG_LOSS);
	s->rng_delay = nap_rng_stream(line->seed, line->replication, id, NAP_RNG_DELAY);
	s->rng_radio = nap_rng_stream(line->seed, line->replication, id, NAP_RNG_RADIO);
	s->rng_outage = nap_rng_stream(line->seed, line->replication, id, NAP_RNG_OUTAGE);
	nap_radio_init(&s->radio, line->tech, 0);
	nap_server_init(s->server, &line->server, server);
	nap_client_init(s->client, &line->client, self, server, nap_dist_draw_time(&app->start, &phase));
	for (int i = 0; i < NAP_T_N; i++)
		s->at[i] = NAP_NEVER;
	s->at[NAP_T_CLIENT] = s->client->deadline;
	s->at[NAP_T_SERVER] = s->server->deadline;
	s->at[NAP_T_PUSH] = nap_arrivals_next(&line->server.server->push, &s->push, &s->rng_push);
	schedule_outage(s, line);
	if (!nap_world_stirs(line))
		return;
	s->world = (struct nap_world *)(void *)((char *)s->client + whole(nap_client_bytes(&line->client)));
	nap_world_init(s->world, line, id);
	s->at[NAP_T_WORLD] = nap_world_next(s->world);
}

static struct nap_client_world world_of(struct nap_subscriber *s, const struct nap_line *line, nap_time now)
{
	bool up = line->asks_radio && nap_radio_connected(&s->radio, line->tech, now);

	return (struct nap_client_world){
		.radio_up = up,
		.network = s->world ? s->world->network : 0,
		.lifetime = s->lifetime,
		.until = s->open_until,
		.rng = &s->rng_policy,
	};
}

static void clear(struct nap_outbox *out)
{
	out->n = out->notes = out->delivered = 0;
}

static void count_notes(struct nap_subscriber *s, struct nap_line *line, nap_time now, uint32_t notes)
{
	struct nap_tally *t = line->tally;

	t->keepalives += (notes & NAP_NOTE_KEEPALIVE) != 0;
	t->opened += (notes & NAP_NOTE_OPENED) != 0;
	t->reconnects += (notes & NAP_NOTE_RECONNECT) != 0;
	if ((notes & NAP_NOTE_DEAD) && s->lost_at != NAP_NEVER) {
		t->dead_noticed++;
		t->dead_ns += (uint64_t)(now - s->lost_at);
		s->lost_at = NAP_NEVER;
	}
	if (line->observer && line->observer->note)
		line->observer->note(line->observer->ctx, now, notes);
}

/* Carry out what the client wants done. */
static void client_did(struct nap_subscriber *s, struct nap_line *line, nap_time now, const struct nap_outbox *out)
{
	s->at[NAP_T_CLIENT] = s->client->deadline;
	if (out->notes) {
		s->touched |= (out->notes & ~(uint32_t)NAP_NOTE_KEEPALIVE) != 0; /* a keepalive alone opens and closes nothing */
		count_notes(s, line, now, out->notes);
	}
	for (uint32_t i = 0; i < out->delivered; i++)
		nap_sketch_add(line->push_delay, now - out->offered[i]);
	line->tally->pushes_delivered += out->delivered;
	for (uint32_t i = 0; i < out->n; i++)
		nap_travel_up(s, line, now, &out->packet[i]);
}

static void server_did(struct nap_subscriber *s, struct nap_line *line, nap_time now, const struct nap_outbox *out)
{
	s->at[NAP_T_SERVER] = s->server->deadline;
	s->touched = true;
	for (uint32_t i = 0; i < out->n; i++)
		nap_travel_down(s, line, now, &out->packet[i]);
}

static void take_flight(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	struct nap_flight f;
	struct nap_outbox out;
	bool arrived;

	nap_flights_pop(&line->flights, &s->flight, &f);
	arrived = nap_travel_arrive(s, line, &f);
	s->at[NAP_T_FLIGHT] = s->flight == NAP_FLIGHT_NONE ? NAP_NEVER : line->flights.item[s->flight].at;
	if (!arrived)
		return;
	line->tally->packet_ends++;
	clear(&out);
	if (f.up) {
		nap_travel_watch(line, now, NAP_AT_SERVER, -1, true, &f.packet);
		nap_server_input(s->server, &line->server, now, &f.packet, &out);
		server_did(s, line, now, &out);
	} else {
		struct nap_client_world w = world_of(s, line, now);

		nap_travel_watch(line, now, NAP_AT_DEVICE, -1, false, &f.packet);
		s->touched = true;
		nap_client_input(s->client, &line->client, now, &w, &f.packet, &out);
		client_did(s, line, now, &out);
	}
}

static void take_client(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	struct nap_client_world w = world_of(s, line, now);
	struct nap_outbox out;

	clear(&out);
	nap_client_timer(s->client, &line->client, now, &w, &out);
	client_did(s, line, now, &out);
}

static void take_server(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	struct nap_outbox out;

	clear(&out);
	nap_server_timer(s->server, &line->server, now, &out);
	server_did(s, line, now, &out);
}

static void take_push(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	struct nap_outbox out;

	line->tally->pushes_offered++;
	s->at[NAP_T_PUSH] = nap_arrivals_next(&line->server.server->push, &s->push, &s->rng_push);
	clear(&out);
	nap_server_push(s->server, &line->server, now, &out);
	server_did(s, line, now, &out);
}

/* The client's address becomes another, or again the one it was. */
static void readdress(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	struct nap_client_world w = world_of(s, line, now);
	struct nap_outbox out;

	clear(&out);
	nap_client_readdress(s->client, &line->client, now, &w, s->client->self.addr ^ NAP_ADDR(0, 128, 0, 0), &out);
	client_did(s, line, now, &out);
}

/* An outage begins or ends. Packets handed to the network meanwhile are lost, both ways (RFC 5383 4.2). */
static void take_outage(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	s->touched = true;
	s->out = !s->out;
	if (s->out) {
		line->tally->outages++;
		s->at[NAP_T_OUTAGE] = nap_time_after(now, nap_dist_draw_time(&line->path->outage_length, &s->rng_outage));
		return;
	}
	do
		schedule_outage(s, line);
	while (s->at[NAP_T_OUTAGE] < now); /* those that fell into this one are part of it */
	if (!line->path->outage_keeps_address)
		readdress(s, line, now);
}

/* Other applications of the device send: the radio is up, and the policy may use that. */
static void take_background(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	struct nap_outbox out;
	struct nap_client_world w;

	if (s->out)
		return;
	nap_radio_send(&s->radio, line->tech, now, (uint32_t)line->client.app->background_size, NAP_CAUSE_BACKGROUND,
		&s->rng_radio, line->meter);
	clear(&out);
	w = world_of(s, line, now);
	w.radio_up = true;
	nap_client_radio_up(s->client, &line->client, now, &w, &out);
	client_did(s, line, now, &out);
}

static void reboot(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	for (uint32_t k = 0; k < line->n_hops; k++)
		if (nap_world_has_hop(s, line, k))
			nap_box_reboot(s->box[k], now);
	nap_reach_evicted(s, line, now);
}

static void take_world(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	s->touched = true;
	line->tally->stirred++;
	switch (nap_world_take(s->world, line, now)) {
	case NAP_WORLD_MOVE:
		s->world->network ^= 1;
		readdress(s, line, now);
		break;
	case NAP_WORLD_REBOOT:
		reboot(s, line, now);
		break;
	default:
		take_background(s, line, now);
		break;
	}
	s->at[NAP_T_WORLD] = nap_world_next(s->world);
}

/* For policies that are told: something may be new about the binding. */
static void tell_binding(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	struct nap_client_world w = world_of(s, line, now);
	struct nap_outbox out;

	clear(&out);
	nap_client_binding(s->client, &line->client, now, &w, &out);
	client_did(s, line, now, &out);
}

struct emission {
	struct nap_subscriber *s;
	struct nap_line *line;
	uint32_t hop;
};

static void on_emit(void *ctx, enum nap_side side, const struct nap_packet *p, nap_time now)
{
	struct emission *e = ctx;

	nap_subscriber_emit(e->s, e->line, now, e->hop, side, p);
}

static void take_boxes(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	s->touched = true;
	for (uint32_t k = 0; k < line->n_hops; k++) {
		struct emission e = { s, line, k };

		if (nap_box_deadline(s->box[k]) <= now)
			nap_box_advance(s->box[k], now, on_emit, &e);
	}
}

void nap_subscriber_emit(struct nap_subscriber *s, struct nap_line *line, nap_time now, uint32_t hop, enum nap_side side, const struct nap_packet *p)
{
	s->touched = true;
	nap_travel_from(s, line, now, hop, side, p);
}

void nap_subscriber_schedule_boxes(struct nap_subscriber *s, const struct nap_line *line)
{
	if (!line->boxes_act)
		return;
	s->at[NAP_T_BOX] = NAP_NEVER;
	for (uint32_t k = 0; k < line->n_hops; k++)
		s->at[NAP_T_BOX] = nap_time_min(s->at[NAP_T_BOX], nap_box_deadline(s->box[k]));
}

void nap_subscriber_take(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	static void (*const take[NAP_T_N])(struct nap_subscriber *, struct nap_line *, nap_time) = {
		[NAP_T_FLIGHT] = take_flight,
		[NAP_T_CLIENT] = take_client,
		[NAP_T_SERVER] = take_server,
		[NAP_T_PUSH] = take_push,
		[NAP_T_OUTAGE] = take_outage,
		[NAP_T_BOX] = take_boxes,
		[NAP_T_WORLD] = take_world,
	};
	int i = 0;

	while (s->at[i] != now)
		i++;
	if (i == NAP_T_CLIENT && line->cycles && nap_cycle_skip(s, line, now))
		return; /* whole cycles were stepped over: all its times have moved */
	nap_reach_settle(s, line, now);
	take[i](s, line, now);
	nap_subscriber_schedule_boxes(s, line);
	if (!s->touched)
		return;
	nap_reach_look(s, line, now);
	if (line->client.policy->listens & NAP_EV_BIT(NAP_EV_BINDING))
		tell_binding(s, line, now);
}

void nap_subscriber_finish(struct nap_subscriber *s, struct nap_line *line)
{
	nap_reach_settle(s, line, line->duration);
	nap_radio_close(&s->radio, line->tech, line->duration, line->meter);
}
