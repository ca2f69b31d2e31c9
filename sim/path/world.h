/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happens to a subscriber from outside, besides pushes and outages:
 * moves between two networks, reboots of its middleboxes, and the device's
 * other traffic. Only where a scenario has any of these is it kept.
 */
#ifndef NAP_PATH_WORLD_H
#define NAP_PATH_WORLD_H

#include "path/subscriber.h"

enum nap_world_kind { NAP_WORLD_MOVE, NAP_WORLD_REBOOT, NAP_WORLD_BACKGROUND, NAP_WORLD_KINDS };

struct nap_world {
	nap_time at[NAP_WORLD_KINDS];
	struct nap_arrivals_state state[NAP_WORLD_KINDS];
	struct nap_rng rng[NAP_WORLD_KINDS];
	uint32_t network; /* 0: home, 1: away */
};

/* Does anything of this kind happen in this scenario? */
bool nap_world_stirs(const struct nap_line *line);

void nap_world_init(struct nap_world *w, const struct nap_line *line, uint32_t id);

/* When the next of all is due. */
nap_time nap_world_next(const struct nap_world *w);

/* Which kind is due at now; it is scheduled anew. */
enum nap_world_kind nap_world_take(struct nap_world *w, const struct nap_line *line, nap_time now);

/* Is the middlebox at hop on the path, on the network where the subscriber is now? */
static inline bool nap_world_has_hop(
	const struct nap_subscriber *s, const struct nap_line *line, uint32_t hop)
{
	uint32_t network = line->hop[hop]->network;

	return network == NAP_HOP_BOTH || !s->world ||
	       network == (s->world->network ? NAP_HOP_AWAY : NAP_HOP_HOME);
}

#endif
