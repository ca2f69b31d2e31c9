/* SPDX-License-Identifier: BSD-2-Clause */
#include "run/workspace.h"

#include <glib.h>
#include <string.h>

bool nap_hop_shared(const struct nap_scenario *sc, uint32_t hop)
{
	return sc->middlebox[hop].box.shared && sc->general.subscribers > 1;
}

/* A subscriber's own NAT hides its inside address, so only without one before the first shared box must devices differ. */
nap_addr nap_workspace_self(const struct nap_scenario *sc, uint32_t id)
{
	if (sc->n_networks > 0)
		return NAP_FIRST_CLIENT + id;
	for (uint32_t k = 0; k < sc->n_middleboxes; k++) {
		if (nap_hop_shared(sc, k))
			break;
		if (sc->middlebox[k].box.kind == NAP_BOX_NAT)
			return NAP_FIRST_CLIENT;
	}
	return NAP_FIRST_CLIENT + id;
}

/* A private NAT before another box needs an address of its own there (RFC 6598 space); the last one keeps the scenario's. */
void nap_workspace_readdress(const struct nap_scenario *sc, struct nap_box *box, uint32_t hop, uint32_t id)
{
	bool last = hop + 1 == sc->n_path_middleboxes;

	for (uint32_t i = 0; i < sc->n_networks; i++)
		last |= hop + 1 == sc->network[i].first + sc->network[i].n;
	if (sc->middlebox[hop].box.kind == NAP_BOX_NAT && !nap_hop_shared(sc, hop) && !last)
		nap_box_readdress(box, NAP_ADDR(100 + hop, 64, 0, 2) + id);
}

nap_addr nap_workspace_first(const struct nap_scenario *sc)
{
	nap_addr first = NAP_FIRST_CLIENT;

	for (uint32_t k = 0; k < sc->n_middleboxes && !nap_hop_shared(sc, k); k++)
		if (sc->middlebox[k].box.kind == NAP_BOX_NAT)
			first = NAP_ADDR(100 + k, 64, 0, 2);
	return first;
}

struct nap_rng nap_workspace_ports(const struct nap_workspace *ws, uint32_t hop, uint32_t id)
{
	return nap_rng_stream(
		ws->line.seed, ws->line.replication, ((uint64_t)(hop + 1) << 32) | id, NAP_RNG_PORTS);
}

/* Values that the profile gives as distributions, drawn for this box (id: whose; a shared box has the last number). */
static void draw_values(
	const struct nap_workspace *ws, struct nap_box_config *config, uint32_t hop, uint32_t id)
{
	const struct nap_middlebox *m = &ws->plan->sc->middlebox[hop];
	struct nap_rng rng = nap_rng_stream(
		ws->line.seed, ws->line.replication, ((uint64_t)(hop + 1) << 32) | id, NAP_RNG_PROFILE);

	for (uint32_t i = 0; i < m->n_draws; i++) {
		const struct nap_param_draw *d = &m->draws[i];
		char *field = (char *)config + d->row->offset;

		if (d->row->type == NAP_P_TIME)
			*(nap_time *)field = nap_time_max(1, nap_dist_draw_time(&d->dist, &rng));
		else if (d->row->type == NAP_P_UINT)
			*(uint32_t *)field = (uint32_t)nap_dist_draw_time(&d->dist, &rng);
		else if (d->row->type == NAP_P_UINT64)
			*(uint64_t *)field = (uint64_t)nap_dist_draw_time(&d->dist, &rng);
	}
}

struct nap_box *nap_workspace_box(struct nap_workspace *ws, uint32_t hop, uint32_t id, size_t expected)
{
	struct nap_box_config config = ws->plan->sc->middlebox[hop].box;
	struct nap_box *box;

	draw_values(ws, &config, hop, id);
	box = nap_box_new(&config, nap_workspace_ports(ws, hop, id), expected);
	nap_workspace_readdress(ws->plan->sc, box, hop, id);
	return box;
}

static bool acts(const struct nap_box_config *b)
{
	return b->on_expiry != NAP_EXPIRY_SILENT || b->probe_interval > 0 || b->incoming_syn_hold > 0;
}

static bool may_sleep(const struct nap_radio_tech *tech)
{
	for (uint32_t i = 0; i < tech->n_states; i++)
		if (!tech->state[i].reachable)
			return true;
	return false;
}

/* Network 0 is the path's own. */
static void set_up_nets(struct nap_line *line, const struct nap_scenario *sc)
{
	line->net[0] = (struct nap_net){ &sc->path.delay, &sc->path.stay, sc->path.loss, sc->path.loss_burst,
		sc->radio, 0, sc->n_path_middleboxes, may_sleep(sc->radio) };
	for (uint32_t i = 0; i < sc->n_networks; i++) {
		const struct nap_network *n = &sc->network[i];

		line->net[i + 1] = (struct nap_net){ &n->config.delay, &n->config.stay, n->config.loss,
			n->config.loss_burst, n->radio, n->first, n->n, may_sleep(n->radio) };
	}
	line->n_nets = sc->n_networks + 1;
	line->steady = true;
	for (uint32_t i = 0; i < line->n_nets; i++)
		line->steady &= line->net[i].loss <= 0.0 && line->net[i].delay->kind == NAP_DIST_CONSTANT &&
				!line->net[i].tech->random;
}

