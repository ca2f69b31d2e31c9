/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/reach.h"

#include <glib.h>
#include <string.h>

#include "path/lanes.h"
#include "path/loss.h"
#include "path/peer.h"
#include "path/under_way.h"

/* Parts of the way. Without delays they are one: s->open_until says all. */
enum { PART_SERVER, PART_DEVICE, PART_ACCESS, PART_BOXES };

struct nap_reach {
	nap_time settled;         /* what is known of the parts is taken into account up to here */
	struct nap_endpoint peer; /* where pushes were sent when last looked at; zero: nowhere */
};

/* A middlebox. */
struct box_part {
	nap_time until;         /* it stays open until then if nothing else happens, 0: it is closed */
	struct nap_endpoint to; /* where what comes to it last was sent; zero: nothing came */
};

static const struct nap_endpoint nowhere;

/* Behind that, of as many as there are on the way. */
static struct box_part *box_parts(const struct nap_under_way *d)
{
	return (struct box_part *)(void *)((char *)(uintptr_t)d + sizeof *d);
}

static struct nap_under_way *delayed_of(const struct nap_subscriber *s, const struct nap_line *line)
{
	return (struct nap_under_way *)(void *)(nap_reach_of(s, line) + 1);
}

static uint32_t parts_of(const struct nap_subscriber *s, const struct nap_line *line)
{
	return PART_BOXES + nap_net_of(s, line)->n_hops;
}

/* Of all networks. */
static uint32_t most_boxes(const struct nap_line *line)
{
	uint32_t hops = 0;

	for (uint32_t i = 0; i < line->n_nets; i++)
		hops = MAX(hops, line->net[i].n_hops);
	return hops;
}

size_t nap_reach_bytes(const struct nap_line *line)
{
	return sizeof(struct nap_reach) +
	       (line->lags ? sizeof(struct nap_under_way) + most_boxes(line) * sizeof(struct box_part) : 0);
}

static struct nap_endpoint device_to(const struct nap_under_way *d)
{
	return (struct nap_endpoint){ d->to, d->to_port };
}

static bool is_open(const struct nap_under_way *d, uint32_t part, nap_time now)
{
	return part < PART_BOXES ? d->open >> part & 1 : box_parts(d)[part - PART_BOXES].until > now;
}

static nap_time lag_of(const struct nap_subscriber *s, const struct nap_line *line, uint32_t part)
{
	const struct nap_net *net = nap_net_of(s, line);

	return part == PART_SERVER   ? 0
	       : part == PART_DEVICE ? net->lag
	       : part == PART_ACCESS ? (net->n_hops > 0 ? line->lag[nap_net_hop(net, 0)] : 0)
				     : line->lag[nap_net_hop(net, part - PART_BOXES)];
}

/* Pushes sent before `to` are decided: nothing that happens from now on meets them. */
static void count(struct nap_subscriber *s, struct nap_line *line, nap_time to)
{
	line->tally->reachable_ns += (uint64_t)nap_under_way_count(delayed_of(s, line), to);
}

/*
 * When the radio next sleeps, so that the network cannot reach the device, between *at and to, if nothing else happens: it wakes
 * by its own timers as well. False: not at all. *at: where to go on.
 */
static bool next_sleep(const struct nap_subscriber *s, const struct nap_line *line, nap_time *at, nap_time to,
	struct nap_sent_span *asleep)
{
	const struct nap_net *net = nap_net_of(s, line);
	nap_time from;

	if (!net->may_sleep || *at >= to)
		return false;
	from = nap_time_max(*at, nap_radio_reachable_until(&s->radio, net->tech, *at));
	if (from >= to)
		return false;
	*at = nap_radio_wakes(&s->radio, net->tech, from);
	*asleep = (struct nap_sent_span){ from, nap_time_min(*at, to) };
	return true;
}

