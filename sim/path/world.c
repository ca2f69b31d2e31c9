/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/world.h"

#include "path/awake.h"
#include "path/loss.h"
#include "path/process.h"
#include "path/reach.h"
#include "path/travel.h"

#define TELLS_AT_ONCE 6

struct nap_world {
	struct nap_process outage, icmp, background;
	nap_time move; /* when the device leaves its network, or joins the next one */
	nap_time back; /* when the outage that is on ends */
	nap_time gone; /* without coverage since then, while the subscriber is out */
	nap_time told; /* what the router has told of, an interval for each time, as if it had begun then */
	struct nap_rng moves;
	struct nap_hop_process
		befalls[]; /* as the line has them; behind them a struct restart, then requests */
};

/* The server's, where it restarts at all. */
struct restart {
	struct nap_process process;
	nap_time up; /* when it is back */
};

static bool restarts(const struct nap_line *line)
{
	return line->server.server->restarts.kind != NAP_ARRIVALS_NONE;
}

static struct restart *restart_of(const struct nap_subscriber *s, const struct nap_line *line)
{
	return (struct restart *)(void *)&nap_world_of(s, line)->befalls[line->n_befalls];
}

static bool requests(const struct nap_line *line)
{
	return nap_app_requests(line->client.app);
}

/* Of the client's application, where it has any. */
static struct nap_process *requests_of(const struct nap_subscriber *s, const struct nap_line *line)
{
	struct restart *r = restart_of(s, line);

	return (struct nap_process *)(void *)(restarts(line) ? r + 1 : r);
}

static bool never(const struct nap_dist *d)
{
	return d->kind == NAP_DIST_CONSTANT && d->a >= 3650.0 * (double)NAP_DAY; /* no run is longer */
}

size_t nap_world_bytes(const struct nap_line *line)
{
	const struct nap_path_config *p = line->path;
	bool moves = line->n_nets > 1 && !never(line->net[0].stay);

	bool background = line->client.app->background.kind != NAP_ARRIVALS_NONE;

	if (p->outages.kind == NAP_ARRIVALS_NONE && p->icmp.kind == NAP_ARRIVALS_NONE && !background &&
		!moves && line->n_befalls == 0 && !restarts(line) && !requests(line) && !line->delays_change)
		return 0;
	return sizeof(struct nap_world) + line->n_befalls * sizeof(struct nap_hop_process) +
	       (restarts(line) ? sizeof(struct restart) : 0) +
	       (requests(line) ? sizeof(struct nap_process) : 0);
}

/* Tokens come one an interval, and six are kept (Linux, inet_peer_xrlim_allow). */
bool nap_world_may_tell(struct nap_subscriber *s, const struct nap_line *line, nap_time now)
{
	nap_time interval = line->path->outage_icmp_interval;
	nap_time least = now - TELLS_AT_ONCE * interval;

	if (interval == 0)
		return true;
	nap_world_of(s, line)->told = nap_time_max(nap_world_of(s, line)->told, least);
	if (now - nap_world_of(s, line)->told < interval)
		return false;
	nap_world_of(s, line)->told += interval;
	return true;
}

static void begin(struct nap_process *p, const struct nap_arrivals *a, const struct nap_subscriber *s,
	const struct nap_line *line, enum nap_process_kind kind)
{
	nap_process_begin(p, a, &line->chain, line->replication, s->id, kind, 0);
}

/* The next move is due when the stay on this network is over. */
static void schedule_move(struct nap_subscriber *s, const struct nap_line *line, nap_time now)
{
	const struct nap_dist *stay = nap_net_of(s, line)->stay;

	nap_world_of(s, line)->move =
		line->n_nets < 2 || never(stay)
			? NAP_NEVER
			: nap_time_after(now, nap_dist_draw_time(stay, &nap_world_of(s, line)->moves));
}

