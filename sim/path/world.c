/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/world.h"

static const struct nap_arrivals *arrivals(const struct nap_line *line, uint32_t kind)
{
	switch ((enum nap_world_kind)kind) {
	case NAP_WORLD_MOVE:
		return &line->path->moves;
	case NAP_WORLD_REBOOT:
		return &line->path->reboots;
	default:
		return &line->client.app->background;
	}
}

bool nap_world_stirs(const struct nap_line *line)
{
	for (uint32_t i = 0; i < NAP_WORLD_KINDS; i++)
		if (arrivals(line, i)->kind != NAP_ARRIVALS_NONE)
			return true;
	return false;
}

static void schedule(struct nap_world *w, const struct nap_line *line, uint32_t kind)
{
	w->at[kind] = nap_arrivals_next(arrivals(line, kind), &w->state[kind], &w->rng[kind]);
}

void nap_world_init(struct nap_world *w, const struct nap_line *line, uint32_t id)
{
	static const enum nap_purpose purpose[NAP_WORLD_KINDS] = {
		[NAP_WORLD_MOVE] = NAP_RNG_MOVE,
		[NAP_WORLD_REBOOT] = NAP_RNG_REBOOT,
		[NAP_WORLD_BACKGROUND] = NAP_RNG_BACKGROUND,
	};

	for (uint32_t i = 0; i < NAP_WORLD_KINDS; i++) {
		/* a box reboots for all subscribers at once */
		uint64_t entity = i == NAP_WORLD_REBOOT ? UINT64_MAX : id;

		w->rng[i] = nap_rng_stream(line->seed, line->replication, entity, purpose[i]);
		schedule(w, line, i);
	}
}

nap_time nap_world_next(const struct nap_world *w)
{
	nap_time t = w->at[0];

	for (uint32_t i = 1; i < NAP_WORLD_KINDS; i++)
		t = nap_time_min(t, w->at[i]);
	return t;
}

enum nap_world_kind nap_world_take(struct nap_world *w, const struct nap_line *line, nap_time now)
{
	uint32_t i = 0;

	while (w->at[i] != now)
		i++;
	schedule(w, line, i);
	return (enum nap_world_kind)i;
}