/* The same for the device behind a link whose delay changes: each of the delays is that of pushes of its time. */
static G_NO_INLINE void close_device(const struct nap_subscriber *s, const struct nap_line *line,
	nap_time from, nap_time to, struct nap_sent_span sent)
{
	const struct nap_link *access = &nap_net_of(s, line)->access;
	nap_time lag = lag_of(s, line, PART_ACCESS), begins = -lag;

	for (uint32_t i = 0; begins < to; i++) { /* from then on i changes have been */
		nap_time ends = nap_link_change(access, i), delay = nap_link_usual(nap_link_delay(access, i));

		nap_under_way_close(delayed_of(s, line),
			nap_time_max(nap_time_max(from - delay, begins) - lag, sent.from),
			nap_time_min(nap_time_min(to - delay, ends) - lag, sent.to));
		begins = ends;
	}
}

/* Of pushes sent in that span, those that come to part i between from and to do not get through. */
static inline void close_part(const struct nap_subscriber *s, const struct nap_line *line, uint32_t i,
	nap_time from, nap_time to, struct nap_sent_span sent)
{
	nap_time lag = lag_of(s, line, i);

	if (G_UNLIKELY(i == PART_DEVICE && nap_net_of(s, line)->access.changes))
		close_device(s, line, from, to, sent);
	else
		nap_under_way_close(delayed_of(s, line), nap_time_max(from - lag, sent.from),
			nap_time_min(to - lag, sent.to));
}

/*
 * Pushes that part i, as it is now for where they go now, meets of those sent before `to`. Boxes know each flow of a pool apart, and
 * what is under way to another has been told when the server turned from it.
 */
static struct nap_sent_span met_by(
	const struct nap_subscriber *s, const struct nap_line *line, uint32_t i, nap_time to)
{
	bool apart = G_UNLIKELY(line->client.pooled) && i >= PART_BOXES;

	return (struct nap_sent_span){ apart ? nap_lanes_turned(s, line) : 0, to };
}

/* Of these, by what is known now, those do not where it is closed. */
static void add_part(const struct nap_subscriber *s, const struct nap_line *line, uint32_t i, nap_time from,
	nap_time to, struct nap_sent_span sent)
{
	const struct nap_under_way *d = delayed_of(s, line);
	nap_time until = i >= PART_BOXES    ? box_parts(d)[i - PART_BOXES].until
			 : is_open(d, i, 0) ? NAP_NEVER
					    : 0;
	nap_time closes = nap_time_max(from, until);
	struct nap_sent_span asleep;

	close_part(s, line, i, closes, to, sent);
	while (i == PART_DEVICE && next_sleep(s, line, &from, nap_time_min(to, closes), &asleep))
		close_part(s, line, i, asleep.from, asleep.to, sent);
}

/* The one part of a path without delays: how long it was open between from and to. */
static G_NO_INLINE nap_time open_time(
	const struct nap_subscriber *s, const struct nap_line *line, nap_time from, nap_time to)
{
	nap_time open = nap_time_max(to - from, 0);
	struct nap_sent_span asleep;

	while (next_sleep(s, line, &from, to, &asleep))
		open -= asleep.to - asleep.from;
	return open;
}

static G_NO_INLINE void settle_parts(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	struct nap_reach *r = nap_reach_of(s, line);
	const struct nap_under_way *d = delayed_of(s, line);
	bool may_sleep = nap_net_of(s, line)->may_sleep;

	if (now <= r->settled)
		return;
	for (uint32_t i = 0, n = parts_of(s, line); i < n; i++) /* most are open all the while */
		if (!is_open(d, i, now - 1) || (i == PART_DEVICE && may_sleep))
			add_part(s, line, i, r->settled, now, met_by(s, line, i, NAP_NEVER));
	r->settled = now;
	count(s, line, now - line->max_lag);
}

/* The boxes' way in lapsed by itself: a timer of some box ran out. */
static G_NO_INLINE void lapse(struct nap_subscriber *s, struct nap_line *line)
{
	s->was_open = false;
	line->tally->bindings_expired++;
	nap_loss_begin(s, line, s->open_until, NAP_LOST_BINDING);
	if (line->observer && line->observer->note)
		line->observer->note(line->observer->ctx, s->open_until, 0);
}

