/* SPDX-License-Identifier: BSD-2-Clause */
#include "replay/replay.h"

#include <glib.h>
#include <string.h>

#include "net/fragment.h"
#include "replay/boxes.h"
#include "replay/lookahead.h"
#include "replay/names.h"
#include "replay/watch.h"

#define CLOSED_STAYS (4 * NAP_MIN) /* a flow that both ends have closed: what comes late is still of it */
#define OPEN_STAYS   NAP_DAY       /* a TCP connection that says nothing */
#define OTHER_STAYS  (2 * NAP_H)   /* other flows that say nothing: longer than timers of middleboxes */

enum { FLOWS_MAX = 1 << 20, LOOK_AFTER = 1 << 14 /* packets between two looks for flows that are over */ };

struct nap_replay {
	const struct nap_scenario *sc;
	struct nap_replay_sink sink;
	const struct nap_observer *observer;
	struct nap_cost cost;
	struct nap_lookahead ahead;
	struct nap_boxes *boxes;
	struct nap_watch watch; /* the flows, and what boxes do to them */
	struct nap_names *names;
	struct nap_reassembly *pieces;
	nap_addr device[NAP_TRACE_DEVICES + 1];
	bool has_device[NAP_TRACE_DEVICES + 1];
	struct nap_flow *owner; /* pays for what is spent now */
	struct nap_flow *ended; /* taken the place of, not told yet */
	struct nap_wide paid;   /* up to where owner's account began, and time in connected states */
	nap_time connected;
	uint64_t events, promotions; /* of the meter, as last looked at */
	struct nap_burst burst;
	struct nap_series *series; /* NULL: nobody asks for it */
	nap_time first, last;
	uint64_t look;   /* packets until the next look */
	uint64_t opened; /* flows so far */
	struct nap_replay_sums sums;
};

struct nap_replay *nap_replay_new(const struct nap_scenario *sc, const struct nap_replay_sink *sink,
	const struct nap_observer *observer)
{
	struct nap_replay *r = g_new0(struct nap_replay, 1);

	r->sc = sc;
	r->sink = *sink;
	r->observer = observer;
	nap_cost_init(&r->cost, sc->radio, nap_rng_stream(sc->general.seed, 0, 0, NAP_RNG_RADIO));
	r->cost.meter.observer = observer && observer->radio.change ? &observer->radio : NULL;
	nap_lookahead_init(&r->ahead, sc->radio);
	r->boxes = nap_boxes_new(sc,
		&(struct nap_boxes_watch){ &r->watch, nap_watch_passage, nap_watch_comes, nap_watch_ended });
	nap_watch_init(&r->watch, nap_boxes_hops(r->boxes), observer);
	r->names = nap_names_new();
	r->pieces = nap_reassembly_new(64, 30 * NAP_S, true);
	r->look = LOOK_AFTER;
	return r;
}

void nap_replay_free(struct nap_replay *r)
{
	if (!r)
		return;
	for (uint32_t i = 0; i < r->watch.flows.n; i++) {
		struct nap_flow *f = r->watch.flows.slot[i];
		struct nap_keepalive none;

		if (!f)
			continue;
		nap_rhythm_end(f->rhythms, &none, f->seen);
		nap_flows_remove(&r->watch.flows, f);
	}
	nap_flows_close(&r->watch.flows);
	nap_lookahead_clear(&r->ahead);
	nap_boxes_free(r->boxes);
	nap_names_free(r->names);
	nap_reassembly_free(r->pieces);
	g_free(r);
}

void nap_replay_series(struct nap_replay *r, struct nap_series *s)
{
	nap_series_init(s);
	r->series = s;
}

/* Bins that end by then, before what the radio does then. */
static void end_bins(struct nap_replay *r, nap_time then)
{
	while (nap_series_due(r->series) <= then) {
		struct nap_series_sum sum = { .packets = { r->sums.packets[0], r->sums.packets[1] },
			.bytes = { r->sums.bytes[0], r->sums.bytes[1] } };

		sum.energy = nap_cost_energy(&r->cost, nap_series_due(r->series), &sum.connected);
		nap_series_add(r->series, &sum);
	}
}

/* ---- whose packet ------------------------------------------------------------------------------------------------------- */