static void set_up_line(struct nap_line *line, const struct nap_scenario *sc)
{
	bool probes = false; /* a box that probes counts its probes, which no fingerprint holds */

	line->path = &sc->path;
	line->client = (struct nap_client_setup){ &sc->app, sc->policy, sc->policy_config };
	line->server = (struct nap_server_setup){ &sc->app, &sc->server, sc->policy, sc->policy_config };
	line->n_hops = sc->n_middleboxes;
	line->duration = sc->general.duration;
	line->seed = sc->general.seed;
	line->asks_radio = (sc->policy->listens & NAP_EV_BIT(NAP_EV_RADIO_UP)) != 0;
	set_up_nets(line, sc);
	for (uint32_t k = 0; k < sc->n_middleboxes; k++) {
		const struct nap_middlebox *m = &sc->middlebox[k];

		line->hop[k] = &m->hop;
		line->hop_shared[k] = nap_hop_shared(sc, k);
		line->reboots |= m->hop.reboots.kind != NAP_ARRIVALS_NONE;
		line->ends_matter |= line->hop_shared[k];
		line->boxes_act |= acts(&m->box);
		probes |= m->box.probe_interval > 0;
		line->steady &= m->hop.loss <= 0.0 && m->hop.delay.kind == NAP_DIST_CONSTANT;
	}
	line->skip = sc->general.skip && line->steady && !probes;
}

void nap_workspace_observe(struct nap_meter *meter, const struct nap_observer *observer)
{
	for (int i = 0; i < NAP_NETS_MAX; i++)
		meter[i].observer = observer && observer->radio.change ? &observer->radio : NULL;
}

struct nap_workspace *nap_workspace_new(const struct nap_plan *plan, const volatile int *stop)
{
	struct nap_workspace *ws = g_new0(struct nap_workspace, 1);

	ws->plan = plan;
	ws->stop = stop;
	set_up_line(&ws->line, plan->sc);
	ws->sub = g_malloc(nap_subscriber_bytes(&ws->line));
	ws->line.push_delay = &ws->push_delay;
	nap_flights_init(&ws->line.flights);
	for (uint32_t k = 0; k < plan->sc->n_middleboxes; k++) {
		if (!nap_hop_shared(plan->sc, k))
			continue;
		ws->occupancy[k] = nap_occupancy_new(plan->sc->general.duration, NAP_OCCUPANCY_BINS);
		ws->ports[k] = nap_occupancy_new(plan->sc->general.duration, NAP_OCCUPANCY_BINS);
		ws->blocks[k] = nap_occupancy_new(plan->sc->general.duration, NAP_OCCUPANCY_BINS);
		ws->held[k] = nap_occupancy_new(plan->sc->general.duration, NAP_OCCUPANCY_BINS);
	}
	return ws;
}

void nap_workspace_free(struct nap_workspace *ws)
{
	if (!ws)
		return;
	for (uint32_t k = 0; k < NAP_HOPS_MAX; k++) {
		nap_box_free(ws->chain.box[k]);
		nap_occupancy_free(ws->occupancy[k]);
		nap_occupancy_free(ws->held[k]);
		nap_occupancy_free(ws->ports[k]);
		nap_occupancy_free(ws->blocks[k]);
	}
	nap_flights_clear(&ws->line.flights);
	g_free(ws->sub);
	g_free(ws);
}

void nap_workspace_begin(struct nap_workspace *ws, uint32_t replication, const struct nap_observer *observer)
{
	ws->line.replication = replication;
	for (int k = 0; k < NAP_HOPS_MAX; k++)
		ws->line.rebooted[k] = -1;
	ws->line.observer = observer;
	ws->line.cycles = ws->line.skip && !observer ? &ws->cycles : NULL;
	nap_cycles_forget(&ws->cycles);
}

static void on_end(
	void *ctx, enum nap_ended what, nap_time born, nap_time died, const struct nap_box_flow *whose)
{
	struct nap_hop_watch *w = ctx;
	struct nap_workspace *ws = w->ws;
	struct nap_part *part = w->crowd ? nap_crowd_part(w->crowd, whose->inside.addr) : ws->part;
	nap_time hold = ws->plan->sc->middlebox[w->hop].box.port_hold_down;

	if (what == NAP_ENDED_PORT) {
		nap_occupancy_add(ws->ports[w->hop], born, died);
		return;
	}
	if (what == NAP_ENDED_BLOCK) {
		nap_occupancy_add(ws->blocks[w->hop], born, died);
		return;
	}
	part->box[w->hop].session_ns += (uint64_t)(nap_time_min(died, ws->line.duration) - born);
	nap_occupancy_add(ws->occupancy[w->hop], born, died);
	nap_occupancy_add(ws->held[w->hop], born, nap_time_after(died, hold));
	if (what == NAP_ENDED_EVICTED && w->crowd)
		nap_crowd_evicted(w->crowd, whose->inside);
}

void nap_workspace_watch(struct nap_workspace *ws, struct nap_box *box, uint32_t hop)
{
	ws->watch[hop].ws = ws;
	ws->watch[hop].hop = hop;
	nap_box_watch(box, on_end, &ws->watch[hop]);
}

void nap_workspace_count_box(
	struct nap_workspace *ws, struct nap_box *box, uint32_t hop, struct nap_part *part)
{
	struct nap_box_counts c;
	struct nap_box_sums *s = &part->box[hop];

	nap_box_counts(box, ws->line.duration, &c);
	if (ws->occupancy[hop])
		nap_box_tell_live(box, ws->line.duration);
	s->created += c.created;
	s->expired += c.expired;
	s->evicted += c.evicted;
	s->closed += c.closed;
	s->refused += c.refused;
	s->refused_ports += c.refused_ports;
	s->dropped += c.dropped;
	s->packets += c.packets;
	if (!ws->occupancy[hop]) /* a shared box' are counted one by one, for the part of whose they are */
		s->session_ns += c.session_ns + c.alive_ns;
	s->peak += c.peak;
	s->ports_peak += c.ports_peak;
	s->blocks_peak += c.blocks_peak;
	s->log_records += c.log_records;
}
