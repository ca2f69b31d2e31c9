/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/reach.h"

#include <glib.h>
#include <string.h>

#include "path/lanes.h"
#include "path/loss.h"
#include "path/peer.h"

/* Parts of the way. Without delays all are one, the first. */
enum { PART_SERVER, PART_DEVICE, PART_ACCESS, PART_BOXES };

/* A push sent from there on until then does not get through. */
struct span {
	nap_time from, to;
};

struct part {
	nap_time until; /* it stays open until then if nothing else happens, 0: it is closed */
	struct nap_endpoint
		to; /* of a box, and the device: where what comes to it last was sent; zero: nothing came */
};

struct nap_reach {
	nap_time settled;         /* what is known of the parts is taken into account up to here */
	nap_time counted;         /* pushes sent up to here are decided */
	struct nap_endpoint peer; /* where pushes were sent when last looked at; zero: nowhere */
	struct part
		part[1]; /* as many as parts_of says; behind them, where there are delays, struct closed */
};

/* Spans after what is decided: disjoint, in no order. There is mostly one. */
struct closed {
	struct span own;
	struct span *more; /* NULL: all are in own */
	uint32_t n, size;
};

static uint32_t parts_of(const struct nap_subscriber *s, const struct nap_line *line)
{
	return line->lags ? PART_BOXES + nap_net_of(s, line)->n_hops : 1;
}

/* Of all networks. */
static uint32_t most_parts(const struct nap_line *line)
{
	uint32_t hops = 0;

	for (uint32_t i = 0; i < line->n_nets; i++)
		hops = MAX(hops, line->net[i].n_hops);
	return line->lags ? PART_BOXES + hops : 1;
}

static size_t parts_end(const struct nap_line *line)
{
	return offsetof(struct nap_reach, part) + most_parts(line) * sizeof(struct part);
}

size_t nap_reach_bytes(const struct nap_line *line)
{
	return parts_end(line) + (line->lags ? sizeof(struct closed) : 0);
}

/* Only where there are delays. */
static struct closed *closed_of(const struct nap_reach *r, const struct nap_line *line)
{
	return (struct closed *)(void *)((char *)(uintptr_t)r + parts_end(line));
}

static struct span *span_at(struct closed *c, uint32_t i)
{
	return c->more ? &c->more[i] : &c->own;
}

static nap_time lag_of(const struct nap_subscriber *s, const struct nap_line *line, uint32_t part)
{
	const struct nap_net *net = nap_net_of(s, line);

	return part == PART_SERVER   ? 0
	       : part == PART_DEVICE ? net->lag
	       : part == PART_ACCESS ? (net->n_hops > 0 ? line->lag[nap_net_hop(net, 0)] : 0)
				     : line->lag[nap_net_hop(net, part - PART_BOXES)];
}

static void drop(struct closed *c, uint32_t i)
{
	*span_at(c, i) = *span_at(c, --c->n);
}

static void make_room(struct closed *c)
{
	if (c->n < (c->more ? c->size : 1))
		return;
	c->size += 4;
	c->more = g_renew(struct span, c->more, c->size);
	if (c->n == 1)
		c->more[0] = c->own;
}

static void add_closed(const struct nap_reach *r, struct closed *c, nap_time from, nap_time to)
{
	from = nap_time_max(from, r->counted);
	if (from >= to)
		return;
	for (uint32_t i = 0; i < c->n;) {
		struct span *old = span_at(c, i);

		if (from > old->to || to < old->from) {
			i++;
			continue;
		}
		from = nap_time_min(from, old->from);
		to = nap_time_max(to, old->to);
		drop(c, i);
	}
	make_room(c);
	*span_at(c, c->n++) = (struct span){ from, to };
}

/* Pushes sent before `to` are decided: nothing that happens from now on meets them. */
static void count(struct nap_reach *r, struct nap_line *line, nap_time to)
{
	struct closed *all = closed_of(r, line);
	nap_time open = to - r->counted;

	if (open <= 0)
		return;
	for (uint32_t i = 0; i < all->n;) {
		struct span *c = span_at(all, i);

		if (c->from >= to) {
			i++;
			continue;
		}
		open -= nap_time_min(c->to, to) - c->from;
		c->from = nap_time_min(c->to, to);
		if (c->from == c->to)
			drop(all, i);
		else
			i++;
	}
	r->counted = to;
	line->tally->reachable_ns += (uint64_t)open;
}

/*
 * When the radio next sleeps, so that the network cannot reach the device, between *at and to, if nothing else happens: it wakes
 * by its own timers as well. False: not at all. *at: where to go on.
 */
static bool next_sleep(const struct nap_subscriber *s, const struct nap_line *line, nap_time *at, nap_time to,
	struct span *asleep)
{
	const struct nap_net *net = nap_net_of(s, line);
	nap_time from;