/* The device's address on the path: of the first of each trace the scenario's own, of others a number. */
static nap_addr device_addr(struct nap_replay *r, const struct nap_trace_packet *p)
{
	struct nap_ip ip = p->up ? p->frame.src : p->frame.dst;

	if (!r->has_device[p->device]) {
		r->has_device[p->device] = true;
		nap_names_keep(r->names, ip);
		r->device[p->device] =
			p->device == 0 ? nap_boxes_device(r->boxes) : nap_names_of(r->names, ip);
	}
	return r->device[p->device];
}

/* Put the path's addresses in place of the trace's. */
static void set_addresses(struct nap_replay *r, const struct nap_trace_packet *p, struct nap_packet *to)
{
	bool ours = p->device < NAP_TRACE_DEVICES;
	nap_addr device =
		ours ? device_addr(r, p) : nap_names_of(r->names, p->up ? p->frame.src : p->frame.dst);
	nap_addr other = nap_names_of(r->names, p->up ? p->frame.dst : p->frame.src);

	to->src.addr = p->up ? device : other;
	to->dst.addr = p->up ? other : device;
}

/* The ends of the flow that it is of, the device's first. */
static void ends_of(
	const struct nap_packet *p, bool up, struct nap_endpoint *inside, struct nap_endpoint *remote)
{
	*inside = up ? p->src : p->dst;
	*remote = up ? p->dst : p->src;
	if (p->proto == NAP_ICMP)
		remote->port = 0;
}

/* The flow that an ICMP error is about, whose quote gets the path's addresses; NULL: none. */
static struct nap_flow *quoted(struct nap_replay *r, const struct nap_trace_packet *p, struct nap_packet *to)
{
	struct nap_packet q = { .proto = to->quote.proto, .src = to->quote.src, .dst = to->quote.dst };
	struct nap_endpoint inside, remote;
	struct nap_ip other = p->frame.quoted[p->up ? 0 : 1];
	struct nap_flow *f;
	nap_addr device = p->up ? to->src.addr : to->dst.addr;

	q.src.addr = p->up ? nap_names_of(r->names, other) : device;
	q.dst.addr = p->up ? device : nap_names_of(r->names, other);
	ends_of(&q, !p->up, &inside, &remote);
	f = nap_flows_find(&r->watch.flows, 0, q.proto, inside, remote);
	if (!f) { /* an address that nothing else has to do with */
		nap_names_keep(r->names, other);
		nap_names_drop(r->names, other);
	}
	to->quote.src = q.src;
	to->quote.dst = q.dst;
	return f;
}

/* Has it come to an end, by now? */
static bool is_over(const struct nap_flow *f, nap_time now, nap_time patience)
{
	nap_time stays = f->closed < NAP_NEVER ? CLOSED_STAYS
			 : f->proto == NAP_TCP ? OPEN_STAYS
					       : OTHER_STAYS;

	return now - f->last > nap_time_min(stays, patience);
}

static bool begins_anew(const struct nap_flow *f, const struct nap_packet *p, nap_time now)
{
	bool syn = p->proto == NAP_TCP && (p->flags & (NAP_SYN | NAP_ACK)) == NAP_SYN;

	return (syn && f->closed < NAP_NEVER) || is_over(f, now, NAP_NEVER);
}

static struct nap_flow *new_flow(struct nap_replay *r, const struct nap_trace_packet *p, uint8_t proto,
	struct nap_endpoint inside, struct nap_endpoint remote)
{
	struct nap_flow *f = nap_flows_add(&r->watch.flows, proto, inside, remote);

	f->begun = f->last = p->at;
	f->stays = nap_ip_stays(p->frame.dst) || nap_ip_stays(p->frame.src);
	f->ip[0] = p->up ? p->frame.src : p->frame.dst;
	f->ip[1] = p->up ? p->frame.dst : p->frame.src;
	f->port[0] = inside.port;
	f->port[1] = remote.port;
	nap_names_keep(r->names, f->ip[0]);
	nap_names_keep(r->names, f->ip[1]);
	f->number = r->opened++;
	r->sums.live_peak = MAX(r->sums.live_peak, r->watch.flows.live);
	return f;
}

/* Most packets are of the flow that the one before was of. */
static bool is_of(
	const struct nap_flow *f, uint8_t proto, struct nap_endpoint inside, struct nap_endpoint remote)
{
	return f && f->proto == proto && nap_endpoint_equal(f->remote, remote) &&
	       nap_endpoint_equal(f->hop[0].inside, inside);
}

