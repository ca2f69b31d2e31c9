/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/subscriber.h"

#include <string.h>

#include "path/awake.h"
#include "path/cycle.h"
#include "path/ends.h"
#include "path/held.h"
#include "path/hosts.h"
#include "path/lanes.h"
#include "path/loss.h"
#include "path/peer.h"
#include "path/reach.h"
#include "path/travel.h"
#include "path/world.h"

void nap_draws_init(struct nap_draws *d, const struct nap_line *line, uint64_t entity)
{
	d->loss = nap_rng_stream(line->seed, line->replication, entity, NAP_RNG_LOSS);
	d->delay = nap_rng_stream(line->seed, line->replication, entity, NAP_RNG_DELAY);
	d->radio = nap_rng_stream(line->seed, line->replication, entity, NAP_RNG_RADIO);
}

/* The stream that pushes are drawn from, as far as it was taken: its name is not kept. */
static inline struct nap_rng push_stream(const struct nap_subscriber *s, const struct nap_line *line)
{
	struct nap_rng r = nap_rng_stream(line->seed, line->replication, s->id, NAP_RNG_PUSH);

	r.counter = s->push_draws;
	return r;
}

static inline struct nap_arrivals_state push_state(
	const struct nap_subscriber *s, const struct nap_line *line)
{
	const nap_time *on_end = nap_behind_at(s, line->behind.on_end);

	return (struct nap_arrivals_state){ s->push_last, line->behind.on_end ? *on_end : 0, s->push_index };
}

static nap_time draw_push(struct nap_subscriber *s, const struct nap_line *line, struct nap_rng r)
{
	struct nap_arrivals_state state = push_state(s, line);
	nap_time at = nap_arrivals_next(&line->server.server->push, &state, &r);

	g_assert(r.counter <= UINT32_MAX); /* which takes hours to be more */
	s->push_last = state.last;
	s->push_index = state.index;
	s->push_draws = (uint32_t)r.counter;
	if (line->behind.on_end)
		*(nap_time *)nap_behind_at(s, line->behind.on_end) = state.on_end;
	return at;
}

void nap_subscriber_init(struct nap_subscriber *s, const struct nap_line *line, uint32_t id)
{
	const struct nap_app_config *app = line->client.app;
	struct nap_endpoint server = { NAP_SERVER_ADDR, (uint16_t)app->port };
	struct nap_rng phase = nap_rng_stream(line->seed, line->replication, id, NAP_RNG_PHASE);
	struct nap_rng socket = nap_rng_stream(line->seed, line->replication, id, NAP_RNG_SOCKET);
	struct nap_endpoint self = { nap_chain_device(&line->chain, id, 0, false),
		nap_client_first_port(&socket) };

	nap_subscriber_clear(s, line);
	s->id = id;
	nap_loss_init(s, line);
	nap_awake_init(s, line);
	if (nap_policy_draws_of(s, line))
		*nap_policy_draws_of(s, line) =
			nap_rng_stream(line->seed, line->replication, id, NAP_RNG_POLICY);
	if (nap_draws_of(s, line))
		nap_draws_init(nap_draws_of(s, line), line, id);
	nap_radio_init(&s->radio, nap_tech_of(s, line), 0);
	nap_server_init(nap_server_of(s), &line->server, nap_world_service(s, line));
	nap_server_seed(nap_server_of(s), &line->server,
		nap_rng_stream(line->seed, line->replication, id, NAP_RNG_SERVER));
	nap_server_seed_serving(nap_server_of(s), &line->server,
		nap_rng_stream(line->seed, line->replication, id, NAP_RNG_APP));
	nap_client_init(
		nap_client_of(s), &line->client, self, server, nap_dist_draw_time(&app->start, &phase));
	nap_lanes_init(s, line);
	for (int i = 0; i < (line->own_timers ? NAP_T_N : NAP_T_CLIENT); i++)
		s->at[i] = NAP_NEVER;
	nap_subscriber_schedule_end(s, line, NAP_T_CLIENT, nap_client_of(s)->deadline);
	nap_subscriber_schedule_end(s, line, NAP_T_SERVER, nap_server_of(s)->deadline);
	s->at[NAP_T_PUSH] = draw_push(s, line, push_stream(s, line));
	nap_held_init(s, line);
	if (nap_has_world(line))
		nap_world_init(s, line);
	nap_peer_init(s, line);
	if (line->other)
		nap_peer_schedule(s, line, 0);
}

struct nap_client_world nap_ends_world(struct nap_subscriber *s, const struct nap_line *line, nap_time now)
{
	bool up = line->asks_radio && nap_radio_connected(&s->radio, nap_tech_of(s, line), now);