/* When the delay of this network's access link next changes: nothing is done then, but no cycle goes on over it. */
static nap_time next_delay(const struct nap_subscriber *s, const struct nap_line *line, nap_time now)
{
	const struct nap_link *access = &nap_net_of(s, line)->access;

	return access->changes ? nap_link_change(access, nap_link_changed(access, now)) : NAP_NEVER;
}

nap_time nap_world_due(const struct nap_subscriber *s, const struct nap_line *line, nap_time now)
{
	const struct nap_world *w = nap_world_of(s, line);
	nap_time t = nap_time_min(nap_time_min(w->outage.next, w->icmp.next), nap_time_min(w->move, w->back));

	t = nap_time_min(t, nap_time_min(w->background.next, next_delay(s, line, now)));
	for (uint32_t i = 0; i < line->n_befalls; i++)
		t = nap_time_min(t, w->befalls[i].process.next);
	if (restarts(line))
		t = nap_time_min(t, nap_time_min(restart_of(s, line)->process.next, restart_of(s, line)->up));
	if (requests(line))
		t = nap_time_min(t, requests_of(s, line)->next);
	return t;
}

static void schedule(struct nap_subscriber *s, const struct nap_line *line, nap_time now)
{
	s->at[NAP_T_WORLD] = nap_world_due(s, line, now);
}

void nap_world_init(struct nap_subscriber *s, const struct nap_line *line)
{
	struct nap_world *w = nap_world_of(s, line);

	w->back = NAP_NEVER;
	w->told = -TELLS_AT_ONCE * line->path->outage_icmp_interval;
	w->moves = nap_process_stream(&line->chain, line->replication, s->id, NAP_PROCESS_MOVES, 0);
	begin(&w->outage, &line->path->outages, s, line, NAP_PROCESS_OUTAGES);
	begin(&w->icmp, &line->path->icmp, s, line, NAP_PROCESS_ICMP);
	begin(&w->background, &line->client.app->background, s, line, NAP_PROCESS_BACKGROUND);
	for (uint32_t i = 0; i < line->n_befalls; i++)
		nap_hop_process_begin(&w->befalls[i], &line->chain, line->replication, s->id,
			line->befalls[i].hop, line->befalls[i].event);
	if (restarts(line)) {
		begin(&restart_of(s, line)->process, &line->server.server->restarts, s, line,
			NAP_PROCESS_RESTARTS);
		restart_of(s, line)->up = NAP_NEVER;
	}
	if (requests(line))
		begin(requests_of(s, line), &line->client.app->report.times, s, line, NAP_PROCESS_REQUESTS);
	schedule_move(s, line, 0);
	schedule(s, line, 0);
}

/* What both ends relied on is gone, by no timer: note since when, for how long they stay unaware. */
static void lost(struct nap_subscriber *s, const struct nap_line *line, nap_time now, enum nap_loss_why why)
{
	if (s->was_open)
		nap_loss_begin(s, line, now, why);
}

/* Is the device out of coverage from now on? What it was so far is counted when that ends. */
static void set_out(struct nap_subscriber *s, const struct nap_line *line, nap_time now, bool out)
{
	nap_time span = now - nap_world_of(s, line)->gone;

	if (s->out && !out && span > 0) {
		line->tally->out_times++;
		line->tally->out_ns += (uint64_t)span;
	}
	if (!s->out)
		nap_world_of(s, line)->gone = now;
	s->out = out;
}

void nap_world_finish(struct nap_subscriber *s, const struct nap_line *line, nap_time now)
{
	set_out(s, line, now, false);
}

/* An outage begins: packets handed to the network meanwhile are lost, both ways (RFC 5383 4.2). */
static void begin_outage(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	enum nap_outage_direction direction = line->path->outage_direction;
	struct nap_world *w = nap_world_of(s, line);

	if (direction == NAP_OUTAGE_BOTH)
		set_out(s, line, now, true);
	s->cut = direction & 3;
	if (direction != NAP_OUTAGE_UP)
		lost(s, line, now, NAP_LOST_OUTAGE);
	line->tally->outages++;
	w->back = nap_process_outage(&w->outage, &line->path->outages, &line->path->outage_length);
	if (direction != NAP_OUTAGE_UP && s->radio.wake < w->back)
		nap_travel_unpage(s, line, now);
}