/* The packet's flow, known or new; *to is the packet as the path has it. */
static struct nap_flow *flow_of(struct nap_replay *r, const struct nap_trace_packet *p, struct nap_packet *to)
{
	struct nap_endpoint inside, remote;
	struct nap_flow *f = NULL;

	*to = p->frame.packet;
	set_addresses(r, p, to);
	if (nap_packet_is_icmp_error(to) && !p->frame.partial && (f = quoted(r, p, to)))
		return f;
	if (nap_packet_is_fragment(to)) {
		struct nap_packet whole = *to;

		nap_reassembly_follow(r->pieces, p->at, &whole);
		ends_of(&whole, p->up, &inside, &remote);
	} else {
		ends_of(to, p->up, &inside, &remote);
	}
	f = is_of(r->owner, to->proto, inside, remote)
		    ? r->owner
		    : nap_flows_find(&r->watch.flows, 0, to->proto, inside, remote);
	if (f && begins_anew(f, to, p->at)) {
		nap_flows_hide(&r->watch.flows, f);
		r->ended = f;
		f = NULL;
	}
	return f ? f : new_flow(r, p, to->proto, inside, remote);
}

/* ---- who pays ----------------------------------------------------------------------------------------------------------- */

static nap_time connected_until(const struct nap_replay *r, nap_time now)
{
	const struct nap_radio *radio = &r->cost.radio;
	bool on = r->cost.tech->state[radio->state].connected && radio->cause != NAP_CAUSE_UPDATE &&
		  radio->since < now;

	return nap_cost_connected(&r->cost) + (on ? now - radio->since : 0);
}

/* What was spent since the owner took over is the owner's. */
static void settle_account(struct nap_replay *r, nap_time now)
{
	struct nap_wide paid = nap_cost_paid(&r->cost, now), spent = nap_wide_difference(paid, r->paid);
	nap_time connected = connected_until(r, now);
	struct nap_flow *f = r->owner;

	if (f) {
		f->paid = nap_wide_sum(f->paid, spent);
		f->exchange.paid = nap_wide_sum(f->exchange.paid, spent);
		f->connected += connected - r->connected;
		r->burst.paid = nap_wide_sum(r->burst.paid, spent);
	}
	r->paid = paid;
	r->connected = connected;
}

static void end_burst(struct nap_replay *r)
{
	if (r->burst.packets == 0)
		return;
	r->sums.bursts++;
	if (r->sink.burst)
		r->sink.burst(r->sink.ctx, &r->burst);
}

static void end_exchange(struct nap_flow *f)
{
	struct nap_exchange *e = &f->exchange;

	if (e->packets > 0)
		nap_rhythm_add(&f->rhythms, e, f->seen);
}

static void begin_exchange(struct nap_flow *f, const struct nap_trace_packet *p)
{
	struct nap_exchange *e = &f->exchange, before = *e;

	*e = (struct nap_exchange){ .begun = p->at,
		.before = before.packets == 0 ? NAP_NEVER : before.last,
		.size = p->frame.packet.len,
		.kind = nap_keepalive_shape(&p->frame, f->known[p->up], f->next[p->up]),
		.up = p->up,
		.answer = NAP_NEVER };
}

/* A packet joins the exchange and the burst, which are this one's own where a silence was before it. */
static void join(struct nap_replay *r, struct nap_flow *f, const struct nap_trace_packet *p)
{
	const struct nap_packet *q = &p->frame.packet;
	struct nap_exchange *e = &f->exchange;

	if (e->packets > 0 && p->up != e->up && e->answer == NAP_NEVER && p->at > e->begun)
		e->answer = p->at - e->begun;
	e->last = nap_time_max(e->last, p->at);
	e->packets++;
	e->bytes += p->frame.bytes;
	e->payload += q->len;
	e->opens |= q->proto == NAP_TCP && (q->flags & NAP_SYN);
	r->burst.last = nap_time_max(r->burst.last, p->at);
	r->burst.packets++;
	r->burst.bytes += p->frame.bytes;
}

/* ---- flows that are over -------------------------------------------------------------------------------------------------- */