NAP_HOT void nap_reach_settle(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	struct nap_reach *r = nap_reach_of(s, line);

	if (G_UNLIKELY(line->lags)) {
		settle_parts(s, line, now);
	} else { /* one part, and nothing under way: no span has to be kept */
		nap_time from = r->settled, to = nap_time_min(now, s->open_until);

		if (to > from)
			line->tally->reachable_ns +=
				(uint64_t)(nap_net_of(s, line)->may_sleep ? open_time(s, line, from, to)
									  : to - from);
		r->settled = now;
	}
	if (G_UNLIKELY(s->was_open && now >= s->open_until))
		lapse(s, line);
}

/*
 * What comes to part i is from now on sent to e, by the box before it, or the server, which a packet passes lag after it was sent.
 * If that is elsewhere, what it let pass before is still under way to where it was sent, and finds the parts as they were.
 */
static void sent_to(const struct nap_subscriber *s, const struct nap_line *line, nap_time now, uint32_t i,
	struct nap_endpoint e, nap_time lag)
{
	struct nap_under_way *d = delayed_of(s, line);
	struct nap_endpoint before = i == PART_DEVICE ? device_to(d) : box_parts(d)[i - PART_BOXES].to;

	if (nap_endpoint_equal(before, e))
		return;
	for (uint32_t k = PART_DEVICE; k <= i; k++)
		add_part(s, line, k, now, now + lag_of(s, line, k) - lag, met_by(s, line, k, now - lag));
	if (i == PART_DEVICE) {
		d->to = e.addr;
		d->to_port = e.port;
	} else {
		box_parts(d)[i - PART_BOXES].to = e;
	}
}

/*
 * The same of a box before the server, which p leaves. When a session is over the server may open the next one, as it may open one to
 * another port: then it stays open, and a NAT is taken to show its address and, as netfilter does, the service's port again.
 */
static G_NO_INLINE nap_time open_outwards(
	const struct nap_line *line, nap_time now, uint32_t hop, struct nap_packet *p)
{
	struct nap_packet other = *p;
	nap_addr own = p->src.addr;
	nap_time until = nap_box_open_until(line->box[hop], now, NAP_INSIDE, p);

	if (p->src.addr == own && line->chain.middlebox[hop].box.kind == NAP_BOX_NAT)
		p->src.addr = nap_box_address(line->box[hop]);
	other.dst.port ^= 1;
	return until > 0 && nap_box_open_until(line->box[hop], now, NAP_INSIDE, &other) > 0 ? NAP_NEVER
											    : until;
}

/* Until when hop's box lets p in, if it comes to that at all. */
static inline nap_time open_until(
	const struct nap_line *line, nap_time now, uint32_t hop, struct nap_packet *p)
{
	if (G_UNLIKELY(line->chain.readdressed) &&
		nap_chain_misses(&line->chain, hop, line->box[hop], p->dst.addr))
		return 0;
	if (G_UNLIKELY(nap_chain_is_turned(&line->chain, hop)))
		return open_outwards(line, now, hop, p);
	return nap_box_open_until(line->box[hop], now, NAP_OUTSIDE, p);
}

/*
 * Ask all boxes until when they let in what comes to them: what the server sends now, and beyond a closed box what that let pass when
 * it was open, which may still be under way. Until when would a push sent now get through them all? 0: it does not.
 */
static G_NO_INLINE nap_time ask_each(const struct nap_subscriber *s, const struct nap_line *line,
	nap_time now, struct nap_packet p, bool server)
{
	const struct nap_net *net = nap_net_of(s, line);
	nap_time until = server ? NAP_NEVER : 0, lag = 0;
	bool comes = server;

	for (uint32_t k = net->n_hops; k-- > 0;) {
		struct box_part *part = &box_parts(delayed_of(s, line))[k];
		uint32_t hop = nap_net_hop(net, k);

		if (comes)
			sent_to(s, line, now, PART_BOXES + k, p.dst, lag);
		else
			p.dst = part->to;
		part->until = open_until(line, now, hop, &p);
		until = nap_time_min(until, part->until);
		comes = part->until > 0;
		lag = line->lag[hop];
	}
	if (comes)
		sent_to(s, line, now, PART_DEVICE, p.dst, lag);
	return until;
}