	return (struct nap_client_world){
		.radio_up = up,
		.network = s->net,
		.until = s->open_until,
		.rng = nap_policy_draws_of(s, line),
	};
}

static void clear(struct nap_outbox *out)
{
	out->n = out->notes = out->delivered = 0;
}

/* What came of the client's own requests. */
NAP_COLD static void count_requests(struct nap_line *line, nap_time now, const struct nap_outbox *out)
{
	struct nap_tally *t = line->tally;

	t->requests_failed += (out->notes & NAP_NOTE_FAILED) != 0;
	t->requests_dead += (out->notes & NAP_NOTE_MET_DEAD) != 0;
	if (!(out->notes & NAP_NOTE_ANSWERED))
		return;
	t->requests_done++;
	nap_sketch_add(line->request_delay, now - out->made);
}

static void count_notes(
	struct nap_subscriber *s, struct nap_line *line, nap_time now, const struct nap_outbox *out)
{
	struct nap_tally *t = line->tally;
	uint32_t notes = out->notes;

	t->keepalives += (notes & NAP_NOTE_KEEPALIVE) != 0;
	if (notes != NAP_NOTE_KEEPALIVE) {
		t->tcp_probes += (notes & NAP_NOTE_TCP_PROBE) != 0;
		t->opened += (notes & NAP_NOTE_OPENED) != 0;
		t->reconnects += (notes & NAP_NOTE_RECONNECT) != 0;
		nap_loss_client_did(s, line, now, notes);
		count_requests(line, now, out);
	}
	if (line->observer && line->observer->note)
		line->observer->note(line->observer->ctx, now, notes);
}

/* Carry out what the client wants done. */
NAP_HOT void nap_ends_client_did(
	struct nap_subscriber *s, struct nap_line *line, nap_time now, const struct nap_outbox *out)
{
	nap_subscriber_schedule_end(s, line, NAP_T_CLIENT,
		G_UNLIKELY(line->client.pooled) ? nap_lanes_due(s, line, false) : nap_client_of(s)->deadline);
	if (out->notes) {
		/* a keepalive alone opens and closes nothing */
		s->touched |= (out->notes & ~(uint32_t)(NAP_NOTE_KEEPALIVE | NAP_NOTE_TCP_PROBE)) != 0;
		count_notes(s, line, now, out);
	}
	for (uint32_t i = 0; i < out->delivered; i++)
		nap_sketch_add(line->push_delay, now - out->offered[i]);
	line->tally->pushes_delivered += out->delivered;
	if (line->other && (out->notes & NAP_NOTE_DEAD))
		nap_peer_restart(s, line, now, false);
	for (uint32_t i = 0; i < out->n; i++) {
		if (G_UNLIKELY(line->other))
			nap_peer_say(s, line, now, NAP_END_CLIENT, &out->packet[i]);
		else if (G_UNLIKELY(line->client.pooled))
			nap_lanes_send(s, line, now, &out->packet[i]);
		else
			nap_travel_up(s, line, now, &out->packet[i]);
	}
}

NAP_HOT static void server_did(
	struct nap_subscriber *s, struct nap_line *line, nap_time now, const struct nap_outbox *out)
{
	nap_subscriber_schedule_end(s, line, NAP_T_SERVER,
		G_UNLIKELY(line->client.pooled) ? nap_lanes_due(s, line, true) : nap_server_of(s)->deadline);
	if (!s->touched)
		s->touched = nap_reach_server_changed(s, line);
	if (out->notes) {
		nap_loss_server_did(s, line, now, out->notes);
		for (uint32_t i = 0; (out->notes & NAP_NOTE_DELIVERED) && i < out->delivered; i++) {
			nap_sketch_add(line->request_delay, now - out->offered[i]);
			line->tally->requests_done++;
		}
		if (line->observer && line->observer->server_note)
			line->observer->server_note(line->observer->ctx, now, out->notes);
	}
	for (uint32_t i = 0; i < out->n; i++) {
		if (G_UNLIKELY(line->other))
			nap_peer_say(s, line, now, NAP_END_PEER, &out->packet[i]);
		else
			nap_travel_down(s, line, now, &out->packet[i]);
	}
}