static void sum_flow(struct nap_replay *r, const struct nap_flow *f)
{
	struct nap_replay_sums *s = &r->sums;
	bool cut = false, used = f->used < NAP_NEVER;

	for (uint32_t k = 0; k < r->watch.flows.hops; k++) {
		bool here = f->hop[k].cuts > 0;

		s->hop[k].cut += here;
		s->hop[k].used_after += here && used;
		cut |= here;
	}
	s->flows++;
	s->flows_cut += cut;
	s->flows_used_after += cut && used;
	s->flows_kept_alive += f->keepalive.kind != NAP_KEEPALIVE_NONE;
	for (int i = 0; i < NAP_SEEN_N; i++)
		s->seen[i] = nap_wide_sum(s->seen[i], f->seen[i]);
}

/* Tell of a flow that has ended, and forget it. */
static void end_flow(struct nap_replay *r, struct nap_flow *f)
{
	end_exchange(f);
	nap_rhythm_end(g_steal_pointer(&f->rhythms), &f->keepalive, f->seen);
	if (f->shut < NAP_NEVER && f->shut < f->last)
		f->unreachable += f->last - f->shut;
	sum_flow(r, f);
	if (r->sink.flow)
		r->sink.flow(r->sink.ctx, f);
	nap_names_drop(r->names, f->ip[0]);
	nap_names_drop(r->names, f->ip[1]);
	nap_flows_remove(&r->watch.flows, f);
}

static void end_flows(struct nap_replay *r, nap_time now, nap_time patience)
{
	for (uint32_t i = 0; i < r->watch.flows.n; i++) {
		struct nap_flow *f = r->watch.flows.slot[i];

		if (!f || f == r->owner || f == r->ended || !is_over(f, now, patience))
			continue;
		nap_flows_hide(&r->watch.flows, f);
		end_flow(r, f);
	}
}

/* So seldom that it costs nothing, so often that no more than half of the flows in memory are over; many at once go sooner. */
static void look_around(struct nap_replay *r, nap_time now)
{
	nap_boxes_settle(r->boxes, now);
	end_flows(r, now, NAP_NEVER);
	for (nap_time patience = NAP_H; r->watch.flows.live > FLOWS_MAX && patience > 0; patience /= 2)
		end_flows(r, now, patience);
	r->look = MAX(LOOK_AFTER, r->watch.flows.live);
}

/* ---- a packet ----------------------------------------------------------------------------------------------------------- */

static void note_tcp(struct nap_flow *f, const struct nap_trace_packet *p)
{
	const struct nap_packet *q = &p->frame.packet;

	if (p->frame.partial || nap_packet_is_later_fragment(q))
		return;
	nap_keepalive_learn(f->known, f->next, p->up, q);
	f->fin[p->up] |= (q->flags & NAP_FIN) != 0;
	if (f->closed == NAP_NEVER && ((q->flags & NAP_RST) || (f->fin[0] && f->fin[1])))
		f->closed = p->at;
}

static void note_packet(struct nap_replay *r, struct nap_flow *f, const struct nap_trace_packet *p)
{
	f->longest_gap = nap_time_max(f->longest_gap, p->at - f->last);
	f->last = nap_time_max(f->last, p->at);
	f->packets[p->up]++;
	f->bytes[p->up] += p->frame.bytes;
	if (f->proto == NAP_TCP)
		note_tcp(f, p);
	r->sums.packets[p->up]++;
	r->sums.bytes[p->up] += p->frame.bytes;
}

static void count_promotions(struct nap_replay *r, struct nap_flow *f)
{
	uint64_t now;

	if (r->cost.meter.events == r->events)
		return;
	r->events = r->cost.meter.events;
	now = nap_meter_promotions(&r->cost.meter, r->cost.tech);
	f->promotions += now - r->promotions;
	r->burst.promotions += now - r->promotions;
	r->promotions = now;
}

static void into_boxes(struct nap_replay *r, struct nap_flow *f, const struct nap_trace_packet *p,
	nap_time at, struct nap_packet *q)
{
	if (f->stays || p->frame.partial || nap_boxes_hops(r->boxes) == 0)
		return;
	if (p->up)
		nap_boxes_up(r->boxes, at, f->id, q);
	else
		nap_boxes_down(r->boxes, at, f->id, q);
}