	if (!net->may_sleep || *at >= to)
		return false;
	from = nap_time_max(*at, nap_radio_reachable_until(&s->radio, net->tech, *at));
	if (from >= to)
		return false;
	*at = nap_radio_wakes(&s->radio, net->tech, from);
	*asleep = (struct span){ from, nap_time_min(*at, to) };
	return true;
}

/* The same for the device behind a link whose delay changes: each of the delays is that of pushes of its time. */
static G_NO_INLINE void close_device(const struct nap_subscriber *s, const struct nap_line *line,
	nap_time from, nap_time to, nap_time sent)
{
	const struct nap_link *access = &nap_net_of(s, line)->access;
	nap_time lag = lag_of(s, line, PART_ACCESS), begins = -lag;

	for (uint32_t i = 0; begins < to; i++) { /* from then on i changes have been */
		nap_time ends = nap_link_change(access, i), delay = nap_link_usual(nap_link_delay(access, i));

		add_closed(nap_reach_of(s), closed_of(nap_reach_of(s), line),
			nap_time_max(from - delay, begins) - lag,
			nap_time_min(nap_time_min(to - delay, ends) - lag, sent));
		begins = ends;
	}
}

/* Of pushes sent before `sent`, those that come to part i between from and to do not get through. */
static inline void close_part(const struct nap_subscriber *s, const struct nap_line *line, uint32_t i,
	nap_time from, nap_time to, nap_time sent)
{
	nap_time lag = lag_of(s, line, i);

	if (G_UNLIKELY(i == PART_DEVICE && nap_net_of(s, line)->access.changes))
		close_device(s, line, from, to, sent);
	else
		add_closed(nap_reach_of(s), closed_of(nap_reach_of(s), line), from - lag,
			nap_time_min(to - lag, sent));
}

/* Of these, by what is known now, those do not where it is closed. */
static void add_part(const struct nap_subscriber *s, const struct nap_line *line, uint32_t i, nap_time from,
	nap_time to, nap_time sent)
{
	nap_time closes = nap_time_max(from, nap_reach_of(s)->part[i].until);
	struct span asleep;

	close_part(s, line, i, closes, to, sent);
	while (i == PART_DEVICE && next_sleep(s, line, &from, nap_time_min(to, closes), &asleep))
		close_part(s, line, i, asleep.from, asleep.to, sent);
}

/* The one part of a path without delays: how long it was open between from and to. */
static G_NO_INLINE nap_time open_time(
	const struct nap_subscriber *s, const struct nap_line *line, nap_time from, nap_time to)
{
	nap_time open = nap_time_max(to - from, 0);
	struct span asleep;

	while (next_sleep(s, line, &from, to, &asleep))
		open -= asleep.to - asleep.from;
	return open;
}