/* What has come wakes the device's processor; it waits in the device while the system keeps the program from the network. */
static bool waits_for_program(struct nap_subscriber *s, struct nap_line *line, struct nap_flight *f)
{
	nap_time at;

	if (nap_awake_offloaded(line, &f->packet))
		return false;
	if (line->processor)
		nap_awake_stir(s, line, f->at, (enum nap_cause)f->packet.cause);
	at = nap_client_allowed(nap_client_of(s), &line->client, NAP_ALLOWED_NETWORK, f->at);
	if (f->foreign || at <= f->at)
		return false;
	f->at = at;
	f->held = 0;
	nap_flights_push(&s->flight, f);
	nap_subscriber_schedule_flight(s);
	return true;
}

/* Packet f is at one of the ends, or where nobody takes it. */
NAP_HOT static inline void hand_in(
	struct nap_subscriber *s, struct nap_line *line, nap_time now, struct nap_flight *f)
{
	struct nap_outbox out;

	if (G_UNLIKELY(line->other) && !nap_peer_lets_in(s, line, now, f))
		return;
	clear(&out);
	if (G_UNLIKELY(line->client.pooled))
		nap_lanes_hold_for(s, line, f->up, &f->packet);
	/* for a box (PCP), and none has taken it; or it was sent to whom the port belonged before */
	if (f->foreign || (f->up && f->packet.dst.addr != nap_server_of(s)->self.addr)) {
		nap_travel_watch(line, now, NAP_AT_LOST, -1, f->up, &f->packet);
	} else if (f->up && nap_server_of(s)->down == NAP_RESTART_HOST + 1) {
		nap_travel_watch(line, now, NAP_AT_LOST, -1, true, &f->packet);
	} else if (f->up) {
		nap_travel_watch(line, now, NAP_AT_SERVER, -1, true, &f->packet);
		nap_server_input(nap_server_of(s), &line->server, now, &f->packet, &out);
		server_did(s, line, now, &out);
	} else {
		struct nap_client_world w = nap_ends_world(s, line, now);

		nap_travel_watch(line, now, NAP_AT_DEVICE, -1, false, &f->packet);
		s->touched = true;
		nap_client_input(nap_client_of(s), &line->client, now, &w, &f->packet, &out);
		nap_ends_client_did(s, line, now, &out);
	}
}

NAP_HOT static void take_flight(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	struct nap_flight *f = nap_flights_pop(&s->flight);
	bool arrived = nap_travel_arrive(s, line, f);

	nap_subscriber_schedule_flight(s);
	if (!arrived || (!f->up && line->minds && waits_for_program(s, line, f)))
		return;
	line->tally->packet_ends++;
	if (!nap_packet_is_fragment(&f->packet) || nap_hosts_join(s, line, now, f))
		hand_in(s, line, now, f);
	nap_flights_drop(&line->flights, f);
}

NAP_HOT static void take_client(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	struct nap_client_world w = nap_ends_world(s, line, now);
	struct nap_outbox out;

	clear(&out);
	if (G_UNLIKELY(line->client.pooled))
		nap_lanes_hold_due(s, line, false, now);
	nap_client_timer(nap_client_of(s), &line->client, now, &w, &out);
	nap_ends_client_did(s, line, now, &out);
}

static void take_server(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	struct nap_outbox out;

	clear(&out);
	if (G_UNLIKELY(line->client.pooled))
		nap_lanes_hold_due(s, line, true, now);
	nap_server_timer(nap_server_of(s), &line->server, now, &out);
	server_did(s, line, now, &out);
}

NAP_HOT void nap_ends_push(
	struct nap_subscriber *s, struct nap_line *line, nap_time now, const struct nap_push_offer *offer)
{
	struct nap_outbox out;

	clear(&out);
	nap_server_push(nap_server_of(s), &line->server, now, offer, &out);
	server_did(s, line, now, &out);
}

NAP_HOT static void give_push(
	struct nap_subscriber *s, struct nap_line *line, nap_time now, const struct nap_push_offer *offer)
{
	if (G_UNLIKELY(line->client.pooled))
		nap_lanes_hold_heard(s, line);
	nap_ends_push(s, line, now, offer);
}

static nap_time next_push(struct nap_subscriber *s, struct nap_line *line, struct nap_rng r)
{
	line->tally->pushes_offered++;
	return draw_push(s, line, r);
}

/* A push comes, or a window opens for which some have been kept. */
NAP_COLD static void take_held(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	struct nap_held *h = nap_held_of(s, line);
	uint32_t n = now == h->opens ? h->n : 0;

	if (now == h->opens) {
		line->tally->stirred++;
		h->opens = NAP_NEVER;
		h->n = 0;
	}
	for (uint32_t i = 0; i < n; i++)
		give_push(s, line, now, &(struct nap_push_offer){ .at = h->offered[i] });
	if (now == h->source) {
		h->source = next_push(s, line, push_stream(s, line));
		if (!nap_held_keeps(h, line, now))
			give_push(s, line, now, &(struct nap_push_offer){ .at = now });
	}
	s->at[NAP_T_PUSH] = nap_time_min(h->source, h->opens);
}