/* Returns whether the device comes back with another address. */
static bool end_outage(struct nap_subscriber *s, const struct nap_line *line, nap_time now)
{
	bool both = line->path->outage_direction == NAP_OUTAGE_BOTH;

	nap_world_of(s, line)->back = NAP_NEVER;
	s->cut = 0;
	set_out(s, line, now, s->moving);
	return both && !line->path->outage_keeps_address && !s->out;
}

/* Off this network: its radio's account is closed, the next one's radio starts at rest. */
static void leave(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	lost(s, line, now, NAP_LOST_MOVE);
	nap_reach_leave(s, line, now);
	nap_radio_close(&s->radio, nap_tech_of(s, line), now, nap_meter_of(s, line));
	s->net = (uint8_t)((s->net + 1u) % line->n_nets);
	nap_radio_init(&s->radio, nap_tech_of(s, line), now);
	nap_way_of(s, line)[0] = nap_way_of(s, line)[1] = 0;
	if (!line->steady)
		*nap_way_bursts(s, line) &= ~UINT64_C(3);
	set_out(s, line, now, true);
	s->moving = true;
	nap_world_of(s, line)->move =
		nap_time_after(now, nap_dist_draw_time(&line->path->move_gap, &nap_world_of(s, line)->moves));
	line->tally->moves++;
}

/* Returns true: every network gives another address. */
static bool join(struct nap_subscriber *s, const struct nap_line *line, nap_time now)
{
	s->moving = false;
	set_out(s, line, now,
		nap_world_of(s, line)->back != NAP_NEVER && line->path->outage_direction == NAP_OUTAGE_BOTH);
	schedule_move(s, line, now);
	return true;
}

struct nap_endpoint nap_world_service(const struct nap_subscriber *s, const struct nap_line *line)
{
	const struct nap_app_config *app = line->client.app;
	struct nap_endpoint service = { NAP_SERVER_ADDR, (uint16_t)app->port };

	if (line->chain.turned && !nap_chain_service(&line->chain, line->box,
					  app->transport == NAP_OVER_UDP ? NAP_UDP : NAP_TCP, &service))
		return nap_server_of(s)->self;
	return service;
}

/* Process i of those of boxes is due. Returns enum nap_world_news. */
static uint32_t befall(struct nap_subscriber *s, struct nap_line *line, nap_time now, uint32_t i)
{
	static const enum nap_loss_why why[] = { [NAP_HOP_REBOOT] = NAP_LOST_REBOOT,
		[NAP_HOP_READDRESS] = NAP_LOST_ADDRESS,
		[NAP_HOP_CHANGE] = NAP_LOST_CHANGE };
	uint32_t hop = line->befalls[i].hop, event = line->befalls[i].event;
	bool done = line->chain.shared[hop] && line->befell[i] == now; /* another subscriber has seen to it */

	lost(s, line, now, why[event]);
	line->befell[i] = now;
	nap_hop_process_take(
		&nap_world_of(s, line)->befalls[i], &line->chain, hop, event, done ? NULL : line->box[hop]);
	return event == NAP_HOP_CHANGE && nap_chain_is_turned(&line->chain, hop) &&
			       !nap_endpoint_equal(nap_world_service(s, line), nap_server_of(s)->self)
		       ? NAP_WORLD_SERVICE
		       : 0;
}

/* A delay, and how long pushes may still be under way that had the one before it. */
static uint64_t mark_delay(
	uint64_t h, const struct nap_subscriber *s, const struct nap_line *line, nap_time now)
{
	const struct nap_link *access = &nap_net_of(s, line)->access;
	uint32_t changed = nap_link_changed(access, now);
	nap_time since = changed ? now - nap_link_change(access, changed - 1) : line->max_lag;

	return nap_mix(nap_mix(h, changed), (uint64_t)nap_time_min(since, line->max_lag));
}