static G_NO_INLINE void settle_parts(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	struct nap_reach *r = nap_reach_of(s);
	bool may_sleep = nap_net_of(s, line)->may_sleep;

	if (now <= r->settled)
		return;
	for (uint32_t i = 0, n = parts_of(s, line); i < n; i++) /* most are open all the while */
		if (r->part[i].until < now || (i == PART_DEVICE && may_sleep))
			add_part(s, line, i, r->settled, now, NAP_NEVER);
	r->settled = now;
	count(r, line, now - line->max_lag);
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
	struct nap_reach *r = nap_reach_of(s);

	if (G_UNLIKELY(line->lags)) {
		settle_parts(s, line, now);
	} else { /* one part, and nothing under way: no span has to be kept */
		nap_time from = r->settled, to = nap_time_min(now, r->part[0].until);

		if (to > from)
			line->tally->reachable_ns +=
				(uint64_t)(nap_net_of(s, line)->may_sleep ? open_time(s, line, from, to)
									  : to - from);
		r->settled = r->counted = now;
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
	struct part *part = nap_reach_of(s)->part;

	if (nap_endpoint_equal(part[i].to, e))
		return;
	for (uint32_t k = PART_DEVICE; k <= i; k++)
		add_part(s, line, k, now, now + lag_of(s, line, k) - lag, now - lag);
	part[i].to = e;
}

/*
 * The same of a box before the server, which p leaves. When a session is over the server may open the next one, as it may open one to
 * another port: then it stays open, and a NAT is taken to show its address and, as netfilter does, the service's port again.
 */
static G_NO_INLINE nap_time open_outwards(const struct nap_subscriber *s, const struct nap_line *line,
	nap_time now, uint32_t hop, struct nap_packet *p)
{
	struct nap_packet other = *p;
	nap_addr own = p->src.addr;
	nap_time until = nap_box_open_until(s->box[hop], now, NAP_INSIDE, p);

	if (p->src.addr == own && line->chain.middlebox[hop].box.kind == NAP_BOX_NAT)
		p->src.addr = nap_box_address(s->box[hop]);
	other.dst.port ^= 1;
	return until > 0 && nap_box_open_until(s->box[hop], now, NAP_INSIDE, &other) > 0 ? NAP_NEVER : until;
}

/* Until when hop's box lets p in, if it comes to that at all. */
static inline nap_time open_until(const struct nap_subscriber *s, const struct nap_line *line, nap_time now,
	uint32_t hop, struct nap_packet *p)
{
	if (G_UNLIKELY(line->chain.readdressed) &&
		nap_chain_misses(&line->chain, hop, s->box[hop], p->dst.addr))
		return 0;
	if (G_UNLIKELY(nap_chain_is_turned(&line->chain, hop)))
		return open_outwards(s, line, now, hop, p);
	return nap_box_open_until(s->box[hop], now, NAP_OUTSIDE, p);
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
		struct part *part = &nap_reach_of(s)->part[PART_BOXES + k];
		uint32_t hop = nap_net_hop(net, k);

		if (comes)
			sent_to(s, line, now, PART_BOXES + k, p.dst, lag);
		else
			p.dst = part->to;
		part->until = open_until(s, line, now, hop, &p);
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
		until = nap_time_min(until, open_until(s, line, now, nap_net_hop(net, k), p));
	return until;
}

NAP_HOT bool nap_reach_server_changed(const struct nap_subscriber *s, const struct nap_line *line)
{
	static const struct nap_endpoint nowhere;

	return line->client.app->transport != NAP_OVER_UDP || line->client.pooled ||
	       !nap_endpoint_equal(s->server->open ? s->server->peer : nowhere, nap_reach_of(s)->peer);
}

/* Why nothing gets through any more, where nobody has told. */
static enum nap_loss_why what_broke(const struct nap_subscriber *s)
{
	if (!s->server->open)
		return NAP_LOST_SERVER;
	if (!s->client->open)
		return NAP_LOST_CLIENT;
	return nap_subscriber_cut(s, false) ? NAP_LOST_OUTAGE : NAP_LOST_BINDING;
}

NAP_HOT void nap_reach_look(struct nap_subscriber *s, const struct nap_line *line, nap_time now)
{
	struct nap_reach *r = nap_reach_of(s);
	struct nap_packet p;
	bool server, device;
	struct nap_endpoint to;
	nap_time boxes = 0;
	bool was_open = s->was_open;

	s->touched = false;
	if (G_UNLIKELY(line->client.pooled) && !nap_lanes_hold_pushed(s, line))
		return;
	p = nap_server_sample(s->server, &line->server);
	server = s->server->open;
	device = s->client->open && !nap_subscriber_cut(s, false);
	to = p.dst;
	r->peer = server ? p.dst : (struct nap_endpoint){ 0, 0 };
	if (line->lags) {
		boxes = ask_each(s, line, now, p, server);
		to = r->part[PART_DEVICE].to;
	} else if (
		G_UNLIKELY(
			line->other)) { /* the way of the peer's packets, whatever the program knows of it */
		boxes = server ? nap_peer_open_until(s, line, now) : 0;
		to = s->client->self;
	} else if (server) {
		boxes = ask_all(s, line, now, &p);
		to = p.dst;
	}
	device &= nap_endpoint_equal(to, s->client->self);
	s->open_until = device ? boxes : 0;
	s->was_open = s->open_until > now;
	if (was_open && !s->was_open)
		nap_loss_begin(s, line, now, what_broke(s));
	if (s->was_open) {
		nap_loss_over(s, line);
		s->lifetime = s->open_until == NAP_NEVER ? NAP_NEVER : s->open_until - now;
	}
	if (!line->lags) {
		r->part[0].until = s->open_until;
		return;
	}
	r->part[PART_SERVER].until = server ? NAP_NEVER : 0;
	/* what comes to the access link in an outage is lost, though it would arrive after that */
	r->part[PART_ACCESS].until = nap_subscriber_cut(s, false) ? 0 : NAP_NEVER;
	r->part[PART_DEVICE].until = device ? NAP_NEVER : 0;
}

/*
 * Until when, by the sessions alone that had a packet last: 0 where these do not say all, end earlier than was known, or let it
 * in to somebody else.
 */
static inline nap_time ask_recent(const struct nap_subscriber *s, const struct nap_line *line)
{
	const struct nap_net *net = nap_net_of(s, line);
	struct nap_endpoint to = s->server->peer;
	nap_time until = NAP_NEVER;

	for (uint32_t k = net->n_hops; k-- > 0;) {
		struct part *part = &nap_reach_of(s)->part[line->lags ? PART_BOXES + k : 0];
		bool as_before = !line->lags || nap_endpoint_equal(part->to, to);
		nap_time each = nap_box_recent_until(s->box[nap_net_hop(net, k)], &s->server->self, &to);

		if (!as_before || each < part->until)
			return 0;
		if (line->lags)
			part->until = each;
		until = nap_time_min(until, each);
	}
	return nap_endpoint_equal(to, s->client->self) ? until : 0;
}

NAP_HOT bool nap_reach_goes_on(struct nap_subscriber *s, const struct nap_line *line, nap_time now)
{
	nap_time until;

	if (!line->goes_on || !s->was_open || now >= s->open_until || !s->server->open || !s->client->open ||
		nap_subscriber_cut(s, false) || !nap_endpoint_equal(s->server->peer, nap_reach_of(s)->peer))
		return false;
	until = ask_recent(s, line);
	if (until == 0)
		return false;
	if (!line->lags)
		nap_reach_of(s)->part[0].until = until;
	s->touched = false;
	s->open_until = until;
	s->lifetime = until == NAP_NEVER ? NAP_NEVER : until - now;
	nap_loss_over(s, line);
	return true;
}

void nap_reach_leave(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	nap_reach_settle(s, line, now);
	close_part(s, line, PART_DEVICE, now, now + nap_net_of(s, line)->lag, now);
	count(nap_reach_of(s), line, now); /* the next network's delays are for what is sent from now on */
	memset(nap_reach_of(s)->part, 0, most_parts(line) * sizeof(struct part)); /* they are other boxes */
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
	struct nap_reach *r = nap_reach_of(s);

	nap_reach_settle(s, line, now);
	for (uint32_t i = 0, n = parts_of(s, line); i < n; i++)
		add_part(s, line, i, now, now + lag_of(s, line, i), now);
	count(r, line, now);
	if (line->lags) {
		g_clear_pointer(&closed_of(r, line)->more, g_free);
		closed_of(r, line)->n = closed_of(r, line)->size = 0;
	}
}

static const struct nap_field reach_rows[] = {
	NAP_FIELD_SPAN(struct nap_reach, settled, counted, NAP_AT),
	NAP_FIELD_ENDPOINT(struct nap_reach, peer, NAP_VALUE),
	NAP_FIELD(struct nap_reach, part, NAP_PART),
};
NAP_FIELDS(reach_fields, struct nap_reach, reach_rows);

static const struct nap_field closed_rows[] = {
	NAP_FIELD(struct closed, own, NAP_PART),
	NAP_FIELD(struct closed, more, NAP_PART),
	NAP_FIELD(struct closed, n, NAP_VALUE),
	NAP_FIELD(struct closed, size, NAP_IGNORE),
};
NAP_FIELDS(closed_fields, struct closed, closed_rows);

static const struct nap_field span_rows[] = { NAP_FIELD_SPAN(struct span, from, to, NAP_AT) };
NAP_FIELDS(span_fields, struct span, span_rows);

static const struct nap_field part_rows[] = { NAP_FIELD(struct part, until, NAP_UNTIL),
	NAP_FIELD_ENDPOINT(struct part, to, NAP_VALUE) };
NAP_FIELDS(part_fields, struct part, part_rows);

const struct nap_fields *const nap_reach_tables[] = { &reach_fields, &closed_fields, &span_fields,
	&part_fields, NULL };

NAP_HOT uint64_t nap_reach_mark(
	uint64_t h, const struct nap_subscriber *s, const struct nap_line *line, const struct nap_moment *m)
{
	const struct nap_reach *r = nap_reach_of(s);
	struct closed *c = line->lags ? closed_of(r, line) : NULL;
	uint64_t closed = 0;

	h = nap_rows_mix(h, &reach_fields, r, m);
	for (uint32_t i = 0, n = parts_of(s, line); i < n; i++)
		h = nap_rows_mix(h, &part_fields, &r->part[i], m);
	if (!c)
		return h;
	for (uint32_t i = 0; i < c->n; i++) /* in no order */
		closed += nap_rows_mix(0, &span_fields, span_at(c, i), m);
	return nap_mix(nap_rows_mix(h, &closed_fields, c, m), closed);
}

NAP_HOT void nap_reach_shift(struct nap_subscriber *s, const struct nap_line *line, nap_time span)
{
	struct nap_reach *r = nap_reach_of(s);

	nap_rows_move(&reach_fields, r, span, false);
	for (uint32_t i = 0, n = parts_of(s, line); i < n; i++)
		nap_rows_move(&part_fields, &r->part[i], span, false);
	for (uint32_t i = 0; line->lags && i < closed_of(r, line)->n; i++)
		nap_rows_move(&span_fields, span_at(closed_of(r, line), i), span, false);
}
