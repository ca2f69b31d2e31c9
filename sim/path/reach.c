/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/reach.h"

#include <glib.h>

#include "path/loss.h"

/* Parts of the way. Without delays all are one, the first. */
enum { PART_SERVER, PART_DEVICE, PART_ACCESS, PART_BOXES };

/* A push sent from there on until then does not get through. */
struct span {
	nap_time from, to;
};

struct nap_reach {
	nap_time settled;    /* what is known of the parts is taken into account up to here */
	nap_time counted;    /* pushes sent up to here are decided */
	struct span *closed; /* after that: disjoint, in no order */
	uint32_t n, size;
	struct nap_endpoint peer; /* where pushes were sent when last looked at; zero: nowhere */
	/* Each part stays open until then if nothing else happens, 0: it is closed. As many as parts_of says. */
	nap_time until[1];
};

static uint32_t parts_of(const struct nap_subscriber *s, const struct nap_line *line)
{
	return line->lags ? PART_BOXES + nap_net_of(s, line)->n_hops : 1;
}

size_t nap_reach_bytes(const struct nap_line *line)
{
	uint32_t hops = 0;

	for (uint32_t i = 0; i < line->n_nets; i++)
		hops = MAX(hops, line->net[i].n_hops);
	return offsetof(struct nap_reach, until) + (line->lags ? PART_BOXES + hops : 1) * sizeof(nap_time);
}

static nap_time lag_of(const struct nap_subscriber *s, const struct nap_line *line, uint32_t part)
{
	const struct nap_net *net = nap_net_of(s, line);

	return part == PART_SERVER   ? 0
	       : part == PART_DEVICE ? net->lag
	       : part == PART_ACCESS ? (net->n_hops > 0 ? line->lag[net->first] : 0)
				     : line->lag[net->first + part - PART_BOXES];
}

static void drop(struct nap_reach *r, uint32_t i)
{
	r->closed[i] = r->closed[--r->n];
}

static void add_closed(struct nap_reach *r, nap_time from, nap_time to)
{
	from = nap_time_max(from, r->counted);
	if (from >= to)
		return;
	for (uint32_t i = 0; i < r->n;) {
		if (from > r->closed[i].to || to < r->closed[i].from) {
			i++;
			continue;
		}
		from = nap_time_min(from, r->closed[i].from);
		to = nap_time_max(to, r->closed[i].to);
		drop(r, i);
	}
	if (r->n == r->size) {
		r->size += 4;
		r->closed = g_renew(struct span, r->closed, r->size);
	}
	r->closed[r->n++] = (struct span){ from, to };
}

/* Pushes sent before `to` are decided: nothing that happens from now on meets them. */
static void count(struct nap_reach *r, struct nap_line *line, nap_time to)
{
	nap_time open = to - r->counted;

	if (open <= 0)
		return;
	for (uint32_t i = 0; i < r->n;) {
		struct span *c = &r->closed[i];

		if (c->from >= to) {
			i++;
			continue;
		}
		open -= nap_time_min(c->to, to) - c->from;
		c->from = nap_time_min(c->to, to);
		if (c->from == c->to)
			drop(r, i);
		else
			i++;
	}
	r->counted = to;
	line->tally->reachable_ns += (uint64_t)open;
}

/* The boxes' way in lapsed by itself: a timer of some box ran out. */
static void lapse(struct nap_subscriber *s, struct nap_line *line)
{
	s->was_open = false;
	line->tally->bindings_expired++;
	nap_loss_begin(s, line, s->open_until, NAP_LOST_BINDING);
	if (line->observer && line->observer->note)
		line->observer->note(line->observer->ctx, s->open_until, 0);
}

void nap_reach_settle(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	struct nap_reach *r = s->reach;

	if (!line->lags) { /* one part, and nothing under way: no span has to be kept */
		line->tally->reachable_ns +=
			(uint64_t)nap_time_max(nap_time_min(now, r->until[0]) - r->settled, 0);
		r->settled = r->counted = now;
	} else if (now > r->settled) {
		for (uint32_t i = 0, n = parts_of(s, line); i < n; i++) {
			nap_time from = nap_time_max(r->settled, r->until[i]), lag;

			if (from >= now)
				continue;
			lag = lag_of(s, line, i);
			add_closed(r, from - lag, now - lag);
		}
		r->settled = now;
		count(r, line, now - line->max_lag);
	}
	if (s->was_open && now >= s->open_until)
		lapse(s, line);
}

/*
 * From now on the server sends to another endpoint; what it sent before is still under way to the old one, for which the
 * boxes and the device are as they were.
 */
static void send_elsewhere(const struct nap_subscriber *s, const struct nap_line *line, nap_time now)
{
	struct nap_reach *r = s->reach;

	for (uint32_t i = PART_DEVICE, n = parts_of(s, line); i < n; i++)
		add_closed(r, nap_time_max(now, r->until[i]) - lag_of(s, line, i), now);
}

/*
 * Until when do the boxes let in what the server sends to where it believes the client to be? 0: not now. *knows: they could all be
 * asked; what an inner one is asked depends on the outer ones, and beyond a closed one nothing new is known, nor matters.
 * *right: it is where the client is.
 */
