/* SPDX-License-Identifier: BSD-2-Clause */
/* From a profile's rows to the interpreter's tables, and the proof that they are whole. */
#include "radio/conditions.h"
#include "radio/release.h"
#include "radio/tech.h"

#include <glib.h>
#include <string.h>

static bool refuse(char **reason, char *text)
{
	*reason = text;
	return false;
}

static int find_state(const struct nap_radio_tech *tech, const char *name)
{
	for (int i = 0; i < tech->n_states; i++) {
		if (strcmp(tech->state[i].name, name) == 0)
			return i;
	}
	return -1;
}

/* Energy of a byte above the state's own power: 1 mW per Mbit/s is 8e-6 mJ a byte. */
static double byte_energy(const struct nap_radio_state_row *row, enum nap_direction link)
{
	double mj = row->slope_mw_per_mbps[link] * 8e-6 + row->kb_energy[link].value * 1e-3;

	if (row->rate_bps[link] > 0.0 && row->transfer[link].value > 0.0)
		mj += (row->transfer[link].value - row->power.value) * 8.0 / row->rate_bps[link];
	return mj;
}

/* Is the state one that the interpreter can be in? */
static bool check_state(
	const struct nap_radio_tech *tech, const struct nap_radio_state_row *row, char **reason)
{
	if (find_state(tech, row->name) >= 0)
		return refuse(
			reason, g_strdup_printf("[state %s]: there are two states of this name", row->name));
	if (row->cycle > 0 && (row->on_duration <= 0 || row->on_duration > row->cycle))
		return refuse(reason,
			g_strdup_printf("[state %s] on-duration: must lie between 0 and cycle", row->name));
	if (row->cycle == 0 && row->on_duration > 0)
		return refuse(reason, g_strdup_printf("[state %s] on-duration: needs a cycle", row->name));
	if (row->cycle > 0 && row->phase >= row->cycle)
		return refuse(
			reason, g_strdup_printf("[state %s] phase: must be shorter than cycle", row->name));
	if (row->connected && row->reachable == NAP_REACH_NO)
		return refuse(reason,
			g_strdup_printf("[state %s] reachable: a connected state is reachable", row->name));
	return true;
}

static bool add_state(struct nap_radio_tech *tech, const struct nap_radio_row *radio,
	const struct nap_radio_state_row *as_written, char **reason)
{
	struct nap_radio_state *s = &tech->state[tech->n_states];
	struct nap_radio_state_row conditioned = *as_written, *row = &conditioned;

	if (!check_state(tech, row, reason) || !conditions_of_state(row, radio, reason))
		return false;
	*s = (struct nap_radio_state){
		.name = row->name,
		.power_mw = row->power.value,
		.on_power_mw = row->on_power.value > 0.0 ? row->on_power.value : row->power.value,
		.cycle_energy_mj = row->cycle_energy.value,
		.cycle = row->cycle,
		.on_duration = row->on_duration,
		.phase = row->phase,
		.per_cycle = row->cycle > 0 ? 1.0 / (double)row->cycle : 0.0,
		.lock = (uint8_t)row->lock,
		.connected = row->connected,
		.reachable = row->reachable != NAP_REACH_NO,
		.idle_edge = NAP_RADIO_NONE,
	};
	tech->twin_of[tech->n_states] = tech->n_states;
	for (unsigned k = 0; k < NAP_ASSISTS; k++)
		tech->assist[tech->n_states][k] = NAP_RADIO_NONE;
	for (unsigned link = 0; link < NAP_LINKS; link++) {
		s->byte_mj[link] = byte_energy(row, link);
		s->byte_ns[link] = row->rate_bps[link] > 0.0 ? 8e9 / row->rate_bps[link] : 0.0;
	}
	if (row->cycle > 0 && row->lock == NAP_LOCK_RANDOM)
		tech->random = true;
	tech->n_states++;
	return true;
}

/* Does the edge lead from one known state to another, under a name of its own? */
static bool check_edge(const struct nap_radio_tech *tech, const struct nap_radio_edge_row *row, char **reason)
{
	int from = find_state(tech, row->from), to = find_state(tech, row->to);

	for (unsigned i = 0; i < tech->n_edges; i++) {
		if (strcmp(tech->edge[i].name, row->name) == 0)
			return refuse(reason,
				g_strdup_printf("[edge %s]: there are two edges of this name", row->name));
	}
	if (from < 0)
		return refuse(reason,
			g_strdup_printf("[edge %s] from: there is no state %s", row->name, row->from));
	if (to < 0)
		return refuse(
			reason, g_strdup_printf("[edge %s] to: there is no state %s", row->name, row->to));
	if (from == to)
		return refuse(reason, g_strdup_printf("[edge %s] to: is where it comes from", row->name));
	if (row->carries && !tech->state[to].connected)
		return refuse(reason,
			g_strdup_printf(
				"[edge %s] carries: packets need a connected state to flow in", row->name));
	return true;
}

