/* SPDX-License-Identifier: BSD-2-Clause */
/* Where all that belongs to one subscriber stands: as much as its line's scenario asks for, in one piece of memory. */
#include <glib.h>
#include <string.h>

#include "path/awake.h"
#include "path/held.h"
#include "path/hosts.h"
#include "path/lanes.h"
#include "path/loss.h"
#include "path/peer.h"
#include "path/reach.h"
#include "path/world.h"

static bool all_steady(const struct nap_line *line)
{
	bool steady = !line->links_draw;

	for (uint32_t i = 0; i < line->n_nets; i++)
		steady &= line->net[i].access.steady;
	return steady;
}

static uint32_t ways_of(const struct nap_line *line)
{
	return 2 + (line->links_draw ? 2 * line->n_hops : 0);
}

uint64_t *nap_way_bursts(const struct nap_subscriber *s, const struct nap_line *line)
{
	return (uint64_t *)nap_behind_at(s, line->behind.way + ways_of(line));
}

/* What else there may be behind reachable time, each finding its own place: see there. */
static size_t reach_and_more(const struct nap_line *line)
{
	return nap_reach_bytes(line) + nap_loss_bytes(line) + nap_awake_bytes(line) + nap_held_bytes(line) +
	       nap_lanes_bytes(line) + nap_peer_bytes(line);
}

/* Does anything but its ends' deadlines, packets and pushes ever fall due, or not as these say? */
static bool has_own_timers(const struct nap_line *line)
{
	return line->acts_alone || line->other || line->client.pooled || nap_world_bytes(line) > 0;
}

static size_t head_bytes(const struct nap_line *line)
{
	return nap_subscriber_whole(offsetof(struct nap_subscriber, at) +
				    (has_own_timers(line) ? NAP_T_N : NAP_T_CLIENT) * sizeof(nap_time));
}

/* A place for so many bytes at the end; none for none. */
static uint32_t place(struct nap_behind *b, size_t bytes)
{
	uint32_t at = bytes ? b->end : 0;

	b->end += (uint32_t)(nap_subscriber_whole(bytes) / 8);
	return at;
}

static struct nap_behind lay_out(const struct nap_line *line)
{
	struct nap_behind b = { .end = (uint32_t)(head_bytes(line) / 8) };

	b.server = place(&b, nap_lanes_n(line) * nap_subscriber_whole(nap_server_bytes(&line->server)));
	b.client = place(&b, nap_lanes_n(line) * nap_subscriber_whole(nap_client_bytes(&line->client)));
	b.way = place(&b, (ways_of(line) + !all_steady(line)) * sizeof(nap_time));
	b.on_end = place(&b, line->server.server->push.kind == NAP_ARRIVALS_ONOFF ? sizeof(nap_time) : 0);
	b.draws = place(&b, line->steady ? 0 : sizeof(struct nap_draws));
	b.policy_draws = place(&b, nap_client_draws(&line->client) ? sizeof(struct nap_rng) : 0);
	b.reach = place(&b, reach_and_more(line));
	b.hosts = place(&b, nap_hosts_bytes(line));
	b.world = place(&b, nap_world_bytes(line));
	return b;
}

size_t nap_subscriber_bytes(const struct nap_line *line)
{
	return 8 * (size_t)lay_out(line).end;
}

void nap_line_lay_out(struct nap_line *line)
{
	line->own_timers = has_own_timers(line);
	line->behind = lay_out(line);
}

uint16_t nap_behind_units(const struct nap_subscriber *s, const void *at)
{
	size_t n = (size_t)((const char *)at - (const char *)s) / 8;

	g_assert(n <= UINT16_MAX);
	return (uint16_t)n;
}

void nap_subscriber_clear(struct nap_subscriber *s, const struct nap_line *line)
{
	memset(s, 0, 8 * (size_t)line->behind.end);
	s->server = nap_behind_units(s, nap_behind_at(s, line->behind.server));
	s->client = nap_behind_units(s, nap_behind_at(s, line->behind.client));
}