static void show(const struct nap_replay *r, const struct nap_trace_packet *p, const struct nap_packet *q)
{
	if (r->observer && r->observer->packet)
		r->observer->packet(r->observer->ctx, p->at, NAP_AT_DEVICE, -1, p->up, q);
}

/* The packet before it pays up to then, unless it goes on where that one was. */
static void take_over(struct nap_replay *r, struct nap_flow *f, const struct nap_trace_packet *p, nap_time at)
{
	bool burst = r->burst.packets == 0 || p->at - r->burst.last >= NAP_BURST_GAP;
	bool exchange = f->exchange.packets == 0 || p->at - f->exchange.last >= NAP_BURST_GAP;

	if (f != r->owner || burst || exchange)
		settle_account(r, at);
	if (burst) {
		end_burst(r);
		r->burst = (struct nap_burst){ .begun = p->at, .flow = f->number, .up = p->up };
	}
	if (exchange) {
		end_exchange(f);
		begin_exchange(f, p);
	}
	r->owner = f;
	if (r->ended)
		end_flow(r, g_steal_pointer(&r->ended));
}

/* by: when the radio had it at the latest. */
NAP_HOT static void take(struct nap_replay *r, const struct nap_trace_packet *p, nap_time by)
{
	struct nap_packet q;
	struct nap_flow *f;
	nap_time at;

	if (r->look-- == 0)
		look_around(r, p->at);
	f = flow_of(r, p, &q);
	at = p->up ? p->at : nap_cost_sent(&r->cost, p->at, by, p->frame.bytes);
	if (G_UNLIKELY(r->series))
		end_bins(r, at);
	take_over(r, f, p, at);
	join(r, f, p);
	note_packet(r, f, p);
	if (p->up)
		at = nap_cost_up(&r->cost, at, p->frame.bytes);
	else
		nap_cost_down(&r->cost, at, p->frame.bytes);
	count_promotions(r, f);
	show(r, p, &q);
	into_boxes(r, f, p, at, &q);
	nap_boxes_advance(r->boxes, r->cost.last);
	r->last = nap_time_max(r->last, p->at);
}

NAP_HOT void nap_replay_packet(void *ctx, const struct nap_trace_packet *p)
{
	struct nap_replay *r = ctx;

	if (nap_lookahead_is_clear(&r->ahead, &r->cost, p)) {
		take(r, p, NAP_NEVER);
		return;
	}
	nap_lookahead_put(&r->ahead, p);
	while ((p = nap_lookahead_next(&r->ahead, &r->cost, false)))
		take(r, p, r->ahead.by);
}

static void sum_radio(struct nap_replay *r)
{
	struct nap_replay_sums *s = &r->sums;
	const struct nap_radio_tech *tech = r->cost.tech;

	s->energy = nap_meter_energy(&r->cost.meter, tech);
	s->promotions = nap_meter_promotions(&r->cost.meter, tech);
	s->connected = nap_meter_connected(&r->cost.meter, tech);
	for (unsigned i = 0; i < tech->n_states; i++)
		for (unsigned c = 0; c < NAP_CAUSES; c++)
			s->dwell[i] += r->cost.meter.state[i].dwell[c];
	s->bent = r->cost.bent;
	s->asleep = r->cost.asleep;
	s->unsolicited = r->watch.unsolicited;
}

void nap_replay_finish(struct nap_replay *r, nap_time end, struct nap_replay_sums *out)
{
	const struct nap_trace_packet *p;

	while ((p = nap_lookahead_next(&r->ahead, &r->cost, true)))
		take(r, p, r->ahead.by);
	if (end == NAP_NEVER)
		end = nap_time_max(nap_cost_rests(&r->cost), r->last);
	end = nap_time_max(end, r->cost.last);
	if (r->series)
		end_bins(r, end);
	settle_account(r, end);
	r->owner = NULL;
	end_burst(r);
	nap_boxes_finish(r->boxes, end);
	for (uint32_t k = 0; k < nap_boxes_hops(r->boxes); k++)
		nap_boxes_counts(r->boxes, k, &r->sums.hop[k].counts);
	end_flows(r, NAP_NEVER, NAP_NEVER);
	nap_cost_close(&r->cost, end);
	sum_radio(r);
	r->sums.duration = end;
	*out = r->sums;
}