/* The same where nothing is ever under way: beyond a closed box nothing matters. p->dst: where it comes to. */
static nap_time ask_all(
	const struct nap_subscriber *s, const struct nap_line *line, nap_time now, struct nap_packet *p)
{
	const struct nap_net *net = nap_net_of(s, line);
	nap_time until = NAP_NEVER;

	for (uint32_t k = net->n_hops; k-- > 0 && until > 0;)
		until = nap_time_min(until, open_until(line, now, nap_net_hop(net, k), p));
	return until;
}

NAP_HOT bool nap_reach_server_changed(const struct nap_subscriber *s, const struct nap_line *line)
{
	return line->client.app->transport != NAP_OVER_UDP || line->client.pooled ||
	       !nap_endpoint_equal(nap_server_of(s)->open ? nap_server_of(s)->peer : nowhere,
		       nap_reach_of(s, line)->peer);
}

/* Why nothing gets through any more, where nobody has told. */
static enum nap_loss_why what_broke(const struct nap_subscriber *s)
{
	if (!nap_server_of(s)->open)
		return NAP_LOST_SERVER;
	if (!nap_client_of(s)->open)
		return NAP_LOST_CLIENT;
	return nap_subscriber_cut(s, false) ? NAP_LOST_OUTAGE : NAP_LOST_BINDING;
}

/* Does a program listen there? */
static bool is_awaited(const struct nap_subscriber *s, const struct nap_line *line, struct nap_endpoint to)
{
	if (G_UNLIKELY(line->client.pooled))
		return nap_lanes_await(s, line, to);
	return nap_client_of(s)->open && nap_endpoint_equal(to, nap_client_of(s)->self);
}

NAP_HOT void nap_reach_look(struct nap_subscriber *s, const struct nap_line *line, nap_time now)
{
	struct nap_reach *r = nap_reach_of(s, line);
	struct nap_packet p;
	bool server, device, turns;
	struct nap_endpoint to;
	nap_time boxes = 0;
	bool was_open = s->was_open;

	s->touched = false;
	if (G_UNLIKELY(line->client.pooled) && !nap_lanes_hold_pushed(s, line))
		return;
	p = nap_server_sample(nap_server_of(s), &line->server);
	server = nap_server_of(s)->open;
	to = p.dst;
	turns = line->client.pooled && !nap_endpoint_equal(r->peer, server ? p.dst : nowhere);
	r->peer = server ? p.dst : nowhere;
	if (line->lags) {
		boxes = ask_each(s, line, now, p, server);
		to = device_to(delayed_of(s, line));
	} else if (
		G_UNLIKELY(
			line->other)) { /* the way of the peer's packets, whatever the program knows of it */
		boxes = server ? nap_peer_open_until(s, line, now) : 0;
		to = nap_client_of(s)->self;
	} else if (server) {
		boxes = ask_all(s, line, now, &p);
		to = p.dst;
	}
	if (G_UNLIKELY(turns))
		nap_lanes_turn(s, line, now);
	device = !nap_subscriber_cut(s, false) && is_awaited(s, line, to);
	s->open_until = device ? boxes : 0;
	s->was_open = s->open_until > now;
	if (was_open && !s->was_open)
		nap_loss_begin(s, line, now, what_broke(s));
	if (s->was_open)
		nap_loss_over(s, line);
	/* what comes to the access link in an outage is lost, though it would arrive after that */
	if (line->lags)
		delayed_of(s, line)->open = (uint8_t)(server << PART_SERVER | device << PART_DEVICE |
						      !nap_subscriber_cut(s, false) << PART_ACCESS);
}

/*
 * Until when, by the sessions alone that had a packet last: 0 where these do not say all, end earlier than was known, or let it
 * in to somebody else.
 */