static nap_time ask_boxes(
	const struct nap_subscriber *s, const struct nap_line *line, nap_time now, bool *knows, bool *right)
{
	const struct nap_net *net = nap_net_of(s, line);
	struct nap_packet p = nap_server_sample(s->server, &line->server);
	nap_time until = NAP_NEVER;

	if (!nap_endpoint_equal(p.dst, s->reach->peer)) {
		send_elsewhere(s, line, now);
		s->reach->peer = p.dst;
	}
	for (uint32_t k = net->n_hops; k-- > 0 && until > 0;) {
		nap_time t = nap_box_open_until(s->box[net->first + k], now, NAP_OUTSIDE, &p);

		if (line->lags)
			s->reach->until[PART_BOXES + k] = t;
		until = nap_time_min(until, t);
	}
	*knows = until > 0;
	*right = !*knows || nap_endpoint_equal(p.dst, s->client->self);
	return *right ? until : 0;
}

bool nap_reach_server_changed(const struct nap_subscriber *s, const struct nap_line *line)
{
	static const struct nap_endpoint nowhere;

	return line->client.app->transport != NAP_OVER_UDP ||
	       !nap_endpoint_equal(s->server->open ? s->server->peer : nowhere, s->reach->peer);
}

/* Why nothing gets through any more, where nobody has told. */
static enum nap_loss_why what_broke(const struct nap_subscriber *s)
{
	if (!s->server->open)
		return NAP_LOST_SERVER;
	if (!s->client->open)
		return NAP_LOST_CLIENT;
	return s->out ? NAP_LOST_OUTAGE : NAP_LOST_BINDING;
}

void nap_reach_look(struct nap_subscriber *s, const struct nap_line *line, nap_time now)
{
	const struct nap_net *net = nap_net_of(s, line);
	bool server = s->server->open, device = s->client->open && !s->out, knows = false, right = true;
	nap_time boxes = server ? ask_boxes(s, line, now, &knows, &right) : 0, radio = 0;
	nap_time *until = s->reach->until;
	bool was_open = s->was_open;

	s->touched = false;
	if (!server)
		s->reach->peer = (struct nap_endpoint){ 0, 0 };
	device &= right;
	if (device)
		radio = net->may_sleep ? nap_radio_reachable_until(&s->radio, net->tech, now) : NAP_NEVER;
	s->open_until = device ? boxes : 0;
	s->was_open = s->open_until > now;
	if (was_open && !s->was_open)
		nap_loss_begin(s, line, now, what_broke(s));
	if (s->was_open) {
		nap_loss_over(s, line);
		s->lifetime = s->open_until == NAP_NEVER ? NAP_NEVER : s->open_until - now;
	}
	if (!line->lags) {
		until[0] = nap_time_min(s->open_until, radio);
		return;
	}
	until[PART_SERVER] = server ? NAP_NEVER : 0;
	/* what comes to the access link in an outage is lost, though it would arrive after that */
	until[PART_ACCESS] = s->out ? 0 : NAP_NEVER;
	if (knows || !device)
		until[PART_DEVICE] = radio;
}

void nap_reach_leave(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	nap_reach_settle(s, line, now);
	add_closed(s->reach, now - nap_net_of(s, line)->lag, now);
	count(s->reach, line, now); /* the next network's delays are for what is sent from now on */
}

void nap_reach_evicted(struct nap_subscriber *s, struct nap_line *line, nap_time now)
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
	struct nap_reach *r = s->reach;

	nap_reach_settle(s, line, now);
	for (uint32_t i = 0, n = parts_of(s, line); i < n; i++) {
		nap_time from = nap_time_max(now, r->until[i]), lag = lag_of(s, line, i);

		add_closed(r, from - lag, now);
	}
	count(r, line, now);
	g_clear_pointer(&r->closed, g_free);
	r->n = r->size = 0;
}

static const struct nap_field reach_rows[] = {
	NAP_FIELD_SPAN(struct nap_reach, settled, counted, NAP_AT),
	NAP_FIELD(struct nap_reach, closed, NAP_PART),
	NAP_FIELD(struct nap_reach, n, NAP_VALUE),
	NAP_FIELD(struct nap_reach, size, NAP_IGNORE),
	NAP_FIELD_ENDPOINT(struct nap_reach, peer, NAP_VALUE),
	NAP_FIELD(struct nap_reach, until, NAP_PART),
};
NAP_FIELDS(reach_fields, struct nap_reach, reach_rows);

static const struct nap_field span_rows[] = { NAP_FIELD_SPAN(struct span, from, to, NAP_AT) };
NAP_FIELDS(span_fields, struct span, span_rows);

struct part { /* one of those at the end of struct nap_reach */
	nap_time until;
};
static const struct nap_field part_rows[] = { NAP_FIELD(struct part, until, NAP_UNTIL) };
NAP_FIELDS(part_fields, struct part, part_rows);

const struct nap_fields *const nap_reach_tables[] = { &reach_fields, &span_fields, &part_fields, NULL };

uint64_t nap_reach_mark(
	uint64_t h, const struct nap_subscriber *s, const struct nap_line *line, const struct nap_moment *m)
{
	const struct nap_reach *r = s->reach;
	uint64_t closed = 0;

	h = nap_rows_mix(h, &reach_fields, r, m);
	for (uint32_t i = 0, n = parts_of(s, line); i < n; i++)
		h = nap_rows_mix(h, &part_fields, &r->until[i], m);
	for (uint32_t i = 0; i < r->n; i++) /* in no order */
		closed += nap_rows_mix(0, &span_fields, &r->closed[i], m);
	return nap_mix(h, closed);
}

void nap_reach_shift(struct nap_subscriber *s, const struct nap_line *line, nap_time span)
{
	struct nap_reach *r = s->reach;

	nap_rows_move(&reach_fields, r, span, false);
	for (uint32_t i = 0, n = parts_of(s, line); i < n; i++)
		nap_rows_move(&part_fields, &r->until[i], span, false);
	for (uint32_t i = 0; i < r->n; i++)
		nap_rows_move(&span_fields, &r->closed[i], span, false);
}