NAP_HOT static void take_push(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	const struct nap_push_offer offer = { now, true, push_state(s, line), push_stream(s, line) };

	if (line->holds) {
		take_held(s, line, now);
		return;
	}
	s->at[NAP_T_PUSH] = next_push(s, line, offer.rng);
	give_push(s, line, now, &offer);
}

static void restart_server(struct nap_subscriber *s, struct nap_line *line, nap_time now, uint32_t news)
{
	struct nap_outbox out;

	clear(&out);
	if (news & NAP_WORLD_SERVER_DOWN)
		nap_server_down(nap_server_of(s), &line->server, now, &out);
	if (news & NAP_WORLD_SERVER_UP)
		nap_server_up(nap_server_of(s), &line->server, now, &out);
	server_did(s, line, now, &out);
}

/* Where port forwards lead elsewhere, that is another instance of the server: the one before is gone, and it knows nothing of its flows. */
static void replace_server(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	restart_server(s, line, now, NAP_WORLD_SERVER_DOWN);
	nap_server_of(s)->self = nap_world_service(s, line);
	restart_server(s, line, now, NAP_WORLD_SERVER_UP);
}

static void take_request(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	struct nap_client_world w = nap_ends_world(s, line, now);
	struct nap_outbox out;

	if (G_UNLIKELY(line->client.pooled)) {
		nap_lanes_ask(s, line, now);
		return;
	}
	line->tally->requests++;
	clear(&out);
	nap_client_report(nap_client_of(s), &line->client, now, &w, &out);
	nap_ends_client_did(s, line, now, &out);
}

/* The device has another address, or its other applications have woken the radio. */
static void tell_client(struct nap_subscriber *s, struct nap_line *line, nap_time now, uint32_t news)
{
	struct nap_client_world w = nap_ends_world(s, line, now);
	struct nap_outbox out;

	clear(&out);
	if (news & NAP_WORLD_ADDRESS) {
		nap_client_readdress(nap_client_of(s), &line->client, now, &w,
			nap_chain_device(&line->chain, s->id, s->net, s->readdressed & 1), &out);
		if (line->other)
			nap_peer_restart(s, line, now, true);
	} else {
		w.radio_up = true;
		nap_client_radio_up(nap_client_of(s), &line->client, now, &w, &out);
	}
	nap_ends_client_did(s, line, now, &out);
}

static void take_peer(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	struct nap_outbox out;
	struct nap_packet p;

	if (!nap_peer_take(s, line, now, &p) || nap_server_of(s)->down == NAP_RESTART_HOST + 1)
		return;
	clear(&out);
	nap_travel_watch(line, now, NAP_AT_SERVER, -1, true, &p);
	nap_server_input(nap_server_of(s), &line->server, now, &p, &out);
	server_did(s, line, now, &out);
}

/* Outages, moves, restarts, ICMP errors, requests; after some of them the device has another address. */
static void take_world(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	uint32_t news;

	if (line->other && nap_peer_due(s, line) <= now) {
		take_peer(s, line, now);
		return;
	}
	news = nap_world_take(s, line, now);
	s->readdressed = (uint8_t)(s->readdressed + ((news & NAP_WORLD_ADDRESS) != 0));
	for (uint32_t i = 0, n = nap_lanes_n(line); i < n; i++) {
		nap_lanes_hold(s, line, i);
		if (news & NAP_WORLD_SERVICE)
			replace_server(s, line, now);
		if (news & (NAP_WORLD_SERVER_DOWN | NAP_WORLD_SERVER_UP))
			restart_server(s, line, now, news);
		if (news & (NAP_WORLD_ADDRESS | NAP_WORLD_RADIO_UP))
			tell_client(s, line, now, news);
	}
	if (news & NAP_WORLD_REQUEST)
		take_request(s, line, now);
}

/* For policies that are told: something may be new about the binding. */
static void tell_binding(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	struct nap_client_world w = nap_ends_world(s, line, now);
	struct nap_outbox out;

	clear(&out);
	nap_client_binding(nap_client_of(s), &line->client, now, &w, &out);
	nap_ends_client_did(s, line, now, &out);
}

struct emission {
	struct nap_subscriber *s;
	struct nap_line *line;
	uint32_t hop;
};