static inline nap_time ask_recent(const struct nap_subscriber *s, const struct nap_line *line)
{
	const struct nap_net *net = nap_net_of(s, line);
	struct nap_endpoint to = nap_server_of(s)->peer;
	nap_time until = NAP_NEVER;

	for (uint32_t k = net->n_hops; k-- > 0;) {
		struct box_part *part = line->lags ? &box_parts(delayed_of(s, line))[k] : NULL;
		bool as_before = !part || nap_endpoint_equal(part->to, to);
		nap_time each =
			nap_box_recent_until(line->box[nap_net_hop(net, k)], &nap_server_of(s)->self, &to);

		if (!as_before || each < (part ? part->until : s->open_until))
			return 0;
		if (part)
			part->until = each;
		until = nap_time_min(until, each);
	}
	return nap_endpoint_equal(to, nap_client_of(s)->self) ? until : 0;
}

NAP_HOT bool nap_reach_goes_on(struct nap_subscriber *s, const struct nap_line *line, nap_time now)
{
	nap_time until;

	if (!line->goes_on || !s->was_open || now >= s->open_until || !nap_server_of(s)->open ||
		!nap_client_of(s)->open || nap_subscriber_cut(s, false) ||
		!nap_endpoint_equal(nap_server_of(s)->peer, nap_reach_of(s, line)->peer))
		return false;
	until = ask_recent(s, line);
	if (until == 0)
		return false;
	s->touched = false;
	s->open_until = until;
	nap_loss_over(s, line);
	return true;
}

void nap_reach_leave(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	struct nap_under_way *d = delayed_of(s, line);

	nap_reach_settle(s, line, now);
	if (!line->lags)
		return;
	close_part(
		s, line, PART_DEVICE, now, now + nap_net_of(s, line)->lag, (struct nap_sent_span){ 0, now });
	count(s, line, now); /* the next network's delays are for what is sent from now on */
	d->open = 0;         /* they are other boxes */
	d->to = d->to_port = 0;
	memset(box_parts(d), 0, most_boxes(line) * sizeof(struct box_part));
}

NAP_HOT void nap_reach_evicted(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	bool was_open = s->was_open;

	nap_reach_look(s, line, now);
	if (!was_open || s->was_open)
		return;
	line->tally->bindings_evicted++;
	nap_loss_blame(s, line, NAP_LOST_EVICTED);
}

void nap_reach_finish(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	struct nap_under_way *d = delayed_of(s, line);

	nap_reach_settle(s, line, now);
	if (!line->lags)
		return;
	for (uint32_t i = 0, n = parts_of(s, line); i < n; i++)
		add_part(s, line, i, now, now + lag_of(s, line, i), met_by(s, line, i, now));
	count(s, line, now);
	nap_under_way_free(d);
}

static const struct nap_field reach_rows[] = {
	NAP_FIELD(struct nap_reach, settled, NAP_AT),
	NAP_FIELD_ENDPOINT(struct nap_reach, peer, NAP_VALUE),
};
NAP_FIELDS(reach_fields, struct nap_reach, reach_rows);

static const struct nap_field box_rows[] = { NAP_FIELD(struct box_part, until, NAP_UNTIL),
	NAP_FIELD_ENDPOINT(struct box_part, to, NAP_VALUE) };
NAP_FIELDS(box_fields, struct box_part, box_rows);

const struct nap_fields *const nap_reach_tables[] = { &reach_fields, &box_fields, NULL };

NAP_HOT uint64_t nap_reach_mark(
	uint64_t h, const struct nap_subscriber *s, const struct nap_line *line, const struct nap_moment *m)
{
	struct nap_under_way *d = delayed_of(s, line);

	h = nap_rows_mix(h, &reach_fields, nap_reach_of(s, line), m);
	if (!line->lags)
		return h;
	for (uint32_t i = 0, n = nap_net_of(s, line)->n_hops; i < n; i++)
		h = nap_rows_mix(h, &box_fields, &box_parts(d)[i], m);
	return nap_under_way_mark(h, d, m);
}

NAP_HOT void nap_reach_shift(struct nap_subscriber *s, const struct nap_line *line, nap_time span)
{
	struct nap_under_way *d = delayed_of(s, line);

	nap_rows_move(&reach_fields, nap_reach_of(s, line), span, false);
	if (!line->lags)
		return;
	nap_under_way_shift(d, span);
	for (uint32_t i = 0, n = nap_net_of(s, line)->n_hops; i < n; i++)
		nap_rows_move(&box_fields, &box_parts(d)[i], span, false);
}
