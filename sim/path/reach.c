/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/reach.h"

void nap_reach_settle(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	if (s->open_until > s->settled)
		line->tally->reachable_ns += (uint64_t)(nap_time_min(now, s->open_until) - s->settled);
	s->settled = now;
	if (s->was_open &&
		now >= s->open_until) { /* the way in lapsed by itself: a timer of some box ran out */
		s->was_open = false;
		line->tally->bindings_expired++;
		if (s->lost_at == NAP_NEVER)
			s->lost_at = s->open_until;
		if (line->observer && line->observer->note)
			line->observer->note(line->observer->ctx, s->open_until, 0);
	}
}

/* Until when would the server's packets reach the client's socket? 0: they would not now. */
static nap_time way_in(const struct nap_subscriber *s, const struct nap_line *line, nap_time now)
{
	const struct nap_net *net = nap_net_of(s, line);
	nap_time until = net->may_sleep ? nap_radio_reachable_until(&s->radio, net->tech, now) : NAP_NEVER;
	struct nap_packet p = nap_server_sample(s->server, &line->server);

	for (uint32_t k = net->first + net->n_hops; k-- > net->first;)
		until = nap_time_min(until, nap_box_open_until(s->box[k], now, NAP_OUTSIDE, &p));
	return nap_endpoint_equal(p.dst, s->client->self) ? until : 0;
}

void nap_reach_look(struct nap_subscriber *s, const struct nap_line *line, nap_time now)
{
	bool ends = s->server->open && s->client->open && !s->out;

	s->touched = false;
	s->open_until = ends ? way_in(s, line, now) : 0;
	s->was_open = s->open_until > now;
	if (s->was_open) {
		s->lost_at = NAP_NEVER;
		s->lifetime = s->open_until == NAP_NEVER ? NAP_NEVER : s->open_until - now;
	}
}

void nap_reach_evicted(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	bool was_open = s->was_open;

	nap_reach_look(s, line, now);
	if (!was_open || s->was_open)
		return;
	line->tally->bindings_evicted++;
	if (s->lost_at == NAP_NEVER)
		s->lost_at = now;
}