static void on_emit(void *ctx, enum nap_side side, const struct nap_packet *p, nap_time now,
	const struct nap_box_flow *about)
{
	struct emission *e = ctx;

	(void)about;
	e->s->touched = true;
	if (!nap_peer_emit(e->s, e->line, now, e->hop, side, p))
		nap_travel_emit(e->s, e->line, now, e->hop, side, p);
}

/* In the global order a shared box acts for all subscribers at once: that is not one subscriber's event. */
static bool acts_here(const struct nap_line *line, uint32_t hop)
{
	return !line->hand_over || !line->chain.shared[hop];
}

static void take_boxes(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	s->touched = true;
	for (uint32_t k = 0; k < line->n_hops; k++) {
		struct emission e = { s, line, k };

		if (acts_here(line, k) && nap_box_deadline(line->box[k]) <= now)
			nap_box_advance(line->box[k], now, on_emit, &e);
	}
}

void nap_subscriber_emit(struct nap_subscriber *s, struct nap_line *line, nap_time now, uint32_t hop,
	enum nap_side side, bool foreign, const struct nap_packet *p)
{
	nap_reach_settle(s, line, now);
	nap_travel_from(s, line, now, hop, side, foreign, p);
	nap_subscriber_schedule_boxes(s, line);
	nap_reach_look(s, line, now);
}

void nap_subscriber_schedule_boxes(struct nap_subscriber *s, const struct nap_line *line)
{
	if (!line->acts_alone)
		return;
	s->at[NAP_T_BOX] = NAP_NEVER;
	for (uint32_t k = 0; k < line->n_hops; k++)
		if (acts_here(line, k))
			s->at[NAP_T_BOX] = nap_time_min(s->at[NAP_T_BOX], nap_box_deadline(line->box[k]));
}

/* What the client's timer began is over: now things may repeat themselves. True: they do, and were stepped over. */
NAP_HOT static bool look_for_cycles(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	if (!nap_cycle_rests(s, line, now))
		return false;
	s->spoke = false;
	return nap_cycle_skip(s, line, now);
}

NAP_HOT void nap_subscriber_take(
	struct nap_subscriber *s, struct nap_line *line, enum nap_timer_id what, nap_time now)
{
	static void (*const take[NAP_T_N])(struct nap_subscriber *, struct nap_line *, nap_time) = {
		[NAP_T_FLIGHT] = take_flight,
		[NAP_T_CLIENT] = take_client,
		[NAP_T_SERVER] = take_server,
		[NAP_T_PUSH] = take_push,
		[NAP_T_WORLD] = take_world,
		[NAP_T_BOX] = take_boxes,
	};

	if (what == NAP_T_CLIENT && line->cycles) {
		if (s->spoke && look_for_cycles(s, line, now)) /* there was no rest before */
			return;                                /* all its times have moved */
		s->spoke = true;
	}
	if (nap_reach_is_due(s, line, now))
		nap_reach_settle(s, line, now);
	take[what](s, line, now);
	if (G_UNLIKELY(line->client.pooled))
		nap_lanes_settle(s, line, now);
	nap_subscriber_schedule_boxes(s, line);
	if (G_UNLIKELY(line->other)) {
		nap_peer_schedule(s, line, now);
		s->touched = true;
	}
	if (s->touched) {
		nap_time until = s->open_until;

		if (!nap_reach_goes_on(s, line, now)) {
			nap_reach_settle(s, line, now);
			nap_reach_look(s, line, now);
		}
		/* a box that looks at its clock, and finds nothing due, tells nobody anything */
		if ((line->client.policy->listens & NAP_EV_BIT(NAP_EV_BINDING)) && s->open_until != until)
			tell_binding(s, line, now);
	}
	if (s->spoke && !s->flight)
		look_for_cycles(s, line, now);
}

void nap_subscriber_finish(struct nap_subscriber *s, struct nap_line *line)
{
	nap_reach_finish(s, line, line->duration);
	if (nap_has_world(line))
		nap_world_finish(s, line, line->duration);
	nap_awake_settle(s, line, line->duration);
	nap_radio_close(&s->radio, nap_tech_of(s, line), line->duration, nap_meter_of(s, line));
	while (s->flight)
		nap_flights_drop(&line->flights, nap_flights_pop(&s->flight));
	nap_hosts_finish(s, line);
	if (line->other)
		nap_peer_finish(s, line, line->duration);
	for (uint32_t i = 0, n = nap_lanes_n(line); i < n; i++) {
		nap_lanes_hold(s, line, i);
		nap_client_clear(nap_client_of(s), &line->client);
		nap_server_clear(nap_server_of(s), &line->server);
	}
}
