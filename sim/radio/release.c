/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Release assistance. What a device has said with its last packet is part of the radio's state: each connected state gets two
 * twins that look the same to the meter. In the one that waits for an answer the network's timers go on as before, and the next
 * packet from the network leads to the other; that one is left for rest when the network has had the time to release. Whatever
 * else the device sends takes it back: it says anew what follows. So the interpreter has one edge more to take, and no other case.
 */
#include "radio/release.h"

#include <glib.h>

/* The twins of each state, NAP_RADIO_NONE where it has none. */
struct twins {
	uint8_t waiting[NAP_RADIO_STATES_MAX], released[NAP_RADIO_STATES_MAX];
};

static bool add_edge(struct nap_radio_tech *tech, struct nap_radio_edge e)
{
	struct nap_radio_state *from = &tech->state[e.from];

	if (tech->n_edges == NAP_RADIO_EDGES_MAX)
		return false;
	if (e.on == NAP_ON_IDLE)
		from->idle_edge = tech->n_edges;
	tech->edge[tech->n_edges++] = e;
	return true;
}

/* An edge that takes no time and costs nothing. */
static bool add_plain(struct nap_radio_tech *tech, uint8_t from, uint8_t to, enum nap_edge_on on)
{
	return add_edge(tech, (struct nap_radio_edge){ .name = "release-assistance",
				      .from = from,
				      .to = to,
				      .on = (uint8_t)on,
				      .after_dist = nap_dist_constant(0.0),
				      .delay_dist = nap_dist_constant(0.0) });
}

/* Where the state's timers lead: the first one without user plane. */
static uint8_t rest_of(const struct nap_radio_tech *tech, uint8_t i)
{
	for (unsigned n = 0; n < tech->n_states && tech->state[i].connected; n++) {
		if (tech->state[i].idle_edge == NAP_RADIO_NONE)
			return NAP_RADIO_NONE;
		i = tech->edge[tech->state[i].idle_edge].to;
	}
	return tech->state[i].connected ? NAP_RADIO_NONE : i;
}

static bool add_twin(struct nap_radio_tech *tech, uint8_t of, uint8_t *twin)
{
	if (tech->n_states == NAP_RADIO_STATES_MAX)
		return false;
	*twin = tech->n_states++;
	tech->state[*twin] = tech->state[of];
	tech->twin_of[*twin] = of;
	tech->state[*twin].idle_edge = NAP_RADIO_NONE;
	tech->assist[*twin][NAP_ASSIST_DONE] = NAP_RADIO_NONE;
	tech->assist[*twin][NAP_ASSIST_ONE_ANSWER] = NAP_RADIO_NONE;
	return true;
}

/* Done, the device stays in the state that carried its packet until the network lets go. */
static bool add_released(struct nap_radio_tech *tech, uint8_t i, nap_time after, const struct twins *t)
{
	uint8_t rest = rest_of(tech, i), twin = t->released[i];

	tech->assist[i][NAP_ASSIST_DONE] = twin;
	return add_edge(tech, (struct nap_radio_edge){ .name = "release-assistance",
				      .from = twin,
				      .to = rest,
				      .on = NAP_ON_IDLE,
				      .after = after,
				      .after_dist = nap_dist_constant((double)after),
				      .delay_dist = nap_dist_constant(0.0) }) &&
	       add_plain(tech, twin, i, NAP_ON_SEND);
}

/* An edge of state i, from its waiting twin: towards the network as it was, from the network to where the answer is the last. */
static bool copy_edge(struct nap_radio_tech *tech, const struct nap_radio_edge *of, const struct twins *t)
{
	struct nap_radio_edge e = *of;

	e.from = t->waiting[of->from];
	if (of->on == NAP_ON_IDLE) {
		if (t->waiting[of->to] != NAP_RADIO_NONE)
			e.to = t->waiting[of->to];
		return add_edge(tech, e);
	}
	e.on = NAP_ON_SEND;
	if (of->on != NAP_ON_RECEIVE && !add_edge(tech, e))
		return false;
	e.on = NAP_ON_RECEIVE;
	if (t->released[of->to] != NAP_RADIO_NONE)
		e.to = t->released[of->to];
	return of->on == NAP_ON_SEND || add_edge(tech, e);
}

static bool add_waiting(struct nap_radio_tech *tech, uint8_t i, const struct twins *t)
{
	uint8_t twin = t->waiting[i], n = tech->n_edges;

	for (uint8_t k = 0; k < n; k++) {
		struct nap_radio_edge e = tech->edge[k];

		if (e.from == i && !copy_edge(tech, &e, t))
			return false;
	}
	if (t->released[i] == NAP_RADIO_NONE) /* it carries nothing from the network itself */
		return true;
	tech->assist[i][NAP_ASSIST_ONE_ANSWER] = twin;
	return add_plain(tech, twin, i, NAP_ON_SEND) && add_plain(tech, twin, t->released[i], NAP_ON_RECEIVE);
}

/* Is the state one that packets from the network are carried in? */
static bool carries(const struct nap_radio_tech *tech, uint8_t i)
{
	for (unsigned k = 0; k < tech->n_edges; k++) {
		const struct nap_radio_edge *e = &tech->edge[k];

		if (e->from == i && e->over[NAP_DOWNLINK] == 0 &&
			(e->on == NAP_ON_TRAFFIC || e->on == NAP_ON_RECEIVE))
			return false;
	}
	return tech->state[i].connected && rest_of(tech, i) != NAP_RADIO_NONE;
}

static bool add_twins(struct nap_radio_tech *tech, struct twins *t)
{
	uint8_t n = tech->n_states;

	for (uint32_t i = 0; i < NAP_RADIO_STATES_MAX; i++)
		t->waiting[i] = t->released[i] = NAP_RADIO_NONE;
	for (uint8_t i = 0; i < n; i++) {
		if (tech->state[i].connected && !add_twin(tech, i, &t->waiting[i]))
			return false;
		if (carries(tech, i) && !add_twin(tech, i, &t->released[i]))
			return false;
	}
	return true;
}

bool release_add(struct nap_radio_tech *tech, nap_time after, char **reason)
{
	struct twins t;
	uint8_t n = tech->n_states;
	bool room;

	if (after <= 0 || after == NAP_NEVER)
		return true;
	room = add_twins(tech, &t);
	for (uint8_t i = 0; i < n && room; i++)
		room = t.released[i] == NAP_RADIO_NONE || add_released(tech, i, after, &t);
	for (uint8_t i = 0; i < n && room; i++)
		room = t.waiting[i] == NAP_RADIO_NONE || add_waiting(tech, i, &t);
	tech->assists = true;
	if (!room)
		*reason = g_strdup_printf(
			"[radio] release-assistance: doubles the connected states, and there is "
			"room for %d states and %d edges",
			NAP_RADIO_STATES_MAX, NAP_RADIO_EDGES_MAX);
	return room;
}