uint64_t nap_world_mark(uint64_t h, const struct nap_subscriber *s, const struct nap_line *line, nap_time now)
{
	if (line->delays_change)
		h = mark_delay(h, s, line, now);
	for (uint32_t i = 0; i < line->n_befalls; i++) /* after a restart a box is as new */
		if (line->befalls[i].event != NAP_HOP_REBOOT)
			h = nap_mix(h, nap_world_of(s, line)->befalls[i].times);
	return h;
}

/* The server's host or program, which is the same for all subscribers. Returns enum nap_world_news. */
static uint32_t restart_server(struct nap_subscriber *s, const struct nap_line *line, nap_time now)
{
	const struct nap_server_config *server = line->server.server;
	struct restart *r = restart_of(s, line);
	uint32_t news = 0;

	if (r->process.next == now) {
		lost(s, line, now, NAP_LOST_SERVER);
		r->up = nap_process_outage(&r->process, &server->restarts, &server->downtime);
		news |= NAP_WORLD_SERVER_DOWN;
	}
	if (r->up == now) {
		r->up = NAP_NEVER;
		news |= NAP_WORLD_SERVER_UP;
	}
	return news;
}

/* A router before the server sends an ICMP error about the client's latest packet, as seen there. */
static void send_icmp(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	const struct nap_icmp_error *e = &nap_icmp_errors[line->path->icmp_error];
	bool tcp = line->client.app->transport != NAP_OVER_UDP;
	struct nap_packet p = { .src = { NAP_ROUTER_ADDR, 0 },
		.dst = { nap_server_of(s)->peer.addr, 0 },
		.proto = NAP_ICMP,
		.icmp_type = e->type,
		.icmp_code = e->code,
		.len = 28,
		.cause = NAP_CAUSE_BACKGROUND,
		.quote = { tcp ? NAP_TCP : NAP_UDP, nap_server_of(s)->peer, nap_server_of(s)->self } };

	nap_process_advance(&nap_world_of(s, line)->icmp, &line->path->icmp);
	if (nap_server_of(s)->peer.addr != 0)
		nap_travel_down(s, line, now, &p);
}

/* Other applications of the device send. Returns whether that brought the radio up. */
static bool background(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	const struct nap_app_config *app = line->client.app;

	nap_process_advance(&nap_world_of(s, line)->background, &app->background);
	if (line->processor && !s->out)
		nap_awake_stir(s, line, now, NAP_CAUSE_BACKGROUND);
	if (s->out || nap_travel_speak(s, line, now, (uint32_t)app->background_size, NAP_CAUSE_BACKGROUND) ==
			      NAP_NEVER)
		return false;
	line->tally->background_bytes += app->background_size;
	return true;
}

uint32_t nap_world_take(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	struct nap_world *w = nap_world_of(s, line);
	bool readdressed = false;
	uint32_t news = 0;

	s->touched = true;
	line->tally->stirred++;
	for (uint32_t i = 0; i < line->n_befalls; i++)
		if (w->befalls[i].process.next == now)
			news |= befall(s, line, now, i);
	if (restarts(line))
		news |= restart_server(s, line, now);
	if (w->icmp.next == now)
		send_icmp(s, line, now);
	if (w->back == now)
		readdressed |= end_outage(s, line, now);
	if (w->outage.next == now)
		begin_outage(s, line, now);
	if (w->move == now && !s->moving)
		leave(s, line, now);
	if (w->move == now && s->moving)
		readdressed |= join(s, line, now);
	if (w->background.next == now && background(s, line, now))
		news |= NAP_WORLD_RADIO_UP;
	if (requests(line) && requests_of(s, line)->next == now) {
		nap_process_advance(requests_of(s, line), &line->client.app->report.times);
		news |= NAP_WORLD_REQUEST;
	}
	schedule(s, line, now);
	return readdressed ? (news & ~(uint32_t)NAP_WORLD_RADIO_UP) | NAP_WORLD_ADDRESS : news;
}