/* By a timer alone, yet the device speaks: a periodic tracking area update. */
static bool is_update(
	enum nap_edge_on on, const struct nap_radio_state *from, const struct nap_radio_state *to)
{
	return on == NAP_ON_IDLE &&
	       ((!from->connected && to->connected) || (!from->reachable && to->reachable));
}

static bool add_edge(struct nap_radio_tech *tech, const struct nap_radio_row *radio,
	const struct nap_radio_edge_row *as_written, char **reason)
{
	struct nap_radio_edge *e = &tech->edge[tech->n_edges];
	struct nap_radio_edge_row conditioned = *as_written, *row = &conditioned;
	int from = find_state(tech, row->from), to = find_state(tech, row->to);
	bool update;

	if (!check_edge(tech, row, reason))
		return false;
	update = is_update(row->on, &tech->state[from], &tech->state[to]);
	if (!conditions_of_edge(row, radio, row->on != NAP_ON_IDLE || update, reason))
		return false;
	*e = (struct nap_radio_edge){
		.name = row->name,
		.from = (uint8_t)from,
		.to = (uint8_t)to,
		.on = (uint8_t)row->on,
		.carries = row->carries,
		.random = row->after.kind != NAP_DIST_CONSTANT || row->delay.kind != NAP_DIST_CONSTANT,
		.after = (nap_time)row->after.a,
		.delay = (nap_time)row->delay.a,
		.after_dist = row->after,
		.delay_dist = row->delay,
		.power_mw = row->power.value,
		.energy_mj = row->energy.value,
		.update = update,
		.over = { row->over[NAP_UPLINK], row->over[NAP_DOWNLINK] },
		.messages = row->messages,
	};
	tech->signals |= row->messages > 0;
	e->promotion = e->on != NAP_ON_IDLE &&
		       (!tech->state[from].connected || e->random || e->delay > 0 || e->energy_mj > 0.0);
	if (e->on == NAP_ON_IDLE) {
		if (tech->state[from].idle_edge != NAP_RADIO_NONE)
			return refuse(
				reason, g_strdup_printf("[edge %s] from: state %s has an idle edge already",
						row->name, row->from));
		if (!e->random && e->after + e->delay <= 0)
			return refuse(
				reason, g_strdup_printf("[edge %s] after: a timer of no length", row->name));
		tech->state[from].idle_edge = tech->n_edges;
	}
	tech->random |= e->random;
	tech->n_edges++;
	return true;
}

/* Does edge e carry packets of this direction away from its state? */
static bool is_on(const struct nap_radio_edge *e, enum nap_direction link)
{
	return e->on == NAP_ON_TRAFFIC || e->on == (link == NAP_UPLINK ? NAP_ON_SEND : NAP_ON_RECEIVE);
}

static void sort_edges(struct nap_radio_tech *tech, enum nap_direction link)
{
	uint8_t n = 0;

	for (unsigned i = 0; i < tech->n_states; i++) {
		struct nap_radio_state *s = &tech->state[i];

		s->first[link] = n;
		for (uint8_t k = 0; k < tech->n_edges; k++) {
			if (tech->edge[k].from == i && is_on(&tech->edge[k], link))
				tech->order[link][n++] = k;
		}
		s->n[link] = (uint8_t)(n - s->first[link]);
	}
}

/* From state i, do packets of any size come to a connected state? */
static bool packets_get_through(const struct nap_radio_tech *tech, unsigned i, enum nap_direction link)
{
	for (unsigned hop = 0; hop <= tech->n_states; hop++) {
		const struct nap_radio_state *s = &tech->state[i];
		unsigned k;

		if (s->connected)
			return true;
		for (k = 0; k < s->n[link]; k++) {
			if (tech->edge[tech->order[link][s->first[link] + k]].over[link] == 0)
				break;
		}
		if (k == s->n[link])
			return false;
		i = tech->edge[tech->order[link][s->first[link] + k]].to;
	}
	return false;
}

/* Following traffic edges alone must end: no packet may chase round a circle. */
static bool circles(const struct nap_radio_tech *tech, enum nap_direction link)
{
	uint8_t longest[NAP_RADIO_STATES_MAX] = { 0 };

	for (unsigned round = 0; round <= tech->n_states; round++) {
		bool changed = false;

		for (unsigned k = 0; k < tech->n_edges; k++) {
			const struct nap_radio_edge *e = &tech->edge[k];

			if (is_on(e, link) && longest[e->to] < longest[e->from] + 1) {
				longest[e->to] = (uint8_t)(longest[e->from] + 1);
				changed = true;
			}
		}
		if (!changed)
			return false;
	}
	return true;
}

static bool comes_home(const struct nap_radio_tech *tech, unsigned i)
{
	for (unsigned hop = 0; hop <= tech->n_states; hop++) {
		if (i == tech->start)
			return true;
		if (tech->state[i].idle_edge == NAP_RADIO_NONE)
			return false;
		i = tech->edge[tech->state[i].idle_edge].to;
	}
	return false;
}

/* The states that edges lead to from the start, and what the device says. */
static uint32_t reached(const struct nap_radio_tech *tech)
{
	uint32_t seen = 1U << tech->start, before = 0;

	while (seen != before) {
		before = seen;
		for (unsigned k = 0; k < tech->n_edges; k++) {
			if (seen & 1U << tech->edge[k].from)
				seen |= 1U << tech->edge[k].to;
		}
		for (unsigned i = 0; i < tech->n_states; i++)
			for (unsigned k = 0; k < NAP_ASSISTS; k++)
				if (seen & 1U << i && tech->assist[i][k] != NAP_RADIO_NONE)
					seen |= 1U << tech->assist[i][k];
	}
	return seen;
}

static bool check_states(const struct nap_radio_tech *tech, char **reason)
{
	uint32_t seen = reached(tech);

	for (unsigned i = 0; i < tech->n_states; i++) {
		const char *name = tech->state[i].name;

		if (!(seen & 1U << i))
			return refuse(reason,
				g_strdup_printf(
					"[state %s]: no edges lead to it from the start state", name));
		if (!comes_home(tech, i))
			return refuse(reason,
				g_strdup_printf(
					"[state %s]: its idle edges do not lead back to the start state",
					name));
		if (!packets_get_through(tech, i, NAP_UPLINK))
			return refuse(reason,
				g_strdup_printf(
					"[state %s]: a packet to send finds no way to a connected state",
					name));
		if (tech->state[i].reachable && !packets_get_through(tech, i, NAP_DOWNLINK))
			return refuse(reason,
				g_strdup_printf(
					"[state %s]: a packet to receive finds no way to a connected state",
					name));
	}
	if (circles(tech, NAP_UPLINK) || circles(tech, NAP_DOWNLINK))
		return refuse(reason, g_strdup("[radio]: edges on traffic run in a circle"));
	return true;
}

bool nap_radio_compile(struct nap_radio_tech *tech, const struct nap_radio_row *radio,
	const struct nap_radio_state_row *states, size_t n_states, const struct nap_radio_edge_row *edges,
	size_t n_edges, char **reason)
{
	int start;

	memset(tech, 0, sizeof *tech);
	if (!conditions_check(radio, reason))
		return false;
	if (n_states == 0 || n_states > NAP_RADIO_STATES_MAX)
		return refuse(reason, g_strdup_printf("[radio]: %zu states; 1 to %d are possible", n_states,
					      NAP_RADIO_STATES_MAX));
	if (n_edges > NAP_RADIO_EDGES_MAX)
		return refuse(reason, g_strdup_printf("[radio]: %zu edges; at most %d are possible", n_edges,
					      NAP_RADIO_EDGES_MAX));
	for (size_t i = 0; i < n_states; i++) {
		if (!add_state(tech, radio, &states[i], reason))
			return false;
	}
	for (size_t i = 0; i < n_edges; i++) {
		if (!add_edge(tech, radio, &edges[i], reason))
			return false;
	}
	start = find_state(tech, radio->start);
	if (start < 0)
		return refuse(reason, g_strdup_printf("[radio] start: there is no state %s", radio->start));
	tech->start = (uint8_t)start;
	tech->buffer_packets = radio->buffer_packets;
	tech->buffer_time = radio->buffer_time;
	tech->page_messages = radio->page_messages;
	tech->signals |= radio->page_messages > 0;
	tech->kind = radio->technology;
	if (!release_add(tech, radio->release_assistance, reason))
		return false;
	tech->attentive = tech->assists || tech->buffer_packets > 0;
	sort_edges(tech, NAP_UPLINK);
	sort_edges(tech, NAP_DOWNLINK);
	return check_states(tech, reason);
}
